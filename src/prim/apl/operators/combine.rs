//! Operators that arrange calls and touch no elements: commute, compose, atop and rank, over,
//! power.

use super::inverse;
use super::lift::{Item, Lift};
use super::map::{cells, collect, of_no_cells, split};
use super::{Derived, Operator, apply, apply_waiting, is_of_rows};
use crate::array::{Array, memory};
use crate::prim::convert;
use crate::prim::row::Example;
use crate::syntax::Class;
use crate::value::{self, Fault, Formula, Func, Host, Step, Value};

pub static ROWS: &[Operator] = &[
    Operator {
        glyph: "⍨",
        name: "commute",
        class: Some(Class::Monadic),
        doc: "Exchanges the operands: `x f⍨ y` is `y f x`; `f⍨ y` is `y f y`. Of a constant, the constant function.",
        examples: &[Example { code: "2 -⍨ 10", out: "8" }, Example { code: "+⍨ 1 2 3", out: "[2 4 6]" }],
        numpy: "f(y, x)",
        defers: false,
        apply: commute,
    },
    Operator {
        glyph: "∘",
        name: "compose",
        class: Some(Class::Dyadic),
        doc: "`f∘g y` is `f g y`, `x f∘g y` is `x f (g y)`. With a value on one side it binds: `2∘×` doubles.",
        examples: &[
            Example { code: "2∘× 1 2 3", out: "[2 4 6]" },
            Example { code: "-∘⌊ 1.5 2.5", out: "[-1. -2.]" },
        ],
        numpy: "f(g(y))",
        defers: false,
        apply: compose,
    },
    Operator {
        glyph: "⍤",
        name: "atop_rank",
        class: Some(Class::Dyadic),
        doc: "Of two functions, atop: `x f⍤g y` is `f (x g y)`. With ranks `f⍤k`, applies `f` to the cells of \
              rank k, counted from the last axis; several ranks are right, or left and right.",
        examples: &[
            Example { code: "-⍤+ 3", out: "-3" },
            Example { code: "(+/)⍤1 [[1, 2], [3, 4]]", out: "[3 7]" },
        ],
        numpy: "f(g(x, y))",
        defers: false,
        apply: atop_or_rank,
    },
    Operator {
        glyph: "⍥",
        name: "over",
        class: Some(Class::Dyadic),
        doc: "Applies the right function to both operands first: `x f⍥g y` is `(g x) f (g y)`.",
        examples: &[Example { code: "¯3 -⍥abs ¯5", out: "-2" }],
        numpy: "f(g(x), g(y))",
        defers: false,
        apply: over,
    },
    Operator {
        glyph: "⍣",
        name: "power_operator",
        class: Some(Class::Dyadic),
        doc: "Repeats: `f⍣n y` applies `f` n times; `f⍣g y` until `new g old` is true, as in `f⍣≡` for a fixed \
              point. A negative n applies the inverse, where one is known: `2∘×⍣¯1`, `+\\⍣¯1`, `2⊥⍣¯1`, `⍸⍣¯1`. \
              A left argument goes to every application.",
        examples: &[
            Example { code: "{⍵ × 2}⍣10 1", out: "1024" },
            Example { code: "{⌊ ⍵ ÷ 2}⍣≡ 100", out: "0.0" },
            Example { code: "2∘×⍣¯1 ⊢ 2 4 6", out: "[1. 2. 3.]" },
            Example { code: "2 ⊥⍣¯1 ⊢ 11", out: "[1 0 1 1]" },
        ],
        numpy: "functools.reduce(lambda v, _: f(v), range(n), x)",
        defers: false,
        apply: power,
    },
];

fn commute(d: &Derived, host: &mut dyn Host, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    match &d.left {
        Value::Func(f) => {
            let left = x.unwrap_or_else(|| y.clone());
            apply_waiting(f, host, Some(y), left)
        }
        constant => Ok(constant.clone()),
    }
}

fn compose(d: &Derived, host: &mut dyn Host, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    match (&d.left, d.right_operand()?) {
        (Value::Func(f), Value::Func(g)) => {
            let inner = apply_waiting(g, host, None, y)?;
            apply_waiting(f, host, x, inner)
        }
        (Value::Func(f), bound) => apply_waiting(f, host, Some(y), bound.clone()),
        (bound, Value::Func(g)) => apply_waiting(g, host, Some(bound.clone()), y),
        (_, other) => Err(Fault::NotFunction { op: d.op.glyph.into(), got: other.describe() }),
    }
}

fn over(d: &Derived, host: &mut dyn Host, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    let (f, g) = (d.left_function()?, d.function(d.right_operand()?)?);
    let mut left = x.map(|x| apply_waiting(g, host, None, x)).transpose()?;
    if !is_of_rows(g) {
        left = left.map(|x| x.settled(host)).transpose()?;
    }
    let right = apply_waiting(g, host, None, y)?;
    apply_waiting(f, host, left, right)
}

fn power(d: &Derived, host: &mut dyn Host, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    let f = d.left_function()?;
    let mut now = y;
    match d.right_operand()? {
        Value::Func(test) => memory::in_turns(|| {
            loop {
                check_interrupt()?;
                let next = apply(f, host, x.clone(), now.clone())?;
                if apply(test, host, Some(next.clone()), now)?.truth()? {
                    return Ok(next);
                }
                now = next;
            }
        }),
        count => {
            let n = convert::as_index(count).ok_or_else(|| Fault::ArgumentType {
                func: d.op.glyph.into(),
                param: "count".into(),
                expected: "an integer or a function",
                got: count.describe(),
            })?;
            if n < 0 {
                for _ in 0..n.unsigned_abs() {
                    check_interrupt()?;
                    now = inverse::undo(f, host, x.clone(), now)?;
                }
                return Ok(now);
            }
            repeat(f, host, x, now, n)
        }
    }
}

fn repeat(f: &Func, host: &mut dyn Host, x: Option<Value>, y: Value, n: i64) -> Result<Value, Fault> {
    if n > 1
        && matches!(&y, Value::Array(a) if a.size() > 64)
        && let Some(last) = repeat_in_place(f, host, &x, y.clone(), n)?
    {
        return Ok(last);
    }
    let mut now = y;
    memory::in_turns(|| {
        for _ in 0..n {
            check_interrupt()?;
            now = apply(f, host, x.clone(), now)?;
        }
        Ok(now)
    })
}

/// `f⍣n` of a function made of element-wise primitives: from the second step on each writes its
/// operand. `None` for other functions, and where one fails, which the calls then tell of.
fn repeat_in_place(
    f: &Func,
    host: &mut dyn Host,
    x: &Option<Value>,
    y: Value,
    n: i64,
) -> Result<Option<Value>, Fault> {
    let given = 1 + x.is_some() as usize;
    let Some(lift) = Lift::of(f, host, given).filter(Lift::is_map) else { return Ok(None) };
    let mut now = y;
    for _ in 0..n {
        check_interrupt()?;
        let rank = match &now {
            Value::Array(a) => a.ndim(),
            _ => 0,
        };
        let mut args: Vec<Item> = x.iter().cloned().map(Item::same).collect();
        args.push(Item::cells(now, rank));
        match lift.run(host, &[], args)? {
            Some(next) => now = next,
            None => return Ok(None),
        }
    }
    Ok(Some(now))
}

/// The steps of a function that only arranges calls.
pub(super) fn formula(d: &Derived, host: &mut dyn Host, given: usize) -> Option<Formula> {
    let mut formula = Formula::default();
    let args: Vec<usize> = (0..given).map(|i| formula.push(Step::Argument(i))).collect();
    let (&left, &right) = (args.first()?, args.last()?);
    match (d.op.glyph, &d.left, d.right.as_ref()) {
        ("⍨", Value::Func(f), _) => formula.apply(f, [right, left]),
        ("∘", Value::Func(f), Some(Value::Func(g))) => {
            let inner = formula.apply(g, [right]);
            formula.apply(f, args[..given - 1].iter().copied().chain([inner]))
        }
        ("∘", Value::Func(f), Some(bound)) => {
            let bound = formula.push(Step::Constant(bound.clone()));
            formula.apply(f, [right, bound])
        }
        ("∘", bound, Some(Value::Func(g))) => {
            let bound = formula.push(Step::Constant(bound.clone()));
            formula.apply(g, [bound, right])
        }
        ("⍤", Value::Func(f), Some(Value::Func(g))) => {
            let inner = formula.apply(g, args);
            formula.apply(f, [inner])
        }
        ("⍥", Value::Func(f), Some(Value::Func(g))) => {
            let inner: Vec<usize> = args.iter().map(|&a| formula.apply(g, [a])).collect();
            formula.apply(f, inner)
        }
        ("¨", Value::Func(f), _) if Lift::of(f, host, given)?.is_map() => formula.apply(f, args),
        ("⍣", Value::Func(f), Some(Value::Func(test))) => until(&mut formula, f, test, &args),
        ("⍣", Value::Func(f), Some(count)) => {
            let n = convert::as_index(count).filter(|n| (1..=16).contains(n))?;
            (0..n).fold(right, |now, _| {
                let before = args[..given - 1].iter().copied();
                formula.apply(f, before.chain([now]))
            })
        }
        _ => return None,
    };
    Some(formula)
}

/// `f⍣test` as a loop with two variables: the value, and whether there is another turn.
fn until(formula: &mut Formula, f: &Func, test: &Func, args: &[usize]) -> usize {
    let truth = |formula: &mut Formula, is| formula.push(Step::Constant(Value::Bool(is)));
    let again = truth(formula, true);
    let mut state = args[args.len() - 1..].to_vec();
    state.push(again);
    let mut body = formula.branch();
    let now = body.push(Step::Argument(formula.steps.len()));
    body.push(Step::Argument(formula.steps.len() + 1));
    let next = body.apply(f, args[..args.len() - 1].iter().copied().chain([now]));
    let through = body.apply(test, [next, now]);
    let mut ways = [body.branch(), body.branch()];
    truth(&mut ways[0], false);
    truth(&mut ways[1], true);
    let again = body.push(Step::Choose(through, Box::new(ways)));
    body.push(Step::Tuple(vec![next, again]));
    let of = formula.push(Step::Loop(Box::new(value::Loop {
        over: None,
        state,
        breaks: true,
        result: None,
        test: None,
        body,
    })));
    formula.push(Step::Part { of, index: 0, count: 2 })
}

fn check_interrupt() -> Result<(), Fault> {
    if crate::exec::interrupt::requested() { Err(Fault::Interrupted) } else { Ok(()) }
}

fn atop_or_rank(d: &Derived, host: &mut dyn Host, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    let f = d.left_function()?;
    match d.right_operand()? {
        Value::Func(g) => {
            let inner = apply_waiting(g, host, x, y)?;
            apply_waiting(f, host, None, inner)
        }
        ranks => {
            let ranks = convert::as_ints(ranks).filter(|r| (1..=3).contains(&r.len()));
            let ranks = ranks.ok_or_else(|| Fault::ArgumentType {
                func: d.op.glyph.into(),
                param: "rank".into(),
                expected: "one to three integers",
                got: d.right.as_ref().map_or("nothing".into(), Value::describe),
            })?;
            rank(f, host, &ranks, x, y)
        }
    }
}

/// One rank serves all; two are left and right; of three the first is the monadic one.
fn rank(f: &Func, host: &mut dyn Host, ranks: &[i64], x: Option<Value>, y: Value) -> Result<Value, Fault> {
    let (monadic, left, right) = match *ranks {
        [r] => (r, r, r),
        [l, r] => (r, l, r),
        [m, l, r] => (m, l, r),
        _ => (0, 0, 0),
    };
    let right_array = convert::to_array(&y)?;
    let Some(x) = x else {
        let (frame, _) = split(&right_array, monadic);
        if let Some(whole) = lifted(f, host, &frame, &[(&right_array, monadic)])? {
            return Ok(whole);
        }
        if frame.contains(&0) {
            return of_no_cells(f, host, &frame, &[(&right_array, monadic)]);
        }
        let (frame, parts) = cells(&right_array, monadic);
        crate::exec::tally::piecemeal(f.name(), parts.len());
        let results = parts.into_iter().map(|c| apply(f, host, None, c)).collect::<Result<Vec<_>, _>>()?;
        return collect(f.name(), &frame, results);
    };
    let left_array = convert::to_array(&x)?;
    let (left_frame, right_frame) = (split(&left_array, left).0, split(&right_array, right).0);
    let frame = match (left_frame.is_empty(), right_frame.is_empty()) {
        (true, _) => right_frame,
        (_, true) => left_frame,
        _ if left_frame == right_frame => left_frame,
        _ => {
            let shapes = vec![left_frame.as_slice().into(), right_frame.as_slice().into()];
            return Err(crate::array::ArrayError::Broadcast { shapes }.into());
        }
    };
    if let Some(whole) = lifted(f, host, &frame, &[(&left_array, left), (&right_array, right)])? {
        return Ok(whole);
    }
    if frame.contains(&0) {
        return of_no_cells(f, host, &frame, &[(&left_array, left), (&right_array, right)]);
    }
    let (lefts, rights) = (cells(&left_array, left).1, cells(&right_array, right).1);
    let n = frame.iter().product::<usize>();
    crate::exec::tally::piecemeal(f.name(), n);
    let pick = |parts: &[Value], i: usize| parts[if parts.len() == 1 { 0 } else { i }].clone();
    let results = (0..n).map(|i| apply(f, host, Some(pick(&lefts, i)), pick(&rights, i)));
    let results = results.collect::<Result<Vec<_>, _>>()?;
    collect(f.name(), &frame, results)
}

/// The function of all cells of a rank at once, if its parts can be applied so.
fn lifted(
    f: &Func,
    host: &mut dyn Host,
    frame: &[usize],
    args: &[(&Array, i64)],
) -> Result<Option<Value>, Fault> {
    if frame.iter().product::<usize>() < 2 {
        return Ok(None);
    }
    let Some(lift) = Lift::of(f, host, args.len()) else { return Ok(None) };
    let mut items = Vec::with_capacity(args.len());
    for &(a, rank) in args {
        let (own, cell) = split(a, rank);
        items.push(match own.is_empty() {
            true => Item::same(convert::unwrap_0d(a.clone())),
            false => Item::cells(Value::Array(a.clone()), cell),
        });
    }
    lift.run(host, frame, items)
}

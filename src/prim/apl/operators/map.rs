//! Operators that apply a function to many pieces and collect the results: each, outer and inner
//! product.

use super::inner;
use super::lift::{Item, Lift};
use super::{Derived, Operator, apply, dyadic_prim, monadic_prim};
use crate::array::{Array, broadcast_shapes};
use crate::dtype::{Scalar, cast_scalar};
use crate::exec::{Walk, tally};
use crate::prim::row::{Example, Home, Valence};
use crate::prim::{self, convert, table};
use crate::syntax::Class;
use crate::value::{CallArgs, Callable, Fault, Func, Host, List, Value};

pub static ROWS: &[Operator] = &[
    Operator {
        glyph: "¨",
        name: "each",
        class: Some(Class::Monadic),
        doc: "Applies a function to every element, or to every item of a list; between two operands, pair by pair. \
              Results of equal shape become one array.",
        examples: &[
            Example { code: "{⍵ × ⍵}¨ 1 2 3", out: "[1 4 9]" },
            Example { code: "len¨ [\"a\", \"bcd\"]", out: "[1 3]" },
        ],
        numpy: "np.array([f(v) for v in x])",
        defers: false,
        apply: each,
    },
    Operator {
        glyph: "∘.",
        name: "outer_product",
        class: None,
        doc: "Applies a function to every pair of elements: the result's shape is the left's, then the right's.",
        examples: &[Example { code: "1 2 3 ∘.× 1 10", out: "[[ 1 10]\n [ 2 20]\n [ 3 30]]" }],
        numpy: "np.multiply.outer(x, y)",
        defers: false,
        apply: outer,
    },
    Operator {
        glyph: ".",
        name: "inner_product",
        class: None,
        doc: "`x f.g y` reduces with `f` what `g` gives for the last axis of x and the first of y; `+.×` is the \
              matrix product. `-.× m` is the determinant.",
        examples: &[
            Example { code: "1 2 3 +.× 4 5 6", out: "32" },
            Example { code: "-.× [[2, 0], [0, 3]]", out: "6.0" },
        ],
        numpy: "f.reduce(g(x[:, :, None], y), axis=1)",
        defers: false,
        apply: inner_product,
    },
];

/// The frame of the cells of a rank, and how many axes they have.
pub(super) fn split(a: &Array, rank: i64) -> (Vec<usize>, usize) {
    let ndim = a.ndim() as i64;
    let cell = if rank < 0 { (ndim + rank).max(0) } else { rank.min(ndim) } as usize;
    (a.shape()[..a.ndim() - cell].to_vec(), cell)
}

/// The cells of rank `rank` (negative: that many fewer axes than the array has), and the shape of
/// their frame.
pub(super) fn cells(a: &Array, rank: i64) -> (Vec<usize>, Vec<Value>) {
    let split = split(a, rank).0.len();
    let (frame, shape) = a.shape().split_at(split);
    let (outer, strides) = a.strides().split_at(split);
    let at = |p: usize| match shape {
        [] => Value::Scalar(a.scalar_at(p)),
        _ => Value::Array(a.view(shape, strides, p)),
    };
    let walk = Walk::new(frame, [(outer, a.offset())]);
    let (run, [step]) = (walk.run, walk.steps);
    let positions = walk.flat_map(|[p]| (0..run).map(move |i| (p as isize + i as isize * step) as usize));
    (frame.to_vec(), positions.map(at).collect())
}

/// Results of equal shape as one array of shape `frame` then theirs; other values as a list.
pub(super) fn collect(func: &str, frame: &[usize], results: Vec<Value>) -> Result<Value, Fault> {
    if frame.is_empty() && results.len() == 1 {
        return Ok(results.into_iter().next().unwrap_or(Value::None));
    }
    if results.iter().any(|v| !v.is_scalar_number() && !matches!(v, Value::Array(_))) {
        return Ok(Value::List(List::new(results)));
    }
    let shape_of = |v: &Value| match v {
        Value::Array(a) => a.shape().to_vec(),
        _ => Vec::new(),
    };
    let first = results.first().map_or(Vec::new(), shape_of);
    if let Some(other) = results.iter().map(shape_of).find(|s| *s != first) {
        return Err(Fault::Uneven { func: func.into(), first, other });
    }
    let stacked = convert::to_array(&Value::List(List::new(results)))?;
    let shape: Vec<usize> = frame.iter().chain(&first).copied().collect();
    let order = crate::array::Order::C;
    match stacked.reshape_view(&shape, order) {
        Some(a) => Ok(Value::Array(a)),
        None => Ok(Value::Array(stacked)),
    }
}

/// The result where there are no cells: of a function made of primitives, its shape and dtype are those
/// that a cell of ones gives; of another, which may print or fail, nothing is known.
pub(super) fn of_no_cells(
    f: &Func,
    host: &mut dyn Host,
    frame: &[usize],
    args: &[(&Array, i64)],
) -> Result<Value, Fault> {
    let given = args.len();
    let prim = if given == 1 { monadic_prim(f) } else { dyadic_prim(f) };
    let pure = Lift::of(f, host, given).is_some() || f.get().formula(host, given).is_some();
    if prim.is_none() && !pure {
        return collect(f.name(), frame, Vec::new());
    }
    let mut ones = Vec::with_capacity(given);
    for &(a, rank) in args {
        let (own, _) = split(a, rank);
        let one = cast_scalar(Scalar::Bool(true), a.dtype());
        ones.push(convert::unwrap_0d(crate::exec::full(&a.shape()[own.len()..], one)?));
    }
    match f.call(host, CallArgs::new(ones)) {
        Ok(one) if one.is_scalar_number() || matches!(one, Value::Array(_)) => {
            let one = convert::to_array(&one)?;
            let shape: Vec<usize> = frame.iter().chain(one.shape()).copied().collect();
            Ok(Value::Array(Array::zeros(one.dtype(), &shape)?))
        }
        _ => collect(f.name(), frame, Vec::new()),
    }
}

fn each(d: &Derived, host: &mut dyn Host, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    let f = d.left_function()?;
    let frame = items_of(x.as_ref().into_iter().chain([&y]))?;
    let Some(frame) = frame else { return each_element(f, host, x, y) };
    let pick = |v: &Value, i: usize| -> Result<Value, Fault> {
        Ok(match sequence(v) {
            Some(items) => items[if items.len() == 1 { 0 } else { i }].clone(),
            None => match convert::to_array(v)? {
                a if a.ndim() == 0 => v.clone(),
                a => {
                    let (_, items) = cells(&a, a.ndim() as i64 - 1);
                    items[if items.len() == 1 { 0 } else { i }].clone()
                }
            },
        })
    };
    let mut results = Vec::with_capacity(frame);
    for i in 0..frame {
        let left = x.as_ref().map(|x| pick(x, i)).transpose()?;
        results.push(apply(f, host, left, pick(&y, i)?)?);
    }
    match collect(f.name(), &[frame], results.clone()) {
        // As the items came in a list, results that differ in shape may stay in one.
        Err(Fault::Uneven { .. }) => Ok(Value::List(List::new(results))),
        result => result,
    }
}

/// The items of a list or tuple.
fn sequence(v: &Value) -> Option<Vec<Value>> {
    match v {
        Value::List(l) => Some(l.to_vec()),
        Value::Tuple(t) => Some(t.items.to_vec()),
        _ => None,
    }
}

/// How many items are walked, if an operand is a list or a tuple; arrays beside it give their major
/// cells.
fn items_of<'a>(operands: impl Iterator<Item = &'a Value> + Clone) -> Result<Option<usize>, Fault> {
    if !operands.clone().any(|v| matches!(v, Value::List(_) | Value::Tuple(_))) {
        return Ok(None);
    }
    let mut lengths: Vec<usize> = Vec::new();
    for v in operands {
        match sequence(v) {
            Some(items) => lengths.push(items.len()),
            None if v.is_scalar_number() => {}
            None => lengths.extend(convert::to_array(v)?.shape().first()),
        }
    }
    let n = lengths.iter().copied().find(|&n| n != 1).unwrap_or(1);
    if lengths.iter().any(|&m| m != n && m != 1) {
        let shapes = lengths.iter().map(|&n| [n][..].into()).collect();
        return Err(crate::array::ArrayError::Broadcast { shapes }.into());
    }
    Ok(Some(n))
}

fn each_element(f: &Func, host: &mut dyn Host, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    let prim = if x.is_some() { dyadic_prim(f) } else { monadic_prim(f) };
    if prim.is_some_and(|p| p.elementwise().is_some()) {
        return apply(f, host, x, y);
    }
    let y = convert::to_array(&y)?;
    let Some(x) = x else {
        if y.size() > 1
            && let Some(lift) = Lift::of(f, host, 1)
        {
            let whole = match lift.by_value(host, &y)? {
                Some(whole) => Some(whole),
                None => lift.run(host, y.shape(), vec![Item::cells(Value::Array(y.clone()), 0)])?,
            };
            if let Some(whole) = whole {
                return Ok(whole);
            }
        }
        if y.size() == 0 {
            return of_no_cells(f, host, y.shape(), &[(&y, 0)]);
        }
        tally::piecemeal(f.name(), y.size());
        let (shape, parts) = cells(&y, 0);
        let results = parts.into_iter().map(|v| apply(f, host, None, v)).collect::<Result<Vec<_>, _>>()?;
        return collect(f.name(), &shape, results);
    };
    let x = convert::to_array(&x)?;
    let shape = broadcast_shapes(&[x.shape(), y.shape()])?;
    pairs(f, host, &shape, &x.broadcast_to(&shape)?, &y.broadcast_to(&shape)?)
}

/// The function of the elements of two arrays of one shape, pair by pair.
fn pairs(f: &Func, host: &mut dyn Host, shape: &[usize], x: &Array, y: &Array) -> Result<Value, Fault> {
    if x.size() == 0 {
        return of_no_cells(f, host, shape, &[(x, 0), (y, 0)]);
    }
    if x.size() > 1
        && let Some(lift) = Lift::of(f, host, 2)
    {
        let items = [x, y].map(|a| Item::cells(Value::Array(a.clone()), 0));
        if let Some(whole) = lift.run(host, shape, items.into())? {
            return Ok(whole);
        }
    }
    tally::piecemeal(f.name(), x.size());
    let (lefts, rights) = (cells(x, 0).1, cells(y, 0).1);
    let both = lefts.into_iter().zip(rights);
    let results = both.map(|(l, r)| apply(f, host, Some(l), r)).collect::<Result<Vec<_>, _>>()?;
    collect(f.name(), shape, results)
}

fn missing_left(d: &Derived) -> Fault {
    Fault::MissingArgument { func: d.name().into(), param: "left argument".into() }
}

fn outer(d: &Derived, host: &mut dyn Host, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    let f = d.left_function()?;
    let (a, b) = (convert::to_array(&x.ok_or_else(|| missing_left(d))?)?, convert::to_array(&y)?);
    outer_arrays(f, host, &a, &b)
}

/// The outer product of an element-wise primitive as deferred work, which a reduction over it then
/// reads in one pass; `None` for other functions, with nothing done.
pub(super) fn outer_waiting(
    d: &Derived,
    host: &mut dyn Host,
    args: &CallArgs,
) -> Option<Result<Value, Fault>> {
    if d.op.glyph != "∘." || args.positional.len() != 2 || !args.keyword.is_empty() {
        return None;
    }
    let prim = dyadic_prim(d.left.as_func()?).filter(|p| p.elementwise().is_some())?;
    let (Value::Array(a), Value::Array(b)) = (&args.positional[0], &args.positional[1]) else { return None };
    let left = Value::Array(widened(a, b.ndim()));
    Some(prim::dyadic_as(prim, host, left, Value::Array(b.clone()), prim::Defer::Later))
}

/// Each and outer product of a user's function that is arithmetic, as deferred work; `None` for others.
pub(super) fn arithmetic_waiting(
    d: &Derived,
    host: &mut dyn Host,
    args: &CallArgs,
) -> Option<Result<Value, Fault>> {
    if !matches!(d.op.glyph, "¨" | "∘.") || !args.keyword.is_empty() {
        return None;
    }
    let f = d.left.as_func()?;
    let (frame, sides) = match (d.op.glyph, &args.positional[..]) {
        ("¨", [Value::Array(y)]) => (y.shape().to_vec(), vec![y.clone()]),
        ("¨", [Value::Array(x), Value::Array(y)]) => {
            (broadcast_shapes(&[x.shape(), y.shape()]).ok()?.to_vec(), vec![x.clone(), y.clone()])
        }
        ("∘.", [Value::Array(x), Value::Array(y)]) => {
            ([x.shape(), y.shape()].concat(), vec![widened(x, y.ndim()), y.clone()])
        }
        _ => return None,
    };
    if frame.iter().product::<usize>() < prim::deferred::threshold() {
        return None;
    }
    let lift = Lift::of(f, host, sides.len()).filter(Lift::is_map)?;
    let items = sides.into_iter().map(|a| Item::cells(Value::Array(a), 0)).collect();
    lift.run_waiting(host, &frame, items).transpose()
}

fn outer_arrays(f: &Func, host: &mut dyn Host, a: &Array, b: &Array) -> Result<Value, Fault> {
    // An element-wise function of `a` with an axis of length one for each of `b`'s: broadcasting.
    if let Some(p) = dyadic_prim(f)
        && p.elementwise().is_some()
    {
        let left = widened(a, b.ndim());
        return prim::dyadic(p, host, Value::Array(left), Value::Array(b.clone()));
    }
    let shape: Vec<usize> = a.shape().iter().chain(b.shape()).copied().collect();
    let left = widened(a, b.ndim());
    pairs(f, host, &shape, &left.broadcast_to(&shape)?, &b.broadcast_to(&shape)?)
}

/// An array with `more` axes of length one after its own.
fn widened(a: &Array, more: usize) -> Array {
    let shape: Vec<usize> = a.shape().iter().copied().chain(std::iter::repeat_n(1, more)).collect();
    let strides: Vec<isize> = a.strides().iter().copied().chain(std::iter::repeat_n(0, more)).collect();
    a.view(&shape, &strides, a.offset())
}

/// `x f.g y` over matrices: all cells of `x` along its last axis with all of `y` along its first. `inner`
/// has the ways.
fn inner_product(d: &Derived, host: &mut dyn Host, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    let (f, g) = (d.left_function()?, d.function(d.right_operand()?)?);
    let Some(x) = x else { return determinant(d, host, f, g, y) };
    let (a, b) = (convert::to_array(&x)?, convert::to_array(&y)?);
    let plain = a.ndim() > 0 && (1..=2).contains(&b.ndim());
    if let (Some(sum), Some(times)) = (dyadic_prim(f), dyadic_prim(g))
        && is_matrix_product(sum, times)
        && plain
        && a.shape().last() == b.shape().first()
        && let Some(product) = table().glyph("@", Valence::Dyadic)
    {
        return prim::dyadic(product, host, x, y);
    }
    let k = [a.shape().last(), b.shape().first()].map(|n| n.copied().unwrap_or(1));
    let depth = match k {
        [n, 1] => n,
        [1, n] => n,
        [n, m] if n == m => n,
        _ => {
            let (left, right) = (a.shape().to_vec(), b.shape().to_vec());
            return Err(Fault::InnerDimensions { func: d.name().into(), left, right });
        }
    };
    let frames = [&a.shape()[..a.ndim().saturating_sub(1)], b.shape().get(1..).unwrap_or_default()];
    let shape: Vec<usize> = frames.concat();
    let sizes = frames.map(|f| f.iter().product::<usize>());
    let left = flattened(&a, &[frames[0], &[depth]].concat(), &[sizes[0], depth])?;
    // A right operand whose first axis has length one serves every place.
    let right = flattened(&b, &[&[depth], frames[1]].concat(), &[depth, sizes[1]])?;
    if let Some(z) = inner::whole(host, f, g, &left, &right)? {
        let z = convert::to_array(&z)?;
        return Ok(convert::unwrap_0d(z.reshape_view(&shape, crate::array::Order::C).unwrap_or(z)));
    }
    let (_, lefts) = cells(&left, 1);
    let (_, rights) = cells(&right.transpose(), 1);
    let mut results = Vec::with_capacity(lefts.len() * rights.len());
    for l in &lefts {
        for r in &rights {
            let products = apply(g, host, Some(l.clone()), r.clone())?;
            results.push(super::fold::reduce_last(f, host, products)?);
        }
    }
    collect(f.name(), &shape, results)
}

/// An array broadcast to a shape, as a matrix.
fn flattened(a: &Array, shape: &[usize], matrix: &[usize]) -> Result<Array, Fault> {
    let a = a.broadcast_to(shape)?;
    match a.reshape_view(matrix, crate::array::Order::C) {
        Some(view) => Ok(view),
        None => {
            let copy = crate::exec::copy(&a, crate::array::Order::C)?;
            Ok(copy.reshape_view(matrix, crate::array::Order::C).unwrap_or(copy))
        }
    }
}

/// `-.× m`; of other functions APL's alternant is not there.
fn determinant(d: &Derived, host: &mut dyn Host, f: &Func, g: &Func, y: Value) -> Result<Value, Fault> {
    let row = |text| table().glyph(text, Valence::Dyadic);
    let is = |f: &Func, text| {
        dyadic_prim(f).is_some_and(|p| row(text).is_some_and(|other| std::ptr::eq(p, other)))
    };
    match table().get(Home::Linalg, "det") {
        Some(det) if is(f, "-") && is(g, "×") => prim::monadic(det, host, y),
        _ => Err(missing_left(d)),
    }
}

/// Addition of products, told by the rows that `@` itself is made of.
pub(super) fn is_matrix_product(f: &prim::Prim, g: &prim::Prim) -> bool {
    are_rows(f, "+", g, "×")
}

/// `∨.∧`.
pub(super) fn is_any_of_all(f: &prim::Prim, g: &prim::Prim) -> bool {
    are_rows(f, "∨", g, "∧")
}

fn are_rows(f: &prim::Prim, first: &str, g: &prim::Prim, second: &str) -> bool {
    let is =
        |p: &prim::Prim, text| table().glyph(text, Valence::Dyadic).is_some_and(|row| std::ptr::eq(row, p));
    is(f, first) && is(g, second)
}

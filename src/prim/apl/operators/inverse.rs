//! Inverses of functions, for `f⍣¯1`: of primitives by a table, of functions made of them by the way
//! they are made.

use super::{Derived, apply, dyadic_prim, monadic_prim};
use crate::prim::row::{Home, Valence};
use crate::prim::{self, Prim, convert, table};
use crate::value::{CallArgs, Fault, Func, Host, Step, Value};

/// Functions of one argument that undo each other, by name.
const PAIRS: &[(&str, &str)] = &[
    ("negative", "negative"),
    ("positive", "positive"),
    ("reciprocal", "reciprocal"),
    ("conjugate", "conjugate"),
    ("logical_not", "logical_not"),
    ("invert", "invert"),
    ("exp", "log"),
    ("exp2", "log2"),
    ("expm1", "log1p"),
    ("sqrt", "square"),
    ("sin", "arcsin"),
    ("cos", "arccos"),
    ("tan", "arctan"),
    ("sinh", "arcsinh"),
    ("cosh", "arccosh"),
    ("tanh", "arctanh"),
    ("deg2rad", "rad2deg"),
];

/// `f⍣¯1 y`, or `x f⍣¯1 y`: the z for which `f z` (`x f z`) is y.
pub fn undo(f: &Func, host: &mut dyn Host, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    match x {
        None => monadic(f, host, y),
        Some(x) => dyadic(f, host, x, y),
    }
}

fn none(f: &Func) -> Fault {
    Fault::Value { func: "⍣".into(), reason: format!("no inverse of {} is known", f.name()) }
}

fn np<const N: usize>(host: &mut dyn Host, name: &str, args: [Value; N]) -> Result<Value, Fault> {
    let row = table().bare(name).ok_or_else(|| Fault::NotYet { name: name.into() })?;
    prim::call(row, host, CallArgs::new(args))
}

fn is(prim: &'static Prim, glyph: &str, valence: Valence) -> bool {
    table().glyph(glyph, valence).is_some_and(|p| std::ptr::eq(p, prim))
}

fn monadic(f: &Func, host: &mut dyn Host, y: Value) -> Result<Value, Fault> {
    if let Some(prim) = monadic_prim(f) {
        return primitive(f, prim, host, y);
    }
    if let Some(d) = f.get().as_any().downcast_ref::<Derived>() {
        if let Some(result) = derived(d, host, &y)? {
            return Ok(result);
        }
        if d.op.glyph == "⍣"
            && let Some(n) = d.right.as_ref().and_then(convert::as_index)
        {
            let op = super::derive(d.op, d.left.clone(), Some(Value::Int(-n)), None)?;
            return apply(&Func::Shared(op), host, None, y);
        }
        if d.op.glyph == "¨" {
            return monadic(d.left_function()?, host, y);
        }
    }
    by_steps(f, host, y)
}

/// A function whose steps use their argument once each: undone from the last to the first.
fn by_steps(f: &Func, host: &mut dyn Host, y: Value) -> Result<Value, Fault> {
    let formula = f.get().formula(host, 1).ok_or_else(|| none(f))?;
    let constant = |i: usize| match formula.steps.get(i) {
        Some(Step::Constant(v)) => Some(v.clone()),
        _ => None,
    };
    let mut value = y;
    let mut at = formula.steps.len().checked_sub(1).ok_or_else(|| none(f))?;
    loop {
        match &formula.steps[at] {
            Step::Argument(0) => return Ok(value),
            Step::Apply(g, args, _) => match args[..] {
                [x] => {
                    value = undo(g, host, None, value)?;
                    at = x;
                }
                [x, y] => match (constant(x), constant(y)) {
                    (Some(left), None) => {
                        value = undo(g, host, Some(left), value)?;
                        at = y;
                    }
                    (None, Some(right)) => {
                        value = with_right(g, host, right, value)?;
                        at = x;
                    }
                    // `×⍨`: both arguments are the same.
                    _ if x == y && is_product(g) => {
                        value = np(host, "sqrt", [value])?;
                        at = x;
                    }
                    _ if x == y && dyadic_prim(g).is_some_and(|p| is(p, "+", Valence::Dyadic)) => {
                        value = np(host, "divide", [value, Value::Int(2)])?;
                        at = x;
                    }
                    _ => return Err(none(f)),
                },
                _ => return Err(none(f)),
            },
            _ => return Err(none(f)),
        }
    }
}

fn is_product(g: &Func) -> bool {
    dyadic_prim(g).is_some_and(|p| is(p, "×", Valence::Dyadic))
}

fn primitive(f: &Func, prim: &'static Prim, host: &mut dyn Host, y: Value) -> Result<Value, Fault> {
    let named = |a: &str| table().get(Home::Np, a).is_some_and(|p| std::ptr::eq(p, prim));
    for (a, b) in PAIRS {
        if named(a) {
            return np(host, b, [y]);
        }
        if named(b) {
            return np(host, a, [y]);
        }
    }
    let mono = |glyph| is(prim, glyph, Valence::Monadic);
    if mono("⌽") || mono("⊖") || mono("⍉") || mono("⊢") || mono("⊣") || mono("÷") || mono("⌹") {
        return apply(f, host, None, y);
    }
    if mono("○") {
        return np(host, "divide", [y, Value::Float(std::f64::consts::PI)]);
    }
    if mono("⍸") {
        return counted(host, y);
    }
    Err(none(f))
}

/// `+\⍣¯1` and `×\⍣¯1`: what each item added, or by what it multiplied.
fn derived(d: &Derived, host: &mut dyn Host, y: &Value) -> Result<Option<Value>, Fault> {
    let Value::Func(g) = &d.left else { return Ok(None) };
    let Some(prim) = dyadic_prim(g) else { return Ok(None) };
    let first = match d.op.glyph {
        "\\" => false,
        "⍀" => true,
        _ => return Ok(None),
    };
    let back = match () {
        _ if is(prim, "+", Valence::Dyadic) => "subtract",
        _ if is(prim, "×", Valence::Dyadic) => "divide",
        _ if is(prim, "≠", Valence::Dyadic) => "not_equal",
        _ => return Ok(None),
    };
    let a = convert::to_array(y)?;
    if a.ndim() == 0 {
        return Ok(Some(y.clone()));
    }
    let own = if first { 0 } else { -1 };
    let axis = crate::array::normalize_axis(d.axis()?.unwrap_or(own), a.ndim())?;
    let n = a.shape()[axis];
    let part = |from: usize, to: usize| {
        let mut shape = a.shape().to_vec();
        shape[axis] = to - from;
        let at = (a.offset() as isize + from as isize * a.strides()[axis]) as usize;
        Value::Array(a.view(&shape, a.strides(), at))
    };
    if n < 2 || a.size() == 0 {
        return Ok(Some(Value::Array(crate::exec::copy_keeping(&a)?)));
    }
    let steps = np(host, back, [part(1, n), part(0, n - 1)])?;
    let parts = Value::List(crate::value::List::new(vec![part(0, 1), steps]));
    let mut call = CallArgs::new([parts]);
    call.keyword.push(("axis".into(), Value::Int(axis as i64)));
    let row = table().bare("concatenate").ok_or_else(|| Fault::NotYet { name: "concatenate".into() })?;
    prim::call(row, host, call).map(Some)
}

/// `⍸⍣¯1`: how often each index occurs, from 0 to the largest; bools where none occurs twice.
fn counted(host: &mut dyn Host, y: Value) -> Result<Value, Fault> {
    let a = convert::to_array(&y)?;
    let wrong = || Fault::ArgumentType {
        func: "⍸⍣¯1".into(),
        param: "x".into(),
        expected: "indices: integers from 0 on, or rows of them",
        got: y.describe(),
    };
    let (count, rank) = match *a.shape() {
        [n] => (n, 1),
        [n, k] if k > 0 => (n, k),
        _ => return Err(wrong()),
    };
    if !a.dtype().is_int() && a.size() > 0 {
        return Err(wrong());
    }
    let places: Vec<i64> = convert::elements(&a)?;
    let mut shape = vec![0usize; rank];
    for (i, &p) in places.iter().enumerate() {
        let p = usize::try_from(p).map_err(|_| wrong())?;
        shape[i % rank] = shape[i % rank].max(p + 1);
    }
    let mut out = crate::array::Array::zeros(crate::dtype::DType::I64, &shape)?;
    let mut most = 0;
    if let Some(counts) = out.as_mut_slice::<i64>() {
        for index in places.chunks_exact(rank).take(count) {
            let at = index.iter().zip(&shape).fold(0, |at, (&p, &n)| at * n + p as usize);
            counts[at] += 1;
            most = most.max(counts[at]);
        }
    }
    if most <= 1 {
        return np(host, "astype", [Value::Array(out), Value::DType(crate::dtype::DType::Bool)]);
    }
    Ok(Value::Array(out))
}

/// `x g z` is y: z.
fn dyadic(g: &Func, host: &mut dyn Host, x: Value, y: Value) -> Result<Value, Fault> {
    let Some(prim) = dyadic_prim(g) else { return composed(g, host, x, y) };
    let di = |glyph| is(prim, glyph, Valence::Dyadic);
    match () {
        _ if di("+") => np(host, "subtract", [y, x]),
        _ if di("-") => np(host, "subtract", [x, y]),
        _ if di("×") => np(host, "divide", [y, x]),
        _ if di("÷") => np(host, "divide", [x, y]),
        _ if di("**") => {
            let (y, x) = (np(host, "log", [y])?, np(host, "log", [x])?);
            np(host, "divide", [y, x])
        }
        _ if di("⍟") => np(host, "power", [x, y]),
        _ if di("≠") || di("==") => apply(g, host, Some(x), y),
        _ if di("⊢") => Ok(y),
        _ if di("⌽") || di("⊖") => {
            let back = np(host, "negative", [x])?;
            apply(g, host, Some(back), y)
        }
        _ if di("⊥") => digits(host, x, y),
        _ if di("⊤") => match table().glyph("⊥", Valence::Dyadic) {
            Some(decode) => prim::dyadic(decode, host, x, y),
            None => Err(none(g)),
        },
        _ if di("○") => {
            let back = np(host, "negative", [x])?;
            apply(g, host, Some(back), y)
        }
        _ => Err(none(g)),
    }
}

/// `x f∘g⍣¯1 y`, `x f⍨⍣¯1 y`, `x (f g)⍣¯1 y`.
fn composed(f: &Func, host: &mut dyn Host, x: Value, y: Value) -> Result<Value, Fault> {
    if let Some(d) = f.get().as_any().downcast_ref::<Derived>() {
        match (d.op.glyph, &d.left, &d.right) {
            ("⍨", Value::Func(g), _) => return with_right(g, host, x, y),
            ("∘", Value::Func(f), Some(Value::Func(g))) => {
                let inner = undo(f, host, Some(x), y)?;
                return undo(g, host, None, inner);
            }
            ("⍤", Value::Func(f), Some(Value::Func(g))) => {
                let inner = undo(f, host, None, y)?;
                return undo(g, host, Some(x), inner);
            }
            ("¨", Value::Func(g), _) => return undo(g, host, Some(x), y),
            _ => {}
        }
    }
    Err(none(f))
}

/// `z g x` is y: z.
fn with_right(g: &Func, host: &mut dyn Host, x: Value, y: Value) -> Result<Value, Fault> {
    let Some(prim) = dyadic_prim(g) else { return Err(none(g)) };
    let di = |glyph| is(prim, glyph, Valence::Dyadic);
    match () {
        _ if di("+") => np(host, "subtract", [y, x]),
        _ if di("-") => np(host, "add", [y, x]),
        _ if di("×") => np(host, "divide", [y, x]),
        _ if di("÷") => np(host, "multiply", [y, x]),
        _ if di("**") => {
            let root = np(host, "divide", [Value::Int(1), x])?;
            np(host, "power", [y, root])
        }
        _ if di("⍟") => {
            let root = np(host, "divide", [Value::Int(1), y])?;
            np(host, "power", [x, root])
        }
        _ if di("≠") || di("==") => apply(g, host, Some(y), x),
        _ if di("⊣") => Ok(y),
        _ => Err(none(g)),
    }
}

/// `b⊥⍣¯1 y`: as many digits as the largest number needs, along a new first axis.
fn digits(host: &mut dyn Host, base: Value, y: Value) -> Result<Value, Fault> {
    let wrong = |what| Fault::Value { func: "⊥⍣¯1".into(), reason: what };
    let b = convert::to_array(&base)?;
    let bases = if b.ndim() == 1 {
        base
    } else {
        let radix = convert::as_scalar(&base).and_then(|s| s.as_f64()).filter(|b| *b > 1.0);
        let radix = radix.ok_or_else(|| wrong("the base must be above 1".into()))?;
        let a = convert::to_array(&y)?;
        let mut most: f64 = 0.0;
        for s in convert::scalars(&a)? {
            let x = s.as_f64().filter(|x| *x >= 0.0 && x.is_finite());
            let x = x.ok_or_else(|| wrong("only numbers from 0 on have digits".into()))?;
            most = most.max(x);
        }
        let (mut count, mut reach) = (1, radix);
        while reach <= most {
            count += 1;
            reach *= radix;
        }
        let row = table().bare("full").ok_or_else(|| Fault::NotYet { name: "full".into() })?;
        prim::call(row, host, CallArgs::new([Value::Int(count), base]))?
    };
    match table().glyph("⊤", Valence::Dyadic) {
        Some(encode) => prim::dyadic(encode, host, bases, y),
        None => Err(Fault::NotYet { name: "⊤".into() }),
    }
}

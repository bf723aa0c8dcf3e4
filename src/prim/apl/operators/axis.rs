//! A primitive with an axis, `⌽[0] m`, or several: the evaluator derives it with the operator `[]`.
//!
//! Arithmetic along axes spreads an array over the other operand's axes of those numbers. What works
//! along the last or the first axis works along the one given when this is moved there and back; along
//! several, it works along one after the other.

use super::{Derived, Operator, apply, dyadic_prim, monadic_prim};
use crate::array::{Array, ArrayError, normalize_axis};
use crate::prim::row::{Along, Example};
use crate::prim::{self, Prim, convert};
use crate::value::{Callable, Fault, Func, Host, Value};

pub static ROWS: &[Operator] = &[Operator {
    glyph: "[]",
    name: "axis",
    class: None,
    doc: "A function along an axis: `⌽[0] m` reverses along the first. Between a vector and a larger array \
          arithmetic spreads the vector along the axis: `m +[0] v` adds v[i] to row i. Several axes take an \
          array of as many: `c +[0 2] m` adds m[i, k] to c[i, j, k]; `1 2 ↑[0 1] m` takes one number each.",
    examples: &[
        Example { code: "⌽[0] (2 2 ⍴ ⍳ 4)", out: "[[2 3]\n [0 1]]" },
        Example { code: "(2 3 ⍴ ⍳ 6) +[0] 10 20", out: "[[10 11 12]\n [23 24 25]]" },
    ],
    numpy: "f(x, axis=k)",
    defers: false,
    apply: along,
}];

fn along(d: &Derived, host: &mut dyn Host, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    let f = d.left_function()?;
    let prim = if x.is_some() { dyadic_prim(f) } else { monadic_prim(f) };
    let (Some(prim), Some(axes)) = (prim, d.axes.as_deref()) else { return Err(without_axis(d)) };
    if prim.elementwise().is_some() {
        let x = x.ok_or_else(|| without_axis(d))?;
        return spread(prim, host, axes, &x, &y);
    }
    if prim.along == Along::None {
        return Err(without_axis(d));
    }
    match axes {
        [axis] => along_one(f, prim, host, *axis, x, y),
        _ => along_several(d, f, prim, host, axes, x, y),
    }
}

/// Along one axis after the other, the last first, as each may go; a left argument has an item for each.
fn along_several(
    d: &Derived,
    f: &Func,
    prim: &'static Prim,
    host: &mut dyn Host,
    axes: &[i64],
    x: Option<Value>,
    y: Value,
) -> Result<Value, Fault> {
    let lefts = match &x {
        None => vec![None; axes.len()],
        Some(x) => {
            let items =
                convert::as_counts(x).filter(|v| v.len() == axes.len() && prim.along != Along::Joined);
            let reason =
                || format!("along {0} axes the left argument is a vector of {0} numbers", axes.len());
            let wrong = || Fault::Value { func: d.name().into(), reason: reason() };
            items.ok_or_else(wrong)?.into_iter().map(|n| Some(Value::Int(n))).collect()
        }
    };
    let ndim = convert::to_array(&y)?.ndim();
    let mut order = Vec::with_capacity(axes.len());
    for (&axis, left) in axes.iter().zip(lefts) {
        order.push((normalize_axis(axis, ndim)?, left));
    }
    order.sort_by_key(|(axis, _)| std::cmp::Reverse(*axis));
    if let Some(two) = order.windows(2).find(|two| two[0].0 == two[1].0) {
        return Err(ArrayError::RepeatedAxis { axis: two[0].0 }.into());
    }
    order.into_iter().try_fold(y, |y, (axis, left)| along_one(f, prim, host, axis as i64, left, y))
}

fn along_one(
    f: &Func,
    prim: &'static Prim,
    host: &mut dyn Host,
    axis: i64,
    x: Option<Value>,
    y: Value,
) -> Result<Value, Fault> {
    let a = convert::to_array(&y)?;
    let joined = prim.along == Along::Joined;
    let ndim = match &x {
        Some(x) if joined => convert::to_array(x)?.ndim().max(a.ndim()),
        _ => a.ndim(),
    };
    let axis = normalize_axis(axis, ndim)?;
    let place = if prim.along == Along::Last { ndim - 1 } else { 0 };
    let turned = |v: Array| if v.ndim() == ndim { moved(&v, axis, place) } else { v };
    let x = match x {
        Some(x) if joined => Some(Value::Array(turned(convert::to_array(&x)?))),
        x => x,
    };
    match apply(f, host, x, Value::Array(turned(a)))? {
        Value::Array(r) if r.ndim() == ndim => Ok(Value::Array(moved(&r, place, axis))),
        other => Ok(other),
    }
}

/// A view with the axis `from` at the place `to`, the others in order.
fn moved(a: &Array, from: usize, to: usize) -> Array {
    let mut axes: Vec<usize> = (0..a.ndim()).filter(|&k| k != from).collect();
    axes.insert(to.min(axes.len()), from);
    a.permute(&axes)
}

/// Arithmetic between an array that lies along `axes`, in their order, and a larger one.
fn spread(
    prim: &'static Prim,
    host: &mut dyn Host,
    axes: &[i64],
    x: &Value,
    y: &Value,
) -> Result<Value, Fault> {
    let (a, b) = (convert::to_array(x)?, convert::to_array(y)?);
    let ndim = a.ndim().max(b.ndim());
    let mut places = Vec::with_capacity(axes.len());
    for &axis in axes {
        places.push(normalize_axis(axis, ndim)?);
    }
    if let Some(k) = (1..places.len()).find(|&k| places[..k].contains(&places[k])) {
        return Err(ArrayError::RepeatedAxis { axis: places[k] }.into());
    }
    let lay = |v: &Array| match v.ndim() {
        n if n == places.len() && ndim > n => {
            let (mut shape, mut strides) = (vec![1; ndim], vec![0; ndim]);
            for (k, &place) in places.iter().enumerate() {
                (shape[place], strides[place]) = (v.shape()[k], v.strides()[k]);
            }
            v.view(&shape, &strides, v.offset())
        }
        _ => v.clone(),
    };
    let of = |value: &Value, laid: Array| if laid.ndim() == 0 { value.clone() } else { Value::Array(laid) };
    let (left, right) = (of(x, lay(&a)), of(y, lay(&b)));
    prim::dyadic(prim, host, left, right)
}

fn without_axis(d: &Derived) -> Fault {
    let func = d.left.as_func().map_or("the function", |f| f.name()).to_string();
    let reason = "it works along no axis of its own; f⍤1 applies a function to vectors, f⍤2 to matrices";
    Fault::Value { func, reason: reason.into() }
}

//! A primitive with an axis, `⌽[0] m`: the evaluator derives it with the operator `[]`.
//!
//! Arithmetic along an axis spreads a vector over the other operand's axis of that number. What its
//! row gives an `axis` takes it from there; what works along the last or the first axis works along
//! the one given when this is moved there and back.

use super::{Derived, Operator, apply, dyadic_prim, monadic_prim};
use crate::array::{Array, normalize_axis};
use crate::prim::row::{Along, Example};
use crate::prim::{self, Prim, convert};
use crate::value::{Fault, Host, Value};

pub static ROWS: &[Operator] = &[Operator {
    glyph: "[]",
    name: "axis",
    class: None,
    doc: "A function along an axis: `⌽[0] m` reverses along the first. Between a vector and a larger array \
          arithmetic spreads the vector along the axis: `m +[0] v` adds v[i] to row i.",
    examples: &[
        Example { code: "⌽[0] (2 2 ⍴ ⍳ 4)", out: "[[2 3]\n [0 1]]" },
        Example { code: "(2 3 ⍴ ⍳ 6) +[0] 10 20", out: "[[10 11 12]\n [23 24 25]]" },
    ],
    numpy: "f(x, axis=k); m + v[:, None]",
    defers: false,
    apply: along,
}];

fn along(d: &Derived, host: &mut dyn Host, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    let f = d.left_function()?;
    let prim = if x.is_some() { dyadic_prim(f) } else { monadic_prim(f) };
    let (Some(prim), Some(axis)) = (prim, d.axis) else { return Err(without_axis(d)) };
    if prim.elementwise().is_some() {
        let x = x.ok_or_else(|| without_axis(d))?;
        return spread(prim, host, axis, &x, &y);
    }
    if prim.along == Along::None {
        return Err(without_axis(d));
    }
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

/// Arithmetic between a vector, which lies along `axis`, and a larger array.
fn spread(prim: &'static Prim, host: &mut dyn Host, axis: i64, x: &Value, y: &Value) -> Result<Value, Fault> {
    let (a, b) = (convert::to_array(x)?, convert::to_array(y)?);
    let ndim = a.ndim().max(b.ndim());
    let axis = normalize_axis(axis, ndim)?;
    let lay = |v: &Array| match v.ndim() {
        1 if ndim > 1 => {
            let (mut shape, mut strides) = (vec![1; ndim], vec![0; ndim]);
            (shape[axis], strides[axis]) = (v.shape()[0], v.strides()[0]);
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

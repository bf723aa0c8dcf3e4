//! `in` and `is`: whether a container has an item, and whether two values are one.

use crate::array::Array;
use crate::exec;
use crate::prim::row::{Fast, Home, Prim, Valence};
use crate::prim::table;
use crate::value::{self, Fault, Func, Host, Num, Value};
use std::rc::Rc;

/// `item in container`, where numbers and texts alone are looked at; `None` for others.
pub fn surely_contains(container: &Value, item: &Value) -> Option<bool> {
    match container {
        Value::Array(a) => vector_has(a, item),
        Value::List(l) => l.with(|items| have(items, item)),
        Value::Tuple(t) => have(&t.items, item),
        Value::Str(s) => match item {
            Value::Str(part) => Some(match part.as_bytes() {
                [b] => s.as_bytes().contains(b),
                _ => s.contains(&**part),
            }),
            _ => None,
        },
        _ => None,
    }
}

/// `item in container`: one truth value.
pub fn contains(host: &mut dyn Host, container: &Value, item: &Value) -> Result<bool, Fault> {
    if let Some(found) = surely_contains(container, item) {
        return Ok(found);
    }
    match (container, item) {
        (Value::Str(_), _) => Err(Fault::NotInText { got: item.describe() }),
        (Value::Array(_), _) => match equal(host, container, item)? {
            Value::Array(a) => {
                let a = exec::contiguous(&a)?;
                Ok(a.as_slice::<bool>().is_some_and(|s| s.contains(&true)))
            }
            v => v.truth(),
        },
        _ => {
            let mut iter = value::iterate(container)?;
            while let Some(v) = iter.next(host)? {
                if same_item(host, &v, item)? {
                    return Ok(true);
                }
                if exec::interrupt::requested() {
                    return Err(Fault::Interrupted);
                }
            }
            Ok(false)
        }
    }
}

/// Whether an item is the one that is looked for: the same, or equal.
pub fn same_item(host: &mut dyn Host, x: &Value, y: &Value) -> Result<bool, Fault> {
    match (x, y) {
        (Value::Str(x), Value::Str(y)) => Ok(x == y),
        _ => Ok(identical(x, y) || equal(host, x, y)?.truth()?),
    }
}

/// Elements of the longest vector that is gone through one by one.
const FEW: usize = 64;

/// Whether a short vector has a number; `None` where that is not known at once.
fn vector_has(a: &Array, item: &Value) -> Option<bool> {
    let ([n], [s], x) = (a.shape(), a.strides(), Num::of(item)?) else { return None };
    if *n > FEW {
        return None;
    }
    for k in 0..*n as isize {
        let y = Num::element(a, (a.offset() as isize + k * s) as usize)?;
        if Fast::Equal.apply(y, x)?.truth() {
            return Some(true);
        }
    }
    Some(false)
}

/// Whether a number or text is one of some items; `None` if there are others among those before it.
fn have(items: &[Value], item: &Value) -> Option<bool> {
    place_among(items, item).map(|place| place.is_some())
}

/// Where a number or text first is among some items, if it is; `None` if there are others among those
/// before it.
pub fn place_among(items: &[Value], item: &Value) -> Option<Option<usize>> {
    for (k, v) in items.iter().enumerate() {
        let same = match (v, item) {
            (Value::Str(a), Value::Str(b)) => a == b,
            _ => identical(v, item) || Fast::Equal.apply(Num::of(v)?, Num::of(item)?)?.truth(),
        };
        if same {
            return Some(Some(k));
        }
    }
    Some(None)
}

/// What `contains` is made of for arrays: whether any element is equal.
pub fn containing() -> Option<[&'static Prim; 2]> {
    Some([table().glyph("==", Valence::Dyadic)?, table().get(Home::Np, "any")?])
}

fn equal(host: &mut dyn Host, x: &Value, y: &Value) -> Result<Value, Fault> {
    let eq = table().glyph("==", Valence::Dyadic).ok_or_else(|| Fault::NotYet { name: "==".into() })?;
    crate::prim::dyadic(eq, host, x.clone(), y.clone())
}

/// `x is y`: the same object, or the same plain value.
pub fn identical(x: &Value, y: &Value) -> bool {
    match (x, y) {
        (Value::None, Value::None) | (Value::Ellipsis, Value::Ellipsis) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
        (Value::DType(a), Value::DType(b)) => a == b,
        (Value::Array(a), Value::Array(b)) => a.same_object(b),
        (Value::List(a), Value::List(b)) => a.same(b),
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Tuple(a), Value::Tuple(b)) => Rc::ptr_eq(a, b),
        (Value::Object(a), Value::Object(b)) => Rc::ptr_eq(a, b),
        (Value::Func(Func::Static(a)), Value::Func(Func::Static(b))) => std::ptr::addr_eq(*a, *b),
        (Value::Func(Func::Shared(a)), Value::Func(Func::Shared(b))) => Rc::ptr_eq(a, b),
        _ => false,
    }
}

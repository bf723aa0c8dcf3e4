//! Selective assignment, `(2 ↑ x) = 9`: what a selection of an array's elements names is written.
//!
//! The evaluator applies the selecting function to the array's positions instead of its elements;
//! what comes out says which elements were meant, whatever the function. Positions count from 1, so
//! that the zeros with which `↑` fills stand out.

use crate::array::Array;
use crate::dtype::DType;
use crate::prim::convert;
use crate::value::{Fault, Value};

/// The positions of an array's elements, in its shape.
pub fn positions(target: &Value) -> Result<Value, Fault> {
    let Value::Array(a) = target else {
        return Err(Fault::NotAssignable { type_name: target.type_name().into() });
    };
    let all: Vec<i64> = (1..=a.size() as i64).collect();
    Ok(Value::Array(Array::from_slice(&all, a.shape())?))
}

/// The index arrays, one for each axis of the target, of what was selected of its positions.
pub fn index(target: &Value, selected: &Value) -> Result<Vec<Value>, Fault> {
    let wrong = |reason: &str| Fault::Value { func: "selection".into(), reason: reason.into() };
    let Value::Array(a) = target else {
        return Err(Fault::NotAssignable { type_name: target.type_name().into() });
    };
    let selected = convert::to_array(selected)?;
    if selected.dtype() != DType::I64 {
        return Err(wrong("it gives no elements of the array"));
    }
    let picked: Vec<i64> = convert::elements(&selected)?;
    if picked.iter().any(|p| !(1..=a.size() as i64).contains(p)) {
        return Err(wrong("it reaches past the end of the array"));
    }
    if a.ndim() == 0 {
        return Ok(vec![Value::Ellipsis]);
    }
    let mut index = Vec::with_capacity(a.ndim());
    let mut after = a.size() as i64;
    for &length in a.shape() {
        let length = length.max(1) as i64;
        after /= length;
        let along: Vec<i64> = picked.iter().map(|p| (p - 1) / after.max(1) % length).collect();
        index.push(Value::Array(Array::from_slice(&along, selected.shape())?));
    }
    Ok(index)
}

//! Conversion of arguments: values to arrays, indices, dtypes, shapes.

use crate::array::Array;
use crate::dtype::{DType, Scalar};
use crate::value::{Fault, Func, Value};

/// The value as an array: numbers become 0-d; lists and tuples by NumPy's rules.
pub fn to_array(value: &Value) -> Result<Array, Fault> {
    match value {
        Value::Array(a) => Ok(a.clone()),
        _ => match value.scalar() {
            Some(s) => Ok(Array::from_scalar(s)?),
            None => Err(Fault::Operands { op: "array".into(), types: vec![value.type_name().into()] }),
        },
    }
}

/// The scalar that a number or an array of size one holds.
pub fn as_scalar(value: &Value) -> Option<Scalar> {
    match value {
        Value::Array(a) => a.item(),
        _ => value.scalar(),
    }
}

/// An integer for counting or indexing: bools and floats are not.
pub fn as_index(value: &Value) -> Option<i64> {
    match value {
        Value::Int(n) => Some(*n),
        _ => {
            let s = as_scalar(value)?;
            if s.dtype().is_int() { s.as_i128().and_then(|n| i64::try_from(n).ok()) } else { None }
        }
    }
}

/// One integer, or the integers of a tuple, list or 1-d array.
pub fn as_ints(value: &Value) -> Option<Vec<i64>> {
    match value {
        Value::Tuple(t) => t.items.iter().map(as_index).collect(),
        Value::List(l) => l.with(|items| items.iter().map(as_index).collect()),
        Value::Array(a) if a.ndim() == 1 && a.dtype().is_int() => {
            let at = |i: usize| (a.offset() as isize + i as isize * a.strides()[0]) as usize;
            (0..a.size()).map(|i| as_index(&Value::Scalar(a.scalar_at(at(i))))).collect()
        }
        _ => as_index(value).map(|n| vec![n]),
    }
}

/// A dtype by value, by name, or by one of the functions `float int bool complex`.
pub fn as_dtype(value: &Value) -> Option<DType> {
    match value {
        Value::DType(d) => Some(*d),
        Value::Str(s) => DType::from_name(s),
        Value::Func(f @ Func::Static(_)) => match f.name() {
            name @ ("float" | "int" | "bool" | "complex") => DType::from_name(name),
            _ => None,
        },
        _ => None,
    }
}

pub fn bracket(_items: Vec<(Value, bool)>) -> Result<Value, Fault> {
    Err(Fault::NotYet { name: "bracket".into() })
}

//! Whether two results are equal: shape, dtype, values, each told apart.

use crate::array::Array;
use crate::dtype::Scalar;
use crate::exec::contiguous;
use crate::show;
use crate::value::{Value, shape_text};

/// How a result differs from the one wanted.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// The one has another kind of value: an array where a number is wanted.
    Kind {
        given: String,
        wanted: String,
    },
    Shape {
        given: String,
        wanted: String,
    },
    /// Values are equal, the dtype is not.
    DType {
        given: String,
        wanted: String,
    },
    /// So many of the elements.
    Values {
        differ: usize,
        of: usize,
    },
}

/// The first difference of a result from the one wanted; floats within a relative `close` are equal.
pub fn compare(given: &Value, wanted: &Value, close: f64) -> Option<Difference> {
    match (given, wanted) {
        (Value::Tuple(a), Value::Tuple(b)) => items(&a.items, &b.items, close),
        (Value::List(a), Value::List(b)) => a.with(|a| b.with(|b| items(a, b, close))),
        (a, b) => match (as_array(a), as_array(b)) {
            (Some(x), Some(y)) => arrays(&x, &y, close).or_else(|| kinds(a, b)),
            (None, None) if show::repr_of(a) == show::repr_of(b) && a.type_name() == b.type_name() => None,
            _ if matches!(given, Value::None) => {
                Some(Difference::Kind { given: "no value".into(), wanted: wanted.describe() })
            }
            _ => Some(Difference::Kind { given: given.describe(), wanted: wanted.describe() }),
        },
    }
}

fn items(a: &[Value], b: &[Value], close: f64) -> Option<Difference> {
    if a.len() != b.len() {
        let items = |n: usize| format!("{n} items");
        return Some(Difference::Kind { given: items(a.len()), wanted: items(b.len()) });
    }
    a.iter().zip(b).find_map(|(a, b)| compare(a, b, close))
}

/// An array, or a number as one.
fn as_array(v: &Value) -> Option<Array> {
    match v {
        Value::Array(a) => Some(a.clone()),
        _ => Array::from_scalar(v.scalar()?).ok(),
    }
}

/// A plain number is as good as a typed one; an array is not.
fn kinds(a: &Value, b: &Value) -> Option<Difference> {
    let is_array = |v: &Value| matches!(v, Value::Array(_));
    (is_array(a) != is_array(b)).then(|| Difference::Kind { given: a.describe(), wanted: b.describe() })
}

fn arrays(a: &Array, b: &Array, close: f64) -> Option<Difference> {
    if a.shape() != b.shape() {
        return Some(Difference::Shape { given: shape_text(a.shape()), wanted: shape_text(b.shape()) });
    }
    let (Ok(x), Ok(y)) = (contiguous(a), contiguous(b)) else {
        return Some(Difference::Values { differ: a.size(), of: a.size() });
    };
    let at = |a: &Array, i: usize| a.scalar_at(a.offset() + i);
    let differ = (0..x.size()).filter(|&i| !equal(at(&x, i), at(&y, i), close)).count();
    if differ > 0 {
        return Some(Difference::Values { differ, of: x.size() });
    }
    let (given, wanted) = (a.dtype().name(), b.dtype().name());
    (given != wanted).then(|| Difference::DType { given: given.into(), wanted: wanted.into() })
}

fn equal(a: Scalar, b: Scalar, close: f64) -> bool {
    if let (Some(a), Some(b)) = (a.as_i128(), b.as_i128()) {
        return a == b;
    }
    let (a, b) = (a.as_c128(), b.as_c128());
    let near = |a: f64, b: f64| {
        a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= close * a.abs().max(b.abs())
    };
    // A part that is small beside the whole may differ by as much as the whole allows.
    let whole = close * a.norm().max(b.norm());
    (near(a.re, b.re) && near(a.im, b.im)) || (a - b).norm() <= whole
}

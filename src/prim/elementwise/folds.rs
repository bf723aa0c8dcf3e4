//! The fold tables that rows name in their `folds`, beside the laws and identities they go with:
//! `add` takes `SUM`, `maximum` takes `MAXIMUM`, `logical_or` takes `ANY`.

use crate::exec::{Reduction, reduce};
use crate::value::Value;

pub use crate::kernel::fold::alternate::{DIFFERENCE, QUOTIENT};
pub use crate::kernel::fold::{
    ALL, AND, ANY, BIT_AND, BIT_OR, BIT_XOR, FMAX, FMIN, MAXIMUM, MINIMUM, OR, PARITY, PRODUCT, SUM, find,
};

/// Whether all integers of a value are within bounds.
pub fn within(x: &Value, least: i128, most: i128) -> bool {
    let inside = |n: i128| (least..=most).contains(&n);
    let Value::Array(a) = x else {
        return x.scalar().and_then(|s| s.as_i128()).is_some_and(inside);
    };
    if a.size() == 0 {
        return true;
    }
    let axes: Vec<usize> = (0..a.ndim()).collect();
    [MINIMUM, MAXIMUM].into_iter().all(|table| {
        let Some(fold) = find(table, a.dtype(), None) else { return false };
        let operands = std::slice::from_ref(a);
        let r =
            Reduction { fold, operands, map: None, order: None, axes: &axes, keepdims: false, initial: None };
        let extreme = reduce(&r).ok().and_then(|a| a.item());
        extreme.and_then(|s| s.as_i128()).is_some_and(inside)
    })
}

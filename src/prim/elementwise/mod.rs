//! Element-wise functions: their rows, the loops and laws that rows name, and how a call of one is
//! made: `ufunc` for arrays, `plain` and `fast` for numbers.

pub(in crate::prim) mod arithmetic;
pub(in crate::prim) mod bits;
pub(in crate::prim) mod comparison;
pub(in crate::prim) mod emath;
pub(in crate::prim) mod fast;
pub mod folds;
pub(in crate::prim) mod logic;
pub(in crate::prim) mod loops;
pub(in crate::prim) mod math;
pub(in crate::prim) mod numeric;
pub mod overflow;
pub mod pattern;
pub(in crate::prim) mod plain;
pub(in crate::prim) mod rounding;
pub mod ufunc;
pub mod updates;

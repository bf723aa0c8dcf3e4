//! Folds and scans along axes: what reductions share, reductions, running results, and the methods of
//! element-wise functions that fold.

pub(in crate::prim) mod arguments;
pub(in crate::prim) mod conditions;
pub mod fold;
pub(in crate::prim) mod methods;
pub(in crate::prim) mod reduction;
pub(in crate::prim) mod right;
pub(in crate::prim) mod scanning;
mod stepwise;

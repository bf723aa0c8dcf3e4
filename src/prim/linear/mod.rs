//! Linear algebra: products, `einsum`, equations and decompositions, norms and ranks, and equations of arrays of many axes.

pub(in crate::prim) mod chains;
pub(in crate::prim) mod einsum;
pub(in crate::prim) mod least_squares;
pub(in crate::prim) mod linalg;
pub(in crate::prim) mod norms;
pub mod products;
pub(in crate::prim) mod tensors;

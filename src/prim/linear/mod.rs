//! Linear algebra: products, `einsum`, equations and decompositions, norms and ranks.

pub(in crate::prim) mod chains;
pub(in crate::prim) mod einsum;
pub(in crate::prim) mod least_squares;
pub(in crate::prim) mod linalg;
pub(in crate::prim) mod norms;
pub mod products;

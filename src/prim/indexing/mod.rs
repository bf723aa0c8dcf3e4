//! Elements by their indices: `x[…]` and its assignment, selection, and positions as results.

pub(in crate::prim) mod grids;
pub mod positions;
pub mod selection;
pub mod selective;
pub mod subscript;

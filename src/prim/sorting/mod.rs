//! Order: sorting and search, and arrays as sets.

pub mod order;
pub(in crate::prim) mod sets;

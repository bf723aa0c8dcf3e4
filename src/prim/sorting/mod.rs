//! Order: sorting and search, and arrays as sets.

pub(in crate::prim) mod order;
pub(in crate::prim) mod sets;

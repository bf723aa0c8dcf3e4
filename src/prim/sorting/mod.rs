//! Order: sorting and search, and arrays as sets.

pub(crate) mod order;
pub(in crate::prim) mod sets;

//! Arrays as such: new ones, their shapes, dtypes, methods and properties, and elements in other
//! places.

pub mod creation;
pub mod dtypes;
pub mod joining;
pub mod layout;
pub mod matrices;
pub mod methods;
pub mod properties;
pub mod ranges;
pub mod rearrange;
pub mod shape;
pub(in crate::prim) mod sliding;

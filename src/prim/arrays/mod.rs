//! Arrays as such: new ones, their shapes, dtypes, methods and properties, and elements in other
//! places.

pub(crate) mod applying;
pub mod creation;
pub mod dtypes;
pub(in crate::prim) mod files;
pub mod joining;
pub(in crate::prim) mod kinds;
pub mod layout;
pub mod matrices;
pub mod methods;
pub mod moved;
pub(in crate::prim) mod packing;
pub(in crate::prim) mod padding;
pub(in crate::prim) mod printing;
pub mod properties;
pub mod ranges;
pub mod rearrange;
pub mod shape;
pub(in crate::prim) mod sliding;

//! Random numbers: generators as values, drawing from them, and the distributions.

pub(in crate::prim) mod choice;
pub(in crate::prim) mod distributions;
pub(in crate::prim) mod draw;
pub mod generator;
pub(in crate::prim) mod legacy;
pub(in crate::prim) mod multivariate;

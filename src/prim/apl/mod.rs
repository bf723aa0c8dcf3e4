//! What only APL has a name for: functions of glyphs, structural functions, and the operators.

pub(in crate::prim) mod glyphs;
pub mod operators;
pub mod structural;

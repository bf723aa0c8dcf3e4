//! Values as text.

pub mod time;

//! The language's own functions: output, types, lists, texts, reading of lines, and idioms of loops.

pub mod core;
pub mod idioms;
pub mod lacking;
pub mod lists;
pub mod ordering;
pub mod reading;
pub mod testing;
pub mod texts;

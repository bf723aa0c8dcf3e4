//! The language's own functions: output, types, plain numbers, iterables, lists, texts, reading of lines, and
//! idioms of loops.

pub mod core;
pub mod idioms;
pub mod iterables;
pub mod lacking;
pub mod lists;
pub mod membership;
pub mod numbers;
pub mod ordering;
pub mod reading;
pub mod testing;
pub mod texts;

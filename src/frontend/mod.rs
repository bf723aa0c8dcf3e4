//! The `arr` program.

pub mod args;
pub mod os;
pub mod timeit;

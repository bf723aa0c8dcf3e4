//! The `arr` program.

pub mod timeit;

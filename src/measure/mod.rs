//! Measuring: how long code takes and what it moves, what bounds it, which of two spellings is faster,
//! and how an expression will run. Takes code that is resolved and an evaluator to run it; gives
//! results as data, with their text and JSON. The commands in `frontend` only read options and print.
//!
//! - `machine`: what the machine can do, measured once: the yardstick of every "86% of …".
//! - `stats`: medians, intervals, spread and drift of times, so that noise says so.
//! - `trial`: running code on copies of arrays and generators.
//! - `timeit`, `compare`, `scale`, `memory`, `profile`, `explain`: one command each; `bound` is the
//!   line about what bounded the code, `numpy` what NumPy would have done.
//! - `text`, `plot`: bytes, rates and axes as text.

pub mod bound;
pub mod compare;
pub mod explain;
pub mod machine;
pub mod memory;
mod numpy;
mod plot;
pub mod profile;
pub mod scale;
pub mod stats;
pub mod text;
pub mod timeit;
pub mod trial;

//! arr: a small array language with NumPy's arithmetic and memory model and APL's notation.
//!
//! The crate is laid out as the data flows, and each module depends only on those above it:
//!
//! | module | takes | gives |
//! | --- | --- | --- |
//! | [`syntax`] | text | tokens, then an AST with spans |
//! | [`dtype`] | | element types, their scalars, promotion |
//! | [`array`] | | buffers, views, broadcasting, indexing as geometry |
//! | [`value`] | | what a name can hold; the host interface that primitives call back |
//! | [`show`] | values | text, as NumPy prints it |
//! | [`kernel`] | contiguous blocks | contiguous blocks |
//! | [`exec`] | arrays and kernels | arrays: strides to blocks, threads, buffer reuse |
//! | [`prim`] | values | values: the table of primitives, one row each |
//! | [`eval`] | an AST | values, effects |
//! | [`python`] | an AST | the same program in Python with NumPy |
//! | [`error`] | any stage's error | a report with code, labels and help |
//! | [`teach`] | an expression of a session | drawings of what it does |
//! | [`session`] | source text | outcomes; every frontend goes through it |
//! | [`measure`] | code, an evaluator | times, what moved and what bounded it, steps; as data and text |
//! | [`lint`] | texts, and the values of their run | findings: loops to replace, lines to look at |
//! | [`lesson`] | lessons, answers | what comes next, what is right of an answer and what is not |
//! | [`frontend`] | a terminal, files, arguments | the `arr` program |

pub mod array;
pub mod dtype;
pub mod error;
pub mod eval;
pub mod exec;
#[cfg(feature = "cli")]
pub mod frontend;
pub mod kernel;
pub mod lesson;
pub mod lint;
pub mod measure;
pub mod prim;
pub mod python;
pub mod session;
pub mod show;
pub mod syntax;
pub mod teach;
pub mod value;

//! Text to AST.
//!
//! `token` cuts a text into raw tokens; `lines` settles newlines, commands and prompts, `shape` what
//! each token is where it stands; the grammar (`grammar/arr.lalrpop`) parses a statement, whose nodes
//! `tree` makes; `parse` is the way in, and `diagnose` says what was wrong. Glyphs are handed in as
//! data, a `Lexicon`: nothing here knows what a primitive does.

pub mod ast;
mod diagnose;
mod error;
mod fstring;
mod lexicon;
mod lines;
mod literal;
pub mod neat;
mod paint;
mod parse;
pub mod print;
mod same;
mod shape;
mod span;
mod tint;
mod token;
mod tree;
pub mod walk;

lalrpop_util::lalrpop_mod!(
    #[allow(clippy::all, unused_imports)]
    grammar,
    "/arr.rs"
);

pub use error::{NumberFault, Side, SyntaxError};
pub use lexicon::{Class, Lexicon};
pub use paint::{Paint, tokens};
pub use parse::{Parsed, parse};
pub use same::same;
pub use span::Span;
pub use tint::{Tint, tints};

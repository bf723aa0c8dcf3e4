//! Text to AST.

pub mod ast;
mod lexicon;
mod span;

pub use lexicon::{Class, Lexicon};
pub use span::Span;

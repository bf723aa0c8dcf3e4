//! The classes of glyphs, handed to the parser as data: the grammar knows precedence by class and
//! names no primitive.

use std::collections::HashMap;

/// How a primitive's character stands in the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// `∨ ⍱`
    Or,
    /// `∧ ⍲`
    And,
    /// `== ≠ < …`
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    /// `+ -`, infix and tight prefix.
    Sum,
    /// `* / // % @`
    Product,
    /// `× ÷ ⌈ ⌊ ⍟ ○`: infix arithmetic, and prefix glyph functions.
    ProductGlyph,
    /// `~`, tight prefix only.
    Tilde,
    Power,
    /// A glyph function, prefix or between two values.
    Glyph,
    /// An operator with one operand: `⌿ ⍀ ¨ ⍨ ⌸`.
    Monadic,
    /// An operator with two: `∘ ⍤ ⍥ ⍣ ⌺`.
    Dyadic,
}

/// The spelling and class of every glyph.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    classes: HashMap<&'static str, Class>,
}

impl Lexicon {
    pub fn new(entries: impl IntoIterator<Item = (&'static str, Class)>) -> Lexicon {
        Lexicon { classes: entries.into_iter().collect() }
    }

    pub fn class(&self, text: &str) -> Option<Class> {
        self.classes.get(text).copied()
    }
}

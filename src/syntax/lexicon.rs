//! The classes of glyphs, handed to the parser as data: the grammar knows precedence by class and
//! names no primitive.

/// The operators whose left operand may be an array: a line that ends in one goes on. Where nothing
/// stands before one, or an operator after it, it is a function.
pub(super) const REPLICATES: [&str; 2] = ["⌿", "⍀"];

/// How a primitive's character stands in the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// `∨ ⍱`
    Or,
    /// `∧ ⍲`
    And,
    /// `== < …`
    Compare,
    /// `≠`: a comparison after an operand, elsewhere a prefix glyph function.
    CompareGlyph,
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

/// The spelling and class of every glyph, sorted by a key that packs the spelling into eight bytes.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    classes: Vec<(u64, Class)>,
}

impl Lexicon {
    /// Spellings are at most eight bytes long; longer ones are left out. A later entry of the same
    /// spelling is left out too.
    pub fn new(entries: impl IntoIterator<Item = (&'static str, Class)>) -> Lexicon {
        let mut classes: Vec<_> =
            entries.into_iter().filter_map(|(text, class)| Some((packed(text)?, class))).collect();
        classes.sort_by_key(|entry| entry.0);
        classes.dedup_by_key(|entry| entry.0);
        Lexicon { classes }
    }

    pub fn class(&self, text: &str) -> Option<Class> {
        let key = packed(text)?;
        let at = self.classes.binary_search_by_key(&key, |entry| entry.0).ok()?;
        Some(self.classes[at].1)
    }

    /// The notation of the language, for tests that have no table of primitives.
    #[doc(hidden)]
    pub fn standard_for_tests() -> Lexicon {
        let rows: [(&[&'static str], Class); 16] = [
            (&["∨", "⍱"], Class::Or),
            (&["∧", "⍲"], Class::And),
            (&["==", "!=", "<", "<=", ">", ">=", "≤", "≥"], Class::Compare),
            (&["≠"], Class::CompareGlyph),
            (&["|"], Class::BitOr),
            (&["^"], Class::BitXor),
            (&["&"], Class::BitAnd),
            (&["<<", ">>"], Class::Shift),
            (&["+", "-"], Class::Sum),
            (&["*", "/", "//", "%", "@"], Class::Product),
            (&["×", "÷", "⌈", "⌊", "⍟", "○"], Class::ProductGlyph),
            (&["~"], Class::Tilde),
            (&["**"], Class::Power),
            (
                &[
                    "⍳", "⍴", "⌽", "⊖", "⍉", "⍋", "⍒", "≢", "≡", "∪", "⍸", "⌹", "⊃", "↑", "↓", "⍪", "∊", "⊣",
                    "⊢", "⍷", "⌷", "∩", "⊥", "⊤", "!",
                ],
                Class::Glyph,
            ),
            (&["⌿", "⍀", "¨", "⍨", "⌸"], Class::Monadic),
            (&["∘", "⍤", "⍥", "⍣", "⌺"], Class::Dyadic),
        ];
        Lexicon::new(rows.into_iter().flat_map(|(texts, class)| texts.iter().map(move |text| (*text, class))))
    }
}

fn packed(text: &str) -> Option<u64> {
    let mut bytes = [0; 8];
    bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
    Some(u64::from_le_bytes(bytes))
}

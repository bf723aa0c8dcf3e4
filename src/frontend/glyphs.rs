//! Words for glyphs: `\iota` and the Tab key write `⍳`.

/// Word and glyph; several words may stand for one glyph. The order is that of listings.
pub const WORDS: &[(&str, &str)] = &[
    ("iota", "⍳"),
    ("rho", "⍴"),
    ("reverse", "⌽"),
    ("reversefirst", "⊖"),
    ("transpose", "⍉"),
    ("gradeup", "⍋"),
    ("gradedown", "⍒"),
    ("tally", "≢"),
    ("match", "≡"),
    ("union", "∪"),
    ("unique", "∪"),
    ("intersection", "∩"),
    ("where", "⍸"),
    ("domino", "⌹"),
    ("first", "⊃"),
    ("take", "↑"),
    ("drop", "↓"),
    ("table", "⍪"),
    ("epsilon", "∊"),
    ("member", "∊"),
    ("find", "⍷"),
    ("squad", "⌷"),
    ("left", "⊣"),
    ("right", "⊢"),
    ("times", "×"),
    ("divide", "÷"),
    ("ceil", "⌈"),
    ("max", "⌈"),
    ("floor", "⌊"),
    ("min", "⌊"),
    ("log", "⍟"),
    ("circle", "○"),
    ("and", "∧"),
    ("or", "∨"),
    ("nand", "⍲"),
    ("nor", "⍱"),
    ("ne", "≠"),
    ("le", "≤"),
    ("ge", "≥"),
    ("reducefirst", "⌿"),
    ("scanfirst", "⍀"),
    ("each", "¨"),
    ("commute", "⍨"),
    ("compose", "∘"),
    ("jot", "∘"),
    ("rank", "⍤"),
    ("over", "⍥"),
    ("power", "⍣"),
    ("key", "⌸"),
    ("stencil", "⌺"),
    ("decode", "⊥"),
    ("encode", "⊤"),
    ("alpha", "⍺"),
    ("omega", "⍵"),
    ("del", "∇"),
    ("assign", "←"),
    ("gets", "←"),
    ("diamond", "⋄"),
    ("neg", "¯"),
    ("lamp", "⍝"),
];

/// The glyphs whose words begin so.
pub fn beginning(prefix: &str) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
    WORDS.iter().filter(move |(word, _)| word.starts_with(prefix)).copied()
}

/// The words of a glyph.
pub fn words(glyph: &str) -> Vec<&'static str> {
    WORDS.iter().filter(|(_, g)| *g == glyph).map(|(word, _)| *word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_unique_letters() {
        for (i, (word, glyph)) in WORDS.iter().enumerate() {
            assert!(word.bytes().all(|b| b.is_ascii_lowercase()), "{word}");
            assert_eq!(glyph.chars().count(), 1);
            assert!(WORDS[..i].iter().all(|(other, _)| other != word), "{word}");
        }
    }

    #[test]
    fn every_glyph_of_the_table_has_a_word() {
        for (_, prim) in crate::prim::table().rows() {
            for glyph in prim.glyphs.iter().filter(|g| !g.text.is_ascii()) {
                assert!(!words(glyph.text).is_empty(), "{}", glyph.text);
            }
        }
    }
}

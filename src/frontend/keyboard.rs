//! Where glyphs stand on the keyboard: Dyalog's layout for US keys, reached through the prefix key,
//! and its drawing.

use super::glyphs;

/// The rows of keys as they lie on the keyboard; each key unshifted, then shifted.
const ROWS: &[(&str, &str)] = &[
    ("`1234567890-=", "~!@#$%^&*()_+"),
    ("qwertyuiop[]\\", "QWERTYUIOP{}|"),
    ("asdfghjkl;'", "ASDFGHJKL:\""),
    ("zxcvbnm,./", "ZXCVBNM<>?"),
];

/// Key and glyph. Keys whose glyph arr does not have (such as `⎕`) are not there.
const KEYS: &[(char, char)] = &[
    ('1', '¨'),
    ('2', '¯'),
    ('3', '<'),
    ('4', '≤'),
    ('5', '='),
    ('6', '≥'),
    ('7', '>'),
    ('8', '≠'),
    ('9', '∨'),
    ('0', '∧'),
    ('-', '×'),
    ('=', '÷'),
    ('#', '⍒'),
    ('$', '⍋'),
    ('%', '⌽'),
    ('^', '⍉'),
    ('&', '⊖'),
    ('*', '⍟'),
    ('(', '⍱'),
    (')', '⍲'),
    ('_', '!'),
    ('+', '⌹'),
    ('q', '?'),
    ('w', '⍵'),
    ('e', '∊'),
    ('r', '⍴'),
    ('t', '~'),
    ('y', '↑'),
    ('u', '↓'),
    ('i', '⍳'),
    ('o', '○'),
    ('p', '*'),
    ('[', '←'),
    ('\\', '⊢'),
    ('E', '⍷'),
    ('T', '⍨'),
    ('I', '⍸'),
    ('O', '⍥'),
    ('P', '⍣'),
    ('|', '⊣'),
    ('a', '⍺'),
    ('s', '⌈'),
    ('d', '⌊'),
    ('f', '_'),
    ('g', '∇'),
    ('j', '∘'),
    ('k', '\''),
    ('J', '⍤'),
    ('K', '⌸'),
    ('L', '⌷'),
    (':', '≡'),
    ('"', '≢'),
    ('x', '⊃'),
    ('c', '∩'),
    ('v', '∪'),
    ('b', '⊥'),
    ('n', '⊤'),
    ('m', '|'),
    (',', '⍝'),
    ('.', '⍀'),
    ('/', '⌿'),
    ('<', '⍪'),
    ('~', '⌺'),
    (';', '⋄'),
];

/// The glyph of a key after the prefix key.
pub fn glyph(key: char) -> Option<char> {
    KEYS.iter().find(|k| k.0 == key).map(|k| k.1)
}

/// The key of a glyph.
pub fn key(glyph: &str) -> Option<char> {
    let mut chars = glyph.chars();
    let (c, None) = (chars.next()?, chars.next()) else { return None };
    KEYS.iter().find(|k| k.1 == c).map(|k| k.0)
}

/// Every key with its glyph, in the order of the keyboard.
pub fn keys() -> impl Iterator<Item = (char, char)> {
    KEYS.iter().copied()
}

/// The layout, drawn in at most 60 columns: over each key its glyph with Shift, beside it the plain one.
pub fn draw(prefix: char) -> String {
    let mut out = format!("Type {prefix} and then a key; {prefix}{prefix} writes {prefix} itself.\n");
    out.push_str("Above: with Shift. Below: the key, and its glyph.\n\n");
    for (i, (plain, shifted)) in ROWS.iter().enumerate() {
        let indent = " ".repeat(2 * i);
        let cell = |c: char| glyph(c).unwrap_or(' ');
        let upper: String = shifted.chars().map(|c| format!("  {} ", cell(c))).collect();
        let lower: String = plain.chars().map(|c| format!("{c} {} ", cell(c))).collect();
        for line in [upper, lower] {
            out.push_str(format!("  {indent}{line}").trim_end());
            out.push('\n');
        }
        out.push('\n');
    }
    out.push_str("Or type \\ and a word, then Tab: \\iota, \\rho, \\grade.\n");
    out
}

/// The layout as sentences, for reading aloud: one key a line.
pub fn describe(prefix: char) -> String {
    let mut out = format!("Type {prefix} and then a key.\n");
    for (key, glyph) in KEYS {
        let text = glyph.to_string();
        let name = glyphs::word(&text).unwrap_or("");
        out.push_str(format!("{key} gives {text} {name}").trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_glyphs_are_unique() {
        for (i, (key, glyph)) in KEYS.iter().enumerate() {
            assert!(KEYS[..i].iter().all(|(k, g)| k != key && g != glyph), "{key} {glyph}");
        }
    }

    #[test]
    fn every_glyph_has_a_key_that_is_drawn() {
        let drawn = draw('`');
        for g in glyphs::all() {
            assert!(key(g.text).is_some(), "{}", g.text);
            assert!(drawn.contains(g.text), "{}", g.text);
        }
        assert!(drawn.lines().all(|l| l.chars().count() <= 60), "{drawn}");
        assert_eq!((glyph('i'), glyph('Z')), (Some('⍳'), None));
    }
}

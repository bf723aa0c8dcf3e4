//! The glyphs as one types and reads them: their words (`\iota` and the Tab key write `⍳`) and what
//! they mean in one line. Names and meanings come from the rows of primitives and operators; here
//! stand the further words, and the characters of the notation that are no functions.

use crate::prim::apl::operators;
use crate::prim::{self, Prim, Valence};
use std::sync::LazyLock;

/// Words besides the rows' names: what APL, NumPy and TeX call a glyph. The first one of a glyph is
/// the one that help shows.
const WORDS: &[(&str, &[&str])] = &[
    ("⍳", &["iota", "index"]),
    ("⍴", &["rho", "reshape", "shape"]),
    ("⌽", &["reverse", "rotate", "circlestile"]),
    ("⊖", &["reversefirst", "rotatefirst", "circlebar", "ominus"]),
    ("⍉", &["transpose", "circlebackslash"]),
    ("⍋", &["gradeup", "deltastile"]),
    ("⍒", &["gradedown", "delstile"]),
    ("≢", &["tally", "notmatch", "nequiv"]),
    ("≡", &["match", "depth", "equiv"]),
    ("∪", &["union", "unique", "cup"]),
    ("∩", &["intersection", "cap"]),
    ("⍸", &["where"]),
    ("⌹", &["domino", "inverse", "matdivide"]),
    ("⊃", &["first", "pick", "disclose", "rightshoe"]),
    ("↑", &["take", "mix", "uparrow"]),
    ("↓", &["drop", "downarrow"]),
    ("⍪", &["table", "catenatefirst", "commabar"]),
    ("∊", &["epsilon", "member", "enlist", "in"]),
    ("⍷", &["find"]),
    ("⌷", &["squad", "materialise"]),
    ("⊣", &["left", "lefttack", "dashv"]),
    ("⊢", &["right", "righttack", "vdash"]),
    ("×", &["times", "sign"]),
    ("÷", &["divide", "reciprocal", "div"]),
    ("⌈", &["ceil", "max", "upstile", "lceil"]),
    ("⌊", &["floor", "min", "downstile", "lfloor"]),
    ("⍟", &["log", "circlestar"]),
    ("○", &["circle", "pitimes"]),
    ("∧", &["and", "lcm", "wedge"]),
    ("∨", &["or", "gcd", "vee"]),
    ("⍲", &["nand"]),
    ("⍱", &["nor"]),
    ("≠", &["ne", "neq", "notequal"]),
    ("≤", &["le", "leq", "lessequal"]),
    ("≥", &["ge", "geq", "greaterequal"]),
    ("⌿", &["reducefirst", "replicatefirst", "slashbar"]),
    ("⍀", &["scanfirst", "expandfirst", "backslashbar"]),
    ("¨", &["each", "diaeresis"]),
    ("⍨", &["commute", "self", "selfie", "tildediaeresis"]),
    ("∘", &["compose", "jot", "circ"]),
    ("⍤", &["rank", "atop", "jotdiaeresis"]),
    ("⍥", &["over", "circlediaeresis"]),
    ("⍣", &["power", "powerop", "stardiaeresis"]),
    ("⌸", &["key", "quadequal"]),
    ("⌺", &["stencil", "quaddiamond"]),
    ("⊥", &["decode", "uptack", "bot"]),
    ("⊤", &["encode", "downtack", "top"]),
    ("⍺", &["alpha", "leftarg"]),
    ("⍵", &["omega", "rightarg"]),
    ("∇", &["del", "nabla", "recurse"]),
    ("←", &["assign", "gets", "leftarrow"]),
    ("⋄", &["diamond", "separator"]),
    ("¯", &["neg", "macron", "highminus"]),
    ("⍝", &["lamp", "comment"]),
];

/// What the notation's own characters mean, and an example; everything else has a row.
const NOTATION: &[(&str, &str, &str)] = &[
    ("⍺", "The left argument of a dfn; `⍺ ← 1` gives it a default.", "3 {⍺ + ⍵} 4"),
    ("⍵", "The right argument of a dfn.", "{⍵ × 2} 21"),
    ("∇", "The dfn itself, to call it again.", "{⍵ < 2 : 1 ⋄ ⍵ × ∇ ⍵ - 1} 5"),
    ("←", "Assigns, as `=` does.", "x ← 5 ⋄ x + 1"),
    ("⋄", "Separates statements on a line; unlike `;` it does not silence them.", "1 ⋄ 2"),
    ("¯", "The sign of a negative number, part of the number.", "1 2 ¯3"),
    ("⍝", "Begins a comment, as `#` does.", "1 + 1 ⍝ two"),
    ("⌸", "Groups equal items and applies a function to each group.", ""),
    ("⌺", "Applies a function to a window around every element.", ""),
];

/// A glyph, all its words, and what it does in one line.
pub struct Glyph {
    pub text: &'static str,
    pub words: Vec<&'static str>,
    pub meaning: String,
}

/// Every glyph that is no ASCII character.
pub fn all() -> &'static [Glyph] {
    static ALL: LazyLock<Vec<Glyph>> = LazyLock::new(|| {
        WORDS
            .iter()
            .map(|&(text, words)| Glyph { text, words: words_of(text, words), meaning: meaning(text) })
            .collect()
    });
    &ALL
}

pub fn find(text: &str) -> Option<&'static Glyph> {
    all().iter().find(|g| g.text == text)
}

/// The glyphs that have a word beginning so, with the first such word; the exact word alone, if it is
/// one.
pub fn beginning(prefix: &str) -> Vec<(&'static Glyph, &'static str)> {
    let exact = all().iter().find(|g| g.words.contains(&prefix));
    if let Some(glyph) = exact {
        return vec![(glyph, glyph.words.iter().find(|w| **w == prefix).copied().unwrap_or_default())];
    }
    let word = |g: &'static Glyph| Some((g, *g.words.iter().find(|w| w.starts_with(prefix))?));
    all().iter().filter_map(word).collect()
}

/// The word that help shows for a glyph.
pub fn word(glyph: &str) -> Option<&'static str> {
    WORDS.iter().find(|(g, _)| *g == glyph)?.1.first().copied()
}

/// The documentation and example of a character of the notation.
pub fn notation(glyph: &str) -> Option<(&'static str, &'static str)> {
    NOTATION.iter().find(|n| n.0 == glyph).map(|n| (n.1, n.2))
}

fn rows(glyph: &str) -> [Option<&'static Prim>; 2] {
    [Valence::Monadic, Valence::Dyadic].map(|v| prim::table().glyph(glyph, v))
}

fn words_of(glyph: &str, words: &'static [&'static str]) -> Vec<&'static str> {
    let names =
        rows(glyph).into_iter().flatten().flat_map(|p| std::iter::once(&p.name).chain(p.aliases)).copied();
    let operator = operators::find(glyph).map(|o| o.name);
    let mut all = words.to_vec();
    for name in names.chain(operator) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

fn meaning(glyph: &str) -> String {
    let [one, two] = rows(glyph);
    let first = |doc| first_sentence(doc).to_string();
    match (one, two) {
        (Some(a), Some(b)) if std::ptr::eq(a, b) => first(a.doc),
        (Some(a), Some(b)) => format!("{}; between two: {}", first(a.doc), lower(first_sentence(b.doc))),
        (Some(p), None) | (None, Some(p)) => first(p.doc),
        (None, None) => operators::find(glyph)
            .map(|o| o.doc)
            .or_else(|| notation(glyph).map(|n| n.0))
            .map_or(String::new(), first),
    }
}

/// A text up to its first full stop, semicolon, example or line end.
pub fn first_sentence(doc: &str) -> &str {
    let line = doc.lines().next().unwrap_or("");
    let end = [". ", "; ", ": `"].iter().filter_map(|stop| line.find(stop)).min().unwrap_or(line.len());
    line[..end].trim_end_matches(['.', ':'])
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        // An acronym or a name of one letter keeps its form.
        (Some(c), Some(d)) if d.is_lowercase() || d == ' ' => c.to_lowercase().chain(chars).collect(),
        _ => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_belong_to_one_glyph() {
        let mut seen = std::collections::HashMap::new();
        for (glyph, words) in WORDS {
            assert_eq!(glyph.chars().count(), 1);
            for word in *words {
                assert!(word.bytes().all(|b| b.is_ascii_lowercase()), "{word}");
                assert_eq!(seen.insert(word, glyph), None, "{word}");
            }
        }
    }

    #[test]
    fn every_glyph_has_words_and_a_meaning() {
        for (_, prim) in prim::table().rows() {
            for glyph in prim.glyphs.iter().filter(|g| !g.text.is_ascii()) {
                assert!(find(glyph.text).is_some(), "{}", glyph.text);
            }
        }
        for o in operators::ROWS.iter().copied().flatten().filter(|o| o.glyph.chars().count() == 1) {
            assert!(o.glyph.is_ascii() || find(o.glyph).is_some(), "{}", o.glyph);
        }
        assert!(all().iter().all(|g| !g.words.is_empty() && !g.meaning.is_empty()));
    }

    #[test]
    fn words_find_glyphs() {
        let found = |p| beginning(p).iter().map(|(g, _)| g.text).collect::<Vec<_>>();
        assert_eq!(found("iot"), ["⍳"]);
        assert_eq!(found("iota"), ["⍳"]);
        assert_eq!(found("grade"), ["⍋", "⍒"]);
        assert!(found("nosuch").is_empty());
    }
}

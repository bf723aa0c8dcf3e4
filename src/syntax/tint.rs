//! What each piece of a text is, for colours: the raw tokens, and the lines of commands. Nothing is
//! parsed, so unfinished text is as good as any.

use super::Span;
use super::token::{Quoted, Raw, Wide, keyword};
use logos::Logos;

/// What a piece of text is to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tint {
    Keyword,
    Name,
    Number,
    Text,
    /// A string that has no end yet.
    OpenText,
    Comment,
    /// A character of APL's notation.
    Glyph,
    Operator,
    Punctuation,
    /// A `%command`, or `?` with what it asks about.
    Command,
    Wrong,
}

/// The pieces of a text in order; spaces are left out.
pub fn tints(text: &str) -> Vec<(Span, Tint)> {
    let mut found = Vec::new();
    let mut line_starts = true;
    let mut lexer = Raw::lexer(text);
    while let Some(raw) = lexer.next() {
        let span = lexer.span();
        let tint = match raw {
            Ok(Raw::Newline) => {
                line_starts = true;
                continue;
            }
            Ok(Raw::Operator) if line_starts && lexer.slice() == "%" => {
                let rest = lexer.remainder().trim_start_matches('%');
                let skipped = lexer.remainder().len() - rest.len();
                let name = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
                lexer.bump(skipped + name);
                found.push((Span::new(span.start, lexer.span().end), Tint::Command));
                line_starts = false;
                continue;
            }
            Ok(raw) => tint(raw, lexer.slice()),
            Err(()) => Tint::Wrong,
        };
        line_starts = false;
        found.push((Span::new(span.start, span.end), tint));
    }
    found
}

fn tint(raw: Raw, text: &str) -> Tint {
    match raw {
        Raw::Comment | Raw::Wide(Wide::Comment) => Tint::Comment,
        Raw::Name | Raw::Wide(Wide::Name) => match keyword(text) {
            Some(_) => Tint::Keyword,
            None => Tint::Name,
        },
        Raw::Number | Raw::Wide(Wide::Number) => Tint::Number,
        Raw::Text(Quoted::Plain | Quoted::Format) => Tint::Text,
        Raw::Text(_) => Tint::OpenText,
        Raw::Wide(_) => Tint::Glyph,
        Raw::Question => Tint::Command,
        Raw::Operator
        | Raw::Augment
        | Raw::Assign
        | Raw::Arrow
        | Raw::PipeTo
        | Raw::Slash
        | Raw::Backslash => Tint::Operator,
        _ => Tint::Punctuation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_told_apart() {
        let text = "if x: # why\n%time +/ ⍳ 3 ⋄ \"a\" + 'b";
        let pieces: Vec<_> = tints(text).into_iter().map(|(s, t)| (&text[s.range()], t)).collect();
        let want = [
            ("if", Tint::Keyword),
            ("x", Tint::Name),
            (":", Tint::Punctuation),
            ("# why", Tint::Comment),
            ("%time", Tint::Command),
            ("+", Tint::Operator),
            ("/", Tint::Operator),
            ("⍳", Tint::Glyph),
            ("3", Tint::Number),
            ("⋄", Tint::Glyph),
            ("\"a\"", Tint::Text),
            ("+", Tint::Operator),
            ("'b", Tint::OpenText),
        ];
        assert_eq!(pieces, want);
    }

    #[test]
    fn any_text_is_cut() {
        for text in ["", "\\", "\u{0}x", "%", "%%", "\"\"\"", "¯", "f\"{", "é'", "% \n%é"] {
            let mut end = 0;
            for (span, _) in tints(text) {
                assert!(
                    span.start >= end && span.end > span.start && text.get(span.range()).is_some(),
                    "{text}"
                );
                end = span.end;
            }
        }
    }
}

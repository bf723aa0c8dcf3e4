//! Format strings: `f"{x:.3f}"` to its text and its replacement fields. The expressions in it are
//! parsed by the parser itself, at their places in the source.

use super::Span;
use super::ast::FPart;
use super::error::SyntaxError;
use super::tree::Builder;
use super::{literal, parse, token};

/// How many format strings may stand inside one another, and how many fields inside a field's format.
const MAX_NESTING: usize = 4;

/// The parts of the format string at `span`.
pub(super) fn parts(b: &Builder, span: Span) -> Result<Vec<FPart>, SyntaxError> {
    if b.format_depth.get() >= MAX_NESTING {
        return Err(SyntaxError::TooDeep { at: span, limit: MAX_NESTING });
    }
    let quotes = literal::quotes(&b.text[span.range()]);
    let (at, end) = (span.start as usize + quotes.before, span.end as usize - quotes.after);
    b.format_depth.set(b.format_depth.get() + 1);
    let parts = Fields { b, raw: quotes.raw, at, end }.parts(0);
    b.format_depth.set(b.format_depth.get() - 1);
    parts
}

struct Fields<'b, 's> {
    b: &'b Builder<'s>,
    raw: bool,
    at: usize,
    end: usize,
}

impl Fields<'_, '_> {
    fn byte(&self, at: usize) -> Option<u8> {
        (at < self.end).then(|| self.b.text.as_bytes()[at])
    }

    /// Text and fields up to the end, or inside a field's format (`nesting` above 0) to its `}`.
    fn parts(&mut self, nesting: usize) -> Result<Vec<FPart>, SyntaxError> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut start = self.at;
        while let Some(byte) = self.byte(self.at) {
            let doubled = nesting == 0 && self.byte(self.at + 1) == Some(byte);
            match byte {
                b'\\' if !self.raw => {
                    self.at += 1;
                    self.at += self.b.text[self.at..self.end].chars().next().map_or(0, char::len_utf8);
                }
                b'{' | b'}' if doubled => {
                    text += &self.plain(start, self.at + 1)?;
                    self.at += 2;
                    start = self.at;
                }
                b'}' if nesting > 0 => break,
                b'}' => {
                    let at = Span::new(self.at, self.at + 1);
                    return Err(SyntaxError::BadField {
                        at,
                        field: "}".into(),
                        why: "closes nothing; write `}}`",
                    });
                }
                b'{' => {
                    text += &self.plain(start, self.at)?;
                    if !text.is_empty() {
                        parts.push(FPart::Text(std::mem::take(&mut text).into()));
                    }
                    parts.push(self.field(nesting)?);
                    start = self.at;
                }
                _ => self.at += 1,
            }
        }
        text += &self.plain(start, self.at)?;
        if !text.is_empty() {
            parts.push(FPart::Text(text.into()));
        }
        Ok(parts)
    }

    fn plain(&self, start: usize, end: usize) -> Result<String, SyntaxError> {
        literal::unescape(&self.b.text[start..end], self.raw, start)
    }

    /// `{expression}`, `{expression=}`, `{expression!r:format}`.
    fn field(&mut self, nesting: usize) -> Result<FPart, SyntaxError> {
        let open = self.at;
        let bad = |at: Span, why| {
            let field = self.b.text[at.range()].to_string();
            Err(SyntaxError::BadField { at, field, why })
        };
        if nesting > MAX_NESTING {
            return Err(SyntaxError::TooDeep { at: Span::new(open, open + 1), limit: MAX_NESTING });
        }
        let start = open + 1;
        let Some(stop) = self.expression_end(start) else {
            return bad(Span::new(open, open + 1), "is never closed; write `{{` for a brace");
        };
        let written = &self.b.text[start..stop];
        let (source, equals) = match without_equals(written) {
            Some(source) => (source, Some(written.into())),
            None => (written, None),
        };
        if source.trim().is_empty() {
            return bad(Span::new(open, stop + 1), "holds no expression");
        }
        let expr = Box::new(parse::expression(self.b, start..start + source.len())?);
        self.at = stop;
        let conversion = (self.byte(self.at) == Some(b'!')).then(|| {
            self.at += 2;
            char::from(self.b.text.as_bytes()[self.at - 1])
        });
        let mut spec = Vec::new();
        if self.byte(self.at) == Some(b':') {
            self.at += 1;
            spec = self.parts(nesting + 1)?;
        }
        if self.byte(self.at) != Some(b'}') {
            let at = Span::new(open, open + 1);
            return Err(SyntaxError::BadField {
                at,
                field: "{".into(),
                why: "is never closed; write `{{` for a brace",
            });
        }
        self.at += 1;
        Ok(FPart::Value { expr, equals, conversion, spec })
    }

    /// Where the expression that begins at `start` ends: at `}`, `:` or `!r` outside its brackets.
    fn expression_end(&self, start: usize) -> Option<usize> {
        let text = &self.b.text.as_bytes()[..self.end];
        let mut depth = 0usize;
        let mut at = start;
        while at < self.end {
            match text[at] {
                quote @ (b'"' | b'\'') => {
                    let format = at > start && matches!(text[at - 1], b'f' | b'F');
                    at = string_end(text, at, quote, format)?;
                    continue;
                }
                b'(' | b'[' | b'{' => depth += 1,
                b'}' | b':' if depth == 0 => return Some(at),
                b'!' if depth == 0 && self.is_conversion(at) => return Some(at),
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            at += 1;
        }
        None
    }

    fn is_conversion(&self, at: usize) -> bool {
        matches!(self.byte(at + 1), Some(b'r' | b's' | b'a'))
            && matches!(self.byte(at + 2), Some(b'}' | b':'))
    }
}

/// The end of the string whose opening quote is at `at`.
fn string_end(text: &[u8], at: usize, quote: u8, format: bool) -> Option<usize> {
    let rest = &text[at + 1..];
    let triple = rest.len() >= 2 && rest[0] == quote && rest[1] == quote;
    let from = if triple { 2 } else { 0 };
    let end = match format {
        true => token::nested_end(rest, from, quote, triple),
        false => token::plain_end(rest, from, quote, triple),
    };
    Some(at + 1 + end.ok()?)
}

/// The expression of `x =`, where the text ends in a single `=`.
fn without_equals(text: &str) -> Option<&str> {
    let source = text.trim_end().strip_suffix('=')?;
    let compares = source.ends_with(['=', '!', '<', '>']);
    (!compares).then_some(source)
}

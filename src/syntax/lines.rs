//! Lines: which newlines end a statement, which lines are commands or questions for help, and what
//! of a pasted session is input.
//!
//! `scan` drives the lexer over a text and feeds `shape`; it keeps comments aside, of which the
//! `##` lines above a definition are its documentation.

use super::error::SyntaxError;
use super::shape::{Piece, Shaper};
use super::token::{Quoted, Raw, Tok, Token, Wide};
use super::{Lexicon, Span};
use logos::{Lexer, Logos};
use std::borrow::Cow;
use std::ops::Range;

/// How a text is to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    /// The text stands inside brackets: one expression, whose newlines mean nothing.
    pub inside: bool,
    /// The highest tree that may be built of a statement.
    pub max_depth: usize,
}

/// The tokens of a text, statement by statement.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub tokens: Vec<Token>,
    pub pieces: Vec<Piece>,
    pub comments: Vec<Span>,
    /// The `##` lines above a `fn`, by the start of that token.
    pub docs: Vec<(u32, Range<usize>)>,
    pub bad: Vec<(u32, SyntaxError)>,
    /// The brackets open at the end, outermost first.
    pub open: Vec<Token>,
    /// The last statement waits for more lines.
    pub waits: bool,
    /// The text ends in a string with triple quotes.
    pub open_string: bool,
    /// The text ends in the lines of a `%%` command.
    pub open_cell: bool,
    pub too_deep: bool,
}

struct Reader<'a> {
    text: &'a str,
    /// Where the lexer's text begins in `text`.
    base: usize,
    lexer: Lexer<'a, Raw>,
    shaper: Shaper<'a>,
    scan: Scan,
    /// A newline that ends the statement, unless the next line goes on with it.
    newline: Option<usize>,
    /// The comments that may document what follows: a range of `Scan::comments`.
    doc: Range<usize>,
    after_newline: bool,
    escaped_end: bool,
}

/// Reads `text[range]`.
pub(super) fn scan(text: &str, range: Range<usize>, lexicon: &Lexicon, reading: Reading) -> Scan {
    let part = &text[range.clone()];
    let mut shaper = Shaper::new(text, range.clone(), lexicon, reading.max_depth, reading.inside);
    shaper.tokens.reserve(part.len() / 3);
    let mut reader = Reader {
        text,
        base: range.start,
        lexer: Raw::lexer(part),
        shaper,
        scan: Scan::default(),
        newline: None,
        doc: 0..0,
        after_newline: true,
        escaped_end: false,
    };
    reader.run(!reading.inside);
    reader.finish()
}

impl Reader<'_> {
    fn run(&mut self, with_commands: bool) {
        if with_commands {
            self.line_start();
        }
        while let Some(raw) = self.lexer.next() {
            let span = self.span();
            match raw {
                Ok(Raw::Newline) => {
                    self.end_line(span.start);
                    if with_commands {
                        self.line_start();
                    }
                }
                Ok(Raw::Comment | Raw::Wide(Wide::Comment)) => self.comment(span),
                Ok(Raw::Wide(Wide::Space)) => {}
                Ok(Raw::Backslash) if self.escapes_newline() => {}
                Ok(Raw::Question) if self.asks_for_help(span.clone()) => {}
                Ok(raw) => self.token(raw, span),
                Err(()) => {
                    let at = Span::new(span.start, span.end);
                    let text = self.text[span.clone()].into();
                    self.before_token();
                    self.shaper.bad(SyntaxError::UnknownCharacter { at, text }, span.start, span.end);
                }
            }
            if self.shaper.too_deep {
                return;
            }
        }
    }

    fn finish(mut self) -> Scan {
        let ended = self.newline.is_some();
        self.scan.waits = !ended && self.shaper.continues() || self.escaped_end;
        self.scan.open = self.shaper.open_brackets().collect();
        self.shaper.finish();
        self.scan.too_deep = self.shaper.too_deep;
        self.scan.tokens = self.shaper.tokens;
        self.scan.pieces = self.shaper.pieces;
        self.scan.bad = self.shaper.bad;
        self.scan
    }

    fn span(&self) -> Range<usize> {
        let span = self.lexer.span();
        span.start + self.base..span.end + self.base
    }

    fn end_line(&mut self, at: usize) {
        if self.after_newline {
            self.doc = 0..0;
        }
        self.after_newline = true;
        if !self.shaper.ignores_newline() && self.newline.is_none() {
            self.newline = Some(at);
        }
    }

    fn comment(&mut self, span: Range<usize>) {
        let index = self.scan.comments.len();
        let documents = self.text[span.clone()].starts_with("##") && self.after_newline;
        self.doc = match documents {
            true if self.doc.end == index && !self.doc.is_empty() => self.doc.start..index + 1,
            true => index..index + 1,
            false => 0..0,
        };
        self.after_newline = false;
        self.scan.comments.push(Span::new(span.start, span.end));
    }

    fn token(&mut self, raw: Raw, span: Range<usize>) {
        if let Some(at) = self.newline.take() {
            let goes_on = match raw {
                Raw::PipeTo => true,
                Raw::Dot => {
                    let next = self.lexer.remainder().chars().next();
                    next.is_some_and(|c| c.is_alphabetic() || c == '_')
                }
                Raw::Name => &self.text[span.clone()] == "else",
                _ => false,
            };
            if !goes_on {
                self.shaper.push(Raw::Newline, at, at + 1);
            }
        }
        self.after_newline = false;
        if !self.doc.is_empty() {
            let doc = std::mem::take(&mut self.doc);
            if self.shaper.at_statement_start() && &self.text[span.clone()] == "fn" {
                self.scan.docs.push((span.start as u32, doc));
            }
        }
        self.scan.open_string |= raw == Raw::Text(Quoted::OpenTriple);
        self.shaper.push(raw, span.start, span.end);
    }

    /// Ends the statement before, if a newline waits to do so.
    fn before_token(&mut self) {
        if let Some(at) = self.newline.take() {
            self.shaper.push(Raw::Newline, at, at + 1);
        }
        self.after_newline = false;
        self.doc = 0..0;
    }

    /// `\` at the end of a line: the line goes on.
    fn escapes_newline(&mut self) -> bool {
        let start = self.span().start;
        let touching = self.shaper.tokens.last().is_some_and(|token| token.end as usize == start);
        if touching && self.shaper.after_function() {
            return false;
        }
        let rest = self.lexer.remainder();
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
        match rest.as_bytes().get(blank) {
            Some(b'\n') => {
                self.lexer.bump(blank + 1);
                true
            }
            None => {
                self.escaped_end = true;
                true
            }
            _ => false,
        }
    }

    /// At the first character of a line: reads it whole if it is a command or a question.
    fn line_start(&mut self) {
        loop {
            let starts = self.newline.is_some() || self.shaper.at_statement_start();
            if !starts || (self.shaper.ignores_newline() && !self.shaper.at_statement_start()) {
                return;
            }
            let rest = self.lexer.remainder();
            let line = rest.trim_start_matches([' ', '\t', '\r']);
            let blank = rest.len() - line.len();
            let length = line.find('\n').unwrap_or(line.len());
            let named = |prefix: &str| {
                line.strip_prefix(prefix)
                    .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphabetic() || c == '_'))
            };
            let kind = match () {
                () if named("%%") && (self.shaper.at_top()) => {
                    self.cell(blank, line);
                    continue;
                }
                () if named("%") => Tok::Command,
                () if line.starts_with('?') && !line[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                    Tok::Help
                }
                () => return,
            };
            let end = line[..length].trim_end().len();
            self.whole_line(kind, blank, end);
            let rest = self.lexer.remainder();
            let newline = rest.find('\n').unwrap_or(rest.len());
            self.lexer.bump(newline);
            return;
        }
    }

    /// Passes over `blank` bytes and makes the `length` bytes after them one token.
    fn whole_line(&mut self, kind: Tok, blank: usize, length: usize) {
        self.before_token();
        let start = self.span().end + blank;
        self.lexer.bump(blank + length);
        self.shaper.whole_line(kind, start, start + length);
    }

    /// `%%name`: the lines after it belong to it, up to a line `%%`, another `%%name` or the end.
    fn cell(&mut self, blank: usize, line: &str) {
        let mut end = line.find('\n').map_or(line.len(), |at| at + 1);
        let mut closing = 0;
        let mut closed = false;
        while end < line.len() && !closed {
            let next = &line[end..];
            let length = next.find('\n').map_or(next.len(), |at| at + 1);
            closed = next.starts_with("%%");
            if next[..length].trim_end() == "%%" {
                closing = length;
            } else if !closed {
                end += length;
            }
        }
        self.scan.open_cell = !closed && !line.ends_with('\n');
        self.whole_line(Tok::Command, blank, end);
        self.lexer.bump(closing);
        self.newline = Some(self.span().end.saturating_sub(1));
    }

    /// `name?` and `name??`, at the end of a line.
    fn asks_for_help(&mut self, span: Range<usize>) -> bool {
        if self.newline.is_some() {
            return false;
        }
        let rest = self.lexer.remainder();
        let second = usize::from(rest.starts_with('?'));
        let line = &rest[second..rest.find('\n').unwrap_or(rest.len())];
        let ends = line.trim().is_empty() || line.trim_start().starts_with(['#', ';']);
        let Some(start) = self.shaper.touching_statement() else { return false };
        if !ends || self.shaper.tokens.last().is_none_or(|token| token.end as usize != span.start) {
            return false;
        }
        self.lexer.bump(second);
        self.shaper.whole_line(Tok::Help, start as usize, span.end + second);
        true
    }
}

/// Blanks what is not input in a pasted session, if the first line has a prompt; every byte left
/// keeps its place.
pub(super) fn without_prompts(text: &str) -> Cow<'_, str> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    if prompt(first).is_none() {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut input = false;
    for line in text.split_inclusive('\n') {
        let length = match prompt(line) {
            Some(length) => Some(length),
            None if input => continuation(line),
            None => None,
        };
        input = length.is_some();
        let blank = length.unwrap_or_else(|| line.trim_end_matches(['\n', '\r']).len());
        kept.extend(std::iter::repeat_n(' ', blank));
        kept.push_str(&line[blank..]);
    }
    Cow::Owned(kept)
}

/// The length of `>>> ` or `In [n]: ` at the head of a line.
fn prompt(line: &str) -> Option<usize> {
    if let Some(rest) = line.strip_prefix(">>>") {
        return at_space(rest).map(|length| 3 + length);
    }
    let rest = line.strip_prefix("In [")?;
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let tail = after.strip_prefix("]:")?;
    at_space(tail).map(|length| line.len() - tail.len() + length)
}

/// The length of `... ` or `   ...: ` at the head of a line.
fn continuation(line: &str) -> Option<usize> {
    let trimmed = line.trim_start_matches(' ');
    let indent = line.len() - trimmed.len();
    if let Some(rest) = trimmed.strip_prefix("...:").filter(|_| indent > 0) {
        return at_space(rest).map(|length| indent + 4 + length);
    }
    let rest = line.strip_prefix("...")?;
    at_space(rest).map(|length| 3 + length)
}

/// A prompt ends in a space, or with its line.
fn at_space(rest: &str) -> Option<usize> {
    match rest.bytes().next() {
        Some(b' ') => Some(1),
        Some(b'\n' | b'\r') | None => Some(0),
        _ => None,
    }
}

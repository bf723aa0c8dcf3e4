//! The facade: text in, statements and errors out. It hides the lexer, the passes and LALRPOP.
//!
//! A text is cut at the separators outside all brackets, and each statement is parsed alone, so that
//! a wrong one does not keep the others from being read. Inside blocks a wrong statement is skipped
//! and the rest tried again. A bracket that is never closed swallows the lines after it; if one of
//! them cannot follow, reading starts again there.

use super::ast::{DfnItem, Expr, Stmt, StmtKind};
use super::diagnose::{self, Failure};
use super::error::SyntaxError;
use super::grammar::StatementParser;
use super::lines::{Reading, Scan, scan, without_prompts};
use super::token::{Tok, Token};
use super::tree::{Builder, outside_dfn};
use super::{Lexicon, Span};
use lalrpop_util::ParseError;
use std::ops::Range;

/// The highest tree: deeper ones could overflow the stack of whoever walks them.
const MAX_DEPTH: usize = 500;
/// The same for an expression in a format string, which adds to the tree around it.
const MAX_DEPTH_INSIDE: usize = 60;
/// How many wrong statements of one block are reported.
const MAX_ERRORS_IN_BLOCK: usize = 10;
/// How often reading starts again after a bracket that is never closed.
const MAX_RESTARTS: usize = 20;

/// What a text says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    pub statements: Vec<Stmt>,
    pub errors: Vec<SyntaxError>,
    /// More lines could make it right, or would belong to its last statement.
    pub incomplete: bool,
}

/// Reads a program, a line of a session, or a paste of one with its prompts.
pub fn parse(text: &str, lexicon: &Lexicon) -> Parsed {
    let text = &*without_prompts(text);
    let mut program = Program { parsed: Parsed::default(), parser: StatementParser::new(), final_errors: 0 };
    let mut builder = Builder::new(text, lexicon);
    let mut from = Some(0);
    for _ in 0..=MAX_RESTARTS {
        let Some(start) = from else { break };
        let reading = Reading { inside: false, max_depth: MAX_DEPTH };
        let scan = scan(text, start..text.len(), lexicon, reading);
        builder.docs = docs(text, &scan);
        from = program.read(&builder, scan);
    }
    program.parsed
}

/// The documentation of each definition: its `##` lines without the marks.
fn docs(text: &str, scan: &Scan) -> std::collections::HashMap<u32, super::ast::Name> {
    let line = |span: &Span| {
        let line = text[span.range()].trim_start_matches('#');
        line.strip_prefix(' ').unwrap_or(line).trim_end()
    };
    let doc = |range: &Range<usize>| {
        let lines: Vec<&str> = scan.comments[range.clone()].iter().map(line).collect();
        lines.join("\n").into()
    };
    scan.docs.iter().map(|(at, range)| (*at, doc(range))).collect()
}

/// The expression at a place of the builder's text, within brackets of some kind.
pub(super) fn expression(b: &Builder, range: Range<usize>) -> Result<Expr, SyntaxError> {
    let scan = scan(b.text, range.clone(), b.lexicon, Reading { inside: true, max_depth: MAX_DEPTH_INSIDE });
    let parser = StatementParser::new();
    let at = Span::new(range.start, range.end);
    if let Some((_, error)) = scan.bad.into_iter().next() {
        return Err(error);
    }
    if let Some(open) = scan.open.last() {
        return Err(diagnose::unclosed(b.text, *open, None));
    }
    match run(&parser, b, &scan.tokens) {
        Ok(DfnItem::Stmt(Stmt { kind: StmtKind::Expr(e), .. })) => Ok(e),
        Ok(_) => {
            let (found, expected) = ("a statement".to_string(), vec!["an expression"]);
            Err(SyntaxError::Unexpected { at, found, expected })
        }
        Err(failure) => Err(diagnose::error(b.text, b.lexicon, &scan.tokens, &[], failure)),
    }
}

/// The statements of a text that is right; nothing is said of one that is wrong.
pub(super) fn quietly(text: &str, lexicon: &Lexicon) -> Option<Vec<Stmt>> {
    let scan = scan(text, 0..text.len(), lexicon, Reading { inside: false, max_depth: MAX_DEPTH_INSIDE });
    if !scan.bad.is_empty() || !scan.open.is_empty() || scan.too_deep || scan.waits {
        return None;
    }
    let (parser, builder) = (StatementParser::new(), Builder::new(text, lexicon));
    let read =
        |piece: &super::shape::Piece| match run(&parser, &builder, &scan.tokens[piece.start..piece.end]) {
            Ok(DfnItem::Stmt(statement)) => Some(statement),
            _ => None,
        };
    scan.pieces.iter().map(read).collect()
}

fn run(parser: &StatementParser, b: &Builder, tokens: &[Token]) -> Result<DfnItem, Failure> {
    let stream = tokens.iter().map(|token| Ok((token.start, token.kind, token.end)));
    parser.parse(b, stream).map_err(|error| match error {
        ParseError::User { error } => Failure::Known(error),
        ParseError::UnrecognizedToken { token: (start, _, _), expected } => {
            Failure::At { index: tokens.partition_point(|token| token.start < start), expected }
        }
        ParseError::ExtraToken { token: (start, _, _) } => {
            Failure::At { index: tokens.partition_point(|token| token.start < start), expected: Vec::new() }
        }
        ParseError::UnrecognizedEof { expected, .. } => Failure::At { index: tokens.len(), expected },
        ParseError::InvalidToken { .. } => Failure::At { index: tokens.len(), expected: Vec::new() },
    })
}

struct Program {
    parsed: Parsed,
    parser: StatementParser,
    /// How many of the errors lie at the end of the text, where more lines could mend them.
    final_errors: usize,
}

impl Program {
    /// Parses the statements of a scan. Gives the place where reading is to start again.
    fn read(&mut self, b: &Builder, scan: Scan) -> Option<usize> {
        let mut block_column = None;
        let mut pieces = &scan.pieces[..];
        if scan.too_deep {
            pieces = pieces.split_last().map_or(&[], |(_, before)| before);
            self.parsed.errors.extend(scan.bad.last().map(|(_, error)| error.clone()));
        }
        let mut restart = None;
        for (at, piece) in pieces.iter().enumerate() {
            let tokens = &scan.tokens[piece.start..piece.end];
            let is_last = at + 1 == scan.pieces.len();
            if let Some(column) = block_column
                && belongs_to_python_block(b.text, tokens[0], column)
            {
                continue;
            }
            block_column = None;
            let errors_before = self.parsed.errors.len();
            if is_last && !scan.open.is_empty() {
                restart = self.unclosed(b, &scan, tokens);
            } else {
                let ends_text = is_last && (scan.waits || scan.open_string);
                self.statement(b, &scan, tokens, piece.silent, ends_text);
            }
            let new = &self.parsed.errors[errors_before..];
            if new
                .iter()
                .any(|e| matches!(e, SyntaxError::PythonSpelling { .. } | SyntaxError::PythonBlock { .. }))
            {
                block_column = Some(column(b.text, tokens[0].start as usize));
            }
        }
        let open = scan.waits || scan.open_string || scan.open_cell || !scan.open.is_empty();
        self.parsed.incomplete = open && self.final_errors == self.parsed.errors.len();
        restart
    }

    fn statement(&mut self, b: &Builder, scan: &Scan, tokens: &[Token], silent: bool, ends_text: bool) {
        let mut kept = std::borrow::Cow::Borrowed(tokens);
        for count in 0..MAX_ERRORS_IN_BLOCK {
            let failure = match run(&self.parser, b, &kept) {
                Ok(DfnItem::Stmt(mut statement)) => {
                    if count == 0 {
                        statement.silent = silent;
                        self.parsed.statements.push(statement);
                    }
                    return;
                }
                Ok(DfnItem::DefaultLeft(e) | DfnItem::Guard { test: e, .. }) => {
                    Failure::Known(Box::new(outside_dfn(e.span)))
                }
                Err(failure) => failure,
            };
            let index = failure.index(&kept);
            let error = diagnose::error(b.text, b.lexicon, &kept, &scan.bad, failure);
            let open_string = scan.open_string && matches!(error, SyntaxError::UnclosedString { .. });
            if ends_text && (index == kept.len() || open_string) {
                self.final_errors += 1;
            }
            self.parsed.errors.push(error);
            match without_statement(&kept, index) {
                Some(shorter) => kept = shorter.into(),
                None => return,
            }
        }
    }

    /// The last statement, with brackets that are never closed.
    fn unclosed(&mut self, b: &Builder, scan: &Scan, tokens: &[Token]) -> Option<usize> {
        let open = *scan.open.last()?;
        let failure = match run(&self.parser, b, tokens) {
            Ok(_) => return None,
            Err(failure) => failure,
        };
        let index = failure.index(tokens);
        let Some(stopped) = tokens.get(index) else {
            self.final_errors += 1;
            self.parsed.errors.push(diagnose::unclosed(b.text, open, None));
            return None;
        };
        if scan.open_string && stopped.kind == Tok::Bad && index + 1 == tokens.len() {
            self.final_errors += 1;
        }
        let start = stopped.start as usize;
        let line = b.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let first_on_line = b.text[line..start].trim().is_empty();
        let enclosing = scan.open.iter().rev().find(|open| (open.start as usize) < line);
        match enclosing {
            Some(open) if first_on_line && stopped.kind != Tok::Bad && line > tokens[0].start as usize => {
                let at = Span { start: stopped.start, end: stopped.end };
                self.parsed.errors.push(diagnose::unclosed(b.text, *open, Some(at)));
                Some(line)
            }
            _ => {
                self.parsed.errors.push(diagnose::error(b.text, b.lexicon, tokens, &scan.bad, failure));
                None
            }
        }
    }
}

/// The tokens with the statement of a block around `index` made one that is skipped.
fn without_statement(tokens: &[Token], index: usize) -> Option<Vec<Token>> {
    let bounds = diagnose::statement_in_braces(tokens, index)?;
    let (first, last) = (tokens.get(bounds.start)?, tokens.get(bounds.end.checked_sub(1)?)?);
    if bounds.is_empty() || first.kind == Tok::Skipped {
        return None;
    }
    let skipped = Token { kind: Tok::Skipped, start: first.start, end: last.end };
    let mut shorter = Vec::with_capacity(tokens.len());
    shorter.extend_from_slice(&tokens[..bounds.start]);
    shorter.push(skipped);
    shorter.extend_from_slice(&tokens[bounds.end..]);
    Some(shorter)
}

fn column(text: &str, at: usize) -> usize {
    at - text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Whether a statement is part of Python's block whose header stands at `header`.
fn belongs_to_python_block(text: &str, first: Token, header: usize) -> bool {
    let at = column(text, first.start as usize);
    let word = &text[first.start as usize..first.end as usize];
    at > header || (at == header && matches!(word, "else" | "elif" | "except" | "finally"))
}

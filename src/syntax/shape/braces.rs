//! Which braces hold an operator: a dfn that mentions `⍺⍺` or `⍵⍵` is one, with one operand or two.
//!
//! What stands before the brace depends on it, so that a look over the raw tokens of the text comes
//! first. It finds blocks as the pass does: the first brace outside brackets after `if` and its like.

use super::super::token::{Raw, Tok, Wide, keyword};
use logos::Logos;
use std::collections::HashMap;
use std::ops::Range;

/// What a dfn mentions of its operands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Operands {
    left: bool,
    pub(super) right: bool,
}

/// A bracket that is open.
struct Open {
    brace: bool,
    block: bool,
    start: usize,
    operands: Operands,
    /// A keyword in it waits for its block.
    due: bool,
}

impl Open {
    fn new(brace: bool, block: bool, start: usize) -> Open {
        Open { brace, block, start, operands: Operands::default(), due: false }
    }
}

/// The braces of `text[range]` that hold operators, by their start.
pub(super) fn operators(text: &str, range: Range<usize>) -> HashMap<u32, Operands> {
    let mut found = HashMap::new();
    let part = &text[range.clone()];
    if !part.contains("⍺⍺") && !part.contains("⍵⍵") {
        return found;
    }
    let mut open = vec![Open::new(false, false, 0)];
    let mut lexer = Raw::lexer(part);
    while let Some(raw) = lexer.next() {
        let last = open.len() - 1;
        match raw {
            Ok(Raw::LParen | Raw::LBracket) => open.push(Open::new(false, false, 0)),
            Ok(Raw::LBrace) => {
                let block = std::mem::take(&mut open[last].due);
                open.push(Open::new(true, block, range.start + lexer.span().start));
            }
            Ok(Raw::RParen | Raw::RBracket | Raw::RBrace) if open.len() > 1 => close(&mut open, &mut found),
            Ok(Raw::Newline | Raw::Semi | Raw::Wide(Wide::Diamond)) => open[last].due = false,
            Ok(Raw::Arrow) => open[last].due = true,
            Ok(Raw::Name) => {
                let word = keyword(lexer.slice());
                open[last].due |= matches!(word, Some(Tok::If | Tok::Else | Tok::While | Tok::For | Tok::Fn));
            }
            Ok(Raw::Wide(Wide::Itself)) => {
                let dfn = open.iter_mut().rev().find(|open| open.brace && !open.block);
                if let Some(Open { operands, .. }) = dfn {
                    operands.left |= lexer.slice() == "⍺⍺";
                    operands.right |= lexer.slice() == "⍵⍵";
                }
            }
            _ => {}
        }
    }
    while open.len() > 1 {
        close(&mut open, &mut found);
    }
    found
}

fn close(open: &mut Vec<Open>, found: &mut HashMap<u32, Operands>) {
    if let Some(Open { start, operands, .. }) = open.pop()
        && operands != Operands::default()
    {
        found.insert(start as u32, operands);
    }
}

//! The nodes of the tree: what the grammar's actions call, by subject: `operands`, `operators`,
//! `functions`, `statements`.
//!
//! A `Builder` knows the text, so that nodes are made of places in it, and keeps one copy of each
//! name. Checks that are not a matter of grammar stand here: what can be assigned to, the order of
//! parameters and arguments, chains of comparisons with a bare `&`.

use super::ast::*;
mod functions;
mod operands;
mod operators;
mod statements;

use super::error::SyntaxError;
use super::{Lexicon, Span};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

type Fallible<T> = Result<T, lalrpop_util::ParseError<u32, super::token::Tok, Box<SyntaxError>>>;

pub(in crate::syntax) type Parameters = Vec<Param>;

/// What stands between two operands.
pub(in crate::syntax) enum Infix {
    Primitive(Spelled),
    And,
    Or,
}

/// An operator after its left operand, with what it has on its right.
pub(in crate::syntax) enum Derivation {
    /// The operator, its right operand, its axis.
    Glyph(Spelled, Option<Expr>, Option<Expr>),
    Dfn(Expr, Option<Expr>),
}

pub(in crate::syntax) struct Builder<'s> {
    pub text: &'s str,
    pub lexicon: &'s Lexicon,
    /// The documentation of the `fn` that starts at a place.
    pub docs: HashMap<u32, Name>,
    /// How many format strings this text stands in.
    pub format_depth: Cell<usize>,
    names: RefCell<HashMap<&'s str, Name>>,
}

fn fail<T>(error: SyntaxError) -> Fallible<T> {
    Err(lalrpop_util::ParseError::User { error: Box::new(error) })
}

impl<'s> Builder<'s> {
    pub fn new(text: &'s str, lexicon: &'s Lexicon) -> Builder<'s> {
        Builder { text, lexicon, docs: HashMap::new(), format_depth: Cell::new(0), names: RefCell::default() }
    }

    fn at(&self, l: u32, r: u32) -> &'s str {
        &self.text[l as usize..r as usize]
    }

    fn intern(&self, text: &'s str) -> Name {
        self.names.borrow_mut().entry(text).or_insert_with(|| Rc::from(text)).clone()
    }

    pub fn spelled(&self, l: u32, r: u32) -> Spelled {
        Spelled { text: self.intern(self.at(l, r)), span: Span { start: l, end: r } }
    }

    /// An operator of two words, however far apart.
    pub fn words(&self, text: &'static str, l: u32, r: u32) -> Spelled {
        Spelled { text: self.intern(text), span: Span { start: l, end: r } }
    }

    pub fn node(&self, kind: ExprKind, l: u32, r: u32) -> Expr {
        Expr { kind, span: Span { start: l, end: r } }
    }
}

/// `⍺ ← e` outside a dfn.
pub(in crate::syntax) fn outside_dfn(at: Span) -> SyntaxError {
    SyntaxError::CannotAssign {
        at,
        what: "`⍺`",
        help: Some("`⍺ ← e` gives a dfn's left argument its default"),
    }
}

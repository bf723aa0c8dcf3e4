//! Operators between operands: infix and prefix, comparisons in chains, choices, slices.

use super::{Builder, Fallible, Infix, fail};
use crate::syntax::ast::*;
use crate::syntax::error::SyntaxError;
use crate::syntax::{Class, Span};

impl<'s> Builder<'s> {
    pub fn infix(&self, left: Expr, link: Infix, right: Expr) -> Expr {
        let span = left.span.to(right.span);
        let (left, right) = (Box::new(left), Box::new(right));
        let kind = match link {
            Infix::Primitive(op) => ExprKind::Binary { op, left, right },
            Infix::And => ExprKind::And(left, right),
            Infix::Or => ExprKind::Or(left, right),
        };
        Expr { kind, span }
    }

    pub fn prefix(&self, op: Spelled, operand: Expr) -> Expr {
        let span = op.span.to(operand.span);
        Expr { kind: ExprKind::Prefix { op, operand: Box::new(operand) }, span }
    }

    pub fn not(&self, e: Expr, l: u32) -> Expr {
        let r = e.span.end;
        self.node(ExprKind::Not(Box::new(e)), l, r)
    }

    pub fn compare_last(
        &self,
        mut chain: (Expr, Vec<(Spelled, Expr)>),
        op: Spelled,
        e: Expr,
    ) -> Fallible<Expr> {
        chain.1.push((op, e));
        self.compare(chain)
    }

    pub fn compare(&self, (first, rest): (Expr, Vec<(Spelled, Expr)>)) -> Fallible<Expr> {
        let end = rest.last().map_or(first.span, |(_, e)| e.span);
        let span = first.span.to(end);
        if rest.len() > 1 {
            let mut bare = Vec::new();
            for e in std::iter::once(&first).chain(rest.iter().map(|(_, e)| e)) {
                self.bare_bits(e, &mut bare);
            }
            if let Some(op) = bare.first() {
                let (at, operator) = (op.span, op.text.to_string());
                return fail(SyntaxError::MixedChain { at, operator, fixed: self.bracketed(span, &bare) });
            }
        }
        Ok(Expr { kind: ExprKind::Compare { first: Box::new(first), rest }, span })
    }

    /// The operators `& ^ |` in an operand of a comparison that no bracket encloses. A bracketed
    /// node's span begins before that of its left operand.
    fn bare_bits(&self, e: &Expr, found: &mut Vec<Spelled>) {
        if let ExprKind::Binary { op, left, right } = &e.kind
            && matches!(self.lexicon.class(&op.text), Some(Class::BitAnd | Class::BitXor | Class::BitOr))
            && e.span.start == left.span.start
        {
            self.bare_bits(left, found);
            found.push(op.clone());
            self.bare_bits(right, found);
        }
    }

    /// The chain at `span` with each part between the operators `at` in brackets.
    fn bracketed(&self, span: Span, at: &[Spelled]) -> String {
        let mut fixed = String::new();
        let mut start = span.start;
        let compares = |part: &str| part.contains(['<', '>', '=', '≤', '≥', '≠']) || part.contains(" in ");
        let add = |fixed: &mut String, part: &str| match compares(part) {
            true => *fixed += &format!("({})", part.trim()),
            false => *fixed += part.trim(),
        };
        for op in at {
            add(&mut fixed, self.at(start, op.span.start));
            fixed += &format!(" {} ", op.text);
            start = op.span.end;
        }
        add(&mut fixed, self.at(start, span.end));
        fixed
    }

    pub fn choice(&self, test: Expr, then: Expr, other: Expr) -> Expr {
        let span = then.span.to(other.span);
        let (test, then, other) = (Box::new(test), Box::new(then), Box::new(other));
        Expr { kind: ExprKind::Choice { test, then, other }, span }
    }

    pub fn pipe(&self, left: Expr, right: Expr) -> Expr {
        let span = left.span.to(right.span);
        Expr { kind: ExprKind::Pipe { left: Box::new(left), right: Box::new(right) }, span }
    }

    pub fn branches(&self, arms: Vec<(Expr, Block)>, otherwise: Option<Block>, l: u32, r: u32) -> Expr {
        self.node(ExprKind::If { arms, otherwise }, l, r)
    }

    pub fn slice(&self, start: Option<Expr>, stop: Option<Expr>, step: Option<Expr>, l: u32, r: u32) -> Sub {
        Sub::Slice { start, stop, step, span: Span { start: l, end: r } }
    }
}

//! Statements: assignments with their targets, loops, blocks, imports, commands.

use super::{Builder, Fallible, fail, outside_dfn};
use crate::syntax::Span;
use crate::syntax::ast::*;
use crate::syntax::error::SyntaxError;

impl<'s> Builder<'s> {
    pub fn statement(&self, kind: StmtKind, l: u32, r: u32) -> DfnItem {
        DfnItem::Stmt(Stmt { kind, span: Span { start: l, end: r }, silent: false })
    }

    pub fn expression(&self, e: Expr) -> Fallible<StmtKind> {
        match e.kind {
            ExprKind::Starred(_) => fail(SyntaxError::LoneStar { at: e.span }),
            _ => Ok(StmtKind::Expr(e)),
        }
    }

    pub fn assign(&self, first: Expr, mut rest: Vec<Expr>, l: u32, r: u32) -> Fallible<DfnItem> {
        let Some(value) = rest.pop() else {
            return self.expression(first).map(|kind| self.statement(kind, l, r));
        };
        if let ExprKind::Starred(_) = value.kind {
            return fail(SyntaxError::LoneStar { at: value.span });
        }
        if rest.is_empty() && matches!(&first.kind, ExprKind::DfnName(name) if &**name == "⍺") {
            return Ok(DfnItem::DefaultLeft(value));
        }
        let mut targets = Vec::with_capacity(1 + rest.len());
        for e in std::iter::once(first).chain(rest) {
            if let ExprKind::Starred(_) = e.kind {
                return fail(SyntaxError::LoneStar { at: e.span });
            }
            targets.push(self.target(e)?);
        }
        Ok(self.statement(StmtKind::Assign { targets, value }, l, r))
    }

    pub fn augment(&self, target: Expr, mut op: Spelled, value: Expr) -> Fallible<StmtKind> {
        let at = target.span;
        let target = match self.target(target)? {
            Target::Tuple(..) | Target::Starred(..) => {
                let help = Some("augment one name, element or attribute at a time");
                return fail(SyntaxError::CannotAssign { at, what: "a tuple", help });
            }
            target => target,
        };
        op.span.end -= 1;
        op.text = self.intern(self.at(op.span.start, op.span.end));
        Ok(StmtKind::Augment { target, op, value })
    }

    pub fn for_target(
        &self,
        first: Expr,
        mut rest: Vec<Expr>,
        comma: bool,
        l: u32,
        r: u32,
    ) -> Fallible<Target> {
        if rest.is_empty() && !comma {
            return self.target(first);
        }
        rest.insert(0, first);
        let targets = rest.into_iter().map(|e| self.target(e)).collect::<Result<_, _>>()?;
        Ok(Target::Tuple(targets, Span { start: l, end: r }))
    }

    /// An expression as the target of an assignment.
    fn target(&self, e: Expr) -> Fallible<Target> {
        let span = e.span;
        Ok(match e.kind {
            ExprKind::Name(text) => Target::Name(Spelled { text, span }),
            ExprKind::Tuple(items) | ExprKind::Bracket(items) => {
                let targets = items.into_iter().map(|e| self.target(e)).collect::<Result<_, _>>()?;
                Target::Tuple(targets, span)
            }
            ExprKind::Starred(inner) => Target::Starred(Box::new(self.target(*inner)?), span),
            ExprKind::Index { base, subs } => Target::Index { base, subs, span },
            ExprKind::Attr { base, name } => Target::Attr { base, name, span },
            kind @ ExprKind::Apply { .. } if selects_in_brackets(&kind, span) => {
                Target::Selection { of: Box::new(Expr { kind, span }), span }
            }
            other => {
                let (what, help) = untargetable(&other);
                return fail(SyntaxError::CannotAssign { at: span, what, help });
            }
        })
    }

    pub fn block(&self, lines: Vec<(DfnItem, bool)>, l: u32, r: u32) -> Fallible<Block> {
        let mut body = Vec::with_capacity(lines.len());
        for line in lines {
            match silenced(line) {
                DfnItem::Stmt(stmt) => body.push(stmt),
                DfnItem::DefaultLeft(e) | DfnItem::Guard { test: e, .. } => {
                    return fail(outside_dfn(e.span));
                }
            }
        }
        Ok(Block { body, span: Span { start: l, end: r } })
    }

    pub fn dotted(&self, l: u32, r: u32) -> Spelled {
        self.spelled(l, r)
    }

    pub fn path(&self, l: u32, r: u32) -> Fallible<(Spelled, bool)> {
        match self.unquoted(l, r) {
            Ok(text) => Ok((Spelled { text, span: Span { start: l, end: r } }, true)),
            Err(error) => fail(error),
        }
    }

    /// `%name rest`, or `%%name rest` and the lines after it.
    pub fn command(&self, l: u32, r: u32) -> StmtKind {
        let text = self.at(l, r);
        let cell = text.starts_with("%%");
        let from = if cell { 2 } else { 1 };
        let line_end = if cell { text.find('\n').unwrap_or(text.len()) } else { text.len() };
        let line = &text[..line_end];
        let name_end =
            line[from..].find(|c: char| !c.is_alphanumeric() && c != '_').map_or(line.len(), |at| from + at);
        let after = &line[name_end..];
        let rest_start = name_end + after.len() - after.trim_start().len();
        let rest_end = (name_end + after.trim_end().len()).max(rest_start);
        let body_start = (line_end + 1).min(text.len());
        let place = |start: usize, end: usize| self.spelled(l + start as u32, l + end as u32);
        StmtKind::Command {
            name: place(from, name_end),
            rest: place(rest_start, rest_end),
            body: cell.then(|| place(body_start, text.len())),
        }
    }

    /// `?name`, `??name`, `name?`, `name??`.
    pub fn help(&self, l: u32, r: u32) -> StmtKind {
        let text = self.at(l, r);
        let marks = text.len() - text.trim_matches('?').len();
        let what = text.trim_matches(['?', ' ', '\t', '\r']);
        let start = l + (text.find(what).unwrap_or(0)) as u32;
        StmtKind::Help {
            what: self.spelled(start, start + what.len() as u32),
            level: marks.clamp(1, 2) as u8,
        }
    }
}

/// Marks a statement that `;` ended.
pub(super) fn silenced((mut item, silent): (DfnItem, bool)) -> DfnItem {
    if let DfnItem::Stmt(stmt) = &mut item {
        stmt.silent = silent;
    }
    item
}

/// Whether an application, or a row of them, ends in a name or an attribute, and stands in brackets:
/// its span begins before its first part.
fn selects_in_brackets(kind: &ExprKind, span: Span) -> bool {
    let ExprKind::Apply { func, left, right } = kind else { return false };
    let first = left.as_ref().map_or(func.span, |e| e.span);
    let mut last = right;
    while let ExprKind::Apply { right, .. } = &last.kind {
        last = right;
    }
    span.start < first.start && matches!(last.kind, ExprKind::Name(_) | ExprKind::Attr { .. })
}

fn untargetable(kind: &ExprKind) -> (&'static str, Option<&'static str>) {
    match kind {
        ExprKind::Number { .. } | ExprKind::Strand(_) | ExprKind::Str(_) | ExprKind::FString(_) => {
            ("a literal", Some("to compare, write `==`"))
        }
        ExprKind::Call { .. } => {
            ("a call", Some("to compare, write `==`; an element is `x[i]`; a function is `fn f(x) = …`"))
        }
        ExprKind::Compare { .. } => ("a comparison", None),
        ExprKind::DfnName(_) => ("an argument of a dfn", None),
        ExprKind::None => ("`None`", None),
        ExprKind::Apply { .. } => (
            "an expression",
            Some(
                "to compare, write `==`; a selection from a name can be assigned to, in brackets: `(2 ↑ x) = 9`",
            ),
        ),
        _ => ("an expression", Some("to compare, write `==`")),
    }
}

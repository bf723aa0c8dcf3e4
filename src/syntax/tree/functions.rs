//! Functions: applied, derived, in trains; dfns, lambdas and definitions.

use super::statements::silenced;
use super::{Builder, Derivation, Fallible, Parameters, fail};
use crate::syntax::Span;
use crate::syntax::ast::*;
use crate::syntax::error::SyntaxError;
use std::collections::HashMap;
use std::rc::Rc;

impl<'s> Builder<'s> {
    pub fn apply(&self, func: Expr, left: Option<Expr>, right: Expr) -> Expr {
        let span = left.as_ref().map_or(func.span, |left| left.span).to(right.span);
        let (func, left, right) = (Box::new(func), left.map(Box::new), Box::new(right));
        Expr { kind: ExprKind::Apply { func, left, right }, span }
    }

    /// A function with an axis, `⌽[0]`: derived by `[]`.
    pub fn along(&self, function: Expr, axis: Expr, r: u32) -> Expr {
        let l = function.span.end;
        let op = self.words("[]", l, r);
        self.derive(function, Derivation::Glyph(op, None, Some(axis)))
    }

    pub fn derive(&self, left: Expr, derivation: Derivation) -> Expr {
        let (op, right, axis) = match derivation {
            Derivation::Glyph(op, right, None) if &*op.text == "∇∇" => {
                let operator = Expr { kind: ExprKind::DfnName(op.text), span: op.span };
                return self.operated(left, operator, right);
            }
            Derivation::Glyph(op, right, axis) => (op, right, axis),
            Derivation::Dfn(operator, right) => return self.operated(left, operator, right),
        };
        let mut span = left.span.to(op.span);
        for part in [&right, &axis].into_iter().flatten() {
            span = span.to(part.span);
        }
        let (left, right, axis) = (Box::new(left), right.map(Box::new), axis.map(Box::new));
        Expr { kind: ExprKind::Derived { op, left, right, axis }, span }
    }

    /// A user's operator with its operands.
    fn operated(&self, left: Expr, operator: Expr, right: Option<Expr>) -> Expr {
        let span = left.span.to(right.as_ref().map_or(operator.span, |e| e.span));
        let (operator, left, right) = (Box::new(operator), Box::new(left), right.map(Box::new));
        Expr { kind: ExprKind::Operated { operator, left, right }, span }
    }

    pub fn train(&self, mut items: Vec<Expr>, l: u32, r: u32) -> Expr {
        match (items.len(), items.pop()) {
            (1, Some(mut only)) => {
                only.span = Span { start: l, end: r };
                only
            }
            (_, last) => {
                items.extend(last);
                self.node(ExprKind::Train(items), l, r)
            }
        }
    }

    pub fn dfn(&self, lines: Vec<(DfnItem, bool)>, l: u32, r: u32) -> Expr {
        let items = lines.into_iter().map(silenced).collect();
        let span = Span { start: l, end: r };
        self.node(ExprKind::Dfn(Rc::new(Dfn { items, span })), l, r)
    }

    pub fn parameter(&self, name: Spelled) -> Parameters {
        vec![Param { name, default: None, variadic: false }]
    }

    pub fn lambda(&self, params: Parameters, body: FnBody, l: u32, r: u32) -> Fallible<Expr> {
        self.check_parameters(&params)?;
        let span = Span { start: l, end: r };
        let name = Spelled { text: self.intern("<lambda>"), span };
        Ok(self.node(ExprKind::Lambda(Rc::new(FnDef { name, params, body, doc: None, span })), l, r))
    }

    pub fn define(
        &self,
        name: Spelled,
        params: Parameters,
        body: FnBody,
        l: u32,
        r: u32,
    ) -> Fallible<StmtKind> {
        self.check_parameters(&params)?;
        let doc = self.docs.get(&l).cloned();
        Ok(StmtKind::Fn(Rc::new(FnDef { name, params, body, doc, span: Span { start: l, end: r } })))
    }

    fn check_parameters(&self, params: &[Param]) -> Fallible<()> {
        let mut seen: HashMap<&Name, Span> = HashMap::new();
        let (mut defaults, mut variadic) = (false, false);
        for param in params {
            let Spelled { text, span } = &param.name;
            if let Some(first) = seen.insert(text, *span) {
                return fail(SyntaxError::RepeatedParameter { first, second: *span, name: text.to_string() });
            }
            // After `*args` every parameter goes by keyword, in any order.
            variadic |= param.variadic;
            if param.default.is_none() && defaults && !variadic {
                return fail(SyntaxError::DefaultOrder { at: *span });
            }
            defaults |= param.default.is_some();
        }
        Ok(())
    }
}

//! Functions and dfns resolved: their own scopes, parameters, captured names and bodies. Part of [`super`].

use crate::eval::ir::*;
use crate::eval::scope::{Names, Scope};
use crate::eval::unboxed::LoopCache;
use crate::syntax::Span;
use crate::syntax::ast::{self, FnBody, FnDef, Name};
use std::rc::Rc;

use super::{R, Resolver};

impl Resolver<'_> {
    /// Resolves a body in a scope of its own.
    pub(super) fn within<T>(&mut self, captured: Names, f: impl FnOnce(&mut Self) -> R<T>) -> R<(T, Scope)> {
        self.scopes.push(Scope::new(false, captured.inner));
        let (loops, shared) = (std::mem::take(&mut self.loops), self.shared.take());
        self.functions += 1;
        let out = f(self);
        self.functions -= 1;
        (self.loops, self.shared) = (loops, shared);
        let scope = self.scopes.pop().unwrap_or_default();
        Ok((out?, scope))
    }

    pub(super) fn function(&mut self, def: &Rc<FnDef>, kind: FnKind) -> R<Node> {
        let defaults = def.params.iter().map(|p| p.default.as_ref().map(|e| self.expr(e)).transpose());
        let defaults = defaults.collect::<R<Vec<_>>>()?;
        let names = match &def.body {
            FnBody::Expr(e) => Names::of_expr(e),
            FnBody::Block(b) => Names::of_block(&b.body),
        };
        let assigned = names.assigned.clone();
        let ((params, body), scope) = self.within(names, |r| {
            let params = def.params.iter().map(|p| ParamCode {
                name: p.name.text.clone(),
                place: r.scope().declare(&p.name.text),
                has_default: p.default.is_some(),
                variadic: p.variadic,
            });
            let params = params.collect();
            assigned.iter().for_each(|n| {
                r.scope().declare(n);
            });
            let body = match &def.body {
                FnBody::Expr(e) => Body::Expr(r.expr(e)?),
                FnBody::Block(b) => Body::Block(r.statements(&b.body)?),
            };
            Ok((params, body))
        })?;
        let code = self.code(def.name.text.clone(), kind, params, body, scope, def.span);
        let code = Rc::new(FnCode { doc: def.doc.clone(), ..code });
        Ok(Node::new(NodeKind::Closure(code, defaults), def.span))
    }

    pub(super) fn code(
        &self,
        name: Name,
        kind: FnKind,
        params: Vec<ParamCode>,
        body: Body,
        scope: Scope,
        span: Span,
    ) -> FnCode {
        let in_place = |(i, p): (usize, &ParamCode)| !p.variadic && p.place == Place::Local(i as u32);
        let simple = kind != FnKind::Operator && scope.cells == 0 && params.iter().enumerate().all(in_place);
        FnCode {
            cache: LoopCache::default(),
            name,
            kind,
            simple,
            params,
            body,
            locals: scope.locals as usize,
            cells: scope.cells as usize,
            captures: scope.captures.iter().map(|(_, p)| *p).collect(),
            self_place: None,
            source: self.source.clone(),
            doc: None,
            span,
        }
    }

    pub(super) fn dfn(&mut self, dfn: &ast::Dfn) -> R<Node> {
        let names = Names::of_dfn(dfn);
        match names.operands() {
            0 => self.plain_dfn(dfn, names),
            operands => self.operator_dfn(dfn, names, operands),
        }
    }

    /// A dfn that is an operator: a function of its operands that gives a dfn, which takes them from
    /// outside.
    pub(super) fn operator_dfn(&mut self, dfn: &ast::Dfn, names: Names, operands: usize) -> R<Node> {
        const OPERANDS: [&str; 2] = ["⍺⍺", "⍵⍵"];
        const ITSELF: &str = "∇∇";
        let shared = OPERANDS.iter().chain([&ITSELF]).map(|name| Name::from(*name)).collect();
        let around = Names::sharing(shared);
        let ((params, self_place, body), scope) = self.within(around, |r| {
            let params = OPERANDS[..operands].iter().map(|&name| ParamCode {
                name: name.into(),
                place: r.scope().declare(&name.into()),
                has_default: false,
                variadic: false,
            });
            let params: Vec<_> = params.collect();
            let self_place = r.scope().declare(&ITSELF.into());
            Ok((params, self_place, Body::Expr(r.plain_dfn(dfn, names)?)))
        })?;
        let code = self.code("{…}".into(), FnKind::Operator, params, body, scope, dfn.span);
        let code = Rc::new(FnCode { self_place: Some(self_place), ..code });
        Ok(Node::new(NodeKind::Closure(code, Vec::new()), dfn.span))
    }

    pub(super) fn plain_dfn(&mut self, dfn: &ast::Dfn, names: Names) -> R<Node> {
        let assigned = names.assigned.clone();
        let ((params, self_place, body), scope) = self.within(names, |r| {
            let params = ["⍺", "⍵"].map(|n| ParamCode {
                name: n.into(),
                place: r.scope().declare(&n.into()),
                has_default: false,
                variadic: false,
            });
            let self_place = r.scope().declare_itself(&"∇".into());
            assigned.iter().for_each(|n| {
                r.scope().declare(n);
            });
            let left = params[0].place;
            let items = dfn.items.iter().map(|item| r.dfn_item(item, left)).collect::<R<_>>()?;
            Ok((Vec::from(params), self_place, Body::Block(items)))
        })?;
        let code = self.code("{…}".into(), FnKind::Dfn, params, body, scope, dfn.span);
        let code = Rc::new(FnCode { self_place, ..code });
        Ok(Node::new(NodeKind::Closure(code, Vec::new()), dfn.span))
    }

    pub(super) fn dfn_item(&mut self, item: &ast::DfnItem, left: Place) -> R<Stmt> {
        Ok(match item {
            ast::DfnItem::Guard { test, value } => {
                let span = test.span.to(value.span);
                let kind = StmtKind::Guard { test: self.expr(test)?, value: self.expr(value)? };
                Stmt::new(kind, span, true)
            }
            ast::DfnItem::DefaultLeft(e) => {
                Stmt::new(StmtKind::DefaultLeft(left, self.expr(e)?), e.span, true)
            }
            ast::DfnItem::Stmt(s) => self.stmt(s)?,
        })
    }

    // Expressions.
}

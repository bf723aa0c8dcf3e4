//! Walking a tree: every statement, expression and target, outer first.

use super::Span;
use super::ast::*;

/// A node met on the way.
#[derive(Clone, Copy)]
pub enum Node<'a> {
    Stmt(&'a Stmt),
    Expr(&'a Expr),
    Target(&'a Target),
}

/// Called with each node; says whether to go into it.
pub type Visit<'v, 'a> = &'v mut dyn FnMut(Node<'a>) -> bool;

pub fn statements<'a>(body: &'a [Stmt], visit: Visit<'_, 'a>) {
    body.iter().for_each(|s| statement(s, visit));
}

pub fn statement<'a>(s: &'a Stmt, visit: Visit<'_, 'a>) {
    if !visit(Node::Stmt(s)) {
        return;
    }
    match &s.kind {
        StmtKind::Expr(e) | StmtKind::Return(Some(e)) => expression(e, visit),
        StmtKind::Assign { targets, value } => {
            expression(value, visit);
            targets.iter().for_each(|t| target(t, visit));
        }
        StmtKind::Augment { target: t, value, .. } => {
            expression(value, visit);
            target(t, visit);
        }
        StmtKind::Fn(def) => definition(def, visit),
        StmtKind::For { target: t, iter, body } => {
            expression(iter, visit);
            target(t, visit);
            statements(&body.body, visit);
        }
        StmtKind::While { test, body } => {
            expression(test, visit);
            statements(&body.body, visit);
        }
        StmtKind::Assert { test, message } => {
            expression(test, visit);
            message.iter().for_each(|e| expression(e, visit));
        }
        StmtKind::Break
        | StmtKind::Continue
        | StmtKind::Return(None)
        | StmtKind::Import { .. }
        | StmtKind::From { .. }
        | StmtKind::Command { .. }
        | StmtKind::Help { .. } => {}
    }
}

fn definition<'a>(def: &'a FnDef, visit: Visit<'_, 'a>) {
    def.params.iter().flat_map(|p| &p.default).for_each(|e| expression(e, visit));
    match &def.body {
        FnBody::Expr(e) => expression(e, visit),
        FnBody::Block(b) => statements(&b.body, visit),
    }
}

pub fn target<'a>(t: &'a Target, visit: Visit<'_, 'a>) {
    if !visit(Node::Target(t)) {
        return;
    }
    match t {
        Target::Name(_) => {}
        Target::Tuple(items, _) => items.iter().for_each(|t| target(t, visit)),
        Target::Starred(t, _) => target(t, visit),
        Target::Index { base, subs, .. } => {
            expression(base, visit);
            subscripts(subs, visit);
        }
        Target::Attr { base, .. } => expression(base, visit),
        Target::Selection { of, .. } => expression(of, visit),
    }
}

fn subscripts<'a>(subs: &'a [Sub], visit: Visit<'_, 'a>) {
    for sub in subs {
        match sub {
            Sub::Expr(e) => expression(e, visit),
            Sub::Slice { start, stop, step, .. } => {
                [start, stop, step].into_iter().flatten().for_each(|e| expression(e, visit));
            }
        }
    }
}

fn pieces<'a>(parts: &'a [FPart], visit: Visit<'_, 'a>) {
    for part in parts {
        if let FPart::Value { expr, spec, .. } = part {
            expression(expr, visit);
            pieces(spec, visit);
        }
    }
}

pub fn expression<'a>(e: &'a Expr, visit: Visit<'_, 'a>) {
    use ExprKind as K;
    if !visit(Node::Expr(e)) {
        return;
    }
    match &e.kind {
        K::Number { .. } | K::Str(_) | K::None | K::Ellipsis | K::Name(_) | K::DfnName(_) | K::Glyph(_) => {}
        K::Strand(items) | K::Tuple(items) | K::Bracket(items) | K::Train(items) => {
            items.iter().for_each(|e| expression(e, visit));
        }
        K::FString(parts) => pieces(parts, visit),
        K::Comprehension { item, clauses, .. } => {
            for clause in clauses {
                match clause {
                    Clause::For { target: t, iter } => {
                        expression(iter, visit);
                        target(t, visit);
                    }
                    Clause::If(e) => expression(e, visit),
                }
            }
            expression(item, visit);
        }
        K::Binary { left, right, .. }
        | K::And(left, right)
        | K::Or(left, right)
        | K::Pipe { left, right } => {
            expression(left, visit);
            expression(right, visit);
        }
        K::Prefix { operand: e, .. } | K::Not(e) | K::Starred(e) | K::Attr { base: e, .. } => {
            expression(e, visit);
        }
        K::Compare { first, rest } => {
            expression(first, visit);
            rest.iter().for_each(|(_, e)| expression(e, visit));
        }
        K::Choice { test, then, other } => [test, then, other].iter().for_each(|e| expression(e, visit)),
        K::Lambda(def) => definition(def, visit),
        K::Call { func, args } => {
            expression(func, visit);
            args.iter().for_each(|a| expression(&a.value, visit));
        }
        K::Index { base, subs } => {
            expression(base, visit);
            subscripts(subs, visit);
        }
        K::If { arms, otherwise } => {
            for (test, block) in arms {
                expression(test, visit);
                statements(&block.body, visit);
            }
            otherwise.iter().for_each(|b| statements(&b.body, visit));
        }
        K::Derived { left, right, axis, .. } => {
            expression(left, visit);
            right.iter().chain(axis).for_each(|e| expression(e, visit));
        }
        K::Operated { operator, left, right } => {
            expression(operator, visit);
            expression(left, visit);
            right.iter().for_each(|e| expression(e, visit));
        }
        K::Dfn(dfn) => {
            for item in &dfn.items {
                match item {
                    DfnItem::Guard { test, value } => {
                        expression(test, visit);
                        expression(value, visit);
                    }
                    DfnItem::DefaultLeft(e) => expression(e, visit),
                    DfnItem::Stmt(s) => statement(s, visit),
                }
            }
        }
        K::Apply { func, left, right } => {
            expression(func, visit);
            left.iter().for_each(|e| expression(e, visit));
            expression(right, visit);
        }
    }
}

/// Whether a name stands anywhere in an expression.
pub fn mentions(e: &Expr, name: &str) -> bool {
    let mut found = false;
    expression(e, &mut |node| {
        found |= matches!(node, Node::Expr(Expr { kind: ExprKind::Name(n), .. }) if &**n == name);
        !found
    });
    found
}
/// The names that statements read, and those that they assign or write into, in order, each once.
#[derive(Default, Debug)]
pub struct Names {
    pub read: Vec<Name>,
    pub assigned: Vec<Name>,
    /// Bases of `name[…] = …`.
    pub written: Vec<Name>,
}

fn add(list: &mut Vec<Name>, name: &Name) {
    if !list.contains(name) {
        list.push(name.clone());
    }
}

impl Names {
    pub fn of(body: &[Stmt]) -> Names {
        let mut names = Names::default();
        statements(body, &mut |node| names.see(node));
        names
    }

    pub fn of_expression(e: &Expr) -> Names {
        let mut names = Names::default();
        expression(e, &mut |node| names.see(node));
        names
    }

    fn see(&mut self, node: Node) -> bool {
        match node {
            Node::Expr(Expr { kind: ExprKind::Name(n), .. }) => add(&mut self.read, n),
            Node::Target(Target::Name(n)) => add(&mut self.assigned, &n.text),
            Node::Target(Target::Index { base, .. }) => {
                if let ExprKind::Name(n) = &base.kind {
                    add(&mut self.written, n);
                }
            }
            Node::Stmt(Stmt { kind: StmtKind::Augment { target: Target::Name(n), .. }, .. }) => {
                add(&mut self.read, &n.text);
            }
            _ => {}
        }
        true
    }
}

/// A name in a set of statements where it is read, each place.
pub fn places(body: &[Stmt], name: &str) -> Vec<Span> {
    let mut found = Vec::new();
    statements(body, &mut |node| {
        if let Node::Expr(Expr { kind: ExprKind::Name(n), span }) = node
            && &**n == name
        {
            found.push(*span);
        }
        true
    });
    found
}

/// The function that a call names, and what it is a method of: `f`, `np.f`, `x.f`.
pub fn callee(func: &Expr) -> Option<(&str, Option<&Expr>)> {
    match &func.kind {
        ExprKind::Name(name) => Some((name, None)),
        ExprKind::Attr { base, name } => match &base.kind {
            ExprKind::Name(module) if &**module == "np" => Some((&name.text, None)),
            ExprKind::Attr { base: outer, .. } if matches!(&outer.kind, ExprKind::Name(m) if &**m == "np") => {
                Some((&name.text, None))
            }
            _ => Some((&name.text, Some(base))),
        },
        _ => None,
    }
}

//! The loops of a text, and what stands around each.

use super::build::*;
use super::callee;
use super::facts::Changing;
use super::tuples;
use super::walk::{self, Node};
use crate::prim::language::idioms::{self, Role};
use crate::syntax::Span;
use crate::syntax::ast::*;

/// A loop of a text.
pub struct Site<'a> {
    pub span: Span,
    pub kind: SiteKind<'a>,
    /// The blocks around it up to its function, outermost first, and where in each it stands.
    pub blocks: Vec<(&'a [Stmt], usize)>,
    /// Name of the function it stands in, and its parameters.
    pub function: Option<&'a str>,
    pub params: Vec<Name>,
    /// The loop around it, if any.
    pub outer: Option<Span>,
}

#[derive(Clone, Copy)]
pub enum SiteKind<'a> {
    Loop(&'a Stmt),
    /// A comprehension, and the call that a bare one stands in.
    Comprehension(&'a Expr, Option<&'a Expr>),
}

struct Finder<'a> {
    found: Vec<Site<'a>>,
    blocks: Vec<(&'a [Stmt], usize)>,
    function: Option<&'a str>,
    params: Vec<Name>,
    outer: Option<Span>,
}

pub fn find(statements: &[Stmt]) -> Vec<Site<'_>> {
    let mut finder =
        Finder { found: Vec::new(), blocks: Vec::new(), function: None, params: Vec::new(), outer: None };
    finder.block(statements);
    finder.found
}

impl<'a> Finder<'a> {
    fn block(&mut self, body: &'a [Stmt]) {
        for (at, s) in body.iter().enumerate() {
            self.blocks.push((body, at));
            self.statement(s);
            self.blocks.pop();
        }
    }

    fn inside(&mut self, span: Span, body: &'a Block) {
        let outer = self.outer.replace(span);
        self.block(&body.body);
        self.outer = outer;
    }

    fn of_function(&mut self, name: &'a str, params: &[Param], body: &'a Block) {
        let blocks = std::mem::take(&mut self.blocks);
        let own = params.iter().map(|p| p.name.text.clone()).collect();
        let params = std::mem::replace(&mut self.params, own);
        let (function, outer) = (self.function.replace(name), self.outer.take());
        self.block(&body.body);
        (self.function, self.params, self.outer, self.blocks) = (function, params, outer, blocks);
    }

    fn add(&mut self, span: Span, kind: SiteKind<'a>) {
        let (blocks, function, outer) = (self.blocks.clone(), self.function, self.outer);
        self.found.push(Site { span, kind, blocks, function, params: self.params.clone(), outer });
    }

    fn statement(&mut self, s: &'a Stmt) {
        match &s.kind {
            StmtKind::For { body, iter, .. } => {
                self.add(s.span, SiteKind::Loop(s));
                self.comprehensions(iter);
                self.inside(s.span, body);
            }
            StmtKind::While { body, .. } => {
                self.add(s.span, SiteKind::Loop(s));
                self.inside(s.span, body);
            }
            StmtKind::Fn(def) => {
                if let FnBody::Block(b) = &def.body {
                    self.of_function(&def.name.text, &def.params, b);
                }
            }
            StmtKind::Expr(Expr { kind: ExprKind::If { arms, otherwise }, .. }) => {
                for (_, b) in arms {
                    self.block(&b.body);
                }
                otherwise.iter().for_each(|b| self.block(&b.body));
            }
            StmtKind::Expr(e) | StmtKind::Return(Some(e)) => self.comprehensions(e),
            StmtKind::Assign { value, .. } | StmtKind::Augment { value, .. } => {
                if let ExprKind::Lambda(def) = &value.kind
                    && let FnBody::Block(b) = &def.body
                {
                    self.of_function("<lambda>", &def.params, b);
                }
                self.comprehensions(value);
            }
            _ => {}
        }
    }

    /// The outermost comprehensions of an expression.
    fn comprehensions(&mut self, e: &'a Expr) {
        let mut found = Vec::new();
        let mut calls: Vec<&'a Expr> = Vec::new();
        walk::expression(e, &mut |node| match node {
            Node::Expr(e) => match &e.kind {
                ExprKind::Comprehension { .. } => {
                    let call = calls.iter().find(|c| match &c.kind {
                        ExprKind::Call { args, .. } => args.iter().any(|a| std::ptr::eq(&a.value, e)),
                        _ => false,
                    });
                    found.push((e, call.copied()));
                    false
                }
                ExprKind::Lambda(_) | ExprKind::Dfn(_) => false,
                ExprKind::Call { .. } => {
                    calls.push(e);
                    true
                }
                _ => true,
            },
            _ => true,
        });
        for (e, call) in found {
            self.add(e.span, SiteKind::Comprehension(e, call));
        }
    }
}

/// What may be different where the program comes to the loop again.
pub fn changing(site: &Site) -> Changing {
    let around =
        site.blocks.iter().filter_map(|(block, at)| block.get(*at)).filter(|s| {
            matches!(s.kind, StmtKind::For { .. } | StmtKind::While { .. }) && s.span != site.span
        });
    let around: Vec<&Stmt> = around.collect();
    let body = site.function.and(site.blocks.first()).map(|(block, _)| *block);
    if body.is_none() && around.is_empty() {
        return Changing::default();
    }
    Changing::of(&around, &site.params, body)
}

/// A comprehension as the loops it means, growing a list of the name.
pub fn as_loops(e: &Expr, list: &str) -> Option<Stmt> {
    let ExprKind::Comprehension { item, clauses, .. } = &e.kind else { return None };
    let mut body = match &item.kind {
        ExprKind::Comprehension { .. } => {
            let inner = format!("{list}_");
            let empty = assign(&inner, expr(ExprKind::Bracket(Vec::new())), e.span);
            let fill = as_loops(item, &inner)?;
            let grow =
                statement(StmtKind::Expr(method(name(list), "append", vec![arg(name(&inner))])), e.span);
            vec![empty, fill, grow]
        }
        _ => {
            let grow = method(name(list), "append", vec![arg((**item).clone())]);
            vec![statement(StmtKind::Expr(grow), e.span)]
        }
    };
    for clause in clauses.iter().rev() {
        let block = Block { body, span: e.span };
        let kind = match clause {
            Clause::If(test) => {
                StmtKind::Expr(expr(ExprKind::If { arms: vec![(test.clone(), block)], otherwise: None }))
            }
            Clause::For { target, iter } => {
                StmtKind::For { target: target.clone(), iter: iter.clone(), body: block }
            }
        };
        body = vec![statement(kind, e.span)];
    }
    body.pop()
}

pub fn statement(kind: StmtKind, span: Span) -> Stmt {
    Stmt { kind, span, silent: false }
}

pub fn assign(to: &str, value: Expr, span: Span) -> Stmt {
    let target = Target::Name(Spelled { text: to.into(), span });
    statement(StmtKind::Assign { targets: vec![target], value }, span)
}

/// A loop that counts, written with `while`, as a `for`; with the name that counts.
pub fn counted(s: &Stmt, start: Expr) -> Option<(Stmt, Name)> {
    let StmtKind::While { test, body } = &s.kind else { return None };
    let ExprKind::Compare { first, rest } = &test.kind else { return None };
    let ([(op, bound)], ExprKind::Name(i)) = (&**rest, &first.kind) else { return None };
    let (last, rest) = body.body.split_last()?;
    let step = counting(last, i)?;
    let stop = match (&*op.text, step) {
        ("<", 1..) | (">", ..=-1) | ("!=" | "≠", 1 | -1) => bound.clone(),
        ("<=" | "≤", 1..) => plus(bound, 1),
        (">=" | "≥", ..=-1) => plus(bound, -1),
        _ => return None,
    };
    let names = walk::Names::of(rest);
    let bound_names = walk::Names::of_expression(bound);
    let moves = bound_names.read.iter().any(|n| names.assigned.contains(n) || n == i);
    if names.assigned.contains(i) || moves || has_jumps(rest) {
        return None;
    }
    let mut args = vec![arg(start), arg(stop)];
    if step != 1 {
        args.push(arg(int(step)));
    }
    let iter = call(name("range"), args);
    let target = Target::Name(Spelled { text: i.clone(), span: s.span });
    let body = Block { body: rest.to_vec(), span: body.span };
    Some((Stmt { kind: StmtKind::For { target, iter, body }, span: s.span, silent: false }, i.clone()))
}

/// By how much a statement counts a name up or down: `i += 2`, `i = i - 1`.
pub fn counting(s: &Stmt, i: &Name) -> Option<i64> {
    let (op, by) = match &s.kind {
        StmtKind::Augment { target: Target::Name(n), op, value } if n.text == *i => (&op.text, value),
        StmtKind::Assign { targets, value } => {
            let ([Target::Name(n)], ExprKind::Binary { op, left, right }) = (&**targets, &value.kind) else {
                return None;
            };
            if n.text != *i || !same(left, &name(i)) {
                return None;
            }
            (&op.text, &**right)
        }
        _ => return None,
    };
    let by = literal(by)?;
    match &**op {
        "+" => Some(by),
        "-" => by.checked_neg(),
        _ => None,
    }
    .filter(|n| *n != 0)
}

/// `continue` would skip the counting.
fn has_jumps(body: &[Stmt]) -> bool {
    let mut found = false;
    walk::statements(body, &mut |node| {
        found |= matches!(node, Node::Stmt(Stmt { kind: StmtKind::Continue, .. }));
        !found
    });
    found
}

/// The assignments right before a loop that can be run again, tuples taken apart.
pub fn prelude(site: &Site, taken: &mut Vec<Name>, pure: impl Fn(&Expr) -> bool) -> Vec<Stmt> {
    let Some((block, at)) = site.blocks.last() else { return Vec::new() };
    let mut found = Vec::new();
    for s in block[..*at].iter().rev().take(8) {
        let StmtKind::Assign { targets, value } = &s.kind else { break };
        let mut singles = tuples::single(targets, value, s.span, taken).unwrap_or_else(|| vec![s.clone()]);
        let plain = singles.len() <= targets.len().max(width(targets))
            && singles.iter().all(|s| match &s.kind {
                StmtKind::Assign { targets, value } => {
                    let element = |t: &Target| match t {
                        Target::Name(_) => true,
                        Target::Index { base, .. } => matches!(base.kind, ExprKind::Name(_)),
                        _ => false,
                    };
                    targets.len() == 1 && targets.iter().all(element) && pure(value) && !costs(value)
                }
                _ => false,
            });
        if !plain {
            break;
        }
        // They stand where the whole statement does.
        singles.iter_mut().for_each(|one| one.span = s.span);
        singles.reverse();
        found.extend(singles);
    }
    found.reverse();
    found
}

/// How many values a tuple assignment gives.
fn width(targets: &[Target]) -> usize {
    match targets {
        [Target::Tuple(names, _)] => names.len(),
        _ => 1,
    }
}

/// What is not worth running again: anything but fresh arrays and plain values.
fn costs(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Call { func, .. } => {
            let role = callee(func).and_then(|(name, _)| idioms::role(name));
            !matches!(role, Some(Role::Fill | Role::Length | Role::Size | Role::Cast | Role::Choose(_)))
        }
        ExprKind::Comprehension { .. } | ExprKind::Apply { .. } => true,
        // What may be a view has to stay the view that it is.
        ExprKind::Name(n) => !matches!(&**n, "inf" | "nan" | "pi" | "e"),
        ExprKind::Attr { name, .. } => !matches!(&*name.text, "inf" | "nan"),
        ExprKind::Index { subs, .. } => subs
            .iter()
            .any(|s| matches!(s, Sub::Slice { .. } | Sub::Expr(Expr { kind: ExprKind::Bracket(_), .. }))),
        ExprKind::Bracket(items) => !items.is_empty(),
        _ => false,
    }
}

/// Whether a name is read after a loop before it is assigned again, in its function or text.
pub fn read_after(site: &Site, name: &str) -> bool {
    for (block, at) in site.blocks.iter().rev() {
        for s in &block[at + 1..] {
            let mut first = None;
            walk::statement(s, &mut |node| {
                if first.is_some() {
                    return false;
                }
                match node {
                    Node::Stmt(Stmt { kind: StmtKind::Fn(_), .. }) => return false,
                    Node::Stmt(Stmt { kind: StmtKind::Augment { target: Target::Name(n), .. }, .. })
                        if &*n.text == name =>
                    {
                        first = Some(true);
                    }
                    Node::Expr(Expr { kind: ExprKind::Name(n), .. }) if &**n == name => first = Some(true),
                    Node::Target(Target::Name(n)) if &*n.text == name => first = Some(false),
                    Node::Expr(Expr { kind: ExprKind::Comprehension { clauses, .. }, .. }) => {
                        // It has a variable of that name of its own.
                        return !clauses.iter().any(|c| match c {
                            Clause::For { target: Target::Name(n), .. } => &*n.text == name,
                            _ => false,
                        });
                    }
                    _ => {}
                }
                true
            });
            if let Some(read) = first {
                return read;
            }
        }
    }
    false
}

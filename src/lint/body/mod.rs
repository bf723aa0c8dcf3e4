//! Reading a loop's statements into whole-array statements, in order: what it stores, adds up,
//! appends and chooses becomes steps, each with the forms that may stand for it, best first.

mod best;
mod condition;
mod distinct;
mod lists;
mod loops;
mod names;
mod patterns;
mod scan;
mod search;
mod store;
mod total;
mod triangle;

use super::build::*;
use super::callee;
use super::facts::Facts;
use super::functions::Functions;
use super::sums::{Op, Sum};
use super::vector::{
    Affine, Bind, Loop, R, Reader, Uses, Val, Why, Write, difference, is_view, reads, union,
};
use super::walk::{self, Node};
use crate::prim::language::idioms::{self, Role};
use crate::syntax::ast::*;
use crate::syntax::neat;
use crate::value::Value;
use patterns::*;
use std::collections::HashMap;

/// One way to write a step.
#[derive(Clone, Debug)]
pub struct Form {
    pub text: String,
    /// Statements before the loop that it makes needless.
    pub uses: Vec<usize>,
}

/// One whole-array statement.
#[derive(Clone, Debug)]
pub struct Step {
    pub forms: Vec<Form>,
    pub code: &'static str,
    pub what: &'static str,
}

/// A condition in force.
struct Mask {
    /// How many loops stand around it.
    depth: usize,
    val: Val,
    /// It is where a loop ends that does not go as far in every step of the loop around.
    of_loop: bool,
}

/// What a loop is, as whole-array statements.
pub struct Plan {
    pub steps: Vec<Step>,
    /// Names that the loop leaves behind and its replacement does not.
    pub gone: Vec<Name>,
    /// The loop ends where it finds something, its replacement looks at everything.
    pub stops: bool,
}

pub struct Body<'a> {
    pub reader: Reader<'a>,
    /// The assignments that stand right before the loop.
    prelude: &'a [&'a Stmt],
    /// The whole loop.
    nest: &'a [Stmt],
    pub steps: Vec<Step>,
    masks: Vec<Mask>,
    /// Sums of the outermost level whose step is not written yet.
    pending: Vec<Name>,
    gone: Vec<Name>,
    /// The loop ends where it finds something.
    stops: bool,
    fresh: usize,
    /// An effect of its own that the step under way needs before it.
    taken: Vec<Name>,
}

/// Reads a loop, with the assignments before it.
pub fn plan<'a>(
    nest: &'a [Stmt],
    prelude: &'a [&'a Stmt],
    facts: &'a Facts,
    functions: &'a Functions<'a>,
    taken: Vec<Name>,
) -> R<Plan> {
    if let Some(effect) = outer_effect(functions, nest) {
        return Err(Why::Effect(effect));
    }
    let mut body = Body::new(nest, prelude, facts, functions, taken);
    body.collect_writes();
    body.enter(nest)?;
    body.block(nest)?;
    body.leave_all()?;
    Ok(Plan { steps: body.steps, gone: body.gone, stops: body.stops })
}

/// What a loop does besides computing; growing a list is not counted.
fn outer_effect(functions: &Functions, nest: &[Stmt]) -> Option<String> {
    let mut effect = None;
    walk::statements(nest, &mut |node| {
        if effect.is_some() {
            return false;
        }
        match node {
            Node::Stmt(Stmt { kind: StmtKind::Expr(e), .. }) if appended(e).is_some() => {
                if let Some((_, item)) = appended(e) {
                    effect = functions.effect_of(item);
                }
                false
            }
            Node::Stmt(Stmt { kind: StmtKind::Expr(e), .. }) => {
                if let ExprKind::Call { .. } | ExprKind::Apply { .. } = e.kind {
                    effect = functions.effect_of(e);
                }
                true
            }
            Node::Stmt(Stmt { kind: StmtKind::Fn(_), .. }) => {
                effect = Some("defines a function".into());
                false
            }
            Node::Stmt(Stmt { kind: StmtKind::Command { name, .. }, .. }) => {
                effect = Some(format!("runs %{}", name.text));
                false
            }
            Node::Expr(e @ Expr { kind: ExprKind::Call { .. }, .. }) => {
                effect = functions.effect_of(e);
                effect.is_none()
            }
            _ => true,
        }
    });
    effect
}

/// The list and the item of `l.append(e)`.
fn appended(e: &Expr) -> Option<(&Name, &Expr)> {
    let ExprKind::Call { func, args } = &e.kind else { return None };
    let (name, Some(Expr { kind: ExprKind::Name(list), .. })) = callee(func)? else { return None };
    match &**args {
        [Arg { keyword: None, value }] if idioms::role(name) == Some(Role::Append) => Some((list, value)),
        _ => None,
    }
}

impl<'a> Body<'a> {
    pub fn new(
        nest: &'a [Stmt],
        prelude: &'a [&'a Stmt],
        facts: &'a Facts,
        functions: &'a Functions<'a>,
        taken: Vec<Name>,
    ) -> Body<'a> {
        let reader = Reader {
            facts,
            functions,
            names: HashMap::new(),
            loops: Vec::new(),
            active: Vec::new(),
            writes: Vec::new(),
            at: 0,
            uses: Uses::default(),
            writing: false,
            storing: None,
            indexed: None,
            under: None,
            depth: 0,
        };
        Body {
            reader,
            prelude,
            nest,
            steps: Vec::new(),
            masks: Vec::new(),
            pending: Vec::new(),
            gone: Vec::new(),
            stops: false,
            fresh: 0,
            taken,
        }
    }

    fn collect_writes(&mut self) {
        let mut writes = Vec::new();
        walk::statements(self.nest, &mut |node| {
            let at = |s: &Stmt| s.span.start;
            if let Node::Stmt(s) = node {
                let targets = match &s.kind {
                    StmtKind::Assign { targets, .. } => &targets[..],
                    StmtKind::Augment { target, .. } => std::slice::from_ref(target),
                    _ => &[],
                };
                for t in targets {
                    if let Target::Index { base, subs, .. } = t
                        && let ExprKind::Name(n) = &base.kind
                    {
                        writes.push(Write { base: n.clone(), subs: subs.clone(), at: at(s) });
                    }
                }
            }
            true
        });
        self.reader.writes = writes;
    }

    /// Begins a body: names that it reads before it assigns them are carried from step to step.
    fn enter(&mut self, body: &[Stmt]) -> R<()> {
        let level = self.reader.active.len();
        for name in walk::Names::of(body).assigned {
            if !reads_first(body, &name) {
                continue;
            }
            let sum = match self.reader.names.get(&name) {
                Some(Bind::Sum(_)) => continue,
                Some(Bind::Val(v, _)) => Sum::new(level, Some(v.clone())),
                None => Sum::new(level, None),
                _ => return Err(Why::Unknown),
            };
            self.reader.names.insert(name, Bind::Sum(sum));
        }
        Ok(())
    }

    fn block(&mut self, body: &[Stmt]) -> R<()> {
        for (at, s) in body.iter().enumerate() {
            if let Some(test) = skips(s) {
                // `if c { continue }`: the rest runs where it does not hold.
                let rest = Block { body: body[at + 1..].to_vec(), span: s.span };
                if rest.body.is_empty() {
                    return Ok(());
                }
                let test = negated(test);
                return self.condition(&[(test, rest)], &None);
            }
            self.statement(s)?;
        }
        Ok(())
    }

    fn statement(&mut self, s: &Stmt) -> R<()> {
        self.reader.at = s.span.start;
        match &s.kind {
            StmtKind::For { target, iter, body } => self.for_loop(target, iter, &body.body),
            StmtKind::Assign { targets, value } => match &**targets {
                [Target::Name(name)] => self.assign(&name.text, value),
                [Target::Index { base, subs, .. }] => self.store_value(base, subs, value),
                _ => Err(Why::Unknown),
            },
            StmtKind::Augment { target: Target::Name(name), op, value } => {
                self.augment(&name.text, &op.text, value)
            }
            StmtKind::Augment { target: Target::Index { base, subs, .. }, op, value } => {
                self.store(base, subs, Some(&op.text), value)
            }
            StmtKind::Expr(Expr { kind: ExprKind::If { arms, otherwise }, .. }) => {
                self.condition(arms, otherwise)
            }
            StmtKind::Expr(e) => match appended(e) {
                Some((list, item)) => self.append(list, item),
                None => Err(Why::Unknown),
            },
            StmtKind::Break => Err(Why::Leaves("it may stop before its end".into())),
            StmtKind::Return(_) => Err(Why::Leaves("it may return before its end".into())),
            StmtKind::While { test, body } => self.first_place(test, &body.body),
            StmtKind::Continue => Err(Why::Unknown),
            _ => Err(Why::Unknown),
        }
    }
}

//! Letting element-wise results wait for what consumes them, inside one expression.
//!
//! A node that `resolve` marks as `waits` stands where its parent takes deferred values: as an operand,
//! an argument, a subscript, or the right side of an assignment to elements. Its value may then be
//! [`Value::Deferred`]; everywhere else values are settled. Operands count as they were when they were
//! evaluated, so whatever waits is computed before anything runs that could write to it: a call of
//! other than a pure primitive.

use super::ir::{ArgNode, Node, NodeKind, SubNode};
use super::{Evaluator, Raised};
use crate::prim::{Defer, Prim};
use crate::syntax::Span;
use crate::value::{CallArgs, Func, Value};

impl Evaluator {
    /// A value, computed if it waits.
    #[inline]
    pub(super) fn settled(&mut self, v: Value, span: Span) -> Result<Value, Raised> {
        match v {
            Value::Deferred(work) => work.compute(self).map_err(|e| self.error(e, span)),
            v => Ok(v),
        }
    }

    /// As `settled`, if evaluating `next` may write to memory.
    #[inline]
    pub(super) fn settled_before(&mut self, v: Value, span: Span, next: &Node) -> Result<Value, Raised> {
        match v {
            Value::Deferred(_) if !self.is_calm(next) => self.settled(v, span),
            v => Ok(v),
        }
    }

    /// Settles the arguments evaluated so far.
    pub(super) fn settle_args(&mut self, call: &mut CallArgs, span: Span) -> Result<(), Raised> {
        let all = call.positional.iter_mut().chain(call.keyword.iter_mut().map(|(_, v)| v));
        for v in all.filter(|v| matches!(v, Value::Deferred(_))) {
            *v = self.settled(std::mem::replace(v, Value::None), span)?;
        }
        Ok(())
    }

    /// Whether evaluating a node surely changes no array: it calls pure primitives only.
    pub(super) fn is_calm(&self, node: &Node) -> bool {
        match &node.kind {
            NodeKind::Const(_) | NodeKind::Load(_) | NodeKind::Fresh(_) => true,
            NodeKind::Unary { prim, arg, .. } => prim.is_pure() && self.is_calm(arg),
            NodeKind::Binary { prim, args, .. } => prim.is_pure() && args.iter().all(|n| self.is_calm(n)),
            NodeKind::Kept(kept) => self.is_calm(&kept.root),
            NodeKind::Sharing { root: inner, .. } | NodeKind::Shared { node: inner, .. } => {
                self.is_calm(inner)
            }
            NodeKind::And(args) | NodeKind::Or(args) => args.iter().all(|n| self.is_calm(n)),
            NodeKind::Compare { first, rest } => {
                self.is_calm(first) && rest.iter().all(|(_, n)| self.is_calm(n))
            }
            NodeKind::Not(arg) => self.is_calm(arg),
            NodeKind::Choice(parts) => parts.iter().all(|n| self.is_calm(n)),
            NodeKind::Tuple(items) => items.iter().all(|n| self.is_calm(n)),
            NodeKind::Bracket(items) => items.iter().all(|(n, _)| self.is_calm(n)),
            NodeKind::Index { base, subs, .. } => self.are_calm_places(base, subs),
            NodeKind::Attr { base, .. } => self.is_calm(base),
            NodeKind::Call { func, args, .. } => {
                self.callee(func).is_some_and(|row| is_pure(row, 0, args)) && self.are_calm(args)
            }
            NodeKind::Method { base, site, args, .. } => {
                // The base is an argument where it is no module.
                let (callee, before) = match self.member_of(base, site) {
                    Some(f) => (row_of(&f), 0),
                    None if site.own.and_then(|p| self.assigned(p)).is_some() => (None, 1),
                    None => (site.method.or(site.function), 1),
                };
                callee.is_some_and(|row| is_pure(row, before, args))
                    && self.is_calm(base)
                    && self.are_calm(args)
            }
            _ => false,
        }
    }

    pub(super) fn are_calm_places(&self, base: &Node, subs: &[SubNode]) -> bool {
        self.is_calm(base)
            && subs.iter().all(|s| match s {
                SubNode::Value(n) => self.is_calm(n),
                SubNode::Slice(parts) => parts.iter().flatten().all(|n| self.is_calm(n)),
            })
    }

    fn are_calm(&self, args: &[ArgNode]) -> bool {
        args.iter().all(|a| !a.starred && self.is_calm(&a.value))
    }

    /// The primitive that a call's function names.
    fn callee(&self, func: &Node) -> Option<&'static Prim> {
        match &func.kind {
            NodeKind::Load(place) => self.peek(*place).and_then(row_of),
            NodeKind::Attr { base, site, .. } => self.member_of(base, site).as_ref().and_then(row_of),
            NodeKind::Const(v) => row_of(v),
            _ => None,
        }
    }
}

/// Whether a call changes no array: of a primitive without effects, to which no array to write is given,
/// by name or after `before` others by place.
fn is_pure(row: &Prim, before: usize, args: &[ArgNode]) -> bool {
    let by_place = args.iter().filter(|a| a.keyword.is_none()).count() + before;
    let named = |a: &ArgNode| a.keyword.as_deref().is_some_and(|k| row.writes(k));
    row.is_pure() && by_place <= row.harmless() && !args.iter().any(named)
}

/// The row of a function value that is a primitive.
#[inline]
pub(super) fn row_of(f: &Value) -> Option<&'static Prim> {
    match f {
        Value::Func(Func::Static(f)) => f.as_any().downcast_ref::<Prim>(),
        _ => None,
    }
}

impl Node {
    /// Whether its value may come deferred.
    #[inline]
    pub(super) fn defer(&self) -> Defer {
        if self.waits { Defer::Later } else { Defer::Now }
    }
}

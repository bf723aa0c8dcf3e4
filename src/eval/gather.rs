//! Loops that do nothing but update one array: `for k in range(9) { out += w[k] * x[k:k+n] }`. The updates
//! of several turns are done in one pass (`prim::elementwise::updates`).
//!
//! A name is never lazy: what waits is done before anybody could look. While such a loop runs nobody can:
//! its body only updates that one variable, whose value no other name, view or item shares; every other
//! expression in it neither mentions the variable nor calls anything but pure primitives; and the
//! loop itself is the statement that is under way. [`updated`] finds such loops when a program is resolved;
//! whether names are what they seem is asked again while they run. Where a loop ends early, by an
//! error, what waits is done first.

use super::ir::{ArgNode, Node, NodeKind, Place, Stmt, StmtKind, SubNode, TargetCode};
use super::reg::{Infix, Reg};
use super::statement::Flow;
use super::{Evaluator, Raised};
use crate::exec::tally;
use crate::prim::elementwise::updates::Updates;
use crate::syntax::Span;
use crate::value::{Range, Value};

/// The array of the loop that runs.
pub(super) struct Gathering {
    place: Place,
    updates: Updates,
    /// The update that came last.
    span: Span,
    /// Whether the value that is evaluated may be moved elements: it is a call whose arguments call nothing.
    asks: bool,
}

impl Gathering {
    pub(super) fn takes_moved(&self) -> bool {
        self.asks
    }
}

/// The variable that all of a loop's body only updates, if it is so.
pub fn updated(body: &[Stmt]) -> Option<Place> {
    let place = first(body)?;
    only(body, place).then_some(place)
}

fn first(body: &[Stmt]) -> Option<Place> {
    body.iter().find_map(|s| match &s.kind {
        StmtKind::Augment {
            target: TargetCode::Name(place @ (Place::Local(_) | Place::Global(_)), _),
            ..
        } => Some(*place),
        StmtKind::For { body, .. } => first(body),
        StmtKind::Expr(Node { kind: NodeKind::If { arms, .. }, .. }) => {
            arms.iter().find_map(|(_, body)| first(body))
        }
        _ => None,
    })
}

fn only(body: &[Stmt], place: Place) -> bool {
    body.iter().all(|s| match &s.kind {
        StmtKind::Augment { target: TargetCode::Name(p, _), value, .. } => {
            *p == place && is_apart(value, place, true)
        }
        StmtKind::For { target: TargetCode::Name(p, _), iter, body, .. } => {
            *p != place && is_apart(iter, place, true) && only(body, place)
        }
        StmtKind::Expr(Node { kind: NodeKind::If { arms, otherwise }, .. }) => {
            arms.iter().all(|(test, body)| is_apart(test, place, false) && only(body, place))
                && otherwise.as_ref().is_none_or(|body| only(body, place))
        }
        StmtKind::Break | StmtKind::Continue => true,
        _ => false,
    })
}

/// Whether an expression has nothing to do with a variable; where it `calls` nothing, also that it surely
/// has no effects.
fn is_apart(node: &Node, place: Place, calls: bool) -> bool {
    let one = |n: &Node| is_apart(n, place, calls);
    let arguments = |args: &[ArgNode]| args.iter().all(|a| !a.starred && one(&a.value));
    match &node.kind {
        NodeKind::Const(_) | NodeKind::Fresh(_) => true,
        NodeKind::Load(p) => *p != place,
        NodeKind::Unary { prim, arg, .. } => prim.is_pure() && one(arg),
        NodeKind::Binary { prim, args, .. } => prim.is_pure() && args.iter().all(one),
        NodeKind::Kept(kept) => one(&kept.root),
        NodeKind::Sharing { root: inner, .. } | NodeKind::Shared { node: inner, .. } => one(inner),
        NodeKind::Compare { first, rest } => one(first) && rest.iter().all(|(_, n)| one(n)),
        NodeKind::And(args) | NodeKind::Or(args) => args.iter().all(one),
        NodeKind::Not(arg) => one(arg),
        NodeKind::Choice(parts) => parts.iter().all(one),
        NodeKind::Tuple(items) => items.iter().all(one),
        NodeKind::Index { base, subs, .. } => {
            one(base)
                && subs.iter().all(|s| match s {
                    SubNode::Value(n) => one(n),
                    SubNode::Slice(parts) => parts.iter().flatten().all(one),
                })
        }
        NodeKind::Attr { base, .. } => calls && one(base),
        NodeKind::Call { func, args, .. } => calls && one(func) && arguments(args),
        NodeKind::Method { base, args, .. } => calls && one(base) && arguments(args),
        _ => false,
    }
}

/// Whether a value is that of one call: nothing else in it could take what that gives.
fn is_lone_call(node: &Node) -> bool {
    fn plain(node: &Node) -> bool {
        match &node.kind {
            NodeKind::Tuple(items) => items.iter().all(plain),
            _ => node.is_quiet(),
        }
    }
    match &node.kind {
        NodeKind::Call { args, .. } => args.iter().all(|a| !a.starred && plain(&a.value)),
        NodeKind::Method { base, args, .. } => {
            plain(base) && args.iter().all(|a| !a.starred && plain(&a.value))
        }
        _ => false,
    }
}

impl Evaluator {
    /// A loop of which `updates` names the variable.
    pub(super) fn gathering_act(&mut self, s: &Stmt) -> Flow {
        let StmtKind::For { target, iter, body, cache, updates: Some(place), .. } = &s.kind else {
            return self.loop_act(s);
        };
        if self.tells() || self.profile.is_some() || tally::tracing() || !self.is_calm(iter) {
            return match self.done_gathering() {
                Ok(()) => self.loop_act(s),
                Err(e) => Flow::Next(self.raise(e)),
            };
        }
        if self.gathering.is_some() {
            return self.for_loop(target, iter, body, cache);
        }
        let updates = match self.peek_mut(*place) {
            Some(Value::Array(a)) => a.is_unique().then(|| Updates::of(a)).flatten(),
            _ => None,
        };
        let Some(updates) = updates else { return self.loop_act(s) };
        self.gathering = Some(Box::new(Gathering { place: *place, updates, span: s.span, asks: false }));
        let flow = self.for_loop(target, iter, body, cache);
        let failed = matches!(flow, Flow::Next(Reg::Raised));
        let raised = if failed { self.raised.take() } else { None };
        match (self.done_gathering(), raised) {
            (_, Some(e)) => Flow::Next(self.raise(e)),
            (Ok(()), None) => flow,
            (Err(e), None) => Flow::Next(self.raise(e)),
        }
    }

    /// What a loop goes through; whatever may call functions on the way ends the gathering.
    pub(super) fn goes_through(&mut self, source: &Value) -> Result<(), Raised> {
        let still = match source {
            Value::Array(_) | Value::List(_) | Value::Tuple(_) => true,
            Value::Object(o) => o.as_any().is::<Range>(),
            _ => false,
        };
        if still { Ok(()) } else { self.done_gathering() }
    }

    /// Does what waits, and gathers no more.
    fn done_gathering(&mut self) -> Result<(), Raised> {
        let Some(mut gathering) = self.gathering.take() else { return Ok(()) };
        self.here = gathering.span;
        gathering.updates.finish(self).map_err(|e| self.error(e, gathering.span))
    }

    fn asks_for_moved(&mut self, asks: bool) {
        if let Some(gathering) = &mut self.gathering {
            gathering.asks = asks;
        }
    }

    /// `place op= value` of the array whose updates wait: the value of what is to be done by itself, those
    /// before it being done.
    pub(super) fn gather(
        &mut self,
        place: Place,
        infix: Infix,
        value: &Node,
        span: Span,
    ) -> Result<Option<Value>, Raised> {
        if self.gathering.as_ref().is_none_or(|g| g.place != place) || !self.is_calm(value) {
            self.done_gathering()?;
            return self.eval(value).map(Some);
        }
        self.asks_for_moved(is_lone_call(value));
        let v = self.eval(value);
        self.asks_for_moved(false);
        let v = v?;
        let Some(mut gathering) = self.gathering.take() else {
            return self.settled(v, value.span).map(Some);
        };
        gathering.span = span;
        self.here = span;
        let rest = match gathering.updates.add(infix.prim, self, v) {
            Ok(Some(v)) => gathering.updates.finish(self).map(|()| Some(v)),
            other => other,
        };
        self.gathering = Some(gathering);
        rest.map_err(|e| self.error(e, span))
    }
}

//! Statements to code over unboxed numbers, and the bodies of functions that stand in place of their calls.
//! Part of `compile`; `looping` has the loops.

use super::code::*;
use super::compile::{Callee, Compiler, Edge, Head, Kinds, Open};
use crate::eval::ir::*;
use crate::value::NumKind;
use std::rc::Rc;

impl Compiler<'_> {
    pub(super) fn block(&mut self, body: &[Stmt], before: u32) -> Option<()> {
        for (k, s) in body.iter().enumerate() {
            if !self.live {
                break;
            }
            let way = self.step(before, Step::Statement(k as u32));
            self.point(way);
            let mark = self.next;
            self.statement(s, way)?;
            self.next = mark;
        }
        Some(())
    }

    pub(super) fn statement(&mut self, s: &Stmt, way: u32) -> Option<()> {
        match &s.kind {
            StmtKind::Expr(node) => match &node.kind {
                NodeKind::If { arms, otherwise } => self.branch(arms, otherwise.as_deref(), way),
                _ => self.effect(node),
            },
            StmtKind::Assign { targets, value } => self.assign(targets, value),
            StmtKind::Augment { target, fast, value, .. } => match target {
                TargetCode::Name(place, _) => {
                    let v = self.assigned(*place)?;
                    let old = (self.register(v), self.kinds[v]?);
                    let (new, mark) = (self.expr(value, None)?, self.next);
                    let new = self.arithmetic(*fast, old, new, Some(old.0), mark)?;
                    self.put(v, new);
                    Some(())
                }
                TargetCode::Index { base, subs, .. } => {
                    let spot = self.spot(base, subs)?;
                    let old = self.element(spot, None)?;
                    let new = self.expr(value, None)?;
                    let new = self.arithmetic(*fast, old, new, None, self.next)?;
                    self.set_element(spot, new)
                }
                _ => None,
            },
            StmtKind::For { target: TargetCode::Name(place, _), iter, body, .. } => {
                self.for_loop(s, *place, iter, body, way)
            }
            StmtKind::For {
                target: TargetCode::Tuple { before, starred: None, after, .. },
                iter,
                body,
                ..
            } if after.is_empty() => {
                let state = self.state(std::ptr::from_ref(s).cast())?;
                let zero = self.constant(0)?;
                self.emit(Ins::Move(state, zero));
                let head = self.parts(state, before, iter)?;
                self.looped(head, state, body, way)
            }
            StmtKind::While { test, body, .. } => self.looped(Head::While(test), 0, body, way),
            StmtKind::Break => self.jump_out(|open| &mut open.breaks),
            StmtKind::Continue => self.jump_out(|open| &mut open.continues),
            StmtKind::Return(node) => self.give(node.as_ref()?),
            _ => None,
        }
    }

    pub(super) fn jump_out(&mut self, list: impl Fn(&mut Open) -> &mut Vec<Edge>) -> Option<()> {
        let edge = self.edge(Ins::Jump(0));
        list(self.open.last_mut()?).push(edge);
        self.live = false;
        Some(())
    }

    pub(super) fn edge(&mut self, jump: Ins) -> Edge {
        Edge { jump: self.emit(jump), kinds: self.kinds.clone() }
    }

    pub(super) fn give(&mut self, value: &Node) -> Option<()> {
        if self.frames.is_empty() {
            let (r, kind) = self.expr(value, None)?;
            let pc = self.emit(Ins::Return(r)) as u32;
            self.program.returns.push((pc, kind));
        } else {
            let r = self.expr(value, None)?;
            self.give_back(r)?;
            let jump = self.emit(Ins::Jump(0));
            self.frames.last_mut()?.returns.push(jump);
        }
        self.live = false;
        Some(())
    }

    /// Puts the value of a function that stands in place of its call where it goes.
    pub(super) fn give_back(&mut self, (r, kind): (Register, NumKind)) -> Option<()> {
        let callee = self.frames.last_mut()?;
        if callee.kind.is_some_and(|k| k != kind) {
            return None;
        }
        callee.kind = Some(kind);
        let to = callee.result;
        self.emit(Ins::Move(to, r));
        Some(())
    }

    /// A function's body, up to its end.
    pub(super) fn body(&mut self, body: &[Stmt]) -> Option<()> {
        let (last, before) = body.split_last()?;
        self.block(before, ROOT)?;
        if !self.live {
            return Some(());
        }
        match &last.kind {
            StmtKind::Expr(node) => match &node.kind {
                NodeKind::If { arms, otherwise: Some(otherwise) } => {
                    let start = self.kinds.clone();
                    let mut ends = Vec::new();
                    for (test, body) in arms {
                        let over = self.condition(test, false)?;
                        self.body(body)?;
                        if self.live {
                            ends.push(self.emit(Ins::Jump(0)));
                        }
                        over.into_iter().for_each(|jump| self.patch(jump));
                        self.resume(&start);
                    }
                    self.body(otherwise)?;
                    self.live |= !ends.is_empty();
                    ends.into_iter().for_each(|jump| self.patch(jump));
                    Some(())
                }
                _ => {
                    let r = self.expr(node, None)?;
                    self.give_back(r)
                }
            },
            StmtKind::Return(_) => self.statement(last, ROOT),
            _ => None,
        }
    }

    /// Begins a function in place of its call; its parameters have their values in `arguments`.
    pub(super) fn enter(
        &mut self,
        code: &Rc<FnCode>,
        slots: Vec<usize>,
        given: Vec<Option<Place>>,
        result: Register,
    ) {
        let code = code.clone();
        self.frames.push(Callee { code, slots, given, result, kind: None, returns: Vec::new() });
    }

    /// Ends it; what its value is.
    pub(super) fn exit(&mut self) -> Option<NumKind> {
        let callee = self.frames.pop()?;
        callee.returns.iter().for_each(|&jump| self.patch(jump));
        self.live = true;
        callee.slots.iter().for_each(|&v| self.kinds[v] = None);
        callee.kind
    }

    pub(super) fn branch(
        &mut self,
        arms: &[(Node, Vec<Stmt>)],
        otherwise: Option<&[Stmt]>,
        way: u32,
    ) -> Option<()> {
        let mut ends = Vec::new();
        let start = self.kinds.clone();
        for (k, (test, body)) in arms.iter().enumerate() {
            let over = self.condition(test, false)?;
            let arm = self.step(way, Step::Arm(k as u32));
            self.block(body, arm)?;
            if self.live {
                let edge = self.edge(Ins::Jump(0));
                ends.push(edge);
            }
            over.into_iter().for_each(|jump| self.patch(jump));
            self.resume(&start);
            // The tests that follow are of the same statement.
            self.point(way);
        }
        if let Some(body) = otherwise {
            let arm = self.step(way, Step::Arm(arms.len() as u32));
            self.block(body, arm)?;
        }
        let after = self.step(way, Step::After);
        self.meet(ends, after);
        Some(())
    }

    /// Joins other ways with the one that is under way, if it is. Of those whose kinds differ the likeliest
    /// stays; the others go on at `way`, outside.
    pub(super) fn meet(&mut self, mut edges: Vec<Edge>, way: u32) {
        let score = |kinds: &Kinds| {
            let likely = |(k, v): (&Option<NumKind>, &Variable)| v.likely.is_some() && *k == v.likely;
            kinds.iter().zip(&self.program.variables).filter(|(k, v)| likely((k, v))).count()
        };
        let best = edges.iter().max_by_key(|edge| score(&edge.kinds)).map(|edge| edge.kinds.clone());
        if let Some(best) = best
            && (!self.live || score(&best) > score(&self.kinds) && !self.agree(&best))
        {
            if self.live {
                edges.push(self.edge(Ins::Jump(0)));
            }
            self.resume(&best);
        }
        for edge in edges {
            match self.agree(&edge.kinds) {
                true => self.patch(edge.jump),
                false => self.leave(edge, way),
            }
        }
    }

    /// Goes on from where the kinds were these.
    pub(super) fn resume(&mut self, kinds: &Kinds) {
        let later = self.program.variables.iter().skip(kinds.len()).map(|v| v.kind);
        self.kinds = kinds.iter().copied().chain(later).collect();
        self.live = true;
    }

    /// Whether the kinds of another way are those of this one. Variables that came later have there what
    /// they had at first.
    pub(super) fn agree(&self, other: &Kinds) -> bool {
        let mut variables = self.program.variables.iter().enumerate();
        variables.all(|(i, v)| {
            let kind = |kinds: &Kinds| kinds.get(i).copied().unwrap_or(v.kind);
            kind(other) == kind(&self.kinds)
        })
    }

    pub(super) fn assign(&mut self, targets: &[TargetCode], value: &Node) -> Option<()> {
        match (targets, &value.kind) {
            ([TargetCode::Name(place, _)], _) => {
                let v = self.assigned(*place)?;
                let new = self.expr(value, Some(self.register(v)))?;
                self.put(v, new);
                Some(())
            }
            ([TargetCode::Index { base, subs, .. }], _) => {
                let new = self.expr(value, None)?;
                let spot = self.spot(base, subs)?;
                self.set_element(spot, new)
            }
            ([TargetCode::Tuple { before, starred: None, after, .. }], NodeKind::Tuple(items))
                if after.is_empty() && before.len() == items.len() =>
            {
                self.side_by_side(before, items)
            }
            (several, _) => {
                let new = self.expr(value, None)?;
                let mut to = Vec::new();
                for target in several {
                    let TargetCode::Name(place, _) = target else { return None };
                    to.push(self.assigned(*place)?);
                }
                // The first may be the source of the others.
                to.into_iter().for_each(|v| self.put(v, new));
                Some(())
            }
        }
    }

    /// `a, b = b, a`, `a[i], a[j] = a[j], a[i]`: all values first, then all that can fail, then the
    /// writes.
    pub(super) fn side_by_side(&mut self, targets: &[TargetCode], items: &[Node]) -> Option<()> {
        let mut values = Vec::new();
        for item in items {
            let (r, kind) = self.expr(item, None)?;
            // A variable may get its new value before its old one is taken.
            let held = self.program.variables.iter().any(|v| v.register == r);
            let own = if held { self.temporary()? } else { r };
            if held {
                self.emit(Ins::Move(own, r));
            }
            values.push((own, kind));
        }
        let mut spots = Vec::new();
        let names = targets.iter().any(|t| matches!(t, TargetCode::Name(..)));
        for target in targets {
            spots.push(match target {
                TargetCode::Name(place, _) => {
                    self.assigned(*place)?;
                    None
                }
                TargetCode::Index { base, subs, .. } if !names && are_plain(subs) => {
                    let spot = self.spot(base, subs)?;
                    self.check(spot);
                    Some(spot)
                }
                _ => return None,
            });
        }
        for ((target, spot), value) in targets.iter().zip(spots).zip(values) {
            match (target, spot) {
                (_, Some(spot)) => self.set_element(spot, value)?,
                (TargetCode::Name(place, _), None) => {
                    let v = self.assigned(*place)?;
                    self.put(v, value);
                }
                _ => return None,
            }
        }
        Some(())
    }

    /// Gives a variable a value.
    pub(super) fn put(&mut self, v: usize, (r, kind): (Register, NumKind)) {
        let to = self.register(v);
        if to != r {
            self.emit(Ins::Move(to, r));
        }
        self.kinds[v] = Some(kind);
    }
}

/// Whether subscripts read no elements, which a write could change.
fn are_plain(subs: &[SubNode]) -> bool {
    fn plain(node: &Node) -> bool {
        match &node.kind {
            NodeKind::Const(_) | NodeKind::Load(_) => true,
            NodeKind::Binary { args, .. } => args.iter().all(plain),
            NodeKind::Unary { arg, .. } => plain(arg),
            NodeKind::Kept(kept) => plain(&kept.root),
            _ => false,
        }
    }
    subs.iter().all(|s| matches!(s, SubNode::Value(node) if plain(node)))
}

//! Loops of a function that becomes a formula, and targets of assignments. The variables that a loop's
//! body gives new values are what its turns hand on; the body, and the test of `while`, are formulas of
//! them.

use super::inner::{Bound, Turn};
use super::{Builder, Rest};
use crate::eval::ir::*;
use crate::prim::apl::operators;
use crate::value::{Formula, Loop, Missing, Step, Value};
use std::rc::Rc;

/// What a loop leaves in place of a function's result: whether it left the function, and with what.
#[derive(Clone, Copy)]
pub(super) struct Left {
    flag: usize,
    result: usize,
}

impl Builder<'_> {
    /// `a = …`, `a = b = …`, `a, b = …`.
    pub(super) fn assign(&mut self, targets: &[TargetCode], value: &Node) -> Option<()> {
        if let ([TargetCode::Tuple { before, starred: None, .. }], NodeKind::Tuple(items)) =
            (targets, &value.kind)
            && before.len() == items.len()
        {
            let all = items.iter().map(|n| self.bound(n)).collect::<Option<Vec<_>>>()?;
            return before.iter().zip(all).try_for_each(|(target, bound)| self.bind(target, bound));
        }
        let bound = self.bound(value)?;
        targets.iter().try_for_each(|target| self.bind(target, bound.clone()))
    }

    fn bind(&mut self, target: &TargetCode, bound: Bound) -> Option<()> {
        match (target, bound) {
            (TargetCode::Name(place, _), bound) => self.scope.bind(*place, bound),
            (TargetCode::Tuple { before, starred: None, .. }, Bound::Step(of)) => {
                let count = before.len();
                before.iter().enumerate().try_for_each(|(index, target)| {
                    let part = self.formula.push(Step::Part { of, index, count });
                    self.bind(target, Bound::Step(part))
                })
            }
            _ => None,
        }
    }

    /// The end of a loop's turn, after which there may be another.
    pub(super) fn end_of_turn(&mut self, again: bool) -> Option<usize> {
        let turn = self.scope.turn.clone()?;
        self.turn_ends(&turn, again, None)
    }

    /// The function's result, or what a loop's turn gives that leaves the function with it.
    pub(super) fn left_with(&mut self, node: &Node) -> Option<usize> {
        let result = self.node(node)?;
        self.leave(result)
    }

    fn leave(&mut self, result: usize) -> Option<usize> {
        match self.scope.turn.clone() {
            None => Some(result),
            Some(turn) => self.turn_ends(&turn, false, Some(result)),
        }
    }

    /// What follows a loop that may have left the function.
    pub(super) fn after_leaving(
        &mut self,
        left: Left,
        after: &[Stmt],
        then: Option<&Rest>,
        last: bool,
    ) -> Option<usize> {
        self.choose(
            left.flag,
            |b| b.leave(left.result),
            |b| match last {
                true => Some(b.formula.push(Step::Missing(Missing::Unset))),
                false => b.block(after, then),
            },
        )
    }

    fn turn_ends(&mut self, turn: &Turn, again: bool, result: Option<usize>) -> Option<usize> {
        let mut values = Vec::with_capacity(turn.variables.len() + 3);
        for &place in &turn.variables {
            values.push(match self.scope.local(place)? {
                Bound::Step(step) => step,
                Bound::Value(v) => self.constant(v)?,
                Bound::Unknown => self.formula.push(Step::Missing(Missing::Unset)),
                Bound::Function(_) | Bound::OfNumbers(_) => return None,
            });
        }
        if turn.leaves {
            let unused = || Step::Missing(Missing::Unused);
            values.push(result.unwrap_or_else(|| self.formula.push(unused())));
            values.push(self.constant(Value::Bool(result.is_some()))?);
        }
        if turn.breaks {
            values.push(self.constant(Value::Bool(again))?);
        }
        Some(self.formula.push(Step::Tuple(values)))
    }

    /// Appends a loop, and gives its variables what it leaves in them; what it leaves the function with.
    pub(super) fn looped(
        &mut self,
        over: Option<(&TargetCode, usize)>,
        test: Option<&Node>,
        body: &[Stmt],
    ) -> Option<Option<Left>> {
        let mut given = Vec::new();
        assigned(body, &mut given);
        let mut own = Vec::new();
        if let Some((target, _)) = over {
            names(target, &mut own);
        }
        let (mut variables, mut state) = (Vec::new(), Vec::new());
        for place in given {
            let first = if own.contains(&place) { None } else { self.scope.local(place) };
            match first {
                None | Some(Bound::Unknown) if self.hands_on && !matches!(place, Place::Cell(_)) => {
                    state.push(self.formula.push(Step::Missing(Missing::Unset)));
                }
                Some(Bound::Step(step)) => state.push(step),
                Some(Bound::Value(v)) => state.push(self.constant(v)?),
                Some(Bound::Function(_) | Bound::OfNumbers(_)) => return None,
                None | Some(Bound::Unknown) => {
                    own.push(place);
                    continue;
                }
            }
            variables.push(place);
        }
        let leaves = may(body, true, &|kind| matches!(kind, StmtKind::Guard { .. } | StmtKind::Return(_)));
        let breaks = leaves || may(body, false, &|kind| matches!(kind, StmtKind::Break));
        let result = leaves.then_some(state.len());
        if leaves {
            state.push(self.formula.push(Step::Missing(Missing::Unused)));
            state.push(self.constant(Value::Bool(false))?);
        }
        if breaks {
            state.push(self.constant(Value::Bool(true))?);
        }
        let turn = Rc::new(Turn { variables: variables.clone(), breaks, leaves });
        let count = state.len();
        let test = match test {
            Some(node) => Some(self.turn(&turn, count, |b| b.node(node), None)?),
            None => None,
        };
        let target = over.map(|(target, _)| target);
        let body = self.turn(&turn, count, |b| b.block(body, None), Some(target))?;
        let over = over.map(|(_, step)| step);
        let l = self.formula.push(Step::Loop(Box::new(Loop { over, state, breaks, result, test, body })));
        for (index, place) in variables.into_iter().enumerate() {
            let part = self.formula.push(Step::Part { of: l, index, count });
            self.scope.bind(place, Bound::Step(part))?;
        }
        self.scope.lose(own);
        let mut part = |index| self.formula.push(Step::Part { of: l, index, count });
        Some(result.map(|index| Left { result: part(index), flag: part(index + 1) }))
    }

    /// The tuple of a comprehension's items.
    pub(super) fn gathered(&mut self, item: &Node, clauses: &[ClauseCode]) -> Option<usize> {
        let Some((first, rest)) = clauses.split_first() else {
            let item = self.node(item)?;
            return Some(self.formula.push(Step::Tuple(vec![item])));
        };
        match first {
            ClauseCode::If(test) => {
                let test = self.node(test)?;
                let nothing = Step::Tuple(Vec::new());
                self.choose(test, |b| b.gathered(item, rest), |b| Some(b.formula.push(nothing)))
            }
            ClauseCode::For { target, iter } => {
                let over = self.node(iter)?;
                let turn = Rc::new(Turn { variables: Vec::new(), breaks: false, leaves: false });
                let body = self.turn(&turn, 0, |b| b.gathered(item, rest), Some(Some(target)))?;
                Some(self.formula.push(Step::Gather(over, Box::new(body))))
            }
        }
    }

    /// The formula of a part of a loop's turn, whose arguments are the steps so far, `count` variables
    /// and, within the body, the item.
    fn turn(
        &mut self,
        turn: &Rc<Turn>,
        count: usize,
        build: impl FnOnce(&mut Self) -> Option<usize>,
        body: Option<Option<&TargetCode>>,
    ) -> Option<Formula> {
        let before = self.formula.steps.len();
        let mut branch = self.formula.branch();
        branch.steps.extend((before..before + count).map(Step::Argument));
        let item = branch.steps.len();
        if body.flatten().is_some() {
            branch.push(Step::Argument(item));
        }
        let outer = std::mem::replace(&mut self.formula, branch);
        let around = std::mem::replace(&mut self.scope.turn, body.map(|_| turn.clone()));
        let known = self.scope.known();
        let bound = turn
            .variables
            .iter()
            .enumerate()
            .try_for_each(|(i, &place)| self.scope.bind(place, Bound::Step(before + i)));
        let bound = bound.and_then(|()| match body.flatten() {
            Some(target) => self.bind(target, Bound::Step(item)),
            None => Some(()),
        });
        let result = bound
            .and_then(|()| build(self))
            .and_then(|result| operators::end_with(&mut self.formula, result));
        self.scope.forget(known);
        self.scope.turn = around;
        let branch = std::mem::replace(&mut self.formula, outer);
        result.map(|()| branch)
    }
}

/// The names of a target.
fn names(target: &TargetCode, found: &mut Vec<Place>) {
    match target {
        TargetCode::Name(place, _) if !found.contains(place) => found.push(*place),
        TargetCode::Tuple { before, starred, after, .. } => {
            before.iter().chain(starred.as_deref()).chain(after).for_each(|t| names(t, found));
        }
        _ => {}
    }
}

/// The names that statements give values, in their order.
fn assigned(body: &[Stmt], found: &mut Vec<Place>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Assign { targets, .. } => targets.iter().for_each(|t| names(t, found)),
            StmtKind::Augment { target, .. } => names(target, found),
            StmtKind::For { target, body, .. } => {
                names(target, found);
                assigned(body, found);
            }
            StmtKind::While { body, .. } => assigned(body, found),
            StmtKind::Expr(Node { kind: NodeKind::If { arms, otherwise }, .. }) => {
                arms.iter().for_each(|(_, body)| assigned(body, found));
                otherwise.iter().for_each(|body| assigned(body, found));
            }
            _ => {}
        }
    }
}

/// Whether these statements have one of a kind, within `if` and, if asked for, within loops.
fn may(body: &[Stmt], loops: bool, is: &dyn Fn(&StmtKind) -> bool) -> bool {
    let within = |body: &[Stmt]| may(body, loops, is);
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::For { body, .. } | StmtKind::While { body, .. } => loops && within(body),
        StmtKind::Expr(Node { kind: NodeKind::If { arms, otherwise }, .. }) => {
            arms.iter().any(|(_, body)| within(body)) || otherwise.as_deref().is_some_and(within)
        }
        kind => is(kind),
    })
}

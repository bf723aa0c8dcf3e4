//! Loops of a function that becomes a formula, and targets of assignments. The variables that a loop's
//! body gives new values are what its turns hand on; the body, and the test of `while`, are formulas of
//! them.

use super::Builder;
use super::inner::{Bound, Turn};
use crate::eval::ir::*;
use crate::prim::apl::operators;
use crate::value::{Formula, Loop, Step, Value};
use std::rc::Rc;

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
        let mut values = Vec::with_capacity(turn.variables.len() + 1);
        for &place in &turn.variables {
            values.push(match self.scope.local(place)? {
                Bound::Step(step) => step,
                Bound::Value(v) => self.constant(v)?,
                Bound::Function(_) | Bound::Unknown => return None,
            });
        }
        if turn.breaks {
            values.push(self.constant(Value::Bool(again))?);
        }
        Some(self.formula.push(Step::Tuple(values)))
    }

    /// Appends a loop, and gives its variables what it leaves in them.
    pub(super) fn looped(
        &mut self,
        over: Option<(&TargetCode, usize)>,
        test: Option<&Node>,
        body: &[Stmt],
    ) -> Option<()> {
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
                Some(Bound::Step(step)) => state.push(step),
                Some(Bound::Value(v)) => state.push(self.constant(v)?),
                Some(Bound::Function(_)) => return None,
                None | Some(Bound::Unknown) => {
                    own.push(place);
                    continue;
                }
            }
            variables.push(place);
        }
        let breaks = has_break(body);
        if breaks {
            state.push(self.constant(Value::Bool(true))?);
        }
        let turn = Rc::new(Turn { variables: variables.clone(), breaks });
        let count = state.len();
        let test = match test {
            Some(node) => Some(self.turn(&turn, count, |b| b.node(node), None)?),
            None => None,
        };
        let target = over.map(|(target, _)| target);
        let body = self.turn(&turn, count, |b| b.block(body, None), Some(target))?;
        let over = over.map(|(_, step)| step);
        let l = self.formula.push(Step::Loop(Box::new(Loop { over, state, breaks, test, body })));
        for (index, place) in variables.into_iter().enumerate() {
            let part = self.formula.push(Step::Part { of: l, index, count });
            self.scope.bind(place, Bound::Step(part))?;
        }
        self.scope.lose(own);
        Some(())
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

/// Whether a loop with this body may end within a turn.
fn has_break(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Break => true,
        StmtKind::Expr(Node { kind: NodeKind::If { arms, otherwise }, .. }) => {
            arms.iter().any(|(_, body)| has_break(body)) || otherwise.as_deref().is_some_and(has_break)
        }
        _ => false,
    })
}

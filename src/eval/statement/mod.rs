//! Running statements: assignment, loops, branches.

mod assign;
mod loops;

use crate::eval::ir::*;
use crate::eval::reg::{Infix, Reg};
use crate::eval::{Evaluator, Raised};
use crate::exec::{interrupt, progress};
use crate::prim::Defer;
use crate::syntax::Span;
use crate::value::{Fault, Num, Text, Value};
use smallvec::SmallVec;
use std::rc::Rc;

type R<T> = Result<T, Raised>;

/// How a statement ended.
#[derive(Clone, Copy)]
#[must_use]
pub(in crate::eval) enum Flow {
    /// Normally, with the value it has as the last of its block; or with an error.
    Next(Reg),
    Break,
    Continue,
    /// The value is in `Evaluator::returned`.
    Return,
}

impl Flow {
    pub(in crate::eval) const DONE: Flow = Flow::Next(Reg::None);
}

impl Evaluator {
    /// Runs one top-level statement of a unit; the value is that of an expression.
    pub fn top_statement(&mut self, unit: &Unit, statement: &Stmt) -> R<Value> {
        self.in_unit(unit, |ev| {
            let flow = ev.stmt(statement);
            let r = ev.value_of(flow);
            ev.out_of(r)
        })
    }

    /// Runs all of a unit's statements; the value is the last one's.
    pub fn run_unit(&mut self, unit: &Unit) -> R<Value> {
        self.in_unit(unit, |ev| {
            let flow = ev.block(&unit.statements);
            let r = ev.value_of(flow);
            ev.out_of(r)
        })
    }

    /// Runs all of a unit's statements `loops` times, each result dropped, with nothing else in
    /// between: what `%timeit` measures.
    pub fn run_loops(&mut self, unit: &Unit, loops: u64) -> R<()> {
        let span = unit.statements.first().map_or(Span::default(), |s| s.span);
        let progress = progress::begin(loops as usize);
        self.in_unit(unit, |ev| {
            for i in 0..loops {
                progress.reached(i as usize);
                match ev.block(&unit.statements) {
                    Flow::Next(Reg::Raised) => return Err(ev.take_raised()),
                    Flow::Next(r) => ev.discard(r),
                    _ => {}
                }
                ev.check_interrupt(span)?;
            }
            Ok(())
        })
    }

    /// The value of a block, also of a function's.
    #[inline]
    pub(in crate::eval) fn value_of(&mut self, flow: Flow) -> Reg {
        match flow {
            Flow::Next(r) => r,
            Flow::Return => self.returned,
            Flow::Break | Flow::Continue => Reg::None,
        }
    }

    #[inline]
    pub(in crate::eval) fn block(&mut self, body: &[Stmt]) -> Flow {
        if self.profile.is_some() {
            return self.profiled_block(body);
        }
        let Some((last, body)) = body.split_last() else { return Flow::DONE };
        for s in body {
            match self.stmt(s) {
                Flow::Next(Reg::Raised) => return Flow::Next(Reg::Raised),
                Flow::Next(r) => self.discard(r),
                flow => return flow,
            }
        }
        self.stmt(last)
    }

    /// How a statement without a value ended.
    #[inline]
    fn ended(&mut self, r: R<()>) -> Flow {
        match r {
            Ok(()) => Flow::DONE,
            Err(e) => Flow::Next(self.raise(e)),
        }
    }

    #[inline(always)]
    pub(in crate::eval) fn stmt(&mut self, s: &Stmt) -> Flow {
        (s.act)(self, s)
    }

    // What runs each kind of statement, see `step`.

    pub(in crate::eval) fn if_act(&mut self, s: &Stmt) -> Flow {
        match &s.kind {
            StmtKind::Expr(Node { kind: NodeKind::If { arms, otherwise }, .. }) => {
                self.branch(arms, otherwise)
            }
            _ => self.other_stmt(s),
        }
    }

    pub(in crate::eval) fn expression_act(&mut self, s: &Stmt) -> Flow {
        match &s.kind {
            StmtKind::Expr(node) => Flow::Next(self.reg(node)),
            _ => self.other_stmt(s),
        }
    }

    /// `x = e` of a local variable.
    pub(in crate::eval) fn local_act(&mut self, s: &Stmt) -> Flow {
        let StmtKind::Assign { targets, value } = &s.kind else { return self.other_stmt(s) };
        let [TargetCode::Name(place @ Place::Local(slot), _)] = targets[..] else {
            return self.other_stmt(s);
        };
        let r = self.reg(value);
        if let Reg::Num(n) = r
            && let Some(to) = self.slot(slot)
        {
            n.put(to);
            return Flow::DONE;
        }
        if let Reg::Raised = r {
            return Flow::Next(r);
        }
        self.store_any(place, r);
        Flow::DONE
    }

    /// `a, b = e, f`: without a tuple in between.
    pub(in crate::eval) fn tuple_act(&mut self, s: &Stmt) -> Flow {
        let StmtKind::Assign { targets, value } = &s.kind else { return self.other_stmt(s) };
        let ([TargetCode::Tuple { before, .. }], NodeKind::Tuple(items)) = (&targets[..], &value.kind) else {
            return self.assign_act(s);
        };
        let mut values = SmallVec::<[Value; 4]>::new();
        for item in items {
            match self.reg(item) {
                Reg::Raised => return Flow::Next(Reg::Raised),
                r => values.push(self.take(r)),
            }
        }
        self.value_span = value.span;
        for (target, v) in before.iter().zip(values) {
            let done = match (target, Num::of(&v)) {
                (TargetCode::Name(place, _), Some(n)) => {
                    self.store_reg(*place, Reg::Num(n));
                    Ok(())
                }
                _ => self.assign(target, v),
            };
            if let Err(e) = done {
                return Flow::Next(self.raise(e));
            }
        }
        Flow::DONE
    }

    pub(in crate::eval) fn assign_act(&mut self, s: &Stmt) -> Flow {
        match &s.kind {
            StmtKind::Assign { targets, value } => self.assignment(targets, value),
            _ => self.other_stmt(s),
        }
    }

    pub(in crate::eval) fn augment_act(&mut self, s: &Stmt) -> Flow {
        let StmtKind::Augment { target, prim, plain, fast, value, calm } = &s.kind else {
            return self.other_stmt(s);
        };
        let infix = Infix { prim, plain: *plain, fast: *fast };
        if let TargetCode::Name(place, at) = target {
            return match self.peek(*place).and_then(Num::of) {
                Some(old) => {
                    let r = self.reg(value);
                    self.augment_number(old, r, s)
                }
                None if *calm && fast.appends() && self.is_own_text(*place) => {
                    self.append_text(*place, value, s)
                }
                None => {
                    let done = self.augment_any(*place, *at, infix, value, s.span);
                    self.ended(done)
                }
            };
        }
        let done = self.augment(target, infix, value, s.span);
        self.ended(done)
    }

    /// `x op= e` of a name that is a number, with the value in a register: the name is rebound.
    #[inline(never)]
    pub(in crate::eval) fn augment_number(&mut self, old: Num, r: Reg, s: &Stmt) -> Flow {
        let StmtKind::Augment { target: TargetCode::Name(place, at), prim, plain, fast, value, .. } = &s.kind
        else {
            return self.other_stmt(s);
        };
        if let Reg::Raised = r {
            return Flow::Next(r);
        }
        if let Reg::Num(y) = r
            && let Some(new) = fast.apply(old, y)
        {
            self.store_reg(*place, Reg::Num(new));
            return Flow::DONE;
        }
        let y = self.take(r);
        let new = self.dyadic(prim, *plain, old.value(), y, s.span, [*at, value.span], Defer::Now);
        let done = new.map(|v| self.store(*place, v));
        self.ended(done)
    }

    pub(in crate::eval) fn loop_act(&mut self, s: &Stmt) -> Flow {
        match &s.kind {
            _ if self.tells() => self.told_loop(s),
            StmtKind::For { target, iter, body, cache, .. } => self.for_loop(target, iter, body, cache),
            StmtKind::While { test, body, cache, .. } => self.while_loop(test, body, cache),
            _ => self.other_stmt(s),
        }
    }

    pub(in crate::eval) fn return_act(&mut self, s: &Stmt) -> Flow {
        let StmtKind::Return(node) = &s.kind else { return self.other_stmt(s) };
        match node.as_ref().map_or(Reg::None, |n| self.reg(n)) {
            Reg::Raised => Flow::Next(Reg::Raised),
            r => {
                self.returned = r;
                Flow::Return
            }
        }
    }

    pub(in crate::eval) fn guard_act(&mut self, s: &Stmt) -> Flow {
        let StmtKind::Guard { test, value } = &s.kind else { return self.other_stmt(s) };
        match self.holds(test) {
            Ok(true) => match self.reg(value) {
                Reg::Raised => Flow::Next(Reg::Raised),
                r => {
                    self.returned = r;
                    Flow::Return
                }
            },
            Ok(false) => Flow::DONE,
            Err(e) => Flow::Next(self.raise(e)),
        }
    }

    #[inline(never)]
    pub(in crate::eval) fn other_stmt(&mut self, s: &Stmt) -> Flow {
        let r = self.stmt_any(s);
        Flow::Next(self.settle(r))
    }

    #[inline(never)]
    fn assignment(&mut self, targets: &[TargetCode], value: &Node) -> Flow {
        let r = self.reg(value);
        if let Reg::Raised = r {
            return Flow::Next(r);
        }
        if let [TargetCode::Name(place, _)] = targets {
            self.store_reg(*place, r);
            return Flow::DONE;
        }
        self.value_span = value.span;
        self.assign_all(targets, r)
    }

    /// The statements that no loop's speed hangs on.
    fn stmt_any(&mut self, s: &Stmt) -> R<Value> {
        match &s.kind {
            StmtKind::Import { module, is_path, names } => self.import(module, *is_path, names, s.span)?,
            StmtKind::Assert { test, message } => self.assert(test, message.as_ref())?,
            StmtKind::Command { name, rest, body } => {
                let Some(commands) = self.commands.clone() else {
                    return self.fail(Fault::NotYet { name: format!("%{name}") }, s.span);
                };
                return commands.command(self, name, rest, body.as_deref()).map_err(|e| {
                    let mut raised = self.error(e, s.span);
                    if !Rc::ptr_eq(&raised.source, self.frame.source()) {
                        self.add_call_site(&mut raised, &format!("%{name}"), s.span);
                    }
                    raised
                });
            }
            StmtKind::Help { what, level } => {
                let Some(commands) = self.commands.clone() else {
                    return self.fail(Fault::NotYet { name: format!("?{what}") }, s.span);
                };
                commands.help(self, what, *level).map_err(|e| self.error(e, s.span))?;
            }
            StmtKind::DefaultLeft(place, node) => {
                if self.load(*place).is_none() {
                    let v = self.eval(node)?;
                    self.store(*place, v);
                }
            }
            StmtKind::Expr(_)
            | StmtKind::Assign { .. }
            | StmtKind::Augment { .. }
            | StmtKind::For { .. }
            | StmtKind::While { .. }
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Return(_)
            | StmtKind::Guard { .. } => {}
        }
        Ok(Value::None)
    }

    /// Whether a place is a local variable that is a text, and nobody looks on.
    fn is_own_text(&self, place: Place) -> bool {
        let own = matches!(place, Place::Local(_)) && matches!(self.peek(place), Some(Value::Str(_)));
        own && self.gathering.is_none()
    }

    /// `x += e` of such a text, with a value that leaves local names as they are.
    #[inline(never)]
    fn append_text(&mut self, place: Place, value: &Node, s: &Stmt) -> Flow {
        let more = match self.named(value) {
            Some(v) => v.shared(),
            None => match self.reg(value) {
                Reg::Raised => return Flow::Next(Reg::Raised),
                r => self.take(r),
            },
        };
        if let (Value::Str(more), Some(Value::Str(text))) = (&more, self.peek_mut(place)) {
            text.push_str(more);
            return Flow::DONE;
        }
        let StmtKind::Augment { target: TargetCode::Name(_, at), prim, plain, .. } = &s.kind else {
            return self.other_stmt(s);
        };
        let old = self.load(place).unwrap_or(Value::None);
        let new = self.combine(old, prim, *plain, more, s.span, [*at, value.span]);
        let done = new.map(|new| new.into_iter().for_each(|v| self.store(place, v)));
        self.ended(done)
    }

    #[inline(never)]
    fn augment_any(&mut self, place: Place, at: Span, infix: Infix, value: &Node, span: Span) -> R<()> {
        let Some(old) = self.load(place) else {
            return self.fail(self.name_of(place, at), at);
        };
        let v = if self.gathering.is_some() {
            match self.gather(place, infix, value, span)? {
                Some(v) => v,
                None => return Ok(()),
            }
        } else {
            self.eval(value)?
        };
        let old = match (old, &v) {
            (Value::Str(old), Value::Str(more)) if infix.fast.appends() => {
                match self.grow(place, old, more) {
                    Ok(()) => return Ok(()),
                    Err(old) => Value::Str(old),
                }
            }
            (old, _) => old,
        };
        if let Some(new) = self.combine(old, infix.prim, infix.plain, v, span, [at, value.span])? {
            self.store(place, new);
        }
        Ok(())
    }

    /// Appends to a text where it stands, if it is there still; gives it back otherwise.
    fn grow(&mut self, place: Place, old: Text, more: &Text) -> Result<(), Text> {
        match self.peek_mut(place) {
            Some(Value::Str(text)) if text.same(&old) => {
                drop(old);
                text.push_str(more);
                Ok(())
            }
            _ => Err(old),
        }
    }

    #[inline]
    pub(in crate::eval) fn branch(
        &mut self,
        arms: &[(Node, Vec<Stmt>)],
        otherwise: &Option<Vec<Stmt>>,
    ) -> Flow {
        for (test, body) in arms {
            match self.holds(test) {
                Ok(true) => return self.block(body),
                Ok(false) => {}
                Err(e) => return Flow::Next(self.raise(e)),
            }
        }
        match otherwise {
            Some(body) => self.block(body),
            None => Flow::DONE,
        }
    }

    fn assert(&mut self, test: &Node, message: Option<&Node>) -> R<()> {
        let v = self.eval(test)?;
        if self.truth(&v, test.span)? {
            return Ok(());
        }
        let message = match message {
            Some(node) => {
                let m = self.eval(node)?;
                Some(crate::show::str_of(&m))
            }
            None => None,
        };
        self.fail(Fault::Assertion { message }, test.span)
    }

    // Loops.

    /// The error for a request to stop, if there is one, at a statement that would run next.
    pub fn check_before(&mut self, unit: &Unit, statement: &Stmt) -> R<()> {
        self.in_unit(unit, |ev| ev.check_interrupt(statement.span))
    }

    pub(in crate::eval) fn check_interrupt(&self, span: Span) -> R<()> {
        if interrupt::requested() { self.fail(Fault::Interrupted, span) } else { Ok(()) }
    }
}

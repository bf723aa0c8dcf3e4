//! Running statements: assignment, loops, branches.

use super::ir::*;
use super::run::{Brief, QUICK_DEPTH};
use super::{Evaluator, Raised};
use crate::exec::interrupt;
use crate::prim::row::{Fast, Plain, Plainly};
use crate::prim::{self, Prim, subscript};
use crate::syntax::Span;
use crate::value::{self, CallArgs, Fault, Range, Value};
use std::rc::Rc;

type R<T> = Result<T, Raised>;

/// How a statement ended.
pub enum Flow {
    /// Normally, with the value it has as the last of its block.
    Next(Value),
    Break,
    Continue,
    Return(Value),
}

impl Flow {
    pub(super) fn into_value(self) -> Value {
        match self {
            Flow::Next(v) | Flow::Return(v) => v,
            Flow::Break | Flow::Continue => Value::None,
        }
    }
}

impl Evaluator {
    /// Runs one top-level statement of a unit; the value is that of an expression.
    pub fn top_statement(&mut self, unit: &Unit, statement: &Stmt) -> R<Value> {
        self.in_unit(unit, |ev| ev.stmt(statement).map(Flow::into_value))
    }

    /// Runs all of a unit's statements; the value is the last one's.
    pub fn run_unit(&mut self, unit: &Unit) -> R<Value> {
        self.in_unit(unit, |ev| ev.block(&unit.statements).map(Flow::into_value))
    }

    /// Runs all of a unit's statements `loops` times, each result dropped, with nothing else in
    /// between: what `%timeit` measures.
    pub fn run_loops(&mut self, unit: &Unit, loops: u64) -> R<()> {
        let span = unit.statements.first().map_or(Span::default(), |s| s.span);
        self.in_unit(unit, |ev| {
            for _ in 0..loops {
                drop(ev.block(&unit.statements)?);
                ev.check_interrupt(span)?;
            }
            Ok(())
        })
    }

    pub(super) fn block(&mut self, body: &[Stmt]) -> R<Flow> {
        let mut last = Flow::Next(Value::None);
        for s in body {
            last = self.stmt(s)?;
            if !matches!(last, Flow::Next(_)) {
                break;
            }
        }
        Ok(last)
    }

    fn stmt(&mut self, s: &Stmt) -> R<Flow> {
        match &s.kind {
            StmtKind::Expr(Node { kind: NodeKind::If { arms, otherwise }, .. }) => {
                return self.branch(arms, otherwise);
            }
            StmtKind::Expr(node) => return self.eval(node).map(Flow::Next),
            StmtKind::Assign { targets, value } => {
                let v = self.eval(value)?;
                self.value_span = value.span;
                if let [target] = &targets[..] {
                    self.assign(target, v)?;
                } else {
                    for t in targets {
                        self.assign(t, v.clone())?;
                    }
                }
            }
            StmtKind::Augment { target, prim, plain, fast, value } => {
                if !self.quick_augment(target, fast, value) {
                    self.augment(target, prim, *plain, value, s.span)?;
                }
            }
            StmtKind::For { target, iter, body } => return self.for_loop(target, iter, body),
            StmtKind::While { test, body } => return self.while_loop(test, body),
            StmtKind::Break => return Ok(Flow::Break),
            StmtKind::Continue => return Ok(Flow::Continue),
            StmtKind::Return(node) => {
                let v = node.as_ref().map_or(Ok(Value::None), |n| self.eval(n))?;
                return Ok(Flow::Return(v));
            }
            StmtKind::Import { module, is_path, names } => self.import(module, *is_path, names, s.span)?,
            StmtKind::Assert { test, message } => self.assert(test, message.as_ref())?,
            StmtKind::Command { name, rest, body } => {
                let Some(commands) = self.commands.clone() else {
                    return self.fail(Fault::NotYet { name: format!("%{name}") }, s.span);
                };
                let result = commands.command(self, name, rest, body.as_deref());
                return result.map(Flow::Next).map_err(|e| {
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
            StmtKind::Guard { test, value } => {
                if self.holds(test)? {
                    return self.eval(value).map(Flow::Return);
                }
            }
            StmtKind::DefaultLeft(place, node) => {
                if self.load(*place).is_none() {
                    let v = self.eval(node)?;
                    self.store(*place, v);
                }
            }
        }
        Ok(Flow::Next(Value::None))
    }

    /// `x += e` for plain numbers, in registers; says whether it was done.
    fn quick_augment(&mut self, target: &TargetCode, fast: &Fast, value: &Node) -> bool {
        let TargetCode::Name(place, _) = target else { return false };
        let Some(old) = self.peek(*place).and_then(Plainly::of) else { return false };
        let new = self.quick(value, QUICK_DEPTH).and_then(|v| fast.apply(old, v));
        match (new, self.peek_mut(*place)) {
            (Some(new), Some(slot)) => {
                *slot = new.value();
                true
            }
            _ => false,
        }
    }

    /// Whether a condition holds.
    fn holds(&mut self, test: &Node) -> R<bool> {
        if let Some(Plainly::Bool(b)) = self.quick(test, QUICK_DEPTH) {
            return Ok(b);
        }
        let v = self.eval(test)?;
        self.truth(&v, test.span)
    }

    pub(super) fn branch(&mut self, arms: &[(Node, Vec<Stmt>)], otherwise: &Option<Vec<Stmt>>) -> R<Flow> {
        for (test, body) in arms {
            if self.holds(test)? {
                return self.block(body);
            }
        }
        match otherwise {
            Some(body) => self.block(body),
            None => Ok(Flow::Next(Value::None)),
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

    pub(super) fn check_interrupt(&self, span: Span) -> R<()> {
        if interrupt::requested() { self.fail(Fault::Interrupted, span) } else { Ok(()) }
    }

    fn for_loop(&mut self, target: &TargetCode, iter: &Node, body: &[Stmt]) -> R<Flow> {
        let source = self.eval(iter)?;
        if let (Value::Object(o), TargetCode::Name(place, _)) = (&source, target)
            && let Some(range) = o.as_any().downcast_ref::<Range>()
        {
            return self.for_range(*place, *range, body, iter.span);
        }
        let brief = Brief::of(&source);
        let mut items =
            value::iterate(&source).map_err(|e| self.operand_error(e, iter.span, &[iter.span], &[brief]))?;
        self.value_span = iter.span;
        while let Some(item) = items.next(self).map_err(|e| self.error(e, iter.span))? {
            self.check_interrupt(iter.span)?;
            self.assign(target, item)?;
            match self.block(body)? {
                Flow::Break => break,
                flow @ Flow::Return(_) => return Ok(flow),
                Flow::Next(_) | Flow::Continue => {}
            }
        }
        Ok(Flow::Next(Value::None))
    }

    /// `for i in range(…)`: plain integers, without an iterator in between.
    fn for_range(&mut self, place: Place, range: Range, body: &[Stmt], span: Span) -> R<Flow> {
        let mut at = range.start;
        for _ in 0..range.count() {
            self.check_interrupt(span)?;
            match self.peek_mut(place) {
                Some(slot) => *slot = Value::Int(at),
                None => self.store(place, Value::Int(at)),
            }
            at = at.wrapping_add(range.step);
            match self.block(body)? {
                Flow::Break => break,
                flow @ Flow::Return(_) => return Ok(flow),
                Flow::Next(_) | Flow::Continue => {}
            }
        }
        Ok(Flow::Next(Value::None))
    }

    fn while_loop(&mut self, test: &Node, body: &[Stmt]) -> R<Flow> {
        loop {
            self.check_interrupt(test.span)?;
            if !self.holds(test)? {
                return Ok(Flow::Next(Value::None));
            }
            match self.block(body)? {
                Flow::Break => return Ok(Flow::Next(Value::None)),
                flow @ Flow::Return(_) => return Ok(flow),
                Flow::Next(_) | Flow::Continue => {}
            }
        }
    }

    // Assignment.

    pub(super) fn assign(&mut self, target: &TargetCode, value: Value) -> R<()> {
        match target {
            TargetCode::Name(place, _) => {
                self.store(*place, value);
                Ok(())
            }
            TargetCode::Tuple { before, starred, after, span } => {
                self.unpack(before, starred.as_deref(), after, value, *span)
            }
            TargetCode::Index { base, subs, span } => {
                let object = self.eval(base)?;
                let index = self.subscripts(subs)?;
                self.set_item(&object, &index, value, *span, base.span)
            }
            TargetCode::Attr { base, name, rebind, span } => {
                let object = self.eval(base)?;
                self.set_attribute(object, name, value, *rebind, *span)
            }
        }
    }

    fn set_item(&mut self, object: &Value, index: &[Value], value: Value, span: Span, at: Span) -> R<()> {
        self.here = span;
        let brief = Brief::of(&value);
        subscript::set_item(self, object, index, value)
            .map_err(|e| self.operand_error(e, span, &[at, self.value_span], &[Brief::of(object), brief]))
    }

    fn unpack(
        &mut self,
        before: &[TargetCode],
        starred: Option<&TargetCode>,
        after: &[TargetCode],
        value: Value,
        span: Span,
    ) -> R<()> {
        let mut items = self.collect(&value, span)?;
        let want = before.len() + after.len();
        let got = items.len();
        if got < want || (starred.is_none() && got > want) {
            return self.fail(Fault::Unpack { want, got }, span);
        }
        let tail = items.split_off(got - after.len());
        let middle = items.split_off(before.len());
        for (t, v) in before.iter().zip(items) {
            self.assign(t, v)?;
        }
        if let Some(t) = starred {
            self.assign(t, Value::List(crate::value::List::new(middle)))?;
        }
        for (t, v) in after.iter().zip(tail) {
            self.assign(t, v)?;
        }
        Ok(())
    }

    /// `target op= value`: arrays are written in place, as NumPy does; anything else is rebound.
    fn augment(
        &mut self,
        target: &TargetCode,
        prim: &'static Prim,
        plain: Plain,
        value: &Node,
        span: Span,
    ) -> R<()> {
        match target {
            TargetCode::Name(place, name_span) => {
                let Some(old) = self.load(*place) else {
                    return self.fail(self.name_of(*place, *name_span), *name_span);
                };
                let v = self.eval(value)?;
                if let Some(new) = self.combine(old, prim, plain, v, span, [*name_span, value.span])? {
                    self.store(*place, new);
                }
                Ok(())
            }
            TargetCode::Index { base, subs, span: at } => {
                let object = self.eval(base)?;
                let index = self.subscripts(subs)?;
                let old = subscript::get_item(self, &object, &index).map_err(|e| self.error(e, *at))?;
                let v = self.eval(value)?;
                let new = self.dyadic(prim, plain, old, v, span, [*at, value.span])?;
                self.set_item(&object, &index, new, *at, base.span)
            }
            TargetCode::Attr { base, name, rebind, span: at } => {
                let object = self.eval(base)?;
                let old = self.attribute(object.clone(), name, None, *at)?;
                let v = self.eval(value)?;
                match self.combine(old, prim, plain, v, span, [*at, value.span])? {
                    Some(new) => self.set_attribute(object, name, new, *rebind, *at),
                    None => Ok(()),
                }
            }
            TargetCode::Tuple { span: at, .. } => {
                self.fail(Fault::Misplaced { what: "a tuple", inside: "augmented assignment" }, *at)
            }
        }
    }

    /// The new value, or `None` if the old one was changed in place.
    fn combine(
        &mut self,
        old: Value,
        prim: &'static Prim,
        plain: Plain,
        value: Value,
        span: Span,
        spans: [Span; 2],
    ) -> R<Option<Value>> {
        if !matches!(old, Value::Array(_)) {
            return self.dyadic(prim, plain, old, value, span, spans).map(Some);
        }
        let briefs = [Brief::of(&old), Brief::of(&value)];
        let mut call = CallArgs::new([old.clone(), value]);
        call.keyword.push((Rc::from("out"), old));
        self.here = span;
        prim::call(prim, self, call).map(|_| None).map_err(|e| self.operand_error(e, span, &spans, &briefs))
    }
}

//! Running statements: assignment, loops, branches.

use super::ir::*;
use super::reg::{Infix, Reg, Spot};
use super::run::Brief;
use super::{Evaluator, Raised};
use crate::array::Array;
use crate::exec::tally::Turns;
use crate::exec::{interrupt, progress};
use crate::prim::indexing::{selective, subscript};
use crate::prim::row::Plain;
use crate::prim::{self, Prim};
use crate::syntax::Span;
use crate::value::{self, CallArgs, Fault, List, Num, Range, Value};
use smallvec::SmallVec;
use std::rc::Rc;

type R<T> = Result<T, Raised>;

/// How a statement ended.
#[derive(Clone, Copy)]
#[must_use]
pub(super) enum Flow {
    /// Normally, with the value it has as the last of its block; or with an error.
    Next(Reg),
    Break,
    Continue,
    /// The value is in `Evaluator::returned`.
    Return,
}

impl Flow {
    pub(super) const DONE: Flow = Flow::Next(Reg::None);
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
    pub(super) fn value_of(&mut self, flow: Flow) -> Reg {
        match flow {
            Flow::Next(r) => r,
            Flow::Return => self.returned,
            Flow::Break | Flow::Continue => Reg::None,
        }
    }

    #[inline]
    pub(super) fn block(&mut self, body: &[Stmt]) -> Flow {
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
    pub(super) fn stmt(&mut self, s: &Stmt) -> Flow {
        (s.act)(self, s)
    }

    // What runs each kind of statement, see `step`.

    pub(super) fn if_act(&mut self, s: &Stmt) -> Flow {
        match &s.kind {
            StmtKind::Expr(Node { kind: NodeKind::If { arms, otherwise }, .. }) => {
                self.branch(arms, otherwise)
            }
            _ => self.other_stmt(s),
        }
    }

    pub(super) fn expression_act(&mut self, s: &Stmt) -> Flow {
        match &s.kind {
            StmtKind::Expr(node) => Flow::Next(self.reg(node)),
            _ => self.other_stmt(s),
        }
    }

    /// `x = e` of a local variable.
    pub(super) fn local_act(&mut self, s: &Stmt) -> Flow {
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
    pub(super) fn tuple_act(&mut self, s: &Stmt) -> Flow {
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

    pub(super) fn assign_act(&mut self, s: &Stmt) -> Flow {
        match &s.kind {
            StmtKind::Assign { targets, value } => self.assignment(targets, value),
            _ => self.other_stmt(s),
        }
    }

    pub(super) fn augment_act(&mut self, s: &Stmt) -> Flow {
        let StmtKind::Augment { target, prim, plain, fast, value } = &s.kind else {
            return self.other_stmt(s);
        };
        let infix = Infix { prim, plain: *plain, fast: *fast };
        if let TargetCode::Name(place, at) = target {
            return match self.peek(*place).and_then(Num::of) {
                Some(old) => {
                    let r = self.reg(value);
                    self.augment_number(old, r, s)
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
    pub(super) fn augment_number(&mut self, old: Num, r: Reg, s: &Stmt) -> Flow {
        let StmtKind::Augment { target: TargetCode::Name(place, at), prim, plain, fast, value } = &s.kind
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
        let new = self.dyadic(prim, *plain, old.value(), y, s.span, [*at, value.span]);
        let done = new.map(|v| self.store(*place, v));
        self.ended(done)
    }

    pub(super) fn loop_act(&mut self, s: &Stmt) -> Flow {
        match &s.kind {
            _ if self.tells() => self.told_loop(s),
            StmtKind::For { target, iter, body, .. } => self.for_loop(target, iter, body),
            StmtKind::While { test, body, .. } => self.while_loop(test, body),
            _ => self.other_stmt(s),
        }
    }

    pub(super) fn return_act(&mut self, s: &Stmt) -> Flow {
        let StmtKind::Return(node) = &s.kind else { return self.other_stmt(s) };
        match node.as_ref().map_or(Reg::None, |n| self.reg(n)) {
            Reg::Raised => Flow::Next(Reg::Raised),
            r => {
                self.returned = r;
                Flow::Return
            }
        }
    }

    pub(super) fn guard_act(&mut self, s: &Stmt) -> Flow {
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
    pub(super) fn other_stmt(&mut self, s: &Stmt) -> Flow {
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

    #[inline(never)]
    fn augment_any(&mut self, place: Place, at: Span, infix: Infix, value: &Node, span: Span) -> R<()> {
        let Some(old) = self.load(place) else {
            return self.fail(self.name_of(place, at), at);
        };
        let v = self.eval(value)?;
        if let Some(new) = self.combine(old, infix.prim, infix.plain, v, span, [at, value.span])? {
            self.store(place, new);
        }
        Ok(())
    }

    #[inline]
    pub(super) fn branch(&mut self, arms: &[(Node, Vec<Stmt>)], otherwise: &Option<Vec<Stmt>>) -> Flow {
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

    pub(super) fn check_interrupt(&self, span: Span) -> R<()> {
        if interrupt::requested() { self.fail(Fault::Interrupted, span) } else { Ok(()) }
    }

    pub(super) fn for_loop(&mut self, target: &TargetCode, iter: &Node, body: &[Stmt]) -> Flow {
        let source = match self.eval(iter) {
            Ok(source) => source,
            Err(e) => return Flow::Next(self.raise(e)),
        };
        if let TargetCode::Name(place, _) = target {
            match &source {
                Value::Object(o) => {
                    if let Some(range) = o.as_any().downcast_ref::<Range>() {
                        return self.for_range(*place, *range, body, iter.span);
                    }
                }
                Value::Array(a) if a.ndim() == 1 => return self.for_vector(*place, a, body, iter.span),
                Value::List(l) => return self.for_list(*place, l, body, iter.span),
                _ => {}
            }
        }
        match self.for_any(target, &source, iter, body) {
            Ok(flow) => flow,
            Err(e) => Flow::Next(self.raise(e)),
        }
    }

    /// Runs a loop's body once; says how the loop ends, if it does.
    #[inline]
    fn pass(&mut self, body: &[Stmt]) -> Option<Flow> {
        match self.block(body) {
            Flow::Next(Reg::Raised) => Some(Flow::Next(Reg::Raised)),
            Flow::Next(r) => {
                self.discard(r);
                None
            }
            Flow::Continue => None,
            Flow::Break => Some(Flow::DONE),
            Flow::Return => Some(Flow::Return),
        }
    }

    fn for_any(&mut self, target: &TargetCode, source: &Value, iter: &Node, body: &[Stmt]) -> R<Flow> {
        let mut items = value::iterate(source)
            .map_err(|e| self.operand_error(e, iter.span, &[iter.span], &[Brief::of(source)]))?;
        self.value_span = iter.span;
        let progress = progress::begin(value::length(source));
        let mut turns = Turns::default();
        if let TargetCode::Tuple { before, starred: None, .. } = target
            && items.parts() == Some(before.len())
        {
            let mut parts = Vec::with_capacity(before.len());
            while items.next_parts(self, &mut parts).map_err(|e| self.error(e, iter.span))? {
                self.check_interrupt(iter.span)?;
                progress.reached(turns.0 as usize);
                turns.0 += 1;
                for (t, v) in before.iter().zip(parts.drain(..)) {
                    self.assign(t, v)?;
                }
                if let Some(flow) = self.pass(body) {
                    return Ok(flow);
                }
            }
            return Ok(Flow::DONE);
        }
        while let Some(item) = items.next(self).map_err(|e| self.error(e, iter.span))? {
            self.check_interrupt(iter.span)?;
            progress.reached(turns.0 as usize);
            turns.0 += 1;
            self.assign(target, item)?;
            if let Some(flow) = self.pass(body) {
                return Ok(flow);
            }
        }
        Ok(Flow::DONE)
    }

    /// `for i in range(…)`: plain integers, without an iterator in between.
    fn for_range(&mut self, place: Place, range: Range, body: &[Stmt], span: Span) -> Flow {
        let mut at = range.start;
        let progress = progress::begin(range.count());
        let mut turns = Turns::default();
        for _ in 0..range.count() {
            if interrupt::requested() {
                return self.interrupted(span);
            }
            progress.reached(turns.0 as usize);
            turns.0 += 1;
            self.store_reg(place, Reg::Num(Num::int(at)));
            at = at.wrapping_add(range.step);
            if let Some(flow) = self.pass(body) {
                return flow;
            }
        }
        Flow::DONE
    }

    /// `for x in v` of a vector: its elements, read as they come.
    fn for_vector(&mut self, place: Place, a: &Array, body: &[Stmt], span: Span) -> Flow {
        let mut k = 0;
        let progress = progress::begin(a.shape().first().copied().unwrap_or(0));
        let mut turns = Turns::default();
        while let Some(&n) = a.shape().first()
            && k < n
        {
            if interrupt::requested() {
                return self.interrupted(span);
            }
            let at = (a.offset() as isize + k as isize * a.strides()[0]) as usize;
            match Num::element(a, at) {
                Some(x) => self.store_reg(place, Reg::Num(x)),
                None => self.store(place, Value::Scalar(a.scalar_at(at))),
            }
            progress.reached(k);
            k += 1;
            turns.0 += 1;
            if let Some(flow) = self.pass(body) {
                return flow;
            }
        }
        Flow::DONE
    }

    /// `for x in l` of a list: also the items appended while it runs.
    fn for_list(&mut self, place: Place, l: &List, body: &[Stmt], span: Span) -> Flow {
        let progress = progress::begin(l.len());
        let mut turns = Turns::default();
        for k in 0.. {
            if interrupt::requested() {
                return self.interrupted(span);
            }
            match l.number(k) {
                Some(n) => self.store_reg(place, Reg::Num(n)),
                None => match l.get(k) {
                    Some(v) => self.store(place, v),
                    None => break,
                },
            }
            progress.reached(k);
            turns.0 += 1;
            if let Some(flow) = self.pass(body) {
                return flow;
            }
        }
        Flow::DONE
    }

    #[cold]
    fn interrupted(&mut self, span: Span) -> Flow {
        let e = self.error(Fault::Interrupted, span);
        Flow::Next(self.raise(e))
    }

    pub(super) fn while_loop(&mut self, test: &Node, body: &[Stmt]) -> Flow {
        let mut turns = Turns::default();
        loop {
            if interrupt::requested() {
                return self.interrupted(test.span);
            }
            match self.holds(test) {
                Ok(true) => turns.0 += 1,
                Ok(false) => return Flow::DONE,
                Err(e) => return Flow::Next(self.raise(e)),
            }
            if let Some(flow) = self.pass(body) {
                return flow;
            }
        }
    }

    // Assignment.

    /// Assigns to targets that are not one name.
    #[inline(never)]
    fn assign_all(&mut self, targets: &[TargetCode], r: Reg) -> Flow {
        if let ([TargetCode::Index { base, subs, quick: true, span }], Reg::Num(x)) = (targets, r)
            && let NodeKind::Load(place) = base.kind
            && matches!(self.peek(place), Some(Value::Array(_) | Value::List(_)))
        {
            return match self.spot(place, subs) {
                Spot::Element(at) => match self.peek(place) {
                    Some(Value::Array(a)) if x.write(a, at) => Flow::DONE,
                    Some(Value::List(l)) => {
                        l.change(|items| x.put(&mut items[at]));
                        Flow::DONE
                    }
                    _ => {
                        let done = self
                            .subscripts(subs)
                            .and_then(|i| self.set_named(place, &i, x, *span, base.span));
                        self.ended(done)
                    }
                },
                Spot::Values(index) => {
                    let done = self.set_named(place, &index, x, *span, base.span);
                    self.ended(done)
                }
                Spot::Raised => Flow::Next(Reg::Raised),
            };
        }
        let v = self.take(r);
        let done = match targets {
            [target] => self.assign(target, v),
            _ => targets.iter().try_for_each(|t| self.assign(t, v.clone())),
        };
        self.ended(done)
    }

    fn set_named(&mut self, place: Place, index: &[Value], x: Num, span: Span, at: Span) -> R<()> {
        let object = self.load(place).unwrap_or(Value::None);
        self.set_item(&object, index, x.value(), span, at)
    }

    pub(super) fn assign(&mut self, target: &TargetCode, value: Value) -> R<()> {
        match target {
            TargetCode::Name(place, _) => {
                self.store(*place, value);
                Ok(())
            }
            TargetCode::Tuple { before, starred, after, span } => {
                self.unpack(before, starred.as_deref(), after, value, *span)
            }
            TargetCode::Index { base, subs, span, .. } => {
                let value = match value {
                    Value::Deferred(_) if !self.are_calm_places(base, subs) => {
                        self.settled(value, self.value_span)?
                    }
                    value => value,
                };
                let object = self.eval(base)?;
                let index = self.subscripts(subs)?;
                self.set_item(&object, &index, value, *span, base.span)
            }
            TargetCode::Selection { base, positions, select, span } => {
                let value = self.settled(value, self.value_span)?;
                let (object, index) = self.selected(base, *positions, select)?;
                self.set_item(&object, &index, value, *span, base.span)
            }
            TargetCode::Attr { base, name, rebind, span, .. } => {
                let object = self.eval(base)?;
                self.set_attribute(object, name, value, *rebind, *span)
            }
        }
    }

    /// The array of a selective assignment, and the index of what is selected.
    fn selected(&mut self, base: &Node, positions: Place, select: &Node) -> R<(Value, Vec<Value>)> {
        let object = self.eval(base)?;
        let numbered = selective::positions(&object).map_err(|e| self.error(e, base.span))?;
        self.store(positions, numbered);
        let chosen = self.eval(select)?;
        self.store(positions, Value::None);
        let index = selective::index(&object, &chosen).map_err(|e| self.error(e, select.span))?;
        Ok((object, index))
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
        if let (Value::Tuple(t), None) = (&value, starred)
            && t.items.len() == before.len()
        {
            return before.iter().zip(&t.items).try_for_each(|(t, v)| self.assign(t, v.clone()));
        }
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
    fn augment(&mut self, target: &TargetCode, infix: Infix, value: &Node, span: Span) -> R<()> {
        let Infix { prim, plain, .. } = infix;
        match target {
            TargetCode::Name(place, at) => self.augment_any(*place, *at, infix, value, span),
            TargetCode::Index { base, subs, quick, span: at } => {
                if *quick && value.is_quiet() {
                    return self.augment_quickly(infix, base, subs, value, *at, span);
                }
                let object = self.eval(base)?;
                if let ([SubNode::Slice(parts)], Value::Array(a)) = (&subs[..], &object)
                    && a.ndim() == 1
                {
                    let view = self.slice_of(a, parts, base, *at)?;
                    let v = self.eval(value)?;
                    return self.combine(view, prim, plain, v, span, [*at, value.span]).map(drop);
                }
                let index = self.subscripts_now(subs, *at)?;
                let old = subscript::get_item(self, &object, &index).map_err(|e| self.error(e, *at))?;
                let v = self.eval(value)?;
                // A view is written where it lies.
                if let (Value::Array(a), Value::Array(view)) = (&object, &old)
                    && view.same_buffer(a)
                {
                    return self.combine(old, prim, plain, v, span, [*at, value.span]).map(drop);
                }
                let new = self.dyadic(prim, plain, old, v, span, [*at, value.span])?;
                self.set_item(&object, &index, new, *at, base.span)
            }
            TargetCode::Selection { base, positions, select, span: at } => {
                let (object, index) = self.selected(base, *positions, select)?;
                let old = subscript::get_item(self, &object, &index).map_err(|e| self.error(e, *at))?;
                let v = self.eval(value)?;
                let new = self.dyadic(prim, plain, old, v, span, [*at, value.span])?;
                self.set_item(&object, &index, new, *at, base.span)
            }
            TargetCode::Attr { base, name, site, rebind, span: at } => {
                let object = self.eval(base)?;
                let old = self.attribute(object.clone(), name, site, *at)?;
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

    /// `a[i] op= e` of something named, where neither subscripts nor value change a name.
    fn augment_quickly(
        &mut self,
        infix: Infix,
        base: &Node,
        subs: &[SubNode],
        value: &Node,
        at: Span,
        span: Span,
    ) -> R<()> {
        let object = self.eval(base)?;
        let mut index = SmallVec::new();
        if let (NodeKind::Load(place), Value::Array(a)) = (&base.kind, &object) {
            match self.spot(*place, subs) {
                Spot::Element(position) => {
                    if let Some(old) = Num::element(a, position) {
                        let r = self.reg(value);
                        if let Reg::Num(y) = r
                            && let Some(new) = infix.fast.apply(old, y)
                            && new.write(a, position)
                        {
                            return Ok(());
                        }
                        let (y, index) = (self.out_of(r)?, self.subscripts(subs)?);
                        return self.augment_item(
                            infix,
                            (&object, &index),
                            old.value(),
                            y,
                            base,
                            at,
                            value,
                            span,
                        );
                    }
                }
                Spot::Values(values) => index = values,
                Spot::Raised => return Err(self.take_raised()),
            }
        }
        if index.is_empty() {
            index = self.subscripts(subs)?;
        }
        if index.iter().any(|v| matches!(v, Value::Deferred(_))) {
            index = subscript::settled(self, &index).map_err(|e| self.error(e, at))?;
        }
        let old = subscript::get_item(self, &object, &index).map_err(|e| self.error(e, at))?;
        let y = self.eval(value)?;
        self.augment_item(infix, (&object, &index), old, y, base, at, value, span)
    }

    /// Subscripts that are used twice: computed.
    fn subscripts_now(&mut self, subs: &[SubNode], at: Span) -> R<SmallVec<[Value; 2]>> {
        let index = self.subscripts(subs)?;
        subscript::settled(self, &index).map_err(|e| self.error(e, at))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one statement")]
    fn augment_item(
        &mut self,
        infix: Infix,
        (object, index): (&Value, &[Value]),
        old: Value,
        y: Value,
        base: &Node,
        at: Span,
        value: &Node,
        span: Span,
    ) -> R<()> {
        let new = self.dyadic(infix.prim, infix.plain, old, y, span, [at, value.span])?;
        self.set_item(object, index, new, at, base.span)
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
        let Value::Array(a) = &old else {
            return self.dyadic(prim, plain, old, value, span, spans).map(Some);
        };
        if let Some(flags) = prim::update_small(prim, a, &value) {
            if flags.any() {
                self.tell_small(prim, flags, a, span, [(spans[0], &old), (spans[1], &value)])?;
            }
            return Ok(None);
        }
        let briefs = [Brief::of(&old), Brief::of(&value)];
        let mut call = CallArgs::new([old.clone(), value]);
        call.keyword.push((Rc::from("out"), old));
        self.here = span;
        prim::call(prim, self, call).map(|_| None).map_err(|e| self.operand_error(e, span, &spans, &briefs))
    }
}

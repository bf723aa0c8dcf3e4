//! Loops run: over ranges, vectors, lists and whatever else can be gone through, and while a test holds.
//! Part of [`super`].

use crate::array::Array;
use crate::eval::Evaluator;
use crate::eval::ir::*;
use crate::eval::reg::Reg;
use crate::eval::run::Brief;
use crate::exec::tally::Turns;
use crate::exec::{interrupt, progress};
use crate::syntax::Span;
use crate::value::{self, Fault, List, Num, Range, Value};

use super::{Flow, R};

impl Evaluator {
    pub(in crate::eval) fn for_loop(&mut self, target: &TargetCode, iter: &Node, body: &[Stmt]) -> Flow {
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
    pub(super) fn pass(&mut self, body: &[Stmt]) -> Option<Flow> {
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

    pub(super) fn for_any(
        &mut self,
        target: &TargetCode,
        source: &Value,
        iter: &Node,
        body: &[Stmt],
    ) -> R<Flow> {
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
    pub(super) fn for_range(&mut self, place: Place, range: Range, body: &[Stmt], span: Span) -> Flow {
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
    pub(super) fn for_vector(&mut self, place: Place, a: &Array, body: &[Stmt], span: Span) -> Flow {
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
    pub(super) fn for_list(&mut self, place: Place, l: &List, body: &[Stmt], span: Span) -> Flow {
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
    pub(super) fn interrupted(&mut self, span: Span) -> Flow {
        let e = self.error(Fault::Interrupted, span);
        Flow::Next(self.raise(e))
    }

    pub(in crate::eval) fn while_loop(&mut self, test: &Node, body: &[Stmt]) -> Flow {
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
}

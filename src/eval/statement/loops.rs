//! Loops run: over ranges, vectors, lists and whatever else can be gone through, and while a test holds.
//! Part of [`super`].

use crate::array::Array;
use crate::eval::Evaluator;
use crate::eval::ir::*;
use crate::eval::reg::Reg;
use crate::eval::run::Brief;
use crate::eval::unboxed::{LoopCache, Tries, Turn, Went};
use crate::eval::walk::Walk;
use crate::exec::progress::Work;
use crate::exec::tally::Turns;
use crate::exec::{interrupt, progress};
use crate::syntax::Span;
use crate::value::{self, Fault, List, Num, Range, Text, Value};

use super::{Flow, R};

impl Evaluator {
    pub(in crate::eval) fn for_loop(
        &mut self,
        target: &TargetCode,
        iter: &Node,
        body: &[Stmt],
        cache: &LoopCache,
    ) -> Flow {
        let source = match self.eval(iter) {
            Ok(source) => source,
            Err(e) => return Flow::Next(self.raise(e)),
        };
        if self.gathering.is_some()
            && let Err(e) = self.goes_through(&source)
        {
            return Flow::Next(self.raise(e));
        }
        if let TargetCode::Name(place, _) = target {
            match &source {
                Value::Object(o) => {
                    if let Some(range) = o.as_any().downcast_ref::<Range>() {
                        let state = [range.start as u64, range.count() as u64, range.step as u64];
                        return self.for_range(*place, state, body, cache, iter.span);
                    }
                }
                Value::Array(a) if a.ndim() == 1 => {
                    return self.for_vector(*place, (iter, &source), a, 0, body, cache);
                }
                Value::List(l) => return self.for_list(*place, (iter, &source), l, 0, body, cache),
                Value::Str(s) => return self.for_text(*place, s, body, iter.span),
                _ => {}
            }
        }
        if let (TargetCode::Tuple { before, starred: None, after, .. }, Value::List(l)) = (target, &source)
            && after.is_empty()
        {
            self.value_span = iter.span;
            return match self.for_tuples(target, before, l, body, iter.span) {
                Ok(flow) => flow,
                Err(e) => Flow::Next(self.raise(e)),
            };
        }
        match self.for_any(target, &source, iter, body, cache, 0) {
            Ok(flow) => flow,
            Err(e) => Flow::Next(self.raise(e)),
        }
    }

    /// Runs a loop's body once; says how the loop ends, if it does.
    #[inline]
    pub(super) fn pass(&mut self, body: &[Stmt]) -> Option<Flow> {
        let flow = match self.profile.is_some() {
            true => self.profiled_turn(body),
            false => self.block(body),
        };
        self.after_turn(flow)
    }

    /// How the loop ends, if it does, when a turn of it has ended so.
    #[inline]
    pub(in crate::eval) fn after_turn(&mut self, flow: Flow) -> Option<Flow> {
        match flow {
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

    /// A loop over anything else, from the `k`-th item on.
    pub(in crate::eval) fn for_any(
        &mut self,
        target: &TargetCode,
        source: &Value,
        iter: &Node,
        body: &[Stmt],
        cache: &LoopCache,
        k: usize,
    ) -> R<Flow> {
        if let TargetCode::Tuple { before, starred: None, after, .. } = target
            && after.is_empty()
            && let Some(walks) = Walk::of_zipped(source, before.len())
        {
            return self.for_zipped(before, &walks, (source, iter), body, cache, k);
        }
        let mut items = value::iterate(source)
            .map_err(|e| self.operand_error(e, iter.span, &[iter.span], &[Brief::of(source)]))?;
        self.value_span = iter.span;
        let progress = progress::begin(value::length(source));
        let mut turns = Turns::default();
        if let TargetCode::Tuple { before, starred: None, .. } = target
            && items.parts() == Some(before.len())
        {
            let mut parts = Vec::with_capacity(before.len());
            let mut tries = Tries::default();
            let (mut state, mut taken) = ([k as u64, 0, 0], 0);
            loop {
                // Those before the turn were had already.
                while taken < state[0] {
                    parts.clear();
                    items.next_parts(self, &mut parts).map_err(|e| self.error(e, iter.span))?;
                    taken += 1;
                }
                parts.clear();
                if !items.next_parts(self, &mut parts).map_err(|e| self.error(e, iter.span))? {
                    return Ok(Flow::DONE);
                }
                self.check_interrupt(iter.span)?;
                progress.reached(turns.0 as usize);
                turns.0 += 1;
                taken += 1;
                state[0] = taken;
                for (t, v) in before.iter().zip(parts.drain(..)) {
                    self.assign(t, v)?;
                }
                if tries.open() {
                    let turn = Turn::Parts(before, iter);
                    match self.unboxed(cache, turn, body, &mut state, &mut tries, &progress) {
                        Went::Not => {}
                        Went::Ended(flow) => return Ok(flow),
                        Went::On => continue,
                    }
                }
                if let Some(flow) = self.pass(body) {
                    return Ok(flow);
                }
            }
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

    /// A loop over lists, tuples and ranges at once, from the `k`-th items on.
    fn for_zipped(
        &mut self,
        targets: &[TargetCode],
        walks: &[Walk<'_>],
        (source, iter): (&Value, &Node),
        body: &[Stmt],
        cache: &LoopCache,
        k: usize,
    ) -> R<Flow> {
        self.value_span = iter.span;
        let progress = progress::begin(value::length(source));
        let mut turns = Turns::default();
        let mut tries = Tries::default();
        let mut state = [k as u64, 0, 0];
        loop {
            let k = state[0] as usize;
            if walks.iter().any(|walk| walk.len() <= k) {
                return Ok(Flow::DONE);
            }
            self.check_interrupt(iter.span)?;
            progress.reached(turns.0 as usize);
            turns.0 += 1;
            for (target, walk) in targets.iter().zip(walks) {
                self.assign_nth(target, walk, k)?;
            }
            state[0] += 1;
            if tries.open() {
                let turn = Turn::Parts(targets, iter);
                match self.unboxed(cache, turn, body, &mut state, &mut tries, &progress) {
                    Went::Not => {}
                    Went::Ended(flow) => return Ok(flow),
                    Went::On => continue,
                }
            }
            if let Some(flow) = self.pass(body) {
                return Ok(flow);
            }
        }
    }

    /// `for i in range(…)`: plain integers, without an iterator in between. `state`: the next one, how many
    /// there are, and the step.
    pub(in crate::eval) fn for_range(
        &mut self,
        place: Place,
        mut state: [u64; 3],
        body: &[Stmt],
        cache: &LoopCache,
        span: Span,
    ) -> Flow {
        let total = state[1];
        let progress = progress::begin(total as usize);
        let mut turns = Turns::default();
        let mut tries = Tries::default();
        while state[1] > 0 {
            if interrupt::requested() {
                return self.interrupted(span);
            }
            progress.reached((total - state[1]) as usize);
            turns.0 += 1;
            self.store_reg(place, Reg::Num(Num::int(state[0] as i64)));
            state[0] = state[0].wrapping_add(state[2]);
            state[1] -= 1;
            if tries.open() {
                match self.unboxed(cache, Turn::Range(place), body, &mut state, &mut tries, &progress) {
                    Went::Not => {}
                    Went::Ended(flow) => return flow,
                    Went::On => continue,
                }
            }
            if let Some(flow) = self.pass(body) {
                return flow;
            }
            if turns.0 == 1
                && let Some(flow) = self.alike(place, body, &mut state)
            {
                return flow;
            }
        }
        Flow::DONE
    }

    /// `for x in v` of a vector: its elements from the `k`-th on, read as they come. `source` is what gave it.
    pub(in crate::eval) fn for_vector(
        &mut self,
        place: Place,
        source: (&Node, &Value),
        a: &Array,
        mut k: usize,
        body: &[Stmt],
        cache: &LoopCache,
    ) -> Flow {
        let progress = progress::begin(a.shape().first().copied().unwrap_or(0));
        let mut turns = Turns::default();
        let mut tries = Tries::default();
        while let Some(&n) = a.shape().first()
            && k < n
        {
            if interrupt::requested() {
                return self.interrupted(source.0.span);
            }
            let at = (a.offset() as isize + k as isize * a.strides()[0]) as usize;
            match Num::element(a, at) {
                Some(x) => self.store_reg(place, Reg::Num(x)),
                None => self.store(place, Value::Scalar(a.scalar_at(at))),
            }
            progress.reached(k);
            k += 1;
            turns.0 += 1;
            if tries.open() {
                match self.unboxed_items(cache, place, source, body, &mut k, &mut tries, &progress) {
                    Went::Not => {}
                    Went::Ended(flow) => return flow,
                    Went::On => continue,
                }
            }
            if let Some(flow) = self.pass(body) {
                return flow;
            }
        }
        Flow::DONE
    }

    /// `for x in l` of a list, from the `k`-th item on: also the items appended while it runs.
    pub(in crate::eval) fn for_list(
        &mut self,
        place: Place,
        source: (&Node, &Value),
        l: &List,
        mut k: usize,
        body: &[Stmt],
        cache: &LoopCache,
    ) -> Flow {
        let progress = progress::begin(l.len());
        let mut turns = Turns::default();
        let mut tries = Tries::default();
        loop {
            if interrupt::requested() {
                return self.interrupted(source.0.span);
            }
            let there = match self.peek_mut(place) {
                Some(slot) => l.get_over(k, slot),
                None => l.get(k).map(|v| self.store(place, v)).is_some(),
            };
            if !there {
                return Flow::DONE;
            }
            progress.reached(k);
            k += 1;
            turns.0 += 1;
            if tries.open() {
                match self.unboxed_items(cache, place, source, body, &mut k, &mut tries, &progress) {
                    Went::Not => {}
                    Went::Ended(flow) => return flow,
                    Went::On => continue,
                }
            }
            if let Some(flow) = self.pass(body) {
                return flow;
            }
        }
    }

    /// `for a, b in l` of a list: what is no tuple of so many items is taken apart the general way.
    fn for_tuples(
        &mut self,
        target: &TargetCode,
        parts: &[TargetCode],
        l: &List,
        body: &[Stmt],
        span: Span,
    ) -> R<Flow> {
        let tuple = |items: &[Value], k: usize| match items.get(k) {
            Some(Value::Tuple(t)) if t.items.len() == parts.len() => Some(t.clone()),
            _ => None,
        };
        let progress = progress::begin(l.len());
        let mut turns = Turns::default();
        for k in 0.. {
            match l.with(|items| tuple(items, k)) {
                Some(t) => {
                    parts.iter().zip(&t.items).try_for_each(|(part, v)| self.assign_shared(part, v))?
                }
                None => match l.get(k) {
                    Some(item) => self.assign(target, item)?,
                    None => break,
                },
            }
            self.check_interrupt(span)?;
            progress.reached(k);
            turns.0 += 1;
            if let Some(flow) = self.pass(body) {
                return Ok(flow);
            }
        }
        Ok(Flow::DONE)
    }

    /// `for c in s` of a text: its characters.
    fn for_text(&mut self, place: Place, s: &str, body: &[Stmt], span: Span) -> Flow {
        let progress = progress::begin(s.len());
        let mut turns = Turns::default();
        for (k, c) in s.char_indices() {
            if interrupt::requested() {
                return self.interrupted(span);
            }
            progress.reached(k);
            turns.0 += 1;
            let letter = Text::of_letter(c);
            match self.peek_mut(place) {
                Some(slot) => letter.put(slot),
                None => self.store(place, Value::Str(letter)),
            }
            if let Some(flow) = self.pass(body) {
                return flow;
            }
        }
        Flow::DONE
    }

    /// Goes on in registers from the `k`-th item on.
    #[expect(clippy::too_many_arguments, reason = "a loop, where it stands and how far it is")]
    fn unboxed_items(
        &mut self,
        cache: &LoopCache,
        place: Place,
        source: (&Node, &Value),
        body: &[Stmt],
        k: &mut usize,
        tries: &mut Tries,
        progress: &Work,
    ) -> Went {
        let mut state = [*k as u64, 0, 0];
        let turn = Turn::Items(place, source.0, source.1);
        let went = self.unboxed(cache, turn, body, &mut state, tries, progress);
        *k = state[0] as usize;
        went
    }

    #[cold]
    pub(super) fn interrupted(&mut self, span: Span) -> Flow {
        let e = self.error(Fault::Interrupted, span);
        Flow::Next(self.raise(e))
    }

    pub(in crate::eval) fn while_loop(&mut self, test: &Node, body: &[Stmt], cache: &LoopCache) -> Flow {
        let progress = progress::begin(0);
        let mut turns = Turns::default();
        let mut tries = Tries::default();
        loop {
            if interrupt::requested() {
                return self.interrupted(test.span);
            }
            if tries.open() {
                match self.unboxed(cache, Turn::While(test), body, &mut [0; 3], &mut tries, &progress) {
                    Went::Not => {}
                    Went::Ended(flow) => return flow,
                    Went::On => continue,
                }
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

//! Assignments run: to names, items, attributes and patterns, plain and augmented. Part of [`super`].

use crate::array::index::position;
use crate::dtype::DType;
use crate::eval::Evaluator;
use crate::eval::ir::*;
use crate::eval::reg::{Infix, Reg, Spot};
use crate::eval::run::Brief;
use crate::prim::indexing::{selective, subscript};
use crate::prim::row::Plain;
use crate::prim::{self, Defer, Prim};
use crate::syntax::Span;
use crate::value::{CallArgs, Fault, List, Num, Value};
use smallvec::SmallVec;
use std::rc::Rc;

use super::{Flow, R};

impl Evaluator {
    /// Assigns to targets that are not one name.
    #[inline(never)]
    pub(super) fn assign_all(&mut self, targets: &[TargetCode], r: Reg) -> Flow {
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

    pub(super) fn set_named(&mut self, place: Place, index: &[Value], x: Num, span: Span, at: Span) -> R<()> {
        let object = self.load(place).unwrap_or(Value::None);
        self.set_item(&object, index, x.value(), span, at)
    }

    pub(in crate::eval) fn assign(&mut self, target: &TargetCode, value: Value) -> R<()> {
        match target {
            TargetCode::Name(place, _) => {
                match self.peek_mut(*place) {
                    Some(slot) => value.put(slot),
                    None => self.store(*place, value),
                }
                Ok(())
            }
            TargetCode::Tuple { before, starred, after, span } => {
                self.unpack(before, starred.as_deref(), after, value, *span)
            }
            TargetCode::Index { base, subs, span, quick } => {
                let value = match value {
                    value if *quick => match self.set_item_of_list(base, subs, value) {
                        Ok(done) => return done,
                        Err(value) => value,
                    },
                    value => value,
                };
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

    /// `l[i] = v` of a named list, with an index that changes no name, and a value that holds nothing, or numbers
    /// and texts. `Err`, with nothing done, gives the value back for the general way.
    #[inline]
    fn set_item_of_list(&mut self, base: &Node, subs: &[SubNode], value: Value) -> Result<R<()>, Value> {
        let (NodeKind::Load(place), [SubNode::Value(at)]) = (&base.kind, subs) else { return Err(value) };
        let holds_little = match &value {
            Value::Str(_) => true,
            Value::Tuple(t) => t.items.iter().all(|v| matches!(v, Value::Str(_)) || Num::of(v).is_some()),
            v => Num::of(v).is_some(),
        };
        if !holds_little || !matches!(self.peek(*place), Some(Value::List(_))) {
            return Err(value);
        }
        // A name or number, which to look at once more costs nothing and does nothing.
        let at = match self.named(at).and_then(Num::of) {
            Some(at) => at,
            None if at.is_of_numbers() => match self.reg(at) {
                Reg::Num(at) => at,
                Reg::Raised => return Ok(Err(self.take_raised())),
                r => {
                    self.discard(r);
                    return Err(value);
                }
            },
            None => return Err(value),
        };
        let Some(Value::List(l)) = self.peek(*place) else { return Err(value) };
        match at.index().and_then(|i| position(i, 0, l.len()).ok()) {
            Some(at) => {
                l.change(|items| value.put(&mut items[at]));
                Ok(Ok(()))
            }
            None => Err(value),
        }
    }

    /// The array of a selective assignment, and the index of what is selected.
    pub(super) fn selected(
        &mut self,
        base: &Node,
        positions: Place,
        select: &Node,
    ) -> R<(Value, Vec<Value>)> {
        let object = self.eval(base)?;
        let numbered = selective::positions(&object).map_err(|e| self.error(e, base.span))?;
        self.store(positions, numbered);
        let chosen = self.eval(select)?;
        self.store(positions, Value::None);
        let index = selective::index(&object, &chosen).map_err(|e| self.error(e, select.span))?;
        Ok((object, index))
    }

    pub(super) fn set_item(
        &mut self,
        object: &Value,
        index: &[Value],
        value: Value,
        span: Span,
        at: Span,
    ) -> R<()> {
        self.here = span;
        let brief = Brief::of(&value);
        subscript::set_item(self, object, index, value)
            .map_err(|e| self.operand_error(e, span, &[at, self.value_span], &[Brief::of(object), brief]))
    }

    /// Assigns a value that stays where it is too.
    #[inline]
    pub(super) fn assign_shared(&mut self, target: &TargetCode, value: &Value) -> R<()> {
        match (target, Num::of(value)) {
            (TargetCode::Name(place, _), Some(n)) => {
                self.store_reg(*place, Reg::Num(n));
                Ok(())
            }
            (TargetCode::Name(place, _), None) => {
                match self.peek_mut(*place) {
                    Some(slot) => value.share_over(slot),
                    None => self.store(*place, value.shared()),
                }
                Ok(())
            }
            _ => self.assign(target, value.shared()),
        }
    }

    pub(super) fn unpack(
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
            return before.iter().zip(&t.items).try_for_each(|(target, v)| self.assign_shared(target, v));
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
    pub(super) fn augment(&mut self, target: &TargetCode, infix: Infix, value: &Node, span: Span) -> R<()> {
        let Infix { prim, plain, .. } = infix;
        match target {
            TargetCode::Name(place, at) => self.augment_any(*place, *at, infix, value, span),
            TargetCode::Index { base, subs, quick, span: at } => {
                if let (NodeKind::Load(place), [SubNode::Value(index)]) = (&base.kind, &subs[..])
                    && let Some(Value::List(l)) = self.peek(*place)
                {
                    let l = l.clone();
                    return self.augment_in_list(infix, l, index, value, base, *at, span);
                }
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
                self.augment_item(infix, (&object, &index), old, v, base, *at, value, span)
            }
            TargetCode::Selection { base, positions, select, span: at } => {
                let (object, index) = self.selected(base, *positions, select)?;
                let old = subscript::get_item(self, &object, &index).map_err(|e| self.error(e, *at))?;
                let v = self.eval(value)?;
                let new = self.combined(old, prim, plain, v, span, [*at, value.span])?;
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

    /// `l[i] op= e` of a list: a number goes straight to its place.
    #[expect(clippy::too_many_arguments, reason = "the parts of one statement")]
    fn augment_in_list(
        &mut self,
        infix: Infix,
        l: List,
        index: &Node,
        value: &Node,
        base: &Node,
        at: Span,
        span: Span,
    ) -> R<()> {
        let r = self.reg(index);
        let i = self.out_of(r)?;
        let place = Num::of(&i).and_then(Num::index).and_then(|i| position(i, 0, l.len()).ok());
        if let Some(place) = place
            && let Some(old) = l.number(place)
        {
            let r = self.reg(value);
            if let Reg::Num(y) = r
                && let Some(new) = infix.fast.apply(old, y)
            {
                // The value may have changed the list.
                let put = |items: &mut [Value]| items.get_mut(place).map(|item| new.put(item)).is_some();
                if l.change(put) {
                    return Ok(());
                }
            }
            let y = self.out_of(r)?;
            return self.augment_item(infix, (&Value::List(l), &[i]), old.value(), y, base, at, value, span);
        }
        let object = Value::List(l);
        let index = subscript::settled(self, &[i]).map_err(|e| self.error(e, at))?;
        let old = subscript::get_item(self, &object, &index).map_err(|e| self.error(e, at))?;
        let y = self.eval(value)?;
        self.augment_item(infix, (&object, &index), old, y, base, at, value, span)
    }

    /// `a[i] op= e` of something named, where neither subscripts nor value change a name.
    pub(super) fn augment_quickly(
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
        let mut y = None;
        if let (Value::Array(a), [Value::Array(mask)]) = (&object, &index[..])
            && mask.dtype() == DType::Bool
        {
            let operand = self.eval(value)?;
            self.here = span;
            y = prim::update_chosen(infix.prim, self, a, mask, operand)
                .map_err(|e| self.operand_error(e, span, &[at, value.span], &[]))?;
            if y.is_none() {
                return Ok(());
            }
        }
        let old = subscript::get_item(self, &object, &index).map_err(|e| self.error(e, at))?;
        let y = match y {
            Some(y) => y,
            None => self.eval(value)?,
        };
        self.augment_item(infix, (&object, &index), old, y, base, at, value, span)
    }

    /// Subscripts that are used twice: computed.
    pub(super) fn subscripts_now(&mut self, subs: &[SubNode], at: Span) -> R<SmallVec<[Value; 2]>> {
        let index = self.subscripts(subs)?;
        subscript::settled(self, &index).map_err(|e| self.error(e, at))
    }

    /// `object[index] op= y`, of an item `old`: a view is written where it lies.
    #[expect(clippy::too_many_arguments, reason = "the parts of one statement")]
    pub(super) fn augment_item(
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
        let spans = [at, value.span];
        if let (Value::Array(a), Value::Array(view)) = (object, &old)
            && view.same_buffer(a)
        {
            return self.combine(old, infix.prim, infix.plain, y, span, spans).map(drop);
        }
        let new = self.combined(old, infix.prim, infix.plain, y, span, spans)?;
        self.set_item(object, index, new, at, base.span)
    }

    /// The new value of an item `old`. An array is updated where it lies, be it the copy that an index array
    /// makes or the item of a list: so it keeps its dtype, and what does not fit that is an error.
    fn combined(
        &mut self,
        old: Value,
        prim: &'static Prim,
        plain: Plain,
        value: Value,
        span: Span,
        spans: [Span; 2],
    ) -> R<Value> {
        Ok(self.combine(old.clone(), prim, plain, value, span, spans)?.unwrap_or(old))
    }

    /// The new value, or `None` if the old one was changed in place.
    pub(super) fn combine(
        &mut self,
        old: Value,
        prim: &'static Prim,
        plain: Plain,
        value: Value,
        span: Span,
        spans: [Span; 2],
    ) -> R<Option<Value>> {
        let Value::Array(a) = &old else {
            return self.dyadic(prim, plain, old, value, span, spans, Defer::Now).map(Some);
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

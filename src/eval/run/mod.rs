//! Evaluating expressions. Operands left to right; temporaries are handed on by value, so that the
//! engine below can write into those that nothing else sees.

mod calls;
mod items;

use crate::array::{Array, Dims};
use crate::dtype::DType;
use crate::eval::function::Closure;
use crate::eval::ir::*;
use crate::eval::reg::Reg;
use crate::eval::walk::Walk;
use crate::eval::{Evaluator, Raised};
use crate::exec::progress;
use crate::exec::tally::{self, Pass, Turns};
use crate::kernel::Flags;
use crate::prim::apl::operators;
use crate::prim::row::Plain;
use crate::prim::{self, Defer, Prim};
use crate::show;
use crate::syntax::Span;
use crate::value::{self, Fault, Func, Num, Range, SliceSpec, Text, Tuple, TupleItems, Value, shape_text};
use std::rc::Rc;

type R<T> = Result<T, Raised>;

/// What a label says of an operand: kept before the operand is given away.
pub(in crate::eval) enum Brief {
    Array(DType, Dims),
    Other(Value),
}

impl Brief {
    pub(in crate::eval) fn of(v: &Value) -> Brief {
        match v {
            Value::Array(a) => Brief::Array(a.dtype(), a.shape().into()),
            Value::Deferred(w) => Brief::Array(w.dtype(), w.shape()),
            other => Brief::Other(other.clone()),
        }
    }

    fn text(&self) -> String {
        match self {
            Brief::Array(d, shape) => format!("{d} array of shape {}", shape_text(shape)),
            Brief::Other(v) => v.describe(),
        }
    }

    fn array(&self) -> Option<(DType, Dims)> {
        match self {
            Brief::Array(d, shape) => Some((*d, shape.clone())),
            Brief::Other(_) => None,
        }
    }
}

/// A comparison of two numbers, where that is all.
#[inline]
fn compare_numbers(prim: &Prim, x: &Value, y: &Value) -> Option<Value> {
    let fast = prim.elementwise()?.fast;
    match (Num::of(x), Num::of(y)) {
        (Some(x), Some(y)) => fast.apply(x, y).map(Num::value),
        _ => fast.with_texts(x, y).map(Value::Bool),
    }
}

/// The bounds of a slice, if they are plain integers that are written out.
#[inline]
pub(in crate::eval) fn constant_slice(parts: &[Option<Node>; 3]) -> Option<SliceSpec> {
    let mut bounds = [None; 3];
    for (bound, part) in bounds.iter_mut().zip(parts) {
        match part.as_ref().map(|n| &n.kind) {
            None => {}
            Some(NodeKind::Const(Value::Int(n))) => *bound = Some(*n),
            Some(_) => return None,
        }
    }
    let [start, stop, step] = bounds;
    Some(SliceSpec { start, stop, step })
}

impl Evaluator {
    pub fn eval(&mut self, node: &Node) -> R<Value> {
        let r = self.reg(node);
        self.out_of(r)
    }

    /// Evaluates an expression of the kinds that `reg` leaves to this.
    pub(in crate::eval) fn eval_any(&mut self, node: &Node) -> R<Value> {
        match &node.kind {
            NodeKind::Attr { base, name, site } => self.attribute_of(base, name, site, node.span),
            NodeKind::Fresh(a) => {
                let made = crate::exec::copy::written_out(a);
                made.map(Value::Array).map_err(|e| self.error(e.into(), node.span))
            }
            NodeKind::Bracket(items) => self.bracket(items, node.span),
            NodeKind::Starred(inner) => {
                let inside = "bracket, tuple or call";
                self.fail(Fault::Misplaced { what: "*", inside }, inner.span)
            }
            NodeKind::Compare { first, rest } => self.compare(first, rest, node.span),
            NodeKind::If { arms, otherwise } => {
                let flow = self.branch(arms, otherwise);
                let r = self.value_of(flow);
                self.out_of(r)
            }
            NodeKind::Closure(code, defaults) => self.closure(code, defaults),
            NodeKind::Comprehension(c) => self.comprehension(c, node.span),
            NodeKind::Derived { op, left, right, axis } => {
                let left = self.eval(left)?;
                let right = self.optional(right)?;
                let axis = self.optional(axis)?;
                operators::derive(op, left, right, axis)
                    .map(|f| Value::Func(Func::Shared(f)))
                    .map_err(|e| self.error(e, node.span))
            }
            NodeKind::Train(items) => {
                let items = self.items(items)?;
                operators::train(items.into_vec())
                    .map(|f| Value::Func(Func::Shared(f)))
                    .map_err(|e| self.error(e, node.span))
            }
            NodeKind::Apply { func, left, right } => self.apply(func, left.as_deref(), right, node),
            NodeKind::Const(_)
            | NodeKind::Load(_)
            | NodeKind::Binary { .. }
            | NodeKind::Unary { .. }
            | NodeKind::Kept(_)
            | NodeKind::Sharing { .. }
            | NodeKind::Shared { .. }
            | NodeKind::Index { .. }
            | NodeKind::Call { .. }
            | NodeKind::Method { .. }
            | NodeKind::And(_)
            | NodeKind::Or(_)
            | NodeKind::Not(_)
            | NodeKind::Choice(_)
            | NodeKind::FString(_)
            | NodeKind::Tuple(_) => {
                let r = self.reg(node);
                self.out_of(r)
            }
        }
    }

    fn optional(&mut self, node: &Option<Box<Node>>) -> R<Option<Value>> {
        node.as_ref().map(|n| self.eval(n)).transpose()
    }

    pub(in crate::eval) fn tuple_of(&mut self, items: &[Node], span: Span) -> R<Rc<Tuple>> {
        let items = self.items(items)?;
        value::check_nesting(&items).map_err(|e| self.error(e, span))?;
        Ok(Rc::new(Tuple { items, names: None }))
    }

    fn items(&mut self, nodes: &[Node]) -> R<TupleItems> {
        let mut items = TupleItems::with_capacity(nodes.len());
        for node in nodes {
            match &node.kind {
                NodeKind::Starred(inner) => items.extend(self.spread(inner)?),
                _ => match self.named(node) {
                    Some(v) => items.push(v.shared()),
                    None => match self.reg(node) {
                        Reg::Num(n) => items.push(n.value()),
                        r => {
                            let item = self.out_of(r)?;
                            items.push(self.settled(item, node.span)?);
                        }
                    },
                },
            }
        }
        Ok(items)
    }

    /// The items of `*xs`.
    fn spread(&mut self, inner: &Node) -> R<Vec<Value>> {
        let value = self.eval(inner)?;
        let value = self.settled(value, inner.span)?;
        self.collect(&value, inner.span)
    }

    pub(in crate::eval) fn truth(&self, v: &Value, span: Span) -> R<bool> {
        match v {
            Value::Bool(b) => Ok(*b),
            _ => v.truth().map_err(|e| self.operand_error(e, span, &[span], &[Brief::of(v)])),
        }
    }

    // Operators.

    /// An operation on two values at `span`, which stand at `spans`. The result may be deferred.
    #[expect(clippy::too_many_arguments, reason = "an operation, its operands, and where each stands")]
    pub(in crate::eval) fn dyadic(
        &mut self,
        prim: &'static Prim,
        plain: Plain,
        x: Value,
        y: Value,
        span: Span,
        spans: [Span; 2],
        defer: Defer,
    ) -> R<Value> {
        self.here = span;
        if matches!((&x, &y), (Value::Array(_), _) | (_, Value::Array(_))) {
            if let Some((array, flags)) = prim::small(prim, [&x, &y]) {
                if flags.any() {
                    self.tell_small(prim, flags, &array, span, [(spans[0], &x), (spans[1], &y)])?;
                }
                return Ok(Value::Array(array));
            }
        } else if let Plain::Binary(f) = plain
            && let Some(result) = f(&x, &y)
        {
            return result.map_err(|e| self.operand_error(e, span, &spans, &[Brief::of(&x), Brief::of(&y)]));
        }
        let briefs = [Brief::of(&x), Brief::of(&y)];
        prim::dyadic_as(prim, self, x, y, defer).map_err(|e| self.operand_error(e, span, &spans, &briefs))
    }

    pub(in crate::eval) fn monadic(
        &mut self,
        prim: &'static Prim,
        plain: Plain,
        x: Value,
        node: &Node,
        at: Span,
    ) -> R<Value> {
        let span = node.span;
        self.here = span;
        if let Value::Array(_) = x {
            if let Some((array, flags)) = prim::small(prim, [&x, &Value::None]) {
                if flags.any() {
                    self.tell_small(prim, flags, &array, span, [(at, &x)])?;
                }
                return Ok(Value::Array(array));
            }
        } else if let Plain::Unary(f) = plain
            && let Some(result) = f(&x)
        {
            return result.map_err(|e| self.operand_error(e, span, &[at], &[Brief::of(&x)]));
        }
        let brief = Brief::of(&x);
        prim::monadic_as(prim, self, x, node.defer())
            .map_err(|e| self.operand_error(e, span, &[at], &[brief]))
    }

    /// Tells of what an operation on small arrays met; `operands` with their places.
    #[cold]
    #[inline(never)]
    pub(in crate::eval) fn tell_small<const N: usize>(
        &mut self,
        prim: &Prim,
        flags: Flags,
        result: &Array,
        span: Span,
        operands: [(Span, &Value); N],
    ) -> R<()> {
        self.here = span;
        prim::elementwise::ufunc::tell_small(prim, self, flags, result).map_err(|e| {
            let (spans, briefs) = (operands.map(|o| o.0), operands.map(|o| Brief::of(o.1)));
            self.operand_error(e, span, &spans, &briefs)
        })
    }

    /// A primitive's fault, with a label on every operand.
    pub(in crate::eval) fn operand_error(
        &self,
        fault: Fault,
        span: Span,
        at: &[Span],
        briefs: &[Brief],
    ) -> Raised {
        let mut raised = self.error(fault, span);
        if raised.labels.is_empty() && raised.frames.is_empty() {
            raised.labels = at.iter().zip(briefs).map(|(&s, b)| (s, b.text())).collect();
            raised.arrays = briefs.iter().map(Brief::array).collect();
        }
        raised
    }

    fn compare(&mut self, first: &Node, rest: &[(Comparison, Node)], span: Span) -> R<Value> {
        let mut left = self.eval(first)?;
        let mut left_span = first.span;
        let mut result: Option<Value> = None;
        for (op, node) in rest {
            let right = match (&node.kind, op) {
                // Nothing changes what is only looked through.
                (NodeKind::Fresh(a), Comparison::In { .. }) => Value::Array(a.clone()),
                _ => self.eval(node)?,
            };
            let spans = [left_span, node.span];
            let link = match op {
                Comparison::Prim(p) => match compare_numbers(p, &left, &right) {
                    Some(link) => link,
                    None => self.dyadic(p, Plain::None, left, right.clone(), span, spans, Defer::Now)?,
                },
                Comparison::In { negated } => {
                    let found = prim::language::membership::contains(self, &right, &left).map_err(|e| {
                        self.operand_error(e, span, &spans, &[Brief::of(&left), Brief::of(&right)])
                    })?;
                    Value::Bool(found != *negated)
                }
                Comparison::Is { negated } => {
                    Value::Bool(prim::language::membership::identical(&left, &right) != *negated)
                }
            };
            result = Some(match (result, &link) {
                (None, _) => link,
                (Some(Value::Bool(so_far)), Value::Bool(truth)) => Value::Bool(so_far & truth),
                (Some(so_far), _) => {
                    let and = prim::language::core::chain_and();
                    self.dyadic(and, Plain::None, so_far, link, span, spans, Defer::Now)?
                }
            });
            (left, left_span) = (right, node.span);
        }
        Ok(result.unwrap_or(Value::Bool(true)))
    }

    // Calls.

    fn closure(&mut self, code: &Rc<FnCode>, defaults: &[Option<Node>]) -> R<Value> {
        let mut values = Vec::with_capacity(defaults.len());
        for d in defaults {
            values.push(d.as_ref().map(|n| self.eval(n)).transpose()?);
        }
        let captured = code.captures.iter().map(|&p| self.cell(p)).collect();
        let closure = Rc::new(Closure { code: code.clone(), captured, defaults: values });
        Ok(Value::Func(Func::Shared(Rc::new(closure))))
    }

    // Indexing.

    fn bracket(&mut self, items: &[(Node, bool)], span: Span) -> R<Value> {
        let mut values = Vec::with_capacity(items.len());
        for (node, nested) in items {
            match &node.kind {
                NodeKind::Starred(inner) => {
                    values.extend(self.spread(inner)?.into_iter().map(|v| (v, false)))
                }
                _ => {
                    let item = self.eval(node)?;
                    values.push((self.settled(item, node.span)?, *nested));
                }
            }
        }
        prim::convert::bracket(values).map_err(|e| self.error(e, span))
    }

    /// Every item of an iterable value.
    pub(in crate::eval) fn collect(&mut self, v: &Value, span: Span) -> R<Vec<Value>> {
        let mut iter = value::iterate(v).map_err(|e| self.error(e, span))?;
        let mut out = Vec::new();
        while let Some(item) = iter.next(self).map_err(|e| self.error(e, span))? {
            out.push(item);
        }
        Ok(out)
    }

    fn comprehension(&mut self, c: &Comprehension, span: Span) -> R<Value> {
        if self.tells() { self.told_comprehension(c, span) } else { self.comprehension_items(c, span) }
    }

    pub(in crate::eval) fn comprehension_items(&mut self, c: &Comprehension, span: Span) -> R<Value> {
        if let Some(gathered) = self.gathered(c) {
            return Ok(gathered);
        }
        let mut out = Vec::new();
        self.clauses(c, &c.clauses, &mut out)?;
        let value = prim::convert::bracket(out).map_err(|e| self.error(e, span))?;
        if let Value::Array(a) = &value {
            let _pass = tally::pass(|| Pass::new("collect", a.dtype(), 0).writes(a).threads(1));
        }
        Ok(value)
    }

    /// `for i in range(…)`: plain integers, without an iterator in between.
    fn range_clause(
        &mut self,
        c: &Comprehension,
        place: Place,
        range: Range,
        rest: &[ClauseCode],
        out: &mut Vec<(Value, bool)>,
        span: Span,
    ) -> R<()> {
        let progress = progress::begin(range.count());
        let mut turns = Turns::default();
        let mut at = range.start;
        for _ in 0..range.count() {
            self.check_interrupt(span)?;
            progress.reached(turns.0 as usize);
            turns.0 += 1;
            self.store_reg(place, Reg::Num(Num::int(at)));
            at = at.wrapping_add(range.step);
            self.clauses(c, rest, out)?;
        }
        Ok(())
    }

    /// `for c in s` of a text: its characters.
    fn text_clause(
        &mut self,
        c: &Comprehension,
        place: Place,
        s: &str,
        rest: &[ClauseCode],
        out: &mut Vec<(Value, bool)>,
        span: Span,
    ) -> R<()> {
        let progress = progress::begin(s.len());
        let mut turns = Turns::default();
        for (k, letter) in s.char_indices() {
            self.check_interrupt(span)?;
            progress.reached(k);
            turns.0 += 1;
            let letter = Text::of_letter(letter);
            match self.peek_mut(place) {
                Some(slot) => letter.put(slot),
                None => self.store(place, Value::Str(letter)),
            }
            self.clauses(c, rest, out)?;
        }
        Ok(())
    }

    fn clauses(&mut self, c: &Comprehension, clauses: &[ClauseCode], out: &mut Vec<(Value, bool)>) -> R<()> {
        match clauses.split_first() {
            None => {
                if let Some(v) = self.named(&c.item) {
                    out.push((v.shared(), c.item_is_bracket));
                    return Ok(());
                }
                match self.reg(&c.item) {
                    Reg::Num(n) => out.push((n.value(), c.item_is_bracket)),
                    r => out.push((self.out_of(r)?, c.item_is_bracket)),
                }
                Ok(())
            }
            Some((ClauseCode::If(test), rest)) => {
                if self.holds(test)? {
                    self.clauses(c, rest, out)
                } else {
                    Ok(())
                }
            }
            Some((ClauseCode::For { target, iter }, rest)) => {
                let source = self.eval(iter)?;
                if let (TargetCode::Name(place, _), Value::Object(o)) = (target, &source)
                    && let Some(range) = o.as_any().downcast_ref::<Range>()
                {
                    return self.range_clause(c, *place, *range, rest, out, iter.span);
                }
                if let (TargetCode::Name(place, _), Value::Str(s)) = (target, &source) {
                    return self.text_clause(c, *place, s, rest, out, iter.span);
                }
                let progress = progress::begin(value::length(&source));
                let mut turns = Turns::default();
                if let Some(walk) = Walk::of(&source) {
                    let mut k = 0;
                    while self.assign_nth(target, &walk, k)? {
                        k += 1;
                        self.check_interrupt(iter.span)?;
                        progress.reached(turns.0 as usize);
                        turns.0 += 1;
                        self.clauses(c, rest, out)?;
                    }
                    return Ok(());
                }
                let mut items = value::iterate(&source).map_err(|e| self.error(e, iter.span))?;
                while let Some(item) = items.next(self).map_err(|e| self.error(e, iter.span))? {
                    self.check_interrupt(iter.span)?;
                    progress.reached(turns.0 as usize);
                    turns.0 += 1;
                    self.assign(target, item)?;
                    self.clauses(c, rest, out)?;
                }
                Ok(())
            }
        }
    }

    // Formatted strings.

    pub(in crate::eval) fn fstring(&mut self, pieces: &[Piece]) -> R<Text> {
        let mut out = Text::from("");
        for piece in pieces {
            match piece {
                Piece::Text(t) => out.push_str(t),
                Piece::Value { node, equals, conversion, spec } => {
                    let as_it_is = equals.is_none() && conversion.is_none() && spec.is_empty();
                    if as_it_is && let Some(Value::Str(s)) = self.named(node) {
                        out.push_str(s);
                        continue;
                    }
                    let r = self.reg(node);
                    if let Reg::Num(n) = r
                        && let Some(n) = n.index().filter(|_| as_it_is)
                    {
                        out.push_str(itoa::Buffer::new().format(n));
                        continue;
                    }
                    let value = self.out_of(r)?;
                    if as_it_is && let Value::Str(s) = &value {
                        out.push_str(s);
                        continue;
                    }
                    out.push_str(equals.as_deref().unwrap_or(""));
                    let spec_text = self.fstring(spec)?;
                    // `{x=}` shows the representation, unless a format is given.
                    let as_repr =
                        conversion.is_some_and(|c| c != 's') || (equals.is_some() && spec.is_empty());
                    let value = match (as_repr, conversion) {
                        (true, _) => Value::from(show::repr_of(&value)),
                        (false, Some(_)) => Value::from(show::str_of(&value)),
                        (false, None) => value,
                    };
                    let text = show::format(&value, &spec_text).map_err(|e| self.error(e, node.span))?;
                    out.push_str(&text);
                }
            }
        }
        Ok(out)
    }
}

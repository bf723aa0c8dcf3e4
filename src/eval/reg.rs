//! Evaluating in registers: the way of every expression that a program's loops are made of. A number
//! comes back in two registers as a [`Reg`]; any other value, and an error, is left with the evaluator
//! and only told of. What is no number here goes on to `run`, with its operands evaluated.
//!
//! Nothing is evaluated twice: an operation that finds its operands not to be numbers hands them on.

use super::ir::*;
use super::{Evaluator, Raised};
use crate::array::Array;
use crate::array::index::position;
use crate::eval::run::constant_slice;
use crate::exec::index::compress_few;
use crate::exec::tally;
use crate::kernel::Flags;
use crate::prim::indexing::subscript;
use crate::prim::row::{Fast, Plain};
use crate::prim::sorting::order::in_order;
use crate::prim::{self, Prim};
use crate::syntax::Span;
use crate::value::{Fault, List, Num, Text, Value};
use smallvec::{SmallVec, smallvec};
use std::rc::Rc;

type R<T> = Result<T, Raised>;

/// Where quick subscripts lead.
pub(super) enum Spot {
    /// To an element: its position in the array's buffer, or in the list.
    Element(usize),
    /// Elsewhere: the subscripts' values.
    Values(SmallVec<[Value; 2]>),
    Raised,
}

/// How an evaluation ended. Whoever gets `Held` or `Raised` takes what is held before it evaluates
/// anything else.
#[derive(Clone, Copy)]
#[must_use]
pub(super) enum Reg {
    Num(Num),
    None,
    /// The value is in `Evaluator::held`.
    Held,
    /// The error is in `Evaluator::raised`.
    Raised,
}

/// An operator between two operands, as its node has it.
#[derive(Clone, Copy)]
pub(super) struct Infix {
    pub prim: &'static Prim,
    pub plain: Plain,
    pub fast: Fast,
}

impl Evaluator {
    /// Leaves a value as a register.
    #[inline(always)]
    pub(super) fn hold(&mut self, v: Value) -> Reg {
        if let Some(n) = Num::of(&v) {
            return Reg::Num(n);
        }
        match v {
            Value::None => Reg::None,
            Value::Array(a) => self.hold_array(a),
            Value::Str(s) => self.hold_text(s),
            Value::Tuple(t) => {
                self.held = Value::Tuple(t);
                Reg::Held
            }
            v => {
                self.held = v;
                Reg::Held
            }
        }
    }

    /// Leaves what a row's short way gave, if it gave something: the commonest without moving it.
    #[inline(always)]
    pub(super) fn hold_brief(&mut self, v: Option<Value>) -> Option<Reg> {
        match &v {
            None => return None,
            Some(Value::None) => return Some(Reg::None),
            Some(v) => {
                if let Some(n) = Num::of(v) {
                    return Some(Reg::Num(n));
                }
            }
        }
        v.map(|v| self.hold(v))
    }

    #[inline(always)]
    pub(super) fn hold_text(&mut self, s: Text) -> Reg {
        s.put(&mut self.held);
        Reg::Held
    }

    /// Leaves an array. It is put together where it lies: moved as a value it would be read in wider words
    /// than it was written in, which the processor waits for, 5 ns each time.
    #[inline]
    pub(super) fn hold_array(&mut self, a: Array) -> Reg {
        self.held = Value::Array(a);
        Reg::Held
    }

    #[cold]
    pub(super) fn raise(&mut self, e: Raised) -> Reg {
        self.raised = Some(e);
        Reg::Raised
    }

    #[inline]
    pub(super) fn settle(&mut self, r: R<Value>) -> Reg {
        match r {
            Ok(v) => self.hold(v),
            Err(e) => self.raise(e),
        }
    }

    /// The value of a register that is no error.
    #[inline]
    pub(super) fn take(&mut self, r: Reg) -> Value {
        match r {
            Reg::Num(n) => n.value(),
            Reg::Held => match std::mem::replace(&mut self.held, Value::None) {
                // Put together anew, as in `hold_array`.
                Value::Array(a) => Value::Array(a),
                Value::Str(s) => Value::Str(s),
                Value::Tuple(t) => Value::Tuple(t),
                v => v,
            },
            Reg::None | Reg::Raised => Value::None,
        }
    }

    /// Drops what a register holds.
    #[inline]
    pub(super) fn discard(&mut self, r: Reg) {
        if let Reg::Held = r {
            self.held = Value::None;
        }
    }

    /// The error behind `Reg::Raised`.
    #[cold]
    pub(super) fn take_raised(&mut self) -> Raised {
        match self.raised.take() {
            Some(e) => e,
            None => self.error(Fault::Interrupted, self.here),
        }
    }

    #[inline]
    pub(super) fn out_of(&mut self, r: Reg) -> R<Value> {
        match r {
            Reg::Raised => Err(self.take_raised()),
            r => Ok(self.take(r)),
        }
    }

    /// Evaluates an expression.
    #[inline(always)]
    pub(super) fn reg(&mut self, node: &Node) -> Reg {
        if let NodeKind::Load(Place::Local(slot)) = node.kind
            && let Some(n) = self.number_in(slot)
        {
            return Reg::Num(n);
        }
        (node.step)(self, node)
    }

    /// What stands in a slot of the running function.
    #[inline(always)]
    pub(super) fn slot(&mut self, slot: u32) -> Option<&mut Value> {
        self.stack.get_mut(self.frame.base + slot as usize)?.as_mut()
    }

    /// The number in a slot of the running function.
    #[inline(always)]
    pub(super) fn number_in(&self, slot: u32) -> Option<Num> {
        Num::of(self.stack.get(self.frame.base + slot as usize)?.as_ref()?)
    }

    // Steps: each kind of node has a function of its own, so that none saves registers for another.

    pub(super) fn local(&mut self, node: &Node) -> Reg {
        let NodeKind::Load(place @ Place::Local(slot)) = node.kind else { return self.other(node) };
        match self.number_in(slot) {
            Some(n) => Reg::Num(n),
            None => self.load_other(place, node.span),
        }
    }

    pub(super) fn loaded(&mut self, node: &Node) -> Reg {
        let NodeKind::Load(place) = node.kind else { return self.other(node) };
        match self.peek(place).and_then(Num::of) {
            Some(n) => Reg::Num(n),
            None => self.load_other(place, node.span),
        }
    }

    #[inline(never)]
    fn load_other(&mut self, place: Place, span: Span) -> Reg {
        if let Some(Value::Array(a)) = self.peek(place) {
            let a = a.clone();
            return self.hold_array(a);
        }
        if let Some(Value::Str(s)) = self.peek(place) {
            let s = s.clone();
            return self.hold_text(s);
        }
        match self.load(place) {
            Some(v) => self.hold(v),
            None => {
                let e = self.error(self.name_of(place, span), span);
                self.raise(e)
            }
        }
    }

    pub(super) fn number(&mut self, node: &Node) -> Reg {
        let NodeKind::Const(v) = &node.kind else { return self.other(node) };
        Num::of(v).map_or(Reg::None, Reg::Num)
    }

    pub(super) fn constant(&mut self, node: &Node) -> Reg {
        let NodeKind::Const(v) = &node.kind else { return self.other(node) };
        self.hold(v.clone())
    }

    #[inline(never)]
    pub(super) fn other(&mut self, node: &Node) -> Reg {
        let r = self.eval_any(node);
        self.settle(r)
    }

    pub(super) fn index_step(&mut self, node: &Node) -> Reg {
        let NodeKind::Index { base, subs, .. } = &node.kind else { return self.other(node) };
        // Of a name, with bounds that are written out: the array is looked at where it is.
        if let ([SubNode::Slice(parts)], Some(Value::Array(a))) = (&subs[..], self.named(base))
            && a.ndim() == 1
            && let Some(slice) = constant_slice(parts)
            && let Some(view) = subscript::slice_of_vector(a, &slice)
        {
            return self.hold_array(view);
        }
        if let [SubNode::Slice(parts)] = &subs[..]
            && let Some(Value::List(_) | Value::Str(_)) = self.named(base)
            && parts.iter().flatten().all(Node::is_quiet)
        {
            let slice = match self.slice(parts) {
                Ok(slice) => slice,
                Err(e) => return self.raise(e),
            };
            let part = match self.named(base) {
                Some(v) if !tally::heeds_calls() => subscript::part(v, &slice),
                _ => None,
            };
            return match part {
                Some(part) => self.hold(part),
                None => {
                    let object = self.eval(base);
                    let index = [Value::Slice(Rc::new(slice))];
                    let r = object.and_then(|o| self.index_by(&o, &index, base, subs, node.span));
                    self.settle(r)
                }
            };
        }
        self.index_reg(base, subs, node.span)
    }

    /// `x[⍋ x]` of a name.
    #[inline]
    pub(super) fn in_order(&self, place: Place, index: &Node) -> Option<Array> {
        let NodeKind::Unary { prim, arg, .. } = &index.kind else { return None };
        let (Some(down), NodeKind::Load(of)) = (prim.grades, &arg.kind) else { return None };
        match self.peek(place) {
            Some(Value::Array(a)) if *of == place => in_order(a, down).ok().flatten(),
            _ => None,
        }
    }

    #[inline(never)]
    fn index_reg(&mut self, base: &Node, subs: &[SubNode], span: Span) -> Reg {
        let r = self.index(base, subs, span);
        self.settle(r)
    }

    pub(super) fn fstring_step(&mut self, node: &Node) -> Reg {
        let NodeKind::FString(pieces) = &node.kind else { return self.other(node) };
        match self.fstring(pieces) {
            Ok(text) => self.hold_text(text),
            Err(e) => self.raise(e),
        }
    }

    pub(super) fn tuple_step(&mut self, node: &Node) -> Reg {
        let NodeKind::Tuple(items) = &node.kind else { return self.other(node) };
        match self.tuple_of(items, node.span) {
            Ok(t) => {
                self.held = Value::Tuple(t);
                Reg::Held
            }
            Err(e) => self.raise(e),
        }
    }

    pub(super) fn unary_step(&mut self, node: &Node) -> Reg {
        let NodeKind::Unary { prim, plain, fast, arg } = &node.kind else { return self.other(node) };
        match self.reg(arg) {
            Reg::Raised => Reg::Raised,
            r => {
                if let Reg::Num(x) = r
                    && let Some(n) = fast.apply_to(x)
                {
                    return Reg::Num(n);
                }
                let x = self.take(r);
                let r = self.monadic(prim, *plain, x, node, arg.span);
                self.settle(r)
            }
        }
    }

    pub(super) fn and_step(&mut self, node: &Node) -> Reg {
        let NodeKind::And(args) = &node.kind else { return self.other(node) };
        match self.reg(&args[0]) {
            Reg::Num(x) if x.truth() => self.reg(&args[1]),
            Reg::Num(x) => Reg::Num(x),
            r => self.either(r, args, false),
        }
    }

    pub(super) fn or_step(&mut self, node: &Node) -> Reg {
        let NodeKind::Or(args) = &node.kind else { return self.other(node) };
        match self.reg(&args[0]) {
            Reg::Num(x) if x.truth() => Reg::Num(x),
            Reg::Num(_) => self.reg(&args[1]),
            r => self.either(r, args, true),
        }
    }

    /// `and` and `or` whose first operand is no number: that one if its truth is `ends`, else the second.
    #[inline(never)]
    fn either(&mut self, r: Reg, args: &[Node; 2], ends: bool) -> Reg {
        if let Reg::Raised = r {
            return r;
        }
        let x = self.take(r);
        match self.truth(&x, args[0].span) {
            Ok(truth) if truth == ends => self.hold(x),
            Ok(_) => self.reg(&args[1]),
            Err(e) => self.raise(e),
        }
    }

    pub(super) fn not_step(&mut self, node: &Node) -> Reg {
        let NodeKind::Not(arg) = &node.kind else { return self.other(node) };
        match self.holds(arg) {
            Ok(truth) => Reg::Num(Num::bool(!truth)),
            Err(e) => self.raise(e),
        }
    }

    pub(super) fn choice_step(&mut self, node: &Node) -> Reg {
        let NodeKind::Choice(parts) = &node.kind else { return self.other(node) };
        match self.holds(&parts[0]) {
            Ok(truth) => self.reg(&parts[if truth { 1 } else { 2 }]),
            Err(e) => self.raise(e),
        }
    }

    pub(super) fn call_step(&mut self, node: &Node) -> Reg {
        let NodeKind::Call { func, args, positional, .. } = &node.kind else { return self.other(node) };
        self.call(func, args, *positional, node)
    }

    /// Whether a condition holds.
    #[inline]
    pub(super) fn holds(&mut self, test: &Node) -> R<bool> {
        match self.reg(test) {
            Reg::Num(n) => Ok(n.truth()),
            Reg::Raised => Err(self.take_raised()),
            r => {
                let v = self.take(r);
                self.truth(&v, test.span)
            }
        }
    }

    /// As `reg`; `None`, with nothing done, for a local or global name or a constant that is no number.
    #[inline(always)]
    pub(super) fn reg_or_named(&mut self, node: &Node) -> Option<Reg> {
        match &node.kind {
            NodeKind::Load(place) => self.peek(*place).and_then(Num::of).map(Reg::Num),
            NodeKind::Const(v) => Num::of(v).map(Reg::Num),
            _ => Some((node.step)(self, node)),
        }
    }

    /// With a name that is no number on the left. A small array there is looked at where it is, and so
    /// is what stands on the right, if that is a name or a constant.
    #[inline(never)]
    pub(super) fn binary_named(&mut self, node: &Node) -> Reg {
        let NodeKind::Binary { prim, fast, args, .. } = &node.kind else { return self.other(node) };
        if let Some(a @ Value::Str(_)) = self.named(&args[0]) {
            if let Some(b) = self.named(&args[1])
                && let Some(r) = with_texts(*fast, a, b)
            {
                return self.hold_found(r);
            }
        } else if let Some(x @ Value::Array(_)) = self.named(&args[0])
            && let Some(y) = self.named(&args[1])
            && let Some((array, flags)) = prim::small(prim, [x, y])
        {
            return self.small_result(prim, array, flags, args, node);
        }
        if prim.brief.is_some()
            && let (Some(x), Some(y)) = (self.named(&args[0]), self.named(&args[1]))
            && let Some(v) = prim::briefly(prim, &[x, y])
        {
            return self.hold(v);
        }
        let x = match &args[0].kind {
            NodeKind::Load(place) => self.load_other(*place, args[0].span),
            _ => self.reg(&args[0]),
        };
        self.binary_beside(x, node)
    }

    /// With a number on the left and a name that is none on the right.
    #[inline(never)]
    pub(super) fn number_and_named(&mut self, x: Num, node: &Node) -> Reg {
        let NodeKind::Binary { prim, fast, args, .. } = &node.kind else { return self.other(node) };
        match self.named(&args[1]) {
            Some(y @ Value::Array(_)) => {
                if let Some((array, flags)) = prim::small(prim, [&x.value(), y]) {
                    return self.small_result(prim, array, flags, args, node);
                }
            }
            Some(y @ Value::Str(_)) => {
                if let Some(truth) = fast.with_texts(&x.value(), y) {
                    return Reg::Num(Num::bool(truth));
                }
            }
            _ => {}
        }
        let r = self.reg(&args[1]);
        self.binary_after(x, r, node)
    }

    /// With a left operand that is no number in registers.
    #[inline(never)]
    pub(super) fn binary_beside(&mut self, x: Reg, node: &Node) -> Reg {
        let NodeKind::Binary { args, .. } = &node.kind else { return self.other(node) };
        if let Reg::Raised = x {
            return x;
        }
        if let Reg::Held = x
            && let Some(r) = self.held_beside_named(node)
        {
            return r;
        }
        let x = self.take(x);
        if let Value::Str(_) = x {
            return self.text_beside(x, node);
        }
        if let Value::Array(_) = x {
            return self.array_beside(x, node);
        }
        let x = match self.settled_before(x, args[0].span, &args[1]) {
            Ok(x) => x,
            Err(e) => return self.raise(e),
        };
        match self.reg(&args[1]) {
            Reg::Raised => Reg::Raised,
            r => {
                let y = self.take(r);
                self.binary_values(x, y, node)
            }
        }
    }

    /// With what is held on the left and a name or constant on the right: texts and small arrays are looked
    /// at where they are. `None`, with nothing done, for others, and where something is to be told.
    #[inline]
    fn held_beside_named(&mut self, node: &Node) -> Option<Reg> {
        let NodeKind::Binary { prim, fast, args, .. } = &node.kind else { return None };
        let y = self.named(&args[1])?;
        match &self.held {
            a @ Value::Str(_) => {
                if let Some(truth) = fast.with_texts(a, y) {
                    self.held = Value::None;
                    return Some(Reg::Num(Num::bool(truth)));
                }
                // What nobody else has goes on in its place.
                let (true, Value::Str(more)) = (fast.appends(), y) else { return None };
                let more = more.clone();
                let Value::Str(text) = &mut self.held else { return None };
                text.push_str(&more);
                Some(Reg::Held)
            }
            x @ Value::Array(_) => match prim::small(prim, [x, y])? {
                (_, flags) if flags.any() => None,
                (array, _) => Some(self.hold_array(array)),
            },
            _ => None,
        }
    }

    /// With a text on the left: one on the right is looked at where it is held.
    fn text_beside(&mut self, x: Value, node: &Node) -> Reg {
        let NodeKind::Binary { fast, args, .. } = &node.kind else { return self.other(node) };
        let r = self.reg(&args[1]);
        if let Reg::Raised = r {
            return r;
        }
        if let Reg::Held = r
            && let Some(found) = with_texts(*fast, &x, &self.held)
        {
            self.held = Value::None;
            return self.hold_found(found);
        }
        let y = self.take(r);
        self.binary_values(x, y, node)
    }

    /// With an array on the left: a small one is not moved.
    #[inline]
    fn array_beside(&mut self, x: Value, node: &Node) -> Reg {
        let NodeKind::Binary { prim, args, .. } = &node.kind else { return self.other(node) };
        let spans = [args[0].span, args[1].span];
        let y = match self.reg(&args[1]) {
            Reg::Raised => return Reg::Raised,
            r => self.take(r),
        };
        match prim::small(prim, [&x, &y]) {
            Some((array, flags)) if flags.any() => {
                self.told_small(prim, flags, array, node.span, [(spans[0], &x), (spans[1], &y)])
            }
            Some((array, _)) => self.hold_array(array),
            None => self.binary_values(x, y, node),
        }
    }

    /// A small result of which something is to be told.
    #[cold]
    fn told_small(
        &mut self,
        prim: &'static Prim,
        flags: Flags,
        array: Array,
        span: Span,
        operands: [(Span, &Value); 2],
    ) -> Reg {
        match self.tell_small(prim, flags, &array, span, operands) {
            Ok(()) => self.hold_array(array),
            Err(e) => self.raise(e),
        }
    }

    /// With a number on the left, and what is none on the right.
    #[inline(never)]
    pub(super) fn binary_after(&mut self, x: Num, y: Reg, node: &Node) -> Reg {
        if let Reg::Raised = y {
            return y;
        }
        if let (Reg::Held, NodeKind::Binary { fast, .. }) = (y, &node.kind)
            && let Some(truth) = fast.with_texts(&x.value(), &self.held)
        {
            self.held = Value::None;
            return Reg::Num(Num::bool(truth));
        }
        let y = self.take(y);
        self.binary_values(x.value(), y, node)
    }

    /// Of two numbers that the way in registers is not for.
    #[inline(never)]
    pub(super) fn binary_numbers(&mut self, x: Num, y: Num, node: &Node) -> Reg {
        self.binary_values(x.value(), y.value(), node)
    }

    #[inline(never)]
    fn binary_values(&mut self, x: Value, y: Value, node: &Node) -> Reg {
        let NodeKind::Binary { prim, plain, fast, args, .. } = &node.kind else { return self.other(node) };
        if let (Value::Str(_), _) | (_, Value::Str(_)) = (&x, &y)
            && let Some(r) = with_texts(*fast, &x, &y)
        {
            return self.hold_found(r);
        }
        let spans = [args[0].span, args[1].span];
        let r = self.dyadic(prim, *plain, x, y, node.span, spans, node.defer());
        self.settle(r)
    }

    #[inline]
    fn hold_found(&mut self, found: Result<bool, Text>) -> Reg {
        match found {
            Ok(truth) => Reg::Num(Num::bool(truth)),
            Err(text) => self.hold_text(text),
        }
    }

    /// What a name or constant stands for, where it is.
    #[inline]
    pub(super) fn named<'a>(&'a self, node: &'a Node) -> Option<&'a Value> {
        match &node.kind {
            NodeKind::Load(place) => self.peek(*place),
            NodeKind::Const(v) => Some(v),
            _ => None,
        }
    }

    #[inline]
    fn small_result(
        &mut self,
        prim: &'static Prim,
        array: Array,
        flags: Flags,
        args: &[Node; 2],
        node: &Node,
    ) -> Reg {
        if flags.any()
            && let Err(e) = self.tell_named(prim, flags, &array, args, node)
        {
            return self.raise(e);
        }
        self.hold_array(array)
    }

    #[cold]
    fn tell_named(
        &mut self,
        prim: &'static Prim,
        flags: Flags,
        array: &Array,
        args: &[Node; 2],
        node: &Node,
    ) -> R<()> {
        let operands = [0, 1].map(|k| self.named(&args[k]).cloned().unwrap_or(Value::None));
        let operands = [(args[0].span, &operands[0]), (args[1].span, &operands[1])];
        self.tell_small(prim, flags, array, node.span, operands)
    }

    // Elements.

    /// `a[i]` of something named, with a subscript that changes no name.
    pub(super) fn element_of_one(&mut self, node: &Node) -> Reg {
        let NodeKind::Index { base, subs, .. } = &node.kind else { return self.other(node) };
        if let (NodeKind::Load(place), [SubNode::Value(i)]) = (&base.kind, &subs[..])
            && let Some(Value::Array(_) | Value::List(_)) = self.peek(*place)
        {
            if let Some(sorted) = self.in_order(*place, i) {
                return self.hold_array(sorted);
            }
            let r = self.reg(i);
            if let Reg::Num(i) = r
                && let Some(n) = i.index().and_then(|i| self.number_at(*place, i))
            {
                return Reg::Num(n);
            }
            if let (Reg::Held, Value::Array(mask), Some(Value::Array(a))) = (r, &self.held, self.peek(*place))
                && let Some(chosen) = compress_few(a, mask)
            {
                return self.hold_array(chosen);
            }
            let spot = self.spot_of(*place, r);
            return self.element_at(*place, spot, node);
        }
        if let (NodeKind::Load(place), [SubNode::Value(i)]) = (&base.kind, &subs[..])
            && let Some(Value::Str(_)) = self.peek(*place)
        {
            let r = self.reg(i);
            if let Reg::Num(i) = r
                && let Some(letter) = i.index().and_then(|i| self.letter_at(*place, i))
            {
                return self.hold_text(letter);
            }
            let index = self.out_of(r);
            let object = self.load(*place).unwrap_or(Value::None);
            let r = index.and_then(|i| self.index_by(&object, &[i], base, subs, node.span));
            return self.settle(r);
        }
        self.element(node)
    }

    /// The character at an index of the text in a place, if all of its are ASCII's.
    #[inline]
    fn letter_at(&self, place: Place, i: i64) -> Option<Text> {
        let Value::Str(s) = self.peek(place)? else { return None };
        s.letter(position(i, 0, s.len()).ok()?).map(Text::of_letter)
    }

    /// The number at an index of the vector or list in a place.
    #[inline(always)]
    fn number_at(&self, place: Place, i: i64) -> Option<Num> {
        match self.peek(place)? {
            Value::Array(a) => Num::element(a, place_in_vector(a, i)?),
            Value::List(l) => l.number(position(i, 0, l.len()).ok()?),
            _ => None,
        }
    }

    /// `a[i][j]` of something named, with subscripts that change no name: of a matrix without a view of
    /// its row.
    pub(super) fn element_of_row(&mut self, node: &Node) -> Reg {
        let NodeKind::Index { base: row, subs, .. } = &node.kind else { return self.other(node) };
        let NodeKind::Index { base, subs: first, .. } = &row.kind else { return self.index_step(node) };
        let (NodeKind::Load(place), [SubNode::Value(i)], [SubNode::Value(j)]) =
            (&base.kind, &first[..], &subs[..])
        else {
            return self.index_step(node);
        };
        match self.peek(*place) {
            Some(Value::Array(a)) if a.ndim() == 2 => {}
            Some(Value::List(_)) => return self.element_of_item(*place, i, j, node),
            _ => return self.index_step(node),
        }
        let i = match self.reg(i) {
            Reg::Num(i) => i,
            r => {
                let spot = self.spot_of(*place, r);
                return match self.element_at(*place, spot, row) {
                    Reg::Raised => Reg::Raised,
                    r => {
                        let value = self.take(r);
                        let r = self.index_of(value, row, subs, node.span);
                        self.settle(r)
                    }
                };
            }
        };
        let r = self.reg(j);
        if let Reg::Num(j) = r
            && let Some(Value::Array(a)) = self.peek(*place)
            && let Some(at) = place_in_matrix(a, i, j)
        {
            let number = Num::element(a, at);
            return number.map_or_else(|| self.item(*place, at), Reg::Num);
        }
        let second = self.out_of(r);
        let spot = self.spot_of(*place, Reg::Num(i));
        let r = match self.element_at(*place, spot, row) {
            Reg::Raised => return Reg::Raised,
            r => self.take(r),
        };
        let r = second.and_then(|j| self.index_by(&r, &[j], row, subs, node.span));
        self.settle(r)
    }

    /// `l[i][j]` of a list in a place: the number there, without the item around it.
    fn element_of_item(&mut self, place: Place, i: &Node, j: &Node, node: &Node) -> Reg {
        let (Some(i), Some(j)) = (self.number_of(i), self.number_of(j)) else { return self.index_step(node) };
        let number = |l: &List| {
            let at = position(i.index()?, 0, l.len()).ok()?;
            l.with(|items| match items.get(at)? {
                Value::Array(a) => Num::element(a, place_in_vector(a, j.index()?)?),
                Value::List(row) => row.number(position(j.index()?, 0, row.len()).ok()?),
                _ => None,
            })
        };
        let found = match self.peek(place) {
            Some(Value::List(l)) => number(l),
            _ => None,
        };
        found.map_or_else(|| self.index_step(node), Reg::Num)
    }

    /// The number that a name or constant is.
    #[inline]
    fn number_of(&self, node: &Node) -> Option<Num> {
        self.named(node).and_then(Num::of)
    }

    /// `a[i, j]` of something named, with subscripts that change no name.
    pub(super) fn element_of_two(&mut self, node: &Node) -> Reg {
        let NodeKind::Index { base, subs, .. } = &node.kind else { return self.other(node) };
        if let (NodeKind::Load(place), [SubNode::Value(i), SubNode::Value(j)]) = (&base.kind, &subs[..])
            && let Some(Value::Array(_)) = self.peek(*place)
        {
            let i = match self.reg(i) {
                Reg::Num(i) => i,
                r => {
                    let spot = self.spot_beside(r, j);
                    return self.element_at(*place, spot, node);
                }
            };
            let r = self.reg(j);
            if let Reg::Num(j) = r
                && let Some(Value::Array(a)) = self.peek(*place)
                && let Some(at) = place_in_matrix(a, i, j)
                && let Some(n) = Num::element(a, at)
            {
                return Reg::Num(n);
            }
            let spot = self.spot_of_second(*place, i, r);
            return self.element_at(*place, spot, node);
        }
        self.element(node)
    }

    #[inline(never)]
    fn element(&mut self, node: &Node) -> Reg {
        let NodeKind::Index { base, subs, .. } = &node.kind else { return self.other(node) };
        match base.kind {
            NodeKind::Load(place) if matches!(self.peek(place), Some(Value::Array(_) | Value::List(_))) => {
                let spot = self.spot(place, subs);
                self.element_at(place, spot, node)
            }
            _ => self.index_reg(base, subs, node.span),
        }
    }

    #[inline(never)]
    fn element_at(&mut self, place: Place, spot: Spot, node: &Node) -> Reg {
        let NodeKind::Index { base, subs, .. } = &node.kind else { return self.other(node) };
        match spot {
            Spot::Element(at) => {
                if let Some(Value::Array(a)) = self.peek(place)
                    && let Some(n) = Num::element(a, at)
                {
                    return Reg::Num(n);
                }
                self.item(place, at)
            }
            Spot::Values(index) => {
                let object = self.load(place).unwrap_or(Value::None);
                let r = self.index_by(&object, &index, base, subs, node.span);
                self.settle(r)
            }
            Spot::Raised => Reg::Raised,
        }
    }

    /// An element of a named array's rarer dtypes, or an item of a list.
    #[inline(never)]
    fn item(&mut self, place: Place, at: usize) -> Reg {
        let v = match self.peek(place) {
            Some(Value::Array(a)) => Value::Scalar(a.scalar_at(at)),
            Some(Value::List(l)) => {
                let l = l.clone();
                l.get_over(at, &mut self.held);
                if let Value::Str(_) | Value::Tuple(_) | Value::List(_) = self.held {
                    return Reg::Held;
                }
                std::mem::replace(&mut self.held, Value::None)
            }
            _ => Value::None,
        };
        self.hold(v)
    }

    /// Evaluates quick subscripts of a named array or list.
    #[inline]
    pub(super) fn spot(&mut self, place: Place, subs: &[SubNode]) -> Spot {
        match subs {
            [SubNode::Value(i)] => {
                let i = self.reg(i);
                self.spot_of(place, i)
            }
            [SubNode::Value(i), SubNode::Value(j)] => match self.reg(i) {
                Reg::Num(i) => {
                    let j = self.reg(j);
                    self.spot_of_second(place, i, j)
                }
                r => self.spot_beside(r, j),
            },
            _ => Spot::Values(SmallVec::new()),
        }
    }

    #[inline]
    fn spot_of(&mut self, place: Place, i: Reg) -> Spot {
        match i {
            Reg::Num(i) => match i.index().and_then(|i| self.spot_of_one(place, i)) {
                Some(at) => Spot::Element(at),
                None => Spot::Values(smallvec![i.value()]),
            },
            Reg::Raised => Spot::Raised,
            r => Spot::Values(smallvec![self.take(r)]),
        }
    }

    #[inline]
    fn spot_of_second(&mut self, place: Place, i: Num, j: Reg) -> Spot {
        match j {
            Reg::Num(j) => match self.spot_of_two(place, i, j) {
                Some(at) => Spot::Element(at),
                None => Spot::Values(smallvec![i.value(), j.value()]),
            },
            Reg::Raised => Spot::Raised,
            r => Spot::Values(smallvec![i.value(), self.take(r)]),
        }
    }

    #[inline(never)]
    fn spot_beside(&mut self, i: Reg, j: &Node) -> Spot {
        if let Reg::Raised = i {
            return Spot::Raised;
        }
        let i = self.take(i);
        match self.reg(j) {
            Reg::Raised => Spot::Raised,
            r => Spot::Values(smallvec![i, self.take(r)]),
        }
    }

    #[inline]
    fn spot_of_one(&self, place: Place, i: i64) -> Option<usize> {
        match self.peek(place)? {
            Value::Array(a) => place_in_vector(a, i),
            Value::List(l) => position(i, 0, l.len()).ok(),
            _ => None,
        }
    }

    #[inline]
    fn spot_of_two(&self, place: Place, i: Num, j: Num) -> Option<usize> {
        let Value::Array(a) = self.peek(place)? else { return None };
        place_in_matrix(a, i, j)
    }

    /// Stores a register in a place.
    #[inline(always)]
    pub(super) fn store_reg(&mut self, place: Place, r: Reg) {
        if let Reg::Num(n) = r
            && let Some(slot) = self.peek_mut(place)
        {
            return n.put(slot);
        }
        self.store_any(place, r);
    }

    #[inline(never)]
    pub(super) fn store_any(&mut self, place: Place, r: Reg) {
        let v = self.take(r);
        match self.peek_mut(place) {
            Some(slot) => v.put(slot),
            None => self.store(place, v),
        }
    }
}

/// What an operator gives of texts, if it is a comparison or puts them together.
#[inline]
fn with_texts(fast: Fast, a: &Value, b: &Value) -> Option<Result<bool, Text>> {
    match fast.joined(a, b) {
        Some(text) => Some(Err(text)),
        None => fast.with_texts(a, b).map(Ok),
    }
}

/// Where an element of a vector lies in its buffer.
#[inline(always)]
fn place_in_vector(a: &Array, i: i64) -> Option<usize> {
    let ([n], [s]) = (a.shape(), a.strides()) else { return None };
    Some((a.offset() as isize + position(i, 0, *n).ok()? as isize * s) as usize)
}

/// Where an element of a matrix lies in its buffer.
#[inline(always)]
fn place_in_matrix(a: &Array, i: Num, j: Num) -> Option<usize> {
    let ([n, m], [s, t]) = (a.shape(), a.strides()) else { return None };
    let (i, j) = (position(i.index()?, 0, *n).ok()?, position(j.index()?, 1, *m).ok()?);
    Some((a.offset() as isize + i as isize * s + j as isize * t) as usize)
}

//! Evaluating in registers: the way of every expression that a program's loops are made of. A number
//! comes back in two registers as a [`Reg`]; any other value, and an error, is left with the evaluator
//! and only told of. What is no number here goes on to `run`, with its operands evaluated.
//!
//! Nothing is evaluated twice: an operation that finds its operands not to be numbers hands them on.

use super::ir::*;
use super::{Evaluator, Raised};
use crate::array::Array;
use crate::array::index::position;
use crate::kernel::Flags;
use crate::prim::row::{Fast, Plain};
use crate::prim::{self, Prim};
use crate::syntax::Span;
use crate::value::{Fault, Num, Value};
use smallvec::{SmallVec, smallvec};

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
    #[inline]
    pub(super) fn hold(&mut self, v: Value) -> Reg {
        match (Num::of(&v), v) {
            (Some(n), _) => Reg::Num(n),
            (None, Value::None) => Reg::None,
            (None, v) => {
                self.held = v;
                Reg::Held
            }
        }
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
            Reg::Held => std::mem::replace(&mut self.held, Value::None),
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
        match &node.kind {
            NodeKind::Load(place) => self.load_reg(*place, node.span),
            NodeKind::Const(v) => match Num::of(v) {
                Some(n) => Reg::Num(n),
                None => self.hold(v.clone()),
            },
            _ => self.reg_of(node),
        }
    }

    #[inline(always)]
    fn load_reg(&mut self, place: Place, span: Span) -> Reg {
        match self.peek(place).and_then(Num::of) {
            Some(n) => Reg::Num(n),
            None => self.load_other(place, span),
        }
    }

    #[inline(never)]
    fn load_other(&mut self, place: Place, span: Span) -> Reg {
        match self.load(place) {
            Some(v) => self.hold(v),
            None => {
                let e = self.error(self.name_of(place, span), span);
                self.raise(e)
            }
        }
    }

    // Each kind has a function of its own, so that none saves registers for another.
    #[inline(never)]
    pub(super) fn reg_of(&mut self, node: &Node) -> Reg {
        match &node.kind {
            NodeKind::Binary { prim, plain, fast, near, args } => {
                // `n - 1` and `n < 2`, in which recursion and loops abound.
                if let Some((slot, b)) = *near
                    && let Some(Some(Value::Int(a))) = self.stack.get(self.frame.base + slot as usize)
                    && let Some(n) = fast.ints(*a, b)
                {
                    return Reg::Num(n);
                }
                let infix = Infix { prim, plain: *plain, fast: *fast };
                self.binary(infix, args, node)
            }
            NodeKind::Kept(kept) if kept.is_settled() => self.reg_of(&kept.root),
            NodeKind::Kept(kept) => self.kept(kept),
            NodeKind::Index { base, subs, quick: true } => self.element(base, subs, node.span),
            NodeKind::Index { base, subs, .. } => self.index_reg(base, subs, node.span),
            NodeKind::Call { func, args, positional } => self.call(func, args, *positional, node),
            NodeKind::Unary { prim, plain, fast, arg } => {
                let infix = Infix { prim, plain: *plain, fast: *fast };
                self.unary(infix, arg, node)
            }
            NodeKind::And(args) => self.either(args, false),
            NodeKind::Or(args) => self.either(args, true),
            NodeKind::Not(arg) => match self.holds(arg) {
                Ok(truth) => Reg::Num(Num::bool(!truth)),
                Err(e) => self.raise(e),
            },
            NodeKind::Choice(parts) => match self.holds(&parts[0]) {
                Ok(truth) => self.reg(&parts[if truth { 1 } else { 2 }]),
                Err(e) => self.raise(e),
            },
            NodeKind::Load(place) => self.load_reg(*place, node.span),
            NodeKind::Method { base, name, site, args, positional } => {
                self.method(base, name, site, args, *positional, node)
            }
            _ => self.other(node),
        }
    }

    #[inline(never)]
    fn other(&mut self, node: &Node) -> Reg {
        let r = self.eval_any(node);
        self.settle(r)
    }

    #[inline(never)]
    fn index_reg(&mut self, base: &Node, subs: &[SubNode], span: Span) -> Reg {
        let r = self.index(base, subs, span);
        self.settle(r)
    }

    #[inline(never)]
    fn unary(&mut self, infix: Infix, arg: &Node, node: &Node) -> Reg {
        match self.reg(arg) {
            Reg::Raised => Reg::Raised,
            r => {
                if let Reg::Num(x) = r
                    && let Some(n) = infix.fast.apply_to(x)
                {
                    return Reg::Num(n);
                }
                let x = self.take(r);
                let r = self.monadic(infix.prim, infix.plain, x, node, arg.span);
                self.settle(r)
            }
        }
    }

    /// `and` and `or`: the first operand if its truth is `ends`, else the second.
    #[inline(never)]
    fn either(&mut self, args: &[Node; 2], ends: bool) -> Reg {
        match self.reg(&args[0]) {
            Reg::Raised => Reg::Raised,
            Reg::Num(x) if x.truth() == ends => Reg::Num(x),
            Reg::Num(_) => self.reg(&args[1]),
            r => {
                let x = self.take(r);
                match self.truth(&x, args[0].span) {
                    Ok(truth) if truth == ends => self.hold(x),
                    Ok(_) => self.reg(&args[1]),
                    Err(e) => self.raise(e),
                }
            }
        }
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

    #[inline(never)]
    fn binary(&mut self, infix: Infix, args: &[Node; 2], node: &Node) -> Reg {
        let x = match self.reg_or_named(&args[0]) {
            Some(Reg::Num(x)) => x,
            Some(Reg::Raised) => return Reg::Raised,
            Some(r) => {
                let x = self.take(r);
                return self.binary_beside(infix, x, args, node);
            }
            None => return self.binary_named(infix, args, node),
        };
        match self.reg_or_named(&args[1]) {
            Some(Reg::Num(y)) => match infix.fast.apply(x, y) {
                Some(n) => Reg::Num(n),
                None => self.binary_values(infix, x.value(), y.value(), args, node),
            },
            Some(Reg::Raised) => Reg::Raised,
            Some(r) => {
                let y = self.take(r);
                self.binary_values(infix, x.value(), y, args, node)
            }
            None => self.number_and_named(infix, x, args, node),
        }
    }

    /// As `reg`; `None`, with nothing done, for a local or global name that is no number.
    #[inline(always)]
    fn reg_or_named(&mut self, node: &Node) -> Option<Reg> {
        match &node.kind {
            NodeKind::Load(place) => self.peek(*place).and_then(Num::of).map(Reg::Num),
            _ => Some(self.reg(node)),
        }
    }

    /// With a name that is no number on the left. A small array there is looked at where it is, and so
    /// is what stands on the right, if that is a name or a constant.
    #[inline(never)]
    fn binary_named(&mut self, infix: Infix, args: &[Node; 2], node: &Node) -> Reg {
        if let Some(x @ Value::Array(_)) = self.named(&args[0])
            && let Some(y) = self.named(&args[1])
            && let Some((array, flags)) = prim::small(infix.prim, [x, y])
        {
            return self.small_result(infix, array, flags, args, node);
        }
        let x = match &args[0].kind {
            NodeKind::Load(place) => self.load_other(*place, args[0].span),
            _ => self.reg(&args[0]),
        };
        if let Reg::Raised = x {
            return Reg::Raised;
        }
        let x = self.take(x);
        self.binary_beside(infix, x, args, node)
    }

    /// With a number on the left and a name that is none on the right.
    #[inline(never)]
    fn number_and_named(&mut self, infix: Infix, x: Num, args: &[Node; 2], node: &Node) -> Reg {
        let x = x.value();
        if let Some(y @ Value::Array(_)) = self.named(&args[1])
            && let Some((array, flags)) = prim::small(infix.prim, [&x, y])
        {
            return self.small_result(infix, array, flags, args, node);
        }
        match self.reg(&args[1]) {
            Reg::Raised => Reg::Raised,
            r => {
                let y = self.take(r);
                self.binary_values(infix, x, y, args, node)
            }
        }
    }

    /// What a name or constant stands for, where it is.
    #[inline]
    fn named<'a>(&'a self, node: &'a Node) -> Option<&'a Value> {
        match &node.kind {
            NodeKind::Load(place) => self.peek(*place),
            NodeKind::Const(v) => Some(v),
            _ => None,
        }
    }

    #[inline]
    fn small_result(
        &mut self,
        infix: Infix,
        array: Array,
        flags: Flags,
        args: &[Node; 2],
        node: &Node,
    ) -> Reg {
        if flags.any()
            && let Err(e) = self.tell_named(infix, flags, &array, args, node)
        {
            return self.raise(e);
        }
        self.held = Value::Array(array);
        Reg::Held
    }

    #[cold]
    fn tell_named(
        &mut self,
        infix: Infix,
        flags: Flags,
        array: &Array,
        args: &[Node; 2],
        node: &Node,
    ) -> R<()> {
        let operands = [0, 1].map(|k| self.named(&args[k]).cloned().unwrap_or(Value::None));
        let operands = [(args[0].span, &operands[0]), (args[1].span, &operands[1])];
        self.tell_small(infix.prim, flags, array, node.span, operands)
    }

    /// With a left operand that is no number in registers.
    #[inline(never)]
    fn binary_beside(&mut self, infix: Infix, x: Value, args: &[Node; 2], node: &Node) -> Reg {
        let x = match self.settled_before(x, args[0].span, &args[1]) {
            Ok(x) => x,
            Err(e) => return self.raise(e),
        };
        match self.reg(&args[1]) {
            Reg::Raised => Reg::Raised,
            r => {
                let y = self.take(r);
                self.binary_values(infix, x, y, args, node)
            }
        }
    }

    #[inline(never)]
    fn binary_values(&mut self, infix: Infix, x: Value, y: Value, args: &[Node; 2], node: &Node) -> Reg {
        let spans = [args[0].span, args[1].span];
        let r = self.dyadic_as(infix.prim, infix.plain, x, y, node.span, spans, node.defer());
        self.settle(r)
    }

    // Elements.

    /// `a[i]` and `a[i, j]` of something named, with subscripts that change no name.
    #[inline(never)]
    fn element(&mut self, base: &Node, subs: &[SubNode], span: Span) -> Reg {
        let NodeKind::Load(place) = base.kind else { return self.index_reg(base, subs, span) };
        if !matches!(self.peek(place), Some(Value::Array(_) | Value::List(_))) {
            return self.index_reg(base, subs, span);
        }
        match self.spot(place, subs) {
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
                let r = self.index_by(&object, &index, base, subs, span);
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
            Some(Value::List(l)) => l.get(at).unwrap_or(Value::None),
            _ => Value::None,
        };
        self.hold(v)
    }

    /// Evaluates quick subscripts of a named array or list.
    #[inline]
    pub(super) fn spot(&mut self, place: Place, subs: &[SubNode]) -> Spot {
        match subs {
            [SubNode::Value(i)] => match self.reg(i) {
                Reg::Num(i) => match i.index().and_then(|i| self.spot_of_one(place, i)) {
                    Some(at) => Spot::Element(at),
                    None => Spot::Values(smallvec![i.value()]),
                },
                Reg::Raised => Spot::Raised,
                r => Spot::Values(smallvec![self.take(r)]),
            },
            [SubNode::Value(i), SubNode::Value(j)] => {
                let i = match self.reg(i) {
                    Reg::Num(i) => i,
                    r => return self.spot_beside(r, j),
                };
                match self.reg(j) {
                    Reg::Num(j) => match self.spot_of_two(place, i, j) {
                        Some(at) => Spot::Element(at),
                        None => Spot::Values(smallvec![i.value(), j.value()]),
                    },
                    Reg::Raised => Spot::Raised,
                    r => Spot::Values(smallvec![i.value(), self.take(r)]),
                }
            }
            _ => Spot::Values(SmallVec::new()),
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
            Value::Array(a) => {
                let [n] = *a.shape() else { return None };
                let at = a.offset() as isize + position(i, 0, n).ok()? as isize * a.strides()[0];
                Some(at as usize)
            }
            Value::List(l) => position(i, 0, l.len()).ok(),
            _ => None,
        }
    }

    #[inline]
    fn spot_of_two(&self, place: Place, i: Num, j: Num) -> Option<usize> {
        let Value::Array(a) = self.peek(place)? else { return None };
        let ([n, m], [s, t]) = (a.shape(), a.strides()) else { return None };
        let (i, j) = (position(i.index()?, 0, *n).ok()?, position(j.index()?, 1, *m).ok()?);
        Some((a.offset() as isize + i as isize * s + j as isize * t) as usize)
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
    fn store_any(&mut self, place: Place, r: Reg) {
        let v = self.take(r);
        self.store(place, v);
    }
}

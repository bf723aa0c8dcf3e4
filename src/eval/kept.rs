//! Element-wise expressions that keep their plan where they stand: `2 * a + b * b` is planned once, and
//! then only takes new operands (see `prim::elementwise::pattern`).
//!
//! `resolve` wraps an expression of at least two element-wise operators in a [`Kept`] when its leaves
//! are constants, names, and elements or slices of names: evaluating those has no effects, so that
//! it does not matter that all come before the first operation. Where anything is otherwise than the
//! pattern wants it (no arrays, other dtypes, a failing leaf), the expression is evaluated as it
//! stands, step by step.

use super::Evaluator;
use super::few::{self, FEW};
use super::ir::{Node, NodeKind, Place, SubNode};
use super::reg::Reg;
use crate::array::Array;
use crate::exec::tally;
use crate::prim::Prim;
use crate::prim::elementwise::pattern::{Arg, Given, Leaf, Op, Outcome, Pattern};
use crate::prim::indexing::subscript;
use crate::syntax::Span;
use crate::value::{Num, Value};
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};

/// An expression with the pattern of how it went last.
pub struct Kept {
    pub root: Node,
    /// The names in it, of which some must be arrays.
    names: SmallVec<[Place; 4]>,
    pattern: RefCell<Option<Pattern>>,
    /// How often it may still be found to have no pattern, or another one, before that is settled.
    tries: Cell<u8>,
    /// How often there may still be no array in it before it is taken for one of numbers.
    numbers: Cell<u8>,
    /// Whether it may be computed at once where its arrays are of few elements.
    few: bool,
}

/// Operators of an expression that is worth a pattern, and the most that one has.
const LEAST: usize = 2;
const MOST: usize = 24;
/// Elements of the largest array of an expression that is evaluated as it stands: `2 * a + b * b` of three
/// elements takes 211 ns so, and 301 by its pattern.
const SMALL: usize = 256;
/// Evaluations that may find no pattern before none is looked for, after the first, which never looks.
const TRIES: u8 = 8;

/// A node of an operator and its operands, wrapped if it keeps its plan.
pub fn operation(mut kind: NodeKind, span: Span) -> Node {
    let mut names = SmallVec::new();
    let count = match &kind {
        NodeKind::Unary { prim, arg, .. } if is_step(prim, 1) => operators(arg, &mut names),
        NodeKind::Binary { prim, args, .. } if is_step(prim, 2) => {
            args.iter().try_fold(0, |n, arg| Some(n + operators(arg, &mut names)?))
        }
        _ => None,
    };
    if !count.is_some_and(|n| (LEAST..=MOST).contains(&(n + 1))) || names.is_empty() {
        return Node::new(kind, span);
    }
    match &mut kind {
        NodeKind::Unary { arg, .. } => unwrap(arg),
        NodeKind::Binary { args, .. } => args.iter_mut().for_each(unwrap),
        _ => {}
    }
    let root = Node::new(kind, span);
    let kept = Kept {
        few: few::may_be(&root),
        root,
        names,
        pattern: RefCell::new(None),
        tries: Cell::new(TRIES + 1),
        numbers: Cell::new(u8::MAX),
    };
    Node::new(NodeKind::Kept(Box::new(kept)), span)
}

fn is_step(prim: &Prim, arity: usize) -> bool {
    prim.elementwise().is_some_and(|e| e.arity == arity)
}

/// The expression in place of the wrapped one.
fn unwrap(node: &mut Node) {
    if let NodeKind::Kept(kept) = &mut node.kind {
        let nothing = Node::new(NodeKind::Const(Value::None), node.span);
        *node = std::mem::replace(&mut kept.root, nothing);
    }
}

/// How many element-wise operators an expression has; `None` if it has other leaves than may be, or
/// too many operators.
pub(super) fn operators(node: &Node, names: &mut SmallVec<[Place; 4]>) -> Option<usize> {
    let n = match &node.kind {
        NodeKind::Kept(kept) => return operators(&kept.root, names),
        NodeKind::Unary { prim, arg, .. } if is_step(prim, 1) => 1 + operators(arg, names)?,
        NodeKind::Binary { prim, args, .. } if is_step(prim, 2) => {
            1 + operators(&args[0], names)? + operators(&args[1], names)?
        }
        NodeKind::Const(v) if Num::of(v).is_some() => 0,
        NodeKind::Load(place @ (Place::Local(_) | Place::Global(_))) => {
            names.push(*place);
            0
        }
        NodeKind::Index { base, subs, .. } if are_quiet(subs) => match base.kind {
            NodeKind::Load(place @ (Place::Local(_) | Place::Global(_))) => {
                names.push(place);
                0
            }
            _ => return None,
        },
        _ => return None,
    };
    (n <= MOST).then_some(n)
}

fn are_quiet(subs: &[SubNode]) -> bool {
    subs.iter().all(|s| match s {
        SubNode::Value(n) => n.is_quiet(),
        SubNode::Slice(parts) => parts.iter().flatten().all(Node::is_quiet),
    })
}

impl Kept {
    /// Whether it is evaluated as it stands from now on.
    #[inline(always)]
    pub fn is_settled(&self) -> bool {
        self.tries.get() == 0
    }
}

impl Evaluator {
    pub(super) fn kept_step(&mut self, node: &Node) -> Reg {
        let NodeKind::Kept(kept) = &node.kind else { return self.other(node) };
        if kept.is_settled() { (kept.root.step)(self, &kept.root) } else { self.kept(kept) }
    }

    #[inline(never)]
    fn kept(&mut self, kept: &Kept) -> Reg {
        let array = |p: &Place| match self.peek(*p) {
            Some(Value::Array(a)) => Some(a),
            _ => None,
        };
        let mut arrays = kept.names.iter().filter_map(array);
        let first = arrays.next();
        if kept.few
            && let Some(like) = first
            && like.size() <= FEW
            && let Some(result) = self.few(&kept.root, like)
        {
            return self.hold_array(result);
        }
        let tries = kept.tries.get();
        let Some(largest) = first.map(|a| arrays.map(Array::size).fold(a.size(), usize::max)) else {
            match kept.numbers.get().checked_sub(1) {
                Some(left) => kept.numbers.set(left),
                None => kept.tries.set(0),
            }
            return self.reg(&kept.root);
        };
        if largest <= SMALL || tally::on() {
            return self.reg(&kept.root);
        }
        if tries > TRIES {
            kept.tries.set(TRIES);
            return self.reg(&kept.root);
        }
        self.kept_arrays(kept)
    }

    fn kept_arrays(&mut self, kept: &Kept) -> Reg {
        let mut leaves = SmallVec::new();
        if !self.leaves(&kept.root, &mut leaves) {
            return self.reg(&kept.root);
        }
        let outcome = match kept.pattern.borrow().as_ref() {
            Some(pattern) => pattern.run(self, &leaves, kept.root.waits),
            None => Outcome::Other,
        };
        match outcome {
            Outcome::Done(v) => {
                kept.numbers.set(u8::MAX);
                self.held = v;
                Reg::Held
            }
            Outcome::Failed(fault) => {
                let e = self.error(fault, kept.root.span);
                self.raise(e)
            }
            Outcome::Other => {
                self.look(kept, leaves);
                self.reg(&kept.root)
            }
        }
    }

    /// The leaves' values, left to right. False if one has none that a pattern takes.
    pub(super) fn leaves(&mut self, node: &Node, out: &mut SmallVec<[Given; 8]>) -> bool {
        match &node.kind {
            NodeKind::Unary { arg, .. } => self.leaves(arg, out),
            NodeKind::Binary { args, .. } => self.leaves(&args[0], out) && self.leaves(&args[1], out),
            NodeKind::Const(v) => {
                out.push(Given::Value(v.clone()));
                true
            }
            NodeKind::Load(place) => match self.peek(*place) {
                Some(v) if matches!(v, Value::Array(_)) || Num::of(v).is_some() => {
                    out.push(Given::Value(v.clone()));
                    true
                }
                _ => false,
            },
            NodeKind::Index { subs, .. } if !self.are_numbers(subs) => false,
            NodeKind::Index { base, subs, .. } => {
                let given = self.stretch(base, subs).or_else(|| self.given(node));
                let some = given.is_some();
                out.extend(given);
                some
            }
            _ => match self.given(node) {
                Some(given) => {
                    out.push(given);
                    true
                }
                None => false,
            },
        }
    }

    /// The value of a leaf, if it has one.
    fn given(&mut self, node: &Node) -> Option<Given> {
        match self.reg(node) {
            Reg::Raised => {
                self.raised = None;
                None
            }
            r => Some(Given::Value(self.take(r))),
        }
    }

    /// A slice of a vector that has a name. (A step of the heat equation, 998 float64: 614 ns with an array for
    /// each of its three slices, 572 so.)
    pub(super) fn stretch(&mut self, base: &Node, subs: &[SubNode]) -> Option<Given> {
        let (NodeKind::Load(place), [SubNode::Slice(parts)]) = (&base.kind, subs) else { return None };
        let slice = self.slice(parts).ok()?;
        let Some(Value::Array(a)) = self.peek(*place) else { return None };
        let (start, n) = subscript::stretch(a, &slice)?;
        Some(Given::Stretch(a.clone(), start, n))
    }

    /// Whether subscripts name no arrays, so that they cost little to evaluate again.
    fn are_numbers(&self, subs: &[SubNode]) -> bool {
        subs.iter().all(|s| match s {
            SubNode::Value(n) => self.is_number(n),
            SubNode::Slice(parts) => parts.iter().flatten().all(|n| self.is_number(n)),
        })
    }

    fn is_number(&self, node: &Node) -> bool {
        match &node.kind {
            NodeKind::Const(_) => true,
            NodeKind::Load(place) => self.peek(*place).and_then(Num::of).is_some(),
            NodeKind::Unary { arg, .. } => self.is_number(arg),
            NodeKind::Binary { args, .. } => args.iter().all(|n| self.is_number(n)),
            NodeKind::Kept(kept) => self.is_number(&kept.root),
            _ => false,
        }
    }

    /// Makes the pattern of these leaves.
    #[cold]
    fn look(&mut self, kept: &Kept, given: SmallVec<[Given; 8]>) {
        kept.tries.set(kept.tries.get() - 1);
        let (mut ops, mut leaves) = (Vec::new(), Vec::new());
        let mut values = given.into_iter().map(Given::value);
        let mut places = Vec::new();
        let whole = survey(&kept.root, &mut values, &mut ops, &mut leaves, &mut places);
        let made = whole.and_then(|_| Pattern::new(&ops, &leaves));
        *kept.pattern.borrow_mut() = made;
    }
}

/// Lists operations and leaves in the order in which they are evaluated.
pub(super) fn survey(
    node: &Node,
    values: &mut impl Iterator<Item = Value>,
    ops: &mut Vec<Op>,
    leaves: &mut Vec<Leaf>,
    places: &mut Vec<Option<Place>>,
) -> Option<Arg> {
    let (prim, args) = match &node.kind {
        NodeKind::Unary { prim, arg, .. } => {
            (prim, SmallVec::from_iter([survey(arg, values, ops, leaves, places)?]))
        }
        NodeKind::Binary { prim, args, .. } => {
            let x = survey(&args[0], values, ops, leaves, places)?;
            (prim, SmallVec::from_iter([x, survey(&args[1], values, ops, leaves, places)?]))
        }
        kind => {
            let place = if let NodeKind::Load(place) = kind { Some(*place) } else { None };
            let at = leaves.len();
            let same = if place.is_some() { places.iter().position(|p| *p == place) } else { None };
            places.push(place);
            let constant = matches!(kind, NodeKind::Const(_));
            leaves.push(Leaf { value: values.next()?, constant, same: same.unwrap_or(at) });
            return Some(Arg::Leaf(at));
        }
    };
    ops.push(Op { prim, args, span: node.span });
    Some(Arg::Op(ops.len() - 1))
}

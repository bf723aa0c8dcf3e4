//! Functions that take functions, of numbers: `np.vectorize(f)`, and `np.piecewise` as the choice that it
//! is. Of arrays neither is seen through.

use super::Builder;
use super::inner::Bound;
use crate::eval::attribute::{is_module, own_attribute};
use crate::eval::ir::*;
use crate::prim::apl::operators;
use crate::prim::arrays::applying::{is_piecewise, is_vectorize, ravelled};
use crate::prim::convert;
use crate::value::{Func, Step, Value};
use smallvec::SmallVec;
use std::rc::Rc;

/// One of the functions or numbers of `np.piecewise`.
enum Piece<'n> {
    Node(&'n Node),
    Number(Value),
}

impl Builder<'_> {
    /// `np.vectorize(f)`.
    pub(super) fn of_numbers(&mut self, node: &Node) -> Option<Bound> {
        let (f, args) = match &node.kind {
            NodeKind::Call { func, args, .. } if matches!(func.kind, NodeKind::Load(_)) => {
                (self.function(func)?, args)
            }
            NodeKind::Method { base, site, args, .. } => {
                let module = self.operand(base).filter(is_module)?;
                (Bound::Value(own_attribute(&module, &site.name)?), args)
            }
            _ => return None,
        };
        let ([arg], Bound::Value(Value::Func(f))) = (&args[..], f) else { return None };
        if !is_vectorize(&f) || arg.starred || arg.keyword.is_some() {
            return None;
        }
        self.function(&arg.value).map(|f| Bound::OfNumbers(Rc::new(f)))
    }

    /// `mask ⌿ x`, where the operand of `⌿` is no function.
    pub(super) fn replicated(&mut self, func: &Node, left: Option<&Node>, right: &Node) -> Option<usize> {
        let NodeKind::Derived { op, left: mask, right: None, axis: None } = &func.kind else { return None };
        if left.is_some() || !operators::replicates(op) {
            return None;
        }
        match self.function(mask) {
            Some(Bound::Value(v)) if v.as_func().is_none() => {}
            None | Some(Bound::Step(_)) => {}
            _ => return None,
        }
        let mask = self.node(mask)?;
        let right = self.node(right)?;
        Some(self.formula.push(Step::Keep([mask, right])))
    }

    /// `np.piecewise(x, [conditions], [functions])` of a number.
    pub(super) fn piecewise(&mut self, f: &Bound, args: &[ArgNode]) -> Option<usize> {
        let Bound::Value(Value::Func(f)) = f else { return None };
        let [x, conditions, functions] = args else { return None };
        if !is_piecewise(f) || args.iter().any(|a| a.starred || a.keyword.is_some()) {
            return None;
        }
        let NodeKind::Bracket(conditions) = &conditions.value.kind else { return None };
        let x = self.node(&x.value)?;
        let x = self.formula.push(Step::Single(x));
        let tests = conditions.iter().map(|(n, _)| self.node(n)).collect::<Option<Vec<_>>>()?;
        let functions: Vec<Piece> = match &functions.value.kind {
            NodeKind::Bracket(items) => items.iter().map(|(n, _)| Piece::Node(n)).collect(),
            NodeKind::Fresh(a) if a.ndim() == 1 => {
                convert::scalars(a).ok()?.into_iter().map(|s| Piece::Number(convert::plain(s))).collect()
            }
            _ => return None,
        };
        let rest = match functions.len().checked_sub(tests.len())? {
            0 => None,
            1 => functions.last(),
            _ => return None,
        };
        let result = self.piece(x, &tests, &functions, rest)?;
        Some(self.formula.push(Step::Like([result, x])))
    }

    /// The value under the last test that holds, else that of the rest.
    fn piece(
        &mut self,
        x: usize,
        tests: &[usize],
        functions: &[Piece],
        rest: Option<&Piece>,
    ) -> Option<usize> {
        let Some((&test, before)) = tests.split_last() else {
            return match rest {
                Some(piece) => self.value_at(x, piece),
                None => self.constant(Value::Int(0)),
            };
        };
        let here = functions.get(before.len())?;
        self.choose(test, |b| b.value_at(x, here), |b| b.piece(x, before, functions, rest))
    }

    /// A number, or what a function gives of the elements that are this one.
    fn value_at(&mut self, x: usize, piece: &Piece) -> Option<usize> {
        let node = match piece {
            Piece::Node(node) => node,
            Piece::Number(n) => return self.constant(n.clone()),
        };
        match self.function(node) {
            Some(Bound::Value(v)) if v.as_func().is_none() => self.constant(v),
            Some(f @ (Bound::Function(_) | Bound::Value(_))) => {
                let elements = self.formula.apply(&Func::Static(ravelled()?), [x]);
                let result = self.called(f, SmallVec::from_iter([elements]), Vec::new())?;
                Some(self.formula.push(Step::First(result)))
            }
            _ => self.node(node),
        }
    }
}

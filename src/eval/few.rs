//! Expressions of a few float64: `2 * a + b * b` of three elements is computed in arrays on the stack,
//! with one array made for its result. What is not finite anywhere, or anything else, has the whole
//! evaluated as it stands, which tells of it: an expression that keeps its plan has no effects (see
//! `kept`).

use super::Evaluator;
use super::ir::{Node, NodeKind};
use crate::array::Array;
use crate::dtype::DType;
use crate::exec::tally;
use crate::kernel::tiny::Side;
use crate::prim::deferred;
use crate::prim::elementwise::ufunc::tiny;
use crate::prim::row::Fast;
use crate::value::{Num, Value};

/// Elements of the largest arrays that are computed so.
pub(super) const FEW: usize = 16;

/// Whether an expression is of operations, names and numbers that may be computed so.
pub(super) fn may_be(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Const(v) => Num::of(v).is_some(),
        NodeKind::Load(_) => true,
        NodeKind::Unary { fast: Fast::Negative, arg, .. } => may_be(arg),
        NodeKind::Binary { fast: Fast::Power, args, .. } => may_be(&args[0]) && is_two(&args[1]),
        NodeKind::Binary {
            fast: Fast::Add | Fast::Subtract | Fast::Multiply | Fast::Divide, args, ..
        } => args.iter().all(may_be),
        _ => false,
    }
}

fn is_two(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Const(Value::Int(2) | Value::Float(2.0)))
}

impl Evaluator {
    /// The value of an expression that [`may_be`] so, whose first array is `like`.
    #[inline(never)]
    pub(super) fn few(&self, root: &Node, like: &Array) -> Option<Array> {
        let n = like.size();
        let fits = like.dtype() == DType::F64 && like.ndim() > 0 && n > 0 && n <= FEW;
        if !fits || n >= deferred::threshold() || tally::on() {
            return None;
        }
        Array::written(like.shape(), |out| self.few_into(root, like, out).is_some())
    }

    fn few_into(&self, node: &Node, like: &Array, out: &mut [f64]) -> Option<()> {
        let mut own = [[0.0; FEW]; 2];
        let [left, right] = &mut own;
        let (left, right) = (left.get_mut(..out.len())?, right.get_mut(..out.len())?);
        let (fast, x, y) = match &node.kind {
            // Of zeros too, the sign changes.
            NodeKind::Unary { arg, .. } => {
                (Fast::Subtract, Side::One(-0.0), self.few_beside(arg, like, left)?)
            }
            NodeKind::Binary { fast: Fast::Power, args, .. } => {
                let x = self.few_beside(&args[0], like, left)?;
                (Fast::Multiply, x, x)
            }
            NodeKind::Binary { fast, args, .. } => {
                let x = self.few_beside(&args[0], like, left)?;
                (*fast, x, self.few_beside(&args[1], like, right)?)
            }
            _ => return None,
        };
        // Numbers among themselves have rules of their own.
        let numbers = matches!((x, y), (Side::One(_), Side::One(_)));
        (!numbers && tiny::step(fast, x, y, out)).then_some(())
    }

    fn few_beside<'a>(&'a self, node: &'a Node, like: &Array, own: &'a mut [f64]) -> Option<Side<'a, f64>> {
        match self.named(node) {
            Some(v) => tiny::beside(v, like),
            None => {
                self.few_into(node, like, own)?;
                Some(Side::Many(own))
            }
        }
    }
}

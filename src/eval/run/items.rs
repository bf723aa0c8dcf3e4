//! Subscripts run: items, slices and selections of values. Part of [`super`].

use crate::array::Array;
use crate::eval::Evaluator;
use crate::eval::ir::*;
use crate::eval::reg::Reg;
use crate::prim;
use crate::prim::indexing::subscript::{self, Subscript};
use crate::syntax::Span;
use crate::value::{AnySlice, SliceSpec, Value};
use smallvec::SmallVec;
use std::rc::Rc;

use super::{Brief, R};

impl Evaluator {
    pub(in crate::eval) fn index(&mut self, base: &Node, subs: &[SubNode], span: Span) -> R<Value> {
        self.here = span;
        if let (NodeKind::Load(place), [SubNode::Value(i)]) = (&base.kind, subs)
            && let Some(sorted) = self.in_order(*place, i)
        {
            return Ok(Value::Array(sorted));
        }
        let value = self.eval(base)?;
        self.index_of(value, base, subs, span)
    }

    /// Indexes what the base was evaluated to.
    pub(in crate::eval) fn index_of(
        &mut self,
        value: Value,
        base: &Node,
        subs: &[SubNode],
        span: Span,
    ) -> R<Value> {
        if let ([SubNode::Slice(parts)], Value::Array(a)) = (subs, &value)
            && a.ndim() == 1
        {
            return self.slice_of(a, parts, base, span);
        }
        let value = match subs {
            [SubNode::Value(next)] => self.settled_before(value, base.span, next)?,
            _ => value,
        };
        let index = match &value {
            Value::Object(o) if o.takes_any_slice() => self.any_subscripts(subs)?,
            _ => self.subscripts(subs)?,
        };
        self.index_by(&value, &index, base, subs, span)
    }

    /// A slice of a vector.
    pub(in crate::eval) fn slice_of(
        &mut self,
        a: &Array,
        parts: &[Option<Node>; 3],
        base: &Node,
        span: Span,
    ) -> R<Value> {
        let slice = self.slice(parts)?;
        self.here = span;
        subscript::slice_vector(self, a, &slice).map_err(|e| {
            self.operand_error(e, span, &[base.span], &[Brief::Array(a.dtype(), a.shape().into())])
        })
    }

    /// As `subscripts`, with slices of any numbers.
    pub(super) fn any_subscripts(&mut self, subs: &[SubNode]) -> R<SmallVec<[Subscript; 2]>> {
        let mut out = SmallVec::new();
        for sub in subs {
            out.push(match sub {
                SubNode::Value(node) => self.eval(node)?,
                SubNode::Slice(parts) => {
                    let mut bounds = [const { Value::None }; 3];
                    for (bound, part) in bounds.iter_mut().zip(parts) {
                        if let Some(node) = part {
                            *bound = self.eval(node)?;
                        }
                    }
                    let [start, stop, step] = bounds;
                    Value::Object(Rc::new(AnySlice { start, stop, step }))
                }
            });
        }
        Ok(out)
    }

    /// Indexes by subscripts already evaluated.
    pub(in crate::eval) fn index_by(
        &mut self,
        value: &Value,
        index: &[Subscript],
        base: &Node,
        subs: &[SubNode],
        span: Span,
    ) -> R<Value> {
        self.here = span;
        if let ([one], [SubNode::Value(node)]) = (index, subs) {
            return subscript::get_one(self, value, one).map_err(|e| {
                self.operand_error(e, span, &[base.span, node.span], &[Brief::of(value), Brief::of(one)])
            });
        }
        subscript::get_item(self, value, index)
            .map_err(|e| self.operand_error(e, span, &[base.span], &[Brief::of(value)]))
    }

    pub(in crate::eval) fn subscripts(&mut self, subs: &[SubNode]) -> R<SmallVec<[Subscript; 2]>> {
        let mut out = SmallVec::new();
        for sub in subs {
            out.push(match sub {
                SubNode::Value(node) => self.eval(node)?,
                SubNode::Slice(parts) => Value::Slice(Rc::new(self.slice(parts)?)),
            });
        }
        Ok(out)
    }

    pub(in crate::eval) fn slice(&mut self, parts: &[Option<Node>; 3]) -> R<SliceSpec> {
        let mut bounds = [None; 3];
        for (bound, part) in bounds.iter_mut().zip(parts) {
            if let Some(node) = part {
                let r = self.reg(node);
                *bound = match r {
                    Reg::Num(n) if n.index().is_some() => n.index(),
                    r => {
                        let v = self.out_of(r)?;
                        self.slice_bound(&v, node.span)?
                    }
                };
            }
        }
        let [start, stop, step] = bounds;
        Ok(SliceSpec { start, stop, step })
    }

    pub(super) fn slice_bound(&self, v: &Value, span: Span) -> R<Option<i64>> {
        prim::indexing::subscript::slice_bound(v)
            .map_err(|e| self.operand_error(e, span, &[span], &[Brief::of(v)]))
    }

    // Collections.
}

//! Folds of few items of each cell, as of a stencil's windows: what a short inner loop would do for each cell
//! becomes one element-wise expression over all cells, an operand for each item.
//!
//! `{+/⍵ × 1 2 1}⌺3` of 1e6 float64: 7 ms as folds of three products each.

use super::listen::Listener;
use super::run::{Item, Run, apply};
use crate::exec::Expr;
use crate::prim::reducing::fold as folds;
use crate::prim::row::Identity;
use crate::prim::{Prim, deferred};
use crate::value::{Fault, Value};
use smallvec::SmallVec;

/// Items up to which it is done so; of windows as they lie, whose sums would round otherwise else.
const MOST: usize = 15;
const MOST_OF_WINDOWS: usize = 32;
/// Items from which NumPy adds floats up in eight sums; complex numbers in four.
const EIGHT: usize = 8;

impl Run<'_> {
    /// The fold of work that waits along these axes, in order; `None` where others do it better.
    pub(super) fn short(
        &mut self,
        prim: &'static Prim,
        x: &Value,
        axes: &[usize],
    ) -> Result<Option<Item>, Fault> {
        match x {
            Value::Deferred(_) => self.in_order(prim, x, axes, false),
            _ => Ok(None),
        }
    }

    /// The fold of windows as they lie, or of work, along these axes.
    pub(super) fn in_order(
        &mut self,
        prim: &'static Prim,
        x: &Value,
        axes: &[usize],
        lies: bool,
    ) -> Result<Option<Item>, Fault> {
        let (shape, dtype) = match x {
            Value::Deferred(work) => (work.shape(), work.dtype()),
            Value::Array(a) => (a.shape().into(), a.dtype()),
            _ => return Ok(None),
        };
        let items: usize = axes.iter().map(|&k| shape[k]).product();
        let cells = shape.iter().product::<usize>().checked_div(items).unwrap_or(0);
        let many = cells >= deferred::threshold() || lies;
        let whole = shape.len() == self.frame.len() + axes.len() && many;
        let same = prim.laws.associative && folds::folded(prim, dtype) == dtype;
        let sums = matches!(prim.identity, Identity::Int(0)) && dtype.is_inexact();
        // Of more extremes which zero is found, with its sign, depends on the order.
        let product = matches!(prim.identity, Identity::Int(1)) && dtype.is_inexact();
        let most = match sums || product && lies || !dtype.is_inexact() {
            true if lies => MOST_OF_WINDOWS,
            true => MOST,
            false => EIGHT - 1,
        };
        let held = !dtype.is_complex() || lies && (sums || product);
        if !(1..=most).contains(&items) || !whole || !same || !held {
            return Ok(None);
        }
        let Some(expr) = deferred::expr_of(x.clone()) else { return Ok(None) };
        let mut parts: Vec<Box<Expr>> = vec![expr];
        for (gone, &axis) in axes.iter().enumerate() {
            let axis = axis - gone;
            parts = parts.iter().flat_map(|e| (0..e.shape()[axis]).map(move |i| e.layer(axis, i))).collect();
        }
        let mut rest = parts.into_iter().map(deferred::value);
        let lanes = match dtype.is_complex() {
            // Products go in order.
            _ if product => items + 1,
            true => EIGHT / 2,
            false => EIGHT,
        };
        let mut first: Vec<Value> = match items {
            n if n >= lanes => rest.by_ref().take(lanes).collect(),
            _ => rest.by_ref().take(1).collect(),
        };
        // Whole rows of lanes go into these, as NumPy's sums do.
        for k in lanes..items / lanes * lanes {
            let Some(next) = rest.next() else { return Ok(None) };
            let lane = std::mem::replace(&mut first[k % lanes], Value::None);
            first[k % lanes] = apply(prim, self.host, SmallVec::from_iter([lane, next]))?;
        }
        // As NumPy adds up the items of a short axis.
        while first.len() > 1 {
            let mut pairs = first.into_iter();
            let mut joined = Vec::with_capacity(EIGHT / 2);
            while let (Some(a), Some(b)) = (pairs.next(), pairs.next()) {
                joined.push(apply(prim, self.host, SmallVec::from_iter([a, b]))?);
            }
            first = joined;
        }
        let Some(mut acc) = first.pop() else { return Ok(None) };
        for part in rest {
            acc = apply(prim, self.host, SmallVec::from_iter([acc, part]))?;
        }
        if sums {
            // A sum begins with zero, so that none is negative zero.
            acc = apply(prim, self.host, SmallVec::from_iter([acc, Value::Float(0.0)]))?;
        }
        // What a fold tells of is told of as such.
        let mut listener = Listener::new(&mut *self.host);
        let value = acc.settled(&mut listener)?;
        match (listener.warned(), axes.len()) {
            (false, _) => Ok(Some(Item::cells(value, 0))),
            (true, 1) => Ok(None),
            // Along several axes others add up in another order: the cells are taken one by one.
            (true, _) => Err(Fault::NotYet { name: "a fold that warns".into() }),
        }
    }
}

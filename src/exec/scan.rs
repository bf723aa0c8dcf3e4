//! Scans: the folds of every prefix along one axis, from the first element on, in order.
//!
//! The result is laid out as its operand; in memory it is a block `outer × n × inner` around the
//! scanned axis. Where the operand has the fold's dtype and the same layout it is read directly,
//! else it is first converted into the result and scanned there.

use super::copy::cast_keeping;
use super::reduce::memory_order;
use super::{interrupt, threads};
use crate::array::{Array, ArrayError};
use crate::dtype::Element;
use crate::kernel::cast::convert;
use crate::kernel::{Block, BlockMut, Fold, Scratch};
use crate::with_dtype;

/// Elements between two looks at the interrupt flag, and of one scratch block.
const TILE: usize = 4096;

/// The scan of `a` along an axis, in the fold's output dtype. `find` gives the fold for elements of
/// a dtype already converted to the output's.
pub fn scan(fold: &'static Fold, same: &'static Fold, a: &Array, axis: usize) -> Result<Array, ArrayError> {
    let mut out = Array::empty_keeping(fold.out, a.shape(), a.strides())?;
    let direct = a.dtype() == fold.dtype && a.strides() == out.strides();
    if !direct {
        out = cast_keeping(a, fold.out)?;
    }
    if out.size() == 0 {
        return Ok(out);
    }
    let order = memory_order(out.shape(), out.strides());
    let place = order.iter().position(|&k| k == axis).unwrap_or(0);
    let size = |axes: &[usize]| axes.iter().map(|&k| a.shape()[k]).product::<usize>();
    let frame = Frame { outer: size(&order[..place]), n: a.shape()[axis], inner: size(&order[place + 1..]) };
    if direct {
        let (start, n) = (a.offset(), a.size());
        super::copy::with_storage(a, |all| {
            let from = Some(all.slice(start, start + n));
            with_elements(&mut out, |to| frame.run(fold, from, to));
        });
    } else {
        with_elements(&mut out, |to| frame.run(same, None, to));
    }
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
}

/// Runs `f` on the elements of a fresh array, in memory order.
pub fn with_elements<R>(out: &mut Array, f: impl FnOnce(BlockMut<'_>) -> R) -> R {
    fn slice<T: Element>(out: &mut Array) -> BlockMut<'_> {
        BlockMut::new(out.as_mut_slice::<T>().unwrap_or_default())
    }
    f(with_dtype!(out.dtype(), T => slice::<T>(out)))
}

/// A contiguous block around the scanned axis.
#[derive(Clone, Copy)]
struct Frame {
    outer: usize,
    n: usize,
    inner: usize,
}

impl Frame {
    /// Scans `from`, or `to` in place.
    fn run(self, fold: &'static Fold, from: Option<Block<'_>>, to: BlockMut<'_>) {
        let each = self.n * self.inner;
        if self.outer > 1 && threads::for_elements(self.outer * each) > 1 {
            let half = self.outer / 2;
            let (a, b) = to.split_at(half * each);
            let halves = from.map(|f| (f.slice(0, half * each), f.slice(half * each, f.len())));
            rayon::join(
                || Frame { outer: half, ..self }.run(fold, halves.map(|h| h.0), a),
                || Frame { outer: self.outer - half, ..self }.run(fold, halves.map(|h| h.1), b),
            );
            return;
        }
        let mut scratch = Scratch::new(fold.out, TILE);
        let mut to = to;
        for o in 0..self.outer {
            let (now, rest) = to.split_at(each);
            let from = from.map(|f| f.slice(o * each, (o + 1) * each));
            match self.inner {
                1 => lane(fold, from, now, &mut scratch),
                _ => self.rows(fold, from, now, &mut scratch),
            }
            to = rest;
        }
    }

    /// Row after row, each the row before it folded with the operand's.
    fn rows(self, fold: &'static Fold, from: Option<Block<'_>>, to: BlockMut<'_>, scratch: &mut Scratch) {
        let m = self.inner;
        let (mut before, mut rest) = to.split_at(m);
        if let Some(f) = from {
            convert(f.slice(0, m), before.reborrow());
        }
        for i in (1..self.n).take_while(|_| !interrupt::requested()) {
            let (mut row, below) = rest.split_at(m);
            for j in (0..m).step_by(TILE) {
                let end = (j + TILE).min(m);
                let (_, tail) = row.reborrow().split_at(j);
                let (mut part, _) = tail.split_at(end - j);
                let x = match from {
                    Some(f) => f.slice(i * m + j, i * m + end),
                    None => {
                        convert(part.as_block(), scratch.block_mut(end - j));
                        scratch.block(end - j)
                    }
                };
                convert(before.as_block().slice(j, end), part.reborrow());
                (fold.across)(x, part);
            }
            (before, rest) = (row, below);
        }
    }
}

fn lane(fold: &'static Fold, from: Option<Block<'_>>, to: BlockMut<'_>, scratch: &mut Scratch) {
    let n = to.len();
    let (mut first, mut rest) = to.split_at(1);
    if let Some(f) = from {
        convert(f.slice(0, 1), first.reborrow());
    }
    let mut acc = Scratch::new(fold.out, 1);
    convert(first.as_block(), acc.block_mut(1));
    for i in (1..n).step_by(TILE).take_while(|_| !interrupt::requested()) {
        let end = (i + TILE).min(n);
        let (mut part, after) = rest.split_at(end - i);
        let x = match from {
            Some(f) => f.slice(i, end),
            None => {
                convert(part.as_block(), scratch.block_mut(end - i));
                scratch.block(end - i)
            }
        };
        (fold.scan)(x, acc.block_mut(1), part.reborrow());
        rest = after;
    }
}

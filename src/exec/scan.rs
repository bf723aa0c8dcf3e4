//! Scans: the folds of every prefix along one axis, from the first element on, in order.
//!
//! The result is laid out as its operand; in memory it is a block `outer × n × inner` around the
//! scanned axis. Where the operand has the fold's dtype and the same layout it is read directly,
//! else it is first converted into the result and scanned there.
//!
//! Threads divide the outer axes; a single long run they divide if the function may be regrouped
//! (integers, extremes, logic): the pieces are folded first, then each is scanned from the fold of
//! those before it. Floats are added one after the other as NumPy adds them, whatever the threads.

use super::copy::cast_keeping;
use super::progress::{self, Work};
use super::reduce::memory_order;
use super::tally::{self, Pass};
use super::{interrupt, threads};
use crate::array::{Array, ArrayError};
use crate::dtype::Element;
use crate::kernel::cast::convert;
use crate::kernel::fold::Grouping;
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
    let _pass = tally::pass(|| {
        let from = if direct { a } else { &out };
        Pass::new("scan", fold.dtype, a.size()).reads(from).writes(&out).ops(a.size())
    });
    let order = memory_order(out.shape(), out.strides());
    let place = order.iter().position(|&k| k == axis).unwrap_or(0);
    let size = |axes: &[usize]| axes.iter().map(|&k| a.shape()[k]).product::<usize>();
    let work = &progress::pass(out.size());
    let (outer, inner) = (size(&order[..place]), size(&order[place + 1..]));
    let frame = Frame { outer, n: a.shape()[axis], inner, work };
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
struct Frame<'a> {
    outer: usize,
    n: usize,
    inner: usize,
    /// Counts elements that are scanned.
    work: &'a Work,
}

impl Frame<'_> {
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
        if self.outer * self.inner == 1 && fold.grouping == Grouping::Free && threads::for_elements(each) > 1
        {
            return divided(fold, from, to, self.work);
        }
        let mut scratch = Scratch::new(fold.out, TILE.min(each));
        let mut to = to;
        for o in 0..self.outer {
            let (now, rest) = to.split_at(each);
            let from = from.map(|f| f.slice(o * each, (o + 1) * each));
            match self.inner {
                1 => lane(fold, from, now, &mut scratch, self.work),
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
                (fold.across)(x, end - j, part);
            }
            self.work.advance(m);
            (before, rest) = (row, below);
        }
    }
}

/// One long run in as many pieces as there are threads.
fn divided(fold: &'static Fold, from: Option<Block<'_>>, mut to: BlockMut<'_>, work: &Work) {
    let (n, pieces) = (to.len(), threads::count());
    let cut = |k: usize| k * (n / pieces) / 64 * 64;
    let end = |k: usize| if k + 1 == pieces { n } else { cut(k + 1) };
    let mut starts = Scratch::new(fold.out, pieces);
    starts.block_mut(pieces).fill((fold.identity)());
    {
        let source = from.unwrap_or(to.as_block());
        threads::pieces(starts.block_mut(pieces), 1..=pieces, &|k, acc| {
            total(fold, source, (cut(k), end(k)), acc)
        });
    }
    let mut sums = Scratch::new(fold.out, 1);
    sums.block_mut(1).fill((fold.identity)());
    for k in 0..pieces {
        let before = sums.first();
        (fold.join)(starts.block(pieces).slice(k, k + 1), sums.block_mut(1));
        starts.block_mut(pieces).part(k, 1).fill(before);
    }
    threads::pieces(to.reborrow(), (0..pieces).map(end), &|k, part| {
        let mut acc = Scratch::of(starts.block(pieces).scalar(k), fold.out);
        let from = from.map(|f| f.slice(cut(k), end(k)));
        rest(fold, from, part, &mut acc, &mut Scratch::new(fold.out, TILE), work);
    });
}

/// The fold of a piece, but of the last one, which nobody needs.
fn total(fold: &'static Fold, source: Block<'_>, (start, end): (usize, usize), mut acc: BlockMut<'_>) {
    let mut wide = Scratch::new(fold.dtype, 0);
    if source.dtype() != fold.dtype {
        wide = Scratch::new(fold.dtype, TILE);
    }
    for i in (start..end).step_by(TILE).take_while(|_| end < source.len() && !interrupt::requested()) {
        let n = TILE.min(end - i);
        let mut block = source.slice(i, i + n);
        if source.dtype() != fold.dtype {
            convert(block, wide.block_mut(n));
            block = wide.block(n);
        }
        (fold.along)(block, acc.reborrow());
    }
}

fn lane(fold: &'static Fold, from: Option<Block<'_>>, to: BlockMut<'_>, scratch: &mut Scratch, work: &Work) {
    let (mut first, after) = to.split_at(1);
    if let Some(f) = from {
        convert(f.slice(0, 1), first.reborrow());
    }
    let mut acc = Scratch::new(fold.out, 1);
    convert(first.as_block(), acc.block_mut(1));
    rest(fold, from.map(|f| f.slice(1, f.len())), after, &mut acc, scratch, work);
}

/// Scans a run on from `acc`.
fn rest(
    fold: &'static Fold,
    from: Option<Block<'_>>,
    to: BlockMut<'_>,
    acc: &mut Scratch,
    scratch: &mut Scratch,
    work: &Work,
) {
    let (n, mut to) = (to.len(), to);
    for i in (0..n).step_by(TILE).take_while(|_| !interrupt::requested()) {
        let end = (i + TILE).min(n);
        let (mut part, after) = to.split_at(end - i);
        let x = match from {
            Some(f) => f.slice(i, end),
            None => {
                convert(part.as_block(), scratch.block_mut(end - i));
                scratch.block(end - i)
            }
        };
        (fold.scan)(x, acc.block_mut(1), part.reborrow());
        work.advance(end - i);
        to = after;
    }
}

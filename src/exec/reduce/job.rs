//! The walk over a reduction's axes: threads, blocks, and the order of additions.

use super::axes::{At, Axis, Parts, moved, shifted};
use super::{BATCH, COLUMNS, LEAF, Map, TILE};
use crate::array::{Dims, Strides};
use crate::dtype::DType;
use crate::exec::{interrupt, threads};
use crate::kernel::cast::convert;
use crate::kernel::fold::Grouping;
use crate::kernel::strided::{self, Layout};
use crate::kernel::{Block, BlockMut, Fold, Scratch};
use smallvec::SmallVec;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// The blocks in which one thread gathers, casts and maps.
#[derive(Default)]
pub(super) struct Work {
    gathered: SmallVec<[Option<Scratch>; 2]>,
    mapped: Option<Scratch>,
}

/// What all threads share.
pub(super) struct Job<'a> {
    pub(super) fold: &'static Fold,
    pub(super) map: Option<Map<'a>>,
    pub(super) data: &'a [Block<'a>],
    pub(super) axes: &'a [Axis],
    /// Elements are cast to the fold's dtype.
    pub(super) cast: bool,
    /// There is one result, so that an absorbing value ends the work.
    pub(super) single: bool,
    pub(super) done: AtomicBool,
}

/// A stretch of an axis: its length, and the steps.
type Span<'a> = (usize, &'a At);

impl<'a> Job<'a> {
    fn stopped(&self) -> bool {
        self.done.load(Relaxed) || interrupt::requested()
    }

    /// Elements of all axes from `k` on.
    fn volume(&self, k: usize) -> usize {
        self.axes[k..].iter().map(|a| a.n).product()
    }

    /// Results of all axes from `k` on.
    fn results(&self, k: usize) -> usize {
        self.axes[k..].iter().filter(|a| a.kept).map(|a| a.n).product()
    }

    /// Folds the sub-array of the axes from `k` on, at these positions, into its results.
    pub(super) fn descend(&self, k: usize, at: &At, acc: BlockMut<'_>, work: &mut Work) {
        let axes = &self.axes[k..];
        if !axes.iter().any(|a| a.kept) {
            return self.all_folded(k, at, acc, work);
        }
        match axes {
            [c] => self.columns(None, c, at, c.n, acc, work),
            [r, c] if !r.kept => self.columns(Some(r), c, at, c.n, acc, work),
            [a, ..] if a.kept => self.kept(k, at, a.n, acc, work),
            [a, ..] => {
                let mut acc = acc;
                for i in 0..a.n {
                    self.descend(k + 1, &moved(at, a, i), acc.reborrow(), work);
                }
            }
            [] => {}
        }
    }

    /// Indices `0..n` of the kept axis `k`, on several threads if that pays.
    fn kept(&self, k: usize, at: &At, n: usize, acc: BlockMut<'_>, work: &mut Work) {
        let (axis, inner) = (&self.axes[k], self.volume(k + 1));
        let results = self.results(k + 1);
        if n > 1 && threads::for_elements(n * inner) > 1 {
            let half = n / 2;
            let (left, right) = acc.split_at(half * results);
            let far = moved(at, axis, half);
            rayon::join(
                || self.kept(k, at, half, left, work),
                || self.kept(k, &far, n - half, right, &mut Work::default()),
            );
            return;
        }
        let batched = matches!(self.axes[k + 1..], [Axis { kept: false, .. }]) && inner <= TILE;
        let step = if batched { (TILE / inner.max(1)).max(1) } else { 1 };
        let (mut acc, mut i) = (acc, 0);
        while i < n && !self.stopped() {
            let rows = step.min(n - i);
            let (now, rest) = acc.split_at(rows * results);
            let at = moved(at, axis, i);
            if batched {
                let c = &self.axes[k + 1];
                let block = self.load(&at, &[(rows, &axis.steps), (c.n, &c.steps)], work);
                (self.fold.along)(block, now);
            } else {
                self.descend(k + 1, &at, now, work);
            }
            (acc, i) = (rest, i + rows);
        }
    }

    /// Columns `0..n` of the kept axis `c`, over the rows of the folded axis `r`.
    fn columns(&self, r: Option<&Axis>, c: &Axis, at: &At, n: usize, acc: BlockMut<'_>, work: &mut Work) {
        let rows = r.map_or(1, |r| r.n);
        let none = At::from_elem(0, at.len());
        let row_steps = r.map_or(&none, |r| &r.steps);
        if n >= 128 && threads::for_elements(n * rows) > 1 {
            let half = n / 2 - n / 2 % 64;
            let (left, right) = acc.split_at(half);
            let far = moved(at, c, half);
            rayon::join(
                || self.columns(r, c, at, half, left, work),
                || self.columns(r, c, &far, n - half, right, &mut Work::default()),
            );
            return;
        }
        let direct = self.map.is_none() && !self.cast && c.steps[0] == 1;
        let adjacent = direct && n == c.n && row_steps[0] == n as isize;
        let width = if adjacent && n <= TILE { n } else { COLUMNS };
        let step = match (adjacent, direct && width >= 64 && n >= 64) {
            (true, _) if width == n => (LEAF / n).max(1),
            (_, true) => 1,
            _ => (TILE / width.min(n)).max(1),
        };
        let (mut acc, mut j) = (acc, 0);
        while j < n {
            let cols = width.min(n - j);
            let (mut now, rest) = acc.split_at(cols);
            let corner = moved(at, c, j);
            for i in (0..rows).step_by(step).take_while(|_| !self.stopped()) {
                let here: At = corner.iter().zip(row_steps).map(|(p, s)| p + s * i as isize).collect();
                let block = self.load(&here, &[(step.min(rows - i), row_steps), (cols, &c.steps)], work);
                (self.fold.across)(block, now.reborrow());
            }
            (acc, j) = (rest, j + cols);
        }
    }

    /// All axes from `k` on into one result: parts in order, each one a batch or an even run.
    fn all_folded(&self, k: usize, at: &At, mut acc: BlockMut<'_>, work: &mut Work) {
        let parts = Parts::new(self, k);
        if parts.count() == 1 {
            return self.part(&parts, 0, at, acc, work);
        }
        if self.fold.grouping == Grouping::InOrder {
            for i in (0..parts.count()).take_while(|_| !self.stopped()) {
                self.part(&parts, i, at, acc.reborrow(), work);
            }
            return;
        }
        // Partial results in groups, so that their memory stays small.
        let group = 4096;
        let mut partial = Scratch::new(self.fold.out, group.min(parts.count()));
        for start in (0..parts.count()).step_by(group) {
            let n = group.min(parts.count() - start);
            partial.block_mut(n).fill((self.fold.identity)());
            self.partials(&parts, start, n, at, partial.block_mut(n), work);
            (0..n).for_each(|i| (self.fold.join)(partial.block(n).slice(i, i + 1), acc.reborrow()));
        }
    }

    fn partials(
        &self,
        parts: &Parts<'_>,
        start: usize,
        n: usize,
        at: &At,
        out: BlockMut<'_>,
        work: &mut Work,
    ) {
        if n > 1 && threads::for_elements(n * parts.volume()) > 1 {
            let half = n / 2;
            let (left, right) = out.split_at(half);
            rayon::join(
                || self.partials(parts, start, half, at, left, work),
                || self.partials(parts, start + half, n - half, at, right, &mut Work::default()),
            );
            return;
        }
        let mut out = out;
        for i in (start..start + n).take_while(|_| !self.stopped()) {
            let (now, rest) = out.split_at(1);
            self.part(parts, i, at, now, work);
            out = rest;
        }
    }

    fn part(&self, parts: &Parts<'_>, i: usize, at: &At, mut acc: BlockMut<'_>, work: &mut Work) {
        let (at, n) = parts.place(i, at);
        match parts.inner {
            [] => self.run(&at, (n, parts.steps), acc.reborrow(), work),
            inner => {
                let mut spans: SmallVec<[Span<'_>; 4]> = SmallVec::new();
                spans.push((n, parts.steps));
                spans.extend(inner.iter().map(|a| (a.n, &a.steps)));
                let block = self.load(&at, &spans, work);
                (self.fold.along)(block, acc.reborrow());
            }
        }
        self.absorb(acc.as_block());
    }

    fn absorb(&self, acc: Block<'_>) {
        if self.single && self.fold.absorbing == Some(acc.scalar(0)) {
            self.done.store(true, Relaxed);
        }
    }

    /// One run into one result.
    fn run(&self, at: &At, (n, steps): Span<'_>, mut acc: BlockMut<'_>, work: &mut Work) {
        let direct = self.map.is_none() && !self.cast && steps[0] == 1;
        let limit = if direct { LEAF } else { BATCH };
        if n <= limit {
            let block = self.load(at, &[(n, steps)], work);
            return (self.fold.along)(block, acc);
        }
        if self.fold.grouping == Grouping::InOrder {
            for i in (0..n).step_by(limit).take_while(|_| !self.stopped()) {
                let block = self.load(&shifted(at, steps, i), &[(limit.min(n - i), steps)], work);
                (self.fold.along)(block, acc.reborrow());
            }
            return;
        }
        let sum = self.tree(at, (n, steps), limit, work);
        (self.fold.join)(sum.block(1), acc);
    }

    /// The result of a run from the identity on, its tree divided among threads.
    fn tree(&self, at: &At, (n, steps): Span<'_>, limit: usize, work: &mut Work) -> Scratch {
        if n <= limit || self.stopped() {
            let mut acc = Scratch::of((self.fold.identity)(), self.fold.out);
            if !self.stopped() {
                let block = self.load(at, &[(n, steps)], work);
                (self.fold.along)(block, acc.block_mut(1));
                self.absorb(acc.block(1));
            }
            return acc;
        }
        let half = self.fold.grouping.split(n);
        let far = shifted(at, steps, half);
        let (mut left, right) = if threads::for_elements(n) > 1 {
            rayon::join(
                || self.tree(at, (half, steps), limit, work),
                || self.tree(&far, (n - half, steps), limit, &mut Work::default()),
            )
        } else {
            let left = self.tree(at, (half, steps), limit, work);
            (left, self.tree(&far, (n - half, steps), limit, work))
        };
        (self.fold.join)(right.block(1), left.block_mut(1));
        left
    }

    /// The elements of these spans as one block of the fold's dtype, in order.
    fn load<'w>(&'w self, at: &At, spans: &[Span<'_>], work: &'w mut Work) -> Block<'w> {
        work.gathered.resize_with(self.data.len(), || None);
        let n: usize = spans.iter().map(|s| s.0).product();
        let Some(map) = self.map else {
            let dtype = self.fold.dtype;
            return self.operand(0, at, spans, n, dtype, &mut work.gathered[0]);
        };
        let Work { gathered, mapped } = work;
        let mut blocks: SmallVec<[Block<'_>; 2]> = SmallVec::new();
        for (o, scratch) in gathered.iter_mut().enumerate() {
            blocks.push(match self.uniform(o, spans) {
                true => self.data[o].slice(at[o] as usize, at[o] as usize + 1),
                false => self.operand(o, at, spans, n, self.data[o].dtype(), scratch),
            });
        }
        let out = mapped.get_or_insert_with(|| Scratch::new(self.fold.dtype, BATCH));
        map(&blocks, out.block_mut(n));
        out.block(n)
    }

    /// Whether one element of operand `o` serves the whole block.
    fn uniform(&self, o: usize, spans: &[Span<'_>]) -> bool {
        spans.iter().all(|&(n, steps)| n == 1 || steps[o] == 0)
    }

    fn operand<'w>(
        &'w self,
        o: usize,
        at: &At,
        spans: &[Span<'_>],
        n: usize,
        dtype: DType,
        scratch: &'w mut Option<Scratch>,
    ) -> Block<'w> {
        let (data, start) = (self.data[o], at[o] as usize);
        let mut want = 1;
        let even = spans.iter().rev().all(|&(n, steps)| {
            let even = n == 1 || steps[o] == want;
            want *= n as isize;
            even
        });
        if even && data.dtype() == dtype {
            return data.slice(start, start + n);
        }
        let buffer = scratch.get_or_insert_with(|| Scratch::new(dtype, BATCH));
        if even && n > 1 {
            convert(data.slice(start, start + n), buffer.block_mut(n));
        } else {
            let shape: Dims = spans.iter().map(|s| s.0).collect();
            let steps: Strides = spans.iter().map(|s| s.1[o]).collect();
            let to = crate::array::c_strides(&shape);
            let layout = Layout::new(&shape, (&to, 0), (&steps, start));
            strided::copy(data, buffer.block_mut(n), &layout, &|n, part| (0..n).for_each(part));
        }
        buffer.block(n)
    }
}

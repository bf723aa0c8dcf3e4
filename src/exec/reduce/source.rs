//! The operands of a reduction as blocks: elements that lie evenly are lent, others gathered.

use super::job::Span;
use super::{BATCH, Reduction};
use crate::array::{Array, Dims, Strides};
use crate::dtype::DType;
use crate::kernel::cast::convert;
use crate::kernel::chain::Strip;
use crate::kernel::strided::{self, Layout};
use crate::kernel::{Block, BlockMut, Scratch};
use smallvec::SmallVec;

/// One operand.
pub(super) struct Source<'a> {
    data: Block<'a>,
    start: isize,
    /// Its axes in the order of the walk, merged as far as this operand alone allows.
    dims: SmallVec<[(usize, isize); 4]>,
    /// Elements after which it repeats itself: the product of the axes within the last repeated one.
    period: usize,
    /// Elements that a block of this job can have.
    pub(super) most: usize,
}

/// What one thread gathered last of one operand.
#[derive(Default)]
pub(super) struct Gathered {
    scratch: Option<Scratch>,
    /// Position within the period, rows and row length of what it holds.
    holds: Option<(usize, usize, usize)>,
}

impl<'a> Source<'a> {
    pub(super) fn new(a: &Array, data: Block<'a>, order: &[usize], r: &Reduction<'_>) -> Source<'a> {
        let mut dims: SmallVec<[(usize, isize); 4]> = SmallVec::new();
        for &k in order.iter().filter(|&&k| a.shape()[k] != 1) {
            let (n, step) = (a.shape()[k], a.strides()[k]);
            match dims.last_mut() {
                Some(o) if o.1 == step * n as isize => *o = (o.0 * n, step),
                _ => dims.push((n, step)),
            }
        }
        if dims.is_empty() {
            dims.push((1, 0));
        }
        let repeated = dims.iter().take_while(|d| d.1 == 0).count();
        let period = dims[repeated..].iter().map(|d| d.0).product();
        let most = r.operands[0].size().min(BATCH);
        Source { data, start: a.offset() as isize, dims, period, most }
    }

    /// Whether any stretch of it is one of the storage, or one element.
    pub(super) fn is_even(&self) -> bool {
        matches!(self.dims[..], [(_, 0 | 1)])
    }

    /// The elements that belong to even spans of the dense array that a map would make, where they lie: all of
    /// them, or one for each of the first span's rows, or one for all.
    pub(super) fn lent(&self, at: isize, spans: &[Span]) -> Option<Block<'_>> {
        let n: usize = spans.iter().map(|s| s.0).product();
        let slice = |from: usize, n: usize| {
            let from = self.start as usize + from;
            Some(self.data.slice(from, from + n))
        };
        let at = at as usize;
        match (&self.dims[..], spans) {
            ([(_, 0)], _) => slice(0, 1),
            ([(_, 1)], _) => slice(at, n),
            (&[(_, 1), (m, 0)], _) if at % m + n <= m => slice(at / m, 1),
            (&[(_, 1), (m, 0)], &[(rows, _), (row, _)]) if row == m && at.is_multiple_of(m) => {
                slice(at / m, rows)
            }
            _ => None,
        }
    }

    /// The elements of `rows` rows of `n` of the dense array that a map would make, `step` apart from position `at`
    /// on: rows of the storage, or of one element each. `None` where they do not lie so.
    pub(super) fn strip(&self, at: isize, (rows, step): Span, n: usize) -> Option<Strip<'_>> {
        let (at, step) = (at as usize, step as usize);
        let &[.., (inner, along)] = &self.dims[..] else { return None };
        let within = at % inner;
        let row = match self.dims[..] {
            _ if !matches!(along, 0 | 1) => return None,
            _ if within + (rows - 1) * step + n <= inner => step as isize * along,
            [.., (outer, row), _] if step == inner && within + n <= inner => {
                (at / inner % outer + rows <= outer).then_some(row)?
            }
            _ => return None,
        };
        Some(Strip { block: Some(self.data), at: self.line(at).0 as usize, row, single: along == 0 })
    }

    /// `n` elements of the storage from a position on.
    pub(super) fn lend(&self, at: isize, n: usize) -> Block<'_> {
        self.data.slice(at as usize, at as usize + n)
    }

    /// The elements of these spans of the operand's own positions, cast to `dtype`.
    pub(super) fn own<'w>(
        &'w self,
        at: isize,
        spans: &[Span],
        dtype: DType,
        work: &'w mut Gathered,
    ) -> Block<'w> {
        let (n, start) = (spans.iter().map(|s| s.0).product(), at as usize);
        let even = even_from(spans) == 0;
        if even && self.data.dtype() == dtype {
            return self.data.slice(start, start + n);
        }
        let buffer = work.scratch.get_or_insert_with(|| Scratch::new(dtype, self.most));
        if even && n > 1 {
            convert(self.data.slice(start, start + n), buffer.block_mut(n));
        } else {
            gather(self.data, at, spans, buffer.block_mut(n));
        }
        buffer.block(n)
    }

    /// The elements that belong to these spans of the dense array that a map would make; one element
    /// if that serves for all.
    pub(super) fn broadcast<'w>(&'w self, at: isize, spans: &[Span], work: &'w mut Gathered) -> Block<'w> {
        let n: usize = spans.iter().map(|s| s.0).product();
        let first = even_from(spans);
        let row: usize = spans[first..].iter().map(|s| s.0).product();
        match self.dims[..] {
            [(_, 0)] => return self.data.slice(self.start as usize, self.start as usize + 1),
            [(_, 1)] if first == 0 => {
                let from = (self.start + at) as usize;
                return self.data.slice(from, from + n);
            }
            _ => {}
        }
        if first == 0 && self.period > 0 {
            let inner = self.dims.last().map_or(1, |d| d.0);
            let (at, within) = (at as usize, at as usize % inner);
            if within + n <= inner {
                let (base, step) = self.line(at);
                match step {
                    0 => return self.data.slice(base as usize, base as usize + 1),
                    1 => return self.data.slice(base as usize, base as usize + n),
                    _ => {}
                }
            }
        }
        let phase = at as usize % self.period.max(1);
        let key = Some((phase, n / row.max(1), row));
        let repeats =
            first == 0 || spans[..first].iter().all(|s| (s.1 as usize).is_multiple_of(self.period.max(1)));
        let held = repeats && work.holds == key;
        work.holds = key.filter(|_| repeats);
        let buffer = work.scratch.get_or_insert_with(|| Scratch::new(self.data.dtype(), self.most));
        if !held {
            self.rows(at as usize, &spans[..first], buffer.block_mut(n));
        }
        buffer.block(n)
    }

    /// The position of the element that belongs to `at`, and the step along the innermost axis.
    fn line(&self, at: usize) -> (isize, isize) {
        let (mut rest, mut base) = (at, self.start);
        for &(n, step) in self.dims.iter().rev() {
            base += (rest % n) as isize * step;
            rest /= n;
        }
        (base, self.dims.last().map_or(0, |d| d.1))
    }

    fn rows(&self, at: usize, outer: &[Span], mut out: BlockMut<'_>) {
        let Some((&(n, step), inner)) = outer.split_first() else {
            return range(self.data, self.start, &self.dims, at, out);
        };
        let each = out.len() / n;
        for i in 0..n {
            let at = (at as isize + i as isize * step) as usize;
            self.rows(at, inner, out.part(i * each, each));
        }
    }
}

/// The first of the spans from which on elements lie side by side: 0 if all do.
pub(super) fn even_from(spans: &[Span]) -> usize {
    let mut want = 1;
    for (i, &(n, step)) in spans.iter().enumerate().rev() {
        if n != 1 && step != want {
            return i + 1;
        }
        want *= n as isize;
    }
    0
}

/// Elements `s..s + out.len()` of an array with these axes, counted in the order of the axes.
fn range(data: Block<'_>, base: isize, dims: &[(usize, isize)], s: usize, mut out: BlockMut<'_>) {
    let n = out.len();
    let Some((&(_, step), inner)) = dims.split_first() else { return };
    if n == 0 {
        return;
    }
    let each: usize = inner.iter().map(|d| d.0).product();
    let (i, off) = (s / each, s % each);
    let here = base + i as isize * step;
    let now = match off == 0 && n >= each {
        true => n / each * each,
        false => (each - off).min(n),
    };
    if off == 0 && n >= each {
        let mut spans: SmallVec<[Span; 4]> = SmallVec::from_slice(&[(n / each, step)]);
        spans.extend_from_slice(inner);
        gather(data, here, &spans, out.part(0, now));
    } else {
        range(data, here, inner, off, out.part(0, now));
    }
    range(data, base, dims, s + now, out.part(now, n - now));
}

fn gather(data: Block<'_>, at: isize, spans: &[Span], out: BlockMut<'_>) {
    let shape: Dims = spans.iter().map(|s| s.0).collect();
    let steps: Strides = spans.iter().map(|s| s.1).collect();
    let to = crate::array::c_strides(&shape);
    let layout = Layout::new(&shape, (&to, 0), (&steps, at as usize));
    strided::copy(data, out, &layout, &|n, part| (0..n).for_each(part));
}

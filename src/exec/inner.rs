//! Inner products of any two element-wise functions: `z[i, j]` is the fold over k of
//! `g(x[i, k], y[k, j])`, as `⌈.+` and `∨.∧` are, without the cube of all `g`.
//!
//! Tiles of `y` stay in the first-level cache while the rows of `x` pass by: per row, `g` of one element
//! with a stretch of each of the tile's rows fills a tile of results, which `Fold::across` joins to the
//! row's accumulators. So every pair of functions runs as two kernels over L1, on all threads, and no
//! function needs a kernel of its own here. Functions that may not be regrouped go from the last k
//! to the first, one row at a time. Where `y` has few columns, the product is taken of the transposed
//! matrices, so that the stretches are long.
//!
//! Extremes of sums, differences and products of floats that no condition can arise from go to a kernel
//! that keeps tiles of results in registers (`kernel::tropical`).
//!
//! What bounds the others (`⌈.+` of 300 × 300 × 300 float64, 4.4 ms on two threads): 45% the joins of eight rows,
//! of which most was the test for NaN, now one for all eight; 40% the additions, half of that in stores
//! that crossed cache lines; 10% the calls. Tiles have as many rows as `across` takes at once, which
//! joins fewer one by one. The look for overflow is one for a whole tile.

use super::copy::{contiguous, copy, in_dtype};
use super::expr::Kernel;
use super::scan::with_elements;
use super::sort::with_run;
use super::tally::{self, Pass};
use super::{interrupt, threads};
use crate::array::{Array, ArrayError, Order};
use crate::dtype::{DType, Scalar};
use crate::kernel::chain::Link;
use crate::kernel::{Block, BlockMut, Flags, Fold, KernelFn, Scratch, fp, tropical};
use std::sync::Mutex;

/// Rows of a tile of `y`: as many as `Fold::across` joins at a time.
const DEEP: usize = 8;
/// Most columns of a tile. With the results beside it, it has 40 KiB of float64.
const WIDE: usize = 320;
/// Elements that rows of a tile are rounded to: whole cache lines of every dtype but bool.
const LINE: usize = 64;
/// Elements from which stretches are long enough.
const LONG: usize = 32;
/// Work that one thread does at a time, in applications of `g`.
const SHARE: usize = 1 << 20;
/// Rows from which tiles of registers pay the packing.
const TILED_ROWS: usize = 24;

/// How the results for one place are joined.
#[derive(Clone, Copy)]
pub enum Join {
    /// In any grouping, from this value on.
    Fold(&'static Fold, Scalar),
    /// From the last to the first, by a kernel of the elements' own dtype.
    Right(KernelFn),
}

/// The product of a matrix of `m × k` and one of `k × n` elements, k at least 1; also the conditions
/// that `g` met.
pub fn inner(g: &Kernel, join: Join, x: &Array, y: &Array) -> Result<(Array, Flags), ArrayError> {
    let (m, k, n) = (x.shape()[0], x.shape()[1], y.shape()[1]);
    let turned = n < LONG && n < m;
    let (left, right) = (in_dtype(x, g.dtypes[0])?, in_dtype(y, g.dtypes[1])?);
    let (rows, columns, left, right) = match turned {
        true => (n, m, contiguous(&right.transpose())?, contiguous(&left.transpose())?),
        false => (m, n, contiguous(&left)?, contiguous(&right)?),
    };
    let out_dtype = match join {
        Join::Fold(fold, _) => fold.out,
        Join::Right(_) => g.out,
    };
    let mut out = Array::empty(out_dtype, &[rows, columns])?;
    let met = Mutex::new(Flags::NONE);
    let tiled = tiles(g, join, turned);
    with_run(&left, |left| {
        with_run(&right, |right| {
            with_elements(&mut out, |to| {
                let tiled = tiled.filter(|&(g, _)| tropical::bounded(g, left, right)).map(|(_, run)| run);
                let work = Work { g, join, left, right, k, n: columns, turned, tiled, met: &met };
                let _pass = tally::pass(|| {
                    let mut pass = Pass::new("inner product", left.dtype(), 0).reads(x).reads(y);
                    pass.written = (to.len() * out_dtype.itemsize()) as u64;
                    pass.ops(2 * m * n * k).threads(rows.div_ceil(work.group(rows)).min(threads::count()))
                });
                work.all(rows, to);
            });
        });
    });
    if interrupt::requested() {
        return Err(ArrayError::Interrupted);
    }
    let out = if turned { copy(&out.transpose(), Order::C)? } else { out };
    Ok((out, met.into_inner().unwrap_or(Flags::NONE)))
}

/// What computes the product in tiles of registers, if no result will be infinite or NaN.
fn tiles(g: &Kernel, join: Join, turned: bool) -> Option<(Link, tropical::Product)> {
    let Join::Fold(fold, _) = join else { return None };
    let (link, pick) = (g.link?, fold.picks?);
    let same = joins(g, fold.dtype) && fold.out == fold.dtype;
    let run = tropical::find(link, pick, fold.dtype, turned).filter(|_| same)?;
    Some((link, run))
}

struct Work<'a> {
    g: &'a Kernel,
    join: Join,
    /// Rows of k elements.
    left: Block<'a>,
    /// k rows of n elements.
    right: Block<'a>,
    k: usize,
    n: usize,
    /// `left` holds the right operands of `g`.
    turned: bool,
    tiled: Option<tropical::Product>,
    met: &'a Mutex<Flags>,
}

impl Work<'_> {
    /// The rows that one thread does at a time.
    fn group(&self, rows: usize) -> usize {
        let each = self.k.saturating_mul(self.n).max(1);
        let small = rows.saturating_mul(each) < SHARE / 8;
        if small || rows < 2 * threads::count() && self.n >= 2 * WIDE {
            return rows.max(1);
        }
        // Enough pieces for all threads; rows that go together share the tiles of `y`.
        // Tiles take several rows, for which they pack the columns.
        let (share, least) = if self.tiled.is_some() { (4 * SHARE, TILED_ROWS) } else { (SHARE, 1) };
        let most = rows.div_ceil(threads::count()).max(1);
        (share / each).max(least).min(most)
    }

    fn all(&self, rows: usize, mut to: BlockMut<'_>) {
        if self.n == 0 || rows == 0 {
            return;
        }
        let group = self.group(rows);
        if group >= rows {
            return self.rows(0, to);
        }
        let cuts = (1..=rows.div_ceil(group)).map(|i| (i * group).min(rows) * self.n);
        threads::pieces(to.reborrow(), cuts, &|i, part| self.rows(i * group, part));
    }

    /// The rows from `first` on.
    fn rows(&self, first: usize, mut to: BlockMut<'_>) {
        if let Some(run) = self.tiled {
            let count = to.len() / self.n;
            let left = self.left.slice(first * self.k, (first + count) * self.k);
            return run(left, self.right, self.k, self.n, to, &interrupt::requested);
        }
        let mut flags = Flags::NONE;
        match self.join {
            Join::Fold(fold, initial) => {
                to.reborrow().fill(initial);
                self.folded(fold, first, to, &mut flags);
            }
            Join::Right(f) => self.joined(f, first, to, &mut flags),
        }
        if flags.any()
            && let Ok(mut met) = self.met.lock()
        {
            *met = met.union(flags);
        }
    }

    fn folded(&self, fold: &Fold, first: usize, mut to: BlockMut<'_>, flags: &mut Flags) {
        let (count, n) = (to.len() / self.n, self.n);
        // Tiles of about the same width.
        let wide = n.div_ceil(n.div_ceil(WIDE)).next_multiple_of(LINE);
        // Its rows begin on cache lines, so that vectors stored there do not cross two.
        let mut tile = Scratch::new(self.g.out, DEEP * wide);
        tile.block_mut(DEEP * wide).fill(Scalar::Bool(false));
        for j in (0..n).step_by(wide) {
            let width = wide.min(n - j);
            for k in (0..self.k).step_by(DEEP) {
                let deep = DEEP.min(self.k - k);
                for i in 0..count {
                    if i % 64 == 0 && interrupt::requested() {
                        return;
                    }
                    let len = (deep - 1) * wide + width;
                    for d in 0..deep {
                        self.apply(first + i, k + d, j, tile.block_mut(len).part(d * wide, width));
                    }
                    self.check((first + i, k, j), tile.block(len), (width, wide), flags);
                    (fold.across)(tile.block(len), wide, to.part(i * n + j, width));
                }
            }
        }
    }

    fn joined(&self, f: KernelFn, first: usize, mut to: BlockMut<'_>, flags: &mut Flags) {
        let (count, n) = (to.len() / self.n, self.n);
        let mut next = Scratch::new(self.g.out, WIDE.min(n));
        let mut before = Scratch::new(self.g.out, WIDE.min(n));
        for i in 0..count {
            for j in (0..n).step_by(WIDE).take_while(|_| !interrupt::requested()) {
                let width = WIDE.min(n - j);
                self.apply(first + i, self.k - 1, j, to.part(i * n + j, width));
                let row = (width, width);
                self.check((first + i, self.k - 1, j), to.part(i * n + j, width).as_block(), row, flags);
                for k in (0..self.k - 1).rev() {
                    self.apply(first + i, k, j, next.block_mut(width));
                    self.check((first + i, k, j), next.block(width), row, flags);
                    let mut acc = to.part(i * n + j, width);
                    crate::kernel::cast::convert(acc.as_block(), before.block_mut(width));
                    f(&[next.block(width), before.block(width)], acc.reborrow());
                }
            }
        }
    }

    /// The operands of `g`: one element of the left rows and a stretch of a right one.
    fn operands(&self, i: usize, k: usize, j: usize, width: usize) -> [Block<'_>; 2] {
        let one = self.left.slice(i * self.k + k, i * self.k + k + 1);
        let at = k * self.n + j;
        let many = self.right.slice(at, at + width);
        if self.turned { [many, one] } else { [one, many] }
    }

    fn apply(&self, i: usize, k: usize, j: usize, to: BlockMut<'_>) {
        (self.g.run)(&self.operands(i, k, j, to.len()), to);
    }

    /// The conditions that `g` met in rows of results from `k` on, so long and so far apart.
    fn check(
        &self,
        (i, k, j): (usize, usize, usize),
        tile: Block<'_>,
        (width, step): (usize, usize),
        flags: &mut Flags,
    ) {
        let Some(check) = self.g.check else { return };
        // Of floats every condition leaves a trace; one look at all rows is cheaper than one at each.
        if tile.dtype().is_inexact() && !fp::any_nonfinite(tile) {
            return;
        }
        for d in 0..tile.len().div_ceil(step) {
            let row = tile.slice(d * step, d * step + width);
            *flags = flags.union(check(&self.operands(i, k + d, j, width), row));
        }
    }
}

/// Whether a kernel joins elements of one dtype to the same.
pub fn joins(kernel: &Kernel, dtype: DType) -> bool {
    kernel.out == dtype && kernel.dtypes.iter().all(|d| *d == dtype)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{arith, fold};
    use crate::syntax::Span;
    use smallvec::SmallVec;

    fn add() -> Kernel {
        let origin = super::super::Origin { name: "add", span: Span::default() };
        let dtypes = SmallVec::from_elem(DType::I64, 2);
        Kernel {
            run: arith::add::<i64>,
            check: None,
            carries: 0,
            link: None,
            out: DType::I64,
            dtypes,
            origin,
        }
    }

    #[test]
    fn tiles_and_threads_cover_the_product() {
        let most = fold::find(fold::MAXIMUM, DType::I64, None).unwrap();
        for (m, k, n) in [(1, 1, 1), (3, 5, 2), (40, 7, 3), (3, 9, 700), (70, 65, 90), (600, 40, 600)] {
            let fill = |n: usize, s: i64| (0..n as i64).map(|i| i * s % 1009 - 500).collect::<Vec<_>>();
            let (a, b) = (fill(m * k, 7919), fill(k * n, 104729));
            let x = Array::from_slice(&a, &[m, k]).unwrap();
            let y = Array::from_slice(&b, &[k, n]).unwrap();
            let (a, b) = (&a, &b);
            let at = |i: usize, j: usize| (0..k).map(move |l| a[i * k + l] + b[l * n + j]);
            let join = Join::Fold(most, Scalar::I64(i64::MIN));
            let (z, _) = inner(&add(), join, &x, &y).unwrap();
            let want: Vec<i64> = (0..m * n).map(|p| at(p / n, p % n).max().unwrap()).collect();
            assert_eq!(z.as_slice::<i64>().unwrap(), want, "{m} {k} {n}");
            let (z, _) = inner(&add(), Join::Right(arith::subtract::<i64>), &x, &y).unwrap();
            let right = |p: usize| at(p / n, p % n).rev().reduce(|acc, v| v - acc).unwrap();
            let want: Vec<i64> = (0..m * n).map(right).collect();
            assert_eq!(z.as_slice::<i64>().unwrap(), want, "{m} {k} {n}");
        }
    }
}

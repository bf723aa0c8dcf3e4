//! One long line, in two passes over memory that threads share (D. H. Bailey, "FFTs in external or
//! hierarchical memory", 1990).
//!
//! The line of `n = rows * cols` elements is a matrix of `rows` rows. The first pass transforms its
//! columns, a tile of them at a time, and turns the results by `exp(-2πi jk/n)`; the second transforms
//! the rows of that and writes them as columns. Both keep a tile in the second-level cache, where a
//! transform of the whole would stream through memory once per radix. A real line of `n` elements is
//! a complex one of `n / 2` and a pass that takes the two apart. The split depends on the length
//! alone, so that results do not depend on the threads.
//!
//! Turning factors come as products of two tables, 32 fine steps and the coarse ones of each column:
//! one rounding more than a table of all `n`, which would be read from memory.

use super::shared::{Each, Shared};
use super::tile::{TILE, gather, scatter};
use super::{Real, root};
use crate::kernel::simd;
use num_complex::Complex;
use rustfft::Fft;
use std::sync::Arc;

/// Fine steps of a turn.
const FINE: usize = 32;

/// A plan of one length and direction.
pub struct Long<T: Real> {
    rows: usize,
    cols: usize,
    first: Arc<dyn Fft<T>>,
    second: Arc<dyn Fft<T>>,
    /// Per column the first `FINE` powers of its root, and every `FINE`-th.
    fine: Vec<Complex<T>>,
    coarse: Vec<Complex<T>>,
}

/// Complex elements from which a line is split.
pub(super) const LONG: usize = 1 << 15;
/// How far from square the matrix may be.
const OBLONG: usize = 32;

/// Rows and columns of a length, as equal as its divisors allow and the columns not fewer.
pub(super) fn split(n: usize) -> Option<(usize, usize)> {
    if n < LONG {
        return None;
    }
    let root = n.isqrt();
    let rows = (root / 6..=root).rev().find(|&r| r > 0 && n.is_multiple_of(r))?;
    let smooth = |mut m: usize| {
        for p in [2, 3, 5, 7, 11] {
            while m.is_multiple_of(p) {
                m /= p;
            }
        }
        m == 1
    };
    let cols = n / rows;
    (cols <= OBLONG * rows && smooth(n)).then_some((rows, cols))
}

impl<T: Real> Long<T> {
    pub(super) fn new(
        (rows, cols): (usize, usize),
        inverse: bool,
        mut plan: impl FnMut(usize) -> Arc<dyn Fft<T>>,
    ) -> Long<T> {
        let n = rows * cols;
        let steps = rows.div_ceil(FINE);
        let turn =
            |j: usize, k: usize| if inverse { root::<T>(j * k % n, n).conj() } else { root(j * k % n, n) };
        let fine = (0..cols).flat_map(|j| (0..FINE).map(move |k| turn(j, k))).collect();
        let coarse = (0..cols).flat_map(|j| (0..steps).map(move |k| turn(j, k * FINE))).collect();
        Long { rows, cols, first: plan(rows), second: plan(cols), fine, coarse }
    }

    fn size(&self) -> usize {
        self.rows * self.cols
    }

    /// The transform of `x` times `factor`; `work` is as long as both.
    pub fn run(
        &self,
        x: &[Complex<T>],
        work: &mut [Complex<T>],
        out: &mut [Complex<T>],
        factor: T,
        each: Each<'_>,
    ) {
        self.columns(x, work, each);
        self.rows(work, out, factor, each);
    }

    /// As [`Self::run`], of a line that gives way to its transform.
    pub(super) fn replace(
        &self,
        line: &mut [Complex<T>],
        work: &mut [Complex<T>],
        factor: T,
        each: Each<'_>,
    ) {
        self.columns(line, work, each);
        self.rows(work, line, factor, each);
    }

    /// The first pass.
    fn columns(&self, x: &[Complex<T>], work: &mut [Complex<T>], each: Each<'_>) {
        assert!(x.len() == self.size() && work.len() == self.size());
        let shared = Shared::new(work);
        each(self.cols.div_ceil(TILE), &|t| {
            let columns = TILE.min(self.cols - t * TILE);
            // SAFETY: each part has its own tile.
            let lines = unsafe { shared.part(t * TILE * self.rows, columns * self.rows) };
            gather(x, (t * TILE, self.cols), columns, self.rows, lines);
            T::with_scratch(self.first.get_inplace_scratch_len(), |scratch| {
                self.first.process_with_scratch(lines, scratch);
            });
            self.turn(lines, t * TILE);
        });
    }

    /// The second pass.
    fn rows(&self, work: &[Complex<T>], out: &mut [Complex<T>], factor: T, each: Each<'_>) {
        assert!(work.len() == self.size() && out.len() == self.size());
        let out = Shared::new(out);
        each(self.rows.div_ceil(TILE), &|t| {
            let columns = TILE.min(self.rows - t * TILE);
            let room = TILE * self.cols;
            T::with_scratch(room + self.second.get_inplace_scratch_len(), |scratch| {
                let (lines, scratch) = scratch.split_at_mut(room);
                let lines = &mut lines[..columns * self.cols];
                gather(work, (t * TILE, self.rows), columns, self.cols, lines);
                self.second.process_with_scratch(lines, scratch);
                super::scale(lines, factor);
                // SAFETY: each part has its own columns.
                unsafe { scatter(lines, columns, self.cols, &out, (t * TILE, self.rows)) };
            });
        });
    }

    /// Turns the transformed columns from `column` on.
    fn turn(&self, lines: &mut [Complex<T>], column: usize) {
        let steps = self.rows.div_ceil(FINE);
        simd(
            #[inline(always)]
            || {
                for (i, line) in lines.chunks_exact_mut(self.rows).enumerate() {
                    let fine = &self.fine[(column + i) * FINE..][..FINE];
                    let coarse = &self.coarse[(column + i) * steps..][..steps];
                    for (part, &far) in line.chunks_mut(FINE).zip(coarse) {
                        for (z, &near) in part.iter_mut().zip(fine) {
                            *z = *z * (near * far);
                        }
                    }
                }
            },
        );
    }
}

/// A plan of a long real line of even length.
pub struct LongReal<T: Real> {
    half: Arc<Long<T>>,
    /// Powers of the root of the whole length, fine and coarse, up to a quarter of it.
    fine: Vec<Complex<T>>,
    coarse: Vec<Complex<T>>,
}

/// Pairs of a part of the pass that takes a real transform apart.
const PAIRS: usize = 1 << 12;

impl<T: Real> LongReal<T> {
    pub(super) fn new(half: Arc<Long<T>>) -> LongReal<T> {
        let n = 2 * half.size();
        let fine = (0..FINE).map(|k| root(k, n)).collect();
        let coarse = (0..=n / 4 / FINE).map(|k| root(k * FINE, n)).collect();
        LongReal { half, fine, coarse }
    }

    /// The forward transform of `x` times `factor` into `out`: its first `n / 2 + 1` values, or all
    /// `n`. `work` holds `n / 2`.
    pub fn forward(
        &self,
        x: &[T],
        work: &mut [Complex<T>],
        out: &mut [Complex<T>],
        factor: T,
        each: Each<'_>,
    ) {
        let m = self.half.size();
        let (whole, two) = (out.len() == 2 * m, T::one() + T::one());
        assert!(x.len() == 2 * m && (whole || out.len() == m + 1));
        self.half.run(super::pairs(x), work, &mut out[..m], factor / two, each);
        let z = out[0] + out[0];
        let shared = Shared::new(out);
        each((m / 2 - 1).div_ceil(PAIRS), &|t| {
            let from = 1 + t * PAIRS;
            let n = PAIRS.min(m / 2 - from);
            // SAFETY: parts have their own `k` in `1..m / 2`, and with it `m - k`, `m + k`, `2m - k`.
            let (low, high) = unsafe { (shared.part(from, n), shared.part(m - from - n + 1, n)) };
            self.part(from, low, high, false);
            if whole {
                // SAFETY: as above.
                let (a, b) = unsafe { (shared.part(m + from, n), shared.part(2 * m - from - n + 1, n)) };
                mirror(low, b);
                mirror(high, a);
            }
        });
        out[0] = Complex::new(z.re + z.im, T::zero());
        out[m] = Complex::new(z.re - z.im, T::zero());
        out[m / 2] = (out[m / 2] + out[m / 2]).conj();
        if whole {
            out[m + m / 2] = out[m / 2].conj();
        }
    }

    /// The inverse of the first `n / 2 + 1` values `x`, which are overwritten, times `n * factor`.
    pub fn inverse(
        &self,
        x: &mut [Complex<T>],
        work: &mut [Complex<T>],
        out: &mut [T],
        factor: T,
        each: Each<'_>,
    ) {
        let m = self.half.size();
        assert!(x.len() == m + 1 && out.len() == 2 * m);
        let (first, last) = (x[0].re, x[m].re);
        let shared = Shared::new(x);
        each((m / 2 - 1).div_ceil(PAIRS), &|t| {
            let from = 1 + t * PAIRS;
            let n = PAIRS.min(m / 2 - from);
            // SAFETY: parts have their own `k` in `1..m / 2`, and with it `m - k`.
            let (low, high) = unsafe { (shared.part(from, n), shared.part(m - from - n + 1, n)) };
            self.part(from, low, high, true);
        });
        x[0] = Complex::new(first + last, first - last);
        x[m / 2] = (x[m / 2] + x[m / 2]).conj();
        self.half.run(&x[..m], work, super::pairs_mut(out), factor, each);
    }

    /// Takes pairs `k` and `m - k` apart, or joins them: the sum of one and the conjugate of the other
    /// is the even half, their difference turned by a quarter and by `k` the odd half.
    fn part(&self, from: usize, low: &mut [Complex<T>], high: &mut [Complex<T>], inverse: bool) {
        let side = if inverse { T::zero() - T::one() } else { T::one() };
        simd(
            #[inline(always)]
            || {
                let mut k = from;
                let end = from + low.len();
                while k < end {
                    // A run within one coarse step.
                    let n = (FINE - k % FINE).min(end - k);
                    let far = self.coarse[k / FINE];
                    let near = &self.fine[k % FINE..][..n];
                    let left = &mut low[k - from..][..n];
                    let right = &mut high[end - k - n..][..n];
                    for i in 0..n {
                        let (a, b) = (left[i], right[n - 1 - i]);
                        let w = near[i] * far;
                        let w = Complex::new(w.re, w.im * side);
                        let even = Complex::new(a.re + b.re, a.im - b.im);
                        let gap = Complex::new(a.re - b.re, a.im + b.im);
                        // Times -i forwards, i backwards.
                        let odd = Complex::new(gap.im * side, T::zero() - gap.re * side) * w;
                        left[i] = even + odd;
                        right[n - 1 - i] = Complex::new(even.re - odd.re, odd.im - even.im);
                    }
                    k += n;
                }
            },
        );
    }
}

/// `to` is the conjugate of `from`, backwards.
fn mirror<T: Real>(from: &[Complex<T>], to: &mut [Complex<T>]) {
    simd(
        #[inline(always)]
        || {
            for (y, x) in to.iter_mut().rev().zip(from) {
                *y = Complex::new(x.re, T::zero() - x.im);
            }
        },
    );
}

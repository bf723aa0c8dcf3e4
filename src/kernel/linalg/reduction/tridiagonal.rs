//! Tridiagonal form of a symmetric matrix, from its lower triangle.
//!
//! A reflection takes `u w' + w u'` off the matrix, `w = tau A u - tau² / 2 (u' A u) u`. One pass over the
//! columns carries out the one before and multiplies with the next: each column below the diagonal counts as
//! a column, and as a row.

use super::super::{blocks::done, both, threads, watched::look, watched::told};
use super::bidiagonal::four_of;
use super::{Columns, GROUP, Number, SHARED, reflector, set};
use crate::kernel::lane::Lane;
use crate::kernel::simd;
use crate::kernel::simd::with_vectors;
use faer::linalg::householder::upgrade_householder_factor;
use faer::reborrow::ReborrowMut;
use faer::{MatMut, Par};

/// Leaves the diagonal and what lies below it in place of the lower triangle, and the reflections below
/// that, as `faer` does; the factors of as many of them at a time as `factors` has rows, if more than one.
pub fn tridiagonal<T: Number>(mut a: MatMut<'_, T::Faer>, mut factors: MatMut<'_, T::Faer>) {
    let n = a.nrows();
    let mut columns = Columns::<T>::new(a.as_ref());
    let size = columns.stride.max(columns.data.len() / columns.stride);
    let line = || vec![T::ZERO; size];
    let (mut u, mut w, mut next) = (line(), line(), line());
    let mut halves = [line(), line()];
    let masks = masks::<T>();
    let block = factors.nrows();
    for k in 0..n {
        look();
        told(if block > 1 { 0.5 * done(k, n) } else { done(k, n) });
        take_off(&mut columns.column(k)[k..n], &u, &w, k);
        let diagonal = columns.column(k)[k];
        set(&mut a, (k, k), columns.unscaled(diagonal));
        if k + 1 == n {
            break;
        }
        next[..=k].fill(T::ZERO);
        next[k + 1..n].copy_from_slice(&columns.column(k)[k + 1..n]);
        let (beta, tau) = reflector(&mut next[k + 1..n]);
        set(&mut a, (k + 1, k), columns.unscaled(beta));
        if block > 1 {
            (k + 2..n).for_each(|i| set(&mut a, (i, k), next[i]));
            // `faer` divides by it.
            let inverse = T::from_real(1.0 / tau.complex().re);
            set(&mut factors, (k % block, k), inverse);
        }
        (u[k], w[k]) = (T::ZERO, T::ZERO);
        pass(&mut columns, [&u, &w, &next], k, &masks, &mut halves);
        finish(&halves, &next[..n], &mut w, tau, k);
        std::mem::swap(&mut u, &mut next);
    }
    if block > 1 {
        for j in (0..n - 1).step_by(block) {
            let width = block.min(n - 1 - j);
            let essentials = a.as_ref().submatrix(j + 1, j, n - 1 - j, width);
            let factor = factors.rb_mut().submatrix_mut(0, j, width, width);
            upgrade_householder_factor(factor, essentials, width, 1, Par::Seq);
        }
    }
}

/// `u w' + w u'` off the end of column `k`, from row `k` on.
fn take_off<T: Number>(column: &mut [T], u: &[T], w: &[T], k: usize) {
    let (uk, wk) = (u[k], w[k]);
    let (u, w) = (&u[k..][..column.len()], &w[k..][..column.len()]);
    simd(
        #[inline(always)]
        || {
            for ((c, u), w) in column.iter_mut().zip(u).zip(w) {
                *c -= *u * wk + *w * uk;
            }
        },
    );
}

/// `w` from the product of the matrix and `u`, which comes in two summands.
fn finish<T: Number>(halves: &[Vec<T>; 2], u: &[T], w: &mut [T], tau: T, k: usize) {
    let n = u.len();
    let [a, b] = halves;
    let (a, b, u, w) = (&a[k + 1..n], &b[k + 1..n], &u[k + 1..], &mut w[k + 1..n]);
    let along = T::dot(a, u, false) + T::dot(b, u, false);
    let half = T::from_real(0.5) * tau * tau * along;
    simd(
        #[inline(always)]
        || {
            for (((w, u), a), b) in w.iter_mut().zip(u).zip(a).zip(b) {
                *w = tau * (*a + *b) - half * *u;
            }
        },
    );
}

/// The pass over the columns after `k`: takes off the reflection of `u` and `w`, multiplies with `next`.
fn pass<T: Number>(
    columns: &mut Columns<T>,
    [u, w, next]: [&[T]; 3],
    k: usize,
    masks: &[[T; 2 * GROUP]; GROUP],
    halves: &mut [Vec<T>; 2],
) {
    let (stride, n) = (columns.stride, columns.cols);
    let first = (k + 1) - (k + 1) % GROUP;
    let end = n.next_multiple_of(GROUP);
    let rest = &mut columns.data[first * stride..end * stride];
    let shared = threads() > 1 && (end - first) * (end - first) / 2 >= SHARED;
    // Half of the triangle's area.
    let cut = match shared {
        true => ((end - first) as f64 * (1.0 - 0.5f64.sqrt())) as usize / GROUP * GROUP,
        false => end - first,
    };
    let (a, b) = rest.split_at_mut(cut * stride);
    let [sa, sb] = halves;
    sa.fill(T::ZERO);
    sb.fill(T::ZERO);
    let one = Pass { columns: a, stride, first, end, u, w, next, masks, sums: sa };
    let two = Pass { columns: b, stride, first: first + cut, end, u, w, next, masks, sums: sb };
    if shared {
        both(|| with_vectors(one), || with_vectors(two));
    } else {
        with_vectors(one);
    }
}

/// For each column of a group, ones from its diagonal on; then the same without the diagonal.
fn masks<T: Number>() -> [[T; 2 * GROUP]; GROUP] {
    let one = |is: bool| if is { T::ONE } else { T::ZERO };
    std::array::from_fn(|q| std::array::from_fn(|i| if i < GROUP { one(i >= q) } else { one(i - GROUP > q) }))
}

/// A pass over some groups of columns, each from the row of its first diagonal element on.
struct Pass<'a, T> {
    columns: &'a mut [T],
    stride: usize,
    first: usize,
    end: usize,
    u: &'a [T],
    w: &'a [T],
    next: &'a [T],
    masks: &'a [[T; 2 * GROUP]; GROUP],
    sums: &'a mut [T],
}

impl<T: Number> pulp::WithSimd for Pass<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(mut self, simd: S) {
        let count = self.columns.len() / self.stride;
        for at in (0..count).step_by(4) {
            self.four(simd, at);
        }
    }
}

impl<T: Number> Pass<'_, T> {
    /// Four columns from the one `at` these.
    #[inline(always)]
    fn four<S: pulp::Simd>(&mut self, simd: S, at: usize) {
        let lanes = T::lanes::<S>();
        let j = self.first + at;
        // The place in the group, and the first vector that reaches the diagonal.
        let (group, place) = (j - j % GROUP, j % GROUP);
        let skip = place - place % lanes.min(GROUP);
        let (from, mixed) = (group + skip, (GROUP - skip) / lanes);
        let lines = [self.u, self.w, self.next].map(|line| &line[from..self.end]);
        let [u, w, v] = lines.map(|line| T::vectors::<S>(line).0);
        let sums = T::vectors_mut::<S>(&mut self.sums[from..self.end]).0;
        let len = sums.len();
        let (u, w, v) = (&u[..len], &w[..len], &v[..len]);
        let four = &mut self.columns[at * self.stride..][..4 * self.stride];
        let [c0, c1, c2, c3] = four_of::<T, S>(four, self.stride, from, len);
        let zero = T::splat(simd, T::ZERO);
        let minus = |x: &[T], q: usize| T::splat(simd, -x[j + q]);
        let (u0, u1, u2, u3) = (minus(self.u, 0), minus(self.u, 1), minus(self.u, 2), minus(self.u, 3));
        let (w0, w1, w2, w3) = (minus(self.w, 0), minus(self.w, 1), minus(self.w, 2), minus(self.w, 3));
        let plus = |q: usize| T::splat(simd, self.next[j + q]);
        let (f0, f1, f2, f3) = (plus(0), plus(1), plus(2), plus(3));
        let (mut d0, mut d1, mut d2, mut d3) = (zero, zero, zero, zero);
        let mask = |q: usize, after: usize, i: usize| {
            T::vectors::<S>(&self.masks[place + q][after + skip + i * lanes..][..lanes]).0[0]
        };
        for i in 0..mixed.min(len) {
            let (u, w, v, mut sum) = (u[i], w[i], v[i], sums[i]);
            macro_rules! column {
                ($($q:literal $c:ident $u:ident $w:ident $f:ident $d:ident)*) => {$(
                    $c[i] = T::fused(simd, w, $u, T::fused(simd, u, $w, $c[i]));
                    $d = T::fused(simd, <T as Lane>::mul(simd, $c[i], mask($q, 0, i)), v, $d);
                    sum = T::fused(simd, <T as Lane>::mul(simd, $c[i], mask($q, GROUP, i)), $f, sum);
                )*};
            }
            column!(0 c0 u0 w0 f0 d0 1 c1 u1 w1 f1 d1 2 c2 u2 w2 f2 d2 3 c3 u3 w3 f3 d3);
            sums[i] = sum;
        }
        for i in mixed..len {
            let (u, w, v, mut sum) = (u[i], w[i], v[i], sums[i]);
            macro_rules! column {
                ($($c:ident $u:ident $w:ident $f:ident $d:ident)*) => {$(
                    $c[i] = T::fused(simd, w, $u, T::fused(simd, u, $w, $c[i]));
                    $d = T::fused(simd, $c[i], v, $d);
                    sum = T::fused(simd, $c[i], $f, sum);
                )*};
            }
            column!(c0 u0 w0 f0 d0 c1 u1 w1 f1 d1 c2 u2 w2 f2 d2 c3 u3 w3 f3 d3);
            sums[i] = sum;
        }
        for (q, d) in [d0, d1, d2, d3].into_iter().enumerate() {
            self.sums[j + q] += T::total(simd, d);
        }
    }
}

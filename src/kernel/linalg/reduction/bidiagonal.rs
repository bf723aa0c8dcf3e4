//! Upper bidiagonal form.
//!
//! A reflection from the left takes `u y'` off the matrix, `y = tau A' u`; one from the right `x v'`,
//! `x = pi A v`. The row that `v` comes from, `r`, is known only after `y`, but element by element, as the
//! columns are: so one pass over the columns carries out the two reflections before, forms the element of `y`
//! and that of `r`, and adds the column times that to `A r`. `v` is `r` but for its first element and a
//! factor, and so `A v` follows from `A r` and one column (Howell, Demmel, Fulton, Hammarling and Marmol,
//! "Cache efficient bidiagonalization using BLAS 2.5 operators", 2008).

use super::super::{blocks::done, both, threads, watched::look, watched::told};
use super::{Columns, GROUP, Number, SHARED, reflector, set};
use crate::kernel::simd;
use crate::kernel::simd::with_vectors;
use faer::MatMut;

/// Leaves the bidiagonal in place of a matrix that has no fewer rows than columns.
pub fn bidiagonal<T: Number>(mut a: MatMut<'_, T::Faer>) {
    let mut columns = Columns::<T>::new(a.as_ref());
    let (m, n) = a.shape();
    let mut last = Pair::new(columns.stride, columns.data.len() / columns.stride);
    let mut next = Pair::new(columns.stride, columns.data.len() / columns.stride);
    let mut halves = [vec![T::ZERO; columns.stride], vec![T::ZERO; columns.stride]];
    let mut row = vec![T::ZERO; last.y.len()];
    for k in 0..n {
        look();
        told(done(k, n));
        let column = &mut columns.column(k)[k..m];
        last.apply(column, k);
        next.u[..k].fill(T::ZERO);
        next.u[k..m].copy_from_slice(column);
        let (beta, tau) = reflector(&mut next.u[k..m]);
        set(&mut a, (k, k), columns.unscaled(beta));
        if k + 1 == n {
            break;
        }
        next.pass(&last, tau, k, &mut columns, &mut halves, &mut row);
        let (beta, by) = next.turn(&mut row[k + 1..n], k);
        next.finish(&halves, columns.column(k + 1), beta, by, (k, m, n));
        set(&mut a, (k, k + 1), columns.unscaled(beta));
        std::mem::swap(&mut last, &mut next);
        last.u[k] = T::ZERO;
    }
}

/// What two reflections take off a matrix: `u y' + x v'`.
struct Pair<T> {
    u: Vec<T>,
    y: Vec<T>,
    x: Vec<T>,
    v: Vec<T>,
    /// The factor of the second.
    pi: T,
}

impl<T: Number> Pair<T> {
    fn new(rows: usize, cols: usize) -> Pair<T> {
        let zeros = |n| vec![T::ZERO; n];
        Pair { u: zeros(rows), y: zeros(cols), x: zeros(rows), v: zeros(cols), pi: T::ZERO }
    }

    /// To the end of column `k`, from row `k` on.
    fn apply(&self, column: &mut [T], k: usize) {
        let (y, v) = (self.y[k], self.v[k]);
        let (u, x) = (&self.u[k..][..column.len()], &self.x[k..][..column.len()]);
        simd(
            #[inline(always)]
            || {
                for ((c, u), x) in column.iter_mut().zip(u).zip(x) {
                    *c -= *u * y + *x * v;
                }
            },
        );
    }

    /// The pass over the columns after `k`: takes off what was `last`, and finds `y`, the row `r`, and the two
    /// `halves` of `A r`.
    fn pass(
        &mut self,
        last: &Pair<T>,
        tau: T,
        k: usize,
        columns: &mut Columns<T>,
        halves: &mut [Vec<T>; 2],
        row: &mut [T],
    ) {
        let (stride, n, first) = (columns.stride, columns.cols, k + 1);
        let count = (n - first).next_multiple_of(4);
        let rest = &mut columns.data[first * stride..][..count * stride];
        let shared = threads() > 1 && count * (stride - k) >= SHARED;
        let near = if shared { (count / 2).next_multiple_of(4) } else { count };
        let (a, b) = rest.split_at_mut(near * stride);
        let (ya, yb) = self.y[first..][..count].split_at_mut(near);
        let (ra, rb) = row[first..][..count].split_at_mut(near);
        let [sa, sb] = halves;
        sa.fill(T::ZERO);
        sb.fill(T::ZERO);
        let (u, middle) = (&self.u[..], first + near);
        let (y, v) = (&last.y[first..], &last.v[first..]);
        let one = Pass { columns: a, stride, k, last, y, v, u, tau, products: ya, row: ra, sums: sa };
        let (y, v) = (&last.y[middle..], &last.v[middle..]);
        let two = Pass { columns: b, stride, k, last, y, v, u, tau, products: yb, row: rb, sums: sb };
        if shared {
            both(|| with_vectors(one), || with_vectors(two));
        } else {
            with_vectors(one);
        }
    }

    /// The reflection of the row, whose elements from `k + 1` on these are. Gives what they become, and the
    /// factor from them to `v`.
    fn turn(&mut self, row: &mut [T], k: usize) -> (T, T) {
        let head = row[0];
        let (beta, pi) = reflector(row);
        self.v[k + 1..][..row.len()].copy_from_slice(row);
        self.pi = pi;
        let by = if pi == T::ZERO { T::ZERO } else { T::ONE / (head - beta) };
        (beta, by)
    }

    /// `x`, from the sums over the columns and the first of them.
    fn finish(
        &mut self,
        halves: &[Vec<T>; 2],
        first: &[T],
        beta: T,
        by: T,
        (k, m, n): (usize, usize, usize),
    ) {
        let both = T::dot(&self.y[k + 1..n], &self.v[k + 1..n], false);
        let (pi, [sa, sb]) = (self.pi, halves);
        let (x, u, first) = (&mut self.x[k + 1..m], &self.u[k + 1..m], &first[k + 1..m]);
        let (sa, sb) = (&sa[k + 1..m], &sb[k + 1..m]);
        simd(
            #[inline(always)]
            || {
                for ((((x, u), c), a), b) in x.iter_mut().zip(u).zip(first).zip(sa).zip(sb) {
                    *x = pi * ((*a + *b - beta * *c) * by - *u * both);
                }
            },
        );
        self.x[..k + 1].fill(T::ZERO);
    }
}

/// A pass over some columns.
struct Pass<'a, T> {
    columns: &'a mut [T],
    stride: usize,
    /// The reflected row.
    k: usize,
    last: &'a Pair<T>,
    /// Of these columns.
    y: &'a [T],
    v: &'a [T],
    u: &'a [T],
    tau: T,
    products: &'a mut [T],
    row: &'a mut [T],
    sums: &'a mut [T],
}

impl<T: Number> pulp::WithSimd for Pass<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        let from = self.k - self.k % GROUP;
        let lines = [&self.last.u, &self.last.x, self.u].map(|line| &line[from..self.stride]);
        let [u, x, w] = lines.map(|line| T::vectors::<S>(line).0);
        let sums = T::vectors_mut::<S>(&mut self.sums[from..self.stride]).0;
        let len = sums.len();
        let (u, x, w) = (&u[..len], &x[..len], &w[..len]);
        let zero = T::splat(simd, T::ZERO);
        for (g, four) in self.columns.chunks_exact_mut(4 * self.stride).enumerate() {
            let at = 4 * g;
            let [c0, c1, c2, c3] = four_of::<T, S>(four, self.stride, from, len);
            let factor = |x: &[T], q: usize| T::splat(simd, -x[at + q]);
            let (y0, y1, y2, y3) =
                (factor(self.y, 0), factor(self.y, 1), factor(self.y, 2), factor(self.y, 3));
            let (v0, v1, v2, v3) =
                (factor(self.v, 0), factor(self.v, 1), factor(self.v, 2), factor(self.v, 3));
            let (mut d0, mut d1, mut d2, mut d3) = (zero, zero, zero, zero);
            for i in 0..len {
                let (u, x, w) = (u[i], x[i], w[i]);
                macro_rules! column {
                    ($($c:ident $y:ident $v:ident $d:ident)*) => {$(
                        $c[i] = T::fused(simd, x, $v, T::fused(simd, u, $y, $c[i]));
                        $d = T::fused(simd, $c[i], w, $d);
                    )*};
                }
                column!(c0 y0 v0 d0 c1 y1 v1 d1 c2 y2 v2 d2 c3 y3 v3 d3);
            }
            let offset = self.k - from;
            macro_rules! place {
                ($($q:literal $c:ident $d:ident)*) => {$(
                    let y = self.tau * T::total(simd, $d);
                    self.products[at + $q] = y;
                    let r = T::elements::<S>($c)[offset] - y;
                    self.row[at + $q] = r;
                    let $d = T::splat(simd, r);
                )*};
            }
            place!(0 c0 d0 1 c1 d1 2 c2 d2 3 c3 d3);
            for i in 0..len {
                let sum = T::fused(simd, c0[i], d0, T::fused(simd, c1[i], d1, sums[i]));
                sums[i] = T::fused(simd, c2[i], d2, T::fused(simd, c3[i], d3, sum));
            }
        }
    }
}

/// Four columns' `len` vectors from a row on.
#[inline(always)]
pub(super) fn four_of<T: Number, S: pulp::Simd>(
    columns: &mut [T],
    stride: usize,
    from: usize,
    len: usize,
) -> [&mut [T::Vector<S>]; 4] {
    let (a, rest) = columns.split_at_mut(stride);
    let (b, rest) = rest.split_at_mut(stride);
    let (c, d) = rest.split_at_mut(stride);
    [a, b, c, d].map(|x| &mut T::vectors_mut::<S>(&mut x[from..stride]).0[..len])
}

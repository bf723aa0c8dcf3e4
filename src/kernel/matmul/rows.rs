//! Dense rows with a vector, the product of a C-ordered matrix and a vector.
//!
//! Rows of floats run four at a time, each in eight sums, so that the additions of one row wait beside
//! those of the others. A matrix that lies in the caches is read so at the rate of the loads: 500 × 500
//! float64 in 18 µs on one thread, 100 × 100 in 0.7. What is left of a row after its eights goes by
//! fours: 10000 rows of 20 in 24 µs, where single elements made it 100. Eight rows at a time are a
//! quarter faster still where the compiler keeps them in registers; here it does not. Nor does it for
//! sixteen sums of float32.
//!
//! A matrix that comes from the last cache or from memory is bound by how many of its lines are on their
//! way at once; several rows are as many streams, which the processor foresees by itself. To ask for
//! lines ahead only takes room from that. µs of 2000 × 2000 float64 (32 MB, the size of the last cache)
//! and ms of 5000 × 5000 on two threads:
//!
//! | rows at a time | one | two | four | eight |
//! | --- | --- | --- | --- | --- |
//! | 2000, nothing asked for | 252 | 229 | 185 | 173 |
//! | 2000, 2 KiB ahead | 302 | 268 | 232 | 219 |
//! | 2000, 16 KiB ahead | 252 | | | |
//! | 5000, nothing asked for | 3.8 | 5.0 | 3.6 | 3.5 |
//! | 5000, 2 KiB ahead | 3.8 | 3.7 | 3.6 | 3.5 |
//!
//! Every row is summed alike, in whatever group and from wherever it comes.

use super::Mat;
use super::dot::{Ring, dot_here};
use crate::kernel::simd;

/// `out[i] = a[i] · x` for integers.
pub(super) fn dots<T: Ring>(a: Mat<'_, T>, x: &[T], out: &mut [T]) {
    simd(
        #[inline(always)]
        || {
            for (i, slot) in out.iter_mut().enumerate() {
                *slot = dot_here(row(a, i), x);
            }
        },
    )
}

/// As [`dots`], for real floats: each row in `L` sums, one register of them.
pub(super) fn float_dots<T: Ring, const L: usize>(a: Mat<'_, T>, x: &[T], out: &mut [T]) {
    simd(
        #[inline(always)]
        || groups::<T, L, 4>(a, x, out),
    )
}

#[inline(always)]
fn row<'a, T: Ring>(a: Mat<'a, T>, i: usize) -> &'a [T] {
    // `map_or` would be a function of its own, without the wide instructions.
    match a.row(i) {
        Some(row) => row,
        None => &[],
    }
}

/// All rows, `R` at a time and the rest one by one.
#[inline(always)]
fn groups<T: Ring, const L: usize, const R: usize>(a: Mat<'_, T>, x: &[T], out: &mut [T]) {
    let (groups, rest) = out.as_chunks_mut::<R>();
    let done = R * groups.len();
    for (g, slots) in groups.iter_mut().enumerate() {
        *slots = group::<T, L, R>(std::array::from_fn(|r| row(a, R * g + r)), x);
    }
    for (r, slot) in rest.iter_mut().enumerate() {
        [*slot] = group::<T, L, 1>([row(a, done + r)], x);
    }
}

#[inline(always)]
fn group<T: Ring, const L: usize, const R: usize>(rows: [&[T]; R], x: &[T]) -> [T; R] {
    let mut n = x.len();
    for row in rows {
        n = n.min(row.len());
    }
    let (xs, xr) = x[..n].as_chunks::<L>();
    let mut sums = [[T::default(); L]; R];
    for (c, q) in xs.iter().enumerate() {
        for r in 0..R {
            let p = &rows[r][c * L..][..L];
            for l in 0..L {
                sums[r][l] = sums[r][l].add(p[l].mul(q[l]));
            }
        }
    }
    // What is left of short rows counts: half a register of it first.
    let (half, xr) = xr.as_chunks::<4>();
    let mut at = n - xr.len() - 4 * half.len();
    for q in half {
        for r in 0..R {
            let p = &rows[r][at..][..4];
            for l in 0..4 {
                sums[r][l] = sums[r][l].add(p[l].mul(q[l]));
            }
        }
        at += 4;
    }
    let mut out = [T::default(); R];
    for r in 0..R {
        let mut rest = T::default();
        for (&p, &q) in rows[r][at..n].iter().zip(xr) {
            rest = rest.add(p.mul(q));
        }
        let mut width = L / 2;
        while width > 0 {
            for l in 0..width {
                sums[r][l] = sums[r][l].add(sums[r][l + width]);
            }
            width /= 2;
        }
        out[r] = sums[r][0].add(rest);
    }
    out
}

//! Dot products and matrix-vector products, generic over how two elements multiply and add.

use super::{Mat, PARALLEL};
use crate::kernel::simd;
use rayon::prelude::*;

/// Multiplication and addition of one dtype; wrapping for integers, `and` and `or` for bool.
pub trait Ring: Copy + Send + Sync + Default {
    fn add(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
}

/// Independent sums, so that additions overlap and fill registers.
const SUMS: usize = 32;

pub(super) fn dot<T: Ring>(x: &[T], y: &[T]) -> T {
    simd(
        #[inline(always)]
        || dot_here(x, y),
    )
}

#[inline(always)]
fn dot_here<T: Ring>(x: &[T], y: &[T]) -> T {
    let mut sums = [T::default(); SUMS];
    let (xs, ys) = (x.chunks_exact(SUMS), y.chunks_exact(SUMS));
    let mut rest = T::default();
    for (&p, &q) in xs.remainder().iter().zip(ys.remainder()) {
        rest = rest.add(p.mul(q));
    }
    for (p, q) in xs.zip(ys) {
        for l in 0..SUMS {
            sums[l] = sums[l].add(p[l].mul(q[l]));
        }
    }
    let mut width = SUMS / 2;
    while width > 0 {
        for l in 0..width {
            sums[l] = sums[l].add(sums[l + width]);
        }
        width /= 2;
    }
    sums[0].add(rest)
}

/// `out = a x` for rows or columns that lie contiguously; `false` if neither do.
pub(super) fn gemv<T: Ring>(a: Mat<'_, T>, x: &[T], out: &mut [T], threads: usize) -> bool {
    let rows = if threads < 2 { a.rows } else { (PARALLEL / a.cols.max(1)).clamp(1, a.rows) };
    if a.cs == 1 || a.cols == 1 {
        let run = |(block, out): (usize, &mut [T])| dots(a, block * rows, x, out);
        each_block(out, rows, run);
    } else if a.rs == 1 || a.rows == 1 {
        let run = |(block, out): (usize, &mut [T])| sums(a.transpose(), block * rows, x, out);
        each_block(out, rows, run);
    } else {
        return false;
    }
    true
}

fn each_block<T: Send>(out: &mut [T], rows: usize, run: impl Fn((usize, &mut [T])) + Send + Sync) {
    if rows >= out.len() {
        run((0, out));
    } else {
        out.par_chunks_mut(rows).enumerate().for_each(run);
    }
}

fn dots<T: Ring>(a: Mat<'_, T>, first: usize, x: &[T], out: &mut [T]) {
    simd(
        #[inline(always)]
        || {
            for (i, slot) in out.iter_mut().enumerate() {
                *slot = a.row(first + i).map_or_else(
                    T::default,
                    #[inline(always)]
                    |row| dot_here(row, x),
                );
            }
        },
    )
}

/// Adds up rows of the transpose, `columns`, in strips that stay in the first-level cache.
fn sums<T: Ring>(columns: Mat<'_, T>, first: usize, x: &[T], out: &mut [T]) {
    const STRIP: usize = 1024;
    for (s, strip) in out.chunks_mut(STRIP).enumerate() {
        let start = first + s * STRIP;
        strip.fill(T::default());
        for (k, &factor) in x.iter().enumerate() {
            let Some(column) = columns.row(k) else { continue };
            let column = &column[start..start + strip.len()];
            simd(
                #[inline(always)]
                || {
                    for (slot, &item) in strip.iter_mut().zip(column) {
                        *slot = slot.add(item.mul(factor));
                    }
                },
            );
        }
    }
}

//! Products of small matrices, many in one call: the right operand is copied into a fixed array,
//! each row of the result is summed in registers. No packing, and one choice of instruction set for
//! the whole stack. Products are multiplied and added in the order of the inner index.

use super::{Mat, Ring};
use crate::kernel::simd;

/// The largest inner length and number of columns.
const SIDE: usize = 16;

/// Whether [`products`] takes matrices of these shapes.
#[inline]
pub fn fits(m: usize, k: usize, n: usize) -> bool {
    k <= SIDE && n <= SIDE && m <= 2 * SIDE
}

/// The products of `count` pairs of matrices of one shape, dense, one after the other.
pub fn products<'a, T: Ring>(get: &dyn Fn(usize) -> (Mat<'a, T>, Mat<'a, T>), count: usize, out: &mut [T]) {
    if count == 0 || out.is_empty() {
        return;
    }
    let n = get(0).1.shape().1;
    match n {
        1 => run::<T, 1>(get, count, out),
        2 => run::<T, 2>(get, count, out),
        3 => run::<T, 3>(get, count, out),
        4 => run::<T, 4>(get, count, out),
        5..=8 => run::<T, 8>(get, count, out),
        _ => run::<T, SIDE>(get, count, out),
    }
}

fn run<'a, T: Ring, const N: usize>(
    get: &dyn Fn(usize) -> (Mat<'a, T>, Mat<'a, T>),
    count: usize,
    out: &mut [T],
) {
    let size = out.len() / count;
    simd(
        #[inline(always)]
        || {
            for (i, z) in out.chunks_exact_mut(size).enumerate() {
                let (a, b) = get(i);
                one::<T, N>(a, b, z);
            }
        },
    )
}

#[inline(always)]
fn one<T: Ring, const N: usize>(a: Mat<'_, T>, b: Mat<'_, T>, out: &mut [T]) {
    let (k, n) = b.shape();
    let mut right = [[T::default(); N]; SIDE];
    for (l, line) in right[..k.min(SIDE)].iter_mut().enumerate() {
        match b.row(l) {
            Some(row) if n == N => line.copy_from_slice(&row[..N]),
            _ => (0..n.min(N)).for_each(|j| line[j] = b.at(l, j)),
        }
    }
    let dense = a.cs == 1;
    for (i, z) in out.chunks_exact_mut(n).enumerate() {
        let mut sums = [T::default(); N];
        match a.row(i) {
            Some(row) if dense => {
                for (&x, line) in row.iter().zip(&right) {
                    for j in 0..N {
                        sums[j] = sums[j].add(x.mul(line[j]));
                    }
                }
            }
            _ => {
                for (l, line) in right[..k.min(SIDE)].iter().enumerate() {
                    let x = a.at(i, l);
                    for j in 0..N {
                        sums[j] = sums[j].add(x.mul(line[j]));
                    }
                }
            }
        }
        match z.first_chunk_mut::<N>() {
            Some(z) if n == N => *z = sums,
            _ => z.iter_mut().zip(&sums).for_each(|(z, &s)| *z = s),
        }
    }
}

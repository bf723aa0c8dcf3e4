//! Products of small matrices, many in one call: the right operand is copied into a fixed array,
//! each row of the result is summed in registers. No packing, and at most one choice of instruction
//! set for the whole stack; matrices of up to 4 columns do without, since wide registers stay empty.
//! Products are multiplied and added in the order of the inner index. 1000 products of 16 × 16 take
//! 134 µs on one thread, two rows at a time (222 one by one), which is the peak without fused
//! multiply-add; four rows in one array of sums leave the registers. Of 5 × 5, whole vectors are read and
//! written over what follows: 47 µs on one thread with columns brought and put one by one.

use super::{Mat, Ring};
use crate::kernel::simd;

/// The largest inner length and number of columns.
const SIDE: usize = 16;

/// Whether [`products`] takes matrices of these shapes.
#[inline]
pub fn fits(m: usize, k: usize, n: usize) -> bool {
    k <= SIDE && n <= SIDE && m <= 2 * SIDE
}

/// Matrices of one shape, each a step of elements after the one before.
#[derive(Clone, Copy)]
pub struct Series<'a, T> {
    first: Mat<'a, T>,
    step: isize,
}

impl<'a, T: Copy> Series<'a, T> {
    /// Panics if one of the `count` matrices reaches outside the slice.
    pub fn new(first: Mat<'a, T>, step: isize, count: usize) -> Series<'a, T> {
        let last = first.offset as isize + step * (count.max(1) as isize - 1);
        assert!(last >= 0, "a matrix reaches outside its slice");
        Mat::new(first.data, last as usize, (first.rows, first.cols), (first.rs, first.cs));
        Series { first, step }
    }

    #[inline(always)]
    fn get(&self, i: usize) -> Mat<'a, T> {
        Mat { offset: self.first.offset.wrapping_add_signed(i as isize * self.step), ..self.first }
    }
}

/// The products of pairs of matrices, dense, one after the other; as many as `out` has room for.
pub fn products<T: Ring>(a: Series<'_, T>, b: Series<'_, T>, out: &mut [T]) {
    let ((m, k), n) = (a.first.shape(), b.first.shape().1);
    assert!(k == b.first.rows && fits(m, k, n));
    if out.is_empty() {
        return;
    }
    match (n, k) {
        (1, 2) => run::<T, 1, 2>(a, b, out),
        (1, 3) => run::<T, 1, 3>(a, b, out),
        (1, 4) => run::<T, 1, 4>(a, b, out),
        (2, 2) => run::<T, 2, 2>(a, b, out),
        (3, 3) => run::<T, 3, 3>(a, b, out),
        (4, 4) => run::<T, 4, 4>(a, b, out),
        (1, _) => run::<T, 1, SIDE>(a, b, out),
        (2..=4, _) => run::<T, 4, SIDE>(a, b, out),
        (5..=8, _) => wide::<T, 8>(a, b, out),
        _ => wide::<T, SIDE>(a, b, out),
    }
}

fn wide<T: Ring, const N: usize>(a: Series<'_, T>, b: Series<'_, T>, out: &mut [T]) {
    simd(
        #[inline(always)]
        || run::<T, N, SIDE>(a, b, out),
    )
}

#[inline(always)]
fn run<T: Ring, const N: usize, const K: usize>(a: Series<'_, T>, b: Series<'_, T>, out: &mut [T]) {
    let size = a.first.rows * b.first.cols;
    let mut right = [[T::default(); N]; K];
    for i in 0..out.len() / size {
        load(b.get(i), &mut right);
        one(a.get(i), &right, b.first.cols, &mut out[i * size..]);
    }
}

/// Copies a matrix into the corner of an array, beside which is zero or what follows the rows in memory.
#[inline(always)]
fn load<T: Ring, const N: usize, const K: usize>(b: Mat<'_, T>, right: &mut [[T; N]; K]) {
    let (k, n) = b.shape();
    for (l, line) in right[..k.min(K)].iter_mut().enumerate() {
        let row = if b.cs == 1 { b.row(l) } else { None };
        let start = row.map(|_| b.offset.wrapping_add_signed(l as isize * b.rs));
        match start.and_then(|start| b.data.get(start..)?.first_chunk::<N>()) {
            Some(row) => *line = *row,
            _ => (0..n.min(N)).for_each(|j| line[j] = b.at(l, j)),
        }
    }
}

/// The first rows of `out`. More is written of each than it has columns, for the next one to overwrite.
#[inline(always)]
fn one<T: Ring, const N: usize, const K: usize>(a: Mat<'_, T>, right: &[[T; N]; K], n: usize, out: &mut [T]) {
    let right = &right[..a.cols.min(K)];
    let mut first = 0;
    if N == SIDE && n == N && a.cs == 1 {
        // Two rows at once, so that the additions of one wait beside those of the other.
        for z in out[..a.rows * n].chunks_exact_mut(2 * N) {
            let (Some(p), Some(q)) = (a.row(first), a.row(first + 1)) else { break };
            let (mut s, mut t) = ([T::default(); N], [T::default(); N]);
            for ((&x, &y), line) in p.iter().zip(q).zip(right) {
                for j in 0..N {
                    s[j] = s[j].add(x.mul(line[j]));
                }
                for j in 0..N {
                    t[j] = t[j].add(y.mul(line[j]));
                }
            }
            let (top, bottom) = z.split_at_mut(N);
            top.copy_from_slice(&s);
            bottom.copy_from_slice(&t);
            first += 2;
        }
    }
    for i in first..a.rows {
        let z = &mut out[i * n..];
        let mut sums = [T::default(); N];
        match a.row(i) {
            Some(row) => {
                for (&x, line) in row.iter().zip(right) {
                    for j in 0..N {
                        sums[j] = sums[j].add(x.mul(line[j]));
                    }
                }
            }
            None => {
                for (l, line) in right.iter().enumerate() {
                    let x = a.at(i, l);
                    for j in 0..N {
                        sums[j] = sums[j].add(x.mul(line[j]));
                    }
                }
            }
        }
        match z.first_chunk_mut::<N>() {
            Some(z) => *z = sums,
            _ => z.iter_mut().zip(&sums).for_each(|(z, &s)| *z = s),
        }
    }
}

//! Bool matrices: an element of the product tells whether any pair is true in both.

use super::dot::{self, Ring};
use super::{Mat, Product};

impl Ring for bool {
    #[inline(always)]
    fn add(self, other: bool) -> bool {
        self | other
    }
    #[inline(always)]
    fn mul(self, other: bool) -> bool {
        self & other
    }
}

impl Product for bool {
    fn gemm(a: Mat<'_, bool>, b: Mat<'_, bool>, out: &mut [bool], _threads: usize) {
        let words = b.cols.div_ceil(64);
        let mut bits = vec![0u64; b.rows * words];
        for (l, line) in bits.chunks_exact_mut(words).enumerate() {
            for j in 0..b.cols {
                line[j / 64] |= u64::from(b.at(l, j)) << (j % 64);
            }
        }
        let mut sum = vec![0u64; words];
        for (i, row) in out.chunks_exact_mut(b.cols).enumerate() {
            sum.fill(0);
            for (l, line) in bits.chunks_exact(words).enumerate() {
                if a.at(i, l) {
                    sum.iter_mut().zip(line).for_each(|(s, w)| *s |= w);
                }
            }
            for (j, slot) in row.iter_mut().enumerate() {
                *slot = sum[j / 64] >> (j % 64) & 1 == 1;
            }
        }
    }

    fn gemv(a: Mat<'_, bool>, x: &[bool], out: &mut [bool], threads: usize) {
        if !dot::gemv(a, x, out, threads) {
            bool::gemm(a, Mat::rows(x, x.len(), 1), out, threads);
        }
    }

    fn dot(x: &[bool], y: &[bool]) -> bool {
        dot::dot(x, y)
    }
}

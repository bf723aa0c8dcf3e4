//! Real and complex floats: `gemm` for matrices, own loops for vectors.

use super::dot::{self, Ring};
use super::{Mat, Product};
use crate::dtype::{c64, c128};
use gemm::Parallelism;

macro_rules! float {
    ($($t:ty: $one:expr),*) => {$(
        impl Ring for $t {
            #[inline(always)]
            fn add(self, other: $t) -> $t { self + other }
            #[inline(always)]
            fn mul(self, other: $t) -> $t { self * other }
        }
        impl Product for $t {
            fn gemm(a: Mat<'_, $t>, b: Mat<'_, $t>, out: &mut [$t], threads: usize) {
                run(a, b, out, [<$t>::default(), $one], threads);
            }
            fn gemv(a: Mat<'_, $t>, x: &[$t], out: &mut [$t], threads: usize) {
                if !dot::gemv(a, x, out, threads) {
                    run(a, Mat::rows(x, x.len(), 1), out, [<$t>::default(), $one], threads);
                }
            }
            fn dot(x: &[$t], y: &[$t]) -> $t { dot::dot(x, y) }
        }
    )*};
}
float!(f32: 1.0, f64: 1.0, c64: c64::new(1.0, 0.0), c128: c128::new(1.0, 0.0));

fn run<T: Copy + 'static>(a: Mat<'_, T>, b: Mat<'_, T>, out: &mut [T], [zero, one]: [T; 2], threads: usize) {
    let (m, n, k) = (a.rows, b.cols, a.cols);
    assert_eq!(out.len(), m * n);
    let (pa, pb) = (a.data.as_ptr().wrapping_add(a.offset), b.data.as_ptr().wrapping_add(b.offset));
    // SAFETY: `Mat::new` checked that every element of `a` and `b` lies within its slice, and `out`
    // is a unique dense row-major block of m × n (the assertion). `T` is one of the four types that
    // `gemm` accepts.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.as_mut_ptr(),
            1,
            n as isize,
            false,
            pa,
            a.cs,
            a.rs,
            pb,
            b.cs,
            b.rs,
            zero,
            one,
            false,
            false,
            false,
            if threads < 2 { Parallelism::None } else { Parallelism::Rayon(threads) },
        );
    }
}

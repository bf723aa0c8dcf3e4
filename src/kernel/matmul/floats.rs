//! Real and complex floats: `gemm` for matrices, own loops for vectors.
//!
//! Matrices of some dozen rows spend a part of their time on packing and on what is left over of tiles. On
//! one thread whose peak is 132 Gflop/s, `gemm` takes 4.6 µs for 64 rows of float64 (114 Gflop/s; 0.6 more go
//! to what is around it), 19.3 for 100 (104), 35.4 for 128 (119), 118 for 192 (120). Tried: tiles of 8 rows
//! and two vectors in registers, nothing packed: 4.1, 13.8 for 96 rows and 34.6 for 128 as long as they
//! fill the matrix and it lies in rows; with loops for what is left over and packing for the transposed
//! 4.7, 19.7 and 37.5, 7.3 for 64 transposed rows. Of larger products `gemm` reaches 82 to 84% of the peak
//! on two threads, as the peers do.

use super::dot::{self, Ring};
use super::{Mat, Out, Product, rows};
use crate::dtype::{c64, c128};
use crate::kernel::simd;
use gemm::Parallelism;

macro_rules! ring {
    ($($t:ty),*) => {$(
        impl Ring for $t {
            #[inline(always)]
            fn add(self, other: $t) -> $t { self + other }
            #[inline(always)]
            fn mul(self, other: $t) -> $t { self * other }
        }
    )*};
}
ring!(f32, f64, c64, c128);

macro_rules! real {
    ($($t:ty),*) => {$(
        impl Product for $t {
            fn gemm(a: Mat<'_, $t>, b: Mat<'_, $t>, out: Out<'_, $t>, threads: usize) {
                run(a, b, out, 1.0, threads);
            }
            fn dot(x: &[$t], y: &[$t], _conj: bool) -> $t { dot::dot(x, y) }
            fn dots(a: Mat<'_, $t>, x: &[$t], out: &mut [$t]) {
                rows::float_dots::<$t>(a, x, out);
            }
        }
    )*};
}
real!(f32, f64);

macro_rules! complex {
    ($($t:ty: $dot:ident, $dots:ident);*) => {$(
        impl Product for $t {
            fn gemm(a: Mat<'_, $t>, b: Mat<'_, $t>, out: Out<'_, $t>, threads: usize) {
                run(a, b, out, <$t>::new(1.0, 0.0), threads);
            }
            fn dot(x: &[$t], y: &[$t], conj: bool) -> $t {
                simd(#[inline(always)] || dot::$dot(x, y, conj))
            }
            fn dots(a: Mat<'_, $t>, x: &[$t], out: &mut [$t]) { dot::$dots(a, x, out) }
        }
    )*};
}
complex!(c64: dot_c64, dots_c64; c128: dot_c128, dots_c128);

fn run<T: Copy + Default + 'static>(a: Mat<'_, T>, b: Mat<'_, T>, out: Out<'_, T>, one: T, threads: usize) {
    let (m, n, k) = (a.rows, b.cols, a.cols);
    assert!(n == out.cols && n <= out.stride && b.rows == k && out.data.len() >= (m - 1) * out.stride + n);
    let (pa, pb) = (a.data.as_ptr().wrapping_add(a.offset), b.data.as_ptr().wrapping_add(b.offset));
    let old = if out.add { one } else { T::default() };
    // SAFETY: `Mat::new` checked that every element of `a` and `b` lies within its slice, and `out`
    // is a unique row-major block of m × n (the assertion). `T` is one of the four types that `gemm`
    // accepts.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.data.as_mut_ptr(),
            1,
            out.stride as isize,
            out.add,
            pa,
            a.cs,
            a.rs,
            pb,
            b.cs,
            b.rs,
            old,
            one,
            false,
            false,
            false,
            if threads < 2 { Parallelism::None } else { Parallelism::Rayon(threads) },
        );
    }
}

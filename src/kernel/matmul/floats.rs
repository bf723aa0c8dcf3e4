//! Real and complex floats: `gemm` for matrices, own loops for vectors.
//!
//! Of large products `gemm` reaches 90% of the peak on two threads, 95% of 512 rows and 87% of 2048, where
//! operands come from the last cache; the peers are no nearer.

use super::dot::{self, Ring};
use super::{Mat, Out, Product, rows, tiles};
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
                if !out.add && tiles::fits(&a, &b) {
                    return tiles::product(a, b, out);
                }
                run(a, b, out, 1.0, threads);
            }
            #[inline]
            fn in_tiles(a: &Mat<'_, $t>, b: &Mat<'_, $t>) -> bool { tiles::fits(a, b) }
            fn dot(x: &[$t], y: &[$t], _conj: bool) -> $t { dot::float_dot(x, y, false) }
            fn far_dot(x: &[$t], y: &[$t], _conj: bool) -> $t { dot::float_dot(x, y, true) }
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

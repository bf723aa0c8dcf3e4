//! Products of real matrices of some dozen rows, where packing costs more than it brings: tiles of up to 8
//! rows and two vectors of columns stay in registers while the inner index runs; left elements are broadcast
//! from where they lie, right rows are read where they lie. Only the last columns are packed, and those of a
//! right matrix whose rows are not dense.
//!
//! 16 sums hide the latency of multiply-add and take 10 loads for 16 of them; the rows that are left over
//! form tiles of half as many at least. They are spelled out, or the compiler keeps sums in memory. Gflop/s of
//! float64 on one thread whose peak is 132, here and by the `gemm` crate:
//!
//! | rows | 17 | 20 | 24 | 33 | 48 | 64 | 81 | 100 | 128 |
//! | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
//! | here | 53 | 66 | 100 | 82 | 127 | 128 | 108 | 115 | 126 |
//! | `gemm` | 27 | 38 | 90 | 68 | 118 | 113 | 104 | 106 | 122 |
//! | here, right transposed | 38 | 49 | 63 | 61 | 94 | 103 | 91 | 101 | 116 |
//! | `gemm` | 25 | 33 | 57 | 57 | 89 | 101 | 97 | 101 | 114 |
//!
//! Tried: tiles of 12 rows, or of 8 and three vectors, everything packed as for large products: 91 and 85 for
//! 64 rows, 225 of 265 for 1024 on two threads, where `gemm` has 240. With the registers of AVX2 the sums
//! leave them, so that there, and without fused instructions, `gemm` does all.
//!
//! Every element is the sum over the inner index in its order, in whatever tile.

use super::{Mat, Out};
use crate::kernel::real::Real;
use crate::kernel::{Level, level};
use std::mem::MaybeUninit;

/// Rows of a tile.
const ROWS: usize = 8;
/// The longest inner index.
const INNER: usize = 256;
/// Elements of two vectors.
const WIDTH: usize = 32;
/// Multiplications from which packing pays; tests do with few, since the compiler makes no vectors there.
const MOST: usize = if cfg!(debug_assertions) { 1 << 15 } else { 144 * 144 * 144 };

/// Whether [`product`] is the fastest for these shapes here. It is for some of the rows if for all.
#[inline]
pub fn fits<T: Real>(a: &Mat<'_, T>, b: &Mat<'_, T>) -> bool {
    let ((m, k), n) = (a.shape(), b.shape().1);
    let wide = cfg!(debug_assertions) || level() == Level::Avx512;
    wide && k <= INNER && n >= ROWS && m.saturating_mul(n).saturating_mul(k) <= MOST && (b.cs == 1 || n < 48)
}

/// `out = a b`, for matrices that fit.
pub(super) fn product<T: Real>(a: Mat<'_, T>, b: Mat<'_, T>, out: Out<'_, T>) {
    let ((m, k), n) = (a.shape(), b.shape().1);
    assert!(b.rows == k && k <= INNER && !out.add && n == out.cols && n <= out.stride);
    assert!(m > 0 && out.data.len() >= (m - 1) * out.stride + n);
    let work = Tiles { a, b, out };
    // For the one instruction set that it is for.
    #[cfg(all(target_arch = "x86_64", not(debug_assertions)))]
    if let Some(token) = pulp::x86::V4::try_new() {
        return pulp::Simd::vectorize(token, work);
    }
    pulp::WithSimd::with_simd(work, pulp::Scalar)
}

struct Tiles<'a, T> {
    a: Mat<'a, T>,
    b: Mat<'a, T>,
    out: Out<'a, T>,
}

/// Rows of a tile's width, so many elements apart.
#[derive(Clone, Copy)]
struct Right<T> {
    data: *const T,
    step: isize,
}

impl<T: Real> pulp::WithSimd for Tiles<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(mut self, simd: S) {
        let mut panel = [MaybeUninit::<T>::uninit(); INNER * WIDTH];
        let (lanes, n) = (T::lanes::<S>(), self.out.cols);
        for left in (0..n).step_by(2 * lanes) {
            let width = (n - left).min(2 * lanes);
            let right = self.right(left, width, width.next_multiple_of(lanes), &mut panel);
            if width > lanes {
                self.strip::<S, 2>(simd, right, left, width);
            } else {
                self.strip::<S, 1>(simd, right, left, width);
            }
        }
    }
}

impl<T: Real> Tiles<'_, T> {
    /// The right rows of `width` columns from `left` on, `whole` of which may be read.
    #[inline(always)]
    fn right(&self, left: usize, width: usize, whole: usize, panel: &mut [MaybeUninit<T>]) -> Right<T> {
        let b = &self.b;
        if b.cs == 1 && width == whole {
            let first = b.offset.wrapping_add(left);
            return Right { data: b.data.as_ptr().wrapping_add(first), step: b.rs };
        }
        for (l, line) in panel.chunks_exact_mut(whole).enumerate().take(b.rows) {
            for (j, slot) in line.iter_mut().enumerate() {
                slot.write(if j < width { b.at(l, left + j) } else { T::ZERO });
            }
        }
        Right { data: panel.as_ptr().cast(), step: whole as isize }
    }

    /// `width` columns from `left` on, in `N` vectors.
    #[inline(always)]
    fn strip<S: pulp::Simd, const N: usize>(&mut self, simd: S, right: Right<T>, left: usize, width: usize) {
        let (m, mut first) = (self.a.rows, 0);
        while first < m {
            let rows = match m - first {
                rest if rest < ROWS => rest,
                rest if rest > ROWS && rest < 2 * ROWS => rest.div_ceil(2),
                _ => ROWS,
            };
            let at = (first, left, width);
            match rows {
                1 => self.tile::<S, 1, N>(simd, right, at),
                2 => self.tile::<S, 2, N>(simd, right, at),
                3 => self.tile::<S, 3, N>(simd, right, at),
                4 => self.tile::<S, 4, N>(simd, right, at),
                5 => self.tile::<S, 5, N>(simd, right, at),
                6 => self.tile::<S, 6, N>(simd, right, at),
                7 => self.tile::<S, 7, N>(simd, right, at),
                _ => self.tile::<S, ROWS, N>(simd, right, at),
            }
            first += rows;
        }
    }

    /// `R` rows from `first` on and `width` columns from `left` on, in `N` vectors, one or two.
    #[inline(always)]
    fn tile<S: pulp::Simd, const R: usize, const N: usize>(
        &mut self,
        simd: S,
        right: Right<T>,
        (first, left, width): (usize, usize, usize),
    ) {
        let (a, lanes) = (&self.a, T::lanes::<S>());
        assert!(first + R <= a.rows && a.cols == self.b.rows);
        let mut x = a.data.as_ptr().wrapping_add(a.offset).wrapping_offset(first as isize * a.rs);
        let mut row = right.data;
        let zero = T::splat(simd, T::ZERO);
        let mut sums = [[zero; N]; ROWS];
        for _ in 0..a.cols {
            // SAFETY: `N` vectors of each row may be read, by the contract of `right`.
            let y = unsafe { row.cast::<T::Vector<S>>().read_unaligned() };
            let z = if N > 1 {
                // SAFETY: as above.
                unsafe { row.wrapping_add(lanes).cast::<T::Vector<S>>().read_unaligned() }
            } else {
                zero
            };
            macro_rules! rows {
                ($($r:literal)*) => {$(
                    if $r < R {
                        // SAFETY: `Mat::new` checked that every element lies within the slice; row and
                        // column are within the matrix, by the assertion.
                        let factor = T::splat(simd, unsafe { *x.wrapping_offset($r * a.rs) });
                        sums[$r][0] = T::fused(simd, y, factor, sums[$r][0]);
                        if N > 1 {
                            sums[$r][N - 1] = T::fused(simd, z, factor, sums[$r][N - 1]);
                        }
                    }
                )*};
            }
            rows!(0 1 2 3 4 5 6 7);
            (x, row) = (x.wrapping_offset(a.cs), row.wrapping_offset(right.step));
        }
        macro_rules! rows {
            ($($r:literal)*) => {$(
                if $r < R {
                    let to = &mut self.out.data[(first + $r) * self.out.stride + left..][..width];
                    if N > 1 {
                        let (to, rest) = to.split_at_mut(lanes);
                        T::put(simd, sums[$r][0], to);
                        T::put(simd, sums[$r][N - 1], rest);
                    } else {
                        T::put(simd, sums[$r][0], to);
                    }
                }
            )*};
        }
        rows!(0 1 2 3 4 5 6 7);
    }
}

//! Dot products and sums of columns, generic over how two elements multiply and add.
//!
//! A dot product runs in 64 independent sums, then in 8, then element by element; the sums are joined
//! in a tree. The loop over 64 is one that the compiler vectorises as a loop: over 16 or 32 it unrolls
//! it first and finds no vectors for 32- and 64-bit integers and half as wide ones for floats. Elements
//! per nanosecond, 4096 of them, 64 sums beside 32: float64 13.6 and 8.1, float32 43 and 8.3, int64 13
//! and 2.1, int32 44 and 2.4.
//!
//! What memory bounds: vectors that the last cache keeps come fastest where the processor foresees them alone, and
//! those that it does not where their lines are asked for. GB/s of plain loops on two threads, two of 8 MB and two
//! of 80 MB: nothing asked for 196 and 53, 1 KiB ahead 152 and 60, 2 KiB 156 and 60, 4 KiB 157 and 62, 8 KiB 154;
//! threads on alternating pieces of 16 KiB, 128 KiB and 1 MiB instead of halves 172 of the first, and 29, 53 and 58
//! of the second. Floats are summed in vectors that are spelled out (`float_dot`): of the loop the compiler keeps the
//! sums on the stack, across cache lines or not as it happens. µs on two threads, by the loop in two builds and so,
//! beside the best peer: `np.linalg.norm` of 1e6 float64 74, 92 and 45 (46 to 65), `np.dot` of two 92, 95 and 88 (82 to
//! 89), of float32 with itself 56, 57 and 25; of 1e7 float64 2520, 2640 and 2350. Of 30,000, halves on two threads 3.4
//! (one thread 5.0) and the best peer 3.1: to hand a half over takes 1.

use super::Mat;
use crate::dtype::{c64, c128};
use crate::kernel::lane::Lane;
use crate::kernel::real::Real;
use crate::kernel::simd::with_vectors;
use crate::kernel::{fetch, simd};

/// Multiplication and addition of one dtype; wrapping for integers, `and` and `or` for bool.
pub trait Ring: Copy + Send + Sync + Default {
    fn add(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
}

/// Bytes of a run that may come from memory, and how far ahead its lines are asked for.
const LONG: usize = 1 << 16;
const AHEAD: usize = 1 << 11;
/// Independent sums of a long run.
const SUMS: usize = 64;

/// The sum of products. Call it inside `simd`.
#[inline(always)]
pub(super) fn dot_here<T: Ring>(x: &[T], y: &[T]) -> T {
    dot_ahead::<T, 0>(x, y)
}

/// The same, with the lines of both runs asked for so many bytes before they are needed.
#[inline(always)]
fn dot_ahead<T: Ring, const AHEAD: usize>(x: &[T], y: &[T]) -> T {
    let y = &y[..x.len()];
    let ((xs, xr), (ys, yr)) = (x.as_chunks::<SUMS>(), y.as_chunks::<SUMS>());
    let mut wide = [T::default(); SUMS];
    for (p, q) in xs.iter().zip(ys) {
        if AHEAD > 0 {
            for line in 0..SUMS * size_of::<T>() / 64 {
                fetch(p, AHEAD + 64 * line);
                fetch(q, AHEAD + 64 * line);
            }
        }
        for l in 0..SUMS {
            wide[l] = wide[l].add(p[l].mul(q[l]));
        }
    }
    joined(wide, x.len() >= SUMS, xr, yr)
}

/// The 64 sums, if the run is long enough for any, and what follows them.
#[inline(always)]
fn joined<T: Ring>(mut wide: [T; SUMS], long: bool, xr: &[T], yr: &[T]) -> T {
    let ((xs, xr), (ys, yr)) = (xr.as_chunks::<8>(), yr.as_chunks::<8>());
    let mut sums = [T::default(); 8];
    for (p, q) in xs.iter().zip(ys) {
        for l in 0..8 {
            sums[l] = sums[l].add(p[l].mul(q[l]));
        }
    }
    let mut rest = T::default();
    for (&p, &q) in xr.iter().zip(yr) {
        rest = rest.add(p.mul(q));
    }
    if long {
        let mut width = SUMS / 2;
        while width >= 8 {
            for l in 0..width {
                wide[l] = wide[l].add(wide[l + width]);
            }
            width /= 2;
        }
        for l in 0..8 {
            sums[l] = sums[l].add(wide[l]);
        }
    }
    let [a, b, c, d] = std::array::from_fn(|l| sums[l].add(sums[l + 4]));
    a.add(c).add(b.add(d)).add(rest)
}

pub(super) fn dot<T: Ring>(x: &[T], y: &[T]) -> T {
    // Long runs of narrow numbers go by the loop that asks, of which the compiler makes whole vectors here.
    let plain = size_of::<T>() == 8 || size_of_val(x) < LONG;
    simd(
        #[inline(always)]
        || if plain { dot_here(x, y) } else { dot_ahead::<T, AHEAD>(x, y) },
    )
}

/// As [`dot`], of runs that come from memory.
pub(super) fn far_dot<T: Ring>(x: &[T], y: &[T]) -> T {
    simd(
        #[inline(always)]
        || dot_ahead::<T, AHEAD>(x, y),
    )
}

/// The sum of products of floats, in the same sums, which stay in registers: of the loop above the compiler keeps
/// them on the stack. Where `far`, the runs come from memory.
pub(super) fn float_dot<T: Real + Ring>(x: &[T], y: &[T], far: bool) -> T {
    let y = &y[..x.len()];
    match std::ptr::eq(x, y) {
        true => with_vectors(Vectors::<T, true> { x, y, far }),
        false => with_vectors(Vectors::<T, false> { x, y, far }),
    }
}

/// Two runs of one length; where `SAME`, one twice, whose elements are read once.
struct Vectors<'a, T, const SAME: bool> {
    x: &'a [T],
    y: &'a [T],
    far: bool,
}

impl<T: Real + Ring, const SAME: bool> pulp::WithSimd for Vectors<'_, T, SAME> {
    type Output = T;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) -> T {
        match SUMS / T::lanes::<S>() {
            4 => self.sums::<S, 4>(simd),
            8 => self.sums::<S, 8>(simd),
            16 => self.sums::<S, 16>(simd),
            _ => dot_here(self.x, self.y),
        }
    }
}

impl<T: Real + Ring, const SAME: bool> Vectors<'_, T, SAME> {
    /// In `N` vectors of sums.
    #[inline(always)]
    fn sums<S: pulp::Simd, const N: usize>(self, simd: S) -> T {
        let ((xs, xr), (ys, yr)) = (self.x.as_chunks::<SUMS>(), self.y.as_chunks::<SUMS>());
        let mut sums = [T::splat(simd, T::ZERO); N];
        for (p, q) in xs.iter().zip(ys) {
            if self.far {
                for line in 0..SUMS * size_of::<T>() / 64 {
                    fetch(p, AHEAD + 64 * line);
                    fetch(q, AHEAD + 64 * line);
                }
            }
            let (p, q) = (T::vectors::<S>(p).0, T::vectors::<S>(q).0);
            if let (Some(p), Some(q)) = (p.first_chunk::<N>(), q.first_chunk::<N>()) {
                for k in 0..N {
                    let product = <T as Lane>::mul(simd, p[k], if SAME { p[k] } else { q[k] });
                    sums[k] = <T as Lane>::add(simd, sums[k], product);
                }
            }
        }
        let mut wide = [T::ZERO; SUMS];
        wide.iter_mut().zip(T::elements::<S>(&sums)).for_each(|(to, sum)| *to = *sum);
        joined(wide, self.x.len() >= SUMS, xr, yr)
    }
}

/// Complex dot products over the parts as they lie in memory: sums of the products of equal places
/// (`re re`, `im im`) and of swapped ones (`re im`, `im re`), joined at the end. With `conj`, of the
/// first operand's conjugates.
macro_rules! complex {
    ($($z:ident, $dots:ident, $t:ty, $zt:ty, $lanes:expr);*) => {$(
        #[inline(always)]
        pub(super) fn $z(x: &[$zt], y: &[$zt], conj: bool) -> $zt {
            const L: usize = $lanes;
            let (mut same, mut swapped) = ([0 as $t; 2 * L], [0 as $t; 2 * L]);
            let y = &y[..x.len()];
            let (xs, ys) = (x.chunks_exact(L), y.chunks_exact(L));
            let mut rest = [0 as $t; 4];
            for (p, q) in xs.remainder().iter().zip(ys.remainder()) {
                rest[0] += p.re * q.re;
                rest[1] += p.im * q.im;
                rest[2] += p.re * q.im;
                rest[3] += p.im * q.re;
            }
            for (p, q) in xs.zip(ys) {
                let (p, q) = (parts::<$zt, $t>(p), parts::<$zt, $t>(q));
                for l in 0..2 * L {
                    same[l] += p[l] * q[l];
                    swapped[l] += p[l] * q[l ^ 1];
                }
            }
            let mut width = L;
            while width > 1 {
                for l in 0..width {
                    same[l] += same[l + width];
                    swapped[l] += swapped[l + width];
                }
                width /= 2;
            }
            let (rr, ii) = (same[0] + rest[0], same[1] + rest[1]);
            let (ri, ir) = (swapped[0] + rest[2], swapped[1] + rest[3]);
            if conj { <$zt>::new(rr + ii, ri - ir) } else { <$zt>::new(rr - ii, ri + ir) }
        }

        pub(super) fn $dots(a: Mat<'_, $zt>, x: &[$zt], out: &mut [$zt]) {
            simd(
                #[inline(always)]
                || {
                    for (i, slot) in out.iter_mut().enumerate() {
                        *slot = match a.row(i) {
                            Some(row) => $z(row, x, false),
                            None => <$zt>::default(),
                        };
                    }
                },
            )
        }
    )*};
}
complex!(dot_c64, dots_c64, f32, c64, 16; dot_c128, dots_c128, f64, c128, 8);

/// Complex numbers as their parts.
#[inline(always)]
fn parts<Z, T>(x: &[Z]) -> &[T] {
    const { assert!(size_of::<Z>() == 2 * size_of::<T>()) };
    // SAFETY: used above for `num_complex::Complex<T>`, which is `repr(C)` with two fields of type `T`.
    unsafe { std::slice::from_raw_parts(x.as_ptr().cast(), 2 * x.len()) }
}

/// `out[j] = sum over k of x[k] columns[k][j]`: rows of the transpose, `columns`, each dense.
///
/// Strips of 64 columns are summed in registers all the way down: 1000 × 1000 float64 in 44 µs on two
/// threads, where rows added to the result eight at a time take 77; 20 columns of 10000 rows in 20 µs
/// and 37. From the last cache 2000 × 2000 take 183 µs; with each row's lines asked for 16 rows before
/// 216, and rows added to the result eight at a time 191. Where others use that cache too, all take what
/// memory gives then: strips of 64 columns 266 to 417, of 32 and 128 from 323, rows four at a time from 292
/// and eight from 295, in small pages and in large ones.
pub(super) fn sums<T: Ring>(columns: Mat<'_, T>, x: &[T], out: &mut [T]) {
    simd(
        #[inline(always)]
        || {
            let mut first = 0;
            while first < out.len() {
                let left = out.len() - first;
                let to = &mut out[first..];
                first += match left {
                    128.. if size_of::<T>() <= 4 => strip::<T, 128, 1>(columns, first, x, to),
                    64.. => strip::<T, 64, 1>(columns, first, x, to),
                    16.. => strip::<T, 16, 4>(columns, first, x, to),
                    8.. => strip::<T, 8, 4>(columns, first, x, to),
                    4.. => strip::<T, 4, 4>(columns, first, x, to),
                    _ => strip::<T, 1, 4>(columns, first, x, to),
                };
            }
        },
    )
}

/// The sums of `N` columns from `first` on, each in `R` parts, so that additions do not wait; gives `N`.
#[inline(always)]
fn strip<T: Ring, const N: usize, const R: usize>(
    columns: Mat<'_, T>,
    first: usize,
    x: &[T],
    out: &mut [T],
) -> usize {
    let mut sums = [[T::default(); N]; R];
    let (groups, rest) = x.as_chunks::<R>();
    for (g, factors) in groups.iter().enumerate() {
        for r in 0..R {
            add_row::<T, N>(columns, R * g + r, first, factors[r], &mut sums[r]);
        }
    }
    for (r, factor) in rest.iter().enumerate() {
        add_row::<T, N>(columns, R * groups.len() + r, first, *factor, &mut sums[r]);
    }
    for j in 0..N {
        let mut sum = sums[0][j];
        for part in &sums[1..] {
            sum = sum.add(part[j]);
        }
        out[j] = sum;
    }
    N
}

#[inline(always)]
fn add_row<T: Ring, const N: usize>(a: Mat<'_, T>, i: usize, first: usize, factor: T, sums: &mut [T; N]) {
    if let Some(row) = a.row(i)
        && let Some(row) = row[first..].first_chunk::<N>()
    {
        for j in 0..N {
            sums[j] = sums[j].add(row[j].mul(factor));
        }
    }
}

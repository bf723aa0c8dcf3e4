//! Sliding products: a part of the full convolution of two lines, `out[k] = sum of a[i] * b[k - i]`.
//!
//! | case | strategy |
//! | --- | --- |
//! | integers, bool | direct, wrapping: results are exact |
//! | floats, complex: the shorter line below 64 | direct |
//! | both longer, and of even size | FFT, in blocks of the longer line (`overlap`) |
//!
//! The direct form adds products in the order of the shorter line, eight of them per pass over a strip
//! of the result that stays in the first-level cache: bound by loads, ten for eight products and sums.
//! One product per pass takes three for one, and slices indexed in step were not vectorised. One
//! thread, beside NumPy (µs): 1000 by 50 2.3 of 8.2; 1e5 by 100, int64, 352 of 935, where the FFT
//! takes 272; 1e5 by 1000 377 of 5,040 (SciPy's `oaconvolve` 941).
//!
//! Rule for the FFT. A direct sum of `m` products errs by at most `m * eps` times the sizes of what it
//! adds; a block of length `n` transformed by about `log2(n) * eps` times the size of the whole block.
//! The FFT is used where the second is not more than the first everywhere: the root mean square of
//! each window of `m` elements of the longer line, times `m`, is at least `log2(n)` times that of the
//! largest window. Lines with silent stretches, infinities or NaN are added up directly.

mod overlap;

use super::fft::{Each, parts};
use super::simd;
use crate::dtype::{Element, c64, c128};

/// An element type whose lines convolve.
pub trait Convolve: Element {
    fn add(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    /// By FFT, if the dtype and the values allow it and this size pays; `true` when done.
    fn fast(_long: &[Self], _short: &[Self], _start: usize, _out: &mut [Self], _each: Each<'_>) -> bool {
        false
    }
}

/// The full convolution from element `start` on, as much as `out` holds; neither line is empty.
pub fn convolve<T: Convolve>(a: &[T], b: &[T], start: usize, out: &mut [T], each: Each<'_>) {
    assert!(!a.is_empty() && !b.is_empty() && start + out.len() < a.len() + b.len());
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    if !T::fast(long, short, start, out, each) {
        parts(out, STRIP, each, &|at, strip| direct(long, short, start + at, strip));
    }
}

/// Elements of the result that are finished before the next strip.
const STRIP: usize = 2048;

/// Products of a pass.
const TAPS: usize = 8;

/// Elements `start..` of the full convolution.
fn direct<T: Convolve>(long: &[T], short: &[T], start: usize, strip: &mut [T]) {
    strip.fill(T::default());
    let end = start + strip.len();
    for (group, taps) in short.chunks(TAPS).enumerate() {
        let first = group * TAPS;
        // Where every product of the group exists.
        let (mut from, mut to) = (start.max(first + taps.len() - 1), end.min(first + long.len()));
        match <[T; TAPS]>::try_from(taps) {
            Ok(taps) if from < to => {
                add_group(
                    &mut strip[from - start..to - start],
                    &long[from - first - (TAPS - 1)..to - first],
                    taps,
                );
            }
            _ => (from, to) = (end, end),
        }
        // The edges, or a short group.
        for (j, &tap) in (first..).zip(taps) {
            let (low, high) = (start.max(j), end.min(j + long.len()));
            for (from, to) in [(low, high.min(from)), (low.max(to), high)] {
                if from < to {
                    add_one(&mut strip[from - start..to - start], &long[from - j..to - j], tap);
                }
            }
        }
    }
}

fn add_one<T: Convolve>(out: &mut [T], items: &[T], factor: T) {
    simd(
        #[inline(always)]
        || {
            for (slot, &item) in out.iter_mut().zip(items) {
                *slot = slot.add(item.mul(factor));
            }
        },
    )
}

/// `out[k] += items[k + 7] * taps[0] + items[k + 6] * taps[1] + …`, in this order.
fn add_group<T: Convolve>(out: &mut [T], items: &[T], taps: [T; TAPS]) {
    assert_eq!(items.len(), out.len() + TAPS - 1);
    simd(
        #[inline(always)]
        || {
            for (slot, window) in out.iter_mut().zip(items.windows(TAPS)) {
                let mut sum = *slot;
                for (item, tap) in window.iter().rev().zip(taps) {
                    sum = sum.add(item.mul(tap));
                }
                *slot = sum;
            }
        },
    )
}

macro_rules! exact {
    ($($t:ty),*) => {$(
        impl Convolve for $t {
            #[inline(always)]
            fn add(self, other: $t) -> $t { self.wrapping_add(other) }
            #[inline(always)]
            fn mul(self, other: $t) -> $t { self.wrapping_mul(other) }
        }
    )*};
}
exact!(i8, u8, i16, u16, i32, u32, i64, u64);

impl Convolve for bool {
    #[inline(always)]
    fn add(self, other: bool) -> bool {
        self | other
    }
    #[inline(always)]
    fn mul(self, other: bool) -> bool {
        self & other
    }
}

macro_rules! inexact {
    ($($t:ty: $fast:ident),*) => {$(
        impl Convolve for $t {
            #[inline(always)]
            fn add(self, other: $t) -> $t { self + other }
            #[inline(always)]
            fn mul(self, other: $t) -> $t { self * other }
            fn fast(long: &[$t], short: &[$t], start: usize, out: &mut [$t], each: Each<'_>) -> bool {
                overlap::$fast(long, short, start, out, each)
            }
        }
    )*};
}
inexact!(f32: real, f64: real, c64: complex, c128: complex);

#[cfg(test)]
mod tests {
    use super::*;

    fn naive<T: Convolve>(a: &[T], b: &[T]) -> Vec<T> {
        let mut out = vec![T::default(); a.len() + b.len() - 1];
        for (i, &x) in a.iter().enumerate() {
            for (j, &y) in b.iter().enumerate() {
                out[i + j] = out[i + j].add(x.mul(y));
            }
        }
        out
    }

    fn alone(n: usize, part: &(dyn Fn(usize) + Sync)) {
        (0..n).for_each(part);
    }

    fn line<T>(n: usize, make: impl Fn(i32) -> T) -> Vec<T> {
        (0..n).map(|i| make(((i * 37) % 23) as i32 - 11)).collect()
    }

    #[test]
    fn direct_form_is_exact() {
        for (n, m) in [(1, 1), (3, 2), (2, 5), (5000, 40), (300, 290)] {
            let (a, b) = (line(n, |x| x as i8), line(m, |x| (x * 7) as i8));
            let mut out = vec![0; n + m - 1];
            convolve(&a, &b, 0, &mut out, &alone);
            assert_eq!(out, naive(&a, &b));
            let (a, b) = (line(n, |x| x == 3), line(m, |x| x > 2));
            let mut out = vec![false; n + m - 1];
            convolve(&a, &b, 0, &mut out, &alone);
            assert_eq!(out, naive(&a, &b));
        }
    }

    #[test]
    fn fft_form_is_close() {
        for (n, m) in [(200, 150), (9000, 130), (20_000, 3000)] {
            let (a, b) = (line(n, f64::from), line(m, |x| f64::from(x) * 0.5));
            let mut out = vec![0.0; n + m - 1];
            convolve(&a, &b, 0, &mut out, &alone);
            let want = naive(&a, &b);
            assert!(out.iter().zip(&want).all(|(x, y)| (x - y).abs() < 1e-8));
            let turn = |v: &[f64]| v.iter().map(|&x| c128::new(x, 1.0 - x)).collect::<Vec<_>>();
            let (a, b) = (turn(&a), turn(&b));
            let mut out = vec![c128::default(); n + m - 1];
            convolve(&a, &b, 0, &mut out, &alone);
            assert!(out.iter().zip(naive(&a, &b)).all(|(x, y)| (x - y).norm() < 1e-8));
        }
    }

    #[test]
    fn parts_are_those_of_the_whole() {
        for (n, m) in [(50, 9), (5000, 200), (3000, 2900), (70_000, 300)] {
            let (a, b) = (line(n, f64::from), line(m, |x| f64::from(x) * 0.5));
            let want = naive(&a, &b);
            for (start, len) in [(m - 1, n - m + 1), ((m - 1) / 2, n), (0, 1), (n + m - 2, 1)] {
                let mut out = vec![0.0; len];
                convolve(&a, &b, start, &mut out, &alone);
                assert!(out.iter().zip(&want[start..]).all(|(x, y)| (x - y).abs() < 1e-8), "{n} {m} {start}");
            }
        }
    }

    #[test]
    fn silence_stays_silent() {
        let (mut a, b) = (vec![0.0; 20_000], line(500, f64::from));
        a[..1000].fill(1e10);
        a[15_000] = 1e-10;
        let mut out = vec![0.0; 20_499];
        convolve(&a, &b, 0, &mut out, &alone);
        assert_eq!(out, naive(&a, &b));
    }
}

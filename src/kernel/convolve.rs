//! Sliding products: the full convolution of two lines, `out[k] = sum of a[i] * b[k - i]`.
//!
//! | case | strategy |
//! | --- | --- |
//! | integers, bool | direct, wrapping: results are exact |
//! | floats, short or small second line | direct: the longer line is added up, scaled, into the result |
//! | float64, float32, complex, both lines long | FFT, in blocks of the longer line (overlap-add) |
//!
//! The direct form adds each product to its place in the order of the shorter line, four of them per
//! pass over a strip of the result that stays in the first-level cache. The FFT form's error is
//! relative to the largest result, not to each, so it is left out when an input is not finite.

use super::fft::{self, Real};
use super::simd;
use crate::dtype::{Element, c64, c128};
use num_complex::Complex;

/// An element type whose lines convolve.
pub trait Convolve: Element {
    fn add(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    /// By FFT, if the dtype allows it and this size pays; `true` when done.
    fn fast(_long: &[Self], _short: &[Self], _out: &mut [Self]) -> bool {
        false
    }
}

/// The full convolution; `out` has `a.len() + b.len() - 1` elements and neither line is empty.
pub fn convolve<T: Convolve>(a: &[T], b: &[T], out: &mut [T]) {
    assert!(!a.is_empty() && !b.is_empty() && out.len() == a.len() + b.len() - 1);
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    if !T::fast(long, short, out) {
        direct(long, short, out);
    }
}

/// Elements of the result that are finished before the next strip.
const STRIP: usize = 2048;

fn direct<T: Convolve>(long: &[T], short: &[T], out: &mut [T]) {
    out.fill(T::default());
    for (s, strip) in out.chunks_mut(STRIP).enumerate() {
        let start = s * STRIP;
        let end = start + strip.len();
        // Products of short[j] land in start..end where long[start - j..end - j] exists.
        for (j, &factor) in short.iter().enumerate() {
            let (from, to) = (start.max(j), end.min(j + long.len()));
            if from < to {
                add_scaled(&mut strip[from - start..to - start], &long[from - j..to - j], factor);
            }
        }
    }
}

fn add_scaled<T: Convolve>(out: &mut [T], items: &[T], factor: T) {
    simd(
        #[inline(always)]
        || {
            for (slot, &item) in out.iter_mut().zip(items) {
                *slot = slot.add(item.mul(factor));
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
            fn fast(long: &[$t], short: &[$t], out: &mut [$t]) -> bool { $fast(long, short, out) }
        }
    )*};
}
inexact!(f32: real, f64: real, c64: complex, c128: complex);

/// Elements of the shorter line from which the FFT is used.
const SHORT: usize = 128;

/// The block length: a power of two that leaves most of each block for new elements.
fn block(long: usize, short: usize) -> usize {
    (4 * short).max(4096).min(long + short - 1).next_power_of_two()
}

fn real<T: Real>(long: &[T], short: &[T], out: &mut [T]) -> bool {
    let finite = |line: &[T]| line.iter().all(|x| *x * T::zero() == T::zero());
    if short.len() < SHORT || !finite(long) || !finite(short) {
        return false;
    }
    let n = block(long.len(), short.len());
    let step = n - short.len() + 1;
    let half = n / 2 + 1;
    let mut line = vec![T::zero(); n];
    let (mut filter, mut piece) = (vec![Complex::default(); half], vec![Complex::default(); half]);
    line[..short.len()].copy_from_slice(short);
    fft::real(&mut line, &mut filter);
    let Some(factor) = T::from_usize(n) else { return false };
    fft::scale(&mut filter, T::one() / factor);
    out.fill(T::zero());
    for (k, part) in long.chunks(step).enumerate() {
        line[..part.len()].copy_from_slice(part);
        line[part.len()..].fill(T::zero());
        fft::real(&mut line, &mut piece);
        piece.iter_mut().zip(&filter).for_each(|(p, f)| *p = *p * *f);
        fft::real_inverse(&mut piece, &mut line);
        let reach = part.len() + short.len() - 1;
        out[k * step..].iter_mut().zip(&line[..reach]).for_each(|(o, x)| *o = *o + *x);
    }
    true
}

fn complex<T: Real>(long: &[Complex<T>], short: &[Complex<T>], out: &mut [Complex<T>]) -> bool {
    let finite = |line: &[Complex<T>]| line.iter().all(|z| z.scale(T::zero()) == Complex::default());
    if short.len() < SHORT || !finite(long) || !finite(short) {
        return false;
    }
    let n = block(long.len(), short.len());
    let step = n - short.len() + 1;
    let (mut filter, mut line) = (vec![Complex::default(); n], vec![Complex::default(); n]);
    filter[..short.len()].copy_from_slice(short);
    fft::complex(&mut filter, n, false);
    let Some(factor) = T::from_usize(n) else { return false };
    fft::scale(&mut filter, T::one() / factor);
    out.fill(Complex::default());
    for (k, part) in long.chunks(step).enumerate() {
        line[..part.len()].copy_from_slice(part);
        line[part.len()..].fill(Complex::default());
        fft::complex(&mut line, n, false);
        line.iter_mut().zip(&filter).for_each(|(p, f)| *p = *p * *f);
        fft::complex(&mut line, n, true);
        let reach = part.len() + short.len() - 1;
        out[k * step..].iter_mut().zip(&line[..reach]).for_each(|(o, x)| *o = *o + *x);
    }
    true
}

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

    fn line<T>(n: usize, make: impl Fn(i32) -> T) -> Vec<T> {
        (0..n).map(|i| make(((i * 37) % 23) as i32 - 11)).collect()
    }

    #[test]
    fn direct_form_is_exact() {
        for (n, m) in [(1, 1), (3, 2), (2, 5), (5000, 40), (300, 290)] {
            let (a, b) = (line(n, |x| x as i8), line(m, |x| (x * 7) as i8));
            let mut out = vec![0; n + m - 1];
            convolve(&a, &b, &mut out);
            assert_eq!(out, naive(&a, &b));
            let (a, b) = (line(n, |x| x == 3), line(m, |x| x > 2));
            let mut out = vec![false; n + m - 1];
            convolve(&a, &b, &mut out);
            assert_eq!(out, naive(&a, &b));
        }
    }

    #[test]
    fn fft_form_is_close() {
        for (n, m) in [(200, 150), (9000, 130), (20_000, 3000)] {
            let (a, b) = (line(n, f64::from), line(m, |x| f64::from(x) * 0.5));
            let mut out = vec![0.0; n + m - 1];
            convolve(&a, &b, &mut out);
            let want = naive(&a, &b);
            assert!(out.iter().zip(&want).all(|(x, y)| (x - y).abs() < 1e-8));
            let turn = |v: &[f64]| v.iter().map(|&x| c128::new(x, 1.0 - x)).collect::<Vec<_>>();
            let (a, b) = (turn(&a), turn(&b));
            let mut out = vec![c128::default(); n + m - 1];
            convolve(&a, &b, &mut out);
            assert!(out.iter().zip(naive(&a, &b)).all(|(x, y)| (x - y).norm() < 1e-8));
        }
    }
}

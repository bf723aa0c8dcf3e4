//! Convolution by FFT: pieces of the result, each from a stretch of the longer line that begins
//! `short.len() - 1` elements before it (overlap-save), so that threads share them.
//!
//! The block length is the power of two with the least work per element of the result; a result that
//! fits two blocks or less takes one transform of a smooth length instead, which is shared itself.

use super::super::fft::{self, Each, Lines, Real, RealInverse, RealLines, parts};
use num_complex::Complex;

/// Elements of the shorter line from which the FFT is used.
const SHORT: usize = 64;

/// Whether the transform of blocks of `n` is as exact as the direct sum (see the rule above):
/// `size` squares an element.
fn suits<S>(long: &[S], short: &[S], n: usize, size: impl Fn(&S) -> f64) -> bool {
    let m = short.len();
    let mean = |window: &[S]| window.iter().map(&size).sum::<f64>() / window.len() as f64;
    let (mut least, mut most) = (f64::INFINITY, 0.0);
    for window in long.chunks(m) {
        let mean = mean(window);
        if !mean.is_finite() {
            return false;
        }
        (least, most) = (mean.min(least), mean.max(most));
    }
    mean(short).is_finite() && (m as f64).powi(2) * least >= (n as f64).log2().powi(2) * most && most > 0.0
}

/// The block length for `wanted` elements of the result of a line of `m`.
fn block(wanted: usize, m: usize) -> usize {
    let cost = |n: usize| n as f64 * (n as f64).log2() / (n - m + 1) as f64;
    let least = (2 * m).next_power_of_two();
    let mut best = least;
    while 2 * best <= (16 * m).max(1 << 14) && cost(2 * best) < cost(best) {
        best *= 2;
    }
    if wanted + m - 1 <= 2 * best { smooth(wanted + m - 1) } else { best }
}

/// The smallest length of at least `n` that is four times a product of twos, threes and fives.
fn smooth(n: usize) -> usize {
    let mut best = n.next_power_of_two().max(4);
    let mut five = 4;
    while five < best {
        let mut three = five;
        while three < best {
            let mut two = three;
            while two < n {
                two *= 2;
            }
            best = best.min(two);
            three *= 3;
        }
        five *= 5;
    }
    best
}

/// Copies `long[at - before..]` into `line`, zeros where there is nothing.
fn stretch<S: Copy + Default>(long: &[S], at: usize, before: usize, line: &mut [S]) {
    let lead = before.saturating_sub(at).min(line.len());
    let from = (at + lead).saturating_sub(before).min(long.len());
    let n = (long.len() - from).min(line.len() - lead);
    line[..lead].fill(S::default());
    line[lead..lead + n].copy_from_slice(&long[from..from + n]);
    line[lead + n..].fill(S::default());
}

pub(super) fn real<T: Real>(long: &[T], short: &[T], start: usize, out: &mut [T], each: Each<'_>) -> bool {
    let (m, n) = (short.len(), block(out.len(), short.len().max(2)));
    let square = |x: &T| x.wide() * x.wide();
    if m < SHORT || !suits(long, short, n, square) {
        return false;
    }
    let (Some(factor), half) = (T::from_usize(n).map(|n| T::one() / n), n / 2 + 1) else { return false };
    let mut filter = vec![Complex::default(); half];
    if let (Some(there), Some(back)) = (fft::long_real::<T>(n, false), fft::long_real::<T>(n, true)) {
        // The transforms themselves are shared.
        let mut line = vec![T::zero(); n];
        let (mut work, mut piece) = (vec![Complex::default(); n / 2], vec![Complex::default(); half]);
        line[..m].copy_from_slice(short);
        there.forward(&line, &mut work, &mut filter, factor, each);
        for (k, piece_out) in out.chunks_mut(n - m + 1).enumerate() {
            stretch(long, start + k * (n - m + 1), m - 1, &mut line);
            there.forward(&line, &mut work, &mut piece, T::one(), each);
            product(&mut piece, &filter);
            back.inverse(&mut piece, &mut work, &mut line, T::one(), each);
            piece_out.copy_from_slice(&line[m - 1..][..piece_out.len()]);
        }
        return true;
    }
    let (there, back) = (RealLines::new(n), RealInverse::new(n));
    there.run(short, &mut filter);
    fft::scale(&mut filter, factor);
    parts(out, n - m + 1, each, &|at, piece_out| {
        let (mut line, mut piece) = (vec![T::zero(); n], vec![Complex::default(); half]);
        stretch(long, start + at, m - 1, &mut line);
        there.run(&line, &mut piece);
        product(&mut piece, &filter);
        back.run(&piece, &mut line);
        piece_out.copy_from_slice(&line[m - 1..][..piece_out.len()]);
    });
    true
}

pub(super) fn complex<T: Real>(
    long: &[Complex<T>],
    short: &[Complex<T>],
    start: usize,
    out: &mut [Complex<T>],
    each: Each<'_>,
) -> bool {
    let (m, n) = (short.len(), block(out.len(), short.len().max(2)));
    let square = |z: &Complex<T>| z.re.wide() * z.re.wide() + z.im.wide() * z.im.wide();
    if m < SHORT || !suits(long, short, n, square) {
        return false;
    }
    let Some(factor) = T::from_usize(n).map(|n| T::one() / n) else { return false };
    let (there, back) = (Lines::new(n, false), Lines::new(n, true));
    let mut filter = vec![Complex::default(); n];
    filter[..m].copy_from_slice(short);
    there.run(&mut filter);
    fft::scale(&mut filter, factor);
    parts(out, n - m + 1, each, &|at, piece_out| {
        let mut line = vec![Complex::default(); n];
        stretch(long, start + at, m - 1, &mut line);
        there.run(&mut line);
        product(&mut line, &filter);
        back.run(&mut line);
        piece_out.copy_from_slice(&line[m - 1..][..piece_out.len()]);
    });
    true
}

fn product<T: Real>(piece: &mut [Complex<T>], filter: &[Complex<T>]) {
    crate::kernel::simd(
        #[inline(always)]
        || piece.iter_mut().zip(filter).for_each(|(p, f)| *p = *p * *f),
    );
}

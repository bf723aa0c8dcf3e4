//! One long line of a length that has large prime factors, as a convolution (L. I. Bluestein, "A linear
//! filtering approach to the computation of discrete Fourier transform", 1970).
//!
//! With `w_j = exp(-πi j²/n)`, since `2jk = j² + k² - (k-j)²`, the transform is
//! `X_k = w_k Σ_j (x_j w_j) conj(w_{k-j})`: a convolution, which three transforms of a smooth length of
//! at least `2n - 1` make, two if the spectrum of the chirp is kept. These are split in parts that
//! threads share ([`super::long`]), so the whole can be watched and stopped between any two of them,
//! where a library takes seconds in one call.

use super::shared::{Each, parts};
use super::{Long, Real, root};
use num_complex::Complex;
use std::sync::Arc;

/// A plan of one length and direction.
pub struct Chirp<T: Real> {
    forward: Arc<Long<T>>,
    backward: Arc<Long<T>>,
    /// `w`, and the spectrum of its conjugate, which goes around the end.
    chirp: Vec<Complex<T>>,
    spectrum: Vec<Complex<T>>,
}

/// Elements of a part of the passes between transforms.
const PART: usize = 1 << 14;

/// The length of the transforms that a line of `n` needs: the least of powers of two times few threes
/// and fives.
pub fn length(n: usize) -> usize {
    let least = 2 * n - 1;
    let odd = [1usize, 3, 5, 9, 15, 25, 27, 45, 75];
    let lengths = odd.iter().map(|odd| odd * least.div_ceil(*odd).next_power_of_two());
    lengths.min().unwrap_or(least)
}

impl<T: Real> Chirp<T> {
    /// From the plans of both directions of [`length`]; `work` is as long.
    pub(super) fn new(
        n: usize,
        inverse: bool,
        [forward, backward]: [Arc<Long<T>>; 2],
        work: &mut [Complex<T>],
        each: Each<'_>,
    ) -> Chirp<T> {
        let (mut chirp, mut spectrum) = (vec![Complex::default(); n], vec![Complex::default(); work.len()]);
        parts(&mut chirp, PART, each, &|at, part| {
            for (j, w) in part.iter_mut().enumerate() {
                let square = ((at + j) as u128 * (at + j) as u128 % (2 * n as u128)) as usize;
                let turn = root::<T>(square, 2 * n);
                *w = if inverse { turn.conj() } else { turn };
            }
        });
        let m = work.len();
        parts(&mut spectrum, PART, each, &|at, part| {
            for (i, s) in part.iter_mut().enumerate() {
                let k = (at + i).min(m - at - i);
                *s = chirp.get(k).map(|w| w.conj()).unwrap_or_default();
            }
        });
        forward.replace(&mut spectrum, work, T::one(), each);
        Chirp { forward, backward, chirp, spectrum }
    }

    /// The length of the room that [`Self::run`] works in, twice.
    pub fn room(&self) -> usize {
        self.spectrum.len()
    }

    /// The first values of the transform of `x`, zeros beyond its end, times `factor`, as many as `out`
    /// takes; both rooms are used up.
    pub fn run(
        &self,
        x: &[Complex<T>],
        (line, work): (&mut [Complex<T>], &mut [Complex<T>]),
        out: &mut [Complex<T>],
        factor: T,
        each: Each<'_>,
    ) {
        let (n, m) = (self.chirp.len(), self.room());
        assert!(x.len() <= n && line.len() == m && work.len() == m && out.len() <= n);
        parts(line, PART, each, &|at, part| {
            let given = x.len().saturating_sub(at).min(part.len());
            let (values, zeros) = part.split_at_mut(given);
            for (i, z) in values.iter_mut().enumerate() {
                *z = x[at + i] * self.chirp[at + i];
            }
            zeros.fill(Complex::default());
        });
        self.forward.replace(line, work, T::one(), each);
        parts(line, PART, each, &|at, part| {
            part.iter_mut().zip(&self.spectrum[at..]).for_each(|(z, s)| *z = *z * *s);
        });
        let share = T::from_f64(1.0 / m as f64).unwrap_or_else(T::one);
        self.backward.replace(line, work, share, each);
        parts(out, PART, each, &|at, part| {
            for (i, z) in part.iter_mut().enumerate() {
                *z = (line[at + i] * self.chirp[at + i]).scale(factor);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_reach_and_are_near() {
        for n in [1 << 15, 32771, 40_009, 100_003, 999_983, 19_999_999] {
            let m = length(n);
            assert!(m >= 2 * n - 1 && m < 2 * n + n / 4, "{n} {m}");
            assert!(super::super::long::split(m).is_some(), "{n} {m}");
        }
    }
}

//! Short transforms of lengths that are no powers of two, by plain mixed-radix decimation in
//! frequency.
//!
//! Large libraries compute the constants of their butterflies with `cos`, which misses -1/2 by half
//! a unit in the last place, and so leave dust of 1e-16 where people expect zeros: the transform of
//! six ones. Here those constants are exact, and sums that cancel do cancel.

use super::Real;
use num_complex::Complex;
use std::collections::HashMap;
use std::sync::Arc;

/// Lengths up to which these transforms are used.
const LONGEST: usize = 256;
/// Prime factors up to which they are.
const LARGEST_FACTOR: usize = 31;

/// What a length needs: its factors and the powers of the root of unity, forwards.
pub struct Plan<T> {
    factors: Vec<usize>,
    roots: Vec<Complex<T>>,
}

/// Plans by length.
pub type Plans<T> = HashMap<usize, Arc<Plan<T>>>;

/// Whether a length belongs here.
pub fn suits(n: usize) -> bool {
    n > 2 && n <= LONGEST && !n.is_power_of_two() && factors(n).iter().all(|&p| p <= LARGEST_FACTOR)
}

/// A two if one is left beside the fours, fours, then the odd primes in order.
fn factors(mut n: usize) -> Vec<usize> {
    let twos = n.trailing_zeros() as usize;
    let mut out = vec![2; twos % 2];
    out.resize(twos % 2 + twos / 2, 4);
    n >>= twos;
    let mut p = 3;
    while n > 1 {
        while n.is_multiple_of(p) {
            out.push(p);
            n /= p;
        }
        p += 1;
    }
    out
}

impl<T: Real> Plan<T> {
    pub fn new(n: usize) -> Plan<T> {
        let convert = |z: (f64, f64)| {
            let part = |x: f64| T::from_f64(x).unwrap_or_else(T::zero);
            Complex::new(part(z.0), part(z.1))
        };
        Plan { factors: factors(n), roots: (0..n).map(|j| convert(root(j, n))).collect() }
    }

    /// Transforms one line in place; `work` is as long.
    pub fn run(&self, line: &mut [Complex<T>], work: &mut [Complex<T>], inverse: bool) {
        let turn = Turn { roots: &self.roots, inverse };
        work.copy_from_slice(line);
        recurse(&turn, &self.factors, work, (line, 0, 1));
    }
}

/// `exp(-2πi j/n)` with exact halves and zeros, and the symmetries of the circle.
pub(super) fn root(j: usize, n: usize) -> (f64, f64) {
    // Twelfths of the circle are the angles whose sines are rational.
    if (12 * j).is_multiple_of(n) {
        let h = 0.75f64.sqrt();
        let cosines = [1.0, h, 0.5, 0.0, -0.5, -h, -1.0, -h, -0.5, 0.0, 0.5, h];
        let k = 12 * j / n;
        return (cosines[k], -cosines[(k + 9) % 12]);
    }
    let angle = |num: usize| std::f64::consts::TAU * num as f64 / (8 * n) as f64;
    // Eighths of the circle: reduce to the first, where both functions are most accurate.
    let eighth = 8 * j / n;
    let rest = 8 * j - eighth * n;
    let (s, c) = if eighth.is_multiple_of(2) { angle(rest).sin_cos() } else { angle(n - rest).sin_cos() };
    match eighth {
        0 => (c, -s),
        1 => (s, -c),
        2 => (-s, -c),
        3 => (-c, -s),
        4 => (-c, s),
        5 => (-s, c),
        6 => (s, c),
        _ => (c, s),
    }
}

/// The roots of unity in one direction.
struct Turn<'a, T> {
    roots: &'a [Complex<T>],
    inverse: bool,
}

impl<T: Real> Turn<'_, T> {
    /// The root of index `j` modulo the plan's length.
    fn at(&self, j: usize) -> Complex<T> {
        let z = self.roots[j % self.roots.len()];
        if self.inverse { z.conj() } else { z }
    }

    /// `z` times `-i` forwards, `i` backwards.
    fn quarter(&self, z: Complex<T>) -> Complex<T> {
        if self.inverse { Complex::new(-z.im, z.re) } else { Complex::new(z.im, -z.re) }
    }
}

/// The transform of `x`, which is overwritten, into every `step`-th place of `out` from `first` on.
fn recurse<T: Real>(
    turn: &Turn<'_, T>,
    factors: &[usize],
    x: &mut [Complex<T>],
    (out, first, step): (&mut [Complex<T>], usize, usize),
) {
    let Some((&p, rest)) = factors.split_first() else {
        out[first] = x[0];
        return;
    };
    let m = x.len() / p;
    let mut items = [Complex::default(); LARGEST_FACTOR];
    for j in 0..m {
        (0..p).for_each(|q| items[q] = x[q * m + j]);
        butterfly(turn, &items[..p], |k, z| {
            x[k * m + j] = if k == 0 || j == 0 { z } else { z * turn.at(j * k * step) };
        });
    }
    for (k, part) in x.chunks_exact_mut(m).enumerate() {
        recurse(turn, rest, part, (&mut *out, first + k * step, step * p));
    }
}

/// The transform of `p` elements, handed to `put`.
fn butterfly<T: Real>(turn: &Turn<'_, T>, x: &[Complex<T>], mut put: impl FnMut(usize, Complex<T>)) {
    match *x {
        [a, b] => {
            put(0, a + b);
            put(1, a - b);
        }
        [a, b, c, d] => {
            let (even, odd) = ((a + c, a - c), (b + d, turn.quarter(b - d)));
            put(0, even.0 + odd.0);
            put(1, even.1 + odd.1);
            put(2, even.0 - odd.0);
            put(3, even.1 - odd.1);
        }
        _ => odd(turn, x, put),
    }
}

/// An odd length: pairs of elements at equal distance from the ends give a sum and a difference, of
/// which one is weighed with cosines and the other with sines.
fn odd<T: Real>(turn: &Turn<'_, T>, x: &[Complex<T>], mut put: impl FnMut(usize, Complex<T>)) {
    let p = x.len();
    let step = turn.roots.len() / p;
    let total = (1..=p / 2).fold(x[0], |s, j| s + (x[j] + x[p - j]));
    put(0, total);
    for k in 1..=p / 2 {
        let (mut even, mut odd) = (x[0], Complex::<T>::default());
        for j in 1..=p / 2 {
            let w = turn.at(j * k % p * step);
            even = even + (x[j] + x[p - j]).scale(w.re);
            odd = odd + (x[j] - x[p - j]).scale(w.im);
        }
        // i times the sines' part.
        let side = Complex::new(-odd.im, odd.re);
        put(k, even + side);
        put(p - k, even - side);
    }
}

//! The secular equation of a diagonal matrix and a correction of rank one, for [`super::divide`]: its roots,
//! the weights of the equation that has exactly the roots found, and its vectors.
//!
//! A root lies between two poles. From a guess that takes the other poles as they are half way, steps solve
//! the equation that keeps the two poles and the sums on both sides with their slopes ("the middle way", Li
//! 1993), within a bracket; they are counted from the nearer pole, so that distances keep their digits
//! (LAPACK's `dlaed4`). Some four steps a root, each one division per pole, in whole vectors. The weights
//! are Gu and Eisenstat's (1994), which make the vectors orthogonal however close the roots lie.

use super::both;
use super::divide::{EPS, SHARED};
use super::watched::look;
use crate::kernel::simd;

/// `over + sum squares_i / (poles_i - x)`, poles ascending, of which each root is wanted.
pub(super) struct Secular {
    pub poles: Vec<f64>,
    pub squares: Vec<f64>,
    pub over: f64,
}

/// Sums over poles at one place: of squares by distances, and by their squares.
#[derive(Clone, Copy, Default)]
struct Sums {
    value: f64,
    slope: f64,
}

/// Elements of a vector of sums.
const LANES: usize = 8;

/// Adds up products of squares with the inverses of distances. Loops of one sum each, which are whole
/// vectors; as one loop of two sums they were single numbers, and took four times as long.
#[inline(always)]
fn sums(squares: &[f64], inverses: &[f64]) -> Sums {
    let (mut value, mut slope) = ([0.0; LANES], [0.0; LANES]);
    let ((s, s_rest), (t, t_rest)) = (squares.as_chunks::<LANES>(), inverses.as_chunks::<LANES>());
    for (s, t) in s.iter().zip(t) {
        for (sum, (s, t)) in value.iter_mut().zip(s.iter().zip(t)) {
            *sum += s * t;
        }
    }
    for (s, t) in s.iter().zip(t) {
        for (sum, (s, t)) in slope.iter_mut().zip(s.iter().zip(t)) {
            *sum += s * t * t;
        }
    }
    let mut sums = Sums { value: value.iter().sum(), slope: slope.iter().sum() };
    for (s, t) in s_rest.iter().zip(t_rest) {
        sums.value += s * t;
        sums.slope += s * t * t;
    }
    sums
}

impl Secular {
    /// The roots from number `at` on, with the distances of all poles from each.
    pub fn roots(&self, at: usize, values: &mut [f64], table: &mut [f64]) -> Option<()> {
        let count = self.poles.len();
        if values.len() >= SHARED {
            let half = values.len() / 2;
            let (first, second) = values.split_at_mut(half);
            let (above, below) = table.split_at_mut(half * count);
            let (mut one, mut two) = (None, None);
            both(|| one = self.roots(at, first, above), || two = self.roots(at + half, second, below));
            return one.and(two);
        }
        look();
        for (k, (value, distances)) in values.iter_mut().zip(table.chunks_exact_mut(count.max(1))).enumerate()
        {
            *value = simd(
                #[inline(always)]
                || self.root(at + k, distances),
            )?;
        }
        Some(())
    }

    /// Root `j`, with the distances of the poles from it.
    #[inline(always)]
    fn root(&self, j: usize, distances: &mut [f64]) -> Option<f64> {
        let count = self.poles.len();
        let last = j + 1 == count;
        let (origin, tau) = if count == 1 {
            (self.poles[0], self.squares[0] / self.over)
        } else {
            let (first, second) = if last { (j - 1, j) } else { (j, j + 1) };
            self.search((first, second), last, distances)?
        };
        for (t, p) in distances.iter_mut().zip(&self.poles) {
            *t = (p - origin) - tau;
        }
        Some(origin + tau)
    }

    /// The root between two neighbouring poles, or where `last` after the second of them: the pole that it
    /// is nearer to, and its distance from there.
    #[inline(always)]
    fn search(
        &self,
        (first, second): (usize, usize),
        last: bool,
        inverses: &mut [f64],
    ) -> Option<(f64, f64)> {
        let (poles, squares) = (&self.poles[..], &self.squares[..]);
        let (left, right) = (poles[first], poles[second]);
        let gap = right - left;
        let ((s_left, s_right), cut) = (squares.split_at(first + 1), first + 1);
        let mut at = |origin: f64, tau: f64| {
            inverses.iter_mut().zip(poles).for_each(|(t, p)| *t = 1.0 / ((p - origin) - tau));
            (sums(s_left, &inverses[..cut]), sums(s_right, &inverses[cut..]))
        };
        // The origin, a bracket of the distance, and a first guess.
        let (a2, b2) = (squares[first], squares[second]);
        let origin;
        let (mut low, mut high);
        let mut tau;
        if last {
            origin = right;
            let total: f64 = squares.iter().sum();
            (low, high) = (0.0, total / self.over);
            // The other poles as they are at half the way.
            let (s, t) = at(origin, 0.5 * high);
            let rest = self.over + (s.value - a2 / (-gap - 0.5 * high)) + (t.value + b2 / (0.5 * high));
            // rest + a2 / (-gap - tau) + b2 / (-tau) = 0
            let (b, c) = (rest * gap - a2 - b2, -b2 * gap);
            tau = if rest > 0.0 { positive(rest, b, c) } else { high };
        } else {
            let (s, t) = at(left, 0.5 * gap);
            let middle = self.over + s.value + t.value;
            let rest = middle + 2.0 * (a2 - b2) / gap;
            if middle >= 0.0 {
                origin = left;
                (low, high) = (0.0, 0.5 * gap);
                // rest - a2 / tau + b2 / (gap - tau) = 0
                let a = rest * gap + a2 + b2;
                let b = a2 * gap;
                let root = (a * a - 4.0 * b * rest).abs().sqrt();
                tau = if a > 0.0 { 2.0 * b / (a + root) } else { (a - root) / (2.0 * rest) };
            } else {
                origin = right;
                (low, high) = (-0.5 * gap, 0.0);
                let a = rest * gap - a2 - b2;
                let b = b2 * gap;
                let root = (a * a + 4.0 * b * rest).abs().sqrt();
                tau = if a < 0.0 { 2.0 * b / (a - root) } else { -(a + root) / (2.0 * rest) };
            }
        }
        let (near, far) = (left - origin, right - origin);
        if !(tau > low && tau < high) {
            tau = 0.5 * (low + high);
        }
        for _ in 0..MOST_STEPS {
            let (s, t) = at(origin, tau);
            let f = self.over + s.value + t.value;
            let size = self.over + s.value.abs() + t.value.abs();
            if f.abs() <= 4.0 * EPS * size {
                return Some((origin, tau));
            }
            if f > 0.0 {
                high = tau
            } else {
                low = tau
            }
            let (x, y) = (near - tau, far - tau);
            let slope = s.slope + t.slope;
            let c = f - x * s.slope - y * t.slope;
            let a = (x + y) * f - x * y * slope;
            let b = x * y * f;
            let root = (a * a - 4.0 * b * c).abs().sqrt();
            let step = if last {
                let c = c.abs();
                if a >= 0.0 { (a + root) / (2.0 * c) } else { 2.0 * b / (a - root) }
            } else if a <= 0.0 {
                (a - root) / (2.0 * c)
            } else {
                2.0 * b / (a + root)
            };
            // Against the sign of the equation a step leads nowhere: then Newton's.
            let step = if f * step >= 0.0 || !step.is_finite() { -f / slope } else { step };
            let mut next = tau + step;
            if !(next > low && next < high) {
                // Half the way, by size where the bracket spans many.
                let (near, far) = (low.abs().min(high.abs()), low.abs().max(high.abs()));
                next = if near > 0.0 && far > 16.0 * near {
                    (near * far).sqrt().copysign(low + high)
                } else {
                    0.5 * (low + high)
                };
            }
            if (next - tau).abs() <= EPS * tau.abs() || !(next > low && next < high) {
                return Some((origin, tau));
            }
            tau = next;
        }
        None
    }

    /// The weights of the equation that has exactly the roots that were found, with the signs of `signs`.
    pub fn weights(&self, signs: &[f64], table: &[f64]) -> Vec<f64> {
        let count = self.poles.len();
        let mut product = vec![1.0; count];
        let poles = &self.poles[..];
        for (j, distances) in table.chunks_exact(count.max(1)).enumerate() {
            let pole = poles[j];
            simd(
                #[inline(always)]
                || {
                    let (left, right) = product.split_at_mut(j);
                    for ((w, t), p) in left.iter_mut().zip(distances).zip(poles) {
                        *w *= t / (p - pole);
                    }
                    right[0] *= distances[j];
                    for ((w, t), p) in right[1..].iter_mut().zip(&distances[j + 1..]).zip(&poles[j + 1..]) {
                        *w *= t / (p - pole);
                    }
                },
            );
        }
        product.iter().zip(signs).map(|(w, z)| w.abs().sqrt().copysign(*z)).collect()
    }
}

/// Steps to a root, which mostly takes four.
const MOST_STEPS: usize = 100;

/// The positive root of `a x^2 + b x + c` with `c` at most zero and `a` positive.
#[inline(always)]
fn positive(a: f64, b: f64, c: f64) -> f64 {
    let root = (b * b - 4.0 * a * c).max(0.0).sqrt();
    if b > 0.0 { -2.0 * c / (b + root) } else { (root - b) / (2.0 * a) }
}

/// Turns columns of distances into vectors of length one, with their rows in another order.
pub(super) fn vectors(weights: &[f64], rows: &[usize], table: &mut [f64]) {
    let count = weights.len();
    if table.len() >= 2 * SHARED * count && count > 0 {
        let half = table.len() / count / 2 * count;
        let (first, second) = table.split_at_mut(half);
        return both(|| vectors(weights, rows, first), || vectors(weights, rows, second));
    }
    let mut vector = vec![0.0; count];
    for column in table.chunks_exact_mut(count.max(1)) {
        let size = simd(
            #[inline(always)]
            || {
                vector.iter_mut().zip(weights).zip(&*column).for_each(|((v, w), t)| *v = w / t);
                let mut squares = [0.0; LANES];
                let (chunks, rest) = vector.as_chunks::<LANES>();
                for v in chunks {
                    squares.iter_mut().zip(v).for_each(|(s, v)| *s += v * v);
                }
                squares.iter().sum::<f64>() + rest.iter().map(|v| v * v).sum::<f64>()
            },
        );
        let scale = 1.0 / size.sqrt();
        column.iter_mut().zip(rows).for_each(|(slot, &i)| *slot = vector[i] * scale);
    }
}

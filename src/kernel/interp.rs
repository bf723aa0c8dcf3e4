//! Values of broken lines and of polynomials at many points.
//!
//! Points of a broken line are searched many at a time (`sort::Sorted`), a block of them, and the line
//! is followed from there by vectors; where one of a block lies outside or meets a NaN, the block goes
//! point by point. 1e6 points in 1000: bound by the search. Looking first where the point before was
//! found helps ascending points only, and costs mispredicted branches for all others, 25 ns a point.
//! Polynomials go by Horner's rule, some vectors of points at a time: 5 coefficients at 1e6 points on two threads took
//! 308 to 346 µs where the values of a block went through the first-level cache with each, and take 117 (a compiler of
//! expressions 150 to 313).

use super::lane::Lane;
use super::real::Real;
use super::simd::with_vectors;
use super::sort::Sorted;
use super::{Block, simd};

/// A broken line through `(xp, fp)`, `xp` ascending and not empty, with the values beyond its ends.
pub struct Broken<'a> {
    xp: &'a [f64],
    fp: &'a [f64],
    /// The slope from each point to the next.
    slopes: Vec<f64>,
    left: f64,
    right: f64,
    sorted: Sorted<'a>,
}

/// Points of a broken line looked at together.
const TILE: usize = 512;

impl<'a> Broken<'a> {
    /// `xp` and `fp` are of one length, not zero; to be followed at so many points.
    pub fn new(xp: &'a [f64], fp: &'a [f64], left: f64, right: f64, points: usize) -> Broken<'a> {
        let rises = xp.windows(2).zip(fp.windows(2));
        let slopes = rises.map(|(x, y)| (y[1] - y[0]) / (x[1] - x[0])).collect();
        Broken { xp, fp, slopes, left, right, sorted: Sorted::new(Block::new(xp), points) }
    }

    /// Replaces each point by the value there.
    pub fn run(&self, x: &mut [f64]) {
        let mut after = [0i64; TILE];
        let mut values = [0.0; TILE];
        for x in x.chunks_mut(TILE) {
            let (after, values) = (&mut after[..x.len()], &mut values[..x.len()]);
            self.sorted.search(Block::new(x), true, after);
            if self.inside(x, after, values) {
                x.copy_from_slice(values);
            } else {
                x.iter_mut().zip(after).for_each(|(x, &mut after)| *x = self.at(*x, after));
            }
        }
    }

    /// The values at points of which so many of `xp` each are not greater; `false`, and nothing of use,
    /// if one of them lies outside or meets a NaN.
    fn inside(&self, x: &[f64], after: &[i64], values: &mut [f64]) -> bool {
        let (xp, fp, slopes) = (self.xp, self.fp, &self.slopes[..]);
        let Some(last) = slopes.len().checked_sub(1) else { return false };
        assert!(xp.len() > last && fp.len() > last);
        let (low, high) = (xp[0], xp[last + 1]);
        let mut odd = false;
        simd(
            #[inline(always)]
            || {
                for ((v, &x), &after) in values.iter_mut().zip(x).zip(after) {
                    let j = (after - 1).clamp(0, last as i64) as usize;
                    // SAFETY: j is at most `last`, which all three have.
                    let (at, y, slope) =
                        unsafe { (*xp.get_unchecked(j), *fp.get_unchecked(j), *slopes.get_unchecked(j)) };
                    let along = slope * (x - at) + y;
                    *v = if x == at { y } else { along };
                    odd |= !((low <= x) & (x < high)) | along.is_nan();
                }
            },
        );
        !odd
    }

    fn at(&self, x: f64, after: i64) -> f64 {
        let (xp, fp, end) = (self.xp, self.fp, self.xp.len() - 1);
        // In this order, since the ends compare false with NaN.
        if x.is_nan() {
            return x;
        }
        if x < xp[0] {
            return self.left;
        }
        if x >= xp[end] {
            return if x > xp[end] { self.right } else { fp[end] };
        }
        if end == 0 {
            return fp[0];
        }
        let j = usize::try_from(after - 1).unwrap_or(0).min(end - 1);
        if xp[j] == x {
            return fp[j];
        }
        let slope = self.slopes[j];
        let y = slope * (x - xp[j]) + fp[j];
        if !y.is_nan() {
            return y;
        }
        let y = slope * (x - xp[j + 1]) + fp[j + 1];
        if y.is_nan() && fp[j] == fp[j + 1] { fp[j] } else { y }
    }
}

/// Vectors of points whose values stay in registers from the first coefficient to the last.
const TOGETHER: usize = 8;

/// Values at `x` of the polynomial of coefficients `p`, highest power first; `false` if one of them is
/// not finite, so that somebody may look for the reason. Bound by memory up to some ten coefficients.
pub fn horner(p: &[f64], x: &[f64], out: &mut [f64]) -> bool {
    with_vectors(Horner { p, x, out })
}

struct Horner<'a> {
    p: &'a [f64],
    x: &'a [f64],
    out: &'a mut [f64],
}

impl pulp::WithSimd for Horner<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, s: S) -> bool {
        let Horner { p, x, out } = self;
        let zero = f64::splat(s, 0.0);
        let mut found = zero;
        let ((xs, rest), (to, last)) = (f64::vectors::<S>(x), f64::vectors_mut::<S>(out));
        let (groups, single) = xs.as_chunks::<TOGETHER>();
        let (outs, alone) = to.as_chunks_mut::<TOGETHER>();
        for (x, out) in groups.iter().zip(outs) {
            let mut y = [zero; TOGETHER];
            for &c in p {
                let c = f64::splat(s, c);
                for k in 0..TOGETHER {
                    y[k] = f64::add(s, f64::mul(s, y[k], x[k]), c);
                }
            }
            for &y in &y {
                found = f64::mark(s, found, y);
            }
            *out = y;
        }
        for (&x, out) in single.iter().zip(alone) {
            *out = p.iter().fold(zero, |y, &c| f64::add(s, f64::mul(s, y, x), f64::splat(s, c)));
            found = f64::mark(s, found, *out);
        }
        let mut finite = f64::all_zero(s, found);
        for (&x, out) in rest.iter().zip(last) {
            *out = p.iter().fold(0.0, |y, &c| y * x + c);
            finite &= out.is_finite();
        }
        finite
    }
}

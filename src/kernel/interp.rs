//! Values of broken lines and of polynomials at many points.
//!
//! A point looks first where the one before it was found, so that ascending points search nothing:
//! such a pass is bound by memory. Points in any order take a search without branches, of which the
//! machine overlaps several. Polynomials go by Horner's rule, a block of points at a time.

use super::simd;

/// A broken line through `(xp, fp)`, `xp` ascending and not empty, with the values beyond its ends.
pub struct Broken<'a> {
    pub xp: &'a [f64],
    pub fp: &'a [f64],
    /// The slope from each point to the next.
    pub slopes: &'a [f64],
    pub left: f64,
    pub right: f64,
}

impl Broken<'_> {
    /// Replaces each point by the value there.
    pub fn run(&self, x: &mut [f64]) {
        let mut j = 0;
        for v in x {
            *v = self.at(*v, &mut j);
        }
    }

    #[inline(always)]
    fn at(&self, x: f64, guess: &mut usize) -> f64 {
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
        let mut j = *guess;
        if !(xp[j] <= x && x < xp[j + 1]) {
            j = if j + 2 <= end && xp[j + 1] <= x && x < xp[j + 2] { j + 1 } else { search(xp, x) };
            *guess = j;
        }
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

/// The last place whose value is at most `x`, which is not below the first nor above the last.
#[inline(always)]
fn search(xp: &[f64], x: f64) -> usize {
    let (mut base, mut size) = (0, xp.len());
    while size > 1 {
        let half = size / 2;
        base = if xp[base + half] <= x { base + half } else { base };
        size -= half;
    }
    base.min(xp.len() - 2)
}

/// Points of a block, for which sums stay in registers or the first-level cache.
const BLOCK: usize = 128;

/// Values at `x` of the polynomial of coefficients `p`, highest power first; `false` if one of them is
/// not finite, so that somebody may look for the reason.
pub fn horner(p: &[f64], x: &[f64], out: &mut [f64]) -> bool {
    let mut finite = true;
    simd(
        #[inline(always)]
        || {
            for (out, x) in out.chunks_mut(BLOCK).zip(x.chunks(BLOCK)) {
                out.fill(0.0);
                for &c in p {
                    out.iter_mut().zip(x).for_each(|(y, &x)| *y = *y * x + c);
                }
                let mut all = true;
                out.iter().for_each(|y| all &= *y * 0.0 == 0.0);
                finite &= all;
            }
        },
    );
    finite
}

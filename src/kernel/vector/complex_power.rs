//! Powers of complex numbers within 1 ulp in each part, one by one, in sums of two floats.
//!
//! Whole powers below 100 are repeated squares. Others are `exp(b log a)`, where the logarithm needs as
//! many more digits as the product has before the point: one step of Newton's method from the float
//! logarithm, `w + a exp(-w) - 1`, gives some 95 bits. The exponential is a Taylor series of the argument
//! over 64, squared six times. Where a part nearly cancels, NumPy's is off by thousands of ulp.

use super::double::*;
use crate::dtype::c128;

/// A complex number of twice a float's digits.
#[derive(Clone, Copy)]
struct Wide {
    re: Double,
    im: Double,
}

const ZERO: Double = Double { hi: 0.0, lo: 0.0 };
const ONE: Wide = Wide { re: Double { hi: 1.0, lo: 0.0 }, im: ZERO };

const LN2: Double = Double { hi: std::f64::consts::LN_2, lo: 2.3190468138462996e-17 };
/// ln 2 less the two floats of `LN2`.
const LN2_REST: f64 = 5.707708438416212e-34;
const QUARTER: Double = Double { hi: std::f64::consts::FRAC_PI_2, lo: 6.123233995736766e-17 };
/// π/2 less the two floats of `QUARTER`.
const QUARTER_REST: f64 = -1.4973849048591833e-33;

fn negative(x: Double) -> Double {
    x.scaled(-1.0)
}

/// `n` times a constant of three floats.
fn multiple(n: f64, by: Double, rest: f64) -> Double {
    let (p, q) = (two_prod(n, by.hi), two_prod(n, by.lo));
    let s = two_sum(p.lo, q.hi);
    fast_two_sum(p.hi, s.hi).plus(Double { hi: s.lo + n.mul_add(rest, q.lo), lo: 0.0 })
}

impl Wide {
    fn new(z: c128) -> Wide {
        Wide { re: Double { hi: z.re, lo: 0.0 }, im: Double { hi: z.im, lo: 0.0 } }
    }

    fn times(self, o: Wide) -> Wide {
        Wide {
            re: self.re.times(o.re).plus(negative(self.im.times(o.im))),
            im: self.re.times(o.im).plus(self.im.times(o.re)),
        }
    }

    fn plus(self, o: Wide) -> Wide {
        Wide { re: self.re.plus(o.re), im: self.im.plus(o.im) }
    }

    fn scaled(self, by: f64) -> Wide {
        Wide { re: self.re.scaled(by), im: self.im.scaled(by) }
    }

    fn inverse(self) -> Wide {
        let square = self.re.times(self.re).plus(self.im.times(self.im));
        Wide { re: self.re.over(square), im: negative(self.im.over(square)) }
    }

    /// `exp` as a number and a power of two, for parts of size up to 2**40.
    fn exp(self) -> (Wide, i64) {
        let k = (self.re.hi * std::f64::consts::LOG2_E).round_ties_even();
        let n = (self.im.hi * std::f64::consts::FRAC_2_PI).round_ties_even();
        let less = |x: Double, n, by, rest| x.plus(negative(multiple(n, by, rest)));
        let r = Wide { re: less(self.re, k, LN2, LN2_REST), im: less(self.im, n, QUARTER, QUARTER_REST) };
        let r = r.scaled(1.0 / 64.0);
        // 1 + r (1 + r/2 (1 + r/3 (…))), up to r**12.
        let mut sum = ONE;
        for j in (1..=12).rev() {
            let by = Double { hi: 1.0, lo: 0.0 }.over(Double { hi: j as f64, lo: 0.0 });
            let step = r.times(sum);
            sum = ONE.plus(Wide { re: step.re.times(by), im: step.im.times(by) });
        }
        for _ in 0..6 {
            sum = sum.times(sum);
        }
        let turned = match (n as i64).rem_euclid(4) {
            0 => sum,
            1 => Wide { re: negative(sum.im), im: sum.re },
            2 => sum.scaled(-1.0),
            _ => Wide { re: sum.im, im: negative(sum.re) },
        };
        (turned, k as i64)
    }

    /// The parts times `2**k`.
    fn value(self, k: i64) -> c128 {
        let k = k.clamp(-5000, 5000) as i32;
        c128::new(libm::scalbn(self.re.value(), k), libm::scalbn(self.im.value(), k))
    }
}

/// A finite number that is not zero as one whose larger part is from 1 to 2, and a power of two.
fn split(z: c128) -> (c128, i32) {
    let e = libm::ilogb(z.re.abs().max(z.im.abs()));
    (c128::new(libm::scalbn(z.re, -e), libm::scalbn(z.im, -e)), e)
}

/// `a ** n`, for a finite `a` that is not zero and `|n|` below 100.
pub fn whole_power(a: c128, n: i32) -> c128 {
    let (a, e) = split(a);
    let (mut result, mut p) = (ONE, Wide::new(a));
    let mut left = n.unsigned_abs();
    while left > 0 {
        if left & 1 == 1 {
            result = result.times(p);
        }
        left >>= 1;
        p = p.times(p);
    }
    if n < 0 { result.inverse() } else { result }.value(e as i64 * n as i64)
}

/// `exp(b log a)`, for finite numbers, `a` not zero; `None` where the product is too large to be followed.
pub fn power(a: c128, b: c128) -> Option<c128> {
    let (scaled, e) = split(a);
    let log = c128::new(0.5 * scaled.norm_sqr().ln(), scaled.im.atan2(scaled.re));
    let (inverse, k) = Wide::new(-log).exp();
    let rest = Wide::new(scaled).times(inverse.scaled(power_of_two(k))).plus(ONE.scaled(-1.0));
    let log = Wide::new(log).plus(rest);
    let log = Wide { re: log.re.plus(multiple(e as f64, LN2, LN2_REST)), im: log.im };
    let product = Wide::new(b).times(log);
    let largest = product.re.hi.abs().max(product.im.hi.abs());
    if largest.is_nan() || largest >= 1e6 {
        return None;
    }
    let (power, k) = product.exp();
    Some(power.value(k))
}

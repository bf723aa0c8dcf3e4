//! Unevaluated sums of two floats, polynomials, and powers of two: what the vectorised functions
//! are made of. All is branch-free, so that loops over it become vector code.
//!
//! T. J. Dekker, "A floating-point technique for extending the available precision" (1971);
//! D. E. Knuth, "The Art of Computer Programming" 4.2.2. A fused multiply-add gives a product's
//! rounding error.

/// 1.5 * 2**52: adding it leaves a whole number in the low bits.
pub const MAGIC: f64 = 6755399441055744.0;

/// `hi + lo`, where `lo` is at most half a unit in the last place of `hi`, or nearly so.
#[derive(Clone, Copy, Debug)]
pub struct Double {
    pub hi: f64,
    pub lo: f64,
}

/// `a + b` exactly.
#[inline(always)]
pub fn two_sum(a: f64, b: f64) -> Double {
    let hi = a + b;
    let t = hi - a;
    Double { hi, lo: (a - (hi - t)) + (b - t) }
}

/// `a + b` exactly, if `a` is not smaller than `b` in size.
#[inline(always)]
pub fn fast_two_sum(a: f64, b: f64) -> Double {
    let hi = a + b;
    Double { hi, lo: b - (hi - a) }
}

/// `a * b` exactly.
#[inline(always)]
pub fn two_prod(a: f64, b: f64) -> Double {
    let hi = a * b;
    Double { hi, lo: a.mul_add(b, -hi) }
}

impl Double {
    /// The sum with a constant or number at least as large as this.
    #[inline(always)]
    pub fn below(self, a: f64) -> Double {
        let s = fast_two_sum(a, self.hi);
        Double { hi: s.hi, lo: s.lo + self.lo }
    }

    /// The sum, whatever the sizes; up to 2**-104 of the larger operand.
    #[inline(always)]
    pub fn plus(self, o: Double) -> Double {
        let s = two_sum(self.hi, o.hi);
        fast_two_sum(s.hi, s.lo + (self.lo + o.lo))
    }

    /// The product.
    #[inline(always)]
    pub fn times(self, o: Double) -> Double {
        let p = two_prod(self.hi, o.hi);
        let lo = self.hi.mul_add(o.lo, self.lo.mul_add(o.hi, p.lo));
        fast_two_sum(p.hi, lo)
    }

    /// The product with a power of two (or a factor of few bits).
    #[inline(always)]
    pub fn scaled(self, by: f64) -> Double {
        Double { hi: self.hi * by, lo: self.lo * by }
    }

    /// The quotient.
    #[inline(always)]
    pub fn over(self, o: Double) -> Double {
        let inverse = 1.0 / o.hi;
        let q = self.hi * inverse;
        let rest = (-q).mul_add(o.hi, self.hi) + (-q).mul_add(o.lo, self.lo);
        Double { hi: q, lo: rest * inverse }
    }

    /// The square root of a positive number.
    #[inline(always)]
    pub fn root(self) -> Double {
        let s = self.hi.sqrt();
        let rest = (-s).mul_add(s, self.hi) + self.lo;
        fast_two_sum(s, rest * (0.5 / s))
    }

    #[inline(always)]
    pub fn value(self) -> f64 {
        self.hi + self.lo
    }
}

/// `c[0] + c[1] x + c[2] x² + …`, even and odd terms apart, so that two chains run at once.
#[inline(always)]
pub fn polynomial<const N: usize>(x: f64, c: &[f64; N]) -> f64 {
    let z = x * x;
    let (mut even, mut odd) = (0.0, 0.0);
    let mut k = N;
    while k > 0 {
        k -= 1;
        let last = k + 2 >= N;
        match k % 2 {
            0 => even = if last { c[k] } else { z.mul_add(even, c[k]) },
            _ => odd = if last { c[k] } else { z.mul_add(odd, c[k]) },
        }
    }
    x.mul_add(odd, even)
}

/// An integer of at most 51 bits as a float.
#[inline(always)]
pub fn whole_float(k: i64) -> f64 {
    f64::from_bits(k.wrapping_add(MAGIC.to_bits() as i64) as u64) - MAGIC
}

/// `2 ** k`, for normal results; 0 for `k` = -1023.
#[inline(always)]
pub fn power_of_two(k: i64) -> f64 {
    f64::from_bits((k.wrapping_add(1023) << 52) as u64)
}

/// `x * 2 ** k` for results of any size, rounded once.
#[inline(always)]
pub fn scale(x: f64, k: i64) -> f64 {
    let half = k >> 1;
    x * power_of_two(half) * power_of_two(k.wrapping_sub(half))
}

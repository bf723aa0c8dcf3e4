//! Sine, cosine and tangent of float64.
//!
//! The angle less a multiple of π/2 is kept as a sum of two floats (π/2 in three parts of 53 bits,
//! products exact by fused multiply-adds), which serves to [`FAR`]; beyond, the caller asks
//! [`far`]. Then minimax polynomials (Remez exchange in 60 digits) on -π/4 to π/4.

use super::double::*;

/// Past this the reduction would lose digits.
pub const FAR: f64 = 1e9;

#[inline(always)]
pub fn is_far(x: f64) -> bool {
    x.abs() > FAR || x.is_nan()
}

/// The quadrant of an angle, and what is left.
#[inline(always)]
fn reduce(x: f64) -> (i64, Double) {
    // π/2 in three parts.
    const P1: f64 = std::f64::consts::FRAC_PI_2;
    const P2: f64 = 6.123233995736766e-17;
    const P3: f64 = -1.4973849048591833e-33;
    let t = x.mul_add(std::f64::consts::FRAC_2_PI, MAGIC);
    let n = t - MAGIC;
    // x - n P1 is exact in two floats, and the first of them takes most of the digits away.
    let p = n * P1;
    let p_low = n.mul_add(P1, -p);
    let first = x - p;
    let q = n * P2;
    let q_low = n.mul_add(P2, -q);
    let w = two_sum(p_low, q);
    let r = two_sum(first, -w.hi);
    let low = r.lo - (w.lo + n.mul_add(P3, q_low));
    ((t.to_bits() as i64).wrapping_sub(MAGIC.to_bits() as i64), Double { hi: r.hi, lo: low })
}

/// `(sin r - r) / r³`, over `r²`.
const SINE: [f64; 6] = [
    -0.16666666666666632,
    0.008333333333322413,
    -0.00019841269829807607,
    2.7557313691785998e-06,
    -2.5050758089444965e-08,
    1.5896793982890154e-10,
];
/// `(cos r - 1 + r²/2) / r⁴`, over `r²`.
const COSINE: [f64; 6] = [
    0.0416666666666666,
    -0.0013888888888874125,
    2.4801587289482272e-05,
    -2.755731435235087e-07,
    2.0875723274654536e-09,
    -1.1359647827745044e-11,
];

/// The sine or the cosine, by the lowest bit of the quadrant, with the sign of the next bit.
#[inline(always)]
fn by_quadrant(n: i64, r: Double) -> f64 {
    let (x, z) = (r.hi, r.hi * r.hi);
    let half = 0.5 * z;
    let w = 1.0 - half;
    let sine = x + (z * x).mul_add(polynomial(z, &SINE), r.lo * w);
    let cosine = w + (((1.0 - w) - half) + (z * z).mul_add(polynomial(z, &COSINE), -x * r.lo));
    let value = if n & 1 == 0 { sine } else { cosine };
    f64::from_bits(value.to_bits() ^ (((n & 2) as u64) << 62))
}

/// The sine of a near angle.
#[inline(always)]
pub fn sin(x: f64) -> f64 {
    let (n, r) = reduce(x);
    let value = by_quadrant(n, r);
    if x == 0.0 { x } else { value }
}

/// The cosine of a near angle.
#[inline(always)]
pub fn cos(x: f64) -> f64 {
    let (n, r) = reduce(x);
    by_quadrant(n.wrapping_add(1), r)
}

/// The tangent of a near angle.
#[inline(always)]
pub fn tan(x: f64) -> f64 {
    let (n, r) = reduce(x);
    let square = two_prod(r.hi, r.hi);
    let z = square.hi;
    let sine = fast_two_sum(r.hi, (z * r.hi).mul_add(polynomial(z, &SINE), r.lo * 0.5f64.mul_add(-z, 1.0)));
    let w = fast_two_sum(1.0, -0.5 * z);
    let low = (z * z).mul_add(polynomial(z, &COSINE), (-r.hi).mul_add(r.lo, -0.5 * square.lo));
    let cosine = fast_two_sum(w.hi, w.lo + low);
    let odd = n & 1 != 0;
    let pick = |a: f64, b: f64| if odd { a } else { b };
    let numerator = Double { hi: pick(-cosine.hi, sine.hi), lo: pick(-cosine.lo, sine.lo) };
    let denominator = Double { hi: pick(sine.hi, cosine.hi), lo: pick(sine.lo, cosine.lo) };
    let value = numerator.over(denominator).value();
    if x.abs() < 1e-10 { x } else { value }
}

//! Sine, cosine and tangent of float64.
//!
//! The angle less a multiple of π/2 is kept as a sum of two floats (π/2 in three parts of 53 bits,
//! products exact by fused multiply-adds), which serves to [`FAR`]; beyond, [`sin_cos_any`] takes those
//! digits of 2/π that matter. Then minimax polynomials (Remez exchange in 60 digits) on -π/4 to π/4.

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

/// The sine and the cosine of a reduced angle of a quadrant, each as a sum of two floats, to 2**-57 of
/// itself.
#[inline(always)]
fn by_quadrant_twice(n: i64, r: Double) -> (Double, Double) {
    let square = two_prod(r.hi, r.hi);
    let z = square.hi;
    let sine = fast_two_sum(r.hi, (z * r.hi).mul_add(polynomial(z, &SINE), r.lo * 0.5f64.mul_add(-z, 1.0)));
    let w = fast_two_sum(1.0, -0.5 * z);
    let low = (z * z).mul_add(polynomial(z, &COSINE), (-r.hi).mul_add(r.lo, -0.5 * square.lo));
    let cosine = fast_two_sum(w.hi, w.lo + low);
    let odd = n & 1 != 0;
    let pick = |a: f64, b: f64| if odd { a } else { b };
    let (s, c) = (
        Double { hi: pick(cosine.hi, sine.hi), lo: pick(cosine.lo, sine.lo) },
        Double { hi: pick(sine.hi, cosine.hi), lo: pick(sine.lo, cosine.lo) },
    );
    (signed(s, n), signed(c, n.wrapping_add(1)))
}

/// The number with the sign of a quadrant's second bit.
#[inline(always)]
fn signed(x: Double, n: i64) -> Double {
    let sign = ((n & 2) as u64) << 62;
    Double { hi: f64::from_bits(x.hi.to_bits() ^ sign), lo: f64::from_bits(x.lo.to_bits() ^ sign) }
}

/// The sine and the cosine of a near angle, each as a sum of two floats.
#[inline(always)]
pub fn sin_cos(x: f64) -> (Double, Double) {
    let (n, r) = reduce(x);
    let (sine, cosine) = by_quadrant_twice(n, r);
    let tiny = x.abs() < 1e-10;
    (Double { hi: if tiny { x } else { sine.hi }, lo: if tiny { 0.0 } else { sine.lo } }, cosine)
}

/// As [`sin_cos`], for any finite angle.
pub fn sin_cos_any(x: f64) -> (Double, Double) {
    if !is_far(x) {
        return sin_cos(x);
    }
    let (n, r) = reduce_far(x);
    by_quadrant_twice(n, r)
}

/// The quadrant of a far angle, and what is left: the angle, a whole number of 53 bits times a power of
/// two, times those 192 bits of 2/π that neither make whole circles nor come too late to be seen.
///
/// M. H. Payne and R. N. Hanek, "Radian reduction for trigonometric functions" (1983).
fn reduce_far(x: f64) -> (i64, Double) {
    const QUARTER: Double = Double { hi: std::f64::consts::FRAC_PI_2, lo: 6.123233995736766e-17 };
    let bits = x.to_bits();
    let whole = ((bits & ((1 << 52) - 1)) | 1 << 52) as u128;
    // x is `whole * 2**e`, with e from -23 (at 1e9) to 971. Bits of 2/π before the place e - 2 make
    // multiples of four quadrants; the table has one word of zeros in front.
    let e = ((bits >> 52) & 0x7ff) as i64 - 1075;
    let from = (e + 62).max(0) as usize;
    let word = |k: usize| TWO_OVER_PI.get(k).copied().unwrap_or(0);
    let window = |i: usize| -> u128 {
        let (k, s) = (from / 64 + i, from % 64);
        let pair = (word(k) as u128) << 64 | word(k + 1) as u128;
        (pair << s) >> 64
    };
    // The low 192 bits of the product: two of quadrants, the others of their parts.
    let low = whole * window(2);
    let middle = whole * window(1) + (low >> 64);
    let high = (whole * window(0)).wrapping_add(middle >> 64) as u64;
    let upper = (high as u128) << 64 | middle as u64 as u128;
    // As a part of a quadrant from -1/2 to 1/2.
    let part = upper << 2 | (low as u64 >> 62) as u128;
    let negative = part >> 127 == 1;
    let n = (high >> 62) as i64 + negative as i64;
    let (size, below) = if negative { (!part, !((low as u64) << 2)) } else { (part, (low as u64) << 2) };
    let zeros = size.leading_zeros();
    // Of 53-bit numbers the part cannot be nearer to zero than 2**-63.
    let zeros = zeros.min(63);
    let size = size << zeros | (below as u128) >> (64 - zeros);
    let (first, second) = ((size >> 75) as f64, ((size >> 22) & ((1 << 53) - 1)) as f64);
    let unit = power_of_two(-53 - zeros as i64);
    let rest = fast_two_sum(first * unit, second * (unit * power_of_two(-53)));
    let r = rest.times(QUARTER);
    let flip = negative != (x < 0.0);
    let r = if flip { r.scaled(-1.0) } else { r };
    (if x < 0.0 { -n } else { n }, r)
}

/// The bits of 2/π after a word of zeros.
const TWO_OVER_PI: [u64; 21] = [
    0,
    0xa2f9836e4e441529,
    0xfc2757d1f534ddc0,
    0xdb6295993c439041,
    0xfe5163abdebbc561,
    0xb7246e3a424dd2e0,
    0x06492eea09d1921c,
    0xfe1deb1cb129a73e,
    0xe88235f52ebb4484,
    0xe99c7026b45f7e41,
    0x3991d639835339f4,
    0x9c845f8bbdf9283b,
    0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f,
    0x6d367ecf27cb09b7,
    0x4f463f669e5fea2d,
    0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea,
    0x6bfb5fb11f8d5d08,
    0x56033046fc7b6bab,
    0xf0cfbc209af4361d,
];

/// The tangent of a near angle.
#[inline(always)]
pub fn tan(x: f64) -> f64 {
    let (n, r) = reduce(x);
    let (sine, cosine) = by_quadrant_twice(n, r);
    let value = sine.over(cosine).value();
    if x.abs() < 1e-10 { x } else { value }
}

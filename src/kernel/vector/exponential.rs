//! Exponentials and hyperbolic functions of float64.
//!
//! `e**x` is `2**k * e**r` with `|r| <= ln 2 / 2`, the reduction after W. J. Cody and W. Waite,
//! "Software Manual for the Elementary Functions" (1980), `r` as a sum of two floats. `e**r` is
//! `1 + r + r²/2 + r³ q(r)`, `q` a minimax polynomial (Remez exchange in 60 digits). What cancels or
//! is divided afterwards keeps the first three terms as sums of two floats.

use super::double::*;

pub const LN2_HIGH: f64 = 0.693_147_180_369_123_8;
pub const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
const LN2: f64 = std::f64::consts::LN_2;
/// ln 2 less its nearest float.
const LN2_REST: f64 = 2.319_046_813_846_299_6e-17;

/// `(e**r - 1 - r - r²/2) / r³`, to 2**-57 beside `e**r`.
const TAIL: [f64; 9] = [
    0.16666666666666685,
    0.04166666666660285,
    0.008333333333314314,
    0.0013888888927244265,
    0.00019841269904113547,
    2.48015081246247e-05,
    2.7557226767821356e-06,
    2.762540601186561e-07,
    2.511488637204548e-08,
];
/// The same, to 2**-64.
const LONG_TAIL: [f64; 10] = [
    0.16666666666666682,
    0.0416666666666667,
    0.008333333333316855,
    0.0013888888888865043,
    0.0001984126989682907,
    2.4801587365341293e-05,
    2.7557234427679093e-06,
    2.7557238485807576e-07,
    2.511218296917887e-08,
    2.09257332796294e-09,
];

/// `k`, and `x - k ln 2` with `|x|` below 2**20.
#[inline(always)]
fn reduce(x: f64) -> (i64, Double) {
    let t = x.mul_add(std::f64::consts::LOG2_E, MAGIC);
    let k = t - MAGIC;
    let high = k.mul_add(-LN2_HIGH, x);
    let hi = k.mul_add(-LN2_LOW, high);
    let lo = k.mul_add(-LN2_LOW, high - hi);
    ((t.to_bits() as i64).wrapping_sub(MAGIC.to_bits() as i64), Double { hi, lo })
}

#[inline(always)]
fn clamp(x: f64, least: f64, most: f64) -> f64 {
    // NaN stays.
    let x = if x < least { least } else { x };
    if x > most { most } else { x }
}

/// `e**(r.hi + r.lo)` for a reduced argument.
#[inline(always)]
fn exp_reduced(r: Double) -> f64 {
    let x = r.hi;
    let q = x.mul_add(polynomial(x, &TAIL), 0.5);
    1.0 + (x + (x * x).mul_add(q, r.lo))
}

/// `e**(r.hi + r.lo) - 1` for a reduced argument, to 2**-58 of itself.
#[inline(always)]
pub fn expm1_reduced(r: Double) -> Double {
    let x = r.hi;
    let square = two_prod(x, x).scaled(0.5);
    let cube = (x + x) * square.hi * polynomial(x, &LONG_TAIL);
    let s = fast_two_sum(x, square.hi);
    fast_two_sum(s.hi, s.lo + (square.lo + (cube + r.lo.mul_add(s.hi, r.lo))))
}

/// `e**x` as `2**k (1 + t)`, for `|x|` below 2**20.
#[inline(always)]
pub fn exp_parts(x: Double) -> (i64, Double) {
    let (k, r) = reduce(x.hi);
    let r = fast_two_sum(r.hi, r.lo + x.lo);
    (k, expm1_reduced(r))
}

/// `e**x`; at most 0.79 ulp.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    // Beyond these the result is 0 or infinite.
    let (k, r) = reduce(clamp(x, -746.0, 710.0));
    scale(exp_reduced(r), k)
}

/// `e**x` for a sum of two floats, of size up to 2**20.
#[inline(always)]
pub fn exp_of(x: Double) -> f64 {
    let (k, r) = reduce(x.hi);
    let r = fast_two_sum(r.hi, r.lo + x.lo);
    let q = r.hi.mul_add(polynomial(r.hi, &TAIL), 0.5);
    let s = fast_two_sum(1.0, r.hi);
    scale(s.hi + (s.lo + (r.hi * r.hi).mul_add(q, r.lo)), k)
}

/// `2**x`.
#[inline(always)]
pub fn exp2(x: f64) -> f64 {
    let x = clamp(x, -1080.0, 1025.0);
    let t = x + MAGIC;
    let f = x - (t - MAGIC);
    let hi = f * LN2;
    let lo = f.mul_add(LN2_REST, f.mul_add(LN2, -hi));
    let k = (t.to_bits() as i64).wrapping_sub(MAGIC.to_bits() as i64);
    scale(exp_reduced(Double { hi, lo }), k)
}

/// `(e**x - 1) / 2`, for `x` from -45 to 710, to 2**-57 of itself.
#[inline(always)]
fn half_expm1(x: f64) -> Double {
    let (k, r) = reduce(x);
    let p = expm1_reduced(r);
    let s = power_of_two(k.wrapping_sub(1));
    let c = s - 0.5;
    let c_low = (s - c) - 0.5;
    let sum = two_sum(c, s * p.hi);
    fast_two_sum(sum.hi, sum.lo + s.mul_add(p.lo, c_low))
}

/// `e**x - 1`.
#[inline(always)]
pub fn expm1(x: f64) -> f64 {
    let y = half_expm1(clamp(x, -45.0, 710.0)).hi * 2.0;
    if x.abs() < 1e-17 { x } else { y }
}

/// `(sinh r - r) / r³` over `r²`.
const SINH: [f64; 5] = [
    0.16666666666666677,
    0.008333333333321612,
    0.00019841269886169057,
    2.7557244170222597e-06,
    2.510904930831979e-08,
];
/// `(cosh r - 1 - r²/2) / r⁴` over `r²`.
const COSH: [f64; 5] = [
    0.041666666666666685,
    0.0013888888888873463,
    2.4801587348791106e-05,
    2.7557252207738844e-07,
    2.0921640273752487e-09,
];

/// A quarter of sinh and cosh; `|x|` at most 711.
#[inline(always)]
fn hyperbolic(x: f64) -> (Double, Double) {
    let (k, r) = reduce(x);
    let square = two_prod(r.hi, r.hi);
    let z = square.hi;
    // sinh r and cosh r - 1.
    let odd = fast_two_sum(r.hi, (z * r.hi).mul_add(polynomial(z, &SINH), r.lo));
    let even_low = (z * z).mul_add(polynomial(z, &COSH), 0.5f64.mul_add(square.lo, r.hi * r.lo));
    let even = fast_two_sum(0.5 * z, even_low);
    let up = power_of_two(k.wrapping_sub(3));
    let down = if k > 40 { 0.0 } else { power_of_two((-3i64).wrapping_sub(k)) };
    (weighted(up, -down, even, odd), weighted(up, down, even, odd))
}

/// `(a + b)(1 + even) + (a - b) odd`.
#[inline(always)]
fn weighted(a: f64, b: f64, even: Double, odd: Double) -> Double {
    let sum = fast_two_sum(a, b);
    let difference = a - b;
    let difference_low = (a - difference) - b;
    let p = two_prod(difference, odd.hi);
    let p_low = difference.mul_add(odd.lo, difference_low.mul_add(odd.hi, p.lo));
    let q = two_prod(sum.hi, even.hi);
    let q_low = sum.hi.mul_add(even.lo, sum.lo.mul_add(even.hi, q.lo)) + sum.lo;
    let s = two_sum(sum.hi, p.hi);
    let t = two_sum(s.hi, q.hi);
    fast_two_sum(t.hi, t.lo + (s.lo + (p_low + q_low)))
}

/// sinh and cosh, each to 2**-57 of itself; `|x|` at most 709.
#[inline(always)]
pub fn sinh_cosh(x: f64) -> (Double, Double) {
    let (sine, cosine) = hyperbolic(clamp(x.abs(), 0.0, 709.0));
    let tiny = x.abs() < 1e-10;
    let four = 4f64.copysign(x);
    let hi = if tiny { x } else { sine.hi * four };
    (Double { hi, lo: if tiny { 0.0 } else { sine.lo * four } }, cosine.scaled(4.0))
}

/// A quarter of the hyperbolic cosine or sine: `a cosh r + b sinh r`, where `a` and `b` are the sum and
/// the difference of `2**k` and `2**-k`, or the other way around. Only `a + b r` is a sum of two floats:
/// the rest is at most a tenth of it. At most 0.71 ulp, among 40 million points; both factors as sums of
/// two floats (as for complex numbers, above) gave 0.51 and took 1.5 times as long.
#[inline(always)]
fn quarter(x: f64, cosine: bool) -> f64 {
    let (k, r) = reduce(x);
    let z = r.hi * r.hi;
    let odd = (z * r.hi).mul_add(polynomial(z, &SINH), r.lo);
    let even = z.mul_add(0.5, (z * z).mul_add(polynomial(z, &COSH), r.hi * r.lo));
    let up = power_of_two(k.wrapping_sub(3));
    let down = if k > 40 { 0.0 } else { power_of_two((-3i64).wrapping_sub(k)) };
    let (sum, difference) = (up + down, up - down);
    let (a, b) = if cosine { (sum, difference) } else { (difference, sum) };
    // Where `2**-k` is lost in the sum, its factor is e**-r.
    let lost = down - (sum - up);
    let lost = if cosine { lost } else { -lost };
    let p = b * r.hi;
    let s = fast_two_sum(a, p);
    let low = b.mul_add(odd, a.mul_add(even, b.mul_add(r.hi, -p)));
    s.hi + (s.lo + (low + (-r.hi).mul_add(lost, lost)))
}

/// The hyperbolic sine.
#[inline(always)]
pub fn sinh(x: f64) -> f64 {
    let y = quarter(clamp(x.abs(), 0.0, 711.0), false) * 4.0;
    let y = if x.abs() < 1e-10 { x.abs() } else { y };
    if x.is_nan() { x } else { y.copysign(x) }
}

/// The hyperbolic cosine.
#[inline(always)]
pub fn cosh(x: f64) -> f64 {
    quarter(clamp(x.abs(), 0.0, 711.0), true) * 4.0
}

/// What the hyperbolic tangent is made of: `e**(2|x|)` as `s (1 + t)`, with `s` a power of two.
#[inline(always)]
pub fn tanh_parts(x: f64) -> (f64, Double) {
    let (k, r) = reduce(2.0 * clamp(x.abs(), 0.0, 22.0));
    let q = r.hi.mul_add(polynomial(r.hi, &LONG_TAIL), 0.5);
    let t = fast_two_sum(r.hi, (r.hi * r.hi).mul_add(q, r.hi.mul_add(r.lo, r.lo)));
    (power_of_two(k), t)
}

/// The hyperbolic tangent, from its parts: `n / (n + 2)` for `n = e**(2|x|) - 1`, both as sums of two floats,
/// which serves small and large `x` alike. At most 0.67 ulp, and less than 1 from 18.7 on, where `d - 2` is
/// rounded and 1 may stand for the float before it.
#[inline(always)]
pub fn tanh(x: f64, s: f64, t: Double) -> f64 {
    let c = s - 1.0;
    let n = s.mul_add(t.hi, c);
    let n_low = s.mul_add(t.lo, s.mul_add(t.hi, c - n));
    let d = n + 2.0;
    let d_low = (n - (d - 2.0)) + n_low;
    let inverse = 1.0 / d;
    let y = n * inverse;
    let rest = (-y).mul_add(d, n) + (-y).mul_add(d_low, n_low);
    rest.mul_add(inverse, y).copysign(x)
}

/// `2**x`, for `|x|` below 2**20.
#[inline(always)]
pub fn exp2_parts(x: Double) -> (i64, Double) {
    let t = x.hi + MAGIC;
    let f = x.hi - (t - MAGIC);
    let hi = f * LN2;
    let lo = f.mul_add(LN2_REST, f.mul_add(LN2, -hi));
    let k = (t.to_bits() as i64).wrapping_sub(MAGIC.to_bits() as i64);
    (k, expm1_reduced(Double { hi, lo: x.lo.mul_add(LN2, lo) }))
}

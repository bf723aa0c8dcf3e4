//! Logarithms and inverse hyperbolic functions of float64.
//!
//! `x = 2**k (1 + f)` with `1 + f` from √½ to √2; with `s = f / (2 + f)`, `ln(1 + f)` is
//! `f - f²/2 + s (f²/2 + s² l(s²))`, where only the first two terms must be exact to more than a
//! float's digits: K. C. Ng's form. `l` is a minimax polynomial (Remez exchange in 60 digits).

use super::double::*;
use super::exponential::{LN2_HIGH, LN2_LOW};
use super::table::Factors;

/// `(2 artanh(s) - 2 s) / s³` over `s²`, to 2**-59.
const SERIES: [f64; 7] = [
    0.6666666666666734,
    0.3999999999941464,
    0.2857142874240151,
    0.22222198571530094,
    0.18183564418164405,
    0.15314048102354702,
    0.14795974878009932,
];
/// A positive normal number as `2**k` and a factor from √½ to √2.
#[inline(always)]
fn split(x: f64) -> (i64, f64) {
    const ROOT_HALF: u64 = 0x3fe6_a09e_0000_0000;
    let bits = x.to_bits();
    let k = (bits.wrapping_sub(ROOT_HALF) as i64) >> 52;
    (k, f64::from_bits(bits.wrapping_sub((k << 52) as u64)))
}

/// As `split`, for any positive number, with `k` as a float.
#[inline(always)]
fn split_any(x: f64) -> (f64, f64) {
    let subnormal = x < f64::MIN_POSITIVE;
    let (k, m) = split(x * if subnormal { 18014398509481984.0 } else { 1.0 });
    (whole_float(k) - if subnormal { 54.0 } else { 0.0 }, m)
}

/// The logarithm's value at 0, infinity, and outside its domain.
#[inline(always)]
fn ends(x: f64, y: f64) -> f64 {
    let y = if x < f64::INFINITY { y } else { x };
    let outside = if x == 0.0 { f64::NEG_INFINITY } else { f64::NAN };
    if x > 0.0 { y } else { outside }
}

/// `ln x`.
#[inline(always)]
pub fn log(x: f64) -> f64 {
    let (k, m) = split_any(x);
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let half = 0.5 * f * f;
    let small = k.mul_add(LN2_LOW, s * z.mul_add(polynomial(z, &SERIES), half));
    ends(x, k.mul_add(LN2_HIGH, f - (half - small)))
}

/// `ln(1 + f)` for a factor from √½ to √2, to 2**-57 of itself.
#[inline(always)]
pub fn log_factor(f: Double) -> Double {
    let x = f.hi;
    let s = x / (2.0 + x);
    let z = s * s;
    let square = two_prod(x, x).scaled(0.5);
    let t = s * z.mul_add(polynomial(z, &SERIES), square.hi);
    let high = fast_two_sum(x, -square.hi);
    // The derivative, 1 / (1 + f), for the low part of f.
    let slope = (1.0 - x) + 2.0 * square.hi;
    fast_two_sum(high.hi, high.lo + (f.lo.mul_add(slope, t) - square.lo))
}

/// `k ln 2` and a logarithm.
#[inline(always)]
fn with_power(k: f64, l: Double) -> Double {
    let s = two_sum(k * LN2_HIGH, l.hi);
    fast_two_sum(s.hi, s.lo + k.mul_add(LN2_LOW, l.lo))
}

/// `log x` to a base: `per_e` is the base's logarithm's inverse, `per_2` that of 2.
#[inline(always)]
fn to_base(x: f64, per_2: Double, per_e: Double) -> f64 {
    let (k, m) = split_any(x);
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let half = 0.5 * f * f;
    // The logarithm of the factor; what the square's rounding leaves is a tenth of a unit at most.
    let hi = f - half;
    let lo = ((f - hi) - half) + s * z.mul_add(polynomial(z, &SERIES), half);
    let p = two_prod(hi, per_e.hi);
    let p_low = hi.mul_add(per_e.lo, lo.mul_add(per_e.hi, p.lo));
    let q = two_prod(k, per_2.hi);
    let q_low = k.mul_add(per_2.lo, q.lo);
    // A power of two's share is above the factor's, or 0.
    let s = fast_two_sum(q.hi, p.hi);
    ends(x, s.hi + (s.lo + (p_low + q_low)))
}

/// The logarithm to base 2.
#[inline(always)]
pub fn log2(x: f64) -> f64 {
    to_base(
        x,
        Double { hi: 1.0, lo: 0.0 },
        Double { hi: std::f64::consts::LOG2_E, lo: 2.035_527_374_093_103_3e-17 },
    )
}

/// The logarithm to base 10.
#[inline(always)]
pub fn log10(x: f64) -> f64 {
    to_base(
        x,
        Double { hi: std::f64::consts::LOG10_2, lo: -2.803_728_127_785_170_4e-18 },
        Double { hi: std::f64::consts::LOG10_E, lo: 1.098_319_650_216_765e-17 },
    )
}

/// `ln(u)` for a sum of two floats, at least 2**-1022.
#[inline(always)]
pub fn log_of(u: Double) -> Double {
    let (k, m) = split(u.hi);
    // A huge number's low part is not seen in the result.
    let back = power_of_two(if k > 1000 { -1000 } else { -k });
    let f = fast_two_sum(m - 1.0, u.lo * back);
    with_power(whole_float(k), log_factor(f))
}

/// `ln(1 + x)`: as `log` of the rounded sum, with what the rounding left times the derivative. As a sum
/// of two floats throughout it took 1.12 ns an element, with 0.53 ulp at most.
#[inline(always)]
pub fn log1p(x: f64) -> f64 {
    let u = two_sum(1.0, x);
    let (k, m) = split(u.hi);
    // A huge number's low part is not seen in the result.
    let low = u.lo * power_of_two(if k > 1000 { -1000 } else { -k });
    let (k, f) = (whole_float(k), m - 1.0);
    let s = f / (2.0 + f);
    let z = s * s;
    let half = 0.5 * f * f;
    // 1 / (1 + f), nearly.
    let slope = (1.0 - f) + (half + half);
    let small = k.mul_add(LN2_LOW, low.mul_add(slope, s * z.mul_add(polynomial(z, &SERIES), half)));
    let y = k.mul_add(LN2_HIGH, f - (half - small));
    let y = if x < f64::INFINITY { y } else { x };
    let outside = if x == -1.0 { f64::NEG_INFINITY } else { f64::NAN };
    let y = if x > -1.0 { y } else { outside };
    if x.abs() < 1e-17 { x } else { y }
}

/// `ln(1 + e)` for a sum of two floats from 0 to 1.
#[inline(always)]
pub fn log1p_of(e: Double) -> Double {
    log_of(e.below(1.0))
}

/// Beyond this 1 is not seen beside the argument's square.
const FAR: f64 = 1e9;

/// What the inverse hyperbolic sine is the logarithm of: `|x| + sqrt(x² + 1)`, or half of it if far.
#[inline(always)]
pub fn arcsinh_sum(x: f64) -> Double {
    let a = x.abs();
    let far = a > FAR;
    let near = if far { 1.0 } else { a };
    let root = two_prod(near, near).plus(Double { hi: 1.0, lo: 0.0 }).root();
    let sum = fast_two_sum(root.hi, near);
    let sum = fast_two_sum(sum.hi, sum.lo + root.lo);
    Double { hi: if far { a } else { sum.hi }, lo: if far { 0.0 } else { sum.lo } }
}

/// The inverse hyperbolic sine, from its sum.
#[inline(always)]
pub fn arcsinh(x: f64, sum: Double) -> f64 {
    let a = x.abs();
    let y = log_at_least_one(sum, a > FAR);
    let y = if a < 1e-9 { a } else { y };
    let y = if a < f64::INFINITY { y } else { a };
    y.copysign(x)
}

/// `ln(u)`, or `ln(2 u)`.
#[inline(always)]
fn log_at_least_one(u: Double, twice: bool) -> f64 {
    let (k, m) = split(u.hi);
    let back = power_of_two(if k > 1000 { -1000 } else { -k });
    let f = fast_two_sum(m - 1.0, u.lo * back);
    let k = whole_float(k) + if twice { 1.0 } else { 0.0 };
    with_power(k, log_factor(f)).hi
}

/// What the inverse hyperbolic cosine is the logarithm of: `x + sqrt(x² - 1)`, or half of it if far.
#[inline(always)]
pub fn arccosh_sum(x: f64) -> Double {
    let far = x > FAR;
    let near = if far { 2.0 } else { x };
    let square = two_prod(near, near).plus(Double { hi: -1.0, lo: 0.0 });
    let root = square.root();
    let root_hi = if x == 1.0 { 0.0 } else { root.hi };
    let root_lo = if x == 1.0 { 0.0 } else { root.lo };
    let sum = fast_two_sum(near, root_hi);
    let sum = fast_two_sum(sum.hi, sum.lo + root_lo);
    Double { hi: if far { x } else { sum.hi }, lo: if far { 0.0 } else { sum.lo } }
}

/// The inverse hyperbolic cosine, from its sum.
#[inline(always)]
pub fn arccosh(x: f64, sum: Double) -> f64 {
    let y = log_at_least_one(sum, x > FAR);
    let y = if x == f64::INFINITY { x } else { y };
    if x >= 1.0 { y } else { f64::NAN }
}

/// The inverse hyperbolic tangent, half the logarithm of `(1 + x) / (1 - x)`: the quotient's power
/// of two is taken out, and the series runs over `(a - b) / (a + b)`.
#[inline(always)]
pub fn arctanh(x: f64) -> f64 {
    const ROOT2: f64 = std::f64::consts::SQRT_2;
    let t = x.abs();
    let a = fast_two_sum(1.0, t);
    let b = fast_two_sum(1.0, -t);
    // b = 2**-e * m with m from 1 to 2; then the quotient is near 1.
    let e = 1023 - (b.hi.to_bits() >> 52) as i64;
    let m = b.hi * power_of_two(e);
    let down = m > ROOT2 * a.hi;
    let up = a.hi > ROOT2 * m;
    let e = e.wrapping_sub(down as i64).wrapping_add(up as i64);
    let by = power_of_two(e);
    let b = b.scaled(by);
    let numerator = two_sum(a.hi, -b.hi);
    let numerator = fast_two_sum(numerator.hi, numerator.lo + (a.lo - b.lo));
    let denominator = two_sum(a.hi, b.hi);
    let denominator = Double { hi: denominator.hi, lo: denominator.lo + (a.lo + b.lo) };
    let s = numerator.over(denominator);
    let z = s.hi * s.hi;
    let rest = s.lo + s.hi * z * (0.5 * polynomial(z, &SERIES));
    // Half of e ln 2.
    let k = 0.5 * whole_float(e);
    let sum = two_sum(k * LN2_HIGH, s.hi);
    let y = sum.hi + (sum.lo + k.mul_add(LN2_LOW, rest));
    let y = if t < 1e-10 { t } else { y };
    let y = if t == 1.0 { f64::INFINITY } else { y };
    if t <= 1.0 { y.copysign(x) } else { f64::NAN }
}

/// `ln x` of element `i` of a piece of positive numbers to 2**-66 of itself, for powers. The factor is
/// divided by the middle of its interval first: then all but `f - f²/2` is small enough for plain floats,
/// and no step waits for a division.
#[inline(always)]
pub fn log_exact(x: &Factors, i: usize) -> Double {
    /// `(ln(1 + f) - f + f²/2) / f³` for `|f|` to 0.0153, to 2**-67 beside `f`.
    const TAIL: [f64; 8] = [
        0.3333333333333333,
        -0.25,
        0.20000000000028792,
        -0.16666666666693059,
        0.14285713668115663,
        -0.12499999433865318,
        0.11115350199751249,
        -0.1000388584494103,
    ];
    let (k, m, middle, middle_low) = (x.k[i], x.m[i], x.middle[i], x.middle_low[i]);
    let p = two_prod(m, x.inverse[i]);
    let f = p.hi - 1.0;
    let square = two_prod(f, f).scaled(0.5);
    // From the large end: k ln 2 + middle, f, -f²/2; each is below the sum before it, or that is 0.
    let a = fast_two_sum(k * LN2_HIGH, middle);
    let b = fast_two_sum(a.hi, f);
    let c = fast_two_sum(b.hi, -square.hi);
    let tail = (f * (square.hi + square.hi))
        .mul_add(polynomial(f, &TAIL), p.lo.mul_add((square.hi + square.hi) - f, p.lo) - square.lo);
    let constants = k.mul_add(LN2_LOW, middle_low + a.lo);
    fast_two_sum(c.hi, c.lo + (b.lo + (constants + tail)))
}

/// The logarithm of `x` to a base. Bases 2 and 10 use their own logarithms, which are exact where the
/// result is whole.
#[inline(always)]
pub fn log_to_base(base: f64, x: f64) -> f64 {
    let y = log(x) / log(base);
    let y = if base == 2.0 { log2(x) } else { y };
    if base == 10.0 { log10(x) } else { y }
}

//! The functions of `exponential`, `logarithm`, `circular`, `inverse` and `roots` for float32.
//!
//! They compute in float64 lanes to some 2**-29 of the result, which one rounding then takes to at
//! most 0.55 ulp of float32: shorter polynomials (minimax, relative error), no sums of two floats, no
//! subnormal numbers, and nothing that overflows. Arguments and results are floats of float32's range.

use super::double::{MAGIC, polynomial, power_of_two, whole_float};
use super::table::Factors;
use std::f64::consts::{FRAC_2_PI, FRAC_PI_2, LN_2, LOG2_E, LOG10_2, LOG10_E, PI};

#[inline(always)]
fn clamp(x: f64, least: f64, most: f64) -> f64 {
    // NaN stays.
    let x = if x < least { least } else { x };
    if x > most { most } else { x }
}

/// `2**f` for `f` from -½ to ½.
const POWER: [f64; 7] = [
    1.000000000554957,
    0.6931472057432003,
    0.24022646888617671,
    0.05550328767254566,
    0.009618489097270554,
    0.0013399934742852218,
    0.00015345786117875932,
];
/// The same to 2**-34.
const LONG_POWER: [f64; 8] = [
    0.9999999999616647,
    0.6931471807284757,
    0.24022651198241338,
    0.05550410353409295,
    0.009618027244179005,
    0.001333392255953763,
    0.0001546929404047707,
    1.5201929291663773e-05,
];

/// `2**k`, for a whole number added to `MAGIC`.
#[inline(always)]
fn magic_power(t: f64) -> f64 {
    power_of_two((t.to_bits() as i64).wrapping_sub(MAGIC.to_bits() as i64))
}

#[inline(always)]
pub fn exp(x: f64) -> f64 {
    let x = clamp(x, -110.0, 90.0);
    let t = x.mul_add(LOG2_E, MAGIC);
    let f = x.mul_add(LOG2_E, MAGIC - t);
    polynomial(f, &POWER) * magic_power(t)
}

#[inline(always)]
pub fn exp2(x: f64) -> f64 {
    let x = clamp(x, -160.0, 130.0);
    let t = x + MAGIC;
    polynomial(x - (t - MAGIC), &POWER) * magic_power(t)
}

#[inline(always)]
pub fn expm1(x: f64) -> f64 {
    /// `(e**r - 1) / r`.
    const C: [f64; 7] = [
        0.9999999999910424,
        0.5000000047170441,
        0.16666666853412346,
        0.04166635268592878,
        0.008333268648045216,
        0.0013941125181399939,
        0.00019915833477750943,
    ];
    let c = clamp(x, -110.0, 90.0);
    let t = c.mul_add(LOG2_E, MAGIC);
    let r = (t - MAGIC).mul_add(-LN_2, c);
    let s = magic_power(t);
    let y = (s * r).mul_add(polynomial(r, &C), s - 1.0);
    // The sign of zero.
    if x == 0.0 { x } else { y }
}

/// sinh and cosh of the size of x.
#[inline(always)]
fn hyperbolic(x: f64) -> (f64, f64) {
    const SINH: [f64; 4] =
        [0.9999999999955018, 0.166666667864416, 0.00833328350383991, 0.00019907591625828696];
    const COSH: [f64; 4] =
        [0.9999999999594914, 0.5000000107856306, 0.041666217988949726, 0.0013948599328868871];
    let x = clamp(x.abs(), 0.0, 100.0);
    let t = x.mul_add(LOG2_E, MAGIC);
    let r = (t - MAGIC).mul_add(-LN_2, x);
    let z = r * r;
    let (odd, even) = (r * polynomial(z, &SINH), polynomial(z, &COSH));
    let k = (t.to_bits() as i64).wrapping_sub(MAGIC.to_bits() as i64);
    let (up, down) = (power_of_two(k.wrapping_sub(1)), power_of_two((-1i64).wrapping_sub(k)));
    let (sum, difference) = (up + down, up - down);
    (sum.mul_add(odd, difference * even), sum.mul_add(even, difference * odd))
}

#[inline(always)]
pub fn sinh(x: f64) -> f64 {
    let y = hyperbolic(x).0.copysign(x);
    if x.is_nan() { x } else { y }
}

#[inline(always)]
pub fn cosh(x: f64) -> f64 {
    hyperbolic(x).1
}

/// `ln(1 + f) / f` for a factor from √½ to √2.
const LOGARITHM: [f64; 11] = [
    1.0000000006500667,
    -0.4999999998453494,
    0.3333330089617286,
    -0.24999983556148545,
    0.20002595507291548,
    -0.16669560618808757,
    0.14213330019722858,
    -0.12377420881709378,
    0.11899158968369701,
    -0.11833722476965833,
    0.06913684754836595,
];

/// A positive number as `2**k` and a factor from √½ to √2 less 1.
#[inline(always)]
fn split(x: f64) -> (i64, f64) {
    const ROOT_HALF: u64 = 0x3fe6_a09e_0000_0000;
    let bits = x.to_bits();
    let k = (bits.wrapping_sub(ROOT_HALF) as i64) >> 52;
    (k, f64::from_bits(bits.wrapping_sub((k << 52) as u64)) - 1.0)
}

/// The logarithm's value at 0, infinity, and outside its domain.
#[inline(always)]
fn ends(x: f64, y: f64) -> f64 {
    let y = if x < f64::INFINITY { y } else { x };
    let outside = if x == 0.0 { f64::NEG_INFINITY } else { f64::NAN };
    if x > 0.0 { y } else { outside }
}

#[inline(always)]
fn to_base(x: f64, per_2: f64, per_e: f64) -> f64 {
    let (k, f) = split(x);
    ends(x, whole_float(k).mul_add(per_2, f * per_e * polynomial(f, &LOGARITHM)))
}

#[inline(always)]
pub fn log(x: f64) -> f64 {
    to_base(x, LN_2, 1.0)
}

#[inline(always)]
pub fn log2(x: f64) -> f64 {
    to_base(x, 1.0, LOG2_E)
}

#[inline(always)]
pub fn log10(x: f64) -> f64 {
    to_base(x, LOG10_2, LOG10_E)
}

#[inline(always)]
pub fn log_to_base(base: f64, x: f64) -> f64 {
    let y = log(x) / log(base);
    let y = if base == 2.0 { log2(x) } else { y };
    if base == 10.0 { log10(x) } else { y }
}

/// `ln(1 + x)` of numbers above -1.
#[inline(always)]
fn log1p_inside(x: f64) -> f64 {
    let (k, _) = split(1.0 + x);
    let back = power_of_two(-k);
    let f = x.mul_add(back, back - 1.0);
    whole_float(k).mul_add(LN_2, f * polynomial(f, &LOGARITHM))
}

#[inline(always)]
pub fn arcsinh(x: f64) -> f64 {
    let t = x.abs();
    let square = t * t;
    let (k, f) = split(t + (square + 1.0).sqrt());
    let y = whole_float(k).mul_add(LN_2, f * polynomial(f, &LOGARITHM));
    let y = if t < 2f64.powi(-13) { (t * square).mul_add(-1.0 / 6.0, t) } else { y };
    (if t < f64::INFINITY { y } else { t }).copysign(x)
}

#[inline(always)]
pub fn arccosh(x: f64) -> f64 {
    let (k, f) = split(x + x.mul_add(x, -1.0).sqrt());
    let y = whole_float(k).mul_add(LN_2, f * polynomial(f, &LOGARITHM));
    let y = if x == f64::INFINITY { x } else { y };
    if x >= 1.0 { y } else { f64::NAN }
}

#[inline(always)]
pub fn arctanh(x: f64) -> f64 {
    let t = x.abs();
    let (k, f) = split((1.0 + t) / (1.0 - t));
    let y = 0.5 * whole_float(k).mul_add(LN_2, f * polynomial(f, &LOGARITHM));
    let y = if t < 2f64.powi(-13) { (t * t * t).mul_add(1.0 / 3.0, t) } else { y };
    let y = if t == 1.0 { f64::INFINITY } else { y };
    if t <= 1.0 { y.copysign(x) } else { f64::NAN }
}

const SINE: [f64; 5] = [
    0.9999999999956773,
    -0.16666666631607588,
    0.008333328783335666,
    -0.0001983920232188363,
    2.717345618777681e-06,
];
const COSINE: [f64; 5] = [
    0.9999999999525532,
    -0.4999999961512691,
    0.041666616709372134,
    -0.001388661830712226,
    2.4379845699244193e-05,
];

/// The quadrant of a near angle, and the sine and cosine of what is left.
#[inline(always)]
fn reduce(x: f64) -> (u64, f64, f64) {
    let t = x.mul_add(FRAC_2_PI, MAGIC);
    let n = t - MAGIC;
    let r = n.mul_add(-6.123233995736766e-17, n.mul_add(-FRAC_PI_2, x));
    let z = r * r;
    (t.to_bits(), r * polynomial(z, &SINE), polynomial(z, &COSINE))
}

#[inline(always)]
pub fn sin(x: f64) -> f64 {
    let (n, sine, cosine) = reduce(x);
    let value = if n & 1 == 0 { sine } else { cosine };
    let value = f64::from_bits(value.to_bits() ^ ((n & 2) << 62));
    if x == 0.0 { x } else { value }
}

#[inline(always)]
pub fn cos(x: f64) -> f64 {
    let (n, sine, cosine) = reduce(x);
    let value = if n & 1 == 0 { cosine } else { sine };
    f64::from_bits(value.to_bits() ^ ((n.wrapping_add(1) & 2) << 62))
}

#[inline(always)]
pub fn tan(x: f64) -> f64 {
    let (n, sine, cosine) = reduce(x);
    let odd = n & 1 != 0;
    let value = if odd { -cosine } else { sine } / if odd { sine } else { cosine };
    if x == 0.0 { x } else { value }
}

/// `arcsin(s) / s` over `s²`, to ¼.
const ARCSINE: [f64; 7] = [
    1.0000000002615324,
    0.166666567410159,
    0.07500613747645178,
    0.0445014156949869,
    0.03191388932835649,
    0.014092251452040065,
    0.037949540496501906,
];

#[inline(always)]
fn half_angle(x: f64) -> (bool, f64) {
    let a = x.abs();
    let far = a > 0.5;
    let z = if far { 0.5 - 0.5 * a } else { a * a };
    let s = if far { z.sqrt() } else { a };
    (far, s * polynomial(z, &ARCSINE))
}

#[inline(always)]
pub fn arcsin(x: f64) -> f64 {
    let (far, t) = half_angle(x);
    (if far { 2.0f64.mul_add(-t, FRAC_PI_2) } else { t }).copysign(x)
}

#[inline(always)]
pub fn arccos(x: f64) -> f64 {
    let (far, t) = half_angle(x);
    let t = t.copysign(x);
    let turns = if far { if x < 0.0 { PI } else { 0.0 } } else { FRAC_PI_2 };
    let by = if far { 2.0 } else { -1.0 };
    t.mul_add(by, turns)
}

/// `arctan(a) / a` over `a²`, to 1.
const ARCTANGENT: [f64; 11] = [
    0.9999999996670946,
    -0.33333324715067025,
    0.19999630428692056,
    -0.1427949032369288,
    0.1105665352884518,
    -0.08806815805006882,
    0.06734403901022464,
    -0.04461501273989696,
    0.022493344689675985,
    -0.0073024697542301105,
    0.0011117317121472155,
];

#[inline(always)]
pub fn arctan(x: f64) -> f64 {
    let t = x.abs();
    let far = t > 1.0;
    let a = if far { -1.0 } else { t } / if far { t } else { 1.0 };
    let y = a.mul_add(polynomial(a * a, &ARCTANGENT), if far { FRAC_PI_2 } else { 0.0 });
    y.copysign(x)
}

#[inline(always)]
pub fn arctan2(y: f64, x: f64) -> f64 {
    let (ay, ax) = (y.abs(), x.abs());
    let swap = ay > ax;
    let (least, most) = (if swap { ax } else { ay }, if swap { ay } else { ax });
    let a = if most == 0.0 { 0.0 } else { least / most };
    let a = if least == f64::INFINITY { 1.0 } else { a };
    let a = a * polynomial(a * a, &ARCTANGENT);
    let a = if swap { FRAC_PI_2 - a } else { a };
    let a = if x.is_sign_negative() { PI - a } else { a };
    if x.is_nan() || y.is_nan() { f64::NAN } else { a.copysign(y) }
}

#[inline(always)]
pub fn hypot(x: f64, y: f64) -> f64 {
    let root = x.mul_add(x, y * y).sqrt();
    if x.abs() == f64::INFINITY || y.abs() == f64::INFINITY { f64::INFINITY } else { root }
}

/// The larger operand, and `2**d` or `e**d` for the difference.
#[inline(always)]
fn ordered(x: f64, y: f64, raise: impl Fn(f64) -> f64) -> (f64, f64) {
    let (most, least) = (if x < y { y } else { x }, if x < y { x } else { y });
    (most, raise(least - most))
}

#[inline(always)]
fn added(x: f64, y: f64, most: f64, v: f64) -> f64 {
    let v = if most.abs() == f64::INFINITY { most } else { most + v };
    if x.is_nan() || y.is_nan() { f64::NAN } else { v }
}

#[inline(always)]
pub fn logaddexp(x: f64, y: f64) -> f64 {
    let (most, e) = ordered(x, y, exp);
    let sum = added(x, y, most, log1p_inside(e));
    if x == y { x + LN_2 } else { sum }
}

#[inline(always)]
pub fn logaddexp2(x: f64, y: f64) -> f64 {
    let (most, e) = ordered(x, y, exp2);
    let sum = added(x, y, most, LOG2_E * log1p_inside(e));
    if x == y { x + 1.0 } else { sum }
}

/// `y log2 x` for a power, of element `i` of a piece of positive numbers.
#[inline(always)]
pub fn exponent(x: &Factors, i: usize, y: f64) -> f64 {
    /// `ln(1 + f) / f` for `|f|` to 0.0153, to 2**-44.
    const LOGARITHM: [f64; 6] = [
        1.0000000000000566,
        -0.5000000000000495,
        0.3333333289664356,
        -0.2499999961789359,
        0.2000499573280166,
        -0.16671037958343266,
    ];
    let f = x.m[i].mul_add(x.inverse[i], -1.0);
    let l = f.mul_add(polynomial(f, &LOGARITHM), x.middle[i]);
    clamp(y * l.mul_add(LOG2_E, x.k[i]), -160.0, 130.0)
}

/// `2 ** p` for what `exponent` gives.
#[inline(always)]
pub fn exp2_long(p: f64) -> f64 {
    let t = p + MAGIC;
    polynomial(p - (t - MAGIC), &LONG_POWER) * magic_power(t)
}

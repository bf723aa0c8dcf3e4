//! Cube roots, hypotenuses and powers of float64.

use super::double::*;
use super::exponential::{exp_parts, exp2_parts};
use super::logarithm::log1p_of;

/// The cube root: the inverse cube root by Newton's method from a guess at its bits, times `x` twice
/// over, and one step with the exact rest.
#[inline(always)]
pub fn cbrt(x: f64) -> f64 {
    let t = x.abs();
    // Powers of 2**300 keep rests and cubes in range.
    let (small, large) = (t < 2f64.powi(-700), t > 2f64.powi(700));
    let by = if small { 2f64.powi(300) } else { 1.0 };
    let by = if large { 2f64.powi(-300) } else { by };
    let back = if small { 2f64.powi(-100) } else { 1.0 };
    let back = if large { 2f64.powi(100) } else { back };
    let a = t * by;
    let high = whole_float((a.to_bits() >> 32) as i64);
    let guess = high.mul_add(-1.0 / 3.0, 1_430_188_287.0 + MAGIC);
    let mut y = f64::from_bits(guess.to_bits() << 32);
    let h = (-a * y).mul_add(y * y, 1.0);
    y = (y * h).mul_add(h.mul_add(h.mul_add(14.0 / 81.0, 2.0 / 9.0), 1.0 / 3.0), y);
    let h = (-a * y).mul_add(y * y, 1.0);
    y = (y * h).mul_add(h.mul_add(2.0 / 9.0, 1.0 / 3.0), y);
    let square = y * y;
    let c = a * square;
    let c2 = two_prod(c, c);
    let c3 = two_prod(c2.hi, c);
    let rest = (a - c3.hi) - c2.lo.mul_add(c, c3.lo);
    let root = (rest * square).mul_add(1.0 / 3.0, c) * back;
    let root = if t > 0.0 && t < f64::INFINITY { root } else { t };
    root.copysign(x)
}

/// The hypotenuse over two legs: the root of the sum of their squares in two floats, and what it lacks of them over
/// twice itself. As that is no more than an ulp or two, an inverse to seven bits serves, a guess at its bits and
/// one step of Newton's: by division 1e6 float64 took 540 to 585 µs on two threads, the root's unit being the
/// divider's.
#[inline(always)]
pub fn hypot(x: f64, y: f64) -> f64 {
    /// Of the bits of `1 / 2s` and `s`: their sum, about, whatever the size of `s`.
    const HALF_INVERSE: u64 = 0x7fce_6238_22fc_16e6;
    const EXPONENT: u64 = 0x7ff << 52;
    let (a, b) = (x.abs(), y.abs());
    let (most, least) = (if a < b { b } else { a }, if a < b { a } else { b });
    // The larger leg is brought between 1 and 2; at the ends of the range, below 4.
    let size = (most.to_bits() & EXPONENT).clamp(1 << 52, 2045 << 52);
    let (by, back) = (f64::from_bits((2046 << 52) - size), f64::from_bits(size));
    let (most, least) = (most * by, least * by);
    let (p, q) = (two_prod(most, most), two_prod(least, least));
    let sum = fast_two_sum(p.hi, q.hi);
    let root = sum.hi.sqrt();
    let rest = (-root).mul_add(root, sum.hi) + (sum.lo + (p.lo + q.lo));
    let guess = f64::from_bits(HALF_INVERSE.wrapping_sub(root.to_bits()));
    let inverse = (-(guess + guess)).mul_add(guess * root, guess + guess);
    let root = rest.mul_add(inverse, root) * back;
    let root = if a.is_nan() || b.is_nan() { f64::NAN } else { root };
    if a == f64::INFINITY || b == f64::INFINITY { f64::INFINITY } else { root }
}

/// `y ln x` for a power, from the logarithm to 66 bits.
#[inline(always)]
pub fn exponent(l: Double, y: f64) -> Double {
    let p = two_prod(l.hi, y);
    let low = l.lo.mul_add(y, p.lo);
    // Beyond these the result is 0 or infinite.
    let out = p.hi.abs() > 800.0;
    let hi = if out { 800f64.copysign(p.hi) } else { p.hi };
    Double { hi, lo: if out { 0.0 } else { low } }
}

/// `x ** k`, or `x ** (k + 1/2)`, or one over it, of a number whose sixth power is far from the ends of the range:
/// products, in two floats, of it and its root.
#[inline(always)]
pub fn few_products<const K: usize, const HALF: bool, const INVERSE: bool>(x: f64) -> f64 {
    let mut p = Double { hi: x, lo: 0.0 };
    let mut first = 1;
    if HALF {
        let s = x.sqrt();
        let rest = (-s).mul_add(s, x);
        if K == 0 {
            // What the root lacks is `rest / 2s`.
            let y = 1.0 / s;
            return ((-s).mul_add(y, 1.0) - 0.5 * rest * y * y).mul_add(y, y);
        }
        p = two_prod(x, s);
        p.lo += 0.5 * rest * s;
    }
    while first < K {
        let q = two_prod(p.hi, x);
        p = Double { hi: q.hi, lo: p.lo.mul_add(x, q.lo) };
        first += 1;
    }
    if !INVERSE {
        return p.value();
    }
    let y = 1.0 / p.hi;
    ((-p.hi).mul_add(y, 1.0) - p.lo * y).mul_add(y, y)
}

/// `x ** y` where it is not `|x| ** y`, given that as `v`: C's special values, and signs.
#[inline(always)]
pub fn special_powers(x: f64, y: f64, v: f64) -> f64 {
    let a = x.abs();
    // Zero and infinity have powers of the same or the opposite size.
    let ends = if (a == 0.0) == (y < 0.0) { f64::INFINITY } else { 0.0 };
    let v = if a == 0.0 || a == f64::INFINITY { ends } else { v };
    let whole = y.round_ties_even() == y;
    let odd = whole && (0.5 * y).round_ties_even() != 0.5 * y;
    let v = if odd { v.copysign(x) } else { v };
    let v = if x < 0.0 && a < f64::INFINITY && !whole { f64::NAN } else { v };
    let v = if a == 1.0 && y.abs() == f64::INFINITY { 1.0 } else { v };
    let v = if x.is_nan() || y.is_nan() { f64::NAN } else { v };
    if y == 0.0 || x == 1.0 { 1.0 } else { v }
}

/// The larger operand, the smaller less the larger, and their sum if it says all.
#[inline(always)]
fn ordered(x: f64, y: f64) -> (f64, Double) {
    let (most, least) = (if x < y { y } else { x }, if x < y { x } else { y });
    let d = two_sum(least, -most);
    // Below this nothing is added.
    let far = d.hi < -1150.0;
    (most, Double { hi: if far { -1150.0 } else { d.hi }, lo: if far { 0.0 } else { d.lo } })
}

#[inline(always)]
fn added(x: f64, y: f64, most: f64, l: Double) -> f64 {
    let s = two_sum(most, l.hi);
    let v = s.hi + (s.lo + l.lo);
    let v = if most.abs() == f64::INFINITY { most } else { v };
    if x.is_nan() || y.is_nan() { f64::NAN } else { v }
}

/// `2**k (1 + t)`, for `k` from -2000 to 0.
#[inline(always)]
fn assembled(k: i64, t: Double) -> Double {
    let whole = t.below(1.0);
    Double { hi: scale(whole.hi, k), lo: scale(whole.lo, k) }
}

/// `ln(e**x + e**y)`; to 1 ulp of the larger operand where they cancel.
#[inline(always)]
pub fn logaddexp(x: f64, y: f64) -> f64 {
    let (most, d) = ordered(x, y);
    let (k, t) = exp_parts(d);
    let sum = added(x, y, most, log1p_of(assembled(k, t)));
    if x == y { x + std::f64::consts::LN_2 } else { sum }
}

/// `log2(2**x + 2**y)`; to 1 ulp of the larger operand where they cancel.
#[inline(always)]
pub fn logaddexp2(x: f64, y: f64) -> f64 {
    const PER_E: Double = Double { hi: std::f64::consts::LOG2_E, lo: 2.035_527_374_093_103_3e-17 };
    let (most, d) = ordered(x, y);
    let (k, t) = exp2_parts(d);
    let sum = added(x, y, most, log1p_of(assembled(k, t)).times(PER_E));
    if x == y { x + 1.0 } else { sum }
}

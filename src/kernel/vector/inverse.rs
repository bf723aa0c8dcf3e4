//! Inverse circular functions of float64.
//!
//! Polynomials (minimax, Remez exchange in 60 digits) near zero. `arcsin` and `arccos` beyond ½ take
//! the half angle, `arcsin x = π/2 - 2 arcsin sqrt((1 - x) / 2)`; `arctan` turns by π/4 or π/2, with
//! the turned argument a quotient kept as a sum of two floats.

use super::double::*;

const QUARTER: Double = Double { hi: std::f64::consts::FRAC_PI_4, lo: 3.061_616_997_868_383e-17 };

/// `(arcsin s - s) / s³` over `s²`, to ¼.
const ARCSINE: [f64; 13] = [
    0.16666666666666763,
    0.07499999999970099,
    0.04464285717528633,
    0.030381942675273575,
    0.022372215905853508,
    0.017351595505830222,
    0.013981018401382479,
    0.011397294707356396,
    0.01078930872594987,
    0.003672243448630504,
    0.02179047852338002,
    -0.021116444769295147,
    0.032701968964201564,
];
/// `(arctan a - a) / a³` over `a²`, to `tan² (π/8)`.
const ARCTANGENT: [f64; 11] = [
    -0.333333333333332,
    0.1999999999995389,
    -0.14285714280228412,
    0.11111110785091206,
    -0.09090897805245143,
    0.07692061063859568,
    -0.06663113675677346,
    0.05847958803814808,
    -0.050396142227839814,
    0.03807231350157635,
    -0.01791556498978953,
];
/// `tan (π/8)`.
const EIGHTH: f64 = 0.414_213_562_373_095;

/// The arcsine of the number or of its half angle's sine, and whether it is the latter.
#[inline(always)]
fn half_angle(x: f64) -> (bool, Double) {
    let a = x.abs();
    let far = a > 0.5;
    let z = if far { 0.5 - 0.5 * a } else { a * a };
    let root = z.sqrt();
    // Negative z and zero give NaN and infinity here: zero is put right below.
    let rest = (-root).mul_add(root, z) * (0.5 / root);
    let rest = if z == 0.0 { 0.0 } else { rest };
    let s = if far { root } else { a };
    let low = if far { rest } else { 0.0 };
    (far, Double { hi: s, lo: (s * z).mul_add(polynomial(z, &ARCSINE), low) })
}

/// The arcsine.
#[inline(always)]
pub fn arcsin(x: f64) -> f64 {
    let (far, t) = half_angle(x);
    let turned = fast_two_sum(2.0 * QUARTER.hi, -2.0 * t.hi);
    let turned = turned.hi + (turned.lo + (2.0 * QUARTER.lo - 2.0 * t.lo));
    (if far { turned } else { t.value() }).copysign(x)
}

/// The arccosine.
#[inline(always)]
pub fn arccos(x: f64) -> f64 {
    let (far, t) = half_angle(x);
    let negative = x < 0.0;
    // 2 t, π - 2 t, π/2 - t, π/2 + t.
    let turns = if far { if negative { 4.0 } else { 0.0 } } else { 2.0 };
    let by = if far { 2.0 } else { 1.0 };
    let by = if far == negative { -by } else { by };
    let s = fast_two_sum(turns * QUARTER.hi, by * t.hi);
    let y = s.hi + (s.lo + by.mul_add(t.lo, turns * QUARTER.lo));
    let bare = 2.0 * t.value();
    if far && !negative { bare } else { y }
}

/// `base + arctan(a)`.
#[inline(always)]
fn with_arctangent(base: Double, a: Double) -> f64 {
    let z = a.hi * a.hi;
    let s = fast_two_sum(base.hi, a.hi);
    s.hi + (s.lo + (base.lo + (z * a.hi).mul_add(polynomial(z, &ARCTANGENT), a.lo)))
}

/// The arctangent.
#[inline(always)]
pub fn arctan(x: f64) -> f64 {
    let t = x.abs();
    let t = if t > 1e300 { 1e300 } else { t };
    let middle = t > EIGHTH;
    let far = t > 1.0 / EIGHTH;
    let (minus, plus) = (two_sum(t, -1.0), two_sum(t, 1.0));
    let numerator = Double {
        hi: if far {
            -1.0
        } else if middle {
            minus.hi
        } else {
            t
        },
        lo: if far || !middle { 0.0 } else { minus.lo },
    };
    let denominator = Double {
        hi: if far {
            t
        } else if middle {
            plus.hi
        } else {
            1.0
        },
        lo: if far || !middle { 0.0 } else { plus.lo },
    };
    let turns = if far {
        2.0
    } else if middle {
        1.0
    } else {
        0.0
    };
    with_arctangent(QUARTER.scaled(turns), numerator.over(denominator)).copysign(x)
}

/// The angle of the point (x, y).
#[inline(always)]
pub fn arctan2(y: f64, x: f64) -> f64 {
    let (ay, ax) = (y.abs(), x.abs());
    let swap = ay > ax;
    let (least, most) = (if swap { ax } else { ay }, if swap { ay } else { ax });
    // Products and sums stay in range, and rests above the subnormal numbers.
    let by = if most > 2f64.powi(1000) { 2f64.powi(-60) } else { 1.0 };
    let by = if most < 2f64.powi(500) { 2f64.powi(200) } else { by };
    let (n, d) = (least * by, most * by);
    let infinite = most == f64::INFINITY;
    let n = if infinite { if least == most { 1.0 } else { 0.0 } } else { n };
    let d = if infinite || most == 0.0 { 1.0 } else { d };
    let turned = n > EIGHTH * d;
    let (minus, plus) = (two_sum(n, -d), fast_two_sum(d, n));
    let pick = |a: f64, b: f64| if turned { a } else { b };
    let numerator = Double { hi: pick(minus.hi, n), lo: pick(minus.lo, 0.0) };
    let denominator = Double { hi: pick(plus.hi, d), lo: pick(plus.lo, 0.0) };
    let a = numerator.over(denominator);
    // The angle is a number of eighths of the circle, and arctan(a) with a sign.
    let (turns, sign) = (pick(1.0, 0.0), 1.0);
    let (turns, sign) = (if swap { 2.0 - turns } else { turns }, if swap { -sign } else { sign });
    let left = x.is_sign_negative();
    let (turns, sign) = (if left { 4.0 - turns } else { turns }, if left { -sign } else { sign });
    let base = two_prod(turns, QUARTER.hi);
    let base = Double { hi: base.hi, lo: turns.mul_add(QUARTER.lo, base.lo) };
    let angle = with_arctangent(base, a.scaled(sign));
    // Quotients that underflow have no rest.
    if x.is_nan() || y.is_nan() { f64::NAN } else { angle.copysign(y) }
}

//! Functions of complex numbers, with C99's branch cuts and special values.
//!
//! Inverse functions follow W. Kahan, "Branch cuts for complex elementary functions, or much ado
//! about nothing's sign bit" (1987), which keeps signed zeros on the cuts.

use crate::dtype::c128;
use std::f64::consts::{FRAC_PI_2, LN_2, LOG2_E, LOG10_E, PI};

const fn c(re: f64, im: f64) -> c128 {
    c128::new(re, im)
}

/// The naive product, as NumPy multiplies.
fn mul(a: c128, b: c128) -> c128 {
    c(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
}

pub fn sqrt(z: c128) -> c128 {
    let (a, b) = (z.re, z.im);
    if a == 0.0 && b == 0.0 {
        return c(0.0, b);
    }
    if b.is_infinite() {
        return c(f64::INFINITY, b);
    }
    if a.is_nan() {
        return c(a, a);
    }
    if a.is_infinite() {
        // The part beside an infinity is zero, or NaN if the other operand part is.
        let zero = if b.is_nan() { f64::NAN } else { 0.0 };
        return if a < 0.0 { c(zero, a.copysign(b)) } else { c(a, zero.copysign(b)) };
    }
    // Far from the middle of the range the halves of squares would overflow or lose bits.
    let big = a.abs().max(b.abs());
    let (a, b, back) = if big > 4.0e307 {
        (a / 4.0, b / 4.0, 2.0)
    } else if big < 1.0e-290 {
        (a * 2f64.powi(108), b * 2f64.powi(108), 2f64.powi(-54))
    } else {
        (a, b, 1.0)
    };
    if a >= 0.0 {
        let t = ((a + a.hypot(b)) * 0.5).sqrt();
        c(t * back, b / (2.0 * t) * back)
    } else {
        let t = ((-a + a.hypot(b)) * 0.5).sqrt();
        c(b.abs() / (2.0 * t) * back, t.copysign(b) * back)
    }
}

pub fn exp(z: c128) -> c128 {
    let (x, y) = (z.re, z.im);
    if y == 0.0 {
        return c(x.exp(), y);
    }
    if !y.is_finite() {
        return match x {
            f64::INFINITY => c(x, f64::NAN),
            f64::NEG_INFINITY => c(0.0, 0.0),
            _ => c(f64::NAN, f64::NAN),
        };
    }
    let (sin, cos) = y.sin_cos();
    if x > 709.0 && x < 1455.0 {
        // exp(x) alone overflows, times a small cosine it may not.
        let half = (x / 2.0).exp();
        return c(half * cos * half, half * sin * half);
    }
    let size = x.exp();
    c(size * cos, size * sin)
}

pub fn exp2(z: c128) -> c128 {
    exp(c(z.re * LN_2, z.im * LN_2))
}

pub fn expm1(z: c128) -> c128 {
    let a = (z.im / 2.0).sin();
    c(z.re.exp_m1() * z.im.cos() - 2.0 * a * a, z.re.exp() * z.im.sin())
}

/// `ln |z|` without cancellation near the unit circle.
fn log_abs(z: c128) -> f64 {
    let (a, b) = (z.re.abs().max(z.im.abs()), z.re.abs().min(z.im.abs()));
    if a.is_infinite() || b.is_infinite() {
        return f64::INFINITY;
    }
    if z.re.is_nan() || z.im.is_nan() {
        return f64::NAN;
    }
    if a > 1e300 {
        return (a / 2.0).hypot(b / 2.0).ln() + LN_2;
    }
    if a < 1e-300 {
        return (a * 2f64.powi(200)).hypot(b * 2f64.powi(200)).ln() - 200.0 * LN_2;
    }
    let size = a.hypot(b);
    if !(0.5..=2.0).contains(&size) {
        return size.ln();
    }
    // |z|² - 1 = (a - 1)(a + 1) + b², each product with its rounding error.
    let (p, q) = (a - 1.0, a + 1.0);
    let high = p * q;
    let low = p.mul_add(q, -high);
    let square = b * b;
    let rest = b.mul_add(b, -square);
    let sum = high + square;
    let (big, small) = if high.abs() > square { (high, square) } else { (square, high) };
    let error = small - (sum - big);
    0.5 * (sum + (error + low + rest)).ln_1p()
}

pub fn log(z: c128) -> c128 {
    c(log_abs(z), z.im.atan2(z.re))
}

pub fn log2(z: c128) -> c128 {
    let l = log(z);
    c(l.re * LOG2_E, l.im * LOG2_E)
}

pub fn log10(z: c128) -> c128 {
    let l = log(z);
    c(l.re * LOG10_E, l.im * LOG10_E)
}

pub fn log1p(z: c128) -> c128 {
    let l = (z.re + 1.0).hypot(z.im);
    c(l.ln(), z.im.atan2(z.re + 1.0))
}

pub fn sinh(z: c128) -> c128 {
    let (x, y) = (z.re, z.im);
    if y == 0.0 {
        return c(x.sinh(), y);
    }
    if x == 0.0 && !y.is_finite() {
        return c(x, f64::NAN);
    }
    if x.is_infinite() && !y.is_finite() {
        return c(x, f64::NAN);
    }
    if x == 0.0 {
        return c(x.copysign(x * y.cos()), y.sin());
    }
    let (sin, cos) = y.sin_cos();
    if x.abs() > 709.0 && x.is_finite() {
        let half = (x.abs() / 2.0).exp();
        return c((0.5 * half * cos * half).copysign_by(x), 0.5 * half * sin * half);
    }
    c(x.sinh() * cos, x.cosh() * sin)
}

/// A value times the sign of another.
trait CopySignBy {
    fn copysign_by(self, by: f64) -> f64;
}
impl CopySignBy for f64 {
    fn copysign_by(self, by: f64) -> f64 {
        if by < 0.0 { -self } else { self }
    }
}

pub fn cosh(z: c128) -> c128 {
    let (x, y) = (z.re, z.im);
    if y == 0.0 {
        return c(x.cosh(), if x == 0.0 { y * x } else { y.copysign_by(x) });
    }
    if !y.is_finite() {
        return match x {
            0.0 => c(f64::NAN, 0.0),
            _ if x.is_infinite() => c(f64::INFINITY, f64::NAN),
            _ => c(f64::NAN, f64::NAN),
        };
    }
    let (sin, cos) = y.sin_cos();
    if x.abs() > 709.0 && x.is_finite() {
        let half = (x.abs() / 2.0).exp();
        return c(0.5 * half * cos * half, (0.5 * half * sin * half).copysign_by(x));
    }
    c(x.cosh() * cos, x.sinh() * sin)
}

pub fn tanh(z: c128) -> c128 {
    let (x, y) = (z.re, z.im);
    if !x.is_finite() {
        if x.is_nan() {
            return c(x, if y == 0.0 { y } else { f64::NAN });
        }
        let im = if y.is_finite() { y.sin() * y.cos() } else { y };
        return c(1f64.copysign(x), 0f64.copysign(im));
    }
    if !y.is_finite() {
        return c(if x == 0.0 { x } else { f64::NAN }, f64::NAN);
    }
    if x.abs() >= 22.0 {
        let e = (-x.abs()).exp();
        return c(1f64.copysign(x), 4.0 * y.sin() * y.cos() * e * e);
    }
    let t = y.tan();
    let beta = 1.0 + t * t;
    let s = x.sinh();
    let rho = (1.0 + s * s).sqrt();
    if t.is_infinite() {
        return c(rho / s, 1.0 / t);
    }
    let d = 1.0 + beta * s * s;
    c(beta * rho * s / d, t / d)
}

/// `i z`, and `-i z`: how circular functions come from hyperbolic ones.
fn turn(z: c128) -> c128 {
    c(-z.im, z.re)
}

fn turn_back(z: c128) -> c128 {
    c(z.im, -z.re)
}

pub fn sin(z: c128) -> c128 {
    turn_back(sinh(turn(z)))
}

pub fn cos(z: c128) -> c128 {
    cosh(turn(z))
}

pub fn tan(z: c128) -> c128 {
    turn_back(tanh(turn(z)))
}

/// Past this size `1 ± z` is `± z` and squares may overflow.
const HUGE: f64 = 1e150;

fn is_huge(z: c128) -> bool {
    z.re.abs() > HUGE || z.im.abs() > HUGE
}

pub fn arcsin(z: c128) -> c128 {
    if z.re.is_nan() || z.im.is_nan() {
        return turn_back(arcsinh_nan(turn(z)));
    }
    if is_huge(z) {
        let im = log_abs(z) + LN_2;
        return c(z.re.atan2(z.im.abs()), im.copysign(z.im));
    }
    let (minus, plus) = (sqrt(c(1.0 - z.re, -z.im)), sqrt(c(1.0 + z.re, z.im)));
    let re = z.re.atan2(minus.re * plus.re - minus.im * plus.im);
    let im = libm::asinh(minus.re * plus.im - minus.im * plus.re);
    c(re, im.copysign(z.im))
}

pub fn arccos(z: c128) -> c128 {
    if z.re.is_nan() || z.im.is_nan() {
        if z.re == 0.0 {
            return c(FRAC_PI_2, f64::NAN);
        }
        if z.re.is_infinite() || z.im.is_infinite() {
            return c(f64::NAN, if z.im.is_infinite() { -z.im } else { f64::INFINITY });
        }
        return c(f64::NAN, f64::NAN);
    }
    if is_huge(z) {
        let im = log_abs(z) + LN_2;
        return c(z.im.abs().atan2(z.re), -im.copysign(z.im));
    }
    let (minus, plus) = (sqrt(c(1.0 - z.re, -z.im)), sqrt(c(1.0 + z.re, z.im)));
    let re = 2.0 * minus.re.atan2(plus.re);
    let im = libm::asinh(plus.re * minus.im - plus.im * minus.re);
    c(re, if z.im == 0.0 { im.abs().copysign(-z.im) } else { im })
}

pub fn arccosh(z: c128) -> c128 {
    // arccosh z = ± i arccos z, with a real part that is not negative.
    let w = arccos(z);
    if z.re.is_nan() && z.im.is_nan() {
        return w;
    }
    if w.re.is_nan() {
        return c(w.im.abs(), w.re);
    }
    if w.im.is_nan() {
        return c(w.im, w.re);
    }
    c(w.im.abs(), w.re.copysign(z.im))
}

fn arcsinh_nan(z: c128) -> c128 {
    let (x, y) = (z.re, z.im);
    if x.is_infinite() {
        return c(x, f64::NAN);
    }
    if y.is_infinite() {
        return c(y, f64::NAN);
    }
    c(f64::NAN, if y == 0.0 { y } else { f64::NAN })
}

pub fn arcsinh(z: c128) -> c128 {
    if z.re.is_nan() || z.im.is_nan() {
        return arcsinh_nan(z);
    }
    turn_back(arcsin(turn(z)))
}

pub fn arctanh(z: c128) -> c128 {
    let (x, y) = (z.re, z.im);
    if x.is_nan() || y.is_nan() {
        if x.is_infinite() {
            return c(0f64.copysign(x), f64::NAN);
        }
        if y.is_infinite() {
            return c(0f64.copysign(x), FRAC_PI_2.copysign(y));
        }
        return c(if x == 0.0 { x } else { f64::NAN }, f64::NAN);
    }
    if is_huge(z) {
        // 1 / z, and the quarter turn.
        let size = x.hypot(y);
        let re = if size.is_infinite() { 0f64.copysign(x) } else { x / size / size };
        return c(re, FRAC_PI_2.copysign(y));
    }
    if x.abs() == 1.0 && y == 0.0 {
        return c(f64::INFINITY.copysign(x), y);
    }
    let ax = x.abs();
    let re = (4.0 * ax / ((1.0 - ax) * (1.0 - ax) + y * y)).ln_1p() / 4.0;
    let im = (2.0 * y).atan2((1.0 - ax) * (1.0 + ax) - y * y) / 2.0;
    c(re.copysign(x), im)
}

pub fn arctan(z: c128) -> c128 {
    turn_back(arctanh(turn(z)))
}

pub fn pi_times(z: c128) -> c128 {
    c(PI * z.re, PI * z.im)
}

pub fn sinc(z: c128) -> c128 {
    let y = pi_times(if z.re == 0.0 && z.im == 0.0 { c(1e-20, 0.0) } else { z });
    super::arith::Divide::div(sin(y), y)
}

/// `a ** b`: whole powers below 100 by squaring, as NumPy does, else `exp(b log a)`.
pub fn pow128(a: c128, b: c128) -> c128 {
    let one = c(1.0, 0.0);
    if b.re == 0.0 && b.im == 0.0 {
        return one;
    }
    if a.re == 0.0 && a.im == 0.0 {
        if b.re > 0.0 && b.im == 0.0 {
            return c(0.0, 0.0);
        }
        return c(f64::NAN, f64::NAN);
    }
    if b.im == 0.0 && b.re.trunc() == b.re && b.re.abs() < 100.0 {
        return match b.re {
            1.0 => a,
            2.0 => mul(a, a),
            3.0 => mul(a, mul(a, a)),
            n => whole_power(a, n as i32),
        };
    }
    exp(mul(b, log(a)))
}

fn whole_power(a: c128, n: i32) -> c128 {
    let (mut result, mut p) = (c(1.0, 0.0), a);
    let mut left = n.unsigned_abs();
    loop {
        if left & 1 == 1 {
            result = mul(result, p);
        }
        left >>= 1;
        if left == 0 {
            break;
        }
        p = mul(p, p);
    }
    if n < 0 { super::arith::Divide::div(c(1.0, 0.0), result) } else { result }
}

//! Functions of complex numbers, with C99's branch cuts and special values.
//!
//! Inverse functions follow W. Kahan, "Branch cuts for complex elementary functions, or much ado
//! about nothing's sign bit" (1987), which keeps signed zeros on the cuts.
//!
//! Products, sums and choices of complex numbers go through blocks in the first-level cache one by one (chains
//! are of real numbers): a step of Mandelbrot's set on 300 x 200 points, `where(inside, z * z + c, z)` and its
//! condition and count, takes 72 to 88 µs on two threads, in five passes over blocks of about equal cost; a
//! compiler that makes two loops of it takes 54 to 64.
//! Of 1e6 complex128 `z * z + z` takes 685 µs and `z * conj(z)` 670, in blocks of 4 KiB (`exec::machine`; 1090 and 1030
//! in longer ones), the compiler 575 to 666; `z + 1` 445 to 566 and 427 to 456. Of `np.square(z).real` all is computed (490
//! to 625), and the parts are a view of it, as in NumPy; the compiler leaves the imaginary parts out (378 to 538).
//! Tried and lost: chains of their real and imaginary parts, taken apart into slots and brought together by
//! shuffles, which round alike. In the first two caches they won (`z * w + z` of 3000 complex128 4.3 and 3.6 µs,
//! `z + w + z` 4.2 and 3.0), and past the caches (of 500,000 on two threads 530 to 650 µs and 400 to 440); of
//! 60,000, which the third-level cache feeds, `z * z + c` took 66 µs by kernels and 76 to 81 so on one thread,
//! and the step of Mandelbrot's set as long as before (95 and 96 to 100 for the choice). Taking apart and bringing
//! together inside the loop of a chain's codes made chains of real numbers slower, too
//! (`x * x + y * y <= 4` of 60,000 12.7 and 18.5 µs on two threads): its registers must stay its own.

use super::vector::{complex_power, plane};
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
    if b.is_nan() {
        return c(b, b);
    }
    let (re, im) = plane::sqrt_any(a, b);
    c(re, im)
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
    if x.is_nan() {
        return c(x, x);
    }
    let (re, im) = plane::exp_any(x, y, 0);
    c(re, im)
}

pub fn exp2(z: c128) -> c128 {
    exp(c(z.re * LN_2, z.im * LN_2))
}

pub fn expm1(z: c128) -> c128 {
    let a = (z.im / 2.0).sin();
    c(z.re.exp_m1() * z.im.cos() - 2.0 * a * a, z.re.exp() * z.im.sin())
}

/// `ln |z|`, as a sum of two floats unless infinite or NaN.
fn log_abs_parts(z: c128) -> (f64, f64) {
    if z.re.is_infinite() || z.im.is_infinite() {
        return (f64::INFINITY, 0.0);
    }
    if z.re.is_nan() || z.im.is_nan() {
        return (f64::NAN, 0.0);
    }
    if z.re == 0.0 && z.im == 0.0 {
        return (f64::NEG_INFINITY, 0.0);
    }
    let l = plane::log_size(z.re, z.im);
    (l.hi, l.lo)
}

fn log_abs(z: c128) -> f64 {
    log_abs_parts(z).0
}

/// `ln |z|` times a constant that is a sum of two floats.
fn log_abs_times(z: c128, by: f64, by_low: f64) -> f64 {
    let (hi, lo) = log_abs_parts(z);
    let product = hi * by;
    if !product.is_finite() {
        return product;
    }
    product + (hi.mul_add(by, -product) + (hi * by_low + lo * by))
}

pub fn log(z: c128) -> c128 {
    c(log_abs(z), z.im.atan2(z.re))
}

pub fn log2(z: c128) -> c128 {
    c(log_abs_times(z, LOG2_E, 2.035_527_374_093_103_3e-17), z.im.atan2(z.re) * LOG2_E)
}

pub fn log10(z: c128) -> c128 {
    c(log_abs_times(z, LOG10_E, 1.098_319_650_216_765e-17), z.im.atan2(z.re) * LOG10_E)
}

pub fn log1p(z: c128) -> c128 {
    let at = z.re + 1.0;
    if !(is_small(z.re) && is_small(z.im)) || at == 0.0 && z.im == 0.0 {
        return c(log_abs(c(at, z.im)), z.im.atan2(at));
    }
    // What rounding took from 1 + x turns the angle a little.
    let lost = (1.0 - (at - z.re)) + (z.re - (at - (at - z.re)));
    let angle = z.im.atan2(at) - lost * (z.im / (at * at + z.im * z.im));
    c(plane::log1p_size(z.re, z.im).hi, if z.im == 0.0 { z.im.atan2(at) } else { angle })
}

/// Neither large enough nor small enough, zero excepted, for squares to leave the range.
fn is_small(x: f64) -> bool {
    x == 0.0 || (1e-140..1e140).contains(&x.abs())
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
    if !(x.is_finite() && y.is_finite()) {
        return c(x.sinh() * y.cos(), x.cosh() * y.sin());
    }
    let [re, im, ..] = plane::products(x, y);
    c(re, im)
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
    if !x.is_finite() {
        return c(x.cosh() * y.cos(), x.sinh() * y.sin());
    }
    let [.., re, im] = plane::products(x, y);
    // A zero keeps its sign, which the sum of two parts would lose.
    c(re, if x == 0.0 { x * y.sin() } else { im })
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
    if y == 0.0 {
        return c(x.tanh(), y);
    }
    if x == 0.0 {
        return c(x, y.tan());
    }
    let (re, im) = plane::tanh_any(x, y);
    c(re, im)
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

/// `a ** b`. The square is the naive product, as NumPy's; other powers are within 1 ulp in each part.
pub fn pow128(a: c128, b: c128) -> c128 {
    if b.re == 0.0 && b.im == 0.0 {
        return c(1.0, 0.0);
    }
    if a.re == 0.0 && a.im == 0.0 {
        return if b.re > 0.0 { c(0.0, 0.0) } else { c(f64::NAN, f64::NAN) };
    }
    if b.im == 0.0 && b.re.trunc() == b.re && b.re.abs() < 100.0 {
        return match b.re {
            1.0 => a,
            2.0 => mul(a, a),
            n if a.re.is_finite() && a.im.is_finite() => complex_power::whole_power(a, n as i32),
            n => whole_power(a, n as i32),
        };
    }
    let finite = [a.re, a.im, b.re, b.im].iter().all(|x| x.is_finite());
    let exact = if finite { complex_power::power(a, b) } else { None };
    exact.unwrap_or_else(|| exp(mul(b, log(a))))
}

/// As NumPy's, for parts that are infinite or NaN.
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

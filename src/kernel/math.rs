//! Mathematical functions of float and complex blocks, beside the vectorised transcendental ones of
//! `vector`.
//!
//! What compiles to instructions (square root, rounding) goes through the vectorised loops; functions
//! of complex numbers and rare ones run element by element, float32 and complex64 in float64 with one
//! rounding.

use super::apply::{binary, binary_each, scalar_operand, unary, unary_each};
use super::arith::Arith;
use super::{Block, BlockMut, KernelFn, complex, special, vector};
use crate::dtype::{Element, c64, c128};

/// Roots, rounding and powers of real and complex numbers.
pub trait Number: Arith {
    fn sqrt(self) -> Self;
    fn rint(self) -> Self;
    fn pi_times(self) -> Self;
    fn divided_by(self, o: Self) -> Self;
    /// A small integer.
    fn whole(n: i32) -> Self;
    const HALF: Self;
    /// Whether cubes and fourth powers are products; of complex numbers these would cancel.
    const PRODUCTS: bool;
    /// `x ** y` of any operands, in blocks.
    const POWER: KernelFn;
}

macro_rules! real_number {
    ($($t:ident)*) => {$(
        impl Number for $t {
            #[inline(always)]
            fn sqrt(self) -> $t { $t::sqrt(self) }
            #[inline(always)]
            fn rint(self) -> $t { self.round_ties_even() }
            #[inline(always)]
            fn pi_times(self) -> $t { std::$t::consts::PI * self }
            #[inline(always)]
            fn divided_by(self, o: $t) -> $t { self / o }
            fn whole(n: i32) -> $t { n as $t }
            const HALF: $t = 0.5;
            const PRODUCTS: bool = true;
            const POWER: KernelFn = vector::power::<$t>;
        }
    )*};
}
real_number!(f32 f64);

macro_rules! complex_number {
    ($($t:ident $part:ident: $wide:expr, $back:expr;)*) => {$(
        impl Number for $t {
            fn sqrt(self) -> $t { $back(complex::sqrt($wide(self))) }
            fn rint(self) -> $t { $t::new(self.re.round_ties_even(), self.im.round_ties_even()) }
            fn pi_times(self) -> $t { $back(complex::pi_times($wide(self))) }
            fn divided_by(self, o: $t) -> $t { super::arith::Divide::div(self, o) }
            fn whole(n: i32) -> $t { $t::new(n as $part, 0.0) }
            const HALF: $t = $t::new(0.5, 0.0);
            const PRODUCTS: bool = false;
            const POWER: KernelFn = |ops, out| {
                binary_each(ops, out, |z: $t, w: $t| $back(complex::pow128($wide(z), $wide(w))))
            };
        }
    )*};
}
complex_number! {
    c64 f32: widen, narrow;
    c128 f64: |z: c128| z, |z: c128| z;
}

pub use super::vector::plane::sqrt as complex_sqrt;
pub use super::vector::plane::{cos, cosh, exp, log, sin, sinh, tan, tanh};

/// Functions of complex numbers, element by element.
pub trait Analytic: Element {
    fn exp(self) -> Self;
    fn exp2(self) -> Self;
    fn expm1(self) -> Self;
    fn log(self) -> Self;
    fn log2(self) -> Self;
    fn log10(self) -> Self;
    fn log1p(self) -> Self;
    fn sin(self) -> Self;
    fn cos(self) -> Self;
    fn tan(self) -> Self;
    fn arcsin(self) -> Self;
    fn arccos(self) -> Self;
    fn arctan(self) -> Self;
    fn sinh(self) -> Self;
    fn cosh(self) -> Self;
    fn tanh(self) -> Self;
    fn arcsinh(self) -> Self;
    fn arccosh(self) -> Self;
    fn arctanh(self) -> Self;
    fn sinc(self) -> Self;
}

macro_rules! analytic_complex {
    ($($name:ident)*) => {
        impl Analytic for c128 {
            $(fn $name(self) -> c128 { complex::$name(self) })*
        }
        impl Analytic for c64 {
            $(fn $name(self) -> c64 { narrow(complex::$name(widen(self))) })*
        }
    };
}
analytic_complex! {
    exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh
    arcsinh arccosh arctanh sinc
}

fn widen(z: c64) -> c128 {
    c128::new(z.re as f64, z.im as f64)
}

fn narrow(z: c128) -> c64 {
    c64::new(z.re as f32, z.im as f32)
}

/// Functions of real numbers only.
pub trait Float: Number {
    fn floor(self) -> Self;
    fn ceil(self) -> Self;
    fn trunc(self) -> Self;
    fn to_radians(self) -> Self;
    fn to_degrees(self) -> Self;
    fn copysign(self, o: Self) -> Self;
    fn nextafter(self, o: Self) -> Self;
    fn spacing(self) -> Self;
    fn signbit(self) -> bool;
    fn heaviside(self, at_zero: Self) -> Self;
    fn ldexp(self, exponent: Self) -> Self;
    fn mantissa(self) -> Self;
    fn exponent(self) -> i32;
    fn fraction(self) -> Self;
    fn i0(self) -> Self;
    fn factorial(self) -> Self;
    fn binomial(self, n: Self) -> Self;
}

macro_rules! float {
    ($($t:ident)*) => {$(
        impl Float for $t {
            #[inline(always)]
            fn floor(self) -> $t { $t::floor(self) }
            #[inline(always)]
            fn ceil(self) -> $t { $t::ceil(self) }
            #[inline(always)]
            fn trunc(self) -> $t { $t::trunc(self) }
            #[inline(always)]
            fn to_radians(self) -> $t { self * (std::$t::consts::PI / 180.0) }
            #[inline(always)]
            fn to_degrees(self) -> $t { self * (180.0 / std::$t::consts::PI) }
            #[inline(always)]
            fn copysign(self, o: $t) -> $t { $t::copysign(self, o) }
            #[inline(always)]
            fn nextafter(self, o: $t) -> $t {
                if self.is_nan() || o.is_nan() {
                    self + o
                } else if self == o {
                    o
                } else if self == 0.0 {
                    $t::from_bits(1).copysign(o)
                } else if self < o {
                    self.next_up()
                } else {
                    self.next_down()
                }
            }
            #[inline(always)]
            fn spacing(self) -> $t {
                if self.is_infinite() {
                    return $t::NAN;
                }
                if self < 0.0 { self.next_down() - self } else { self.abs().next_up() - self.abs() }
            }
            #[inline(always)]
            fn signbit(self) -> bool { self.is_sign_negative() }
            #[inline(always)]
            fn heaviside(self, at_zero: $t) -> $t {
                if self.is_nan() { self } else if self == 0.0 { at_zero } else if self < 0.0 { 0.0 } else { 1.0 }
            }
            // float32 takes one rounding only: float64 holds every scaled value near its range.
            #[inline(always)]
            fn ldexp(self, exponent: $t) -> $t { scaled(self as f64, exponent as f64) as $t }
            #[inline(always)]
            fn mantissa(self) -> $t { taken_apart(self as f64).0 as $t }
            #[inline(always)]
            fn exponent(self) -> i32 { taken_apart(self as f64).1 }
            #[inline(always)]
            fn fraction(self) -> $t {
                if self.is_infinite() { (0.0 as $t).copysign(self) } else { (self - self.trunc()).copysign(self) }
            }
            fn i0(self) -> $t { special::i0(self as f64) as $t }
            fn factorial(self) -> $t { special::factorial(self as f64) as $t }
            fn binomial(self, n: $t) -> $t { special::binomial(self as f64, n as f64) as $t }
        }
    )*};
}
float!(f32 f64);

/// `x` as a fraction from ½ to 1 and a power of two; zero, infinity and NaN with a power of 0.
#[inline(always)]
fn taken_apart(x: f64) -> (f64, i32) {
    const FRACTION: u64 = (1 << 52) - 1;
    let subnormal = x.abs() < f64::MIN_POSITIVE;
    let bits = (x * if subnormal { 18014398509481984.0 } else { 1.0 }).to_bits();
    let fraction = f64::from_bits(bits & (FRACTION | 1 << 63) | 1022 << 52);
    let power = (bits >> 52 & 2047) as i32 - if subnormal { 1022 + 54 } else { 1022 };
    let plain = (x == 0.0) | !x.is_finite();
    (if plain { x } else { fraction }, if plain { 0 } else { power })
}

/// `x * 2 ** exponent` for a whole exponent, rounded once.
#[inline(always)]
fn scaled(x: f64, exponent: f64) -> f64 {
    // What goes down further than normal numbers keeps 53 bits above them until the last step.
    const DOWN: i64 = 969;
    const UP: i64 = 1023;
    let mut k = exponent.clamp(-2200.0, 2200.0) as i64;
    let mut x = x;
    for _ in 0..2 {
        let (low, high) = (k < -1022, k > UP);
        let step = if low { -DOWN } else { 0 } + if high { UP } else { 0 };
        x *= f64::from_bits(((1023 + step) << 52) as u64);
        k -= step;
    }
    x * f64::from_bits(((1023 + k) << 52) as u64)
}

macro_rules! kernels {
    ($($form:ident $bound:ident: $($name:ident)*;)*) => {$($(
        pub fn $name<T: $bound>(ops: &[Block<'_>], out: BlockMut<'_>) {
            $form(ops, out, T::$name);
        }
    )*)*};
}
kernels! {
    unary Number: sqrt rint pi_times;
    unary_each Analytic: exp2 expm1 log2 log10 log1p arcsin arccos arctan arcsinh arccosh arctanh sinc;
    unary Float: floor ceil trunc to_radians to_degrees signbit spacing mantissa exponent fraction;
    unary_each Float: i0 factorial;
    binary Float: copysign nextafter heaviside ldexp;
    binary_each Float: binomial;
}

/// `x ** y`. A scalar exponent of 0, 1, 2, of real numbers 3 and 4, -1 or 1/2 is done by products,
/// a reciprocal or a square root.
pub fn power<T: Number>(ops: &[Block<'_>], out: BlockMut<'_>) {
    if let Some(e) = scalar_operand::<T>(ops[1], &out) {
        let is = |n: i32| e == T::whole(n);
        if is(2) {
            return unary(ops, out, |x: T| x.mul(x));
        }
        if is(3) && T::PRODUCTS {
            return unary(ops, out, |x: T| x.mul(x).mul(x));
        }
        if is(4) && T::PRODUCTS {
            return unary(ops, out, |x: T| x.mul(x).mul(x.mul(x)));
        }
        if is(1) {
            return unary(ops, out, |x: T| x);
        }
        if is(0) {
            return unary(ops, out, |_: T| T::whole(1));
        }
        if is(-1) {
            return unary(ops, out, |x: T| T::whole(1).divided_by(x));
        }
        if e == T::HALF {
            return unary(ops, out, T::sqrt);
        }
    }
    (T::POWER)(ops, out);
}

/// `base ⍟ x` of complex numbers: the logarithm of the second operand to the base of the first.
/// Bases 2 and 10 use their own logarithms, which are exact where the result is whole.
pub fn log_to_base<T: Number + Analytic>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary_each(ops, out, |base: T, x: T| {
        if base == T::whole(2) {
            x.log2()
        } else if base == T::whole(10) {
            x.log10()
        } else {
            x.log().divided_by(base.log())
        }
    });
}

/// `1 / x`.
pub fn inverse<T: Number>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, |x: T| T::whole(1).divided_by(x));
}

/// The angle of a complex number, or of a real one: 0 or π.
pub fn angle<T: Element + Parts>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(
        ops,
        out,
        #[inline(always)]
        |z: T| z.phase(),
    );
}

/// The real part.
pub fn real<T: Parts>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, T::re);
}

/// The imaginary part.
pub fn imag<T: Parts>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, T::im);
}

/// A number's real and imaginary part.
pub trait Parts: Element {
    type Real: Element;
    fn re(self) -> Self::Real;
    fn im(self) -> Self::Real;
    fn phase(self) -> Self::Real;
}

macro_rules! parts {
    ($($t:ty, $r:ty, $z:ident: $re:expr, $im:expr;)*) => {$(
        impl Parts for $t {
            type Real = $r;
            #[inline(always)]
            fn re(self) -> $r { let $z = self; $re }
            #[inline(always)]
            fn im(self) -> $r { let $z = self; let _ = $z; $im }
            #[inline(always)]
            fn phase(self) -> $r { let $z = self; vector::angle_of($im as f64, $re as f64) as $r }
        }
    )*};
}
parts! {
    f32, f32, x: x, 0.0;
    f64, f64, x: x, 0.0;
    c64, f32, z: z.re, z.im;
    c128, f64, z: z.re, z.im;
}

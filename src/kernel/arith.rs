//! Addition, subtraction, multiplication, true division, and the unary functions next to them.
//! Integers wrap; bools add as "or" and multiply as "and"; complex products are the naive formula,
//! and complex quotients Smith's (R. L. Smith, "Algorithm 116", CACM 5(8), 1962), as in NumPy.

use super::apply::{binary, unary};
use super::{Block, BlockMut};
use crate::dtype::{Element, c64, c128};

/// What every numeric dtype and bool can do.
pub trait Arith: Element {
    fn add(self, o: Self) -> Self;
    fn sub(self, o: Self) -> Self;
    fn mul(self, o: Self) -> Self;
    fn neg(self) -> Self;
    fn sign(self) -> Self;
    fn recip(self) -> Self;
    fn conj(self) -> Self;
    const ZERO: Self;
    const ONE: Self;
}

macro_rules! int_arith {
    ($($t:ty: $sign:expr),* $(,)?) => {$(
        impl Arith for $t {
            #[inline(always)]
            fn add(self, o: Self) -> Self { self.wrapping_add(o) }
            #[inline(always)]
            fn sub(self, o: Self) -> Self { self.wrapping_sub(o) }
            #[inline(always)]
            fn mul(self, o: Self) -> Self { self.wrapping_mul(o) }
            #[inline(always)]
            fn neg(self) -> Self { self.wrapping_neg() }
            #[inline(always)]
            fn sign(self) -> Self { let sign: fn($t) -> $t = $sign; sign(self) }
            #[inline(always)]
            fn recip(self) -> Self {
                // 1 / x in integers; division by zero gives what NumPy's kernels give.
                if self == 0 { Self::recip_of_zero() } else { (1 as $t).wrapping_div(self) }
            }
            #[inline(always)]
            fn conj(self) -> Self { self }
            const ZERO: Self = 0;
            const ONE: Self = 1;
        }
    )*};
}
int_arith! {
    i8: |x| (x >> 7) | (x.wrapping_neg() as u8 >> 7) as i8,
    i16: |x| (x >> 15) | (x.wrapping_neg() as u16 >> 15) as i16,
    i32: |x| (x >> 31) | (x.wrapping_neg() as u32 >> 31) as i32,
    // By shifts, of which the compiler makes vectors: of `signum` it makes one comparison after the other (1e6 int64
    // on two threads 298 µs).
    i64: |x| (x >> 63) | (x.wrapping_neg() as u64 >> 63) as i64,
    u8: |x| (x > 0) as u8, u16: |x| (x > 0) as u16, u32: |x| (x > 0) as u32, u64: |x| (x > 0) as u64,
}

/// The integer that `1 / 0` gives in NumPy's reciprocal: the cast of infinity.
trait RecipOfZero {
    fn recip_of_zero() -> Self;
}
macro_rules! recip_of_zero {
    ($($t:ty: $x:expr),*) => {$(
        impl RecipOfZero for $t {
            #[inline(always)]
            fn recip_of_zero() -> Self { $x }
        }
    )*};
}
recip_of_zero!(i8: 0, u8: 0, i16: 0, u16: 0, i32: i32::MIN, u32: 0, i64: i64::MIN, u64: 0);

macro_rules! float_arith {
    ($($t:ty),*) => {$(
        impl Arith for $t {
            #[inline(always)]
            fn add(self, o: Self) -> Self { self + o }
            #[inline(always)]
            fn sub(self, o: Self) -> Self { self - o }
            #[inline(always)]
            fn mul(self, o: Self) -> Self { self * o }
            #[inline(always)]
            fn neg(self) -> Self { -self }
            #[inline(always)]
            fn sign(self) -> Self {
                if self > 0.0 { 1.0 } else if self < 0.0 { -1.0 } else if self == 0.0 { 0.0 } else { self }
            }
            #[inline(always)]
            fn recip(self) -> Self { 1.0 / self }
            #[inline(always)]
            fn conj(self) -> Self { self }
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
        }
    )*};
}
float_arith!(f32, f64);

macro_rules! complex_arith {
    ($($z:ty),*) => {$(
        impl Arith for $z {
            #[inline(always)]
            fn add(self, o: Self) -> Self { <$z>::new(self.re + o.re, self.im + o.im) }
            #[inline(always)]
            fn sub(self, o: Self) -> Self { <$z>::new(self.re - o.re, self.im - o.im) }
            #[inline(always)]
            fn mul(self, o: Self) -> Self {
                <$z>::new(self.re * o.re - self.im * o.im, self.re * o.im + self.im * o.re)
            }
            #[inline(always)]
            fn neg(self) -> Self { <$z>::new(-self.re, -self.im) }
            #[inline(always)]
            fn sign(self) -> Self {
                // z / |z|, with NumPy's results at zero and infinity.
                let size = self.re.hypot(self.im);
                if size.is_nan() {
                    return <$z>::new(size, size);
                }
                if size.is_infinite() {
                    if self.re.is_infinite() && self.im.is_infinite() {
                        let nan = self.re - self.re;
                        return <$z>::new(nan, nan);
                    }
                    return if self.re.is_infinite() {
                        <$z>::new(self.re.signum(), 0.0)
                    } else {
                        <$z>::new(0.0, self.im.signum())
                    };
                }
                if size == 0.0 { <$z>::new(0.0, 0.0) } else { <$z>::new(self.re / size, self.im / size) }
            }
            #[inline(always)]
            fn recip(self) -> Self {
                if self.im.abs() <= self.re.abs() {
                    let r = self.im / self.re;
                    let d = self.re + self.im * r;
                    <$z>::new(1.0 / d, -r / d)
                } else {
                    let r = self.re / self.im;
                    let d = self.re * r + self.im;
                    <$z>::new(r / d, -1.0 / d)
                }
            }
            #[inline(always)]
            fn conj(self) -> Self { <$z>::new(self.re, -self.im) }
            const ZERO: Self = <$z>::new(0.0, 0.0);
            const ONE: Self = <$z>::new(1.0, 0.0);
        }
    )*};
}
complex_arith!(c64, c128);

impl Arith for bool {
    #[inline(always)]
    fn add(self, o: Self) -> Self {
        self | o
    }
    #[inline(always)]
    fn sub(self, o: Self) -> Self {
        self ^ o
    }
    #[inline(always)]
    fn mul(self, o: Self) -> Self {
        self & o
    }
    #[inline(always)]
    fn neg(self) -> Self {
        !self
    }
    #[inline(always)]
    fn sign(self) -> Self {
        self
    }
    #[inline(always)]
    fn recip(self) -> Self {
        self
    }
    #[inline(always)]
    fn conj(self) -> Self {
        self
    }
    const ZERO: Self = false;
    const ONE: Self = true;
}

/// True division, of inexact dtypes.
pub trait Divide: Element {
    fn div(self, o: Self) -> Self;
}
impl Divide for f32 {
    #[inline(always)]
    fn div(self, o: f32) -> f32 {
        self / o
    }
}
impl Divide for f64 {
    #[inline(always)]
    fn div(self, o: f64) -> f64 {
        self / o
    }
}
macro_rules! complex_divide {
    ($($z:ty),*) => {$(
        impl Divide for $z {
            #[inline(always)]
            fn div(self, o: $z) -> $z {
                let (re, im) = (o.re.abs(), o.im.abs());
                if re >= im {
                    if re == 0.0 && im == 0.0 {
                        return <$z>::new(self.re / re, self.im / re);
                    }
                    let ratio = o.im / o.re;
                    let scale = 1.0 / (o.re + o.im * ratio);
                    <$z>::new((self.re + self.im * ratio) * scale, (self.im - self.re * ratio) * scale)
                } else {
                    let ratio = o.re / o.im;
                    let scale = 1.0 / (o.im + o.re * ratio);
                    <$z>::new((self.re * ratio + self.im) * scale, (self.im * ratio - self.re) * scale)
                }
            }
        }
    )*};
}
complex_divide!(c64, c128);

/// In float64, where nothing overflows and one rounding is left.
#[inline(always)]
fn modulus32(z: c64) -> f32 {
    let (re, im) = (z.re as f64, z.im as f64);
    if re.is_infinite() || im.is_infinite() { f32::INFINITY } else { (re * re + im * im).sqrt() as f32 }
}

/// The absolute value, real for complex numbers.
pub trait Absolute: Element {
    type Out: Element;
    fn absolute(self) -> Self::Out;
}
macro_rules! absolute {
    ($($t:ty => $out:ty: $f:expr),* $(,)?) => {$(
        impl Absolute for $t {
            type Out = $out;
            #[inline(always)]
            fn absolute(self) -> $out { let f: fn($t) -> $out = $f; f(self) }
        }
    )*};
}
absolute! {
    bool => bool: |x| x,
    i8 => i8: |x| x.wrapping_abs(), i16 => i16: |x| x.wrapping_abs(),
    i32 => i32: |x| x.wrapping_abs(), i64 => i64: |x| x.wrapping_abs(),
    u8 => u8: |x| x, u16 => u16: |x| x, u32 => u32: |x| x, u64 => u64: |x| x,
    f32 => f32: |x| x.abs(), f64 => f64: |x| x.abs(),
    c64 => f32: |z| modulus32(z), c128 => f64: |z| super::vector::hypotenuse(z.re, z.im),
}

pub fn add<T: Arith>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, T::add);
}

pub fn subtract<T: Arith>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, T::sub);
}

pub fn multiply<T: Arith>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, T::mul);
}

pub fn divide<T: Divide>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, T::div);
}

pub fn negative<T: Arith>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, T::neg);
}

/// The operand itself: `positive`, and functions that leave a dtype as it is (`floor` of integers).
pub fn same<T: Element>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, |x: T| x);
}

pub fn absolute<T: Absolute>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, T::absolute);
}

pub fn sign<T: Arith>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, T::sign);
}

pub fn square<T: Arith>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, |x: T| x.mul(x));
}

pub fn reciprocal<T: Arith>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, T::recip);
}

pub fn conjugate<T: Arith>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, T::conj);
}

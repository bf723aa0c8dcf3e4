//! Floor division and remainders of integers, by way of floats, which divide in vectors.
//!
//! The floor of `a / b` is the integer nearest to `(a + ½ sign b) / b - ½`: for whole numbers that lies
//! at least `½ / |b|` away from the middle between two integers, far more than the roundings move it.
//! Integers of 8 and 16 bits go through float32, of 32 bits through float64. Those of 64 bits do too
//! where a stretch of them lies within ±2^48; other stretches divide one by one. By a single number the
//! quotient is a product with its reciprocal, by a power of two a shift. The nearest integer is what the low bits of the sum with
//! 1.5 * 2^52 hold, which every instruction set has in vectors; a zero divisor is blended out.
//!
//! What bounds it: the float divider, and nothing but memory by a single number. Nanoseconds per element
//! in L1, one thread, with AVX-512 (one by one in brackets): int64 by int64 0.20 (2.9), by a number 0.12
//! (2.9), int32 by int32 0.15 (2.8), int8 by int8 0.07 (2.5); with AVX2 0.41, 0.21, 0.25, 0.16. Not done:
//! numbers beyond 2^48 by a single one, for which a multiplication of 128 bits would do.

use super::integer::Int;
use super::{Block, BlockMut, simd};

/// Elements of 64 bits looked at together.
const STRETCH: usize = 64;

/// An integer that divides through a float.
pub trait ByFloat: Int {
    type Float: Copy;
    /// Whether the float way is exact for this operand.
    fn fits(self) -> bool;
    /// The quotient rounded down, of operands that fit; of a zero divisor anything.
    fn over(self, o: Self) -> Self;
    /// The reciprocal of a divisor, and the term to add to a product with it.
    fn reciprocal(self) -> (Self::Float, Self::Float);
    /// The quotient rounded down by a number with this reciprocal.
    fn times(self, r: (Self::Float, Self::Float)) -> Self;
    /// `self - q * o`, wrapping.
    fn less(self, q: Self, o: Self) -> Self;
    /// The exponent of a power of two.
    fn power(self) -> Option<u32>;
    /// The quotient rounded down by a power of two.
    fn halved(self, times: u32) -> Self;
}

macro_rules! narrow {
    ($float:ty, $magic:expr; $($t:ty),*) => {$(
        impl ByFloat for $t {
            type Float = $float;
            #[inline(always)]
            fn fits(self) -> bool { true }
            #[inline(always)]
            fn over(self, o: $t) -> $t {
                let b = o as $float;
                let x = (self as $float + (0.5 as $float).copysign(b)) / b;
                ((x - 0.5) + $magic).to_bits() as $t
            }
            #[inline(always)]
            fn reciprocal(self) -> ($float, $float) {
                let d = self as $float;
                (1.0 / d, 0.5 / d.abs() - 0.5)
            }
            #[inline(always)]
            fn times(self, r: ($float, $float)) -> $t {
                ((self as $float * r.0 + r.1) + $magic).to_bits() as $t
            }
            #[inline(always)]
            fn less(self, q: $t, o: $t) -> $t { self.wrapping_sub(q.wrapping_mul(o)) }
            fn power(self) -> Option<u32> {
                (self > 0 && self & (self - 1) == 0).then(|| self.trailing_zeros())
            }
            #[inline(always)]
            fn halved(self, times: u32) -> $t { self >> times }
        }
    )*};
}
/// 1.5 * 2^23 and 1.5 * 2^52: sums with them are rounded to whole numbers, held in the low bits.
const MAGIC32: f32 = 12582912.0;
const MAGIC: f64 = 6755399441055744.0;
narrow!(f32, MAGIC32; i8, u8, i16, u16);
narrow!(f64, MAGIC; i32, u32);

/// A whole number below 2^51 as a float; no instruction but AVX-512's converts 64 bits in vectors.
#[inline(always)]
fn lift(n: u64) -> f64 {
    f64::from_bits(MAGIC.to_bits().wrapping_add(n)) - MAGIC
}

/// The nearest whole number, in two's complement.
#[inline(always)]
fn lower(x: f64) -> u64 {
    (x + MAGIC).to_bits().wrapping_sub(MAGIC.to_bits())
}

macro_rules! wide {
    ($($t:ty: $fits:expr),*) => {$(
        impl ByFloat for $t {
            type Float = f64;
            #[inline(always)]
            fn fits(self) -> bool { let fits: fn($t) -> bool = $fits; fits(self) }
            #[inline(always)]
            fn over(self, o: $t) -> $t {
                let b = lift(o as u64);
                lower((lift(self as u64) + 0.5f64.copysign(b)) / b - 0.5) as $t
            }
            #[inline(always)]
            fn reciprocal(self) -> (f64, f64) {
                let d = lift(self as u64);
                (1.0 / d, 0.5 / d.abs() - 0.5)
            }
            #[inline(always)]
            fn times(self, r: (f64, f64)) -> $t {
                lower(lift(self as u64) * r.0 + r.1) as $t
            }
            #[inline(always)]
            fn less(self, q: $t, o: $t) -> $t { self.wrapping_sub(q.wrapping_mul(o)) }
            fn power(self) -> Option<u32> {
                (self > 0 && self & (self - 1) == 0).then(|| self.trailing_zeros())
            }
            #[inline(always)]
            fn halved(self, times: u32) -> $t { self >> times }
        }
    )*};
}
wide!(i64: |x| (x.wrapping_add(1 << 48) as u64) < 1 << 49, u64: |x| x < 1 << 48);

/// The three functions that come from a quotient.
pub trait Part: Copy {
    /// From operands and the quotient rounded down; the divisor is not zero.
    fn of<T: ByFloat>(self, a: T, b: T, q: T) -> T;
    /// Without a quotient.
    fn alone<T: ByFloat>(self, a: T, b: T) -> T;
}

#[derive(Clone, Copy)]
pub struct Floor;
#[derive(Clone, Copy)]
pub struct Modulo;
#[derive(Clone, Copy)]
pub struct Rest;

impl Part for Floor {
    #[inline(always)]
    fn of<T: ByFloat>(self, _: T, _: T, q: T) -> T {
        q
    }
    #[inline(always)]
    fn alone<T: ByFloat>(self, a: T, b: T) -> T {
        a.floor_div(b)
    }
}

impl Part for Modulo {
    #[inline(always)]
    fn of<T: ByFloat>(self, a: T, b: T, q: T) -> T {
        a.less(q, b)
    }
    #[inline(always)]
    fn alone<T: ByFloat>(self, a: T, b: T) -> T {
        a.modulo(b)
    }
}

impl Part for Rest {
    #[inline(always)]
    fn of<T: ByFloat>(self, a: T, b: T, q: T) -> T {
        let r = a.less(q, b);
        let other_side = (r != T::default()) & (a.is_negative() != b.is_negative());
        if other_side { r.less(T::ONE, b) } else { r }
    }
    #[inline(always)]
    fn alone<T: ByFloat>(self, a: T, b: T) -> T {
        a.rem(b)
    }
}

/// `out[i] = part(a[i], b[i])`; a zero divisor gives zero.
pub fn divide<T: ByFloat>(ops: &[Block<'_>], out: BlockMut<'_>, part: impl Part) {
    let (a, b, out) = (ops[0].typed::<T>(), ops[1].typed::<T>(), out.typed::<T>());
    match (a, b) {
        (_, [d]) => by_number(a, *d, out, part),
        ([x], _) => {
            let row = [*x; STRETCH];
            for (b, out) in b.chunks(STRETCH).zip(out.chunks_mut(STRETCH)) {
                by_array(&row[..b.len()], b, out, part);
            }
        }
        _ => by_array(a, b, out, part),
    }
}

fn by_array<T: ByFloat>(a: &[T], b: &[T], out: &mut [T], part: impl Part) {
    simd(
        #[inline(always)]
        || {
            for ((a, b), out) in a.chunks(STRETCH).zip(b.chunks(STRETCH)).zip(out.chunks_mut(STRETCH)) {
                let fit = a.iter().zip(b).fold(true, |ok, (x, y)| ok & x.fits() & y.fits());
                let n = out.len();
                let (a, b) = (&a[..n], &b[..n]);
                for i in 0..n {
                    let (x, y) = (a[i], b[i]);
                    out[i] = if fit {
                        let r = part.of(x, y, x.over(y));
                        if y == T::default() { T::default() } else { r }
                    } else {
                        part.alone(x, y)
                    };
                }
            }
        },
    );
}

fn by_number<T: ByFloat>(a: &[T], d: T, out: &mut [T], part: impl Part) {
    if a.len() != out.len() {
        return out.fill(part.alone(a[0], d));
    }
    if d == T::default() {
        return out.fill(d);
    }
    if let Some(times) = d.power() {
        return simd(
            #[inline(always)]
            || out.iter_mut().zip(a).for_each(|(o, &x)| *o = part.of(x, d, x.halved(times))),
        );
    }
    let r = d.reciprocal();
    simd(
        #[inline(always)]
        || {
            for (a, out) in a.chunks(STRETCH).zip(out.chunks_mut(STRETCH)) {
                let fit = d.fits() & a.iter().fold(true, |ok, x| ok & x.fits());
                for (o, &x) in out.iter_mut().zip(a) {
                    *o = if fit { part.of(x, d, x.times(r)) } else { part.alone(x, d) };
                }
            }
        },
    );
}

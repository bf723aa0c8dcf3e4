//! Division with remainder, powers, divisors and shifts of integers, with NumPy's results at the
//! edges: a zero divisor gives 0, powers wrap, shifts by the width or more shift everything out.
//! How blocks are divided is in [`super::divide`].

use super::apply::{binary, binary_each, scalar_operand, unary, unary_each};
use super::divide::{ByFloat, Floor, Modulo, Rest, divide};
use super::{Block, BlockMut, simd};
use crate::dtype::Element;

/// An integer dtype.
pub trait Int: Element {
    fn floor_div(self, o: Self) -> Self;
    fn modulo(self, o: Self) -> Self;
    fn rem(self, o: Self) -> Self;
    /// One step of repeated squaring; what is left of the exponent.
    fn power_step(result: &mut Self, base: &mut Self, rest: &mut Self) -> Self;
    fn either(self, o: Self) -> Self;
    const ONE: Self;
    fn square(self) -> Self;
    fn gcd(self, o: Self) -> Self;
    fn lcm(self, o: Self) -> Self;
    fn shl(self, o: Self) -> Self;
    fn shr(self, o: Self) -> Self;
    fn ones(self) -> u8;
    /// Of small numbers: the caller looks at them.
    fn factorial(self) -> Self;
    /// `self` of `n` small ones.
    fn binomial(self, n: Self) -> Self;
    fn is_negative(self) -> bool;
    const TWO: Self;
}

macro_rules! common {
    ($t:ty) => {
        #[inline(always)]
        fn rem(self, o: $t) -> $t {
            if o == 0 { 0 } else { self.wrapping_rem(o) }
        }
        fn factorial(self) -> $t {
            (1..=self.min(20)).fold(1, |p: $t, k| p.wrapping_mul(k))
        }
        fn binomial(self, n: $t) -> $t {
            #[allow(unused_comparisons, reason = "of the unsigned ones")]
            if self < 0 || self > n {
                return 0;
            }
            // Each step is a whole number. What fits 64 bits takes at most 33 of them.
            (0..self.min(n - self).min(33)).fold(1, |p: $t, i| p.wrapping_mul(n - i) / (i + 1))
        }
        #[inline(always)]
        fn power_step(result: &mut $t, base: &mut $t, rest: &mut $t) -> $t {
            let e = if *rest > 0 { *rest } else { 0 };
            *result = result.wrapping_mul(if e & 1 == 1 { *base } else { 1 });
            *base = base.wrapping_mul(*base);
            *rest = e >> 1;
            e >> 1
        }
        #[inline(always)]
        fn either(self, o: $t) -> $t {
            self | o
        }
        const ONE: $t = 1;
        #[inline(always)]
        fn square(self) -> $t {
            self.wrapping_mul(self)
        }
        #[inline(always)]
        fn shl(self, o: $t) -> $t {
            if o >= 0 as $t && (o as u64) < <$t>::BITS as u64 { self << o } else { 0 }
        }
        const TWO: $t = 2;
    };
}

macro_rules! unsigned {
    ($($t:ty),*) => {$(
        impl Int for $t {
            common!($t);
            #[inline(always)]
            fn floor_div(self, o: $t) -> $t { if o == 0 { 0 } else { self / o } }
            #[inline(always)]
            fn modulo(self, o: $t) -> $t { if o == 0 { 0 } else { self % o } }
            fn gcd(self, o: $t) -> $t { gcd(self as u64, o as u64) as $t }
            fn lcm(self, o: $t) -> $t { lcm(self as u64, o as u64) as $t }
            #[inline(always)]
            fn shr(self, o: $t) -> $t { if (o as u64) < <$t>::BITS as u64 { self >> o } else { 0 } }
            #[inline(always)]
            fn ones(self) -> u8 { self.count_ones() as u8 }
            #[inline(always)]
            fn is_negative(self) -> bool { false }
        }
    )*};
}
unsigned!(u8, u16, u32, u64);

macro_rules! signed {
    ($($t:ty),*) => {$(
        impl Int for $t {
            common!($t);
            #[inline(always)]
            fn floor_div(self, o: $t) -> $t {
                if o == 0 {
                    return 0;
                }
                let q = self.wrapping_div(o);
                let inexact = self.wrapping_rem(o) != 0;
                if inexact && (self < 0) != (o < 0) { q.wrapping_sub(1) } else { q }
            }
            #[inline(always)]
            fn modulo(self, o: $t) -> $t {
                if o == 0 {
                    return 0;
                }
                let r = self.wrapping_rem(o);
                if r != 0 && (r < 0) != (o < 0) { r.wrapping_add(o) } else { r }
            }
            fn gcd(self, o: $t) -> $t {
                gcd(self.unsigned_abs() as u64, o.unsigned_abs() as u64) as $t
            }
            fn lcm(self, o: $t) -> $t {
                lcm(self.unsigned_abs() as u64, o.unsigned_abs() as u64) as $t
            }
            #[inline(always)]
            fn shr(self, o: $t) -> $t {
                let inside = o >= 0 && (o as u64) < <$t>::BITS as u64;
                if inside { self >> o } else { self >> (<$t>::BITS - 1) }
            }
            #[inline(always)]
            fn ones(self) -> u8 { self.unsigned_abs().count_ones() as u8 }
            #[inline(always)]
            fn is_negative(self) -> bool { self < 0 }
        }
    )*};
}
signed!(i8, i16, i32, i64);

/// Stein's algorithm: subtractions and shifts.
fn gcd(mut a: u64, mut b: u64) -> u64 {
    if a == 0 || b == 0 {
        return a | b;
    }
    let shift = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    while b != 0 {
        b >>= b.trailing_zeros();
        (a, b) = (a.min(b), a.max(b));
        b -= a;
    }
    a << shift
}

fn lcm(a: u64, b: u64) -> u64 {
    match gcd(a, b) {
        0 => 0,
        g => (a / g).wrapping_mul(b),
    }
}

pub fn floor_divide<T: ByFloat>(ops: &[Block<'_>], out: BlockMut<'_>) {
    divide::<T>(ops, out, Floor);
}

pub fn remainder<T: ByFloat>(ops: &[Block<'_>], out: BlockMut<'_>) {
    divide::<T>(ops, out, Modulo);
}

pub fn fmod<T: ByFloat>(ops: &[Block<'_>], out: BlockMut<'_>) {
    divide::<T>(ops, out, Rest);
}

/// Powers by repeated squaring, all elements of a piece together: as many steps as the largest
/// exponent of the piece has bits.
pub fn power<T: Int>(ops: &[Block<'_>], out: BlockMut<'_>) {
    if scalar_operand::<T>(ops[1], &out) == Some(T::TWO) {
        return unary(ops, out, T::square);
    }
    let (bases, exponents, out) = (ops[0].typed::<T>(), ops[1].typed::<T>(), out.typed::<T>());
    let n = out.len();
    // Elements of a piece; of a scalar operand, the scalar everywhere.
    #[inline(always)]
    fn take<T: Int>(from: &[T], n: usize, at: usize, to: &mut [T]) {
        match from.len() == n {
            true => to.iter_mut().zip(&from[at..]).for_each(|(t, x)| *t = *x),
            false => to.fill(from[0]),
        }
    }
    simd(
        #[inline(always)]
        || {
            const PIECE: usize = 64;
            for (k, result) in out.chunks_mut(PIECE).enumerate() {
                let (mut base, mut rest) = ([T::ONE; PIECE], [T::default(); PIECE]);
                take(bases, n, k * PIECE, &mut base);
                take(exponents, n, k * PIECE, &mut rest);
                result.fill(T::ONE);
                // Negative exponents were refused before; they count as none.
                let mut more = true;
                while more {
                    let mut bits = T::default();
                    for ((r, b), e) in result.iter_mut().zip(&mut base).zip(&mut rest) {
                        bits = T::either(bits, T::power_step(r, b, e));
                    }
                    more = bits != T::default();
                }
            }
        },
    );
}

pub fn gcd_of<T: Int>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary_each(ops, out, T::gcd);
}

pub fn lcm_of<T: Int>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary_each(ops, out, T::lcm);
}

pub fn factorial<T: Int>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary_each(ops, out, T::factorial);
}

pub fn binomial<T: Int>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary_each(ops, out, T::binomial);
}

pub fn left_shift<T: Int>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, T::shl);
}

pub fn right_shift<T: Int>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, T::shr);
}

/// The number of ones in the absolute value's binary form.
pub fn bitwise_count<T: Int>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, T::ones);
}

/// Whether any element is negative.
pub fn any_negative(x: Block<'_>) -> bool {
    fn any<T: Int>(x: Block<'_>) -> bool {
        x.typed::<T>().iter().fold(false, |m, v| m | v.is_negative())
    }
    use crate::dtype::DType::*;
    match x.dtype() {
        I8 => any::<i8>(x),
        I16 => any::<i16>(x),
        I32 => any::<i32>(x),
        I64 => any::<i64>(x),
        _ => false,
    }
}

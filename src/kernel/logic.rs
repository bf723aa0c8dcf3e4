//! Truth: logical functions of any dtype (not zero is true), tests of floats, and closeness.

use super::apply::{binary, unary};
use super::arith::{Absolute, Arith};
use super::vector::Wide;
use super::{Block, BlockMut};
use crate::dtype::{Element, c64, c128};

#[inline(always)]
fn truth<T: Element>(x: T) -> bool {
    x != T::default()
}

pub fn and<T: Element>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, |a: T, b: T| truth(a) & truth(b));
}

pub fn or<T: Element>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, |a: T, b: T| truth(a) | truth(b));
}

pub fn xor<T: Element>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, |a: T, b: T| truth(a) ^ truth(b));
}

pub fn nand<T: Element>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, |a: T, b: T| !(truth(a) & truth(b)));
}

pub fn nor<T: Element>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, |a: T, b: T| !(truth(a) | truth(b)));
}

pub fn not<T: Element>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, |a: T| !truth(a));
}

/// What kind of number an element is.
pub trait Classify: Element {
    fn nan(self) -> bool;
    fn inf(self) -> bool;
    fn finite(self) -> bool;
    fn imaginary(self) -> bool;
}

macro_rules! exact {
    ($($t:ty),*) => {$(
        impl Classify for $t {
            #[inline(always)]
            fn nan(self) -> bool { false }
            #[inline(always)]
            fn inf(self) -> bool { false }
            #[inline(always)]
            fn finite(self) -> bool { true }
            #[inline(always)]
            fn imaginary(self) -> bool { false }
        }
    )*};
}
exact!(bool, i8, u8, i16, u16, i32, u32, i64, u64);

macro_rules! float {
    ($($t:ty),*) => {$(
        impl Classify for $t {
            #[inline(always)]
            fn nan(self) -> bool { self.is_nan() }
            #[inline(always)]
            fn inf(self) -> bool { self.is_infinite() }
            #[inline(always)]
            fn finite(self) -> bool { self.is_finite() }
            #[inline(always)]
            fn imaginary(self) -> bool { false }
        }
    )*};
}
float!(f32, f64);

macro_rules! complex {
    ($($t:ty),*) => {$(
        impl Classify for $t {
            #[inline(always)]
            fn nan(self) -> bool { self.re.is_nan() | self.im.is_nan() }
            #[inline(always)]
            fn inf(self) -> bool { self.re.is_infinite() | self.im.is_infinite() }
            #[inline(always)]
            fn finite(self) -> bool { self.re.is_finite() & self.im.is_finite() }
            #[inline(always)]
            fn imaginary(self) -> bool { self.im != 0.0 }
        }
    )*};
}
complex!(c64, c128);

pub fn isnan<T: Classify>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, T::nan);
}

pub fn isinf<T: Classify>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, T::inf);
}

pub fn isfinite<T: Classify>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, T::finite);
}

pub fn iscomplex<T: Classify>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, T::imaginary);
}

pub fn isreal<T: Classify>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, |x: T| !x.imaginary());
}

pub fn isposinf<T: Wide>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, |x: T| x.wide() == f64::INFINITY);
}

pub fn isneginf<T: Wide>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, |x: T| x.wide() == f64::NEG_INFINITY);
}

/// An inexact dtype whose distances are compared with a tolerance.
pub trait Close: Arith + Classify + Absolute {
    /// `|a - b| <= atol + rtol * |b|`, for finite `b`; else equality.
    fn close(self, b: Self, rtol: Self, atol: Self) -> bool;
}

macro_rules! close {
    ($($t:ty: $real:expr),*) => {$(
        impl Close for $t {
            #[inline(always)]
            fn close(self, b: $t, rtol: $t, atol: $t) -> bool {
                let near = self.sub(b).absolute() <= $real(atol) + $real(rtol) * b.absolute();
                (near & b.finite()) | (self == b)
            }
        }
    )*};
}
close!(f32: |x: f32| x, f64: |x: f64| x, c64: |z: c64| z.re, c128: |z: c128| z.re);

/// Operands: `a`, `b`, and the scalars `rtol`, `atol`, and whether NaN is close to NaN (not zero).
pub fn isclose<T: Close>(ops: &[Block<'_>], out: BlockMut<'_>) {
    let scalar = |i: usize| ops[i].typed::<T>()[0];
    let (rtol, atol, equal_nan) = (scalar(2), scalar(3), truth(scalar(4)));
    binary(ops, out, move |a: T, b: T| a.close(b, rtol, atol) | (equal_nan & a.nan() & b.nan()));
}

/// A float dtype with replacements for what is not finite.
pub trait Replace: Element {
    fn replace(self, nan: Self, high: Self, low: Self) -> Self;
}

macro_rules! replace {
    ($($t:ty),*) => {$(
        impl Replace for $t {
            #[inline(always)]
            fn replace(self, nan: $t, high: $t, low: $t) -> $t {
                let x = if self.is_nan() { nan } else { self };
                let x = if self == <$t>::INFINITY { high } else { x };
                if self == <$t>::NEG_INFINITY { low } else { x }
            }
        }
    )*};
}
replace!(f32, f64);

macro_rules! replace_parts {
    ($($t:ty),*) => {$(
        impl Replace for $t {
            #[inline(always)]
            fn replace(self, nan: $t, high: $t, low: $t) -> $t {
                <$t>::new(self.re.replace(nan.re, high.re, low.re), self.im.replace(nan.re, high.re, low.re))
            }
        }
    )*};
}
replace_parts!(c64, c128);

/// Operands: `x`, and the scalars that stand for NaN, infinity and minus infinity.
pub fn nan_to_num<T: Replace>(ops: &[Block<'_>], out: BlockMut<'_>) {
    let scalar = |i: usize| ops[i].typed::<T>()[0];
    let (nan, high, low) = (scalar(1), scalar(2), scalar(3));
    unary(ops, out, move |x: T| x.replace(nan, high, low));
}

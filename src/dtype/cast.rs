//! Conversion of values between dtypes, with the results of NumPy's C casts.

use super::{DType, Element, Scalar, c64, c128};
use crate::with_dtype;
use thiserror::Error;

#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum CastError {
    /// A plain integer that the dtype cannot hold (NumPy's OverflowError).
    #[error("Python integer {value} out of bounds for {dtype}")]
    OutOfBounds { value: i128, dtype: DType },
    #[error("cannot convert float NaN to integer")]
    NanToInt { dtype: DType },
    #[error("cannot convert float infinity to integer")]
    InfinityToInt { dtype: DType },
    /// A plain complex number stored where real numbers are.
    #[error("a complex number cannot be stored as {dtype}")]
    ComplexToReal { dtype: DType },
    /// A cast that the rule forbids, as `a += 0.5` for an integer `a`.
    #[error("cannot cast {from} to {to} under the rule '{rule}'")]
    Rule { from: DType, to: DType, rule: &'static str },
}

/// Conversion to `T` with C's meaning: integers wrap, floats truncate toward zero, complex numbers
/// lose their imaginary part, anything not zero is `true`.
///
/// A float outside an integer's range is undefined in C. NumPy's x86-64 builds convert through
/// int32 or int64 (`cvttsd2si`), so that every such value becomes the smallest integer before it is
/// cut to size; this does the same on every machine.
pub trait CastTo<T> {
    fn cast_to(self) -> T;
}

macro_rules! cast_ints {
    ($from:ty => $($to:ty),*) => {$(
        impl CastTo<$to> for $from { #[inline(always)] fn cast_to(self) -> $to { self as $to } }
    )*};
}
macro_rules! from_int {
    ($($t:ty),*) => {$(
        cast_ints!($t => i8, u8, i16, u16, i32, u32, i64, u64, f32, f64);
        impl CastTo<bool> for $t { #[inline(always)] fn cast_to(self) -> bool { self != 0 } }
        impl CastTo<c64> for $t { #[inline(always)] fn cast_to(self) -> c64 { c64::new(self as f32, 0.0) } }
        impl CastTo<c128> for $t { #[inline(always)] fn cast_to(self) -> c128 { c128::new(self as f64, 0.0) } }
    )*};
}
from_int!(i8, u8, i16, u16, i32, u32, i64, u64);

macro_rules! from_bool {
    ($($to:ty),*) => {$(
        impl CastTo<$to> for bool { #[inline(always)] fn cast_to(self) -> $to { self as u8 as $to } }
    )*};
}
from_bool!(i8, u8, i16, u16, i32, u32, i64, u64, f32, f64);
impl CastTo<bool> for bool {
    #[inline(always)]
    fn cast_to(self) -> bool {
        self
    }
}
impl CastTo<c64> for bool {
    #[inline(always)]
    fn cast_to(self) -> c64 {
        c64::new(self as u8 as f32, 0.0)
    }
}
impl CastTo<c128> for bool {
    #[inline(always)]
    fn cast_to(self) -> c128 {
        c128::new(self as u8 as f64, 0.0)
    }
}

macro_rules! from_float {
    ($($f:ty),*) => {$(
        impl CastTo<bool> for $f { #[inline(always)] fn cast_to(self) -> bool { self != 0.0 } }
        impl CastTo<i64> for $f {
            #[inline(always)]
            fn cast_to(self) -> i64 {
                if (-9223372036854775808.0..9223372036854775808.0).contains(&self) { self as i64 } else { i64::MIN }
            }
        }
        impl CastTo<i32> for $f {
            #[inline(always)]
            fn cast_to(self) -> i32 {
                if self > -2147483649.0 && self < 2147483648.0 { self as i32 } else { i32::MIN }
            }
        }
        impl CastTo<u64> for $f {
            #[inline(always)]
            fn cast_to(self) -> u64 {
                if self < 9223372036854775808.0 { CastTo::<i64>::cast_to(self) as u64 }
                else if self < 18446744073709551616.0 { self as u64 }
                else { i64::MIN as u64 }
            }
        }
        impl CastTo<u32> for $f { #[inline(always)] fn cast_to(self) -> u32 { CastTo::<i64>::cast_to(self) as u32 } }
        impl CastTo<i16> for $f { #[inline(always)] fn cast_to(self) -> i16 { CastTo::<i32>::cast_to(self) as i16 } }
        impl CastTo<u16> for $f { #[inline(always)] fn cast_to(self) -> u16 { CastTo::<i32>::cast_to(self) as u16 } }
        impl CastTo<i8> for $f { #[inline(always)] fn cast_to(self) -> i8 { CastTo::<i32>::cast_to(self) as i8 } }
        impl CastTo<u8> for $f { #[inline(always)] fn cast_to(self) -> u8 { CastTo::<i32>::cast_to(self) as u8 } }
        impl CastTo<f32> for $f { #[inline(always)] fn cast_to(self) -> f32 { self as f32 } }
        impl CastTo<f64> for $f { #[inline(always)] fn cast_to(self) -> f64 { self as f64 } }
        impl CastTo<c64> for $f { #[inline(always)] fn cast_to(self) -> c64 { c64::new(self as f32, 0.0) } }
        impl CastTo<c128> for $f { #[inline(always)] fn cast_to(self) -> c128 { c128::new(self as f64, 0.0) } }
    )*};
}
from_float!(f32, f64);

macro_rules! from_complex {
    ($($z:ty: $($to:ty),*);* $(;)?) => {$(
        $(impl CastTo<$to> for $z { #[inline(always)] fn cast_to(self) -> $to { self.re.cast_to() } })*
        impl CastTo<bool> for $z { #[inline(always)] fn cast_to(self) -> bool { self.re != 0.0 || self.im != 0.0 } }
        impl CastTo<c64> for $z { #[inline(always)] fn cast_to(self) -> c64 { c64::new(self.re as f32, self.im as f32) } }
        impl CastTo<c128> for $z { #[inline(always)] fn cast_to(self) -> c128 { c128::new(self.re as f64, self.im as f64) } }
    )*};
}
from_complex! {
    c64: i8, u8, i16, u16, i32, u32, i64, u64, f32, f64;
    c128: i8, u8, i16, u16, i32, u32, i64, u64, f32, f64;
}

/// `x` as a `T`, with C's meaning.
#[inline(always)]
pub fn cast<S: CastTo<T>, T>(x: S) -> T {
    x.cast_to()
}

/// A scalar in another dtype, as `astype` converts it.
pub fn cast_scalar(s: Scalar, to: DType) -> Scalar {
    fn one<S: Element + CastTo<T>, T: Element>(x: S) -> Scalar {
        CastTo::<T>::cast_to(x).scalar()
    }
    macro_rules! each {
        ($($v:ident),*) => {
            match s { $(Scalar::$v(x) => with_dtype!(to, T => one::<_, T>(x)),)* }
        };
    }
    each!(Bool, I8, U8, I16, U16, I32, U32, I64, U64, F32, F64, C64, C128)
}

//! Casts between dtypes, block to block. One generic loop; the compiler vectorises each pair, except
//! floats to integers, which have a loop of their own: float64 to int64 takes 0.1 ns an element in L1
//! with AVX-512, through Rust's saturating `as` 0.59.
//!
//! What may warn is looked at block by block before it is converted: of 30,000 float64 in the second-level cache as
//! int32 that takes 5.5 µs, NumPy 3.6, which asks the processor's flags afterwards; as float32 4.0 and 3.5, as int64
//! 5.9 and 15.

use super::{Block, BlockMut, Flags, fill, simd};
use crate::dtype::{DType, Element, c64, c128, cast};
use crate::with_dtype;

/// Converts a block to the output's dtype; a block of length one fills the output.
pub fn convert(from: Block<'_>, to: BlockMut<'_>) {
    match from.dtype() {
        DType::F64 if from.len() > 1 => float::<f64>(from, to),
        DType::F32 if from.len() > 1 => float::<f32>(from, to),
        _ => any_pair(from, to),
    }
}

fn any_pair(from: Block<'_>, to: BlockMut<'_>) {
    with_dtype!(from.dtype(), S => with_dtype!(to.dtype(), T => run::<S, T>(from.typed(), to.typed())))
}

fn run<S: Element + crate::dtype::CastTo<T>, T: Element>(from: &[S], to: &mut [T]) {
    match from {
        [x] => fill(to, cast(*x)),
        _ => simd(
            #[inline(always)]
            || {
                for (t, s) in to.iter_mut().zip(from) {
                    *t = cast(*s);
                }
            },
        ),
    }
}

/// Floats to integers: as [`cast`], but with the processor's own conversion, which vectorises since
/// no value outside the range reaches it.
fn float<S: Truncate>(from: Block<'_>, to: BlockMut<'_>) {
    let xs = from.typed::<S>();
    macro_rules! through {
        ($via:ident, $t:ty) => {{
            let out = to.typed::<$t>();
            simd(
                #[inline(always)]
                || out.iter_mut().zip(xs).for_each(|(o, x)| *o = x.$via() as $t),
            )
        }};
    }
    match to.dtype() {
        DType::I8 => through!(int32, i8),
        DType::U8 => through!(int32, u8),
        DType::I16 => through!(int32, i16),
        DType::U16 => through!(int32, u16),
        DType::I32 => through!(int32, i32),
        DType::U32 => through!(int64, u32),
        DType::I64 => through!(int64, i64),
        DType::U64 => through!(word64, u64),
        _ => any_pair(from, to),
    }
}

/// As [`float`], of numbers that [`is_invalid`] does not find: with no look at the range of each. 30,000 float64 as
/// int32 took 6.7 µs with one.
///
/// # Safety
/// All of them lie within the range of int64 or, for int32 and shorter integers, of int32.
unsafe fn within<S: Truncate>(from: Block<'_>, to: BlockMut<'_>) {
    let xs = from.typed::<S>();
    macro_rules! through {
        ($via:ident, $t:ty) => {{
            let out = to.typed::<$t>();
            simd(
                #[inline(always)]
                // SAFETY: by the contract of this function.
                || out.iter_mut().zip(xs).for_each(|(o, x)| *o = unsafe { x.$via() } as $t),
            )
        }};
    }
    match to.dtype() {
        DType::I8 => through!(within32, i8),
        DType::U8 => through!(within32, u8),
        DType::I16 => through!(within32, i16),
        DType::U16 => through!(within32, u16),
        DType::I32 => through!(within32, i32),
        DType::U32 => through!(within64, u32),
        DType::I64 => through!(within64, i64),
        _ => float::<S>(from, to),
    }
}

/// A float cut to a whole number; what does not fit gives the least one, as the processor's does.
trait Truncate: Element {
    fn int32(self) -> i32;
    fn int64(self) -> i64;
    fn word64(self) -> u64;
    /// # Safety
    /// It lies within the range.
    unsafe fn within32(self) -> i32;
    /// # Safety
    /// It lies within the range.
    unsafe fn within64(self) -> i64;
}
macro_rules! truncate {
    ($($f:ty),*) => {$(
        impl Truncate for $f {
            #[inline(always)]
            fn int32(self) -> i32 {
                let inside = (-2147483648.0..2147483648.0).contains(&self);
                // SAFETY: the number lies within the range of int32.
                unsafe { (if inside { self } else { -2147483648.0 }).to_int_unchecked() }
            }
            #[inline(always)]
            fn int64(self) -> i64 {
                let inside = (-9223372036854775808.0..9223372036854775808.0).contains(&self);
                // SAFETY: the number lies within the range of int64.
                unsafe { (if inside { self } else { -9223372036854775808.0 }).to_int_unchecked() }
            }
            // SAFETY: the trait says what the caller owes.
            #[inline(always)]
            unsafe fn within32(self) -> i32 {
                // SAFETY: by the contract of this function.
                unsafe { self.to_int_unchecked() }
            }
            // SAFETY: the trait says what the caller owes.
            #[inline(always)]
            unsafe fn within64(self) -> i64 {
                // SAFETY: by the contract of this function.
                unsafe { self.to_int_unchecked() }
            }
            /// Negative numbers wrap; the upper half of the range comes down for the conversion.
            #[inline(always)]
            fn word64(self) -> u64 {
                let upper = (9223372036854775808.0..18446744073709551616.0).contains(&self);
                let low = if upper { self - 9223372036854775808.0 } else { self };
                low.int64() as u64 ^ ((upper as u64) << 63)
            }
        }
    )*};
}
truncate!(f32, f64);

/// What NumPy warns of in a cast of a block, told from its elements.
pub fn conditions(from: Block<'_>, to: DType) -> Flags {
    Flags { invalid: is_invalid(from, to), overflow: overflows(from, to), ..Flags::NONE }
}

/// Whether a cast between these dtypes can meet any of [`conditions`].
pub fn may_warn(from: DType, to: DType) -> bool {
    let wide = matches!(from, DType::F64 | DType::C128);
    from.is_inexact() && to.is_int() || wide && matches!(to, DType::F32 | DType::C64)
}

/// Converts a block, and tells what NumPy warns of in it.
pub fn convert_checked(from: Block<'_>, to: BlockMut<'_>) -> Flags {
    match (from.dtype(), to.dtype()) {
        (DType::F64, DType::F32) => {
            Flags { overflow: shorten(from.typed::<f64>(), to.typed::<f32>()), ..Flags::NONE }
        }
        (_, dtype) => {
            let met = conditions(from, dtype);
            let cut = |from: Block<'_>, to: BlockMut<'_>| match from.dtype() {
                // SAFETY: all numbers lie within the range of the integers.
                DType::F64 => unsafe { within::<f64>(from, to) },
                // SAFETY: as above.
                DType::F32 => unsafe { within::<f32>(from, to) },
                _ => convert(from, to),
            };
            let plain = dtype.is_int() && dtype != DType::U64 && from.len() > 1;
            if plain && !met.invalid {
                cut(from, to)
            } else {
                convert(from, to)
            }
            met
        }
    }
}

/// Casts float64 to float32, and says whether it made an infinity of something finite. One loop: looking first
/// and converting then takes 1e7 elements a third longer, since reads and writes no longer go side by side.
fn shorten(from: &[f64], to: &mut [f32]) -> bool {
    simd(
        #[inline(always)]
        move || {
            let mut over = false;
            for (y, &x) in to.iter_mut().zip(from) {
                *y = x as f32;
                over |= outside(x);
            }
            over
        },
    )
}

/// Finite, and at least half a step past the largest float32.
#[inline(always)]
fn outside(x: f64) -> bool {
    const LIMIT: f64 = f32::MAX as f64 + (1u128 << 103) as f64;
    (x.abs() >= LIMIT) & (x.abs() < f64::INFINITY)
}

/// Whether a cast to 32-bit floats makes an infinity of something finite.
fn overflows(from: Block<'_>, to: DType) -> bool {
    match (from.dtype(), to) {
        (DType::F64, DType::F32 | DType::C64) => any(from.typed::<f64>(), outside),
        (DType::C128, DType::C64) => any(from.typed::<c128>(), move |z| outside(z.re) | outside(z.im)),
        (DType::C128, DType::F32) => any(from.typed::<c128>(), move |z| outside(z.re)),
        _ => false,
    }
}

/// Whether a cast to an integer dtype meets a value it cannot hold, as NumPy's warning "invalid value
/// encountered in cast" has it: NaN, infinities, and what is outside the integer through which the
/// machine converts (int32 for the small dtypes).
pub fn is_invalid(from: Block<'_>, to: DType) -> bool {
    let (lo, hi) = match to {
        DType::I8 | DType::U8 | DType::I16 | DType::U16 | DType::I32 => (-2147483649.0, 2147483648.0),
        DType::U32 => (-2147483649.0, 4294967296.0),
        DType::I64 => (-9223372036854777856.0, 9223372036854775808.0),
        DType::U64 => (-9223372036854777856.0, 18446744073709551616.0),
        _ => return false,
    };
    let outside = move |x: f64| !((x > lo) & (x < hi));
    match from.dtype() {
        DType::F32 => any(from.typed::<f32>(), move |x| outside(x as f64)),
        DType::F64 => any(from.typed::<f64>(), outside),
        DType::C64 => any(from.typed::<c64>(), move |z| outside(z.re as f64)),
        DType::C128 => any(from.typed::<c128>(), move |z| outside(z.re)),
        _ => false,
    }
}

#[inline(always)]
fn any<T: Copy>(xs: &[T], test: impl Fn(T) -> bool) -> bool {
    simd(
        #[inline(always)]
        move || xs.iter().fold(false, |found, &x| found | test(x)),
    )
}

//! Casts between dtypes, block to block. One generic loop; the compiler vectorises each pair, except
//! floats to integers, which have a loop of their own: float64 to int64 takes 0.1 ns an element in L1
//! with AVX-512, through Rust's saturating `as` 0.59.
//!
//! What may warn is looked at before it is converted, 64 elements at a time: of 30,000 float64 in the second-level cache
//! as int32 the loop takes 4.6 µs, with all of a block looked at before 5.2, with both in one loop 5.9. The call takes 4.9
//! (NumPy, which asks the processor's flags afterwards, 3.9), as float32 4.0 (3.5), as int64 8.4 (16).

use super::lane::Whole;
use super::{Block, BlockMut, Flags, KernelFn, fill, simd};
use crate::dtype::{DType, Element, c64, c128, cast};
use crate::with_dtype;
use std::cell::Cell;

/// Converts a block to the output's dtype; a block of length one fills the output.
pub fn convert(from: Block<'_>, to: BlockMut<'_>) {
    match from.dtype() {
        DType::F64 if from.len() > 1 => _ = float::<f64, false>(from, to),
        DType::F32 if from.len() > 1 => _ = float::<f32, false>(from, to),
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

/// Elements that are looked at, then converted.
const LOOKED: usize = 64;

/// Converts elements, all of which are looked at before if `$tell`; whether one of them does not fit, then.
macro_rules! look {
    ($tell:expr, $out:expr, $xs:expr, $via:ident, $t:ty, $fits:ident, $within:ident) => {{
        let (out, xs) = ($out, $xs);
        let fit = $tell && xs.iter().fold(true, |fit, x| fit & x.$fits());
        if fit {
            // SAFETY: all of them fit, as was looked.
            out.iter_mut().zip(xs).for_each(|(o, x)| *o = unsafe { x.$within() } as $t);
        } else {
            out.iter_mut().zip(xs).for_each(|(o, x)| *o = x.$via() as $t);
        }
        $tell & !fit
    }};
}

/// Floats to integers: as [`cast`], but with the processor's own conversion, which vectorises since
/// no value outside the range reaches it. With `TELL`, says whether it met a value that [`is_invalid`] finds.
fn float<S: Truncate, const TELL: bool>(from: Block<'_>, to: BlockMut<'_>) -> bool {
    let xs = from.typed::<S>();
    macro_rules! through {
        ($via:ident, $t:ty, $fits:ident, $within:ident) => {{
            let out = to.typed::<$t>();
            simd(
                #[inline(always)]
                || {
                    if !TELL {
                        return look!(TELL, out, xs, $via, $t, $fits, $within);
                    }
                    let mut met = false;
                    // Of a known number of elements each loop is whole vectors.
                    let ((xs, last), (out, end)) = (xs.as_chunks::<LOOKED>(), out.as_chunks_mut::<LOOKED>());
                    for (out, xs) in out.iter_mut().zip(xs) {
                        met |= look!(TELL, out, xs, $via, $t, $fits, $within);
                    }
                    met | look!(TELL, end, last, $via, $t, $fits, $within)
                },
            )
        }};
    }
    match to.dtype() {
        DType::I8 => through!(int32, i8, fits32, within32),
        DType::U8 => through!(int32, u8, fits32, within32),
        DType::I16 => through!(int32, i16, fits32, within32),
        DType::U16 => through!(int32, u16, fits32, within32),
        DType::I32 => through!(int32, i32, fits32, within32),
        DType::U32 => through!(int64, u32, fits_word32, within64),
        DType::I64 => through!(int64, i64, fits64, within64),
        DType::U64 => through!(word64, u64, fits_word64, within_word64),
        _ => {
            any_pair(from, to);
            false
        }
    }
}

/// A float cut to a whole number; what does not fit gives the least one, as the processor's does.
trait Truncate: Element {
    /// The whole number below, above, or nearest to it, for 0, 1 and 2.
    fn whole<const HOW: u8>(self) -> Self;
    fn int32(self) -> i32;
    fn int64(self) -> i64;
    fn word64(self) -> u64;
    /// Whether what is left of it is an int32.
    fn fits32(self) -> bool;
    fn fits64(self) -> bool;
    /// Whether no condition is told of where it becomes a uint32, by way of int64: what is negative wraps.
    fn fits_word32(self) -> bool;
    fn fits_word64(self) -> bool;
    /// # Safety
    /// What is left of it is an int32.
    unsafe fn within32(self) -> i32;
    /// # Safety
    /// It is within the range of int64.
    unsafe fn within64(self) -> i64;
    /// # Safety
    /// Of none: it looks itself.
    unsafe fn within_word64(self) -> u64;
}
/// For each dtype, the least number that is an int32 when it is cut.
macro_rules! truncate {
    ($($f:ty: $least:expr),*) => {$(
        // Both comparisons of a range are made, without a branch between them.
        #[expect(clippy::manual_range_contains)]
        impl Truncate for $f {
            #[inline(always)]
            fn whole<const HOW: u8>(self) -> $f {
                match HOW {
                    0 => self.floor(),
                    1 => self.ceil(),
                    _ => self.round_ties_even(),
                }
            }
            #[inline(always)]
            fn int32(self) -> i32 {
                // SAFETY: what is left of the number lies within the range of int32.
                unsafe { (if self.fits32() { self } else { -2147483648.0 }).to_int_unchecked() }
            }
            #[inline(always)]
            fn int64(self) -> i64 {
                // SAFETY: the number lies within the range of int64.
                unsafe { (if self.fits64() { self } else { -9223372036854775808.0 }).to_int_unchecked() }
            }
            /// Negative numbers wrap; the upper half of the range comes down for the conversion.
            #[inline(always)]
            fn word64(self) -> u64 {
                let upper = (9223372036854775808.0..18446744073709551616.0).contains(&self);
                let low = if upper { self - 9223372036854775808.0 } else { self };
                low.int64() as u64 ^ ((upper as u64) << 63)
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
            // SAFETY: the trait says that nothing is owed.
            #[inline(always)]
            unsafe fn within_word64(self) -> u64 { self.word64() }
            #[inline(always)]
            fn fits32(self) -> bool { (self >= $least) & (self < 2147483648.0) }
            #[inline(always)]
            fn fits64(self) -> bool { (self >= -9223372036854775808.0) & (self < 9223372036854775808.0) }
            #[inline(always)]
            fn fits_word32(self) -> bool { (self >= $least) & (self < 4294967296.0) }
            #[inline(always)]
            fn fits_word64(self) -> bool { (self >= -9223372036854775808.0) & (self < 18446744073709551616.0) }
        }
    )*};
}
truncate!(f32: -2147483648.0, f64: (-2147483649f64).next_up());

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
        (DType::F64, dtype) if dtype.is_int() && from.len() > 1 => {
            Flags { invalid: float::<f64, true>(from, to), ..Flags::NONE }
        }
        (DType::F32, dtype) if dtype.is_int() && from.len() > 1 => {
            Flags { invalid: float::<f32, true>(from, to), ..Flags::NONE }
        }
        (_, dtype) => {
            let met = conditions(from, dtype);
            convert(from, to);
            met
        }
    }
}

thread_local! {
    static MET: Cell<Flags> = const { Cell::new(Flags::NONE) };
}

/// As [`convert_checked`], of the one operand of a step: [`found`] has what it met.
pub fn convert_noting(ops: &[Block<'_>], out: BlockMut<'_>) {
    MET.set(convert_checked(ops[0], out));
}

/// A step that rounds floats to whole numbers and converts these to integers, as two steps would; [`found`] has what it
/// met. `None` for other dtypes. (`np.floor(x).astype(int)` of 1e6 float64 on two threads took 229 to 250 µs;
/// and takes 140, a compiler of expressions 213 to 297. Of `np.floor(a * 100)` the products go through the first-level
/// cache before, 241 to 254 as in three steps; the compiler, in one loop, 154 to 161.)
pub fn rounding(how: Whole, from: DType, to: DType) -> Option<KernelFn> {
    macro_rules! of {
        ($s:ty) => {
            match how {
                Whole::Floor => rounded::<$s, 0>,
                Whole::Ceil => rounded::<$s, 1>,
                Whole::Nearest => rounded::<$s, 2>,
                Whole::Trunc => return None,
            }
        };
    }
    match (from, to) {
        (DType::F64, DType::I64 | DType::I32) => Some(of!(f64)),
        (DType::F32, DType::I64 | DType::I32) => Some(of!(f32)),
        _ => None,
    }
}

/// Down, up, or to the nearest, by `HOW`.
fn rounded<S: Truncate, const HOW: u8>(ops: &[Block<'_>], to: BlockMut<'_>) {
    let xs = ops[0].typed::<S>();
    if let ([x], true) = (xs, to.len() != 1) {
        return MET.set(convert_checked(Block::new(&[x.whole::<HOW>()]), to));
    }
    macro_rules! through {
        ($via:ident, $t:ty, $fits:ident, $within:ident) => {{
            let out = to.typed::<$t>();
            simd(
                #[inline(always)]
                || {
                    let mut met = false;
                    let ((xs, last), (out, end)) = (xs.as_chunks::<LOOKED>(), out.as_chunks_mut::<LOOKED>());
                    let mut whole = [S::default(); LOOKED];
                    for (out, xs) in out.iter_mut().zip(xs) {
                        for k in 0..LOOKED {
                            whole[k] = xs[k].whole::<HOW>();
                        }
                        met |= look!(true, out, &whole, $via, $t, $fits, $within);
                    }
                    whole.iter_mut().zip(last).for_each(|(y, x)| *y = x.whole::<HOW>());
                    met | look!(true, end, &whole[..last.len()], $via, $t, $fits, $within)
                },
            )
        }};
    }
    let invalid = match to.dtype() {
        DType::I32 => through!(int32, i32, fits32, within32),
        _ => through!(int64, i64, fits64, within64),
    };
    MET.set(Flags { invalid, ..Flags::NONE });
}

/// What [`convert_noting`], which just ran on this thread, has met.
pub fn found(_: &[Block<'_>], _: Block<'_>) -> Flags {
    MET.replace(Flags::NONE)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checked_casts_are_casts_and_tell_of_what_does_not_fit() {
        fn check<S: Element + PartialEq + From<f32>, T: Element + PartialEq>() {
            let odd = [f32::NAN, f32::INFINITY, 2147483648.0, 4294967296.0, -3e9, 9.3e18, 1.9e19, -1e19];
            for x in odd.into_iter().chain([-0.5, -2147483648.0, -9223372036854775808.0]) {
                for at in [0, 1, LOOKED - 1, LOOKED, 2 * LOOKED, 2 * LOOKED + 5] {
                    let mut xs: Vec<S> = (0..2 * LOOKED + 6).map(|i| S::from(i as f32 * 0.7)).collect();
                    xs[at] = S::from(x);
                    let (mut want, mut got) = (vec![T::default(); xs.len()], vec![T::default(); xs.len()]);
                    any_pair(Block::new(&xs), BlockMut::new(&mut want));
                    let met = convert_checked(Block::new(&xs), BlockMut::new(&mut got));
                    assert_eq!(met, conditions(Block::new(&xs), T::DTYPE), "{x} as {}", T::DTYPE);
                    // What does not fit is whatever the processor makes of it.
                    let same = |k: usize| got[k] == want[k] || met.invalid && k == at;
                    assert!((0..xs.len()).all(same), "{x} as {}", T::DTYPE);
                }
            }
        }
        macro_rules! each {
            ($($t:ty)*) => {$(
                check::<f32, $t>();
                check::<f64, $t>();
            )*};
        }
        each! { i8 u8 i16 u16 i32 u32 i64 u64 }
    }
}

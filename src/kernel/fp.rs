//! Floating-point conditions found from values: what NumPy reads from the processor's status flags
//! is told from operands and results. The test that runs after every block, over what is in L1 still,
//! only asks whether the result holds anything not finite; only then is the block classified.

use super::{Block, simd};
use crate::dtype::{DType, Element, c64, c128};

/// NumPy's floating-point conditions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub divide: bool,
    pub overflow: bool,
    pub invalid: bool,
    /// A signed integer did not fit and wrapped: where it is looked for, see [`super::overflow`].
    pub wrapped: bool,
}

impl Flags {
    pub const NONE: Flags = Flags { divide: false, overflow: false, invalid: false, wrapped: false };

    pub fn any(self) -> bool {
        self.divide || self.overflow || self.invalid || self.wrapped
    }

    pub fn union(self, o: Flags) -> Flags {
        Flags {
            divide: self.divide || o.divide,
            overflow: self.overflow || o.overflow,
            invalid: self.invalid || o.invalid,
            wrapped: self.wrapped || o.wrapped,
        }
    }
}

/// Which conditions arose in a block, given its operands and result.
pub type Check = fn(&[Block<'_>], Block<'_>) -> Flags;

/// A float or complex element, seen as its real parts.
pub trait Parts: Element {
    fn nan(self) -> bool;
    /// An infinite part and no NaN.
    fn infinite(self) -> bool;
    fn zero(self) -> bool;
    /// Exactly zero for finite parts, NaN otherwise: sums of it test a whole block.
    fn residue(self) -> f32;
}

macro_rules! real_parts {
    ($($t:ty),*) => {$(
        impl Parts for $t {
            #[inline(always)]
            fn nan(self) -> bool { self.is_nan() }
            #[inline(always)]
            fn infinite(self) -> bool { self.is_infinite() }
            #[inline(always)]
            fn zero(self) -> bool { self == 0.0 }
            #[inline(always)]
            fn residue(self) -> f32 { if self.is_finite() { 0.0 } else { 1.0 } }
        }
    )*};
}
real_parts!(f32, f64);

macro_rules! complex_parts {
    ($($t:ty),*) => {$(
        impl Parts for $t {
            #[inline(always)]
            fn nan(self) -> bool { self.re.is_nan() || self.im.is_nan() }
            #[inline(always)]
            fn infinite(self) -> bool { self.re.is_infinite() || self.im.is_infinite() }
            #[inline(always)]
            fn zero(self) -> bool { self.re == 0.0 && self.im == 0.0 }
            #[inline(always)]
            fn residue(self) -> f32 { self.re.residue() + self.im.residue() }
        }
    )*};
}
complex_parts!(c64, c128);

/// Whether a float or complex block holds an infinity or NaN; false for other dtypes.
pub fn any_nonfinite(x: Block<'_>) -> bool {
    match x.dtype() {
        DType::F32 => bits32(x.typed::<f32>()),
        DType::F64 => bits64(x.typed::<f64>()),
        DType::C64 => bits32(parts_of::<c64, f32>(x)),
        DType::C128 => bits64(parts_of::<c128, f64>(x)),
        _ => false,
    }
}

/// The real and imaginary parts of complex numbers, one after the other.
fn parts_of<C: Element, R: Element>(x: Block<'_>) -> &[R] {
    let whole = x.typed::<C>();
    assert_eq!(size_of::<C>(), 2 * size_of::<R>());
    // SAFETY: a complex number is two reals without padding, of the same alignment.
    unsafe { std::slice::from_raw_parts(whole.as_ptr().cast(), 2 * whole.len()) }
}

// An exponent of ones plus one carries into the sign's place. In every instruction set this is three
// instructions per vector, where a maximum of 64-bit integers is not: 0.03 ns per float64 from L1,
// beside 0.4 ns for `exp`.

fn bits32(x: &[f32]) -> bool {
    const EXPONENT: u32 = 0x7f80_0000;
    let carry = simd(
        #[inline(always)]
        || x.iter().fold(0u32, |m, v| m | ((v.to_bits() & EXPONENT) + (1 << 23))),
    );
    carry >> 31 != 0
}

fn bits64(x: &[f64]) -> bool {
    const EXPONENT: u64 = 0x7ff0_0000_0000_0000;
    let carry = simd(
        #[inline(always)]
        || x.iter().fold(0u64, |m, v| m | ((v.to_bits() & EXPONENT) + (1 << 52))),
    );
    carry >> 63 != 0
}

/// Whether any condition can have arisen: results that are not finite where operands say nothing of
/// it. One vectorised pass, so that arrays with missing values are not classified one by one.
fn may_arise<T: Parts>(ops: &[Block<'_>], out: &[T]) -> bool {
    #[inline(always)]
    fn any<T: Parts>(out: &[T], x: impl Fn(usize) -> T, y: impl Fn(usize) -> T) -> bool {
        simd(
            #[inline(always)]
            || {
                let mut any = false;
                for (i, &r) in out.iter().enumerate() {
                    let (x, y) = (x(i), y(i));
                    let invalid = r.nan() & !x.nan() & !y.nan();
                    any |= invalid | (r.infinite() & !x.infinite() & !y.infinite());
                }
                any
            },
        )
    }
    let n = out.len();
    match ops {
        [x] if x.len() == n => {
            let x = &x.typed::<T>()[..n];
            any(out, |i| x[i], |i| x[i])
        }
        [x, y] if x.len() == n && y.len() == n => {
            let (x, y) = (&x.typed::<T>()[..n], &y.typed::<T>()[..n]);
            any(out, |i| x[i], |i| y[i])
        }
        [x, y] if x.len() == n => {
            let (x, y) = (&x.typed::<T>()[..n], y.typed::<T>()[0]);
            any(out, |i| x[i], |_| y)
        }
        [x, y] if y.len() == n => {
            let (x, y) = (x.typed::<T>()[0], &y.typed::<T>()[..n]);
            any(out, |_| x, |i| y[i])
        }
        _ => true,
    }
}

/// Element `i`, or the only one of a scalar operand.
#[inline]
fn at<T: Copy>(x: &[T], i: usize) -> T {
    if x.len() == 1 { x[0] } else { x[i] }
}

/// Calls a classifier with the block's type, if it is inexact.
macro_rules! inexact {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            DType::F32 => {
                type $T = f32;
                $body
            }
            DType::F64 => {
                type $T = f64;
                $body
            }
            DType::C64 => {
                type $T = c64;
                $body
            }
            DType::C128 => {
                type $T = c128;
                $body
            }
            _ => Flags::NONE,
        }
    };
}

/// Invalid: a NaN from operands without one. Overflow: an infinity from finite operands.
/// `pole` says which infinities are divisions by zero instead.
fn classify<T: Parts>(ops: &[Block<'_>], out: Block<'_>, pole: impl Fn(&[T]) -> bool) -> Flags {
    let mut flags = Flags::NONE;
    if ops.iter().any(|x| x.dtype() != T::DTYPE) {
        // The modulus of complex numbers.
        flags.overflow = !ops.iter().any(|x| any_nonfinite(*x));
        return flags;
    }
    if !may_arise::<T>(ops, out.typed()) {
        return flags;
    }
    let slices: smallvec::SmallVec<[&[T]; 3]> = ops.iter().map(|b| b.typed::<T>()).collect();
    let mut row = [T::default(); 3];
    for (i, &r) in out.typed::<T>().iter().enumerate() {
        if r.residue() == 0.0 {
            continue;
        }
        for (slot, s) in row.iter_mut().zip(&slices) {
            *slot = at(s, i);
        }
        let row = &row[..slices.len()];
        if row.iter().any(|x| x.nan()) {
            continue;
        }
        if r.nan() {
            flags.invalid = true;
        }
        if r.infinite() && row.iter().all(|x| !x.infinite()) {
            if pole(row) {
                flags.divide = true;
            } else {
                flags.overflow = true;
            }
        }
    }
    flags
}

/// Invalid and overflow: `+ - *`, `exp`, `sin`, …
pub fn standard(ops: &[Block<'_>], out: Block<'_>) -> Flags {
    if !any_nonfinite(out) {
        return Flags::NONE;
    }
    inexact!(out.dtype(), T => classify::<T>(ops, out, |_| false))
}

/// `x / y`: an infinity from `y == 0` is a division by zero.
pub fn division(ops: &[Block<'_>], out: Block<'_>) -> Flags {
    if !any_nonfinite(out) {
        return Flags::NONE;
    }
    inexact!(out.dtype(), T => classify::<T>(ops, out, |x| x.last().is_some_and(|y| y.zero())))
}

/// A function with poles: every infinity from finite operands is a division by zero (`log`,
/// `arctanh`).
pub fn poles(ops: &[Block<'_>], out: Block<'_>) -> Flags {
    if !any_nonfinite(out) {
        return Flags::NONE;
    }
    inexact!(out.dtype(), T => classify::<T>(ops, out, |_| true))
}

/// `x ** y`: an infinity from `x == 0` is a division by zero.
pub fn power(ops: &[Block<'_>], out: Block<'_>) -> Flags {
    if !any_nonfinite(out) {
        return Flags::NONE;
    }
    inexact!(out.dtype(), T => classify::<T>(ops, out, |x| x[0].zero()))
}

/// A cast from inexact to integer: NaN and values outside the range are invalid. To a narrower
/// float: overflow.
pub fn cast(ops: &[Block<'_>], out: Block<'_>) -> Flags {
    let Some(from) = ops.first() else { return Flags::NONE };
    if out.dtype().is_int() {
        return Flags { invalid: super::cast::is_invalid(*from, out.dtype()), ..Flags::NONE };
    }
    Flags { overflow: narrowed(*from, out), ..Flags::NONE }
}

/// Division of integers: by zero, and the one quotient that does not fit.
pub fn integer_division(ops: &[Block<'_>], out: Block<'_>) -> Flags {
    fn typed<T: Element + Default>(a: &[T], b: &[T], extremes: Option<(T, T)>) -> Flags {
        let zero = T::default();
        let divide = b.contains(&zero);
        let overflow = extremes.is_some_and(|(least, minus_one)| {
            b.contains(&minus_one)
                && (0..a.len().max(b.len())).any(|i| at(a, i) == least && at(b, i) == minus_one)
        });
        Flags { divide, overflow, ..Flags::NONE }
    }
    macro_rules! by_dtype {
        ($($v:ident: $t:ty, $e:expr);*) => {
            match ops[0].dtype() {
                $(DType::$v => typed::<$t>(ops[0].typed(), ops[1].typed(), $e),)*
                _ => division(ops, out),
            }
        };
    }
    by_dtype!(
        I8: i8, Some((i8::MIN, -1)); I16: i16, Some((i16::MIN, -1));
        I32: i32, Some((i32::MIN, -1)); I64: i64, Some((i64::MIN, -1));
        U8: u8, None; U16: u16, None; U32: u32, None; U64: u64, None
    )
}

/// Steps to a neighbour: an infinity from a finite first operand is an overflow.
pub fn neighbour(ops: &[Block<'_>], out: Block<'_>) -> Flags {
    fn any<T: Parts>(x: Block<'_>, out: Block<'_>) -> bool {
        let x = x.typed::<T>();
        out.typed::<T>().iter().enumerate().any(|(i, r)| r.infinite() && at(x, i).residue() == 0.0)
    }
    if !any_nonfinite(out) {
        return Flags::NONE;
    }
    let overflow = match out.dtype() {
        DType::F32 => any::<f32>(ops[0], out),
        DType::F64 => any::<f64>(ops[0], out),
        _ => false,
    };
    Flags { overflow, ..Flags::NONE }
}

/// Complex numbers compare with an invalid condition where there is a NaN; nothing else does.
pub fn order(ops: &[Block<'_>], _: Block<'_>) -> Flags {
    fn nan<T: Parts>(x: Block<'_>) -> bool {
        x.typed::<T>().iter().fold(false, |m, v| m | v.nan())
    }
    let invalid = ops.iter().any(|x| match x.dtype() {
        DType::C64 => nan::<c64>(*x),
        DType::C128 => nan::<c128>(*x),
        _ => false,
    });
    Flags { invalid, ..Flags::NONE }
}

/// As [`integer_division`], for the remainder: nothing overflows.
pub fn integer_remainder(ops: &[Block<'_>], out: Block<'_>) -> Flags {
    if out.dtype().is_inexact() {
        return standard(ops, out);
    }
    Flags { overflow: false, ..integer_division(ops, out) }
}

/// `1 / x`, of integers too.
pub fn reciprocal(ops: &[Block<'_>], out: Block<'_>) -> Flags {
    match out.dtype().is_inexact() {
        true => power(ops, out),
        false => {
            // The infinite quotient is also cast to an integer.
            let divide = integer_division(&[ops[0], ops[0]], out).divide;
            Flags { divide, invalid: divide, ..Flags::NONE }
        }
    }
}

/// A finite value became infinite in a narrower float type.
fn narrowed(from: Block<'_>, out: Block<'_>) -> bool {
    let narrows = from.dtype().is_inexact() && out.dtype().itemsize() < from.dtype().itemsize();
    narrows && any_nonfinite(out) && !any_nonfinite(from)
}

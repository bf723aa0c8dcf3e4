//! Maps that leave elements out of a reduction: what is masked or NaN becomes the fold's identity.

use super::cast::convert;
use super::{Block, BlockMut};
use crate::dtype::{DType, Element, Scalar, c64, c128, cast_scalar};
use crate::with_dtype;

/// `x` cast to the output's dtype where `mask` holds, `fill` elsewhere. Operands of one element
/// stand for many.
pub fn masked(x: Block<'_>, mask: Block<'_>, fill: Scalar, mut out: BlockMut<'_>) {
    convert(x, out.reborrow());
    blank(mask, fill, out);
}

/// Writes `fill`, converted, where `mask` does not hold.
pub fn blank(mask: Block<'_>, fill: Scalar, out: BlockMut<'_>) {
    fn typed<T: Element>(mask: &[bool], fill: Scalar, out: &mut [T]) {
        let fill = T::from_scalar(cast_scalar(fill, T::DTYPE)).unwrap_or_default();
        match mask {
            [true] => {}
            [false] => out.fill(fill),
            _ => {
                for (o, &m) in out.iter_mut().zip(mask) {
                    *o = if m { *o } else { fill };
                }
            }
        }
    }
    with_dtype!(out.dtype(), T => typed::<T>(mask.typed(), fill, out.typed()))
}

/// `x` cast to the output's dtype, with `fill` in place of NaN.
pub fn nan_filled(x: Block<'_>, fill: Scalar, mut out: BlockMut<'_>) {
    fn blank<T: Element>(xs: &[T], is_nan: impl Fn(T) -> bool, fill: Scalar, out: BlockMut<'_>) {
        with_dtype!(out.dtype(), O => put::<T, O>(xs, is_nan, fill, out.typed()))
    }
    fn put<T: Element, O: Element>(xs: &[T], is_nan: impl Fn(T) -> bool, fill: Scalar, out: &mut [O]) {
        let fill = O::from_scalar(fill).unwrap_or_default();
        for (o, &x) in out.iter_mut().zip(xs.iter().cycle()) {
            *o = if is_nan(x) { fill } else { *o };
        }
    }
    convert(x, out.reborrow());
    match x.dtype() {
        DType::F32 => blank(x.typed::<f32>(), f32::is_nan, fill, out),
        DType::F64 => blank(x.typed::<f64>(), f64::is_nan, fill, out),
        DType::C64 => blank(x.typed::<c64>(), |z| z.re.is_nan() || z.im.is_nan(), fill, out),
        DType::C128 => blank(x.typed::<c128>(), |z| z.re.is_nan() || z.im.is_nan(), fill, out),
        _ => {}
    }
}

/// Whether each element is not NaN; one element stands for many.
pub fn not_nan(x: Block<'_>, out: BlockMut<'_>) {
    fn each<T: Copy>(xs: &[T], out: &mut [bool], test: impl Fn(T) -> bool) {
        match xs {
            [x] => out.fill(test(*x)),
            _ => out.iter_mut().zip(xs).for_each(|(o, &x)| *o = test(x)),
        }
    }
    let out = out.typed::<bool>();
    match x.dtype() {
        DType::F32 => each(x.typed::<f32>(), out, |x| !x.is_nan()),
        DType::F64 => each(x.typed::<f64>(), out, |x| !x.is_nan()),
        DType::C64 => each(x.typed::<c64>(), out, |z| !z.re.is_nan() && !z.im.is_nan()),
        DType::C128 => each(x.typed::<c128>(), out, |z| !z.re.is_nan() && !z.im.is_nan()),
        _ => out.fill(true),
    }
}

/// Whether each element holds an infinity and no NaN; one element stands for many.
pub fn infinite(x: Block<'_>, out: BlockMut<'_>) {
    fn each<T: Copy>(xs: &[T], out: &mut [bool], test: impl Fn(T) -> bool) {
        out.iter_mut().zip(xs.iter().cycle()).for_each(|(o, &x)| *o = test(x));
    }
    let out = out.typed::<bool>();
    match x.dtype() {
        DType::F32 => each(x.typed::<f32>(), out, f32::is_infinite),
        DType::F64 => each(x.typed::<f64>(), out, f64::is_infinite),
        DType::C64 => each(x.typed::<c64>(), out, |z| z.is_infinite()),
        DType::C128 => each(x.typed::<c128>(), out, |z| z.is_infinite()),
        _ => out.fill(false),
    }
}

/// Whether every element is finite.
pub fn all_finite(x: Block<'_>) -> bool {
    macro_rules! finite {
        ($t:ty, $parts:expr) => {{
            let xs = x.typed::<$t>();
            super::simd(
                #[inline(always)]
                || xs.chunks(1024).all(|c| c.iter().fold(true, |ok, z| ok & $parts(z))),
            )
        }};
    }
    match x.dtype() {
        DType::F32 => finite!(f32, |z: &f32| z.is_finite()),
        DType::F64 => finite!(f64, |z: &f64| z.is_finite()),
        DType::C64 => finite!(c64, |z: &c64| z.re.is_finite() & z.im.is_finite()),
        DType::C128 => finite!(c128, |z: &c128| z.re.is_finite() & z.im.is_finite()),
        _ => true,
    }
}

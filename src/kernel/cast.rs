//! Casts between dtypes, block to block. One generic loop; the compiler vectorises each pair.

use super::{Block, BlockMut, simd};
use crate::dtype::{DType, Element, c64, c128, cast};
use crate::with_dtype;

/// Converts a block to the output's dtype; a block of length one fills the output.
pub fn convert(from: Block<'_>, to: BlockMut<'_>) {
    with_dtype!(from.dtype(), S => with_dtype!(to.dtype(), T => run::<S, T>(from.typed(), to.typed())))
}

fn run<S: Element + crate::dtype::CastTo<T>, T: Element>(from: &[S], to: &mut [T]) {
    match from {
        [x] => to.fill(cast(*x)),
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
    let outside = |x: f64| !(x > lo && x < hi);
    match from.dtype() {
        DType::F32 => any(from.typed::<f32>(), |x| outside(x as f64)),
        DType::F64 => any(from.typed::<f64>(), outside),
        DType::C64 => any(from.typed::<c64>(), |z| outside(z.re as f64)),
        DType::C128 => any(from.typed::<c128>(), |z| outside(z.re)),
        _ => false,
    }
}

#[inline(always)]
fn any<T: Copy>(xs: &[T], test: impl Fn(T) -> bool) -> bool {
    simd(
        #[inline(always)]
        || xs.iter().fold(false, |found, &x| found | test(x)),
    )
}

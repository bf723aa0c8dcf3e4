//! Casts between dtypes, block to block. One generic loop; the compiler vectorises each pair.

use super::{Block, BlockMut, simd};
use crate::dtype::{Element, cast};
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

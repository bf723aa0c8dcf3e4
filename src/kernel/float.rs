//! Division with remainder of floats, after Python's rules, and its relatives.

use super::apply::binary;
use super::{Block, BlockMut};
use crate::dtype::Element;

/// Floor division and remainder of one float dtype.
pub trait FloorDiv: Element {
    fn floor_div(self, o: Self) -> Self;
    fn modulo(self, o: Self) -> Self;
    fn fmod(self, o: Self) -> Self;
}

macro_rules! floor_div {
    ($($t:ty: $divmod:ident),*) => {$(
        /// Quotient rounded toward minus infinity and the remainder with the divisor's sign. The
        /// quotient is computed from the exact remainder, so that `a == q * b + r` as nearly as
        /// floats can say.
        #[inline(always)]
        pub fn $divmod(a: $t, b: $t) -> ($t, $t) {
            let mut r = a % b;
            if b == 0.0 {
                return (a / b, r);
            }
            let mut q = (a - r) / b;
            if r != 0.0 {
                if (b < 0.0) != (r < 0.0) {
                    r += b;
                    q -= 1.0;
                }
            } else {
                r = (0.0 as $t).copysign(b);
            }
            let whole = if q != 0.0 {
                let f = q.floor();
                if q - f > 0.5 { f + 1.0 } else { f }
            } else {
                (0.0 as $t).copysign(a / b)
            };
            (whole, r)
        }

        impl FloorDiv for $t {
            #[inline(always)]
            fn floor_div(self, o: $t) -> $t { $divmod(self, o).0 }
            #[inline(always)]
            fn modulo(self, o: $t) -> $t { $divmod(self, o).1 }
            #[inline(always)]
            fn fmod(self, o: $t) -> $t { self % o }
        }
    )*};
}
floor_div!(f32: divmod32, f64: divmod64);

pub fn floor_divide<T: FloorDiv>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, T::floor_div);
}

pub fn remainder<T: FloorDiv>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, T::modulo);
}

pub fn fmod<T: FloorDiv>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, T::fmod);
}

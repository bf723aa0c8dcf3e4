//! The larger and the smaller of two values, and clipping between two bounds. `maximum` and
//! `minimum` give NaN if either operand is NaN; `fmax` and `fmin` the other operand.
//! Of real zeros with different signs the second operand wins, as with the processor's instruction.

use super::apply::{binary, ternary};
use super::compare::Ordered;
use super::{Block, BlockMut};

#[inline(always)]
fn max<T: Ordered>(a: T, b: T) -> T {
    if b.less(a) || a.is_nan() || (T::FIRST_OF_EQUALS && b.less_equal(a)) { a } else { b }
}

#[inline(always)]
fn min<T: Ordered>(a: T, b: T) -> T {
    if a.less(b) || a.is_nan() || (T::FIRST_OF_EQUALS && a.less_equal(b)) { a } else { b }
}

pub fn maximum<T: Ordered>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, max::<T>);
}

pub fn minimum<T: Ordered>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, min::<T>);
}

pub fn fmax<T: Ordered>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, |a: T, b: T| if b.less(a) || b.is_nan() { a } else { b });
}

pub fn fmin<T: Ordered>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, |a: T, b: T| if a.less(b) || b.is_nan() { a } else { b });
}

/// The value where it lies between the bounds, which it may equal, else the bound it passes; NaN where
/// any of the three is.
pub fn clip<T: Ordered>(ops: &[Block<'_>], out: BlockMut<'_>) {
    ternary(ops, out, |x: T, low: T, high: T| {
        let x = if x.less(low) || low.is_nan() { low } else { x };
        if high.less(x) || high.is_nan() { high } else { x }
    });
}

//! One kernel over small contiguous arrays: no plan, no registers, nothing on the heap but the result.
//! What remains of a call on three elements is the result's two blocks of memory and the kernel.

use super::tally::{self, Pass};
use super::threads;
use crate::array::Array;
use crate::dtype::DType;
use crate::kernel::{Block, BlockMut, Check, Flags, KernelFn, One};
use crate::with_dtype;

/// The largest arrays that always take this way, in elements.
pub const SMALL: usize = 1024;
/// The largest that take it where the result waits for nobody and no operand could give its buffer:
/// the plan that is spared is a third of the cost of adding 10,000 doubles.
pub const MIDDLE: usize = 1 << 14;

/// An operand of the short way.
pub enum Small<'a> {
    Array(&'a Array),
    One(&'a One),
}

/// One kernel over contiguous arrays of one shape and of the kernel's dtype, at most three, and at
/// most `most` elements. `None` if the operands are not such, or there is no memory; the caller then
/// takes `map`, which says so.
#[inline]
pub fn small(
    run: KernelFn,
    check: Option<Check>,
    dtype: DType,
    out: DType,
    operands: &[Small<'_>],
    most: usize,
) -> Option<(Array, Flags)> {
    let like = operands.iter().find_map(Small::array)?;
    let n = like.dense_size()?;
    if n > most || n == 0 || operands.len() > 3 || (n > SMALL && threads::for_elements(n) > 1) {
        return None;
    }
    let mut blocks = [block(&operands[0], dtype, like.shape(), n)?; 3];
    for (b, operand) in blocks.iter_mut().zip(operands).skip(1) {
        *b = block(operand, dtype, like.shape(), n)?;
    }
    let blocks = &blocks[..operands.len()];
    let _pass = tally::pass(|| {
        let read = Pass::new("map", dtype, n).ops(n);
        let pass = Pass { written: (n * out.itemsize()) as u64, ..read };
        operands.iter().filter_map(Small::array).fold(pass, Pass::reads)
    });
    let mut result = Array::empty(out, like.shape()).ok()?;
    let mut to = with_dtype!(out, T => BlockMut::new(result.as_mut_slice::<T>()?));
    run(blocks, to.reborrow());
    let flags = check.map_or(Flags::NONE, |check| check(blocks, to.as_block()));
    Some((result, flags))
}

impl<'a> Small<'a> {
    #[inline]
    fn array(&self) -> Option<&'a Array> {
        match self {
            Small::Array(a) => Some(a),
            Small::One(_) => None,
        }
    }
}

/// The `n` elements of a contiguous array of this dtype and shape, or the one.
#[inline(always)]
fn block<'a>(operand: &Small<'a>, dtype: DType, shape: &[usize], n: usize) -> Option<Block<'a>> {
    match *operand {
        Small::Array(a) => {
            if a.dtype() != dtype || a.shape() != shape || a.dense_size().is_none() {
                return None;
            }
            let start = a.offset();
            Some(with_dtype!(dtype, T => Block::new(a.storage::<T>().get(start..start + n)?)))
        }
        Small::One(one) => Some(one.block()),
    }
}

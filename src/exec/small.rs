//! One kernel over small contiguous arrays: no plan, no registers, nothing on the heap but the result.
//! What remains of a call on three elements is the result's two blocks of memory and the kernel.

use super::copy::with_storage_mut;
use super::tally::{self, Pass};
use super::threads;
use crate::array::{Array, ArrayError};
use crate::dtype::DType;
use crate::kernel::{Block, Check, Few, Flags, KernelFn, One};
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
/// most `most` elements. `None` if the operands are not such; the caller then takes `map`.
#[inline]
pub fn small(
    run: KernelFn,
    check: Option<Check>,
    dtype: DType,
    out: DType,
    operands: &[Small<'_>],
    most: usize,
) -> Option<Result<(Array, Flags), ArrayError>> {
    let mut like: Option<&Array> = None;
    for operand in operands {
        if let Small::Array(a) = operand {
            let same = like.is_none_or(|l| l.shape() == a.shape());
            if a.dtype() != dtype || !a.is_c_contiguous() || !same {
                return None;
            }
            like = Some(a);
        }
    }
    let like = like?;
    let n = like.size();
    if n > most || n == 0 || operands.len() > 3 {
        return None;
    }
    if n > SMALL && threads::for_elements(n) > 1 {
        return None;
    }
    let _pass = tally::pass(|| {
        let arrays = operands.iter().filter_map(|o| match o {
            Small::Array(a) => Some(*a),
            Small::One(_) => None,
        });
        let read = Pass::new("map", dtype, n).ops(n);
        Pass { written: (n * out.itemsize()) as u64, ..arrays.fold(read, Pass::reads) }
    });
    Some(Array::empty(out, like.shape()).map(|result| {
        let few = operands.iter().find_map(|o| match o {
            Small::One(one) if operands.len() == 2 => Few::repeat(one.scalar(), n),
            _ => None,
        });
        let mut blocks = [block(&operands[0], n, &few); 3];
        for (b, o) in blocks.iter_mut().zip(operands).skip(1) {
            *b = block(o, n, &few);
        }
        let blocks = &blocks[..operands.len()];
        let flags = with_storage_mut(&result, |mut to| {
            run(blocks, to.reborrow());
            check.map_or(Flags::NONE, |check| check(blocks, to.as_block()))
        });
        (result, flags)
    }))
}

/// The `n` elements of a contiguous array, or the one, repeated if it is so already.
#[inline]
fn block<'a>(operand: &Small<'a>, n: usize, few: &'a Option<Few>) -> Block<'a> {
    match *operand {
        Small::Array(a) => {
            let start = a.offset();
            with_dtype!(a.dtype(), T => Block::new(&a.storage::<T>()[start..start + n]))
        }
        Small::One(one) => few.as_ref().map_or_else(|| one.block(), Few::block),
    }
}

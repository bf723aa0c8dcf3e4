//! A single element as a block: scalar operands and results, without an allocation.

use super::{Block, BlockMut};
use crate::dtype::{DType, Element, Scalar};
use crate::with_dtype;
use std::marker::PhantomData;

/// One element of a dtype known at run time, readable and writable as a block of length one.
pub struct One {
    /// Room for two of the widest.
    raw: [u64; 4],
    dtype: DType,
}

impl One {
    pub fn zero(dtype: DType) -> One {
        One { raw: [0; 4], dtype }
    }

    pub fn new(s: Scalar) -> One {
        fn put<T: Element>(one: &mut One, s: Scalar) {
            if let (Some(x), [slot]) = (T::from_scalar(s), one.block_mut().typed::<T>()) {
                *slot = x;
            }
        }
        let mut one = One::zero(s.dtype());
        with_dtype!(s.dtype(), T => put::<T>(&mut one, s));
        one
    }

    pub fn block(&self) -> Block<'_> {
        Block { ptr: self.raw.as_ptr().cast(), len: 1, dtype: self.dtype, life: PhantomData }
    }

    pub fn block_mut(&mut self) -> BlockMut<'_> {
        BlockMut { ptr: self.raw.as_mut_ptr().cast(), len: 1, dtype: self.dtype, life: PhantomData }
    }

    /// As the first of two elements, for kernels that do a scalar beside a longer output in a way of its own.
    pub fn pair_mut(&mut self) -> BlockMut<'_> {
        BlockMut { ptr: self.raw.as_mut_ptr().cast(), len: 2, dtype: self.dtype, life: PhantomData }
    }

    /// The only element of a block, twice.
    pub fn twice(block: Block<'_>) -> One {
        fn put<T: Element>(pair: &mut One, block: Block<'_>) {
            if let ([x], slots) = (block.typed::<T>(), pair.pair_mut().typed::<T>()) {
                slots.fill(*x);
            }
        }
        let mut pair = One::zero(block.dtype());
        with_dtype!(block.dtype(), T => put::<T>(&mut pair, block));
        pair
    }

    /// Both elements.
    pub fn pair(&self) -> Block<'_> {
        Block { len: 2, ..self.block() }
    }

    pub fn scalar(&self) -> Scalar {
        with_dtype!(self.dtype, T => self.block().typed::<T>()[0].scalar())
    }
}

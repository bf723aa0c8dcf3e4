//! A single element as a block, once or several times: scalar operands and results, without an
//! allocation.

use super::{Block, BlockMut};
use crate::dtype::{DType, Element, Scalar};
use crate::with_dtype;
use std::marker::PhantomData;

/// One element of a dtype known at run time, readable and writable as a block of length one.
pub struct One {
    raw: [u64; 2],
    dtype: DType,
}

impl One {
    pub fn zero(dtype: DType) -> One {
        One { raw: [0; 2], dtype }
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

    pub fn scalar(&self) -> Scalar {
        with_dtype!(self.dtype, T => self.block().typed::<T>()[0].scalar())
    }
}

/// One element repeated, as the operand beside a small array: a kernel that spreads it itself clears
/// and copies pieces of 4 KiB, which takes 400 ns.
pub struct Few {
    raw: [u64; Few::BYTES / 8],
    len: usize,
    dtype: DType,
}

impl Few {
    const BYTES: usize = 256;

    /// `n` times `s`; `None` if that is more than it holds.
    #[inline]
    pub fn repeat(s: Scalar, n: usize) -> Option<Few> {
        fn fill<T: Element>(few: &mut Few, s: Scalar) {
            let out: BlockMut<'_> = BlockMut {
                ptr: few.raw.as_mut_ptr().cast(),
                len: few.len,
                dtype: few.dtype,
                life: PhantomData,
            };
            out.typed::<T>().fill(T::from_scalar(s).unwrap_or_default());
        }
        if n > Few::BYTES / s.dtype().itemsize() {
            return None;
        }
        let mut few = Few { raw: [0; Few::BYTES / 8], len: n, dtype: s.dtype() };
        with_dtype!(s.dtype(), T => fill::<T>(&mut few, s));
        Some(few)
    }

    pub fn block(&self) -> Block<'_> {
        Block { ptr: self.raw.as_ptr().cast(), len: self.len, dtype: self.dtype, life: PhantomData }
    }
}

//! Working memory of a pass: a small block of one dtype that one thread fills and reads again.

use super::{Block, BlockMut, pack};
use crate::dtype::{DType, Scalar, cast_scalar};
use crate::with_dtype;

/// Zeroed elements of a dtype known at run time, aligned to 16 bytes.
pub struct Scratch {
    words: Vec<u128>,
    dtype: DType,
    len: usize,
}

impl Scratch {
    pub fn new(dtype: DType, len: usize) -> Scratch {
        let words = vec![0u128; (len * dtype.itemsize()).div_ceil(16)];
        Scratch { words, dtype, len }
    }

    /// A block of one element with this value, converted to `dtype`.
    pub fn of(value: Scalar, dtype: DType) -> Scratch {
        let mut cell = Scratch::new(dtype, 1);
        cell.block_mut(1).fill(cast_scalar(value, dtype));
        cell
    }

    /// A copy of a block.
    pub fn copy_of(block: Block<'_>) -> Scratch {
        let mut copy = Scratch::new(block.dtype(), block.len());
        pack::gather(block, 0, 1, copy.block_mut(block.len()));
        copy
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All elements.
    pub fn all(&self) -> Block<'_> {
        self.block(self.len)
    }

    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The first `n` elements; panics if there are fewer.
    pub fn block(&self, n: usize) -> Block<'_> {
        assert!(n <= self.len);
        let ptr = self.words.as_ptr();
        // SAFETY: the words hold `len` elements, all zero or written as this dtype.
        with_dtype!(self.dtype, T => Block::new(unsafe { std::slice::from_raw_parts::<T>(ptr.cast(), n) }))
    }

    /// The first `n` elements, to write; panics if there are fewer.
    pub fn block_mut(&mut self, n: usize) -> BlockMut<'_> {
        assert!(n <= self.len);
        let ptr = self.words.as_mut_ptr();
        // SAFETY: as in `block`, and `self` is borrowed mutably.
        with_dtype!(self.dtype, T => BlockMut::new(unsafe { std::slice::from_raw_parts_mut::<T>(ptr.cast(), n) }))
    }

    /// The first element.
    pub fn first(&self) -> Scalar {
        self.block(1).scalar(0)
    }
}

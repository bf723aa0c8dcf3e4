//! Type-erased contiguous blocks, so that kernels of every dtype share one function type.

use super::fill;
use super::simd::fetch;
use crate::dtype::{DType, Element, Scalar};
use crate::with_dtype;
use std::marker::PhantomData;

/// An element-wise kernel: operands of one length (or length one: scalars), output last.
pub type KernelFn = fn(&[Block<'_>], BlockMut<'_>);

/// A read-only slice whose element type is known at run time.
#[derive(Clone, Copy)]
pub struct Block<'a> {
    pub(super) ptr: *const u8,
    pub(super) len: usize,
    pub(super) dtype: DType,
    pub(super) life: PhantomData<&'a [u8]>,
}

/// A slice to write whose element type is known at run time.
pub struct BlockMut<'a> {
    pub(super) ptr: *mut u8,
    pub(super) len: usize,
    pub(super) dtype: DType,
    pub(super) life: PhantomData<&'a mut [u8]>,
}

// SAFETY: a block is a slice of `Element`s, which are `Send + Sync`.
unsafe impl Send for Block<'_> {}
// SAFETY: as above.
unsafe impl Sync for Block<'_> {}
// SAFETY: as above; a `BlockMut` is never copied.
unsafe impl Send for BlockMut<'_> {}

impl<'a> Block<'a> {
    pub fn new<T: Element>(slice: &'a [T]) -> Block<'a> {
        Block { ptr: slice.as_ptr().cast(), len: slice.len(), dtype: T::DTYPE, life: PhantomData }
    }

    /// # Safety
    /// `ptr` is aligned for the dtype and holds `len` valid elements throughout `'a`.
    pub(super) unsafe fn from_raw(ptr: *const u8, len: usize, dtype: DType) -> Block<'a> {
        Block { ptr, len, dtype, life: PhantomData }
    }

    pub(super) fn raw(&self) -> *const u8 {
        self.ptr
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The slice again. Panics if `T` is not the block's type: a row names the wrong kernel.
    #[inline]
    pub fn typed<T: Element>(&self) -> &'a [T] {
        assert_eq!(T::DTYPE, self.dtype, "kernel of another dtype");
        // SAFETY: `new` took these from a slice of `T` (the assertion) that lives for `'a`.
        unsafe { std::slice::from_raw_parts(self.ptr.cast(), self.len) }
    }

    /// One element.
    pub fn scalar(&self, i: usize) -> Scalar {
        with_dtype!(self.dtype, T => self.typed::<T>()[i].scalar())
    }

    /// Elements `start..end`.
    pub fn slice(&self, start: usize, end: usize) -> Block<'a> {
        assert!(start <= end && end <= self.len);
        // SAFETY: within the slice, by the assertion.
        let ptr = unsafe { self.ptr.add(start * self.dtype.itemsize()) };
        Block { ptr, len: end - start, ..*self }
    }

    /// Asks for its cache lines.
    #[inline]
    pub fn fetch(&self) {
        for line in (0..self.len * self.dtype.itemsize()).step_by(64) {
            fetch(self.ptr, line);
        }
    }
}

impl<'a> BlockMut<'a> {
    pub fn new<T: Element>(slice: &'a mut [T]) -> BlockMut<'a> {
        BlockMut { ptr: slice.as_mut_ptr().cast(), len: slice.len(), dtype: T::DTYPE, life: PhantomData }
    }

    /// # Safety
    /// `ptr` is aligned for the dtype and has room for `len` elements throughout `'a`, which nothing
    /// else reads or writes.
    pub(super) unsafe fn from_raw(ptr: *mut u8, len: usize, dtype: DType) -> BlockMut<'a> {
        BlockMut { ptr, len, dtype, life: PhantomData }
    }

    pub(super) fn raw(&self) -> *mut u8 {
        self.ptr
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The slice again. Panics if `T` is not the block's type: a row names the wrong kernel.
    #[inline]
    pub fn typed<T: Element>(self) -> &'a mut [T] {
        assert_eq!(T::DTYPE, self.dtype, "kernel of another dtype");
        // SAFETY: `new` took these from a unique slice of `T` (the assertion) that lives for `'a`,
        // and `self` is consumed.
        unsafe { std::slice::from_raw_parts_mut(self.ptr.cast(), self.len) }
    }

    /// Writes one value everywhere. It has the block's dtype (any other counts as zero).
    pub fn fill(self, value: Scalar) {
        with_dtype!(self.dtype, T => fill(self.typed::<T>(), T::from_scalar(value).unwrap_or_default()))
    }

    /// A shorter-lived block of the same elements.
    pub fn reborrow(&mut self) -> BlockMut<'_> {
        BlockMut { ptr: self.ptr, len: self.len, dtype: self.dtype, life: PhantomData }
    }

    pub fn as_block(&self) -> Block<'_> {
        Block { ptr: self.ptr, len: self.len, dtype: self.dtype, life: PhantomData }
    }

    /// A shorter-lived block of elements `start..start + n`.
    pub fn part(&mut self, start: usize, n: usize) -> BlockMut<'_> {
        assert!(start <= self.len && n <= self.len - start);
        // SAFETY: within the slice, by the assertion; `self` stays borrowed.
        let ptr = unsafe { self.ptr.add(start * self.dtype.itemsize()) };
        BlockMut { ptr, len: n, dtype: self.dtype, life: PhantomData }
    }

    /// Two blocks: before `mid` and from it.
    pub fn split_at(self, mid: usize) -> (BlockMut<'a>, BlockMut<'a>) {
        assert!(mid <= self.len);
        // SAFETY: within the slice, by the assertion; the halves do not overlap.
        let tail = unsafe { self.ptr.add(mid * self.dtype.itemsize()) };
        let (dtype, life) = (self.dtype, PhantomData);
        (
            BlockMut { ptr: self.ptr, len: mid, dtype, life },
            BlockMut { ptr: tail, len: self.len - mid, dtype, life },
        )
    }
}

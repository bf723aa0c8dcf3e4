//! Memory: 64-byte-aligned blocks, shared by counting, freed with their last view.
//!
//! This is the one file outside `kernel/` with `unsafe` in it. Safety rests on three facts:
//! every buffer is allocated zeroed or filled before it is seen, so its bytes are always valid for
//! its dtype; bool buffers are never seen as another dtype (see `Array::reinterpret`); and values
//! live on one thread (`Rc`), where `write` is the only way to change a shared buffer.

use super::{ArrayError, memory};
use crate::dtype::{DType, Element};
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::cell::Cell;
use std::ptr::NonNull;
use std::rc::Rc;

/// Bytes to which every buffer is aligned: one cache line, one AVX-512 register.
pub const ALIGN: usize = 64;

#[derive(Clone)]
pub struct Buffer(Rc<Storage>);

struct Storage {
    ptr: NonNull<u8>,
    layout: Layout,
    bytes: usize,
    bool_bytes: bool,
    /// Set while `write` runs: reading then is a bug, caught in debug builds.
    writing: Cell<bool>,
}

impl Buffer {
    /// `n` zero elements.
    pub fn zeroed(dtype: DType, n: usize) -> Result<Buffer, ArrayError> {
        let bytes = n.checked_mul(dtype.itemsize()).ok_or(ArrayError::TooLarge)?;
        let layout = Layout::from_size_align(bytes.max(1), ALIGN).map_err(|_| ArrayError::TooLarge)?;
        memory::reserve(bytes)?;
        // SAFETY: the layout's size is at least one.
        let ptr = unsafe { alloc_zeroed(layout) };
        let Some(ptr) = NonNull::new(ptr) else {
            memory::release(bytes);
            return Err(ArrayError::Memory { need: bytes, free: memory::available() });
        };
        Ok(Buffer(Rc::new(Storage {
            ptr,
            layout,
            bytes,
            bool_bytes: dtype == DType::Bool,
            writing: Cell::new(false),
        })))
    }

    /// `n` elements of unspecified value.
    pub fn empty(dtype: DType, n: usize) -> Result<Buffer, ArrayError> {
        Buffer::zeroed(dtype, n)
    }

    pub fn bytes(&self) -> usize {
        self.0.bytes
    }

    pub fn same(&self, other: &Buffer) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// The address of the first byte, for `shares_memory` and `id`.
    pub fn address(&self) -> usize {
        self.0.ptr.as_ptr() as usize
    }

    pub(super) fn is_unique(&mut self) -> bool {
        Rc::get_mut(&mut self.0).is_some()
    }

    pub(super) fn as_slice<T: Element>(&self) -> &[T] {
        self.check::<T>();
        debug_assert!(!self.0.writing.get(), "a buffer is read while it is written");
        // SAFETY: `ptr` is aligned to 64 and holds `bytes` initialised bytes, valid as `T` by
        // `check`; no `&mut` to them lives, as `write` lends one only to its closure and
        // `as_mut_slice` only to the sole owner.
        unsafe { std::slice::from_raw_parts(self.0.ptr.as_ptr().cast(), self.0.bytes / size_of::<T>()) }
    }

    pub(super) fn as_mut_slice<T: Element>(&mut self) -> Option<&mut [T]> {
        self.check::<T>();
        let storage = Rc::get_mut(&mut self.0)?;
        let n = storage.bytes / size_of::<T>();
        // SAFETY: as in `as_slice`, and `get_mut` proves that no other handle exists.
        Some(unsafe { std::slice::from_raw_parts_mut(storage.ptr.as_ptr().cast(), n) })
    }

    /// Lends the elements of a shared buffer for writing. The caller (only `exec`, through
    /// `Array::write_storage`) holds no slice of this buffer, and `f` makes none.
    pub(super) fn write<T: Element, R>(&self, f: impl FnOnce(&mut [T]) -> R) -> R {
        self.check::<T>();
        debug_assert!(!self.0.writing.replace(true), "a buffer is written twice at once");
        let n = self.0.bytes / size_of::<T>();
        // SAFETY: as in `as_slice`; that no other slice of the buffer lives is the caller's contract.
        let result = f(unsafe { std::slice::from_raw_parts_mut(self.0.ptr.as_ptr().cast(), n) });
        self.0.writing.set(false);
        result
    }

    fn check<T: Element>(&self) {
        assert_eq!(T::DTYPE == DType::Bool, self.0.bool_bytes, "bool bytes are restricted");
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        memory::release(self.bytes);
        // SAFETY: allocated in `zeroed` with this layout, and dropped once.
        unsafe { dealloc(self.ptr.as_ptr(), self.layout) }
    }
}

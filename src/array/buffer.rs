//! Memory: 64-byte-aligned blocks, shared by counting, recycled when their last view goes.
//!
//! A small buffer is one block: its header, then its elements. A large one has its header elsewhere,
//! and from 1 MiB on its elements are mapped from the system and ask for huge pages. A block whose
//! last handle goes waits in its thread's `pool`; `memory` bounds what is kept.
//!
//! Why: the pages of a fresh result cost more than the arithmetic. One float64 addition into a fresh
//! mapping, into one with huge pages, and into a recycled one (microseconds, one thread of a virtual
//! Zen 4 server that was busy with other work, best of many; the ratios are what counts):
//!
//! | elements | fresh | huge pages | recycled |
//! | --- | --- | --- | --- |
//! | 1e4 | 48 | 48 | 2.2 |
//! | 1e5 | 320 | 320 | 28 |
//! | 1e6 | 6,380 | 2,480 | 1,050 |
//! | 1e7 | 112,000 | 48,000 | 18,300 |
//!
//! Zeroing: clearing 8 MiB takes 90 µs, handing its pages back for zeroed ones 20 µs; 1 MiB of
//! small pages 12 and 52; and whoever touches handed back pages then waits for them, 60 µs for each 2 MiB.
//! Hence [`LAZY_ZERO`] and [`BLANK`]: up to the size of the last cache, zeros are a promise that is kept when
//! the buffer is first read or written in part.
//!
//! This is the one file outside `kernel/` with `unsafe` in it. Safety rests on four facts: every
//! block is allocated zeroed and stays initialised, recycled or not; bool buffers are never seen as
//! another dtype (see `Array::reinterpret`), and the bytes of a block that others left there are
//! cleared before a bool buffer shows them; a block without handles has one owner, a [`Block`]; and
//! values live on one thread (handles are not `Send`), where `write` is the only way to
//! change a shared buffer.

use super::{ArrayError, memory, pool};
use crate::dtype::{DType, Element};
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::cell::Cell;
use std::ptr::NonNull;
use std::rc::Rc;

/// Bytes to which every buffer is aligned: one cache line, one AVX-512 register.
pub const ALIGN: usize = 64;

/// A counted handle to a block. Not null, not `Send`.
pub struct Buffer(NonNull<Header>);

/// What is known of a block. Elements follow it in a small block; a large one has it on its own, so
/// that its pages stay whole.
#[repr(align(64))]
struct Header {
    handles: Cell<usize>,
    /// Bytes of elements asked for; at most what the block holds.
    bytes: Cell<usize>,
    data: NonNull<u8>,
    /// Bytes of the block, as accounted; with the header if that is inside.
    capacity: usize,
    /// This many leading bytes of elements are 0 or 1.
    valid: Cell<usize>,
    /// The next block in a list of the pool.
    next: Cell<Option<Block>>,
    home: Home,
    bool_bytes: Cell<bool>,
    /// So many leading bytes stand for zeros, whatever is in them, until somebody looks: a result that is
    /// written whole first needs no clearing.
    blank: Cell<usize>,
    /// Set while `write` runs: reading then is a bug, caught in debug builds.
    writing: Cell<bool>,
}

/// Where a block comes from, and where it goes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Home {
    /// A small block of this size class.
    Class(u8),
    /// A large block of the allocator.
    Heap,
    /// A mapping of the system.
    Mapped,
}

pub(super) const HEADER: usize = size_of::<Header>();
/// Large blocks from here on are mapped.
const MAPPED: usize = 1 << 20;
/// Kept blocks from here on are zeroed by the system, page by page as they are touched.
const LAZY_ZERO: usize = 32 << 20;
/// Kept blocks from here on are cleared only when somebody looks, below that at once.
const BLANK: usize = 256 << 10;

/// A block that no handle refers to; whoever has this owns it. It has no `Drop`, which would cost the
/// short way its speed: who neither keeps it nor hands it out calls `give_back`.
#[must_use]
pub(super) struct Block(NonNull<Header>);

impl Buffer {
    /// `n` zero elements.
    pub fn zeroed(dtype: DType, n: usize) -> Result<Buffer, ArrayError> {
        allocate(dtype, n, true)
    }

    /// `n` elements of unspecified value.
    pub fn empty(dtype: DType, n: usize) -> Result<Buffer, ArrayError> {
        allocate(dtype, n, false)
    }

    #[inline(always)]
    fn header(&self) -> &Header {
        // SAFETY: a handle's block lives as long as the handle, and its header is only shared.
        unsafe { self.0.as_ref() }
    }

    pub fn bytes(&self) -> usize {
        self.header().bytes.get()
    }

    pub fn same(&self, other: &Buffer) -> bool {
        self.0 == other.0
    }

    /// The address of the first byte, for `shares_memory` and `id`.
    pub fn address(&self) -> usize {
        self.header().data.as_ptr() as usize
    }

    /// The size class of a small block of which this is the only handle.
    #[inline]
    pub(super) fn small_class(&self) -> Option<usize> {
        let h = self.header();
        match h.home {
            Home::Class(class) if h.handles.get() == 1 => Some(class as usize),
            _ => None,
        }
    }

    /// Counts the only handle of a small block as kept, as if it had been dropped.
    #[inline]
    pub(super) fn rest(&self) {
        let h = self.header();
        memory::returned(h.bytes.get());
        memory::keep(h.capacity);
    }

    /// Makes the only handle, kept by [`Buffer::rest`], a buffer of so many bytes; its block has them.
    #[inline]
    pub(super) fn wake(&mut self, dtype: DType, bytes: usize, zero: bool) {
        let capacity = self.header().capacity;
        assert!(self.is_unique() && bytes <= capacity - HEADER, "a block is too small");
        memory::reuse(capacity);
        let block = Block(self.0);
        std::mem::forget(block.hand_out(dtype, bytes, zero));
    }

    #[inline]
    pub(super) fn is_unique(&mut self) -> bool {
        self.has_one_holder()
    }

    pub(super) fn has_one_holder(&self) -> bool {
        self.header().handles.get() == 1
    }

    #[inline]
    pub(super) fn as_slice<T: Element>(&self) -> &[T] {
        let h = self.check::<T>();
        debug_assert!(!h.writing.get(), "a buffer is read while it is written");
        // SAFETY: `data` is aligned to 64 and holds `bytes` initialised bytes, valid as `T` by
        // `check`; no `&mut` to them lives, as `write` lends one only to its closure and
        // `as_mut_slice` only to the sole owner.
        unsafe { std::slice::from_raw_parts(h.data.as_ptr().cast(), h.bytes.get() / size_of::<T>()) }
    }

    #[inline]
    pub(super) fn as_mut_slice<T: Element>(&mut self) -> Option<&mut [T]> {
        if !self.is_unique() {
            return None;
        }
        let h = self.check::<T>();
        // SAFETY: as in `as_slice`, and no other handle exists while this one is borrowed mutably.
        Some(unsafe {
            std::slice::from_raw_parts_mut(h.data.as_ptr().cast(), h.bytes.get() / size_of::<T>())
        })
    }

    /// Lends the elements of a shared buffer for writing. The caller (only `exec`, through
    /// `Array::write_storage`) holds no slice of this buffer, and `f` makes none.
    pub(super) fn write<T: Element, R>(&self, f: impl FnOnce(&mut [T]) -> R) -> R {
        let h = self.check::<T>();
        debug_assert!(!h.writing.replace(true), "a buffer is written twice at once");
        let n = h.bytes.get() / size_of::<T>();
        // SAFETY: as in `as_slice`; that no other slice of the buffer lives is the caller's contract.
        let result = f(unsafe { std::slice::from_raw_parts_mut(h.data.as_ptr().cast(), n) });
        h.writing.set(false);
        result
    }

    /// The elements of a shared buffer as cells, to read and write one by one. While the cells live, the
    /// caller holds no slice of this buffer, and nothing makes one.
    pub(super) fn cells<T: Element>(&self) -> &[Cell<T>] {
        let h = self.check::<T>();
        // SAFETY: as in `as_slice`; a cell has the layout of its content and may be written through a
        // shared reference. That no slice of the buffer lives beside the cells is the caller's contract, and
        // a handle stays on its thread.
        unsafe { std::slice::from_raw_parts(h.data.as_ptr().cast(), h.bytes.get() / size_of::<T>()) }
    }

    /// The elements of a dtype of eight bytes as cells of their bits; as [`Buffer::cells`].
    pub(super) fn words(&self) -> &[Cell<u64>] {
        let h = self.header();
        assert!(!h.bool_bytes.get(), "bool bytes are restricted");
        h.settle();
        // SAFETY: as in `cells`; every bit pattern is a `u64`, and those of the buffer's dtypes, all but
        // bool, may be any.
        unsafe { std::slice::from_raw_parts(h.data.as_ptr().cast(), h.bytes.get() / 8) }
    }

    /// Whether it stands for zeros that nobody has looked at.
    #[inline]
    pub(super) fn is_blank(&self) -> bool {
        self.header().blank.get() > 0
    }

    /// As [`Buffer::write`], for an `f` that writes all elements and reads none: what stands for zeros is not
    /// cleared first.
    pub(super) fn overwrite<T: Element, R>(&self, f: impl FnOnce(&mut [T]) -> R) -> R {
        self.header().blank.set(0);
        self.write(f)
    }

    #[inline]
    fn check<T: Element>(&self) -> &Header {
        let h = self.header();
        assert_eq!(T::DTYPE == DType::Bool, h.bool_bytes.get(), "bool bytes are restricted");
        h.settle();
        h
    }
}

impl Clone for Buffer {
    #[inline]
    fn clone(&self) -> Buffer {
        let handles = &self.header().handles;
        let Some(more) = handles.get().checked_add(1) else { std::process::abort() };
        handles.set(more);
        Buffer(self.0)
    }
}

impl Drop for Buffer {
    #[inline]
    fn drop(&mut self) {
        let handles = &self.header().handles;
        handles.set(handles.get() - 1);
        if handles.get() == 0 {
            retire(Block(self.0));
        }
    }
}

impl Block {
    fn header(&self) -> &Header {
        // SAFETY: an owned block is alive, and its header is only shared.
        unsafe { self.0.as_ref() }
    }

    /// Its bytes, as accounted.
    pub(super) fn capacity(&self) -> usize {
        self.header().capacity
    }

    pub(super) fn home(&self) -> Home {
        self.header().home
    }

    /// The block after this one in a list, and what it was before.
    pub(super) fn link(&self, next: Option<Block>) -> Option<Block> {
        self.header().next.replace(next)
    }

    /// Returns it to where it came from.
    #[cold]
    pub(super) fn give_back(self) {
        let h = self.header();
        let (data, capacity, home) = (h.data.as_ptr(), h.capacity, h.home);
        let header = self.0.as_ptr();
        let Ok(layout) = Layout::from_size_align(capacity, ALIGN) else { return };
        // SAFETY: nothing refers to the block. A small one was allocated by `heap` with this layout,
        // header and all; the header of a large one is a leaked box, and its elements come from
        // `heap` or `map`, as `home` says.
        unsafe {
            match home {
                Home::Class(_) => dealloc(header.cast(), layout),
                Home::Heap => {
                    drop(Box::from_raw(header));
                    dealloc(data, layout);
                }
                Home::Mapped => {
                    drop(Box::from_raw(header));
                    system::unmap(data, capacity);
                }
            }
        }
    }

    /// Its first handle, after clearing what must be clear.
    #[inline]
    fn hand_out(self, dtype: DType, bytes: usize, zero: bool) -> Buffer {
        memory::asked(dtype, bytes);
        let is_bool = dtype == DType::Bool;
        let h = self.header();
        let from = match (zero, is_bool) {
            (true, _) => 0,
            (false, true) => h.valid.get().min(bytes),
            (false, false) => bytes,
        };
        if from < bytes {
            // SAFETY: a block holds the `bytes` it is chosen for, and no slice of them lives.
            unsafe { h.data.as_ptr().add(from).write_bytes(0, bytes - from) };
        }
        h.valid.set(if is_bool { bytes.max(h.valid.get()) } else { 0 });
        h.handles.set(1);
        h.bytes.set(bytes);
        h.bool_bytes.set(is_bool);
        h.blank.set(0);
        h.writing.set(false);
        Buffer(self.0)
    }
}

impl Header {
    /// Clears what stands for zeros, as somebody is about to look.
    #[inline(always)]
    fn settle(&self) {
        if self.blank.get() > 0 {
            self.clear();
        }
    }

    #[cold]
    #[inline(never)]
    fn clear(&self) {
        let bytes = self.blank.replace(0);
        // SAFETY: the block holds the bytes it was handed out for, and nobody has had a slice of them since.
        unsafe { self.data.as_ptr().write_bytes(0, bytes) };
    }

    /// Of a block whose elements are all zero.
    fn new(data: NonNull<u8>, capacity: usize, home: Home) -> Header {
        Header {
            handles: Cell::new(0),
            bytes: Cell::new(0),
            data,
            capacity,
            valid: Cell::new(usize::MAX),
            next: Cell::new(None),
            home,
            bool_bytes: Cell::new(false),
            blank: Cell::new(0),
            writing: Cell::new(false),
        }
    }
}

/// A buffer for `n` elements, recycled if a block is kept that fits.
#[inline]
fn allocate(dtype: DType, n: usize, zero: bool) -> Result<Buffer, ArrayError> {
    let bytes = n.checked_mul(dtype.itemsize()).ok_or(ArrayError::TooLarge)?;
    if bytes <= pool::SMALL - HEADER { small(dtype, bytes, zero) } else { large(dtype, bytes, zero) }
}

#[inline]
fn small(dtype: DType, bytes: usize, zero: bool) -> Result<Buffer, ArrayError> {
    // At least one byte of elements, so that every buffer has an address of its own.
    let (class, capacity) = pool::class_of(HEADER + bytes.max(1));
    if let Some(block) = pool::pop(class, capacity) {
        memory::reuse(capacity);
        return Ok(block.hand_out(dtype, bytes, zero));
    }
    fresh_small(dtype, bytes, class, capacity)
}

#[cold]
#[inline(never)]
fn fresh_small(dtype: DType, bytes: usize, class: usize, capacity: usize) -> Result<Buffer, ArrayError> {
    memory::reserve(capacity)?;
    let Some(start) = heap(capacity) else { return Err(refused(bytes, capacity)) };
    let block = start.cast::<Header>();
    // SAFETY: `capacity` is at least `HEADER + bytes`, aligned as a header.
    unsafe { block.write(Header::new(start.add(HEADER), capacity, Home::Class(class as u8))) };
    Ok(Block(block).hand_out(dtype, bytes, false))
}

#[inline(never)]
fn large(dtype: DType, bytes: usize, zero: bool) -> Result<Buffer, ArrayError> {
    let capacity = large_capacity(bytes).ok_or(ArrayError::TooLarge)?;
    if let Some(block) = pool::take(bytes, capacity) {
        memory::reuse(block.capacity());
        if zero && dtype != DType::Bool && (BLANK..LAZY_ZERO).contains(&block.capacity()) {
            let buffer = block.hand_out(dtype, bytes, false);
            buffer.header().blank.set(bytes);
            return Ok(buffer);
        }
        let clean = zero && system::discard(&block);
        return Ok(block.hand_out(dtype, bytes, zero && !clean));
    }
    memory::reserve(capacity)?;
    let mapped = || if capacity < MAPPED { None } else { system::map(capacity) };
    let found = mapped().map(|p| (p, Home::Mapped)).or_else(|| heap(capacity).map(|p| (p, Home::Heap)));
    let Some((data, home)) = found else { return Err(refused(bytes, capacity)) };
    let block = NonNull::from(Box::leak(Box::new(Header::new(data, capacity, home))));
    Ok(Block(block).hand_out(dtype, bytes, false))
}

/// Pages of 4 KiB; when mapped, 64 KiB, or whole huge pages where that wastes at most an eighth.
fn large_capacity(bytes: usize) -> Option<usize> {
    if bytes < MAPPED {
        return Some(bytes.next_multiple_of(4 << 10));
    }
    let huge = bytes.checked_next_multiple_of(system::HUGE).filter(|&n| n <= isize::MAX as usize)?;
    Some(if huge - bytes <= bytes / 8 { huge } else { bytes.next_multiple_of(64 << 10) })
}

/// Zeroed memory of the allocator; a second try after the kept blocks went back.
fn heap(capacity: usize) -> Option<NonNull<u8>> {
    let layout = Layout::from_size_align(capacity, ALIGN).ok()?;
    // SAFETY: the layout's size is not zero.
    let get = || NonNull::new(unsafe { alloc_zeroed(layout) });
    get().or_else(|| {
        pool::trim(0);
        get()
    })
}

#[cold]
fn refused(bytes: usize, capacity: usize) -> ArrayError {
    memory::release(capacity);
    ArrayError::Memory { need: bytes, free: memory::available() }
}

/// The last handle of a block went: it is kept, or goes back.
fn retire(block: Block) {
    let capacity = block.capacity();
    memory::returned(block.header().bytes.get());
    match pool::keep(block) {
        Ok(()) => memory::keep(capacity),
        Err(block) => {
            memory::release(capacity);
            block.give_back();
        }
    }
}

/// Mappings of the system, in huge pages where it has them.
#[cfg(all(feature = "cli", target_os = "linux"))]
mod system {
    use super::{Block, Home, LAZY_ZERO};
    use libc::{MADV_DONTNEED, MADV_HUGEPAGE, MAP_ANONYMOUS, MAP_PRIVATE, PROT_READ, PROT_WRITE};
    use std::ptr::{NonNull, null_mut};

    /// Bytes of a huge page, to which mappings are aligned.
    pub const HUGE: usize = 2 << 20;

    /// A zeroed mapping of `len` bytes, a multiple of every page size up to 64 KiB.
    pub fn map(len: usize) -> Option<NonNull<u8>> {
        let room = len.checked_add(HUGE)?;
        // SAFETY: a new private mapping, placed by the system; what is cut off belongs to it.
        unsafe {
            let all =
                libc::mmap(null_mut(), room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if all == libc::MAP_FAILED {
                return None;
            }
            let all = all.cast::<u8>();
            let skip = all.align_offset(HUGE);
            if skip > 0 {
                libc::munmap(all.cast(), skip);
            }
            let start = all.add(skip);
            libc::munmap(start.add(len).cast(), HUGE - skip);
            // Refused where there are no huge pages: then small ones do.
            libc::madvise(start.cast(), len, MADV_HUGEPAGE);
            NonNull::new(start)
        }
    }

    /// # Safety
    /// `map` returned `data` for this length, and nothing refers to it any more.
    pub unsafe fn unmap(data: *mut u8, len: usize) {
        // SAFETY: as above.
        unsafe { libc::munmap(data.cast(), len) };
    }

    /// Swaps the pages of a block without owner for zeroed ones; `false` if it must be cleared.
    pub fn discard(block: &Block) -> bool {
        let h = block.header();
        if h.home != Home::Mapped || h.capacity < LAZY_ZERO {
            return false;
        }
        // SAFETY: a private mapping nobody has a slice of; its pages then read as zeros.
        let done = unsafe { libc::madvise(h.data.as_ptr().cast(), h.capacity, MADV_DONTNEED) == 0 };
        if done {
            h.valid.set(usize::MAX);
        }
        done
    }
}

#[cfg(not(all(feature = "cli", target_os = "linux")))]
mod system {
    use super::Block;
    use std::ptr::NonNull;

    pub const HUGE: usize = 64 << 10;

    pub fn map(_: usize) -> Option<NonNull<u8>> {
        None
    }

    /// # Safety
    /// Never called: nothing is mapped.
    pub unsafe fn unmap(_: *mut u8, _: usize) {}

    pub fn discard(_: &Block) -> bool {
        false
    }
}
/// A counted value that is made where it will lie. Made on the stack first, it was read back from there
/// in wider words than it had been written in, and to wait for that took longer than the rest.
#[inline(always)]
pub(super) fn counted<T>(make: impl FnOnce() -> T) -> Rc<T> {
    let mut place = Rc::<T>::new_uninit();
    match Rc::get_mut(&mut place) {
        Some(to) => {
            to.write(make());
            // SAFETY: the value was written in the line above.
            unsafe { place.assume_init() }
        }
        None => Rc::new(make()),
    }
}

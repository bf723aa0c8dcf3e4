//! Work that several threads do on one slice: the driver that runs its parts, and disjoint access.

use std::marker::PhantomData;
use std::sync::Mutex;

/// Runs parts `0..n` in any order, on threads if its owner has some; stops early once asked to.
pub type Each<'a> = &'a (dyn Fn(usize, &(dyn Fn(usize) + Sync)) + Sync);

/// A mutable slice of which the parts of a pass write disjoint elements.
pub(super) struct Shared<'a, T> {
    ptr: *mut T,
    len: usize,
    life: PhantomData<&'a mut [T]>,
}

// SAFETY: elements are reached only through the unsafe functions, whose callers keep them disjoint.
unsafe impl<T: Send> Sync for Shared<'_, T> {}

impl<'a, T> Shared<'a, T> {
    pub fn new(slice: &'a mut [T]) -> Shared<'a, T> {
        Shared { ptr: slice.as_mut_ptr(), len: slice.len(), life: PhantomData }
    }

    /// Elements `start..start + n`.
    ///
    /// # Safety
    /// Nothing else reaches these elements while the slice lives.
    #[allow(clippy::mut_from_ref)]
    #[inline(always)]
    pub unsafe fn part(&self, start: usize, n: usize) -> &mut [T] {
        assert!(start <= self.len && n <= self.len - start);
        // SAFETY: within the slice, by the assertion; alone, by the contract.
        unsafe { std::slice::from_raw_parts_mut(self.ptr.add(start), n) }
    }
}

/// Runs `f` on pieces of `out` of `size` elements, with their positions.
pub fn parts<T: Send>(out: &mut [T], size: usize, each: Each<'_>, f: &(dyn Fn(usize, &mut [T]) + Sync)) {
    let pieces: Vec<_> = out.chunks_mut(size.max(1)).map(|piece| Mutex::new(Some(piece))).collect();
    each(pieces.len(), &|k| {
        if let Some(piece) = pieces[k].lock().ok().and_then(|mut piece| piece.take()) {
            f(k * size, piece);
        }
    });
}

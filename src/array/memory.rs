//! Accounting of array memory: what is in use, its peak, what freed buffers are kept for reuse, and
//! the limit that is checked before anything is allocated. `%memit` and the memory limit read it.
//!
//! Values live on one thread, so the counters are the thread's own and cost no atomic operation; the
//! limit is the program's, and each thread that makes arrays is held to it. All figures count whole
//! blocks: what an array asked for, rounded up to a size class (see `pool`), with its header.

use super::{ArrayError, pool};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Counters {
    used: Cell<usize>,
    kept: Cell<usize>,
    peak: Cell<usize>,
    count: Cell<usize>,
}

thread_local! {
    static COUNTERS: Counters = const {
        Counters { used: Cell::new(0), kept: Cell::new(0), peak: Cell::new(0), count: Cell::new(0) }
    };
}

static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);

/// The most bytes of freed buffers that are kept, however high the limit. Two results of 1e8 float64
/// fit, so that expressions of that size reuse theirs.
const MOST_KEPT: usize = 2 << 30;

/// Bytes of buffers in use now.
pub fn used() -> usize {
    COUNTERS.with(|c| c.used.get())
}

/// Bytes of freed buffers that are kept for the next ones. They are given back to the system when
/// the limit comes near, when an allocation fails, and by [`trim`].
pub fn kept() -> usize {
    COUNTERS.with(|c| c.kept.get())
}

/// The most bytes in use since [`reset_peak`].
pub fn peak() -> usize {
    COUNTERS.with(|c| c.peak.get())
}

/// Buffers handed out since the thread began, recycled ones included.
pub fn allocations() -> usize {
    COUNTERS.with(|c| c.count.get())
}

pub fn reset_peak() {
    COUNTERS.with(|c| c.peak.set(c.used.get()));
}

/// Bytes that may still be allocated under the limit.
pub fn available() -> usize {
    LIMIT.load(Relaxed).saturating_sub(used())
}

/// Sets the limit in bytes; `usize::MAX` lifts it. Kept buffers that no longer fit are given back.
pub fn set_limit(bytes: usize) {
    LIMIT.store(bytes, Relaxed);
    pool::trim(keep_bound().min(available()));
}

/// The limit in bytes; `usize::MAX` without one.
pub fn limit() -> usize {
    LIMIT.load(Relaxed)
}

/// Gives all kept buffers back to the system.
pub fn trim() {
    pool::trim(0);
}

/// Bytes of freed buffers that may be kept: a quarter of the limit, at most 2 GiB.
pub(super) fn keep_bound() -> usize {
    (LIMIT.load(Relaxed) / 4).min(MOST_KEPT)
}

/// Counts a new block, before it is allocated. Kept buffers make room for it.
#[inline]
pub(super) fn reserve(capacity: usize) -> Result<(), ArrayError> {
    COUNTERS.with(|c| {
        let total = c.used.get().saturating_add(c.kept.get()).saturating_add(capacity);
        if total > LIMIT.load(Relaxed) {
            make_room(capacity)?;
        }
        c.take(capacity);
        Ok(())
    })
}

#[cold]
fn make_room(capacity: usize) -> Result<(), ArrayError> {
    let free = available();
    if capacity > free {
        return Err(ArrayError::Memory { need: capacity, free });
    }
    pool::trim(free - capacity);
    Ok(())
}

/// Counts a kept block as used again. The sum, which the limit bounds, stays.
#[inline]
pub(super) fn reuse(capacity: usize) {
    COUNTERS.with(|c| {
        c.kept.set(c.kept.get() - capacity);
        c.take(capacity);
    });
}

/// Counts a used block as kept.
#[inline]
pub(super) fn keep(capacity: usize) {
    COUNTERS.with(|c| {
        c.used.set(c.used.get() - capacity);
        c.kept.set(c.kept.get() + capacity);
    });
}

/// Counts a used block as gone.
pub(super) fn release(capacity: usize) {
    COUNTERS.with(|c| c.used.set(c.used.get() - capacity));
}

/// Counts a kept block as gone.
pub(super) fn forget(capacity: usize) {
    COUNTERS.with(|c| c.kept.set(c.kept.get() - capacity));
}

impl Counters {
    #[inline]
    fn take(&self, capacity: usize) {
        let used = self.used.get() + capacity;
        self.used.set(used);
        self.count.set(self.count.get() + 1);
        if used > self.peak.get() {
            self.peak.set(used);
        }
    }
}

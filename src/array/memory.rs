//! Accounting of array memory: what is in use, its peak, what freed buffers are kept for reuse, and
//! the limit that is checked before anything is allocated. `%memit` and the memory limit read it.
//!
//! Values live on one thread, so the counters are the thread's own and cost no atomic operation; the
//! limit is the program's, and each thread that makes arrays is held to it. All figures count whole
//! blocks: what an array asked for, rounded up to a size class (see `pool`), with its header. Only
//! [`watch`] counts the bytes that arrays ask for, which do not depend on what the pool has.

use super::{ArrayError, pool};
use crate::dtype::DType;
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Counters {
    used: Cell<usize>,
    kept: Cell<usize>,
    peak: Cell<usize>,
    count: Cell<usize>,
    /// Whether a [`watch`] runs: the one look that allocating and freeing take at it.
    watching: Cell<bool>,
}

thread_local! {
    static COUNTERS: Counters = const {
        Counters {
            used: Cell::new(0),
            kept: Cell::new(0),
            peak: Cell::new(0),
            count: Cell::new(0),
            watching: Cell::new(false),
        }
    };
    static WATCH: Cell<Watched> = const { Cell::new(Watched::NONE) };
    /// Within [`in_turns`], the bytes of the buffers that went.
    static LENT: RefCell<Option<Vec<usize>>> = const { RefCell::new(None) };
}

/// What a stretch of work allocated, in bytes of elements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// Buffers handed out, recycled ones included.
    pub buffers: usize,
    /// Those of them of one element: the numbers that a reduction or an index ends in.
    pub singles: usize,
    /// Buffers that went again.
    pub freed: usize,
    /// Bytes of all buffers handed out.
    pub allocated: usize,
    /// The most bytes alive at once, beyond those alive at the beginning.
    pub peak: usize,
    /// Bytes alive now, beyond those alive at the beginning; less than none if old ones went.
    pub live: isize,
}

impl Watched {
    const NONE: Watched = Watched { buffers: 0, singles: 0, freed: 0, allocated: 0, peak: 0, live: 0 };

    /// This work, and then more.
    fn then(self, next: Watched) -> Watched {
        Watched {
            buffers: self.buffers + next.buffers,
            singles: self.singles + next.singles,
            freed: self.freed + next.freed,
            allocated: self.allocated + next.allocated,
            peak: self.peak.max((self.live + next.peak as isize).max(0) as usize),
            live: self.live + next.live,
        }
    }
}

/// Runs `f` and counts what it allocates on this thread. Watches may stand in each other.
pub fn watch<T>(f: impl FnOnce() -> T) -> (T, Watched) {
    /// Goes back to the watch outside, also when `f` panics.
    struct Outer(bool, Watched);
    impl Drop for Outer {
        fn drop(&mut self) {
            COUNTERS.with(|c| c.watching.set(self.0));
            WATCH.set(self.1.then(WATCH.get()));
        }
    }
    let outer = Outer(COUNTERS.with(|c| c.watching.replace(true)), WATCH.replace(Watched::NONE));
    let value = f();
    let seen = WATCH.get();
    drop(outer);
    (value, seen)
}

/// Runs turns of the same work, each of which gets the buffers that the one before it has freed (the pool
/// gives them out again): a watch counts those once.
pub fn in_turns<T>(f: impl FnOnce() -> T) -> T {
    /// Counts the buffers that no turn took again, also when `f` panics.
    struct Outer(bool);
    impl Drop for Outer {
        fn drop(&mut self) {
            let lent = if self.0 { LENT.take() } else { None };
            lent.into_iter().flatten().for_each(returned);
        }
    }
    let outermost = LENT.with_borrow_mut(|lent| {
        let outermost = lent.is_none();
        lent.get_or_insert_with(Vec::new);
        outermost
    });
    let _outer = Outer(outermost);
    f()
}

/// Whether a turn of [`in_turns`] gets a buffer of this size that another has freed.
fn is_lent(bytes: usize) -> bool {
    LENT.with_borrow_mut(|lent| {
        let Some(lent) = lent else { return false };
        let at = lent.iter().position(|&b| b == bytes);
        at.map(|at| lent.swap_remove(at)).is_some()
    })
}

/// Tells a watch of a buffer that is handed out.
#[inline]
pub(super) fn asked(dtype: DType, bytes: usize) {
    if COUNTERS.with(|c| c.watching.get()) && !is_lent(bytes) {
        let w = WATCH.get();
        let live = w.live + bytes as isize;
        WATCH.set(Watched {
            buffers: w.buffers + 1,
            singles: w.singles + usize::from(bytes == dtype.itemsize()),
            allocated: w.allocated + bytes,
            peak: w.peak.max(live.max(0) as usize),
            live,
            ..w
        });
    }
}

/// Tells a watch of a buffer that goes.
#[inline]
pub(super) fn returned(bytes: usize) {
    if COUNTERS.with(|c| c.watching.get()) {
        let lends = LENT.with_borrow_mut(|lent| lent.as_mut().map(|lent| lent.push(bytes)).is_some());
        if lends {
            return;
        }
        let w = WATCH.get();
        WATCH.set(Watched { freed: w.freed + 1, live: w.live - bytes as isize, ..w });
    }
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

/// The block that went past the limit, and the bytes that were left, where an allocator noticed it that
/// could only ask the evaluation to stop; no block is none.
static EXHAUSTED: (AtomicUsize, AtomicUsize) = (AtomicUsize::new(0), AtomicUsize::new(0));

/// Says that a block which no array asked for, of a list or a string, goes past the limit.
pub fn exhaust(need: usize, free: usize) {
    EXHAUSTED.1.store(free, Relaxed);
    EXHAUSTED.0.store(need, Relaxed);
}

/// Why the evaluation is stopped, if it is for the want of memory. Forgotten by being told.
pub fn take_exhausted() -> Option<ArrayError> {
    match EXHAUSTED.0.swap(0, Relaxed) {
        0 => None,
        need => Some(ArrayError::Memory { need, free: EXHAUSTED.1.load(Relaxed) }),
    }
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

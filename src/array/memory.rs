//! Accounting of array memory: what is in use, its peak, and the limit that is checked before
//! anything is allocated. `%memit` and the memory limit read it.

use super::ArrayError;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static USED: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static COUNT: AtomicUsize = AtomicUsize::new(0);
static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);

/// Bytes of buffers in use now.
pub fn used() -> usize {
    USED.load(Relaxed)
}

/// The most bytes in use since [`reset_peak`].
pub fn peak() -> usize {
    PEAK.load(Relaxed)
}

/// Buffers allocated since the program began.
pub fn allocations() -> usize {
    COUNT.load(Relaxed)
}

pub fn reset_peak() {
    PEAK.store(used(), Relaxed);
}

/// Bytes that may still be allocated under the limit.
pub fn available() -> usize {
    LIMIT.load(Relaxed).saturating_sub(used())
}

/// Sets the limit in bytes; `usize::MAX` lifts it.
pub fn set_limit(bytes: usize) {
    LIMIT.store(bytes, Relaxed);
}

pub(super) fn reserve(bytes: usize) -> Result<(), ArrayError> {
    let used = USED.load(Relaxed).saturating_add(bytes);
    if used > LIMIT.load(Relaxed) {
        return Err(ArrayError::Memory { need: bytes, free: available() });
    }
    USED.store(used, Relaxed);
    COUNT.fetch_add(1, Relaxed);
    if used > PEAK.load(Relaxed) {
        PEAK.store(used, Relaxed);
    }
    Ok(())
}

pub(super) fn release(bytes: usize) {
    USED.fetch_sub(bytes, Relaxed);
}

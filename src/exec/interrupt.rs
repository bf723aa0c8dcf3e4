//! Stopping: a flag that Ctrl-C sets and every long pass looks at between blocks.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// Asks the running evaluation to stop. Safe to call from a signal handler.
pub fn request() {
    REQUESTED.store(true, Relaxed);
}

/// Whether a stop was asked for.
#[inline]
pub fn requested() -> bool {
    REQUESTED.load(Relaxed)
}

/// Forgets the request, before the next statement; says whether there was one.
pub fn clear() -> bool {
    REQUESTED.swap(false, Relaxed)
}

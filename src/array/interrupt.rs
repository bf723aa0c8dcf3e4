//! Stopping: a flag that Ctrl-C sets and every long pass looks at between blocks.

use super::memory;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, mpsc};
use std::time::Duration;

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
    memory::take_exhausted();
    REQUESTED.swap(false, Relaxed)
}

/// Stops the running evaluation after some time.
pub struct Alarm {
    cancel: mpsc::Sender<()>,
    rang: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Alarm {
    pub fn set(seconds: f64) -> Alarm {
        let (cancel, wait) = mpsc::channel();
        let rang = Arc::new(AtomicBool::new(false));
        let ring = rang.clone();
        let thread = std::thread::Builder::new().spawn(move || {
            if wait.recv_timeout(Duration::from_secs_f64(seconds)) == Err(mpsc::RecvTimeoutError::Timeout)
                && !requested()
            {
                ring.store(true, Relaxed);
                request();
            }
        });
        Alarm { cancel, rang, thread: thread.ok() }
    }

    /// Ends the wait; whether time was up.
    pub fn ended(self) -> bool {
        // The thread may be gone already.
        let _ = self.cancel.send(());
        if let Some(thread) = self.thread {
            let _ = thread.join();
        }
        let rang = self.rang.load(Relaxed);
        if rang {
            clear();
        }
        rang
    }
}

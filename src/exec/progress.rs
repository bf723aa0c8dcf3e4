//! How far long work has come. Loops and large passes know their number of steps; they tell it here,
//! and count. What runs inside a step is a finer part of it: levels nest, the outermost first.
//!
//! Nothing is told unless somebody watches: then one thread, the one that evaluates, opens and closes
//! levels; its helpers count the steps of passes that it began. Otherwise a loop or pass looks at one
//! flag when it begins, and an iteration at one number in a register.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};

/// Levels that are told apart; what is deeper is too fine to see.
const DEPTH: usize = 4;
/// The level of work that is not watched.
const NONE: usize = usize::MAX;

struct Level {
    done: AtomicU64,
    total: AtomicU64,
}

static WATCHED: AtomicBool = AtomicBool::new(false);
static OPEN: AtomicUsize = AtomicUsize::new(0);
/// Counts outermost works.
static WORKS: AtomicUsize = AtomicUsize::new(0);
static LEVELS: [Level; DEPTH] =
    [const { Level { done: AtomicU64::new(0), total: AtomicU64::new(0) } }; DEPTH];

thread_local! {
    /// This thread evaluates what is watched.
    static MINE: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Begins or ends to watch what this thread evaluates.
pub fn watch(on: bool) {
    OPEN.store(0, Relaxed);
    MINE.set(on);
    WATCHED.store(on, Relaxed);
}

/// Work that has begun; it ends when this is dropped.
pub struct Work {
    level: usize,
}

/// Begins work of `total` steps; 0 if their number is not known.
#[inline]
pub fn begin(total: usize) -> Work {
    if !WATCHED.load(Relaxed) { Work { level: NONE } } else { open(total) }
}

/// Begins a pass over `n` elements; short ones are not told.
#[inline]
pub fn pass(n: usize) -> Work {
    const LARGE: usize = 1 << 22;
    if n < LARGE { Work { level: NONE } } else { begin(n) }
}

#[cold]
fn open(total: usize) -> Work {
    let level = OPEN.load(Relaxed);
    if !MINE.get() || level >= DEPTH || total == 0 {
        return Work { level: NONE };
    }
    if level == 0 {
        WORKS.fetch_add(1, Relaxed);
    }
    LEVELS[level].done.store(0, Relaxed);
    LEVELS[level].total.store(total as u64, Relaxed);
    OPEN.store(level + 1, Relaxed);
    Work { level }
}

impl Work {
    /// `done` steps are behind.
    #[inline]
    pub fn reached(&self, done: usize) {
        if let Some(level) = LEVELS.get(self.level) {
            level.done.store(done as u64, Relaxed);
        }
    }

    /// `steps` more are behind; for several threads.
    #[inline]
    pub fn advance(&self, steps: usize) {
        if let Some(level) = LEVELS.get(self.level) {
            level.done.fetch_add(steps as u64, Relaxed);
        }
    }
}

/// A share of the innermost work is done, as somebody says who does not hold it.
pub fn told(share: f64) {
    let open = OPEN.load(Relaxed);
    if MINE.get()
        && let Some(level) = LEVELS[..open.min(DEPTH)].last()
    {
        level.done.store((share * level.total.load(Relaxed) as f64) as u64, Relaxed);
    }
}

impl Drop for Work {
    #[inline]
    fn drop(&mut self) {
        if self.level != NONE {
            OPEN.store(self.level, Relaxed);
        }
    }
}

/// The number of the outermost work: another one when the next has begun.
pub fn number() -> usize {
    WORKS.load(Relaxed)
}

/// The share of the work that is done, 0 to 1; `None` where nothing is known of it.
pub fn share() -> Option<f64> {
    let open = OPEN.load(Relaxed).min(DEPTH);
    let levels = LEVELS[..open].iter().rev();
    let inner = levels.fold(0.0, |inner: f64, level| {
        let (done, total) = (level.done.load(Relaxed) as f64, level.total.load(Relaxed) as f64);
        ((done + inner) / total.max(1.0)).min(1.0)
    });
    (open > 0).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_nest_and_cost_nothing_unwatched() {
        let unseen = begin(10);
        unseen.reached(5);
        assert_eq!(share(), None);
        watch(true);
        let outer = begin(4);
        outer.reached(1);
        assert_eq!(share(), Some(0.25));
        {
            let inner = begin(2);
            inner.advance(1);
            assert_eq!(share(), Some(0.375));
            assert_eq!(pass(10).level, NONE);
            told(1.0);
            assert_eq!(share(), Some(0.5));
        }
        assert_eq!(share(), Some(0.25));
        std::thread::scope(|s| s.spawn(|| assert_eq!(begin(9).level, NONE)).join().unwrap());
        let deep = [begin(2), begin(2), begin(2), begin(2)];
        assert_eq!(deep[3].level, NONE);
        drop(deep);
        drop(outer);
        watch(false);
        assert_eq!(share(), None);
    }
}

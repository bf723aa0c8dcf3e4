//! How many threads a pass may use. One pool (rayon's global one) serves everything.

use crate::kernel::BlockMut;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// 0: as many as the pool has.
static LIMIT: AtomicUsize = AtomicUsize::new(0);
/// Elements of float64 below which a pass stays on one thread. µs, one thread and two, of 50,000 elements and of
/// 30,000: `a + b` 21.6, 14.4 and 12.7, 14.1; a sum 5.9, 4.6 and 3.2, 3.1; a choice between two arrays 17.3, 10.4 and
/// 9.6, 11.4; what takes longer for an element gains earlier (`log` of 20,000 21.7 and 13.3): it counts as more.
pub const LEAST: usize = 1 << 15;
/// The same; tests set it to 1.
static THRESHOLD: AtomicUsize = AtomicUsize::new(LEAST);

/// Elements of float64 from which a pass may use several threads.
pub fn least() -> usize {
    THRESHOLD.load(Relaxed).min(LEAST)
}

/// Threads for a pass over `n` elements of ordinary arithmetic. Where they are several, the others are
/// woken: the pass begins soon.
#[inline]
pub fn for_elements(n: usize) -> usize {
    if n < THRESHOLD.load(Relaxed) {
        return 1;
    }
    let threads = count();
    if threads > 1 {
        keep_awake();
    }
    threads
}

/// Whether a part of `n` elements of work on `total` is divided among threads. Parts of what is large stay longer than
/// the least that is worth a second thread: stripes of 31 columns of 1000 x 1000 float64 took 118 µs to add up, of 62 93.
pub fn divides(n: usize, total: usize) -> bool {
    let least = THRESHOLD.load(Relaxed);
    let grain = if total / 4 >= least { least.saturating_mul(2) } else { least };
    n >= grain && for_elements(n) > 1
}

/// The length of shares of `n` elements, at most `most`, or one: as many shares for each thread, so that none works on
/// an odd last one while the others wait. (`log` of 100,000 float64 took 72 µs in shares of 32,768, of which one
/// thread had two, and takes 58 in halves.)
pub fn share(n: usize, most: usize) -> usize {
    let shares = n.div_ceil(most.max(1)).next_multiple_of(count().max(1));
    n.div_ceil(shares.max(1)).max(1)
}

/// Threads that a large pass uses.
pub fn count() -> usize {
    match LIMIT.load(Relaxed) {
        0 => rayon::current_num_threads(),
        n => n,
    }
}

/// Starts the pool with the calling thread as its first worker, so that a pass keeps the core it began
/// on and wakes only the others; for the one thread that evaluates programs. Without this the first
/// pass starts a pool of its own threads, which all have to wake, and may do so on one core.
pub fn start() {
    let wanted = LIMIT.load(Relaxed);
    if wanted != 1 {
        // A pool that exists already serves as well.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(wanted).use_current_thread().build_global();
    }
}

/// Sets the number of threads; 0 means all cores.
pub fn set_count(n: usize) {
    LIMIT.store(n, Relaxed);
}

/// Sets the size from which passes use threads, so that small tests cover them.
pub fn set_threshold(n: usize) {
    THRESHOLD.store(n, Relaxed);
}

/// Runs parts `0..n`, in order on one thread or in any order on several; no more once a stop was
/// asked for. The parts write disjoint memory.
pub fn each(n: usize, part: &(dyn Fn(usize) + Sync)) {
    use super::interrupt::requested;
    let work = super::progress::begin(n);
    if n < 2 || count() < 2 {
        for k in (0..n).take_while(|_| !requested()) {
            part(k);
            work.advance(1);
        }
        return;
    }
    keep_awake();
    let next = AtomicUsize::new(0);
    rayon::scope(|scope| {
        for _ in 0..count().min(n) {
            scope.spawn(|_| {
                while !requested() {
                    let k = next.fetch_add(1, Relaxed);
                    if k >= n {
                        break;
                    }
                    part(k);
                    work.advance(1);
                }
            });
        }
    });
}

/// Cuts `items` into chunks of `size` and runs `f` on them with their numbers, on several threads if
/// there are several chunks; no more once a stop was asked for. The calling thread works from the
/// front, a second one from the back, so that repeated passes find their part in the same cache.
pub fn chunks<T: Send>(items: &mut [T], size: usize, f: &(dyn Fn(usize, &mut [T]) + Sync)) {
    use super::interrupt::requested;
    let count_of_chunks = items.len().div_ceil(size);
    let done = super::progress::begin(count_of_chunks);
    let workers = count().min(count_of_chunks);
    if workers < 2 {
        for (k, chunk) in items.chunks_mut(size).enumerate().take_while(|_| !requested()) {
            f(k, chunk);
            done.advance(1);
        }
        return;
    }
    let rest = Mutex::new(items.chunks_mut(size).enumerate());
    let work = |back: bool| {
        while !requested() {
            let next = rest.lock().ok().and_then(|mut r| if back { r.next_back() } else { r.next() });
            let Some((k, chunk)) = next else { break };
            f(k, chunk);
            done.advance(1);
        }
    };
    rayon::in_place_scope(|scope| {
        for k in 1..workers {
            let work = &work;
            scope.spawn(move |_| work(k % 2 == 1));
        }
        work(false);
    });
    keep_awake();
}

/// Runs work that shares itself out over so many threads of the pool, which are kept awake around it.
pub fn helped<R>(threads: usize, work: impl FnOnce() -> R) -> R {
    if threads < 2 {
        return work();
    }
    keep_awake();
    let result = work();
    keep_awake();
    result
}

/// How long a helping thread looks for the next pass before it sleeps. To wake one takes longer than
/// many a pass.
const AWAKE: Duration = Duration::from_micros(200);
/// When the last pass ended, in nanoseconds since the first one.
static LAST: AtomicU64 = AtomicU64::new(0);
static KEEPERS: AtomicUsize = AtomicUsize::new(0);

/// Keeps all but the evaluating thread awake for a while, each by a task that runs whatever comes.
fn keep_awake() {
    static START: OnceLock<Instant> = OnceLock::new();
    let now = || START.get_or_init(Instant::now).elapsed().as_nanos() as u64;
    LAST.store(now(), Relaxed);
    for _ in KEEPERS.load(Relaxed)..count().min(rayon::current_num_threads()).saturating_sub(1) {
        KEEPERS.fetch_add(1, Relaxed);
        rayon::spawn(move || {
            // The evaluating thread, the pool's first, may come across the task while it waits for
            // another's share; it has better things to do.
            while rayon::current_thread_index() != Some(0)
                && now().saturating_sub(LAST.load(Relaxed)) < AWAKE.as_nanos() as u64
            {
                if rayon::yield_now() == Some(rayon::Yield::Executed) {
                    // Work of many short pieces, as decompositions are, goes on.
                    LAST.store(now(), Relaxed);
                } else {
                    std::hint::spin_loop();
                }
            }
            KEEPERS.fetch_sub(1, Relaxed);
        });
    }
}

/// Cuts a block at increasing positions (the last is its end) and runs `f` on the pieces, with their
/// numbers, on as many threads as pay; no more once a stop was asked for.
pub fn pieces(
    block: BlockMut<'_>,
    cuts: impl Iterator<Item = usize>,
    f: &(dyn for<'b> Fn(usize, BlockMut<'b>) + Sync),
) {
    let mut cuts = cuts.peekable();
    let (mut rest, mut done) = (block, 0);
    let first = cuts.next();
    if let (Some(cut), None) = (first, cuts.peek()) {
        return f(0, rest.part(0, cut));
    }
    let mut list = Vec::new();
    for cut in first.into_iter().chain(cuts) {
        let (piece, later) = rest.split_at(cut - done);
        list.push(Mutex::new(Some(piece)));
        (rest, done) = (later, cut);
    }
    each(list.len(), &|k| {
        if let Some(piece) = list[k].lock().ok().and_then(|mut p| p.take()) {
            f(k, piece);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_as_many_for_each_thread_and_cover_all() {
        for n in [0, 1, 2, 63, 1000, 65_537, 100_000, 1_000_003] {
            for most in [0, 1, 7, 4096, 1 << 15, 1 << 20] {
                let share = share(n, most);
                assert!(share >= 1 && share <= most.max(1), "{n} in shares of {most}: {share}");
                let shares = n.div_ceil(share);
                let last = n - (shares.max(1) - 1) * share.min(n);
                // What is left for the last is not much less than the others have.
                assert!(
                    shares < 2 || n < 1000 || most < 4096 || last + shares >= share,
                    "{n} by {share}: {last}"
                );
            }
        }
    }
}

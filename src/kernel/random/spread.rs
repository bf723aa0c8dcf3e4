//! Filling a block with variates of one law, on several threads with the result of one.
//!
//! A law takes a varying number of draws, so that nobody knows where in the stream the second half of
//! the block begins. But a reader that starts anywhere soon falls into step: threads therefore read
//! chunks of the stream as if a variate began at each, and note where the variates begin. In order,
//! each chunk is then entered where the one before ended; the few variates up to the next noted
//! beginning are drawn again, and the rest is taken as it stands. Normal variates enter 98.9% of the
//! chunks at their first draw. Positions count 32-bit halves of draws.
//!
//! Two threads, beside one thread and NumPy (ns a variate): normal 1.4, 2.6, 8.0; exponential 1.5, 2.5,
//! 2.8; float32 normal 1.3, 1.9, 7.4; gamma(2) 5.5, 10, 15; poisson(3) 9.6, 19, 28; uniform 0.45, 0.9,
//! 1.6; integers below 100 0.55, 0.9, 1.5. Turns that sleep at once, on a condition alone, gave two
//! threads no advantage: waking up takes longer than a chunk.
//!
//! Laws that (almost) always take one draw each are read in bulk, in loops that vectorise.

use super::{Ahead, Law, Pcg64};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::{Condvar, Mutex, PoisonError};

/// Draws of a chunk.
const CHUNK: usize = 1 << 14;
/// Draws of a bulk step on one thread, and variates between two looks at `stop`.
const STEP: usize = 1 << 10;

/// Fills `out`. `stop` is told of so many variates more; once it says so, gives up with anything in
/// `out`.
pub fn spread<L: Law>(
    rng: &mut Pcg64,
    law: &L,
    out: &mut [L::Out],
    threads: usize,
    stop: &(dyn Fn(usize) -> bool + Sync),
) {
    if threads < 2 || out.len() < 4 * CHUNK {
        return serial(rng, law, out, stop);
    }
    if L::EXACT && (L::WIDE || rng.half.is_none()) {
        return exact(rng, law, out, threads, stop);
    }
    let passed = if L::WIDE { rng.half.take() } else { None };
    let mut done = 0;
    while rng.half.is_some() && done < out.len() {
        out[done] = law.draw(&mut Ahead::new(rng));
        done += 1;
    }
    let job = Job {
        law,
        base: rng.clone(),
        next: AtomicU64::new(0),
        stop,
        current: AtomicU64::new(0),
        turned: Condvar::new(),
    };
    let turn = Mutex::new(Turn { rest: &mut out[done..], chunk: 0, entry: 0 });
    rayon::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|_| work(&job, &turn));
        }
    });
    let entry = turn.into_inner().unwrap_or_else(PoisonError::into_inner).entry;
    rng.seek(entry);
    if L::WIDE {
        rng.half = passed;
    }
}

/// Where every variate takes one draw, each thread leaps to its own.
fn exact<L: Law>(
    rng: &mut Pcg64,
    law: &L,
    out: &mut [L::Out],
    threads: usize,
    stop: &(dyn Fn(usize) -> bool + Sync),
) {
    if threads < 2 || out.len() < 2 * CHUNK {
        return serial(rng, law, out, stop);
    }
    let near = out.len() / 2 / (2 * STEP) * (2 * STEP);
    let (head, tail) = out.split_at_mut(near);
    let mut far = rng.clone();
    far.advance(if L::WIDE { near as u128 } else { near as u128 / 2 });
    let half = threads / 2;
    rayon::join(|| exact(rng, law, head, half, stop), || exact(&mut far, law, tail, threads - half, stop));
    *rng = far;
}

fn serial<L: Law>(rng: &mut Pcg64, law: &L, out: &mut [L::Out], stop: &dyn Fn(usize) -> bool) {
    let per = if L::WIDE { 1 } else { 2 };
    let mut draws = [0u64; STEP];
    for part in out.chunks_mut(STEP * per) {
        if stop(part.len()) {
            return;
        }
        if part.len().is_multiple_of(per) && (L::WIDE || rng.half.is_none()) && part.len() > 16 {
            let draws = &mut draws[..part.len() / per];
            // A law without a bulk way says so before it is given any draws.
            if law.bulk(&[], &mut []) {
                let mut ahead = rng.clone();
                ahead.fill_serial(draws, |x| x);
                if law.bulk(draws, part) {
                    *rng = ahead;
                    continue;
                }
            }
        }
        let mut g = Ahead::new(rng);
        part.iter_mut().for_each(|slot| *slot = law.draw(&mut g));
    }
}

/// What the threads share.
struct Job<'a, L> {
    law: &'a L,
    base: Pcg64,
    next: AtomicU64,
    stop: &'a (dyn Fn(usize) -> bool + Sync),
    /// The chunk whose turn it is, for those who spin, and the news for those who sleep.
    current: AtomicU64,
    turned: Condvar,
}

/// Looks at the turn before a thread goes to sleep: some microseconds.
const SPINS: usize = 1 << 11;

impl<L> Job<'_, L> {
    fn pass<T>(&self, turn: &mut Turn<'_, T>) {
        turn.chunk += 1;
        self.current.store(turn.chunk, Release);
        self.turned.notify_all();
    }
}

/// Whose turn it is: the chunk that comes next, where it is entered, and what is left to fill.
struct Turn<'a, T> {
    rest: &'a mut [T],
    chunk: u64,
    entry: u64,
}

/// Variates with the positions where they begin, and the position after the last.
struct Chunk<T> {
    items: Vec<T>,
    starts: Vec<u64>,
    /// How many of the two count: they keep their length from chunk to chunk.
    len: usize,
    end: u64,
    /// Every variate took one draw: `starts` is empty.
    even: bool,
}

const HALVES: u64 = 2 * CHUNK as u64;

fn work<L: Law>(job: &Job<'_, L>, turn: &Mutex<Turn<'_, L::Out>>) {
    let mut chunk = Chunk { items: Vec::new(), starts: Vec::new(), len: 0, end: 0, even: false };
    loop {
        let k = job.next.fetch_add(1, Relaxed);
        read(job, k, &mut chunk);
        // Turns are short: waking up would take longer than most waits.
        let mut spins = 0;
        while job.current.load(Acquire) != k && spins < SPINS {
            std::hint::spin_loop();
            spins += 1;
        }
        let mut mine = turn.lock().unwrap_or_else(PoisonError::into_inner);
        while mine.chunk != k {
            mine = job.turned.wait(mine).unwrap_or_else(PoisonError::into_inner);
        }
        let over = mine.rest.is_empty() || (job.stop)(0);
        if over {
            mine.rest = &mut [];
            job.pass(&mut mine);
            return;
        }
        let (again, from) = enter(job, mine.entry, k, &chunk, mine.rest.len());
        let kept = again.len + chunk.len - from;
        let n = kept.min(mine.rest.len());
        let rest = std::mem::take(&mut mine.rest);
        let (piece, rest) = rest.split_at_mut(n);
        mine.rest = rest;
        (job.stop)(n);
        mine.entry = match n.checked_sub(again.len) {
            None => again.starts[n],
            Some(0) => again.end,
            Some(_) if n == kept => chunk.end,
            Some(more) => chunk.start(from + more, k, L::WIDE),
        };
        job.pass(&mut mine);
        drop(mine);
        let head = again.len.min(n);
        piece[..head].copy_from_slice(&again.items[..head]);
        piece[head..].copy_from_slice(&chunk.items[from..from + n - head]);
    }
}

impl<T> Chunk<T> {
    /// Where variate `i` of chunk `k` begins.
    fn start(&self, i: usize, k: u64, wide: bool) -> u64 {
        if self.even { k * HALVES + i as u64 * if wide { 2 } else { 1 } } else { self.starts[i] }
    }
}

/// Reads chunk `k` as if a variate began with it.
fn read<L: Law>(job: &Job<'_, L>, k: u64, chunk: &mut Chunk<L::Out>) {
    let mut rng = job.base.clone();
    rng.advance(u128::from(k) * CHUNK as u128);
    chunk.even = false;
    chunk.items.resize(2 * CHUNK, L::Out::default());
    if job.law.bulk(&[], &mut []) {
        let mut draws = [0u64; STEP];
        let per = if L::WIDE { 1 } else { 2 };
        chunk.len = CHUNK * per;
        let mut ahead = rng.clone();
        chunk.even = chunk.items[..CHUNK * per].chunks_exact_mut(STEP * per).all(|part| {
            ahead.fill_serial(&mut draws, |x| x);
            job.law.bulk(&draws, part)
        });
        if chunk.even {
            chunk.end = (k + 1) * HALVES;
            return;
        }
    }
    let mut g = Ahead::new(&mut rng);
    let first = k * HALVES;
    chunk.starts.resize(2 * CHUNK, 0);
    chunk.len = 0;
    for (item, start) in chunk.items.iter_mut().zip(&mut chunk.starts) {
        let here = g.position();
        if here >= HALVES {
            break;
        }
        *start = first + here;
        *item = job.law.draw(&mut g);
        chunk.len += 1;
    }
    chunk.end = first + g.position();
}

/// The variates from `entry` on up to one that chunk `k` holds, and its number there. At most `most`
/// are of use.
fn enter<L: Law>(
    job: &Job<'_, L>,
    entry: u64,
    k: u64,
    chunk: &Chunk<L::Out>,
    most: usize,
) -> (Chunk<L::Out>, usize) {
    let mut again = Chunk { items: Vec::new(), starts: Vec::new(), len: 0, end: entry, even: false };
    let wide = L::WIDE;
    if entry == k * HALVES && chunk.len > 0 {
        return (again, 0);
    }
    let mut rng = job.base.clone();
    rng.seek(entry);
    let left = u64::from(rng.half.is_some());
    let mut g = Ahead::new(&mut rng);
    let mut from = 0;
    loop {
        let here = (entry + left).wrapping_add(g.position());
        while from < chunk.len && chunk.start(from, k, wide) < here {
            from += 1;
        }
        let met = from < chunk.len && chunk.start(from, k, wide) == here;
        if met || again.len >= most || from == chunk.len && here >= (k + 1) * HALVES {
            again.end = here;
            return (again, from);
        }
        again.starts.push(here);
        again.items.push(job.law.draw(&mut g));
        again.len += 1;
    }
}

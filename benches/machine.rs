//! What this machine can do at most, for the shares that `compare/` shows: bandwidth of plain loops
//! that read, copy and add on all threads, and the rate of multiply-adds that never touch memory.
//! Prints one line of JSON, in bytes and floating-point operations per second.
//!
//!     cargo bench --bench machine [-- --threads N]

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Elements of each array: far more than any cache holds.
const N: usize = 10_000_000;
/// Best of so many runs.
const RUNS: usize = 60;

fn main() {
    let threads = threads();
    let arch = pulp::Arch::new();
    let (a, b) = (vec![1u64; N], vec![2u64; N]);
    let mut c = vec![3u64; N];

    let read = best(threads, chunks(&a, threads), |part| {
        arch.dispatch(
            #[inline(always)]
            || black_box(part.iter().fold(0u64, |s, &x| s.wrapping_add(x))),
        );
    });
    let copy = best(threads, split(&a, &b, &mut c, threads), |(a, _, c)| c.copy_from_slice(a));
    let add = best(threads, split(&a, &b, &mut c, threads), |(a, b, c)| {
        arch.dispatch(
            #[inline(always)]
            || c.iter_mut().zip(a.iter()).zip(b.iter()).for_each(|((c, a), b)| *c = a.wrapping_add(*b)),
        );
    });
    black_box(&c);
    let rounds = 2_000_000usize;
    let double = best(threads, vec![1.0f64; threads], |x| *x = arch.dispatch(Double { rounds, x: *x }));
    let single = best(threads, vec![1.0f32; threads], |x| *x = arch.dispatch(Single { rounds, x: *x }));
    let flops = |lanes: usize| (2 * lanes * rounds * threads) as f64;
    println!(
        "{{\"read\": {:.4e}, \"copy\": {:.4e}, \"add\": {:.4e}, \"fma_double\": {:.4e}, \"fma_single\": {:.4e}}}",
        (8 * N) as f64 / read,
        (16 * N) as f64 / copy,
        (24 * N) as f64 / add,
        flops(LANES) / double,
        flops(2 * LANES) / single,
    );
}

/// What `--threads` says, or one for each core.
fn threads() -> usize {
    let args: Vec<String> = std::env::args().collect();
    let given = args.iter().position(|a| a == "--threads").and_then(|i| args.get(i + 1)?.parse().ok());
    given.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1)
}

fn chunks(a: &[u64], threads: usize) -> Vec<&[u64]> {
    a.chunks(a.len().div_ceil(threads)).collect()
}

type Part<'a> = (&'a [u64], &'a [u64], &'a mut [u64]);

fn split<'a>(a: &'a [u64], b: &'a [u64], c: &'a mut [u64], threads: usize) -> Vec<Part<'a>> {
    let size = a.len().div_ceil(threads);
    let sources = a.chunks(size).zip(b.chunks(size));
    sources.zip(c.chunks_mut(size)).map(|((a, b), c)| (a, b, c)).collect()
}

/// Seconds of the best run, in which every thread works on its own part, all starting together.
fn best<T: Send>(threads: usize, parts: Vec<T>, work: impl Fn(&mut T) + Sync) -> f64 {
    let arrived = AtomicUsize::new(0);
    let (arrived, work) = (&arrived, &work);
    let spans: Vec<Vec<(Instant, Instant)>> = std::thread::scope(|scope| {
        let run = |mut part: T| {
            move || {
                let turn = |turn: usize| {
                    // Threads that sleep are woken on one core, one after the other: spin.
                    arrived.fetch_add(1, Ordering::AcqRel);
                    while arrived.load(Ordering::Acquire) < (turn + 1) * threads {
                        std::hint::spin_loop();
                    }
                    let start = Instant::now();
                    work(&mut part);
                    (start, Instant::now())
                };
                (0..RUNS).map(turn).collect()
            }
        };
        let handles: Vec<_> = parts.into_iter().map(|part| scope.spawn(run(part))).collect();
        handles.into_iter().map(|h| h.join().expect("a thread")).collect()
    });
    let round = |i: usize| {
        let start = spans.iter().map(|s| s[i].0).min().expect("a thread");
        let end = spans.iter().map(|s| s[i].1).max().expect("a thread");
        (end - start).as_secs_f64()
    };
    (0..RUNS).map(round).fold(f64::INFINITY, f64::min)
}

/// Independent chains of doubles: enough to fill two units of eight lanes for four cycles.
const LANES: usize = 8 * 12;

struct Double {
    rounds: usize,
    x: f64,
}

impl pulp::NullaryFnOnce for Double {
    type Output = f64;
    #[inline(always)]
    fn call(self) -> f64 {
        let mut sums = [self.x; LANES];
        let (scale, shift) = (black_box(0.999), black_box(1e-3));
        for _ in 0..self.rounds {
            sums.iter_mut().for_each(|s| *s = s.mul_add(scale, shift));
        }
        sums.iter().sum()
    }
}

struct Single {
    rounds: usize,
    x: f32,
}

impl pulp::NullaryFnOnce for Single {
    type Output = f32;
    #[inline(always)]
    fn call(self) -> f32 {
        let mut sums = [self.x; 2 * LANES];
        let (scale, shift) = (black_box(0.999f32), black_box(1e-3f32));
        for _ in 0..self.rounds {
            sums.iter_mut().for_each(|s| *s = s.mul_add(scale, shift));
        }
        sums.iter().sum()
    }
}

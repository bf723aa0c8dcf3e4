//! What the machine can do: the bandwidth of each level of memory and the rate of multiply-adds, on
//! one thread and on all. Measured once, in under two seconds, by the loops of `kernel::peak`; kept as
//! a small text by whoever has files. Times are compared with it.

use super::text::{flop_rate, json_list, json_number, json_object, json_string, rate};
use crate::exec::threads;
use crate::kernel::peak;
use rayon::prelude::*;
use std::time::{Duration, Instant};

/// Bandwidths and rates for one number of threads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed {
    /// Bytes per second of reading.
    pub read: f64,
    /// Bytes per second of reading and writing as many: both counted.
    pub copy: f64,
}

/// A level of memory, from the first cache outwards; the last is main memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// `L1`, `L2`, `memory`.
    pub name: String,
    /// Bytes that it holds for one thread; without bound for memory.
    pub size: Option<u64>,
    pub one: Speed,
    pub all: Speed,
}

/// The figures of a machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    pub threads: usize,
    /// The instruction set that loops were run at.
    pub simd: String,
    pub levels: Vec<Level>,
    /// Operations on float64 per second, a multiply-add being two: on one thread, and on all.
    pub flops_one: f64,
    pub flops_all: f64,
}

/// Time for one figure.
const SLICE: Duration = Duration::from_millis(40);
/// The buffer that stands for main memory: four times the last cache, within these bounds.
const LEAST: u64 = 32 << 20;
const MOST: u64 = 256 << 20;

impl Machine {
    /// Measures this machine, whose caches have these sizes in bytes, first to last.
    pub fn measure(caches: &[u64]) -> Machine {
        let last = caches.last().copied().unwrap_or(8 << 20);
        let whole = (last * 4).clamp(LEAST, MOST);
        let mut memory = Buffers::new(whole as usize / 8);
        let mut levels = Vec::new();
        for (i, &size) in caches.iter().enumerate() {
            // Half of a cache, as the program, its stack and its neighbours are in it too.
            let words = (size / 2 / 8) as usize;
            levels.push(memory.level(format!("L{}", i + 1), Some(size), words));
        }
        let words = memory.from.len();
        levels.push(memory.level("memory".into(), None, words));
        let count = threads::count();
        Machine {
            threads: count,
            simd: crate::kernel::level().name().into(),
            levels,
            flops_one: best(|| peak::multiply_add(ROUNDS) as f64).max(products(1)),
            flops_all: best(|| (0..count).into_par_iter().map(|_| peak::multiply_add(ROUNDS) as f64).sum())
                .max(products(count)),
        }
    }

    /// The level that holds this many bytes, for a pass on so many threads.
    pub fn level_of(&self, bytes: u64, threads: usize) -> Option<&Level> {
        // Each thread has caches of its own, except for the last, which is shared.
        let shared = self.levels.len().saturating_sub(2);
        let fits = |(i, level): &(usize, &Level)| {
            let share = if *i < shared { bytes / threads.max(1) as u64 } else { bytes };
            level.size.is_none_or(|size| share <= size)
        };
        self.levels.iter().enumerate().find(fits).map(|(_, level)| level)
    }

    pub fn flops(&self, threads: usize) -> f64 {
        if threads > 1 { self.flops_all } else { self.flops_one }
    }

    /// The text that is kept, read back by [`Machine::parse`].
    pub fn store(&self) -> String {
        let mut text = format!("arr machine 1\nthreads {}\nsimd {}\n", self.threads, self.simd);
        text.push_str(&format!("flops {:e} {:e}\n", self.flops_one, self.flops_all));
        for l in &self.levels {
            let size = l.size.unwrap_or(0);
            let (a, b) = (l.one, l.all);
            let speeds = format!("{:e} {:e} {:e} {:e}", a.read, a.copy, b.read, b.copy);
            text.push_str(&format!("level {} {size} {speeds}\n", l.name));
        }
        text
    }

    /// Reads what [`Machine::store`] wrote; `None` for anything else.
    pub fn parse(text: &str) -> Option<Machine> {
        let mut lines = text.lines();
        if lines.next()? != "arr machine 1" {
            return None;
        }
        let threads = lines.next()?.strip_prefix("threads ")?.parse().ok()?;
        let simd = lines.next()?.strip_prefix("simd ")?.to_string();
        let numbers = |text: &str| text.split(' ').map(|w| w.parse().ok()).collect::<Option<Vec<f64>>>();
        let flops = numbers(lines.next()?.strip_prefix("flops ")?)?;
        let mut levels = Vec::new();
        for line in lines {
            let (name, rest) = line.strip_prefix("level ")?.split_once(' ')?;
            let &[size, a, b, c, d] = &numbers(rest)?[..] else { return None };
            let size = (size > 0.0).then_some(size as u64);
            let (one, all) = (Speed { read: a, copy: b }, Speed { read: c, copy: d });
            levels.push(Level { name: name.into(), size, one, all });
        }
        let &[flops_one, flops_all] = &flops[..] else { return None };
        let whole = levels.last().is_some_and(|l| l.size.is_none());
        whole.then_some(Machine { threads, simd, levels, flops_one, flops_all })
    }

    /// Whether the figures are of a machine as this one is now.
    pub fn fits(&self) -> bool {
        self.threads == threads::count() && self.simd == crate::kernel::level().name()
    }

    /// A table of the figures.
    pub fn table(&self) -> String {
        let columns = if self.threads > 1 { format!("{} threads", self.threads) } else { String::new() };
        let mut out = format!("{:<16}{:>12}{:>14}\n", "", "1 thread", columns);
        let mut row = |name: String, one: String, all: String| {
            let all = if self.threads > 1 { all } else { String::new() };
            out.push_str(format!("{name:<16}{one:>12}{all:>14}").trim_end());
            out.push('\n');
        };
        for l in &self.levels {
            row(format!("{} read", l.name), rate(l.one.read), rate(l.all.read));
            row(format!("{} copy", l.name), rate(l.one.copy), rate(l.all.copy));
        }
        row("multiply-add".into(), flop_rate(self.flops_one), flop_rate(self.flops_all));
        out + &format!("float64, {} instructions\n", self.simd)
    }

    pub fn json(&self) -> String {
        let speed = |s: Speed| json_object(&[("read", json_number(s.read)), ("copy", json_number(s.copy))]);
        let level = |l: &Level| {
            json_object(&[
                ("name", json_string(&l.name)),
                ("bytes", l.size.map_or("null".into(), |s| s.to_string())),
                ("one_thread", speed(l.one)),
                ("all_threads", speed(l.all)),
            ])
        };
        json_object(&[
            ("threads", self.threads.to_string()),
            ("simd", json_string(&self.simd)),
            ("flops_one_thread", json_number(self.flops_one)),
            ("flops_all_threads", json_number(self.flops_all)),
            ("levels", json_list(self.levels.iter().map(level))),
        ])
    }

    /// A made-up machine, for tests and for pages that show what commands print: one thread, 20 GB/s
    /// from memory, 10 Gflop/s.
    pub fn example() -> Machine {
        let level = |name: &str, size, rate: f64| {
            let speed = Speed { read: rate, copy: rate };
            Level { name: name.into(), size, one: speed, all: speed }
        };
        Machine {
            threads: 1,
            simd: "baseline".into(),
            levels: vec![
                level("L1", Some(32 << 10), 100e9),
                level("L2", Some(1 << 20), 50e9),
                level("memory", None, 20e9),
            ],
            flops_one: 10e9,
            flops_all: 10e9,
        }
    }
}

/// Multiply-adds between two looks at the clock.
const ROUNDS: usize = 20_000;

/// The rate of matrix products on so many threads.
fn products(threads: usize) -> f64 {
    const ROWS: usize = 384;
    let (x, y) = (vec![1.0; ROWS * ROWS], vec![0.5; ROWS * ROWS]);
    let mut z = vec![0.0; ROWS * ROWS];
    best(|| peak::product(&x, &y, &mut z, ROWS, threads) as f64)
}

/// The best rate of work that says how much it did, within one slice.
fn best(mut work: impl FnMut() -> f64) -> f64 {
    let (began, mut best) = (Instant::now(), 0.0f64);
    loop {
        let start = Instant::now();
        let done = work();
        best = best.max(done / start.elapsed().as_secs_f64().max(1e-9));
        if began.elapsed() >= SLICE {
            return best;
        }
    }
}

/// Two stretches of memory, touched.
struct Buffers {
    from: Vec<u64>,
    to: Vec<u64>,
}

impl Buffers {
    fn new(words: usize) -> Buffers {
        let half = (words / 2).max(64);
        Buffers { from: vec![1; half], to: vec![2; half] }
    }

    /// The speeds over a working set of so many words.
    fn level(&mut self, name: String, size: Option<u64>, words: usize) -> Level {
        let one = self.speed(words, 1);
        let count = threads::count();
        let all = if count > 1 { self.speed(words, count) } else { one };
        Level { name, size, one, all }
    }

    /// Short working sets are gone over several times between two looks at the clock. Of a private
    /// cache each thread has its own set, one after the other in the buffers.
    fn speed(&mut self, words: usize, threads: usize) -> Speed {
        let set = words.min(self.from.len()).max(64);
        let part = (set / threads).max(64).min(self.from.len() / threads);
        let part = if set * threads <= self.from.len() { set } else { part };
        let repeats = ((1 << 20) / part).max(1);
        let moved = (part * threads * 8 * repeats) as f64;
        let read = best(|| {
            let parts = self.from[..part * threads].par_chunks(part);
            let sum = parts.map(|p| (0..repeats).fold(0, |s, _| peak::read(std::hint::black_box(p)) ^ s));
            std::hint::black_box(sum.reduce(|| 0, |a, b| a ^ b));
            moved
        });
        // A copy has two stretches in the same room.
        let half = (part / 2).max(64).min(part);
        let half = if set == self.from.len() { part } else { half };
        let copy = best(|| {
            let from = self.from[..half * threads].par_chunks(half);
            let to = self.to[..half * threads].par_chunks_mut(half);
            from.zip(to).for_each(|(from, to)| {
                (0..repeats).for_each(|_| peak::scale(std::hint::black_box(from), std::hint::black_box(to)));
            });
            2.0 * (half * threads * 8 * repeats) as f64
        });
        Speed { read, copy }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_kept_as_text() {
        let machine = Machine::example();
        assert_eq!(Machine::parse(&machine.store()), Some(machine.clone()));
        for wrong in ["", "arr machine 2\n", "arr machine 1\nthreads x", &machine.store()[..80]] {
            assert_eq!(Machine::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_working_set_lives_where_it_fits() {
        let machine = Machine::example();
        let name = |bytes, threads| machine.level_of(bytes, threads).map(|l| l.name.clone()).unwrap();
        assert_eq!(
            (name(1000, 1), name(40_000, 1), name(40_000, 2)),
            ("L1".into(), "L2".into(), "L1".into())
        );
        assert_eq!(name(1 << 30, 4), "memory");
    }

    #[test]
    fn this_machine_can_be_measured() {
        let began = Instant::now();
        let machine = Machine::measure(&[32 << 10, 1 << 20]);
        assert!(began.elapsed() < Duration::from_secs(5));
        assert_eq!(machine.levels.len(), 3);
        let speeds = machine.levels.iter().flat_map(|l| [l.one.read, l.one.copy, l.all.read, l.all.copy]);
        assert!(speeds.chain([machine.flops_one, machine.flops_all]).all(|x| x > 1e6));
        assert!(machine.fits() && machine.table().contains("multiply-add"));
    }
}

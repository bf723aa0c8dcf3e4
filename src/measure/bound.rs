//! What bounded a piece of code: its bytes against the bandwidth of the level of memory that holds
//! them, its operations against the machine's rate (the roofline model of Williams, Waterman and
//! Patterson, 2009), or its loop iterations.

use super::machine::{Level, Machine};
use super::text::{bytes, count, flop, flop_rate, percent, rate};
use crate::exec::tally::Tally;
use crate::show::time::duration;

/// Bytes and operations below which the time tells of overheads, not of the machine.
const BYTES: u64 = 256 << 10;
const OPS: u64 = 1 << 20;
/// Iterations from which a loop is worth a line.
const TURNS: u64 = 1000;
/// The share of the machine's speed below which something else bounds the code.
const SLOW: f64 = 0.2;

/// The line about what moved and what bounded it, for code of one execution's tally that takes
/// `seconds`; `None` where it does not help. `machine` is asked for only if it does.
pub fn line(tally: &Tally, seconds: f64, machine: impl FnOnce() -> Option<Machine>) -> Option<String> {
    if !helps(tally) || seconds <= 0.0 {
        return None;
    }
    let moved = tally.read + tally.written;
    let small = moved < BYTES && tally.float_ops < OPS;
    if tally.iterations >= TURNS && (small || tally.iterations >= tally.passes * 100) {
        let each = duration(seconds / tally.iterations as f64, 2);
        return Some(format!("{}, {each} each", count(tally.iterations, "loop iteration")));
    }
    let machine = machine()?;
    let level = machine.level_of(tally.largest, tally.threads)?;
    let memory = expected(tally, level);
    let arithmetic = tally.float_ops as f64 / machine.flops(tally.threads);
    if tally.float_ops >= OPS && arithmetic > memory {
        let share = arithmetic / seconds;
        let rate = flop_rate(tally.float_ops as f64 / seconds);
        return Some(format!("{}, {rate}: {} of peak", flop(tally.float_ops), percent(share)));
    }
    let share = memory / seconds;
    let speed = if level.size.is_none() { "memory".to_string() } else { level.name.clone() };
    let other = if share < SLOW { ";\nother work bounds it" } else { "" };
    let rate = rate(moved as f64 / seconds);
    Some(format!("{} moved, {rate}: {} of this machine's {speed} speed{other}", bytes(moved), percent(share)))
}

/// Whether there will be a line.
pub fn helps(tally: &Tally) -> bool {
    tally.read + tally.written >= BYTES || tally.float_ops >= OPS || tally.iterations >= TURNS
}

/// Seconds that the bytes take at the level's full speed: reading beside writing as a copy does, and
/// the rest as reading does.
fn expected(tally: &Tally, level: &Level) -> f64 {
    let speed = if tally.threads > 1 { level.all } else { level.one };
    let both = 2 * tally.read.min(tally.written);
    let rest = tally.read + tally.written - both;
    both as f64 / speed.copy + rest as f64 / if tally.read >= tally.written { speed.read } else { speed.copy }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(tally: Tally, seconds: f64) -> Option<String> {
        line(&tally, seconds, || Some(Machine::example()))
    }

    #[test]
    fn memory_bounds_an_addition() {
        let t = Tally {
            passes: 1,
            read: 16_000_000,
            written: 8_000_000,
            largest: 24_000_000,
            ..Tally::default()
        };
        let line = said(Tally { float_ops: 1_000_000, threads: 1, ..t.clone() }, 1.4e-3).unwrap();
        assert_eq!(line, "24 MB moved, 17 GB/s: 86% of this machine's memory speed");
        let line = said(t, 24e-3).unwrap();
        assert!(line.ends_with("5% of this machine's memory speed;\nother work bounds it"), "{line}");
    }

    #[test]
    fn caches_are_named() {
        let t = Tally {
            passes: 1,
            read: 400_000,
            written: 200_000,
            largest: 600_000,
            threads: 1,
            ..Tally::default()
        };
        assert_eq!(said(t, 15e-6).unwrap(), "600 kB moved, 40 GB/s: 80% of this machine's L2 speed");
    }

    #[test]
    fn arithmetic_bounds_a_product() {
        let t = Tally {
            read: 16_000_000,
            written: 8_000_000,
            largest: 24_000_000,
            float_ops: 2_000_000_000,
            threads: 1,
            ..Tally::default()
        };
        assert_eq!(said(t, 0.22).unwrap(), "2 Gflop, 9.1 Gflop/s: 91% of peak");
    }

    #[test]
    fn loops_are_counted() {
        let t = Tally { iterations: 1_000_000, passes: 2, ..Tally::default() };
        assert_eq!(said(t, 23e-3).unwrap(), "1,000,000 loop iterations, 23 ns each");
    }

    #[test]
    fn small_work_gets_no_line() {
        assert_eq!(said(Tally { read: 8000, written: 8000, iterations: 10, ..Tally::default() }, 1e-6), None);
        let unasked = || -> Option<Machine> { panic!("not needed") };
        assert_eq!(line(&Tally::default(), 1.0, unasked), None);
    }
}

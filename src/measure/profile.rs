//! `%prof`: where the time of a program goes, by line and by primitive, and what vectorising its
//! hottest loop can gain at most (Amdahl's law).

use super::machine::Machine;
use super::text::{json_list, json_number, json_object, json_string, percent};
use crate::array::Array;
use crate::eval::{Evaluator, Line, Profiled, Raised, Unit};
use crate::exec::tally::{self, Calls, Tally};
use crate::prim;
use crate::show::time::{duration, thousands};
use crate::value::Value;
use std::time::Instant;

/// The outcome of a run.
pub struct Report {
    pub seconds: f64,
    /// By their own time, longest first.
    pub lines: Vec<Line>,
    /// By their time, longest first.
    pub calls: Vec<(tally::Name, Calls)>,
    /// Of element-wise functions that were called often: how often, and the seconds that they need at
    /// least for each element of an array.
    pub whole: Vec<(u64, f64)>,
    pub tally: Tally,
    /// The user stopped it before its end.
    pub partial: bool,
}

/// Runs a unit once, and puts names back. If the user stops it, what ran is the result.
pub fn run(evaluator: &mut Evaluator, unit: &Unit) -> Result<Report, Raised> {
    let before = evaluator.globals.snapshot();
    let cost = evaluator.cost_of_profiles();
    let (ran, tally) = tally::profile(|| evaluator.run_profiled(unit, cost));
    let Profiled { result, mut lines, seconds } = ran;
    evaluator.globals.restore(&before);
    let partial = match result {
        Err(raised) if !raised.is_interrupt() => return Err(raised),
        result => result.is_err(),
    };
    lines.sort_by(|a, b| b.own.total_cmp(&a.own));
    let mut calls: Vec<_> = tally.calls.iter().map(|(name, &calls)| (name.clone(), calls)).collect();
    calls.sort_by(|a, b| b.1.seconds.total_cmp(&a.1.seconds).then(a.0.cmp(&b.0)));
    let often = calls.iter().filter(|(_, c)| c.count >= OFTEN);
    let whole = often.filter_map(|(name, c)| Some((c.count, element_of(evaluator, name)?))).collect();
    Ok(Report { seconds: seconds.max(1e-9), lines, calls, whole, tally, partial })
}

/// Calls from which a function is called for single elements.
const OFTEN: u64 = 1000;

/// Seconds that an element-wise function needs at least for an element of a long array, on all threads;
/// `None` for other functions.
fn element_of(evaluator: &mut Evaluator, name: &str) -> Option<f64> {
    const LONG: usize = 1 << 14;
    /// Other dtypes and values may take so much of the time.
    const SHARE: f64 = 0.4;
    let row = prim::table().bare(name)?;
    let arity = row.elementwise()?.arity;
    let values: Vec<f64> = (0..LONG).map(|i| 0.5 + i as f64 / LONG as f64).collect();
    let x = Value::Array(Array::from_slice(&values, &[LONG]).ok()?);
    let time = |evaluator: &mut Evaluator| {
        let began = Instant::now();
        let done = match arity {
            1 => prim::monadic(row, evaluator, x.clone()),
            2 => prim::dyadic(row, evaluator, x.clone(), x.clone()),
            _ => return None,
        };
        done.ok().map(|_| began.elapsed().as_secs_f64())
    };
    let least = evaluator.in_silence(|ev| (0..5).filter_map(|_| time(ev)).reduce(f64::min))?;
    let threads = crate::exec::threads::count() as f64;
    Some(least / LONG as f64 / threads * SHARE)
}

/// Lines and primitives that a table shows.
const SHOWN: usize = 12;

/// A loop and what it costs.
#[derive(Clone, Debug)]
pub struct Hottest<'a> {
    pub line: &'a Line,
    /// The share of the whole time that is spent in it.
    pub share: f64,
    /// The speedup of the whole if the loop took only what whole arrays need at least.
    pub gain: f64,
}

/// Seconds that an element takes at least: the fastest counts and sums, whose bytes are in the first
/// cache and shared by two threads, take 0.05 ns.
const ELEMENT: f64 = 3e-11;

/// Loops within each other from which elements are used several times, as in a matrix product, and
/// only arithmetic bounds it: a multiply-add for each iteration, two at once where they are float32.
const PRODUCT: usize = 3;
/// Operations on float64 per second where the machine is unknown.
const FLOPS: f64 = 1e12;

/// Bytes per second that passes read at most from memory of that size, where the machine is unknown.
const READ: f64 = 4e11;

/// What a machine may be faster than it was measured.
const MARGIN: f64 = 1.5;

/// Seconds that a pass takes besides its work: of rows of ten elements, sums take 0.04 µs, exponentials
/// 0.08, sorts 0.12.
const PASS: f64 = 1.2e-7;
/// The share of the work of many passes that one pass over all of it needs at least, on one thread.
const WORK: f64 = 0.5;

impl Report {
    /// The loop outside passes that takes longest, and Amdahl's law for the rest. Times are those of the
    /// lines: what stands between them is the profile's own.
    pub fn hottest(&self, machine: Option<&Machine>) -> Option<Hottest<'_>> {
        let own = |l: &Line| (l.total - l.spent.in_passes).max(0.0);
        let loops = self.lines.iter().filter(|l| l.nest > 0);
        let line = loops.max_by(|a, b| own(a).total_cmp(&own(b)))?;
        let all = self.lines.iter().map(|l| l.own).sum::<f64>().max(line.total);
        let rest = (all - line.total).max(0.0) + self.least(line, machine).min(line.total);
        Some(Hottest { line, share: (line.total / all.max(1e-12)).min(1.0), gain: all / rest.max(1e-12) })
    }

    /// Seconds that whole arrays need at least instead of a loop: an element for each iteration, or in deep
    /// nests a multiply-add; the functions that it calls for each element; to move once what its steps
    /// take and put, and to read once what its passes read; and a share of the work of these.
    fn least(&self, line: &Line, machine: Option<&Machine>) -> f64 {
        let spent = &line.spent;
        let (iterations, passes) = (spent.iterations as f64, spent.passes as f64);
        let flops = machine.map_or(FLOPS, |m| m.flops_all.max(m.flops_one));
        let element = match line.nest {
            0 | 1 => ELEMENT.max(line.each),
            nest if nest < PRODUCT => ELEMENT,
            _ => 1.0 / flops,
        };
        let called = self.whole.iter().map(|&(n, seconds)| n.min(spent.iterations) as f64 * seconds);
        let speed = |bytes: u64| {
            let level = machine.and_then(|m| m.level_of(bytes, m.threads));
            level.map_or(READ, |l| l.all.read.max(l.one.read) * MARGIN)
        };
        // Several passes may become one, in which each element is read once.
        let read = spent.read as f64 / (passes / iterations.max(1.0)).max(1.0) / speed(spent.read);
        let moved = line.touched as f64 / speed(line.touched);
        let threads = machine.map_or_else(crate::exec::threads::count, |m| m.threads) as f64;
        let work = (spent.in_passes - passes * PASS).max(0.0) * WORK / threads.max(1.0);
        (iterations * element).max(called.sum()).max(moved).max(read).max(work)
    }

    /// As a table whose rows have at most so many columns, the text of lines being cut.
    pub fn text(&self, machine: Option<&Machine>, columns: usize) -> String {
        let share = |t: f64| percent(t / self.seconds);
        let mut out = format!("{} in all\n", duration(self.seconds, 3));
        out.push_str(&format!("{:>8} {:>5} {:>9}  line\n", "time", "share", "runs"));
        for l in self.lines.iter().take(SHOWN) {
            let (time, runs) = (duration(l.own, 3), thousands(l.runs));
            let row = format!("{time:>8} {:>5} {runs:>9}  {}: ", share(l.own), label(l));
            let text = clipped(line_text(l), columns.saturating_sub(row.chars().count()).max(8));
            out.push_str(&format!("{row}{text}\n"));
        }
        let called: Vec<_> = self.calls.iter().filter(|c| c.1.seconds > 0.0).collect();
        if !called.is_empty() {
            out.push_str(&format!("\n{:>8} {:>5} {:>9}  primitive\n", "time", "share", "calls"));
        }
        for (name, calls) in called.iter().take(SHOWN) {
            let (time, count) = (duration(calls.seconds, 3), thousands(calls.count));
            out.push_str(&format!("{time:>8} {:>5} {count:>9}  {name}\n", share(calls.seconds)));
        }
        if let Some(hot) = self.hottest(machine) {
            let gain = format!("{} times as fast", super::compare::factor(rounded_up(hot.gain)));
            let place = label(hot.line);
            out.push_str(&format!("\nthe loop on line {place} costs {}", percent(hot.share)));
            out.push_str(&format!(" of the time:\nvectorising it makes the whole at most {gain}\n"));
        }
        out
    }

    pub fn json(&self, machine: Option<&Machine>) -> String {
        let line = |l: &Line| {
            json_object(&[
                ("source", json_string(&l.source.name)),
                ("line", l.number.to_string()),
                ("code", json_string(line_text(l))),
                ("runs", l.runs.to_string()),
                ("own", json_number(l.own)),
                ("total", json_number(l.total)),
                ("in_passes", json_number(l.spent.in_passes)),
                ("loop", (l.nest > 0).to_string()),
            ])
        };
        let call = |(name, c): &(tally::Name, Calls)| {
            json_object(&[
                ("name", json_string(name)),
                ("calls", c.count.to_string()),
                ("seconds", json_number(c.seconds)),
            ])
        };
        let hottest = self.hottest(machine).map_or("null".into(), |h| {
            json_object(&[
                ("source", json_string(&h.line.source.name)),
                ("line", h.line.number.to_string()),
                ("share", json_number(h.share)),
                ("gain", json_number(h.gain)),
            ])
        });
        json_object(&[
            ("seconds", json_number(self.seconds)),
            ("lines", json_list(self.lines.iter().map(line))),
            ("primitives", json_list(self.calls.iter().map(call))),
            ("passes", self.tally.passes.to_string()),
            ("iterations", self.tally.iterations.to_string()),
            ("hottest_loop", hottest),
            ("partial", self.partial.to_string()),
        ])
    }
}

/// A bound to two digits, which is as much as is known of it.
fn rounded_up(x: f64) -> f64 {
    let unit = 10f64.powi(x.abs().max(1.0).log10().floor() as i32 - 1);
    (x / unit).ceil() * unit
}

/// `3`, or `stats.arr:3` of a named file.
fn label(l: &Line) -> String {
    let file = std::path::Path::new(&l.source.name).file_name().and_then(|n| n.to_str()).unwrap_or("");
    if file.ends_with(".arr") { format!("{file}:{}", l.number) } else { l.number.to_string() }
}

fn line_text(l: &Line) -> &str {
    l.source.text.lines().nth(l.number as usize - 1).unwrap_or("").trim()
}

fn clipped(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_string();
    }
    text.chars().take(width - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::Source;
    use crate::exec::tally::Spent;
    use std::rc::Rc;

    /// A program of a second with one loop of a thousand iterations.
    fn report(loop_total: f64, read: u64) -> Report {
        let source = Rc::new(Source { name: "x.arr".into(), text: "for i in v {\n  s += i\n}\n".into() });
        let line = |number, own, total, nest| Line {
            source: source.clone(),
            number,
            runs: 10,
            own,
            total,
            spent: Spent { read, passes: 1000, iterations: 1000, ..Spent::default() },
            nest,
            touched: 0,
            each: 0.0,
        };
        let rest = 1.0 - loop_total;
        let lines =
            vec![line(2, 0.5, 0.5, 0), line(1, loop_total - 0.5, loop_total, 1), line(4, rest, rest, 0)];
        Report { seconds: 1.0, lines, calls: vec![], whole: vec![], tally: Tally::default(), partial: false }
    }

    #[test]
    fn gains_follow_amdahls_law() {
        let gain = |r: &Report| r.hottest(None).unwrap().gain;
        assert!((gain(&report(0.75, 0)) - 4.0).abs() < 1e-6);
        // A quarter of a second goes by while that much is read.
        let half = report(0.75, (READ * 0.25) as u64);
        assert!((gain(&half) - 2.0).abs() < 1e-6);
        assert!(half.text(None, 60).ends_with(
            "the loop on line x.arr:1 costs 75% of the time:\n\
             vectorising it makes the whole at most 2.00 times as fast\n"
        ));
        // Even nothing but a loop leaves its elements to be touched.
        assert!((gain(&report(1.0, 0)) * 1000.0 * ELEMENT - 1.0).abs() < 1e-6);
        assert_eq!(rounded_up(2130.0), 2200.0);
    }

    #[test]
    fn deep_nests_are_bounded_by_arithmetic_and_rows_by_their_work() {
        let machine = Machine { flops_all: 2.5e11, ..Machine::example() };
        let mut report = report(1.0, 0);
        let mut line = report.lines.swap_remove(1);
        line.spent.iterations = 1_000_000;
        assert_eq!(report.least(&line, Some(&machine)), 1e6 * ELEMENT);
        line.nest = 3;
        assert_eq!(report.least(&line, Some(&machine)), 4e-6);
        // A thousand sorts of a row each, and none that is quicker than a pass takes anyway.
        line.spent.in_passes = 1000.0 * (PASS + 2e-6);
        assert!((report.least(&line, Some(&machine)) - 1e-3).abs() < 1e-9);
        line.spent.in_passes = 1000.0 * PASS * 0.9;
        assert_eq!(report.least(&line, Some(&machine)), 4e-6);
        // What is moved, in cache and out of it; and what is called for each element.
        (line.touched, line.nest) = (1 << 30, 1);
        let moved = (1u64 << 30) as f64 / 20e9 / MARGIN;
        assert!((report.least(&line, Some(&machine)) - moved).abs() < 1e-9);
        report.whole = vec![(2_000_000, 1e-6), (10, 1.0)];
        assert!((report.least(&line, Some(&machine)) - 11.0).abs() < 1e-9);
    }

    #[test]
    fn lines_are_shown_with_their_text() {
        let text = report(0.75, 0).text(None, 60);
        assert!(text.contains("  500 ms   50%        10  x.arr:2: s += i\n  250 ms"), "{text}");
        assert!(text.lines().all(|l| l.chars().count() <= 60), "{text}");
    }
}

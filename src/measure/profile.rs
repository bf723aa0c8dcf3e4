//! `%prof`: where the time of a program goes, by line and by primitive, and what vectorising its
//! hottest loop can gain at most (Amdahl's law).

use super::text::{json_list, json_number, json_object, json_string, percent};
use crate::eval::{Evaluator, Line, Raised, Unit};
use crate::exec::tally::{self, Calls, Tally};
use crate::show::time::{duration, thousands};
use std::time::Instant;

/// The outcome of a run.
pub struct Report {
    pub seconds: f64,
    /// By their own time, longest first.
    pub lines: Vec<Line>,
    /// By their time, longest first.
    pub calls: Vec<(&'static str, Calls)>,
    pub tally: Tally,
    /// The user stopped it before its end.
    pub partial: bool,
}

/// Runs a unit once, and puts names back. If the user stops it, what ran is the result.
pub fn run(evaluator: &mut Evaluator, unit: &Unit) -> Result<Report, Raised> {
    let before = evaluator.globals.snapshot();
    let began = Instant::now();
    let ((result, mut lines, cost), tally) = tally::profile(|| evaluator.run_profiled(unit));
    // Without what the taking of times cost.
    let seconds = (began.elapsed().as_secs_f64() - cost).max(1e-9);
    evaluator.globals.restore(&before);
    let partial = match result {
        Err(raised) if !raised.is_interrupt() => return Err(raised),
        result => result.is_err(),
    };
    lines.sort_by(|a, b| b.own.total_cmp(&a.own));
    let mut calls: Vec<_> = tally.calls.iter().map(|(&name, &calls)| (name, calls)).collect();
    calls.sort_by(|a, b| b.1.seconds.total_cmp(&a.1.seconds).then(a.0.cmp(b.0)));
    Ok(Report { seconds, lines, calls, tally, partial })
}

/// Lines and primitives that a table shows.
const SHOWN: usize = 12;
/// Columns of the widest row, the line's text being cut.
const COLUMNS: usize = 60;

/// A loop and what it costs.
#[derive(Clone, Debug)]
pub struct Hottest<'a> {
    pub line: &'a Line,
    /// The share of the whole time that the evaluator spends in it, not in passes over arrays.
    pub share: f64,
    /// The speedup of the whole if that took no time; none if nothing would be left.
    pub gain: Option<f64>,
}

impl Report {
    /// The loop in which the evaluator spends most.
    pub fn hottest(&self) -> Option<Hottest<'_>> {
        let cost = |l: &Line| (l.total - l.in_passes).max(0.0);
        let loops = self.lines.iter().filter(|l| l.is_loop);
        let line = loops.max_by(|a, b| cost(a).total_cmp(&cost(b)))?;
        let share = (cost(line) / self.seconds).min(1.0);
        let gain = (share < 0.999).then(|| 1.0 / (1.0 - share));
        Some(Hottest { line, share, gain })
    }

    pub fn text(&self) -> String {
        let share = |t: f64| percent(t / self.seconds);
        let mut out = format!("{} in all\n", duration(self.seconds, 3));
        out.push_str(&format!("{:>8} {:>5} {:>9}  line\n", "time", "share", "runs"));
        for l in self.lines.iter().take(SHOWN) {
            let (time, runs) = (duration(l.own, 3), thousands(l.runs));
            let row = format!("{time:>8} {:>5} {runs:>9}  {}: ", share(l.own), label(l));
            let text = clipped(line_text(l), COLUMNS.saturating_sub(row.chars().count()).max(8));
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
        if let Some(hot) = self.hottest() {
            let gain = match hot.gain {
                Some(gain) => format!("{} times as fast", super::compare::factor(gain)),
                None => "a thousand times as fast and more".into(),
            };
            let place = label(hot.line);
            out.push_str(&format!("\nthe loop on line {place} costs {}", percent(hot.share)));
            out.push_str(&format!(" of the time:\nvectorising it makes the whole at most {gain}\n"));
        }
        out
    }

    pub fn json(&self) -> String {
        let line = |l: &Line| {
            json_object(&[
                ("source", json_string(&l.source.name)),
                ("line", l.number.to_string()),
                ("code", json_string(line_text(l))),
                ("runs", l.runs.to_string()),
                ("own", json_number(l.own)),
                ("total", json_number(l.total)),
                ("in_passes", json_number(l.in_passes)),
                ("loop", l.is_loop.to_string()),
            ])
        };
        let call = |(name, c): &(&'static str, Calls)| {
            json_object(&[
                ("name", json_string(name)),
                ("calls", c.count.to_string()),
                ("seconds", json_number(c.seconds)),
            ])
        };
        let hottest = self.hottest().map_or("null".into(), |h| {
            json_object(&[
                ("source", json_string(&h.line.source.name)),
                ("line", h.line.number.to_string()),
                ("share", json_number(h.share)),
                ("gain", h.gain.map_or("null".into(), json_number)),
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
    use std::rc::Rc;

    fn report(loop_total: f64, in_passes: f64) -> Report {
        let source = Rc::new(Source { name: "x.arr".into(), text: "for i in v {\n  s += i\n}\n".into() });
        let line = |number, own, total, is_loop| Line {
            source: source.clone(),
            number,
            runs: 10,
            own,
            total,
            in_passes: if is_loop { in_passes } else { 0.0 },
            is_loop,
        };
        let lines = vec![line(2, 0.5, 0.5, false), line(1, loop_total - 0.5, loop_total, true)];
        Report { seconds: 1.0, lines, calls: vec![], tally: Tally::default(), partial: false }
    }

    #[test]
    fn gains_follow_amdahls_law() {
        assert_eq!(report(0.75, 0.0).hottest().unwrap().gain, Some(4.0));
        let half = report(0.75, 0.25);
        assert_eq!(half.hottest().unwrap().gain, Some(2.0));
        assert!(half.text().ends_with(
            "the loop on line x.arr:1 costs 50% of the time:\n\
             vectorising it makes the whole at most 2.00 times as fast\n"
        ));
        assert_eq!(report(1.0, 0.0).hottest().unwrap().gain, None);
    }

    #[test]
    fn lines_are_shown_with_their_text() {
        let text = report(0.75, 0.0).text();
        assert!(text.contains("  500 ms   50%        10  x.arr:2: s += i\n  250 ms"), "{text}");
        assert!(text.lines().all(|l| l.chars().count() <= 60), "{text}");
    }
}

//! What a profile knows of loops with many short turns: the first turns are seen statement by statement;
//! the rest runs as it does without a profile, in registers or not and with no look at the clock before
//! the loop's end, and its time and calls are shared out as they were in those. Part of [`super`].

use super::{At, Cost, Line, Profile, SHORTEST};
use crate::eval::Evaluator;
use crate::eval::ir::Stmt;
use crate::eval::statement::Flow;
use crate::exec::tally::{self, Calls, Name, Paused, Spent, Turns};
use std::collections::HashMap;
use std::time::Instant;

/// Turns of a loop that are seen.
pub(super) const SEEN: u64 = 256;

/// A loop that runs.
pub(super) struct Turning {
    pub at: At,
    pub place: usize,
    /// What stood when the first turn to be seen began.
    pub mark: Option<Mark>,
    /// Turns of this run that were seen.
    pub seen: u64,
}

/// Seconds of turns that run unseen in any case, and how often the time that the clock takes fits in others
/// that do: it is a small part of those that stay seen, on a slow machine too.
const SHORT: f64 = 4e-6;
const CLOCKS: f64 = 8.0;

/// A profile that looks away from a loop to its end.
pub struct Aside {
    profile: Box<Profile>,
    counting: Paused,
    began: Instant,
    /// Counted when it began.
    iterations: u64,
}

/// What stood at a moment: of each line and of each primitive.
pub(super) struct Mark {
    lines: Vec<Part>,
    calls: HashMap<Name, Calls>,
    spent: Spent,
}

/// Of a line: seconds, runs, and iterations of loops inside.
#[derive(Clone, Copy, Default)]
struct Part {
    own: f64,
    total: f64,
    runs: f64,
    iterations: f64,
}

/// What the turns that were seen did, in sum; of a turn and of a second, when they all were.
#[derive(Default)]
pub(super) struct Sample {
    turns: u64,
    lines: Vec<Part>,
    calls: HashMap<Name, (f64, f64)>,
    /// Iterations of loops within it, passes, and the bytes that these read; and the seconds in them.
    iterations: f64,
    passes: f64,
    read: f64,
    in_passes: f64,
    whole: bool,
    /// The turns are short.
    short: bool,
}

impl Mark {
    fn now(lines: &[Line]) -> Mark {
        let lines = lines.iter().map(Part::of).collect();
        Mark { lines, calls: tally::calls(), spent: tally::spent() }
    }
}

impl Part {
    fn of(line: &Line) -> Part {
        let (runs, iterations) = (line.runs as f64, line.spent.iterations as f64);
        Part { own: line.own, total: line.total, runs, iterations }
    }

    fn add(&mut self, now: Part, before: Part) {
        self.own += now.own - before.own;
        self.total += now.total - before.total;
        self.runs += now.runs - before.runs;
        self.iterations += now.iterations - before.iterations;
    }
}

impl Sample {
    /// Adds what happened since a mark.
    fn add(&mut self, lines: &[Line], mark: &Mark) {
        self.lines.resize(lines.len(), Part::default());
        for (k, (part, line)) in self.lines.iter_mut().zip(lines).enumerate() {
            part.add(Part::of(line), mark.lines.get(k).copied().unwrap_or_default());
        }
        for (name, now) in tally::calls() {
            let before = mark.calls.get(&name).copied().unwrap_or_default();
            let part = self.calls.entry(name).or_default();
            part.0 += (now.count - before.count) as f64;
            part.1 += now.seconds - before.seconds;
        }
        let spent = tally::spent() - mark.spent;
        self.iterations += spent.iterations as f64;
        self.passes += spent.passes as f64;
        self.read += spent.read as f64;
        self.in_passes += spent.in_passes;
    }

    /// Turns sums into shares of the seconds and counts per turn.
    fn close(&mut self, cost: Cost) {
        let turns = self.turns.max(1) as f64;
        self.lines.iter_mut().for_each(|p| p.own = p.own.max(p.runs * SHORTEST));
        let all = self.lines.iter().map(|p| p.own).sum::<f64>().max(1e-12);
        for p in &mut self.lines {
            (p.own, p.total) = (p.own / all, (p.total / all).clamp(0.0, 1.0));
            (p.runs, p.iterations) = (p.runs / turns, p.iterations / turns);
        }
        self.calls.retain(|_, c| c.0 > 0.0);
        self.calls.values_mut().for_each(|c| c.1 = (c.1 - cost.call * c.0).max(0.0));
        let called = self.calls.values().map(|c| c.1).sum::<f64>().max(all);
        self.calls.values_mut().for_each(|c| *c = (c.0 / turns, c.1 / called));
        for count in [&mut self.iterations, &mut self.passes, &mut self.read] {
            *count /= turns;
        }
        self.in_passes = (self.in_passes / all).clamp(0.0, 1.0);
        let statements = self.lines.iter().map(|p| p.runs).sum::<f64>();
        let calls = self.calls.values().map(|c| c.0).sum::<f64>();
        let clock = statements * cost.statement() + calls * cost.call;
        (self.whole, self.short) = (true, all / turns < SHORT.max(CLOCKS * clock));
    }
}

impl Profile {
    /// Whether the turns of the innermost loop are still seen, all of them.
    pub(in crate::eval) fn sees_turns(&self) -> bool {
        let sample = self.loops.last().and_then(|turning| self.samples.get(&turning.at));
        !sample.is_some_and(|s| s.whole)
    }

    /// Whether the turn that the innermost loop begins is one to see.
    fn sees_turn(&mut self) -> bool {
        let Some(turning) = self.loops.last_mut() else { return true };
        let sample = self.samples.entry(turning.at).or_default();
        if sample.whole && sample.short {
            return false;
        }
        turning.seen += 1;
        if sample.whole {
            return true;
        }
        let lines = &self.lines;
        turning.mark.get_or_insert_with(|| Mark::now(lines));
        if sample.turns < SEEN {
            sample.turns += 1;
            return true;
        }
        if let Some(mark) = turning.mark.take() {
            sample.add(lines, &mark);
        }
        sample.close(self.cost);
        turning.seen -= u64::from(sample.short);
        !sample.short
    }

    /// The rest of the innermost loop ran unseen: so many iterations, those seen of this run and those of
    /// loops within it among them.
    fn ran_unseen(&mut self, iterations: u64, seconds: f64) {
        let Some(turning) = self.loops.last() else { return };
        let Some(sample) = self.samples.get(&turning.at) else { return };
        let turns = iterations.saturating_sub(turning.seen) as f64 / (1.0 + sample.iterations);
        let count = |x: f64| (x * turns).round() as u64;
        tally::unseen(count(sample.passes), count(sample.read), sample.in_passes * seconds);
        self.share_out(turns, seconds);
    }

    /// The innermost loop is at its end.
    pub(super) fn end_loop(&mut self) {
        if let Some(Turning { at, mark: Some(mark), .. }) = self.loops.pop()
            && let Some(sample) = self.samples.get_mut(&at)
        {
            sample.add(&self.lines, &mark);
        }
    }

    /// The innermost loop, and those within it, began so many turns in registers, and went on with some
    /// that had begun before.
    pub(in crate::eval) fn ran_in_registers(&mut self, turns: u64, begun: u64, seconds: f64) {
        drop(Turns(turns));
        let sample = self.loops.last().and_then(|turning| self.samples.get(&turning.at));
        let Some(sample) = sample else { return };
        self.share_out((turns + begun) as f64 / (1.0 + sample.iterations), seconds);
    }

    /// Shares the seconds of so many turns of the innermost loop out among its lines and calls.
    fn share_out(&mut self, own_turns: f64, seconds: f64) {
        let Some(turning) = self.loops.last() else { return };
        let Some(sample) = self.samples.get(&turning.at) else { return };
        for (k, part) in sample.lines.iter().enumerate().filter(|(_, p)| p.runs > 0.0) {
            let line = &mut self.lines[k];
            line.runs += (part.runs * own_turns).round() as u64;
            line.own += part.own * seconds;
            // A line that runs now has its whole when it ends.
            if self.active[k] == 0 {
                line.total += part.total * seconds;
                line.spent.iterations += (part.iterations * own_turns).round() as u64;
            }
        }
        for (name, &(count, share)) in &sample.calls {
            let count = (count * own_turns).round() as u64;
            tally::called(name.clone(), Calls { count, seconds: share * seconds });
        }
        if let Some(open) = self.open.last_mut() {
            open.inside += seconds;
        }
    }
}

impl Evaluator {
    /// A turn of a loop, while a profile is taken.
    #[cold]
    pub(in crate::eval) fn profiled_turn(&mut self, body: &[Stmt]) -> Flow {
        if self.profile.as_mut().is_some_and(|p| !p.sees_turn())
            && let Some(profile) = self.profile.take()
        {
            let (iterations, counting) = (tally::spent().iterations, tally::pause());
            self.aside = Some(Box::new(Aside { profile, counting, began: Instant::now(), iterations }));
        }
        self.block(body)
    }

    /// A loop is at its end: the profile looks again, if it looked away from this loop.
    pub(super) fn look_again(&mut self) {
        let Some(aside) = self.aside.take() else { return };
        let seconds = aside.began.elapsed().as_secs_f64();
        tally::resume(aside.counting);
        let mut profile = aside.profile;
        profile.ran_unseen(tally::spent().iterations - aside.iterations, seconds);
        self.profile = Some(profile);
    }
}

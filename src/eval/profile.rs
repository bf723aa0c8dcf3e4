//! The time of each statement, while a profile is taken. `Evaluator::block` comes here instead of
//! running its statements at once; it looks whether to once per block, so that nothing is paid
//! otherwise. A statement's own time is without that of statements inside it.

use super::ir::{Source, Stmt, StmtKind};
use super::reg::Reg;
use super::statement::Flow;
use super::{Evaluator, Raised, Unit};
use crate::exec::tally::{self, Spent};
use crate::value::Value;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Instant;

/// A line of a program, and the time of the statements that begin on it. Seconds.
#[derive(Clone, Debug)]
pub struct Line {
    pub source: Rc<Source>,
    /// From 1.
    pub number: u32,
    pub runs: u64,
    /// Without the statements inside.
    pub own: f64,
    /// With them.
    pub total: f64,
    /// Of it, in passes over whole arrays; and what these read, and the iterations of loops, here and
    /// inside.
    pub spent: Spent,
    /// How many loops nest here, the one that begins on this line included; 0 where none begins.
    pub nest: usize,
}

/// What is known so far.
#[derive(Default)]
pub struct Profile {
    lines: Vec<Line>,
    /// By the source's address and the statement's place in it.
    places: HashMap<(usize, u32), usize>,
    /// Of each statement that runs: seconds of those inside it, and `taken` when it began.
    open: Vec<(f64, u64)>,
    /// How often each line is running now.
    active: Vec<u32>,
    /// The lines of the loops that run now, the outermost first.
    loops: Vec<usize>,
    /// Seconds that taking one statement's time costs its surroundings.
    overhead: f64,
    /// Of one call or pass.
    call: f64,
    /// Statements whose time was taken.
    taken: u64,
}

impl Evaluator {
    /// Runs a unit and takes the time of every line that runs; gives also the seconds that this took in
    /// all. A profile within a profile is not taken.
    pub fn run_profiled(&mut self, unit: &Unit) -> (Result<Value, Raised>, Vec<Line>, f64) {
        if self.profile.is_some() {
            return (self.run_unit(unit), Vec::new(), 0.0);
        }
        let call = tally::overhead();
        self.profile = Some(Box::new(Profile { overhead: overhead(), call, ..Profile::default() }));
        let before = tally::spent();
        let result = self.run_unit(unit);
        let timed = (tally::spent() - before).timed;
        let profile = self.profile.take().unwrap_or_default();
        let cost = profile.overhead * profile.taken as f64 + call * timed as f64;
        (result, profile.lines, cost)
    }

    #[cold]
    pub(super) fn profiled_block(&mut self, body: &[Stmt]) -> Flow {
        let mut last = Flow::Next(Reg::None);
        for s in body {
            if let Flow::Next(r) = last {
                self.discard(r);
            }
            last = self.profiled(s);
            match last {
                Flow::Next(Reg::Raised) => return last,
                Flow::Next(_) => {}
                _ => return last,
            }
        }
        last
    }

    fn profiled(&mut self, s: &Stmt) -> Flow {
        let source = self.frame.source().clone();
        let Some(profile) = &mut self.profile else { return self.stmt(s) };
        let is_loop = matches!(s.kind, StmtKind::For { .. } | StmtKind::While { .. });
        let place = profile.begin(&source, s.span.start, is_loop);
        let (before, began) = (tally::spent(), Instant::now());
        let flow = self.stmt(s);
        let seconds = began.elapsed().as_secs_f64();
        if let Some(profile) = &mut self.profile {
            profile.end(place, seconds, tally::spent() - before);
            if is_loop {
                profile.loops.pop();
            }
        }
        flow
    }
}

impl Profile {
    /// Begins the statement at a place of a source.
    fn begin(&mut self, source: &Rc<Source>, at: u32, is_loop: bool) -> usize {
        let key = (Rc::as_ptr(source) as usize, at);
        let place = match self.places.get(&key) {
            Some(&place) => place,
            None => {
                let place = self.line(source, at);
                self.places.insert(key, place);
                place
            }
        };
        if is_loop {
            self.loops.push(place);
            for (&outer, nest) in self.loops.iter().rev().zip(1..) {
                self.lines[outer].nest = self.lines[outer].nest.max(nest);
            }
        }
        self.open.push((0.0, self.taken));
        self.active[place] += 1;
        place
    }

    /// The line on which a statement begins; several statements may.
    fn line(&mut self, source: &Rc<Source>, at: u32) -> usize {
        let before = source.text.get(..at as usize).unwrap_or("");
        let number = before.matches('\n').count() as u32 + 1;
        let same = |l: &Line| Rc::ptr_eq(&l.source, source) && l.number == number;
        if let Some(place) = self.lines.iter().position(same) {
            return place;
        }
        let (own, total, spent) = (0.0, 0.0, Spent::default());
        self.lines.push(Line { source: source.clone(), number, runs: 0, own, total, spent, nest: 0 });
        self.active.push(0);
        self.lines.len() - 1
    }

    fn end(&mut self, place: usize, seconds: f64, spent: Spent) {
        let (inside, before) = self.open.pop().unwrap_or((0.0, self.taken));
        // What the clock cost within this statement is none of the program's time.
        let seconds = seconds - self.call * spent.timed as f64;
        let total = (seconds - self.overhead * (self.taken - before) as f64).max(0.0);
        self.taken += 1;
        if let Some((outer, _)) = self.open.last_mut() {
            *outer += seconds + self.overhead;
        }
        self.active[place] -= 1;
        let line = &mut self.lines[place];
        line.runs += 1;
        line.own += (seconds - inside).max(0.0);
        // A line that calls itself counts where it was entered first.
        if self.active[place] == 0 {
            line.total += total;
            line.spent += spent;
        }
    }
}

/// Seconds that a statement's surroundings lose to the taking of its time: all of it but what stands
/// between the two looks at the clock. The least of some rounds, as others are disturbed.
fn overhead() -> f64 {
    const ROUNDS: u32 = 200;
    let source = Rc::new(Source { name: String::new(), text: String::new() });
    let mut profile = Profile::default();
    let mut round = || {
        let (began, mut inside) = (Instant::now(), 0.0);
        for _ in 0..ROUNDS {
            let place = profile.begin(&std::hint::black_box(source.clone()), 0, false);
            let (before, start) = (tally::spent(), Instant::now());
            let seconds = start.elapsed().as_secs_f64();
            inside += seconds;
            profile.end(place, seconds, tally::spent() - before);
        }
        (began.elapsed().as_secs_f64() - inside).max(0.0) / f64::from(ROUNDS)
    };
    (0..8).map(|_| round()).fold(f64::INFINITY, f64::min)
}

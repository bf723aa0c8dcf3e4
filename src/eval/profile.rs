//! The time of each statement, while a profile is taken. `Evaluator::block` comes here instead of
//! running its statements at once; it looks whether to once per block, so that nothing is paid
//! otherwise. A statement's own time is without that of statements inside it. Loops that run in registers
//! are seen so for some turns, see [`sample`].

mod each;
mod sample;

use super::ir::{Source, Stmt, StmtKind};
use super::reg::Reg;
use super::statement::Flow;
use super::watch::LoopSite;
use super::{Evaluator, Raised, Unit};
use crate::exec::tally::{self, Spent};
use crate::syntax::{Paint, tokens};
use crate::value::Value;
pub use sample::Aside;
use sample::{Sample, Turning};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Instant;

/// Where a statement stands: its source's address, and its place in it.
type At = (usize, u32);

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
    /// How many loops nest here, the one that begins on this line included, a comprehension being one;
    /// 0 where none begins.
    pub nest: usize,
    /// Of a loop that stands in no other: bytes of the elements that its steps take from arrays and put
    /// there, each counted once.
    pub touched: u64,
    /// Of such a loop: seconds that an iteration takes at least in whole-array lines, by what it does.
    pub each: f64,
}

/// The least seconds of a code with its times taken and without.
#[derive(Default)]
struct Times {
    with: f64,
    without: f64,
}

/// A statement that runs: the seconds of those inside it, the iterations there, and `taken` when it began.
#[derive(Default)]
struct Open {
    inside: f64,
    iterations: u64,
    taken: u64,
}

/// What is known so far.
#[derive(Default)]
pub struct Profile {
    lines: Vec<Line>,
    places: HashMap<At, usize>,
    /// The statements that run.
    open: Vec<Open>,
    /// How often each line is running now.
    active: Vec<u32>,
    /// The loops that run now, the outermost first.
    loops: Vec<Turning>,
    /// What is known of loops that run in registers.
    samples: HashMap<At, Sample>,
    cost: Cost,
    /// Statements whose time was taken.
    taken: u64,
}

/// Seconds that the taking of times costs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Of one statement: to what is around it, and to its own time.
    around: f64,
    within: f64,
    /// Of one call or pass.
    call: f64,
}

impl Cost {
    fn statement(&self) -> f64 {
        self.around + self.within
    }
}

/// What a run under the clock gives.
pub struct Profiled {
    pub result: Result<Value, Raised>,
    pub lines: Vec<Line>,
    /// Of the whole, without what the taking of times cost.
    pub seconds: f64,
}

impl Evaluator {
    /// Runs a unit and takes the time of every line that runs. A profile within a profile is not taken.
    pub fn run_profiled(&mut self, unit: &Unit, cost: Cost) -> Profiled {
        if self.profile.is_some() || self.aside.is_some() {
            let began = Instant::now();
            let result = self.run_unit(unit);
            return Profiled { result, lines: Vec::new(), seconds: began.elapsed().as_secs_f64() };
        }
        self.profile = Some(Box::new(Profile { cost, ..Profile::default() }));
        let (before, began) = (tally::spent(), Instant::now());
        let result = self.run_unit(unit);
        let seconds = began.elapsed().as_secs_f64();
        let timed = (tally::spent() - before).timed;
        let mut profile = self.profile.take().unwrap_or_default();
        // A line whose time was all taking of times may come out below nothing.
        for line in &mut profile.lines {
            line.own = line.own.max(line.runs as f64 * SHORTEST);
            line.total = line.total.max(line.own);
        }
        let taking = cost.statement() * profile.taken as f64 + cost.call * timed as f64;
        // Nothing takes less than its lines.
        let lines = profile.lines.iter().map(|l| l.own).sum::<f64>();
        Profiled { result, lines: profile.lines, seconds: (seconds - taking).max(lines) }
    }

    /// What the taking of times costs here: a loop of one statement is run with and without it, as the
    /// clock alone tells too little. To be asked before anything counts.
    pub fn cost_of_profiles(&mut self) -> Cost {
        const STEPS: u64 = sample::SEEN - 6;
        let mut seconds = |body: &str| {
            let text = format!("for profile_i in range({STEPS}) {{ profile_x = {body} }}");
            self.in_silence(|ev| {
                let outer = ev.globals.enter_module();
                let times = ev.with_and_without(&text);
                ev.globals.forget_module(outer);
                times
            })
        };
        let plain = seconds("profile_i + 1");
        let each = (plain.with - plain.without).max(0.0) / (STEPS + 1) as f64;
        let (around, call) = (overhead(), tally::overhead());
        Cost { around, within: (each - around).max(0.0), call }
    }

    /// The least seconds that a code takes with its times taken and without.
    fn with_and_without(&mut self, text: &str) -> Times {
        let mut least = Times { with: f64::INFINITY, without: f64::INFINITY };
        let source = Rc::new(Source { name: String::new(), text: text.into() });
        let parsed = crate::syntax::parse(text, &self.lexicon);
        let Ok(unit) = self.resolve(&parsed.statements, source) else { return Times::default() };
        for _ in 0..8 {
            let began = Instant::now();
            let _ = self.run_unit(&unit);
            least.without = least.without.min(began.elapsed().as_secs_f64());
            self.profile = Some(Box::default());
            let (seconds, _) = tally::profile(|| {
                let began = Instant::now();
                let _ = self.run_unit(&unit);
                began.elapsed().as_secs_f64()
            });
            self.profile = None;
            least.with = least.with.min(seconds);
        }
        least
    }

    /// The bytes that a loop's steps take from arrays and put there: of those that it indexes or goes
    /// through, as many elements as there are steps, or all.
    fn touched(&mut self, s: &Stmt, iterations: u64) -> u64 {
        let (StmtKind::For { names, .. } | StmtKind::While { names, .. }) = &s.kind else { return 0 };
        let source = self.frame.source().clone();
        let Some(text) = source.text.get(s.span.range()) else { return 0 };
        let header = text.find('{').unwrap_or(text.len());
        let site = LoopSite { span: s.span, source: source.clone(), names };
        let (mut seen, mut bytes) = (Vec::new(), 0);
        for (_, at) in tokens(text, &self.lexicon).into_iter().filter(|(paint, _)| *paint == Paint::Name) {
            let (before, after) = (text[..at.range().start].trim_end(), &text[at.range().end..]);
            let goes_through =
                at.range().start < header && !before.ends_with("len(") && !after.starts_with('.');
            if !(goes_through || after.starts_with('[')) {
                continue;
            }
            if let Some(Value::Array(a)) = self.value_at(&site, &text[at.range()])
                && !seen.contains(&a.buffer_address())
            {
                seen.push(a.buffer_address());
                bytes += (a.nbytes() as u64).min(iterations.saturating_mul(a.dtype().itemsize() as u64));
            }
        }
        bytes
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
        if is_loop {
            self.look_again();
        }
        let seconds = began.elapsed().as_secs_f64();
        let Some(profile) = &mut self.profile else { return flow };
        let spent = tally::spent() - before;
        profile.end(place, seconds, spent);
        if is_loop {
            profile.end_loop();
            if profile.loops.is_empty() {
                let (touched, each) = (self.touched(s, spent.iterations), self.each(s));
                if let Some(line) = self.profile.as_mut().and_then(|p| p.lines.get_mut(place)) {
                    line.touched += touched;
                    line.each = each;
                }
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
            self.loops.push(Turning { at: key, place, mark: None, seen: 0 });
            for (outer, nest) in self.loops.iter().rev().zip(1..) {
                let line = &mut self.lines[outer.place];
                line.nest = line.nest.max(nest);
            }
        }
        self.open.push(Open { taken: self.taken, ..Open::default() });
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
        let (source, touched, each) = (source.clone(), 0, 0.0);
        self.lines.push(Line { source, number, runs: 0, own, total, spent, nest: 0, touched, each });
        self.active.push(0);
        self.lines.len() - 1
    }

    fn end(&mut self, place: usize, seconds: f64, spent: Spent) {
        let open = self.open.pop().unwrap_or(Open { taken: self.taken, ..Open::default() });
        // What the clock cost within this statement is none of the program's time.
        let seconds = seconds - self.cost.call * spent.timed as f64;
        let own = seconds - self.cost.within;
        let total = own - self.cost.statement() * (self.taken - open.taken) as f64;
        self.taken += 1;
        if let Some(outer) = self.open.last_mut() {
            outer.inside += seconds + self.cost.around;
            outer.iterations += spent.iterations;
        }
        self.active[place] -= 1;
        let line = &mut self.lines[place];
        line.runs += 1;
        // Iterations of its own are those of a comprehension, if it is no loop.
        if spent.iterations > open.iterations {
            line.nest = line.nest.max(1);
        }
        line.own += own - open.inside;
        // A line that calls itself counts where it was entered first.
        if self.active[place] == 0 {
            line.total += total;
            line.spent += spent;
        }
    }
}

/// Seconds of the shortest statements.
const SHORTEST: f64 = 2e-9;

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

//! Checking an answer: by result, beside the model answer on the inputs shown and on more, and by
//! how: its text, what it cost, and what its result shares memory with.

use super::code::{has_loop, mentions};
use super::compare::{Difference, compare};
use super::sandbox::{Bounds, Cost, Sandbox, Trouble, counted};
use super::{Code, Counter, Exercise, Lesson, Limit};
use crate::array::Array;
use crate::error::Report;
use crate::session::Failure;
use crate::show;
use crate::syntax::Lexicon;
use crate::value::Value;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    pub ok: bool,
    /// `equal`, `2 copies (limit 1)`.
    pub what: String,
}

/// What came of an answer.
#[derive(Debug, Default)]
pub struct Verdict {
    pub checks: Vec<Check>,
    /// Lines that say more of what is wrong.
    pub notes: Vec<String>,
    /// The answer's own error.
    pub report: Option<Box<Report>>,
    /// The learner stopped it: nothing was found out.
    pub interrupted: bool,
}

impl Verdict {
    pub fn passed(&self) -> bool {
        !self.interrupted && self.checks.iter().all(|c| c.ok)
    }

    /// `✓ equal  ✓ no loop  ✗ 2 copies (limit 1)`; in words where the text is read aloud.
    pub fn line(&self, spoken: bool) -> String {
        let mark = |c: &Check| match (spoken, c.ok) {
            (false, true) => format!("✓ {}", c.what),
            (false, false) => format!("✗ {}", c.what),
            (true, true) => format!("right: {}", c.what),
            (true, false) => format!("wrong: {}", c.what),
        };
        let marks: Vec<String> = self.checks.iter().map(mark).collect();
        marks.join(if spoken { "; " } else { "  " })
    }

    fn add(&mut self, ok: bool, what: impl Into<String>) {
        self.checks.push(Check { ok, what: what.into() });
    }
}

/// An answer to check.
pub struct Answer<'a> {
    /// What errors call its text.
    pub name: &'a str,
    pub text: &'a str,
}

/// The lines of a value that are shown beside another.
const MOST_LINES: usize = 6;

/// Checks an answer to an exercise. Each run of it is held to the exercise's seconds and to `memory`
/// bytes of arrays.
pub fn check(lesson: &Lesson, exercise: &Exercise, answer: &Answer, memory: usize) -> Verdict {
    let mut verdict = Verdict::default();
    let trial = Trial { lesson, exercise, bounds: Bounds { seconds: exercise.seconds, memory } };
    let shown = match trial.run(None, Some(answer)) {
        Ok(run) => run,
        Err(trouble) => {
            trial.tell(&mut verdict, trouble, None);
            return verdict;
        }
    };
    if trial.judge(&mut verdict, &shown, None) {
        for also in &exercise.also {
            let more = trial.run(Some(also), Some(answer));
            let good = match more {
                Ok(run) => trial.judge(&mut verdict, &run, Some(also)),
                Err(trouble) => trial.tell(&mut verdict, trouble, Some(also)),
            };
            if !good {
                break;
            }
        }
        if verdict.checks.is_empty() && !verdict.interrupted {
            verdict.add(true, "equal");
        }
    }
    let lexicon = crate::prim::table().lexicon();
    for limit in &exercise.limits {
        let (ok, what) = keeps(limit, answer.text, &shown, &lexicon);
        verdict.add(ok, what);
    }
    verdict
}

/// Runs of one exercise.
struct Trial<'a> {
    lesson: &'a Lesson,
    exercise: &'a Exercise,
    bounds: Bounds,
}

/// What a run gave.
struct Run {
    value: Value,
    cost: Cost,
    /// The arrays set up, by their names, and what these names hold afterwards.
    inputs: Vec<(String, Array, Option<Value>)>,
}

impl Trial<'_> {
    /// Runs an answer, or without one the model answer, over one set of inputs.
    fn run(&self, also: Option<&Code>, answer: Option<&Answer>) -> Result<Run, Trouble> {
        let e = self.exercise;
        let mut sandbox = Sandbox::new(None);
        let file = &self.lesson.source.name;
        for code in [Some(&e.setup), also].into_iter().flatten() {
            sandbox.run(file, &self.lesson.placed(code), self.bounds)?;
        }
        let globals = &sandbox.session.evaluator.globals;
        let arrays = globals.assigned().filter_map(|(n, v)| match v {
            Value::Array(a) => Some((n.to_string(), a.clone())),
            _ => None,
        });
        let arrays: Vec<(String, Array)> = arrays.collect();
        let model = self.lesson.placed(&e.answer);
        let (name, text) = answer.map_or((file.as_str(), model.as_str()), |a| (a.name, a.text));
        let (value, cost) = counted(|| {
            let value = sandbox.run(name, text, self.bounds)?;
            match &e.gives {
                Some(gives) => sandbox.run("the value asked for", &gives.text, self.bounds),
                None => Ok(value),
            }
        });
        let globals = &mut sandbox.session.evaluator.globals;
        let inputs = arrays.into_iter().map(|(n, a)| (n.clone(), a, globals.get(&n))).collect();
        Ok(Run { value: value?, cost, inputs })
    }

    /// Compares a run with the model answer's; adds what differs. Says whether nothing does.
    fn judge(&self, verdict: &mut Verdict, run: &Run, also: Option<&Code>) -> bool {
        let wanted = match self.run(also, None) {
            Ok(run) => run.value,
            Err(Trouble::Interrupted) => {
                verdict.interrupted = true;
                return false;
            }
            Err(_) => {
                verdict.add(false, "the model answer does not run: the lesson is wrong");
                return false;
            }
        };
        let Some(difference) = compare(&run.value, &wanted, self.exercise.close) else { return true };
        match difference {
            Difference::Kind { given, wanted } => verdict.add(false, format!("{given}, wanted {wanted}")),
            Difference::Shape { given, wanted } => {
                verdict.add(false, format!("shape {given}, wanted {wanted}"));
            }
            Difference::DType { given, wanted } => {
                verdict.add(true, "equal values");
                verdict.add(false, format!("dtype {given}, wanted {wanted}"));
            }
            Difference::Values { of: 1, .. } => verdict.add(false, "not equal"),
            Difference::Values { differ, of } => {
                verdict.add(false, format!("not equal: {differ} of {of} elements differ"));
            }
        }
        self.name_inputs(verdict, also);
        verdict.notes.push(beside("wanted", &wanted));
        verdict.notes.push(beside("yours", &run.value));
        false
    }

    /// Adds why a run gave nothing.
    fn tell(&self, verdict: &mut Verdict, trouble: Trouble, also: Option<&Code>) -> bool {
        match trouble {
            Trouble::Interrupted => verdict.interrupted = true,
            Trouble::Late(s) => {
                verdict.add(false, format!("stopped after {}", show::time::duration(s, 3)));
                self.name_inputs(verdict, also);
            }
            Trouble::Failed(failure) => {
                let report = report(&failure);
                verdict.add(false, format!("error: {}", report.message));
                self.name_inputs(verdict, also);
                if let Some(help) = &report.help {
                    verdict.notes.push(format!("help: {help}"));
                }
                verdict.report = Some(report.into());
            }
        }
        false
    }

    /// Says which inputs something was seen with, if they are not those shown.
    fn name_inputs(&self, verdict: &mut Verdict, also: Option<&Code>) {
        if let Some(code) = also {
            verdict.notes.push(format!("with other inputs: {}", code.text.replace('\n', "; ")));
        }
    }
}

/// The first report of a failure.
pub fn report(failure: &Failure) -> Report {
    match failure {
        Failure::Incomplete { source, errors } | Failure::Syntax { source, errors } => match errors.first() {
            Some(e) => Report::from_syntax(e, source),
            None => Report::internal("text that is wrong without a mistake"),
        },
        Failure::Error(raised) => Report::from_located(raised),
        Failure::Internal { message } => Report::internal(message),
    }
}

/// A value after a word, its lines below each other.
fn beside(word: &str, value: &Value) -> String {
    let text = show::display(value);
    let mut lines: Vec<&str> = text.lines().take(MOST_LINES).collect();
    if text.lines().count() > MOST_LINES {
        lines.push("…");
    }
    format!("{word:<8}{}", lines.join(&format!("\n{:8}", "")))
}

/// Whether an answer keeps to a limit, and the words for it.
fn keeps(limit: &Limit, text: &str, run: &Run, lexicon: &Lexicon) -> (bool, String) {
    match limit {
        Limit::NoLoop if has_loop(text, lexicon) => (false, "a loop (none allowed)".into()),
        Limit::NoLoop => match run.cost.iterations {
            0 => (true, "no loop".into()),
            n => (false, format!("{n} turns of a loop (none allowed)")),
        },
        Limit::AtMost(counter, most) => at_most(*counter, *most, &run.cost),
        Limit::Uses(names) => match names.iter().find(|n| mentions(text, n, lexicon)) {
            Some(name) => (true, format!("uses {name}")),
            None => (false, format!("does not use {}", names.join(" or "))),
        },
        Limit::Forbids(names) => match names.iter().find(|n| mentions(text, n, lexicon)) {
            Some(name) => (false, format!("uses {name} (not allowed)")),
            None => (true, format!("without {}", names.join(", "))),
        },
        Limit::View(name) => {
            let shared = shared_with(run);
            let of = name.as_ref().map(|n| format!(" of {n}")).unwrap_or_default();
            let ok = match name {
                Some(name) => shared.contains(&name),
                None => !shared.is_empty(),
            };
            (ok, if ok { format!("a view{of}") } else { format!("a copy, not a view{of}") })
        }
        Limit::Copy => match shared_with(run).first() {
            Some(name) => (false, format!("shares memory with {name}, wanted a copy")),
            None => (true, "a copy".into()),
        },
        Limit::InPlace(name) => {
            let kept = run.inputs.iter().find(|(n, _, _)| n == name).is_some_and(
                |(_, before, after)| matches!(after, Some(Value::Array(now)) if now.same_buffer(before)),
            );
            (kept, if kept { format!("{name} in place") } else { format!("{name} is another array now") })
        }
    }
}

/// The inputs that the result shares memory with.
fn shared_with(run: &Run) -> Vec<&String> {
    let Value::Array(result) = &run.value else { return Vec::new() };
    run.inputs.iter().filter(|(_, a, _)| a.same_buffer(result)).map(|(n, _, _)| n).collect()
}

fn at_most(counter: Counter, most: u64, cost: &Cost) -> (bool, String) {
    let count = |n: u64, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let (found, what) = match counter {
        Counter::Copies => (cost.copies, count(cost.copies, "copy", "copies")),
        Counter::Temporaries => (cost.temporaries, count(cost.temporaries, "temporary", "temporaries")),
        Counter::Arrays => (cost.arrays, count(cost.arrays, "new array", "new arrays")),
        Counter::Passes => (cost.passes, count(cost.passes, "pass", "passes")),
        Counter::Peak => (cost.peak, format!("peak {}", bytes(cost.peak))),
    };
    let limit = if counter == Counter::Peak { bytes(most) } else { most.to_string() };
    (found <= most, format!("{what} (limit {limit})"))
}

/// What an answer must keep to, as the learner is told beforehand: `no loop; at most 1 new array`.
/// Nothing without limits.
pub fn asked(limits: &[Limit]) -> Option<String> {
    let told: Vec<String> = limits.iter().map(asks).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn asks(limit: &Limit) -> String {
    let words = |c: Counter| match c {
        Counter::Copies => ("copy", "copies"),
        Counter::Temporaries => ("temporary", "temporaries"),
        Counter::Arrays => ("new array", "new arrays"),
        Counter::Passes => ("pass over memory", "passes over memory"),
        Counter::Peak => ("byte at once", "bytes at once"),
    };
    match limit {
        Limit::NoLoop => "no loop".into(),
        Limit::AtMost(Counter::Peak, most) => format!("at most {} at once", bytes(*most)),
        Limit::AtMost(c, 0) => format!("no {}", words(*c).0),
        Limit::AtMost(c, 1) => format!("at most 1 {}", words(*c).0),
        Limit::AtMost(c, n) => format!("at most {n} {}", words(*c).1),
        Limit::Uses(names) => format!("uses {}", names.join(" or ")),
        Limit::Forbids(names) => format!("without {}", names.join(", ")),
        Limit::View(Some(name)) => format!("a view of {name}"),
        Limit::View(None) => "a view".into(),
        Limit::Copy => "a copy, which shares no memory".into(),
        Limit::InPlace(name) => format!("{name} in place"),
    }
}

/// Bytes in a unit of a thousand.
fn bytes(n: u64) -> String {
    let x = n as f64;
    match n {
        0..1000 => format!("{n} B"),
        1000..1_000_000 => format!("{:.3} kB", x / 1e3),
        1_000_000..1_000_000_000 => format!("{:.3} MB", x / 1e6),
        _ => format!("{:.3} GB", x / 1e9),
    }
    .replace(".000 ", " ")
}

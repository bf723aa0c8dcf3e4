//! `%explain`: an expression as it runs. It runs once, on copies, under `exec::tally`'s trace; the calls
//! of the trace become a tree by their places in the text, passes go to the calls that made them, and
//! calls that waited are told which step ran them. Beside the sums stand those of NumPy.

use super::numpy::{self, Cost};
use super::text::{bytes, count, json_list, json_number, json_object, json_string};
use super::trial::Trial;
use crate::eval::Evaluator;
use crate::exec::tally::{self, Brief, Call, Kind, Outcome, Pass, Piecemeal, Tally, Touches};
use crate::show::time::{duration, thousands};
use crate::show::wrap;
use crate::syntax::Span;
use crate::value::{Fault, shape_text};
use std::collections::HashMap;

/// Columns of the widest line.
const COLUMNS: usize = 60;

/// One call, and the passes that it made.
pub struct Step {
    pub call: Call,
    /// Its text, if it stands in the expression; of a call inside a function, its name.
    pub code: String,
    pub passes: Vec<(Pass, f64)>,
    /// With the calls inside it, without its operands.
    pub seconds: f64,
    /// The step whose pass did its work.
    pub fused: Option<usize>,
    /// The function that it called for each element, if it did.
    pub piecemeal: Option<Piecemeal>,
    /// How far in the tree.
    pub depth: usize,
    /// The steps that gave its operands.
    inside: Vec<usize>,
    numpy: Cost,
}

/// The outcome.
pub struct Explained {
    /// In the order in which they ran.
    pub steps: Vec<Step>,
    /// The places of the steps in the order of the tree, outermost first.
    pub order: Vec<usize>,
    /// Passes of no step.
    pub others: Vec<(Pass, f64)>,
    pub tally: Tally,
    pub numpy: Cost,
    pub seconds: f64,
    /// The user stopped it before its end.
    pub partial: bool,
}

/// Runs code on copies and explains it. If the user stops it, the steps that ran are the result.
pub fn explain(evaluator: &mut Evaluator, code: &str) -> Result<Explained, Fault> {
    let trial = Trial::new(evaluator, "%explain", code, &[code])?;
    let began = std::time::Instant::now();
    let (tally, seconds, partial) = trial.run(evaluator, |evaluator, unit| {
        let start = began.elapsed();
        let (value, tally) = tally::trace(|| evaluator.run_unit(unit));
        let seconds = (began.elapsed() - start).as_secs_f64();
        match value {
            Err(raised) if !raised.is_interrupt() => Err(raised),
            value => Ok((tally, seconds, value.is_err())),
        }
    })?;
    evaluator.flush_warnings();
    Ok(Explained { partial, ..tree(tally, seconds, code) })
}

fn tree(tally: Tally, seconds: f64, code: &str) -> Explained {
    let mut found = Explained {
        steps: Vec::new(),
        order: Vec::new(),
        others: Vec::new(),
        numpy: Cost::default(),
        seconds,
        tally,
        partial: false,
    };
    let base = found.calls().map(|(_, call, _)| call.depth).min().unwrap_or(0);
    let steps: Vec<(usize, Step)> = found
        .calls()
        .map(|(i, call, seconds)| {
            let (passes, inside) = (Vec::new(), Vec::new());
            let (code, call) = (text_of(call, code), call.clone());
            let depth = call.depth - base;
            (
                i,
                Step {
                    call,
                    code,
                    passes,
                    seconds,
                    fused: None,
                    piecemeal: None,
                    depth,
                    inside,
                    numpy: Cost::default(),
                },
            )
        })
        .collect();
    let places: Vec<usize> = steps.iter().map(|(i, _)| *i).collect();
    found.steps = steps.into_iter().map(|(_, s)| s).collect();
    found.give_passes(&places);
    found.give_piecemeal(&places);
    found.nest(base);
    found.cost(code);
    found
}

/// A call's text, on one line; its name where it has none.
fn text_of(call: &Call, code: &str) -> String {
    let own = code.get(call.span.range()).filter(|_| call.span.end > call.span.start);
    let text = call.code.as_deref().or(own).filter(|t| !t.is_empty()).unwrap_or(&call.name);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // Of an index in a statement the place is known.
    let place = || line.rfind(']').map_or(line.as_str(), |end| &line[..=end]);
    match call.touches {
        Touches::All => line,
        Touches::Chosen => place().to_string(),
        Touches::Written => format!("{} = …", place()),
    }
}

impl Explained {
    /// The calls that no other call made, each with its place in the trace.
    fn calls(&self) -> impl Iterator<Item = (usize, &Call, f64)> {
        self.tally.steps.iter().enumerate().filter_map(|(i, s)| match &s.kind {
            Kind::Call(call) if s.parent.is_none() => Some((i, call, s.seconds)),
            _ => None,
        })
    }

    /// Gives each pass to the outermost call around it, or to the call that waited for it.
    fn give_passes(&mut self, places: &[usize]) {
        let trace = std::mem::take(&mut self.tally.steps);
        for (i, step) in trace.iter().enumerate() {
            let Kind::Pass(pass) = &step.kind else { continue };
            let mut at = i;
            while let Some(outer) = trace[at].parent {
                at = outer;
            }
            // By its place: another row may do its work (a power that is a square).
            let waits =
                |s: &Step, (_, span): &(&str, Span)| s.call.outcome == Outcome::Waits && s.call.span == *span;
            let last = |last: &(&'static str, Span)| self.steps.iter().rposition(|s| waits(s, last));
            let owner = places.iter().position(|&p| p == at).or_else(|| pass.fused.last().and_then(last));
            for other in &pass.fused {
                if let Some(k) = self.steps.iter().rposition(|s| waits(s, other) && s.fused.is_none())
                    && Some(k) != owner
                {
                    self.steps[k].fused = owner;
                }
            }
            match owner {
                Some(k) => self.steps[k].passes.push((pass.clone(), step.seconds)),
                None => self.others.push((pass.clone(), step.seconds)),
            }
        }
        self.tally.steps = trace;
    }

    /// Tells the outermost call around each function that was called piece by piece.
    fn give_piecemeal(&mut self, places: &[usize]) {
        for told in &self.tally.piecemeal {
            let Some(mut at) = told.parent else { continue };
            while let Some(outer) = self.tally.steps[at].parent {
                at = outer;
            }
            if let Some(k) = places.iter().position(|&p| p == at) {
                self.steps[k].piecemeal.get_or_insert(told.clone());
            }
        }
    }

    /// Puts steps under the one whose text holds theirs; those of functions stay where they ran.
    fn nest(&mut self, base: usize) {
        let mut roots: Vec<usize> = Vec::new();
        for k in 0..self.steps.len() {
            let span = self.steps[k].call.span;
            let mut inside = Vec::new();
            if self.steps[k].call.depth == base {
                while let Some(&r) = roots.last() {
                    let other = &self.steps[r].call;
                    let within =
                        span.start <= other.span.start && other.span.end <= span.end && other.span != span;
                    if other.depth == base && !within {
                        break;
                    }
                    inside.push(r);
                    roots.pop();
                }
                inside.reverse();
            }
            self.steps[k].inside = inside;
            roots.push(k);
        }
        for root in roots {
            self.place(root, 0);
        }
    }

    fn place(&mut self, k: usize, depth: usize) {
        self.order.push(k);
        self.steps[k].depth += depth;
        for inner in self.steps[k].inside.clone() {
            self.place(inner, depth + 1);
        }
    }

    fn cost(&mut self, code: &str) {
        for k in 0..self.steps.len() {
            let step = &self.steps[k];
            // A view is the buffer of another.
            let owned = step.inside.iter().filter(|&&i| self.steps[i].call.outcome != Outcome::View);
            let unnamed: Vec<&Brief> = owned.filter_map(|&i| self.steps[i].call.result.as_ref()).collect();
            let text = step.call.code.as_deref().or(code.get(step.call.span.range())).unwrap_or("");
            let written = step.passes.iter().map(|(p, _)| p.written).sum();
            // Numbers such as lengths are known without looking at elements.
            let known = step.call.outcome == Outcome::Other
                && step.passes.is_empty()
                && step.call.result.as_ref().is_none_or(|r| numpy::bytes(r) == 0);
            let cost = match known {
                true => Cost::default(),
                false => numpy::cost(&step.call, numpy::is_operator(text), &unnamed, written),
            };
            self.steps[k].numpy = cost;
            self.numpy = self.numpy.and(cost);
        }
    }

    pub fn text(&self) -> String {
        let mut out = String::new();
        if self.steps.is_empty() && self.others.is_empty() {
            out.push_str("no step works on arrays\n");
        }
        for (k, again) in self.shown() {
            let step = &self.steps[k];
            let margin = "  ".repeat(step.depth.min(10));
            out.push_str(&format!("{margin}{}. {}\n", k + 1, clipped(&step.code, 56 - margin.len())));
            for line in step.lines().into_iter().chain(again) {
                out.push_str(&within(&format!("{margin}   "), &line));
            }
        }
        for (pass, seconds, n) in &runs(&self.others) {
            out.push_str(&format!("beside the steps: {}\n", pass_lines(pass, *seconds, *n).join("\n   ")));
        }
        if self.tally.left_out > 0 {
            out.push_str(&format!("and {}\n", count(self.tally.left_out, "step")));
        }
        out + &self.sums()
    }

    /// The same for reading aloud: the tree by the steps' numbers, the sums as sentences.
    pub fn spoken(&self) -> String {
        let mut out = String::new();
        if self.steps.is_empty() && self.others.is_empty() {
            out.push_str("no step works on arrays\n");
        }
        for (k, again) in self.shown() {
            let step = &self.steps[k];
            let user = self.steps.iter().position(|s| s.inside.contains(&k));
            let user = user.map_or(String::new(), |u| format!(", for step {}", u + 1));
            out.push_str(&format!("step {}{user}: {}\n", k + 1, step.code));
            step.lines()
                .into_iter()
                .chain(again)
                .for_each(|line| out.push_str(&format!("{}\n", line.trim())));
        }
        for (pass, seconds, n) in &runs(&self.others) {
            let lines: Vec<String> = pass_lines(pass, *seconds, *n).iter().map(|l| l.trim().into()).collect();
            out.push_str(&format!("beside the steps: {}\n", lines.join(", ")));
        }
        if self.tally.left_out > 0 {
            out.push_str(&format!("and {}\n", count(self.tally.left_out, "step")));
        }
        let (t, n, m) = (&self.tally, &self.numpy, self.tally.memory);
        let row = |name: &str, passes: u64, read: u64, written: u64, buffers: u64, allocated: u64| {
            let buffers = count(buffers, "buffer");
            let (read, written, allocated) = (bytes(read), bytes(written), bytes(allocated));
            let passes = count(passes, "pass");
            format!("{name}: {passes}, {read} read, {written} written, {allocated} allocated in {buffers}\n")
        };
        out.push_str(&row("arr", t.passes, t.read, t.written, m.buffers as u64, m.allocated as u64));
        out.push_str(&row("NumPy", n.passes, n.read, n.written, n.buffers, n.allocated));
        out.push_str(&self.last_line());
        out.lines().flat_map(|l| wrap(l, COLUMNS)).map(|l| l + "\n").collect()
    }

    /// The steps to show, in the order of the tree. Of a place that ran many times, in a loop or a
    /// function, it is the first, with a line about the others.
    fn shown(&self) -> Vec<(usize, Option<String>)> {
        let place = |s: &Step| (s.call.span.start, s.call.span.end, s.call.depth, s.call.name.clone());
        let mut times: HashMap<_, (usize, u64, f64)> = HashMap::new();
        for &k in &self.order {
            let step = &self.steps[k];
            let (_, n, seconds) = times.entry(place(step)).or_insert((k, 0, 0.0));
            (*n, *seconds) = (*n + 1, *seconds + step.seconds);
        }
        let shown = |&k: &usize| match times.get(&place(&self.steps[k])) {
            Some(&(first, n, seconds)) if n > LISTED as u64 => {
                let all =
                    format!("and {} more such calls; {} in all", thousands(n - 1), duration(seconds, 3));
                (k == first).then_some((k, Some(all)))
            }
            _ => Some((k, None)),
        };
        self.order.iter().filter_map(shown).collect()
    }

    fn sums(&self) -> String {
        let (t, n) = (&self.tally, &self.numpy);
        let row = |name: &str, passes: u64, read: u64, written: u64, buffers: u64, allocated: u64| {
            let made = format!("{} in {buffers}", bytes(allocated));
            format!("{name:<6}{passes:>8}{:>12}{:>12}{made:>20}\n", bytes(read), bytes(written))
        };
        let mut out = format!("{:<6}{:>8}{:>12}{:>12}{:>20}\n", "", "passes", "read", "written", "allocated");
        let m = t.memory;
        out.push_str(&row("arr", t.passes, t.read, t.written, m.buffers as u64, m.allocated as u64));
        out.push_str(&row("NumPy", n.passes, n.read, n.written, n.buffers, n.allocated));
        out + &self.last_line()
    }

    fn last_line(&self) -> String {
        let (t, m) = (&self.tally, self.tally.memory);
        let mut rest = vec![format!("ran in {}", duration(self.seconds, 3))];
        rest.push(format!("peak {}", bytes(m.peak as u64)));
        rest.push(count(t.temporaries() as u64, "temporary"));
        if t.iterations > 0 {
            rest.push(count(t.iterations, "loop iteration"));
        }
        rest.join(", ") + "\n"
    }

    pub fn json(&self) -> String {
        let pass = |(p, seconds): &(Pass, f64)| {
            json_object(&[
                ("kernel", json_string(p.kernel)),
                ("dtype", json_string(p.dtype.name())),
                ("simd", json_string(p.level.name())),
                ("threads", p.threads.to_string()),
                ("read", p.read.to_string()),
                ("written", p.written.to_string()),
                ("ops", p.ops.to_string()),
                ("in_place", p.in_place.to_string()),
                ("seconds", json_number(*seconds)),
            ])
        };
        let step = |&k: &usize| {
            let s = &self.steps[k];
            json_object(&[
                ("step", (k + 1).to_string()),
                ("code", json_string(&s.code)),
                ("depth", s.depth.to_string()),
                ("name", json_string(&s.call.name)),
                ("operands", json_list(s.call.operands.iter().map(|b| json_string(&looks(b))))),
                ("result", s.call.result.as_ref().map_or("null".into(), |b| json_string(&looks(b)))),
                ("outcome", json_string(outcome(s.call.outcome))),
                ("fused_into", s.fused.map_or("null".into(), |f| (f + 1).to_string())),
                ("calls", s.piecemeal.as_ref().map_or("null".into(), |p| p.calls.to_string())),
                (
                    "why",
                    s.piecemeal.as_ref().and_then(|p| p.why.as_deref()).map_or("null".into(), json_string),
                ),
                ("passes", json_list(s.passes.iter().map(pass))),
                ("seconds", json_number(s.seconds)),
            ])
        };
        let (t, n) = (&self.tally, &self.numpy);
        let sums = |passes: u64, read: u64, written: u64, buffers: u64, allocated: u64| {
            json_object(&[
                ("passes", passes.to_string()),
                ("read", read.to_string()),
                ("written", written.to_string()),
                ("buffers", buffers.to_string()),
                ("allocated", allocated.to_string()),
            ])
        };
        let m = t.memory;
        json_object(&[
            ("steps", json_list(self.order.iter().map(step))),
            ("arr", sums(t.passes, t.read, t.written, m.buffers as u64, m.allocated as u64)),
            ("numpy", sums(n.passes, n.read, n.written, n.buffers, n.allocated)),
            ("peak", m.peak.to_string()),
            ("temporaries", t.temporaries().to_string()),
            ("seconds", json_number(self.seconds)),
            ("partial", self.partial.to_string()),
        ])
    }
}

impl Step {
    /// What is to be said of it, below its text.
    fn lines(&self) -> Vec<String> {
        let result = match (self.call.touches, self.call.operands.first()) {
            (Touches::Written, Some(into)) => format!("into {}", looks(into)),
            _ => self.call.result.as_ref().map_or("nothing".into(), looks),
        };
        let mut first = format!("{}: {result}", clipped(&self.call.name, LONGEST));
        let how = match (self.call.outcome, self.fused) {
            (Outcome::Waits, Some(k)) => format!("waits: fused into step {}", k + 1),
            (Outcome::Waits, None) if self.passes.is_empty() => "waits: not needed".into(),
            (Outcome::Waits | Outcome::Fresh, _) => match self.passes.iter().any(|(p, _)| p.in_place) {
                true => "in the buffer of an operand that has no name".into(),
                false => "a new buffer".into(),
            },
            (Outcome::View, _) => "a view: nothing is copied".into(),
            (Outcome::InPlace, _) => "in the buffer of an operand".into(),
            (Outcome::Other, _) => String::new(),
            (Outcome::Failed, _) => {
                return vec![format!("{}: did not come to its end", clipped(&self.call.name, LONGEST))];
            }
        };
        if !how.is_empty() {
            first.push_str(&format!("; {how}"));
        }
        let mut lines = vec![first];
        lines.extend(self.broadcast());
        lines.extend(self.piecemeal.as_ref().map(|p| {
            let why = p.why.as_ref().map_or(String::new(), |why| format!(": {why}"));
            format!("calls {} {} times, element by element{why}", p.func, thousands(p.calls as u64))
        }));
        lines.extend(runs(&self.passes).iter().flat_map(|(pass, seconds, n)| pass_lines(pass, *seconds, *n)));
        lines
    }

    /// Which operands are stretched to the result's shape.
    fn broadcast(&self) -> Option<String> {
        let to = self.call.result.as_ref()?.shape.as_ref()?;
        let shapes: Vec<_> = self.call.operands.iter().filter_map(|b| b.shape.as_ref()).collect();
        let all: Vec<&[usize]> = shapes.iter().map(|s| &s[..]).collect();
        // Only if the operands' common shape is the result's: others change shapes in their own way.
        let common = crate::array::broadcast_shapes(&all).ok()?;
        if all.len() < 2 || common[..] != to[..] || self.call.touches != Touches::All {
            return None;
        }
        let stretched = all.iter().filter(|s| ***s != to[..]).map(|s| shape_text(s)).collect::<Vec<_>>();
        (!stretched.is_empty())
            .then(|| format!("{} broadcast to {}", stretched.join(" and "), shape_text(to)))
    }
}

/// Characters of a function's name; a derived one may be long.
const LONGEST: usize = 24;

/// Passes of a step, and steps at one place, that are listed one by one.
const LISTED: usize = 6;

/// A step's passes with their seconds; where they are many, as of a function that runs for each cell,
/// those of one kind together, with how many there are.
fn runs(passes: &[(Pass, f64)]) -> Vec<(Pass, f64, u64)> {
    let mut found: Vec<(Pass, f64, u64)> = Vec::new();
    for (pass, seconds) in passes {
        let alike = |p: &Pass| {
            (p.kernel, p.dtype, p.level, p.threads, p.fused.len())
                == (pass.kernel, pass.dtype, pass.level, pass.threads, pass.fused.len())
        };
        let same = found.iter_mut().find(|(p, ..)| passes.len() > LISTED && alike(p));
        match same {
            Some((all, time, n)) => {
                (all.read, all.written) = (all.read + pass.read, all.written + pass.written);
                (*time, *n) = (*time + seconds, *n + 1);
            }
            None => found.push((pass.clone(), *seconds, 1)),
        }
    }
    found
}

/// Passes of one kind: their kernel, and what they moved in all.
fn pass_lines(pass: &Pass, seconds: f64, passes: u64) -> Vec<String> {
    let fused = match pass.fused.len() {
        0 | 1 => String::new(),
        n => format!(" of {n} fused steps"),
    };
    let threads = count(pass.threads as u64, "thread");
    let how = format!("{} {}{fused}, {}, {threads}", pass.kernel, pass.dtype.name(), pass.level.name());
    let moved = match (pass.read, pass.written) {
        (r, 0) => format!("reads {}", bytes(r)),
        (0, w) => format!("writes {}", bytes(w)),
        (r, w) => format!("reads {}, writes {}", bytes(r), bytes(w)),
    };
    match passes {
        1 => vec![format!("pass: {how}"), format!("  {moved}, {}", duration(seconds, 3))],
        n => vec![
            format!("{}: {how}", count(n, "pass")),
            format!("  {moved}, {} in all", duration(seconds, 3)),
        ],
    }
}

/// A line behind a margin; what goes over the widest line follows, further in.
fn within(margin: &str, line: &str) -> String {
    let text = line.trim_start();
    let indent = " ".repeat(line.len() - text.len());
    let pieces = wrap(text, COLUMNS.saturating_sub(margin.len() + indent.len() + 2).max(20));
    let whole = margin.len() + line.chars().count() <= COLUMNS;
    match pieces.split_first() {
        Some((first, rest)) if !whole => {
            let more: String = rest.iter().map(|l| format!("{margin}{indent}  {l}\n")).collect();
            format!("{margin}{indent}{first}\n{more}")
        }
        _ => format!("{margin}{line}\n"),
    }
}

/// `float64 (1000, 3)`, or a value's text.
fn looks(brief: &Brief) -> String {
    match (&brief.dtype, &brief.shape) {
        (Some(dtype), Some(shape)) => format!("{} {}", dtype.name(), shape_text(shape)),
        _ => brief.text.clone(),
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fresh => "new",
        Outcome::View => "view",
        Outcome::InPlace => "in place",
        Outcome::Waits => "waits",
        Outcome::Other => "other",
        Outcome::Failed => "failed",
    }
}

fn clipped(text: &str, width: usize) -> String {
    match text.char_indices().nth(width.max(8)) {
        Some((at, _)) => text[..at].to_string() + "…",
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::memory;
    use crate::eval::{Output, Source};
    use crate::session::Session;
    use crate::value::Warning;

    struct Silent;

    impl Output for Silent {
        fn write(&mut self, _: &str) {}
        fn warning(&mut self, _: &Warning, _: &Source, _: Span) {}
    }

    /// Explains a code, and checks its sums against the allocator's own counters.
    fn explained(setup: &str, code: &str) -> Explained {
        let mut session = Session::new(Box::new(Silent));
        session.run("test", setup);
        let unit = super::super::trial::compile(&mut session.evaluator, "test", code).ok().unwrap();
        // The second run may keep the plan; the third has it.
        for _ in 0..2 {
            session.evaluator.run_unit(&unit).ok().unwrap();
        }
        // Fresh blocks are as large as what is asked for, and a header; of recycled ones some is unused.
        memory::trim();
        let before = memory::allocations();
        memory::reset_peak();
        let used = memory::used();
        let value = session.evaluator.run_unit(&unit).ok().unwrap();
        let (buffers, peak) = (memory::allocations() - before, memory::peak() - used);
        drop(value);
        let e = explain(&mut session.evaluator, code).ok().unwrap();
        assert_eq!(e.tally.memory.buffers, buffers, "{code}");
        // The allocator counts whole blocks: small ones in classes of size, those of megabytes in pages of
        // two.
        let told = e.tally.memory.peak;
        let most = told + if told < 2 << 20 { told / 50 + 4096 } else { told / 8 };
        assert!(told <= peak && peak <= most, "{code}: {told} told, {peak} counted");
        e
    }

    const SETUP: &str =
        "x = np.arange(100000.0); y = x + 1; m = x.reshape(1000, 100); s = np.array([3.0, 1.0])";

    #[test]
    fn a_fused_expression_is_one_pass() {
        let e = explained(SETUP, "x * 2 + y");
        assert_eq!((e.tally.passes, e.tally.read, e.tally.written), (1, 1_600_000, 800_000));
        assert_eq!(
            (e.tally.memory.buffers, e.tally.memory.allocated, e.tally.temporaries()),
            (1, 800_000, 0)
        );
        assert_eq!(e.order, [1, 0]);
        assert_eq!(e.steps[0].fused, Some(1));
        assert_eq!((e.numpy.passes, e.numpy.buffers, e.numpy.allocated), (2, 1, 800_000));
        let text = e.text();
        assert!(text.starts_with("2. x * 2 + y\n   add: float64 (100000,); a new buffer\n"), "{text}");
        assert!(
            text.contains("  1. x * 2\n     multiply: float64 (100000,); waits: fused into step 2\n"),
            "{text}"
        );
        assert!(text.lines().all(|l| l.chars().count() <= 60), "{text}");
    }

    #[test]
    fn a_reduction_takes_its_operands_in() {
        let e = explained(SETUP, "np.sum((x - y) ** 2)");
        assert_eq!((e.tally.passes, e.tally.read), (1, 1_600_000));
        assert_eq!(e.steps.iter().filter(|s| s.fused.is_some()).count(), 2);
        assert_eq!((e.numpy.passes, e.numpy.written), (3, 1_600_000));
    }

    #[test]
    fn views_move_nothing_and_copies_do() {
        let e = explained(SETUP, "m.T[1:]");
        assert_eq!((e.tally.passes, e.tally.memory.buffers), (0, 0));
        assert!(e.steps.iter().all(|s| s.call.outcome == Outcome::View));
        let e = explained(SETUP, "m[[3, 5]]");
        assert_eq!((e.tally.copies, e.steps.last().unwrap().call.outcome), (1, Outcome::Fresh));
        assert_eq!(e.tally.written, 1600);
    }

    #[test]
    fn broadcasting_is_told() {
        let e = explained(SETUP, "m + m[0]");
        assert!(e.text().contains("(100,) broadcast to (1000, 100)"), "{}", e.text());
        assert_eq!(e.tally.read, 800_000 + 800);
    }

    #[test]
    fn temporaries_are_those_of_the_allocator() {
        for code in ["np.sort(x)", "m @ m.T", "np.argsort(s)", "m.T.copy()", "x[x > 5]", "np.unique(s)"] {
            let e = explained(SETUP, code);
            assert!(e.tally.memory.buffers > 0 && e.tally.passes > 0, "{code}");
        }
    }

    #[test]
    fn every_kind_of_work_is_counted() {
        let setup =
            "x = np.arange(50000.0); i = np.arange(50000) % 1000; m = x.reshape(250, 200); b = x > 50";
        let codes = [
            "np.histogram(x, bins=10)",
            "np.histogram(x, bins=10, weights=x)",
            "np.bincount(i)",
            "np.bincount(i, weights=x)",
            "np.concatenate([x, x])",
            "np.stack([x, x])",
            "np.vstack([m, m])",
            "np.unique(i)",
            "np.unique(x, return_counts=True)",
            "np.sort(x)",
            "np.sort(m, axis=0)",
            "np.argsort(x)",
            "np.partition(x, 50)",
            "np.median(x)",
            "np.take(x, i)",
            "np.take_along_axis(m, np.argsort(m, axis=1), axis=1)",
            "x[i]",
            "x[b]",
            "np.put(x, i, 1.0)",
            "x[i] = 1.0",
            "x[b] = 3.0",
            "np.nonzero(b)",
            "np.argwhere(m)",
            "np.where(b, x, 0)",
            "np.searchsorted(x, x)",
            "np.interp(x, x, x)",
        ];
        for code in codes {
            let e = explained(setup, code);
            assert!(e.tally.passes > 0 && e.tally.read + e.tally.written > 0, "{code}");
            let made = e.steps.last().filter(|s| s.call.outcome == Outcome::Fresh);
            let bytes = made.and_then(|s| s.call.result.as_ref()).map_or(0, numpy::bytes);
            assert!(e.tally.written >= bytes, "{code}: {} written, the result has {bytes}", e.tally.written);
        }
    }

    #[test]
    fn functions_have_their_steps() {
        let e = explained("fn f(v) { w = v + 1\n w * w }\nx = np.arange(5000.0)", "f(x).sum()");
        assert_eq!(e.steps.len(), 3);
        assert!(e.text().contains("add"), "{}", e.text());
    }
}

//! An explained expression as text: the tree with its sums in a table, and the same in sentences.

use super::super::text::{bytes, count};
use super::{Explained, Step};
use crate::exec::tally::{Brief, Outcome, Pass, Touches};
use crate::show::time::{duration, thousands};
use crate::show::wrap;
use crate::value::shape_text;
use std::collections::HashMap;

/// Columns of the widest line.
const COLUMNS: usize = 60;

impl Explained {
    /// What is said where no step works on arrays.
    fn opening(&self) -> String {
        let none = self.steps.is_empty() && self.others.is_empty();
        if none { "no step works on arrays\n".into() } else { String::new() }
    }

    pub fn text(&self) -> String {
        let mut out = self.opening();
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
        let mut out = self.opening();
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
pub(super) fn looks(brief: &Brief) -> String {
    match (&brief.dtype, &brief.shape) {
        (Some(dtype), Some(shape)) => format!("{} {}", dtype.name(), shape_text(shape)),
        _ => brief.text.clone(),
    }
}

fn clipped(text: &str, width: usize) -> String {
    match text.char_indices().nth(width.max(8)) {
        Some((at, _)) => text[..at].to_string() + "…",
        None => text.to_string(),
    }
}

//! `%explain`: an expression as it runs. It runs once, on copies, under `exec::tally`'s trace; the calls
//! of the trace become a tree by their places in the text, passes go to the calls that made them, and
//! calls that waited are told which step ran them. Beside the sums stand those of NumPy. `said` and `json`
//! write the tree.

mod json;
mod said;

use super::numpy::{self, Cost};
use super::trial::Trial;
use crate::eval::Evaluator;
use crate::exec::tally::{self, Brief, Call, Kind, Outcome, Pass, Piecemeal, Tally, Touches};
use crate::syntax::Span;
use crate::value::Fault;

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

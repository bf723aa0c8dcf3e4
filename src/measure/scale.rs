//! `%scale`: how time grows with size. Code that uses `n` is timed for sizes that grow evenly on a
//! logarithmic axis; the law `c + k n^p` is fitted, with the fixed cost `c` apart from the growth.

use super::compare::split_at_word;
use super::machine::Machine;
use super::plot::Plot;
use super::stats::{median, noise};
use super::text::{json_list, json_number, json_object, json_string};
use super::trial::{Trial, is_stop};
use crate::eval::{Evaluator, Located, Unit};
use crate::exec::{progress, tally};
use crate::show::time::{duration, thousands};
use crate::syntax::Lexicon;
use crate::value::{Fault, Value};
use std::time::Instant;

/// What is asked: `expr for n in 1e2..1e7 [with setup]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    pub code: String,
    pub name: String,
    pub from: f64,
    pub to: f64,
    /// Runs before each measurement, untimed; it may use the size too.
    pub setup: Option<String>,
}

/// One size.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    pub n: u64,
    pub seconds: f64,
    /// Bytes read and written by the largest pass.
    pub bytes: u64,
    pub noise: Option<String>,
}

/// `c + k n^p`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    pub fixed: f64,
    pub factor: f64,
    pub power: f64,
    /// The root mean square of the relative errors.
    pub error: f64,
}

/// The outcome.
pub struct Scaling {
    pub name: String,
    pub points: Vec<Point>,
    pub law: Option<Law>,
    /// Why larger sizes were not measured.
    pub stopped: Option<String>,
    /// What is missing, if the user stopped it.
    pub partial: Option<String>,
}

/// Reads a command's text; what is wrong with it otherwise.
pub fn parse(text: &str, lexicon: &Lexicon) -> Result<Ask, String> {
    let form = "write it as: expr for n in 1e2..1e7";
    let parts = split_at_word(text, "for", lexicon);
    let [code, rest] = parts[..] else { return Err(form.into()) };
    let Some((name, range)) = rest.trim().split_once(" in ") else { return Err(form.into()) };
    let (range, setup) = match range.split_once(" with ") {
        Some((range, setup)) => (range, Some(setup.trim().to_string())),
        None => (range, None),
    };
    let Some((from, to)) = range.split_once("..") else {
        return Err(format!("the sizes go from one to another, as in 1e2..1e7, not '{}'", range.trim()));
    };
    let number = |text: &str| {
        let n = text.trim().replace('_', "").parse::<f64>().ok().filter(|n| (1.0..=1e12).contains(n));
        n.ok_or(format!("a size is a number from 1 to 1e12, not '{}'", text.trim()))
    };
    let (from, to, name) = (number(from)?, number(to)?, name.trim().to_string());
    let named = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if !named {
        return Err(format!("'{name}' is no name for a size"));
    }
    if from >= to {
        return Err("the sizes go from a smaller to a larger one".into());
    }
    if code.trim().is_empty() {
        return Err("there is no code to measure".into());
    }
    Ok(Ask { code: code.trim().into(), name, from, to, setup })
}

/// Whole numbers evenly apart on a logarithmic axis, three in a decade, both ends included.
pub fn sizes(from: f64, to: f64) -> Vec<u64> {
    let steps = ((to / from).log10() * 3.0).ceil().clamp(3.0, 36.0) as usize;
    let mut sizes: Vec<u64> =
        (0..=steps).map(|i| (from * (to / from).powf(i as f64 / steps as f64)).round() as u64).collect();
    sizes.dedup();
    sizes
}

/// Seconds of one measurement, its repetitions, and the seconds after which no larger size is tried.
const BATCH: f64 = 0.01;
const REPEATS: usize = 5;
const LONGEST: f64 = 1.0;
const PATIENCE: f64 = 15.0;

/// Measures all sizes, on copies. If the user stops it, the sizes before are the result.
pub fn run(evaluator: &mut Evaluator, ask: &Ask) -> Result<Scaling, Fault> {
    let texts = [ask.code.as_str(), ask.setup.as_deref().unwrap_or("")];
    let trial = Trial::new(evaluator, "%scale", &ask.code, &texts)?;
    let setup = ask.setup.as_deref().map(|s| super::trial::compile(evaluator, "%scale", s)).transpose()?;
    let sizes = sizes(ask.from, ask.to);
    let mut found =
        Scaling { name: ask.name.clone(), points: Vec::new(), law: None, stopped: None, partial: None };
    let (began, work) = (Instant::now(), progress::begin(sizes.len()));
    for &n in &sizes {
        let known = !found.points.is_empty();
        match point(evaluator, ask, &trial, setup.as_ref(), n) {
            Ok(point) => found.points.push(point),
            // Sizes that do not fit in memory end the series.
            Err(fault) if known && is_memory(&fault) => {
                found.stopped = Some(format!("{} = {} needs too much memory", ask.name, thousands(n)));
                break;
            }
            Err(fault) if known && is_stop(&fault) => {
                found.partial = Some(format!("after {} of {} sizes", found.points.len(), sizes.len()));
                break;
            }
            Err(fault) => return Err(fault),
        }
        work.advance(1);
        let slow = found.points.last().is_some_and(|p| p.seconds > LONGEST);
        if n != sizes[sizes.len() - 1] && (slow || began.elapsed().as_secs_f64() > PATIENCE) {
            found.stopped =
                Some(format!("larger sizes would take too long after {} = {}", ask.name, thousands(n)));
            break;
        }
    }
    evaluator.flush_warnings();
    let pairs: Vec<(f64, f64)> = found.points.iter().map(|p| (p.n as f64, p.seconds)).collect();
    found.law = fit(&pairs);
    Ok(found)
}

/// Measures one size.
fn point(
    evaluator: &mut Evaluator,
    ask: &Ask,
    trial: &Trial,
    setup: Option<&Unit>,
    n: u64,
) -> Result<Point, Fault> {
    let mut measure = |loops: u64, count: bool| {
        trial.run(evaluator, |evaluator, unit| {
            evaluator.globals.set(&ask.name, Value::Int(n as i64));
            if let Some(setup) = setup {
                evaluator.run_unit(setup)?;
            }
            if count {
                let (result, tally) = tally::record(|| evaluator.run_loops(unit, 1));
                return result.map(|()| (0.0, tally.largest));
            }
            let start = Instant::now();
            evaluator.run_loops(unit, loops)?;
            Ok((start.elapsed().as_secs_f64(), 0))
        })
    };
    let bytes = measure(1, true)?.1;
    let mut loops = 1u64;
    let mut first = measure(loops, false)?.0;
    while first < BATCH && loops < 1 << 30 {
        loops = (loops * 2).max((loops as f64 * BATCH / first.max(1e-9)) as u64).min(1 << 30);
        first = measure(loops, false)?.0;
    }
    let repeats = if first > LONGEST / 2.0 { 1 } else { REPEATS };
    let mut times = vec![first / loops as f64];
    while times.len() < repeats {
        times.push(measure(loops, false)?.0 / loops as f64);
    }
    Ok(Point { n, seconds: median(&times), bytes, noise: noise(&times) })
}

fn is_memory(fault: &Fault) -> bool {
    use crate::array::ArrayError;
    let of = |fault: &Fault| matches!(fault, Fault::Array(ArrayError::Memory { .. } | ArrayError::TooLarge));
    match fault {
        Fault::Raised(raised) => raised.downcast_ref::<Located>().is_some_and(|e| of(&e.fault)),
        fault => of(fault),
    }
}

/// The law of least squared relative errors. For each power the best fixed cost and factor follow from
/// two linear equations; neither may be negative. `None` for fewer than four points.
pub fn fit(points: &[(f64, f64)]) -> Option<Law> {
    if points.len() < 4 {
        return None;
    }
    let mut best: Option<Law> = None;
    for step in 0..=400 {
        let law = fit_power(points, step as f64 / 100.0);
        if best.is_none_or(|b| law.error < b.error) {
            best = Some(law);
        }
    }
    best
}

fn fit_power(points: &[(f64, f64)], power: f64) -> Law {
    // Minimise the sum of (fixed u + factor v - 1)^2 with u = 1/t and v = n^p / t.
    let (mut uu, mut uv, mut vv, mut u1, mut v1) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let scale = points.last().map_or(1.0, |p| p.0);
    let v = |n: f64, t: f64| (n / scale).powf(power) / t;
    for &(n, t) in points {
        let (u, v) = (1.0 / t, v(n, t));
        (uu, uv, vv, u1, v1) = (uu + u * u, uv + u * v, vv + v * v, u1 + u, v1 + v);
    }
    let det = uu * vv - uv * uv;
    let free = ((u1 * vv - v1 * uv) / det, (uu * v1 - uv * u1) / det);
    let (fixed, factor) = match free {
        (c, k) if c >= 0.0 && k >= 0.0 && det > uu * vv * 1e-12 => (c, k),
        (c, _) if c < 0.0 || power == 0.0 => (0.0, v1 / vv),
        _ => (u1 / uu, 0.0),
    };
    let error = points.iter().map(|&(n, t)| (fixed / t + factor * v(n, t) - 1.0).powi(2)).sum::<f64>();
    let error = (error / points.len() as f64).sqrt();
    Law { fixed, factor: factor / scale.powf(power), power, error }
}

impl Law {
    pub fn at(&self, n: f64) -> f64 {
        self.fixed + self.factor * n.powf(self.power)
    }
}

impl Scaling {
    pub fn text(&self, machine: Option<&Machine>, unicode: bool, columns: usize) -> String {
        let points: Vec<(f64, f64)> = self.points.iter().map(|p| (p.n as f64, p.seconds)).collect();
        let law = self.law;
        let curve = move |n: f64| law.map_or(f64::NAN, |l| l.at(n));
        let marks = machine.map_or(Vec::new(), |m| self.edges(m));
        let mut out = Plot {
            points: &points,
            curve: &curve,
            marks: &marks,
            x: |n| thousands(n.round() as u64),
            y: |t| duration(t, 2),
            unicode,
            columns,
        }
        .draw();
        out.push_str(&self.words(&marks));
        out
    }

    /// The same for a reader of the screen: sizes and times line by line, without a plot.
    pub fn spoken(&self, machine: Option<&Machine>) -> String {
        let line = |p: &Point| format!("{} = {}: {}\n", self.name, thousands(p.n), duration(p.seconds, 3));
        let marks = machine.map_or(Vec::new(), |m| self.edges(m));
        self.points.iter().map(line).collect::<String>() + &self.words(&marks)
    }

    fn words(&self, marks: &[(f64, String)]) -> String {
        let mut out = String::new();
        match self.law {
            Some(law) => {
                let fixed = match law.fixed {
                    c if c > 0.0 => format!(", beside {} whatever {} is", duration(c, 2), self.name),
                    _ => String::new(),
                };
                let error = law.error * 100.0;
                out.push_str(&format!("time grows as {}^{:.2}{fixed}\n", self.name, law.power));
                out.push_str(&format!("the law is off by {error:.0}% on average\n"));
            }
            None => out.push_str("too few sizes to fit a law\n"),
        }
        for (edge, level) in marks {
            let n = thousands(edge.round() as u64);
            out.push_str(&format!("from {} = {n} on, a pass leaves {level}\n", self.name));
        }
        out.extend(self.stopped.iter().map(|why| format!("stopped: {why}\n")));
        out.extend(self.noisy().map(|line| line + "\n"));
        out
    }

    fn noisy(&self) -> Option<String> {
        let wild: Vec<&Point> = self.points.iter().filter(|p| p.noise.is_some()).collect();
        let first = wild.first()?;
        let (n, why) = (thousands(first.n), first.noise.as_deref().unwrap_or(""));
        let (noisy, all, name) = (wild.len(), self.points.len(), &self.name);
        Some(format!("of {all} sizes {noisy} were measured badly, the first {name} = {n}:\n{why}"))
    }

    /// The sizes at which what a pass moves outgrows each cache.
    fn edges(&self, machine: &Machine) -> Vec<(f64, String)> {
        let mut edges = Vec::new();
        for level in &machine.levels {
            let Some(size) = level.size.map(|s| s as f64) else { continue };
            let pairs = self.points.windows(2);
            let crossing =
                pairs.into_iter().find(|w| (w[0].bytes as f64) <= size && w[1].bytes as f64 > size);
            if let Some([a, b]) = crossing {
                // Between two sizes the bytes grow as a power of them.
                let (low, high) = ((a.bytes.max(1) as f64).ln(), (b.bytes as f64).ln());
                let share = (size.ln() - low) / (high - low);
                let n = (a.n as f64).ln() + share * ((b.n as f64) / (a.n as f64)).ln();
                edges.push((n.exp(), level.name.clone()));
            }
        }
        edges
    }

    /// `waited`: the share of its time for which the work waited for a processor.
    pub fn json(&self, machine: Option<&Machine>, waited: Option<f64>) -> String {
        let point = |p: &Point| {
            json_object(&[
                ("n", p.n.to_string()),
                ("seconds", json_number(p.seconds)),
                ("bytes", p.bytes.to_string()),
                ("noise", p.noise.as_deref().map_or("null".into(), json_string)),
            ])
        };
        let law = |l: Law| {
            json_object(&[
                ("fixed", json_number(l.fixed)),
                ("factor", json_number(l.factor)),
                ("power", json_number(l.power)),
                ("error", json_number(l.error)),
            ])
        };
        let edges = machine.map_or(Vec::new(), |m| self.edges(m));
        let edge = |(n, level): &(f64, String)| {
            json_object(&[("n", json_number(n.round())), ("level", json_string(level))])
        };
        json_object(&[
            ("points", json_list(self.points.iter().map(point))),
            ("law", self.law.map_or("null".into(), law)),
            ("edges", json_list(edges.iter().map(edge))),
            ("stopped", self.stopped.as_deref().map_or("null".into(), json_string)),
            ("waited", waited.map_or("null".into(), json_number)),
            ("partial", self.partial.is_some().to_string()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law(time: impl Fn(f64) -> f64) -> Law {
        let points: Vec<(f64, f64)> = sizes(1e2, 1e7).iter().map(|&n| (n as f64, time(n as f64))).collect();
        fit(&points).unwrap()
    }

    #[test]
    fn powers_are_found_beside_fixed_costs_and_noise() {
        let l = law(|n| 2e-6 + 3e-9 * n);
        assert!((l.power - 1.0).abs() < 0.015 && (l.fixed / 2e-6 - 1.0).abs() < 0.1, "{l:?}");
        let l = law(|n| 1e-9 * n * n);
        assert!((l.power - 2.0).abs() < 0.015 && l.error < 0.01, "{l:?}");
        let l = law(|n| 1e-6 + 1e-9 * n.powf(1.5) * if (n as u64).is_multiple_of(2) { 1.05 } else { 0.95 });
        assert!((l.power - 1.5).abs() < 0.05, "{l:?}");
        let l = law(|_| 5e-8);
        assert!((l.at(1e5) / 5e-8 - 1.0).abs() < 0.01, "{l:?}");
        assert_eq!(fit(&[(1.0, 1.0); 3]), None);
    }

    #[test]
    fn sizes_are_even_in_logarithms() {
        assert_eq!(sizes(100.0, 1000.0), [100, 215, 464, 1000]);
        assert_eq!(sizes(1.0, 3.0), [1, 2, 3]);
        assert_eq!(sizes(1e2, 1e7).len(), 16);
    }

    #[test]
    fn what_is_asked_is_read() {
        let lexicon = crate::prim::table().lexicon();
        let ask = parse("[i for i in range(n)] for n in 1e2..10_000 with y = 1", &lexicon).unwrap();
        assert_eq!((&*ask.code, &*ask.name), ("[i for i in range(n)]", "n"));
        assert_eq!((ask.from, ask.to, ask.setup.as_deref()), (100.0, 10_000.0, Some("y = 1")));
        for wrong in [
            "x",
            "x for n",
            "x for n in 3",
            "x for n in 9..3",
            "for n in 1..9",
            "x for 3 in 1..9",
            "x for n in a..b",
        ] {
            assert!(parse(wrong, &lexicon).is_err(), "{wrong}");
        }
    }

    #[test]
    fn caches_have_their_edges() {
        let point = |n: u64| Point { n, seconds: n as f64 * 1e-9, bytes: 16 * n, noise: None };
        let points: Vec<Point> = sizes(1e2, 1e6).into_iter().map(point).collect();
        let s = Scaling { name: "n".into(), points, law: None, stopped: None, partial: None };
        let edges = s.edges(&Machine::example());
        let places: Vec<u64> = edges.iter().map(|e| e.0.round() as u64).collect();
        assert_eq!(places, [2048, 65_536]);
        let text = s.text(Some(&Machine::example()), false, 60);
        assert!(text.contains("from n = 2,048 on, a pass leaves L1\n"), "{text}");
    }
}

//! `%compare`: which of several spellings is faster, by how much, and how sure that is.
//!
//! Their results are compared first. Then they run in turns, a batch each in every round, so that what
//! slows the machine down slows all of them; the ratio of two is the median of the rounds' ratios, with
//! its interval. All runs are on copies. As in `timeit`, the clock is a closure, made up in tests.

use super::stats::{median, median_interval, noise};
use super::text::{Look, bar, bytes, count, json_list, json_number, json_object, json_string};
use super::trial::{Sameness, Trial, is_stop, same, worse};
use crate::eval::Evaluator;
use crate::exec::progress;
use crate::exec::tally::{self, Tally};
use crate::show::time::duration;
use crate::syntax::{Lexicon, Paint, tokens};
use crate::value::{Fault, Value};
use std::time::Instant;

/// Rounds, unless asked otherwise; and seconds of one batch.
pub const ROUNDS: usize = 21;
const BATCH: f64 = 0.01;
/// Seconds after which no new round begins, once there are enough for an interval.
const PATIENCE: f64 = 10.0;
const FEWEST: usize = 6;

/// One spelling and what was found out about it.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub code: String,
    pub tally: Tally,
    pub loops: u64,
    /// Seconds of one loop, in each round.
    pub times: Vec<f64>,
}

impl Candidate {
    pub fn new(code: &str, tally: Tally) -> Candidate {
        Candidate { code: code.into(), tally, loops: 1, times: Vec::new() }
    }
}

/// The outcome.
pub struct Comparison {
    pub candidates: Vec<Candidate>,
    pub sameness: Sameness,
    /// The dtypes of the results, where they differ: `float64 and float32`.
    pub dtypes: Option<String>,
    /// How many rounds there would have been, if the user stopped them.
    pub stopped: Option<usize>,
}

/// Splits `a vs b vs c` at each `vs` outside brackets and strings.
pub fn split<'a>(text: &'a str, lexicon: &Lexicon) -> Vec<&'a str> {
    split_at_word(text, "vs", lexicon).into_iter().map(str::trim).collect()
}

/// The pieces of a text between the places where a name stands outside brackets and strings.
pub fn split_at_word<'a>(text: &'a str, word: &str, lexicon: &Lexicon) -> Vec<&'a str> {
    let (mut depth, mut start, mut parts) = (0i32, 0, Vec::new());
    for (paint, at) in tokens(text, lexicon) {
        let (from, to) = (at.start as usize, at.end as usize);
        let piece = text.get(from..to).unwrap_or("");
        match paint {
            Paint::Bracket => depth += if matches!(piece, "(" | "[" | "{") { 1 } else { -1 },
            Paint::Name | Paint::Keyword if depth == 0 && piece == word => {
                parts.push(text.get(start..from).unwrap_or(""));
                start = to;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or(""));
    parts
}

/// Compares codes on copies of what they use. `loops`: of a batch, found out if not given. If the user
/// stops the rounds, those that are whole are the result.
pub fn compare(
    evaluator: &mut Evaluator,
    codes: &[&str],
    loops: Option<u64>,
    rounds: usize,
) -> Result<Comparison, Fault> {
    let trials = codes.iter().map(|code| Trial::new(evaluator, "%compare", code, codes));
    let trials = trials.collect::<Result<Vec<_>, Fault>>()?;
    let mut results: Vec<Vec<Value>> = Vec::new();
    let mut candidates = Vec::new();
    for (trial, code) in trials.iter().zip(codes) {
        let (tally, result) = first_run(evaluator, trial)?;
        candidates.push(Candidate::new(code, tally));
        results.push(result);
    }
    let sameness = match results.split_first() {
        Some((first, rest)) => {
            let beside = |(i, r): (usize, &Vec<Value>)| named(alike(first, r), i + 1, rest.len());
            rest.iter().enumerate().map(beside).fold(Sameness::Equal, worse)
        }
        None => Sameness::Equal,
    };
    let dtypes = several_dtypes(&results);
    drop(results);
    let mut stopped = None;
    if !matches!(sameness, Sameness::Different(_)) {
        let run = |i: usize, loops: u64| {
            trials[i].run(evaluator, |evaluator, unit| {
                let began = Instant::now();
                evaluator.run_loops(unit, loops)?;
                Ok(began.elapsed().as_secs_f64())
            })
        };
        match take_turns(&mut candidates, loops, rounds, run, &mut now()) {
            Err(fault) if is_stop(&fault) => stopped = Some(rounds),
            result => result?,
        }
    }
    evaluator.flush_warnings();
    Ok(Comparison { candidates, sameness, dtypes, stopped })
}

/// Of several beside the first, which is different.
fn named(sameness: Sameness, at: usize, several: usize) -> Sameness {
    match sameness {
        Sameness::Different(why) if several > 1 => {
            Sameness::Different(format!("{} and {}: {why}", letter(0), letter(at)))
        }
        other => other,
    }
}

/// The dtypes of results that are one array or typed number each, if they differ.
fn several_dtypes(results: &[Vec<Value>]) -> Option<String> {
    let dtype = |result: &Vec<Value>| match &result[..] {
        [Value::Array(a)] => Some(a.dtype()),
        [Value::Scalar(s)] => Some(s.dtype()),
        _ => None,
    };
    let mut seen = Vec::new();
    for result in results {
        let dtype = dtype(result)?;
        if !seen.contains(&dtype) {
            seen.push(dtype);
        }
    }
    let names: Vec<&str> = seen.iter().map(|d| d.name()).collect();
    (names.len() > 1).then(|| names.join(" and "))
}

/// Seconds since it was made.
fn now() -> impl FnMut() -> f64 {
    let began = Instant::now();
    move || began.elapsed().as_secs_f64()
}

/// Runs once: what that took, and its result; without a value, what the names hold then.
fn first_run(evaluator: &mut Evaluator, trial: &Trial) -> Result<(Tally, Vec<Value>), Fault> {
    let (value, tally) = trial.run(evaluator, |evaluator, unit| {
        let (value, tally) = tally::record(|| evaluator.run_unit(unit));
        let value = value?;
        let result = match value {
            Value::None => trial.values(evaluator).into_iter().map(|(_, v)| v).collect(),
            value => vec![value],
        };
        Ok((result, tally))
    })?;
    Ok((tally, value))
}

fn alike(a: &[Value], b: &[Value]) -> Sameness {
    if a.len() != b.len() {
        let what = if a.len().min(b.len()) == 0 { "has none" } else { "changes names" };
        return Sameness::Different(format!("one has a value, the other {what}"));
    }
    let comparable = |v: &Value| !matches!(v, Value::Func(_) | Value::Object(_));
    let pairs = a.iter().zip(b).filter(|(x, y)| a.len() == 1 || comparable(x) && comparable(y));
    pairs.map(|(x, y)| same(x, y)).fold(Sameness::Equal, worse)
}

/// Finds the loops of a batch and runs the rounds. `run` runs so many loops of a candidate and gives
/// the seconds they took; `clock` tells the time. An error leaves the times of the whole rounds before it.
pub fn take_turns<E>(
    candidates: &mut [Candidate],
    loops: Option<u64>,
    rounds: usize,
    mut run: impl FnMut(usize, u64) -> Result<f64, E>,
    clock: &mut dyn FnMut() -> f64,
) -> Result<(), E> {
    for (i, c) in candidates.iter_mut().enumerate() {
        c.loops = loops.unwrap_or(1);
        while loops.is_none() && c.loops < 1 << 30 {
            let seconds = run(i, c.loops)?;
            if seconds >= BATCH {
                break;
            }
            c.loops = (c.loops * 2).max((c.loops as f64 * BATCH / seconds.max(1e-9)).min(1e9) as u64);
            c.loops = c.loops.min(1 << 30);
            if seconds * 1.5 >= BATCH {
                break;
            }
        }
    }
    let (began, n) = (clock(), candidates.len());
    let work = progress::begin(rounds * n);
    for round in 0..rounds {
        if round >= FEWEST && clock() - began > PATIENCE {
            break;
        }
        let mut times = vec![0.0; n];
        // Each round begins with the next one, so that none always follows the same other.
        for k in 0..n {
            let i = (k + round) % n;
            times[i] = run(i, candidates[i].loops)? / candidates[i].loops as f64;
            work.advance(1);
        }
        candidates.iter_mut().zip(times).for_each(|(c, time)| c.times.push(time));
    }
    Ok(())
}

/// How much longer one takes than another: the median of the rounds' ratios, and its 95% interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    pub value: f64,
    pub interval: Option<(f64, f64)>,
}

impl Ratio {
    fn of(slow: &Candidate, fast: &Candidate) -> Ratio {
        let logs: Vec<f64> = slow.times.iter().zip(&fast.times).map(|(a, b)| (a / b).ln()).collect();
        let interval = median_interval(&logs).map(|(lo, hi)| (lo.exp(), hi.exp()));
        Ratio { value: median(&logs).exp(), interval }
    }

    /// Whether the interval has 1 in it, or there is none.
    pub fn tied(&self) -> bool {
        self.interval.is_none_or(|(lo, hi)| lo <= 1.0 && hi >= 1.0)
    }
}

/// Columns beside a bar.
const BESIDE: usize = 14;

impl Comparison {
    /// The place of the fastest.
    pub fn fastest(&self) -> usize {
        let time = |c: &Candidate| median(&c.times);
        let all = self.candidates.iter().enumerate();
        all.min_by(|a, b| time(a.1).total_cmp(&time(b.1))).map_or(0, |(i, _)| i)
    }

    /// Of each candidate to the fastest.
    pub fn ratios(&self) -> Vec<Ratio> {
        let Some(fastest) = self.candidates.get(self.fastest()) else { return Vec::new() };
        self.candidates.iter().map(|c| Ratio::of(c, fastest)).collect()
    }

    pub fn text(&self, look: Look, columns: usize) -> String {
        let mut out = match &self.sameness {
            Sameness::Equal => match &self.dtypes {
                None => "results are equal\n".to_string(),
                Some(dtypes) => format!("results are equal, but of dtypes {dtypes}\n"),
            },
            Sameness::Close { most, relative } => {
                let of_value = format!("{relative:.1e} of the value");
                let dtypes = self.dtypes.as_ref().map_or(String::new(), |d| format!("; of dtypes {d}"));
                format!("results are close: they differ by {most:.2e} at most,\n{of_value}{dtypes}\n")
            }
            Sameness::Different(why) => {
                return format!("results are different, so there is no verdict:\n{why}\n");
            }
        };
        let slowest = self.candidates.iter().map(|c| median(&c.times)).fold(0.0, f64::max);
        for (i, c) in self.candidates.iter().enumerate() {
            let time = median(&c.times);
            out.push_str(&format!("{}  {}\n", letter(i), one_line(&c.code)));
            if !c.times.is_empty() {
                let bar = bar(time / slowest, columns.saturating_sub(BESIDE).max(10), look);
                let time = duration(time, 3);
                out.push_str(format!("   {time:<10} {bar}").trim_end());
                out.push('\n');
            }
            out.push_str(&format!("   {}\n", cost(&c.tally)));
        }
        if self.rounds() > 0 {
            out.push_str(&self.verdict());
        }
        for (i, c) in self.candidates.iter().enumerate() {
            if let Some(noise) = noise(&c.times) {
                out.push_str(&format!("{} is {noise}\n", letter(i)));
            }
        }
        out
    }

    /// Rounds that every candidate ran.
    fn rounds(&self) -> usize {
        self.candidates.first().map_or(0, |c| c.times.len())
    }

    /// What is missing, if the user stopped it.
    pub fn partial(&self) -> Option<String> {
        self.stopped.map(|wanted| format!("after {} of {wanted} rounds", self.rounds()))
    }

    fn verdict(&self) -> String {
        let (fastest, mut out, rounds) = (self.fastest(), String::new(), self.rounds());
        for (i, ratio) in self.ratios().iter().enumerate().filter(|(i, _)| *i != fastest) {
            let (fast, slow) = (letter(fastest), letter(i));
            let within = match ratio.interval {
                Some((lo, hi)) => format!("95% interval {} to {}", factor(lo), factor(hi)),
                None => "too few for an interval".into(),
            };
            let what = match ratio.tied() {
                true => format!("{fast} and {slow} are tied"),
                false => format!("{fast} is {} times as fast as {slow}", factor(ratio.value)),
            };
            out.push_str(&format!("{what}\n({within}, {})\n", count(rounds as u64, "round")));
        }
        out
    }

    /// `waited`: the share of its time for which the work waited for a processor.
    pub fn json(&self, waited: Option<f64>) -> String {
        let (sameness, most, relative) = match &self.sameness {
            Sameness::Equal => ("equal", 0.0, 0.0),
            Sameness::Close { most, relative } => ("close", *most, *relative),
            Sameness::Different(_) => ("different", f64::NAN, f64::NAN),
        };
        let timed = !matches!(self.sameness, Sameness::Different(_)) && self.rounds() > 0;
        let ratios = self.ratios();
        let one = |(c, ratio): (&Candidate, &Ratio)| {
            let interval =
                ratio.interval.map_or("null".into(), |(lo, hi)| json_list([lo, hi].map(json_number)));
            json_object(&[
                ("code", json_string(&c.code)),
                ("loops", c.loops.to_string()),
                ("median", json_number(median(&c.times))),
                ("times", json_list(c.times.iter().map(|&t| json_number(t)))),
                ("ratio", json_number(ratio.value)),
                ("interval", interval),
                ("tied", (timed && ratio.tied()).to_string()),
                ("allocated", c.tally.memory.allocated.to_string()),
                ("buffers", c.tally.memory.buffers.to_string()),
                ("passes", c.tally.passes.to_string()),
                ("noise", noise(&c.times).map_or("null".into(), |n| json_string(&n))),
            ])
        };
        let fastest = if timed { self.fastest().to_string() } else { "null".into() };
        json_object(&[
            ("results", json_string(sameness)),
            ("largest_difference", json_number(most)),
            ("relative_difference", json_number(relative)),
            ("fastest", fastest),
            ("waited", waited.map_or("null".into(), json_number)),
            ("partial", self.stopped.is_some().to_string()),
            ("candidates", json_list(self.candidates.iter().zip(&ratios).map(one))),
        ])
    }
}

/// What one run costs beside time.
pub fn cost(tally: &Tally) -> String {
    let mut parts = vec![count(tally.passes, "pass")];
    parts.push(match tally.memory.buffers {
        0 => "nothing allocated".into(),
        n => format!("{} allocated in {}", bytes(tally.memory.allocated as u64), count(n as u64, "buffer")),
    });
    if tally.iterations > 0 {
        parts.push(count(tally.iterations, "loop iteration"));
    }
    parts.join(", ")
}

/// `1.034`, `1.28`, `23.1`, `812`.
pub fn factor(x: f64) -> String {
    match x {
        _ if x >= 100.0 => format!("{x:.0}"),
        _ if x >= 10.0 => format!("{x:.1}"),
        _ if x >= 1.1 || x <= 0.9 => format!("{x:.2}"),
        _ => format!("{x:.3}"),
    }
}

fn letter(i: usize) -> String {
    match char::from_u32('a' as u32 + i as u32) {
        Some(c) if i < 26 => c.to_string(),
        _ => format!("#{}", i + 1),
    }
}

fn one_line(code: &str) -> String {
    code.lines().map(str::trim).collect::<Vec<_>>().join(" ⋄ ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares made-up codes whose loop takes `time(candidate, round)` seconds.
    fn made_up(n: usize, time: impl Fn(usize, usize) -> f64) -> Comparison {
        let mut candidates: Vec<Candidate> =
            (0..n).map(|i| Candidate::new(&format!("f{i}()"), Tally::default())).collect();
        let mut runs = vec![0usize; n];
        let run = |i: usize, loops: u64| -> Result<f64, ()> {
            runs[i] += 1;
            Ok(time(i, runs[i] - 1) * loops as f64)
        };
        take_turns(&mut candidates, Some(10), ROUNDS, run, &mut || 0.0).unwrap();
        Comparison { candidates, sameness: Sameness::Equal, dtypes: None, stopped: None }
    }

    fn wobble(i: usize, round: usize) -> f64 {
        1.0 + 0.01 * ((i * 7 + round * 5) % 11) as f64 / 11.0
    }

    #[test]
    fn a_clear_winner_has_a_narrow_interval() {
        let c = made_up(2, |i, r| if i == 0 { 2e-3 } else { 1e-3 } * wobble(i, r));
        let ratio = c.ratios()[0];
        let (lo, hi) = ratio.interval.unwrap();
        assert!(!ratio.tied() && lo > 1.98 && hi < 2.02, "{lo} {hi}");
        let text = c.text(Look::Ascii, 44);
        assert!(
            text.contains("b is 2.01 times as fast as a\n(95% interval 1.99 to 2.01, 21 rounds)"),
            "{text}"
        );
        assert!(
            text.contains("a  f0()\n   2.01 ms    ##############################\n   0 passes"),
            "{text}"
        );
    }

    #[test]
    fn equals_are_tied() {
        let c = made_up(2, |i, r| 1e-3 * if (r + i) % 2 == 0 { 1.02 } else { 0.99 });
        assert!(c.ratios().iter().all(Ratio::tied));
        assert!(
            c.text(Look::Spoken, 44).contains("are tied\n(95% interval 0.9"),
            "{}",
            c.text(Look::Spoken, 44)
        );
    }

    #[test]
    fn a_machine_that_slows_down_keeps_the_ratio_and_is_told() {
        let c = made_up(3, |i, r| (i + 1) as f64 * 1e-3 * (1.0 + 0.05 * r as f64) * wobble(i, r));
        let ratios = c.ratios();
        assert!((ratios[1].value - 2.0).abs() < 0.03 && (ratios[2].value - 3.0).abs() < 0.03);
        assert!(c.text(Look::Unicode, 44).contains("a is drifting: the last runs took "));
    }

    #[test]
    fn noise_is_told() {
        let c = made_up(2, |i, r| (i + 1) as f64 * if (r * 7) % 5 < 2 { 1.6e-3 } else { 1e-3 });
        assert!(c.text(Look::Unicode, 44).contains("is noisy: runs differ by "));
    }

    #[test]
    fn few_rounds_give_no_interval() {
        let mut c = made_up(2, |i, _| (i + 1) as f64);
        c.candidates.iter_mut().for_each(|c| c.times.truncate(3));
        assert!(c.text(Look::Ascii, 44).contains("a and b are tied\n(too few for an interval, 3 rounds)"));
    }

    #[test]
    fn stopping_leaves_the_whole_rounds() {
        let mut candidates: Vec<Candidate> =
            ["x", "y"].map(|code| Candidate::new(code, Tally::default())).to_vec();
        let mut left = 7;
        let run = |_: usize, loops: u64| {
            left -= 1;
            if left < 0 { Err("stop") } else { Ok(loops as f64 * 1e-3) }
        };
        assert_eq!(take_turns(&mut candidates, Some(1), 21, run, &mut || 0.0), Err("stop"));
        let c = Comparison { candidates, sameness: Sameness::Equal, dtypes: None, stopped: Some(21) };
        assert!(c.candidates.iter().all(|c| c.times == [1e-3; 3]));
        assert_eq!(c.partial().unwrap(), "after 3 of 21 rounds");
        let none = Comparison { candidates: vec![Candidate::new("x", Tally::default())], ..c };
        assert_eq!(none.text(Look::Unicode, 44), "results are equal\na  x\n   0 passes, nothing allocated\n");
        assert!(none.json(None).contains("\"fastest\": null, \"waited\": null, \"partial\": true"));
    }

    #[test]
    fn loops_are_found_out() {
        let mut candidates = vec![Candidate::new("x", Tally::default())];
        let run = |_: usize, loops: u64| -> Result<f64, ()> { Ok(loops as f64 * 1e-6) };
        take_turns(&mut candidates, None, 1, run, &mut || 0.0).unwrap();
        assert!((5_000..20_000).contains(&candidates[0].loops), "{}", candidates[0].loops);
    }

    #[test]
    fn different_results_have_no_verdict() {
        let mut c = made_up(2, |_, _| 1.0);
        c.sameness = Sameness::Different("shapes (3,) and (4,)".into());
        assert_eq!(
            c.text(Look::Ascii, 44),
            "results are different, so there is no verdict:\nshapes (3,) and (4,)\n"
        );
        assert!(c.json(None).contains("\"fastest\": null"));
    }

    #[test]
    fn words_inside_brackets_and_strings_split_nothing() {
        let lexicon = crate::prim::table().lexicon();
        let parts = split("f(\" vs \", vs) vs [a for a in vs] vs x", &lexicon);
        assert_eq!(parts, ["f(\" vs \", vs)", "[a for a in vs]", "x"]);
    }
}

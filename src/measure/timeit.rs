//! `%timeit`: how often code is run, what is made of the times, and how they are printed, with
//! IPython's semantics. The code itself is a closure from a number of loops to seconds, so that
//! everything here is tested with a made-up clock; the command gives the real one.

use super::stats;
use super::text::{json_number, json_string};
use crate::exec::progress;
use crate::exec::tally::Tally;
use crate::show::time::{duration, thousands};

/// The options before the code.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Loops per run; found out if not given.
    pub loops: Option<u64>,
    pub repeat: usize,
    /// Significant digits of printed times.
    pub digits: usize,
    pub quiet: bool,
    /// Give the result as a value.
    pub object: bool,
    /// Keep the result under this name.
    pub variable: Option<String>,
    /// Measure processor time instead of the time passed.
    pub cpu: bool,
    pub best: bool,
    pub json: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            loops: None,
            repeat: 7,
            digits: 3,
            quiet: false,
            object: false,
            variable: None,
            cpu: false,
            best: false,
            json: false,
        }
    }
}

/// Why options are none.
#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    /// The word that begins at this byte is no option; it may be code.
    Unknown(usize),
    /// An option's value is wrong.
    Value(String),
}

/// Splits a command's text into its options and the code after them, which is given as a byte
/// position. Values may stand against their letter (`-n10`) or after a space; letters without
/// values may be joined (`-qo`); `--` ends the options.
pub fn parse(text: &str) -> Result<(Options, usize), Refused> {
    let mut options = Options::default();
    let mut words = Words { text, at: 0 };
    loop {
        let start = words.skip_space();
        let word = words.peek();
        if !word.starts_with('-') || word == "-" {
            return Ok((options, start));
        }
        words.at += word.len();
        match word {
            "--" => return Ok((options, words.skip_space())),
            "--best" => options.best = true,
            "--json" => options.json = true,
            _ if word.starts_with("--") => return Err(Refused::Unknown(start)),
            _ => letters(&mut options, word, &mut words, start)?,
        }
    }
}

struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    fn skip_space(&mut self) -> usize {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.at
    }

    fn peek(&self) -> &'a str {
        let rest = &self.text[self.at..];
        &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())]
    }

    fn next(&mut self) -> &'a str {
        self.skip_space();
        let word = self.peek();
        self.at += word.len();
        word
    }
}

fn letters(options: &mut Options, word: &str, words: &mut Words, start: usize) -> Result<(), Refused> {
    for (i, letter) in word.char_indices().skip(1) {
        match letter {
            't' => options.cpu = false,
            'c' => options.cpu = true,
            'q' => options.quiet = true,
            'o' => options.object = true,
            'n' | 'r' | 'p' | 'v' => {
                let joined = &word[i + 1..];
                let value = if joined.is_empty() { words.next() } else { joined };
                return valued(options, letter, value).map_err(Refused::Value);
            }
            _ => return Err(Refused::Unknown(start)),
        }
    }
    Ok(())
}

fn valued(options: &mut Options, letter: char, value: &str) -> Result<(), String> {
    let number = || value.parse::<u64>().map_err(|_| format!("-{letter} takes a number, not '{value}'"));
    match letter {
        // As in IPython, 0 loops means: find out.
        'n' => options.loops = Some(number()?).filter(|&n| n > 0),
        'r' => options.repeat = number()?.clamp(1, 1_000_000) as usize,
        'p' => options.digits = number()?.clamp(1, 17) as usize,
        _ => {
            let name = value.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && value.chars().all(|c| c.is_alphanumeric() || c == '_');
            if !name {
                return Err(format!("-v takes a name, not '{value}'"));
            }
            options.variable = Some(value.to_string());
        }
    }
    Ok(())
}

/// What was measured. Times are in seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    pub loops: u64,
    /// The time of each run of `loops` loops.
    pub all_runs: Vec<f64>,
    pub compile_time: f64,
    /// How many runs there would have been; more than were made if interrupted.
    pub wanted: usize,
    digits: usize,
}

/// The share of the mean up to which runs may deviate from it.
const DEVIATION: f64 = 0.2;

/// Seconds from which a run is long enough to measure.
const ENOUGH: f64 = 0.2;

/// Runs code and measures it. `run` runs that many loops and says how long they took, without what
/// it needed to set up; `interrupted` says whether its error is the user's wish to stop, upon which
/// the runs made so far are the result.
pub fn measure<E>(
    options: &Options,
    compile_time: f64,
    mut run: impl FnMut(u64) -> Result<f64, E>,
    interrupted: impl Fn(&E) -> bool,
) -> Result<Measured, E> {
    let mut measured = Measured {
        loops: options.loops.unwrap_or(1),
        all_runs: Vec::new(),
        compile_time,
        wanted: options.repeat,
        digits: options.digits,
    };
    let mut trial = None;
    let result = (|| {
        if options.loops.is_none() {
            for power in 0..10 {
                let loops = 10u64.pow(power);
                let seconds = run(loops)?;
                trial = Some((loops, seconds));
                measured.loops = loops;
                if seconds >= ENOUGH {
                    break;
                }
            }
        }
        let work = progress::begin(options.repeat);
        for _ in 0..options.repeat {
            measured.all_runs.push(run(measured.loops)?);
            work.advance(1);
        }
        Ok(())
    })();
    match (result, trial) {
        (Ok(()), _) => Ok(measured),
        (Err(e), _) if !interrupted(&e) => Err(e),
        (Err(_), _) if !measured.all_runs.is_empty() => Ok(measured),
        // Stopped before the first run: the last trial is the best there is.
        (Err(_), Some((loops, seconds))) => {
            measured.loops = loops;
            measured.all_runs.push(seconds);
            Ok(measured)
        }
        (Err(e), None) => Err(e),
    }
}

impl Measured {
    /// Per-loop times of the runs.
    pub fn timings(&self) -> Vec<f64> {
        self.all_runs.iter().map(|t| t / self.loops as f64).collect()
    }

    pub fn best(&self) -> f64 {
        self.timings().into_iter().fold(f64::INFINITY, f64::min)
    }

    pub fn worst(&self) -> f64 {
        self.timings().into_iter().fold(0.0, f64::max)
    }

    pub fn average(&self) -> f64 {
        exact_sum(self.timings()) / self.all_runs.len() as f64
    }

    /// The population standard deviation of the per-loop times.
    pub fn stdev(&self) -> f64 {
        let mean = self.average();
        let squares = self.timings().into_iter().map(|t| (t - mean) * (t - mean)).collect();
        (exact_sum(squares) / self.all_runs.len() as f64).sqrt()
    }

    pub fn repeat(&self) -> usize {
        self.all_runs.len()
    }

    pub fn partial(&self) -> bool {
        self.all_runs.len() < self.wanted
    }

    /// The line that IPython prints.
    pub fn line(&self) -> String {
        let (runs, loops) = (self.repeat(), self.loops);
        format!(
            "{} ± {} per loop (mean ± std. dev. of {runs} run{}, {} loop{} each)",
            duration(self.average(), self.digits),
            duration(self.stdev(), self.digits),
            plural(runs as u64),
            thousands(loops),
            plural(loops),
        )
    }

    /// The line of the best run.
    pub fn best_line(&self) -> String {
        format!(
            "{} loop{}, best of {}: {} per loop",
            thousands(self.loops),
            plural(self.loops),
            self.repeat(),
            duration(self.best(), self.digits)
        )
    }

    /// IPython's warning, where one run took far longer than another.
    pub fn caution(&self) -> Option<String> {
        let (best, worst) = (self.best(), self.worst());
        (worst > 4.0 * best && best > 0.0 && worst > 1e-6).then(|| {
            format!(
                "The slowest run took {:.2} times longer than the fastest.\n\
                 This could mean that an intermediate result is being cached.",
                worst / best
            )
        })
    }

    /// IPython's line for code that takes long to compile.
    pub fn compiler_line(&self) -> Option<String> {
        (self.compile_time > 0.1).then(|| format!("Compiler time: {:.2} s", self.compile_time))
    }

    /// What is wrong with the measurement, unless [`Measured::caution`] says so already. One run that took
    /// long matters where the mean is the result.
    pub fn noise(&self, best: bool) -> Option<String> {
        let share = self.stdev() / self.average();
        let outlier = || {
            (!best && share > DEVIATION)
                .then(|| format!("noisy: runs deviate by {:.0}%; repeat on a quiet machine", share * 100.0))
        };
        stats::noise(&self.timings()).or_else(outlier).filter(|_| self.caution().is_none())
    }

    /// Everything, in seconds and bytes, as one line of JSON. `tally` is of one loop, all zero where it
    /// was not counted; `waited` the share of its time for which it waited for a processor.
    pub fn json(&self, tally: &Tally, waited: Option<f64>) -> String {
        let list = |xs: &[f64]| xs.iter().map(|x| format!("{x:?}")).collect::<Vec<_>>().join(", ");
        format!(
            "{{\"loops\": {}, \"repeat\": {}, \"best\": {:?}, \"worst\": {:?}, \"average\": {:?}, \"stdev\": {:?}, \
             \"all_runs\": [{}], \"timings\": [{}], \"compile_time\": {:?}, \"noise\": {}, \"waited\": {}, \"passes\": {}, \
             \"read\": {}, \"written\": {}, \"flop\": {}, \"iterations\": {}, \"partial\": {}}}",
            self.loops,
            self.repeat(),
            self.best(),
            self.worst(),
            self.average(),
            self.stdev(),
            list(&self.all_runs),
            list(&self.timings()),
            self.compile_time,
            stats::noise(&self.timings()).map_or("null".into(), |n| json_string(&n)),
            waited.map_or("null".into(), json_number),
            tally.passes,
            tally.read,
            tally.written,
            tally.float_ops,
            tally.iterations,
            self.partial(),
        )
    }
}

/// A sum with Neumaier's correction, so that equal times have a deviation of zero.
fn exact_sum(xs: Vec<f64>) -> f64 {
    let (mut sum, mut lost) = (0.0f64, 0.0);
    for x in xs {
        let t = sum + x;
        lost += if sum.abs() >= x.abs() { (sum - t) + x } else { (x - t) + sum };
        sum = t;
    }
    sum + lost
}

fn plural(n: u64) -> &'static str {
    if n == 1 { "" } else { "s" }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Measures code that takes `per_loop(run)` seconds a loop.
    fn with_clock(
        options: &Options,
        mut per_loop: impl FnMut(usize) -> Result<f64, &'static str>,
    ) -> Measured {
        let mut run = 0;
        let clock = |loops: u64| {
            run += 1;
            per_loop(run).map(|t| t * loops as f64)
        };
        measure(options, 0.0, clock, |e| *e == "stop").unwrap()
    }

    #[test]
    fn loops_are_the_first_power_of_ten_that_takes_long_enough() {
        let m = with_clock(&Options::default(), |_| Ok(7.234e-3));
        assert_eq!((m.loops, m.repeat()), (100, 7));
        assert_eq!(m.line(), "7.23 ms ± 0 ns per loop (mean ± std. dev. of 7 runs, 100 loops each)");
        assert_eq!(with_clock(&Options::default(), |_| Ok(1.0)).loops, 1);
        let m = with_clock(&Options::default(), |_| Ok(25e-9));
        assert_eq!(m.loops, 10_000_000);
        assert!(m.line().contains("10,000,000 loops each"));
        assert_eq!(with_clock(&Options::default(), |_| Ok(1e-12)).loops, 1_000_000_000);
    }

    #[test]
    fn deviation_is_the_populations() {
        let options = Options { loops: Some(1), repeat: 2, ..Options::default() };
        let m = with_clock(&options, |run| Ok(if run == 1 { 1e-3 } else { 3e-3 }));
        assert_eq!(m.line(), "2 ms ± 1 ms per loop (mean ± std. dev. of 2 runs, 1 loop each)");
        assert_eq!(m.best_line(), "1 loop, best of 2: 1 ms per loop");
    }

    #[test]
    fn singular_forms() {
        let options = Options { loops: Some(1), repeat: 1, ..Options::default() };
        let m = with_clock(&options, |_| Ok(2.0));
        assert_eq!(m.line(), "2 s ± 0 ns per loop (mean ± std. dev. of 1 run, 1 loop each)");
    }

    #[test]
    fn slow_runs_are_noticed_above_a_microsecond() {
        let options = Options { loops: Some(10), repeat: 3, ..Options::default() };
        let slow_last = |unit: f64| move |run: usize| Ok(if run == 3 { 5.02 * unit } else { unit });
        let m = with_clock(&options, slow_last(1e-6));
        assert_eq!(
            m.caution().unwrap(),
            "The slowest run took 5.02 times longer than the fastest.\n\
             This could mean that an intermediate result is being cached."
        );
        assert_eq!(with_clock(&options, slow_last(1e-7)).caution(), None);
        assert_eq!(with_clock(&options, |_| Ok(1.0)).caution(), None);
    }

    #[test]
    fn noise_and_drift_are_told() {
        let options = Options { loops: Some(10), repeat: 9, ..Options::default() };
        let m = with_clock(&options, |run| Ok(if run % 3 == 0 { 1.5e-3 } else { 1e-3 }));
        assert_eq!(m.noise(false).unwrap(), "noisy: runs differ by 50%; repeat on a quiet machine");
        assert!(m.json(&Tally::default(), None).contains("\"noise\": \"noisy: runs differ by 50%"));
        let m = with_clock(&options, |run| Ok(1e-3 * (1.0 + 0.05 * run as f64)));
        assert_eq!(m.noise(false).unwrap(), "drifting: the last runs took 32% longer than the first");
        assert_eq!(with_clock(&options, |_| Ok(1e-3)).noise(false), None);
        let m = with_clock(&options, |run| Ok(if run == 4 { 2.5e-3 } else { 1e-3 }));
        assert_eq!(m.noise(false).unwrap(), "noisy: runs deviate by 40%; repeat on a quiet machine");
        assert_eq!(m.noise(true), None);
    }

    #[test]
    fn stopping_gives_what_there_is() {
        let stop_at = |n: usize| move |run: usize| if run == n { Err("stop") } else { Ok(0.01) };
        // Trials of 1, 10 and 100 loops, then runs.
        let m = with_clock(&Options::default(), stop_at(6));
        assert_eq!((m.loops, m.repeat(), m.partial()), (100, 2, true));
        let m = with_clock(&Options::default(), stop_at(2));
        assert_eq!((m.loops, m.repeat(), m.partial()), (1, 1, true));
        assert_eq!(measure(&Options::default(), 0.0, |_| Err("stop"), |_| true), Err("stop"));
    }

    #[test]
    fn options_come_before_code() {
        let (o, at) = parse(" -n 5 -r3 -qo -v t x - y").unwrap();
        assert_eq!((o.loops, o.repeat, o.quiet, o.object), (Some(5), 3, true, true));
        assert_eq!((o.variable.as_deref(), &" -n 5 -r3 -qo -v t x - y"[at..]), (Some("t"), "x - y"));
        let (o, at) = parse("--best --json -- -x").unwrap();
        assert!(o.best && o.json);
        assert_eq!(&"--best --json -- -x"[at..], "-x");
        assert_eq!(parse("").unwrap(), (Options::default(), 0));
        assert_eq!(parse("x").unwrap(), (Options::default(), 0));
        assert_eq!(parse("-n0 x").unwrap().0.loops, None);
        for wrong in ["-n x", "-z x", "--worst x", "-v 3 x", "-n"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn json_has_every_key() {
        let options = Options { loops: Some(2), repeat: 1, ..Options::default() };
        let m = with_clock(&options, |_| Ok(0.25));
        assert_eq!(
            m.json(&Tally::default(), None),
            "{\"loops\": 2, \"repeat\": 1, \"best\": 0.25, \"worst\": 0.25, \"average\": 0.25, \"stdev\": 0.0, \
             \"all_runs\": [0.5], \"timings\": [0.25], \"compile_time\": 0.0, \"noise\": null, \"waited\": null, \"passes\": 0, \"read\": 0, \
             \"written\": 0, \"flop\": 0, \"iterations\": 0, \"partial\": false}"
        );
    }
}

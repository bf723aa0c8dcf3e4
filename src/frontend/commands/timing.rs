//! `%timeit` and `%time`: the clock, the code that runs under it, and the result as a value.

use super::{Call, Command, Takes, Waiting, compile};
use crate::eval::{Evaluator, Raised, Unit};
use crate::exec::tally::{self, Tally};
use crate::frontend::os;
use crate::measure::timeit::{Measured, Options, Refused, measure, parse};
use crate::measure::{bound, stats};
use crate::show::time::duration;
use crate::value::{Fault, List, Object, Value};
use std::any::Any;
use std::rc::Rc;
use std::time::Instant;

pub const ROWS: &[Command] = &[
    Command {
        name: "timeit",
        usage: "[-n N] [-r R] [-t|-c] [-p P] [-q] [-o] [-v NAME] [--best] [--json] code",
        options: &[
            ("-n N", "loops in a batch, instead of finding out"),
            ("-r R", "batches"),
            ("-t", "measure the time that passes, the default"),
            ("-c", "measure the processor's time instead"),
            ("-p P", "significant digits (3)"),
            ("-q", "print nothing"),
            ("-o", "give the result as a value"),
            ("-v NAME", "keep the result under a name"),
            ("--best", "print the best batch instead of the mean"),
            ("--json", "print everything as JSON, in seconds"),
        ],
        takes: Takes::Code,
        doc: "Measure how long code takes, over many runs.\n\
              Runs the code in batches of N loops, N being the first power of ten whose batch takes at least 0.2 s, \
              then R batches (7), and prints the mean and the standard deviation of the time of one loop.\n\
              %%timeit takes the lines after it as code, and what stands on its own line as a setup that runs \
              untimed before each batch. Names assigned in the code do not stay.",
        run: timeit,
    },
    Command {
        name: "time",
        usage: "code",
        options: &[],
        takes: Takes::Code,
        doc: "Run code once and print how long it took.\n\
              Prints the processor's time and the time that passed; the value of the code is shown after it. \
              %%time takes the lines after it. Names assigned in the code do not stay.",
        run: time,
    },
];

fn timeit(call: &mut Call) -> Result<Value, Fault> {
    let (options, at) = parse(call.rest).map_err(|refused| match refused {
        Refused::Unknown(at) => call.no_option(at),
        Refused::Value(reason) => call.wrong(reason),
    })?;
    let (setup, code) = match call.body {
        Some(body) => (Some(&call.rest[at..]), body),
        None => (None, &call.rest[at..]),
    };
    if code.trim().is_empty() {
        return Err(call.wrong("there is no code to measure"));
    }
    let began = Instant::now();
    let unit = call.compile(code)?;
    let setup =
        setup.filter(|s| !s.is_empty()).map(|s| compile(call.evaluator, "%%timeit", s)).transpose()?;
    let compile_time = began.elapsed().as_secs_f64();
    let evaluator = &mut *call.evaluator;
    let mut counting = Counting::new(&options);
    let waiting = Waiting::begin();
    let run = |loops| counting.batch(loops, || batch(evaluator, setup.as_ref(), &unit, loops, options.cpu));
    let measured = measure(&options, compile_time, run, |e: &Raised| e.is_interrupt())
        .map_err(|raised| Fault::Raised(raised))?;
    let (tally, waited) = (counting.tally, waiting.share());
    call.evaluator.flush_warnings();
    report(call, &options, &measured, &tally, waited);
    let result = Value::Object(Rc::new(TimeitResult(measured)));
    if let Some(name) = &options.variable {
        call.evaluator.globals.set(name, result.clone());
    }
    Ok(if options.object { result } else { Value::None })
}

/// Counts what one loop does in a batch whose time that does not change: in the first trial, or in the
/// last run of loops that take long beside what counting costs.
struct Counting {
    tally: Tally,
    batches: usize,
    /// The batch to count in, and the seconds of a loop from which that may be done.
    at: usize,
    least: f64,
    /// Seconds of a loop of the first batch.
    first: f64,
}

/// Seconds of a loop beside which counting is nothing.
const LONG: f64 = 50e-6;

impl Counting {
    fn new(options: &Options) -> Counting {
        let (at, least) = match (options.loops, options.repeat) {
            (None, _) | (_, 1) => (0, 0.0),
            (Some(_), repeat) => (repeat - 1, LONG),
        };
        Counting { tally: Tally::default(), batches: 0, at, least, first: f64::INFINITY }
    }

    fn batch(&mut self, loops: u64, run: impl FnOnce() -> Result<f64, Raised>) -> Result<f64, Raised> {
        let due = self.batches == self.at && self.first >= self.least;
        self.batches += 1;
        if !due {
            let seconds = run()?;
            self.first = self.first.min(seconds / loops as f64);
            return Ok(seconds);
        }
        let (result, tally) = tally::record(run);
        self.tally = tally.per(loops);
        result
    }
}

/// Runs the setup, then `loops` loops under the clock. Names are as before, afterwards.
fn batch(
    evaluator: &mut Evaluator,
    setup: Option<&Unit>,
    unit: &Unit,
    loops: u64,
    cpu: bool,
) -> Result<f64, Raised> {
    let before = evaluator.globals.snapshot();
    let result = (|| {
        if let Some(setup) = setup {
            evaluator.run_unit(setup)?;
        }
        let clock = Clock::start(cpu);
        evaluator.run_loops(unit, loops)?;
        Ok(clock.seconds())
    })();
    evaluator.globals.restore(&before);
    result
}

/// The time that has passed, or that the processor has worked.
struct Clock {
    began: Instant,
    /// Seconds of processor time at the beginning, if that is measured.
    cpu: Option<f64>,
}

impl Clock {
    fn start(cpu: bool) -> Clock {
        Clock { cpu: cpu.then(cpu_seconds), began: Instant::now() }
    }

    fn seconds(&self) -> f64 {
        match self.cpu {
            None => self.began.elapsed().as_secs_f64(),
            Some(before) => cpu_seconds() - before,
        }
    }
}

fn cpu_seconds() -> f64 {
    let (user, system) = os::cpu_time();
    (user + system).as_secs_f64()
}

fn report(call: &mut Call, options: &Options, measured: &Measured, tally: &Tally, waited: Option<f64>) {
    if options.quiet {
        return;
    }
    if measured.partial() {
        call.note_partial(&format!("after {} of {} runs", measured.repeat(), measured.wanted));
    }
    if options.json {
        call.print(&(measured.json(tally, waited) + "\n"));
        return;
    }
    if let Some(caution) = measured.caution() {
        call.print(&(caution + "\n"));
    }
    let line = if options.best { measured.best_line() } else { measured.line() };
    call.print(&(line + "\n"));
    if let Some(line) = measured.compiler_line() {
        call.print(&(line + "\n"));
    }
    for line in measured.noise(options.best).into_iter().chain(waited.and_then(stats::busy)) {
        call.print(&(line + "\n"));
    }
    let seconds = if options.best { measured.best() } else { measured.average() };
    // Who has stopped it does not wait for a measurement of the machine.
    let machine = || if measured.partial() { call.shell.known_machine() } else { call.shell.machine() };
    if !options.cpu
        && let Some(line) = bound::line(tally, seconds, machine)
    {
        call.print(&(line + "\n"));
    }
}

/// What `-o` and `-v` give.
struct TimeitResult(Measured);

impl TimeitResult {
    fn fields(&self) -> [(&'static str, Value); 9] {
        let m = &self.0;
        let floats = |xs: &[f64]| Value::List(List::new(xs.iter().map(|&x| Value::Float(x)).collect()));
        [
            ("loops", Value::Int(m.loops as i64)),
            ("repeat", Value::Int(m.repeat() as i64)),
            ("best", Value::Float(m.best())),
            ("worst", Value::Float(m.worst())),
            ("average", Value::Float(m.average())),
            ("stdev", Value::Float(m.stdev())),
            ("all_runs", floats(&m.all_runs)),
            ("timings", floats(&m.timings())),
            ("compile_time", Value::Float(m.compile_time)),
        ]
    }
}

impl Object for TimeitResult {
    fn type_name(&self) -> &str {
        "TimeitResult"
    }

    fn repr(&self) -> String {
        format!("<TimeitResult : {}>", self.0.line())
    }

    fn attr(&self, name: &str) -> Option<Value> {
        self.fields().into_iter().find(|f| f.0 == name).map(|f| f.1)
    }

    fn attr_names(&self) -> Vec<String> {
        self.fields().map(|f| f.0.to_string()).to_vec()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn time(call: &mut Call) -> Result<Value, Fault> {
    let code = call.body.unwrap_or(call.rest);
    if code.trim().is_empty() {
        return Err(call.wrong("there is no code to measure"));
    }
    let unit = call.compile(code)?;
    let before = call.evaluator.globals.snapshot();
    let (user, system) = os::cpu_time();
    let began = Instant::now();
    let result = call.evaluator.run_unit(&unit);
    let wall = began.elapsed().as_secs_f64();
    let after = os::cpu_time();
    call.evaluator.globals.restore(&before);
    let value = result.map_err(|raised| Fault::Raised(raised))?;
    let (user, system) = ((after.0 - user).as_secs_f64(), (after.1 - system).as_secs_f64());
    let text = format!(
        "CPU times: user {}, sys: {}, total: {}\nWall time: {}\n",
        duration(user, 3),
        duration(system, 3),
        duration(user + system, 3),
        duration(wall, 3)
    );
    call.print(&text);
    Ok(value)
}

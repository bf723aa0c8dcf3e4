//! `%compare`, `%memit`, `%scale`, `%prof`, `%explain` and `%calibrate`: options in, text or JSON out;
//! the work is `measure`'s.

use super::{Call, Command, Takes, Waiting};
use crate::frontend::calibration;
use crate::frontend::console::terminal_width;
use crate::measure::compare::{self, ROUNDS};
use crate::measure::text::Look;
use crate::measure::{explain, memory, profile, scale, stats};
use crate::value::{Fault, Value};

const JSON: (&str, &str) = ("--json", "print everything as JSON, in seconds and bytes");

pub const ROWS: &[Command] = &[
    Command {
        name: "compare",
        usage: "[-n N] [-r R] [--json] a vs b [vs c]",
        options: &[("-n N", "loops in a batch, instead of finding out"), ("-r R", "rounds (21)"), JSON],
        takes: Takes::Code,
        doc: "Find out which of several spellings is faster.\n\
              Compares the results first: equal, close (with the largest difference), or different, and then there is no \
              verdict. Then runs the codes in turns, a batch of each in every round, and prints the median time of one \
              loop, passes over memory, bytes allocated, and the ratio of the times with its 95% interval; codes whose \
              interval spans 1 are tied. Runs on copies of arrays and generators. %%compare takes the lines after it as \
              codes, one on each line.",
        run: compare,
    },
    Command {
        name: "memit",
        usage: "[--json] code",
        options: &[JSON],
        takes: Takes::Code,
        doc: "Count the memory that code needs.\n\
              Runs the code once and prints, exactly, from the allocator: the peak beyond what was in use before, the \
              number of buffers and their bytes, and how many were temporaries, gone before the end. Names assigned in \
              the code do not stay.",
        run: memit,
    },
    Command {
        name: "scale",
        usage: "[--json] expr for n in 1e2..1e7 [with setup]",
        options: &[JSON],
        takes: Takes::Code,
        doc: "Measure how time grows with size.\n\
              Times the code for sizes that grow evenly, three in each power of ten, draws time against size on \
              logarithmic axes, and fits c + k n^p: a fixed cost beside a power of the size. Marks where what a pass \
              moves outgrows a cache. `with setup` runs code before each measurement, untimed: %scale x.sum() for n in \
              1e2..1e7 with x = np.ones(n). Runs on copies of arrays and generators.",
        run: scale,
    },
    Command {
        name: "prof",
        usage: "[--json] file.arr|code",
        options: &[JSON],
        takes: Takes::Code,
        doc: "Find where the time of a program goes.\n\
              Runs a file, or code, once, and prints the time of each line (without that of lines inside it) and of each \
              primitive, and what vectorising the hottest loop can gain at most. Names assigned in the code do not stay.",
        run: prof,
    },
    Command {
        name: "explain",
        usage: "[--json] expr",
        options: &[JSON],
        takes: Takes::Code,
        doc: "Show how an expression runs.\n\
              Runs it once, on copies of arrays and generators, and prints its tree with, for each step, shape and dtype, \
              broadcasting, whether the result is a view, a copy or waits to be fused, the kernel with its instructions \
              and threads, the bytes that it reads and writes, and its time; then passes, bytes and buffers in all, beside \
              those of the same steps in NumPy.",
        run: explain,
    },
    Command {
        name: "calibrate",
        usage: "[--json]",
        options: &[JSON],
        takes: Takes::Nothing,
        doc: "Measure what this machine can do.\n\
              Takes a second or two for the bandwidth of each level of memory and the rate of multiply-adds, on one thread \
              and on all, prints them and keeps them: %timeit and %scale compare with them. Done by itself where they are \
              wanted first.",
        run: calibrate,
    },
];

/// A command's options, and what follows them.
struct Asked<'a> {
    json: bool,
    numbers: Vec<(char, u64)>,
    rest: &'a str,
}

impl Asked<'_> {
    fn number(&self, letter: char) -> Option<u64> {
        self.numbers.iter().rev().find(|(l, _)| *l == letter).map(|(_, n)| *n)
    }
}

/// Reads `--json` and, for these letters, `-n 5` or `-n5`, up to the code; `--` ends the options.
fn asked<'a>(call: &Call<'a>, letters: &str) -> Result<Asked<'a>, Fault> {
    let mut found = Asked { json: false, numbers: Vec::new(), rest: call.rest.trim() };
    while found.rest.starts_with('-') {
        let at = call.rest.trim_end().len() - found.rest.len();
        let (word, after) = found.rest.split_once(char::is_whitespace).unwrap_or((found.rest, ""));
        found.rest = after.trim_start();
        match word {
            "--" => break,
            "--json" => found.json = true,
            _ => {
                let letter = word.chars().nth(1).filter(|c| letters.contains(*c));
                let Some(letter) = letter else { return Err(call.no_option(at)) };
                let mut value = &word[2..];
                if value.is_empty() {
                    let (next, after) =
                        found.rest.split_once(char::is_whitespace).unwrap_or((found.rest, ""));
                    (value, found.rest) = (next, after.trim_start());
                }
                let number = value.parse().ok().filter(|&n| n > 0);
                let number = number.ok_or_else(|| {
                    call.wrong(format!("-{letter} takes a number from 1 on, not '{value}'"))
                })?;
                found.numbers.push((letter, number));
            }
        }
    }
    Ok(found)
}

fn code<'a>(call: &Call<'a>, asked: &Asked<'a>) -> Result<&'a str, Fault> {
    let code = call.body.unwrap_or(asked.rest);
    if code.trim().is_empty() { Err(call.wrong("there is no code to measure")) } else { Ok(code) }
}

fn look(call: &Call) -> Look {
    let look = call.shell.console.look;
    match (look.spoken, look.unicode) {
        (true, _) => Look::Spoken,
        (false, true) => Look::Unicode,
        (false, false) => Look::Ascii,
    }
}

/// Columns for plots, bars and lines of code: those of the terminal, up to what eyes follow.
fn columns() -> usize {
    terminal_width().unwrap_or(60).clamp(40, 120)
}

fn say(call: &mut Call, text: String) -> Result<Value, Fault> {
    call.print(&text);
    if !text.ends_with('\n') {
        call.print("\n");
    }
    Ok(Value::None)
}

fn compare(call: &mut Call) -> Result<Value, Fault> {
    let asked = asked(call, "nr")?;
    let codes: Vec<&str> = match call.body {
        Some(body) => body.lines().map(str::trim).filter(|l| !l.is_empty()).collect(),
        None => compare::split(asked.rest, &call.evaluator.lexicon),
    };
    if codes.len() < 2 || codes.iter().any(|c| c.is_empty()) {
        return Err(call.wrong("write at least two codes with 'vs' between them"));
    }
    let rounds = asked.number('r').map_or(ROUNDS, |r| r.min(10_000) as usize);
    let waiting = Waiting::begin();
    let found = compare::compare(call.evaluator, &codes, asked.number('n'), rounds)?;
    let waited = waiting.share();
    if let Some(what) = found.partial() {
        call.note_partial(&what);
    }
    match asked.json {
        true => say(call, found.json(waited)),
        false => say(call, found.text(look(call), columns()) + &busy(waited)),
    }
}

/// The line about a machine with other work.
fn busy(waited: Option<f64>) -> String {
    waited.and_then(stats::busy).map_or(String::new(), |line| line + "\n")
}

/// What ran of a code that the user stopped.
const UNFINISHED: &str = "before the end";

fn memit(call: &mut Call) -> Result<Value, Fault> {
    let asked = asked(call, "")?;
    let code = code(call, &asked)?;
    let unit = call.compile(code)?;
    let found = memory::run(call.evaluator, &unit).map_err(|raised| Fault::Raised(raised))?;
    if found.partial {
        call.note_partial(UNFINISHED);
    }
    let text = if asked.json { memory::json(&found) } else { memory::text(&found) };
    say(call, text)
}

fn scale(call: &mut Call) -> Result<Value, Fault> {
    let asked = asked(call, "")?;
    let ask = scale::parse(asked.rest, &call.evaluator.lexicon).map_err(|why| call.wrong(why))?;
    let machine = call.shell.machine();
    let waiting = Waiting::begin();
    let found = scale::run(call.evaluator, &ask)?;
    let waited = waiting.share();
    if let Some(what) = &found.partial {
        call.note_partial(what);
    }
    let unicode = look(call) == Look::Unicode;
    let text = match asked.json {
        true => found.json(machine.as_ref(), waited),
        false if look(call) == Look::Spoken => found.spoken(machine.as_ref()) + &busy(waited),
        false => found.text(machine.as_ref(), unicode, columns()) + &busy(waited),
    };
    say(call, text)
}

fn prof(call: &mut Call) -> Result<Value, Fault> {
    let asked = asked(call, "")?;
    let code = code(call, &asked)?;
    let unit = match super::program_file(code) {
        Some(path) => {
            let name = path.display().to_string();
            let text = crate::frontend::script::read_source(path);
            let text =
                text.map_err(|report| Fault::File { path: name.clone(), reason: report.message.clone() })?;
            super::compile(call.evaluator, &name, &text)?
        }
        None => call.compile(code)?,
    };
    let report = profile::run(call.evaluator, &unit).map_err(|raised| Fault::Raised(raised))?;
    call.evaluator.flush_warnings();
    if report.partial {
        call.note_partial(UNFINISHED);
    }
    // Without a loop nothing is compared with the machine.
    let machine = match report.hottest(None) {
        Some(_) if !report.partial => call.shell.machine(),
        _ => call.shell.known_machine(),
    };
    let machine = machine.as_ref();
    let text = if asked.json { report.json(machine) } else { report.text(machine, columns()) };
    say(call, text)
}

fn explain(call: &mut Call) -> Result<Value, Fault> {
    let asked = asked(call, "")?;
    let code = code(call, &asked)?;
    let found = explain::explain(call.evaluator, code)?;
    if found.partial {
        call.note_partial(UNFINISHED);
    }
    let text = match asked.json {
        true => found.json(),
        false if look(call) == Look::Spoken => found.spoken(),
        false => found.text(),
    };
    say(call, text)
}

fn calibrate(call: &mut Call) -> Result<Value, Fault> {
    let asked = asked(call, "")?;
    if !asked.rest.is_empty() {
        return Err(call.wrong("it takes nothing but --json"));
    }
    let machine = calibration::renew();
    let text = if asked.json { machine.json() } else { machine.table() };
    call.shell.set_machine(machine);
    say(call, text)
}

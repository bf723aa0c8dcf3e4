//! What the test binaries share: a session whose output is kept, short forms of errors, masks for
//! times, and a line diff.
#![allow(dead_code)]

#[cfg(unix)]
pub mod terminal;

use arr::error::Report;
use arr::eval::{Output, Source};
use arr::frontend::{args::Color, commands::Shell, config::Settings, console::Console};
use arr::measure::machine::Machine;
use arr::session::{Failure, Outcome, Session};
use arr::syntax::Span;
use arr::value::{Value, Warning};
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

/// What a program wrote, in order; a warning is a line of its own.
#[derive(Clone, Default)]
pub struct Kept {
    pub text: Rc<RefCell<String>>,
    pub warnings: Rc<RefCell<Vec<String>>>,
    /// Whether warnings also stand in the text.
    inline: bool,
}

impl Output for Kept {
    fn write(&mut self, text: &str) {
        self.text.borrow_mut().push_str(text);
    }

    fn warning(&mut self, warning: &Warning, _: &Source, _: Span) {
        if self.inline {
            self.text.borrow_mut().push_str(&format!("{}: {}\n", warning.category, warning.message()));
        }
        self.warnings.borrow_mut().push(warning.text.clone());
    }
}

/// A session, and what it wrote.
pub struct Probe {
    pub session: Session,
    shell: Rc<Shell>,
    kept: Kept,
}

/// How a run ended, with all it wrote.
pub struct Ran {
    pub text: String,
    pub warnings: Vec<String>,
    pub result: Result<Value, Vec<String>>,
}

impl Probe {
    pub fn new() -> Probe {
        Probe::build(Kept::default())
    }

    /// Warnings stand among the output, as in a terminal.
    pub fn with_warnings() -> Probe {
        Probe::build(Kept { inline: true, ..Kept::default() })
    }

    fn build(kept: Kept) -> Probe {
        let mut session = Session::new(Box::new(kept.clone()));
        let shell = Rc::new(Shell::new(Console::new(Color::Never, false), Settings::default()));
        shell.set_machine(Machine::example());
        session.set_commands(shell.clone());
        session.evaluator.search = vec![root().join("tests/golden/modules")];
        Probe { session, shell, kept }
    }

    pub fn run(&mut self, text: &str) -> Ran {
        self.shell.log.borrow_mut().inputs.push(text.to_string());
        let outcome = self.session.run("<test>", text);
        let result = match outcome {
            Outcome::Done(value) => Ok(value),
            Outcome::Failed(failure) => Err(short_errors(&failure)),
        };
        let text = std::mem::take(&mut *self.kept.text.borrow_mut());
        let warnings = std::mem::take(&mut *self.kept.warnings.borrow_mut());
        Ran { text, warnings, result }
    }
}

/// The first line of each error: `error[code]: message`.
pub fn short_errors(failure: &Failure) -> Vec<String> {
    let reports = match failure {
        Failure::Incomplete { source, errors } | Failure::Syntax { source, errors } => {
            errors.iter().map(|e| Report::from_syntax(e, source)).collect()
        }
        Failure::Error(raised) => vec![Report::from_located(raised)],
        Failure::Internal { message } => vec![Report::internal(message)],
    };
    reports.iter().map(|r| format!("error[{}]: {}", r.code, r.message)).collect()
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Files of a folder below the package with an extension, sorted.
pub fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap_or_else(|e| panic!("{folder}: {e}"));
    let mut files: Vec<_> = entries
        .map(|e| e.unwrap().path())
        .filter(|p| p.file_name().is_some_and(|n| n.to_string_lossy().ends_with(extension)))
        .collect();
    files.sort();
    files
}

pub fn read(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Runs on a thread with a main thread's stack: debug builds recurse deeply.
pub fn on_big_stack<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(f).unwrap();
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The text with what differs from run to run replaced: in lines that end a `%timeit` or `%time`,
/// every duration becomes `T` and every loop count `N`. IPython's warning about a slowest run is
/// dropped, with its second line, as is what is said of noise. In what the other commands measure,
/// rates become `R`, shares `P` and verdicts `VERDICT`; plots, bars and the small lines of a profile
/// are dropped, and its rows sorted.
pub fn mask_times(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut rows = 0;
    for line in text.lines() {
        if is_noise(line) || is_plot(line) {
            continue;
        }
        if let Some((row, share)) = profile_row(line) {
            // The shares of a loop and of its body depend on the build and the machine's load; what runs
            // once may have been interrupted there.
            let once = row.starts_with("       T     P 1  ");
            let of_loop = line.contains(": for ") || line.contains(": ") && !once;
            if of_loop || share >= 20 && !once {
                out.push(row);
                rows += 1;
                let first = out.len() - rows;
                out[first..].sort();
            }
            continue;
        }
        rows = 0;
        let timed =
            line.contains(" per loop") || line.starts_with("CPU times") || line.starts_with("Wall time");
        let line = &*mask_gain(line);
        out.push(match mask_measured(line) {
            Some(masked) => masked,
            None if timed => mask_line(line),
            None => line.trim_end().to_string(),
        });
    }
    out.join("\n")
}

/// How many times faster something is depends on the machine.
fn mask_gain(line: &str) -> String {
    let hint = line.contains("hint: this ") || line.starts_with("    (");
    let Some((before, after)) = line.split_once(" times faster").filter(|_| hint) else {
        return line.to_string();
    };
    let number = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == ',' || c == '.');
    format!("{number}N times faster{after}")
}

fn is_noise(line: &str) -> bool {
    let begins =
        ["The slowest run took ", "This could mean that an inter", "noisy: ", "drifting: ", "busy: "];
    let has = [" is noisy: ", " is drifting: ", " were measured badly, ", " times as fast as "];
    if line == "other work bounds it" || line.ends_with(" are tied") {
        return true;
    }
    begins.iter().any(|n| line.starts_with(n)) || has.iter().any(|n| line.contains(n))
}

/// A line of a plot: an axis, or what is written along one.
fn is_plot(line: &str) -> bool {
    let label = |w: &str| w.starts_with(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'L']);
    let along = line.starts_with("          ") && line.split_whitespace().all(label);
    let before_axis = line.split(['│', '└']).next().unwrap_or("");
    let axis = before_axis.len() < line.len() && before_axis.chars().count() == 9;
    axis || along && !line.trim().is_empty()
}

/// A row of a profile, `  500 ms   50%        10  2: s += i`: what stays of it, and its share.
fn profile_row(line: &str) -> Option<(String, u32)> {
    let (_, cells) = line.split_at_checked(9)?;
    let (share, rest) = cells.trim_start().split_once("% ")?;
    let rest = rest.trim_start();
    let runs = rest.starts_with(|c: char| c.is_ascii_digit());
    let share = share.split('.').next()?.parse().ok()?;
    runs.then(|| (format!("       T     P {rest}"), share))
}

/// A line of the measuring commands, masked.
fn mask_measured(line: &str) -> Option<String> {
    let digit = line.starts_with(|c: char| c.is_ascii_digit());
    if line.contains("95% interval") {
        return Some("VERDICT".into());
    }
    let bar = line.starts_with("   ") && line.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let alone = bar && line.split_whitespace().count() == 2;
    if alone || bar && line.contains("█") || line.ends_with(" in all") && digit {
        let line: String = line.chars().filter(|c| *c != '█').collect();
        return Some(mask_line(line.trim_end()));
    }
    for (begins, stays) in [
        ("time grows as n", "time grows as n^P"),
        ("the law is off by", "the law is off by P on average"),
        ("vectorising it makes", "vectorising it makes the whole at most F times as fast"),
        ("float64, ", "float64, S instructions"),
    ] {
        if line.starts_with(begins) {
            return Some(stays.into());
        }
    }
    if let Some((size, _)) = line.split_once(": ").filter(|(size, _)| size.starts_with("n = ")) {
        return Some(format!("{size}: T"));
    }
    let step = line.trim_start();
    if step.starts_with("pass: ") || step.starts_with("beside the steps: ") {
        let mut parts: Vec<&str> = line.split(", ").collect();
        let n = parts.len();
        parts[n - 2..].copy_from_slice(&["S", "N threads"]);
        return Some(parts.join(", "));
    }
    if let Some((_, rest)) = line.strip_prefix("ran in ").and_then(|l| l.split_once(", ")) {
        return Some(format!("ran in T, {rest}"));
    }
    if ["reads ", "writes "].iter().any(|w| step.starts_with(w)) {
        return Some(mask_line(line));
    }
    if line.starts_with("the loop on line ") {
        return Some(mask_rates(line));
    }
    if line.ends_with(" each") && line.contains(" loop iterations, ") {
        return Some(line.split(',').next_back().map_or(String::new(), |t| {
            format!("{},{}", line.trim_end_matches(t).trim_end_matches(','), mask_line(t))
        }));
    }
    let rates = line.contains("B/s") || line.contains("flop/s");
    rates.then(|| mask_rates(line.split(';').next().unwrap_or("")))
}

/// Rates become `R` and shares `P`; the space between columns becomes one.
fn mask_rates(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut out: Vec<String> = Vec::new();
    for (i, word) in words.iter().enumerate() {
        let unit = |w: &str| w.contains("B/s") || w.contains("flop/s");
        if unit(word) {
            let after = word.find("/s").map_or("", |at| &word[at + 2..]);
            out.push(format!("R{after}"));
        } else if word.contains('%') {
            out.push(format!("P{}", word.rsplit('%').next().unwrap_or("")));
        } else if !words.get(i + 1).is_some_and(|w| unit(w)) {
            out.push(word.to_string());
        }
    }
    out.join(" ")
}

fn mask_line(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let mut out: Vec<String> = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let word = words[i];
        let next = words.get(i + 1).copied().unwrap_or("");
        let unit = next.trim_end_matches([',', ')']);
        let number = word.starts_with(|c: char| c.is_ascii_digit());
        if number && ["s", "ms", "µs", "μs", "us", "ns", "min", "h", "hour"].contains(&unit) {
            out.push(format!("T{}", &next[unit.len()..]));
            i += 2;
        } else if number && ["loop", "loops"].contains(&unit) {
            out.push("N".into());
            out.push(format!("loops{}", &next[unit.len()..]));
            i += 2;
        } else {
            out.push(word.to_string());
            i += 1;
        }
    }
    out.join(" ")
}

/// Whether golden files and expected outputs are to be rewritten.
pub fn updating() -> bool {
    std::env::var_os("ARR_UPDATE").is_some_and(|v| v == "1")
}

/// Lines taken away and added, `-` and `+` in front, with a few that stayed around them.
pub fn diff(old: &str, new: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut common = vec![vec![0u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] =
                if a[i] == b[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            lines.push((false, format!("  {}", a[i])));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && common[i + 1][j] >= common[i][j + 1]) {
            lines.push((true, format!("- {}", a[i])));
            i += 1;
        } else {
            lines.push((true, format!("+ {}", b[j])));
            j += 1;
        }
    }
    let near = |k: usize| (k.saturating_sub(3)..(k + 3).min(lines.len())).any(|m| lines[m].0);
    let mut out = String::new();
    let mut skipped = false;
    for (k, (_, line)) in lines.iter().enumerate() {
        if near(k) {
            out.push_str(if std::mem::take(&mut skipped) { "  …\n" } else { "" });
            out.push_str(line);
            out.push('\n');
        } else {
            skipped = true;
        }
    }
    out
}

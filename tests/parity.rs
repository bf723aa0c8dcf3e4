//! NumPy parity: every record of `tests/parity/expected/*.txt`, in a session of its own, against
//! the printed text, dtype, shape and warnings that NumPy gave. `tests/parity/generate.py` wrote
//! the records and says what their lines mean.
//!
//! `tests/parity/pending.txt` names functions that arr does not have yet: cases that mention one
//! are passed over, and a name that exists must leave the list. `tests/parity/differs.txt` holds
//! the lines where arr differs on purpose, each under its reason.
//! `ARR_PARITY=text` runs only the cases that contain the text, and shows every failure.

mod common;

use arr::prim::{Home, table};
use arr::value::{Value, shape_text};
use common::{Probe, files, on_big_stack, read, root};
use std::collections::HashSet;

struct Case {
    file: String,
    input: String,
    expected: Answer,
}

#[derive(PartialEq)]
enum Answer {
    /// dtype and shape or type, warnings, and the printed text.
    Value { head: String, warnings: Vec<String>, text: String },
    /// An error; the kind is NumPy's and not compared.
    Error(String),
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Answer::Error(kind) => write!(f, "error {kind}"),
            Answer::Value { head, warnings, text } => {
                writeln!(f, "{head}")?;
                warnings.iter().try_for_each(|w| writeln!(f, "! {w}"))?;
                write!(f, "{text}")
            }
        }
    }
}

fn cases() -> Vec<Case> {
    let mut found = Vec::new();
    for path in files("tests/parity/expected", ".txt") {
        let file = path.file_stem().unwrap().to_string_lossy().to_string();
        let text = read(&path);
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let Some(input) = line.strip_prefix("> ") else { continue };
            let mut record = Vec::new();
            while let Some(line) = lines.next_if(|l| !l.starts_with("> ") && !l.starts_with("# ")) {
                record.push(line);
            }
            while record.last() == Some(&"") {
                record.pop();
            }
            found.push(Case { file: file.clone(), input: input.into(), expected: answer(&record) });
        }
    }
    found
}

fn answer(record: &[&str]) -> Answer {
    let head = record[0];
    if let Some(kind) = head.strip_prefix("error ") {
        return Answer::Error(kind.into());
    }
    let warned = record[1..].iter().take_while(|l| l.starts_with("! ")).count();
    let warnings = record[1..=warned].iter().map(|w| w[2..].to_string()).collect();
    Answer::Value { head: head.into(), warnings, text: record[warned + 1..].join("\n") }
}

/// The words of a list file without its comments.
fn listed(name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join("tests/parity").join(name)).unwrap_or_default();
    text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).map(str::to_string).collect()
}

/// What arr gives.
fn run(input: &str) -> Answer {
    let ran = Probe::new().run(input);
    match ran.result {
        Err(errors) => Answer::Error(errors.join("; ")),
        Ok(value) => {
            let text = if let Value::Str(s) = &value { s.to_string() } else { ran.text };
            let text = text.trim_end_matches('\n').to_string();
            let mut warnings: Vec<String> = Vec::new();
            for w in ran.warnings {
                // NumPy says nothing of arrays of integers that wrap.
                if !warnings.contains(&w) && !w.starts_with("integer overflow") {
                    warnings.push(w);
                }
            }
            Answer::Value { head: head(&value), warnings, text }
        }
    }
}

fn head(value: &Value) -> String {
    match value {
        Value::Array(a) => format!("{} {}", a.dtype(), shape_text(a.shape())),
        Value::Scalar(s) => format!("{} ()", s.dtype()),
        other => other.type_name().to_string(),
    }
}

/// Types whose names are arr's own matter, and NumPy's class names do not.
fn same_head(expected: &str, got: &str) -> bool {
    let compared = expected.contains('(')
        || ["int", "float", "bool", "complex", "str", "tuple", "list", "NoneType"].contains(&expected);
    !compared || expected == got
}

fn agree(expected: &Answer, got: &Answer) -> bool {
    match (expected, got) {
        (Answer::Error(_), Answer::Error(text)) => !text.contains("internal") && !text.contains("not_yet"),
        (
            Answer::Value { head: a, warnings: w, text: s },
            Answer::Value { head: b, warnings: v, text: t },
        ) => same_head(a, b) && w == v && s == t,
        _ => false,
    }
}

/// Whether a case uses a name that is not there yet: as a whole word, with its module.
fn mentions(input: &str, name: &str) -> bool {
    input.match_indices(name).any(|(at, _)| {
        let before = input[..at].chars().next_back();
        let after = input[at + name.len()..].chars().next();
        let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !inside(before) && !inside(after)
    })
}

#[test]
fn numpy_parity() {
    on_big_stack(|| {
        let only = std::env::var("ARR_PARITY").ok();
        let (pending, differs) = (listed("pending.txt"), listed("differs.txt"));
        let differs: HashSet<&str> = differs.iter().map(String::as_str).collect();
        let (mut ran, mut passed_over) = (0, 0);
        let mut failures: Vec<(Case, Answer)> = Vec::new();
        for case in cases() {
            if only.as_ref().is_some_and(|text| !case.input.contains(text)) {
                continue;
            }
            if pending.iter().any(|name| mentions(&case.input, name)) || differs.contains(&*case.input) {
                passed_over += 1;
                continue;
            }
            ran += 1;
            let got = run(&case.input);
            if !agree(&case.expected, &got) {
                failures.push((case, got));
            }
        }
        println!("{ran} cases run, {passed_over} passed over, {} fail", failures.len());
        report(&failures, only.is_some());
        assert!(failures.is_empty(), "{} of {ran} cases fail", failures.len());
    });
}

/// The failures by file, then the commonest causes.
fn report(failures: &[(Case, Answer)], all: bool) {
    let mut files: Vec<&str> = failures.iter().map(|(c, _)| &*c.file).collect();
    files.dedup();
    for file in files {
        let of_file: Vec<_> = failures.iter().filter(|(c, _)| c.file == file).collect();
        println!("\n== {file}: {} fail", of_file.len());
        let limit = if all || std::env::var_os("ARR_ALL").is_some() { usize::MAX } else { 25 };
        for (case, got) in of_file.iter().take(limit) {
            println!("> {}\n  expected: {}\n  given:    {}", case.input, inset(&case.expected), inset(got));
        }
    }
    let mut causes: Vec<(String, usize)> = Vec::new();
    for (_, got) in failures {
        let cause = match got {
            Answer::Error(text) => text.clone(),
            Answer::Value { .. } => "a different value".into(),
        };
        match causes.iter_mut().find(|(c, _)| *c == cause) {
            Some((_, n)) => *n += 1,
            None => causes.push((cause, 1)),
        }
    }
    causes.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    println!("\n== causes");
    for (cause, n) in causes.iter().take(60) {
        println!("{n:6}  {cause}");
    }
}

fn inset(answer: &Answer) -> String {
    answer.to_string().replace('\n', "\n            ")
}

#[test]
fn pending_names_are_not_there() {
    let known = |name: &str| {
        let (home, last) = match name.rsplit_once('.') {
            Some(("np", n)) => (Home::Np, n),
            Some(("np.linalg", n)) => (Home::Linalg, n),
            Some(("np.fft", n)) => (Home::Fft, n),
            Some(("np.random", n)) => (Home::Random, n),
            Some(("np.lib.stride_tricks", n)) => (Home::StrideTricks, n),
            _ => (Home::Core, name),
        };
        table().get(home, last).is_some()
    };
    let there: Vec<String> = listed("pending.txt").into_iter().filter(|n| known(n)).collect();
    assert!(there.is_empty(), "these exist now; take them from pending.txt: {}", there.join(" "));
}

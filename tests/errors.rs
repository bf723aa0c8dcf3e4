//! What a user sees of each error: one tiny program per cause, `tests/errors/*.arr`, run by the real
//! binary; what it writes to standard error stands beside it in `*.stderr`.
//!
//! `ARR_UPDATE=1 cargo test --test errors` rewrites the expected texts; read the change as a patch.

mod common;

use common::{diff, files, read, root, updating};
use std::process::Command;

/// Runs a program where it stands, with a memory limit that is the same everywhere.
fn stderr_of(file: &str) -> (String, Option<i32>) {
    let out = Command::new(env!("CARGO_BIN_EXE_arr"))
        .args(["--color", "never", "--memory-limit", "256MB", file])
        .current_dir(root().join("tests/errors"))
        .env_remove("NO_GRAPHICS")
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    (String::from_utf8(out.stderr).unwrap(), out.status.code())
}

/// The text without the numbers that depend on how much stack a call takes in this build.
fn without_depth(text: &str) -> String {
    let line = |l: &str| {
        if l.contains("recursion is too deep") || l.contains("calls more") {
            let digits = |c: char| c.is_ascii_digit() || c == ',';
            let mut out = String::new();
            for part in l.split_inclusive(' ') {
                out.push_str(if part.trim_end().chars().all(digits) && part.len() > 1 { "N " } else { part });
            }
            return out;
        }
        l.to_string()
    };
    text.lines().map(|l| line(l) + "\n").collect()
}

#[test]
fn programs_with_an_error_say_so() {
    let mut wrong = Vec::new();
    for path in files("tests/errors", ".arr") {
        let file = path.file_name().unwrap().to_str().unwrap();
        let (text, code) = stderr_of(file);
        let text = without_depth(&text);
        if code != Some(1) {
            wrong.push(format!("{file}: exit code {code:?}"));
        }
        assert!(!text.contains("panicked") && !text.contains("arr::internal"), "{file}:\n{text}");
        let expected = path.with_extension("stderr");
        if updating() {
            std::fs::write(&expected, &text).unwrap();
        } else if text != std::fs::read_to_string(&expected).unwrap_or_default() {
            wrong.push(format!("{file}:\n{}", diff(&read(&expected), &text)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Codes that no program can bring about on purpose, and why.
const UNREACHED: &[&str] = &[
    "arr::error",            // an error of a foreign kind
    "arr::internal",         // a fault of arr
    "arr::run::interrupted", // tests/cli.rs, tests/repl.rs
    "arr::syntax",           // always told by its own code
    "arr::run::not_yet",     // goes when everything is there
];

#[test]
fn every_code_has_a_program() {
    let table = read(&root().join("src/error/codes.rs"));
    let syntax = read(&root().join("src/syntax/error.rs"));
    let quoted = |text: &str, prefix: &str| -> Vec<String> {
        let body = text.split("#[cfg(test)]").next().unwrap_or("").to_string();
        body.split('"').filter(|s| s.starts_with(prefix) && !s.contains(' ')).map(String::from).collect()
    };
    let mut codes = quoted(&table, "arr::");
    codes.extend(quoted(&syntax, "syntax::").iter().map(|c| format!("arr::{c}")));
    let shown: Vec<String> = files("tests/errors", ".stderr")
        .iter()
        .flat_map(|p| read(p).lines().map(String::from).collect::<Vec<_>>())
        .collect();
    let missing: Vec<_> =
        codes.iter().filter(|c| !UNREACHED.contains(&c.as_str()) && !shown.contains(c)).collect();
    assert!(missing.is_empty(), "no program in tests/errors shows {missing:?}");
}

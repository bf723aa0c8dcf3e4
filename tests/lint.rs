//! The linter: `tests/lint/found/*.arr` are loops with what is offered for each, verified by running;
//! `tests/lint/left/*.arr` are loops that nothing may be offered for; `tests/lint/mistakes/*.arr` are lines
//! with the code of what is said of them, and lines that nothing is said of.
//!
//! A case begins with a line `#: …` and goes to the next: `code: replacement`, its lines divided by
//! ` ⋄ `; in `left` the note, or `-` for none. `ARR_UPDATE=1` writes what was found; read it as you
//! would a patch.

mod common;

use arr::eval::Silence;
use arr::lint::{Equal, Finding, Lab, Level, Watcher, check};
use arr::session::{Outcome, Session};
use common::{files, on_big_stack, read, updating};
use std::rc::Rc;

const LAB: Lab = Lab::TRIAL;

struct Case {
    header: String,
    code: String,
}

fn cases(text: &str) -> Vec<Case> {
    let mut found: Vec<Case> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("#: "), found.last_mut()) {
            (Some(header), _) => found.push(Case { header: header.into(), code: String::new() }),
            (None, Some(case)) => case.code += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    found
}

fn findings(code: &str) -> Vec<Finding> {
    let mut session = Session::new(Box::new(Silence));
    let checked = check(&mut session, "case.arr", code, LAB);
    assert!(checked.failure.is_none(), "does not run:\n{code}");
    checked.findings
}

/// The codes of what is said of the lines of a case.
fn mistakes(code: &str) -> String {
    let all = findings(code);
    let told = all.iter().filter(|f| !f.code.starts_with("loop-"));
    let codes: Vec<&str> = told.map(|f| f.code).collect();
    if codes.is_empty() { "-".into() } else { codes.join(" | ") }
}

/// What is said of the loops of a case, on one line.
fn loops(code: &str) -> String {
    let all = findings(code);
    let told = all.iter().filter(|f| f.code.starts_with("loop-"));
    let line = |f: &Finding| match &f.replacement {
        Some(text) => {
            assert!(f.verified && f.level == Level::Hint);
            let close = if matches!(f.equal, Some(Equal::Closely(_))) { " (close)" } else { "" };
            let what = f.message.replace("this loop is ", "");
            format!("{}: {what}: {}{close}", f.code, text.replace('\n', " ⋄ "))
        }
        None => format!("{}: {}", f.code, f.message),
    };
    let lines: Vec<String> = told.map(line).collect();
    if lines.is_empty() { "-".into() } else { lines.join(" | ") }
}

fn run(
    folder: &'static str,
    said: fn(&str) -> String,
    most: impl Fn(&str) -> bool + Send + 'static,
) -> Vec<String> {
    on_big_stack(move || {
        let mut all = Vec::new();
        let mut wrong = Vec::new();
        for path in files(folder, ".arr") {
            let text = read(&path);
            let mut out = String::new();
            for case in cases(&text) {
                let said = said(&case.code);
                all.push(said.clone());
                out += &format!("#: {said}\n{}", case.code);
                if said != case.header || !most(&said) {
                    wrong.push(format!("{}:\n{}- {}\n+ {said}\n", path.display(), case.code, case.header));
                }
            }
            if updating() {
                std::fs::write(&path, out).unwrap();
            }
        }
        if updating() {
            println!("{}", wrong.join("\n"));
        } else {
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        }
        all
    })
}

#[test]
fn loops_are_found() {
    let all =
        run("tests/lint/found", loops, |said| said.contains("loop-") && !said.contains("loop-dependency"));
    assert!(all.len() >= 80, "{} loops", all.len());
}

#[test]
fn loops_are_left() {
    let all = run("tests/lint/left", loops, |said| said == "-" || said.contains("has to go step by step"));
    assert!(all.len() >= 40, "{} loops", all.len());
}

#[test]
fn mistakes_are_told_and_only_they() {
    let all = run("tests/lint/mistakes", mistakes, |_| true);
    for code in
        ["copy-write", "needless-copy", "bits-unbracketed", "append-in-loop", "column-walk", "wide-dtype"]
    {
        assert!(all.iter().filter(|said| **said == code).count() >= 4, "{code}");
    }
}

/// The fenced blocks ```` ```check ```` of the page: a program, then `---`, then what `arr check` says.
#[test]
fn the_page_says_what_is_found() {
    on_big_stack(|| {
        let path = common::root().join("docs/lint.md");
        let text = read(&path);
        let mut out = String::new();
        let mut wrong = Vec::new();
        let mut rest = &*text;
        let mut codes = Vec::new();
        while let Some((before, block)) = rest.split_once("```check\n") {
            let (block, after) = block.split_once("```").unwrap();
            let (code, told) = block.split_once("---\n").unwrap();
            let all = findings(code);
            codes.extend(all.iter().map(|f| f.code));
            let said: String =
                all.iter().map(|f| f.line_text().replace("case.arr", "file.arr") + "\n").collect();
            if said != told {
                wrong.push(format!("{code}- {told}+ {said}"));
            }
            out += &format!("{before}```check\n{code}---\n{said}```");
            rest = after;
        }
        out += rest;
        if updating() {
            std::fs::write(&path, out).unwrap();
            println!("{}", wrong.join("\n"));
        } else {
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        }
        for row in text.lines().filter_map(|l| l.strip_prefix("| `")) {
            let code = row.split('`').next().unwrap();
            assert!(codes.contains(&code) || code == "check-stopped", "no example gives {code}");
        }
    });
}

fn arr(args: &[&str]) -> (String, String, i32) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_arr"));
    let out = command.args(args).env("NO_COLOR", "1").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(out.stdout), text(out.stderr), out.status.code().unwrap_or(-1))
}

fn file(name: &str, text: &str) -> String {
    let path = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_string()
}

const DOT: &str = "x = arange(2000.0)\ny = x * 2\nprint('quiet')\ns = 0\nfor i in range(len(x)) {\n    s += x[i] * y[i]\n}\n";

#[test]
fn a_file_is_checked() {
    let path = file("dot.arr", DOT);
    let (out, err, code) = arr(&["check", &path]);
    let out = common::mask_times(&out).replace(&path, "dot.arr");
    let wanted =
        "dot.arr:4-7: hint: this loop is a dot product: s = x @ y (same result, N times faster) [loop-dot]";
    assert_eq!((&*out, &*err, code), (wanted, "", 1));
    let (out, _, code) = arr(&["check", &path, "--json"]);
    assert_eq!(code, 1);
    for part in [
        "\"line\": 4, \"end_line\": 7, \"code\": \"loop-dot\"",
        "\"replacement\": \"s = x @ y\", \"verified\": true, \"equal\": \"exact\", \"gain\": ",
    ] {
        assert!(out.contains(part), "{out}");
    }
    let fine = file("fine.arr", "x = arange(5)\nx.sum()\n");
    assert_eq!(arr(&["check", &fine]), (String::new(), String::new(), 0));
    assert_eq!(arr(&["check", &fine, "--json"]).0, "[]\n");
    let broken = file("broken.arr", "x = 0 ⌈ 3 - 4\nnosuch\n");
    let (out, err, code) = arr(&["check", &broken]);
    assert!(out.contains("glyph-grouping") && err.contains("arr::name::unknown") && code == 1, "{out}{err}");
    assert_eq!(arr(&["check", "/no/such.arr"]).2, 2);
}

/// The look at a loop that took long has 50 ms: whatever the loop, and however long one of its steps.
#[test]
fn a_look_at_a_slow_loop_takes_little_time() {
    // Of this build, whose own code is not optimised, three times as long.
    let (cap, n) = if cfg!(debug_assertions) { (0.15, 1_000_000) } else { (0.05, 100_000_000) };
    let setup = format!(
        "n = {n}\nx = arange(n) * 0.5\ny = x + 1\nz = zeros(n)\nbig = zeros(20000000)\nm = eye(500) + ones((500, 500))\n"
    );
    let loops = [
        "s = 0.0\nfor i in range(n) { s += x[i] * y[i] }\n",
        "for i in range(n) { if x[i] > 3 { z[i] = sqrt(x[i]) } else { z[i] = -x[i] } }\n",
        "i = 0\nwhile i < n { z[i] = x[i]; i += 1 }\n",
        "for k in range(8) { big += sqrt(big + k) }\n",
        "l = []\nfor k in range(4) { l.append(linalg.svd(m).S.sum()) }\n",
    ];
    for code in loops {
        let look = || {
            let watcher = Rc::new(Watcher::hints(Lab::HINT));
            let mut session = Session::new(Box::new(Silence));
            session.evaluator.watch = Some(watcher.clone());
            assert!(matches!(session.run("slow", &format!("{setup}{code}")), Outcome::Done(_)), "{code}");
            watcher.longest_look()
        };
        // Other programs may have disturbed the first.
        let seconds = Some(look()).filter(|&s| s < cap).unwrap_or_else(look);
        assert!(seconds < cap, "{seconds:.3} s: {code}");
    }
}

#[test]
fn a_slow_loop_gets_a_hint() {
    let slow = "s = 0\nx = arange(20000000.0)\nfor v in x { s += v }\nfor v in x { s += v }\n";
    let path = file("slow.arr", slow);
    let both = || {
        let (out, err, code) = arr(&[&path]);
        assert_eq!((&*out, code), ("", 0));
        (err.matches("hint: this loop is a sum: ").count() == 2, err)
    };
    // Other programs may take the 50 ms that a look has: then it runs again.
    let (told, err) = (0..4).map(|_| both()).find(|(told, _)| *told).unwrap_or_else(both);
    assert!(told, "{err}");
    assert!(err.contains(" steps, "), "{err}");
    assert_eq!(arr(&["-q", &path]).1, "");
    let off = file("off.arr", &format!("%hints off\n{slow}"));
    assert_eq!(arr(&[&off]).1, "");
}

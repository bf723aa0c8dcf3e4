//! Lessons: those of the course are right in every line, wrong answers of each kind fail, files that are
//! wrong say so, and a lesson works through a pipe, at a terminal and for a class.
//!
//! `ARR_UPDATE=1` rewrites what files hold (`tests/lessons/*.txt`); read the differences.

mod common;

use arr::error::{Look, render};
use arr::frontend::{args::Color, commands::Shell, config::Settings, console::Console};
use arr::lesson::check::{Answer, Verdict, check};
use arr::lesson::{Counter, Exercise, Lesson, Limit, Step, course, parse::parse, proof::prove};
use arr::prim;
use common::{Probe, diff, files, on_big_stack, read, root, updating};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::rc::Rc;
use std::sync::Mutex;

/// The limits of time and memory are the program's: one lesson runs at a time.
static RUNS: Mutex<()> = Mutex::new(());

/// Everything wrong with a lesson, as its teacher reads it.
fn complaints(name: &str, text: &str) -> (Option<Lesson>, String) {
    let _alone = RUNS.lock();
    let lexicon = prim::table().lexicon();
    let look = Look { width: 90, ..Look::default() };
    match parse(name, text, &lexicon) {
        Ok(lesson) => {
            let shell = Rc::new(Shell::new(Console::new(Color::Never, false), Settings::default()));
            let errors = prove(&lesson, Some(shell), 1 << 30);
            let told = errors.iter().map(|e| render(&e.report(&lesson.source), look)).collect();
            (Some(lesson), told)
        }
        Err((source, errors)) => (None, errors.iter().map(|e| render(&e.report(&source), look)).collect()),
    }
}

#[test]
fn the_course_is_right() {
    on_big_stack(|| {
        assert!(course::LESSONS.len() >= 14);
        for (i, (name, text)) in course::LESSONS.iter().enumerate() {
            assert!(name.starts_with(&format!("{:02}_", i + 1)), "{name}");
            let (lesson, told) = complaints(name, text);
            assert!(told.is_empty(), "{name}:\n{told}");
            let lesson = lesson.unwrap();
            assert!(course::COMMAND_WORDS.contains(&(course::short_name(i), &*lesson.title)), "{name}");
            let live = lesson.steps.iter().filter(|s| matches!(s, Step::Live(_))).count();
            assert!((6..=16).contains(&live), "{name}: {live} lines");
            assert!((3..=5).contains(&lesson.exercises().count()), "{name}");
            assert!(lesson.exercises().all(|e| !e.hints.is_empty() && !e.wrong.is_empty()), "{name}");
            assert!(lesson.exercises().all(|e| e.gives.is_some() || !e.also.is_empty()), "{name}");
        }
    });
}

#[test]
fn lessons_are_found() {
    for (word, found) in [("3", Ok(3)), ("apl", Ok(14)), ("02_broadcasting", Ok(2)), ("Mask", Ok(8))] {
        assert_eq!(course::find(word), found, "{word}");
    }
    assert_eq!(course::find("0"), Err(None));
    assert_eq!(course::find("15"), Err(None));
    assert_eq!(course::find("brodcasting"), Err(Some("broadcasting".into())));
}

/// The lab has a wrong answer of each kind, with the check that it must fail.
#[test]
fn wrong_answers_fail_for_their_reasons() {
    on_big_stack(|| {
        let (lesson, told) = complaints("lab.arr", &read(&root().join("tests/lessons/lab.arr")));
        assert!(told.is_empty(), "{told}");
        let reasons: Vec<String> =
            lesson.unwrap().exercises().flat_map(|e| e.wrong.clone()).map(|w| w.0).collect();
        for kind in
            ["loop", "not equal", "dtype", "shape", "error", "copy (limit", "peak", "stopped", "uses", "view"]
        {
            assert!(reasons.iter().any(|r| r.contains(kind)), "no wrong answer of the kind '{kind}'");
        }
    });
}

/// The model answer with something before or after it that breaks a limit, and words of the mark that
/// says so.
fn breaking(e: &Exercise, limit: &Limit) -> (String, &'static str) {
    let before = |line: &str, times: u64| line.repeat(times as usize) + &e.answer.text;
    match limit {
        Limit::NoLoop => (before("for q in range(2) { q }\n", 1), "loop"),
        Limit::AtMost(Counter::Copies, n) => (before("np.arange(9).copy();\n", n + 1), "cop"),
        Limit::AtMost(Counter::Temporaries, n) => {
            (before("(np.sort(np.arange(9)) * 2).sum();\n", n + 1), "temp")
        }
        Limit::AtMost(Counter::Arrays, n) => (before("np.sort([2, 1]);\n", n + 1), "new array"),
        Limit::AtMost(Counter::Passes, n) => (before("np.sort([2, 1]);\n", n + 1), "pass"),
        Limit::AtMost(Counter::Peak, n) => (before(&format!("np.ones({n});\n"), 1), "peak"),
        Limit::Forbids(names) => match names[0].as_str() {
            "while" => (before("while False { 0 }\n", 1), "uses while"),
            "inv" => (before("np.linalg.inv([[2.0]]);\n", 1), "uses inv"),
            name => (before(&format!("zq = 0 if True else np.{name}\n"), 1), "(not allowed)"),
        },
        Limit::View(_) => (format!("({}).copy()", e.answer.text.trim()), "a copy, not a view"),
        Limit::Copy => match &e.gives {
            Some(gives) => {
                let function = if gives.text.contains('(') { "fn " } else { "" };
                (format!("{function}{} = {}", gives.text.trim(), first_input(e)), "shares memory")
            }
            None => (first_input(e), "shares memory"),
        },
        Limit::InPlace(name) => (format!("{}\n{name} = {name}.copy()\n", e.answer.text), "another array"),
        Limit::Uses(_) => (literal(e), "does not use"),
    }
}

/// The first name that the inputs give.
fn first_input(e: &Exercise) -> String {
    e.setup.text.split('=').next().unwrap().trim().to_string()
}

/// What the model answer gives with the inputs shown, written out.
fn literal(e: &Exercise) -> String {
    let mut probe = Probe::new();
    let gives = e.gives.as_ref().map(|g| g.text.trim());
    let mut run = |code: &str| {
        let ran = probe.run(code);
        assert!(ran.result.is_ok(), "{code}: {:?}", ran.result.err());
        ran.text.trim().to_string()
    };
    run(&e.setup.text);
    let value = match gives {
        Some(gives) => {
            run(&format!("{}\nNone;", e.answer.text));
            run(&format!("print(repr(({gives})))"))
        }
        None => {
            let (lines, last) = e.answer.text.trim().rsplit_once('\n').unwrap_or(("", e.answer.text.trim()));
            run(&format!("{lines}\nzq = {last}\nprint(repr(zq))"))
        }
    };
    match gives.map(|g| g.split_once('(')) {
        None => value,
        Some(None) => format!("{} = {value}", gives.unwrap()),
        Some(Some((name, _))) => format!("fn {name}(a=0, b=0, c=0, d=0) = {value}"),
    }
}

fn verdict(lesson: &Lesson, e: &Exercise, text: &str) -> Verdict {
    let _alone = RUNS.lock();
    check(lesson, e, &Answer { name: "<answer>", text }, 1 << 30)
}

/// Each limit of each exercise fails where an answer breaks it, and its result is still seen to be
/// right; what the answer happens to give with the inputs shown is no answer, nor is nothing.
#[test]
fn each_check_of_each_exercise_can_fail() {
    on_big_stack(|| {
        let lexicon = prim::table().lexicon();
        let mut wrong = Vec::new();
        for (name, text) in course::LESSONS {
            let lesson = parse(name, text, &lexicon).unwrap_or_else(|_| panic!("{name}"));
            for e in lesson.exercises() {
                for limit in &e.limits {
                    let (answer, words) = breaking(e, limit);
                    let found = verdict(&lesson, e, &answer);
                    if !found.checks.iter().any(|c| !c.ok && c.what.contains(words)) {
                        wrong.push(format!("{name} {} {limit:?}: {}\n{answer}", e.name, found.line(false)));
                    }
                    let keeps_result = !matches!(limit, Limit::Uses(_) | Limit::Copy);
                    if keeps_result && !found.checks.iter().any(|c| c.ok && c.what.starts_with("equal")) {
                        wrong.push(format!("{name} {} {limit:?}: not equal: {}", e.name, found.line(false)));
                    }
                }
                for silly in [literal(e), first_input(e), "0".into(), "None".into()] {
                    let found = verdict(&lesson, e, &silly);
                    if found.passed() {
                        wrong.push(format!("{name} {} passes: {silly}", e.name));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

#[test]
fn the_documented_lesson_is_right() {
    on_big_stack(|| {
        let text = read(&root().join("docs/lessons.md"));
        let lesson = text.split("```lesson\n").nth(1).unwrap().split("```").next().unwrap();
        let (_, told) = complaints("adding.arr", lesson);
        assert!(told.is_empty(), "{told}");
    });
}

/// Compares with a file, or rewrites it.
fn expect(file: &str, given: &str) {
    let path = root().join("tests/lessons").join(file);
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    if wanted == given {
        return;
    }
    println!("{file} (- expected, + given)\n{}", diff(&wanted, given));
    if updating() {
        std::fs::write(&path, given).unwrap();
    } else {
        panic!("{file} differs");
    }
}

#[test]
fn wrong_files_say_what_is_wrong() {
    on_big_stack(|| {
        let mut codes = String::new();
        for path in files("tests/lessons/wrong", ".arr") {
            let name = path.file_name().unwrap().to_string_lossy().to_string();
            let (_, told) = complaints(&name, &read(&path));
            assert!(!told.is_empty(), "{name}");
            codes.push_str(&told);
            let file = format!("wrong/{}", name.replace(".arr", ".txt"));
            expect(&file, &told);
        }
        for code in [
            "directive",
            "title",
            "outside",
            "twice",
            "wants",
            "missing",
            "limit",
            "code",
            "bare",
            "unended",
            "stray_output",
            "output",
            "answer",
            "wrong_passes",
            "wrong_reason",
            "inputs",
        ] {
            assert!(codes.contains(&format!("arr::lesson::{code}\n")), "no file for {code}");
        }
    });
}

fn arr(state: &str, args: &[&str], input: &str) -> Output {
    use std::io::Write;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(state);
    let mut child = Command::new(env!("CARGO_BIN_EXE_arr"))
        .args(args)
        .current_dir(root())
        .env("XDG_STATE_HOME", folder)
        .env("COLUMNS", "60")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn fresh(state: &str) {
    let _ = std::fs::remove_dir_all(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(state));
}

#[test]
fn a_lesson_through_a_pipe() {
    fresh("lesson-pipe");
    let script = read(&root().join("tests/lessons/session.arr"));
    let out = arr("lesson-pipe", &[], &script);
    expect("session.txt", &text(&out));
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let prose = |l: &&str| !l.starts_with(">>>") && !l.starts_with("...");
    assert!(text(&out).lines().filter(prose).all(|l| l.chars().count() <= 60), "wider than 60 columns");
    // What was passed is kept, and may be forgotten.
    let list = text(&arr("lesson-pipe", &[], "%lesson\n"));
    assert!(list.contains("2 of 4") && list.lines().count() > 14, "{list}");
    let list = text(&arr("lesson-pipe", &[], "%lesson forget loops\n%lesson\n"));
    assert!(!list.contains(" of 4"), "{list}");
    let kept = text(&arr("lesson-pipe", &["--no-config"], "%lesson 1 1\nx * 2\n"));
    assert!(kept.contains("Done: 1 of 4"), "{kept}");
    assert!(!text(&arr("lesson-pipe", &[], "%lesson\n")).contains(" of 4"));
}

#[test]
fn answers_of_several_lines_are_checked() {
    let answers = [
        // A function over several lines, and one that leans on an earlier one.
        (
            "3 4",
            "fn cut(x, top) {\n    np.minimum(x, top)\n}\nfn limit(x, low, high) = np.maximum(cut(x, high), low)\n",
            true,
        ),
        // The inputs are as they were after a wrong answer.
        ("5 4", "x = x / x.sum()\nx /= x.sum()\n", true),
        // A statement without a value.
        ("5 3", "m[:, -1] += 10\n", true),
        ("10 4", "r = np.arange(2, n)\nt = np.outer(r, r)\nr[~np.isin(r, t)]\n", true),
        // Looking at an input answers nothing.
        ("8 1", "x\n", false),
        ("8 1", "s = 0\nfor v in x { if v > 0 { s += v } }\ns\n", false),
    ];
    for (exercise, input, passes) in answers {
        let out = arr("lesson-lines", &["--no-config"], &format!("%lesson {exercise}\n{input}"));
        assert_eq!(text(&out).contains("Done: 1 of"), passes, "{exercise}: {}", text(&out));
    }
    let out = text(&arr("lesson-lines", &["--no-config"], "%lesson 8 1\nx\n"));
    assert!(!out.contains('✗'), "{out}");
    let out =
        arr("lesson-lines", &["--no-config"], "%lesson 8 1\nx.sum()\n%check\n%next\n%lesson stop\n%hint\n");
    assert!(text(&out).matches("✗ not equal").count() == 2 && text(&out).contains("is left open"));
    assert!(String::from_utf8_lossy(&out.stderr).contains("%hint: no lesson is under way"));
}

#[test]
fn words_are_read_aloud() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_arr"));
    command.args(["--no-config", "-e", "%lesson 1 1\nx + 2"]).env("NO_GRAPHICS", "1").current_dir(folder);
    let out = text(&command.output().unwrap());
    assert!(out.contains("wrong: not equal: 2 of 3 elements differ; right: no loop"), "{out}");
}

/// What the checks say of answers typed at the prompt: a line for each, or nothing where it is not heard.
fn heard(answers: &[(usize, usize, String)]) -> Vec<String> {
    let typed: String =
        answers.iter().map(|(n, k, a)| format!("%lesson {n} {k}\n{a}\n%lesson stop\n")).collect();
    // From a file, as what is printed is more than a pipe holds.
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("heard.arr");
    std::fs::write(&file, typed).unwrap();
    let out = text(&arr("heard", &["--no-config", file.to_str().unwrap()], ""));
    let mut found = vec![String::new(); answers.len()];
    let mut at = 0;
    for line in out.lines() {
        if let Some(k) = line.strip_prefix("Exercise ") {
            assert!(k.starts_with(&answers[at].1.to_string()), "{line}");
            at += 1;
        } else if line.contains('✓') || line.contains('✗') {
            found[at - 1].push_str(line);
        }
    }
    assert_eq!(at, answers.len(), "{out}");
    found
}

#[test]
fn answers_at_the_prompt_are_heard() {
    let models = on_big_stack(|| {
        let mut found = Vec::new();
        for (i, (name, text)) in course::LESSONS.iter().enumerate() {
            let lesson = parse(name, text, &prim::table().lexicon()).unwrap();
            found.extend(
                lesson.exercises().enumerate().map(|(k, e)| (i + 1, k + 1, e.answer.text.trim().into())),
            );
        }
        found
    });
    // Of one's own, as NumPy's and APL's users write them.
    let others = [
        (1, 4, "fn bill(p, q) = (p * q).sum()"),
        (1, 4, "bill = {+/ ⍺ × ⍵}"),
        (2, 4, "abs(a ∘.- b)"),
        (3, 1, "np.ptp(x)"),
        (5, 3, "np.add(m[:, -1], 10, out=m[:, -1])"),
        (5, 4, "np.divide(x, x.sum(), out=x)"),
        (5, 5, "m.flat[::len(m) + 1] = 0"),
        (8, 1, "x.sum(where=x > 0)"),
        (9, 3, "np.linalg.norm(m, axis=1)"),
        (12, 2, "⍋ ⍋ x"),
    ];
    let others = others.map(|(n, k, answer)| (n, k, answer.to_string()));
    let all: Vec<(usize, usize, String)> = models.into_iter().chain(others).collect();
    for ((n, k, answer), line) in all.iter().zip(heard(&all)) {
        assert!(line.contains('✓') && !line.contains('✗'), "lesson {n}, exercise {k}: {answer}\n{line}");
    }
}

#[test]
fn a_class_is_graded() {
    let submissions: Vec<String> =
        files("tests/lessons/submissions", ".arr").iter().map(|p| p.display().to_string()).collect();
    let mut args = vec!["grade", "tests/lessons/lab.arr"];
    args.extend(submissions.iter().map(String::as_str));
    let out = arr("grade", &args, "");
    assert_eq!(out.status.code(), Some(1));
    expect("grades.txt", &text(&out));
    args.push("--json");
    let out = arr("grade", &args, "");
    let json: serde_json::Value = serde_json::from_str(&text(&out)).unwrap();
    let of = |i: usize| &json["submissions"][i];
    assert_eq!((&json["of"], &of(0)["points"], &of(1)["points"]), (&5.into(), &5.into(), &0.into()));
    assert_eq!(of(2)["exercises"][0]["error"]["line"], 3);
    assert_eq!(of(3)["exercises"][0]["error"]["code"], "arr::memory::limit");
    assert_eq!(of(4)["exercises"][0]["status"], "missing");
    let out = arr("grade", &["grade", "tests/lessons/lab.arr", submissions[0].as_str()], "");
    assert_eq!(out.status.code(), Some(0), "{}", text(&out));
    // A text that doubles for ever: the process dies or is stopped, and the next exercise is graded.
    let greedy = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("greedy.arr");
    let code =
        "#: exercise double\ns = \"no end\"\nwhile True { s = f\"{s}{s}\" }\n#: exercise halve\nx /= 2\n";
    std::fs::write(&greedy, code).unwrap();
    let args = ["grade", "--json", "--seconds", "2", "tests/lessons/lab.arr", greedy.to_str().unwrap()];
    let json: serde_json::Value = serde_json::from_str(&text(&arr("grade", &args, ""))).unwrap();
    let exercises = &json["submissions"][0]["exercises"];
    let ended = exercises[0]["checks"][0]["what"].as_str().unwrap();
    assert!(ended.starts_with("died") || ended.starts_with("stopped"), "{ended}");
    assert_eq!(exercises[2]["status"], "passed");
    let out = arr("grade", &["grade", "--template", "tests/lessons/lab.arr"], "");
    assert!(text(&out).contains("\n#: exercise halve\n# Halve `x`"), "{}", text(&out));
    assert!(text(&out).contains("\n# Looked at: equal; "), "{}", text(&out));
    for (args, words) in [
        (vec!["grade", "tests/lessons/none.arr", "a.arr"], "there is no file"),
        (vec!["grade", "tests/lessons/lab.arr"], "FILE"),
        (vec!["grade", "tests/lessons/wrong/title.arr", "a.arr"], "arr::lesson::title"),
    ] {
        let out = arr("grade", &args, "");
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        assert!(String::from_utf8_lossy(&out.stderr).contains(words), "{args:?}");
    }
}

#[test]
fn teachers_check_their_files() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("own lesson.arr");
    std::fs::write(&file, "#: lesson Own\n\n1 + 1\n#> 3\n\nnp.arange(3)\n").unwrap();
    let path = file.to_str().unwrap();
    let out = arr("own", &["lesson-check", path], "");
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&out.stderr).contains("#> 2"));
    assert!(arr("own", &["lesson-check", "--update", path], "").status.success());
    assert_eq!(read(&file), "#: lesson Own\n\n1 + 1\n#> 2\n\nnp.arange(3)\n#> [0 1 2]\n");
    let out = arr("own", &["--no-config"], &format!("%lesson {path}\n%next\n%next\n"));
    assert!(text(&out).contains(">>> np.arange(3)\n[0 1 2]\n"), "{}", text(&out));
    std::fs::write(&file, "#: lesson Own\n#: exercise\n").unwrap();
    let out = arr("own", &["--no-config"], &format!("%lesson {path}\n"));
    let told = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(told.contains("arr::lesson::wants") && told.contains("arr::file::read"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_lesson_at_a_terminal() {
    use expectrl::{ControlCode, Eof, Expect, Session};
    fresh("lesson-terminal");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("lesson-terminal");
    let mut command = Command::new(env!("CARGO_BIN_EXE_arr"));
    command.arg("-q").env("XDG_STATE_HOME", folder).env("TERM", "xterm").env("NO_COLOR", "1");
    let mut session = Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(std::time::Duration::from_secs(30)));
    let mut step = |line: &str, wanted: &str| {
        session.send_line(line).unwrap();
        // What is wanted, and then the prompt, which is ready for more.
        for wanted in [wanted, "In ["] {
            session.expect(wanted).unwrap_or_else(|e| panic!("after {line:?}, waiting for {wanted:?}: {e}"));
        }
    };
    step("%lesson masks", "Enter or %next goes on");
    step("", "[-3.  -0.5]");
    // The lines' names are the learner's.
    step("t.size * 111", "666");
    step("%lesson masks 1", "Exercise 1 of 5: positive");
    // Enter does not pass over an exercise.
    step("", "");
    step("%hint", "Hint 1 of 1");
    step("x.sum()", "✗ not equal");
    step("x[x > 0].sum()", "Done: 1 of 5 exercises");
    step("", "Exercise 2 of 5: between");
    session.send(ControlCode::EndOfTransmission).unwrap();
    let _ = session.expect(Eof);
}

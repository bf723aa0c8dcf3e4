//! `arr grade lab.arr submissions…` and `arr lesson-check lesson.arr`.
//!
//! Each submission runs in a process of its own, this program again, which prints what came of one
//! exercise after the other as a line of JSON. A process that stops answering is ended, one that dies is
//! noticed; either way the exercise it was at gets the blame, and a new process goes on after it.

use super::args::Grade;
use super::commands::Shell;
use super::config::Settings;
use super::console::{Console, terminal_width};
use super::os;
use super::script::read_source;
use crate::lesson::grade::{Graded, Status, Submission, grade, template};
use crate::lesson::{
    Lesson, LessonError,
    parse::parse,
    proof::{prove, with_outputs},
};
use crate::prim;
use crate::show::{self, Side};
use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// Seconds that a process may take to begin, and beyond what its exercise may.
const GRACE: f64 = 10.0;
/// Bytes that the program itself needs beside arrays: its stack, its allocator's reserves.
const OVERHEAD: usize = 2 << 30;

/// Grades; gives the exit code: 0 if all passed, 1 if not, 2 if there was nothing to grade by.
pub fn run(console: &Console, options: &Grade) -> i32 {
    let Some(mut lesson) = read_lesson(console, &options.lab) else { return 2 };
    for step in &mut lesson.steps {
        if let (crate::lesson::Step::Exercise(e), Some(seconds)) = (step, options.seconds) {
            e.seconds = seconds;
        }
    }
    if lesson.exercises().next().is_none() {
        console.note(&format!("arr grade: {} has no exercises\n", options.lab.display()));
        return 2;
    }
    if options.template {
        console.print(&template(&lesson));
        console.flush();
        return 0;
    }
    match options.from {
        Some(from) => grade_here(console, options, &lesson, from),
        None => grade_all(console, options, &lesson),
    }
}

/// The lesson of a file; says what is wrong with it.
fn read_lesson(console: &Console, path: &Path) -> Option<Lesson> {
    let text = read_source(path).map_err(|report| console.report(&report)).ok()?;
    let lexicon = prim::table().lexicon();
    let parsed = parse(&path.display().to_string(), &text, &lexicon);
    let tell = |(source, errors): (Rc<_>, Vec<LessonError>)| {
        errors.iter().for_each(|e| console.report(&e.report(&source)));
    };
    parsed.map_err(tell).ok()
}

/// The work of one process: the exercises of one submission from some number on.
fn grade_here(console: &Console, options: &Grade, lesson: &Lesson, from: usize) -> i32 {
    os::limit_memory(options.memory.saturating_add(OVERHEAD));
    let Some(path) = options.submissions.first() else { return 2 };
    let text = match read_source(path) {
        Ok(text) => text,
        Err(report) => {
            console.report(&report);
            return 2;
        }
    };
    let submission = Submission::new(&path.display().to_string(), &text);
    for e in lesson.exercises().skip(from) {
        let graded = grade(lesson, e, &submission, options.memory);
        console.print(&format!("{}\n", json_of(&graded)));
        console.flush();
    }
    0
}

fn json_of(g: &Graded) -> Json {
    let status = match g.status {
        Status::Passed => "passed",
        Status::Failed => "failed",
        Status::Missing => "missing",
    };
    let checks: Vec<Json> = g.checks.iter().map(|c| json!({ "ok": c.ok, "what": c.what })).collect();
    let error = g
        .error
        .as_ref()
        .map(|(code, message, line)| json!({ "code": code, "message": message, "line": line }));
    json!({
        "exercise": g.exercise, "status": status, "points": g.points, "of": g.of,
        "checks": checks, "notes": g.notes, "error": error,
    })
}

/// A result that the submission's process did not live to tell.
fn ended(lesson: &Lesson, number: usize, status: &str, what: String) -> Json {
    let e = lesson.exercises().nth(number);
    json!({
        "exercise": e.map_or("", |e| &e.name), "status": status, "points": 0, "of": e.map_or(0, |e| e.points),
        "checks": [{ "ok": false, "what": what }], "notes": [], "error": null,
    })
}

/// What came of one file.
struct Row {
    file: String,
    /// Why nothing could be graded, or what is odd about the file.
    remarks: Vec<String>,
    results: Vec<Json>,
}

impl Row {
    /// The file without its folder, as the table names it.
    fn short(&self) -> String {
        Path::new(&self.file).file_name().map_or(self.file.clone(), |n| n.to_string_lossy().into_owned())
    }

    fn sum(&self, field: &str) -> u64 {
        self.results.iter().filter_map(|r| r[field].as_u64()).sum()
    }
}

fn grade_all(console: &Console, options: &Grade, lesson: &Lesson) -> i32 {
    let jobs = std::thread::available_parallelism().map_or(1, |n| n.get()).min(options.submissions.len());
    let next = AtomicUsize::new(0);
    let rows: Mutex<Vec<Option<Row>>> = Mutex::new(options.submissions.iter().map(|_| None).collect());
    // What a process needs to know of the lesson, without the values it may hold.
    let plan = Plan { options, seconds: patience(lesson) };
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let i = next.fetch_add(1, Relaxed);
                    let Some(path) = options.submissions.get(i) else { return };
                    let row = plan.grade_file(path);
                    if let Ok(mut rows) = rows.lock()
                        && let Some(place) = rows.get_mut(i)
                    {
                        *place = Some(row);
                    }
                }
            });
        }
    });
    let raw: Vec<Row> = rows.into_inner().unwrap_or_default().into_iter().flatten().collect();
    let rows: Vec<Row> = raw.into_iter().map(|row| finish(row, lesson)).collect();
    match options.json {
        true => console.print(&format!("{:#}\n", summary(options, lesson, &rows))),
        false => console.print(&table(console, lesson, &rows)),
    }
    console.flush();
    let passed = |row: &Row| row.results.iter().all(|r| r["status"] == "passed");
    i32::from(!rows.iter().all(passed))
}

/// Seconds to wait for each exercise.
fn patience(lesson: &Lesson) -> Vec<f64> {
    // The model answer and the learner's, over each set of inputs.
    lesson.exercises().map(|e| e.seconds * 2.0 * (1 + e.also.len()) as f64 + GRACE).collect()
}

/// Names what the processes left open, and remarks on the file.
fn finish(mut row: Row, lesson: &Lesson) -> Row {
    for (i, result) in row.results.iter_mut().enumerate() {
        if let Some(end) = result["end"].as_str().map(str::to_string) {
            let status = match end.split_once(' ').map(|(word, _)| word) {
                Some("stopped") => "stopped",
                Some("died") => "crashed",
                _ => "unreadable",
            };
            *result = ended(lesson, i, status, end);
        }
    }
    if let Ok(text) = read_source(Path::new(&row.file)) {
        for (name, near) in Submission::new(&row.file, &text).strangers(lesson) {
            let near = near.map(|n| format!("; did you mean '{n}'?")).unwrap_or_default();
            row.remarks.push(format!("there is no exercise '{name}'{near}"));
        }
    }
    row
}

/// How submissions are run.
struct Plan<'a> {
    options: &'a Grade,
    seconds: Vec<f64>,
}

impl Plan<'_> {
    fn grade_file(&self, path: &Path) -> Row {
        let mut row = Row { file: path.display().to_string(), remarks: Vec::new(), results: Vec::new() };
        if let Err(report) = read_source(path) {
            row.remarks.push(report.message.clone());
            row.results = vec![json!({ "end": "the file cannot be read" }); self.seconds.len()];
            return row;
        }
        while row.results.len() < self.seconds.len() {
            let end = match self.begin(path, row.results.len()) {
                Ok(mut child) => self.listen(&mut child, &mut row.results),
                Err(e) => Some(format!("not run: {e}")),
            };
            if let Some(end) = end {
                row.results.push(json!({ "end": end }));
            }
        }
        row
    }

    /// Begins a process that grades the exercises from a number on.
    fn begin(&self, path: &Path, from: usize) -> std::io::Result<Child> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--no-config", "--threads", "1", "--color", "never", "--memory-limit"]);
        command.arg(self.options.memory.to_string()).arg("grade");
        if let Some(seconds) = self.options.seconds {
            command.args(["--seconds", &seconds.to_string()]);
        }
        command.args(["--memory", &self.options.memory.to_string(), "--from", &from.to_string(), "--"]);
        command.args([&self.options.lab, path]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
    }

    /// Takes results until the process has told them all (`None`), or why it told no more.
    fn listen(&self, child: &mut Child, results: &mut Vec<Json>) -> Option<String> {
        let lines = reader(child)?;
        loop {
            let wait = *self.seconds.get(results.len())?;
            match lines.recv_timeout(Duration::from_secs_f64(wait.min(1e6))) {
                Ok(line) => match serde_json::from_str(&line) {
                    Ok(result) => results.push(result),
                    Err(_) => continue,
                },
                Err(RecvTimeoutError::Timeout) => {
                    let _ = child.kill().and_then(|()| child.wait());
                    return Some(format!("stopped after {}", show::time::duration(wait, 3)));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status = child.wait().map(|s| s.to_string()).unwrap_or_default();
                    let done = results.len() == self.seconds.len();
                    return (!done).then(|| format!("died, perhaps for want of memory ({status})"));
                }
            }
            if results.len() == self.seconds.len() {
                let _ = child.wait();
                return None;
            }
        }
    }
}

/// The lines that a process prints, as they come.
fn reader(child: &mut Child) -> Option<Receiver<String>> {
    let out = child.stdout.take()?;
    let (send, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                return;
            }
        }
    });
    Some(lines)
}

fn summary(options: &Grade, lesson: &Lesson, rows: &[Row]) -> Json {
    let of: u64 = lesson.exercises().map(|e| u64::from(e.points)).sum();
    let row = |r: &Row| {
        json!({
            "file": r.file, "points": r.sum("points"), "of": of, "remarks": r.remarks, "exercises": r.results,
        })
    };
    json!({
        "lab": options.lab.display().to_string(), "title": lesson.title, "of": of,
        "submissions": rows.iter().map(row).collect::<Vec<_>>(),
    })
}

/// The table of all files, and a line for whatever did not pass.
fn table(console: &Console, lesson: &Lesson, rows: &[Row]) -> String {
    let spoken = console.look.spoken;
    let names: Vec<String> = lesson.exercises().map(|e| e.name.clone()).collect();
    let files = rows.iter().map(|r| r.short().chars().count()).max().unwrap_or(0);
    let wide = files + 12 + names.iter().map(|n| n.chars().count() + 2).sum::<usize>();
    let numbered = wide > terminal_width().unwrap_or(80);
    let heads: Vec<String> = match numbered {
        true => (1..=names.len()).map(|i| i.to_string()).collect(),
        false => names.clone(),
    };
    let mut titles = vec!["submission"];
    titles.extend(heads.iter().map(String::as_str));
    titles.push("points");
    let of: u64 = lesson.exercises().map(|e| u64::from(e.points)).sum();
    let line = |r: &Row| {
        let marks = r.results.iter().map(|result| mark(result, spoken).to_string());
        let score = format!("{} of {of}", r.sum("points"));
        std::iter::once(r.short()).chain(marks).chain([score]).collect()
    };
    let lines: Vec<Vec<String>> = rows.iter().map(line).collect();
    let sides = vec![Side::Left; titles.len()];
    let mut out = show::table(&titles, &sides, &lines);
    if numbered {
        names.iter().enumerate().for_each(|(i, n)| out.push_str(&format!("{}: {n}\n", i + 1)));
    }
    let details: String = rows.iter().flat_map(|r| details(r, spoken)).collect();
    if details.is_empty() { out } else { format!("{out}\n{details}") }
}

fn mark(result: &Json, spoken: bool) -> &'static str {
    match (result["status"].as_str(), spoken) {
        (Some("passed"), false) => "✓",
        (Some("passed"), true) => "passed",
        (Some("missing"), false) => "–",
        (Some("missing"), true) => "missing",
        (_, false) => "✗",
        (_, true) => "failed",
    }
}

/// What is said of each exercise that was not passed: its failed checks, and with which inputs.
fn details(row: &Row, spoken: bool) -> Vec<String> {
    let file = row.short();
    let remarks = row.remarks.iter().map(|r| format!("{file}: {r}\n"));
    let results = row.results.iter().filter(|r| r["status"] != "passed").map(|r| {
        let name = r["exercise"].as_str().unwrap_or("");
        let at = r["error"]["line"].as_u64().map(|n| format!(" (line {n})")).unwrap_or_default();
        let failed = match r["status"].as_str() {
            Some("missing") => vec!["no answer".to_string()],
            _ => failed_checks(r, &at, spoken),
        };
        let notes = r["notes"].as_array().into_iter().flatten().filter_map(Json::as_str);
        let inputs = notes.filter(|n| n.starts_with("with other inputs")).map(|n| format!("    {n}\n"));
        format!("{file}, {name}: {}\n{}", failed.join("  "), inputs.collect::<String>())
    });
    remarks.chain(results).collect()
}

fn failed_checks(result: &Json, at: &str, spoken: bool) -> Vec<String> {
    let failed = result["checks"].as_array().into_iter().flatten().filter(|c| c["ok"] != true);
    let mark = if spoken { "wrong:" } else { "✗" };
    let line = |c: &Json| {
        let what = c["what"].as_str().unwrap_or("");
        let at = if what.starts_with("error") { at } else { "" };
        format!("{mark} {what}{at}")
    };
    failed.map(line).collect()
}

/// `arr lesson-check`: tries lessons as their teacher would; 0 if all is right with them. `update`: what
/// lines print is written into the files first.
pub fn check_lessons(console: &Console, files: &[PathBuf], update: bool) -> i32 {
    let mut code = 0;
    for path in files {
        let Some(lesson) = read_lesson(console, path) else {
            code = 1;
            continue;
        };
        let shell = Rc::new(Shell::new(console.clone(), Settings::default()));
        let mut errors = prove(&lesson, Some(shell), crate::array::memory::limit());
        if update {
            let text = with_outputs(&lesson, &errors);
            match std::fs::write(path, text) {
                Ok(()) => errors.retain(|e| !matches!(e, LessonError::Output { .. })),
                Err(e) => console.note(&format!("arr lesson-check: {}: {e}\n", path.display())),
            }
        }
        errors.iter().for_each(|e| console.report(&e.report(&lesson.source)));
        if errors.is_empty() {
            let lines = lesson.steps.iter().filter(|s| matches!(s, crate::lesson::Step::Live(_))).count();
            let wrong: usize = lesson.exercises().map(|e| e.wrong.len()).sum();
            let exercises = lesson.exercises().count();
            console.print(&format!(
                "{}: all right: {lines} lines, {exercises} exercises, {wrong} wrong answers\n",
                path.display()
            ));
        } else {
            code = 1;
        }
    }
    console.flush();
    code
}

//! `%lesson` and what goes on within one: `%next`, `%hint`, `%answer`, `%check`. Lessons themselves
//! are the library's; here they are shown, their lines run, and what was done is kept in a file.

use super::files::path_of;
use super::{Call, Command, Takes, compile};
use crate::error::Report;
use crate::eval::Evaluator;
use crate::frontend::console::{Console, terminal_width};
use crate::frontend::script::read_source;
use crate::lesson::check::Verdict;
use crate::lesson::code::lines;
use crate::lesson::page::fill;
use crate::lesson::player::{Heard, Part, Player};
use crate::lesson::progress::Progress;
use crate::lesson::{Lesson, course, parse};
use crate::show;
use crate::value::{Fault, Value};
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

pub const ROWS: &[Command] = &[
    Command {
        name: "lesson",
        usage: "[number|name|file.arr] [exercise]",
        options: &[],
        takes: Takes::Words(course::COMMAND_WORDS),
        doc: "List the lessons, or begin one.\n\
              A lesson is begun by its number or name, or a file of your own; a second number goes straight to an \
              exercise. Within one, Enter or %next goes on, %hint and %answer help, %check looks again; \
              '%lesson stop' leaves it, and '%lesson forget NAME' forgets what was done.",
        run: lesson,
    },
    Command {
        name: "next",
        usage: "",
        options: &[],
        takes: Takes::Nothing,
        doc: "Go on with the lesson: to its next lines, or past an exercise.",
        run: next,
    },
    Command {
        name: "hint",
        usage: "",
        options: &[],
        takes: Takes::Nothing,
        doc: "Show the next hint for the exercise.",
        run: hint,
    },
    Command {
        name: "answer",
        usage: "",
        options: &[],
        takes: Takes::Nothing,
        doc: "Show a model answer to the exercise.",
        run: answer,
    },
    Command {
        name: "check",
        usage: "",
        options: &[],
        takes: Takes::Nothing,
        doc: "Check the last answer once more.",
        run: check,
    },
];

/// The lesson under way, and what was done in all of them.
#[derive(Default)]
pub struct Classroom {
    player: RefCell<Option<Player>>,
    progress: RefCell<Progress>,
    file: RefCell<Option<PathBuf>>,
}

impl Classroom {
    /// Reads what was done from a file, and keeps it there.
    pub fn keep_in(&self, file: PathBuf) {
        if let Ok(text) = std::fs::read_to_string(&file) {
            *self.progress.borrow_mut() = Progress::parse(&text);
        }
        *self.file.borrow_mut() = Some(file);
    }

    /// Whether an empty line goes on: a lesson is under way, and no exercise waits.
    pub fn takes_enter(&self) -> bool {
        self.player.borrow().as_ref().is_some_and(Player::waits_for_no_answer)
    }

    /// Whether a lesson is under way.
    pub fn is_open(&self) -> bool {
        self.player.borrow().is_some()
    }

    /// Says that an exercise is passed. A file that cannot be written is no reason to stop.
    fn pass(&self, lesson: &str, exercise: &str) {
        if self.progress.borrow_mut().pass(lesson, exercise) {
            self.write();
        }
    }

    fn write(&self) {
        if let Some(file) = self.file.borrow().as_ref() {
            // Whole or not at all: a second arr may read it meanwhile.
            let fresh = file.with_extension("new");
            file.parent().map(std::fs::create_dir_all);
            let text = self.progress.borrow().text();
            let _ = std::fs::write(&fresh, text).and_then(|()| std::fs::rename(&fresh, file));
        }
    }

    /// Takes a statement that the learner ran.
    pub fn heard(&self, evaluator: &mut Evaluator, console: &Console, text: &str, value: &Value) {
        let heard = match self.player.borrow_mut().as_mut() {
            Some(player) => player.heard(text, value),
            None => return,
        };
        if let Some(heard) = heard {
            self.tell(evaluator, console, heard);
        }
    }

    /// Shows what came of an answer.
    fn tell(&self, evaluator: &mut Evaluator, console: &Console, heard: Heard) {
        let Heard { verdict, restore } = heard;
        if verdict.interrupted {
            evaluator.output.write("the check was interrupted\n");
            return;
        }
        evaluator.output.write(&verdict_text(&verdict, console));
        let mut text = String::new();
        if let Some(player) = self.player.borrow().as_ref() {
            if let Some(e) = player.exercise().filter(|_| verdict.passed()) {
                self.pass(&player.lesson.name, &e.name);
                let (done, of) = player.score();
                text = format!("Done: {done} of {of} exercises. Enter or %next goes on.\n");
            } else if player.hints_shown() == 0 {
                text = "Try again; %hint helps, %answer shows one way.\n".into();
            }
        }
        if restore.is_some() && !verdict.passed() {
            text = format!("The inputs are as they were. {text}");
        }
        evaluator.output.write(&fill(&text, width()));
        if let Some(code) = restore {
            run_quietly(evaluator, &code);
        }
    }
}

/// Columns for paragraphs.
fn width() -> usize {
    terminal_width().unwrap_or(80).min(78)
}

/// The line of marks, broken between them where it is too wide, and what more there is to say.
fn verdict_text(verdict: &Verdict, console: &Console) -> String {
    let spoken = console.look.spoken;
    let mut out = String::new();
    let mut column = 0;
    for (i, check) in verdict.checks.iter().enumerate() {
        let one = Verdict { checks: vec![check.clone()], ..Verdict::default() }.line(spoken);
        let length = one.chars().count();
        if i > 0 && column + 2 + length > width() {
            out.push('\n');
            column = 0;
        } else if i > 0 {
            out.push_str(if spoken { "; " } else { "  " });
            column += 2;
        }
        let color = if check.ok { "32" } else { "31" };
        out.push_str(&console.paint_output(color, &one));
        column += length;
    }
    out.push('\n');
    for note in &verdict.notes {
        out.push_str(note);
        out.push('\n');
    }
    out
}

/// Runs code without showing its values; what is wrong with it was said before.
fn run_quietly(evaluator: &mut Evaluator, code: &str) {
    evaluator.in_silence(|evaluator| {
        if let Ok(unit) = compile(evaluator, "lesson", code) {
            let _ = evaluator.run_unit(&unit);
        }
    });
}

fn lesson(call: &mut Call) -> Result<Value, Fault> {
    let mut words = call.rest.split_whitespace();
    match words.next() {
        None => list(call),
        Some("stop") => {
            let text = match call.shell.classroom.player.borrow_mut().take() {
                Some(player) => format!("Left the lesson '{}'.\n", player.lesson.title),
                None => "No lesson is under way.\n".into(),
            };
            call.print(&text);
        }
        Some("forget") => forget(call, words.next().unwrap_or_default())?,
        Some(_) => begin(call)?,
    }
    Ok(Value::None)
}

/// The lessons with what was done of each.
fn list(call: &mut Call) {
    let lexicon = call.evaluator.lexicon.clone();
    let lessons = (1..).map_while(|n| course::lesson(n, &lexicon)).flatten();
    let progress = call.shell.classroom.progress.borrow().clone();
    let row = |(i, lesson): (usize, Lesson)| {
        let of = lesson.exercises().count();
        let done = progress.of(&lesson.name);
        let done = lesson.exercises().filter(|e| done.contains(&e.name)).count();
        let state = match done {
            0 => String::new(),
            n if n == of => "done".into(),
            n => format!("{n} of {of}"),
        };
        let words = course::short_name(i).to_string();
        vec![(i + 1).to_string(), lesson.title, words, state]
    };
    let rows: Vec<Vec<String>> = lessons.enumerate().map(row).collect();
    let sides = [show::Side::Right, show::Side::Left, show::Side::Left, show::Side::Left];
    let table = show::table(&[], &sides, &rows);
    call.print(&table);
    call.print("%lesson and a number or a name begins one.\n");
}

fn forget(call: &mut Call, word: &str) -> Result<(), Fault> {
    let name = match course::find(word) {
        Ok(n) => course::LESSONS.get(n - 1).map_or(word, |l| l.0).to_string(),
        Err(_) => word.to_string(),
    };
    let classroom = &call.shell.classroom;
    if !classroom.progress.borrow_mut().forget(&name) {
        return Err(call.wrong(format!("nothing was done of a lesson '{word}'")));
    }
    classroom.write();
    call.print(&format!("Forgot what was done of {name}.\n"));
    Ok(())
}

/// Begins a lesson: of the course, or a file's.
fn begin(call: &mut Call) -> Result<(), Fault> {
    let (word, exercise) = match call.rest.rsplit_once(char::is_whitespace) {
        Some((word, n)) if n.chars().all(|c| c.is_ascii_digit()) => (word.trim(), n.parse().ok()),
        _ => (call.rest, None),
    };
    let lesson = Rc::new(open(call, word)?);
    let done = call.shell.classroom.progress.borrow().of(&lesson.name);
    let mut player = Player::new(lesson.clone(), done);
    let head = format!("{}\n{}\n", lesson.title, "-".repeat(lesson.title.chars().count()));
    let Some(number) = exercise else {
        call.print(&console_bold(call, &head));
        let (done, of) = player.score();
        if done > 0 {
            let text = format!("You have done {done} of its {of} exercises; a number goes straight to one.");
            call.print(&fill(&text, width()));
        }
        if !lesson.about.is_empty() {
            call.print(&fill(&lesson.about, width()));
        }
        call.print("Enter or %next goes on; %lesson stop leaves.\n\n");
        let parts = player.go_on();
        *call.shell.classroom.player.borrow_mut() = Some(player);
        return play(call, parts);
    };
    let Some((before, parts)) = player.jump(number) else {
        let of = lesson.exercises().count();
        return Err(call.wrong(format!("the lesson '{}' has {of} exercises", lesson.title)));
    };
    call.print(&console_bold(call, &head));
    before.iter().for_each(|code| run_quietly(call.evaluator, code));
    *call.shell.classroom.player.borrow_mut() = Some(player);
    play(call, parts)
}

fn console_bold(call: &Call, text: &str) -> String {
    match text.trim_end().split_once('\n') {
        Some((title, rule)) => format!("{}\n{rule}\n", call.shell.console.paint_output("1", title)),
        None => text.to_string(),
    }
}

/// The lesson of a number, a name or a file.
fn open(call: &mut Call, word: &str) -> Result<Lesson, Fault> {
    let lexicon = call.evaluator.lexicon.clone();
    let is_file = word.ends_with(".arr") || word.contains(['/', '\\']);
    if !is_file {
        let number = course::find(word).map_err(|near| {
            let count = course::LESSONS.len();
            call.wrong(match near {
                Some(near) => format!("there is no lesson '{word}'; did you mean '{near}'?"),
                None => format!("there is no lesson '{word}': there are 1 to {count}"),
            })
        })?;
        return match course::lesson(number, &lexicon) {
            Some(Ok(lesson)) => Ok(lesson),
            _ => Err(call.wrong(format!("the lesson {number} cannot be read"))),
        };
    }
    let path = path_of(word);
    let name = path.display().to_string();
    let fault = |r: Box<Report>| Fault::File { path: name.clone(), reason: r.message };
    let text = read_source(&path).map_err(fault)?;
    parse::parse(&name, &text, &lexicon).map_err(|(source, errors)| {
        errors.iter().for_each(|e| call.shell.console.report(&e.report(&source)));
        let mistakes = if errors.len() == 1 { "a mistake" } else { "mistakes" };
        Fault::File { path: name.clone(), reason: format!("the lesson has {mistakes}, told above") }
    })
}

/// Shows parts of a lesson, and runs those that are code.
fn play(call: &mut Call, parts: Vec<Part>) -> Result<(), Fault> {
    for part in parts {
        match part {
            Part::Text(text) => call.print(&(fill(&text, width()) + "\n")),
            Part::Live(code) => {
                for line in lines(&code, &call.evaluator.lexicon) {
                    show_code(call, &line);
                    run_live(call, &line, true)?;
                }
            }
            Part::Inputs(code) => {
                for line in lines(&code, &call.evaluator.lexicon) {
                    show_code(call, &line);
                    run_live(call, &line, false)?;
                }
            }
            Part::Ask { number, of, name, text, limits } => {
                let head = format!("Exercise {number} of {of}: {name}");
                let head = call.shell.console.paint_output("1", &head);
                let mut text = fill(&text, width());
                if let Some(limits) = limits {
                    text.push_str(&fill(&format!("Looked at: equal; {limits}."), width()));
                }
                call.print(&format!("{head}\n{text}"));
            }
            Part::Left(name) => call.print(&format!("(The exercise '{name}' is left open.)\n\n")),
            Part::End { done, of } => end(call, done, of),
        }
    }
    Ok(())
}

fn end(call: &mut Call, done: usize, of: usize) {
    let player = call.shell.classroom.player.borrow_mut().take();
    let name = player.as_ref().map_or("", |p| p.lesson.name.as_str());
    let place = course::LESSONS.iter().position(|(n, _)| *n == name);
    let further = match place.filter(|p| p + 1 < course::LESSONS.len()) {
        Some(p) => format!(" The next one is %lesson {}.", p + 2),
        None => String::new(),
    };
    let text = format!("This is the end of the lesson: {done} of {of} exercises done.{further}");
    call.print(&fill(&text, width()));
}

/// Code as it would stand after a prompt.
fn show_code(call: &mut Call, code: &str) {
    let console = &call.shell.console;
    let painted = console.paint_code(code);
    let mut out = String::new();
    for (i, line) in painted.lines().enumerate() {
        let prompt = if i == 0 { ">>>" } else { "..." };
        out.push_str(format!("{prompt} {line}").trim_end());
        out.push('\n');
    }
    call.print(&out);
}

/// Runs lines of a lesson in the learner's session, as if they had been typed; `kept`: an answer may
/// use their names. An error of theirs is part of the lesson.
fn run_live(call: &mut Call, code: &str, kept: bool) -> Result<(), Fault> {
    let unit = compile(call.evaluator, "lesson", code)?;
    for statement in &unit.statements {
        let value = match call.evaluator.top_statement(&unit, statement) {
            Ok(value) => value,
            Err(raised) if raised.is_interrupt() => return Err(Fault::Raised(raised)),
            Err(raised) => {
                call.shell.console.report(&Report::from_located(&raised));
                continue;
            }
        };
        if !statement.silent && !matches!(value, Value::None) {
            call.print(&(show::display(&value) + "\n"));
            call.evaluator.set_last(value.clone());
        }
        call.evaluator.flush_warnings();
        let text = unit.source.text.get(statement.span.range()).unwrap_or("");
        if let Some(player) = call.shell.classroom.player.borrow_mut().as_mut().filter(|_| kept) {
            player.ran(text, &value);
        }
    }
    Ok(())
}

fn next(call: &mut Call) -> Result<Value, Fault> {
    let parts = match call.shell.classroom.player.borrow_mut().as_mut() {
        Some(player) => player.go_on(),
        None => return Err(no_lesson(call)),
    };
    if !matches!(parts.first(), Some(Part::Live(_))) {
        call.print("\n");
    }
    play(call, parts).map(|()| Value::None)
}

/// The error for a command that has nothing to work on, and what to write instead.
fn too_early(call: &Call, reason: &str, instead: &str) -> Fault {
    Fault::Command { name: format!("%{}", call.command.name), reason: reason.into(), usage: instead.into() }
}

fn no_lesson(call: &Call) -> Fault {
    too_early(call, "no lesson is under way", "%lesson to list them, %lesson 1 to begin the first")
}

fn no_exercise(call: &Call) -> Fault {
    match call.shell.classroom.player.borrow().is_some() {
        true => too_early(call, "no exercise waits for an answer", "%next to go on"),
        false => no_lesson(call),
    }
}

fn hint(call: &mut Call) -> Result<Value, Fault> {
    let hint = {
        let mut player = call.shell.classroom.player.borrow_mut();
        player.as_mut().and_then(|p| p.exercise().is_some().then(|| p.hint()))
    };
    match hint {
        Some(Some((n, of, text))) => call.print(&fill(&format!("Hint {n} of {of}: {text}"), width())),
        Some(None) => call.print("This exercise has no hints; %answer shows one way.\n"),
        None => return Err(no_exercise(call)),
    }
    Ok(Value::None)
}

fn answer(call: &mut Call) -> Result<Value, Fault> {
    let player = call.shell.classroom.player.borrow();
    let text = player.as_ref().and_then(|p| p.exercise()).map(|e| e.answer.text.clone());
    drop(player);
    let Some(text) = text else { return Err(no_exercise(call)) };
    show_code(call, &text);
    Ok(Value::None)
}

fn check(call: &mut Call) -> Result<Value, Fault> {
    let heard = {
        let mut player = call.shell.classroom.player.borrow_mut();
        player.as_mut().and_then(|p| p.exercise().is_some().then(|| p.check()))
    };
    match heard {
        Some(Some(heard)) => call.shell.classroom.tell(call.evaluator, &call.shell.console, heard),
        Some(None) => {
            let wish = call.shell.classroom.player.borrow().as_ref().map_or_else(String::new, Player::wish);
            return Err(call.wrong(format!("there is no answer yet: {wish}")));
        }
        None => return Err(no_exercise(call)),
    }
    Ok(Value::None)
}

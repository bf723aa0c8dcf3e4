//! Commands: what a line beginning with `%` does, and `?name`. One row per command; help,
//! completion and the suggestion for a wrong name read the rows.

mod files;
pub mod help;
mod lesson;
mod lint;
mod measuring;
mod names;
mod parse;
mod source;
mod teaching;
mod timing;

use super::calibration;
use super::config::Settings;
use super::console::Console;
use super::history::Log;
use super::os;
use crate::error::Report;
use crate::eval::{Commands, Evaluator, Raised, Unit};
use crate::lint::{Lab, Watcher};
use crate::measure::machine::Machine;
pub use crate::measure::trial::compile;
use crate::prim::bind::nearest;
use crate::syntax::{self, Lexicon, Paint};
use crate::value::{Fault, Value};
use std::cell::{Cell, RefCell};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// One command.
pub struct Command {
    /// Without `%`.
    pub name: &'static str,
    /// What stands after the name.
    pub usage: &'static str,
    /// Each option as it is written (`-n N`, `-t, -c`, `--json`), and what it does.
    pub options: &'static [(&'static str, &'static str)],
    /// What follows the options.
    pub takes: Takes,
    /// One line, then details.
    pub doc: &'static str,
    pub run: fn(&mut Call) -> Result<Value, Fault>,
}

/// What a command works on; completion offers such.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing, or what cannot be foreseen.
    Nothing,
    Code,
    /// A name of the session, a glyph or a command.
    Name,
    Path,
    /// One of a few words, each with a line about it.
    Words(&'static [(&'static str, &'static str)]),
}

/// A command as it was called.
pub struct Call<'a> {
    pub command: &'static Command,
    pub evaluator: &'a mut Evaluator,
    pub shell: &'a Shell,
    /// The rest of its line.
    pub rest: &'a str,
    /// The lines after it, if it was written `%%name`.
    pub body: Option<&'a str>,
}

/// How long the work since then waited for a processor.
pub struct Waiting(Option<(u64, u64)>);

impl Waiting {
    pub fn begin() -> Waiting {
        Waiting(os::ran_and_waited())
    }

    /// The share of the time; `None` where it is not known.
    pub fn share(&self) -> Option<f64> {
        let (before, now) = (self.0?, os::ran_and_waited()?);
        let (ran, waited) = (now.0.saturating_sub(before.0), now.1.saturating_sub(before.1));
        (ran + waited > 0).then(|| waited as f64 / (ran + waited) as f64)
    }
}

/// Every command, in the order of `%help`.
pub fn rows() -> impl Iterator<Item = &'static Command> {
    let all = [
        timing::ROWS,
        measuring::ROWS,
        teaching::ROWS,
        lint::ROWS,
        lesson::ROWS,
        parse::ROWS,
        names::ROWS,
        source::ROWS,
        files::ROWS,
        help::ROWS,
    ];
    all.into_iter().flatten()
}

pub fn find(name: &str) -> Option<&'static Command> {
    rows().find(|c| c.name == name)
}

/// What the commands share with the prompt.
pub struct Shell {
    pub console: Console,
    pub settings: Settings,
    pub log: Rc<RefCell<Log>>,
    /// There is a prompt.
    pub prompting: Cell<bool>,
    /// A text that the next prompt begins with.
    pub draft: RefCell<Option<String>>,
    /// Says what replaces a slow loop.
    pub hints: Rc<Watcher>,
    /// Where `%cd -` goes.
    folder_before: RefCell<Option<PathBuf>>,
    pub classroom: lesson::Classroom,
    /// What this machine can do, once it is known.
    machine: RefCell<Option<Machine>>,
}

impl Shell {
    pub fn new(console: Console, settings: Settings) -> Shell {
        Shell {
            console,
            settings,
            hints: Rc::new(Watcher::hints(Lab::HINT)),
            log: Rc::default(),
            prompting: Cell::new(false),
            draft: RefCell::default(),
            folder_before: RefCell::default(),
            classroom: lesson::Classroom::default(),
            machine: RefCell::default(),
        }
    }

    /// The figures of this machine: those kept, or measured now.
    pub fn machine(&self) -> Option<Machine> {
        let machine = self.known_machine().unwrap_or_else(|| {
            if std::io::stderr().is_terminal() {
                self.console.note("measuring this machine, once (%calibrate does it again)\n");
            }
            calibration::renew()
        });
        self.set_machine(machine.clone());
        Some(machine)
    }

    /// The figures of this machine, if they were measured before.
    pub fn known_machine(&self) -> Option<Machine> {
        let known = self.machine.borrow().clone();
        known.or_else(calibration::stored)
    }

    pub fn set_machine(&self, machine: Machine) {
        self.machine.replace(Some(machine));
    }
}

impl Commands for Shell {
    fn command(
        &self,
        evaluator: &mut Evaluator,
        name: &str,
        rest: &str,
        body: Option<&str>,
    ) -> Result<Value, Fault> {
        let Some(command) = find(name) else {
            let near = nearest(name, rows().map(|c| c.name)).map(|n| format!("%{n}"));
            return Err(Fault::UnknownCommand { name: format!("%{name}"), near });
        };
        // What a command measures is not to be looked at meanwhile.
        let watch = match name {
            "run" | "hints" => None,
            _ => evaluator.watch.take(),
        };
        let result = (command.run)(&mut Call {
            command,
            evaluator: &mut *evaluator,
            shell: self,
            rest: rest.trim(),
            body,
        });
        if watch.is_some() {
            evaluator.watch = watch;
        }
        result
    }

    fn help(&self, evaluator: &mut Evaluator, what: &str, level: u8) -> Result<(), Fault> {
        help::show(evaluator, what.trim(), level)
    }

    fn ran(&self, evaluator: &mut Evaluator, text: &str, value: &Value) {
        self.classroom.heard(evaluator, &self.console, text, value);
    }

    /// A learner's mistake ends no lesson.
    fn goes_on(&self, raised: &Raised) -> bool {
        let goes_on = self.classroom.is_open() && !raised.is_interrupt();
        if goes_on {
            self.console.flush();
            self.console.report(&Report::from_located(raised));
        }
        goes_on
    }
}

impl Call<'_> {
    /// The error for a command that is used wrongly.
    fn wrong(&self, reason: impl Into<String>) -> Fault {
        let name = format!("%{}", self.command.name);
        Fault::Command { usage: format!("{name} {}", self.command.usage), name, reason: reason.into() }
    }

    /// The error for a word that is no option and begins at this byte of the command's text. If it begins
    /// code that can run, as `-x` does, the help is the line with `--` before it.
    fn no_option(&self, at: usize) -> Fault {
        let (before, code) = self.rest.split_at_checked(at).unwrap_or((self.rest, ""));
        let word = code.split_whitespace().next().unwrap_or("");
        let names = code_names(code, &self.evaluator.lexicon);
        let known = |n: &String| self.evaluator.globals.assigned().any(|(name, _)| **name == **n);
        let reason = format!("there is no option '{word}'; put '--' before code that begins with '-'");
        let name = format!("%{}", self.command.name);
        match names {
            Some(names) if names.iter().all(known) => {
                Fault::Command { usage: format!("{name} {before}-- {code}"), name, reason }
            }
            _ => self.wrong(reason),
        }
    }

    /// Says that the user has stopped it, and that what is printed is a part. The request to stop stays:
    /// a program ends here, the prompt goes on.
    fn note_partial(&self, what: &str) {
        self.shell.console.note(&format!("interrupted {what}: a partial result\n"));
    }

    fn print(&mut self, text: &str) {
        self.evaluator.output.write(text);
    }

    /// Parses and resolves code that a command was given.
    fn compile(&mut self, code: &str) -> Result<Unit, Fault> {
        compile(self.evaluator, &format!("%{}", self.command.name), code)
    }
}

/// The names that a text uses if it is a program, `None` if it cannot be read as one.
fn code_names(text: &str, lexicon: &Lexicon) -> Option<Vec<String>> {
    if !syntax::parse(text, lexicon).errors.is_empty() {
        return None;
    }
    let names = syntax::tokens(text, lexicon).into_iter().filter(|(paint, _)| *paint == Paint::Name);
    names.map(|(_, span)| text.get(span.range()).map(str::to_string)).collect()
}

/// The program that a text names rather than is: it ends in `.arr`, which no expression does.
fn program_file(text: &str) -> Option<&Path> {
    let path = Path::new(text.trim());
    let name = path.extension().is_some_and(|e| e == "arr");
    let of_code = |c: char| c.is_whitespace() || "()[]{}=+*,;'\"".contains(c);
    (name && (path.is_file() || !text.trim().contains(of_code))).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_whole_and_unique() {
        let names: Vec<_> = rows().map(|c| c.name).collect();
        for (i, row) in rows().enumerate() {
            assert!(!names[..i].contains(&row.name), "{}", row.name);
            assert!(!row.doc.is_empty() && !row.name.starts_with('%'), "{}", row.name);
            for (form, doc) in row.options {
                assert!(form.starts_with('-') && !doc.is_empty(), "%{} {form}", row.name);
            }
        }
    }
}

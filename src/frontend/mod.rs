//! The `arr` program: the command line, scripts, the prompt with its commands, and what they need
//! of the terminal and the operating system. Everything runs through a `session`.

pub mod args;
mod assistant;
mod calibration;
mod check;
pub mod commands;
mod complete;
pub mod config;
pub mod console;
mod editing;
mod glyphs;
mod grade;
mod highlight;
mod history;
mod keyboard;
mod numpy;
pub mod os;
mod progress;
mod repl;
mod script;

use crate::session::Session;
use crate::value::{List, Value};
use args::{Color, Invocation, Run};
use config::{Problem, Settings};
use console::Console;
use std::io::IsTerminal;
use std::rc::Rc;

/// Machine stack of the evaluating thread, and the part of it that a program's recursion may take;
/// pages are only touched when used.
const STACK: usize = 256 << 20;
const RECURSION: usize = STACK - (16 << 20);

/// Runs the program from its command line to its exit code.
pub fn main() -> i32 {
    let invocation = match args::parse(std::env::args_os().skip(1), |name| std::env::var(name).ok()) {
        Ok(invocation) => invocation,
        Err(leave) => {
            use std::io::Write;
            // A reader that has gone wants no more help.
            let _ = match leave.code {
                0 => std::io::stdout().write_all(leave.text.as_bytes()),
                _ => std::io::stderr().write_all(leave.text.as_bytes()),
            };
            return leave.code.into();
        }
    };
    let thread = std::thread::Builder::new().name("arr".into()).stack_size(STACK);
    match thread.spawn(move || run(&invocation)).map(|t| t.join()) {
        Ok(Ok(code)) => code,
        Ok(Err(_)) => 1,
        Err(e) => {
            eprintln!("arr: cannot start: {e}");
            1
        }
    }
}

fn run(invocation: &Invocation) -> i32 {
    // The session reports what a panic said; the default hook would show it raw.
    std::panic::set_hook(Box::new(|_| {}));
    os::catch_interrupts();
    set_limits(invocation);
    let (settings, problems) = settings(invocation);
    let color = match invocation.no_color {
        true => Color::Never,
        false => Color::Auto,
    };
    let color = invocation.color.or(settings.color).unwrap_or(color);
    let console = Console::new(color, invocation.accessible || settings.accessible);
    let mut session = Session::with_stack(Box::new(console.clone()), RECURSION);
    let shell = Rc::new(commands::Shell::new(console.clone(), settings));
    if let Some(folder) = config::state_file("lessons").filter(|_| !invocation.no_config) {
        shell.classroom.keep_in(folder);
    }
    session.set_commands(shell.clone());
    if !invocation.quiet {
        session.evaluator.watch = Some(shell.hints.clone());
    }
    if !matches!(invocation.run, Run::Nothing) {
        let args = invocation.args.iter().map(|a| Value::str(a)).collect();
        session.evaluator.globals.set("args", Value::List(List::new(args)));
    }
    let code = match &invocation.run {
        Run::Nothing if std::io::stdin().is_terminal() => {
            return repl::run(session, shell, invocation, &problems);
        }
        Run::Nothing | Run::Stdin => script::run_stdin(&mut session, &console),
        Run::ToNumpy { file } => return numpy::run(&console, file),
        Run::Check { file, json } => return check::run(&mut session, &console, file, *json),
        Run::Grade(options) => return grade::run(&console, options),
        Run::CheckLessons { files, update } => return grade::check_lessons(&console, files, *update),
        Run::File(path) => script::run_file(&mut session, &console, path),
        Run::Code(code) => script::run_text(&mut session, &console, "<code>", code),
    };
    if invocation.interactive {
        return repl::run(session, shell, invocation, &problems);
    }
    code
}

/// The user's settings, and what is wrong in their file.
fn settings(invocation: &Invocation) -> (Settings, Vec<Problem>) {
    let text = match config::file("config.toml") {
        Some(path) if !invocation.no_config => std::fs::read(path).ok(),
        _ => None,
    };
    match text.map(String::from_utf8) {
        None => Default::default(),
        Some(Ok(text)) => config::read(&text),
        Some(Err(e)) => {
            let at = e.utf8_error().valid_up_to();
            let line = e.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count() + 1;
            (Settings::default(), vec![Problem { line, text: "this is not UTF-8 text".into() }])
        }
    }
}

/// Sets threads and memory as the command line says.
fn set_limits(invocation: &Invocation) {
    crate::exec::threads::set_count(invocation.threads);
    crate::exec::threads::start();
    let free = || os::free_memory().map(|free| free / 5 * 4);
    if let Some(limit) = invocation.memory_limit.or_else(free) {
        crate::array::memory::set_limit(limit);
    }
}

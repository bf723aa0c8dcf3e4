//! `%run`, and the folders in which files are looked for: `%cd`, `%pwd` and `%ls`.

use super::names::columns;
use super::{Call, Command, Takes, compile};
use crate::error::Report;
use crate::frontend::console::terminal_width;
use crate::frontend::script::read_source;
use crate::show;
use crate::value::{Fault, List, Value};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub const ROWS: &[Command] = &[
    Command {
        name: "run",
        usage: "file.arr [args …]",
        options: &[],
        takes: Takes::Path,
        doc: "Run a file here; its names stay.\n\
              Values of its expressions are shown, as when arr runs it; the words after the file are its 'args'.",
        run,
    },
    Command {
        name: "cd",
        usage: "[folder]",
        options: &[],
        takes: Takes::Path,
        doc: "Go to another folder; without one, to the home folder.\n'~' is the home folder, '-' the one before.",
        run: cd,
    },
    Command {
        name: "pwd",
        usage: "",
        options: &[],
        takes: Takes::Nothing,
        doc: "Show the folder that files are looked for in.",
        run: pwd,
    },
    Command {
        name: "ls",
        usage: "[folder]",
        options: &[],
        takes: Takes::Path,
        doc: "List the files of a folder.",
        run: ls,
    },
];

/// A path as it was typed: quotes taken off, `~` filled in.
pub fn path_of(text: &str) -> PathBuf {
    let quoted = |q: char| text.strip_prefix(q).and_then(|t| t.strip_suffix(q));
    let text = quoted('"').or_else(|| quoted('\'')).unwrap_or(text);
    let home = || std::env::var_os("HOME").map(PathBuf::from);
    match text.strip_prefix('~') {
        Some("") => home().unwrap_or_else(|| text.into()),
        Some(rest) if rest.starts_with('/') => {
            home().map_or_else(|| text.into(), |h| h.join(rest.trim_start_matches('/')))
        }
        // As the completion writes a space outside quotes.
        _ => text.replace("\\ ", " ").into(),
    }
}

/// The first word of a line, which may stand in quotes or have escaped spaces, and the rest.
pub fn first_word(text: &str) -> (&str, &str) {
    let mut end = text.len();
    let mut chars = text.char_indices();
    let mut open = None;
    while let Some((i, c)) = chars.next() {
        match (open, c) {
            (None, '\\') => drop(chars.next()),
            (None, ' ') => {
                end = i;
                break;
            }
            (None, '"' | '\'') => open = Some(c),
            (Some(q), c) if c == q => open = None,
            _ => {}
        }
    }
    (&text[..end], text[end..].trim_start())
}

fn run(call: &mut Call) -> Result<Value, Fault> {
    let (file, mut rest) = first_word(call.rest);
    if file.is_empty() {
        return Err(call.wrong("which file?"));
    }
    let path = path_of(file);
    let text = read_source(&path).map_err(|r| file_fault(&path, &r))?;
    let mut args = Vec::new();
    while !rest.is_empty() {
        let (word, after) = first_word(rest);
        args.push(Value::str(word.trim_matches(['"', '\''])));
        rest = after;
    }
    call.evaluator.globals.set("args", Value::List(List::new(args)));
    run_text(call, &path.display().to_string(), &text)
}

/// Runs a text as a program is run: values of its expressions are shown.
pub fn run_text(call: &mut Call, name: &str, text: &str) -> Result<Value, Fault> {
    let unit = compile(call.evaluator, name, text)?;
    for (i, statement) in unit.statements.iter().enumerate() {
        if i > 0 {
            call.evaluator.check_before(&unit, statement).map_err(|raised| Fault::Raised(raised))?;
        }
        let value = call.evaluator.top_statement(&unit, statement).map_err(|raised| Fault::Raised(raised))?;
        if !statement.silent && !matches!(value, Value::None) {
            call.print(&(show::display(&value) + "\n"));
        }
        call.evaluator.flush_warnings();
    }
    Ok(Value::None)
}

pub fn file_fault(path: &Path, report: &Report) -> Fault {
    let help = report.help.as_ref().map(|h| format!("; {h}")).unwrap_or_default();
    Fault::File { path: path.display().to_string(), reason: format!("{}{help}", report.message) }
}

pub fn io_fault(path: &Path, e: &std::io::Error) -> Fault {
    let reason = match e.kind() {
        ErrorKind::NotFound => "there is no such file or folder".to_string(),
        ErrorKind::PermissionDenied => "permission is denied".to_string(),
        ErrorKind::NotADirectory => "it is no folder".to_string(),
        ErrorKind::IsADirectory => "it is a folder".to_string(),
        _ => e.to_string(),
    };
    Fault::File { path: path.display().to_string(), reason }
}

fn cd(call: &mut Call) -> Result<Value, Fault> {
    let target = match call.rest {
        "" => std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default(),
        "-" => match call.shell.folder_before.borrow().clone() {
            Some(p) => p,
            None => return Err(call.wrong("there is no folder before this one")),
        },
        _ => path_of(call.rest),
    };
    let before = std::env::current_dir().ok();
    std::env::set_current_dir(&target).map_err(|e| io_fault(&target, &e))?;
    *call.shell.folder_before.borrow_mut() = before;
    pwd(call)
}

fn pwd(call: &mut Call) -> Result<Value, Fault> {
    let here = std::env::current_dir().map_err(|e| io_fault(Path::new("."), &e))?;
    call.print(&format!("{}\n", here.display()));
    Ok(Value::None)
}

fn ls(call: &mut Call) -> Result<Value, Fault> {
    let folder = if call.rest.is_empty() { PathBuf::from(".") } else { path_of(call.rest) };
    let entries = std::fs::read_dir(&folder).map_err(|e| io_fault(&folder, &e))?;
    let mut names: Vec<String> = entries
        .flatten()
        .map(|e| {
            let slash = if e.file_type().is_ok_and(|t| t.is_dir()) { "/" } else { "" };
            format!("{}{slash}", e.file_name().to_string_lossy())
        })
        .filter(|n| !n.starts_with('.'))
        .collect();
    names.sort();
    let text = columns(&names, terminal_width().unwrap_or(80));
    call.print(&text);
    Ok(Value::None)
}

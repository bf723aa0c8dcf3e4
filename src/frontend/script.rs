//! Running a file, code from the command line, or standard input, to an exit code.

use super::console::Console;
use super::os;
use crate::error::Report;
use crate::exec::interrupt;
use crate::prim::bind::nearest;
use crate::session::{Outcome, Session};
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Runs a text; says what its outcome is worth as an exit code.
pub fn run_text(session: &mut Session, console: &Console, name: &str, text: &str) -> i32 {
    os::set_running(true);
    let outcome = session.run(name, text);
    let stopped = interrupt::requested();
    os::set_running(false);
    let code = match &outcome {
        Outcome::Done(_) if stopped => os::INTERRUPTED,
        Outcome::Done(_) => 0,
        Outcome::Failed(f) => {
            console.failure(f);
            if f.is_interrupt() { os::INTERRUPTED } else { 1 }
        }
    };
    console.flush();
    code
}

pub fn run_file(session: &mut Session, console: &Console, path: &Path) -> i32 {
    match read_source(path) {
        Ok(text) => run_text(session, console, &path.display().to_string(), &text),
        Err(report) => {
            console.report(&report);
            1
        }
    }
}

pub fn run_stdin(session: &mut Session, console: &Console) -> i32 {
    let mut bytes = Vec::new();
    if let Err(e) = std::io::stdin().read_to_end(&mut bytes) {
        console.report(&Report::plain("arr::file::read", format!("cannot read standard input: {e}"), None));
        return 1;
    }
    match decode(bytes, "standard input") {
        Ok(text) => run_text(session, console, "<stdin>", &text),
        Err(report) => {
            console.report(&report);
            1
        }
    }
}

/// The text of a file, or why it has none.
pub fn read_source(path: &Path) -> Result<String, Box<Report>> {
    let shown = path.display().to_string();
    let metadata = std::fs::metadata(path).map_err(|e| unreadable(path, &e))?;
    if metadata.is_dir() {
        let help = Some("name a file in it".into());
        return Err(Report::plain("arr::file::directory", format!("{shown} is a directory"), help).into());
    }
    let bytes = std::fs::read(path).map_err(|e| unreadable(path, &e))?;
    decode(bytes, &shown)
}

fn unreadable(path: &Path, e: &std::io::Error) -> Report {
    let shown = path.display();
    match e.kind() {
        ErrorKind::NotFound => {
            let help = near_file(path).map(|near| format!("did you mean '{near}'?"));
            Report::plain("arr::file::missing", format!("there is no file {shown}"), help)
        }
        ErrorKind::PermissionDenied => {
            Report::plain("arr::file::permission", format!("{shown} may not be read"), None)
        }
        _ => Report::plain("arr::file::read", format!("{shown} cannot be read: {e}"), None),
    }
}

/// A file beside the missing one whose name is like it.
fn near_file(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?;
    let names: Vec<String> =
        entries.take(1000).filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    let with_suffix = format!("{name}.arr");
    let found = match names.contains(&with_suffix) {
        true => with_suffix,
        false => nearest(name, names.iter().map(String::as_str))?,
    };
    Some(folder.map_or(found.clone(), |f| f.join(&found).display().to_string()))
}

fn decode(bytes: Vec<u8>, name: &str) -> Result<String, Box<Report>> {
    let text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = e.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count() + 1;
        let message =
            format!("{name} is not UTF-8 text: byte {at}, on line {line}, is 0x{:02x}", e.as_bytes()[at]);
        Report::plain(
            "arr::file::encoding",
            message,
            Some("is it a program of arr? programs are UTF-8 text".into()),
        )
    })?;
    if let Some(at) = text.find('\0') {
        let message = format!("{name} is a binary file: byte {at} is zero");
        return Err(Report::plain("arr::file::binary", message, None).into());
    }
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_string))
}

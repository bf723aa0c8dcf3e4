//! `arr check file.arr`: runs a program with its output silenced, and says which of its lines are
//! better written otherwise. Leaves with 0 if none is, with 1 if any is.

use super::console::{Console, terminal_width};
use super::os;
use super::script::read_source;
use crate::lint;
use crate::session::Session;
use std::io::IsTerminal;
use std::path::Path;

pub fn run(session: &mut Session, console: &Console, path: &Path, json: bool) -> i32 {
    let text = match read_source(path) {
        Ok(text) => text,
        Err(report) => {
            console.report(&report);
            return 2;
        }
    };
    os::set_running(true);
    let checked = lint::check(session, &path.display().to_string(), &text, lint::Lab::CHECK);
    os::set_running(false);
    if let Some(failure) = &checked.failure {
        console.failure(failure);
        if failure.is_interrupt() {
            return os::INTERRUPTED;
        }
    }
    let findings = &checked.findings;
    match json {
        true => console.print(&lint::json(findings)),
        false => findings.iter().for_each(|f| console.print(&(told(f) + "\n"))),
    }
    console.flush();
    let counts = findings.iter().any(|f| f.level != lint::Level::Note);
    i32::from(counts || checked.failure.is_some())
}

/// A finding as standard output shows it: one line, unless that is a terminal too narrow for it.
pub fn told(finding: &lint::Finding) -> String {
    match terminal_width().filter(|_| std::io::stdout().is_terminal()) {
        Some(columns) => finding.lines_text(columns),
        None => finding.line_text(),
    }
}

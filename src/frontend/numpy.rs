//! `arr to-numpy file.arr` and what `%numpy` shares with it: a text as Python, with its modules found
//! in files.

use super::console::Console;
use super::script::read_source;
use crate::error::Report;
use crate::eval::Raised;
use crate::python;
use std::path::{Path, PathBuf};

/// Prints a file's program in Python; gives the exit code.
pub fn run(console: &Console, path: &Path) -> i32 {
    let code = match file(path) {
        Ok(Ok(text)) => {
            console.print(&text);
            0
        }
        Ok(Err(raised)) => {
            console.report(&Report::from_located(&raised));
            1
        }
        Err(report) => {
            console.report(&report);
            1
        }
    };
    console.flush();
    code
}

/// A file's program in Python.
pub fn file(path: &Path) -> Result<Result<String, Raised>, Box<Report>> {
    let text = read_source(path)?;
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    Ok(python::translate(&path.display().to_string(), &text, &|name| module(&folder, name)))
}

/// The text of a module that stands beside a program.
pub fn module(folder: &Path, name: &str) -> Option<String> {
    let path: PathBuf = match name.ends_with(".arr") {
        true => name.into(),
        false => format!("{}.arr", name.replace('.', "/")).into(),
    };
    std::fs::read_to_string(folder.join(path)).ok()
}

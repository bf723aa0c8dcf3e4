//! Source between the prompt and files: `%save`, `%load` and `%edit`.

use super::files::{file_fault, first_word, io_fault, path_of, run_text};
use super::help::lookup;
use super::names::entries;
use super::{Call, Command, Takes};
use crate::eval::Closure;
use crate::frontend::progress;
use crate::frontend::script::read_source;
use crate::value::{Fault, Func, Value};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

pub const ROWS: &[Command] = &[
    Command {
        name: "save",
        usage: "[-f] [-a] file [n-m …]",
        options: &[("-f", "overwrite a file without asking"), ("-a", "append to the file")],
        takes: Takes::Path,
        doc: "Write what was typed to a file: the entries of some numbers, or all.\n\
              A name without a suffix gets '.arr'. Entries are given as 3 or 5-8.",
        run: save,
    },
    Command {
        name: "load",
        usage: "file | n-m … | function",
        options: &[],
        takes: Takes::Path,
        doc: "Bring a file, entries, or a function's source to the next prompt, to be changed and run.",
        run: load,
    },
    Command {
        name: "edit",
        usage: "[-x] [file | n-m … | function]",
        options: &[("-x", "do not run the text: bring it to the next prompt")],
        takes: Takes::Path,
        doc: "Edit a file, entries, or a function's source in your editor, and run the text afterwards.\n\
              The editor is $VISUAL, else $EDITOR, else vi. Without an argument it begins with an empty text.",
        run: edit,
    },
];

fn save(call: &mut Call) -> Result<Value, Fault> {
    let (mut force, mut append, mut rest) = (false, false, call.rest);
    let file = loop {
        let (word, after) = first_word(rest);
        rest = after;
        match word {
            "-f" => force = true,
            "-a" => append = true,
            "" => return Err(call.wrong("which file?")),
            w if w.starts_with('-') => return Err(call.wrong(format!("there is no option '{w}'"))),
            w => break w,
        }
    };
    let mut path = path_of(file);
    if path.extension().is_none() {
        path.set_extension("arr");
    }
    let text = typed(call, rest)?;
    if path.exists() && !force && !append && !may_overwrite(call, &path)? {
        return Ok(Value::None);
    }
    let mut options = std::fs::OpenOptions::new();
    let file = options.create(true).write(true).append(append).truncate(!append).open(&path);
    file.and_then(|mut f| f.write_all(text.as_bytes())).map_err(|e| io_fault(&path, &e))?;
    let lines = text.lines().count();
    let s = if lines == 1 { "" } else { "s" };
    call.print(&format!("wrote {lines} line{s} to {}\n", path.display()));
    Ok(Value::None)
}

/// The entries of some ranges as a program; without ranges all but the one that runs.
fn typed(call: &Call, ranges: &str) -> Result<String, Fault> {
    let inputs = call.shell.log.borrow().inputs.clone();
    let ranges: Vec<&str> = ranges.split_whitespace().collect();
    let chosen = match ranges.is_empty() {
        true => (1..inputs.len()).collect(),
        false => entries(&ranges, inputs.len()).map_err(|reason| call.wrong(reason))?,
    };
    Ok(chosen.into_iter().map(|n| format!("{}\n", inputs[n - 1])).collect())
}

fn may_overwrite(call: &mut Call, path: &Path) -> Result<bool, Fault> {
    if !std::io::stdin().is_terminal() {
        return Err(call.wrong(format!("{} exists; -f overwrites it, -a appends", path.display())));
    }
    let answer = call.shell.console.ask(&format!("Overwrite {}? [y/N] ", path.display()));
    Ok(answer.is_some_and(|a| a.trim().eq_ignore_ascii_case("y")))
}

fn load(call: &mut Call) -> Result<Value, Fault> {
    if call.rest.is_empty() {
        return Err(call.wrong("what is to be loaded?"));
    }
    let (text, _) = source(call, call.rest)?;
    draft(call, text)
}

fn draft(call: &mut Call, text: String) -> Result<Value, Fault> {
    if !call.shell.prompting.get() {
        return Err(call.wrong("there is no prompt here to bring it to; %run runs a file"));
    }
    *call.shell.draft.borrow_mut() = Some(text.trim_end().to_string());
    Ok(Value::None)
}

/// The text that an argument names, and its file if it is one: entries by number, a function, or
/// else a file.
fn source(call: &mut Call, what: &str) -> Result<(String, Option<PathBuf>), Fault> {
    if what.starts_with(|c: char| c.is_ascii_digit()) && !Path::new(what).exists() {
        return Ok((typed(call, what)?, None));
    }
    if let Some(text) = of_function(call, what) {
        return Ok((text, None));
    }
    let path = path_of(what);
    let text = read_source(&path).map_err(|r| file_fault(&path, &r))?;
    Ok((text, Some(path)))
}

/// The source of the user's function of this name.
fn of_function(call: &mut Call, name: &str) -> Option<String> {
    let Some(Value::Func(Func::Shared(f))) = lookup(call.evaluator, name) else { return None };
    let code = &f.as_any().downcast_ref::<Rc<Closure>>()?.code;
    let text = code.source.text.get(code.span.range())?;
    let doc: String = code.doc.iter().flat_map(|d| d.lines()).map(|l| format!("## {l}\n")).collect();
    let named = text.starts_with("fn") || text.contains(name);
    Some(if named { format!("{doc}{text}\n") } else { format!("{doc}{name} = {text}\n") })
}

fn edit(call: &mut Call) -> Result<Value, Fault> {
    let (word, after) = first_word(call.rest);
    let (run, what) = match word {
        "-x" => (false, after),
        w if w.starts_with('-') => return Err(call.wrong(format!("there is no option '{w}'"))),
        _ => (true, call.rest),
    };
    let (text, file) = match what {
        "" => (String::new(), None),
        // A file that is not there yet is made by the editor.
        w if path_of(w).extension().is_some() && !path_of(w).exists() => (String::new(), Some(path_of(w))),
        w => source(call, w)?,
    };
    let scratch = file.is_none();
    let path = match file {
        Some(path) => path,
        None => {
            let path = std::env::temp_dir().join(format!("arr-edit-{}.arr", std::process::id()));
            std::fs::write(&path, &text).map_err(|e| io_fault(&path, &e))?;
            path
        }
    };
    let edited = run_editor(call, &path).and_then(|()| {
        if !path.exists() {
            return Ok(String::new());
        }
        read_source(&path).map_err(|r| file_fault(&path, &r))
    });
    if scratch {
        // The folder of temporary files is cleaned by the system if this fails.
        let _ = std::fs::remove_file(&path);
    }
    let edited = edited?;
    if !run {
        return draft(call, edited);
    }
    let name = if scratch { "<edited>".to_string() } else { path.display().to_string() };
    run_text(call, &name, &edited)
}

fn run_editor(call: &Call, path: &Path) -> Result<(), Fault> {
    let set = |name: &str| std::env::var(name).ok().filter(|v| !v.trim().is_empty());
    let chosen = set("VISUAL").or_else(|| set("EDITOR"));
    if chosen.is_none() && !std::io::stdin().is_terminal() {
        return Err(call.wrong("an editor needs a terminal; set EDITOR to one that does not"));
    }
    let editor = chosen.unwrap_or_else(|| "vi".into());
    // The variable may hold options: `code --wait`.
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("vi");
    call.shell.console.flush();
    let _pause = progress::pause(true);
    match std::process::Command::new(program).args(words).arg(path).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(call.wrong(format!("the editor '{editor}' ended with {status}"))),
        Err(e) => Err(call.wrong(format!("the editor '{editor}' cannot be started ({e}); set EDITOR"))),
    }
}

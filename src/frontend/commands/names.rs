//! `%who`, `%whos`, `%reset` and `%hist`: the session's names and what was typed.

use super::{Call, Command, Takes};
use crate::frontend::console::terminal_width;
use crate::show::{self, Side};
use crate::value::{Fault, Value, shape_text};
use std::io::IsTerminal;

pub const ROWS: &[Command] = &[
    Command {
        name: "who",
        usage: "[type …]",
        options: &[],
        takes: Takes::Nothing,
        doc: "List the names that were assigned.\n\
              With types (ndarray, int, function, …), only names whose values are of these.",
        run: who,
    },
    Command {
        name: "whos",
        usage: "[type …]",
        options: &[],
        takes: Takes::Nothing,
        doc: "List the names that were assigned, with the type, shape, size and beginning of each value.",
        run: whos,
    },
    Command {
        name: "reset",
        usage: "[-f]",
        options: &[("-f", "do not ask")],
        takes: Takes::Nothing,
        doc: "Forget every name that was assigned, and Out.\nAsks first at a terminal.",
        run: reset,
    },
    Command {
        name: "hist",
        usage: "[-n]",
        options: &[("-n", "show the numbers of the prompts")],
        takes: Takes::Nothing,
        doc: "Show what was typed in this session.",
        run: hist,
    },
];

/// Names the prompt itself sets.
const HIDDEN: &[&str] = &["In", "Out", "args"];

/// Assigned names and values, in alphabetical order, of the types asked for.
fn assigned(call: &Call) -> Vec<(String, Value)> {
    let types: Vec<&str> = call.rest.split_whitespace().collect();
    let wanted = |v: &Value| types.is_empty() || types.contains(&v.type_name());
    let names = call.evaluator.globals.assigned();
    let names = names.filter(|(n, v)| !HIDDEN.contains(&&***n) && wanted(v));
    let mut found: Vec<(String, Value)> = names.map(|(n, v)| (n.to_string(), v.clone())).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn nothing(call: &mut Call) -> Result<Value, Fault> {
    let text = match call.rest {
        "" => "no names are assigned\n".to_string(),
        types => format!("no names of type {types} are assigned\n"),
    };
    call.print(&text);
    Ok(Value::None)
}

fn who(call: &mut Call) -> Result<Value, Fault> {
    let found = assigned(call);
    if found.is_empty() {
        return nothing(call);
    }
    let width = terminal_width().unwrap_or(80);
    let names: Vec<String> = found.into_iter().map(|(name, _)| name).collect();
    let text = columns(&names, width);
    call.print(&text);
    Ok(Value::None)
}

/// Words in columns, read downwards, as many as fit a width.
pub fn columns(words: &[String], width: usize) -> String {
    let longest = words.iter().map(|w| w.chars().count()).max().unwrap_or(0);
    let across = ((width + 2) / (longest + 2)).clamp(1, words.len().max(1));
    let down = words.len().div_ceil(across);
    let row = |i: usize| words.iter().skip(i).step_by(down.max(1)).cloned().collect();
    let rows: Vec<Vec<String>> = (0..down).map(row).collect();
    show::table(&[], &[], &rows)
}

fn whos(call: &mut Call) -> Result<Value, Fault> {
    let found = assigned(call);
    if found.is_empty() {
        return nothing(call);
    }
    let rows: Vec<Vec<String>> = found.iter().map(|(name, v)| row(name, v)).collect();
    let sides = [Side::Left, Side::Left, Side::Left, Side::Right, Side::Left];
    let text = show::table(&["Name", "Type", "Shape", "Bytes", "Value"], &sides, &rows);
    call.print(&text);
    Ok(Value::None)
}

fn row(name: &str, value: &Value) -> Vec<String> {
    let (kind, shape, bytes) = match value {
        Value::Array(a) => {
            let bytes = show::time::thousands((a.size() * a.dtype().itemsize()) as u64);
            (a.dtype().to_string(), shape_text(a.shape()), bytes)
        }
        Value::List(l) => ("list".into(), format!("{} items", l.len()), String::new()),
        Value::Tuple(t) => (value.type_name().into(), format!("{} items", t.items.len()), String::new()),
        _ => (value.type_name().to_string(), String::new(), String::new()),
    };
    let text = match value {
        // A summary: large arrays are not printed to be cut.
        Value::Array(a) if a.size() > 1000 => "…".into(),
        Value::List(l) if l.len() > 100 => "…".into(),
        _ => show::shorten(&show::str_of(value).split_whitespace().collect::<Vec<_>>().join(" "), 40),
    };
    vec![name.to_string(), kind, shape, bytes, text]
}

fn reset(call: &mut Call) -> Result<Value, Fault> {
    let asked = match call.rest {
        "-f" => true,
        "" => !std::io::stdin().is_terminal() || confirmed(call),
        other => return Err(call.wrong(format!("there is no option '{other}'"))),
    };
    if asked {
        let kept: Vec<(&str, Option<Value>)> =
            HIDDEN.iter().map(|n| (*n, call.evaluator.globals.get(n))).collect();
        call.evaluator.globals.clear();
        call.shell.log.borrow_mut().forget();
        for (name, value) in kept {
            if let Some(v) = value {
                call.evaluator.globals.set(name, v);
            }
        }
    }
    Ok(Value::None)
}

fn confirmed(call: &mut Call) -> bool {
    call.shell.console.note("Forget all names? They cannot be had back. [y/N] ");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).is_ok() && answer.trim().eq_ignore_ascii_case("y")
}

fn hist(call: &mut Call) -> Result<Value, Fault> {
    let numbered = match call.rest {
        "" => false,
        "-n" => true,
        other => return Err(call.wrong(format!("there is no option '{other}'"))),
    };
    let inputs = call.shell.log.borrow().inputs.clone();
    let width = inputs.len().to_string().len();
    for (i, input) in inputs.iter().enumerate() {
        let text = match numbered {
            true => {
                let indent = format!("\n{}", " ".repeat(width + 2));
                format!("{:>width$}: {}\n", i + 1, input.replace('\n', &indent))
            }
            false => format!("{input}\n"),
        };
        call.print(&text);
    }
    Ok(Value::None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_read_downwards() {
        let words: Vec<String> = ["a", "bb", "ccc", "d", "e"].map(String::from).to_vec();
        assert_eq!(columns(&words, 13), "a   ccc  e\nbb  d\n");
        assert_eq!(columns(&words, 2), "a\nbb\nccc\nd\ne\n");
    }
}

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
              With types (ndarray, float64, int, function, …), only names whose values are of these.",
        run: who,
    },
    Command {
        name: "whos",
        usage: "[type …]",
        options: &[],
        takes: Takes::Nothing,
        doc: "List the names that were assigned, with the type, shape, size and beginning of each value.\n\
              'Shares with' names those whose arrays lie in the same buffer: writing through one shows in the others.",
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
        usage: "[-n] [-o] [-g TEXT] [n-m …]",
        options: &[
            ("-n", "show the numbers of the prompts"),
            ("-o", "show the values too"),
            ("-g TEXT", "only entries that contain the text"),
        ],
        takes: Takes::Nothing,
        doc: "Show what was typed in this session, or the entries of some numbers.",
        run: hist,
    },
];

/// Names the prompt itself sets.
const HIDDEN: &[&str] = &["In", "Out", "args"];

/// Assigned names and values, in alphabetical order, of the types asked for.
fn assigned(call: &Call) -> Vec<(String, Value)> {
    let types: Vec<&str> = call.rest.split_whitespace().collect();
    let dtype = |v: &Value| matches!(v, Value::Array(a) if types.contains(&a.dtype().name()));
    let mut found = all_assigned(call);
    found.retain(|(_, v)| types.is_empty() || types.contains(&v.type_name()) || dtype(v));
    found
}

fn all_assigned(call: &Call) -> Vec<(String, Value)> {
    let names = call.evaluator.globals.assigned().filter(|(n, _)| !HIDDEN.contains(&&***n));
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
    let everything: Vec<(String, Value)> = all_assigned(call);
    let shares = |name: &str, value: &Value| -> Vec<String> {
        let Value::Array(a) = value else { return Vec::new() };
        let same = |other: &Value| matches!(other, Value::Array(b) if a.same_buffer(b));
        everything.iter().filter(|(n, v)| n != name && same(v)).map(|(n, _)| n.clone()).collect()
    };
    let mut rows: Vec<Vec<String>> =
        found.iter().map(|(name, v)| row(name, v, &shares(name, v).join(", "))).collect();
    let mut titles = vec!["Name", "Type", "Shape", "Bytes", "Shares with", "Value"];
    let mut sides = vec![Side::Left, Side::Left, Side::Left, Side::Right, Side::Left, Side::Left];
    if rows.iter().all(|r| r[SHARES].is_empty()) {
        rows.iter_mut().for_each(|r| drop(r.remove(SHARES)));
        titles.remove(SHARES);
        sides.remove(SHARES);
    }
    fit(&mut titles, &mut rows);
    let text = show::table(&titles, &sides, &rows);
    call.print(&text);
    Ok(Value::None)
}

/// The column of the names that share a buffer.
const SHARES: usize = 4;

/// Shortens the last column, or drops it, so that a table fits the terminal.
fn fit(titles: &mut Vec<&str>, rows: &mut [Vec<String>]) {
    let last = titles.len() - 1;
    let width = |k: usize| {
        let cells = rows.iter().map(|r| r[k].chars().count());
        cells.chain([titles[k].len()]).max().unwrap_or(0) + 2
    };
    let taken: usize = (0..last).map(width).sum();
    let room = terminal_width().unwrap_or(80).saturating_sub(taken);
    if room < 5 {
        titles.truncate(last);
    }
    for row in rows {
        match room < 5 {
            true => row.truncate(last),
            false => row[last] = show::shorten(&row[last], room.min(40)),
        }
    }
}

fn row(name: &str, value: &Value, shares: &str) -> Vec<String> {
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
        Value::List(l) if l.len() > 100 => "…".into(),
        _ => show::shorten(&show::str_of(value).split_whitespace().collect::<Vec<_>>().join(" "), 40),
    };
    vec![name.to_string(), kind, shape, bytes, shares.to_string(), text]
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
    let answer = call.shell.console.ask("Forget all names? They cannot be had back. [y/N] ");
    answer.is_some_and(|a| a.trim().eq_ignore_ascii_case("y"))
}

fn hist(call: &mut Call) -> Result<Value, Fault> {
    let (mut numbered, mut values, mut wanted, mut ranges) = (false, false, None, Vec::new());
    let mut words = call.rest.split_whitespace();
    while let Some(word) = words.next() {
        match word {
            "-n" => numbered = true,
            "-o" => values = true,
            "-g" => {
                wanted = Some(words.by_ref().collect::<Vec<_>>().join(" "));
                if wanted.as_deref() == Some("") {
                    return Err(call.wrong("which text?"));
                }
            }
            w if w.starts_with('-') => return Err(call.wrong(format!("there is no option '{w}'"))),
            w => ranges.push(w),
        }
    }
    let inputs = call.shell.log.borrow().inputs.clone();
    let chosen = match ranges.is_empty() {
        true => (1..=inputs.len()).collect(),
        false => entries(&ranges, inputs.len()).map_err(|reason| call.wrong(reason))?,
    };
    let width = inputs.len().to_string().len();
    for n in chosen {
        let input = &inputs[n - 1];
        if wanted.as_ref().is_some_and(|w| !input.contains(w.as_str())) {
            continue;
        }
        let mut text = match numbered {
            true => {
                let indent = format!("\n{}", " ".repeat(width + 2));
                format!("{n:>width$}: {}\n", input.replace('\n', &indent))
            }
            false => format!("{input}\n"),
        };
        let value = call.shell.log.borrow().output(n);
        if let Some(value) = value.filter(|_| values) {
            text.push_str(&format!("{}\n", show::display(&value)));
        }
        call.print(&text);
    }
    Ok(Value::None)
}

/// The numbers of entries in ranges such as `3` and `5-8`, of which `last` exist.
pub fn entries(ranges: &[&str], last: usize) -> Result<Vec<usize>, String> {
    let mut found = Vec::new();
    for range in ranges {
        let (first, end) = range.split_once('-').unwrap_or((range, range));
        let (Ok(first), Ok(end)) = (first.parse::<usize>(), end.parse::<usize>()) else {
            return Err(format!("'{range}' is no number of an entry, nor a range such as 3-5"));
        };
        if first == 0 || first > end || end > last {
            let there = match last {
                0 => "there are no entries".to_string(),
                1 => "there is only entry 1".to_string(),
                _ => format!("there are entries 1 to {last}"),
            };
            return Err(format!("there is no entry {range}: {there}"));
        }
        found.extend(first..=end);
    }
    Ok(found)
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

    #[test]
    fn entries_by_number() {
        assert_eq!(entries(&["2", "4-5"], 5), Ok(vec![2, 4, 5]));
        for wrong in ["0", "6", "3-9", "5-3", "x", "-2"] {
            assert!(entries(&[wrong], 5).is_err(), "{wrong}");
        }
    }
}

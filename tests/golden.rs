//! Golden sessions: `tests/golden/*.arr.txt`, which a person can type.
//!
//! A line at column 0 is typed at the prompt; lines that an open bracket or string makes part of
//! it follow as they are. What arr answers stands below, four spaces in: output, `RuntimeWarning: …`, and
//! of an error its first line, `error[code]: message`. Blank lines separate. A file is one session.
//!
//! `ARR_UPDATE=1 cargo test --test golden` rewrites the answers and prints what changed; read it as
//! you would a patch, since a golden file says what is right, not what happens.

mod common;

use arr::syntax::{Lexicon, parse};
use common::{Probe, diff, files, mask_times, on_big_stack, read, updating};

/// One input and its answer; comments and blank lines are kept so that a file can be rewritten.
struct Entry {
    input: String,
    answer: String,
    /// Blank lines after it.
    gap: usize,
}

fn entries(text: &str, lexicon: &Lexicon) -> Vec<Entry> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut found = Vec::new();
    let mut i = 0;
    while i < lines.len() {
        let mut input = lines[i].to_string();
        i += 1;
        while i < lines.len() && wants_more(&input, lines[i], lexicon) {
            input.push('\n');
            input.push_str(lines[i]);
            i += 1;
        }
        let start = i;
        while i < lines.len() && (lines[i].is_empty() || lines[i].starts_with("    ")) {
            i += 1;
        }
        let used = lines[start..i].iter().rposition(|l| !l.is_empty()).map_or(0, |k| k + 1);
        let answer: Vec<&str> = lines[start..start + used].iter().map(|l| l.get(4..).unwrap_or("")).collect();
        found.push(Entry { input, answer: answer.join("\n"), gap: i - start - used });
    }
    found
}

/// Whether the next line still belongs to an input.
fn wants_more(input: &str, next: &str, lexicon: &Lexicon) -> bool {
    if input.starts_with("%%") {
        return !next.is_empty() && !next.starts_with("    ");
    }
    parse(input, lexicon).incomplete
}

/// What arr answers to an input.
fn answer(probe: &mut Probe, input: &str) -> String {
    let ran = probe.run(input);
    let mut text = ran.text;
    if let Err(errors) = ran.result {
        for error in errors {
            text.push_str(error.lines().next().unwrap_or(""));
            text.push('\n');
        }
    }
    let folder = format!("{}/", common::root().display());
    mask_depth(&mask_times(&text).replace(&folder, "")).trim_end().to_string()
}

/// The depth that a recursion reaches depends on the build.
fn mask_depth(text: &str) -> String {
    let Some((before, after)) = text.split_once("recursion is too deep: ") else { return text.into() };
    format!("{before}recursion is too deep: N{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
}

fn rewrite(entries: &[Entry], answers: &[String]) -> String {
    let mut out = String::new();
    for (entry, answer) in entries.iter().zip(answers) {
        out.push_str(&entry.input);
        out.push('\n');
        for line in answer.lines() {
            out.push_str(if line.is_empty() { "" } else { "    " });
            out.push_str(line);
            out.push('\n');
        }
        out.push_str(&"\n".repeat(entry.gap));
    }
    out
}

#[test]
fn golden_sessions() {
    on_big_stack(|| {
        let mut failed = Vec::new();
        let only = std::env::var("ARR_GOLDEN").unwrap_or_default();
        for path in files("tests/golden", ".arr.txt") {
            let name = path.file_name().unwrap().to_string_lossy().to_string();
            if !name.contains(&only) {
                continue;
            }
            let text = read(&path);
            let mut probe = Probe::with_warnings();
            let entries = entries(&text, &probe.session.evaluator.lexicon.clone());
            let answers: Vec<String> = entries.iter().map(|e| answer(&mut probe, &e.input)).collect();
            let wrong = entries.iter().zip(&answers).filter(|(e, a)| e.answer != **a).count();
            if wrong == 0 {
                continue;
            }
            let old: Vec<String> = entries.iter().map(|e| e.answer.clone()).collect();
            let changes = diff(&rewrite(&entries, &old), &rewrite(&entries, &answers));
            println!("{name}: {wrong} of {} answers differ (- expected, + given)\n{changes}", entries.len());
            if updating() {
                std::fs::write(&path, rewrite(&entries, &answers)).unwrap();
            } else {
                failed.push(format!("{name}: {wrong}"));
            }
        }
        assert!(failed.is_empty(), "answers that differ: {}", failed.join(", "));
    });
}

/// The ```` ```arr ```` blocks of a Markdown text, without the indentation of their fences, each
/// with the number of its line.
fn blocks(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, usize, String)> = None;
    for (n, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        match &mut open {
            None if trimmed == "```arr" => open = Some((n + 2, line.len() - trimmed.len(), String::new())),
            None => {}
            Some(_) if trimmed == "```" => {
                let (at, _, block) = open.take().unwrap();
                found.push((at, block));
            }
            Some((_, indent, block)) => {
                block.push_str(line.get(*indent..).unwrap_or(""));
                block.push('\n');
            }
        }
    }
    found
}

#[test]
fn documents_say_what_arr_answers() {
    on_big_stack(|| {
        let mut wrong = Vec::new();
        let mut documents = vec![common::root().join("README.md")];
        documents.extend(files("docs", ".md"));
        for path in documents {
            let name = path.file_name().unwrap().to_string_lossy().to_string();
            let mut probe = Probe::with_warnings();
            for (line, block) in blocks(&read(&path)) {
                for entry in entries(&block, &probe.session.evaluator.lexicon.clone()) {
                    let given = answer(&mut probe, &entry.input);
                    if given != entry.answer {
                        wrong.push(format!(
                            "{name}:{line}: {}\n{}",
                            entry.input,
                            diff(&entry.answer, &given)
                        ));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

/// Every command of the reference is used in a session whose answers are kept: a golden one, a screen, the
/// lesson's. What measures the machine alone is held by the tests of measuring.
#[test]
fn every_command_has_a_session() {
    let reference = read(&common::root().join("docs/reference/commands.md"));
    let names = reference.lines().filter_map(|l| l.strip_prefix("## `%")?.split([' ', '`']).next());
    let mut kept = String::new();
    for (folder, ending) in
        [("tests/golden", ".arr.txt"), ("tests/screens", ".txt"), ("tests/lessons", ".arr")]
    {
        files(folder, ending).iter().for_each(|f| kept.push_str(&read(f)));
    }
    let used = |name: &str| {
        let written = format!("%{name}");
        kept.match_indices(&written)
            .any(|(i, _)| !kept[i + written.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    let missing: Vec<&str> = names.filter(|n| *n != "calibrate" && !used(n)).collect();
    assert!(missing.is_empty(), "no session has {missing:?}");
}

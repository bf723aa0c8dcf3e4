//! What the commands show on a terminal: `tests/screens/*.txt`, each a session typed into a
//! pseudo-terminal, with the screen after each entry. Times, rates and what depends on the machine are
//! masked as in golden sessions.
//!
//! `# columns: 60 100` runs the session once for each width; all must show the same, and no line but
//! IPython's goes over 60 columns. `# arguments:` are
//! those of arr. An entry begins with `In [n]: `, its other lines with `   ...: `; lines beginning with
//! `> ` are typed at the questions that it asks. `ARR_UPDATE=1 cargo test --test screens` rewrites the
//! screens, to be read as a patch.
#![cfg(unix)]

mod common;

use common::terminal::{Screen, command, user};
use common::{diff, files, mask_times, read, updating};

struct Entry {
    input: Vec<String>,
    typed: Vec<String>,
    screen: String,
}

/// The lines at the head of a file, and its entries.
fn parse(text: &str) -> (Vec<String>, Vec<Entry>) {
    let (mut head, mut entries) = (Vec::new(), Vec::<Entry>::new());
    for line in text.lines() {
        let begun = line.strip_prefix("In [").and_then(|l| l.split_once("]: ")).map(|(_, code)| code);
        match (begun, entries.last_mut()) {
            (Some(code), _) => {
                let input = vec![code.to_string()];
                entries.push(Entry { input, typed: Vec::new(), screen: String::new() });
            }
            (None, None) => head.push(line.to_string()),
            (None, Some(entry)) => match (line.strip_prefix("   ...: "), line.strip_prefix("> ")) {
                (Some(code), _) if entry.screen.is_empty() => entry.input.push(code.to_string()),
                (_, Some(keys)) if entry.screen.is_empty() => entry.typed.push(keys.to_string()),
                _ => {
                    entry.screen.push_str(line);
                    entry.screen.push('\n');
                }
            },
        }
    }
    entries.iter_mut().for_each(|e| e.screen = e.screen.trim_end().to_string());
    (head, entries)
}

fn written(head: &[String], entries: &[Entry], screens: &[String]) -> String {
    let mut out: String = head.iter().map(|l| format!("{l}\n")).collect();
    for (i, (entry, screen)) in entries.iter().zip(screens).enumerate() {
        out.push_str(&format!("In [{}]: {}\n", i + 1, entry.input[0]));
        entry.input[1..].iter().for_each(|l| out.push_str(&format!("   ...: {l}\n")));
        entry.typed.iter().for_each(|l| out.push_str(&format!("> {l}\n")));
        if !screen.is_empty() {
            out.push_str(&format!("{screen}\n"));
        }
    }
    out
}

/// What stands after `# key:` at the head of a file.
fn setting<'a>(head: &'a [String], key: &str) -> Vec<&'a str> {
    let line = head.iter().find_map(|l| l.strip_prefix(&format!("# {key}:")));
    line.unwrap_or("").split_whitespace().collect()
}

/// The questions that commands ask end so.
const QUESTIONS: [&str; 3] = ["no more", "[y/N]", "(y/n)?"];

fn questions(text: &str) -> usize {
    QUESTIONS.iter().map(|q| text.matches(q).count()).sum()
}

/// Types an entry on a cleared screen; gives what stands below it when the next prompt is there.
fn enter(screen: &mut Screen, number: usize, entry: &Entry) -> String {
    use expectrl::Expect;
    screen.session.send("\x0c").unwrap();
    screen.wait("a clear screen", |text| text == format!("In [{number}]:"));
    let mut rows = entry.input.len();
    let mut keys = entry.input.join("\r") + "\r";
    if entry.input[0].starts_with("%%") {
        // An empty line ends it.
        keys.push('\r');
        rows += 1;
    }
    screen.session.send(&keys).unwrap();
    for (i, answer) in entry.typed.iter().enumerate() {
        screen.wait("a question", |text| questions(text) > i);
        screen.session.send(format!("{answer}\r")).unwrap();
    }
    let next = format!("\nIn [{}]:", number + 1);
    screen.wait(&next, |text| text.contains(&next));
    let lines = screen.lines();
    let shown: Vec<&String> = lines.iter().skip(rows).take_while(|l| !l.starts_with(next.trim())).collect();
    for line in &shown {
        let too_wide = line.chars().count() > 60;
        let fills = FILLING.iter().any(|c| entry.input[0].starts_with(c));
        let wide = fills || WIDE.iter().any(|w| line.contains(w));
        assert!(!too_wide || wide, "more than 60 columns: {line}");
    }
    shown.into_iter().cloned().collect::<Vec<_>>().join("\n")
}

/// Lines that may be wider than 60 columns: IPython's.
const WIDE: [&str; 1] = [" per loop (mean ± std. dev. of "];
/// Commands whose bars, plots and lines of code fill the terminal.
const FILLING: [&str; 4] = ["%compare", "%scale", "%prof", "%lint"];

/// Leaves out what depends on the machine, and folders.
fn masked(text: &str, folder: &str) -> String {
    let text = text.replace(folder, "FOLDER");
    let kept = |l: &&str| !l.starts_with("measuring this machine") && !l.contains(" a pass leaves ");
    let text: Vec<&str> = text.lines().filter(kept).collect();
    let level = |l: &str| match l.split_once(" of this machine's ") {
        Some((before, _)) => format!("{before} of this machine's M speed"),
        None => l.to_string(),
    };
    let text = mask_times(&text.join("\n"));
    text.lines().map(level).collect::<Vec<_>>().join("\n").trim_end().to_string()
}

fn session(name: &str, head: &[String], entries: &[Entry], columns: u16) -> Vec<String> {
    let state = format!("screens-{name}-{columns}");
    let folder = user(&state, "", "");
    std::fs::write(folder.join("lesson.arr"), "mass = 2\nmass * 21\n").unwrap();
    let mut arguments = vec!["-q"];
    arguments.extend(setting(head, "arguments"));
    let mut command = command(&state, &arguments);
    command.current_dir(&folder);
    let mut screen = Screen::sized(command, columns, 150);
    let place = folder.canonicalize().unwrap_or(folder).display().to_string();
    let texts = entries.iter().enumerate().map(|(i, e)| masked(&enter(&mut screen, i + 1, e), &place));
    texts.collect()
}

#[test]
fn commands_show_what_they_should() {
    let mut failed = Vec::new();
    let only = std::env::var("ARR_SCREENS").unwrap_or_default();
    for path in files("tests/screens", ".txt") {
        let name = path.file_stem().unwrap().to_string_lossy().to_string();
        if !name.contains(&only) {
            continue;
        }
        let text = read(&path);
        let (head, entries) = parse(&text);
        let mut expected = text.clone();
        for columns in setting(&head, "columns") {
            let screens = session(&name, &head, &entries, columns.parse().unwrap());
            let given = written(&head, &entries, &screens);
            if given == expected {
                continue;
            }
            println!("{name} at {columns} columns (- expected, + given)\n{}", diff(&expected, &given));
            if updating() && expected == text {
                std::fs::write(&path, &given).unwrap();
                expected = given;
            } else {
                failed.push(format!("{name} at {columns}"));
            }
        }
    }
    assert!(failed.is_empty(), "screens that differ: {}", failed.join(", "));
}

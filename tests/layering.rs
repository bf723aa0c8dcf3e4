//! The crate's shape, checked from its source text: each module uses only those before it, `unsafe`
//! stays in its two places and says why it holds, and only `prim/` knows primitives by name.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The flow of data. A module may use those to its left. The one place that states the order.
const ORDER: [&str; 17] = [
    "syntax", "dtype", "array", "value", "show", "kernel", "exec", "prim", "eval", "python", "error",
    "teach", "session", "measure", "lint", "lesson", "frontend",
];

/// Narrower than the order: a module listed here uses only these.
const ONLY: &[(&str, &[&str])] =
    &[("syntax", &[]), ("dtype", &[]), ("array", &["dtype"]), ("kernel", &["dtype"])];

/// Where `unsafe` may stand: memory, kernels, and the calls of the operating system.
const UNSAFE: &[&str] = &["src/array/buffer.rs", "src/kernel/", "src/frontend/os.rs"];

struct Source {
    /// Relative to the package: `src/prim/row.rs`.
    path: String,
    /// The module at the root: `prim`, or `main` and `lib`.
    module: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    walk(&root.join("src"), &mut files);
    files.sort();
    let read = |file: PathBuf| {
        let path = file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        let module = path["src/".len()..].split(['/', '.']).next().unwrap().to_string();
        Source { path, module, text: fs::read_to_string(&file).unwrap() }
    };
    files.into_iter().map(read).collect()
}

fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// The line with string and character literals and comments blanked; heuristic, line by line.
fn code_of(line: &str) -> String {
    let mut out = String::new();
    let mut chars = line.chars().peekable();
    let mut in_string = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' if in_string => drop(chars.next()),
            '"' => in_string = !in_string,
            '/' if !in_string && chars.peek() == Some(&'/') => break,
            _ if !in_string => out.push(c),
            _ => {}
        }
    }
    out
}

/// The modules named after `crate::` in a file, each with its line, groups `crate::{a, b}` included.
fn crate_paths(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut group: Option<i32> = None;
    for (n, line) in text.lines().enumerate() {
        let mut rest = code_of(line);
        if let Some(depth) = group {
            (rest, group) = group_items(&rest, depth, n, &mut found);
        }
        while let Some(at) = rest.find("crate::") {
            let before = rest[..at].chars().next_back();
            let after = rest[at + 7..].to_string();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                rest = after;
            } else if let Some(inner) = after.strip_prefix('{') {
                (rest, group) = group_items(inner, 1, n, &mut found);
            } else {
                found.push((n + 1, ident(&after)));
                rest = after;
            }
        }
    }
    found
}

/// Reads the items at depth 1 of a `crate::{…}` group from a line on; gives what follows it.
fn group_items(
    text: &str,
    mut depth: i32,
    n: usize,
    found: &mut Vec<(usize, String)>,
) -> (String, Option<i32>) {
    let mut fresh = true;
    for (i, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => fresh = true,
            c if depth == 1 && fresh && c.is_alphabetic() => {
                found.push((n + 1, ident(&text[i..])));
                fresh = false;
            }
            _ => {}
        }
        if depth == 0 {
            return (text[i + 1..].to_string(), None);
        }
    }
    (String::new(), Some(depth))
}

fn ident(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn rank(module: &str) -> Option<usize> {
    ORDER.iter().position(|m| *m == module)
}

#[test]
fn modules_use_only_those_before_them() {
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(own) = rank(&file.module) else { continue };
        let only = ONLY.iter().find(|(m, _)| *m == file.module).map(|(_, uses)| *uses);
        for (line, used) in crate_paths(&file.text) {
            let Some(other) = rank(&used) else { continue };
            if used == file.module {
                continue;
            }
            let allowed = match only {
                Some(uses) => uses.contains(&used.as_str()),
                None => other < own,
            };
            if !allowed {
                wrong.push(format!("{}:{line}: {} uses {used}", file.path, file.module));
            }
        }
    }
    assert!(wrong.is_empty(), "against the order {}:\n{}", ORDER.join(" → "), wrong.join("\n"));
}

#[test]
fn every_module_has_its_place_in_the_order() {
    let known = ["lib", "main"];
    let strays: Vec<_> = sources()
        .into_iter()
        .filter(|f| rank(&f.module).is_none() && !known.contains(&f.module.as_str()))
        .map(|f| f.path)
        .collect();
    assert!(strays.is_empty(), "not in the order: {strays:?}");
}

#[test]
fn unsafe_stays_in_its_places_and_says_why() {
    let mut wrong = Vec::new();
    for file in sources() {
        let allowed = UNSAFE.iter().any(|p| file.path.starts_with(p));
        let lines: Vec<&str> = file.text.lines().collect();
        for (n, line) in lines.iter().enumerate() {
            let code = code_of(line);
            let is_unsafe = code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == "unsafe");
            // A function pointer's type, and lints about unsafe, run nothing.
            if !is_unsafe || code.contains("unsafe_") || code.contains("unsafe extern") {
                continue;
            }
            if !allowed {
                wrong.push(format!("{}:{}: unsafe outside {UNSAFE:?}", file.path, n + 1));
            } else if !explained(&lines[..n]) {
                wrong.push(format!("{}:{}: no // SAFETY: above", file.path, n + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a `SAFETY:` comment (or a `# Safety` section) stands above, within the same statement or
/// a few lines of it.
fn explained(above: &[&str]) -> bool {
    above
        .iter()
        .rev()
        .take(8)
        .take_while(|l| !l.trim_start().starts_with("fn ") && l.trim() != "}")
        .any(|l| l.contains("SAFETY:") || l.contains("# Safety"))
}

/// Words that are also primitives' names, and mean something else where they are matched.
const OTHER_MEANINGS: &[(&str, &[&str])] = &[
    // Types of values, in messages.
    ("src/error/codes.rs", &["list", "tuple", "str", "int", "float", "complex", "bool"]),
    // The name of a parameter.
    ("src/teach/steps.rs", &["dtype"]),
    ("src/teach/dtype.rs", &["dtype"]),
    // Fields of a measurement, as IPython names them.
    ("src/frontend/commands/timing.rs", &["repeat", "average"]),
];

#[test]
fn only_prim_knows_primitives_by_name() {
    let names: HashSet<&str> = arr::prim::table()
        .rows()
        .iter()
        .flat_map(|(_, p)| std::iter::once(p.name).chain(p.aliases.iter().copied()))
        .filter(|n| n.len() > 2)
        .collect();
    let mut wrong = Vec::new();
    for file in sources() {
        let later = ["eval", "python", "error", "teach", "session", "lint", "lesson", "frontend"];
        if !later.contains(&file.module.as_str()) {
            continue;
        }
        let body = file.text.split("#[cfg(test)]").next().unwrap();
        for (n, line) in body.lines().enumerate() {
            for name in matched_strings(line) {
                let other =
                    OTHER_MEANINGS.iter().any(|(f, words)| *f == file.path && words.contains(&&*name));
                if names.contains(name.as_str()) && !other {
                    wrong.push(format!("{}:{}: matches on \"{name}\"", file.path, n + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// String literals that a line compares or matches with: `"sum" =>`, `== "sum"`, `"sum" | "prod"`.
fn matched_strings(line: &str) -> Vec<String> {
    let line = line.trim();
    if line.starts_with("//") {
        return Vec::new();
    }
    let parts: Vec<&str> = line.split('"').collect();
    let mut found = Vec::new();
    for i in (1..parts.len()).step_by(2) {
        let (before, after) = (parts[i - 1].trim_end(), parts.get(i + 1).map_or("", |s| s.trim_start()));
        let arm = after.starts_with("=>") || after.starts_with('|') || after.starts_with(") =>");
        let test = before.ends_with("==") || before.ends_with("!=") || before.ends_with("matches!(name,");
        if arm || test {
            found.push(parts[i].to_string());
        }
    }
    found
}

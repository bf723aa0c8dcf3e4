//! What the Tab key offers: names, attributes, keyword arguments, commands, and glyphs for words.

use super::commands::{self, help::lookup};
use super::glyphs;
use crate::eval::Evaluator;
use crate::prim::{self, Home, Prim};
use crate::value::{Func, Value};

const KEYWORDS: &[&str] = &[
    "and", "assert", "break", "continue", "else", "False", "fn", "for", "from", "if", "import", "in", "is",
    "lambda", "None", "not", "or", "return", "True", "while",
];

/// What could stand at a place: from which byte on it replaces the line, and as what.
#[derive(Debug, Default, PartialEq)]
pub struct Offer {
    pub from: usize,
    /// What is shown, and what is written.
    pub words: Vec<(String, String)>,
    /// Names of files are wanted here.
    pub files: bool,
}

/// What to offer for a line with the cursor after `before`.
pub fn offer(evaluator: &mut Evaluator, before: &str) -> Offer {
    let line = &before[before.rfind('\n').map_or(0, |i| i + 1)..];
    if line.trim().is_empty() {
        return same(before.len(), vec!["    ".to_string()]);
    }
    let word = word_start(before);
    if let Some(backslash) = before[..word].strip_suffix('\\') {
        let found: Vec<_> =
            glyphs::beginning(&before[word..]).map(|(w, g)| (format!("{g} {w}"), g.to_string())).collect();
        if !found.is_empty() {
            return Offer { from: backslash.len(), words: found, files: false };
        }
    }
    let trimmed = line.trim_start();
    if trimmed.starts_with('%') && !trimmed.contains(' ') {
        let typed = trimmed.trim_start_matches('%');
        let names = commands::rows().map(|c| c.name).filter(|n| n.starts_with(typed));
        return same(before.len() - typed.len(), names.map(String::from).collect());
    }
    if in_string(line) || ["%run ", "%cd ", "%ls "].iter().any(|c| trimmed.starts_with(c)) {
        return Offer { files: true, ..Offer::default() };
    }
    let prefix = &before[word..];
    let mut names = match before[..word].strip_suffix('.') {
        Some(owner) => attributes(evaluator, owner, prefix),
        None => {
            let mut names = keywords(evaluator, &before[..word]);
            names.extend(bare(evaluator));
            names
        }
    };
    names.retain(|n| n.starts_with(prefix) && (!n.starts_with('_') || prefix.starts_with('_')));
    names.sort();
    names.dedup();
    same(word, names)
}

fn same(from: usize, words: Vec<String>) -> Offer {
    Offer { from, words: words.into_iter().map(|w| (w.clone(), w)).collect(), files: false }
}

/// Where the name at the end of a text begins.
fn word_start(text: &str) -> usize {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    text.char_indices().rev().take_while(|&(_, c)| is_name(c)).last().map_or(text.len(), |(i, _)| i)
}

/// Whether a line ends within a string.
fn in_string(line: &str) -> bool {
    let mut open = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (open, c) {
            (Some(_), '\\') => {
                chars.next();
            }
            (Some(q), c) if c == q => open = None,
            (None, '"' | '\'') => open = Some(c),
            (None, '#') => return false,
            _ => {}
        }
    }
    open.is_some()
}

fn bare(evaluator: &Evaluator) -> Vec<String> {
    let assigned = evaluator.globals.assigned().map(|(n, _)| n.to_string());
    let builtin = prim::modules::bare_names().iter().map(|n| n.to_string());
    assigned.chain(builtin).chain(KEYWORDS.iter().map(|k| k.to_string())).collect()
}

/// Attributes of the value that ends a text, if it is a name or names joined by dots. Nothing is
/// evaluated.
fn attributes(evaluator: &mut Evaluator, owner: &str, _prefix: &str) -> Vec<String> {
    let start = path_start(owner);
    let path = &owner[start..];
    if path.is_empty() {
        // A bracket or a literal: most likely an array.
        return array_names();
    }
    match lookup(evaluator, path) {
        Some(Value::Object(o)) => o.attr_names(),
        Some(Value::List(_)) => ["append", "extend", "insert", "pop"].map(String::from).to_vec(),
        Some(Value::Tuple(t)) => {
            t.names.map_or(Vec::new(), |n| n.fields.iter().map(|f| f.to_string()).collect())
        }
        Some(Value::Func(_)) => Vec::new(),
        Some(_) => array_names(),
        None => Vec::new(),
    }
}

/// Methods and properties of arrays and numbers, and the functions that serve as methods.
fn array_names() -> Vec<String> {
    let homes = [Home::Method, Home::Property, Home::Np];
    let rows = prim::table().rows().iter().filter(|(_, p)| homes.contains(&p.home));
    rows.map(|(_, p)| p.name.to_string()).collect()
}

/// Where a name, or names joined by dots, begins at the end of a text.
fn path_start(text: &str) -> usize {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    text.char_indices().rev().take_while(|&(_, c)| part(c)).last().map_or(text.len(), |(i, _)| i)
}

/// Parameters, as `name=`, of the function in whose open bracket a text ends.
fn keywords(evaluator: &mut Evaluator, before: &str) -> Vec<String> {
    let mut depth = 0;
    let mut open = None;
    for (i, c) in before.char_indices().rev() {
        match c {
            ')' | ']' | '}' => depth += 1,
            '(' if depth == 0 => {
                open = Some(i);
                break;
            }
            '[' | '{' if depth == 0 => return Vec::new(),
            '(' | '[' | '{' => depth -= 1,
            _ => {}
        }
    }
    let Some(open) = open else { return Vec::new() };
    let name = &before[path_start(&before[..open])..open];
    let Some(Value::Func(Func::Static(f))) = lookup(evaluator, name) else { return Vec::new() };
    match f.as_any().downcast_ref::<Prim>() {
        Some(p) => parameters(p.params).map(|n| format!("{n}=")).collect(),
        None => Vec::new(),
    }
}

/// The names in a signature that may be given as keywords.
fn parameters(signature: &'static str) -> impl Iterator<Item = &'static str> {
    let names = signature.split(',').map(|p| p.split('=').next().unwrap_or("").trim());
    names.filter(|n| !n.is_empty() && !n.starts_with('*') && *n != "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_a_line() {
        assert_eq!(word_start("x + np.li"), 7);
        assert_eq!(word_start("x + "), 4);
        assert_eq!(&"2 * np.linalg"[path_start("2 * np.linalg")..], "np.linalg");
        assert!(in_string("load(\"da") && !in_string("f(\"a\") + b") && in_string("'it\\'s"));
        assert_eq!(
            parameters("a, axis=None, *, keepdims=False").collect::<Vec<_>>(),
            ["a", "axis", "keepdims"]
        );
    }
}

//! What the Tab key offers, by place: commands and their options after `%`, glyphs after `\`, attributes
//! after a dot, arguments inside a call, dtypes, modules, files, and names anywhere else; beside each
//! its documentation in one line. Everything is read from the rows and from the session's values;
//! nothing is evaluated.

use super::commands::help::{lookup, summary};
use super::commands::{self, Command, Takes};
use super::{glyphs, keyboard};
use crate::dtype::DType;
use crate::eval::{Closure, Evaluator, STDLIB};
use crate::prim::{self, Home, Prim};
use crate::value::{Func, Object, Value};
use std::rc::Rc;

const KEYWORDS: &[(&str, &str)] = &[
    ("and", "both, element by element or as truth values"),
    ("assert", "stop with an error unless a condition holds"),
    ("break", "leave the loop"),
    ("continue", "go on with the loop's next item"),
    ("else", "what runs when the condition fails"),
    ("False", "the truth value false"),
    ("fn", "define a function: fn f(x) = x * 2"),
    ("for", "loop over items: for x in v { … }"),
    ("from", "import names of a module: from stats import zscore"),
    ("if", "run a block when a condition holds"),
    ("import", "load a module: import stats"),
    ("in", "whether a value is among others"),
    ("is", "whether two names hold the same object"),
    ("lambda", "a function in place: lambda x: x * 2"),
    ("None", "no value"),
    ("not", "the opposite truth value"),
    ("or", "one or the other"),
    ("return", "leave the function with a value"),
    ("True", "the truth value true"),
    ("while", "loop as long as a condition holds"),
];

/// One thing that could stand at a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// What the list shows.
    pub label: String,
    /// What is written.
    pub text: String,
    /// One line about it.
    pub doc: String,
}

impl Candidate {
    fn new(text: impl Into<String>, doc: impl Into<String>) -> Candidate {
        let text = text.into();
        Candidate { label: text.clone(), text, doc: doc.into() }
    }
}

/// What could stand at a place: from which byte on it replaces the line, and as what.
#[derive(Debug, Default, PartialEq)]
pub struct Offer {
    pub from: usize,
    pub candidates: Vec<Candidate>,
    /// Names of files are wanted here; the candidates stand where there are none.
    pub files: bool,
}

/// What to offer for a line with the cursor after `before`.
pub fn offer(evaluator: &mut Evaluator, before: &str) -> Offer {
    let line = before.rsplit('\n').next().unwrap_or(before);
    let word = word_start(before);
    if let Some(head) = before[..word].strip_suffix('\\')
        && let found @ [_, ..] = &words(&before[word..])[..]
    {
        return Offer { from: head.len(), candidates: found.to_vec(), files: false };
    }
    let trimmed = line.trim_start();
    if trimmed.starts_with('%') {
        return of_command(evaluator, before, trimmed);
    }
    if trimmed.starts_with('?') {
        return named(evaluator, before);
    }
    code(evaluator, before, line)
}

/// Every key that follows the prefix key, with its glyph.
pub fn keys() -> Vec<Candidate> {
    let of = |(key, glyph): (char, char)| {
        let text = glyph.to_string();
        let (name, doc) = glyphs::find(&text).map_or((String::new(), String::new()), |g| {
            (g.words.first().copied().unwrap_or("").to_string(), g.meaning.clone())
        });
        Candidate { label: format!("{key} {glyph} {name}").trim_end().to_string(), text, doc }
    };
    keyboard::keys().map(of).collect()
}

/// Glyphs whose words begin so. A single one is written itself, of several their words.
fn words(prefix: &str) -> Vec<Candidate> {
    let found = glyphs::beginning(prefix);
    let single = found.len() == 1;
    let of = |(glyph, word): (&glyphs::Glyph, &str)| {
        let others = glyph.words.iter().filter(|w| **w != word).take(2);
        let names: Vec<&str> = std::iter::once(word).chain(others.copied()).collect();
        Candidate {
            label: format!("{} {}", glyph.text, names.join(", ")),
            text: if single { glyph.text.to_string() } else { format!("\\{word}") },
            doc: glyph.meaning.clone(),
        }
    };
    found.into_iter().map(of).collect()
}

/// Within a line that begins with `%`: the command, its options, or what it takes.
fn of_command(evaluator: &mut Evaluator, before: &str, line: &str) -> Offer {
    let bare = line.trim_start_matches('%');
    let Some((name, rest)) = bare.split_once(' ') else {
        let doc = |c: &Command| c.doc.lines().next().unwrap_or("").to_string();
        let found = commands::rows().filter(|c| c.name.starts_with(bare));
        let percents = &line[..line.len() - bare.len()];
        let candidate = |c: &Command| Candidate {
            label: format!("{percents}{}", c.name),
            text: c.name.into(),
            doc: doc(c),
        };
        return Offer {
            from: before.len() - bare.len(),
            candidates: found.map(candidate).collect(),
            files: false,
        };
    };
    let Some(command) = commands::find(name) else { return Offer::default() };
    let typed = rest.rsplit(' ').next().unwrap_or("");
    if typed.starts_with('-') && only_options(command, rest) {
        let options = command.options.iter().flat_map(|(forms, doc)| {
            let form = |f: &'static str| Candidate {
                label: f.into(),
                text: f.split(' ').next().unwrap_or(f).into(),
                doc: doc.to_string(),
            };
            forms.split(", ").map(form).collect::<Vec<_>>()
        });
        let candidates = options.filter(|c| c.text.starts_with(typed)).collect();
        return Offer { from: before.len() - typed.len(), candidates, files: false };
    }
    match command.takes {
        Takes::Path => Offer { files: true, ..Offer::default() },
        Takes::Name => named(evaluator, before),
        Takes::Words(words) => {
            let found = words.iter().filter(|(w, _)| w.starts_with(typed));
            Offer {
                from: before.len() - typed.len(),
                candidates: found.map(|(w, doc)| Candidate::new(*w, *doc)).collect(),
                files: false,
            }
        }
        Takes::Code => code(evaluator, before, rest),
        Takes::Nothing => Offer::default(),
    }
}

/// Whether no code has begun yet: every word so far is an option or the value of one.
fn only_options(command: &Command, rest: &str) -> bool {
    let valued = |w: &str| {
        let forms = command.options.iter().flat_map(|(forms, _)| forms.split(", "));
        forms.into_iter().any(|f| f.split_once(' ').is_some_and(|(flag, _)| flag == w))
    };
    let mut value = false;
    rest.split_whitespace().all(|w| {
        let fine = value || w.starts_with('-');
        value = !value && valued(w);
        fine
    })
}

/// After `?`: whatever has documentation.
fn named(evaluator: &mut Evaluator, before: &str) -> Offer {
    let word = word_start(before);
    if let Some(head) = before[..word].strip_suffix('%') {
        let found = commands::rows().filter(|c| c.name.starts_with(&before[word..]));
        let candidate =
            |c: &Command| Candidate::new(format!("%{}", c.name), c.doc.lines().next().unwrap_or(""));
        return Offer { from: head.len(), candidates: found.map(candidate).collect(), files: false };
    }
    code(evaluator, before, "")
}

/// Within code: `line` is the part of the line that is code.
fn code(evaluator: &mut Evaluator, before: &str, line: &str) -> Offer {
    let word = word_start(before);
    let (head, prefix) = before.split_at(word);
    let wants_dtype = ["dtype=", "dtype=\"", "dtype='", "astype(", "astype(\"", "astype('", ".view("];
    if wants_dtype.iter().any(|w| head.trim_end_matches(' ').ends_with(w)) {
        let names = DType::ALL.map(DType::name).into_iter().filter(|n| n.starts_with(prefix));
        let candidates =
            names.map(|n| Candidate::new(n, lookup(evaluator, n).map_or(String::new(), |v| summary(&v))));
        return Offer { from: word, candidates: candidates.collect(), files: false };
    }
    if in_string(line) {
        return Offer { files: true, ..Offer::default() };
    }
    let mut found = match head.strip_suffix('.') {
        Some(owner) if !owner.ends_with('.') => attributes(evaluator, owner),
        _ => match imports(line) {
            Some(modules) => modules,
            None => {
                let mut found = arguments(evaluator, head);
                if found.is_empty() || !prefix.is_empty() {
                    found.extend(names(evaluator));
                }
                found
            }
        },
    };
    found.retain(|c| c.text.starts_with(prefix) && (!c.text.starts_with('_') || prefix.starts_with('_')));
    // Arguments come first, then names in order.
    found.sort_by(|a, b| (!a.text.ends_with('='), &a.text).cmp(&(!b.text.ends_with('='), &b.text)));
    found.dedup_by(|a, b| a.text == b.text);
    Offer { from: word, candidates: found, files: false }
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
            (None, '#' | '⍝') => return false,
            _ => {}
        }
    }
    open.is_some()
}

fn names(evaluator: &mut Evaluator) -> Vec<Candidate> {
    let assigned: Vec<String> = evaluator.globals.assigned().map(|(n, _)| n.to_string()).collect();
    let builtin = prim::modules::bare_names().iter().map(|n| n.to_string());
    let of = |n: String| {
        let doc = lookup(evaluator, &n).map_or(String::new(), |v| summary(&v));
        Candidate::new(n, doc)
    };
    let mut found: Vec<Candidate> = assigned.into_iter().chain(builtin).map(of).collect();
    found.extend(KEYWORDS.iter().map(|(k, doc)| Candidate::new(*k, *doc)));
    found
}

/// Modules after `import` and `from`, a module's names after `from m import`.
fn imports(line: &str) -> Option<Vec<Candidate>> {
    let mut parts = line.split_whitespace();
    match (parts.next()?, parts.next(), parts.next()) {
        ("from", Some(module), Some("import")) => Some(members(module)),
        ("import", _, None) | ("from", _, None) if line.contains(' ') => {
            let own = STDLIB.iter().map(|(name, _)| Candidate::new(*name, "a module of arr"));
            Some(own.chain([Candidate::new("numpy", "every built-in, as np")]).collect())
        }
        _ => None,
    }
}

/// What a module holds: of arr's own the functions that its text defines.
fn members(module: &str) -> Vec<Candidate> {
    if let Some(Value::Object(o)) = prim::modules::by_name(module) {
        return of_object(&*o);
    }
    let Some((_, text)) = STDLIB.iter().find(|(name, _)| *name == module) else { return Vec::new() };
    let mut doc = "";
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("fn ") {
            let name = rest.split(['(', ' ']).next().unwrap_or("");
            found.push(Candidate::new(name, if doc.is_empty() { rest } else { doc }));
        }
        match line.strip_prefix("##") {
            Some(text) if doc.is_empty() => doc = text.trim(),
            Some(_) => {}
            None => doc = "",
        }
    }
    found
}

fn of_object(o: &dyn Object) -> Vec<Candidate> {
    let doc = |n: &str| o.attr(n).map_or(String::new(), |v| summary(&v));
    o.attr_names().into_iter().map(|n| Candidate::new(n.as_str(), doc(&n))).collect()
}

/// Attributes of the value that ends a text, if it is a name or names joined by dots.
fn attributes(evaluator: &mut Evaluator, owner: &str) -> Vec<Candidate> {
    let path = &owner[path_start(owner)..];
    if path.is_empty() || path.starts_with(|c: char| c.is_ascii_digit()) {
        // A bracket or a literal: most likely an array.
        return match owner.chars().last() {
            Some('"' | '\'') => text_names(),
            Some(')' | ']') => array_names(),
            _ => Vec::new(),
        };
    }
    match lookup(evaluator, path) {
        Some(Value::Object(o)) => of_object(&*o),
        Some(Value::List(_)) => of_rows(&["append", "extend", "insert", "pop"]),
        Some(Value::Tuple(t)) => t.names.map_or(Vec::new(), |n| {
            n.fields.iter().map(|f| Candidate::new(f.to_string(), "a field of the tuple")).collect()
        }),
        Some(Value::Str(_)) => text_names(),
        Some(Value::Func(_)) | Some(Value::None) | None => Vec::new(),
        Some(_) => array_names(),
    }
}

fn of_rows(names: &[&str]) -> Vec<Candidate> {
    let doc = |n: &str| prim::table().method(n).map_or("", |p| glyphs::first_sentence(p.doc));
    names.iter().map(|n| Candidate::new(*n, doc(n))).collect()
}

/// Methods of texts.
fn text_names() -> Vec<Candidate> {
    prim::table().of(Home::Text).map(|p| Candidate::new(p.name, glyphs::first_sentence(p.doc))).collect()
}

/// Methods and properties of arrays and numbers, and the functions that serve as methods.
fn array_names() -> Vec<Candidate> {
    let homes = [Home::Property, Home::Method, Home::Np];
    let of = |home| prim::table().rows().iter().filter(move |(_, p)| p.home == home);
    let rows = homes.into_iter().flat_map(of);
    rows.map(|(_, p)| Candidate::new(p.name, glyphs::first_sentence(p.doc))).collect()
}

/// Where a name, or names joined by dots, begins at the end of a text.
fn path_start(text: &str) -> usize {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    text.char_indices().rev().take_while(|&(_, c)| part(c)).last().map_or(text.len(), |(i, _)| i)
}

/// Parameters, as `name=`, of the function in whose open bracket a text ends.
fn arguments(evaluator: &mut Evaluator, before: &str) -> Vec<Candidate> {
    let Some(open) = open_bracket(before) else { return Vec::new() };
    let path = &before[path_start(&before[..open])..open];
    let Some(Value::Func(f)) = lookup(evaluator, path) else { return Vec::new() };
    let mut found = parameters(&f);
    // The value before the dot is the first argument of a method.
    let owner = path.rsplit_once('.').and_then(|(owner, _)| lookup(evaluator, owner));
    if owner.is_some_and(|v| !matches!(v, Value::Object(_))) && !found.is_empty() {
        found.remove(0);
    }
    let already = &before[open..];
    found.retain(|c| !already.contains(&c.text));
    found
}

/// The bracket of the call in which a text ends.
fn open_bracket(before: &str) -> Option<usize> {
    let mut depth = 0;
    for (i, c) in before.char_indices().rev() {
        match c {
            ')' | ']' | '}' => depth += 1,
            '(' if depth == 0 => return Some(i),
            '[' | '{' if depth == 0 => return None,
            '(' | '[' | '{' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// What of a function may be given by name.
fn parameters(f: &Func) -> Vec<Candidate> {
    if let Some(p) = f.get().as_any().downcast_ref::<Prim>() {
        return signature(p.params)
            .map(|(name, default)| {
                let doc = match default {
                    None => format!("{}: needed", p.name),
                    Some("?") => format!("{}: may be left out", p.name),
                    Some(d) => format!("{}: {d} unless given", p.name),
                };
                Candidate::new(format!("{name}="), doc)
            })
            .collect();
    }
    let Some(closure) = f.get().as_any().downcast_ref::<Rc<Closure>>() else { return Vec::new() };
    let given =
        closure.code.params.iter().filter(|p| {
            !p.variadic && p.name.starts_with(|c: char| c.is_alphabetic() && c != '⍵' && c != '⍺')
        });
    let doc = |has_default| if has_default { "may be left out" } else { "needed" };
    given
        .map(|p| {
            Candidate::new(format!("{}=", p.name), format!("{}: {}", closure.code.name, doc(p.has_default)))
        })
        .collect()
}

/// The names in a signature that may be given as keywords, with their defaults.
fn signature(text: &'static str) -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
    let mut depth = 0;
    let parts = text.split(move |c| {
        depth += match c {
            '(' | '[' => 1,
            ')' | ']' => -1,
            _ => 0,
        };
        c == ',' && depth == 0
    });
    let named =
        parts.map(|p| p.split_once('=').map_or((p.trim(), None), |(n, d)| (n.trim(), Some(d.trim()))));
    named.filter(|(n, _)| !n.is_empty() && !n.starts_with('*') && *n != "/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::{Output, Source};
    use crate::session::Session;
    use crate::syntax::Span;
    use crate::value::Warning;

    struct Nowhere;

    impl Output for Nowhere {
        fn write(&mut self, _text: &str) {}
        fn warning(&mut self, _warning: &Warning, _source: &Source, _span: Span) {}
    }

    fn session() -> Session {
        let mut session = Session::new(Box::new(Nowhere));
        session.run("", "speed = np.ones(3)\n## Twice as much.\nfn scale(x, by=2) = x * by\n");
        session
    }

    fn texts(before: &str) -> Vec<String> {
        let offer = offer(&mut session().evaluator, before);
        offer.candidates.into_iter().map(|c| c.text).collect()
    }

    #[test]
    fn places_in_a_line() {
        assert_eq!(word_start("x + np.li"), 7);
        assert_eq!(word_start("x + "), 4);
        assert_eq!(&"2 * np.linalg"[path_start("2 * np.linalg")..], "np.linalg");
        assert!(in_string("load(\"da") && !in_string("f(\"a\") + b") && in_string("'it\\'s"));
        assert_eq!(
            signature("a, axis=None, *, shape=(2, 3), keepdims=False").collect::<Vec<_>>(),
            [("a", None), ("axis", Some("None")), ("shape", Some("(2, 3)")), ("keepdims", Some("False"))]
        );
    }

    #[test]
    fn names_attributes_and_arguments() {
        assert_eq!(texts("spe"), ["speed"]);
        assert_eq!(texts("2 * np.linsp"), ["linspace"]);
        assert_eq!(texts("speed.resh"), ["reshape"]);
        assert_eq!(texts("speed.sum(ax"), ["axis="]);
        assert_eq!(texts("scale(speed, b")[0], "by=");
        assert_eq!(texts("speed.sum(axis=0, ax"), [""; 0]);
        assert_eq!(texts("np.zeros(3, dtype=fl"), ["float32", "float64"]);
        assert_eq!(texts("x.astype('uint1"), ["uint16"]);
        assert_eq!(texts("from stats import zsc"), ["zscore"]);
        assert!(offer(&mut session().evaluator, "np.load('da").files);
    }

    #[test]
    fn commands_and_their_options() {
        assert_eq!(texts("%timei"), ["timeit"]);
        assert_eq!(texts("%%timei"), ["timeit"]);
        assert_eq!(texts("%timeit --b"), ["--best"]);
        assert_eq!(texts("%timeit -n 10 spe"), ["speed"]);
        // Within code a minus is an operator.
        assert!(texts("%timeit x -").iter().all(|t| !t.starts_with('-')));
        assert_eq!(texts("?spe"), ["speed"]);
        assert_eq!(texts("?%timei"), ["%timeit"]);
        assert!(offer(&mut session().evaluator, "%run fi").files);
    }

    #[test]
    fn words_of_glyphs() {
        assert_eq!(texts("x + \\iota"), ["⍳"]);
        assert_eq!(texts("\\gradeu"), ["⍋"]);
        assert_eq!(texts("\\grade"), ["\\gradeup", "\\gradedown"]);
        let found = offer(&mut session().evaluator, "\\gradeup").candidates;
        assert!(found[0].label.starts_with("⍋ gradeup") && found[0].doc.contains("ascending"), "{found:?}");
    }

    #[test]
    fn every_candidate_has_documentation() {
        for place in ["", "speed.", "np.", "np.linalg.", "scale(", "%", "%timeit -", "\\", "?"] {
            for c in offer(&mut session().evaluator, place).candidates {
                assert!(!c.doc.is_empty(), "{place}: {}", c.text);
            }
        }
    }
}

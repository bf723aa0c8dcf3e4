//! `%help`, `?name` and `??name`: documentation from the rows, and from the `##` lines of the
//! user's own functions.

use super::{Call, Command, Takes, find, rows};
use crate::dtype::DType;
use crate::eval::{Closure, Evaluator};
use crate::frontend::console::terminal_width;
use crate::frontend::{glyphs, keyboard};
use crate::prim::apl::operators;
use crate::prim::bind::nearest;
use crate::prim::{self, Example, Home, Prim, Valence};
use crate::show;
use crate::value::{Fault, Func, Value};
use std::rc::Rc;

pub const ROWS: &[Command] = &[
    Command {
        name: "keys",
        usage: "",
        options: &[],
        takes: Takes::Nothing,
        doc: "Draw the keyboard with its glyphs.\n\
              A glyph is typed with the prefix key, ` unless the configuration sets glyph_prefix, and its key; \
              or as a word after a backslash, then Tab.",
        run: keys,
    },
    Command {
        name: "help",
        usage: "[name]",
        options: &[],
        takes: Takes::Name,
        doc: "Show how to find help, and every command; with a name, its documentation.",
        run: help,
    },
];

fn keys(call: &mut Call) -> Result<Value, Fault> {
    let prefix = call.shell.settings.glyph_prefix.unwrap_or('`');
    let text =
        if call.shell.console.look.spoken { keyboard::describe(prefix) } else { keyboard::draw(prefix) };
    call.print(&text);
    Ok(Value::None)
}

fn help(call: &mut Call) -> Result<Value, Fault> {
    if !call.rest.is_empty() {
        let what = call.rest.to_string();
        return show(call.evaluator, &what, 1).map(|()| Value::None);
    }
    let text = overview();
    call.print(&text);
    Ok(Value::None)
}

/// How to find help, and every command.
fn overview() -> String {
    let mut text = String::from(
        "?name      documentation of a name, a glyph or a %command\n\
         ??name     its source\n\
         \\word Tab  writes a glyph: \\iota or `i is ⍳; %keys draws all\n\
         name.Tab   what a value offers\n\
         _, Out[n]  the last value shown, that of prompt n\n\
         Ctrl-C     stops what runs; Ctrl-D leaves\n\n",
    );
    let widest = rows().map(|c| c.name.len()).max().unwrap_or(0);
    let summary =
        |c: &Command| hanging(0, &format!("%{:widest$}  ", c.name), c.doc.lines().next().unwrap_or(""));
    rows().map(summary).for_each(|line| text.push_str(&line));
    text
}

/// Shows the documentation (level 1) or the source (level 2) of a name, glyph or command.
pub fn show(evaluator: &mut Evaluator, what: &str, level: u8) -> Result<(), Fault> {
    let text = match text_of(evaluator, what, level) {
        Some(text) => text,
        None => {
            let mut known: Vec<String> = evaluator.globals.assigned().map(|(n, _)| n.to_string()).collect();
            known.extend(prim::modules::bare_names().iter().map(|n| n.to_string()));
            let near = nearest(what, known.iter().map(String::as_str));
            return Err(Fault::UnknownName { name: what.into(), near });
        }
    };
    evaluator.output.write(&text);
    Ok(())
}

fn text_of(evaluator: &mut Evaluator, what: &str, level: u8) -> Option<String> {
    if what.is_empty() {
        return Some(overview());
    }
    if let Some(name) = what.strip_prefix('%') {
        return find(name.trim_start_matches('%')).map(of_command);
    }
    if let Some(text) = of_glyph(what, level) {
        return Some(text);
    }
    match lookup(evaluator, what) {
        Some(Value::Func(f)) => Some(of_function(what, &f, level)),
        Some(value) => Some(of_value(what, &value)),
        None => prim::table()
            .get(Home::Method, what)
            .or_else(|| prim::table().get(Home::Property, what))
            .or_else(|| prim::table().get(Home::Text, what))
            .map(|p| of_prim(p, level))
            .or_else(|| find(what).map(of_command))
            .or_else(|| of_glyph(glyphs::all().iter().find(|g| g.words.contains(&what))?.text, level)),
    }
}

/// The value of a name, or of names joined by dots.
pub fn lookup(evaluator: &mut Evaluator, path: &str) -> Option<Value> {
    let mut parts = path.split('.');
    let mut value = evaluator.globals.get(parts.next()?)?;
    for part in parts {
        value = match &value {
            Value::Object(o) => o.attr(part)?,
            Value::Func(f) => f.get().attr(part)?,
            _ => Value::Func(Func::Static(prim::table().method(part)?)),
        };
    }
    Some(value)
}

fn of_command(c: &'static Command) -> String {
    let mut text = format!("%{}\n\n{}\n", format!("{} {}", c.name, c.usage).trim_end(), indent(c.doc));
    if !c.options.is_empty() {
        text.push_str("\nOptions\n");
        let widest = c.options.iter().map(|(form, _)| form.chars().count()).max().unwrap_or(0);
        for (form, doc) in c.options {
            text.push_str(&hanging(4, &format!("{form:widest$}  "), doc));
        }
    }
    text
}

fn of_glyph(text: &str, level: u8) -> Option<String> {
    let table = prim::table();
    let both = [(Valence::Monadic, "one argument"), (Valence::Dyadic, "between two")];
    let mut found: Vec<String> = both
        .into_iter()
        .filter_map(|(v, place)| {
            Some(format!("{text} with {place}:\n\n{}", of_prim(table.glyph(text, v)?, level)))
        })
        .collect();
    if let Some(o) = operators::find(text) {
        let title = format!("{text} as an operator:\n\n{}\n{}", o.name, typing(text));
        let in_numpy = if o.numpy.is_empty() { String::new() } else { format!("in NumPy  {}\n", o.numpy) };
        found.push(format!("{title}{in_numpy}\n{}\n\n{}", indent(o.doc), examples(o.examples)));
    }
    if found.is_empty()
        && let Some((doc, example)) = glyphs::notation(text)
    {
        let example =
            if example.is_empty() { String::new() } else { format!("\nExample\n    >>> {example}\n") };
        found.push(format!("{text}\n{}\n{}\n{example}", typing(text), indent(doc)));
    }
    (!found.is_empty()).then(|| found.join("\n"))
}

/// How a glyph is typed.
fn typing(glyph: &str) -> String {
    let word = glyphs::word(glyph).map(|w| format!("\\{w} Tab"));
    let key = keyboard::key(glyph).map(|k| format!("` {k}"));
    let ways: Vec<String> = [word, key].into_iter().flatten().collect();
    if ways.is_empty() { String::new() } else { format!("typed     {}\n", ways.join(", or ")) }
}

/// One line about a value: of a function its documentation, else what it is.
pub fn summary(value: &Value) -> String {
    match value {
        Value::Func(f) => {
            let any = f.get().as_any();
            if let Some(p) = any.downcast_ref::<Prim>() {
                return glyphs::first_sentence(p.doc).to_string();
            }
            let Some(c) = any.downcast_ref::<Rc<Closure>>() else { return value.describe() };
            match c.code.doc.as_deref().and_then(|d| d.lines().find(|l| !l.trim().is_empty())) {
                Some(line) => glyphs::first_sentence(line.trim()).to_string(),
                None => heading(c),
            }
        }
        Value::DType(d) => of_dtype(*d),
        Value::Object(o) if o.type_name() == "module" => "a module".into(),
        _ => value.describe(),
    }
}

/// What a dtype holds.
fn of_dtype(d: DType) -> String {
    let bits = 8 * d.itemsize();
    if d == DType::Bool {
        return "truth values, one byte each".into();
    }
    if d.is_int() {
        let sign = if d.is_unsigned() { "without sign" } else { "with sign" };
        let bits_left = if d.is_unsigned() { bits } else { bits - 1 };
        let (most, least) =
            ((1u128 << bits_left) - 1, if d.is_unsigned() { 0 } else { -(1i128 << bits_left) });
        return format!("{bits}-bit integers {sign}, {least} to {most}");
    }
    match d {
        DType::F32 => "32-bit floats: 7 digits, up to 3.4e38".into(),
        DType::F64 => "64-bit floats: 16 digits, up to 1.8e308".into(),
        DType::C64 => "complex numbers of two 32-bit floats".into(),
        _ => "complex numbers of two 64-bit floats".into(),
    }
}

fn of_function(name: &str, f: &Func, level: u8) -> String {
    match f {
        Func::Static(p) => match p.as_any().downcast_ref::<Prim>() {
            Some(p) => of_prim(p, level),
            None => format!("{name}: a function\n"),
        },
        Func::Shared(f) => match f.as_any().downcast_ref::<Rc<Closure>>() {
            Some(c) => of_closure(c, level),
            None => format!("{name}: the function {}\n", f.name()),
        },
    }
}

fn of_closure(c: &Closure, level: u8) -> String {
    let source = c.code.source.text.get(c.code.span.range()).unwrap_or("");
    let doc = c.code.doc.as_deref().unwrap_or("");
    if level > 1 {
        let doc: String = doc.lines().map(|l| format!("## {l}\n")).collect();
        return format!("{doc}{source}\n");
    }
    let doc = if doc.is_empty() { "It has no documentation; write '##' lines above it." } else { doc };
    format!("{}\n\n{}\n\nfrom {}\n", heading(c), indent(doc), c.code.source.name)
}

/// A function's first line.
fn heading(c: &Closure) -> String {
    let source = c.code.source.text.get(c.code.span.range()).unwrap_or("");
    source.lines().next().unwrap_or(&c.code.name).trim_end_matches([' ', '{']).to_string()
}

fn of_value(name: &str, value: &Value) -> String {
    let mut text = format!("{name}: {}\n", value.describe());
    let printed = show::str_of(value);
    if let Value::DType(d) = value {
        return format!("{name}: dtype of {}\n", of_dtype(*d));
    }
    if !matches!(value, Value::Object(_)) {
        let lines: Vec<&str> = printed.lines().collect();
        text.push_str(&lines[..lines.len().min(10)].join("\n"));
        text.push('\n');
        if lines.len() > 10 {
            text.push_str("…\n");
        }
    }
    text
}

/// A row of the table as documentation.
fn of_prim(p: &Prim, level: u8) -> String {
    let mut text = match p.home {
        Home::Property => format!("x.{}\n", p.name),
        Home::Method => format!("x.{}({})\n", p.name, p.params),
        Home::Text => format!("s.{}({})\n", p.name, p.params.split_once(", ").map_or("", |(_, rest)| rest)),
        _ => format!("{}({})\n", p.full_name(), p.params),
    };
    let glyphs: Vec<String> = p
        .glyphs
        .iter()
        .map(|g| {
            let form = match g.valence {
                Valence::Monadic => format!("{} x", g.text),
                Valence::Dyadic => format!("x {} y", g.text),
            };
            match glyphs::word(g.text) {
                Some(word) => format!("{form}  (\\{word})"),
                None => form,
            }
        })
        .collect();
    let mut fact = |title: &str, value: String| {
        if !value.is_empty() {
            text.push_str(&format!("{title:<10}{value}\n"));
        }
    };
    fact("glyph", glyphs.join(", "));
    fact("also", p.aliases.join(", "));
    fact("in NumPy", p.numpy.to_string());
    if level > 1 {
        fact("laws", laws(p));
        fact("kernels", kernels(p));
    }
    text.push_str(&format!("\n{}\n", indent(p.doc)));
    if !p.examples.is_empty() {
        text.push('\n');
        text.push_str(&examples(p.examples));
    }
    text
}

fn examples(examples: &[Example]) -> String {
    let mut text = String::new();
    if !examples.is_empty() {
        text.push_str("Examples\n");
    }
    for example in examples {
        let code = example.code.replace('\n', "\n    ... ");
        text.push_str(&format!("    >>> {code}\n"));
        example.out.lines().for_each(|l| text.push_str(&format!("    {l}\n")));
    }
    text
}

fn laws(p: &Prim) -> String {
    let laws = [
        (p.laws.associative, "associative"),
        (p.laws.commutative, "commutative"),
        (p.laws.idempotent, "idempotent"),
    ];
    laws.into_iter().filter(|l| l.0).map(|l| l.1).collect::<Vec<_>>().join(", ")
}

fn kernels(p: &Prim) -> String {
    let dtypes = p.elementwise().map(|e| e.loops.iter().map(|l| l.dtype.name()).collect::<Vec<_>>());
    dtypes.map_or("one function of values".into(), |d| d.join(", "))
}

/// A head, so far in, and a text beside it whose lines end where the terminal does.
fn hanging(inward: usize, head: &str, text: &str) -> String {
    let width = inward + head.chars().count();
    let room = (text_width() + 4).saturating_sub(width).max(20);
    let lines = show::wrap(text, room).join(&format!("\n{}", " ".repeat(width)));
    format!("{}{head}{lines}\n", " ".repeat(inward))
}

fn text_width() -> usize {
    terminal_width().unwrap_or(80).clamp(40, 100) - 4
}

/// Text four spaces in, its lines broken between words to fit the terminal; lines that begin with
/// a space or an option are kept as they are.
fn indent(text: &str) -> String {
    let mut out = Vec::new();
    for line in text.lines() {
        match line.starts_with([' ', '-']) {
            true => out.push(line.to_string()),
            false => out
                .extend(show::wrap(line, text_width()).into_iter().chain(line.is_empty().then(String::new))),
        }
    }
    let shown = |l: &String| if l.is_empty() { String::new() } else { format!("    {l}") };
    out.iter().map(shown).collect::<Vec<_>>().join("\n")
}

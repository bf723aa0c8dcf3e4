//! The reference, `docs/reference/*.md`: a page per family of primitives, one of the operators and one of
//! the commands, written from their rows.
//!
//! `ARR_UPDATE=1 cargo test --test reference` writes the pages; otherwise they must be what the rows say.

mod common;

use arr::frontend::commands;
use arr::prim::apl::operators;
use arr::prim::{Example, Home, Identity, Kind, Prim, Valence, table};
use common::{diff, files, read, root, updating};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const BEGUN: &str = "<!-- Written from the rows by `ARR_UPDATE=1 cargo test --test reference`. -->\n\n";

/// A page: its title, its text, and the names on it.
struct Page {
    title: String,
    text: String,
    names: Vec<String>,
}

impl Page {
    fn new(title: &str) -> Page {
        Page { title: title.into(), text: format!("{BEGUN}# {title}\n"), names: Vec::new() }
    }

    fn file(&self) -> String {
        format!("{}.md", self.title.to_lowercase().replace(' ', "-"))
    }

    fn entry(&mut self, name: String, heading: &str, facts: &[String], doc: &str, examples: &[Example]) {
        self.names.push(name);
        let _ = write!(self.text, "\n## `{heading}`\n\n");
        if !facts.is_empty() {
            let _ = write!(self.text, "{}\n\n", facts.join(" · "));
        }
        let _ = writeln!(self.text, "{}", escaped(doc));
        if !examples.is_empty() {
            let _ = write!(self.text, "\n```arr\n");
            for e in examples {
                let out: String =
                    e.out.lines().map(|l| format!("    {l}").trim_end().to_string() + "\n").collect();
                let _ = write!(self.text, "{}\n{out}", e.code);
            }
            self.text.push_str("```\n");
        }
    }
}

/// Prose with what Markdown would take for markup outside of code kept as it is.
fn escaped(doc: &str) -> String {
    let part = |(i, piece): (usize, &str)| {
        if i % 2 == 0 { piece.replace('*', "\\*").replace('<', "\\<") } else { format!("`{piece}`") }
    };
    doc.split('`').enumerate().map(part).collect()
}

fn heading(p: &Prim) -> String {
    match p.home {
        Home::Property => format!("x.{}", p.name),
        Home::Method => {
            let rest = p.params.split_once(", ").map_or("", |(_, rest)| rest);
            format!("x.{}({rest})", p.name)
        }
        Home::Text => {
            let rest = p.params.split_once(", ").map_or("", |(_, rest)| rest);
            format!("s.{}({rest})", p.name)
        }
        _ => format!("{}({})", p.full_name(), p.params),
    }
}

/// What is known of a primitive beside its documentation.
fn facts(p: &Prim) -> Vec<String> {
    let mut facts = Vec::new();
    let glyph = |g: &arr::prim::Glyph| match g.valence {
        Valence::Monadic => format!("`{} x`", g.text),
        Valence::Dyadic => format!("`x {} y`", g.text),
    };
    let mut fact = |title: &str, items: Vec<String>| {
        if !items.is_empty() {
            facts.push(format!("{title} {}", items.join(", ")));
        }
    };
    fact("glyph", p.glyphs.iter().map(glyph).collect());
    fact("also", p.aliases.iter().map(|a| format!("`{a}`")).collect());
    fact("method", p.method.then(|| format!("`x.{}`", p.name)).into_iter().collect());
    fact("NumPy", (!p.numpy.is_empty()).then(|| format!("`{}`", p.numpy)).into_iter().collect());
    if let Kind::Elementwise(e) = &p.kind {
        let dtypes = e.loops.iter().map(|l| match l.dtype == l.out {
            true => l.dtype.name().to_string(),
            false => format!("{} to {}", l.dtype.name(), l.out.name()),
        });
        fact("element by element:", dtypes.collect());
    }
    let laws = [
        (p.laws.associative, "associative"),
        (p.laws.commutative, "commutative"),
        (p.laws.idempotent, "idempotent"),
    ];
    fact("laws:", laws.into_iter().filter(|l| l.0).map(|l| l.1.to_string()).collect());
    let identity = match p.identity {
        Identity::None => None,
        Identity::Int(n) => Some(n.to_string()),
        Identity::Apl(n) => Some(format!("{n} (of `f/`)")),
        Identity::Least => Some("the dtype's least value".into()),
        Identity::Greatest => Some("the dtype's greatest value".into()),
    };
    fact("identity", identity.into_iter().collect());
    facts
}

fn pages() -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    for (family, prim) in table().rows() {
        let at = pages.iter().position(|p| p.title == *family).unwrap_or_else(|| {
            pages.push(Page::new(family));
            pages.len() - 1
        });
        pages[at].entry(prim.name.into(), &heading(prim), &facts(prim), prim.doc, prim.examples);
    }
    pages.push(of_operators());
    pages.push(of_commands());
    pages
}

fn of_operators() -> Page {
    let mut page = Page::new("operators");
    for o in operators::ROWS.iter().copied().flatten() {
        let facts = (!o.numpy.is_empty()).then(|| format!("NumPy `{}`", o.numpy));
        let heading = format!("{} {}", o.glyph, o.name);
        page.entry(o.glyph.into(), &heading, facts.as_slice(), o.doc, o.examples);
    }
    page
}

fn of_commands() -> Page {
    let mut page = Page::new("commands");
    for c in commands::rows() {
        let heading = format!("%{} {}", c.name, c.usage);
        let mut doc = escaped(&c.doc.replace('\n', "\n\n"));
        for (i, (form, what)) in c.options.iter().enumerate() {
            let gap = if i == 0 { "\n\n" } else { "\n" };
            let _ = write!(doc, "{gap}- `{form}`: {}", escaped(what));
        }
        page.names.push(format!("%{}", c.name));
        let _ = write!(page.text, "\n## `{}`\n\n{doc}\n", heading.trim_end());
    }
    page
}

/// The page that lists the others.
fn index(pages: &[Page]) -> String {
    let mut text = format!(
        "{BEGUN}# Reference\n\nEvery function, operator and command, as `?name` at the prompt shows it; the \
         tests run the examples.\n\n| page | names |\n| --- | --- |\n"
    );
    for page in pages {
        let names: Vec<String> = page.names.iter().map(|n| format!("`{}`", n.replace('|', "\\|"))).collect();
        let _ = writeln!(text, "| [{}]({}) | {} |", page.title, page.file(), names.join(" "));
    }
    text
}

#[test]
fn the_reference_says_what_the_rows_say() {
    let pages = pages();
    let mut wanted: BTreeMap<String, String> = pages.iter().map(|p| (p.file(), p.text.clone())).collect();
    wanted.insert("README.md".into(), index(&pages));
    let folder = root().join("docs/reference");
    if updating() {
        std::fs::create_dir_all(&folder).unwrap();
        for file in files("docs/reference", ".md") {
            std::fs::remove_file(file).unwrap();
        }
        for (file, text) in &wanted {
            std::fs::write(folder.join(file), text).unwrap();
        }
    }
    let there = files("docs/reference", ".md");
    assert_eq!(there.len(), wanted.len(), "ARR_UPDATE=1 cargo test --test reference writes the pages");
    for file in there {
        let name = file.file_name().unwrap().to_string_lossy().to_string();
        let (old, new) = (read(&file), wanted.get(&name).map_or("", String::as_str));
        assert!(
            old == new,
            "{name} (ARR_UPDATE=1 cargo test --test reference writes it):\n{}",
            diff(&old, new)
        );
    }
}

//! The table of primitives, row by row: documentation, signature, examples that print what they
//! say, and no two rows for one name or glyph.

mod common;

use arr::prim::bind::Signature;
use arr::prim::{Home, table};
use common::{Probe, diff, on_big_stack};
use std::collections::HashMap;

#[test]
fn examples_print_what_they_say() {
    on_big_stack(|| {
        let (mut count, mut wrong) = (0, Vec::new());
        for (family, prim) in table().rows() {
            for example in prim.examples {
                count += 1;
                let mut probe = Probe::with_warnings();
                let ran = probe.run(example.code);
                let mut got = ran.text;
                if let Err(errors) = ran.result {
                    got.push_str(&errors.join("\n"));
                }
                let (got, want) = (got.trim_end(), example.out.trim_end());
                if got != want {
                    let name = prim.full_name();
                    wrong.push(format!("{family}: {name}\n  {}\n{}", example.code, diff(want, got)));
                }
            }
        }
        println!("{count} examples");
        assert!(wrong.is_empty(), "{} of {count} examples differ\n{}", wrong.len(), wrong.join("\n"));
    });
}

#[test]
fn every_row_is_documented_and_shown() {
    let mut wrong = Vec::new();
    for (family, prim) in table().rows() {
        let name = prim.full_name();
        if prim.summary().is_empty() {
            wrong.push(format!("{family}: {name} has no documentation"));
        }
        if prim.summary().chars().count() > 140 {
            wrong.push(format!("{family}: the first line of {name}'s documentation is long"));
        }
        if prim.examples.is_empty() {
            wrong.push(format!("{family}: {name} has no example"));
        }
        if prim.name.is_empty() || prim.name.contains(' ') {
            wrong.push(format!("{family}: '{}' is no name", prim.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn signatures_parse() {
    let mut wrong = Vec::new();
    for (family, prim) in table().rows() {
        let signature = Signature::parse(prim.params);
        let names: Vec<_> = signature.params.iter().map(|p| p.name).collect();
        let ident = |n: &&str| !n.is_empty() && n.chars().all(|c| c.is_alphanumeric() || c == '_');
        let unique = names.iter().collect::<std::collections::HashSet<_>>().len() == names.len();
        let balanced = prim.params.matches('(').count() == prim.params.matches(')').count();
        if !names.iter().all(ident) || !unique || !balanced || names.len() > 64 {
            wrong.push(format!("{family}: {}({})", prim.full_name(), prim.params));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_and_glyphs_belong_to_one_row() {
    let mut names: HashMap<(Home, &str), &str> = HashMap::new();
    let mut glyphs = HashMap::new();
    let mut wrong = Vec::new();
    for (_, prim) in table().rows() {
        for name in std::iter::once(&prim.name).chain(prim.aliases) {
            if let Some(other) = names.insert((prim.home, name), prim.name) {
                wrong.push(format!("{name} is {other} and {}", prim.full_name()));
            }
        }
        for glyph in prim.glyphs {
            if let Some(other) = glyphs.insert((glyph.text, glyph.valence), prim.name) {
                wrong.push(format!("{} {:?} is {other} and {}", glyph.text, glyph.valence, prim.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

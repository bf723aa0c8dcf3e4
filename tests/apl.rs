//! `docs/apl.md`: its tables are made of the rows, and say what arr answers. Every glyph has a word
//! that is a function.
//!
//! `ARR_UPDATE=1 cargo test --test apl` rewrites the tables.

mod common;

use arr::prim::{Home, Prim, Valence, operators, table};
use common::{Probe, diff, on_big_stack, read, root, updating};

/// The glyphs in the order of the page: arithmetic, comparison, logic, then structure.
const ORDER: &str = "+-×÷⌈⌊⍟○!|∧∨⍲⍱=≠<≤≥>~⍴⍳⍸∊⍷⌽⊖⍉⍪↑↓⊃⌷⌿⍀∪∩⍋⍒≡≢⊥⊤⌹⊣⊢";

fn cell(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

/// What stands for a row in NumPy.
fn numpy(prim: &Prim) -> String {
    match prim.numpy {
        "" if prim.home == Home::Core => String::new(),
        "" => cell(&format!("np.{}", prim.name)),
        text => cell(text),
    }
}

/// An example with the glyph in it, on one line.
fn example(prim: &Prim, glyph: &str) -> String {
    let fits = |e: &&arr::prim::Example| !e.out.contains('\n') && !e.code.contains('\n');
    let mut all = prim.examples.iter().filter(fits);
    let with = all.clone().find(|e| e.code.contains(glyph)).or(all.next());
    with.map_or(String::new(), |e| format!("{} gives {}", cell(e.code), cell(e.out)))
}

fn functions() -> String {
    let mut out = String::from("| use | word | NumPy | example |\n| --- | --- | --- | --- |\n");
    for glyph in ORDER.chars().map(String::from) {
        for (valence, form) in [(Valence::Monadic, "y"), (Valence::Dyadic, "x")] {
            let text = if glyph == "=" { "==" } else { &glyph };
            let Some(prim) = table().glyph(text, valence) else { continue };
            let used = if form == "y" { format!("{text} y") } else { format!("x {text} y") };
            let cells = [cell(&used), cell(prim.name), numpy(prim), example(prim, text)];
            out.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
    }
    out
}

fn operator_rows() -> String {
    let mut out = String::from("| operator | name | NumPy | example |\n| --- | --- | --- | --- |\n");
    for op in operators::ROWS.iter().copied().flatten() {
        let one = op.examples.iter().find(|e| !e.out.contains('\n') && !e.code.contains('\n'));
        let shown = one.map_or(String::new(), |e| format!("{} gives {}", cell(e.code), cell(e.out)));
        let cells = [cell(op.glyph), cell(op.name), cell(op.numpy), shown];
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}

/// The page with what stands between two marks replaced.
fn with_table(page: &str, name: &str, table: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let start = page.find(&open).expect("the page has the mark") + open.len();
    let end = page.find(&close).expect("the page has the mark");
    format!("{}{table}{}", &page[..start], &page[end..])
}

#[test]
fn the_page_lists_every_glyph_and_operator() {
    let path = root().join("docs/apl.md");
    let page = read(&path);
    let made = with_table(&with_table(&page, "functions", &functions()), "operators", &operator_rows());
    if updating() {
        std::fs::write(&path, &made).unwrap();
    }
    assert!(page == made || updating(), "{}", diff(&page, &made));
    for (_, prim) in table().rows() {
        for glyph in prim.glyphs.iter().filter(|g| !g.text.is_ascii()) {
            assert!(ORDER.contains(glyph.text), "{} is not in the page's order", glyph.text);
        }
    }
}

#[test]
fn examples_of_operators_print_what_they_say() {
    on_big_stack(|| {
        let mut wrong = Vec::new();
        for op in operators::ROWS.iter().copied().flatten() {
            for example in op.examples {
                let ran = Probe::with_warnings().run(example.code);
                if ran.result.is_err() || ran.text.trim_end() != example.out {
                    wrong.push(format!("{}: {}\n{}", op.glyph, example.code, diff(example.out, &ran.text)));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

#[test]
fn every_glyph_has_a_word_that_is_a_function() {
    for (_, prim) in table().rows() {
        for glyph in prim.glyphs {
            let found = table().bare(prim.name);
            assert!(found.is_some_and(|p| std::ptr::eq(p, *prim)), "{}: {}", glyph.text, prim.name);
        }
    }
    for word in ["iota", "rho", "tally", "grade_up", "grade_down", "reverse", "reverse_first", "rotate"] {
        assert!(table().bare(word).is_some(), "{word}");
    }
}

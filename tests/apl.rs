//! `docs/apl.md`: its tables are made of the rows, and say what arr answers. Every glyph has a word
//! that is a function.
//!
//! `ARR_UPDATE=1 cargo test --test apl` rewrites the tables.

mod common;

use arr::prim::apl::operators;
use arr::prim::{Home, Prim, Valence, convert, table};
use arr::value::Value;
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
        text => cell(&text.replace("x1", "x").replace("x2", "y")),
    }
}

/// A glyph between its arguments, by the names that the row gives them: `shape ⍴ x`.
fn used(prim: &Prim, glyph: &str, valence: Valence) -> String {
    let mut names = prim.params.split(',').map(str::trim);
    match (valence, names.next().unwrap_or("x"), names.next().unwrap_or("y")) {
        (Valence::Monadic, x, _) => format!("{glyph} {x}"),
        (Valence::Dyadic, "x1", "x2") | (Valence::Dyadic, "element", _) => format!("x {glyph} y"),
        (Valence::Dyadic, x, y) => format!("{x} {glyph} {y}"),
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
        for valence in [Valence::Monadic, Valence::Dyadic] {
            let text = if glyph == "=" { "==" } else { &glyph };
            let Some(prim) = table().glyph(text, valence) else { continue };
            let cells = [cell(&used(prim, text, valence)), cell(prim.name), numpy(prim), example(prim, text)];
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

/// The lines of `numpy/apl_equivalents.txt`, four by four, written by `numpy/gen_equivalents.py`.
fn equivalents() -> Vec<[String; 4]> {
    let text = read(&root().join("tests/numpy/apl_equivalents.txt"));
    let lines: Vec<String> = text.lines().map(str::to_string).collect();
    lines.chunks_exact(4).map(|four| std::array::from_fn(|i| four[i].clone())).collect()
}

/// What the page gives as NumPy's spelling ran in NumPy, and arr gives the same numbers.
#[test]
fn numpy_equivalents_give_what_the_glyphs_give() {
    on_big_stack(|| {
        let records = equivalents();
        let page = read(&root().join("docs/apl.md"));
        let mut wrong = Vec::new();
        for line in page.lines().filter(|l| l.starts_with("| `")) {
            let cells: Vec<String> =
                line.split(" | ").map(|c| c.replace("\\|", "|").replace('`', "")).collect();
            let [used, _, numpy, ..] = &cells[..] else { continue };
            let used = used.trim_start_matches("| ");
            if cells.len() == 4 && !records.iter().any(|r| r[0][2..] == *used && r[1] == *numpy) {
                wrong.push(format!("{used}: {numpy} was not run; run tests/numpy/gen_equivalents.py"));
            }
        }
        for [used, numpy, line, expected] in &records {
            let ran = Probe::new().run(line);
            let given = ran.result.map(|v| numbers(&v)).unwrap_or_else(|e| e.join("; "));
            if !alike(expected, &given) {
                wrong.push(format!("{used}, {numpy}: {line}\n  NumPy {expected}\n  arr   {given}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

/// The shape and the elements of an array, as the file writes them.
fn numbers(v: &Value) -> String {
    let Ok(a) = convert::to_array(v) else { return v.type_name().to_string() };
    let shape: Vec<String> = a.shape().iter().map(usize::to_string).collect();
    let shape = if shape.is_empty() { ".".into() } else { shape.join("x") };
    let items = convert::scalars(&a).unwrap_or_default().into_iter();
    items.fold(shape, |text, s| format!("{text} {}", s.as_f64().unwrap_or(f64::NAN)))
}

/// Whether two lines hold the same numbers, but for the last digits.
fn alike(a: &str, b: &str) -> bool {
    let (a, b): (Vec<&str>, Vec<&str>) = (a.split(' ').collect(), b.split(' ').collect());
    let near = |x: &str, y: &str| match (x.parse::<f64>(), y.parse::<f64>()) {
        (Ok(x), Ok(y)) => (x - y).abs() <= 1e-12 * x.abs().max(1.0),
        _ => x == y,
    };
    a.len() == b.len() && a.iter().zip(&b).all(|(x, y)| near(x, y))
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

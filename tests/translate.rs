//! arr in Python: every example translates, and the translations of some stand in `tests/numpy/python`
//! to be read. `tests/numpy/translations.py` runs them all in Python and compares what they print.
//!
//! `ARR_UPDATE=1 cargo test --test translate` rewrites the stored texts; run the script after it.

mod common;

use common::{diff, files, read, root, updating};
use std::path::Path;

/// Examples whose translations are kept.
const KEPT: &[&str] = &["tour", "life", "lstsq", "std3", "mandelbrot", "permutations", "logic"];

fn translated(path: &Path) -> Result<String, String> {
    let folder = path.parent().unwrap().to_path_buf();
    let module = |name: &str| std::fs::read_to_string(folder.join(format!("{name}.arr"))).ok();
    arr::python::translate("example", &read(path), &module).map_err(|e| e.to_string())
}

#[test]
fn every_example_has_a_translation() {
    let mut wrong = Vec::new();
    for path in files("examples", ".arr").into_iter().chain(files("examples/idioms", ".arr")) {
        let stem = path.file_stem().unwrap().to_str().unwrap().to_string();
        let text = match translated(&path) {
            Ok(text) => text,
            Err(e) => {
                wrong.push(format!("{stem}: {e}"));
                continue;
            }
        };
        assert!(text.starts_with("import numpy as np\n"), "{stem}");
        if !KEPT.contains(&stem.as_str()) {
            continue;
        }
        let stored = root().join(format!("tests/numpy/python/{stem}.py"));
        if updating() {
            std::fs::write(&stored, &text).unwrap();
        } else if std::fs::read_to_string(&stored).unwrap_or_default() != text {
            wrong.push(format!("{stem}:\n{}", diff(&read(&stored), &text)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_glyph_has_a_function_in_python() {
    let lexicon = arr::prim::table().rows().iter().flat_map(|(_, p)| p.glyphs.iter().map(move |g| (g, p)));
    for (glyph, row) in lexicon {
        let code = match glyph.valence {
            arr::prim::Valence::Monadic => format!("x = 3\n{} x", glyph.text),
            arr::prim::Valence::Dyadic if matches!(glyph.text, "⌿" | "⍀") => {
                format!("x = 3\n(x > 1) {} x", glyph.text)
            }
            arr::prim::Valence::Dyadic => format!("x = 3\nx {} x", glyph.text),
        };
        let text = arr::python::translate("glyph", &code, &|_| None);
        assert!(text.is_ok(), "{} {}", glyph.text, row.name);
    }
}

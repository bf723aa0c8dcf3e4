//! The grammar against a table of lines and their meanings, and against input that is wrong,
//! unfinished, random or very deep.

use arr::syntax::{Lexicon, Paint, Parsed, parse, print, tokens};
use proptest::prelude::*;
use std::time::{Duration, Instant};

#[path = "syntax/table.rs"]
mod table;

fn read(text: &str) -> Parsed {
    parse(text, &Lexicon::standard_for_tests())
}

/// The statements with every bracket written, or the codes of the errors.
fn meaning(text: &str) -> String {
    let parsed = read(text);
    match parsed.errors.is_empty() {
        true => parsed.statements.iter().map(print::statement).collect::<Vec<_>>().join(" ⋄ "),
        false => parsed.errors.iter().map(|e| format!("!{}", e.code())).collect::<Vec<_>>().join(" "),
    }
}

#[test]
fn lines_mean_what_the_table_says() {
    let wrong: Vec<String> = table::MEANINGS
        .iter()
        .filter(|(source, expected)| meaning(source) != *expected)
        .map(|(source, expected)| format!("{source}\n  expected {expected}\n  found    {}", meaning(source)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn printed_meanings_mean_themselves() {
    for (source, expected) in table::MEANINGS {
        // A command's text, and what stands at the end of a line, cannot be joined by `⋄`.
        if !expected.contains(['%', '?']) {
            assert_eq!(meaning(expected), *expected, "from {source}");
        }
    }
}

#[test]
fn wrong_lines_give_their_error() {
    let mut seen = std::collections::BTreeSet::new();
    for (source, code, place, help) in table::ERRORS {
        let parsed = read(source);
        let error = parsed.errors.first().unwrap_or_else(|| panic!("no error in {source:?}"));
        assert_eq!(error.code(), format!("syntax::{code}"), "{source:?}: {error:?}");
        assert_eq!(&source[error.span().range()], *place, "place of {error:?} in {source:?}");
        let told = error.help().unwrap_or_default();
        assert!(told.contains(help), "{source:?}: help is {told:?}");
        assert!(!error.to_string().is_empty());
        for (span, _) in error.labels() {
            assert!(source.get(span.range()).is_some(), "{source:?}: a label outside the text");
        }
        seen.insert(error.code());
    }
    assert_eq!(seen.len(), 30, "every variant has a line: {seen:?}");
}

#[test]
fn unfinished_lines_wait_for_more() {
    for source in table::INCOMPLETE {
        assert!(read(source).incomplete, "{source:?} is unfinished: {:?}", read(source).errors);
    }
    for source in table::COMPLETE {
        let parsed = read(source);
        assert!(!parsed.incomplete && parsed.errors.is_empty(), "{source:?} is whole: {:?}", parsed.errors);
    }
    for source in table::WRONG {
        let parsed = read(source);
        assert!(!parsed.incomplete && !parsed.errors.is_empty(), "{source:?} is wrong, whatever follows");
    }
}

#[test]
fn several_bad_statements_are_reported_at_once() {
    let parsed = read("a = 1\nb = 2 +\n\n* 3 /\nc = 4\nd = f x\ne = (1, 2\nf = 5\ng = 6\nh = 2x");
    let codes: Vec<_> = parsed.errors.iter().map(|e| e.code()).collect();
    let good: Vec<_> = parsed.statements.iter().map(print::statement).collect();
    assert!(codes.contains(&"syntax::applied_name"), "{codes:?}");
    assert!(codes.contains(&"syntax::unclosed_bracket"), "{codes:?}");
    assert!(codes.contains(&"syntax::bad_number"), "{codes:?}");
    assert!(good.contains(&"a = 1".into()) && good.contains(&"g = 6".into()), "{good:?}");
}

#[test]
fn bad_statements_of_a_block_are_all_reported() {
    let parsed = read("fn f(x) {\n a = / 2\n b = g x\n c = 1\n if x { y = 3 z }\n d = 0x\n}\nok = 1");
    assert_eq!(parsed.errors.len(), 4, "{:#?}", parsed.errors);
    assert_eq!(parsed.statements.len(), 1);
}

#[test]
fn a_python_block_is_one_error() {
    let parsed =
        read("def f(x):\n    y = x + 1\n    return y\nx = 1\nfor i in x:\n    print(i)\nelse:\n    z\ny = 2");
    let codes: Vec<_> = parsed.errors.iter().map(|e| e.code()).collect();
    assert_eq!(codes, ["syntax::python_spelling", "syntax::python_block"]);
    assert_eq!(parsed.statements.len(), 2);
}

#[test]
fn documentation_goes_to_its_definition() {
    let parsed = read("# no\n## Twice `x`.\n##\n##  Two.\nfn f(x) = 2 × x\n\n## not this\n\nfn g(x) = x");
    let docs: Vec<_> = parsed.statements.iter().map(|s| format!("{:?}", s.kind)).collect();
    assert!(docs[0].contains(r#"doc: Some("Twice `x`.\n\n Two.")"#), "{}", docs[0]);
    assert!(docs[1].contains("doc: None"), "{}", docs[1]);
}

#[test]
fn semicolons_silence() {
    let silent: Vec<bool> = read("1; 2\n3;\n4 ⋄ 5").statements.iter().map(|s| s.silent).collect();
    assert_eq!(silent, [true, false, true, false, false]);
}

#[test]
fn brackets_belong_to_the_span_of_what_they_hold() {
    let text = "(a + b) × c";
    let parsed = read(text);
    let printed = format!("{:?}", parsed.statements[0].kind);
    assert!(printed.contains("span: Span { start: 0, end: 7 }"), "{printed}");
}

#[test]
fn every_piece_of_a_line_has_a_paint() {
    let text = "x = +/ ⍳ 2pi # sum\n%time x";
    let painted: Vec<(Paint, &str)> = tokens(text, &Lexicon::standard_for_tests())
        .into_iter()
        .map(|(paint, span)| (paint, &text[span.range()]))
        .collect();
    let expected = [
        (Paint::Name, "x"),
        (Paint::Punctuation, "="),
        (Paint::Primitive, "+"),
        (Paint::Operator, "/"),
        (Paint::Primitive, "⍳"),
        (Paint::Bad, "2pi"),
        (Paint::Comment, "# sum"),
        (Paint::Command, "%time x"),
    ];
    assert_eq!(painted, expected);
}

#[test]
fn deep_nesting_is_an_error() {
    let count = 100_000;
    let deep = [
        ["(", "1", ")"],
        ["[", "1", "]"],
        ["{", "1", "}"],
        ["f(", "1", ")"],
        ["x[", "1", "]"],
        ["-", "1", ""],
        ["⍳", "1", ""],
        ["not ", "x", ""],
        ["2 ** ", "1", ""],
        ["1 + ", "1", ""],
        ["x => ", "1", ""],
        ["a if b else ", "1", ""],
        ["+/", "x", ""],
        ["", "x", ".y"],
        ["", "x", "(1)"],
        ["", "+", "/"],
        ["", "f", "¨"],
        ["", "f", "∘g"],
        ["a |> ", "f", ""],
        ["if x { ", "1", " }"],
        ["(a + ", "1", " + b)"],
    ];
    for [before, middle, after] in deep {
        let text = before.repeat(count) + middle + &after.repeat(count);
        let start = Instant::now();
        let parsed = read(&text);
        let codes: Vec<_> = parsed.errors.iter().map(|e| e.code()).collect();
        assert!(codes.contains(&"syntax::too_deep"), "{before}{middle}{after}: {codes:?}");
        assert!(start.elapsed() < Duration::from_secs(5), "{before}{middle}{after}");
        // Half of it, unclosed.
        let _ = read(&before.repeat(count));
        let _ = tokens(&text, &Lexicon::standard_for_tests());
    }
    for quote in ["f\"{", "f'{f\"{"] {
        let _ = read(&quote.repeat(20_000));
    }
}

#[test]
fn long_but_flat_programs_are_fine() {
    let count = 20_000;
    let flat = [
        "x = 1 + 2\n".repeat(count),
        format!("f({})", "1, ".repeat(count)),
        format!("[{}]", "[1, 2], ".repeat(count)),
        "1 ".repeat(count),
        format!("fn f(x) {{\n{}}}", "y = (x + 1) × 2\n".repeat(count)),
        format!("if a {{ 1 }}{}", " else if b { 2 }".repeat(count)),
        format!("a < b{}", " or (a < b)".repeat(200)),
    ];
    for text in flat {
        let start = Instant::now();
        let parsed = read(&text);
        assert!(parsed.errors.is_empty(), "{:?} in {}", parsed.errors.first(), &text[..30]);
        assert!(start.elapsed() < Duration::from_secs(10), "{}", &text[..30]);
    }
}

/// Pieces that make tokens of every kind.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(table::PIECES.to_vec())
}

/// Expressions of every level, well formed and without more brackets than they were given.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "x",
        "f",
        "1",
        "2 3",
        "¯4.5",
        "\"s\"",
        "None",
        "a.b",
        "x[1:]",
        "f(x, k=1)",
    ]);
    let function = prop::sample::select(vec![
        "⌽",
        "×",
        "+/",
        "⌈\\",
        "f¨",
        "⌽∘f",
        "+.×",
        "∘.-",
        "{⍵ + 1}",
        "(+/ ÷ ≢)",
        "+⍨",
        "x⌿",
        "f⍤1",
        "-/[0]",
        "≢⌸",
    ]);
    let infix = prop::sample::select(vec![
        "+",
        "-",
        "×",
        "/",
        "**",
        "==",
        "<",
        "&",
        "|",
        "∧",
        "or",
        "and",
        "⍴",
        "in",
        "|>",
        "+/",
        "⌈",
        "{⍺ + ⍵}",
        "!",
    ]);
    let prefix = prop::sample::select(vec!["-", "~", "not ", "- -"]);
    leaf.prop_map(str::to_string).prop_recursive(5, 30, 3, move |inner| {
        prop_oneof![
            (inner.clone(), infix.clone(), inner.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            (prefix.clone(), inner.clone()).prop_map(|(op, a)| format!("{op}{a}")),
            (function.clone(), inner.clone()).prop_map(|(f, a)| format!("{f} {a}")),
            inner.clone().prop_map(|a| format!("({a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}, {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, *{b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("g({a}, k={b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})[{b}, ::2]")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("{a} if {b} else {c}")),
            inner.clone().prop_map(|a| format!("y => {a}")),
            inner.clone().prop_map(|a| format!("if x {{ {a}; 2 }} else {{ {a} }}")),
            inner.clone().prop_map(|a| format!("[{a} for x in y if z]")),
            inner.clone().prop_map(|a| format!("{{x : {a} ⋄ {a}}}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn any_text_is_read(text in "\\PC{0,60}") {
        let parsed = read(&text);
        prop_assert!(parsed.errors.iter().all(|e| e.labels().iter().all(|(span, _)| span.end as usize <= text.len())));
        tokens(&text, &Lexicon::standard_for_tests());
    }

    #[test]
    fn brackets_change_nothing(text in expression()) {
        let parsed = read(&text);
        if parsed.errors.is_empty() {
            let printed = meaning(&text);
            prop_assert_eq!(meaning(&printed), printed.clone(), "from {}", text);
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        read(&text);
        tokens(&text, &Lexicon::standard_for_tests());
    }

    #[test]
    fn any_tokens_are_read(pieces in prop::collection::vec(piece(), 0..24), spaced in any::<bool>()) {
        let text = pieces.join(if spaced { " " } else { "" });
        let parsed = read(&text);
        for error in &parsed.errors {
            error.help();
            for (span, _) in error.labels() {
                prop_assert!(text.get(span.range()).is_some(), "a label outside the text: {error:?}");
            }
        }
        if parsed.errors.is_empty() && !text.contains(['%', '?', '"', '\'']) {
            let printed: Vec<String> = parsed.statements.iter().map(print::statement).collect();
            let printed = printed.join(" ⋄ ");
            prop_assert_eq!(meaning(&printed), printed.clone(), "from {}", text);
        }
    }
}

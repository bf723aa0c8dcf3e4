//! APL's glyphs and operators against their definitions over NumPy arrays: `numpy/apl.txt`, written by
//! `numpy/gen_apl.py`, which describes the format. Every line runs as a user would type it, over ranks 0
//! to 4 and all dtypes; dtype, shape and elements are compared.
//!
//! `ARR_APL=text` runs only the groups whose title contains the text, and shows every failure.

mod common;

use arr::array::{Array, Order};
use arr::dtype::{DType, Scalar};
use arr::session::Outcome;
use arr::value::Value;
use arr::{exec, prim};
use common::{Probe, on_big_stack, read, root, short_errors};

/// How many units in the last place floats may differ where a line says that they may.
const NEAR: f64 = 8.0;

struct Case<'a> {
    group: &'a str,
    line: &'a str,
    expected: &'a str,
}

fn dtype(name: &str) -> DType {
    DType::ALL.into_iter().find(|d| d.to_string() == name).unwrap_or_else(|| panic!("{name}"))
}

/// The line that makes an operand.
fn definition(name: &str, text: &str) -> String {
    let mut words = text.split(' ');
    let (kind, shape) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let element = |w: &str| match w.split_once(':') {
        Some((re, im)) => format!("complex({re}, {im})"),
        None => w.to_string(),
    };
    let items: Vec<String> = words.map(element).collect();
    let shape = shape.replace('x', ", ").replace('.', "");
    format!("{name} = np.array([{}], dtype={kind}).reshape(({shape},))", items.join(", "))
        .replace("((,))", "(())")
}

fn written(v: &Value) -> String {
    let Ok(a) = prim::convert::to_array(v) else { return format!("{} that is no array", v.type_name()) };
    let shape: Vec<String> = a.shape().iter().map(usize::to_string).collect();
    let shape = if shape.is_empty() { ".".into() } else { shape.join("x") };
    let mut words = vec![a.dtype().to_string(), shape];
    words.extend(scalars(&a).iter().map(element));
    words.join(" ")
}

fn scalars(a: &Array) -> Vec<Scalar> {
    let a = exec::copy(a, Order::C).unwrap();
    (0..a.size()).map(|i| a.scalar_at(i)).collect()
}

fn element(s: &Scalar) -> String {
    match s {
        Scalar::Bool(b) => u8::from(*b).to_string(),
        Scalar::F32(x) => x.to_string(),
        Scalar::F64(x) => x.to_string(),
        Scalar::C64(z) => format!("{}:{}", z.re, z.im),
        Scalar::C128(z) => format!("{}:{}", z.re, z.im),
        s => s.as_i128().map_or(String::new(), |i| i.to_string()),
    }
}

/// Whether two elements, as they are written, agree: equal, or within the last places.
fn same(expected: &str, got: &str, near: bool, kind: DType) -> bool {
    if let (Some((a, b)), Some((c, d))) = (expected.split_once(':'), got.split_once(':')) {
        // The parts of a complex number share its magnitude.
        let size = |x: &str, y: &str| x.parse::<f64>().unwrap_or(0.0).hypot(y.parse().unwrap_or(0.0));
        return close(a, c, near, kind, size(a, b)) && close(b, d, near, kind, size(a, b));
    }
    close(expected, got, near, kind, 0.0)
}

fn close(expected: &str, got: &str, near: bool, kind: DType, size: f64) -> bool {
    let (Ok(a), Ok(b)) = (expected.parse::<f64>(), got.parse::<f64>()) else { return expected == got };
    if !kind.is_float() && !kind.is_complex() && !near {
        return expected == got;
    }
    let single = matches!(kind, DType::F32 | DType::C64);
    let epsilon = if single { f64::from(f32::EPSILON) } else { f64::EPSILON };
    let room = if near { NEAR * epsilon * a.abs().max(size).max(0.1) } else { 0.0 };
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= room
}

fn agree(expected: &str, got: &str) -> bool {
    let (near, expected) = match expected.strip_prefix('~') {
        Some(rest) => (true, rest),
        None => (false, expected),
    };
    let (a, b): (Vec<&str>, Vec<&str>) = (expected.split(' ').collect(), got.split(' ').collect());
    if a.len() != b.len() || a.len() < 2 || a[..2] != b[..2] {
        return false;
    }
    let kind = dtype(a[0]);
    a[2..].iter().zip(&b[2..]).all(|(x, y)| same(x, y, near, kind))
}

/// What a line gives: as the file writes it, or why it does not.
fn run(probe: &mut Probe, line: &str) -> Result<String, String> {
    match probe.session.run("<test>", line) {
        Outcome::Done(value) => Ok(written(&value)),
        Outcome::Failed(failure) => Err(short_errors(&failure).join("; ")),
    }
}

#[test]
fn glyphs_and_operators_give_what_their_definitions_say() {
    on_big_stack(|| {
        let only = std::env::var("ARR_APL").ok();
        let text = read(&root().join("tests/numpy/apl.txt"));
        let mut probe = Probe::new();
        let (mut group, mut ran) = ("", 0);
        let mut failures = Vec::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("V ") {
                let (name, value) = rest.split_once(' ').unwrap();
                let made = definition(name, value);
                let got = run(&mut probe, &format!("{made}; {name}"));
                assert!(got.as_ref().is_ok_and(|got| agree(value, got)), "{made} gives {got:?}");
            } else if let Some(rest) = line.strip_prefix("# ") {
                group = rest;
            } else if only.as_ref().is_none_or(|o| group.contains(o.as_str())) {
                let (line, expected) = line.split_once('\t').unwrap();
                ran += 1;
                let got = run(&mut probe, line);
                let fits = match &got {
                    Ok(text) => agree(expected, text),
                    Err(error) => expected == "!" && !error.contains("internal") && !error.contains("syntax"),
                };
                if !fits {
                    failures.push((Case { group, line, expected }, got));
                }
            }
        }
        let mut last = "";
        let mut shown = 0;
        for (case, got) in &failures {
            if case.group != last {
                (last, shown) = (case.group, 0);
                println!("\n== {last}: {} fail", failures.iter().filter(|f| f.0.group == last).count());
            }
            shown += 1;
            if shown <= 12 || only.is_some() {
                let got = got.as_ref().unwrap_or_else(|e| e);
                println!("{}\n    expected {}\n    given    {got}", case.line, case.expected);
            }
        }
        println!("{ran} lines, {} fail", failures.len());
        assert!(failures.is_empty(), "{} of {ran} lines fail", failures.len());
    });
}

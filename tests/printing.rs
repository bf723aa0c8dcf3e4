//! Printed text against NumPy's. The cases are written by `tests/numpy/gen_print.py`, which also
//! says what their lines mean. `ARR_PRINT_ARRAYS` names a larger file to check instead.

use arr::array::Array;
use arr::dtype::Scalar;
use arr::dtype::{DType, Element, c64, c128};
use arr::show;
use arr::value::Value;
use std::fmt::Write;

/// One array, and what NumPy prints of it.
struct ArrayCase {
    head: String,
    array: Array,
    str_text: String,
    repr_text: String,
}

/// Elements from their bytes in memory order.
trait FromBytes: Element {
    fn from_bytes(b: &[u8]) -> Self;
}

macro_rules! from_bytes {
    ($($t:ty),*) => {$(
        impl FromBytes for $t {
            fn from_bytes(b: &[u8]) -> $t { <$t>::from_le_bytes(b.try_into().unwrap()) }
        }
    )*};
}
from_bytes!(i8, u8, i16, u16, i32, u32, i64, u64, f32, f64);

impl FromBytes for bool {
    fn from_bytes(b: &[u8]) -> bool {
        b[0] != 0
    }
}
impl FromBytes for c64 {
    fn from_bytes(b: &[u8]) -> c64 {
        c64::new(f32::from_bytes(&b[..4]), f32::from_bytes(&b[4..]))
    }
}
impl FromBytes for c128 {
    fn from_bytes(b: &[u8]) -> c128 {
        c128::new(f64::from_bytes(&b[..8]), f64::from_bytes(&b[8..]))
    }
}

fn unhex(hex: &str) -> Vec<u8> {
    let hex = if hex == "-" { "" } else { hex };
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

fn numbers<T: std::str::FromStr>(text: &str) -> Vec<T> {
    text.split(',').filter(|t| *t != "-").filter_map(|t| t.parse().ok()).collect()
}

fn buffer<T: FromBytes>(bytes: &[u8], len: usize) -> Array {
    let items: Vec<T> = bytes.chunks_exact(size_of::<T>()).map(T::from_bytes).collect();
    let items: Vec<T> = items.iter().copied().cycle().take(len).collect();
    Array::from_slice(&items, &[len]).unwrap()
}

fn array(head: &str) -> Array {
    let fields: Vec<&str> = head.split(' ').collect();
    let [_, dtype, shape, strides, offset, len, hex] = fields[..] else { panic!("{head}") };
    let (bytes, len) = (unhex(hex), len.parse().unwrap());
    let dtype = DType::from_name(dtype).unwrap();
    let base = arr::with_dtype!(dtype, T => buffer::<T>(&bytes, len));
    base.view(&numbers(shape), &numbers(strides), offset.parse().unwrap())
}

fn array_cases(text: &str) -> Vec<ArrayCase> {
    let mut cases: Vec<ArrayCase> = Vec::new();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        if line.starts_with('@') {
            let (str_text, repr_text) = (String::new(), String::new());
            cases.push(ArrayCase { head: line.into(), array: array(line), str_text, repr_text });
            continue;
        }
        let case = cases.last_mut().unwrap();
        let text = if line.starts_with('|') { &mut case.str_text } else { &mut case.repr_text };
        let newline = if text.is_empty() { "" } else { "\n" };
        write!(text, "{newline}{}", &line[1..]).unwrap();
    }
    cases
}

/// The pinned cases, or those of the file that the environment variable names.
fn text_of(variable: &str, pinned: &str) -> String {
    std::env::var(variable).map_or(pinned.to_string(), |path| std::fs::read_to_string(path).unwrap())
}

/// Fails with the first few differences.
fn report(count: usize, wrong: Vec<String>) {
    let shown = wrong.iter().take(8).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(wrong.is_empty(), "{} of {count} differ\n{shown}", wrong.len());
}

#[test]
fn arrays_print_as_in_numpy() {
    let cases = array_cases(&text_of("ARR_PRINT_ARRAYS", include_str!("numpy/print_arrays.txt")));
    assert!(cases.len() > 400, "cases are missing");
    let mut wrong = Vec::new();
    for case in &cases {
        let head = &case.head[..case.head.len().min(200)];
        for (got, want) in
            [(show::array_str(&case.array), &case.str_text), (show::array_repr(&case.array), &case.repr_text)]
        {
            if got != *want {
                wrong.push(format!("{head}\ngot:\n{got}\nNumPy:\n{want}"));
            }
        }
    }
    report(2 * cases.len(), wrong);
}

/// A JSON string's text.
fn unquote(json: &str) -> String {
    let inner = json.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap();
    let mut units: Vec<u16> = Vec::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        let c = match (c, c == '\\') {
            (_, true) => match chars.next().unwrap() {
                'u' => {
                    let code: String = chars.by_ref().take(4).collect();
                    units.push(u16::from_str_radix(&code, 16).unwrap());
                    continue;
                }
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\u{8}',
                other => other,
            },
            (c, false) => c,
        };
        units.extend(c.encode_utf16(&mut [0; 2]).iter());
    }
    String::from_utf16(&units).unwrap()
}

fn value(kind: &str, bytes: &[u8]) -> Value {
    match kind {
        "int" => Value::Int(i64::from_bytes(bytes)),
        "float" => Value::Float(f64::from_bytes(bytes)),
        "complex" => Value::Complex(c128::from_bytes(bytes)),
        "bool" => Value::Bool(bytes[0] != 0),
        "npbool" => Value::Scalar(Scalar::Bool(bytes[0] != 0)),
        "str" => Value::str(std::str::from_utf8(bytes).unwrap()),
        "None" => Value::None,
        _ => {
            let dtype = DType::from_name(kind).unwrap();
            let one = arr::with_dtype!(dtype, T => buffer::<T>(bytes, 1));
            Value::Scalar(one.item().unwrap())
        }
    }
}

#[test]
fn values_format_as_in_python() {
    let text = text_of("ARR_PRINT_FORMATS", include_str!("numpy/print_formats.txt"));
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [kind, hex, spec, want] = fields[..] else { panic!("{line}") };
        count += 1;
        let got = show::format(&value(kind, &unhex(hex)), &unquote(spec)).ok();
        let want = (want != "!").then(|| unquote(want));
        if got != want {
            wrong.push(format!("{line}\ngot {got:?}, Python {want:?}"));
        }
    }
    assert!(count >= 600, "cases are missing");
    report(count, wrong);
}

#[test]
fn scalars_print_as_in_python_and_numpy() {
    let text = text_of("ARR_PRINT_SCALARS", include_str!("numpy/print_scalars.txt"));
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [kind, hex, str_text, repr_text] = fields[..] else { panic!("{line}") };
        count += 1;
        let v = value(kind, &unhex(hex));
        for (got, want) in [(show::str_of(&v), str_text), (show::repr_of(&v), repr_text)] {
            if got != unquote(want) {
                wrong.push(format!("{line}\ngot {got:?}"));
            }
        }
    }
    assert!(count >= 150, "cases are missing");
    report(2 * count, wrong);
}

//! Reductions, scans, sorting, sets and statistics against what NumPy gave: `numpy/reduce.cases`,
//! written by `numpy/gen_reduce.py`, which describes the format. Every case runs on one thread and
//! cut among several.

use arr::array::{Array, Order};
use arr::dtype::{DType, Element, Scalar, c64, c128, cast_scalar};
use arr::exec::{self, threads};
use arr::kernel;
use arr::prim::apl::operators;
use arr::prim::{self, Home};
use arr::value::{CallArgs, Host, List, Value, Warning};
use arr::with_dtype;
use std::any::Any;

struct Quiet;

impl Host for Quiet {
    fn print(&mut self, _: &str) {}
    fn warn(&mut self, _: Warning) {}
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// Parses values from the front of a text.
struct Reader<'a>(&'a str);

impl<'a> Reader<'a> {
    fn until(&mut self, stops: &[char]) -> &'a str {
        let n = self.0.find(stops).unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(n);
        self.0 = rest;
        word
    }

    fn eat(&mut self, c: char) -> bool {
        let Some(rest) = self.0.strip_prefix(c) else { return false };
        self.0 = rest;
        true
    }

    fn value(&mut self) -> Value {
        let first = self.0.chars().next().expect("a value");
        if first == '(' || first == '[' {
            self.eat(first);
            let items = self.items();
            return if first == '(' { Value::tuple(items) } else { Value::List(List::new(items)) };
        }
        let quoted = matches!(&self.0[..2.min(self.0.len())], "s'" | "d'");
        if quoted {
            self.0 = &self.0[2..];
            let text = self.until(&['\'']);
            self.eat('\'');
            return if first == 's' {
                Value::str(text)
            } else {
                Value::DType(DType::from_name(text).expect("a dtype"))
            };
        }
        let word = self.until(&[',', ')', ']', '~']);
        match first {
            'A' | 'G' => Value::Array(array(word)),
            'n' => Value::None,
            'b' => Value::Bool(word == "bTrue"),
            'i' => Value::Int(word[1..].parse().expect("an integer")),
            'f' => Value::Float(f64::from_le_bytes(hex(&word[1..]).try_into().expect("8 bytes"))),
            _ => panic!("no value: {word}"),
        }
    }

    fn items(&mut self) -> Vec<Value> {
        let mut items = Vec::new();
        while !self.eat(')') && !self.eat(']') {
            items.push(self.value());
            self.eat(',');
            self.eat(' ');
        }
        items
    }
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).expect("hex")).collect()
}

fn shape_of(text: &str) -> Vec<usize> {
    if text == "-" { vec![] } else { text.split('x').map(|n| n.parse().expect("a length")).collect() }
}

fn array(word: &str) -> Array {
    let (word, layout) = word.split_once('@').unwrap_or((word, ""));
    let parts: Vec<&str> = word.split(':').collect();
    let dtype = DType::from_name(parts[1]).expect("a dtype");
    let shape = shape_of(parts[2]);
    let scalars = match parts[0] {
        "A" => decode(dtype, &hex(parts[3])),
        _ => generate(dtype, shape.iter().product(), parts[3].parse().expect("a seed")),
    };
    lay(from_scalars(dtype, &scalars, &shape), layout)
}

fn from_scalars(dtype: DType, scalars: &[Scalar], shape: &[usize]) -> Array {
    fn typed<T: Element>(scalars: &[Scalar], shape: &[usize]) -> Array {
        let v: Vec<T> = scalars.iter().map(|&s| T::from_scalar(s).expect("its dtype")).collect();
        Array::from_slice(&v, shape).expect("a small array")
    }
    with_dtype!(dtype, T => typed::<T>(scalars, shape))
}

fn decode(dtype: DType, bytes: &[u8]) -> Vec<Scalar> {
    bytes
        .chunks_exact(dtype.itemsize())
        .map(|b| {
            let mut wide = [0u8; 16];
            wide[..b.len()].copy_from_slice(b);
            let bits = u128::from_le_bytes(wide);
            let f = |b: u128| f32::from_bits(b as u32);
            let d = |b: u128| f64::from_bits(b as u64);
            match dtype {
                DType::F32 => Scalar::F32(f(bits)),
                DType::F64 => Scalar::F64(d(bits)),
                DType::C64 => Scalar::C64(c64::new(f(bits), f(bits >> 32))),
                DType::C128 => Scalar::C128(c128::new(d(bits), d(bits >> 64))),
                _ => cast_scalar(Scalar::U64(bits as u64), dtype),
            }
        })
        .collect()
}

fn generate(dtype: DType, n: usize, seed: u64) -> Vec<Scalar> {
    let mut x = seed;
    let mut bits = || {
        x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        x >> 11
    };
    let real = |b: u64| b as f64 / 9007199254740992.0 * 200.0 - 100.0;
    (0..n)
        .map(|_| match dtype {
            DType::Bool => Scalar::Bool(bits().is_multiple_of(3)),
            DType::F32 | DType::F64 => cast_scalar(Scalar::F64(real(bits())), dtype),
            DType::C64 | DType::C128 => {
                let (re, im) = (real(bits()), real(bits()));
                cast_scalar(Scalar::C128(c128::new(re, im)), dtype)
            }
            _ => cast_scalar(Scalar::U64(bits()), dtype),
        })
        .collect()
}

fn lay(a: Array, layout: &str) -> Array {
    let last = a.ndim().wrapping_sub(1);
    match layout {
        "f" => exec::copy(&a, Order::F).expect("a copy"),
        "t" => a.transpose(),
        "r" => {
            let mut strides = a.strides().to_vec();
            let end = (a.shape()[last] - 1) as isize * strides[last];
            strides[last] = -strides[last];
            a.view(a.shape(), &strides, (a.offset() as isize + end) as usize)
        }
        "s" => {
            let mut wide = a.shape().to_vec();
            wide[last] *= 2;
            let big = Array::zeros(a.dtype(), &wide).expect("a small array");
            let mut strides = big.strides().to_vec();
            strides[last] = 2;
            let view = big.view(a.shape(), &strides, 0);
            exec::assign(&view, &a).expect("a copy");
            view
        }
        _ => a,
    }
}

fn scalars(a: &Array) -> Vec<Scalar> {
    let a = exec::contiguous(a).expect("a copy");
    (0..a.size()).map(|i| a.scalar_at(a.offset() + i)).collect()
}

fn bytes(s: Scalar) -> Vec<u8> {
    let f = |x: f32| if x.is_nan() { 0x7fc00000u32 } else { x.to_bits() }.to_le_bytes().to_vec();
    let d = |x: f64| if x.is_nan() { 0x7ff8000000000000u64 } else { x.to_bits() }.to_le_bytes().to_vec();
    match s {
        Scalar::F32(x) => f(x),
        Scalar::F64(x) => d(x),
        Scalar::C64(z) => [f(z.re), f(z.im)].concat(),
        Scalar::C128(z) => [d(z.re), d(z.im)].concat(),
        s => s.as_i128().unwrap_or(0).to_le_bytes()[..s.dtype().itemsize()].to_vec(),
    }
}

fn fnv(a: &Array) -> u64 {
    let all = scalars(a).into_iter().flat_map(bytes);
    all.fold(0xCBF29CE484222325, |h, b| (h ^ b as u64).wrapping_mul(0x100000001B3))
}

/// Whether two scalars are equal to within `ulp` units in the last place.
fn near(a: Scalar, b: Scalar, ulp: u64) -> bool {
    let parts = |s: Scalar| match s {
        Scalar::F32(x) => vec![(x as f64, f32::EPSILON as f64)],
        Scalar::F64(x) => vec![(x, f64::EPSILON)],
        Scalar::C64(z) => vec![(z.re as f64, f32::EPSILON as f64), (z.im as f64, f32::EPSILON as f64)],
        Scalar::C128(z) => vec![(z.re, f64::EPSILON), (z.im, f64::EPSILON)],
        _ => vec![],
    };
    let close = |((x, e), (y, _)): ((f64, f64), (f64, f64))| {
        x == y || (x.is_nan() && y.is_nan()) || (x - y).abs() <= ulp as f64 * e * x.abs().max(y.abs())
    };
    bytes(a) == bytes(b)
        || (ulp > 0 && a.dtype().is_inexact() && parts(a).into_iter().zip(parts(b)).all(close))
}

fn as_array(v: &Value) -> Option<Array> {
    match v {
        Value::Array(a) => Some(a.clone()),
        v => v.scalar().and_then(|s| Array::from_scalar(s).ok()),
    }
}

/// What differs, if anything.
fn compare(got: &Value, want: &mut Reader<'_>, ulp: u64) -> Result<(), String> {
    if want.eat('(') || want.eat('[') {
        let items = match got {
            Value::Tuple(t) => t.items.to_vec(),
            Value::List(l) => l.to_vec(),
            _ => return Err(format!("a {} instead of a tuple", got.type_name())),
        };
        for item in &items {
            compare(item, want, ulp)?;
            want.eat(',');
            want.eat(' ');
        }
        return if want.eat(')') || want.eat(']') { Ok(()) } else { Err("too few items".into()) };
    }
    if want.0.starts_with('n') {
        want.eat('n');
        return if matches!(got, Value::None) { Ok(()) } else { Err("not None".into()) };
    }
    let a = as_array(got).ok_or_else(|| format!("a {}", got.type_name()))?;
    let word = want.until(&[',', ')', ']', '~']);
    if let Some(rest) = word.strip_prefix("H:") {
        let parts: Vec<&str> = rest.split(':').collect();
        if a.dtype().name() != parts[0] || a.shape() != shape_of(parts[1]) {
            return Err(format!("{} {:?}", a.dtype(), a.shape()));
        }
        return if fnv(&a).to_string() == parts[2] { Ok(()) } else { Err("other values".into()) };
    }
    let b = as_array(&Reader(word).value()).expect("an array");
    if a.dtype() != b.dtype() || a.shape() != b.shape() {
        return Err(format!("{} {:?}, not {} {:?}", a.dtype(), a.shape(), b.dtype(), b.shape()));
    }
    if b.ndim() == 0 && matches!(got, Value::Array(_)) {
        return Err("a 0-d array, not a scalar".into());
    }
    let (x, y) = (scalars(&a), scalars(&b));
    match x.iter().zip(&y).position(|(&p, &q)| !near(p, q, ulp)) {
        Some(i) => Err(format!("{:?}, not {:?}, at {i} of {}", x[i], y[i], x.len())),
        None => Ok(()),
    }
}

fn run(line: &str) -> Result<(), String> {
    let fields: Vec<&str> = line.split('\t').collect();
    let (name, args, want) = (fields[0], fields[1], fields[2]);
    let prim = prim::table().get(Home::Np, name).ok_or("no such function")?;
    let mut call = CallArgs::default();
    let mut reader = Reader(args);
    while !reader.0.is_empty() {
        let head = reader.0.split([':', ',', '(', '\'', '[']).next().unwrap_or("");
        match head.split_once('=') {
            Some((key, _)) => {
                reader.0 = &reader.0[key.len() + 1..];
                call.keyword.push((key.into(), reader.value()));
            }
            None => call.positional.push(reader.value()),
        }
        reader.eat(',');
        reader.eat(' ');
    }
    let result = prim::call(prim, &mut Quiet, call);
    let (want, ulp) = want.rsplit_once('~').unwrap_or((want, "0"));
    match (result, want) {
        (Err(_), "E") => Ok(()),
        (Ok(_), "E") => Err("no error".into()),
        (Err(e), _) => Err(format!("error: {e}")),
        (Ok(v), _) => compare(&v, &mut Reader(want), ulp.parse().unwrap_or(0)),
    }
}

#[test]
fn results_are_numpys() {
    let _alone = alone();
    let cases = include_str!("numpy/reduce.cases");
    let only = std::env::var("CASES").unwrap_or_default();
    let mut failed = Vec::new();
    for (count, threshold) in [(1, 1 << 16), (2, 1), (5, 64)] {
        threads::set_count(count);
        threads::set_threshold(threshold);
        for line in cases.lines().filter(|l| !l.starts_with('#') && l.starts_with(&only)) {
            if let Err(why) = run(line) {
                let shown: String =
                    line.split('\t').take(2).collect::<Vec<_>>().join(" ").chars().take(150).collect();
                failed.push(format!("{shown}: {why} ({count} threads)"));
            }
        }
    }
    threads::set_count(0);
    threads::set_threshold(threads::LEAST);
    let n = failed.len();
    assert!(n == 0, "{n} cases differ:\n{}", failed.join("\n"));
}

/// Functions and how they are called: with or without an axis.
const FOLDS: &[&str] = &[
    "sum",
    "prod",
    "max",
    "min",
    "any",
    "all",
    "mean",
    "var",
    "std",
    "ptp",
    "count_nonzero",
    "argmax",
    "argmin",
    "nansum",
    "nanprod",
    "nanmax",
    "nanmin",
    "nanmean",
    "nanvar",
    "cumsum",
    "cumprod",
    "nancumsum",
];

/// The bits of every result, or the error, of one function over an axis.
fn outcome(name: &str, a: &Array, axis: Option<i64>) -> String {
    let prim = prim::table().get(Home::Np, name).expect("a function");
    let mut call = CallArgs::new([Value::Array(a.clone())]);
    call.keyword.extend(axis.map(|k| ("axis".into(), Value::Int(k))));
    match prim::call(prim, &mut Quiet, call) {
        Ok(v) => {
            let r = as_array(&v).expect("numbers");
            format!("{} {:?} {:x}", r.dtype(), r.shape(), fnv(&r))
        }
        Err(e) => format!("{e}"),
    }
}

/// Whatever the threads and the instruction set, every bit is the same, for all dtypes and layouts; where the order of the
/// elements does not matter, the layouts agree with each other too.
#[test]
fn threads_instructions_and_layouts_change_nothing() {
    let _alone = alone();
    let shape = [19, 150];
    let mut failed = Vec::new();
    for dtype in DType::ALL {
        let plain = from_scalars(dtype, &generate(dtype, shape.iter().product(), 7), &shape);
        if dtype.is_inexact() {
            let holes = plain.view(&[25], &[111], 5);
            exec::fill(&holes, cast_scalar(Scalar::F64(f64::NAN), dtype)).expect("room");
        }
        for name in FOLDS {
            for axis in [None, Some(0), Some(1)] {
                let mut first = None;
                for layout in ["", "f", "r", "s"] {
                    let mut a = lay(plain.clone(), layout);
                    if layout == "r" {
                        // The same elements, held backwards.
                        a = lay(exec::copy(&a, Order::C).expect("a copy"), "r");
                    }
                    let mut all = Vec::new();
                    for level in kernel::levels() {
                        kernel::set_level(level);
                        all.extend([(1, 1 << 16), (2, 1), (5, 64)].map(|(count, threshold)| {
                            threads::set_count(count);
                            threads::set_threshold(threshold);
                            outcome(name, &a, axis)
                        }));
                    }
                    let exact = !dtype.is_inexact()
                        && !matches!(*name, "mean" | "var" | "std" | "nanmean" | "nanvar");
                    if exact {
                        all.push(first.get_or_insert_with(|| all[0].clone()).clone());
                    }
                    if all.iter().any(|r| *r != all[0]) {
                        failed.push(format!("{name} {dtype} {axis:?} layout {layout:?}: {all:?}"));
                    }
                }
            }
        }
    }
    threads::set_count(0);
    threads::set_threshold(threads::LEAST);
    assert!(failed.is_empty(), "{} differ:\n{}", failed.len(), failed.join("\n"));
}

/// `-/` of the rows of a matrix.
fn differences(a: &Array) -> Array {
    let minus = operators::glyph_function("-").expect("a glyph");
    let reduce = operators::find("/").expect("an operator");
    let f = operators::derive(reduce, Value::Func(minus), None, None).expect("a function");
    let r = f.call(&mut Quiet, CallArgs::new([Value::Array(a.clone())])).expect("numbers");
    as_array(&r).expect("numbers")
}

/// `-/` of floats adds up the differences of pairs in long rows, and goes from the right in short ones: the
/// same bits on any threads and instructions, and near the sum from the right.
#[test]
fn differences_of_floats_round_the_same_on_any_threads() {
    let _alone = alone();
    for dtype in [DType::F32, DType::F64] {
        for (rows, n) in [(1, 63), (3, 64), (40, 65), (7, 100), (3, 1023), (2, 1024), (2, 1025), (1, 9000)] {
            let plain = from_scalars(dtype, &generate(dtype, rows * n, 11 + n as u64), &[rows, n]);
            for layout in ["", "f", "s"] {
                let a = lay(plain.clone(), layout);
                let mut all = Vec::new();
                for level in kernel::levels() {
                    kernel::set_level(level);
                    for (count, threshold) in [(1, 1 << 16), (2, 1), (5, 64)] {
                        threads::set_count(count);
                        threads::set_threshold(threshold);
                        all.push(fnv(&differences(&a)));
                    }
                }
                assert!(all.iter().all(|r| *r == all[0]), "{rows} × {n} {dtype} {layout:?}");
            }
            let number = |s: Scalar| s.as_f64().expect("a real number");
            let xs: Vec<f64> = scalars(&plain).into_iter().map(number).collect();
            let eps = if dtype == DType::F32 { f32::EPSILON as f64 } else { f64::EPSILON };
            for (row, got) in xs.chunks(n).zip(scalars(&differences(&plain))) {
                let got = number(got);
                let from_right = row.iter().rev().fold(0.0, |acc, x| x - acc);
                let most = eps * n as f64 * row.iter().map(|x| x.abs()).sum::<f64>();
                assert!((got - from_right).abs() <= most, "{n} {dtype}: {got}, {from_right}");
            }
        }
    }
    threads::set_count(0);
    threads::set_threshold(threads::LEAST);
}

/// The thread settings are shared: tests that change them take turns.
fn alone() -> std::sync::MutexGuard<'static, ()> {
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    TURN.lock().unwrap_or_else(|e| e.into_inner())
}

//! Element-wise functions against what NumPy gave: `numpy/ufunc.txt`, written by
//! `numpy/gen_ufunc.py`, which describes the format. Every case runs on one thread in large blocks,
//! and cut among threads and small blocks.

use arr::array::{Array, Order};
use arr::dtype::{DType, Element, Scalar, c64, c128};
use arr::exec::{self, threads};
use arr::prim;
use arr::value::{CallArgs, Host, Value, Warning};
use arr::with_dtype;
use std::any::Any;
use std::collections::HashMap;

#[derive(Default)]
struct Ear(Vec<String>);

impl Host for Ear {
    fn print(&mut self, _: &str) {}
    fn warn(&mut self, w: Warning) {
        let word = w.text.split(' ').next().unwrap_or("").to_string();
        // NumPy says nothing of arrays of integers that wrap.
        if !self.0.contains(&word) && word != "integer" {
            self.0.push(word);
        }
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

fn vector(dtype: DType, hex: &str) -> Array {
    let raw = bytes(hex);
    macro_rules! read {
        ($t:ty) => {
            raw.as_chunks().0.iter().map(|c| <$t>::from_le_bytes(*c)).collect::<Vec<_>>()
        };
    }
    let n = raw.len() / dtype.itemsize();
    let pairs64 = || read!(f64).chunks(2).map(|p| c128::new(p[0], p[1])).collect::<Vec<_>>();
    let pairs32 = || read!(f32).chunks(2).map(|p| c64::new(p[0], p[1])).collect::<Vec<_>>();
    match dtype {
        DType::Bool => Array::from_slice(&raw.iter().map(|b| *b != 0).collect::<Vec<_>>(), &[n]),
        DType::I8 => Array::from_slice(&read!(i8), &[n]),
        DType::U8 => Array::from_slice(&raw, &[n]),
        DType::I16 => Array::from_slice(&read!(i16), &[n]),
        DType::U16 => Array::from_slice(&read!(u16), &[n]),
        DType::I32 => Array::from_slice(&read!(i32), &[n]),
        DType::U32 => Array::from_slice(&read!(u32), &[n]),
        DType::I64 => Array::from_slice(&read!(i64), &[n]),
        DType::U64 => Array::from_slice(&read!(u64), &[n]),
        DType::F32 => Array::from_slice(&read!(f32), &[n]),
        DType::F64 => Array::from_slice(&read!(f64), &[n]),
        DType::C64 => Array::from_slice(&pairs32(), &[n]),
        DType::C128 => Array::from_slice(&pairs64(), &[n]),
    }
    .unwrap()
}

/// The bytes of the elements in C order, NaNs made equal.
fn canonical(v: &Value) -> (DType, Vec<u8>) {
    let a = prim::convert::to_array(v).unwrap();
    let a = exec::copy(&a, Order::C).unwrap();
    fn items<T: Element>(a: &Array) -> Vec<Scalar> {
        a.as_slice::<T>().unwrap().iter().map(|x| x.scalar()).collect()
    }
    let f32_bytes = |x: f32| if x.is_nan() { f32::from_bits(0x7fc0_0000) } else { x }.to_le_bytes();
    let f64_bytes = |x: f64| if x.is_nan() { f64::from_bits(0x7ff8_0000_0000_0000) } else { x }.to_le_bytes();
    let mut out = Vec::new();
    for s in with_dtype!(a.dtype(), T => items::<T>(&a)) {
        match s {
            Scalar::F32(x) => out.extend(f32_bytes(x)),
            Scalar::F64(x) => out.extend(f64_bytes(x)),
            Scalar::C64(z) => out.extend([f32_bytes(z.re), f32_bytes(z.im)].concat()),
            Scalar::C128(z) => out.extend([f64_bytes(z.re), f64_bytes(z.im)].concat()),
            _ => out.extend(&s.as_i128().unwrap().to_le_bytes()[..a.dtype().itemsize()]),
        }
    }
    (a.dtype(), out)
}

fn fnv(data: &[u8]) -> String {
    let h = data.iter().fold(0xcbf29ce484222325u64, |h, b| (h ^ *b as u64).wrapping_mul(0x100000001b3));
    format!("{h:016x}")
}

/// Distance in units of the last place, of float64 or float32 bytes; parts of complex numbers are
/// measured in units of the number's size.
fn far(dtype: DType, got: &[u8], want: &[u8], signed_zeros: bool, cancels: bool) -> Option<String> {
    let floats = |b: &[u8]| -> Vec<f64> {
        match dtype {
            DType::F32 | DType::C64 => {
                b.as_chunks().0.iter().map(|c| f32::from_le_bytes(*c) as f64).collect()
            }
            _ => b.as_chunks().0.iter().map(|c| f64::from_le_bytes(*c)).collect(),
        }
    };
    let eps = if matches!(dtype, DType::F32 | DType::C64) { f32::EPSILON as f64 } else { f64::EPSILON };
    let (g, w) = (floats(got), floats(want));
    if g.len() != w.len() {
        return Some(format!("{} elements, not {}", g.len(), w.len()));
    }
    for i in 0..g.len() {
        let size = if dtype.is_complex() { w[i & !1].abs().max(w[i | 1].abs()) } else { w[i].abs() };
        let least = if eps > 1e-10 { f32::MIN_POSITIVE as f64 } else { f64::MIN_POSITIVE };
        let size = if cancels { size.max(1.0) } else { size };
        let room = if dtype.is_complex() { 16.0 } else { 2.0 } * eps * size.max(least);
        let same = g[i] == w[i] || (g[i].is_nan() && w[i].is_nan()) || (g[i] - w[i]).abs() <= room;
        let zero_signs = !signed_zeros
            || dtype.is_complex()
            || w[i] != 0.0
            || g[i].is_sign_negative() == w[i].is_sign_negative();
        if !same || !zero_signs {
            return Some(format!("element {i}: {:e}, not {:e}", g[i], w[i]));
        }
    }
    None
}

struct Case<'a> {
    op: &'a str,
    names: Vec<&'a str>,
    result: &'a str,
    warnings: &'a str,
}

fn operand(name: &str, column: bool, vectors: &HashMap<&str, Array>) -> Value {
    if let Some((kind, rest)) = name.split_once(':') {
        return match kind {
            "i" => Value::Int(rest.parse().unwrap()),
            "f" => Value::Float(rest.parse().unwrap()),
            "c" => {
                let (re, im) = rest.split_once(':').unwrap();
                Value::Complex(c128::new(re.parse().unwrap(), im.parse().unwrap()))
            }
            _ => Value::Scalar(vectors[rest].scalar_at((kind == "t") as usize)),
        };
    }
    let a = &vectors[name];
    if !column {
        return Value::Array(a.clone());
    }
    Value::Array(a.reshape_view(&[a.size(), 1], Order::C).unwrap())
}

fn wrong(case: &Case<'_>, vectors: &HashMap<&str, Array>) -> Option<String> {
    let arrays = case.names.len() == 2 && case.names.iter().all(|n| !n.contains(':'));
    let operands: Vec<Value> =
        case.names.iter().enumerate().map(|(i, n)| operand(n, arrays && i == 0, vectors)).collect();
    let mut ear = Ear::default();
    let Some(row) = prim::table().bare(case.op) else { return Some("no such row".into()) };
    let got = prim::call(row, &mut ear, CallArgs::new(operands));
    let got = match (got, case.result) {
        (Err(_), "!") => return None,
        (Err(e), _) => return Some(format!("error: {e}")),
        (Ok(v), "!") => return Some(format!("{:?}, not an error", canonical(&v).0)),
        (Ok(v), _) => v,
    };
    let (dtype, data) = canonical(&got);
    let (want_dtype, want) = case.result.split_once(' ').unwrap();
    if dtype.name() != want_dtype {
        return Some(format!("dtype {dtype}, not {want_dtype}"));
    }
    // NumPy rounds the logarithm before it adds it to the operand, which it may cancel.
    let cancels = case.op.starts_with("logaddexp");
    let differs = match want.split_at(1) {
        ("#", hash) => (fnv(&data) != hash).then(|| "other bits".into()),
        (_, hex) if dtype.is_inexact() => far(dtype, &data, &bytes(hex), !case.op.starts_with("fm"), cancels),
        (_, hex) => (data != bytes(hex)).then(|| "other values".into()),
    };
    let told = ear.0.join(",");
    differs.or_else(|| {
        (case.warnings != "?" && told != case.warnings)
            .then(|| format!("warned '{told}', not '{}'", case.warnings))
    })
}

fn failures(text: &str) -> Vec<String> {
    let mut vectors = HashMap::new();
    let mut failed = Vec::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("V ") {
            let (name, hex) = rest.split_once(' ').unwrap();
            let dtype = DType::from_name(name.split_once('.').unwrap().1).unwrap();
            vectors.insert(name, vector(dtype, hex));
            continue;
        }
        let fields: Vec<&str> = line.split('\t').collect();
        let [op, names @ .., result, warnings] = &fields[..] else { panic!("{line}") };
        let case = Case { op, names: names.to_vec(), result, warnings };
        if let Some(why) = wrong(&case, &vectors) {
            failed.push(format!("{op} {}: {why}", names.join(" ")));
        }
    }
    failed
}

#[test]
fn element_wise_functions_give_what_numpy_gives() {
    let text = include_str!("numpy/ufunc.txt");
    let mut failed = failures(text);
    threads::set_threshold(1);
    threads::set_count(3);
    exec::set_block_size(64);
    for case in failures(text) {
        if !failed.contains(&case) {
            failed.push(format!("in small blocks: {case}"));
        }
    }
    assert!(failed.is_empty(), "{} cases differ:\n{}", failed.len(), failed.join("\n"));
}

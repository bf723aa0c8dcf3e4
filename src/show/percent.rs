//! C's formats in a text: `"%d of %.2f" % (3, 2.5)`. A template and values in, text out.

use super::format::format as formatted;
use super::value::{repr_of, str_of};
use crate::dtype::Scalar;
use crate::value::{Fault, Value};

fn wrong(reason: impl Into<String>) -> Fault {
    Fault::Value { func: "%".into(), reason: reason.into() }
}

/// The template with a value in the place of each of its formats.
pub fn percent(template: &str, values: &[Value]) -> Result<String, Fault> {
    let (mut out, mut rest, mut next) = (String::new(), template, values.iter());
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        if let Some(left) = after.strip_prefix('%') {
            out.push('%');
            rest = left;
            continue;
        }
        let end = after.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(|| wrong("incomplete format"))?;
        let (spec, left) = after.split_at(end + 1);
        let value = next.next().ok_or_else(|| wrong("not enough arguments for format string"))?;
        out.push_str(&one(spec, value)?);
        rest = left;
    }
    out.push_str(rest);
    match next.next() {
        Some(_) => Err(wrong("not all arguments converted during string formatting")),
        None => Ok(out),
    }
}

/// A value under one format, without its `%`.
fn one(spec: &str, value: &Value) -> Result<String, Fault> {
    let (spec, left) = match spec.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (spec, false),
    };
    let kind = spec.chars().last().unwrap_or('s');
    // Numbers stand to the right by themselves, texts where they are told to.
    let aligned = |text: bool| match (left, text) {
        (true, _) => format!("<{spec}"),
        (false, true) => format!(">{spec}"),
        (false, false) => spec.to_string(),
    };
    let number = || scalar(value).ok_or_else(|| wrong(format!("%{kind} format: a number is required")));
    match kind {
        'd' | 'i' | 'u' => {
            let s = number()?;
            let whole = s.as_i128().or_else(|| s.as_f64().filter(|x| x.is_finite()).map(|x| x as i128));
            let whole =
                whole.and_then(|n| i64::try_from(n).ok()).ok_or_else(|| wrong("an integer is required"))?;
            formatted(&Value::Int(whole), &aligned(false).replace(['i', 'u'], "d"))
        }
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let x = number()?.as_f64().ok_or_else(|| wrong("a real number is required"))?;
            formatted(&Value::Float(x), &aligned(false))
        }
        'x' | 'X' | 'o' => {
            let n = number()?.as_i128().and_then(|n| i64::try_from(n).ok());
            formatted(&Value::Int(n.ok_or_else(|| wrong("an integer is required"))?), &aligned(false))
        }
        's' => formatted(&Value::str(&str_of(value)), &aligned(true)),
        'r' => formatted(&Value::str(&repr_of(value)), &aligned(true).replace('r', "s")),
        other => Err(wrong(format!("unsupported format character '{other}'"))),
    }
}

fn scalar(value: &Value) -> Option<Scalar> {
    match value {
        Value::Array(a) if a.size() == 1 => a.item(),
        v => v.scalar(),
    }
}

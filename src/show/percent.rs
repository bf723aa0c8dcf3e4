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
    let sized = spec.trim_start_matches(['-', '+', ' ', '0', '#']);
    let flags = &spec[..spec.len() - sized.len()];
    let left = flags.contains('-');
    let kind = spec.chars().last().unwrap_or('s');
    // Numbers stand to the right by themselves, texts where they are told to, without regard to other flags.
    let others = flags.replace('-', "");
    let aligned = |text: bool| match (left, text) {
        (true, true) => format!("<{sized}"),
        (true, false) => format!("<{}{sized}", others.replace('0', "")),
        (false, true) => format!(">{sized}"),
        (false, false) => format!("{others}{sized}"),
    };
    let number = || scalar(value).ok_or_else(|| wrong(format!("%{kind} format: a number is required")));
    match kind {
        'd' | 'i' | 'u' => {
            let s = number()?;
            let whole = s.as_i128().or_else(|| s.as_f64().filter(|x| x.is_finite()).map(|x| x as i128));
            let whole =
                whole.and_then(|n| i64::try_from(n).ok()).ok_or_else(|| wrong("an integer is required"))?;
            match sized.split_once('.') {
                Some((width, digits)) => {
                    Ok(digits_of(whole, &others, (width, &digits[..digits.len() - 1]), left))
                }
                None => formatted(&Value::Int(whole), &aligned(false).replace(['i', 'u'], "d")),
            }
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

/// An integer in so many digits at least, as a precision asks for, in a width.
fn digits_of(n: i64, flags: &str, (width, digits): (&str, &str), left: bool) -> String {
    let sign = match n {
        ..0 => "-",
        _ if flags.contains('+') => "+",
        _ if flags.contains(' ') => " ",
        _ => "",
    };
    let number = |text: &str| text.parse::<usize>().unwrap_or(0).min(1 << 16);
    let text = format!("{sign}{:0>1$}", n.unsigned_abs(), number(digits));
    if left { format!("{text:<0$}", number(width)) } else { format!("{text:>0$}", number(width)) }
}

fn scalar(value: &Value) -> Option<Scalar> {
    match value {
        Value::Array(a) if a.size() == 1 => a.item(),
        v => v.scalar(),
    }
}

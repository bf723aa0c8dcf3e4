//! `format(x, spec)`: values under Python's format specifications, as f-strings write them. Typed
//! scalars are formatted as the plain number of the same value, as NumPy does.

use super::digits;
use super::scalar::{bool_str, complex_str, float_str};
use super::spec::{Align, Spec};
use super::value::str_of;
use crate::dtype::{Scalar, c128};
use crate::value::{Fault, Value};

/// The value under a specification; [`Fault::Format`] if the specification does not suit it.
pub fn format(v: &Value, spec: &str) -> Result<String, Fault> {
    let text = match v {
        Value::Array(a) if a.ndim() == 0 => match a.item() {
            Some(s) => of_scalar(s, spec),
            None => None,
        },
        Value::Scalar(s) => of_scalar(*s, spec),
        _ if spec.is_empty() => Some(str_of(v)),
        Value::Bool(b) => of_scalar(Scalar::Bool(*b), spec),
        Value::Int(n) => of_int(*n as i128, spec),
        Value::Float(x) => of_float(*x, spec),
        Value::Complex(z) => of_complex(*z, spec),
        Value::Str(s) => of_str(s, spec),
        _ => None,
    };
    text.ok_or_else(|| Fault::Format { spec: spec.into(), type_name: v.type_name().into() })
}

fn of_scalar(s: Scalar, spec: &str) -> Option<String> {
    match s {
        Scalar::Bool(b) if spec.is_empty() => Some(bool_str(b).into()),
        Scalar::F32(x) => of_float(x as f64, spec),
        Scalar::F64(x) => of_float(x, spec),
        Scalar::C64(_) | Scalar::C128(_) => of_complex(s.as_c128(), spec),
        _ => of_int(s.as_i128()?, spec),
    }
}

fn of_str(s: &str, spec: &str) -> Option<String> {
    let spec = Spec::parse(spec, Align::Left, Some('s'))?;
    let plain = spec.sign.is_none() && !spec.alternate && !spec.positive_zero;
    if !plain || spec.align == Align::Inside || spec.kind != Some('s') {
        return None;
    }
    let end = spec.precision.and_then(|n| s.char_indices().nth(n)).map_or(s.len(), |(at, _)| at);
    Some(spec.pad(&s[..end]))
}

fn of_int(n: i128, text: &str) -> Option<String> {
    let spec = Spec::parse(text, Align::Right, Some('d'))?;
    let kind = spec.kind?;
    if matches!(kind, 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') {
        return of_float(n as f64, text);
    }
    if spec.precision.is_some() || spec.positive_zero {
        return None;
    }
    let size = n.unsigned_abs();
    let (prefix, digits) = match kind {
        'd' | 'n' => ("", size.to_string()),
        'b' => ("0b", format!("{size:b}")),
        'o' => ("0o", format!("{size:o}")),
        'x' => ("0x", format!("{size:x}")),
        'X' => ("0X", format!("{size:X}")),
        'c' => {
            let c = u32::try_from(n).ok().and_then(char::from_u32)?;
            let plain = spec.sign.is_none() && !spec.alternate;
            return plain.then(|| spec.number(false, "", "", c.encode_utf8(&mut [0; 4])));
        }
        _ => return None,
    };
    Some(spec.number(n < 0, if spec.alternate { prefix } else { "" }, &digits, ""))
}

fn of_float(x: f64, spec: &str) -> Option<String> {
    if spec.is_empty() {
        return Some(float_str(x));
    }
    let spec = Spec::parse(spec, Align::Right, None)?;
    if !matches!(spec.kind, None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%')) {
        return None;
    }
    let text = float_text(x, &spec, true);
    let (negative, whole, rest) = split(&text);
    Some(spec.number(negative, "", whole, rest))
}

fn of_complex(z: c128, spec: &str) -> Option<String> {
    if spec.is_empty() {
        return Some(complex_str(z));
    }
    let spec = Spec::parse(spec, Align::Right, None)?;
    let known = matches!(spec.kind, None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n'));
    if !known || spec.fill == '0' || spec.align == Align::Inside {
        return None;
    }
    let part = |x: f64, sign: Option<char>| {
        let bare = Spec { sign, width: 0, ..spec.clone() };
        let text = float_text(x, &spec, false);
        let (negative, whole, rest) = split(&text);
        bare.number(negative, "", whole, rest)
    };
    let text = match spec.kind {
        None if z.re == 0.0 && z.re.is_sign_positive() => format!("{}j", part(z.im, spec.sign)),
        None => format!("({}{}j)", part(z.re, spec.sign), part(z.im, Some('+'))),
        _ => format!("{}{}j", part(z.re, spec.sign), part(z.im, Some('+'))),
    };
    Some(spec.pad(&text))
}

/// Sign, whole digits, and all that follows.
fn split(text: &str) -> (bool, &str, &str) {
    let bare = text.strip_prefix('-').unwrap_or(text);
    let end = bare.find(|c: char| !c.is_ascii_digit()).unwrap_or(bare.len());
    (bare.len() < text.len(), &bare[..end], &bare[end..])
}

/// A float in the notation, precision and case of a specification, ungrouped and unpadded.
/// `zero`: without a presentation type, whole numbers end in `.0`.
fn float_text(x: f64, spec: &Spec, zero: bool) -> String {
    let kind = spec.kind.unwrap_or('r').to_ascii_lowercase();
    let precision = spec.precision.unwrap_or(6);
    let mut text = match kind {
        _ if !x.is_finite() => float_str(x),
        'f' => fixed(x, precision, spec.alternate),
        '%' if (x * 100.0).is_finite() => fixed(x * 100.0, precision, spec.alternate),
        '%' => float_str(x * 100.0),
        'e' => exponential(digits::scientific(x, precision), spec.alternate),
        'r' if spec.precision.is_none() => shortest(x, zero, spec.alternate),
        'r' => general(x, precision, zero, spec.alternate),
        _ => general(x, precision, false, spec.alternate),
    };
    if spec.positive_zero && text.starts_with('-') {
        let mantissa = text.split('e').next().unwrap_or_default();
        if !mantissa.contains(|c: char| !matches!(c, '-' | '0' | '.')) {
            text.remove(0);
        }
    }
    if kind == '%' {
        text.push('%');
    }
    if spec.kind.is_some_and(|k| k.is_ascii_uppercase()) {
        text.make_ascii_uppercase();
    }
    text
}

fn fixed(x: f64, precision: usize, point: bool) -> String {
    let mut text = digits::fixed(x, precision);
    if point && precision == 0 {
        text.push('.');
    }
    text
}

fn exponential((mut mantissa, exponent): (String, i32), point: bool) -> String {
    if point && !mantissa.contains('.') {
        mantissa.push('.');
    }
    digits::push_exponent(&mut mantissa, exponent, 2);
    mantissa
}

/// The shortest text that reads back.
fn shortest(x: f64, zero: bool, point: bool) -> String {
    let text = float_str(x);
    match text.split_once('e') {
        Some((mantissa, exponent)) if point && !mantissa.contains('.') => format!("{mantissa}.e{exponent}"),
        None if !zero => {
            let whole = text.strip_suffix(".0").unwrap_or(&text);
            if point && !whole.contains('.') { format!("{whole}.") } else { whole.into() }
        }
        _ => text,
    }
}

/// C's `%g`: `precision` significant digits, fixed or exponential by magnitude, zeros at the end
/// dropped unless `keep`. `zero`: whole numbers end in `.0`, and count that digit.
fn general(x: f64, precision: usize, zero: bool, keep: bool) -> String {
    let precision = precision.max(1);
    let (mantissa, exponent) = digits::scientific(x, precision - 1);
    let limit = precision as i64 - zero as i64;
    if exponent < -4 || exponent as i64 >= limit {
        let mantissa = if keep { mantissa } else { trim(mantissa) };
        return exponential((mantissa, exponent), keep);
    }
    let places = (precision as i64 - 1 - exponent as i64).max(0) as usize;
    let text = fixed(x, places, keep);
    let text = if keep { text } else { trim(text) };
    match zero && !text.contains('.') {
        true => text + ".0",
        false => text,
    }
}

/// Drops zeros after the point, and the point if nothing is left after it.
fn trim(text: String) -> String {
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Array;

    #[test]
    fn any_precision_and_no_runaway_width() {
        let x = Value::Float(0.1);
        for kind in ["f", "e", "%"] {
            let text = format(&x, &format!(".100000{kind}")).unwrap();
            assert!(text.len() > 100_000, "{kind}");
        }
        assert_eq!(format(&x, ".100000g").unwrap(), format(&x, ".55g").unwrap());
        assert_eq!(format(&Value::Float(5e-324), ".2000f").unwrap().len(), 2002);
        for spec in ["99999999999", ".99999999999f", "99999999999999999999999"] {
            assert!(matches!(format(&x, spec), Err(Fault::Format { .. })), "{spec}");
        }
    }

    #[test]
    fn arrays_take_the_empty_specification_only() {
        let a = Value::Array(Array::from_slice(&[1.5], &[1]).unwrap());
        assert_eq!(format(&a, "").unwrap(), "[1.5]");
        assert!(matches!(format(&a, ".2f"), Err(Fault::Format { .. })));
        let zero_d = Value::Array(Array::from_slice(&[1.5], &[]).unwrap());
        assert_eq!(format(&zero_d, ".2f").unwrap(), "1.50");
        assert!(matches!(format(&Value::None, "5"), Err(Fault::Format { .. })));
        assert_eq!(format(&Value::tuple(vec![Value::Int(1)]), "").unwrap(), "(1,)");
    }
}

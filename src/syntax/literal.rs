//! The values of literals: numbers with their suffixes, and the escapes of strings.

use super::Span;
use super::ast::Number;
use super::error::{NumberFault, SyntaxError};

const INTEGER_SUFFIXES: [&str; 8] = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"];
const FLOAT_SUFFIXES: [&str; 4] = ["f32", "f64", "c64", "c128"];

/// The value and the suffix of a number literal.
pub(super) fn number(text: &str) -> Result<(Number, Option<&str>), NumberFault> {
    let (negative, digits) = match text.strip_prefix('¯') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (value, suffix) = magnitude(digits)?;
    Ok((if negative { negated(value) } else { value }, suffix))
}

fn negated(value: Number) -> Number {
    match value {
        Number::Int(n) => Number::Int(-n),
        Number::Float(x) => Number::Float(-x),
        Number::Imag(x) => Number::Imag(-x),
        Number::Bool(b) => Number::Bool(b),
    }
}

fn magnitude(text: &str) -> Result<(Number, Option<&str>), NumberFault> {
    let bytes = text.as_bytes();
    if let [b'0', letter @ (b'x' | b'X' | b'b' | b'B' | b'o' | b'O'), ..] = bytes {
        let radix = match letter.to_ascii_lowercase() {
            b'x' => 16,
            b'b' => 2,
            _ => 8,
        };
        return in_radix(&text[2..], radix);
    }
    if bytes.iter().all(u8::is_ascii_digit) && (bytes.len() == 1 || (bytes[0] != b'0' && bytes.len() < 38)) {
        return Ok((Number::Int(text.parse().map_err(|_| NumberFault::TooLarge)?), None));
    }
    decimal(text)
}

fn in_radix(text: &str, radix: u32) -> Result<(Number, Option<&str>), NumberFault> {
    let (digits, suffix) = split_suffix(text, &INTEGER_SUFFIXES, |c| c.is_digit(radix) || c == '_');
    let digits = digits.strip_prefix('_').unwrap_or(digits);
    check_underscores(digits)?;
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix) || c == '_') {
        return Err(NumberFault::Digits);
    }
    let value = i128::from_str_radix(&digits.replace('_', ""), radix).map_err(|_| NumberFault::TooLarge)?;
    Ok((Number::Int(value), suffix))
}

/// Splits a known suffix off a literal whose other characters are all `digit`s.
fn split_suffix<'t>(
    text: &'t str,
    suffixes: &[&'static str],
    digit: impl Fn(char) -> bool,
) -> (&'t str, Option<&'t str>) {
    let end = text.find(|c| !digit(c)).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if suffixes.contains(&rest) { (digits, Some(rest)) } else { (text, None) }
}

fn check_underscores(digits: &str) -> Result<(), NumberFault> {
    let wrong = digits.starts_with('_') || digits.ends_with('_') || digits.contains("__");
    if wrong { Err(NumberFault::Underscore) } else { Ok(()) }
}

fn decimal(text: &str) -> Result<(Number, Option<&str>), NumberFault> {
    let part = |c: char| c.is_ascii_digit() || c == '_' || c == '.';
    let whole_end = text.find(|c| !part(c)).unwrap_or(text.len());
    let (mantissa, rest) = text.split_at(whole_end);
    let (exponent, rest) = match rest.strip_prefix(['e', 'E']) {
        Some(after) => {
            let unsigned = after.strip_prefix(['+', '-']).unwrap_or(after);
            let digits = unsigned.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(unsigned.len());
            if digits == 0 {
                return Err(NumberFault::Exponent);
            }
            rest.split_at(1 + after.len() - unsigned.len() + digits)
        }
        None => rest.split_at(0),
    };
    let points = mantissa.matches('.').count();
    for digits in mantissa.split('.').chain([exponent.trim_start_matches(['e', 'E', '+', '-'])]) {
        check_underscores(digits)?;
    }
    if points > 1 {
        return Err(NumberFault::Points);
    }
    let float = points == 1 || !exponent.is_empty();
    value(&mantissa.replace('_', ""), &exponent.replace('_', ""), rest, float)
}

fn value<'t>(
    mantissa: &str,
    exponent: &str,
    rest: &'t str,
    float: bool,
) -> Result<(Number, Option<&'t str>), NumberFault> {
    let as_float = || format!("{mantissa}{exponent}").parse::<f64>().map_err(|_| NumberFault::Digits);
    if matches!(rest, "j" | "J") {
        return Ok((Number::Imag(as_float()?), None));
    }
    let suffix = (!rest.is_empty()).then_some(rest);
    let floating = FLOAT_SUFFIXES.contains(&rest);
    if !rest.is_empty() && !floating && !INTEGER_SUFFIXES.contains(&rest) {
        return Err(NumberFault::Letters);
    }
    if float && !rest.is_empty() && !floating {
        return Err(NumberFault::Suffix);
    }
    if float || floating {
        return Ok((Number::Float(as_float()?), suffix));
    }
    if mantissa.len() > 1 && mantissa.starts_with('0') && mantissa.bytes().any(|b| b != b'0') {
        return Err(NumberFault::LeadingZero);
    }
    Ok((Number::Int(mantissa.parse().map_err(|_| NumberFault::TooLarge)?), suffix))
}

/// The parts of a string literal: its prefix says raw or format, its quotes are taken off.
pub(super) struct Quotes {
    pub raw: bool,
    /// The bytes before and after the content.
    pub before: usize,
    pub after: usize,
}

pub(super) fn quotes(literal: &str) -> Quotes {
    let prefix = literal.find(['"', '\'']).unwrap_or(0);
    let raw = literal[..prefix].contains(['r', 'R']);
    let body = &literal[prefix..];
    let triple = body.len() >= 6 && (body.starts_with("\"\"\"") || body.starts_with("'''"));
    let quotes = if triple { 3 } else { 1 };
    Quotes { raw, before: prefix + quotes, after: quotes }
}

/// The text that a string's content stands for. `at` is the place of the content.
pub(super) fn unescape(content: &str, raw: bool, at: usize) -> Result<String, SyntaxError> {
    if raw || !content.contains('\\') {
        return Ok(content.replace("\r\n", "\n"));
    }
    let mut text = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(slash) = rest.find('\\') {
        text.push_str(&rest[..slash]);
        let escape = &rest[slash + 1..];
        let (value, length) = escaped(escape).ok_or_else(|| {
            let start = at + content.len() - escape.len() - 1;
            let length = escape.chars().next().map_or(0, char::len_utf8);
            SyntaxError::BadEscape {
                at: Span::new(start, start + 1 + length),
                text: rest[slash..slash + 1 + length].into(),
            }
        })?;
        text.extend(value);
        rest = &escape[length..];
    }
    text.push_str(rest);
    Ok(text.replace("\r\n", "\n"))
}

/// The character that the text after a backslash stands for (none for an escaped newline), and how
/// much of the text says so.
fn escaped(text: &str) -> Option<(Option<char>, usize)> {
    let first = text.chars().next()?;
    let simple = |c| Some((Some(c), 1));
    match first {
        '\n' => Some((None, 1)),
        '\r' if text.starts_with("\r\n") => Some((None, 2)),
        '\\' | '\'' | '"' => simple(first),
        'n' => simple('\n'),
        't' => simple('\t'),
        'r' => simple('\r'),
        'a' => simple('\x07'),
        'b' => simple('\x08'),
        'f' => simple('\x0c'),
        'v' => simple('\x0b'),
        'x' => coded(text, 2),
        'u' => coded(text, 4),
        'U' => coded(text, 8),
        '0'..='7' => {
            let length = text.bytes().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
            let code = u32::from_str_radix(&text[..length], 8).ok()?;
            Some((Some(char::from_u32(code)?), length))
        }
        _ => None,
    }
}

/// `count` hexadecimal digits after the first letter.
fn coded(text: &str, count: usize) -> Option<(Option<char>, usize)> {
    let digits = text.get(1..1 + count)?;
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let code = u32::from_str_radix(digits, 16).ok()?;
    Some((Some(char::from_u32(code)?), 1 + count))
}

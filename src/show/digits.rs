//! Decimal digits of binary floating-point numbers: the shortest that read back as the same number
//! (Steele and White's, with ties to even), or a given count of them, exactly rounded. Everything
//! in `show` that prints a float starts here; layout and padding are the callers'.

use std::fmt::{LowerExp, Write};
use std::ops::Div;
use std::str::FromStr;

/// The two real element types. `LowerExp` gives their digits: the shortest by default.
pub(super) trait Real:
    Copy + PartialOrd + LowerExp + Div<Output = Self> + Into<f64> + FromStr
{
    /// From this magnitude on, arrays turn to scientific notation.
    const ARRAY_MAX: Self;
    /// Below this magnitude (in this very precision), arrays turn to scientific notation.
    const ARRAY_MIN: Self;
    /// A larger ratio of magnitudes turns arrays to scientific notation.
    const ARRAY_RATIO: Self;
    /// From this magnitude on, typed scalars are in scientific notation.
    const SCALAR_MAX: f64;
    fn magnitude(self) -> Self;
}

impl Real for f32 {
    const ARRAY_MAX: f32 = 1e6;
    const ARRAY_MIN: f32 = 1e-4;
    const ARRAY_RATIO: f32 = 1e3;
    const SCALAR_MAX: f64 = 1e6;
    fn magnitude(self) -> f32 {
        self.abs()
    }
}

impl Real for f64 {
    const ARRAY_MAX: f64 = 1e8;
    const ARRAY_MIN: f64 = 1e-4;
    const ARRAY_RATIO: f64 = 1e3;
    const SCALAR_MAX: f64 = 1e16;
    fn magnitude(self) -> f64 {
        self.abs()
    }
}

/// More digits than any float has after its first: beyond them all are zero.
const MOST: usize = 800;

/// A finite number as `d.ddd × 10^exponent`, without trailing zeros (zero is the digit 0).
pub(super) struct Digits {
    pub negative: bool,
    /// Power of ten of the first digit.
    pub exponent: i32,
    text: Stack,
    /// Digits lie at `[start]` and `[start + 2 ..end]` of the text.
    start: usize,
    end: usize,
}

/// A fixed-size text; the digits of any float fit it.
struct Stack {
    bytes: [u8; Stack::SIZE],
    len: usize,
}

impl Stack {
    const SIZE: usize = 40;
}

impl Write for Stack {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        let end = self.len + s.len();
        let room = self.bytes.get_mut(self.len..end).ok_or(std::fmt::Error)?;
        room.copy_from_slice(s.as_bytes());
        self.len = end;
        Ok(())
    }
}

impl Digits {
    /// The shortest digits that identify a finite `x` among the numbers of its type.
    pub fn shortest<T: Real>(x: T) -> Digits {
        let digits = Digits::read(|text| write!(text, "{x:e}"));
        // The standard library rounds a number halfway between two candidates up. Half a unit in
        // the last place is the number's lowest binary digit then, which few numbers meet.
        let half = digits.exponent - digits.len() as i32;
        if lowest_bit(x.into()) == Some(half) {
            let even = Digits::rounded(x, digits.len() - 1);
            if even.rest() != digits.rest() && even.reads_as(x) {
                return even;
            }
        }
        digits
    }

    fn reads_as<T: Real>(&self, x: T) -> bool {
        let text = std::str::from_utf8(&self.text.bytes[..self.text.len]).unwrap_or_default();
        text.parse::<T>().is_ok_and(|y| y == x)
    }

    /// At most `more` digits after the first, rounded exactly, ties to even.
    pub fn rounded<T: Real>(x: T, more: usize) -> Digits {
        let more = more.min(Stack::SIZE - 12);
        Digits::read(|text| write!(text, "{x:.more$e}"))
    }

    /// Parses `-d.ddde-ddd`.
    fn read(write: impl FnOnce(&mut Stack) -> std::fmt::Result) -> Digits {
        let mut text = Stack { bytes: [0; Stack::SIZE], len: 0 };
        let written = write(&mut text).is_ok();
        debug_assert!(written, "digits outgrew their buffer");
        let bytes = &text.bytes[..text.len];
        let negative = bytes.first() == Some(&b'-');
        let start = negative as usize;
        let mark = bytes.iter().rposition(|&b| b == b'e').unwrap_or(bytes.len());
        let mut exponent = 0;
        for &b in &bytes[(mark + 1).min(bytes.len())..] {
            if b != b'-' {
                exponent = exponent * 10 + (b - b'0') as i32;
            }
        }
        if bytes.get(mark + 1) == Some(&b'-') {
            exponent = -exponent;
        }
        let mut end = mark;
        while end > start + 2 && bytes[end - 1] == b'0' {
            end -= 1;
        }
        if end == start + 2 {
            end = start + 1; // only `d.` is left
        }
        Digits { negative, exponent, text, start, end }
    }

    /// The first digit.
    pub fn first(&self) -> char {
        self.text.bytes[self.start] as char
    }

    /// The digits after the first.
    pub fn rest(&self) -> &str {
        let from = (self.start + 2).min(self.end);
        std::str::from_utf8(&self.text.bytes[from..self.end]).unwrap_or_default()
    }

    /// How many digits there are.
    pub fn len(&self) -> usize {
        1 + self.rest().len()
    }

    /// How many stand after the point in positional notation.
    pub fn fraction_len(&self) -> usize {
        (self.len() as i64 - 1 - self.exponent as i64).max(0) as usize
    }

    /// Appends the number without its sign and point in positional notation: its whole part, then
    /// a point if `point` or if there is a fraction, then the fraction.
    pub fn push_positional(&self, out: &mut String, point: bool) {
        let rest = self.rest();
        if self.exponent < 0 {
            out.push_str("0.");
            out.extend(std::iter::repeat_n('0', (-self.exponent - 1) as usize));
            out.push(self.first());
            out.push_str(rest);
            return;
        }
        out.push(self.first());
        let whole = self.exponent as usize;
        let (left, right) = rest.split_at(whole.min(rest.len()));
        out.push_str(left);
        out.extend(std::iter::repeat_n('0', whole - left.len()));
        if point || !right.is_empty() {
            out.push('.');
        }
        out.push_str(right);
    }

    /// Appends the number without its sign in scientific notation, the exponent in at least two
    /// digits, the point only if there is a fraction.
    pub fn push_scientific(&self, out: &mut String) {
        out.push(self.first());
        if !self.rest().is_empty() {
            out.push('.');
            out.push_str(self.rest());
        }
        push_exponent(out, self.exponent, 2);
    }
}

/// The power of two of the lowest set bit of a finite number; `None` for zero.
fn lowest_bit(x: f64) -> Option<i32> {
    let bits = x.to_bits();
    let (fraction, biased) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7ff) as i32);
    let mantissa = if biased == 0 { fraction } else { fraction | 1 << 52 };
    (mantissa != 0).then(|| biased.max(1) - 1075 + mantissa.trailing_zeros() as i32)
}

/// Appends `e+07`, with at least `least` digits.
pub(super) fn push_exponent(out: &mut String, exponent: i32, least: usize) {
    let sign = if exponent < 0 { '-' } else { '+' };
    let size = exponent.unsigned_abs();
    // Writing to a String cannot fail.
    let _ = write!(out, "e{sign}{size:0least$}");
}

/// `x` with exactly `precision` digits after the point, as C's `%.*f`. Any precision.
pub(super) fn fixed(x: f64, precision: usize) -> String {
    let shown = precision.min(MOST * 2);
    let mut text = format!("{x:.shown$}");
    text.extend(std::iter::repeat_n('0', precision - shown));
    text
}

/// `x` with exactly `precision` digits after the first, as C's `%.*e`: digits and exponent apart.
pub(super) fn scientific(x: f64, precision: usize) -> (String, i32) {
    let shown = precision.min(MOST);
    let text = format!("{x:.shown$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mut mantissa = mantissa.to_string();
    mantissa.extend(std::iter::repeat_n('0', precision - shown));
    (mantissa, exponent.parse().unwrap_or(0))
}

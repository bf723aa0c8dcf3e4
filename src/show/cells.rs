//! The elements of an array as cells of equal width: what `array` lays out in rows. Widths and
//! notation follow NumPy's print options, and depend on the elements shown, no others.

use super::digits::{self, Digits, Real, push_exponent};
use super::options::{FloatMode, Options};
use crate::dtype::Element;
use num_complex::Complex;
use std::fmt::{Display, Write};

/// Texts of elements, end to end.
pub(super) struct Cells {
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    fn with_capacity(n: usize, width: usize) -> Cells {
        Cells { text: String::with_capacity(n * width), ends: Vec::with_capacity(n) }
    }

    fn end(&mut self) {
        self.ends.push(self.text.len());
    }

    pub fn get(&self, i: usize) -> &str {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.text[start..self.ends[i]]
    }
}

/// `True` is padded to the width of `False`, except in a 0-d array.
pub(super) fn bools(items: &[bool], padded: bool) -> Cells {
    let mut cells = Cells::with_capacity(items.len(), 5);
    for &x in items {
        cells.text.push_str(match (x, padded) {
            (false, _) => "False",
            (true, true) => " True",
            (true, false) => "True",
        });
        cells.end();
    }
    cells
}

/// Integers, to the width of the longest.
pub(super) fn ints<T: Element + Display + Ord>(items: &[T]) -> Cells {
    let len = |x: Option<&T>| x.map_or(0, |x| x.to_string().len());
    let width = len(items.iter().max()).max(len(items.iter().min()));
    let mut cells = Cells::with_capacity(items.len(), width);
    for x in items {
        let _ = write!(cells.text, "{x:>width$}");
        cells.end();
    }
    cells
}

pub(super) fn floats<T: Real>(items: &[T], options: &Options) -> Cells {
    let column = Column::measure(items, false, options);
    let mut cells = Cells::with_capacity(items.len(), column.width());
    for i in 0..items.len() {
        column.push(&mut cells.text, i);
        cells.end();
    }
    cells
}

/// Real and imaginary parts are two columns; `j` follows the last digit, before any padding.
pub(super) fn complexes<T: Real>(items: &[Complex<T>], options: &Options) -> Cells {
    let re: Vec<T> = items.iter().map(|z| z.re).collect();
    let im: Vec<T> = items.iter().map(|z| z.im).collect();
    let (re, im) = (Column::measure(&re, false, options), Column::measure(&im, true, options));
    let mut cells = Cells::with_capacity(items.len(), re.width() + im.width() + 1);
    for i in 0..items.len() {
        re.push(&mut cells.text, i);
        im.push(&mut cells.text, i);
        let end = cells.text.trim_end_matches(' ').len();
        cells.text.insert(end, 'j');
        cells.end();
    }
    cells
}

/// How a column of floats is written.
struct Column<'a, T> {
    items: &'a [T],
    plus: bool,
    notation: Notation,
    /// Characters before the point, the sign included.
    left: usize,
    /// Characters after the point, an exponent included.
    right: usize,
    /// What stands after a number's last digit.
    fill: char,
}

enum Notation {
    /// Each number's unpadded text, with the place of its point.
    Positional { text: String, marks: Vec<Mark> },
    /// Digits after the point, and the least digits of the exponent.
    Scientific { precision: usize, exponent: usize },
}

#[derive(Clone, Copy, Default)]
struct Mark {
    start: usize,
    whole: usize,
    fraction: usize,
}

impl<'a, T: Real> Column<'a, T> {
    /// `plus`: numbers that are not negative get a `+`.
    fn measure(items: &'a [T], plus: bool, options: &Options) -> Column<'a, T> {
        let notation = match wants_scientific(items, options.suppress) {
            true => scientific(items, options),
            false if options.floats == FloatMode::Fixed => fixed(items, plus, options.precision),
            false => positional(items, plus, options.digits()),
        };
        let mut column = Column { items, plus, notation, left: 0, right: 0, fill: options.fill() };
        let mut finite = 0;
        let (mut negative, mut negative_infinity) = (false, false);
        for &x in items {
            let x: f64 = x.into();
            finite += x.is_finite() as usize;
            negative |= x.is_finite() && x.is_sign_negative();
            negative_infinity |= x == f64::NEG_INFINITY;
        }
        match &column.notation {
            Notation::Positional { marks, .. } => {
                column.left = marks.iter().map(|m| m.whole).max().unwrap_or(0);
                column.right = marks.iter().map(|m| m.fraction).max().unwrap_or(0);
            }
            Notation::Scientific { precision, exponent } => {
                column.left = 1 + (plus || negative) as usize;
                column.right = precision + exponent + 2;
            }
        }
        if finite < items.len() {
            let name = 3 + (plus || negative_infinity) as usize;
            column.left = column.left.max(name.saturating_sub(column.right + 1));
        }
        column
    }

    fn width(&self) -> usize {
        self.left + 1 + self.right
    }

    fn push(&self, out: &mut String, i: usize) {
        let x = self.items[i];
        let wide: f64 = x.into();
        if !wide.is_finite() {
            return self.push_name(out, wide);
        }
        match &self.notation {
            Notation::Positional { text, marks } => {
                let m = marks[i];
                pad(out, self.left - m.whole);
                out.push_str(&text[m.start..m.start + m.whole + 1 + m.fraction]);
                out.extend(std::iter::repeat_n(self.fill, self.right - m.fraction));
            }
            Notation::Scientific { precision, exponent } => {
                let digits = Digits::rounded(x, *precision);
                let sign = sign(digits.negative, self.plus);
                pad(out, self.left - 1 - sign.len());
                out.push_str(sign);
                out.push(digits.first());
                out.push('.');
                out.push_str(digits.rest());
                out.extend(std::iter::repeat_n('0', precision - digits.rest().len()));
                push_exponent(out, digits.exponent, *exponent);
            }
        }
    }

    fn push_name(&self, out: &mut String, x: f64) {
        let name = if x.is_nan() { "nan" } else { "inf" };
        let sign = sign(x == f64::NEG_INFINITY, self.plus);
        pad(out, self.width().saturating_sub(name.len() + sign.len()));
        out.push_str(sign);
        out.push_str(name);
    }
}

fn sign(negative: bool, plus: bool) -> &'static str {
    match (negative, plus) {
        (true, _) => "-",
        (false, true) => "+",
        (false, false) => "",
    }
}

fn pad(out: &mut String, n: usize) {
    out.extend(std::iter::repeat_n(' ', n));
}

/// Whether the magnitudes of the finite, non-zero elements ask for scientific notation. Compared
/// in the elements' own precision.
fn wants_scientific<T: Real>(items: &[T], suppress: bool) -> bool {
    let mut range: Option<(T, T)> = None;
    for &x in items {
        let wide: f64 = x.into();
        if !wide.is_finite() || wide == 0.0 {
            continue;
        }
        let size = x.magnitude();
        range = Some(match range {
            None => (size, size),
            Some((lo, hi)) => (if size < lo { size } else { lo }, if size > hi { size } else { hi }),
        });
    }
    let small = |lo: T, hi: T| lo < T::ARRAY_MIN || hi / lo > T::ARRAY_RATIO;
    range.is_some_and(|(lo, hi)| hi >= T::ARRAY_MAX || !suppress && small(lo, hi))
}

/// So many digits after the point, of the number that the float is.
fn fixed<T: Real>(items: &[T], plus: bool, precision: usize) -> Notation {
    let mut text = String::with_capacity(items.len() * (precision + 4));
    let mut marks = Vec::with_capacity(items.len());
    for &x in items {
        let x: f64 = x.into();
        if !x.is_finite() {
            marks.push(Mark { fraction: precision, ..Mark::default() });
            continue;
        }
        let start = text.len();
        text.push_str(sign(x.is_sign_negative(), plus));
        text.push_str(&digits::fixed(x.abs(), precision));
        if precision == 0 {
            text.push('.');
        }
        marks.push(Mark { start, whole: text.len() - start - 1 - precision, fraction: precision });
    }
    Notation::Positional { text, marks }
}

/// At most so many digits after the point, the shortest where fewer do.
fn positional<T: Real>(items: &[T], plus: bool, precision: usize) -> Notation {
    let mut text = String::with_capacity(items.len() * 12);
    let mut marks = Vec::with_capacity(items.len());
    for &x in items {
        if !x.into().is_finite() {
            marks.push(Mark::default());
            continue;
        }
        let mut digits = Digits::shortest(x);
        let start = text.len();
        if digits.fraction_len() > precision {
            let after = digits.exponent + precision as i32;
            if after < 0 {
                // Less than one unit of the last place: rounded to that or to nothing.
                let up = after == -1 && Digits::rounded(x, 0).exponent > digits.exponent
                    || after == -1 && digits.first() >= '5' && !is_half(&digits);
                text.push_str(sign(digits.negative, plus));
                let whole = text.len() - start + 1;
                text.push_str(if up && precision == 0 { "1." } else { "0." });
                let fraction = if up { precision } else { 0 };
                if fraction > 0 {
                    text.extend(std::iter::repeat_n('0', fraction - 1));
                    text.push('1');
                }
                marks.push(Mark { start, whole, fraction });
                continue;
            }
            digits = Digits::rounded(x, after as usize);
        }
        text.push_str(sign(digits.negative, plus));
        digits.push_positional(&mut text, true);
        let fraction = digits.fraction_len();
        marks.push(Mark { start, whole: text.len() - start - 1 - fraction, fraction });
    }
    Notation::Positional { text, marks }
}

/// Whether the digits are a 5 alone, which is rounded to the even digit 0.
fn is_half(digits: &Digits) -> bool {
    digits.first() == '5' && digits.rest().chars().all(|c| c == '0')
}

/// Every number gets as many digits as the one that needs most, up to the precision.
fn scientific<T: Real>(items: &[T], options: &Options) -> Notation {
    let most = options.digits();
    let (mut precision, mut exponent) = (if options.floats == FloatMode::Fixed { most } else { 0 }, 2);
    for &x in items {
        if !x.into().is_finite() {
            continue;
        }
        let mut digits = Digits::shortest(x);
        if digits.len() - 1 > most {
            digits = Digits::rounded(x, most);
        }
        precision = precision.max(digits.rest().len());
        exponent = exponent.max(if digits.exponent.abs() >= 100 { 3 } else { 2 });
    }
    Notation::Scientific { precision, exponent }
}

//! Single numbers as text: plain ones as Python prints them, typed ones as NumPy does.

use super::digits::{Digits, Real};
use crate::dtype::{DType, Scalar, c128};
use num_complex::Complex;

/// What `print(x)` shows of a typed scalar: `1.5`, `True`, `(1+2j)`.
pub fn scalar_str(s: Scalar) -> String {
    let mut out = String::new();
    push_scalar(&mut out, s);
    out
}

/// A typed scalar's repr: `np.float64(1.5)`, `np.True_`, `np.complex128(1+2j)`.
pub fn scalar_repr(s: Scalar) -> String {
    if let Scalar::Bool(b) = s {
        return format!("np.{}_", bool_str(b));
    }
    let text = scalar_str(s);
    // A complex number's own brackets give way to the call's.
    let bare = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).unwrap_or(&text);
    format!("np.{}({bare})", s.dtype().name())
}

/// A plain float, as Python's repr: the shortest digits that read back, `1e+16`, `inf`, `-0.0`.
pub fn float_str(x: f64) -> String {
    let mut out = String::new();
    push_float(&mut out, x, true);
    out
}

/// A plain complex number, as Python's repr: `(1+2j)`, `2j`.
pub fn complex_str(z: c128) -> String {
    let mut out = String::new();
    push_complex(&mut out, z);
    out
}

pub(super) fn bool_str(b: bool) -> &'static str {
    if b { "True" } else { "False" }
}

pub(super) fn push_scalar(out: &mut String, s: Scalar) {
    match s {
        Scalar::Bool(b) => out.push_str(bool_str(b)),
        Scalar::F32(x) => push_float(out, x, true),
        Scalar::F64(x) => push_float(out, x, true),
        Scalar::C64(z) => push_complex(out, z),
        Scalar::C128(z) => push_complex(out, z),
        Scalar::U64(x) => push_display(out, x),
        _ => {
            debug_assert!(s.dtype() < DType::F32);
            push_display(out, s.as_i128().unwrap_or_default() as i64);
        }
    }
}

pub(super) fn push_display(out: &mut String, x: impl std::fmt::Display) {
    use std::fmt::Write;
    // Writing to a String cannot fail.
    let _ = write!(out, "{x}");
}

/// Appends the shortest text of a number of either precision. `zero`: whole numbers end in `.0`.
pub(super) fn push_float<T: Real>(out: &mut String, x: T, zero: bool) {
    let wide: f64 = x.into();
    if !wide.is_finite() {
        let text = if wide.is_nan() {
            "nan"
        } else if wide < 0.0 {
            "-inf"
        } else {
            "inf"
        };
        return out.push_str(text);
    }
    let digits = Digits::shortest(x);
    if digits.negative {
        out.push('-');
    }
    let size = wide.abs();
    if size == 0.0 || (1e-4..T::SCALAR_MAX).contains(&size) {
        digits.push_positional(out, false);
        if zero && digits.fraction_len() == 0 {
            out.push_str(".0");
        }
    } else {
        digits.push_scientific(out);
    }
}

/// Appends `(1+2j)`, or `2j` when the real part is positive zero.
pub(super) fn push_complex<T: Real>(out: &mut String, z: Complex<T>) {
    let (re, im): (f64, f64) = (z.re.into(), z.im.into());
    if re == 0.0 && re.is_sign_positive() {
        push_float(out, z.im, false);
        return out.push('j');
    }
    out.push('(');
    push_float(out, z.re, false);
    if im.is_nan() || !im.is_sign_negative() {
        out.push('+');
    }
    push_float(out, z.im, false);
    out.push_str("j)");
}

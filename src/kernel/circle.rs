//! Dyalog's circle functions `k ○ x`: trigonometry by number.

use super::apply::binary_each;
use super::arith::Arith;
use super::{Block, BlockMut, complex};
use crate::dtype::c128;

/// Of real numbers. Outside a function's domain, NaN.
pub fn real(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary_each(ops, out, |k: f64, x: f64| match k {
        0.0 => ((1.0 - x) * (1.0 + x)).sqrt(),
        1.0 => x.sin(),
        2.0 => x.cos(),
        3.0 => x.tan(),
        4.0 => x.hypot(1.0),
        5.0 => x.sinh(),
        6.0 => x.cosh(),
        7.0 => x.tanh(),
        9.0 | -9.0 | -10.0 => x,
        10.0 => x.abs(),
        11.0 => 0.0,
        12.0 => 0f64.atan2(x),
        -1.0 => x.asin(),
        -2.0 => x.acos(),
        -3.0 => x.atan(),
        -4.0 if x == -1.0 => 0.0,
        -4.0 => (x + 1.0) * ((x - 1.0) / (x + 1.0)).sqrt(),
        -5.0 => libm::asinh(x),
        -6.0 => libm::acosh(x),
        -7.0 => libm::atanh(x),
        _ => f64::NAN,
    });
}

/// Of complex numbers.
pub fn complex_numbers(ops: &[Block<'_>], out: BlockMut<'_>) {
    let one = c128::new(1.0, 0.0);
    binary_each(ops, out, |k: c128, z: c128| match k.re {
        0.0 => complex::sqrt(one - z.mul(z)),
        1.0 => complex::sin(z),
        2.0 => complex::cos(z),
        3.0 => complex::tan(z),
        4.0 => complex::sqrt(one + z.mul(z)),
        5.0 => complex::sinh(z),
        6.0 => complex::cosh(z),
        7.0 => complex::tanh(z),
        8.0 => complex::sqrt(-one - z.mul(z)),
        9.0 => c128::new(z.re, 0.0),
        10.0 => c128::new(z.re.hypot(z.im), 0.0),
        11.0 => c128::new(z.im, 0.0),
        12.0 => c128::new(z.im.atan2(z.re), 0.0),
        -1.0 => complex::arcsin(z),
        -2.0 => complex::arccos(z),
        -3.0 => complex::arctan(z),
        -4.0 => (z + one).mul(complex::sqrt((z - one) / (z + one))),
        -5.0 => complex::arcsinh(z),
        -6.0 => complex::arccosh(z),
        -7.0 => complex::arctanh(z),
        -8.0 => -complex::sqrt(-one - z.mul(z)),
        -9.0 => z,
        -10.0 => z.conj(),
        -11.0 => c128::new(-z.im, z.re),
        -12.0 => complex::exp(c128::new(-z.im, z.re)),
        _ => c128::new(f64::NAN, f64::NAN),
    });
}

//! Dyalog's circle functions `k ○ x`: trigonometry by number.

use super::apply::{binary_each, scalar_operand, unary};
use super::arith::Arith;
use super::{Block, BlockMut, KernelFn, complex, vector};
use crate::dtype::c128;

/// Of real numbers. Outside a function's domain, NaN. The functions are the very kernels of the named
/// rows: over the whole block for one number, else element by element.
pub fn real(ops: &[Block<'_>], mut out: BlockMut<'_>) {
    if let Some(k) = scalar_operand::<f64>(ops[0], &out) {
        return match named(k) {
            Some(kernel) => kernel(&ops[1..], out),
            None => unary(&ops[1..], out, |x: f64| other(k, x)),
        };
    }
    binary_each(ops, out.reborrow(), |k: f64, x: f64| match named(k) {
        Some(kernel) => {
            let mut y = [0.0];
            kernel(&[Block::new(&[x])], BlockMut::new(&mut y));
            y[0]
        }
        None => other(k, x),
    });
}

/// The kernels that are functions of their own.
fn named(k: f64) -> Option<KernelFn> {
    Some(match k {
        1.0 => vector::sin::<f64>,
        2.0 => vector::cos::<f64>,
        3.0 => vector::tan::<f64>,
        5.0 => vector::sinh::<f64>,
        6.0 => vector::cosh::<f64>,
        7.0 => vector::tanh::<f64>,
        -1.0 => vector::arcsin::<f64>,
        -2.0 => vector::arccos::<f64>,
        -3.0 => vector::arctan::<f64>,
        -5.0 => vector::arcsinh::<f64>,
        -6.0 => vector::arccosh::<f64>,
        -7.0 => vector::arctanh::<f64>,
        _ => return None,
    })
}

/// The functions that are compositions, and NaN for a number without function.
#[inline(always)]
fn other(k: f64, x: f64) -> f64 {
    match k {
        0.0 => ((1.0 - x) * (1.0 + x)).sqrt(),
        4.0 => x.hypot(1.0),
        9.0 | -9.0 | -10.0 => x,
        10.0 => x.abs(),
        11.0 => 0.0,
        12.0 if x.is_nan() => x,
        12.0 if x.is_sign_negative() => std::f64::consts::PI,
        12.0 => 0.0,
        -4.0 if x == -1.0 => 0.0,
        -4.0 => (x + 1.0) * ((x - 1.0) / (x + 1.0)).sqrt(),
        _ => f64::NAN,
    }
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

//! Dyalog's circle functions `k ○ x`: trigonometry by number.

use super::apply::{binary_each, scalar_operand, unary};
use super::arith::Arith;
use super::vector::Wide;
use super::{Block, BlockMut, KernelFn, complex, vector};
use crate::dtype::{Element, c64, c128};

/// Of real numbers. Outside a function's domain, NaN. The functions are the very kernels of the named
/// rows: over the whole block for one number, else element by element.
pub fn real<T: Wide>(ops: &[Block<'_>], mut out: BlockMut<'_>) {
    if let Some(k) = scalar_operand::<T>(ops[0], &out) {
        return match named::<T>(k.wide()) {
            Some(kernel) => kernel(&ops[1..], out),
            None => unary(&ops[1..], out, |x: T| T::narrow(other(k.wide(), x.wide()))),
        };
    }
    binary_each(ops, out.reborrow(), |k: T, x: T| match named::<T>(k.wide()) {
        Some(kernel) => {
            let mut y = [x];
            kernel(&[Block::new(&[x])], BlockMut::new(&mut y));
            y[0]
        }
        None => T::narrow(other(k.wide(), x.wide())),
    });
}

/// The kernels that are functions of their own.
fn named<T: Wide>(k: f64) -> Option<KernelFn> {
    Some(match k {
        1.0 => vector::sin::<T>,
        2.0 => vector::cos::<T>,
        3.0 => vector::tan::<T>,
        5.0 => vector::sinh::<T>,
        6.0 => vector::cosh::<T>,
        7.0 => vector::tanh::<T>,
        -1.0 => vector::arcsin::<T>,
        -2.0 => vector::arccos::<T>,
        -3.0 => vector::arctan::<T>,
        -5.0 => vector::arcsinh::<T>,
        -6.0 => vector::arccosh::<T>,
        -7.0 => vector::arctanh::<T>,
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

/// Complex numbers, which are worked on in float64.
pub trait Complex: Element {
    fn wide(self) -> c128;
    fn narrow(z: c128) -> Self;
}

impl Complex for c64 {
    fn wide(self) -> c128 {
        c128::new(self.re.into(), self.im.into())
    }
    fn narrow(z: c128) -> c64 {
        c64::new(z.re as f32, z.im as f32)
    }
}

impl Complex for c128 {
    fn wide(self) -> c128 {
        self
    }
    fn narrow(z: c128) -> c128 {
        z
    }
}

pub fn complex_numbers<T: Complex>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary_each(ops, out, |k: T, z: T| T::narrow(of_complex(k.wide().re, z.wide())));
}

fn of_complex(k: f64, z: c128) -> c128 {
    let one = c128::new(1.0, 0.0);
    match k {
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
    }
}

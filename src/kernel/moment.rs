//! Kernels of means and variances: squared deviations as the map of a sum, and the division of sums
//! by counts, with NumPy's roundings.

use super::{Block, BlockMut, simd};
use crate::dtype::{CastTo, DType, Element, c64, c128, cast};
use crate::with_dtype;

/// `out = |x - mean|²` in the precision of `mean`, which has one element or as many as `x`. `out`
/// is real.
pub fn squared_deviation(x: Block<'_>, mean: Block<'_>, out: BlockMut<'_>) {
    match (x.dtype(), mean.dtype()) {
        (DType::C64, DType::C64) => complex::<c64, f32>(x, mean, out, |d| d.re * d.re + d.im * d.im),
        (DType::C128, DType::C128) => complex::<c128, f64>(x, mean, out, |d| d.re * d.re + d.im * d.im),
        (DType::F32, DType::F32) => real::<f32, f32>(x, mean, out),
        (DType::F64, DType::F32) => real::<f64, f32>(x, mean, out),
        (d, _) => with_dtype!(d, S => real::<S, f64>(x, mean, out)),
    }
}

/// As [`squared_deviation`], as a step of a plan.
pub fn deviation(operands: &[Block<'_>], out: BlockMut<'_>) {
    squared_deviation(operands[0], operands[1], out);
}

fn real<S, W>(x: Block<'_>, mean: Block<'_>, out: BlockMut<'_>)
where
    S: Element + CastTo<W>,
    W: Element + std::ops::Sub<Output = W> + std::ops::Mul<Output = W>,
{
    let (xs, means, out) = (x.typed::<S>(), mean.typed::<W>(), out.typed::<W>());
    if let [x] = xs {
        // One element stands for many.
        for (o, &m) in out.iter_mut().zip(means.iter().cycle()) {
            let d = cast::<S, W>(*x) - m;
            *o = d * d;
        }
        return;
    }
    simd(
        #[inline(always)]
        || match means {
            [m] => {
                for (o, &x) in out.iter_mut().zip(xs) {
                    let d = cast::<S, W>(x) - *m;
                    *o = d * d;
                }
            }
            _ => {
                for ((o, &x), &m) in out.iter_mut().zip(xs).zip(means) {
                    let d = cast::<S, W>(x) - m;
                    *o = d * d;
                }
            }
        },
    )
}

fn complex<Z, R>(x: Block<'_>, mean: Block<'_>, out: BlockMut<'_>, square: impl Fn(Z) -> R)
where
    Z: Element + std::ops::Sub<Output = Z>,
    R: Element,
{
    let (xs, means) = (x.typed::<Z>(), mean.typed::<Z>());
    for ((o, &x), &m) in out.typed::<R>().iter_mut().zip(xs.iter().cycle()).zip(means.iter().cycle()) {
        *o = square(x - m);
    }
}

/// `acc /= count` for floats and complex numbers, computed in double precision and rounded once;
/// one count, or one per element.
pub fn divide(acc: BlockMut<'_>, counts: &[f64]) {
    let count = |i: usize| counts[if counts.len() == 1 { 0 } else { i }];
    match acc.dtype() {
        DType::F32 => {
            each(acc.typed::<f32>(), |i, x| (x as f64 / count(i)) as f32);
        }
        DType::F64 => each(acc.typed::<f64>(), |i, x| x / count(i)),
        DType::C64 => each(acc.typed::<c64>(), |i, z| {
            let z = quotient(c128::new(z.re as f64, z.im as f64), count(i));
            c64::new(z.re as f32, z.im as f32)
        }),
        DType::C128 => each(acc.typed::<c128>(), |i, z| quotient(z, count(i))),
        _ => {}
    }
}

fn each<T: Copy>(xs: &mut [T], f: impl Fn(usize, T) -> T) {
    for (i, x) in xs.iter_mut().enumerate() {
        *x = f(i, *x);
    }
}

/// Complex division as C libraries do it (Smith's method) where the divisor is real.
fn quotient(z: c128, n: f64) -> c128 {
    if n == 0.0 {
        return c128::new(z.re / n, z.im / n);
    }
    let (ratio, scale) = (0.0 / n, 1.0 / n);
    c128::new((z.re + z.im * ratio) * scale, (z.im - z.re * ratio) * scale)
}

/// Square roots in place, of floats.
pub fn sqrt(acc: BlockMut<'_>) {
    match acc.dtype() {
        DType::F32 => each(acc.typed::<f32>(), |_, x| x.sqrt()),
        DType::F64 => each(acc.typed::<f64>(), |_, x| x.sqrt()),
        _ => {}
    }
}

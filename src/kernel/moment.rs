//! Kernels of means and variances: squared deviations as the map of a sum, and the division of sums
//! by counts, with NumPy's roundings.

use super::pairwise::Pairwise;
use super::simd::Lines;
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

/// Elements of the longest row that [`of_short_rows`] takes: one leaf of NumPy's tree.
pub const SHORT_ROW: usize = 128;

/// `acc[i]` is the sum of the squared deviations of row `i` from `means[i]`, in NumPy's tree. Rows of one
/// length, at most [`SHORT_ROW`], follow each other; all are float32 or all float64.
pub fn of_short_rows(x: Block<'_>, means: Block<'_>, acc: BlockMut<'_>) {
    match x.dtype() {
        DType::F32 => short_rows::<f32>(x.typed(), means.typed(), acc.typed()),
        _ => short_rows::<f64>(x.typed(), means.typed(), acc.typed()),
    }
}

fn short_rows<T>(xs: &[T], means: &[T], acc: &mut [T])
where
    T: Pairwise + std::ops::Sub<Output = T> + std::ops::Mul<Output = T>,
{
    let n = xs.len().checked_div(acc.len()).unwrap_or(0);
    assert!(n <= SHORT_ROW && means.len() == acc.len());
    if n == 0 {
        return;
    }
    simd(
        #[inline(always)]
        || {
            let Lines(squares) = &mut Lines([T::default(); SHORT_ROW]);
            for ((a, &mean), row) in acc.iter_mut().zip(means).zip(xs.chunks_exact(n)) {
                // Eight at a time, a vector: rows are too short for a loop that begins with more.
                let (head, rest) = row.as_chunks::<8>();
                let (to, _) = squares.as_chunks_mut::<8>();
                for (to, from) in to.iter_mut().zip(head) {
                    for k in 0..8 {
                        let d = from[k] - mean;
                        to[k] = d * d;
                    }
                }
                for (to, &from) in squares[8 * head.len()..].iter_mut().zip(rest) {
                    let d = from - mean;
                    *to = d * d;
                }
                *a = T::leaf::<false>(&squares[..n]);
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
    match acc.dtype() {
        DType::F32 => by_counts(acc.typed::<f32>(), counts, |x, n| (x as f64 / n) as f32),
        DType::F64 => by_counts(acc.typed::<f64>(), counts, |x, n| x / n),
        DType::C64 => by_counts(acc.typed::<c64>(), counts, |z, n| {
            let z = quotient(c128::new(z.re as f64, z.im as f64), n);
            c64::new(z.re as f32, z.im as f32)
        }),
        DType::C128 => by_counts(acc.typed::<c128>(), counts, quotient),
        _ => {}
    }
}

fn by_counts<T: Copy>(xs: &mut [T], counts: &[f64], f: impl Fn(T, f64) -> T) {
    simd(
        #[inline(always)]
        || match counts {
            &[n] => xs.iter_mut().for_each(|x| *x = f(*x, n)),
            _ => xs.iter_mut().zip(counts).for_each(|(x, &n)| *x = f(*x, n)),
        },
    )
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
        DType::F32 => roots(acc.typed::<f32>(), f32::sqrt),
        DType::F64 => roots(acc.typed::<f64>(), f64::sqrt),
        _ => {}
    }
}

fn roots<T: Copy>(xs: &mut [T], root: impl Fn(T) -> T) {
    simd(
        #[inline(always)]
        || xs.iter_mut().for_each(|x| *x = root(*x)),
    )
}

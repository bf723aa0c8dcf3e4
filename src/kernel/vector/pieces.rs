//! Functions that are computed in stages over pieces of an operand: powers, whose logarithm goes by
//! table (see `table`), the hyperbolic tangent, and the inverses of the hyperbolic sine and cosine. Their
//! chains of sums and products are long: in one loop the processor waits for them. In two stages arcsinh
//! takes 0.70 of the time of one loop; in three, 0.69.
//!
//! What lies between the stages begins with a cache line: where the stack happened to put it across two, tanh of 1e6
//! float64 on two threads took 900 µs in one build and 700 in another.
//!
//! log2 and log10 by the same table took 0.98 ns and missed 1 ulp, against 1.04 with their division.

use super::double::Double;
use super::table::{Factors, PIECE};
use super::{Wide, exponential, logarithm, roots, single, tabled};
use crate::kernel::apply::unary;
use crate::kernel::simd::Lines;
use crate::kernel::{Block, BlockMut, simd};

/// Elements of a piece from `at` on; of a scalar operand, the scalar everywhere. Past the end, ones.
#[inline(always)]
fn take<T: Wide>(from: &[T], n: usize, at: usize, to: &mut [f64; PIECE]) {
    if from.len() != n {
        return to.fill(from[0].wide());
    }
    match from[at..].first_chunk::<PIECE>() {
        Some(whole) => (0..PIECE).for_each(|i| to[i] = whole[i].wide()),
        None => {
            to.fill(1.0);
            to.iter_mut().zip(&from[at..]).for_each(|(t, x)| *t = x.wide());
        }
    }
}

/// Writes a piece, narrowed.
#[inline(always)]
fn put<T: Wide>(piece: &[f64; PIECE], out: &mut [T]) {
    match out.first_chunk_mut::<PIECE>() {
        Some(whole) => (0..PIECE).for_each(|i| whole[i] = T::narrow(piece[i])),
        None => out.iter_mut().zip(piece).for_each(|(o, &x)| *o = T::narrow(x)),
    }
}

/// Applies two stages to a block: the second is given what the first made of an element.
#[inline(always)]
fn staged<T: Wide>(
    ops: &[Block<'_>],
    out: BlockMut<'_>,
    first: impl Fn(f64) -> Double + Copy,
    second: impl Fn(f64, Double) -> f64 + Copy,
) {
    let (xs, out) = (ops[0].typed::<T>(), out.typed::<T>());
    let n = out.len();
    simd(
        #[inline(always)]
        || {
            let mut room = Lines([[1.0; PIECE]; 4]);
            let [x, y, hi, lo] = &mut room.0;
            for (k, out) in out.chunks_mut(PIECE).enumerate() {
                take(xs, n, k * PIECE, x);
                for i in 0..PIECE {
                    Double { hi: hi[i], lo: lo[i] } = first(x[i]);
                }
                for i in 0..PIECE {
                    y[i] = second(x[i], Double { hi: hi[i], lo: lo[i] });
                }
                put(y, out);
            }
        },
    );
}

macro_rules! inverse_hyperbolic {
    ($($name:ident $sum:ident;)*) => {$(
        pub fn $name<T: Wide>(ops: &[Block<'_>], out: BlockMut<'_>) {
            if T::SHORT {
                return unary(ops, out, #[inline(always)] |x: T| T::narrow(single::$name(x.wide())));
            }
            staged::<T>(
                ops,
                out,
                #[inline(always)]
                |x| logarithm::$sum(x),
                #[inline(always)]
                |x, sum| logarithm::$name(x, sum),
            );
        }
    )*};
}
inverse_hyperbolic! {
    arcsinh arcsinh_sum;
    arccosh arccosh_sum;
}

/// The hyperbolic tangent.
pub fn tanh<T: Wide>(ops: &[Block<'_>], out: BlockMut<'_>) {
    if T::SHORT {
        return tabled::tanh(ops, out);
    }
    let (xs, out) = (ops[0].typed::<T>(), out.typed::<T>());
    let n = out.len();
    simd(
        #[inline(always)]
        || {
            let mut room = Lines([[1.0; PIECE]; 5]);
            let [x, y, s, hi, lo] = &mut room.0;
            for (k, out) in out.chunks_mut(PIECE).enumerate() {
                take(xs, n, k * PIECE, x);
                for i in 0..PIECE {
                    (s[i], Double { hi: hi[i], lo: lo[i] }) = exponential::tanh_parts(x[i]);
                }
                for i in 0..PIECE {
                    y[i] = exponential::tanh(x[i], s[i], Double { hi: hi[i], lo: lo[i] });
                }
                put(y, out);
            }
        },
    );
}

/// `x ** y`, as `e ** (y ln x)` with the logarithm to 66 bits; of one small exponent beside several results that is
/// whole or half of a whole number, by products and roots, element by element where these are exact enough. 1e6 on two
/// threads, ms, by the logarithm and by roots: float64 `a ** 1.5` 1.72 and 0.54, `a ** -0.5` 1.70 and 0.54, `a ** -2`
/// 1.91 and 0.37, float32 `f ** 1.5` 1.12 and 0.32. Of other exponents, `a ** b`, 1.88 to 2.9
/// (NumPy 2.25 to 2.37): computing bounds it, one thread takes 5.6.
pub fn power<T: Wide>(ops: &[Block<'_>], out: BlockMut<'_>) {
    let (xs, ys, out) = (ops[0].typed::<T>(), ops[1].typed::<T>(), out.typed::<T>());
    let n = out.len();
    let few = if let ([y], 2..) = (ys, n) { Few::of(y.wide()) } else { None };
    let mut parts = Factors::new();
    simd(
        #[inline(always)]
        || {
            let mut room = Lines([[1.0; PIECE]; 4]);
            let [x, y, z, products] = &mut room.0;
            for (k, out) in out.chunks_mut(PIECE).enumerate() {
                take(xs, n, k * PIECE, x);
                if let Some(few) = few {
                    few.raise(x, products);
                    if x.iter().fold(true, |all, x| all & moderate(*x, few.is_whole())) {
                        put(products, out);
                        continue;
                    }
                }
                take(ys, n, k * PIECE, y);
                parts.take(x);
                raise::<T>(&parts, y, z);
                // Most pieces are ordinary, and signs and ends cost a third of the time.
                if !ordinary(x, y) {
                    for i in 0..PIECE {
                        z[i] = roots::special_powers(x[i], y[i], z[i]);
                    }
                }
                // What an element comes to does not depend on its neighbours.
                if let Some(few) = few {
                    for i in 0..PIECE {
                        z[i] = if moderate(x[i], few.is_whole()) { products[i] } else { z[i] };
                    }
                }
                put(z, out);
            }
        },
    );
}

/// An exponent that takes a root or none, and few products.
#[derive(Clone, Copy)]
enum Few {
    MinusFour,
    MinusThree,
    MinusTwoAndHalf,
    MinusTwo,
    MinusOneAndHalf,
    MinusHalf,
    OneAndHalf,
    TwoAndHalf,
    Five,
    Six,
}

impl Few {
    fn of(y: f64) -> Option<Few> {
        Some(match y {
            -4.0 => Few::MinusFour,
            -3.0 => Few::MinusThree,
            -2.5 => Few::MinusTwoAndHalf,
            -2.0 => Few::MinusTwo,
            -1.5 => Few::MinusOneAndHalf,
            -0.5 => Few::MinusHalf,
            1.5 => Few::OneAndHalf,
            2.5 => Few::TwoAndHalf,
            5.0 => Few::Five,
            6.0 => Few::Six,
            _ => return None,
        })
    }

    /// Whether it has no root, so that numbers may be negative.
    fn is_whole(self) -> bool {
        matches!(self, Few::MinusFour | Few::MinusThree | Few::MinusTwo | Few::Five | Few::Six)
    }

    #[inline(always)]
    fn raise(self, x: &[f64; PIECE], z: &mut [f64; PIECE]) {
        macro_rules! each {
            ($k:literal, $half:literal, $inverse:literal) => {
                for i in 0..PIECE {
                    z[i] = roots::few_products::<$k, $half, $inverse>(x[i]);
                }
            };
        }
        match self {
            Few::MinusFour => each!(4, false, true),
            Few::MinusThree => each!(3, false, true),
            Few::MinusTwoAndHalf => each!(2, true, true),
            Few::MinusTwo => each!(2, false, true),
            Few::MinusOneAndHalf => each!(1, true, true),
            Few::MinusHalf => each!(0, true, true),
            Few::OneAndHalf => each!(1, true, false),
            Few::TwoAndHalf => each!(2, true, false),
            Few::Five => each!(5, false, false),
            Few::Six => each!(6, false, false),
        }
    }
}

/// Whether the sixth power of `x` is far from the ends of the range, and it is positive or `signed`.
#[inline(always)]
fn moderate(x: f64, signed: bool) -> bool {
    let size = if signed { x.abs() } else { x };
    (size > 2f64.powi(-150)) & (size < 2f64.powi(150))
}

/// Whether all `x` are positive and finite, and all `y` finite.
#[inline(always)]
fn ordinary(x: &[f64; PIECE], y: &[f64; PIECE]) -> bool {
    const INFINITE: u64 = f64::INFINITY.to_bits();
    x.iter().zip(y).fold(true, |all, (x, y)| {
        all & (x.to_bits().wrapping_sub(1) < INFINITE - 1) & (y.abs().to_bits() < INFINITE)
    })
}

/// `z = x ** y` for the parts of `|x|`.
#[inline(always)]
fn raise<T: Wide>(x: &Factors, y: &[f64; PIECE], z: &mut [f64; PIECE]) {
    let mut room = Lines([[0.0; PIECE]; 2]);
    let [hi, lo] = &mut room.0;
    if T::SHORT {
        for i in 0..PIECE {
            hi[i] = single::exponent(x, i, y[i]);
        }
        for i in 0..PIECE {
            z[i] = single::exp2_long(hi[i]);
        }
        return;
    }
    for i in 0..PIECE {
        Double { hi: hi[i], lo: lo[i] } = roots::exponent(logarithm::log_exact(x, i), y[i]);
    }
    for i in 0..PIECE {
        z[i] = exponential::exp_of(Double { hi: hi[i], lo: lo[i] });
    }
}

//! Vectorised exponential, logarithm, sine and cosine.
//!
//! Branch-free arithmetic that the compiler turns into vector code; every operation (the fused
//! multiply-add included) is correctly rounded, so results do not depend on the vector width.
//! Methods: argument reduction after W. J. Cody and W. Waite, "Software Manual for the Elementary
//! Functions" (1980), with the reduced argument as an unevaluated sum of two floats; Taylor series
//! in place of fitted polynomials, two terms longer and with errors that are plain to bound. Errors
//! stay below 1 ulp. float32 goes through float64 and is rounded once.

use super::{Block, BlockMut, simd};
use crate::dtype::Element;

/// 1.5 * 2**52: adding it leaves a whole number in the low bits.
const MAGIC: f64 = 6755399441055744.0;
const LN2_HIGH: f64 = 0.693_147_180_369_123_8;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// `1 / n!`.
const fn inverse_factorial(n: u32) -> f64 {
    let mut p = 1.0;
    let mut k = 2;
    while k <= n {
        p *= k as f64;
        k += 1;
    }
    1.0 / p
}

/// A whole number, given as a float of at most 51 bits, in the bits of an integer.
#[inline(always)]
fn whole_bits(x: f64) -> i64 {
    ((x + MAGIC).to_bits() as i64).wrapping_sub(MAGIC.to_bits() as i64)
}

/// `2 ** k`, for normal results.
#[inline(always)]
fn power_of_two(k: i64) -> f64 {
    f64::from_bits((k.wrapping_add(1023) << 52) as u64)
}

/// `e ** x`: `2**k * exp(r)` with `|r| <= ln 2 / 2`, and the series to `r**13`.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    // Beyond these the result is 0 or infinite.
    let x = if x < -746.0 { -746.0 } else { x };
    let x = if x > 710.0 { 710.0 } else { x };
    let k = (x * std::f64::consts::LOG2_E).round_ties_even();
    let high = k.mul_add(-LN2_HIGH, x);
    let r = k.mul_add(-LN2_LOW, high);
    let low = k.mul_add(-LN2_LOW, high - r);
    const C: [f64; 14] = {
        let mut c = [0.0; 14];
        let mut n = 0;
        while n < 14 {
            c[n] = inverse_factorial(n as u32);
            n += 1;
        }
        c
    };
    let r2 = r * r;
    let r4 = r2 * r2;
    let a = r.mul_add(C[3], C[2]);
    let b = r.mul_add(C[5], C[4]);
    let c = r.mul_add(C[7], C[6]);
    let d = r.mul_add(C[9], C[8]);
    let e = r.mul_add(C[11], C[10]);
    let f = r.mul_add(C[13], C[12]);
    let ab = r2.mul_add(b, a);
    let cd = r2.mul_add(d, c);
    let ef = r2.mul_add(f, e);
    let q = r4.mul_add(r4.mul_add(ef, cd), ab);
    let p = 1.0 + (r + r2.mul_add(q, low));
    let k = whole_bits(k);
    let half = k >> 1;
    p * power_of_two(half) * power_of_two(k - half)
}

/// `ln x`: `k ln 2 + ln m` with `m` from √½ to √2, and the series of the inverse hyperbolic tangent.
#[inline(always)]
pub fn log(x: f64) -> f64 {
    const ROOT_HALF: u64 = 0x3fe6_a09e_0000_0000;
    let subnormal = x < f64::MIN_POSITIVE;
    let y = if subnormal { x * 18014398509481984.0 } else { x };
    let bits = y.to_bits();
    let shifted = bits.wrapping_sub(ROOT_HALF) as i64;
    let e = shifted >> 52;
    let m = f64::from_bits(bits.wrapping_sub((e << 52) as u64));
    let e = f64::from_bits(e.wrapping_add(MAGIC.to_bits() as i64) as u64) - MAGIC;
    let k = if subnormal { e - 54.0 } else { e };
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    // 2/3 z + 2/5 z² + …
    let mut r = 2.0 / 25.0;
    r = z.mul_add(r, 2.0 / 23.0);
    r = z.mul_add(r, 2.0 / 21.0);
    r = z.mul_add(r, 2.0 / 19.0);
    r = z.mul_add(r, 2.0 / 17.0);
    r = z.mul_add(r, 2.0 / 15.0);
    r = z.mul_add(r, 2.0 / 13.0);
    r = z.mul_add(r, 2.0 / 11.0);
    r = z.mul_add(r, 2.0 / 9.0);
    r = z.mul_add(r, 2.0 / 7.0);
    r = z.mul_add(r, 2.0 / 5.0);
    r = z.mul_add(r, 2.0 / 3.0);
    r *= z;
    let half = 0.5 * f * f;
    // ln m = f - (half - s (half + r)), summed from the small end.
    let small = k.mul_add(LN2_LOW, s * (half + r));
    let result = k.mul_add(LN2_HIGH, f - (half - small));
    let result = if x == f64::INFINITY { x } else { result };
    let result = if x == 0.0 { f64::NEG_INFINITY } else { result };
    if x < 0.0 || x.is_nan() { f64::NAN } else { result }
}

/// Past this the reduction of an angle would lose digits; the library's functions take over.
const FAR: f64 = 1.0e6;

#[inline(always)]
fn is_far(x: f64) -> bool {
    x.abs() > FAR || x.is_nan()
}

/// The quadrant of an angle, and what is left as an unevaluated sum.
#[inline(always)]
fn reduce(x: f64) -> (i64, f64, f64) {
    // π/2 in three parts.
    const P1: f64 = std::f64::consts::FRAC_PI_2;
    const P2: f64 = 6.123233995736766e-17;
    const P3: f64 = -1.4973849048591833e-33;
    let n = (x * std::f64::consts::FRAC_2_PI).round_ties_even();
    let p = n * P1;
    let p_low = n.mul_add(P1, -p);
    let first = x - p;
    let q = n * P2;
    let q_low = n.mul_add(P2, -q);
    // p_low + q, with its rounding error.
    let w = p_low + q;
    let t = w - p_low;
    let w_low = (p_low - (w - t)) + (q - t);
    let high = first - w;
    let t = high - first;
    let low = ((first - (high - t)) - (w + t)) - (w_low + n.mul_add(P3, q_low));
    (whole_bits(n), high, low)
}

/// The sine of a reduced angle.
#[inline(always)]
fn sine(r: f64, low: f64) -> f64 {
    let z = r * r;
    let mut s = inverse_factorial(17);
    s = z.mul_add(s, -inverse_factorial(15));
    s = z.mul_add(s, inverse_factorial(13));
    s = z.mul_add(s, -inverse_factorial(11));
    s = z.mul_add(s, inverse_factorial(9));
    s = z.mul_add(s, -inverse_factorial(7));
    s = z.mul_add(s, inverse_factorial(5));
    s = z.mul_add(s, -inverse_factorial(3));
    r + (z * r).mul_add(s, low * (1.0 - 0.5 * z))
}

/// The cosine of a reduced angle.
#[inline(always)]
fn cosine(r: f64, low: f64) -> f64 {
    let z = r * r;
    let mut c = inverse_factorial(16);
    c = z.mul_add(c, -inverse_factorial(14));
    c = z.mul_add(c, inverse_factorial(12));
    c = z.mul_add(c, -inverse_factorial(10));
    c = z.mul_add(c, inverse_factorial(8));
    c = z.mul_add(c, -inverse_factorial(6));
    c = z.mul_add(c, inverse_factorial(4));
    let half = 0.5 * z;
    let w = 1.0 - half;
    w + (((1.0 - w) - half) + (z * z).mul_add(c, -r * low))
}

/// The sine or cosine by quadrant: 0 is the sine, 1 the cosine, then both negated.
#[inline(always)]
fn by_quadrant(n: i64, r: f64, low: f64) -> f64 {
    let value = if n & 1 == 0 { sine(r, low) } else { cosine(r, low) };
    if n & 2 == 0 { value } else { -value }
}

#[inline(always)]
fn near_sin(x: f64) -> f64 {
    let (n, r, low) = reduce(x);
    let value = by_quadrant(n, r, low);
    if x == 0.0 { x } else { value }
}

#[inline(always)]
fn near_cos(x: f64) -> f64 {
    let (n, r, low) = reduce(x);
    by_quadrant(n.wrapping_add(1), r, low)
}

/// float32 and float64, by way of float64.
pub trait Wide: Element {
    fn wide(self) -> f64;
    fn narrow(x: f64) -> Self;
}
impl Wide for f32 {
    #[inline(always)]
    fn wide(self) -> f64 {
        self as f64
    }
    #[inline(always)]
    fn narrow(x: f64) -> f32 {
        x as f32
    }
}
impl Wide for f64 {
    #[inline(always)]
    fn wide(self) -> f64 {
        self
    }
    #[inline(always)]
    fn narrow(x: f64) -> f64 {
        x
    }
}

#[inline(always)]
fn each<T: Wide>(ops: &[Block<'_>], out: BlockMut<'_>, f: impl Fn(f64) -> f64 + Copy) {
    super::apply::unary(ops, out, |x: T| T::narrow(f(x.wide())));
}

pub fn exp_of<T: Wide>(ops: &[Block<'_>], out: BlockMut<'_>) {
    each::<T>(ops, out, exp);
}

pub fn log_of<T: Wide>(ops: &[Block<'_>], out: BlockMut<'_>) {
    each::<T>(ops, out, log);
}

pub fn sin_of<T: Wide>(ops: &[Block<'_>], out: BlockMut<'_>) {
    angles::<T>(ops, out, near_sin, f64::sin);
}

pub fn cos_of<T: Wide>(ops: &[Block<'_>], out: BlockMut<'_>) {
    angles::<T>(ops, out, near_cos, f64::cos);
}

/// Applies `near` in vectors, then `far` to the elements out of its reach.
#[inline(always)]
fn angles<T: Wide>(
    ops: &[Block<'_>],
    out: BlockMut<'_>,
    near: impl Fn(f64) -> f64 + Copy,
    far: fn(f64) -> f64,
) {
    let (xs, out) = (ops[0].typed::<T>(), out.typed::<T>());
    let one = |x: T| T::narrow(if is_far(x.wide()) { far(x.wide()) } else { near(x.wide()) });
    if xs.len() != out.len() {
        return out.fill(one(xs[0]));
    }
    let any_far = simd(
        #[inline(always)]
        || {
            let mut any = false;
            for (o, x) in out.iter_mut().zip(xs) {
                let x = x.wide();
                any |= is_far(x);
                *o = T::narrow(near(x));
            }
            any
        },
    );
    if any_far {
        for (o, x) in out.iter_mut().zip(xs).filter(|(_, x)| is_far(x.wide())) {
            *o = T::narrow(far(x.wide()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Floats of every size, and near the multiples of π/2.
    fn samples() -> Vec<f64> {
        let mut x = 0x9e37_79b9_7f4a_7c15u64;
        let mut next = move || {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            x
        };
        let mut all: Vec<f64> = (0..4000).map(|_| (next() as f64 / u64::MAX as f64 - 0.5) * 60.0).collect();
        all.extend((0..4000).map(|_| (next() as f64 / u64::MAX as f64 - 0.5) * 1400.0));
        all.extend((0..2000).map(|_| f64::from_bits(next()).abs()));
        all.extend((0..2000).map(|i| i as f64 * std::f64::consts::FRAC_PI_2));
        all.extend((0..200).map(|i| 1.0 + (i as f64 - 100.0) * 1e-14));
        all.extend([0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 5e-324, f64::MAX, -1.0]);
        all
    }

    fn agree(name: &str, kernel: crate::kernel::KernelFn, reference: fn(f64) -> f64) {
        let xs = samples();
        let mut out = vec![0.0f64; xs.len()];
        kernel(&[Block::new(&xs)], BlockMut::new(&mut out));
        for (&x, &got) in xs.iter().zip(&out) {
            let want = reference(x);
            let close = (got.to_bits() as i64).abs_diff(want.to_bits() as i64) <= 1;
            assert!(close || (got.is_nan() && want.is_nan()), "{name}({x:e}) = {got:e}, not {want:e}");
            let mut single = [0.0f64];
            kernel(&[Block::new(&[x])], BlockMut::new(&mut single));
            assert!(single[0].to_bits() == got.to_bits() || got.is_nan(), "{name}({x:e}) alone differs");
        }
    }

    #[test]
    fn results_are_next_to_the_library_s() {
        agree("exp", exp_of::<f64>, f64::exp);
        agree("log", log_of::<f64>, f64::ln);
        agree("sin", sin_of::<f64>, f64::sin);
        agree("cos", cos_of::<f64>, f64::cos);
    }
}

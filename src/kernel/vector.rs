//! Vectorised transcendental functions of float32 and float64.
//!
//! Each is branch-free arithmetic on float64 (the files below this one), which the compiler turns
//! into vector code inside [`simd`]. Every operation, the fused multiply-add included, is correctly
//! rounded, so results depend neither on the vector width nor on the position in the block. Most of float32
//! goes through float64 lanes and is rounded once; exp, exp2, tanh, cube roots and logarithms look into tables, in
//! float32 lanes (`tabled`). The rare angles that the vector reduction does not
//! reach are found in the same pass and done one by one after it. float32 has shorter versions of its
//! own (`single`).
//!
//! Errors stay below 1 ulp on the whole range. The largest that `tests/ulp.rs` met among 20,000 points
//! each, float64 (float32: at most 0.53 but where said below), and the time of one element from L1, one thread,
//! AVX-512, in ns (NumPy's in brackets: 1e6 elements, one thread):
//!
//! | function | ulp | float64 | float32 | function | ulp | float64 | float32 |
//! | --- | --- | --- | --- | --- | --- | --- | --- |
//! | exp | 0.86 | 0.43 (0.53) | 0.25* (0.32) | arcsinh | 0.60 | 2.69* (2.00) | 0.71 (0.39) |
//! | exp2 | 0.81 | 0.39 (0.52) | 0.25* (0.17) | arccosh | 0.53 | 2.56* (2.15) | 0.63 (0.36) |
//! | expm1 | 0.66 | 0.87 (0.89) | 0.32 (0.24) | arctanh | 0.51 | 1.35 (0.84) | 0.66 (0.26) |
//! | sinh | 0.71 | 1.20* (1.15) | 0.40 (0.26) | arcsin | 0.59 | 0.61 (0.69) | 0.40 (0.25) |
//! | cosh | 0.64 | 1.04* (0.94) | 0.35 (0.22) | arccos | 0.54 | 0.64 (0.80) | 0.43 (0.23) |
//! | tanh | 0.99 | 0.66 (0.74) | 0.31* (0.36) | arctan | 0.62 | 0.72 (0.64) | 0.38 (0.21) |
//! | log | 0.72 | 0.57 (0.51) | 0.29* (0.37) | arctan2 | 0.62 | 1.11 (1.32) | 0.58 (0.35) |
//! | log2 | 0.73 | 0.79 (0.54) | 0.26* (0.19) | cbrt | 0.51 | 0.81 (0.55) | 0.38* (0.31) |
//! | log10 | 0.68 | 0.80 (0.54) | 0.29* (0.21) | hypot | 0.51 | 0.98* (27) | 0.23 (2.7) |
//! | log1p | 0.90 | 0.68 (0.59) | 0.42 (0.28) | power | 0.66 | 1.80 (1.29) | 1.08 (0.40) |
//! | sin, cos | 0.74 | 0.65 (22) | 0.38 (0.39) | logaddexp | 0.51 | 2.96 (22) | 1.02 (20) |
//! | tan | 0.66 | 1.10 (0.89) | 0.44 (0.23) | logaddexp2 | 0.51 | 2.92 (24) | 1.03 (20) |
//!
//! With a star (of sinh and cosh the ulp, too: among 40 million points): measured when the processor ran at some 0.6 of its speed, as were what came before, float64
//! arcsinh 3.83, arccosh 3.80, sinh 1.87, cosh 1.54, hypot 1.18, float32 exp 0.49, exp2 0.50, tanh
//! 0.76, log 0.64, log2 0.67, log10 0.65, cbrt 0.71, and NumPy's beside them.
//!
//! All 2**32 float32, held against the float64 functions: exp 0.5318 ulp at most (0.754 of subnormal results),
//! exp2 0.5319 (0.756), expm1 0.5052, sinh 0.5010, tanh 0.6038, cbrt 0.5225, log 0.6388, log2 0.8069, log10
//! 0.6776, none wrong at the ends of the range.
//!
//! Bounded by arithmetic, and where sums of two floats make long chains (arcsinh, arccosh, logaddexp) by
//! latency: two iterations fill the processor's window. Powers and tanh are computed in stages for this
//! (`pieces`). Of tanh a quotient `n / (n + 2)` with what rounding left serves all arguments, where two forms of
//! which one was chosen took 0.91; without the second float of `x - k ln 2` it took 0.60 and missed 1 ulp by 0.16.
//! A compiler of expressions that gives up the last digits has tanh in 0.6 of the time, by one quotient of
//! polynomials of degree 13 and 6: it is off by 4.1 ulp (NumPy's by 1.1, among 36,000 points from -16 to 16).
//! Here products and sums fill the units that multiply: 25 of them, one vector a cycle, of which 11 are the
//! series and 7 the quotient's second float; a table of steps of 2**(1/16) would spare 4 and cost 3.
//!
//! Tried and lost: selects that the compiler folds into tests of a float's class (`x >= 0`, `x == ∞`,
//! `x == 0` in one chain) cost `log` 0.25 ns; a select of the argument of a longer computation is
//! computed twice, one of a factor is not; `power` with the logarithm by division instead of a table
//! took 5.2 ns; logarithms of float32 in float32 lanes without a table, with the leading sum in two floats, 0.35
//! ns, where they missed 1 ulp (0.80 to 1.08).

mod circular;
pub mod complex_power;
mod double;
mod exponential;
mod inverse;
mod lanes;
mod logarithm;
mod pieces;
pub mod plane;
#[cfg(all(target_arch = "x86_64", not(debug_assertions)))]
mod registers;
mod roots;
mod single;
mod table;
mod table_single;
mod tabled;

use super::apply::{binary, unary};
use super::{Block, BlockMut, simd};
use crate::dtype::Element;
use circular::is_far;
pub use inverse::arctan2 as angle_of;
pub use pieces::{arccosh, arcsinh, power, tanh};
pub use roots::hypot as hypotenuse;

/// float32 and float64, by way of float64.
pub trait Wide: Element {
    /// Whether float32's digits are enough.
    const SHORT: bool;
    fn wide(self) -> f64;
    fn narrow(x: f64) -> Self;
}
impl Wide for f32 {
    const SHORT: bool = true;
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
    const SHORT: bool = false;
    #[inline(always)]
    fn wide(self) -> f64 {
        self
    }
    #[inline(always)]
    fn narrow(x: f64) -> f64 {
        x
    }
}

macro_rules! functions {
    ($($file:ident: $($name:ident)*;)*) => {$($(
        pub fn $name<T: Wide>(ops: &[Block<'_>], out: BlockMut<'_>) {
            unary(ops, out, #[inline(always)] |x: T| {
                let x = x.wide();
                T::narrow(if T::SHORT { single::$name(x) } else { $file::$name(x) })
            });
        }
    )*)*};
}
functions! {
    exponential: expm1 sinh cosh;
    logarithm: arctanh;
    inverse: arcsin arccos arctan;
}

macro_rules! functions_by_table {
    ($($file:ident: $($name:ident)*;)*) => {$($(
        pub fn $name<T: Wide>(ops: &[Block<'_>], out: BlockMut<'_>) {
            if T::SHORT {
                return tabled::$name(ops, out);
            }
            unary(ops, out, #[inline(always)] |x: T| T::narrow($file::$name(x.wide())));
        }
    )*)*};
}
functions_by_table! {
    exponential: exp exp2;
    logarithm: log log2 log10 log1p;
    roots: cbrt;
}

macro_rules! functions_of_two {
    ($($file:ident: $($name:ident)*;)*) => {$($(
        pub fn $name<T: Wide>(ops: &[Block<'_>], out: BlockMut<'_>) {
            binary(ops, out, #[inline(always)] |x: T, y: T| {
                let (x, y) = (x.wide(), y.wide());
                T::narrow(if T::SHORT { single::$name(x, y) } else { $file::$name(x, y) })
            });
        }
    )*)*};
}
functions_of_two! {
    inverse: arctan2;
    logarithm: log_to_base;
    roots: hypot logaddexp logaddexp2;
}

macro_rules! functions_of_angles {
    ($($name:ident)*) => {$(
        pub fn $name<T: Wide>(ops: &[Block<'_>], out: BlockMut<'_>) {
            angles(ops, out, T::wide, #[inline(always)] |x: T| {
                let x = x.wide();
                T::narrow(if T::SHORT { single::$name(x) } else { circular::$name(x) })
            }, |x| T::narrow(x.wide().$name()));
        }
    )*};
}
functions_of_angles! { sin cos tan }

/// `sin(πx) / (πx)`, as NumPy computes it: 1e-20 in place of zero, each step rounded.
pub fn sinc<T: Wide>(ops: &[Block<'_>], out: BlockMut<'_>) {
    #[inline(always)]
    fn angle<T: Wide>(x: T) -> f64 {
        let x = x.wide();
        T::narrow(T::narrow(std::f64::consts::PI).wide() * if x == 0.0 { 1e-20 } else { x }).wide()
    }
    #[inline(always)]
    fn over<T: Wide>(sine: f64, angle: f64) -> T {
        T::narrow(T::narrow(sine).wide() / angle)
    }
    let near = |x: T| over::<T>(circular::sin(angle(x)), angle(x));
    angles(ops, out, angle::<T>, near, |x| over::<T>(angle(x).sin(), angle(x)));
}

/// Applies `near` in vectors, then `far` to the elements whose angle is out of its reach.
#[inline(always)]
fn angles<T: Wide>(
    ops: &[Block<'_>],
    out: BlockMut<'_>,
    angle: impl Fn(T) -> f64 + Copy,
    near: impl Fn(T) -> T + Copy,
    far: impl Fn(T) -> T + Copy,
) {
    let (xs, out) = (ops[0].typed::<T>(), out.typed::<T>());
    if xs.len() != out.len() {
        return out.fill(if is_far(angle(xs[0])) { far(xs[0]) } else { near(xs[0]) });
    }
    let any_far = simd(
        #[inline(always)]
        || {
            let mut any = false;
            for (o, &x) in out.iter_mut().zip(xs) {
                any |= is_far(angle(x));
                *o = near(x);
            }
            any
        },
    );
    if any_far {
        for (o, &x) in out.iter_mut().zip(xs).filter(|(_, x)| is_far(angle(**x))) {
            *o = far(x);
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
        agree("exp", exp::<f64>, f64::exp);
        agree("log", log::<f64>, f64::ln);
        agree("sin", sin::<f64>, f64::sin);
        agree("cos", cos::<f64>, f64::cos);
    }
}

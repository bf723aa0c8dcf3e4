//! Arithmetic and comparisons of a few float64 or int64 with the check of the result in the same loop:
//! two slices, or a slice and a number, into a third. The callers hand the operation in as a closure, so
//! that it is compiled into the loop. A result that is to be told of (not finite, or wrapped) is only
//! reported as such; `exec::small` then computes it again, and tells.
//!
//! Up to [`PLAIN`] elements the loop runs as it is compiled for any processor: choosing vectors for the
//! machine costs 2 ns, which is what 8 elements take.

use super::chain::Link;
use super::simd;
use std::ops::{Add, Div, Mul, Sub};

/// Elements up to which no vectors are chosen.
const PLAIN: usize = 16;

/// An operand: the elements beside the result's, or the same number beside each.
#[derive(Clone, Copy)]
pub enum Side<'a, T> {
    Many(&'a [T]),
    One(T),
}

/// float32 and float64, with a note of what is not finite.
pub trait Float: Copy {
    type Note: Note;
    fn note(self) -> Self::Note;
    /// Whether all that was noted is finite.
    fn finite(notes: Self::Note) -> bool;
    const ZERO: Self;
    fn abs(self) -> Self;
}

/// What is kept of each result: all of it or-ed together.
pub trait Note: Copy + Default + std::ops::BitOr<Output = Self> {}
impl Note for u32 {}
impl Note for u64 {}

macro_rules! float {
    ($($t:ty, $bits:ty, $exponent:literal, $one:expr);*) => {$(
        impl Float for $t {
            type Note = $bits;
            // An exponent of ones plus one carries into the sign's place, as in `fp`.
            #[inline(always)]
            fn note(self) -> $bits { (self.to_bits() & $exponent) + $one }
            #[inline(always)]
            fn finite(notes: $bits) -> bool { notes >> (<$bits>::BITS - 1) == 0 }
            const ZERO: $t = 0.0;
            #[inline(always)]
            fn abs(self) -> $t { self.abs() }
        }
    )*};
}
float!(f32, u32, 0x7f80_0000, 1 << 23; f64, u64, 0x7ff0_0000_0000_0000, 1 << 52);

/// `out[k] = f(x[k], y[k])`; whether all results are finite. The sides are as long as `out`, or panic.
#[inline(always)]
pub fn floats<T: Float>(x: Side<'_, T>, y: Side<'_, T>, out: &mut [T], f: impl Fn(T, T) -> T) -> bool {
    let notes = each(x, y, out, |x, y| {
        let r = f(x, y);
        (r, r.note())
    });
    T::finite(notes)
}

/// Whether [`arithmetic`] has it.
pub fn is_arithmetic(link: Link) -> bool {
    use Link::*;
    matches!(link, Add | Subtract | Multiply | Divide | Square | Absolute)
}

/// One of the operations of floats that are a step and a look at the result, as the element-wise rows do them;
/// whether it is one, and all results are finite. Those of one operand do not look at `y`. Up to the second-level
/// cache this is faster than a chain of one step: `a ** 2` of 30,000 took 6.0 µs so.
#[inline]
pub fn arithmetic<T>(link: Link, x: Side<'_, T>, y: Side<'_, T>, out: &mut [T]) -> bool
where
    T: Float + Add<Output = T> + Sub<Output = T> + Mul<Output = T> + Div<Output = T>,
{
    let none = Side::One(T::ZERO);
    match link {
        Link::Add => floats(x, y, out, |a, b| a + b),
        Link::Subtract => floats(x, y, out, |a, b| a - b),
        Link::Multiply => floats(x, y, out, |a, b| a * b),
        Link::Divide => floats(x, y, out, |a, b| a / b),
        Link::Square => floats(x, none, out, |a, _| a * a),
        Link::Absolute => floats(x, none, out, |a, _| a.abs()),
        _ => false,
    }
}

/// As [`floats`]; `f` also gives a number that is negative if the result does not fit. Whether all do.
#[inline(always)]
pub fn ints(x: Side<'_, i64>, y: Side<'_, i64>, out: &mut [i64], f: impl Fn(i64, i64) -> (i64, i64)) -> bool {
    let wrapped = each(x, y, out, |x, y| {
        let (r, wrapped) = f(x, y);
        (r, wrapped as u64)
    });
    wrapped >> 63 == 0
}

/// `out[k] = f(x[k], y[k])`, of a comparison.
#[inline(always)]
pub fn truths<T: Copy>(x: Side<'_, T>, y: Side<'_, T>, out: &mut [bool], f: impl Fn(T, T) -> bool) {
    each(x, y, out, |x, y| (f(x, y), 0u32));
}

/// The results, and all notes beside them or-ed together.
#[inline(always)]
fn each<T: Copy, R, N: Note>(x: Side<'_, T>, y: Side<'_, T>, out: &mut [R], f: impl Fn(T, T) -> (R, N)) -> N {
    let n = out.len();
    match (x, y) {
        (Side::Many(x), Side::Many(y)) => {
            let (x, y) = (&x[..n], &y[..n]);
            run(out, |k| f(x[k], y[k]))
        }
        (Side::Many(x), Side::One(y)) => {
            let x = &x[..n];
            run(out, |k| f(x[k], y))
        }
        (Side::One(x), Side::Many(y)) => {
            let y = &y[..n];
            run(out, |k| f(x, y[k]))
        }
        (Side::One(x), Side::One(y)) => run(out, |_| f(x, y)),
    }
}

#[inline(always)]
fn run<R, N: Note>(out: &mut [R], f: impl Fn(usize) -> (R, N)) -> N {
    if out.len() <= PLAIN {
        return plain(out, f);
    }
    simd(
        #[inline(always)]
        || plain(out, f),
    )
}

#[inline(always)]
fn plain<R, N: Note>(out: &mut [R], f: impl Fn(usize) -> (R, N)) -> N {
    let mut notes = N::default();
    for (k, to) in out.iter_mut().enumerate() {
        let (r, note) = f(k);
        *to = r;
        notes = notes | note;
    }
    notes
}

/// A sum or difference and whether it wrapped, as [`ints`] takes it.
#[inline(always)]
pub fn sum(a: i64, b: i64) -> (i64, i64) {
    let r = a.wrapping_add(b);
    (r, (a ^ r) & (b ^ r))
}

#[inline(always)]
pub fn difference(a: i64, b: i64) -> (i64, i64) {
    let r = a.wrapping_sub(b);
    (r, (a ^ b) & (a ^ r))
}

#[inline(always)]
pub fn product(a: i64, b: i64) -> (i64, i64) {
    let (r, wrapped) = a.overflowing_mul(b);
    (r, -i64::from(wrapped))
}

#[cfg(test)]
mod tests {
    use super::Side::{Many, One};
    use super::*;

    #[test]
    fn results_and_what_is_to_be_told_of() {
        for n in [1, 3, PLAIN, PLAIN + 1, 100] {
            let x: Vec<f64> = (0..n).map(|k| k as f64).collect();
            let mut out = vec![0.0; n];
            assert!(floats(Many(&x), One(2.0), &mut out, |a, b| a * b));
            assert!(out.iter().enumerate().all(|(k, &r)| r == 2.0 * k as f64));
            assert!(!floats(One(1.0), Many(&x), &mut out, |a, b| a / b), "a division by zero");
            let nan: Vec<f64> = x.iter().map(|x| if *x + 1.0 == n as f64 { f64::NAN } else { *x }).collect();
            assert!(!floats(Many(&x), Many(&nan), &mut out, |a, b| a + b), "a NaN at the end");
            let mut truths_out = vec![true; n];
            truths(Many(&x), Many(&nan), &mut truths_out, |a, b| a == b);
            assert_eq!(truths_out.iter().filter(|t| **t).count(), n - 1);
        }
    }

    #[test]
    fn integers_that_wrap_are_noticed() {
        let edges = [i64::MIN, i64::MIN + 1, -3, -1, 0, 1, 2, i64::MAX - 1, i64::MAX];
        for (a, b) in edges.iter().flat_map(|&a| edges.map(|b| (a, b))) {
            let mut out = [0];
            let one = |f: fn(i64, i64) -> (i64, i64), out: &mut [i64]| ints(One(a), One(b), out, f);
            assert_eq!(one(sum, &mut out).then_some(out[0]), a.checked_add(b));
            assert_eq!(one(difference, &mut out).then_some(out[0]), a.checked_sub(b));
            assert_eq!(one(product, &mut out).then_some(out[0]), a.checked_mul(b));
        }
    }
}

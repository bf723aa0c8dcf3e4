//! How many elements fulfil one comparison: a chain of a load, a comparison and the writing of bools that are
//! then counted, as one loop that writes nothing. `fold` finds them.
//!
//! Bound by memory, which wants its lines asked for evenly: where a tile of 16 vectors was read, compared and
//! written one after the other, memory waited in between. 1e7 float64 on two threads, ms, before and after, where
//! their sum takes 1.24: `sum(f > 0.5)` 1.48 and 1.22, `any(f > 2)` 1.48 and 1.27. In loops that do nothing else
//! (GB/s, where a plain loop reads 62 to 66): tiles with bools 56, with the masks counted as words 59, masks
//! counted one by one 55; vectors 59 to 61, asked for 4 KiB ahead 63, 8 KiB 61 to 67, 12 KiB 60.
//! With the number on the left, `sum(0.5 < f)` of 1e6, 121 µs, and 70 as with it on the right.

use super::Code;
use crate::dtype::{CastTo, cast};
use crate::kernel::compare::Test;
use crate::kernel::real::Real;
use crate::kernel::simd::fetch;

/// One comparison of a run.
pub(super) struct Compared<'a, T> {
    how: Test,
    pub xs: &'a [T],
    /// As many, or one for all.
    pub ys: &'a [T],
}

/// The places of the two sides of a chain that does nothing but compare, and tell of it.
pub(super) fn sides(codes: &[Code]) -> Option<(u8, u8)> {
    match *codes {
        [Code::Load(x), compare, Code::Write(mask, _)] => {
            how(compare).filter(|(_, _, to)| *to == mask).map(|(_, y, _)| (x, y))
        }
        _ => None,
    }
}

fn how(code: Code) -> Option<(Test, u8, u8)> {
    Some(match code {
        Code::Equal(y, to) => (Test::Equal, y, to),
        Code::NotEqual(y, to) => (Test::NotEqual, y, to),
        Code::Less(y, to) => (Test::Less, y, to),
        Code::LessEqual(y, to) => (Test::LessEqual, y, to),
        Code::Greater(y, to) => (Test::Greater, y, to),
        Code::GreaterEqual(y, to) => (Test::GreaterEqual, y, to),
        _ => return None,
    })
}

impl<'a, T> Compared<'a, T> {
    /// The comparison of the chain that [`sides`] has found the sides of; `None` unless one of them has `len`
    /// elements. The run is the left side: `(p[:, None] < q).sum(axis=1)` counts those of `q > p`.
    pub fn new(codes: &[Code], xs: &'a [T], ys: &'a [T], len: usize) -> Option<Compared<'a, T>> {
        let (how, ..) = how(*codes.get(1)?)?;
        match (xs.len() == len, ys.len() == len) {
            (true, _) => Some(Compared { how, xs, ys }),
            (false, true) => Some(Compared { how: how.turned(), xs: ys, ys: xs }),
            (false, false) => None,
        }
    }
}

/// Vectors that are counted side by side.
const SIDE: usize = 8;

/// Elements whose count a vector of the narrowest numbers holds exactly.
const EXACT: usize = 1 << 20;

/// Bytes from what is compared to what is asked for.
const AHEAD: usize = 8 << 10;

/// How many elements of the left side fulfil the comparison.
#[inline(always)]
pub(super) fn count<T: Real + CastTo<i64>, S: pulp::Simd>(simd: S, compared: Compared<'_, T>) -> usize {
    let Compared { how, xs, ys } = compared;
    macro_rules! by {
        (|$a:ident, $b:ident| $f:expr) => {{
            run::<T, S>(
                simd,
                xs,
                ys,
                #[inline(always)]
                |$a, $b| $f,
            )
        }};
    }
    match how {
        Test::Equal => by!(|a, b| T::equal(simd, a, b)),
        Test::NotEqual => by!(|a, b| T::not(simd, T::equal(simd, a, b))),
        Test::Less => by!(|a, b| T::less(simd, a, b)),
        Test::LessEqual => by!(|a, b| T::less_equal(simd, a, b)),
        Test::Greater => by!(|a, b| T::less(simd, b, a)),
        Test::GreaterEqual => by!(|a, b| T::less_equal(simd, b, a)),
    }
}

#[inline(always)]
fn run<T: Real + CastTo<i64>, S: pulp::Simd>(
    simd: S,
    xs: &[T],
    ys: &[T],
    holds: impl Fn(T::Vector<S>, T::Vector<S>) -> T::Mask<S> + Copy,
) -> usize {
    let mut total = 0;
    if let [y] = ys {
        for xs in xs.chunks(EXACT) {
            total += with_one::<T, S>(simd, xs, *y, holds);
        }
        return total;
    }
    for (xs, ys) in xs.chunks(EXACT).zip(ys.chunks(EXACT)) {
        total += with_others::<T, S>(simd, xs, ys, holds);
    }
    total
}

/// The next count, where a mask holds.
#[inline(always)]
fn next<T: Real, S: pulp::Simd>(simd: S, count: T::Vector<S>, mask: T::Mask<S>) -> T::Vector<S> {
    T::select(simd, mask, T::add(simd, count, T::splat(simd, T::ONE)), count)
}

#[inline(always)]
fn with_one<T: Real + CastTo<i64>, S: pulp::Simd>(
    simd: S,
    xs: &[T],
    y: T,
    holds: impl Fn(T::Vector<S>, T::Vector<S>) -> T::Mask<S>,
) -> usize {
    let y = T::splat(simd, y);
    let mut counts = [T::splat(simd, T::ZERO); SIDE];
    let (vectors, rest) = T::vectors::<S>(xs);
    let (groups, left) = vectors.as_chunks::<SIDE>();
    for group in groups {
        for k in 0..SIDE {
            fetch(&raw const group[k], AHEAD);
            counts[k] = next::<T, S>(simd, counts[k], holds(group[k], y));
        }
    }
    for (k, &x) in left.iter().enumerate() {
        counts[k] = next::<T, S>(simd, counts[k], holds(x, y));
    }
    let mut more = 0;
    for &x in rest {
        more += usize::from(of_one::<T, S>(simd, holds(T::splat(simd, x), y)));
    }
    summed::<T, S>(simd, counts) + more
}

#[inline(always)]
fn with_others<T: Real + CastTo<i64>, S: pulp::Simd>(
    simd: S,
    xs: &[T],
    ys: &[T],
    holds: impl Fn(T::Vector<S>, T::Vector<S>) -> T::Mask<S>,
) -> usize {
    let mut counts = [T::splat(simd, T::ZERO); SIDE];
    let ((vectors, rest), (others, others_rest)) = (T::vectors::<S>(xs), T::vectors::<S>(ys));
    let ((groups, left), (beside, beside_left)) = (vectors.as_chunks::<SIDE>(), others.as_chunks::<SIDE>());
    for (group, beside) in groups.iter().zip(beside) {
        for k in 0..SIDE {
            fetch(&raw const group[k], AHEAD);
            fetch(&raw const beside[k], AHEAD);
            counts[k] = next::<T, S>(simd, counts[k], holds(group[k], beside[k]));
        }
    }
    for (k, (&x, &y)) in left.iter().zip(beside_left).enumerate() {
        counts[k] = next::<T, S>(simd, counts[k], holds(x, y));
    }
    let mut more = 0;
    for (&x, &y) in rest.iter().zip(others_rest) {
        more += usize::from(of_one::<T, S>(simd, holds(T::splat(simd, x), T::splat(simd, y))));
    }
    summed::<T, S>(simd, counts) + more
}

/// The numbers in all lanes.
#[inline(always)]
fn summed<T: Real + CastTo<i64>, S: pulp::Simd>(simd: S, counts: [T::Vector<S>; SIDE]) -> usize {
    let mut all = counts[0];
    for more in &counts[1..] {
        all = T::add(simd, all, *more);
    }
    cast::<T, i64>(T::total(simd, all)) as usize
}

/// Whether a mask whose lanes are alike holds.
#[inline(always)]
fn of_one<T: Real, S: pulp::Simd>(simd: S, mask: T::Mask<S>) -> bool {
    !T::all_zero(simd, T::select(simd, mask, T::splat(simd, T::ONE), T::splat(simd, T::ZERO)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::simd::with_vectors;

    struct Counting<'a>(Test, &'a [f32], &'a [f32]);

    impl pulp::WithSimd for Counting<'_> {
        type Output = usize;
        fn with_simd<S: pulp::Simd>(self, simd: S) -> usize {
            count(simd, Compared { how: self.0, xs: self.1, ys: self.2 })
        }
    }

    #[test]
    fn every_length_and_comparison_counts_as_one_by_one() {
        let numbers = |by: usize| -> Vec<f32> {
            let of = |i: usize| [1.0, f32::NAN, 0.5, -0.0, f32::INFINITY, 0.0, -3.0][i * by % 7];
            (0..700).map(of).collect()
        };
        let (xs, ys) = (numbers(3), numbers(5));
        type By = fn(&f32, &f32) -> bool;
        let all: [(Test, By); 6] = [
            (Test::Equal, f32::eq),
            (Test::NotEqual, f32::ne),
            (Test::Less, f32::lt),
            (Test::LessEqual, f32::le),
            (Test::Greater, f32::gt),
            (Test::GreaterEqual, f32::ge),
        ];
        for (how, by) in all {
            for n in (0..40).chain([127, 128, 129, 256, 511, 700]) {
                let want = xs[..n].iter().zip(&ys).filter(|(x, y)| by(x, y)).count();
                let others = if n == 1 { &ys[..1] } else { &ys[..n] };
                assert_eq!(with_vectors(Counting(how, &xs[..n], others)), want, "{n} pairs");
                let want = xs[..n].iter().filter(|x| by(x, &0.5)).count();
                assert_eq!(with_vectors(Counting(how, &xs[..n], &[0.5])), want, "{n} with one");
                let want = xs[..n].iter().filter(|x| by(&0.5, x)).count();
                assert_eq!(with_vectors(Counting(how.turned(), &xs[..n], &[0.5])), want, "one with {n}");
            }
        }
    }
}

//! Matrices with few columns, by vectors that are spelled out: sums of the columns, and extremes of the rows.
//!
//! Rows are read in whole vectors, the last of which reaches into the next row. Sums stay in registers from the first
//! row to the last, in the order in which NumPy adds; the loop over columns read and wrote them with every eighth row.
//! What bounds them is that each addition waits for the one before it (three cycles a row), and, of many columns, one
//! thread's reading: threads that take columns each read all of the lines.
//!
//! 1e6 float64, µs, before and after, beside a compiler of expressions, which adds in another order: `x.mean(axis=0)` in
//! 3 columns 623 and 249 (604 to 790), 10 312 and 96 (186 to 361), 30 173 and 78 (131 to 195), 100 143 on one thread and
//! 170 to 290 on two, and 88 on one (120 to 149). `x.max(axis=1)` on two threads, of 10 columns 485 and 145, 30 506 and 72
//! to 98 (106 to 153), 100 160 and 62 to 79 (170 to 199), where the elements of short rows were joined one by one.

use super::across;
use super::extreme::better;
use super::monoid::{Monoid, Sum};
use crate::dtype::{CastTo, DType};
use crate::kernel::lane::Lane;
use crate::kernel::real::Real;
use crate::kernel::simd::with_vectors;
use crate::kernel::{Block, BlockMut};
use std::ops::{Mul, Sub};

/// Vectors of sums that registers hold where there are but sixteen; with AVX-512 there are as many again.
const FEW_REGISTERS: usize = 8;

/// Adds rows of `acc.len()` elements, `step` apart, to the accumulators, as [`Fold::across`](super::Fold::across).
pub(super) fn across_sum<T: Number>(from: Block<'_>, step: usize, mut acc: BlockMut<'_>)
where
    Sum: Monoid<T>,
{
    let columns = Columns { xs: from.typed::<T>(), step, centre: None, acc: acc.reborrow().typed::<T>() };
    if !with_vectors(columns) {
        across::<T, T, Sum>(from, step, acc);
    }
}

/// Adds the squared deviations of rows, one after the other, from `centre`, each column's to its accumulator: all
/// float32 or all float64. False, with nothing done, where there are too many columns. (The variances of 30 columns
/// of 1e6 float64 in all took 390 µs by a plan, whose blocks were then added up.)
pub fn across_deviations(from: Block<'_>, centre: Block<'_>, acc: BlockMut<'_>) -> bool {
    fn typed<T: Number>(from: Block<'_>, centre: Block<'_>, acc: BlockMut<'_>) -> bool
    where
        Sum: Monoid<T>,
    {
        let (xs, centre, acc) = (from.typed::<T>(), centre.typed::<T>(), acc.typed::<T>());
        assert_eq!(centre.len(), acc.len());
        with_vectors(Columns { xs, step: acc.len(), centre: Some(centre), acc })
    }
    match from.dtype() {
        DType::F32 => typed::<f32>(from, centre, acc),
        _ => typed::<f64>(from, centre, acc),
    }
}

/// float32 or float64.
pub(super) trait Number: Real + CastTo<Self> + Sub<Output = Self> + Mul<Output = Self> {}
impl Number for f32 {}
impl Number for f64 {}

struct Columns<'a, T> {
    xs: &'a [T],
    step: usize,
    /// What is added are the squared deviations from it.
    centre: Option<&'a [T]>,
    acc: &'a mut [T],
}

impl<T: Number> pulp::WithSimd for Columns<'_, T>
where
    Sum: Monoid<T>,
{
    /// Whether it was done: not where there are too many columns.
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, s: S) -> bool {
        macro_rules! by_count {
            ($($k:literal)*) => {
                match self.acc.len().div_ceil(T::lanes::<S>()) {
                    $($k if $k <= FEW_REGISTERS || size_of::<T::Vector<S>>() == 64 => match self.centre {
                        None => self.sum::<S, $k, false>(s),
                        Some(_) => self.sum::<S, $k, true>(s),
                    },)*
                    _ => return false,
                }
            };
        }
        by_count!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);
        true
    }
}

impl<T: Number> Columns<'_, T>
where
    Sum: Monoid<T>,
{
    /// The sums in `K` vectors.
    #[inline(always)]
    fn sum<S: pulp::Simd, const K: usize, const DEVIATIONS: bool>(self, s: S) {
        let Columns { xs, step, centre, acc } = self;
        let (n, wide) = (acc.len(), K * T::lanes::<S>());
        let Some(spare) = xs.len().checked_sub(n) else { return };
        let rows = spare / step.max(1) + 1;
        // Of the last rows the whole vectors would reach past the end.
        let whole = xs.len().checked_sub(wide).map_or(0, |spare| spare / step.max(1) + 1).min(rows);
        let mut sums = [T::splat(s, T::ZERO); K];
        T::elements_mut::<S>(&mut sums)[..n].copy_from_slice(acc);
        let mut middle = [T::splat(s, T::ZERO); K];
        if let Some(centre) = centre {
            T::elements_mut::<S>(&mut middle)[..n].copy_from_slice(centre);
        }
        for i in 0..whole {
            let (row, _) = T::vectors::<S>(&xs[i * step..i * step + wide]);
            let Some(row) = row.first_chunk::<K>() else { break };
            for k in 0..K {
                let x = if DEVIATIONS {
                    squared::<T, S>(s, <T as Lane>::sub(s, row[k], middle[k]))
                } else {
                    row[k]
                };
                sums[k] = T::add(s, sums[k], x);
            }
        }
        acc.copy_from_slice(&T::elements::<S>(&sums)[..n]);
        for i in whole..rows {
            let row = &xs[i * step..i * step + n];
            match centre {
                None => acc.iter_mut().zip(row).for_each(|(a, &x)| *a = Sum::join(*a, x)),
                Some(centre) => acc.iter_mut().zip(row.iter().zip(centre)).for_each(|(a, (&x, &middle))| {
                    *a = Sum::join(*a, (x - middle) * (x - middle));
                }),
            }
        }
    }
}

#[inline(always)]
fn squared<T: Real, S: pulp::Simd>(s: S, x: T::Vector<S>) -> T::Vector<S> {
    <T as Lane>::mul(s, x, x)
}

/// Joins each row of `n` elements to its accumulator, the largest or the smallest. False, with some of the rows joined,
/// which may be joined again, where a row holds a NaN or is shorter than a vector.
pub(super) fn extremes<T: Real + PartialOrd, const MAX: bool>(xs: &[T], n: usize, acc: &mut [T]) -> bool {
    with_vectors(Extremes::<T, MAX> { xs, n, acc })
}

struct Extremes<'a, T, const MAX: bool> {
    xs: &'a [T],
    n: usize,
    acc: &'a mut [T],
}

impl<T: Real + PartialOrd, const MAX: bool> pulp::WithSimd for Extremes<'_, T, MAX> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, s: S) -> bool {
        let Extremes { xs, n, acc } = self;
        let lanes = T::lanes::<S>();
        if n < lanes.max(2) {
            return false;
        }
        let (zero, one) = (T::splat(s, T::ZERO), T::splat(s, T::ONE));
        for (row, acc) in xs.chunks_exact(n).zip(acc) {
            // The last vector reads again some of what is before it, which changes no extreme.
            let ([first, vectors @ ..], _) = T::vectors::<S>(row) else { return false };
            let ([last, ..], _) = T::vectors::<S>(&row[n - lanes..]) else { return false };
            let mut best = *first;
            for x in vectors.iter().chain([last]) {
                best = better::<T, S, MAX>(s, *x, best);
            }
            if !T::all_zero(s, T::select(s, T::equal(s, best, best), zero, one)) {
                return false;
            }
            let top = if MAX { T::largest(s, best) } else { T::smallest(s, best) };
            // A NaN that is there stays.
            if (MAX && top > *acc) || (!MAX && top < *acc) {
                *acc = top;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::simd::tests::at_levels;

    fn columns_add_up_one_by_one<T: Number + std::ops::Add<Output = T>>(value: fn(usize) -> T)
    where
        Sum: Monoid<T>,
    {
        for n in (1..=40).chain([63, 64, 65, 100, 127, 128, 129, 200, 256, 257]) {
            for (rows, step) in [(1, n), (2, n), (9, n), (40, n), (7, n + 3), (5, 1), (6, 2 * n)] {
                let xs: Vec<T> = (0..(rows - 1) * step + n).map(value).collect();
                let mut sums: Vec<T> = (0..n).map(|j| value(3 * j + 1)).collect();
                let want: Vec<T> = (0..n)
                    .map(|j| (0..rows).fold(value(3 * j + 1), |sum, i| sum + xs[i * step + j]))
                    .collect();
                across_sum::<T>(Block::new(&xs), step, BlockMut::new(&mut sums));
                assert_eq!(sums, want, "{rows} rows of {n} columns, {step} apart");
                if step != n {
                    continue;
                }
                let centre: Vec<T> = (0..n).map(|j| value(7 * j + 2)).collect();
                let square = |i: usize, j: usize| {
                    let d = xs[i * n + j] - centre[j];
                    d * d
                };
                let want: Vec<T> =
                    (0..n).map(|j| (0..rows).fold(value(3 * j + 1), |sum, i| sum + square(i, j))).collect();
                let mut sums: Vec<T> = (0..n).map(|j| value(3 * j + 1)).collect();
                let done = across_deviations(Block::new(&xs), Block::new(&centre), BlockMut::new(&mut sums));
                // So many columns are few wherever they are added.
                assert!(done || n > FEW_REGISTERS);
                if done {
                    assert_eq!(sums, want, "squares of {rows} rows of {n} columns");
                }
            }
        }
    }

    fn extremes_of_rows<T: Real + PartialOrd + std::fmt::Debug>(value: fn(usize) -> T, nan: T) {
        for n in (1..=40).chain([63, 64, 65, 100, 255]) {
            for rows in [1, 2, 7] {
                let mut xs: Vec<T> = (0..rows * n).map(value).collect();
                let mut most: Vec<T> = (0..rows).map(|i| value(5 * i)).collect();
                let mut least = most.clone();
                let top = |a: T, x: &T| if *x > a { *x } else { a };
                let want: Vec<T> = xs.chunks(n).zip(&most).map(|(row, a)| row.iter().fold(*a, top)).collect();
                // Rows as long as the longest vector are done.
                let done = extremes::<T, true>(&xs, n, &mut most);
                assert!(done || n < 64 / size_of::<T>());
                if done {
                    assert_eq!(most, want, "the largest of {rows} rows of {n}");
                }
                let low = |a: T, x: &T| if *x < a { *x } else { a };
                let want: Vec<T> =
                    xs.chunks(n).zip(&least).map(|(row, a)| row.iter().fold(*a, low)).collect();
                let done = extremes::<T, false>(&xs, n, &mut least);
                assert!(done || n < 64 / size_of::<T>());
                if done {
                    assert_eq!(least, want, "the smallest of {rows} rows of {n}");
                }
                xs[(rows - 1) * n + n / 2] = nan;
                assert!(!extremes::<T, true>(&xs, n, &mut most) && !extremes::<T, false>(&xs, n, &mut least));
            }
        }
    }

    #[test]
    fn extremes_of_short_rows_are_those_of_their_elements() {
        at_levels(|| {
            extremes_of_rows::<f64>(|i| (i as f64 * 0.37).sin(), f64::NAN);
            extremes_of_rows::<f32>(|i| (i as f32 * 0.37).sin(), f32::NAN);
        });
    }

    #[test]
    fn narrow_columns_add_up_in_order() {
        at_levels(|| {
            columns_add_up_one_by_one::<f64>(|i| (i as f64 * 0.37).sin());
            columns_add_up_one_by_one::<f32>(|i| (i as f32 * 0.37).sin());
        });
    }
}

//! Searching sorted runs, and the distinct elements of sorted runs.
//!
//! Values are searched eight at a time: the steps of one wait for memory, those of eight overlap.
//! Each step halves what is left by a conditional move. Bound by cache misses for unsorted values.

use super::by_dtype;
use super::key::{ComplexKey, Key, Sortable, complex_key};
use crate::dtype::{DType, Element, c64, c128};
use crate::kernel::Block;
use crate::with_dtype;
use std::hint::select_unpredictable;

/// Values searched side by side.
const LANES: usize = 8;

/// For each value, how many of the sorted elements are before it: `< v`, or with `right` `<= v`.
pub fn search(sorted: Block<'_>, values: Block<'_>, right: bool, out: &mut [i64]) {
    fn real<T: Sortable>(sorted: Block<'_>, values: Block<'_>, right: bool, out: &mut [i64]) {
        let (sorted, values) = (sorted.typed::<T>(), values.typed::<T>());
        let n = values.len() / LANES * LANES;
        for (o, v) in out.chunks_exact_mut(LANES).zip(values.chunks_exact(LANES)) {
            let mut keys = [T::Key::MIN; LANES];
            keys.iter_mut().zip(v).for_each(|(k, v)| *k = v.stable_key());
            o.copy_from_slice(&match right {
                false => together(sorted, |lane, x: T| x.stable_key() < keys[lane]),
                true => together(sorted, |lane, x: T| x.stable_key() <= keys[lane]),
            });
        }
        for (o, v) in out[n..].iter_mut().zip(&values[n..]) {
            let v = v.stable_key();
            *o = bisect(sorted, |x| if right { x.stable_key() <= v } else { x.stable_key() < v }) as i64;
        }
    }
    fn complex<T: ComplexKey>(sorted: Block<'_>, values: Block<'_>, right: bool, out: &mut [i64]) {
        let sorted = sorted.typed::<T>();
        for (o, &v) in out.iter_mut().zip(values.typed::<T>()) {
            let v = complex_key(v);
            let before = |&z: &T| if right { complex_key(z) <= v } else { complex_key(z) < v };
            *o = bisect(sorted, before) as i64;
        }
    }
    by_dtype!(sorted.dtype(), real, complex(sorted, values, right, out))
}

/// The first places where `before` does not hold, for each lane.
#[inline(always)]
fn together<T: Copy>(sorted: &[T], before: impl Fn(usize, T) -> bool) -> [i64; LANES] {
    let mut base = [0usize; LANES];
    let mut n = sorted.len();
    while n > 1 {
        let half = n / 2;
        for (lane, base) in base.iter_mut().enumerate() {
            // SAFETY: base + n <= sorted.len() holds throughout, and half < n.
            let x = unsafe { *sorted.get_unchecked(*base + half - 1) };
            *base = select_unpredictable(before(lane, x), *base + half, *base);
        }
        n -= half;
    }
    let mut places = [0; LANES];
    for (lane, place) in places.iter_mut().enumerate() {
        *place = (base[lane] + sorted.get(base[lane]).is_some_and(|&x| before(lane, x)) as usize) as i64;
    }
    places
}

/// The first place where `before` does not hold, found without branches on the data.
#[inline(always)]
fn bisect<T>(sorted: &[T], before: impl Fn(&T) -> bool) -> usize {
    let (mut base, mut n) = (0, sorted.len());
    while n > 1 {
        let half = n / 2;
        base = select_unpredictable(before(&sorted[base + half - 1]), base + half, base);
        n -= half;
    }
    base + (n == 1 && before(&sorted[base])) as usize
}

/// Only a NaN differs from itself.
#[allow(clippy::eq_op)]
fn is_nan<T: PartialEq>(x: &T) -> bool {
    x != x
}

/// Marks each element of a sorted run that differs from the one before it; the first is marked.
/// With `nans_equal`, elements that hold a NaN do not differ.
pub fn edges(sorted: Block<'_>, nans_equal: bool, out: &mut [bool]) {
    fn typed<T: Element>(xs: &[T], nans_equal: bool, out: &mut [bool]) {
        if let Some(first) = out.first_mut() {
            *first = true;
        }
        for (o, pair) in out.iter_mut().skip(1).zip(xs.windows(2)) {
            *o = (pair[0] != pair[1]) & !(nans_equal & is_nan(&pair[0]) & is_nan(&pair[1]));
        }
    }
    with_dtype!(sorted.dtype(), T => typed::<T>(sorted.typed(), nans_equal, out))
}

/// Moves the first of each run of equal elements to the front of a sorted run; says how many there
/// are. As `edges` sees them.
pub fn distinct(sorted: crate::kernel::BlockMut<'_>, nans_equal: bool) -> usize {
    fn typed<T: Element>(xs: &mut [T], nans_equal: bool) -> usize {
        let Some(&first) = xs.first() else { return 0 };
        let (mut last, mut n) = (first, 1);
        for i in 1..xs.len() {
            let x = xs[i];
            let fresh = (x != last) & !(nans_equal & is_nan(&x) & is_nan(&last));
            xs[n] = x;
            (last, n) = (x, n + fresh as usize);
        }
        n
    }
    with_dtype!(sorted.dtype(), T => typed::<T>(sorted.typed(), nans_equal))
}

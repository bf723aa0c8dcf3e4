//! Searching sorted runs, and the distinct elements of sorted runs.
//!
//! Elements become 64-bit keys whose order is NumPy's, and `halve` searches these many at a time. Only
//! where a long run is asked for few values are its elements looked at one by one.
//!
//! 1e6 float64 take 1.3 ms in 10 keys on one thread of a Zen 5, 2.8 in 1000, 5.9 in 1e5, 9.6 in 1e6
//! (NumPy 55 in 1000; looking element by element took 44): a gather a step, from 1e5 keys on cache misses.

use super::by_dtype;
use super::halve;
use super::key::{ComplexKey, Key, Sortable, complex_key};
use crate::dtype::{DType, Element, c64, c128};
use crate::kernel::Block;
use crate::with_dtype;

/// Values whose keys are made at a time.
const BLOCK: usize = 512;
/// A run is made to keys if it has at most so many elements for each value.
const WORTH: usize = 16;

/// A sorted run to search.
pub struct Sorted<'a> {
    run: Block<'a>,
    keys: Option<Vec<u64>>,
}

impl<'a> Sorted<'a> {
    /// For so many values.
    pub fn new(run: Block<'a>, values: usize) -> Sorted<'a> {
        fn keys<T: Sortable>(run: Block<'_>) -> Option<Vec<u64>> {
            Some(run.typed::<T>().iter().map(|x| x.stable_key().wide()).collect())
        }
        #[expect(clippy::extra_unused_type_parameters, reason = "called as `keys` is, by dtype")]
        fn none<T>(_: Block<'_>) -> Option<Vec<u64>> {
            None
        }
        let pays = run.len() / WORTH <= values;
        Sorted { run, keys: if pays { by_dtype!(run.dtype(), keys, none(run)) } else { None } }
    }

    /// For each value, how many of the sorted elements are before it: `< v`, or with `right` `<= v`.
    pub fn search(&self, values: Block<'_>, right: bool, out: &mut [i64]) {
        by_dtype!(self.run.dtype(), real, complex(self, values, right, out))
    }
}

fn real<T: Sortable>(sorted: &Sorted<'_>, values: Block<'_>, right: bool, out: &mut [i64]) {
    let values = values.typed::<T>();
    let mut wanted = [0u64; BLOCK];
    for (out, values) in out.chunks_mut(BLOCK).zip(values.chunks(BLOCK)) {
        if let Some(keys) = &sorted.keys {
            let wanted = &mut wanted[..values.len()];
            wanted.iter_mut().zip(values).for_each(|(w, v)| *w = v.stable_key().wide());
            halve::search(keys, wanted, right, out);
            continue;
        }
        let run = sorted.run.typed::<T>();
        for (o, v) in out.iter_mut().zip(values) {
            let v = v.stable_key();
            *o = bisect(run, |x| if right { x.stable_key() <= v } else { x.stable_key() < v });
        }
    }
}

fn complex<T: ComplexKey>(sorted: &Sorted<'_>, values: Block<'_>, right: bool, out: &mut [i64]) {
    let sorted = sorted.run.typed::<T>();
    for (o, &v) in out.iter_mut().zip(values.typed::<T>()) {
        let v = complex_key(v);
        *o = bisect(sorted, |&z| if right { complex_key(z) <= v } else { complex_key(z) < v });
    }
}

/// The first place where `before` does not hold, found without branches on the data.
#[inline(always)]
fn bisect<T>(sorted: &[T], before: impl Fn(&T) -> bool) -> i64 {
    let (mut base, mut n) = (0, sorted.len());
    while n > 1 {
        let half = n / 2;
        base += half * before(&sorted[base + half - 1]) as usize;
        n -= half;
    }
    (base + (n == 1 && before(&sorted[base])) as usize) as i64
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

//! Sorting of contiguous runs, in place and as permutations.
//!
//! Every real dtype maps to unsigned integers of its size whose order is NumPy's (`key`: sign bits
//! flipped, NaN last), so that one set of algorithms sorts them all:
//! - one- and two-byte keys, and integers whose range is not much more than their number: counting;
//! - runs of a few hundred elements: the standard library's comparison sort, on keys;
//! - longer runs: least-significant-digit radix sort (`radix`), digits in which all keys agree
//!   skipped. On several threads the parts are sorted apart and merged.
//!
//! Permutations sort pairs of key and place; equal keys stay in order. Complex numbers compare by
//! class of NaN, real part, imaginary part, and go through permutations too.

mod key;
mod radix;

pub use key::{Key, Sortable};

use super::{Block, BlockMut};
use crate::dtype::{DType, Element, c64, c128};
use crate::with_dtype;
use key::{ComplexKey, complex_key};
use radix::Item;

/// What a sort is told from outside.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// Parts that are sorted side by side: a power of two, 1 for none.
    pub parts: usize,
    /// Asked now and then; after it said yes the run is left as some permutation of itself.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

/// Runs shorter than this are sorted by comparison.
const SMALL: usize = 400;
/// Integers are counted if their range is at most this.
const COUNTED: u64 = 1 << 21;

/// Runs `$f::<T>` for a real dtype, `$z::<T>` for a complex one.
macro_rules! by_dtype {
    ($dtype:expr, $f:ident, $z:ident ($($arg:expr),*)) => {
        match $dtype {
            DType::Bool => $f::<bool>($($arg),*),
            DType::I8 => $f::<i8>($($arg),*),
            DType::U8 => $f::<u8>($($arg),*),
            DType::I16 => $f::<i16>($($arg),*),
            DType::U16 => $f::<u16>($($arg),*),
            DType::I32 => $f::<i32>($($arg),*),
            DType::U32 => $f::<u32>($($arg),*),
            DType::I64 => $f::<i64>($($arg),*),
            DType::U64 => $f::<u64>($($arg),*),
            DType::F32 => $f::<f32>($($arg),*),
            DType::F64 => $f::<f64>($($arg),*),
            DType::C64 => $z::<c64>($($arg),*),
            DType::C128 => $z::<c128>($($arg),*),
        }
    };
}

/// Sorts a run in place.
pub fn sort(run: BlockMut<'_>, means: Means<'_>) {
    by_dtype!(run.dtype(), sort_real, sort_complex(run, means))
}

fn sort_real<T: Sortable>(run: BlockMut<'_>, means: Means<'_>) {
    let run = run.typed::<T>();
    if run.len() < 2 {
        return;
    }
    let keys = key::to_keys(run);
    let n = keys.len();
    if n < SMALL {
        keys.sort_unstable();
    } else if let Some((low, range)) = counted_range::<T>(keys) {
        count_sort(keys, low, range);
    } else {
        radix::sort(keys, means);
    }
    key::from_keys(run);
}

fn sort_complex<T: ComplexKey>(run: BlockMut<'_>, _means: Means<'_>) {
    let run = run.typed::<T>();
    let mut pairs: Vec<(key::Complex, T)> = run.iter().map(|&z| (complex_key(z), z)).collect();
    pairs.sort_by_key(|p| p.0);
    run.iter_mut().zip(pairs).for_each(|(z, p)| *z = p.1);
}

/// The least key and the range, if counting pays: for integers in a narrow range.
fn counted_range<T: Sortable>(keys: &[T::Key]) -> Option<(u64, usize)> {
    if size_of::<T>() == 1 {
        return Some((0, 256));
    }
    if T::DTYPE.is_float() || keys.len() > u32::MAX as usize {
        return None;
    }
    let (low, high) = super::simd(
        #[inline(always)]
        || keys.iter().fold((T::Key::MAX, T::Key::MIN), |(lo, hi), &k| (lo.min(k), hi.max(k))),
    );
    let range = high.wide() - low.wide();
    (range < COUNTED && range / 2 <= keys.len() as u64).then(|| (low.wide(), range as usize + 1))
}

/// How many there are of each key, from the least one on.
fn counts<K: Key>(keys: &[K], low: u64, range: usize) -> Vec<u32> {
    let place = |k: K| (k.wide() - low) as usize;
    if range > 1 << 14 {
        let mut counts = vec![0u32; range];
        keys.iter().for_each(|&k| counts[place(k)] += 1);
        return counts;
    }
    // Four tables, so that equal neighbours do not wait for each other.
    let mut four = vec![[0u32; 4]; range];
    let (chunks, rest) = keys.as_chunks::<4>();
    for chunk in chunks {
        for (lane, &k) in chunk.iter().enumerate() {
            four[place(k)][lane] += 1;
        }
    }
    rest.iter().for_each(|&k| four[place(k)][0] += 1);
    four.iter().map(|c| c.iter().sum()).collect()
}

fn count_sort<K: Key>(keys: &mut [K], low: u64, range: usize) {
    let mut at = 0;
    for (i, n) in counts(keys, low, range).into_iter().enumerate() {
        let end = at + n as usize;
        keys[at..end].fill(K::narrow(low + i as u64));
        at = end;
    }
}

/// Writes the places of a run's elements in sorted order; equal elements in order of place.
pub fn argsort(run: Block<'_>, places: &mut [i64], means: Means<'_>) {
    by_dtype!(run.dtype(), argsort_real, argsort_complex(run, places, means))
}

fn argsort_real<T: Sortable>(run: Block<'_>, places: &mut [i64], means: Means<'_>) {
    let run = run.typed::<T>();
    if run.len() < SMALL {
        let mut items: Vec<(T::Key, u32)> = run.iter().zip(0..).map(|(x, i)| (x.stable_key(), i)).collect();
        items.sort_unstable();
        places.iter_mut().zip(items).for_each(|(p, item)| *p = item.1 as i64);
        return;
    }
    if run.len() > u32::MAX as usize {
        places.iter_mut().zip(0..).for_each(|(p, i)| *p = i);
        return places.sort_by_key(|&i| run[i as usize].stable_key());
    }
    if !T::DTYPE.is_float() {
        let keys: Vec<T::Key> = run.iter().map(|x| x.stable_key()).collect();
        if let Some((low, range)) = counted_range::<T>(&keys) {
            return count_argsort(&keys, low, range, places);
        }
    }
    let mut items: Vec<Item<T::Key>> =
        run.iter().zip(0..).map(|(x, place)| Item { key: x.stable_key(), place }).collect();
    radix::sort(&mut items, means);
    places.iter_mut().zip(items).for_each(|(p, item)| *p = item.place as i64);
}

fn count_argsort<K: Key>(keys: &[K], low: u64, range: usize, places: &mut [i64]) {
    let mut starts = counts(keys, low, range);
    let mut at = 0;
    for s in &mut starts {
        (*s, at) = (at, at + *s);
    }
    for (i, &k) in keys.iter().enumerate() {
        let s = &mut starts[(k.wide() - low) as usize];
        places[*s as usize] = i as i64;
        *s += 1;
    }
}

fn argsort_complex<T: ComplexKey>(run: Block<'_>, places: &mut [i64], _means: Means<'_>) {
    let mut items: Vec<(key::Complex, i64)> =
        run.typed::<T>().iter().zip(0..).map(|(&z, i)| (complex_key(z), i)).collect();
    items.sort_unstable();
    places.iter_mut().zip(items).for_each(|(p, item)| *p = item.1);
}

/// Puts the `kth` smallest elements in their sorted places, smaller ones before, larger ones after.
pub fn partition(run: BlockMut<'_>, kth: &[usize], means: Means<'_>) {
    fn real<T: Sortable>(run: BlockMut<'_>, kth: &[usize], _: Means<'_>) {
        let run = run.typed::<T>();
        let keys = key::to_keys(run);
        select(keys, kth, |_| ());
        key::from_keys(run);
    }
    fn complex<T: ComplexKey>(run: BlockMut<'_>, _: &[usize], means: Means<'_>) {
        sort_complex::<T>(run, means);
    }
    by_dtype!(run.dtype(), real, complex(run, kth, means))
}

/// The places of a run's elements in partitioned order.
pub fn argpartition(run: Block<'_>, kth: &[usize], places: &mut [i64], means: Means<'_>) {
    fn real<T: Sortable>(run: Block<'_>, kth: &[usize], places: &mut [i64], _: Means<'_>) {
        let mut items: Vec<(T::Key, i64)> =
            run.typed::<T>().iter().zip(0..).map(|(x, i)| (x.stable_key(), i)).collect();
        select(&mut items, kth, |_| ());
        places.iter_mut().zip(items).for_each(|(p, item)| *p = item.1);
    }
    fn complex<T: ComplexKey>(run: Block<'_>, _: &[usize], places: &mut [i64], means: Means<'_>) {
        argsort_complex::<T>(run, places, means);
    }
    by_dtype!(run.dtype(), real, complex(run, kth, places, means))
}

/// Selection at several places (sorted): each splits what is left on its side.
fn select<T: Ord>(mut items: &mut [T], kth: &[usize], _done: impl Fn(usize)) {
    let mut before = 0;
    for &k in kth {
        if k < before || k - before >= items.len() {
            continue;
        }
        let (_, _, rest) = items.select_nth_unstable(k - before);
        items = rest;
        before = k + 1;
    }
}

/// For each value, how many of the sorted elements are before it: `< v`, or with `right` `<= v`.
pub fn search(sorted: Block<'_>, values: Block<'_>, right: bool, out: &mut [i64]) {
    fn real<T: Sortable>(sorted: Block<'_>, values: Block<'_>, right: bool, out: &mut [i64]) {
        let sorted = sorted.typed::<T>();
        for (o, v) in out.iter_mut().zip(values.typed::<T>()) {
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

/// The first place where `before` does not hold, found without branches on the data.
#[inline(always)]
fn bisect<T>(sorted: &[T], before: impl Fn(&T) -> bool) -> usize {
    let (mut base, mut n) = (0, sorted.len());
    while n > 1 {
        let half = n / 2;
        base = if before(&sorted[base + half - 1]) { base + half } else { base };
        n -= half;
    }
    base + (n == 1 && before(&sorted[base])) as usize
}

/// Marks each element of a sorted run that differs from the one before it; the first is marked.
/// With `nans_equal`, elements that hold a NaN do not differ.
pub fn edges(sorted: Block<'_>, nans_equal: bool, out: &mut [bool]) {
    fn typed<T: Element>(xs: &[T], nans_equal: bool, out: &mut [bool]) {
        for (i, o) in out.iter_mut().enumerate() {
            // Only a NaN differs from itself.
            *o = i == 0 || (xs[i] != xs[i - 1] && !(nans_equal && is_nan(&xs[i]) && is_nan(&xs[i - 1])));
        }
    }
    #[allow(clippy::eq_op)]
    fn is_nan<T: PartialEq>(x: &T) -> bool {
        x != x
    }
    with_dtype!(sorted.dtype(), T => typed::<T>(sorted.typed(), nans_equal, out))
}

/// Distinct values of integers in a narrow range, in order, by counting.
pub struct Tally {
    /// The value of each distinct key, as the least value plus an offset.
    pub offsets: Vec<u32>,
    pub counts: Vec<i64>,
    /// The place of the first element of each distinct value, and each element's rank.
    pub first: Vec<i64>,
    pub rank: Vec<i64>,
}

/// Counts the distinct elements if the dtype and range allow it, and writes each distinct value
/// once, in order, through `values`. `places` also asks for first places and ranks.
pub fn tally(run: Block<'_>, places: bool, values: &mut dyn FnMut(Block<'_>)) -> Option<Tally> {
    fn real<T: Sortable>(run: Block<'_>, places: bool, values: &mut dyn FnMut(Block<'_>)) -> Option<Tally> {
        let run = run.typed::<T>();
        if T::DTYPE.is_float() || run.len() < 64 {
            return None;
        }
        let keys: Vec<T::Key> = run.iter().map(|x| x.stable_key()).collect();
        let (low, range) = counted_range::<T>(&keys)?;
        let all = counts(&keys, low, range);
        let offsets: Vec<u32> = (0..range as u32).filter(|&i| all[i as usize] > 0).collect();
        let found: Vec<T> = offsets.iter().map(|&i| T::of_key(T::Key::narrow(low + i as u64))).collect();
        values(Block::new(&found));
        let mut tally = Tally {
            counts: offsets.iter().map(|&i| all[i as usize] as i64).collect(),
            offsets,
            first: Vec::new(),
            rank: Vec::new(),
        };
        if places {
            let mut ranks = vec![0i64; range];
            (0..).zip(&tally.offsets).for_each(|(r, &i)| ranks[i as usize] = r);
            tally.rank = keys.iter().map(|k| ranks[(k.wide() - low) as usize]).collect();
            tally.first = vec![-1; tally.offsets.len()];
            for (i, &r) in tally.rank.iter().enumerate().rev() {
                tally.first[r as usize] = i as i64;
            }
        }
        Some(tally)
    }
    fn complex<T: ComplexKey>(_: Block<'_>, _: bool, _: &mut dyn FnMut(Block<'_>)) -> Option<Tally> {
        None
    }
    by_dtype!(run.dtype(), real, complex(run, places, values))
}

#[cfg(test)]
mod tests;

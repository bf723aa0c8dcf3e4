//! What counting does: sorting keys of a narrow range, distinct elements, bins, membership.
//!
//! One thread counts into four tables in turn where these fit the cache, so that equal neighbours do
//! not wait for each other's stores; several threads count parts into tables of their own. Bound by
//! the reading of the elements and, for sorting, the writing.

use super::key::{Key, Sortable};
use super::{Means, by_dtype, survey_of};
use crate::dtype::{DType, c64, c128};
use crate::kernel::Block;
use rayon::prelude::*;

/// Ranges up to this are counted in four tables.
const FOUR: usize = 1 << 12;
/// Keys that are written in one go, however few are wanted.
const AT_ONCE: usize = 16;
/// Elements of a table's share: a count fits 32 bits.
const SHARE: usize = 1 << 30;

/// How often each place below `range` occurs; `place` must stay below it.
fn counts<T: Copy + Sync>(
    run: &[T],
    range: usize,
    parts: usize,
    place: impl Fn(T) -> usize + Sync + Copy,
) -> Vec<u64> {
    if run.len() > SHARE || (parts > 1 && run.len() >= 1 << 15 && range <= run.len() / 4) {
        let (a, b) = run.split_at(run.len() / 2);
        let each = parts.div_ceil(2);
        let (mut a, b) = rayon::join(|| counts(a, range, each, place), || counts(b, range, each, place));
        a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        return a;
    }
    if range > FOUR || run.len() < 64 {
        let mut counts = vec![0u32; range];
        run.iter().for_each(|&x| counts[place(x)] += 1);
        return counts.into_iter().map(u64::from).collect();
    }
    let mut four = vec![[0u32; 4]; range];
    let (chunks, rest) = run.as_chunks::<4>();
    for chunk in chunks {
        for (lane, &x) in chunk.iter().enumerate() {
            four[place(x)][lane] += 1;
        }
    }
    rest.iter().for_each(|&x| four[place(x)][0] += 1);
    four.iter().map(|c| c.iter().map(|&n| n as u64).sum()).collect()
}

/// Sorts keys from `low` on, of so many possible values.
pub fn count_sort<K: Key>(keys: &mut [K], low: u64, range: usize, means: Means<'_>) {
    let counts = counts(keys, range, means.parts, |k| (k.wide() - low) as usize);
    write(keys, &counts, low, means.parts);
}

/// Writes each key as often as it was counted.
fn write<K: Key>(keys: &mut [K], counts: &[u64], low: u64, parts: usize) {
    if parts > 1 && keys.len() > 1 << 15 && counts.len() > 1 {
        let (mut cut, mut at) = (0, 0);
        while cut + 1 < counts.len() && (at < keys.len() / 2 || cut == 0) {
            at += counts[cut] as usize;
            cut += 1;
        }
        let (a, b) = keys.split_at_mut(at);
        rayon::join(
            || write(a, &counts[..cut], low, parts / 2),
            || write(b, &counts[cut..], low + cut as u64, parts / 2),
        );
        return;
    }
    let mut at = 0;
    for (i, &n) in counts.iter().enumerate() {
        let (key, end) = (K::narrow(low + i as u64), at + n as usize);
        match keys.get_mut(at..at + AT_ONCE) {
            // A few more than there are, for the next keys to overwrite.
            Some(some) => {
                some.fill(key);
                if n as usize > AT_ONCE {
                    keys[at + AT_ONCE..end].fill(key);
                }
            }
            None => keys[at..end].fill(key),
        }
        at = end;
    }
}

/// How often each of 0 to `range - 1` occurs; the values are in that range.
pub fn bincount(values: &[i64], range: usize, parts: usize, out: &mut [i64]) {
    if range > values.len() {
        out.fill(0);
        return values.iter().for_each(|&v| out[v as usize] += 1);
    }
    let counts = counts(values, range, parts, |v| v as usize);
    out.iter_mut().zip(counts).for_each(|(o, n)| *o = n as i64);
}

/// How often each integer from `least` to `least + range - 1` occurs; all are in that range.
pub fn occurrences(run: Block<'_>, least: i64, range: usize, parts: usize) -> Vec<u64> {
    macro_rules! go {
        ($($dtype:ident $t:ty),*) => {
            match run.dtype() {
                $(DType::$dtype => {
                    counts(run.typed::<$t>(), range, parts, |x| (x as i64).wrapping_sub(least) as usize)
                })*
                _ => vec![0; range],
            }
        };
    }
    go!(Bool bool, I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16, U32 u32)
}

/// Distinct values of integers in a narrow range, in order, by counting.
pub struct Tally {
    pub counts: Vec<i64>,
    /// The place of the first element of each distinct value, and each element's rank.
    pub first: Vec<i64>,
    pub rank: Vec<i64>,
}

/// Counts the distinct elements if the dtype and range allow it, and writes each distinct value
/// once, in order, through `values`. `places` also asks for first places and ranks.
pub fn tally(run: Block<'_>, places: bool, parts: usize, values: &mut dyn FnMut(Block<'_>)) -> Option<Tally> {
    fn real<T: Sortable>(
        run: Block<'_>,
        places: bool,
        parts: usize,
        values: &mut dyn FnMut(Block<'_>),
    ) -> Option<Tally> {
        let run = run.typed::<T>();
        if T::DTYPE.is_float() || run.len() < 64 {
            return None;
        }
        let (low, range) = match size_of::<T>() {
            1 => (0, 256),
            // Places by counting are quicker than by a stable sort for longer.
            _ if places && run.len() >= 1 << 16 => survey_of(run).in_table(run.len(), run.len())?,
            _ => survey_of(run).counted(run.len())?,
        };
        let place = |x: T| (x.key().wide() - low) as usize;
        let all = counts(run, range, parts, place);
        // Without a branch: which ones occur is anybody's guess.
        let (mut offsets, mut found) = (vec![0usize; range], 0);
        for (i, &count) in all.iter().enumerate().take(range) {
            offsets[found] = i;
            found += (count > 0) as usize;
        }
        offsets.truncate(found);
        let found: Vec<T> = offsets.iter().map(|&i| T::of_key(T::Key::narrow(low + i as u64))).collect();
        values(Block::new(&found));
        let mut tally = Tally {
            counts: offsets.iter().map(|&i| all[i] as i64).collect(),
            first: Vec::new(),
            rank: Vec::new(),
        };
        if places {
            let mut ranks = vec![0i64; range];
            (0..).zip(&offsets).for_each(|(r, &i)| ranks[i] = r);
            tally.rank = run.iter().map(|&x| ranks[place(x)]).collect();
            tally.first = vec![-1; offsets.len()];
            let mut missing = offsets.len();
            for (i, &r) in (0..).zip(&tally.rank) {
                let first = &mut tally.first[r as usize];
                if *first < 0 {
                    *first = i;
                    missing -= 1;
                    if missing == 0 {
                        break;
                    }
                }
            }
        }
        Some(tally)
    }
    #[expect(clippy::extra_unused_type_parameters, reason = "called as `real` is, by dtype")]
    fn complex<T>(_: Block<'_>, _: bool, _: usize, _: &mut dyn FnMut(Block<'_>)) -> Option<Tally> {
        None
    }
    by_dtype!(run.dtype(), real, complex(run, places, parts, values))
}

/// Marks the elements that are among others, by a table of these; says no if the others are not
/// integers in a range narrow enough.
pub fn members(run: Block<'_>, others: Block<'_>, parts: usize, out: &mut [bool]) -> bool {
    fn real<T: Sortable>(run: Block<'_>, others: Block<'_>, parts: usize, out: &mut [bool]) -> bool {
        let (run, others) = (run.typed::<T>(), others.typed::<T>());
        if T::DTYPE.is_float() || others.is_empty() {
            return false;
        }
        let found = survey_of(others);
        let range = found.high - found.low;
        if range >= super::COUNTED || range / 8 > (run.len() + others.len()) as u64 {
            return false;
        }
        let mut table = vec![false; range as usize + 2];
        others.iter().for_each(|x| table[(x.key().wide() - found.low) as usize] = true);
        // The last entry stands for all that are out of the range.
        let last = range + 1;
        let (table, low) = (&table[..], found.low);
        let part = |(out, run): (&mut [bool], &[T])| {
            // Copies, which writing to `out` cannot change.
            let (table, low, last) = (table, low, last);
            for (o, x) in out.iter_mut().zip(run) {
                *o = table[x.key().wide().wrapping_sub(low).min(last) as usize];
            }
        };
        let size = if parts > 1 { (run.len() / parts).max(1 << 14) } else { run.len().max(1) };
        match parts > 1 && run.len() > size {
            true => out.par_chunks_mut(size).zip(run.par_chunks(size)).for_each(part),
            false => part((out, run)),
        }
        true
    }
    #[expect(clippy::extra_unused_type_parameters, reason = "called as `real` is, by dtype")]
    fn complex<T>(_: Block<'_>, _: Block<'_>, _: usize, _: &mut [bool]) -> bool {
        false
    }
    by_dtype!(run.dtype(), real, complex(run, others, parts, out))
}

//! Sorting of contiguous runs, in place and as permutations; what follows from it.
//!
//! Every real dtype maps to unsigned integers of its size whose order is NumPy's (`key`: sign bits
//! flipped, NaN last), so that one set of algorithms sorts them all:
//! - a first pass makes the keys and finds out whether they rise or fall already, and their range;
//! - one-byte keys, and integers whose range is not much more than their number: `count`;
//! - integers whose range fits 32 bits: as 32-bit keys, of which a vector holds twice as many;
//! - keys of 32 and 64 bits: quicksort by vectors (`quick`, `network`, `lanes`) with one scratch of
//!   the run's size, on two threads after a first split that both do;
//! - without AVX-512: comparison for short runs, else least-significant-digit radix (`radix`).
//!
//! Permutations (`order`) sort one 64-bit word per element: the top bits of its key above its place.
//! Complex numbers compare by class of NaN, real part, imaginary part, and go through permutations.
//!
//! Measured on one core of a Zen 5, ns per element of random keys in place, beside NumPy 2.4, which
//! sorts by vectors too: 64 bits 1.6 at 1e3 (NumPy 2.3), 3.1 at 1e5 (3.3), 4.5 at 1e6 (4.7), 6.6 at
//! 1e7; 32 bits 0.9 (1.7), 1.6 (1.7), 2.2 (2.5), 3.2. The second thread halves this from 3e4 keys on.
//! Up to 256 keys arithmetic bounds it, beyond, the stores of the splits, two of a line for each line
//! read. Sorted input costs its copy. Permutations: 5.4 at 1e6 (NumPy 22), selection of a median 1.1
//! (18), integers below 1000 0.7 (2.9), int16 0.8 (1.5).
//!
//! Tried and lost: radix sort on two threads, 9.8 ms for 1e6 float64; see also `quick`.

mod bins;
mod count;
mod halve;
mod key;
#[cfg(target_arch = "x86_64")]
mod lanes;
#[cfg(target_arch = "x86_64")]
mod network;
mod order;
#[cfg(target_arch = "x86_64")]
mod quick;
mod radix;
mod search;

pub use bins::{Bins, range_of};
pub use count::{Tally, bincount, members, occurrences, tally};
pub use key::{Key, Sortable};
pub use order::{argpartition, argsort};
pub use search::{Sorted, distinct, edges};

use super::{Block, BlockMut};
use crate::dtype::{DType, c64, c128};
use key::{ComplexKey, FEW, Job};

/// What a sort is told from outside.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// Parts that are sorted side by side: a power of two, 1 for none.
    pub parts: usize,
    /// Told now and then of so many elements more that are in their order; after it said yes the run is
    /// left as some permutation of itself, or of keys.
    pub stop: &'a (dyn Fn(usize) -> bool + Sync),
}

/// Runs shorter than this are sorted by comparison, without vectors.
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

use by_dtype;

/// 64-bit words of scratch for a run of `n` elements: of its own dtype or as a permutation.
pub fn scratch_words(dtype: DType, n: usize, places: bool) -> usize {
    match dtype {
        _ if n <= FEW => 0,
        d if d.is_complex() || places => n,
        d if d.itemsize() == 1 => 0,
        d => (n * d.itemsize().max(4)).div_ceil(8),
    }
}

/// Sorts a run in place. The scratch is as long as `scratch_words` says.
pub fn sort(run: BlockMut<'_>, scratch: &mut [u64], means: Means<'_>) {
    by_dtype!(run.dtype(), sort_real, sort_complex(run, scratch, means))
}

/// The first `n` keys of a scratch, or none if it is empty.
fn keys_in<K: Key>(scratch: &mut [u64], n: usize) -> &mut [K] {
    let room = scratch.len() * (8 / size_of::<K>());
    // SAFETY: aligned to 8 bytes and any bits are a key; within the words.
    unsafe { std::slice::from_raw_parts_mut(scratch.as_mut_ptr().cast(), n.min(room)) }
}

fn sort_real<T: Sortable>(run: BlockMut<'_>, scratch: &mut [u64], means: Means<'_>) {
    let run = run.typed::<T>();
    if run.len() < 2 {
        return;
    }
    if size_of::<T>() == 1 {
        let keys = key::to_keys(run);
        if keys.len() < 64 {
            keys.sort_unstable();
            return key::from_keys(run);
        }
        count::count_sort(keys, 0, 256, means);
        return key::from_keys(run);
    }
    let keys = key::to_keys(run);
    if keys.len() > FEW {
        let survey = survey(keys);
        if survey.rising || survey.falling {
            if !survey.rising {
                keys.reverse();
            }
            return key::finish::<T>(keys);
        }
        if !T::DTYPE.is_float() {
            if let Some((low, range)) = survey.counted(keys.len()) {
                count::count_sort(keys, low, range, means);
                return key::finish::<T>(keys);
            }
            if size_of::<T>() == 8 && survey.high - survey.low <= u32::MAX as u64 {
                return sort_narrow::<T>(keys, survey.low, scratch, means);
            }
        }
    }
    if size_of::<T>() == 2 {
        return sort_wide::<T>(keys, scratch, means);
    }
    let job = Job { finish: &key::finish::<T>, stop: means.stop };
    let n = keys.len();
    if !T::Key::sort_vectors(keys, keys_in(scratch, n), means.parts, &job) {
        sort_plain(keys, keys_in(scratch, n), means);
        key::finish::<T>(keys);
    }
}

/// Sorts without vectors.
fn sort_plain<K: Key>(keys: &mut [K], scratch: &mut [K], means: Means<'_>) {
    if keys.len() < SMALL || scratch.len() < keys.len() {
        keys.sort_unstable();
    } else {
        radix::sort(keys, scratch, means);
    }
}

/// Sorts keys of any width on threads, by vectors or without.
fn sort_keys<K: Key>(keys: &mut [K], scratch: &mut [K], means: Means<'_>) {
    let job = Job { finish: &|_: &mut [K]| (), stop: means.stop };
    if !K::sort_vectors(keys, scratch, means.parts, &job) {
        sort_plain(keys, scratch, means);
    }
}

/// Sorts 64-bit keys of a narrow range as their 32-bit distances from the least.
fn sort_narrow<T: Sortable>(keys: &mut [T::Key], low: u64, scratch: &mut [u64], means: Means<'_>) {
    let n = keys.len();
    let both = keys_in::<u32>(scratch, 2 * n);
    let (short, rest) = both.split_at_mut(n);
    super::simd(
        #[inline(always)]
        || short.iter_mut().zip(keys.iter()).for_each(|(s, k)| *s = k.wide().wrapping_sub(low) as u32),
    );
    sort_keys(short, rest, means);
    super::simd(
        #[inline(always)]
        || keys.iter_mut().zip(short.iter()).for_each(|(k, s)| *k = T::Key::narrow(low + *s as u64)),
    );
    key::finish::<T>(keys);
}

/// Sorts 16-bit keys, too few to count, as 32-bit keys.
fn sort_wide<T: Sortable>(keys: &mut [T::Key], scratch: &mut [u64], means: Means<'_>) {
    let n = keys.len();
    let mut few = [0u32; FEW];
    let mut more = Vec::new();
    let wide = if n <= FEW {
        &mut few[..n]
    } else {
        more.resize(n, 0);
        &mut more[..]
    };
    wide.iter_mut().zip(keys.iter()).for_each(|(w, k)| *w = k.wide() as u32);
    sort_keys(wide, keys_in(scratch, n), means);
    keys.iter_mut().zip(wide.iter()).for_each(|(k, w)| *k = T::Key::narrow(*w as u64));
    key::finish::<T>(keys);
}

/// What one pass finds out about keys.
#[derive(Clone, Copy)]
struct Survey {
    low: u64,
    high: u64,
    rising: bool,
    /// Each key is less than the one before it.
    falling: bool,
}

impl Survey {
    /// The least key and the number of possible ones, if counting pays: few keys are sorted before a table of
    /// their range is walked through, and from a quarter of their number on a table is not in order enough
    /// (2e5 int64 below 1e5: 4.5 ns an element counted, 1.8 sorted).
    fn counted(&self, n: usize) -> Option<(u64, usize)> {
        self.in_table(n, if n < 1 << 16 { n / 8 } else { n / 4 })
    }

    /// The same where their number is at most this.
    fn in_table(&self, n: usize, most: usize) -> Option<(u64, usize)> {
        let range = self.high - self.low;
        (n <= u32::MAX as usize && range < COUNTED && range <= most as u64)
            .then_some((self.low, range as usize + 1))
    }
}

/// The range of keys (at least one), and whether they are in order.
fn survey<K: Key>(keys: &[K]) -> Survey {
    look(keys, |k| k)
}

/// The same of a run's keys.
fn survey_of<T: Sortable>(run: &[T]) -> Survey {
    look(run, |x| x.key())
}

/// Looks at the order until it is broken both ways.
#[inline(always)]
fn look<T: Copy, K: Key>(run: &[T], key: impl Fn(T) -> K + Copy) -> Survey {
    super::simd(
        #[inline(always)]
        || {
            let (mut low, mut high) = (K::MAX, K::MIN);
            let (mut rising, mut falling) = (true, true);
            for (i, chunk) in run.chunks(1024).enumerate() {
                (low, high) = chunk.iter().fold((low, high), |(lo, hi), &x| (lo.min(key(x)), hi.max(key(x))));
                if rising || falling {
                    let from = (1024 * i).saturating_sub(1);
                    let pair = &run[from..1024 * i + chunk.len()];
                    let zip = || pair[..pair.len() - 1].iter().zip(&pair[1..]);
                    rising = rising && zip().fold(0u8, |bad, (&a, &b)| bad | (key(a) > key(b)) as u8) == 0;
                    falling = falling && zip().fold(0u8, |bad, (&a, &b)| bad | (key(a) <= key(b)) as u8) == 0;
                }
            }
            Survey { low: low.wide(), high: high.wide(), rising, falling }
        },
    )
}

fn sort_complex<T: ComplexKey>(run: BlockMut<'_>, scratch: &mut [u64], means: Means<'_>) {
    let run = run.typed::<T>();
    let mut places = vec![0i64; run.len()];
    order::argsort_complex::<T>(Block::new(run), &mut places, scratch, means);
    let sorted: Vec<T> = places.iter().map(|&i| run[i as usize]).collect();
    run.copy_from_slice(&sorted);
}

/// Puts the `kth` smallest elements (rising) in their sorted places, smaller ones before, larger ones
/// after.
pub fn partition(run: BlockMut<'_>, kth: &[usize], scratch: &mut [u64], means: Means<'_>) {
    fn real<T: Sortable>(run: BlockMut<'_>, kth: &[usize], scratch: &mut [u64], means: Means<'_>) {
        let run = run.typed::<T>();
        let n = run.len();
        let keys = key::to_keys(run);
        let job = Job { finish: &|_: &mut [T::Key]| (), stop: means.stop };
        if !T::Key::select_vectors(keys, keys_in(scratch, n), kth, &job) {
            select(keys, kth);
        }
        key::from_keys(run);
    }
    fn complex<T: ComplexKey>(run: BlockMut<'_>, _: &[usize], scratch: &mut [u64], means: Means<'_>) {
        sort_complex::<T>(run, scratch, means);
    }
    by_dtype!(run.dtype(), real, complex(run, kth, scratch, means))
}

/// Selection at several places (rising): each splits what is left on its side.
fn select<T: Ord>(mut items: &mut [T], kth: &[usize]) {
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

#[cfg(test)]
mod tests;

//! Radix sort by digits of 8 bits, least significant first, with one scratch of the run's size.
//!
//! One pass over the keys counts all digits; a digit in which all keys agree is skipped. Parts
//! sorted side by side are merged in pairs, each merge cut in two at the median of its result.

use super::{Key, Means};

/// Sorts with a scratch of the same length.
pub fn sort<K: Key>(items: &mut [K], scratch: &mut [K], means: Means<'_>) {
    let n = items.len();
    parts(items, &mut scratch[..n], means);
}

fn parts<K: Key>(items: &mut [K], scratch: &mut [K], means: Means<'_>) {
    if means.parts < 2 {
        return digits(items, scratch, means);
    }
    let half = items.len() / 2;
    let (a, b) = items.split_at_mut(half);
    let (sa, sb) = scratch.split_at_mut(half);
    let each = Means { parts: means.parts / 2, ..means };
    rayon::join(|| parts(a, sa, each), || parts(b, sb, each));
    if (means.stop)(0) {
        return;
    }
    merge(a, b, scratch, means.parts);
    items.copy_from_slice(scratch);
}

/// Merges two sorted runs, on `parts` threads.
fn merge<K: Key>(a: &[K], b: &[K], out: &mut [K], parts: usize) {
    if parts > 1 && out.len() > 1 << 12 {
        let half = out.len() / 2;
        let i = take(a, b, half);
        let (left, right) = out.split_at_mut(half);
        rayon::join(
            || merge(&a[..i], &b[..half - i], left, parts / 2),
            || merge(&a[i..], &b[half - i..], right, parts / 2),
        );
        return;
    }
    let (mut i, mut j) = (0, 0);
    for o in out.iter_mut() {
        if i == a.len() || j == b.len() {
            let rest = if i == a.len() { &b[j] } else { &a[i] };
            *o = *rest;
            (i, j) = if i == a.len() { (i, j + 1) } else { (i + 1, j) };
            continue;
        }
        let second = b[j] < a[i];
        *o = if second { b[j] } else { a[i] };
        j += second as usize;
        i += !second as usize;
    }
}

/// How many of the first `n` merged items come from `a`; those of `a` come first among equals.
fn take<K: Key>(a: &[K], b: &[K], n: usize) -> usize {
    let (mut low, mut high) = (n.saturating_sub(b.len()), n.min(a.len()));
    while low < high {
        let mid = (low + high) / 2;
        if b[n - mid - 1] < a[mid] { high = mid } else { low = mid + 1 }
    }
    low
}

fn digits<K: Key>(items: &mut [K], scratch: &mut [K], means: Means<'_>) {
    let passes = (K::BITS / 8) as usize;
    let mut counts = [[0u32; 256]; 8];
    for item in items.iter() {
        let key = *item;
        for (pass, counts) in counts.iter_mut().enumerate().take(passes) {
            counts[key.digit(8 * pass as u32)] += 1;
        }
    }
    let (mut from, mut to) = (items, scratch);
    let mut swapped = false;
    for (pass, counts) in counts.iter().enumerate().take(passes) {
        let shift = 8 * pass as u32;
        let skip = from.first().is_none_or(|x| counts[x.digit(shift)] as usize == from.len());
        if skip || (means.stop)(0) {
            continue;
        }
        scatter(from, to, shift, counts);
        (means.stop)(from.len() / passes);
        std::mem::swap(&mut from, &mut to);
        swapped = !swapped;
    }
    if swapped {
        to.copy_from_slice(from);
    }
}

fn scatter<K: Key>(from: &[K], to: &mut [K], shift: u32, counts: &[u32; 256]) {
    let mut starts = [0usize; 256];
    let mut at = 0;
    for (s, &n) in starts.iter_mut().zip(counts) {
        (*s, at) = (at, at + n as usize);
    }
    assert!(at == from.len() && at == to.len());
    for item in from {
        let s = &mut starts[item.digit(shift)];
        // SAFETY: the counts are of these very items, so that each start stays below its end, and
        // the ends are within `to` by the assertion.
        unsafe { *to.get_unchecked_mut(*s) = *item };
        *s += 1;
    }
}

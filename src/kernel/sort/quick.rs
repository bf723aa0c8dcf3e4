//! Quicksort by vectors, for keys of 32 and 64 bits on machines with AVX-512.
//!
//! A run of length n lies in `a` or in an equally long scratch `s`, and is to end up sorted in `a`.
//! One pass splits it by a pivot: smaller keys go to the front of `a`, the others to the front of
//! `s`. Whichever the run came from is overwritten behind the reading position, so that both are
//! plain forward streams without a branch on data: load, compare, compress twice, store twice.
//! Then the upper part is sorted from `s` into the rest of `a`, and the lower part within `a`.
//! Runs of at most 16 vectors go to `network`. In place with one array, as it is usually done, every
//! read must first choose the side that has room, and only one side can be written unmasked.
//!
//! On several threads the run is counted first, so that each part knows where its keys go; then it
//! is split from one array to the other side by side, and the halves are sorted side by side.
//!
//! Selection splits beside the place that is wanted, so that the part with it is short: the 1000th of
//! 1e6 float64 in 0.49 ms on one thread, where halving took 0.92; the median in 0.76 and 0.92.
//!
//! Tried and lost: runs larger than the caches first spread over 2W ranges, by a search tree in two
//! registers and a scatter. 1e7 keys of 64 bits took 6.8 ns each so and 6.5 without, of 32 bits 4.3
//! and 3.2: the splits that it spares are cheap, for they read and write whole lines in order.

use super::key::Job;
use super::lanes::Lanes;
use super::network::sort_few;

/// Pieces up to this many keys are finished as one.
const PIECE: usize = 4096;
/// Runs shorter than this are not worth a second thread.
const SHARED: usize = 1 << 15;

/// Sorts `a`, with `s` (as long) as scratch, on `parts` threads.
///
/// # Safety
/// As for `Lanes`: the machine has AVX-512.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi2,popcnt")]
pub unsafe fn sort<K: Lanes>(a: &mut [K], s: &mut [K], parts: usize, job: &Job<'_, K>) -> bool {
    let n = a.len();
    // SAFETY: passed on.
    unsafe {
        if n <= 16 * K::W {
            sort_few(a.as_ptr(), a.as_mut_ptr(), n);
            (job.finish)(a);
        } else {
            share(a, &mut s[..n], true, parts, job);
        }
    }
    true
}

/// Brings the `kth` smallest keys (rising) to their places, with no greater keys before and no
/// smaller ones behind them. Nothing is finished.
///
/// # Safety
/// As for `sort`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi2,popcnt")]
pub unsafe fn select<K: Lanes>(a: &mut [K], s: &mut [K], kth: &[usize], job: &Job<'_, K>) -> bool {
    // SAFETY: passed on.
    unsafe { select_in(a, s, kth, 0, 2 * a.len().max(1).ilog2(), job) }
    true
}

/// `a` starts at place `start` of the whole run.
///
/// # Safety
/// As for `Lanes`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi2,popcnt")]
unsafe fn select_in<K: Lanes>(
    a: &mut [K],
    s: &mut [K],
    kth: &[usize],
    start: usize,
    depth: u32,
    job: &Job<'_, K>,
) {
    let n = a.len();
    if kth.is_empty() || n < 2 {
        return;
    }
    // SAFETY: at most 16 vectors; `cut` as below.
    unsafe {
        if n <= 16 * K::W {
            return sort_few(a.as_ptr(), a.as_mut_ptr(), n);
        }
        if n > PIECE && (job.stop)(0) {
            return;
        }
        let s = &mut s[..n];
        let place = kth[kth.len() / 2] - start;
        let Some(cut) = cut_near(a, s, place, depth) else { return };
        let (low, high) = a.split_at_mut(cut.low);
        let (lower, upper) = kth.split_at(kth.partition_point(|&k| k < start + cut.low));
        select_in(high, s, upper, start + cut.low, depth - 1, job);
        if !cut.equal {
            select_in(low, s, lower, start, depth - 1, job);
        }
    }
}

/// Splits a run within `a` beside a place, so that the part with the place is short; `None` if all are
/// equal, or sorted by other means. The part that is likely the shorter goes through the scratch.
///
/// # Safety
/// As for `Lanes`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi2,popcnt")]
unsafe fn cut_near<K: Lanes>(a: &mut [K], s: &mut [K], place: usize, depth: u32) -> Option<Cut> {
    let n = a.len();
    let below = 2 * place < n;
    // SAFETY: both slices hold n keys.
    unsafe {
        if depth == 0 {
            a.sort_unstable();
            return None;
        }
        let pivot = pivot(a, Some(place));
        let (ap, sp) = (a.as_mut_ptr(), s.as_mut_ptr());
        let low = if below { split(ap, n, sp, ap, pivot) } else { split(ap, n, ap, sp, pivot) };
        if low == 0 {
            // None is below the pivot: take those equal to it.
            if !below {
                a.copy_from_slice(s);
            }
            if pivot == K::MAX {
                return None;
            }
            let low = split(ap, n, ap, sp, K::narrow(pivot.wide() + 1));
            a[low..].copy_from_slice(&s[..n - low]);
            return (low < n).then_some(Cut { low, equal: true });
        }
        if below {
            // The others' order is free: as many as are in the way move behind them.
            let others = n - low;
            let moved = low.min(others);
            a.copy_within(..moved, n - moved);
            a[..low].copy_from_slice(&s[..low]);
        } else {
            a[low..].copy_from_slice(&s[..n - low]);
        }
        Some(Cut { low, equal: false })
    }
}

/// Sorts what lies in `a` (or in `s`) into `a`, on `parts` threads.
///
/// # Safety
/// As for `Lanes`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi2,popcnt")]
unsafe fn share<K: Lanes>(a: &mut [K], s: &mut [K], in_a: bool, parts: usize, job: &Job<'_, K>) {
    let n = a.len();
    // SAFETY: the slices are as long as one another.
    unsafe {
        if parts < 2 || n < SHARED {
            return pieces(a, s, in_a, 2 * n.max(1).ilog2(), job);
        }
        let pivot = pivot(if in_a { a } else { s }, None);
        let (from, to) = if in_a { (&*a, &mut *s) } else { (&*s, &mut *a) };
        let low = split_shared(from, to, pivot, parts);
        if low == 0 || low == n {
            return pieces(a, s, !in_a, 2 * n.ilog2(), job);
        }
        let (a0, a1) = a.split_at_mut(low);
        let (s0, s1) = s.split_at_mut(low);
        // Four parts for two threads would even out the halves, but pivots of many samples do too.
        rayon::join(|| share(a0, s0, !in_a, parts / 2, job), || share(a1, s1, !in_a, parts / 2, job));
    }
}

/// Moves keys below the pivot to the front of `to`, the others behind them; says how many there are.
///
/// # Safety
/// As for `Lanes`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi2,popcnt")]
unsafe fn split_shared<K: Lanes>(from: &[K], to: &mut [K], pivot: K, parts: usize) -> usize {
    let n = from.len();
    let each = n.div_ceil(parts);
    let mut counts = vec![0usize; parts];
    rayon::scope(|scope| {
        for (part, count) in from.chunks(each).zip(counts.iter_mut()) {
            // SAFETY: plain comparison.
            scope.spawn(move |_| {
                *count = super::super::simd(
                    #[inline(always)]
                    || part.iter().map(|&k| (k < pivot) as usize).sum(),
                )
            });
        }
    });
    let low: usize = counts.iter().sum();
    let (mut lows, mut highs) = to.split_at_mut(low);
    rayon::scope(|scope| {
        for (part, &count) in from.chunks(each).zip(&counts) {
            let (lo, rest) = std::mem::take(&mut lows).split_at_mut(count);
            lows = rest;
            let (hi, rest) = std::mem::take(&mut highs).split_at_mut(part.len() - count);
            highs = rest;
            // SAFETY: the parts are counted.
            scope.spawn(move |_| unsafe { split_exact(part, lo, hi, pivot) });
        }
    });
    low
}

/// Splits into slices of exactly the lengths that the counts gave.
///
/// # Safety
/// As for `Lanes`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi2,popcnt")]
unsafe fn split_exact<K: Lanes>(from: &[K], lo: &mut [K], hi: &mut [K], pivot: K) {
    // SAFETY: whole vectors are stored only where there is room for them.
    unsafe {
        let p = K::splat(pivot);
        let (mut i, mut l, mut h) = (0, 0, 0);
        while i + K::W <= from.len() && l + K::W <= lo.len() && h + K::W <= hi.len() {
            let v = K::load(from.as_ptr().add(i));
            let m = K::less(v, p);
            K::store(lo.as_mut_ptr().add(l), K::compress(m, v));
            K::store(hi.as_mut_ptr().add(h), K::compress(!m, v));
            let c = m.count_ones() as usize;
            (i, l, h) = (i + K::W, l + c, h + K::W - c);
        }
        for &k in &from[i..] {
            if k < pivot {
                lo[l] = k;
                l += 1;
            } else {
                hi[h] = k;
                h += 1;
            }
        }
    }
}

/// Sorts and finishes on one thread.
///
/// # Safety
/// As for `Lanes`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi2,popcnt")]
unsafe fn pieces<K: Lanes>(a: &mut [K], s: &mut [K], in_a: bool, depth: u32, job: &Job<'_, K>) {
    // SAFETY: passed on.
    unsafe {
        if a.len() <= PIECE {
            quick(a, s, in_a, depth);
            (job.finish)(a);
            (job.stop)(a.len());
            return;
        }
        if (job.stop)(0) {
            return;
        }
        let Some(cut) = cut(a, s, in_a, depth) else { return (job.finish)(a) };
        let n = a.len();
        let (low, high) = a.split_at_mut(cut.low);
        if cut.equal {
            (job.finish)(low);
            (job.stop)(low.len());
            return pieces(high, &mut s[..n - cut.low], false, depth - 1, job);
        }
        pieces(high, &mut s[..n - cut.low], false, depth - 1, job);
        pieces(low, &mut s[..cut.low], true, depth - 1, job);
    }
}

/// Sorts without finishing.
///
/// # Safety
/// As for `Lanes`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi2,popcnt")]
unsafe fn quick<K: Lanes>(a: &mut [K], s: &mut [K], in_a: bool, depth: u32) {
    // SAFETY: passed on.
    unsafe {
        let n = a.len();
        if n <= 16 * K::W {
            let from = if in_a { a.as_ptr() } else { s.as_ptr() };
            return sort_few(from, a.as_mut_ptr(), n);
        }
        let Some(cut) = cut(a, s, in_a, depth) else { return };
        let (low, high) = a.split_at_mut(cut.low);
        quick(high, &mut s[..n - cut.low], false, depth - 1);
        if !cut.equal {
            quick(low, &mut s[..cut.low], true, depth - 1);
        }
    }
}

struct Cut {
    /// Keys now at the front of `a`; the others are at the front of the scratch.
    low: usize,
    /// Those in front are all equal.
    equal: bool,
}

/// Splits a run; `None` if it is sorted in `a` already, all being equal or by other means.
///
/// # Safety
/// As for `Lanes`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi2,popcnt")]
unsafe fn cut<K: Lanes>(a: &mut [K], s: &mut [K], in_a: bool, depth: u32) -> Option<Cut> {
    let n = a.len();
    // SAFETY: both slices hold n keys.
    unsafe {
        if depth == 0 {
            // Pivots that keep missing the middle: input made to do that.
            if !in_a {
                a.copy_from_slice(s);
            }
            a.sort_unstable();
            return None;
        }
        let from = if in_a { a.as_ptr() } else { s.as_ptr() };
        let pivot = pivot(if in_a { a } else { s }, None);
        let low = split(from, n, a.as_mut_ptr(), s.as_mut_ptr(), pivot);
        if low > 0 {
            return Some(Cut { low, equal: false });
        }
        // None is below the pivot, and all are in the scratch: take those equal to it.
        if pivot == K::MAX {
            a.fill(pivot);
            return None;
        }
        let next = K::narrow(pivot.wide() + 1);
        let low = split(s.as_ptr(), n, a.as_mut_ptr(), s.as_mut_ptr(), next);
        (low < n).then_some(Cut { low, equal: true })
    }
}

/// The median of a sample; or what is likely a little beyond the key of a place, seen from the nearer
/// end: a sample of m has its rank wrong by about √(m p (1 - p)), where p is the place's share of all.
///
/// # Safety
/// As for `Lanes`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi2,popcnt")]
unsafe fn pivot<K: Lanes>(run: &[K], near: Option<usize>) -> K {
    let n = run.len();
    let mut sample = [K::MIN; 128];
    let count = match n {
        0..1024 => 8,
        1024..16384 => 16,
        16384..131072 => 64,
        _ => 128,
    };
    // One random place in each of as many strips.
    let strip = n / count;
    let mut x = n as u64;
    for (i, k) in sample[..count].iter_mut().enumerate() {
        x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let within = ((x >> 32) * strip as u64) >> 32;
        *k = run[i * strip + within as usize];
    }
    // SAFETY: at most 16 vectors.
    unsafe { sort_few(sample.as_ptr(), sample.as_mut_ptr(), count) };
    let Some(place) = near else { return sample[count / 2] };
    let share = place as f64 / n as f64;
    let margin = 1 + (1.5 * (count as f64 * share * (1.0 - share)).sqrt()) as usize;
    let rank = (share * count as f64) as usize;
    if share < 0.5 { sample[(rank + margin).min(count - 1)] } else { sample[rank.saturating_sub(margin)] }
}

/// Keys below the pivot to `lo`, the others to `hi`, both from the start; `from` may be either.
///
/// # Safety
/// `from` holds n keys, `lo` and `hi` have room for as many.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi2,popcnt")]
unsafe fn split<K: Lanes>(from: *const K, n: usize, lo: *mut K, hi: *mut K, pivot: K) -> usize {
    // SAFETY: what was written to either side never exceeds what was read, so that whole vectors
    // overwrite only keys that were read and lie within n.
    unsafe {
        let p = K::splat(pivot);
        let (mut i, mut l) = (0, 0);
        while i + 4 * K::W <= n {
            let v = [0, 1, 2, 3].map(|k| K::load(from.add(i + k * K::W)));
            for v in v {
                let m = K::less(v, p);
                K::store(lo.add(l), K::compress(m, v));
                K::store(hi.add(i - l), K::compress(!m, v));
                l += m.count_ones() as usize;
                i += K::W;
            }
        }
        while i < n {
            let here = (n - i).min(K::W);
            let v = if here == K::W { K::load(from.add(i)) } else { K::load_part(from.add(i), here) };
            let all = ((1u64 << here) - 1) as u32;
            let m = K::less(v, p) & all;
            let c = m.count_ones() as usize;
            if here == K::W {
                K::store(lo.add(l), K::compress(m, v));
                K::store(hi.add(i - l), K::compress(!m, v));
            } else {
                K::store_part(lo.add(l), c, K::compress(m, v));
                K::store_part(hi.add(i - l), here - c, K::compress(!m & all, v));
            }
            (i, l) = (i + here, l + c);
        }
        l
    }
}

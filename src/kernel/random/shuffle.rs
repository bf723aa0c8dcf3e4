//! Orders and samples without replacement.

use super::BitGen;
use super::integers::{Bounded, Method, interval, mask};

/// Swaps that shuffle `n` items in place, last first: `swap(i, j)` with `j <= i` (Fisher-Yates).
///
/// A quarter of the draws is too large for its place, on average, and which is not to be foreseen. So places
/// are drawn some ahead, each written, and the next one beside it if it counts; swaps then go from one line
/// of memory to the next without waiting for a guess: a permutation of 10^6 in 3.6 ms, 7.1 drawn one by one.
pub fn shuffle<G: BitGen>(source: &mut G, n: usize, mut swap: impl FnMut(usize, usize)) {
    let mut places = [0u64; AHEAD];
    let mut last = n.saturating_sub(1);
    while last > 0 {
        // Draws are masked alike down to half the next power of two.
        let mask = mask(last as u64);
        let least = (mask >> 1) as usize + 1;
        let count = AHEAD.min(last - least + 1);
        draw(source, last, mask, &mut places[..count]);
        for (k, &j) in places[..count].iter().enumerate() {
            swap(last - k, j as usize);
        }
        last -= count;
    }
}

/// Places that are drawn before their swaps.
const AHEAD: usize = 256;

/// Integers of `0 ..= last`, `0 ..= last - 1` and so on, as [`interval`](super::integers::interval) draws
/// them one by one; the mask is that of all.
fn draw<G: BitGen>(source: &mut G, last: usize, mask: u64, out: &mut [u64]) {
    let mut at = 0;
    if mask > u64::from(u32::MAX) {
        for (k, slot) in out.iter_mut().enumerate() {
            *slot = interval(source, (last - k) as u64);
        }
        return;
    }
    while at < out.len() {
        let x = u64::from(source.next32()) & mask;
        out[at] = x;
        at += usize::from(x <= (last - at) as u64);
    }
}

/// `size` of the indices below `population`, each at most once; `ordered` leaves out the final
/// shuffle of a sample (`shuffle=False`). A large share of a large population is the tail of a
/// partial shuffle, anything else Floyd's algorithm (Bentley and Floyd, "A sample of brilliance",
/// 1987), with NumPy's bounds between the two.
pub fn sample<G: BitGen>(source: &mut G, population: usize, size: usize, ordered: bool) -> Vec<i64> {
    let share = if ordered { 20 } else { 50 };
    if population > 10_000 && size > population / share {
        let mut all: Vec<i64> = (0..population as i64).collect();
        lemire_shuffle(source, &mut all, (population - size).max(1));
        return all.split_off(population - size);
    }
    let mut picked = floyd(source, population, size);
    if !ordered {
        lemire_shuffle(source, &mut picked, 1);
    }
    picked
}

fn lemire_shuffle<G: BitGen>(source: &mut G, items: &mut [i64], first: usize) {
    let mut bounded = Bounded::new(source, Method::Lemire);
    for i in (first..items.len()).rev() {
        let j: u64 = bounded.draw(0, i as u64);
        items.swap(i, j as usize);
    }
}

fn floyd<G: BitGen>(source: &mut G, population: usize, size: usize) -> Vec<i64> {
    const FREE: u64 = u64::MAX;
    let mask = mask((1.2 * size as f64) as u64);
    let mut seen = vec![FREE; mask as usize + 1];
    // The slot of `x` in a table with linear probing: its own, or the free one where it belongs.
    let slot = |seen: &[u64], x: u64| {
        let mut at = x & mask;
        while seen[at as usize] != FREE && seen[at as usize] != x {
            at = (at + 1) & mask;
        }
        at as usize
    };
    let mut bounded = Bounded::new(source, Method::Lemire);
    let mut out = Vec::with_capacity(size);
    for j in (population - size) as u64..population as u64 {
        let mut x: u64 = bounded.draw(0, j);
        let mut at = slot(&seen, x);
        if seen[at] != FREE {
            x = j;
            at = slot(&seen, x);
        }
        seen[at] = x;
        out.push(x as i64);
    }
    out
}

//! Counting by bins between edges: equal ones by division, others by search.
//!
//! A block's positions are divided by vectors; each is then put right against its two edges, as the
//! quotient may round to the wrong side, and counted. Several threads count parts apart. Weights are
//! added in order, in sums for blocks of NumPy's length, so that the sums round as NumPy's do.

use super::search::Sorted;
use crate::kernel::{Block, simd};

/// NumPy's block: weights are summed within one, then added to the total.
const BLOCK: usize = 65536;
/// Positions divided at a time.
const TILE: usize = 512;

/// Bins with rising edges, at least two.
#[derive(Clone, Copy)]
pub struct Bins<'a> {
    pub edges: &'a [f64],
    /// All bins are as wide, but for rounding.
    pub even: bool,
}

/// The least and the greatest of the numbers, infinities if there are none, and whether any is NaN.
pub fn range_of(xs: &[f64]) -> (f64, f64, bool) {
    simd(
        #[inline(always)]
        || {
            let (mut low, mut high, mut nan) = ([f64::INFINITY; 8], [f64::NEG_INFINITY; 8], [false; 8]);
            let (chunks, rest) = xs.as_chunks::<8>();
            let mut take = |lane: usize, x: f64| {
                low[lane] = if x < low[lane] { x } else { low[lane] };
                high[lane] = if x > high[lane] { x } else { high[lane] };
                nan[lane] |= x.is_nan();
            };
            chunks.iter().for_each(|c| (0..8).for_each(|k| take(k, c[k])));
            rest.iter().for_each(|&x| take(0, x));
            let low = low.into_iter().fold(f64::INFINITY, f64::min);
            (low, high.into_iter().fold(f64::NEG_INFINITY, f64::max), nan.contains(&true))
        },
    )
}

impl Bins<'_> {
    fn len(&self) -> usize {
        self.edges.len() - 1
    }

    /// How many elements lie in each bin.
    pub fn counts(&self, xs: &[f64], parts: usize, stop: &(dyn Fn() -> bool + Sync)) -> Vec<u64> {
        if parts > 1 && xs.len() > BLOCK {
            let (a, b) = xs.split_at(xs.len() / 2);
            let each = parts.div_ceil(2);
            let (mut a, b) = rayon::join(|| self.counts(a, each, stop), || self.counts(b, each, stop));
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
            return a;
        }
        // One more for what lies outside; two tables, for neighbours in one bin.
        let mut two = vec![[0u64; 2]; self.len() + 1];
        for block in xs.chunks(BLOCK).take_while(|_| !stop()) {
            self.each(block, |i, bin| two[bin][i % 2] += 1);
        }
        two.truncate(self.len());
        two.iter().map(|c| c[0] + c[1]).collect()
    }

    /// The sums of the weights of the elements in each bin.
    pub fn sums(&self, xs: &[f64], weights: &[f64], stop: &(dyn Fn() -> bool + Sync)) -> Vec<f64> {
        let mut total = vec![0.0; self.len()];
        for (xs, ws) in xs.chunks(BLOCK).zip(weights.chunks(BLOCK)).take_while(|_| !stop()) {
            let mut sums = vec![0.0; self.len() + 1];
            self.each(xs, |i, bin| sums[bin] += ws[i]);
            total.iter_mut().zip(sums).for_each(|(t, s)| *t += s);
        }
        total
    }

    /// Calls `f` with each element's number and its bin, the number of bins if it is in none.
    #[inline(always)]
    fn each(&self, xs: &[f64], f: impl FnMut(usize, usize)) {
        if self.even { self.each_even(xs, f) } else { self.each_found(xs, f) }
    }

    #[inline(always)]
    fn each_even(&self, xs: &[f64], mut f: impl FnMut(usize, usize)) {
        let (n, edges) = (self.len(), self.edges);
        let (low, high) = (edges[0], edges[n]);
        let (width, count) = (high - low, n as f64);
        let mut at = [0i64; TILE];
        for (t, tile) in xs.chunks(TILE).enumerate() {
            simd(
                #[inline(always)]
                || {
                    for (p, &x) in at.iter_mut().zip(tile) {
                        let q = (x - low) / width * count;
                        let inside = (low <= x) & (x <= high);
                        *p = if inside { q as i64 } else { -1 };
                    }
                },
            );
            for (i, (&p, &x)) in at.iter().zip(tile).enumerate() {
                if p < 0 {
                    f(t * TILE + i, n);
                    continue;
                }
                let k = (p as usize).min(n - 1);
                let below = (x < edges[k]) & (k > 0);
                let above = (x >= edges[k + 1]) & (k + 1 < n);
                f(t * TILE + i, k + above as usize - below as usize);
            }
        }
    }

    #[inline(always)]
    fn each_found(&self, xs: &[f64], mut f: impl FnMut(usize, usize)) {
        let n = self.len();
        let (low, high) = (self.edges[0], self.edges[n]);
        let edges = Sorted::new(Block::new(self.edges), xs.len());
        let mut at = [0i64; TILE];
        for (t, tile) in xs.chunks(TILE).enumerate() {
            edges.search(Block::new(tile), true, &mut at[..tile.len()]);
            for (i, (&p, &x)) in at.iter().zip(tile).enumerate() {
                let inside = (low <= x) & (x <= high);
                f(t * TILE + i, if inside { (p as usize - 1).min(n - 1) } else { n });
            }
        }
    }
}

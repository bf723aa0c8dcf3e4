//! Sums of floats by NumPy's pairwise tree, so that results agree bit for bit.
//!
//! A run of up to 7 numbers is added one by one; one of up to 128 in eight partial sums, joined
//! `((0+1)+(2+3))+((4+5)+(6+7))` with the remainder added last; a longer one is halved, the left
//! half rounded down to a multiple of 8. A complex run is a run of twice as many floats in which
//! even places are real parts, so that a leaf has four partial sums.
//!
//! The eight partial sums of a leaf are one vector register. The tree is walked with a stack of its
//! own instead of by recursion: a recursive function could not be inlined into `simd`, and would
//! lose the wide instructions.
//!
//! Bounded by memory, where the data is not in a cache. Four leaves fill the processor's window, which
//! is 4 KiB where 12 would be needed: so each chunk asks for the one 12 KiB further on. 1e7 numbers on
//! one thread, float64 38 to 46 GB/s, float32 39 to 63 (a plain loop reads 61 to 67); on two 73 to
//! 90 and, nearly all from the third-level cache, 122 to 139; from the first-level cache as before.
//! Tried and lost: eight leaves in one straight run of code (float32 25 GB/s on one thread: the
//! hardware prefetcher follows the addresses of one instruction, and wants each to go on evenly);
//! eight leaves by one loop, joined by shuffles between them (a tenth faster from the cache, no more
//! from memory); threads on alternating pieces of 8 KiB to 2 MiB instead of halves (51 to 59 GB/s
//! of two operands of 80 MB, and 59 by halves); operands at other distances from each other (the
//! same); with small pages the rates are the same. Rows of 8 KB, each a tree of eight leaves, go as fast as the
//! third-level cache: `m.mean(axis=1)` of 1000 x 1000 float64 on two threads 77 to 97 µs, a compiler of expressions,
//! which adds in another order, 89.

use super::simd;
use super::simd::{complete, fetch};
use crate::dtype::{c64, c128};
use std::ops::Add;

/// Numbers in a leaf, counting a complex number as two.
const LEAF: usize = 128;

/// Bytes from the numbers that are added to those that are asked for.
const AHEAD: usize = 12 << 10;

/// The length of the left half of a run of `n` floats.
#[inline(always)]
pub fn split(n: usize) -> usize {
    let half = n / 2;
    half - half % 8
}

/// The length of the left half of a run of `n` complex numbers.
#[inline(always)]
pub fn split_complex(n: usize) -> usize {
    (n - n % 8) / 2
}

/// An element type that is summed pairwise.
pub trait Pairwise: Copy + Default + Add<Output = Self> {
    /// Elements in a leaf.
    const LEAF: usize;
    /// The sum of a leaf; where `FAR`, what lies further on in memory is asked for.
    fn leaf<const FAR: bool>(run: &[Self]) -> Self;
    fn split(n: usize) -> usize;
}

macro_rules! real {
    ($($t:ty),*) => {$(
        impl Pairwise for $t {
            const LEAF: usize = LEAF;
            #[inline(always)]
            fn leaf<const FAR: bool>(run: &[$t]) -> $t {
                let (head, rest) = run.as_chunks::<8>();
                let Some((first, more)) = head.split_first() else {
                    return rest.iter().fold(-0.0, |s, &x| s + x);
                };
                let mut r = *first;
                for chunk in more {
                    if FAR {
                        fetch(chunk.as_ptr(), AHEAD);
                    }
                    for k in 0..8 {
                        r[k] += chunk[k];
                    }
                }
                // Without this barrier the compiler keeps the sums in pairs, as they are joined below, in
                // four narrow registers: 2048 float64 in the first-level cache 250 ns, and 110 so.
                let r = complete(r);
                let sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
                rest.iter().fold(sum, |s, &x| s + x)
            }
            #[inline(always)]
            fn split(n: usize) -> usize {
                split(n)
            }
        }
    )*};
}
real!(f32, f64);

macro_rules! complex {
    ($($z:ty),*) => {$(
        impl Pairwise for $z {
            const LEAF: usize = LEAF / 2;
            #[inline(always)]
            fn leaf<const FAR: bool>(run: &[$z]) -> $z {
                let (head, rest) = run.as_chunks::<4>();
                let Some((first, more)) = head.split_first() else {
                    return rest.iter().fold(<$z>::new(-0.0, -0.0), |s, &x| s + x);
                };
                let mut r = *first;
                for chunk in more {
                    if FAR {
                        fetch(chunk.as_ptr(), AHEAD);
                    }
                    for k in 0..4 {
                        r[k].re += chunk[k].re;
                        r[k].im += chunk[k].im;
                    }
                }
                let sum = (r[0] + r[1]) + (r[2] + r[3]);
                rest.iter().fold(sum, |s, &x| s + x)
            }
            #[inline(always)]
            fn split(n: usize) -> usize {
                split_complex(n)
            }
        }
    )*};
}
complex!(c64, c128);

/// The pairwise sum of a run. Call it inside `simd`.
#[inline(always)]
pub fn sum<T: Pairwise>(run: &[T]) -> T {
    if run.len() <= T::LEAF {
        return T::leaf::<true>(run);
    }
    // Per open node: the length of its right half, and the left half's sum once it is known. (`Walk` is the
    // same with a state that outlives a call: 1e4 float64 from the first-level cache 1.0 µs, and 0.9 so.)
    let mut right = [0usize; 64];
    let mut left: [Option<T>; 64] = [None; 64];
    let (mut depth, mut at, mut n) = (0, 0, run.len());
    loop {
        while n > T::LEAF {
            let half = T::split(n);
            (right[depth], left[depth]) = (n - half, None);
            depth += 1;
            n = half;
        }
        let mut s = T::leaf::<true>(&run[at..at + n]);
        at += n;
        loop {
            if depth == 0 {
                return s;
            }
            match left[depth - 1] {
                Some(l) => {
                    s = l + s;
                    depth -= 1;
                }
                None => {
                    left[depth - 1] = Some(s);
                    n = right[depth - 1];
                    break;
                }
            }
        }
    }
}

/// A walk over the leaves of the tree of a run, from left to right, for sums of what is made on the way.
/// Use it inside `simd`.
pub struct Walk<T> {
    /// Per open node: the length of its right half, and the left half's sum once it is known.
    right: [usize; DEEPEST],
    left: [T; DEEPEST],
    /// Whether the left half's sum is known, by bit.
    known: u64,
    depth: usize,
    /// Elements of the next leaf; none when all are added.
    leaf: usize,
    total: T,
}

/// Halvings of the longest run.
const DEEPEST: usize = 64;

impl<T: Pairwise> Walk<T> {
    /// The walk over a run of `n` elements, at least one.
    #[inline(always)]
    pub fn new(n: usize) -> Walk<T> {
        let zero = T::default();
        let mut walk =
            Walk { right: [0; DEEPEST], left: [zero; DEEPEST], known: 0, depth: 0, leaf: 0, total: zero };
        walk.restart(n);
        walk
    }

    /// The walk over another run of `n` elements, at least one.
    #[inline(always)]
    pub fn restart(&mut self, n: usize) {
        self.depth = 0;
        self.descend(n);
    }

    #[inline(always)]
    fn descend(&mut self, mut n: usize) {
        while n > T::LEAF {
            let half = T::split(n);
            self.right[self.depth] = n - half;
            self.known &= !(1 << self.depth);
            self.depth += 1;
            n = half;
        }
        self.leaf = n;
    }

    /// The length of the next leaf; 0 after the last one.
    #[inline(always)]
    pub fn leaf(&self) -> usize {
        self.leaf
    }

    /// Takes the sum of the next leaf.
    #[inline(always)]
    pub fn add(&mut self, mut s: T) {
        while let Some(open) = self.depth.checked_sub(1) {
            if self.known >> open & 1 == 0 {
                self.left[open] = s;
                self.known |= 1 << open;
                return self.descend(self.right[open]);
            }
            s = self.left[open] + s;
            self.depth = open;
        }
        (self.total, self.leaf) = (s, 0);
    }

    /// The sum of all leaves.
    #[inline(always)]
    pub fn total(&self) -> T {
        self.total
    }
}

/// Columns that [`columns`] sums side by side: a vector register.
const LANES: usize = 8;

/// The sums of short columns, each of at most a leaf's length, in the tree of a leaf: rows of as many
/// numbers as sums, which they are added to.
pub fn columns<T: Pairwise>(rows: &[T], sums: &mut [T]) {
    let width = sums.len();
    let count = rows.len().checked_div(width).unwrap_or(0);
    if count == 0 {
        return;
    }
    simd(
        #[inline(always)]
        || {
            let (whole, rest) = sums.as_chunks_mut::<LANES>();
            for (c, sums) in whole.iter_mut().enumerate() {
                let at = |i: usize| -> [T; LANES] {
                    let row = &rows[i * width + c * LANES..][..LANES];
                    std::array::from_fn(|k| row[k])
                };
                let total = leaf_of(count, at, add_lanes);
                *sums = add_lanes(*sums, total);
            }
            let from = width - rest.len();
            for (j, sum) in rest.iter_mut().enumerate() {
                *sum = *sum + leaf_of(count, |i| rows[i * width + from + j], |a, b| a + b);
            }
        },
    )
}

#[inline(always)]
fn add_lanes<T: Pairwise>(a: [T; LANES], b: [T; LANES]) -> [T; LANES] {
    std::array::from_fn(|k| a[k] + b[k])
}

/// A leaf of `n` numbers or vectors of them, at least one. (`-0.0`, which a leaf begins with, changes none.)
#[inline(always)]
fn leaf_of<V: Copy>(n: usize, at: impl Fn(usize) -> V, add: impl Fn(V, V) -> V) -> V {
    let (mut sum, from) = match n < 8 {
        true => (at(0), 1),
        false => {
            let mut r: [V; 8] = std::array::from_fn(&at);
            for i in (8..n / 8 * 8).step_by(8) {
                for (k, r) in r.iter_mut().enumerate() {
                    *r = add(*r, at(i + k));
                }
            }
            let pair = |k: usize| add(r[k], r[k + 1]);
            (add(add(pair(0), pair(2)), add(pair(4), pair(6))), n / 8 * 8)
        }
    };
    for i in from..n {
        sum = add(sum, at(i));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slow<T: Pairwise>(run: &[T]) -> T {
        if run.len() <= T::LEAF {
            return T::leaf::<true>(run);
        }
        let (a, b) = run.split_at(T::split(run.len()));
        slow(a) + slow(b)
    }

    #[test]
    fn the_walk_follows_the_recursive_tree() {
        let xs: Vec<f64> = (0..5000).map(|i| ((i * 7919 % 10007) as f64).sqrt()).collect();
        let zs: Vec<c64> = xs.iter().map(|&x| c64::new(x as f32, -x as f32 / 3.0)).collect();
        for n in [0, 1, 7, 8, 9, 64, 65, 127, 128, 129, 136, 257, 1000, 1029, 4096, 4999] {
            assert_eq!(sum(&xs[..n]).to_bits(), slow(&xs[..n]).to_bits(), "{n}");
            assert_eq!(sum(&zs[..n]), slow(&zs[..n]), "{n} complex");
            let (mut walk, mut at) = (Walk::new(n), 0);
            while walk.leaf() > 0 {
                let leaf = walk.leaf();
                walk.add(f64::leaf::<false>(&xs[at..at + leaf]));
                at += leaf;
            }
            assert!(n == 0 || walk.total().to_bits() == slow(&xs[..n]).to_bits(), "{n} walked");
        }
    }
}

//! Chains whose result is folded where it is made: each tile of results is added up while it is in the
//! first-level cache and the next one is on its way from memory.
//!
//! Done one after the other over blocks of 2048 elements, the operations of a chain and the sum of its
//! results left memory idle by turns: a loop that did nothing but `sum((f - g) ** 2)` of 1e7 float64 read
//! 37 GB/s so, and 48 adding each leaf as soon as it is there, of 53 that a plain loop read. 1e7 float64 on
//! two threads, ms, before and after, where plain loops read 80 MB in 1.44 and 160 MB in 2.97:
//! `sum((f - g) ** 2)` 5.41 and 3.46, `sum(f * g)` 4.27 and 3.44, `sum(f > 0.5)` 3.38 and 1.22, `any(f > 2)`
//! 3.20 and 1.11. Leaves are added in the loop's own vectors: left to a function of their own they were compiled
//! without, and `sum((f - g) ** 2)` took 7.4 ms on one thread, not 5.7. With AVX-512, where
//! a tile of float64 is as long as a leaf, its vectors are added from the registers, by code of its own for each
//! length of a leaf: `(m * m).sum(axis=1)` of 1000 × 1000 on one thread 223 µs before and 170 after, of 60 rows
//! 14.8 and 11.5. On two threads, the processor at 0.6 of its speed, 137 µs when the compiler made eight sums to
//! choose among (`joined`) and 102 since, where a compiler of expressions, whose vector of sums goes on through
//! a row, takes 82: here each leaf of the tree ends in eight sums that wait for each other.
//! `sum((f - g) ** 2)` of 1e7, which memory bounds, as before. Tried and lost: the same
//! with a comparison after each vector for the end of the leaf (24 to 34 ns a tile in the first-level
//! cache, 15 to 17 by way of the buffer); not asking for the lines of two sources ahead, which a loop that did nothing
//! else could spare; here `sum((f - g) ** 2)` took 6.09, where 5.15 was the time before all this.
//! Memory gives two streams less than one: plain loops on two threads read 69 GB/s of 80 MB and 53 of two such,
//! 81 and 60 where lines are asked for ahead, so that folds of two arrays reach three quarters of the rate of one.

use super::count::{self, Compared};
use super::tiles::{Found, Kind, Place, Run, VECTORS, made};
use super::{Code, Places, Products, Strip, Tiles};
use crate::dtype::{CastTo, DType};
use crate::kernel::fold::{Fold, Grouping};
use crate::kernel::pairwise::{Pairwise, Walk};
use crate::kernel::real::Real;
use crate::kernel::simd::with_vectors;
use crate::kernel::{Block, BlockMut};
use smallvec::SmallVec;
use std::mem::MaybeUninit;

/// Results that are made before all but the last few are folded: they stay in the first-level cache. A
/// multiple of a tile.
const PIECE: usize = 1024;

/// Room before them for what a leaf of a sum still needs.
const CARRY: usize = 128;

/// Runs a chain of `dtype` with one result, of the fold's dtype, over rows of `len` elements, and folds
/// each row into its accumulator. Gives how many rows were folded before a test met something not finite.
/// Places are as [`super::run`] has them. The sources are asked for ahead where that is wanted.
pub fn fold(
    (codes, dtype): (&[Code], DType),
    sources: &[Strip<'_>],
    slots: usize,
    len: usize,
    fold: &Fold,
    acc: BlockMut<'_>,
    ask: bool,
) -> usize {
    match dtype {
        _ if len == 0 => acc.len(),
        DType::F32 => typed::<f32>(codes, sources, slots, len, fold, acc, ask),
        DType::F64 => typed::<f64>(codes, sources, slots, len, fold, acc, ask),
        other => unreachable!("a chain of {other}"),
    }
}

/// Elements of the longest leaf of a sum.
const LEAF: usize = 128;

/// Results, whole lines of them.
#[repr(align(64))]
struct Buffer([MaybeUninit<u8>; (CARRY + PIECE) * 8]);

fn typed<T: Real + Pairwise + CastTo<i64>>(
    codes: &[Code],
    sources: &[Strip<'_>],
    slots: usize,
    len: usize,
    fold: &Fold,
    acc: BlockMut<'_>,
    ask: bool,
) -> usize {
    let products = Products::<T>::of(codes, sources, len);
    let parts = products.as_ref().map(Products::parts);
    let (codes, sources) = match &parts {
        Some((codes, sources)) => (*codes, &sources[..]),
        None => (codes, sources),
    };
    let first = sources.len() + slots;
    let sums = fold.grouping == Grouping::Pairwise && fold.out == T::DTYPE;
    // A sum is finite only where all that is added is: it shows what a test of its terms would.
    let mut fewer: SmallVec<[Code; 16]> = SmallVec::new();
    let tested = match codes {
        [before @ .., Code::Test, store @ Code::Store(_)] if sums => {
            fewer.extend(before.iter().chain([store]).copied());
            true
        }
        _ => false,
    };
    let codes = if tested { &fewer[..] } else { codes };
    let mut tiles = Tiles::UNWRITTEN;
    let mut places = Places::new();
    tiles.places::<T>(codes, sources, acc.len(), len, first + 1, &mut places);
    let mut buffer = Buffer([MaybeUninit::uninit(); (CARRY + PIECE) * 8]);
    let size = if fold.dtype == DType::Bool { 1 } else { size_of::<T>() };
    assert!(size == 1 || fold.dtype == T::DTYPE);
    let start = buffer.0[CARRY * size..].as_mut_ptr().cast();
    places[first] = Place { start, size, row: 0, kind: Kind::Moves, ..places[first] };
    let mut run = Run::<T>::new(codes, &mut places[..=first], sources.len(), first, len, None, false);
    if ask {
        run.ask_ahead();
    }
    with_vectors(Folds { run, results: start, len, fold, sums, tested, acc })
}

struct Folds<'a, T> {
    run: Run<'a, T>,
    /// The piece of results, behind room for `CARRY` elements.
    results: *mut u8,
    len: usize,
    fold: &'a Fold,
    /// Whether it adds in NumPy's tree.
    sums: bool,
    /// Whether a sum that is not finite counts as a test that met such an element.
    tested: bool,
    acc: BlockMut<'a>,
}

impl<T: Real + Pairwise + CastTo<i64>> pulp::WithSimd for Folds<'_, T> {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(mut self, simd: S) -> usize {
        let mut found = Found::nothing::<T, S>(simd);
        let mut walk = Walk::<T>::new(self.len);
        for row in 0..self.acc.len() {
            self.run.go_to(simd, row);
            if self.sums {
                let sum = self.sum(simd, &mut found, &mut walk, row);
                if !found.is_nothing::<T, S>(simd) || (self.tested && !sum.finite()) {
                    return row;
                }
                let acc = &mut self.acc.part(row, 1).typed::<T>()[0];
                *acc = *acc + sum;
                continue;
            }
            let before = self.acc.part(row, 1).as_block().scalar(0);
            self.joined(simd, &mut found, row);
            if !found.is_nothing::<T, S>(simd) {
                self.acc.part(row, 1).fill(before);
                return row;
            }
        }
        self.acc.len()
    }
}

impl<T: Real + Pairwise + CastTo<i64>> Folds<'_, T> {
    /// The sum of the row at whose beginning the places are, in its tree.
    #[inline(always)]
    fn sum<S: pulp::Simd>(
        &mut self,
        simd: S,
        found: &mut Found<T::Vector<S>>,
        walk: &mut Walk<T>,
        row: usize,
    ) -> T {
        let eight = size_of::<S::f64s>() == 64 && T::lanes::<S>() == 8;
        if eight && self.len >= LEAF && matches!(self.run.codes, [.., Code::Store(_)]) {
            self.sum_of_tiles(simd, found, walk, row)
        } else {
            self.sum_of_pieces(simd, found, walk, row)
        }
    }

    /// The same of at least a leaf, where a vector has the partial sums of one and a tile is as long: each leaf
    /// is a tile, whose vectors are added where they are.
    #[inline(always)]
    fn sum_of_tiles<S: pulp::Simd>(
        &mut self,
        simd: S,
        found: &mut Found<T::Vector<S>>,
        walk: &mut Walk<T>,
        row: usize,
    ) -> T {
        let all = self.run.codes;
        let [before @ .., _] = all else { return T::ZERO };
        walk.restart(self.len);
        let mut at = 0;
        while walk.leaf() > 0 {
            let leaf = walk.leaf();
            // What lies behind a leaf is made and forgotten; at the row's end, what lies before it.
            let from = at.min(self.len - LEAF);
            let skip = at - from;
            let sum = if leaf.is_multiple_of(8) && leaf >= LEAF / 2 && (skip == 0 || skip + leaf == LEAF) {
                self.run.go_on(row, from);
                let asked = self.run.asked();
                // SAFETY: every place has a tile here: of the row from `from` on, or one that stays.
                let tile = unsafe {
                    made::<T, S, VECTORS>(simd, before, self.run.places, asked, usize::MAX, usize::MAX, found)
                };
                match tile {
                    Some(tile) if skip == 0 => {
                        let sums = joined::<T, S>(simd, tile, leaf / 8);
                        match T::elements::<S>(std::slice::from_ref(&sums)) {
                            &[a, b, c, d, e, f, g, h] => ((a + b) + (c + d)) + ((e + f) + (g + h)),
                            _ => T::ZERO,
                        }
                    }
                    // Once a row at most.
                    Some(tile) => T::leaf::<false>(&T::elements::<S>(&tile)[skip..]),
                    None => T::ZERO,
                }
            } else {
                self.run.n = leaf;
                self.run.go_on(row, at);
                self.run.row(simd, found, |_| {});
                // SAFETY: so many results are written.
                T::leaf::<false>(unsafe { std::slice::from_raw_parts(self.results.cast(), leaf) })
            };
            walk.add(sum);
            at += leaf;
        }
        walk.total()
    }

    /// The same by way of memory, a piece at a time.
    #[inline(always)]
    fn sum_of_pieces<S: pulp::Simd>(
        &mut self,
        simd: S,
        found: &mut Found<T::Vector<S>>,
        walk: &mut Walk<T>,
        row: usize,
    ) -> T {
        let results: *mut T = self.results.cast();
        walk.restart(self.len);
        // Results of the piece before that wait for the rest of their leaf; they lie before this one's.
        let mut waiting = 0;
        let mut at = 0;
        loop {
            self.run.n = PIECE.min(self.len - at);
            let n = self.run.n;
            // From the beginning of the piece, less those that wait, to the next leaf.
            let mut taken = 0;
            self.run.row(
                simd,
                found,
                #[inline(always)]
                |done| {
                    while walk.leaf() > 0 && taken + walk.leaf() <= waiting + done {
                        // SAFETY: results are written to `done` of the piece, and `waiting` before it.
                        let leaf = unsafe {
                            std::slice::from_raw_parts(results.sub(waiting).add(taken), walk.leaf())
                        };
                        taken += walk.leaf();
                        walk.add(T::leaf::<false>(leaf));
                    }
                },
            );
            at += n;
            if at == self.len {
                return walk.total();
            }
            let left = waiting + n - taken;
            // SAFETY: less than a leaf, which has at most `CARRY` elements, are left at the piece's end.
            unsafe { std::ptr::copy(results.add(n).sub(left), results.sub(left), left) };
            waiting = left;
            self.run.go_on(row, at);
        }
    }

    /// What the row at whose beginning the places are compares, where its chain does nothing else.
    #[inline(always)]
    fn compared(&self, row: usize) -> Option<Compared<'_, T>> {
        let (x, y) = count::sides(self.run.codes)?;
        let side = |p: u8| {
            let place = self.run.places.get(p as usize).filter(|place| place.size == size_of::<T>())?;
            let n = match place.kind {
                Kind::Moves => self.len,
                Kind::Single => 1,
                Kind::Stays | Kind::Divisor => return None,
            };
            let start = place.start.wrapping_offset(row as isize * place.row).cast_const();
            // SAFETY: a source has so many elements in each row, as was checked, and is lent for as long as
            // this chain runs.
            Some(unsafe { std::slice::from_raw_parts(start.cast::<T>(), n) })
        };
        let (xs, ys) = (side(x)?, side(y)?);
        Compared::new(self.run.codes, xs, ys, self.len)
    }

    /// Folds the row at whose beginning the places are into its accumulator, in any grouping.
    #[inline(always)]
    fn joined<S: pulp::Simd>(&mut self, simd: S, found: &mut Found<T::Vector<S>>, row: usize) {
        if let (Some(counted), Some(compared)) = (self.fold.counted, self.compared(row)) {
            let trues = count::count::<T, S>(simd, compared);
            return counted(&[trues as i64], self.len, self.acc.part(row, 1));
        }
        let mut at = 0;
        loop {
            self.run.n = PIECE.min(self.len - at);
            let n = self.run.n;
            self.run.row(simd, found, |_| {});
            // SAFETY: the piece has been written.
            let piece = unsafe {
                match self.fold.dtype {
                    DType::Bool => Block::new(std::slice::from_raw_parts(self.results.cast::<bool>(), n)),
                    _ => Block::new(std::slice::from_raw_parts(self.results.cast::<T>(), n)),
                }
            };
            (self.fold.along)(piece, self.acc.part(row, 1));
            at += n;
            if at == self.len {
                return;
            }
            self.run.go_on(row, at);
        }
    }
}

/// The sum, one after the other, of the first vectors of a tile, so many, at least half of them.
///
/// Every length is a place of one run of additions. Given as loops of their own, and those of the vectors at the
/// tile's end beside them, the compiler made all of them before it looked which was wanted: 90 additions a leaf
/// instead of 15.
#[inline(always)]
fn joined<T: Real, S: pulp::Simd>(simd: S, tile: [T::Vector<S>; VECTORS], count: usize) -> T::Vector<S> {
    let mut sum = tile[0];
    for x in &tile[1..VECTORS / 2] {
        sum = T::add(simd, sum, *x);
    }
    let mut sums = [sum; VECTORS / 2 + 1];
    for k in VECTORS / 2..VECTORS {
        sum = T::add(simd, sum, tile[k]);
        sums[k + 1 - VECTORS / 2] = sum;
    }
    macro_rules! each {
        ($($n:literal)*) => {
            match count {
                $($n => sums[$n - VECTORS / 2],)*
                _ => sum,
            }
        };
    }
    each!(8 9 10 11 12 13 14 15)
}

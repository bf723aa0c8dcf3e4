//! Chains whose result is folded where it is made: each tile of results is added up while it is in the
//! first-level cache and the next one is on its way from memory.
//!
//! Done one after the other over blocks of 2048 elements, the operations of a chain and the sum of its
//! results left memory idle by turns: a loop that did nothing but `sum((f - g) ** 2)` of 1e7 float64 read
//! 37 GB/s so, and 48 adding each leaf as soon as it is there, of 53 that a plain loop read. 1e7 float64 on
//! two threads, ms, before and after, where plain loops read 80 MB in 1.44 and 160 MB in 2.97:
//! `sum((f - g) ** 2)` 5.41 and 3.46, `sum(f * g)` 4.27 and 3.44, `sum(f > 0.5)` 3.38 and 1.22, `any(f > 2)`
//! 3.20 and 1.11. Leaves are added in the loop's own vectors: left to a function of their own they were compiled
//! without, and `sum((f - g) ** 2)` took 7.4 ms on one thread, not 5.7. Tried and lost: adding tiles from the
//! registers, with a comparison after each vector for the end of the leaf (24 to 34 ns a tile in the first-level
//! cache, 15 to 17 by way of the buffer); not asking for the lines of two sources ahead, which a loop that did nothing
//! else could spare; here `sum((f - g) ** 2)` took 6.09, where 5.15 was the time before all this.

use super::tiles::{Found, Kind, Place, Run};
use super::{Code, Places, Strip, Tiles};
use crate::dtype::DType;
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

/// Results, whole lines of them.
#[repr(align(64))]
struct Buffer([MaybeUninit<u8>; (CARRY + PIECE) * 8]);

fn typed<T: Real + Pairwise>(
    codes: &[Code],
    sources: &[Strip<'_>],
    slots: usize,
    len: usize,
    fold: &Fold,
    acc: BlockMut<'_>,
    ask: bool,
) -> usize {
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

impl<T: Real + Pairwise> pulp::WithSimd for Folds<'_, T> {
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

impl<T: Real + Pairwise> Folds<'_, T> {
    /// The sum of the row at whose beginning the places are, in its tree.
    #[inline(always)]
    fn sum<S: pulp::Simd>(
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

    /// Folds the row at whose beginning the places are into its accumulator, in any grouping.
    #[inline(always)]
    fn joined<S: pulp::Simd>(&mut self, simd: S, found: &mut Found<T::Vector<S>>, row: usize) {
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

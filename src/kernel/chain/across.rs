//! Chains whose results for several places are folded side by side: for each tile of a stretch, the chain
//! runs for one place after the other, and what it makes joins what the places before it gave, in slots.
//! Takes chains that `exec::chain` wrote and sources of which each place is a row; gives one row.
//!
//! Sums join in the tree of a leaf (see `pairwise`): of 8 places and more each of the eight partial sums is
//! made whole before the next, so that the tree needs four slots, whatever the number of places.
//!
//! With the fold done on whole stretches after the chain, each element went to the second-level cache and
//! came back. Distances of 1000 by 1000 points of 10 places, and the nearest of 3000 by 3000, ms on two
//! threads, before and after: 3.3 and 1.3 (a loop for each pair takes 2.2), 1.43 and 0.80. A tile that is stored
//! takes twice as long as one that is added, and every place stores one. Ten rounds of k-means, 10000 points of two
//! places and 10 centres, take 4.4 to 4.7 ms so, as long as a compiler of programs (4.2 to 4.7).

use super::tiles::{FEW, Found, Kind, Place, VECTORS, made};
use super::{Code, MOST_PLACES, Places, Strip, Tiles};
use crate::dtype::DType;
use crate::kernel::fold::Pick;
use crate::kernel::real::Real;
use crate::kernel::simd::with_vectors;
use crate::kernel::{Block, BlockMut};
use smallvec::SmallVec;
use std::marker::PhantomData;

/// How results of places join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// In the tree of a leaf of a pairwise sum.
    Sum,
    Extreme(Pick),
}

/// The most places whose sum is one leaf of the tree.
pub const LEAF: usize = 128;

/// Slots that sums wait in.
const WAITING: usize = 4;

/// A chain with the fold of its results at its end.
pub struct Across {
    dtype: DType,
    /// What runs for a place: the chain, and what its result joins.
    programs: SmallVec<[SmallVec<[Code; 16]>; 4]>,
    /// The places in the order of the fold, and the program of each.
    steps: Vec<(usize, usize)>,
    slots: usize,
}

impl Across {
    /// The fold of `places` results of a chain, at least one, whose last code stores them at the place after
    /// `sources` and `slots`. `None` for a chain of integers, one that has too many places, or another end.
    pub fn new(
        (codes, dtype): (&[Code], DType),
        sources: usize,
        slots: usize,
        join: Join,
        places: usize,
    ) -> Option<Across> {
        let result = sources + slots;
        let fits = result + 1 + WAITING < MOST_PLACES && (join != Join::Sum || places <= LEAF);
        let [before @ .., Code::Store(last)] = codes else { return None };
        if *last as usize != result || !fits || places == 0 || !dtype.is_inexact() {
            return None;
        }
        // A sum is finite only where all that is added is: it shows what a test of its terms would.
        let before = match (before, join) {
            ([terms @ .., Code::Test], Join::Sum) => terms,
            _ => before,
        };
        // The value that the fold begins with is one more source.
        let own = |p: u8| if (p as usize) < sources { p } else { p + 1 };
        let codes: SmallVec<[Code; 16]> = before.iter().map(|code| code.map(own)).collect();
        let mut across =
            Across { dtype, programs: SmallVec::new(), steps: Vec::new(), slots: slots + WAITING };
        let wait = (result + 1) as u8;
        across.order(join, places, wait, |tail, last| {
            let mut program = codes.clone();
            program.extend_from_slice(tail);
            if last {
                program.push(joined(join, sources as u8));
                if join == Join::Sum {
                    program.push(Code::Test);
                }
                program.push(Code::Store(wait + WAITING as u8));
            }
            program
        });
        Some(across)
    }

    /// Writes the steps. Their results wait in slots from `wait` on; `program` makes one of what follows the
    /// chain, for the last place or another.
    fn order(
        &mut self,
        join: Join,
        places: usize,
        wait: u8,
        program: impl Fn(&[Code], bool) -> SmallVec<[Code; 16]>,
    ) {
        let mut step = |place: usize, tail: &[Code]| {
            let codes = program(tail, place + 1 == places);
            let known = self.programs.iter().position(|p| *p == codes);
            let at = known.unwrap_or_else(|| {
                self.programs.push(codes);
                self.programs.len() - 1
            });
            self.steps.push((place, at));
        };
        let first = if join == Join::Sum && places >= 8 { leaf(places, wait, &mut step) } else { 0 };
        for place in first..places {
            let mut tail: SmallVec<[Code; 8]> = SmallVec::new();
            if place > 0 {
                tail.push(joined(join, wait));
            }
            if place + 1 < places {
                tail.push(Code::Store(wait));
            }
            step(place, &tail);
        }
    }

    /// Folds the places of a stretch as long as `to`, from the value that `initial` holds, into `to`. Each place
    /// is a row of the sources. False where the stretch is too short, or something met was not finite: what
    /// `to` holds then is of no use.
    pub fn run(&self, sources: &[Strip<'_>], initial: Block<'_>, to: BlockMut<'_>) -> bool {
        match self.dtype {
            DType::F32 => self.typed::<f32>(sources, initial, to),
            DType::F64 => self.typed::<f64>(sources, initial, to),
            other => unreachable!("a chain of {other}"),
        }
    }

    fn typed<T: Real>(&self, sources: &[Strip<'_>], initial: Block<'_>, mut to: BlockMut<'_>) -> bool {
        let n = to.len();
        let mut sources: SmallVec<[Strip<'_>; 8]> = sources.iter().copied().collect();
        sources.push(Strip { block: Some(initial), at: 0, row: 0, single: true });
        let first = sources.len() + self.slots;
        let mut tiles = Tiles::UNWRITTEN;
        let mut places = Places::new();
        assert!(self.programs.iter().flatten().all(|code| code.is_below(first + 1)), "a place too many");
        tiles.places::<T>(&[], &sources, self.steps.len(), n, first + 1, &mut places);
        let start = to.reborrow().typed::<T>().as_mut_ptr().cast();
        places[first] = Place { start, size: size_of::<T>(), kind: Kind::Moves, ..places[first] };
        let (places, sources) = (&mut places[..], sources.len());
        with_vectors(Stretch::<T> { across: self, places, sources, n, dtype: PhantomData })
    }
}

/// A stretch of `n` elements over places whose lengths have been checked.
struct Stretch<'a, T> {
    across: &'a Across,
    places: &'a mut [Place],
    sources: usize,
    n: usize,
    dtype: PhantomData<T>,
}

impl<T: Real> pulp::WithSimd for Stretch<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(mut self, simd: S) -> bool {
        let lanes = T::lanes::<S>();
        let wide = size_of::<S::f64s>() == 64;
        if wide && self.n >= VECTORS * lanes {
            self.tiles::<S, VECTORS>(simd)
        } else if !wide && self.n >= VECTORS / 2 * lanes {
            self.tiles::<S, { VECTORS / 2 }>(simd)
        } else if self.n >= FEW * lanes {
            self.tiles::<S, FEW>(simd)
        } else {
            false
        }
    }
}

impl<T: Real> Stretch<'_, T> {
    /// Tiles of `N` vectors, at least one. The last one ends with the stretch, where it does again what the one
    /// before has done.
    #[inline(always)]
    fn tiles<S: pulp::Simd, const N: usize>(&mut self, simd: S) -> bool {
        let mut found = Found::nothing::<T, S>(simd);
        let tile = N * T::lanes::<S>();
        assert!(self.n >= tile);
        let Some(result) = self.places.len().checked_sub(1) else { return true };
        for place in &mut self.places[..self.sources] {
            place.go_to::<T, S>(simd, 0);
        }
        let mut at = 0;
        while at < self.n {
            let at_most = at.min(self.n - tile);
            let to = &mut self.places[result];
            to.at = to.start.wrapping_add(at_most * to.size);
            for &(row, program) in &self.across.steps {
                for place in &mut self.places[..self.sources] {
                    place.go_to::<T, S>(simd, row);
                    if place.kind == Kind::Moves {
                        place.at = place.at.wrapping_add(at_most * place.size);
                    }
                }
                let codes = &self.across.programs[program];
                // SAFETY: every place has a tile here: of the row from `at_most` on, or one that stays.
                unsafe {
                    made::<T, S, N>(simd, codes, self.places, 0, usize::MAX, usize::MAX, &mut found);
                }
            }
            at += tile;
        }
        found.is_nothing::<T, S>(simd)
    }
}

/// The code by which what is in the accumulator joins what a place has, in the order of a fold.
fn joined(join: Join, place: u8) -> Code {
    match join {
        Join::Sum => Code::Add(place),
        Join::Extreme(Pick::Most) => Code::MaximumOf(place),
        Join::Extreme(Pick::Least) => Code::MinimumOf(place),
    }
}

/// The steps of the eight partial sums of a leaf and of their tree, whose sum waits in the first slot or, where
/// no place follows, is in the accumulator. Gives how many places they are.
fn leaf(places: usize, wait: u8, step: &mut impl FnMut(usize, &[Code])) -> usize {
    let whole = places / 8 * 8;
    for part in 0..8 {
        // As many slots hold sums as the number has ones; those that it completes join it.
        let held = (part as u32).count_ones() as u8;
        let joins = (part as u32).trailing_ones() as u8;
        for place in (part..whole).step_by(8) {
            let mut tail: SmallVec<[Code; 8]> = SmallVec::new();
            if place > part {
                tail.push(Code::Add(wait + held));
            }
            if place + 8 < whole {
                tail.push(Code::Store(wait + held));
            } else {
                tail.extend((0..joins).map(|k| Code::Add(wait + held - 1 - k)));
                if part < 7 || whole < places {
                    tail.push(Code::Store(wait + held - joins));
                }
            }
            step(place, &tail);
        }
    }
    whole
}

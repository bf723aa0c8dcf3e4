//! Chains: several float operations over blocks in one go, each value staying in processor registers
//! until the next operation takes it.
//!
//! A chain is a small program for an accumulator of eight vectors (a tile; 16 with AVX-512, which has
//! the registers: 128 float64). The operations are the processor's own, each rounding as its kernel in
//! `arith` does, so a chain gives what the kernels one by one would, bit for bit; only a NaN may come out
//! with another sign, and [`Code::Test`] tells of those. `exec::chain` writes the programs.
//!
//! Through blocks in L1 each operation costs two loads and a store per vector, 0.12 ns a float64. As
//! chains (one step of the program takes 2 ns a tile, half of it the dispatch), before and after, in µs:
//! a polynomial of seven operations over 1e4 float64 9.6 and 7.2 (of which 3 are the planning); over 1e6
//! on two threads `sqrt(a * a + b * b)` 340 and 200, `a * b + c + d` 415 and 280, where the third-level
//! cache bounds it; `minimum(d, d[:, k] + d[k])` of 200 × 200, whose rows go as one block, 32 and 15.5.
//! Tried and lost: copying the last elements into tiles of their own (loads that straddle recent stores
//! wait for them: 300 ns a row), so that the last tile now overlaps the one before.

use super::real::Real;
use super::simd::with_vectors;
use super::{Block, BlockMut};
use crate::dtype::DType;
use std::mem::MaybeUninit;

/// A float operation that chains, as a row declares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Add,
    Subtract,
    Multiply,
    Divide,
    Negative,
    Absolute,
    Square,
    SquareRoot,
    Maximum,
    Minimum,
    /// `x ** y`, which chains for some scalar exponents: see [`Link::power`].
    Power,
    Cube,
    Reciprocal,
}

impl Link {
    /// What `x ** exponent` is, where a few operations do it (as the kernel of powers does).
    pub fn power(exponent: f64) -> Option<Link> {
        match exponent {
            2.0 => Some(Link::Square),
            3.0 => Some(Link::Cube),
            -1.0 => Some(Link::Reciprocal),
            0.5 => Some(Link::SquareRoot),
            _ => None,
        }
    }

    /// Whether it looks at its first operand only.
    pub fn is_unary(self) -> bool {
        use Link::*;
        matches!(self, Negative | Absolute | Square | SquareRoot | Cube | Reciprocal)
    }
}

/// One operation on the accumulator. The number is that of a place: a source, a slot or a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Load(u8),
    Store(u8),
    Add(u8),
    Subtract(u8),
    SubtractFrom(u8),
    Multiply(u8),
    Divide(u8),
    DivideInto(u8),
    /// The first operand is the accumulator.
    Maximum(u8),
    /// The first operand is the place.
    MaximumOf(u8),
    Minimum(u8),
    MinimumOf(u8),
    Negative,
    Absolute,
    Square,
    Cube,
    Reciprocal,
    SquareRoot,
    /// Notes whether anything is not finite.
    Test,
}

impl Code {
    /// The place that it reads or writes.
    pub fn place(self) -> Option<u8> {
        use Code::*;
        match self {
            Load(p) | Store(p) | Add(p) | Subtract(p) | SubtractFrom(p) | Multiply(p) | Divide(p)
            | DivideInto(p) | Maximum(p) | MaximumOf(p) | Minimum(p) | MinimumOf(p) => Some(p),
            Negative | Absolute | Square | Cube | Reciprocal | SquareRoot | Test => None,
        }
    }

    /// The same with another place.
    pub fn at(mut self, place: u8) -> Code {
        use Code::*;
        match &mut self {
            Load(p) | Store(p) | Add(p) | Subtract(p) | SubtractFrom(p) | Multiply(p) | Divide(p)
            | DivideInto(p) | Maximum(p) | MaximumOf(p) | Minimum(p) | MinimumOf(p) => *p = place,
            Negative | Absolute | Square | Cube | Reciprocal | SquareRoot | Test => {}
        }
        self
    }
}

/// The places that a chain may have.
pub const MOST_PLACES: usize = 16;

/// The most vectors of a tile.
const VECTORS: usize = 16;
/// The longest tile: with AVX-512.
const TILE_BYTES: usize = VECTORS * 64;

/// Vectors of a tile of short blocks.
const FEW: usize = 4;

/// Vectors that note what is not finite.
const NOTES: usize = 4;

/// A source: rows of a buffer, one after the other as long as the results' rows are, or of one element
/// each.
#[derive(Clone, Copy)]
pub struct Strip<'a> {
    pub block: Block<'a>,
    /// Where the first row begins.
    pub at: usize,
    /// From one row to the next.
    pub row: isize,
    /// Whether each row has one element, for all of the results' row.
    pub single: bool,
}

impl<'a> Strip<'a> {
    /// A block as the source of results of `n` elements in rows of `len`: as long, or one element.
    pub fn of(block: Block<'a>, n: usize, len: usize) -> Strip<'a> {
        let single = block.len() == 1 && n != 1;
        Strip { block, at: 0, row: if single { 0 } else { len as isize }, single }
    }

    /// Panics unless the buffer has all of these rows.
    fn check(&self, rows: usize, len: usize) {
        let last = self.at as isize + (rows as isize - 1) * self.row;
        let most = (self.at as isize).max(last) + if self.single { 1 } else { len as isize };
        assert!(last >= 0 && most <= self.block.len() as isize, "a source of another length");
    }
}

/// Runs a chain over rows of `len` elements. Places count the sources first, then `slots` values that
/// live for a tile only, then the results, all of whose rows follow each other. False if a test met
/// something not finite; the results are then not all written.
pub fn run(
    codes: &[Code],
    sources: &[Strip<'_>],
    slots: usize,
    results: &mut [BlockMut<'_>],
    len: usize,
) -> bool {
    match results.first().map(|r| (r.dtype(), r.is_empty())) {
        None | Some((_, true)) => true,
        Some((DType::F32, _)) => typed::<f32>(codes, sources, slots, results, len),
        Some((DType::F64, _)) => typed::<f64>(codes, sources, slots, results, len),
        Some((other, _)) => unreachable!("a chain of {other}"),
    }
}

fn typed<T: Real>(
    codes: &[Code],
    sources: &[Strip<'_>],
    slots: usize,
    results: &mut [BlockMut<'_>],
    len: usize,
) -> bool {
    let first = sources.len() + slots;
    let used = first + results.len();
    assert!(used <= MOST_PLACES);
    assert!(codes.iter().all(|code| code.place().is_none_or(|p| (p as usize) < used)), "a place too many");
    let n = results[0].len();
    let rows = n / len;
    assert_eq!(rows * len, n, "no whole rows");
    let mut tiles = [const { MaybeUninit::<[u8; TILE_BYTES]>::uninit() }; MOST_PLACES];
    let mut places = [Place::<T>::default(); MOST_PLACES];
    for (place, tile) in places.iter_mut().zip(&mut tiles) {
        place.own = tile.as_mut_ptr().cast();
        place.at = place.own;
    }
    for (place, source) in places.iter_mut().zip(sources) {
        source.check(rows, len);
        let all = source.block.typed::<T>();
        let kind = if source.single { Kind::Single } else { Kind::Moves };
        // SAFETY: within the buffer, as was checked.
        *place = Place {
            start: unsafe { all.as_ptr().add(source.at) }.cast_mut(),
            row: source.row,
            kind,
            ..*place
        };
    }
    for (place, result) in places[first..].iter_mut().zip(results.iter_mut()) {
        let all = result.reborrow().typed::<T>();
        assert_eq!(all.len(), n, "a result of another length");
        *place = Place { start: all.as_mut_ptr(), row: len as isize, kind: Kind::Moves, ..*place };
    }
    with_vectors(Run { codes, places: &mut places[..used], sources: sources.len(), first, rows, n: len })
}

/// Where a place's tile is.
#[derive(Clone, Copy)]
struct Place<T> {
    at: *mut T,
    /// A tile on the stack: of a scalar or slot, or for elements that fill no tile.
    own: *mut T,
    /// The first row.
    start: *mut T,
    row: isize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It stays in its own tile: a slot.
    Stays,
    /// One element of each row, spread over its own tile.
    Single,
    /// It goes on from tile to tile.
    Moves,
}

impl<T> Default for Place<T> {
    fn default() -> Place<T> {
        let none = std::ptr::null_mut();
        Place { at: none, own: none, start: none, row: 0, kind: Kind::Stays }
    }
}

/// A chain over places whose lengths have been checked.
struct Run<'a, T> {
    codes: &'a [Code],
    places: &'a mut [Place<T>],
    sources: usize,
    /// The first result.
    first: usize,
    rows: usize,
    /// The elements of a row, at least one.
    n: usize,
}

impl<T: Real> pulp::WithSimd for Run<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(mut self, simd: S) -> bool {
        let mut found = [T::splat(simd, T::ZERO); NOTES];
        let lanes = T::lanes::<S>();
        for row in 0..self.rows {
            self.go_to(simd, row);
            if size_of::<S::f64s>() == 64 && self.n >= VECTORS * lanes {
                self.tiles::<S, VECTORS>(simd, &mut found);
            } else if size_of::<S::f64s>() < 64 && self.n >= VECTORS / 2 * lanes {
                self.tiles::<S, { VECTORS / 2 }>(simd, &mut found);
            } else if self.n >= FEW * lanes {
                self.tiles::<S, FEW>(simd, &mut found);
            } else {
                self.short(simd, &mut found);
            }
        }
        let mut all = found[0];
        for other in &found[1..] {
            all = T::add(simd, all, *other);
        }
        T::all_zero(simd, all)
    }
}

impl<T: Real> Run<'_, T> {
    /// Puts the places at the beginning of a row.
    #[inline(always)]
    fn go_to<S: pulp::Simd>(&mut self, simd: S, row: usize) {
        for place in self.places.iter_mut() {
            // SAFETY: every place but those that stay has an element there, as was checked.
            let start = unsafe { place.start.offset(row as isize * place.row) };
            match place.kind {
                Kind::Stays => {}
                Kind::Moves => place.at = start,
                Kind::Single if row > 0 && place.row == 0 => {}
                Kind::Single => {
                    // SAFETY: as above; its own tile has room for `VECTORS` vectors.
                    let spread = T::splat(simd, unsafe { *start });
                    let own: *mut T::Vector<S> = place.own.cast();
                    for k in 0..VECTORS {
                        unsafe { own.add(k).write_unaligned(spread) };
                    }
                }
            }
        }
    }

    /// Tiles of `N` vectors, at least one. The last one ends with the blocks, where it does again what
    /// the one before has done.
    #[inline(always)]
    fn tiles<S: pulp::Simd, const N: usize>(&mut self, simd: S, found: &mut [T::Vector<S>; NOTES]) {
        let tile = N * T::lanes::<S>();
        assert!(tile * size_of::<T>() <= TILE_BYTES && self.n >= tile);
        let mut left = self.n;
        loop {
            // SAFETY: every place has a tile here: of the `left` elements, or one that stays.
            unsafe { over_tile::<T, S, N>(simd, self.codes, self.places, found) };
            left -= tile;
            if left == 0 {
                return;
            }
            let back = tile.saturating_sub(left);
            left += back;
            for place in self.places.iter_mut().filter(|p| p.kind == Kind::Moves) {
                // SAFETY: `left` elements before its end, which are no more than it has.
                place.at = unsafe { place.at.add(tile).sub(back) };
            }
        }
    }

    /// Fewer elements than a tile has: each place gets a tile of its own.
    #[inline(always)]
    fn short<S: pulp::Simd>(&mut self, simd: S, found: &mut [T::Vector<S>; NOTES]) {
        let tile = FEW * T::lanes::<S>();
        let ends: [*mut T; MOST_PLACES] =
            std::array::from_fn(|i| self.places.get(i).map_or(std::ptr::null_mut(), |p| p.at));
        for (i, place) in self.places.iter_mut().enumerate().filter(|(_, p)| p.kind == Kind::Moves) {
            if i < self.sources {
                // SAFETY: a source has `n` elements and a tile more; what follows them repeats one.
                unsafe {
                    std::ptr::copy_nonoverlapping(place.at, place.own, self.n);
                    for k in self.n..tile {
                        *place.own.add(k) = *place.at;
                    }
                }
            }
            place.at = place.own;
        }
        // SAFETY: every place has its own tile now.
        unsafe { over_tile::<T, S, FEW>(simd, self.codes, self.places, found) };
        for (place, end) in self.places.iter().zip(ends).skip(self.first) {
            // SAFETY: the result has `n` elements, and the chain stored a whole tile.
            unsafe { std::ptr::copy_nonoverlapping(place.own, end, self.n) };
        }
    }
}

/// Runs the program over the tiles where the places are. `found` gains NaNs where a test met something
/// not finite.
///
/// # Safety
/// The codes name only places that there are. Every place points to a tile: initialised where the program
/// loads from it before it stores there.
#[inline(always)]
unsafe fn over_tile<T: Real, S: pulp::Simd, const N: usize>(
    simd: S,
    codes: &[Code],
    places: &[Place<T>],
    found: &mut [T::Vector<S>; NOTES],
) {
    let zero = T::splat(simd, T::ZERO);
    let mut acc = [zero; N];
    // SAFETY: by the contract of this function, in all of the loops.
    let at = |p: u8| unsafe { places.get_unchecked(p as usize) }.at;
    macro_rules! with {
        ($p:expr, |$a:ident, $b:ident| $f:expr) => {{
            let from: *const T::Vector<S> = at($p).cast();
            for k in 0..N {
                let ($a, $b) = (acc[k], unsafe { from.add(k).read_unaligned() });
                acc[k] = $f;
            }
        }};
        (|$a:ident| $f:expr) => {
            for k in 0..N {
                let $a = acc[k];
                acc[k] = $f;
            }
        };
    }
    for &code in codes {
        match code {
            Code::Load(p) => with!(p, |_a, b| b),
            Code::Store(p) => {
                let to: *mut T::Vector<S> = at(p).cast();
                for (k, &x) in acc.iter().enumerate() {
                    // SAFETY: by the contract of this function.
                    unsafe { to.add(k).write_unaligned(x) };
                }
            }
            Code::Add(p) => with!(p, |a, b| T::add(simd, a, b)),
            Code::Subtract(p) => with!(p, |a, b| T::sub(simd, a, b)),
            Code::SubtractFrom(p) => with!(p, |a, b| T::sub(simd, b, a)),
            Code::Multiply(p) => with!(p, |a, b| T::mul(simd, a, b)),
            Code::Divide(p) => with!(p, |a, b| T::div(simd, a, b)),
            Code::DivideInto(p) => with!(p, |a, b| T::div(simd, b, a)),
            Code::Maximum(p) => with!(p, |a, b| T::max(simd, a, b)),
            Code::MaximumOf(p) => with!(p, |a, b| T::max(simd, b, a)),
            Code::Minimum(p) => with!(p, |a, b| T::min(simd, a, b)),
            Code::MinimumOf(p) => with!(p, |a, b| T::min(simd, b, a)),
            Code::Negative => with!(|a| T::neg(simd, a)),
            Code::Absolute => with!(|a| T::abs(simd, a)),
            Code::Square => with!(|a| T::mul(simd, a, a)),
            Code::Cube => with!(|a| T::mul(simd, T::mul(simd, a, a), a)),
            Code::Reciprocal => {
                let one = T::splat(simd, T::ONE);
                with!(|a| T::div(simd, one, a))
            }
            Code::SquareRoot => with!(|a| T::sqrt(simd, a)),
            Code::Test => {
                // Finite times zero is zero, anything else NaN.
                for (k, &x) in acc.iter().enumerate() {
                    found[k % NOTES] = T::add(simd, found[k % NOTES], T::mul(simd, x, zero));
                }
            }
        }
    }
}

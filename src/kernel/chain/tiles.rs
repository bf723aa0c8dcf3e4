//! The loop of chains: places, and a program over the tile where they are. Takes places whose lengths have
//! been checked; everything here is compiled once per instruction set.
//!
//! Results that no cache would keep go past the caches, which then need not read their lines first, and
//! sources are asked for 4 KiB ahead, a share with each code: all of a tile at once fill what the processor
//! can wait for, and it computes nothing meanwhile. A loop that does nothing but `sum((f - g) ** 2)` of 1e7
//! float64, on one thread and on two, ms: without asking 7.1 and 4.4, a tile at once 4.5 and 3.5, in shares 3.6
//! and 2.95, 8 KiB ahead 3.8 and 3.1, 16 KiB 4.0 and 3.3; beside each load 4.8 and 3.7. With a tile at once and
//! 8 KiB ahead, 1e7 float64 on two threads, ms, before and after, where plain
//! loops read 80 MB in 1.44 and 160 MB in 2.97: `3 * f**3 + 2 * f**2 - f + 1` 5.24 and 1.90; `2.5 * f + g`
//! 5.69 and 3.77; `(f[:-2] + f[1:-1] + f[2:]) / 3` 3.11 and 2.07; `diff(f)` 3.26 and 2.57; `f + g` 3.8 either
//! way; asking for single sources only, `2.5 * f + g` gained 13% instead of 51, `diff(f)` 1% instead of 27.
//! In loops that do nothing else (GB/s): one stream to another 45, asked for ahead 47, past the caches 54,
//! both 60; two streams to one 50, 49, 58 and 58.

use super::Code;
use crate::dtype::DType;
use crate::kernel::lane::{Lane, NOTES, Notes, Whole};
use crate::kernel::simd::fetch;
use std::marker::PhantomData;

/// The places that a chain may have.
pub const MOST_PLACES: usize = 24;

/// The most vectors of a tile.
pub(super) const VECTORS: usize = 16;
/// The longest tile: with AVX-512.
pub(super) const TILE_BYTES: usize = VECTORS * 64;

/// Vectors of a tile of short blocks.
pub(super) const FEW: usize = 4;

/// Bytes from the tile of a long stream that is worked on to the one that is asked for.
const AHEAD: usize = 4 << 10;

/// Leave to write past the caches. Other threads may read what was written once it is dropped.
#[derive(Debug, Default)]
pub struct PastCaches;

impl Drop for PastCaches {
    fn drop(&mut self) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: every x86-64 processor has the instruction.
        unsafe {
            std::arch::x86_64::_mm_sfence();
        }
    }
}

/// Writes a vector past the caches, where the instruction set can.
///
/// # Safety
/// `to` has room for the vector and lies on a multiple of its size.
#[inline(always)]
unsafe fn write_past<V: Copy>(to: *mut V, x: V) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::*;
        // SAFETY: a vector of this size is a register of the set that this copy of the loop is compiled
        // for; the place by the contract of this function.
        unsafe {
            match size_of::<V>() {
                64 => return _mm512_stream_pd(to.cast(), std::mem::transmute_copy(&x)),
                32 => return _mm256_stream_pd(to.cast(), std::mem::transmute_copy(&x)),
                _ => {}
            }
        }
    }
    // SAFETY: by the contract of this function.
    unsafe { to.write(x) }
}

/// Where a place's tile is.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub at: *mut u8,
    /// A tile on the stack: of a scalar or slot, or for elements that fill no tile.
    pub own: *mut u8,
    /// The first row, and the bytes from one to the next.
    pub start: *mut u8,
    pub row: isize,
    /// Bytes of an element.
    pub size: usize,
    /// Of the elements of a source.
    pub dtype: DType,
    /// Whether one vector serves a whole tile.
    pub one: bool,
    pub kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It stays in its own tile: a slot.
    Stays,
    /// One element of each row, spread over a vector of its own tile; of bools, over all of it.
    Single,
    /// One that is divided by: after it its reciprocal in two numbers, or zeros.
    Divisor,
    /// It goes on from tile to tile.
    Moves,
}

impl Place {
    /// A slot with this tile.
    pub fn of(own: *mut u8) -> Place {
        Place { at: own, own, start: own, row: 0, size: 1, dtype: DType::Bool, one: false, kind: Kind::Stays }
    }

    /// Puts it at the beginning of a row, the first of which is the first that it is put at. The place has the
    /// row, and a tile of its own if it is a single element.
    #[inline(always)]
    pub fn go_to<T: Lane, S: pulp::Simd>(&mut self, simd: S, row: usize) {
        let start = self.start.wrapping_offset(row as isize * self.row);
        match self.kind {
            Kind::Stays => {}
            Kind::Moves => self.at = start,
            Kind::Single | Kind::Divisor if row > 0 && self.row == 0 => {}
            // SAFETY: the source has an element there, as was checked; its own tile has room for
            // `VECTORS` vectors.
            Kind::Single if self.size == 1 => unsafe {
                std::ptr::write_bytes(self.own, *start, VECTORS * T::lanes::<S>());
            },
            Kind::Single => unsafe {
                let spread = T::splat(simd, *start.cast::<T>());
                self.own.cast::<T::Vector<S>>().write_unaligned(spread);
            },
            // SAFETY: as above, of three of its vectors.
            Kind::Divisor => unsafe {
                let divisor = *start.cast::<T>();
                let [high, low] = divisor.reciprocal(simd).unwrap_or([T::ZERO; 2]);
                let own = self.own.cast::<T::Vector<S>>();
                for (k, x) in [divisor, high, low].into_iter().enumerate() {
                    own.add(k).write_unaligned(T::splat(simd, x));
                }
            },
        }
    }
}

/// A chain over places whose lengths have been checked.
pub(super) struct Run<'a, T> {
    pub codes: &'a [Code],
    pub places: &'a mut [Place],
    sources: usize,
    /// The first result.
    first: usize,
    /// The elements of a row, at least one.
    pub n: usize,
    /// The place of the result that goes past the caches, if there is one.
    past: usize,
    /// Whether the sources are asked for ahead.
    ask: bool,
    /// Whether the result is a source, too: what has been written must not be read again.
    own: bool,
    dtype: PhantomData<T>,
}

/// What a chain noted: of floats that it tested NaNs where any was not finite, of integers what tells of a wrap.
pub(super) struct Found<V>(Notes<V>);

impl<V: Copy> Found<V> {
    #[inline(always)]
    pub fn nothing<T: Lane<Vector<S> = V>, S: pulp::Simd>(simd: S) -> Found<V> {
        Found([T::splat(simd, T::ZERO); NOTES])
    }

    #[inline(always)]
    pub fn is_nothing<T: Lane<Vector<S> = V>, S: pulp::Simd>(&self, simd: S) -> bool {
        T::nothing(simd, &self.0)
    }
}

/// A chain over several rows. Gives how many elements are written of a result that is a source, too, and
/// whether everything tested was finite.
pub(super) struct Rows<'a, T> {
    pub run: Run<'a, T>,
    pub rows: usize,
}

impl<T: Lane> pulp::WithSimd for Rows<'_, T> {
    type Output = (usize, bool);

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(mut self, simd: S) -> (usize, bool) {
        let mut found = Found::nothing::<T, S>(simd);
        let n = self.run.n;
        for row in 0..self.rows {
            self.run.go_to(simd, row);
            let done = self.run.row(simd, &mut found, |_| {});
            if done < n {
                return (row * n + done, false);
            }
        }
        (self.rows * n, found.is_nothing::<T, S>(simd))
    }
}

impl<'a, T: Lane> Run<'a, T> {
    pub fn new(
        codes: &'a [Code],
        places: &'a mut [Place],
        sources: usize,
        first: usize,
        n: usize,
        past: Option<usize>,
        own: bool,
    ) -> Run<'a, T> {
        let mut run = Run {
            codes,
            places,
            sources,
            first,
            n,
            past: past.unwrap_or(usize::MAX),
            ask: false,
            own,
            dtype: PhantomData,
        };
        if past.is_some() {
            run.ask_ahead();
        }
        run
    }

    /// How many sources are asked for ahead.
    #[inline(always)]
    pub fn asked(&self) -> usize {
        if self.ask { self.sources } else { 0 }
    }

    /// Asks for the sources ahead.
    pub fn ask_ahead(&mut self) {
        self.ask = true;
    }

    /// Puts the places at the beginning of a row.
    #[inline(always)]
    pub fn go_to<S: pulp::Simd>(&mut self, simd: S, row: usize) {
        for place in self.places.iter_mut() {
            place.go_to::<T, S>(simd, row);
        }
    }

    /// Puts the places of the sources at an element of a row, and those of the results at their beginning.
    #[inline(always)]
    pub fn go_on(&mut self, row: usize, element: usize) {
        let first = self.first;
        for (i, place) in self.places.iter_mut().enumerate().filter(|(_, p)| p.kind == Kind::Moves) {
            let by = if i < first { element * place.size } else { 0 };
            place.at = place.start.wrapping_offset(row as isize * place.row).wrapping_add(by);
        }
    }

    /// A row from where the places are, in tiles as long as fit. `done` hears how many elements of
    /// results are finished. The places are then anywhere. Gives how many elements are written: all, but
    /// where the result is a source and a test met something not finite.
    #[inline(always)]
    pub fn row<S: pulp::Simd>(
        &mut self,
        simd: S,
        found: &mut Found<T::Vector<S>>,
        done: impl FnMut(usize),
    ) -> usize {
        let lanes = T::lanes::<S>();
        if T::LONG_TILES && size_of::<S::f64s>() == 64 && self.n >= VECTORS * lanes {
            self.tiles::<S, VECTORS>(simd, found, done)
        } else if self.n >= VECTORS / 2 * lanes {
            self.tiles::<S, { VECTORS / 2 }>(simd, found, done)
        } else if self.n >= FEW * lanes {
            self.tiles::<S, FEW>(simd, found, done)
        } else {
            self.short(simd, found, done)
        }
    }

    /// Tiles of `N` vectors, at least one. The last one ends with the blocks, where it does again what
    /// the one before has done.
    #[inline(always)]
    fn tiles<S: pulp::Simd, const N: usize>(
        &mut self,
        simd: S,
        found: &mut Found<T::Vector<S>>,
        mut done: impl FnMut(usize),
    ) -> usize {
        let tile = N * T::lanes::<S>();
        assert!(tile * size_of::<T>() <= TILE_BYTES && self.n >= tile);
        let end = if self.own { self.last::<S, N>(simd, found) } else { None };
        // Where the last tile has been made before, the others go as far as they are whole.
        let n = if end.is_some() { self.n - self.n % tile } else { self.n };
        let mut left = n;
        loop {
            let asked = self.asked();
            let own = if self.own { self.first } else { usize::MAX };
            let whole =
                // SAFETY: every place has a tile here: of the `left` elements, or one that stays.
                unsafe { made::<T, S, N>(simd, self.codes, self.places, asked, self.past, own, found).is_some() };
            if !whole {
                return n - left;
            }
            left -= tile;
            done(n - left);
            if left == 0 {
                break;
            }
            let back = tile.saturating_sub(left);
            left += back;
            for place in self.places.iter_mut().filter(|p| p.kind == Kind::Moves) {
                // SAFETY: `left` elements before its end, which are no more than it has.
                place.at = unsafe { place.at.add((tile - back) * place.size) };
            }
        }
        if let Some(end) = end {
            // SAFETY: the last tile of results was stored in its own tile, and ends with the row.
            unsafe { std::ptr::copy_nonoverlapping(self.places[self.first].own, end, tile * size_of::<T>()) };
        }
        self.n
    }

    /// Makes the last tile of a result that is a source, before the others, into its own tile; gives where it
    /// belongs. `None` where the tiles fit the row.
    #[inline(always)]
    fn last<S: pulp::Simd, const N: usize>(
        &mut self,
        simd: S,
        found: &mut Found<T::Vector<S>>,
    ) -> Option<*mut u8> {
        let tile = N * T::lanes::<S>();
        if self.n.is_multiple_of(tile) {
            return None;
        }
        let ahead = self.n - tile;
        let moves = |p: &&mut Place| p.kind == Kind::Moves;
        for place in self.places.iter_mut().filter(moves) {
            place.at = place.at.wrapping_add(ahead * place.size);
        }
        let end = self.places[self.first].at;
        self.places[self.first].at = self.places[self.first].own;
        // SAFETY: every source has a tile that ends with its row, the result its own.
        unsafe {
            made::<T, S, N>(simd, self.codes, self.places, 0, usize::MAX, usize::MAX, found);
        }
        self.places[self.first].at = end;
        for place in self.places.iter_mut().filter(moves) {
            place.at = place.at.wrapping_sub(ahead * place.size);
        }
        Some(end)
    }

    /// Fewer elements than a tile has: each place gets a tile of its own.
    #[inline(always)]
    fn short<S: pulp::Simd>(
        &mut self,
        simd: S,
        found: &mut Found<T::Vector<S>>,
        mut done: impl FnMut(usize),
    ) -> usize {
        let tile = FEW * T::lanes::<S>();
        let ends: [*mut u8; MOST_PLACES] =
            std::array::from_fn(|i| self.places.get(i).map_or(std::ptr::null_mut(), |p| p.at));
        for (i, place) in self.places.iter_mut().enumerate().filter(|(_, p)| p.kind == Kind::Moves) {
            if i < self.sources {
                // SAFETY: a source has `n` elements and a tile more; what follows them repeats one.
                unsafe {
                    std::ptr::copy_nonoverlapping(place.at, place.own, self.n * place.size);
                    for k in self.n..tile {
                        std::ptr::copy_nonoverlapping(place.at, place.own.add(k * place.size), place.size);
                    }
                }
            }
            place.at = place.own;
        }
        // SAFETY: every place has its own tile now.
        unsafe {
            made::<T, S, FEW>(simd, self.codes, self.places, 0, usize::MAX, usize::MAX, found);
        }
        if self.own && !found.is_nothing::<T, S>(simd) {
            return 0;
        }
        for (place, end) in self.places.iter().zip(ends).skip(self.first) {
            // SAFETY: the result has `n` elements, and the chain stored a whole tile.
            unsafe { std::ptr::copy_nonoverlapping(place.own, end, self.n * place.size) };
        }
        done(self.n);
        self.n
    }
}

/// Runs the program over the tiles where the places are; what is in the accumulator then. `found` gains NaNs
/// where a test met something not finite. What is stored at the place `past` goes past the caches. Nothing is
/// stored at the place `own` if a test has met something not finite: `None`, then.
///
/// # Safety
/// The codes name only places that there are, and a divisor's where they divide by its reciprocal. Every place
/// points to a tile: initialised where the program loads from it before it stores there, and with truth values only
/// where it reads such.
#[inline(always)]
pub(super) unsafe fn made<T: Lane, S: pulp::Simd, const N: usize>(
    simd: S,
    codes: &[Code],
    places: &[Place],
    asked: usize,
    past: usize,
    own: usize,
    found: &mut Found<T::Vector<S>>,
) -> Option<[T::Vector<S>; N]> {
    // What is asked for comes in shares, one with each code.
    let bytes = N * T::lanes::<S>() * size_of::<T>();
    let share = (bytes / codes.len().max(1)).next_multiple_of(64);
    let mut next = 0;
    let zero = T::splat(simd, T::ZERO);
    let mut acc = [zero; N];
    // SAFETY: by the contract of this function, in all of the loops.
    let at = |p: u8| unsafe { places.get_unchecked(p as usize) }.at;
    let vectors = |p: u8| {
        // SAFETY: as above.
        let place = unsafe { places.get_unchecked(p as usize) };
        (place.at.cast::<T::Vector<S>>().cast_const(), place.one)
    };
    // Each operation with what it notes.
    macro_rules! sum {
        ($a:expr, $b:expr) => {{
            let (a, b) = ($a, $b);
            let r = T::add(simd, a, b);
            T::note_sum(simd, [a, b, r], &mut found.0);
            r
        }};
    }
    macro_rules! difference {
        ($a:expr, $b:expr) => {{
            let (a, b) = ($a, $b);
            let r = T::sub(simd, a, b);
            T::note_difference(simd, [a, b, r], &mut found.0);
            r
        }};
    }
    macro_rules! times {
        ($a:expr, $b:expr) => {{
            let (a, b) = ($a, $b);
            T::note_product(simd, [a, b], &mut found.0);
            T::mul(simd, a, b)
        }};
    }
    macro_rules! squared {
        ($a:expr) => {{
            let a = $a;
            T::note_square(simd, a, &mut found.0);
            T::mul(simd, a, a)
        }};
    }
    macro_rules! signed {
        ($a:expr, $op:path, |$x:ident, $y:ident| $before:expr) => {{
            let $x = $a;
            let $y = $op(simd, $x);
            T::note_sign(simd, [$before, $y], &mut found.0);
            $y
        }};
    }
    macro_rules! product {
        ($p:expr, $q:expr, $op:ident) => {{
            // A product is the same both ways round.
            let (p, q) = if vectors($p).1 { ($q, $p) } else { ($p, $q) };
            let ((from, alone), (other, one)) = (vectors(p), vectors(q));
            // SAFETY: by the contract of this function.
            let b = unsafe { other.read_unaligned() };
            if alone {
                // SAFETY: by the contract of this function.
                let product = times!(unsafe { from.read_unaligned() }, b);
                for k in 0..N {
                    acc[k] = $op!(acc[k], product);
                }
            } else if one {
                for k in 0..N {
                    // SAFETY: by the contract of this function.
                    let a = unsafe { from.add(k).read_unaligned() };
                    acc[k] = $op!(acc[k], times!(a, b));
                }
            } else {
                for k in 0..N {
                    // SAFETY: by the contract of this function.
                    let (a, b) = unsafe { (from.add(k).read_unaligned(), other.add(k).read_unaligned()) };
                    acc[k] = $op!(acc[k], times!(a, b));
                }
            }
        }};
    }
    macro_rules! of_two {
        ($p:expr, $q:expr, $op:ident) => {{
            let ((from, alone), (other, one)) = (vectors($p), vectors($q));
            // SAFETY: by the contract of this function.
            let (a, b) = unsafe { (from.read_unaligned(), other.read_unaligned()) };
            match (alone, one) {
                (true, true) => acc = [$op!(a, b); N],
                (true, false) => {
                    for k in 0..N {
                        // SAFETY: by the contract of this function.
                        acc[k] = $op!(a, unsafe { other.add(k).read_unaligned() });
                    }
                }
                (false, true) => {
                    for k in 0..N {
                        // SAFETY: by the contract of this function.
                        acc[k] = $op!(unsafe { from.add(k).read_unaligned() }, b);
                    }
                }
                (false, false) => {
                    for k in 0..N {
                        // SAFETY: by the contract of this function.
                        let (a, b) = unsafe { (from.add(k).read_unaligned(), other.add(k).read_unaligned()) };
                        acc[k] = $op!(a, b);
                    }
                }
            }
        }};
    }
    macro_rules! sum_of_product {
        ($k:ident, $b:expr, $c:expr) => {
            for $k in 0..N {
                acc[$k] = sum!(times!(acc[$k], $b), $c);
            }
        };
    }
    macro_rules! multiplied {
        ($p:expr, $q:expr) => {{
            let ((by, alone), (plus, one)) = (vectors($p), vectors($q));
            // SAFETY: by the contract of this function.
            let (first, last) = unsafe { (by.read_unaligned(), plus.read_unaligned()) };
            match (alone, one) {
                (true, true) => sum_of_product!(k, first, last),
                (true, false) => {
                    // SAFETY: by the contract of this function.
                    sum_of_product!(k, first, unsafe { plus.add(k).read_unaligned() })
                }
                (false, true) => {
                    // SAFETY: by the contract of this function.
                    sum_of_product!(k, unsafe { by.add(k).read_unaligned() }, last)
                }
                (false, false) => {
                    // SAFETY: by the contract of this function.
                    sum_of_product!(k, unsafe { by.add(k).read_unaligned() }, unsafe {
                        // SAFETY: by the contract of this function.
                        plus.add(k).read_unaligned()
                    })
                }
            }
        }};
    }
    macro_rules! with {
        ($p:expr, |$a:ident, $b:ident| $f:expr) => {{
            let (from, one) = vectors($p);
            if one {
                // SAFETY: by the contract of this function.
                let $b = unsafe { from.read_unaligned() };
                for k in 0..N {
                    let $a = acc[k];
                    acc[k] = $f;
                }
            } else {
                for k in 0..N {
                    // SAFETY: by the contract of this function.
                    let ($a, $b) = (acc[k], unsafe { from.add(k).read_unaligned() });
                    acc[k] = $f;
                }
            }
        }};
        (|$a:ident| $f:expr) => {
            for k in 0..N {
                let $a = acc[k];
                acc[k] = $f;
            }
        };
    }
    macro_rules! compare {
        ($p:expr, $q:expr, |$a:ident, $b:ident| $f:expr) => {{
            let ((from, one), to) = (vectors($p), at($q).cast::<T::Mask<S>>());
            if one {
                // SAFETY: by the contract of this function.
                let $b = unsafe { from.read_unaligned() };
                for k in 0..N {
                    let $a = acc[k];
                    // SAFETY: by the contract of this function.
                    unsafe { to.add(k).write_unaligned($f) };
                }
            } else {
                for k in 0..N {
                    // SAFETY: by the contract of this function.
                    unsafe {
                        let ($a, $b) = (acc[k], from.add(k).read_unaligned());
                        to.add(k).write_unaligned($f);
                    }
                }
            }
        }};
    }
    macro_rules! logic {
        ($p:expr, $q:expr, $r:expr, |$a:ident, $b:ident| $f:expr) => {{
            let (one, two): (*const T::Mask<S>, *const T::Mask<S>) = (at($p).cast(), at($q).cast());
            let to: *mut T::Mask<S> = at($r).cast();
            for k in 0..N {
                // SAFETY: by the contract of this function.
                unsafe {
                    let ($a, $b) = (one.add(k).read_unaligned(), two.add(k).read_unaligned());
                    to.add(k).write_unaligned($f);
                }
            }
        }};
    }
    macro_rules! take {
        ($m:expr, $p:expr, |$m1:ident, $a:ident, $b:ident| $f:expr) => {{
            let (mask, (from, one)) = (at($m).cast::<T::Mask<S>>(), vectors($p));
            if one {
                // SAFETY: by the contract of this function.
                let $b = unsafe { from.read_unaligned() };
                for k in 0..N {
                    // SAFETY: by the contract of this function.
                    let ($m1, $a) = (unsafe { mask.add(k).read_unaligned() }, acc[k]);
                    acc[k] = $f;
                }
            } else {
                for k in 0..N {
                    // SAFETY: by the contract of this function.
                    let ($m1, $b) = unsafe { (mask.add(k).read_unaligned(), from.add(k).read_unaligned()) };
                    let $a = acc[k];
                    acc[k] = $f;
                }
            }
        }};
    }
    for &code in codes {
        if asked > 0 && next < bytes {
            let moves = |p: &&Place| p.kind == Kind::Moves && p.size > 1;
            for place in places[..asked].iter().filter(moves) {
                // Of narrower elements a tile has fewer lines.
                let lines = next..(next + share).min(N * T::lanes::<S>() * place.size);
                for line in lines.step_by(64) {
                    fetch(place.at, AHEAD + line);
                }
            }
            next += share;
        }
        match code {
            Code::Load(p) => with!(p, |_a, b| b),
            Code::Convert(p, q) => {
                // SAFETY: by the contract of this function.
                let place = unsafe { places.get_unchecked(p as usize) };
                let to: *mut T::Vector<S> = at(q).cast();
                if place.one {
                    let one: *const T::Vector<S> = place.at.cast();
                    for k in 0..N {
                        // SAFETY: by the contract of this function.
                        unsafe { to.add(k).write_unaligned(one.read_unaligned()) };
                    }
                } else {
                    // SAFETY: by the contract of this function.
                    unsafe { T::bring(place.dtype, place.at, to.cast(), N * T::lanes::<S>()) };
                }
            }
            Code::Store(p) => {
                let to: *mut T::Vector<S> = at(p).cast();
                if p as usize == own && !found.is_nothing::<T, S>(simd) {
                    return None;
                }
                if p as usize == past && (to as usize).is_multiple_of(size_of::<T::Vector<S>>()) {
                    for (k, &x) in acc.iter().enumerate() {
                        // SAFETY: by the contract of this function.
                        unsafe { write_past(to.add(k), x) };
                    }
                    continue;
                }
                for (k, &x) in acc.iter().enumerate() {
                    // SAFETY: by the contract of this function.
                    unsafe { to.add(k).write_unaligned(x) };
                }
            }
            Code::Add(p) => with!(p, |a, b| sum!(a, b)),
            Code::Subtract(p) => with!(p, |a, b| difference!(a, b)),
            Code::SubtractFrom(p) => with!(p, |a, b| difference!(b, a)),
            Code::Multiply(p) => with!(p, |a, b| times!(a, b)),
            Code::Divide(p) => with!(p, |a, b| T::div(simd, a, b)),
            Code::Quotient(p) | Code::WholeQuotient(p) => {
                let from: *const T::Vector<S> = at(p).cast_const().cast();
                // SAFETY: by the contract of this function.
                let [b, high, low] = unsafe { [0, 1, 2].map(|k| from.add(k).read_unaligned()) };
                // SAFETY: as above; a vector begins with an element.
                let known = unsafe { from.add(1).cast::<T>().read_unaligned() } != T::ZERO;
                let large = || matches!(code, Code::WholeQuotient(_)) || !T::any_small(simd, &acc);
                if known && large() {
                    with!(|a| T::quotient(simd, a, [high, low]));
                } else {
                    with!(|a| T::div(simd, a, b));
                }
            }
            Code::DivideInto(p) => with!(p, |a, b| T::div(simd, b, a)),
            Code::Maximum(p) => with!(p, |a, b| T::max(simd, a, b)),
            Code::MaximumOf(p) => with!(p, |a, b| T::max(simd, b, a)),
            Code::Minimum(p) => with!(p, |a, b| T::min(simd, a, b)),
            Code::MinimumOf(p) => with!(p, |a, b| T::min(simd, b, a)),
            Code::Negative => with!(|a| signed!(a, T::neg, |x, y| x)),
            Code::Absolute => with!(|a| signed!(a, T::abs, |x, y| y)),
            Code::Sign => {
                let (zero, one) = (T::splat(simd, T::ZERO), T::splat(simd, T::ONE));
                let minus = T::sub(simd, zero, one);
                with!(|a| {
                    let (above, below) = (T::less(simd, zero, a), T::less(simd, a, zero));
                    // Of zeros the positive one; a NaN stays.
                    let other = T::select(simd, T::equal(simd, a, zero), zero, a);
                    T::select(simd, above, one, T::select(simd, below, minus, other))
                })
            }
            Code::Square => with!(|a| squared!(a)),
            Code::Cube => with!(|a| times!(squared!(a), a)),
            Code::Reciprocal => {
                let one = T::splat(simd, T::ONE);
                with!(|a| T::div(simd, one, a))
            }
            Code::SquareRoot => with!(|a| T::sqrt(simd, a)),
            Code::Round(how) => match how {
                Whole::Floor => with!(|a| T::whole(simd, a, Whole::Floor)),
                Whole::Ceil => with!(|a| T::whole(simd, a, Whole::Ceil)),
                Whole::Trunc => with!(|a| T::whole(simd, a, Whole::Trunc)),
                Whole::Nearest => with!(|a| T::whole(simd, a, Whole::Nearest)),
            },
            Code::Fraction => with!(|a| T::sub(simd, a, T::whole(simd, a, Whole::Floor))),
            Code::Sum(p, q) => of_two!(p, q, sum),
            Code::Difference(p, q) => of_two!(p, q, difference),
            Code::Product(p, q) => of_two!(p, q, times),
            Code::MultiplyAdd(p, q) => multiplied!(p, q),
            Code::AddProduct(p, q) => product!(p, q, sum),
            Code::SubtractProduct(p, q) => product!(p, q, difference),
            Code::BitNot => with!(|a| T::bit_not(simd, a)),
            Code::BitAnd(p) => with!(p, |a, b| T::bit_and(simd, a, b)),
            Code::LowBits(p) => with!(p, |a, b| T::low_bits(simd, a, b)),
            Code::BitOr(p) => with!(p, |a, b| T::bit_or(simd, a, b)),
            Code::BitXor(p) => with!(p, |a, b| T::bit_xor(simd, a, b)),
            Code::Test => {
                for (k, &x) in acc.iter().enumerate() {
                    T::note_finite(simd, x, &mut found.0[k % NOTES]);
                }
            }
            Code::Equal(p, q) => compare!(p, q, |a, b| T::equal(simd, a, b)),
            Code::NotEqual(p, q) => compare!(p, q, |a, b| T::not(simd, T::equal(simd, a, b))),
            Code::Less(p, q) => compare!(p, q, |a, b| T::less(simd, a, b)),
            Code::LessEqual(p, q) => compare!(p, q, |a, b| T::less_equal(simd, a, b)),
            Code::Greater(p, q) => compare!(p, q, |a, b| T::less(simd, b, a)),
            Code::GreaterEqual(p, q) => compare!(p, q, |a, b| T::less_equal(simd, b, a)),
            Code::And(p, q, r) => logic!(p, q, r, |a, b| T::and(simd, a, b)),
            Code::Or(p, q, r) => logic!(p, q, r, |a, b| T::or(simd, a, b)),
            Code::Xor(p, q, r) => logic!(p, q, r, |a, b| T::xor(simd, a, b)),
            Code::Not(p, q) => logic!(p, p, q, |a, _b| T::not(simd, a)),
            Code::Read(p, q) => {
                let (from, to): (*const u8, *mut T::Mask<S>) = (at(p), at(q).cast());
                for k in 0..N {
                    // SAFETY: by the contract of this function.
                    unsafe { to.add(k).write_unaligned(T::read(simd, from.add(k * T::lanes::<S>()))) };
                }
            }
            Code::Write(p, q) => {
                // SAFETY: by the contract of this function.
                unsafe { T::write_all(simd, at(p).cast_const().cast(), N, at(q)) };
            }
            Code::Take(m, p) => take!(m, p, |m, a, b| T::select(simd, m, b, a)),
            Code::TakeElse(m, p) => take!(m, p, |m, a, b| T::select(simd, m, a, b)),
        }
    }
    Some(acc)
}

//! Where the extremes are: the first largest or smallest element of a run, the first NaN if there
//! is one.
//!
//! A long run is taken in chunks: the extreme of each chunk is found by vectors, only chunks that
//! beat the best so far are remembered, and the place is looked up in one chunk at the end.

use super::fold::extreme;
use super::real::Real;
use super::simd::{complete, with_vectors};
use super::{Block, BlockMut, simd};
use crate::dtype::{DType, Element, c64, c128};
use crate::with_dtype;

/// Which end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Max,
    Min,
}

/// The order in which extremes are looked for: NaN beats every number.
trait Ranked: Element {
    fn beats(self, best: Self, end: End) -> bool;
    /// Whether nothing beats it.
    fn is_final(self, end: End) -> bool;
    /// Whether `x` does not beat `self`.
    #[inline(always)]
    fn stands(self, x: Self, end: End) -> bool {
        !x.beats(self, end)
    }
}

macro_rules! plain {
    ($($t:ty: $least:expr, $most:expr;)*) => {$(
        impl Ranked for $t {
            #[inline(always)]
            fn beats(self, best: Self, end: End) -> bool {
                match end {
                    End::Max => self > best,
                    End::Min => self < best,
                }
            }
            fn is_final(self, end: End) -> bool {
                self == if end == End::Max { $most } else { $least }
            }
        }
    )*};
}
plain! {
    bool: false, true;
    i8: i8::MIN, i8::MAX;
    u8: u8::MIN, u8::MAX;
    i16: i16::MIN, i16::MAX;
    u16: u16::MIN, u16::MAX;
    i32: i32::MIN, i32::MAX;
    u32: u32::MIN, u32::MAX;
    i64: i64::MIN, i64::MAX;
    u64: u64::MIN, u64::MAX;
}

macro_rules! floats {
    ($($t:ty),*) => {$(
        impl Ranked for $t {
            #[inline(always)]
            fn beats(self, best: Self, end: End) -> bool {
                let beyond = match end {
                    End::Max => self > best,
                    End::Min => self < best,
                };
                beyond | (self.is_nan() & !best.is_nan())
            }
            fn is_final(self, _: End) -> bool {
                self.is_nan()
            }
            #[inline(always)]
            fn stands(self, x: $t, end: End) -> bool {
                let within = match end {
                    End::Max => self >= x,
                    End::Min => self <= x,
                };
                within | self.is_nan()
            }
        }
    )*};
}
floats!(f32, f64);

macro_rules! complex {
    ($($t:ty),*) => {$(
        impl Ranked for $t {
            #[inline(always)]
            fn beats(self, best: Self, end: End) -> bool {
                let nan = |z: $t| z.re.is_nan() || z.im.is_nan();
                if nan(best) || nan(self) {
                    return nan(self) && !nan(best);
                }
                let pair = |z: $t| (z.re, z.im);
                match end {
                    End::Max => pair(self) > pair(best),
                    End::Min => pair(self) < pair(best),
                }
            }
            fn is_final(self, _: End) -> bool {
                self.re.is_nan() || self.im.is_nan()
            }
        }
    )*};
}
complex!(c64, c128);

/// The place of the extreme of a run that is not empty.
pub fn along(run: Block<'_>, end: End) -> usize {
    if let (DType::Bool, End::Max) = (run.dtype(), end) {
        return first_true(run.typed());
    }
    let place = match run.dtype() {
        DType::F32 => of_numbers(run.typed::<f32>(), end),
        DType::F64 => of_numbers(run.typed::<f64>(), end),
        _ => None,
    };
    place.unwrap_or_else(|| with_dtype!(run.dtype(), T => along_typed::<T>(run, end)))
}

/// The place of the extreme of numbers, in two passes over what fits L1: the extreme of each chunk by the first, the
/// place in one of them by the second. 30,000 float64 take 2.8 µs (NumPy 5.1), and took 4.5 where the first
/// pass asked whether each element is a number. `None` if anything is NaN, or there are too few elements for vectors.
fn of_numbers<T: Real + PartialOrd>(run: &[T], end: End) -> Option<usize> {
    let mut best: Option<(T, usize)> = None;
    for (k, run) in run.chunks(CHUNK).enumerate() {
        let top = if end == End::Max { extreme::of::<T, true>(run) } else { extreme::of::<T, false>(run) }?;
        let beyond = |best: T| if end == End::Max { top > best } else { top < best };
        if best.is_none_or(|(best, _)| beyond(best)) {
            best = Some((top, k));
        }
    }
    let (top, k) = best?;
    let start = k * CHUNK;
    Some(start + with_vectors(Place { run: &run[start..run.len().min(start + CHUNK)], top })?)
}

/// The first place of a number that is there.
struct Place<'a, T> {
    run: &'a [T],
    top: T,
}

impl<T: Real + PartialOrd> pulp::WithSimd for Place<'_, T> {
    type Output = Option<usize>;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) -> Option<usize> {
        let top = self.top;
        let (body, tail) = T::vectors::<S>(self.run);
        let wanted = T::splat(simd, top);
        for (k, &x) in body.iter().enumerate() {
            if let Some(i) = T::first_equal(simd, x, wanted) {
                return Some(k * T::lanes::<S>() + i);
            }
        }
        Some(body.len() * T::lanes::<S>() + tail.iter().position(|x| *x == top)?)
    }
}

/// The first true element, 0 if there is none.
fn first_true(run: &[bool]) -> usize {
    simd(
        #[inline(always)]
        || first(run, |x| x).unwrap_or(0),
    )
}

/// Whether element `i` beats element `j`.
pub fn beats(run: Block<'_>, i: usize, j: usize, end: End) -> bool {
    fn typed<T: Ranked>(run: Block<'_>, i: usize, j: usize, end: End) -> bool {
        let xs = run.typed::<T>();
        xs[i].beats(xs[j], end)
    }
    with_dtype!(run.dtype(), T => typed::<T>(run, i, j, end))
}

/// Whether element `i` is beaten by none that could follow: true, NaN, the largest integer.
pub fn is_final(run: Block<'_>, i: usize, end: End) -> bool {
    fn typed<T: Ranked>(run: Block<'_>, i: usize, end: End) -> bool {
        run.typed::<T>()[i].is_final(end)
    }
    with_dtype!(run.dtype(), T => typed::<T>(run, i, end))
}

/// The places of the extremes of the columns of a matrix that has as many columns as `places`, in
/// row order, and at least one row.
pub fn across(matrix: Block<'_>, places: &mut [i64], end: End) {
    with_dtype!(matrix.dtype(), T => across_typed::<T>(matrix, places, end))
}

const LANES: usize = 32;
const CHUNK: usize = 4096;

fn along_typed<T: Ranked>(run: Block<'_>, end: End) -> usize {
    match end {
        End::Max => find::<T>(run.typed(), End::Max),
        End::Min => find::<T>(run.typed(), End::Min),
    }
}

#[inline(always)]
fn find<T: Ranked>(run: &[T], end: End) -> usize {
    simd(
        #[inline(always)]
        || {
            let (mut best, mut chunk_of_best) = (run[0], 0);
            for (k, chunk) in run.chunks(CHUNK).enumerate() {
                let top = extreme_of(chunk, end);
                if top.beats(best, end) {
                    (best, chunk_of_best) = (top, k);
                    if top.is_final(end) {
                        break;
                    }
                }
            }
            // The first element that the best one does not beat; NaN beats all but NaN.
            let start = chunk_of_best * CHUNK;
            start + first(&run[start..], |x| !best.beats(x, end)).unwrap_or(0)
        },
    )
}

/// The place of the first element of which `f` holds: of the first group that has one, by vectors.
#[inline(always)]
fn first<T: Copy>(run: &[T], f: impl Fn(T) -> bool) -> Option<usize> {
    let (groups, rest) = run.as_chunks::<LANES>();
    for (k, group) in groups.iter().enumerate() {
        let mut any = 0u8;
        for &x in group {
            any |= f(x) as u8;
        }
        if any != 0 {
            return Some(k * LANES + group.iter().position(|&x| f(x))?);
        }
    }
    Some(groups.len() * LANES + rest.iter().position(|&x| f(x))?)
}

#[inline(always)]
fn extreme_of<T: Ranked>(chunk: &[T], end: End) -> T {
    let (rows, rest) = chunk.as_chunks::<LANES>();
    let mut lanes = [chunk[0]; LANES];
    for row in rows {
        for k in 0..LANES {
            lanes[k] = if lanes[k].stands(row[k], end) { lanes[k] } else { row[k] };
        }
    }
    // The barrier keeps the lanes in whole vectors: 1e6 float64 in 93 µs on one thread, 250 without.
    // A copy, so that the lanes above are never in memory.
    let mut folded = complete(lanes);
    let mut width = LANES / 2;
    while width > 0 {
        for k in 0..width {
            let (a, b) = (folded[k], folded[k + width]);
            folded[k] = if a.stands(b, end) { a } else { b };
        }
        width /= 2;
    }
    rest.iter().fold(folded[0], |best, &x| if best.stands(x, end) { best } else { x })
}

fn across_typed<T: Ranked>(matrix: Block<'_>, places: &mut [i64], end: End) {
    let (xs, n) = (matrix.typed::<T>(), places.len());
    let mut best = xs[..n].to_vec();
    places.fill(0);
    simd(
        #[inline(always)]
        || {
            for (i, row) in xs.chunks_exact(n).enumerate().skip(1) {
                for ((b, p), &x) in best.iter_mut().zip(places.iter_mut()).zip(row) {
                    let wins = x.beats(*b, end);
                    *b = if wins { x } else { *b };
                    *p = if wins { i as i64 } else { *p };
                }
            }
        },
    )
}

/// The places along rows: one per accumulator of `places`, each of `n` elements.
pub fn rows(matrix: Block<'_>, n: usize, mut places: BlockMut<'_>, end: End) {
    let places = places.reborrow().typed::<i64>();
    let short = match matrix.dtype() {
        DType::Bool => 0,
        DType::F32 | DType::F64 => SHORT_FLOATS,
        _ => SHORT,
    };
    if n <= short {
        return with_dtype!(matrix.dtype(), T => short_rows::<T>(matrix, n, places, end));
    }
    for (i, p) in places.iter_mut().enumerate() {
        *p = along(matrix.slice(i * n, (i + 1) * n), end) as i64;
    }
}

/// Integer rows up to this long go side by side: one of 10 takes 5 ns, alone it took 96.
const SHORT: usize = 128;
/// Rows of floats, which alone take 20 ns and more.
const SHORT_FLOATS: usize = 24;

fn short_rows<T: Ranked>(matrix: Block<'_>, n: usize, places: &mut [i64], end: End) {
    let xs = matrix.typed::<T>();
    for (rows, places) in xs.chunks(n * LANES).zip(places.chunks_mut(LANES)) {
        match (end, places.as_chunks_mut::<LANES>().0.first_mut()) {
            (End::Max, Some(places)) => side_by_side(rows, n, places, End::Max),
            (End::Min, Some(places)) => side_by_side(rows, n, places, End::Min),
            (_, None) => {
                for (row, p) in rows.chunks_exact(n).zip(places) {
                    let best = (1..n).fold(0, |b, j| if row[j].beats(row[b], end) { j } else { b });
                    *p = best as i64;
                }
            }
        }
    }
}

#[inline(always)]
fn side_by_side<T: Ranked>(rows: &[T], n: usize, places: &mut [i64; LANES], end: End) {
    simd(
        #[inline(always)]
        || {
            let column = |j: usize| -> [T; LANES] { std::array::from_fn(|r| rows[r * n + j]) };
            let mut best = column(0);
            *places = [0; LANES];
            for j in 1..n {
                let xs = column(j);
                for k in 0..LANES {
                    let wins = xs[k].beats(best[k], end);
                    best[k] = if wins { xs[k] } else { best[k] };
                    places[k] = if wins { j as i64 } else { places[k] };
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place by its definition: NaN beats every number, the first of equals counts.
    fn defined<T: Ranked>(run: &[T], end: End) -> usize {
        (1..run.len()).fold(0, |best, i| if run[i].beats(run[best], end) { i } else { best })
    }

    #[test]
    fn places_are_those_of_the_definition() {
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            state >> 33
        };
        for n in (1..140).chain([255, 256, 257, 4095, 4096, 4097, 9000]) {
            for special in [0, 1, 2] {
                let mut run: Vec<f64> = (0..n).map(|_| (next() % 50) as f64 - 25.0).collect();
                for _ in 0..special {
                    run[next() as usize % n] =
                        [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0][next() as usize % 4];
                }
                let short: Vec<f32> = run.iter().map(|&x| x as f32).collect();
                let whole: Vec<i16> = run.iter().map(|&x| x as i16).collect();
                let truths: Vec<bool> = run.iter().map(|&x| x > 20.0).collect();
                for end in [End::Max, End::Min] {
                    assert_eq!(along(Block::new(&run), end), defined(&run, end), "{n} {run:?}");
                    assert_eq!(along(Block::new(&short), end), defined(&short, end), "{n} {short:?}");
                    assert_eq!(along(Block::new(&truths), end), defined(&truths, end), "{n} {truths:?}");
                    // Two hundred rows, side by side where they are short.
                    let matrix: Vec<i16> =
                        (0..200).flat_map(|i| whole.iter().map(move |x| x ^ (i % 7))).collect();
                    let mut places = vec![0i64; 200];
                    rows(Block::new(&matrix), n, BlockMut::new(&mut places), end);
                    for (row, place) in matrix.chunks(n).zip(places) {
                        assert_eq!(place as usize, defined(row, end), "{n} {row:?}");
                    }
                }
            }
        }
    }
}

//! Where the extremes are: the first largest or smallest element of a run, the first NaN if there
//! is one.
//!
//! A long run is taken in chunks: the extreme of each chunk is found by vectors, only chunks that
//! beat the best so far are remembered, and the place is looked up in one chunk at the end.

use super::{Block, BlockMut, simd};
use crate::dtype::{DType, Element, c64, c128};

/// Which end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Max,
    Min,
}

/// The order in which extremes are looked for: NaN beats every number.
trait Ranked: Element {
    fn beats(self, best: Self, end: End) -> bool;
    /// Whether `x` does not beat `self`.
    #[inline(always)]
    fn stands(self, x: Self, end: End) -> bool {
        !x.beats(self, end)
    }
}

macro_rules! plain {
    ($($t:ty),*) => {$(
        impl Ranked for $t {
            #[inline(always)]
            fn beats(self, best: Self, end: End) -> bool {
                match end {
                    End::Max => self > best,
                    End::Min => self < best,
                }
            }
        }
    )*};
}
plain!(bool, i8, u8, i16, u16, i32, u32, i64, u64);

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
        }
    )*};
}
complex!(c64, c128);

macro_rules! dispatch {
    ($dtype:expr, $f:ident ($($arg:expr),*)) => {
        match $dtype {
            DType::Bool => $f::<bool>($($arg),*),
            DType::I8 => $f::<i8>($($arg),*),
            DType::U8 => $f::<u8>($($arg),*),
            DType::I16 => $f::<i16>($($arg),*),
            DType::U16 => $f::<u16>($($arg),*),
            DType::I32 => $f::<i32>($($arg),*),
            DType::U32 => $f::<u32>($($arg),*),
            DType::I64 => $f::<i64>($($arg),*),
            DType::U64 => $f::<u64>($($arg),*),
            DType::F32 => $f::<f32>($($arg),*),
            DType::F64 => $f::<f64>($($arg),*),
            DType::C64 => $f::<c64>($($arg),*),
            DType::C128 => $f::<c128>($($arg),*),
        }
    };
}

/// The place of the extreme of a run that is not empty.
pub fn along(run: Block<'_>, end: End) -> usize {
    if let (DType::Bool, End::Max) = (run.dtype(), end) {
        return first_true(run.typed());
    }
    dispatch!(run.dtype(), along_typed(run, end))
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
    dispatch!(run.dtype(), typed(run, i, j, end))
}

/// The places of the extremes of the columns of a matrix that has as many columns as `places`, in
/// row order, and at least one row.
pub fn across(matrix: Block<'_>, places: &mut [i64], end: End) {
    dispatch!(matrix.dtype(), across_typed(matrix, places, end))
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
                let top = extreme(chunk, end);
                if top.beats(best, end) {
                    (best, chunk_of_best) = (top, k);
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
fn extreme<T: Ranked>(chunk: &[T], end: End) -> T {
    let (rows, rest) = chunk.as_chunks::<LANES>();
    let mut lanes = [chunk[0]; LANES];
    for row in rows {
        for k in 0..LANES {
            lanes[k] = if lanes[k].stands(row[k], end) { lanes[k] } else { row[k] };
        }
    }
    // The barrier keeps the lanes in whole vectors: 1e6 float64 in 93 µs on one thread, 250 without.
    // A copy, so that the lanes above are never in memory.
    let mut folded = std::hint::black_box(lanes);
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
    if n <= SHORT && matrix.dtype() != DType::Bool {
        return dispatch!(matrix.dtype(), short_rows(matrix, n, places, end));
    }
    for (i, p) in places.iter_mut().enumerate() {
        *p = along(matrix.slice(i * n, (i + 1) * n), end) as i64;
    }
}

/// Rows up to this long go side by side: one of 10 float64 takes 5 ns, alone it took 96. From some
/// 300 on one alone is as fast.
const SHORT: usize = 256;

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

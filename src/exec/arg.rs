//! `argmax` and `argmin` along an axis. The operand is taken in C order, copied only if it lies
//! otherwise; rows, or columns of one outer index, are divided among threads.
//!
//! Of an expression, blocks are looked at as they are made: along the last axis the best element so far
//! meets the best of each block; along another axis a row of the best so far lies above each block of rows.

use super::copy::{contiguous, with_storage};
use super::expr::Expr;
use super::feed::{Feed, Reader};
use super::plan::Conditions;
use super::scan::with_elements;
use super::tally::{self, Pass};
use super::{interrupt, threads};
use crate::array::{Array, ArrayError, Order};
use crate::dtype::{DType, Element};
use crate::kernel::arg::{self, End};
use crate::kernel::{Block, BlockMut, Scratch};
use crate::with_dtype;
use std::sync::Mutex;

/// Elements of a part of one long run.
const PART: usize = 1 << 15;
/// Elements at the front that are looked at before the rest.
const FIRST: usize = 1 << 10;

/// The places of the extremes along an axis, or in the whole array in C order (0-d). No result may
/// be of an empty run: the caller checks.
pub fn arg_extreme(a: &Array, axis: Option<usize>, end: End) -> Result<Array, ArrayError> {
    let a = contiguous(a)?;
    let a = match axis {
        Some(_) => a,
        None => a.reshape_view(&[a.size()], Order::C).unwrap_or(a),
    };
    let axis = axis.unwrap_or(0);
    let mut shape = a.shape().to_vec();
    let n = if shape.is_empty() { 1 } else { shape.remove(axis) };
    let inner: usize = shape[axis.min(shape.len())..].iter().product();
    let mut out = Array::empty(DType::I64, &shape)?;
    if out.size() > 0 {
        let _pass =
            tally::pass(|| Pass::new("arg", a.dtype(), a.size()).reads(&a).writes(&out).ops(a.size()));
        let (start, len) = (a.offset(), a.size());
        with_storage(&a, |all| {
            let from = all.slice(start, start + len);
            with_elements(&mut out, |places| outer(from, n, inner, places, end));
        });
    }
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
}

fn outer(from: Block<'_>, n: usize, inner: usize, places: BlockMut<'_>, end: End) {
    let count = places.len() / inner;
    if count > 1 && threads::for_elements(from.len()) > 1 {
        let half = count / 2;
        let (a, b) = places.split_at(half * inner);
        let cut = half * inner * n;
        rayon::join(
            || outer(from.slice(0, cut), n, inner, a, end),
            || outer(from.slice(cut, from.len()), n, inner, b, end),
        );
    } else if inner > 1 {
        for (o, p) in places.typed::<i64>().chunks_exact_mut(inner).enumerate() {
            if interrupt::requested() {
                return;
            }
            arg::across(from.slice(o * n * inner, (o + 1) * n * inner), p, end);
        }
    } else if count == 1 {
        // Of bools most often one of the first elements; nothing later counts.
        let start = arg::along(from.slice(0, n.min(FIRST)), end);
        let last = n <= FIRST || arg::is_final(from, start, end);
        places.typed::<i64>()[0] = if last { start } else { place(from, 0, n, end) } as i64;
    } else {
        arg::rows(from, n, places, end);
    }
}

/// The place of the extreme in `start..stop`, from parts found on several threads.
fn place(run: Block<'_>, start: usize, stop: usize, end: End) -> usize {
    let n = stop - start;
    if interrupt::requested() {
        return start;
    }
    if n <= PART {
        return start + arg::along(run.slice(start, stop), end);
    }
    let half = start + n / 2;
    let find = || (place(run, start, half, end), place(run, half, stop, end));
    let (a, b) = match threads::for_elements(n) {
        1 => find(),
        _ => rayon::join(|| place(run, start, half, end), || place(run, half, stop, end)),
    };
    if arg::beats(run, b, a, end) { b } else { a }
}

/// Elements of an expression that are looked at together.
const TILE: usize = 4096;

/// As [`arg_extreme`], of an expression, which is not empty; also the conditions that its steps met.
pub fn arg_extreme_of(expr: &Expr, axis: Option<usize>, end: End) -> Result<(Array, Conditions), ArrayError> {
    let size = expr.size();
    let mut shape = expr.shape().to_vec();
    let (n, inner) = match axis {
        Some(k) => (shape.remove(k), shape[k..].iter().product()),
        None => {
            shape.clear();
            (size, 1)
        }
    };
    let mut out = Array::empty(DType::I64, &shape)?;
    let (found, met) = expr.fed(None, |feed| {
        let pass = tally::pass(|| expr.read_by(Pass::new("arg", expr.dtype(), size)).writes(&out).ops(size));
        let looked = Looked { feed, dtype: expr.dtype(), n, inner, end };
        let several = threads::for_elements(size) > 1;
        let found = match out.size() {
            1 if inner == 1 && several => Some(looked.divided()),
            count => {
                let step = looked.step(count, several);
                let cuts = (0..count).step_by(inner).flat_map(|o| {
                    let whole = if inner == 1 { count } else { inner };
                    (step..whole).step_by(step).chain([whole]).map(move |c| o + c)
                });
                let cuts: Vec<usize> = if inner == 1 {
                    (step..count).step_by(step).chain([count]).collect()
                } else {
                    cuts.collect()
                };
                with_elements(&mut out, |places| {
                    threads::pieces(places, cuts.iter().copied(), &|k, part| {
                        looked.part(if k == 0 { 0 } else { cuts[k - 1] }, part.typed());
                    });
                });
                None
            }
        };
        drop(pass);
        Ok(found)
    })?;
    if let (Some(place), Some([slot])) = (found, out.as_mut_slice::<i64>()) {
        *slot = place as i64;
    }
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok((out, met)) }
}

/// An expression that is looked at along an axis of `n`, before `inner` elements.
struct Looked<'f, 'a> {
    feed: &'f Feed<'a>,
    dtype: DType,
    n: usize,
    inner: usize,
    end: End,
}

impl Looked<'_, '_> {
    /// Results of one share of the work, all within one row of results.
    fn step(&self, count: usize, several: bool) -> usize {
        let share = if several { count.div_ceil(4 * threads::count()) } else { count };
        match self.inner {
            1 => share.max(1),
            inner => inner.div_ceil(if several { threads::count() } else { 1 }).clamp(1, TILE / 2),
        }
    }

    /// The results from number `first` on.
    fn part(&self, first: usize, places: &mut [i64]) {
        if self.inner > 1 {
            return self.columns(first, places);
        }
        let (n, mut reader) = (self.n, self.feed.reader(self.dtype, TILE.max(1)));
        let rows = TILE / n;
        if rows > 0 {
            for (k, places) in places.chunks_mut(rows).enumerate() {
                let block = reader.read((first + k * rows) * n, places.len() * n);
                arg::rows(block, n, BlockMut::new(places), self.end);
            }
            return;
        }
        for (i, place) in places.iter_mut().enumerate().take_while(|_| !interrupt::requested()) {
            let start = (first + i) * n;
            *place = (self.run(&mut reader, start, start + n).0 - start) as i64;
        }
    }

    /// The place of the extreme in `start..stop` of the walk, and the element.
    fn run(&self, reader: &mut Reader<'_, '_>, start: usize, stop: usize) -> (usize, Scratch) {
        let mut two = Scratch::new(self.dtype, 2);
        let mut best = start;
        for at in (start..stop).step_by(TILE).take_while(|_| !interrupt::requested()) {
            let block = reader.read(at, TILE.min(stop - at));
            let place = arg::along(block, self.end);
            two.block_mut(2).part(1, 1).fill(block.scalar(place));
            if at == start || arg::beats(two.block(2), 1, 0, self.end) {
                best = at + place;
                let found = two.block(2).scalar(1);
                two.block_mut(2).part(0, 1).fill(found);
            }
            if arg::is_final(two.block(2), 0, self.end) {
                break;
            }
        }
        (best, two)
    }

    /// The place of the extreme of one long run, from parts found on several threads.
    fn divided(&self) -> usize {
        let part = self.n.div_ceil(4 * threads::count()).clamp(1, PART.max(self.n / 64));
        let found: Vec<Mutex<Option<(usize, Scratch)>>> =
            (0..self.n.div_ceil(part)).map(|_| Mutex::new(None)).collect();
        threads::each(found.len(), &|k| {
            let mut reader = self.feed.reader(self.dtype, TILE);
            let one = self.run(&mut reader, k * part, self.n.min((k + 1) * part));
            if let Ok(mut slot) = found[k].lock() {
                *slot = Some(one);
            }
        });
        let mut best: Option<(usize, Scratch)> = None;
        for one in found.into_iter().filter_map(|slot| slot.into_inner().ok().flatten()) {
            best = match best {
                None => Some(one),
                Some((place, mut two)) => {
                    two.block_mut(2).part(1, 1).fill(one.1.block(1).scalar(0));
                    Some(if arg::beats(two.block(2), 1, 0, self.end) { one } else { (place, two) })
                }
            };
        }
        best.map_or(0, |(place, _)| place)
    }

    /// Results that lie side by side.
    fn columns(&self, first: usize, places: &mut [i64]) {
        let (width, (o, j)) = (places.len(), (first / self.inner, first % self.inner));
        let rows = (4 * TILE / width).clamp(1, self.n);
        let mut reader = self.feed.reader(self.dtype, 0);
        let mut tile = Scratch::new(self.dtype, (rows + 1) * width);
        let mut found = vec![0i64; width];
        for i in (0..self.n).step_by(rows).take_while(|_| !interrupt::requested()) {
            let count = rows.min(self.n - i);
            let start = |row: usize| (o * self.n + i + row) * self.inner + j;
            if width == self.inner {
                reader.write(start(0), tile.block_mut((count + 1) * width).part(width, count * width));
            } else {
                for row in 0..count {
                    reader
                        .write(start(row), tile.block_mut((row + 2) * width).part((row + 1) * width, width));
                }
            }
            // The first rows have none above them.
            let above = usize::from(i > 0);
            let seen = tile.block((count + 1) * width).slice((1 - above) * width, (count + 1) * width);
            arg::across(seen, &mut found, self.end);
            for (place, &k) in places.iter_mut().zip(&found) {
                if above == 0 || k > 0 {
                    *place = (i + k as usize - above) as i64;
                }
            }
            let seen = 1 - above;
            with_dtype!(self.dtype, T => keep::<T>(&mut tile, &found, seen));
        }
    }
}

/// Puts the best elements, of rows counted from row `seen`, into the first row of a tile.
fn keep<T: Element>(tile: &mut Scratch, found: &[i64], seen: usize) {
    let (width, n) = (found.len(), tile.len());
    let tile = tile.block_mut(n).typed::<T>();
    for (j, &k) in found.iter().enumerate() {
        tile[j] = tile[(seen + k as usize) * width + j];
    }
}

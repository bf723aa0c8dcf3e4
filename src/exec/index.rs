//! Indexing as data movement: `a[…]` and `a[…] = v` for everything that is not a view. The geometry
//! comes from `array::index`; elements move through `kernel::index`.
//!
//! All bounds are checked before anything is written. Index arrays become positions block by block;
//! a mask as large as the array is counted and compressed without them.

use super::copy::{assign, cast, contiguous, copy, with_storage, with_storage_mut};
use super::take::first_outside;
use super::tally::{self, Pass};
use super::{SMALL, interrupt, threads};
use crate::array::index::{Fancy, Index, Selection, check, select};
use crate::array::{Array, ArrayError, Dims, Order};
use crate::dtype::{DType, Element};
use crate::kernel::index as kernel;
use crate::kernel::strided::{Each, Layout, copy_each};
use crate::kernel::{Block, BlockMut};
use crate::with_dtype;
use rayon::prelude::*;
use smallvec::SmallVec;

/// Positions worked out at a time.
const BLOCK: usize = 1024;
/// Elements of a mask whose positions one thread writes at a time.
const POSITIONS: usize = 1 << 16;

/// The elements that an index selects: a view for basic indices, else a copy.
pub fn get(a: &Array, items: &[Index]) -> Result<Array, ArrayError> {
    check(a, items)?;
    if let Some(mask) = full_mask(a, items) {
        return compress(a, mask);
    }
    match select(a, &without_masks(items)?)? {
        Selection::View(view) => Ok(view),
        Selection::Fancy(fancy) => gather(a, &fancy),
    }
}

/// The elements that a basic index selects, to be written; `None` for other indices.
pub fn target(a: &Array, items: &[Index]) -> Result<Option<Array>, ArrayError> {
    let basic = |i: &Index| !matches!(i, Index::Mask(_) | Index::Array(_));
    if !items.iter().all(basic) {
        return Ok(None);
    }
    check(a, items)?;
    if !a.writeable() {
        return Err(ArrayError::ReadOnly);
    }
    match select(a, items)? {
        Selection::View(view) => Ok(Some(view)),
        Selection::Fancy(_) => Ok(None),
    }
}

/// Writes `value`, broadcast and converted, to the elements that an index selects.
pub fn set(a: &Array, items: &[Index], value: &Array) -> Result<(), ArrayError> {
    check(a, items)?;
    if !a.writeable() {
        return Err(ArrayError::ReadOnly);
    }
    if let Some(mask) = full_mask(a, items).filter(|_| value.ndim() < 2) {
        return set_mask(a, mask, value);
    }
    match select(a, &without_masks(items)?)? {
        Selection::View(view) => assign(&view, value),
        Selection::Fancy(fancy) => scatter(a, &fancy, value),
    }
}

fn full_mask<'a>(a: &Array, items: &'a [Index]) -> Option<&'a Array> {
    match items {
        [Index::Mask(m)] if m.shape() == a.shape() && m.ndim() > 0 => Some(m),
        _ => None,
    }
}

/// The index with each mask replaced by the index arrays of its true elements.
fn without_masks(items: &[Index]) -> Result<SmallVec<[Index; 4]>, ArrayError> {
    let mut out = SmallVec::new();
    for item in items {
        match item {
            Index::Mask(m) if m.ndim() == 0 => out.push(Index::Flag(m.item().is_some_and(|s| s.truth()))),
            Index::Mask(m) => out.extend(nonzero(m)?.into_iter().map(Index::Array)),
            other => out.push(other.clone()),
        }
    }
    Ok(out)
}

/// The array as a contiguous mask: itself, or its truth values.
pub fn truths(a: &Array) -> Result<Array, ArrayError> {
    let a = contiguous(a)?;
    if a.dtype() == DType::Bool {
        return Ok(a);
    }
    let mut out = Array::empty(DType::Bool, a.shape())?;
    let (start, n) = (a.offset(), a.size());
    let _pass = tally::pass(|| Pass::new("truth", a.dtype(), 0).reads(&a).writes(&out).ops(n));
    if let (Some(out), true) = (out.as_mut_slice::<bool>(), n > 0) {
        with_storage(&a, |b| kernel::truths(b.slice(start, start + n), out));
    }
    Ok(out)
}

/// How many elements of a contiguous mask are true.
pub fn count_true(mask: &Array) -> usize {
    let _pass = tally::pass(|| Pass::new("count", DType::Bool, 0).reads(mask).ops(mask.size()));
    mask.as_slice::<bool>().map_or(0, count)
}

/// How many of a mask's elements are true.
fn count(mask: &[bool]) -> usize {
    match threads::for_elements(mask.len() / 4) {
        1 => kernel::count(mask),
        _ => mask.par_chunks(threads::share(mask.len(), 1 << 18)).map(kernel::count).sum(),
    }
}

/// Positions, in C order, of the elements that are not zero.
pub fn flat_nonzero(a: &Array) -> Result<Array, ArrayError> {
    let truths = truths(a)?;
    let mask = truths.as_slice::<bool>().unwrap_or(&[]);
    let _pass = tally::pass(|| Pass::new("nonzero", DType::Bool, 0).reads(&truths).ops(mask.len()));
    // Each piece of the mask has its own piece of the result.
    let pieces = Pieces::of(mask);
    let mut out = Array::empty(DType::I64, &[pieces.total()])?;
    tally::wrote(out.nbytes());
    if let Some(out) = out.as_mut_slice::<i64>() {
        threads::pieces(BlockMut::new(out), pieces.ends.iter().copied(), &|k, part| {
            kernel::true_positions(pieces.part(k, mask), (k * pieces.step) as i64, part.typed());
        });
    }
    finished(out)
}

/// Index arrays, one per axis, of the elements that are not zero.
pub fn nonzero(a: &Array) -> Result<Vec<Array>, ArrayError> {
    split(flat_nonzero(a)?, a.shape())
}

/// Places in C order as index arrays, one per axis.
pub(super) fn split(flat: Array, shape: &[usize]) -> Result<Vec<Array>, ArrayError> {
    if shape.len() == 1 {
        return Ok(vec![flat]);
    }
    let flat = flat.as_slice::<i64>().unwrap_or(&[]);
    let mut step = 1i64;
    let mut out = Vec::with_capacity(shape.len());
    for &n in shape.iter().rev() {
        let n = n.max(1) as i64;
        let mut axis = Array::empty(DType::I64, &[flat.len()])?;
        let _pass = tally::pass(|| {
            let pass = Pass::new("nonzero", DType::I64, flat.len()).writes(&axis).ops(2 * flat.len());
            Pass { read: 8 * flat.len() as u64, ..pass }
        });
        threads::chunks(axis.as_mut_slice::<i64>().unwrap_or_default(), POSITIONS, &|k, part| {
            part.iter_mut().zip(&flat[k * POSITIONS..]).for_each(|(to, p)| *to = p / step % n);
        });
        out.push(finished(axis)?);
        step *= n;
    }
    out.reverse();
    Ok(out)
}

/// `a[mask]` for a mask of the same shape.
pub fn compress(a: &Array, mask: &Array) -> Result<Array, ArrayError> {
    let (a, mask) = (contiguous(a)?, contiguous(mask)?);
    let mask = mask.as_slice::<bool>().unwrap_or(&[]);
    let pieces = Pieces::of(mask);
    let out = Array::empty(a.dtype(), &[pieces.total()])?;
    let _pass = tally::pass(|| {
        let pass = Pass::new("compress", a.dtype(), mask.len()).reads(&a).writes(&out).copies();
        Pass { read: pass.read + 2 * mask.len() as u64, ..pass }
    });
    if out.size() == 0 {
        return Ok(out);
    }
    let start = a.offset();
    with_storage(&a, |src| {
        with_storage_mut(&out, |out| {
            threads::pieces(out, pieces.ends.iter().copied(), &|k, out| {
                let (part, first) = (pieces.part(k, mask), start + k * pieces.step);
                kernel::compress(src.slice(first, first + part.len()), part, out);
            });
        });
    });
    finished(out)
}

/// As [`compress`], of few elements in C order: nothing is shared among threads or told of. `None` for
/// others.
pub fn compress_few(a: &Array, mask: &Array) -> Option<Array> {
    fn few<T: Element>(a: &Array, mask: &[bool]) -> Option<Array> {
        const PLAIN: usize = 16;
        let (from, count) = (a.as_slice::<T>()?, mask.iter().filter(|m| **m).count());
        if count == 0 {
            return Array::empty(T::DTYPE, &[0]).ok();
        }
        Array::written::<T>(&[count], |out| {
            if mask.len() > PLAIN {
                kernel::compress(Block::new(from), mask, BlockMut::new(out));
            } else {
                let chosen = from.iter().zip(mask).filter(|(_, m)| **m);
                out.iter_mut().zip(chosen).for_each(|(to, (x, _))| *to = *x);
            }
            true
        })
    }
    let n = mask.size();
    if mask.dtype() != DType::Bool || !a.is_shaped_like(mask) || a.ndim() == 0 || n > SMALL || tally::on() {
        return None;
    }
    let mask = mask.as_slice::<bool>()?;
    match a.dtype() {
        DType::F64 => few::<f64>(a, mask),
        dtype => with_dtype!(dtype, T => few::<T>(a, mask)),
    }
}

/// Elements of a mask that one thread goes through at a time, and how many are true up to the end of each piece.
struct Pieces {
    step: usize,
    ends: Vec<usize>,
}

impl Pieces {
    fn of(mask: &[bool]) -> Pieces {
        let step = if threads::for_elements(mask.len()) == 1 {
            mask.len().max(1)
        } else {
            threads::share(mask.len(), POSITIONS).next_multiple_of(64)
        };
        let mut ends = vec![0usize; mask.len().div_ceil(step)];
        threads::chunks(&mut ends, 1, &|k, end| {
            end.fill(kernel::count(&mask[k * step..mask.len().min((k + 1) * step)]))
        });
        let mut total = 0;
        ends.iter_mut().for_each(|end| {
            total += *end;
            *end = total;
        });
        Pieces { step, ends }
    }

    /// How many are true.
    fn total(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// How many are true before piece `k`.
    fn before(&self, k: usize) -> usize {
        k.checked_sub(1).map_or(0, |k| self.ends[k])
    }

    /// The elements of a mask in piece `k`.
    fn part<'m>(&self, k: usize, mask: &'m [bool]) -> &'m [bool] {
        &mask[k * self.step..mask.len().min((k + 1) * self.step)]
    }
}

/// `a[mask] = value` for a mask of the same shape and a value of at most one dimension.
fn set_mask(a: &Array, mask: &Array, value: &Array) -> Result<(), ArrayError> {
    let mask = if mask.same_buffer(a) { copy(mask, Order::C)? } else { contiguous(mask)? };
    let flags = mask.as_slice::<bool>().unwrap_or(&[]);
    let pieces = if value.size() == 1 { None } else { Some(Pieces::of(flags)) };
    if let Some(places) = pieces.as_ref().map(Pieces::total).filter(|&places| places != value.size()) {
        return Err(ArrayError::AssignMask { values: value.size(), places });
    }
    if flags.is_empty() {
        return Ok(());
    }
    let value = if value.same_buffer(a) { copy(value, Order::C)? } else { value.clone() };
    let value =
        if value.dtype() == a.dtype() { contiguous(&value)? } else { cast(&value, a.dtype(), Order::C)? };
    if !a.is_c_contiguous() {
        let whole = copy(a, Order::C)?;
        put_masked(&whole, flags, pieces.as_ref(), &value);
        return assign(a, &whole);
    }
    put_masked(a, flags, pieces.as_ref(), &value);
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(()) }
}

/// Writes values where a mask holds: one after the other in the mask's pieces, or one alone.
fn put_masked(a: &Array, mask: &[bool], pieces: Option<&Pieces>, value: &Array) {
    let _pass = tally::pass(|| {
        let pass = Pass::new("put", a.dtype(), mask.len()).reads(value);
        let written = (kernel::count(mask) * a.dtype().itemsize()) as u64;
        Pass { read: pass.read + mask.len() as u64, written, ..pass }
    });
    let (start, n) = (a.offset(), a.size());
    let (from, len) = (value.offset(), value.size());
    with_storage(value, |values| {
        let values = values.slice(from, from + len);
        with_storage_mut(a, |dst| {
            let dst = dst.split_at(start).1.split_at(n).0;
            let plain = if threads::for_elements(n) == 1 { n } else { threads::share(n, POSITIONS) };
            let step = pieces.map_or(plain, |pieces| pieces.step);
            let cuts = (step..n).step_by(step).chain([n]);
            threads::pieces(dst, cuts, &|k, dst| match pieces {
                Some(pieces) => {
                    let next = values.slice(pieces.before(k), pieces.ends[k]);
                    kernel::expand(dst, pieces.part(k, mask), next);
                }
                None => {
                    let part = &mask[k * step..k * step + dst.len()];
                    kernel::masked_fill(dst, part, values)
                }
            });
        });
    });
}

pub(super) fn finished(out: Array) -> Result<Array, ArrayError> {
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
}

/// The index arrays of a plan, with their bounds checked: contiguous over its index shape, or broadcast
/// along it where its last axis is long.
struct Positions {
    axes: SmallVec<[(Array, usize, isize); 2]>,
    shape: Dims,
    offset: isize,
}

/// The last index axis from which broadcast index arrays stay as they are.
const LONG: usize = 32;

impl Positions {
    fn new(fancy: &Fancy) -> Result<Positions, ArrayError> {
        let mut axes = SmallVec::new();
        let shape = &fancy.index_shape;
        for indexer in &fancy.indices {
            let own = contiguous(&indexer.array)?;
            if let Some(index) = first_outside(own.as_slice::<i64>().unwrap_or(&[]), indexer.size) {
                return Err(ArrayError::Index { index, axis: indexer.axis, size: indexer.size });
            }
            let array = if own.shape() == &shape[..] {
                own
            } else {
                let wide = own.broadcast_to(shape)?;
                if shape.last().is_some_and(|&n| n >= LONG) { wide } else { contiguous(&wide)? }
            };
            axes.push((array, indexer.size, indexer.stride));
        }
        Ok(Positions { axes, shape: shape.clone(), offset: fancy.offset as isize })
    }

    /// Bytes of the index arrays.
    fn bytes(&self) -> u64 {
        self.axes.iter().map(|(a, ..)| a.nbytes() as u64).sum()
    }

    fn indices(&self) -> Indices<'_> {
        let axes = self.axes.iter().map(|(a, size, stride)| {
            let strides = if a.is_c_contiguous() { None } else { Some(a.strides()) };
            let (start, all) = (a.offset(), a.storage::<i64>());
            let end = start + strides.map_or(a.size(), |s| reach(a.shape(), s));
            Indexer { indices: &all[start..end], strides, size: *size, stride: *stride }
        });
        Indices { axes: axes.collect(), shape: &self.shape, offset: self.offset }
    }
}

/// How many elements a broadcast contiguous array spans.
fn reach(shape: &[usize], strides: &[isize]) -> usize {
    shape.iter().zip(strides).fold(1, |n, (&len, &s)| n + len.saturating_sub(1) * s.unsigned_abs())
}

/// One axis of [`Positions`].
struct Indexer<'a> {
    indices: &'a [i64],
    /// Along the index shape, where the indices are broadcast.
    strides: Option<&'a [isize]>,
    /// Of the axis that they count along.
    size: usize,
    stride: isize,
}

/// [`Positions`] as slices, which threads can share.
struct Indices<'a> {
    axes: SmallVec<[Indexer<'a>; 2]>,
    shape: &'a [usize],
    offset: isize,
}

impl<'a> Indices<'a> {
    /// The only index array, if there is one that is not broadcast, and where it counts along.
    fn single(&self) -> Option<(&'a [i64], kernel::Along)> {
        let [Indexer { indices, strides: None, size, stride }] = self.axes[..] else { return None };
        let base = usize::try_from(self.offset).ok()?;
        Some((indices, kernel::Along { base, size, stride, run: 1 }))
    }

    /// Calls `f` with the positions of index elements `start..end`, block by block.
    fn blocks(&self, start: usize, end: usize, mut f: impl FnMut(usize, &[isize])) {
        let mut scratch = [0isize; BLOCK];
        for first in (start..end).step_by(BLOCK) {
            let n = (end - first).min(BLOCK);
            let positions = &mut scratch[..n];
            positions.fill(self.offset);
            for axis in &self.axes {
                match axis.strides {
                    None => kernel::add_positions(
                        positions,
                        &axis.indices[first..first + n],
                        axis.size,
                        axis.stride,
                    ),
                    Some(strides) => self.broadcast(axis, strides, first, positions),
                }
            }
            f(first, positions);
        }
    }

    /// Which index array counts along the rows of the index shape, alike in each of them, where all the others
    /// are the same along a row: those of `np.ix_` cross so. Of 1000 by 1000 float64 on two threads 298 µs, and
    /// 476 where each position was worked out.
    fn crossed(&self) -> Option<(usize, kernel::Along)> {
        let step = |axis: &Indexer<'_>| axis.strides?.last().copied();
        let mut along = (0..self.axes.len()).filter(|&k| step(&self.axes[k]) != Some(0));
        let (k, None) = (along.next()?, along.next()) else { return None };
        let Indexer { strides, size, stride, .. } = self.axes[k];
        let (last, outer) = strides?.split_last()?;
        (*last == 1 && outer.iter().all(|&s| s == 0) && self.axes.len() > 1)
            .then_some((k, kernel::Along { base: 0, size, stride, run: 1 }))
    }

    /// Gathers rows of the index shape from `first` on, where arrays cross.
    fn gather_rows(
        &self,
        src: Block<'_>,
        (k, along): (usize, kernel::Along),
        first: usize,
        mut out: BlockMut<'_>,
    ) {
        let Some(&row) = self.shape.last() else { return };
        let (list, width) = (&self.axes[k].indices[..row], row * along.run);
        for r in 0..out.len() / width {
            let mut base = self.offset;
            for axis in self.axes.iter().enumerate().filter(|(i, _)| *i != k).map(|(_, axis)| axis) {
                let i = axis.indices[self.row_place(axis.strides.unwrap_or_default(), first + r)];
                base += (if i < 0 { i + axis.size as i64 } else { i }) as isize * axis.stride;
            }
            let along = kernel::Along { base: base as usize, ..along };
            kernel::gather_along(src, along, list, out.part(r * width, width));
        }
    }

    /// Where a row of the index shape begins in an array of these strides.
    fn row_place(&self, strides: &[isize], row: usize) -> usize {
        let (mut number, mut place) = (row, 0);
        for (&n, &s) in self.shape.iter().zip(strides).rev().skip(1) {
            place += number % n * s as usize;
            number /= n;
        }
        place
    }

    /// Adds the positions of a broadcast axis, row by row of the index shape.
    fn broadcast(&self, axis: &Indexer<'_>, strides: &[isize], first: usize, positions: &mut [isize]) {
        let (Some(&row), Some(&step)) = (self.shape.last(), strides.last()) else { return };
        let (mut at, mut rest) = (first, positions);
        while !rest.is_empty() {
            let column = at % row;
            let (now, later) = rest.split_at_mut(rest.len().min(row - column));
            let place = column * step as usize + self.row_place(strides, at / row);
            match step {
                0 => {
                    let i = axis.indices[place];
                    let index = if i < 0 { i + axis.size as i64 } else { i };
                    now.iter_mut().for_each(|p| *p += index as isize * axis.stride);
                }
                _ => {
                    let indices = &axis.indices[place..place + now.len()];
                    kernel::add_positions(now, indices, axis.size, axis.stride);
                }
            }
            at += now.len();
            rest = later;
        }
    }
}

/// The kept axes of a plan: their distances from a position, in C order of these axes.
struct Kept {
    run: Option<usize>,
    at: Vec<isize>,
}

impl Kept {
    /// How many there are, if they lie together.
    fn together(shape: &[usize], strides: &[isize]) -> Option<usize> {
        let n: usize = shape.iter().product();
        let mut want = 1;
        let even = shape.iter().zip(strides).rev().all(|(&n, &s)| {
            let ok = n == 1 || s == want;
            want *= n as isize;
            ok
        });
        (even || n == 0).then_some(n)
    }

    fn new(shape: &[usize], strides: &[isize]) -> Kept {
        if let Some(n) = Kept::together(shape, strides) {
            return Kept { run: Some(n), at: Vec::new() };
        }
        let mut at = vec![0];
        for (&n, &s) in shape.iter().zip(strides) {
            at = at.iter().flat_map(|&p| (0..n as isize).map(move |i| p + i * s)).collect();
        }
        Kept { run: None, at }
    }

    fn sub(&self) -> kernel::Sub<'_> {
        match self.run {
            Some(n) => kernel::Sub::Run(n),
            None => kernel::Sub::At(&self.at),
        }
    }
}

/// The selected elements, in a new array. As in NumPy, memory holds the index axes first and the kept
/// axes in the order of the source's memory; the result is a transpose of that where they differ.
pub fn gather(a: &Array, fancy: &Fancy) -> Result<Array, ArrayError> {
    let positions = Positions::new(fancy)?;
    let mut order: Dims = (0..fancy.sub_shape.len()).collect();
    order.sort_by_key(|&k| std::cmp::Reverse(fancy.sub_strides[k].unsigned_abs()));
    let sub_shape: Dims = order.iter().map(|&k| fancy.sub_shape[k]).collect();
    let sub_strides: SmallVec<[isize; 4]> = order.iter().map(|&k| fancy.sub_strides[k]).collect();
    let shape: Dims = [&fancy.index_shape[..], &sub_shape].concat().into();
    let count: usize = fancy.index_shape.iter().product();
    let copies = match Kept::together(&sub_shape, &sub_strides) {
        None if count > 0 => by_copies(a, &positions, (&sub_shape, &sub_strides), count)?,
        _ => None,
    };
    let out = match copies {
        Some(copies) => copies.reshape_view(&shape, Order::C).unwrap_or(copies),
        None => {
            let kept = Kept::new(&sub_shape, &sub_strides);
            let any = count * kept.sub().len() > 0;
            match if any { by_rows(a, &positions, &kept, count)? } else { None } {
                Some(rows) => rows.reshape_view(&shape, Order::C).unwrap_or(rows),
                None => by_positions(a, &positions, &kept, &shape)?,
            }
        }
    };
    let b = fancy.index_shape.len();
    let mut axes: Dims = Dims::from_elem(0, shape.len());
    for (place, axis) in fancy.index_first().into_iter().enumerate() {
        let from =
            if place < b { place } else { b + order.iter().position(|&k| k == place - b).unwrap_or(0) };
        axes[axis] = from;
    }
    let in_place = axes.iter().enumerate().all(|(k, &axis)| k == axis);
    finished(if in_place { out } else { out.permute(&axes) })
}

/// The elements of a plan, position by position.
fn by_positions(a: &Array, positions: &Positions, kept: &Kept, shape: &[usize]) -> Result<Array, ArrayError> {
    let out = Array::empty(a.dtype(), shape)?;
    let _pass = tally::pass(|| {
        let pass = Pass::new("gather", a.dtype(), 2 * out.size()).writes(&out).copies();
        Pass { read: pass.written + positions.bytes(), ..pass }
    });
    if out.size() == 0 {
        return Ok(out);
    }
    let (indices, m) = (positions.indices(), kept.sub().len());
    let count = out.size() / m;
    let crossed = indices.crossed().zip(kept.run);
    // Whole rows of arrays that cross.
    let row = if crossed.is_some() { positions.shape.last().copied().unwrap_or(1) } else { 1 };
    // An element of such a place takes as long as two of a sum.
    let alone = threads::for_elements(2 * out.size()) == 1;
    let step = if alone { count } else { threads::share(count / row, POSITIONS / (row * m)) * row };
    with_storage(a, |src| {
        with_storage_mut(&out, |out| {
            let cuts = (step..count).step_by(step).chain([count]).map(|b| b * m);
            threads::pieces(out, cuts, &|k, out| match (indices.single(), kept.run, crossed) {
                (Some((list, along)), Some(run), _) => {
                    let list = &list[k * step..k * step + out.len() / m];
                    kernel::gather_along(src, kernel::Along { run, ..along }, list, out);
                }
                (_, _, Some(((axis, along), run))) => {
                    let along = kernel::Along { run, ..along };
                    indices.gather_rows(src, (axis, along), k * step / row, out);
                }
                _ => gather_piece(src, &indices, kept.sub(), k * step, out),
            });
        });
    });
    Ok(out)
}

/// Index elements up to which the elements at each are copied by strides, and kept elements from which.
const FEW: usize = 32;
const MANY: usize = 1024;

/// The elements of a plan with a few index elements, the kept ones of which do not lie together, as columns do:
/// some of all copies at a time, so that what they touch is read once. `None` for others. Three columns of
/// 100,000 x 10 float64 on two threads take 130 µs, and took 390 position by position.
fn by_copies(
    a: &Array,
    positions: &Positions,
    (shape, strides): (&[usize], &[isize]),
    count: usize,
) -> Result<Option<Array>, ArrayError> {
    let indices = positions.indices();
    let Some((list, along)) = indices.single() else { return Ok(None) };
    let m = shape.iter().product();
    if count > FEW || m < MANY {
        return Ok(None);
    }
    let out = Array::empty(a.dtype(), &[count, m])?;
    let _pass = tally::pass(|| {
        let pass = Pass::new("gather", a.dtype(), out.size()).writes(&out).copies();
        Pass { read: pass.written + positions.bytes(), ..pass }
    });
    let place = |&i: &i64| {
        let i = if i < 0 { i + along.size as i64 } else { i };
        along.base as isize + i as isize * along.stride
    };
    let places: SmallVec<[isize; FEW]> = list.iter().map(place).collect();
    let all: SmallVec<[usize; 4]> = (0..shape.len()).collect();
    let layout = Layout::new(shape, (&super::map::strides_for(shape, &all), 0), (strides, 0));
    let serial = |n: usize, part: &(dyn Fn(usize) + Sync)| (0..n).for_each(part);
    let each: Each<'_> = if threads::for_elements(out.size()) > 1 { &threads::each } else { &serial };
    with_storage(a, |src| with_storage_mut(&out, |to| copy_each(src, to, &layout, &places, each)));
    Ok(Some(out))
}

/// Index elements and kept elements from which rows are gathered as they lie.
const ROWS: usize = 8;
/// Bytes of the source from which that pays: of 4000 x 4000 float64 23 ms instead of 38; of 1000 x 1000,
/// whose columns stay in the cache, 510 µs instead of 370.
const FAR: usize = 32 << 20;

/// The elements of a plan with one index array that counts along rows in memory: these are gathered row
/// by row, as columns would touch a cache line for each element, and then transposed. `None` for others.
fn by_rows(a: &Array, positions: &Positions, kept: &Kept, count: usize) -> Result<Option<Array>, ArrayError> {
    let indices = positions.indices();
    let (Some((list, along)), None) = (indices.single(), kept.run) else { return Ok(None) };
    let m = kept.at.len();
    let bytes = m * along.size * a.dtype().itemsize();
    if along.stride != 1 || m < ROWS || count < ROWS || bytes < FAR {
        return Ok(None);
    }
    let rows = Array::empty(a.dtype(), &[m, count])?;
    let step = if threads::for_elements(m * count) == 1 { m } else { threads::share(m, POSITIONS / count) };
    {
        let _pass = tally::pass(|| {
            let pass = Pass::new("gather", a.dtype(), rows.size()).writes(&rows).copies();
            Pass { read: pass.written + positions.bytes(), ..pass }
        });
        with_storage(a, |src| {
            with_storage_mut(&rows, |out| {
                let cuts = (step..m).step_by(step).chain([m]).map(|rows| rows * count);
                threads::pieces(out, cuts, &|k, mut out| {
                    for (row, &at) in kept.at[k * step..].iter().take(out.len() / count).enumerate() {
                        let base = (along.base as isize + at) as usize;
                        let to = out.part(row * count, count);
                        kernel::gather_along(src, kernel::Along { base, ..along }, list, to);
                    }
                });
            });
        });
    }
    Ok(Some(copy(&rows.transpose(), Order::C)?))
}

fn gather_piece(
    src: Block<'_>,
    indices: &Indices<'_>,
    sub: kernel::Sub<'_>,
    first: usize,
    out: BlockMut<'_>,
) {
    let m = sub.len();
    let mut rest = Some(out);
    let count = rest.as_ref().map_or(0, BlockMut::len) / m;
    indices.blocks(first, first + count, |_, positions| {
        if let Some(out) = rest.take() {
            let (now, later) = out.split_at(positions.len() * m);
            kernel::gather(src, positions, sub, now);
            rest = Some(later);
        }
    });
}

/// Writes to the selected elements, in the order of the index: the last of equal ones stays.
pub fn scatter(a: &Array, fancy: &Fancy, value: &Array) -> Result<(), ArrayError> {
    let shape = fancy.shape();
    let single = value.size() == 1 && value.ndim() <= shape.len();
    let value = if value.dtype() == a.dtype() && !value.same_buffer(a) {
        value.clone()
    } else {
        cast(value, a.dtype(), Order::C)?
    };
    let positions = Positions::new(fancy)?;
    let kept = Kept::new(&fancy.sub_shape, &fancy.sub_strides);
    let m = kept.sub().len();
    let count: usize = fancy.index_shape.iter().product();
    // Row by row where the index counts along rows: see `by_rows`.
    let rows = kept.run.is_none()
        && m >= ROWS
        && count >= ROWS
        && positions.indices().single().is_some_and(|(_, along)| along.stride == 1);
    let values = if single { value } else { arranged(&value, fancy, &shape, !rows)? };
    if count * m == 0 {
        return Ok(());
    }
    let _pass = tally::pass(|| {
        let pass = Pass::new("scatter", a.dtype(), 0).reads(&values);
        let written = (count * m * a.dtype().itemsize()) as u64;
        Pass { read: pass.read + positions.bytes(), written, ..pass }
    });
    let (start, n) = (values.offset(), values.size());
    with_storage(&values, |values| {
        let values = values.slice(start, start + n);
        with_storage_mut(a, |mut dst| {
            let indices = positions.indices();
            if rows {
                return indices.blocks(0, count, |first, positions| {
                    let mut places = [0isize; BLOCK];
                    for (row, &at) in kept.at.iter().enumerate() {
                        let places = &mut places[..positions.len()];
                        places.iter_mut().zip(positions).for_each(|(p, &q)| *p = q + at);
                        let from = row * count + first;
                        let part = if single { values } else { values.slice(from, from + places.len()) };
                        kernel::scatter(dst.reborrow(), places, kernel::Sub::Run(1), part);
                    }
                });
            }
            indices.blocks(0, count, |first, positions| {
                let part =
                    if single { values } else { values.slice(first * m, (first + positions.len()) * m) };
                kernel::scatter(dst.reborrow(), positions, kept.sub(), part);
            });
        });
    });
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(()) }
}

/// The value broadcast to the result's shape, contiguous with the index axes first or last.
fn arranged(value: &Array, fancy: &Fancy, shape: &[usize], first: bool) -> Result<Array, ArrayError> {
    let fail = || ArrayError::Assign { value: value.shape().into(), target: shape.into() };
    let surplus = value.ndim().saturating_sub(shape.len());
    if value.shape()[..surplus].iter().any(|&n| n != 1) {
        return Err(fail());
    }
    let value = value.view(&value.shape()[surplus..], &value.strides()[surplus..], value.offset());
    let value = value.broadcast_to(shape).map_err(|_| fail())?;
    let mut axes = fancy.index_first();
    if !first {
        axes.rotate_left(fancy.index_shape.len());
    }
    contiguous(&value.permute(&axes))
}

#[cfg(test)]
mod tests;

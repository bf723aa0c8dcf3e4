//! Moving data between arrays: copies, casts, fills, and assignment through views. Layouts go to
//! `kernel::strided`; this module owns allocation, broadcasting, overlap, threads and checks.

use super::small::SMALL;
use super::stream::storage;
use super::tally::{self, Pass};
use super::{interrupt, threads};
use crate::array::{Array, ArrayError, Dims, Order, Strides};
use crate::dtype::{DType, Element, Scalar, cast_scalar};
use crate::kernel::cast::{conditions, convert_checked, may_warn};
use crate::kernel::strided::{self, Layout};
use crate::kernel::{Block, BlockMut, Flags};
use crate::with_dtype;
use rayon::prelude::*;
use smallvec::SmallVec;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Elements up to which parts are joined one after the other.
const MIDDLE: usize = 1 << 14;

/// Runs `f` on an array's whole buffer, as a block.
pub fn with_storage<R>(a: &Array, f: impl FnOnce(Block<'_>) -> R) -> R {
    with_dtype!(a.dtype(), T => f(Block::new(a.storage::<T>())))
}

/// Runs `f` on an array's whole buffer, to write. As [`Array::write_storage`].
pub fn with_storage_mut<R>(a: &Array, f: impl FnOnce(BlockMut<'_>) -> R) -> R {
    with_dtype!(a.dtype(), T => a.write_storage::<T, R>(|s| f(BlockMut::new(s))))
}

/// A fresh contiguous copy.
pub fn copy(a: &Array, order: Order) -> Result<Array, ArrayError> {
    if let (Order::C, Some(n)) = (order, a.dense_size())
        && n <= SMALL
    {
        let out = small_copy(a, n)?;
        drop(tally::pass(|| moved(a, &out).copies()));
        return Ok(out);
    }
    converted(a, Array::empty_in(a.dtype(), a.shape(), order)?)
}

/// A new array with the elements of one that a program writes out, `[1, 2, 3]`: making it is no copy.
pub fn written_out(a: &Array) -> Result<Array, ArrayError> {
    match a.dense_size() {
        Some(n) if n <= SMALL => small_copy(a, n),
        _ => copy(a, Order::C),
    }
}

/// A fresh copy of so few elements in C order that nothing is worth preparing.
fn small_copy(a: &Array, n: usize) -> Result<Array, ArrayError> {
    fn typed<T: Element>(from: &Array, to: &mut Array, n: usize) {
        let start = from.offset();
        if let (Some(to), Some(from)) = (to.as_mut_slice::<T>(), from.storage::<T>().get(start..start + n)) {
            to.copy_from_slice(from);
        }
    }
    let mut out = Array::empty(a.dtype(), a.shape())?;
    if n > 0 {
        with_dtype!(a.dtype(), T => typed::<T>(a, &mut out, n));
    }
    Ok(out)
}

/// The elements of a short strided vector one after the other; `None` for others, and while passes are told of,
/// where what reads strided operands itself is one pass.
pub fn dense_few(a: &Array) -> Option<Array> {
    fn typed<T: Element>(a: &Array) -> Option<Array> {
        let (at, step, from) = (a.offset() as isize, a.strides()[0], a.storage::<T>());
        Array::written::<T>(a.shape(), |to| {
            to.iter_mut().enumerate().for_each(|(k, to)| *to = from[(at + k as isize * step) as usize]);
            true
        })
    }
    let short = a.ndim() == 1 && (1..=SMALL).contains(&a.size());
    if !short || a.dense_size().is_some() || tally::on() {
        return None;
    }
    with_dtype!(a.dtype(), T => typed::<T>(a))
}

/// Vectors of one dtype end to end, where they are so short that nothing is worth preparing; `None` for
/// others.
pub fn join_short(arrays: &[Array], dtype: DType) -> Option<Array> {
    fn typed<T: Element>(arrays: &[Array], mut out: &mut [T]) -> Option<()> {
        for a in arrays {
            let part = a.as_slice::<T>()?;
            let (to, rest) = out.split_at_mut_checked(part.len())?;
            to.copy_from_slice(part);
            out = rest;
        }
        Some(())
    }
    let n = arrays.iter().map(Array::size).fold(0, usize::saturating_add);
    let fits = |a: &Array| a.ndim() == 1 && a.dtype() == dtype && a.dense_size().is_some();
    if n > MIDDLE || tally::on() || !arrays.iter().all(fits) {
        return None;
    }
    let mut out = Array::empty(dtype, &[n]).ok()?;
    with_dtype!(dtype, T => typed::<T>(arrays, out.as_mut_slice::<T>()?))?;
    Some(out)
}

/// Bytes of an array up to which [`join_ends`] takes it: larger ones are divided themselves.
const END: usize = 1 << 20;

/// Writes arrays of one dtype one after the other to a new array, each on one thread; false, with nothing done, where
/// that is too little or too much for one thread, or not all lie so. Two of 30,000 float64 took 12.5 µs.
pub fn join_ends(out: &Array, arrays: &[Array]) -> Result<bool, ArrayError> {
    fn typed<T: Element>(out: &Array, arrays: &[Array]) {
        let ends = arrays.iter().scan(0, |end, a| {
            *end += a.size();
            Some(*end)
        });
        let from: Vec<&[T]> = arrays.iter().map(|a| a.as_slice::<T>().unwrap_or_default()).collect();
        with_storage_mut(out, |mut to| {
            threads::pieces(to.part(out.offset(), out.size()), ends, &|k, part| {
                part.typed::<T>().copy_from_slice(from[k]);
            });
        });
    }
    let fits = |a: &Array| a.dtype() == out.dtype() && a.is_c_contiguous() && a.nbytes() < END;
    let several = arrays.len() > 1 && threads::for_elements(out.nbytes() / 8) > 1;
    if !several || !out.is_c_contiguous() || !arrays.iter().all(fits) {
        return Ok(false);
    }
    let _pass = tally::pass(|| {
        let pass = Pass::new("copy", out.dtype(), out.size()).writes(out).copies();
        arrays.iter().fold(pass, Pass::reads)
    });
    with_dtype!(out.dtype(), T => typed::<T>(out, arrays));
    stopped()?;
    Ok(true)
}

/// Bytes of a stretch that is written by all parts of [`join`] in turn: it stays in the second-level cache. With
/// stretches of 32 KiB what each costs beside its copies made two matrices of 1000 x 1000 take a fifth longer.
const STRETCH: usize = 256 << 10;

/// Writes arrays side by side along an axis of a new array, all of it in one pass: a stretch of the first axis
/// after the other. False, with nothing done, where the first axis is the one they lie along, or the target is
/// not in C order.
///
/// Pass after pass, each of one part, goes through the lines of the target as often as there are parts.
pub fn join(out: &Array, arrays: &[Array], axis: usize) -> Result<bool, ArrayError> {
    if axis == 0 || out.size() <= MIDDLE || !out.is_c_contiguous() {
        return Ok(false);
    }
    // In C order the axes before the one they lie along are one.
    let before: usize = out.shape()[..axis].iter().product();
    let flat = |a: &Array| a.dense_as(&[before, a.size() / before]).filter(|_| a.size() > 0);
    if axis > 1
        && let (Some(out), Some(arrays)) = (flat(out), arrays.iter().map(flat).collect::<Option<Vec<_>>>())
    {
        return join(&out, &arrays, 1);
    }
    let _pass = tally::pass(|| {
        let kernel = if arrays.iter().all(|a| a.dtype() == out.dtype()) { "copy" } else { "cast" };
        let pass = Pass::new(kernel, out.dtype(), out.size()).writes(out).copies();
        arrays.iter().fold(pass, Pass::reads)
    });
    let (rows, size) = (out.shape()[0], out.dtype().itemsize());
    let row = out.size() / rows;
    let bytes = row * size;
    // Whole stretches in a thread's piece, which are enough to be worth it.
    let alone = threads::for_elements(out.size() * size / 8) == 1;
    let piece = if alone { rows } else { threads::share(rows, PIECE / bytes) };
    let mut place = 0;
    let sides: SmallVec<[Side<'_>; 4]> = arrays
        .iter()
        .map(|a| {
            let at = place;
            place += a.shape()[axis] * out.strides()[axis] as usize;
            let (shape, strides) = (a.shape().into(), a.strides().into());
            Side { from: storage(a), shape, strides, offset: a.offset(), place: at }
        })
        .collect();
    let (strides, offset, n): (Strides, usize, usize) = (out.strides().into(), out.offset(), out.size());
    with_storage_mut(out, |to| {
        let to = to.split_at(offset).1.split_at(n).0;
        let cuts = (piece..rows).step_by(piece).chain([rows]).map(|k| k * row);
        let turns = turns(&sides, to.dtype(), row);
        threads::pieces(to, cuts, &|k, mut to| {
            let (first, count) = (k * piece, to.len() / row);
            if let Some(all) = &turns {
                let here: SmallVec<[Block<'_>; 4]> =
                    all.iter().map(|block| block.slice(first, first + count)).collect();
                return strided::interleave(&here, to);
            }
            let step = (STRETCH / bytes).max(1);
            for at in (0..count).step_by(step) {
                let n = step.min(count - at);
                let mut to = to.part(at * row, n * row);
                sides.iter().for_each(|side| side.put(first + at, n, &strides, to.reborrow()));
            }
        });
    });
    stopped()?;
    Ok(true)
}

/// The elements of arrays that take turns in the rows of [`join`], element by element; `None` for others.
fn turns<'a>(sides: &[Side<'a>], dtype: DType, row: usize) -> Option<SmallVec<[Block<'a>; 4]>> {
    let whole = |side: &Side<'a>| {
        let n = side.shape[0];
        let one = side.shape.iter().skip(1).all(|&n| n == 1) && (n == 1 || side.strides[0] == 1);
        (one && side.from.dtype() == dtype).then(|| side.from.slice(side.offset, side.offset + n))
    };
    if !(2..=4).contains(&sides.len()) || row != sides.len() {
        return None;
    }
    sides.iter().map(whole).collect()
}

/// Bytes of a thread's piece of [`join`].
const PIECE: usize = 512 << 10;

/// One of the arrays that are joined.
struct Side<'a> {
    from: Block<'a>,
    shape: Dims,
    strides: Strides,
    offset: usize,
    /// Where its first element goes.
    place: usize,
}

impl Side<'_> {
    /// Writes `count` positions of the first axis from `first` on to a block that they share with the others, of
    /// these strides.
    fn put(&self, first: usize, count: usize, strides: &[isize], to: BlockMut<'_>) {
        let mut shape = self.shape.clone();
        shape[0] = count;
        let from = (self.offset as isize + first as isize * self.strides[0]) as usize;
        let layout = Layout::new(&shape, (strides, self.place), (&self.strides, from));
        strided::copy(self.from, to, &layout, &|n, part| (0..n).for_each(part));
    }
}

/// A fresh copy with the axes in the order in which they lie in memory (NumPy's order "K").
pub fn copy_keeping(a: &Array) -> Result<Array, ArrayError> {
    if a.dense_size().is_some_and(|n| n <= SMALL) && a.ndim() < 2 {
        return copy(a, Order::C);
    }
    converted(a, Array::empty_keeping(a.dtype(), a.shape(), a.strides())?)
}

/// The array itself if it is C-contiguous, else a copy that is.
pub fn contiguous(a: &Array) -> Result<Array, ArrayError> {
    if a.is_c_contiguous() { Ok(a.clone()) } else { copy(a, Order::C) }
}

/// The array itself if it has the dtype, else a converted copy in its memory order.
pub fn in_dtype(a: &Array, dtype: DType) -> Result<Array, ArrayError> {
    if a.dtype() == dtype {
        Ok(a.clone())
    } else {
        converted(a, Array::empty_keeping(dtype, a.shape(), a.strides())?)
    }
}

/// A fresh converted copy; see [`cast_conditions`] for NumPy's warnings.
pub fn cast(a: &Array, dtype: DType, order: Order) -> Result<Array, ArrayError> {
    converted(a, Array::empty_in(dtype, a.shape(), order)?)
}

/// As [`cast`], in the source's memory order (NumPy's order "K").
pub fn cast_keeping(a: &Array, dtype: DType) -> Result<Array, ArrayError> {
    converted(a, Array::empty_keeping(dtype, a.shape(), a.strides())?)
}

/// What NumPy would warn of in a cast: "invalid value" and "overflow encountered in cast".
pub fn cast_conditions(a: &Array, dtype: DType) -> Result<Flags, ArrayError> {
    if !may_warn(a.dtype(), dtype) {
        return Ok(Flags::NONE);
    }
    let a = contiguous(a)?;
    let (start, n) = (a.offset(), a.size());
    if n == 0 {
        return Ok(Flags::NONE);
    }
    let _pass = tally::pass(|| Pass::new("check", a.dtype(), n).reads(&a).ops(n));
    let step = if threads::for_elements(n) > 1 { threads::share(n, 1 << 15) } else { n };
    Ok(with_storage(&a, |block| {
        let part = |k: usize| conditions(block.slice(start + k * step, start + n.min((k + 1) * step)), dtype);
        let parts = || (0..n.div_ceil(step)).into_par_iter().map(part).reduce(|| Flags::NONE, Flags::union);
        if step == n { part(0) } else { parts() }
    }))
}

/// A contiguous array of floats as integers or shorter floats, and its [`cast_conditions`], in one pass: each
/// block is looked at and converted while it is in the cache. `None` for others.
pub fn cast_checked(a: &Array, dtype: DType) -> Result<Option<(Array, Flags)>, ArrayError> {
    /// Elements looked at and converted together, and of a thread's piece.
    const BLOCK: usize = 2048;
    const PIECE: usize = 16 * BLOCK;
    let floats = matches!(a.dtype(), DType::F32 | DType::F64);
    if !floats || !may_warn(a.dtype(), dtype) || !a.is_c_contiguous() || a.size() == 0 {
        return Ok(None);
    }
    let out = Array::empty(dtype, a.shape())?;
    let _pass = tally::pass(|| moved(a, &out).copies());
    let (start, n) = (a.offset(), a.size());
    let step = if threads::for_elements(n) > 1 { threads::share(n, PIECE) } else { n };
    let (invalid, overflow) = (AtomicBool::new(false), AtomicBool::new(false));
    with_storage(a, |from| {
        with_storage_mut(&out, |to| {
            let cuts = (step..n).step_by(step).chain([n]);
            threads::pieces(to, cuts, &|k, mut to| {
                let (first, len) = (start + k * step, to.len());
                for at in (0..len).step_by(BLOCK) {
                    let m = BLOCK.min(len - at);
                    let block = from.slice(first + at, first + at + m);
                    let met = convert_checked(block, to.part(at, m));
                    if met.any() {
                        invalid.fetch_or(met.invalid, Relaxed);
                        overflow.fetch_or(met.overflow, Relaxed);
                    }
                }
            });
        });
    });
    stopped()?;
    let met = Flags { invalid: invalid.into_inner(), overflow: overflow.into_inner(), ..Flags::NONE };
    Ok(Some((out, met)))
}

fn converted(a: &Array, fresh: Array) -> Result<Array, ArrayError> {
    let _pass = tally::pass(|| moved(a, &fresh).copies());
    transfer(&fresh, a, a.strides())?;
    Ok(fresh)
}

/// The pass that copies or converts an array's elements to another.
fn moved(from: &Array, to: &Array) -> Pass {
    let kernel = if from.dtype() == to.dtype() { "copy" } else { "cast" };
    Pass::new(kernel, to.dtype(), to.size()).reads(from).writes(to)
}

/// Moves elements between arrays with distinct buffers. `strides` are the source's, broadcast.
fn transfer(dst: &Array, src: &Array, strides: &[isize]) -> Result<(), ArrayError> {
    let layout = Layout::new(dst.shape(), (dst.strides(), dst.offset()), (strides, src.offset()));
    with_storage(src, |from| {
        with_storage_mut(dst, |to| strided::copy(from, to, &layout, &threads::each));
    });
    stopped()
}

fn stopped() -> Result<(), ArrayError> {
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(()) }
}

/// Strides that broadcast `src` for assignment to `shape`: surplus leading axes of length one are
/// dropped, as NumPy allows.
fn assign_strides(src: &Array, shape: &[usize]) -> Result<Strides, ArrayError> {
    let fail = || ArrayError::Assign { value: src.shape().into(), target: shape.into() };
    let surplus = src.ndim().saturating_sub(shape.len());
    if src.shape()[..surplus].iter().any(|&n| n != 1) {
        return Err(fail());
    }
    let lead = shape.len() + surplus - src.ndim();
    let mut out: Strides = SmallVec::from_elem(0, shape.len());
    for (k, o) in out.iter_mut().enumerate().skip(lead) {
        let axis = k + surplus - lead;
        *o = match src.shape()[axis] {
            n if n == shape[k] => src.strides()[axis],
            1 => 0,
            _ => return Err(fail()),
        };
    }
    Ok(out)
}

/// Writes `src`, broadcast and converted, through the view `dst`. Behaves as if `src` had been
/// copied first. Errors come before any write.
pub fn assign(dst: &Array, src: &Array) -> Result<(), ArrayError> {
    if !dst.writeable() {
        return Err(ArrayError::ReadOnly);
    }
    if assign_few(dst, src) {
        drop(tally::pass(|| moved(src, dst)));
        return Ok(());
    }
    let strides = assign_strides(src, dst.shape())?;
    if dst.size() == 0 {
        return Ok(());
    }
    if !dst.same_buffer(src) {
        let _pass = tally::pass(|| moved(src, dst));
        return transfer(dst, src, &strides);
    }
    let same_place = dst.offset() == src.offset() && dst.dtype() == src.dtype();
    if same_place && dst.strides() == &strides[..] {
        return Ok(());
    }
    if !dst.may_overlap(src) && dst.dtype() == src.dtype() {
        let _pass = tally::pass(|| moved(src, dst));
        let layout = Layout::new(dst.shape(), (dst.strides(), dst.offset()), (&strides, src.offset()));
        with_storage_mut(dst, |buffer| strided::copy_within(buffer, &layout));
        return Ok(());
    }
    let fresh = copy_keeping(src)?;
    let strides = assign_strides(&fresh, dst.shape())?;
    let _pass = tally::pass(|| moved(&fresh, dst));
    transfer(dst, &fresh, &strides)
}

/// Writes so few elements from another buffer, of the same dtype and shape, that nothing is worth preparing; false,
/// with nothing done, for others.
fn assign_few(dst: &Array, src: &Array) -> bool {
    fn typed<T: Element>(dst: &Array, src: &Array, rows: [Rows; 2]) {
        let (to, from) = (dst.offset(), src.offset());
        let elements = src.storage::<T>();
        let n = dst.size();
        dst.write_storage::<T, _>(|s| match rows {
            [Rows { dense: true, .. }, Rows { dense: true, .. }] => {
                s[to..to + n].copy_from_slice(&elements[from..from + n]);
            }
            [rows, others] => {
                for (to, from) in rows.places(to).zip(others.places(from)) {
                    s[to] = elements[from];
                }
            }
        });
    }
    let few = (1..=SMALL).contains(&dst.size()) && dst.shape() == src.shape();
    if !few || dst.dtype() != src.dtype() || dst.same_buffer(src) {
        return false;
    }
    let (Some(rows), Some(others)) = (Rows::of(dst), Rows::of(src)) else { return false };
    with_dtype!(dst.dtype(), T => typed::<T>(dst, src, [rows, others]));
    true
}

/// Few elements: of a vector, or of rows.
#[derive(Clone, Copy)]
struct Rows {
    dense: bool,
    /// How many of them, and of elements in each, and from one to the next.
    rows: (usize, isize),
    row: (usize, isize),
}

impl Rows {
    /// `None` where there are more than two axes.
    #[inline]
    fn of(a: &Array) -> Option<Rows> {
        let dense = a.dense_size().is_some();
        let (rows, row) = match (a.shape(), a.strides()) {
            ([], []) => ((1, 0), (1, 1)),
            ([n], [step]) => ((1, 0), (*n, *step)),
            ([m, n], [far, step]) => ((*m, *far), (*n, *step)),
            _ => return None,
        };
        Some(Rows { dense, rows, row })
    }

    /// Where the elements lie, the first at `at`.
    fn places(self, at: usize) -> impl Iterator<Item = usize> {
        let ((m, far), (n, step)) = (self.rows, self.row);
        let row = move |k: isize| (0..n as isize).map(move |i| (at as isize + k * far + i * step) as usize);
        (0..m as isize).flat_map(row)
    }
}

/// Writes one value, converted, to every element of the view.
pub fn fill(dst: &Array, value: Scalar) -> Result<(), ArrayError> {
    if !dst.writeable() {
        return Err(ArrayError::ReadOnly);
    }
    if dst.size() == 0 {
        return Ok(());
    }
    let _pass = tally::pass(|| Pass::new("fill", dst.dtype(), dst.size()).writes(dst));
    fn one<T: Element>(dst: &Array, value: Scalar) {
        let x = T::from_scalar(cast_scalar(value, T::DTYPE)).unwrap_or_default();
        if dst.size() <= SMALL
            && let Some(rows) = Rows::of(dst)
        {
            let (at, n) = (dst.offset(), dst.size());
            return dst.write_storage::<T, _>(|s| match rows.dense {
                true => s[at..at + n].fill(x),
                false => rows.places(at).for_each(|k| s[k] = x),
            });
        }
        let zero: Strides = SmallVec::from_elem(0, dst.ndim());
        let layout = Layout::new(dst.shape(), (dst.strides(), dst.offset()), (&zero, 0));
        dst.write_storage::<T, _>(|s| {
            strided::copy(Block::new(&[x]), BlockMut::new(s), &layout, &threads::each)
        });
    }
    with_dtype!(dst.dtype(), T => one::<T>(dst, value));
    stopped()
}

/// A fresh array filled with one value, which has the dtype.
pub fn full(shape: &[usize], value: Scalar) -> Result<Array, ArrayError> {
    let a = Array::empty(value.dtype(), shape)?;
    fill(&a, value)?;
    Ok(a)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(n: usize, m: usize) -> Array {
        let v: Vec<i64> = (0..(n * m) as i64).collect();
        Array::from_slice(&v, &[n, m]).unwrap()
    }

    fn values(a: &Array) -> Vec<i64> {
        copy(a, Order::C).unwrap().as_slice::<i64>().unwrap().to_vec()
    }

    #[test]
    fn transposed_copies_of_every_size() {
        for (n, m) in [(1, 1), (3, 5), (8, 8), (17, 70), (130, 65), (700, 600), (300_000, 2), (2, 300_000)] {
            let t = copy(&grid(n, m).transpose(), Order::C).unwrap();
            let want: Vec<i64> = (0..m).flat_map(|j| (0..n).map(move |i| (i * m + j) as i64)).collect();
            assert_eq!(t.as_slice::<i64>().unwrap(), want, "{n} x {m}");
        }
    }

    #[test]
    fn arrays_join_side_by_side_in_one_pass() {
        let pick = |a: &Array, at: &[usize]| {
            let place = at.iter().zip(a.strides()).fold(a.offset() as isize, |p, (&i, s)| p + i as isize * s);
            a.storage::<i64>()[place as usize]
        };
        for (rows, widths) in
            [(9000, vec![1, 1]), (6000, vec![1, 1, 1]), (300, vec![40, 30]), (3, vec![9000, 2])]
        {
            for turned in [false, true] {
                let arrays: Vec<Array> = widths
                    .iter()
                    .map(|&w| if turned { grid(w, rows).transpose() } else { grid(rows, w) })
                    .collect();
                let total = widths.iter().sum();
                let out = Array::zeros(DType::I64, &[rows, total]).unwrap();
                assert!(join(&out, &arrays, 1).unwrap());
                let rows_of = |r: usize| {
                    arrays.iter().flat_map(move |a| (0..a.shape()[1]).map(move |j| pick(a, &[r, j])))
                };
                let want: Vec<i64> = (0..rows).flat_map(rows_of).collect();
                assert_eq!(out.as_slice::<i64>().unwrap(), want, "{rows} {widths:?} {turned}");
                let cast = Array::zeros(DType::F32, &[rows, total]).unwrap();
                assert!(join(&cast, &arrays, 1).unwrap());
                let floats = want.iter().map(|&x| x as f32);
                assert!(cast.as_slice::<f32>().unwrap().iter().copied().eq(floats));
            }
        }
        let out = Array::zeros(DType::I64, &[200, 100]).unwrap();
        assert!(!join(&out, &[grid(100, 100), grid(100, 100)], 0).unwrap());
    }

    #[test]
    fn axes_keep_their_order_in_memory() {
        let a = Array::zeros(DType::F64, &[2, 3, 4]).unwrap().permute(&[1, 2, 0]);
        assert_eq!(copy_keeping(&a).unwrap().strides(), a.strides());
        assert_eq!(copy(&a, Order::F).unwrap().strides(), &[1, 3, 12]);
    }

    #[test]
    fn overlapping_assignment_acts_on_a_copy() {
        let a = grid(1, 6).reshape_view(&[6], Order::C).unwrap();
        assign(&a.view(&[5], &[1], 1), &a.view(&[5], &[1], 0)).unwrap();
        assert_eq!(values(&a), [0, 0, 1, 2, 3, 4]);
        assign(&a, &a.view(&[6], &[-1], 5)).unwrap();
        assert_eq!(values(&a), [4, 3, 2, 1, 0, 0]);
        assign(&a.view(&[2], &[1], 4), &a.view(&[2], &[1], 0)).unwrap();
        assert_eq!(values(&a), [4, 3, 2, 1, 4, 3]);
    }

    #[test]
    fn assignment_broadcasts_and_casts() {
        let a = Array::zeros(DType::I64, &[2, 3]).unwrap();
        assign(&a.transpose(), &Array::from_slice(&[1.9, -2.9], &[1, 1, 2]).unwrap()).unwrap();
        assert_eq!(values(&a), [1, 1, 1, -2, -2, -2]);
        let wrong = Array::zeros(DType::I64, &[2]).unwrap();
        assert!(matches!(assign(&a, &wrong), Err(ArrayError::Assign { .. })));
        a.set_writeable(false);
        assert_eq!(fill(&a, Scalar::Bool(true)), Err(ArrayError::ReadOnly));
    }

    #[test]
    fn casts_gather_and_scatter_in_blocks() {
        let v: Vec<f64> = (0..6000).map(|i| i as f64 + 0.5).collect();
        let a = Array::from_slice(&v, &[6000]).unwrap();
        let back = a.view(&[2000], &[-3], 5999);
        let b = cast(&back, DType::I32, Order::C).unwrap();
        let want: Vec<i32> = (0..2000).map(|i| 5999 - 3 * i).collect();
        assert_eq!(b.as_slice::<i32>().unwrap(), want);
        assert_eq!(cast_conditions(&back, DType::I8).unwrap(), Flags::NONE);
        assign(&a.view(&[3], &[2], 0), &Array::from_slice(&[1i8, 2, 3], &[3]).unwrap()).unwrap();
        assert_eq!(&a.as_slice::<f64>().unwrap()[..6], [1.0, 1.5, 2.0, 3.5, 3.0, 5.5]);
    }

    #[test]
    fn rows_that_move_by_part_of_a_line_arrive() {
        // In one buffer, whole pages apart but for the part of a line: elsewhere it would be chance.
        fn moved<T: Element + PartialEq>(value: impl Fn(usize) -> T) {
            let (rows, width, pages) = (5, 700, (16 << 12) / size_of::<T>());
            for by in [1usize, 2, 3, 7, 9, 40] {
                let all: Vec<T> = (0..pages + rows * width + by).map(&value).collect();
                let a = Array::from_slice(&all, &[all.len()]).unwrap();
                let (n, start) = (width - by, pages + by);
                let rows_from = |at: usize| a.view(&[rows, n], &[width as isize, 1], at);
                assign(&rows_from(start), &rows_from(0)).unwrap();
                let got = a.as_slice::<T>().unwrap();
                let want = |k: usize| match k.checked_sub(start) {
                    Some(k) if k / width < rows && k % width < n => all[k],
                    _ => all[k],
                };
                assert!((0..all.len()).all(|k| got[k] == want(k)), "{} by {by}", T::DTYPE);
            }
        }
        moved(|i| i as f64 + 1.0);
        moved(|i| i as i32 + 1);
        moved(|i| (i % 251) as u8 + 1);
        moved(|i| (i % 9973) as i16 + 1);
        moved(|i| crate::dtype::c128::new(i as f64, 1.0));
    }

    #[test]
    fn large_copies_use_parts() {
        let a = grid(1500, 1100);
        let b = copy(&a, Order::F).unwrap();
        assert_eq!(b.transpose().as_slice::<i64>().unwrap()[1..3], [1100, 2200]);
        assert_eq!(values(&b), values(&a));
        let f = full(&[3_000_000], Scalar::F64(2.5)).unwrap();
        assert!(f.as_slice::<f64>().unwrap().iter().all(|&x| x == 2.5));
    }
}

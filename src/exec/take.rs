//! Taking along one axis: `np.take`, and elements repeated by counts. As `index`, but the result lies in
//! C order, so that rows are read where they lie. Bounds are checked before anything is written.

use super::copy::{contiguous, with_storage, with_storage_mut};
use super::index::{finished, get};
use super::tally::{self, Pass};
use super::threads;
use crate::array::{Array, ArrayError, Dims, Index, Slice};
pub use crate::kernel::index::Counts;
use crate::kernel::index::{self as kernel, Along};
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Elements of a row of the result up to which rows are gathered together.
const NARROW: usize = 32;
/// Elements of a thread's piece.
const PIECE: usize = 1 << 16;

/// The first of the indices outside `-size..size`, if any.
pub fn first_outside(indices: &[i64], size: usize) -> Option<i64> {
    if threads::for_elements(indices.len()) == 1 {
        return kernel::first_outside(indices, size);
    }
    let bad = indices
        .par_chunks(threads::share(indices.len(), PIECE))
        .any(|part| kernel::first_outside(part, size).is_some());
    if bad { kernel::first_outside(indices, size) } else { None }
}

/// The first of contiguous int64 numbers that is negative or not below `size`, if any.
pub fn first_past(numbers: &Array, size: usize) -> Option<i64> {
    let all = numbers.as_slice::<i64>().unwrap_or(&[]);
    if threads::for_elements(all.len()) == 1 {
        return kernel::first_past(all, size);
    }
    let bad =
        all.par_chunks(threads::share(all.len(), PIECE)).any(|part| kernel::first_past(part, size).is_some());
    if bad { kernel::first_past(all, size) } else { None }
}

/// `a[:, …, index]` along an axis, in C order.
pub fn take(a: &Array, axis: usize, index: &Array) -> Result<Array, ArrayError> {
    if !a.is_c_contiguous() {
        let mut items = vec![Index::Slice(Slice::default()); axis];
        items.push(Index::Array(index.clone()));
        return contiguous(&get(a, &items)?);
    }
    let size = a.shape()[axis];
    let index = contiguous(index)?;
    let indices = index.as_slice::<i64>().unwrap_or(&[]);
    if let Some(index) = first_outside(indices, size) {
        return Err(ArrayError::Index { index, axis, size });
    }
    let mut shape: Dims = a.shape()[..axis].into();
    let outer: usize = shape.iter().product();
    let run: usize = a.shape()[axis + 1..].iter().product();
    shape.extend_from_slice(index.shape());
    shape.extend_from_slice(&a.shape()[axis + 1..]);
    let out = Array::empty(a.dtype(), &shape)?;
    if out.size() == 0 {
        return Ok(out);
    }
    let _pass = tally::pass(|| {
        let pass = Pass::new("gather", a.dtype(), 2 * out.size()).writes(&out).copies();
        Pass { read: pass.written + index.nbytes() as u64, ..pass }
    });
    let start = a.offset();
    let along = |row: usize| Along { base: start + row * size * run, size, stride: run as isize, run };
    let count = indices.len();
    with_storage(a, |src| {
        with_storage_mut(&out, |out| {
            if outer == 1 {
                let step = if threads::for_elements(2 * count * run) == 1 {
                    count
                } else {
                    threads::share(count, PIECE / run)
                };
                let cuts = (step..count).step_by(step).chain([count]).map(|b| b * run);
                return threads::pieces(out, cuts, &|k, out| {
                    let part = &indices[k * step..count.min((k + 1) * step)];
                    kernel::gather_along(src, along(0), part, out);
                });
            }
            let width = count * run;
            let step = if threads::for_elements(2 * outer * width) == 1 {
                outer
            } else {
                threads::share(outer, PIECE / width)
            };
            let cuts = (step..outer).step_by(step).chain([outer]).map(|rows| rows * width);
            if width <= NARROW {
                // All rows of a piece at once: a call for each took 20 ns, as long as ten elements.
                let distances = indices.iter().flat_map(|&i| {
                    let first = (if i < 0 { i + size as i64 } else { i }) as isize * run as isize;
                    first..first + run as isize
                });
                let at: Vec<isize> = distances.collect();
                return threads::pieces(out, cuts, &|k, out| {
                    let first = k * step;
                    let rows: Vec<isize> = (first..first + out.len() / width)
                        .map(|row| (start + row * size * run) as isize)
                        .collect();
                    kernel::gather(src, &rows, kernel::Sub::At(&at), out);
                });
            }
            threads::pieces(out, cuts, &|k, mut out| {
                for row in 0..out.len() / width {
                    let to = out.part(row * width, width);
                    kernel::gather_along(src, along(k * step + row), indices, to);
                }
            });
        });
    });
    finished(out)
}

/// Elements of a row from which on a call for each row costs little beside it.
const LONG: usize = 16;

/// `out[…, j] = a[…, index[…, j]]`: each row of the index picks from the same row. `None` where the rows
/// are short, do not lie one after the other, or are not as many: then [`get`] does it.
///
/// 1000 × 1000 float64 on two threads: 276 µs, and 537 through positions, which were written out first.
pub fn along_rows(a: &Array, index: &Array) -> Result<Option<Array>, ArrayError> {
    let (Some((&size, rows)), Some((&taken, same))) = (a.shape().split_last(), index.shape().split_last())
    else {
        return Ok(None);
    };
    if rows != same || taken < LONG || !a.is_c_contiguous() {
        return Ok(None);
    }
    let index = contiguous(index)?;
    let indices = index.as_slice::<i64>().unwrap_or(&[]);
    let out = Array::empty(a.dtype(), index.shape())?;
    let _pass = tally::pass(|| {
        let pass = Pass::new("gather", a.dtype(), 2 * out.size()).writes(&out).copies();
        Pass { read: pass.written + index.nbytes() as u64, ..pass }
    });
    let (start, count) = (a.offset(), indices.len() / taken);
    let step = if threads::for_elements(2 * indices.len()) == 1 {
        count.max(1)
    } else {
        threads::share(count, PIECE / taken)
    };
    let outside = AtomicBool::new(false);
    with_storage(a, |src| {
        with_storage_mut(&out, |out| {
            let cuts = (step..count).step_by(step).chain([count]).map(|rows| rows * taken);
            threads::pieces(out, cuts, &|k, out| {
                let rows = kernel::Rows { base: start + k * step * size, size, taken };
                let part = &indices[k * step * taken..][..out.len()];
                if kernel::gather_rows(src, rows, part, out).is_err() {
                    outside.store(true, Relaxed);
                }
            });
        });
    });
    let bad = if outside.into_inner() { first_outside(indices, size) } else { None };
    match bad {
        Some(index) => Err(ArrayError::Index { index, axis: a.ndim() - 1, size }),
        None => finished(out).map(Some),
    }
}

/// The elements of a vector, each as often as its count says.
pub fn repeat(a: &Array, counts: Counts<'_>) -> Result<Array, ArrayError> {
    let total = match counts {
        Counts::Each(counts) => counts.iter().try_fold(0usize, |sum, &c| sum.checked_add(c as usize)),
        Counts::All(count) => a.size().checked_mul(count),
    };
    let out = Array::empty(a.dtype(), &[total.ok_or(ArrayError::TooLarge)?])?;
    let _pass = tally::pass(|| Pass::new("repeat", a.dtype(), 0).reads(a).writes(&out).copies());
    let a = contiguous(a)?;
    let (start, n) = (a.offset(), a.size());
    let share = threads::share(n, PIECE * n.max(1) / out.size().max(1));
    let step = if threads::for_elements(out.size()) == 1 { n.max(1) } else { share };
    if out.size() > 0 {
        with_storage(&a, |src| {
            with_storage_mut(&out, |out| {
                let part = |k: usize| k * step..n.min((k + 1) * step);
                let of = |k: usize| match counts {
                    Counts::Each(counts) => Counts::Each(&counts[part(k)]),
                    all => all,
                };
                let cuts = (0..n.div_ceil(step)).scan(0, |at, k| {
                    *at += match of(k) {
                        Counts::Each(counts) => counts.iter().map(|&c| c as usize).sum(),
                        Counts::All(count) => count * part(k).len(),
                    };
                    Some(*at)
                });
                threads::pieces(out, cuts, &|k, out| {
                    let part = part(k);
                    kernel::repeat(src.slice(start + part.start, start + part.end), of(k), out);
                });
            });
        });
    }
    finished(out)
}

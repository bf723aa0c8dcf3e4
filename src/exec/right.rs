//! Folds and scans from right to left, as `f/` and `f\` of functions that may not be regrouped have to
//! go, in one pass: those that another function undoes (`kernel::fold::alternate`), those whose results
//! are truth values (`kernel::fold::truth`), and folds by any kernel. Takes arrays in the dtype of the
//! kernels, gives fresh ones.
//!
//! Scans work in place in a copy of the array, in its own layout; folds on rows that lie along the folded
//! axis, which threads divide.

use super::copy::{cast_keeping, contiguous, in_dtype};
use super::expr::Kernel;
use super::reduce::memory_order;
use super::scan::with_elements;
use super::sort::with_run;
use super::tally::{self, Pass};
use super::{interrupt, threads};
use crate::array::{Array, ArrayError};
use crate::dtype::DType;
use crate::kernel::fold::alternate::Alternate;
use crate::kernel::fold::truth::{self, Made};
use crate::kernel::{Block, BlockMut, Flags, Scratch};
use std::sync::Mutex;

/// Elements between two looks at the interrupt flag.
const TILE: usize = 1 << 14;

fn done(out: Array) -> Result<Array, ArrayError> {
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
}

/// The prefixes of `a`, converted to the kernels' dtype, along an axis.
pub fn prefixes(k: &Alternate, a: &Array, axis: usize) -> Result<Array, ArrayError> {
    let mut out = cast_keeping(a, k.dtype)?;
    if out.size() == 0 {
        return Ok(out);
    }
    let order = memory_order(out.shape(), out.strides());
    let place = order.iter().position(|&k| k == axis).unwrap_or(0);
    let size = |axes: &[usize]| axes.iter().map(|&k| a.shape()[k]).product::<usize>();
    let (outer, inner) = (size(&order[..place]), size(&order[place + 1..]));
    let each = a.shape()[axis] * inner;
    let _pass =
        tally::pass(|| Pass::new("scan", k.dtype, out.size()).reads(&out).writes(&out).ops(out.size()));
    let group =
        if threads::for_elements(a.size()) > 1 { outer.div_ceil(4 * threads::count()) } else { outer };
    with_elements(&mut out, |to| {
        let cuts = (1..=outer.div_ceil(group)).map(|i| (i * group).min(outer) * each);
        threads::pieces(to, cuts, &|_, mut part| {
            for at in (0..part.len()).step_by(each) {
                (k.prefixes)(part.part(at, each), inner, &interrupt::requested);
            }
        });
    });
    done(out)
}

/// An array with an axis last, contiguous; and as a shape without it.
fn rows(a: &Array, axis: usize) -> Result<(Array, Vec<usize>), ArrayError> {
    let others: Vec<usize> = (0..a.ndim()).filter(|&k| k != axis).collect();
    let shape = others.iter().map(|&k| a.shape()[k]).collect();
    let axes: Vec<usize> = others.into_iter().chain([axis]).collect();
    Ok((contiguous(&a.permute(&axes))?, shape))
}

/// The folds along an axis that is not empty.
pub fn totals(k: &Alternate, a: &Array, axis: usize) -> Result<Array, ArrayError> {
    let n = a.shape()[axis];
    let (rows, shape) = rows(a, axis)?;
    each_row(k.dtype, &shape, &rows, &|first, rows, out| {
        (k.totals)(rows.slice(first * n, (first + out.len()) * n), out);
    })
}

/// A fresh array of the results of rows; `f` takes the number of a first row, all rows, and the results of
/// some.
fn each_row(
    dtype: DType,
    shape: &[usize],
    rows: &Array,
    f: &(dyn Fn(usize, Block<'_>, BlockMut<'_>) + Sync),
) -> Result<Array, ArrayError> {
    let mut out = Array::empty(dtype, shape)?;
    let _pass =
        tally::pass(|| Pass::new("fold", dtype, rows.size()).reads(rows).writes(&out).ops(rows.size()));
    let count = out.size();
    let several = threads::for_elements(rows.size()) > 1;
    let group = if several { count.div_ceil(4 * threads::count()).next_multiple_of(8) } else { count.max(1) };
    with_run(rows, |rows| {
        with_elements(&mut out, |to| {
            let cuts = (1..=count.div_ceil(group)).map(|i| (i * group).min(count));
            threads::pieces(to, cuts, &|i, part| f(i * group, rows, part));
        });
    });
    done(out)
}

/// The folds by a kernel whose operands and results have one dtype, along an axis that is not empty; also
/// the conditions it met.
pub fn folds(kernel: &Kernel, a: &Array, axis: usize) -> Result<(Array, Flags), ArrayError> {
    let (n, dtype) = (a.shape()[axis], kernel.out);
    let (rows, shape) = rows(&in_dtype(a, dtype)?, axis)?;
    let met = Mutex::new(Flags::NONE);
    let out = each_row(dtype, &shape, &rows, &|first, rows, mut out| {
        let mut flags = Flags::NONE;
        for i in 0..out.len() {
            let row = rows.slice((first + i) * n, (first + i + 1) * n);
            fold_row(kernel, row, out.part(i, 1), &mut flags);
        }
        if let Ok(mut met) = met.lock() {
            *met = met.union(flags);
        }
    })?;
    Ok((out, met.into_inner().unwrap_or(Flags::NONE)))
}

fn fold_row(kernel: &Kernel, row: Block<'_>, out: BlockMut<'_>, flags: &mut Flags) {
    let (mut acc, mut next) = (Scratch::new(kernel.out, 1), Scratch::new(kernel.out, 1));
    acc.block_mut(1).fill(row.scalar(row.len() - 1));
    for j in (0..row.len() - 1).rev().take_while(|j| j % TILE != 0 || !interrupt::requested()) {
        let operands = [row.slice(j, j + 1), acc.block(1)];
        (kernel.run)(&operands, next.block_mut(1));
        if let Some(check) = kernel.check {
            *flags = flags.union(check(&operands, next.block(1)));
        }
        std::mem::swap(&mut acc, &mut next);
    }
    out.fill(acc.first());
}

/// The folds of bools along an axis, of a function that gives `table[x]` for 0 and 1 on the right.
pub fn totals_of_bools(table: [Made; 2], a: &Array, axis: usize) -> Result<Array, ArrayError> {
    let n = a.shape()[axis];
    let (rows, shape) = rows(a, axis)?;
    each_row(DType::Bool, &shape, &rows, &|first, rows, out| {
        let rows = rows.slice(first * n, (first + out.len()) * n).typed::<bool>();
        let each = out.typed::<bool>().iter_mut().zip(rows.chunks_exact(n));
        each.for_each(|(out, row)| *out = truth::total_of_bools(table, row));
    })
}

/// The prefixes of bools along an axis, of a function that gives `table[x]` for 0 and 1 on the right.
pub fn prefixes_of_bools(table: [Made; 2], a: &Array, axis: usize) -> Result<Array, ArrayError> {
    let n = a.shape()[axis];
    let (rows, _) = rows(a, axis)?;
    let mut out = Array::empty(DType::Bool, rows.shape())?;
    let _pass = tally::pass(|| Pass::new("scan", DType::Bool, out.size()).reads(&rows).writes(&out));
    let xs = rows.as_slice::<bool>().unwrap_or_default();
    let each = (TILE / n.max(1)).max(1) * n;
    if each > 0 {
        with_elements(&mut out, |to| {
            let cuts = (1..=xs.len().div_ceil(each)).map(|i| (i * each).min(xs.len()));
            let run = |i: usize, part: BlockMut<'_>| {
                let xs = &xs[i * each..i * each + part.len()];
                for (xs, out) in xs.chunks_exact(n).zip(part.typed::<bool>().chunks_exact_mut(n)) {
                    truth::of_bools(table, xs, out);
                }
            };
            threads::pieces(to, cuts, &run);
        });
    }
    let mut back: Vec<usize> = (0..a.ndim() - 1).collect();
    back.insert(axis, a.ndim() - 1);
    done(out.permute(&back))
}

/// What a function of truth values gives for items along an axis: beside the next item, 0 and 1.
pub struct Truths {
    pub last: Array,
    pub zero: Array,
    pub one: Array,
}

impl Truths {
    fn rows(&self, axis: usize) -> Result<([Array; 3], Vec<usize>), ArrayError> {
        let (last, shape) = rows(&self.last, axis)?;
        Ok(([last, rows(&self.zero, axis)?.0, rows(&self.one, axis)?.0], shape))
    }

    /// The prefixes of at least two items.
    pub fn prefixes(&self, axis: usize) -> Result<Array, ArrayError> {
        let ([last, zero, one], _) = self.rows(axis)?;
        let n = last.shape()[last.ndim() - 1];
        let mut out = Array::empty(DType::Bool, last.shape())?;
        let _pass = tally::pass(|| {
            Pass::new("scan", DType::Bool, 0).reads(&last).reads(&zero).reads(&one).writes(&out)
        });
        let runs = [&last, &zero, &one].map(|a| a.as_slice::<bool>().unwrap_or_default());
        if let Some(out) = out.as_mut_slice::<bool>().filter(|_| n > 0) {
            for (k, out) in out.chunks_exact_mut(n).enumerate() {
                let mut made = Made::NOTHING;
                for (i, out) in out.chunks_mut(TILE).enumerate().take_while(|_| !interrupt::requested()) {
                    let at = k * n + i * TILE;
                    let [last, zero, one] = runs.map(|r| &r[at..at + out.len()]);
                    truth::prefixes(&mut made, last, zero, one, out);
                }
            }
        }
        let mut back: Vec<usize> = (0..last.ndim() - 1).collect();
        back.insert(axis, last.ndim() - 1);
        done(out.permute(&back))
    }

    /// The folds of at least two items.
    pub fn totals(&self, axis: usize) -> Result<Array, ArrayError> {
        let ([last, zero, one], shape) = self.rows(axis)?;
        let n = last.shape()[last.ndim() - 1];
        let runs = [&last, &zero, &one].map(|a| a.as_slice::<bool>().unwrap_or_default());
        let mut out = Array::empty(DType::Bool, &shape)?;
        let _pass = tally::pass(|| {
            Pass::new("fold", DType::Bool, 0).reads(&last).reads(&zero).reads(&one).writes(&out)
        });
        for (k, out) in out.as_mut_slice::<bool>().unwrap_or_default().iter_mut().enumerate() {
            if interrupt::requested() {
                break;
            }
            let [last, zero, one] = runs.map(|r| &r[k * n..(k + 1) * n]);
            *out = truth::total(last[n - 1], &zero[..n - 1], &one[..n - 1]);
        }
        done(out)
    }
}

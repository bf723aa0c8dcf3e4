//! Groups of equal items: what number each item has, how many there are of each, and folds per
//! group. Takes arrays whose items lie along the first axis (elements of a vector, rows of a matrix);
//! groups are numbered as their items first appear.
//!
//! Rows are grouped column by column: the pair of a row's number so far and its next element's number
//! is one integer, which is grouped in turn. Folds go through the elements in their order, in pieces of
//! a fixed length that have accumulators of their own where there are few groups, so that several
//! threads share the work and no result depends on their number.

use super::copy::{contiguous, in_dtype};
use super::scan::with_elements;
use super::sort::with_run;
use super::tally::{self, Pass};
use super::{interrupt, threads};
use crate::array::{Array, ArrayError};
use crate::dtype::{DType, Scalar};
use crate::kernel::{Block, BlockMut, Fold, Scratch, group};
use std::sync::Mutex;

/// Elements between two looks at the interrupt flag, and of a piece with accumulators of its own.
const PIECE: usize = 1 << 17;

/// The groups of an array's items.
pub struct Groups {
    /// The number of each item's group.
    pub ids: Vec<i64>,
    /// The place of each group's first item.
    pub first: Vec<i64>,
}

impl Groups {
    /// How many groups there are.
    pub fn count(&self) -> usize {
        self.first.len()
    }

    /// How many items each group has.
    pub fn counts(&self) -> Vec<i64> {
        let mut counts = vec![0; self.count()];
        group::counts(&self.ids, &mut counts);
        counts
    }

    /// The places of all items, group by group, and where each group begins among them; the end last.
    pub fn order(&self) -> (Vec<i64>, Vec<usize>) {
        let mut starts: Vec<i64> = Vec::with_capacity(self.count());
        let (mut bounds, mut at) = (vec![0], 0);
        for n in self.counts() {
            starts.push(at);
            at += n;
            bounds.push(at as usize);
        }
        let mut places = vec![0; self.ids.len()];
        group::order(&self.ids, &mut starts, &mut places);
        (places, bounds)
    }
}

/// Groups the items along the first axis.
pub fn groups(a: &Array) -> Result<Groups, ArrayError> {
    let n = a.shape().first().copied().unwrap_or(1);
    let a = contiguous(a)?;
    let a = if group::fits(a.dtype()) {
        a
    } else {
        // The two parts of complex numbers, side by side.
        let width = a.size().checked_div(n).unwrap_or(0);
        a.reinterpret(DType::F64, &[n, 2 * width], &[2 * width as isize, 1], 2 * a.offset())
    };
    let width = a.size().checked_div(n).unwrap_or(0);
    let column = |j: usize| contiguous(&a.view(&[n], &[width as isize], a.offset() + j));
    let mut all: Option<Groups> = None;
    for j in 0..width {
        let next = run(&column(j)?)?;
        all = Some(match all {
            None => next,
            Some(so_far) => pairs(so_far, &next)?,
        });
    }
    // Items without elements are all equal.
    Ok(all.unwrap_or_else(|| Groups { ids: vec![0; n], first: if n == 0 { vec![] } else { vec![0] } }))
}

fn pairs(a: Groups, b: &Groups) -> Result<Groups, ArrayError> {
    let m = b.count() as i64;
    let ids: Vec<i64> = a.ids.iter().zip(&b.ids).map(|(&x, &y)| x * m + y).collect();
    run(&Array::from_slice(&ids, &[ids.len()])?)
}

/// Groups the elements of a contiguous vector.
fn run(a: &Array) -> Result<Groups, ArrayError> {
    let mut groups = Groups { ids: vec![0; a.size()], first: Vec::new() };
    let _pass = tally::pass(|| {
        let written = 8 * a.size() as u64;
        Pass { written, ..Pass::new("group", a.dtype(), 0).reads(a).ops(a.size()) }
    });
    with_run(a, |run| {
        let mut grouper = group::Grouper::new(run);
        for (k, ids) in groups.ids.chunks_mut(PIECE).enumerate().take_while(|_| !interrupt::requested()) {
            let at = k * PIECE;
            grouper.push(run.slice(at, at + ids.len()), at, ids, &mut groups.first);
        }
    });
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(groups) }
}

/// For each element of `y` its first place in the vector `x`, whose length stands for none; both of one
/// dtype.
pub fn places(x: &Array, y: &Array) -> Result<Array, ArrayError> {
    let (x, y) = (contiguous(x)?, contiguous(y)?);
    let mut out = Array::empty(DType::I64, y.shape())?;
    let _pass = tally::pass(|| {
        Pass::new("search", y.dtype(), y.size()).reads(&x).reads(&y).writes(&out).ops(x.size() + y.size())
    });
    if let Some(out) = out.as_mut_slice::<i64>() {
        with_run(&x, |x| {
            let table = group::Places::new(x);
            with_run(&y, |y| {
                threads::chunks(out, if y.len() < 1 << 14 { y.len().max(1) } else { PIECE }, &|k, out| {
                    let at = k * PIECE;
                    table.find(y.slice(at, at + out.len()), out);
                });
            });
        });
    }
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
}

/// The fold of every group's items, begun with `initial`: an array of `count` items of the shape of
/// those of `a`. `ids` says to which group each item belongs.
pub fn fold(
    fold: &'static Fold,
    a: &Array,
    ids: &[i64],
    count: usize,
    initial: Scalar,
) -> Result<Array, ArrayError> {
    let mut shape = a.shape().to_vec();
    shape[0] = count;
    let width: usize = shape[1..].iter().product();
    let mut out = Array::empty(fold.out, &shape)?;
    let a = contiguous(&in_dtype(a, fold.dtype)?)?;
    let _pass = tally::pass(|| {
        let pass = Pass::new("fold", fold.dtype, a.size()).reads(&a).writes(&out).ops(a.size());
        Pass { read: pass.read + 8 * ids.len() as u64, ..pass }
    });
    with_run(&a, |all| {
        with_elements(&mut out, |mut to| {
            to.reborrow().fill(initial);
            let work = Work { fold, all, ids, width };
            match work.shares(count * width) {
                true => work.shared(to),
                false => work.stretch(0, ids.len(), to),
            }
        });
    });
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
}

struct Work<'a> {
    fold: &'static Fold,
    all: Block<'a>,
    ids: &'a [i64],
    width: usize,
}

impl Work<'_> {
    /// Whether there are far fewer results than items in a piece.
    fn shares(&self, results: usize) -> bool {
        self.ids.len() >= 2 * PIECE && results <= PIECE / 8
    }

    /// Items `start..end` into their accumulators.
    fn stretch(&self, start: usize, end: usize, mut to: BlockMut<'_>) {
        for at in (start..end).step_by(PIECE).take_while(|_| !interrupt::requested()) {
            let stop = end.min(at + PIECE);
            let (ids, w) = (&self.ids[at..stop], self.width);
            let items = self.all.slice(at * w, stop * w);
            if w == 1 {
                (self.fold.scatter)(items, ids, to.reborrow());
            } else {
                for (i, &id) in ids.iter().enumerate().filter(|_| w > 0) {
                    let row = items.slice(i * w, (i + 1) * w);
                    (self.fold.across)(row, w, to.part(id as usize * w, w));
                }
            }
        }
    }

    /// Pieces on all threads, each from the identity on; their results are joined in order.
    fn shared(&self, mut to: BlockMut<'_>) {
        let n = to.len();
        let pieces = self.ids.len().div_ceil(PIECE);
        // As many at a time as keep all threads busy.
        let batch = 4 * threads::count();
        for first in (0..pieces).step_by(batch) {
            let count = batch.min(pieces - first);
            let parts: Vec<Mutex<Scratch>> =
                (0..count).map(|_| Mutex::new(Scratch::new(self.fold.out, n))).collect();
            threads::each(count, &|k| {
                let Ok(mut part) = parts[k].lock() else { return };
                let mut acc = part.block_mut(n);
                acc.reborrow().fill((self.fold.identity)());
                let start = (first + k) * PIECE;
                self.stretch(start, self.ids.len().min(start + PIECE), acc);
            });
            for part in &parts {
                if let Ok(part) = part.lock() {
                    (self.fold.join)(part.block(n), to.reborrow());
                }
            }
        }
    }
}

/// The items of an array at places along its first axis, converted to nothing else.
pub fn gather(a: &Array, places: &[i64]) -> Result<Array, ArrayError> {
    let index = Array::from_slice(places, &[places.len()])?;
    super::index::get(a, &[crate::array::index::Index::Array(index)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::fold as kernels;

    #[test]
    fn rows_and_complex_numbers_are_grouped() {
        let rows = Array::from_slice(&[1i64, 2, 1, 3, 1, 2, 2, 1, 1, 3], &[5, 2]).unwrap();
        let g = groups(&rows).unwrap();
        assert_eq!((g.ids.clone(), g.first.clone()), (vec![0, 1, 0, 2, 1], vec![0, 1, 3]));
        assert_eq!((g.counts(), g.order()), (vec![2, 2, 1], (vec![0, 2, 1, 4, 3], vec![0, 2, 4, 5])));
        let z = |re: f64, im: f64| crate::dtype::c128::new(re, im);
        let z = Array::from_slice(&[z(1.0, 0.0), z(0.0, 1.0), z(1.0, 0.0), z(1.0, 1.0)], &[4]).unwrap();
        assert_eq!(groups(&z).unwrap().ids, [0, 1, 0, 2]);
        let none = Array::zeros(DType::F64, &[3, 0]).unwrap();
        assert_eq!(groups(&none).unwrap().ids, [0, 0, 0]);
    }

    #[test]
    fn folds_of_pieces_are_folds_of_the_whole() {
        let n = 2 * PIECE + 77;
        let ids: Vec<i64> = (0..n as i64).map(|i| i * 7919 % 13).collect();
        let values: Vec<i32> = (0..n as i32).map(|i| i % 1001 - 500).collect();
        let a = Array::from_slice(&values, &[n]).unwrap();
        let sum = kernels::find(kernels::SUM, DType::I32, None).unwrap();
        let got = fold(sum, &a, &ids, 13, Scalar::I64(0)).unwrap();
        let mut want = [0i64; 13];
        ids.iter().zip(&values).for_each(|(&k, &x)| want[k as usize] += x as i64);
        assert_eq!(got.as_slice::<i64>().unwrap(), want);
        let pairs = Array::from_slice(&[1.0, 5.0, 2.0, 4.0, 3.0, 3.0], &[3, 2]).unwrap();
        let most = kernels::find(kernels::MAXIMUM, DType::F64, None).unwrap();
        let got = fold(most, &pairs, &[1, 0, 1], 2, Scalar::F64(f64::NEG_INFINITY)).unwrap();
        assert_eq!(got.as_slice::<f64>().unwrap(), [2.0, 4.0, 3.0, 5.0]);
    }
}

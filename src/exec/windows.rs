//! Folds of every window of a width along an axis, and of segments of a run.
//!
//! The operand is a dense block `outer × n × inner`. A window shifted by one along the axis lies
//! `inner` elements further on, so that the k-th elements of all windows are one even run: windows
//! are folded by adding shifted runs, many windows at once (`Fold::across` with overlapping rows),
//! with the very additions in the very order of a reduction of each window:
//! - few elements, and floats along other axes than the last: one after the other;
//! - functions that may be regrouped: from windows of 1, 2, 4, … elements, in `log n` passes;
//!   `7 ⌈/` of 1e6 float64 takes 0.8 ms on two threads one after the other, `100 ⌈/` 1.9 ms by doubling;
//! - sums of floats along the last axis: the eight partial sums of NumPy's leaf are the same sums
//!   shifted by 0 to 7; windows of more than one leaf are left to the ordinary reduction.

use super::copy::{cast, contiguous, in_dtype, with_storage};
use super::scan::with_elements;
use super::tally::{self, Pass};
use super::{interrupt, threads};
use crate::array::{Array, ArrayError, Order};
use crate::dtype::Scalar;
use crate::kernel::cast::convert;
use crate::kernel::fold::Grouping;
use crate::kernel::{Block, BlockMut, Fold, Scratch};

/// Results that are computed together.
const TILE: usize = 8192;
/// Window widths up to which elements are taken one after the other.
const NARROW: usize = 12;

/// How windows are folded.
#[derive(Clone, Copy)]
enum Way {
    Shifts,
    Doubling,
    /// In partial sums of so many lanes.
    Leaf(usize),
}

struct Job {
    fold: &'static Fold,
    /// The fold of elements of the output's dtype.
    same: &'static Fold,
    way: Way,
    width: usize,
    /// Elements from one window to the next.
    inner: usize,
}

/// The folds of the windows of `width` (at least one, at most the axis) along an axis, begun with
/// `initial`; `None` if the ordinary reduction must do it.
pub fn windows(
    fold: &'static Fold,
    same: &'static Fold,
    a: &Array,
    axis: usize,
    width: usize,
    initial: Scalar,
) -> Result<Option<Array>, ArrayError> {
    let inner: usize = a.shape()[axis + 1..].iter().product();
    let way = match fold.grouping {
        Grouping::Free if width > NARROW => Way::Doubling,
        Grouping::Pairwise if inner == 1 && width > 128 => return Ok(None),
        Grouping::Pairwise if inner == 1 && width >= 8 => Way::Leaf(8),
        Grouping::PairwiseComplex if inner == 1 && width > 64 => return Ok(None),
        Grouping::PairwiseComplex if inner == 1 && width >= 4 => Way::Leaf(4),
        _ => Way::Shifts,
    };
    let n = a.shape()[axis];
    let mut shape = a.shape().to_vec();
    shape[axis] = n + 1 - width;
    let mut out = Array::empty(fold.out, &shape)?;
    let whole;
    let a = if a.dtype() == fold.dtype && a.is_c_contiguous() {
        a
    } else {
        whole = cast(a, fold.dtype, Order::C)?;
        &whole
    };
    let job = Job { fold, same, way, width, inner };
    let _pass = tally::pass(|| {
        Pass::new("windows", fold.dtype, a.size()).reads(a).writes(&out).ops(out.size().saturating_mul(width))
    });
    let (each, results) = (n * inner, (n + 1 - width) * inner);
    let tile = TILE.max(4 * (width - 1) * inner).min(results.max(1));
    let tiles = results.div_ceil(tile.max(1));
    let size = out.size();
    with_storage(a, |all| {
        let all = all.slice(a.offset(), a.offset() + a.size());
        with_elements(&mut out, |mut to| {
            to.reborrow().fill(initial);
            let rows = size.checked_div(results).unwrap_or(0);
            let cuts =
                (0..rows).flat_map(|o| (1..=tiles).map(move |k| o * results + (k * tile).min(results)));
            let run = |i: usize, part: BlockMut<'_>| {
                let start = i / tiles * each + i % tiles * tile;
                job.run(all.slice(start, start + part.len() + (width - 1) * inner), part);
            };
            if threads::for_elements(all.len()) > 1 {
                threads::pieces(to, cuts, &run);
            } else {
                let mut done = 0;
                for (i, cut) in cuts.enumerate().take_while(|_| !interrupt::requested()) {
                    run(i, to.part(done, cut - done));
                    done = cut;
                }
            }
        });
    });
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(Some(out)) }
}

impl Job {
    /// Joins to `acc` the windows that begin at its places in `x`.
    fn run(&self, x: Block<'_>, acc: BlockMut<'_>) {
        match self.way {
            Way::Shifts => (self.fold.across)(x, self.inner, acc),
            Way::Doubling => self.double(x, acc),
            Way::Leaf(lanes) => self.leaf(x, lanes, acc),
        }
    }

    fn double(&self, x: Block<'_>, mut acc: BlockMut<'_>) {
        let n = acc.len();
        let (mut have, mut next) =
            (Scratch::new(self.fold.out, x.len()), Scratch::new(self.fold.out, x.len()));
        convert(x, have.block_mut(x.len()));
        let (mut len, mut span, mut at) = (x.len(), 1, 0);
        while span <= self.width {
            if self.width & span != 0 {
                let from = at * self.inner;
                (self.same.across)(have.block(len).slice(from, from + n), n, acc.reborrow());
                at += span;
            }
            if 2 * span > self.width {
                break;
            }
            len = self.halve(&have, &mut next, len, span * self.inner);
            std::mem::swap(&mut have, &mut next);
            span *= 2;
        }
    }

    /// Joins each of `len` elements with the one `shift` further on; how many have one.
    fn halve(&self, have: &Scratch, next: &mut Scratch, len: usize, shift: usize) -> usize {
        let left = len - shift;
        convert(have.block(left), next.block_mut(left));
        (self.same.across)(have.block(len).slice(shift, len), left, next.block_mut(left));
        left
    }

    fn leaf(&self, x: Block<'_>, lanes: usize, acc: BlockMut<'_>) {
        let (n, whole) = (acc.len(), self.width / lanes * lanes);
        let mut len = n + lanes - 1;
        let (mut have, mut next) = (Scratch::new(self.fold.out, len), Scratch::new(self.fold.out, len));
        have.block_mut(len).fill((self.fold.identity)());
        (self.fold.across)(x.slice(0, len + whole - lanes), lanes, have.block_mut(len));
        let mut shift = 1;
        while shift < lanes {
            len = self.halve(&have, &mut next, len, shift);
            std::mem::swap(&mut have, &mut next);
            shift *= 2;
        }
        if whole < self.width {
            (self.fold.across)(x.slice(whole, x.len()), 1, have.block_mut(n));
        }
        (self.same.across)(have.block(n), n, acc);
    }
}

/// The folds of runs `start..end` of a 1-d array, none of them empty: as NumPy's `reduceat`, the
/// first element and then the rest.
pub fn segments(fold: &'static Fold, a: &Array, runs: &[(usize, usize)]) -> Result<Array, ArrayError> {
    let mut out = Array::empty(fold.out, &[runs.len()])?;
    let a = contiguous(&in_dtype(a, fold.dtype)?)?;
    let _pass = tally::pass(|| Pass::new("segments", fold.dtype, 0).reads(&a).writes(&out).ops(a.size()));
    with_storage(&a, |all| {
        let all = all.slice(a.offset(), a.offset() + a.size());
        with_elements(&mut out, |mut to| {
            for (i, &(start, end)) in runs.iter().enumerate() {
                if interrupt::requested() {
                    return;
                }
                let mut acc = to.part(i, 1);
                convert(all.slice(start, start + 1), acc.reborrow());
                if end > start + 1 {
                    (fold.along)(all.slice(start + 1, end), acc);
                }
            }
        });
    });
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::{DType, cast_scalar};
    use crate::exec::{self, Reduction, reduce};
    use crate::kernel::fold::{self, find};

    /// Every window reduced by itself, through a view whose last axis is the window.
    fn one_by_one(fold: &'static Fold, a: &Array, axis: usize, width: usize) -> Array {
        let (mut shape, mut strides) = (a.shape().to_vec(), a.strides().to_vec());
        shape[axis] = shape[axis] + 1 - width;
        shape.push(width);
        strides.push(a.strides()[axis]);
        let view = a.view(&shape, &strides, a.offset());
        let operands = std::slice::from_ref(&view);
        let axes = &[shape.len() - 1];
        let r = Reduction { fold, operands, map: None, order: None, axes, keepdims: false, initial: None };
        exec::contiguous(&reduce(&r).unwrap()).unwrap()
    }

    #[test]
    fn windows_are_reduced_as_each_by_itself() {
        let values: Vec<f64> = (0..3 * 700).map(|i| (i * 7919 % 10007) as f64 / 7.0 - 600.0).collect();
        let base = Array::from_slice(&values, &[3, 700]).unwrap();
        let kinds = [DType::Bool, DType::I8, DType::U16, DType::I64, DType::F32, DType::F64, DType::C128];
        for table in [fold::SUM, fold::PRODUCT, fold::MAXIMUM] {
            for dtype in kinds {
                let a = exec::cast(&base, dtype, Order::C).unwrap();
                let fold = find(table, dtype, None).unwrap();
                let same = find(table, fold.out, Some(fold.out)).unwrap();
                for (axis, width) in
                    [(1, 1), (1, 2), (1, 7), (1, 8), (1, 13), (1, 37), (1, 128), (1, 700), (0, 2), (0, 3)]
                {
                    let initial = cast_scalar((fold.identity)(), fold.out);
                    let Some(got) = windows(fold, same, &a, axis, width, initial).unwrap() else { continue };
                    let want = one_by_one(fold, &a, axis, width);
                    assert_eq!(got.shape(), want.shape());
                    let differ = (0..got.size()).find(|&i| {
                        let (g, w) = (got.scalar_at(got.offset() + i), want.scalar_at(want.offset() + i));
                        format!("{g:?}") != format!("{w:?}")
                    });
                    assert_eq!(differ, None, "{dtype} into {}, axis {axis}, width {width}", fold.out);
                }
            }
        }
    }
}

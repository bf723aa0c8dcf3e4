//! Reductions: one or several operands, an optional map of their elements, and a fold along any
//! axes. The operands are read once, in blocks; nothing of their size is allocated.
//!
//! Axes are put in the order in which the first operand lies in memory, and merged where they lie
//! evenly. From the outermost axis inwards, kept axes divide the results among threads; the last
//! one or two axes are a matrix that `Fold::along` or `Fold::across` takes in blocks. The order in
//! which floats are added is NumPy's: a run that is even in memory is one pairwise tree, which
//! threads divide at its own nodes; runs that are gathered or cast are summed in batches of at most
//! [`BATCH`] elements, one after the other. So no result depends on the number of threads.

mod axes;
mod job;

pub use axes::memory_order;

use super::interrupt;
use crate::array::{Array, ArrayError, Dims, Strides};
use crate::dtype::{Element, Scalar, cast_scalar};
use crate::kernel::{Block, BlockMut, Fold};
use crate::with_dtype;
use axes::{At, job_axes};
use job::{Job, Work};
use smallvec::SmallVec;
use std::sync::atomic::AtomicBool;

/// Elements that NumPy's iterator buffers at a time; sums of gathered runs are grouped so.
pub const BATCH: usize = 8192;
/// Elements of one gathered or converted block.
const TILE: usize = 4096;
/// Elements of a contiguous run between two looks at the interrupt flag.
const LEAF: usize = 1 << 15;
/// Columns that stay in the first-level cache while rows are added to them.
const COLUMNS: usize = 2048;

/// From blocks of the operands (of one length, or one element) to a block of the fold's dtype.
pub type Map<'a> = &'a (dyn Fn(&[Block<'_>], BlockMut<'_>) + Sync);

/// One reduction, ready to run.
pub struct Reduction<'a> {
    pub fold: &'static Fold,
    /// Broadcast to one shape. Without a map there is one, cast block by block to the fold's dtype.
    pub operands: &'a [Array],
    pub map: Option<Map<'a>>,
    /// Axes to fold, each once.
    pub axes: &'a [usize],
    /// Folded axes stay, with length one.
    pub keepdims: bool,
    /// What the fold begins with, instead of its identity.
    pub initial: Option<Scalar>,
}

/// Runs a reduction. Without kept axes the result is 0-d. The axes of the result lie in memory in
/// the order of the operand's.
pub fn reduce(r: &Reduction<'_>) -> Result<Array, ArrayError> {
    let shape = r.operands[0].shape();
    let mut out = result_array(r)?;
    let initial = cast_scalar(r.initial.unwrap_or_else(r.fold.identity), r.fold.out);
    with_slice(&mut out, |acc| acc.fill(initial));
    if shape.contains(&0) {
        return Ok(out);
    }
    let axes = job_axes(r);
    let at: At = r.operands.iter().map(|a| a.offset() as isize).collect();
    let mut storages = SmallVec::new();
    collect_storages(r.operands, &mut storages, &mut |data| {
        let cast = r.map.is_none() && data[0].dtype() != r.fold.dtype;
        let single = out.size() == 1;
        let done = AtomicBool::new(false);
        let job = Job { fold: r.fold, map: r.map, data, axes: &axes, cast, single, done };
        with_slice(&mut out, |acc| job.descend(0, &at, acc, &mut Work::default()));
    });
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
}

/// Lends the storages of all operands at once.
fn collect_storages<'a>(
    operands: &'a [Array],
    got: &mut SmallVec<[Block<'a>; 2]>,
    run: &mut dyn FnMut(&[Block<'a>]),
) {
    for a in operands {
        with_dtype!(a.dtype(), T => got.push(Block::new(a.storage::<T>())));
    }
    run(got);
}

/// Runs `f` on the elements of a fresh array, in memory order.
fn with_slice(out: &mut Array, f: impl FnOnce(BlockMut<'_>)) {
    fn slice<T: Element>(out: &mut Array) -> BlockMut<'_> {
        BlockMut::new(out.as_mut_slice::<T>().unwrap_or_default())
    }
    let dtype = out.dtype();
    f(with_dtype!(dtype, T => slice::<T>(out)))
}

fn result_array(r: &Reduction<'_>) -> Result<Array, ArrayError> {
    let source = &r.operands[0];
    let (mut shape, mut like) = (Dims::new(), Strides::new());
    for (k, (&n, &s)) in source.shape().iter().zip(source.strides()).enumerate() {
        if !r.axes.contains(&k) {
            shape.push(n);
            like.push(s);
        } else if r.keepdims {
            shape.push(1);
            like.push(0);
        }
    }
    // The order must be the one in which `job_axes` walks the kept axes.
    let order = memory_order(&shape, &like);
    let mut rank: Strides = SmallVec::from_elem(0, shape.len());
    for (place, &k) in order.iter().enumerate() {
        rank[k] = (order.len() - place) as isize;
    }
    Array::empty_keeping(r.fold.out, &shape, &rank)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::fold;

    #[test]
    fn long_runs_of_every_small_dtype_join_in_the_accumulators_dtype() {
        let n = 3 * LEAF + 5;
        let ones: Vec<i32> = vec![1; n];
        let a = Array::from_slice(&ones, &[n]).unwrap();
        for fold in fold::SUM.iter().filter(|f| f.out.itemsize() == 8) {
            let a = crate::exec::cast(&a, fold.dtype, crate::array::Order::C).unwrap();
            let r = Reduction {
                fold,
                operands: std::slice::from_ref(&a),
                map: None,
                axes: &[0],
                keepdims: false,
                initial: Some(Scalar::Bool(false)),
            };
            let sum = reduce(&r).unwrap().item().and_then(|s| s.as_f64());
            assert_eq!(sum, (!fold.out.is_complex()).then_some(n as f64), "{}", fold.dtype);
        }
    }
}

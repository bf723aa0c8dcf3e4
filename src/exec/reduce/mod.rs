//! Reductions: one or several operands, an optional map of their elements, and a fold along any
//! axes. The operands are read once, in blocks; nothing of their size is allocated.
//!
//! Axes are put in the order in which the first operand lies in memory, and merged where they lie
//! evenly. From the outermost axis inwards, kept axes divide the results among threads; the last
//! one or two axes are a matrix that `Fold::along` or `Fold::across` takes in blocks. The order in
//! which floats are added is NumPy's: a run that is even in memory is one pairwise tree, which
//! threads divide at its own nodes; runs that are gathered or cast are summed in batches of at most
//! [`BATCH`] elements, one after the other. So no result depends on the number of threads.
//!
//! Sums over the middle of three short axes, `(d * w[:, :, None]).sum(axis=1)` of 100 x 100 x 3 as bodies that
//! attract each other need, go by rows of three: what gathers the repeated operand takes as long as
//! the products. 20 steps of 100 bodies take 1.9 ms, and a compiler of the whole loop 1.6.

mod axes;
mod both;
mod deviations;
mod job;
mod map;
mod source;

pub use axes::memory_order;
pub use both::reduce_both;
pub use deviations::{column_deviations, row_deviations};
pub use map::{Each, Fallen, Map, Run, Worker};

use super::interrupt;
use super::progress;
use super::tally::{self, Pass};
use crate::array::{Array, ArrayError, Dims, Strides};
use crate::dtype::{Element, Scalar, cast_scalar};
use crate::kernel::{Block, BlockMut, Fold};
use crate::with_dtype;
use axes::job_axes;
use job::Job;
use smallvec::SmallVec;
use source::Source;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

/// Elements that NumPy's iterator buffers at a time; sums of gathered runs are grouped so.
pub const BATCH: usize = 8192;
/// Elements of one gathered or converted block.
const TILE: usize = 4096;
/// Elements of a contiguous run between two looks at the interrupt flag.
const LEAF: usize = 1 << 15;
/// Elements that a map makes at a time: its operands and its result stay in the first-level cache.
const MAPPED: usize = 2048;
/// Columns that stay in the first-level cache while rows are added to them.
const COLUMNS: usize = 2048;

/// One reduction, ready to run.
pub struct Reduction<'a> {
    pub fold: &'static Fold,
    /// Broadcast to one shape. Without a map there is one, cast block by block to the fold's dtype.
    pub operands: &'a [Array],
    pub map: Option<&'a dyn Map>,
    /// The axes from the slowest to the fastest in the memory of the array that the map stands for
    /// (and in that of the result); the first operand's if not given.
    pub order: Option<&'a [usize]>,
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
    let first = &r.operands[0];
    let _pass = tally::pass(|| {
        let n = first.size();
        let pass = r.operands.iter().fold(Pass::new("fold", r.fold.dtype, n).ops(n), Pass::reads);
        let results = (0..first.ndim()).filter(|k| !r.axes.contains(k)).map(|k| first.shape()[k]);
        Pass { written: (results.product::<usize>() * r.fold.out.itemsize()) as u64, ..pass }
    });
    if let Some(whole) = short(r).or_else(|| settled(r)) {
        return whole;
    }
    let order = match r.order {
        Some(order) => order.into(),
        None => memory_order(first.shape(), first.strides()),
    };
    let mut out = result_array(r, &order)?;
    let initial = cast_scalar(r.initial.unwrap_or_else(r.fold.identity), r.fold.out);
    with_slice(&mut out, |acc| acc.fill(initial));
    if first.shape().contains(&0) {
        return Ok(out);
    }
    let (axes, start) = job_axes(r, &order);
    let sources: SmallVec<[Source<'_>; 2]> = r
        .operands
        .iter()
        .map(|a| {
            let data = with_dtype!(a.dtype(), T => Block::new(a.storage::<T>()));
            Source::new(a, data, &order, r)
        })
        .collect();
    let folds = r.map.is_some_and(|map| map.folds(r.fold));
    let job = Job {
        fold: r.fold,
        map: r.map,
        sources: &sources,
        axes: &axes,
        total: axes.iter().map(|a| a.n).product(),
        folds,
        falls: r.map.is_some_and(Map::folds_rows),
        chained: folds && sources.iter().all(Source::is_even),
        cast: r.map.is_none() && first.dtype() != r.fold.dtype,
        single: out.size() == 1 && !r.map.is_some_and(Map::tells),
        done: AtomicBool::new(false),
        spare: Mutex::new(Vec::new()),
        progress: progress::pass(first.size()),
    };
    with_slice(&mut out, |acc| job.with_work(|work| job.descend(0, start, acc, work)));
    drop(job);
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
}

/// Runs `f` on the elements of a fresh array, in memory order.
fn with_slice(out: &mut Array, f: impl FnOnce(BlockMut<'_>)) {
    fn slice<T: Element>(out: &mut Array) -> BlockMut<'_> {
        BlockMut::new(out.as_mut_slice::<T>().unwrap_or_default())
    }
    let dtype = out.dtype();
    f(with_dtype!(dtype, T => slice::<T>(out)))
}

/// The reduction of all of a short dense array, which is one block: small arrays spend their time
/// around the fold.
fn short(r: &Reduction<'_>) -> Option<Result<Array, ArrayError>> {
    let [a] = r.operands else { return None };
    let plain = r.map.is_none() && !r.keepdims && r.axes.len() == a.ndim() && a.dtype() == r.fold.dtype;
    if !plain || a.size() == 0 || a.size() > LEAF || !a.is_c_contiguous() {
        return None;
    }
    let mut out = match Array::empty(r.fold.out, &[]) {
        Ok(out) => out,
        Err(e) => return Some(Err(e)),
    };
    let initial = cast_scalar(r.initial.unwrap_or_else(r.fold.identity), r.fold.out);
    let data = with_dtype!(a.dtype(), T => Block::new(a.storage::<T>()));
    with_slice(&mut out, |mut acc| {
        acc.reborrow().fill(initial);
        (r.fold.along)(data.slice(a.offset(), a.offset() + a.size()), acc);
    });
    Some(Ok(out))
}

/// Elements that are looked at before all of them are.
const FIRST: usize = 4096;

/// The reduction of a long dense array that its first elements settle, as a true one settles `any`: 1e6 bools took
/// 4.3 µs where threads were asked to look, too.
fn settled(r: &Reduction<'_>) -> Option<Result<Array, ArrayError>> {
    let ([a], Some(absorbing)) = (r.operands, r.fold.absorbing) else { return None };
    if a.ndim() == 0 || a.size() <= FIRST || !a.is_c_contiguous() {
        return None;
    }
    let first = a.view(&[FIRST], &[1], a.offset());
    let operands = std::slice::from_ref(&first);
    let found = short(&Reduction { operands, axes: &[0], ..*r }).filter(|_| r.axes.len() == a.ndim())?;
    found.as_ref().is_ok_and(|found| found.item() == Some(absorbing)).then_some(found)
}

/// The array of the results, whose memory has the kept axes in the order of the walk.
fn result_array(r: &Reduction<'_>, order: &[usize]) -> Result<Array, ArrayError> {
    let (mut shape, mut rank) = (Dims::new(), Strides::new());
    for (k, &n) in r.operands[0].shape().iter().enumerate() {
        let kept = !r.axes.contains(&k);
        if kept || r.keepdims {
            shape.push(if kept { n } else { 1 });
            let place = order.iter().position(|&o| o == k).unwrap_or(0);
            rank.push((order.len() - place) as isize);
        }
    }
    Array::empty_keeping(r.fold.out, &shape, &rank)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::DType;
    use crate::kernel::fold;

    /// The fold of an array along one axis.
    pub fn folded(fold: &'static Fold, a: &Array, axis: usize, initial: Option<Scalar>) -> Array {
        let (operands, axes) = (std::slice::from_ref(a), &[axis]);
        let r = Reduction { fold, operands, map: None, order: None, axes, keepdims: false, initial };
        reduce(&r).unwrap()
    }

    #[test]
    fn long_runs_of_every_small_dtype_join_in_the_accumulators_dtype() {
        let n = 3 * 8 * LEAF + 5;
        let ones: Vec<i32> = vec![1; n];
        let a = Array::from_slice(&ones, &[n]).unwrap();
        for fold in fold::SUM.iter().filter(|f| f.out.itemsize() == 8) {
            let a = crate::exec::cast(&a, fold.dtype, crate::array::Order::C).unwrap();
            let sum = folded(fold, &a, 0, Some(Scalar::Bool(false))).item().and_then(|s| s.as_f64());
            assert_eq!(sum, (!fold.out.is_complex()).then_some(n as f64), "{}", fold.dtype);
        }
    }

    #[test]
    fn sums_of_narrow_integers_are_exact_as_floats() {
        let n = 200_003;
        for (dtype, values) in [
            (DType::U8, [255, 0, 254]),
            (DType::I8, [-128, 127, -127]),
            (DType::U16, [65535, 65535, 1]),
            (DType::I16, [-32768, -32768, 32767]),
        ] {
            let all: Vec<i64> = (0..n).map(|i| values[i * i % 3]).collect();
            let a = Array::from_slice(&all, &[n]).unwrap();
            let a = crate::exec::cast(&a, dtype, crate::array::Order::C).unwrap();
            let fold = fold::find(fold::SUM, dtype, Some(DType::F64)).unwrap();
            assert_eq!(fold.dtype, dtype);
            let sum = folded(fold, &a, 0, None).item().and_then(|s| s.as_f64());
            assert_eq!(sum, Some(all.iter().sum::<i64>() as f64), "{dtype}");
        }
    }

    /// A map with memory of its own: `x + y`, through a buffer of the thread's.
    struct Add;

    impl Map for Add {
        fn worker(&self) -> Worker<'_> {
            Worker::Own(Box::new(Vec::new()))
        }
    }

    impl Run for Vec<f64> {
        fn run(&mut self, b: &[Block<'_>], out: BlockMut<'_>) {
            let (x, y) = (b[0].typed::<f64>(), b[1].typed::<f64>());
            let at = |v: &[f64], i: usize| v[if v.len() == 1 { 0 } else { i }];
            self.clear();
            self.extend((0..out.len()).map(|i| at(x, i) + at(y, i)));
            out.typed::<f64>().copy_from_slice(self);
        }
    }

    #[test]
    fn a_mapped_reduction_adds_up_the_dense_array_of_the_maps_results() {
        let (n, m) = (60, 500);
        let values: Vec<f64> = (0..n * 2 * m).map(|i| (i as f64 * 0.37).sin()).collect();
        let a = Array::from_slice(&values, &[n, 2 * m]).unwrap().view(&[n, m], &[2 * m as isize, 2], 0);
        let row = Array::from_slice(&values[..m], &[m]).unwrap().broadcast_to(&[n, m]).unwrap();
        let column = Array::from_slice(&values[..n], &[n, 1]).unwrap().broadcast_to(&[n, m]).unwrap();
        let one = Array::from_slice(&values[5..6], &[1]).unwrap().broadcast_to(&[n, m]).unwrap();
        let fold = fold::find(fold::SUM, DType::F64, None).unwrap();
        for other in [row, column, one] {
            let item = |a: &Array, i: usize, j: usize| {
                let at = a.offset() as isize + i as isize * a.strides()[0] + j as isize * a.strides()[1];
                a.storage::<f64>()[at as usize]
            };
            let sums: Vec<f64> =
                (0..n * m).map(|k| item(&a, k / m, k % m) + item(&other, k / m, k % m)).collect();
            let dense = Array::from_slice(&sums, &[n, m]).unwrap();
            for axes in [&[0, 1][..], &[0], &[1]] {
                let run = |operands: &[Array], map: Option<&dyn Map>| {
                    let r =
                        Reduction { fold, operands, map, order: None, axes, keepdims: false, initial: None };
                    let out = reduce(&r).unwrap();
                    (0..out.size()).map(|i| out.scalar_at(i).as_f64().map(f64::to_bits)).collect::<Vec<_>>()
                };
                let want = run(std::slice::from_ref(&dense), None);
                assert_eq!(run(&[a.clone(), other.clone()], Some(&Add)), want, "{axes:?}");
            }
        }
    }
}

//! Sorting along an axis. The axis is brought innermost by a copy (the result's own, where the axis
//! is the last), each lane is a run for `kernel::sort`, and lanes, or the parts of one long lane,
//! are divided among threads. The scratch of each thread is an array too: within the memory limit,
//! and of memory used before.

use super::copy::{contiguous, copy, with_storage};
use super::progress::{self, Work};
use super::scan::with_elements;
use super::tally::{self, Pass};
use super::{interrupt, threads};
use crate::array::{Array, ArrayError, Dims, Order};
use crate::dtype::{DType, Element};
use crate::kernel::sort::{self, Means};
use crate::kernel::{Block, BlockMut};
use smallvec::SmallVec;

/// What is done to each lane.
#[derive(Clone, Copy)]
pub enum Sorting<'a> {
    All,
    /// Only these places (sorted) need hold what they would hold in a sorted lane.
    Places(&'a [usize]),
}

/// A sorted, C-ordered copy.
pub fn sorted(a: &Array, axis: usize, what: Sorting<'_>) -> Result<Array, ArrayError> {
    let turned = turn(a, axis);
    let mut out = copy(&turned, Order::C)?;
    let n = a.shape()[axis];
    if out.size() > 0 {
        let work = progress::pass(out.size());
        let lanes = Lanes::new(out.dtype(), out.size(), n, what, false, &work);
        let mut scratch = lanes.scratch()?;
        let _pass = tally::pass(|| Pass::new("sort", out.dtype(), 2 * out.size()).reads(&out).writes(&out));
        with_elements(&mut out, |all| {
            lanes.sort(all, scratch.as_mut_slice::<u64>().unwrap_or_default(), lanes.tasks);
        });
    }
    finish(out, axis)
}

/// As [`sorted`], of a short vector of float64 or int64: nothing is turned, divided or told of. `None` for
/// others.
pub fn sorted_short(a: &Array) -> Option<Array> {
    fn run<T: Element>(xs: &[T]) -> Option<Array> {
        let mut scratch: SmallVec<[u64; SHORT]> = SmallVec::new();
        scratch.resize(sort::scratch_words(T::DTYPE, xs.len(), false), 0);
        Array::written::<T>(&[xs.len()], |out| {
            out.copy_from_slice(xs);
            sort::sort(BlockMut::new(out), &mut scratch, Means { parts: 1, stop: &|_| false });
            true
        })
    }
    if a.ndim() != 1 || a.size() == 0 || a.size() > SHORT || tally::on() {
        return None;
    }
    match a.dtype() {
        DType::F64 => run(a.as_slice::<f64>()?),
        DType::I64 => run(a.as_slice::<i64>()?),
        _ => None,
    }
}

/// Elements of a vector that is sorted without more ado.
const SHORT: usize = 256;

/// The places of the elements of each lane in sorted order, equal elements in order of place.
pub fn argsorted(a: &Array, axis: usize, what: Sorting<'_>) -> Result<Array, ArrayError> {
    let source = contiguous(&turn(a, axis))?;
    let mut out = Array::empty(DType::I64, source.shape())?;
    let n = a.shape()[axis];
    if out.size() > 0 {
        let start = source.offset();
        let work = progress::pass(out.size());
        let lanes = Lanes::new(source.dtype(), out.size(), n, what, true, &work);
        let mut scratch = lanes.scratch()?;
        let _pass = tally::pass(|| {
            // The keys and places on the way lie in the scratch.
            let pass = Pass::new("sort", source.dtype(), 2 * out.size()).reads(&source);
            pass.writes(&scratch).writes(&out)
        });
        let scratch = scratch.as_mut_slice::<u64>().unwrap_or_default();
        with_storage(&source, |all| {
            let runs = all.slice(start, start + source.size());
            with_elements(&mut out, |places| {
                lanes.places(runs, places.typed::<i64>(), scratch, lanes.tasks);
            });
        });
    }
    finish(out, axis)
}

/// The distinct elements of a 1-d array: sorted, each once.
pub fn sorted_once(a: &Array, nans_equal: bool) -> Result<Array, ArrayError> {
    let mut all = sorted(a, 0, Sorting::All)?;
    let n = with_elements(&mut all, |run| sort::distinct(run, nans_equal));
    if n == all.size() { Ok(all) } else { copy(&all.view(&[n], &[1], all.offset()), Order::C) }
}

/// Lanes of one length, and who sorts them.
#[derive(Clone, Copy)]
struct Lanes<'a> {
    n: usize,
    what: Sorting<'a>,
    /// Threads that sort lanes side by side, each with so many words of scratch.
    tasks: usize,
    words: usize,
    /// Parts in which one lane is sorted.
    parts: usize,
    /// Counts elements that are in order.
    work: &'a Work,
}

impl<'a> Lanes<'a> {
    fn new(
        dtype: DType,
        size: usize,
        n: usize,
        what: Sorting<'a>,
        places: bool,
        work: &'a Work,
    ) -> Lanes<'a> {
        let threads = threads::for_elements(2 * size);
        let tasks = threads.min(size / n);
        let parts = if tasks == 1 && threads > 1 { threads.next_power_of_two() } else { 1 };
        Lanes { n, what, tasks, words: sort::scratch_words(dtype, n, places), parts, work }
    }

    fn scratch(&self) -> Result<Array, ArrayError> {
        Array::empty(DType::U64, &[self.words * self.tasks])
    }

    /// The lanes and the words of scratch for the first half of so many tasks.
    fn half(&self, size: usize, tasks: usize) -> (usize, usize) {
        (size / self.n * (tasks / 2) / tasks * self.n, tasks / 2 * self.words)
    }

    fn sort(&self, all: BlockMut<'_>, scratch: &mut [u64], tasks: usize) {
        if tasks > 1 {
            let (cut, words) = self.half(all.len(), tasks);
            let ((a, b), (sa, sb)) = (all.split_at(cut), scratch.split_at_mut(words));
            rayon::join(|| self.sort(a, sa, tasks / 2), || self.sort(b, sb, tasks - tasks / 2));
            return;
        }
        let count = all.len() / self.n;
        let stop = &|sorted| self.reached(sorted, count);
        let means = Means { parts: self.parts, stop };
        let mut all = all;
        for _ in (0..count).take_while(|_| !interrupt::requested()) {
            let (run, rest) = all.split_at(self.n);
            match self.what {
                Sorting::All => sort::sort(run, scratch, means),
                Sorting::Places(kth) => sort::partition(run, kth, scratch, means),
            }
            all = rest;
            self.lane_done(count);
        }
    }

    /// A lane's news of its own; of several lanes each counts as a whole.
    fn reached(&self, sorted: usize, lanes: usize) -> bool {
        if lanes == 1 {
            self.work.advance(sorted);
        }
        interrupt::requested()
    }

    fn lane_done(&self, lanes: usize) {
        if lanes > 1 {
            self.work.advance(self.n);
        }
    }

    fn places(&self, runs: Block<'_>, places: &mut [i64], scratch: &mut [u64], tasks: usize) {
        if tasks > 1 {
            let (cut, words) = self.half(places.len(), tasks);
            let ((a, b), (sa, sb)) = (places.split_at_mut(cut), scratch.split_at_mut(words));
            rayon::join(
                || self.places(runs.slice(0, cut), a, sa, tasks / 2),
                || self.places(runs.slice(cut, runs.len()), b, sb, tasks - tasks / 2),
            );
            return;
        }
        let count = places.len() / self.n;
        let stop = &|sorted| self.reached(sorted, count);
        let means = Means { parts: self.parts, stop };
        let lanes = places.chunks_exact_mut(self.n).enumerate();
        for (i, p) in lanes.take_while(|_| !interrupt::requested()) {
            let run = runs.slice(i * self.n, (i + 1) * self.n);
            match self.what {
                Sorting::All => sort::argsort(run, p, scratch, means),
                Sorting::Places(kth) => sort::argpartition(run, kth, p, scratch, means),
            }
            self.lane_done(count);
        }
    }
}

/// For each value, its place in a sorted 1-d array, before equal elements or after them. Both have
/// one dtype. The result has the shape of `values`.
pub fn search(sorted: &Array, values: &Array, right: bool) -> Result<Array, ArrayError> {
    let (sorted, values) = (contiguous(sorted)?, contiguous(values)?);
    let mut out = Array::empty(DType::I64, values.shape())?;
    if out.size() > 0 {
        let _pass = tally::pass(|| {
            Pass::new("search", values.dtype(), 8 * out.size()).reads(&sorted).reads(&values).writes(&out)
        });
        with_run(&sorted, |s| {
            let sorted = sort::Sorted::new(s, values.size());
            with_run(&values, |v| with_elements(&mut out, |places| find(&sorted, v, right, places)));
        });
    }
    stopped(out)
}

/// Runs `f` on the elements of a contiguous array, as one run.
pub fn with_run<R>(a: &Array, f: impl FnOnce(Block<'_>) -> R) -> R {
    let (start, n) = if a.size() == 0 { (0, 0) } else { (a.offset(), a.size()) };
    with_storage(a, |all| f(all.slice(start, start + n)))
}

fn find(sorted: &sort::Sorted<'_>, values: Block<'_>, right: bool, places: BlockMut<'_>) {
    let n = values.len();
    if interrupt::requested() {
        return;
    }
    if n > 1 << 20 || (n > 1024 && threads::for_elements(n * 8) > 1) {
        let (a, b) = places.split_at(n / 2);
        let (left, rest) = (values.slice(0, n / 2), values.slice(n / 2, n));
        match threads::count() {
            1 => [(left, a), (rest, b)].into_iter().for_each(|(v, p)| find(sorted, v, right, p)),
            _ => {
                rayon::join(|| find(sorted, left, right, a), || find(sorted, rest, right, b));
            }
        }
    } else {
        sorted.search(values, right, places.typed::<i64>());
    }
}

fn turn(a: &Array, axis: usize) -> Array {
    let axes: Dims = (0..a.ndim()).filter(|&k| k != axis).chain([axis]).collect();
    a.permute(&axes)
}

/// Brings the last axis back to its place.
fn finish(out: Array, axis: usize) -> Result<Array, ArrayError> {
    let last = out.ndim() - 1;
    let out = stopped(out)?;
    if axis == last {
        return Ok(out);
    }
    let axes: Dims = (0..axis).chain([last]).chain(axis..last).collect();
    copy(&out.permute(&axes), Order::C)
}

fn stopped(out: Array) -> Result<Array, ArrayError> {
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
}

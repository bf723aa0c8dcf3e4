//! Sorting along an axis. The axis is brought innermost by a copy (the result's own, where the axis
//! is the last), each lane is a run for `kernel::sort`, and lanes, or the parts of one long lane,
//! are divided among threads.

use super::copy::{contiguous, copy, with_storage};
use super::scan::with_elements;
use super::{interrupt, threads};
use crate::array::{Array, ArrayError, Dims, Order};
use crate::dtype::DType;
use crate::kernel::sort::{self, Means};
use crate::kernel::{Block, BlockMut};

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
        with_elements(&mut out, |all| lanes(all, n, what));
    }
    finish(out, axis)
}

/// The places of the elements of each lane in sorted order, equal elements in order of place.
pub fn argsorted(a: &Array, axis: usize, what: Sorting<'_>) -> Result<Array, ArrayError> {
    let source = contiguous(&turn(a, axis))?;
    let mut out = Array::empty(DType::I64, source.shape())?;
    let n = a.shape()[axis];
    if out.size() > 0 {
        let start = source.offset();
        with_storage(&source, |all| {
            let runs = all.slice(start, start + source.size());
            with_elements(&mut out, |places| place_lanes(runs, places, n, what));
        });
    }
    finish(out, axis)
}

/// For each value, its place in a sorted 1-d array, before equal elements or after them. Both have
/// one dtype. The result has the shape of `values`.
pub fn search(sorted: &Array, values: &Array, right: bool) -> Result<Array, ArrayError> {
    let (sorted, values) = (contiguous(sorted)?, contiguous(values)?);
    let mut out = Array::empty(DType::I64, values.shape())?;
    if out.size() > 0 {
        with_run(&sorted, |s| {
            with_run(&values, |v| with_elements(&mut out, |places| find(s, v, right, places)));
        });
    }
    stopped(out)
}

/// Runs `f` on the elements of a contiguous array, as one run.
pub fn with_run<R>(a: &Array, f: impl FnOnce(Block<'_>) -> R) -> R {
    let (start, n) = if a.size() == 0 { (0, 0) } else { (a.offset(), a.size()) };
    with_storage(a, |all| f(all.slice(start, start + n)))
}

fn find(sorted: Block<'_>, values: Block<'_>, right: bool, places: BlockMut<'_>) {
    let n = values.len();
    if interrupt::requested() {
        return;
    }
    if n > 1024 && threads::for_elements(n * 8) > 1 {
        let (a, b) = places.split_at(n / 2);
        rayon::join(
            || find(sorted, values.slice(0, n / 2), right, a),
            || find(sorted, values.slice(n / 2, n), right, b),
        );
    } else {
        sort::search(sorted, values, right, places.typed::<i64>());
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

/// The parts in which a run of `n` elements is sorted.
fn parts(n: usize) -> usize {
    if threads::for_elements(n) > 1 { threads::count().next_power_of_two() } else { 1 }
}

fn lanes(all: BlockMut<'_>, n: usize, what: Sorting<'_>) {
    let count = all.len() / n;
    if count > 1 && threads::for_elements(all.len()) > 1 {
        let (a, b) = all.split_at(count / 2 * n);
        rayon::join(|| lanes(a, n, what), || lanes(b, n, what));
        return;
    }
    let stop = &|| interrupt::requested();
    let means = Means { parts: if count == 1 { parts(n) } else { 1 }, stop };
    let mut all = all;
    for _ in (0..count).take_while(|_| !stop()) {
        let (run, rest) = all.split_at(n);
        match what {
            Sorting::All => sort::sort(run, means),
            Sorting::Places(kth) => sort::partition(run, kth, means),
        }
        all = rest;
    }
}

fn place_lanes(runs: Block<'_>, places: BlockMut<'_>, n: usize, what: Sorting<'_>) {
    let count = places.len() / n;
    if count > 1 && threads::for_elements(places.len()) > 1 {
        let cut = count / 2 * n;
        let (a, b) = places.split_at(cut);
        rayon::join(
            || place_lanes(runs.slice(0, cut), a, n, what),
            || place_lanes(runs.slice(cut, runs.len()), b, n, what),
        );
        return;
    }
    let stop = &|| interrupt::requested();
    let means = Means { parts: if count == 1 { parts(n) } else { 1 }, stop };
    for (i, p) in places.typed::<i64>().chunks_exact_mut(n).enumerate().take_while(|_| !stop()) {
        let run = runs.slice(i * n, (i + 1) * n);
        match what {
            Sorting::All => sort::argsort(run, p, means),
            Sorting::Places(kth) => sort::argpartition(run, kth, p, means),
        }
    }
}

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
use crate::kernel::group::{NONE, Narrow};
use crate::kernel::sort::occurrences;
use crate::kernel::{Block, BlockMut, Fold, Scratch, group};
use std::cell::OnceCell;
use std::sync::Mutex;

/// Elements between two looks at the interrupt flag, and of a piece with accumulators of its own.
const PIECE: usize = 1 << 17;
/// Results that pieces have accumulators of their own for.
const FEW: usize = PIECE / 8;
/// Keys whose distances are written at a time.
const STRETCH: usize = 1 << 11;

/// The groups of an array's items.
pub struct Groups {
    /// The place of each group's first item.
    pub first: Vec<i64>,
    keys: Keys,
}

enum Keys {
    /// The number of each item's group.
    Ids(Vec<i64>),
    Narrow(Box<Table>),
}

/// Keys that are integers close together.
struct Table {
    /// A contiguous vector.
    keys: Array,
    narrow: Narrow,
    /// The number of each value.
    numbers: Vec<u32>,
    /// The number of each key, once somebody asks.
    ids: OnceCell<Vec<i64>>,
}

impl Table {
    fn ids(&self) -> &[i64] {
        self.ids.get_or_init(|| {
            let mut ids = vec![0; self.keys.size()];
            let (narrow, numbers) = (self.narrow, &self.numbers);
            with_run(&self.keys, |keys| {
                threads::chunks(&mut ids, PIECE, &|k, ids| {
                    let part = keys.slice(k * PIECE, k * PIECE + ids.len());
                    narrow.numbered(part, numbers, ids);
                });
            });
            ids
        })
    }

    /// How often each value occurs, by number.
    fn counts(&self, groups: usize) -> Vec<i64> {
        let parts = threads::for_elements(self.keys.size());
        let (least, span) = (self.narrow.least, self.narrow.span);
        let all = with_run(&self.keys, |keys| occurrences(keys, least, span, parts));
        let mut counts = vec![0; groups];
        for (&number, n) in self.numbers.iter().zip(all).filter(|(number, _)| **number != NONE) {
            counts[number as usize] = n as i64;
        }
        counts
    }
}

impl Groups {
    /// How many groups there are.
    pub fn count(&self) -> usize {
        self.first.len()
    }

    /// The number of each item's group.
    pub fn ids(&self) -> &[i64] {
        match &self.keys {
            Keys::Ids(ids) => ids,
            Keys::Narrow(table) => table.ids(),
        }
    }

    /// How many items there are.
    fn len(&self) -> usize {
        match &self.keys {
            Keys::Ids(ids) => ids.len(),
            Keys::Narrow(table) => table.keys.size(),
        }
    }

    /// How many items each group has.
    pub fn counts(&self) -> Vec<i64> {
        match &self.keys {
            Keys::Narrow(table) => table.counts(self.count()),
            Keys::Ids(ids) => {
                let mut counts = vec![0; self.count()];
                group::counts(ids, &mut counts);
                counts
            }
        }
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
        let mut places = vec![0; self.len()];
        group::order(self.ids(), &mut starts, &mut places);
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
    let first = if n == 0 { vec![] } else { vec![0] };
    Ok(all.unwrap_or_else(|| Groups { first, keys: Keys::Ids(vec![0; n]) }))
}

fn pairs(a: Groups, b: &Groups) -> Result<Groups, ArrayError> {
    let m = b.count() as i64;
    let ids: Vec<i64> = a.ids().iter().zip(b.ids()).map(|(&x, &y)| x * m + y).collect();
    run(&Array::from_slice(&ids, &[ids.len()])?)
}

/// Groups the elements of a contiguous vector.
fn run(a: &Array) -> Result<Groups, ArrayError> {
    let narrow = Narrow::of(with_run(a, extremes), a.size());
    let _pass = tally::pass(|| {
        // A table is all that a narrow range needs; else each element's group is written down.
        let written = if narrow.is_some() { 0 } else { 8 * a.size() as u64 };
        Pass { written, ..Pass::new("group", a.dtype(), 0).reads(a).ops(a.size()) }
    });
    let groups = match narrow {
        Some(narrow) => table(a, narrow),
        None => hashed(a),
    };
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(groups) }
}

/// The least and the greatest of integers of up to 63 bits; `None` of none, and of others.
pub fn extremes(run: Block<'_>) -> Option<(i64, i64)> {
    if run.len() < 2 || threads::for_elements(run.len()) < 2 {
        return group::extremes(run);
    }
    let (a, b) = (run.slice(0, run.len() / 2), run.slice(run.len() / 2, run.len()));
    let (a, b) = rayon::join(|| group::extremes(a), || group::extremes(b));
    a.zip(b).map(|((low, high), (l, h))| (low.min(l), high.max(h)))
}

fn hashed(a: &Array) -> Groups {
    let (mut ids, mut first) = (vec![0; a.size()], Vec::new());
    with_run(a, |run| {
        let mut grouper = group::Grouper::hashing(run);
        for (k, ids) in ids.chunks_mut(PIECE).enumerate().take_while(|_| !interrupt::requested()) {
            let at = k * PIECE;
            grouper.push(run.slice(at, at + ids.len()), at, ids, &mut first);
        }
    });
    Groups { first, keys: Keys::Ids(ids) }
}

/// Numbers the values of a narrow range: those of the first piece, then, where others are left, those that
/// the next pieces have besides.
fn table(a: &Array, narrow: Narrow) -> Groups {
    let (mut numbers, mut first) = (vec![NONE; narrow.span], Vec::new());
    with_run(a, |run| {
        let n = run.len();
        narrow.number(run.slice(0, n.min(PIECE)), 0, &mut numbers, &mut first);
        let batch = if narrow.span <= PIECE / 4 { 2 * threads::for_elements(n) } else { 1 };
        for at in (PIECE..n).step_by(batch * PIECE) {
            if first.len() == narrow.span || interrupt::requested() {
                break;
            }
            if batch == 1 {
                narrow.number(run.slice(at, n.min(at + PIECE)), at, &mut numbers, &mut first);
                continue;
            }
            let mut found: Vec<Vec<(usize, i64)>> = vec![Vec::new(); batch];
            threads::chunks(&mut found, 1, &|k, found| {
                let (from, to) = ((at + k * PIECE).min(n), (at + (k + 1) * PIECE).min(n));
                found.fill(narrow.unknown(run.slice(from, to), from, &numbers));
            });
            for (value, place) in found.into_iter().flatten() {
                if numbers[value] == NONE {
                    numbers[value] = first.len() as u32;
                    first.push(place);
                }
            }
        }
    });
    let table = Table { keys: a.clone(), narrow, numbers, ids: OnceCell::new() };
    Groups { first, keys: Keys::Narrow(Box::new(table)) }
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

/// The fold of every group's items, begun with `initial`: an array of as many items as there are groups, of
/// the shape of those of `a`.
pub fn fold(fold: &'static Fold, a: &Array, groups: &Groups, initial: Scalar) -> Result<Array, ArrayError> {
    let (mut shape, count) = (a.shape().to_vec(), groups.count());
    let width: usize = shape[1..].iter().product();
    let a = contiguous(&in_dtype(a, fold.dtype)?)?;
    if let Keys::Narrow(t) = &groups.keys
        && width == 1
        && t.narrow.span <= FEW
    {
        shape[0] = t.narrow.span;
        let by_distance =
            |keys: Block<'_>| accumulate(fold, &a, Ids::Distance(t.narrow, keys), &shape, initial);
        let all = with_run(&t.keys, by_distance)?;
        return gather(&all, &first_distances(t, count));
    }
    shape[0] = count;
    accumulate(fold, &a, Ids::Given(groups.ids()), &shape, initial)
}

/// The distance of each number's value from the least.
fn first_distances(t: &Table, count: usize) -> Vec<i64> {
    let mut places = vec![0; count];
    for (at, &number) in t.numbers.iter().enumerate().filter(|(_, n)| **n != NONE) {
        places[number as usize] = at as i64;
    }
    places
}

/// Accumulators of a shape, an item for each id.
fn accumulate(
    fold: &'static Fold,
    a: &Array,
    ids: Ids<'_>,
    shape: &[usize],
    initial: Scalar,
) -> Result<Array, ArrayError> {
    let width: usize = shape[1..].iter().product();
    let mut out = Array::empty(fold.out, shape)?;
    let _pass = tally::pass(|| {
        let pass = Pass::new("fold", fold.dtype, a.size()).reads(a).writes(&out).ops(a.size());
        Pass { read: pass.read + 8 * ids.len() as u64, ..pass }
    });
    with_run(a, |all| {
        with_elements(&mut out, |mut to| {
            to.reborrow().fill(initial);
            let work = Work { fold, all, ids, width };
            match work.shares(shape[0] * width) {
                true => work.shared(to),
                false => work.stretch(0, ids.len(), to),
            }
        });
    });
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
}

/// Which accumulator each item goes to.
#[derive(Clone, Copy)]
enum Ids<'a> {
    Given(&'a [i64]),
    /// That of its key's distance from the least.
    Distance(Narrow, Block<'a>),
}

impl Ids<'_> {
    fn len(&self) -> usize {
        match self {
            Ids::Given(ids) => ids.len(),
            Ids::Distance(_, keys) => keys.len(),
        }
    }

    /// Runs `f` on the ids from `start` to `end`, a stretch at a time, with where it begins.
    fn each(&self, start: usize, end: usize, mut f: impl FnMut(usize, &[i64])) {
        match *self {
            Ids::Given(ids) => f(start, &ids[start..end]),
            Ids::Distance(narrow, keys) => {
                let mut ids = [0; STRETCH];
                for at in (start..end).step_by(STRETCH) {
                    let stop = end.min(at + STRETCH);
                    narrow.distances(keys.slice(at, stop), &mut ids[..stop - at]);
                    f(at, &ids[..stop - at]);
                }
            }
        }
    }
}

struct Work<'a> {
    fold: &'static Fold,
    all: Block<'a>,
    ids: Ids<'a>,
    width: usize,
}

impl Work<'_> {
    /// Whether there are far fewer results than items in a piece.
    fn shares(&self, results: usize) -> bool {
        self.ids.len() >= 2 * PIECE && results <= FEW
    }

    /// Items `start..end` into their accumulators.
    fn stretch(&self, start: usize, end: usize, mut to: BlockMut<'_>) {
        let w = self.width;
        for at in (start..end).step_by(PIECE).take_while(|_| !interrupt::requested()) {
            self.ids.each(at, end.min(at + PIECE), |at, ids| {
                let items = self.all.slice(at * w, (at + ids.len()) * w);
                if w == 1 {
                    (self.fold.scatter)(items, ids, to.reborrow());
                } else {
                    for (i, &id) in ids.iter().enumerate().filter(|_| w > 0) {
                        let row = items.slice(i * w, (i + 1) * w);
                        (self.fold.across)(row, w, to.part(id as usize * w, w));
                    }
                }
            });
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
        assert_eq!((g.ids(), &g.first[..]), (&[0, 1, 0, 2, 1][..], &[0, 1, 3][..]));
        assert_eq!((g.counts(), g.order()), (vec![2, 2, 1], (vec![0, 2, 1, 4, 3], vec![0, 2, 4, 5])));
        let z = |re: f64, im: f64| crate::dtype::c128::new(re, im);
        let z = Array::from_slice(&[z(1.0, 0.0), z(0.0, 1.0), z(1.0, 0.0), z(1.0, 1.0)], &[4]).unwrap();
        assert_eq!(groups(&z).unwrap().ids(), [0, 1, 0, 2]);
        let none = Array::zeros(DType::F64, &[3, 0]).unwrap();
        assert_eq!(groups(&none).unwrap().ids(), [0, 0, 0]);
    }

    #[test]
    fn values_that_appear_late_have_the_last_numbers() {
        let n = 4 * PIECE + 100;
        let late = [PIECE + 5, 2 * PIECE - 1, 2 * PIECE, 3 * PIECE + 9, n - 1];
        let mut keys: Vec<i32> = (0..n as i32).map(|i| i % 7 - 3).collect();
        late.iter().enumerate().for_each(|(i, &at)| keys[at] = 100 - i as i32);
        keys[3 * PIECE + 10] = 100;
        let g = groups(&Array::from_slice(&keys, &[n]).unwrap()).unwrap();
        let first: Vec<i64> = (0..7).chain(late.iter().map(|&i| i as i64)).collect();
        assert_eq!(g.first, first);
        assert!(g.ids().iter().zip(&keys).all(|(&id, &k)| keys[first[id as usize] as usize] == k));
        assert_eq!(g.counts()[7..], [2, 1, 1, 1, 1]);
    }

    #[test]
    fn folds_of_pieces_are_folds_of_the_whole() {
        let n = 2 * PIECE + 77;
        let ids: Vec<i64> = (0..n as i64).map(|i| i * 7919 % 13).collect();
        let values: Vec<i32> = (0..n as i32).map(|i| i % 1001 - 500).collect();
        let a = Array::from_slice(&values, &[n]).unwrap();
        let sum = kernels::find(kernels::SUM, DType::I32, None).unwrap();
        let mut want = [0i64; 13];
        ids.iter().zip(&values).for_each(|(&k, &x)| want[k as usize] += x as i64);
        let keys = Array::from_slice(&ids, &[n]).unwrap();
        // By the keys themselves, and by numbers: the keys that are floats appear in the same order.
        for keys in [keys.clone(), in_dtype(&keys, DType::F64).unwrap()] {
            let g = groups(&keys).unwrap();
            let got = fold(sum, &a, &g, Scalar::I64(0)).unwrap();
            let want: Vec<i64> = g.first.iter().map(|&i| want[ids[i as usize] as usize]).collect();
            assert_eq!(got.as_slice::<i64>().unwrap(), want);
            let counts =
                g.first.iter().map(|&i| ids.iter().filter(|&&k| k == ids[i as usize]).count() as i64);
            assert_eq!(g.counts(), counts.collect::<Vec<_>>());
        }
        let pairs = Array::from_slice(&[1.0, 5.0, 2.0, 4.0, 3.0, 3.0], &[3, 2]).unwrap();
        let most = kernels::find(kernels::MAXIMUM, DType::F64, None).unwrap();
        let g = groups(&Array::from_slice(&[1i64, 0, 1], &[3]).unwrap()).unwrap();
        let got = fold(most, &pairs, &g, Scalar::F64(f64::NEG_INFINITY)).unwrap();
        assert_eq!(got.as_slice::<f64>().unwrap(), [3.0, 5.0, 2.0, 4.0]);
    }
}

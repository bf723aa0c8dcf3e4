//! The geometry of a pass: where the elements of each operand lie, in the order of the walk.
//!
//! [`Lay`] is one operand's own view of the walk, its axes merged as far as they lie evenly; it
//! gathers any stretch of elements into a block and scatters one back. [`Rows`] is all operands'
//! common view: the longest inner axis along which each of them is even, so that blocks inside one
//! row are read and written in place, without packing.

use crate::array::{Dims, Strides};
use crate::kernel::index::{self, Counts};
use crate::kernel::{Block, BlockMut, pack};
use smallvec::SmallVec;

/// Axes in the order of the walk, merged where they lie evenly.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lay {
    dims: Dims,
    strides: Strides,
    pub offset: usize,
}

impl Lay {
    /// `axes` lists the axes from the slowest to the fastest.
    pub fn new(shape: &[usize], strides: &[isize], offset: usize, axes: &[usize]) -> Lay {
        let mut dims = Dims::new();
        let mut steps = Strides::new();
        for &k in axes.iter().filter(|&&k| shape[k] != 1) {
            let (n, s) = (shape[k], strides[k]);
            match (dims.last_mut(), steps.last_mut()) {
                (Some(d), Some(outer)) if *outer == s * n as isize => {
                    *d *= n;
                    *outer = s;
                }
                _ => {
                    dims.push(n);
                    steps.push(s);
                }
            }
        }
        Lay { dims, strides: steps, offset }
    }

    /// All elements follow each other.
    pub fn is_linear(&self) -> bool {
        self.dims.is_empty() || (self.dims.len() == 1 && self.strides[0] == 1)
    }

    /// Of rows that lie across in memory, side by side: how long they are, and how many follow each other
    /// evenly; `None` where rows lie otherwise.
    pub fn across(&self) -> Option<(usize, usize)> {
        let k = self.dims.len().checked_sub(2)?;
        let (between, within) = (self.strides[k].unsigned_abs(), self.strides[k + 1].unsigned_abs());
        (between != 0 && within >= 8 * between && self.dims[k + 1] >= 8)
            .then(|| (self.dims[k + 1], self.dims[k]))
    }

    /// Row number `row` of the walk: where it begins, the steps to the next row and within it, and how many
    /// rows from it on follow each other evenly.
    pub fn rows_across(&self, row: usize) -> (usize, [isize; 2], usize) {
        let k = self.dims.len() - 2;
        let at = self.position(row * self.dims[k + 1]);
        (at, [self.strides[k], self.strides[k + 1]], self.dims[k] - row % self.dims[k])
    }

    /// Positions grow along the walk, and no two elements share one.
    pub fn ascends(&self) -> bool {
        let mut extent = 0;
        self.dims.iter().zip(&self.strides).rev().all(|(&n, &s)| {
            let above = s > extent;
            extent += s * (n as isize - 1);
            above
        })
    }

    /// The position of element `start` of the walk.
    pub fn position(&self, start: usize) -> usize {
        let mut rest = start;
        let mut at = self.offset as isize;
        for (&n, &s) in self.dims.iter().zip(&self.strides).rev() {
            at += (rest % n) as isize * s;
            rest /= n;
        }
        at as usize
    }

    /// The same walk from another first position.
    pub fn moved(&self, by: isize) -> Lay {
        Lay { offset: (self.offset as isize + by) as usize, ..self.clone() }
    }

    /// Calls `f(position, step, count)` for each run of elements `start..start + n`.
    pub fn runs(&self, start: usize, n: usize, mut f: impl FnMut(usize, isize, usize)) {
        let Some((&inner, outer)) = self.dims.split_last() else { return f(self.offset, 1, n) };
        let step = self.strides[outer.len()];
        let mut index: Dims = SmallVec::from_elem(0, outer.len());
        let mut rest = start / inner;
        let mut at = self.offset as isize;
        for k in (0..outer.len()).rev() {
            index[k] = rest % outer[k];
            rest /= outer[k];
            at += index[k] as isize * self.strides[k];
        }
        let (mut j, mut left) = (start % inner, n);
        loop {
            let take = left.min(inner - j);
            f((at + j as isize * step) as usize, step, take);
            left -= take;
            if left == 0 {
                return;
            }
            j = 0;
            for k in (0..outer.len()).rev() {
                index[k] += 1;
                at += self.strides[k];
                if index[k] < outer[k] {
                    break;
                }
                at -= self.strides[k] * outer[k] as isize;
                index[k] = 0;
            }
        }
    }

    /// Brings elements `start..start + out.len()` of the walk together.
    pub fn gather(&self, storage: Block<'_>, start: usize, mut out: BlockMut<'_>) {
        if let Some((inner, times)) = self.repeats() {
            return self.gather_repeated(storage, start, out, inner, times);
        }
        if let (&[_, .., times], Some(0)) = (&self.dims[..], self.strides.last()) {
            return self.gather_each(storage, start, out, times);
        }
        let mut done = 0;
        self.runs(start, out.len(), |at, step, n| {
            pack::gather(storage, at, step, out.part(done, n));
            done += n;
        });
    }

    /// A short inner row that serves many times in turn: its length, and how often.
    pub fn repeats(&self) -> Option<(usize, usize)> {
        let k = self.dims.len().checked_sub(2)?;
        (self.strides[k] == 0 && self.dims[k + 1] <= 128).then(|| (self.dims[k + 1], self.dims[k]))
    }

    /// Of a stretch of a row that repeats: which row it is, and where in the row it begins; `None` where it
    /// leaves the repetitions.
    pub fn repetition(&self, start: usize, n: usize) -> Option<(usize, usize)> {
        let (inner, times) = self.repeats()?;
        let (group, within) = (start / (inner * times), start % (inner * times));
        (within + n <= inner * times).then_some((group, within % inner))
    }

    /// As `gather`, where rows of `inner` elements repeat: gathered once, then copied in the block.
    fn gather_repeated(
        &self,
        storage: Block<'_>,
        start: usize,
        mut out: BlockMut<'_>,
        inner: usize,
        times: usize,
    ) {
        let last = self.dims.len() - 2;
        let once = Lay {
            dims: self.dims.iter().enumerate().filter(|(k, _)| *k != last).map(|(_, &n)| n).collect(),
            strides: self.strides.iter().enumerate().filter(|(k, _)| *k != last).map(|(_, &s)| s).collect(),
            offset: self.offset,
        };
        let (total, period) = (out.len(), inner * times);
        let mut done = 0;
        while done < total {
            let at = start + done;
            let (group, within) = (at / period, at % period);
            let n = (total - done).min(period - within);
            // One period of the row, from where the block begins in it, then its repetitions.
            let (phase, head) = (within % inner, n.min(inner));
            let mut put = 0;
            while put < head {
                let j = (phase + put) % inner;
                let take = (head - put).min(inner - j);
                once.runs(group * inner + j, take, |p, step, count| {
                    pack::gather(storage, p, step, out.part(done + put, count));
                    put += count;
                });
            }
            pack::repeat(out.part(done, n), head);
            done += n;
        }
    }

    /// As `gather`, where each element serves `times` in a row: a column beside short rows. (`x * e` of 100,000 x 10 and
    /// one column, a call for each element, took 590 µs on two threads, and
    /// takes 313 to 420.)
    fn gather_each(&self, storage: Block<'_>, start: usize, mut out: BlockMut<'_>, times: usize) {
        let last = self.dims.len() - 1;
        let once =
            Lay { dims: self.dims[..last].into(), strides: self.strides[..last].into(), offset: self.offset };
        let n = out.len();
        let mut done = ((times - start % times) % times).min(n);
        if done > 0 {
            pack::gather(storage, once.position(start / times), 0, out.part(0, done));
        }
        let whole = (n - done) / times;
        let first = (start + done) / times;
        if whole > 0 {
            once.runs(first, whole, |at, step, count| {
                let to = out.part(done, count * times);
                if step == 1 {
                    index::repeat(storage.slice(at, at + count), Counts::All(times), to);
                } else {
                    each_of((storage, at, step), times, to);
                }
                done += count * times;
            });
        }
        if done < n {
            pack::gather(storage, once.position(first + whole), 0, out.part(done, n - done));
        }
    }

    /// Puts a block's elements where elements `start…` of the walk lie.
    pub fn scatter(&self, from: Block<'_>, storage: &mut BlockMut<'_>, start: usize) {
        let mut done = 0;
        self.runs(start, from.len(), |at, step, n| {
            pack::scatter(from.slice(done, done + n), storage.reborrow(), at, step);
            done += n;
        });
    }
}

/// Rows shorter than this are packed block by block: the bookkeeping per row would cost more. Of narrow
/// elements more make a row that is worth it (differences of 300 rows of 299 uint8 took 27 µs row by row).
pub(super) fn short_row(widest: usize) -> usize {
    128 * (4 / widest.clamp(1, 4)).pow(2)
}

/// Rows from so many elements on are read where they lie if one chain does all of a plan, many rows in a block:
/// `x + y + z` along three axes of 100 float64 took 190 µs packed on two threads.
pub(super) const CHAINED_ROW: usize = 48;

/// The axes of a walk, merged where all operands lie evenly, cut into rows along the innermost one.
#[derive(Debug)]
pub(super) struct Rows {
    outer: Dims,
    pub len: usize,
    operands: SmallVec<[RowStrides; 4]>,
    /// The operands, by bit, that do not keep to them: they are packed.
    apart: u64,
}

#[derive(Debug)]
struct RowStrides {
    outer: Strides,
    step: isize,
    offset: usize,
}

impl Rows {
    /// The rows of operands given by their broadcast strides and first positions; `None` if the rows
    /// are shorter than `least`.
    pub fn new(shape: &[usize], axes: &[usize], operands: &[(Strides, usize)], least: usize) -> Option<Rows> {
        Rows::without(shape, axes, operands, least, 0)
    }

    /// As `new`, of all operands but some, by bit.
    pub fn without(
        shape: &[usize],
        axes: &[usize],
        operands: &[(Strides, usize)],
        least: usize,
        apart: u64,
    ) -> Option<Rows> {
        let mut dims = Dims::new();
        let mut steps: SmallVec<[Strides; 4]> = operands.iter().map(|_| Strides::new()).collect();
        for &k in axes.iter().filter(|&&k| shape[k] != 1) {
            let n = shape[k];
            let even = !dims.is_empty()
                && operands
                    .iter()
                    .zip(&steps)
                    .enumerate()
                    .filter(|(o, _)| *o >= 64 || apart >> o & 1 == 0)
                    .all(|(_, ((s, _), merged))| merged.last() == Some(&(s[k] * n as isize)));
            for ((s, _), merged) in operands.iter().zip(&mut steps) {
                if even {
                    merged.pop();
                }
                merged.push(s[k]);
            }
            match dims.last_mut() {
                Some(d) if even => *d *= n,
                _ => dims.push(n),
            }
        }
        let len = dims.pop().unwrap_or(1);
        if len < least {
            return None;
        }
        let operands = operands
            .iter()
            .zip(steps)
            .map(|((_, offset), mut outer)| RowStrides {
                step: outer.pop().unwrap_or(1),
                outer,
                offset: *offset,
            })
            .collect();
        Some(Rows { outer: dims, len, operands, apart })
    }

    /// Whether operand `o` keeps to the rows.
    pub fn hold(&self, o: usize) -> bool {
        o >= 64 || self.apart >> o & 1 == 0
    }

    /// The elements of operand `o` from element `start` of the walk to the end of its row: where the
    /// first lies, and the step from one to the next.
    pub fn place(&self, o: usize, start: usize) -> (usize, isize) {
        let operand = &self.operands[o];
        let (mut rest, j) = (start / self.len, start % self.len);
        let mut at = operand.offset as isize + j as isize * operand.step;
        for (&n, &s) in self.outer.iter().zip(&operand.outer).rev() {
            if rest == 0 {
                break;
            }
            at += (rest % n) as isize * s;
            rest /= n;
        }
        (at as usize, operand.step)
    }

    /// The rows from that of `start` on which lie evenly in every operand.
    pub fn together(&self, start: usize) -> usize {
        self.outer.last().map_or(1, |&n| n - start / self.len % n)
    }

    /// From the place of one row of operand `o` to that of the next which lies evenly behind it.
    pub fn stride(&self, o: usize) -> isize {
        self.operands[o].outer.last().copied().unwrap_or(0)
    }

    /// From one element of a row of operand `o` to the next.
    pub fn step(&self, o: usize) -> isize {
        self.operands[o].step
    }

    /// Elements from `start` to the end of its row.
    pub fn left(&self, start: usize) -> usize {
        self.len - start % self.len
    }
}

/// Elements some steps apart, each so many times.
fn each_of((storage, at, step): (Block<'_>, usize, isize), times: usize, mut to: BlockMut<'_>) {
    for i in 0..to.len() / times {
        let at = (at as isize + i as isize * step) as usize;
        pack::gather(storage, at, 0, to.part(i * times, times));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_elements_gather_as_any_others() {
        let data: Vec<f64> = (0..60).map(f64::from).collect();
        let storage = Block::new(&data);
        // Shape (3, 4, 5): each element five times, from rows that lie evenly, apart, and backwards.
        for strides in [[4, 1, 0], [10, 2, 0], [-9, -3, 0], [0, 7, 0], [10, 0, 0]] {
            let lay = Lay::new(&[3, 4, 5], &strides, 30, &[0, 1, 2]);
            let at = |i: usize| 30 + (i / 20) as isize * strides[0] + (i / 5 % 4) as isize * strides[1];
            let expected: Vec<f64> = (0..60).map(|i| data[at(i) as usize]).collect();
            for start in 0..60 {
                for n in 1..=60 - start {
                    let mut out = vec![0.0; n];
                    lay.gather(storage, start, BlockMut::new(&mut out));
                    assert_eq!(out, expected[start..start + n], "{strides:?} {start} {n}");
                }
            }
        }
    }

    #[test]
    fn repeated_rows_gather_as_any_others() {
        let data: Vec<f64> = (0..60).map(f64::from).collect();
        let storage = Block::new(&data);
        // Shape (4, 5, 3): rows of three, each five times.
        let lay = Lay::new(&[4, 5, 3], &[3, 0, 1], 2, &[0, 1, 2]);
        assert_eq!(lay.repeats(), Some((3, 5)));
        let expected: Vec<f64> = (0..60).map(|i| data[2 + (i / 15) * 3 + i % 3]).collect();
        for start in 0..60 {
            for n in 1..=60 - start {
                let mut out = vec![0.0; n];
                lay.gather(storage, start, BlockMut::new(&mut out));
                assert_eq!(out, expected[start..start + n], "{start} {n}");
            }
        }
    }

    #[test]
    fn rows_merge_what_all_operands_have_even() {
        let strides = |s: &[isize]| -> Strides { s.into() };
        let operands = [(strides(&[1024, 1]), 1025), (strides(&[0, 1]), 0), (strides(&[1, 0]), 7)];
        let rows = Rows::new(&[10, 1000], &[0, 1], &operands, 128).unwrap();
        assert_eq!(rows.len, 1000);
        assert_eq!(rows.place(0, 2003), (1025 + 2048 + 3, 1));
        assert_eq!(rows.place(1, 2003), (3, 1));
        assert_eq!(rows.place(2, 2003), (9, 0));
        assert!(Rows::new(&[1000, 10], &[0, 1], &operands, 128).is_none());
        let even = [(strides(&[500, 1]), 0), (strides(&[500, 1]), 4)];
        assert_eq!(Rows::new(&[10, 500], &[0, 1], &even, 128).unwrap().len, 5000);
    }
}

//! Updates of a matrix by the elements of others that have moved round their ends: `n += np.roll(b, (1, -1),
//! (0, 1))`, all of them in one pass and no moved copy made.
//!
//! In C order a moved matrix is its source from another element on, but for the few columns that came round an
//! end: the pass takes blocks that lie evenly in every source, one update after the other while a block
//! is in the first-level cache, and the columns are made apart, from what was there before. Takes updates that
//! `prim::elementwise::updates` has gathered.

use super::tally::{self, Pass};
use super::{interrupt, threads};
use crate::array::{Array, ArrayError};
use crate::dtype::Element;
use crate::kernel::{Block, BlockMut, KernelFn};
use crate::with_dtype;

/// One update: `target = run(target, a moved by so many rows and columns)`, elements of one dtype.
pub struct MovedUpdate {
    pub run: KernelFn,
    pub a: Array,
    pub by: [i64; 2],
}

/// Columns by which a matrix moves at most: each is made apart.
const FEW: i64 = 16;

/// Bytes of a block, which stays in the first-level cache beside one of each source.
const BLOCK: usize = 8 << 10;

impl MovedUpdate {
    /// Whether a matrix can be updated so.
    pub fn fits(&self, target: &Array) -> bool {
        let &[_, n] = target.shape() else { return false };
        let dense = target.dense_size().is_some_and(|n| n > 0) && self.a.dense_size().is_some();
        let alike = self.a.shape() == target.shape() && self.a.dtype() == target.dtype();
        dense && alike && !self.a.same_buffer(target) && across(self.by[1], n).abs() <= FEW.min(n as i64 / 2)
    }
}

/// Columns to the right, or the fewer to the left.
fn across(by: i64, n: usize) -> i64 {
    let k = by.rem_euclid(n.max(1) as i64);
    if k > n as i64 / 2 { k - n as i64 } else { k }
}

/// Does updates, all of which fit the target, in their order.
pub fn update_moved(target: &Array, updates: &[MovedUpdate]) -> Result<(), ArrayError> {
    if !target.writeable() {
        return Err(ArrayError::ReadOnly);
    }
    let _pass = tally::pass(|| {
        let n = target.size();
        let pass = Pass::new("map", target.dtype(), n * updates.len()).ops(n * updates.len());
        updates.iter().fold(pass.writes(target).in_place(true), |pass, u| pass.reads(&u.a))
    });
    with_dtype!(target.dtype(), T => update::<T>(target, updates));
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(()) }
}

fn update<T: Element>(target: &Array, updates: &[MovedUpdate]) {
    let &[rows, n] = target.shape() else { return };
    let moves = updates.iter().map(|u| {
        let (down, right) = (u.by[0].rem_euclid(rows as i64), across(u.by[1], n));
        let all = &u.a.storage::<T>()[u.a.offset()..][..rows * n];
        let shift = (down * n as i64 + right).rem_euclid((rows * n) as i64);
        Move { run: u.run, all, down: down as usize, right, shift: shift as usize }
    });
    let pass = Moves { moves: moves.collect(), rows, n };
    let shares = if threads::for_elements(rows * n) > 1 { 2 * threads::count() } else { 1 };
    let share = rows.div_ceil(shares);
    target.write_storage::<T, _>(|all| {
        let to = &mut all[target.offset()..][..rows * n];
        threads::chunks(to, share * n, &|k, part| pass.part(k * share, part));
    });
}

struct Move<'a, T> {
    run: KernelFn,
    /// The source, in C order.
    all: &'a [T],
    down: usize,
    right: i64,
    /// Both as a move of the source as one axis.
    shift: usize,
}

struct Moves<'a, T> {
    moves: Vec<Move<'a, T>>,
    rows: usize,
    n: usize,
}

impl<T: Element> Moves<'_, T> {
    /// The rows of the target from `first` on.
    fn part(&self, first: usize, to: &mut [T]) {
        let columns: Vec<(usize, Vec<T>)> =
            self.wrapped().map(|column| (column, self.column(first, column, to))).collect();
        let (size, whole) = (BLOCK / size_of::<T>(), self.rows * self.n);
        let (mut made, mut next) = (vec![T::default(); size], vec![T::default(); size]);
        let mut at = 0;
        while at < to.len() {
            let from = |m: &Move<'_, T>| (first * self.n + at + whole - m.shift) % whole;
            let even = self.moves.iter().map(|m| whole - from(m)).min().unwrap_or(size);
            let n = size.min(even).min(to.len() - at);
            let here = &mut to[at..at + n];
            made[..n].copy_from_slice(here);
            for (k, m) in self.moves.iter().enumerate() {
                let operands = [Block::new(&made[..n]), Block::new(&m.all[from(m)..][..n])];
                if k + 1 == self.moves.len() {
                    (m.run)(&operands, BlockMut::new(here));
                } else {
                    (m.run)(&operands, BlockMut::new(&mut next[..n]));
                    std::mem::swap(&mut made, &mut next);
                }
            }
            at += n;
        }
        for (column, made) in columns {
            for (row, x) in to.chunks_exact_mut(self.n).zip(made) {
                row[column] = x;
            }
        }
    }

    /// The columns that come round an end in some move.
    fn wrapped(&self) -> impl Iterator<Item = usize> + use<T> {
        let most = |sign: i64| self.moves.iter().map(|m| (sign * m.right).max(0)).max().unwrap_or(0) as usize;
        (0..most(1)).chain(self.n - most(-1)..self.n)
    }

    /// A column of the target's rows from `first` on, updated.
    fn column(&self, first: usize, column: usize, to: &[T]) -> Vec<T> {
        let mut made: Vec<T> = to.chunks_exact(self.n).map(|row| row[column]).collect();
        let mut next = made.clone();
        for m in &self.moves {
            let from = (column as i64 - m.right).rem_euclid(self.n as i64) as usize;
            let source = |k: usize| m.all[(first + k + self.rows - m.down) % self.rows * self.n + from];
            let moved: Vec<T> = (0..made.len()).map(source).collect();
            (m.run)(&[Block::new(&made), Block::new(&moved)], BlockMut::new(&mut next));
            std::mem::swap(&mut made, &mut next);
        }
        made
    }
}

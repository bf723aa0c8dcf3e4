//! Scans: the folds of every prefix along one axis, from the first element on, in order.
//!
//! The result is laid out as its operand; in memory it is a block `outer × n × inner` around the
//! scanned axis. Where the operand has the fold's dtype and the same layout it is read directly,
//! else it is first converted into the result and scanned there.
//!
//! An expression is read block by block as it is scanned, its result laid out as its operands. A long run
//! that threads divide is computed into the result while the pieces are folded, and scanned there; of one
//! that goes in order, the next stretch is computed while another thread scans the last.
//!
//! Short rows are scanned several side by side (`Fold::scans`), and rows that lie side by side in blocks of
//! several rows.
//!
//! Threads divide the outer axes; a single long run they divide if the function may be regrouped
//! (integers, extremes, logic): the pieces are folded first, then each is scanned from the fold of
//! those before it. Floats are added one after the other as NumPy adds them, whatever the threads.

use super::copy::cast_keeping;
use super::expr::Expr;
use super::feed::{Feed, Reader};
use super::map::strides_for;
use super::plan::Conditions;
use super::progress::{self, Work};
use super::reduce::memory_order;
use super::tally::{self, Pass};
use super::{interrupt, threads};
use crate::array::{Array, ArrayError, Dims};
use crate::dtype::Element;
use crate::kernel::cast::convert;
use crate::kernel::fold::Grouping;
use crate::kernel::{Block, BlockMut, Fold, Scratch};
use crate::with_dtype;

/// Elements between two looks at the interrupt flag, and of one scratch block.
const TILE: usize = 4096;
/// Rows up to this length are scanned side by side.
const SHORT: usize = 256;
/// Elements of a stretch that is computed while the one before it is scanned.
const STRETCH: usize = 1 << 15;

/// The scan of `a` along an axis, in the fold's output dtype. `same` is the fold for elements of a
/// dtype already converted to the output's.
pub fn scan(fold: &'static Fold, same: &'static Fold, a: &Array, axis: usize) -> Result<Array, ArrayError> {
    let mut out = Array::empty_keeping(fold.out, a.shape(), a.strides())?;
    let direct = a.dtype() == fold.dtype && a.strides() == out.strides();
    if !direct {
        out = cast_keeping(a, fold.out)?;
    }
    if out.size() == 0 {
        return Ok(out);
    }
    let _pass = tally::pass(|| {
        let from = if direct { a } else { &out };
        Pass::new("scan", fold.dtype, a.size()).reads(from).writes(&out).ops(a.size())
    });
    let order = memory_order(out.shape(), out.strides());
    let work = &progress::pass(out.size());
    let frame = Frame::around(axis, a.shape(), &order, fold, same, work);
    if direct {
        let (start, n) = (a.offset(), a.size());
        super::copy::with_storage(a, |all| {
            let from = From::Block(all.slice(start, start + n));
            with_elements(&mut out, |to| frame.run(from, to));
        });
    } else {
        with_elements(&mut out, |to| frame.run(From::Own, to));
    }
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
}

/// As [`scan`], of an expression; without an axis of its elements in C order, as a vector. Also the
/// conditions that its steps met.
pub fn scan_of(
    fold: &'static Fold,
    same: &'static Fold,
    expr: &Expr,
    axis: Option<usize>,
) -> Result<(Array, Conditions), ArrayError> {
    let order = match axis {
        Some(_) => expr.order(),
        None => (0..expr.shape().len()).collect(),
    };
    let shape: Dims = if axis.is_some() { expr.shape().into() } else { Dims::from_slice(&[expr.size()]) };
    let line = [0];
    let along = if axis.is_some() { &order[..] } else { &line[..] };
    let mut out = Array::empty_strided(fold.out, &shape, &strides_for(&shape, along))?;
    if out.size() == 0 {
        return Ok((out, Conditions::new(expr.plan())));
    }
    let ((), met) = expr.fed(Some(&order), |feed| {
        let _pass = tally::pass(|| {
            expr.read_by(Pass::new("scan", fold.dtype, out.size())).writes(&out).ops(out.size())
        });
        let work = &progress::pass(out.size());
        let frame = Frame::around(axis.unwrap_or(0), &shape, along, fold, same, work);
        with_elements(&mut out, |to| frame.run(From::Fed(feed, 0), to));
        Ok(())
    })?;
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok((out, met)) }
}

/// Runs `f` on the elements of a fresh array, in memory order.
pub fn with_elements<R>(out: &mut Array, f: impl FnOnce(BlockMut<'_>) -> R) -> R {
    fn slice<T: Element>(out: &mut Array) -> BlockMut<'_> {
        BlockMut::new(out.as_mut_slice::<T>().unwrap_or_default())
    }
    f(with_dtype!(out.dtype(), T => slice::<T>(out)))
}

/// Where the elements come from that are scanned.
#[derive(Clone, Copy)]
enum From<'f, 'a> {
    /// They lie in the result already.
    Own,
    Block(Block<'f>),
    /// Of an expression, from this place of its walk on.
    Fed(&'f Feed<'a>, usize),
}

impl<'f, 'a> From<'f, 'a> {
    fn part(self, start: usize, end: usize) -> From<'f, 'a> {
        match self {
            From::Own => From::Own,
            From::Block(all) => From::Block(all.slice(start, end)),
            From::Fed(feed, first) => From::Fed(feed, first + start),
        }
    }
}

/// One thread's blocks of elements in the dtype in which they are folded.
struct Tiles<'f, 'a> {
    from: From<'f, 'a>,
    reader: Option<Reader<'f, 'a>>,
    scratch: Scratch,
    fold: &'static Fold,
}

impl<'f, 'a> Tiles<'f, 'a> {
    fn new(from: From<'f, 'a>, fold: &'static Fold, same: &'static Fold, most: usize) -> Tiles<'f, 'a> {
        let reader = match from {
            From::Fed(feed, _) => Some(feed.reader(fold.dtype, most)),
            _ => None,
        };
        let own = matches!(from, From::Own);
        let scratch = Scratch::new(same.dtype, if own { most } else { 0 });
        Tiles { from, reader, scratch, fold: if own { same } else { fold } }
    }

    /// Elements `start..start + n`, of which `own` are the results' places.
    fn read(&mut self, start: usize, own: Block<'_>) -> Block<'_> {
        let n = own.len();
        match (self.from, &mut self.reader) {
            (From::Block(all), _) => all.slice(start, start + n),
            (From::Fed(_, first), Some(reader)) => reader.read(first + start, n),
            _ => {
                convert(own, self.scratch.block_mut(n));
                self.scratch.block(n)
            }
        }
    }
}

/// A contiguous block around the scanned axis.
#[derive(Clone, Copy)]
struct Frame<'w> {
    outer: usize,
    n: usize,
    inner: usize,
    fold: &'static Fold,
    /// The fold of elements that are converted already.
    same: &'static Fold,
    /// Counts elements that are scanned.
    work: &'w Work,
}

impl<'w> Frame<'w> {
    /// Axes `order` go from the slowest to the fastest.
    fn around(
        axis: usize,
        shape: &[usize],
        order: &[usize],
        fold: &'static Fold,
        same: &'static Fold,
        work: &'w Work,
    ) -> Frame<'w> {
        let place = order.iter().position(|&k| k == axis).unwrap_or(0);
        let size = |axes: &[usize]| axes.iter().map(|&k| shape[k]).product::<usize>();
        let (outer, inner) = (size(&order[..place]), size(&order[place + 1..]));
        Frame { outer, n: shape[axis], inner, fold, same, work }
    }

    fn run(self, from: From<'_, '_>, to: BlockMut<'_>) {
        let each = self.n * self.inner;
        if self.outer > 1 && threads::for_elements(self.outer * each) > 1 {
            let half = self.outer / 2;
            let (a, b) = to.split_at(half * each);
            let (first, second) = (from.part(0, half * each), from.part(half * each, self.outer * each));
            rayon::join(
                || Frame { outer: half, ..self }.run(first, a),
                || Frame { outer: self.outer - half, ..self }.run(second, b),
            );
            return;
        }
        if self.outer * self.inner == 1 && threads::for_elements(each) > 1 {
            match (self.fold.grouping, from) {
                (Grouping::Free, From::Fed(..)) => return self.computed(from, to),
                (Grouping::Free, _) => return self.divided(from, to),
                (_, From::Fed(feed, first)) => return self.ahead(feed, first, to),
                _ => {}
            }
        }
        let mut tiles = Tiles::new(from, self.fold, self.same, TILE.min(self.outer * each));
        match self.inner {
            1 if self.n <= SHORT => self.short(&mut tiles, to),
            1 => self.lanes(&mut tiles, to),
            _ if self.inner <= TILE / 2 => self.narrow(&mut tiles, to),
            _ => self.wide(&mut tiles, to),
        }
    }

    /// Short rows, several at a time.
    fn short(self, tiles: &mut Tiles<'_, '_>, mut to: BlockMut<'_>) {
        let (n, size) = (self.n, self.outer * self.n);
        let step = TILE / n * n;
        for at in (0..size).step_by(step).take_while(|_| !interrupt::requested()) {
            let mut part = to.part(at, step.min(size - at));
            let scans = tiles.fold.scans;
            scans(tiles.read(at, part.as_block()), n, part.reborrow());
            self.work.advance(part.len());
        }
    }

    /// Long rows, one after the other.
    fn lanes(self, tiles: &mut Tiles<'_, '_>, to: BlockMut<'_>) {
        let mut to = to;
        let mut acc = Scratch::new(self.fold.out, 1);
        for o in 0..self.outer {
            let (row, rest) = to.split_at(self.n);
            let (mut first, after) = row.split_at(1);
            convert(tiles.read(o * self.n, first.as_block()), first.reborrow());
            convert(first.as_block(), acc.block_mut(1));
            self.rest(tiles, o * self.n + 1, after, &mut acc);
            to = rest;
        }
    }

    /// Scans elements from number `start` on, from `acc`.
    fn rest(self, tiles: &mut Tiles<'_, '_>, start: usize, mut to: BlockMut<'_>, acc: &mut Scratch) {
        let n = to.len();
        for i in (0..n).step_by(TILE).take_while(|_| !interrupt::requested()) {
            let mut part = to.part(i, TILE.min(n - i));
            let scan = tiles.fold.scan;
            scan(tiles.read(start + i, part.as_block()), acc.block_mut(1), part.reborrow());
            self.work.advance(part.len());
        }
    }

    /// Rows that are short enough for several in a block, each the row before it folded with the
    /// operand's.
    fn narrow(self, tiles: &mut Tiles<'_, '_>, to: BlockMut<'_>) {
        let (m, mut to) = (self.inner, to);
        let rows = TILE / m;
        for o in 0..self.outer {
            for i in (0..self.n).step_by(rows).take_while(|_| !interrupt::requested()) {
                let count = rows.min(self.n - i);
                let at = (o * self.n + i) * m;
                // The row before, if there is one, and the results' places.
                let above = if i > 0 { m } else { 0 };
                let (mut before, mut part) = to.part(at - above, above + count * m).split_at(above);
                let across = tiles.fold.across;
                let x = tiles.read(at, part.as_block());
                for row in 0..count {
                    let (mut now, later) = part.split_at(m);
                    let x = x.slice(row * m, (row + 1) * m);
                    if before.is_empty() {
                        convert(x, now.reborrow());
                    } else {
                        convert(before.as_block(), now.reborrow());
                        across(x, m, now.reborrow());
                    }
                    (before, part) = (now, later);
                }
                self.work.advance(count * m);
            }
        }
    }

    /// Rows that are longer, in stretches.
    fn wide(self, tiles: &mut Tiles<'_, '_>, mut to: BlockMut<'_>) {
        let m = self.inner;
        for o in 0..self.outer {
            for i in (0..self.n).take_while(|_| !interrupt::requested()) {
                for j in (0..m).step_by(TILE) {
                    let (at, len) = ((o * self.n + i) * m + j, TILE.min(m - j));
                    if i == 0 {
                        let mut part = to.part(at, len);
                        convert(tiles.read(at, part.as_block()), part.reborrow());
                        continue;
                    }
                    let (before, mut part) = to.part(at - m, m + len).split_at(m);
                    let across = tiles.fold.across;
                    let x = tiles.read(at, part.as_block());
                    convert(before.as_block().slice(0, len), part.reborrow());
                    across(x, len, part);
                }
                self.work.advance(m);
            }
        }
    }

    /// One long run in as many pieces as there are threads: each is folded, then scanned from the fold of
    /// those before it.
    fn divided(self, from: From<'_, '_>, mut to: BlockMut<'_>) {
        let (n, pieces) = (to.len(), threads::count());
        let cut = |k: usize| k * (n / pieces) / 64 * 64;
        let end = |k: usize| if k + 1 == pieces { n } else { cut(k + 1) };
        let mut starts = Scratch::new(self.fold.out, pieces);
        starts.block_mut(pieces).fill((self.fold.identity)());
        {
            let own = to.as_block();
            threads::pieces(starts.block_mut(pieces), 1..=pieces, &|k, acc| {
                // Nobody needs the fold of the last.
                if k + 1 < pieces {
                    self.total(from, own, (cut(k), end(k)), acc);
                }
            });
        }
        self.joined(&mut starts);
        threads::pieces(to.reborrow(), (0..pieces).map(end), &|k, part| {
            let mut acc = Scratch::of(starts.block(pieces).scalar(k), self.fold.out);
            let mut tiles = Tiles::new(from, self.fold, self.same, TILE);
            self.rest(&mut tiles, cut(k), part, &mut acc);
        });
    }

    /// As `divided`, of an expression: pieces are computed into the result as they are folded.
    fn computed(self, from: From<'_, '_>, mut to: BlockMut<'_>) {
        let From::Fed(feed, first) = from else { return };
        let (n, pieces) = (to.len(), threads::count());
        let cut = |k: usize| k * (n / pieces) / 64 * 64;
        let end = |k: usize| if k + 1 == pieces { n } else { cut(k + 1) };
        let mut starts = Scratch::new(self.fold.out, pieces);
        starts.block_mut(pieces).fill((self.fold.identity)());
        let folds: Vec<std::sync::Mutex<BlockMut<'_>>> = {
            let mut list = Vec::new();
            let mut rest = starts.block_mut(pieces);
            for _ in 0..pieces {
                let (one, later) = rest.split_at(1);
                list.push(std::sync::Mutex::new(one));
                rest = later;
            }
            list
        };
        threads::pieces(to.reborrow(), (0..pieces).map(end), &|k, mut part| {
            let (mut reader, len) = (feed.reader(self.fold.out, TILE), part.len());
            let Ok(mut acc) = folds[k].lock() else { return };
            for i in (0..len).step_by(TILE).take_while(|_| !interrupt::requested()) {
                let mut tile = part.part(i, TILE.min(len - i));
                reader.write(first + cut(k) + i, tile.reborrow());
                (self.same.along)(tile.as_block(), acc.reborrow());
            }
        });
        drop(folds);
        self.joined(&mut starts);
        threads::pieces(to, (0..pieces).map(end), &|k, part| {
            let mut acc = Scratch::of(starts.block(pieces).scalar(k), self.fold.out);
            let mut tiles = Tiles::new(From::Own, self.fold, self.same, TILE);
            self.rest(&mut tiles, cut(k), part, &mut acc);
        });
    }

    /// Turns the folds of pieces into those of all before them.
    fn joined(self, starts: &mut Scratch) {
        let pieces = starts.len();
        let mut sums = Scratch::new(self.fold.out, 1);
        sums.block_mut(1).fill((self.fold.identity)());
        for k in 0..pieces {
            let before = sums.first();
            (self.fold.join)(starts.block(pieces).slice(k, k + 1), sums.block_mut(1));
            starts.block_mut(pieces).part(k, 1).fill(before);
        }
    }

    /// The fold of a piece.
    fn total(self, from: From<'_, '_>, own: Block<'_>, (start, end): (usize, usize), mut acc: BlockMut<'_>) {
        let mut tiles = Tiles::new(from, self.fold, self.same, TILE);
        for i in (start..end).step_by(TILE).take_while(|_| !interrupt::requested()) {
            let along = tiles.fold.along;
            along(tiles.read(i, own.slice(i, end.min(i + TILE))), acc.reborrow());
        }
    }

    /// One long run of an expression, in order: each stretch is scanned while the next is computed.
    fn ahead(self, feed: &Feed<'_>, first: usize, mut to: BlockMut<'_>) {
        let n = to.len();
        let (mut now, mut next) =
            (Scratch::new(self.fold.dtype, STRETCH), Scratch::new(self.fold.dtype, STRETCH));
        let mut reader = feed.reader(self.fold.dtype, 0);
        reader.write(first, now.block_mut(STRETCH.min(n)));
        let mut acc = Scratch::new(self.fold.out, 1);
        for at in (0..n).step_by(STRETCH).take_while(|_| !interrupt::requested()) {
            let (len, behind) = (STRETCH.min(n - at), at + STRETCH);
            let part = to.part(at, len);
            let scan = || {
                let (x, mut part) = (now.block(len), part);
                let mut done = 0;
                if at == 0 {
                    convert(x.slice(0, 1), part.part(0, 1));
                    convert(part.as_block().slice(0, 1), acc.block_mut(1));
                    done = 1;
                }
                (self.fold.scan)(x.slice(done, len), acc.block_mut(1), part.part(done, len - done));
            };
            if behind < n {
                let len = STRETCH.min(n - behind);
                rayon::join(scan, || reader.write(first + behind, next.block_mut(len)));
            } else {
                scan();
            }
            self.work.advance(len);
            std::mem::swap(&mut now, &mut next);
        }
    }
}

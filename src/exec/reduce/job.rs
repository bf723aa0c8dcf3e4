//! The walk over a reduction's axes: threads, blocks, and the order of additions.

use super::axes::{Axis, Parts};
use super::map::{Fallen, Map, Worker};
use super::source::{Gathered, Source, even_from};
use super::{BATCH, COLUMNS, LEAF, MAPPED, TILE};
use crate::exec::{interrupt, progress, threads};
use crate::kernel::chain::Strip;
use crate::kernel::fold::Grouping;
use crate::kernel::{Block, BlockMut, Fold, Scratch};
use smallvec::SmallVec;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Elements that are folded so between two looks at the interrupt flag, and the fewest of a row.
const FALLEN: usize = 1 << 20;
const LEAST_FALLEN: usize = 64;

/// Rows for each thread, from which threads have rows of their own, and the most columns whose results they join.
const ROWS_EACH: usize = 64;
const MOST_JOINED: usize = 1 << 15;

/// The blocks in which one thread gathers, casts and maps.
#[derive(Default)]
pub(super) struct Work<'a> {
    gathered: SmallVec<[Gathered; 2]>,
    mapped: Option<Scratch>,
    worker: Option<Worker<'a>>,
    /// Elements folded since the progress was told.
    seen: usize,
}

/// What all threads share.
pub(super) struct Job<'a> {
    pub(super) fold: &'static Fold,
    pub(super) map: Option<&'a dyn Map>,
    pub(super) sources: &'a [Source<'a>],
    pub(super) axes: &'a [Axis],
    /// Elements of all axes.
    pub(super) total: usize,
    /// The map may fold what it makes, from operands as they lie.
    pub(super) folds: bool,
    /// The map may fold rows of what it makes.
    pub(super) falls: bool,
    /// Long runs are folded so: all operands lie evenly.
    pub(super) chained: bool,
    /// Elements are cast to the fold's dtype.
    pub(super) cast: bool,
    /// There is one result, so that an absorbing value ends the work.
    pub(super) single: bool,
    pub(super) done: AtomicBool,
    /// What threads that have finished their part leave for the next.
    pub(super) spare: Mutex<Vec<Work<'a>>>,
    pub(super) progress: progress::Work,
}

/// A stretch of an axis: its length, and the step.
pub(super) type Span = (usize, isize);

impl<'a> Job<'a> {
    /// Runs `f` with blocks that no other thread uses.
    pub(super) fn with_work<R>(&self, f: impl FnOnce(&mut Work<'a>) -> R) -> R {
        let spare = self.spare.lock().ok().and_then(|mut s| s.pop());
        let mut work = spare.unwrap_or_default();
        let result = f(&mut work);
        if let Ok(mut s) = self.spare.lock() {
            s.push(work);
        }
        result
    }

    /// Whether a part of so many elements is divided among threads.
    fn divides(&self, n: usize) -> bool {
        threads::divides(n, self.total)
    }

    /// Elements of a block that is gathered or made by a map.
    fn tile(&self) -> usize {
        if self.map.is_some() { MAPPED } else { TILE }
    }

    /// Elements of a contiguous run that is folded in one go: small ones are as many bytes.
    fn leaf(&self) -> usize {
        LEAF * (8 / self.fold.dtype.itemsize()).max(1)
    }

    /// Elements of a run as float64 that take as long to read, for the choice of threads.
    fn weight(&self, n: usize) -> usize {
        match self.map {
            None if !self.cast => (n * self.fold.dtype.itemsize()).div_ceil(8),
            _ => n,
        }
    }

    /// Counts elements that were read; tells of them seldom, as threads share the counter.
    #[inline]
    fn count(&self, n: usize, work: &mut Work<'a>) {
        work.seen += n;
        if work.seen > 1 << 19 {
            self.progress.advance(std::mem::take(&mut work.seen));
        }
    }

    fn stopped(&self) -> bool {
        self.done.load(Relaxed) || interrupt::requested()
    }

    /// Elements of all axes from `k` on.
    fn volume(&self, k: usize) -> usize {
        self.axes[k..].iter().map(|a| a.n).product()
    }

    /// Results of all axes from `k` on.
    fn results(&self, k: usize) -> usize {
        self.axes[k..].iter().filter(|a| a.kept).map(|a| a.n).product()
    }

    /// Folds the sub-array of the axes from `k` on, at these positions, into its results.
    pub(super) fn descend(&self, k: usize, at: isize, acc: BlockMut<'_>, work: &mut Work<'a>) {
        let axes = &self.axes[k..];
        if !axes.iter().any(|a| a.kept) {
            return self.all_folded(k, at, acc, work);
        }
        match axes {
            [c] => self.columns(None, c, at, c.n, acc, work),
            [r, c] if self.stacks(r, c) => self.stacked(k, at, r.n, acc, work),
            [r, c] if !r.kept => self.columns(Some(r), c, at, c.n, acc, work),
            [a, ..] if a.kept => self.kept(k, at, a.n, acc, work),
            [_, inner, ..] if inner.kept => self.outer(k, at, inner.n, acc, work),
            [a, ..] => {
                let mut acc = acc;
                for i in 0..a.n {
                    self.descend(k + 1, at + i as isize * a.step, acc.reborrow(), work);
                }
            }
            [] => {}
        }
    }

    /// The folded axis `k` over indices `0..n` of the kept axis after it, which threads divide if that pays: each
    /// result has all of its elements in the same order. (`t.max(axis=(0, 2))` of 100 x 100 x 100 took 305 to 400 µs on
    /// one thread, and takes 110; a compiler of expressions 100 to 195.)
    fn outer(&self, k: usize, at: isize, n: usize, mut acc: BlockMut<'_>, work: &mut Work<'a>) {
        let (axis, inner) = (&self.axes[k], &self.axes[k + 1]);
        if n > 1 && self.divides(axis.n * n * self.volume(k + 2)) {
            let half = n / 2;
            let (left, right) = acc.split_at(half * self.results(k + 2));
            let far = at + half as isize * inner.step;
            rayon::join(
                || self.outer(k, at, half, left, work),
                || self.with_work(|work| self.outer(k, far, n - half, right, work)),
            );
            return;
        }
        for i in (0..axis.n).take_while(|_| !self.stopped()) {
            self.kept(k + 1, at + i as isize * axis.step, n, acc.reborrow(), work);
        }
    }

    /// Indices `0..n` of the kept axis `k`, on several threads if that pays.
    fn kept(&self, k: usize, at: isize, n: usize, acc: BlockMut<'_>, work: &mut Work<'a>) {
        let (axis, inner) = (&self.axes[k], self.volume(k + 1));
        let results = self.results(k + 1);
        if n > 1 && self.divides(n * inner) {
            let half = n / 2;
            let (left, right) = acc.split_at(half * results);
            let far = at + half as isize * axis.step;
            rayon::join(
                || self.kept(k, at, half, left, work),
                || self.with_work(|work| self.kept(k, far, n - half, right, work)),
            );
            return;
        }
        let batched = matches!(self.axes[k + 1..], [Axis { kept: false, .. }]) && inner <= self.tile();
        let most = if self.folds { LEAF } else { self.tile() };
        let step = if batched { (most / inner.max(1)).max(1) } else { 1 };
        let (mut acc, mut i) = (acc, 0);
        while i < n && !self.stopped() {
            let rows = step.min(n - i);
            let (now, rest) = acc.split_at(rows * results);
            let at = at + i as isize * axis.step;
            if batched {
                let c = &self.axes[k + 1];
                self.rows(at, [(rows, axis.step), (c.n, c.step)], now, work);
            } else {
                self.descend(k + 1, at, now, work);
            }
            (acc, i) = (rest, i + rows);
        }
    }

    /// Short rows, each into its accumulator: where a map makes them if it can, else several at a time.
    fn rows(&self, at: isize, spans: [Span; 2], acc: BlockMut<'_>, work: &mut Work<'a>) {
        let [(rows, step), row] = spans;
        let mut acc = acc;
        let mut done = self.chained(at, &spans, acc.reborrow(), work);
        let most = (self.tile() / row.0.max(1)).max(1);
        while done < rows {
            let count = most.min(rows - done);
            let block = self.load(at + done as isize * step, &[(count, step), row], work);
            (self.fold.along)(block, acc.part(done, count));
            done += count;
        }
    }

    /// Columns `0..n` of the kept axis `c`, over the rows of the folded axis `r`.
    fn columns(
        &self,
        r: Option<&Axis>,
        c: &Axis,
        at: isize,
        n: usize,
        acc: BlockMut<'_>,
        work: &mut Work<'a>,
    ) {
        let (rows, row_step) = r.map_or((1, 0), |r| (r.n, r.step));
        // Rows that lie evenly are folded where they are, however far apart they begin.
        let lies = self.map.is_none() && !self.cast && c.step == 1;
        // Rows of a map stay long enough to be mapped where they lie: a deviation of 1000 columns from
        // their means was cut in parts of 62, which had to be gathered, 1.2 ms on two threads; a sum of
        // squares in parts of 250, each a run of the map, 267 µs. Threads that read parts of short rows each
        // read all of their lines: the sums of 100 columns took 143 µs on one thread, and 169 to 260 on two.
        let least = match self.map {
            None if !lies => 32,
            Some(_) if c.n < 256 => usize::MAX,
            Some(_) if c.n < 512 => 256,
            _ => 512,
        };
        if n >= least && self.divides(n * rows) {
            // Threads share no cache line of a row.
            let half = n / 2 - n / 2 % 16;
            let (left, right) = acc.split_at(half);
            let far = at + half as isize * c.step;
            rayon::join(
                || self.columns(r, c, at, half, left, work),
                || self.with_work(|work| self.columns(r, c, far, n - half, right, work)),
            );
            return;
        }
        let direct = lies && (rows == 1 || row_step >= n as isize);
        let width = match direct {
            true => n.min(TILE),
            // Whole rows, if they are short, follow each other in memory.
            false if n == c.n && n <= self.tile() => n,
            false => n.min(COLUMNS),
        };
        // Parts of long rows are mapped one by one, where they lie; together they would be gathered.
        let apart = self.map.is_some() && n < c.n && width >= 128;
        let step = match direct {
            true => LEAF / width,
            false if apart => (2 * self.tile() / width).clamp(1, 8),
            false => self.tile() / width,
        };
        let (mut acc, mut j) = (acc, 0);
        while j < n {
            let cols = width.min(n - j);
            let (mut now, rest) = acc.split_at(cols);
            let corner = at + j as isize * c.step;
            let fallen = self.fall(corner, (rows, row_step), (cols, c.step), now.reborrow(), work);
            for i in (fallen..rows).step_by(step).take_while(|_| !self.stopped()) {
                let (here, count) = (corner + i as isize * row_step, step.min(rows - i));
                if direct {
                    self.count(count * cols, work);
                    let apart = if rows == 1 { cols } else { row_step as usize };
                    let block = self.sources[0].lend(here, (count - 1) * apart + cols);
                    (self.fold.across)(block, apart, now.reborrow());
                } else {
                    let spans = [(count, row_step), (cols, c.step)];
                    let block =
                        if apart { self.map_rows(here, spans, work) } else { self.load(here, &spans, work) };
                    (self.fold.across)(block, cols, now.reborrow());
                }
            }
            (acc, j) = (rest, j + cols);
        }
    }

    /// Folds rows of what a map makes into one row where it makes them. Gives how many it has done, from the first on.
    fn fall(
        &self,
        at: isize,
        (rows, step): Span,
        (n, along): Span,
        mut acc: BlockMut<'_>,
        work: &mut Work<'a>,
    ) -> usize {
        let Some(map) = self.map.filter(|_| self.falls && along == 1 && rows > 1 && n >= LEAST_FALLEN) else {
            return 0;
        };
        let each = (FALLEN / n).max(1);
        let mut done = 0;
        while done < rows && !self.stopped() {
            let rows = each.min(rows - done);
            let here = at + done as isize * step;
            let strips = self.sources.iter().map(|source| source.strip(here, (rows, step), n));
            let Some(operands) = strips.collect::<Option<SmallVec<[Strip<'_>; 4]>>>() else { break };
            let fallen = Fallen { rows, operands: &operands };
            let worker = work.worker.get_or_insert_with(|| map.worker());
            if !worker.fold_rows(&fallen, acc.reborrow()) {
                break;
            }
            self.count(rows * n, work);
            done += rows;
        }
        done
    }

    /// Whether rows are divided among threads, each with results of its own, and not columns: these are too few, or
    /// whole rows, which follow each other in memory, are enough.
    fn stacks(&self, r: &Axis, c: &Axis) -> bool {
        let short = c.n < 32;
        let many = r.n >= ROWS_EACH * threads::count() && c.n <= MOST_JOINED;
        !r.kept && self.fold.grouping == Grouping::Free && (short || many)
    }

    /// `rows` rows of `n` columns into one result per column, where rows may be grouped at will: see [`Job::stacks`].
    fn stacked(&self, k: usize, at: isize, rows: usize, mut acc: BlockMut<'_>, work: &mut Work<'a>) {
        let (r, c) = (&self.axes[k], &self.axes[k + 1]);
        // Every part costs results of its own, which are joined.
        let enough = c.n >= 32 && rows * 4 * threads::count() <= r.n;
        if rows < 2 || enough || !self.divides(rows * c.n) {
            let part = Axis { n: rows, ..*r };
            return self.columns(Some(&part), c, at, c.n, acc, work);
        }
        let half = rows / 2;
        let mut below = Scratch::new(self.fold.out, c.n);
        below.block_mut(c.n).fill((self.fold.identity)());
        rayon::join(
            || self.stacked(k, at, half, acc.reborrow(), work),
            || {
                let far = at + half as isize * r.step;
                self.with_work(|work| self.stacked(k, far, rows - half, below.block_mut(c.n), work));
            },
        );
        (self.fold.join)(below.block(c.n), acc);
    }

    /// All axes from `k` on into one result: parts in order, each one a batch or an even run.
    fn all_folded(&self, k: usize, at: isize, mut acc: BlockMut<'_>, work: &mut Work<'a>) {
        let parts = Parts::new(self, k);
        if parts.count() == 1 {
            return self.part(&parts, 0, at, acc, work);
        }
        if self.fold.grouping == Grouping::InOrder {
            for i in (0..parts.count()).take_while(|_| !self.stopped()) {
                self.part(&parts, i, at, acc.reborrow(), work);
            }
            return;
        }
        // Partial results in groups, so that their memory stays small.
        let group = 4096;
        let mut partial = Scratch::new(self.fold.out, group.min(parts.count()));
        for start in (0..parts.count()).step_by(group) {
            let n = group.min(parts.count() - start);
            partial.block_mut(n).fill((self.fold.identity)());
            self.partials(&parts, start, n, at, partial.block_mut(n), work);
            (0..n).for_each(|i| (self.fold.join)(partial.block(n).slice(i, i + 1), acc.reborrow()));
        }
    }

    fn partials(
        &self,
        parts: &Parts<'_>,
        start: usize,
        n: usize,
        at: isize,
        out: BlockMut<'_>,
        work: &mut Work<'a>,
    ) {
        if n > 1 && self.divides(n * parts.volume()) {
            let half = n / 2;
            let (left, right) = out.split_at(half);
            rayon::join(
                || self.partials(parts, start, half, at, left, work),
                || self.with_work(|work| self.partials(parts, start + half, n - half, at, right, work)),
            );
            return;
        }
        let mut out = out;
        for i in (start..start + n).take_while(|_| !self.stopped()) {
            let (now, rest) = out.split_at(1);
            self.part(parts, i, at, now, work);
            out = rest;
        }
    }

    fn part(&self, parts: &Parts<'_>, i: usize, at: isize, mut acc: BlockMut<'_>, work: &mut Work<'a>) {
        let (at, n) = parts.place(i, at);
        match parts.inner {
            [] => self.run(at, (n, parts.stride), acc.reborrow(), work),
            inner => {
                let mut spans: SmallVec<[Span; 4]> = SmallVec::new();
                spans.push((n, parts.stride));
                spans.extend(inner.iter().map(|a| (a.n, a.step)));
                let block = self.load(at, &spans, work);
                (self.fold.along)(block, acc.reborrow());
            }
        }
        self.absorb(acc.as_block());
    }

    fn absorb(&self, acc: Block<'_>) {
        if self.single && self.fold.absorbing == Some(acc.scalar(0)) {
            self.done.store(true, Relaxed);
        }
    }

    /// Folds rows of elements that a map makes, each into its accumulator, where it makes them. Gives how
    /// many it has done.
    fn chained(&self, at: isize, spans: &[Span], acc: BlockMut<'_>, work: &mut Work<'a>) -> usize {
        let Some(map) = self.map.filter(|_| self.folds && even_from(spans) == 0) else { return 0 };
        let n: usize = spans.iter().map(|s| s.0).product();
        let mut blocks: SmallVec<[Block<'_>; 4]> = SmallVec::new();
        for source in self.sources {
            let Some(block) = source.lent(at, spans) else { return 0 };
            blocks.push(block);
        }
        let rows = acc.len();
        let done = work.worker.get_or_insert_with(|| map.worker()).fold(&blocks, n, self.fold, acc);
        self.count(n / rows.max(1) * done, work);
        done
    }

    /// One run into one result.
    fn run(&self, at: isize, (n, step): Span, mut acc: BlockMut<'_>, work: &mut Work<'a>) {
        let limit = match self.map {
            Some(_) if self.chained && step == 1 => LEAF,
            Some(_) => MAPPED,
            None if !self.cast && step == 1 => self.leaf(),
            None => BATCH,
        };
        if n <= limit {
            return self.part_of_tree(at, (n, step), acc, work);
        }
        if self.fold.grouping == Grouping::InOrder {
            for i in (0..n).step_by(limit).take_while(|_| !self.stopped()) {
                let block = self.load(at + i as isize * step, &[(limit.min(n - i), step)], work);
                (self.fold.along)(block, acc.reborrow());
            }
            return;
        }
        let sum = self.tree(at, (n, step), limit, work);
        (self.fold.join)(sum.block(1), acc);
    }

    /// A run short enough to be folded in one go, or a longer one of a map that may do so.
    fn part_of_tree(&self, at: isize, (n, step): Span, mut acc: BlockMut<'_>, work: &mut Work<'a>) {
        if self.chained(at, &[(n, step)], acc.reborrow(), work) == 1 {
            return;
        }
        if self.map.is_some() && n > MAPPED {
            let sum = self.tree(at, (n, step), MAPPED, work);
            return (self.fold.join)(sum.block(1), acc);
        }
        let block = self.load(at, &[(n, step)], work);
        (self.fold.along)(block, acc);
    }

    /// The result of a run from the identity on, its tree divided among threads.
    fn tree(&self, at: isize, (n, step): Span, limit: usize, work: &mut Work<'a>) -> Scratch {
        if n <= limit || self.stopped() {
            let mut acc = Scratch::of((self.fold.identity)(), self.fold.out);
            if !self.stopped() {
                self.part_of_tree(at, (n, step), acc.block_mut(1), work);
                self.absorb(acc.block(1));
            }
            return acc;
        }
        let half = self.fold.grouping.split(n);
        let far = at + half as isize * step;
        let (mut left, right) = if threads::divides(self.weight(n), self.weight(self.total)) {
            rayon::join(
                || self.tree(at, (half, step), limit, work),
                || self.with_work(|work| self.tree(far, (n - half, step), limit, work)),
            )
        } else {
            let left = self.tree(at, (half, step), limit, work);
            (left, self.tree(far, (n - half, step), limit, work))
        };
        (self.fold.join)(right.block(1), left.block_mut(1));
        left
    }

    /// As `load` through a map, each row mapped where it lies.
    fn map_rows<'w>(
        &'w self,
        at: isize,
        [(rows, step), row]: [Span; 2],
        work: &'w mut Work<'a>,
    ) -> Block<'w> {
        let Some(map) = self.map else { return self.load(at, &[(rows, step), row], work) };
        self.count(rows * row.0, work);
        work.gathered.resize_with(self.sources.len(), Default::default);
        let Work { gathered, mapped, worker, .. } = work;
        let out = mapped.get_or_insert_with(|| Scratch::new(self.fold.dtype, self.sources[0].most));
        let worker = worker.get_or_insert_with(|| map.worker());
        for i in 0..rows {
            let mut blocks: SmallVec<[Block<'_>; 4]> = SmallVec::new();
            for (source, gathered) in self.sources.iter().zip(gathered.iter_mut()) {
                blocks.push(source.broadcast(at + i as isize * step, &[row], gathered));
            }
            worker.run(&blocks, out.block_mut(rows * row.0).part(i * row.0, row.0));
        }
        out.block(rows * row.0)
    }

    /// The elements of these spans as one block of the fold's dtype, in order.
    fn load<'w>(&'w self, at: isize, spans: &[Span], work: &'w mut Work<'a>) -> Block<'w> {
        self.count(spans.iter().map(|s| s.0).product(), work);
        work.gathered.resize_with(self.sources.len(), Default::default);
        let Some(map) = self.map else {
            return self.sources[0].own(at, spans, self.fold.dtype, &mut work.gathered[0]);
        };
        let n: usize = spans.iter().map(|s| s.0).product();
        let Work { gathered, mapped, worker, .. } = work;
        let mut blocks: SmallVec<[Block<'_>; 4]> = SmallVec::new();
        for (source, gathered) in self.sources.iter().zip(gathered) {
            blocks.push(source.broadcast(at, spans, gathered));
        }
        let out = mapped.get_or_insert_with(|| Scratch::new(self.fold.dtype, self.sources[0].most));
        worker.get_or_insert_with(|| map.worker()).run(&blocks, out.block_mut(n));
        out.block(n)
    }
}

//! One pass of a plan over its target: the work of `map` once shapes and targets are settled.
//!
//! Contiguous targets are written block by block where they lie, strided ones row by row, or through
//! a block that is scattered. Inputs that are other elements of the target's own buffer, evenly
//! displaced, are read before they are overwritten: finished blocks wait in a queue until the
//! reading has passed them, and each thread first copies what its neighbours will overwrite (the
//! halo at its borders). So `u[1:-1] = u[:-2] + u[2:]` needs two rows beside its operands, which are read where they
//! lie: twenty of Jacobi's sweeps, four shifted views over the middle, of 1000 x 1000 float64 on two threads took 17 to
//! 21 ms where each was gathered first, and take 15 to 17. Of 1024 x 1024, whose rows are whole pages apart, 49 to 66 and
//! 39 to 62, a compiler of expressions, which writes another array, 39.

use super::chain::{self, LONG, Prepared};
use super::interrupt;
use super::lay::{CHAINED_ROW, Lay, Rows, short_row};
use super::machine::{Machine, Program, Source, View, block_len};
use super::map::Input;
use super::plan::{Conditions, Instruction, Plan};
use super::progress::{self, Work};
use super::tally::{self, Pass as Counted};
use super::threads;
use super::{copy::with_storage_mut, map};
use crate::array::{Array, ArrayError, Strides};
use crate::dtype::DType;
use crate::kernel::chain::Link;
pub(super) use crate::kernel::past::PAST_CACHES;
use crate::kernel::{Block, BlockMut, One, Scratch, pack};
use crate::with_dtype;
use rayon::prelude::*;
use smallvec::SmallVec;
use std::collections::VecDeque;

/// Runs a plan over inputs that broadcast to `out`. `axes` are in the order of the walk; input
/// `reused` gave its buffer to `out`. `prepared`: of the plan, not by rows.
pub(super) fn run(
    plan: &Plan,
    prepared: Option<&Prepared>,
    inputs: &[Input],
    out: &Array,
    axes: &[usize],
    reused: Option<usize>,
) -> Result<Conditions, ArrayError> {
    let _pass = tally::pass(|| {
        let pass = Counted::new("map", out.dtype(), plan.work(out.size()))
            .runs(plan, out.size())
            .writes(out)
            .in_place(reused.is_some());
        inputs.iter().filter_map(Input::array).fold(pass, Counted::reads)
    });
    let ones: SmallVec<[Option<One>; 3]> =
        inputs.iter().zip(&plan.inputs).map(|(input, &dtype)| input.single(dtype)).collect();
    let lay = Lay::new(out.shape(), out.strides(), out.offset(), axes);
    let mut sources: SmallVec<[Source<'_>; 3]> = SmallVec::new();
    let mut places: SmallVec<[(Strides, usize); 4]> = SmallVec::new();
    places.push((out.strides().into(), out.offset()));
    let (mut delay, mut ahead) = (0, 0);
    for (i, input) in inputs.iter().enumerate() {
        let (source, place) = match (&ones[i], input) {
            (Some(one), _) => (Source::Scalar(one.block()), (SmallVec::from_elem(0, out.ndim()), 0)),
            (None, Input::Array(a)) => {
                let place = (broadcast(a, out.shape()), a.offset());
                let by = if reused == Some(i) { Some(0) } else { offset_in(a, out) };
                if let Some(by) = by {
                    delay = delay.max((-by).max(0) as usize);
                    ahead = ahead.max(by.max(0) as usize);
                    (Source::Own(lay.moved(by), a.dtype()), place)
                } else {
                    (source(a, &place, out.shape(), axes, plan.inputs[i]), place)
                }
            }
            (None, Input::Scalar(_)) => unreachable!("a scalar is single"),
        };
        sources.push(source);
        places.push(place);
    }
    let packed = !lay.is_linear() || sources.iter().any(|s| matches!(s, Source::Strided(_)));
    let linked = packed && lay.is_linear() && plan.instructions.iter().all(|ins| ins.link.is_some());
    let short = short_row(plan.widest());
    let least = if linked { CHAINED_ROW.min(short) } else { short };
    let rows = match packed {
        true => Rows::new(out.shape(), axes, &places, short).or_else(|| {
            let long = beside_repeated(&sources, out, axes, &places, short);
            long.or_else(|| Rows::new(out.shape(), axes, &places, least))
        }),
        false => None,
    };
    let own = sources.iter().any(|s| matches!(s, Source::Own(..)));
    let past = !own && lay.is_linear() && out.size() * out.dtype().itemsize() >= PAST_CACHES;
    let chained = is_chained(plan, out.size());
    let made;
    let prepared = match prepared.filter(|_| rows.is_none() && !past && !chained) {
        Some(prepared) => prepared,
        None => {
            // A chain of one step reads several rows in one block, and writes past the caches and over what it
            // reads.
            let alone = rows.is_some() || past || own || chained;
            let dtype = |source: &Source<'_>| match source {
                Source::Strided(view) => Some(view.storage.dtype()),
                _ => None,
            };
            made = Prepared::new(plan, if alone { 1 } else { 2 }).converting(plan, sources.iter().map(dtype));
            &made
        }
    };
    // Short rows pay only where one chain reads many of them in a block.
    let whole = matches!(prepared.parts[..], [chain::Part::Chain(_)]);
    let rows = rows.filter(|rows| whole || rows.len >= short);
    let lies = lay.is_linear() || rows.as_ref().is_some_and(|rows| rows.step(0) == 1);
    let over = delay == 0 && ahead == 0 && lies;
    // Several rows of a target that is not linear would be written through a block.
    let together = rows.as_ref().filter(|_| lay.is_linear());
    let len = block_len(plan, prepared, &sources, out.dtype(), together, over).min(out.size());
    // Whole rows of a source that repeats them, which then serve block after block.
    let period = sources.iter().enumerate().find_map(|(i, source)| match source {
        Source::Strided(view) if rows.as_ref().is_some_and(|rows| !rows.hold(i + 1)) => view.lay.repeats(),
        _ => None,
    });
    let len = period.map_or(len, |(row, _)| if row <= len { len - len % row } else { len });
    let program = Program { plan, prepared, sources: &sources, rows: rows.as_ref(), past };
    let work = progress::pass(out.size());
    let pass = Pass { program, dtype: out.dtype(), lay, len, delay, ahead, work };
    // Where every element is written and none is read before, what is there does not matter.
    let run = |to: BlockMut<'_>| pass.run(to, out.size());
    let mut met = if !own && out.is_blank() { overwriting(out, run) } else { with_storage_mut(out, run) }?;
    met.locate(out.shape(), axes);
    Ok(met)
}

/// Whether the only step had better be a chain: one of floats, whose blocks are longer, which finds what is not finite
/// as it goes and divides by one number as a product. (Rounding goes 15% slower so, and choosing between two numbers
/// by bools 50%.) On two threads, µs, before and after: `a - b` of 1e5 float64 26.5 and 23.5, of 1e6 256 and 219;
/// `a * 2.5` 150 and 126, `a ** 2` 150 and 119, `clip(a, -0.5, 0.5)` 178 and 130, `abs(a)` 158 and 119, `1 / a` 215 and
/// 185; float32 `a + a` 75 and 67.
fn is_chained(plan: &Plan, n: usize) -> bool {
    let [Instruction { link: Some(link), out, .. }] = &plan.instructions[..] else { return false };
    n >= LONG && matches!(out, DType::F32 | DType::F64) && *link != Link::Choose && !link.rounds()
}

/// The rows of all operands but the sources whose own short rows repeat many times: these are brought together once
/// for many blocks, and the others are read where they lie. On two threads, before and after, µs: shapes
/// (100, 1, 100) and (1, 100, 100) of float64 334 and 202, 100,000 rows of 10 and one such row 446 and 340. `None`
/// where there are no such sources, or the rows are shorter than `least`.
fn beside_repeated(
    sources: &[Source<'_>],
    out: &Array,
    axes: &[usize],
    places: &[(Strides, usize)],
    least: usize,
) -> Option<Rows> {
    let repeats = |source: &Source<'_>| match source {
        Source::Strided(view) => view.lay.repeats().is_some(),
        _ => false,
    };
    let apart = |all: u64, (i, source): (usize, &Source<'_>)| all | u64::from(repeats(source)) << (i + 1);
    let apart = sources.iter().take(63).enumerate().fold(0, apart);
    if apart == 0 { None } else { Rows::without(out.shape(), axes, places, least, apart) }
}

/// Writes all of a blank array, of which zeros are left where that is interrupted.
fn overwriting<R>(
    out: &Array,
    run: impl FnOnce(BlockMut<'_>) -> Result<R, ArrayError>,
) -> Result<R, ArrayError> {
    with_dtype!(out.dtype(), T => out.overwrite_storage::<T, _>(|s| {
        let done = run(BlockMut::new(s));
        if done.is_err() {
            s.fill(T::default());
        }
        done
    }))
}

/// By how many elements `a` lies behind `out` in the same buffer, if the two run alike through it and
/// the positions of `out` grow along the walk.
pub(super) fn offset_in(a: &Array, out: &Array) -> Option<isize> {
    let alike = a.same_buffer(out)
        && a.dtype() == out.dtype()
        && a.shape() == out.shape()
        && a.shape().iter().zip(a.strides().iter().zip(out.strides())).all(|(&n, (s, t))| n == 1 || s == t);
    if !alike {
        return None;
    }
    let by = a.offset() as isize - out.offset() as isize;
    let axes = map::by_stride(out.strides());
    let ascends = || Lay::new(out.shape(), out.strides(), out.offset(), &axes).ascends();
    // A long delay would hold most of the result back: then it better has its own place.
    (by == 0 || (by.unsigned_abs() <= out.size() / 4 && ascends())).then_some(by)
}

/// The strides of an array that is broadcast to a shape.
pub(super) fn broadcast(a: &Array, shape: &[usize]) -> Strides {
    let lead = shape.len() - a.ndim();
    let stride = |k: usize| match k.checked_sub(lead) {
        Some(j) if a.shape()[j] != 1 => a.strides()[j],
        _ => 0,
    };
    (0..shape.len()).map(stride).collect()
}

pub(super) fn source<'a>(
    a: &'a Array,
    (strides, offset): &(Strides, usize),
    shape: &[usize],
    axes: &[usize],
    want: DType,
) -> Source<'a> {
    let lay = Lay::new(shape, strides, *offset, axes);
    let storage = storage(a);
    if lay.is_linear() && a.dtype() == want {
        let n: usize = shape.iter().product();
        return Source::Direct(storage.slice(lay.offset, lay.offset + n));
    }
    Source::Strided(View { storage, lay })
}

/// The whole buffer behind an array.
pub(super) fn storage(a: &Array) -> Block<'_> {
    with_dtype!(a.dtype(), T => Block::new(a.storage::<T>()))
}

/// A program and its target.
struct Pass<'a> {
    program: Program<'a>,
    dtype: DType,
    lay: Lay,
    /// The longest block.
    len: usize,
    /// How far the reading of the target's own buffer lags behind its writing, and runs ahead.
    delay: usize,
    ahead: usize,
    work: Work,
}

/// One thread's share: elements of the walk, and the stretch of the buffer that they lie in.
struct Part<'a> {
    start: usize,
    end: usize,
    segment: BlockMut<'a>,
    /// The position of the segment's first element in the buffer.
    base: usize,
    /// Copies of what lies before and behind the segment.
    halo: [Option<Scratch>; 2],
}

impl Pass<'_> {
    fn run(&self, to: BlockMut<'_>, n: usize) -> Result<Conditions, ArrayError> {
        let cuts = self.cuts(n);
        if cuts.len() < 2 {
            let whole = Part { start: 0, end: n, segment: to, base: 0, halo: [None, None] };
            return self.part(whole);
        }
        let parts = self.divide(to, n, &cuts);
        let union = |a: Conditions, b: Conditions| Ok(a.union(&b));
        parts.into_par_iter().map(|p| self.part(p)).try_reduce(|| Conditions::new(self.program.plan), union)
    }

    /// Where shares of the walk begin.
    fn cuts(&self, n: usize) -> Vec<usize> {
        let threads = threads::for_elements(self.program.plan.work(n));
        if threads < 2 || (!self.lay.is_linear() && !self.lay.ascends()) {
            return vec![0];
        }
        // Whole cache lines, or whole rows, so that threads share no line and no row.
        let unit = self.program.rows.map_or(64, |r| r.len);
        let (unit, most) = if self.lay.is_linear() { (64, 4) } else { (unit, 1) };
        let each = (self.program.plan.work(n) / (threads * MIN_SHARE)).clamp(1, most);
        let share = n.div_ceil(threads * each).max(self.delay.max(self.ahead) * 4);
        (0..n).step_by(share.next_multiple_of(unit)).collect()
    }

    fn divide<'b>(&self, to: BlockMut<'b>, n: usize, cuts: &[usize]) -> Vec<Part<'b>> {
        let mut halos: Vec<[Option<Scratch>; 2]> = Vec::with_capacity(cuts.len());
        let position = |i: usize| if i == 0 { 0 } else { self.lay.position(i) };
        let copy = |from: usize, until: usize| {
            (until > from).then(|| Scratch::copy_of(to.as_block().slice(from, until)))
        };
        for (k, &cut) in cuts.iter().enumerate() {
            let (lo, hi) = (position(cut), cuts.get(k + 1).map_or(to.len(), |&c| position(c)));
            let before = copy(lo.saturating_sub(self.delay), lo);
            halos.push([before, copy(hi, (hi + self.ahead).min(to.len()))]);
        }
        let mut parts = Vec::with_capacity(cuts.len());
        let mut rest = to;
        let mut base = 0;
        for (k, halo) in halos.into_iter().enumerate() {
            let end = cuts.get(k + 1).copied().unwrap_or(n);
            let cut = if end == n { rest.len() } else { position(end) - base };
            let (segment, tail) = rest.split_at(cut);
            parts.push(Part { start: cuts[k], end, segment, base, halo });
            (rest, base) = (tail, base + cut);
        }
        parts
    }

    fn part(&self, mut part: Part<'_>) -> Result<Conditions, ArrayError> {
        // Several rows of a target that is not linear would be written through a block.
        let wide = self.lay.is_linear() || self.delay > 0;
        let mut machine = Machine::new(self.program, self.dtype, self.len.min(part.end - part.start), wide);
        let over = self.delay == 0 && self.ahead == 0;
        let mut queue = Queue::default();
        let (mut at, mut told) = (part.start, part.start);
        while at < part.end {
            if interrupt::requested() {
                return Err(ArrayError::Interrupted);
            }
            let n = machine.take(at, part.end - at);
            let place = self.in_place(at, n, &part).filter(|_| self.delay == 0);
            if let Some(first) = place.filter(|_| over && machine.works_over()) {
                at += machine.run_over(at, part.segment.part(first, n));
                told = self.tell(at, told);
                continue;
            }
            let read = |lay: &Lay, start: usize, out: BlockMut<'_>| part.gather(lay, start, out);
            match place {
                Some(first) => {
                    machine.load_own((at, n), &read, &|_| None);
                    machine.run(at, part.segment.part(first, n));
                }
                None => {
                    // What waits is written later: its operands are read where they lie.
                    let lent = machine.load_own((at, n), &read, &|lay| part.lend(lay, at, n));
                    let mut block = queue.spare(self.dtype, machine.len);
                    machine.run_lent(at, &lent, block.block_mut(n));
                    queue.waiting.push_back((at, n, block));
                }
            }
            at += n;
            told = self.tell(at, told);
            queue.release(at.saturating_sub(self.delay), |start, block| self.put(start, block, &mut part));
        }
        queue.release(usize::MAX, |start, block| self.put(start, block, &mut part));
        Ok(machine.met)
    }

    /// Tells how far a share has come, where it last told of `told`; gives what it told of now.
    fn tell(&self, at: usize, told: usize) -> usize {
        if at - told <= TOLD {
            return told;
        }
        self.work.advance(at - told);
        at
    }

    /// The first of `n` elements in the segment, if they follow each other there.
    fn in_place(&self, start: usize, n: usize, part: &Part<'_>) -> Option<usize> {
        let at = match self.program.rows {
            _ if self.lay.is_linear() => self.lay.offset + start,
            Some(rows) if n <= rows.left(start) => match rows.place(0, start) {
                (at, 1) => at,
                (at, _) if n == 1 => at,
                _ => return None,
            },
            _ => return None,
        };
        Some(at - part.base)
    }

    fn put(&self, start: usize, block: Block<'_>, part: &mut Part<'_>) {
        match self.in_place(start, block.len(), part) {
            Some(at) => pack::scatter(block, part.segment.reborrow(), at, 1),
            None => {
                let lay = self.lay.moved(-(part.base as isize));
                lay.scatter(block, &mut part.segment, start);
            }
        }
    }
}

/// Elements after which the progress is told: seldom, as threads share its counter.
const TOLD: usize = 1 << 19;

/// Work, as [`Plan::work`] counts it, below which a share is not worth dividing further.
const MIN_SHARE: usize = 1 << 15;

impl Part<'_> {
    /// Gathers elements of the buffer as they were before the pass.
    fn gather(&self, lay: &Lay, start: usize, mut out: BlockMut<'_>) {
        let mut done = 0;
        let (lo, hi) = (self.base, self.base + self.segment.len());
        lay.runs(start, out.len(), |at, step, n| {
            let last = (at as isize + (n as isize - 1) * step) as usize;
            if at.min(last) >= lo && at.max(last) < hi {
                pack::gather(self.segment.as_block(), at - lo, step, out.part(done, n));
            } else {
                for j in 0..n {
                    let at = (at as isize + j as isize * step) as usize;
                    let (block, first) = self.holder(at);
                    pack::gather(block, at - first, 1, out.part(done + j, 1));
                }
            }
            done += n;
        });
    }

    /// `n` elements of the segment, if they follow each other there.
    fn lend(&self, lay: &Lay, start: usize, n: usize) -> Option<Block<'_>> {
        let mut first = None;
        lay.runs(start, n, |at, step, len| first = (step == 1 && len == n).then_some(at));
        let at = first?.checked_sub(self.base).filter(|at| at + n <= self.segment.len())?;
        Some(self.segment.as_block().slice(at, at + n))
    }

    /// The block that has the element at this position, and the position of its first.
    fn holder(&self, at: usize) -> (Block<'_>, usize) {
        let hi = self.base + self.segment.len();
        match &self.halo {
            [Some(before), _] if at < self.base => (before.all(), self.base - before.len()),
            [_, Some(behind)] if at >= hi => (behind.all(), hi),
            _ => (self.segment.as_block(), self.base),
        }
    }
}

/// Finished blocks that may not be written yet, and blocks to use again.
#[derive(Default)]
struct Queue {
    waiting: VecDeque<(usize, usize, Scratch)>,
    spare: Vec<Scratch>,
}

impl Queue {
    fn spare(&mut self, dtype: DType, len: usize) -> Scratch {
        self.spare.pop().unwrap_or_else(|| Scratch::new(dtype, len))
    }

    /// Hands over the blocks all of whose elements are before `until`.
    fn release(&mut self, until: usize, mut put: impl FnMut(usize, Block<'_>)) {
        while let Some((start, n, _)) = self.waiting.front()
            && start + n <= until
        {
            if let Some((start, n, block)) = self.waiting.pop_front() {
                put(start, block.block(n));
                self.spare.push(block);
            }
        }
    }
}

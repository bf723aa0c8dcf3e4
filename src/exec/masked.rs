//! Element-wise work where a mask holds: the `where=` of element-wise functions. Block by block, so that
//! nothing of the operands' size is allocated beside the result; takes a plan as `map` does.
//!
//! Only what the mask chooses may warn. So long as a block meets no condition at all, all of it is
//! computed and the mask blends it with what was there; from the first block on that does, the chosen
//! elements are brought together, computed, and put back.

use super::chain::Prepared;
use super::copy::{copy_keeping, with_storage_mut};
use super::lay::Lay;
use super::machine::{Machine, Program, Source, register_len};
use super::map::{Input, by_stride, fits};
use super::plan::{Conditions, Plan};
use super::stream::{broadcast, offset_in, storage};
use super::tally::{self, Pass};
use super::{interrupt, progress, threads};
use crate::array::{Array, ArrayError, broadcast_shapes};
use crate::dtype::DType;
use crate::kernel::{Block, BlockMut, One, Scratch, index, pack};
use smallvec::SmallVec;
use std::sync::Mutex;

/// An operand: a buffer and the walk through it, or what it has in its place.
enum Elements<'a> {
    One(Block<'a>),
    Lies(Block<'a>, Lay),
    /// The target's own elements.
    Target,
}

struct Job<'a> {
    program: Program<'a>,
    operands: SmallVec<[Elements<'a>; 3]>,
    mask: (Block<'a>, Lay),
    /// The target's dtype.
    dtype: DType,
    /// The longest block.
    len: usize,
    met: Mutex<Conditions>,
}

/// As [`super::map`], but only where `mask` holds: the other elements of `out` keep what they were, and
/// their operands may warn of nothing. Without `out` they are zero.
pub fn map_where(
    plan: &Plan,
    mut inputs: SmallVec<[Input; 3]>,
    mask: &Array,
    out: Option<Array>,
) -> Result<(Array, Conditions), ArrayError> {
    let mut shapes: SmallVec<[&[usize]; 4]> = inputs.iter().map(Input::shape).collect();
    shapes.push(mask.shape());
    let shape = broadcast_shapes(&shapes)?;
    drop(shapes);
    let out = match out {
        Some(out) => {
            fits(&shape, &out)?;
            out
        }
        None => Array::zeros(plan.out(), &shape)?,
    };
    let apart = |a: &Array| a.size() < 2 || !a.may_overlap(&out);
    for input in &mut inputs {
        if let Input::Array(a) = input
            && !apart(a)
            && offset_in(a, &out) != Some(0)
        {
            *a = copy_keeping(a)?;
        }
    }
    let mask = if apart(mask) { mask.clone() } else { copy_keeping(mask)? };
    let met = if out.size() > 0 { run(plan, &inputs, &mask, &out)? } else { Conditions::new(plan) };
    Ok((out, met))
}

fn run(plan: &Plan, inputs: &[Input], mask: &Array, out: &Array) -> Result<Conditions, ArrayError> {
    let n = out.size();
    let _pass = tally::pass(|| {
        let pass = Pass::new("map", out.dtype(), plan.work(n)).runs(plan, n).writes(out).reads(mask);
        inputs.iter().filter_map(Input::array).fold(pass, Pass::reads)
    });
    let ones: SmallVec<[Option<One>; 3]> =
        inputs.iter().zip(&plan.inputs).map(|(input, &dtype)| input.single(dtype)).collect();
    let axes = by_stride(out.strides());
    let lay = |a: &Array| Lay::new(out.shape(), &broadcast(a, out.shape()), a.offset(), &axes);
    let prepared = Prepared::new(plan, 2);
    let mut sources: SmallVec<[Source<'_>; 3]> = SmallVec::new();
    let mut operands = SmallVec::new();
    for (one, input) in ones.iter().zip(inputs) {
        let (operand, source) = match (one, input) {
            (Some(one), _) => (Elements::One(one.block()), Source::Scalar(one.block())),
            (None, Input::Array(a)) if a.may_overlap(out) => (Elements::Target, Source::Given(a.dtype())),
            (None, Input::Array(a)) => (Elements::Lies(storage(a), lay(a)), Source::Given(a.dtype())),
            (None, Input::Scalar(_)) => unreachable!("a scalar is single"),
        };
        operands.push(operand);
        sources.push(source);
    }
    let program = Program { plan, prepared: &prepared, sources: &sources, rows: None, past: false };
    let met = Mutex::new(Conditions::new(plan));
    let len = register_len(plan).min(n);
    let job = Job { program, operands, mask: (storage(mask), lay(mask)), dtype: out.dtype(), len, met };
    let own = Lay::new(out.shape(), out.strides(), out.offset(), &axes);
    let _work = progress::pass(n);
    with_storage_mut(out, |mut to| {
        if !own.is_linear() {
            return job.scattered(&own, n, to);
        }
        let parts = threads::for_elements(plan.work(n)).max(1);
        let share = n.div_ceil(parts * 4).next_multiple_of(64);
        let cuts = (1..=n.div_ceil(share)).map(|i| (i * share).min(n));
        threads::pieces(to.part(own.offset, n), cuts, &|i, part| job.piece(i * share, part));
    });
    if interrupt::requested() {
        return Err(ArrayError::Interrupted);
    }
    let mut met = job.met.into_inner().unwrap_or_default();
    met.locate(out.shape(), &axes);
    Ok(met)
}

/// What one thread works with.
struct Hands<'a> {
    machine: Machine<'a>,
    mask: Scratch,
    /// Elements of each operand as they lie, and those that the mask chooses.
    whole: SmallVec<[Scratch; 3]>,
    chosen: SmallVec<[Scratch; 3]>,
    result: Scratch,
    blended: Scratch,
    /// Whether a condition was met, from where on only chosen elements are computed.
    alert: bool,
}

impl<'a> Hands<'a> {
    fn new(job: &Job<'a>) -> Hands<'a> {
        let dtype = |i: usize| match job.program.sources[i] {
            Source::Given(dtype) => dtype,
            _ => job.program.plan.inputs[i],
        };
        let scratches = || (0..job.operands.len()).map(|i| Scratch::new(dtype(i), job.len)).collect();
        Hands {
            machine: Machine::new(job.program, job.dtype, job.len, false),
            mask: Scratch::new(DType::Bool, job.len),
            whole: scratches(),
            chosen: scratches(),
            result: Scratch::new(job.dtype, job.len),
            blended: Scratch::new(job.dtype, job.len),
            alert: false,
        }
    }
}

impl<'a> Job<'a> {
    /// Elements from `start` of the walk on, which lie in `to`.
    fn piece(&self, start: usize, mut to: BlockMut<'_>) {
        let mut hands = Hands::new(self);
        let n = to.len();
        for at in (0..n).step_by(self.len).take_while(|_| !interrupt::requested()) {
            let len = self.len.min(n - at);
            self.block(&mut hands, start + at, to.part(at, len));
        }
        self.note(hands);
    }

    /// All elements, which lie apart in `to`.
    fn scattered(&self, lay: &Lay, n: usize, mut to: BlockMut<'_>) {
        let mut hands = Hands::new(self);
        let mut front = Scratch::new(self.dtype, self.len);
        for at in (0..n).step_by(self.len).take_while(|_| !interrupt::requested()) {
            let len = self.len.min(n - at);
            lay.gather(to.as_block(), at, front.block_mut(len));
            self.block(&mut hands, at, front.block_mut(len));
            lay.scatter(front.block(len), &mut to, at);
        }
        self.note(hands);
    }

    fn note(&self, hands: Hands<'_>) {
        if let Ok(mut met) = self.met.lock() {
            *met = std::mem::take(&mut *met).union(&hands.machine.met);
        }
    }

    /// Computes a block that begins at `start` of the walk; `to` has what was there.
    fn block(&self, hands: &mut Hands<'a>, start: usize, to: BlockMut<'_>) {
        let n = to.len();
        let Hands { machine, mask, whole, chosen, result, blended, alert } = hands;
        let mask = lying(&self.mask.0, &self.mask.1, start, n, mask).typed::<bool>();
        let count = index::count(mask);
        if count == 0 {
            return;
        }
        let mut blocks: SmallVec<[Block<'_>; 3]> = SmallVec::new();
        for (operand, scratch) in self.operands.iter().zip(whole) {
            blocks.push(match operand {
                Elements::One(one) => *one,
                Elements::Lies(storage, lay) => lying(storage, lay, start, n, scratch),
                Elements::Target => to.as_block(),
            });
        }
        if !*alert {
            machine.run_on(&blocks, result.block_mut(n));
            if !machine.met.any() {
                index::choose(mask, result.block(n), to.as_block(), blended.block_mut(n));
                drop(blocks);
                return pack::scatter(blended.block(n), to, 0, 1);
            }
            machine.met = Conditions::new(self.program.plan);
            *alert = true;
        }
        for (block, scratch) in blocks.iter_mut().zip(chosen).filter(|(block, _)| block.len() == n) {
            index::compress(*block, mask, scratch.block_mut(count));
            *block = scratch.block(count);
        }
        let before = machine.met.spot.take();
        machine.run_on(&blocks, result.block_mut(count));
        drop(blocks);
        machine.met.lead_to(|k| start + nth(mask, k), before);
        index::expand(to, mask, result.block(count));
    }
}

/// A block of the elements of a walk: where they lie, or brought together.
fn lying<'b>(storage: &Block<'b>, lay: &Lay, start: usize, n: usize, scratch: &'b mut Scratch) -> Block<'b> {
    if lay.is_linear() {
        return storage.slice(lay.offset + start, lay.offset + start + n);
    }
    lay.gather(*storage, start, scratch.block_mut(n));
    scratch.block(n)
}

/// The place of the `k`-th that is true.
fn nth(mask: &[bool], k: usize) -> usize {
    mask.iter().enumerate().filter(|(_, m)| **m).nth(k).map_or(0, |(i, _)| i)
}

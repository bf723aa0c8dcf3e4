//! Plans: small register programs over blocks, and the machine that runs them.
//!
//! A plan names the dtype of every input and a list of instructions (kernels); the last one's
//! result is the output. The machine walks the output block by block. Of each block it brings the
//! inputs: contiguous operands of the right dtype straight from memory, strided or other-dtype ones
//! packed and promoted into registers that fit in L1, scalars as blocks of length one. Each thread
//! has a machine of its own and a contiguous range of the output; no result depends on either.

use super::interrupt;
use crate::array::{ArrayError, Dims, Strides};
use crate::dtype::DType;
use crate::kernel::{Block, BlockMut, Check, Flags, KernelFn, Scratch, cast, fp, pack};
use smallvec::SmallVec;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// An element-wise program. An empty list of instructions copies (and casts) the first input.
pub struct Plan {
    /// The dtype to which each input is promoted before the program sees it.
    pub inputs: SmallVec<[DType; 3]>,
    pub instructions: SmallVec<[Instruction; 1]>,
}

/// One kernel of a plan. Operands are numbered: first the plan's inputs, then the results of the
/// instructions before this one.
pub struct Instruction {
    pub run: KernelFn,
    pub operands: SmallVec<[usize; 3]>,
    pub out: DType,
    pub check: Option<Check>,
}

impl Plan {
    /// The plan of one kernel, whose operands are all of `dtype`.
    pub fn single(run: KernelFn, check: Option<Check>, dtype: DType, arity: usize, out: DType) -> Plan {
        let operands = (0..arity).collect();
        Plan {
            inputs: SmallVec::from_elem(dtype, arity),
            instructions: SmallVec::from_elem(Instruction { run, operands, out, check }, 1),
        }
    }

    /// The plan that copies an array, casting it.
    pub fn copy(dtype: DType) -> Plan {
        Plan { inputs: SmallVec::from_elem(dtype, 1), instructions: SmallVec::new() }
    }

    /// The output's dtype.
    pub fn out(&self) -> DType {
        match self.instructions.last() {
            Some(last) => last.out,
            None => self.inputs[0],
        }
    }

    /// A register for each instruction but the last, reused after the last look at it.
    fn registers(&self) -> (SmallVec<[usize; 4]>, SmallVec<[DType; 4]>) {
        let base = self.inputs.len();
        let mut slots: SmallVec<[usize; 4]> = SmallVec::new();
        let mut dtypes: SmallVec<[DType; 4]> = SmallVec::new();
        let mut free_from: SmallVec<[usize; 4]> = SmallVec::new();
        for (i, ins) in self.instructions.iter().enumerate() {
            let seen = |j: &usize| self.instructions[*j].operands.contains(&(base + i));
            let last = (i + 1..self.instructions.len()).rev().find(seen).unwrap_or(i);
            let free = (0..dtypes.len()).find(|&s| dtypes[s] == ins.out && free_from[s] < i);
            let slot = free.unwrap_or_else(|| {
                dtypes.push(ins.out);
                free_from.push(0);
                dtypes.len() - 1
            });
            free_from[slot] = last;
            slots.push(slot);
        }
        (slots, dtypes)
    }
}

impl Clone for Instruction {
    fn clone(&self) -> Instruction {
        Instruction { operands: self.operands.clone(), ..*self }
    }
}

/// The conditions that a run met.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    /// One per instruction.
    pub instructions: SmallVec<[Flags; 1]>,
    /// Of casts of inputs and of the output.
    pub cast: Flags,
}

impl Conditions {
    pub fn new(plan: &Plan) -> Conditions {
        Conditions {
            instructions: SmallVec::from_elem(Flags::NONE, plan.instructions.len()),
            cast: Flags::NONE,
        }
    }

    pub fn union(mut self, other: &Conditions) -> Conditions {
        for (a, b) in self.instructions.iter_mut().zip(&other.instructions) {
            *a = a.union(*b);
        }
        self.cast = self.cast.union(other.cast);
        self
    }
}

/// Where an input's elements come from.
pub(super) enum Source<'a> {
    /// One element, promoted already.
    Scalar(Block<'a>),
    /// All elements in the order of the walk, of the plan's dtype.
    Direct(Block<'a>),
    /// Elements to be packed, promoted, or both.
    Strided(View<'a>),
    /// The very elements that the output overwrites.
    Target(DType),
}

/// Elements of a buffer in the order of the walk.
#[derive(Clone)]
pub(super) struct View<'a> {
    pub storage: Block<'a>,
    pub lay: Lay,
}

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

    /// Calls `f(position, step, count)` for each run of elements `start..start + n`.
    fn runs(&self, start: usize, n: usize, mut f: impl FnMut(usize, isize, usize)) {
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

    fn gather(&self, storage: Block<'_>, start: usize, mut out: BlockMut<'_>) {
        let mut done = 0;
        self.runs(start, out.len(), |at, step, n| {
            pack::gather(storage, at, step, out.part(done, n));
            done += n;
        });
    }

    pub fn scatter(&self, from: Block<'_>, storage: &mut BlockMut<'_>, start: usize) {
        let mut done = 0;
        self.runs(start, from.len(), |at, step, n| {
            pack::scatter(from.slice(done, done + n), storage.reborrow(), at, step);
            done += n;
        });
    }
}

/// Bytes of a block per operand: two operands and a result fit L1 beside the code's own data.
static BLOCK_BYTES: AtomicUsize = AtomicUsize::new(16 << 10);

/// Sets the bytes of a block, so that small tests cross the borders of blocks.
pub fn set_block_size(bytes: usize) {
    BLOCK_BYTES.store(bytes.max(1), Relaxed);
}

/// The largest block a plan over these sources works on, in elements.
pub(super) fn block_len(plan: &Plan, sources: &[Source<'_>]) -> usize {
    let widest = plan.inputs.iter().chain(plan.instructions.iter().map(|i| &i.out));
    let widest = widest.map(|d| d.itemsize()).max().unwrap_or(8);
    let streaming = plan.instructions.len() == 1
        && sources.iter().all(|s| matches!(s, Source::Scalar(_) | Source::Direct(_)));
    let bytes = BLOCK_BYTES.load(Relaxed);
    // Without registers a block only sets how often the flag is looked at and results are checked.
    let bytes = if streaming { bytes * 2 } else { bytes };
    (bytes / widest).max(1)
}

/// The registers of one thread.
pub(super) struct Machine<'a> {
    plan: &'a Plan,
    sources: &'a [Source<'a>],
    /// Packed elements, before promotion.
    raw: SmallVec<[Option<Scratch>; 3]>,
    /// Promoted elements.
    ready: SmallVec<[Option<Scratch>; 3]>,
    slots: SmallVec<[usize; 4]>,
    temps: SmallVec<[Option<Scratch>; 4]>,
    /// The result before it is cast to the target's dtype.
    result: Option<Scratch>,
    pub len: usize,
    pub met: Conditions,
}

impl<'a> Machine<'a> {
    pub fn new(plan: &'a Plan, sources: &'a [Source<'a>], target: DType, len: usize) -> Machine<'a> {
        let mut raw = SmallVec::new();
        let mut ready = SmallVec::new();
        for (source, &want) in sources.iter().zip(&plan.inputs) {
            let have = match source {
                Source::Strided(v) => Some(v.storage.dtype()),
                Source::Target(d) => Some(*d),
                _ => None,
            };
            ready.push(have.map(|_| Scratch::new(want, len)));
            raw.push(have.filter(|&d| d != want).map(|d| Scratch::new(d, len)));
        }
        let (slots, dtypes) = plan.registers();
        let inner = plan.instructions.len().saturating_sub(1);
        let used = |s: &usize| slots[..inner].contains(s);
        let temps = dtypes.iter().enumerate().map(|(s, &d)| used(&s).then(|| Scratch::new(d, len))).collect();
        let result = (plan.out() != target).then(|| Scratch::new(plan.out(), len));
        let met = Conditions::new(plan);
        Machine { plan, sources, raw, ready, slots, temps, result, len, met }
    }

    /// Whether the program reads the elements that it overwrites.
    pub fn reads_target(&self) -> bool {
        self.sources.iter().any(|s| matches!(s, Source::Target(_)))
    }

    /// Keeps the target's elements for the block that is run next.
    pub fn load_target(&mut self, elements: Block<'_>) {
        for (i, source) in self.sources.iter().enumerate() {
            if matches!(source, Source::Target(_))
                && let Some(reg) = &mut self.ready[i]
            {
                let to = reg.block_mut(elements.len());
                promote(elements, to, &mut self.met.cast);
            }
        }
    }

    /// Computes elements `start..start + out.len()` of the walk.
    pub fn run(&mut self, start: usize, mut out: BlockMut<'_>) {
        let n = out.len();
        self.fetch(start, n);
        if let Some(mut reg) = self.result.take() {
            self.program(start, n, reg.block_mut(n));
            promote(reg.block(n), out.reborrow(), &mut self.met.cast);
            self.result = Some(reg);
        } else {
            self.program(start, n, out);
        }
    }

    /// Packs and promotes what does not come straight from memory.
    fn fetch(&mut self, start: usize, n: usize) {
        for (i, source) in self.sources.iter().enumerate() {
            let (Source::Strided(view), Some(ready)) = (source, &mut self.ready[i]) else { continue };
            match &mut self.raw[i] {
                None => view.lay.gather(view.storage, start, ready.block_mut(n)),
                Some(_) if view.lay.is_linear() => {
                    let at = view.lay.offset + start;
                    promote(view.storage.slice(at, at + n), ready.block_mut(n), &mut self.met.cast);
                }
                Some(raw) => {
                    view.lay.gather(view.storage, start, raw.block_mut(n));
                    promote(raw.block(n), ready.block_mut(n), &mut self.met.cast);
                }
            }
        }
    }

    fn program(&mut self, start: usize, n: usize, mut out: BlockMut<'_>) {
        let count = self.plan.instructions.len();
        if count == 0 {
            return cast::convert(self.operand(0, start, n), out);
        }
        for i in 0..count {
            let ins = &self.plan.instructions[i];
            if i + 1 == count {
                let flags = self.step(ins, start, n, out.reborrow());
                self.met.instructions[i] = self.met.instructions[i].union(flags);
            } else if let Some(mut reg) = self.temps[self.slots[i]].take() {
                let flags = self.step(ins, start, n, reg.block_mut(n));
                self.met.instructions[i] = self.met.instructions[i].union(flags);
                self.temps[self.slots[i]] = Some(reg);
            }
        }
    }

    fn step(&self, ins: &Instruction, start: usize, n: usize, mut out: BlockMut<'_>) -> Flags {
        let operands: SmallVec<[Block<'_>; 3]> =
            ins.operands.iter().map(|&o| self.operand(o, start, n)).collect();
        (ins.run)(&operands, out.reborrow());
        ins.check.map_or(Flags::NONE, |check| check(&operands, out.as_block()))
    }

    fn operand(&self, o: usize, start: usize, n: usize) -> Block<'_> {
        let register = match self.sources.get(o) {
            Some(Source::Scalar(one)) => return *one,
            Some(Source::Direct(all)) => return all.slice(start, start + n),
            Some(_) => &self.ready[o],
            None => &self.temps[self.slots[o - self.sources.len()]],
        };
        match register {
            Some(reg) => reg.block(n),
            None => unreachable!("an instruction reads a register before it is written"),
        }
    }

    /// Runs a contiguous range of the walk, block by block, until done or interrupted.
    pub fn stream(&mut self, mut start: usize, mut out: BlockMut<'_>) -> Result<(), ArrayError> {
        let reads_target = self.reads_target();
        while !out.is_empty() {
            if interrupt::requested() {
                return Err(ArrayError::Interrupted);
            }
            let n = out.len().min(self.len);
            let (block, rest) = out.split_at(n);
            if reads_target {
                self.load_target(block.as_block());
            }
            self.run(start, block);
            start += n;
            out = rest;
        }
        Ok(())
    }

    /// As `stream`, for a target that is strided in memory.
    pub fn stream_strided(
        &mut self,
        total: usize,
        lay: &Lay,
        mut to: BlockMut<'_>,
    ) -> Result<(), ArrayError> {
        let mut block = Scratch::new(to.dtype(), self.len);
        let reads_target = self.reads_target();
        let mut start = 0;
        while start < total {
            if interrupt::requested() {
                return Err(ArrayError::Interrupted);
            }
            let n = self.len.min(total - start);
            if reads_target {
                lay.gather(to.as_block(), start, block.block_mut(n));
                self.load_target(block.block(n));
            }
            self.run(start, block.block_mut(n));
            lay.scatter(block.block(n), &mut to, start);
            start += n;
        }
        Ok(())
    }
}

fn promote(from: Block<'_>, mut to: BlockMut<'_>, met: &mut Flags) {
    cast::convert(from, to.reborrow());
    let lossy = from.dtype().is_inexact() && from.dtype() != to.dtype();
    if lossy && (to.dtype().is_int() || to.dtype().itemsize() < from.dtype().itemsize()) {
        *met = met.union(fp::cast(&[from], to.as_block()));
    }
}

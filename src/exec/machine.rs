//! The machine that runs a [`Plan`]: of each block it brings the inputs (contiguous ones of the right
//! dtype straight from memory, also row by row; strided or other ones packed and promoted into
//! registers that fit in L1; scalars as blocks of length one) and runs the instructions over it,
//! neighbouring float operations as one [`Chain`], which also reads several rows of strided inputs in one
//! block. Each thread has a machine of its own; no result depends on blocks or threads.

use super::ahead;
use super::band::Band;
use super::chain::{self, Chain, Part, Prepared};
use super::lay::{Lay, Rows};
use super::plan::{Conditions, Instruction, Operand, Plan, Watch};
use super::stream::PAST_CACHES;
use crate::dtype::DType;
use crate::kernel::chain::{PastCaches, Strip, fold as fold_chain, run as run_chain, run_over};
use crate::kernel::{Block, BlockMut, Flags, Fold, One, Scratch, cast, fp};
use smallvec::SmallVec;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Where an input's elements come from.
pub(super) enum Source<'a> {
    /// One element, promoted already.
    Scalar(Block<'a>),
    /// All elements in the order of the walk, of the plan's dtype.
    Direct(Block<'a>),
    /// Elements to be packed, promoted, or both.
    Strided(View<'a>),
    /// Elements of the target's own buffer, of this dtype: see [`Machine::load_own`].
    Own(Lay, DType),
    /// Blocks of this dtype that the caller brings: see [`Machine::run_on`].
    Given(DType),
}

/// Elements of a buffer in the order of the walk.
#[derive(Clone)]
pub(super) struct View<'a> {
    pub storage: Block<'a>,
    pub lay: Lay,
}

/// Bytes of a block per register: the registers in use and what streams by fit L1 together.
static BLOCK_BYTES: AtomicUsize = AtomicUsize::new(16 << 10);

/// Sets the bytes of a block, so that small tests cross the borders of blocks.
pub fn set_block_size(bytes: usize) {
    BLOCK_BYTES.store(bytes.max(1), Relaxed);
}

/// Bytes of a block for one of a chain that reads everything where it lies, which needs no registers: then
/// a block only sets how often the flag is looked at and results are checked. Of 1e6 float64 on two threads
/// in blocks of 2048 a profile showed some 70 µs around the chain.
const CHAINED: usize = 8;

/// The largest block a plan over these sources works on, in elements. Where `rows` are given, chains read
/// several in one block; where `over`, the target where it lies.
pub(super) fn block_len(
    plan: &Plan,
    prepared: &Prepared,
    sources: &[Source<'_>],
    target: DType,
    rows: Option<&Rows>,
    over: bool,
) -> usize {
    let direct = sources.iter().all(|s| matches!(s, Source::Scalar(_) | Source::Direct(_)));
    let lies = |(i, source): (usize, &Source<'_>)| match source {
        Source::Scalar(_) | Source::Direct(_) => true,
        Source::Strided(view) => {
            let step = rows.filter(|rows| rows.hold(i + 1)).map(|rows| rows.step(i + 1));
            let alike = view.storage.dtype() == plan.inputs[i];
            match prepared.converts(i) && !alike {
                true => step == Some(1),
                false => alike && matches!(step, Some(0 | 1)),
            }
        }
        Source::Own(_, dtype) => over && *dtype == plan.inputs[i] && is_written_over(plan, prepared, *dtype),
        Source::Given(_) => false,
    };
    let times = match prepared.parts[..] {
        [Part::Chain(_)] if plan.out() == target && sources.iter().enumerate().all(lies) => CHAINED,
        _ if direct && plan.instructions.len() < 2 => 2,
        _ if turns(plan, prepared, sources) => return register_len(plan).div_ceil(SHORTER),
        _ => 1,
    };
    times * register_len(plan)
}

/// Whether several kernels, each done sooner than memory brings the next block, take turns with it: each block
/// is waited for, and the shorter they are, the more of the next one the processor brings by itself meanwhile. 1e6
/// complex128 on two threads, µs, in blocks of 16 KiB and of 4: `z * z + z` 1090 and 715, `z * conj(z)` 1030 and 685. Of
/// what the third-level cache holds longer blocks are faster (of 60,000 34 and 42; 1e6 complex64 300 and 385).
fn turns(plan: &Plan, prepared: &Prepared, sources: &[Source<'_>]) -> bool {
    let bytes = |source: &Source<'_>| match source {
        Source::Direct(block) => block.len() * block.dtype().itemsize(),
        _ => 0,
    };
    let alone = prepared.parts.iter().all(|part| matches!(part, Part::One(_)));
    let swift = plan.instructions.iter().all(|ins| ins.weight < 8);
    alone && swift && plan.widest() >= 16 && sources.iter().map(bytes).sum::<usize>() >= PAST_CACHES / 4
}

/// By how much.
const SHORTER: usize = 4;

/// Whether one chain writes numbers over elements of this dtype. (Bools that a chain writes are no elements of it.)
fn is_written_over(plan: &Plan, prepared: &Prepared, own: DType) -> bool {
    let single = matches!(&prepared.parts[..],
        [Part::Chain(chain)] if chain.results.len() == 1 && chain.dtype == plan.out());
    single && own == plan.out()
}

/// The largest block that goes through registers. Where many steps go one by one, their registers would not
/// fit the cache together: they are shorter. (Chains and a function or two lose by it: a Gaussian of 2e4
/// float64 took 15 µs, and 21 in shorter blocks.)
pub(super) fn register_len(plan: &Plan) -> usize {
    let alone = plan.instructions.iter().filter(|ins| ins.link.is_none()).count();
    let bytes = BLOCK_BYTES.load(Relaxed) / if alone >= CROWDED { 4 } else { 1 };
    (bytes / plan.widest()).max(1)
}

/// Steps that go one by one, from which on their registers are too many.
const CROWDED: usize = 4;

/// What a run shares: the program, its sources, and their rows.
#[derive(Clone, Copy)]
pub(super) struct Program<'a> {
    pub plan: &'a Plan,
    pub prepared: &'a Prepared,
    pub sources: &'a [Source<'a>],
    /// The rows of the target (operand 0) and of every source after it, where blocks keep to rows.
    pub rows: Option<&'a Rows>,
    /// Whether the result is too large for the caches to keep, so that it better goes past them.
    pub past: bool,
}

/// Where an input's block is now.
#[derive(Clone, Copy)]
enum Now<'a> {
    Here(Block<'a>),
    /// In its register, this long.
    Ready(usize),
    /// Packed, but not promoted: for chains that convert it.
    Raw(usize),
    /// In several rows of its buffer.
    Strip(Strip<'a>),
}

/// Blocks of some sources, by their numbers.
pub(super) type Lent<'a> = SmallVec<[(usize, Block<'a>); 4]>;

/// The registers of one thread.
pub(super) struct Machine<'a> {
    program: Program<'a>,
    /// Packed elements, before promotion.
    raw: SmallVec<[Option<Scratch>; 3]>,
    /// Rows of operands that lie across.
    bands: SmallVec<[Option<Band>; 3]>,
    /// Promoted elements.
    ready: SmallVec<[Option<Scratch>; 3]>,
    /// Of sources whose rows repeat, what is in their registers: which row, from where on, how many elements.
    repeated: SmallVec<[Option<(usize, usize, usize)>; 3]>,
    /// The sources that may be read row by row within a block, by bit; none where blocks keep to rows.
    strips: u64,
    /// Whether every step is tested in every block: once one has held something not finite, the data
    /// may be full of it.
    alert: bool,
    /// The registers of steps, each made when it is first written.
    temps: SmallVec<[Option<Scratch>; 4]>,
    /// The result before it is cast to the target's dtype.
    result: Option<Scratch>,
    past: Option<PastCaches>,
    pub len: usize,
    /// The elements of a register; longer blocks go through none.
    step: usize,
    /// The part, a function after what reads memory, that runs while the next block's lines come.
    pause: Option<usize>,
    pub met: Conditions,
}

impl<'a> Machine<'a> {
    /// A machine for blocks of at most `len` elements of a target of this dtype. Where `wide`, a block
    /// may have several rows.
    pub fn new(program: Program<'a>, target: DType, len: usize, wide: bool) -> Machine<'a> {
        let plan = program.plan;
        // What is longer is packed nowhere.
        let step = len.min(register_len(plan));
        let mut raw = SmallVec::new();
        let (mut ready, mut bands) = (SmallVec::new(), SmallVec::new());
        for (source, &want) in program.sources.iter().zip(&plan.inputs) {
            let have = match source {
                Source::Strided(v) => Some(v.storage.dtype()),
                Source::Own(_, d) | Source::Given(d) => Some(*d),
                _ => None,
            };
            bands.push(match source {
                Source::Strided(view) => Band::of(view),
                _ => None,
            });
            ready.push(have.map(|_| Scratch::new(want, step)));
            raw.push(have.filter(|&d| d != want).map(|d| Scratch::new(d, step)));
        }
        let strips = if wide { strips(program) } else { 0 };
        let temps = program.prepared.dtypes.iter().map(|_| None).collect();
        let result = (plan.out() != target).then(|| Scratch::new(plan.out(), len));
        let met = Conditions::new(plan);
        let repeated = SmallVec::from_elem(None, program.sources.len());
        let past = (program.past && result.is_none()).then(PastCaches::default);
        Machine {
            program,
            raw,
            bands,
            ready,
            repeated,
            strips,
            alert: false,
            temps,
            result,
            past,
            len,
            step,
            pause: ahead::pause(program),
            met,
        }
    }

    /// How many elements the next block has, from `start` of the walk, where `left` are wanted.
    pub fn take(&self, start: usize, left: usize) -> usize {
        let n = left.min(if self.alert { self.step } else { self.len });
        let Some(rows) = self.program.rows else { return n };
        let several = (n / rows.len).min(rows.together(start));
        if self.strips != 0 && several > 1 && start.is_multiple_of(rows.len) {
            return several * rows.len;
        }
        n.min(rows.left(start))
    }

    /// Brings a block's elements that lie in the target's buffer into registers, by `read`, which gathers from that
    /// buffer; but those of one row in this dtype `lend` may find where they lie.
    pub fn load_own<'b>(
        &mut self,
        (start, n): (usize, usize),
        read: &dyn Fn(&Lay, usize, BlockMut<'_>),
        lend: &dyn Fn(&Lay) -> Option<Block<'b>>,
    ) -> Lent<'b> {
        let mut lent = SmallVec::new();
        for (i, source) in self.program.sources.iter().enumerate() {
            let (Source::Own(lay, _), Some(ready)) = (source, &mut self.ready[i]) else { continue };
            match &mut self.raw[i] {
                None => match lend(lay) {
                    Some(block) => lent.push((i, block)),
                    None => read(lay, start, ready.block_mut(n)),
                },
                Some(raw) => {
                    read(lay, start, raw.block_mut(n));
                    promote(raw.block(n), ready.block_mut(n), &mut self.met.cast);
                }
            }
        }
        lent
    }

    /// As [`Machine::run`], of a block some of whose elements of the target's buffer are lent.
    pub fn run_lent(&mut self, start: usize, lent: &Lent<'_>, mut out: BlockMut<'_>) {
        let mut now: SmallVec<[Now<'_>; 8]> = SmallVec::new();
        for known in self.fetch(start, out.len(), self.strips) {
            now.push(known);
        }
        for &(i, block) in lent {
            now[i] = Now::Here(block);
        }
        self.finish(&now, start, out.reborrow());
    }

    /// Computes elements `start..start + out.len()` of the walk.
    pub fn run(&mut self, start: usize, mut out: BlockMut<'_>) {
        let now = self.fetch(start, out.len(), self.strips);
        self.finish(&now, start, out.reborrow());
    }

    /// Whether [`Machine::run_over`] can do it where elements of the target's own buffer are those that are
    /// written: one chain does all, which has met nothing that its steps must tell of.
    pub fn works_over(&self) -> bool {
        let Program { plan, prepared, sources, .. } = self.program;
        let own = |(source, &dtype): (&Source<'_>, &DType)| match source {
            Source::Own(_, have) => Some(*have == dtype && is_written_over(plan, prepared, *have)),
            _ => None,
        };
        let mut owns = sources.iter().zip(&plan.inputs).filter_map(own).peekable();
        !self.alert && self.result.is_none() && owns.peek().is_some() && owns.all(|alike| alike)
    }

    /// Computes elements `start..start + out.len()` of the walk from what lies there. Gives how many are
    /// computed; the others are as they were, and met something not finite.
    pub fn run_over(&mut self, start: usize, out: BlockMut<'_>) -> usize {
        let n = out.len();
        let [Part::Chain(chain)] = &self.program.prepared.parts[..] else { return 0 };
        let now = self.fetch(start, n, self.strips);
        let by_rows = now.iter().any(|now| matches!(now, Now::Strip(_)));
        let len = if by_rows { self.program.rows.map_or(n, |rows| rows.len.min(n)) } else { n };
        let source = |o: &Operand| match o {
            Operand::Input(i) => match (&self.program.sources[*i], now[*i]) {
                (Source::Own(..), _) => Strip::own(len),
                (_, Now::Strip(strip)) => strip,
                _ => Strip::of(self.operand(*o, &now, start, n), n, len),
            },
            Operand::Step(_) => unreachable!("a plan of one chain"),
        };
        let sources: SmallVec<[Strip<'_>; 4]> = chain.sources.iter().map(source).collect();
        let done = run_over((&chain.codes[..], chain.dtype), &sources, chain.slots, out, len);
        drop(sources);
        self.alert = done < n;
        done
    }

    fn finish(&mut self, now: &[Now<'_>], start: usize, mut out: BlockMut<'_>) {
        let n = out.len();
        if let Some(mut reg) = self.result.take() {
            self.execute(now, start, reg.block_mut(n));
            promote(reg.block(n), out.reborrow(), &mut self.met.cast);
            self.result = Some(reg);
        } else {
            self.execute(now, start, out);
        }
    }

    /// Computes a block from blocks of the inputs, each as long as `out` or of one element.
    pub fn run_on(&mut self, blocks: &[Block<'_>], mut out: BlockMut<'_>) {
        let total = out.len();
        for start in (0..total).step_by(self.len) {
            let n = self.len.min(total - start);
            let mut now: SmallVec<[Now<'_>; 8]> = SmallVec::new();
            for (i, block) in blocks.iter().enumerate() {
                let here = if block.len() == total { block.slice(start, start + n) } else { *block };
                now.push(match (&self.raw[i], &mut self.ready[i]) {
                    (Some(_), Some(_)) if self.program.prepared.converts(i) && here.len() > 1 => {
                        Now::Here(here)
                    }
                    (Some(_), Some(ready)) => {
                        promote(here, ready.block_mut(here.len()), &mut self.met.cast);
                        Now::Ready(here.len())
                    }
                    _ => Now::Here(here),
                });
            }
            self.finish(&now, start, out.part(start, n));
        }
    }

    /// Computes rows of elements from blocks of the inputs, each as long as all `n` elements, or of one for
    /// each row or for all, and folds each row into its accumulator where it is made. Gives how many rows:
    /// fewer than there are where the plan is no single chain, or met something not finite.
    pub fn fold_on(
        &mut self,
        blocks: &[Block<'_>],
        n: usize,
        fold: &Fold,
        mut acc: BlockMut<'_>,
        ask: bool,
    ) -> usize {
        let [Part::Chain(chain)] = &self.program.prepared.parts[..] else { return 0 };
        if self.alert {
            return 0;
        }
        for (i, block) in blocks.iter().enumerate() {
            if let (Some(_), Some(ready)) = (&self.raw[i], &mut self.ready[i]) {
                match block.len() {
                    1 => promote(*block, ready.block_mut(1), &mut self.met.cast),
                    all if all == n && self.program.prepared.converts(i) => {}
                    _ => return 0,
                }
            }
        }
        let (rows, len) = (acc.len(), n / acc.len().max(1));
        let block = |i: usize| match (&self.raw[i], &self.ready[i]) {
            (Some(_), Some(ready)) if blocks[i].len() == 1 => ready.block(1),
            _ => blocks[i],
        };
        let mut sources: SmallVec<[Strip<'_>; 4]> = SmallVec::new();
        for o in &chain.sources {
            let Operand::Input(i) = o else { return 0 };
            let block = block(*i);
            sources.push(match block.len() {
                one if one == rows && one != 1 && one != n => {
                    Strip { block: Some(block), at: 0, row: 1, single: true }
                }
                _ => Strip::of(block, n, len),
            });
        }
        let codes = (&chain.codes[..], chain.dtype);
        let done = fold_chain(codes, &sources, chain.slots, len, fold, acc.reborrow(), ask);
        drop(sources);
        self.alert |= done < rows;
        done
    }

    /// Finds, packs and promotes what is not a plain stretch of memory; of several rows all but those
    /// of the sources `strips`.
    fn fetch(&mut self, start: usize, n: usize, strips: u64) -> SmallVec<[Now<'a>; 8]> {
        let mut now = SmallVec::from_elem(Now::Ready(n), self.program.sources.len());
        let rows = self.program.rows;
        let several = rows.is_some_and(|rows| n > rows.left(start));
        for (i, source) in self.program.sources.iter().enumerate() {
            let (Source::Strided(view), Some(ready)) = (source, &mut self.ready[i]) else { continue };
            let run = match rows {
                Some(rows) if several && strips >> i & 1 == 1 => {
                    let (at, step) = rows.place(i + 1, start);
                    let row = rows.stride(i + 1);
                    now[i] = Now::Strip(Strip { block: Some(view.storage), at, row, single: step == 0 });
                    continue;
                }
                Some(rows) if !several && rows.hold(i + 1) => Some(rows.place(i + 1, start)),
                _ => view.lay.is_linear().then(|| (view.lay.offset + start, 1)),
            };
            // An even or single element serves where it lies.
            let here = match run {
                Some((at, 0)) => Some(view.storage.slice(at, at + 1)),
                Some((at, 1)) => Some(view.storage.slice(at, at + n)),
                _ => None,
            };
            // Of a row that repeats, what the block before has brought together may serve again.
            let again = if run.is_none() { view.lay.repetition(start, n) } else { None };
            let again = again.map(|(row, at)| (row, at, n));
            let kept = std::mem::replace(&mut self.repeated[i], again);
            if let (Some((row, at, _)), Some((same, first, long))) = (again, kept)
                && (row, at) == (same, first)
                && n <= long
            {
                self.repeated[i] = kept;
                if self.program.prepared.converts(i) && self.raw[i].is_some() {
                    now[i] = Now::Raw(n);
                }
                continue;
            }
            let converted = self.program.prepared.converts(i);
            now[i] = match (here, &mut self.raw[i]) {
                (Some(here), None) => Now::Here(here),
                (Some(here), Some(_)) if converted && here.len() > 1 => Now::Here(here),
                (None, Some(raw)) if converted && n > 1 => {
                    gather(view, &mut self.bands[i], run, start, raw.block_mut(n));
                    Now::Raw(n)
                }
                (Some(here), Some(_)) => {
                    let m = here.len();
                    promote(here, ready.block_mut(m), &mut self.met.cast);
                    Now::Ready(m)
                }
                (None, None) => {
                    gather(view, &mut self.bands[i], run, start, ready.block_mut(n));
                    Now::Ready(n)
                }
                (None, Some(raw)) => {
                    gather(view, &mut self.bands[i], run, start, raw.block_mut(n));
                    promote(raw.block(n), ready.block_mut(n), &mut self.met.cast);
                    Now::Ready(n)
                }
            };
        }
        now
    }

    fn execute(&mut self, now: &[Now<'_>], start: usize, mut out: BlockMut<'_>) {
        let n = out.len();
        let count = self.program.plan.instructions.len();
        if count == 0 {
            return cast::convert(self.operand(Operand::Input(0), now, start, n), out);
        }
        if !self.alert && self.swift(now, start, out.reborrow()) {
            return;
        }
        self.alert = true;
        if n <= self.step && !now.iter().any(|n| matches!(n, Now::Strip(_))) {
            let now = self.settled(now);
            for i in 0..count {
                self.one(i, &now, start, out.reborrow(), Watch::Check, &[]);
            }
            return;
        }
        // Registers hold no longer blocks, and no strips.
        for at in (0..n).step_by(self.step) {
            let n = self.step.min(n - at);
            let now = self.fetch(start + at, n, 0);
            let now = self.settled(&now);
            for i in 0..count {
                self.one(i, &now, start + at, out.part(at, n), Watch::Check, &[]);
            }
        }
    }

    /// The inputs for steps that run one by one: those that chains convert are promoted, of which each is no longer
    /// than a register.
    fn settled<'b>(&mut self, now: &[Now<'b>]) -> SmallVec<[Now<'b>; 8]> {
        let mut settled: SmallVec<[Now<'b>; 8]> = now.into();
        for (i, now) in settled.iter_mut().enumerate().filter(|(i, _)| self.program.prepared.converts(*i)) {
            let Some(ready) = &mut self.ready[i] else { continue };
            let from = match (*now, &self.raw[i]) {
                (Now::Here(block), _) => block,
                (Now::Raw(n), Some(raw)) => raw.block(n),
                _ => continue,
            };
            promote(from, ready.block_mut(from.len()), &mut self.met.cast);
            *now = Now::Ready(from.len());
        }
        settled
    }

    /// Runs the plan's parts over a block, testing where the plan watches. False as soon as a watched
    /// result holds something not finite.
    fn swift(&mut self, now: &[Now<'_>], start: usize, mut out: BlockMut<'_>) -> bool {
        let Prepared { parts, watches, .. } = self.program.prepared;
        parts.iter().enumerate().all(|(k, part)| match part {
            Part::One(i) => {
                let ahead = if self.pause == Some(k) {
                    ahead::upcoming(self.program, start, out.len())
                } else {
                    SmallVec::new()
                };
                self.one(*i, now, start, out.reborrow(), watches[*i], &ahead)
            }
            Part::Chain(chain) => self.chain(chain, now, start, out.reborrow()),
        })
    }

    /// Runs a chain over a block. False if it met something not finite.
    fn chain(&mut self, chain: &Chain, now: &[Now<'_>], start: usize, out: BlockMut<'_>) -> bool {
        let n = out.len();
        let mut registers: SmallVec<[Scratch; 2]> = SmallVec::new();
        let last = self.program.plan.instructions.len() - 1;
        let inner = chain.results.iter().filter(|&&i| i != last);
        for &i in inner.clone() {
            registers.push(self.register(i));
        }
        // The chain goes by rows if one of its sources does.
        let strip = |o: &Operand| match o {
            Operand::Input(i) => match now[*i] {
                Now::Strip(strip) => Some(strip),
                _ => None,
            },
            Operand::Step(_) => None,
        };
        let by_rows = chain.sources.iter().any(|o| strip(o).is_some());
        let len = if by_rows { self.program.rows.map_or(n, |rows| rows.len) } else { n };
        let source =
            |o: &Operand| strip(o).unwrap_or_else(|| Strip::of(self.operand(*o, now, start, n), n, len));
        let sources: SmallVec<[Strip<'_>; 4]> = chain.sources.iter().map(source).collect();
        let mut results: SmallVec<[BlockMut<'_>; 2]> =
            registers.iter_mut().map(|register| register.block_mut(n)).collect();
        if chain.last == last {
            results.push(out);
        }
        let past = self.past.as_ref().filter(|_| chain.last == last);
        let codes = (&chain.codes[..], chain.dtype);
        let finite = run_chain(codes, &sources, chain.slots, &mut results, len, past);
        drop((results, sources));
        for (&i, register) in inner.zip(registers) {
            self.temps[self.program.prepared.slots[i]] = Some(register);
        }
        finite
    }

    /// The register of a step, to write.
    fn register(&mut self, i: usize) -> Scratch {
        let slot = self.program.prepared.slots[i];
        self.temps[slot].take().unwrap_or_else(|| Scratch::new(self.program.prepared.dtypes[slot], self.step))
    }

    /// Runs one step over a block. False if it is watched and holds something not finite. Meanwhile the lines of
    /// what lies `ahead` are asked for.
    fn one(
        &mut self,
        i: usize,
        now: &[Now<'_>],
        start: usize,
        mut out: BlockMut<'_>,
        watch: Watch,
        ahead: &[Block<'_>],
    ) -> bool {
        let n = out.len();
        let ins = &self.program.plan.instructions[i];
        let mut temp = (i + 1 < self.program.plan.instructions.len()).then(|| self.register(i));
        let to = match &mut temp {
            Some(register) => register.block_mut(n),
            None => out.reborrow(),
        };
        let found = self.step(ins, now, start, to, watch, ahead);
        if let Some(register) = temp {
            self.temps[self.program.prepared.slots[i]] = Some(register);
        }
        let Some(flags) = found else { return false };
        self.met.instructions[i] = self.met.instructions[i].union(flags);
        if flags.wrapped {
            self.met.note(i, start);
        }
        true
    }

    /// One kernel over a block, and the conditions found; `None` where all must be tested.
    #[inline]
    fn step(
        &self,
        ins: &Instruction,
        now: &[Now<'_>],
        start: usize,
        mut out: BlockMut<'_>,
        watch: Watch,
        ahead: &[Block<'_>],
    ) -> Option<Flags> {
        let n = out.len();
        let mut operands: SmallVec<[Block<'_>; 3]> = SmallVec::new();
        for &o in &ins.operands {
            operands.push(self.operand(o, now, start, n));
        }
        let scalar = |o: &Operand| match o {
            Operand::Input(i) => matches!(self.program.sources[*i], Source::Scalar(_)),
            Operand::Step(_) => false,
        };
        match n == 1 && ins.operands.len() > 1 && ins.operands.iter().any(scalar) {
            true => alone(ins, &operands, scalar, out.reborrow()),
            false if ahead.is_empty() => (ins.run)(&operands, out.reborrow()),
            false => ahead::asking(ins, &operands, out.reborrow(), ahead),
        }
        match (watch, ins.check) {
            (Watch::Check, Some(check)) => Some(check(&operands, out.as_block())),
            (Watch::Result, _) if fp::any_nonfinite(out.as_block()) => None,
            _ => Some(Flags::NONE),
        }
    }

    fn operand<'b>(&'b self, o: Operand, now: &[Now<'b>], start: usize, n: usize) -> Block<'b> {
        let (register, len) = match o {
            Operand::Input(i) => match (&self.program.sources[i], now[i]) {
                (Source::Scalar(one), _) => return *one,
                (Source::Direct(all), _) => return all.slice(start, start + n),
                (_, Now::Here(block)) => return block,
                (_, Now::Ready(len)) => (&self.ready[i], len),
                (_, Now::Raw(len)) => (&self.raw[i], len),
                (_, Now::Strip(_)) => unreachable!("only chains read by rows"),
            },
            Operand::Step(i) => (&self.temps[self.program.prepared.slots[i]], n),
        };
        match register {
            Some(reg) => reg.block(len),
            None => unreachable!("an instruction reads a register before it is written"),
        }
    }
}

/// A kernel of one element, beside a scalar: it does a scalar beside several results in a way of its own, which
/// what it gives must not depend on. So the element goes as two.
#[cold]
fn alone(ins: &Instruction, operands: &[Block<'_>], scalar: impl Fn(&Operand) -> bool, out: BlockMut<'_>) {
    let pairs: SmallVec<[One; 3]> = operands.iter().map(|block| One::twice(*block)).collect();
    let mut blocks: SmallVec<[Block<'_>; 3]> = SmallVec::new();
    for ((o, block), pair) in ins.operands.iter().zip(operands).zip(&pairs) {
        blocks.push(if scalar(o) { *block } else { pair.pair() });
    }
    let mut result = One::zero(ins.out);
    (ins.run)(&blocks, result.pair_mut());
    cast::convert(result.block(), out);
}

/// The sources that chains can read row by row, by bit.
fn strips(program: Program<'_>) -> u64 {
    let parts = &program.prepared.parts;
    let Some(rows) = program.rows.filter(|_| !parts.is_empty()) else { return 0 };
    let read = chain::read_by_chains(program.plan, parts);
    let direct = |i: usize| {
        let alike =
            matches!(&program.sources[i], Source::Strided(v) if v.storage.dtype() == program.plan.inputs[i]);
        let step = if rows.hold(i + 1) { rows.step(i + 1) } else { -1 };
        matches!((step, alike, program.prepared.converts(i)), (0 | 1, true, _) | (1, _, true))
    };
    let all = (0..program.sources.len().min(64)).filter(|&i| direct(i)).fold(0, |all, i| all | 1 << i);
    all & read
}

/// Packs a block of a view: from a band of it, along one run, or by its own geometry.
fn gather(
    view: &View<'_>,
    band: &mut Option<Band>,
    run: Option<(usize, isize)>,
    start: usize,
    out: BlockMut<'_>,
) {
    if let Some(band) = band {
        return band.gather(view, start, out);
    }
    match run {
        Some((at, step)) => crate::kernel::pack::gather(view.storage, at, step, out),
        None => view.lay.gather(view.storage, start, out),
    }
}

fn promote(from: Block<'_>, mut to: BlockMut<'_>, met: &mut Flags) {
    cast::convert(from, to.reborrow());
    *met = met.union(cast_flags(from, to.as_block()));
}

/// The conditions of a cast between blocks.
pub(super) fn cast_flags(from: Block<'_>, to: Block<'_>) -> Flags {
    let lossy = from.dtype().is_inexact() && from.dtype() != to.dtype();
    if lossy && (to.dtype().is_int() || to.dtype().itemsize() < from.dtype().itemsize()) {
        return fp::cast(&[from], to);
    }
    Flags::NONE
}

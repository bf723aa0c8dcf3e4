//! Folds of the rows of an expression into one: `(m * 2).max(axis=0)`, `(m > 0.5).sum(axis=0)`, `m.std(axis=0)`.
//!
//! Where the expression is one chain of numbers, it joins what it makes to the results, row after row ([`Down`]), in
//! the order in which the rows would be added one by one. Of truth values, made by one kernel or one chain, some rows at
//! a time, the columns are counted. Everything else goes block by block (see `reduce`).
//!
//! 1000 x 1000 float64 on two threads, µs, before and after, beside the best peer in the same runs:
//! `(m > 0.5).sum(axis=0)` 245 to 356 and 155 (407), `(m > 0.2) & (m < 0.8)` summed 498 and 165 (507),
//! `(m > 0.5).any(axis=0)` 309 and 149 to 190 (NumPy 155 to 171). Counted as numbers, by a chain that adds one where a mask holds, the
//! first took 260 to 303.
//!
//! Of few columns (see `JOINED`), blocks are made and added up on one thread, as each column is added in the order of its
//! rows: `((x - c) ** 2).sum(axis=0)` of 100,000 x 10 takes 485 to 497 µs (a compiler of expressions, which adds in another
//! order, 330 to 590), of 10,000 x 100 533 (390); of these the squares take 280, at one code of the chain in 33 cycles a
//! tile. Where threads took columns, what they read had to be gathered: 4.8 ms.

use super::chain::{Chain, Part, Prepared};
use super::plan::{Instruction, Operand, Plan};
use super::reduce::Fallen;
use crate::array::Array;
use crate::dtype::{DType, cast_scalar};
use crate::kernel::chain::{self, Code, Down, Join, Link, Strip};
use crate::kernel::fold::{Counted, Grouping, ROWS_COUNTED, count_row};
use crate::kernel::{Block, BlockMut, Fold, KernelFn, One, Scratch, cast, fp};
use smallvec::SmallVec;

/// How the rows of an expression are folded.
pub(super) struct Columns {
    how: How,
    sources: SmallVec<[Given; 4]>,
}

enum How {
    Join(Down),
    Count(Truths, Counted),
}

/// What makes truth values.
enum Truths {
    /// A kernel that meets no condition.
    Step(KernelFn),
    Chain(SmallVec<[Code; 16]>, DType, usize),
}

/// A source of the kernel or the chain.
enum Given {
    /// The rows of this input.
    Rows(usize),
    /// Those of one of another dtype, which the chain converts.
    Converted(usize),
    /// The number that an input repeats, in the dtype that the expression takes.
    Number(One),
}

impl Given {
    /// Where its elements are, if they can be read there.
    fn strip<'a>(&'a self, fallen: &Fallen<'a>) -> Option<Strip<'a>> {
        match self {
            Given::Rows(i) => Some(fallen.operands[*i]),
            Given::Converted(i) => Some(fallen.operands[*i]).filter(|strip| !strip.single),
            Given::Number(one) => Some(Strip { block: Some(one.block()), at: 0, row: 0, single: true }),
        }
    }
}

/// Columns from which on a chain joins its rows: each row reads what the row before it has written, and where the last
/// tile overlaps the one before, it waits for two stores (squared deviations of 10,000 rows of 100 on one thread 536
/// µs, 370 made in blocks, then added up).
const JOINED: usize = 256;

/// Bytes of truth values that are made, then counted.
const MADE: usize = 8 << 10;

impl Columns {
    /// `None` where the expression is no single chain, or this fold takes no part in one.
    pub(super) fn new(plan: &Plan, prepared: &Prepared, fold: &Fold, inputs: &[Array]) -> Option<Columns> {
        let [Part::Chain(chain)] = &prepared.parts[..] else { return None };
        if fold.dtype != plan.out() || chain.results.len() != 1 {
            return None;
        }
        if fold.dtype == DType::Bool {
            return Columns::counting(plan, prepared, chain, fold.counted?, inputs);
        }
        let join = match (fold.grouping, fold.picks) {
            (Grouping::Pairwise, _) => Join::Sum,
            (_, pick) => Join::Extreme(pick?),
        };
        let sources = given(plan, prepared, &chain.sources, inputs)?;
        let down = Down::new((&chain.codes[..], chain.dtype), sources.len(), chain.slots, join)?;
        (fold.out == chain.dtype).then_some(Columns { how: How::Join(down), sources })
    }

    fn counting(
        plan: &Plan,
        prepared: &Prepared,
        chain: &Chain,
        counted: Counted,
        inputs: &[Array],
    ) -> Option<Columns> {
        if let [step] = &plan.instructions[..]
            && meets_nothing(step)
            && let Some(sources) = given(plan, prepared, &step.operands, inputs)
            && !sources.iter().any(|given| matches!(given, Given::Converted(_)))
        {
            return Some(Columns { how: How::Count(Truths::Step(step.run), counted), sources });
        }
        let sources = given(plan, prepared, &chain.sources, inputs)?;
        let truths = Truths::Chain(chain.codes.clone(), chain.dtype, chain.slots);
        Some(Columns { how: How::Count(truths, counted), sources })
    }

    /// Folds rows into the accumulators; false, with nothing done, if something met was not finite.
    pub(super) fn fold(&self, fallen: &Fallen<'_>, acc: BlockMut<'_>, ask: bool) -> bool {
        let strips = self.sources.iter().map(|given| given.strip(fallen));
        let Some(sources) = strips.collect::<Option<SmallVec<[Strip<'_>; 4]>>>() else { return false };
        let (rows, n) = (fallen.rows, acc.len());
        match &self.how {
            How::Join(_) if n < JOINED => false,
            How::Join(down) => {
                let mut row = Scratch::copy_of(acc.as_block());
                let done = down.run(&sources, rows, row.block_mut(n), ask)
                    && !(down.is_seen_in_sums() && fp::any_nonfinite(row.block(n)));
                if done {
                    cast::convert(row.block(n), acc);
                }
                done
            }
            How::Count(truths, counted) => match count(truths, &sources, rows, n) {
                Some(trues) => {
                    counted(&trues, rows, acc);
                    true
                }
                None => false,
            },
        }
    }
}

/// How many elements of each column are true; `None` if something met was not finite.
fn count(truths: &Truths, sources: &[Strip<'_>], rows: usize, n: usize) -> Option<Vec<i64>> {
    let together = (MADE / n).clamp(1, rows);
    let mut bools = Scratch::new(DType::Bool, together * n);
    let (mut counts, mut trues) = (vec![0u8; n], vec![0i64; n]);
    let mut held = 0;
    for first in (0..rows).step_by(together) {
        let some = together.min(rows - first);
        let from: SmallVec<[Strip<'_>; 4]> = sources.iter().map(|strip| strip.from_row(first)).collect();
        if !truths.make(&from, n, bools.block_mut(some * n)) {
            return None;
        }
        for row in bools.block(some * n).typed::<bool>().chunks_exact(n) {
            if held == ROWS_COUNTED {
                empty(&mut counts, &mut trues);
                held = 0;
            }
            count_row(row, &mut counts);
            held += 1;
        }
    }
    empty(&mut counts, &mut trues);
    Some(trues)
}

/// Adds counts to those in wider numbers.
fn empty(counts: &mut [u8], trues: &mut [i64]) {
    for (trues, count) in trues.iter_mut().zip(counts) {
        *trues += i64::from(std::mem::take(count));
    }
}

impl Truths {
    /// Makes rows of `n` truth values. False if something met was not finite.
    fn make(&self, sources: &[Strip<'_>], n: usize, mut to: BlockMut<'_>) -> bool {
        match self {
            Truths::Step(run) => {
                for row in 0..to.len() / n {
                    let blocks: Option<SmallVec<[Block<'_>; 4]>> =
                        sources.iter().map(|strip| strip.row(row, n)).collect();
                    let Some(blocks) = blocks else { return false };
                    run(&blocks, to.part(row * n, n));
                }
                true
            }
            Truths::Chain(codes, dtype, slots) => {
                chain::run((codes, *dtype), sources, *slots, &mut [to], n, None)
            }
        }
    }
}

/// Whether a step meets no condition that is told of. (Comparisons of real numbers meet none, whatever their check.)
fn meets_nothing(step: &Instruction) -> bool {
    step.check.is_none() || step.link.is_some_and(Link::compares)
}

/// The sources that these operands are.
fn given(
    plan: &Plan,
    prepared: &Prepared,
    operands: &[Operand],
    inputs: &[Array],
) -> Option<SmallVec<[Given; 4]>> {
    let one = |o: &Operand| match o {
        Operand::Input(i) if prepared.converts(*i) => Some(Given::Converted(*i)),
        Operand::Input(i) if inputs[*i].dtype() == plan.inputs[*i] => Some(Given::Rows(*i)),
        Operand::Input(i) => number(&inputs[*i], plan.inputs[*i]).map(Given::Number),
        Operand::Step(_) => None,
    };
    operands.iter().map(one).collect()
}

/// The number that an operand repeats, in this dtype; `None` where it has several, or is another number then.
fn number(a: &Array, dtype: DType) -> Option<One> {
    if a.strides().iter().any(|&s| s != 0) {
        return None;
    }
    let (have, cast) = (a.scalar_at(0), cast_scalar(a.scalar_at(0), dtype));
    (cast_scalar(cast, a.dtype()) == have).then(|| One::new(cast))
}

//! Folds of an expression of broadcast operands along its last axis: distances,
//! `((x[:, None] - y) ** 2).sum(axis=-1)`, and the nearest of all pairs, `⌊/ abs(x ∘.- y)`.
//!
//! Along itself a short axis gives ten numbers at a time to add up, none of which share a vector, and
//! extremes of a long one end in a vector whose elements have to be joined. Here the axis before the
//! last is the vector: the expression runs over a stretch of it for one place of the
//! last axis, then for the next, and the stretches are folded into the results side by side, in the
//! same tree as along the axis itself, so that results are the same bit for bit. Operands that lie
//! across are copied turned, once; all are read many times, since they are broadcast, and only then
//! does this pay. Where the expression is one chain, and the fold a sum or an extreme, the chain folds what it
//! makes ([`Across`]).
//!
//! Figures (two threads): distances of 1000 by 1000 points of 10 places took 4.9 ms along the axis and
//! 3.1 in stretches, of 3 places 1.8 and 0.57; what chains that fold take says `kernel::chain::across`.

use super::chain::{Part, Prepared};
use super::copy::copy;
use super::expr::{Expr, Folding};
use super::machine::{Machine, Program, Source};
use super::plan::{Conditions, Operand};
use super::scan::with_elements;
use super::tally::{self, Pass};
use super::{interrupt, threads};
use crate::array::{Array, ArrayError, Order, c_strides};
use crate::dtype::{DType, Scalar, cast_scalar};
use crate::kernel::chain::{Across, Join, Strip};
use crate::kernel::fold::Grouping;
use crate::kernel::{Block, BlockMut, Fold, One, Scratch, pairwise};
use crate::with_dtype;
use smallvec::SmallVec;
use std::sync::Mutex;

/// The longest last axis of ordered sums, and the shortest axis before it.
const LONGEST: usize = 64;
const SHORTEST: usize = 48;
/// The shortest axis before a last one that is folded in parts, so many places at a time.
const WIDE: usize = 256;
const TOGETHER: usize = 8;
/// The longest stretch.
const WIDEST: usize = 1024;
/// Elements of all stretches that are folded together: they stay in the second-level cache.
const TILE: usize = 8192;
/// How often operands must be read for a copy to pay.
const OFTEN: usize = 4;

/// An operand: elements in a buffer, and its steps along the results' outer axes, the last axis and the
/// one before it.
struct Turned<'a> {
    data: Block<'a>,
    start: isize,
    outer: SmallVec<[isize; 4]>,
    place: isize,
    along: bool,
}

struct Job<'a> {
    fold: &'static Fold,
    program: Program<'a>,
    /// The chain that folds what it makes, and the operands that are its sources.
    across: Option<(Across, SmallVec<[usize; 4]>)>,
    operands: &'a [Turned<'a>],
    /// Lengths of the axes: the outer ones, the vector, the folded one.
    outer: &'a [usize],
    width: usize,
    places: usize,
    initial: Scalar,
    met: &'a Mutex<Conditions>,
}

/// The fold, where it can be taken so.
pub(super) fn turned(
    expr: &Expr,
    ask: &Folding<'_>,
    operands: &[Array],
) -> Option<Result<(Array, Conditions), ArrayError>> {
    let (shape, fold) = (expr.shape(), ask.fold);
    let [outer @ .., width, places] = shape else { return None };
    let real = matches!(fold.dtype, DType::F32 | DType::F64);
    let ordered = match fold.grouping {
        Grouping::Free | Grouping::InOrder => true,
        Grouping::Pairwise => real,
        Grouping::PairwiseComplex => false,
    };
    // Any number of places may be folded in parts where the function may be regrouped.
    let free = fold.grouping == Grouping::Free && *width >= WIDE;
    let fits = ask.axes == [shape.len() - 1]
        && ask.after.is_none()
        && *places >= 2
        && (free || *places <= LONGEST && *width >= SHORTEST)
        && fold.dtype == expr.dtype()
        && fold.out == fold.dtype
        && !expr.plan().instructions.is_empty();
    // What an operand holds, as far as it is not repeated.
    let own = |a: &Array| {
        a.shape().iter().zip(a.strides()).filter(|(_, s)| **s != 0).map(|(n, _)| n).product::<usize>()
    };
    let often = operands.iter().all(|a| own(a).saturating_mul(OFTEN) <= expr.size());
    (ordered && fits && often && expr.size() > 0).then(|| run(expr, ask, operands, outer, *width, *places))
}

/// An operand of the expression's shape with the last axis before the one before it, contiguous but for
/// repeated axes.
fn turn(a: &Array) -> Result<Array, ArrayError> {
    let n = a.ndim();
    let axes: Vec<usize> = (0..n - 2).chain([n - 1, n - 2]).collect();
    let turned = a.permute(&axes);
    if [0, 1].contains(&turned.strides()[n - 1]) {
        return Ok(turned);
    }
    let once: Vec<usize> =
        turned.shape().iter().zip(turned.strides()).map(|(&n, &s)| if s == 0 { 1 } else { n }).collect();
    copy(&turned.view(&once, turned.strides(), turned.offset()), Order::C)?.broadcast_to(turned.shape())
}

fn run(
    expr: &Expr,
    ask: &Folding<'_>,
    operands: &[Array],
    outer: &[usize],
    width: usize,
    places: usize,
) -> Result<(Array, Conditions), ArrayError> {
    let fold = ask.fold;
    let _pass = tally::pass(|| {
        let pass =
            operands.iter().fold(Pass::new("fold", fold.dtype, expr.size()).ops(expr.size()), Pass::reads);
        Pass { written: ((expr.size() / places) * fold.out.itemsize()) as u64, ..pass }
    });
    let plan = expr.plan();
    let alike = |(a, &dtype): (&Array, &DType)| turn(&single(a, dtype)?);
    let arrays = operands.iter().zip(&plan.inputs).map(alike).collect::<Result<Vec<Array>, _>>()?;
    let turned: Vec<Turned<'_>> = arrays
        .iter()
        .map(|a| {
            let (steps, n) = (a.strides(), a.ndim());
            Turned {
                data: with_dtype!(a.dtype(), T => Block::new(a.storage::<T>())),
                start: a.offset() as isize,
                outer: steps[..n - 2].into(),
                place: steps[n - 2],
                along: steps[n - 1] != 0,
            }
        })
        .collect();
    let sources: SmallVec<[Source<'_>; 3]> = arrays.iter().map(|a| Source::Given(a.dtype())).collect();
    let met = Mutex::new(Conditions::new(plan));
    let initial = cast_scalar(ask.initial.unwrap_or_else(fold.identity), fold.out);
    let prepared = Prepared::for_fold(plan, fold, true);
    let program = Program { plan, prepared: &prepared, sources: &sources, rows: None, past: false };
    let across = across(program, fold, places);
    let job = Job { fold, program, across, operands: &turned, outer, width, places, initial, met: &met };
    let mut shape: Vec<usize> = outer.iter().copied().chain([width]).collect();
    if ask.keepdims {
        shape.push(1);
    }
    let mut out = Array::empty(fold.out, &shape)?;
    let rows: usize = outer.iter().product();
    // Stretches of about the same length, as many to a piece that each thread has some pieces.
    let widest = if job.across.is_some() { WIDEST } else { (TILE / job.batch()).min(WIDEST) };
    let tile = width.div_ceil(width.div_ceil(widest));
    let (each, several) = (width.div_ceil(tile), threads::for_elements(expr.size()) > 1);
    let total = rows * each;
    let group = if several { total.div_ceil(8 * threads::count()) } else { total };
    let end = |unit: usize| unit / each * width + unit % each * tile;
    with_elements(&mut out, |to| {
        let cuts = (1..=total.div_ceil(group)).map(|i| end((i * group).min(total)));
        threads::pieces(to, cuts, &|i, part| job.stretches(i * group, tile, part));
    });
    if interrupt::requested() {
        return Err(ArrayError::Interrupted);
    }
    Ok((out, met.into_inner().unwrap_or_default()))
}

/// An operand that repeats one element in the dtype that the expression takes, where that is the same number.
fn single(a: &Array, dtype: DType) -> Result<Array, ArrayError> {
    if a.dtype() == dtype || a.strides().iter().any(|&s| s != 0) {
        return Ok(a.clone());
    }
    let (have, cast) = (a.scalar_at(0), cast_scalar(a.scalar_at(0), dtype));
    if cast_scalar(cast, a.dtype()) == have {
        return Array::from_scalar(cast)?.broadcast_to(a.shape());
    }
    Ok(a.clone())
}

/// The chain that folds so many places of what it makes, if one can, and the operands that are its sources.
fn across(program: Program<'_>, fold: &Fold, places: usize) -> Option<(Across, SmallVec<[usize; 4]>)> {
    let [Part::Chain(chain)] = &program.prepared.parts[..] else { return None };
    let join = match (fold.grouping, fold.picks) {
        (Grouping::Pairwise, _) => Join::Sum,
        (_, pick) => Join::Extreme(pick?),
    };
    let operand = |o: &Operand| match (o, program) {
        (Operand::Input(i), Program { plan, sources, .. }) => match sources[*i] {
            Source::Given(dtype) => (dtype == plan.inputs[*i]).then_some(*i),
            _ => None,
        },
        (Operand::Step(_), _) => None,
    };
    let operands: SmallVec<[usize; 4]> = chain.sources.iter().map(operand).collect::<Option<_>>()?;
    let across = Across::new((&chain.codes[..], chain.dtype), operands.len(), chain.slots, join, places)?;
    (chain.dtype == fold.dtype).then_some((across, operands))
}

impl Job<'_> {
    /// Places that are folded together.
    fn batch(&self) -> usize {
        if self.fold.grouping == Grouping::Free { self.places.min(TOGETHER) } else { self.places }
    }

    /// The results of stretches from `first` on, each of `tile` results but the last of a row.
    fn stretches(&self, first: usize, tile: usize, mut to: BlockMut<'_>) {
        let each = self.width.div_ceil(tile);
        let mut by_steps = None;
        let (mut unit, mut done) = (first, 0);
        while done < to.len() && !interrupt::requested() {
            let (row, j) = (unit / each, unit % each * tile);
            let (starts, n) = (self.starts(row), tile.min(self.width - j));
            // Once one stretch has held something not finite, the others may be full of it.
            if by_steps.is_some() || !self.folded(&starts, j, to.part(done, n)) {
                let scratch = || Scratch::new(self.fold.dtype, tile * self.batch());
                let (machine, scratch) = by_steps.get_or_insert_with(|| {
                    (Machine::new(self.program, self.fold.dtype, tile, false), scratch())
                });
                self.by_steps(machine, scratch, &starts, j, to.part(done, n));
            }
            (unit, done) = (unit + 1, done + n);
        }
        if let (Ok(mut met), Some((machine, _))) = (self.met.lock(), by_steps) {
            *met = std::mem::take(&mut *met).union(&machine.met);
        }
    }

    /// The results of a stretch by the chain that folds. False if there is none or it met something not finite.
    fn folded(&self, starts: &[isize], j: usize, to: BlockMut<'_>) -> bool {
        let Some((across, operands)) = &self.across else { return false };
        let strip = |&i: &usize| {
            let (o, start) = (&self.operands[i], starts[i] as usize);
            let at = start + if o.along { j } else { 0 };
            Strip { block: Some(o.data), at, row: o.place, single: !o.along }
        };
        let sources: SmallVec<[Strip<'_>; 4]> = operands.iter().map(strip).collect();
        across.run(&sources, One::new(self.initial).block(), to)
    }

    /// The results of a stretch, whose elements are all made before they are folded.
    fn by_steps(
        &self,
        machine: &mut Machine<'_>,
        scratch: &mut Scratch,
        starts: &[isize],
        j: usize,
        mut to: BlockMut<'_>,
    ) {
        let (batch, n) = (self.batch(), to.len());
        to.reborrow().fill(self.initial);
        for from in (0..self.places).step_by(batch) {
            let count = batch.min(self.places - from);
            for place in 0..count {
                let blocks = self.blocks(starts, from + place, j, n);
                machine.run_on(&blocks, scratch.block_mut(n * count).part(place * n, n));
            }
            self.join(scratch.block(n * count), to.reborrow());
        }
    }

    /// Where each operand's elements for a row begin.
    fn starts(&self, row: usize) -> SmallVec<[isize; 4]> {
        let steps = c_strides(self.outer);
        self.operands
            .iter()
            .map(|o| {
                let axes = steps.iter().zip(self.outer).zip(&o.outer);
                let along = axes.map(|((&each, &n), &step)| (row / each as usize % n) as isize * step);
                o.start + along.sum::<isize>()
            })
            .collect()
    }

    fn blocks(&self, starts: &[isize], place: usize, j: usize, n: usize) -> SmallVec<[Block<'_>; 4]> {
        let mut blocks = SmallVec::new();
        for (o, &start) in self.operands.iter().zip(starts) {
            let at = (start + place as isize * o.place) as usize;
            blocks.push(if o.along { o.data.slice(at + j, at + j + n) } else { o.data.slice(at, at + 1) });
        }
        blocks
    }

    /// Rows of elements into the results below them, in the order of a fold along one axis.
    fn join(&self, rows: Block<'_>, acc: BlockMut<'_>) {
        let n = acc.len();
        match (self.fold.grouping, self.fold.dtype) {
            (Grouping::Pairwise, DType::F32) => pairwise::columns::<f32>(rows.typed(), acc.typed()),
            (Grouping::Pairwise, DType::F64) => pairwise::columns::<f64>(rows.typed(), acc.typed()),
            _ => (self.fold.across)(rows, n, acc),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::{Kernel, Origin, Reduction, Term, reduce};
    use crate::kernel::chain::Link;
    use crate::kernel::{Check, Flags, arith, fold, fp};
    use crate::syntax::Span;

    fn subtract(link: Option<Link>) -> Kernel {
        let origin = Origin { name: "subtract", span: Span::default() };
        let dtypes = SmallVec::from_elem(DType::F64, 2);
        let check: Check = |_, out| Flags { invalid: fp::any_nonfinite(out), ..Flags::NONE };
        let check = Some(check);
        Kernel { run: arith::subtract::<f64>, check, link, carries: 0, out: DType::F64, dtypes, origin }
    }

    #[test]
    fn the_turned_fold_is_the_fold_of_the_cube() {
        let fill =
            |n: usize, s: usize| -> Vec<f64> { (0..n).map(|i| ((i * s % 1013) as f64).sqrt()).collect() };
        for (m, n, k) in [
            (4, 60, 2),
            (5, 130, 7),
            (4, 70, 8),
            (4, 1500, 10),
            (4, 64, 17),
            (7, 48, 64),
            (4, 300, 70),
            (5, 2500, 9),
        ] {
            let p = Array::from_slice(&fill(m * k, 7919), &[m, 1, k]).unwrap();
            let q = Array::from_slice(&fill(n * k, 104729), &[n, k]).unwrap();
            let terms = || SmallVec::from_iter([Term::Array(p.clone()), Term::Array(q.clone())]);
            let link = (m != 5).then_some(Link::Subtract);
            let expr = Expr::apply(subtract(link), terms()).unwrap();
            let cube = Expr::apply(subtract(None), terms()).unwrap();
            let (cube, ..) = cube.compute(super::super::Target::Fresh(None)).unwrap();
            let shape = [m, n, k];
            let operands = [p.broadcast_to(&shape).unwrap(), q.broadcast_to(&shape).unwrap()];
            for table in [fold::MAXIMUM, fold::MINIMUM, fold::SUM, fold::PRODUCT] {
                let fold = fold::find(table, DType::F64, None).unwrap();
                let ask = Folding { fold, axes: &[2], keepdims: false, initial: None, after: None };
                if k > LONGEST && fold.grouping != Grouping::Free {
                    assert!(turned(&expr, &ask, &operands).is_none());
                    continue;
                }
                let (got, met) = turned(&expr, &ask, &operands).unwrap().unwrap();
                assert!(!met.any());
                let cubes = std::slice::from_ref(&cube);
                let r = Reduction {
                    fold,
                    operands: cubes,
                    map: None,
                    order: None,
                    axes: &[2],
                    keepdims: false,
                    initial: None,
                };
                let want = reduce(&r).unwrap();
                let bits =
                    |a: &Array| a.as_slice::<f64>().unwrap().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&got), bits(&want), "{m} {n} {k}");
            }
        }
    }
    #[test]
    fn what_is_not_finite_is_told_of() {
        let fill = |n: usize| -> Vec<f64> { (0..n).map(|i| (i * 7919 % 1013) as f64).collect() };
        let mut far = fill(4 * 3);
        far[0] = f64::INFINITY;
        let near = Array::from_slice(&fill(300 * 3), &[300, 3]).unwrap();
        let rows = Array::from_slice(&far, &[4, 1, 3]).unwrap();
        let terms = SmallVec::from_iter([Term::Array(rows.clone()), Term::Array(near.clone())]);
        let expr = Expr::apply(subtract(Some(Link::Subtract)), terms).unwrap();
        let operands = [rows.broadcast_to(&[4, 300, 3]).unwrap(), near.broadcast_to(&[4, 300, 3]).unwrap()];
        for table in [fold::MAXIMUM, fold::SUM] {
            let fold = fold::find(table, DType::F64, None).unwrap();
            let ask = Folding { fold, axes: &[2], keepdims: false, initial: None, after: None };
            let (got, met) = turned(&expr, &ask, &operands).unwrap().unwrap();
            assert!(met.any() && met.instructions[0].invalid);
            let at = |i: usize| got.as_slice::<f64>().unwrap()[i * 300 + 5];
            assert!(at(0).is_infinite() && at(1).is_finite() && at(2).is_finite() && at(3).is_finite());
        }
    }
}

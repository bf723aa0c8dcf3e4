//! A plan that is kept where its expression stands in the program, ready to run: the next time it only
//! takes new operands. `prim` says when one still holds; results are never kept.
//!
//! What a plan depends on is in it (dtypes, kernels, constants); block size, threads and the SIMD level
//! are looked up by every run. Building one costs 300 ns a step, and preparing it as much again, which
//! is what short arrays pay most for. Where all its steps are one chain and the operands lie alike,
//! [`Pattern::swift`] runs the chain with nothing around it. Before and after, in µs: a polynomial of
//! seven operations over 1e3 float64 1.6 and 0.53, over 1e4 7 and 3.3; a step of the heat equation,
//! `u[1:-1] += k * (u[2:] - 2 * u[1:-1] + u[:-2])` of 1e3, 2.3 and 0.82. A compiler of the whole loop takes 0.39
//! for that step: 0.34 are the two chains here, ten codes of 16 cycles for 128 elements, and the rest makes the
//! array of the right side and the view that is written, and finds out that nothing has changed.

use super::chain::{Chain, Part, Prepared};
use super::expr::Expr;
use super::map::{Input, Target, map_prepared};
use super::plan::{Conditions, Operand, Plan};
use super::{tally, threads};
use crate::array::{Array, ArrayError};
use crate::dtype::{DType, Element, Scalar, cast_scalar};
use crate::kernel::chain::{Strip, run as run_chain};
use crate::kernel::{Block, BlockMut, One, Scratch};
use crate::with_dtype;
use smallvec::SmallVec;

/// The largest arrays that the swift way takes, in elements: beyond, a result may better take the
/// buffer of an operand.
const SWIFT: usize = 1 << 14;

pub struct Pattern {
    plan: Plan,
    prepared: Prepared,
    /// Which operand each input of the plan is.
    inputs: SmallVec<[usize; 4]>,
}

/// An operand of a pattern: every array has one shape.
#[derive(Clone, Copy)]
pub enum Slot<'a> {
    Array(&'a Array),
    /// So many elements of an array's buffer from a place on, as a vector.
    Stretch(&'a Array, usize, usize),
    Scalar(Scalar),
}

impl Pattern {
    /// The pattern of an expression of arrays that stand for operands: of each input which one it is.
    /// `None` if one is not among them.
    pub fn of(expr: Expr, operands: &[Array]) -> Option<Pattern> {
        let (plan, inputs) = expr.into_parts();
        let find = |input: &Input| match input {
            Input::Array(a) => operands.iter().position(|o| o.same_object(a)),
            Input::Scalar(_) => None,
        };
        let inputs = inputs.iter().map(find).collect::<Option<_>>()?;
        let prepared = Prepared::new(&plan, 2);
        Some(Pattern { plan, prepared, inputs })
    }

    /// Which operands the plan's inputs are.
    pub fn inputs(&self) -> &[usize] {
        &self.inputs
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Whether [`Pattern::swift`] can do it, the operands permitting.
    pub fn is_swift(&self) -> bool {
        self.chain().is_some()
    }

    fn chain(&self) -> Option<&Chain> {
        match &self.prepared.parts[..] {
            [Part::Chain(chain)] if chain.results.len() == 1 => Some(chain),
            _ => None,
        }
    }

    /// All elements, in one call of the chain; `None`, with nothing done, if the operands do not lie
    /// alike or are too large, or if a condition was met and must be told of.
    pub fn swift(&self, slots: &[Slot<'_>]) -> Option<Array> {
        let chain = self.chain()?;
        let like = slots.iter().find_map(|slot| match slot {
            Slot::Array(a) => Some(*a),
            Slot::Stretch(..) | Slot::Scalar(_) => None,
        });
        let stretch = slots.iter().find_map(|slot| match slot {
            Slot::Stretch(_, _, n) => Some(*n),
            Slot::Array(_) | Slot::Scalar(_) => None,
        });
        let n = stretch.or_else(|| like?.dense_size())?;
        if n == 0 || n > SWIFT || tally::on() || threads::for_elements(self.plan.work(n)) > 1 {
            return None;
        }
        let mut ones: SmallVec<[One; 4]> = SmallVec::new();
        for (slot, &dtype) in slots.iter().zip(&self.plan.inputs) {
            match slot {
                Slot::Scalar(s) => ones.push(One::new(cast_scalar(*s, dtype))),
                Slot::Array(a) if a.dtype() != dtype || a.dense_size().is_none() => return None,
                Slot::Stretch(a, ..) if a.dtype() != dtype => return None,
                Slot::Array(_) | Slot::Stretch(..) => {}
            }
        }
        let (mut ones, mut blocks) = (ones.iter(), SmallVec::<[Block<'_>; 8]>::new());
        for slot in slots {
            blocks.push(match slot {
                Slot::Array(a) => run_of(a, a.offset(), n)?,
                Slot::Stretch(a, start, _) => run_of(a, *start, n)?,
                Slot::Scalar(_) => ones.next()?.block(),
            });
        }
        let mut sources: SmallVec<[Strip<'_>; 8]> = SmallVec::new();
        for source in &chain.sources {
            let Operand::Input(i) = source else { return None };
            sources.push(Strip::of(blocks[*i], n, n));
        }
        let mut result = Array::empty(self.plan.out(), like.map_or(&[n], Array::shape)).ok()?;
        let to = with_dtype!(self.plan.out(), T => BlockMut::new(result.as_mut_slice::<T>()?));
        let codes = (&chain.codes[..], chain.dtype);
        run_chain(codes, &sources, chain.slots, &mut [to], n, None).then_some(result)
    }

    /// The expression, to be computed over and over into `n` elements of `to` from a place on; `None` if that
    /// is not one chain over operands that lie alike.
    pub fn again<'a>(
        &'a self,
        slots: &'a [Slot<'a>],
        to: &'a Array,
        start: usize,
        n: usize,
    ) -> Option<Again<'a>> {
        let chain = self.chain()?;
        let dtype = chain.dtype;
        let alike = self.plan.out() == dtype && to.dtype() == dtype && to.writeable();
        if !alike || n == 0 || n > SWIFT || threads::for_elements(self.plan.work(n)) > 1 {
            return None;
        }
        let mut sources = SmallVec::new();
        for source in &chain.sources {
            let Operand::Input(i) = source else { return None };
            let dtype = self.plan.inputs[*i];
            sources.push(match slots.get(*i)? {
                Slot::Scalar(s) => From::One(One::new(cast_scalar(*s, dtype))),
                Slot::Array(a) if a.dtype() == dtype && a.dense_size() == Some(n) => From::Run(a, a.offset()),
                Slot::Stretch(a, start, m) if a.dtype() == dtype && *m == n => From::Run(a, *start),
                Slot::Array(_) | Slot::Stretch(..) => return None,
            });
        }
        // What is read must be there each time.
        let there = |from: &From<'_>| match from {
            From::One(_) => true,
            From::Run(a, start) => run_of(a, *start, n).is_some(),
        };
        if !sources.iter().all(there) || run_of(to, start, n).is_none() {
            return None;
        }
        Some(Again { chain, sources, to, start, n, made: Scratch::new(dtype, n) })
    }

    /// All elements, and the conditions met on the way.
    pub fn compute(&self, slots: &[Slot<'_>]) -> Result<(Array, Conditions), ArrayError> {
        map_prepared(&self.plan, Some(&self.prepared), inputs(slots), Target::Fresh(None))
    }

    /// The expression, for whoever goes on with it.
    pub fn expr(&self, slots: &[Slot<'_>]) -> Option<Box<Expr>> {
        let shape = slots.iter().find_map(|slot| match slot {
            Slot::Array(a) => Some(a.shape().into()),
            Slot::Stretch(_, _, n) => Some([*n].as_slice().into()),
            Slot::Scalar(_) => None,
        })?;
        Some(Box::new(Expr::from_parts(shape, self.plan.clone(), inputs(slots))))
    }
}

/// A source of a chain that runs again and again.
enum From<'a> {
    One(One),
    /// As many elements as there are results, from this place of the buffer on.
    Run(&'a Array, usize),
}

/// A pattern with its operands, each time of what these then are, and with the elements that it writes.
pub struct Again<'a> {
    chain: &'a Chain,
    sources: SmallVec<[From<'a>; 8]>,
    to: &'a Array,
    start: usize,
    n: usize,
    /// The results, until all of them are known: they may be sources as well.
    made: Scratch,
}

impl Again<'_> {
    /// Once more. False, with nothing written, if a condition was met and must be told of.
    pub fn run(&mut self) -> bool {
        let n = self.n;
        let mut sources: SmallVec<[Strip<'_>; 8]> = SmallVec::new();
        for from in &self.sources {
            let block = match from {
                From::One(one) => Some(one.block()),
                From::Run(a, start) => run_of(a, *start, n),
            };
            let Some(block) = block else { return false };
            sources.push(Strip::of(block, n, n));
        }
        let codes = (&self.chain.codes[..], self.chain.dtype);
        if !run_chain(codes, &sources, self.chain.slots, &mut [self.made.block_mut(n)], n, None) {
            return false;
        }
        drop(sources);
        let made = self.made.block(n);
        match self.chain.dtype {
            DType::F32 => put::<f32>(made, self.to, self.start),
            _ => put::<f64>(made, self.to, self.start),
        }
        true
    }
}

/// Writes a block to an array's buffer from a place on.
fn put<T: Element>(made: Block<'_>, to: &Array, start: usize) {
    let made = made.typed::<T>();
    to.write_storage::<T, ()>(|all| all[start..start + made.len()].copy_from_slice(made));
}

fn inputs(slots: &[Slot<'_>]) -> SmallVec<[Input; 3]> {
    let input = |slot: &Slot<'_>| match slot {
        Slot::Array(a) => Input::Array((*a).clone()),
        Slot::Stretch(a, start, n) => Input::Array(a.view(&[*n], &[1], *start)),
        Slot::Scalar(s) => Input::Scalar(*s),
    };
    slots.iter().map(input).collect()
}

/// The `n` elements of an array's buffer from `start` on.
fn run_of(a: &Array, start: usize, n: usize) -> Option<Block<'_>> {
    fn block<T: Element>(a: &Array, start: usize, n: usize) -> Option<Block<'_>> {
        Some(Block::new(a.storage::<T>().get(start..start + n)?))
    }
    match a.dtype() {
        DType::F64 => block::<f64>(a, start, n),
        DType::F32 => block::<f32>(a, start, n),
        _ => None,
    }
}

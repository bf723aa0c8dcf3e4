//! Plans: small register programs over blocks. A plan names the dtype of every input and a list of
//! instructions (kernels); the last one's result is the output. `expr` builds plans of expressions,
//! `machine` runs them block by block, `map` and `reduce` bring arrays and threads.

use crate::array::Dims;
use crate::dtype::DType;
use crate::kernel::chain::Link;
use crate::kernel::overflow::{self, Spot};
use crate::kernel::{Check, Flags, KernelFn};
use crate::syntax::Span;
use smallvec::SmallVec;

/// An element-wise program. An empty list of instructions copies (and casts) the first input.
#[derive(Clone)]
pub struct Plan {
    /// The dtype to which each input is promoted before the program sees it.
    pub inputs: SmallVec<[DType; 3]>,
    pub instructions: SmallVec<[Instruction; 1]>,
}

/// One kernel of a plan.
#[derive(Clone)]
pub struct Instruction {
    pub run: KernelFn,
    pub operands: SmallVec<[Operand; 3]>,
    pub out: DType,
    pub check: Option<Check>,
    /// The operands, by bit, that make the result infinite or NaN wherever they are.
    pub carries: u8,
    /// What it is in a chain of float operations: see [`super::chain`].
    pub link: Option<Link>,
    /// See [`weight`].
    pub weight: u8,
    pub origin: Origin,
}

/// About how many sums of float64 in the caches take as long as a step for eight bytes: what divides works while
/// others wait for memory, and functions (those that are no links, and have conditions to look for) take a
/// nanosecond and more.
pub fn weight(link: Option<Link>, check: Option<Check>, dtype: DType) -> u8 {
    match link {
        _ if !dtype.is_inexact() => 1,
        None if check.is_some() => 8,
        Some(Link::Absolute | Link::Divide | Link::Multiply) if dtype.is_complex() => 4,
        Some(Link::Divide | Link::SquareRoot | Link::Reciprocal) => 2,
        _ => 1,
    }
}

/// How the conditions of a step are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watch {
    /// None can arise, or a later step shows that one may have: see [`Plan::watches`].
    Not,
    /// One may have arisen if the result holds anything not finite.
    Result,
    /// By its own test.
    Check,
}

/// The operation that a step belongs to, for whoever tells of its conditions.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    pub name: &'static str,
    pub span: Span,
}

/// What an instruction reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// An input of the plan.
    Input(usize),
    /// The result of an earlier instruction.
    Step(usize),
}

impl Instruction {
    /// Whether this step's result is not finite where that of step `i` is not.
    fn carries_step(&self, i: usize) -> bool {
        let carried = |(k, o): (usize, &Operand)| *o == Operand::Step(i) && self.carries >> k & 1 == 1;
        self.operands.iter().enumerate().any(carried)
    }
}

impl Plan {
    /// The plan of one kernel, whose operands are all of `dtype`.
    pub fn single(
        run: KernelFn,
        check: Option<Check>,
        dtype: DType,
        arity: usize,
        out: DType,
        origin: Origin,
    ) -> Plan {
        let operands = (0..arity).map(Operand::Input).collect();
        Plan {
            inputs: SmallVec::from_elem(dtype, arity),
            instructions: SmallVec::from_elem(
                Instruction { run, operands, out, check, carries: 0, link: None, weight: 1, origin },
                1,
            ),
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

    /// A register for each instruction but the last, reused after the last look at it; `ends` gives, of
    /// each instruction, the last one of the part that runs in one go with it. The register of every
    /// instruction, and the dtypes of the registers.
    pub(super) fn registers(&self, ends: &[usize]) -> (SmallVec<[usize; 8]>, SmallVec<[DType; 4]>) {
        let mut slots: SmallVec<[usize; 8]> = SmallVec::new();
        let mut dtypes: SmallVec<[DType; 4]> = SmallVec::new();
        let mut free_from: SmallVec<[usize; 4]> = SmallVec::new();
        for (i, ins) in self.instructions.iter().enumerate() {
            let seen = |j: &usize| self.instructions[*j].operands.contains(&Operand::Step(i));
            let last = (i + 1..self.instructions.len()).rev().find(seen).unwrap_or(i);
            // The first instruction that runs in one go with this one.
            let first = ends.partition_point(|&end| end < i);
            let free = (0..dtypes.len()).find(|&s| dtypes[s] == ins.out && free_from[s] < first);
            let slot = free.unwrap_or_else(|| {
                dtypes.push(ins.out);
                free_from.push(0);
                dtypes.len() - 1
            });
            free_from[slot] = ends[last];
            slots.push(slot);
        }
        (slots, dtypes)
    }

    /// Where to look for conditions after a block. What is not finite stays so through sums and
    /// products, so that one look at the last result of `3 * f ** 3 + 2 * f ** 2 - f + 1` serves all
    /// its steps; only where it finds something is the block run again, with every step's own test.
    pub(super) fn watches(&self) -> SmallVec<[Watch; 8]> {
        let n = self.instructions.len();
        let mut watches = SmallVec::from_elem(Watch::Not, n);
        // Whether something not finite in a step's result is noticed, at that step or later.
        let mut noticed: SmallVec<[bool; 8]> = SmallVec::from_elem(false, n);
        for i in (0..n).rev() {
            let ins = &self.instructions[i];
            let float = ins.out.is_inexact();
            let later = float && (i + 1..n).any(|j| noticed[j] && self.instructions[j].carries_step(i));
            watches[i] = match ins.check {
                None => Watch::Not,
                Some(_) if later => Watch::Not,
                Some(_) if float => Watch::Result,
                Some(_) => Watch::Check,
            };
            noticed[i] = later || watches[i] == Watch::Result;
        }
        watches
    }

    /// A pass over `n` elements as a number of float64 additions, for the choice of threads.
    pub(super) fn work(&self, n: usize) -> usize {
        let steps: usize = self.instructions.iter().map(|ins| ins.weight as usize).sum();
        (n * self.widest()).div_ceil(8) * (1 + steps).max(2) / 2
    }

    /// The bytes of the widest element that the program holds.
    pub(super) fn widest(&self) -> usize {
        let all = self.inputs.iter().chain(self.instructions.iter().map(|i| &i.out));
        all.map(|d| d.itemsize()).max().unwrap_or(8)
    }
}

/// The conditions that a run met.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    /// One per instruction.
    pub instructions: SmallVec<[Flags; 1]>,
    /// Of casts of inputs and of the output.
    pub cast: Flags,
    /// The first step that wrapped integers, the first element of the walk for which it did, and the
    /// result's shape once the place is one of it.
    pub spot: Option<(usize, Spot, Option<Dims>)>,
}

impl Conditions {
    pub fn new(plan: &Plan) -> Conditions {
        Conditions {
            instructions: SmallVec::from_elem(Flags::NONE, plan.instructions.len()),
            cast: Flags::NONE,
            spot: None,
        }
    }

    pub fn union(mut self, other: &Conditions) -> Conditions {
        for (a, b) in self.instructions.iter_mut().zip(&other.instructions) {
            *a = a.union(*b);
        }
        self.cast = self.cast.union(other.cast);
        if let Some(theirs) = &other.spot
            && self.spot.as_ref().is_none_or(|own| (theirs.0, theirs.1.at) < (own.0, own.1.at))
        {
            self.spot = other.spot.clone();
        }
        self
    }

    /// Keeps where step `i` wrapped in the block that begins at `start` of the walk.
    #[cold]
    pub(super) fn note(&mut self, i: usize, start: usize) {
        let Some(spot) = overflow::spot() else { return };
        let spot = Spot { at: spot.at + start, ..spot };
        if self.spot.as_ref().is_none_or(|own| (i, spot.at) < (own.0, own.1.at)) {
            self.spot = Some((i, spot, None));
        }
    }

    /// The spot found since one `before` was taken away is at another place of the walk; keeps the earlier.
    pub(super) fn lead_to(
        &mut self,
        place: impl Fn(usize) -> usize,
        before: Option<(usize, Spot, Option<Dims>)>,
    ) {
        if let Some((_, spot, _)) = &mut self.spot {
            spot.at = place(spot.at);
        }
        let found = self.spot.take();
        let key = |spot: &(usize, Spot, Option<Dims>)| (spot.0, spot.1.at);
        self.spot = before.into_iter().chain(found).min_by_key(key);
    }

    /// Turns the place in a walk over `axes` of a result into one of its elements in C order.
    pub(super) fn locate(&mut self, shape: &[usize], axes: &[usize]) {
        let Some((_, spot, place)) = &mut self.spot else { return };
        if axes.len() != shape.len() {
            return;
        }
        let (mut at, mut index): (usize, Dims) = (spot.at, shape.into());
        for &axis in axes.iter().rev() {
            let n = shape[axis].max(1);
            (index[axis], at) = (at % n, at / n);
        }
        spot.at = index.iter().zip(shape).fold(0, |at, (&i, &n)| at * n + i);
        *place = Some(shape.into());
    }

    /// Leaves the spot of step `i` for whoever tells of it; gives the shape it is a place of.
    pub fn leave_spot(&self, i: usize) -> Option<&[usize]> {
        let (_, spot, shape) = self.spot.as_ref().filter(|spot| spot.0 == i)?;
        overflow::leave(Some(*spot));
        shape.as_deref()
    }

    /// Whether a warning is due.
    pub fn any(&self) -> bool {
        self.cast.any() || self.instructions.iter().any(|f| f.any())
    }
}

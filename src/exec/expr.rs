//! Element-wise expressions that are not computed yet: a plan that grows, with the arrays it reads.
//!
//! `prim` appends one kernel at a time; the program is a list, not a tree, so that it runs as it is.
//! An array that occurs twice is one input. Each step keeps its own dtype, with explicit casts in
//! between, so that the fused pass gives what the steps one by one would, bit for bit.

use super::chain::{LONG, Prepared};
use super::columns::Columns;
use super::feed::{Feed, with_feed};
use super::machine::{Machine, Program, Source, block_len};
use super::map::{Input, Target, like_inputs, map};
use super::plan::{Conditions, Instruction, Operand, Origin, Plan, weight};
use super::reduce::{BATCH, Each, Fallen, Map, Reduction, Run, Worker, reduce};
use super::stream::PAST_CACHES;
use super::tally;
use super::turned::turned;
use crate::array::{Array, ArrayError, Dims, broadcast_shapes};
use crate::dtype::{DType, Scalar};
use crate::kernel::chain::{Link, Whole};
use crate::kernel::{Block, BlockMut, Check, Fold, KernelFn, Scratch, cast};
use crate::syntax::Span;
use smallvec::SmallVec;
use std::sync::Mutex;

/// An element-wise expression over arrays and scalars.
#[derive(Clone)]
pub struct Expr {
    shape: Dims,
    plan: Plan,
    inputs: SmallVec<[Input; 3]>,
}

/// An operand of a new step.
pub enum Term {
    Array(Array),
    Scalar(Scalar),
    Expr(Box<Expr>),
}

/// A kernel to append, and the dtype of each of its operands.
pub struct Kernel {
    pub run: KernelFn,
    pub check: Option<Check>,
    /// The operands, by bit, that make the result infinite or NaN wherever they are.
    pub carries: u8,
    pub link: Option<Link>,
    pub out: DType,
    pub dtypes: SmallVec<[DType; 3]>,
    pub origin: Origin,
}

/// Elements of a row from which it is folded so: shorter ones go better several at a time.
const ROW: usize = 256;

/// Steps beyond which an expression is computed before it grows: its registers leave L1.
const MOST_STEPS: usize = 48;

impl Term {
    pub fn shape(&self) -> &[usize] {
        match self {
            Term::Array(a) => a.shape(),
            Term::Scalar(_) => &[],
            Term::Expr(e) => &e.shape,
        }
    }

    /// Whether it must be computed before it joins an expression of this shape, which would
    /// otherwise compute its elements many times, or grow too long.
    pub fn stands_alone(&self, shape: &[usize]) -> bool {
        matches!(self, Term::Expr(e) if *e.shape != *shape || e.plan.instructions.len() >= MOST_STEPS)
    }
}

impl Expr {
    /// A kernel over operands that broadcast. Expressions among them have the common shape (see
    /// [`Term::stands_alone`]).
    pub fn apply(kernel: Kernel, mut terms: SmallVec<[Term; 3]>) -> Result<Box<Expr>, ArrayError> {
        let shape = common_shape(&terms)?;
        // The first expression goes on growing where it lies.
        let grows = |t: &Term| matches!(t, Term::Expr(e) if !e.plan.instructions.is_empty());
        let base = terms.iter().position(grows);
        let taken = base.map(|k| std::mem::replace(&mut terms[k], Term::Scalar(Scalar::Bool(false))));
        let mut expr = match taken {
            Some(Term::Expr(e)) => e,
            _ => Box::new(Expr {
                shape,
                plan: Plan { inputs: SmallVec::new(), instructions: SmallVec::new() },
                inputs: SmallVec::new(),
            }),
        };
        let grown = expr.plan.instructions.len().wrapping_sub(1);
        let mut operands = SmallVec::new();
        for (k, (term, &dtype)) in terms.into_iter().zip(&kernel.dtypes).enumerate() {
            operands.push(match base {
                Some(b) if b == k && expr.plan.instructions[grown].out == dtype => Operand::Step(grown),
                Some(b) if b == k => expr.cast(Operand::Step(grown), dtype, kernel.origin.span),
                _ => expr.term(term, dtype, kernel.origin),
            });
        }
        let Kernel { run, check, carries, link, out, dtypes, origin } = kernel;
        let weight = weight(link, check, dtypes.first().copied().unwrap_or(out));
        expr.plan.instructions.push(Instruction { run, operands, out, check, carries, link, weight, origin });
        Ok(expr)
    }

    /// The elements of an array as an expression without steps.
    pub fn of(array: Array) -> Expr {
        let plan = Plan::copy(array.dtype());
        Expr { shape: array.shape().into(), plan, inputs: SmallVec::from_iter([Input::Array(array)]) }
    }

    /// The plan, and its inputs.
    pub(super) fn into_parts(self) -> (Plan, SmallVec<[Input; 3]>) {
        (self.plan, self.inputs)
    }

    /// A plan over inputs that broadcast to a shape.
    pub(super) fn from_parts(shape: Dims, plan: Plan, inputs: SmallVec<[Input; 3]>) -> Expr {
        Expr { shape, plan, inputs }
    }

    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    pub fn dtype(&self) -> DType {
        self.plan.out()
    }

    pub fn size(&self) -> usize {
        self.shape.iter().product()
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// How many arrays and numbers it reads.
    pub fn operand_count(&self) -> usize {
        self.inputs.len()
    }

    /// Bytes of the arrays that only it holds.
    pub fn unnamed_bytes(&mut self) -> usize {
        let bytes = |input: &mut Input| match input {
            Input::Array(a) => a.unnamed_bytes(),
            Input::Scalar(_) => 0,
        };
        self.inputs.iter_mut().map(bytes).sum()
    }

    /// The elements converted to a dtype.
    pub fn cast_to(mut self: Box<Self>, dtype: DType, span: Span) -> Box<Expr> {
        let Some(last) = self.plan.instructions.last() else {
            self.plan.inputs[0] = dtype;
            return self;
        };
        if last.out == dtype {
            return self;
        }
        // What is cut to whole numbers the cast cuts itself, and what is rounded otherwise it rounds (`cast::rounding`):
        // `np.trunc(x).astype(int)` of 1e6 float64 took 268 µs, and takes 179 (a compiler of expressions 200).
        let whole = last.link.and_then(Link::whole).filter(|_| dtype.is_int());
        let rounding = whole.and_then(|how| cast::rounding(how, last.out, dtype));
        let operand = match last.operands.first() {
            Some(&operand) if rounding.is_some() || whole == Some(Whole::Trunc) => {
                self.plan.instructions.pop();
                operand
            }
            _ => Operand::Step(self.plan.instructions.len() - 1),
        };
        self.cast(operand, dtype, span);
        if let (Some(run), Some(step)) = (rounding, self.plan.instructions.last_mut()) {
            step.run = run;
        }
        self
    }

    /// The elements `start..end` along an axis: each input sliced, the same steps.
    pub fn slice(&self, axis: usize, start: usize, end: usize) -> Box<Expr> {
        let ndim = self.shape.len();
        let mut shape = self.shape.clone();
        shape[axis] = end - start;
        let one = |input: &Input| match input {
            Input::Array(a) => {
                let own = (axis + a.ndim()).checked_sub(ndim).filter(|&k| a.shape()[k] == self.shape[axis]);
                Input::Array(match own {
                    Some(k) if a.shape()[k] > 1 => {
                        let mut shape = a.shape().to_vec();
                        shape[k] = end - start;
                        let at = a.offset() as isize + start as isize * a.strides()[k];
                        let at = if shape.contains(&0) { a.offset() } else { at as usize };
                        a.view(&shape, a.strides(), at)
                    }
                    _ => a.clone(),
                })
            }
            scalar => scalar.clone(),
        };
        Box::new(Expr { shape, plan: self.plan.clone(), inputs: self.inputs.iter().map(one).collect() })
    }

    /// Position `i` of an axis, which goes away: each input at it, the same steps.
    pub fn layer(&self, axis: usize, i: usize) -> Box<Expr> {
        let ndim = self.shape.len();
        let mut shape = self.shape.clone();
        shape.remove(axis);
        let one = |input: &Input| match input {
            Input::Array(a) => Input::Array(match (axis + a.ndim()).checked_sub(ndim) {
                Some(k) => {
                    let (mut shape, mut strides) = (a.shape().to_vec(), a.strides().to_vec());
                    let (n, step) = (shape.remove(k), strides.remove(k));
                    let i = if n > 1 { i as isize } else { 0 };
                    let at = if shape.contains(&0) { 0 } else { i * step };
                    a.view(&shape, &strides, (a.offset() as isize + at) as usize)
                }
                None => a.clone(),
            }),
            scalar => scalar.clone(),
        };
        Box::new(Expr { shape, plan: self.plan.clone(), inputs: self.inputs.iter().map(one).collect() })
    }

    /// Whether computing it twice costs less than keeping it: a few operations of a cycle or so.
    pub fn is_cheap(&self) -> bool {
        let steps = &self.plan.instructions;
        steps.len() <= 4 && steps.iter().all(|step| step.link.is_some())
    }

    /// Computes all elements; also the plan that was run, and the conditions that its steps met.
    pub fn compute(self, target: Target) -> Result<(Array, Plan, Conditions), ArrayError> {
        let (array, met) = map(&self.plan, self.inputs, target)?;
        Ok((array, self.plan, met))
    }

    /// The inputs as arrays of the expression's shape, in the order of its plan.
    fn operands(&self) -> Result<SmallVec<[Array; 3]>, ArrayError> {
        let one = |input: &Input| match input {
            Input::Array(a) => a.broadcast_to(&self.shape),
            Input::Scalar(s) => Array::from_scalar(*s)?.broadcast_to(&self.shape),
        };
        self.inputs.iter().map(one).collect()
    }

    /// Folds the elements along axes in one pass: what it gives, and the conditions that the steps met.
    /// `after` is done to each block of elements before it is folded, as into the fold's dtype.
    pub fn fold(&self, ask: &Folding<'_>) -> Result<(Array, Conditions), ArrayError> {
        tally::first_runs(&self.plan, self.size());
        let operands = self.operands()?;
        let order = self.order();
        if order.is_sorted()
            && let Some(result) = turned(self, ask, &operands)
        {
            return result;
        }
        let sources = operands.iter().map(|a| Source::Given(a.dtype())).collect();
        let along = |k: &usize| ask.axes.contains(k) && self.shape[*k] >= ROW;
        let alone = self.size() >= LONG && order.last().is_some_and(along);
        let bytes: usize =
            self.inputs.iter().filter_map(Input::array).map(|a| a.size() * a.dtype().itemsize()).sum();
        let dtype = |input: &Input| input.array().filter(|a| a.size() > 1).map(Array::dtype);
        let dtypes: SmallVec<[Option<DType>; 3]> = self.inputs.iter().map(dtype).collect();
        // Where the fastest axis stays, rows are folded, if nothing is done to them before.
        let stays = order.last().is_some_and(|k| self.shape.len() > 1 && !ask.axes.contains(k));
        let rows = stays && ask.after.is_none();
        let prepared = match rows {
            true => Prepared::for_rows(&self.plan, ask.fold, alone),
            false => Prepared::for_fold(&self.plan, ask.fold, alone),
        };
        let prepared = prepared.converting(&self.plan, dtypes.iter().copied());
        let columns = if rows { Columns::new(&self.plan, &prepared, ask.fold, &operands) } else { None };
        let as_it_is = |(i, dtype): (usize, &Option<DType>)| {
            dtype.is_none_or(|d| d == self.plan.inputs[i]) || prepared.converts(i)
        };
        let map = Blocks {
            plan: &self.plan,
            whole: dtypes.iter().enumerate().all(as_it_is),
            prepared,
            sources,
            columns,
            ask: bytes >= PAST_CACHES,
            after: ask.after,
            met: Mutex::new(Conditions::new(&self.plan)),
        };
        let reduction = Reduction {
            fold: ask.fold,
            operands: &operands,
            map: Some(&map),
            order: Some(&order),
            axes: ask.axes,
            keepdims: ask.keepdims,
            initial: ask.initial,
        };
        let result = reduce(&reduction)?;
        Ok((result, map.met.into_inner().unwrap_or_default()))
    }

    /// Runs `f` on the elements in C order, or in the order of `axes` from the slowest to the fastest, which
    /// it reads block by block; what it gives, and the conditions that the steps met.
    pub(super) fn fed<R>(
        &self,
        axes: Option<&[usize]>,
        f: impl FnOnce(&Feed<'_>) -> Result<R, ArrayError>,
    ) -> Result<(R, Conditions), ArrayError> {
        tally::first_runs(&self.plan, self.size());
        let in_c: SmallVec<[usize; 4]> = (0..self.shape.len()).collect();
        with_feed(&self.plan, &self.inputs, &self.shape, axes.unwrap_or(&in_c), f)
    }

    /// The axes from the slowest to the fastest in the memory of the array that it stands for.
    pub fn order(&self) -> SmallVec<[usize; 4]> {
        like_inputs(&self.shape, &self.inputs)
    }

    /// A pass that reads the operands.
    pub(super) fn read_by(&self, pass: tally::Pass) -> tally::Pass {
        self.inputs.iter().filter_map(Input::array).fold(pass, tally::Pass::reads)
    }

    /// What a new instruction reads for this operand, in this dtype.
    fn term(&mut self, term: Term, dtype: DType, origin: Origin) -> Operand {
        match term {
            Term::Array(a) => self.input(Input::Array(a), dtype),
            Term::Scalar(s) => self.input(Input::Scalar(s), dtype),
            Term::Expr(e) if e.plan.instructions.is_empty() => match e.inputs.into_iter().next() {
                Some(input) => self.input(input, dtype),
                None => self.input(Input::Scalar(Scalar::Bool(false)), dtype),
            },
            Term::Expr(e) => {
                let from = e.plan.out();
                let result = self.merge(*e);
                if from == dtype { result } else { self.cast(result, dtype, origin.span) }
            }
        }
    }

    fn input(&mut self, input: Input, dtype: DType) -> Operand {
        let same = |(have, d): (&Input, &DType)| {
            *d == dtype
                && match (have, &input) {
                    (Input::Array(a), Input::Array(b)) => {
                        a.same_buffer(b)
                            && a.dtype() == b.dtype()
                            && a.offset() == b.offset()
                            && a.shape() == b.shape()
                            && a.strides() == b.strides()
                    }
                    _ => false,
                }
        };
        if let Some(i) = self.inputs.iter().zip(&self.plan.inputs).position(same) {
            return Operand::Input(i);
        }
        self.inputs.push(input);
        self.plan.inputs.push(dtype);
        Operand::Input(self.inputs.len() - 1)
    }

    /// Appends another expression's steps; its result is what is given back.
    fn merge(&mut self, other: Expr) -> Operand {
        let dtypes = other.plan.inputs;
        let inputs: SmallVec<[Operand; 4]> =
            other.inputs.into_iter().zip(dtypes).map(|(input, dtype)| self.input(input, dtype)).collect();
        let first = self.plan.instructions.len();
        for mut instruction in other.plan.instructions {
            for operand in &mut instruction.operands {
                *operand = match *operand {
                    Operand::Input(i) => inputs[i],
                    Operand::Step(i) => Operand::Step(first + i),
                };
            }
            self.plan.instructions.push(instruction);
        }
        Operand::Step(self.plan.instructions.len() - 1)
    }

    fn cast(&mut self, operand: Operand, dtype: DType, span: Span) -> Operand {
        let from = match operand {
            Operand::Input(i) => self.plan.inputs[i],
            Operand::Step(i) => self.plan.instructions[i].out,
        };
        let (run, check): (KernelFn, Option<Check>) = match cast::may_warn(from, dtype) {
            true => (cast::convert_noting, Some(cast::found)),
            false => (convert, None),
        };
        let instruction = Instruction {
            run,
            operands: SmallVec::from_iter([operand]),
            out: dtype,
            check,
            carries: 0,
            link: None,
            weight: 1,
            origin: Origin { name: "cast", span },
        };
        self.plan.instructions.push(instruction);
        Operand::Step(self.plan.instructions.len() - 1)
    }
}

/// The shape to which operands broadcast.
pub fn common_shape(terms: &[Term]) -> Result<Dims, ArrayError> {
    let mut whole = terms.iter().filter(|t| !matches!(t, Term::Scalar(_)));
    let Some(first) = whole.next() else { return Ok(Dims::new()) };
    if whole.all(|t| t.shape() == first.shape()) {
        return Ok(first.shape().into());
    }
    broadcast_shapes(&terms.iter().map(Term::shape).collect::<SmallVec<[&[usize]; 3]>>())
}

/// A reduction of an expression.
pub struct Folding<'a> {
    pub fold: &'static Fold,
    pub axes: &'a [usize],
    pub keepdims: bool,
    pub initial: Option<Scalar>,
    pub after: Option<&'a Each<'a>>,
}

/// An expression as the map of a reduction: each thread has a machine.
struct Blocks<'a> {
    plan: &'a Plan,
    prepared: Prepared,
    sources: SmallVec<[Source<'a>; 3]>,
    /// Whether arrays are read as they are, or converted by chains.
    whole: bool,
    /// How rows are folded into one.
    columns: Option<Columns>,
    /// Whether they are too large for the caches, so that what is read next is asked for.
    ask: bool,
    after: Option<&'a Each<'a>>,
    met: Mutex<Conditions>,
}

impl Map for Blocks<'_> {
    fn tells(&self) -> bool {
        self.plan.instructions.iter().any(|step| step.check.is_some())
    }

    fn worker(&self) -> Worker<'_> {
        Worker::Own(Box::new(BlockRun { blocks: self, made: None, before: None, alert: false }))
    }

    fn folds_rows(&self) -> bool {
        self.columns.is_some()
    }

    fn folds(&self, fold: &Fold) -> bool {
        self.whole && self.after.is_none() && self.prepared.folds(self.plan, fold)
    }
}

/// The machine of one thread, for the dtype of elements that was last wanted.
struct BlockRun<'a, 'b> {
    blocks: &'a Blocks<'b>,
    made: Option<(DType, Machine<'a>)>,
    before: Option<Scratch>,
    /// Rows have held something not finite: the others may be full of it.
    alert: bool,
}

impl<'a> BlockRun<'a, '_> {
    fn machine(&mut self, dtype: DType) -> &mut Machine<'a> {
        let Blocks { plan, prepared, sources, .. } = self.blocks;
        match &mut self.made {
            Some((d, _)) if *d == dtype => {}
            made => {
                let program = Program { plan, prepared, sources, rows: None, past: false };
                let len = block_len(plan, prepared, sources, dtype, None, false);
                *made = Some((dtype, Machine::new(program, dtype, len, false)));
            }
        }
        match &mut self.made {
            Some((_, machine)) => machine,
            None => unreachable!("a machine was made"),
        }
    }

    /// Tells of conditions that were met.
    fn tell(&self) {
        if let Some((_, machine)) = &self.made
            && machine.met.any()
            && let Ok(mut met) = self.blocks.met.lock()
        {
            *met = std::mem::take(&mut *met).union(&machine.met);
        }
    }
}

impl Run for BlockRun<'_, '_> {
    fn run(&mut self, operands: &[Block<'_>], out: BlockMut<'_>) {
        match self.blocks.after {
            None => self.machine(out.dtype()).run_on(operands, out),
            Some(after) => {
                // The dtype of the elements as what comes before the fold takes them.
                let (dtype, n) = (self.blocks.plan.out(), out.len());
                let mut before = self.before.take().unwrap_or_else(|| Scratch::new(dtype, BATCH));
                self.machine(dtype).run_on(operands, before.block_mut(n));
                after(before.block(n), out);
                self.before = Some(before);
            }
        }
        self.tell();
    }

    fn fold(&mut self, operands: &[Block<'_>], n: usize, fold: &Fold, acc: BlockMut<'_>) -> usize {
        let ask = self.blocks.ask;
        let done = self.machine(fold.dtype).fold_on(operands, n, fold, acc, ask);
        self.tell();
        done
    }

    fn fold_rows(&mut self, fallen: &Fallen<'_>, acc: BlockMut<'_>) -> bool {
        let Some(columns) = self.blocks.columns.as_ref().filter(|_| !self.alert) else { return false };
        let done = columns.fold(fallen, acc, self.blocks.ask);
        self.alert = !done;
        done
    }
}

/// The step that converts one operand.
fn convert(operands: &[Block<'_>], out: BlockMut<'_>) {
    cast::convert(operands[0], out);
}

//! One kernel over small contiguous arrays: no plan, no registers, nothing on the heap but the result.
//! What remains of a call on three elements is the result, which the pool of `array` has ready, and
//! the kernel: 57 ns for `a + b` of three elements, all inclusive, where moving operands and results
//! through memory made it 117. (The commonest operations on float64 and int64 are spared the choice of a
//! kernel too, in `prim::elementwise::ufunc::tiny`: 33.)

use super::map::Input;
use super::plan::{Operand, Plan};
use super::stream::storage;
use super::tally::{self, Pass};
use super::threads;
use crate::array::Array;
use crate::dtype::{DType, Element};
use crate::kernel::chain::{self, Code, Link, Strip, run_over};
use crate::kernel::overflow::{self, Spot};
use crate::kernel::tiny::{self, Side};
use crate::kernel::{Block, BlockMut, Check, Flags, KernelFn, One, Scratch, pack};
use crate::with_dtype;
use smallvec::SmallVec;

/// The largest arrays that always take this way, in elements.
pub const SMALL: usize = 1024;

/// The largest that one thread takes in one go: elements of so many bytes, in an operation of this [`weight`], where
/// the result waits for nobody and no operand could give its buffer. The plan that is spared took a third of the
/// time of adding 10,000 doubles, and of adding 30,000 bytes half.
///
/// [`weight`]: super::weight
pub fn alone(itemsize: usize, weight: u8) -> usize {
    SMALL.max(threads::least() * 16 / (itemsize * (1 + weight as usize)))
}

/// An operand of the short way.
pub enum Small<'a> {
    Array(&'a Array),
    One(&'a One),
}

/// One kernel over contiguous arrays of one shape and of the kernel's dtype, at most three, and at
/// most `most` elements. `None` if the operands are not such, or there is no memory; the caller then
/// takes `map`, which says so.
#[inline]
pub fn small(
    run: KernelFn,
    check: Option<Check>,
    dtype: DType,
    out: DType,
    operands: &[Small<'_>],
    most: usize,
) -> Option<(Array, Flags)> {
    let like = operands.iter().find_map(Small::array)?;
    let n = like.dense_size()?;
    if n > most || n == 0 {
        return None;
    }
    if let ([Small::Array(a)], DType::F64, DType::F64, true) = (operands, dtype, out, n <= PIECE) {
        return of_floats(run, check, a);
    }
    let blocks: &[Block<'_>] = match operands {
        [x] => &[block(x, dtype, like, n)?],
        [x, y] => &[block(x, dtype, like, n)?, block(y, dtype, like, n)?],
        [x, y, z] => &[block(x, dtype, like, n)?, block(y, dtype, like, n)?, block(z, dtype, like, n)?],
        _ => return None,
    };
    let _pass = tally::pass(|| {
        let read = Pass::new("map", dtype, n).ops(n);
        let pass = Pass { written: (n * out.itemsize()) as u64, ..read };
        operands.iter().filter_map(Small::array).fold(pass, Pass::reads)
    });
    let mut result = Array::empty(out, like.shape()).ok()?;
    let mut to = with_dtype!(out, T => BlockMut::new(result.as_mut_slice::<T>()?));
    let flags = match check {
        Some(check) if n > PIECE && out.is_inexact() => pieces(run, check, blocks, to),
        _ => {
            run(blocks, to.reborrow());
            check.map_or(Flags::NONE, |check| check(blocks, to.as_block()))
        }
    };
    Some((result, flags))
}

/// A function of one operand, float64 to float64: the commonest, without a look at dtypes.
#[inline]
fn of_floats(run: KernelFn, check: Option<Check>, a: &Array) -> Option<(Array, Flags)> {
    let blocks = [Block::new(a.as_slice::<f64>()?)];
    let mut flags = Flags::NONE;
    let _pass = tally::pass(|| {
        let read = Pass::new("map", DType::F64, a.size()).ops(a.size()).reads(a);
        Pass { written: a.nbytes() as u64, ..read }
    });
    let result = Array::written::<f64>(a.shape(), |to| {
        let mut to = BlockMut::new(to);
        run(&blocks, to.reborrow());
        flags = check.map_or(Flags::NONE, |check| check(&blocks, to.as_block()));
        true
    })?;
    Some((result, flags))
}

/// Elements that are computed before they are checked: they are then still in the first-level cache. The
/// check of 10,000 float64 took 0.4 µs of the 1.7 that their sum takes where it came after all of them.
const PIECE: usize = 1 << 11;

fn pieces(run: KernelFn, check: Check, blocks: &[Block<'_>], mut to: BlockMut<'_>) -> Flags {
    let total = to.len();
    let mut flags = Flags::NONE;
    for at in (0..total).step_by(PIECE) {
        let n = PIECE.min(total - at);
        let mut part: SmallVec<[Block<'_>; 3]> = SmallVec::new();
        for block in blocks {
            part.push(if block.len() == total { block.slice(at, at + n) } else { *block });
        }
        run(&part, to.part(at, n));
        flags = flags.union(check(&part, to.part(at, n).as_block()));
    }
    flags
}

/// A dyadic kernel, from an array and an operand like it into that array, at most [`SMALL`] elements.
/// `None`, with nothing done, if they are not such or share memory. `link`: what the kernel is in a chain.
#[inline]
pub fn small_into(
    run: KernelFn,
    check: Option<Check>,
    link: Option<Link>,
    a: &Array,
    y: Small<'_>,
) -> Option<Flags> {
    let n = a.dense_size()?;
    let shares = y.array().is_some_and(|y| y.same_buffer(a));
    if n == 0 || n > SMALL || shares || !a.writeable() {
        return None;
    }
    let y = block(&y, a.dtype(), a, n)?;
    let _pass = tally::pass(|| Pass::new("map", a.dtype(), n).ops(n).reads(a).writes(a).in_place(true));
    let start = a.offset();
    Some(with_dtype!(a.dtype(), T => {
        a.write_storage::<T, Flags>(|s| over(run, check, link, &mut s[start..start + n], y))
    }))
}

/// Elements from which a float operation goes as a chain, which takes longer to begin with.
const CHAINED: usize = 128;

/// Elements of the left operand that are kept while they are overwritten.
const KEPT: usize = 256;

/// Runs a dyadic kernel from its left operand over that: as a chain where one does it, which reads each
/// element before it writes it, or else from copies of a few.
fn over<T: Element>(
    run: KernelFn,
    check: Option<Check>,
    link: Option<Link>,
    to: &mut [T],
    y: Block<'_>,
) -> Flags {
    let (n, mut flags) = (to.len(), Flags::NONE);
    let float = matches!(T::DTYPE, DType::F32 | DType::F64) && n >= CHAINED;
    let mut at = match link.and_then(chained).filter(|_| float) {
        Some(codes) => {
            let sources = [Strip::own(n), Strip::of(y, n, n)];
            run_over((&codes, T::DTYPE), &sources, 0, BlockMut::new(to), n)
        }
        None => 0,
    };
    // What is left of a chain met something not finite.
    let mut spot = None;
    while at < n {
        let m = KEPT.min(n - at);
        let old: SmallVec<[T; KEPT]> = SmallVec::from_slice(&to[at..at + m]);
        let y = if y.len() == n { y.slice(at, at + m) } else { y };
        let (blocks, mut to) = ([Block::new(&old), y], BlockMut::new(&mut to[at..at + m]));
        run(&blocks, to.reborrow());
        flags = flags.union(check.map_or(Flags::NONE, |check| check(&blocks, to.as_block())));
        spot = spot.or_else(|| overflow::spot().map(|s| Spot { at: s.at + at, ..s }));
        at += m;
    }
    overflow::leave(spot);
    flags
}

/// The chain of one operation of two operands, over the first; or of one operand, which stands there twice.
fn chained(link: Link) -> Option<[Code; 4]> {
    let code = match link {
        Link::Add => Code::Add(1),
        Link::Subtract => Code::Subtract(1),
        Link::Multiply => Code::Multiply(1),
        Link::Divide => Code::Divide(1),
        Link::Square => Code::Square,
        Link::Absolute => Code::Absolute,
        Link::Cube => Code::Cube,
        Link::Reciprocal => Code::Reciprocal,
        Link::SquareRoot => Code::SquareRoot,
        _ => return None,
    };
    Some([Code::Load(0), code, Code::Test, Code::Store(2)])
}

/// One operation over contiguous arrays of one shape, and numbers, as large as one thread takes: no plan is worth
/// its time. `None`, with nothing done, where they are not such, passes are told of or an operand gives its buffer,
/// and where something met is not finite.
pub(super) fn single_step(plan: &Plan, inputs: &mut [Input]) -> Option<Array> {
    let [step] = &plan.instructions[..] else { return None };
    let dtype = *plan.inputs.first()?;
    let size = |x: &Input| x.array().map_or(1, Array::size);
    let ordered = step.operands.iter().enumerate().all(|(i, o)| *o == Operand::Input(i));
    let uniform = plan.inputs.iter().all(|d| *d == dtype) && step.operands.len() == inputs.len();
    let work = plan.work(inputs.iter().map(size).max()?);
    if !ordered || !uniform || work > ALONE || tally::on() || threads::for_elements(work) > 1 {
        return None;
    }
    let gives = |x: &mut Input| match x {
        Input::Array(a) => a.is_unique(),
        Input::Scalar(_) => false,
    };
    if inputs.iter_mut().any(gives) {
        return None;
    }
    // Of an array of one element the shape may count.
    let number = |x: &Input| x.single(dtype).filter(|_| x.shape().is_empty());
    let ones: SmallVec<[Option<One>; 3]> = inputs.iter().map(number).collect();
    let mut operands: SmallVec<[Small<'_>; 3]> = SmallVec::new();
    for (x, one) in inputs.iter().zip(&ones) {
        operands.push(match one {
            Some(one) => Small::One(one),
            None => Small::Array(x.array()?),
        });
    }
    let step = Step::new((step.run, step.check), step.link, dtype, step.out);
    let mut arrays = operands.iter().filter_map(Small::array);
    if arrays.any(|a| a.dense_size().is_none()) {
        return strided(&step, &operands);
    }
    let (result, met) = step.small(&operands, usize::MAX)?;
    (!met.any()).then_some(result)
}

/// One operation, how it runs on one thread.
pub struct Step {
    run: KernelFn,
    check: Option<Check>,
    dtype: DType,
    out: DType,
    /// Of floats, where one loop computes and looks at what it computes.
    link: Option<Link>,
}

impl Step {
    /// Of operands of one dtype.
    pub fn new(
        (run, check): (KernelFn, Option<Check>),
        link: Option<Link>,
        dtype: DType,
        out: DType,
    ) -> Step {
        // Comparisons of real numbers meet no condition, whatever their check.
        let compares = link.is_some_and(Link::compares) && !dtype.is_complex();
        let floats = matches!(dtype, DType::F32 | DType::F64) && out == dtype && check.is_some();
        let link = link.filter(|&link| floats && chained(link).is_some());
        Step { run, check: check.filter(|_| !compares), dtype, out, link }
    }

    /// As [`small`].
    pub fn small(&self, operands: &[Small<'_>], most: usize) -> Option<(Array, Flags)> {
        let like = operands.iter().find_map(Small::array)?;
        let n = like.dense_size()?;
        if let (Some(_), [x] | [x, _]) = (self.link, operands)
            && (CHAINED..=most).contains(&n)
            && !tally::on()
        {
            let [x, y] = [x, operands.last()?].map(|x| block(x, self.dtype, like, n));
            let blocks = [x?, y?];
            let mut result = Array::empty(self.out, like.shape()).ok()?;
            let to = with_dtype!(self.out, T => BlockMut::new(result.as_mut_slice::<T>()?));
            if self.run(&blocks, to) {
                return Some((result, Flags::NONE));
            }
        }
        small(self.run, self.check, self.dtype, self.out, operands, most)
    }

    /// The operation on blocks; false if a condition was met.
    fn run(&self, blocks: &[Block<'_>], mut to: BlockMut<'_>) -> bool {
        let n = to.len();
        let (Some(link), Some(&x), Some(&y)) = (self.link, blocks.first(), blocks.last()) else {
            (self.run)(blocks, to.reborrow());
            return !self.check.is_some_and(|check| check(blocks, to.as_block()).any());
        };
        match self.dtype {
            DType::F64 if tiny::is_arithmetic(link) => {
                return tiny::arithmetic::<f64>(link, side(x, n), side(y, n), to.typed());
            }
            DType::F32 if tiny::is_arithmetic(link) => {
                return tiny::arithmetic::<f32>(link, side(x, n), side(y, n), to.typed());
            }
            _ => {}
        }
        let sources = [x, y].map(|block| Strip::of(block, n, n));
        chained(link).is_some_and(|codes| chain::run((&codes, self.dtype), &sources, 0, &mut [to], n, None))
    }
}

/// A block beside `n` results.
fn side<T: Element>(x: Block<'_>, n: usize) -> Side<'_, T> {
    match x.typed::<T>() {
        [one] if n != 1 => Side::One(*one),
        many => Side::Many(many),
    }
}

/// One operation over vectors some of which have steps: their elements are brought together, some at a time, and
/// are then in the first-level cache. `None` for other arrays, and if a condition was met.
fn strided(step: &Step, operands: &[Small<'_>]) -> Option<Array> {
    let dtype = step.dtype;
    let like = operands.iter().find_map(Small::array)?;
    let &[n] = like.shape() else { return None };
    let suits = |a: &Array| a.shape() == [n] && a.dtype() == dtype;
    if n == 0 || !operands.iter().filter_map(Small::array).all(suits) {
        return None;
    }
    let mut result = Array::empty(step.out, &[n]).ok()?;
    let mut to = with_dtype!(step.out, T => BlockMut::new(result.as_mut_slice::<T>()?));
    // Of two operands the same lines are read twice.
    const NEAR: usize = 512;
    let mut near: SmallVec<[Scratch; 3]> =
        operands.iter().map(|_| Scratch::new(dtype, NEAR.min(n))).collect();
    for at in (0..n).step_by(NEAR) {
        let m = NEAR.min(n - at);
        let mut blocks: SmallVec<[Block<'_>; 3]> = SmallVec::new();
        for (operand, near) in operands.iter().zip(&mut near) {
            blocks.push(match *operand {
                Small::One(one) => one.block(),
                Small::Array(a) => {
                    let by = a.strides()[0];
                    let first = (a.offset() as isize + at as isize * by) as usize;
                    if by == 1 {
                        storage(a).slice(first, first + m)
                    } else {
                        pack::gather(storage(a), first, by, near.block_mut(m));
                        near.block(m)
                    }
                }
            });
        }
        if !step.run(&blocks, to.part(at, m)) {
            return None;
        }
    }
    Some(result)
}

/// Work up to which [`single_step`] is taken, as `Plan::work` counts it: its operands are in the second-level cache. `a - b` of 30,000 float64 took
/// 11.3 µs as a plan of blocks with a look at what is finite after each, 9.4 as a chain of its plan, and takes 8.0.
const ALONE: usize = 1 << 16;

impl<'a> Small<'a> {
    #[inline]
    fn array(&self) -> Option<&'a Array> {
        match self {
            Small::Array(a) => Some(a),
            Small::One(_) => None,
        }
    }
}

/// The `n` elements of a contiguous array of this dtype and shape, or the one.
#[inline(always)]
fn block<'a>(operand: &Small<'a>, dtype: DType, like: &Array, n: usize) -> Option<Block<'a>> {
    match *operand {
        Small::Array(a) => {
            if a.dtype() != dtype || !a.is_shaped_like(like) || a.dense_size().is_none() {
                return None;
            }
            let start = a.offset();
            Some(with_dtype!(dtype, T => Block::new(a.storage::<T>().get(start..start + n)?)))
        }
        Small::One(one) => Some(one.block()),
    }
}

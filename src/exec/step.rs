//! One operation on one thread, without a plan: what is between `small`, which takes arrays of a thousand elements, and
//! `stream`, which shares plans out. A plan costs 1 to 2 µs, which is what adding 10,000 float64 takes.
//!
//! Floats are computed and looked at in one loop (`kernel::tiny`), or as a chain of one step; other dtypes by their
//! kernel and its check. Vectors with steps are brought together, some at a time. Whatever meets a condition is left
//! to the plan, which tells of it.
//!
//! 30,000 elements, one thread, µs: as a plan, so, and NumPy: `a - b` of float64 11.3, 7.4 and 7.2, `a ** 2` 6.9, 4.7
//! and 4.6, `abs` 6.4, 4.7 and 4.6, `a < 0.5` 5.4, 3.1 and 2.9, float32 `f + f` 3.6, 2.5 and 2.4, int64 `i + j` 9.4, 7.4 and
//! 7.4, `-i` 6.2, 4.8 and 4.7, uint8 `u + u` 2.0, 0.9 and 0.9, `a[::2] * 2` 9.1, 5.9 and 5.8. What still takes longer: bytes
//! of 100,000 elements, `c & d` 3.3 and 3.0, `u + u` 2.5 and 2.1, of which the call is 0.3.

use super::map::Input;
use super::plan::{Operand, Plan};
use super::small::{CHAINED, SMALL, Small, block, chained, small};
use super::stream::storage;
use super::{tally, threads};
use crate::array::Array;
use crate::dtype::{DType, Element};
use crate::kernel::chain::{self, Link, Strip};
use crate::kernel::tiny::{self, Side};
use crate::kernel::{Block, BlockMut, Check, Flags, KernelFn, One, Scratch, pack};
use crate::with_dtype;
use smallvec::SmallVec;

/// The largest that one thread takes in one go: elements of so many bytes, in an operation of this [`weight`], where
/// the result waits for nobody and no operand could give its buffer. The plan that is spared took a third of the
/// time of adding 10,000 doubles, and of adding 30,000 bytes half.
///
/// [`weight`]: super::weight
pub fn alone(itemsize: usize, weight: u8) -> usize {
    SMALL.max(threads::least() * 16 / (itemsize * (1 + weight as usize)))
}

/// Work up to which [`single_step`] is taken, as `Plan::work` counts it: its operands are in the second-level cache.
const ALONE: usize = 1 << 16;

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
        let n = operands.iter().find_map(Small::array)?.dense_size()?;
        if (CHAINED..=most).contains(&n)
            && !tally::on()
            && let Some(result) = self.linked(operands)
        {
            return Some((result, Flags::NONE));
        }
        small(self.run, self.check, self.dtype, self.out, operands, most)
    }

    /// The result of a step with a link; `None` of others, of operands that are not as [`small`] takes them, and if a
    /// condition was met.
    fn linked(&self, operands: &[Small<'_>]) -> Option<Array> {
        let (Some(_), [x] | [x, _]) = (self.link, operands) else { return None };
        let like = operands.iter().find_map(Small::array)?;
        let n = like.dense_size().filter(|&n| n > 0)?;
        let [x, y] = [x, operands.last()?].map(|x| block(x, self.dtype, like, n));
        let blocks = [x?, y?];
        let mut result = Array::empty(self.out, like.shape()).ok()?;
        let to = with_dtype!(self.out, T => BlockMut::new(result.as_mut_slice::<T>()?));
        self.run(&blocks, to).then_some(result)
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

/// One operation over contiguous arrays of one shape, and numbers, as large as one thread takes: no plan is worth
/// its time. `None`, with nothing done, where they are not such, passes are told of or an operand gives its buffer,
/// and where something met is not finite.
pub(super) fn single_step(plan: &Plan, inputs: &mut [Input]) -> Option<Array> {
    let [step] = &plan.instructions[..] else { return None };
    let dtype = *plan.inputs.first()?;
    let ordered = step.operands.iter().enumerate().all(|(i, o)| *o == Operand::Input(i));
    let uniform = plan.inputs.iter().all(|d| *d == dtype) && step.operands.len() == inputs.len();
    if !ordered || !uniform || tally::on() || !is_for_one(plan, inputs) {
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
    if step.link.is_some() {
        return step.linked(&operands);
    }
    let (result, met) = step.small(&operands, usize::MAX)?;
    (!met.any()).then_some(result)
}

/// Whether one thread does it, and no operand could give its buffer to the result.
fn is_for_one(plan: &Plan, inputs: &mut [Input]) -> bool {
    let size = |x: &Input| x.array().map_or(1, Array::size);
    let work = plan.work(inputs.iter().map(size).max().unwrap_or(0));
    let gives = |x: &mut Input| match x {
        Input::Array(a) => a.is_unique(),
        Input::Scalar(_) => false,
    };
    work <= ALONE && threads::for_elements(work) == 1 && !inputs.iter_mut().any(gives)
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

//! One kernel over small contiguous arrays: no plan, no registers, nothing on the heap but the result.
//! What remains of a call on three elements is the result, which the pool of `array` has ready, and
//! the kernel: 57 ns for `a + b` of three elements, all inclusive, where moving operands and results
//! through memory made it 117. (The commonest operations on float64 and int64 are spared the choice of a
//! kernel too, in `prim::elementwise::ufunc::tiny`: 33.)

use super::tally::{self, Pass};
use crate::array::Array;
use crate::dtype::{DType, Element};
use crate::kernel::chain::{Code, Link, Strip, run_over};
use crate::kernel::overflow::{self, Spot};
use crate::kernel::{Block, BlockMut, Check, Flags, KernelFn, One};
use crate::with_dtype;
use smallvec::SmallVec;

/// The largest arrays that always take this way, in elements.
pub const SMALL: usize = 1024;

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
pub(super) const CHAINED: usize = 128;

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
pub(super) fn chained(link: Link) -> Option<[Code; 4]> {
    let code = match link {
        Link::Add => Code::Add(1),
        Link::Subtract => Code::Subtract(1),
        Link::Multiply => Code::Multiply(1),
        Link::Divide => Code::Divide(1),
        Link::Square => Code::Square,
        Link::Absolute => Code::Absolute,
        Link::Sign => Code::Sign,
        Link::Cube => Code::Cube,
        Link::Reciprocal => Code::Reciprocal,
        Link::SquareRoot => Code::SquareRoot,
        Link::Fraction => Code::Fraction,
        _ => return None,
    };
    Some([Code::Load(0), code, Code::Test, Code::Store(2)])
}

impl<'a> Small<'a> {
    #[inline]
    pub(super) fn array(&self) -> Option<&'a Array> {
        match self {
            Small::Array(a) => Some(a),
            Small::One(_) => None,
        }
    }
}

/// The `n` elements of a contiguous array of this dtype and shape, or the one.
#[inline(always)]
pub(super) fn block<'a>(operand: &Small<'a>, dtype: DType, like: &Array, n: usize) -> Option<Block<'a>> {
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

//! The loops under every element-wise kernel: a function of elements becomes a kernel over blocks.
//!
//! Per function and dtype only the loop over full blocks is compiled (in each instruction set).
//! A scalar operand (length one beside a longer output) is spread once over a piece of the stack
//! that stays in L1, and the loop runs piece by piece: a load from L1 is free beside the store, so
//! forms for scalar-left and scalar-right would only multiply the code.

use super::{Block, BlockMut, simd};
use crate::dtype::Element;
use std::mem::MaybeUninit;

/// Elements over which a scalar operand is spread.
const PIECE: usize = 256;

/// `out[i] = f(a[i])`.
#[inline(always)]
pub fn unary<A: Element, O: Element>(ops: &[Block<'_>], out: BlockMut<'_>, f: impl Fn(A) -> O + Copy) {
    map1(ops[0].typed(), out.typed(), f);
}

fn map1<A: Element, O: Element>(a: &[A], out: &mut [O], f: impl Fn(A) -> O + Copy) {
    if a.len() != out.len() {
        return out.fill(f(a[0]));
    }
    simd(
        #[inline(always)]
        || {
            for (o, &x) in out.iter_mut().zip(a) {
                *o = f(x);
            }
        },
    );
}

/// `out[i] = f(a[i], b[i])`.
#[inline(always)]
pub fn binary<A: Element, B: Element, O: Element>(
    ops: &[Block<'_>],
    out: BlockMut<'_>,
    f: impl Fn(A, B) -> O + Copy,
) {
    spread2(ops[0].typed(), ops[1].typed(), out.typed(), |a, b, o| map2(a, b, o, f));
}

fn map2<A: Element, B: Element, O: Element>(a: &[A], b: &[B], out: &mut [O], f: impl Fn(A, B) -> O + Copy) {
    simd(
        #[inline(always)]
        || {
            let n = out.len();
            let (a, b) = (&a[..n], &b[..n]);
            for i in 0..n {
                out[i] = f(a[i], b[i]);
            }
        },
    );
}

/// Calls `full` with operands of the output's length; scalars are spread over pieces.
#[inline(always)]
fn spread2<A: Element, B: Element, O: Element>(
    a: &[A],
    b: &[B],
    out: &mut [O],
    full: impl Fn(&[A], &[B], &mut [O]),
) {
    let n = out.len();
    if a.len() == n && b.len() == n {
        return full(a, b, out);
    }
    let left = Spread::new(a, n);
    let right = Spread::new(b, n);
    for (k, o) in out.chunks_mut(PIECE).enumerate() {
        full(left.piece(k * PIECE, o.len()), right.piece(k * PIECE, o.len()), o);
    }
}

/// An operand cut into pieces: of its slice, or of one piece filled with its scalar.
struct Spread<'a, T> {
    slice: &'a [T],
    fill: [MaybeUninit<T>; PIECE],
    /// The length of the filled front part; 0 for an operand that is no scalar.
    filled: usize,
}

impl<'a, T: Element> Spread<'a, T> {
    #[inline(always)]
    fn new(slice: &'a [T], n: usize) -> Spread<'a, T> {
        let filled = if slice.len() == 1 && n != 1 { n.min(PIECE) } else { 0 };
        let mut fill = [MaybeUninit::uninit(); PIECE];
        if filled > 0 {
            fill[..filled].fill(MaybeUninit::new(slice[0]));
        }
        Spread { slice, fill, filled }
    }

    #[inline(always)]
    fn piece(&self, at: usize, n: usize) -> &[T] {
        if self.filled == 0 {
            return &self.slice[at..at + n];
        }
        let front = &self.fill[..n.min(self.filled)];
        // SAFETY: the first `filled` elements were written in `new`.
        unsafe { std::slice::from_raw_parts(front.as_ptr().cast(), front.len()) }
    }
}

/// `out[i] = f(a[i], b[i], c[i])`, operands of any mixture of lengths.
#[inline(always)]
pub fn ternary<T: Element, O: Element>(
    ops: &[Block<'_>],
    out: BlockMut<'_>,
    f: impl Fn(T, T, T) -> O + Copy,
) {
    let (a, b, c, out) = (ops[0].typed::<T>(), ops[1].typed::<T>(), ops[2].typed::<T>(), out.typed::<O>());
    let n = out.len();
    let (a, b, c) = (Spread::new(a, n), Spread::new(b, n), Spread::new(c, n));
    for (k, o) in out.chunks_mut(PIECE).enumerate() {
        let (at, n) = (k * PIECE, o.len());
        map3(a.piece(at, n), b.piece(at, n), c.piece(at, n), o, f);
    }
}

fn map3<T: Element, O: Element>(a: &[T], b: &[T], c: &[T], out: &mut [O], f: impl Fn(T, T, T) -> O + Copy) {
    simd(
        #[inline(always)]
        || {
            let n = out.len();
            let (a, b, c) = (&a[..n], &b[..n], &c[..n]);
            for i in 0..n {
                out[i] = f(a[i], b[i], c[i]);
            }
        },
    );
}

/// As [`unary`], for functions whose loops do not vectorise: compiled once, without dispatch.
#[inline(always)]
pub fn unary_each<A: Element, O: Element>(ops: &[Block<'_>], out: BlockMut<'_>, f: impl Fn(A) -> O + Copy) {
    let (a, out) = (ops[0].typed::<A>(), out.typed::<O>());
    if a.len() != out.len() {
        return out.fill(f(a[0]));
    }
    for (o, &x) in out.iter_mut().zip(a) {
        *o = f(x);
    }
}

/// As [`binary`], for functions whose loops do not vectorise.
#[inline(always)]
pub fn binary_each<A: Element, B: Element, O: Element>(
    ops: &[Block<'_>],
    out: BlockMut<'_>,
    f: impl Fn(A, B) -> O + Copy,
) {
    let (a, b, out) = (ops[0].typed::<A>(), ops[1].typed::<B>(), out.typed::<O>());
    let step = |len: usize| (len == out.len()) as usize;
    let (p, q) = (step(a.len()), step(b.len()));
    for (i, o) in out.iter_mut().enumerate() {
        *o = f(a[i * p], b[i * q]);
    }
}

/// The only element of a scalar operand beside a longer output.
#[inline(always)]
pub fn scalar_operand<T: Element>(op: Block<'_>, out: &BlockMut<'_>) -> Option<T> {
    match op.typed::<T>() {
        [x] if out.len() != 1 => Some(*x),
        _ => None,
    }
}

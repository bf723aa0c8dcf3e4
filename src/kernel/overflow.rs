//! Signed integer arithmetic that notices results which do not fit: the kernels of `arith` and
//! `integer`, which wrap, with a note of the first element that did. The note is taken by [`found`],
//! the row's check, and [`spot`] on the same thread, right after the kernel ran.
//!
//! What it costs: sums and differences keep the sign bits that tell of a wrap, `(a ^ r) & (b ^ r)`,
//! in the loop that adds: nothing to 4% for 1e4 to 1e7 elements of every dtype (AVX-512, blocks from L1
//! and streams alike). Products keep the bits of the largest magnitudes (within 3%); only where these
//! could overflow together is every product looked at again. Products of int8 are computed in 16 bits,
//! which tell: 0 to 9% for 1e3 to 1e7 elements. Powers go by the bits of the largest base times the largest exponent.

use super::apply::noting;
use super::arith::{Absolute, Arith};
use super::integer::{self, Int};
use super::{Block, BlockMut, Flags, simd};
use crate::dtype::DType;
use std::cell::Cell;

/// An operation whose exact result does not fit its dtype.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The element's place in its block; whoever knows the block's place adds it.
    pub at: usize,
    pub left: i128,
    /// `None` of an operation of one operand.
    pub right: Option<i128>,
    /// `None` where it is past 128 bits.
    pub exact: Option<i128>,
    pub dtype: DType,
}

thread_local! {
    static FOUND: Cell<bool> = const { Cell::new(false) };
    static SPOT: Cell<Option<Spot>> = const { Cell::new(None) };
}

/// The condition of the kernel that just ran on this thread.
pub fn found(_: &[Block<'_>], _: Block<'_>) -> Flags {
    match FOUND.replace(false) {
        true => Flags { wrapped: true, ..Flags::NONE },
        false => Flags::NONE,
    }
}

/// Where, since it was asked last.
pub fn spot() -> Option<Spot> {
    SPOT.take()
}

/// Leaves a spot for whoever tells of it.
pub fn leave(spot: Option<Spot>) {
    SPOT.set(spot);
}

fn note(spot: Option<Spot>) {
    if spot.is_some() {
        FOUND.set(true);
        SPOT.set(spot);
    }
}

/// A signed integer dtype.
pub trait Signed: Arith + Int {
    const BITS: u32;
    fn or(self, o: Self) -> Self;
    fn and(self, o: Self) -> Self;
    fn xor(self, o: Self) -> Self;
    /// The magnitude's bits, all below the sign: as many as `bits` counts.
    fn magnitude(self) -> Self;
    fn bits(self) -> u32;
    fn wide(self) -> i128;
    /// The nearest float64.
    fn float(self) -> f64;
    /// Whether the product does not fit.
    fn mul_wraps(self, o: Self) -> bool;
    /// What a loop of products keeps.
    type Note: Copy;
    const NONE: Self::Note;
    /// The product, and a note of it.
    fn product(self, o: Self, note: &mut Self::Note) -> Self;
    /// Whether some noted product may not have fitted.
    fn may_wrap(note: Self::Note) -> bool;
}

/// Of dtypes whose products are not computed wider anyhow: the bits of the largest magnitudes.
macro_rules! by_magnitude {
    ($t:ty) => {
        type Note = ($t, $t);
        const NONE: ($t, $t) = (0, 0);
        #[inline(always)]
        fn product(self, o: $t, (p, q): &mut ($t, $t)) -> $t {
            *p |= self.magnitude();
            *q |= o.magnitude();
            self.wrapping_mul(o)
        }
        fn may_wrap((p, q): ($t, $t)) -> bool {
            p.bits() + q.bits() > <$t>::BITS - 2
        }
    };
}

/// No processor multiplies bytes: the product has 16 bits, which say whether it fits.
macro_rules! by_width {
    ($t:ty) => {
        type Note = i16;
        const NONE: i16 = 0;
        #[inline(always)]
        fn product(self, o: $t, note: &mut i16) -> $t {
            let wide = self as i16 * o as i16;
            *note |= wide.wrapping_add(128) & !255;
            wide as $t
        }
        fn may_wrap(note: i16) -> bool {
            note != 0
        }
    };
}

macro_rules! signed {
    ($($t:ty: $wide:ty, $products:ident);*) => {$(
        impl Signed for $t {
            $products!($t);
            const BITS: u32 = <$t>::BITS;
            #[inline(always)]
            fn or(self, o: $t) -> $t { self | o }
            #[inline(always)]
            fn and(self, o: $t) -> $t { self & o }
            #[inline(always)]
            fn xor(self, o: $t) -> $t { self ^ o }
            #[inline(always)]
            fn magnitude(self) -> $t { self ^ (self >> (<$t>::BITS - 1)) }
            #[inline(always)]
            fn bits(self) -> u32 { <$t>::BITS - self.leading_zeros() }
            #[inline(always)]
            fn wide(self) -> i128 { self as i128 }
            #[inline(always)]
            fn float(self) -> f64 { self as f64 }
            #[inline(always)]
            fn mul_wraps(self, o: $t) -> bool {
                (self as $wide).wrapping_mul(o as $wide) != self.wrapping_mul(o) as $wide
                    || <$t>::BITS == 64 && self.overflowing_mul(o).1
            }
        }
    )*};
}
signed!(i8: i16, by_width; i16: i32, by_magnitude; i32: i64, by_magnitude; i64: i64, by_magnitude);

/// The first element for which `wraps` holds, with its operands.
#[cold]
fn first<T: Signed>(
    ops: &[Block<'_>],
    n: usize,
    wraps: impl Fn(T, T) -> bool,
    exact: impl Fn(i128, i128) -> Option<i128>,
) -> Option<Spot> {
    let (a, b) = (ops[0].typed::<T>(), ops[ops.len() - 1].typed::<T>());
    let of = |s: &[T], i: usize| if s.len() == n { s[i] } else { s[0] };
    let at = (0..n).find(|&i| wraps(of(a, i), of(b, i)))?;
    let (left, right) = (of(a, at).wide(), of(b, at).wide());
    let two = ops.len() > 1;
    Some(Spot { at, left, right: two.then_some(right), exact: exact(left, right), dtype: T::DTYPE })
}

pub fn add<T: Signed>(ops: &[Block<'_>], out: BlockMut<'_>) {
    let n = out.len();
    let signs = noting(ops, out, T::ZERO, |a: T, b: T, signs: &mut T| {
        let r = Arith::add(a, b);
        *signs = signs.or(a.xor(r).and(b.xor(r)));
        r
    });
    if Int::is_negative(signs) {
        let wraps = |a: T, b: T| a.wide() + b.wide() != Arith::add(a, b).wide();
        note(first(ops, n, wraps, |a, b| Some(a + b)));
    }
}

pub fn subtract<T: Signed>(ops: &[Block<'_>], out: BlockMut<'_>) {
    let n = out.len();
    let signs = noting(ops, out, T::ZERO, |a: T, b: T, signs: &mut T| {
        let r = Arith::sub(a, b);
        *signs = signs.or(a.xor(r).and(a.xor(b)));
        r
    });
    if Int::is_negative(signs) {
        let wraps = |a: T, b: T| a.wide() - b.wide() != Arith::sub(a, b).wide();
        note(first(ops, n, wraps, |a, b| Some(a - b)));
    }
}

pub fn multiply<T: Signed>(ops: &[Block<'_>], out: BlockMut<'_>) {
    let n = out.len();
    let note = noting(ops, out, T::NONE, |a: T, b: T, note: &mut T::Note| a.product(b, note));
    if T::may_wrap(note) {
        products::<T>(ops, n);
    }
}

pub fn square<T: Signed>(ops: &[Block<'_>], out: BlockMut<'_>) {
    let n = out.len();
    let both = [ops[0], ops[0]];
    let note = noting(&both, out, T::NONE, |a: T, _: T, note: &mut T::Note| a.product(a, note));
    if T::may_wrap(note) {
        products::<T>(ops, n);
    }
}

/// Looks at every product.
#[cold]
fn products<T: Signed>(ops: &[Block<'_>], n: usize) {
    let (a, b) = (ops[0].typed::<T>(), ops[ops.len() - 1].typed::<T>());
    let any = |a: &[T], b: &[T]| {
        simd(
            #[inline(always)]
            || a.iter().zip(b).fold(false, |any, (&a, &b)| any | a.mul_wraps(b)),
        )
    };
    let wraps = match (a.len() == n, b.len() == n) {
        (true, true) => any(a, b),
        (true, false) => a.iter().any(|&a| a.mul_wraps(b[0])),
        (false, true) => b.iter().any(|&b| b.mul_wraps(a[0])),
        (false, false) => a[0].mul_wraps(b[0]),
    };
    if wraps {
        note(first(ops, n, T::mul_wraps, |a, b| Some(a * b)));
    }
}

pub fn negative<T: Signed>(ops: &[Block<'_>], out: BlockMut<'_>) {
    let n = out.len();
    let both = [ops[0], ops[0]];
    // Only the least number is negative before and after.
    let signs = noting(&both, out, T::ZERO, |a: T, _: T, signs: &mut T| {
        let r = Arith::neg(a);
        *signs = signs.or(a.and(r));
        r
    });
    if Int::is_negative(signs) {
        let wraps = |a: T, _: T| Int::is_negative(a.and(Arith::neg(a)));
        note(first(ops, n, wraps, |a, _| Some(-a)));
    }
}

pub fn absolute<T: Signed + Absolute<Out = T>>(ops: &[Block<'_>], out: BlockMut<'_>) {
    let n = out.len();
    let both = [ops[0], ops[0]];
    // Only the least number stays negative.
    let signs = noting(&both, out, T::ZERO, |a: T, _: T, signs: &mut T| {
        let r = a.absolute();
        *signs = signs.or(r);
        r
    });
    if Int::is_negative(signs) {
        let wraps = |a: T, _: T| Int::is_negative(a.absolute());
        note(first(ops, n, wraps, |a, _| Some(-a)));
    }
}

pub fn power<T: Signed>(ops: &[Block<'_>], mut out: BlockMut<'_>) {
    let n = out.len();
    integer::power::<T>(ops, out.reborrow());
    let (bases, exponents) = (ops[0].typed::<T>(), ops[1].typed::<T>());
    let bits = simd(
        #[inline(always)]
        || bases.iter().fold(T::ZERO, |m, b| m.or(b.magnitude())),
    );
    let most = exponents.iter().map(|e| e.wide()).max().unwrap_or(0);
    if bits.bits() as i128 * most <= T::BITS as i128 - 2 {
        return;
    }
    let exact = |a: i128, b: i128| u32::try_from(b).ok().and_then(|b| a.checked_pow(b));
    let fits = |x: Option<i128>| x.is_some_and(|x| x >> (T::BITS - 1) == 0 || x >> (T::BITS - 1) == -1);
    let wraps = |a: T, b: T| !Int::is_negative(b) && !fits(exact(a.wide(), b.wide()));
    note(first(ops, n, wraps, exact));
}

/// Elements whose magnitudes are multiplied between two looks at the bound.
const CHUNK: usize = 512;

/// Where a product of elements in their order first leaves a dtype; `None` if a later zero makes it 0
/// after all, unless the product of every prefix counts. The product of the magnitudes, in float64 and
/// in any order, bounds that of every prefix: only where it does not fit are products made one by one.
pub fn of_product<T: Signed>(xs: &[T], dtype: DType, prefixes: bool) -> Option<Spot> {
    let bits = 8 * dtype.itemsize() - 1;
    let fits = |p: i128| p >> bits == 0 || p >> bits == -1;
    // Less by more than 10^9 products are rounded.
    let limit = 2f64.powi(bits as i32) * 0.999_999;
    let (mut bound, mut product, mut found) = (1.0, None, None);
    for (k, chunk) in xs.chunks(CHUNK).enumerate() {
        if found.is_some() {
            // Only whether a zero follows is left to know.
            let zero = simd(
                #[inline(always)]
                || chunk.iter().fold(false, |zero, x| zero | (*x == T::ZERO)),
            );
            if zero {
                return None;
            }
            continue;
        }
        let (largest, zero) = simd(
            #[inline(always)]
            || magnitudes(chunk),
        );
        if zero && !prefixes {
            return None;
        }
        bound *= largest;
        if bound >= limit {
            let so_far = || xs[..k * CHUNK].iter().fold(1i128, |p, x| p * x.wide());
            found = of_steps(chunk, k * CHUNK, product.get_or_insert_with(so_far), dtype, fits);
        }
        // From a zero on every prefix is 0.
        if prefixes && (zero || found.is_some()) {
            return found;
        }
    }
    found
}

/// The product of the magnitudes but for zeros, and whether there is one.
#[inline(always)]
fn magnitudes<T: Signed>(chunk: &[T]) -> (f64, bool) {
    const LANES: usize = 32;
    let (mut products, mut least) = ([1.0f64; LANES], [1.0f64; LANES]);
    let mut take = |part: &[T]| {
        for ((p, l), &x) in products.iter_mut().zip(&mut least).zip(part) {
            let size = x.float().abs();
            *p *= if size < 1.0 { 1.0 } else { size };
            *l = if size < *l { size } else { *l };
        }
    };
    let parts = chunk.chunks_exact(LANES);
    let rest = parts.remainder();
    parts.for_each(&mut take);
    take(rest);
    (products.iter().product(), least.contains(&0.0))
}

fn of_steps<T: Signed>(
    chunk: &[T],
    start: usize,
    product: &mut i128,
    dtype: DType,
    fits: impl Fn(i128) -> bool,
) -> Option<Spot> {
    for (i, &x) in chunk.iter().enumerate() {
        let (left, right) = (*product, x.wide());
        let exact = left * right;
        if !fits(exact) {
            return Some(Spot { at: start + i, left, right: Some(right), exact: Some(exact), dtype });
        }
        *product = exact;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::KernelFn;

    /// Every pair of int8 against exact arithmetic.
    fn check(run: KernelFn, op: fn(i128, i128) -> i128) {
        for a in i8::MIN..=i8::MAX {
            let right: Vec<i8> = (i8::MIN..=i8::MAX).collect();
            let mut out = vec![0i8; right.len()];
            let left = vec![a; right.len()];
            let ops = [Block::new(&left[..]), Block::new(&right[..])];
            run(&ops, BlockMut::new(&mut out[..]));
            let fits = |b: i8| (-128..128).contains(&op(a.into(), b.into()));
            let wrong = right.iter().position(|&b| !fits(b));
            assert_eq!(found(&[], Block::new(&out[..])).wrapped, wrong.is_some(), "{a}");
            assert_eq!(spot().map(|s| s.at), wrong, "{a}");
            for (&b, &r) in right.iter().zip(&out) {
                assert_eq!(r, op(a.into(), b.into()) as i8);
            }
        }
    }

    #[test]
    fn every_wrap_of_int8_is_noticed() {
        check(add::<i8>, |a, b| a + b);
        check(subtract::<i8>, |a, b| a - b);
        check(multiply::<i8>, |a, b| a * b);
        check(|ops, out| negative::<i8>(&ops[1..], out), |_, b| -b);
        check(|ops, out| absolute::<i8>(&ops[1..], out), |_, b| b.abs());
        check(|ops, out| square::<i8>(&ops[1..], out), |_, b| b * b);
    }

    #[test]
    fn products_of_many() {
        let factorial: Vec<i64> = (1..=25).collect();
        let spot = of_product(&factorial, DType::I64, false).unwrap();
        assert_eq!((spot.at, spot.left, spot.right), (20, 2432902008176640000, Some(21)));
        assert_eq!(of_product(&factorial[..20], DType::I64, true), None);
        let mut zero = factorial.clone();
        zero.push(0);
        assert_eq!(of_product(&zero, DType::I64, false), None);
        assert_eq!(of_product(&zero, DType::I64, true).map(|s| s.at), Some(20));
        let long = [vec![-1i8; 1000], vec![100, 2]].concat();
        assert_eq!(of_product(&long, DType::I8, false).map(|s| (s.at, s.left)), Some((1001, 100)));
        assert_eq!(of_product(&long, DType::I64, false), None);
    }

    #[test]
    fn bounded_products_agree_with_those_made_one_by_one() {
        let mut seed = 7u64;
        let mut next = |n: u64| {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (seed >> 33) % n
        };
        for round in 0..400u64 {
            let rare = 1 + round * 4;
            let xs: Vec<i16> = (0..1500)
                .map(|_| match next(rare + 3) {
                    0 if round % 3 == 0 => 0,
                    1 => 2 + next(40) as i16,
                    2 => -1,
                    _ => 1,
                })
                .collect();
            let (mut product, mut at) = (1i128, None);
            for (i, &x) in xs.iter().enumerate() {
                let exact = product * i128::from(x);
                if i64::try_from(exact).is_err() {
                    at = Some(i);
                    break;
                }
                product = exact;
            }
            let whole = at.filter(|_| !xs.contains(&0));
            let spot = |prefixes| of_product(&xs, DType::I64, prefixes).map(|s| s.at);
            assert_eq!((spot(true), spot(false)), (at, whole), "{round}");
        }
    }

    #[test]
    fn edges_of_int64() {
        let cases: &[(i64, i64, bool)] = &[
            (1 << 31, 1 << 31, false),
            (1 << 32, 1 << 31, true),
            (-(1 << 32), 1 << 31, false),
            (i64::MIN, -1, true),
            (i64::MIN, 1, false),
            (3037000500, 3037000500, true),
            (3037000499, 3037000499, false),
        ];
        for &(a, b, wraps) in cases {
            let mut out = [0i64];
            multiply::<i64>(&[Block::new(&[a][..]), Block::new(&[b][..])], BlockMut::new(&mut out[..]));
            assert_eq!(found(&[], Block::new(&out[..])).wrapped, wraps, "{a} {b}");
            power::<i64>(&[Block::new(&[a][..]), Block::new(&[2i64][..])], BlockMut::new(&mut out[..]));
            let squares = (a as i128 * a as i128) > i64::MAX as i128;
            assert_eq!(found(&[], Block::new(&out[..])).wrapped, squares, "{a}");
        }
    }
}

//! What functions of float32 in float32 lanes are written in: one number, or a register of them.
//!
//! A function is generic over [`Lanes`] and runs on registers where the processor looks into tables of
//! 32 numbers by permutation (`registers`), else number by number, which the compiler vectorises. Every
//! operation is exact or correctly rounded, so that all ways give the same bits.

use crate::kernel::{Block, BlockMut, simd};
use std::ops::{Add, Mul, Sub};

/// 32 numbers to look into.
#[repr(align(64))]
pub struct Table(pub [f32; 32]);

/// Numbers of float32, and integers of 32 bits beside them.
pub trait Lanes: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    type Whole: Copy;
    type Test: Copy;
    /// The same number everywhere.
    fn all(self, x: f32) -> Self;
    fn mul_add(self, by: Self, plus: Self) -> Self;
    /// `limit` where this is more; NaN stays.
    fn at_most(self, limit: f32) -> Self;
    fn bits(self) -> Self::Whole;
    fn with_bits(self, bits: Self::Whole) -> Self;
    /// Integers as numbers.
    fn number(self, k: Self::Whole) -> Self;
    fn add_all(self, a: Self::Whole, k: i32) -> Self::Whole;
    fn times_all(self, a: Self::Whole, k: i32) -> Self::Whole;
    fn and_all(self, a: Self::Whole, k: i32) -> Self::Whole;
    fn at_least(self, a: Self::Whole, k: i32) -> Self::Whole;
    fn plus(self, a: Self::Whole, b: Self::Whole) -> Self::Whole;
    fn minus(self, a: Self::Whole, b: Self::Whole) -> Self::Whole;
    fn or(self, a: Self::Whole, b: Self::Whole) -> Self::Whole;
    /// Shifts to the left and, keeping the sign, to the right.
    fn up<const N: u32>(self, a: Self::Whole) -> Self::Whole;
    fn down<const N: u32>(self, a: Self::Whole) -> Self::Whole;
    fn less(self, than: Self) -> Self::Test;
    /// Whether integers are among the `n` from `least` on.
    fn among(self, a: Self::Whole, least: i32, n: i32) -> Self::Test;
    /// Whether a test is not known to hold everywhere.
    fn may_fail(self, test: Self::Test) -> bool;
    fn pick(self, test: Self::Test, yes: Self, no: Self) -> Self;
    /// The numbers of a table at the integers' low five bits.
    fn look(self, table: &Table, at: Self::Whole) -> Self;

    #[inline(always)]
    fn abs(self) -> Self {
        self.with_bits(self.and_all(self.bits(), i32::MAX))
    }

    /// A positive number with the sign of another.
    #[inline(always)]
    fn with_sign(self, of: Self) -> Self {
        self.with_bits(self.or(self.bits(), self.and_all(of.bits(), i32::MIN)))
    }
}

/// Methods of one expression.
macro_rules! methods {
    ($this:ident; $($name:ident$(<const $n:ident>)?($($a:ident: $t:ty),*) -> $r:ty { $e:expr })*) => {$(
        #[inline(always)]
        fn $name$(<const $n: u32>)?($this, $($a: $t),*) -> $r {
            $e
        }
    )*};
}

/// One number.
#[derive(Clone, Copy)]
struct One(f32);

macro_rules! operators {
    ($($operator:ident $name:ident $op:tt;)*) => {$(
        impl $operator for One {
            type Output = One;
            #[inline(always)]
            fn $name(self, o: One) -> One {
                One(self.0 $op o.0)
            }
        }
    )*};
}
operators! { Add add +; Sub sub -; Mul mul *; }

impl Lanes for One {
    type Whole = i32;
    type Test = bool;
    methods! { self;
        all(c: f32) -> One { One(c) }
        mul_add(by: One, plus: One) -> One { One(self.0.mul_add(by.0, plus.0)) }
        at_most(limit: f32) -> One { if limit < self.0 { One(limit) } else { self } }
        bits() -> i32 { self.0.to_bits() as i32 }
        with_bits(bits: i32) -> One { One(f32::from_bits(bits as u32)) }
        number(k: i32) -> One { One(k as f32) }
        add_all(a: i32, k: i32) -> i32 { a.wrapping_add(k) }
        times_all(a: i32, k: i32) -> i32 { a.wrapping_mul(k) }
        and_all(a: i32, k: i32) -> i32 { a & k }
        at_least(a: i32, k: i32) -> i32 { if a < k { k } else { a } }
        plus(a: i32, b: i32) -> i32 { a.wrapping_add(b) }
        minus(a: i32, b: i32) -> i32 { a.wrapping_sub(b) }
        or(a: i32, b: i32) -> i32 { a | b }
        less(than: One) -> bool { self.0 < than.0 }
        among(a: i32, least: i32, n: i32) -> bool { (a.wrapping_sub(least) as u32) < n as u32 }
        may_fail(_test: bool) -> bool { true }
        pick(test: bool, yes: One, no: One) -> One { if test { yes } else { no } }
        look(table: &Table, at: i32) -> One { One(table.0[at as usize % 32]) }
        up<const N>(a: i32) -> i32 { a << N }
        down<const N>(a: i32) -> i32 { a >> N }
    }
}

/// A function that is written in lanes.
pub trait Function: Copy {
    fn of<L: Lanes>(self, x: L) -> L;
}

/// Applies a function to a block.
#[inline(always)]
pub fn apply(f: impl Function, ops: &[Block<'_>], out: BlockMut<'_>) {
    let (xs, out) = (ops[0].typed::<f32>(), out.typed::<f32>());
    if xs.len() != out.len() {
        return out.fill(f.of(One(xs[0])).0);
    }
    #[cfg(all(target_arch = "x86_64", not(debug_assertions)))]
    if super::registers::apply(f, xs, out) {
        return;
    }
    simd(
        #[inline(always)]
        || {
            for (o, &x) in out.iter_mut().zip(xs) {
                *o = f.of(One(x)).0;
            }
        },
    );
}

#[cfg(all(target_arch = "x86_64", not(debug_assertions)))]
pub(super) use methods;

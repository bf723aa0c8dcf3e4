//! Comparisons: two blocks of one dtype to bools. Complex numbers compare by real part, then by
//! imaginary part; int64 with uint64 compares exactly.
//!
//! What bounds it: reading. 1e6 float64 by a number on two threads 78 µs (a compiler of expressions 95, NumPy 101); of
//! 30,000 in the second-level cache, on one thread, beside a number 3.1 and beside as many 5.1, NumPy 2.9 to 3.0 and
//! 5.0: what is left of the difference is the call. Numbers of 32 and 64 bits go by `vectors` where there is AVX-512.

#[cfg(target_arch = "x86_64")]
mod vectors;

use super::apply::binary;
use super::{Block, BlockMut};
use crate::dtype::{Element, c64, c128};

/// The order that comparisons, maximum and minimum use. NaN is unordered.
pub trait Ordered: Element {
    fn less(self, o: Self) -> bool;
    fn less_equal(self, o: Self) -> bool;
    /// Which of two equal numbers (zeros of different signs) an extreme is.
    const FIRST_OF_EQUALS: bool = false;
    /// Not a number: false for exact dtypes.
    fn is_nan(self) -> bool;
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Test {
    /// The same with the operands in the other order.
    pub(super) fn turned(self) -> Test {
        match self {
            Test::Less => Test::Greater,
            Test::LessEqual => Test::GreaterEqual,
            Test::Greater => Test::Less,
            Test::GreaterEqual => Test::LessEqual,
            same => same,
        }
    }
}

macro_rules! exact_order {
    ($($t:ty),*) => {$(
        impl Ordered for $t {
            #[inline(always)]
            fn less(self, o: $t) -> bool { self < o }
            #[inline(always)]
            fn less_equal(self, o: $t) -> bool { self <= o }
            #[inline(always)]
            fn is_nan(self) -> bool { false }
        }
    )*};
}
exact_order!(i8, i16, i32, i64, u8, u16, u32, u64);

impl Ordered for bool {
    #[inline(always)]
    fn less(self, o: bool) -> bool {
        !self & o
    }
    #[inline(always)]
    fn less_equal(self, o: bool) -> bool {
        !self | o
    }
    #[inline(always)]
    fn is_nan(self) -> bool {
        false
    }
}

macro_rules! float_order {
    ($($t:ty),*) => {$(
        impl Ordered for $t {
            #[inline(always)]
            fn less(self, o: $t) -> bool { self < o }
            #[inline(always)]
            fn less_equal(self, o: $t) -> bool { self <= o }
            #[inline(always)]
            fn is_nan(self) -> bool { self.is_nan() }
        }
    )*};
}
float_order!(f32, f64);

macro_rules! complex_order {
    ($($z:ty),*) => {$(
        impl Ordered for $z {
            const FIRST_OF_EQUALS: bool = true;
            // A NaN in either number's imaginary part keeps real parts from deciding.
            #[inline(always)]
            fn less(self, o: $z) -> bool {
                (self.re < o.re && !self.im.is_nan() && !o.im.is_nan())
                    || (self.re == o.re && self.im < o.im)
            }
            #[inline(always)]
            fn less_equal(self, o: $z) -> bool {
                (self.re < o.re && !self.im.is_nan() && !o.im.is_nan())
                    || (self.re == o.re && self.im <= o.im)
            }
            #[inline(always)]
            fn is_nan(self) -> bool { self.re.is_nan() || self.im.is_nan() }
        }
    )*};
}
complex_order!(c64, c128);

/// A comparison of two blocks, or of a block and a number: by masks as far as they go.
#[inline(always)]
fn compared<T: Element>(
    test: Test,
    ops: &[Block<'_>],
    mut out: BlockMut<'_>,
    f: impl Fn(T, T) -> bool + Copy,
) {
    let n = out.len();
    let done = match (ops[0].len() == n, ops[1].len() == n) {
        (true, _) => by_masks(test, ops[0], ops[1], out.reborrow()),
        (false, true) => by_masks(test.turned(), ops[1], ops[0], out.reborrow()),
        (false, false) => 0,
    };
    if done == 0 {
        return binary(ops, out, f);
    }
    if done < n {
        let rest = [0, 1].map(|k| if ops[k].len() == n { ops[k].slice(done, n) } else { ops[k] });
        binary(&rest, out.part(done, n - done), f);
    }
}

/// Compares the first elements by vectors whose masks are bools at once, where there are such: how many.
#[inline(always)]
fn by_masks(test: Test, a: Block<'_>, b: Block<'_>, out: BlockMut<'_>) -> usize {
    #[cfg(target_arch = "x86_64")]
    {
        use crate::dtype::DType;
        use vectors::Compared;
        let out = out.typed::<bool>();
        match a.dtype() {
            DType::F64 => f64::compared(test, a.typed(), b.typed(), out),
            DType::F32 => f32::compared(test, a.typed(), b.typed(), out),
            DType::I64 => i64::compared(test, a.typed(), b.typed(), out),
            DType::I32 => i32::compared(test, a.typed(), b.typed(), out),
            _ => 0,
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _ = (test, a, b, out);
        0
    }
}

pub fn equal<T: Element>(ops: &[Block<'_>], out: BlockMut<'_>) {
    compared(Test::Equal, ops, out, |a: T, b: T| a == b);
}

pub fn not_equal<T: Element>(ops: &[Block<'_>], out: BlockMut<'_>) {
    compared(Test::NotEqual, ops, out, |a: T, b: T| a != b);
}

pub fn less<T: Ordered>(ops: &[Block<'_>], out: BlockMut<'_>) {
    compared(Test::Less, ops, out, T::less);
}

pub fn less_equal<T: Ordered>(ops: &[Block<'_>], out: BlockMut<'_>) {
    compared(Test::LessEqual, ops, out, T::less_equal);
}

pub fn greater<T: Ordered>(ops: &[Block<'_>], out: BlockMut<'_>) {
    compared(Test::Greater, ops, out, |a: T, b: T| b.less(a));
}

pub fn greater_equal<T: Ordered>(ops: &[Block<'_>], out: BlockMut<'_>) {
    compared(Test::GreaterEqual, ops, out, |a: T, b: T| b.less_equal(a));
}

/// int64 beside uint64, and the other way round: compared as integers of unlimited size.
pub mod mixed {
    use super::*;

    macro_rules! mixed {
        ($($name:ident: $f:expr),* $(,)?) => {$(
            pub fn $name(ops: &[Block<'_>], out: BlockMut<'_>) {
                let f: fn(i128, i128) -> bool = $f;
                if ops[0].dtype().is_unsigned() {
                    binary(ops, out, |a: u64, b: i64| f(a as i128, b as i128));
                } else {
                    binary(ops, out, |a: i64, b: u64| f(a as i128, b as i128));
                }
            }
        )*};
    }
    mixed! {
        equal: |a, b| a == b,
        not_equal: |a, b| a != b,
        less: |a, b| a < b,
        less_equal: |a, b| a <= b,
        greater: |a, b| a > b,
        greater_equal: |a, b| a >= b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::KernelFn;

    type Case<T> = (KernelFn, fn(T, T) -> bool);

    /// Every pair of these numbers, in runs of all lengths around whole groups, beside runs and beside one number.
    fn check<T: Ordered + PartialOrd + std::fmt::Debug>(numbers: &[T]) {
        let cases: [Case<T>; 6] = [
            (equal::<T>, |a, b| a == b),
            (not_equal::<T>, |a, b| a != b),
            (less::<T>, |a, b| a < b),
            (less_equal::<T>, |a, b| a <= b),
            (greater::<T>, |a, b| a > b),
            (greater_equal::<T>, |a, b| a >= b),
        ];
        let k = numbers.len();
        for n in [1, 63, 64, 65, 127, 128, 200] {
            let a: Vec<T> = (0..n).map(|i| numbers[i % k]).collect();
            for shift in 0..k {
                let b: Vec<T> = (0..n).map(|i| numbers[(i / k + i + shift) % k]).collect();
                for (kernel, f) in cases {
                    for (a, b) in [(&a[..], &b[..]), (&a, &b[..1]), (&a[..1], &b)] {
                        let mut out = vec![false; n];
                        kernel(&[Block::new(a), Block::new(b)], BlockMut::new(&mut out));
                        let at = |x: &[T], i: usize| if x.len() == n { x[i] } else { x[0] };
                        let want: Vec<bool> = (0..n).map(|i| f(at(a, i), at(b, i))).collect();
                        assert_eq!(out, want, "{} {n} {:?}", T::DTYPE, &a[..1]);
                    }
                }
            }
        }
    }

    #[test]
    fn groups_of_64_compare_as_single_elements_do() {
        check(&[0.0f64, -0.0, 1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 5e-324]);
        check(&[0.0f32, -0.0, 1.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MIN_POSITIVE]);
        check(&[0i64, -1, 1, i64::MIN, i64::MAX]);
        check(&[0i32, -1, 1, i32::MIN, i32::MAX]);
        check(&[0u64, 1, u64::MAX, 1 << 63]);
    }
}

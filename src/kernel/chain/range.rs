//! Whether elements lie in a range, or outside one: a chain of two comparisons of the same elements with two
//! numbers, whose truth values are joined and written as bools, as one loop. `run` finds them.
//!
//! Kernel by kernel every comparison writes bools that the next one reads, and joining them is a third pass; as codes
//! of a chain the truth values of each vector go to a slot and back. Here the second comparison is made where the
//! first holds. `(a > 0.25) & (a < 0.75)` of float64, µs, kernel by kernel and so: 1e4 4.2 and 1.2, 1e6 on two
//! threads 169 and 70.

use super::{Code, Strip};
use crate::dtype::Element;
use crate::kernel::simd;

/// A number that bounds can be moved by one step of.
pub(super) trait Bounded: Element + PartialOrd {
    /// The least number above this one; `None` where there is none, or this is no number.
    fn above(self) -> Option<Self>;
    fn below(self) -> Option<Self>;
}

macro_rules! bounded {
    ($($t:ty: $above:expr, $below:expr;)*) => {$(
        impl Bounded for $t {
            fn above(self) -> Option<$t> { $above(self) }
            fn below(self) -> Option<$t> { $below(self) }
        }
    )*};
}
bounded! {
    i32: |x: i32| x.checked_add(1), |x: i32| x.checked_sub(1);
    i64: |x: i64| x.checked_add(1), |x: i64| x.checked_sub(1);
    f32: |x: f32| (x < f32::INFINITY).then(|| x.next_up()), |x: f32| (x > f32::NEG_INFINITY).then(|| x.next_down());
    f64: |x: f64| (x < f64::INFINITY).then(|| x.next_up()), |x: f64| (x > f64::NEG_INFINITY).then(|| x.next_down());
}

/// Elements and the range that they are held against, bounds included.
pub(super) struct Range<T> {
    /// The source of the elements.
    pub of: usize,
    low: T,
    high: T,
    /// Whether those are wanted that are at most `low` or at least `high`.
    outside: bool,
}

/// One end of a range, as the elements that are on the wanted side of it.
enum Bound<T> {
    AtLeast(T),
    AtMost(T),
}

impl<T: Bounded> Bound<T> {
    /// Of the elements of one source and the number that another one is.
    fn of(left: u8, code: Code, sources: &[Strip<'_>]) -> Option<(u8, Bound<T>)> {
        let number = |p: u8| number::<T>(sources, p);
        let (right, _) = compared(code)?;
        let (of, number, turned) = match (number(left), number(right)) {
            (None, Some(number)) => (left, number, false),
            (Some(number), None) => (right, number, true),
            _ => return None,
        };
        let bound = match (code, turned) {
            (Code::Less(..), false) | (Code::Greater(..), true) => Bound::AtMost(number.below()?),
            (Code::LessEqual(..), false) | (Code::GreaterEqual(..), true) => Bound::AtMost(number),
            (Code::Greater(..), false) | (Code::Less(..), true) => Bound::AtLeast(number.above()?),
            _ => Bound::AtLeast(number),
        };
        Some((of, bound))
    }
}

/// The number that a source is.
pub(super) fn number<T: Element>(sources: &[Strip<'_>], p: u8) -> Option<T> {
    let source = sources.get(p as usize).filter(|source| source.single && source.row == 0)?;
    source.block.filter(|block| block.dtype() == T::DTYPE)?.typed::<T>().get(source.at).copied()
}

/// What a comparison by order compares with, and where its truth values go.
fn compared(code: Code) -> Option<(u8, u8)> {
    match code {
        Code::Less(p, to) | Code::LessEqual(p, to) | Code::Greater(p, to) | Code::GreaterEqual(p, to) => {
            Some((p, to))
        }
        _ => None,
    }
}

impl<T: Bounded> Range<T> {
    /// The range of a chain that does nothing else.
    pub fn of(codes: &[Code], sources: &[Strip<'_>]) -> Option<Range<T>> {
        let (x, one, y, two, join) = match *codes {
            [Code::Load(x), one, two, join, Code::Write(..)] => (x, one, x, two, join),
            [Code::Load(x), one, Code::Load(y), two, join, Code::Write(..)] => (x, one, y, two, join),
            _ => return None,
        };
        let (outside, a, b, to) = match join {
            Code::And(a, b, to) => (false, a, b, to),
            Code::Or(a, b, to) => (true, a, b, to),
            _ => return None,
        };
        let ((_, p), (_, q), Some(Code::Write(written, _))) = (compared(one)?, compared(two)?, codes.last())
        else {
            return None;
        };
        let ((of, one), (same, two)) = (Bound::<T>::of(x, one, sources)?, Bound::<T>::of(y, two, sources)?);
        let joined = p != q && ((a, b) == (p, q) || (a, b) == (q, p)) && to == *written;
        if !joined || of != same || sources[of as usize].single {
            return None;
        }
        let (least, most) = match (one, two) {
            (Bound::AtLeast(least), Bound::AtMost(most)) | (Bound::AtMost(most), Bound::AtLeast(least)) => {
                (least, most)
            }
            _ => return None,
        };
        let (low, high) = if outside { (most, least) } else { (least, most) };
        Some(Range { of: of as usize, low, high, outside })
    }

    /// Whether each of the elements is wanted.
    pub fn hold(&self, xs: &[T], to: &mut [bool]) {
        let (low, high) = (self.low, self.high);
        macro_rules! each {
            (|$x:ident| $f:expr) => {
                simd(
                    #[inline(always)]
                    || to.iter_mut().zip(xs).for_each(|(to, &$x)| *to = $f),
                )
            };
        }
        match self.outside {
            false => each!(|x| (x >= low) & (x <= high)),
            true => each!(|x| (x <= low) | (x >= high)),
        }
    }
}

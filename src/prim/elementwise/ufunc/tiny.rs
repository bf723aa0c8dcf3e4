//! Sums, differences, products, quotients and comparisons of small float64 or int64 arrays: no loop is
//! chosen, called or checked after, which beside the result was half of the 50 ns that adding three
//! elements took. Whatever is not finite, or wraps, is left to the general way, which tells of it.

use crate::array::Array;
use crate::dtype::{DType, Element, Scalar};
use crate::exec;
use crate::kernel::chain::Link;
use crate::kernel::tiny::{self, Side};
use crate::prim::deferred;
use crate::prim::row::Fast;
use crate::value::Value;

/// Elements up to which products of integers are looked at one by one.
const PRODUCTS: usize = 64;

/// `x op y` of one such array and another like it, or a number that takes its dtype.
#[inline]
pub fn result(fast: Fast, xs: [&Value; 2]) -> Option<Array> {
    let ([Value::Array(like), _] | [_, Value::Array(like)]) = xs else { return None };
    // As of the row that a power is called by: a square.
    let (fast, xs) = match (fast, xs[1], like.dtype()) {
        (Fast::Power, Value::Int(2), _) | (Fast::Power, Value::Float(2.0), DType::F64) => {
            (Fast::Multiply, [xs[0], xs[0]])
        }
        _ => (fast, xs),
    };
    match (like.dtype(), like.shape()) {
        (_, []) => None,
        (DType::F64, _) => floats(fast, Operands::of(xs, like, most())?),
        (DType::I64, _) => ints(fast, Operands::of(xs, like, most())?),
        _ => None,
    }
}

/// Elements of the largest arrays: larger results may wait for others, or take the buffer of an operand.
#[inline(always)]
fn most() -> usize {
    exec::SMALL.min(deferred::threshold().saturating_sub(1))
}

/// As [`result`] of arithmetic on float64 arrays that no buffer is to be had from and nothing waits for, which
/// are still in the caches: a sum of 1e4 took 1.77 µs where the check came after the loop, in pieces.
#[inline]
pub fn middle(fast: Fast, x: &Value, y: &Value, most: usize) -> Option<Array> {
    let ((Value::Array(like), _) | (_, Value::Array(like))) = (x, y) else { return None };
    let steps = matches!(fast, Fast::Add | Fast::Subtract | Fast::Multiply | Fast::Divide);
    if !steps || like.dtype() != DType::F64 || like.ndim() == 0 || exec::tally::on() {
        return None;
    }
    floats(fast, Operands::of([x, y], like, most)?)
}

/// Two sides, and an array whose shape the result has.
struct Operands<'a, T> {
    x: Side<'a, T>,
    y: Side<'a, T>,
    like: &'a Array,
    n: usize,
}

impl<'a, T: Number> Operands<'a, T> {
    #[inline(always)]
    fn of(xs: [&'a Value; 2], like: &'a Array, most: usize) -> Option<Operands<'a, T>> {
        let n = like.dense_size()?;
        if n == 0 || n > most {
            return None;
        }
        Some(Operands { x: side(xs[0], like)?, y: side(xs[1], like)?, like, n })
    }

    #[inline(always)]
    fn truths(self, f: impl Fn(T, T) -> bool) -> Option<Array> {
        Array::written(self.like.shape(), |out| {
            tiny::truths(self.x, self.y, out, f);
            true
        })
    }

    /// What a comparison gives; `None` for other functions.
    #[inline(always)]
    fn compare(self, fast: Fast) -> Option<Array> {
        match fast {
            Fast::Equal => self.truths(|a, b| a == b),
            Fast::NotEqual => self.truths(|a, b| a != b),
            Fast::Less => self.truths(|a, b| a < b),
            Fast::LessEqual => self.truths(|a, b| a <= b),
            Fast::Greater => self.truths(|a, b| a > b),
            Fast::GreaterEqual => self.truths(|a, b| a >= b),
            _ => None,
        }
    }
}

/// A dtype of arithmetic, and what of plain numbers takes it.
trait Number: Element + PartialOrd {
    fn one(x: &Value) -> Option<Self>;
}

impl Number for f64 {
    #[inline(always)]
    fn one(x: &Value) -> Option<f64> {
        match x {
            Value::Float(x) | Value::Scalar(Scalar::F64(x)) => Some(*x),
            Value::Int(n) => Some(*n as f64),
            _ => None,
        }
    }
}

impl Number for i64 {
    #[inline(always)]
    fn one(x: &Value) -> Option<i64> {
        match x {
            Value::Int(n) | Value::Scalar(Scalar::I64(n)) => Some(*n),
            _ => None,
        }
    }
}

#[inline(always)]
fn side<'a, T: Number>(x: &'a Value, like: &Array) -> Option<Side<'a, T>> {
    match x {
        Value::Array(a) if a.is_shaped_like(like) => a.as_slice().map(Side::Many),
        Value::Array(_) => None,
        x => T::one(x).map(Side::One),
    }
}

#[inline]
fn floats(fast: Fast, o: Operands<'_, f64>) -> Option<Array> {
    match fast {
        Fast::Add | Fast::Subtract | Fast::Multiply | Fast::Divide => {
            Array::written(o.like.shape(), |out| step(fast, o.x, o.y, out))
        }
        fast => o.compare(fast),
    }
}

/// One of the four operations on float64; whether it is one, and all results are finite.
#[inline]
pub fn step(fast: Fast, x: Side<'_, f64>, y: Side<'_, f64>, out: &mut [f64]) -> bool {
    let link = match fast {
        Fast::Add => Link::Add,
        Fast::Subtract => Link::Subtract,
        Fast::Multiply => Link::Multiply,
        Fast::Divide => Link::Divide,
        _ => return false,
    };
    tiny::arithmetic(link, x, y, out)
}

#[inline]
fn ints(fast: Fast, o: Operands<'_, i64>) -> Option<Array> {
    let shape = o.like.shape();
    match fast {
        Fast::Add => Array::written(shape, |out| tiny::ints(o.x, o.y, out, tiny::sum)),
        Fast::Subtract => Array::written(shape, |out| tiny::ints(o.x, o.y, out, tiny::difference)),
        Fast::Multiply if o.n <= PRODUCTS => {
            Array::written(shape, |out| tiny::ints(o.x, o.y, out, tiny::product))
        }
        fast => o.compare(fast),
    }
}

/// What stands beside the elements of an array like `like` in an expression of several operations.
#[inline]
pub fn beside<'a>(x: &'a Value, like: &Array) -> Option<Side<'a, f64>> {
    side(x, like)
}

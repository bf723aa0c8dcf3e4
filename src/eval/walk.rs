//! Going through lists, tuples, vectors and ranges by index: each item is put right into the variable that gets it,
//! without an iterator in between. Loops and comprehensions go through others with
//! [`iterate`](crate::value::iterate).

use super::ir::TargetCode;
use super::reg::Reg;
use super::{Evaluator, Raised};
use crate::array::Array;
use crate::value::{List, Num, Range, Tuple, Value};

/// What a loop goes through by index.
pub(super) enum Walk<'a> {
    /// So many integers.
    Count(Range, usize),
    List(&'a List),
    Tuple(&'a Tuple),
    Vector(&'a Array),
}

impl<'a> Walk<'a> {
    pub(super) fn of(source: &'a Value) -> Option<Walk<'a>> {
        match source {
            Value::List(l) => Some(Walk::List(l)),
            Value::Tuple(t) => Some(Walk::Tuple(t)),
            Value::Array(a) if a.ndim() == 1 => Some(Walk::Vector(a)),
            Value::Object(o) => {
                let range = *o.as_any().downcast_ref::<Range>()?;
                Some(Walk::Count(range, range.count()))
            }
            _ => None,
        }
    }

    /// What `zip` or `enumerate` goes through, one for each of so many targets.
    pub(super) fn of_zipped(source: &'a Value, targets: usize) -> Option<Vec<Walk<'a>>> {
        let Value::Object(o) = source else { return None };
        let sources = o.zipped().filter(|s| s.len() == targets && targets > 0)?;
        sources.iter().map(Walk::of).collect()
    }

    /// How many items there are now: a list may grow while the loop runs.
    #[inline]
    pub(super) fn len(&self) -> usize {
        match self {
            Walk::Count(_, n) => *n,
            Walk::List(l) => l.len(),
            Walk::Tuple(t) => t.items.len(),
            Walk::Vector(a) => a.size(),
        }
    }
}

/// Where an element of a vector lies in its buffer.
fn place_of(a: &Array, k: usize) -> Option<usize> {
    let ([n], [step]) = (a.shape(), a.strides()) else { return None };
    (k < *n).then(|| (a.offset() as isize + k as isize * step) as usize)
}

impl Evaluator {
    /// Gives a target the item at an index, if there is one.
    #[inline]
    pub(super) fn assign_nth(
        &mut self,
        target: &TargetCode,
        walk: &Walk<'_>,
        k: usize,
    ) -> Result<bool, Raised> {
        let number = match walk {
            Walk::Count(range, n) if k < *n => {
                Some(Num::int(range.start.wrapping_add((k as i64).wrapping_mul(range.step))))
            }
            Walk::Count(..) => return Ok(false),
            Walk::List(l) => l.number(k),
            Walk::Tuple(t) => t.items.get(k).and_then(Num::of),
            Walk::Vector(a) => place_of(a, k).and_then(|at| Num::element(a, at)),
        };
        if let (Some(n), TargetCode::Name(place, _)) = (number, target) {
            self.store_reg(*place, Reg::Num(n));
            return Ok(true);
        }
        if let (Walk::List(l), TargetCode::Name(place, _)) = (walk, target)
            && let Some(slot) = self.peek_mut(*place)
        {
            return Ok(l.get_over(k, slot));
        }
        let item = match walk {
            Walk::List(l) => l.get(k),
            Walk::Tuple(t) => t.items.get(k).map(Value::shared),
            Walk::Vector(a) => place_of(a, k).map(|at| Value::Scalar(a.scalar_at(at))),
            Walk::Count(..) => number.map(Num::value),
        };
        match item {
            Some(item) => self.assign(target, item).map(|()| true),
            None => Ok(false),
        }
    }
}

//! Updates of one array, `a += x` and then `a += y`, that wait to be done in one pass. Taken from the
//! evaluator while nobody else can see the array (`eval::gather`); done as one plan, whose steps are those of
//! the updates in their order, each rounded as it would be alone, written over the array where it lies.
//!
//! A blur of 1e6 float64, nine times `out += k[i, j] * image[i:i+998, j:j+998]`, then reads and writes `out` once,
//! not nine times: 2.54 ms before and 0.65 to 0.78 after; where `out` is zeros that nobody has looked at they are
//! neither cleared nor read (`array::buffer`), 0.34. A compiler of expressions that makes one of all nine, and
//! no zeros, takes 0.34 to 0.41. Bound by the loads, of which eight in nine lie across two lines. Updates by arrays
//! without a name do not wait, since these would leave the cache; those by matrices that only move do,
//! unmoved (`exec::moved`).

use super::overflow::{self, Mode};
use super::ufunc::{Choice, choose};
use crate::array::{Array, broadcast_shapes};
use crate::dtype::{DType, Scalar, cast_scalar};
use crate::exec::{self, Expr, MovedUpdate, Target, Term};
use crate::kernel::chain::Link;
use crate::prim::arrays::moved::Moved;
use crate::prim::{Prim, deferred};
use crate::value::{Fault, Host, Value};
use smallvec::SmallVec;

/// Bytes of an array whose updates wait, for each element from which results are deferred: smaller ones stay
/// in the first-level cache from one update to the next.
const LEAST: usize = 32;

/// Operands and steps of a plan from which it is done: more leave the registers of a chain.
const MOST_OPERANDS: usize = 21;
const MOST_STEPS: usize = 40;

/// Bytes of an operand without a name that does not wait, as it would leave the cache: three of 256 KB that
/// waited made 20 generations of the game of life 3.7 ms, done at once they take 2.6 to 2.9.
const LEAVES: usize = 1 << 16;

/// Updates by moved elements that wait at most: as many sources as the first-level cache has blocks for.
const MOST_MOVED: usize = 16;

/// An array, and the updates of it that wait.
pub struct Updates {
    target: Array,
    waiting: Option<Box<Expr>>,
    /// Updates by moved elements, which wait when no others do.
    moved: Vec<MovedUpdate>,
}

impl Updates {
    /// For an array that is worth it.
    pub fn of(target: &Array) -> Option<Updates> {
        let bytes = target.size() * target.dtype().itemsize();
        let worth = bytes >= LEAST * deferred::threshold() && target.ndim() > 0 && target.writeable();
        worth.then(|| Updates { target: target.clone(), waiting: None, moved: Vec::new() })
    }

    /// `target op= y`, after those that wait. Gives `y` back, with nothing done, if that is to be done by
    /// itself, once [`Updates::finish`] has done those before.
    pub fn add(
        &mut self,
        prim: &'static Prim,
        host: &mut dyn Host,
        mut y: Value,
    ) -> Result<Option<Value>, Fault> {
        if let Some(update) = self.moved(prim, &y)? {
            if self.waiting.is_some() || self.moved.len() >= MOST_MOVED {
                self.finish(host)?;
            }
            self.moved.push(update);
            return Ok(None);
        }
        if let Value::Deferred(work) = &y
            && work.as_any().is::<Moved>()
        {
            y = y.settled(host)?;
        }
        if !self.moved.is_empty() {
            self.finish(host)?;
        }
        if let Value::Array(a) = &mut y
            && a.unnamed_bytes() >= LEAVES
        {
            return Ok(Some(y));
        }
        let Some(e) = prim.elementwise().filter(|e| e.arity == 2 && e.shortcut.is_none()) else {
            return Ok(Some(y));
        };
        let plain = e.guard.is_none() && e.exact.is_none() && overflow::mode() != Mode::Error;
        let shape = match &y {
            Value::Array(a) => Some(a.shape().into()),
            Value::Deferred(work) => Some(work.shape()),
            number => number.operand().filter(|_| number.scalar().is_some()).map(|_| Default::default()),
        };
        let target = self.target.shape();
        let fits =
            shape.is_some_and(|shape| broadcast_shapes(&[target, &shape]).is_ok_and(|s| *s == *target));
        if !plain || !fits {
            return Ok(Some(y));
        }
        let operands = [Value::Array(self.target.clone()), y];
        let chosen = match choose(prim, e, &operands)? {
            Choice::Loop(chosen) if chosen.out == self.target.dtype() => chosen,
            _ => {
                let [_, y] = operands;
                return Ok(Some(y));
            }
        };
        let kernel = chosen.kernel(prim, host);
        let [_, y] = operands;
        let y = if deferred::under_ravel(&y).is_some() { y.settled(host)? } else { y };
        let Some(mut term) = deferred::term(y) else { return Ok(None) };
        if term.stands_alone(target)
            && let Term::Expr(expr) = term
        {
            term = Term::Array(deferred::compute(host, expr, Target::Fresh(None))?);
        }
        let leaves = match &mut term {
            Term::Array(a) => a.unnamed_bytes(),
            Term::Expr(expr) => expr.unnamed_bytes(),
            Term::Scalar(_) => 0,
        };
        let before = match self.waiting.take() {
            Some(expr) => Term::Expr(expr),
            // Zeros that nobody has looked at need not be read either.
            None if self.target.is_blank() && !matches!(term, Term::Scalar(_)) => {
                Term::Scalar(cast_scalar(Scalar::I64(0), self.target.dtype()))
            }
            None => Term::Array(self.target.clone()),
        };
        let expr = Expr::apply(kernel, SmallVec::from_iter([before, term]))?;
        let full = expr.operand_count() >= MOST_OPERANDS
            || expr.plan().instructions.len() >= MOST_STEPS
            || leaves >= LEAVES;
        self.waiting = Some(expr);
        if full { self.finish(host).map(|()| None) } else { Ok(None) }
    }

    /// `target op= y` of elements that have moved, where nothing is to be told of: of dtypes that wrap silently.
    fn moved(&self, prim: &'static Prim, y: &Value) -> Result<Option<MovedUpdate>, Fault> {
        let Value::Deferred(work) = y else { return Ok(None) };
        let Some(Moved { a, by }) = work.as_any().downcast_ref::<Moved>() else { return Ok(None) };
        let Some(e) = prim.elementwise().filter(|e| e.arity == 2 && e.shortcut.is_none()) else {
            return Ok(None);
        };
        if e.guard.is_some() || e.exact.is_some() || overflow::mode() == Mode::Error {
            return Ok(None);
        }
        let operands = [Value::Array(self.target.clone()), Value::Array(a.clone())];
        let Choice::Loop(chosen) = choose(prim, e, &operands)? else { return Ok(None) };
        use Link::*;
        let dtype = self.target.dtype();
        let plain = matches!(e.link, Some(Add | Subtract | Multiply | Maximum | Minimum))
            && (dtype == DType::Bool || dtype.is_unsigned())
            && chosen.out == dtype
            && chosen.uniform() == Some(dtype);
        let update = MovedUpdate { run: chosen.run, a: a.clone(), by: *by };
        Ok((plain && update.fits(&self.target)).then_some(update))
    }

    /// Does the updates that wait.
    pub fn finish(&mut self, host: &mut dyn Host) -> Result<(), Fault> {
        if !self.moved.is_empty() {
            return Ok(exec::update_moved(&self.target, &std::mem::take(&mut self.moved))?);
        }
        match self.waiting.take() {
            Some(expr) => deferred::compute(host, expr, Target::Into(self.target.clone())).map(drop),
            None => Ok(()),
        }
    }
}

//! Deferred work: element-wise calls that wait, as an `exec::Expr`, for the call that consumes them.
//!
//! `ufunc` defers a call on large arrays when the evaluator says that its result has no name; a row
//! that lists an argument in `Prim::defers` takes it as it is, every other gets it computed. So
//! `np.sum((f - g) ** 2)` is one pass: the sum folds the blocks of the expression.

use crate::array::{Array, Dims, Order};
use crate::dtype::DType;
use crate::exec::common_shape;
use crate::exec::{Conditions, Expr, Kernel, Plan, Target, Term};
use crate::prim::Prim;
use crate::prim::elementwise::ufunc::warn_origin;
use crate::value::{Deferred, Fault, Host, Value};
use smallvec::SmallVec;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Elements from which results are deferred: below, the short ways cost less than a longer plan saves.
static LEAST: AtomicUsize = AtomicUsize::new(2048);

/// Sets the size from which work is deferred, so that small tests cover it.
pub fn set_threshold(elements: usize) {
    LEAST.store(elements, Relaxed);
}

pub fn threshold() -> usize {
    LEAST.load(Relaxed)
}

struct Work {
    dtype: DType,
    shape: Dims,
    state: RefCell<State>,
}

enum State {
    Open(Box<Expr>),
    Done(Array),
    /// Its computing failed, or its consumer has it.
    Gone,
}

impl Deferred for Work {
    fn dtype(&self) -> DType {
        self.dtype
    }

    fn shape(&self) -> Dims {
        self.shape.clone()
    }

    fn compute(&self, host: &mut dyn Host) -> Result<Value, Fault> {
        let state = self.state.replace(State::Gone);
        let array = match state {
            State::Open(expr) => compute(host, expr, Target::Fresh(None))?,
            State::Done(array) => array,
            State::Gone => return Err(Fault::NotYet { name: "deferred work twice".into() }),
        };
        self.state.replace(State::Done(array.clone()));
        Ok(Value::Array(array))
    }

    fn is_cheap(&self) -> bool {
        matches!(&*self.state.borrow(), State::Open(expr) if expr.is_cheap())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Work of several axes as one axis, in C order, in which the array that it stands for lies too.
struct Raveled {
    work: Value,
    of: Rc<dyn Deferred>,
}

impl Deferred for Raveled {
    fn dtype(&self) -> DType {
        self.of.dtype()
    }

    fn shape(&self) -> Dims {
        SmallVec::from_iter([self.of.shape().iter().product()])
    }

    fn compute(&self, host: &mut dyn Host) -> Result<Value, Fault> {
        let array = crate::prim::convert::to_array(&self.of.compute(host)?)?;
        Ok(Value::Array(crate::prim::arrays::layout::ravel(&array, Order::C)?))
    }

    fn is_cheap(&self) -> bool {
        false
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Work that waits as one axis; `None` for arrays, and for work whose elements lie in another order.
pub fn raveled(value: &Value) -> Option<Value> {
    let Value::Deferred(of) = value else { return None };
    let work = of.as_any().downcast_ref::<Work>()?;
    match &*work.state.borrow() {
        State::Open(expr) if expr.order().is_sorted() => {}
        _ => return None,
    }
    if work.shape.len() == 1 {
        return Some(value.clone());
    }
    Some(Value::Deferred(Rc::new(Raveled { work: value.clone(), of: of.clone() })))
}

/// The work of several axes that a value is as one.
pub fn under_ravel(value: &Value) -> Option<Value> {
    let Value::Deferred(work) = value else { return None };
    work.as_any().downcast_ref::<Raveled>().map(|r| r.work.clone())
}

/// Whether a row takes a value as it waits, alone or beside other arguments.
pub fn takes(prim: &Prim, i: usize, value: &Value, alone: bool) -> bool {
    prim.defers_at(i) && (prim.ravels && alone || under_ravel(value).is_none())
}

/// An expression as a value.
pub fn value(expr: Box<Expr>) -> Value {
    let (dtype, shape) = (expr.dtype(), expr.shape().into());
    Value::Deferred(Rc::new(Work { dtype, shape, state: RefCell::new(State::Open(expr)) }))
}

/// Computes an expression and tells of the conditions it met.
pub fn compute(host: &mut dyn Host, expr: Box<Expr>, target: Target) -> Result<Array, Fault> {
    let (array, plan, met) = expr.compute(target)?;
    tell(host, &plan, &met)?;
    Ok(array)
}

/// Warns of the conditions of each step, where the step stands.
pub fn tell(host: &mut dyn Host, plan: &Plan, met: &Conditions) -> Result<(), Fault> {
    if !met.any() {
        return Ok(());
    }
    crate::prim::elementwise::ufunc::warn("cast", host, met.cast);
    for (i, (instruction, flags)) in plan.instructions.iter().zip(&met.instructions).enumerate() {
        let shape = if flags.wrapped { met.leave_spot(i) } else { None };
        warn_origin(instruction.origin, host, *flags, shape)?;
    }
    Ok(())
}

/// The expression behind a deferred value, or of an array: without steps.
pub fn expr_of(value: Value) -> Option<Box<Expr>> {
    match term(value)? {
        Term::Expr(e) => Some(e),
        Term::Array(a) => Some(Box::new(Expr::of(a))),
        Term::Scalar(_) => None,
    }
}

/// A value as an operand of a new step.
pub fn term(value: Value) -> Option<Term> {
    match value {
        Value::Array(a) => Some(Term::Array(a)),
        Value::Deferred(work) => {
            let alone = Rc::strong_count(&work) == 1;
            let work = work.as_any().downcast_ref::<Work>()?;
            let mut state = work.state.borrow_mut();
            match &*state {
                State::Done(a) => Some(Term::Array(a.clone())),
                State::Open(expr) if !alone => Some(Term::Expr(expr.clone())),
                _ => match std::mem::replace(&mut *state, State::Gone) {
                    State::Open(expr) => Some(Term::Expr(expr)),
                    _ => None,
                },
            }
        }
        number => number.scalar().map(Term::Scalar),
    }
}

/// Appends a kernel to its operands. Those that the broadcast would compute many times are computed
/// first.
pub fn join(host: &mut dyn Host, kernel: Kernel, xs: SmallVec<[Value; 3]>) -> Result<Box<Expr>, Fault> {
    let mut terms: SmallVec<[Term; 3]> = xs.into_iter().filter_map(term).collect();
    let shape = common_shape(&terms)?;
    for term in &mut terms {
        if term.stands_alone(&shape)
            && let Term::Expr(expr) = std::mem::replace(term, Term::Scalar(crate::dtype::Scalar::Bool(false)))
        {
            *term = Term::Array(compute(host, expr, Target::Fresh(None))?);
        }
    }
    Ok(Expr::apply(kernel, terms)?)
}

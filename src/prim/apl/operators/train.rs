//! Trains: `(f g h) x` is `(f x) g (h x)`, `(g h) x` is `g (h x)`; longer ones group from the
//! right. An operand that is no function stands for itself.

use super::{apply_waiting, is_of_rows, operands};
use crate::value::{CallArgs, Callable, Fault, Formula, Func, Host, Step, Value};
use std::any::Any;
use std::rc::Rc;

struct Fork {
    left: Value,
    middle: Func,
    right: Func,
}

struct Atop {
    outer: Func,
    inner: Func,
}

/// The function that a bracketed row of functions is.
pub fn train(items: Vec<Value>) -> Result<Rc<dyn Callable>, Fault> {
    let mut rest = items;
    let mut tail = function(rest.pop())?;
    loop {
        let Some(middle) = rest.pop() else { break };
        let middle = function(Some(middle))?;
        tail = match rest.pop() {
            None => Func::Shared(Rc::new(Atop { outer: middle, inner: tail })),
            Some(left) => Func::Shared(Rc::new(Fork { left, middle, right: tail })),
        };
    }
    match tail {
        Func::Shared(f) => Ok(f),
        Func::Static(f) => Err(Fault::NotFunction { op: "train".into(), got: f.name().into() }),
    }
}

fn function(item: Option<Value>) -> Result<Func, Fault> {
    match item {
        Some(Value::Func(f)) => Ok(f),
        Some(other) => Err(Fault::NotFunction { op: "train".into(), got: other.describe() }),
        None => Err(Fault::NotFunction { op: "train".into(), got: "nothing".into() }),
    }
}

/// Whether a function is a train of primitives.
pub(super) fn is_of_primitives(f: &dyn Any) -> Option<bool> {
    if let Some(fork) = f.downcast_ref::<Fork>() {
        let left = fork.left.as_func().is_none_or(is_of_rows);
        return Some(left && is_of_rows(&fork.middle) && is_of_rows(&fork.right));
    }
    f.downcast_ref::<Atop>().map(|atop| is_of_rows(&atop.outer) && is_of_rows(&atop.inner))
}

impl Callable for Fork {
    fn name(&self) -> &str {
        "train"
    }

    fn call(&self, host: &mut dyn Host, args: CallArgs) -> Result<Value, Fault> {
        self.call_waiting(host, args)?.settled(host)
    }

    fn call_waiting(&self, host: &mut dyn Host, args: CallArgs) -> Result<Value, Fault> {
        let (x, y) = operands("train", args)?;
        let mut right = apply_waiting(&self.right, host, x.clone(), y.clone())?;
        let left = match &self.left {
            Value::Func(f) => {
                // What is not made of primitives may write to the operands.
                if !is_of_rows(f) {
                    right = right.settled(host)?;
                }
                apply_waiting(f, host, x, y)?
            }
            constant => constant.clone(),
        };
        apply_waiting(&self.middle, host, Some(left), right)
    }

    fn formula(&self, _: &mut dyn Host, given: usize) -> Option<Formula> {
        let mut formula = Formula::default();
        let args: Vec<usize> = (0..given).map(|i| formula.push(Step::Argument(i))).collect();
        let right = formula.apply(&self.right, args.iter().copied());
        let left = match &self.left {
            Value::Func(f) => formula.apply(f, args),
            constant => formula.push(Step::Constant(constant.clone())),
        };
        formula.apply(&self.middle, [left, right]);
        Some(formula)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Callable for Atop {
    fn name(&self) -> &str {
        "train"
    }

    fn call(&self, host: &mut dyn Host, args: CallArgs) -> Result<Value, Fault> {
        self.call_waiting(host, args)?.settled(host)
    }

    fn call_waiting(&self, host: &mut dyn Host, args: CallArgs) -> Result<Value, Fault> {
        let (x, y) = operands("train", args)?;
        let inner = apply_waiting(&self.inner, host, x, y)?;
        apply_waiting(&self.outer, host, None, inner)
    }

    fn formula(&self, _: &mut dyn Host, given: usize) -> Option<Formula> {
        let mut formula = Formula::default();
        let args: Vec<usize> = (0..given).map(|i| formula.push(Step::Argument(i))).collect();
        let inner = formula.apply(&self.inner, args);
        formula.apply(&self.outer, [inner]);
        Some(formula)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

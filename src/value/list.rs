//! Lists: shared, growing sequences of any values.

use super::{Fault, Num, NumKind, Value};

use std::cell::RefCell;
use std::rc::Rc;

/// How deeply lists may be nested.
const MAX_DEPTH: usize = 1000;

/// A shared list; cloning shares it.
#[derive(Clone, Default)]
pub struct List(Rc<RefCell<Vec<Value>>>);

/// Checks that items are not nested too deeply to be put together in a list or tuple.
pub fn check_nesting(items: &[Value]) -> Result<(), Fault> {
    fn check(value: &Value, depth: usize) -> Result<(), Fault> {
        match value {
            Value::List(_) | Value::Tuple(_) if depth >= MAX_DEPTH => {
                Err(Fault::Nesting { limit: MAX_DEPTH })
            }
            Value::List(l) => l.with(|items| items.iter().try_for_each(|v| check(v, depth + 1))),
            Value::Tuple(t) => t.items.iter().try_for_each(|v| check(v, depth + 1)),
            _ => Ok(()),
        }
    }
    items.iter().try_for_each(|v| check(v, 1))
}

impl List {
    pub fn new(items: Vec<Value>) -> List {
        List(Rc::new(RefCell::new(items)))
    }

    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub fn get(&self, i: usize) -> Option<Value> {
        self.0.borrow().get(i).map(Value::shared)
    }

    /// The number that is the item, if it is one; `None` also past the end.
    #[inline]
    pub fn number(&self, i: usize) -> Option<Num> {
        Num::of(self.0.borrow().get(i)?)
    }

    /// Takes the last item out, if it is a number of this kind.
    pub fn pop_number(&self, kind: NumKind) -> Option<Num> {
        let mut items = self.0.borrow_mut();
        let n = Num::of(items.last()?).filter(|n| n.kind() == kind)?;
        items.pop();
        Some(n)
    }

    /// A copy of the items, so that no borrow outlives the call.
    pub fn to_vec(&self) -> Vec<Value> {
        self.0.borrow().clone()
    }

    /// Runs `f` on the items. `f` must not come back to this list: it gets no host.
    pub fn with<R>(&self, f: impl FnOnce(&[Value]) -> R) -> R {
        f(&self.0.borrow())
    }

    /// Changes the items. `f` must not come back to this list: it gets no host.
    pub fn change<R>(&self, f: impl FnOnce(&mut Vec<Value>) -> R) -> R {
        f(&mut self.0.borrow_mut())
    }

    /// Puts an item at the end.
    #[inline]
    pub fn push(&self, item: Value) {
        item.push_to(&mut self.0.borrow_mut());
    }

    pub fn same(&self, other: &List) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Checks that a value may become an item: it does not hold this list, and is not nested too
    /// deeply.
    pub fn admit(&self, value: &Value) -> Result<(), Fault> {
        self.check(value, 1)
    }

    fn check(&self, value: &Value, depth: usize) -> Result<(), Fault> {
        if depth > MAX_DEPTH {
            return Err(Fault::Nesting { limit: MAX_DEPTH });
        }
        match value {
            Value::List(l) if l.same(self) => Err(Fault::ListCycle),
            Value::List(l) => l.with(|items| items.iter().try_for_each(|v| self.check(v, depth + 1))),
            Value::Tuple(t) => t.items.iter().try_for_each(|v| self.check(v, depth + 1)),
            _ => Ok(()),
        }
    }
}

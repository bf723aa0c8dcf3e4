//! Lists: shared, growing sequences of any values.

use super::{Fault, Num, NumKind, Value};

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// How deeply lists may be nested.
const MAX_DEPTH: usize = 1000;

/// A shared list; cloning shares it.
#[derive(Clone, Default)]
pub struct List(Rc<RefCell<Vec<Value>>>);

/// Checks that items are not nested too deeply to be put together in a list or tuple.
pub fn check_nesting(items: &[Value]) -> Result<(), Fault> {
    let mut walk = Walk::default();
    items.iter().try_for_each(|v| walk.check(v, 1))
}

/// A walk through what values hold, down to [`MAX_DEPTH`].
#[derive(Default)]
struct Walk<'l> {
    /// The list that must not be met.
    into: Option<&'l List>,
    /// Lists and tuples met so far.
    met: usize,
    /// The depth at which each was met, by its address, when there are many: one that stands in several
    /// places is gone through once, or `x = [x, x]` again and again would make the walk twice as long.
    seen: HashMap<usize, usize>,
}

impl Walk<'_> {
    /// Lists and tuples that are met before their depths are kept.
    const FEW: usize = 64;

    fn check(&mut self, value: &Value, depth: usize) -> Result<(), Fault> {
        let at = match value {
            Value::List(l) if self.into.is_some_and(|into| l.same(into)) => return Err(Fault::ListCycle),
            Value::List(l) => Rc::as_ptr(&l.0).addr(),
            Value::Tuple(t) => Rc::as_ptr(t).addr(),
            _ => return Ok(()),
        };
        if depth >= MAX_DEPTH {
            return Err(Fault::Nesting { limit: MAX_DEPTH });
        }
        self.met += 1;
        if self.met > Walk::FEW {
            let before = self.seen.entry(at).or_insert(0);
            if *before >= depth {
                return Ok(());
            }
            *before = depth;
        }
        match value {
            Value::List(l) => l.with(|items| items.iter().try_for_each(|v| self.check(v, depth + 1))),
            Value::Tuple(t) => t.items.iter().try_for_each(|v| self.check(v, depth + 1)),
            _ => Ok(()),
        }
    }
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
        Walk { into: Some(self), ..Walk::default() }.check(value, 1)
    }
}

//! Lists: shared, growing sequences of any values. Items taken out at the front leave a gap there, and
//! those put in at the front fill one, so that a list is a queue too: `l.pop(0)` of 2,000 took 390 ns when
//! it moved the others.

use super::{Fault, Num, NumKind, Value};

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// How deeply lists may be nested.
const MAX_DEPTH: usize = 1000;

/// A shared list; cloning shares it.
#[derive(Clone, Default)]
pub struct List(Rc<RefCell<Items>>);

/// The items: those of the vector after a gap, of as many `None`s as it is wide.
#[derive(Default)]
struct Items {
    all: Vec<Value>,
    gap: usize,
}

impl Items {
    #[inline(always)]
    fn as_slice(&self) -> &[Value] {
        self.all.get(self.gap..).unwrap_or(&[])
    }

    #[inline(always)]
    fn len(&self) -> usize {
        self.all.len() - self.gap
    }

    /// All of the vector: without a gap.
    fn whole(&mut self) -> &mut Vec<Value> {
        self.all.drain(..std::mem::take(&mut self.gap));
        &mut self.all
    }

    fn pop(&mut self) -> Option<Value> {
        if self.len() == 0 { None } else { self.all.pop() }
    }

    /// The gap grows to half of the vector, then it closes.
    fn pop_first(&mut self) -> Option<Value> {
        let first = std::mem::replace(self.all.get_mut(self.gap)?, Value::None);
        self.gap += 1;
        if self.gap > self.all.len() / 2 {
            self.whole();
        }
        Some(first)
    }

    /// Where there is no gap, one as wide as there are items is made.
    fn push_first(&mut self, item: Value) {
        if self.gap == 0 {
            self.gap = self.all.len().max(4);
            self.all.splice(..0, std::iter::repeat_n(Value::None, self.gap));
        }
        self.gap -= 1;
        if let Some(slot) = self.all.get_mut(self.gap) {
            *slot = item;
        }
    }
}

/// Checks that items are not nested too deeply to be put together in a list or tuple.
pub fn check_nesting(items: &[Value]) -> Result<(), Fault> {
    if !items.iter().any(|v| matches!(v, Value::List(_) | Value::Tuple(_))) {
        return Ok(());
    }
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
        List(Rc::new(RefCell::new(Items { all: items, gap: 0 })))
    }

    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub fn get(&self, i: usize) -> Option<Value> {
        self.0.borrow().as_slice().get(i).map(Value::shared)
    }

    /// Writes an item over a value, if there is one at the index.
    #[inline]
    pub fn get_over(&self, i: usize, slot: &mut Value) -> bool {
        self.0.borrow().as_slice().get(i).map(|v| v.share_over(slot)).is_some()
    }

    /// The number that is the item, if it is one; `None` also past the end.
    #[inline]
    pub fn number(&self, i: usize) -> Option<Num> {
        Num::of(self.0.borrow().as_slice().get(i)?)
    }

    /// Takes the last item out, if it is a number of this kind.
    pub fn pop_number(&self, kind: NumKind) -> Option<Num> {
        let mut items = self.0.borrow_mut();
        let n = Num::of(items.as_slice().last()?).filter(|n| n.kind() == kind)?;
        items.all.pop();
        Some(n)
    }

    /// A copy of the items, so that no borrow outlives the call.
    pub fn to_vec(&self) -> Vec<Value> {
        self.0.borrow().as_slice().to_vec()
    }

    /// Runs `f` on the items. `f` must not come back to this list: it gets no host.
    pub fn with<R>(&self, f: impl FnOnce(&[Value]) -> R) -> R {
        f(self.0.borrow().as_slice())
    }

    /// Changes items where they stand. `f` must not come back to this list: it gets no host.
    pub fn change<R>(&self, f: impl FnOnce(&mut [Value]) -> R) -> R {
        let mut items = self.0.borrow_mut();
        let gap = items.gap;
        f(items.all.get_mut(gap..).unwrap_or(&mut []))
    }

    /// Changes which items there are, as `change` does.
    pub fn rebuild<R>(&self, f: impl FnOnce(&mut Vec<Value>) -> R) -> R {
        f(self.0.borrow_mut().whole())
    }

    /// Puts an item at the end.
    #[inline]
    pub fn push(&self, item: Value) {
        item.push_to(&mut self.0.borrow_mut().all);
    }

    /// Puts another holder of a value at the end.
    #[inline]
    pub fn push_shared(&self, item: &Value) {
        item.share_to(&mut self.0.borrow_mut().all);
    }

    /// Takes the last item out.
    pub fn pop(&self) -> Option<Value> {
        self.0.borrow_mut().pop()
    }

    /// Takes the first item out.
    pub fn pop_first(&self) -> Option<Value> {
        self.0.borrow_mut().pop_first()
    }

    /// Puts an item at the front.
    pub fn push_first(&self, item: Value) {
        self.0.borrow_mut().push_first(item);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_a_queue_from_both_ends() {
        let (l, mut model) = (List::default(), std::collections::VecDeque::new());
        // A fixed course of pushes and pops, the ends by turns.
        for k in 0..2000i64 {
            match (k * k + k / 7) % 5 {
                0 | 1 => {
                    l.push(Value::Int(k));
                    model.push_back(k);
                }
                2 => {
                    l.push_first(Value::Int(k));
                    model.push_front(k);
                }
                3 => assert_eq!(int(l.pop_first()), model.pop_front()),
                _ if k % 3 == 0 => assert_eq!(int(l.pop()), model.pop_back()),
                _ => l.rebuild(|items| {
                    items.insert(items.len() / 2, Value::Int(k));
                    model.insert(model.len() / 2, k);
                }),
            }
            let items: Vec<Option<i64>> = l.to_vec().into_iter().map(|v| int(Some(v))).collect();
            assert_eq!(items, model.iter().map(|&n| Some(n)).collect::<Vec<_>>());
            assert_eq!((l.len(), l.number(0).is_some()), (model.len(), !model.is_empty()));
        }
        while let Some(n) = model.pop_front() {
            assert_eq!(int(l.pop_first()), Some(n));
        }
        assert!(l.is_empty() && l.pop().is_none() && l.pop_first().is_none());
    }

    fn int(v: Option<Value>) -> Option<i64> {
        match v {
            Some(Value::Int(n)) => Some(n),
            _ => None,
        }
    }
}

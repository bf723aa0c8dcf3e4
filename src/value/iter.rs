//! Walking a value's items, as `for`, comprehensions, `zip` and unpacking do.

use super::{Fault, Host, List, Tuple, Value, ValueIter};
use crate::array::Array;
use std::rc::Rc;

/// The items of a value: an array's along its first axis, a string's characters.
pub fn iterate(value: &Value) -> Result<Box<dyn ValueIter>, Fault> {
    let not = || Fault::NotIterable { type_name: value.type_name().into() };
    Ok(match value {
        Value::Array(a) if a.ndim() > 0 => Box::new(ArrayIter { array: a.clone(), next: 0 }),
        Value::Array(_) => return Err(Fault::NotIterable { type_name: "0-d array".into() }),
        Value::List(l) => Box::new(ListIter { list: l.clone(), next: 0 }),
        Value::Tuple(t) => Box::new(TupleIter { tuple: t.clone(), next: 0 }),
        Value::Str(s) => {
            let chars = s.chars().map(Value::letter).collect();
            Box::new(TupleIter { tuple: Rc::new(Tuple { items: chars, names: None }), next: 0 })
        }
        Value::Object(o) => o.iter().ok_or_else(not)?,
        _ => return Err(not()),
    })
}

/// How many items a walk will give; 0 where that is not known before it.
pub fn length(value: &Value) -> usize {
    match value {
        Value::Array(a) => a.shape().first().copied().unwrap_or(0),
        Value::List(l) => l.len(),
        Value::Tuple(t) => t.items.len(),
        Value::Object(o) => o.len().unwrap_or(0),
        _ => 0,
    }
}

struct ArrayIter {
    array: Array,
    next: usize,
}

impl ValueIter for ArrayIter {
    fn next(&mut self, _: &mut dyn Host) -> Result<Option<Value>, Fault> {
        let a = &self.array;
        if self.next >= a.shape()[0] {
            return Ok(None);
        }
        let at = (a.offset() as isize + self.next as isize * a.strides()[0]) as usize;
        self.next += 1;
        Ok(Some(match a.ndim() {
            1 => Value::Scalar(a.scalar_at(at)),
            _ => Value::Array(a.view(&a.shape()[1..], &a.strides()[1..], at)),
        }))
    }
}

/// Sees items appended while it walks, as Python's does.
struct ListIter {
    list: List,
    next: usize,
}

impl ValueIter for ListIter {
    fn next(&mut self, _: &mut dyn Host) -> Result<Option<Value>, Fault> {
        self.next += 1;
        Ok(self.list.get(self.next - 1))
    }

    fn next_to(&mut self, _: &mut dyn Host, out: &mut Vec<Value>) -> Result<bool, Fault> {
        self.next += 1;
        Ok(self.list.with(|items| items.get(self.next - 1).map(|v| v.share_to(out)).is_some()))
    }
}

struct TupleIter {
    tuple: Rc<Tuple>,
    next: usize,
}

impl ValueIter for TupleIter {
    fn next(&mut self, _: &mut dyn Host) -> Result<Option<Value>, Fault> {
        self.next += 1;
        Ok(self.tuple.items.get(self.next - 1).cloned())
    }

    fn next_to(&mut self, _: &mut dyn Host, out: &mut Vec<Value>) -> Result<bool, Fault> {
        self.next += 1;
        Ok(self.tuple.items.get(self.next - 1).map(|v| v.share_to(out)).is_some())
    }
}

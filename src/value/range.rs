//! `range(start, stop, step)`: plain integers made as they are asked for.

use super::{Fault, Host, Object, Value, ValueIter};
use std::any::Any;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub start: i64,
    pub stop: i64,
    /// Not zero.
    pub step: i64,
}

impl Range {
    pub fn count(&self) -> usize {
        let (a, b, s) = (self.start as i128, self.stop as i128, self.step as i128);
        let n = if s > 0 { (b - a + s - 1) / s } else { (a - b - s - 1) / -s };
        n.max(0) as usize
    }

    pub fn get(&self, i: usize) -> Option<i64> {
        (i < self.count()).then(|| self.start + i as i64 * self.step)
    }
}

impl Object for Range {
    fn type_name(&self) -> &str {
        "range"
    }

    fn repr(&self) -> String {
        match self.step {
            1 => format!("range({}, {})", self.start, self.stop),
            _ => format!("range({}, {}, {})", self.start, self.stop, self.step),
        }
    }

    fn attr(&self, name: &str) -> Option<Value> {
        match name {
            "start" => Some(Value::Int(self.start)),
            "stop" => Some(Value::Int(self.stop)),
            "step" => Some(Value::Int(self.step)),
            _ => None,
        }
    }

    fn attr_names(&self) -> Vec<String> {
        vec!["start".into(), "stop".into(), "step".into()]
    }

    fn len(&self) -> Option<usize> {
        Some(self.count())
    }

    fn iter(&self) -> Option<Box<dyn ValueIter>> {
        Some(Box::new(RangeIter { next: self.start, step: self.step, left: self.count() }))
    }

    fn index(&self, index: &Value) -> Option<Result<Value, Fault>> {
        let Value::Int(i) = index else { return None };
        let len = self.count();
        let at = if *i < 0 { *i + len as i64 } else { *i };
        let item = usize::try_from(at).ok().and_then(|at| self.get(at));
        Some(item.map(Value::Int).ok_or(Fault::ListIndex { type_name: "range", index: *i, len }))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

struct RangeIter {
    next: i64,
    step: i64,
    left: usize,
}

impl RangeIter {
    fn take(&mut self) -> Option<i64> {
        self.left = self.left.checked_sub(1)?;
        let next = self.next;
        self.next = next.wrapping_add(self.step);
        Some(next)
    }
}

impl ValueIter for RangeIter {
    fn next(&mut self, _: &mut dyn Host) -> Result<Option<Value>, Fault> {
        Ok(self.take().map(Value::Int))
    }

    fn next_to(&mut self, _: &mut dyn Host, out: &mut Vec<Value>) -> Result<bool, Fault> {
        let item = self.take();
        out.extend(item.map(Value::Int));
        Ok(item.is_some())
    }
}

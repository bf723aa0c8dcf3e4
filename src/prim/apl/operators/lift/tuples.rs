//! Tuples: items that hold several.

use super::run::{Item, Run, Shape};
use crate::prim::convert;
use crate::value::{Fault, Host, List, Subscript, Value};

type Found = Result<Option<Item>, Fault>;

impl Item {
    pub fn tuple(parts: Vec<Item>) -> Item {
        Item { parts: Some(parts), ..Item::same(Value::None) }
    }

    /// Computes what waits.
    pub(super) fn settle(&mut self, host: &mut dyn Host) -> Result<(), Fault> {
        if matches!(self.value, Value::Deferred(_)) {
            let value = std::mem::replace(&mut self.value, Value::None);
            self.value = value.settled(host)?;
        }
        self.parts.iter_mut().flatten().try_for_each(|part| part.settle(host))
    }
}

impl Run<'_> {
    /// One of a tuple's parts, if it has so many.
    pub(super) fn part(&mut self, index: usize, count: usize, x: Option<Item>) -> Found {
        Ok(match x {
            Some(Item { parts: Some(parts), value: Value::None, .. }) if parts.len() == count => {
                parts.into_iter().nth(index)
            }
            Some(Item { value: Value::Tuple(t), shape: Shape::Same, .. }) if t.items.len() == count => {
                t.items.get(index).cloned().map(Item::same)
            }
            _ => None,
        })
    }

    /// A tuple's part by a subscript.
    pub(super) fn part_at(&mut self, subs: &[Subscript], mut x: Vec<Item>) -> Found {
        let at = match (subs, x.get(1)) {
            ([Subscript::Fixed(Value::Int(at))], _) => *at,
            ([Subscript::At(_)], Some(Item { value: Value::Int(at), shape: Shape::Same, .. })) => *at,
            _ => return Ok(None),
        };
        let Some(parts) = x.remove(0).parts else { return Ok(None) };
        let at = if at < 0 { at + parts.len() as i64 } else { at };
        Ok(usize::try_from(at).ok().and_then(|at| parts.into_iter().nth(at)))
    }

    /// The tuples of all cells.
    pub(super) fn list_of_tuples(&mut self, item: Item) -> Result<Option<Value>, Fault> {
        if self.frame.is_empty() {
            return Ok(None);
        }
        Ok(self.values_of(item)?.map(|values| Value::List(List::new(values))))
    }

    /// The values of all cells one by one; those of arrays would share a buffer.
    pub(super) fn values_of(&mut self, item: Item) -> Result<Option<Vec<Value>>, Fault> {
        let count = self.frame.iter().product();
        if let Some(parts) = item.parts {
            let mut columns = Vec::with_capacity(parts.len());
            for part in parts {
                match self.values_of(part)? {
                    Some(values) => columns.push(values.into_iter()),
                    None => return Ok(None),
                }
            }
            let row = |_| Value::tuple(columns.iter_mut().filter_map(Iterator::next).collect());
            return Ok(Some((0..count).map(row).collect()));
        }
        let value = item.value.settled(self.host)?;
        Ok(match item.shape {
            Shape::Same => {
                let alone = value.is_scalar_number() || matches!(value, Value::None);
                alone.then(|| vec![value; count])
            }
            Shape::Cells { rank: 0, weak, .. } => {
                let a = convert::to_array(&value)?.broadcast_to(self.frame)?;
                let cell = |s| if weak { convert::plain(s) } else { Value::Scalar(s) };
                Some(convert::scalars(&a)?.into_iter().map(cell).collect())
            }
            _ => None,
        })
    }
}

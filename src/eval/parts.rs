//! Lists and tuples whose items wait: `np.concatenate([a * 2, b + 1])` computes each item where its part of the
//! result lies, without an array of its own.
//!
//! A list never holds work that waits where anybody could keep it: only an argument that is written out in the
//! call, of a row that takes such (`Prim::defers_items`), is made so. `resolve` lets the items of every list and
//! tuple that is an operand wait; elsewhere they are computed as they are put together.

use super::ir::{ArgNode, Node, NodeKind};
use super::{Evaluator, Raised};
use crate::prim::{self, Prim};
use crate::value::{List, Value};

impl Evaluator {
    /// The argument at this place of a row that takes its items as they wait; `None`, with nothing evaluated,
    /// where it is no list or tuple of such items, or where an argument after it may write to an array.
    pub(super) fn parts(
        &mut self,
        row: &Prim,
        place: usize,
        arg: &ArgNode,
        rest: &[ArgNode],
    ) -> Option<Result<Value, Raised>> {
        if !row.defers_items_at(place) || arg.starred || arg.keyword.is_some() {
            return None;
        }
        let (items, listed): (Vec<&Node>, bool) = match &arg.value.kind {
            NodeKind::Bracket(items) if !items.iter().any(|(_, nested)| *nested) => {
                (items.iter().map(|(item, _)| item).collect(), true)
            }
            NodeKind::Tuple(items) => (items.iter().collect(), false),
            _ => return None,
        };
        let starred = |item: &&Node| matches!(item.kind, NodeKind::Starred(_));
        let wait = items.iter().any(|item| item.waits) && !items.iter().any(starred);
        if !wait || !rest.iter().all(|a| !a.starred && self.is_calm(&a.value)) {
            return None;
        }
        Some(self.waiting_items(&items).and_then(|values| match listed {
            true if !values.iter().any(|v| matches!(v, Value::Deferred(_))) => {
                let values = values.into_iter().map(|v| (v, false)).collect();
                prim::convert::bracket(values).map_err(|e| self.error(e, arg.value.span))
            }
            true => Ok(Value::List(List::new(values))),
            false => Ok(Value::tuple(values)),
        }))
    }

    /// The items' values, some of which may wait; those that do are computed before an item that may write to
    /// an array.
    fn waiting_items(&mut self, items: &[&Node]) -> Result<Vec<Value>, Raised> {
        let mut values: Vec<Value> = Vec::with_capacity(items.len());
        for (k, item) in items.iter().enumerate() {
            if !self.is_calm(item) {
                for (v, item) in values.iter_mut().zip(&items[..k]) {
                    *v = self.settled(std::mem::replace(v, Value::None), item.span)?;
                }
            }
            let value = self.eval(item)?;
            values.push(value);
        }
        Ok(values)
    }
}

//! Steps over the members of groups: element-wise work leaves them where they are, and reductions
//! gather them by group as they go.

use super::Axis;
use super::run::{Item, Run, Shape, apply, shape_of};
use crate::array::Array;
use crate::exec::{self, group};
use crate::prim::reducing::fold as folds;
use crate::prim::row::Home;
use crate::prim::{Prim, convert, table};
use crate::value::{Fault, Value};
use smallvec::SmallVec;

type Found = Result<Option<Item>, Fault>;

impl Run<'_> {
    /// How many members each group has.
    pub(super) fn counts(&mut self) -> Result<Item, Fault> {
        let counts = self.groups.map(|g| g.counts()).unwrap_or_default();
        let value = Value::Array(Array::from_slice(&counts, &[counts.len()])?);
        Ok(Item {
            value,
            shape: Shape::Cells { rank: 0, flat: false, weak: true },
            windows: None,
            parts: None,
        })
    }

    /// An element-wise function of members: a value per group goes to each of its members.
    pub(super) fn map_members(&mut self, prim: &'static Prim, mut x: SmallVec<[Item; 2]>) -> Found {
        let Some(groups) = self.groups else { return Ok(None) };
        if !self.strengthen(prim, &mut x)? {
            return Ok(None);
        }
        let members = |i: &Item| match i.shape {
            Shape::Members { rank } => Some(rank),
            _ => None,
        };
        let most = x.iter().filter_map(members).max().unwrap_or(0);
        let mut values: SmallVec<[Value; 2]> = SmallVec::new();
        for i in x {
            let value = match i.shape {
                Shape::Members { rank } => self.lifted(i.value, rank, most)?,
                Shape::Same if shape_of(&i.value).len() <= most => i.value,
                Shape::Cells { rank, flat: false, .. } if rank <= most => {
                    let a = convert::to_array(&i.value.settled(self.host)?)?;
                    let each = Value::Array(group::gather(&a, groups.ids())?);
                    self.lifted(each, rank, most)?
                }
                _ => return Ok(None),
            };
            values.push(value);
        }
        Ok(Some(Item::members(apply(prim, self.host, values)?, most)))
    }

    /// A reduction of each group's members: of vectors of numbers, and along the first axis.
    pub(super) fn reduce_members(&mut self, prim: &'static Prim, axis: Axis, x: Item) -> Found {
        let Shape::Members { rank } = x.shape else { return Ok(None) };
        let value = x.value.settled(self.host)?;
        if axis == Axis::Last && rank > 0 {
            let last = shape_of(&value).len() - 1;
            let value = match folds::reduce_axes(prim, self.host, &value, &[last])? {
                Some(v) => v,
                None => folds::reduce_right(prim, self.host, &convert::to_array(&value)?, last)?,
            };
            return Ok(Some(Item::members(value, rank - 1)));
        }
        let Some(groups) = self.groups else { return Ok(None) };
        let a = convert::to_array(&value)?;
        let folded = folds::reduce_groups(prim, &a, groups)?;
        Ok(folded.map(|a| Item::cells(Value::Array(a), rank)))
    }

    /// NumPy's reduction of all elements of each group.
    pub(super) fn all_members(&mut self, prim: &'static Prim, x: Item) -> Found {
        let Shape::Members { rank: 0 } = x.shape else { return Ok(None) };
        let name = match prim.name {
            "sum" | "mean" => "add",
            "prod" => "multiply",
            "max" => "maximum",
            "min" => "minimum",
            "any" => "logical_or",
            "all" => "logical_and",
            _ => return Ok(None),
        };
        let Some(row) = table().get(Home::Np, name) else { return Ok(None) };
        let mut a = convert::to_array(&x.value.settled(self.host)?)?;
        let means = prim.name == "mean";
        if means && !a.dtype().is_inexact() {
            a = exec::in_dtype(&a, crate::dtype::DType::F64)?;
        }
        let Some(groups) = self.groups else { return Ok(None) };
        let Some(folded) = folds::reduce_groups(row, &a, groups)? else { return Ok(None) };
        if !means {
            return Ok(Some(Item::cells(Value::Array(folded), 0)));
        }
        let counts = Array::from_slice(&groups.counts(), &[groups.count()])?;
        let counts = exec::in_dtype(&counts, folded.dtype())?;
        let Some(divide) = table().get(Home::Np, "divide") else { return Ok(None) };
        let values = SmallVec::from_iter([Value::Array(folded), Value::Array(counts)]);
        Ok(Some(Item::cells(apply(divide, self.host, values)?, 0)))
    }
}

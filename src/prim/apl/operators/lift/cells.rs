//! Steps that NumPy has for whole arrays along an axis, and whose cells are along others: comparisons of
//! cells, products, sorting, shapes.

use super::run::{Item, Run, Shape, cell_rank, shape_of};
use crate::array::Array;
use crate::dtype::DType;
use crate::exec;
use crate::prim::arrays::layout::{layer, reversed};
use crate::prim::arrays::properties::part;
use crate::prim::row::{Home, Valence};
use crate::prim::{self, Prim, convert, table};
use crate::value::{CallArgs, Fault, Value};
use smallvec::SmallVec;

type Found = Result<Option<Item>, Fault>;

impl Run<'_> {
    /// `x ≡ y`, or `x ≢ y`: a plain truth value for each cell.
    pub(super) fn matching(&mut self, differ: bool, x: Vec<Item>) -> Found {
        let row = |name| table().get(Home::Np, name);
        let (Some(equal), Some(not)) = (row("equal"), row("logical_not")) else { return Ok(None) };
        let mut sides: SmallVec<[Item; 2]> = SmallVec::new();
        for i in x {
            let mut i = self.unflattened(i)?;
            i.settle(self.host)?;
            let array = i.value.is_scalar_number() || matches!(i.value, Value::Array(_));
            if !array || matches!(i.shape, Shape::Members { .. }) {
                return Ok(None);
            }
            // What meets here is compared as it is, not brought to a dtype.
            if matches!(i.shape, Shape::Cells { .. }) {
                let rank = cell_rank(&i);
                i.shape = Shape::Cells { rank, flat: false, weak: false };
            }
            sides.push(i);
        }
        let of_cell = |i: &Item| {
            let shape = shape_of(&i.value);
            shape[shape.len() - cell_rank(i)..].to_vec()
        };
        let shape = of_cell(&sides[0]);
        if shape != of_cell(&sides[1]) {
            return Ok(Some(Item::same(Value::Bool(differ))));
        }
        let Some(mut item) = self.map(equal, false, sides)? else { return Ok(None) };
        if item.shape == Shape::Same {
            let all = convert::to_array(&item.value.settled(self.host)?)?;
            let all = exec::index::count_true(&all) == all.size();
            return Ok(Some(Item::same(Value::Bool(all != differ))));
        }
        if !shape.is_empty() {
            let Some(all) = row("all") else { return Ok(None) };
            let Some(found) = self.all(all, item)? else { return Ok(None) };
            item = found;
        }
        if differ {
            let Some(found) = self.map(not, false, SmallVec::from_iter([item]))? else { return Ok(None) };
            item = found;
        }
        item.shape = Shape::Cells { rank: 0, flat: false, weak: true };
        Ok(Some(item))
    }

    /// Whether all of each cell holds: a plain truth value.
    pub(super) fn truth(&mut self, x: Item) -> Found {
        let Some(all) = table().get(Home::Np, "all") else { return Ok(None) };
        let mut item = match cell_rank(&x) {
            0 => x,
            _ => match self.all(all, x)? {
                Some(item) => item,
                None => return Ok(None),
            },
        };
        match item.shape {
            Shape::Same => {
                let value = item.value.settled(self.host)?;
                Ok(Some(Item::same(Value::Bool(value.truth()?))))
            }
            Shape::Cells { rank: 0, .. } => {
                item.shape = Shape::Cells { rank: 0, flat: false, weak: true };
                Ok(Some(item))
            }
            _ => Ok(None),
        }
    }

    /// `np.dot` of numbers multiplies, of vectors it adds up their products.
    pub(super) fn dot(&mut self, prim: &'static Prim, mut x: SmallVec<[Item; 2]>) -> Found {
        let typed = |i: &Item| !matches!(i.shape, Shape::Cells { weak: true, .. } | Shape::Members { .. });
        match [cell_rank(&x[0]), cell_rank(&x[1])] {
            [1, 1] if prim.name != "vdot" && x.iter().all(typed) => {
                let row = |text| table().glyph(text, Valence::Dyadic);
                let (Some(f), Some(g), Some(product)) = (row("+"), row("×"), row("@")) else {
                    return Ok(None);
                };
                self.inner(f, g, &crate::value::Func::Static(product), x.into_vec())
            }
            [0, _] | [_, 0] if matches!(prim.name, "dot" | "inner") => {
                let Some(multiply) = table().get(Home::Np, "multiply") else { return Ok(None) };
                // A plain number counts as the 64-bit array it becomes.
                for i in &mut x {
                    match &mut i.shape {
                        Shape::Cells { weak, .. } => *weak = false,
                        Shape::Same => {
                            if let Some(s) = i.value.scalar() {
                                i.value = Value::Scalar(s);
                            }
                        }
                        Shape::Members { .. } | Shape::Missing(_) => {}
                    }
                }
                self.map(multiply, true, x)
            }
            _ => Ok(None),
        }
    }

    /// A function that works along the last axis, of vectors.
    pub(super) fn along(&mut self, prim: &'static Prim, x: Item) -> Found {
        if x.shape == Shape::Same {
            return Ok(Some(Item::same(prim::call(prim, self.host, CallArgs::new([x.value]))?)));
        }
        let x = self.unflattened(x)?;
        let Shape::Cells { rank: 1, weak: false, .. } = x.shape else { return Ok(None) };
        let value = x.value.settled(self.host)?;
        let mut call = CallArgs::new([value]);
        call.keyword.push(("axis".into(), Value::Int(-1)));
        let value = prim::call(prim, self.host, call)?.settled(self.host)?;
        let rank = shape_of(&value).len().checked_sub(self.frame.len());
        Ok(rank.map(|rank| Item::cells(value, rank)))
    }

    /// `⍋`, or `⍒`, of vectors: equal items stay in their order.
    pub(super) fn grade(&mut self, down: bool, x: Item) -> Found {
        let x = self.unflattened(x)?;
        let Shape::Cells { rank: 1, .. } = x.shape else { return Ok(None) };
        let a = convert::to_array(&x.value.settled(self.host)?)?;
        let row = |name| table().get(Home::Np, name);
        let (Some(argsort), Some(subtract)) = (row("argsort"), row("subtract")) else { return Ok(None) };
        let last = a.ndim() - 1;
        let places = |a: Array| if down { reversed(&a, last) } else { a };
        let n = a.shape()[last] as i64;
        let mut call = CallArgs::new([Value::Array(places(a))]);
        call.keyword.push(("axis".into(), Value::Int(-1)));
        call.keyword.push(("stable".into(), Value::Bool(true)));
        let order = places(convert::to_array(&prim::call(argsort, self.host, call)?)?);
        let value = match down {
            true => prim::dyadic(subtract, self.host, Value::Int(n - 1), Value::Array(order))?,
            false => Value::Array(order),
        };
        Ok(Some(Item::cells(value, 1)))
    }

    /// Elements of each vector by each cell's subscripts.
    pub(super) fn pick_along(&mut self, base: Item, at: Item) -> Found {
        let rank = cell_rank(&at);
        let Some(take) = table().get(Home::Np, "take_along_axis") else { return Ok(None) };
        let base = base.value.settled(self.host)?;
        let value = at.value.settled(self.host)?;
        let at = convert::to_array(&self.lifted(value, rank, 1)?)?;
        let frame: Vec<usize> = self.frame.iter().copied().chain(at.shape().last().copied()).collect();
        let at = Value::Array(at.broadcast_to(&frame)?);
        let found =
            convert::to_array(&prim::call(take, self.host, CallArgs::new([base, at, Value::Int(-1)]))?)?;
        let found = if rank == 0 { layer(&found, found.ndim() - 1, 0) } else { found };
        Ok(Some(Item::cells(Value::Array(found), rank)))
    }

    /// `⍴` of cells: the same for all.
    pub(super) fn shape(&mut self, x: Item) -> Found {
        let x = self.unflattened(x)?;
        if matches!(x.shape, Shape::Members { .. }) {
            return Ok(None);
        }
        let shape = shape_of(&x.value);
        let cell: Vec<i64> = shape[shape.len() - cell_rank(&x)..].iter().map(|&n| n as i64).collect();
        Ok(Some(Item::same(Value::Array(Array::from_slice(&cell, &[cell.len()])?))))
    }

    /// `complex(x, y)` of real numbers: plain ones.
    pub(super) fn complex(&mut self, x: SmallVec<[Item; 2]>) -> Found {
        let out = Array::empty(DType::C128, self.frame)?;
        for (k, i) in x.into_iter().enumerate() {
            let rank = cell_rank(&i);
            let value = i.value.settled(self.host)?;
            let a = convert::to_array(&value)?;
            if rank > 0 || a.dtype().is_complex() || matches!(i.shape, Shape::Members { .. }) {
                return Ok(None);
            }
            exec::assign(&part(&out, k), &a)?;
        }
        let shape = Shape::Cells { rank: 0, flat: false, weak: true };
        Ok(Some(Item { value: Value::Array(out), shape, windows: None, parts: None }))
    }
}

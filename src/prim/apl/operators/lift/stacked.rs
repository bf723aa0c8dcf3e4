//! Steps that give cells another shape or order, the same for all: brackets in brackets, `⊃`, `⍉`,
//! `n ↑ x` and its like, outer products, windows, NumPy's functions of stacks of matrices.

use super::run::{Item, Run, Shape, cell_rank, shape_of};
use super::{Fold, Shaping};
use crate::array::{Array, Order};
use crate::dtype::{DType, Operand, Scalar, cast_scalar};
use crate::exec;
use crate::prim::reducing::fold as folds;
use crate::prim::row::Home;
use crate::prim::{self, Prim, convert, table};
use crate::value::{CallArgs, Fault, Func, List, Value};
use smallvec::SmallVec;

type Found = Result<Option<Item>, Fault>;

impl Run<'_> {
    /// Bracket displays of one shape, along a new axis before theirs.
    pub(super) fn stack(&mut self, items: Vec<Item>) -> Found {
        let mut cell: Option<Vec<usize>> = None;
        let mut parts = Vec::with_capacity(items.len());
        let same = items.iter().all(|i| i.shape == Shape::Same);
        for i in items {
            let mut i = self.unflattened(i)?;
            i.settle(self.host)?;
            let rank = cell_rank(&i);
            if rank == 0 || matches!(i.shape, Shape::Members { .. }) {
                return Ok(None);
            }
            let a = convert::to_array(&i.value)?;
            let own = a.shape()[a.ndim() - rank..].to_vec();
            if *cell.get_or_insert_with(|| own.clone()) != own {
                return Ok(None);
            }
            let lead: &[usize] = if same { &[] } else { self.frame };
            parts.push(Value::Array(a.broadcast_to(&[lead, &own].concat())?));
        }
        let Some(cell) = cell else { return Ok(None) };
        let axis = if same { 0 } else { self.frame.len() };
        let Some(row) = table().get(Home::Np, "stack") else { return Ok(None) };
        let mut call = CallArgs::new([Value::List(List::new(parts))]);
        call.keyword.push(("axis".into(), Value::Int(axis as i64)));
        let value = prim::call(row, self.host, call)?;
        Ok(Some(if same { Item::same(value) } else { Item::cells(value, cell.len() + 1) }))
    }

    /// `⊃`: the first element of each cell.
    pub(super) fn first(&mut self, x: Item) -> Found {
        let x = self.unflattened(x)?;
        let rank = cell_rank(&x);
        let shape = shape_of(&x.value);
        match x.shape {
            Shape::Members { .. } | Shape::Missing(_) => Ok(None),
            _ if rank == 0 => Ok(Some(x)),
            _ if shape[shape.len() - rank..].contains(&0) => Ok(None),
            _ => self.index_cells(x, vec![Value::Int(0); rank]),
        }
    }

    /// `⍉`: the axes of each cell in the other order.
    pub(super) fn turned(&mut self, x: Item) -> Found {
        let mut x = self.unflattened(x)?;
        let rank = cell_rank(&x);
        if rank < 2 {
            return Ok((!matches!(x.shape, Shape::Members { .. })).then_some(x));
        }
        if matches!(x.shape, Shape::Members { .. }) {
            return Ok(None);
        }
        let a = convert::to_array(&x.value.settled(self.host)?)?;
        let lead = a.ndim() - rank;
        let (mut shape, mut strides) = (a.shape().to_vec(), a.strides().to_vec());
        shape[lead..].reverse();
        strides[lead..].reverse();
        x.value = Value::Array(a.view(&shape, &strides, a.offset()));
        x.windows = None;
        Ok(Some(x))
    }

    /// NumPy's function of a stack of matrices.
    pub(super) fn stacked(&mut self, prim: &'static Prim, x: Item) -> Found {
        if x.shape == Shape::Same {
            return Ok(Some(Item::same(prim::call(prim, self.host, CallArgs::new([x.value]))?)));
        }
        let Shape::Cells { rank: 2, flat: false, .. } = x.shape else { return Ok(None) };
        let value = x.value.settled(self.host)?;
        let value = prim::call(prim, self.host, CallArgs::new([value]))?.settled(self.host)?;
        let rank = shape_of(&value).len().checked_sub(self.frame.len());
        Ok(rank.map(|rank| Item::cells(value, rank)))
    }

    /// `n ↑ x`, `n ↓ x`, `k ⌽ x` and `shape ⍴ x` of each cell, of a left argument that is the same for all.
    pub(super) fn shaped(&mut self, prim: &'static Prim, shaping: Shaping, x: Vec<Item>) -> Found {
        let Ok([left, right]) = <[Item; 2]>::try_from(x) else { return Ok(None) };
        let left = match self.one_number(left)? {
            Ok(left) => left,
            Err(found) => return Ok(found),
        };
        if right.shape == Shape::Same {
            return Ok(Some(Item::same(prim::dyadic(prim, self.host, left.value, right.value)?)));
        }
        let right = self.unflattened(right)?;
        let Shape::Cells { rank, weak: false, .. } = right.shape else { return Ok(None) };
        let left = convert::to_array(&left.value.settled(self.host)?)?;
        let (Some(counts), true) = (integers(&left)?, left.ndim() <= 1) else { return Ok(None) };
        let a = convert::to_array(&right.value.settled(self.host)?)?;
        match shaping {
            Shaping::Rotate if rank > 0 && counts.len() == 1 => {
                let value = prim::dyadic(prim, self.host, Value::Int(counts[0]), Value::Array(a))?;
                Ok(Some(Item::cells(value, rank)))
            }
            Shaping::Take | Shaping::Drop => self.cut(prim, shaping, &counts, a, rank),
            Shaping::Reshape => self.reshaped(&counts, a, rank),
            Shaping::Rotate => Ok(None),
        }
    }

    /// As many items of each cell along its axes, or all but these.
    fn cut(&mut self, prim: &'static Prim, shaping: Shaping, counts: &[i64], a: Array, rank: usize) -> Found {
        let own = if rank == 0 { counts.len() } else { rank };
        let (true, Value::Array(a)) = (counts.len() <= own, self.lifted(Value::Array(a), rank, own)?) else {
            return Ok(None);
        };
        let lead = self.frame.len();
        let all = a.shape()[..lead].iter().map(|&n| match shaping {
            Shaping::Take => n as i64,
            _ => 0,
        });
        let left: Vec<i64> = all.chain(counts.iter().copied()).collect();
        let left = Value::Array(Array::from_slice(&left, &[left.len()])?);
        Ok(Some(Item::cells(prim::dyadic(prim, self.host, left, Value::Array(a))?, own)))
    }

    /// The elements of each cell, over and over, in another shape.
    fn reshaped(&mut self, shape: &[i64], a: Array, rank: usize) -> Found {
        let Some(shape) = shape.iter().map(|&n| usize::try_from(n).ok()).collect::<Option<Vec<_>>>() else {
            return Ok(None);
        };
        let lead = a.ndim() - rank;
        let own: usize = a.shape()[lead..].iter().product();
        let want = crate::array::size_of(&shape)?;
        if own == 0 || want == 0 || crate::array::size_of(self.frame)?.saturating_mul(want) > MOST_RESHAPED {
            return Ok(None);
        }
        let row = exec::contiguous(&a)?;
        let flat = [&row.shape()[..lead], &[own]].concat();
        let Some(row) = row.reshape_view(&flat, Order::C) else { return Ok(None) };
        let at: Vec<i64> = (0..want).map(|k| (k % own) as i64).collect();
        let all = exec::take::take(&row, lead, &Array::from_slice(&at, &[want])?)?;
        let shape = [&flat[..lead], &shape].concat();
        let all = exec::contiguous(&all)?.reshape_view(&shape, Order::C);
        Ok(all.map(|all| Item::cells(Value::Array(all), shape.len() - lead)))
    }

    /// `x ∘.f y` of cells: the left one's axes, then the right one's.
    pub(super) fn outer(&mut self, prim: &'static Prim, rows: bool, mut x: SmallVec<[Item; 2]>) -> Found {
        let (Some(mut right), Some(mut left)) = (x.pop(), x.pop()) else { return Ok(None) };
        for i in [&mut left, &mut right].into_iter().filter(|_| rows) {
            match self.ravel(i.clone())? {
                Some(row) => *i = row,
                None => return Ok(None),
            }
        }
        let (mut left, right) = (self.unflattened(left)?, self.unflattened(right)?);
        let cells = |i: &Item| matches!(i.shape, Shape::Same | Shape::Cells { weak: false, .. });
        if !cells(&left) || !cells(&right) {
            return Ok(None);
        }
        let (rank, more) = (cell_rank(&left), cell_rank(&right));
        if more > 0 {
            let a = convert::to_array(&left.value.settled(self.host)?)?;
            let (mut shape, mut strides) = (a.shape().to_vec(), a.strides().to_vec());
            shape.resize(a.ndim() + more, 1);
            strides.resize(a.ndim() + more, 0);
            left.value = Value::Array(a.view(&shape, &strides, a.offset()));
            if let Shape::Cells { rank: own, .. } = &mut left.shape {
                *own = rank + more;
            }
            left.windows = None;
        }
        self.map(prim, false, SmallVec::from_iter([left, right]))
    }

    /// `n f/ x` of vectors: the folds of all windows.
    pub(super) fn windowed(&mut self, prim: &'static Prim, whole: &Func, x: Vec<Item>) -> Found {
        let Ok([left, right]) = <[Item; 2]>::try_from(x) else { return Ok(None) };
        if left.shape == Shape::Same && right.shape == Shape::Same {
            let call = CallArgs::new([left.value, right.value]);
            return Ok(Some(Item::same(whole.call(self.host, call)?)));
        }
        let (Value::Int(width), Shape::Same) = (&left.value, left.shape) else { return Ok(None) };
        let right = self.unflattened(right)?;
        let Shape::Cells { rank: 1, weak: false, .. } = right.shape else { return Ok(None) };
        let a = convert::to_array(&right.value.settled(self.host)?)?;
        let Ok(width) = usize::try_from(*width) else { return Ok(None) };
        let axis = a.ndim() - 1;
        let folded = folds::windows(prim, &a, axis, width, false)?;
        Ok(folded.map(|value| Item::cells(value, 1)))
    }

    /// What a row says of the kind of a number: the same of all.
    pub(super) fn kind_of(&mut self, prim: &'static Prim, mut x: Vec<Item>) -> Found {
        let Some(first) = x.first_mut() else { return Ok(None) };
        if let Shape::Cells { rank: 0, weak, .. } = first.shape {
            let Some(Operand::Typed(dtype)) = first.value.operand() else { return Ok(None) };
            let one = cast_scalar(Scalar::Bool(true), dtype);
            *first = Item::same(if weak { convert::plain(one) } else { Value::Scalar(one) });
        }
        if !x.iter().all(|i| i.shape == Shape::Same && i.parts.is_none()) {
            return Ok(None);
        }
        let call = CallArgs::new(x.into_iter().map(|i| i.value));
        Ok(Some(Item::same(prim::call(prim, self.host, call)?)))
    }

    /// `mask ⌿ x`: the items of each vector that its mask keeps.
    pub(super) fn keep(&mut self, x: Vec<Item>) -> Found {
        let mut sides = Vec::with_capacity(2);
        for i in x {
            let i = self.unflattened(i)?;
            let weak = matches!(i.shape, Shape::Cells { weak: true, .. } | Shape::Members { .. });
            let a = convert::to_array(&i.value.settled(self.host)?)?;
            if weak || cell_rank(&Item { value: Value::Array(a.clone()), ..i }) != 1 {
                return Ok(None);
            }
            sides.push(a);
        }
        let length = |a: &Array| a.shape().last().copied();
        let (Some(mask), Some(values)) = (sides.first(), sides.get(1)) else { return Ok(None) };
        if mask.ndim() == 1 && length(mask) == length(values) && values.ndim() > 1 {
            return self.replicated(mask, values);
        }
        let Some(n) = length(mask).filter(|_| length(mask) == length(values)) else { return Ok(None) };
        if mask.dtype() != DType::Bool || n == 0 {
            return Ok(None);
        }
        let shape = [self.frame, &[n]].concat();
        let (mask, values) = (mask.broadcast_to(&shape)?, values.broadcast_to(&shape)?);
        self.compressed(&exec::contiguous(&mask)?, &values, n)
    }

    /// `counts ⌿ x` of vectors, of counts that are the same for all.
    fn replicated(&mut self, counts: &Array, values: &Array) -> Found {
        let counts = match counts.dtype() {
            DType::Bool => exec::in_dtype(counts, DType::I64)?,
            _ => counts.clone(),
        };
        let Some(counts) = integers(&counts)?.filter(|c| c.iter().all(|n| (0..MOST_TIMES).contains(n)))
        else {
            return Ok(None);
        };
        let at = counts.iter().enumerate().flat_map(|(k, &n)| std::iter::repeat_n(k as i64, n as usize));
        let at: Vec<i64> = at.collect();
        let axis = values.ndim() - 1;
        let found = exec::take::take(values, axis, &Array::from_slice(&at, &[at.len()])?)?;
        Ok(Some(Item::cells(Value::Array(found), 1)))
    }

    /// The elements that a contiguous mask keeps of each row of `n`; cells that keep more than others part.
    pub(super) fn compressed(&mut self, mask: &Array, values: &Array, n: usize) -> Found {
        let rows = mask.as_slice::<bool>().unwrap_or_default().chunks(n);
        let kept: Vec<u32> = rows.map(|row| row.iter().map(|&m| m as u32).sum()).collect();
        let number = kept.first().copied().unwrap_or(0);
        if kept.iter().any(|&k| k != number) {
            return self.split(&kept);
        }
        let some = exec::index::compress(&exec::contiguous(values)?, mask)?;
        let shape = [self.frame, &[number as usize]].concat();
        Ok(some.reshape_view(&shape, Order::C).map(|a| Item::cells(Value::Array(a), 1)))
    }

    /// `f\\` of vectors that are short, where `f` folds from the right: the folds of all beginnings.
    pub(super) fn scan_short(&mut self, f: &Fold, x: Item) -> Found {
        let x = self.unflattened(x)?;
        let Shape::Cells { rank: 1, .. } = x.shape else { return Ok(None) };
        let a = convert::to_array(&x.value.settled(self.host)?)?;
        let axis = a.ndim() - 1;
        let n = a.shape()[axis];
        if n == 0 || n > MOST_SCANNED {
            return Ok(None);
        }
        let mut folded = Vec::with_capacity(n);
        for k in 1..=n {
            let mut shape = a.shape().to_vec();
            shape[axis] = k;
            let beginning = a.view(&shape, a.strides(), a.offset());
            folded.push(folds::reduce_right(f.prim, self.host, &beginning, axis)?);
        }
        let Some(row) = table().get(Home::Np, "stack") else { return Ok(None) };
        let mut call = CallArgs::new([Value::List(List::new(folded))]);
        call.keyword.push(("axis".into(), Value::Int(-1)));
        Ok(Some(Item::cells(prim::call(row, self.host, call)?, 1)))
    }

    /// A number in the dtype of another, typed.
    pub(super) fn like(&mut self, x: Vec<Item>) -> Found {
        let Ok([mut x, other]) = <[Item; 2]>::try_from(x) else { return Ok(None) };
        let dtype = match other.value.operand() {
            Some(Operand::Typed(dtype)) => dtype,
            _ => match other.value.scalar() {
                Some(s) => s.dtype(),
                None => return Ok(None),
            },
        };
        if cell_rank(&x) > 0 || matches!(x.shape, Shape::Members { .. }) {
            return Ok(None);
        }
        if let Shape::Cells { rank, .. } = x.shape {
            x.shape = Shape::Cells { rank, flat: false, weak: false };
        }
        let a = convert::to_array(&x.value.settled(self.host)?)?;
        x.value = convert::unwrap_0d(exec::cast(&a, dtype, Order::C)?);
        Ok(Some(x))
    }

    /// A number that gives cells a shape, if it is the same for all; else those of one number part from
    /// the others.
    pub(super) fn one_number(&mut self, i: Item) -> Result<Result<Item, Option<Item>>, Fault> {
        let weak = match i.shape {
            Shape::Same => return Ok(Ok(i)),
            Shape::Cells { rank: 0, weak, .. } => weak,
            _ => return Ok(Err(None)),
        };
        let a = convert::to_array(&i.value.settled(self.host)?)?.broadcast_to(self.frame)?;
        let Some(numbers) = integers(&a)? else { return Ok(Err(None)) };
        if let Some(&first) = numbers.first()
            && numbers.iter().all(|&n| n == first)
        {
            let one = cast_scalar(Scalar::I64(first), a.dtype());
            return Ok(Ok(Item::same(if weak { convert::plain(one) } else { Value::Scalar(one) })));
        }
        let mut known = std::collections::HashMap::new();
        let mut ways = Vec::with_capacity(numbers.len());
        for n in numbers {
            let next = known.len() as u32;
            ways.push(*known.entry(n).or_insert(next));
            if known.len() > MOST_SHAPES {
                return Ok(Err(None));
            }
        }
        self.split(&ways).map(Err)
    }
}

fn integers(a: &Array) -> Result<Option<Vec<i64>>, Fault> {
    if !a.dtype().is_int() {
        return Ok(None);
    }
    convert::elements::<i64>(&exec::in_dtype(a, DType::I64)?).map(Some)
}

/// Items of vectors whose beginnings are folded one by one.
const MOST_SCANNED: usize = 32;
/// How often an item is replicated, below which all cells are at once.
const MOST_TIMES: i64 = 64;
/// Shapes that cells may have among them.
const MOST_SHAPES: usize = 64;
/// Numbers that all cells may have in a new shape.
const MOST_RESHAPED: usize = 1 << 24;

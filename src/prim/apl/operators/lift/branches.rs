//! Guards and calls of itself: each branch runs on the cells that take it, gathered side by side, and the
//! results go back to their places. So a branch meets no cell that does not take it, and what fails or
//! warns there is what would when the cells are taken one by one. A recursive call runs the whole function
//! on the cells that are left, as often as the deepest of them needs; few cells are called one by one.

use super::loops::some;
use super::run::{Item, Run, Shape, cell_rank};
use super::{Lift, Op};
use crate::array::Array;
use crate::array::index::Index;
use crate::dtype::{DType, Operand, Scalar, cast_scalar};
use crate::exec::{self, index};
use crate::prim::convert;
use crate::value::{CallArgs, Fault, List, Missing, Value};

type Found = Result<Option<Item>, Fault>;

/// Calls within calls, beyond which cells are taken one by one: each needs some of the machine's stack.
const DEEPEST: usize = 100;
/// Cells that are called one by one rather than together.
pub(super) const FEW: usize = 16;

/// One branch's results, cell after cell: how many axes each has, and whether they are plain numbers.
struct Results {
    values: Array,
    rank: usize,
    weak: bool,
}

impl Results {
    fn kind(&self) -> Kind {
        Kind { one: cast_scalar(Scalar::Bool(true), self.values.dtype()), weak: self.weak }
    }

    fn cell(&self) -> &[usize] {
        &self.values.shape()[1..]
    }
}

/// Whose results they are: the function's own, which only become one array with the others; of a tuple, the
/// part that is so.
#[derive(Clone, Copy)]
pub(super) struct Whose {
    own: bool,
    /// Whether plain numbers and typed ones stay apart, as in the function's own tuples.
    strict: bool,
    slot: Option<Slot>,
    /// The one of two sides whose cells go on, and stay of their dtype.
    keeps: Option<usize>,
}

/// The variables of a loop's turn that come to be the function's own results: what it leaves the function
/// with, and what it has after a last turn. The last variable says whether there is another turn.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pub result: Option<usize>,
    pub own: Option<usize>,
}

impl Whose {
    /// Of part `j` of two tuples.
    pub fn part(self, j: usize, both: [&[Item]; 2]) -> Whose {
        let part = Whose { own: false, strict: self.own, slot: None, keeps: None };
        let Some(slot) = self.slot else { return part };
        let goes_on = both.map(|parts| match parts.last() {
            Some(Item { value: Value::Bool(again), shape: Shape::Same, .. }) => Some(*again),
            _ => None,
        });
        match goes_on {
            _ if slot.result == Some(j) => Whose { own: true, ..part },
            [Some(a), Some(b)] if a != b && slot.own == Some(j) => {
                Whose { own: true, keeps: Some(usize::from(b)), ..part }
            }
            _ => part,
        }
    }

    /// The dtype of both sides' results, and whether they are plain numbers.
    pub fn common(self, [a, b]: [Kind; 2], x: &[Item]) -> Result<Option<(DType, bool)>, Fault> {
        if self.strict && a.weak != b.weak {
            return Ok(None);
        }
        let kept = self.keeps.map(|k| if k == 0 { (a.one.dtype(), a.weak) } else { (b.one.dtype(), b.weak) });
        let both = common(a, b, self.own, x)?;
        Ok(both.filter(|both| kept.is_none_or(|kept| kept == *both)))
    }
}

/// One number of a branch's results, and whether these are plain.
pub(super) struct Kind {
    pub one: Scalar,
    pub weak: bool,
}

impl Lift {
    /// Tells the choices and calls whose result is the function's own.
    pub(super) fn mark_tail(&mut self) {
        match self.steps.get_mut(self.result) {
            Some((Op::Choose(branches, tail), _)) => {
                *tail = true;
                branches.iter_mut().for_each(Lift::mark_tail);
            }
            Some((Op::Again(tail), _)) => *tail = true,
            Some((Op::Part(index, _), of)) if self.reads[self.result] == 0 => {
                let (index, of) = (*index, of[0]);
                let others = self.steps.iter().enumerate().filter(|(i, (op, from))| {
                    *i != self.result && from.contains(&of) && matches!(op, Op::Part(k, _) if *k == index)
                });
                if others.count() == 0
                    && let Some((Op::Loop(l), _)) = self.steps.get_mut(of)
                {
                    l.own = Some(index);
                }
            }
            _ => {}
        }
    }
}

fn is_number(i: &Item) -> bool {
    matches!(i.shape, Shape::Same | Shape::Cells { rank: 0, .. })
}

/// What cells have together of which some lack a value; `None` if none do.
pub(super) fn lacking(a: &Item, b: &Item) -> Option<Missing> {
    match (a.missing(), b.missing()) {
        (None, None) => None,
        (Some(Missing::Unset), _) | (_, Some(Missing::Unset)) => Some(Missing::Unset),
        _ => Some(Missing::Unused),
    }
}

impl Run<'_> {
    /// The first item says which branch a cell takes; the others are the branches' arguments.
    pub(super) fn choose(&mut self, branches: &[Lift; 2], tail: bool, mut x: Vec<Item>) -> Found {
        let held = |i: &Item| !matches!(i.shape, Shape::Members { .. });
        if !x.first().is_some_and(is_number) || !x.iter().all(held) {
            return Ok(None);
        }
        let [yes, no] = branches;
        if x[0].shape != Shape::Same
            && x[1..].iter().all(|i| is_number(i) || i.missing().is_some())
            && let Some(item) = self.masked(branches, self.whose(tail), &x[0], &x[1..])?
        {
            return Ok(Some(item));
        }
        // Which of these cells come here at all is not known.
        if self.masked && x[0].shape != Shape::Same {
            return Ok(None);
        }
        for i in &mut x {
            i.settle(self.host)?;
        }
        let test = x.remove(0);
        if test.shape == Shape::Same {
            return if test.value.truth()? { yes.steps(self, x) } else { no.steps(self, x) };
        }
        let mask = index::truths(&convert::to_array(&test.value)?.broadcast_to(self.frame)?)?;
        let count = index::count_true(&mask);
        if count == mask.size() {
            return yes.steps(self, x);
        }
        if count == 0 {
            return no.steps(self, x);
        }
        let others: Vec<bool> = mask.as_slice::<bool>().unwrap_or_default().iter().map(|m| !m).collect();
        let others = Array::from_slice(&others, mask.shape())?;
        let Some(a) = self.on_some(yes, &x, &mask, count)? else { return Ok(None) };
        let Some(b) = self.on_some(no, &x, &others, mask.size() - count)? else { return Ok(None) };
        let whose = self.whose(tail);
        if tail && self.gathers {
            return self.kept([a, b], [&mask, &others]);
        }
        match self.placed([a, b], [&mask, &others], whose, &x)? {
            None => self.split_by(&mask),
            placed => Ok(placed),
        }
    }

    /// The items of a comprehension that a filter keeps, and of which cells; none of the others.
    fn kept(&mut self, [a, b]: [Item; 2], [mask, others]: [&Array; 2]) -> Found {
        let none = |i: &Item| matches!(&i.parts, Some(parts) if parts.is_empty());
        let (some, mask) = match (none(&a), none(&b)) {
            (false, true) => (a, mask),
            (true, false) => (b, others),
            _ => return Ok(None),
        };
        let filter = some.value.clone();
        let Some(parts) = some.parts.clone() else { return Ok(None) };
        let mut placed = Vec::with_capacity(parts.len());
        for part in parts {
            match self.placed_alone(part, mask)? {
                Some(part) => placed.push(part),
                None => return Ok(None),
            }
        }
        let value = match filter {
            Value::None => Value::Array(mask.clone()),
            inner => {
                let own = Item { value: inner, ..Item::cells(Value::None, 0) };
                let Some(all) = self.placed_alone(own, mask)? else { return Ok(None) };
                all.value
            }
        };
        Ok(Some(Item { value, ..Item::tuple(placed) }))
    }

    /// Whose results those of a choice are that may be the last step of a function or of a turn.
    pub(super) fn whose(&self, tail: bool) -> Whose {
        Whose { own: tail && self.tail, strict: false, slot: self.slot.filter(|_| tail), keeps: None }
    }

    /// The results of both branches at their cells' places; of tuples part by part.
    fn placed(&mut self, [a, b]: [Item; 2], masks: [&Array; 2], whose: Whose, x: &[Item]) -> Found {
        match lacking(&a, &b) {
            None => {}
            Some(Missing::Unset) => return Ok(Some(Item::missing_as(Missing::Unset))),
            Some(Missing::Unused) if a.missing().is_some() => return self.placed_alone(b, masks[1]),
            Some(Missing::Unused) => return self.placed_alone(a, masks[0]),
        }
        if a.parts.is_some() || b.parts.is_some() {
            let (Some(a), Some(b)) = (a.parts, b.parts) else { return Ok(None) };
            if a.len() != b.len() {
                return Ok(None);
            }
            let mut parts = Vec::with_capacity(a.len());
            let each: Vec<Whose> = (0..a.len()).map(|j| whose.part(j, [&a, &b])).collect();
            for ((a, b), whose) in a.into_iter().zip(b).zip(each) {
                match self.placed([a, b], masks, whose, x)? {
                    Some(part) => parts.push(part),
                    None => return Ok(None),
                }
            }
            return Ok(Some(Item::tuple(parts)));
        }
        let [one, other] = masks.map(index::count_true);
        let Some(a) = self.results(a, one)? else { return Ok(None) };
        let Some(b) = self.results(b, other)? else { return Ok(None) };
        if a.cell() != b.cell() {
            return Ok(None);
        }
        let Some((dtype, weak)) = whose.common([a.kind(), b.kind()], x)? else { return Ok(None) };
        let out = Array::empty(dtype, &[self.frame, a.cell()].concat())?;
        let rank = a.rank;
        for (mask, part) in masks.into_iter().zip([a, b]) {
            index::set(&out, &[Index::Mask(mask.clone())], &exec::in_dtype(&part.values, dtype)?)?;
        }
        let shape = Shape::Cells { rank, flat: false, weak };
        Ok(Some(Item { value: Value::Array(out), shape, windows: None, parts: None }))
    }

    /// The results of one branch, of which those of the other cells are not used.
    fn placed_alone(&mut self, a: Item, mask: &Array) -> Found {
        if let Some(parts) = a.parts {
            let mut placed = Vec::with_capacity(parts.len());
            for part in parts {
                match self.placed_alone(part, mask)? {
                    Some(part) => placed.push(part),
                    None => return Ok(None),
                }
            }
            return Ok(Some(Item::tuple(placed)));
        }
        if matches!(a.shape, Shape::Same | Shape::Missing(_)) {
            return Ok(Some(a));
        }
        let Some(a) = self.results(a, index::count_true(mask))? else { return Ok(None) };
        let out = Array::zeros(a.values.dtype(), &[self.frame, a.cell()].concat())?;
        index::set(&out, &[Index::Mask(mask.clone())], &a.values)?;
        let shape = Shape::Cells { rank: a.rank, flat: false, weak: a.weak };
        Ok(Some(Item { value: Value::Array(out), shape, windows: None, parts: None }))
    }

    /// A branch's results for so many cells, if they are numbers or arrays.
    fn results(&mut self, item: Item, count: usize) -> Result<Option<Results>, Fault> {
        let item = self.unflattened(item)?;
        let rank = cell_rank(&item);
        let value = item.value.settled(self.host)?;
        let weak = match item.shape {
            Shape::Cells { weak, .. } => weak,
            Shape::Same if value.is_scalar_number() => !matches!(value, Value::Scalar(_)),
            Shape::Same if matches!(value, Value::Array(_)) => false,
            _ => return Ok(None),
        };
        let a = convert::to_array(&value)?;
        let shape = [&[count][..], &a.shape()[a.ndim() - rank..]].concat();
        Ok(Some(Results { values: a.broadcast_to(&shape)?, rank, weak }))
    }

    /// A branch on the cells of a mask.
    fn on_some(&mut self, branch: &Lift, x: &[Item], mask: &Array, count: usize) -> Found {
        let mut part = Vec::with_capacity(x.len());
        for i in x {
            let i = if i.parts.is_some() { i.clone() } else { self.unflattened(i.clone())? };
            part.push(some(&i, mask, self.frame)?);
        }
        let frame = [count];
        let ids = match self.ids {
            Some(ids) => Some(index::compress(&ids.broadcast_to(self.frame)?, mask)?),
            None => None,
        };
        let mut run = Run { frame: &frame, groups: None, ids: ids.as_ref(), host: &mut *self.host, ..*self };
        branch.steps(&mut run, part)
    }

    /// The function itself, of other arguments.
    pub(super) fn again(&mut self, tail: bool, x: Vec<Item>) -> Found {
        if exec::interrupt::requested() {
            return Err(Fault::Interrupted);
        }
        if self.depth >= DEEPEST || !x.iter().all(is_number) {
            return Ok(None);
        }
        if self.frame.iter().product::<usize>() <= FEW && x.iter().any(|i| i.shape != Shape::Same) {
            return self.one_by_one(x);
        }
        let tail = self.tail && tail;
        let mut run = Run { depth: self.depth + 1, tail, gathers: false, host: &mut *self.host, ..*self };
        self.root.steps(&mut run, x)
    }

    fn one_by_one(&mut self, x: Vec<Item>) -> Found {
        let Some(f) = &self.root.function else { return Ok(None) };
        let mut arguments = Vec::with_capacity(x.len());
        for i in x {
            let value = i.value.settled(self.host)?;
            arguments.push(match i.shape {
                Shape::Cells { weak, .. } => {
                    let a = convert::to_array(&value)?.broadcast_to(self.frame)?;
                    let cell = |s| if weak { convert::plain(s) } else { Value::Scalar(s) };
                    convert::scalars(&a)?.into_iter().map(cell).collect()
                }
                _ => vec![value; self.frame.iter().product()],
            });
        }
        let count = self.frame.iter().product();
        let mut results = Vec::with_capacity(count);
        for k in 0..count {
            let call = CallArgs::new(arguments.iter().map(|a: &Vec<Value>| a[k].clone()));
            results.push(f.call(self.host, call)?);
        }
        let typed = |v: &Value| matches!(v, Value::Scalar(_));
        let weak = !results.iter().any(typed);
        let kind = |v: &Value| match v.operand() {
            Some(Operand::Int(_)) => Some(Operand::Int(0)),
            other => other,
        };
        let one_kind = results.iter().all(|v| v.is_scalar_number() && kind(v) == kind(&results[0]));
        if !one_kind {
            return Ok(None);
        }
        let all = convert::to_array(&Value::List(List::new(results)))?;
        let value = Value::Array(all.reshape_view(self.frame, crate::array::Order::C).unwrap_or(all));
        Ok(Some(Item {
            value,
            shape: Shape::Cells { rank: 0, flat: false, weak },
            windows: None,
            parts: None,
        }))
    }
}

/// The dtype of both branches' results, and whether they are plain numbers. A function's own results
/// become one array as those of single cells do; others are still to meet numbers, so that plain ones among
/// them must not change what these give.
pub(super) fn common(a: Kind, b: Kind, own: bool, x: &[Item]) -> Result<Option<(DType, bool)>, Fault> {
    let (d, e) = (a.one.dtype(), b.one.dtype());
    if a.weak == b.weak && d == e {
        return Ok(Some((d, a.weak)));
    }
    if own {
        let value = |k: &Kind| if k.weak { convert::plain(k.one) } else { Value::Scalar(k.one) };
        let both = convert::to_array(&Value::List(List::new(vec![value(&a), value(&b)])))?;
        return Ok(Some((both.dtype(), false)));
    }
    // Cells that are plain stay so with what they meet, and make one array with the others in the end: as
    // it would be with these alone only where both are of the dtype that a plain number has anyway.
    let same = |i: &Item| match &i.value {
        Value::Array(a) => a.dtype() == d || matches!(i.shape, Shape::Cells { weak: true, .. }),
        _ => true,
    };
    let stays = d == e && matches!(d, DType::Bool | DType::I64 | DType::F64) && x.iter().all(same);
    Ok(stays.then_some((d, false)))
}

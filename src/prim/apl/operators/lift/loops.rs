//! Loops: each turn runs on all cells at once. Where a turn is the last for some cells and not for others
//! (the test of `while`, a `break`), those that are done are put aside with what their variables hold, and
//! the turns go on with the others.
//!
//! A turn costs some passes over the cells that are left, so few cells are called one by one instead.

use super::branches::{Kind, Slot, common};
use super::run::{FEW_TURNING, Item, Run, Shape, cell_rank, shape_of};
use super::{Lift, Loop, Op};
use crate::array::index::Index;
use crate::array::{Array, Order};
use crate::dtype::{DType, Scalar, cast_scalar};
use crate::exec::{self, index, interrupt, tally};
use crate::prim::convert;
use crate::value::{self, Fault, Formula, Host, List, Missing, Value, ValueIter};

type Found = Result<Option<Item>, Fault>;

/// Numbers that lists may hold for all cells together.
const MOST_GATHERED: usize = 1 << 24;

impl Lift {
    /// Appends a loop, given the places of the steps before it.
    pub(super) fn repeat(
        &mut self,
        l: &value::Loop,
        places: &[usize],
        host: &mut dyn Host,
        depth: usize,
    ) -> Option<usize> {
        let before = places.len();
        let reads = l.reads(before);
        let read: Vec<usize> = (0..before).filter(|&i| reads[i]).collect();
        let variables = l.state.len();
        let mut lifted = |formula: &Formula, extra: usize| {
            let mut lift = Lift::new(read.len() + extra, self.given);
            let mut args = vec![0; before];
            read.iter().enumerate().for_each(|(k, &i)| args[i] = k);
            args.extend(read.len()..read.len() + extra);
            lift.result = lift.inline(formula, &args, host, depth)?;
            lift.count_reads();
            self.branches |= lift.branches;
            Some(lift)
        };
        let test = match &l.test {
            Some(test) => Some(lifted(test, variables)?),
            None => None,
        };
        let mut body = lifted(&l.body, variables + l.over.is_some() as usize)?;
        body.mark_tail();
        self.loops = true;
        let args = l.over.into_iter().chain(read).chain(l.state.iter().copied()).map(|i| places[i]).collect();
        // Of a function within this one, the result is still to meet others.
        let result = l.result.filter(|_| depth == 1);
        let (over, breaks) = (l.over.is_some(), l.breaks);
        let turns = Loop { over, breaks, variables, result, own: None, test, body };
        Some(self.push(Op::Loop(Box::new(turns)), args))
    }

    /// Appends the items of a comprehension, given the places of the steps before it.
    pub(super) fn gather(
        &mut self,
        over: usize,
        body: &Formula,
        places: &[usize],
        host: &mut dyn Host,
        depth: usize,
    ) -> Option<usize> {
        let reads = body.reads(places.len());
        let read: Vec<usize> = (0..places.len()).filter(|&i| reads[i]).collect();
        let mut lift = Lift::new(read.len() + 1, self.given);
        let mut args = vec![0; places.len()];
        read.iter().enumerate().for_each(|(k, &i)| args[i] = k);
        args.push(read.len());
        lift.result = lift.inline(body, &args, host, depth)?;
        lift.count_reads();
        lift.mark_tail();
        self.branches |= lift.branches;
        self.loops = true;
        let args = [over].into_iter().chain(read).map(|i| places[i]).collect();
        Some(self.push(Op::Gather(Box::new(lift)), args))
    }

    /// Whether a step may give an array without axes, which is no number where it is written.
    pub(super) fn may_be_array(&self, step: usize) -> bool {
        let (op, of) = &self.steps[step];
        match op {
            Op::Spread(spread) => spread.makes_arrays(),
            Op::Once(_) | Op::Part(..) => true,
            Op::Choose(branches, _) => branches.iter().any(|b| b.may_be_array(b.result)),
            Op::First | Op::Reverse(_) => self.may_be_array(of[0]),
            Op::Along(_) | Op::Shape | Op::Listed => true,
            _ => false,
        }
    }
}

/// Cells that are through with a loop: their places, if not all, and their variables.
struct Done {
    places: Option<Array>,
    variables: Vec<Item>,
}

impl Run<'_> {
    pub(super) fn repeat(&mut self, l: &Loop, mut x: Vec<Item>) -> Found {
        let over = if l.over { Some(x.remove(0)) } else { None };
        let variables = x.split_off(x.len() - l.variables);
        let mut items = match over {
            Some(over) => match self.gone_through(over)? {
                Some(items) => Some(items),
                None => return Ok(None),
            },
            None => None,
        };
        let mut turns = Turns {
            read: x,
            variables,
            places: None,
            frame: self.frame.to_vec(),
            done: Vec::new(),
            ids: None,
        };
        for i in turns.read.iter_mut().chain(&mut turns.variables) {
            i.settle(self.host)?;
        }
        loop {
            if interrupt::requested() {
                return Err(Fault::Interrupted);
            }
            if turns.goes_on(self, l)? != Some(true) {
                break;
            }
            let item = match &mut items {
                Some(items) => match items.next(self.host)? {
                    Some(item) => Some(item),
                    None => break,
                },
                None => None,
            };
            if !turns.turn(self, l, item)? {
                return Ok(None);
            }
        }
        turns.ended(self, l)
    }

    /// The tuples of all turns, one after the other.
    pub(super) fn gathered(&mut self, turn: &Lift, mut x: Vec<Item>) -> Found {
        let Some(mut items) = self.gone_through(x.remove(0))? else { return Ok(None) };
        for i in &mut x {
            i.settle(self.host)?;
        }
        let (mut all, cells) = (Vec::new(), self.frame.iter().product::<usize>());
        while let Some(item) = items.next(self.host)? {
            if interrupt::requested() {
                return Err(Fault::Interrupted);
            }
            let args = x.iter().cloned().chain([Item::same(item)]).collect();
            let mut run = Run { tail: false, slot: None, gathers: true, host: &mut *self.host, ..*self };
            let Some(Item { parts: Some(parts), value: filter, .. }) = turn.steps(&mut run, args)? else {
                return Ok(None);
            };
            for mut part in parts {
                part.settle(self.host)?;
                // Of a comprehension within, some items have filters of their own.
                let filtered = matches!(part.value, Value::Array(_)) && part.parts.is_some();
                all.push(match &filter {
                    Value::None => part,
                    _ if filtered => return Ok(None),
                    filter => Item { value: filter.clone(), ..Item::tuple(vec![part]) },
                });
            }
            if all.len() * cells > MOST_GATHERED {
                tally::doubt(|| "its lists would take much memory for all elements at once".into());
                return Ok(None);
            }
        }
        Ok(Some(Item::tuple(all)))
    }

    /// The items that a loop goes through, the same number for all cells.
    fn gone_through(&mut self, over: Item) -> Result<Option<Box<dyn ValueIter>>, Fault> {
        let over_value = over.value.settled(self.host)?;
        Ok(match over.shape {
            Shape::Same if over.parts.is_none() => Some(value::iterate(&over_value)?),
            _ => None,
        })
    }

    /// The items of a comprehension as a bracket display. Cells of which a filter keeps different numbers of
    /// items part.
    pub(super) fn listed(&mut self, items: Vec<Item>) -> Found {
        let filtered = |i: &Item| matches!(i.value, Value::Array(_)) && i.parts.is_some();
        if items.is_empty() {
            return Ok(Some(Item::same(Value::List(List::new(Vec::new())))));
        }
        if !items.iter().any(filtered) {
            return self.bracket(items);
        }
        let (mut masks, mut values) = (Vec::new(), Vec::new());
        for i in items {
            let filter = filtered(&i).then(|| i.value.clone());
            let item = match (&filter, i.parts) {
                (None, None) => Item { parts: None, ..i },
                (Some(_), Some(parts)) => match <[Item; 1]>::try_from(parts) {
                    Ok([item]) => item,
                    Err(_) => return Ok(None),
                },
                _ => return Ok(None),
            };
            masks.push(match filter {
                Some(mask) => index::truths(&convert::to_array(&mask)?.broadcast_to(self.frame)?)?,
                None => exec::full(self.frame, Scalar::Bool(true))?,
            });
            values.push(item);
        }
        let kinds = values.iter().map(kind).collect::<Vec<_>>();
        if kinds.iter().any(|k| k.is_none() || *k != kinds[0]) || values.iter().any(|i| cell_rank(i) > 0) {
            return Ok(None);
        }
        let n = masks.len();
        let masks = masks.into_iter().map(|m| Item::cells(Value::Array(m), 0)).collect();
        let (Some(masks), Some(values)) = (self.bracket(masks)?, self.spread_bracket(values)?) else {
            return Ok(None);
        };
        let mask = exec::contiguous(&convert::to_array(&masks.value)?)?;
        let found = self.compressed(&mask, &convert::to_array(&values.value)?, n)?;
        Ok(found.map(|i| match shape_of(&i.value).last() {
            Some(0) => Item::same(Value::List(List::new(Vec::new()))),
            _ => i,
        }))
    }

    /// A bracket display of items of which all may be the same for all cells.
    fn spread_bracket(&mut self, mut items: Vec<Item>) -> Found {
        if let Some(first) = items.first_mut().filter(|i| i.shape == Shape::Same) {
            let a = convert::to_array(&first.value)?.broadcast_to(self.frame)?;
            let weak = !matches!(first.value, Value::Scalar(_));
            first.value = Value::Array(a);
            first.shape = Shape::Cells { rank: 0, flat: false, weak };
        }
        self.bracket(items)
    }
}

/// A loop under way.
struct Turns {
    read: Vec<Item>,
    variables: Vec<Item>,
    /// Where the cells that are left belong, and their frame.
    places: Option<Array>,
    frame: Vec<usize>,
    done: Vec<Done>,
    /// The numbers of these cells, once some are put aside, where that counts.
    ids: Option<Array>,
}

impl Turns {
    /// Puts cells aside that are through; whether any are left. `None` where that cannot be told.
    fn goes_on(&mut self, run: &mut Run, l: &Loop) -> Result<Option<bool>, Fault> {
        if l.breaks {
            let Some(flag) = self.variables.last().cloned() else { return Ok(None) };
            if self.parted(run, flag)? != Some(true) {
                return Ok(Some(false));
            }
        }
        let Some(test) = &l.test else { return Ok(Some(true)) };
        let args = self.read.iter().chain(&self.variables).cloned().collect();
        let test = test.steps(&mut self.run(run, None), args)?;
        match test {
            Some(test) => self.parted(run, test),
            None => Err(unknown()),
        }
    }

    fn run<'a>(&'a self, run: &'a mut Run<'_>, slot: Option<Slot>) -> Run<'a> {
        let groups = if self.places.is_none() { run.groups } else { None };
        let ids = self.ids.as_ref().or(run.ids);
        Run {
            frame: &self.frame,
            groups,
            ids,
            host: &mut *run.host,
            tail: false,
            gathers: false,
            slot,
            ..*run
        }
    }

    /// Puts the cells aside that do not hold in a test.
    fn parted(&mut self, run: &mut Run, test: Item) -> Result<Option<bool>, Fault> {
        let value = test.value.settled(run.host)?;
        if test.shape == Shape::Same {
            return value.truth().map(Some);
        }
        let all = self.read.iter().chain(&self.variables);
        // Of cells that do not come here at all, nobody knows how many turns they take.
        if run.masked || !matches!(test.shape, Shape::Cells { rank: 0, .. }) || !all.clone().all(is_held) {
            return Err(unknown());
        }
        let mask = index::truths(&convert::to_array(&value)?.broadcast_to(&self.frame)?)?;
        let count = index::count_true(&mask);
        if count == mask.size() || count == 0 {
            return Ok(Some(count > 0));
        }
        let places = match self.places.take() {
            Some(places) => places,
            None => {
                let all = exec::distinct::counting(mask.size())?;
                all.reshape_view(&self.frame, Order::C).unwrap_or(all)
            }
        };
        let others: Vec<bool> = mask.as_slice::<bool>().unwrap_or_default().iter().map(|m| !m).collect();
        let others = Array::from_slice(&others, mask.shape())?;
        let through =
            self.variables.iter().map(|i| some(i, &others, &self.frame)).collect::<Result<_, _>>()?;
        self.done.push(Done { places: Some(index::compress(&places, &others)?), variables: through });
        for i in self.read.iter_mut().chain(&mut self.variables) {
            *i = some(i, &mask, &self.frame)?;
        }
        if let Some(ids) = self.ids.as_ref().or(run.ids) {
            self.ids = Some(index::compress(&ids.broadcast_to(&self.frame)?, &mask)?);
        }
        self.places = Some(index::compress(&places, &mask)?);
        self.frame = vec![count];
        Ok(Some(true))
    }

    /// One turn of all cells that are left; whether it could be taken.
    fn turn(&mut self, run: &mut Run, l: &Loop, item: Option<Value>) -> Result<bool, Fault> {
        let args = self.read.iter().chain(&self.variables).cloned();
        let args = args.chain(item.map(Item::same)).collect();
        let slot = Slot { result: l.result, own: l.own.filter(|_| l.breaks) };
        let after = l.body.steps(&mut self.run(run, Some(slot)), args)?;
        let Some(mut parts) = after.and_then(|i| i.parts) else { return Ok(false) };
        for i in &mut parts {
            i.settle(run.host)?;
        }
        self.variables = parts;
        Ok(self.variables.len() == l.variables)
    }

    /// What the loop leaves in its variables.
    fn ended(mut self, run: &mut Run, l: &Loop) -> Found {
        let last = Done { places: self.places.take(), variables: std::mem::take(&mut self.variables) };
        if self.done.is_empty() {
            return Ok(Some(Item::tuple(last.variables)));
        }
        self.done.push(last);
        let ways = self.ways(run);
        let count = self.done[0].variables.len();
        let mut variables = Vec::with_capacity(count);
        for j in 0..count {
            let parts = self
                .done
                .iter_mut()
                .map(|d| (&d.places, std::mem::replace(&mut d.variables[j], Item::same(Value::None))))
                .collect();
            // A function's own results become one array as those of single cells do.
            let own = l.result == Some(j) || l.own == Some(j);
            match joined(run, own, parts)? {
                Some(item) => variables.push(item),
                None => return run.split(&ways),
            }
        }
        Ok(Some(Item::tuple(variables)))
    }

    /// For each cell which kinds of values its variables have.
    fn ways(&self, run: &Run) -> Vec<u32> {
        let mut known: Vec<Vec<Form>> = Vec::new();
        let mut ways = vec![0; run.frame.iter().product()];
        for done in &self.done {
            let forms: Vec<Form> = done.variables.iter().map(Form::of).collect();
            let way = known.iter().position(|k| *k == forms).unwrap_or_else(|| {
                known.push(forms);
                known.len() - 1
            });
            let places = done.places.as_ref().and_then(|p| p.as_slice::<i64>()).unwrap_or_default();
            places.iter().for_each(|&p| ways[p as usize] = way as u32);
        }
        ways
    }
}

/// What kind of value an item has.
#[derive(PartialEq)]
enum Form {
    Of(DType, bool, Vec<usize>),
    Parts(Vec<Form>),
    Other(String),
}

impl Form {
    fn of(i: &Item) -> Form {
        if let Some(parts) = &i.parts {
            return Form::Parts(parts.iter().map(Form::of).collect());
        }
        match kind(i) {
            Some((dtype, weak)) => {
                let shape = shape_of(&i.value);
                Form::Of(dtype, weak, shape[shape.len() - cell_rank(i)..].to_vec())
            }
            None if i.missing().is_some() => Form::Other(String::new()),
            None => Form::Other(i.value.type_name().into()),
        }
    }
}

/// One variable of all cells, from what the cells at these places have in it.
fn joined(run: &mut Run, own: bool, parts: Vec<(&Option<Array>, Item)>) -> Found {
    let all = parts.len();
    let parts: Vec<_> = parts.into_iter().filter(|(_, i)| i.missing() != Some(Missing::Unused)).collect();
    if parts.iter().any(|(_, i)| i.missing().is_some()) {
        return Ok(Some(Item::missing_as(Missing::Unset)));
    }
    if let Some(count) = parts.first().and_then(|(_, i)| i.parts.as_ref()).map(Vec::len) {
        let mut columns: Vec<Vec<(&Option<Array>, Item)>> = (0..count).map(|_| Vec::new()).collect();
        for (places, item) in parts {
            let Some(parts) = item.parts.filter(|p| p.len() == count) else { return Ok(None) };
            columns.iter_mut().zip(parts).for_each(|(column, part)| column.push((places, part)));
        }
        let mut tuple = Vec::with_capacity(count);
        for column in columns {
            match joined(run, false, column)? {
                Some(part) => tuple.push(part),
                None => return Ok(None),
            }
        }
        return Ok(Some(Item::tuple(tuple)));
    }
    let mut kinds = parts.iter().map(|(_, i)| kind(i));
    let (mut dtype, mut weak) = match kinds.next() {
        None => return Ok(Some(Item::missing_as(Missing::Unused))),
        Some(None) => return Ok(None),
        Some(Some(kind)) => kind,
    };
    for other in kinds {
        let Some(other) = other else { return Ok(None) };
        let [a, b] = [(dtype, weak), other].map(|(d, weak)| Kind { one: one(d), weak });
        match common(a, b, own, &[])? {
            Some(both) if own || both == (dtype, weak) && both == other => (dtype, weak) = both,
            _ => return Ok(None),
        }
    }
    let cell_of = |i: &Item| {
        let shape = shape_of(&i.value);
        shape[shape.len() - cell_rank(i)..].to_vec()
    };
    let cell = parts.first().map(|(_, i)| cell_of(i)).unwrap_or_default();
    if parts.iter().any(|(_, i)| cell_of(i) != cell) {
        return Ok(None);
    }
    let cells = [&[run.frame.iter().product()][..], &cell].concat();
    let out = if parts.len() == all { Array::empty(dtype, &cells)? } else { Array::zeros(dtype, &cells)? };
    for (places, item) in parts {
        if let Some(places) = places {
            let shape = [places.shape(), &cell].concat();
            let values = convert::to_array(&item.value)?.broadcast_to(&shape)?;
            index::set(&out, &[Index::Array(places.clone())], &exec::in_dtype(&values, dtype)?)?;
        }
    }
    let out = out.reshape_view(&[run.frame, &cell].concat(), Order::C).unwrap_or(out);
    let shape = Shape::Cells { rank: cell.len(), flat: false, weak };
    Ok(Some(Item { value: Value::Array(out), shape, windows: None, parts: None }))
}

/// The dtype of a variable, and whether it is a plain number.
fn kind(i: &Item) -> Option<(DType, bool)> {
    match (&i.value, i.shape) {
        (Value::Array(a), Shape::Cells { weak, flat: false, .. }) => Some((a.dtype(), weak)),
        (Value::Array(a), Shape::Same) => Some((a.dtype(), false)),
        (v, Shape::Same) => Some((v.scalar()?.dtype(), !matches!(v, Value::Scalar(_)))),
        _ => None,
    }
}

fn one(dtype: DType) -> Scalar {
    cast_scalar(Scalar::Bool(true), dtype)
}

/// Whether cells can be put aside with it: a number, nothing, or a tuple of such.
fn is_held(i: &Item) -> bool {
    let alone = matches!(i.shape, Shape::Same | Shape::Cells { flat: false, .. } | Shape::Missing(_));
    alone && i.parts.iter().flatten().all(is_held)
}

/// The cells of a mask.
pub(super) fn some(i: &Item, mask: &Array, frame: &[usize]) -> Result<Item, Fault> {
    if let Some(parts) = &i.parts {
        return Ok(Item::tuple(parts.iter().map(|i| some(i, mask, frame)).collect::<Result<_, _>>()?));
    }
    let rank = cell_rank(i);
    if rank > 0 && matches!(i.shape, Shape::Cells { .. }) {
        let a = convert::to_array(&i.value)?;
        let a = a.broadcast_to(&[frame, &a.shape()[a.ndim() - rank..]].concat())?;
        let value = Value::Array(index::get(&a, &[Index::Mask(mask.clone())])?);
        return Ok(Item { value, windows: None, ..i.clone() });
    }
    if matches!(i.shape, Shape::Same | Shape::Missing(_)) {
        return Ok(i.clone());
    }
    let a = convert::to_array(&i.value)?.broadcast_to(frame)?;
    let value = Value::Array(index::compress(&exec::contiguous(&a)?, mask)?);
    Ok(Item { value, ..i.clone() })
}

/// What leads back to cells one by one.
fn unknown() -> Fault {
    Fault::NotYet { name: "a loop of cells".into() }
}

const _: () = assert!(FEW_TURNING > super::branches::FEW);

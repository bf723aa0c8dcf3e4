//! Running lifted functions: each item is one value for all cells, or an array whose leading axes are
//! those of the cells (the frame), or, for groups, one whose first axis goes through the members of all
//! groups in their order.

use super::branches::{FEW, Slot};
use super::listen::Listener;
use super::split::Splits;
use super::{Axis, Fold, Lift, Op};
use crate::array::{Array, Order};
use crate::dtype::{DType, Operand, Scalar, cast_scalar};
use crate::exec::{self, group::Groups, tally};
use crate::prim::reducing::fold as folds;
use crate::prim::row::{Home, Identity, Kind};
use crate::prim::{self, Defer, Prim, convert, table};
use crate::value::{CallArgs, Fault, Host, List, Missing, Subscript, Value};
use smallvec::SmallVec;

/// A value per cell.
#[derive(Clone)]
pub struct Item {
    pub value: Value,
    pub shape: Shape,
    /// The windows that it holds, as they lie in an array.
    pub windows: Option<Windows>,
    /// Of a tuple, what it holds; then there is nothing else in it.
    pub parts: Option<Vec<Item>>,
}

/// What of an item's axes belongs to one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// All of it, the same for all cells.
    Same,
    /// The last `rank` axes, which count as one if `flat`. `weak` numbers take the dtype of what they
    /// meet, as plain ones do.
    Cells { rank: usize, flat: bool, weak: bool },
    /// Of groups: the last `rank` axes are those of one member.
    Members { rank: usize },
    /// No cell has a value.
    Missing(Missing),
}

/// All windows of some widths, one element apart, along the first axes of an array.
#[derive(Clone)]
pub struct Windows {
    pub array: Array,
    pub widths: Vec<usize>,
}

/// What all steps of one run need.
pub(super) struct Run<'a> {
    pub frame: &'a [usize],
    pub groups: Option<&'a Groups>,
    pub host: &'a mut dyn Host,
    /// The whole function, and how many calls of itself this is within.
    pub root: &'a Lift,
    pub depth: usize,
    /// Whether the result is the function's own; of a loop's turn, which of its variables is.
    pub tail: bool,
    pub slot: Option<Slot>,
    /// Whether this is a branch that is computed for all cells.
    pub masked: bool,
    /// Whether this is a turn of a comprehension, whose filter keeps some cells' items.
    pub gathers: bool,
    /// Which cells these are, where that counts, and what tells of a split.
    pub ids: Option<&'a Array>,
    pub splits: &'a Splits,
}

/// Cells for which a loop's turns cost more together than one by one: each turn costs some microseconds.
pub(super) const FEW_TURNING: usize = 100;

type Found = Result<Option<Item>, Fault>;

impl Item {
    pub fn same(value: Value) -> Item {
        Item { value, shape: Shape::Same, windows: None, parts: None }
    }

    pub(super) fn missing_as(missing: Missing) -> Item {
        Item { shape: Shape::Missing(missing), ..Item::same(Value::None) }
    }

    /// Why it has no value, if so.
    pub(super) fn missing(&self) -> Option<Missing> {
        match self.shape {
            Shape::Missing(missing) => Some(missing),
            _ => None,
        }
    }

    pub fn cells(value: Value, rank: usize) -> Item {
        Item { value, shape: Shape::Cells { rank, flat: false, weak: false }, windows: None, parts: None }
    }

    pub fn members(value: Value, rank: usize) -> Item {
        Item { value, shape: Shape::Members { rank }, windows: None, parts: None }
    }
}

impl Lift {
    /// The function's results for all cells, as one array of the frame's shape and then theirs;
    /// `None` where the cells must be taken one by one.
    pub fn run(&self, host: &mut dyn Host, frame: &[usize], args: Vec<Item>) -> Result<Option<Value>, Fault> {
        self.run_in(host, frame, None, args, false)
    }

    /// As [`Lift::run`]; the result may be deferred work.
    pub fn run_waiting(
        &self,
        host: &mut dyn Host,
        frame: &[usize],
        args: Vec<Item>,
    ) -> Result<Option<Value>, Fault> {
        self.run_in(host, frame, None, args, true)
    }

    /// As [`Lift::run`], for groups: the frame has their number.
    pub fn run_groups(
        &self,
        host: &mut dyn Host,
        groups: &Groups,
        args: Vec<Item>,
    ) -> Result<Option<Value>, Fault> {
        self.run_in(host, &[groups.count()], Some(groups), args, false)
    }

    fn run_in(
        &self,
        host: &mut dyn Host,
        frame: &[usize],
        groups: Option<&Groups>,
        args: Vec<Item>,
        waits: bool,
    ) -> Result<Option<Value>, Fault> {
        // An argument as it came is not the result's own.
        let given = matches!(self.steps[self.result].0, Op::Argument(_));
        let cells = frame.iter().product::<usize>();
        if self.branches && cells <= FEW || self.loops && cells <= FEW_TURNING {
            tally::doubt(|| "for few of them that is faster".into());
            return Ok(None);
        }
        let mut listener = Listener::new(host);
        let splits = Splits::default();
        let mut run = self.begin(frame, groups, &mut listener, &splits);
        // Items are arrays that are shared: keeping them costs only that none is written in place.
        let kept = if self.is_map() { None } else { Some(args.clone()) };
        let found = match self.steps(&mut run, args) {
            Ok(Some(Item {
                value: value @ Value::Deferred(_), shape: Shape::Cells { rank: 0, .. }, ..
            })) if waits && shape_of(&value) == frame => Ok(Some(value)),
            Ok(Some(item)) => run.whole(item, given),
            other => other.map(|_| None),
        };
        match found {
            Ok(Some(value)) => {
                listener.tell();
                Ok(Some(value))
            }
            Err(Fault::Interrupted) => Err(Fault::Interrupted),
            _ if splits.wanted() && groups.is_none() && kept.is_some() => {
                drop(listener);
                self.run_split(host, frame, kept.unwrap_or_default())
            }
            // The cells one by one meet errors and what is to be told of themselves, and say where.
            found => {
                if found.is_err() {
                    tally::doubt(|| "for some of them a part of it fails".into());
                }
                Ok(None)
            }
        }
    }

    pub(super) fn begin<'a>(
        &'a self,
        frame: &'a [usize],
        groups: Option<&'a Groups>,
        host: &'a mut dyn Host,
        splits: &'a Splits,
    ) -> Run<'a> {
        Run {
            frame,
            groups,
            host,
            root: self,
            depth: 0,
            tail: true,
            slot: None,
            masked: false,
            gathers: false,
            ids: None,
            splits,
        }
    }

    pub(super) fn steps(&self, run: &mut Run<'_>, args: Vec<Item>) -> Found {
        let mut left = self.reads.clone();
        left[self.result] += 1;
        let mut given: Vec<Option<Item>> = args.into_iter().map(Some).collect();
        let mut items: Vec<Option<Item>> = Vec::with_capacity(self.steps.len());
        for (i, (op, of)) in self.steps.iter().enumerate() {
            let mut operands: SmallVec<[Item; 2]> = SmallVec::new();
            for &k in of {
                left[k] -= 1;
                // The last reader gets the value itself, so that it may be written in place.
                let item = if left[k] == 0 { items[k].take() } else { items[k].clone() };
                match item {
                    Some(item) => operands.push(item),
                    None => return Ok(None),
                }
            }
            let mut found = match op {
                Op::Argument(k) => given.get_mut(*k).and_then(Option::take),
                Op::Constant(v) => Some(Item::same(v.clone())),
                Op::Missing(missing) => Some(Item::missing_as(*missing)),
                op => run.step(op, operands)?,
            };
            let Some(item) = &mut found else {
                tally::doubt(|| "a part of it takes the elements one by one".into());
                return Ok(None);
            };
            // What several steps read is computed once.
            if left[i] > 1 {
                item.settle(run.host)?;
            }
            items.push(found);
        }
        Ok(items[self.result].take())
    }
}

impl Run<'_> {
    fn step(&mut self, op: &Op, mut x: SmallVec<[Item; 2]>) -> Found {
        match op {
            Op::Tuple => return Ok(Some(Item::tuple(x.into_vec()))),
            Op::Part(index, count) => return self.part(*index, *count, x.pop()),
            Op::Index(subs) if x.first().is_some_and(|i| i.parts.is_some()) => {
                return self.part_at(subs, x.into_vec());
            }
            Op::Loop(l) => return self.repeat(l, x.into_vec()),
            Op::Gather(turn) => return self.gathered(turn, x.into_vec()),
            Op::Choose(branches, tail) => return self.choose(branches, *tail, x.into_vec()),
            Op::IsNone(negated) => return Ok(x.pop().and_then(|x| is_none(&x, *negated))),
            _ if x.iter().any(|i| i.missing().is_some()) => return Ok(None),
            Op::Listed => {
                let items = x.pop().and_then(|i| i.parts);
                return items.map_or(Ok(None), |items| self.listed(items));
            }
            _ if x.iter().any(|i| i.parts.is_some()) => return Ok(None),
            Op::Once(prim) => return self.once(prim, x.into_vec()),
            Op::Encode(prim) => return self.encode(prim, x.into_vec()),
            Op::Decode(prim) => return self.decode(prim, x.into_vec()),
            Op::Pick => {
                let number = |i: &Item| cell_rank(i) == 0 && !matches!(i.shape, Shape::Members { .. });
                if !x.first().is_some_and(number) {
                    return Ok(None);
                }
                x.reverse();
                return self.index(&[Subscript::At(1)], x.into_vec());
            }
            Op::Inner { f, g, whole } => return self.inner(f, g, whole, x.into_vec()),
            Op::Map(prim, typed) => return self.map(prim, *typed, x),
            Op::Spread(spread) => return self.spread(spread, x.into_vec()),
            Op::Update(prim) => {
                let single = |i: &Item| cell_rank(i) == 0 && !matches!(i.shape, Shape::Members { .. });
                let number = x.first().is_some_and(single);
                return if number { self.map(prim, false, x) } else { Ok(None) };
            }
            Op::Index(subs) => return self.index(subs, x.into_vec()),
            Op::Bracket => return self.bracket(x.into_vec()),
            Op::Stack => return self.stack(x.into_vec()),
            Op::Like => return self.like(x.into_vec()),
            Op::Shaped(prim, shaping) => return self.shaped(prim, *shaping, x.into_vec()),
            Op::Outer(prim, rows) => return self.outer(prim, *rows, x),
            Op::Kind(prim) => return self.kind_of(prim, x.into_vec()),
            Op::Keep => return self.keep(x.into_vec()),
            Op::Windowed(prim, whole) => return self.windowed(prim, whole, x.into_vec()),
            Op::Catenate => return self.catenate(x.into_vec()),
            Op::Match(differ) => return self.matching(*differ, x.into_vec()),
            Op::Dot(prim) => return self.dot(prim, x),
            Op::Complex => return self.complex(x),
            Op::Again(tail) => return self.again(*tail, x.into_vec()),
            _ => {}
        }
        let Some(x) = x.pop() else { return Ok(None) };
        match op {
            Op::Reduce(f) => self.reduce(f, x),
            Op::Scan(f) => self.scan(f, x),
            Op::Whole(prim) => self.all(prim, x),
            Op::Ravel => self.ravel(x),
            Op::Tally => self.tally(x),
            Op::Truth => self.truth(x),
            Op::Length if x.shape == Shape::Same => {
                let length = crate::prim::language::core::length(&x.value);
                Ok(length.map(|n| Item::same(Value::Int(n as i64))))
            }
            Op::Length => {
                if cell_rank(&x) > 0 {
                    self.tally(x)
                } else {
                    Ok(None)
                }
            }
            Op::Convert(dtype) => self.convert(*dtype, x),
            Op::Plain => self.plain(x),
            Op::Single => Ok((cell_rank(&x) == 0 && !matches!(x.shape, Shape::Members { .. })).then_some(x)),
            Op::First => self.first(x),
            Op::Stacked(prim) => self.stacked(prim, x),
            Op::Turned => self.turned(x),
            Op::Reverse(prim) => self.reverse(prim, x),
            Op::Along(prim) => self.along(prim, x),
            Op::Grade(down) => self.grade(*down, x),
            Op::Shape => self.shape(x),
            _ => Ok(None),
        }
    }

    /// The result as an array of its own, of the frame's shape and the cell's.
    fn whole(&mut self, item: Item, given: bool) -> Result<Option<Value>, Fault> {
        if item.parts.is_some() {
            return self.list_of_tuples(item);
        }
        let item = self.unflattened(item)?;
        let value = item.value.settled(self.host)?;
        if !value.is_scalar_number() && !matches!(value, Value::Array(_)) {
            return Ok(None);
        }
        let a = convert::to_array(&value)?;
        let rank = match item.shape {
            Shape::Same => a.ndim(),
            Shape::Cells { rank, .. } => rank,
            Shape::Members { .. } => return self.side_by_side(&a),
            Shape::Missing(_) => return Ok(None),
        };
        let Some(lead) = a.ndim().checked_sub(rank) else { return Ok(None) };
        let shape: Vec<usize> = self.frame.iter().chain(&a.shape()[lead..]).copied().collect();
        let own = a.shape() == shape && !given && a.base().is_none();
        let a = if own && item.shape != Shape::Same {
            a
        } else {
            exec::copy(&a.broadcast_to(&shape)?, Order::C)?
        };
        Ok(Some(convert::unwrap_0d(a)))
    }

    /// The results for the members of groups, group by group, if all are of one size.
    fn side_by_side(&mut self, a: &Array) -> Result<Option<Value>, Fault> {
        let Some(groups) = self.groups else { return Ok(None) };
        let counts = groups.counts();
        let Some((&size, others)) = counts.split_first() else { return Ok(None) };
        if others.iter().any(|&n| n != size) {
            return Ok(None);
        }
        let gathered = exec::group::gather(a, &groups.order().0)?;
        let mut shape = vec![counts.len(), size as usize];
        shape.extend_from_slice(&a.shape()[1..]);
        Ok(gathered.reshape_view(&shape, Order::C).map(Value::Array))
    }

    /// An element-wise function: cells that differ in rank meet as arrays of these shapes do.
    pub(super) fn map(&mut self, prim: &'static Prim, typed: bool, mut x: SmallVec<[Item; 2]>) -> Found {
        if typed && x.iter().all(|i| i.shape == Shape::Same) {
            let call = CallArgs::new(x.into_iter().map(|i| i.value));
            return Ok(Some(Item::same(prim::call(prim, self.host, call)?)));
        }
        if x.iter().any(|i| matches!(i.shape, Shape::Members { .. })) {
            return self.map_members(prim, x);
        }
        let numbers = |i: &Item| i.shape == Shape::Same && i.value.is_scalar_number();
        let flat = |i: &Item| matches!(i.shape, Shape::Cells { flat: true, .. });
        // Elements under one axis or several: all the same to numbers beside them.
        let stays_flat = x.iter().any(flat) && x.iter().filter(|i| !numbers(i)).count() == 1;
        if !stays_flat {
            x = x.into_iter().map(|i| self.unflattened(i)).collect::<Result<_, _>>()?;
        }
        self.widen_bools(prim, &mut x)?;
        if !self.strengthen(prim, &mut x)? {
            return Ok(None);
        }
        let rank_of = |i: &Item| match i.shape {
            Shape::Cells { rank, .. } | Shape::Members { rank } => rank,
            Shape::Same | Shape::Missing(_) => convert_ndim(&i.value),
        };
        let most = x.iter().map(rank_of).max().unwrap_or(0);
        let cells = x.iter().any(|i| i.shape != Shape::Same);
        let weak = !typed && x.iter().all(is_weak) && cells;
        let one = if weak { Some(plain_result(prim, self.host, &x)?) } else { None };
        let mut values: SmallVec<[Value; 2]> = SmallVec::new();
        for i in x {
            let rank = rank_of(&i);
            values.push(match i.shape {
                Shape::Cells { .. } => self.lifted(i.value, rank, most)?,
                _ => i.value,
            });
        }
        let value = match one {
            None => apply(prim, self.host, values)?,
            Some(one) => match self.of_plain(prim, values, one)? {
                Some(value) => value,
                None => return Ok(None),
            },
        };
        let shape = match cells {
            true => Shape::Cells { rank: most, flat: stays_flat, weak },
            false => Shape::Same,
        };
        Ok(Some(Item { value, shape, windows: None, parts: None }))
    }

    /// An operator between plain numbers: where arrays warn it fails, and bools are integers to many.
    fn of_plain(
        &mut self,
        prim: &'static Prim,
        values: SmallVec<[Value; 2]>,
        one: Value,
    ) -> Result<Option<Value>, Fault> {
        let mut listener = Listener::new(&mut *self.host);
        let value = apply(prim, &mut listener, values)?.settled(&mut listener)?;
        let dtype = match value.operand() {
            Some(Operand::Typed(dtype)) => Some(dtype),
            _ => None,
        };
        let same = dtype.is_some() && dtype == one.scalar().map(|s| s.dtype());
        Ok((same && !listener.warned()).then_some(value))
    }

    /// A bool to a plain power is int64, where the square of an array of bools is int8.
    fn widen_bools(&mut self, prim: &Prim, x: &mut [Item]) -> Result<(), Fault> {
        if let [base, power] = x
            && prim.name == "power"
            && matches!(power.value, Value::Int(_))
            && matches!(base.shape, Shape::Cells { rank: 0, weak: false, .. })
            && base.value.operand().is_some_and(|o| matches!(o, Operand::Typed(DType::Bool)))
        {
            base.settle(self.host)?;
            base.value = Value::Array(exec::in_dtype(&convert::to_array(&base.value)?, DType::I64)?);
        }
        Ok(())
    }

    /// Gives weak cells the dtype that plain numbers would get beside the others; whether that is
    /// possible.
    pub(super) fn strengthen(&mut self, prim: &Prim, x: &mut [Item]) -> Result<bool, Fault> {
        let weak_cells = |i: &Item| matches!(i.shape, Shape::Cells { weak: true, .. });
        if !x.iter().any(weak_cells) {
            return Ok(true);
        }
        let typed: Vec<_> = x.iter().filter(|i| !is_weak(i)).filter_map(|i| i.value.operand()).collect();
        // Plain integers that leave 64 bits are an error, which arrays do not tell of.
        let integers = |i: &Item| i.value.operand().is_some_and(is_integer);
        if ["power", "float_power", "left_shift"].contains(&prim.name) && x.iter().all(integers) {
            return Ok(typed.is_empty() && prim.name != "float_power" && self.stays_small(prim, x)?);
        }
        if typed.is_empty() {
            return Ok(true);
        }
        for i in x.iter_mut().filter(|i| weak_cells(i)) {
            let value = std::mem::replace(&mut i.value, Value::None).settled(self.host)?;
            let a = convert::to_array(&value)?;
            let plain = match a.dtype() {
                DType::Bool => Operand::Typed(DType::Bool),
                d if d.is_int() => Operand::Int(1),
                d if d.is_complex() => Operand::Complex,
                _ => Operand::Float,
            };
            let kinds: Vec<_> = typed.iter().copied().chain([plain]).collect();
            let dtype = crate::dtype::result_dtype(&kinds);
            let small = dtype.is_int() && dtype.itemsize() < 8;
            if small && a.size() > 0 {
                return Ok(false);
            }
            i.value = Value::Array(exec::in_dtype(&a, dtype)?);
            i.shape = Shape::Cells { rank: cell_rank(i), flat: false, weak: false };
        }
        Ok(true)
    }

    /// Whether integers to a power, or shifted by one, that is not negative stay well within 64 bits.
    fn stays_small(&mut self, prim: &Prim, x: &mut [Item]) -> Result<bool, Fault> {
        let [base, power] = x else { return Ok(false) };
        let (Some(base), Some(power)) = (self.bounds(base)?, self.bounds(power)?) else { return Ok(false) };
        let most = base.0.abs().max(base.1.abs());
        let greatest = if prim.name == "power" { most.powf(power.1) } else { most * power.1.exp2() };
        Ok(power.0 >= 0.0 && greatest < 9e18)
    }

    /// The least and the greatest of integers.
    fn bounds(&mut self, i: &mut Item) -> Result<Option<(f64, f64)>, Fault> {
        i.settle(self.host)?;
        let a = convert::to_array(&i.value)?;
        if !a.dtype().is_int() || a.size() == 0 {
            return Ok(None);
        }
        let mut ends = [0.0; 2];
        for (end, name) in ends.iter_mut().zip(["min", "max"]) {
            let Some(row) = table().get(Home::Np, name) else { return Ok(None) };
            let one = prim::monadic(row, self.host, Value::Array(a.clone()))?;
            let Some(one) = one.scalar().and_then(|s| s.as_f64()) else { return Ok(None) };
            *end = one;
        }
        Ok(Some((ends[0], ends[1])))
    }

    /// A value whose cells have `rank` axes, given axes of length one before them.
    pub(super) fn lifted(&mut self, value: Value, rank: usize, want: usize) -> Result<Value, Fault> {
        if rank == want || value.is_scalar_number() {
            return Ok(value);
        }
        let a = convert::to_array(&value.settled(self.host)?)?;
        let lead = a.ndim().saturating_sub(rank);
        let (mut shape, mut strides) = (a.shape()[..lead].to_vec(), a.strides()[..lead].to_vec());
        shape.extend(std::iter::repeat_n(1, want - rank).chain(a.shape()[lead..].iter().copied()));
        strides.extend(std::iter::repeat_n(0, want - rank).chain(a.strides()[lead..].iter().copied()));
        Ok(Value::Array(a.view(&shape, &strides, a.offset())))
    }

    /// Cells whose axes count as one, under one axis.
    pub(super) fn unflattened(&mut self, item: Item) -> Result<Item, Fault> {
        let Shape::Cells { rank, flat: true, weak } = item.shape else { return Ok(item) };
        let a = convert::to_array(&item.value.settled(self.host)?)?;
        let lead = a.ndim().saturating_sub(rank);
        let mut shape = a.shape()[..lead].to_vec();
        shape.push(a.shape()[lead..].iter().product());
        let a = match a.reshape_view(&shape, Order::C) {
            Some(a) => a,
            None => {
                let copy = exec::copy(&a, Order::C)?;
                copy.reshape_view(&shape, Order::C).unwrap_or(copy)
            }
        };
        let shape = Shape::Cells { rank: 1, flat: false, weak };
        Ok(Item { value: Value::Array(a), shape, windows: None, parts: None })
    }

    pub(super) fn ravel(&mut self, x: Item) -> Found {
        Ok(Some(match x.shape {
            Shape::Same => {
                let Some(row) = table().get(Home::Np, "ravel") else { return Ok(None) };
                Item::same(prim::monadic(row, self.host, x.value)?)
            }
            Shape::Cells { rank: 0, weak, .. } => {
                let value = self.lifted(x.value, 0, 1)?;
                Item { value, shape: Shape::Cells { rank: 1, flat: false, weak }, windows: None, parts: None }
            }
            Shape::Cells { rank: 1, .. } => x,
            Shape::Cells { rank, weak, .. } => Item { shape: Shape::Cells { rank, flat: true, weak }, ..x },
            Shape::Members { rank: 0 } => x,
            Shape::Members { .. } | Shape::Missing(_) => return Ok(None),
        }))
    }

    fn tally(&mut self, x: Item) -> Found {
        let n = match x.shape {
            Shape::Same => crate::prim::language::core::length(&x.value).unwrap_or(1),
            Shape::Members { .. } => return self.counts().map(Some),
            Shape::Missing(_) => return Ok(None),
            Shape::Cells { rank: 0, .. } => 1,
            Shape::Cells { rank, flat, .. } => {
                let shape = shape_of(&x.value);
                let cell = &shape[shape.len().saturating_sub(rank)..];
                if flat { cell.iter().product() } else { cell.first().copied().unwrap_or(1) }
            }
        };
        Ok(Some(Item::same(Value::Int(n as i64))))
    }

    pub(super) fn reduce(&mut self, f: &Fold, x: Item) -> Found {
        let (rank, flat) = match x.shape {
            Shape::Same => {
                return Ok(Some(Item::same(super::super::apply(&f.whole, self.host, None, x.value)?)));
            }
            Shape::Members { .. } => return self.reduce_members(f.prim, f.axis, x),
            Shape::Missing(_) => return Ok(None),
            Shape::Cells { rank: 0, .. } => return Ok(Some(x)),
            Shape::Cells { rank, flat, .. } => (rank, flat),
        };
        let lead = self.frame.len();
        if let Some(item) = self.slide(f.prim, &x, rank, flat, false)? {
            return Ok(Some(item));
        }
        let axes: Vec<usize> = match f.axis {
            _ if flat => (lead..lead + rank).collect(),
            Axis::First => vec![lead],
            Axis::Last => vec![lead + rank - 1],
        };
        if axes.len() == rank
            && let Some(item) = self.short(f.prim, &x.value, &axes)?
        {
            return Ok(Some(item));
        }
        let value = match folds::reduce_axes(f.prim, self.host, &x.value, &axes)? {
            Some(v) => v,
            None => {
                let x = self.unflattened(x)?;
                let a = convert::to_array(&x.value.settled(self.host)?)?;
                let axis = if flat { lead } else { axes[0] };
                folds::reduce_right(f.prim, self.host, &a, axis)?
            }
        };
        // The next fold adds up in an order that depends on how its operand lies.
        let value = match value {
            Value::Array(a) if rounds(f.prim, a.dtype()) && !a.is_c_contiguous() => {
                Value::Array(exec::contiguous(&a)?)
            }
            value => value,
        };
        Ok(Some(Item::cells(value, if flat { 0 } else { rank - 1 })))
    }

    /// A fold of all elements of every window, by folding shifted arrays. Sums of floats add up in the order
    /// of each window: of its elements in a row, or by rows where these are taken as they lie.
    fn slide(&mut self, prim: &'static Prim, x: &Item, rank: usize, flat: bool, by_rows: bool) -> Found {
        let Some(w) = x.windows.as_ref().filter(|w| w.widths.len() == rank && (flat || rank == 1)) else {
            return Ok(None);
        };
        let mut a = w.array.clone();
        let in_order = rounds(prim, a.dtype()) && rank > 1;
        let lead = self.frame.len();
        let axes: Vec<usize> = (lead..lead + rank).collect();
        if in_order
            && !by_rows
            && let Some(item) = self.in_order(prim, &x.value, &axes, true)?
        {
            return Ok(Some(item));
        }
        let mut widths: Vec<(usize, usize)> = w.widths.iter().copied().enumerate().collect();
        if in_order && by_rows {
            widths.reverse();
        }
        for (axis, width) in widths {
            match folds::windows(prim, &a, axis, width, false)? {
                Some(Value::Array(folded)) => a = folded,
                _ => return Ok(None),
            }
        }
        Ok((a.shape() == self.frame).then(|| Item::cells(Value::Array(a), 0)))
    }

    fn scan(&mut self, f: &Fold, x: Item) -> Found {
        match x.shape {
            Shape::Same => Ok(Some(Item::same(super::super::apply(&f.whole, self.host, None, x.value)?))),
            Shape::Cells { rank: 0, .. } => Ok(Some(x)),
            Shape::Cells { .. } if f.prim.laws.associative => {
                let x = self.unflattened(x)?;
                self.scan_cells(f, x)
            }
            Shape::Cells { .. } => self.scan_short(f, x),
            Shape::Members { .. } | Shape::Missing(_) => Ok(None),
        }
    }

    fn scan_cells(&mut self, f: &Fold, x: Item) -> Found {
        let rank = cell_rank(&x);
        let a = convert::to_array(&x.value.settled(self.host)?)?;
        let axis = match f.axis {
            Axis::First => self.frame.len(),
            Axis::Last => self.frame.len() + rank - 1,
        };
        Ok(Some(Item::cells(folds::scan(f.prim, self.host, &a, axis)?, rank)))
    }

    /// NumPy's reduction of all elements of each cell.
    pub(super) fn all(&mut self, prim: &'static Prim, x: Item) -> Found {
        let rank = match x.shape {
            Shape::Same => return Ok(Some(Item::same(prim::monadic(prim, self.host, x.value)?))),
            Shape::Members { .. } => return self.all_members(prim, x),
            Shape::Missing(_) => return Ok(None),
            Shape::Cells { rank, .. } => rank,
        };
        let folding = match prim.name {
            "sum" => Some("add"),
            "max" => Some("maximum"),
            "min" => Some("minimum"),
            _ => None,
        };
        let lead = self.frame.len();
        let axes: Vec<usize> = (lead..lead + rank).collect();
        if let Some(row) = folding.and_then(|name| table().get(Home::Np, name)) {
            if let Some(item) = self.slide(row, &x, rank, true, true)? {
                return Ok(Some(item));
            }
            if let Some(item) = self.short(row, &x.value, &axes)? {
                return Ok(Some(item));
            }
        }
        let axes = axes.into_iter().map(|k| Value::Int(k as i64)).collect();
        let mut call = CallArgs::new([x.value]);
        call.keyword.push(("axis".into(), Value::tuple(axes)));
        Ok(Some(Item::cells(prim::call(prim, self.host, call)?, 0)))
    }

    /// Numbers side by side along a new last axis.
    pub(super) fn bracket(&mut self, items: Vec<Item>) -> Found {
        let number = |i: &Item| match i.shape {
            Shape::Same => i.value.is_scalar_number(),
            Shape::Cells { rank, .. } => rank == 0,
            Shape::Members { .. } | Shape::Missing(_) => false,
        };
        if items.is_empty() || !items.iter().all(number) {
            return Ok(None);
        }
        if items.iter().all(|i| i.shape == Shape::Same) {
            let list = Value::List(List::new(items.into_iter().map(|i| i.value).collect()));
            return Ok(Some(Item::same(Value::Array(convert::to_array(&list)?))));
        }
        let mut parts = Vec::with_capacity(items.len());
        for i in items {
            let a = convert::to_array(&i.value.settled(self.host)?)?;
            parts.push(Value::Array(a.broadcast_to(self.frame)?));
        }
        self.joined("stack", parts).map(|value| Some(Item::cells(value, 1)))
    }

    /// Vectors and numbers one after the other.
    fn catenate(&mut self, items: Vec<Item>) -> Found {
        let mut parts = Vec::with_capacity(items.len());
        for i in items {
            let i = self.unflattened(i)?;
            let cells = i.shape != Shape::Same;
            let rank = match i.shape {
                Shape::Same => convert_ndim(&i.value),
                Shape::Cells { rank, .. } => rank,
                Shape::Members { .. } | Shape::Missing(_) => return Ok(None),
            };
            if rank > 1 {
                return Ok(None);
            }
            let value = if rank == 1 {
                i.value.settled(self.host)?
            } else if cells {
                self.lifted(i.value, 0, 1)?
            } else {
                i.value
            };
            let a = convert::to_array(&value)?;
            let n = a.shape().last().copied().unwrap_or(1);
            let shape: Vec<usize> = self.frame.iter().copied().chain([n]).collect();
            parts.push(Value::Array(a.broadcast_to(&shape)?));
        }
        self.joined("concatenate", parts).map(|value| Some(Item::cells(value, 1)))
    }

    fn joined(&mut self, name: &'static str, parts: Vec<Value>) -> Result<Value, Fault> {
        let row = table().get(Home::Np, name).ok_or_else(|| Fault::NotYet { name: name.into() })?;
        let mut call = CallArgs::new([Value::List(List::new(parts))]);
        call.keyword.push(("axis".into(), Value::Int(-1)));
        prim::call(row, self.host, call)
    }
}

/// An element-wise function of one or two values; the result may wait.
pub(super) fn apply(
    prim: &'static Prim,
    host: &mut dyn Host,
    values: SmallVec<[Value; 2]>,
) -> Result<Value, Fault> {
    debug_assert!(matches!(prim.kind, Kind::Elementwise(_)));
    let mut values = values.into_iter();
    match (values.next(), values.next()) {
        (Some(x), None) => prim::monadic_as(prim, host, x, Defer::Later),
        (Some(x), Some(y)) => prim::dyadic_as(prim, host, x, y, Defer::Later),
        (None, _) => Ok(Value::None),
    }
}

/// What an operator gives of plain numbers like those in the cells.
fn plain_result(prim: &'static Prim, host: &mut dyn Host, x: &[Item]) -> Result<Value, Fault> {
    let plain = |i: &Item| match (i.shape, i.value.operand()) {
        (Shape::Cells { .. }, Some(Operand::Typed(dtype))) => {
            convert::plain(cast_scalar(Scalar::Bool(true), dtype))
        }
        _ => i.value.clone(),
    };
    match x {
        [x] => prim::monadic(prim, host, plain(x)),
        [x, y] => prim::dyadic(prim, host, plain(x), plain(y)),
        _ => Ok(Value::None),
    }
}

/// Whether the order of a fold's items matters for how it rounds: of sums and products.
fn rounds(prim: &Prim, dtype: DType) -> bool {
    matches!(prim.identity, Identity::Int(0 | 1)) && dtype.is_inexact()
}

fn is_integer(o: Operand) -> bool {
    match o {
        Operand::Int(_) => true,
        Operand::Typed(d) => d.is_int() || d == DType::Bool,
        _ => false,
    }
}

/// Whether it is `None`, which is the same for all cells.
fn is_none(x: &Item, negated: bool) -> Option<Item> {
    let none = matches!((&x.value, x.shape), (Value::None, Shape::Same)) && x.parts.is_none();
    x.missing().is_none().then(|| Item::same(Value::Bool(none != negated)))
}

/// Whether it takes the dtype of what it meets.
pub(super) fn is_weak(i: &Item) -> bool {
    match i.shape {
        Shape::Cells { weak, .. } => weak,
        Shape::Same => {
            matches!(i.value, Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Complex(_))
        }
        Shape::Members { .. } | Shape::Missing(_) => false,
    }
}

pub(super) fn cell_rank(i: &Item) -> usize {
    match i.shape {
        Shape::Cells { rank, .. } | Shape::Members { rank } => rank,
        Shape::Same | Shape::Missing(_) => convert_ndim(&i.value),
    }
}

fn convert_ndim(v: &Value) -> usize {
    shape_of(v).len()
}

pub(super) fn shape_of(v: &Value) -> Vec<usize> {
    match v {
        Value::Array(a) => a.shape().to_vec(),
        Value::Deferred(w) => w.shape().to_vec(),
        _ => Vec::new(),
    }
}

//! Loops: each turn runs on all cells at once. Where a turn is the last for some cells and not for others
//! (the test of `while`, a `break`), those that are done are put aside with what their variables hold, and
//! the turns go on with the others.
//!
//! A turn costs some passes over the cells that are left, so few cells are called one by one instead.

use super::run::{FEW_TURNING, Item, Run, Shape};
use super::{Lift, Loop, Op};
use crate::array::index::Index;
use crate::array::{Array, Order};
use crate::dtype::DType;
use crate::exec::{self, index, interrupt};
use crate::prim::convert;
use crate::value::{self, Fault, Formula, Host, Value, ValueIter};
use smallvec::SmallVec;

type Found = Result<Option<Item>, Fault>;

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
        let body = lifted(&l.body, variables + l.over.is_some() as usize)?;
        self.loops = true;
        let args = l.over.into_iter().chain(read).chain(l.state.iter().copied()).map(|i| places[i]).collect();
        let turns = Loop { over: l.over.is_some(), breaks: l.breaks, variables, test, body };
        Some(self.push(Op::Loop(Box::new(turns)), args))
    }

    /// Whether a step may give an array without axes, which is no number where it is written.
    pub(super) fn may_be_array(&self, step: usize) -> bool {
        let (op, of) = &self.steps[step];
        match op {
            Op::Spread(spread) => spread.makes_arrays(),
            Op::Once(_) | Op::Part(..) => true,
            Op::Choose(branches, _) => branches.iter().any(|b| b.may_be_array(b.result)),
            Op::First => self.may_be_array(of[0]),
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
        let mut turns =
            Turns { read: x, variables, places: None, frame: self.frame.to_vec(), done: Vec::new() };
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
        turns.ended(self)
    }

    /// The items that a loop goes through, the same number for all cells.
    fn gone_through(&mut self, over: Item) -> Result<Option<Box<dyn ValueIter>>, Fault> {
        let over_value = over.value.settled(self.host)?;
        Ok(match over.shape {
            Shape::Same if over.parts.is_none() => Some(value::iterate(&over_value)?),
            _ => None,
        })
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
        let test = test.steps(&mut self.run(run), args)?;
        match test {
            Some(test) => self.parted(run, test),
            None => Err(unknown()),
        }
    }

    fn run<'a>(&'a self, run: &'a mut Run<'_>) -> Run<'a> {
        let groups = if self.places.is_none() { run.groups } else { None };
        Run { frame: &self.frame, groups, host: &mut *run.host, tail: false, ..*run }
    }

    /// Puts the cells aside that do not hold in a test.
    fn parted(&mut self, run: &mut Run, test: Item) -> Result<Option<bool>, Fault> {
        let value = test.value.settled(run.host)?;
        if test.shape == Shape::Same {
            return value.truth().map(Some);
        }
        let number =
            |i: &Item| i.parts.is_none() && matches!(i.shape, Shape::Same | Shape::Cells { rank: 0, .. });
        let all = self.read.iter().chain(&self.variables);
        // Of cells that do not come here at all, nobody knows how many turns they take.
        if run.masked || !matches!(test.shape, Shape::Cells { rank: 0, .. }) || !all.clone().all(number) {
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
        self.places = Some(index::compress(&places, &mask)?);
        self.frame = vec![count];
        Ok(Some(true))
    }

    /// One turn of all cells that are left; whether it could be taken.
    fn turn(&mut self, run: &mut Run, l: &Loop, item: Option<Value>) -> Result<bool, Fault> {
        let args = self.read.iter().chain(&self.variables).cloned();
        let args = args.chain(item.map(Item::same)).collect();
        let after = l.body.steps(&mut self.run(run), args)?;
        let Some(mut parts) = after.and_then(|i| i.parts) else { return Ok(false) };
        for i in &mut parts {
            i.settle(run.host)?;
        }
        self.variables = parts;
        Ok(self.variables.len() == l.variables)
    }

    /// What the loop leaves in its variables.
    fn ended(mut self, run: &mut Run) -> Found {
        let last = Done { places: self.places.take(), variables: std::mem::take(&mut self.variables) };
        if self.done.is_empty() {
            return Ok(Some(Item::tuple(last.variables)));
        }
        self.done.push(last);
        let count = self.done[0].variables.len();
        let mut joined = Vec::with_capacity(count);
        for j in 0..count {
            match self.joined(run, j)? {
                Some(item) => joined.push(item),
                None => return Ok(None),
            }
        }
        Ok(Some(Item::tuple(joined)))
    }

    /// One variable of all cells.
    fn joined(&self, run: &mut Run, j: usize) -> Found {
        let kinds: SmallVec<[_; 4]> = self.done.iter().map(|d| kind(&d.variables[j])).collect();
        let Some(Some((dtype, weak))) = kinds.first().copied() else { return Ok(None) };
        if kinds.iter().any(|k| *k != Some((dtype, weak))) {
            return Ok(None);
        }
        let out = Array::empty(dtype, &[run.frame.iter().product()])?;
        for d in &self.done {
            if let Some(places) = &d.places {
                let values = convert::to_array(&d.variables[j].value)?.broadcast_to(places.shape())?;
                index::set(&out, &[Index::Array(places.clone())], &values)?;
            }
        }
        let out = out.reshape_view(run.frame, Order::C).unwrap_or(out);
        let shape = Shape::Cells { rank: 0, flat: false, weak };
        Ok(Some(Item { value: Value::Array(out), shape, windows: None, parts: None }))
    }
}

/// The dtype of a variable, and whether it is a plain number.
fn kind(i: &Item) -> Option<(DType, bool)> {
    match (&i.value, i.shape) {
        (Value::Array(a), Shape::Cells { weak, .. }) => Some((a.dtype(), weak)),
        (v, Shape::Same) => Some((v.scalar()?.dtype(), !matches!(v, Value::Scalar(_)))),
        _ => None,
    }
}

/// The cells of a mask.
fn some(i: &Item, mask: &Array, frame: &[usize]) -> Result<Item, Fault> {
    if i.shape == Shape::Same {
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

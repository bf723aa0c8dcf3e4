//! Cells that part for good: where they go on with values of unlike kinds (an integer here, a float or
//! `None` there, lists of other lengths), the function is run from its beginning on each kind of cells
//! alone, in which all go the same way, and the results come together as those of single cells do.
//!
//! The first run only says that it wants this; then the cells are numbered, and a run that comes to such
//! a place ends with who goes which way. So a function whose cells never part pays nothing.

use super::branches::FEW;
use super::listen::Listener;
use super::run::{FEW_TURNING, Item, Run, Shape, cell_rank, shape_of};
use super::{Lift, Value};
use crate::array::index::Index;
use crate::array::{Array, Order};
use crate::exec::{self, index, tally};
use crate::prim::apl::operators::map::collect;
use crate::prim::convert;
use crate::value::{CallArgs, Fault, Host, List};
use std::cell::{Cell, RefCell};

type Found = Result<Option<Item>, Fault>;

/// Cells for each kind, at least on average, so that runs for each are better than calls for each cell.
const CROWD: usize = 128;
/// Kinds of cells at most.
const MOST: usize = 64;

/// What a run says about cells that part.
#[derive(Default)]
pub(in super::super) struct Splits {
    wanted: Cell<bool>,
    found: RefCell<Option<Split>>,
}

/// The numbers of cells, and for each which way it goes.
struct Split {
    ids: Array,
    ways: Vec<u32>,
}

impl Splits {
    pub(super) fn wanted(&self) -> bool {
        self.wanted.get()
    }
}

impl Run<'_> {
    /// Ends a run whose cells go these ways from here.
    pub(super) fn split(&mut self, ways: &[u32]) -> Found {
        // Of a branch that is computed for all, nobody knows which cells come here.
        if self.masked {
            return Ok(None);
        }
        let Some(ids) = self.ids else {
            self.splits.wanted.set(true);
            return Ok(None);
        };
        *self.splits.found.borrow_mut() = Some(Split { ids: ids.clone(), ways: ways.to_vec() });
        Err(Fault::NotYet { name: "cells that part".into() })
    }

    /// As [`Run::split`], by a mask.
    pub(super) fn split_by(&mut self, mask: &Array) -> Found {
        let ways: Vec<u32> = mask.as_slice::<bool>().unwrap_or_default().iter().map(|&m| m as u32).collect();
        self.split(&ways)
    }
}

/// Results of some cells.
enum Part {
    Together(Item),
    One(Vec<Value>),
}

/// The runs of a function on the kinds of its cells.
struct Parts<'a> {
    lift: &'a Lift,
    args: Vec<Item>,
    /// How many more kinds there may be.
    left: usize,
    /// Of each cell which way it goes, where that was just told.
    way: Vec<u32>,
    done: Vec<(Array, Part)>,
}

/// The way of cells that a run did not speak of.
const ELSEWHERE: u32 = u32::MAX;

impl Lift {
    /// The function's results, of cells that part.
    pub(super) fn run_split(
        &self,
        host: &mut dyn Host,
        frame: &[usize],
        args: Vec<Item>,
    ) -> Result<Option<Value>, Fault> {
        let count: usize = frame.iter().product();
        let mut listener = Listener::new(host);
        let mut flat = Vec::with_capacity(args.len());
        for i in args {
            match in_a_row(&mut listener, i, frame)? {
                Some(i) => flat.push(i),
                None => return Ok(None),
            }
        }
        let left = (count / CROWD).clamp(2, MOST);
        let mut parts = Parts { lift: self, args: flat, left, way: vec![ELSEWHERE; count], done: Vec::new() };
        let all = exec::distinct::counting(count)?;
        if !parts.solve(&mut listener, all)? {
            return Ok(None);
        }
        let found = parts.together(&mut listener, frame)?;
        if found.is_some() {
            listener.tell();
        }
        Ok(found)
    }
}

impl Parts<'_> {
    /// Runs the function on these cells; whether that was possible.
    fn solve(&mut self, host: &mut dyn Host, ids: Array) -> Result<bool, Fault> {
        let count = ids.size();
        let mut args = Vec::with_capacity(self.args.len());
        for i in &self.args {
            args.push(match i.shape {
                Shape::Same => i.clone(),
                _ if count == self.way.len() => i.clone(),
                _ => {
                    let a = convert::to_array(&i.value)?;
                    Item { value: Value::Array(exec::take::take(&a, 0, &ids)?), ..i.clone() }
                }
            });
        }
        if count <= FEW || self.lift.loops && count <= FEW_TURNING {
            return self.one_by_one(host, ids, args);
        }
        let splits = Splits::default();
        let frame = [count];
        let mut run = self.lift.begin(&frame, None, host, &splits);
        run.ids = Some(&ids);
        let found = self.lift.steps(&mut run, args);
        let split = splits.found.take();
        match (found, split) {
            (Err(Fault::Interrupted), _) => Err(Fault::Interrupted),
            (Ok(Some(mut item)), _) => {
                item.settle(host)?;
                self.done.push((ids, Part::Together(item)));
                Ok(true)
            }
            (_, Some(split)) => self.each_way(host, &ids, &split),
            _ => Ok(false),
        }
    }

    fn each_way(&mut self, host: &mut dyn Host, ids: &Array, split: &Split) -> Result<bool, Fault> {
        let (all, some) = (ids.as_slice::<i64>().unwrap_or_default(), split.ids.as_slice::<i64>());
        let some = some.unwrap_or_default();
        some.iter().zip(&split.ways).for_each(|(&i, &way)| self.way[i as usize] = way);
        let mut groups: Vec<(u32, Vec<i64>)> = Vec::new();
        let mut full = false;
        for &i in all {
            let way = self.way[i as usize];
            match groups.iter().position(|(w, _)| *w == way) {
                Some(at) => groups[at].1.push(i),
                None if groups.len() > self.left => full = true,
                None => groups.push((way, vec![i])),
            }
        }
        some.iter().for_each(|&i| self.way[i as usize] = ELSEWHERE);
        let more = groups.len().saturating_sub(1);
        if full || more == 0 || more > self.left {
            tally::doubt(|| "too many of them go ways of their own".into());
            return Ok(false);
        }
        self.left -= more;
        for (_, group) in groups {
            if !self.solve(host, Array::from_slice(&group, &[group.len()])?)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn one_by_one(&mut self, host: &mut dyn Host, ids: Array, args: Vec<Item>) -> Result<bool, Fault> {
        let Some(f) = &self.lift.function else { return Ok(false) };
        let mut columns: Vec<Vec<Value>> = Vec::with_capacity(args.len());
        for i in args {
            columns.push(match i.shape {
                Shape::Same => vec![i.value; ids.size()],
                _ => {
                    let a = convert::to_array(&i.value)?;
                    super::super::map::cells(&a, a.ndim() as i64 - 1).1
                }
            });
        }
        let mut results = Vec::with_capacity(ids.size());
        for k in 0..ids.size() {
            let call = CallArgs::new(columns.iter().map(|c| c[k].clone()));
            match f.call(host, call) {
                Ok(value) => results.push(value),
                Err(Fault::Interrupted) => return Err(Fault::Interrupted),
                Err(_) => return Ok(false),
            }
        }
        self.done.push((ids, Part::One(results)));
        Ok(true)
    }

    /// All results as those of single cells come together.
    fn together(self, host: &mut dyn Host, frame: &[usize]) -> Result<Option<Value>, Fault> {
        let count = self.way.len();
        let Some((cell, ones)) = kinds(&self.done) else {
            return self.listed(host, frame);
        };
        let dtype = convert::to_array(&Value::List(List::new(ones)))?.dtype();
        let out = Array::empty(dtype, &[&[count][..], &cell].concat())?;
        for (ids, part) in self.done {
            let a = match part {
                Part::Together(i) => convert::to_array(&i.value)?,
                Part::One(values) => convert::to_array(&Value::List(List::new(values)))?,
            };
            let a = a.broadcast_to(&[&[ids.size()][..], &cell].concat())?;
            index::set(&out, &[Index::Array(ids)], &exec::in_dtype(&a, dtype)?)?;
        }
        Ok(out.reshape_view(&[frame, &cell].concat(), Order::C).map(Value::Array))
    }

    /// The results of which some are no numbers.
    fn listed(self, host: &mut dyn Host, frame: &[usize]) -> Result<Option<Value>, Fault> {
        let mut all = vec![Value::None; self.way.len()];
        for (ids, part) in self.done {
            let values = match part {
                Part::One(values) => values,
                Part::Together(item) => {
                    let splits = Splits::default();
                    let own = [ids.size()];
                    let mut run = self.lift.begin(&own, None, host, &splits);
                    match run.values_of(item)? {
                        Some(values) => values,
                        None => return Ok(None),
                    }
                }
            };
            for (&i, value) in ids.as_slice::<i64>().unwrap_or_default().iter().zip(values) {
                all[i as usize] = value;
            }
        }
        let array = |v: &Value| matches!(v, Value::Array(a) if a.ndim() > 0);
        if all.iter().any(array) {
            return Ok(None);
        }
        collect("", frame, all).map(Some)
    }
}

/// The shape of each result, and a number of each kind among them, if they are numbers or arrays of one
/// shape.
fn kinds(parts: &[(Array, Part)]) -> Option<(Vec<usize>, Vec<Value>)> {
    let mut ones = Vec::new();
    let mut shape: Option<Vec<usize>> = None;
    let mut fits = |s: Vec<usize>| shape.get_or_insert_with(|| s.clone()) == &s;
    for (_, part) in parts {
        match part {
            Part::Together(i) if i.parts.is_none() && i.missing().is_none() => {
                let weak = super::run::is_weak(i);
                let number = i.value.is_scalar_number() || matches!(i.value, Value::Array(_));
                let own = shape_of(&i.value);
                if !number || matches!(i.shape, Shape::Cells { flat: true, .. } | Shape::Members { .. }) {
                    return None;
                }
                if !fits(own[own.len() - cell_rank(i)..].to_vec()) {
                    return None;
                }
                let a = convert::to_array(&i.value).ok()?;
                let one = crate::dtype::cast_scalar(crate::dtype::Scalar::Bool(true), a.dtype());
                ones.push(if weak { convert::plain(one) } else { Value::Scalar(one) });
            }
            Part::Together(_) => return None,
            Part::One(values) => {
                for v in values {
                    if !v.is_scalar_number() && !matches!(v, Value::Array(_)) || !fits(shape_of(v)) {
                        return None;
                    }
                    ones.push(match v {
                        Value::Array(a) => {
                            let one = crate::dtype::Scalar::Bool(true);
                            Value::Scalar(crate::dtype::cast_scalar(one, a.dtype()))
                        }
                        v => v.clone(),
                    });
                }
            }
        }
    }
    shape.map(|shape| (shape, ones))
}

/// An argument whose cells lie under one axis.
fn in_a_row(host: &mut dyn Host, mut i: Item, frame: &[usize]) -> Result<Option<Item>, Fault> {
    i.settle(host)?;
    i.windows = None;
    let Shape::Cells { rank, flat: false, .. } = i.shape else {
        return Ok(matches!(i.shape, Shape::Same).then_some(i));
    };
    let a = convert::to_array(&i.value)?;
    let cell = &a.shape()[a.ndim() - rank..];
    let count: usize = frame.iter().product();
    let spread = exec::contiguous(&a.broadcast_to(&[frame, cell].concat())?)?;
    let row = spread.reshape_view(&[&[count][..], cell].concat(), Order::C);
    Ok(row.map(|row| Item { value: Value::Array(row), ..i }))
}

const _: () = assert!(CROWD > FEW);

//! Distinct elements of a 1-d array, in order, with places and counts. Integers in a narrow range
//! are counted; anything else is sorted, stably if places are asked for.

use super::copy::contiguous;
use super::index::{compress, get};
use super::sort::{Sorting, argsorted, sorted, sorted_once, with_run};
use super::tally::{self, Pass};
use super::threads;
use crate::array::index::Index;
use crate::array::{Array, ArrayError};
use crate::dtype::{DType, Element};
use crate::kernel::{Block, sort};
use crate::with_dtype;

/// The distinct elements of an array, in order.
pub struct Distinct {
    pub values: Array,
    pub counts: Array,
    /// The place of each value's first element; empty unless asked for.
    pub first: Array,
    /// For each element the place of its value; empty unless asked for.
    pub inverse: Array,
}

/// The distinct elements of a 1-d array, without anything about them.
pub fn values(a: &Array, nans_equal: bool) -> Result<Array, ArrayError> {
    let a = contiguous(a)?;
    let mut values = None;
    let _pass = tally::pass(|| Pass::new("count", a.dtype(), a.size()).reads(&a));
    with_run(&a, |run| {
        sort::tally(run, false, threads::for_elements(run.len()), &mut |found| values = Some(array(found)))
    });
    match values {
        Some(values) => values,
        None => sorted_once(&a, nans_equal),
    }
}

/// The distinct elements of a 1-d array.
pub fn distinct(a: &Array, places: bool, nans_equal: bool) -> Result<Distinct, ArrayError> {
    let a = contiguous(a)?;
    let mut values = None;
    let _pass = tally::pass(|| Pass::new("count", a.dtype(), a.size()).reads(&a));
    let found = with_run(&a, |run| {
        sort::tally(run, places, threads::for_elements(run.len()), &mut |found| values = Some(array(found)))
    });
    if let (Some(t), Some(values)) = (found, values) {
        return Ok(Distinct {
            values: values?,
            counts: integers(&t.counts)?,
            first: integers(&t.first)?,
            inverse: integers(&t.rank)?,
        });
    }
    if !places {
        let sorted = sorted(&a, 0, Sorting::All)?;
        let starts = edges(&sorted, nans_equal);
        let counts = integers(&lengths(&starts))?;
        let none = integers(&[])?;
        let values = compress(&sorted, &Array::from_slice(&starts, &[starts.len()])?)?;
        return Ok(Distinct { values, counts, first: none.clone(), inverse: none });
    }
    let order = argsorted(&a, 0, Sorting::All)?;
    let sorted = get(&a, &[Index::Array(order.clone())])?;
    let starts = edges(&sorted, nans_equal);
    let mask = Array::from_slice(&starts, &[starts.len()])?;
    let mut inverse = vec![0i64; starts.len()];
    let mut rank = -1;
    for (&place, &start) in order.as_slice::<i64>().unwrap_or_default().iter().zip(&starts) {
        rank += start as i64;
        inverse[place as usize] = rank;
    }
    Ok(Distinct {
        values: compress(&sorted, &mask)?,
        counts: integers(&lengths(&starts))?,
        first: compress(&order, &mask)?,
        inverse: integers(&inverse)?,
    })
}

/// `0, 1, …, n - 1`, int64.
pub fn counting(n: usize) -> Result<Array, ArrayError> {
    let mut a = Array::empty(DType::I64, &[n])?;
    if let Some(places) = a.as_mut_slice::<i64>() {
        places.iter_mut().zip(0..).for_each(|(place, i)| *place = i);
    }
    written(a)
}

/// A 1-d int64 array.
pub fn integers(values: &[i64]) -> Result<Array, ArrayError> {
    written(Array::from_slice(values, &[values.len()])?)
}

/// An array that was just written, counted.
fn written(a: Array) -> Result<Array, ArrayError> {
    if a.size() > 0 {
        let _pass = tally::pass(|| Pass::new("gather", a.dtype(), 0).writes(&a));
    }
    Ok(a)
}

fn array(block: Block<'_>) -> Result<Array, ArrayError> {
    fn typed<T: Element>(block: Block<'_>) -> Result<Array, ArrayError> {
        written(Array::from_slice(block.typed::<T>(), &[block.len()])?)
    }
    with_dtype!(block.dtype(), T => typed::<T>(block))
}

/// Marks where a sorted array's runs of equal elements start.
fn edges(sorted: &Array, nans_equal: bool) -> Vec<bool> {
    let mut starts = vec![false; sorted.size()];
    let _pass = tally::pass(|| {
        let pass = Pass::new("compare", sorted.dtype(), 0).reads(sorted).ops(sorted.size());
        Pass { written: sorted.size() as u64, ..pass }
    });
    with_run(sorted, |run| sort::edges(run, nans_equal, &mut starts));
    starts
}

fn lengths(starts: &[bool]) -> Vec<i64> {
    let mut at: Vec<i64> = (0..).zip(starts).filter(|(_, start)| **start).map(|(i, _)| i).collect();
    at.push(starts.len() as i64);
    at.windows(2).map(|w| w[1] - w[0]).collect()
}

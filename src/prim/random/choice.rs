//! Choosing among elements: permutations, shuffles, and `choice` with and without replacement and
//! weights. The streams of numbers are NumPy's.

use super::draw::{State, draw, open, size, with_numbers};
use crate::array::{Array, ArrayError, Dims, Order};
use crate::dtype::{DType, Element};
use crate::exec;
use crate::kernel::Block;
use crate::kernel::random::{self as kernel, Bounded, Numbers};
use crate::prim::linear::products::apply_array;
use crate::prim::reducing::arguments::{deliver, finish, out_array};
use crate::prim::{Args, convert};
use crate::value::{Fault, Host, Part, Value};
use crate::with_dtype;

/// `0..n` in random order.
fn order(state: &State, n: usize) -> Result<Vec<i64>, Fault> {
    convert::room_for([n])?;
    let mut items: Vec<i64> = (0..n as i64).collect();
    with_numbers!(state, n, g => kernel::shuffle(g, n, |i, j| items.swap(i, j)));
    Ok(items)
}

fn taken(host: &mut dyn Host, a: Array, order: Array, axis: usize) -> Result<Array, Fault> {
    apply_array(host, "take", [Value::Array(a), Value::Array(order), Value::Int(axis as i64)])
}

/// Places as an index.
fn listed(places: &[i64]) -> Result<Array, Fault> {
    Ok(Array::from_slice(places, &[places.len()])?)
}

/// The axis that argument `i` names; 0 where there is no such argument.
fn axis(args: &Args, i: usize, ndim: usize) -> Result<usize, Fault> {
    Ok(crate::array::normalize_axis(if args.is_none(i) { 0 } else { args.int(i)? }, ndim)?)
}

pub fn permutation(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (state, at) = open(args)?;
    if let Some(n) = args.get(at).filter(|v| v.is_scalar_number()).and_then(convert::as_index) {
        return Ok(Value::Array(listed(&order(&state, n.max(0) as usize)?)?));
    }
    let a = args.array(at)?;
    let axis = axis(args, at + 1, a.ndim())?;
    let order = listed(&order(&state, a.shape()[axis])?)?;
    taken(host, a, order, axis).map(Value::Array)
}

pub fn shuffle(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (state, at) = open(args)?;
    match args.get(at) {
        Some(Value::List(l)) => {
            let order = order(&state, l.len())?;
            l.change(|items| {
                let old = items.to_vec();
                items.iter_mut().zip(&order).for_each(|(slot, &i)| *slot = old[i as usize].clone());
            });
        }
        Some(Value::Array(a)) => {
            let axis = axis(args, at + 1, a.ndim())?;
            if !a.writeable() {
                return Err(crate::array::ArrayError::ReadOnly.into());
            }
            if a.size() > 0 {
                let order = order(&state, a.shape()[axis])?;
                exec::assign(a, &taken(host, a.clone(), listed(&order)?, axis)?)?;
            }
        }
        _ => return Err(args.wrong(at, "an array or a list")),
    }
    Ok(Value::None)
}

pub fn permuted(args: &Args) -> Result<Value, Fault> {
    let (state, at) = open(args)?;
    let a = args.array(at)?;
    let along = if args.is_none(at + 1) { None } else { Some(args.axis(at + 1, a.ndim())?) };
    let turned = match along {
        Some(k) => crate::prim::linear::products::to_last(&a, k as i64)?,
        None => crate::prim::linear::products::reshape(&a, &[a.size()])?,
    };
    let mut lines = exec::copy(&turned, Order::C)?;
    let n = lines.shape().last().copied().unwrap_or(0);
    fn run<T: Element>(state: &State, lines: &mut Array, n: usize) {
        let items = lines.as_mut_slice::<T>().unwrap_or_default();
        with_numbers!(state, items.len(), g => {
            for line in items.chunks_mut(n.max(1)) {
                kernel::shuffle(g, line.len(), |i, j| line.swap(i, j));
            }
        });
    }
    with_dtype!(lines.dtype(), T => run::<T>(&state, &mut lines, n));
    let result = match along {
        Some(k) => {
            let mut axes: Dims = (0..a.ndim() - 1).collect();
            axes.insert(k, a.ndim() - 1);
            exec::copy(&lines.permute(&axes), Order::C)?
        }
        None => crate::prim::linear::products::reshape(&lines, a.shape())?,
    };
    match out_array(args, at + 2)? {
        None => Ok(Value::Array(result)),
        out => finish(result, out),
    }
}

pub fn choice(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (state, at) = open(args)?;
    let a = args.array(at)?;
    let axis = if a.ndim() == 0 { 0 } else { axis(args, at + 4, a.ndim())? };
    let shape = size(args, at + 1)?;
    let count: usize = shape.as_ref().map_or(1, |s| s.iter().product());
    let population = population(args, &a, axis, at, count)?;
    let p = if args.is_none(at + 3) { None } else { Some(probabilities(args, at + 3, population)?) };
    let replace = args.flag(at + 2)?;
    if !replace && count > population {
        return Err(args.reason("Cannot take a larger sample than population when replace is False"));
    }
    let picked = match (replace, p) {
        (true, Some(p)) => {
            let mut x = vec![0.0; count];
            draw(&state, &kernel::Uniform(0.0, 1.0), &mut x);
            listed(&search(&cumulative(&p), &x))?
        }
        (true, None) => with_numbers!(state, count, g => picks(g, population, count))?,
        (false, Some(p)) => {
            if p.iter().filter(|&&x| x > 0.0).count() < count {
                return Err(args.reason("Fewer non-zero entries in p than size"));
            }
            listed(&distinct(&state, p, count))?
        }
        (false, None) if at == 0 => {
            let all = order(&state, population)?;
            listed(&all[..count.min(all.len())])?
        }
        (false, None) => {
            let ordered = !args.flag(at + 5)?;
            listed(&with_numbers!(state, count, g => kernel::sample(g, population, count, ordered)))?
        }
    };
    let Some(shape) = shape else {
        return match a.ndim() {
            0 => Ok(Value::Int(convert::elements::<i64>(&picked)?.first().copied().unwrap_or(0))),
            _ => {
                let one = taken(host, a, picked, axis)?;
                let rest: Dims = (0..one.ndim()).filter(|&k| k != axis).map(|k| one.shape()[k]).collect();
                Ok(deliver(crate::prim::linear::products::reshape(&one, &rest)?))
            }
        };
    };
    if a.ndim() == 0 {
        return Ok(Value::Array(crate::prim::linear::products::reshape(&picked, &Dims::from(&shape[..]))?));
    }
    let flat = taken(host, a, picked, axis)?;
    let mut full = Dims::from(&flat.shape()[..axis]);
    full.extend_from_slice(&shape);
    full.extend_from_slice(&flat.shape()[axis + 1..]);
    Ok(Value::Array(crate::prim::linear::products::reshape(&flat, &full)?))
}

fn picks<G: Numbers>(g: &mut G, population: usize, count: usize) -> Result<Array, ArrayError> {
    let mut out = Array::empty(DType::I64, &[count])?;
    if let Some(items) = out.as_mut_slice::<i64>().filter(|items| !items.is_empty()) {
        Bounded::new(g, G::METHOD).fill(items, 0, population as u64 - 1);
    }
    Ok(out)
}

/// How many items there are to choose from.
fn population(args: &Args, a: &Array, axis: usize, at: usize, count: usize) -> Result<usize, Fault> {
    if a.ndim() > 0 {
        let n = a.shape()[axis];
        if n == 0 && count > 0 {
            return Err(args.reason("a cannot be empty unless no samples are taken"));
        }
        return Ok(n);
    }
    let n =
        args.get(at).and_then(convert::as_index).ok_or_else(|| args.wrong(at, "a sequence or an integer"))?;
    if n <= 0 && count > 0 {
        return Err(args.reason("a must be a positive integer unless no samples are taken"));
    }
    Ok(n.max(0) as usize)
}

fn probabilities(args: &Args, i: usize, population: usize) -> Result<Vec<f64>, Fault> {
    let given = args.array(i)?;
    let single = given.dtype() == DType::F32;
    let p = exec::contiguous(&exec::in_dtype(&given, DType::F64)?)?;
    if p.ndim() != 1 {
        return Err(args.reason("p must be 1-dimensional"));
    }
    let p = p.as_slice::<f64>().unwrap_or_default();
    if p.len() != population {
        let parts =
            [Part::new(usize::MAX, "p", given.shape(), 0), Part::new(usize::MAX, "a", &[population], 0)];
        return Err(args.lengths("a and p must have same size", parts, &[]));
    }
    // Kahan's compensated sum.
    let (mut sum, mut lost) = (p.first().copied().unwrap_or(0.0), 0.0);
    for x in p.iter().skip(1) {
        let y = x - lost;
        let t = sum + y;
        lost = (t - sum) - y;
        sum = t;
    }
    let tolerance = if single { f64::from(f32::EPSILON).sqrt() } else { f64::EPSILON.sqrt() };
    if sum.is_nan() {
        return Err(args.reason("Probabilities contain NaN"));
    }
    if p.iter().any(|&x| x < 0.0) {
        return Err(args.reason("Probabilities are not non-negative"));
    }
    if (sum - 1.0).abs() > tolerance {
        return Err(args.reason("Probabilities do not sum to 1"));
    }
    Ok(p.to_vec())
}

fn cumulative(p: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut cdf: Vec<f64> = p
        .iter()
        .map(|x| {
            sum += x;
            sum
        })
        .collect();
    cdf.iter_mut().for_each(|x| *x /= sum);
    cdf
}

fn search(cdf: &[f64], x: &[f64]) -> Vec<i64> {
    let mut found = vec![0; x.len()];
    crate::kernel::sort::Sorted::new(Block::new(cdf), x.len()).search(Block::new(x), true, &mut found);
    found
}

/// Distinct indices with probabilities: rounds of draws, of which each index counts once.
fn distinct(state: &State, mut p: Vec<f64>, count: usize) -> Vec<i64> {
    let mut found: Vec<i64> = Vec::with_capacity(count);
    let mut seen = vec![false; p.len() + 1];
    while found.len() < count {
        let mut x = vec![0.0; count - found.len()];
        draw(state, &kernel::Uniform(0.0, 1.0), &mut x);
        found.iter().for_each(|&i| p[i as usize] = 0.0);
        for i in search(&cumulative(&p), &x) {
            if !std::mem::replace(&mut seen[i as usize], true) {
                found.push(i);
            }
        }
    }
    found
}

//! Weights of elements: those of `average` and of quantiles. Weights have the shape of the array, or
//! that of the axes which are folded.

use crate::array::{Array, Order};
use crate::dtype::{DType, Element};
use crate::exec;
use crate::exec::sort::{Sorting, argsorted};
use crate::prim::Args;
use crate::value::{Fault, Part};

/// Weights broadcast to the shape of `a`, of which `axes` are folded; `whole` if no axis was named.
pub fn spread(args: &Args, w: &Array, a: &Array, axes: &[usize], whole: bool) -> Result<Array, Fault> {
    if w.shape() == a.shape() {
        return Ok(w.clone());
    }
    if whole {
        let reason = "Axis must be specified when shapes of a and weights differ.";
        let parts = [Part::whole(0, "a", a.shape()), Part::whole(usize::MAX, "weights", w.shape())];
        return Err(args.lengths(reason, parts, &["+axis=0", "+axis=1", "+axis=-1"]));
    }
    let shape: Vec<usize> = axes.iter().map(|&k| a.shape()[k]).collect();
    if w.shape() != &shape[..] {
        let reason = "Shape of weights must be consistent with shape of a along specified axis.";
        return Err(match (w.shape(), axes) {
            ([_], &[axis]) => {
                // Where the weights stand among the operands depends on how they are given.
                let parts =
                    [Part::new(0, "a", a.shape(), axis), Part::new(usize::MAX, "weights", w.shape(), 0)];
                args.lengths(reason, parts, &[])
            }
            _ => args.reason(reason),
        });
    }
    let lifted: Vec<usize> =
        (0..a.ndim()).map(|k| if axes.contains(&k) { a.shape()[k] } else { 1 }).collect();
    let copy = exec::copy(w, Order::C)?;
    Ok(copy.reshape_view(&lifted, Order::C).unwrap_or(copy).broadcast_to(a.shape())?)
}

/// Elements with the places of their quantiles, a lane per row.
pub struct Weighted {
    order: Array,
    weights: Array,
    n: usize,
}

impl Weighted {
    /// `rows` and `weights` are matrices of one shape.
    pub fn new(args: &Args, rows: &Array, weights: &Array) -> Result<Weighted, Fault> {
        let weights = exec::contiguous(&exec::in_dtype(weights, DType::F64)?)?;
        if weights.as_slice::<f64>().unwrap_or_default().iter().any(|&w| w < 0.0) {
            return Err(args.reason("Weights must be non-negative."));
        }
        let order = exec::contiguous(&argsorted(rows, 1, Sorting::All)?)?;
        Ok(Weighted { order, weights, n: rows.shape()[1] })
    }

    /// The elements of lane `i` at quantiles `qs`, by the inverse of the distribution that the weights
    /// make: the first element up to which they sum to at least `q` of all. Nothing for a lane with
    /// NaN, or (with `skip`) of nothing else.
    pub fn at<T: Element>(
        &self,
        args: &Args,
        rows: &Array,
        i: usize,
        qs: &[f64],
        skip: Option<fn(T) -> bool>,
        nan: fn(T) -> bool,
    ) -> Result<Option<Vec<T>>, Fault> {
        let lane = i * self.n..(i + 1) * self.n;
        let xs = &rows.as_slice::<T>().unwrap_or_default()[lane.clone()];
        let order = &self.order.as_slice::<i64>().unwrap_or_default()[lane.clone()];
        let weights = &self.weights.as_slice::<f64>().unwrap_or_default()[lane];
        let sorted = |k: usize| xs[order[k] as usize];
        let count = match skip {
            Some(skip) => self.n - (0..self.n).rev().take_while(|&k| skip(sorted(k))).count(),
            None => self.n,
        };
        if count == 0 || nan(sorted(count - 1)) {
            return Ok(None);
        }
        let mut sum = 0.0;
        let mut shares: Vec<f64> = order[..count]
            .iter()
            .map(|&k| {
                sum += weights[k as usize];
                sum
            })
            .collect();
        shares.iter_mut().for_each(|s| *s /= sum);
        if shares[count - 1].is_nan() {
            return Err(args.reason("Weights included NaN, inf or were all zero."));
        }
        // Elements of no weight at the front are nobody's quantile, not even that at 0.
        let none = shares.partition_point(|&s| s == 0.0);
        let place = |q: f64| shares.partition_point(|&s| s < q).max(none).min(count - 1);
        Ok(Some(qs.iter().map(|&q| sorted(place(q))).collect()))
    }
}

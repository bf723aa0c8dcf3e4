//! Element-wise work over whole arrays: shapes, layouts, targets and threads around a [`Plan`].
//!
//! Takes inputs by value, so that a temporary nobody else sees gives its buffer to the result.
//! Small contiguous arrays go through `small`, which builds nothing.

use super::chain::Prepared;
use super::copy::{assign, copy_keeping};
use super::plan::{Conditions, Plan};
use super::step::single_step;
use super::stream;
use crate::array::{Array, ArrayError, Order, Strides, broadcast_shapes};
use crate::dtype::{DType, Scalar, cast_scalar};
use crate::kernel::One;
use smallvec::SmallVec;

/// An operand of a plan.
#[derive(Clone)]
pub enum Input {
    Array(Array),
    Scalar(Scalar),
}

/// Where the result goes.
pub enum Target {
    /// A new array, laid out as its inputs are (NumPy's order "K"), or as said.
    Fresh(Option<Order>),
    /// Through an existing array's view, cast to its dtype; inputs broadcast to its shape.
    Into(Array),
}

/// Runs a plan over all elements. Inputs broadcast; errors leave no partial result except in an
/// array written `Into` when interrupted.
pub fn map(
    plan: &Plan,
    inputs: SmallVec<[Input; 3]>,
    target: Target,
) -> Result<(Array, Conditions), ArrayError> {
    map_prepared(plan, None, inputs, target)
}

/// As [`map`], of a plan that may have been prepared before.
pub(super) fn map_prepared(
    plan: &Plan,
    prepared: Option<&Prepared>,
    inputs: SmallVec<[Input; 3]>,
    target: Target,
) -> Result<(Array, Conditions), ArrayError> {
    let mut inputs = inputs;
    if let Target::Fresh(None) = target
        && let Some(out) = single_step(plan, &mut inputs)
    {
        return Ok((out, Conditions::new(plan)));
    }
    let shape = broadcast_shapes(&inputs.iter().map(Input::shape).collect::<SmallVec<[&[usize]; 3]>>())?;
    let (out, axes, reused) = match target {
        Target::Into(out) => {
            fits(&shape, &out)?;
            if !overlaps(&mut inputs, &out)? {
                let (value, met) = map_prepared(plan, prepared, inputs, Target::Fresh(None))?;
                assign(&out, &value)?;
                return Ok((out, met));
            }
            let axes = by_stride(out.strides());
            (out, axes, None)
        }
        Target::Fresh(order) => fresh(plan.out(), &shape, &mut inputs, order)?,
    };
    if out.size() == 0 {
        return Ok((out, Conditions::new(plan)));
    }
    let met = stream::run(plan, prepared, &inputs, &out, &axes, reused)?;
    Ok((out, met))
}

impl Input {
    pub(super) fn shape(&self) -> &[usize] {
        match self {
            Input::Array(a) => a.shape(),
            Input::Scalar(_) => &[],
        }
    }

    pub(super) fn array(&self) -> Option<&Array> {
        match self {
            Input::Array(a) => Some(a),
            Input::Scalar(_) => None,
        }
    }

    /// An operand of one element, promoted.
    pub(super) fn single(&self, dtype: DType) -> Option<One> {
        match self {
            Input::Scalar(s) => Some(One::new(cast_scalar(*s, dtype))),
            Input::Array(a) if a.size() == 1 => a.item().map(|s| One::new(cast_scalar(s, dtype))),
            Input::Array(_) => None,
        }
    }
}

/// The inputs must broadcast to the target, and it must be writeable.
pub(super) fn fits(shape: &[usize], out: &Array) -> Result<(), ArrayError> {
    if !out.writeable() {
        return Err(ArrayError::ReadOnly);
    }
    let both = broadcast_shapes(&[shape, out.shape()]);
    if both.is_ok_and(|b| *b == *out.shape()) {
        return Ok(());
    }
    Err(ArrayError::Assign { value: shape.into(), target: out.shape().into() })
}

type Fresh = (Array, SmallVec<[usize; 4]>, Option<usize>);

/// A result array: the buffer of an input that nobody else sees, or a new one. Also the axes from
/// the slowest to the fastest, and which input gave its buffer.
fn fresh(
    dtype: DType,
    shape: &[usize],
    inputs: &mut [Input],
    order: Option<Order>,
) -> Result<Fresh, ArrayError> {
    let axes = match order {
        Some(Order::C) => (0..shape.len()).collect(),
        Some(Order::F) => (0..shape.len()).rev().collect(),
        None => like_inputs(shape, inputs),
    };
    let strides = strides_for(shape, &axes);
    for (i, input) in inputs.iter_mut().enumerate() {
        if let Input::Array(a) = input
            && a.dtype() == dtype
            && a.shape() == shape
            && a.strides() == &strides[..]
            && a.writeable()
            && a.is_unique()
        {
            return Ok((a.clone(), axes, Some(i)));
        }
    }
    Ok((Array::empty_strided(dtype, shape, &strides)?, axes, None))
}

/// Contiguous strides for axes listed from the slowest to the fastest.
pub(super) fn strides_for(shape: &[usize], axes: &[usize]) -> Strides {
    let mut strides: Strides = SmallVec::from_elem(1, shape.len());
    let mut step = 1isize;
    for &k in axes.iter().rev() {
        strides[k] = step;
        step *= shape[k].max(1) as isize;
    }
    strides
}

/// Axes from the slowest to the fastest in memory, in the order of NumPy's `nditer`. Where inputs disagree, C
/// order.
pub(super) fn like_inputs(shape: &[usize], inputs: &[Input]) -> SmallVec<[usize; 4]> {
    let ndim = shape.len();
    let mut axes: SmallVec<[usize; 4]> = (0..ndim).collect();
    let arrays: SmallVec<[&Array; 3]> = inputs
        .iter()
        .filter_map(|i| match i {
            Input::Array(a) if a.size() > 1 => Some(a),
            _ => None,
        })
        .collect();
    if ndim < 2 || arrays.iter().all(|a| a.is_c_contiguous()) {
        return axes;
    }
    let stride = |a: &Array, k: usize| match (k + a.ndim()).checked_sub(ndim) {
        Some(k) if a.shape()[k] != 1 => a.strides()[k].unsigned_abs(),
        _ => 0,
    };
    // Whether axis `k` steps less far than axis `other`; `None` where no input says.
    let inside = |k: usize, other: usize| -> Option<bool> {
        let steps = arrays.iter().map(|a| (stride(a, k), stride(a, other)));
        steps.filter(|&(k, other)| k != 0 && other != 0).map(|(k, other)| k < other).reduce(|x, y| x && y)
    };
    // From the fastest to the slowest: each moves inside the last one that it steps less far than, past those
    // of which no input says.
    axes.reverse();
    for i in 1..ndim {
        let mut place = i;
        for k in (0..i).rev() {
            match inside(axes[i], axes[k]) {
                Some(true) => place = k,
                Some(false) => break,
                None => {}
            }
        }
        axes[place..=i].rotate_right(1);
    }
    axes.reverse();
    axes
}

/// Axes from the largest stride to the smallest.
pub(super) fn by_stride(strides: &[isize]) -> SmallVec<[usize; 4]> {
    let mut axes: SmallVec<[usize; 4]> = (0..strides.len()).collect();
    axes.sort_by_key(|&k| std::cmp::Reverse(strides[k].unsigned_abs()));
    axes
}

/// Makes inputs that overlap the target safe to read while it is written: small ones are copied, those
/// that lie as the target does are read ahead of the writing (see `stream`). `false` if the result
/// needs a place of its own.
fn overlaps(inputs: &mut [Input], out: &Array) -> Result<bool, ArrayError> {
    for input in inputs {
        if let Input::Array(a) = input
            && a.size() > 1
            && a.may_overlap(out)
            && stream::offset_in(a, out).is_none()
        {
            if a.size() >= out.size() {
                return Ok(false);
            }
            *a = copy_keeping(a)?;
        }
    }
    Ok(true)
}

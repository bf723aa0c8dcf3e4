//! `np.f.reduce` of functions without fold kernels: one call of the function per step, from left to right, each
//! of whole slices, in the dtypes of its own loop.

use super::arguments::Ask;
use super::fold::{identity, item, stop};
use crate::array::{Array, Dims, Order};
use crate::dtype::{DType, Scalar, cast_scalar};
use crate::exec;
use crate::prim::elementwise::ufunc::kernel;
use crate::prim::row::Identity;
use crate::prim::{Args, Prim, call, convert, dyadic};
use crate::value::{CallArgs, Fault, Host, Value, Within};

/// The dtype in which a function folds elements of a dtype: what its loop takes first is what it gives.
pub(super) fn loop_dtype(prim: &'static Prim, host: &dyn Host, dtype: DType) -> Result<DType, Fault> {
    let one = Value::Array(Array::zeros(dtype, &[1])?);
    match kernel(prim, host, &[one.clone(), one])? {
        Some(k) if k.dtypes[0] == k.out => Ok(k.out),
        _ => Err(Fault::NoLoop { func: prim.name.into(), dtypes: vec![dtype], help: None }),
    }
}

/// Folds along the asked axes, from `initial` or the function's identity where there is one.
pub(super) fn reduce(
    prim: &'static Prim,
    host: &mut dyn Host,
    args: &Args,
    ask: &Ask,
) -> Result<Array, Fault> {
    let dtype = loop_dtype(prim, host, ask.dtype.unwrap_or(ask.a.dtype()))?;
    if let Some(asked) = ask.dtype.filter(|&d| d != dtype) {
        return Err(Fault::NoLoop { func: prim.name.into(), dtypes: vec![asked], help: None });
    }
    let own = match prim.identity {
        Identity::None | Identity::Apl(_) => None,
        _ => identity(prim, dtype),
    };
    if own.is_none() && ask.axes.len() > 1 {
        return Err(args.reason(format!(
            "reduction operation '{}' is not reorderable, so at most one axis may be specified",
            prim.name
        )));
    }
    let first = ask.initial.map(|s| cast_scalar(s, dtype)).or(own);
    if first.is_none() {
        ask.refuse_empty(prim.name)?;
        ask.refuse_mask(args, prim.name)?;
    }
    let a = exec::in_dtype(&lanes(&ask.a, &ask.axes)?, dtype)?;
    let mask = ask.mask.as_ref().map(|m| lanes(m, &ask.axes)).transpose()?;
    let host = &mut Within { host, name: "reduce" };
    let result = match mask {
        Some(mask) => chosen(prim, host, &a, &mask, first)?,
        None => every(prim, host, &a, first)?,
    };
    let kept = (0..ask.a.ndim()).filter_map(|k| match ask.axes.contains(&k) {
        true => ask.keepdims.then_some(1),
        false => Some(ask.a.shape()[k]),
    });
    Ok(result.reshape_view(&kept.collect::<Dims>(), Order::C).unwrap_or(result))
}

/// An array with the given axes as one, the last.
fn lanes(a: &Array, axes: &[usize]) -> Result<Array, Fault> {
    let order: Dims = (0..a.ndim()).filter(|k| !axes.contains(k)).chain(axes.iter().copied()).collect();
    let moved = a.permute(&order);
    let mut shape: Dims = moved.shape()[..a.ndim() - axes.len()].into();
    shape.push(axes.iter().map(|&k| a.shape()[k]).product());
    match moved.reshape_view(&shape, Order::C) {
        Some(view) => Ok(view),
        None => {
            let own = exec::copy(&moved, Order::C)?;
            Ok(own.reshape_view(&shape, Order::C).unwrap_or(own))
        }
    }
}

/// What a fold begins with: the number, or the first items.
fn beginning(a: &Array, first: Option<Scalar>) -> Result<Array, Fault> {
    let axis = a.ndim() - 1;
    Ok(match first {
        Some(s) => exec::full(&a.shape()[..axis], s)?,
        None if a.size() == 0 => Array::empty(a.dtype(), &a.shape()[..axis])?,
        None => exec::copy(&convert::to_array(&item(a, axis, 0))?, Order::C)?,
    })
}

/// The fold along the last axis.
fn every(prim: &'static Prim, host: &mut dyn Host, a: &Array, first: Option<Scalar>) -> Result<Array, Fault> {
    let start = beginning(a, first)?;
    let mut acc = match start.ndim() {
        0 => start.item().map_or(Value::Array(start), Value::Scalar),
        _ => Value::Array(start),
    };
    let axis = a.ndim() - 1;
    for i in usize::from(first.is_none())..a.shape()[axis] {
        stop()?;
        acc = dyadic(prim, host, acc, item(a, axis, i))?;
    }
    convert::to_array(&acc)
}

/// As [`every`], of the items for which the mask holds.
fn chosen(
    prim: &'static Prim,
    host: &mut dyn Host,
    a: &Array,
    mask: &Array,
    first: Option<Scalar>,
) -> Result<Array, Fault> {
    let acc = beginning(a, first)?;
    let axis = a.ndim() - 1;
    for i in usize::from(first.is_none())..a.shape()[axis] {
        stop()?;
        let mut step = CallArgs::new([Value::Array(acc.clone()), item(a, axis, i)]);
        step.keyword.push(("out".into(), Value::Array(acc.clone())));
        step.keyword.push(("where".into(), item(mask, axis, i)));
        call(prim, host, step)?;
    }
    Ok(acc)
}

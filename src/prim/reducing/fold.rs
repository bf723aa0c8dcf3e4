//! Folding with element-wise functions: `f/` and `f\` from right to left, and what NumPy's methods of them, in
//! `methods`, fold from left to right.
//!
//! A function with fold kernels for the dtype goes through `exec::reduce` and `exec::scan`, any
//! other through whole slices, one call of the function per step.

use crate::array::{Array, Order};
use crate::dtype::{DType, Scalar, cast_scalar, promote};
use crate::exec::{self, Folding, Reduction};
use crate::kernel::Fold;
use crate::kernel::fold::Grouping;
use crate::prim::elementwise::folds;
use crate::prim::reducing::arguments::deliver;
use crate::prim::reducing::conditions::heed_scan;
use crate::prim::reducing::right;
use crate::prim::reducing::stepwise::loop_dtype;
use crate::prim::row::Identity;
use crate::prim::{Prim, convert, deferred, dyadic};
use crate::value::{Fault, Host, Value};

/// The fold kernels of a function for elements of `dtype`, if it has them.
pub(super) fn fold_of(prim: &Prim, dtype: DType, out: Option<DType>) -> Option<&'static Fold> {
    let table = prim.elementwise()?.folds;
    // A table of one is a function of truth values, which casts any dtype.
    folds::find(table, dtype, out).filter(|f| f.dtype == dtype || out.is_some() || table.len() == 1)
}

/// What a fold of nothing gives, where the function says.
pub(super) fn identity(prim: &Prim, dtype: DType) -> Option<Scalar> {
    let extreme = || fold_of(prim, dtype, None).map(|f| (f.identity)());
    match prim.identity {
        Identity::None => None,
        Identity::Int(n) | Identity::Apl(n) => Some(cast_scalar(Scalar::I64(n), dtype)),
        Identity::Least | Identity::Greatest => extreme(),
    }
}

/// `f/` along an axis: the items joined from right to left, as `a[0] f (a[1] f …)`.
pub fn reduce_right(
    prim: &'static Prim,
    host: &mut dyn Host,
    a: &Array,
    axis: usize,
) -> Result<Value, Fault> {
    let n = a.shape()[axis];
    if let Some(fold) = fold_of(prim, a.dtype(), None).filter(|_| prim.laws.associative) {
        if n == 1 && fold.out == a.dtype() {
            return alone(item(a, axis, 0), fold.out);
        }
        let initial = identity(prim, fold.out);
        let operands = std::slice::from_ref(a);
        let r = Reduction { fold, operands, map: None, order: None, axes: &[axis], keepdims: false, initial };
        return Ok(deliver(exec::reduce(&r)?));
    }
    if n > 1
        && let Some(result) = right::reduce(prim, host, a, axis)?
    {
        return Ok(result);
    }
    let mut order = (0..n).rev();
    let Some(last) = order.next() else {
        let dtype = joined(prim, host, a.dtype())?;
        return nothing(prim, a, axis, dtype);
    };
    if n == 1 {
        let dtype = promote(a.dtype(), joined(prim, host, a.dtype())?);
        return alone(item(a, axis, 0), dtype);
    }
    let mut acc = item(a, axis, last);
    for i in order {
        stop()?;
        acc = dyadic(prim, host, item(a, axis, i), acc)?;
    }
    Ok(acc)
}

/// A single item as the result of a fold: itself, in memory of its own.
fn alone(item: Value, dtype: DType) -> Result<Value, Fault> {
    let own = exec::cast(&convert::to_array(&item)?, dtype, Order::C)?;
    Ok(deliver(own))
}

/// The dtype of a function of two items.
pub fn joined(prim: &'static Prim, host: &mut dyn Host, dtype: DType) -> Result<DType, Fault> {
    let one = Value::Array(Array::zeros(dtype, &[1])?);
    Ok(crate::prim::elementwise::ufunc::kernel(prim, host, &[one.clone(), one])?.map_or(dtype, |k| k.out))
}

/// `n f/` along an axis: the folds of all windows of `width`, if there are kernels for it.
pub fn windows(
    prim: &'static Prim,
    a: &Array,
    axis: usize,
    width: usize,
    reversed: bool,
) -> Result<Option<Value>, Fault> {
    let kernels = fold_of(prim, a.dtype(), None).filter(|_| prim.laws.associative);
    let Some(fold) = kernels.filter(|f| !reversed || f.grouping == Grouping::Free) else { return Ok(None) };
    if width == 1 && fold.out == a.dtype() {
        return Ok(Some(Value::Array(exec::copy(a, Order::C)?)));
    }
    let Some(same) =
        fold_of(prim, fold.out, Some(fold.out)).filter(|_| (1..=a.shape()[axis]).contains(&width))
    else {
        return Ok(None);
    };
    let initial = identity(prim, fold.out).unwrap_or_else(fold.identity);
    Ok(exec::windows(fold, same, a, axis, width, initial)?.map(Value::Array))
}

/// `f/` of deferred work along an axis, in one pass; `None`, with nothing done, where `f` has no fold
/// kernel.
pub fn reduce_expr(
    prim: &'static Prim,
    host: &mut dyn Host,
    value: &Value,
    axis: usize,
) -> Result<Option<Value>, Fault> {
    let Value::Deferred(work) = value else { return Ok(None) };
    if let Some(inner) = deferred::under_ravel(value) {
        let ndim = if let Value::Deferred(work) = &inner { work.shape().len() } else { 0 };
        let axes: Vec<usize> = (0..ndim).collect();
        return reduce_axes(prim, host, &inner, &axes);
    }
    let Some(fold) = fold_of(prim, work.dtype(), None).filter(|_| prim.laws.associative) else {
        return Ok(None);
    };
    let Some(expr) = deferred::expr_of(value.clone()) else { return Ok(None) };
    let initial = identity(prim, fold.out);
    let (result, met) = expr.fold(&Folding { fold, axes: &[axis], keepdims: false, initial, after: None })?;
    deferred::tell(host, expr.plan(), &met)?;
    Ok(Some(deliver(result)))
}

/// `f\` of deferred work along an axis, read as it is computed; `None`, with nothing done, where `f` has no
/// fold kernel.
pub fn scan_expr(
    prim: &'static Prim,
    host: &mut dyn Host,
    value: &Value,
    axis: usize,
    dtype: Option<DType>,
) -> Result<Option<Value>, Fault> {
    let Value::Deferred(work) = value else { return Ok(None) };
    let Some(fold) = fold_of(prim, work.dtype(), dtype) else { return Ok(None) };
    let Some(same) = fold_of(prim, fold.out, Some(fold.out)) else { return Ok(None) };
    let Some(expr) = deferred::expr_of(value.clone()) else { return Ok(None) };
    let (result, met) = exec::scan_of(fold, same, &expr, Some(axis))?;
    deferred::tell(host, expr.plan(), &met)?;
    super::conditions::heed_scan_of(host, expr, &result, Some(axis))?;
    Ok(Some(Value::Array(result)))
}

/// `f/` along several axes at once, of an array or of deferred work; `None`, with nothing done, where
/// `f` has no fold kernel or its order counts.
pub fn reduce_axes(
    prim: &'static Prim,
    host: &mut dyn Host,
    value: &Value,
    axes: &[usize],
) -> Result<Option<Value>, Fault> {
    let Some(dtype) = value.operand().and_then(|_| dtype_of(value)) else { return Ok(None) };
    let laws = prim.laws;
    let fold =
        fold_of(prim, dtype, None).filter(|_| laws.associative && (laws.commutative || axes.len() < 2));
    let Some(fold) = fold else { return Ok(None) };
    let initial = identity(prim, fold.out);
    if let Value::Array(a) = value {
        let operands = std::slice::from_ref(a);
        let r = Reduction { fold, operands, map: None, order: None, axes, keepdims: false, initial };
        return Ok(Some(deliver(exec::reduce(&r)?)));
    }
    let Some(expr) = deferred::expr_of(value.clone()) else { return Ok(None) };
    let (result, met) = expr.fold(&Folding { fold, axes, keepdims: false, initial, after: None })?;
    deferred::tell(host, expr.plan(), &met)?;
    Ok(Some(deliver(result)))
}

fn dtype_of(value: &Value) -> Option<DType> {
    match value {
        Value::Array(a) => Some(a.dtype()),
        Value::Deferred(w) => Some(w.dtype()),
        _ => None,
    }
}

/// The dtype of `f/` of items of a dtype.
pub fn folded(prim: &Prim, dtype: DType) -> DType {
    fold_of(prim, dtype, None).filter(|_| prim.laws.associative).map_or(dtype, |f| f.out)
}

/// The fold kernels that join results of a dtype in any grouping, and the value to begin with.
pub fn joining(prim: &Prim, dtype: DType) -> Option<(&'static Fold, Scalar)> {
    let fold = fold_of(prim, dtype, None).filter(|f| prim.laws.associative && f.dtype == dtype)?;
    Some((fold, cast_scalar(identity(prim, fold.out).unwrap_or_else(fold.identity), fold.out)))
}

/// `f/` of every group's items, which lie along the first axis: an item per group; `None`, with nothing
/// done, where `f` has no fold kernel.
pub fn reduce_groups(
    prim: &'static Prim,
    a: &Array,
    groups: &exec::group::Groups,
) -> Result<Option<Array>, Fault> {
    let Some(fold) = fold_of(prim, a.dtype(), None).filter(|_| prim.laws.associative) else {
        return Ok(None);
    };
    let initial = identity(prim, fold.out).unwrap_or_else(fold.identity);
    Ok(Some(exec::group::fold(fold, a, groups, initial)?))
}

/// The fold kernels that give what the function gives, of the elements' own dtype, in any grouping.
fn same(prim: &Prim, dtype: DType) -> Option<&'static Fold> {
    fold_of(prim, dtype, Some(dtype)).filter(|f| prim.laws.associative && f.dtype == dtype && f.out == dtype)
}

/// `f/` along an axis that is not empty, of a user's function that is this primitive: step by step it
/// would give the same, int8 sums in int8 included; `None` where only the steps themselves would.
pub fn reduce_same(
    prim: &'static Prim,
    host: &mut dyn Host,
    a: &Array,
    axis: usize,
) -> Result<Option<Value>, Fault> {
    let Some(fold) = same(prim, a.dtype()).filter(|f| f.grouping == Grouping::Free) else {
        return right::reduce(prim, host, a, axis);
    };
    let operands = std::slice::from_ref(a);
    let r =
        Reduction { fold, operands, map: None, order: None, axes: &[axis], keepdims: false, initial: None };
    Ok(Some(deliver(exec::reduce(&r)?)))
}

/// As [`reduce_same`], of `f\`; floats are joined from left to right.
pub fn scan_same(
    prim: &'static Prim,
    host: &mut dyn Host,
    a: &Array,
    axis: usize,
) -> Result<Option<Value>, Fault> {
    let Some(fold) = same(prim, a.dtype()) else {
        return right::scan(prim, host, a, axis);
    };
    let result = exec::scan(fold, fold, a, axis)?;
    heed_scan(host, a, &result, axis)?;
    Ok(Some(Value::Array(result)))
}

/// `f\` along an axis, for associative functions: each prefix folded, in one pass.
pub fn scan(prim: &'static Prim, host: &mut dyn Host, a: &Array, axis: usize) -> Result<Value, Fault> {
    prefixes(prim, host, a, axis, None).map(Value::Array)
}

pub(super) fn prefixes(
    prim: &'static Prim,
    host: &mut dyn Host,
    a: &Array,
    axis: usize,
    dtype: Option<DType>,
) -> Result<Array, Fault> {
    if let Some(fold) = fold_of(prim, a.dtype(), dtype)
        && let Some(same) = fold_of(prim, fold.out, Some(fold.out))
    {
        let result = exec::scan(fold, same, a, axis)?;
        heed_scan(host, a, &result, axis)?;
        return Ok(result);
    }
    let a = exec::in_dtype(a, loop_dtype(prim, host, dtype.unwrap_or(a.dtype()))?)?;
    let n = a.shape()[axis];
    if n == 0 {
        return Ok(a);
    }
    let mut items = vec![item(&a, axis, 0)];
    for i in 1..n {
        stop()?;
        items.push(dyadic(prim, host, items[i - 1].clone(), item(&a, axis, i))?);
    }
    stack(&items, axis, a.shape())
}

pub(super) fn stop() -> Result<(), Fault> {
    if exec::interrupt::requested() { Err(Fault::Interrupted) } else { Ok(()) }
}

/// Item `i` along an axis: a scalar or a view.
pub(super) fn item(a: &Array, axis: usize, i: usize) -> Value {
    let at = (a.offset() as isize + i as isize * a.strides()[axis]) as usize;
    if a.ndim() == 1 {
        return Value::Scalar(a.scalar_at(at));
    }
    let drop = |k: usize| k != axis;
    let shape: Vec<usize> = (0..a.ndim()).filter(|&k| drop(k)).map(|k| a.shape()[k]).collect();
    let strides: Vec<isize> = (0..a.ndim()).filter(|&k| drop(k)).map(|k| a.strides()[k]).collect();
    let at = if a.size() == 0 { a.offset() } else { at };
    Value::Array(a.view(&shape, &strides, at))
}

/// Items of one shape as one array of shape `like`, along a new axis. The last item's dtype holds.
pub(super) fn stack(items: &[Value], axis: usize, like: &[usize]) -> Result<Array, Fault> {
    let last = convert::to_array(items.last().unwrap_or(&Value::None))?;
    let mut shape = like.to_vec();
    shape[axis] = items.len();
    let out = Array::empty(last.dtype(), &shape)?;
    for (i, value) in items.iter().enumerate() {
        let mut part = shape.clone();
        part[axis] = 1;
        let at = (out.offset() as isize + i as isize * out.strides()[axis]) as usize;
        let target = out.view(&part, out.strides(), if out.size() == 0 { 0 } else { at });
        let source = convert::to_array(value)?;
        let lifted =
            source.reshape_view(&part, Order::C).map_or_else(|| exec::copy(&source, Order::C), Ok)?;
        let lifted = lifted.reshape_view(&part, Order::C).unwrap_or(lifted);
        exec::assign(&target, &lifted)?;
    }
    Ok(out)
}

/// The fold along an empty axis.
fn nothing(prim: &Prim, a: &Array, axis: usize, dtype: DType) -> Result<Value, Fault> {
    let Some(value) = identity(prim, dtype) else {
        return Err(Fault::EmptyReduction { func: prim.name.into() });
    };
    let shape: Vec<usize> = (0..a.ndim()).filter(|&k| k != axis).map(|k| a.shape()[k]).collect();
    Ok(deliver(exec::full(&shape, value)?))
}

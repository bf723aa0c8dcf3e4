//! `f/` and `f\` of primitives that may not be regrouped, in one pass where the function has a form for
//! it: `-` and `÷`, which `+` and `×` undo, and all functions whose results are truth values (`<`, `=`,
//! `⍲`). `exec::right` runs them; `None` says that the caller has to go step by step.

use crate::array::Array;
use crate::dtype::{DType, promote};
use crate::exec::inner::joins;
use crate::exec::right::{Truths, folds, prefixes, prefixes_of_bools, totals, totals_of_bools};
use crate::kernel::fold::alternate::Alternate;
use crate::kernel::fold::truth::Made;
use crate::prim::elementwise::ufunc;
use crate::prim::reducing::arguments::deliver;
use crate::prim::reducing::conditions::{finite_and_nonzero, unsettled};
use crate::prim::reducing::scanning::slice;
use crate::prim::{Prim, convert, dyadic};
use crate::value::{Fault, Host, Value};

/// What a primitive gives for two arrays of a dtype.
fn out_dtype(prim: &'static Prim, host: &dyn Host, a: DType, b: DType) -> Result<Option<DType>, Fault> {
    let one = |d: DType| Array::zeros(d, &[1]).map(Value::Array);
    Ok(ufunc::kernel(prim, host, &[one(a)?, one(b)?])?.map(|k| k.out))
}

/// The kernels that go over an array of `dtype` with alternating signs.
fn alternate(
    prim: &'static Prim,
    host: &dyn Host,
    dtype: DType,
) -> Result<Option<&'static Alternate>, Fault> {
    let table = prim.elementwise().map_or(&[][..], |e| e.alternates);
    if table.is_empty() {
        return Ok(None);
    }
    let out = out_dtype(prim, host, dtype, dtype)?.map(|out| promote(dtype, out));
    Ok(table.iter().find(|k| Some(k.dtype) == out))
}

/// Whether all that stands between items are truth values.
fn is_truth(prim: &'static Prim, host: &dyn Host, dtype: DType) -> Result<bool, Fault> {
    let bool = |d| Ok::<_, Fault>(out_dtype(prim, host, dtype, d)? == Some(DType::Bool));
    Ok(bool(dtype)? && bool(DType::Bool)?)
}

fn truths(prim: &'static Prim, host: &mut dyn Host, a: &Array, axis: usize) -> Result<Truths, Fault> {
    let n = a.shape()[axis];
    let items = slice(a, axis, 0, n - 1);
    let mut with = |right: Value| -> Result<Array, Fault> {
        let left = Value::Array(items.clone());
        convert::to_array(&dyadic(prim, host, left, right)?)
    };
    let bit = |b: bool| Array::from_slice(&[b], &[1]).map(Value::Array);
    let last = with(Value::Array(slice(a, axis, 1, n)))?;
    Ok(Truths { last, zero: with(bit(false)?)?, one: with(bit(true)?)? })
}

/// What a function of bools gives for false and true on the left, each with both on the right.
fn table(prim: &'static Prim, host: &mut dyn Host) -> Result<[Made; 2], Fault> {
    let [left, right] = [[false, false, true, true], [false, true, false, true]]
        .map(|x| Array::from_slice(&x, &[4]).map(Value::Array));
    let of = convert::elements::<bool>(&convert::to_array(&dyadic(prim, host, left?, right?)?)?)?;
    let bit = |i: usize| of.get(i).copied().unwrap_or_default();
    Ok([Made(bit(0), bit(1)), Made(bit(2), bit(3))])
}

/// `f/` along an axis of at least two items.
pub fn reduce(
    prim: &'static Prim,
    host: &mut dyn Host,
    a: &Array,
    axis: usize,
) -> Result<Option<Value>, Fault> {
    if a.shape()[axis] < 2 || a.size() == 0 {
        return Ok(None);
    }
    if is_truth(prim, host, a.dtype())? {
        if a.dtype() == DType::Bool {
            return Ok(Some(deliver(totals_of_bools(table(prim, host)?, a, axis)?)));
        }
        return Ok(Some(deliver(truths(prim, host, a, axis)?.totals(axis)?)));
    }
    // Items that lie one after another are blocks of their own, which fold element by element.
    if a.ndim() > 1 && a.strides()[axis].unsigned_abs() > 1 {
        return Ok(None);
    }
    if let Some(k) = alternate(prim, host, a.dtype())? {
        let result = totals(k, &crate::exec::in_dtype(a, k.dtype)?, axis)?;
        if finite_and_nonzero(&result)? {
            return Ok(Some(deliver(result)));
        }
    }
    let one = Value::Array(Array::zeros(a.dtype(), &[1])?);
    let Some(kernel) = ufunc::kernel(prim, host, &[one.clone(), one])? else { return Ok(None) };
    // Of other dtypes the first step differs from the rest.
    if !joins(&kernel, promote(a.dtype(), kernel.out)) {
        return Ok(None);
    }
    let (result, met) = folds(&kernel, a, axis)?;
    ufunc::warn(prim.name, host, met);
    Ok(Some(deliver(result)))
}

/// `f\` along an axis.
pub fn scan(
    prim: &'static Prim,
    host: &mut dyn Host,
    a: &Array,
    axis: usize,
) -> Result<Option<Value>, Fault> {
    if a.shape()[axis] < 2 || a.size() == 0 {
        return Ok(None);
    }
    if let Some(k) = alternate(prim, host, a.dtype())? {
        let result = prefixes(k, a, axis)?;
        if !finite_and_nonzero(&result)? {
            ufunc::warn(prim.name, host, unsettled(&result, a, axis, k.divides)?);
        }
        return Ok(Some(Value::Array(result)));
    }
    if !is_truth(prim, host, a.dtype())? {
        return Ok(None);
    }
    if a.dtype() == DType::Bool {
        let table = table(prim, host)?;
        return Ok(Some(Value::Array(prefixes_of_bools(table, a, axis)?)));
    }
    let rest = truths(prim, host, a, axis)?.prefixes(axis)?;
    let out = Array::empty(promote(a.dtype(), DType::Bool), a.shape())?;
    let n = a.shape()[axis];
    crate::exec::assign(&slice(&out, axis, 0, 1), &slice(a, axis, 0, 1))?;
    crate::exec::assign(&slice(&out, axis, 1, n), &rest)?;
    Ok(Some(Value::Array(out)))
}

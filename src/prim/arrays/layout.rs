//! What families of array functions share: memory orders, result shapes, axis arguments, and the
//! way back from an array to a value.

use crate::array::{Array, ArrayError, Dims, Order, Strides, normalize_axis};
use crate::dtype::{DType, Operand, Scalar, result_dtype};
use crate::exec;
use crate::prim::{Args, convert};
use crate::value::{Fault, Value};

/// NumPy's `order` argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    C,
    F,
    /// F if the source is laid out so and not in C order, else C.
    A,
    /// The axes in the source's order.
    K,
}

/// The `order` argument at a place; what stands for none given is `none`.
pub fn memory(args: &Args, i: usize, none: Memory) -> Result<Memory, Fault> {
    match args.get(i) {
        None | Some(Value::None) => Ok(none),
        Some(Value::Str(s)) => match &**s {
            "C" | "c" => Ok(Memory::C),
            "F" | "f" => Ok(Memory::F),
            "A" | "a" => Ok(Memory::A),
            "K" | "k" => Ok(Memory::K),
            _ => Err(args.wrong(i, "one of 'C', 'F', 'A', 'K'")),
        },
        _ => Err(args.wrong(i, "one of 'C', 'F', 'A', 'K'")),
    }
}

impl Memory {
    /// C or F, where a source decides about A and K.
    pub fn resolve(self, like: &Array) -> Order {
        match self {
            Memory::C => Order::C,
            Memory::F => Order::F,
            Memory::A | Memory::K if like.is_f_contiguous() && !like.is_c_contiguous() => Order::F,
            Memory::A | Memory::K => Order::C,
        }
    }

    /// Whether an array already lies so.
    pub fn holds(self, a: &Array) -> bool {
        match self {
            Memory::C => a.is_c_contiguous(),
            Memory::F => a.is_f_contiguous(),
            Memory::A => a.is_c_contiguous() || a.is_f_contiguous(),
            Memory::K => true,
        }
    }
}

/// A fresh copy in a dtype and order.
pub fn copy_as(a: &Array, dtype: DType, memory: Memory) -> Result<Array, Fault> {
    Ok(match memory {
        Memory::K => exec::cast_keeping(a, dtype)?,
        m => exec::cast(a, dtype, m.resolve(a))?,
    })
}

/// A view with axes of length one put in front, up to `ndim`.
pub fn at_least(a: &Array, ndim: usize) -> Array {
    if a.ndim() >= ndim {
        return a.clone();
    }
    let lead = ndim - a.ndim();
    let mut shape = Dims::from_elem(1, lead);
    shape.extend_from_slice(a.shape());
    let mut strides = Strides::from_elem(0, lead);
    strides.extend_from_slice(a.strides());
    a.view(&shape, &strides, a.offset())
}

/// The array under another shape: a view if strides allow, else a copy.
pub fn reshape(a: &Array, to: &[i64], order: Order) -> Result<Array, Fault> {
    let shape = reshape_shape(a, to)?;
    if let Some(view) = a.reshape_view(&shape, order) {
        return Ok(view);
    }
    let fresh = exec::copy(a, order)?;
    Ok(fresh.reshape_view(&shape, order).unwrap_or(fresh))
}

/// A shape for a reshape, its `-1` worked out.
pub fn reshape_shape(a: &Array, to: &[i64]) -> Result<Dims, ArrayError> {
    let fail = || ArrayError::Reshape { size: a.size(), from: a.shape().into(), to: to.into() };
    if to.iter().filter(|&&n| n < 0).count() > 1 || to.iter().any(|&n| n < -1) {
        return Err(fail());
    }
    let known = to.iter().filter(|&&n| n >= 0).try_fold(1usize, |p, &n| p.checked_mul(n as usize));
    let known = known.ok_or_else(fail)?;
    let open = to.contains(&-1);
    let fits = if open { known > 0 && a.size().is_multiple_of(known) } else { known == a.size() };
    if !fits {
        return Err(fail());
    }
    Ok(to.iter().map(|&n| if n < 0 { a.size() / known } else { n as usize }).collect())
}

/// The elements in an order, as one axis: a view if strides allow.
pub fn ravel(a: &Array, order: Order) -> Result<Array, Fault> {
    if a.ndim() == 1 && (a.is_c_contiguous() || a.size() < 2) {
        return Ok(a.clone());
    }
    match a.reshape_view(&[a.size()], order).filter(|v| v.is_c_contiguous()) {
        Some(view) => Ok(view),
        None => reshape(&exec::copy(a, order)?, &[-1], order),
    }
}

/// Distinct axes, counted from the end if negative, in the order given.
pub fn axes(list: &[i64], ndim: usize) -> Result<Vec<usize>, Fault> {
    let mut out = Vec::with_capacity(list.len());
    for &axis in list {
        let k = normalize_axis(axis, ndim)?;
        if out.contains(&k) {
            return Err(ArrayError::RepeatedAxis { axis: k }.into());
        }
        out.push(k);
    }
    Ok(out)
}

/// Part of an array along one axis: `a[:, start:start + count]`.
pub fn section(a: &Array, axis: usize, start: usize, count: usize) -> Array {
    let mut shape: Dims = a.shape().into();
    shape[axis] = count;
    let offset = if count == 0 { 0 } else { start as isize * a.strides()[axis] };
    a.view(&shape, a.strides(), (a.offset() as isize + offset) as usize)
}

/// An array of zeros of a shape with `a` in it, from `before` on along each axis.
///
/// Only what is beside `a` is written twice: large arrays of zeros come from the system page by page, which
/// took nine tenths of a stencil's time.
pub fn framed(a: &Array, before: &[usize], shape: &[usize]) -> Result<Array, Fault> {
    let out = Array::empty(a.dtype(), shape)?;
    let mut inner = out.clone();
    for (k, (&from, &n)) in before.iter().zip(a.shape()).enumerate() {
        for (start, count) in [(0, from), (from + n, shape[k] - from - n)] {
            if count > 0 {
                exec::copy::fill(&section(&inner, k, start, count), zero(a.dtype()))?;
            }
        }
        inner = section(&inner, k, from, n);
    }
    exec::assign(&inner, a)?;
    Ok(out)
}

/// One position of an axis, which goes away: `a[:, i]`.
pub fn layer(a: &Array, axis: usize, i: usize) -> Array {
    let (mut shape, mut strides): (Dims, Strides) = (a.shape().into(), a.strides().into());
    shape.remove(axis);
    let step = strides.remove(axis);
    a.view(&shape, &strides, (a.offset() as isize + i as isize * step) as usize)
}

/// A view walked backward along an axis.
pub fn reversed(a: &Array, axis: usize) -> Array {
    let n = a.shape()[axis];
    if n == 0 {
        return a.view(a.shape(), a.strides(), a.offset());
    }
    let mut strides: Strides = a.strides().into();
    let last = (n as isize - 1) * strides[axis];
    strides[axis] = -strides[axis];
    a.view(a.shape(), &strides, (a.offset() as isize + last) as usize)
}

/// A view with a new axis of length one.
pub fn expanded(a: &Array, axis: usize) -> Array {
    let (mut shape, mut strides): (Dims, Strides) = (a.shape().into(), a.strides().into());
    shape.insert(axis, 1);
    strides.insert(axis, 0);
    a.view(&shape, &strides, a.offset())
}

/// The array values and the common dtype of several operands; plain numbers are weak.
pub fn common(values: &[Value]) -> Result<(Vec<Array>, DType), Fault> {
    let mut arrays = Vec::with_capacity(values.len());
    let mut operands = Vec::with_capacity(values.len());
    for v in values {
        let a = convert::to_array(v)?;
        operands.push(v.operand().unwrap_or(Operand::Typed(a.dtype())));
        arrays.push(a);
    }
    Ok((arrays, result_dtype(&operands)))
}

/// The items of a sequence argument: of a list or tuple as they are, of an array its rows.
pub fn sequence(args: &Args, i: usize) -> Result<Vec<Value>, Fault> {
    match args.get(i) {
        Some(Value::List(l)) => Ok(l.to_vec()),
        Some(Value::Tuple(t)) => Ok(t.items.to_vec()),
        Some(Value::Array(a)) if a.ndim() > 0 => {
            Ok((0..a.shape()[0]).map(|k| convert::unwrap_0d(layer(a, 0, k))).collect())
        }
        _ => Err(args.wrong(i, "a sequence of arrays")),
    }
}

/// Several arrays as a list value.
pub fn list(arrays: Vec<Array>) -> Value {
    Value::List(crate::value::List::new(arrays.into_iter().map(Value::Array).collect()))
}

/// Several arrays as a tuple value.
pub fn tuple(arrays: Vec<Array>) -> Value {
    Value::tuple(arrays.into_iter().map(Value::Array).collect())
}

/// A new 1-d array of int64.
pub fn indices(values: &[i64]) -> Result<Array, Fault> {
    Ok(Array::from_slice(values, &[values.len()])?)
}

/// The dtype's zero.
pub fn zero(dtype: DType) -> Scalar {
    crate::dtype::cast_scalar(Scalar::Bool(false), dtype)
}

/// The dtype's one.
pub fn one(dtype: DType) -> Scalar {
    crate::dtype::cast_scalar(Scalar::Bool(true), dtype)
}

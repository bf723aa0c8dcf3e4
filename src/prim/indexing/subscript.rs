//! `base[index]`, `base[index] = value` and `base[index] op= value`, for every value that can be
//! indexed. The evaluator calls these with the index's items evaluated; arrays go on to
//! `exec::index`, sequences are served here with Python's meaning.

use crate::array::index::position;
use crate::array::{Array, ArrayError, Dims, Index, Slice, Strides};
use crate::dtype::{DType, Scalar};
use crate::exec::{self, interrupt, tally};
use crate::prim::convert::{element_warned, plain, store, to_array, to_array_as, warn_cast};
use crate::prim::{deferred, trace};
use crate::value::{Fault, Host, List, SliceSpec, Text, Value, iterate};
use crate::with_dtype;
use smallvec::SmallVec;

/// One item between the brackets; slices are values too.
pub type Subscript = Value;

/// A bound of a slice: an integer or `None`. Integers past 64 bits do not arise.
pub fn slice_bound(value: &Value) -> Result<Option<i64>, Fault> {
    match value {
        Value::None => Ok(None),
        Value::Bool(b) => Ok(Some(*b as i64)),
        v => match crate::prim::convert::as_index(v) {
            Some(n) => Ok(Some(n)),
            None => Err(Fault::SliceBound { got: v.describe() }),
        },
    }
}

/// `base[index]` with one item: [`get_item`], with the commonest case first.
#[inline]
pub fn get_one(host: &mut dyn Host, base: &Value, index: &Subscript) -> Result<Value, Fault> {
    if let (Value::Array(a), Value::Int(i)) = (base, index)
        && let [n] = a.shape()
    {
        let at = a.offset() as isize + position(*i, 0, *n)? as isize * a.strides()[0];
        return Ok(Value::Scalar(a.scalar_at(at as usize)));
    }
    if let Value::Array(a) = base
        && !tally::heeds_calls()
        && let Some(view) = plain_view(a, std::slice::from_ref(index))
    {
        return Ok(Value::Array(view));
    }
    get_item(host, base, std::slice::from_ref(index))
}

/// `v[start:stop:step]` of a vector: a view.
pub fn slice_vector(host: &dyn Host, a: &Array, slice: &SliceSpec) -> Result<Value, Fault> {
    if tally::heeds_calls() {
        let begun = trace::begin(trace::Subject::INDEX, host, std::iter::once(&Value::Array(a.clone())));
        return trace::end(&begun, slice_untold(a, slice));
    }
    slice_untold(a, slice)
}

/// As [`slice_vector`], where nobody listens; `None`, with nothing done, where somebody does, or for a fault.
#[inline]
pub fn slice_of_vector(a: &Array, slice: &SliceSpec) -> Option<Array> {
    if tally::heeds_calls() { None } else { slice_view(a, slice).ok() }
}

fn slice_untold(a: &Array, slice: &SliceSpec) -> Result<Value, Fault> {
    Ok(Value::Array(slice_view(a, slice)?))
}

#[inline]
fn slice_view(a: &Array, slice: &SliceSpec) -> Result<Array, ArrayError> {
    let (start, count, step) = geometry(slice).resolve(a.size())?;
    let stride = a.strides()[0];
    let offset = a.offset() as isize + start as isize * stride;
    Ok(a.view(&[count], &[stride.wrapping_mul(step)], offset as usize))
}

/// Where the elements of `v[start:stop:step]` lie in the buffer of a vector, and how many there are, if they
/// follow each other.
pub fn stretch(a: &Array, slice: &SliceSpec) -> Option<(usize, usize)> {
    if a.ndim() != 1 || a.strides()[0] != 1 || tally::heeds_calls() {
        return None;
    }
    let (start, count, step) = geometry(slice).resolve(a.size()).ok()?;
    (step == 1).then_some((a.offset() + start, count))
}

/// `base[index]`.
pub fn get_item(host: &mut dyn Host, base: &Value, index: &[Subscript]) -> Result<Value, Fault> {
    if tally::heeds_calls() {
        let begun = trace::begin(trace::Subject::INDEX, host, std::iter::once(base).chain(index));
        return trace::end(&begun, item(host, base, index));
    }
    item(host, base, index)
}

fn item(host: &mut dyn Host, base: &Value, index: &[Subscript]) -> Result<Value, Fault> {
    let waits = |v: &Value| matches!(v, Value::Deferred(_));
    if waits(base) || index.iter().any(waits) {
        return item_of_work(host, base, index);
    }
    if let [Value::Slice(slice)] = index
        && let Some(part) = part(base, slice)
    {
        return Ok(part);
    }
    match base {
        Value::Array(a) => {
            if let Some(at) = element_position(a, index)? {
                return Ok(Value::Scalar(a.scalar_at(at)));
            }
            array_get(a, index)
        }
        Value::List(l) => sequence_get("list", l.len(), index, &mut |at| match at {
            Place::One(i) => l.get(i).unwrap_or(Value::None),
            Place::Many(at) => l.with(|items| list_value(at.iter().map(|&i| items[i].clone()).collect())),
        }),
        Value::Tuple(t) => sequence_get("tuple", t.items.len(), index, &mut |at| match at {
            Place::One(i) => t.items[i].clone(),
            Place::Many(at) => Value::tuple(at.iter().map(|&i| t.items[i].clone()).collect()),
        }),
        Value::Str(s) => string_get(s, index),
        Value::Object(o) => {
            let refuse = || Err(Fault::NotIndexable { type_name: o.type_name().into() });
            o.index(&index_value(index)).unwrap_or_else(refuse)
        }
        Value::Scalar(s) => scalar_get(*s, index),
        _ => {
            let _ = host;
            Err(Fault::NotIndexable { type_name: base.type_name().into() })
        }
    }
}

/// As [`item`], where the array or its index waits: elements that a condition chooses are taken as both
/// are computed.
#[cold]
fn item_of_work(host: &mut dyn Host, base: &Value, index: &[Subscript]) -> Result<Value, Fault> {
    if let [condition] = index
        && let Some(shape) = masked(condition)
        && masked_shape(base).is_some_and(|own| own == shape && !own.is_empty())
        && let (Some(of), Some(condition)) =
            (deferred::expr_of(base.clone()), deferred::expr_of(condition.clone()))
    {
        let (chosen, met) = exec::Chosen::by(&condition)?;
        let (elements, own) = chosen.elements(&of)?;
        deferred::tell(host, of.plan(), &own)?;
        deferred::tell(host, condition.plan(), &met)?;
        return Ok(Value::Array(elements));
    }
    let base = base.clone().settled(host)?;
    let index = settled(host, index)?;
    item(host, &base, &index)
}

/// The shape of a mask, computed or not.
fn masked(v: &Value) -> Option<Dims> {
    match v {
        Value::Array(a) if a.dtype() == DType::Bool => Some(a.shape().into()),
        Value::Deferred(work) if work.dtype() == DType::Bool => Some(work.shape()),
        _ => None,
    }
}

fn masked_shape(v: &Value) -> Option<Dims> {
    match v {
        Value::Array(a) => Some(a.shape().into()),
        Value::Deferred(work) => Some(work.shape()),
        _ => None,
    }
}

/// An index, all of it computed.
pub fn settled(host: &mut dyn Host, index: &[Subscript]) -> Result<SmallVec<[Subscript; 2]>, Fault> {
    index.iter().map(|v| v.clone().settled(host)).collect()
}

/// `base[index] = value`.
pub fn set_item(host: &mut dyn Host, base: &Value, index: &[Subscript], value: Value) -> Result<(), Fault> {
    if tally::heeds_calls() {
        let begun =
            trace::begin(trace::Subject::ASSIGN, host, std::iter::once(base).chain(index).chain([&value]));
        let done = set(host, base, index, value);
        return trace::end(&begun, done.map(|()| Value::None)).map(|_| ());
    }
    set(host, base, index, value)
}

fn set(host: &mut dyn Host, base: &Value, index: &[Subscript], value: Value) -> Result<(), Fault> {
    let value = match (base, value) {
        (Value::Array(a), Value::Deferred(work)) => {
            if set_deferred(host, a, index, &Value::Deferred(work.clone()))? {
                return Ok(());
            }
            Value::Deferred(work).settled(host)?
        }
        (_, value) => value.settled(host)?,
    };
    if index.iter().any(|v| matches!(v, Value::Deferred(_))) {
        if set_chosen(host, base, index, &value)? {
            return Ok(());
        }
        let index = settled(host, index)?;
        return set(host, base, &index, value);
    }
    match base {
        Value::Array(a) => array_set(host, a, index, &value),
        Value::List(l) => list_set(host, l, index, value),
        Value::Object(o) => {
            let refuse = || Err(Fault::NotAssignable { type_name: o.type_name().into() });
            o.set_index(&index_value(index), value).unwrap_or_else(refuse)
        }
        _ => Err(Fault::NotAssignable { type_name: base.type_name().into() }),
    }
}

/// `base[index] op= …`: gets, applies `op`, and sets, with the index evaluated once. When `op` works
/// in place on the view it is given, the write back finds it in its place and does nothing.
pub fn update_item(
    host: &mut dyn Host,
    base: &Value,
    index: &[Subscript],
    op: impl FnOnce(&mut dyn Host, Value) -> Result<Value, Fault>,
) -> Result<(), Fault> {
    let old = get_item(host, base, index)?;
    let new = op(host, old)?;
    set_item(host, base, index, new)
}

/// The buffer position of an index of one integer per axis; `None` for any other index.
#[inline]
fn element_position(a: &Array, index: &[Subscript]) -> Result<Option<usize>, Fault> {
    if index.len() != a.ndim() || index.is_empty() {
        return Ok(None);
    }
    let mut at = a.offset() as isize;
    for (axis, sub) in index.iter().enumerate() {
        let i = match sub {
            Value::Int(i) => *i,
            Value::Scalar(s) if s.dtype().is_int() => typed_index(*s)?,
            _ => return Ok(None),
        };
        at += position(i, axis, a.shape()[axis])? as isize * a.strides()[axis];
    }
    Ok(Some(at as usize))
}

/// The view that integers and slices select, one for each of the first axes; `None` for other indices, and where
/// nothing is there. The general way takes twice as long for ten elements, and tells what is wrong.
fn plain_view(a: &Array, index: &[Subscript]) -> Option<Array> {
    if index.is_empty() || index.len() > a.ndim() {
        return None;
    }
    let (mut shape, mut strides) = (Dims::new(), Strides::new());
    let mut offset = a.offset() as isize;
    for (axis, (sub, (&n, &step))) in index.iter().zip(a.shape().iter().zip(a.strides())).enumerate() {
        offset += step
            * match sub {
                Value::Int(i) => position(*i, axis, n).ok()? as isize,
                Value::Scalar(s) if s.dtype().is_int() => {
                    position(typed_index(*s).ok()?, axis, n).ok()? as isize
                }
                Value::Slice(slice) => {
                    let (start, count, by) = geometry(slice).resolve(n).ok().filter(|at| at.1 > 0)?;
                    shape.push(count);
                    strides.push(step.wrapping_mul(by));
                    start as isize
                }
                _ => return None,
            };
    }
    shape.extend_from_slice(&a.shape()[index.len()..]);
    strides.extend_from_slice(&a.strides()[index.len()..]);
    (a.size() > 0 && !shape.is_empty()).then(|| a.view(&shape, &strides, offset as usize))
}

fn typed_index(s: Scalar) -> Result<i64, Fault> {
    match s {
        Scalar::I64(i) => Ok(i),
        _ => s.as_i128().and_then(|n| i64::try_from(n).ok()).ok_or_else(|| wrong_index(&Value::Scalar(s))),
    }
}

fn wrong_index(value: &Value) -> Fault {
    Fault::IndexType { got: value.describe() }
}

/// An index for `array::index`, and what its form says about the result.
struct Parsed {
    items: SmallVec<[Index; 4]>,
    /// An integer came as a 0-d array: NumPy then copies where it would give a view.
    copies: bool,
}

fn parse(index: &[Subscript]) -> Result<Parsed, Fault> {
    let mut out = Parsed { items: SmallVec::new(), copies: false };
    if let [Value::Tuple(t)] = index {
        t.items.iter().try_for_each(|v| out.push(v))?;
        return Ok(out);
    }
    index.iter().try_for_each(|v| out.push(v))?;
    Ok(out)
}

fn geometry(s: &SliceSpec) -> Slice {
    Slice { start: s.start, stop: s.stop, step: s.step }
}

impl Parsed {
    fn push(&mut self, value: &Value) -> Result<(), Fault> {
        let item = match value {
            Value::Int(i) => Index::Int(*i),
            Value::Bool(b) => Index::Flag(*b),
            Value::None => Index::NewAxis,
            Value::Ellipsis => Index::Ellipsis,
            Value::Slice(s) => Index::Slice(geometry(s)),
            Value::Scalar(Scalar::Bool(b)) => Index::Flag(*b),
            Value::Scalar(s) if s.dtype().is_int() => Index::Int(typed_index(*s)?),
            Value::Array(a) => self.array(a, value)?,
            Value::List(_) | Value::Tuple(_) | Value::Object(_) => {
                let a = to_array(value)?;
                match a.size() {
                    0 => Index::Array(exec::in_dtype(&a, DType::I64)?),
                    _ => self.array(&a, value)?,
                }
            }
            _ => return Err(wrong_index(value)),
        };
        self.items.push(item);
        Ok(())
    }

    fn array(&mut self, a: &Array, value: &Value) -> Result<Index, Fault> {
        Ok(match a.dtype() {
            DType::Bool => Index::Mask(a.clone()),
            d if !d.is_int() => return Err(wrong_index(value)),
            _ if a.ndim() == 0 => {
                self.copies = true;
                Index::Int(typed_index(a.scalar_at(a.offset()))?)
            }
            _ => Index::Array(exec::in_dtype(a, DType::I64)?),
        })
    }

    /// Only integers, and no ellipsis: a 0-d result is then a scalar.
    fn names_element(&self) -> bool {
        self.items.iter().all(|i| matches!(i, Index::Int(_)))
    }
}

fn array_get(a: &Array, index: &[Subscript]) -> Result<Value, Fault> {
    if let [Value::Array(mask)] = index
        && let Some(chosen) = exec::index::compress_few(a, mask)
    {
        return Ok(Value::Array(chosen));
    }
    if let Some(view) = plain_view(a, index) {
        return Ok(Value::Array(view));
    }
    let parsed = parse(index)?;
    let got = exec::index::get(a, &parsed.items)?;
    if got.ndim() == 0 && parsed.names_element() {
        return Ok(Value::Scalar(got.scalar_at(got.offset())));
    }
    Ok(Value::Array(if parsed.copies && got.same_buffer(a) { exec::copy_keeping(&got)? } else { got }))
}

/// An index over an array, for functions that index.
pub fn array_get_value(a: &Array, index: &Value) -> Result<Value, Fault> {
    array_get(a, std::slice::from_ref(index))
}

fn array_set(host: &mut dyn Host, a: &Array, index: &[Subscript], value: &Value) -> Result<(), Fault> {
    if let Some(at) = element_position(a, index)? {
        return set_element(host, a, at, value);
    }
    let number = value.is_scalar_number();
    if a.writeable()
        && let Some(view) = plain_view(a, index)
    {
        match value {
            _ if number => return Ok(exec::fill(&view, element_warned(host, value, a.dtype())?)?),
            Value::Array(v) if v.dtype() == a.dtype() => return Ok(exec::assign(&view, v)?),
            _ => {}
        }
    }
    let parsed = parse(index)?;
    if number && !a.writeable() {
        return Err(crate::array::ArrayError::ReadOnly.into());
    }
    if number {
        let x = element_warned(host, value, a.dtype())?;
        return Ok(exec::index::set(a, &parsed.items, &Array::from_scalar(x)?)?);
    }
    let value = match value {
        Value::Array(v) => {
            if v.dtype() != a.dtype() {
                warn_cast(host, v, a.dtype())?;
            }
            v.clone()
        }
        _ => to_array_as(value, Some(a.dtype()))?,
    };
    if parsed.items.len() == a.ndim() && parsed.names_element() && value.ndim() > 0 {
        return Err(Fault::ElementSequence { shape: value.shape().to_vec() });
    }
    Ok(exec::index::set(a, &parsed.items, &value)?)
}

/// Computes deferred work right into the elements of a basic index, with all checks before the first
/// write; `false`, with nothing done, where it needs an array of its own.
fn set_deferred(host: &mut dyn Host, a: &Array, index: &[Subscript], value: &Value) -> Result<bool, Fault> {
    if index.iter().any(|v| matches!(v, Value::Deferred(_))) {
        return Ok(false);
    }
    let parsed = parse(index)?;
    let Some(view) = exec::index::target(a, &parsed.items)? else { return Ok(false) };
    let Some(expr) = deferred::expr_of(value.clone()) else { return Ok(false) };
    let narrows = expr.dtype().is_complex() && !a.dtype().is_complex();
    if narrows || expr.shape().len() > view.ndim() {
        return Ok(false);
    }
    deferred::compute(host, expr, exec::Target::Into(view))?;
    Ok(true)
}

/// `a[condition] = number` in the pass that computes the condition, as `a[...] = where(condition, number, a)`;
/// `false`, with nothing done, where it is something else.
fn set_chosen(host: &mut dyn Host, base: &Value, index: &[Subscript], value: &Value) -> Result<bool, Fault> {
    let (Value::Array(a), [condition]) = (base, index) else { return Ok(false) };
    let whole = masked(condition).is_some_and(|shape| *shape == *a.shape() && !shape.is_empty());
    if !whole || !value.is_scalar_number() || !a.writeable() {
        return Ok(false);
    }
    let number = Value::Scalar(element_warned(host, value, a.dtype())?);
    let own = Value::Array(a.clone());
    let expr = super::selection::chosen(host, condition.clone(), &number, &own)?;
    deferred::compute(host, expr, exec::Target::Into(a.clone()))?;
    Ok(true)
}

fn set_element(host: &mut dyn Host, a: &Array, at: usize, value: &Value) -> Result<(), Fault> {
    if !a.writeable() {
        return Err(crate::array::ArrayError::ReadOnly.into());
    }
    let x = match value {
        Value::Array(v) if v.ndim() == 0 => {
            warn_cast(host, v, a.dtype())?;
            crate::dtype::cast_scalar(v.scalar_at(v.offset()), a.dtype())
        }
        Value::Array(v) => return Err(Fault::ElementSequence { shape: v.shape().to_vec() }),
        Value::List(l) => return Err(Fault::ElementSequence { shape: vec![l.len()] }),
        Value::Tuple(t) => return Err(Fault::ElementSequence { shape: vec![t.items.len()] }),
        _ => element_warned(host, value, a.dtype())?,
    };
    with_dtype!(a.dtype(), T => store::<T>(a, at, x));
    Ok(())
}

/// A typed scalar is indexed as the 0-d array it stands for.
fn scalar_get(s: Scalar, index: &[Subscript]) -> Result<Value, Fault> {
    array_get(&Array::from_scalar(s)?, index)
}

/// The index as one value, for objects: a tuple if it has several items.
fn index_value(index: &[Subscript]) -> Value {
    match index {
        [one] => one.clone(),
        _ => Value::tuple(index.to_vec()),
    }
}

/// The index of a sequence: one item, or those of a slice.
enum Place {
    One(usize),
    Many(Vec<usize>),
}

fn place(type_name: &'static str, len: usize, index: &[Subscript]) -> Result<(Place, Option<Slice>), Fault> {
    let wrong = |v: &Value| Fault::ListIndexType { type_name, got: v.describe() };
    let slice = match index {
        [Value::Slice(s)] => geometry(s),
        [v] => {
            let i = match v {
                Value::Bool(b) => *b as i64,
                Value::Array(a) if a.ndim() > 0 => return Err(wrong(v)),
                _ => crate::prim::convert::as_index(v).ok_or_else(|| wrong(v))?,
            };
            let at = if i < 0 { i.wrapping_add(len as i64) } else { i };
            let at = usize::try_from(at).ok().filter(|&at| at < len);
            let at = at.ok_or(Fault::ListIndex { type_name, index: i, len })?;
            return Ok((Place::One(at), None));
        }
        _ => return Err(wrong(&index_value(index))),
    };
    let (start, count, step) = slice.resolve(len)?;
    let at = (0..count as isize).map(|k| (start as isize + k * step) as usize).collect();
    Ok((Place::Many(at), Some(slice)))
}

fn sequence_get(
    type_name: &'static str,
    len: usize,
    index: &[Subscript],
    make: &mut dyn FnMut(Place) -> Value,
) -> Result<Value, Fault> {
    Ok(make(place(type_name, len, index)?.0))
}

fn list_value(items: Vec<Value>) -> Value {
    Value::List(List::new(items))
}

/// A slice of a list whose items are side by side, or of a text of ASCII's characters; `None` for others, and
/// for an error.
pub fn part(base: &Value, slice: &SliceSpec) -> Option<Value> {
    match base {
        Value::List(l) => match geometry(slice).resolve(l.len()).ok()? {
            (start, count, 1) => {
                l.with(|items| items.get(start..start + count).map(<[Value]>::to_vec)).map(list_value)
            }
            _ => None,
        },
        Value::Str(s) if s.is_ascii() => {
            let part = match geometry(slice).resolve(s.len()).ok()? {
                (start, count, 1) => s.part(start, start + count),
                (start, count, step) => s.strided(start, count, step),
            };
            part.map(Value::Str)
        }
        _ => None,
    }
}

fn string_get(s: &Text, index: &[Subscript]) -> Result<Value, Fault> {
    if s.is_ascii() {
        let letter = |i: usize| s.as_bytes()[i] as char;
        return Ok(match place("string", s.len(), index)?.0 {
            Place::One(i) => Value::letter(letter(i)),
            Place::Many(at) => Value::from(at.into_iter().map(letter).collect::<String>()),
        });
    }
    let chars: Vec<char> = s.chars().collect();
    Ok(match place("string", chars.len(), index)?.0 {
        Place::One(i) => Value::letter(chars[i]),
        Place::Many(at) => Value::from(at.iter().map(|&i| chars[i]).collect::<String>()),
    })
}

fn list_set(host: &mut dyn Host, l: &List, index: &[Subscript], value: Value) -> Result<(), Fault> {
    let (place, slice) = place("list", l.len(), index)?;
    match (place, slice) {
        (Place::One(i), _) => {
            l.admit(&value)?;
            l.change(|items| items[i] = value);
        }
        (Place::Many(at), slice) => {
            let new = collect(host, &value)?;
            new.iter().try_for_each(|v| l.admit(v))?;
            let step = slice.and_then(|s| s.step).unwrap_or(1);
            if step == 1 {
                let start = slice_start(l.len(), &slice.unwrap_or_default())?;
                l.rebuild(|items| drop(items.splice(start..start + at.len(), new)));
            } else if at.len() != new.len() {
                return Err(Fault::SliceAssign { given: new.len(), places: at.len() });
            } else {
                l.change(|items| at.into_iter().zip(new).for_each(|(i, v)| items[i] = v));
            }
        }
    }
    Ok(())
}

/// Where a slice with step one starts, also when it selects nothing: there items are inserted.
fn slice_start(len: usize, slice: &Slice) -> Result<usize, Fault> {
    let n = len as i64;
    Ok(slice.start.map_or(0, |s| if s < 0 { s.saturating_add(n).max(0) } else { s.min(n) }) as usize)
}

/// The items of an iterable.
pub fn collect(host: &mut dyn Host, value: &Value) -> Result<Vec<Value>, Fault> {
    let mut items = iterate(value)?;
    let mut out = Vec::new();
    while let Some(item) = items.next(host)? {
        out.push(item);
        if interrupt::requested() {
            return Err(Fault::Interrupted);
        }
    }
    Ok(out)
}

/// An element as a plain number, by its position in C order.
pub fn plain_at(a: &Array, at: usize) -> Value {
    plain(a.scalar_at(at))
}

#[cfg(test)]
mod tests;

//! Reduce and scan, along the last axis (`/ \`) or the first (`⌿ ⍀`). With an array for a function
//! they replicate and expand.

use super::lift::{Item, Lift};
use super::{Derived, Operator, apply, dyadic_prim};
use crate::array::{Array, Index, Order, Slice, normalize_axis};
use crate::dtype::DType;
use crate::exec::take::{self, Counts};
use crate::prim::arrays::layout::section;
use crate::prim::reducing::{fold as folds, right};
use crate::prim::row::Example;
use crate::prim::{self, Defer, Prim, convert};
use crate::syntax::Class;
use crate::value::{CallArgs, Callable, Fault, Func, Host, Part, Value};

pub static ROWS: &[Operator] = &[
    Operator {
        glyph: "/",
        name: "reduce",
        class: None,
        doc: "Puts the function between the items along the last axis, from the right: `-/ 1 2 3` is `1 - (2 - 3)`. \
              With a left argument n, over every window of n items. `f/[k]` goes along axis k. Sums and products of \
              floats are regrouped, and `-/` of 64 floats and more adds up the differences of pairs: that rounds \
              less than going item by item.",
        examples: &[
            Example { code: "+/ 1 2 3 4", out: "10" },
            Example { code: "-/ 1 2 3 4", out: "-2" },
            Example { code: "2 +/ 1 2 3 4", out: "[3 5 7]" },
        ],
        numpy: "np.add.reduce(x, axis=-1)",
        defers: true,
        apply: |d, host, x, y| reduce(d, host, x, y, -1),
    },
    Operator {
        glyph: "⌿",
        name: "reduce_first",
        class: Some(Class::Monadic),
        doc: "Reduce along the first axis. With an array on the left it replicates: each item as often as the array \
              says, so that a mask selects.",
        examples: &[
            Example { code: "+⌿ [[1, 2], [3, 4]]", out: "[4 6]" },
            Example { code: "x = 3 ¯1 2; (x > 0) ⌿ x", out: "[3 2]" },
        ],
        numpy: "np.add.reduce(x, axis=0)",
        defers: true,
        apply: |d, host, x, y| reduce(d, host, x, y, 0),
    },
    Operator {
        glyph: "\\",
        name: "scan",
        class: None,
        doc: "The reductions of every prefix along the last axis: `+\\` is the running sum, `-\\` one with alternating \
              signs, `<\\` of truth values keeps the first true one. Sums and products of floats are added up from left \
              to right, those of `-\\` and `÷\\` too.",
        examples: &[
            Example { code: "+\\ 1 2 3 4", out: "[ 1  3  6 10]" },
            Example { code: "-\\ 1 2 3 4", out: "[ 1 -1  2 -2]" },
            Example { code: "<\\ 0 1 1 > 0", out: "[False  True False]" },
        ],
        numpy: "np.add.accumulate(x, axis=-1)",
        defers: true,
        apply: |d, host, x, y| scan(d, host, x, y, -1),
    },
    Operator {
        glyph: "⍀",
        name: "scan_first",
        class: Some(Class::Monadic),
        doc: "Scan along the first axis. With an array of ones and zeros on the left it expands: zeros make gaps.",
        examples: &[
            Example { code: "+⍀ [[1, 2], [3, 4]]", out: "[[1 2]\n [4 6]]" },
            Example { code: "1 0 1⍀ 5 6", out: "[5 0 6]" },
        ],
        numpy: "np.add.accumulate(x, axis=0)",
        defers: true,
        apply: |d, host, x, y| scan(d, host, x, y, 0),
    },
];

/// The axis to go along: the one given, else the operator's own; `None` for a scalar.
fn axis_of(d: &Derived, a: &Array, own: i64) -> Result<Option<usize>, Fault> {
    let axis = d.axis()?;
    if a.ndim() == 0 && axis.is_none() {
        return Ok(None);
    }
    Ok(Some(normalize_axis(axis.unwrap_or(own), a.ndim())?))
}

fn reduce(d: &Derived, host: &mut dyn Host, x: Option<Value>, y: Value, own: i64) -> Result<Value, Fault> {
    let Value::Func(f) = &d.left else {
        return replicate(d, &y.settled(host)?, own);
    };
    if let Some(axes) = d.axes.as_deref().filter(|axes| axes.len() != 1) {
        return match x {
            None => reduce_several(f, host, y, axes),
            Some(_) => d.axis().map(|_| y),
        };
    }
    let y = match reduce_deferred(d, f, x.is_none(), y, own, host)? {
        Ok(result) => return Ok(result),
        Err(y) => y,
    };
    let a = convert::to_array(&y)?;
    let axis = axis_of(d, &a, own)?;
    match (x, axis) {
        (None, None) => Ok(y),
        (None, Some(axis)) => reduce_axis(f, host, a, axis),
        (Some(_), None) => Err(crate::array::ArrayError::Axis { axis: own, ndim: 0 }.into()),
        (Some(n), Some(axis)) => windows(f, host, &n, a, axis),
    }
}

/// Folds a deferred operand block by block, if the function has fold kernels; else gives it back,
/// computed.
fn reduce_deferred(
    d: &Derived,
    f: &Func,
    alone: bool,
    y: Value,
    own: i64,
    host: &mut dyn Host,
) -> Result<Result<Value, Value>, Fault> {
    let Value::Deferred(work) = &y else { return Ok(Err(y)) };
    if let Some(prim) = elementwise(f).filter(|_| alone) {
        let axis = normalize_axis(d.axis()?.unwrap_or(own), work.shape().len())?;
        if let Some(result) = folds::reduce_expr(prim, host, &y, axis)? {
            return Ok(Ok(result));
        }
    }
    Ok(Err(y.settled(host)?))
}

/// `f/[0 1] y`: in one pass where the order of the items does not count, else along one axis after the
/// other, the last first.
fn reduce_several(f: &Func, host: &mut dyn Host, y: Value, axes: &[i64]) -> Result<Value, Fault> {
    let ndim = match &y {
        Value::Deferred(work) => work.shape().len(),
        y => convert::to_array(y)?.ndim(),
    };
    let mut axes = axes.iter().map(|&k| normalize_axis(k, ndim)).collect::<Result<Vec<_>, _>>()?;
    axes.sort_unstable();
    if let Some(two) = axes.windows(2).find(|two| two[0] == two[1]) {
        return Err(crate::array::ArrayError::RepeatedAxis { axis: two[0] }.into());
    }
    if let Some(prim) = elementwise(f)
        && let Some(result) = folds::reduce_axes(prim, host, &y, &axes)?
    {
        return Ok(result);
    }
    let mut now = y.settled(host)?;
    for &axis in axes.iter().rev() {
        now = reduce_axis(f, host, convert::to_array(&now)?, axis)?;
    }
    Ok(now)
}

/// Reduces along the last axis, for inner products.
pub(super) fn reduce_last(f: &Func, host: &mut dyn Host, y: Value) -> Result<Value, Fault> {
    match convert::to_array(&y)? {
        a if a.ndim() == 0 => Ok(y),
        a => {
            let axis = a.ndim() - 1;
            reduce_axis(f, host, a, axis)
        }
    }
}

fn reduce_axis(f: &Func, host: &mut dyn Host, a: Array, axis: usize) -> Result<Value, Fault> {
    match elementwise(f) {
        Some(p) => folds::reduce_right(p, host, &a, axis),
        None => {
            if let Some(p) = written(f, host).filter(|_| a.shape()[axis] > 0)
                && let Some(same) = tried(folds::reduce_same(p, host, &a, axis))?
            {
                return Ok(same);
            }
            if a.ndim() > 1
                && let Some(whole) = reduce_whole(f, host, &a, axis)?
            {
                return Ok(whole);
            }
            let lanes = lanes(&a, axis);
            let shape: Vec<usize> = without(a.shape(), axis);
            let mut results = Vec::with_capacity(lanes.len());
            for lane in lanes {
                results.push(reduce_lane(f, host, lane)?);
            }
            super::map::collect(f.name(), &shape, results)
        }
    }
}

/// All lanes at once, from the last items to the first, by a function made of element-wise primitives;
/// `None` for other functions.
fn reduce_whole(f: &Func, host: &mut dyn Host, a: &Array, axis: usize) -> Result<Option<Value>, Fault> {
    let n = a.shape()[axis];
    let Some(lift) = Lift::of(f, host, 2).filter(|l| l.is_map() && n > 0) else { return Ok(None) };
    let (shape, strides) = (without(a.shape(), axis), a.strides());
    let strides: Vec<isize> = (0..a.ndim()).filter(|&k| k != axis).map(|k| strides[k]).collect();
    let item = |i: usize| {
        let at = (a.offset() as isize + i as isize * a.strides()[axis]) as usize;
        let at = if a.size() == 0 { a.offset() } else { at };
        Item::cells(Value::Array(a.view(&shape, &strides, at)), shape.len())
    };
    let mut acc = item(n - 1);
    for i in (0..n - 1).rev() {
        stop()?;
        match lift.run(host, &[], vec![item(i), acc])? {
            Some(next) => acc = Item::cells(next, shape.len()),
            None => return Ok(None),
        }
    }
    let last = convert::to_array(&acc.value)?;
    Ok(Some(Value::Array(if n == 1 { crate::exec::copy(&last, Order::C)? } else { last })))
}

/// All prefixes at once, by an element-wise function that may not be regrouped: every item, from the last
/// but one to the first, joins what the prefixes that end after it have so far. `None` for other
/// functions.
fn scan_whole(f: &Func, host: &mut dyn Host, a: &Array, axis: usize) -> Result<Option<Value>, Fault> {
    let n = a.shape()[axis];
    let whole = n > 1 && a.size() > n.min(8);
    let Some(lift) = Lift::of(f, host, 2).filter(|l| l.is_map() && whole) else { return Ok(None) };
    let part = |of: &Array, from: usize, to: usize| {
        let mut shape = of.shape().to_vec();
        shape[axis] = to - from;
        let at = (of.offset() as isize + from as isize * of.strides()[axis]) as usize;
        of.view(&shape, of.strides(), at)
    };
    let rank = a.ndim();
    let cells = |a: Array| Item::cells(Value::Array(a), rank);
    let first = part(a, 0, 1);
    let Some(one) = lift.run(host, &[], vec![cells(first.clone()), cells(first)])? else { return Ok(None) };
    let dtype = crate::dtype::promote(a.dtype(), convert::to_array(&one)?.dtype());
    let out = crate::exec::cast(a, dtype, Order::C)?;
    for i in (0..n - 1).rev() {
        stop()?;
        let rest = part(&out, i + 1, n);
        let item = part(a, i, i + 1).broadcast_to(rest.shape())?;
        let Some(next) = lift.run(host, &[], vec![cells(item), cells(rest.clone())])? else {
            return Ok(None);
        };
        crate::exec::assign(&rest, &convert::to_array(&next)?)?;
    }
    Ok(Some(Value::Array(out)))
}

fn stop() -> Result<(), Fault> {
    if crate::exec::interrupt::requested() { Err(Fault::Interrupted) } else { Ok(()) }
}

fn elementwise(f: &Func) -> Option<&'static Prim> {
    dyadic_prim(f).filter(|p| p.elementwise().is_some_and(|e| e.arity == 2))
}

/// The primitive that a user's function is: `{⍺ ⌈ ⍵}`.
fn written(f: &Func, host: &mut dyn Host) -> Option<&'static Prim> {
    if elementwise(f).is_some() { None } else { Lift::of(f, host, 2)?.as_primitive() }
}

/// A result, unless there is none or it failed: calls of the function then tell where.
fn tried(result: Result<Option<Value>, Fault>) -> Result<Option<Value>, Fault> {
    match result {
        Err(Fault::Interrupted) => Err(Fault::Interrupted),
        other => Ok(other.unwrap_or(None)),
    }
}

/// One lane, from the right, by calls.
fn reduce_lane(f: &Func, host: &mut dyn Host, lane: Vec<Value>) -> Result<Value, Fault> {
    let mut items = lane.into_iter().rev();
    let Some(mut acc) = items.next() else {
        return Err(Fault::EmptyReduction { func: f.name().into() });
    };
    for item in items {
        acc = apply(f, host, Some(item), acc)?;
    }
    Ok(acc)
}

/// The elements of every lane along an axis, lanes in C order.
fn lanes(a: &Array, axis: usize) -> Vec<Vec<Value>> {
    let axes: Vec<usize> = (0..a.ndim()).filter(|&k| k != axis).chain([axis]).collect();
    let (_, rows) = super::map::cells(&a.permute(&axes), 1);
    let items = |row: Value| match row {
        Value::Array(r) => super::map::cells(&r, 0).1,
        other => vec![other],
    };
    rows.into_iter().map(items).collect()
}

fn without(shape: &[usize], axis: usize) -> Vec<usize> {
    shape.iter().enumerate().filter(|(k, _)| *k != axis).map(|(_, &n)| n).collect()
}

/// Windows of so many items are folded as that many shifted arrays.
const FEW: usize = 8;

/// `n f/` of few items by a function that may not be regrouped: from the last item of all windows to the
/// first, in one pass.
fn shifted(
    prim: &'static Prim,
    host: &mut dyn Host,
    a: &Array,
    axis: usize,
    (width, reversed): (usize, bool),
    defer: Defer,
) -> Result<Value, Fault> {
    let count = a.shape()[axis] + 1 - width;
    let part = |k: usize| Value::Array(section(a, axis, if reversed { width - 1 - k } else { k }, count));
    let mut acc = part(width - 1);
    for k in (0..width - 1).rev() {
        let when = if k > 0 { Defer::Later } else { defer };
        acc = prim::dyadic_as(prim, host, part(k), acc, when)?;
    }
    Ok(acc)
}

/// `2 f/ x` of an array as deferred work; `None` for others, with nothing done.
pub(super) fn pairs_waiting(
    d: &Derived,
    host: &mut dyn Host,
    args: &CallArgs,
) -> Option<Result<Value, Fault>> {
    let own = match d.op.glyph {
        "/" => -1,
        "⌿" => 0,
        _ => return None,
    };
    let (prim, [n, Value::Array(a)]) = (elementwise(d.left.as_func()?)?, &args.positional[..]) else {
        return None;
    };
    let n = convert::as_index(n).filter(|n| n.unsigned_abs() == 2)?;
    let axis = axis_of(d, a, own).ok()??;
    if !args.keyword.is_empty() || prim.laws.associative || a.shape()[axis] < 2 {
        return None;
    }
    Some(shifted(prim, host, a, axis, (2, n < 0), Defer::Later))
}

/// `n f/ x`: the reduction of every window of n items; a negative n reverses the windows.
fn windows(f: &Func, host: &mut dyn Host, n: &Value, a: Array, axis: usize) -> Result<Value, Fault> {
    let n = convert::as_index(n).ok_or_else(|| Fault::ArgumentType {
        func: "windowed reduce".into(),
        param: "n".into(),
        expected: "an integer",
        got: n.describe(),
    })?;
    let (width, len) = (n.unsigned_abs() as usize, a.shape()[axis]);
    if width > len + 1 {
        return Err(Fault::Value {
            func: "windowed reduce".into(),
            reason: format!("a window of {width} does not fit an axis of {len}"),
        });
    }
    if let Some(p) = elementwise(f)
        && let Some(folded) = folds::windows(p, &a, axis, width, n < 0)?
    {
        return Ok(folded);
    }
    if let Some(p) = elementwise(f).filter(|p| !p.laws.associative)
        && (2..=FEW).contains(&width)
        && width <= len
    {
        return shifted(p, host, &a, axis, (width, n < 0), Defer::Now);
    }
    // A view with the windows as a new last axis, then a reduction along it.
    let mut shape: Vec<usize> = a.shape().to_vec();
    let mut strides: Vec<isize> = a.strides().to_vec();
    shape[axis] = len + 1 - width;
    shape.push(width);
    let step = a.strides()[axis];
    let mut offset = a.offset();
    if n < 0 && width > 0 {
        strides.push(-step);
        offset = (offset as isize + step * (width as isize - 1)) as usize;
    } else {
        strides.push(step);
    }
    let empty = shape.contains(&0);
    let view = if empty { Array::empty(a.dtype(), &shape)? } else { a.view(&shape, &strides, offset) };
    let last = shape.len() - 1;
    reduce_axis(f, host, view, last)
}

fn scan(d: &Derived, host: &mut dyn Host, x: Option<Value>, y: Value, own: i64) -> Result<Value, Fault> {
    if x.is_some() {
        return Err(Fault::Value {
            func: d.name().into(),
            reason: "a scan takes no left argument; n f/ x reduces every n items".into(),
        });
    }
    let Value::Func(f) = &d.left else {
        return expand(d, &y.settled(host)?, own);
    };
    let y = match (elementwise(f).filter(|p| p.laws.associative), &y) {
        (Some(prim), Value::Deferred(work)) => {
            let axis = normalize_axis(d.axis()?.unwrap_or(own), work.shape().len())?;
            match folds::scan_expr(prim, host, &y, axis, None)? {
                Some(result) => return Ok(result),
                None => y.settled(host)?,
            }
        }
        _ => y.settled(host)?,
    };
    let a = convert::to_array(&y)?;
    let Some(axis) = axis_of(d, &a, own)? else { return Ok(y) };
    if let Some(p) = elementwise(f) {
        if p.laws.associative {
            return folds::scan(p, host, &a, axis);
        }
        if let Some(whole) = right::scan(p, host, &a, axis)? {
            return Ok(whole);
        }
    }
    if let Some(p) = written(f, host)
        && let Some(same) = tried(folds::scan_same(p, host, &a, axis))?
    {
        return Ok(same);
    }
    if a.size() == 0 {
        return Ok(Value::Array(crate::exec::copy(&a, Order::C)?));
    }
    if a.shape()[axis] == 1
        && let Some(p) = elementwise(f)
    {
        let dtype = crate::dtype::promote(a.dtype(), folds::joined(p, host, a.dtype())?);
        return Ok(Value::Array(crate::exec::cast(&a, dtype, Order::C)?));
    }
    if let Some(whole) = scan_whole(f, host, &a, axis)? {
        return Ok(whole);
    }
    let mut results = Vec::with_capacity(a.size());
    let all = lanes(&a, axis);
    for lane in all {
        for end in 1..=lane.len() {
            results.push(reduce_lane(f, host, lane[..end].to_vec())?);
        }
    }
    let axes: Vec<usize> = (0..a.ndim()).filter(|&k| k != axis).chain([axis]).collect();
    let shape: Vec<usize> = axes.iter().map(|&k| a.shape()[k]).collect();
    let turned = convert::to_array(&super::map::collect(f.name(), &shape, results)?)?;
    let mut back: Vec<usize> = vec![0; axes.len()];
    axes.iter().enumerate().for_each(|(new, &old)| back[old] = new);
    Ok(Value::Array(crate::exec::copy(&turned.permute(&back), Order::C)?))
}

/// The counts that replicate or expand an axis of length `len`.
fn counts(d: &Derived) -> Result<Vec<i64>, Fault> {
    let wrong = || Fault::ArgumentType {
        func: d.name().into(),
        param: "left operand".into(),
        expected: "a function, a mask or counts",
        got: d.left.describe(),
    };
    match &d.left {
        Value::Array(a) if a.dtype() == crate::dtype::DType::Bool && a.ndim() == 1 => {
            let counts = crate::exec::contiguous(&crate::exec::in_dtype(a, DType::I64)?)?;
            Ok(counts.as_slice::<i64>().unwrap_or_default().to_vec())
        }
        Value::Bool(b) => Ok(vec![*b as i64]),
        other => convert::as_ints(other).ok_or_else(wrong),
    }
}

/// `n ⌿ x`: item i n[i] times; a negative count gives as many fills in its place.
fn replicate(d: &Derived, y: &Value, own: i64) -> Result<Value, Fault> {
    let a = match convert::to_array(y)? {
        a if a.ndim() == 0 => a.view(&[1], &[1], a.offset()),
        a => a,
    };
    let axis = axis_of(d, &a, own)?.unwrap_or(0);
    // A mask of the axis selects, as it does between brackets. (1e6 counts took 100 ms.)
    if let Value::Array(mask) = &d.left
        && mask.dtype() == DType::Bool
        && mask.ndim() == 1
        && mask.size() == a.shape()[axis]
    {
        return Ok(Value::Array(match a.ndim() {
            1 => crate::exec::index::compress(&a, mask)?,
            _ => crate::exec::take::take(&a, axis, &crate::exec::index::flat_nonzero(mask)?)?,
        }));
    }
    let mut counts = counts(d)?;
    let several = counts.len() != 1;
    let a = if a.shape()[axis] == 1 && several { repeated(&a, axis, counts.len()) } else { a };
    let len = a.shape()[axis];
    if !several {
        counts = vec![counts[0]; len];
    }
    if several && counts.len() != len {
        let reason = format!("{} counts for an axis of {len}", counts.len());
        let parts = [Part::new(usize::MAX, "counts", &[counts.len()], 0), Part::new(0, "x", a.shape(), axis)];
        return Err(Fault::Lengths { func: "replicate".into(), reason, parts: parts.into(), tries: &[] });
    }
    convert::room_for(counts.iter().map(|n| n.unsigned_abs() as usize))?;
    if counts.iter().all(|&n| n >= 0) {
        if a.ndim() == 1 {
            return Ok(Value::Array(take::repeat(&a, Counts::Each(&counts))?));
        }
        let places = take::repeat(&crate::exec::distinct::counting(len)?, Counts::Each(&counts))?;
        return Ok(Value::Array(crate::exec::take::take(&a, axis, &places)?));
    }
    let index = counts.iter().enumerate().flat_map(|(i, &n)| {
        let item = if n < 0 { -1 } else { i as i64 };
        std::iter::repeat_n(item, n.unsigned_abs() as usize)
    });
    take_or_fill(&a, axis, &index.collect::<Vec<_>>())
}

/// `mask ⍀ x`: a one takes the next item, a zero makes a fill.
fn expand(d: &Derived, y: &Value, own: i64) -> Result<Value, Fault> {
    let counts = counts(d)?;
    let a = match convert::to_array(y)? {
        a if a.ndim() == 0 => a.view(&[1], &[1], a.offset()),
        a => a,
    };
    let axis = axis_of(d, &a, own)?.unwrap_or(0);
    let ones = counts.iter().filter(|&&n| n > 0).count();
    let a = if a.shape()[axis] == 1 { repeated(&a, axis, ones) } else { a };
    let len = a.shape()[axis];
    convert::room_for(counts.iter().map(|n| n.unsigned_abs().max(1) as usize))?;
    let mut next = 0i64;
    let mut index = Vec::new();
    for n in counts {
        if n > 0 {
            index.extend(std::iter::repeat_n(next, n as usize));
            next += 1;
        } else {
            index.extend(std::iter::repeat_n(-1, n.unsigned_abs().max(1) as usize));
        }
    }
    if next as usize != len {
        return Err(Fault::Value {
            func: "expand".into(),
            reason: format!("{next} ones for an axis of {len}"),
        });
    }
    take_or_fill(&a, axis, &index)
}

/// A view of an array whose only item along an axis stands `n` times.
fn repeated(a: &Array, axis: usize, n: usize) -> Array {
    let (mut shape, mut strides) = (a.shape().to_vec(), a.strides().to_vec());
    (shape[axis], strides[axis]) = (n, 0);
    a.view(&shape, &strides, a.offset())
}

/// Items by index along an axis; −1 stands for a fill of zero. Fills take the first item, and are overwritten.
/// (Copying run by run took 70 ms for 1e6 items.)
fn take_or_fill(a: &Array, axis: usize, index: &[i64]) -> Result<Value, Fault> {
    let mut shape = a.shape().to_vec();
    shape[axis] = index.len();
    let fills: Vec<bool> = index.iter().map(|&i| i < 0).collect();
    if a.shape()[axis] == 0 || !fills.contains(&false) {
        return Ok(Value::Array(Array::zeros(a.dtype(), &shape)?));
    }
    let places: Vec<i64> = index.iter().map(|&i| i.max(0)).collect();
    let out = crate::exec::take::take(a, axis, &Array::from_slice(&places, &[places.len()])?)?;
    if fills.contains(&true) {
        let zero = Array::zeros(a.dtype(), &[])?;
        let mut items = vec![Index::Slice(Slice { start: None, stop: None, step: None }); axis];
        items.push(Index::Mask(Array::from_slice(&fills, &[fills.len()])?));
        crate::exec::index::set(&out, &items, &zero)?;
    }
    Ok(Value::Array(out))
}

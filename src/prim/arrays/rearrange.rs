//! Elements in other places: repeating, reversing, rotating, inserting and deleting. Elements added or
//! taken away around an array are in `padding`.

use crate::array::{Array, Dims, Index, Order, Slice, normalize_axis};
use crate::dtype::DType;
use crate::exec;
use crate::exec::take::Counts;
use crate::prim::Args;
use crate::prim::arrays::joining::join;
use crate::prim::arrays::layout::{self, indices, reversed, section};
use crate::prim::arrays::moved::Moved;
use crate::prim::convert::{self, to_array};
use crate::prim::indexing::selection::take_axis;
use crate::prim::row::{Example, Kind, Prim};
use crate::value::{Fault, Host, Part, Value};
use std::rc::Rc;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "repeat",
        method: true,
        params: "a, repeats, axis=None",
        doc: "Each element (or slice along an axis) as often as `repeats` says, for all or for each.",
        examples: &[
            Example { code: "repeat([1, 2], 2)", out: "[1 1 2 2]" },
            Example { code: "repeat([[1, 2], [3, 4]], [1, 2], axis=0)", out: "[[1 2]\n [3 4]\n [3 4]]" },
        ],
        kind: Kind::Call(repeat),
        ..Prim::NEW
    },
    Prim {
        name: "tile",
        params: "A, reps",
        doc: "The whole array repeated along each axis as often as `reps` says.",
        examples: &[
            Example { code: "tile([1, 2], 2)", out: "[1 2 1 2]" },
            Example { code: "tile([1, 2], (2, 1))", out: "[[1 2]\n [1 2]]" },
        ],
        kind: Kind::Call(tile),
        ..Prim::NEW
    },
    Prim {
        name: "flip",
        params: "m, axis=None",
        doc: "A view reversed along one or several axes, or all.",
        examples: &[
            Example { code: "flip([1, 2, 3])", out: "[3 2 1]" },
            Example { code: "flip([[1, 2], [3, 4]], 0)", out: "[[3 4]\n [1 2]]" },
        ],
        kind: Kind::Call(flip),
        ..Prim::NEW
    },
    Prim {
        name: "fliplr",
        params: "m",
        doc: "A view reversed along the second axis.",
        examples: &[Example { code: "fliplr([[1, 2], [3, 4]])", out: "[[2 1]\n [4 3]]" }],
        kind: Kind::Call(|_, args| flip_axis(args, 1)),
        ..Prim::NEW
    },
    Prim {
        name: "flipud",
        params: "m",
        doc: "A view reversed along the first axis.",
        examples: &[Example { code: "flipud([[1, 2], [3, 4]])", out: "[[3 4]\n [1 2]]" }],
        kind: Kind::Call(|_, args| flip_axis(args, 0)),
        ..Prim::NEW
    },
    Prim {
        name: "roll",
        params: "a, shift, axis=None",
        doc: "Elements moved along an axis; what leaves at one end comes in at the other. Without an axis, in C order.",
        examples: &[
            Example { code: "roll([1, 2, 3, 4], 1)", out: "[4 1 2 3]" },
            Example { code: "roll([[1, 2], [3, 4]], 1, axis=1)", out: "[[2 1]\n [4 3]]" },
        ],
        pure: true,
        kind: Kind::Call(roll),
        ..Prim::NEW
    },
    Prim {
        name: "rot90",
        params: "m, k=1, axes=?",
        doc: "A view turned by k quarter turns in the plane of two axes, from the first to the second.",
        examples: &[Example { code: "rot90([[1, 2], [3, 4]])", out: "[[2 4]\n [1 3]]" }],
        kind: Kind::Call(rot90),
        ..Prim::NEW
    },
    Prim {
        name: "resize",
        params: "a, new_shape",
        doc: "A new array of a shape, filled with the elements of `a` again and again.",
        examples: &[Example { code: "resize([1, 2, 3], (2, 4))", out: "[[1 2 3 1]\n [2 3 1 2]]" }],
        kind: Kind::Call(|_, args| Ok(Value::Array(cycled(&args.array(0)?, &args.shape(1)?)?))),
        ..Prim::NEW
    },
    Prim {
        name: "append",
        params: "arr, values, axis=None",
        doc: "A new array with values joined at the end, along an axis or of all elements.",
        examples: &[Example { code: "np.append([1, 2], [3, 4])", out: "[1 2 3 4]" }],
        kind: Kind::Call(append),
        ..Prim::NEW
    },
    Prim {
        name: "insert",
        params: "arr, obj, values, axis=None",
        doc: "A new array with values put in before the positions `obj`, along an axis or of all elements.",
        examples: &[
            Example { code: "np.insert([1, 2, 3], 1, 9)", out: "[1 9 2 3]" },
            Example { code: "np.insert([1, 2, 3], [0, 2], [8, 9])", out: "[8 1 2 9 3]" },
        ],
        kind: Kind::Call(insert),
        ..Prim::NEW
    },
    Prim {
        name: "delete",
        params: "arr, obj, axis=None",
        doc: "A new array without the positions `obj`, along an axis or of all elements.",
        examples: &[
            Example { code: "np.delete([1, 2, 3, 4], [0, 2])", out: "[2 4]" },
            Example { code: "np.delete([[1, 2], [3, 4]], 0, axis=1)", out: "[[2]\n [4]]" },
        ],
        kind: Kind::Call(delete),
        ..Prim::NEW
    },
];

fn repeat(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let counts = args.ints(1)?;
    let (a, axis) = match args.opt_axis(2, a.ndim())? {
        Some(axis) => (a, axis),
        None => (layout::ravel(&a, Order::C)?, 0),
    };
    let n = a.shape()[axis];
    if counts.iter().any(|&c| c < 0) {
        return Err(args.reason("repeats may not contain negative values"));
    }
    if counts.len() != 1 && counts.len() != n {
        let reason = format!("{} repeats are given for {n} elements", counts.len());
        let parts = [Part::new(0, "a", a.shape(), axis), Part::new(1, "repeats", &[counts.len()], 0)];
        return Err(args.lengths(reason, parts, &[]));
    }
    if let ([count], 1) = (&counts[..], a.ndim())
        && (Counts::FEW..Counts::MANY).contains(count)
    {
        return Ok(Value::Array(exec::take::repeat(&a, Counts::All(*count as usize))?));
    }
    if let [count] = counts[..] {
        // Each element along an axis of its own, on which it repeats.
        let mut shape: Dims = a.shape().into();
        shape.insert(axis + 1, count as usize);
        let whole = exec::copy(&layout::expanded(&a, axis + 1).broadcast_to(&shape)?, Order::C)?;
        shape.remove(axis + 1);
        let times = |k: usize| if k == axis { count } else { 1 };
        let merged: Vec<i64> =
            shape.iter().enumerate().map(|(k, &m)| (m as i64).saturating_mul(times(k))).collect();
        return Ok(Value::Array(layout::reshape(&whole, &merged, Order::C)?));
    }
    if a.ndim() == 1 {
        return Ok(Value::Array(exec::take::repeat(&a, Counts::Each(&counts))?));
    }
    let places = exec::take::repeat(&exec::distinct::counting(n)?, Counts::Each(&counts))?;
    Ok(Value::Array(take_axis(&a, axis, &places)?))
}

fn tile(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let mut reps = args.shape(1)?;
    let a = layout::at_least(&args.array(0)?, reps.len());
    while reps.len() < a.ndim() {
        reps.insert(0, 1);
    }
    // Each axis is split in (repeat, own), the repeats broadcast, and the pairs joined again.
    let mut view = a.clone();
    for k in 0..a.ndim() {
        view = layout::expanded(&view, 2 * k);
    }
    let pairs: Dims = reps.iter().zip(a.shape()).flat_map(|(&r, &n)| [r, n]).collect();
    let whole = exec::copy(&view.broadcast_to(&pairs)?, Order::C)?;
    let shape: Vec<i64> = reps.iter().zip(a.shape()).map(|(&r, &n)| (r * n) as i64).collect();
    Ok(Value::Array(layout::reshape(&whole, &shape, Order::C)?))
}

fn flip(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let axes = args.opt_axes(1, a.ndim())?.unwrap_or_else(|| (0..a.ndim()).collect());
    Ok(Value::Array(axes.into_iter().fold(a, |a, k| reversed(&a, k))))
}

fn flip_axis(args: &Args, axis: usize) -> Result<Value, Fault> {
    let a = args.array(0)?;
    if a.ndim() <= axis {
        let reason = format!("the array must have at least {} axes", axis + 1);
        return Err(args.misshapen(0, &a, reason, &["=flip", "[None]"]));
    }
    Ok(Value::Array(reversed(&a, axis)))
}

/// The elements of an axis moved by `shift` places toward its end.
pub fn rolled(a: &Array, shift: i64, axis: usize) -> Result<Array, Fault> {
    let mut shifts = vec![0; a.ndim()];
    shifts[axis] = shift;
    rolled_along(a, &shifts)
}

/// An array whose elements have moved along every axis, round its end, in one pass.
pub(super) fn rolled_along(a: &Array, shifts: &[i64]) -> Result<Array, Fault> {
    let out = Array::empty_keeping(a.dtype(), a.shape(), a.strides())?;
    if a.size() > 0 && !rolled_by_rows(&out, a, shifts)? {
        put_rolled(&out, a, 0, shifts)?;
    }
    Ok(out)
}

/// Writes the elements moved along the axes from `axis` on.
fn put_rolled(out: &Array, a: &Array, axis: usize, shifts: &[i64]) -> Result<(), Fault> {
    let Some(shift) = shifts.get(axis) else { return Ok(exec::assign(out, a)?) };
    let n = a.shape()[axis];
    let k = shift.rem_euclid(n as i64) as usize;
    if k > 0 {
        put_rolled(&section(out, axis, 0, k), &section(a, axis, n - k, k), axis + 1, shifts)?;
    }
    put_rolled(&section(out, axis, k, n - k), &section(a, axis, 0, n - k), axis + 1, shifts)
}

/// A matrix of short rows in C order that moves by few columns: as one axis, which two copies move, and
/// then the columns that came round the end, which would otherwise make two copies of each row. False,
/// with nothing done, for others.
fn rolled_by_rows(out: &Array, a: &Array, shifts: &[i64]) -> Result<bool, Fault> {
    const SHORT: usize = 4096;
    const FEW: i64 = 16;
    let (&[rows, n], &[down, across]) = (a.shape(), shifts) else { return Ok(false) };
    let k = across.rem_euclid(n as i64);
    let k = if k > n as i64 / 2 { k - n as i64 } else { k };
    if n * a.dtype().itemsize() > SHORT || rows < 2 || k == 0 || k.abs() > FEW {
        return Ok(false);
    }
    let flat = |a: &Array| a.dense_as(&[rows * n]);
    let (Some(to), Some(from)) = (flat(out), flat(a)) else { return Ok(false) };
    let down = down.rem_euclid(rows as i64);
    put_rolled(&to, &from, 0, &[down * n as i64 + k])?;
    let width = k.unsigned_abs() as usize;
    let (at, source) = if k > 0 { (0, n - width) } else { (n - width, 0) };
    put_rolled(&section(out, 1, at, width), &section(a, 1, source, width), 0, &[down])?;
    Ok(true)
}

fn roll(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let shifts = args.ints(1)?;
    if args.is_none(2) {
        let flat = layout::ravel(&a, Order::C)?;
        let len = flat.size().max(1) as i64;
        let out = rolled(&flat, shifts.iter().map(|s| s % len).sum(), 0)?;
        let shape: Vec<i64> = a.shape().iter().map(|&n| n as i64).collect();
        return Ok(Value::Array(layout::reshape(&out, &shape, Order::C)?));
    }
    let axes = args.ints(2)?;
    let n = shifts.len().max(axes.len());
    if (shifts.len() != 1 && shifts.len() != n) || (axes.len() != 1 && axes.len() != n) {
        return Err(args.reason("shift and axis must have equally many numbers"));
    }
    let mut moves = vec![0; a.ndim()];
    for k in 0..n {
        let axis = normalize_axis(axes[if axes.len() == 1 { 0 } else { k }], a.ndim())?;
        // Within the axis's length, so that sums of shifts stay small.
        let shift = shifts[if shifts.len() == 1 { 0 } else { k }] % (a.shape()[axis].max(1) as i64);
        moves[axis] = (moves[axis] + shift) % (a.shape()[axis].max(1) as i64);
    }
    if let &[down, right] = &moves[..]
        && host.takes_moved()
        && a.size() > 0
    {
        return Ok(Value::Deferred(Rc::new(Moved { a, by: [down, right] })));
    }
    Ok(Value::Array(rolled_along(&a, &moves)?))
}

fn rot90(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let axes = if args.is_none(2) { vec![0, 1] } else { args.ints(2)? };
    let [i, j] = layout::axes(&axes, a.ndim())?[..] else {
        return Err(args.reason("axes must name two different axes"));
    };
    let swap = |a: &Array| crate::prim::arrays::shape::swapped(a, i, j);
    Ok(Value::Array(match args.int(1)?.rem_euclid(4) {
        0 => a.view(a.shape(), a.strides(), a.offset()),
        1 => swap(&reversed(&a, j)),
        2 => reversed(&reversed(&a, i), j),
        _ => reversed(&swap(&a), j),
    }))
}

/// A new array of a shape with the elements of another again and again; zeros of an empty one.
pub fn cycled(a: &Array, shape: &[usize]) -> Result<Array, Fault> {
    let n = crate::array::size_of(shape)?;
    let flat = layout::ravel(a, Order::C)?;
    let m = flat.size();
    let out = if m == 0 { Array::zeros(a.dtype(), &[n])? } else { Array::empty(a.dtype(), &[n])? };
    if m > 0 && n > 0 {
        let first = n.min(m);
        exec::assign(&section(&out, 0, 0, first), &section(&flat, 0, 0, first))?;
        // Doubles what is there until the end is reached.
        let mut done = first;
        while done < n {
            let next = done.min(n - done);
            exec::assign(&section(&out, 0, done, next), &section(&out, 0, 0, next))?;
            done += next;
        }
    }
    let dims: Vec<i64> = shape.iter().map(|&n| n as i64).collect();
    let shaped = layout::reshape(&out, &dims, Order::C)?;
    Ok(out.restrided(shaped.shape(), shaped.strides()))
}

fn append(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let arrays = [args.array(0)?, args.array(1)?];
    let dtype = crate::dtype::promote(arrays[0].dtype(), arrays[1].dtype());
    if args.is_none(2) {
        let flat = [layout::ravel(&arrays[0], Order::C)?, layout::ravel(&arrays[1], Order::C)?];
        return Ok(Value::Array(join(&flat, 0, dtype)?));
    }
    let axis = args.axis(2, arrays[0].ndim())?;
    Ok(Value::Array(join(&arrays, axis, dtype)?))
}

/// The array and axis of `insert` and `delete`: without an axis, all elements in C order.
fn along(args: &Args, i: usize) -> Result<(Array, usize), Fault> {
    let a = args.array(0)?;
    match args.opt_axis(i, a.ndim())? {
        Some(axis) => Ok((a, axis)),
        None => Ok((layout::ravel(&a, Order::C)?, 0)),
    }
}

/// Positions on an axis named by an integer, a slice, a list, or (for `delete`) a mask.
fn chosen(args: &Args, i: usize, n: usize, room: usize) -> Result<Vec<usize>, Fault> {
    let value = args.value(i);
    if let Value::Slice(s) = &value {
        let (start, count, step) = Slice { start: s.start, stop: s.stop, step: s.step }.resolve(n)?;
        return Ok((0..count as isize).map(|k| (start as isize + k * step) as usize).collect());
    }
    let a = to_array(&value)?;
    if a.dtype() == DType::Bool && a.ndim() == 1 {
        if a.size() != n {
            return Err(args.reason(format!("a mask for an axis of {n} has {n} elements")));
        }
        let at = convert::elements::<i64>(&exec::index::flat_nonzero(&a)?)?;
        return Ok(at.into_iter().map(|k| k as usize).collect());
    }
    if !a.dtype().is_int() && a.size() > 0 {
        return Err(args.wrong(i, "integers, a slice or a mask"));
    }
    let mut out = Vec::new();
    for k in convert::elements::<i64>(&a)? {
        let at = if k < 0 { k + n as i64 } else { k };
        if at < 0 || at >= room as i64 {
            return Err(crate::array::ArrayError::Index { index: k, axis: 0, size: n }.into());
        }
        out.push(at as usize);
    }
    Ok(out)
}

fn delete(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (a, axis) = along(args, 2)?;
    let n = a.shape()[axis];
    let gone = chosen(args, 1, n, n)?;
    if let [k] = gone[..] {
        let (before, after) = (section(&a, axis, 0, k), section(&a, axis, k + 1, n - k - 1));
        return Ok(Value::Array(join(&[before, after], axis, a.dtype())?));
    }
    let mut keep = vec![true; n];
    gone.into_iter().for_each(|k| keep[k] = false);
    let keep = Array::from_slice(&keep, &[n])?;
    if a.ndim() == 1 {
        return Ok(Value::Array(exec::index::compress(&a, &keep)?));
    }
    Ok(Value::Array(take_axis(&a, axis, &exec::index::flat_nonzero(&keep)?)?))
}

fn insert(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (a, axis) = along(args, 3)?;
    let n = a.shape()[axis];
    let at = chosen(args, 1, n, n + 1)?;
    let mut values = layout::at_least(&convert::to_array_as(&args.value(2), Some(a.dtype()))?, a.ndim());
    // One position takes all the values, along the axis.
    let single = at.len() == 1;
    if args.get(1).is_some_and(convert::is_number) {
        let mut order: Dims = (1..values.ndim()).collect();
        order.insert(axis, 0);
        values = values.permute(&order);
    }
    let count = if single { values.shape()[axis] } else { at.len() };
    if let [k] = at[..] {
        let mut shape: Dims = a.shape().into();
        shape[axis] = n + count;
        let out = Array::empty(a.dtype(), &shape)?;
        // The values first: they may not fit.
        exec::assign(&section(&out, axis, k, count), &values)?;
        exec::assign(&section(&out, axis, 0, k), &section(&a, axis, 0, k))?;
        exec::assign(&section(&out, axis, k + count, n - k), &section(&a, axis, k, n - k))?;
        return Ok(Value::Array(out));
    }
    let mut places = at;
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|&k| places[k]);
    for (before, &k) in order.iter().enumerate() {
        places[k] += before;
    }
    let mut shape: Dims = a.shape().into();
    shape[axis] = n + count;
    let out = Array::empty(a.dtype(), &shape)?;
    let mut old = vec![true; n + count];
    places.iter().for_each(|&k| old[k] = false);
    let old: Vec<i64> = (0..(n + count) as i64).filter(|&k| old[k as usize]).collect();
    let new: Vec<i64> = places.into_iter().map(|k| k as i64).collect();
    write_axis(&out, axis, &old, &a)?;
    write_axis(&out, axis, &new, &values)?;
    Ok(Value::Array(out))
}

fn write_axis(out: &Array, axis: usize, at: &[i64], values: &Array) -> Result<(), Fault> {
    let mut items = vec![Index::Slice(Slice::default()); axis];
    items.push(Index::Array(indices(at)?));
    Ok(exec::index::set(out, &items, values)?)
}

//! Shapes: the same elements under other axes. Views wherever strides allow.

use crate::array::{Array, ArrayError, Dims, Order, broadcast_shapes, normalize_axis};
use crate::prim::arrays::layout::{self, Memory, expanded, memory};
use crate::prim::convert::to_array;
use crate::prim::row::{Example, Kind, Prim};
use crate::prim::{Args, convert, deferred};
use crate::value::{Fault, Host, Part, Value};

pub static ROWS: &[Prim] = &[
    Prim {
        name: "reshape",
        params: "a, shape, order='C', *, copy=None",
        doc: "The elements under another shape, of equal size; one length may be -1 and is worked out.\n\nA view where strides allow, else a copy. `order='F'` reads and places elements first axis fastest.",
        examples: &[
            Example { code: "reshape(arange(6), (2, 3))", out: "[[0 1 2]\n [3 4 5]]" },
            Example { code: "reshape(arange(6), (3, -1)).shape", out: "(3, 2)" },
            Example { code: "reshape(arange(6), (2, 3), order=\"F\")", out: "[[0 2 4]\n [1 3 5]]" },
        ],
        defers: 1,
        kind: Kind::Call(reshape),
        ..Prim::NEW
    },
    Prim {
        name: "ravel",
        method: true,
        params: "a, order='C'",
        doc: "The elements as one axis: a view where strides allow, else a copy.",
        examples: &[Example { code: "ravel([[1, 2], [3, 4]])", out: "[1 2 3 4]" }],
        defers: 1,
        kind: Kind::Call(ravel),
        ..Prim::NEW
    },
    Prim {
        name: "transpose",
        params: "a, axes=None",
        doc: "A view with the axes reversed, or in the order given.",
        examples: &[
            Example { code: "transpose([[1, 2, 3], [4, 5, 6]])", out: "[[1 4]\n [2 5]\n [3 6]]" },
            Example { code: "transpose(zeros((2, 3, 4)), (1, 0, 2)).shape", out: "(3, 2, 4)" },
        ],
        kind: Kind::Call(transpose),
        ..Prim::NEW
    },
    Prim {
        name: "permute_dims",
        params: "a, axes=None",
        doc: "A view with the axes in the order given (reversed if none is).",
        examples: &[Example { code: "permute_dims(zeros((2, 3, 4)), (2, 0, 1)).shape", out: "(4, 2, 3)" }],
        kind: Kind::Call(transpose),
        ..Prim::NEW
    },
    Prim {
        name: "matrix_transpose",
        params: "x",
        doc: "A view with the last two axes exchanged.",
        examples: &[Example { code: "matrix_transpose(zeros((5, 2, 3))).shape", out: "(5, 3, 2)" }],
        kind: Kind::Call(matrix_transpose),
        ..Prim::NEW
    },
    Prim {
        name: "swapaxes",
        method: true,
        params: "a, axis1, axis2",
        doc: "A view with two axes exchanged.",
        examples: &[Example { code: "swapaxes(zeros((2, 3, 4)), 0, 2).shape", out: "(4, 3, 2)" }],
        kind: Kind::Call(swapaxes),
        ..Prim::NEW
    },
    Prim {
        name: "moveaxis",
        params: "a, source, destination",
        doc: "A view with axes moved to other places, the rest in their order.",
        examples: &[
            Example { code: "moveaxis(zeros((2, 3, 4)), 0, -1).shape", out: "(3, 4, 2)" },
            Example { code: "moveaxis(zeros((2, 3, 4)), [0, 1], [-1, 0]).shape", out: "(3, 4, 2)" },
        ],
        kind: Kind::Call(moveaxis),
        ..Prim::NEW
    },
    Prim {
        name: "rollaxis",
        params: "a, axis, start=0",
        doc: "A view with an axis moved back until it is before position `start`.",
        examples: &[Example { code: "rollaxis(zeros((2, 3, 4)), 2).shape", out: "(4, 2, 3)" }],
        kind: Kind::Call(rollaxis),
        ..Prim::NEW
    },
    Prim {
        name: "expand_dims",
        params: "a, axis",
        doc: "A view with new axes of length one at the places named (of the result).",
        examples: &[Example { code: "expand_dims([1, 2, 3], 1).shape", out: "(3, 1)" }],
        kind: Kind::Call(expand_dims),
        ..Prim::NEW
    },
    Prim {
        name: "squeeze",
        method: true,
        params: "a, axis=None",
        doc: "A view without axes of length one: all of them, or those named.",
        examples: &[Example { code: "squeeze([[[1], [2]]])", out: "[1 2]" }],
        kind: Kind::Call(squeeze),
        ..Prim::NEW
    },
    Prim {
        name: "atleast_1d",
        params: "*arys",
        doc: "Arrays with at least one axis; one array for one argument, else a tuple.",
        examples: &[Example { code: "atleast_1d(5)", out: "[5]" }],
        kind: Kind::Call(|_, args| at_least(args, 1)),
        ..Prim::NEW
    },
    Prim {
        name: "atleast_2d",
        params: "*arys",
        doc: "Arrays with at least two axes: a vector becomes a row.",
        examples: &[Example { code: "atleast_2d([1, 2])", out: "[[1 2]]" }],
        kind: Kind::Call(|_, args| at_least(args, 2)),
        ..Prim::NEW
    },
    Prim {
        name: "atleast_3d",
        params: "*arys",
        doc: "Arrays with at least three axes: a vector of n becomes 1 by n by 1, a matrix gets a last axis.",
        examples: &[Example { code: "atleast_3d([1, 2]).shape", out: "(1, 2, 1)" }],
        kind: Kind::Call(|_, args| at_least(args, 3)),
        ..Prim::NEW
    },
    Prim {
        name: "broadcast_to",
        params: "array, shape",
        doc: "A read-only view repeated over a larger shape; nothing is copied.",
        examples: &[Example { code: "broadcast_to([1, 2], (2, 2))", out: "[[1 2]\n [1 2]]" }],
        kind: Kind::Call(broadcast_to),
        ..Prim::NEW
    },
    Prim {
        name: "broadcast_arrays",
        params: "*args",
        doc: "Views of arrays, all with the shape to which they broadcast.",
        examples: &[Example { code: "broadcast_arrays([1, 2], [[3], [4]])[1]", out: "[[3 3]\n [4 4]]" }],
        kind: Kind::Call(broadcast_arrays),
        ..Prim::NEW
    },
    Prim {
        name: "broadcast_shapes",
        params: "*args",
        doc: "The shape to which arrays of these shapes broadcast.",
        examples: &[Example { code: "broadcast_shapes((6, 7), (5, 6, 1), (7,))", out: "(5, 6, 7)" }],
        kind: Kind::Call(shapes_together),
        ..Prim::NEW
    },
    Prim {
        name: "shape",
        params: "a",
        doc: "The lengths of the axes, a tuple of plain integers.",
        examples: &[Example { code: "shape([[1, 2, 3], [4, 5, 6]])", out: "(2, 3)" }],
        kind: Kind::Call(|_, args| Ok(shape_value(&args.array(0)?))),
        ..Prim::NEW
    },
    Prim {
        name: "ndim",
        params: "a",
        doc: "The number of axes.",
        examples: &[Example { code: "ndim([[1, 2]])", out: "2" }],
        kind: Kind::Call(|_, args| Ok(Value::Int(args.array(0)?.ndim() as i64))),
        ..Prim::NEW
    },
    Prim {
        name: "size",
        params: "a, axis=None",
        doc: "The number of elements, or the length of one axis (the product of several).",
        examples: &[
            Example { code: "size([[1, 2, 3], [4, 5, 6]])", out: "6" },
            Example { code: "size([[1, 2, 3], [4, 5, 6]], 1)", out: "3" },
        ],
        kind: Kind::Call(size),
        ..Prim::NEW
    },
];

/// A shape as a value.
pub fn shape_value(a: &Array) -> Value {
    Value::tuple(a.shape().iter().map(|&n| Value::Int(n as i64)).collect())
}

/// The order in which `reshape` and `ravel` read.
fn read_order(args: &Args, i: usize, a: &Array) -> Result<Order, Fault> {
    Ok(memory(args, i, Memory::C)?.resolve(a))
}

fn reshape(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    if let Some(waiting) = under_one_axis(args, &args.ints(1)?, 2, 3)? {
        return Ok(waiting);
    }
    let a = computed(host, args)?;
    reshaped(args, &a, &args.ints(1)?, 2, 3)
}

/// What is to be reshaped, computed.
pub fn computed(host: &mut dyn Host, args: &Args) -> Result<Array, Fault> {
    match args.get(0) {
        Some(value @ Value::Deferred(_)) => to_array(&value.clone().settled(host)?),
        _ => args.array(0),
    }
}

/// Work under one axis, as `ravel` leaves it, if that is the shape it is to have.
pub fn under_one_axis(args: &Args, to: &[i64], order: usize, copy: usize) -> Result<Option<Value>, Fault> {
    let Some(value @ Value::Deferred(_)) = args.get(0) else { return Ok(None) };
    if to != [-1] || !args.is_none(copy) || memory(args, order, Memory::C)? != Memory::C {
        return Ok(None);
    }
    Ok(deferred::raveled(value))
}

/// A reshape with the arguments `order` and `copy` at the places given.
pub fn reshaped(args: &Args, a: &Array, to: &[i64], order: usize, copy: usize) -> Result<Value, Fault> {
    let order = read_order(args, order, a)?;
    let out = layout::reshape(a, to, order)?;
    if args.is_none(copy) {
        return Ok(Value::Array(out));
    }
    match (args.flag(copy)?, out.same_buffer(a)) {
        (false, false) => Err(args.reason("a copy is needed for this shape; write copy=None")),
        (true, true) => Ok(Value::Array(crate::exec::copy(&out, order)?)),
        _ => Ok(Value::Array(out)),
    }
}

pub fn ravel(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let memory = memory(args, 1, Memory::C)?;
    if let Some(value @ Value::Deferred(_)) = args.get(0) {
        return match deferred::raveled(value).filter(|_| memory == Memory::C) {
            Some(waiting) => Ok(waiting),
            None => raveled(&to_array(&value.clone().settled(host)?)?, memory),
        };
    }
    raveled(&args.array(0)?, memory)
}

/// `ravel` in a memory order; K is the order in which the elements lie.
pub fn raveled(a: &Array, memory: Memory) -> Result<Value, Fault> {
    let a = if memory == Memory::K { in_memory_order(a) } else { a.clone() };
    let order = if memory == Memory::K { Order::C } else { memory.resolve(&a) };
    Ok(Value::Array(layout::ravel(&a, order)?))
}

/// A view with the axes from the longest stride to the shortest.
fn in_memory_order(a: &Array) -> Array {
    let mut axes: Dims = (0..a.ndim()).collect();
    axes.sort_by_key(|&k| std::cmp::Reverse(a.strides()[k].unsigned_abs()));
    a.permute(&axes)
}

fn transpose(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let axes = if args.is_none(1) { None } else { Some(args.ints(1)?) };
    transposed(args, &a, axes)
}

/// A transpose by axes, or of all.
pub fn transposed(args: &Args, a: &Array, axes: Option<Vec<i64>>) -> Result<Value, Fault> {
    let Some(axes) = axes else { return Ok(Value::Array(a.transpose())) };
    if axes.len() != a.ndim() {
        let reason = format!("{} axes are named for an array that has {}", axes.len(), a.ndim());
        let tries: &[&str] = match a.ndim() {
            2 => &["+(1, 0)"],
            3 => &["+(2, 1, 0)"],
            _ => &[],
        };
        return Err(args.misshapen(0, a, reason, tries));
    }
    Ok(Value::Array(a.permute(&layout::axes(&axes, a.ndim())?)))
}

fn matrix_transpose(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let n = a.ndim();
    if n < 2 {
        return Err(args.wrong(0, "an array of at least two axes"));
    }
    Ok(Value::Array(swapped(&a, n - 2, n - 1)))
}

pub fn swapped(a: &Array, i: usize, j: usize) -> Array {
    let mut axes: Dims = (0..a.ndim()).collect();
    axes.swap(i, j);
    a.permute(&axes)
}

fn swapaxes(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    Ok(Value::Array(swapped(&a, args.axis(1, a.ndim())?, args.axis(2, a.ndim())?)))
}

fn moveaxis(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let from = layout::axes(&args.ints(1)?, a.ndim())?;
    let to = layout::axes(&args.ints(2)?, a.ndim())?;
    if from.len() != to.len() {
        let parts = [Part::new(1, "source", &[from.len()], 0), Part::new(2, "destination", &[to.len()], 0)];
        return Err(args.lengths("source and destination must name equally many axes", parts, &[]));
    }
    let mut order: Dims = (0..a.ndim()).filter(|k| !from.contains(k)).collect();
    let mut moves: Vec<(usize, usize)> = to.into_iter().zip(from).collect();
    moves.sort_unstable();
    moves.into_iter().for_each(|(to, from)| order.insert(to, from));
    Ok(Value::Array(a.permute(&order)))
}

fn rollaxis(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let n = a.ndim();
    let axis = args.axis(1, n)?;
    let start = args.int(2)?;
    let place = if start < 0 { start + n as i64 } else { start };
    if place < 0 || place > n as i64 {
        return Err(ArrayError::Axis { axis: start, ndim: n + 1 }.into());
    }
    let place = place as usize;
    let mut order: Dims = (0..n).filter(|&k| k != axis).collect();
    order.insert(if axis < place { place - 1 } else { place }, axis);
    Ok(Value::Array(a.permute(&order)))
}

fn expand_dims(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let mut a = args.array(0)?;
    let list = args.ints(1)?;
    let mut axes = layout::axes(&list, a.ndim() + list.len())?;
    axes.sort_unstable();
    for axis in axes {
        let mut shape: Dims = a.shape().into();
        shape.insert(axis, 1);
        a = a.reshape_view(&shape, Order::C).unwrap_or_else(|| expanded(&a, axis));
    }
    Ok(Value::Array(a))
}

fn squeeze(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let gone = match args.opt_axes(1, a.ndim())? {
        None => (0..a.ndim()).filter(|&k| a.shape()[k] == 1).collect(),
        Some(axes) => axes,
    };
    if let Some(&k) = gone.iter().find(|&&k| a.shape()[k] != 1) {
        let reason = "cannot select an axis to squeeze out which has size not equal to one";
        return Err(args.lengths(
            reason,
            [Part::new(0, "a", a.shape(), k)],
            if a.shape().contains(&1) { &["+"] } else { &[] },
        ));
    }
    let keep = |k: &usize| !gone.contains(k);
    let shape: Dims = (0..a.ndim()).filter(keep).map(|k| a.shape()[k]).collect();
    let strides: Vec<isize> = (0..a.ndim()).filter(keep).map(|k| a.strides()[k]).collect();
    Ok(Value::Array(a.view(&shape, &strides, a.offset())))
}

fn at_least(args: &Args, ndim: usize) -> Result<Value, Fault> {
    let mut out = Vec::new();
    for v in args.rest(0) {
        let a = convert::to_array(&v)?;
        out.push(match (ndim, a.ndim()) {
            (3, 1) => expanded(&expanded(&a, 0), 2),
            (3, 2) => expanded(&a, 2),
            _ => layout::at_least(&a, ndim),
        });
    }
    match out.len() {
        1 => Ok(out.pop().map_or(Value::None, Value::Array)),
        _ => Ok(layout::tuple(out)),
    }
}

fn broadcast_to(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    Ok(Value::Array(args.array(0)?.broadcast_to(&args.shape(1)?)?))
}

fn broadcast_arrays(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let arrays = args.rest(0).iter().map(convert::to_array).collect::<Result<Vec<_>, _>>()?;
    let shapes: Vec<&[usize]> = arrays.iter().map(Array::shape).collect();
    let shape = broadcast_shapes(&shapes)?;
    let views = arrays.iter().map(|a| a.broadcast_to(&shape)).collect::<Result<Vec<_>, _>>()?;
    Ok(layout::tuple(views))
}

fn shapes_together(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let mut shapes: Vec<Vec<usize>> = Vec::new();
    for v in args.rest(0) {
        let dims = convert::as_ints(&v).ok_or_else(|| args.wrong(0, "shapes"))?;
        if dims.iter().any(|&n| n < 0) {
            return Err(args.reason("negative dimensions are not allowed"));
        }
        shapes.push(dims.into_iter().map(|n| n as usize).collect());
    }
    let list: Vec<&[usize]> = shapes.iter().map(|s| &s[..]).collect();
    let shape = broadcast_shapes(&list)?;
    Ok(Value::tuple(shape.iter().map(|&n| Value::Int(n as i64)).collect()))
}

fn size(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    if args.is_none(1) {
        return Ok(Value::Int(a.size() as i64));
    }
    let mut n = 1;
    for axis in args.ints(1)? {
        n *= a.shape()[normalize_axis(axis, a.ndim())?];
    }
    Ok(Value::Int(n as i64))
}

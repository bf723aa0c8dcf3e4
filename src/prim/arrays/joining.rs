//! Joining arrays and taking them apart: `concatenate`, `stack`, `block`, `split`, and their kin. Items that wait
//! are computed where their parts of the result lie.

use crate::array::{Array, Dims, Order, Strides, normalize_axis};
use crate::dtype::{DType, Operand, promote, result_dtype};
use crate::exec::{self, Expr, Target};
use crate::prim::arrays::layout::{self, at_least, common, expanded, section};
use crate::prim::row::{Along, Example, Glyph, Kind, Prim, Valence};
use crate::prim::{Args, convert, deferred};
use crate::syntax::Class;
use crate::value::{Fault, Host, Part, Value, shape_text};
use smallvec::SmallVec;

/// Of a few short vectors of one dtype.
fn concatenate_brief(args: &[&Value]) -> Option<Value> {
    let [Value::Tuple(parts)] = args else { return None };
    let array = |v: &Value| match v {
        Value::Array(a) => Some(a.clone()),
        _ => None,
    };
    let arrays: SmallVec<[Array; 4]> = parts.items.iter().map(array).collect::<Option<_>>()?;
    exec::join_short(&arrays, arrays.first()?.dtype()).map(Value::Array)
}

pub static ROWS: &[Prim] = &[
    Prim {
        name: "concatenate",
        aliases: &["concat"],
        params: "arrays, axis=0, out=None, *, dtype=None, casting='same_kind'",
        doc: "Arrays joined along an axis they have; `axis=None` joins their elements.\n\nAll other lengths must agree. The dtype is the common one.",
        examples: &[
            Example { code: "concatenate([arange(3), [9.5]])", out: "[0.  1.  2.  9.5]" },
            Example {
                code: "concatenate([zeros((2, 1)), ones((2, 2))], axis=1)",
                out: "[[0. 1. 1.]\n [0. 1. 1.]]",
            },
        ],
        brief: Some(concatenate_brief),
        defers_items: 1,
        kind: Kind::Call(concatenate),
        ..Prim::NEW
    },
    Prim {
        name: "stack",
        params: "arrays, axis=0, out=None, *, dtype=None, casting='same_kind'",
        doc: "Arrays of one shape joined along a new axis.",
        examples: &[
            Example { code: "stack([[1, 2], [3, 4]])", out: "[[1 2]\n [3 4]]" },
            Example { code: "stack([arange(3), arange(3)], axis=1).shape", out: "(3, 2)" },
        ],
        defers_items: 1,
        kind: Kind::Call(stack),
        ..Prim::NEW
    },
    Prim {
        name: "vstack",
        aliases: &["row_stack"],
        params: "tup, *, dtype=None, casting='same_kind'",
        doc: "Arrays on top of each other: joined along the first axis, vectors as rows.",
        examples: &[Example { code: "vstack([arange(3), ones(3)])", out: "[[0. 1. 2.]\n [1. 1. 1.]]" }],
        defers_items: 1,
        kind: Kind::Call(|host, args| joined_as(host, args, 1, 0, |a| at_least(a, 2))),
        ..Prim::NEW
    },
    Prim {
        name: "hstack",
        params: "tup, *, dtype=None, casting='same_kind'",
        doc: "Arrays side by side: joined along the second axis, vectors end to end.",
        examples: &[Example { code: "hstack([[1, 2], [3]])", out: "[1 2 3]" }],
        defers_items: 1,
        kind: Kind::Call(hstack),
        ..Prim::NEW
    },
    Prim {
        name: "dstack",
        params: "tup",
        doc: "Arrays behind each other: joined along the third axis.",
        examples: &[Example { code: "dstack([[1, 2], [3, 4]]).shape", out: "(1, 2, 2)" }],
        defers_items: 1,
        kind: Kind::Call(|host, args| joined_as(host, args, usize::MAX, 2, deep)),
        ..Prim::NEW
    },
    Prim {
        name: "column_stack",
        params: "tup",
        doc: "Vectors as the columns of a matrix; matrices are joined as they are.",
        examples: &[Example { code: "column_stack([[1, 2], [3, 4]])", out: "[[1 3]\n [2 4]]" }],
        defers_items: 1,
        kind: Kind::Call(|host, args| joined_as(host, args, usize::MAX, 1, column)),
        ..Prim::NEW
    },
    Prim {
        name: "block",
        params: "arrays",
        doc: "An array of nested lists of blocks: the innermost are joined along the last axis, and so on outward.",
        examples: &[Example {
            code: "block([[eye(2), zeros((2, 1))], [ones((1, 3))]])",
            out: "[[1. 0. 0.]\n [0. 1. 0.]\n [1. 1. 1.]]",
        }],
        kind: Kind::Call(block),
        ..Prim::NEW
    },
    Prim {
        name: "split",
        params: "ary, indices_or_sections, axis=0",
        doc: "Views of equal parts, or of the parts between positions.",
        examples: &[
            Example { code: "split(arange(6), 3)", out: "[array([0, 1]), array([2, 3]), array([4, 5])]" },
            Example {
                code: "split(arange(6), [1, 4])",
                out: "[array([0]), array([1, 2, 3]), array([4, 5])]",
            },
        ],
        kind: Kind::Call(|_, args| split(args, args.int(2)?, true)),
        ..Prim::NEW
    },
    Prim {
        name: "array_split",
        params: "ary, indices_or_sections, axis=0",
        doc: "As `split`, but the number of parts need not divide the length: the first ones are longer.",
        examples: &[Example { code: "array_split(arange(5), 2)", out: "[array([0, 1, 2]), array([3, 4])]" }],
        kind: Kind::Call(|_, args| split(args, args.int(2)?, false)),
        ..Prim::NEW
    },
    Prim {
        name: "hsplit",
        params: "ary, indices_or_sections",
        doc: "`split` along the second axis (of a vector, its only one).",
        examples: &[Example { code: "hsplit(arange(4), 2)", out: "[array([0, 1]), array([2, 3])]" }],
        kind: Kind::Call(|_, args| {
            let axis = if args.array(0)?.ndim() > 1 { 1 } else { 0 };
            split(args, axis, true)
        }),
        ..Prim::NEW
    },
    Prim {
        name: "vsplit",
        params: "ary, indices_or_sections",
        doc: "`split` along the first axis of an array of at least two.",
        examples: &[Example { code: "vsplit(eye(2), 2)[1]", out: "[[0. 1.]]" }],
        kind: Kind::Call(|_, args| split_of(args, 0, 2)),
        ..Prim::NEW
    },
    Prim {
        name: "dsplit",
        params: "ary, indices_or_sections",
        doc: "`split` along the third axis.",
        examples: &[Example { code: "dsplit(zeros((1, 2, 4)), 2)[0].shape", out: "(1, 2, 2)" }],
        kind: Kind::Call(|_, args| split_of(args, 2, 3)),
        ..Prim::NEW
    },
    Prim {
        name: "unstack",
        params: "x, *, axis=0",
        doc: "A tuple of the views along an axis.",
        examples: &[Example { code: "unstack([[1, 2], [3, 4]])[1]", out: "[3 4]" }],
        kind: Kind::Call(unstack),
        ..Prim::NEW
    },
    Prim {
        name: "catenate_first",
        glyphs: &[Glyph { text: "⍪", class: Class::Glyph, valence: Valence::Dyadic }],
        params: "x, y",
        doc: "Joins along the first axis; a scalar or an array of one axis less counts as one more cell.",
        examples: &[
            Example { code: "1 2 ⍪ 3", out: "[1 2 3]" },
            Example { code: "(2 2 ⍴ ⍳4) ⍪ 8 9", out: "[[0 1]\n [2 3]\n [8 9]]" },
        ],
        numpy: "np.concatenate([x, y])",
        along: Along::Joined,
        kind: Kind::Call(catenate_first),
        ..Prim::NEW
    },
];

/// What is joined: arrays, in whose places some are computed where they are to lie.
struct Parts {
    /// Of one that waits, its shape without memory.
    arrays: Vec<Array>,
    work: Vec<Option<Box<Expr>>>,
    /// The common one.
    dtype: DType,
}

impl Parts {
    /// The items of an argument. Work waits on where its elements would lie in C order.
    fn of(host: &mut dyn Host, args: &Args, i: usize) -> Result<Parts, Fault> {
        let values = layout::sequence(args, i)?;
        if !values.iter().any(|v| matches!(v, Value::Deferred(_))) {
            let (arrays, dtype) = common(&values)?;
            let work = arrays.iter().map(|_| None).collect();
            return Ok(Parts { arrays, work, dtype });
        }
        // A list or tuple among them has the dtype of its array.
        let array = |v: Value| match v.operand() {
            Some(_) => Ok(v),
            None => Ok(Value::Array(convert::to_array(&v)?)),
        };
        let values = values.into_iter().map(array).collect::<Result<Vec<Value>, Fault>>()?;
        let operands: Vec<Operand> = values.iter().filter_map(Value::operand).collect();
        let dtype = result_dtype(&operands);
        let (mut arrays, mut work) = (Vec::new(), Vec::new());
        for value in values {
            let waits = matches!(value, Value::Deferred(_));
            let expr = if waits { deferred::expr_of(value.clone()) } else { None };
            match expr.filter(|e| e.order().is_sorted() && e.dtype() == dtype) {
                Some(expr) => {
                    arrays.push(Array::zeros(dtype, &[])?.broadcast_to(expr.shape())?);
                    work.push(Some(expr));
                }
                None => {
                    arrays.push(convert::to_array(&value.settled(host)?)?);
                    work.push(None);
                }
            }
        }
        Ok(Parts { arrays, work, dtype })
    }

    /// Every part computed.
    fn computed(self, host: &mut dyn Host) -> Result<Vec<Array>, Fault> {
        let one = |(array, work): (Array, Option<Box<Expr>>)| match work {
            Some(expr) => {
                let made = deferred::compute(host, expr, Target::Fresh(None))?;
                Ok(with_single_axes_of(&made, array.shape()))
            }
            None => Ok(array),
        };
        self.arrays.into_iter().zip(self.work).map(one).collect()
    }

    /// The parts under other shapes, which differ in axes of length one alone. Plain numbers have become arrays, whose
    /// dtypes count.
    fn shaped(mut self, shape: impl Fn(&Array) -> Array) -> Parts {
        self.arrays.iter_mut().for_each(|a| *a = shape(a));
        self.dtype = self.arrays.iter().map(Array::dtype).reduce(promote).unwrap_or(self.dtype);
        self
    }

    /// Joins them along an axis, in a dtype. `np.hstack([m * 2, m + 1])` of 1000 x 1000 float64 on two threads took
    /// 1580 µs with an array for each part, and takes 468.
    fn join(self, host: &mut dyn Host, axis: usize, dtype: DType) -> Result<Array, Fault> {
        let mut works = self.work.iter().flatten().peekable();
        if works.peek().is_none() || works.any(|e| e.dtype() != dtype) {
            let arrays = self.computed(host)?;
            return join(&arrays, axis, dtype);
        }
        let shape = joined_shape(&self.arrays, axis)?;
        let out = Array::empty_keeping(dtype, &shape, &common_layout(&self.arrays))?;
        let mut at = 0;
        for (a, work) in self.arrays.iter().zip(self.work) {
            let n = a.shape()[axis];
            let place = section(&out, axis, at, n);
            match work {
                Some(expr) => {
                    let place = with_single_axes_of(&place, expr.shape());
                    deferred::compute(host, expr, Target::Into(place))?;
                }
                None => exec::assign(&place, a)?,
            }
            at += n;
        }
        Ok(out)
    }
}

/// A view under another shape, which differs in axes of length one alone.
fn with_single_axes_of(a: &Array, shape: &[usize]) -> Array {
    let mut own = a.shape().iter().zip(a.strides()).filter(|(n, _)| **n != 1).map(|(_, &s)| s);
    let strides: Strides = shape.iter().map(|&n| if n == 1 { 0 } else { own.next().unwrap_or(0) }).collect();
    a.view(shape, &strides, a.offset())
}

/// The `dtype` and `casting` arguments of the joining functions, checked.
fn target(args: &Args, i: usize, found: DType) -> Result<DType, Fault> {
    if i == usize::MAX {
        return Ok(found);
    }
    Ok(args.opt_dtype(i)?.unwrap_or(found))
}

/// Joins arrays of equal rank along an axis.
pub fn join(arrays: &[Array], axis: usize, dtype: DType) -> Result<Array, Fault> {
    let shape = joined_shape(arrays, axis)?;
    if let Some(out) = exec::join_short(arrays, dtype) {
        return Ok(out);
    }
    let out = Array::empty_keeping(dtype, &shape, &common_layout(arrays))?;
    join_into(&out, arrays, axis)?;
    Ok(out)
}

/// Strides that order the axes as they lie in the arrays' memory, where these agree, by the method of
/// NumPy's `PyArray_CreateMultiSortedStridePerm`.
fn common_layout(arrays: &[Array]) -> Vec<isize> {
    let ndim = arrays.first().map_or(0, Array::ndim);
    // Whether axis i lies outside axis j; `None` if no array tells.
    let outside = |i: usize, j: usize| -> Option<bool> {
        let told = arrays.iter().filter(|a| a.shape()[i] != 1 && a.shape()[j] != 1);
        told.map(|a| a.strides()[i].unsigned_abs() > a.strides()[j].unsigned_abs()).reduce(|x, y| x && y)
    };
    let mut order: Vec<usize> = Vec::with_capacity(ndim);
    for axis in 0..ndim {
        let mut place = order.len();
        for (at, &before) in order.iter().enumerate().rev() {
            match outside(axis, before) {
                Some(true) => place = at,
                Some(false) => break,
                None => {}
            }
        }
        order.insert(place, axis);
    }
    let mut strides = vec![0; ndim];
    order.iter().enumerate().for_each(|(at, &axis)| strides[axis] = (ndim - at) as isize);
    strides
}

fn joined_shape(arrays: &[Array], axis: usize) -> Result<Dims, Fault> {
    let reason = |reason: String| Fault::Value { func: "concatenate".into(), reason };
    let Some(first) = arrays.first() else {
        return Err(reason("need at least one array to concatenate".into()));
    };
    let mut shape: Dims = first.shape().into();
    shape[axis] = 0;
    for a in arrays {
        let agrees = |d: usize| d == axis || a.shape()[d] == first.shape()[d];
        if a.ndim() != first.ndim() || !(0..a.ndim()).all(agrees) {
            return Err(unjoined(arrays, Some(axis)));
        }
        shape[axis] += a.shape()[axis];
    }
    Ok(shape)
}

fn unjoined(arrays: &[Array], axis: Option<usize>) -> Fault {
    Fault::Join { shapes: arrays.iter().map(|a| a.shape().into()).collect(), axis }
}

fn join_into(out: &Array, arrays: &[Array], axis: usize) -> Result<(), Fault> {
    if axis == 0 && exec::copy::join_ends(out, arrays)? || exec::copy::join(out, arrays, axis)? {
        return Ok(());
    }
    let mut at = 0;
    for a in arrays {
        let n = a.shape()[axis];
        exec::assign(&section(out, axis, at, n), a)?;
        at += n;
    }
    Ok(())
}

/// Joins into `out` if it is given, else into a new array.
fn deliver(
    host: &mut dyn Host,
    args: &Args,
    out: usize,
    parts: Parts,
    axis: usize,
    dtype: DType,
) -> Result<Value, Fault> {
    match args.get(out) {
        Some(Value::Array(target)) if out != usize::MAX => {
            let shape = joined_shape(&parts.arrays, axis)?;
            if target.shape() != &shape[..] {
                return Err(args.reason(format!(
                    "out has shape {}, the result {}",
                    shape_text(target.shape()),
                    shape_text(&shape)
                )));
            }
            exec::assign(target, &parts.join(host, axis, dtype)?)?;
            Ok(Value::Array(target.clone()))
        }
        _ => Ok(Value::Array(parts.join(host, axis, dtype)?)),
    }
}

fn concatenate(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let mut parts = Parts::of(host, args, 0)?;
    let dtype = target(args, 3, parts.dtype)?;
    let Some(first) = parts.arrays.first() else {
        return Err(args.reason("need at least one array to concatenate"));
    };
    let ndim = first.ndim();
    if args.is_none(1) {
        let found = parts.dtype;
        let arrays = parts.computed(host)?;
        let arrays = arrays.iter().map(|a| layout::ravel(a, Order::C)).collect::<Result<Vec<_>, _>>()?;
        let work = arrays.iter().map(|_| None).collect();
        parts = Parts { arrays, work, dtype: found };
        return deliver(host, args, 2, parts, 0, dtype);
    }
    if ndim == 0 {
        return Err(args.reason("zero-dimensional arrays cannot be concatenated"));
    }
    let axis = args.axis(1, ndim)?;
    deliver(host, args, 2, parts, axis, dtype)
}

fn stack(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let parts = Parts::of(host, args, 0)?;
    let arrays = &parts.arrays;
    let Some(first) = arrays.first() else { return Err(args.reason("need at least one array to stack")) };
    if arrays.iter().any(|a| a.shape() != first.shape()) {
        return Err(unjoined(arrays, None));
    }
    let axis = normalize_axis(args.int(1)?, first.ndim() + 1)?;
    let dtype = target(args, 3, parts.dtype)?;
    deliver(host, args, 2, parts.shaped(|a| expanded(a, axis)), axis, dtype)
}

fn joined_as(
    host: &mut dyn Host,
    args: &Args,
    dtype: usize,
    axis: usize,
    shape: fn(&Array) -> Array,
) -> Result<Value, Fault> {
    let parts = Parts::of(host, args, 0)?.shaped(shape);
    let dtype = target(args, dtype, parts.dtype)?;
    Ok(Value::Array(parts.join(host, axis, dtype)?))
}

fn hstack(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let parts = Parts::of(host, args, 0)?.shaped(|a| at_least(a, 1));
    let axis = if parts.arrays.first().is_some_and(|a| a.ndim() == 1) { 0 } else { 1 };
    let dtype = target(args, 1, parts.dtype)?;
    Ok(Value::Array(parts.join(host, axis, dtype)?))
}

fn deep(a: &Array) -> Array {
    match a.ndim() {
        0 | 1 => expanded(&at_least(a, 2), 2),
        2 => expanded(a, 2),
        _ => a.clone(),
    }
}

fn column(a: &Array) -> Array {
    if a.ndim() < 2 { at_least(a, 2).transpose() } else { a.clone() }
}

fn block(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let value = args.value(0);
    let depth = block_depth(args, &value)?;
    let ndim = block_ndim(&value)?.max(depth);
    if depth == 0 {
        return Ok(Value::Array(exec::copy(&at_least(&convert::to_array(&value)?, ndim), Order::C)?));
    }
    let mut pieces = Vec::new();
    let whole = laid_blocks(&value, depth, ndim, SmallVec::from_elem(0, ndim), &mut pieces)?;
    let layout = common_layout(&pieces.iter().map(|(a, _)| a.clone()).collect::<Vec<_>>());
    let out = Array::empty_keeping(whole.dtype(), whole.shape(), &layout)?;
    for (a, at) in &pieces {
        let place = (0..ndim).fold(out.clone(), |part, k| section(&part, k, at[k], a.shape()[k]));
        exec::assign(&place, a)?;
    }
    Ok(Value::Array(out))
}

/// The depth of nested lists, the same everywhere. A row of plain numbers may have become an array.
fn block_depth(args: &Args, value: &Value) -> Result<usize, Fault> {
    let Value::List(l) = value else { return Ok(0) };
    let items = l.to_vec();
    let mut depth = None;
    for item in &items {
        let d = block_depth(args, item)?;
        if depth.is_some_and(|e| e != d) {
            return Err(args.reason("the lists of blocks must be nested equally deep"));
        }
        depth = Some(d);
    }
    depth.map(|d| d + 1).ok_or_else(|| args.reason("a list of blocks cannot be empty"))
}

fn block_ndim(value: &Value) -> Result<usize, Fault> {
    match value {
        Value::List(l) => l.to_vec().iter().try_fold(0, |n, v| Ok(n.max(block_ndim(v)?))),
        v => Ok(convert::to_array(v)?.ndim()),
    }
}

/// The blocks, each with its place in the whole; and an array of the whole's shape and dtype, without memory.
fn laid_blocks(
    value: &Value,
    depth: usize,
    ndim: usize,
    at: Dims,
    pieces: &mut Vec<(Array, Dims)>,
) -> Result<Array, Fault> {
    let Value::List(l) = value else {
        let block = at_least(&convert::to_array(value)?, ndim);
        pieces.push((block.clone(), at));
        return Ok(block);
    };
    let axis = ndim - depth;
    let mut parts = Vec::new();
    let mut here = at;
    for item in l.to_vec() {
        let part = laid_blocks(&item, depth - 1, ndim, here.clone(), pieces)?;
        here[axis] += part.shape()[axis];
        parts.push(part);
    }
    let dtype = parts.iter().map(Array::dtype).reduce(promote).unwrap_or(DType::F64);
    let shape = joined_shape(&parts, axis)?;
    Ok(Array::zeros(dtype, &[])?.broadcast_to(&shape)?)
}

fn split_of(args: &Args, axis: i64, ndim: usize) -> Result<Value, Fault> {
    if args.array(0)?.ndim() < ndim {
        let reason = format!("the array must have at least {ndim} axes");
        return Err(args.misshapen(0, &args.array(0)?, reason, &["=split"]));
    }
    split(args, axis, true)
}

/// The most parts that an axis with fewer elements is split into; nearly all of them are empty.
const MOST_EMPTY: usize = 1 << 24;

fn split(args: &Args, axis: i64, even: bool) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let axis = normalize_axis(axis, a.ndim())?;
    let n = a.shape()[axis];
    let sections = args.get(1).filter(|v| convert::is_number(v)).and_then(convert::as_index);
    let cuts: Vec<(usize, usize)> = match sections {
        Some(sections) => {
            if sections < 1 {
                return Err(args.reason("the number of sections must be larger than 0"));
            }
            let k = sections as usize;
            if even && n % k != 0 {
                // The others go along an axis of their own.
                let tries: &[&str] = if args.name() == "split" { &["=array_split"] } else { &[] };
                let reason = format!("array split does not result in an equal division into {k} parts");
                return Err(args.lengths(reason, [Part::new(0, "a", a.shape(), axis)], tries));
            }
            if k > n.max(MOST_EMPTY) {
                return Err(args.reason(format!("of {k} sections of an axis of {n} nearly all are empty")));
            }
            let (each, extra) = (n / k, n % k);
            (0..k).map(|i| (i * each + i.min(extra), each + usize::from(i < extra))).collect()
        }
        None => {
            let clip =
                |p: i64| if p < 0 { p.saturating_add(n as i64).max(0) } else { p.min(n as i64) } as usize;
            let mut ends: Vec<usize> = args.ints(1)?.into_iter().map(clip).collect();
            ends.push(n);
            let mut start = 0;
            let part = |end: usize| {
                let part = (start, end.saturating_sub(start));
                start = end;
                part
            };
            ends.into_iter().map(part).collect()
        }
    };
    Ok(layout::list(cuts.into_iter().map(|(start, len)| section(&a, axis, start, len)).collect()))
}

fn unstack(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    if a.ndim() == 0 {
        return Err(args.wrong(0, "an array of at least one axis"));
    }
    let axis = args.axis(1, a.ndim())?;
    Ok(layout::tuple((0..a.shape()[axis]).map(|i| layout::layer(&a, axis, i)).collect()))
}

fn catenate_first(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (arrays, dtype) = common(&[args.value(0), args.value(1)])?;
    let [x, y] = &arrays[..] else { return Err(args.wrong(0, "an array")) };
    let ndim = x.ndim().max(y.ndim()).max(1);
    let cell = |a: &Array, other: &Array| -> Result<Array, Fault> {
        let mut shape: Dims = match other.ndim() {
            0 => Dims::from_elem(1, 1),
            _ => other.shape().into(),
        };
        match a.ndim() {
            0 => {
                shape[0] = 1;
                Ok(a.broadcast_to(&shape)?)
            }
            n if n + 1 == ndim => Ok(expanded(a, 0)),
            _ => Ok(a.clone()),
        }
    };
    Ok(Value::Array(join(&[cell(x, y)?, cell(y, x)?], 0, dtype)?))
}

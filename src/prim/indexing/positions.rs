//! Indices as results: where elements are, and index arrays for whole regions.

use crate::array::{Array, Dims, Order};
use crate::dtype::DType;
use crate::exec;
use crate::kernel;
use crate::prim::arrays::layout::{self, indices, tuple};
use crate::prim::convert::{self, to_array, unwrap_0d};
use crate::prim::row::{Example, Glyph, Kind, Prim, Valence};
use crate::prim::{Args, deferred};
use crate::syntax::Class;
use crate::value::{CallArgs, Fault, Host, Value};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

pub static ROWS: &[Prim] = &[
    Prim {
        name: "nonzero",
        method: true,
        params: "a",
        doc: "For each axis the indices of the elements that are not zero, a tuple of arrays.",
        examples: &[Example { code: "nonzero([[1, 0], [0, 2]])", out: "(array([0, 1]), array([0, 1]))" }],
        defers: 1,
        kind: Kind::Call(nonzero),
        ..Prim::NEW
    },
    Prim {
        name: "argwhere",
        numpy_scratch: 1,
        params: "a",
        doc: "The indices of the elements that are not zero, one row each.",
        examples: &[Example { code: "argwhere([[1, 0], [0, 2]])", out: "[[0 0]\n [1 1]]" }],
        defers: 1,
        kind: Kind::Call(|host, args| match of_work(host, args.get(0))? {
            Some(places) => Ok(Value::Array(columns(&places)?)),
            None => Ok(Value::Array(rows_of_nonzero(&args.array(0)?)?)),
        }),
        ..Prim::NEW
    },
    Prim {
        name: "flatnonzero",
        params: "a",
        doc: "Positions in C order of the elements that are not zero.",
        examples: &[Example { code: "flatnonzero([0, 3, 0, 4])", out: "[1 3]" }],
        defers: 1,
        kind: Kind::Call(|host, args| match places_of_work(host, args.get(0))? {
            Some((places, _)) => Ok(Value::Array(places.places()?)),
            None => Ok(Value::Array(exec::index::flat_nonzero(&args.array(0)?)?)),
        }),
        ..Prim::NEW
    },
    Prim {
        name: "where_true",
        glyphs: &[Glyph { text: "⍸", class: Class::Glyph, valence: Valence::Monadic }],
        params: "x",
        doc: "The indices of the ones: of a vector an index each, of a matrix a row each; a count repeats its index.",
        examples: &[
            Example { code: "⍸ 0 1 0 1", out: "[1 3]" },
            Example { code: "⍸ 1 0 2", out: "[0 2 2]" },
            Example { code: "⍸ (2 2 ⍴ 0 1 1 0)", out: "[[0 1]\n [1 0]]" },
        ],
        numpy: "np.flatnonzero(x) if x.ndim == 1 else np.argwhere(x)",
        defers: 1,
        ravels: true,
        kind: Kind::Call(where_true),
        ..Prim::NEW
    },
    Prim {
        name: "unravel_index",
        params: "indices, shape, order='C'",
        doc: "For positions in C (or F) order the index along each axis of a shape.",
        examples: &[Example { code: "unravel_index(5, (2, 3))", out: "(np.int64(1), np.int64(2))" }],
        kind: Kind::Call(unravel_index),
        ..Prim::NEW
    },
    Prim {
        name: "ravel_multi_index",
        params: "multi_index, dims, mode='raise', order='C'",
        doc: "Positions in C (or F) order of indices along each axis of a shape.\n\nIndices out of bounds are an error, or by `mode` 'clip' or 'wrap', which may be given for each axis.",
        examples: &[
            Example { code: "ravel_multi_index(([0, 1], [2, 1]), (2, 3))", out: "[2 4]" },
            Example { code: "ravel_multi_index(([3], [4]), (2, 3), mode=(\"clip\", \"wrap\"))", out: "[4]" },
        ],
        kind: Kind::Call(ravel_multi_index),
        ..Prim::NEW
    },
    Prim {
        name: "ix_",
        params: "*args",
        doc: "Index arrays for every combination: `x[ix_([0, 2], [1, 3])]` takes rows 0 and 2 at columns 1 and 3.",
        examples: &[Example {
            code: "arange(12).reshape(3, 4)[ix_([0, 2], [1, 3])]",
            out: "[[ 1  3]\n [ 9 11]]",
        }],
        kind: Kind::Call(ix),
        ..Prim::NEW
    },
    Prim {
        name: "diag_indices",
        params: "n, ndim=2",
        doc: "Index arrays of the diagonal of an array with `ndim` axes of length n.",
        examples: &[Example { code: "diag_indices(2)", out: "(array([0, 1]), array([0, 1]))" }],
        kind: Kind::Call(diag_indices),
        ..Prim::NEW
    },
    Prim {
        name: "tril_indices",
        params: "n, k=0, m=None",
        doc: "Index arrays of the lower triangle of an n by m matrix.",
        examples: &[Example { code: "tril_indices(2)", out: "(array([0, 1, 1]), array([0, 0, 1]))" }],
        kind: Kind::Call(|_, args| corner(args, true)),
        ..Prim::NEW
    },
    Prim {
        name: "triu_indices",
        params: "n, k=0, m=None",
        doc: "Index arrays of the upper triangle of an n by m matrix.",
        examples: &[Example { code: "triu_indices(2)", out: "(array([0, 0, 1]), array([0, 1, 1]))" }],
        kind: Kind::Call(|_, args| corner(args, false)),
        ..Prim::NEW
    },
    Prim {
        name: "tril_indices_from",
        params: "arr, k=0",
        doc: "Index arrays of the lower triangle of a matrix.",
        examples: &[Example { code: "eye(2)[tril_indices_from(eye(2))]", out: "[1. 0. 1.]" }],
        kind: Kind::Call(|_, args| corner_of(args, true)),
        ..Prim::NEW
    },
    Prim {
        name: "mask_indices",
        params: "n, mask_func, k=0",
        doc: "Index arrays of the places where a function of an n by n matrix of ones and `k`, such as `triu`, keeps something.",
        examples: &[Example { code: "arange(9).reshape(3, 3)[mask_indices(3, triu, 1)]", out: "[1 2 5]" }],
        kind: Kind::Call(mask_indices),
        ..Prim::NEW
    },
    Prim {
        name: "triu_indices_from",
        params: "arr, k=0",
        doc: "Index arrays of the upper triangle of a matrix.",
        examples: &[Example { code: "eye(2)[triu_indices_from(eye(2))]", out: "[1. 0. 1.]" }],
        kind: Kind::Call(|_, args| corner_of(args, false)),
        ..Prim::NEW
    },
    Prim {
        name: "shares_memory",
        params: "a, b",
        doc: "Whether any element of one array is in the memory of the other.",
        examples: &[
            Example { code: "a = arange(6); shares_memory(a, a[::2])", out: "True" },
            Example { code: "a = arange(6); shares_memory(a[1::2], a[::2])", out: "False" },
        ],
        kind: Kind::Call(shares_memory),
        ..Prim::NEW
    },
    Prim {
        name: "may_share_memory",
        params: "a, b",
        doc: "Whether the memory spans of two arrays overlap: never false where memory is shared.",
        examples: &[Example { code: "a = arange(6); may_share_memory(a[1::2], a[::2])", out: "True" }],
        kind: Kind::Call(|_, args| Ok(Value::Bool(args.array(0)?.may_overlap(&args.array(1)?)))),
        ..Prim::NEW
    },
];

/// Index arrays of the true elements of a condition that waits; `None` for anything else.
pub fn of_work(host: &mut dyn Host, value: Option<&Value>) -> Result<Option<Vec<Array>>, Fault> {
    match places_of_work(host, value)? {
        Some((chosen, shape)) => Ok(Some(chosen.indices(&shape)?)),
        None => Ok(None),
    }
}

/// What a condition that waits chooses, and the condition's shape; `None` for anything else.
fn places_of_work(host: &mut dyn Host, value: Option<&Value>) -> Result<Option<(exec::Chosen, Dims)>, Fault> {
    let Some(value @ Value::Deferred(_)) = value else { return Ok(None) };
    let Some(expr) = deferred::expr_of(value.clone()) else { return Ok(None) };
    let (chosen, met) = exec::Chosen::by(&expr)?;
    deferred::tell(host, expr.plan(), &met)?;
    Ok(Some((chosen, expr.shape().into())))
}

fn nonzero(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    if let Some(places) = of_work(host, args.get(0))? {
        return Ok(tuple(places));
    }
    let a = args.array(0)?;
    if a.ndim() == 0 {
        return Err(args.reason("an array without axes has no indices; write atleast_1d(x)"));
    }
    Ok(tuple(exec::index::nonzero(&a)?))
}

fn rows_of_nonzero(a: &Array) -> Result<Array, Fault> {
    if a.ndim() == 0 {
        let n = usize::from(a.item().is_some_and(|s| s.truth()));
        return Ok(Array::empty(crate::dtype::DType::I64, &[n, 0])?);
    }
    columns(&exec::index::nonzero(a)?)
}

fn columns(list: &[Array]) -> Result<Array, Fault> {
    let n = list.first().map_or(0, Array::size);
    let out = Array::empty(crate::dtype::DType::I64, &[n, list.len()])?;
    for (k, axis) in list.iter().enumerate() {
        exec::assign(&layout::layer(&out, 1, k), axis)?;
    }
    Ok(out)
}

fn where_true(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let x = match args.get(0) {
        Some(work @ Value::Deferred(w)) if w.dtype() == DType::Bool => {
            if let Some(table) = deferred::under_ravel(work)
                && let Some((chosen, shape)) = places_of_work(host, Some(&table))?
                && let Some(places) = chosen.indices(&[shape.iter().product()])?.pop()
            {
                return Ok(Value::Array(places));
            }
            if let Some(mut places) = of_work(host, Some(work))? {
                let vector = if places.len() == 1 { places.pop() } else { None };
                return Ok(Value::Array(vector.map_or_else(|| columns(&places), Ok)?));
            }
            args.array(0)?
        }
        Some(work @ Value::Deferred(_)) => convert::to_array(&work.clone().settled(host)?)?,
        _ => args.array(0)?,
    };
    // Bools of one axis or more: every place counts once. 1e6 of them one by one took 17 ms.
    if x.dtype() == DType::Bool && x.ndim() > 0 {
        let mut places = exec::index::nonzero(&x)?;
        let vector = if x.ndim() == 1 { places.pop() } else { None };
        return Ok(Value::Array(vector.map_or_else(|| columns(&places), Ok)?));
    }
    let count = |s| convert::as_count(&Value::Scalar(s)).and_then(|n| usize::try_from(n).ok());
    let counts = convert::scalars(&x)?.into_iter().map(count).collect::<Option<Vec<usize>>>();
    let counts = counts.ok_or_else(|| args.wrong(0, "bools or counts"))?;
    convert::room_for(counts.iter().copied())?;
    let at: Vec<i64> = (0..).zip(&counts).flat_map(|(i, &n)| std::iter::repeat_n(i, n)).collect();
    let flat = indices(&at)?;
    if x.ndim() < 2 {
        return Ok(Value::Array(flat));
    }
    Ok(Value::Array(columns(&unraveled(&flat, x.shape(), Order::C)?)?))
}

/// The index along each axis for positions in an order.
fn unraveled(flat: &Array, shape: &[usize], order: Order) -> Result<Vec<Array>, Fault> {
    let mut left = exec::copy(flat, Order::C)?;
    let mut out = vec![flat.clone(); shape.len()];
    let axes: Vec<usize> = match order {
        Order::C => (0..shape.len()).rev().collect(),
        Order::F => (0..shape.len()).collect(),
    };
    for k in axes {
        let mut line = Array::empty(DType::I64, flat.shape())?;
        if let (Some(places), Some(rest)) = (left.as_mut_slice::<i64>(), line.as_mut_slice::<i64>()) {
            kernel::index::split_places(places, shape[k], rest);
        }
        out[k] = line;
    }
    Ok(out)
}

fn order_of(args: &Args, i: usize) -> Result<Order, Fault> {
    args.order(i, None)
}

fn unravel_index(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let flat = args.array(0)?;
    if !flat.dtype().is_int() && flat.size() > 0 {
        return Err(args.wrong(0, "integers"));
    }
    let flat = exec::in_dtype(&flat, crate::dtype::DType::I64)?;
    let shape = args.shape(1)?;
    let size: usize = shape.iter().product();
    let flat = exec::contiguous(&flat)?;
    if let Some(bad) = kernel::index::first_past(flat.as_slice::<i64>().unwrap_or_default(), size) {
        return Err(args.reason(format!("index {bad} is out of bounds for array with size {size}")));
    }
    let parts = unraveled(&flat, &shape, order_of(args, 2)?)?;
    Ok(Value::tuple(parts.into_iter().map(unwrap_0d).collect()))
}

/// Indices that one thread takes at a time.
const PIECE: usize = 1 << 15;

fn ravel_multi_index(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let parts = layout::sequence(args, 0)?.iter().map(to_array).collect::<Result<Vec<_>, _>>()?;
    let dims = args.shape(1)?;
    if parts.len() != dims.len() {
        return Err(args.reason(format!("{} index arrays are given for {} axes", parts.len(), dims.len())));
    }
    let shapes: Vec<&[usize]> = parts.iter().map(Array::shape).collect();
    let shape = crate::array::broadcast_shapes(&shapes)?;
    let modes = modes(args, 2, dims.len())?;
    let mut total = Array::zeros(DType::I64, &shape)?;
    let mut step = 1i64;
    let axes: Vec<usize> = match order_of(args, 3)? {
        Order::C => (0..dims.len()).rev().collect(),
        Order::F => (0..dims.len()).collect(),
    };
    for k in axes {
        let n = dims[k] as i64;
        let part = exec::contiguous(&exec::in_dtype(&parts[k], DType::I64)?.broadcast_to(&shape)?)?;
        let indices = part.as_slice::<i64>().unwrap_or_default();
        let bounds = match modes[k] {
            "wrap" if n > 0 => kernel::index::Bounds::Wrap,
            "clip" if n > 0 => kernel::index::Bounds::Clip,
            _ => kernel::index::Bounds::Raise,
        };
        let outside = AtomicBool::new(false);
        exec::threads::chunks(total.as_mut_slice::<i64>().unwrap_or_default(), PIECE, &|i, total| {
            let indices = &indices[i * PIECE..][..total.len()];
            if !kernel::index::add_places(total, indices, (n, step), bounds) {
                outside.store(true, Relaxed);
            }
        });
        if exec::interrupt::requested() {
            return Err(crate::array::ArrayError::Interrupted.into());
        }
        if outside.into_inner() {
            return Err(args.reason("invalid entry in coordinates array"));
        }
        step *= n;
    }
    Ok(unwrap_0d(total))
}

/// What happens to indices out of bounds, for each axis: one word for all, or a word for each.
fn modes(args: &Args, i: usize, ndim: usize) -> Result<Vec<&str>, Fault> {
    let words = match args.get(i) {
        Some(Value::Tuple(words)) => words.items.iter().map(word).collect::<Option<Vec<_>>>(),
        Some(one) => word(one).map(|one| vec![one; ndim]),
        None => Some(vec!["raise"; ndim]),
    };
    let known = |words: &Vec<&str>| words.iter().all(|w| matches!(*w, "raise" | "wrap" | "clip"));
    match words.filter(known) {
        Some(words) if words.len() == ndim => Ok(words),
        Some(words) => Err(args.reason(format!("{} modes are given for {ndim} axes", words.len()))),
        None => Err(args.wrong(i, "'raise', 'wrap' or 'clip', or a tuple of them")),
    }
}

fn word(v: &Value) -> Option<&str> {
    match v {
        Value::Str(text) => Some(text),
        _ => None,
    }
}

fn ix(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let rest = args.rest(0);
    let n = rest.len();
    let mut out = Vec::new();
    for (k, v) in rest.iter().enumerate() {
        let a = to_array(v)?;
        if a.ndim() != 1 {
            return Err(args.misshapen(k, &a, "every argument must have one axis", &[".ravel()"]));
        }
        let a = match a.dtype() {
            crate::dtype::DType::Bool => exec::index::flat_nonzero(&a)?,
            _ if a.size() == 0 => exec::in_dtype(&a, crate::dtype::DType::I64)?,
            _ => a,
        };
        let mut dims = vec![1i64; n];
        dims[k] = a.size() as i64;
        out.push(layout::reshape(&a, &dims, Order::C)?);
    }
    Ok(tuple(out))
}

fn diag_indices(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (n, ndim) = (args.int(0)?.max(0), args.int(1)?);
    convert::room_for([n as usize])?;
    let line = indices(&(0..n).collect::<Vec<_>>())?;
    Ok(tuple(vec![line; ndim.clamp(0, 64) as usize]))
}

fn corner(args: &Args, lower: bool) -> Result<Value, Fault> {
    let n = args.int(0)?.max(0);
    let m = args.opt_int(2)?.unwrap_or(n).max(0);
    triangle(n, m, args.int(1)?, lower)
}

fn corner_of(args: &Args, lower: bool) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let &[n, m] = a.shape() else { return Err(args.wrong(0, "a matrix")) };
    triangle(n as i64, m as i64, args.int(1)?, lower)
}

fn mask_indices(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let n = args.int(0)?.max(0) as usize;
    let Some(Value::Func(f)) = args.get(1) else { return Err(args.wrong(1, "a function")) };
    let ones = Array::empty(DType::I64, &[n, n])?;
    exec::fill(&ones, layout::one(DType::I64))?;
    let kept = f.call(host, CallArgs::new([Value::Array(ones), args.value(2)]))?;
    Ok(tuple(exec::index::nonzero(&to_array(&kept.settled(host)?)?)?))
}

fn triangle(n: i64, m: i64, k: i64, lower: bool) -> Result<Value, Fault> {
    convert::room_for([n as usize])?;
    let row = |i: i64| {
        let edge = i.saturating_add(k).saturating_add(i64::from(lower)).clamp(0, m);
        if lower { 0..edge } else { edge..m }
    };
    convert::room_for((0..n).map(|i| (row(i).end - row(i).start) as usize))?;
    let (mut rows, mut columns) = (Vec::new(), Vec::new());
    for i in 0..n {
        rows.extend(row(i).map(|_| i));
        columns.extend(row(i));
    }
    Ok(tuple(vec![indices(&rows)?, indices(&columns)?]))
}

/// Elements up to which overlap is decided exactly.
const EXACT: usize = 1 << 22;

fn shares_memory(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (a, b) = (args.array(0)?, args.array(1)?);
    let dense = |x: &Array| x.is_c_contiguous() || x.is_f_contiguous();
    if !a.may_overlap(&b) || (dense(&a) && dense(&b)) || a.size() + b.size() > EXACT {
        return Ok(Value::Bool(a.may_overlap(&b)));
    }
    let starts = |x: &Array| -> Vec<(usize, usize)> {
        let mut at = vec![x.offset() as isize];
        let dims: Dims = x.shape().into();
        for (&n, &s) in dims.iter().zip(x.strides()) {
            at = at.iter().flat_map(|&p| (0..n as isize).map(move |i| p + i * s)).collect();
        }
        let size = x.dtype().itemsize();
        let mut out: Vec<_> = at.into_iter().map(|p| (p as usize * size, p as usize * size + size)).collect();
        out.sort_unstable();
        out
    };
    let (a, b) = (starts(&a), starts(&b));
    let (mut i, mut j) = (0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        if x.0 < y.1 && y.0 < x.1 {
            return Ok(Value::Bool(true));
        }
        if x.1 <= y.0 { i += 1 } else { j += 1 }
    }
    Ok(Value::Bool(false))
}

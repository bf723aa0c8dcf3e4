//! Matrices by their structure: identities, diagonals, triangles, Vandermonde.

use crate::array::{Array, Dims, Order, Strides, normalize_axis};
use crate::dtype::{DType, Element, c128};
use crate::exec;
use crate::exec::tally::{self, Pass};
use crate::prim::arrays::layout;
use crate::prim::arrays::layout::{memory, one};
use crate::prim::row::{Example, Kind, Prim};
use crate::prim::{Args, convert};
use crate::value::{Fault, Host, Value};

pub static ROWS: &[Prim] = &[
    Prim {
        name: "eye",
        params: "N, M=None, k=0, dtype=float, order='C'",
        doc: "Ones on the diagonal `k` of an N by M matrix (N by N if M is not given), zeros elsewhere.",
        examples: &[
            Example { code: "eye(2)", out: "[[1. 0.]\n [0. 1.]]" },
            Example { code: "eye(2, 3, k=1, dtype=int)", out: "[[0 1 0]\n [0 0 1]]" },
        ],
        kind: Kind::Call(eye),
        ..Prim::NEW
    },
    Prim {
        name: "identity",
        params: "n, dtype=None",
        doc: "The n by n identity matrix.",
        examples: &[Example { code: "identity(2)", out: "[[1. 0.]\n [0. 1.]]" }],
        kind: Kind::Call(identity),
        ..Prim::NEW
    },
    Prim {
        name: "diag",
        params: "v, k=0",
        doc: "Of a vector the matrix with it on diagonal `k`; of a matrix its diagonal `k`, a read-only view.",
        examples: &[
            Example { code: "diag([1, 2])", out: "[[1 0]\n [0 2]]" },
            Example { code: "diag([[1, 2], [3, 4]])", out: "[1 4]" },
            Example { code: "diag([[1, 2], [3, 4]], k=1)", out: "[2]" },
        ],
        kind: Kind::Call(diag),
        ..Prim::NEW
    },
    Prim {
        name: "diagflat",
        params: "v, k=0",
        doc: "The matrix with the elements of an array of any shape on diagonal `k`.",
        examples: &[Example { code: "diagflat([[1, 2]])", out: "[[1 0]\n [0 2]]" }],
        kind: Kind::Call(diagflat),
        ..Prim::NEW
    },
    Prim {
        name: "diagonal",
        method: true,
        params: "a, offset=0, axis1=0, axis2=1",
        doc: "The diagonal of two axes, as a read-only view; the diagonal's axis is last.",
        examples: &[Example { code: "diagonal([[1, 2, 3], [4, 5, 6]], 1)", out: "[2 6]" }],
        kind: Kind::Call(diagonal),
        ..Prim::NEW
    },
    Prim {
        name: "fill_diagonal",
        params: "a, val, wrap=False",
        doc: "Writes a value, or the elements of an array again and again, on the diagonal of `a`, in place.",
        examples: &[Example {
            code: "a = zeros((2, 2)); fill_diagonal(a, 5); a",
            out: "[[5. 0.]\n [0. 5.]]",
        }],
        kind: Kind::Call(fill_diagonal),
        ..Prim::NEW
    },
    Prim {
        name: "tri",
        params: "N, M=None, k=0, dtype=float",
        doc: "Ones on and below diagonal `k`, zeros above it.",
        examples: &[Example { code: "tri(2, 3)", out: "[[1. 0. 0.]\n [1. 1. 0.]]" }],
        kind: Kind::Call(tri),
        ..Prim::NEW
    },
    Prim {
        name: "tril",
        params: "m, k=0",
        doc: "The lower triangle: a copy with zeros above diagonal `k`, of the last two axes.",
        examples: &[Example { code: "tril([[1, 2], [3, 4]])", out: "[[1 0]\n [3 4]]" }],
        kind: Kind::Call(|_, args| one_triangle(args, true)),
        ..Prim::NEW
    },
    Prim {
        name: "triu",
        params: "m, k=0",
        doc: "The upper triangle: a copy with zeros below diagonal `k`, of the last two axes.",
        examples: &[Example { code: "triu([[1, 2], [3, 4]])", out: "[[1 2]\n [0 4]]" }],
        kind: Kind::Call(|_, args| one_triangle(args, false)),
        ..Prim::NEW
    },
    Prim {
        name: "vander",
        params: "x, N=None, increasing=False",
        doc: "The Vandermonde matrix: powers of `x` as columns, falling unless `increasing`.",
        examples: &[Example { code: "vander([2, 3], 3)", out: "[[4 2 1]\n [9 3 1]]" }],
        kind: Kind::Call(vander),
        ..Prim::NEW
    },
];

/// A length argument: not negative (NumPy takes negative ones as 0).
fn length(args: &Args, i: usize, none: usize) -> Result<usize, Fault> {
    Ok(args.opt_int(i)?.map_or(none, |n| n.max(0) as usize))
}

/// A view of diagonal `k` of two axes, put last.
pub fn diagonal_view(a: &Array, k: i64, i: usize, j: usize) -> Array {
    let (n, m) = (a.shape()[i] as i64, a.shape()[j] as i64);
    let (si, sj) = (a.strides()[i], a.strides()[j]);
    let (down, right) = (k.min(0).saturating_neg(), k.max(0));
    let count = (n.saturating_sub(down)).min(m.saturating_sub(right)).max(0);
    let keep = |x: &usize| *x != i && *x != j;
    let mut shape: Dims = (0..a.ndim()).filter(keep).map(|x| a.shape()[x]).collect();
    let mut strides: Strides = (0..a.ndim()).filter(keep).map(|x| a.strides()[x]).collect();
    shape.push(count as usize);
    strides.push(si + sj);
    let skip = if count == 0 { 0 } else { down as isize * si + right as isize * sj };
    a.view(&shape, &strides, (a.offset() as isize + skip) as usize)
}

fn eye(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let n = length(args, 0, 0)?;
    let m = length(args, 1, n)?;
    let dtype = args.opt_dtype(3)?.unwrap_or(DType::F64);
    let order = match memory(args, 4, layout::Memory::C)? {
        layout::Memory::F => Order::F,
        _ => Order::C,
    };
    Ok(Value::Array(eye_of(n, m, args.int(2)?, dtype, order)?))
}

fn eye_of(n: usize, m: usize, k: i64, dtype: DType, order: Order) -> Result<Array, Fault> {
    let a = blank(dtype, &[n, m], order)?;
    exec::fill(&diagonal_view(&a, k, 0, 1), one(dtype))?;
    Ok(a)
}

/// Bytes up to which zeros are written at once. Each row of what follows touches a page of fresh memory, which
/// takes the system longer to clear (8 MB: 130 µs) than all threads to fill what was freed (50 µs); larger
/// matrices stay as few pages as their diagonals need.
const WRITTEN: usize = 64 << 20;

/// A new matrix of zeros whose diagonal will be written.
fn blank(dtype: DType, shape: &[usize], order: Order) -> Result<Array, Fault> {
    let size = shape.iter().fold(dtype.itemsize(), |n, &m| n.saturating_mul(m));
    if order == Order::C && size > WRITTEN {
        return Ok(Array::zeros(dtype, shape)?);
    }
    let a = Array::empty_in(dtype, shape, order)?;
    exec::fill(&a, layout::zero(dtype))?;
    Ok(a)
}

fn identity(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let n = length(args, 0, 0)?;
    Ok(Value::Array(eye_of(n, n, 0, args.opt_dtype(1)?.unwrap_or(DType::F64), Order::C)?))
}

fn diag(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (v, k) = (args.array(0)?, args.int(1)?);
    match v.ndim() {
        1 => on_diagonal(&v, k),
        2 => {
            let view = diagonal_view(&v, k, 0, 1);
            view.set_writeable(false);
            Ok(Value::Array(view))
        }
        _ => Err(args.misshapen(0, &v, "the array must be a vector or a matrix", &["=diagonal"])),
    }
}

fn on_diagonal(v: &Array, k: i64) -> Result<Value, Fault> {
    let n = v.size() + k.unsigned_abs() as usize;
    let out = blank(v.dtype(), &[n, n], Order::C)?;
    exec::assign(&diagonal_view(&out, k, 0, 1), v)?;
    Ok(Value::Array(out))
}

fn diagflat(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    on_diagonal(&layout::ravel(&args.array(0)?, Order::C)?, args.int(1)?)
}

fn diagonal(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    if a.ndim() < 2 {
        return Err(args.misshapen(0, &a, "the array must have at least two axes", &["=diag"]));
    }
    let (i, j) = (normalize_axis(args.int(2)?, a.ndim())?, normalize_axis(args.int(3)?, a.ndim())?);
    if i == j {
        return Err(args.reason("axis1 and axis2 cannot be the same"));
    }
    let view = diagonal_view(&a, args.int(1)?, i, j);
    view.set_writeable(false);
    Ok(Value::Array(view))
}

fn fill_diagonal(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let Some(Value::Array(a)) = args.get(0) else { return Err(args.wrong(0, "an array")) };
    if a.ndim() < 2 {
        return Err(args.misshapen(0, a, "the array must have at least two axes", &[]));
    }
    if a.ndim() > 2 && a.shape().windows(2).any(|w| w[0] != w[1]) {
        return Err(args.reason("all axes must have equal lengths"));
    }
    let step: isize = a.strides().iter().sum();
    let (n, m) = (a.shape()[0], a.shape()[1]);
    let count = a.shape().iter().copied().min().unwrap_or(0);
    let value = match args.value(1) {
        x if x.is_scalar_number() => Array::from_scalar(convert::element_warned(host, &x, a.dtype())?)?,
        x => convert::to_array_as(&x, Some(a.dtype()))?,
    };
    // On tall matrices the diagonal starts again after an empty row.
    let starts =
        if args.flag(2)? && a.ndim() == 2 && m > 0 { (0..n).step_by(m + 1).collect() } else { vec![0] };
    let mut done = 0;
    for first in starts {
        let count = count.min(n - first);
        let at = a.offset() as isize + first as isize * a.strides()[0];
        let view = a.view(&[count], &[step], at as usize);
        if value.size() == 1 {
            exec::fill(&view, value.scalar_at(value.offset()))?;
        } else if value.size() > 0 {
            let flat = layout::ravel(&value, Order::C)?;
            let index: Vec<i64> = (0..count).map(|i| ((done + i) % value.size()) as i64).collect();
            let items = [crate::array::Index::Array(layout::indices(&index)?)];
            exec::assign(&view, &exec::index::get(&flat, &items)?)?;
        }
        done += count;
    }
    Ok(Value::None)
}

fn tri(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let n = length(args, 0, 0)?;
    let m = length(args, 1, n)?;
    let dtype = args.opt_dtype(3)?.unwrap_or(DType::F64);
    let mut out = exec::full(&[n, m], one(dtype))?;
    exec::keep_triangle(&mut out, args.int(2)?, true);
    Ok(Value::Array(out))
}

fn one_triangle(args: &Args, lower: bool) -> Result<Value, Fault> {
    let a = args.array(0)?;
    // A vector stands for each row of a square matrix.
    let a = match a.ndim() {
        0 => return Err(args.wrong(0, "an array of at least one axis")),
        1 => a.broadcast_to(&[a.size(), a.size()])?,
        _ => a,
    };
    Ok(Value::Array(exec::triangle(&a, args.int(1)?, lower)?))
}

fn vander(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let x = args.array(0)?;
    if x.ndim() != 1 {
        return Err(args.misshapen(0, &x, "the array must be a vector", &[".ravel()"]));
    }
    let n = length(args, 1, x.size())?;
    let dtype = crate::dtype::promote(x.dtype(), DType::I64);
    let x = exec::contiguous(&exec::in_dtype(&x, dtype)?)?;
    let up = args.flag(2)?;
    let out = match dtype {
        DType::C128 => powers::<c128>(&x, n, up, c128::new(1.0, 0.0), |a, b| a * b),
        DType::F64 => powers::<f64>(&x, n, up, 1.0, |a, b| a * b),
        _ => powers::<i64>(&x, n, up, 1, i64::wrapping_mul),
    };
    Ok(Value::Array(out?))
}

/// Rows of `1, x, x * x, …` by repeated products, or the other way round.
fn powers<T: Element>(
    x: &Array,
    n: usize,
    up: bool,
    one: T,
    times: impl Fn(T, T) -> T,
) -> Result<Array, Fault> {
    let xs = x.as_slice::<T>().unwrap_or(&[]);
    let mut out = Array::empty(T::DTYPE, &[xs.len(), n])?;
    let _pass =
        tally::pass(|| Pass::new("powers", T::DTYPE, 0).reads(x).writes(&out).ops(out.size()).threads(1));
    let rows = out.as_mut_slice::<T>().unwrap_or_default().chunks_exact_mut(n.max(1));
    for (row, &x) in rows.zip(xs) {
        let mut power = one;
        for j in 0..n {
            row[if up { j } else { n - 1 - j }] = power;
            power = times(power, x);
        }
    }
    Ok(out)
}

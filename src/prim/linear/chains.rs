//! Products of matrices in chains: powers, `multi_dot`; and the products and traces of `np.linalg`.

use super::linalg::{linalg_row, square};
use super::products::{self, apply};
use crate::array::{Array, Dims, normalize_axis};
use crate::dtype::{DType, Scalar};
use crate::exec;
use crate::kernel::fold;
use crate::prim::reducing::arguments::{Ask, deliver, finish};
use crate::prim::{Args, Example, Home, Kind, Prim};
use crate::value::{CallArgs, Fault, Host, Value};

pub const ROWS: &[Prim] = &[
    Home::Linalg.row(
        "matrix_power",
        "a, n",
        "A square matrix multiplied with itself `n` times; for negative `n` its inverse.",
        &[
            Example { code: "np.linalg.matrix_power([[1, 1], [1, 0]], 10)", out: "[[89 55]\n [55 34]]" },
            Example {
                code: "np.linalg.matrix_power([[2, 0], [0, 4]], -1)",
                out: "[[0.5  0.  ]\n [0.   0.25]]",
            },
        ],
        matrix_power,
    ),
    Home::Linalg.row(
        "multi_dot",
        "arrays",
        "The product of several matrices, bracketed so that it takes the fewest multiplications.\n\n\
         The first and the last may be vectors.",
        &[Example { code: "np.linalg.multi_dot([[[1, 2]], [[1, 0], [0, 1]], [[3], [4]]])", out: "[[11]]" }],
        multi_dot,
    ),
    Home::Linalg.row(
        "matmul",
        "x1, x2, /",
        "The matrix product, as `np.matmul`.",
        &[Example { code: "np.linalg.matmul([[2]], [[3]])", out: "[[6]]" }],
        |host, args| apply(host, "matmul", [args.value(0), args.value(1)]),
    ),
    Home::Linalg.row(
        "outer",
        "x1, x2, /",
        "The outer product of two vectors, as `np.outer`.",
        &[Example { code: "np.linalg.outer([1, 2], [3])", out: "[[3]\n [6]]" }],
        |host, args| apply(host, "outer", [args.value(0), args.value(1)]),
    ),
    Home::Linalg.row(
        "cross",
        "x1, x2, /, *, axis=-1",
        "The cross product of vectors of three elements, as `np.cross`.",
        &[Example { code: "np.linalg.cross([1, 0, 0], [0, 1, 0])", out: "[0 0 1]" }],
        |host, args| {
            let axis = args.value(2);
            apply(host, "cross", [args.value(0), args.value(1), axis.clone(), axis.clone(), axis])
        },
    ),
    Home::Linalg.row(
        "tensordot",
        "a, b, /, *, axes=2",
        "The sum of products over several axes, as `np.tensordot`.",
        &[Example { code: "np.linalg.tensordot([[1, 2], [3, 4]], [[1, 0], [0, 1]])", out: "5" }],
        |host, args| apply(host, "tensordot", [args.value(0), args.value(1), args.value(2)]),
    ),
    Home::Linalg.row(
        "vecdot",
        "x1, x2, /, *, axis=-1",
        "The dot products of vectors along an axis, as `np.vecdot`.",
        &[Example { code: "np.linalg.vecdot([[1, 2], [3, 4]], [1, 10])", out: "[21 43]" }],
        |host, args| {
            let prim = crate::prim::reducing::arguments::row("vecdot")?;
            let mut call = CallArgs::new([args.value(0), args.value(1)]);
            call.keyword.push(("axis".into(), args.value(2)));
            crate::prim::call(prim, host, call)
        },
    ),
    Home::Linalg.row(
        "diagonal",
        "x, /, *, offset=0",
        "The diagonal of the last two axes.",
        &[Example { code: "np.linalg.diagonal([[1, 2], [3, 4]])", out: "[1 4]" }],
        |host, args| {
            let (rows, columns) = (Value::Int(-2), Value::Int(-1));
            apply(host, "diagonal", [args.value(0), args.value(1), rows, columns])
        },
    ),
    Home::Linalg.row(
        "matrix_transpose",
        "x, /",
        "The last two axes exchanged, as `np.matrix_transpose`.",
        &[Example { code: "np.linalg.matrix_transpose([[1, 2], [3, 4]])", out: "[[1 3]\n [2 4]]" }],
        |host, args| apply(host, "matrix_transpose", [args.value(0)]),
    ),
    Home::Linalg.row(
        "trace",
        "x, /, *, offset=0, dtype=None",
        "The sum along the diagonal of the last two axes.",
        &[Example { code: "np.linalg.trace([[1, 2], [3, 4]])", out: "5" }],
        |_, args| trace(args, 1, (Value::Int(-2), Value::Int(-1)), 2, 0),
    ),
    Prim {
        name: "trace",
        method: true,
        params: "a, offset=0, axis1=0, axis2=1, dtype=None, out=None",
        doc: "The sum along a diagonal: the elements `[i, i + offset]` of two axes.",
        examples: &[
            Example { code: "np.trace([[1, 2], [3, 4]])", out: "5" },
            Example { code: "np.trace([[1, 2, 3], [4, 5, 6]], offset=1)", out: "8" },
        ],
        kind: Kind::Call(|_, args| trace(args, 1, (args.value(2), args.value(3)), 4, 5)),
        ..Prim::NEW
    },
];

fn trace(
    args: &Args,
    offset: usize,
    (first, second): (Value, Value),
    dtype: usize,
    out: usize,
) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let axis = |v: Value| -> Result<usize, Fault> {
        let k = crate::prim::convert::as_index(&v).ok_or_else(|| args.wrong(2, "an integer"))?;
        Ok(normalize_axis(k, a.ndim())?)
    };
    let (p, q) = (axis(first)?, axis(second)?);
    if p == q {
        return Err(args.reason("axis1 and axis2 cannot be the same"));
    }
    let diagonal = diagonal(&a, args.int(offset)?, p, q);
    let last = diagonal.ndim() - 1;
    let ask = Ask {
        a: diagonal,
        axes: vec![last],
        keepdims: false,
        dtype: args.opt_dtype(dtype)?,
        initial: None,
        mask: None,
        skip_nan: false,
        work: None,
        out: crate::prim::reducing::arguments::out_array(args, out)?,
    };
    let sum = ask.fold(fold::SUM, "add", Some(Scalar::Bool(false)))?;
    finish(sum, ask.out)
}

/// The diagonal of two axes as a view, along a new last axis.
fn diagonal(a: &Array, offset: i64, p: usize, q: usize) -> Array {
    let (n, m) = (a.shape()[p], a.shape()[q]);
    let (down, right) = ((-offset).max(0) as usize, offset.max(0) as usize);
    let length = n.saturating_sub(down).min(m.saturating_sub(right));
    let rest: Dims = (0..a.ndim()).filter(|&k| k != p && k != q).collect();
    let mut shape: Dims = rest.iter().map(|&k| a.shape()[k]).collect();
    let mut strides: crate::array::Strides = rest.iter().map(|&k| a.strides()[k]).collect();
    shape.push(length);
    strides.push(a.strides()[p] + a.strides()[q]);
    let skip = down as isize * a.strides()[p] + right as isize * a.strides()[q];
    let start = if length == 0 { a.offset() } else { (a.offset() as isize + skip) as usize };
    a.view(&shape, &strides, start)
}

fn matrix_power(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    square(args)?;
    let mut a = args.array(0)?;
    let n = args.int(1)?;
    if n < 0 {
        let call = crate::prim::CallArgs::new([Value::Array(a)]);
        a = crate::prim::convert::to_array(&crate::prim::call(linalg_row("inv")?, host, call)?)?;
    }
    let mut left = n.unsigned_abs();
    if left == 0 {
        let unit = exec::in_dtype(&identity(a.shape()[a.ndim() - 1])?, a.dtype())?;
        return Ok(Value::Array(exec::copy(&unit.broadcast_to(a.shape())?, crate::array::Order::C)?));
    }
    // Squares of `a`, of which those are multiplied that the binary digits of `n` name.
    let mut result: Option<Array> = None;
    let mut square = a;
    loop {
        if left & 1 == 1 {
            result = Some(match result {
                Some(r) => products::matmul(&r, &square)?,
                None => square.clone(),
            });
        }
        left >>= 1;
        if left == 0 {
            break;
        }
        square = products::matmul(&square, &square)?;
    }
    let result = result.unwrap_or(square);
    Ok(Value::Array(if n == 1 { exec::copy(&result, crate::array::Order::C)? } else { result }))
}

fn multi_dot(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let items: Vec<Value> = match args.get(0) {
        Some(Value::List(l)) => l.to_vec(),
        Some(Value::Tuple(t)) => t.items.to_vec(),
        Some(Value::Array(a)) if a.ndim() == 3 => (0..a.shape()[0])
            .map(|i| {
                let at = (a.offset() as isize + i as isize * a.strides()[0]) as usize;
                Value::Array(a.view(&a.shape()[1..], &a.strides()[1..], at))
            })
            .collect(),
        _ => return Err(args.wrong(0, "a list of matrices")),
    };
    if items.len() < 2 {
        return Err(args.reason("Expecting at least two arrays."));
    }
    let mut arrays = items.iter().map(crate::prim::convert::to_array).collect::<Result<Vec<_>, _>>()?;
    let end = arrays.len() - 1;
    let (row, column) = (arrays[0].ndim() == 1, arrays[end].ndim() == 1);
    if row {
        arrays[0] = products::insert_axis(&arrays[0], 0);
    }
    if column {
        arrays[end] = products::insert_axis(&arrays[end], 1);
    }
    if arrays.iter().any(|a| a.ndim() != 2) {
        return Err(args.reason("the arrays must be matrices; the first and the last may be vectors"));
    }
    let splits = best_splits(&arrays);
    let product = chain(host, args, &arrays, &splits, 0, end)?;
    let shape: Dims = match (row, column) {
        (true, true) => Dims::new(),
        (true, false) => [product.shape()[1]][..].into(),
        (false, true) => [product.shape()[0]][..].into(),
        _ => product.shape().into(),
    };
    Ok(deliver(products::reshape(&product, &shape)?))
}

/// Where to cut each stretch of a chain, by dynamic programming over the numbers of multiplications
/// (Cormen et al., "Introduction to Algorithms", 15.2).
fn best_splits(arrays: &[Array]) -> Vec<Vec<usize>> {
    let n = arrays.len();
    let size = |i: usize| if i == 0 { arrays[0].shape()[0] as f64 } else { arrays[i - 1].shape()[1] as f64 };
    let mut cost = vec![vec![0.0; n]; n];
    let mut cut = vec![vec![0; n]; n];
    for length in 1..n {
        for i in 0..n - length {
            let j = i + length;
            cost[i][j] = f64::INFINITY;
            for k in i..j {
                let q = cost[i][k] + cost[k + 1][j] + size(i) * size(k + 1) * size(j + 1);
                if q < cost[i][j] {
                    (cost[i][j], cut[i][j]) = (q, k);
                }
            }
        }
    }
    cut
}

fn chain(
    host: &mut dyn Host,
    args: &Args,
    arrays: &[Array],
    cut: &[Vec<usize>],
    i: usize,
    j: usize,
) -> Result<Array, Fault> {
    if i == j {
        return Ok(arrays[i].clone());
    }
    let left = chain(host, args, arrays, cut, i, cut[i][j])?;
    let right = chain(host, args, arrays, cut, cut[i][j] + 1, j)?;
    let product = products::dot(host, args, Value::Array(left), Value::Array(right))?;
    crate::prim::convert::to_array(&product)
}

/// The identity matrix, float64.
pub(super) fn identity(n: usize) -> Result<Array, Fault> {
    let mut a = Array::zeros(DType::F64, &[n, n])?;
    if let Some(x) = a.as_mut_slice::<f64>() {
        (0..n).for_each(|i| x[i * n + i] = 1.0);
    }
    Ok(a)
}

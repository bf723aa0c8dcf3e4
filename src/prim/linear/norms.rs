//! Norms, ranks, condition numbers, least squares and powers of matrices, and chains of products.

use crate::array::{Array, Dims, normalize_axis};
use crate::dtype::{DType, Scalar, c128};
use crate::exec::linalg::{Matrices, Work, gathered};
use crate::exec::{self, Reduction};
use crate::kernel::fold;
use crate::kernel::linalg::{self as kernel, Field};
use crate::kernel::matmul::{Mat, product};
use crate::prim::linear::linalg::{fault, joined, matrices, square, with_field};
use crate::prim::linear::products::{self, apply, apply_array, inexact};
use crate::prim::reducing::arguments::{Ask, deliver, finish};
use crate::prim::{Args, Example, Glyph, Home, Kind, Prim, Valence};
use crate::syntax::Class;
use crate::value::{Fault, Host, Value};

const fn row(
    name: &'static str,
    params: &'static str,
    doc: &'static str,
    examples: &'static [Example],
    run: fn(&mut dyn Host, &Args) -> Result<Value, Fault>,
) -> Prim {
    Prim { name, home: Home::Linalg, params, doc, examples, kind: Kind::Call(run), ..Prim::NEW }
}

pub const ROWS: &[Prim] = &[
    row(
        "norm",
        "x, ord=None, axis=None, keepdims=False",
        "The norm of a vector or a matrix.\n\n\
         Without `ord`, the root of the sum of squares of all elements. For vectors `ord` is `inf`, \
         `-inf`, 0 (how many are not zero), or a power p; for matrices (two axes) \"fro\", \"nuc\", \
         `inf` or `-inf` (row sums), 1 or -1 (column sums), 2 or -2 (singular values).",
        &[
            Example { code: "np.linalg.norm([3, 4])", out: "5.0" },
            Example { code: "np.linalg.norm([[1, -7], [2, 3]], ord=1)", out: "10.0" },
            Example { code: "np.linalg.norm([[3, 4], [6, 8]], axis=1)", out: "[ 5. 10.]" },
            Example { code: "np.linalg.norm([1, -2, 3], np.inf)", out: "3.0" },
        ],
        norm,
    ),
    row(
        "vector_norm",
        "x, /, *, axis=None, keepdims=False, ord=2",
        "The norm of vectors: of all elements, or of those along one or several axes.",
        &[
            Example { code: "np.linalg.vector_norm([[3, 0], [0, 4]])", out: "5.0" },
            Example { code: "np.linalg.vector_norm([[3, 4], [0, 2]], axis=1, ord=1)", out: "[7. 2.]" },
        ],
        norm_of_vectors,
    ),
    row(
        "matrix_norm",
        "x, /, *, keepdims=False, ord='fro'",
        "The norm of a matrix, or of each of a stack; `ord` as for `norm`.",
        &[Example { code: "np.linalg.matrix_norm([[3, 0], [0, 4]])", out: "5.0" }],
        norm_of_matrices,
    ),
    row(
        "cond",
        "x, p=None",
        "The condition number: the norm of a matrix times that of its inverse; by default in the 2-norm.",
        &[Example { code: "np.linalg.cond([[1, 0], [0, 4]])", out: "4.0" }],
        cond,
    ),
    row(
        "matrix_rank",
        "A, tol=None, hermitian=False, *, rtol=None",
        "How many singular values exceed `tol`, by default the largest times the longer side times the \
         machine epsilon.",
        &[Example { code: "np.linalg.matrix_rank([[1, 2], [2, 4]])", out: "1" }],
        matrix_rank,
    ),
    row(
        "pinv",
        "a, rcond=None, hermitian=False, *, rtol=?",
        "The Moore-Penrose inverse: singular values at most `rcond` times the largest count as zero.",
        &[Example { code: "np.linalg.pinv([[2, 0], [0, 0]])", out: "[[0.5 0. ]\n [0.  0. ]]" }],
        |_, args| pinv(args, 1, 3),
    ),
    row(
        "lstsq",
        "a, b, rcond=None",
        "The `x` that minimises the length of `b - a @ x`: `(x, residuals, rank, singular values)`.\n\n\
         Of several such the shortest. `residuals` are the squared lengths, given when `a` has full \
         column rank and more rows than columns.",
        &[Example { code: "np.linalg.lstsq([[1, 0], [1, 1], [1, 2]], [1, 3, 5])[0]", out: "[1. 2.]" }],
        lstsq,
    ),
    row(
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
    row(
        "multi_dot",
        "arrays",
        "The product of several matrices, bracketed so that it takes the fewest multiplications.\n\n\
         The first and the last may be vectors.",
        &[Example { code: "np.linalg.multi_dot([[[1, 2]], [[1, 0], [0, 1]], [[3], [4]]])", out: "[[11]]" }],
        multi_dot,
    ),
    row(
        "matmul",
        "x1, x2, /",
        "The matrix product, as `np.matmul`.",
        &[Example { code: "np.linalg.matmul([[2]], [[3]])", out: "[[6]]" }],
        |host, args| apply(host, "matmul", [args.value(0), args.value(1)]),
    ),
    row(
        "outer",
        "x1, x2, /",
        "The outer product of two vectors, as `np.outer`.",
        &[Example { code: "np.linalg.outer([1, 2], [3])", out: "[[3]\n [6]]" }],
        |host, args| apply(host, "outer", [args.value(0), args.value(1)]),
    ),
    row(
        "cross",
        "x1, x2, /, *, axis=-1",
        "The cross product of vectors of three elements, as `np.cross`.",
        &[Example { code: "np.linalg.cross([1, 0, 0], [0, 1, 0])", out: "[0 0 1]" }],
        |host, args| {
            let axis = args.value(2);
            apply(host, "cross", [args.value(0), args.value(1), axis.clone(), axis.clone(), axis])
        },
    ),
    row(
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
    Prim {
        name: "matrix_inverse",
        home: Home::Core,
        glyphs: &[Glyph { text: "⌹", class: Class::Glyph, valence: Valence::Monadic }],
        params: "y",
        doc: "`⌹y`: the inverse of a square matrix; of one with more rows, the least-squares inverse.\n\n\
              A number gives its reciprocal, a vector counts as one column. Singular matrices are an error.",
        examples: &[Example { code: "⌹ [[2, 0], [0, 4]]", out: "[[0.5  0.  ]\n [0.   0.25]]" }],
        numpy: "np.linalg.inv(y) if y.shape[0] == y.shape[1] else np.linalg.pinv(y)",
        kind: Kind::Call(|host, args| quad_divide(host, args, None, args.value(0))),
        ..Prim::NEW
    },
    Prim {
        name: "matrix_divide",
        home: Home::Core,
        glyphs: &[Glyph { text: "⌹", class: Class::Glyph, valence: Valence::Dyadic }],
        params: "x, y",
        doc: "`x ⌹ y`: the solution of `y @ z = x`, in the sense of least squares if `y` has more rows \
              than columns.",
        examples: &[Example { code: "9 8 ⌹ [[3, 1], [1, 2]]", out: "[2. 3.]" }],
        numpy: "np.linalg.lstsq(y, x)[0]",
        kind: Kind::Call(|host, args| quad_divide(host, args, Some(args.value(0)), args.value(1))),
        ..Prim::NEW
    },
];

/// `⌹`: without `x`, of the identity.
fn quad_divide(host: &mut dyn Host, args: &Args, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    let a = crate::prim::convert::to_array(&y)?;
    if a.ndim() == 0 {
        return match x {
            Some(x) => apply(host, "divide", [x, y]),
            None => apply(host, "reciprocal", [Value::Array(exec::in_dtype(&a, inexact(a.dtype()))?)]),
        };
    }
    let matrix = if a.ndim() == 1 { products::insert_axis(&a, 1) } else { a.clone() };
    if matrix.ndim() != 2 || matrix.shape()[0] < matrix.shape()[1] {
        return Err(args.reason("the matrix must have two axes, and at least as many rows as columns"));
    }
    let (m, n) = (matrix.shape()[0], matrix.shape()[1]);
    let b = match &x {
        Some(x) => crate::prim::convert::to_array(x)?,
        None => exec::in_dtype(&identity(m)?, inexact(matrix.dtype()))?,
    };
    if b.shape().first() != Some(&m) || b.ndim() > 2 {
        return Err(Fault::InnerDimensions { left: b.shape().to_vec(), right: a.shape().to_vec() });
    }
    let call = crate::prim::CallArgs::new([Value::Array(matrix), Value::Array(b)]);
    let solution = if m == n {
        crate::prim::call(linalg_row("solve")?, host, call)?
    } else {
        let Value::Tuple(parts) = crate::prim::call(linalg_row("lstsq")?, host, call)? else {
            return Err(Fault::Singular { func: args.name() });
        };
        if crate::prim::convert::as_index(&parts.items[2]) != Some(n as i64) {
            return Err(Fault::Singular { func: args.name() });
        }
        parts.items[0].clone()
    };
    // A vector on the right leaves no axis of columns.
    match solution {
        Value::Array(z) if a.ndim() == 1 => {
            let shape = Dims::from(&z.shape()[1..]);
            Ok(deliver(products::reshape(&z, &shape)?))
        }
        other => Ok(other),
    }
}

fn linalg_row(name: &str) -> Result<&'static Prim, Fault> {
    crate::prim::table().get(Home::Linalg, name).ok_or_else(|| Fault::NotYet { name: name.into() })
}

fn identity(n: usize) -> Result<Array, Fault> {
    let mut a = Array::zeros(DType::F64, &[n, n])?;
    if let Some(x) = a.as_mut_slice::<f64>() {
        (0..n).for_each(|i| x[i * n + i] = 1.0);
    }
    Ok(a)
}

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

/// What `ord` asks for.
enum Order {
    Default,
    Power(f64),
    Frobenius,
    Nuclear,
}

fn order(args: &Args, i: usize) -> Result<Order, Fault> {
    match args.get(i) {
        _ if args.is_none(i) => Ok(Order::Default),
        Some(Value::Str(s)) => match &**s {
            "fro" => Ok(Order::Frobenius),
            "nuc" => Ok(Order::Nuclear),
            _ => Err(args.reason("Invalid norm order for matrices.")),
        },
        _ => args.float(i).map(Order::Power),
    }
}

fn norm(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let x = args.array(0)?;
    let x = exec::in_dtype(&x, inexact(x.dtype()))?;
    let (order, keep) = (order(args, 1)?, args.flag(3)?);
    let whole = args.is_none(2)
        && (matches!(order, Order::Default)
            || matches!((&order, x.ndim()), (Order::Frobenius, 2))
            || matches!(&order, Order::Power(p) if *p == 2.0 && x.ndim() == 1));
    if whole {
        return length(&x, keep);
    }
    let axes: Vec<i64> = if args.is_none(2) { (0..x.ndim() as i64).collect() } else { args.ints(2)? };
    let axes = axes.into_iter().map(|k| normalize_axis(k, x.ndim())).collect::<Result<Vec<_>, _>>()?;
    let out = match axes[..] {
        [axis] => vector_norm(host, args, &x, axis, order)?,
        [p, q] if p != q => matrix_norm(host, args, &x, p, q, order)?,
        [_, _] => return Err(args.reason("Duplicate axes given.")),
        _ => return Err(args.reason("Improper number of dimensions to norm.")),
    };
    kept(&x, out, &axes, keep)
}

/// The root of the sum of all squares.
fn length(x: &Array, keep: bool) -> Result<Value, Fault> {
    let real = crate::dtype::cast_scalar(Scalar::F64(squares(x)?.sqrt()), x.dtype().to_real());
    let shape: Dims = if keep { x.shape().iter().map(|_| 1).collect() } else { Dims::new() };
    Ok(deliver(exec::full(&shape, real)?))
}

/// A norm over axes, these with length one if they are kept.
fn kept(x: &Array, out: Array, axes: &[usize], keep: bool) -> Result<Value, Fault> {
    if !keep {
        return Ok(deliver(out));
    }
    let shape: Dims = (0..x.ndim()).map(|k| if axes.contains(&k) { 1 } else { x.shape()[k] }).collect();
    Ok(deliver(products::reshape(&out, &shape)?))
}

/// `np.linalg.vector_norm`: over all elements, or over several axes taken as one.
fn norm_of_vectors(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let x = args.array(0)?;
    let x = exec::in_dtype(&x, inexact(x.dtype()))?;
    let (keep, order) = (args.flag(2)?, order(args, 3)?);
    let axes: Vec<i64> = if args.is_none(1) { (0..x.ndim() as i64).collect() } else { args.ints(1)? };
    let axes = axes.into_iter().map(|k| normalize_axis(k, x.ndim())).collect::<Result<Vec<_>, _>>()?;
    if axes.len() == x.ndim() && matches!(order, Order::Power(p) if p == 2.0) {
        return length(&x, keep);
    }
    let rest: Dims = (0..x.ndim()).filter(|k| !axes.contains(k)).collect();
    let turned = x.permute(&rest.iter().chain(&axes).copied().collect::<Dims>());
    let mut shape: Dims = rest.iter().map(|&k| x.shape()[k]).collect();
    shape.push(axes.iter().map(|&k| x.shape()[k]).product());
    let flat = products::reshape(&turned, &shape)?;
    let out = vector_norm(host, args, &flat, shape.len() - 1, order)?;
    kept(&x, out, &axes, keep)
}

/// `np.linalg.matrix_norm`: of the matrices in the last two axes.
fn norm_of_matrices(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let x = args.array(0)?;
    let x = exec::in_dtype(&x, inexact(x.dtype()))?;
    if x.ndim() < 2 {
        return Err(args.reason("Improper number of dimensions to norm."));
    }
    let axes = [x.ndim() - 2, x.ndim() - 1];
    let out = matrix_norm(host, args, &x, axes[0], axes[1], order(args, 2)?)?;
    kept(&x, out, &axes, args.flag(1)?)
}

/// The sum of squared moduli of all elements, in the array's own precision.
fn squares(x: &Array) -> Result<f64, Fault> {
    let x = if x.is_f_contiguous() { x.transpose() } else { x.clone() };
    let sum = exec::vdot(&x, &x)?;
    Ok(sum.item().map_or(0.0, |s| s.as_c128().re))
}

/// The sum of moduli (or of their squares) over axes, in one pass.
fn sum_of_sizes(x: &Array, squared: bool, axes: &[usize]) -> Result<Array, Fault> {
    let (real, missing) = (x.dtype().to_real(), || Fault::NotYet { name: "norm".into() });
    let fold = fold::find(fold::SUM, real, None).ok_or_else(missing)?;
    let map = kernel::sizes(x.dtype(), squared).ok_or_else(missing)?;
    let operands = std::slice::from_ref(x);
    let sum =
        Reduction { fold, operands, map: Some(&map), order: None, axes, keepdims: false, initial: None };
    Ok(exec::reduce(&sum)?)
}

/// Calls a reduction along one axis.
fn along(host: &mut dyn Host, name: &str, x: Array, axis: usize) -> Result<Array, Fault> {
    apply_array(host, name, [Value::Array(x), Value::Int(axis as i64)])
}

fn vector_norm(
    host: &mut dyn Host,
    args: &Args,
    x: &Array,
    axis: usize,
    order: Order,
) -> Result<Array, Fault> {
    let size = |host: &mut dyn Host| apply_array(host, "abs", [Value::Array(x.clone())]);
    let p = match order {
        Order::Default => 2.0,
        Order::Power(p) => p,
        _ => return Err(args.reason("Invalid norm order for vectors.")),
    };
    if p.is_infinite() {
        let size = size(host)?;
        return along(host, if p > 0.0 { "max" } else { "min" }, size, axis);
    }
    if p == 0.0 {
        let count = along(host, "count_nonzero", x.clone(), axis)?;
        return Ok(exec::in_dtype(&count, x.dtype().to_real())?);
    }
    if p == 1.0 {
        return sum_of_sizes(x, false, &[axis]);
    }
    if p == 2.0 {
        let sum = Value::Array(sum_of_sizes(x, true, &[axis])?);
        return apply_array(host, "sqrt", [sum]);
    }
    let size = size(host)?;
    let (power, root) = (Value::Float(p), Value::Float(1.0 / p));
    let raised = apply_array(host, "power", [Value::Array(size), power])?;
    let sum = Value::Array(along(host, "sum", raised, axis)?);
    apply_array(host, "power", [sum, root])
}

fn matrix_norm(
    host: &mut dyn Host,
    args: &Args,
    x: &Array,
    p: usize,
    q: usize,
    order: Order,
) -> Result<Array, Fault> {
    let rest = (0..x.ndim()).filter(|&k| k != p && k != q);
    let axes: Dims = rest.chain([p, q]).collect();
    let x = x.permute(&axes);
    let (rows, cols) = (x.ndim() - 2, x.ndim() - 1);
    // Sums along one axis, then the extreme along the other.
    let mut sums = |summed: usize, extreme: &str| -> Result<Array, Fault> {
        let sums = sum_of_sizes(&x, false, &[summed])?;
        let last = sums.ndim() - 1;
        along(host, extreme, sums, last)
    };
    match order {
        Order::Power(1.0) => sums(rows, "max"),
        Order::Power(-1.0) => sums(rows, "min"),
        Order::Power(p) if p == f64::INFINITY => sums(cols, "max"),
        Order::Power(p) if p == f64::NEG_INFINITY => sums(cols, "min"),
        Order::Power(2.0) => spectral(args, &x, false, |s| s.first().copied().unwrap_or(0.0)),
        Order::Power(-2.0) => spectral(args, &x, false, |s| s.last().copied().unwrap_or(0.0)),
        Order::Nuclear => spectral(args, &x, false, |s| s.iter().sum()),
        Order::Default | Order::Frobenius => {
            let sum = sum_of_sizes(&x, true, &[rows, cols])?;
            apply_array(host, "sqrt", [Value::Array(sum)])
        }
        Order::Power(_) => Err(args.reason("Invalid norm order for matrices.")),
    }
}

/// A number made of the singular values of each matrix.
fn spectral(args: &Args, x: &Array, hermitian: bool, f: impl Fn(&[f64]) -> f64) -> Result<Array, Fault> {
    let m = Matrices::new(x)?;
    let (rows, cols) = (m.rows, m.cols);
    let singular = with_field!(m, T => m.map(Work::Spectral, |e| fault(args, e), |_, a: &[T]| {
        let svd = if hermitian {
            kernel::svd_hermitian(a, rows, false)
        } else {
            kernel::svd(a, rows, cols, false, false)
        };
        svd.map(|svd| svd.s)
    })?);
    let out: Vec<f64> = singular.iter().map(|s| f(s)).collect();
    Ok(gathered(&out, &m.stack, &[], x.dtype().to_real())?)
}

fn cond(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let x = args.array(0)?;
    let x = exec::in_dtype(&x, inexact(x.dtype()))?;
    if x.ndim() < 2 {
        return Err(args.reason("Array must be at least two-dimensional"));
    }
    if x.shape()[x.ndim() - 2..].contains(&0) {
        return Err(args.reason("cond is not defined on empty arrays"));
    }
    let ratio =
        |top: f64, bottom: f64| if bottom == 0.0 && !top.is_nan() { f64::INFINITY } else { top / bottom };
    let ends = |s: &[f64]| (s.first().copied().unwrap_or(0.0), s.last().copied().unwrap_or(0.0));
    let (rows, cols) = (x.ndim() - 2, x.ndim() - 1);
    let order = order(args, 1)?;
    match order {
        Order::Default => return spectral(args, &x, false, |s| ratio(ends(s).0, ends(s).1)).map(deliver),
        Order::Power(2.0) => {
            return spectral(args, &x, false, |s| ratio(ends(s).0, ends(s).1)).map(deliver);
        }
        Order::Power(-2.0) => {
            return spectral(args, &x, false, |s| ends(s).1 / ends(s).0).map(deliver);
        }
        _ => {}
    }
    let inverse =
        crate::prim::call(linalg_row("inv")?, host, crate::prim::CallArgs::new([Value::Array(x.clone())]));
    let inverse = match inverse {
        Ok(v) => crate::prim::convert::to_array(&v)?,
        Err(Fault::Singular { .. }) => return Ok(Value::Scalar(Scalar::F64(f64::INFINITY))),
        Err(e) => return Err(e),
    };
    let of_x = matrix_norm(host, args, &x, rows, cols, order)?;
    let of_inverse = matrix_norm(host, args, &inverse, rows, cols, self::order(args, 1)?)?;
    apply(host, "multiply", [Value::Array(of_x), Value::Array(of_inverse)])
}

fn epsilon(d: DType) -> f64 {
    if matches!(d, DType::F32 | DType::C64) { f64::from(f32::EPSILON) } else { f64::EPSILON }
}

fn matrix_rank(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let x = args.array(0)?;
    if x.ndim() < 2 {
        let cast = exec::contiguous(&exec::in_dtype(&x, DType::C128)?)?;
        let any = cast.as_slice::<c128>().unwrap_or_default().iter().any(|z| z.norm_sqr() != 0.0);
        return Ok(Value::Int(i64::from(any)));
    }
    let hermitian = args.flag(2)?;
    let (m, dtype) = if hermitian { square(args)? } else { matrices(args)? };
    let relative = if args.is_none(3) { None } else { Some(args.float(3)?) };
    let absolute = if args.is_none(1) { None } else { Some(args.float(1)?) };
    let natural = m.rows.max(m.cols) as f64 * epsilon(dtype);
    let ranks = spectral(args, &x, hermitian, |s| {
        let largest = s.first().copied().unwrap_or(0.0);
        let limit = absolute.unwrap_or(largest * relative.unwrap_or(natural));
        s.iter().filter(|&&v| v > limit).count() as f64
    })?;
    Ok(deliver(exec::in_dtype(&ranks, DType::I64)?))
}

fn pinv(args: &Args, rcond: usize, rtol: usize) -> Result<Value, Fault> {
    let hermitian = args.flag(2)?;
    let (m, dtype) = if hermitian { square(args)? } else { matrices(args)? };
    let (rows, cols) = (m.rows, m.cols);
    let k = rows.min(cols);
    let cut = if !args.is_none(rcond) {
        args.float(rcond)?
    } else if !args.is_none(rtol) {
        args.float(rtol)?
    } else if args.given(rtol) {
        rows.max(cols) as f64 * epsilon(dtype)
    } else {
        1e-15
    };
    with_field!(m, T => {
        let threads = if rows * cols > 1 << 14 { exec::threads::count() } else { 1 };
        let out = m.map(Work::Spectral, |f| fault(args, f), |_, a: &[T]| {
            let svd = if hermitian {
                kernel::svd_hermitian(a, rows, true)?
            } else {
                kernel::svd(a, rows, cols, true, false)?
            };
            let limit = cut * svd.s.first().copied().unwrap_or(0.0);
            // V / S times the adjoint of U; values at most the limit drop out.
            let scaled: Vec<T> = (0..cols * k)
                .map(|at| (at / k, at % k))
                .map(|(j, l)| {
                    let keep = svd.s[l] > limit;
                    let scale = T::from_real(if keep { 1.0 / svd.s[l] } else { 0.0 });
                    svd.vh[l * cols + j].conjugate() * scale
                })
                .collect();
            let adjoint: Vec<T> = svd.u.iter().map(|z| z.conjugate()).collect();
            let mut out = vec![T::default(); cols * rows];
            let (left, right) = (Mat::rows(&scaled, cols, k), Mat::rows(&adjoint, rows, k).transpose());
            product(left, right, &mut out, threads);
            Ok(out)
        })?;
        Ok(Value::Array(gathered(&joined(out), &m.stack, &[cols, rows], dtype)?))
    })
}

fn lstsq(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (a, b) = (args.array(0)?, args.array(1)?);
    let vector = b.ndim() == 1;
    let columns = if vector { products::insert_axis(&b, 1) } else { b.clone() };
    if a.ndim() != 2 || columns.ndim() != 2 {
        return Err(args.reason("the operands must be a matrix, and a vector or a matrix"));
    }
    let (m, n, k) = (a.shape()[0], a.shape()[1], columns.shape()[1]);
    if columns.shape()[0] != m {
        return Err(Fault::InnerDimensions { left: a.shape().to_vec(), right: b.shape().to_vec() });
    }
    let dtype = crate::dtype::promote(inexact(a.dtype()), inexact(b.dtype()));
    let cut = match args.get(2) {
        _ if args.is_none(2) => epsilon(dtype) * m.max(n) as f64,
        _ => match args.float(2)? {
            c if c < 0.0 => epsilon(dtype),
            c => c,
        },
    };
    let wide = if dtype.is_complex() { DType::C128 } else { DType::F64 };
    let (a, b) =
        (Matrices::new(&exec::in_dtype(&a, wide)?)?, exec::contiguous(&exec::in_dtype(&columns, wide)?)?);
    with_field!(a, T => {
        let b = b.as_slice::<T>().unwrap_or_default();
        let found = a.map(Work::Spectral, |f| fault(args, f), |_, a: &[T]| {
            let (x, rank, s) = kernel::least_squares(a, (m, n, k), b, cut)?;
            let rest = residuals(a, (m, n, k), b, &x);
            Ok((x, rank, s, rest))
        })?;
        let Some((x, rank, s, rest)) = found.into_iter().next() else { return Err(Fault::NoConvergence { func: args.name() }) };
        let shape: &[usize] = if vector { &[n] } else { &[n, k] };
        let rest = if rank == n && m > n { rest } else { Vec::new() };
        let count = rest.len();
        Ok(Value::tuple(vec![
            Value::Array(gathered(&x, &[], shape, dtype)?),
            Value::Array(gathered(&rest, &[], &[count], dtype.to_real())?),
            Value::Scalar(Scalar::I32(rank as i32)),
            Value::Array(gathered(&s, &[], &[s.len()], dtype.to_real())?),
        ]))
    })
}

/// The squared lengths of the columns of `b - a x`.
fn residuals<T: Field>(a: &[T], (m, n, k): (usize, usize, usize), b: &[T], x: &[T]) -> Vec<f64> {
    let entry = |i: usize, c: usize| {
        let product = (0..n).fold(T::default(), |s, j| s + a[i * n + j] * x[j * k + c]);
        (b[i * k + c] - product).modulus().powi(2)
    };
    (0..k).map(|c| (0..m).map(|i| entry(i, c)).sum()).collect()
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
        Some(Value::Tuple(t)) => t.items.clone(),
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

//! Norms, ranks and condition numbers.

use super::linalg::{epsilon, fault, linalg_row, matrices, square, with_field};
use super::products::{self, apply, apply_array, inexact};
use crate::array::{Array, Dims, normalize_axis};
use crate::dtype::{DType, Scalar, c128};
use crate::exec::linalg::{Matrices, Work, gathered};
use crate::exec::{self, Expr, Folding, Kernel, Origin, Reduction, Term};
use crate::kernel::chain::Link;
use crate::kernel::fold;
use crate::kernel::linalg as kernel;
use crate::prim::reducing::arguments::deliver;
use crate::prim::{Args, Example, Home, Prim, deferred};
use crate::syntax::Span;
use crate::value::{Fault, Host, Value};
use smallvec::SmallVec;

pub const ROWS: &[Prim] = &[
    Prim {
        defers: 1,
        ..Home::Linalg.row(
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
        )
    },
    Home::Linalg.row(
        "vector_norm",
        "x, /, *, axis=None, keepdims=False, ord=2",
        "The norm of vectors: of all elements, or of those along one or several axes.",
        &[
            Example { code: "np.linalg.vector_norm([[3, 0], [0, 4]])", out: "5.0" },
            Example { code: "np.linalg.vector_norm([[3, 4], [0, 2]], axis=1, ord=1)", out: "[7. 2.]" },
        ],
        norm_of_vectors,
    ),
    Home::Linalg.row(
        "matrix_norm",
        "x, /, *, keepdims=False, ord='fro'",
        "The norm of a matrix, or of each of a stack; `ord` as for `norm`.",
        &[Example { code: "np.linalg.matrix_norm([[3, 0], [0, 4]])", out: "5.0" }],
        norm_of_matrices,
    ),
    Home::Linalg.row(
        "cond",
        "x, p=None",
        "The condition number: the norm of a matrix times that of its inverse; by default in the 2-norm.",
        &[Example { code: "np.linalg.cond([[1, 0], [0, 4]])", out: "4.0" }],
        cond,
    ),
    Home::Linalg.row(
        "matrix_rank",
        "A, tol=None, hermitian=False, *, rtol=None",
        "How many singular values exceed `tol`, by default the largest times the longer side times the \
         machine epsilon.",
        &[Example { code: "np.linalg.matrix_rank([[1, 2], [2, 4]])", out: "1" }],
        matrix_rank,
    ),
];

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
    if let Some(value @ Value::Deferred(work)) = args.get(0) {
        if is_length(args, &order(args, 1)?, work.shape().len())
            && let Some(expr) = deferred::expr_of(value.clone())
        {
            let expr = expr.cast_to(inexact(work.dtype()), host.here());
            return length_of(host, &expr, args.flag(3)?);
        }
        let computed = args.with(0, value.clone().settled(host)?);
        return norm(host, &computed);
    }
    let x = args.array(0)?;
    let x = exec::in_dtype(&x, inexact(x.dtype()))?;
    let (order, keep) = (order(args, 1)?, args.flag(3)?);
    if is_length(args, &order, x.ndim()) {
        return length(&x, keep);
    }
    let axes: Vec<i64> = if args.is_none(2) { (0..x.ndim() as i64).collect() } else { args.ints(2)? };
    let axes = axes.into_iter().map(|k| normalize_axis(k, x.ndim())).collect::<Result<Vec<_>, _>>()?;
    let out = match axes[..] {
        [axis] => vector_norm(host, args, &x, axis, order)?,
        [p, q] if p != q => matrix_norm(host, args, &x, p, q, order)?,
        [_, _] => return Err(args.reason("Duplicate axes given.")),
        _ => {
            let reason = "Improper number of dimensions to norm.";
            return Err(args.misshapen(0, &x, reason, &[".ravel()", "+axis=(-2, -1)"]));
        }
    };
    kept(&x, out, &axes, keep)
}

/// Whether a norm without an axis is the root of the sum of all squares.
fn is_length(args: &Args, order: &Order, ndim: usize) -> bool {
    args.is_none(2)
        && (matches!(order, Order::Default)
            || matches!((order, ndim), (Order::Frobenius, 2))
            || matches!(order, Order::Power(p) if *p == 2.0 && ndim == 1))
}

/// As [`length`], of an expression, read once as it is computed.
fn length_of(host: &mut dyn Host, x: &exec::Expr, keep: bool) -> Result<Value, Fault> {
    let in_f = x.order().iter().rev().copied().eq(0..x.shape().len());
    let order = x.order();
    let (sum, met, _) = exec::dot_of(x, None, in_f.then_some(&order[..]), true)?;
    deferred::tell(host, x.plan(), &met)?;
    let squares = sum.item().map_or(0.0, |s| s.as_c128().re);
    let real = crate::dtype::cast_scalar(Scalar::F64(squares.sqrt()), x.dtype().to_real());
    let shape: Dims = if keep { x.shape().iter().map(|_| 1).collect() } else { Dims::new() };
    Ok(deliver(exec::full(&shape, real)?))
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
        return Err(args.misshapen(0, &x, "Improper number of dimensions to norm.", &["=vector_norm"]));
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

/// Numbers of a row from which its sum is that of a chain.
const CHAINED: usize = 256;

/// The sum of moduli (or of their squares) over axes, in one pass.
///
/// Long rows of real numbers are a chain, which keeps what it makes in registers: 1000 norms of 1000 take 139 µs,
/// and 196 through blocks that the fold reads again. Short rows and columns are faster through those: 10000 of
/// 10 in 57 µs, and 82; 1000 columns of 1000 in 165, and 244.
fn sum_of_sizes(x: &Array, squared: bool, axes: &[usize]) -> Result<Array, Fault> {
    let (real, missing) = (x.dtype().to_real(), || Fault::NotYet { name: "norm".into() });
    let fold = fold::find(fold::SUM, real, None).ok_or_else(missing)?;
    let map = kernel::sizes(x.dtype(), squared).ok_or_else(missing)?;
    let rows = x.is_c_contiguous() && axes.iter().eq(x.ndim().checked_sub(1).as_ref());
    if rows && x.dtype() == real && x.shape()[x.ndim() - 1] >= CHAINED {
        let link = Some(if squared { Link::Square } else { Link::Absolute });
        let (dtypes, origin) = (SmallVec::from_iter([real]), Origin { name: "norm", span: Span::default() });
        let kernel = Kernel { run: map, check: None, carries: 0, link, out: real, dtypes, origin };
        let sizes = Expr::apply(kernel, SmallVec::from_iter([Term::Array(x.clone())]))?;
        return Ok(sizes.fold(&Folding { fold, axes, keepdims: false, initial: None, after: None })?.0);
    }
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
    let singular = with_field!(m, T => m.map(Work::Spectral, |e| fault(args, e), |_, a: kernel::Dense<'_, T>| {
        let svd = if hermitian {
            kernel::svd_hermitian(a, false)
        } else {
            kernel::svd(a, false, false)
        };
        svd.map(|svd| svd.s)
    })?);
    let out: Vec<f64> = singular.iter().map(|s| f(s)).collect();
    Ok(gathered(&out, &m.stack, &[], inexact(x.dtype()).to_real())?)
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

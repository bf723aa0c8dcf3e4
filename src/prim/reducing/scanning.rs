//! Running sums and products, and differences along an axis.

use crate::array::{Array, Order, normalize_axis};
use crate::dtype::{DType, Scalar, promote};
use crate::exec;
use crate::kernel::{Fold, fold};
use crate::prim::elementwise::numeric::step;
use crate::prim::reducing::arguments::{calc, finish, out_array, row};
use crate::prim::row::{Example, Kind};
use crate::prim::{Args, Prim, convert, deferred};
use crate::value::{Fault, Host, Value};
use smallvec::SmallVec;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "cumsum",
        method: true,
        params: "a, axis=None, dtype=None, out=None",
        doc: "The running sum along an axis, or over all elements in C order.\n\n\
              Integers and bools are summed in 64 bits unless `dtype` says otherwise.",
        examples: &[
            Example { code: "np.cumsum([1, 2, 3])", out: "[1 3 6]" },
            Example { code: "np.cumsum([[1, 2], [3, 4]], axis=0)", out: "[[1 2]\n [4 6]]" },
            Example { code: "np.cumsum([[1, 2], [3, 4]])", out: "[ 1  3  6 10]" },
        ],
        defers: 1,
        kind: Kind::Call(|host, args| running(host, args, fold::SUM)),
        ..Prim::NEW
    },
    Prim {
        name: "cumprod",
        method: true,
        params: "a, axis=None, dtype=None, out=None",
        doc: "The running product along an axis, or over all elements in C order.",
        examples: &[
            Example { code: "np.cumprod([1, 2, 3])", out: "[1 2 6]" },
            Example { code: "np.cumprod([[1, 2], [3, 4]], axis=1)", out: "[[ 1  2]\n [ 3 12]]" },
        ],
        defers: 1,
        kind: Kind::Call(|host, args| running(host, args, fold::PRODUCT)),
        ..Prim::NEW
    },
    Prim {
        name: "nancumsum",
        numpy_scratch: 1,
        params: "a, axis=None, dtype=None, out=None",
        doc: "The running sum, in which NaN counts as 0.",
        examples: &[Example { code: "np.nancumsum([1, nan, 2])", out: "[1. 1. 3.]" }],
        kind: Kind::Call(|host, args| running_without_nan(host, args, fold::SUM, 0)),
        ..Prim::NEW
    },
    Prim {
        name: "nancumprod",
        params: "a, axis=None, dtype=None, out=None",
        doc: "The running product, in which NaN counts as 1.",
        examples: &[Example { code: "np.nancumprod([2, nan, 3])", out: "[2. 2. 6.]" }],
        kind: Kind::Call(|host, args| running_without_nan(host, args, fold::PRODUCT, 1)),
        ..Prim::NEW
    },
    Prim {
        name: "cumulative_sum",
        params: "x, /, *, axis=None, dtype=None, out=None, include_initial=False",
        doc: "The running sum along an axis, which only a 1-d array may leave out.\n\n\
              With `include_initial` the result begins with 0.",
        examples: &[
            Example { code: "np.cumulative_sum([1, 2, 3])", out: "[1 3 6]" },
            Example { code: "np.cumulative_sum([1, 2, 3], include_initial=True)", out: "[0 1 3 6]" },
        ],
        defers: 1,
        kind: Kind::Call(|host, args| cumulative(host, args, fold::SUM, 0)),
        ..Prim::NEW
    },
    Prim {
        name: "cumulative_prod",
        params: "x, /, *, axis=None, dtype=None, out=None, include_initial=False",
        doc: "The running product along an axis, which only a 1-d array may leave out.\n\n\
              With `include_initial` the result begins with 1.",
        examples: &[Example { code: "np.cumulative_prod([1, 2, 3])", out: "[1 2 6]" }],
        defers: 1,
        kind: Kind::Call(|host, args| cumulative(host, args, fold::PRODUCT, 1)),
        ..Prim::NEW
    },
    Prim {
        name: "diff",
        params: "a, n=1, axis=-1, prepend=?, append=?",
        doc: "The differences of neighbours along an axis, taken `n` times.\n\n\
              `prepend` and `append` are joined to the array first. Bools give whether neighbours differ.",
        examples: &[
            Example { code: "np.diff([1, 2, 4, 7, 0])", out: "[ 1  2  3 -7]" },
            Example { code: "np.diff([1, 2, 4, 7, 0], n=2)", out: "[  1   1 -10]" },
            Example { code: "np.diff([[1, 3, 6, 10], [0, 5, 6, 8]], axis=0)", out: "[[-1  2  0 -2]]" },
        ],
        defers: 1,
        kind: Kind::Call(diff),
        ..Prim::NEW
    },
    Prim {
        name: "ediff1d",
        params: "ary, to_end=None, to_begin=None",
        doc: "The differences of neighbours of the flattened array, with values before and after.",
        examples: &[
            Example { code: "np.ediff1d([1, 2, 4, 7, 0])", out: "[ 1  2  3 -7]" },
            Example {
                code: "np.ediff1d([1, 2, 4], to_begin=-99, to_end=[88, 99])",
                out: "[-99   1   2  88  99]",
            },
        ],
        defers: 1,
        kind: Kind::Call(ediff1d),
        ..Prim::NEW
    },
    Prim {
        name: "trapezoid",
        numpy_scratch: 2,
        params: "y, x=None, dx=1.0, axis=-1",
        doc: "The integral along an axis by the trapezoidal rule, at the places `x` or every `dx`.",
        examples: &[
            Example { code: "np.trapezoid([1, 2, 3])", out: "4.0" },
            Example { code: "np.trapezoid([1, 2, 3], x=[4, 6, 8])", out: "8.0" },
        ],
        defers: 1,
        kind: Kind::Call(trapezoid),
        ..Prim::NEW
    },
];

/// The elements in C order as one axis: a view where possible.
pub fn raveled(a: &Array) -> Result<Array, Fault> {
    let n = [a.size()];
    match a.reshape_view(&n, Order::C) {
        Some(view) => Ok(view),
        None => {
            let copy = exec::copy(a, Order::C)?;
            Ok(copy.reshape_view(&n, Order::C).unwrap_or(copy))
        }
    }
}

fn run(
    host: &mut dyn Host,
    table: &'static [Fold],
    a: &Array,
    axis: usize,
    dtype: Option<DType>,
) -> Result<Array, Fault> {
    let none = || Fault::NoLoop { func: "scan".into(), dtypes: vec![a.dtype()], help: None };
    let fold = fold::find(table, a.dtype(), dtype).ok_or_else(none)?;
    let same = fold::find(table, fold.out, Some(fold.out)).ok_or_else(none)?;
    if let Some(to) = dtype {
        crate::prim::convert::warn_cast(host, a, to)?;
    }
    let result = exec::scan(fold, same, a, axis)?;
    crate::prim::reducing::conditions::heed_scan(host, a, &result, axis)?;
    if (fold.identity)().as_i128() == Some(1) {
        crate::prim::reducing::conditions::heed_product(host, "cumprod", a, &[axis], result.dtype(), true)?;
    }
    Ok(result)
}

/// The scan of work that waits, read as it is computed; `None` for anything else, and for products of
/// integers, which are looked at again for those that do not fit.
fn run_work(
    host: &mut dyn Host,
    table: &'static [Fold],
    value: Option<&Value>,
    axis: Option<usize>,
    dtype: Option<DType>,
) -> Result<Option<Array>, Fault> {
    let Some(value @ Value::Deferred(work)) = value else { return Ok(None) };
    let none = || Fault::NoLoop { func: "scan".into(), dtypes: vec![work.dtype()], help: None };
    let fold = fold::find(table, work.dtype(), dtype).ok_or_else(none)?;
    let same = fold::find(table, fold.out, Some(fold.out)).ok_or_else(none)?;
    let multiplies = (fold.identity)().as_i128() == Some(1);
    if multiplies && !work.dtype().is_inexact() {
        return Ok(None);
    }
    let Some(expr) = deferred::expr_of(value.clone()) else { return Ok(None) };
    let (result, met) = exec::scan_of(fold, same, &expr, axis)?;
    deferred::tell(host, expr.plan(), &met)?;
    super::conditions::heed_scan_of(host, expr, &result, axis)?;
    Ok(Some(result))
}

/// The axes of an operand that may wait.
fn axes_of(value: Option<&Value>) -> usize {
    match value {
        Some(Value::Deferred(work)) => work.shape().len(),
        _ => 0,
    }
}

/// The operand, computed.
fn computed(host: &mut dyn Host, args: &Args) -> Result<Array, Fault> {
    match args.get(0) {
        Some(work @ Value::Deferred(_)) => convert::to_array(&work.clone().settled(host)?),
        _ => args.array(0),
    }
}

/// `cumsum` and `cumprod`: `a, axis, dtype, out`.
fn running(host: &mut dyn Host, args: &Args, table: &'static [Fold]) -> Result<Value, Fault> {
    let ndim = axes_of(args.get(0));
    if ndim > 0 {
        let axis = if args.is_none(1) { None } else { Some(args.axis(1, ndim)?) };
        if let Some(result) = run_work(host, table, args.get(0), axis, args.opt_dtype(2)?)? {
            return match out_array(args, 3)? {
                None => Ok(Value::Array(result)),
                out => finish(result, out),
            };
        }
    }
    let a = computed(host, args)?;
    over(host, args, a, table)
}

fn over(host: &mut dyn Host, args: &Args, a: Array, table: &'static [Fold]) -> Result<Value, Fault> {
    let (a, axis) = match args.is_none(1) {
        true => (raveled(&a)?, 0),
        false if a.ndim() == 0 => {
            normalize_axis(args.int(1)?, 1)?;
            (raveled(&a)?, 0)
        }
        false => {
            let axis = args.axis(1, a.ndim())?;
            (a, axis)
        }
    };
    let result = run(host, table, &a, axis, args.opt_dtype(2)?)?;
    match out_array(args, 3)? {
        None => Ok(Value::Array(result)),
        out => finish(result, out),
    }
}

fn running_without_nan(
    host: &mut dyn Host,
    args: &Args,
    table: &'static [Fold],
    fill: i64,
) -> Result<Value, Fault> {
    let a = crate::prim::reducing::arguments::without_nan(&args.array(0)?, Scalar::I64(fill))?;
    over(host, args, a, table)
}

/// `cumulative_sum` and `cumulative_prod`: `x, axis, dtype, out, include_initial`.
fn cumulative(
    host: &mut dyn Host,
    args: &Args,
    table: &'static [Fold],
    initial: i64,
) -> Result<Value, Fault> {
    let chosen = |ndim: usize| match args.opt_axis(1, ndim)? {
        Some(axis) => Ok(axis),
        None if ndim == 1 => Ok(0),
        None => {
            let why = "For arrays which have more than one dimension ``axis`` argument is required.";
            Err(args.reason(why))
        }
    };
    let (ndim, dtype) = (axes_of(args.get(0)), args.opt_dtype(2)?);
    let fed = match ndim {
        0 => None,
        n => run_work(host, table, args.get(0), Some(chosen(n)?), dtype)?,
    };
    let (mut result, axis) = match fed {
        Some(result) => (result, chosen(ndim)?),
        None => {
            let a = raveled_if_scalar(computed(host, args)?)?;
            let axis = chosen(a.ndim())?;
            (run(host, table, &a, axis, dtype)?, axis)
        }
    };
    if args.flag(4)? {
        let mut shape = result.shape().to_vec();
        shape[axis] = 1;
        let first = exec::full(&shape, crate::dtype::cast_scalar(Scalar::I64(initial), result.dtype()))?;
        result = join(&[first, result], axis)?;
    }
    match out_array(args, 3)? {
        None => Ok(Value::Array(result)),
        out => finish(result, out),
    }
}

fn raveled_if_scalar(a: Array) -> Result<Array, Fault> {
    if a.ndim() == 0 { raveled(&a) } else { Ok(a) }
}

/// Arrays of equal shapes but for one axis, joined along it in their common dtype.
pub fn join(parts: &[Array], axis: usize) -> Result<Array, Fault> {
    let dtype = parts.iter().map(Array::dtype).reduce(promote).unwrap_or(DType::F64);
    let mut shape = parts[0].shape().to_vec();
    shape[axis] = parts.iter().map(|p| p.shape()[axis]).sum();
    let out = Array::empty(dtype, &shape)?;
    let mut at = 0;
    for part in parts.iter().filter(|p| p.size() > 0) {
        exec::assign(&slice(&out, axis, at, at + part.shape()[axis]), part)?;
        at += part.shape()[axis];
    }
    Ok(out)
}

/// The view `a[start:end]` along an axis.
pub fn slice(a: &Array, axis: usize, start: usize, end: usize) -> Array {
    let mut shape = a.shape().to_vec();
    shape[axis] = end - start;
    let moved = a.offset() as isize + start as isize * a.strides()[axis];
    let at = if shape.contains(&0) { a.offset() } else { moved as usize };
    a.view(&shape, a.strides(), at)
}

fn diff(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let n = args.int(1)?;
    if n == 0 {
        return Ok(args.value(0));
    }
    if n < 0 {
        return Err(args.reason(format!("order must be non-negative but got {n}")));
    }
    let ndim = axes_of(args.get(0));
    if ndim > 0 {
        let axis = args.axis(2, ndim)?;
        if args.get(3).is_none() && args.get(4).is_none() {
            return repeated(host, args.value(0), n, axis);
        }
    }
    let mut a = computed(host, args)?;
    if a.ndim() == 0 {
        return Err(args.reason("diff requires input that is at least one dimensional"));
    }
    let axis = args.axis(2, a.ndim())?;
    let mut parts = Vec::new();
    for i in [3, 0, 4] {
        if i != 0 && args.get(i).is_none() {
            continue;
        }
        let part = if i == 0 { a.clone() } else { args.array(i)? };
        let mut shape = a.shape().to_vec();
        shape[axis] = if part.ndim() == 0 { 1 } else { part.shape().get(axis).copied().unwrap_or(1) };
        parts.push(part.broadcast_to(&shape)?);
    }
    if parts.len() > 1 {
        a = join(&parts, axis)?;
    }
    repeated(host, Value::Array(a), n, axis)
}

/// The `n`th differences along an axis; two of them at a time wait as one expression.
fn repeated(host: &mut dyn Host, mut a: Value, n: i64, axis: usize) -> Result<Value, Fault> {
    for k in 0..n {
        let (dtype, len) = match &a {
            Value::Deferred(work) => (work.dtype(), work.shape()[axis]),
            _ => {
                let array = convert::to_array(&a)?;
                let kind = (array.dtype(), array.shape()[axis]);
                a = Value::Array(array);
                kind
            }
        };
        if len == 0 {
            break;
        }
        if k > 0 && k % 2 == 0 {
            a = a.settled(host)?;
        }
        a = neighbours_of(host, if dtype == DType::Bool { "not_equal" } else { "subtract" }, a, axis)?;
    }
    Ok(a)
}

/// `f(a[1:], a[:-1])` along an axis, as work that waits where it is large: of an expression that is cheap
/// to compute twice both sides are, of anything else the array is computed first.
fn neighbours_of(host: &mut dyn Host, f: &'static str, a: Value, axis: usize) -> Result<Value, Fault> {
    if let Value::Deferred(work) = &a {
        let n = work.shape()[axis];
        // Of one element no slice of an expression is left: an axis of length one stands for any.
        if n > 1
            && let Some(expr) = deferred::expr_of(a.clone()).filter(|expr| expr.is_cheap())
        {
            let later = deferred::value(expr.slice(axis, 1, n));
            let earlier = deferred::value(expr.slice(axis, 0, n - 1));
            return step(host, f, SmallVec::from_iter([later, earlier]));
        }
    }
    let a = convert::to_array(&a.settled(host)?)?;
    let n = a.shape()[axis];
    let (later, earlier) = (slice(&a, axis, 1.min(n), n), slice(&a, axis, 0, n.saturating_sub(1)));
    step(host, f, SmallVec::from_iter([Value::Array(later), Value::Array(earlier)]))
}

/// `f(a[1:], a[:-1])` along an axis.
fn neighbours(host: &mut dyn Host, f: &'static str, a: &Array, axis: usize) -> Result<Array, Fault> {
    let n = a.shape()[axis];
    let (later, earlier) = (slice(a, axis, 1.min(n), n), slice(a, axis, 0, n.saturating_sub(1)));
    convert::to_array(&calc(host, f, Value::Array(later), Value::Array(earlier))?)
}

fn ediff1d(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    if args.is_none(1) && args.is_none(2) {
        let value = match args.get(0) {
            Some(work @ Value::Deferred(_)) if axes_of(Some(work)) == 1 => work.clone(),
            _ => Value::Array(raveled(&computed(host, args)?)?),
        };
        return neighbours_of(host, "subtract", value, 0);
    }
    let a = raveled(&computed(host, args)?)?;
    let dtype = a.dtype();
    let mut parts = Vec::new();
    if !args.is_none(2) {
        parts.push(exec::in_dtype(&raveled(&args.array(2)?)?, dtype)?);
    }
    parts.push(neighbours(host, "subtract", &a, 0)?);
    if !args.is_none(1) {
        parts.push(exec::in_dtype(&raveled(&args.array(1)?)?, dtype)?);
    }
    Ok(Value::Array(join(&parts, 0)?))
}

/// A vector as the axis `axis` of `ndim`.
fn along(x: &Array, axis: usize, ndim: usize) -> Array {
    let (mut shape, mut strides) = (vec![1; ndim], vec![0; ndim]);
    (shape[axis], strides[axis]) = (x.size(), x.strides()[0]);
    x.view(&shape, &strides, x.offset())
}

fn trapezoid(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let y = match args.get(0) {
        Some(work @ Value::Deferred(_)) => work.clone(),
        _ => Value::Array(args.array(0)?),
    };
    let ndim = match &y {
        Value::Array(a) => a.ndim(),
        _ => axes_of(Some(&y)),
    };
    if ndim == 0 {
        return Err(crate::array::ArrayError::Axis { axis: -1, ndim: 0 }.into());
    }
    let axis = args.axis(3, ndim)?;
    let width = if args.is_none(1) {
        args.value(2)
    } else {
        let x = args.array(1)?;
        if x.ndim() == 0 {
            return Err(args.wrong(1, "an array of places"));
        }
        let x = if x.ndim() == 1 { along(&x, axis, ndim) } else { x };
        if axis >= x.ndim() {
            return Err(crate::array::ArrayError::Axis { axis: axis as i64, ndim: x.ndim() }.into());
        }
        let f = if x.dtype() == DType::Bool { "not_equal" } else { "subtract" };
        neighbours_of(host, f, Value::Array(x), axis)?
    };
    let sums = neighbours_of(host, "add", y, axis)?;
    // What is as wide as 1 stays as it is, the bits of a product with 1.
    let real = !matches!(&sums, Value::Deferred(work) if work.dtype().is_complex());
    let areas = match width {
        Value::Float(1.0) if real && matches!(sums, Value::Deferred(_)) => sums,
        width => step(host, "multiply", SmallVec::from_iter([width, sums]))?,
    };
    let halves = step(host, "divide", SmallVec::from_iter([areas, Value::Float(2.0)]))?;
    row("sum")?.call_with(host, [halves, Value::Int(axis as i64)])
}

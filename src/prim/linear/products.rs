//! Products of vectors, matrices and stacks of them. Shapes are met here; `exec::product` computes.

use crate::array::{Array, ArrayError, Dims, Order, Strides, normalize_axis};
use crate::dtype::{DType, Scalar, promote, result_dtype};
use crate::exec;
use crate::prim::convert::to_array;
use crate::prim::deferred;
use crate::prim::elementwise::numeric::step;
use crate::prim::elementwise::overflow::{self, Mode};
use crate::prim::reducing::arguments::{deliver, finish, out_array};
use crate::prim::{Args, Defer, Example, Glyph, Home, Kind, Prim, Valence, table};
use crate::syntax::Class;
use crate::value::{CallArgs, Fault, Host, Part, Value, Warning};
use smallvec::SmallVec;

pub const ROWS: &[Prim] = &[
    Prim {
        name: "matmul",
        glyphs: &[Glyph { text: "@", class: Class::Product, valence: Valence::Dyadic }],
        params: "x1, x2, /, out=None, *, dtype=None",
        doc: "The matrix product.\n\n\
              The last two axes are matrices, the axes before them broadcast. A vector on the left is a \
              row, on the right a column, and its axis is missing from the result. Integers wrap; bools \
              multiply with `and` and add with `or`. 0-d operands are an error: use `*`.",
        examples: &[
            Example { code: "[[1, 2], [3, 4]] @ [[5, 6], [7, 8]]", out: "[[19 22]\n [43 50]]" },
            Example { code: "np.matmul([[1, 0], [0, 1]], [1, 2])", out: "[1 2]" },
            Example { code: "[1, 2, 3] @ [4, 5, 6]", out: "32" },
        ],
        defers: 0b11,
        brief: Some(product_brief),
        kind: Kind::Call(matmul_row),
        ..Prim::NEW
    },
    Prim {
        name: "dot",
        method: true,
        params: "a, b, out=None",
        doc: "The dot product: of vectors the sum of products, of matrices the matrix product.\n\n\
              In general the sum over the last axis of `a` and the last but one of `b` (or its only \
              one). With a number it is multiplication.",
        examples: &[
            Example { code: "np.dot([1, 2, 3], [4, 5, 6])", out: "32" },
            Example { code: "np.dot([[1, 0], [0, 2]], [3, 4])", out: "[3 8]" },
            Example { code: "np.dot(3, [1, 2])", out: "[3 6]" },
        ],
        defers: 0b11,
        brief: Some(product_brief),
        kind: Kind::Call(dot_row),
        ..Prim::NEW
    },
    Prim {
        name: "inner",
        params: "a, b, /",
        doc: "The sum of products over the last axes of both operands; with a number, multiplication.",
        examples: &[
            Example { code: "np.inner([1, 2, 3], [0, 1, 0])", out: "2" },
            Example { code: "np.inner([[1, 2], [3, 4]], [10, 1])", out: "[12 34]" },
        ],
        defers: 0b11,
        kind: Kind::Call(inner),
        ..Prim::NEW
    },
    Prim {
        name: "outer",
        params: "a, b, out=None",
        doc: "The products of every element of `a` with every element of `b`, as a matrix.\n\n\
              Operands of any rank are taken flat.",
        examples: &[Example { code: "np.outer([1, 2], [3, 4, 5])", out: "[[ 3  4  5]\n [ 6  8 10]]" }],
        numpy: "np.outer(a, b), or np.multiply.outer(a, b)",
        kind: Kind::Call(|host, args| {
            let (a, b) = pair(args)?;
            let products = if a.dtype().is_signed_int() && overflow::mode() != Mode::Wrap {
                // Looked at for wraps, as products of arrays are.
                let column = insert_axis(&reshape(&a, &[a.size()])?, 1);
                let row = reshape(&b, &[b.size()])?;
                apply_array(host, "multiply", [Value::Array(column), Value::Array(row)])?
            } else {
                exec::outer(&a, &b)?
            };
            finish(products, out_array(args, 2)?)
        }),
        ..Prim::NEW
    },
    Prim {
        name: "vdot",
        params: "a, b, /",
        doc: "The dot product of two operands taken flat, the first one conjugated.",
        examples: &[Example { code: "np.vdot([1+2j, 3+4j], [5+6j, 7+8j])", out: "(70-8j)" }],
        defers: 0b11,
        kind: Kind::Call(vdot),
        ..Prim::NEW
    },
    Prim {
        name: "vecdot",
        params: "x1, x2, /, out=None, *, axis=-1",
        doc: "The dot products of the vectors along an axis, the first ones conjugated.\n\n\
              The other axes broadcast.",
        examples: &[Example { code: "np.vecdot([[1, 2], [3, 4]], [1, 10])", out: "[21 43]" }],
        kind: Kind::Call(|host, args| {
            let (a, b) = pair(args)?;
            let a = to_last(&conjugate(host, &a)?, args.int(3)?)?;
            let b = to_last(&b, args.int(3)?)?;
            if a.shape().last() != b.shape().last() {
                return Err(mismatch(&a, &b));
            }
            let (row, column) = (insert_axis(&a, a.ndim() - 1), insert_axis(&b, b.ndim()));
            let shape = exec::matmul_shape(&row, &column)?;
            let product = exec::matmul_as(&row, &column, &shape[..shape.len() - 2])?;
            finish(product, out_array(args, 2)?)
        }),
        ..Prim::NEW
    },
    Prim {
        name: "matvec",
        params: "x1, x2, /, out=None",
        doc: "The products of matrices with vectors: the last two axes of `x1`, the last of `x2`.\n\n\
              The other axes broadcast.",
        examples: &[Example {
            code: "np.matvec([[1, 2], [3, 4]], [[1, 0], [0, 1]])",
            out: "[[1 3]\n [2 4]]",
        }],
        kind: Kind::Call(|_, args| {
            let (a, b) = pair(args)?;
            if a.ndim() < 2 || b.ndim() < 1 || a.shape()[a.ndim() - 1] != b.shape()[b.ndim() - 1] {
                return Err(mismatch(&a, &b));
            }
            let column = insert_axis(&b, b.ndim());
            let shape = exec::matmul_shape(&a, &column)?;
            finish(exec::matmul_as(&a, &column, &shape[..shape.len() - 1])?, out_array(args, 2)?)
        }),
        ..Prim::NEW
    },
    Prim {
        name: "vecmat",
        params: "x1, x2, /, out=None",
        doc: "The products of vectors, conjugated, with matrices: the last axis of `x1`, the last two of `x2`.\n\n\
              The other axes broadcast.",
        examples: &[Example { code: "np.vecmat([1, 10], [[1, 2], [3, 4]])", out: "[31 42]" }],
        kind: Kind::Call(|host, args| {
            let (a, b) = pair(args)?;
            if b.ndim() < 2 || a.ndim() < 1 || a.shape()[a.ndim() - 1] != b.shape()[b.ndim() - 2] {
                return Err(mismatch(&a, &b));
            }
            let a = conjugate(host, &a)?;
            let row = insert_axis(&a, a.ndim() - 1);
            let mut shape = exec::matmul_shape(&row, &b)?;
            let last = shape.pop();
            shape.pop();
            shape.extend(last);
            finish(exec::matmul_as(&row, &b, &shape)?, out_array(args, 2)?)
        }),
        ..Prim::NEW
    },
    Prim {
        name: "tensordot",
        params: "a, b, axes=2",
        doc: "The sum of products over several axes of both operands.\n\n\
              `axes` is a number (that many last axes of `a` with the first ones of `b`) or a pair: the \
              axes of `a` and those of `b`.",
        examples: &[
            Example { code: "np.tensordot([[1, 2], [3, 4]], [[1, 0], [0, 1]])", out: "5" },
            Example {
                code: "np.tensordot([[1, 2], [3, 4]], [[5, 6], [7, 8]], axes=([0], [1]))",
                out: "[[23 31]\n [34 46]]",
            },
        ],
        kind: Kind::Call(tensordot),
        ..Prim::NEW
    },
    Prim {
        name: "kron",
        params: "a, b",
        doc: "The Kronecker product: every element of `a` times the whole of `b`, block by block.",
        examples: &[
            Example { code: "np.kron([1, 10, 100], [5, 6])", out: "[  5   6  50  60 500 600]" },
            Example { code: "np.kron(np.eye(2, dtype=int), [[1, 2]])", out: "[[1 2 0 0]\n [0 0 1 2]]" },
        ],
        kind: Kind::Call(kron),
        ..Prim::NEW
    },
    Prim {
        name: "cross",
        numpy_scratch: 4,
        params: "a, b, axisa=-1, axisb=-1, axisc=-1, axis=None",
        doc: "The cross product of vectors of three (or two) elements along the last axis.\n\n\
              Of two vectors in the plane it is the third component alone. The other axes broadcast.",
        examples: &[
            Example { code: "np.cross([1, 2, 3], [4, 5, 6])", out: "[-3  6 -3]" },
            Example { code: "np.cross([[1, 0, 0], [0, 1, 0]], [0, 0, 1])", out: "[[ 0 -1  0]\n [ 1  0  0]]" },
        ],
        kind: Kind::Call(cross),
        ..Prim::NEW
    },
];

/// The function of a NumPy name.
fn named(name: &str) -> Result<&'static Prim, Fault> {
    // `max` and `min` have bare forms of their own.
    let prim = table().get(Home::Np, name).or_else(|| table().bare(name));
    prim.ok_or_else(|| Fault::NotYet { name: name.into() })
}

/// Calls the function of a NumPy name.
pub fn apply<const N: usize>(host: &mut dyn Host, name: &str, values: [Value; N]) -> Result<Value, Fault> {
    crate::prim::call(named(name)?, host, CallArgs::new(values))
}

/// As [`apply`]; the result may be deferred.
pub fn apply_waiting<const N: usize>(
    host: &mut dyn Host,
    name: &str,
    values: [Value; N],
) -> Result<Value, Fault> {
    crate::prim::call_as(named(name)?, host, CallArgs::new(values), Defer::Later)
}

/// As [`apply`], the result as an array.
pub fn apply_array<const N: usize>(
    host: &mut dyn Host,
    name: &str,
    values: [Value; N],
) -> Result<Array, Fault> {
    crate::prim::convert::to_array(&apply(host, name, values)?)
}

/// Arguments 0 and 1 as arrays of their common dtype. A plain number counts as the 64-bit array it becomes: as in
/// NumPy, products of arrays know no weak numbers.
fn pair(args: &Args) -> Result<(Array, Array), Fault> {
    common(args.array(0)?, args.array(1)?)
}

fn common(a: Array, b: Array) -> Result<(Array, Array), Fault> {
    let dtype = promote(a.dtype(), b.dtype());
    Ok((exec::in_dtype(&a, dtype)?, exec::in_dtype(&b, dtype)?))
}

fn mismatch(a: &Array, b: &Array) -> Fault {
    Fault::InnerDimensions { func: "matmul".into(), left: a.shape().to_vec(), right: b.shape().to_vec() }
}

/// The elements in C order under another shape of equal size.
pub fn reshape(a: &Array, shape: &[usize]) -> Result<Array, ArrayError> {
    if let Some(view) = a.reshape_view(shape, Order::C) {
        return Ok(view);
    }
    let copy = exec::copy(a, Order::C)?;
    Ok(copy.reshape_view(shape, Order::C).unwrap_or(copy))
}

/// A view with an axis of length one before axis `at`.
pub fn insert_axis(a: &Array, at: usize) -> Array {
    let (mut shape, mut strides) = (Dims::from(a.shape()), Strides::from(a.strides()));
    shape.insert(at, 1);
    strides.insert(at, 0);
    a.view(&shape, &strides, a.offset())
}

/// A view with one axis moved to the end.
pub fn to_last(a: &Array, axis: i64) -> Result<Array, ArrayError> {
    let axis = normalize_axis(axis, a.ndim())?;
    let axes: Dims = (0..a.ndim()).filter(|&k| k != axis).chain([axis]).collect();
    Ok(if axis + 1 == a.ndim() { a.clone() } else { a.permute(&axes) })
}

fn conjugate(host: &mut dyn Host, a: &Array) -> Result<Array, Fault> {
    if a.dtype().is_complex() {
        apply_array(host, "conjugate", [Value::Array(a.clone())])
    } else {
        Ok(a.clone())
    }
}

/// The matrix product of arrays by NumPy's rules for vectors and stacks.
pub fn matmul(a: &Array, b: &Array) -> Result<Array, Fault> {
    if let Some(product) = exec::small_matmul(a, b) {
        return Ok(product?);
    }
    let (row, column) = (a.ndim() == 1, b.ndim() == 1);
    let left = if row { insert_axis(a, 0) } else { a.clone() };
    let right = if column { insert_axis(b, 1) } else { b.clone() };
    if left.ndim() < 2 || right.ndim() < 2 {
        let operand = usize::from(left.ndim() >= 2);
        return Err(Fault::Value {
            func: "matmul".into(),
            reason: format!("operand {operand} has no dimensions; use * to multiply by a number"),
        });
    }
    if left.shape()[left.ndim() - 1] != right.shape()[right.ndim() - 2] {
        return Err(mismatch(a, b));
    }
    let stacks = |_| Fault::Stacks { left: a.shape().to_vec(), right: b.shape().to_vec() };
    let mut shape = exec::matmul_shape(&left, &right).map_err(stacks)?;
    if column {
        shape.pop();
    }
    if row {
        shape.remove(shape.len() - if column { 1 } else { 2 });
    }
    Ok(exec::matmul_as(&left, &right, &shape)?)
}

/// The dot product of vectors of which one is work that waits, computed as they are; `None`, with nothing
/// done, for anything else.
fn dot_of_work(host: &mut dyn Host, x: &Value, y: &Value, conj: bool) -> Result<Option<Value>, Fault> {
    let extent = |v: &Value| match v {
        Value::Array(a) => Some(a.shape().into()),
        Value::Deferred(work) => Some(work.shape()),
        _ => None,
    };
    let (Some(n), Some(m)): (Option<Dims>, Option<Dims>) = (extent(x), extent(y)) else { return Ok(None) };
    let waits = |v: &Value| matches!(v, Value::Deferred(_));
    let (Some(p), Some(q)) = (x.operand(), y.operand()) else { return Ok(None) };
    if n.len() != 1 || n != m || n[0] < exec::LEAST_FED || !(waits(x) || waits(y)) {
        return Ok(None);
    }
    let (dtype, span) = (result_dtype(&[p, q]), host.here());
    let (Some(a), Some(b)) = (deferred::expr_of(x.clone()), deferred::expr_of(y.clone())) else {
        return Ok(None);
    };
    let (a, b) = (a.cast_to(dtype, span), b.cast_to(dtype, span));
    let (result, of_a, of_b) = exec::dot_of(&a, Some(&b), None, conj)?;
    deferred::tell(host, a.plan(), &of_a)?;
    deferred::tell(host, b.plan(), &of_b)?;
    Ok(Some(deliver(result)))
}

/// Whether one of two factors waits.
fn waits(args: &Args) -> bool {
    [0, 1].into_iter().any(|i| matches!(args.get(i), Some(Value::Deferred(_))))
}

/// Both factors, computed.
fn settled(host: &mut dyn Host, args: &Args) -> Result<Args, Fault> {
    let first = args.with(0, args.value(0).settled(host)?);
    Ok(first.with(1, args.value(1).settled(host)?))
}

/// A row of two factors of which one or both wait: a dot product is computed as they are, of anything else
/// they come computed.
fn of_work(
    host: &mut dyn Host,
    args: &Args,
    conj: bool,
    row: fn(&mut dyn Host, &Args) -> Result<Value, Fault>,
) -> Result<Value, Fault> {
    let plain = (2..4).all(|i| args.is_none(i));
    if plain && let Some(product) = dot_of_work(host, &args.value(0), &args.value(1), conj)? {
        return Ok(product);
    }
    let args = settled(host, args)?;
    row(host, &args)
}

/// Of small vectors and matrices of one dtype.
fn product_brief(args: &[&Value]) -> Option<Value> {
    match args {
        [Value::Array(a), Value::Array(b)] => match exec::small_dot(a, b) {
            Some(dot) => Some(Value::Scalar(Scalar::F64(dot))),
            None => exec::small_matmul(a, b)?.ok().map(deliver),
        },
        _ => None,
    }
}

fn matmul_row(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    if waits(args) {
        return of_work(host, args, false, matmul_row);
    }
    let (mut a, mut b) = pair(args)?;
    if let Some(dtype) = args.opt_dtype(3)? {
        (a, b) = (exec::in_dtype(&a, dtype)?, exec::in_dtype(&b, dtype)?);
    }
    finish(matmul(&a, &b)?, out_array(args, 2)?)
}

/// `np.dot` of two values.
pub fn dot(host: &mut dyn Host, args: &Args, x: Value, y: Value) -> Result<Value, Fault> {
    let (a, b) = (crate::prim::convert::to_array(&x)?, crate::prim::convert::to_array(&y)?);
    if a.ndim() == 0 || b.ndim() == 0 {
        return apply(host, "multiply", [deliver(a), deliver(b)]);
    }
    let (a, b) = common(a, b)?;
    if b.ndim() <= 2 && a.ndim() <= 2 {
        return matmul(&a, &b).map(deliver);
    }
    let last = b.ndim().max(2) - 2;
    contract(args, &a, &b, &[a.ndim() - 1], &[last]).map(deliver)
}

fn dot_row(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    if waits(args) {
        return of_work(host, args, false, dot_row);
    }
    let result = dot(host, args, args.value(0), args.value(1))?;
    finish(crate::prim::convert::to_array(&result)?, out_array(args, 2)?)
}

fn vdot(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    if waits(args) {
        return of_work(host, args, true, vdot);
    }
    let (a, b) = pair(args)?;
    if a.size() != b.size() {
        let parts = [Part::whole(0, "a", a.shape()), Part::whole(1, "b", b.shape())];
        return Err(args.lengths("cannot reshape array: the operands differ in size", parts, &[]));
    }
    Ok(deliver(exec::vdot(&a, &b)?))
}

fn inner(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    if waits(args) {
        return of_work(host, args, false, inner);
    }
    let (a, b) = pair(args)?;
    if a.ndim() == 0 || b.ndim() == 0 {
        return apply(host, "multiply", [deliver(a), deliver(b)]);
    }
    contract(args, &a, &b, &[a.ndim() - 1], &[b.ndim() - 1]).map(deliver)
}

/// The sum of products over axes `over` of both operands; the other axes of `a`, then those of `b`.
fn contract(args: &Args, a: &Array, b: &Array, of_a: &[usize], of_b: &[usize]) -> Result<Array, Fault> {
    let lengths = |x: &Array, axes: &[usize]| axes.iter().map(|&k| x.shape()[k]).collect::<Dims>();
    if of_a.len() != of_b.len() {
        return Err(args.reason("shape-mismatch for sum: different numbers of axes"));
    }
    if lengths(a, of_a) != lengths(b, of_b) {
        return Err(mismatch(a, b));
    }
    let free = |x: &Array, axes: &[usize]| (0..x.ndim()).filter(|k| !axes.contains(k)).collect::<Dims>();
    let (free_a, free_b) = (free(a, of_a), free(b, of_b));
    let k: usize = lengths(a, of_a).iter().product();
    let (rows, cols) = (lengths(a, &free_a), lengths(b, &free_b));
    let order = |first: &[usize], second: &[usize]| first.iter().chain(second).copied().collect::<Dims>();
    let left = reshape(&a.permute(&order(&free_a, of_a)), &[rows.iter().product(), k])?;
    let right = reshape(&b.permute(&order(of_b, &free_b)), &[k, cols.iter().product()])?;
    let shape: Dims = rows.into_iter().chain(cols).collect();
    Ok(exec::matmul_as(&left, &right, &shape)?)
}

fn tensordot(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (a, b) = pair(args)?;
    let (of_a, of_b) = match args.get(2) {
        Some(Value::Tuple(t)) if t.items.len() == 2 => (axes(args, &t.items[0])?, axes(args, &t.items[1])?),
        Some(Value::List(l)) if l.len() == 2 => {
            let items = l.to_vec();
            (axes(args, &items[0])?, axes(args, &items[1])?)
        }
        Some(Value::Array(x)) if x.shape().first() == Some(&2) => {
            let part = |i: usize| {
                let at = (x.offset() as isize + i as isize * x.strides()[0]) as usize;
                axes(args, &Value::Array(x.view(&x.shape()[1..], &x.strides()[1..], at)))
            };
            (part(0)?, part(1)?)
        }
        _ => {
            let n = args.int(2)?.max(0);
            if n > 0 {
                normalize_axis(n - 1, a.ndim().min(b.ndim()))?;
            }
            ((-n..0).collect(), (0..n).collect())
        }
    };
    let whole = |axes: Vec<i64>, ndim: usize| -> Result<Vec<usize>, Fault> {
        axes.into_iter().map(|k| Ok(normalize_axis(k, ndim)?)).collect()
    };
    contract(args, &a, &b, &whole(of_a, a.ndim())?, &whole(of_b, b.ndim())?).map(Value::Array)
}

fn axes(args: &Args, value: &Value) -> Result<Vec<i64>, Fault> {
    crate::prim::convert::as_ints(value).ok_or_else(|| args.wrong(2, "an integer or a pair of axes"))
}

fn kron(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (a, b) = pair(args)?;
    if a.dtype() == b.dtype()
        && let Some(out) = exec::kron(&a, &b)?
    {
        return Ok(deliver(out));
    }
    let ndim = a.ndim().max(b.ndim());
    let padded = |x: &Array| {
        std::iter::repeat_n(1, ndim - x.ndim()).chain(x.shape().iter().copied()).collect::<Dims>()
    };
    let (sa, sb) = (padded(&a), padded(&b));
    // Axes of `a` and `b` in turn, each of length one in the other operand.
    let wide = |x: &Array, s: &Dims, first: bool| -> Result<Value, Fault> {
        let shape: Dims = s.iter().flat_map(|&n| if first { [n, 1] } else { [1, n] }).collect();
        Ok(Value::Array(reshape(x, &shape)?))
    };
    let product = apply_array(host, "multiply", [wide(&a, &sa, true)?, wide(&b, &sb, false)?])?;
    let shape: Dims = sa.iter().zip(&sb).map(|(p, q)| p * q).collect();
    Ok(deliver(reshape(&product, &shape)?))
}

fn cross(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let axis = |i: usize| if args.is_none(5) { args.int(i) } else { args.int(5) };
    let (a, b) = pair(args)?;
    let (a, b) = (to_last(&a, axis(2)?)?, to_last(&b, axis(3)?)?);
    let (la, lb) = (a.shape()[a.ndim() - 1], b.shape()[b.ndim() - 1]);
    if !(2..=3).contains(&la) || !(2..=3).contains(&lb) {
        let reason = format!(
            "incompatible dimensions for cross product (dimension must be 2 or 3): the vectors have {la} and {lb}"
        );
        let (x, y) = pair(args)?;
        let part = |i, name, x: &Array, axis: i64| {
            Ok::<_, Fault>(Part::new(i, name, x.shape(), crate::array::normalize_axis(axis, x.ndim())?))
        };
        let mut parts = vec![part(0, "a", &x, axis(2)?)?, part(1, "b", &y, axis(3)?)?];
        let wrong = |p: &Part| p.axis.is_some_and(|k| !(2..=3).contains(&p.shape[k]));
        parts.retain(wrong);
        return Err(args.lengths(reason, parts, &["[..., :3]", "[..., :2]", ".T"]));
    }
    if let Some(out) = exec::cross(&a, &b)? {
        return Ok(deliver(with_last_at(&out, axis(4)?)?));
    }
    let part = |x: &Array, k: usize| {
        let last = x.ndim() - 1;
        let at = (x.offset() as isize + k as isize * x.strides()[last]) as usize;
        Value::Array(x.view(&x.shape()[..last], &x.strides()[..last], at))
    };
    let minor = |host: &mut dyn Host, i: usize, j: usize| -> Result<Value, Fault> {
        let zero = Value::Scalar(crate::dtype::cast_scalar(crate::dtype::Scalar::I64(0), a.dtype()));
        let item = |x: &Array, k: usize, n: usize| if k < n { part(x, k) } else { zero.clone() };
        let left = step(host, "multiply", SmallVec::from_iter([item(&a, i, la), item(&b, j, lb)]))?;
        let right = step(host, "multiply", SmallVec::from_iter([item(&a, j, la), item(&b, i, lb)]))?;
        step(host, "subtract", SmallVec::from_iter([left, right]))
    };
    if la == 2 || lb == 2 {
        let text = "Arrays of 2-dimensional vectors are deprecated. Use arrays of 3-dimensional vectors instead. \
                    (deprecated in NumPy 2.0)";
        host.warn(Warning { category: "DeprecationWarning", text: text.into(), ..Default::default() });
    }
    if la == 2 && lb == 2 {
        return Ok(deliver(to_array(&minor(host, 0, 1)?.settled(host)?)?));
    }
    let mut part = minor(host, 1, 2)?;
    let (mut shape, dtype) = match &part {
        Value::Deferred(work) => (work.shape(), work.dtype()),
        done => {
            let done = to_array(done)?;
            (done.shape().into(), done.dtype())
        }
    };
    shape.push(3);
    let out = Array::empty(dtype, &shape)?;
    let last = shape.len() - 1;
    for k in 0..3 {
        let place = out.view(&shape[..last], &out.strides()[..last], k);
        let next = if k < 2 { minor(host, (k + 2) % 3, k)? } else { Value::None };
        match std::mem::replace(&mut part, next) {
            work @ Value::Deferred(_) => {
                if let Some(expr) = deferred::expr_of(work) {
                    deferred::compute(host, expr, exec::Target::Into(place))?;
                }
            }
            done => exec::assign(&place, &to_array(&done)?)?,
        }
    }
    Ok(deliver(with_last_at(&out, axis(4)?)?))
}

/// A view whose last axis stands at another place.
fn with_last_at(a: &Array, axis: i64) -> Result<Array, Fault> {
    let (to, last) = (normalize_axis(axis, a.ndim())?, a.ndim() - 1);
    let mut axes: Dims = (0..last).collect();
    axes.insert(to, last);
    Ok(if to == last { a.clone() } else { a.permute(&axes) })
}

/// The common dtype in which linear algebra and transforms work: float32 and complex64 stay,
/// everything else is computed in 64 bits.
pub fn inexact(d: DType) -> DType {
    if d.is_inexact() { d } else { DType::F64 }
}

//! Choosing elements by index or condition: `take`, `where`, `choose`, `compress`, and writing to the
//! chosen ones: `put`, `place`, `copyto`.

use crate::array::{Array, Dims, Index, Order, broadcast_shapes};
use crate::dtype::{CastError, DType, Element, Operand, result_dtype};
use crate::exec::{self, Expr, Input, Kernel, Origin, Plan, Target};
use crate::kernel::chain::Link;
use crate::kernel::{self, Block, BlockMut};
use crate::prim::arrays::layout::{self, common, indices};
use crate::prim::arrays::methods::target;
use crate::prim::convert::{self, element, to_array, to_array_as, unwrap_0d};
use crate::prim::elementwise::ufunc::same_kind;
use crate::prim::reducing::arguments::{finish, out_array};
use crate::prim::row::{Example, Home, Kind, Prim};
use crate::prim::{Args, deferred};
use crate::value::{Fault, Host, Part, Value};
use crate::with_dtype;
use smallvec::SmallVec;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "where",
        params: "condition, x=?, y=?",
        doc: "Element by element from `x` where the condition holds, else from `y`; all three broadcast.\n\nWith the condition alone, the indices where it holds, as `nonzero` gives them.",
        examples: &[
            Example { code: "where([True, False, True], 1, [10, 20, 30])", out: "[ 1 20  1]" },
            Example { code: "where(array([0, 3, 0, 4]))[0]", out: "[1 3]" },
        ],
        defers: 0b111,
        each: 0b111,
        brief: Some(where_brief),
        kind: Kind::Call(where_),
        ..Prim::NEW
    },
    Prim {
        name: "take",
        method: true,
        params: "a, indices, axis=None, out=None, mode='raise'",
        doc: "The elements at indices along an axis (of all elements in C order if none is named).\n\n`mode` says what an index outside does: 'raise' an error, 'wrap' around, or 'clip' to the ends.",
        examples: &[
            Example { code: "take([4, 3, 5, 7], [0, 2, -1])", out: "[4 5 7]" },
            Example { code: "take([[1, 2], [3, 4]], 1, axis=1)", out: "[2 4]" },
            Example { code: "take([4, 3, 5], [5, 9], mode=\"wrap\")", out: "[5 4]" },
        ],
        kind: Kind::Call(take),
        ..Prim::NEW
    },
    Prim {
        name: "take_along_axis",
        params: "arr, indices, axis=-1",
        doc: "Elements by an index array that says, for every other position, which one along the axis: what `argsort` gives.",
        examples: &[Example {
            code: "x = array([[3, 1, 2]]); take_along_axis(x, array([[1, 2, 0]]), axis=1)",
            out: "[[1 2 3]]",
        }],
        kind: Kind::Call(take_along_axis),
        ..Prim::NEW
    },
    Prim {
        name: "put_along_axis",
        params: "arr, indices, values, axis",
        doc: "Writes values where `take_along_axis` would read, in place.",
        examples: &[Example {
            code: "x = array([[3, 1, 2]]); put_along_axis(x, array([[0]]), 9, axis=1); x",
            out: "[[9 1 2]]",
        }],
        kind: Kind::Call(put_along_axis),
        ..Prim::NEW
    },
    Prim {
        name: "choose",
        method: true,
        params: "a, choices, out=None, mode='raise'",
        doc: "Element by element from the array of `choices` that `a` numbers; all broadcast.",
        examples: &[Example { code: "choose([1, 0, 1], [[10, 20, 30], [1, 2, 3]])", out: "[ 1 20  3]" }],
        each: 1,
        each_of: 0b10,
        kind: Kind::Call(choose),
        ..Prim::NEW
    },
    Prim {
        name: "select",
        params: "condlist, choicelist, default=0",
        doc: "Element by element from the choice of the first condition that holds, else the default.",
        examples: &[Example {
            code: "x = arange(5); select([x < 2, x > 3], [x, 10 * x], -1)",
            out: "[ 0  1 -1 -1 40]",
        }],
        defers_items: 0b11,
        each: 0b100,
        each_of: 0b11,
        kind: Kind::Call(select),
        ..Prim::NEW
    },
    Prim {
        name: "compress",
        params: "condition, a, axis=None",
        doc: "The slices along an axis (or elements, without one) for which the condition holds.",
        examples: &[Example { code: "compress([True, False, True], [1, 2, 3])", out: "[1 3]" }],
        defers: 0b11,
        kind: Kind::Call(|host, args| compress(host, args, 0, 1)),
        ..Prim::NEW
    },
    Prim {
        name: "compress",
        home: Home::Method,
        params: "a, condition, axis=None",
        doc: "The slices along an axis (or elements, without one) for which the condition holds.",
        examples: &[Example { code: "array([1, 2, 3]).compress([True, False, True])", out: "[1 3]" }],
        defers: 0b11,
        kind: Kind::Call(|host, args| compress(host, args, 1, 0)),
        ..Prim::NEW
    },
    Prim {
        name: "extract",
        params: "condition, arr",
        doc: "The elements for which the condition is not zero, in C order.",
        examples: &[Example { code: "extract([1, 0, 1], [7, 8, 9])", out: "[7 9]" }],
        defers: 0b11,
        kind: Kind::Call(extract),
        ..Prim::NEW
    },
    Prim {
        name: "place",
        params: "arr, mask, vals",
        doc: "Writes the values, again and again, to the elements where the mask holds, in place.",
        examples: &[Example { code: "a = arange(5); place(a, a > 1, [10, 20]); a", out: "[ 0  1 10 20 10]" }],
        kind: Kind::Call(place),
        ..Prim::NEW
    },
    Prim {
        name: "putmask",
        params: "a, mask, values",
        doc: "Where the mask holds, writes the value of the same position, values repeating, in place.",
        examples: &[Example {
            code: "a = arange(5); putmask(a, a > 1, [10, 20]); a",
            out: "[ 0  1 10 20 10]",
        }],
        kind: Kind::Call(putmask),
        ..Prim::NEW
    },
    Prim {
        name: "put",
        method: true,
        params: "a, ind, v, mode='raise'",
        doc: "Writes the values, again and again, to the elements numbered in C order, in place.",
        examples: &[Example { code: "a = zeros(4); a.put([0, 2], [5, 6]); a", out: "[5. 0. 6. 0.]" }],
        kind: Kind::Call(put),
        ..Prim::NEW
    },
    Prim {
        name: "copyto",
        params: "dst, src, casting='same_kind', where=True",
        doc: "Writes an array into another, broadcast, where the condition holds.",
        examples: &[Example { code: "a = zeros(3); copyto(a, [1, 2, 3]); a", out: "[1. 2. 3.]" }],
        kind: Kind::Call(copyto),
        ..Prim::NEW
    },
];

/// `a[:, …, index]` along an axis, contiguous.
pub fn take_axis(a: &Array, axis: usize, index: &Array) -> Result<Array, Fault> {
    Ok(exec::take::take(a, axis, index)?)
}

/// An index argument as int64, wrapped or clipped to a length if the mode says so.
fn index_argument(args: &Args, i: usize, mode: usize, len: usize) -> Result<Array, Fault> {
    let a = args.array(i)?;
    let a = if a.size() == 0 { exec::in_dtype(&a, DType::I64)? } else { a };
    if !a.dtype().is_int() && a.dtype() != DType::Bool {
        return Err(args.wrong(i, "integers"));
    }
    let a = exec::in_dtype(&a, DType::I64)?;
    let wraps = match args.get(mode) {
        Some(Value::Str(s)) if &**s == "wrap" => true,
        Some(Value::Str(s)) if &**s == "clip" => false,
        Some(Value::Str(s)) if &**s == "raise" => return Ok(a),
        _ => return Err(args.wrong(mode, "'raise', 'wrap' or 'clip'")),
    };
    if len == 0 && a.size() > 0 {
        return Err(args.reason("cannot take elements of an empty axis"));
    }
    let mut changed = exec::copy(&a, Order::C)?;
    if let Some(indices) = changed.as_mut_slice::<i64>() {
        kernel::index::bring_inside(indices, len, wraps);
    }
    Ok(changed)
}

fn take(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let (a, axis) = match args.opt_axis(2, a.ndim())? {
        Some(axis) => (a, axis),
        None => (layout::ravel(&a, Order::C)?, 0),
    };
    let index = index_argument(args, 1, 4, a.shape()[axis])?;
    let out = take_axis(&a, axis, &index)?;
    match args.get(3) {
        Some(Value::Array(target)) => {
            exec::assign(target, &out)?;
            Ok(Value::Array(target.clone()))
        }
        _ => Ok(unwrap_0d(out)),
    }
}

/// Index arrays that pick along one axis and run along the others.
fn along_axis(args: &Args, a: &Array, index: &Array, axis: usize) -> Result<Vec<Index>, Fault> {
    if index.ndim() != a.ndim() {
        let reason =
            format!("the indices must have as many axes as the array: {}, not {}", a.ndim(), index.ndim());
        let parts = [Part::whole(0, "arr", a.shape()), Part::whole(1, "indices", index.shape())];
        let tries: &[&str] =
            if axis + 1 == a.ndim() { &["[:, None]", "[None]"] } else { &["[None]", "[:, None]"] };
        return Err(args.lengths(reason, parts, tries));
    }
    let mut items = Vec::with_capacity(a.ndim());
    for k in 0..a.ndim() {
        if k == axis {
            items.push(Index::Array(index.clone()));
            continue;
        }
        let n = a.shape()[k];
        let line = exec::distinct::counting(n)?;
        let mut dims = vec![1i64; a.ndim()];
        dims[k] = n as i64;
        items.push(Index::Array(layout::reshape(&line, &dims, Order::C)?));
    }
    Ok(items)
}

fn take_along_axis(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (mut a, index) = (args.array(0)?, int_array(args, 1)?);
    let axis = if args.is_none(2) {
        a = layout::ravel(&a, Order::C)?;
        0
    } else {
        args.axis(2, a.ndim())?
    };
    if axis + 1 == a.ndim()
        && let Some(out) = exec::take::along_rows(&a, &index)?
    {
        return Ok(Value::Array(out));
    }
    let items = along_axis(args, &a, &index, axis)?;
    Ok(Value::Array(exec::index::get(&a, &items)?))
}

fn put_along_axis(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = target(args, 0)?;
    let index = int_array(args, 1)?;
    let axis = args.axis(3, a.ndim())?;
    let items = along_axis(args, a, &index, axis)?;
    exec::index::set(a, &items, &to_array_as(&args.value(2), Some(a.dtype()))?)?;
    Ok(Value::None)
}

fn int_array(args: &Args, i: usize) -> Result<Array, Fault> {
    let a = args.array(i)?;
    if !a.dtype().is_int() && a.size() > 0 {
        return Err(args.wrong(i, "integers"));
    }
    Ok(exec::in_dtype(&a, DType::I64)?)
}

/// Of three small arrays of one shape, the last two of one dtype.
fn where_brief(args: &[&Value]) -> Option<Value> {
    let [Value::Array(condition), Value::Array(x), Value::Array(y)] = args else {
        return None;
    };
    let alike = condition.is_shaped_like(x) && x.is_shaped_like(y) && x.dtype() == y.dtype();
    if !alike || condition.ndim() == 0 || condition.size() > exec::SMALL {
        return None;
    }
    fn choose<T: Element>(condition: &[bool], x: &Array, y: &Array) -> Option<Array> {
        let (xs, ys) = (x.as_slice::<T>()?, y.as_slice::<T>()?);
        let mut out = Array::empty(T::DTYPE, x.shape()).ok()?;
        let to = out.as_mut_slice::<T>()?;
        for (((to, &c), &x), &y) in to.iter_mut().zip(condition).zip(xs).zip(ys) {
            *to = if c { x } else { y };
        }
        Some(out)
    }
    let condition = condition.as_slice::<bool>()?;
    with_dtype!(x.dtype(), T => choose::<T>(condition, x, y)).map(Value::Array)
}

fn where_(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    match (args.get(1), args.get(2)) {
        (None, None) => {
            if let Some(places) = super::positions::of_work(host, args.get(0))? {
                return Ok(layout::tuple(places));
            }
            let condition = args.array(0)?;
            if condition.ndim() == 0 {
                return Err(
                    args.reason("a condition without axes has no indices; write atleast_1d(condition)")
                );
            }
            Ok(layout::tuple(exec::index::nonzero(&condition)?))
        }
        (Some(x), Some(y)) => {
            let expr = chosen(host, args.value(0), x, y)?;
            if expr.size() >= deferred::threshold() {
                return Ok(deferred::value(expr));
            }
            deferred::compute(host, expr, Target::Fresh(None)).map(Value::Array)
        }
        _ => Err(args.reason("either both or neither of x and y should be given")),
    }
}

/// `x` where the condition holds, else `y`, in their common dtype.
pub fn chosen(host: &mut dyn Host, condition: Value, x: &Value, y: &Value) -> Result<Box<Expr>, Fault> {
    let operand = |v: &Value| -> Result<Operand, Fault> {
        Ok(match v.operand() {
            Some(o) => o,
            None => Operand::Typed(to_array(v)?.dtype()),
        })
    };
    let dtype = result_dtype(&[operand(x)?, operand(y)?]);
    let side = |v: &Value| -> Result<Value, Fault> {
        Ok(match v {
            Value::Array(_) | Value::Deferred(_) => v.clone(),
            // A plain integer that the dtype does not hold wraps, as in NumPy.
            v => match v.scalar() {
                Some(s) => Value::Scalar(crate::dtype::cast_scalar(s, dtype)),
                None => Value::Array(to_array_as(v, Some(dtype))?),
            },
        })
    };
    let condition = match condition {
        c if c.operand().is_some() => c,
        c => Value::Array(to_array(&c)?),
    };
    let dtypes = SmallVec::from_iter([DType::Bool, dtype, dtype]);
    let origin = Origin { name: "where", span: host.here() };
    let kernel =
        Kernel { run: pick, check: None, carries: 0, link: Some(Link::Choose), out: dtype, dtypes, origin };
    deferred::join(host, kernel, SmallVec::from_iter([condition, side(x)?, side(y)?]))
}

/// The kernel of `where`: the mask, and what to take where it holds and where not.
fn pick(ops: &[Block<'_>], out: BlockMut<'_>) {
    match ops[0].typed::<bool>() {
        [one] if out.len() != 1 => kernel::cast::convert(ops[if *one { 1 } else { 2 }], out),
        mask => kernel::index::choose(mask, ops[1], ops[2], out),
    }
}

/// Choices from which on elements are taken from a table of all of them.
const MANY: usize = 32;

fn choose(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let out = out_array(args, 2)?;
    finish(to_array(&picked(host, args)?)?, out)
}

/// What `choose` gives, apart from where it goes.
fn picked(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (choices, dtype) = common(&layout::sequence(args, 1)?)?;
    let index = index_argument(args, 0, 3, choices.len())?;
    if let Some(bad) = exec::take::first_past(&exec::contiguous(&index)?, choices.len()) {
        return Err(args.reason(format!("invalid entry {bad} in choice array of {} choices", choices.len())));
    }
    if choices.len() < MANY {
        let dtypes = std::iter::once(DType::I64).chain(choices.iter().map(|_| dtype)).collect();
        let origin = Origin { name: "choose", span: host.here() };
        let kernel =
            Kernel { run: pick_numbered, check: None, carries: 0, link: None, out: dtype, dtypes, origin };
        let operands = std::iter::once(index).chain(choices).map(Value::Array).collect();
        let expr = deferred::join(host, kernel, operands)?;
        return Ok(unwrap_0d(deferred::compute(host, expr, Target::Fresh(Some(Order::C)))?));
    }
    let mut shapes: Vec<&[usize]> = choices.iter().map(Array::shape).collect();
    shapes.push(index.shape());
    let shape = broadcast_shapes(&shapes)?;
    let full: Dims = std::iter::once(choices.len()).chain(shape.iter().copied()).collect();
    let table = Array::empty(dtype, &full)?;
    for (k, c) in choices.iter().enumerate() {
        exec::assign(&layout::layer(&table, 0, k), c)?;
    }
    let n = shape.iter().product::<usize>() as i64;
    let picks = convert::elements::<i64>(&index.broadcast_to(&shape)?)?;
    let flat: Vec<i64> = picks.iter().zip(0..).map(|(&k, i)| k * n + i).collect();
    let out = take_axis(&layout::ravel(&table, Order::C)?, 0, &Array::from_slice(&flat, &shape)?)?;
    Ok(unwrap_0d(out))
}

/// The kernel of `choose`: which choice, and the choices.
fn pick_numbered(ops: &[Block<'_>], out: BlockMut<'_>) {
    let Some((index, choices)) = ops.split_first() else { return };
    kernel::index::choose_numbered(index.typed::<i64>(), choices, out)
}

fn select(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (conditions, choices) = (layout::sequence(args, 0)?, layout::sequence(args, 1)?);
    if conditions.len() != choices.len() || conditions.is_empty() {
        return Err(args.reason("as many conditions as choices are needed, and at least one"));
    }
    // Plain choices are weak beside all the others, whichever they meet first.
    let kinds = || choices.iter().cloned().chain([args.value(2)]);
    let dtype = result_dtype(&kinds().filter_map(|v| v.operand()).collect::<Vec<_>>());
    let plain = |v: &Value| v.is_scalar_number() && !matches!(v, Value::Scalar(_));
    let all_known = kinds().all(|v| v.operand().is_some());
    let typed = |v: Value| match all_known && plain(&v) && kinds().any(|v| !plain(&v)) {
        true => Ok::<_, Fault>(Value::Scalar(element(&v, dtype)?)),
        false => Ok(v),
    };
    let mut out = typed(args.value(2))?;
    // Later conditions give way to earlier ones.
    for (condition, choice) in conditions.iter().zip(&choices).rev() {
        let mask = match condition {
            Value::Deferred(_) => condition.clone(),
            other => Value::Array(to_array(other)?),
        };
        if mask.operand() != Some(Operand::Typed(DType::Bool)) {
            return Err(args.wrong(0, "a list of bool arrays"));
        }
        let before = std::mem::replace(&mut out, Value::None);
        out = deferred::value(chosen(host, mask, &typed(choice.clone())?, &before)?);
    }
    out.settled(host)
}

fn compress(host: &mut dyn Host, args: &Args, condition: usize, a: usize) -> Result<Value, Fault> {
    let vectors = || Some((extent(args.get(condition)?)?, extent(args.get(a)?)?));
    if vectors().is_some_and(|(c, a)| c == a && c.len() == 1)
        && let Some(elements) = kept(host, args.get(condition), args.get(a))?
    {
        return Ok(elements);
    }
    let computed = |host: &mut dyn Host, i: usize| match args.value(i) {
        work @ Value::Deferred(_) => to_array(&work.settled(host)?),
        _ => args.array(i),
    };
    let (mask, a) = (computed(host, condition)?, computed(host, a)?);
    if mask.ndim() != 1 {
        return Err(args.reason("condition must be a 1-d array"));
    }
    let (a, axis) = match args.opt_axis(2, a.ndim())? {
        Some(axis) => (a, axis),
        None => (layout::ravel(&a, Order::C)?, 0),
    };
    if a.ndim() == 1 && a.size() == mask.size() {
        return Ok(Value::Array(exec::index::compress(&a, &exec::index::truths(&mask)?)?));
    }
    Ok(Value::Array(take_axis(&a, axis, &exec::index::flat_nonzero(&mask)?)?))
}

fn extent(v: &Value) -> Option<Dims> {
    match v {
        Value::Array(a) => Some(a.shape().into()),
        Value::Deferred(work) => Some(work.shape()),
        _ => None,
    }
}

/// The elements of `a`, in C order, for which `condition` is not zero, where one of the two waits;
/// their sizes are the same.
pub fn kept(
    host: &mut dyn Host,
    condition: Option<&Value>,
    a: Option<&Value>,
) -> Result<Option<Value>, Fault> {
    let (Some(condition), Some(a)) = (condition, a) else { return Ok(None) };
    let waits = |v: &Value| matches!(v, Value::Deferred(_));
    if !waits(condition) && !waits(a) {
        return Ok(None);
    }
    let (Some(by), Some(of)) = (deferred::expr_of(condition.clone()), deferred::expr_of(a.clone())) else {
        return Ok(None);
    };
    let (chosen, met) = exec::Chosen::by(&by)?;
    let (elements, own) = chosen.elements(&of)?;
    deferred::tell(host, by.plan(), &met)?;
    deferred::tell(host, of.plan(), &own)?;
    Ok(Some(Value::Array(elements)))
}

fn extract(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let size = |i: usize| args.get(i).and_then(extent).map(|shape| shape.iter().product::<usize>());
    if size(0).is_some()
        && size(0) == size(1)
        && let Some(elements) = kept(host, args.get(0), args.get(1))?
    {
        return Ok(elements);
    }
    let computed = |host: &mut dyn Host, i: usize| match args.value(i) {
        work @ Value::Deferred(_) => to_array(&work.settled(host)?),
        _ => args.array(i),
    };
    let (mask, a) = (computed(host, 0)?, layout::ravel(&computed(host, 1)?, Order::C)?);
    if mask.size() == a.size() {
        let mask = layout::ravel(&exec::index::truths(&mask)?, Order::C)?;
        return Ok(Value::Array(exec::index::compress(&a, &mask)?));
    }
    Ok(Value::Array(take_axis(&a, 0, &exec::index::flat_nonzero(&mask)?)?))
}

/// Writes `values`, again and again, to elements by their C-order positions.
fn put_flat(a: &Array, at: Array, values: &Array) -> Result<(), Fault> {
    let n = at.size();
    if n == 0 || values.size() == 0 {
        return Ok(());
    }
    let values = layout::ravel(values, Order::C)?;
    let values = match values.size() {
        1 => values,
        m if m >= n => layout::section(&values, 0, 0, n),
        m => take_axis(&values, 0, &indices(&(0..n).map(|i| (i % m) as i64).collect::<Vec<_>>())?)?,
    };
    put_line(a, Index::Array(layout::ravel(&at, Order::C)?), &values)
}

/// Writes to an array as if it were a vector in C order.
fn put_line(a: &Array, index: Index, values: &Array) -> Result<(), Fault> {
    if let Some(line) = a.reshape_view(&[a.size()], Order::C) {
        return Ok(exec::index::set(&line, &[index], values)?);
    }
    let line = layout::ravel(a, Order::C)?;
    exec::index::set(&line, &[index], values)?;
    Ok(exec::assign(a, &layout::reshape(&line, &dims(a), Order::C)?)?)
}

fn dims(a: &Array) -> Vec<i64> {
    a.shape().iter().map(|&n| n as i64).collect()
}

/// The mask as a vector in C order.
fn mask_line(args: &Args, a: &Array, i: usize) -> Result<Array, Fault> {
    let mask = args.array(i)?;
    if mask.size() != a.size() {
        let parts = [Part::whole(usize::MAX, "mask", mask.shape()), Part::whole(usize::MAX, "a", a.shape())];
        return Err(args.lengths("the mask and the array must have the same size", parts, &[]));
    }
    layout::ravel(&exec::index::truths(&mask)?, Order::C)
}

fn place(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = target(args, 0)?;
    let at = exec::index::flat_nonzero(&mask_line(args, a, 1)?)?;
    let values = to_array_as(&args.value(2), Some(a.dtype()))?;
    if values.size() == 0 && at.size() > 0 {
        return Err(args.reason("cannot insert from an empty array"));
    }
    put_flat(a, at, &values)?;
    Ok(Value::None)
}

/// Writes elements of `src` where a mask holds; both have the shape of `dst`.
fn write_where(dst: &Array, mask: &Array, src: Array) -> Result<(), Fault> {
    let plan = Plan::copy(src.dtype());
    exec::map_where(&plan, SmallVec::from_iter([Input::Array(src)]), mask, Some(dst.clone()))?;
    Ok(())
}

fn putmask(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = target(args, 0)?;
    let mask = mask_line(args, a, 1)?;
    let values = to_array_as(&args.value(2), Some(a.dtype()))?;
    if values.shape() == a.shape()
        && let Some(mask) = mask.reshape_view(a.shape(), Order::C)
    {
        write_where(a, &mask, values)?;
        return Ok(Value::None);
    }
    let values = layout::ravel(&values, Order::C)?;
    let values = match values.size() {
        0 => return Ok(Value::None),
        1 => values,
        m if m >= a.size() => exec::index::compress(&layout::section(&values, 0, 0, a.size()), &mask)?,
        m => {
            let at = convert::elements::<i64>(&exec::index::flat_nonzero(&mask)?)?;
            let at: Vec<i64> = at.into_iter().map(|p| p % m as i64).collect();
            take_axis(&values, 0, &indices(&at)?)?
        }
    };
    put_line(a, Index::Mask(mask), &values)?;
    Ok(Value::None)
}

fn put(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = target(args, 0)?;
    let index = index_argument(args, 1, 3, a.size())?;
    put_flat(a, index, &to_array_as(&args.value(2), Some(a.dtype()))?)?;
    Ok(Value::None)
}

fn copyto(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let dst = target(args, 0)?;
    let value = args.value(1);
    let src = match value.operand() {
        // A plain number of the same kind must fit, whatever the rule.
        Some(o) if !matches!(value, Value::Array(_) | Value::Scalar(_)) => {
            let from = result_dtype(&[o, Operand::Typed(dst.dtype())]);
            match same_kind(from, dst.dtype()) {
                true => Array::from_scalar(element(&value, dst.dtype())?)?,
                false => to_array(&value)?,
            }
        }
        _ => to_array(&value)?,
    };
    if args.str(2)? != "unsafe" && !same_kind(src.dtype(), dst.dtype()) {
        return Err(CastError::Rule { from: src.dtype(), to: dst.dtype(), rule: "same_kind" }.into());
    }
    convert::warn_cast(host, &src, dst.dtype())?;
    match args.get(3) {
        Some(Value::Bool(true)) => exec::assign(dst, &src)?,
        _ => {
            let mask = exec::index::truths(&args.array(3)?)?.broadcast_to(dst.shape())?;
            write_where(dst, &mask, src.broadcast_to(dst.shape())?)?;
        }
    }
    Ok(Value::None)
}

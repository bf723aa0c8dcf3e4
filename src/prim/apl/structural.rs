//! APL's structural glyphs, with the meaning of Dyalog APL and index origin 0. Reversals, transposes
//! and reshapes to an equal size are views, as NumPy's functions of that kind.

use crate::array::{Array, Dims, Index, Order, Strides};
use crate::dtype::{DType, Element, Scalar, promote};
use crate::exec;
use crate::prim::arrays::layout::{self, indices, reversed, section};
use crate::prim::arrays::rearrange::{cycled, rolled};
use crate::prim::convert::{self, as_counts, to_array, unwrap_0d};
use crate::prim::indexing::subscript::array_get_value;
use crate::prim::row::{Along, Example, Glyph, Home, Kind, Prim, Valence};
use crate::prim::{self, Args, Defer, deferred};
use crate::syntax::Class;
use crate::value::{Fault, Host, List, Part, Value, shape_text};
use crate::with_dtype;

/// A row known by its glyph, with a name of arr's own.
const fn glyph(
    name: &'static str,
    text: &'static [Glyph],
    params: &'static str,
    doc: &'static str,
    examples: &'static [Example],
    run: fn(&mut dyn Host, &Args) -> Result<Value, Fault>,
) -> Prim {
    Prim { name, home: Home::Core, glyphs: text, params, doc, examples, kind: Kind::Call(run), ..Prim::NEW }
}

const fn prefix(text: &'static str) -> Glyph {
    Glyph { text, class: Class::Glyph, valence: Valence::Monadic }
}

const fn infix(text: &'static str) -> Glyph {
    Glyph { text, class: Class::Glyph, valence: Valence::Dyadic }
}

pub static ROWS: &[Prim] = &[
    glyph(
        "shape_of",
        &[prefix("⍴")],
        "x",
        "The lengths of the axes, as a vector: empty for a scalar.",
        &[Example { code: "⍴ zeros((2, 3))", out: "[2 3]" }],
        |_, args| {
            // A string is a scalar here.
            if let Value::Str(_) = args.value(0) {
                return Ok(Value::Array(indices(&[])?));
            }
            let shape: Vec<i64> = args.array(0)?.shape().iter().map(|&n| n as i64).collect();
            Ok(Value::Array(indices(&shape)?))
        },
    )
    .also(&["rho"])
    .in_numpy("np.shape(x)"),
    glyph(
        "reshape_cyclic",
        &[infix("⍴")],
        "shape, x",
        "The elements under another shape, repeated or cut to fill it.",
        &[
            Example { code: "2 3 ⍴ ⍳6", out: "[[0 1 2]\n [3 4 5]]" },
            Example { code: "5 ⍴ 1 2", out: "[1 2 1 2 1]" },
        ],
        reshape_cyclic,
    )
    .in_numpy("np.resize(x, shape)")
    .selecting(),
    glyph(
        "reverse_last",
        &[prefix("⌽")],
        "x",
        "A view reversed along the last axis.",
        &[Example { code: "⌽ 1 2 3", out: "[3 2 1]" }],
        |_, args| reverse(args, true),
    )
    .also(&["reverse"])
    .in_numpy("np.flip(x, -1)")
    .goes_along(Along::Last)
    .selecting(),
    glyph(
        "reverse_first",
        &[prefix("⊖")],
        "x",
        "A view reversed along the first axis.",
        &[Example { code: "⊖ (2 2 ⍴ ⍳4)", out: "[[2 3]\n [0 1]]" }],
        |_, args| reverse(args, false),
    )
    .in_numpy("np.flip(x, 0)")
    .goes_along(Along::First)
    .selecting(),
    glyph(
        "rotate_last",
        &[infix("⌽")],
        "k, x",
        "The elements moved k places toward the front of the last axis; k for all rows, or one for each.",
        &[
            Example { code: "1 ⌽ 1 2 3 4", out: "[2 3 4 1]" },
            Example { code: "0 1 ⌽ (2 3 ⍴ ⍳6)", out: "[[0 1 2]\n [4 5 3]]" },
        ],
        |_, args| rotate(args, true),
    )
    .also(&["rotate"])
    .in_numpy("np.roll(x, -k, -1)")
    .goes_along(Along::Last)
    .selecting(),
    glyph(
        "rotate_first",
        &[infix("⊖")],
        "k, x",
        "The elements moved k places toward the front of the first axis.",
        &[Example { code: "1 ⊖ (3 2 ⍴ ⍳6)", out: "[[2 3]\n [4 5]\n [0 1]]" }],
        |_, args| rotate(args, false),
    )
    .in_numpy("np.roll(x, -k, 0)")
    .goes_along(Along::First)
    .selecting(),
    glyph(
        "reversed_axes",
        &[prefix("⍉")],
        "x",
        "The transpose: a view with the axes reversed.",
        &[Example { code: "⍉ (2 3 ⍴ ⍳6)", out: "[[0 3]\n [1 4]\n [2 5]]" }],
        |_, args| Ok(Value::Array(args.array(0)?.transpose())),
    )
    .in_numpy("x.T")
    .selecting(),
    glyph(
        "transpose_to",
        &[infix("⍉")],
        "axes, x",
        "A view whose axis `axes[i]` is axis i of x; axes named twice give diagonals.",
        &[
            Example { code: "⍴ 1 2 0 ⍉ zeros((2, 3, 4))", out: "[4 2 3]" },
            Example { code: "0 0 ⍉ (2 2 ⍴ ⍳4)", out: "[0 3]" },
        ],
        transpose_to,
    )
    .in_numpy("np.transpose(x, np.argsort(axes))")
    .selecting(),
    glyph(
        "table",
        &[prefix("⍪")],
        "x",
        "A matrix with one row for each cell along the first axis; of a vector a column.",
        &[Example { code: "⍪ 1 2", out: "[[1]\n [2]]" }],
        table,
    )
    .in_numpy("x.reshape(len(x), -1)"),
    glyph(
        "take_first",
        &[infix("↑")],
        "n, x",
        "The first n of the first axis (the last ones if n is negative), with zeros past the end.\n\nA vector takes along several axes.",
        &[
            Example { code: "2 ↑ 5 6 7", out: "[5 6]" },
            Example { code: "¯2 ↑ 5 6 7", out: "[6 7]" },
            Example { code: "5 ↑ 5 6 7", out: "[5 6 7 0 0]" },
        ],
        take_first,
    )
    .in_numpy("x[:n] if n >= 0 else x[n:]")
    .goes_along(Along::First)
    .selecting(),
    glyph(
        "drop_first",
        &[infix("↓")],
        "n, x",
        "All but the first n of the first axis (the last ones if n is negative).\n\nA vector drops along several axes.",
        &[Example { code: "1 ↓ 5 6 7", out: "[6 7]" }, Example { code: "¯1 ↓ 5 6 7", out: "[5 6]" }],
        drop_first,
    )
    .in_numpy("x[n:] if n >= 0 else x[:n]")
    .goes_along(Along::First)
    .selecting(),
    glyph(
        "mix",
        &[prefix("↑")],
        "x",
        "A list of arrays as one array with a new first axis, shorter ones filled with zeros; an array as it is.",
        &[Example { code: "↑ [1 2 3, 4 5]", out: "[[1 2 3]\n [4 5 0]]" }],
        mix,
    )
    .in_numpy("np.stack(x)"),
    glyph(
        "split_rows",
        &[prefix("↓")],
        "x",
        "The vectors along the last axis, as a list.",
        &[Example { code: "↓ (2 2 ⍴ ⍳4)", out: "[array([0, 1]), array([2, 3])]" }],
        split_rows,
    )
    .in_numpy("list(x)"),
    glyph(
        "first",
        &[prefix("⊃")],
        "x",
        "The first element, or the first item of a list; of an empty array zero.",
        &[Example { code: "⊃ 7 8 9", out: "7" }],
        first,
    )
    .in_numpy("x.flat[0]")
    .selecting(),
    glyph(
        "enlist",
        &[prefix("∊")],
        "x",
        "All elements as one vector, those of nested lists too.",
        &[Example { code: "∊ (2 2 ⍴ ⍳4)", out: "[0 1 2 3]" }, Example { code: "∊ [1 2, 3]", out: "[1 2 3]" }],
        enlist,
    )
    .in_numpy("np.ravel(x)")
    .deferring()
    .selecting(),
    glyph(
        "tally",
        &[prefix("≢")],
        "x",
        "The length of the first axis, 1 for a scalar; a plain integer.",
        &[Example { code: "≢ zeros((4, 2))", out: "4" }],
        |_, args| {
            Ok(Value::Int(match args.get(0) {
                Some(Value::List(l)) => l.len() as i64,
                Some(Value::Tuple(t)) => t.items.len() as i64,
                Some(Value::Array(a)) if a.ndim() > 0 => a.shape()[0] as i64,
                Some(Value::Object(o)) => o.len().map_or(1, |n| n as i64),
                _ => 1,
            }))
        },
    )
    .in_numpy("len(x)"),
    glyph(
        "depth",
        &[prefix("≡")],
        "x",
        "How deeply x is nested: 0 a scalar, 1 an array, more a list of arrays; negative where uneven.",
        &[Example { code: "≡ 1 2 3", out: "1" }, Example { code: "≡ [1 2, 3]", out: "-2" }],
        |_, args| Ok(Value::Int(depth(&args.value(0)))),
    )
    .in_numpy("int(np.ndim(x) > 0)"),
    glyph(
        "match",
        &[infix("≡")],
        "x, y",
        "Whether two values have the same shape and the same elements.",
        &[Example { code: "1 2 ≡ 1 2", out: "True" }, Example { code: "1 2 ≡ 1 2 3", out: "False" }],
        |host, args| Ok(Value::Bool(matches(host, args.value(0), args.value(1))?)),
    )
    .deferring_both()
    .in_numpy("np.array_equal(x, y)"),
    glyph(
        "not_match",
        &[infix("≢")],
        "x, y",
        "Whether two values differ in shape or in an element.",
        &[Example { code: "1 2 ≢ 1 2 3", out: "True" }],
        |host, args| Ok(Value::Bool(!matches(host, args.value(0), args.value(1))?)),
    )
    .deferring_both()
    .in_numpy("not np.array_equal(x, y)"),
    glyph(
        "materialise",
        &[prefix("⌷")],
        "x",
        "The value itself; of a range or another sequence that makes its items, the array of them.",
        &[Example { code: "⌷ 1 2 3", out: "[1 2 3]" }, Example { code: "⌷ range(3)", out: "[0 1 2]" }],
        |_, args| match args.value(0) {
            Value::Object(o) if o.len().is_some() => Ok(Value::Array(args.array(0)?)),
            value => Ok(value),
        },
    )
    .in_numpy("np.array(x)"),
    glyph(
        "index",
        &[infix("⌷")],
        "i, x",
        "The cell of x at an index of the leading axes; a tuple of arrays takes every combination.",
        &[
            Example { code: "1 ⌷ 5 6 7", out: "6" },
            Example { code: "1 0 ⌷ (2 2 ⍴ ⍳4)", out: "2" },
            Example { code: "([0, 1], 1) ⌷ (2 2 ⍴ ⍳4)", out: "[1 3]" },
        ],
        squad,
    )
    .in_numpy("x[i]")
    .goes_along(Along::First)
    .selecting(),
];

/// The counts of a glyph's left argument.
fn counts(args: &Args, i: usize) -> Result<Vec<i64>, Fault> {
    args.get(i).and_then(as_counts).ok_or_else(|| args.wrong(i, "an integer or a vector of them"))
}

fn reshape_cyclic(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let to = counts(args, 0)?;
    if to.iter().any(|&n| n < 0) {
        return Err(args.reason("a shape has no negative lengths"));
    }
    let shape: Dims = to.iter().map(|&n| n as usize).collect();
    let a = args.array(1)?;
    if crate::array::size_of(&shape)? == a.size() {
        return Ok(Value::Array(layout::reshape(&a, &to, Order::C)?));
    }
    Ok(Value::Array(cycled(&a, &shape)?))
}

fn reverse(args: &Args, last: bool) -> Result<Value, Fault> {
    let a = args.array(0)?;
    Ok(match a.ndim() {
        0 => args.value(0),
        n => Value::Array(reversed(&a, if last { n - 1 } else { 0 })),
    })
}

fn rotate(args: &Args, last: bool) -> Result<Value, Fault> {
    let a = args.array(1)?;
    let shifts = to_array(&args.value(0))?;
    if a.ndim() == 0 && shifts.size() == 1 {
        return Ok(args.value(1));
    }
    if a.ndim() == 0 {
        return Err(args.reason("one amount is needed for a number"));
    }
    let axis = if last { a.ndim() - 1 } else { 0 };
    let amounts = convert::scalars(&shifts)?
        .into_iter()
        .map(|s| convert::as_count(&Value::Scalar(s)).ok_or_else(|| args.wrong(0, "integers")))
        .collect::<Result<Vec<_>, _>>()?;
    if let [k] = amounts[..] {
        return Ok(Value::Array(rolled(&a, k.saturating_neg(), axis)?));
    }
    let mut cells: Dims = a.shape().into();
    cells.remove(axis);
    if shifts.shape() != &cells[..] {
        let line = if last { "row" } else { "column" };
        let reason =
            format!("one amount is needed, or one for each {line}: an array of shape {}", shape_text(&cells));
        let beside = usize::from(axis == 0 && a.ndim() > 1);
        let parts = match shifts.ndim() {
            1 => {
                [Part::new(0, "the amounts", shifts.shape(), 0), Part::new(1, "the array", a.shape(), beside)]
            }
            _ => [Part::whole(0, "the amounts", shifts.shape()), Part::whole(1, "the array", a.shape())],
        };
        return Err(args.lengths(reason, parts, &[".T"]));
    }
    // The rows as a matrix, each moved by its own amount.
    let out = exec::copy(&a, Order::C)?;
    let n = a.shape()[axis];
    let mut order: Dims = (0..a.ndim()).filter(|&k| k != axis).collect();
    order.push(axis);
    let (from, to) = (a.permute(&order), out.permute(&order));
    let from = layout::reshape(&from, &[amounts.len() as i64, n as i64], Order::C)?;
    let rows = Array::empty(a.dtype(), &[amounts.len(), n])?;
    for (i, &k) in amounts.iter().enumerate() {
        let row = rolled(&layout::layer(&from, 0, i), k.saturating_neg(), 0)?;
        exec::assign(&layout::layer(&rows, 0, i), &row)?;
    }
    let dims: Vec<i64> = to.shape().iter().map(|&n| n as i64).collect();
    exec::assign(&to, &layout::reshape(&rows, &dims, Order::C)?)?;
    Ok(Value::Array(out))
}

fn transpose_to(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(1)?;
    let axes = counts(args, 0)?;
    let ndim = axes.iter().max().map_or(0, |&m| m + 1);
    let complete = (0..ndim).all(|k| axes.contains(&k));
    if axes.len() != a.ndim() || !complete || axes.iter().any(|&k| k < 0) {
        let reason = "what stands before it must be a place for each axis, from 0 up";
        let parts = [Part::whole(1, "the array", a.shape())];
        return Err(args.lengths(reason, parts, &[]));
    }
    let mut shape = Dims::from_elem(usize::MAX, ndim as usize);
    let mut strides = Strides::from_elem(0, ndim as usize);
    for (i, &k) in axes.iter().enumerate() {
        shape[k as usize] = shape[k as usize].min(a.shape()[i]);
        strides[k as usize] += a.strides()[i];
    }
    Ok(Value::Array(a.view(&shape, &strides, a.offset())))
}

fn table(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let rows = a.shape().first().copied().unwrap_or(1);
    let columns: usize = a.shape().iter().skip(1).product();
    Ok(Value::Array(layout::reshape(&a, &[rows as i64, columns as i64], Order::C)?))
}

/// The array with enough axes for a count on each, and the counts.
fn leading(args: &Args) -> Result<(Array, Vec<i64>), Fault> {
    let counts = counts(args, 0)?;
    let a = args.array(1)?;
    let a = if a.ndim() == 0 { layout::at_least(&a, counts.len()) } else { a };
    if counts.len() > a.ndim() {
        let axes = if a.ndim() == 1 { "axis" } else { "axes" };
        let reason = format!("{} counts are given for {} {axes}", counts.len(), a.ndim());
        return Err(args.lengths(reason, [Part::whole(1, "the array", a.shape())], &[]));
    }
    Ok((a, counts))
}

fn take_first(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (mut a, counts) = leading(args)?;
    let mut shape: Dims = a.shape().into();
    for (k, &n) in counts.iter().enumerate() {
        shape[k] = n.unsigned_abs() as usize;
    }
    let grows = (0..counts.len()).any(|k| shape[k] > a.shape()[k]);
    let mut before = vec![0; a.ndim()];
    for (k, &n) in counts.iter().enumerate() {
        let (have, want) = (a.shape()[k], shape[k]);
        let keep = have.min(want);
        a = section(&a, k, if n < 0 { have - keep } else { 0 }, keep);
        before[k] = if n < 0 { want - keep } else { 0 };
    }
    Ok(Value::Array(if grows { layout::framed(&a, &before, &shape)? } else { a }))
}

fn drop_first(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    if let Some(Value::List(l)) = args.get(1) {
        let [n] = counts(args, 0)?[..] else { return Err(args.wrong(0, "one integer")) };
        let (items, gone) = (l.to_vec(), (n.unsigned_abs() as usize).min(l.len()));
        let keep = if n < 0 { &items[..items.len() - gone] } else { &items[gone..] };
        return Ok(Value::List(List::new(keep.to_vec())));
    }
    let (mut a, counts) = leading(args)?;
    for (k, &n) in counts.iter().enumerate() {
        let have = a.shape()[k];
        let gone = (n.unsigned_abs() as usize).min(have);
        a = section(&a, k, if n < 0 { 0 } else { gone }, have - gone);
    }
    Ok(Value::Array(a))
}

fn items(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::List(l) => Some(l.to_vec()),
        Value::Tuple(t) => Some(t.items.to_vec()),
        _ => None,
    }
}

fn mix(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let value = args.value(0);
    let Some(items) = items(&value) else { return Ok(value) };
    let arrays = items.iter().map(to_array).collect::<Result<Vec<_>, _>>()?;
    let ndim = arrays.iter().map(Array::ndim).max().unwrap_or(0);
    let arrays: Vec<Array> = arrays.iter().map(|a| layout::at_least(a, ndim)).collect();
    let dtype = arrays.iter().map(Array::dtype).reduce(promote).unwrap_or(DType::F64);
    let longest = |k: usize| arrays.iter().map(|a| a.shape()[k]).max().unwrap_or(0);
    let shape: Dims = std::iter::once(arrays.len()).chain((0..ndim).map(longest)).collect();
    let out = Array::zeros(dtype, &shape)?;
    for (i, a) in arrays.iter().enumerate() {
        let mut place = layout::layer(&out, 0, i);
        for k in 0..ndim {
            place = section(&place, k, 0, a.shape()[k]);
        }
        exec::assign(&place, a)?;
    }
    Ok(Value::Array(out))
}

fn split_rows(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    if a.ndim() < 2 {
        return Ok(Value::List(List::new(vec![args.value(0)])));
    }
    let rows = a.shape()[..a.ndim() - 1].iter().product::<usize>();
    let n = a.shape()[a.ndim() - 1];
    let flat = layout::reshape(&a, &[rows as i64, n as i64], Order::C)?;
    Ok(layout::list((0..rows).map(|i| layout::layer(&flat, 0, i)).collect()))
}

fn first(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let value = args.value(0);
    if let Some(items) = items(&value) {
        return items.into_iter().next().ok_or_else(|| args.reason("an empty list has no first item"));
    }
    match value {
        Value::Array(a) if a.size() == 0 => Ok(Value::Scalar(layout::zero(a.dtype()))),
        Value::Array(a) => Ok(Value::Scalar(a.scalar_at(a.offset()))),
        other => Ok(other),
    }
}

fn enlist(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    if let Some(value @ Value::Deferred(_)) = args.get(0) {
        return match deferred::raveled(value) {
            Some(waiting) => Ok(waiting),
            None => {
                let array = value.clone().settled(host)?;
                enlist(host, &args.with(0, array))
            }
        };
    }
    fn gather(value: &Value, depth: usize, out: &mut Vec<Array>) -> Result<(), Fault> {
        if depth > 1000 {
            return Err(Fault::Nesting { limit: 1000 });
        }
        match items(value) {
            Some(items) => items.iter().try_for_each(|v| gather(v, depth + 1, out)),
            None => {
                out.push(layout::ravel(&to_array(value)?, Order::C)?);
                Ok(())
            }
        }
    }
    let mut parts = Vec::new();
    gather(&args.value(0), 0, &mut parts)?;
    let dtype = parts.iter().map(Array::dtype).reduce(promote).unwrap_or(DType::F64);
    if parts.is_empty() {
        return Ok(Value::Array(Array::zeros(dtype, &[0])?));
    }
    Ok(Value::Array(crate::prim::arrays::joining::join(&parts, 0, dtype)?))
}

fn depth(value: &Value) -> i64 {
    match value {
        Value::Array(a) if a.ndim() > 0 => 1,
        _ => match items(value) {
            None => 0,
            Some(items) => {
                let inner: Vec<i64> = items.iter().map(depth).collect();
                let deepest = inner.iter().map(|d| d.abs()).max().unwrap_or(0);
                let even = inner.iter().all(|&d| d == deepest);
                if even { deepest + 1 } else { -(deepest + 1) }
            }
        },
    }
}

/// Elements from which arrays are compared in a pass of their own.
const MANY: usize = 256;

/// Whether two values are the same: of work that waits, and of long arrays of unlike dtypes, in one pass.
fn matches(host: &mut dyn Host, x: Value, y: Value) -> Result<bool, Fault> {
    let shape = |v: &Value| match v {
        Value::Array(a) => Some(Dims::from(a.shape())),
        Value::Deferred(work) if deferred::under_ravel(v).is_none() => Some(work.shape()),
        _ => None,
    };
    // Arrays of one dtype are compared where they lie; work has none here.
    let dtype = |v: &Value| match v {
        Value::Array(a) => Some(a.dtype()),
        _ => None,
    };
    let row = |name| prim::table().get(Home::Np, name);
    if let (Some(a), Some(b), Some(equal), Some(all)) = (shape(&x), shape(&y), row("equal"), row("all"))
        && a == b
        && crate::array::size_of(&a)? >= MANY
        && (dtype(&x).is_none() || dtype(&x) != dtype(&y))
    {
        let equal = prim::dyadic_as(equal, host, x, y, Defer::Later)?;
        return prim::monadic(all, host, equal)?.truth();
    }
    same(&x.settled(host)?, &y.settled(host)?)
}

/// Same structure, shapes and elements, whatever the dtypes.
fn same(x: &Value, y: &Value) -> Result<bool, Fault> {
    match (x, y) {
        (Value::List(_) | Value::Tuple(_), Value::List(_) | Value::Tuple(_)) => {
            let (a, b) = (items(x).unwrap_or_default(), items(y).unwrap_or_default());
            if a.len() != b.len() {
                return Ok(false);
            }
            for (x, y) in a.iter().zip(&b) {
                if !same(x, y)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Value::Str(a), Value::Str(b)) => Ok(a == b),
        (Value::None, Value::None) => Ok(true),
        _ => match (to_array(x), to_array(y)) {
            (Ok(a), Ok(b)) if !matches!(x, Value::List(_)) && !matches!(y, Value::List(_)) => {
                same_arrays(&a, &b)
            }
            _ => Ok(false),
        },
    }
}

fn same_arrays(a: &Array, b: &Array) -> Result<bool, Fault> {
    fn equal<T: Element>(a: &Array, b: &Array) -> bool {
        a.as_slice::<T>() == b.as_slice::<T>()
    }
    if a.shape() != b.shape() {
        return Ok(false);
    }
    if a.dtype() == b.dtype() {
        let (a, b) = (exec::contiguous(a)?, exec::contiguous(b)?);
        return Ok(with_dtype!(a.dtype(), T => equal::<T>(&a, &b)));
    }
    let number = |(x, y): (Scalar, Scalar)| match (x.as_i128(), y.as_i128()) {
        (Some(x), Some(y)) => x == y,
        _ => x.as_c128() == y.as_c128(),
    };
    Ok(convert::scalars(a)?.into_iter().zip(convert::scalars(b)?).all(number))
}

fn squad(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(1)?;
    let Some(parts) = items(&args.value(0)) else {
        let at = counts(args, 0)?;
        return array_get_value(&a, &Value::tuple(at.into_iter().map(Value::Int).collect()));
    };
    // Axis by axis, from the last, so that scalars may drop theirs.
    let mut out = a;
    for (axis, part) in parts.iter().enumerate().rev() {
        if axis >= out.ndim() {
            return Err(args.reason("there are more indices than axes"));
        }
        let part = to_array(part)?;
        // Integers are as they are; other numbers must be whole.
        let fits = |&s: &Scalar| convert::as_count(&Value::Scalar(s)).is_some();
        if !part.dtype().is_int() && !convert::scalars(&part)?.iter().all(fits) {
            return Err(args.wrong(0, "integers, or arrays of them"));
        }
        let mut index = vec![Index::Slice(crate::array::Slice::default()); axis];
        index.push(Index::Array(exec::in_dtype(&part, DType::I64)?));
        out = exec::index::get(&out, &index)?;
    }
    Ok(unwrap_0d(out))
}

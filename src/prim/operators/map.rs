//! Operators that apply a function to many pieces and collect the results: each, outer and inner
//! product.

use super::{Derived, Operator, apply, dyadic_prim, monadic_prim};
use crate::array::{Array, broadcast_shapes};
use crate::exec::Walk;
use crate::prim::row::{Example, Valence};
use crate::prim::{self, convert, table};
use crate::syntax::Class;
use crate::value::{Fault, Func, Host, List, Value};

pub static ROWS: &[Operator] = &[
    Operator {
        glyph: "¨",
        name: "each",
        class: Some(Class::Monadic),
        doc: "Applies a function to every element, or to every item of a list; between two operands, pair by pair. \
              Results of equal shape become one array.",
        examples: &[
            Example { code: "{⍵ × ⍵}¨ 1 2 3", out: "[1 4 9]" },
            Example { code: "len¨ [\"a\", \"bcd\"]", out: "[1 3]" },
        ],
        numpy: "[f(v) for v in x]",
        defers: false,
        apply: each,
    },
    Operator {
        glyph: "∘.",
        name: "outer_product",
        class: None,
        doc: "Applies a function to every pair of elements: the result's shape is the left's, then the right's.",
        examples: &[Example { code: "1 2 3 ∘.× 1 10", out: "[[ 1 10]\n [ 2 20]\n [ 3 30]]" }],
        numpy: "np.multiply.outer(x, y)",
        defers: false,
        apply: outer,
    },
    Operator {
        glyph: ".",
        name: "inner_product",
        class: None,
        doc: "`x f.g y` reduces with `f` what `g` gives for the last axis of x and the first of y; `+.×` is the \
              matrix product.",
        examples: &[Example { code: "1 2 3 +.× 4 5 6", out: "32" }],
        numpy: "x @ y for +.×",
        defers: false,
        apply: inner,
    },
];

/// The cells of rank `rank` (negative: that many fewer axes than the array has), and the shape of
/// their frame.
pub(super) fn cells(a: &Array, rank: i64) -> (Vec<usize>, Vec<Value>) {
    let ndim = a.ndim() as i64;
    let cell = if rank < 0 { (ndim + rank).max(0) } else { rank.min(ndim) } as usize;
    let split = a.ndim() - cell;
    let (frame, shape) = a.shape().split_at(split);
    let (outer, strides) = a.strides().split_at(split);
    let at = |p: usize| match shape {
        [] => Value::Scalar(a.scalar_at(p)),
        _ => Value::Array(a.view(shape, strides, p)),
    };
    let walk = Walk::new(frame, [(outer, a.offset())]);
    let (run, [step]) = (walk.run, walk.steps);
    let positions = walk.flat_map(|[p]| (0..run).map(move |i| (p as isize + i as isize * step) as usize));
    (frame.to_vec(), positions.map(at).collect())
}

/// Results of equal shape as one array of shape `frame` then theirs; other values as a list.
pub(super) fn collect(func: &str, frame: &[usize], results: Vec<Value>) -> Result<Value, Fault> {
    if frame.is_empty() && results.len() == 1 {
        return Ok(results.into_iter().next().unwrap_or(Value::None));
    }
    if results.iter().any(|v| !v.is_scalar_number() && !matches!(v, Value::Array(_))) {
        return Ok(Value::List(List::new(results)));
    }
    let shape_of = |v: &Value| match v {
        Value::Array(a) => a.shape().to_vec(),
        _ => Vec::new(),
    };
    let first = results.first().map_or(Vec::new(), shape_of);
    if let Some(other) = results.iter().map(shape_of).find(|s| *s != first) {
        return Err(Fault::Uneven { func: func.into(), first, other });
    }
    let stacked = convert::to_array(&Value::List(List::new(results)))?;
    let shape: Vec<usize> = frame.iter().chain(&first).copied().collect();
    let order = crate::array::Order::C;
    match stacked.reshape_view(&shape, order) {
        Some(a) => Ok(Value::Array(a)),
        None => Ok(Value::Array(stacked)),
    }
}

fn each(d: &Derived, host: &mut dyn Host, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    let f = d.left_function()?;
    let prim = if x.is_some() { dyadic_prim(f) } else { monadic_prim(f) };
    if prim.is_some_and(|p| p.elementwise().is_some()) && !matches!(y, Value::List(_)) {
        return apply(f, host, x, y);
    }
    match (x, y) {
        (None, Value::List(items)) => {
            let items = items.to_vec();
            let n = items.len();
            let results =
                items.into_iter().map(|v| apply(f, host, None, v)).collect::<Result<Vec<_>, _>>()?;
            collect(f.name(), &[n], results)
        }
        (None, y) => {
            let (shape, parts) = cells(&convert::to_array(&y)?, 0);
            let results =
                parts.into_iter().map(|v| apply(f, host, None, v)).collect::<Result<Vec<_>, _>>()?;
            collect(f.name(), &shape, results)
        }
        (Some(x), y) => {
            let (a, b) = (convert::to_array(&x)?, convert::to_array(&y)?);
            let shape = broadcast_shapes(&[a.shape(), b.shape()])?;
            let (_, lefts) = cells(&a.broadcast_to(&shape)?, 0);
            let (_, rights) = cells(&b.broadcast_to(&shape)?, 0);
            let pairs = lefts.into_iter().zip(rights);
            let results = pairs.map(|(l, r)| apply(f, host, Some(l), r)).collect::<Result<Vec<_>, _>>()?;
            collect(f.name(), &shape, results)
        }
    }
}

fn missing_left(d: &Derived) -> Fault {
    Fault::MissingArgument { func: d.op.glyph.into(), param: "left argument".into() }
}

fn outer(d: &Derived, host: &mut dyn Host, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    let f = d.left_function()?;
    let (a, b) = (convert::to_array(&x.ok_or_else(|| missing_left(d))?)?, convert::to_array(&y)?);
    outer_arrays(f, host, &a, &b)
}

fn outer_arrays(f: &Func, host: &mut dyn Host, a: &Array, b: &Array) -> Result<Value, Fault> {
    // An element-wise function of `a` with an axis of length one for each of `b`'s: broadcasting.
    if let Some(p) = dyadic_prim(f)
        && p.elementwise().is_some()
    {
        let shape: Vec<usize> = a.shape().iter().copied().chain(b.shape().iter().map(|_| 1)).collect();
        let strides: Vec<isize> = a.strides().iter().copied().chain(b.shape().iter().map(|_| 0)).collect();
        let left = a.view(&shape, &strides, a.offset());
        return prim::dyadic(p, host, Value::Array(left), Value::Array(b.clone()));
    }
    let (left_shape, lefts) = cells(a, 0);
    let (right_shape, rights) = cells(b, 0);
    let mut results = Vec::with_capacity(lefts.len() * rights.len());
    for l in &lefts {
        for r in &rights {
            results.push(apply(f, host, Some(l.clone()), r.clone())?);
        }
    }
    let shape: Vec<usize> = left_shape.into_iter().chain(right_shape).collect();
    collect(f.name(), &shape, results)
}

fn inner(d: &Derived, host: &mut dyn Host, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    let (f, g) = (d.left_function()?, d.function(d.right_operand()?)?);
    let x = x.ok_or_else(|| missing_left(d))?;
    if let (Some(sum), Some(times)) = (dyadic_prim(f), dyadic_prim(g))
        && is_matrix_product(sum, times)
        && let Some(product) = table().glyph("@", Valence::Dyadic)
        && convert::to_array(&x)?.ndim() > 0
        && convert::to_array(&y)?.ndim() > 0
        && convert::to_array(&y)?.ndim() <= 2
    {
        return prim::dyadic(product, host, x, y);
    }
    let (a, b) = (convert::to_array(&x)?, convert::to_array(&y)?);
    // The right operand's first axis goes last, so that both give their lanes as cells of rank 1.
    let axes: Vec<usize> = (1..b.ndim()).chain(if b.ndim() > 0 { Some(0) } else { None }).collect();
    let turned = b.permute(&axes);
    let (na, nb) = (a.shape().last().copied().unwrap_or(1), turned.shape().last().copied().unwrap_or(1));
    if na != nb && na != 1 && nb != 1 {
        return Err(Fault::InnerDimensions { left: a.shape().to_vec(), right: b.shape().to_vec() });
    }
    let (left_shape, lefts) = cells(&a, 1);
    let (right_shape, rights) = cells(&turned, 1);
    let mut results = Vec::with_capacity(lefts.len() * rights.len());
    for l in &lefts {
        for r in &rights {
            let products = apply(g, host, Some(l.clone()), r.clone())?;
            results.push(super::fold::reduce_last(f, host, products)?);
        }
    }
    let shape: Vec<usize> = left_shape.into_iter().chain(right_shape).collect();
    collect(f.name(), &shape, results)
}

/// Addition of products, told by the rows that `@` itself is made of.
fn is_matrix_product(f: &prim::Prim, g: &prim::Prim) -> bool {
    let row = |text| table().glyph(text, Valence::Dyadic);
    row("+").is_some_and(|p| std::ptr::eq(p, f)) && row("×").is_some_and(|p| std::ptr::eq(p, g))
}

//! Functions that only APL has a name for: the arguments themselves, positions in a vector,
//! intervals, sub-arrays, positional notation. Most are said in terms of other rows.

use super::loops::{infix, prefix};
use super::row::{Example, Home, Kind, Prim};
use super::{Args, convert, operators, table};
use crate::array::{Array, Order};
use crate::dtype::DType;
use crate::syntax::Class;
use crate::value::{CallArgs, Fault, Host, Value};
use std::rc::Rc;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "same",
        home: Home::Core,
        glyphs: &[prefix("⊢", Class::Glyph), prefix("⊣", Class::Glyph)],
        params: "x",
        doc: "The argument itself.",
        examples: &[
            Example { code: "⊢ 1 2 3", out: "[1 2 3]" },
            Example { code: "(⊢ - +/ ÷ ≢) 1 2 3", out: "[-1.  0.  1.]" },
        ],
        numpy: "x",
        selects: true,
        kind: Kind::Call(|_, a| Ok(a.value(0))),
        ..Prim::NEW
    },
    Prim {
        name: "left",
        home: Home::Core,
        glyphs: &[infix("⊣", Class::Glyph)],
        params: "x, y",
        doc: "The left argument.",
        examples: &[Example { code: "1 ⊣ 2", out: "1" }],
        numpy: "x",
        kind: Kind::Call(|_, a| Ok(a.value(0))),
        ..Prim::NEW
    },
    Prim {
        name: "right",
        home: Home::Core,
        glyphs: &[infix("⊢", Class::Glyph)],
        params: "x, y",
        doc: "The right argument.",
        examples: &[Example { code: "1 ⊢ 2", out: "2" }],
        numpy: "y",
        kind: Kind::Call(|_, a| Ok(a.value(1))),
        ..Prim::NEW
    },
    Prim {
        name: "index_of",
        home: Home::Core,
        glyphs: &[infix("⍳", Class::Glyph)],
        params: "x, y",
        doc: "Where each element of `y` first stands in the vector `x`; the length of `x` where it does not.\n\n\
              The result is int64, of the shape of `y`.",
        examples: &[Example { code: "5 7 9 ⍳ 7 5 1", out: "[1 0 3]" }],
        numpy: "np.searchsorted over a sorted copy, or list.index",
        kind: Kind::Call(index_of),
        ..Prim::NEW
    },
    Prim {
        name: "interval_index",
        home: Home::Core,
        glyphs: &[infix("⍸", Class::Glyph)],
        params: "x, y",
        doc: "In which interval of the sorted vector `x` each element of `y` lies: the place of the last item that \
              is not greater, -1 below all.",
        examples: &[Example { code: "0 10 20 ⍸ 5 10 25 ¯1", out: "[ 0  1  2 -1]" }],
        numpy: "np.searchsorted(x, y, side='right') - 1",
        kind: Kind::Call(|host, a| {
            let side: (Rc<str>, Value) = ("side".into(), Value::str("right"));
            let mut call = CallArgs::new([a.value(0), a.value(1)]);
            call.keyword.push(side);
            let place = super::call(row("searchsorted")?, host, call)?;
            np(host, "subtract", [place, Value::Int(1)])
        }),
        ..Prim::NEW
    },
    Prim {
        name: "find",
        home: Home::Core,
        glyphs: &[infix("⍷", Class::Glyph)],
        params: "x, y",
        doc: "Where `x` begins as a part of `y`: a mask of the shape of `y`.",
        examples: &[Example { code: "1 2 ⍷ 1 2 1 2 3", out: "[ True False  True False False]" }],
        numpy: "(sliding_window_view(y, len(x)) == x).all(-1)",
        kind: Kind::Call(find),
        ..Prim::NEW
    },
    Prim {
        name: "decode",
        home: Home::Core,
        glyphs: &[infix("⊥", Class::Glyph)],
        params: "base, digits",
        doc: "The number that digits write in a base, along the first axis of the digits; a vector of bases for \
              mixed units.",
        examples: &[
            Example { code: "2 ⊥ 1 0 1 1", out: "11" },
            Example { code: "24 60 60 ⊥ 1 2 3", out: "3723" },
        ],
        numpy: "np.polyval(digits, base)",
        kind: Kind::Call(decode),
        ..Prim::NEW
    },
    Prim {
        name: "encode",
        home: Home::Core,
        glyphs: &[infix("⊤", Class::Glyph)],
        params: "base, x",
        doc: "The digits of numbers in a vector of bases, along a new first axis; a base of 0 takes what is left.",
        examples: &[
            Example { code: "2 2 2 2 ⊤ 11", out: "[1 0 1 1]" },
            Example { code: "24 60 60 ⊤ 3723", out: "[1 2 3]" },
        ],
        numpy: "repeated np.divmod",
        kind: Kind::Call(encode),
        ..Prim::NEW
    },
    Prim {
        name: "replicate",
        home: Home::Core,
        glyphs: &[infix("⌿", Class::Monadic)],
        params: "counts, x, axis=0",
        doc: "Each item of `x` along an axis as often as `counts` says; a mask selects.\n\n\
              One count serves all items; a negative count gives that many fills of zero. `mask ⌿ x` is the \
              usual spelling; `x ⌿⍨ mask` has the operands the other way round.",
        examples: &[
            Example { code: "1 0 2 ⌿ 5 6 7", out: "[5 7 7]" },
            Example { code: "5 6 7 ⌿⍨ 1 0 1", out: "[5 7]" },
        ],
        numpy: "np.repeat(x, counts, axis=0), x[mask]",
        selects: true,
        kind: Kind::Call(|host, a| by_counts("⌿", host, a)),
        ..Prim::NEW
    },
    Prim {
        name: "expand",
        home: Home::Core,
        glyphs: &[infix("⍀", Class::Monadic)],
        params: "mask, x, axis=0",
        doc: "The items of `x` along an axis where `mask` has ones, and zeros where it has zeros.",
        examples: &[
            Example { code: "1 0 1 ⍀ 5 6", out: "[5 0 6]" },
            Example { code: "5 6 ⍀⍨ 1 0 1", out: "[5 0 6]" },
        ],
        numpy: "y = np.zeros(len(mask), x.dtype); y[mask] = x",
        kind: Kind::Call(|host, a| by_counts("⍀", host, a)),
        ..Prim::NEW
    },
];

/// Replicates or expands, which is what the operator does with an array for its operand.
fn by_counts(glyph: &str, host: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let counts = a.value(0);
    if matches!(counts, Value::Func(_)) {
        return Err(a.wrong(0, "a mask or counts"));
    }
    let op = operators::find(glyph).ok_or_else(|| Fault::NotYet { name: glyph.into() })?;
    operators::derive(op, counts, None, Some(a.value(2)))?.call(host, CallArgs::new([a.value(1)]))
}

fn row(name: &str) -> Result<&'static Prim, Fault> {
    table().get(Home::Np, name).ok_or_else(|| Fault::NotYet { name: name.into() })
}

fn np<const N: usize>(host: &mut dyn Host, name: &str, args: [Value; N]) -> Result<Value, Fault> {
    super::call(row(name)?, host, CallArgs::new(args))
}

/// Sorts the vector once, then looks every element up.
fn index_of(host: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let x = a.array(0)?;
    if x.ndim() != 1 {
        return Err(a.wrong(0, "a vector"));
    }
    let n = Value::Int(x.size() as i64);
    let (x, y) = (Value::Array(x), Value::Array(a.array(1)?));
    if matches!(n, Value::Int(0)) {
        return np(host, "full_like", [y, n]).and_then(|v| np(host, "astype", [v, Value::DType(DType::I64)]));
    }
    let mut sort = CallArgs::new([x.clone()]);
    sort.keyword.push(("kind".into(), Value::str("stable")));
    let order = super::call(row("argsort")?, host, sort)?;
    let sorted = np(host, "take", [x, order.clone()])?;
    let place = np(host, "searchsorted", [sorted.clone(), y.clone()])?;
    let Value::Int(count) = n else { return Ok(Value::None) };
    let place = np(host, "minimum", [place, Value::Int(count - 1)])?;
    let there = np(host, "take", [sorted, place.clone()])?;
    let found = np(host, "equal", [there, y])?;
    let first = np(host, "take", [order, place])?;
    np(host, "where", [found, first, n])
}

/// Compares every element of `x` with the part of `y` that it would meet.
fn find(host: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let (x, y) = (a.array(0)?, a.array(1)?);
    let out = Array::zeros(DType::Bool, y.shape())?;
    let Some(lead) = y.ndim().checked_sub(x.ndim()) else { return Ok(Value::Array(out)) };
    let shape: Vec<usize> = std::iter::repeat_n(1, lead).chain(x.shape().iter().copied()).collect();
    let fits = |(&part, &whole): (&usize, &usize)| (whole + 1).checked_sub(part).filter(|&n| n > 0);
    let Some(room) = shape.iter().zip(y.shape()).map(fits).collect::<Option<Vec<usize>>>() else {
        return Ok(Value::Array(out));
    };
    let x = crate::exec::copy(&x, Order::C)?;
    let mut found = Value::Bool(true);
    for i in 0..x.size() {
        let (mut rest, mut at) = (i, y.offset() as isize);
        for k in (0..shape.len()).rev() {
            at += (rest % shape[k]) as isize * y.strides()[k];
            rest /= shape[k];
        }
        let met = Value::Array(y.view(&room, y.strides(), at as usize));
        let same = np(host, "equal", [met, Value::Scalar(x.scalar_at(i))])?;
        found = np(host, "logical_and", [found, same])?;
    }
    let begin = out.view(&room, out.strides(), 0);
    crate::exec::assign(&begin, &convert::to_array(&found)?)?;
    Ok(Value::Array(out))
}

/// The weight of each digit is the product of the bases after it.
fn decode(host: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let (base, digits) = (a.array(0)?, a.array(1)?);
    let digits = if digits.ndim() == 0 { digits.view(&[1], &[0], digits.offset()) } else { digits };
    if base.ndim() > 1 {
        return Err(a.wrong(0, "a number or a vector"));
    }
    let n = digits.shape()[0];
    let base = match base.shape() {
        [] | [1] => base.broadcast_to(&[n])?,
        [m] if *m == n || n == 1 => base,
        _ => {
            let shapes = vec![base.shape().into(), digits.shape().into()];
            return Err(crate::array::ArrayError::Broadcast { shapes }.into());
        }
    };
    let m = base.shape()[0];
    let mut weights = vec![Value::Int(1)];
    for i in (1..m).rev() {
        let at = (base.offset() as isize + i as isize * base.strides()[0]) as usize;
        let last = weights[weights.len() - 1].clone();
        weights.push(np(host, "multiply", [last, Value::Scalar(base.scalar_at(at))])?);
    }
    weights.reverse();
    let mut sum = Value::Int(0);
    for (i, weight) in weights.into_iter().enumerate() {
        let k = if n == 1 { 0 } else { i };
        let at = (digits.offset() as isize + k as isize * digits.strides()[0]) as usize;
        let digit = match &digits.shape()[1..] {
            [] => Value::Scalar(digits.scalar_at(at)),
            inner => Value::Array(digits.view(inner, &digits.strides()[1..], at)),
        };
        let part = np(host, "multiply", [digit, weight])?;
        sum = np(host, "add", [sum, part])?;
    }
    Ok(sum)
}

fn encode(host: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let base = a.array(0)?;
    let mut rest = a.value(1);
    if base.ndim() > 1 {
        return Err(a.wrong(0, "a number or a vector"));
    }
    let count = base.shape().first().copied().unwrap_or(1);
    let step = base.strides().first().copied().unwrap_or(0);
    let mut digits = Vec::with_capacity(count);
    for i in (0..count).rev() {
        let b = base.scalar_at((base.offset() as isize + i as isize * step) as usize);
        if b.truth() {
            digits.push(np(host, "remainder", [rest.clone(), Value::Scalar(b)])?);
            rest = np(host, "floor_divide", [rest, Value::Scalar(b)])?;
        } else {
            digits.push(rest);
            rest = Value::Int(0);
        }
    }
    digits.reverse();
    match (base.ndim(), digits.len()) {
        (0, 1) => Ok(digits.swap_remove(0)),
        _ => np(host, "stack", [Value::List(crate::value::List::new(digits))]),
    }
}

//! Functions that only APL has a name for: the arguments themselves, positions in a vector,
//! intervals, sub-arrays, positional notation. Most are said in terms of other rows.

use crate::array::{Array, Order};
use crate::dtype::{DType, Scalar, cast_scalar, promote};
use crate::exec;
use crate::prim::apl::operators;
use crate::prim::elementwise::loops::{infix, prefix};
use crate::prim::reducing::arguments::row;
use crate::prim::row::{Example, Home, Kind, Prim};
use crate::prim::{Args, convert};
use crate::syntax::Class;
use crate::value::{CallArgs, Fault, Host, Value, shape_text};
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
              The result is int64, of the shape of `y`. Of a matrix, the rows are looked up: `m ⍳ row`. NaN \
              is nowhere in a vector.",
        examples: &[
            Example { code: "5 7 9 ⍳ 7 5 1", out: "[1 0 3]" },
            Example { code: "(2 2 ⍴ 1 2 3 4) ⍳ 3 4", out: "1" },
        ],
        numpy: "np.array([[*x, v].index(v) for v in y])",
        each: 0b10,
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
        each: 0b10,
        kind: Kind::Call(|host, a| {
            let side: (Rc<str>, Value) = ("side".into(), Value::str("right"));
            let mut call = CallArgs::new([a.value(0), a.value(1)]);
            call.keyword.push(side);
            let place = crate::prim::call(row("searchsorted")?, host, call)?;
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
        numpy: "np.array([np.array_equal(y[i : i + len(x)], x) for i in range(len(y))])",
        kind: Kind::Call(find),
        ..Prim::NEW
    },
    Prim {
        name: "decode",
        home: Home::Core,
        glyphs: &[infix("⊥", Class::Glyph)],
        params: "base, digits",
        doc: "The number that digits write in a base, along the first axis of the digits.\n\n\
              A vector of bases is for mixed units; a table of bases gives a number per row.",
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
        doc: "The digits of numbers in a vector of bases, along a new first axis.\n\n\
              A base of 0 takes what is left. The columns of a table are bases of their own.",
        examples: &[
            Example { code: "2 2 2 2 ⊤ 11", out: "[1 0 1 1]" },
            Example { code: "24 60 60 ⊤ 3723", out: "[1 2 3]" },
        ],
        numpy: "x // np.append(np.cumprod(base[:0:-1])[::-1], 1) % base",
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
        numpy: "np.repeat(x, counts, axis=0)",
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
        numpy: "np.where(mask, x[np.cumsum(mask) - 1], 0)",
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

fn np<const N: usize>(host: &mut dyn Host, name: &str, args: [Value; N]) -> Result<Value, Fault> {
    crate::prim::call(row(name)?, host, CallArgs::new(args))
}

/// The number of each item of `x` is its first place; those of `y` are looked up.
fn index_of(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let (x, y) = (a.array(0)?, a.array(1)?);
    let common = promote(x.dtype(), y.dtype());
    let (x, y) = (exec::in_dtype(&x, common)?, exec::in_dtype(&y, common)?);
    let cell = match x.shape() {
        [] => return Err(a.wrong(0, "a vector or an array of more axes")),
        [_, cell @ ..] => cell.to_vec(),
    };
    if cell.is_empty() && crate::kernel::group::fits(common) {
        return Ok(convert::unwrap_0d(exec::group::places(&x, &y)?));
    }
    let split = y.ndim().checked_sub(cell.len()).filter(|&k| y.shape()[k..] == cell[..]);
    let Some(split) = split else {
        let reason = match (&cell[..], y.shape()) {
            ([width], [.., n]) => format!("the left side's rows have {width} elements, the right side's {n}"),
            ([width], []) => {
                format!("the left side's rows have {width} elements; the right side is one number")
            }
            (cell, whole) => format!(
                "it looks up the left side's items, of shape {}; the right side's shape {} must end so",
                shape_text(cell),
                shape_text(whole)
            ),
        };
        return Err(a.reason(reason));
    };
    // Cells of both, one after the other: the group of each of `y` began in `x`, or did not.
    let frame = y.shape()[..split].to_vec();
    let (n, count) = (x.shape()[0], frame.iter().product::<usize>());
    let mut shape = vec![n + count];
    shape.extend(&cell);
    let both = Array::empty(common, &shape)?;
    let width: usize = cell.iter().product();
    exec::assign(&both.view(x.shape(), both.strides(), 0), &x)?;
    if y.size() > 0 {
        exec::assign(&both.view(y.shape(), &crate::array::c_strides(y.shape()), n * width), &y)?;
    }
    let groups = exec::group::groups(&both)?;
    let first = |&id: &i64| groups.first[id as usize].min(n as i64);
    let places: Vec<i64> = groups.ids()[n..].iter().map(first).collect();
    Ok(convert::unwrap_0d(Array::from_slice(&places, &frame)?))
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
    if y.size() == 0 {
        return Ok(Value::Array(out));
    }
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
    // A part of no elements also begins past the last item, where there is no place for it.
    let room: Vec<usize> = room.iter().zip(y.shape()).map(|(&a, &b)| a.min(b)).collect();
    let begin = out.view(&room, out.strides(), 0);
    crate::exec::assign(&begin, &convert::to_array(&found)?)?;
    Ok(Value::Array(out))
}

/// The weight of each digit is the product of the bases after it; a table of bases writes the number
/// once for each of its rows.
fn decode(host: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let (base, digits) = (a.array(0)?, a.array(1)?);
    let digits = if digits.ndim() == 0 { digits.view(&[1], &[0], digits.offset()) } else { digits };
    // Truth values are digits too.
    let bools = base.dtype() == DType::Bool && digits.dtype() == DType::Bool;
    let digits = if bools { exec::in_dtype(&digits, DType::I64)? } else { digits };
    let n = digits.shape()[0];
    let (frame, last) = match base.shape() {
        [] => (&[][..], 1),
        [frame @ .., last] => (frame, *last),
    };
    let m = if last == 1 { n } else { last };
    if n != m && n != 1 {
        let shapes = vec![base.shape().into(), digits.shape().into()];
        return Err(crate::array::ArrayError::Broadcast { shapes }.into());
    }
    let whole: Vec<usize> = frame.iter().copied().chain([m]).collect();
    let base = base.broadcast_to(&whole)?;
    let rest = digits.ndim() - 1;
    // One base of every row, with axes of length one for those of the digits.
    let column = |i: usize| {
        let at = (base.offset() as isize + i as isize * base.strides()[frame.len()]) as usize;
        let shape: Vec<usize> = frame.iter().copied().chain(std::iter::repeat_n(1, rest)).collect();
        let own = base.strides()[..frame.len()].iter().copied();
        let strides: Vec<isize> = own.chain(std::iter::repeat_n(0, rest)).collect();
        if frame.is_empty() {
            return Value::Scalar(base.scalar_at(at));
        }
        Value::Array(base.view(&shape, &strides, at))
    };
    let nothing = match frame {
        [] => Value::Scalar(cast_scalar(Scalar::Bool(false), base.dtype())),
        _ => {
            let shape: Vec<usize> = frame.iter().copied().chain(std::iter::repeat_n(1, rest)).collect();
            Value::Array(Array::zeros(base.dtype(), &shape)?)
        }
    };
    // Horner's rule: what was read so far, times the base of the next digit.
    let mut sum = None;
    for i in 0..m {
        let k = if n == 1 { 0 } else { i };
        let at = (digits.offset() as isize + k as isize * digits.strides()[0]) as usize;
        let digit = match &digits.shape()[1..] {
            [] => Value::Scalar(digits.scalar_at(at)),
            inner => Value::Array(digits.view(inner, &digits.strides()[1..], at)),
        };
        sum = Some(match sum {
            // The first base says only how many rows there are.
            None => np(host, "add", [digit, nothing.clone()])?,
            Some(so_far) => {
                let moved = np(host, "multiply", [so_far, column(i)])?;
                np(host, "add", [moved, digit])?
            }
        });
    }
    match sum {
        Some(sum) => Ok(sum),
        None => {
            let shape: Vec<usize> = frame.iter().chain(&digits.shape()[1..]).copied().collect();
            Ok(convert::unwrap_0d(Array::zeros(promote(base.dtype(), digits.dtype()), &shape)?))
        }
    }
}

/// Digit after digit from the last base on, each the remainder of what the ones after it left.
fn encode(host: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let (base, x) = (a.array(0)?, a.array(1)?);
    let [count, frame @ ..] = base.shape() else {
        let (digit, _) = split_off(host, a.value(1), a.value(0))?;
        return Ok(digit);
    };
    let widen: Vec<usize> = frame.iter().copied().chain(std::iter::repeat_n(1, x.ndim())).collect();
    let strides: Vec<isize> =
        base.strides()[1..].iter().copied().chain(std::iter::repeat_n(0, x.ndim())).collect();
    let shape: Vec<usize> = frame.iter().chain(x.shape()).copied().collect();
    let mut rest = a.value(1);
    let mut digits = Vec::with_capacity(*count);
    for i in (0..*count).rev() {
        let at = (base.offset() as isize + i as isize * base.strides()[0]) as usize;
        let b = match frame {
            [] => Value::Scalar(base.scalar_at(at)),
            _ => Value::Array(base.view(&widen, &strides, at)),
        };
        let (digit, left) = split_off(host, rest, b)?;
        digits.push(digit);
        rest = left;
    }
    digits.reverse();
    let mut parts = Vec::with_capacity(*count);
    for digit in digits {
        parts.push(Value::Array(convert::to_array(&digit)?.broadcast_to(&shape)?));
    }
    if parts.is_empty() {
        let shape: Vec<usize> = [0].into_iter().chain(shape).collect();
        return Ok(Value::Array(Array::zeros(promote(base.dtype(), x.dtype()), &shape)?));
    }
    np(host, "stack", [Value::List(crate::value::List::new(parts))])
}

/// A number's digit in a base, and what is left; a base of 0 takes all.
fn split_off(host: &mut dyn Host, x: Value, base: Value) -> Result<(Value, Value), Fault> {
    match convert::as_scalar(&base) {
        Some(b) if b.truth() => {
            let digit = np(host, "remainder", [x.clone(), base.clone()])?;
            Ok((digit, np(host, "floor_divide", [x, base])?))
        }
        Some(_) => {
            let none = np(host, "multiply", [x.clone(), Value::Int(0)])?;
            Ok((x, none))
        }
        None => {
            let all = np(host, "equal", [base.clone(), Value::Int(0)])?;
            let safe = np(host, "where", [all.clone(), Value::Int(1), base])?;
            let digit = np(host, "remainder", [x.clone(), safe.clone()])?;
            let digit = np(host, "where", [all.clone(), x.clone(), digit])?;
            let left = np(host, "floor_divide", [x, safe])?;
            Ok((digit, np(host, "where", [all, Value::Int(0), left])?))
        }
    }
}

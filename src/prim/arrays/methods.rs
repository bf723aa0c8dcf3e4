//! `x.name(…)` of arrays where the ndarray's own signature differs from the function's of that name.

use crate::array::{Array, ArrayError, Dims, Strides};
use crate::dtype::{CastError, DType};
use crate::exec;
use crate::prim::arrays::dtypes::can_cast;
use crate::prim::arrays::layout::{self, Memory, copy_as, memory};
use crate::prim::arrays::shape::{computed, raveled, reshaped, transposed, under_one_axis};
use crate::prim::convert::{self, plain, unwrap_0d};
use crate::prim::indexing::subscript::array_get_value;
use crate::prim::row::{Example, Home, Kind, Prim};
use crate::prim::{Args, deferred};
use crate::value::{Fault, Host, Value};
use smallvec::SmallVec;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "reshape",
        home: Home::Method,
        params: "a, *shape, order='C', copy=None",
        doc: "The elements under another shape: `x.reshape(2, 3)` or `x.reshape((2, 3))`; see `np.reshape`.",
        examples: &[Example { code: "arange(6).reshape(2, -1)", out: "[[0 1 2]\n [3 4 5]]" }],
        brief: Some(reshape_brief),
        defers: 1,
        kind: Kind::Call(reshape),
        ..Prim::NEW
    },
    Prim {
        name: "transpose",
        home: Home::Method,
        params: "a, *axes",
        doc: "A view with the axes reversed, or in the order given: `x.transpose(1, 0, 2)`.",
        examples: &[Example { code: "zeros((2, 3, 4)).transpose(1, 0, 2).shape", out: "(3, 2, 4)" }],
        kind: Kind::Call(transpose),
        ..Prim::NEW
    },
    Prim {
        name: "ravel",
        home: Home::Method,
        params: "a, order='C'",
        doc: "The elements as one axis: a view where strides allow.",
        examples: &[Example { code: "array([[1, 2], [3, 4]]).ravel()", out: "[1 2 3 4]" }],
        defers: 1,
        kind: Kind::Call(super::shape::ravel),
        ..Prim::NEW
    },
    Prim {
        name: "flatten",
        home: Home::Method,
        params: "a, order='C'",
        doc: "The elements as one axis, always a copy.",
        examples: &[Example { code: "array([[1, 2], [3, 4]]).flatten(\"F\")", out: "[1 3 2 4]" }],
        defers: 1,
        kind: Kind::Call(flatten),
        ..Prim::NEW
    },
    Prim {
        name: "astype",
        home: Home::Method,
        params: "a, dtype, order='K', casting='unsafe', subok=True, copy=True",
        doc: "The elements converted to a dtype, as a copy (with `copy=False` the array itself if it has the dtype).",
        examples: &[
            Example { code: "array([1.7, -1.7]).astype(int)", out: "[ 1 -1]" },
            Example { code: "arange(3).astype(\"float32\").dtype", out: "float32" },
        ],
        defers: 1,
        each: 1,
        kind: Kind::Call(astype),
        ..Prim::NEW
    },
    Prim {
        name: "astype",
        method: true,
        params: "x, dtype, copy=True",
        doc: "The elements of an array converted to a dtype.",
        examples: &[Example { code: "np.astype([1.5, 2.5], int)", out: "[1 2]" }],
        each: 1,
        kind: Kind::Call(|host, args| cast(host, args, Memory::K, args.flag(2)?)),
        ..Prim::NEW
    },
    Prim {
        name: "copy",
        home: Home::Method,
        params: "a, order='C'",
        doc: "A new array with the same elements, in C order unless another is named; of a list a new list.",
        examples: &[Example { code: "a = arange(3); b = a.copy(); b[0] = 9; a", out: "[0 1 2]" }],
        kind: Kind::Call(copy),
        ..Prim::NEW
    },
    Prim {
        name: "view",
        home: Home::Method,
        params: "a, dtype=None",
        doc: "Another view of the same memory; under a dtype, its bytes read anew.\n\nBool memory keeps its dtype. The last axis is rescaled if the dtype has another size.",
        examples: &[
            Example { code: "a = zeros(2); b = a.view(); b[0] = 5; a", out: "[5. 0.]" },
            Example { code: "array([1.0]).view(int64)", out: "[4607182418800017408]" },
        ],
        kind: Kind::Call(view),
        ..Prim::NEW
    },
    Prim {
        name: "tolist",
        home: Home::Method,
        params: "a",
        doc: "The elements as nested lists of plain numbers; of a 0-d array the number.",
        examples: &[Example { code: "array([[1, 2], [3, 4]]).tolist()", out: "[[1, 2], [3, 4]]" }],
        kind: Kind::Call(|_, args| Ok(convert::list_of(&args.array(0)?))),
        ..Prim::NEW
    },
    Prim {
        name: "item",
        home: Home::Method,
        params: "a, *args",
        doc: "One element as a plain number: the only one, one by its number in C order, or one by its indices.",
        examples: &[
            Example { code: "array([7]).item()", out: "7" },
            Example { code: "array([[1, 2], [3, 4]]).item(1, 0)", out: "3" },
        ],
        kind: Kind::Call(item),
        ..Prim::NEW
    },
    Prim {
        name: "setflags",
        home: Home::Method,
        params: "a, write=None",
        doc: "Whether the array may be written through: `x.setflags(write=False)`.",
        examples: &[Example {
            code: "x = np.ones(2); x.setflags(write=False); x.flags.writeable",
            out: "False",
        }],
        kind: Kind::Call(|_, args| {
            let a = args.array(0)?;
            if !args.is_none(1) {
                let on = args.flag(1)?;
                if on && a.base().is_some_and(|b| !b.writeable()) {
                    return Err(args.reason("cannot set WRITEABLE flag to True of this array"));
                }
                a.set_writeable(on);
            }
            Ok(Value::None)
        }),
        ..Prim::NEW
    },
    Prim {
        name: "fill",
        home: Home::Method,
        params: "a, value",
        doc: "Writes a value to every element, in place.",
        examples: &[Example { code: "a = zeros(3); a.fill(7); a", out: "[7. 7. 7.]" }],
        kind: Kind::Call(fill),
        ..Prim::NEW
    },
    Prim {
        name: "resize",
        home: Home::Method,
        params: "a, *new_shape, refcheck=True",
        doc: "Not for arrays of arr, whose size is fixed: `x = np.resize(x, shape)` makes a new array.",
        examples: &[Example { code: "np.resize(arange(3), 5)", out: "[0 1 2 0 1]" }],
        kind: Kind::Call(|_, args| {
            Err(args.reason(
                "an array keeps its size: write x = np.resize(x, shape), or x.shape = … for the same size",
            ))
        }),
        ..Prim::NEW
    },
];

/// The numbers of `*args`: given one by one, or as one tuple.
fn numbers(args: &Args, i: usize) -> Result<SmallVec<[i64; 4]>, Fault> {
    let found = match args.rest_of(i) {
        [one @ (Value::Tuple(_) | Value::List(_) | Value::Array(_) | Value::Object(_))] => {
            convert::as_ints(one).map(SmallVec::from_vec)
        }
        many => many.iter().map(convert::as_index).collect(),
    };
    found.ok_or_else(|| args.wrong(i, "integers, or one tuple of them"))
}

fn reshape(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    if let Some(waiting) = under_one_axis(args, &numbers(args, 1)?, 2, 3)? {
        return Ok(waiting);
    }
    let a = computed(host, args)?;
    reshaped(args, &a, &numbers(args, 1)?, 2, 3)
}

/// To lengths that are written out, of an array in C order.
fn reshape_brief(args: &[&Value]) -> Option<Value> {
    let (Value::Array(a), lengths) = args.split_first()? else { return None };
    let length = |v: &Value| match v {
        Value::Int(n) => usize::try_from(*n).ok(),
        _ => None,
    };
    let view = match lengths {
        [n] => a.dense_as(&[length(n)?]),
        [n, m] => a.dense_as(&[length(n)?, length(m)?]),
        _ => return None,
    };
    view.map(Value::Array)
}

fn transpose(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let axes = match args.rest_of(1) {
        [] | [Value::None] => None,
        _ => Some(numbers(args, 1)?.into_vec()),
    };
    transposed(args, &a, axes)
}

fn flatten(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    if let Some(Value::Deferred(_)) = args.get(0) {
        // Nobody else has what is computed here.
        return super::shape::ravel(host, args);
    }
    let a = args.array(0)?;
    let Value::Array(flat) = raveled(&a, memory(args, 1, Memory::C)?)? else { return Ok(Value::None) };
    let shared = flat.same_buffer(&a);
    Ok(Value::Array(if shared || flat.base().is_some() {
        exec::copy(&flat, crate::array::Order::C)?
    } else {
        flat
    }))
}

fn astype(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let from = match args.get(0) {
        Some(Value::Deferred(work)) => work.dtype(),
        _ => args.array(0)?.dtype(),
    };
    let to = args.dtype(1)?;
    let rule = match args.str(3)? {
        "unsafe" => None,
        "no" => Some("no"),
        "equiv" => Some("equiv"),
        "safe" => Some("safe"),
        "same_kind" => Some("same_kind"),
        _ => return Err(args.wrong(3, "one of 'no', 'equiv', 'safe', 'same_kind', 'unsafe'")),
    };
    if let Some(rule) = rule
        && can_cast(from, to, rule) != Some(true)
    {
        return Err(CastError::Rule { from, to, rule }.into());
    }
    let Some(value @ Value::Deferred(_)) = args.get(0) else {
        return cast(host, args, memory(args, 2, Memory::K)?, args.flag(5)?);
    };
    let as_it_lies = matches!(args.str(2)?, "K" | "A") && (to.is_complex() || !from.is_complex());
    match deferred::expr_of(value.clone()).filter(|_| as_it_lies) {
        Some(expr) => Ok(deferred::value(expr.cast_to(to, host.here()))),
        None => {
            let array = value.clone().settled(host)?;
            cast(host, &args.with(0, array), memory(args, 2, Memory::K)?, args.flag(5)?)
        }
    }
}

fn cast(host: &mut dyn Host, args: &Args, memory: Memory, must_copy: bool) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let dtype = args.dtype(1)?;
    let in_c = a.ndim() > 0 && matches!(memory, Memory::K | Memory::C);
    if in_c && let Some((out, met)) = exec::cast_checked(&a, dtype)? {
        convert::tell_cast(host, met);
        return Ok(Value::Array(out));
    }
    convert::warn_cast(host, &a, dtype)?;
    if !must_copy && a.dtype() == dtype && memory.holds(&a) {
        return Ok(args.value(0));
    }
    let out = copy_as(&a, dtype, memory)?;
    Ok(if matches!(args.get(0), Some(Value::Scalar(_))) { unwrap_0d(out) } else { Value::Array(out) })
}

fn copy(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    match args.get(0) {
        Some(Value::List(l)) => Ok(Value::List(crate::value::List::new(l.to_vec()))),
        Some(Value::Scalar(s)) => Ok(Value::Scalar(*s)),
        _ => {
            let a = args.array(0)?;
            Ok(Value::Array(copy_as(&a, a.dtype(), memory(args, 1, Memory::C)?)?))
        }
    }
}

fn view(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let to = args.opt_dtype(1)?.unwrap_or(a.dtype());
    if to == a.dtype() {
        return Ok(Value::Array(a.view(a.shape(), a.strides(), a.offset())));
    }
    let refuse = || Fault::Array(ArrayError::ViewDType { from: a.dtype(), to });
    if to == DType::Bool || a.dtype() == DType::Bool {
        return Err(refuse());
    }
    let (from_size, to_size) = (a.dtype().itemsize(), to.itemsize());
    let (mut shape, mut strides): (Dims, Strides) = (a.shape().into(), a.strides().into());
    if from_size != to_size {
        let (Some(n), Some(step)) = (shape.last_mut(), strides.last_mut()) else { return Err(refuse()) };
        let bytes = *n * from_size;
        if (*step != 1 && *n != 1) || bytes % to_size != 0 {
            return Err(refuse());
        }
        *n = bytes / to_size;
        *step = 1;
    }
    // Every other stride and the offset must fall on whole elements of the new dtype.
    let last = if from_size == to_size { strides.len() } else { strides.len() - 1 };
    for s in &mut strides[..last] {
        let bytes = *s * from_size as isize;
        if bytes % to_size as isize != 0 {
            return Err(refuse());
        }
        *s = bytes / to_size as isize;
    }
    let offset = a.offset() * from_size;
    if offset % to_size != 0 {
        return Err(refuse());
    }
    Ok(Value::Array(a.reinterpret(to, &shape, &strides, offset / to_size)))
}

fn item(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let rest = args.rest(1);
    if rest.is_empty() {
        return match a.item() {
            Some(s) => Ok(plain(s)),
            None => Err(args.reason("can only convert an array of size 1 to a plain number")),
        };
    }
    let index = numbers(args, 1)?;
    let found = match index[..] {
        [k] if a.ndim() != 1 => array_get_value(&layout::ravel(&a, crate::array::Order::C)?, &Value::Int(k))?,
        _ => array_get_value(&a, &Value::tuple(index.into_iter().map(Value::Int).collect()))?,
    };
    match found {
        Value::Scalar(s) => Ok(plain(s)),
        _ => Err(args.reason("an index of every axis is needed")),
    }
}

fn fill(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let Some(Value::Array(a)) = args.get(0) else { return Err(args.wrong(0, "an array")) };
    let value = args.value(1);
    let x = match &value {
        Value::Array(v) if v.ndim() == 0 => {
            convert::warn_cast(host, v, a.dtype())?;
            crate::dtype::cast_scalar(v.scalar_at(v.offset()), a.dtype())
        }
        v => convert::element_warned(host, v, a.dtype())?,
    };
    exec::fill(a, x)?;
    Ok(Value::None)
}

/// An array argument that is changed in place.
pub fn target(args: &Args, i: usize) -> Result<&Array, Fault> {
    match args.get(i) {
        Some(Value::Array(a)) if a.writeable() => Ok(a),
        Some(Value::Array(_)) => Err(ArrayError::ReadOnly.into()),
        _ => Err(args.wrong(i, "an array")),
    }
}

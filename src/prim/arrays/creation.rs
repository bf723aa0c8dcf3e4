//! New arrays from values, and filled ones: `array`, `zeros`, `full`, and their likes.

use crate::array::{Array, Order};
use crate::dtype::{DType, Scalar, cast_scalar};
use crate::exec;
use crate::exec::tally;
use crate::prim::arrays::layout::{Memory, at_least, copy_as, memory, one, zero};
use crate::prim::row::{Example, Kind, Prim};
use crate::prim::{Args, convert};
use crate::value::{Fault, Host, Value};

pub static ROWS: &[Prim] = &[
    Prim {
        name: "array",
        params: "object, dtype=None, *, copy=True, order='K', ndmin=0",
        doc: "A new array of nested lists, tuples, numbers or arrays.\n\nThe dtype is the smallest that holds every item: bool, int64, float64 or complex128 for plain numbers. Rows of unequal length are an error. `copy=False` or `None` gives an array back as it is where that is possible.",
        examples: &[
            Example { code: "array([[1, 2], [3, 4]])", out: "[[1 2]\n [3 4]]" },
            Example { code: "array([1, 2.5])", out: "[1.  2.5]" },
            Example { code: "array([1, 2, 3], dtype=\"int8\").nbytes", out: "3" },
            Example { code: "array([1, 2], ndmin=2).shape", out: "(1, 2)" },
        ],
        each: 1,
        kind: Kind::Call(array),
        ..Prim::NEW
    },
    Prim {
        name: "asarray",
        aliases: &["asanyarray"],
        params: "a, dtype=None, order=None, *, copy=None",
        doc: "The value as an array, without a copy where none is needed.",
        examples: &[
            Example { code: "a = zeros(3); asarray(a) is a", out: "True" },
            Example { code: "asarray((1, 2))", out: "[1 2]" },
        ],
        each: 1,
        kind: Kind::Call(asarray),
        ..Prim::NEW
    },
    Prim {
        name: "ascontiguousarray",
        params: "a, dtype=None",
        doc: "The value as an array in C order of at least one axis; copied only if it is not so already.",
        examples: &[Example { code: "ascontiguousarray(zeros((2, 3)).T).flags.c_contiguous", out: "True" }],
        kind: Kind::Call(|host, args| as_order(host, args, Memory::C)),
        ..Prim::NEW
    },
    Prim {
        name: "asfortranarray",
        params: "a, dtype=None",
        doc: "The value as an array in F order (first axis fastest); copied only if it is not so already.",
        examples: &[Example { code: "asfortranarray(zeros((2, 3))).flags.f_contiguous", out: "True" }],
        kind: Kind::Call(|host, args| as_order(host, args, Memory::F)),
        ..Prim::NEW
    },
    Prim {
        name: "copy",
        method: true,
        params: "a, order='K'",
        doc: "A new array with the same elements; it owns its memory.",
        examples: &[Example { code: "a = arange(3); b = copy(a); b[0] = 9; a", out: "[0 1 2]" }],
        each: 1,
        kind: Kind::Call(copy),
        ..Prim::NEW
    },
    Prim {
        name: "zeros",
        params: "shape, dtype=None, order='C'",
        doc: "A new array of zeros, float64 unless a dtype is given.",
        examples: &[
            Example { code: "zeros(3)", out: "[0. 0. 0.]" },
            Example { code: "zeros((2, 2), int)", out: "[[0 0]\n [0 0]]" },
        ],
        brief: Some(|args| small_new(args, 0.0)),
        kind: Kind::Call(|_, args| filled(args, false)),
        ..Prim::NEW
    },
    Prim {
        name: "ones",
        params: "shape, dtype=None, order='C'",
        doc: "A new array of ones, float64 unless a dtype is given.",
        examples: &[
            Example { code: "ones((2, 3))", out: "[[1. 1. 1.]\n [1. 1. 1.]]" },
            Example { code: "ones(2, dtype=bool)", out: "[ True  True]" },
        ],
        brief: Some(|args| small_new(args, 1.0)),
        kind: Kind::Call(|_, args| filled(args, true)),
        ..Prim::NEW
    },
    Prim {
        name: "empty",
        params: "shape, dtype=None, order='C'",
        doc: "A new array whose elements are not set: write them before reading them.",
        examples: &[Example { code: "empty((2, 3)).shape", out: "(2, 3)" }],
        kind: Kind::Call(empty),
        ..Prim::NEW
    },
    Prim {
        name: "full",
        params: "shape, fill_value, dtype=None, order='C'",
        doc: "A new array filled with a value, or with an array broadcast to the shape.",
        examples: &[
            Example { code: "full(3, 7)", out: "[7 7 7]" },
            Example { code: "full((2, 2), [1, 2.5])", out: "[[1.  2.5]\n [1.  2.5]]" },
        ],
        kind: Kind::Call(full),
        ..Prim::NEW
    },
    Prim {
        name: "zeros_like",
        params: "a, dtype=None, order='K', subok=True, shape=None",
        doc: "Zeros in the shape, dtype and memory order of another array.",
        examples: &[Example { code: "zeros_like([1.5, 2])", out: "[0. 0.]" }],
        each: 1,
        kind: Kind::Call(|_, args| filled_like(args, false)),
        ..Prim::NEW
    },
    Prim {
        name: "ones_like",
        params: "a, dtype=None, order='K', subok=True, shape=None",
        doc: "Ones in the shape, dtype and memory order of another array.",
        examples: &[Example { code: "ones_like([[1, 2]])", out: "[[1 1]]" }],
        each: 1,
        kind: Kind::Call(|_, args| filled_like(args, true)),
        ..Prim::NEW
    },
    Prim {
        name: "empty_like",
        params: "prototype, dtype=None, order='K', subok=True, shape=None",
        doc: "An array whose elements are not set, in the shape, dtype and memory order of another.",
        examples: &[Example { code: "empty_like([1, 2, 3]).shape", out: "(3,)" }],
        kind: Kind::Call(|_, args| Ok(Value::Array(like(args, 0, [1, 2, 4])?))),
        ..Prim::NEW
    },
    Prim {
        name: "full_like",
        params: "a, fill_value, dtype=None, order='K', subok=True, shape=None",
        doc: "An array filled with a value, in the shape, dtype and memory order of another.",
        examples: &[
            Example { code: "full_like([1, 2], 7)", out: "[7 7]" },
            Example { code: "full_like([1, 2], 2.7)", out: "[2 2]" },
        ],
        each: 0b11,
        kind: Kind::Call(full_like),
        ..Prim::NEW
    },
    Prim {
        name: "fromiter",
        params: "iter, dtype, count=-1",
        doc: "A 1-d array of what an iterable gives, at most `count` items if that is not -1.",
        examples: &[Example { code: "fromiter(range(4), float)", out: "[0. 1. 2. 3.]" }],
        kind: Kind::Call(fromiter),
        ..Prim::NEW
    },
];

fn array(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    // Nobody else sees it: a bracket's, mostly.
    if let Some(Value::Array(a)) = args.get(0)
        && args.only_first()
        && a.ndim() > 0
        && a.has_one_holder()
        && !tally::on()
    {
        return Ok(Value::Array(a.clone()));
    }
    let dtype = args.opt_dtype(1)?;
    let memory = memory(args, 3, Memory::K)?;
    let must_copy = !args.is_none(2) && args.flag(2)?;
    let never = !args.is_none(2) && !args.flag(2)?;
    let a = build(host, args, dtype, memory, [must_copy, never])?;
    let ndmin = args.int(4)?;
    if ndmin > convert::MAX_DIMS as i64 {
        return Err(args.reason(format!("ndmin must be at most {}", convert::MAX_DIMS)));
    }
    Ok(Value::Array(at_least(&a, ndmin.max(0) as usize)))
}

fn asarray(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let dtype = args.opt_dtype(1)?;
    let memory = memory(args, 2, Memory::K)?;
    let (some, on) = (!args.is_none(3), args.flag(3)?);
    Ok(Value::Array(build(host, args, dtype, memory, [some && on, some && !on])?))
}

fn as_order(host: &mut dyn Host, args: &Args, memory: Memory) -> Result<Value, Fault> {
    let a = build(host, args, args.opt_dtype(1)?, memory, [false, false])?;
    Ok(Value::Array(at_least(&a, 1)))
}

/// The first argument as an array of a dtype and order; copied if need be, always, or never.
fn build(
    host: &mut dyn Host,
    args: &Args,
    dtype: Option<DType>,
    memory: Memory,
    [must_copy, never]: [bool; 2],
) -> Result<Array, Fault> {
    let value = args.value(0);
    let Value::Array(a) = &value else {
        if never {
            return Err(args.reason("a copy is needed to make an array of this value; write copy=None"));
        }
        let a = match dtype {
            Some(d) if value.is_scalar_number() => {
                Array::from_scalar(convert::element_warned(host, &value, d)?)?
            }
            _ => convert::to_array_as(&value, dtype)?,
        };
        return Ok(if memory.holds(&a) { a } else { exec::copy(&a, memory.resolve(&a))? });
    };
    let dtype = dtype.unwrap_or(a.dtype());
    if !must_copy && a.dtype() == dtype && memory.holds(a) {
        return Ok(a.clone());
    }
    if never {
        return Err(args.reason("a copy is needed for this dtype or order; write copy=None"));
    }
    convert::warn_cast(host, a, dtype)?;
    copy_as(a, dtype, memory)
}

fn copy(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    Ok(Value::Array(copy_as(&a, a.dtype(), memory(args, 1, Memory::K)?)?))
}

fn new(args: &Args, dtype: DType, order: usize) -> Result<Array, Fault> {
    let shape = args.shape(0)?;
    if shape.len() > convert::MAX_DIMS {
        return Err(args.reason(format!("an array has at most {} axes", convert::MAX_DIMS)));
    }
    let order = match memory(args, order, Memory::C)? {
        Memory::F => Order::F,
        _ => Order::C,
    };
    Ok(Array::empty_in(dtype, &shape, order)?)
}

fn empty(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    Ok(Value::Array(new(args, args.opt_dtype(1)?.unwrap_or(DType::F64), 2)?))
}

/// A small vector of zeros or ones.
fn small_new(args: &[&Value], fill: f64) -> Option<Value> {
    let [Value::Int(n @ 0..=SMALL)] = args else { return None };
    let mut a = Array::zeros(DType::F64, &[*n as usize]).ok()?;
    if fill != 0.0 {
        a.as_mut_slice::<f64>()?.fill(fill);
    }
    Some(Value::Array(a))
}

/// The length of a vector that is made at once.
const SMALL: i64 = 1024;

fn filled(args: &Args, ones: bool) -> Result<Value, Fault> {
    let dtype = args.opt_dtype(1)?.unwrap_or(DType::F64);
    if !ones && memory(args, 2, Memory::C)? != Memory::F {
        return Ok(Value::Array(Array::zeros(dtype, &args.shape(0)?)?));
    }
    let a = new(args, dtype, 2)?;
    exec::fill(&a, if ones { one(dtype) } else { zero(dtype) })?;
    Ok(Value::Array(a))
}

/// A number as the elements of a filled array: what is not finite is cast to integers, as NumPy does here alone.
fn filling(host: &mut dyn Host, value: &Value, dtype: DType) -> Result<Scalar, Fault> {
    match value.scalar() {
        Some(s) if dtype.is_int() && s.dtype().is_float() && s.as_f64().is_some_and(|x| !x.is_finite()) => {
            convert::warn_scalar(host, s, dtype);
            Ok(cast_scalar(s, dtype))
        }
        _ => convert::element_warned(host, value, dtype),
    }
}

fn full(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let value = args.value(1);
    let dtype = args.opt_dtype(2)?;
    let fill = match dtype {
        Some(d) if value.is_scalar_number() => Array::from_scalar(filling(host, &value, d)?)?,
        _ => convert::to_array_as(&value, dtype)?,
    };
    let a = new(args, dtype.unwrap_or(fill.dtype()), 3)?;
    exec::assign(&a, &fill)?;
    Ok(Value::Array(a))
}

/// An unset array like argument `a`, with the arguments dtype, order and shape at the places given.
fn like(args: &Args, a: usize, [dtype, order, shape]: [usize; 3]) -> Result<Array, Fault> {
    let a = args.array(a)?;
    let dtype = args.opt_dtype(dtype)?.unwrap_or(a.dtype());
    let dims = if args.is_none(shape) { a.shape().into() } else { args.shape(shape)? };
    Ok(match memory(args, order, Memory::K)? {
        Memory::K if dims.len() == a.ndim() => Array::empty_keeping(dtype, &dims, a.strides())?,
        m => Array::empty_in(dtype, &dims, m.resolve(&a))?,
    })
}

fn filled_like(args: &Args, ones: bool) -> Result<Value, Fault> {
    let out = like(args, 0, [1, 2, 4])?;
    exec::fill(&out, if ones { one(out.dtype()) } else { zero(out.dtype()) })?;
    Ok(Value::Array(out))
}

fn full_like(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let out = like(args, 0, [2, 3, 5])?;
    let value = args.value(1);
    match value.scalar() {
        Some(_) => exec::fill(&out, filling(host, &value, out.dtype())?)?,
        None => {
            let fill = convert::to_array(&value)?;
            convert::warn_cast(host, &fill, out.dtype())?;
            exec::assign(&out, &fill)?;
        }
    }
    Ok(Value::Array(out))
}

fn fromiter(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let dtype = args.dtype(1)?;
    let count = args.int(2)?;
    let mut iter = crate::value::iterate(&args.value(0))?;
    let mut items: Vec<Scalar> = Vec::new();
    while count < 0 || (items.len() as i64) < count {
        match iter.next(host)? {
            Some(v) => items.push(convert::element(&v, dtype)?),
            None if count < 0 => break,
            None => return Err(args.reason(format!("the iterable ended before {count} items"))),
        }
    }
    Ok(Value::Array(convert::from_scalars(dtype, &items, &[items.len()])?))
}

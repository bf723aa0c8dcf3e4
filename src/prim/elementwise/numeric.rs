//! Element-wise functions with arguments or results of their own: two results, bounds, tolerances,
//! parts of complex numbers, rounding to decimals.

use crate::array::{Array, ArrayError, Dims, Order, Strides};
use crate::dtype::{DType, Operand, Scalar, c64, c128, cast_scalar};
use crate::exec;
use crate::exec::twin::Half;
use crate::kernel::chain::Link;
use crate::kernel::{KernelFn, extrema, fold, fp, logic, math};
use crate::prim::bind::Args;
use crate::prim::elementwise::loops::{loops, truths};
use crate::prim::elementwise::ufunc;
use crate::prim::linear::products::apply_array;
use crate::prim::reducing::arguments::row;
use crate::prim::row::{Elementwise, Example, Kind, Prim, Rule};
use crate::prim::{convert, deferred};
use crate::value::{CallArgs, Fault, Host, Value, Within};
use smallvec::SmallVec;

type Call = Result<Value, Fault>;

pub const ROWS: &[Prim] = &[
    Prim {
        name: "divmod",
        params: "x1, x2, /",
        doc: "Floor quotient and remainder, element by element, as a pair.",
        examples: &[Example { code: "divmod([7, -7], 3)", out: "(array([ 2, -3]), array([1, 2]))" }],
        each: 0b11,
        kind: Kind::Call(divmod),
        ..Prim::NEW
    },
    Prim {
        name: "modf",
        params: "x, /",
        doc: "Fractional and whole parts, element by element, as a pair; both have the value's sign.",
        examples: &[Example {
            code: "modf([1.5, -2.25])",
            out: "(array([ 0.5 , -0.25]), array([ 1., -2.]))",
        }],
        each: 1,
        kind: Kind::Call(modf),
        ..Prim::NEW
    },
    Prim {
        name: "frexp",
        params: "x, /",
        doc: "Mantissa (from 0.5 to 1 in size) and exponent of two, element by element, as a pair.",
        examples: &[Example {
            code: "frexp([1.0, 10.0])",
            out: "(array([0.5  , 0.625]), array([1, 4], dtype=int32))",
        }],
        each: 1,
        kind: Kind::Call(frexp),
        ..Prim::NEW
    },
    Prim {
        name: "ldexp",
        params: "x1, x2, /",
        doc: "The first value times two to the power of the second, an integer, element by element.",
        examples: &[Example { code: "ldexp(0.625, [1, 4])", out: "[ 1.25 10.  ]" }],
        each: 0b11,
        kind: Kind::Call(ldexp),
        ..Prim::NEW
    },
    Prim {
        name: "round",
        method: true,
        aliases: &["around"],
        params: "a, decimals=0, out=None",
        doc: "Rounds to a number of decimals, halves to the even digit; integers for negative `decimals` only.",
        examples: &[
            Example { code: "round([2.567, 0.125], 2)", out: "[2.57 0.12]" },
            Example { code: "round([125, 135], -1)", out: "[120 140]" },
        ],
        defers: 1,
        each: 1,
        kind: Kind::Call(round),
        ..Prim::NEW
    },
    Prim {
        name: "clip",
        method: true,
        params: "a, a_min=?, a_max=?, out=None, *, min=?, max=?",
        doc: "Values between two bounds, element by element; what lies outside becomes the bound.\n\nA bound may be left out or `None`.",
        examples: &[
            Example { code: "clip([1, 5, 9], 2, 8)", out: "[2 5 8]" },
            Example { code: "clip([1, 5, 9], max=4)", out: "[1 4 4]" },
        ],
        defers: 0b11_0111,
        each: 0b11_0111,
        kind: Kind::Call(clip),
        ..Prim::NEW
    },
    Prim {
        name: "real",
        params: "val",
        doc: "The real part; of an array of complex numbers a view, through which one may write.",
        examples: &[Example { code: "real([1 + 2j, 3 - 4j])", out: "[1. 3.]" }],
        each: 1,
        kind: Kind::Call(|_, args| real_part(&operand(args, 0)?)),
        ..Prim::NEW
    },
    Prim {
        name: "imag",
        params: "val",
        doc: "The imaginary part; of an array of complex numbers a view, zeros for real numbers.",
        examples: &[Example { code: "imag([1 + 2j, 3 - 4j])", out: "[ 2. -4.]" }],
        each: 1,
        kind: Kind::Call(|_, args| imaginary_part(&operand(args, 0)?)),
        ..Prim::NEW
    },
    Prim {
        name: "angle",
        numpy_scratch: 1,
        params: "z, deg=False",
        doc: "The angle of a complex number to the positive real axis, in radians or degrees.",
        examples: &[Example { code: "angle([1, 1j, -1], deg=True)", out: "[  0.  90. 180.]" }],
        defers: 1,
        each: 1,
        kind: Kind::Call(angle),
        ..Prim::NEW
    },
    Prim {
        name: "isclose",
        numpy_scratch: 2,
        params: "a, b, rtol=1e-05, atol=1e-08, equal_nan=False",
        doc: "Whether `|a - b| <= atol + rtol * |b|`, element by element.",
        examples: &[Example { code: "isclose([1.0, 1.1], 1 + 1e-9)", out: "[ True False]" }],
        defers: 0b11,
        each: 0b11,
        kind: Kind::Call(isclose),
        ..Prim::NEW
    },
    Prim {
        name: "allclose",
        numpy_scratch: 2,
        params: "a, b, rtol=1e-05, atol=1e-08, equal_nan=False",
        doc: "Whether all elements are close, as `isclose` tells.",
        examples: &[Example { code: "allclose([1.0, 2.0], [1.0, 2 + 1e-9])", out: "True" }],
        defers: 0b11,
        kind: Kind::Call(|host, args| {
            let each = isclose(host, args)?;
            Ok(Value::Bool(every(host, each)?))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "array_equal",
        params: "a1, a2, equal_nan=False",
        doc: "Whether two arrays have the same shape and equal elements.",
        examples: &[Example { code: "array_equal([1, 2], [1, 2])", out: "True" }],
        defers: 0b11,
        kind: Kind::Call(array_equal),
        ..Prim::NEW
    },
    Prim {
        name: "array_equiv",
        params: "a1, a2",
        doc: "Whether two arrays broadcast to one shape and have equal elements there.",
        examples: &[Example { code: "array_equiv([1, 1], 1)", out: "True" }],
        defers: 0b11,
        kind: Kind::Call(array_equiv),
        ..Prim::NEW
    },
    Prim {
        name: "nan_to_num",
        params: "x, copy=True, nan=0.0, posinf=None, neginf=None",
        doc: "Replaces NaN by a number (0) and infinities by numbers (the greatest and least of the dtype), or by those of arrays.",
        examples: &[
            Example { code: "nan_to_num([1.0, nan, inf], posinf=9)", out: "[1. 0. 9.]" },
            Example { code: "nan_to_num([nan, 1.0, nan], nan=[7, 8, 9])", out: "[7. 1. 9.]" },
        ],
        defers: 1,
        each: 1,
        kind: Kind::Call(nan_to_num),
        ..Prim::NEW
    },
];

/// The kernels behind the functions above, as rows of no name in the table.
static CLIP: Prim = Prim {
    name: "clip",
    kind: Kind::Elementwise(Elementwise {
        arity: 3,
        loops: loops!(extrema::clip: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
        link: Some(Link::Clip),
        ..Elementwise::NEW
    }),
    ..Prim::NEW
};
static CLOSE: Prim = Prim {
    name: "isclose",
    numpy_scratch: 2,
    kind: Kind::Elementwise(Elementwise {
        arity: 5,
        rule: Rule::IntsToF64,
        loops: truths!(logic::isclose: f32 f64 c64 c128),
        ..Elementwise::NEW
    }),
    ..Prim::NEW
};
static ANGLE: Prim = Prim {
    name: "angle",
    numpy_scratch: 1,
    kind: Kind::Elementwise(Elementwise {
        loops: loops!(math::angle: f32 f64 c64=>f32 c128=>f64),
        ..Elementwise::NEW
    }),
    ..Prim::NEW
};
static REPLACE: Prim = Prim {
    name: "nan_to_num",
    kind: Kind::Elementwise(Elementwise {
        arity: 4,
        loops: loops!(logic::nan_to_num: f32 f64 c64 c128),
        ..Elementwise::NEW
    }),
    ..Prim::NEW
};
static FRACTION: Prim = Prim {
    name: "modf",
    kind: Kind::Elementwise(Elementwise { loops: loops!(math::fraction: f32 f64), ..Elementwise::NEW }),
    ..Prim::NEW
};
static WHOLE: Prim = Prim {
    name: "modf",
    kind: Kind::Elementwise(Elementwise { loops: loops!(math::trunc: f32 f64), ..Elementwise::NEW }),
    ..Prim::NEW
};
static MANTISSA: Prim = Prim {
    name: "frexp",
    kind: Kind::Elementwise(Elementwise { loops: loops!(math::mantissa: f32 f64), ..Elementwise::NEW }),
    ..Prim::NEW
};
static EXPONENT: Prim = Prim {
    name: "frexp",
    kind: Kind::Elementwise(Elementwise {
        loops: loops!(math::exponent: f32=>i32 f64=>i32),
        ..Elementwise::NEW
    }),
    ..Prim::NEW
};

/// Calls a row by name, giving typed results.
fn by_name(host: &mut dyn Host, name: &str, xs: &[Value]) -> Call {
    ufunc::invoke(row(name)?, host, xs, None)
}

/// A row by name as a step of a plan, which waits where the operands are large.
pub fn step(host: &mut dyn Host, name: &str, xs: SmallVec<[Value; 3]>) -> Call {
    step_of(row(name)?, host, xs)
}

/// As [`step`], of a row.
fn step_of(prim: &'static Prim, host: &mut dyn Host, xs: SmallVec<[Value; 3]>) -> Call {
    let size = |v: &Value| match v {
        Value::Array(a) => a.size(),
        Value::Deferred(work) => work.shape().iter().product(),
        _ => 1,
    };
    if xs.iter().map(size).max().unwrap_or(1) >= deferred::threshold()
        && let Some(kernel) = ufunc::kernel(prim, host, &xs)?
    {
        return Ok(deferred::value(deferred::join(host, kernel, xs)?));
    }
    ufunc::invoke(prim, host, &xs, None)
}

/// An operand: a number or an array.
fn operand(args: &Args, i: usize) -> Call {
    match args.get(i) {
        Some(v) if v.operand().is_some() => Ok(v.clone()),
        _ => args.array(i).map(Value::Array),
    }
}

fn divmod(host: &mut dyn Host, args: &Args) -> Call {
    let xs = [operand(args, 0)?, operand(args, 1)?];
    let quotient = by_name(&mut Within { host, name: "divmod" }, "floor_divide", &xs)?;
    Ok(Value::tuple(vec![quotient, by_name(&mut Silent, "remainder", &xs)?]))
}

/// A host for second looks at the same operands: what they would tell was told.
struct Silent;

impl Host for Silent {
    fn print(&mut self, _: &str) {}
    fn warn(&mut self, _: crate::value::Warning) {}
    fn as_any_mut(&mut self) -> &mut dyn std::any::Any {
        self
    }
}

fn modf(host: &mut dyn Host, args: &Args) -> Call {
    twins(host, args, [&FRACTION, &WHOLE])
}

fn frexp(host: &mut dyn Host, args: &Args) -> Call {
    twins(host, args, [&MANTISSA, &EXPONENT])
}

/// The results of two rows of one operand that meet no condition, as a pair: of an array of floats in one pass.
fn twins(host: &mut dyn Host, args: &Args, rows: [&'static Prim; 2]) -> Call {
    let x = [operand(args, 0)?.settled(host)?];
    if let Value::Array(a) = &x[0]
        && a.size() > exec::SMALL
        && let Some(halves) = halves(rows, a.dtype())
        && let Some(results) = exec::twin::twin(a, halves)?
    {
        return Ok(Value::tuple(results.map(Value::Array).into()));
    }
    let one = ufunc::invoke(rows[0], host, &x, None)?;
    Ok(Value::tuple(vec![one, ufunc::invoke(rows[1], host, &x, None)?]))
}

/// The loops of two rows for one dtype.
fn halves(rows: [&'static Prim; 2], dtype: DType) -> Option<[Half; 2]> {
    let half = |row: &'static Prim| {
        let found = row.elementwise()?.loops.iter().find(|l| l.dtype == dtype)?;
        Some((found.run, found.out))
    };
    Some([half(rows[0])?, half(rows[1])?])
}

fn ldexp(host: &mut dyn Host, args: &Args) -> Call {
    let (x, exponent) = (operand(args, 0)?, operand(args, 1)?);
    let integers = dtype_of(&exponent).is_none_or(|d| d.is_int() || d == DType::Bool);
    if !integers {
        return Err(args.wrong(1, "an integer or an array of them"));
    }
    let (dtype, run): (DType, KernelFn) = match dtype_of(&x) {
        Some(DType::F32 | DType::I8 | DType::U8 | DType::I16 | DType::U16 | DType::Bool) => {
            (DType::F32, math::ldexp::<f32>)
        }
        Some(d) if d.is_complex() => return Err(args.wrong(0, "a real number or an array of them")),
        _ => (DType::F64, math::ldexp::<f64>),
    };
    ufunc::direct("ldexp", host, &[x, exponent], dtype, dtype, run, Some(fp::standard))
}

/// The dtype of a number or array; plain integers as int64.
fn dtype_of(v: &Value) -> Option<DType> {
    match v {
        Value::Array(a) => Some(a.dtype()),
        Value::Deferred(work) => Some(work.dtype()),
        _ => v.scalar().map(Scalar::dtype),
    }
}

fn round(host: &mut dyn Host, args: &Args) -> Call {
    let mut a = operand(args, 0)?;
    let decimals = args.int(1)?;
    let out = crate::prim::reducing::arguments::out_array(args, 2)?;
    let dtype = dtype_of(&a).unwrap_or(DType::F64);
    if out.is_some() || !dtype.is_inexact() || dtype.is_complex() && decimals != 0 {
        a = a.settled(host)?;
    }
    if dtype.is_complex() && decimals != 0 {
        return round_parts(host, args, &a, out);
    }
    let result = match (dtype.is_inexact(), decimals) {
        (false, 0..) if dtype != DType::Bool => by_name(host, "positive", &[a])?,
        (false, 0..) => by_name(host, "rint", &[a])?,
        (true, 0) if out.is_none() => return step(host, "rint", SmallVec::from_iter([a])),
        (true, 0) => return ufunc::invoke(row("rint")?, host, &[a], out),
        _ => {
            let scale = Value::Float(10f64.powi(decimals.unsigned_abs().min(400) as i32));
            let (first, second) = if decimals > 0 { ("multiply", "divide") } else { ("divide", "multiply") };
            let scaled = step(host, first, SmallVec::from_iter([a, scale.clone()]))?;
            let whole = step(host, "rint", SmallVec::from_iter([scaled]))?;
            let back = step(host, second, SmallVec::from_iter([whole, scale]))?;
            if dtype.is_inexact() && out.is_none() {
                return Ok(back);
            }
            let back = back.settled(host)?;
            if dtype.is_inexact() { back } else { cast(back, dtype)? }
        }
    };
    match out {
        Some(out) => {
            exec::assign(&out, &convert::to_array(&result)?)?;
            Ok(Value::Array(out))
        }
        None => Ok(result),
    }
}

/// Rounds the real and the imaginary part, each by itself.
fn round_parts(host: &mut dyn Host, args: &Args, a: &Value, out: Option<Array>) -> Call {
    let result = exec::copy_keeping(&convert::to_array(a)?)?;
    for which in [0, 1] {
        let part = part(&result, which);
        let call = CallArgs::new([Value::Array(part.clone()), args.value(1)]);
        let rounded = crate::prim::call(row("round")?, host, call)?.settled(host)?;
        exec::assign(&part, &convert::to_array(&rounded)?)?;
    }
    match out {
        Some(out) => {
            exec::assign(&out, &result)?;
            Ok(Value::Array(out))
        }
        None if matches!(a, Value::Array(_)) => Ok(Value::Array(result)),
        None => Ok(result.item().map_or(Value::Array(result), Value::Scalar)),
    }
}

fn cast(v: Value, dtype: DType) -> Call {
    match v {
        Value::Array(a) => Ok(Value::Array(exec::cast_keeping(&a, dtype)?)),
        _ => Ok(v.scalar().map_or(v, |s| Value::Scalar(cast_scalar(s, dtype)))),
    }
}

fn clip(host: &mut dyn Host, args: &Args) -> Call {
    let bound = |old: usize, new: usize| -> Result<Option<Value>, Fault> {
        if args.given(old) && args.given(new) {
            return Err(args.reason("a bound is given twice: as `a_min` or `a_max`, and as `min` or `max`"));
        }
        let i = if args.given(new) { new } else { old };
        if args.is_none(i) { Ok(None) } else { operand(args, i).map(Some) }
    };
    let (mut low, mut high) = (bound(1, 4)?, bound(2, 5)?);
    let out = crate::prim::reducing::arguments::out_array(args, 3)?;
    let mut a = operand(args, 0)?;
    // A plain integer that no element can pass is no bound.
    if let Some(dtype) = dtype_of(&a).filter(|d| d.is_int()) {
        let (least, greatest) = int_range(dtype);
        low = low.filter(|v| !matches!(v, Value::Int(n) if (*n as i128) <= least));
        high = high.filter(|v| !matches!(v, Value::Int(n) if (*n as i128) >= greatest));
    }
    if out.is_some() || low.is_none() && high.is_none() {
        a = a.settled(host)?;
    }
    let (prim, mut xs): (_, SmallVec<[Value; 3]>) = match (low, high) {
        (Some(low), Some(high)) => (&CLIP, SmallVec::from_iter([a, low, high])),
        (Some(low), None) => (row("maximum")?, SmallVec::from_iter([a, low])),
        (None, Some(high)) => (row("minimum")?, SmallVec::from_iter([a, high])),
        (None, None) => {
            return match a {
                Value::Array(a) => Ok(Value::Array(exec::copy_keeping(&a)?)),
                _ => Ok(a),
            };
        }
    };
    if out.is_none() {
        return step_of(prim, host, xs);
    }
    for x in &mut xs {
        *x = std::mem::replace(x, Value::None).settled(host)?;
    }
    ufunc::invoke(prim, host, &xs, out)
}

/// The least and greatest values of an integer dtype.
fn int_range(dtype: DType) -> (i128, i128) {
    let bits = dtype.itemsize() as u32 * 8;
    if dtype.is_unsigned() { (0, (1 << bits) - 1) } else { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) }
}

/// NumPy's `.real`.
pub fn real_part(v: &Value) -> Call {
    match v {
        Value::Array(a) if a.dtype().is_complex() => Ok(Value::Array(part(a, 0))),
        Value::Scalar(Scalar::C64(z)) => Ok(Value::Scalar(Scalar::F32(z.re))),
        Value::Scalar(Scalar::C128(z)) => Ok(Value::Scalar(Scalar::F64(z.re))),
        Value::Complex(z) => Ok(Value::Float(z.re)),
        _ => Ok(v.clone()),
    }
}

/// NumPy's `.imag`.
pub fn imaginary_part(v: &Value) -> Call {
    match v {
        Value::Array(a) if a.dtype().is_complex() => Ok(Value::Array(part(a, 1))),
        Value::Array(a) => {
            let zeros = Array::zeros(a.dtype(), a.shape())?;
            zeros.set_writeable(false);
            Ok(Value::Array(zeros))
        }
        Value::Scalar(Scalar::C64(z)) => Ok(Value::Scalar(Scalar::F32(z.im))),
        Value::Scalar(Scalar::C128(z)) => Ok(Value::Scalar(Scalar::F64(z.im))),
        Value::Scalar(s) => Ok(Value::Scalar(cast_scalar(Scalar::I8(0), s.dtype()))),
        Value::Complex(z) => Ok(Value::Float(z.im)),
        Value::Float(_) => Ok(Value::Float(0.0)),
        _ => Ok(Value::Int(0)),
    }
}

/// A view of the real (0) or imaginary (1) parts.
pub fn part(a: &Array, which: usize) -> Array {
    let strides: Strides = a.strides().iter().map(|s| s * 2).collect();
    a.reinterpret(a.dtype().to_real(), a.shape(), &strides, a.offset() * 2 + which)
}

fn angle(host: &mut dyn Host, args: &Args) -> Call {
    let mut z = operand(args, 0)?;
    if let Some(Operand::Typed(DType::Bool)) = z.operand() {
        // Bools count as 64-bit integers here.
        z = Value::Array(exec::in_dtype(&convert::to_array(&z.settled(host)?)?, DType::F64)?);
    }
    let angle = step_of(&ANGLE, host, SmallVec::from_iter([z]))?;
    if !args.flag(1)? {
        return Ok(angle);
    }
    step(host, "multiply", SmallVec::from_iter([angle, Value::Float(180.0 / std::f64::consts::PI)]))
}

fn isclose(host: &mut dyn Host, args: &Args) -> Call {
    let (a, b) = (operand(args, 0)?, operand(args, 1)?);
    let (rtol, atol) = (args.float(2)?, args.float(3)?);
    close(host, a, b, rtol, atol, args.flag(4)?)
}

fn close(host: &mut dyn Host, a: Value, b: Value, rtol: f64, atol: f64, equal_nan: bool) -> Call {
    let settings = [Value::Float(rtol), Value::Float(atol), Value::Float(equal_nan as u8 as f64)];
    let [r, t, e] = settings;
    step_of(&CLOSE, host, SmallVec::from_iter([a, b, r, t, e]))
}

/// Whether every element is true, with a look at no more of them than it takes.
fn every(host: &mut dyn Host, v: Value) -> Result<bool, Fault> {
    Ok(match v {
        Value::Array(a) => {
            // Without a way out of the inner loop, which the compiler then makes vectors of.
            let whole = |part: &[bool]| part.iter().fold(true, |all, &x| all & x);
            exec::contiguous(&a)?.as_slice::<bool>().is_some_and(|s| s.chunks(1024).all(whole))
        }
        v @ Value::Deferred(_) => {
            let Some(expr) = deferred::expr_of(v) else { return Ok(false) };
            let axes: SmallVec<[usize; 4]> = (0..expr.shape().len()).collect();
            let none = || Fault::NotYet { name: "all".into() };
            let fold = fold::find(fold::ALL, expr.dtype(), None).ok_or_else(none)?;
            let ask = exec::Folding { fold, axes: &axes, keepdims: false, initial: None, after: None };
            let (result, met) = expr.fold(&ask)?;
            deferred::tell(host, expr.plan(), &met)?;
            result.item().is_some_and(Scalar::truth)
        }
        v => v.scalar().is_some_and(Scalar::truth),
    })
}

fn array_equal(host: &mut dyn Host, args: &Args) -> Call {
    let side = |i: usize| match args.value(i) {
        work @ Value::Deferred(_) => Ok(work),
        _ => args.array(i).map(Value::Array),
    };
    let (a, b) = (side(0)?, side(1)?);
    if extent(&a) != extent(&b) {
        // Computed all the same, for what they warn of.
        a.settled(host)?;
        b.settled(host)?;
        return Ok(Value::Bool(false));
    }
    let inexact = [&a, &b].into_iter().all(|v| dtype_of(v).is_some_and(DType::is_inexact));
    let each = match args.flag(2)? && inexact {
        true => close(host, a, b, 0.0, 0.0, true)?,
        false => step(host, "equal", SmallVec::from_iter([a, b]))?,
    };
    Ok(Value::Bool(every(host, each)?))
}

fn extent(v: &Value) -> Dims {
    match v {
        Value::Array(a) => a.shape().into(),
        Value::Deferred(work) => work.shape(),
        _ => Dims::new(),
    }
}

fn array_equiv(host: &mut dyn Host, args: &Args) -> Call {
    let xs = SmallVec::from_iter([operand(args, 0)?, operand(args, 1)?]);
    match step(host, "equal", xs) {
        Err(Fault::Array(ArrayError::Broadcast { .. })) => Ok(Value::Bool(false)),
        result => Ok(Value::Bool(every(host, result?)?)),
    }
}

fn nan_to_num(host: &mut dyn Host, args: &Args) -> Call {
    let mut x = operand(args, 0)?;
    let dtype = dtype_of(&x).unwrap_or(DType::F64);
    if !dtype.is_inexact() {
        x = x.settled(host)?;
        return by_name(
            host,
            if dtype == DType::Bool { "logical_or" } else { "positive" },
            &[x.clone(), x][..if dtype == DType::Bool { 2 } else { 1 }],
        );
    }
    let greatest = if dtype.to_real() == DType::F32 { f32::MAX as f64 } else { f64::MAX };
    let arrays = (2..5).any(|i| !args.is_none(i) && args.value(i).scalar().is_none());
    let number = |i: usize, default: f64| if args.is_none(i) { Ok(default) } else { args.float(i) };
    if arrays {
        return replaced_by_arrays(host, args, x, greatest);
    }
    let (nan, high, low) = (number(2, 0.0)?, number(3, greatest)?, number(4, -greatest)?);
    // One number stands for each part of complex numbers.
    let value = |v: f64| if dtype.is_complex() { Value::Complex(c128::new(v, v)) } else { Value::Float(v) };
    let in_place = match &x {
        Value::Array(a) if !args.flag(1)? => Some(a.clone()),
        _ => None,
    };
    let xs = [x, value(nan), value(high), value(low)];
    match in_place {
        None => step_of(&REPLACE, host, SmallVec::from_iter(xs)),
        out => ufunc::invoke(&REPLACE, host, &xs, out),
    }
}

/// `nan_to_num` with an element for each element: one choice after another, of each part.
fn replaced_by_arrays(host: &mut dyn Host, args: &Args, x: Value, greatest: f64) -> Call {
    let x = convert::to_array(&x.settled(host)?)?;
    let out = if args.flag(1)? { exec::copy_keeping(&x)? } else { x };
    let parts = match out.dtype().is_complex() {
        true => vec![part(&out, 0), part(&out, 1)],
        false => vec![out.clone()],
    };
    for part in parts {
        for (i, test, default) in [(2, "isnan", 0.0), (3, "isposinf", greatest), (4, "isneginf", -greatest)] {
            let new = if args.is_none(i) { Value::Float(default) } else { Value::Array(args.array(i)?) };
            let met = apply_array(host, test, [Value::Array(part.clone())])?;
            let chosen = apply_array(host, "where", [Value::Array(met), new, Value::Array(part.clone())])?;
            exec::assign(&part, &exec::cast(&chosen, part.dtype(), Order::C)?)?;
        }
    }
    Ok(Value::Array(out))
}

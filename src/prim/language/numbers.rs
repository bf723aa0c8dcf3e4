//! Plain numbers: conversions to them, by name and by dtype, and Python's functions of them.

use crate::array::Order;
use crate::dtype::{CastError, DType, Scalar, c128, cast_scalar};
use crate::prim::reducing::arguments::calc;
use crate::prim::row::{Example, Home, InLoop, Kind, Prim};
use crate::prim::{Args, convert, table};
use crate::value::{CallArgs, Fault, Host, Value};

pub static ROWS: &[Prim] = &[
    Prim {
        name: "float",
        home: Home::Core,
        params: "x=0.0",
        doc: "A plain float of a number or a string; of an array, a cast to float64. As a dtype, float64.",
        examples: &[
            Example { code: "float(\"1e3\")", out: "1000.0" },
            Example { code: "float([1, 2])", out: "[1. 2.]" },
        ],
        each: 1,
        in_loop: InLoop::Real,
        kind: Kind::Call(|host, a| to_plain(host, a, DType::F64)),
        ..Prim::NEW
    },
    Prim {
        name: "int",
        home: Home::Core,
        params: "x=0",
        doc: "A plain integer of a number (cut toward zero) or a string; of an array, a cast to int64. As a dtype, \
              int64.",
        examples: &[Example { code: "int(-2.7)", out: "-2" }],
        each: 1,
        brief: Some(|args| match args {
            [Value::Str(s)] => s.trim().parse().ok().map(Value::Int),
            _ => None,
        }),
        in_loop: InLoop::Whole,
        kind: Kind::Call(|host, a| to_plain(host, a, DType::I64)),
        ..Prim::NEW
    },
    Prim {
        name: "bool",
        home: Home::Core,
        params: "x=False",
        doc: "The truth of a value; of an array, a cast to bool. As a dtype, bool.",
        examples: &[Example { code: "bool([0, 2])", out: "[False  True]" }],
        each: 1,
        kind: Kind::Call(|host, a| match a.value(0) {
            v @ (Value::Array(_) | Value::Scalar(_)) if convert::as_scalar(&v).is_none() => {
                to_plain(host, a, DType::Bool)
            }
            v => v.truth().map(Value::Bool),
        }),
        ..Prim::NEW
    },
    Prim {
        name: "complex",
        home: Home::Core,
        params: "real=0, imag=0",
        doc: "A plain complex number; of an array, a cast to complex128. As a dtype, complex128.",
        examples: &[Example { code: "complex(1, 2)", out: "(1+2j)" }],
        each: 1,
        kind: Kind::Call(|host, a| {
            let im = convert::as_scalar(&a.value(1)).ok_or_else(|| a.wrong(1, "a number"))?.as_c128();
            match to_plain(host, a, DType::C128)? {
                Value::Complex(z) => {
                    // Not `z + im * 1j`: that loses the signs of zeros, and infinities to nan.
                    let complex = convert::as_scalar(&a.value(0)).is_some_and(|s| s.dtype().is_complex());
                    let up = if complex { z.im + im.re } else { im.re };
                    Ok(Value::Complex(c128::new(z.re - im.im, up)))
                }
                _ if im.re != 0.0 || im.im != 0.0 => {
                    Err(a.wrong(0, "a number, with an imaginary part beside it"))
                }
                array => Ok(array),
            }
        }),
        ..Prim::NEW
    },
    Prim {
        name: "divmod",
        home: Home::Core,
        params: "x1, x2",
        doc: "The quotient `x1 // x2` and the remainder `x1 % x2`; plain numbers of plain numbers, else as `np.divmod`.",
        examples: &[Example { code: "divmod(-7, 2)", out: "(-4, 1)" }],
        kind: Kind::Call(|host, a| {
            let (x, y) = (a.value(0), a.value(1));
            let plain = |v: &Value| matches!(v, Value::Int(_) | Value::Float(_) | Value::Bool(_));
            if !plain(&x) || !plain(&y) {
                let np = table().get(Home::Np, "divmod").unwrap_or(a.prim);
                return crate::prim::call(np, host, CallArgs::new([x, y]));
            }
            let quotient = calc(host, "floor_divide", x.clone(), y.clone())?;
            Ok(Value::tuple(vec![quotient, calc(host, "remainder", x, y)?]))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "is_integer",
        home: Home::Method,
        params: "x",
        doc: "Whether a number is whole.",
        examples: &[Example { code: "(2.0).is_integer(), (2.5).is_integer()", out: "(True, False)" }],
        kind: Kind::Call(|_, a| match convert::as_scalar(&a.value(0)) {
            Some(s) if s.as_i128().is_some() => Ok(Value::Bool(true)),
            Some(s) => match s.as_f64() {
                Some(x) => Ok(Value::Bool(x.is_finite() && x.fract() == 0.0)),
                None => Err(a.wrong(0, "a real number")),
            },
            None => Err(a.wrong(0, "a number")),
        }),
        ..Prim::NEW
    },
];

/// A plain scalar of a number or string, or an array cast.
fn to_plain(host: &mut dyn Host, a: &Args, dtype: DType) -> Result<Value, Fault> {
    let v = a.value(0);
    if let Value::Str(s) = &v {
        return parse_plain(a, s.trim(), dtype);
    }
    match convert::as_scalar(&v) {
        Some(s) if s.dtype().is_complex() && !dtype.is_complex() => Err(a.wrong(0, "a real number")),
        Some(s) => plain(a, s, dtype),
        None => {
            let x = convert::to_array(&v)?;
            convert::warn_cast(host, &x, dtype)?;
            Ok(Value::Array(crate::exec::cast(&x, dtype, Order::C)?))
        }
    }
}

fn plain(a: &Args, s: Scalar, dtype: DType) -> Result<Value, Fault> {
    if dtype == DType::I64 {
        let exact = match (s.as_i128(), s.as_f64()) {
            (Some(n), _) => i64::try_from(n).ok(),
            (None, Some(x)) if x.is_nan() => return Err(a.reason("cannot convert float NaN to integer")),
            (None, Some(x)) if x.is_infinite() => {
                return Err(a.reason("cannot convert float infinity to integer"));
            }
            (None, Some(x)) if x.abs() < 9.3e18 => i64::try_from(x as i128).ok(),
            _ => None,
        };
        return exact.map(Value::Int).ok_or(Fault::IntegerOverflow { op: "int".into() });
    }
    Ok(match cast_scalar(s, dtype) {
        Scalar::F64(x) => Value::Float(x),
        Scalar::C128(z) => Value::Complex(z),
        Scalar::Bool(b) => Value::Bool(b),
        other => Value::Scalar(other),
    })
}

fn parse_plain(a: &Args, s: &str, dtype: DType) -> Result<Value, Fault> {
    let clean = s.replace('_', "");
    match dtype {
        DType::I64 => clean.parse().map(Value::Int).map_err(|_| a.wrong(0, "the text of an integer")),
        _ => {
            let x =
                clean.to_ascii_lowercase().parse::<f64>().map_err(|_| a.wrong(0, "the text of a number"))?;
            plain(a, Scalar::F64(x), dtype)
        }
    }
}

/// Calls a dtype: `int8(x)` converts numbers and arrays.
pub fn call_dtype(host: &mut dyn Host, dtype: &Value, call: CallArgs) -> Result<Value, Fault> {
    let Value::DType(d) = *dtype else {
        return Err(Fault::NotCallable { type_name: dtype.type_name().into() });
    };
    let given = call.positional.len();
    let Some(x) = call.positional.into_iter().next() else {
        return Ok(Value::Scalar(cast_scalar(Scalar::Bool(false), d)));
    };
    if given > 1 {
        return Err(Fault::TooManyArguments { func: d.name().into(), max: 1, given });
    }
    match &x {
        Value::Int(n) => int_as(*n, d).map(Value::Scalar),
        Value::Str(s) => match s.trim().parse::<f64>() {
            Ok(v) => Ok(Value::Scalar(cast_scalar(Scalar::F64(v), d))),
            Err(_) => Err(Fault::Value {
                func: d.name().into(),
                reason: format!("'{s}' is not the text of a number"),
            }),
        },
        _ => match x.scalar() {
            Some(s) => {
                convert::warn_scalar(host, s, d);
                Ok(Value::Scalar(cast_scalar(s, d)))
            }
            None => {
                let x = convert::to_array(&x)?;
                convert::warn_cast(host, &x, d)?;
                Ok(convert::unwrap_0d(crate::exec::cast(&x, d, Order::C)?))
            }
        },
    }
}

/// A plain integer in a dtype; out of its bounds is an error, as NumPy 2 has it.
fn int_as(n: i64, d: DType) -> Result<Scalar, Fault> {
    let s = cast_scalar(Scalar::I64(n), d);
    if d.is_int() && s.as_i128() != Some(n as i128) {
        return Err(CastError::OutOfBounds { value: n as i128, dtype: d }.into());
    }
    Ok(s)
}

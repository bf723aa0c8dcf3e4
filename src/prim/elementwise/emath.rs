//! `np.emath`: functions that turn complex where a real argument is outside their domain.

use crate::array::Order;
use crate::dtype::{DType, Scalar, promote};
use crate::exec;
use crate::prim::linear::products::apply;
use crate::prim::reducing::arguments::deliver;
use crate::prim::{Args, Example, Home, Prim, convert};
use crate::value::{Fault, Host, Value};

pub const ROWS: &[Prim] = &[
    Home::Emath.row(
        "sqrt",
        "x",
        "The square root; complex if an element is negative.",
        &[Example { code: "np.emath.sqrt([-1, 4])", out: "[0.+1.j 2.+0.j]" }],
        |host, args| with(host, args, "sqrt", |x| x < 0.0),
    ),
    Home::Emath.row(
        "log",
        "x",
        "The natural logarithm; complex if an element is negative.",
        &[Example { code: "np.emath.log(-1)", out: "3.141592653589793j" }],
        |host, args| with(host, args, "log", |x| x < 0.0),
    ),
    Home::Emath.row(
        "log2",
        "x",
        "The logarithm to base 2; complex if an element is negative.",
        &[Example { code: "np.emath.log2([2, 8])", out: "[1. 3.]" }],
        |host, args| with(host, args, "log2", |x| x < 0.0),
    ),
    Home::Emath.row(
        "log10",
        "x",
        "The logarithm to base 10; complex if an element is negative.",
        &[Example { code: "np.emath.log10([10, 1000])", out: "[1. 3.]" }],
        |host, args| with(host, args, "log10", |x| x < 0.0),
    ),
    Home::Emath.row(
        "arccos",
        "x",
        "The arc cosine; complex if an element is larger than 1 in size.",
        &[Example { code: "np.emath.arccos(1)", out: "0.0" }],
        |host, args| with(host, args, "arccos", |x| x.abs() > 1.0),
    ),
    Home::Emath.row(
        "arcsin",
        "x",
        "The arc sine; complex if an element is larger than 1 in size.",
        &[Example { code: "np.emath.arcsin(0)", out: "0.0" }],
        |host, args| with(host, args, "arcsin", |x| x.abs() > 1.0),
    ),
    Home::Emath.row(
        "arctanh",
        "x",
        "The inverse hyperbolic tangent; complex if an element is larger than 1 in size.",
        &[Example { code: "np.emath.arctanh(0.5).round(4)", out: "0.5493" }],
        |host, args| with(host, args, "arctanh", |x| x.abs() > 1.0),
    ),
    Home::Emath.row(
        "power",
        "x, p",
        "Powers; complex if a base is negative.",
        &[Example { code: "np.emath.power([-2, 4], 2)", out: "[ 4.-0.j 16.+0.j]" }],
        |host, args| {
            let base = turned(args, |x| x < 0.0)?;
            apply(host, "power", [base, args.value(1)])
        },
    ),
];

fn with(host: &mut dyn Host, args: &Args, name: &str, outside: impl Fn(f64) -> bool) -> Result<Value, Fault> {
    let x = turned(args, outside)?;
    apply(host, name, [x])
}

/// The operand, complex if an element is outside.
fn turned(args: &Args, outside: impl Fn(f64) -> bool) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let out = |s: &Scalar| s.as_f64().is_some_and(&outside);
    if a.dtype().is_complex() || !convert::scalars(&a)?.iter().any(out) {
        return Ok(args.value(0));
    }
    let small =
        matches!(a.dtype(), DType::F32 | DType::I8 | DType::U8 | DType::I16 | DType::U16 | DType::Bool);
    let to = if small { DType::C64 } else { promote(a.dtype(), DType::C128) };
    Ok(deliver(exec::cast(&a, to, Order::C)?))
}

//! `np.testing`: assertions about arrays. They give `None`, or an error that says how many elements differ,
//! where the first one stands, and by how much. Whether elements are close is `isclose`'s to say.

use crate::array::{Array, broadcast_shapes};
use crate::dtype::{DType, c128};
use crate::exec;
use crate::prim::linear::products::apply_array;
use crate::prim::{Args, Example, Home, Prim, convert};
use crate::show::{repr_of, scalar_str};
use crate::value::{Fault, Host, Value, index_text, shape_text};

pub const ROWS: &[Prim] = &[
    Home::Testing.row(
        "assert_allclose",
        "actual, desired, rtol=1e-07, atol=0, equal_nan=True, err_msg='', verbose=True, *, strict=False",
        "Stops the program unless two arrays have one shape and `|actual - desired| <= atol + rtol * |desired|`.\n\n\
         One of them may be a number. `strict` asks for one shape and one dtype. `err_msg` is put before what is \
         said.",
        &[
            Example { code: "np.testing.assert_allclose([1.0, 2.0], [1.0, 2.0 + 1e-9])", out: "" },
            Example { code: "np.testing.assert_allclose(np.sin(pi * arange(3)), 0, atol=1e-12)", out: "" },
        ],
        |host, args| {
            let within = Within::Close { rtol: args.float(2)?, atol: args.float(3)?, equal_nan: args.flag(4)? };
            check(host, args, both(args)?, within, Places { message: 5, strict: Some(7) })
        },
    ),
    Home::Testing.row(
        "assert_array_equal",
        "actual, desired, err_msg='', verbose=True, *, strict=False",
        "Stops the program unless two arrays have one shape and equal elements; NaN equals NaN.",
        &[Example { code: "np.testing.assert_array_equal([1, 2] + [1, 1], [2, 3])", out: "" }],
        |host, args| check(host, args, both(args)?, Within::Equal, Places { message: 2, strict: Some(4) }),
    ),
    Home::Testing.row(
        "assert_equal",
        "actual, desired, err_msg='', verbose=True, *, strict=False",
        "As `assert_array_equal`, of texts and lists too.",
        &[Example { code: "np.testing.assert_equal(\"ab\" + \"c\", \"abc\")", out: "" }],
        |host, args| equal(host, args, args.value(0), args.value(1)),
    ),
    Home::Testing.row(
        "assert_array_almost_equal",
        "actual, desired, decimal=6, err_msg='', verbose=True",
        "Stops the program unless elements differ by at most `1.5 * 10**-decimal`; prefer `assert_allclose`.",
        &[Example { code: "np.testing.assert_array_almost_equal([1.0], [1.0000001])", out: "" }],
        |host, args| check(host, args, both(args)?, decimals(args)?, Places { message: 3, strict: None }),
    ),
    Home::Testing.row(
        "assert_almost_equal",
        "actual, desired, decimal=7, err_msg='', verbose=True",
        "Stops the program unless numbers differ by at most `1.5 * 10**-decimal`; prefer `assert_allclose`.",
        &[Example { code: "np.testing.assert_almost_equal(0.1 + 0.2, 0.3)", out: "" }],
        |host, args| check(host, args, both(args)?, decimals(args)?, Places { message: 3, strict: None }),
    ),
    Home::Testing.row(
        "assert_array_less",
        "x, y, err_msg='', verbose=True, *, strict=False",
        "Stops the program unless every element of `x` is less than that of `y`.",
        &[Example { code: "np.testing.assert_array_less([1, 2], 3)", out: "" }],
        |host, args| check(host, args, both(args)?, Within::Less, Places { message: 2, strict: Some(4) }),
    ),
];

/// What holds of each pair of elements.
#[derive(Clone, Copy)]
enum Within {
    Equal,
    Close { rtol: f64, atol: f64, equal_nan: bool },
    Less,
}

fn decimals(args: &Args) -> Result<Within, Fault> {
    let atol = 1.5 * 10f64.powi(-(args.int(2)?.clamp(-400, 400) as i32));
    Ok(Within::Close { rtol: 0.0, atol, equal_nan: true })
}

/// Where a row has `err_msg` and, if it has it, `strict`.
#[derive(Clone, Copy)]
struct Places {
    message: usize,
    strict: Option<usize>,
}

/// Two values: lists item by item, texts by what they say, arrays and numbers by their elements.
fn equal(host: &mut dyn Host, args: &Args, x: Value, y: Value) -> Result<Value, Fault> {
    const PLACES: Places = Places { message: 2, strict: Some(4) };
    let text = |v: &Value| matches!(v, Value::Str(_) | Value::None);
    match (&x, &y) {
        (Value::List(a), Value::List(b)) if a.len() == b.len() => {
            for (x, y) in a.to_vec().into_iter().zip(b.to_vec()) {
                equal(host, args, x, y)?;
            }
            Ok(Value::None)
        }
        _ if text(&x) || text(&y) => match (repr_of(&x), repr_of(&y)) {
            (x, y) if x == y => Ok(Value::None),
            (x, y) => Err(failed(args, PLACES.message, format!("different: {x} and {y}"))),
        },
        _ => check(host, args, [convert::to_array(&x)?, convert::to_array(&y)?], Within::Equal, PLACES),
    }
}

/// Arguments 0 and 1 as arrays.
fn both(args: &Args) -> Result<[Array; 2], Fault> {
    Ok([args.array(0)?, args.array(1)?])
}

fn check(
    host: &mut dyn Host,
    args: &Args,
    [x, y]: [Array; 2],
    within: Within,
    Places { message, strict }: Places,
) -> Result<Value, Fault> {
    let strict = strict.map_or(Ok(false), |i| args.flag(i))?;
    if x.shape() != y.shape() && (strict || x.ndim() > 0 && y.ndim() > 0) {
        let text = format!("the shapes differ, {} and {}", shape_text(x.shape()), shape_text(y.shape()));
        return Err(failed(args, message, text));
    }
    if strict && x.dtype() != y.dtype() {
        return Err(failed(args, message, format!("the dtypes differ, {} and {}", x.dtype(), y.dtype())));
    }
    let holds = holds(host, &x, &y, within)?;
    let wrong: Vec<usize> = holds.iter().enumerate().filter(|(_, holds)| !**holds).map(|(i, _)| i).collect();
    match wrong.is_empty() {
        true => Ok(Value::None),
        false => Err(failed(args, message, differences(&x, &y, within, &wrong)?)),
    }
}

fn holds(host: &mut dyn Host, x: &Array, y: &Array, within: Within) -> Result<Vec<bool>, Fault> {
    let (a, b) = (Value::Array(x.clone()), Value::Array(y.clone()));
    let inexact = x.dtype().is_inexact() || y.dtype().is_inexact();
    let close = |rtol, atol, nan| {
        ("isclose", [a.clone(), b.clone(), Value::Float(rtol), Value::Float(atol), Value::Bool(nan)])
    };
    let mask = match within {
        Within::Less => apply_array(host, "less", [a, b])?,
        Within::Equal if !inexact => apply_array(host, "equal", [a, b])?,
        Within::Equal => {
            let (name, values) = close(0.0, 0.0, true);
            apply_array(host, name, values)?
        }
        Within::Close { rtol, atol, equal_nan } => {
            let (name, values) = close(rtol, atol, equal_nan);
            apply_array(host, name, values)?
        }
    };
    convert::elements::<bool>(&mask)
}

/// `2 of 3 elements differ (66.7%), the first at [1]: 2.0 and 3.0; …`
fn differences(x: &Array, y: &Array, within: Within, wrong: &[usize]) -> Result<String, Fault> {
    let shape = broadcast_shapes(&[x.shape(), y.shape()])?;
    let spread = |a: &Array| -> Result<Array, Fault> { Ok(exec::contiguous(&a.broadcast_to(&shape)?)?) };
    let (x, y) = (spread(x)?, spread(y)?);
    let n = x.size();
    let pair = |i: usize| {
        let text = |a: &Array| scalar_str(a.scalar_at(a.offset() + i));
        format!("{} and {}", text(&x), text(&y))
    };
    let what = match within {
        Within::Less => "not less",
        _ => "different",
    };
    let (first, count) = (wrong[0], wrong.len());
    let mut text = match n {
        1 => format!("{what}: {}", pair(0)),
        _ => {
            let share = 100.0 * count as f64 / n as f64;
            let at = index_text(first, &shape);
            format!("{count} of {n} elements are {what} ({share:.3}%), the first at {at}: {}", pair(first))
        }
    };
    if let Within::Close { rtol, atol, .. } = within {
        let numbers = |a: &Array| convert::elements::<c128>(&exec::in_dtype(a, DType::C128)?);
        let (x, y) = (numbers(&x)?, numbers(&y)?);
        let largest = |of: &dyn Fn(usize) -> f64| wrong.iter().map(|&i| of(i)).fold(0.0, f64::max);
        let gap = largest(&|i| (x[i] - y[i]).norm());
        let relative = largest(&|i| (x[i] - y[i]).norm() / y[i].norm());
        text +=
            &format!("; by at most {gap:?}, or {relative:.3?} of the desired (rtol={rtol:?}, atol={atol:?})");
    }
    Ok(text)
}

/// The error of an assertion, after the user's message.
fn failed(args: &Args, message: usize, text: String) -> Fault {
    let own = args.str(message).unwrap_or_default();
    let message = if own.is_empty() { text } else { format!("{own}: {text}") };
    Fault::Assertion { message: Some(message) }
}

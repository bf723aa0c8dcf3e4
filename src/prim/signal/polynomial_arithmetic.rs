//! Sums, products, quotients, derivatives and integrals of polynomials given by their coefficients,
//! highest power first. `polynomials` has values, fits and roots.

use crate::array::Array;
use crate::dtype::{DType, Scalar, cast_scalar, promote};
use crate::exec;
use crate::prim::linear::products::{apply, apply_array};
use crate::prim::{Args, Example, Kind, Prim};
use crate::value::{Fault, Host, List, Value};

pub const ROWS: &[Prim] = &[
    Prim {
        name: "polyadd",
        params: "a1, a2",
        doc: "The sum of two polynomials, given by their coefficients, highest power first.",
        examples: &[Example { code: "np.polyadd([1, 2], [9, 5, 4])", out: "[9 6 6]" }],
        kind: Kind::Call(|host, args| lined_up(host, args, "add")),
        ..Prim::NEW
    },
    Prim {
        name: "polysub",
        params: "a1, a2",
        doc: "The difference of two polynomials, given by their coefficients, highest power first.",
        examples: &[Example { code: "np.polysub([2, 10, -2], [3, 10, -4])", out: "[-1  0  2]" }],
        kind: Kind::Call(|host, args| lined_up(host, args, "subtract")),
        ..Prim::NEW
    },
    Prim {
        name: "polymul",
        params: "a1, a2",
        doc: "The product of two polynomials, given by their coefficients, highest power first.",
        examples: &[Example { code: "np.polymul([1, 2, 3], [9, 5, 1])", out: "[ 9 23 38 17  3]" }],
        kind: Kind::Call(|host, args| {
            let [a, b] = [trimmed(args, 0)?, trimmed(args, 1)?];
            apply(host, "convolve", [Value::Array(a), Value::Array(b)])
        }),
        ..Prim::NEW
    },
    Prim {
        name: "polydiv",
        params: "u, v",
        doc: "The quotient and the remainder of two polynomials, highest power first.",
        examples: &[Example {
            code: "np.polydiv([3.0, 5.0, 2.0], [2.0, 1.0])",
            out: "(array([1.5 , 1.75]), array([0.25]))",
        }],
        kind: Kind::Call(divide),
        ..Prim::NEW
    },
    Prim {
        name: "polyder",
        params: "p, m=1",
        doc: "The derivative of order `m` of a polynomial, highest power first.",
        examples: &[Example { code: "np.polyder([1, 1, 1, 1])", out: "[3 2 1]" }],
        kind: Kind::Call(derivative),
        ..Prim::NEW
    },
    Prim {
        name: "polyint",
        params: "p, m=1, k=None",
        doc: "The antiderivative of order `m` of a polynomial, highest power first.\n\n\
              `k` gives the constants of integration, one for each order; one number serves all.",
        examples: &[Example { code: "np.polyint([3, 2, 1])", out: "[1. 1. 1. 0.]" }],
        kind: Kind::Call(integral),
        ..Prim::NEW
    },
];

/// The coefficients as a vector.
fn vector(args: &Args, i: usize) -> Result<Array, Fault> {
    let a = args.array(i)?;
    match a.ndim() {
        0 => Ok(a.view(&[1], &[1], a.offset())),
        1 => Ok(a),
        _ => Err(args.reason("the coefficients must be a vector")),
    }
}

/// Without the zeros before the highest power; of nothing, a zero.
fn trimmed(args: &Args, i: usize) -> Result<Array, Fault> {
    let a = vector(args, i)?;
    let truths = exec::index::truths(&a)?;
    let first = truths.as_slice::<bool>().unwrap_or_default().iter().position(|&t| t);
    match first {
        Some(k) => Ok(from(&a, k)),
        None => Ok(Array::zeros(a.dtype(), &[1])?),
    }
}

/// The coefficients from the one at `k` on.
fn from(a: &Array, k: usize) -> Array {
    let k = k.min(a.size());
    let at = (a.offset() as isize + k as isize * a.strides()[0]) as usize;
    a.view(&[a.size() - k], a.strides(), if k == a.size() { a.offset() } else { at })
}

fn joined(host: &mut dyn Host, parts: Vec<Value>) -> Result<Value, Fault> {
    apply(host, "concatenate", [Value::List(List::new(parts))])
}

/// Both with as many coefficients, joined item by item.
fn lined_up(host: &mut dyn Host, args: &Args, name: &str) -> Result<Value, Fault> {
    let (a, b) = (vector(args, 0)?, vector(args, 1)?);
    let n = a.size().max(b.size());
    let mut filled = Vec::with_capacity(2);
    for v in [a, b] {
        let zeros = Value::Array(Array::zeros(v.dtype(), &[n - v.size()])?);
        filled.push(if v.size() == n {
            Value::Array(v)
        } else {
            joined(host, vec![zeros, Value::Array(v)])?
        });
    }
    match (filled.pop(), filled.pop()) {
        (Some(b), Some(a)) => apply(host, name, [a, b]),
        _ => Ok(Value::None),
    }
}

/// Long division, as NumPy does it: leading zeros of the remainder are cut, to 1e-8.
fn divide(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (u, v) = (vector(args, 0)?, vector(args, 1)?);
    if u.size() == 0 || v.size() == 0 {
        return Err(args.reason("a polynomial has at least one coefficient"));
    }
    let wide = |a: &Array| promote(a.dtype(), if a.dtype() == DType::F32 { DType::F32 } else { DType::F64 });
    let kind = promote(wide(&u), wide(&v));
    let (u, v) = (exec::in_dtype(&u, kind)?, exec::in_dtype(&v, kind)?);
    let (m, n) = (u.size() - 1, v.size() - 1);
    let one = Value::Scalar(cast_scalar(Scalar::I64(1), kind));
    let lead = Value::Scalar(v.scalar_at(v.offset()));
    let scale = apply(host, "divide", [one, lead])?;
    let steps = (m + 1).saturating_sub(n);
    let mut quotient = vec![Scalar::I64(0); steps.max(1)];
    let rest = exec::copy(&u, crate::array::Order::C)?;
    for (k, digit) in quotient.iter_mut().enumerate().take(steps) {
        let part = rest.view(&[n + 1], &[1], rest.offset() + k);
        let d = apply(host, "multiply", [scale.clone(), Value::Scalar(part.scalar_at(part.offset()))])?;
        *digit = crate::prim::convert::as_scalar(&d).unwrap_or(Scalar::I64(0));
        let less = apply(host, "multiply", [d, Value::Array(v.clone())])?;
        let left = apply_array(host, "subtract", [Value::Array(part.clone()), less])?;
        exec::assign(&part, &left)?;
    }
    let items: Vec<Value> = quotient.into_iter().map(|s| Value::Scalar(cast_scalar(s, kind))).collect();
    let quotient = crate::prim::convert::to_array(&Value::List(List::new(items)))?;
    let small = |i: usize| {
        let size = match rest.scalar_at(rest.offset() + i) {
            Scalar::C64(z) => f64::from(z.re).hypot(z.im.into()),
            Scalar::C128(z) => z.re.hypot(z.im),
            s => s.as_f64().unwrap_or(f64::NAN).abs(),
        };
        size <= 1e-8
    };
    let first = (0..rest.size() - 1).find(|&i| !small(i)).unwrap_or(rest.size() - 1);
    Ok(Value::tuple(vec![Value::Array(quotient), Value::Array(from(&rest, first))]))
}

/// The order of a derivative or an integral.
fn order(args: &Args, what: &str) -> Result<usize, Fault> {
    usize::try_from(args.int(1)?).map_err(|_| args.reason(what))
}

/// `n, n - 1, …, 1`
fn powers(n: usize) -> Result<Value, Fault> {
    let all: Vec<i64> = (1..=n as i64).rev().collect();
    Ok(Value::Array(Array::from_slice(&all, &[n])?))
}

fn derivative(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let m = order(args, "Order of derivative must be positive (see polyint)")?;
    let mut p = vector(args, 0)?;
    // Once nothing is left, it stays so.
    for _ in 0..m.min(p.size() + 1) {
        let n = p.size().saturating_sub(1);
        let kept = p.view(&[n], p.strides(), p.offset());
        let powers = powers(n)?;
        p = apply_array(host, "multiply", [Value::Array(kept), powers])?;
    }
    Ok(Value::Array(p))
}

fn integral(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let m = order(args, "Order of integral must be positive (see polyder)")?;
    crate::prim::convert::room_for([m])?;
    let mut constants = match args.is_none(2) {
        true => vec![Scalar::F64(0.0); m],
        false => {
            let k = vector(args, 2)?;
            (0..k.size()).map(|i| from(&k, i)).map(|a| a.scalar_at(a.offset())).collect()
        }
    };
    if constants.len() == 1 && m > 1 {
        constants = vec![constants[0]; m];
    }
    if constants.len() < m {
        return Err(args.reason("k must be a scalar or a rank-1 array of length 1 or >m."));
    }
    let mut p = Value::Array(vector(args, 0)?);
    for &constant in constants.iter().take(m) {
        let n = crate::prim::convert::to_array(&p)?.size();
        let powers = powers(n)?;
        let divided = apply(host, "divide", [p, powers])?;
        let constant = crate::prim::convert::to_array(&Value::Scalar(constant))?;
        let constant = constant.view(&[1], &[1], constant.offset());
        p = joined(host, vec![divided, Value::Array(constant)])?;
    }
    Ok(p)
}

//! Python's arithmetic on plain scalars: the `plain` functions of the element-wise rows.
//!
//! Integers are 64-bit and checked, bools are integers, `/` of integers is a float, `//` and `%`
//! round toward minus infinity. `None` sends the operands the general way.

use crate::array::{ArrayError, memory};
use crate::dtype::c128;
use crate::prim::arrays::kinds;
use crate::prim::convert;
use crate::value::{Fault, Value};
use std::cmp::Ordering;
use std::rc::Rc;

pub type Outcome = Option<Result<Value, Fault>>;

/// Two plain numbers of the wider one's kind.
#[derive(Clone, Copy)]
pub enum Pair {
    Int(i64, i64),
    Float(f64, f64),
    Complex(c128, c128),
}

/// One plain number; bools are integers.
#[derive(Clone, Copy)]
pub enum Number {
    Int(i64),
    Float(f64),
    Complex(c128),
}

pub fn number(x: &Value) -> Option<Number> {
    Some(match x {
        Value::Int(n) => Number::Int(*n),
        Value::Float(x) => Number::Float(*x),
        Value::Bool(b) => Number::Int(*b as i64),
        Value::Complex(z) => Number::Complex(*z),
        _ => return None,
    })
}

pub fn pair(x: &Value, y: &Value) -> Option<Pair> {
    use Number::*;
    Some(match (number(x)?, number(y)?) {
        (Int(a), Int(b)) => Pair::Int(a, b),
        (Float(a), Float(b)) => Pair::Float(a, b),
        (Int(a), Float(b)) => Pair::Float(a as f64, b),
        (Float(a), Int(b)) => Pair::Float(a, b as f64),
        (a, b) => Pair::Complex(complex(a), complex(b)),
    })
}

fn complex(x: Number) -> c128 {
    match x {
        Number::Int(n) => c128::new(n as f64, 0.0),
        Number::Float(x) => c128::new(x, 0.0),
        Number::Complex(z) => z,
    }
}

fn int(op: &str, n: Option<i64>) -> Outcome {
    Some(n.map(Value::Int).ok_or_else(|| Fault::IntegerOverflow { op: op.into() }))
}

fn float(x: f64) -> Outcome {
    Some(Ok(Value::Float(x)))
}

fn zero_division(op: &str) -> Outcome {
    Some(Err(Fault::ZeroDivision { op: op.into() }))
}

#[inline]
pub fn add(x: &Value, y: &Value) -> Outcome {
    match pair(x, y) {
        Some(Pair::Int(a, b)) => int("+", a.checked_add(b)),
        Some(Pair::Float(a, b)) => float(a + b),
        Some(Pair::Complex(a, b)) => Some(Ok(Value::Complex(a + b))),
        None => join(x, y),
    }
}

/// Two strings or two tuples, one after the other.
fn join(x: &Value, y: &Value) -> Outcome {
    match (x, y) {
        (Value::Str(a), Value::Str(b)) => Some(Ok(Value::Str(a.join(b)))),
        (Value::Tuple(a), Value::Tuple(b)) => {
            Some(Ok(Value::tuple(a.items.iter().chain(&b.items).cloned().collect())))
        }
        _ => None,
    }
}

/// A string or a tuple several times over, as Python's `*`; none for a negative count.
fn repeat(x: &Value, n: &Value) -> Outcome {
    let sequence = |v: &Value| matches!(v, Value::Str(_) | Value::Tuple(_));
    let (n, x) = if sequence(x) { (n, x) } else { (x, n) };
    if !sequence(x) {
        return None;
    }
    let times = usize::try_from(convert::as_index(n)?).unwrap_or(0);
    let fits = |bytes: usize| {
        let need = bytes.checked_mul(times).filter(|&n| n <= MOST_BYTES).ok_or(ArrayError::TooLarge)?;
        let free = memory::available();
        if need <= free { Ok(()) } else { Err(Fault::from(ArrayError::Memory { need, free })) }
    };
    match x {
        Value::Str(s) => Some(fits(s.len()).map(|()| Value::from(s.repeat(times)))),
        Value::Tuple(t) => {
            let items = || (0..times).flat_map(|_| t.items.iter().cloned()).collect();
            Some(fits(size_of_val(&*t.items)).map(|()| Value::tuple(items())))
        }
        _ => None,
    }
}

/// The longest string or tuple that a repetition makes.
const MOST_BYTES: usize = 16 << 30;

#[inline]
pub fn subtract(x: &Value, y: &Value) -> Outcome {
    match pair(x, y)? {
        Pair::Int(a, b) => int("-", a.checked_sub(b)),
        Pair::Float(a, b) => float(a - b),
        Pair::Complex(a, b) => Some(Ok(Value::Complex(a - b))),
    }
}

#[inline]
pub fn multiply(x: &Value, y: &Value) -> Outcome {
    match pair(x, y) {
        Some(Pair::Int(a, b)) => int("*", a.checked_mul(b)),
        Some(Pair::Float(a, b)) => float(a * b),
        Some(Pair::Complex(a, b)) => {
            Some(Ok(Value::Complex(c128::new(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re))))
        }
        None => repeat(x, y),
    }
}

pub fn divide(x: &Value, y: &Value) -> Outcome {
    match pair(x, y)? {
        Pair::Int(_, 0) => zero_division("/"),
        Pair::Int(a, b) => float(int_quotient(a, b)),
        Pair::Float(_, 0.0) => zero_division("/"),
        Pair::Float(a, b) => float(a / b),
        Pair::Complex(_, b) if b.re == 0.0 && b.im == 0.0 => zero_division("/"),
        Pair::Complex(a, b) => Some(Ok(Value::Complex(crate::kernel::arith::Divide::div(a, b)))),
    }
}

/// The float nearest to a quotient of integers, also past 2**53.
fn int_quotient(a: i64, b: i64) -> f64 {
    const EXACT: u64 = 1 << 53;
    if a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT {
        return a as f64 / b as f64;
    }
    let sign = if (a < 0) != (b < 0) { -1.0 } else { 1.0 };
    let (n, d) = (a.unsigned_abs() as u128, b.unsigned_abs() as u128);
    // Scale so that the integer quotient has at least 55 bits, the last one sticky.
    let shift = (56 + d.ilog2()).saturating_sub(n.checked_ilog2().unwrap_or(0));
    let (q, r) = ((n << shift) / d, (n << shift) % d);
    sign * ((q | (r != 0) as u128) as f64) * 2f64.powi(-(shift as i32))
}

pub fn floor_divide(x: &Value, y: &Value) -> Outcome {
    match pair(x, y)? {
        Pair::Int(_, 0) | Pair::Float(_, 0.0) => zero_division("//"),
        Pair::Int(a, b) => {
            let q = a.checked_div(b).map(|q| if a % b != 0 && (a < 0) != (b < 0) { q - 1 } else { q });
            int("//", q)
        }
        Pair::Float(a, b) => float(crate::kernel::float::divmod64(a, b).0),
        Pair::Complex(..) => None,
    }
}

pub fn remainder(x: &Value, y: &Value) -> Outcome {
    // Of a string the values in the places of its formats.
    if let Value::Str(template) = x {
        let values = match y {
            Value::Tuple(t) => t.items.to_vec(),
            v => vec![v.clone()],
        };
        return Some(crate::show::percent(template, &values).map(Value::from));
    }
    match pair(x, y)? {
        Pair::Int(_, 0) | Pair::Float(_, 0.0) => zero_division("%"),
        Pair::Int(a, b) => {
            let r = a.checked_rem(b).unwrap_or(0);
            int("%", Some(if r != 0 && (r < 0) != (b < 0) { r + b } else { r }))
        }
        Pair::Float(a, b) => float(crate::kernel::float::divmod64(a, b).1),
        Pair::Complex(..) => None,
    }
}

pub fn power(x: &Value, y: &Value) -> Outcome {
    match pair(x, y)? {
        Pair::Int(0, b) if b < 0 => zero_division("**"),
        Pair::Int(a, b) if b >= 0 => int("**", checked_pow(a, b)),
        Pair::Int(a, b) => float((a as f64).powf(b as f64)),
        Pair::Float(0.0, b) if b < 0.0 => zero_division("**"),
        Pair::Float(a, b) if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 => {
            Some(Ok(Value::Complex(crate::kernel::complex::pow128(c128::new(a, 0.0), c128::new(b, 0.0)))))
        }
        Pair::Float(a, b) => float(a.powf(b)),
        Pair::Complex(a, b) => Some(Ok(Value::Complex(crate::kernel::complex::pow128(a, b)))),
    }
}

fn checked_pow(a: i64, b: i64) -> Option<i64> {
    match (a, u32::try_from(b)) {
        (0 | 1, _) => Some(if b == 0 { 1 } else { a }),
        (-1, _) => Some(if b % 2 == 0 { 1 } else { -1 }),
        (_, Ok(b)) => a.checked_pow(b),
        _ => None,
    }
}

pub fn negative(x: &Value) -> Outcome {
    match number(x)? {
        Number::Int(a) => int("-", a.checked_neg()),
        Number::Float(a) => float(-a),
        Number::Complex(a) => Some(Ok(Value::Complex(-a))),
    }
}

pub fn positive(x: &Value) -> Outcome {
    match number(x)? {
        Number::Int(a) => int("+", Some(a)),
        Number::Float(a) => float(a),
        Number::Complex(a) => Some(Ok(Value::Complex(a))),
    }
}

pub fn absolute(x: &Value) -> Outcome {
    match number(x)? {
        Number::Int(a) => int("abs", a.checked_abs()),
        Number::Float(a) => float(a.abs()),
        Number::Complex(a) => float(a.re.hypot(a.im)),
    }
}

pub fn invert(x: &Value) -> Outcome {
    match x {
        Value::Bool(b) => Some(Ok(Value::Int(!(*b as i64)))),
        Value::Int(n) => int("~", Some(!n)),
        _ => None,
    }
}

/// `& | ^`: bools stay bools.
fn bitwise(x: &Value, y: &Value, f: fn(i64, i64) -> i64) -> Outcome {
    match (x, y, pair(x, y)?) {
        (Value::Bool(a), Value::Bool(b), _) => Some(Ok(Value::Bool(f(*a as i64, *b as i64) != 0))),
        (_, _, Pair::Int(a, b)) => Some(Ok(Value::Int(f(a, b)))),
        _ => None,
    }
}

pub fn bitwise_and(x: &Value, y: &Value) -> Outcome {
    bitwise(x, y, |a, b| a & b)
}

pub fn bitwise_or(x: &Value, y: &Value) -> Outcome {
    bitwise(x, y, |a, b| a | b)
}

pub fn bitwise_xor(x: &Value, y: &Value) -> Outcome {
    bitwise(x, y, |a, b| a ^ b)
}

pub fn left_shift(x: &Value, y: &Value) -> Outcome {
    match pair(x, y)? {
        Pair::Int(0, b) if b >= 0 => int("<<", Some(0)),
        Pair::Int(a, b) if b >= 0 => {
            let shifted = if b < 64 { a.checked_shl(b as u32).filter(|s| s >> b == a) } else { None };
            int("<<", shifted)
        }
        Pair::Int(..) => negative_shift("<<"),
        _ => None,
    }
}

pub fn right_shift(x: &Value, y: &Value) -> Outcome {
    match pair(x, y)? {
        Pair::Int(a, b) if b >= 0 => int(">>", Some(a >> b.min(63))),
        Pair::Int(..) => negative_shift(">>"),
        _ => None,
    }
}

fn negative_shift(op: &str) -> Outcome {
    Some(Err(Fault::Value { func: op.into(), reason: "negative shift count".into() }))
}

/// The order of two plain values, as Python compares them; `None` for NaN.
fn order(x: &Value, y: &Value) -> Option<Option<Ordering>> {
    if let (Value::Str(a), Value::Str(b)) = (x, y) {
        return Some(Some(a.cmp(b)));
    }
    if let (Value::Tuple(a), Value::Tuple(b)) = (x, y) {
        if Rc::ptr_eq(a, b) {
            return Some(Some(Ordering::Equal));
        }
        for (p, q) in a.items.iter().zip(&b.items) {
            match order(p, q)? {
                Some(Ordering::Equal) => {}
                other => return Some(other),
            }
        }
        return Some(Some(a.items.len().cmp(&b.items.len())));
    }
    Some(match (number(x)?, number(y)?) {
        (Number::Int(a), Number::Int(b)) => Some(a.cmp(&b)),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(&b),
        (Number::Int(a), Number::Float(b)) => int_with_float(a, b),
        (Number::Float(a), Number::Int(b)) => int_with_float(b, a).map(Ordering::reverse),
        _ => return None,
    })
}

/// Exact, also where the integer is no float.
fn int_with_float(a: i64, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    if b >= 9223372036854775808.0 {
        return Some(Ordering::Less);
    }
    if b < -9223372036854775808.0 {
        return Some(Ordering::Greater);
    }
    let whole = b.trunc();
    Some(a.cmp(&(whole as i64)).then(0.0.partial_cmp(&(b - whole))?))
}

fn truth(x: &Value, y: &Value, f: fn(Ordering) -> bool) -> Outcome {
    if let (Value::Int(a), Value::Int(b)) = (x, y) {
        return Some(Ok(Value::Bool(f(a.cmp(b)))));
    }
    Some(Ok(Value::Bool(order(x, y)?.is_some_and(f))))
}

pub fn less(x: &Value, y: &Value) -> Outcome {
    truth(x, y, Ordering::is_lt)
}

pub fn less_equal(x: &Value, y: &Value) -> Outcome {
    truth(x, y, Ordering::is_le)
}

pub fn greater(x: &Value, y: &Value) -> Outcome {
    truth(x, y, Ordering::is_gt)
}

pub fn greater_equal(x: &Value, y: &Value) -> Outcome {
    truth(x, y, Ordering::is_ge)
}

/// Python's `==` where no array decides element by element; `None` where one does.
pub fn same(x: &Value, y: &Value) -> Option<bool> {
    use Value::{Array, DType, Ellipsis, Func, List, Object, Slice, Str, Tuple};
    if let (Some(a), Some(b)) = (number(x), number(y)) {
        return Some(match (a, b) {
            (Number::Complex(_), _) | (_, Number::Complex(_)) => complex(a) == complex(b),
            _ => order(x, y)? == Some(Ordering::Equal),
        });
    }
    let numeric = |v: &Value| v.operand().is_some();
    Some(match (x, y) {
        _ if numeric(x) && numeric(y) => return None,
        (Str(a), Str(b)) => a == b,
        (Tuple(a), Tuple(b)) => Rc::ptr_eq(a, b) || all_same(&a.items, &b.items)?,
        (List(a), List(b)) => a.same(b) || all_same(&a.to_vec(), &b.to_vec())?,
        (DType(a), DType(b)) => a == b,
        (DType(a), other) | (other, DType(a)) => crate::prim::convert::as_dtype(other) == Some(*a),
        (Func(a), Func(b)) => std::ptr::addr_eq(a.get(), b.get()),
        (Slice(a), Slice(b)) => a == b,
        (Object(a), Object(b)) => Rc::ptr_eq(a, b) || kinds::are_one_class(&**a, &**b),
        (Object(class), kind) | (kind, Object(class)) if kinds::is_class(&**class) => {
            kinds::names_class(&**class, kind)
        }
        (Value::None, Value::None) | (Ellipsis, Ellipsis) => true,
        (Tuple(_) | List(_) | Object(_), v) | (v, Tuple(_) | List(_) | Object(_))
            if matches!(v, Array(_)) =>
        {
            return None;
        }
        (Array(a), _) | (_, Array(a)) if a.ndim() > 0 => return Option::None,
        _ => false,
    })
}

fn all_same(a: &[Value], b: &[Value]) -> Option<bool> {
    if a.len() != b.len() {
        return Some(false);
    }
    for (x, y) in a.iter().zip(b) {
        let equal = match same(x, y) {
            Some(equal) => equal,
            None => match (crate::prim::convert::as_scalar(x), crate::prim::convert::as_scalar(y)) {
                (Some(a), Some(b)) => a.as_c128() == b.as_c128(),
                _ => return None,
            },
        };
        if !equal {
            return Some(false);
        }
    }
    Some(true)
}

pub fn equal(x: &Value, y: &Value) -> Outcome {
    same(x, y).map(|b| Ok(Value::Bool(b)))
}

pub fn not_equal(x: &Value, y: &Value) -> Outcome {
    same(x, y).map(|b| Ok(Value::Bool(!b)))
}

/// One of two plain real numbers, as it is; NaN wins.
fn either(x: &Value, y: &Value, first: fn(Ordering) -> bool) -> Outcome {
    if let Pair::Complex(..) = pair(x, y)? {
        return None;
    }
    Some(Ok(match order(x, y)? {
        Some(o) => if first(o) { x } else { y }.clone(),
        None if matches!(x, Value::Float(a) if a.is_nan()) => x.clone(),
        None => y.clone(),
    }))
}

pub fn maximum(x: &Value, y: &Value) -> Outcome {
    either(x, y, Ordering::is_ge)
}

pub fn minimum(x: &Value, y: &Value) -> Outcome {
    either(x, y, Ordering::is_le)
}

pub fn sign(x: &Value) -> Outcome {
    match number(x)? {
        Number::Int(a) => int("×", Some(a.signum())),
        Number::Float(a) => float(crate::kernel::arith::Arith::sign(a)),
        Number::Complex(_) => None,
    }
}

pub fn floor(x: &Value) -> Outcome {
    match number(x)? {
        Number::Int(a) => int("⌊", Some(a)),
        Number::Float(a) => float(a.floor()),
        Number::Complex(_) => None,
    }
}

pub fn ceil(x: &Value) -> Outcome {
    match number(x)? {
        Number::Int(a) => int("⌈", Some(a)),
        Number::Float(a) => float(a.ceil()),
        Number::Complex(_) => None,
    }
}

pub fn inverse(x: &Value) -> Outcome {
    divide(&Value::Int(1), x)
}

/// Whole factorials stay integers while they fit 64 bits.
pub fn factorial(x: &Value) -> Outcome {
    match number(x)? {
        Number::Int(a @ 0..=20) => int("!", Some((1..=a).product())),
        Number::Int(a) => float(crate::kernel::special::factorial(a as f64)),
        Number::Float(a) => float(crate::kernel::special::factorial(a)),
        Number::Complex(_) => None,
    }
}

pub fn binomial(x: &Value, y: &Value) -> Outcome {
    let (k, n) = match pair(x, y)? {
        Pair::Int(k, n) => (k as f64, n as f64),
        Pair::Float(k, n) => return float(crate::kernel::special::binomial(k, n)),
        Pair::Complex(..) => return None,
    };
    let value = crate::kernel::special::binomial(k, n);
    if value.abs() < 9007199254740992.0 { int("!", Some(value as i64)) } else { float(value) }
}

/// Bools stay bools; integers by `f`.
fn bools_or_ints(
    x: &Value,
    y: &Value,
    on_bools: fn(bool, bool) -> bool,
    op: &str,
    f: fn(i64, i64) -> Option<i64>,
) -> Outcome {
    match (x, y, pair(x, y)?) {
        (Value::Bool(a), Value::Bool(b), _) => Some(Ok(Value::Bool(on_bools(*a, *b)))),
        (_, _, Pair::Int(a, b)) => int(op, f(a, b)),
        _ => None,
    }
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

pub fn or_gcd(x: &Value, y: &Value) -> Outcome {
    let f = |a: i64, b: i64| i64::try_from(gcd(a.unsigned_abs(), b.unsigned_abs())).ok();
    bools_or_ints(x, y, |a, b| a | b, "∨", f)
}

pub fn and_lcm(x: &Value, y: &Value) -> Outcome {
    let f = |a: i64, b: i64| match gcd(a.unsigned_abs(), b.unsigned_abs()) {
        0 => Some(0),
        g => (a.unsigned_abs() / g).checked_mul(b.unsigned_abs()).and_then(|n| i64::try_from(n).ok()),
    };
    bools_or_ints(x, y, |a, b| a & b, "∧", f)
}

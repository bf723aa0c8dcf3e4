//! Calling element-wise rows, NumPy's ufuncs: which loop runs, and which way its operands go.
//!
//! From the fastest: plain scalars by the row's own function; typed scalars through the kernel on
//! one element; small contiguous arrays through `exec::small`; everything else, keywords included,
//! as a plan through `exec::map`. `choose` finds the loop, `keywords` has the calls with `out=` and its
//! like, `warn` tells of what was met.

mod choose;
mod keywords;
pub mod tiny;
mod warn;

pub use choose::kernel;
pub(super) use choose::{Choice, choose};
pub use keywords::{call, direct, invoke, same_kind, update, update_chosen};
pub use warn::{warn, warn_origin};

use choose::{Chosen, beside_others, loop_of, numbers};
use warn::{tell, tell_narrowed, warn_all, warnings};

use crate::array::{Array, Dims, Order, broadcast_shapes};
use crate::dtype::{DType, Operand, Scalar, cast_scalar, promote, result_dtype};
use crate::exec::{self, Input, Origin, Plan, Small, Target};
use crate::kernel::overflow::{self as kernel_overflow, Spot};
use crate::kernel::{Check, Flags, KernelFn, One};
use crate::prim::bind::Args;
use crate::prim::elementwise::overflow::{self, Mode};
use crate::prim::row::{Elementwise, Glyph, Loop, Plain, Rule};
use crate::prim::{Prim, deferred};
use crate::syntax::{Class, Span};
use crate::value::{CallArgs, Fault, Host, Num, Seen, Value, Warning};
use smallvec::SmallVec;

/// The signatures of element-wise rows, after NumPy's.
pub const UNARY: &str =
    "x, /, out=None, *, where=True, casting='same_kind', order='K', dtype=None, subok=True";

pub const BINARY: &str =
    "x1, x2, /, out=None, *, where=True, casting='same_kind', order='K', dtype=None, subok=True";

type Operands = SmallVec<[Value; 3]>;

/// One operand, no keywords.
#[inline]
pub fn monadic(
    prim: &'static Prim,
    e: &Elementwise,
    host: &mut dyn Host,
    x: Value,
    defer: Defer,
) -> Result<Value, Fault> {
    if let Plain::Unary(f) = e.plain
        && !matches!(x, Value::Array(_) | Value::Scalar(_))
        && let Some(result) = f(&x)
    {
        return result;
    }
    if let Some(result) = scalar_operator(prim, e, host, &[&x]) {
        return result;
    }
    apply(prim, e, host, SmallVec::from_iter([x]), defer)
}

/// Two operands, no keywords.
#[inline]
pub fn dyadic(
    prim: &'static Prim,
    e: &Elementwise,
    host: &mut dyn Host,
    x: Value,
    y: Value,
    defer: Defer,
) -> Result<Value, Fault> {
    if let Plain::Binary(f) = e.plain
        && !matches!(x, Value::Array(_) | Value::Scalar(_))
        && !matches!(y, Value::Array(_) | Value::Scalar(_))
        && let Some(result) = f(&x, &y)
    {
        return result;
    }
    if let Some(result) = scalar_operator(prim, e, host, &[&x, &y]) {
        return result;
    }
    if let Some(shortcut) = e.shortcut
        && let Some((name, dtype)) = shortcut(&x, &y)
        && let Some(row) = crate::prim::table().get(crate::prim::Home::Np, name)
        && let Some(e) = row.elementwise()
    {
        let x = match (x, dtype) {
            (Value::Array(a), Some(dtype)) => Value::Array(exec::in_dtype(&a, dtype)?),
            (x, _) => x,
        };
        return apply(row, e, host, SmallVec::from_iter([x]), defer);
    }
    apply(prim, e, host, SmallVec::from_iter([x, y]), defer)
}

/// One small array, or two of one dtype, or one beside a number that takes its dtype: no promotion to
/// find out, and nothing moved; the result, and what it met: see [`tell_small`]. `None` for other
/// operands, with nothing done.
#[inline]
pub fn small(e: &Elementwise, xs: [&Value; 2]) -> Option<(Array, Flags)> {
    let array = match xs {
        [Value::Array(a), _] => a,
        [_, Value::Array(b)] => b,
        _ => return None,
    };
    if !exec::tally::on()
        && let Some(result) = tiny::result(e.fast, xs)
    {
        return Some((result, Flags::NONE));
    }
    let l = small_loop(e, array)?;
    let dtype = array.dtype();
    let (one, other);
    let operands: &[Small<'_>] = match (e.arity, xs) {
        (1, _) => &[Small::Array(array)],
        (2, [Value::Array(a), Value::Array(b)]) => {
            other = [Small::Array(a), Small::Array(b)];
            &other
        }
        (2, [Value::Array(a), y]) => {
            one = One::new(beside(y, dtype)?);
            other = [Small::Array(a), Small::One(&one)];
            &other
        }
        (2, [x, Value::Array(b)]) => {
            one = One::new(beside(x, dtype)?);
            other = [Small::One(&one), Small::Array(b)];
            &other
        }
        _ => return None,
    };
    let (run, check) = overflow::watched(e, l);
    exec::small(run, check, dtype, l.out, operands, exec::SMALL)
}

/// A function of one number, called by name: the kernel on one element, which gives a typed scalar. `None`,
/// with nothing done, for other rows and numbers, and where there is something to tell.
pub fn of_number(e: &Elementwise, x: Num) -> Option<Scalar> {
    let scalar = match (x.see(), e.rule) {
        (Seen::Int(n) | Seen::I64(n), Rule::Common) => Scalar::I64(n),
        (Seen::Int(n) | Seen::I64(n), Rule::IntsToF64) if e.exact.is_none() => Scalar::F64(n as f64),
        (Seen::Float(x) | Seen::F64(x), Rule::Common | Rule::IntsToF64) => Scalar::F64(x),
        _ => return None,
    };
    let dtype = scalar.dtype();
    let refused = e.refuse.iter().any(|(dtypes, _)| dtypes.contains(&dtype));
    if e.arity != 1 || e.guard.is_some() || e.shortcut.is_some() || refused {
        return None;
    }
    let l = loop_of(e.loops, dtype)?;
    let (run, check) = overflow::watched(e, l);
    let (one, mut out) = (One::new(scalar), One::zero(l.out));
    let blocks = [one.block()];
    run(&blocks, out.block_mut());
    let quiet = check.is_none_or(|check| !check(&blocks, out.block()).any());
    quiet.then(|| out.scalar())
}

/// The loop for a small array, if nothing but its dtype decides that.
#[inline]
fn small_loop(e: &Elementwise, array: &Array) -> Option<&'static Loop> {
    let dtype = array.dtype();
    // What looks at operands' values, or names another row, goes the general way.
    let small = array.size() <= exec::SMALL && array.size() < deferred::threshold();
    if e.guard.is_some() || e.shortcut.is_some() || !small || array.ndim() == 0 {
        return None;
    }
    let converts = e.rule == Rule::IntsToF64 && !dtype.is_inexact();
    if converts || e.refuse.iter().any(|(dtypes, _)| dtypes.contains(&dtype)) {
        return None;
    }
    loop_of(e.loops, dtype)
}

/// `a op= y` in place, of a small array and one like it or a number that takes its dtype. `None`, with
/// nothing done, for others, and where a condition could be an error: that is found before a write.
#[inline]
pub fn update_small(e: &Elementwise, a: &Array, y: &Value) -> Option<Flags> {
    let l = small_loop(e, a)?;
    let dtype = a.dtype();
    if e.arity != 2 || l.out != dtype || overflow::mode() == Mode::Error {
        return None;
    }
    let one;
    let operand = match y {
        Value::Array(b) => Small::Array(b),
        number => {
            one = One::new(beside(number, dtype)?);
            Small::One(&one)
        }
    };
    let (run, check) = overflow::watched(e, l);
    exec::small_into(run, check, e.link, a, operand)
}

/// Tells of what a small operation met.
#[cold]
pub fn tell_small(prim: &Prim, host: &mut dyn Host, flags: Flags, result: &Array) -> Result<(), Fault> {
    tell(prim.name, host, flags, result.shape())
}

/// A number as it joins an array of a dtype without changing it or itself.
#[inline]
fn beside(x: &Value, dtype: DType) -> Option<Scalar> {
    match (x, dtype) {
        (Value::Float(x), DType::F64) => Some(Scalar::F64(*x)),
        (Value::Int(n), DType::F64) => Some(Scalar::F64(*n as f64)),
        (Value::Int(n), DType::I64) => Some(Scalar::I64(*n)),
        (Value::Scalar(s), _) if s.dtype() == dtype => Some(*s),
        _ => None,
    }
}

/// An operator on typed scalars. NumPy names these in warnings, and tells of integers that wrap.
fn scalar_operator(
    prim: &'static Prim,
    e: &Elementwise,
    host: &mut dyn Host,
    xs: &[&Value],
) -> Option<Result<Value, Fault>> {
    if !xs.iter().all(|x| x.is_scalar_number()) {
        return None;
    }
    let xs: Operands = xs.iter().map(|x| (*x).clone()).collect();
    let chosen = match choose(prim, e, &xs) {
        Ok(Choice::Loop(chosen)) => chosen,
        Ok(Choice::Constant(truth)) => return Some(constant(truth, &xs)),
        Err(e) => return Some(Err(e)),
    };
    let (value, mut flags) = one(&chosen, host, &xs);
    flags.wrapped = false;
    if chosen.out.is_int()
        && overflow::mode() != Mode::Wrap
        && let Some(exact) = wraps(prim, e, &xs, value)
    {
        flags.overflow = true;
        // The kernels of unsigned integers leave no spot.
        let integer = |x: &Value| x.scalar().and_then(|s| s.as_i128());
        let told = kernel_overflow::spot().or_else(|| {
            let (left, right) = (integer(xs.first()?)?, xs.get(1).and_then(integer));
            Some(Spot { at: 0, left, right, exact, dtype: value.dtype() })
        });
        kernel_overflow::leave(told);
        if overflow::mode() == Mode::Error {
            return Some(overflow::heed(prim.name, None).map(|_| Value::Scalar(value)));
        }
    }
    let detail = overflow::detail(prim.name, None);
    if flags.any() {
        for warning in warnings(&format!("scalar {}", prim.name), flags) {
            let detail = if warning.text.starts_with("overflow") { detail.clone() } else { String::new() };
            host.warn(Warning { detail, ..warning });
        }
    }
    Some(Ok(Value::Scalar(value)))
}

/// Where exact arithmetic of integers gives another value than the kernel did, that value if it is known.
fn wraps(prim: &Prim, e: &Elementwise, xs: &[Value], value: Scalar) -> Option<Option<i128>> {
    let arithmetic = |g: &Glyph| matches!(g.class, Class::Sum | Class::Product | Class::Power);
    if !prim.glyphs.iter().any(arithmetic) {
        return None;
    }
    let run = |number: &dyn Fn(&Value) -> Option<Value>| match (e.plain, xs) {
        (Plain::Unary(f), [x]) => number(x).and_then(|x| f(&x)),
        (Plain::Binary(f), [x, y]) => number(x).zip(number(y)).and_then(|(x, y)| f(&x, &y)),
        _ => None,
    };
    let plain = |x: &Value| x.scalar()?.as_i128().and_then(|n| i64::try_from(n).ok()).map(Value::Int);
    match run(&plain) {
        Some(Ok(Value::Int(n))) => (value.as_i128() != Some(n as i128)).then_some(Some(n as i128)),
        Some(Err(Fault::IntegerOverflow { .. })) if value.dtype() != DType::U64 => Some(None),
        // Beyond int64, where plain integers end: what wraps is 2**64 off, which rounding is not.
        _ if value.dtype() == DType::U64 => {
            let rounded = |x: &Value| x.scalar()?.as_i128().map(|n| Value::Float(n as f64));
            let wrapped = value.as_i128().unwrap_or_default() as f64;
            matches!(run(&rounded), Some(Ok(Value::Float(x))) if (x - wrapped).abs() > 2f64.powi(62))
                .then_some(None)
        }
        _ => None,
    }
}

/// Whether a result may wait for its consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defer {
    Now,
    /// The result has no name: large ones may come as [`Value::Deferred`].
    Later,
}

/// The function of work as one axis is that of the work, as one axis, where only numbers stand beside it;
/// else that work is computed.
fn under_ravel(
    prim: &'static Prim,
    e: &Elementwise,
    host: &mut dyn Host,
    xs: &mut Operands,
    defer: Defer,
) -> Result<Option<Value>, Fault> {
    let Some(k) = xs.iter().position(|x| deferred::under_ravel(x).is_some()) else { return Ok(None) };
    let others = xs.iter().enumerate().any(|(i, x)| i != k && x.scalar().is_none());
    if others || defer == Defer::Now {
        settle(host, xs)?;
        return Ok(None);
    }
    let mut inner = xs.clone();
    inner[k] = deferred::under_ravel(&xs[k]).unwrap_or(Value::None);
    let result = apply(prim, e, host, inner, defer)?;
    Ok(Some(match deferred::raveled(&result) {
        Some(waiting) => waiting,
        None => {
            let array = crate::prim::convert::to_array(&result.settled(host)?)?;
            Value::Array(crate::prim::arrays::layout::ravel(&array, crate::array::Order::C)?)
        }
    }))
}

/// Operands without keywords: scalars and small arrays the short way, the rest through a plan, which
/// deferred operands join.
fn apply(
    prim: &'static Prim,
    e: &Elementwise,
    host: &mut dyn Host,
    mut xs: Operands,
    defer: Defer,
) -> Result<Value, Fault> {
    if let Some(result) = under_ravel(prim, e, host, &mut xs, defer)? {
        return Ok(result);
    }
    let waiting = xs.iter().any(|x| matches!(x, Value::Deferred(_)));
    // What looks at the values of integers needs them.
    let looks = e.guard.is_some() || e.exact.is_some();
    let guarded = |x: &Value| matches!(x, Value::Deferred(w) if looks && !w.dtype().is_inexact());
    if waiting && xs.iter().any(|x| x.operand().is_none() || guarded(x)) {
        settle(host, &mut xs)?;
    }
    if let Some(Choice::Constant(truth)) = beside_others(e, &xs) {
        return constant(truth, &xs);
    }
    let mut xs = numbers(prim, xs)?;
    let chosen = match choose(prim, e, &xs)? {
        Choice::Loop(chosen) => chosen,
        Choice::Constant(truth) => return constant(truth, &xs),
    };
    let arrays = xs.iter().any(|x| matches!(x, Value::Array(_) | Value::Deferred(_)));
    let kinds = (arrays, xs.iter().all(|x| x.scalar().is_some()));
    match kinds {
        (false, true) => {
            let (value, flags) = one(&chosen, host, &xs);
            tell(prim.name, host, flags, &[])?;
            Ok(Value::Scalar(value))
        }
        _ if waiting || (defer == Defer::Later && is_large(&xs)) => {
            tell_narrowed(&chosen, host, &xs);
            let kernel = chosen.kernel(prim, host);
            let expr = deferred::join(host, kernel, xs)?;
            match defer {
                Defer::Later => Ok(deferred::value(expr)),
                Defer::Now => deferred::compute(host, expr, Target::Fresh(None)).map(Value::Array),
            }
        }
        _ => match short(prim, &chosen, host, &mut xs) {
            Some(result) => result,
            None => {
                let flat = all_flat(&xs);
                let inputs = inputs(xs);
                let (array, met) = exec::map(&chosen.plan(), inputs, Target::Fresh(None))?;
                warn_all(prim, host, &met)?;
                Ok(finish(array, flat))
            }
        },
    }
}

fn constant(truth: bool, xs: &[Value]) -> Result<Value, Fault> {
    let shape = xs.iter().find_map(|x| match x {
        Value::Array(a) => Some(a.shape().into()),
        Value::Deferred(w) => Some(w.shape()),
        _ => None,
    });
    let Some(shape) = shape.filter(|s: &Dims| !s.is_empty()) else {
        return Ok(Value::Scalar(Scalar::Bool(truth)));
    };
    let all = filled(truth, &shape)?;
    // As the array lies: one of one value is the same in every order.
    let like = xs.iter().find_map(|x| match x {
        Value::Array(a) if !a.is_c_contiguous() => Some(a),
        _ => None,
    });
    Ok(Value::Array(match like {
        Some(a) => Array::empty_keeping(DType::Bool, &shape, a.strides())
            .map(|k| all.view(&shape, k.strides(), all.offset()))?,
        None => all,
    }))
}

/// An array of one truth.
pub(in crate::prim) fn filled(truth: bool, shape: &[usize]) -> Result<Array, Fault> {
    let mut all = Array::empty(DType::Bool, shape)?;
    if let Some(slice) = all.as_mut_slice::<bool>() {
        slice.fill(truth);
    }
    Ok(all)
}

/// The kernel on one element of each operand.
fn one(chosen: &Chosen, host: &mut dyn Host, xs: &[Value]) -> (Scalar, Flags) {
    let ones = ones(chosen, host, xs);
    let mut out = One::zero(chosen.out);
    let blocks: SmallVec<[_; 3]> = ones.iter().flatten().map(One::block).collect();
    // A number to a power that has a link is what an element of an array to that power is.
    (chosen.run)(&blocks, if chosen.link.is_some() { out.pair_mut() } else { out.block_mut() });
    let flags = chosen.check.map_or(Flags::NONE, |check| check(&blocks, out.block()));
    (out.scalar(), flags)
}

fn ones(chosen: &Chosen, host: &mut dyn Host, xs: &[Value]) -> SmallVec<[Option<One>; 3]> {
    tell_narrowed(chosen, host, xs);
    let promote = |(x, d): (&Value, &DType)| {
        x.scalar().map(|s| One::new(if s.dtype() == *d { s } else { cast_scalar(s, *d) }))
    };
    xs.iter().zip(&chosen.dtypes).map(promote).collect()
}

/// Small arrays of the loop's dtype, contiguous or vectors, and scalars. Strided vectors are brought together
/// first: `a[::2] + a[::2]` of 500 elements took 1.8 µs as a plan.
fn short(
    prim: &Prim,
    chosen: &Chosen,
    host: &mut dyn Host,
    xs: &mut Operands,
) -> Option<Result<Value, Fault>> {
    let dtype = chosen.uniform()?;
    // An operand that nobody else sees may give its buffer to the result, which a plan knows how to do.
    let gives = |x: &mut Value| match x {
        Value::Array(a) => a.is_unique(),
        _ => false,
    };
    let alone = exec::alone(dtype.itemsize().max(chosen.out.itemsize()), chosen.weight());
    let most = if xs.iter_mut().any(gives) { exec::SMALL } else { alone };
    if most == alone
        && let [x, y] = &xs[..]
        && let Some(e) = prim.elementwise()
        && let Some(result) = tiny::middle(e.fast, x, y, most)
    {
        return Some(Ok(Value::Array(result)));
    }
    let ones = ones(chosen, host, xs);
    let together = |x: &Value| match x {
        Value::Array(a) if a.dtype() == dtype => exec::copy::dense_few(a),
        _ => None,
    };
    let dense: SmallVec<[Option<Array>; 3]> = xs.iter().map(together).collect();
    let mut operands: SmallVec<[Small<'_>; 3]> = SmallVec::new();
    for ((x, one), dense) in xs.iter().zip(&ones).zip(&dense) {
        operands.push(match (x, one) {
            (Value::Array(a), _) if a.ndim() > 0 => Small::Array(dense.as_ref().unwrap_or(a)),
            (_, Some(one)) => Small::One(one),
            _ => return None,
        });
    }
    let step = exec::Step::new((chosen.run, chosen.check), chosen.link, dtype, chosen.out);
    let (array, flags) = step.small(&operands, most)?;
    Some(tell(prim.name, host, flags, array.shape()).map(|()| Value::Array(array)))
}

fn inputs(xs: Operands) -> SmallVec<[Input; 3]> {
    xs.into_iter()
        .filter_map(|x| match x {
            Value::Array(a) => Some(Input::Array(a)),
            x => x.scalar().map(Input::Scalar),
        })
        .collect()
}

/// Computes the operands that wait.
fn settle(host: &mut dyn Host, xs: &mut Operands) -> Result<(), Fault> {
    for x in xs {
        *x = std::mem::replace(x, Value::None).settled(host)?;
    }
    Ok(())
}

/// Whether some operand has as many elements as are worth deferring.
fn is_large(xs: &[Value]) -> bool {
    let least = deferred::threshold();
    let mut arrays = xs.iter().filter_map(|x| if let Value::Array(a) = x { Some(a) } else { None });
    if arrays.clone().any(|a| a.size() >= least && a.ndim() > 0) {
        return true;
    }
    // Small ones that broadcast have a large result: as many elements as their product at most.
    let most = arrays.clone().map(|a| a.size()).fold(1, usize::saturating_mul);
    most >= least
        && arrays.next().is_some_and(|first| arrays.clone().any(|a| a.shape() != first.shape()))
        && broadcast_shapes(&shapes(xs)).is_ok_and(|shape| shape.iter().product::<usize>() >= least)
}

fn shapes(xs: &[Value]) -> SmallVec<[&[usize]; 3]> {
    xs.iter().filter_map(|x| if let Value::Array(a) = x { Some(a.shape()) } else { None }).collect()
}

/// Every operand has no axes, so the result is a scalar.
fn all_flat(xs: &[Value]) -> bool {
    xs.iter().all(|x| match x {
        Value::Array(a) => a.ndim() == 0,
        Value::Deferred(_) => false,
        _ => true,
    })
}

fn finish(array: Array, flat: bool) -> Value {
    match array.item() {
        Some(s) if flat => Value::Scalar(s),
        _ => Value::Array(array),
    }
}

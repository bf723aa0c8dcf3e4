//! Calling element-wise rows, NumPy's ufuncs: which loop runs, and which way its operands go.
//!
//! From the fastest: plain scalars by the row's own function; typed scalars through the kernel on
//! one element; small contiguous arrays through `exec::small`; everything else, keywords included,
//! as a plan through `exec::map`. Warnings go to the host in NumPy's words.

use super::bind::Args;
use super::overflow::{self, Mode};
use super::row::{Elementwise, Glyph, Loop, Plain, Rule};
use super::{Prim, convert, deferred};
use crate::array::{Array, Dims, Order, broadcast_shapes};
use crate::dtype::{
    CastError, DType, Kind as DKind, Operand, PromoteError, Scalar, cast_scalar, promote, result_dtype,
};
use crate::exec::{self, Input, Kernel, Origin, Plan, Small, Target};
use crate::kernel::chain::Link;
use crate::kernel::{Check, Flags, KernelFn, One};
use crate::syntax::{Class, Span};
use crate::value::{CallArgs, Fault, Host, Value, Warning};
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
        && let Some(name) = shortcut(&x, &y)
        && let Some(row) = super::table().get(super::Home::Np, name)
        && let Some(e) = row.elementwise()
    {
        return apply(row, e, host, SmallVec::from_iter([x]), defer);
    }
    apply(prim, e, host, SmallVec::from_iter([x, y]), defer)
}

/// One small array, or two of one dtype, or one beside a number that takes its dtype: no promotion to
/// find out, and nothing moved. `None` for other operands, with nothing done.
#[inline]
pub fn small(
    prim: &'static Prim,
    e: &Elementwise,
    host: &mut dyn Host,
    xs: [&Value; 2],
) -> Option<Result<Value, Fault>> {
    let array = match xs {
        [Value::Array(a), _] => a,
        [_, Value::Array(b)] => b,
        _ => return None,
    };
    let dtype = array.dtype();
    // What looks at operands' values, or names another row, goes the general way.
    let small = array.size() <= exec::SMALL && array.size() < deferred::threshold();
    if e.guard.is_some() || e.shortcut.is_some() || !small || array.ndim() == 0 {
        return None;
    }
    let converts = e.rule == Rule::IntsToF64 && !dtype.is_inexact();
    if converts || e.refuse.iter().any(|(d, _)| *d == dtype) {
        return None;
    }
    let l = loop_of(e.loops, dtype)?;
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
    let result = exec::small(run, check, dtype, l.out, operands, exec::SMALL)?;
    Some(result.map_err(Fault::from).and_then(|(array, flags)| {
        tell(prim.name, host, flags, array.shape())?;
        Ok(Value::Array(array))
    }))
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

/// The loop of a dtype; rows list theirs in the order of dtypes, mostly without gaps.
#[inline]
fn loop_of(loops: &'static [Loop], dtype: DType) -> Option<&'static Loop> {
    let first = loops.first()?.dtype as usize;
    match loops.get((dtype as usize).wrapping_sub(first)) {
        Some(l) if l.dtype == dtype => Some(l),
        _ => loops.iter().find(|l| l.dtype == dtype),
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
    if chosen.out.is_int() && overflow::mode() != Mode::Wrap && wraps(prim, e, &xs, value) {
        flags.overflow = true;
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

/// Whether exact arithmetic of integers gives another value than the kernel did.
fn wraps(prim: &Prim, e: &Elementwise, xs: &[Value], value: Scalar) -> bool {
    let arithmetic = |g: &Glyph| matches!(g.class, Class::Sum | Class::Product | Class::Power);
    if !prim.glyphs.iter().any(arithmetic) {
        return false;
    }
    let plain = |x: &Value| x.scalar()?.as_i128().and_then(|n| i64::try_from(n).ok()).map(Value::Int);
    let exact = match (e.plain, xs) {
        (Plain::Unary(f), [x]) => plain(x).and_then(|x| f(&x)),
        (Plain::Binary(f), [x, y]) => plain(x).zip(plain(y)).and_then(|(x, y)| f(&x, &y)),
        _ => None,
    };
    match exact {
        Some(Ok(Value::Int(n))) => value.as_i128() != Some(n as i128),
        Some(Err(Fault::IntegerOverflow { .. })) => true,
        _ => false,
    }
}

/// Whether a result may wait for its consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defer {
    Now,
    /// The result has no name: large ones may come as [`Value::Deferred`].
    Later,
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

/// The kernel that runs, and the dtype of each operand.
struct Chosen {
    run: KernelFn,
    out: DType,
    check: Option<Check>,
    carries: u8,
    link: Option<Link>,
    dtypes: SmallVec<[DType; 3]>,
}

impl Chosen {
    fn plan(&self) -> Plan {
        let origin = Origin { name: "", span: Span::default() };
        let mut plan =
            Plan::single(self.run, self.check, self.dtypes[0], self.dtypes.len(), self.out, origin);
        plan.inputs = self.dtypes.clone();
        plan
    }

    /// As a step of a longer plan.
    fn kernel(self, prim: &Prim, host: &dyn Host) -> Kernel {
        let origin = Origin { name: prim.name, span: host.here() };
        let Chosen { run, check, carries, link, out, dtypes } = self;
        Kernel { run, check, carries, link, out, dtypes, origin }
    }

    /// The dtype that all operands share, if they do.
    fn uniform(&self) -> Option<DType> {
        let first = self.dtypes[0];
        self.dtypes.iter().all(|d| *d == first).then_some(first)
    }
}

/// The kernel for operands, to run on blocks of them; `None` where a comparison has one truth for all.
pub fn kernel(prim: &'static Prim, host: &dyn Host, xs: &[Value]) -> Result<Option<Kernel>, Fault> {
    let Some(e) = prim.elementwise() else { return Ok(None) };
    Ok(match choose(prim, e, xs)? {
        Choice::Loop(chosen) => Some(chosen.kernel(prim, host)),
        Choice::Constant(_) => None,
    })
}

enum Choice {
    Loop(Chosen),
    /// A comparison with a plain integer outside the other operand's range: one truth for all.
    Constant(bool),
}

/// Numbers and arrays stay; sequences become arrays; anything else is refused.
fn numbers(prim: &Prim, mut xs: Operands) -> Result<Operands, Fault> {
    if xs.iter().all(|x| x.operand().is_some()) {
        return Ok(xs);
    }
    let convertible =
        |x: &Value| x.operand().is_some() || matches!(x, Value::Tuple(_) | Value::List(_) | Value::Object(_));
    if !xs.iter().all(convertible) {
        return Err(refuse_types(prim, &xs));
    }
    for i in 0..xs.len() {
        if xs[i].operand().is_none() {
            xs[i] = match convert::to_array(&xs[i]) {
                Ok(a) => Value::Array(a),
                Err(Fault::Operands { .. }) => return Err(refuse_types(prim, &xs)),
                Err(e) => return Err(e),
            };
        }
    }
    Ok(xs)
}

fn refuse_types(prim: &Prim, xs: &[Value]) -> Fault {
    // The operator as the user wrote it, where there is one.
    let ascii = prim.glyphs.iter().find(|g| g.text.is_ascii()).or(prim.glyphs.first());
    let op = ascii.map_or(prim.name, |g| g.text);
    Fault::Operands { op: op.into(), types: xs.iter().map(|x| x.type_name().to_string()).collect() }
}

/// The loop for these operands: NumPy's promotion, weak plain numbers, then the first loop in row
/// order that safely holds the common dtype.
fn choose(prim: &Prim, e: &Elementwise, xs: &[Value]) -> Result<Choice, Fault> {
    let kinds: SmallVec<[Operand; 3]> = xs.iter().filter_map(Value::operand).collect();
    if e.rule == Rule::Compare
        && let Some(choice) = compare_specially(e, xs, &kinds)
    {
        return Ok(choice);
    }
    let mut common = result_dtype(&kinds);
    if e.rule == Rule::IntsToF64 && !common.is_inexact() && !e.exact.is_some_and(|exact| exact(xs)) {
        common = DType::F64;
    }
    if let Some((_, help)) = e.refuse.iter().find(|(d, _)| *d == common) {
        return Err(no_loop(prim, &kinds, Some(help)));
    }
    let Some(l) = find(e.loops, common, &kinds) else { return Err(no_loop(prim, &kinds, None)) };
    fit(&kinds, l.dtype)?;
    guard(prim, e, xs, l.dtype)?;
    let (run, check) = overflow::watched(e, l);
    Ok(Choice::Loop(Chosen {
        run,
        out: l.out,
        check,
        carries: e.carries,
        link: link(e, xs),
        dtypes: SmallVec::from_elem(l.dtype, xs.len()),
    }))
}

/// What the call is in a chain: of powers it depends on the exponent.
fn link(e: &Elementwise, xs: &[Value]) -> Option<Link> {
    match e.link? {
        Link::Power => Link::power(xs.get(1)?.scalar().and_then(|s| s.as_f64())?),
        link => Some(link),
    }
}

/// The loop of the common dtype; else the first that safely holds every operand (plain numbers bring
/// what they have in common with the others).
fn find<'a>(loops: &'a [Loop], common: DType, kinds: &[Operand]) -> Option<&'a Loop> {
    let holds = |l: &&Loop, from: DType| promote(from, l.dtype) == l.dtype;
    let each = |l: &&Loop| {
        kinds.iter().all(|k| match k {
            Operand::Typed(d) => holds(l, *d),
            _ => holds(l, common),
        })
    };
    loops.iter().find(|l| l.dtype == common).or_else(|| loops.iter().find(each))
}

fn no_loop(prim: &Prim, kinds: &[Operand], help: Option<&'static str>) -> Fault {
    let dtypes = kinds.iter().map(|k| result_dtype(&[*k])).collect();
    Fault::NoLoop { func: prim.name.into(), dtypes, help }
}

/// Plain integers must fit an integer loop.
fn fit(kinds: &[Operand], dtype: DType) -> Result<(), Fault> {
    for kind in kinds {
        if let Operand::Int(value) = *kind
            && dtype != DType::I64
            && !holds(dtype, value)
        {
            return Err(PromoteError::OutOfBounds { value, dtype }.into());
        }
    }
    Ok(())
}

fn guard(prim: &Prim, e: &Elementwise, xs: &[Value], dtype: DType) -> Result<(), Fault> {
    let Some(guard) = e.guard else { return Ok(()) };
    guard(xs, dtype).map_err(|reason| Fault::Value { func: prim.name.into(), reason: reason.into() })
}

/// Whether an integer dtype holds a value; other dtypes take any.
fn holds(dtype: DType, value: i64) -> bool {
    !dtype.is_int() || cast_scalar(Scalar::I64(value), dtype).as_i128() == Some(value as i128)
}

/// Comparisons that promotion would make inexact: plain integers out of range, int64 with uint64.
fn compare_specially(e: &Elementwise, xs: &[Value], kinds: &[Operand]) -> Option<Choice> {
    match *kinds {
        [Operand::Typed(d), Operand::Int(n)] if d.is_int() && !holds(d, n) => {
            constant_order(e, &Value::Int(0), &xs[1])
        }
        [Operand::Int(n), Operand::Typed(d)] if d.is_int() && !holds(d, n) => {
            constant_order(e, &xs[0], &Value::Int(0))
        }
        [Operand::Typed(a), Operand::Typed(b)]
            if a.is_int() && b.is_int() && promote(a, b).kind() == DKind::Float =>
        {
            let wide = |d: DType| if d.is_unsigned() { DType::U64 } else { DType::I64 };
            Some(Choice::Loop(Chosen {
                run: e.mixed?,
                out: DType::Bool,
                check: None,
                carries: 0,
                link: None,
                dtypes: SmallVec::from_iter([wide(a), wide(b)]),
            }))
        }
        _ => None,
    }
}

/// An array beside a string, `None` or the like: equality is one truth for every element.
fn beside_others(e: &Elementwise, xs: &[Value]) -> Option<Choice> {
    let other = |v: &Value| matches!(v, Value::None | Value::Str(_) | Value::Func(_) | Value::Ellipsis);
    match xs {
        [Value::Array(_) | Value::Scalar(_), y] if other(y) => constant_order(e, &Value::Int(0), y),
        [x, Value::Array(_) | Value::Scalar(_)] if other(x) => constant_order(e, x, &Value::Int(0)),
        [x, y] if other(x) || other(y) => constant_order(e, x, y),
        _ => None,
    }
}

/// The truth for every element, as zero compares so.
fn constant_order(e: &Elementwise, x: &Value, y: &Value) -> Option<Choice> {
    match e.plain {
        Plain::Binary(f) => match f(x, y) {
            Some(Ok(Value::Bool(truth))) => Some(Choice::Constant(truth)),
            _ => None,
        },
        _ => None,
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
    filled(truth, &shape).map(Value::Array)
}

/// An array of one truth.
pub(super) fn filled(truth: bool, shape: &[usize]) -> Result<Array, Fault> {
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
    (chosen.run)(&blocks, out.block_mut());
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

/// Small contiguous arrays of the loop's dtype, and scalars.
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
    let most = if xs.iter_mut().any(gives) { exec::SMALL } else { exec::MIDDLE };
    let ones = ones(chosen, host, xs);
    let mut operands: SmallVec<[Small<'_>; 3]> = SmallVec::new();
    for (x, one) in xs.iter().zip(&ones) {
        operands.push(match (x, one) {
            (Value::Array(a), _) if a.ndim() > 0 => Small::Array(a),
            (_, Some(one)) => Small::One(one),
            _ => return None,
        });
    }
    let result = exec::small(chosen.run, chosen.check, dtype, chosen.out, &operands, most)?;
    Some(result.map_err(Fault::from).and_then(|(array, flags)| {
        tell(prim.name, host, flags, array.shape())?;
        Ok(Value::Array(array))
    }))
}

/// Plain floats that are too large for float32 overflow when they join it.
fn tell_narrowed(chosen: &Chosen, host: &mut dyn Host, xs: &[Value]) {
    let narrow = |(x, d): (&Value, &DType)| matches!(x, Value::Float(v) if d.to_real() == DType::F32 && v.is_finite() && (*v as f32).is_infinite());
    if xs.iter().zip(&chosen.dtypes).any(narrow) {
        warn("cast", host, Flags { overflow: true, ..Flags::NONE });
    }
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

/// Tells the host of the conditions that a function met, in NumPy's words.
pub fn warn(name: &str, host: &mut dyn Host, flags: Flags) {
    if flags.any() {
        warnings(name, flags).for_each(|w| host.warn(w));
    }
}

/// As [`warn`], integers that wrapped included: `shape` is that of the result.
fn tell(name: &str, host: &mut dyn Host, flags: Flags, shape: &[usize]) -> Result<(), Fault> {
    if flags.any() {
        warn(name, host, flags);
        if flags.wrapped {
            host.warn(overflow::heed(name, Some(shape))?);
        }
    }
    Ok(())
}

/// As `tell`, of an operation that stands elsewhere in the text. A plan has left where integers
/// wrapped; `shape` if its place is of the result.
pub fn warn_origin(
    origin: Origin,
    host: &mut dyn Host,
    flags: Flags,
    shape: Option<&[usize]>,
) -> Result<(), Fault> {
    if flags.any() {
        warnings(origin.name, flags).for_each(|w| host.warn_at(origin.span, w));
        if flags.wrapped {
            host.warn_at(origin.span, overflow::heed(origin.name, shape)?);
        }
    }
    Ok(())
}

fn warnings(name: &str, flags: Flags) -> impl Iterator<Item = Warning> + use<'_> {
    [(flags.divide, "divide by zero"), (flags.overflow, "overflow"), (flags.invalid, "invalid value")]
        .into_iter()
        .filter(|(on, _)| *on)
        .map(move |(_, what)| Warning {
            category: "RuntimeWarning",
            text: format!("{what} encountered in {name}"),
            detail: String::new(),
        })
}

fn warn_all(prim: &Prim, host: &mut dyn Host, met: &exec::Conditions) -> Result<(), Fault> {
    warn("cast", host, met.cast);
    for (i, flags) in met.instructions.iter().enumerate() {
        warn(prim.name, host, *flags);
        if flags.wrapped {
            let shape = met.leave_spot(i);
            host.warn(overflow::heed(prim.name, shape)?);
        }
    }
    Ok(())
}

/// NumPy's `casting=`.
#[derive(Clone, Copy, PartialEq)]
enum Casting {
    No,
    Safe,
    SameKind,
    Unsafe,
}

impl Casting {
    fn parse(args: &Args, i: usize) -> Result<Casting, Fault> {
        match args.str(i)? {
            "no" | "equiv" => Ok(Casting::No),
            "safe" => Ok(Casting::Safe),
            "same_kind" => Ok(Casting::SameKind),
            "unsafe" => Ok(Casting::Unsafe),
            _ => Err(args.wrong(i, "one of 'no', 'equiv', 'safe', 'same_kind', 'unsafe'")),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Casting::No => "no",
            Casting::Safe => "safe",
            Casting::SameKind => "same_kind",
            Casting::Unsafe => "unsafe",
        }
    }

    fn check(self, from: DType, to: DType) -> Result<(), Fault> {
        let allowed = match self {
            Casting::No => from == to,
            Casting::Safe => promote(from, to) == to,
            Casting::SameKind => same_kind(from, to),
            Casting::Unsafe => true,
        };
        if allowed { Ok(()) } else { Err(CastError::Rule { from, to, rule: self.name() }.into()) }
    }
}

/// NumPy's `can_cast(from, to, "same_kind")`.
pub fn same_kind(from: DType, to: DType) -> bool {
    promote(from, to) == to || (from.kind() <= to.kind() && !(from.is_signed_int() && to.is_unsigned()))
}

/// The whole call, with keywords.
pub fn call(
    prim: &'static Prim,
    e: &Elementwise,
    host: &mut dyn Host,
    args: CallArgs,
    defer: Defer,
) -> Result<Value, Fault> {
    if args.keyword.is_empty() && args.positional.len() == e.arity {
        let small = match &args.positional[..] {
            [x] => small(prim, e, host, [x, &Value::None]),
            [x, y] => small(prim, e, host, [x, y]),
            _ => None,
        };
        if let Some(result) = small {
            return result;
        }
        // By name, plain numbers give typed scalars, as NumPy's functions do.
        return apply(prim, e, host, args.positional.into_iter().collect(), defer);
    }
    // Augmented assignment comes so.
    if let [(key, Value::Array(out))] = &args.keyword[..]
        && &**key == "out"
        && args.positional.len() == e.arity
    {
        return invoke(prim, host, &args.positional, Some(out.clone()));
    }
    let args = Args::bind(prim, args)?;
    let k = e.arity;
    let xs = numbers(prim, (0..k).map(|i| args.value(i)).collect())?;
    let keywords = Keywords {
        out: out_argument(&args, k)?,
        mask: mask_argument(&args, k + 1)?,
        casting: Casting::parse(&args, k + 2)?,
        order: order_argument(&args, k + 3)?,
        dtype: args.opt_dtype(k + 4)?,
    };
    full(prim, e, host, xs, keywords)
}

/// What a call's keywords say.
#[derive(Clone)]
struct Keywords {
    out: Option<Array>,
    mask: Option<Array>,
    casting: Casting,
    order: Option<Order>,
    dtype: Option<DType>,
}

fn out_argument(args: &Args, i: usize) -> Result<Option<Array>, Fault> {
    match args.get(i) {
        None | Some(Value::None) => Ok(None),
        Some(Value::Array(a)) => Ok(Some(a.clone())),
        Some(Value::Tuple(t)) => match &t.items[..] {
            [Value::Array(a)] => Ok(Some(a.clone())),
            [Value::None] => Ok(None),
            _ => Err(args.wrong(i, "an array")),
        },
        _ => Err(args.wrong(i, "an array")),
    }
}

fn mask_argument(args: &Args, i: usize) -> Result<Option<Array>, Fault> {
    if matches!(args.get(i), Some(Value::Bool(true)) | None) {
        return Ok(None);
    }
    let mask = args.array(i)?;
    if mask.dtype() != DType::Bool {
        return Err(CastError::Rule { from: mask.dtype(), to: DType::Bool, rule: "safe" }.into());
    }
    Ok(Some(mask))
}

fn order_argument(args: &Args, i: usize) -> Result<Option<Order>, Fault> {
    match args.str(i)? {
        "C" => Ok(Some(Order::C)),
        "F" => Ok(Some(Order::F)),
        "K" | "A" => Ok(None),
        _ => Err(args.wrong(i, "one of 'C', 'F', 'A', 'K'")),
    }
}

/// Applies a row to operands, into `out` if there is one. Plain numbers are weak, results typed.
pub fn invoke(
    prim: &'static Prim,
    host: &mut dyn Host,
    xs: &[Value],
    out: Option<Array>,
) -> Result<Value, Fault> {
    let Some(e) = prim.elementwise() else { return Err(Fault::NotYet { name: prim.name.into() }) };
    let xs: Operands = xs.iter().cloned().collect();
    if out.is_none() {
        return apply(prim, e, host, xs, Defer::Now);
    }
    let xs = numbers(prim, xs)?;
    full(
        prim,
        e,
        host,
        xs,
        Keywords { out, mask: None, casting: Casting::SameKind, order: None, dtype: None },
    )
}

/// Writes `f(target, value)` through the target's view, as augmented assignment does.
pub fn update(prim: &'static Prim, host: &mut dyn Host, target: &Array, value: Value) -> Result<(), Fault> {
    invoke(prim, host, &[Value::Array(target.clone()), value], Some(target.clone())).map(drop)
}

/// Applies a kernel to operands of one dtype, which are cast to it.
pub fn direct(
    name: &str,
    host: &mut dyn Host,
    xs: &[Value],
    dtype: DType,
    out: DType,
    run: KernelFn,
    check: Option<Check>,
) -> Result<Value, Fault> {
    let flat = all_flat(xs);
    let origin = Origin { name: "", span: Span::default() };
    let plan = Plan::single(run, check, dtype, xs.len(), out, origin);
    let (array, met) = exec::map(&plan, inputs(xs.iter().cloned().collect()), Target::Fresh(None))?;
    met.instructions.iter().for_each(|f| warn(name, host, *f));
    Ok(finish(array, flat))
}

fn full(
    prim: &'static Prim,
    e: &Elementwise,
    host: &mut dyn Host,
    xs: Operands,
    k: Keywords,
) -> Result<Value, Fault> {
    let choice = match k.dtype {
        Some(dtype) => Choice::Loop(by_output(prim, e, &xs, dtype)?),
        None => choose(prim, e, &xs)?,
    };
    let chosen = match choice {
        Choice::Loop(chosen) => chosen,
        Choice::Constant(truth) => {
            // The general way writes it: a loop that ignores its operands.
            let run: KernelFn = if truth {
                |_, o| o.typed::<bool>().fill(true)
            } else {
                |_, o| o.typed::<bool>().fill(false)
            };
            let dtypes = xs.iter().filter_map(|x| x.operand().map(|o| result_dtype(&[o]))).collect();
            Chosen { run, out: DType::Bool, check: None, carries: 0, link: None, dtypes }
        }
    };
    if k.dtype.is_some() {
        for (x, to) in xs.iter().zip(&chosen.dtypes) {
            if let Some(Operand::Typed(from)) = x.operand() {
                k.casting.check(from, *to)?;
            }
        }
    }
    if let Some(out) = &k.out {
        k.casting.check(chosen.out, out.dtype())?;
    }
    if let Some(mask) = &k.mask {
        let mut xs = xs;
        settle(host, &mut xs)?;
        return masked(prim, host, xs, &chosen, mask, &k);
    }
    if let Some(out) = &k.out
        && xs.iter().any(|x| matches!(x, Value::Deferred(_)))
    {
        let kernel = chosen.kernel(prim, host);
        let expr = deferred::join(host, kernel, xs)?;
        return deferred::compute(host, expr, Target::Into(out.clone())).map(Value::Array);
    }
    let mut xs = xs;
    settle(host, &mut xs)?;
    let flat = all_flat(&xs) && k.out.is_none();
    // What may be refused at the end is not written over what has a name.
    let aside = k.out.as_ref().filter(|_| overflow::mode() == Mode::Error && chosen.out.is_signed_int());
    if let Some(out) = aside {
        let (array, met) = exec::map(&chosen.plan(), inputs(xs), Target::Fresh(None))?;
        warn_all(prim, host, &met)?;
        exec::assign(out, &array)?;
        return Ok(Value::Array(out.clone()));
    }
    let target = k.out.map_or(Target::Fresh(k.order), Target::Into);
    let (array, met) = exec::map(&chosen.plan(), inputs(xs), target)?;
    warn_all(prim, host, &met)?;
    Ok(finish(array, flat))
}

/// `dtype=` names the result's dtype: the loop that gives it.
fn by_output(prim: &Prim, e: &Elementwise, xs: &[Value], dtype: DType) -> Result<Chosen, Fault> {
    let kinds: SmallVec<[Operand; 3]> = xs.iter().filter_map(Value::operand).collect();
    let common = result_dtype(&kinds);
    let exact = e.loops.iter().find(|l| l.out == dtype && l.dtype == common);
    let Some(l) = exact.or_else(|| e.loops.iter().find(|l| l.out == dtype)) else {
        return Err(no_loop(prim, &kinds, None));
    };
    fit(&kinds, l.dtype)?;
    guard(prim, e, xs, l.dtype)?;
    let dtypes = SmallVec::from_elem(l.dtype, xs.len());
    let (run, check) = overflow::watched(e, l);
    Ok(Chosen { run, out: l.out, check, carries: e.carries, link: None, dtypes })
}

/// `where=`: only the chosen elements are computed and written, so that only they can warn.
fn masked(
    prim: &'static Prim,
    host: &mut dyn Host,
    xs: Operands,
    chosen: &Chosen,
    mask: &Array,
    k: &Keywords,
) -> Result<Value, Fault> {
    let (array, met) = exec::map_where(&chosen.plan(), inputs(xs), mask, k.out.clone())?;
    warn_all(prim, host, &met)?;
    Ok(finish(array, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prim::{dyadic, monadic, table};
    use std::any::Any;

    #[derive(Default)]
    struct Ear(Vec<String>);

    impl Host for Ear {
        fn print(&mut self, _: &str) {}
        fn warn(&mut self, w: Warning) {
            self.0.push(w.text);
        }
        fn as_any_mut(&mut self) -> &mut dyn Any {
            self
        }
    }

    fn vector<T: crate::dtype::Element>(xs: &[T]) -> Value {
        Value::Array(Array::from_slice(xs, &[xs.len()]).unwrap())
    }

    fn two(name: &str, x: Value, y: Value) -> (Result<Value, Fault>, Vec<String>) {
        let mut ear = Ear::default();
        let result = dyadic(table().bare(name).unwrap(), &mut ear, x, y);
        (result, ear.0)
    }

    fn slice<T: crate::dtype::Element>(v: Result<Value, Fault>) -> Vec<T> {
        match v.unwrap() {
            Value::Array(a) => a.as_slice::<T>().expect("dtype").to_vec(),
            _ => panic!("not an array"),
        }
    }

    #[test]
    fn weak_integers_keep_the_dtype_and_must_fit() {
        let (sum, _) = two("add", vector(&[1i8, 127]), Value::Int(1));
        assert_eq!(slice::<i8>(sum), [2, -128]);
        let (bad, _) = two("add", vector(&[1i8]), Value::Int(300));
        assert!(matches!(bad, Err(Fault::Promote(PromoteError::OutOfBounds { value: 300, .. }))));
        let (less, _) = two("less", vector(&[1u8, 255]), Value::Int(300));
        assert_eq!(slice::<bool>(less), [true, true]);
        let (mixed, _) = two("less", vector(&[i64::MAX]), vector(&[u64::MAX]));
        assert_eq!(slice::<bool>(mixed), [true]);
    }

    #[test]
    fn divisions_by_zero_warn_as_numpy_does() {
        let (q, told) = two("divide", vector(&[1.0, 0.0]), vector(&[0.0, 0.0]));
        let q = slice::<f64>(q);
        assert!(q[0].is_infinite() && q[1].is_nan());
        assert_eq!(told, ["divide by zero encountered in divide", "invalid value encountered in divide"]);
        let (q, told) = two("divide", vector(&[f64::NAN]), Value::Float(0.0));
        assert!(slice::<f64>(q)[0].is_nan() && told.is_empty());
    }

    #[test]
    fn scalars_stay_scalars_and_plain_stays_plain() {
        assert!(matches!(two("divide", Value::Int(1), Value::Int(2)).0, Ok(Value::Float(0.5))));
        let typed = two("add", Value::Scalar(Scalar::I8(1)), Value::Int(1)).0;
        assert!(matches!(typed, Ok(Value::Scalar(Scalar::I8(2)))));
        let over = two("multiply", Value::Int(i64::MAX), Value::Int(2)).0;
        assert!(matches!(over, Err(Fault::IntegerOverflow { .. })));
    }

    #[test]
    fn temporaries_give_their_buffer() {
        let mut ear = Ear::default();
        let row = table().bare("negative").unwrap();
        let big = Array::from_slice(&vec![1.5f64; 5000], &[5000]).unwrap();
        let kept = big.clone();
        let fresh = monadic(row, &mut ear, Value::Array(big)).unwrap();
        let Value::Array(fresh) = fresh else { panic!() };
        assert!(!fresh.same_buffer(&kept));
        let address = fresh.storage::<f64>().as_ptr();
        let Value::Array(again) = monadic(row, &mut ear, Value::Array(fresh)).unwrap() else { panic!() };
        assert_eq!(again.storage::<f64>().as_ptr(), address);
        assert!(again.as_slice::<f64>().unwrap().iter().all(|&x| x == 1.5));
    }
}

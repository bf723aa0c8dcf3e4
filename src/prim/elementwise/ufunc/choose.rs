//! Which loop of a row runs: NumPy's promotion, comparisons that promotion would make inexact, and what a
//! row refuses. Takes operands, gives the kernel and the dtype of each operand, or the fault.

use super::Operands;
use crate::dtype::{DType, Kind, Operand, PromoteError, Scalar, cast_scalar, promote, result_dtype};
use crate::exec::{Kernel, Origin, Plan, weight};
use crate::kernel::chain::Link;
use crate::kernel::{Check, KernelFn};
use crate::prim::elementwise::overflow;
use crate::prim::row::{Elementwise, Loop, Plain, Rule};
use crate::prim::{Prim, convert};
use crate::syntax::Span;
use crate::value::{Fault, Host, Value};
use smallvec::SmallVec;

/// The loop of a dtype; rows list theirs in the order of dtypes, mostly without gaps.
#[inline]
pub(super) fn loop_of(loops: &'static [Loop], dtype: DType) -> Option<&'static Loop> {
    let first = loops.first()?.dtype as usize;
    match loops.get((dtype as usize).wrapping_sub(first)) {
        Some(l) if l.dtype == dtype => Some(l),
        _ => loops.iter().find(|l| l.dtype == dtype),
    }
}

/// The kernel that runs, and the dtype of each operand.
pub(in crate::prim::elementwise) struct Chosen {
    pub run: KernelFn,
    pub out: DType,
    pub check: Option<Check>,
    pub carries: u8,
    pub link: Option<Link>,
    pub dtypes: SmallVec<[DType; 3]>,
}

impl Chosen {
    pub fn plan(&self) -> Plan {
        let origin = Origin { name: "", span: Span::default() };
        let mut plan =
            Plan::single(self.run, self.check, self.dtypes[0], self.dtypes.len(), self.out, origin);
        plan.inputs = self.dtypes.clone();
        for step in &mut plan.instructions {
            (step.carries, step.link) = (self.carries, self.link);
            step.weight = self.weight();
        }
        plan
    }

    /// What it costs: see [`weight`].
    pub fn weight(&self) -> u8 {
        weight(self.link, self.check, self.dtypes[0])
    }

    /// As a step of a longer plan.
    pub fn kernel(self, prim: &Prim, host: &dyn Host) -> Kernel {
        self.kernel_at(prim, host.here())
    }

    pub fn kernel_at(self, prim: &Prim, span: Span) -> Kernel {
        let origin = Origin { name: prim.name, span };
        let Chosen { run, check, carries, link, out, dtypes } = self;
        Kernel { run, check, carries, link, out, dtypes, origin }
    }

    /// The dtype that all operands share, if they do.
    pub fn uniform(&self) -> Option<DType> {
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

pub(in crate::prim::elementwise) enum Choice {
    Loop(Chosen),
    /// A comparison with a plain integer outside the other operand's range: one truth for all.
    Constant(bool),
}

/// Numbers and arrays stay; sequences become arrays; anything else is refused.
pub(super) fn numbers(prim: &Prim, mut xs: Operands) -> Result<Operands, Fault> {
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

pub(super) fn refuse_types(prim: &Prim, xs: &[Value]) -> Fault {
    // The operator as the user wrote it, where there is one.
    let ascii = prim.glyphs.iter().find(|g| g.text.is_ascii()).or(prim.glyphs.first());
    let op = ascii.map_or(prim.name, |g| g.text);
    Fault::Operands { op: op.into(), types: xs.iter().map(|x| x.type_name().to_string()).collect() }
}

/// The loop for these operands: NumPy's promotion, weak plain numbers, then the first loop in row
/// order that safely holds the common dtype.
pub(in crate::prim::elementwise) fn choose(
    prim: &Prim,
    e: &Elementwise,
    xs: &[Value],
) -> Result<Choice, Fault> {
    let mut kinds: SmallVec<[Operand; 3]> = xs.iter().filter_map(Value::operand).collect();
    if e.rule == Rule::Compare
        && let Some(choice) = compare_specially(e, xs, &kinds)
    {
        return Ok(choice);
    }
    let mut common = result_dtype(&kinds);
    if e.rule == Rule::IntsToF64 && !common.is_inexact() && !e.exact.is_some_and(|exact| exact(xs)) {
        common = DType::F64;
    }
    if e.rule == Rule::Truths && fit(&kinds, common).is_err() {
        kinds.retain(|k| !matches!(k, Operand::Int(_)));
        kinds.push(Operand::Typed(DType::I64));
        common = result_dtype(&kinds);
    }
    if let Some((_, help)) = e.refuse.iter().find(|(dtypes, _)| dtypes.contains(&common)) {
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
        link: link(e, xs, l.dtype),
        dtypes: SmallVec::from_elem(l.dtype, xs.len()),
    }))
}

/// What the call is in a chain: of powers it depends on the exponent, of remainders on the divisor.
pub(super) fn link(e: &Elementwise, xs: &[Value], dtype: DType) -> Option<Link> {
    match e.link? {
        Link::Power => Link::power(xs.get(1)?.scalar().and_then(|s| s.as_f64())?),
        Link::Remainder => Link::remainder(dtype, xs.get(1)?.scalar()?),
        link => Some(link),
    }
}

/// The loop of the common dtype; else the first that safely holds every operand (plain numbers bring
/// what they have in common with the others).
pub(super) fn find<'a>(loops: &'a [Loop], common: DType, kinds: &[Operand]) -> Option<&'a Loop> {
    let holds = |l: &&Loop, from: DType| promote(from, l.dtype) == l.dtype;
    let each = |l: &&Loop| {
        kinds.iter().all(|k| match k {
            Operand::Typed(d) => holds(l, *d),
            _ => holds(l, common),
        })
    };
    loops.iter().find(|l| l.dtype == common).or_else(|| loops.iter().find(each))
}

pub(super) fn no_loop(prim: &Prim, kinds: &[Operand], help: Option<&'static str>) -> Fault {
    let dtypes = kinds.iter().map(|k| result_dtype(&[*k])).collect();
    Fault::NoLoop { func: prim.name.into(), dtypes, help }
}

/// Plain integers must fit an integer loop.
pub(super) fn fit(kinds: &[Operand], dtype: DType) -> Result<(), Fault> {
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

pub(super) fn guard(prim: &Prim, e: &Elementwise, xs: &[Value], dtype: DType) -> Result<(), Fault> {
    let Some(guard) = e.guard else { return Ok(()) };
    guard(xs, dtype).map_err(|reason| Fault::Value { func: prim.name.into(), reason: reason.into() })
}

/// Whether an integer dtype holds a value; other dtypes take any.
pub(super) fn holds(dtype: DType, value: i64) -> bool {
    !dtype.is_int() || cast_scalar(Scalar::I64(value), dtype).as_i128() == Some(value as i128)
}

/// Comparisons that promotion would make inexact: plain integers out of range, int64 with uint64.
pub(super) fn compare_specially(e: &Elementwise, xs: &[Value], kinds: &[Operand]) -> Option<Choice> {
    match *kinds {
        [Operand::Typed(d), Operand::Int(n)] if d.is_int() && !holds(d, n) => {
            constant_order(e, &Value::Int(0), &xs[1])
        }
        [Operand::Int(n), Operand::Typed(d)] if d.is_int() && !holds(d, n) => {
            constant_order(e, &xs[0], &Value::Int(0))
        }
        [Operand::Typed(a), Operand::Typed(b)]
            if a.is_int() && b.is_int() && promote(a, b).kind() == Kind::Float =>
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
pub(super) fn beside_others(e: &Elementwise, xs: &[Value]) -> Option<Choice> {
    let other = |v: &Value| matches!(v, Value::None | Value::Str(_) | Value::Func(_) | Value::Ellipsis);
    match xs {
        [Value::Array(_) | Value::Scalar(_), y] if other(y) => constant_order(e, &Value::Int(0), y),
        [x, Value::Array(_) | Value::Scalar(_)] if other(x) => constant_order(e, x, &Value::Int(0)),
        [x, y] if other(x) || other(y) => constant_order(e, x, y),
        _ => None,
    }
}

/// The truth for every element, as zero compares so.
pub(super) fn constant_order(e: &Elementwise, x: &Value, y: &Value) -> Option<Choice> {
    match e.plain {
        Plain::Binary(f) => match f(x, y) {
            Some(Ok(Value::Bool(truth))) => Some(Choice::Constant(truth)),
            _ => None,
        },
        _ => None,
    }
}

/// `dtype=` names the result's dtype: the loop that gives it.
pub(super) fn by_output(prim: &Prim, e: &Elementwise, xs: &[Value], dtype: DType) -> Result<Chosen, Fault> {
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

//! Calls with keywords: `out`, `where`, `casting`, `order` and `dtype`; and updates in place.

use super::choose::*;
use super::warn::*;
use super::*;
use crate::dtype::CastError;
use crate::exec::tally;
use crate::prim::convert;
use crate::prim::trace;

/// NumPy's `casting=`.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Casting {
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
            [x] => small(e, [x, &Value::None]),
            [x, y] => small(e, [x, y]),
            _ => None,
        };
        if let Some((array, flags)) = small {
            tell(prim.name, host, flags, array.shape())?;
            return Ok(Value::Array(array));
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
pub(super) struct Keywords {
    out: Option<Array>,
    mask: Option<Array>,
    casting: Casting,
    order: Option<Order>,
    dtype: Option<DType>,
}

pub(super) fn out_argument(args: &Args, i: usize) -> Result<Option<Array>, Fault> {
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

pub(super) fn mask_argument(args: &Args, i: usize) -> Result<Option<Array>, Fault> {
    if matches!(args.get(i), Some(Value::Bool(true)) | None) {
        return Ok(None);
    }
    let mask = args.array(i)?;
    if mask.dtype() != DType::Bool {
        return Err(CastError::Rule { from: mask.dtype(), to: DType::Bool, rule: "safe" }.into());
    }
    Ok(Some(mask))
}

pub(super) fn order_argument(args: &Args, i: usize) -> Result<Option<Order>, Fault> {
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

/// Writes `f(target, value)` through the target's view, cast to its dtype whatever it is, as `np.f.at` does.
pub fn update(prim: &'static Prim, host: &mut dyn Host, target: &Array, value: Value) -> Result<(), Fault> {
    let Some(e) = prim.elementwise() else { return Err(Fault::NotYet { name: prim.name.into() }) };
    let xs = numbers(prim, [Value::Array(target.clone()), value].into_iter().collect())?;
    let out = Some(target.clone());
    let keywords = Keywords { out, mask: None, casting: Casting::Unsafe, order: None, dtype: None };
    full(prim, e, host, xs, keywords).map(drop)
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

pub(super) fn full(
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
    // What operands become by themselves, every other rule allows.
    if k.dtype.is_some() || k.casting == Casting::No {
        for (x, to) in xs.iter().zip(&chosen.dtypes) {
            if let Some(Operand::Typed(from)) = x.operand() {
                k.casting.check(from, *to)?;
            }
        }
    }
    if let Some(out) = &k.out {
        k.casting.check(chosen.out, out.dtype())?;
        convert::warn_complex(host, chosen.out, out.dtype());
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

/// `where=`: only the chosen elements are computed and written, so that only they can warn.
pub(super) fn masked(
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

/// `a[mask] op= y` of a mask as large as `a` and one number, in one pass over `a` where it lies. Gives `y` back,
/// with nothing done, where that would not be what the operation, and then the assignment, do.
pub fn update_chosen(
    prim: &'static Prim,
    e: &Elementwise,
    host: &mut dyn Host,
    a: &Array,
    mask: &Array,
    y: Value,
) -> Result<Option<Value>, Fault> {
    let plain = e.arity == 2 && e.shortcut.is_none() && e.guard.is_none() && e.exact.is_none();
    let alike = mask.dtype() == DType::Bool && mask.shape() == a.shape() && a.writeable() && a.ndim() > 0;
    if !plain || !alike || y.scalar().is_none() || overflow::mode() == Mode::Error {
        return Ok(Some(y));
    }
    let xs = Operands::from_iter([Value::Array(a.clone()), y]);
    let chosen = match choose(prim, e, &xs) {
        Ok(Choice::Loop(chosen)) if chosen.out == a.dtype() => chosen,
        // The operation on the elements that the mask chooses tells what is wrong.
        _ => return Ok(xs.into_iter().nth(1)),
    };
    let begun = tally::heeds_calls().then(|| trace::begin(trace::Subject::of(prim), host, xs.iter()));
    let done = exec::map_where(&chosen.plan(), inputs(xs), mask, Some(a.clone()));
    let result = done.map_err(Fault::from).and_then(|(a, met)| {
        warn_all(prim, host, &met)?;
        Ok(Value::Array(a))
    });
    match begun {
        Some(begun) => trace::end(&begun, result).map(|_| None),
        None => result.map(|_| None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::PromoteError;
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

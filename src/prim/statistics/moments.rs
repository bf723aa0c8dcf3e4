//! Means, variances, and what is built of them.

use crate::array::{Array, Order};
use crate::dtype::{DType, Kind as DKind, Scalar};
use crate::exec;
use crate::exec::sort::with_run;
use crate::kernel::{Block, BlockMut, fold, moment, select};
use crate::prim::reducing::arguments::{
    Ask, Fused, Places, brief_finite, elements, finish, folded_finite, warn,
};
use crate::prim::reducing::conditions::heed;
use crate::prim::row::{Example, Kind};
use crate::prim::{Args, Prim};
use crate::value::{Fault, Host, Value};

pub static ROWS: &[Prim] = &[
    Prim {
        name: "mean",
        method: true,
        params: "a, axis=None, dtype=None, out=None, keepdims=False, *, where=True",
        doc: "The arithmetic mean over all axes or the given ones.\n\n\
              Integers and bools are averaged in float64, floats in their own precision. The mean of \
              nothing is NaN, with a warning.",
        examples: &[
            Example { code: "np.mean([[1, 2], [3, 4]])", out: "2.5" },
            Example { code: "np.mean([[1, 2], [3, 4]], axis=0)", out: "[2. 3.]" },
            Example { code: "np.array([1, 2, 4], dtype=\"float32\").mean()", out: "2.3333333" },
        ],
        defers: 1,
        brief: Some(mean_brief),
        ravels: true,
        kind: Kind::Call(mean),
        ..Prim::NEW
    },
    Prim {
        name: "var",
        numpy_scratch: 1,
        method: true,
        params: "a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=?, correction=?",
        doc: "The variance, the mean squared deviation from the mean, over all axes or the given ones.\n\n\
              The divisor is `n - ddof` (`correction` is another name for `ddof`). `mean` spares \
              computing it again; it has the folded axes with length one.",
        examples: &[
            Example { code: "np.var([[1, 2], [3, 4]])", out: "1.25" },
            Example { code: "np.var([[1, 2], [3, 4]], axis=0)", out: "[1. 1.]" },
            Example { code: "np.var([1, 2, 3, 4], ddof=1)", out: "1.6666666666666667" },
        ],
        defers: 1,
        ravels: true,
        kind: Kind::Call(|host, args| spread(host, args, false)),
        ..Prim::NEW
    },
    Prim {
        name: "std",
        numpy_scratch: 1,
        method: true,
        params: "a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=?, correction=?",
        doc: "The standard deviation, the square root of the variance, over all axes or the given ones.\n\n\
              The divisor is `n - ddof` (`correction` is another name for `ddof`).",
        examples: &[
            Example { code: "np.std([[1, 2], [3, 4]])", out: "1.118033988749895" },
            Example { code: "np.std([[1, 2], [3, 4]], axis=1)", out: "[0.5 0.5]" },
        ],
        defers: 1,
        ravels: true,
        kind: Kind::Call(|host, args| spread(host, args, true)),
        ..Prim::NEW
    },
];

/// The dtype in which means are computed.
pub fn working(a: DType, asked: Option<DType>) -> DType {
    asked.unwrap_or(if a.kind() < DKind::Float { DType::F64 } else { a })
}

/// Elements per result: one number for all, or one each under a mask, in the results' order.
pub fn counts(ask: &Ask) -> Result<Vec<f64>, Fault> {
    if !ask.partial() {
        return Ok(vec![ask.count_each() as f64]);
    }
    let every = |_: Block<'_>, out: BlockMut<'_>| out.typed::<bool>().fill(true);
    let mut counted = ask.count(&ask.a, &every)?;
    Ok(elements(&mut counted).typed::<i64>().iter().map(|&n| n as f64).collect())
}

/// NumPy's words for a division, by whether the result is a scalar.
fn invalid(host: &mut dyn Host, scalar: bool) {
    let what = if scalar { "scalar divide" } else { "divide" };
    warn(host, format!("invalid value encountered in {what}"));
}

/// The sum divided by the counts, in `dtype`.
pub fn averaged(ask: &Ask, dtype: DType, counts: &[f64]) -> Result<Array, Fault> {
    let asked = Ask {
        dtype: Some(dtype),
        a: ask.a.clone(),
        work: ask.work.clone(),
        axes: ask.axes.clone(),
        mask: ask.mask.clone(),
        out: None,
        ..*ask
    };
    let mut sum = asked.fold(fold::SUM, "add", Some(Scalar::Bool(false)))?;
    if dtype.is_inexact() {
        moment::divide(elements(&mut sum), counts);
        return Ok(sum);
    }
    let mut wide = exec::cast_keeping(&sum, DType::F64)?;
    moment::divide(elements(&mut wide), counts);
    Ok(exec::cast_keeping(&wide, dtype)?)
}

/// Of a small array of float64.
fn mean_brief(args: &[&Value]) -> Option<Value> {
    let n = match args {
        [Value::Array(a)] if a.dtype() == DType::F64 => a.size(),
        _ => return None,
    };
    match folded_finite(args, fold::SUM, Some(Scalar::F64(0.0))) {
        Some(Scalar::F64(sum)) => Some(Value::Scalar(Scalar::F64(sum / n as f64))),
        _ => None,
    }
}

pub fn mean(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    if let (Some(Scalar::F64(sum)), Some(Value::Array(a))) =
        (brief_finite(args, fold::SUM, Some(Scalar::Bool(false))), args.get(0))
        && a.dtype() == DType::F64
    {
        return Ok(Value::Scalar(Scalar::F64(sum / a.size() as f64)));
    }
    let ask = Ask::read(args, &Places { dtype: 2, out: 3, keepdims: 4, mask: 5, ..Places::NEW })?;
    scalars_have_no_axis(args, &ask)?;
    let counts = counts(&ask)?;
    let mut result = averaged(&ask, working(ask.a.dtype(), ask.dtype), &counts)?;
    ask.tell(host)?;
    if !counts.contains(&0.0) {
        heed(host, &ask, &mut result, "reduce")?;
    }
    if counts.contains(&0.0) {
        warn(host, "Mean of empty slice");
        if result.size() > 0 {
            invalid(host, result.ndim() == 0);
        }
    }
    finish(result, ask.out)
}

/// Unlike sums, which take axis 0 of a scalar as no axis.
fn scalars_have_no_axis(args: &Args, ask: &Ask) -> Result<(), Fault> {
    args.opt_axes(1, ask.a.ndim()).map(drop)
}

/// `var`, and `std` if `root`.
pub fn spread(host: &mut dyn Host, args: &Args, root: bool) -> Result<Value, Fault> {
    let ask = Ask::read(args, &Places { dtype: 2, out: 3, keepdims: 5, mask: 6, ..Places::NEW })?;
    scalars_have_no_axis(args, &ask)?;
    let ddof = match args.get(8) {
        Some(_) if args.given(4) => {
            return Err(args.reason("ddof and correction can't be provided simultaneously."));
        }
        Some(_) => args.float(8)?,
        None => args.float(4)?,
    };
    let given = args.get(7).map(|_| args.array(7)).transpose()?;
    let mut result = variance(host, &ask, ddof, given)?;
    if root {
        moment::sqrt(elements(&mut result));
    }
    finish(result, ask.out)
}

/// The variance of `ask.a`, around a mean given with the folded axes kept.
pub fn variance(host: &mut dyn Host, ask: &Ask, ddof: f64, given: Option<Array>) -> Result<Array, Fault> {
    let counts = counts(ask)?;
    let dtype = working(ask.a.dtype(), ask.dtype);
    let divisors: Vec<f64> = counts.iter().map(|n| (n - ddof).max(0.0)).collect();
    let empty = divisors.contains(&0.0);
    if empty {
        warn(host, "Degrees of freedom <= 0 for slice");
    }
    let centre = match given {
        Some(mean) => exec::in_dtype(&mean, dtype)?,
        None => {
            if counts.contains(&0.0) {
                invalid(host, false);
            }
            let kept = Ask {
                keepdims: true,
                a: ask.a.clone(),
                work: ask.work.clone(),
                axes: ask.axes.clone(),
                mask: ask.mask.clone(),
                out: None,
                ..*ask
            };
            let mut mean = averaged(&kept, dtype, &counts)?;
            ask.tell(host)?;
            if !counts.contains(&0.0) {
                heed(host, &kept, &mut mean, "reduce")?;
            }
            mean
        }
    };
    let mut result = deviations(ask, &centre, dtype)?;
    heed_deviations(host, ask, &centre, &mut result)?;
    if empty {
        tell_division(host, &result, &divisors)?;
    }
    moment::divide(elements(&mut result), &divisors);
    Ok(result)
}

/// Warns of sums that are divided by zero degrees of freedom.
fn tell_division(host: &mut dyn Host, sums: &Array, divisors: &[f64]) -> Result<(), Fault> {
    let wide = exec::cast(sums, DType::F64, Order::C)?;
    let of = |i: usize| divisors.get(i).or(divisors.first());
    let sums: Vec<f64> = wide.as_slice::<f64>().unwrap_or_default().to_vec();
    let divided = || sums.iter().enumerate().filter(|(i, _)| of(*i) == Some(&0.0)).map(|(_, x)| *x);
    let what = if wide.ndim() == 0 { "scalar divide" } else { "divide" };
    if divided().any(|x| x != 0.0 && x.is_finite()) {
        warn(host, format!("divide by zero encountered in {what}"));
    }
    if divided().any(|x| x == 0.0) {
        warn(host, format!("invalid value encountered in {what}"));
    }
    Ok(())
}

/// Elements from which a plan of deviations pays.
const PLANNED: usize = 1 << 12;

/// The sums of squared deviations from `centre`, which broadcasts to the shape of `a`.
fn deviations(ask: &Ask, centre: &Array, dtype: DType) -> Result<Array, Fault> {
    let real = if dtype.is_inexact() { dtype.to_real() } else { DType::F64 };
    let none = || Fault::NoLoop { func: "var".into(), dtypes: vec![dtype], help: None };
    let table = fold::find(fold::SUM, real, Some(real)).ok_or_else(none)?;
    let complex = ask.a.dtype().is_complex() || dtype.is_complex();
    let within = if dtype.is_inexact() { dtype } else { DType::F64 };
    if let Some(work) = &ask.work {
        let taken = if complex { dtype } else { ask.a.dtype() };
        let centre = exec::in_dtype(centre, within)?;
        let squares = work.deviations(centre, [taken, within], real)?;
        return squares.fold(ask, table, Some(Scalar::Bool(false)), None);
    }
    let source = match complex {
        true => exec::in_dtype(&ask.a, dtype)?,
        false => ask.a.clone(),
    };
    let centre = exec::in_dtype(centre, within)?;
    let plain = ask.mask.is_none() && !ask.skip_nan && source.dtype() == real && within == real;
    if plain {
        let (axes, keepdims) = (&ask.axes[..], ask.keepdims);
        if let Some(sums) = exec::row_deviations(&source, &centre, axes, keepdims)? {
            return Ok(sums);
        }
        if let Some(sums) = exec::column_deviations(&source, &centre, axes, keepdims)? {
            return Ok(sums);
        }
    }
    if plain && source.size() >= PLANNED {
        let squares = Fused::of(source).deviations(centre, [real; 2], real)?;
        return squares.fold(ask, table, Some(Scalar::Bool(false)), None);
    }
    let mut operands = vec![source, centre.broadcast_to(ask.a.shape())?];
    operands.extend(ask.mask.clone());
    let skip_nan = ask.skip_nan;
    let map = |b: &[Block<'_>], mut out: BlockMut<'_>| {
        moment::squared_deviation(b[0], b[1], out.reborrow());
        if skip_nan {
            select::zero_nan(b[0], out.reborrow());
        }
        if let Some(&mask) = b.get(2) {
            select::blank(mask, Scalar::Bool(false), out);
        }
    };
    ask.run(table, &operands, Some(&map), Some(Scalar::Bool(false)))
}

/// Warns where a mean that is a number gives deviations that are not: an infinite one is subtracted
/// from itself, or squares overflow.
fn heed_deviations(host: &mut dyn Host, ask: &Ask, centre: &Array, result: &mut Array) -> Result<(), Fault> {
    let mut told = Words(Vec::new());
    heed(&mut told, ask, result, "")?;
    let known = exec::copy(centre, Order::C)?;
    let mean_is_nan = {
        let mut ok = vec![true; known.size()];
        if !ok.is_empty() {
            with_run(&known, |run| select::not_nan(run, BlockMut::new(&mut ok)));
        }
        ok.contains(&false)
    };
    for text in told.0 {
        if text.starts_with("overflow") {
            warn(host, "overflow encountered in square");
        } else if !mean_is_nan {
            warn(host, "invalid value encountered in subtract");
        }
    }
    Ok(())
}

/// Collects warnings' texts.
struct Words(Vec<String>);

impl Host for Words {
    fn print(&mut self, _: &str) {}
    fn warn(&mut self, warning: crate::value::Warning) {
        self.0.push(warning.text);
    }
    fn as_any_mut(&mut self) -> &mut dyn std::any::Any {
        self
    }
}

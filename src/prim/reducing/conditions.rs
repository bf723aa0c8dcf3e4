//! The floating-point warnings of reductions and scans. NumPy reads the processor's flags; here the
//! result tells: an infinity without one among the elements overflowed, a NaN without one is
//! invalid. Elements are looked at again only when a result is not finite.

use crate::array::Array;
use crate::dtype::DType;
use crate::exec;
use crate::exec::sort::with_run;
use crate::kernel::overflow as spots;
use crate::kernel::{Block, BlockMut, Flags, select};
use crate::prim::elementwise::overflow::{self, Mode};
use crate::prim::reducing::arguments::{Ask, elements, warn};
use crate::value::{Fault, Host};

/// What is not finite in a contiguous run: whether each element is NaN, whether it is infinite.
fn odd(run: Block<'_>) -> (Vec<bool>, Vec<bool>) {
    let (mut nan, mut inf) = (vec![false; run.len()], vec![false; run.len()]);
    if !run.is_empty() {
        select::not_nan(run, BlockMut::new(&mut nan));
        nan.iter_mut().for_each(|n| *n = !*n);
        select::infinite(run, BlockMut::new(&mut inf));
    }
    (nan, inf)
}

fn tell(host: &mut dyn Host, overflow: bool, invalid: bool, verb: &str) {
    if overflow {
        warn(host, format!("overflow encountered in {verb}"));
    }
    if invalid {
        warn(host, format!("invalid value encountered in {verb}"));
    }
}

/// Warns of what a reduction of `ask.a`, which gave the fresh `result`, met.
pub fn heed(host: &mut dyn Host, ask: &Ask, result: &mut Array, verb: &str) -> Result<(), Fault> {
    if !result.dtype().is_inexact() || !ask.a.dtype().is_inexact() {
        return Ok(());
    }
    if select::all_finite(elements(result).as_block()) {
        return Ok(());
    }
    let (nan, inf) = odd(elements(result).as_block());
    let is_nan = |b: Block<'_>, mut out: BlockMut<'_>| {
        select::not_nan(b, out.reborrow());
        out.typed::<bool>().iter_mut().for_each(|n| *n = !*n);
    };
    // Counted in the memory order of the result.
    let mut nans = ask.count(&ask.a, &is_nan)?;
    let mut infs = ask.count(&ask.a, &select::infinite)?;
    let (nans, infs) = (elements(&mut nans).typed::<i64>(), elements(&mut infs).typed::<i64>());
    let invalid = nan.iter().zip(&*nans).any(|(r, n)| *r && *n == 0);
    let overflow = inf.iter().zip(&*nans).zip(&*infs).any(|((r, n), i)| *r && *n == 0 && *i == 0);
    tell(host, overflow, invalid, verb);
    Ok(())
}

/// Warns of a product of signed integers along axes that does not fit the dtype it is made in.
/// `prefixes`: so does every product on the way.
pub fn heed_product(
    host: &mut dyn Host,
    name: &str,
    a: &Array,
    axes: &[usize],
    dtype: DType,
    prefixes: bool,
) -> Result<(), Fault> {
    if !dtype.is_signed_int() || !a.dtype().is_signed_int() || overflow::mode() == Mode::Wrap || a.size() == 0
    {
        return Ok(());
    }
    let whole = axes.len() == a.ndim();
    let kept = (0..a.ndim()).filter(|k| !axes.contains(k));
    let order: Vec<usize> = kept.chain(axes.iter().copied()).collect();
    let of = |all: &[usize]| order.iter().map(|&k| all[k]).collect::<Vec<_>>();
    let strides: Vec<isize> = order.iter().map(|&k| a.strides()[k]).collect();
    let lanes = exec::contiguous(&a.view(&of(a.shape()), &strides, a.offset()))?;
    let length: usize = axes.iter().map(|&k| a.shape()[k]).product();
    macro_rules! first {
        ($t:ty) => {
            lanes.as_slice::<$t>().and_then(|xs| {
                xs.chunks_exact(length.max(1)).find_map(|lane| spots::of_product(lane, dtype, prefixes))
            })
        };
    }
    let spot = match a.dtype() {
        DType::I8 => first!(i8),
        DType::I16 => first!(i16),
        DType::I32 => first!(i32),
        _ => first!(i64),
    };
    if spot.is_some() {
        spots::leave(spot);
        host.warn(overflow::heed_step(name, "multiply", whole.then_some(a.shape()))?);
    }
    Ok(())
}

/// Warns of what a scan of `a` along an axis met. What overflowed or became NaN on the way stays
/// so to the end, so that the last results tell whether to look further.
pub fn heed_scan(host: &mut dyn Host, a: &Array, result: &Array, axis: usize) -> Result<(), Fault> {
    if !result.dtype().is_inexact() || !a.dtype().is_inexact() || result.size() == 0 {
        return Ok(());
    }
    let last =
        crate::prim::reducing::scanning::slice(result, axis, result.shape()[axis] - 1, result.shape()[axis]);
    if with_run(&exec::contiguous(&last)?, select::all_finite) {
        return Ok(());
    }
    let some = |a: &Array| -> Result<(bool, bool), Fault> {
        let (nan, inf) = with_run(&exec::contiguous(a)?, odd);
        Ok((nan.contains(&true), inf.contains(&true)))
    };
    let (nan, inf) = some(result)?;
    if nan || inf {
        let (had_nan, had_inf) = some(a)?;
        tell(host, inf && !had_inf && !had_nan, nan && !had_nan, "accumulate");
    }
    Ok(())
}

/// As [`heed_scan`], of an expression, which is computed only where there is something to tell; without an
/// axis of its elements in C order.
pub fn heed_scan_of(
    host: &mut dyn Host,
    expr: Box<exec::Expr>,
    result: &Array,
    axis: Option<usize>,
) -> Result<(), Fault> {
    let along = axis.unwrap_or(0);
    if !result.dtype().is_inexact() || !expr.dtype().is_inexact() || result.size() == 0 {
        return Ok(());
    }
    let n = result.shape()[along];
    let last = exec::contiguous(&super::scanning::slice(result, along, n - 1, n))?;
    if with_run(&last, select::all_finite) {
        return Ok(());
    }
    let (a, ..) = expr.compute(exec::Target::Fresh(None))?;
    heed_scan(host, &a, result, along)
}

/// Whether no result is zero, infinite or NaN, or all are integers: then nothing on the way to them,
/// through differences or quotients, was infinite either.
pub fn finite_and_nonzero(result: &Array) -> Result<bool, Fault> {
    if !result.dtype().is_inexact() {
        return Ok(true);
    }
    let result = exec::contiguous(result)?;
    Ok(with_run(&result, |run| select::all_finite(run) && !has_zero(run)))
}

fn has_zero(run: Block<'_>) -> bool {
    let mut truth = vec![false; run.len()];
    crate::kernel::cast::convert(run, BlockMut::new(&mut truth));
    truth.contains(&false)
}

/// What the prefixes of alternating quotients or differences of `a` along an axis met.
pub fn unsettled(result: &Array, a: &Array, axis: usize, divides: bool) -> Result<Flags, Fault> {
    let bad = |a: &Array| -> Result<(bool, bool), Fault> {
        if !a.dtype().is_inexact() {
            return Ok((false, false));
        }
        let (nan, inf) = with_run(&exec::contiguous(a)?, odd);
        Ok((nan.contains(&true), inf.contains(&true)))
    };
    let ((nan, inf), (had_nan, had_inf)) = (bad(result)?, bad(a)?);
    let after = crate::prim::reducing::scanning::slice(a, axis, 1, a.shape()[axis]);
    let zero = divides && inf && with_run(&exec::contiguous(&after)?, has_zero);
    Ok(Flags { divide: zero, overflow: inf && !had_inf && !zero, invalid: nan && !had_nan, wrapped: false })
}

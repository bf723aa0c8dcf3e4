//! The floating-point warnings of reductions and scans. NumPy reads the processor's flags; here the
//! result tells: an infinity without one among the elements overflowed, a NaN without one is
//! invalid. Elements are looked at again only when a result is not finite.

use super::reducing::{Ask, elements, warn};
use crate::array::Array;
use crate::exec;
use crate::exec::sort::with_run;
use crate::kernel::{Block, BlockMut, select};
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

/// Warns of what a scan of `a` along an axis met. What overflowed or became NaN on the way stays
/// so to the end, so that the last results tell whether to look further.
pub fn heed_scan(host: &mut dyn Host, a: &Array, result: &Array, axis: usize) -> Result<(), Fault> {
    if !result.dtype().is_inexact() || !a.dtype().is_inexact() || result.size() == 0 {
        return Ok(());
    }
    let last = super::scanning::slice(result, axis, result.shape()[axis] - 1, result.shape()[axis]);
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

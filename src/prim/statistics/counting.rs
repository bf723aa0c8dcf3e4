//! Counting by value and by bin.

use crate::array::{Array, Order};
use crate::dtype::{DType, promote};
use crate::exec;
use crate::exec::sort::search;
use crate::exec::tally::{self, Pass};
use crate::prim::reducing::arguments::deliver;
use crate::prim::row::{Example, Kind};
use crate::prim::{Args, Prim};
use crate::value::{Fault, Host, Value};

pub static ROWS: &[Prim] = &[
    Prim {
        name: "bincount",
        params: "x, weights=None, minlength=0",
        doc: "How often each of 0, 1, 2, … occurs in a 1-d array of integers that are not negative, or \
              the sums of their weights.",
        examples: &[
            Example { code: "np.bincount([0, 1, 1, 3, 2, 1, 7])", out: "[1 3 1 1 0 0 0 1]" },
            Example { code: "np.bincount([0, 1, 1], weights=[0.5, 1, 2])", out: "[0.5 3. ]" },
        ],
        kind: Kind::Call(bincount),
        ..Prim::NEW
    },
    Prim {
        name: "digitize",
        params: "x, bins, right=False",
        doc: "For each value the number of its bin, between edges that rise or fall.\n\n\
              Bin i is `bins[i-1] <= x < bins[i]`; with `right` the right edge is included instead.",
        examples: &[Example {
            code: "np.digitize([0.2, 6.4, 3.0, 1.6], [0.0, 1.0, 2.5, 4.0, 10.0])",
            out: "[1 4 3 2]",
        }],
        each: 1,
        kind: Kind::Call(digitize),
        ..Prim::NEW
    },
];

/// A 1-d array of integers that are not negative, as int64, and the greatest, if there is one.
fn naturals(args: &Args, a: &Array) -> Result<(Array, Option<usize>), Fault> {
    if a.dtype().is_inexact() && a.size() > 0 {
        let rule = "safe";
        return Err(crate::dtype::CastError::Rule { from: a.dtype(), to: DType::I64, rule }.into());
    }
    let wide = exec::contiguous(&exec::in_dtype(a, DType::I64)?)?;
    let _pass = tally::pass(|| Pass::new("check", DType::I64, 0).reads(&wide).ops(wide.size()));
    let (least, most) = exec::sort::with_run(&wide, exec::group::extremes).unzip();
    if least.is_some_and(|least| least < 0) {
        return Err(args.reason("'list' argument must have no negative elements"));
    }
    Ok((wide, most.map(|most| most as usize)))
}

fn bincount(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    if a.ndim() != 1 {
        return Err(args.misshapen(0, &a, "object too deep for desired array", &[".ravel()"]));
    }
    let (wide, most) = naturals(args, &a)?;
    let values = wide.as_slice::<i64>().unwrap_or_default();
    let least = args.int(2)?;
    if least < 0 {
        return Err(args.reason("'minlength' must not be negative"));
    }
    let n = most.map_or(0, |most| most + 1).max(least as usize);
    if args.is_none(1) {
        let mut out = Array::zeros(DType::I64, &[n])?;
        let _pass = tally::pass(|| {
            Pass::new("count", DType::I64, values.len()).reads(&wide).writes(&out).ops(values.len())
        });
        if let Some(out) = out.as_mut_slice::<i64>() {
            crate::kernel::sort::bincount(values, n, exec::threads::for_elements(values.len()), out);
        }
        return Ok(Value::Array(out));
    }
    let given = exec::contiguous(&exec::in_dtype(&args.array(1)?, DType::F64)?)?;
    let weights = given.as_slice::<f64>().unwrap_or_default();
    if weights.len() != values.len() {
        return Err(args.reason("The weights and list don't have the same length."));
    }
    let mut out = Array::zeros(DType::F64, &[n])?;
    let _pass = tally::pass(|| {
        Pass::new("count", DType::F64, 0).reads(&wide).reads(&given).writes(&out).ops(values.len())
    });
    if let Some(out) = out.as_mut_slice::<f64>() {
        values.iter().zip(weights).for_each(|(&v, &w)| out[v as usize] += w);
    }
    Ok(Value::Array(out))
}

fn digitize(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (x, bins) = (args.array(0)?, args.array(1)?);
    let right = args.flag(2)?;
    if x.dtype().is_complex() {
        return Err(args.reason("x may not be complex"));
    }
    if bins.ndim() != 1 {
        return Err(args.misshapen(1, &bins, "object of too small depth for desired array", &[".ravel()"]));
    }
    let edges = exec::cast(&bins, DType::F64, Order::C)?;
    let e = edges.as_slice::<f64>().unwrap_or_default();
    let (rising, falling) = (e.is_sorted(), e.is_sorted_by(|a, b| a >= b));
    if !rising && !falling {
        return Err(args.reason("bins must be monotonically increasing or decreasing"));
    }
    let n = bins.size();
    let common = promote(x.dtype(), bins.dtype());
    let (x, bins) = (exec::in_dtype(&x, common)?, exec::in_dtype(&bins, common)?);
    if rising {
        return Ok(deliver(search(&bins, &x, !right)?));
    }
    let backwards = bins.view(
        &[n],
        &[-bins.strides()[0]],
        (bins.offset() as isize + (n as isize - 1) * bins.strides()[0]) as usize,
    );
    let mut at = search(&backwards, &x, !right)?;
    if let Some(at) = at.as_mut_slice::<i64>() {
        at.iter_mut().for_each(|i| *i = n as i64 - *i);
    }
    Ok(deliver(at))
}

//! Statistics of samples: weighted averages, histograms, covariance and correlation.

use crate::array::{Array, Order};
use crate::dtype::{DType, promote};
use crate::exec;
use crate::exec::tally::{self, Pass};
use crate::kernel::fold;
use crate::kernel::sort::{Bins, range_of};
use crate::prim::arrays::layout::section;
use crate::prim::elementwise::numeric::step;
use crate::prim::reducing::arguments::{Ask, Places, calc, elements, finish, row, warn};
use crate::prim::reducing::scanning::raveled;
use crate::prim::row::{Example, Kind};
use crate::prim::statistics::bins;
use crate::prim::statistics::moments::{averaged, counts, working};
use crate::prim::{Args, Prim, convert, deferred};
use crate::value::{Fault, Host, Part, Value};
use smallvec::SmallVec;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "average",
        numpy_scratch: 1,
        params: "a, axis=None, weights=None, returned=False, *, keepdims=False",
        doc: "The average, weighted if `weights` are given.\n\n\
              Weights have the shape of `a`, or are 1-d along the axis. With `returned` the sum of \
              the weights is given too.",
        examples: &[
            Example { code: "np.average([1, 2, 3, 4])", out: "2.5" },
            Example { code: "np.average([1, 2, 3], weights=[3, 1, 0])", out: "1.25" },
        ],
        defers: 1,
        kind: Kind::Call(average),
        ..Prim::NEW
    },
    Prim {
        name: "histogram",
        numpy_scratch: 3,
        params: "a, bins=10, range=None, density=None, weights=None",
        doc: "How many elements fall in each bin, and the edges of the bins.\n\n\
              `bins` is a number of equal bins over `range` (by default from the least element to the \
              greatest), or the edges. Bins include their left edges, the last one its right edge too. \
              `bins` may be a rule's name, as \"auto\" or \"sqrt\". With `density` the areas of the bins sum to 1.",
        examples: &[Example {
            code: "np.histogram([1, 2, 1], bins=[0, 1, 2, 3])",
            out: "(array([0, 2, 1]), array([0, 1, 2, 3]))",
        }],
        kind: Kind::Call(histogram),
        ..Prim::NEW
    },
    Prim {
        name: "histogram_bin_edges",
        params: "a, bins=10, range=None, weights=None",
        doc: "The edges of the bins that `histogram` counts in.",
        examples: &[Example { code: "np.histogram_bin_edges([0, 1, 4], bins=4)", out: "[0. 1. 2. 3. 4.]" }],
        kind: Kind::Call(|_, args| {
            let sample = exec::contiguous(&exec::in_dtype(&raveled(&args.array(0)?)?, DType::F64)?)?;
            Ok(Value::Array(edges(args, sample.as_slice::<f64>().unwrap_or_default())?.shown))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "cov",
        numpy_scratch: 1,
        params: "m, y=None, rowvar=True, bias=False, ddof=None",
        doc: "The covariance matrix of variables that are the rows (`rowvar=False`: the columns).\n\n\
              The divisor is n - 1, with `bias` n, or n - `ddof`.",
        examples: &[Example { code: "np.cov([[0, 1, 2], [2, 1, 0]])", out: "[[ 1. -1.]\n [-1.  1.]]" }],
        kind: Kind::Call(|host, args| covariance(host, args).map(Value::Array)),
        ..Prim::NEW
    },
    Prim {
        name: "corrcoef",
        numpy_scratch: 3,
        params: "x, y=None, rowvar=True",
        doc: "The matrix of correlation coefficients of variables that are the rows (`rowvar=False`: the columns).",
        examples: &[Example { code: "np.corrcoef([[0, 1, 2], [2, 1, 0]])", out: "[[ 1. -1.]\n [-1.  1.]]" }],
        kind: Kind::Call(correlation),
        ..Prim::NEW
    },
];

fn delivered(a: Array) -> Value {
    crate::prim::reducing::arguments::deliver(a)
}

fn average(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    if let (Some(work @ Value::Deferred(_)), false) = (args.get(0), args.is_none(2)) {
        let computed = args.with(0, work.clone().settled(host)?);
        return average(host, &computed);
    }
    let mut ask = Ask::read(args, &Places { keepdims: 4, ..Places::NEW })?;
    let (result, total) = if args.is_none(2) {
        let counts = counts(&ask)?;
        let mean = averaged(&ask, working(ask.a.dtype(), None), &counts)?;
        ask.tell(host)?;
        if counts.contains(&0.0) {
            warn(host, "Mean of empty slice");
            let what = if mean.ndim() == 0 { "scalar divide" } else { "divide" };
            warn(host, format!("invalid value encountered in {what}"));
        }
        let total = exec::full(mean.shape(), crate::dtype::Scalar::F64(counts[0]))?;
        (mean.clone(), exec::in_dtype(&total, mean.dtype())?)
    } else {
        weighted(host, args, &mut ask)?
    };
    if !args.flag(3)? {
        return finish(result, None);
    }
    Ok(Value::tuple(vec![delivered(result), delivered(total)]))
}

/// The weighted average and the sum of the weights.
fn weighted(host: &mut dyn Host, args: &Args, ask: &mut Ask) -> Result<(Array, Array), Fault> {
    let w =
        crate::prim::statistics::weights::spread(args, &args.array(2)?, &ask.a, &ask.axes, args.is_none(1))?;
    let mut dtype = promote(ask.a.dtype(), w.dtype());
    if !ask.a.dtype().is_inexact() {
        dtype = promote(dtype, DType::F64);
    }
    let sum = |ask: &Ask, a: Array| {
        let of =
            Ask { a, axes: ask.axes.clone(), mask: None, work: None, out: None, dtype: Some(dtype), ..*ask };
        of.fold(crate::kernel::fold::SUM, "add", Some(crate::dtype::Scalar::Bool(false)))
    };
    // Weights of the last axis, the same in every row, are added up once.
    let last = w.ndim().saturating_sub(1);
    let same = last > 0 && ask.axes[..] == [last] && w.strides()[..last].iter().all(|&s| s == 0);
    let row = if same {
        (0..last).fold(w.clone(), |w, k| section(&w, k, 0, w.shape()[k].min(1)))
    } else {
        w.clone()
    };
    let mut total = sum(ask, row)?;
    if same {
        let shape: Vec<usize> =
            w.shape().iter().enumerate().map(|(k, &n)| if k == last { 1 } else { n }).collect();
        let shape = if ask.keepdims { &shape[..] } else { &shape[..last] };
        total = exec::copy(&total.broadcast_to(shape)?, Order::C)?;
    }
    let zero = exec::index::truths(&total)?;
    if zero.as_slice::<bool>().is_some_and(|t| t.contains(&false)) {
        return Err(Fault::ZeroDivision { op: "average (weights sum to zero, can't be normalized)".into() });
    }
    let wide = Value::Array(exec::in_dtype(&ask.a, dtype)?);
    let weights = Value::Array(exec::in_dtype(&w, dtype)?);
    let products = step(host, "multiply", SmallVec::from_iter([wide, weights]))?;
    let numerator = match deferred::expr_of(products.clone()) {
        // The products are added up as they are computed.
        Some(expr) if matches!(products, Value::Deferred(_)) => {
            let fold = fold::find(fold::SUM, dtype, Some(dtype)).ok_or_else(|| Fault::NoLoop {
                func: "add".into(),
                dtypes: vec![dtype],
                help: None,
            })?;
            let initial = Some(crate::dtype::Scalar::Bool(false));
            let (axes, keepdims) = (&ask.axes[..], ask.keepdims);
            let (result, met) = expr.fold(&exec::Folding { fold, axes, keepdims, initial, after: None })?;
            deferred::tell(host, expr.plan(), &met)?;
            result
        }
        _ => sum(ask, convert::to_array(&products)?)?,
    };
    let result = calc(host, "divide", Value::Array(numerator), Value::Array(total.clone()))?;
    Ok((convert::to_array(&result)?, total))
}

fn histogram(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let floats = |a: &Array| exec::contiguous(&exec::in_dtype(a, DType::F64)?);
    let sample = floats(&raveled(&args.array(0)?)?)?;
    let x = sample.as_slice::<f64>().unwrap_or_default();
    let weighting = match args.is_none(4) {
        true => None,
        false => Some(floats(&raveled(&args.array(4)?)?)?),
    };
    let weights = weighting.as_ref().and_then(|w| w.as_slice::<f64>());
    if weights.is_some_and(|w| w.len() != x.len()) {
        let (a, w) = (args.array(0)?, args.array(4)?);
        let parts = [Part::whole(0, "a", a.shape()), Part::whole(usize::MAX, "weights", w.shape())];
        return Err(args.lengths("weights should have the same shape as a.", parts, &[]));
    }
    let Edges { at: edges, shown, even } = edges(args, x)?;
    let bins = edges.len().saturating_sub(1);
    let mut counts = Vec::new();
    let mut sums = vec![0.0; bins];
    if bins > 0 {
        let all = Bins { edges: &edges, even };
        let _pass = tally::pass(|| {
            let threads = if weights.is_some() { 1 } else { exec::threads::for_elements(x.len()) };
            let pass = Pass::new("bin", DType::F64, 0).reads(&sample).ops(x.len()).threads(threads);
            let pass = weighting.iter().fold(pass, |pass, w| pass.reads(w));
            Pass { written: 8 * bins as u64, ..pass }
        });
        match weights {
            Some(w) => sums = all.sums(x, w, &exec::interrupt::requested),
            None => counts = all.counts(x, exec::threads::for_elements(x.len()), &exec::interrupt::requested),
        }
        if exec::interrupt::requested() {
            return Err(crate::array::ArrayError::Interrupted.into());
        }
    }
    let result = if !args.is_none(3) && args.flag(3)? {
        if weights.is_none() {
            sums = counts.iter().map(|&n| n as f64).collect();
        }
        let total: f64 = sums.iter().sum();
        let density: Vec<f64> =
            sums.iter().zip(edges.windows(2)).map(|(s, e)| s / (e[1] - e[0]) / total).collect();
        Array::from_slice(&density, &[bins])?
    } else if weights.is_some() {
        Array::from_slice(&sums, &[bins])?
    } else {
        exec::distinct::integers(&counts.iter().map(|&n| n as i64).collect::<Vec<_>>())?
    };
    Ok(Value::tuple(vec![Value::Array(result), Value::Array(shown)]))
}

/// How many bins a rule takes for the values in a range.
fn count_by(args: &Args, rule: &str, x: &[f64], low: f64, high: f64) -> Result<usize, Fault> {
    let inside: Vec<f64> = x.iter().copied().filter(|v| (low..=high).contains(v)).collect();
    if inside.is_empty() {
        return Ok(1);
    }
    let width = bins::width(rule, &inside).ok_or_else(|| {
        args.reason(format!("'{rule}' is no rule for bins: auto, fd, sturges, sqrt, rice, scott or doane"))
    })?;
    let whole = !args.array(0)?.dtype().is_inexact();
    let width = if whole && width > 0.0 { width.max(1.0) } else { width };
    Ok(if width > 0.0 { ((high - low) / width).ceil().clamp(1.0, 1e9) as usize } else { 1 })
}

/// The edges of the bins, as numbers and as the array to show: that which was given, if one was.
struct Edges {
    at: Vec<f64>,
    shown: Array,
    /// All bins are as wide.
    even: bool,
}

impl Edges {
    /// `n` bins of equal width, with edges of the sample's dtype if that is float32.
    fn spaced(args: &Args, low: f64, high: f64, n: usize) -> Result<Edges, Fault> {
        if args.array(0)?.dtype() != DType::F32 {
            let at = spaced(low, high, n);
            return Ok(Edges { shown: Array::from_slice(&at, &[at.len()])?, at, even: true });
        }
        let (low, high) = (low as f32, high as f32);
        let step = (high - low) / n as f32;
        let mut short: Vec<f32> = (0..=n).map(|i| i as f32 * step + low).collect();
        short[n] = high;
        let shown = Array::from_slice(&short, &[short.len()])?;
        Ok(Edges { at: short.into_iter().map(f64::from).collect(), shown, even: true })
    }
}

fn edges(args: &Args, x: &[f64]) -> Result<Edges, Fault> {
    if let Some(Value::Str(rule)) = args.get(1) {
        let (low, high) = end_points(args, &args.value(2), x)?;
        return Edges::spaced(args, low, high, count_by(args, rule, x, low, high)?);
    }
    let given = args.array(1)?;
    if given.ndim() == 0 {
        let n = args.int(1)?;
        if n < 1 {
            return Err(args.reason("`bins` must be positive, when an integer"));
        }
        convert::room_for([n as usize])?;
        let (low, high) = end_points(args, &args.value(2), x)?;
        return Edges::spaced(args, low, high, n as usize);
    }
    let e = exec::cast(&given, DType::F64, Order::C)?;
    let e = e.as_slice::<f64>().unwrap_or_default().to_vec();
    if given.ndim() != 1 {
        return Err(args.reason("`bins` must be 1d, when an array"));
    }
    if !e.is_sorted() {
        return Err(args.reason("`bins` must increase monotonically, when an array"));
    }
    Ok(Edges { at: e, shown: given, even: false })
}

/// The outer edges of equal bins over a range, or where it is `None` over the values.
pub(in crate::prim) fn end_points(args: &Args, range: &Value, x: &[f64]) -> Result<(f64, f64), Fault> {
    let pair = || {
        let array = convert::to_array(range).ok().filter(|a| a.shape() == [2])?;
        let ends = convert::scalars(&array).ok()?;
        Some((ends[0].as_f64()?, ends[1].as_f64()?))
    };
    let (low, high) = match range {
        Value::None if x.is_empty() => (0.0, 1.0),
        Value::None => {
            let (low, high, nan) = range_of(x);
            if nan { (f64::NAN, f64::NAN) } else { (low, high) }
        }
        _ => match pair() {
            Some((a, b)) if a <= b => (a, b),
            Some(_) => return Err(args.reason("max must be larger than min in range parameter.")),
            None => return Err(args.reason("the range is a pair of numbers")),
        },
    };
    if !low.is_finite() || !high.is_finite() {
        return Err(args.reason(format!("autodetected range of [{low}, {high}] is not finite")));
    }
    Ok(if low == high { (low - 0.5, high + 0.5) } else { (low, high) })
}

/// `n + 1` evenly spaced edges, as `linspace` computes them.
pub(in crate::prim) fn spaced(low: f64, high: f64, n: usize) -> Vec<f64> {
    let step = (high - low) / n as f64;
    let mut edges: Vec<f64> = (0..=n).map(|i| i as f64 * step + low).collect();
    edges[n] = high;
    edges
}

/// The variables as the rows of one matrix of floats.
fn observations(args: &Args) -> Result<Array, Fault> {
    let by_rows = args.flag(2)?;
    let matrix = |i: usize| -> Result<Array, Fault> {
        let a = args.array(i)?;
        if a.ndim() > 2 {
            return Err(args.reason("m has more than 2 dimensions"));
        }
        let dtype = promote(a.dtype(), DType::F64);
        let wide = exec::cast(&a, dtype, Order::C)?;
        Ok(match a.ndim() {
            2 if !by_rows && a.shape()[0] != 1 => exec::copy(&wide.transpose(), Order::C)?,
            2 => wide,
            _ => wide.reshape_view(&[1, a.size()], Order::C).unwrap_or(wide),
        })
    };
    let m = matrix(0)?;
    if args.is_none(1) {
        return Ok(m);
    }
    let y = matrix(1)?;
    if y.shape()[1] != m.shape()[1] {
        let part = |i: usize, name| {
            let a = args.array(i)?;
            let observed = if a.ndim() == 2 && !args.flag(2)? { 0 } else { a.ndim().saturating_sub(1) };
            Ok::<_, Fault>(Part::new(i, name, a.shape(), observed))
        };
        let parts = [part(0, "x")?, part(1, "y")?];
        return Err(args.lengths("the variables have different numbers of observations", parts, &[".T"]));
    }
    crate::prim::reducing::scanning::join(&[m, y], 0)
}

fn covariance(host: &mut dyn Host, args: &Args) -> Result<Array, Fault> {
    let x = observations(args)?;
    let n = x.shape()[1] as f64;
    let ddof = match args.prim.params.contains("ddof") {
        true if !args.is_none(4) => args.float(4)?,
        true if args.flag(3)? => 0.0,
        _ => 1.0,
    };
    let axis = Value::Int(1);
    let mean = row("mean")?
        .call_with(host, [Value::Array(x.clone()), axis, Value::None, Value::None, Value::Bool(true)])?;
    if n - ddof <= 0.0 {
        warn(host, "Degrees of freedom <= 0 for slice");
        warn(host, "divide by zero encountered in divide");
    }
    let d = convert::to_array(&calc(host, "subtract", Value::Array(x), mean)?)?;
    let turned = match d.dtype().is_complex() {
        true => crate::prim::monadic(row("conjugate")?, host, Value::Array(d.transpose()))?,
        false => Value::Array(d.transpose()),
    };
    let product = calc(host, "matmul", Value::Array(d), turned)?;
    let scaled = calc(host, "multiply", product, Value::Float(1.0 / (n - ddof).max(0.0)))?;
    let c = convert::to_array(&scaled)?;
    Ok(if c.size() == 1 { c.reshape_view(&[], Order::C).unwrap_or(c) } else { c })
}

fn correlation(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let c = covariance(host, args)?;
    if c.ndim() == 0 {
        return calc(host, "divide", Value::Array(c.clone()), Value::Array(c));
    }
    let n = c.shape()[0];
    let diagonal = exec::copy(&c.view(&[n], &[c.strides()[0] + c.strides()[1]], c.offset()), Order::C)?;
    let real = match c.dtype().is_complex() {
        true => exec::in_dtype(&diagonal, DType::F64)?,
        false => diagonal,
    };
    let mut deviation = exec::copy(&real, Order::C)?;
    crate::kernel::moment::sqrt(elements(&mut deviation));
    let column = deviation.reshape_view(&[n, 1], Order::C).unwrap_or(deviation.clone());
    let by_rows = calc(host, "divide", Value::Array(c), Value::Array(column))?;
    let mut result = convert::to_array(&calc(host, "divide", by_rows, Value::Array(deviation))?)?;
    // Rounding must not take a coefficient out of range.
    if !result.is_unique() {
        result = exec::copy(&result, Order::C)?;
    }
    if let Some(r) = result.as_mut_slice::<f64>() {
        r.iter_mut().for_each(|x| *x = x.clamp(-1.0, 1.0));
    }
    Ok(Value::Array(result))
}

//! Medians, quantiles and percentiles, with and without NaN. The folded axes become the last axis
//! of a matrix of lanes, of which only the wanted order statistics are selected.

use crate::array::{Array, Order};
use crate::dtype::{DType, Element, Scalar, c64, c128};
use crate::exec;
use crate::exec::sort::{Sorting, sorted};
use crate::prim::reducing::arguments::{finish, out_array, warn};
use crate::prim::row::{Example, Kind};
use crate::prim::statistics::weights::{Weighted, spread};
use crate::prim::{Args, Prim};
use crate::value::{Fault, Host, Value};
use crate::with_dtype;

const MEDIAN: &str = "a, axis=None, out=None, overwrite_input=False, keepdims=False";
const QUANTILE: &str =
    "a, q, axis=None, out=None, overwrite_input=False, method='linear', keepdims=False, *, weights=None";

pub static ROWS: &[Prim] = &[
    Prim {
        name: "median",
        numpy_scratch: 1,
        params: MEDIAN,
        doc: "The median: the middle of the sorted elements, or the mean of the two in the middle.\n\n\
              NaN gives NaN.",
        examples: &[
            Example { code: "np.median([[10, 7, 4], [3, 2, 1]])", out: "3.5" },
            Example { code: "np.median([[10, 7, 4], [3, 2, 1]], axis=1)", out: "[7. 2.]" },
        ],
        kind: Kind::Call(|host, args| median(host, args, false)),
        ..Prim::NEW
    },
    Prim {
        name: "nanmedian",
        numpy_scratch: 1,
        params: MEDIAN,
        doc: "The median of the elements that are not NaN.",
        examples: &[Example { code: "np.nanmedian([10, nan, 4, 3])", out: "4.0" }],
        kind: Kind::Call(|host, args| median(host, args, true)),
        ..Prim::NEW
    },
    Prim {
        name: "quantile",
        numpy_scratch: 1,
        params: QUANTILE,
        doc: "The quantiles at `q`, numbers from 0 to 1.\n\n\
              `method` says how to go between elements: `linear` (the default), `lower`, `higher`, \
              `midpoint`, `nearest`, `inverted_cdf`, `averaged_inverted_cdf`, `closest_observation`, \
              `interpolated_inverted_cdf`, `hazen`, `weibull`, `median_unbiased`, `normal_unbiased`. \
              Several quantiles stand along a new first axis. NaN gives NaN. `weights`, of the shape of \
              `a` or of its folded axes, go with `inverted_cdf`.",
        examples: &[
            Example { code: "np.quantile([1, 2, 3, 4], 0.25)", out: "1.75" },
            Example { code: "np.quantile([1, 2, 3, 4], 0.25, method=\"lower\")", out: "1" },
            Example {
                code: "np.quantile([1, 2, 3], 0.5, weights=[1, 1, 4], method=\"inverted_cdf\")",
                out: "3",
            },
        ],
        kind: Kind::Call(|host, args| quantile(host, args, 1.0, false)),
        ..Prim::NEW
    },
    Prim {
        name: "percentile",
        numpy_scratch: 1,
        params: QUANTILE,
        doc: "The percentiles at `q`, numbers from 0 to 100. See `quantile`.",
        examples: &[
            Example { code: "np.percentile([[10, 7, 4], [3, 2, 1]], 50)", out: "3.5" },
            Example { code: "np.percentile([1, 2, 3], [25, 75])", out: "[1.5 2.5]" },
        ],
        kind: Kind::Call(|host, args| quantile(host, args, 100.0, false)),
        ..Prim::NEW
    },
    Prim {
        name: "nanquantile",
        numpy_scratch: 1,
        params: QUANTILE,
        doc: "The quantiles at `q` of the elements that are not NaN.",
        examples: &[Example { code: "np.nanquantile([10, nan, 4], 0.5)", out: "7.0" }],
        kind: Kind::Call(|host, args| quantile(host, args, 1.0, true)),
        ..Prim::NEW
    },
    Prim {
        name: "nanpercentile",
        numpy_scratch: 1,
        params: QUANTILE,
        doc: "The percentiles at `q` of the elements that are not NaN.",
        examples: &[Example { code: "np.nanpercentile([10, nan, 4], 50)", out: "7.0" }],
        kind: Kind::Call(|host, args| quantile(host, args, 100.0, true)),
        ..Prim::NEW
    },
];

/// The kept axes' shape (ones for folded axes if these are kept), and the lanes as rows.
struct Lanes {
    shape: Vec<usize>,
    rows: Array,
    count: usize,
    n: usize,
}

/// The axes to fold: all without an `axis`. NumPy's quantiles know none of a 0-d array.
fn asked_axes(args: &Args, axis: usize, ndim: usize) -> Result<Vec<usize>, Fault> {
    Ok(args.opt_axes(axis, ndim)?.unwrap_or_else(|| (0..ndim).collect()))
}

fn lanes(args: &Args, axis: usize, keepdims: usize) -> Result<Lanes, Fault> {
    lanes_of(args, &args.array(0)?, axis, keepdims)
}

fn lanes_of(args: &Args, a: &Array, axis: usize, keepdims: usize) -> Result<Lanes, Fault> {
    let axes = asked_axes(args, axis, a.ndim())?;
    let kept: Vec<usize> = (0..a.ndim()).filter(|k| !axes.contains(k)).collect();
    let order: Vec<usize> = kept.iter().chain(&axes).copied().collect();
    let n: usize = axes.iter().map(|&k| a.shape()[k]).product();
    let count: usize = kept.iter().map(|&k| a.shape()[k]).product();
    let turned = a.permute(&order);
    let rows = match turned.reshape_view(&[count, n], Order::C) {
        Some(rows) => rows,
        None => {
            let copy = exec::copy(&turned, Order::C)?;
            copy.reshape_view(&[count, n], Order::C).unwrap_or(copy)
        }
    };
    let shape = match args.flag(keepdims)? {
        true => (0..a.ndim()).map(|k| if axes.contains(&k) { 1 } else { a.shape()[k] }).collect(),
        false => kept.iter().map(|&k| a.shape()[k]).collect(),
    };
    Ok(Lanes { shape, rows, count, n })
}

/// An element type that quantiles are taken of.
trait Sample: Element {
    fn is_nan(self) -> bool;
    /// The mean of two elements, as float64 or complex128.
    fn middle(self, other: Self) -> Scalar;
    /// The element `t` of the way to `other`, as NumPy computes it.
    fn between(self, other: Self, t: f64, weak: bool) -> Scalar;
}

macro_rules! ints {
    ($($t:ty),*) => {$(
        impl Sample for $t {
            fn is_nan(self) -> bool { false }
            fn middle(self, other: Self) -> Scalar { Scalar::F64((self as f64 + other as f64) / 2.0) }
            fn between(self, other: Self, t: f64, _: bool) -> Scalar {
                let step = (other as i128 - self as i128) as f64;
                Scalar::F64(lerp(self as f64, other as f64, step, t))
            }
        }
    )*};
}
ints!(i8, u8, i16, u16, i32, u32, i64, u64);

impl Sample for bool {
    fn is_nan(self) -> bool {
        false
    }
    fn middle(self, other: Self) -> Scalar {
        (self as u8).middle(other as u8)
    }
    fn between(self, other: Self, t: f64, weak: bool) -> Scalar {
        (self as u8).between(other as u8, t, weak)
    }
}

impl Sample for f64 {
    fn is_nan(self) -> bool {
        self.is_nan()
    }
    fn middle(self, other: Self) -> Scalar {
        Scalar::F64((self + other) / 2.0)
    }
    fn between(self, other: Self, t: f64, _: bool) -> Scalar {
        Scalar::F64(lerp(self, other, other - self, t))
    }
}

impl Sample for f32 {
    fn is_nan(self) -> bool {
        self.is_nan()
    }
    fn middle(self, other: Self) -> Scalar {
        Scalar::F32(((self + other) as f64 / 2.0) as f32)
    }
    fn between(self, other: Self, t: f64, weak: bool) -> Scalar {
        if !weak {
            return Scalar::F64(lerp(self as f64, other as f64, (other - self) as f64, t));
        }
        let (step, near, far) = (other - self, t as f32, (1.0 - t) as f32);
        Scalar::F32(if t >= 0.5 { other - step * far } else { self + step * near })
    }
}

macro_rules! complex {
    ($($t:ty),*) => {$(
        impl Sample for $t {
            fn is_nan(self) -> bool { self.re.is_nan() || self.im.is_nan() }
            fn middle(self, other: Self) -> Scalar { ((self + other) * 0.5).scalar() }
            fn between(self, _: Self, _: f64, _: bool) -> Scalar { self.scalar() }
        }
    )*};
}
complex!(c64, c128);

fn lerp(a: f64, b: f64, step: f64, t: f64) -> f64 {
    if t >= 0.5 { b - step * (1.0 - t) } else { a + step * t }
}

fn nan_of(dtype: DType) -> Scalar {
    crate::dtype::cast_scalar(Scalar::F64(f64::NAN), if dtype.is_inexact() { dtype } else { DType::F64 })
}

fn assemble(dtype: DType, values: &[Scalar], shape: &[usize]) -> Result<Array, Fault> {
    fn typed<T: Element>(values: &[Scalar], shape: &[usize]) -> Result<Array, Fault> {
        let of = |s: &Scalar| T::from_scalar(crate::dtype::cast_scalar(*s, T::DTYPE)).unwrap_or_default();
        Ok(Array::from_slice(&values.iter().map(of).collect::<Vec<T>>(), shape)?)
    }
    with_dtype!(dtype, T => typed::<T>(values, shape))
}

/// One lane: its sorted (or selected) elements and how many are not NaN.
fn lane<T: Sample>(rows: &Array, i: usize, n: usize, skip_nan: bool) -> (&[T], usize) {
    let all = &rows.as_slice::<T>().unwrap_or_default()[i * n..(i + 1) * n];
    let valid = if skip_nan { n - all.iter().rev().take_while(|x| x.is_nan()).count() } else { n };
    (all, valid)
}

fn median(host: &mut dyn Host, args: &Args, skip_nan: bool) -> Result<Value, Fault> {
    let l = lanes(args, 1, 4)?;
    let dtype = if l.rows.dtype().is_inexact() { l.rows.dtype() } else { DType::F64 };
    let out = out_array(args, 2)?;
    if l.n == 0 {
        tell_nothing(host, &l, skip_nan);
        return finish(assemble(dtype, &vec![nan_of(dtype); l.count], &l.shape)?, out);
    }
    let middle = [(l.n - 1) / 2, l.n / 2, l.n - 1];
    let sorted = sorted(&l.rows, 1, if skip_nan { Sorting::All } else { Sorting::Places(&middle) })?;
    let mut empty = false;
    fn typed<T: Sample>(
        rows: &Array,
        i: usize,
        n: usize,
        skip_nan: bool,
        empty: &mut bool,
    ) -> Option<Scalar> {
        let (xs, valid) = lane::<T>(rows, i, n, skip_nan);
        if valid == 0 {
            *empty = true;
            return None;
        }
        if xs[valid - 1].is_nan() {
            return None;
        }
        let (a, b) = (xs[(valid - 1) / 2], xs[valid / 2]);
        // The mean of one element is the element itself.
        Some(if valid % 2 == 1 {
            crate::dtype::cast_scalar(a.scalar(), a.middle(a).dtype())
        } else {
            a.middle(b)
        })
    }
    let values: Vec<Scalar> = (0..l.count)
        .map(|i| {
            let v = with_dtype!(sorted.dtype(), T => typed::<T>(&sorted, i, l.n, skip_nan, &mut empty));
            v.unwrap_or(nan_of(dtype))
        })
        .collect();
    if empty {
        warn(host, "All-NaN slice encountered");
    }
    finish(assemble(dtype, &values, &l.shape)?, out)
}

/// Warns as the mean of nothing does: of floats without their NaN there is no division.
fn tell_nothing(host: &mut dyn Host, l: &Lanes, skip_nan: bool) {
    if l.count == 0 {
        return;
    }
    warn(host, "Mean of empty slice");
    if !(skip_nan && l.rows.dtype().is_inexact()) {
        let scalar = if l.shape.is_empty() { "scalar divide" } else { "divide" };
        warn(host, format!("invalid value encountered in {scalar}"));
    }
}

/// Where a quantile lies among `n` sorted elements.
enum Place {
    At(usize),
    /// Between two elements, so far from the first.
    Between(usize, usize, f64),
}

/// Hyndman and Fan's position, from 0, with the parameters alpha and beta.
fn position(n: f64, q: f64, alpha: f64, beta: f64) -> f64 {
    n * q + (alpha + q * (1.0 - alpha - beta)) - 1.0
}

fn place(method: &str, n: usize, q: f64) -> Option<Place> {
    let (last, count) = (n - 1, n as f64);
    let linear = (count - 1.0) * q;
    let at = |x: f64| Place::At((x.max(0.0) as usize).min(last));
    let step = |x: f64, down: bool| at(if down { x.floor() } else { x.floor() + 1.0 });
    let virtual_index = match method {
        "lower" => return Some(at(linear.floor())),
        "higher" => return Some(at(linear.ceil())),
        "nearest" => return Some(at(linear.round_ties_even())),
        "inverted_cdf" => {
            let x = count * q - 1.0;
            return Some(step(x, x == x.floor()));
        }
        "closest_observation" => {
            let x = count * q - 1.0 - 0.5;
            return Some(step(x, x == x.floor() && x.floor().rem_euclid(2.0) == 1.0));
        }
        "linear" => linear,
        "midpoint" => 0.5 * (linear.floor() + linear.ceil()),
        "averaged_inverted_cdf" => count * q - 1.0,
        "interpolated_inverted_cdf" => position(count, q, 0.0, 1.0),
        "hazen" => position(count, q, 0.5, 0.5),
        "weibull" => position(count, q, 0.0, 0.0),
        "median_unbiased" => position(count, q, 1.0 / 3.0, 1.0 / 3.0),
        "normal_unbiased" => position(count, q, 3.0 / 8.0, 3.0 / 8.0),
        _ => return None,
    };
    let fraction = virtual_index - virtual_index.floor();
    let t = match method {
        "midpoint" => {
            if fraction == 0.0 {
                0.0
            } else {
                0.5
            }
        }
        "averaged_inverted_cdf" => {
            if fraction == 0.0 {
                0.5
            } else {
                1.0
            }
        }
        _ => fraction,
    };
    Some(if virtual_index >= last as f64 {
        Place::Between(last, last, t)
    } else if virtual_index < 0.0 {
        Place::Between(0, 0, t)
    } else {
        let low = virtual_index.floor() as usize;
        Place::Between(low, low + 1, t)
    })
}

fn probabilities(args: &Args, scale: f64, single: bool) -> Result<(Vec<f64>, Vec<usize>), Fault> {
    let q = args.array(1)?;
    let wide = exec::cast(&q, DType::F64, Order::C)?;
    let values: Vec<f64> = wide.as_slice::<f64>().unwrap_or_default().to_vec();
    let scaled: Vec<f64> =
        values.iter().map(|v| if single { ((*v as f32) / scale as f32) as f64 } else { v / scale }).collect();
    if values.iter().any(|v| !(0.0..=scale).contains(v)) {
        let (what, top) = if scale == 1.0 { ("Quantiles", "1") } else { ("Percentiles", "100") };
        return Err(args.reason(format!("{what} must be in the range [0, {top}]")));
    }
    Ok((scaled, q.shape().to_vec()))
}

fn quantile(host: &mut dyn Host, args: &Args, scale: f64, skip_nan: bool) -> Result<Value, Fault> {
    let l = lanes(args, 2, 6)?;
    let (dtype, method) = (l.rows.dtype(), args.str(5)?.to_string());
    if dtype.is_complex() {
        return Err(args.reason("a must be an array of real numbers"));
    }
    let weak = matches!(args.get(1), Some(Value::Int(_) | Value::Float(_)));
    let (qs, q_shape) = probabilities(args, scale, weak && dtype == DType::F32)?;
    if place(&method, 1, 0.5).is_none() {
        return Err(args.reason(format!("'{method}' is not a valid method")));
    }
    if l.n == 0 && !skip_nan {
        return Err(crate::array::ArrayError::Index { index: -1, axis: 0, size: 0 }.into());
    }
    if !args.is_none(7) {
        return weighted(host, args, &l, (&qs, &q_shape), skip_nan);
    }
    let wanted = if skip_nan { Vec::new() } else { places(&method, l.n, &qs) };
    let what = if skip_nan { Sorting::All } else { Sorting::Places(&wanted) };
    let sorted = sorted(&l.rows, 1, what)?;
    let mut empty = false;
    let mut values = Vec::with_capacity(qs.len() * l.count);
    for &q in &qs {
        for i in 0..l.count {
            let at = Spot { i, n: l.n, q, weak, skip_nan };
            let v = with_dtype!(dtype, T => at_place::<T>(&sorted, &at, &method, &mut empty));
            values.push(v.unwrap_or(nan_of(dtype)));
        }
    }
    if l.n == 0 {
        tell_nothing(host, &l, skip_nan);
    } else if empty {
        warn(host, "All-NaN slice encountered");
    }
    // Methods that pick an element keep the dtype; the others give floats.
    let picks = matches!(place(&method, 2, 0.3), Some(Place::At(_)));
    let result = match dtype {
        d if picks => d,
        DType::F32 if weak => DType::F32,
        _ => DType::F64,
    };
    let shape: Vec<usize> = q_shape.into_iter().chain(l.shape).collect();
    finish(assemble(result, &values, &shape)?, out_array(args, 3)?)
}

/// Quantiles of weighted elements.
fn weighted(
    host: &mut dyn Host,
    args: &Args,
    l: &Lanes,
    (qs, q_shape): (&[f64], &[usize]),
    skip_nan: bool,
) -> Result<Value, Fault> {
    if args.str(5)? != "inverted_cdf" {
        let got = args.str(5)?;
        return Err(args.reason(format!("Only method 'inverted_cdf' supports weights. Got: {got}.")));
    }
    let a = args.array(0)?;
    let axes = asked_axes(args, 2, a.ndim())?;
    let weights = spread(args, &args.array(7)?, &a, &axes, args.is_none(2))?;
    let weights = lanes_of(args, &weights, 2, 6)?;
    let (rows, weights) = (exec::contiguous(&l.rows)?, exec::contiguous(&weights.rows)?);
    let lanes = Weighted::new(args, &rows, &weights)?;
    fn all<T: Sample>(
        args: &Args,
        lanes: &Weighted,
        (l, rows): (&Lanes, &Array),
        qs: &[f64],
        skip_nan: bool,
    ) -> Result<(Vec<Scalar>, bool), Fault> {
        let (mut values, mut empty) = (vec![nan_of(T::DTYPE); qs.len() * l.count], false);
        for i in 0..l.count {
            let skip = skip_nan.then_some(T::is_nan as fn(T) -> bool);
            match lanes.at::<T>(args, rows, i, qs, skip, T::is_nan)? {
                Some(found) => {
                    for (k, x) in found.iter().enumerate() {
                        values[k * l.count + i] = x.scalar();
                    }
                }
                None => empty = true,
            }
        }
        Ok((values, empty))
    }
    let dtype = l.rows.dtype();
    let (values, empty) = with_dtype!(dtype, T => all::<T>(args, &lanes, (l, &rows), qs, skip_nan))?;
    if empty && skip_nan {
        warn(host, "All-NaN slice encountered");
    }
    let shape: Vec<usize> = q_shape.iter().chain(&l.shape).copied().collect();
    finish(assemble(dtype, &values, &shape)?, out_array(args, 3)?)
}

/// The places that quantiles of `n` sorted elements look at: the last one for NaN.
fn places(method: &str, n: usize, qs: &[f64]) -> Vec<usize> {
    let ends = |q: &f64| match place(method, n, *q) {
        Some(Place::At(k)) => [k, k],
        Some(Place::Between(a, b, _)) => [a, b],
        None => [0, 0],
    };
    let mut out: Vec<usize> = qs.iter().flat_map(ends).chain([n - 1]).collect();
    out.sort_unstable();
    out.dedup();
    out
}

struct Spot {
    i: usize,
    n: usize,
    q: f64,
    weak: bool,
    skip_nan: bool,
}

fn at_place<T: Sample>(rows: &Array, at: &Spot, method: &str, empty: &mut bool) -> Option<Scalar> {
    let (xs, valid) = lane::<T>(rows, at.i, at.n, at.skip_nan);
    if valid == 0 {
        *empty = true;
        return None;
    }
    if xs[valid - 1].is_nan() {
        return None;
    }
    Some(match place(method, valid, at.q)? {
        Place::At(k) => xs[k].scalar(),
        Place::Between(a, b, t) => xs[a].between(xs[b], t, at.weak),
    })
}

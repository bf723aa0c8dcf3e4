//! Lines of samples: convolution and correlation, interpolation, slopes.

use crate::array::{Array, ArrayError, Dims, Order, normalize_axis};
use crate::dtype::{DType, Operand, Scalar, c64, c128, cast_scalar, result_dtype};
use crate::exec::tally::{self, Pass};
use crate::exec::{self, Target};
use crate::kernel::convolve::{Convolve, convolve};
use crate::kernel::fft::parts;
use crate::kernel::interp::Broken;
use crate::prim::elementwise::numeric;
use crate::prim::linear::products::{apply_array, apply_waiting, inexact};
use crate::prim::reducing::arguments::deliver;
use crate::prim::reducing::scanning::slice;
use crate::prim::{Args, Example, Kind, Prim, deferred};
use crate::value::{Fault, Host, Part, Value};
use crate::with_dtype;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "unwrap",
        numpy_scratch: 4,
        params: "p, discont=None, axis=-1, *, period=6.283185307179586",
        doc: "Angles along an axis without jumps: whole periods are added so that neighbours differ by at most half a \
              period.\n\nJumps below `discont` stay.",
        examples: &[
            Example { code: "np.unwrap([0, 2.5, 5 - 2 * pi]).round(3)", out: "[0.  2.5 5. ]" },
            Example { code: "np.unwrap([1, 3, 4, 1, 2], period=4)", out: "[1 3 4 5 6]" },
        ],
        kind: Kind::Call(|_, args| unwrapped(args)),
        ..Prim::NEW
    },
    Prim {
        name: "convolve",
        params: "a, v, mode='full'",
        doc: "The convolution of two vectors: `sum of a[m] * v[k - m]`.\n\n\
              `mode` is \"full\" (every overlap, M + N - 1 values), \"same\" (as long as the longer one, \
              from the middle), or \"valid\" (complete overlaps only). Integers are exact; long floats \
              go through the Fourier transform.",
        examples: &[
            Example { code: "np.convolve([1, 2, 3], [0, 1, 0.5])", out: "[0.  1.  2.5 4.  1.5]" },
            Example { code: "np.convolve([1, 2, 3], [0, 1, 2], \"same\")", out: "[1 4 7]" },
            Example { code: "np.convolve([1, 2, 3, 4], [1, 1], \"valid\")", out: "[3 5 7]" },
        ],
        kind: Kind::Call(|_, args| slide(args, false)),
        ..Prim::NEW
    },
    Prim {
        name: "correlate",
        params: "a, v, mode='valid'",
        doc: "The correlation of two vectors: `sum of a[n + k] * v[n]`, the second one conjugated.\n\n\
              `mode` is as in `convolve`.",
        examples: &[
            Example { code: "np.correlate([1, 2, 3], [0, 1, 0.5])", out: "[3.5]" },
            Example { code: "np.correlate([1, 2, 3], [0, 1, 0.5], \"full\")", out: "[0.5 2.  3.5 3.  0. ]" },
        ],
        kind: Kind::Call(|_, args| slide(args, true)),
        ..Prim::NEW
    },
    Prim {
        name: "interp",
        numpy_scratch: 1,
        params: "x, xp, fp, left=None, right=None, period=None",
        doc: "Linear interpolation at `x` between the points `(xp, fp)`; `xp` ascends.\n\n\
              Outside, the first and the last value, or `left` and `right`. With `period`, `x` and `xp` \
              are taken modulo it.",
        examples: &[
            Example { code: "np.interp(2.5, [1, 2, 3], [3, 2, 0])", out: "1.0" },
            Example { code: "np.interp([0, 1, 1.5, 3.14], [1, 2, 3], [3, 2, 0])", out: "[3.  3.  2.5 0. ]" },
        ],
        each: 1,
        kind: Kind::Call(|_, args| match args.array(2)?.dtype().is_complex() {
            true => interp_parts(args),
            false => interp(args),
        }),
        ..Prim::NEW
    },
    Prim {
        name: "gradient",
        numpy_scratch: 1,
        params: "f, *varargs, axis=None, edge_order=1",
        doc: "Slopes along each axis: central differences inside, one-sided ones at the edges.\n\n\
              `varargs` are the spacings: one number for all axes, or for each a number or coordinates. \
              Of more than one axis the result is a tuple of arrays.",
        examples: &[
            Example { code: "np.gradient([1, 2, 4, 7, 11, 16])", out: "[1.  1.5 2.5 3.5 4.5 5. ]" },
            Example { code: "np.gradient([1, 2, 4, 7], 2)", out: "[0.5  0.75 1.25 1.5 ]" },
        ],
        kind: Kind::Call(gradient),
        ..Prim::NEW
    },
];

/// A value as a vector.
fn vector(args: &Args, i: usize) -> Result<Array, Fault> {
    let a = args.array(i)?;
    match a.ndim() {
        0 => Ok(crate::prim::linear::products::insert_axis(&a, 0)),
        1 => Ok(a),
        _ => Err(args.misshapen(i, &a, "object too deep for desired array", &[".ravel()"])),
    }
}

/// Which part of the full convolution of `m` and `n` elements a mode keeps: start and length.
/// `turned` when the operands of a correlation changed places.
fn part(args: &Args, m: usize, n: usize, turned: bool) -> Result<(usize, usize), Fault> {
    let (long, short) = (m.max(n), m.min(n));
    let full = m + n - 1;
    let (start, length) = match args.str(2)? {
        "full" => (0, full),
        "same" => (short - 1 - short / 2, long),
        "valid" => (short - 1, long - short + 1),
        other => return Err(args.reason(format!("mode must be 'valid', 'same' or 'full', not '{other}'"))),
    };
    Ok((if turned { full - start - length } else { start }, length))
}

fn slide(args: &Args, correlation: bool) -> Result<Value, Fault> {
    let (a, v) = (vector(args, 0)?, vector(args, 1)?);
    for (x, name) in [(&a, "a"), (&v, "v")] {
        if x.size() == 0 {
            let empty = if correlation { "first and second arguments" } else { name };
            return Err(args.reason(format!("{empty} cannot be empty")));
        }
    }
    let operand =
        |i: usize, x: &Array| args.get(i).and_then(Value::operand).unwrap_or(Operand::Typed(x.dtype()));
    let dtype = result_dtype(&[operand(0, &a), operand(1, &v)]);
    let (start, length) = part(args, a.size(), v.size(), correlation && v.size() > a.size())?;
    let a = exec::contiguous(&exec::in_dtype(&a, dtype)?)?;
    let mut v = exec::copy(&exec::in_dtype(&v, dtype)?, Order::C)?;
    if correlation {
        conjugate(&mut v);
    }
    with_dtype!(dtype, T => products::<T>(&a, &mut v, correlation, start, length)).map(Value::Array)
}

/// Elements `start..start + length` of the full convolution of dense vectors.
fn products<T: Convolve>(
    a: &Array,
    v: &mut Array,
    reverse: bool,
    start: usize,
    length: usize,
) -> Result<Array, Fault> {
    let mut out = Array::empty(T::DTYPE, &[length])?;
    let work = length.saturating_mul(a.size().min(v.size()));
    let _pass = tally::pass(|| {
        let pass = Pass::new("convolve", T::DTYPE, work / 8).reads(a).reads(v).writes(&out);
        pass.ops(work.saturating_mul(2))
    });
    let items = v.as_mut_slice::<T>().unwrap_or_default();
    if reverse {
        items.reverse();
    }
    let to = out.as_mut_slice::<T>().unwrap_or_default();
    convolve(a.as_slice().unwrap_or_default(), items, start, to, exec::driver(work / 8));
    if exec::interrupt::requested() { Err(ArrayError::Interrupted.into()) } else { Ok(out) }
}

fn conjugate(a: &mut Array) {
    if let Some(z) = a.as_mut_slice::<c64>() {
        z.iter_mut().for_each(|z| *z = z.conj());
    } else if let Some(z) = a.as_mut_slice::<c128>() {
        z.iter_mut().for_each(|z| *z = z.conj());
    }
}

/// A vector argument as float64 values.
fn floats(args: &Args, i: usize) -> Result<Vec<f64>, Fault> {
    let a = vector(args, i)?;
    Ok(exec::contiguous(&exec::in_dtype(&a, DType::F64)?)?.as_slice::<f64>().unwrap_or_default().to_vec())
}

/// The real and the imaginary parts, each interpolated by itself.
fn interp_parts(args: &Args) -> Result<Value, Fault> {
    let part = |of: fn(&Value) -> Result<Value, Fault>| -> Result<Array, Fault> {
        let of_array = |i: usize| of(&Value::Array(args.array(i)?));
        let mut real = args.with(2, of_array(2)?);
        for i in [3, 4] {
            if !args.is_none(i) {
                real = real.with(i, of_array(i)?);
            }
        }
        crate::prim::convert::to_array(&interp(&real)?)
    };
    let (re, im) = (part(numeric::real_part)?, part(numeric::imaginary_part)?);
    let out = Array::empty(DType::C128, re.shape())?;
    exec::assign(&numeric::part(&out, 0), &re)?;
    exec::assign(&numeric::part(&out, 1), &im)?;
    Ok(if out.ndim() == 0 { deliver(out) } else { Value::Array(out) })
}

fn interp(args: &Args) -> Result<Value, Fault> {
    let x = args.array(0)?;
    let (mut xp, mut fp) = (floats(args, 1)?, floats(args, 2)?);
    if xp.is_empty() {
        return Err(args.reason("array of sample points is empty"));
    }
    if xp.len() != fp.len() {
        let part = |i, name, n| Part::new(i, name, &[n], 0);
        let parts = [part(1, "xp", xp.len()), part(2, "fp", fp.len())];
        return Err(args.lengths("fp and xp are not of the same length.", parts, &[]));
    }
    let mut out = exec::cast(&x, DType::F64, Order::C)?;
    let items = out.as_mut_slice::<f64>().unwrap_or_default();
    if !args.is_none(5) {
        let period = args.float(5)?.abs();
        if period == 0.0 {
            return Err(args.reason("period must be a non-zero value"));
        }
        items.iter_mut().for_each(|v| *v = v.rem_euclid(period));
        let mut points: Vec<(f64, f64)> = xp.iter().map(|p| p.rem_euclid(period)).zip(fp).collect();
        points.sort_by(|p, q| p.0.total_cmp(&q.0));
        let (first, last) = (points[0], points[points.len() - 1]);
        points.insert(0, (last.0 - period, last.1));
        points.push((first.0 + period, first.1));
        (xp, fp) = points.into_iter().unzip();
    }
    let end = fp.len() - 1;
    let edge = |i: usize, natural: f64| {
        if args.is_none(i) || !args.is_none(5) { Ok(natural) } else { args.float(i) }
    };
    let (left, right) = (edge(3, fp[0])?, edge(4, fp[end])?);
    let line = Broken::new(&xp, &fp, left, right, x.size());
    parts(items, 1 << 14, exec::driver(x.size()), &|_, items| line.run(items));
    let plain = x.ndim() == 0 && !matches!(args.get(0), Some(Value::Array(_)));
    Ok(if plain || x.ndim() == 0 { deliver(out) } else { Value::Array(out) })
}

/// The distances of samples along an axis.
enum Spacing {
    Even(f64),
    /// One less than there are samples.
    Steps(Vec<f64>),
}

impl Spacing {
    /// From sample `i` to the next.
    fn step(&self, i: usize) -> f64 {
        match self {
            Spacing::Even(h) => *h,
            Spacing::Steps(s) => s[i],
        }
    }
}

fn gradient(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let f = args.array(0)?;
    let f = exec::in_dtype(&f, inexact(f.dtype()))?;
    let axes: Vec<usize> = if args.is_none(2) {
        (0..f.ndim()).collect()
    } else {
        args.ints(2)?.into_iter().map(|k| normalize_axis(k, f.ndim())).collect::<Result<_, _>>()?
    };
    let given = args.rest(1);
    if !matches!(given.len(), 0 | 1) && given.len() != axes.len() {
        return Err(args.reason("invalid number of arguments"));
    }
    let second = match args.int(3)? {
        1 => false,
        2 => true,
        _ => return Err(args.reason("'edge_order' greater than 2 not supported")),
    };
    let mut out = Vec::new();
    for (i, &axis) in axes.iter().enumerate() {
        let n = f.shape()[axis];
        if n < if second { 3 } else { 2 } {
            return Err(args.reason(
                "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements \
                 are required.",
            ));
        }
        let spacing = match if given.len() == 1 { given.first() } else { given.get(i) } {
            Some(v) => spacing(args, v, axis)?,
            None => Spacing::Even(1.0),
        };
        out.push(Value::Array(slopes(host, &f, axis, &spacing, second)?));
    }
    Ok(match <[Value; 1]>::try_from(out) {
        Ok([one]) => one,
        Err(several) => Value::tuple(several),
    })
}

fn spacing(args: &Args, v: &Value, axis: usize) -> Result<Spacing, Fault> {
    let f = args.array(0)?;
    let n = f.shape().get(axis).copied().unwrap_or(0);
    let a = crate::prim::convert::to_array(v)?;
    let d = exec::contiguous(&exec::in_dtype(&a, DType::F64)?)?;
    let d = d.as_slice::<f64>().unwrap_or_default();
    match a.ndim() {
        0 => Ok(Spacing::Even(d[0])),
        1 if d.len() == n => {
            let steps: Vec<f64> = d.windows(2).map(|w| w[1] - w[0]).collect();
            let even = steps.iter().all(|s| *s == steps[0]);
            Ok(if even { Spacing::Even(steps[0]) } else { Spacing::Steps(steps) })
        }
        1 => {
            let reason = "when 1d, distances must match the length of the corresponding dimension";
            let parts = [Part::new(0, "f", f.shape(), axis), Part::new(1, "distances", a.shape(), 0)];
            Err(args.lengths(reason, parts, &[]))
        }
        _ => Err(args.reason("distances must be either scalars or 1d")),
    }
}

/// Slopes along one axis, as sums of shifted views times weights.
fn slopes(
    host: &mut dyn Host,
    f: &Array,
    axis: usize,
    spacing: &Spacing,
    second: bool,
) -> Result<Array, Fault> {
    let samples = Samples { f, axis, spacing };
    let n = samples.count();
    let out = Array::empty(f.dtype(), f.shape())?;
    if n > 2 {
        let within = slice(&out, axis, 1, n - 1);
        match samples.inner_slopes(host)? {
            Value::Array(inner) => exec::assign(&within, &inner)?,
            inner => {
                if let Some(expr) = deferred::expr_of(inner) {
                    deferred::compute(host, expr, Target::Into(within))?;
                }
            }
        }
    }
    for (end, edge) in [(End::First, 0), (End::Last, n - 1)] {
        let slope = match second {
            true => samples.edge_of_three(host, end)?,
            false => samples.edge_of_two(host, end)?,
        };
        exec::assign(&slice(&out, axis, edge, edge + 1), &slope)?;
    }
    Ok(out)
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    First,
    Last,
}

/// Samples along an axis, and how far these are apart.
struct Samples<'a> {
    f: &'a Array,
    axis: usize,
    spacing: &'a Spacing,
}

impl Samples<'_> {
    fn count(&self) -> usize {
        self.f.shape()[self.axis]
    }

    fn cut(&self, start: usize, end: usize) -> Value {
        Value::Array(slice(self.f, self.axis, start, end))
    }

    /// A plain number in the samples' dtype.
    fn number(&self, x: f64) -> Value {
        Value::Scalar(cast_scalar(Scalar::F64(x), self.f.dtype()))
    }

    /// The slopes between the edges: one expression, computed where it belongs.
    fn inner_slopes(&self, host: &mut dyn Host) -> Result<Value, Fault> {
        let n = self.count();
        let op = |host: &mut dyn Host, name: &str, x: Value, y: Value| apply_waiting(host, name, [x, y]);
        let [behind, here, ahead] = [0, 1, 2].map(|k| self.cut(k, n - 2 + k));
        let s = match self.spacing {
            Spacing::Even(h) => {
                let rise = op(host, "subtract", ahead, behind)?;
                return op(host, "divide", rise, self.number(2.0 * h));
            }
            Spacing::Steps(s) => s,
        };
        let weight = |w: &dyn Fn(f64, f64) -> f64| -> Result<Value, Fault> {
            let all: Vec<f64> = s.windows(2).map(|d| w(d[0], d[1])).collect();
            let mut shape = Dims::from_elem(1, self.f.ndim());
            shape[self.axis] = n - 2;
            Ok(Value::Array(exec::in_dtype(&Array::from_slice(&all, &shape)?, self.f.dtype())?))
        };
        let a = op(host, "multiply", behind, weight(&|p, q| -q / (p * (p + q)))?)?;
        let b = op(host, "multiply", here, weight(&|p, q| (q - p) / (p * q))?)?;
        let c = op(host, "multiply", ahead, weight(&|p, q| p / (q * (p + q)))?)?;
        let sum = op(host, "add", a, b)?;
        op(host, "add", sum, c)
    }

    /// The slope at an edge from the pair of samples there.
    fn edge_of_two(&self, host: &mut dyn Host, end: End) -> Result<Array, Fault> {
        let first = if end == End::First { 0 } else { self.count() - 2 };
        let [here, ahead] = [first, first + 1].map(|k| self.cut(k, k + 1));
        let rise = apply_array(host, "subtract", [ahead, here])?;
        apply_array(host, "divide", [Value::Array(rise), self.number(self.spacing.step(first))])
    }

    /// The slope at an edge from three samples, which is of the second order.
    fn edge_of_three(&self, host: &mut dyn Host, end: End) -> Result<Array, Fault> {
        let first = if end == End::First { 0 } else { self.count() - 3 };
        let (p, q) = (self.spacing.step(first), self.spacing.step(first + 1));
        let weights = match end {
            End::First => [-(2.0 * p + q) / (p * (p + q)), (p + q) / (p * q), -p / (q * (p + q))],
            End::Last => [q / (p * (p + q)), -(q + p) / (p * q), (2.0 * q + p) / (q * (p + q))],
        };
        let part = |host: &mut dyn Host, k: usize| {
            let sample = self.cut(first + k, first + k + 1);
            apply_array(host, "multiply", [sample, self.number(weights[k])]).map(Value::Array)
        };
        let (a, b, c) = (part(host, 0)?, part(host, 1)?, part(host, 2)?);
        let sum = apply_array(host, "add", [a, b])?;
        apply_array(host, "add", [Value::Array(sum), c])
    }
}

/// Adds to each element the whole periods of the steps so far that go beyond half a period.
fn unwrapped(args: &Args) -> Result<Value, Fault> {
    let p = args.array(0)?;
    let axis = normalize_axis(args.int(2)?, p.ndim())?;
    let period = args.float(3)?;
    let whole = p.dtype().is_int() && matches!(args.get(3), Some(Value::Int(_)));
    let dtype = if whole || p.dtype().is_float() { p.dtype() } else { DType::F64 };
    let out = exec::cast(&p, DType::F64, Order::C)?;
    // Each step of the arithmetic in the dtype's own precision.
    let single = dtype == DType::F32;
    let near = |x: f64| if single { x as f32 as f64 } else { x };
    let period = near(period);
    let half = if whole { (period / 2.0).floor() } else { period / 2.0 };
    let ambiguous = !whole || period % 2.0 == 0.0;
    let least = if args.is_none(1) { period / 2.0 } else { args.float(1)? };
    let (n, stride) = (out.shape()[axis], out.strides()[axis] as usize);
    let size = out.size();
    out.write_storage::<f64, ()>(|all| {
        for start in (0..size).filter(|i| i / stride.max(1) % n.max(1) == 0) {
            let (mut before, mut turns) = (all[start], 0.0);
            for at in (1..n).map(|i| start + i * stride) {
                let step = near(all[at] - before);
                before = all[at];
                let mut wrapped = near(near(near(step + half).rem_euclid(period)) - half);
                if ambiguous && wrapped == -half && step > 0.0 {
                    wrapped = half;
                }
                if step.abs() >= least {
                    turns = near(turns + near(wrapped - step));
                }
                all[at] = near(all[at] + turns);
            }
        }
    });
    Ok(Value::Array(exec::in_dtype(&out, dtype)?))
}

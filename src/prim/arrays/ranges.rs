//! Evenly spaced values and grids of indices: `arange`, `linspace`, `meshgrid`, `⍳`.
//!
//! `arange` and `linspace` compute each element by NumPy's formula, so that results agree to the bit:
//! `start + i * delta` with the delta of the first two elements, and `i * step + start` with the last
//! element set to the end.
//!
//! They are arrays at once: of `np.arange(1000000) * 0.5` 8 MB are written, then read and written over, 258 to 288 µs on
//! two threads, where a compiler of expressions counts as it writes, 145 to 161 (NumPy 990 to 1190). To wait as an
//! expression does, a plan would need inputs that are counted, not read, in every way it runs; not built.

use crate::array::{Array, ArrayError, Dims, Order, broadcast_shapes};
use crate::dtype::{DType, Element, Operand, Scalar, c64, c128, cast_scalar, promote, result_dtype};
use crate::exec;
use crate::exec::tally::{self, Pass};
use crate::prim::arrays::layout::{layer, tuple};
use crate::prim::linear::products::apply_array;
use crate::prim::row::{Example, Glyph, Kind, Prim, Valence};
use crate::prim::{Args, convert};
use crate::syntax::Class;
use crate::value::{CallArgs, Fault, Host, Value};
use std::ops::{Add, Div, Mul, Sub};

pub static ROWS: &[Prim] = &[
    Prim {
        name: "arange",
        params: "start=?, stop=?, step=?, dtype=None",
        doc: "Values from `start` (or 0) up to, not including, `stop`, `step` apart.\n\nIntegers give int64, floats float64. For steps that are not whole, `linspace` says better how many there are.",
        examples: &[
            Example { code: "arange(5)", out: "[0 1 2 3 4]" },
            Example { code: "arange(1, 10, 3)", out: "[1 4 7]" },
            Example { code: "arange(0, 1, 0.25)", out: "[0.   0.25 0.5  0.75]" },
            Example { code: "arange(3, 0, -1)", out: "[3 2 1]" },
        ],
        brief: Some(arange_brief),
        kind: Kind::Call(arange),
        ..Prim::NEW
    },
    Prim {
        name: "linspace",
        params: "start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0",
        doc: "`num` values evenly spaced from `start` to `stop`, which is the last one if `endpoint`.\n\nWith arrays for the ends, along a new axis. `retstep` gives the step too.",
        examples: &[
            Example { code: "linspace(0, 1, 5)", out: "[0.   0.25 0.5  0.75 1.  ]" },
            Example { code: "linspace(0, 1, 4, endpoint=False)", out: "[0.   0.25 0.5  0.75]" },
            Example {
                code: "linspace([0, 10], [1, 20], 3)",
                out: "[[ 0.  10. ]\n [ 0.5 15. ]\n [ 1.  20. ]]",
            },
        ],
        kind: Kind::Call(linspace),
        ..Prim::NEW
    },
    Prim {
        name: "logspace",
        numpy_scratch: 1,
        params: "start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0",
        doc: "`base ** linspace(start, stop, num)`, along a new axis where one of them is an array.",
        examples: &[
            Example { code: "logspace(0, 2, 3)", out: "[  1.  10. 100.]" },
            Example {
                code: "logspace(0, 2, 3, base=[2, 10])",
                out: "[[  1.   1.]\n [  2.  10.]\n [  4. 100.]]",
            },
        ],
        kind: Kind::Call(logspace),
        ..Prim::NEW
    },
    Prim {
        name: "geomspace",
        numpy_scratch: 1,
        params: "start, stop, num=50, endpoint=True, dtype=None, axis=0",
        doc: "`num` numbers from `start` to `stop`, each the same multiple of the one before.\n\nReal ends have one sign; complex ones lie on a spiral, or on a circle. With arrays for the ends, along a new axis.",
        examples: &[
            Example { code: "geomspace(1, 1000, 4)", out: "[   1.   10.  100. 1000.]" },
            Example { code: "geomspace(1j, 1000j, 4)", out: "[0.   +1.j 0.  +10.j 0. +100.j 0.+1000.j]" },
        ],
        kind: Kind::Call(geomspace),
        ..Prim::NEW
    },
    Prim {
        name: "iota",
        glyphs: &[Glyph { text: "⍳", class: Class::Glyph, valence: Valence::Monadic }],
        params: "n",
        doc: "The indices of an array: `⍳n` is 0 to n-1; `⍳2 3` has shape 2 3 2 and holds each index pair.\n\nWhole floats count too.",
        examples: &[
            Example { code: "⍳5", out: "[0 1 2 3 4]" },
            Example { code: "(⍳2 3)[1, 2]", out: "[1 2]" },
            Example { code: "⍳⌊7÷2", out: "[0 1 2]" },
        ],
        numpy: "np.arange(n) if np.ndim(n) == 0 else np.stack(np.indices(n), -1)",
        kind: Kind::Call(iota),
        ..Prim::NEW
    },
    Prim {
        name: "meshgrid",
        params: "*xi, copy=True, sparse=False, indexing='xy'",
        doc: "Coordinate arrays of a grid, one for each axis vector.\n\nWith `indexing='xy'` the first two axes change places, as in plots; 'ij' keeps them. `sparse` leaves axes of length one, `copy=False` gives views.",
        examples: &[
            Example { code: "X, Y = meshgrid([1, 2, 3], [10, 20]); X", out: "[[1 2 3]\n [1 2 3]]" },
            Example { code: "meshgrid([1, 2], [3, 4, 5], indexing=\"ij\")[1].shape", out: "(2, 3)" },
        ],
        kind: Kind::Call(meshgrid),
        ..Prim::NEW
    },
    Prim {
        name: "indices",
        params: "dimensions, dtype=int, sparse=False",
        doc: "For each axis of a shape an array of the index along it, stacked in front.",
        examples: &[Example { code: "indices((2, 3))[1]", out: "[[0 1 2]\n [0 1 2]]" }],
        kind: Kind::Call(indices),
        ..Prim::NEW
    },
    Prim {
        name: "fromfunction",
        params: "function, shape, *, dtype=float",
        doc: "What a function gives for the whole index arrays of a shape, float64 unless a dtype is given.",
        examples: &[Example {
            code: "fromfunction((i, j) => 10 * i + j, (2, 3), dtype=int)",
            out: "[[ 0  1  2]\n [10 11 12]]",
        }],
        kind: Kind::Call(fromfunction),
        ..Prim::NEW
    },
];

/// The first integers, if there are few.
fn arange_brief(args: &[&Value]) -> Option<Value> {
    let [Value::Int(n @ 0..=1024)] = args else { return None };
    exec::distinct::counting(*n as usize).ok().map(Value::Array)
}

fn arange(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let number = |i: usize| -> Result<Option<Scalar>, Fault> {
        match args.get(i) {
            None | Some(Value::None) => Ok(None),
            Some(v) => convert::as_scalar(v).map(Some).ok_or_else(|| args.wrong(i, "a number")),
        }
    };
    let (mut start, mut stop, step) = (number(0)?, number(1)?, number(2)?);
    if stop.is_none() {
        (start, stop) = (None, start);
    }
    let Some(stop) = stop else { return Err(args.wrong(0, "a number")) };
    let given = [start, Some(stop), step];
    let found = given.iter().flatten().fold(DType::I64, |d, s| promote(d, s.dtype()));
    let dtype = args.opt_dtype(3)?.unwrap_or(found);
    let start = start.unwrap_or(Scalar::I64(0));
    let step = step.unwrap_or(Scalar::I64(1));
    if found.is_complex() {
        return Err(args.reason("complex numbers have no order to count in"));
    }
    let n = arange_len(args, start, stop, step)?;
    if dtype == DType::Bool && n > 2 {
        return Err(args.reason("a range of bools has at most 2 elements"));
    }
    let second = match (start.as_i128(), step.as_i128()) {
        (Some(a), Some(b)) => Scalar::I64((a + b) as i64),
        _ => Scalar::F64(start.as_f64().unwrap_or(0.0) + step.as_f64().unwrap_or(0.0)),
    };
    Ok(Value::Array(progression(dtype, n, cast_scalar(start, dtype), cast_scalar(second, dtype))?))
}

/// `ceil((stop - start) / step)`, not below 0.
fn arange_len(args: &Args, start: Scalar, stop: Scalar, step: Scalar) -> Result<usize, Fault> {
    if let (Some(a), Some(b), Some(s)) = (start.as_i128(), stop.as_i128(), step.as_i128()) {
        if s == 0 {
            return Err(args.reason("the step is 0: nothing is reached"));
        }
        let n = if s > 0 { (b - a + s - 1) / s } else { (a - b - s - 1) / -s };
        return usize::try_from(n.max(0)).map_err(|_| ArrayError::TooLarge.into());
    }
    let float = |s: Scalar| s.as_f64().unwrap_or(f64::NAN);
    if float(step) == 0.0 {
        return Err(args.reason("the step is 0: nothing is reached"));
    }
    let n = ((float(stop) - float(start)) / float(step)).ceil();
    if n.is_nan() {
        return Err(args.reason("the length cannot be computed from nan"));
    }
    if n >= 9e18 {
        return Err(ArrayError::TooLarge.into());
    }
    Ok(n.max(0.0) as usize)
}

/// `n` values with the first two given: `first + i * (second - first)`.
pub fn progression(dtype: DType, n: usize, first: Scalar, second: Scalar) -> Result<Array, Fault> {
    fn floats<T>(n: usize, a: T, b: T, of: impl Fn(f64) -> T + Sync) -> Result<Array, Fault>
    where
        T: Element + Add<Output = T> + Sub<Output = T> + Mul<Output = T>,
    {
        fill_with(n, b - a, |i, d: T| a + of(i as f64) * d)
    }
    if dtype == DType::Bool {
        return convert::from_scalars(dtype, &[first, second][..n.min(2)], &[n.min(2)]);
    }
    match (first, second) {
        (Scalar::F32(a), Scalar::F32(b)) => floats(n, a, b, |i| i as f32),
        (Scalar::F64(a), Scalar::F64(b)) => floats(n, a, b, |i| i),
        (Scalar::C64(a), Scalar::C64(b)) => floats(n, a, b, |i| c64::new(i as f32, 0.0)),
        (Scalar::C128(a), Scalar::C128(b)) => floats(n, a, b, |i| c128::new(i, 0.0)),
        _ => {
            // Integers of every size count modulo their width.
            let a = first.as_i128().unwrap_or(0) as i64;
            let delta = (second.as_i128().unwrap_or(0) as i64).wrapping_sub(a);
            match dtype {
                DType::I64 => fill_with(n, delta, |i, d: i64| a.wrapping_add(d.wrapping_mul(i as i64))),
                DType::U64 => {
                    fill_with(n, delta as u64, |i, d: u64| (a as u64).wrapping_add(d.wrapping_mul(i as u64)))
                }
                _ => {
                    let whole = fill_with(n, delta, |i, d: i64| a.wrapping_add(d.wrapping_mul(i as i64)))?;
                    Ok(exec::in_dtype(&whole, dtype)?)
                }
            }
        }
    }
}

fn fill_with<T: Element>(n: usize, delta: T, f: impl Fn(usize, T) -> T + Sync) -> Result<Array, Fault> {
    let mut out = Array::empty(T::DTYPE, &[n])?;
    let _pass = tally::pass(|| Pass::new("range", T::DTYPE, n).writes(&out).ops(n));
    if let Some(out) = out.as_mut_slice::<T>() {
        let step =
            if exec::threads::for_elements(n) == 1 { n.max(1) } else { exec::threads::share(n, 1 << 16) };
        let cuts = (step..n).step_by(step).chain([n]);
        exec::threads::pieces(crate::kernel::BlockMut::new(out), cuts, &|k, piece| {
            let first = k * step;
            let piece = piece.typed::<T>();
            crate::kernel::simd(
                #[inline(always)]
                || piece.iter_mut().enumerate().for_each(|(i, o)| *o = f(first + i, delta)),
            )
        });
    }
    Ok(out)
}

/// Ends, count and options of an evenly spaced range.
struct Spaced {
    start: Array,
    stop: Array,
    num: usize,
    endpoint: bool,
    /// The dtype to compute in: floating point.
    dtype: DType,
}

fn spaced(args: &Args) -> Result<Spaced, Fault> {
    let num = args.int(2)?;
    if num < 0 {
        return Err(args.reason(format!("the number of samples, {num}, must not be negative")));
    }
    let ends = [args.value(0), args.value(1)];
    let (start, stop) = (args.array(0)?, args.array(1)?);
    // Ends are made arrays and multiplied by 1.0, which makes plain numbers float64.
    let float = |v: &Value, a: &Array| match v {
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => Operand::Typed(DType::F64),
        Value::Complex(_) => Operand::Typed(DType::C128),
        _ if a.dtype().is_inexact() => Operand::Typed(a.dtype()),
        _ => Operand::Typed(DType::F64),
    };
    let dtype = result_dtype(&[float(&ends[0], &start), float(&ends[1], &stop), Operand::Float]);
    let endpoint = args.flag(3)?;
    let shape = broadcast_shapes(&[start.shape(), stop.shape()])?;
    let wide = |a: &Array| -> Result<Array, Fault> {
        let a = exec::in_dtype(a, dtype)?;
        Ok(exec::contiguous(&a.broadcast_to(&shape)?)?)
    };
    Ok(Spaced { start: wide(&start)?, stop: wide(&stop)?, num: num as usize, endpoint, dtype })
}

impl Spaced {
    /// The values, with `num` along the first axis, and the steps.
    fn run(&self) -> Result<(Array, Array), Fault> {
        match self.dtype {
            DType::F32 => self.typed(|i| i as f32),
            DType::C64 => self.typed(|i| c64::new(i as f32, 0.0)),
            DType::C128 => self.typed(|i| c128::new(i, 0.0)),
            _ => self.typed(|i| i),
        }
    }

    fn typed<T>(&self, of: impl Fn(f64) -> T + Sync) -> Result<(Array, Array), Fault>
    where
        T: Element + Add<Output = T> + Sub<Output = T> + Mul<Output = T> + Div<Output = T>,
    {
        let start = self.start.as_slice::<T>().unwrap_or(&[]);
        let stop = self.stop.as_slice::<T>().unwrap_or(&[]);
        let div = if self.endpoint { self.num.saturating_sub(1) } else { self.num };
        let delta: Vec<T> = start.iter().zip(stop).map(|(&a, &b)| b - a).collect();
        let step: Vec<T> = match div {
            0 => vec![of(f64::NAN); delta.len()],
            _ => delta.iter().map(|&d| d / of(div as f64)).collect(),
        };
        let vanishes = div > 0 && step.iter().any(|&s| s == T::default());
        let plain = div > 0 && !vanishes && self.start.ndim() == 0;
        if let (true, [a], [b], [d]) = (plain, start, stop, &step[..]) {
            let mut y = fill_with(self.num, *d, |i, d: T| of(i as f64) * d + *a)?;
            if self.endpoint
                && self.num > 1
                && let Some(last) = y.as_mut_slice::<T>().and_then(<[T]>::last_mut)
            {
                *last = *b;
            }
            return Ok((y, Array::from_slice(&step, self.start.shape())?));
        }
        let shape: Dims = std::iter::once(self.num).chain(self.start.shape().iter().copied()).collect();
        let mut out = Array::empty(T::DTYPE, &shape)?;
        let m = start.len();
        if let Some(out) = out.as_mut_slice::<T>().filter(|o| !o.is_empty()) {
            for (i, row) in out.chunks_exact_mut(m).enumerate() {
                let i = of(i as f64);
                for (j, o) in row.iter_mut().enumerate() {
                    let y = match (div, vanishes) {
                        (0, _) => i * delta[j],
                        (_, true) => i / of(div as f64) * delta[j],
                        _ => i * step[j],
                    };
                    *o = y + start[j];
                }
            }
            if self.endpoint && self.num > 1 {
                let last = (self.num - 1) * m;
                out[last..].copy_from_slice(stop);
            }
        }
        Ok((out, Array::from_slice(&step, self.start.shape())?))
    }
}

fn linspace(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let spaced = spaced(args)?;
    let (mut y, step) = spaced.run()?;
    let axis = args.axis(6, y.ndim())?;
    if axis != 0 {
        y = first_axis_to(&y, axis);
    }
    let dtype = args.opt_dtype(5)?;
    convert::warn_cast(host, &y, dtype.unwrap_or(y.dtype()))?;
    let out = match dtype {
        Some(d) if d.is_int() => exec::cast(&floor(&y)?, d, Order::C)?,
        Some(d) => exec::in_dtype(&y, d)?,
        None => y,
    };
    let undefined = spaced.num == 0 || (spaced.endpoint && spaced.num == 1);
    match args.flag(4)? {
        true if undefined => Ok(Value::tuple(vec![Value::Array(out), Value::Float(f64::NAN)])),
        true => Ok(Value::tuple(vec![Value::Array(out), convert::unwrap_0d(step)])),
        false => Ok(Value::Array(out)),
    }
}

fn floor(a: &Array) -> Result<Array, Fault> {
    map_reals(a, f64::floor)
}

/// A function of real numbers over an array, in float64.
fn map_reals(a: &Array, f: impl Fn(f64) -> f64) -> Result<Array, Fault> {
    let values: Vec<f64> = convert::elements::<f64>(a)?.into_iter().map(f).collect();
    Ok(Array::from_slice(&values, a.shape())?)
}

fn logspace(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let mut spaced = spaced(args)?;
    let base = args.array(4)?;
    // One base for each of the ends.
    let shape = broadcast_shapes(&[spaced.start.shape(), base.shape()])?;
    spaced.start = exec::contiguous(&spaced.start.broadcast_to(&shape)?)?;
    spaced.stop = exec::contiguous(&spaced.stop.broadcast_to(&shape)?)?;
    let y = apply_array(host, "power", [args.value(4), Value::Array(spaced.run()?.0)])?;
    let dtype = args.opt_dtype(5)?.unwrap_or(y.dtype());
    Ok(Value::Array(exec::in_dtype(&first_axis_to(&y, args.axis(6, y.ndim())?), dtype)?))
}

/// A view whose first axis stands at another place.
fn first_axis_to(a: &Array, axis: usize) -> Array {
    let mut axes: Dims = (1..a.ndim()).collect();
    axes.insert(axis, 0);
    a.permute(&axes)
}

/// NumPy's way: the ends' common sign or direction apart, powers of ten evenly spaced between their
/// logarithms, the ends themselves at the ends.
fn geomspace(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let mut spaced = spaced(args)?;
    let zero = |a: &Array| Ok::<_, Fault>(convert::scalars(a)?.iter().any(|s| !s.truth()));
    if zero(&spaced.start)? || zero(&spaced.stop)? {
        return Err(args.reason("the ends must not be zero"));
    }
    let value = |a: &Array| Value::Array(a.clone());
    let sign = apply_array(host, "sign", [value(&spaced.start)])?;
    let ends =
        [&spaced.start, &spaced.stop].map(|end| apply_array(host, "divide", [value(end), value(&sign)]));
    let [start, stop] = ends;
    let (start, stop) = (start?, stop?);
    if !spaced.dtype.is_complex()
        && convert::scalars(&stop)?.iter().any(|s| s.as_f64().is_some_and(|x| x < 0.0))
    {
        return Err(
            args.reason("real ends must have one sign; write the first as a complex number for a spiral")
        );
    }
    spaced.start = exec::contiguous(&apply_array(host, "log10", [value(&start)])?)?;
    spaced.stop = exec::contiguous(&apply_array(host, "log10", [value(&stop)])?)?;
    let y = apply_array(host, "power", [Value::Float(10.0), Value::Array(spaced.run()?.0)])?;
    if spaced.num > 0 {
        exec::assign(&layer(&y, 0, 0), &start)?;
    }
    if spaced.num > 1 && spaced.endpoint {
        exec::assign(&layer(&y, 0, spaced.num - 1), &stop)?;
    }
    let y = apply_array(host, "multiply", [Value::Array(y), value(&sign)])?;
    let y = first_axis_to(&y, args.axis(5, y.ndim())?);
    Ok(Value::Array(exec::in_dtype(&y, args.opt_dtype(4)?.unwrap_or(y.dtype()))?))
}

fn iota(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let counts = args.get(0).and_then(convert::as_counts);
    let counts = counts.ok_or_else(|| args.wrong(0, "an integer or a vector of them"))?;
    if counts.iter().any(|&n| n < 0) {
        return Err(args.reason("a shape has no negative lengths"));
    }
    let shape: Dims = counts.iter().map(|&n| n as usize).collect();
    if let [n] = shape[..] {
        return Ok(Value::Array(progression(DType::I64, n, Scalar::I64(0), Scalar::I64(1))?));
    }
    let full: Dims = shape.iter().copied().chain([shape.len()]).collect();
    let out = Array::empty(DType::I64, &full)?;
    for axis in 0..shape.len() {
        let part = crate::prim::arrays::layout::layer(&out, shape.len(), axis);
        exec::assign(&part, &along(&shape, axis, DType::I64)?)?;
    }
    Ok(Value::Array(out))
}

/// The index along an axis, ready to broadcast over a shape.
fn along(shape: &[usize], axis: usize, dtype: DType) -> Result<Array, Fault> {
    let (zero, one) = (cast_scalar(Scalar::I64(0), dtype), cast_scalar(Scalar::I64(1), dtype));
    let line = progression(dtype, shape[axis], zero, one)?;
    let mut dims = vec![1i64; shape.len()];
    dims[axis] = -1;
    if shape[axis] == 0 {
        dims[axis] = 0;
    }
    crate::prim::arrays::layout::reshape(&line, &dims, Order::C)
}

fn meshgrid(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (copy, sparse) = (args.flag(1)?, args.flag(2)?);
    let swap = match args.str(3)? {
        "xy" => true,
        "ij" => false,
        _ => return Err(args.wrong(3, "'xy' or 'ij'")),
    };
    let vectors = args.rest(0).iter().map(convert::to_array).collect::<Result<Vec<_>, _>>()?;
    let n = vectors.len();
    let place = |k: usize| if swap && n > 1 && k < 2 { 1 - k } else { k };
    let shape: Dims = (0..n).map(|k| vectors[place(k)].size()).collect();
    let mut out = Vec::with_capacity(n);
    for (k, v) in vectors.iter().enumerate() {
        let mut dims = vec![1i64; n];
        dims[place(k)] = v.size() as i64;
        let thin = crate::prim::arrays::layout::reshape(v, &dims, Order::C)?;
        let grid = if sparse { thin } else { thin.broadcast_to(&shape)? };
        out.push(if copy { exec::copy(&grid, Order::C)? } else { grid });
    }
    Ok(tuple(out))
}

fn indices(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let shape = args.shape(0)?;
    let dtype = args.opt_dtype(1)?.unwrap_or(DType::I64);
    let parts = (0..shape.len()).map(|k| along(&shape, k, dtype)).collect::<Result<Vec<_>, _>>()?;
    if args.flag(2)? {
        return Ok(tuple(parts));
    }
    Ok(Value::Array(stacked(&parts, &shape, dtype)?))
}

/// Arrays broadcast to a shape, stacked along a new first axis.
fn stacked(parts: &[Array], shape: &[usize], dtype: DType) -> Result<Array, Fault> {
    let full: Dims = std::iter::once(parts.len()).chain(shape.iter().copied()).collect();
    let out = Array::empty(dtype, &full)?;
    for (k, part) in parts.iter().enumerate() {
        exec::assign(&crate::prim::arrays::layout::layer(&out, 0, k), part)?;
    }
    Ok(out)
}

fn fromfunction(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let Some(Value::Func(f)) = args.get(0) else { return Err(args.wrong(0, "a function")) };
    let shape = args.shape(1)?;
    let dtype = args.opt_dtype(2)?.unwrap_or(DType::F64);
    let mut grids = Vec::new();
    for k in 0..shape.len() {
        let grid = along(&shape, k, dtype)?.broadcast_to(&shape)?;
        grids.push(Value::Array(exec::copy(&grid, Order::C)?));
    }
    f.call(host, CallArgs::new(grids))
}

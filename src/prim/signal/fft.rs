//! `np.fft`: discrete Fourier transforms along one or several axes, frequencies, and shifts.
//! `exec::spectrum` transforms; here stand the arguments, the factors and the order of axes.

use crate::array::{Array, Dims, Order, normalize_axis};
use crate::exec::{self, Transform};
use crate::prim::reducing::arguments as reducing;
use crate::prim::{Args, Example, Home, Prim};
use crate::value::{Fault, Value};

const LINE: &str = "a, n=None, axis=-1, norm=None, out=None";
/// Without `axes`, the last two.
const PLANE: &str = "a, s=None, axes=?, norm=None, out=None";
const SPACE: &str = "a, s=None, axes=None, norm=None, out=None";

pub const ROWS: &[Prim] = &[
    Home::Fft.row(
        "fft",
        LINE,
        "The discrete Fourier transform along an axis: `X[k] = sum of a[j] * exp(-2πi j k / n)`.\n\n\
         `n` cuts or pads the axis with zeros. `norm` says where `1/n` goes: \"backward\" (the inverse, \
         the default), \"forward\", or \"ortho\" (its root to both). float32 gives complex64, anything \
         else complex128.",
        &[
            Example { code: "np.fft.fft([1, 0, 0, 0])", out: "[1.+0.j 1.+0.j 1.+0.j 1.+0.j]" },
            Example { code: "np.fft.fft([1, 1], n=4).real", out: "[2. 1. 0. 1.]" },
            Example { code: "np.fft.fft([3, 1], norm=\"forward\")", out: "[2.+0.j 1.+0.j]" },
        ],
        |_, args| line(args, Transform::Forward, false),
    ),
    Home::Fft.row(
        "ifft",
        LINE,
        "The inverse of `fft` along an axis.",
        &[Example { code: "np.fft.ifft([0, 4, 0, 0])", out: "[ 1.+0.j  0.+1.j -1.+0.j  0.-1.j]" }],
        |_, args| line(args, Transform::Inverse, false),
    ),
    Home::Fft.row(
        "rfft",
        LINE,
        "The first `n // 2 + 1` values of the transform of a real array along an axis; the others are \
         their conjugates.",
        &[Example { code: "np.fft.rfft([0, 1, 0, 0])", out: "[ 1.+0.j  0.-1.j -1.+0.j]" }],
        |_, args| line(args, Transform::Half, false),
    ),
    Home::Fft.row(
        "irfft",
        LINE,
        "The inverse of `rfft`: real values of which the first half of the transform is given.\n\n\
         `n` is the length of the result, by default `2 * (m - 1)` for `m` values.",
        &[Example { code: "np.fft.irfft([1, -1j, -1])", out: "[0. 1. 0. 0.]" }],
        |_, args| line(args, Transform::HalfInverse, false),
    ),
    Home::Fft.row(
        "hfft",
        LINE,
        "The transform of a signal with Hermitian symmetry, given by its first half: real values.\n\n\
         `n` is the length of the result, by default `2 * (m - 1)` for `m` values.",
        &[Example { code: "np.fft.hfft([1, 2, 3])", out: "[ 8. -2.  0. -2.]" }],
        |_, args| line(args, Transform::HalfInverse, true),
    ),
    Home::Fft.row(
        "ihfft",
        LINE,
        "The inverse of `hfft`: the first half of the inverse transform of a real array.",
        &[Example { code: "np.fft.ihfft([8, -2, 0, -2])", out: "[1.-0.j 2.-0.j 3.-0.j]" }],
        |_, args| line(args, Transform::Half, true),
    ),
    Home::Fft.row(
        "fft2",
        PLANE,
        "The discrete Fourier transform over two axes, the last two by default.",
        &[Example { code: "np.fft.fft2([[1, 0], [0, 0]])", out: "[[1.+0.j 1.+0.j]\n [1.+0.j 1.+0.j]]" }],
        |_, args| several(args, Transform::Forward),
    ),
    Home::Fft.row(
        "ifft2",
        PLANE,
        "The inverse of `fft2`.",
        &[Example { code: "np.fft.ifft2(4 * np.ones((2, 2))).real", out: "[[4. 0.]\n [0. 0.]]" }],
        |_, args| several(args, Transform::Inverse),
    ),
    Home::Fft.row(
        "rfft2",
        PLANE,
        "The transform of a real array over two axes; of the last one only the first half.",
        &[Example { code: "np.fft.rfft2(np.eye(2)).real", out: "[[2. 0.]\n [0. 2.]]" }],
        |_, args| several(args, Transform::Half),
    ),
    Home::Fft.row(
        "irfft2",
        PLANE,
        "The inverse of `rfft2`: a real array.",
        &[Example { code: "np.fft.irfft2([[2, 0], [0, 2]])", out: "[[1. 0.]\n [0. 1.]]" }],
        |_, args| several(args, Transform::HalfInverse),
    ),
    Home::Fft.row(
        "fftn",
        SPACE,
        "The discrete Fourier transform over several axes, all by default.\n\n\
         `s` gives the length of each, and `axes` which.",
        &[Example { code: "np.fft.fftn([[1, 2], [3, 4]]).real", out: "[[10. -2.]\n [-4.  0.]]" }],
        |_, args| several(args, Transform::Forward),
    ),
    Home::Fft.row(
        "ifftn",
        SPACE,
        "The inverse of `fftn`.",
        &[Example { code: "np.fft.ifftn([[10, -2], [-4, 0]]).real", out: "[[1. 2.]\n [3. 4.]]" }],
        |_, args| several(args, Transform::Inverse),
    ),
    Home::Fft.row(
        "rfftn",
        SPACE,
        "The transform of a real array over several axes; of the last one only the first half.",
        &[Example { code: "np.fft.rfftn(np.ones((2, 2, 2))).real[0]", out: "[[8. 0.]\n [0. 0.]]" }],
        |_, args| several(args, Transform::Half),
    ),
    Home::Fft.row(
        "irfftn",
        SPACE,
        "The inverse of `rfftn`: a real array.",
        &[Example { code: "np.fft.irfftn([[4, 0], [0, 0]])", out: "[[1. 1.]\n [1. 1.]]" }],
        |_, args| several(args, Transform::HalfInverse),
    ),
    Home::Fft.row(
        "fftfreq",
        "n, d=1.0",
        "The frequencies of the values of a transform of length `n` with sample spacing `d`.",
        &[Example { code: "np.fft.fftfreq(4, d=0.5)", out: "[ 0.   0.5 -1.  -0.5]" }],
        |_, args| frequencies(args, true),
    ),
    Home::Fft.row(
        "rfftfreq",
        "n, d=1.0",
        "The frequencies of the values of `rfft` of length `n` with sample spacing `d`.",
        &[Example { code: "np.fft.rfftfreq(4)", out: "[0.   0.25 0.5 ]" }],
        |_, args| frequencies(args, false),
    ),
    Home::Fft.row(
        "fftshift",
        "x, axes=None",
        "Moves the zero frequency to the middle of the axes, all by default.",
        &[Example { code: "np.fft.fftshift([0, 1, 2, -2, -1])", out: "[-2 -1  0  1  2]" }],
        |_, args| shift(args, |n| n / 2),
    ),
    Home::Fft.row(
        "ifftshift",
        "x, axes=None",
        "The inverse of `fftshift`.",
        &[Example { code: "np.fft.ifftshift([-2, -1, 0, 1, 2])", out: "[ 0  1  2 -2 -1]" }],
        |_, args| shift(args, |n| n - n / 2),
    ),
];

/// The factor of a transform of length `n`.
fn factor(args: &Args, n: usize, inverse: bool) -> Result<f64, Fault> {
    let n = n as f64;
    match args.get(3) {
        _ if args.is_none(3) => Ok(if inverse { 1.0 / n } else { 1.0 }),
        Some(Value::Str(s)) => match (&**s, inverse) {
            ("backward", false) | ("forward", true) => Ok(1.0),
            ("backward", true) | ("forward", false) => Ok(1.0 / n),
            ("ortho", _) => Ok(1.0 / n.sqrt()),
            _ => Err(args
                .reason(format!("Invalid norm value {s}; should be \"backward\",\"ortho\" or \"forward\"."))),
        },
        _ => Err(args.wrong(3, "one of 'backward', 'ortho', 'forward'")),
    }
}

/// The length of a transform: what is asked for, or what the axis gives.
fn length(args: &Args, asked: Option<i64>, given: usize, kind: Transform) -> Result<usize, Fault> {
    let natural = if kind == Transform::HalfInverse { 2 * (given as i64 - 1) } else { given as i64 };
    match asked.unwrap_or(natural) {
        n if n < 1 => Err(args.reason(format!("Invalid number of FFT data points ({n}) specified."))),
        n => Ok(n as usize),
    }
}

/// A transform along one axis. A Hermitian signal is the other way round: conjugate input or output,
/// and the factor of the opposite direction.
fn line(args: &Args, kind: Transform, hermitian: bool) -> Result<Value, Fault> {
    let a = args.array(0)?;
    refuse_complex(args, &a, kind)?;
    let axis = args.axis(2, a.ndim())?;
    let n = length(args, args.opt_int(1)?, a.shape()[axis], kind)?;
    let inverse = matches!(kind, Transform::Inverse | Transform::HalfInverse) != hermitian;
    let factor = factor(args, n, inverse)?;
    let a = if hermitian && a.dtype().is_complex() { conjugate(&a)? } else { a };
    let mut out = exec::transform(a, axis, n, kind, factor)?;
    if hermitian && kind == Transform::Half {
        out = conjugate(&out)?;
    }
    reducing::finish(out, reducing::out_array(args, 4)?)
}

fn refuse_complex(args: &Args, a: &Array, kind: Transform) -> Result<(), Fault> {
    if kind == Transform::Half && a.dtype().is_complex() {
        return Err(Fault::NoLoop {
            func: args.name().into(),
            dtypes: vec![a.dtype()],
            help: Some("transform complex data with `np.fft.fft`"),
        });
    }
    Ok(())
}

fn conjugate(a: &Array) -> Result<Array, Fault> {
    let mut out = exec::copy(a, Order::C)?;
    if let Some(z) = out.as_mut_slice::<crate::dtype::c64>() {
        z.iter_mut().for_each(|z| z.im = -z.im);
    } else if let Some(z) = out.as_mut_slice::<crate::dtype::c128>() {
        z.iter_mut().for_each(|z| z.im = -z.im);
    }
    Ok(out)
}

/// A transform over several axes: the real one along the last of them, the others complex.
fn several(args: &Args, kind: Transform) -> Result<Value, Fault> {
    let mut a = args.array(0)?;
    refuse_complex(args, &a, kind)?;
    let sizes = if args.is_none(1) { None } else { Some(args.ints(1)?) };
    let axes: Vec<i64> = match (args.get(2), &sizes) {
        (None, _) => vec![-2, -1],
        _ if !args.is_none(2) => args.ints(2)?,
        (_, Some(s)) => (-(s.len() as i64)..0).collect(),
        _ => (0..a.ndim() as i64).collect(),
    };
    if sizes.as_ref().is_some_and(|s| s.len() != axes.len()) {
        return Err(args.reason("Shape and axes have different lengths."));
    }
    let axes = axes.into_iter().map(|k| normalize_axis(k, a.ndim())).collect::<Result<Vec<_>, _>>()?;
    let Some(&last) = axes.last() else {
        return if matches!(kind, Transform::Forward | Transform::Inverse) {
            Ok(Value::Array(exec::cast(&a, a.dtype().to_complex(), Order::C)?))
        } else {
            Err(args.reason("at least 1 axis must be transformed"))
        };
    };
    let inverse = matches!(kind, Transform::Inverse | Transform::HalfInverse);
    let asked = |i: usize| sizes.as_ref().map(|s| s[i]).filter(|&n| n != -1);
    let plain = if inverse { Transform::Inverse } else { Transform::Forward };
    let mut order: Vec<usize> = (0..axes.len()).collect();
    if kind != Transform::HalfInverse {
        order.reverse();
    }
    for i in order {
        let real = i + 1 == axes.len() && axes[i] == last;
        let kind = if real { kind } else { plain };
        let n = length(args, asked(i), a.shape()[axes[i]], kind)?;
        a = exec::transform(a, axes[i], n, kind, factor(args, n, inverse)?)?;
    }
    reducing::finish(a, reducing::out_array(args, 4)?)
}

fn frequencies(args: &Args, full: bool) -> Result<Value, Fault> {
    let (n, d) = (args.int(0)?, args.float(1)?);
    if n < 1 {
        return Err(args.reason("n must be positive"));
    }
    crate::prim::convert::room_for([n as usize])?;
    let unit = 1.0 / (n as f64 * d);
    let positive = if full { 0..(n + 1) / 2 } else { 0..n / 2 + 1 };
    let negative = if full { -(n / 2)..0 } else { 0..0 };
    let values: Vec<f64> = positive.chain(negative).map(|k| k as f64 * unit).collect();
    Ok(Value::Array(Array::from_slice(&values, &[values.len()])?))
}

/// Rolls axes by an amount that depends on their lengths.
fn shift(args: &Args, amount: fn(usize) -> usize) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let axes = args.opt_axes(1, a.ndim())?.unwrap_or_else(|| (0..a.ndim()).collect());
    let out = Array::empty(a.dtype(), a.shape())?;
    // Each axis falls into two runs, so the result into 2^k boxes.
    for corner in 0..1usize << axes.len() {
        let (mut from, mut to) = (a.offset() as isize, 0isize);
        let mut shape = Dims::from(a.shape());
        for (bit, &k) in axes.iter().enumerate() {
            let n = a.shape()[k];
            let by = if n == 0 { 0 } else { amount(n) % n };
            let wrapped = corner >> bit & 1 == 1;
            shape[k] = if wrapped { by } else { n - by };
            let (f, t) = if wrapped { (n - by, 0) } else { (0, by) };
            from += f as isize * a.strides()[k];
            to += t as isize * out.strides()[k];
        }
        if shape.iter().all(|&n| n > 0) {
            let target = out.view(&shape, out.strides(), to as usize);
            exec::assign(&target, &a.view(&shape, a.strides(), from as usize))?;
        }
    }
    Ok(Value::Array(out))
}

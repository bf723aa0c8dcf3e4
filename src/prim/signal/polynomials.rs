//! Polynomials as vectors of coefficients, highest power first: values, fits, roots.

use crate::array::{Array, Dims};
use crate::dtype::{DType, Scalar, c128};
use crate::exec;
use crate::kernel::fft::parts;
use crate::kernel::interp::horner as kernel_horner;
use crate::kernel::linalg as kernel;
use crate::kernel::pairwise;
use crate::prim::linear::products::apply;
use crate::prim::reducing::arguments::deliver;
use crate::prim::{Args, CallArgs, Example, Home, Kind, Prim, table};
use crate::value::{Fault, Host, Part, Value};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

pub const ROWS: &[Prim] = &[
    Prim {
        name: "polyval",
        numpy_scratch: 1,
        params: "p, x",
        doc: "The value at `x` of a polynomial whose coefficients are `p`, highest power first.",
        examples: &[Example { code: "np.polyval([3, 0, 1], [0, 5])", out: "[ 1 76]" }],
        each: 0b10,
        kind: Kind::Call(polyval),
        ..Prim::NEW
    },
    Prim {
        name: "polyfit",
        numpy_scratch: 6,
        params: "x, y, deg, rcond=None",
        doc: "The polynomial of degree `deg` that fits points best in the sense of least squares.\n\n\
              Coefficients come highest power first. `y` may be a matrix of one column per fit.",
        examples: &[Example { code: "np.polyfit([0, 1, 2], [1, 3, 5], 1).round(6)", out: "[2. 1.]" }],
        kind: Kind::Call(polyfit),
        ..Prim::NEW
    },
    Prim {
        name: "roots",
        params: "p",
        doc: "The roots of a polynomial whose coefficients are `p`, highest power first.\n\n\
              They are the eigenvalues of its companion matrix.",
        examples: &[Example { code: "np.sort(np.roots([1, 0, -4])).round(6)", out: "[-2.  2.]" }],
        kind: Kind::Call(|_, args| roots(args)),
        ..Prim::NEW
    },
    Prim {
        name: "poly",
        params: "seq_of_zeros",
        doc: "The coefficients, highest power first, of the polynomial with the given roots.\n\n\
              Of a square matrix, its characteristic polynomial.",
        examples: &[Example { code: "np.poly([1, 2])", out: "[ 1. -3.  2.]" }],
        kind: Kind::Call(poly),
        ..Prim::NEW
    },
];

fn floats(a: &Array) -> Result<Vec<f64>, Fault> {
    Ok(exec::contiguous(&exec::in_dtype(a, DType::F64)?)?.as_slice::<f64>().unwrap_or_default().to_vec())
}

fn polyval(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (p, x) = (args.array(0)?, args.value(1));
    let (Some(&terms), Some(&step)) = (p.shape().first(), p.strides().first()) else {
        return Err(args.wrong(0, "an array of coefficients"));
    };
    let shape = args.array(1)?;
    if let Some(y) = horner(&p, &shape)? {
        return Ok(Value::Array(y));
    }
    let mut y =
        Value::Array(exec::full(shape.shape(), crate::dtype::cast_scalar(Scalar::I64(0), shape.dtype()))?);
    for i in 0..terms {
        let product = apply(host, "multiply", [y, x.clone()])?;
        let at = (p.offset() as isize + i as isize * step) as usize;
        let coefficient = match p.ndim() {
            1 => Value::Scalar(p.scalar_at(at)),
            // Of several polynomials each coefficient is an array.
            _ => Value::Array(p.view(&p.shape()[1..], &p.strides()[1..], at)),
        };
        y = apply(host, "add", [product, coefficient])?;
    }
    Ok(match y {
        Value::Array(a) => deliver(a),
        other => other,
    })
}

/// The values in one pass, for float64 points and coefficients that convert to it; nothing if there
/// is something to warn of.
fn horner(p: &Array, x: &Array) -> Result<Option<Array>, Fault> {
    let real = !p.dtype().is_complex() && p.ndim() == 1;
    if x.dtype() != DType::F64 || x.ndim() == 0 || !real {
        return Ok(None);
    }
    let (p, x) = (floats(p)?, exec::contiguous(x)?);
    let mut out = Array::empty(DType::F64, x.shape())?;
    let points = x.as_slice::<f64>().unwrap_or_default();
    let finite = AtomicBool::new(true);
    let to = out.as_mut_slice::<f64>().unwrap_or_default();
    parts(to, 1 << 14, exec::driver(points.len()), &|at, out| {
        if !kernel_horner(&p, &points[at..at + out.len()], out) {
            finite.store(false, Relaxed);
        }
    });
    Ok(finite.into_inner().then_some(out))
}

fn polyfit(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let deg = args.int(2)?;
    if deg < 0 {
        return Err(args.reason("expected deg >= 0"));
    }
    let (x, y) = (floats(&args.array(0)?)?, args.array(1)?);
    if x.is_empty() {
        return Err(args.reason("expected non-empty vector for x"));
    }
    if y.shape().first() != Some(&x.len()) {
        let parts = [Part::new(0, "x", &[x.len()], 0), Part::new(1, "y", y.shape(), 0)];
        return Err(args.lengths("expected x and y to have same length", parts, &[]));
    }
    let n = deg as usize + 1;
    let mut powers: Vec<f64> = x.iter().flat_map(|&v| (0..n).rev().map(move |k| v.powi(k as i32))).collect();
    // Columns of length one make the fit better conditioned.
    let scale: Vec<f64> = (0..n)
        .map(|j| {
            let squares: Vec<f64> = (0..x.len()).map(|i| powers[i * n + j].powi(2)).collect();
            pairwise::sum(&squares).sqrt()
        })
        .collect();
    powers.iter_mut().enumerate().for_each(|(at, p)| *p /= scale[at % n]);
    let cut = if args.is_none(3) { x.len() as f64 * f64::EPSILON } else { args.float(3)? };
    let lstsq = table().get(Home::Linalg, "lstsq").ok_or_else(|| Fault::NotYet { name: "lstsq".into() })?;
    let matrix = Array::from_slice(&powers, &[x.len(), n])?;
    let call = CallArgs::new([Value::Array(matrix), Value::Array(y), Value::Float(cut)]);
    let Value::Tuple(parts) = crate::prim::call(lstsq, host, call)? else { return Ok(Value::None) };
    if crate::prim::convert::as_index(&parts.items[2]) != Some(n as i64) {
        host.warn(crate::value::Warning {
            category: "RankWarning",
            text: "Polyfit may be poorly conditioned".into(),
            ..Default::default()
        });
    }
    let c = crate::prim::convert::to_array(&parts.items[0])?;
    let mut shape = Dims::from_elem(1, c.ndim());
    shape[0] = n;
    let scale = Value::Array(Array::from_slice(&scale, &shape)?);
    apply(host, "divide", [Value::Array(c), scale])
}

fn roots(args: &Args) -> Result<Value, Fault> {
    let p = args.array(0)?;
    if p.ndim() > 1 {
        return Err(args.misshapen(0, &p, "Input must be a rank-1 array.", &[".ravel()"]));
    }
    let complex = exec::contiguous(&exec::in_dtype(&p, DType::C128)?)?;
    let all = complex.as_slice::<c128>().unwrap_or_default();
    let zero = |z: &c128| z.norm_sqr() == 0.0;
    let Some(first) = all.iter().position(|z| !zero(z)) else {
        return Ok(Value::Array(Array::from_slice::<f64>(&[], &[0])?));
    };
    let trailing = all.iter().rev().take_while(|z| zero(z)).count();
    let c = &all[first..all.len() - trailing];
    let n = c.len() - 1;
    let mut values = Vec::new();
    if n > 0 {
        let mut companion = vec![c128::default(); n * n];
        (1..n).for_each(|i| companion[i * n + i - 1] = c128::new(1.0, 0.0));
        (0..n).for_each(|j| companion[j] = -c[j + 1] / c[0]);
        let failed = |_| Fault::NoConvergence { func: args.name() };
        values = if p.dtype().is_complex() {
            kernel::eig(kernel::Dense::new(&companion, n, n), false).map_err(failed)?.values
        } else {
            let real: Vec<f64> = companion.iter().map(|z| z.re).collect();
            kernel::eig(kernel::Dense::new(&real, n, n), false).map_err(failed)?.values
        };
    }
    values.resize(n + trailing, c128::default());
    let real = !p.dtype().is_complex() && values.iter().all(|z| z.im == 0.0);
    Ok(Value::Array(exec::linalg::gathered_complex(&values, &[], &[values.len()], DType::F64, real)?))
}

fn poly(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let mut zeros = args.array(0)?;
    if zeros.ndim() == 2 && zeros.shape()[0] == zeros.shape()[1] {
        let eigvals =
            table().get(Home::Linalg, "eigvals").ok_or_else(|| Fault::NotYet { name: "eigvals".into() })?;
        let call = CallArgs::new([Value::Array(zeros)]);
        zeros = crate::prim::convert::to_array(&crate::prim::call(eigvals, host, call)?)?;
    } else if zeros.ndim() > 1 {
        return Err(args.reason("input must be 1d or non-empty square 2d array."));
    }
    let complex = exec::contiguous(&exec::in_dtype(&zeros, DType::C128)?)?;
    let roots = complex.as_slice::<c128>().unwrap_or_default();
    let mut p = vec![c128::new(1.0, 0.0)];
    for &r in roots {
        p.push(c128::default());
        for i in (1..p.len()).rev() {
            let product = p[i - 1] * r;
            p[i] -= product;
        }
    }
    // Roots that come in conjugate pairs make a real polynomial.
    let mirrored = roots.iter().all(|z| z.im == 0.0 || roots.contains(&z.conj()));
    Ok(Value::Array(exec::linalg::gathered_complex(&p, &[], &[p.len()], DType::F64, mirrored)?))
}

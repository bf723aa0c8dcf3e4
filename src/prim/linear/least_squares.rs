//! Least squares: `lstsq`, the pseudo-inverse, and `⌹`.

use super::chains::identity;
use super::linalg::{epsilon, fault, joined, linalg_row, matrices, square, with_field};
use super::products::{self, apply, inexact};
use crate::array::Dims;
use crate::dtype::{DType, Scalar, c128};
use crate::exec;
use crate::exec::linalg::{Matrices, Work, gathered, precision};
use crate::kernel::linalg::{self as kernel, Field};
use crate::kernel::matmul::{Mat, product};
use crate::prim::reducing::arguments::deliver;
use crate::prim::{Args, Example, Glyph, Home, Kind, Prim, Valence};
use crate::syntax::Class;
use crate::value::{Fault, Host, Part, Value, shape_text};

pub const ROWS: &[Prim] = &[
    Home::Linalg.row(
        "pinv",
        "a, rcond=None, hermitian=False, *, rtol=?",
        "The Moore-Penrose inverse: singular values at most `rcond` times the largest count as zero.",
        &[Example { code: "np.linalg.pinv([[2, 0], [0, 0]])", out: "[[0.5 0. ]\n [0.  0. ]]" }],
        |_, args| pinv(args, 1, 3),
    ),
    Home::Linalg.row(
        "lstsq",
        "a, b, rcond=None",
        "The `x` that minimises the length of `b - a @ x`: `(x, residuals, rank, singular values)`.\n\n\
         Of several such the shortest. `residuals` are the squared lengths, given when `a` has full \
         column rank and more rows than columns.",
        &[Example { code: "np.linalg.lstsq([[1, 0], [1, 1], [1, 2]], [1, 3, 5])[0]", out: "[1. 2.]" }],
        lstsq,
    ),
    Prim {
        name: "matrix_inverse",
        home: Home::Core,
        glyphs: &[Glyph { text: "⌹", class: Class::Glyph, valence: Valence::Monadic }],
        params: "y",
        doc: "`⌹y`: the inverse of a square matrix; of one with more rows, the least-squares inverse.\n\n\
              A number gives its reciprocal, a vector counts as one column. Singular matrices are an error.",
        examples: &[Example { code: "⌹ [[2, 0], [0, 4]]", out: "[[0.5  0.  ]\n [0.   0.25]]" }],
        numpy: "np.linalg.inv(y) if y.shape[0] == y.shape[1] else np.linalg.pinv(y)",
        kind: Kind::Call(|host, args| quad_divide(host, args, None, args.value(0))),
        ..Prim::NEW
    },
    Prim {
        name: "matrix_divide",
        home: Home::Core,
        glyphs: &[Glyph { text: "⌹", class: Class::Glyph, valence: Valence::Dyadic }],
        params: "x, y",
        doc: "`x ⌹ y`: the solution of `y @ z = x`, in the sense of least squares if `y` has more rows \
              than columns.",
        examples: &[Example { code: "9 8 ⌹ [[3, 1], [1, 2]]", out: "[2. 3.]" }],
        numpy: "np.linalg.lstsq(y, x)[0]",
        kind: Kind::Call(|host, args| quad_divide(host, args, Some(args.value(0)), args.value(1))),
        ..Prim::NEW
    },
];

/// `⌹`: without `x`, of the identity.
fn quad_divide(host: &mut dyn Host, args: &Args, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    let a = crate::prim::convert::to_array(&y)?;
    if a.ndim() == 0 {
        return match x {
            Some(x) => apply(host, "divide", [x, y]),
            None => apply(host, "reciprocal", [Value::Array(exec::in_dtype(&a, inexact(a.dtype()))?)]),
        };
    }
    let matrix = if a.ndim() == 1 { products::insert_axis(&a, 1) } else { a.clone() };
    if matrix.ndim() != 2 || matrix.shape()[0] < matrix.shape()[1] {
        return Err(args.reason(format!(
            "the matrix must have two axes, and at least as many rows as columns; its shape is {}",
            shape_text(matrix.shape())
        )));
    }
    let (m, n) = (matrix.shape()[0], matrix.shape()[1]);
    let b = match &x {
        Some(x) => crate::prim::convert::to_array(x)?,
        None => exec::in_dtype(&identity(m)?, inexact(matrix.dtype()))?,
    };
    if b.shape().first() != Some(&m) || b.ndim() > 2 {
        if b.ndim() == 0 || b.ndim() > 2 {
            return Err(args.reason("what is divided must be a vector or a matrix"));
        }
        let parts =
            [Part::new(0, "the left argument", b.shape(), 0), Part::new(1, "the matrix", a.shape(), 0)];
        return Err(args.lengths("both must have the same number of rows", parts, &[".T"]));
    }
    let call = crate::prim::CallArgs::new([Value::Array(matrix), Value::Array(b)]);
    let solution = if m == n {
        crate::prim::call(linalg_row("solve")?, host, call)?
    } else {
        let Value::Tuple(parts) = crate::prim::call(linalg_row("lstsq")?, host, call)? else {
            return Err(Fault::Singular { func: args.name() });
        };
        if crate::prim::convert::as_index(&parts.items[2]) != Some(n as i64) {
            return Err(Fault::Singular { func: args.name() });
        }
        parts.items[0].clone()
    };
    // A vector on the right leaves no axis of columns.
    match solution {
        Value::Array(z) if a.ndim() == 1 => {
            let shape = Dims::from(&z.shape()[1..]);
            Ok(deliver(products::reshape(&z, &shape)?))
        }
        other => Ok(other),
    }
}

fn pinv(args: &Args, rcond: usize, rtol: usize) -> Result<Value, Fault> {
    let hermitian = args.flag(2)?;
    let (m, dtype) = if hermitian { square(args)? } else { matrices(args)? };
    let (rows, cols) = (m.rows, m.cols);
    let k = rows.min(cols);
    let cut = if !args.is_none(rcond) {
        args.float(rcond)?
    } else if !args.is_none(rtol) {
        args.float(rtol)?
    } else if args.given(rtol) {
        rows.max(cols) as f64 * epsilon(dtype)
    } else {
        1e-15
    };
    with_field!(m, T => {
        let threads = if rows * cols > 1 << 14 { exec::threads::count() } else { 1 };
        let out = m.map(Work::Spectral, |f| fault(args, f), |_, a: kernel::Dense<'_, T>| {
            let svd = if hermitian {
                kernel::svd_hermitian(a, true)?
            } else {
                kernel::svd(a, true, false)?
            };
            let limit = cut * svd.s.first().copied().unwrap_or(0.0);
            // V / S times the adjoint of U; values at most the limit drop out.
            let scaled: Vec<T> = (0..cols * k)
                .map(|at| (at / k, at % k))
                .map(|(j, l)| {
                    let keep = svd.s[l] > limit;
                    let scale = T::from_real(if keep { 1.0 / svd.s[l] } else { 0.0 });
                    svd.vh[l * cols + j].conjugate() * scale
                })
                .collect();
            let adjoint: Vec<T> = svd.u.iter().map(|z| z.conjugate()).collect();
            let mut out = vec![T::default(); cols * rows];
            let (left, right) = (Mat::rows(&scaled, cols, k), Mat::rows(&adjoint, rows, k).transpose());
            product(left, right, &mut out, threads);
            Ok(out)
        })?;
        Ok(Value::Array(gathered(&joined(out), &m.stack, &[cols, rows], dtype)?))
    })
}

fn lstsq(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (a, b) = (args.array(0)?, args.array(1)?);
    let vector = b.ndim() == 1;
    let columns = if vector { products::insert_axis(&b, 1) } else { b.clone() };
    if a.ndim() != 2 || columns.ndim() != 2 {
        return Err(args.reason("the operands must be a matrix, and a vector or a matrix"));
    }
    let (m, n, k) = (a.shape()[0], a.shape()[1], columns.shape()[1]);
    if columns.shape()[0] != m {
        let parts = [Part::new(0, "a", a.shape(), 0), Part::new(1, "b", b.shape(), 0)];
        return Err(args.lengths("'b' must have as many rows as 'a'", parts, &[".T"]));
    }
    let dtype = crate::dtype::promote(inexact(a.dtype()), inexact(b.dtype()));
    let cut = match args.get(2) {
        _ if args.is_none(2) => epsilon(dtype) * m.max(n) as f64,
        _ => match args.float(2)? {
            c if c < 0.0 => epsilon(dtype),
            c => c,
        },
    };
    let wide = precision(dtype, m, n);
    let (a, b) = (Matrices::by_rows(&a, wide)?, exec::contiguous(&exec::in_dtype(&columns, wide)?)?);
    with_field!(a, T => {
        let b = b.as_slice::<T>().unwrap_or_default();
        let found = a.map(Work::Spectral, |f| fault(args, f), |_, a: kernel::Dense<'_, T>| {
            let a = a.by_rows();
            let (x, rank, s) = kernel::least_squares(&a, (m, n, k), b, cut)?;
            let rest = residuals(&a, (m, n, k), b, &x);
            Ok((x, rank, s, rest))
        })?;
        let Some((x, rank, s, rest)) = found.into_iter().next() else { return Err(Fault::NoConvergence { func: args.name() }) };
        let shape: &[usize] = if vector { &[n] } else { &[n, k] };
        let rest = if rank == n && m > n { rest } else { Vec::new() };
        let count = rest.len();
        Ok(Value::tuple(vec![
            Value::Array(gathered(&x, &[], shape, dtype)?),
            Value::Array(gathered(&rest, &[], &[count], dtype.to_real())?),
            Value::Scalar(Scalar::I32(rank as i32)),
            Value::Array(gathered(&s, &[], &[s.len()], dtype.to_real())?),
        ]))
    })
}

/// The squared lengths of the columns of `b - a x`.
fn residuals<T: Field>(a: &[T], (m, n, k): (usize, usize, usize), b: &[T], x: &[T]) -> Vec<f64> {
    let entry = |i: usize, c: usize| {
        let product = (0..n).fold(T::default(), |s, j| s + a[i * n + j] * x[j * k + c]);
        (b[i * k + c] - product).modulus().powi(2)
    };
    (0..k).map(|c| (0..m).map(|i| entry(i, c)).sum()).collect()
}

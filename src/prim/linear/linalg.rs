//! `np.linalg`: equations, decompositions, eigenvalues. Arguments, shapes and named results stand
//! here; `exec::linalg` walks stacks of matrices, `kernel::linalg` computes. Neighbours: `norms`,
//! `least_squares`, `chains`.

use crate::array::{Array, ArrayError, Dims, broadcast_shapes};
use crate::dtype::{DType, c128};
use crate::exec::linalg::{Matrices, Work, gathered, gathered_complex, precision};
use crate::exec::tally;
use crate::kernel::linalg::{self as kernel, Dense, Failure, Field, lu};
use crate::prim::linear::products::inexact;
use crate::prim::reducing::arguments::deliver;
use crate::prim::{Args, Example, Home, Prim};
use crate::value::{Fault, Part, Tuple, TupleNames, Value};
use std::rc::Rc;

pub const ROWS: &[Prim] = &[
    Home::Linalg.row(
        "solve",
        "a, b",
        "The `x` for which `a @ x` is `b`, by LU with partial pivoting.\n\n\
         `a` is a square matrix or a stack of them; `b` is a vector if it has one axis, else a stack of \
         matrices. A matrix with a zero pivot is singular: an error.",
        &[
            Example { code: "np.linalg.solve([[3, 1], [1, 2]], [9, 8])", out: "[2. 3.]" },
            Example {
                code: "np.linalg.solve([[2, 0], [0, 4]], [[2, 4], [4, 8]])",
                out: "[[1. 2.]\n [1. 2.]]",
            },
        ],
        |_, args| solve(args),
    ),
    Home::Linalg.row(
        "inv",
        "a",
        "The inverse of a square matrix, or of each of a stack.",
        &[Example { code: "np.linalg.inv([[1, 2], [3, 4]])", out: "[[-2.   1. ]\n [ 1.5 -0.5]]" }],
        |_, args| inv(args),
    ),
    Home::Linalg.row(
        "det",
        "a",
        "The determinant of a square matrix, or of each of a stack; 1 for an empty matrix.",
        &[
            Example { code: "np.linalg.det([[2, 0], [0, 3]])", out: "6.0" },
            Example { code: "np.linalg.det([[1, 2], [2, 4]])", out: "0.0" },
        ],
        |_, args| det(args),
    ),
    Home::Linalg.row(
        "slogdet",
        "a",
        "The sign of the determinant and the logarithm of its absolute value: `(sign, logabsdet)`.\n\n\
         For determinants too large or small for a float. A singular matrix has sign 0 and -inf.",
        &[Example {
            code: "np.linalg.slogdet([[0, 1], [1, 0]])",
            out: "SlogdetResult(sign=np.float64(-1.0), logabsdet=np.float64(0.0))",
        }],
        |_, args| slogdet(args),
    ),
    Home::Linalg.row(
        "cholesky",
        "a, /, *, upper=False",
        "The lower triangular `L` for which `L @ L.T` (conjugated) is the positive definite `a`; with \
         `upper`, its transpose.\n\nOnly one triangle of `a` is read.",
        &[Example { code: "np.linalg.cholesky([[4, 2], [2, 5]])", out: "[[2. 0.]\n [1. 2.]]" }],
        |_, args| cholesky(args),
    ),
    Home::Linalg.row(
        "qr",
        "a, mode='reduced'",
        "`a` as `Q @ R`: orthonormal columns and an upper triangle, `(Q, R)`.\n\n\
         `mode` is \"reduced\" (`Q` is m × k, k the smaller side), \"complete\" (m × m), or \"r\" (`R` \
         alone).",
        &[Example { code: "np.linalg.qr([[3, 0], [0, 4]]).R", out: "[[3. 0.]\n [0. 4.]]" }],
        |_, args| qr(args),
    ),
    Home::Linalg.row(
        "svd",
        "a, full_matrices=True, compute_uv=True, hermitian=False",
        "`a` as `U @ diag(S) @ Vh`: `(U, S, Vh)`, singular values descending.\n\n\
         `U` and `Vh` are square, or without `full_matrices` as narrow as `S` allows. With \
         `compute_uv=False`, the singular values alone. `hermitian` says that the matrix equals its \
         conjugate transpose: only the lower triangle is read, and less work is done.",
        &[Example { code: "np.linalg.svd([[3, 0], [0, 4]]).S", out: "[4. 3.]" }],
        |_, args| {
            let (vectors, full) = (args.flag(2)?, args.flag(1)?);
            svd(args, vectors, full, args.flag(3)?)
        },
    ),
    Home::Linalg.row(
        "svdvals",
        "x, /",
        "The singular values of a matrix, or of each of a stack, descending.",
        &[Example { code: "np.linalg.svdvals([[3, 0], [0, 4]])", out: "[4. 3.]" }],
        |_, args| svd(args, false, false, false),
    ),
    Home::Linalg.row(
        "eig",
        "a",
        "Eigenvalues and eigenvectors of a square matrix: `(eigenvalues, eigenvectors)`, one column each.\n\n\
         Columns have length one. Results are complex unless all eigenvalues of a real matrix are real.",
        &[Example { code: "np.linalg.eig([[2, 0], [0, 3]]).eigenvalues", out: "[2. 3.]" }],
        |_, args| eig(args, true),
    ),
    Home::Linalg.row(
        "eigvals",
        "a",
        "The eigenvalues of a square matrix, in no particular order.",
        &[Example { code: "np.linalg.eigvals([[0, 1], [-1, 0]])", out: "[0.+1.j 0.-1.j]" }],
        |_, args| eig(args, false),
    ),
    Home::Linalg.row(
        "eigh",
        "a, UPLO='L'",
        "Eigenvalues, ascending, and eigenvectors of a symmetric or Hermitian matrix: `(eigenvalues, \
         eigenvectors)`.\n\nOnly the triangle that `UPLO` names is read.",
        &[Example { code: "np.linalg.eigh([[2, 0], [0, 1]]).eigenvalues", out: "[1. 2.]" }],
        |_, args| eigh(args, true),
    ),
    Home::Linalg.row(
        "eigvalsh",
        "a, UPLO='L'",
        "The eigenvalues of a symmetric or Hermitian matrix, ascending.",
        &[Example { code: "np.linalg.eigvalsh([[2, 1], [1, 2]])", out: "[1. 3.]" }],
        |_, args| eigh(args, false),
    ),
];

static SLOGDET: TupleNames = TupleNames { name: "SlogdetResult", fields: &["sign", "logabsdet"] };
static QR: TupleNames = TupleNames { name: "QRResult", fields: &["Q", "R"] };
static SVD: TupleNames = TupleNames { name: "SVDResult", fields: &["U", "S", "Vh"] };
static EIG: TupleNames = TupleNames { name: "EigResult", fields: &["eigenvalues", "eigenvectors"] };
static EIGH: TupleNames = TupleNames { name: "EighResult", fields: &["eigenvalues", "eigenvectors"] };

fn named(names: &'static TupleNames, items: Vec<Value>) -> Value {
    Value::Tuple(Rc::new(Tuple { items: items.into(), names: Some(names) }))
}

/// Runs `$body` with `$T` the type that the matrices are computed in.
macro_rules! with_field {
    ($matrices:expr, $T:ident => $body:expr) => {
        match $matrices.dtype() {
            DType::C128 => {
                type $T = c128;
                $body
            }
            DType::C64 => {
                type $T = crate::dtype::c64;
                $body
            }
            DType::F32 => {
                type $T = f32;
                $body
            }
            _ => {
                type $T = f64;
                $body
            }
        }
    };
}
pub(in crate::prim) use with_field;

/// The error of a decomposition, under the function's name.
pub(in crate::prim) fn fault(args: &Args, failure: Failure) -> Fault {
    let func = args.name();
    match failure {
        Failure::Singular => Fault::Singular { func },
        Failure::NotPositiveDefinite => Fault::NotPositiveDefinite { func },
        Failure::NoConvergence => Fault::NoConvergence { func },
        Failure::Stopped => ArrayError::Interrupted.into(),
    }
}

/// Argument 0 as a stack of matrices, with the dtype of the results.
pub(in crate::prim) fn matrices(args: &Args) -> Result<(Matrices, DType), Fault> {
    let a = args.array(0)?;
    if a.ndim() < 2 {
        let reason = format!("{}-dimensional array given. Array must be at least two-dimensional", a.ndim());
        return Err(args.misshapen(0, &a, reason, &[]));
    }
    Ok((Matrices::new(&a)?, inexact(a.dtype())))
}

pub(in crate::prim) fn square(args: &Args) -> Result<(Matrices, DType), Fault> {
    let (m, dtype) = matrices(args)?;
    if m.rows != m.cols {
        let shape = args.array(0)?.shape().to_vec();
        return Err(Fault::NotSquare { func: args.name(), shape, pinv: args.name() == "inv" });
    }
    Ok((m, dtype))
}

fn solve(args: &Args) -> Result<Value, Fault> {
    let (a, dtype) = square(args)?;
    let b = args.array(1)?;
    if b.ndim() == 0 {
        return Err(args.reason("b must have at least one dimension"));
    }
    let out = crate::dtype::promote(dtype, inexact(b.dtype()));
    let column = b.ndim() == 1;
    let b = if column { crate::prim::linear::products::insert_axis(&b, 1) } else { b };
    let n = b.shape()[b.ndim() - 2];
    if n != a.rows {
        let (a, b) = (args.array(0)?, args.array(1)?);
        let parts = [
            Part::new(0, "a", a.shape(), a.ndim() - 2),
            Part::new(1, "b", b.shape(), b.ndim().saturating_sub(2)),
        ];
        return Err(args.lengths("'b' must have as many rows as 'a'", parts, &[".T"]));
    }
    let x = solve_stacks(args, &args.array(0)?, &b, out)?;
    if column {
        let shape = Dims::from(&x.shape()[..x.ndim() - 1]);
        return Ok(Value::Array(crate::prim::linear::products::reshape(&x, &shape)?));
    }
    Ok(Value::Array(x))
}

/// Solutions of stacks of systems, broadcast against each other.
fn solve_stacks(args: &Args, a: &Array, b: &Array, dtype: DType) -> Result<Array, Fault> {
    let (la, lb) = (a.ndim() - 2, b.ndim() - 2);
    let stack = broadcast_shapes(&[&a.shape()[..la], &b.shape()[..lb]])?;
    let spread = |x: &Array, lead: usize| -> Result<Array, ArrayError> {
        let shape: Dims = stack.iter().chain(&x.shape()[lead..]).copied().collect();
        x.broadcast_to(&shape)
    };
    let computed = precision(dtype, a.shape()[la], a.shape()[la + 1]);
    let a = Matrices::in_precision(&spread(a, la)?, computed)?;
    let b = Matrices::by_rows(&spread(b, lb)?, computed)?;
    fn run<T: Field>(args: &Args, a: &Matrices, b: &Matrices) -> Result<Vec<T>, Fault> {
        let (n, k, right) = (b.rows, b.cols, b.all::<T>());
        let solve = |i: usize, a: Dense<'_, T>| {
            let mut x = right[i * n * k..(i + 1) * n * k].to_vec();
            lu::solve(a, &mut x, k).map(|()| x)
        };
        let solved = a.map(Work::Lu, |f| fault(args, f), solve)?;
        tally::worked(2 * n * n * k * a.count());
        Ok(joined(solved))
    }
    with_field!(a, T => Ok(gathered(&run::<T>(args, &a, &b)?, &stack, &[b.rows, b.cols], dtype)?))
}

/// The parts of a result, one after the other.
pub(in crate::prim) fn joined<T: Copy>(mut parts: Vec<Vec<T>>) -> Vec<T> {
    if parts.len() == 1 { parts.swap_remove(0) } else { parts.concat() }
}

fn inv(args: &Args) -> Result<Value, Fault> {
    let (m, dtype) = square(args)?;
    let n = m.rows;
    with_field!(m, T => {
        let out = m.map(Work::Lu, |f| fault(args, f), |_, a: Dense<'_, T>| lu::inverse(a))?;
        // Solved for the unit vectors, of which the upper parts are known.
        tally::worked(4 * n * n * n / 3 * m.count());
        Ok(Value::Array(gathered(&joined(out), &m.stack, &[n, n], dtype)?))
    })
}

/// Sign and logarithm of every determinant.
fn determinants<T: Field>(args: &Args, m: &Matrices) -> Result<(Vec<T>, Vec<f64>), Fault> {
    let all = m.map(Work::Lu, |f| fault(args, f), |_, a: Dense<'_, T>| lu::slogdet(a))?;
    Ok(all.into_iter().unzip())
}

fn det(args: &Args) -> Result<Value, Fault> {
    let (m, dtype) = square(args)?;
    with_field!(m, T => {
        let (signs, logs) = determinants::<T>(args, &m)?;
        let out: Vec<T> = signs.iter().zip(&logs).map(|(s, l)| *s * T::from_real(l.exp())).collect();
        Ok(deliver(gathered(&out, &m.stack, &[], dtype)?))
    })
}

fn slogdet(args: &Args) -> Result<Value, Fault> {
    let (m, dtype) = square(args)?;
    with_field!(m, T => {
        let (signs, logs) = determinants::<T>(args, &m)?;
        let sign = gathered(&signs, &m.stack, &[], dtype)?;
        let log = gathered(&logs, &m.stack, &[], dtype.to_real())?;
        Ok(named(&SLOGDET, vec![deliver(sign), deliver(log)]))
    })
}

fn cholesky(args: &Args) -> Result<Value, Fault> {
    let (m, dtype) = square(args)?;
    let (n, upper) = (m.rows, args.flag(1)?);
    with_field!(m, T => {
        let out = m.map(Work::Cholesky, |f| fault(args, f), |_, a: Dense<'_, T>| kernel::cholesky(a, upper))?;
        Ok(Value::Array(gathered(&joined(out), &m.stack, &[n, n], dtype)?))
    })
}

fn qr(args: &Args) -> Result<Value, Fault> {
    let (m, dtype) = matrices(args)?;
    let shape = match args.str(1)? {
        "reduced" => kernel::Shape::Reduced,
        "complete" => kernel::Shape::Complete,
        "r" => kernel::Shape::R,
        other => return Err(args.reason(format!("Unrecognized mode '{other}'"))),
    };
    let (rows, cols) = (m.rows, m.cols);
    let k = if shape == kernel::Shape::Complete { rows } else { rows.min(cols) };
    with_field!(m, T => {
        let all = m.map(Work::Qr, |f| fault(args, f), |_, a: Dense<'_, T>| kernel::qr(a, shape))?;
        let (q, r): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        let (q, r) = (joined(q), joined(r));
        let r = Value::Array(gathered(&r, &m.stack, &[k, cols], dtype)?);
        if shape == kernel::Shape::R {
            return Ok(r);
        }
        Ok(named(&QR, vec![Value::Array(gathered(&q, &m.stack, &[rows, k], dtype)?), r]))
    })
}

fn svd(args: &Args, vectors: bool, full: bool, hermitian: bool) -> Result<Value, Fault> {
    let (m, dtype) = if hermitian { square(args)? } else { matrices(args)? };
    let (rows, cols) = (m.rows, m.cols);
    let k = rows.min(cols);
    let (wide, tall) = if full { (rows, cols) } else { (k, k) };
    with_field!(m, T => {
        let all = m.map(Work::Spectral, |f| fault(args, f), |_, a: Dense<'_, T>| {
            if hermitian { kernel::svd_hermitian(a, vectors) } else { kernel::svd(a, vectors, full) }
        })?;
        let (mut u, mut s, mut vh): (Vec<T>, Vec<f64>, Vec<T>) = (Vec::new(), Vec::new(), Vec::new());
        for one in all {
            u.extend(one.u);
            s.extend(one.s);
            vh.extend(one.vh);
        }
        let s = Value::Array(gathered(&s, &m.stack, &[k], dtype.to_real())?);
        if !vectors {
            return Ok(s);
        }
        let u = Value::Array(gathered(&u, &m.stack, &[rows, wide], dtype)?);
        let vh = Value::Array(gathered(&vh, &m.stack, &[tall, cols], dtype)?);
        Ok(named(&SVD, vec![u, s, vh]))
    })
}

fn eig(args: &Args, vectors: bool) -> Result<Value, Fault> {
    let (m, dtype) = square(args)?;
    let n = m.rows;
    with_field!(m, T => {
        let (mut w, mut v): (Vec<c128>, Vec<c128>) = (Vec::new(), Vec::new());
        for one in m.map(Work::General, |f| fault(args, f), |_, a: Dense<'_, T>| kernel::eig(a, vectors))? {
            w.extend(one.values);
            v.extend(one.vectors);
        }
        let real = !m.is_complex() && w.iter().all(|z| z.im == 0.0);
        let values = Value::Array(gathered_complex(&w, &m.stack, &[n], dtype, real)?);
        if !vectors {
            return Ok(values);
        }
        let v = gathered_complex(&v, &m.stack, &[n, n], dtype, real)?;
        Ok(named(&EIG, vec![values, Value::Array(v)]))
    })
}

fn eigh(args: &Args, vectors: bool) -> Result<Value, Fault> {
    let (m, dtype) = square(args)?;
    let n = m.rows;
    let upper = match args.str(1)? {
        "L" | "l" => false,
        "U" | "u" => true,
        _ => return Err(args.reason("UPLO argument must be 'L' or 'U'")),
    };
    with_field!(m, T => {
        let (mut w, mut v): (Vec<f64>, Vec<T>) = (Vec::new(), Vec::new());
        for one in m.map(Work::Spectral, |f| fault(args, f), |_, a: Dense<'_, T>| kernel::eigh(a, upper, vectors))? {
            w.extend(one.values);
            v.extend(one.vectors);
        }
        let values = Value::Array(gathered(&w, &m.stack, &[n], dtype.to_real())?);
        if !vectors {
            return Ok(values);
        }
        Ok(named(&EIGH, vec![values, Value::Array(gathered(&v, &m.stack, &[n, n], dtype)?)]))
    })
}

/// The row of a function of `np.linalg`, to call it.
pub(super) fn linalg_row(name: &str) -> Result<&'static Prim, Fault> {
    crate::prim::table().get(Home::Linalg, name).ok_or_else(|| Fault::NotYet { name: name.into() })
}

/// The machine epsilon of a float dtype or of a complex one's parts.
pub(super) fn epsilon(d: DType) -> f64 {
    if matches!(d, DType::F32 | DType::C64) { f64::from(f32::EPSILON) } else { f64::EPSILON }
}

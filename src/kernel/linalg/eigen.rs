//! Eigenvalues and eigenvectors, of general and of self-adjoint matrices.
//!
//! A self-adjoint matrix is reduced to a tridiagonal one by [`super::reduction`], 300 rows in 0.7 ms, and a
//! complex one by `faer`. With vectors [`super::divide`] goes on (0.7 ms on two threads; `faer` 2.8) and the
//! reflections are applied to its vectors, columns shared by threads (0.35; on one 0.63, whatever the
//! columns of a block); matrices of few rows go to `faer` throughout. Without vectors,
//! [`super::tridiagonal`] iterates: 300 rows in 1.4 ms, 3.6 by `faer` throughout. Principal components of
//! 1000 × 50 took 129 µs with the reduction by `faer`, NumPy's 157: about half were the eigenvalues of 50 rows,
//! one step after the other, and the product `c.T @ c` most of the rest.
//!
//! A general matrix is brought to Hessenberg and then to Schur form by `faer`, in sweeps of many shifts
//! that alternate with a look for eigenvalues at the end of what is left ("aggressive early deflation").
//! How many rows that looks at decides the time, since it is itself a decomposition; `faer`'s own choice,
//! n / log2 n, is large. The pieces are too small for a second thread. Milliseconds on one, and on two
//! with `faer`'s choice:
//!
//! | rows | 8 | 12 | 16 | 24 | 32 | `faer`'s | on two threads |
//! | --- | --- | --- | --- | --- | --- | --- | --- |
//! | 100 | 1.65 | 2.0 | | | | 1.85 | |
//! | 200 | 6.1 | 6.4 | 7.0 | 7.8 | 9.4 | 8.6 | 13 |
//! | 300 | 15.1 | 14.2 | 15.0 | 16.4 | | 19.4 | 29 |
//! | 500 | 52 | 46 | 45 | 45 | | 55 | 79 |
//! | 1000 | 321 | | 243 | | 220 | 276 | 317 |

use super::factor::share;
use super::{Dense, Failure, Field, dense, divide, lifted, par, rows, stoppable, threads, tridiagonal};
use crate::dtype::c128;
use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::tridiag::{tridiag_in_place, tridiag_in_place_scratch};
use faer::linalg::evd::{ComputeEigenvectors, EvdParams, evd_cplx, evd_real, evd_scratch};
use faer::linalg::householder::{
    apply_block_householder_sequence_on_the_left_in_place_scratch as sequence_scratch,
    apply_block_householder_sequence_on_the_left_in_place_with_conj as apply_sequence,
};
use faer::traits::RealField;
use faer::{Auto, Conj, Mat, MatRef, Par, Side};
use num_complex::Complex;

/// Eigenvalues and, if wanted, the matrix whose columns are the eigenvectors.
pub struct Eigen<W, V> {
    pub values: Vec<W>,
    pub vectors: Vec<V>,
}

/// Of a self-adjoint matrix, from its lower (or `upper`) triangle: values ascend, vectors are
/// orthonormal.
pub fn eigh<T: Field>(a: Dense<'_, T>, upper: bool, vectors: bool) -> Result<Eigen<f64, T>, Failure> {
    if !a.is_finite() {
        return Err(Failure::NoConvergence);
    }
    stoppable(|| self_adjoint(a, upper, vectors))
}

fn self_adjoint<T: Field>(a: Dense<'_, T>, upper: bool, vectors: bool) -> Result<Eigen<f64, T>, Failure> {
    let side = if upper { Side::Upper } else { Side::Lower };
    if !vectors && let Some(values) = eigenvalues(a, upper) {
        return Ok(Eigen { values, vectors: Vec::new() });
    }
    if vectors && a.rows >= DIVIDED {
        return divided(a, upper);
    }
    let a = a.view();
    if !vectors {
        let values = a.self_adjoint_eigenvalues(side).map_err(|_| Failure::NoConvergence)?;
        let values = values.into_iter().map(Into::into).collect();
        return Ok(Eigen { values, vectors: Vec::new() });
    }
    let eigen = a.self_adjoint_eigen(side).map_err(|_| Failure::NoConvergence)?;
    let values = eigen.S().column_vector().iter().map(|x| T::lower(*x).complex().re).collect();
    Ok(Eigen { values, vectors: dense::<T>(eigen.U()) })
}

/// Rows from which vectors are found by division.
const DIVIDED: usize = 48;
/// Columns of a block of reflections.
const BLOCK: usize = 32;

/// A tridiagonal matrix similar to a self-adjoint one: its diagonal, what lies below, the reflections that
/// lead to it below that, and factors of blocks of so many of them.
struct Tridiagonal<F> {
    diagonal: Vec<f64>,
    below: Vec<c128>,
    matrix: Mat<F>,
    factors: Mat<F>,
}

fn reduce<T: Field>(a: Dense<'_, T>, upper: bool, block: usize) -> Tridiagonal<T::Faer> {
    // An upper triangle is the lower one of the transpose, whose eigenvalues are the same, and whose
    // vectors are the conjugates.
    let (n, lower) = (a.rows, if upper { a.transpose().columns() } else { a.columns() });
    let view = MatRef::from_column_major_slice(lifted(&lower), n, n);
    let mut matrix = Mat::<T::Faer>::zeros(n, n);
    matrix.copy_from_triangular_lower(view);
    let mut factors = Mat::<T::Faer>::zeros(block, n - 1);
    if !T::to_tridiagonal(matrix.as_mut(), factors.as_mut()) {
        let mut buffer = MemBuffer::new(tridiag_in_place_scratch::<T::Faer>(n, par(), Default::default()));
        let stack = MemStack::new(&mut buffer);
        tridiag_in_place(matrix.as_mut(), factors.as_mut(), par(), stack, Default::default());
    }
    let diagonal = (0..n).map(|i| T::lower(matrix[(i, i)]).complex().re).collect();
    let below = (1..n).map(|i| T::lower(matrix[(i, i - 1)]).complex()).collect();
    Tridiagonal { diagonal, below, matrix, factors }
}

/// The eigenvalues of a self-adjoint matrix, ascending; nothing where the iteration does not converge.
fn eigenvalues<T: Field>(a: Dense<'_, T>, upper: bool) -> Option<Vec<f64>> {
    if a.rows == 0 {
        return Some(Vec::new());
    }
    let Tridiagonal { mut diagonal, below, .. } = reduce(a, upper, 1);
    let mut off: Vec<f64> = below.iter().map(|z| z.norm()).collect();
    tridiagonal::eigenvalues(&mut diagonal, &mut off).map(|()| diagonal)
}

/// Eigenvalues and vectors of a self-adjoint matrix by division of its tridiagonal form.
fn divided<T: Field>(a: Dense<'_, T>, upper: bool) -> Result<Eigen<f64, T>, Failure> {
    let n = a.rows;
    let Tridiagonal { diagonal: mut values, below, matrix, factors } = reduce(a, upper, BLOCK);
    let mut off: Vec<f64> = below.iter().map(|z| z.norm()).collect();
    let real = divide::eigen(&mut values, &mut off).ok_or(Failure::NoConvergence)?;
    // The phases that make what lies below the diagonal its modulus.
    let mut phases = vec![T::from_real(1.0)];
    let mut phase = c128::new(1.0, 0.0);
    for z in &below {
        let size = z.norm();
        phase = if size > 0.0 { phase * (z / size) } else { phase };
        phases.push(T::from_complex(phase));
    }
    let mut vectors = Mat::<T::Faer>::zeros(n, n);
    for (mut column, x) in vectors.col_iter_mut().zip(real.chunks_exact(n)) {
        for (i, (phase, x)) in phases.iter().zip(x).enumerate() {
            column[i] = (*phase * T::from_real(*x)).lift();
        }
    }
    let reflections = matrix.submatrix(1, 0, n - 1, n - 1);
    share(vectors.subrows_mut(1, n - 1), threads(), &|columns| {
        let need = sequence_scratch::<T::Faer>(n - 1, BLOCK, columns.ncols());
        let buffer = &mut MemBuffer::new(need);
        let stack = MemStack::new(buffer);
        apply_sequence(reflections, factors.as_ref(), Conj::No, columns, Par::Seq, stack);
    });
    let lower = |x| if upper { T::lower(x).conjugate() } else { T::lower(x) };
    Ok(Eigen { values, vectors: rows(vectors.as_ref(), lower) })
}

/// Of a general matrix. Vectors have length one, and each complex one is turned so that its largest
/// element is real.
pub fn eig<T: Field>(a: Dense<'_, T>, vectors: bool) -> Result<Eigen<c128, c128>, Failure> {
    if !a.is_finite() {
        return Err(Failure::NoConvergence);
    }
    stoppable(|| general(a, vectors))
}

fn general<T: Field>(a: Dense<'_, T>, vectors: bool) -> Result<Eigen<c128, c128>, Failure> {
    let n = a.rows;
    if !vectors {
        let values = T::eigenvalues(a).ok_or(Failure::NoConvergence)?;
        return Ok(Eigen { values, vectors: Vec::new() });
    }
    let eigen = a.view().eigen().map_err(|_| Failure::NoConvergence)?;
    let mut vectors = rows(eigen.U(), number);
    (0..n).for_each(|j| normalise(&mut vectors, n, j));
    Ok(Eigen { values: eigen.S().column_vector().iter().map(|z| number(*z)).collect(), vectors })
}

/// How many rows at the end of an active block of a general matrix of `n` rows are looked at.
extern "C" fn window(n: usize, _: usize) -> usize {
    (n / 28).max(8)
}

/// How `faer` iterates.
fn settings<T: faer::traits::ComplexField>() -> EvdParams {
    let mut settings = <EvdParams as Auto<T>>::auto();
    settings.schur.recommended_deflation_window = window;
    settings
}

/// The eigenvalues of a real matrix.
pub(super) fn of_real<P: RealField + Copy + Into<f64>>(a: MatRef<'_, P>) -> Option<Vec<c128>> {
    let n = a.nrows();
    let (mut re, mut im) = (Diag::<P>::zeros(n), Diag::<P>::zeros(n));
    let (no, par, settings) = (ComputeEigenvectors::No, par(), settings::<P>());
    let stack = &mut MemBuffer::new(evd_scratch::<P>(n, no, no, par, settings.into()));
    let (s, t) = (re.as_mut(), im.as_mut());
    evd_real(a, s, t, None, None, par, MemStack::new(stack), settings.into()).ok()?;
    let parts = re.column_vector().iter().zip(im.column_vector().iter());
    Some(parts.map(|(&re, &im)| number(Complex { re, im })).collect())
}

/// As [`of_real`].
pub(super) fn of_complex<P: RealField + Copy + Into<f64>>(a: MatRef<'_, Complex<P>>) -> Option<Vec<c128>> {
    let n = a.nrows();
    let mut values = Diag::<Complex<P>>::zeros(n);
    let (no, par, settings) = (ComputeEigenvectors::No, par(), settings::<Complex<P>>());
    let stack = &mut MemBuffer::new(evd_scratch::<Complex<P>>(n, no, no, par, settings.into()));
    evd_cplx(a, values.as_mut(), None, None, par, MemStack::new(stack), settings.into()).ok()?;
    Some(values.column_vector().iter().map(|&z| number(z)).collect())
}

/// A complex number of `faer`'s.
fn number<P: Into<f64>>(z: Complex<P>) -> c128 {
    c128::new(z.re.into(), z.im.into())
}

fn normalise(vectors: &mut [c128], n: usize, j: usize) {
    let column = || (0..n).map(|i| i * n + j);
    let norm = column().map(|at| vectors[at].norm_sqr()).sum::<f64>().sqrt();
    let mut largest = c128::default();
    for at in column() {
        if vectors[at].norm_sqr() > largest.norm_sqr() * (1.0 + 1e-14) {
            largest = vectors[at];
        }
    }
    if norm == 0.0 {
        return;
    }
    let real = column().all(|at| vectors[at].im == 0.0);
    let turn = if real { c128::new(1.0 / norm, 0.0) } else { largest.conj() / (largest.norm() * norm) };
    for at in column() {
        let exact = vectors[at] == largest;
        vectors[at] *= turn;
        if exact {
            vectors[at].im = 0.0;
        }
    }
}

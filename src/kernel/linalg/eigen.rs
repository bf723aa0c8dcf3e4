//! Eigenvalues and eigenvectors, of general and of self-adjoint matrices.
//!
//! A self-adjoint matrix is reduced to a tridiagonal one by `faer`, in one pass over the rest of the
//! matrix per row, which the second-level cache bounds. With vectors `faer` divides and conquers;
//! without, [`super::tridiagonal`] iterates: 300 rows in 2.3 ms, 3.6 by `faer` throughout.

use super::{Failure, Field, dense, lifted, par, rows, stoppable, transposed, tridiagonal};
use crate::dtype::c128;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::tridiag::{tridiag_in_place, tridiag_in_place_scratch};
use faer::{Mat, MatRef, Side};
use num_complex::Complex;

/// Eigenvalues and, if wanted, the matrix whose columns are the eigenvectors.
pub struct Eigen<W, V> {
    pub values: Vec<W>,
    pub vectors: Vec<V>,
}

/// Of a self-adjoint matrix, from its lower (or `upper`) triangle: values ascend, vectors are
/// orthonormal.
pub fn eigh<T: Field>(a: &[T], n: usize, upper: bool, vectors: bool) -> Result<Eigen<f64, T>, Failure> {
    if a.iter().any(|x| !x.modulus().is_finite()) {
        return Err(Failure::NoConvergence);
    }
    stoppable(|| self_adjoint(a, n, upper, vectors))
}

fn self_adjoint<T: Field>(a: &[T], n: usize, upper: bool, vectors: bool) -> Result<Eigen<f64, T>, Failure> {
    let side = if upper { Side::Upper } else { Side::Lower };
    if !vectors && let Some(values) = eigenvalues(a, n, upper) {
        return Ok(Eigen { values, vectors: Vec::new() });
    }
    let a = MatRef::from_row_major_slice(lifted(a), n, n);
    if !vectors {
        let values = a.self_adjoint_eigenvalues(side).map_err(|_| Failure::NoConvergence)?;
        let values = values.into_iter().map(Into::into).collect();
        return Ok(Eigen { values, vectors: Vec::new() });
    }
    let eigen = a.self_adjoint_eigen(side).map_err(|_| Failure::NoConvergence)?;
    let values = eigen.S().column_vector().iter().map(|x| T::lower(*x).complex().re).collect();
    Ok(Eigen { values, vectors: dense::<T>(eigen.U()) })
}

/// The eigenvalues of a self-adjoint matrix, ascending; nothing where the iteration does not converge.
fn eigenvalues<T: Field>(a: &[T], n: usize, upper: bool) -> Option<Vec<f64>> {
    if n == 0 {
        return Some(Vec::new());
    }
    // In columns, an upper triangle of rows is the lower one of the transpose, whose eigenvalues are
    // the same.
    let lower = if upper { None } else { Some(transposed(a, n, n)) };
    let view = MatRef::from_column_major_slice(lifted(lower.as_deref().unwrap_or(a)), n, n);
    let mut matrix = Mat::<T::Faer>::zeros(n, n);
    matrix.copy_from_triangular_lower(view);
    let mut factors = Mat::<T::Faer>::zeros(1, n - 1);
    let mut buffer = MemBuffer::new(tridiag_in_place_scratch::<T::Faer>(n, par(), Default::default()));
    let stack = MemStack::new(&mut buffer);
    tridiag_in_place(matrix.as_mut(), factors.as_mut(), par(), stack, Default::default());
    let mut values: Vec<f64> = (0..n).map(|i| T::lower(matrix[(i, i)]).complex().re).collect();
    let mut off: Vec<f64> = (1..n).map(|i| T::lower(matrix[(i, i - 1)]).modulus()).collect();
    tridiagonal::eigenvalues(&mut values, &mut off).map(|()| values)
}

/// Of a general matrix. Vectors have length one, and each complex one is turned so that its largest
/// element is real.
pub fn eig<T: Field>(a: &[T], n: usize, vectors: bool) -> Result<Eigen<c128, c128>, Failure> {
    if a.iter().any(|x| !x.modulus().is_finite()) {
        return Err(Failure::NoConvergence);
    }
    stoppable(|| general(a, n, vectors))
}

fn general<T: Field>(a: &[T], n: usize, vectors: bool) -> Result<Eigen<c128, c128>, Failure> {
    let a = MatRef::from_row_major_slice(lifted(a), n, n);
    if !vectors {
        let values = a.eigenvalues().map_err(|_| Failure::NoConvergence)?;
        let values = values.into_iter().map(number).collect();
        return Ok(Eigen { values, vectors: Vec::new() });
    }
    let eigen = a.eigen().map_err(|_| Failure::NoConvergence)?;
    let mut vectors = rows(eigen.U(), number);
    (0..n).for_each(|j| normalise(&mut vectors, n, j));
    Ok(Eigen { values: eigen.S().column_vector().iter().map(|z| number(*z)).collect(), vectors })
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

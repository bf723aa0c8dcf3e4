//! Eigenvalues and eigenvectors, of general and of self-adjoint matrices.

use super::{Failure, Field, dense};
use crate::dtype::c128;
use faer::{MatRef, Side};

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
    let side = if upper { Side::Upper } else { Side::Lower };
    let a = MatRef::from_row_major_slice(a, n, n);
    if !vectors {
        let values = a.self_adjoint_eigenvalues(side).map_err(|_| Failure::NoConvergence)?;
        return Ok(Eigen { values, vectors: Vec::new() });
    }
    let eigen = a.self_adjoint_eigen(side).map_err(|_| Failure::NoConvergence)?;
    let values = eigen.S().column_vector().iter().map(|x| x.complex().re).collect();
    Ok(Eigen { values, vectors: dense(eigen.U()) })
}

/// Of a general matrix. Vectors have length one, and each complex one is turned so that its largest
/// element is real.
pub fn eig<T: Field>(a: &[T], n: usize, vectors: bool) -> Result<Eigen<c128, c128>, Failure> {
    if a.iter().any(|x| !x.modulus().is_finite()) {
        return Err(Failure::NoConvergence);
    }
    let a = MatRef::from_row_major_slice(a, n, n);
    if !vectors {
        let values = a.eigenvalues().map_err(|_| Failure::NoConvergence)?;
        return Ok(Eigen { values, vectors: Vec::new() });
    }
    let eigen = a.eigen().map_err(|_| Failure::NoConvergence)?;
    let mut vectors = dense(eigen.U());
    (0..n).for_each(|j| normalise(&mut vectors, n, j));
    Ok(Eigen { values: eigen.S().column_vector().iter().copied().collect(), vectors })
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

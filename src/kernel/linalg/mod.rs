//! Decompositions and solvers of one dense row-major matrix, in float64 or complex128; `exec` walks
//! stacks of them. Single precision is computed in double and rounded, which is more accurate than
//! single-precision arithmetic and halves the code.
//!
//! Matrices up to [`lu::SMALL`] rows go through plain loops in LAPACK's order of operations, so that
//! small examples come out digit for digit as elsewhere; larger ones through `faer`. Where a
//! decomposition leaves signs or phases open, they are LAPACK's if a simple rule gives them.

mod bidiagonal;
mod eigen;
mod factor;
pub mod lu;
mod sizes;
mod svd;
mod tridiagonal;

pub use eigen::{Eigen, eig, eigh};
pub use factor::{Shape, cholesky, qr};
pub use sizes::sizes;
pub use svd::{Svd, least_squares, svd, svd_hermitian};

use crate::dtype::{Element, c128};
use faer::{MatRef, Par};
use smallvec::SmallVec;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// An element type that decompositions compute in.
pub trait Field:
    Element
    + faer::traits::ComplexField<Real = f64>
    + faer::traits::Conjugate<Canonical = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    fn from_real(x: f64) -> Self;
    fn complex(self) -> c128;
    /// The real part for float64, the number itself for complex128.
    fn from_complex(z: c128) -> Self;
    fn modulus(self) -> f64;
    fn conjugate(self) -> Self;
}

impl Field for f64 {
    fn from_real(x: f64) -> f64 {
        x
    }
    fn complex(self) -> c128 {
        c128::new(self, 0.0)
    }
    fn from_complex(z: c128) -> f64 {
        z.re
    }
    fn modulus(self) -> f64 {
        self.abs()
    }
    fn conjugate(self) -> f64 {
        self
    }
}

impl Field for c128 {
    fn from_real(x: f64) -> c128 {
        c128::new(x, 0.0)
    }
    fn complex(self) -> c128 {
        self
    }
    fn from_complex(z: c128) -> c128 {
        z
    }
    fn modulus(self) -> f64 {
        self.norm()
    }
    fn conjugate(self) -> c128 {
        self.conj()
    }
}

/// What a decomposition can run into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A pivot is exactly zero.
    Singular,
    NotPositiveDefinite,
    NoConvergence,
}

/// Sets the number of threads of the decompositions that follow.
pub fn set_threads(threads: usize) {
    faer::set_global_parallelism(if threads < 2 { Par::Seq } else { Par::rayon(threads) });
}

/// The threads that were set for decompositions.
fn par() -> Par {
    faer::get_global_parallelism()
}

/// Rows and columns of a matrix that are transposed together: a cache line of doubles.
const TILE: usize = 8;

/// A row-major copy of a faer matrix, whose columns are contiguous.
fn dense<T: Field>(a: MatRef<'_, T>) -> Vec<T> {
    let (m, n) = a.shape();
    let mut out = vec![T::default(); m * n];
    let Some(columns) = a.try_as_col_major() else {
        for i in 0..m {
            (0..n).for_each(|j| out[i * n + j] = a[(i, j)]);
        }
        return out;
    };
    for left in (0..n).step_by(TILE) {
        let width = TILE.min(n - left);
        let columns: SmallVec<[&[T]; TILE]> =
            (left..left + width).map(|j| columns.col(j).as_slice()).collect();
        for (block, rows) in out.chunks_mut(TILE * n).enumerate() {
            turn(&columns, block * TILE, rows.chunks_mut(n).map(|row| &mut row[left..left + width]));
        }
    }
    out
}

/// A copy of a row-major matrix as faer's own, whose columns are aligned.
fn columns<T: Field>(a: &[T], m: usize, n: usize) -> faer::Mat<T> {
    let mut out = faer::Mat::zeros(m, n);
    if n == 0 {
        return out;
    }
    let mut lines: Vec<&mut [T]> =
        out.col_iter_mut().filter_map(|c| c.try_as_col_major_mut().map(|c| c.as_slice_mut())).collect();
    for first in (0..m).step_by(TILE) {
        let height = TILE.min(m - first);
        let rows: SmallVec<[&[T]; TILE]> = a[first * n..].chunks(n).take(height).collect();
        for (block, lines) in lines.chunks_mut(TILE).enumerate() {
            turn(&rows, block * TILE, lines.iter_mut().map(|line| &mut line[first..first + height]));
        }
    }
    out
}

/// Writes column `first + i` of some lines to the `i`th of the targets, which are as many elements long.
#[inline(always)]
fn turn<'a, T: Field>(lines: &[&[T]], first: usize, targets: impl ExactSizeIterator<Item = &'a mut [T]>) {
    // A whole tile goes through registers.
    if let Ok(whole) = <&[&[T]; TILE]>::try_from(lines)
        && targets.len() == TILE
        && whole.iter().all(|line| line.len() >= first + TILE)
    {
        let tile: [[T; TILE]; TILE] = std::array::from_fn(|k| {
            let mut line = [T::default(); TILE];
            line.copy_from_slice(&whole[k][first..first + TILE]);
            line
        });
        for (i, target) in targets.enumerate() {
            if let Ok(target) = <&mut [T; TILE]>::try_from(target) {
                for k in 0..TILE {
                    target[k] = tile[k][i];
                }
            }
        }
        return;
    }
    for (i, target) in targets.enumerate() {
        target.iter_mut().zip(lines).for_each(|(slot, line)| *slot = line[first + i]);
    }
}

/// The transpose of a row-major matrix of `rows` rows.
fn transposed<T: Field>(a: &[T], rows: usize, cols: usize) -> Vec<T> {
    dense(MatRef::from_column_major_slice(a, cols, rows))
}

#[cfg(test)]
mod tests;

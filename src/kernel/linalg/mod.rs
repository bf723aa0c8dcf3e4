//! Decompositions and solvers of one dense matrix, in its own precision, as LAPACK's; `exec` walks stacks of
//! them. A matrix comes row by row or column by column and is copied once, into what the factorisation works
//! in; results are row-major.
//!
//! Matrices up to [`lu::SMALL`] rows go through plain loops in LAPACK's order of operations, so that
//! small examples come out digit for digit as elsewhere; larger ones through `faer`. Where a
//! decomposition leaves signs or phases open, they are LAPACK's if a simple rule gives them.

mod bidiagonal;
mod blocks;
mod divide;
mod eigen;
mod factor;
pub mod lu;
mod reduction;
mod secular;
mod sizes;
mod svd;
mod tridiagonal;
mod watched;

pub use eigen::{Eigen, eig, eigh};
pub use factor::{Shape, cholesky, qr};
pub use sizes::sizes;
pub use svd::{Svd, least_squares, svd, svd_hermitian};
pub use watched::{ask, stoppable, tell};

use crate::dtype::{Element, c64, c128};
use faer::reborrow::ReborrowMut;
use faer::{Mat, MatMut, MatRef, Par};
use std::borrow::Cow;
use std::ops::{Add, Div, Mul, Neg, Sub};
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use watched::{Watched, lifted, lifted_mut};

/// An element type that decompositions compute in.
pub trait Field:
    Element
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + std::ops::SubAssign
    + std::ops::MulAssign
    + std::ops::AddAssign
{
    /// The same number as `faer` is given it, laid out alike.
    type Faer: faer::traits::ComplexField<Real = Self::Part>
        + faer::traits::Conjugate<Canonical = Self::Faer>
        + Copy
        + Send
        + Sync;
    /// A real number of `faer`'s.
    type Part: faer::traits::RealField + Copy + Into<f64>;
    fn lift(self) -> Self::Faer;
    fn lower(x: Self::Faer) -> Self;
    fn from_real(x: f64) -> Self;
    fn complex(self) -> c128;
    /// The real part for real numbers, the number itself for complex ones, rounded to the precision.
    fn from_complex(z: c128) -> Self;
    fn modulus(self) -> f64;
    fn conjugate(self) -> Self;
    /// Leaves the bidiagonal form in place of a matrix of no fewer rows than columns; not for complex ones.
    fn to_bidiagonal(_a: MatMut<'_, Self::Faer>) -> bool {
        false
    }
    /// Leaves what `faer`'s `tridiag_in_place` does; not for complex ones.
    fn to_tridiagonal(_a: MatMut<'_, Self::Faer>, _factors: MatMut<'_, Self::Faer>) -> bool {
        false
    }
    /// The eigenvalues of a general matrix; nothing where the iteration does not converge.
    fn eigenvalues(a: Dense<'_, Self>) -> Option<Vec<c128>>;
}

macro_rules! fields {
    ($($real:ty, $complex:ty);*) => {$(
        impl Field for $real {
            type Faer = Watched<$real>;
            type Part = Watched<$real>;
            #[inline(always)]
            fn lift(self) -> Watched<$real> { Watched(self) }
            #[inline(always)]
            fn lower(x: Watched<$real>) -> $real { x.0 }
            fn from_real(x: f64) -> $real { x as $real }
            fn complex(self) -> c128 { c128::new(self.into(), 0.0) }
            fn from_complex(z: c128) -> $real { z.re as $real }
            fn modulus(self) -> f64 { self.abs().into() }
            fn conjugate(self) -> $real { self }
            fn to_bidiagonal(a: MatMut<'_, Watched<$real>>) -> bool {
                reduction::bidiagonal::<$real>(a);
                true
            }
            fn to_tridiagonal(a: MatMut<'_, Watched<$real>>, factors: MatMut<'_, Watched<$real>>) -> bool {
                reduction::tridiagonal::<$real>(a, factors);
                true
            }
            fn eigenvalues(a: Dense<'_, $real>) -> Option<Vec<c128>> { eigen::of_real(a.view()) }
        }

        impl Field for $complex {
            // As it is: `faer` wants its own complex type where it is as fast.
            type Faer = $complex;
            type Part = $real;
            #[inline(always)]
            fn lift(self) -> $complex { self }
            #[inline(always)]
            fn lower(x: $complex) -> $complex { x }
            fn from_real(x: f64) -> $complex { <$complex>::new(x as $real, 0.0) }
            fn complex(self) -> c128 { c128::new(self.re.into(), self.im.into()) }
            fn from_complex(z: c128) -> $complex { <$complex>::new(z.re as $real, z.im as $real) }
            fn modulus(self) -> f64 { self.norm().into() }
            fn conjugate(self) -> $complex { self.conj() }
            fn eigenvalues(a: Dense<'_, $complex>) -> Option<Vec<c128>> { eigen::of_complex(a.view()) }
        }
    )*};
}
fields!(f64, c128; f32, c64);

/// A dense matrix, row by row or column by column.
#[derive(Clone, Copy, Debug)]
pub struct Dense<'a, T> {
    data: &'a [T],
    rows: usize,
    cols: usize,
    by_columns: bool,
}

impl<'a, T: Field> Dense<'a, T> {
    /// Panics if there are not as many elements.
    pub fn new(data: &'a [T], rows: usize, cols: usize) -> Dense<'a, T> {
        assert_eq!(data.len(), rows * cols);
        Dense { data, rows, cols, by_columns: false }
    }

    pub fn transpose(self) -> Dense<'a, T> {
        Dense { rows: self.cols, cols: self.rows, by_columns: !self.by_columns, ..self }
    }

    pub fn shape(&self) -> (usize, usize) {
        (self.rows, self.cols)
    }

    /// The elements row by row, which may have to be copied.
    pub fn by_rows(&self) -> Cow<'a, [T]> {
        if self.by_columns { transposed(self.data, self.cols, self.rows).into() } else { self.data.into() }
    }

    /// The elements column by column.
    fn columns(&self) -> Cow<'a, [T]> {
        self.transpose().by_rows()
    }

    fn view(&self) -> MatRef<'a, T::Faer> {
        let data = lifted(self.data);
        if self.by_columns {
            MatRef::from_column_major_slice(data, self.rows, self.cols)
        } else {
            MatRef::from_row_major_slice(data, self.rows, self.cols)
        }
    }

    /// A copy as faer's own, whose columns are aligned.
    fn to_columns(self) -> Mat<T::Faer> {
        if self.by_columns {
            return self.view().to_owned();
        }
        columns(self.data, self.rows, self.cols)
    }

    fn is_finite(&self) -> bool {
        self.data.iter().all(|x| x.modulus().is_finite())
    }
}

/// What a decomposition can run into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A pivot is exactly zero.
    Singular,
    NotPositiveDefinite,
    NoConvergence,
    /// A stop was asked for.
    Stopped,
}

/// Sets the number of threads of the decompositions that follow.
pub fn set_threads(threads: usize) {
    faer::set_global_parallelism(if threads < 2 { Par::Seq } else { Par::rayon(threads) });
}

/// The threads that were set for decompositions.
fn par() -> Par {
    faer::get_global_parallelism()
}

/// How many they are.
fn threads() -> usize {
    par().degree()
}

/// Runs both, at once if decompositions have several threads. Who is ready first spins while another thread
/// is at the second: pieces take some ten microseconds, and so does waking a thread that went to sleep. 500
/// rows by QR took 3.7 ms where threads slept.
fn both(first: impl FnOnce() + Send, second: impl FnOnce() + Send) {
    const WAITING: u8 = 0;
    const RUNNING: u8 = 1;
    const DONE: u8 = 2;
    /// Some hundreds of microseconds.
    const SPINS: usize = 1 << 14;
    if threads() < 2 {
        first();
        return second();
    }
    let state = AtomicU8::new(WAITING);
    let here = || {
        first();
        let mut left = SPINS;
        while left > 0 && state.load(Relaxed) == RUNNING {
            std::hint::spin_loop();
            left -= 1;
        }
    };
    let there = || {
        state.store(RUNNING, Relaxed);
        second();
        state.store(DONE, Relaxed);
    };
    rayon::join(here, there);
}

/// Rows and columns of a matrix that are transposed together.
const TILE: usize = 32;

/// A row-major copy of a faer matrix.
fn dense<T: Field>(a: MatRef<'_, T::Faer>) -> Vec<T> {
    rows(a, T::lower)
}

/// The elements of a faer matrix in row-major order, each through `f`.
fn rows<S: Copy + Sync, T: Copy + Default + Send>(a: MatRef<'_, S>, f: impl Fn(S) -> T + Sync) -> Vec<T> {
    let (m, n) = a.shape();
    if m <= TILE || n <= TILE {
        let mut out = Vec::with_capacity(m * n);
        for i in 0..m {
            out.extend((0..n).map(|j| f(a[(i, j)])));
        }
        return out;
    }
    let mut out = vec![T::default(); m * n];
    fill_rows(a, &mut out, &f);
    out
}

/// Elements of which threads copy halves.
const HALVED: usize = 1 << 16;

/// Square tiles, since faer's matrices lie in columns.
fn fill_rows<S: Copy + Sync, T: Send>(a: MatRef<'_, S>, out: &mut [T], f: &(impl Fn(S) -> T + Sync)) {
    let (m, n) = a.shape();
    if m * n > HALVED && m > 2 * TILE {
        let half = (m / 2).next_multiple_of(TILE);
        let ((above, below), (upper, lower)) = (a.split_at_row(half), out.split_at_mut(half * n));
        return both(|| fill_rows(above, upper, f), || fill_rows(below, lower, f));
    }
    for first in (0..m).step_by(TILE) {
        for left in (0..n).step_by(TILE) {
            let (below, right) = (m.min(first + TILE), n.min(left + TILE));
            let tile = a.submatrix(first, left, below - first, right - left);
            for i in 0..tile.nrows() {
                let row = &mut out[(first + i) * n + left..][..tile.ncols()];
                row.iter_mut().enumerate().for_each(|(j, slot)| *slot = f(tile[(i, j)]));
            }
        }
    }
}

/// A copy of a row-major matrix as faer's own, whose columns are aligned.
fn columns<T: Field>(a: &[T], m: usize, n: usize) -> Mat<T::Faer> {
    let mut out = Mat::zeros(m, n);
    fill_columns(MatRef::from_row_major_slice(lifted(a), m, n), out.as_mut());
    out
}

fn fill_columns<F: Copy + Send + Sync>(a: MatRef<'_, F>, mut out: MatMut<'_, F>) {
    let (m, n) = a.shape();
    if m * n > HALVED && n > 2 * TILE {
        let half = (n / 2).next_multiple_of(TILE);
        let ((a, b), (left, right)) = (a.split_at_col(half), out.split_at_col_mut(half));
        return both(|| fill_columns(a, left), || fill_columns(b, right));
    }
    for left in (0..n).step_by(TILE) {
        for first in (0..m).step_by(TILE) {
            let (rows, cols) = (TILE.min(m - first), TILE.min(n - left));
            let from = a.submatrix(first, left, rows, cols);
            let mut tile = out.rb_mut().submatrix_mut(first, left, rows, cols);
            for i in 0..rows {
                (0..cols).for_each(|j| tile[(i, j)] = from[(i, j)]);
            }
        }
    }
}

/// The transpose of a row-major matrix of `rows` rows.
fn transposed<T: Field>(a: &[T], rows: usize, cols: usize) -> Vec<T> {
    dense::<T>(MatRef::from_column_major_slice(lifted(a), cols, rows))
}

#[cfg(test)]
mod tests;

//! Real matrices brought to bidiagonal and tridiagonal form by reflections, the first step of singular values
//! and of self-adjoint eigenvalues.
//!
//! `faer` and LAPACK read the rest of the matrix for a product per reflection, two for bidiagonal form, and
//! change it in another pass. Here one pass per reflection does all, four columns at a time, which stay in
//! the first-level cache meanwhile: the reflection before is carried out, and the product with the new one
//! formed. Milliseconds on one thread:
//!
//! | rows | 100 | 300 | 500 | 800 | 1000 |
//! | --- | --- | --- | --- | --- | --- |
//! | bidiagonal | 0.08 | 1.5 | 7.3 | 27 | 59 |
//! | by `faer`, one thread or two | | 3.0 | 9 to 16 | 41 | |
//! | tridiagonal | 0.04 | 0.7 | 3.2 | 11 | 24 |
//! | by `faer` | | 1.3 | | | |
//!
//! Two threads share the columns of large passes, and meet once a reflection: singular values of 1000 rows, the
//! whole of them, in 44 ms, and in 58 on one thread, bound by the last cache; those of 500 rows gain nothing.
//! Complex matrices go to `faer`.

mod bidiagonal;
mod tridiagonal;

pub(super) use bidiagonal::bidiagonal;
pub(super) use tridiagonal::tridiagonal;

use super::Field;
use crate::kernel::matmul::Product;
use crate::kernel::real::Real;
use faer::{MatMut, MatRef};

/// float64 and float32.
pub(super) trait Number: Field + Real + Product {}
impl Number for f64 {}
impl Number for f32 {}

/// What rows and groups of columns are multiples of: the elements of a vector, at most.
const GROUP: usize = 16;
/// Elements of a pass of which threads take halves; tests do with few.
const SHARED: usize = if cfg!(debug_assertions) { 1 << 10 } else { 1 << 15 };

/// A matrix in columns of whole groups of rows, between zeros, of powers of two its size.
struct Columns<T> {
    data: Vec<T>,
    stride: usize,
    cols: usize,
    /// What elements were multiplied by.
    scale: f64,
}

impl<T: Number> Columns<T> {
    fn new(a: MatRef<'_, T::Faer>) -> Columns<T> {
        let (m, n) = a.shape();
        let mut stride = m.next_multiple_of(GROUP);
        if stride % 256 == 0 {
            // Columns a power of two apart push each other out of the cache.
            stride += GROUP;
        }
        let mut data = vec![T::ZERO; stride * (n + 4).next_multiple_of(GROUP)];
        let mut largest = 0.0f64;
        for (j, to) in data.chunks_exact_mut(stride).enumerate().take(n) {
            for (to, x) in to.iter_mut().zip(a.col(j).iter()) {
                *to = T::lower(*x);
            }
            largest = to.iter().fold(largest, |l, x| l.max(x.modulus()));
        }
        // Squares of elements stay in range.
        let most = if size_of::<T>() == 4 { 120 } else { 1020 };
        let scale = match largest {
            0.0 => 1.0,
            _ => 2f64.powi((-largest.log2().floor()).clamp(-f64::from(most), f64::from(most)) as i32),
        };
        if scale != 1.0 {
            let by = T::from_real(scale);
            data.iter_mut().for_each(|x| *x *= by);
        }
        Columns { data, stride, cols: n, scale }
    }

    fn column(&mut self, j: usize) -> &mut [T] {
        &mut self.data[j * self.stride..][..self.stride]
    }

    /// A value in the units of the matrix as it was.
    fn unscaled(&self, x: T) -> T {
        T::from_real(x.complex().re / self.scale)
    }
}

/// Turns `x` into the vector `v` of the reflection `1 - tau v v'` that leaves its first element alone,
/// which becomes `beta`; `v` begins with one. Gives `beta` and `tau`.
fn reflector<T: Number>(x: &mut [T]) -> (T, T) {
    let Some((first, tail)) = x.split_first_mut() else { return (T::ZERO, T::ZERO) };
    let alpha = std::mem::replace(first, T::ONE);
    let square = T::dot(tail, tail, false).modulus();
    if square < if size_of::<T>() == 4 { 1e-34 } else { 1e-290 } {
        // Nothing beside the largest element, which is one.
        tail.fill(T::ZERO);
        return (alpha, T::ZERO);
    }
    let alpha = alpha.complex().re;
    let beta = -(alpha * alpha + square).sqrt().copysign(alpha);
    let by = T::from_real(1.0 / (alpha - beta));
    tail.iter_mut().for_each(|x| *x *= by);
    (T::from_real(beta), T::from_real((beta - alpha) / beta))
}

/// Writes a value to a matrix of `faer`'s.
fn set<T: Number>(a: &mut MatMut<'_, T::Faer>, at: (usize, usize), x: T) {
    a[at] = x.lift();
}

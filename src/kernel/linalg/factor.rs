//! Cholesky and QR factors.

use super::{Failure, Field, dense};
use faer::{MatRef, Side};

/// The lower factor `L` of `a = L L^H` (or, with `upper`, `U` of `a = U^H U`), from the lower (upper)
/// triangle of a row-major matrix.
pub fn cholesky<T: Field>(a: &[T], n: usize, upper: bool) -> Result<Vec<T>, Failure> {
    let side = if upper { Side::Upper } else { Side::Lower };
    let real = |i: usize| a[i * n + i].complex().re;
    if (0..n).any(|i| real(i).is_nan()) {
        return Err(Failure::NotPositiveDefinite);
    }
    let llt = MatRef::from_row_major_slice(a, n, n).llt(side).map_err(|_| Failure::NotPositiveDefinite)?;
    Ok(if upper { dense(llt.L().adjoint().to_owned().as_ref()) } else { dense(llt.L()) })
}

/// How much of the QR decomposition is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `q` is `m × k` and `r` is `k × n`, with `k = min(m, n)`.
    Reduced,
    /// `q` is `m × m` and `r` is `m × n`.
    Complete,
    /// Only the reduced `r`.
    R,
}

/// `a = q r` with orthonormal columns in `q` and `r` upper triangular, all row-major. The signs are
/// LAPACK's: reflections that turn a column onto the negative of its leading element's side, and
/// none where a column is zero below the diagonal.
pub fn qr<T: Field>(a: &[T], m: usize, n: usize, shape: Shape) -> (Vec<T>, Vec<T>) {
    let mut r = a.to_vec();
    let k = m.min(n);
    if m * n > 32 * 32 {
        return blocked(a, m, n, shape);
    }
    let reflectors: Vec<_> = (0..k).map(|j| reflect(&mut r, m, n, j)).collect();
    for j in 0..k {
        (j + 1..m).for_each(|i| r[i * n + j] = T::default());
    }
    let (rows, cols) = if shape == Shape::Complete { (m, m) } else { (k, k) };
    r.truncate(rows * n);
    if shape == Shape::R {
        return (Vec::new(), r);
    }
    let mut q = vec![T::default(); m * cols];
    (0..cols).for_each(|i| q[i * cols + i] = T::from_real(1.0));
    for (j, (v, tau)) in reflectors.iter().enumerate().rev() {
        apply(&mut q, cols, j, v, *tau);
    }
    (q, r)
}

/// The reflection `I - tau v v^H` that clears column `j` of `r` below the diagonal, applied to `r`
/// from the left as its adjoint; `v` begins with one at row `j`.
fn reflect<T: Field>(r: &mut [T], m: usize, n: usize, j: usize) -> (Vec<T>, T) {
    let alpha = r[j * n + j];
    let below = (j + 1..m).map(|i| r[i * n + j].modulus().powi(2)).sum::<f64>().sqrt();
    let mut v = vec![T::from_real(1.0)];
    if below == 0.0 && alpha.complex().im == 0.0 {
        v.resize(m - j, T::default());
        return (v, T::default());
    }
    let beta = -alpha.modulus().hypot(below).copysign(alpha.complex().re);
    let scale = T::from_real(1.0) / (alpha - T::from_real(beta));
    v.extend((j + 1..m).map(|i| r[i * n + j] * scale));
    let tau = (T::from_real(beta) - alpha) / T::from_real(beta);
    apply_columns(r, n, j, &v, tau.conjugate(), j + 1);
    r[j * n + j] = T::from_real(beta);
    (v, tau)
}

fn apply<T: Field>(q: &mut [T], cols: usize, j: usize, v: &[T], tau: T) {
    apply_columns(q, cols, j, v, tau, 0);
}

fn apply_columns<T: Field>(a: &mut [T], cols: usize, j: usize, v: &[T], tau: T, from: usize) {
    for c in from..cols {
        let sum =
            v.iter().enumerate().fold(T::default(), |s, (i, x)| s + x.conjugate() * a[(j + i) * cols + c]);
        let sum = sum * tau;
        for (i, x) in v.iter().enumerate() {
            let at = (j + i) * cols + c;
            a[at] -= *x * sum;
        }
    }
}

fn blocked<T: Field>(a: &[T], m: usize, n: usize, shape: Shape) -> (Vec<T>, Vec<T>) {
    let qr = MatRef::from_row_major_slice(a, m, n).qr();
    let clear = |mut r: Vec<T>| {
        for (i, row) in r.chunks_exact_mut(n).enumerate() {
            row.iter_mut().take(i).for_each(|x| *x = T::default());
        }
        r
    };
    match shape {
        Shape::R => (Vec::new(), clear(dense(qr.thin_R()))),
        Shape::Reduced => (dense(qr.compute_thin_Q().as_ref()), clear(dense(qr.thin_R()))),
        Shape::Complete => {
            let mut r = clear(dense(qr.thin_R()));
            r.resize(m * n, T::default());
            (dense(qr.compute_Q().as_ref()), r)
        }
    }
}

//! Singular values, and what rests on them: least squares.
//!
//! With vectors by `faer`. Without, the matrix is reduced to a bidiagonal one (a tall or wide one to a
//! triangle before) by [`super::reduction`], a complex one by `faer`, and [`super::bidiagonal`] iterates: 300
//! rows in 2.6 ms, 6.5 by `faer` throughout.
//!
//! Half of `faer`'s reduction goes through the matrix twice a row, bound by the second-level cache; two
//! threads meet twice a row. So it takes two from 450 rows. The chain of divisions for the values could be
//! division of the tridiagonal matrix of twice the rows, but small values of graded matrices would lose the
//! digits that the chain keeps. With vectors 100 rows take 0.99 ms, 0.77 by LAPACK: the reduction, and `faer`'s
//! division of the values, in turn; 1000 stacked ones of 5 rows 1.9, 1.7 by a compiler of expressions.

use super::{Dense, Failure, Field, bidiagonal, columns, dense, par, rows, stoppable};
use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::svd::bidiag::{BidiagParams, bidiag_in_place, bidiag_in_place_scratch};
use faer::linalg::svd::{ComputeSvdVectors, SvdParams, svd as svd_into, svd_scratch};
use faer::{Auto, Mat, MatMut};

/// `a = u diag(s) vh`, row-major; `s` descends.
pub struct Svd<T> {
    pub u: Vec<T>,
    pub s: Vec<f64>,
    pub vh: Vec<T>,
}

/// Singular values of an `m × n` matrix; with `vectors`, also `u` and `vh`: square for `full`, else
/// with `min(m, n)` columns and rows.
pub fn svd<T: Field>(a: Dense<'_, T>, vectors: bool, full: bool) -> Result<Svd<T>, Failure> {
    if !a.is_finite() {
        return Err(Failure::NoConvergence);
    }
    stoppable(|| decompose(a, vectors, full))
}

fn decompose<T: Field>(a: Dense<'_, T>, vectors: bool, full: bool) -> Result<Svd<T>, Failure> {
    let (m, n) = a.shape();
    if !vectors && let Some(s) = singular_values(a) {
        return Ok(Svd { u: Vec::new(), s, vh: Vec::new() });
    }
    let a = a.view();
    if !vectors {
        let s = a.singular_values().map_err(|_| Failure::NoConvergence)?;
        let s = s.into_iter().map(Into::into).collect();
        return Ok(Svd { u: Vec::new(), s, vh: Vec::new() });
    }
    let size = m.min(n);
    let (left, right, which) =
        if full { (m, n, ComputeSvdVectors::Full) } else { (size, size, ComputeSvdVectors::Thin) };
    let (mut u, mut v) = (Mat::<T::Faer>::zeros(m, left), Mat::<T::Faer>::zeros(n, right));
    let mut values = Diag::<T::Faer>::zeros(size);
    let mut settings = <SvdParams as Auto<T::Faer>>::auto();
    settings.bidiag = reduction::<T>();
    let need = svd_scratch::<T::Faer>(m, n, which, which, par(), settings.into());
    let stack = &mut MemBuffer::new(need);
    let (s, us, vs) = (values.as_mut(), Some(u.as_mut()), Some(v.as_mut()));
    svd_into(a, s, us, vs, par(), MemStack::new(stack), settings.into())
        .map_err(|_| Failure::NoConvergence)?;
    let s = values.column_vector().iter().map(|x| T::lower(*x).modulus()).collect();
    let vh = rows(v.as_ref().transpose(), |x| T::lower(x).conjugate());
    Ok(Svd { u: dense::<T>(u.as_ref()), s, vh })
}

/// How a matrix is reduced to a bidiagonal one.
fn reduction<T: Field>() -> BidiagParams {
    let mut settings = <BidiagParams as Auto<T::Faer>>::auto();
    settings.par_threshold = 450 * 450;
    settings
}

/// Singular values, descending; nothing where the iteration does not converge.
fn singular_values<T: Field>(a: Dense<'_, T>) -> Option<Vec<f64>> {
    let (m, n) = a.shape();
    let size = m.min(n);
    if size == 0 {
        return Some(Vec::new());
    }
    // Tall, and in columns if it may be: the transpose has the same singular values.
    let turn = m < n || m == n && !a.by_columns;
    let mut tall = if turn { a.transpose() } else { a }.to_columns();
    if m.max(n) >= 2 * size && size > 1 {
        tall = super::factor::reduced::<T>(tall, Mat::zeros(m.max(n), 0)).0;
    }
    if !T::to_bidiagonal(tall.as_mut()) {
        reduce::<T>(tall.as_mut());
    }
    let mut values: Vec<f64> = (0..size).map(|i| T::lower(tall[(i, i)]).modulus()).collect();
    let above: Vec<f64> = (1..size).map(|i| T::lower(tall[(i - 1, i)]).modulus()).collect();
    bidiagonal::singular_values(&mut values, &above).map(|()| values)
}

/// The bidiagonal form by `faer`.
fn reduce<T: Field>(tall: MatMut<'_, T::Faer>) {
    let (rows, size) = tall.shape();
    let (mut left, mut right) = (Mat::<T::Faer>::zeros(1, size), Mat::<T::Faer>::zeros(1, size - 1));
    let settings = reduction::<T>();
    let mut buffer = MemBuffer::new(bidiag_in_place_scratch::<T::Faer>(rows, size, par(), settings.into()));
    let stack = MemStack::new(&mut buffer);
    bidiag_in_place(tall, left.as_mut(), right.as_mut(), par(), stack, settings.into());
}

/// As [`svd`] for a matrix that equals its conjugate transpose, from its lower triangle: singular
/// values are the moduli of its eigenvalues.
pub fn svd_hermitian<T: Field>(a: Dense<'_, T>, vectors: bool) -> Result<Svd<T>, Failure> {
    let eigen = super::eigh(a, false, vectors)?;
    let n = a.rows;
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| eigen.values[j].abs().total_cmp(&eigen.values[i].abs()));
    let s: Vec<f64> = order.iter().map(|&j| eigen.values[j].abs()).collect();
    if !vectors {
        return Ok(Svd { u: Vec::new(), s, vh: Vec::new() });
    }
    let (mut u, mut vh) = (Vec::with_capacity(n * n), vec![T::default(); n * n]);
    for i in 0..n {
        for (l, &j) in order.iter().enumerate() {
            let x = eigen.vectors[i * n + j];
            let sign = if eigen.values[j] < 0.0 { -1.0 } else { 1.0 };
            u.push(x);
            vh[l * n + i] = x.conjugate() * T::from_real(sign);
        }
    }
    Ok(Svd { u, s, vh })
}

/// The shortest `x` that minimises `|a x - b|` for each of the `k` columns of `b`: singular values
/// at most `cut` times the largest count as zero. Gives `x` (`n × k`), the rank, the singular values.
pub fn least_squares<T: Field>(
    a: &[T],
    (m, n, k): (usize, usize, usize),
    b: &[T],
    cut: f64,
) -> Result<(Vec<T>, usize, Vec<f64>), Failure> {
    if n > 1 && m >= 2 * n {
        // The triangle of a tall matrix has its singular values, and `q^H b` all that `b` is asked for.
        let reduced = || Ok(super::factor::reduced::<T>(columns(a, m, n), columns(b, m, k)));
        let (triangle, top) = stoppable(reduced)?;
        return least_squares(
            &dense::<T>(triangle.as_ref()),
            (n, n, k),
            &dense::<T>(top.as_ref().subrows(0, n)),
            cut,
        );
    }
    let Svd { u, s, vh } = svd(Dense::new(a, m, n), true, false)?;
    let size = m.min(n);
    let limit = cut * s.first().copied().unwrap_or(0.0);
    let rank = s.iter().filter(|&&x| x > limit).count();
    let mut x = vec![T::default(); n * k];
    for l in 0..rank {
        for c in 0..k {
            let sum = (0..m).fold(T::default(), |t, i| t + u[i * size + l].conjugate() * b[i * k + c]);
            let sum = sum / T::from_real(s[l]);
            for j in 0..n {
                x[j * k + c] += vh[l * n + j].conjugate() * sum;
            }
        }
    }
    Ok((x, rank, s))
}

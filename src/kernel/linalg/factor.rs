//! Cholesky and QR factors.
//!
//! QR goes in panels of some columns, whose reflections are applied to the rest as one product. While one
//! thread applies a panel's to the next one and factors that, the others apply them to the rest (a look
//! ahead), each to columns of its own; `Q` is formed from the last panel back, each applied only to what is
//! not the unit matrix any more, and its columns too are shared out once for all panels. So threads meet
//! once a panel, and once for `Q`. 500 rows, ms: factors 2.3 on one thread, 1.3 on two, of which panels
//! alone take 0.6 and products alone 1.7; `Q` 1.9 and 0.95; copies 0.3. Products on two threads each, as
//! `faer` makes them, took 4.0 and 1.4: they meet twice a product. Panels of 16, 24, 32 and 40 columns
//! on two threads: 1.9, 1.28, 1.32, 1.45. Where the first thread takes 1, 2, 3, 5, 7 and 8 panels' width
//! less than its half for the next panel: 1.42, 1.35, 1.32, 1.28, 1.46, 1.67.
//!
//! Where a line reads only `R` of both, `np.linalg.qr(A)[1]`, a compiler of programs leaves `Q` out: 5.0 to 5.5 ms
//! on a machine of about half the speed, where both take 6.0 to 6.4 here and 9.1 to 10.4 there, and `R` alone
//! (`mode='r'`) 3.1 to 3.7 and 4.4 to 5.5. A primitive does what it is called for; `mode='r'` says what is wanted.

use super::watched::{look, told};
use super::{Dense, Failure, Field, blocks, both, dense, par, stoppable, threads};
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::householder as reflections;
use faer::linalg::qr::no_pivoting::factor::{qr_in_place, qr_in_place_scratch};
use faer::reborrow::{Reborrow, ReborrowMut};
use faer::{Conj, Mat, MatMut, MatRef, Par, Side};

/// The lower factor `L` of `a = L L^H` (or, with `upper`, `U` of `a = U^H U`), from the lower (upper)
/// triangle.
pub fn cholesky<T: Field>(a: Dense<'_, T>, upper: bool) -> Result<Vec<T>, Failure> {
    let n = a.rows;
    let side = if upper { Side::Upper } else { Side::Lower };
    let real = |i: usize| a.data[i * n + i].complex().re;
    if (0..n).any(|i| real(i).is_nan()) {
        return Err(Failure::NotPositiveDefinite);
    }
    stoppable(|| {
        let (width, from) = blocks::CHOLESKY;
        if n >= from {
            let mut matrix = Mat::<T::Faer>::zeros(n, n);
            let view = if upper { a.transpose() } else { a }.view();
            matrix.copy_from_triangular_lower(view);
            blocks::factor_cholesky::<T>(matrix.as_mut(), width, par())?;
            // Of the transpose's conjugate factor, the transpose.
            let matrix = matrix.as_ref();
            return Ok(dense::<T>(if upper { matrix.transpose() } else { matrix }));
        }
        let llt = a.view().llt(side).map_err(|_| Failure::NotPositiveDefinite)?;
        Ok(if upper { dense::<T>(llt.L().adjoint().to_owned().as_ref()) } else { dense::<T>(llt.L()) })
    })
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
pub fn qr<T: Field>(a: Dense<'_, T>, shape: Shape) -> Result<Factors<T>, Failure> {
    let (m, n) = a.shape();
    if m * n > 32 * 32 { stoppable(|| Ok(blocked(a, shape))) } else { Ok(plain(a, shape)) }
}

/// `q` and `r`.
pub type Factors<T> = (Vec<T>, Vec<T>);

fn plain<T: Field>(a: Dense<'_, T>, shape: Shape) -> Factors<T> {
    let ((m, n), mut r) = (a.shape(), a.by_rows().into_owned());
    let k = m.min(n);
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

/// Columns of a panel, and of one of a matrix of at least so many elements.
const PANEL: (usize, usize) = (24, 32);
const LARGE: usize = 700 * 700;
/// Factoring a panel takes as long as applying one to so many panels of columns.
const LEAD: usize = 5;
/// Elements from which columns are shared out.
const SHARED: usize = 160 * 160;

/// Factors a matrix in place, with the blocks of its reflections' factors, one beside the other.
fn factor<T: Field>(mut a: Mat<T::Faer>) -> (Mat<T::Faer>, Mat<T::Faer>) {
    let (m, n) = a.shape();
    let size = m.min(n);
    let width = if m * n < LARGE { PANEL.0 } else { PANEL.1 }.min(size);
    let mut factors = Mat::zeros(width, size);
    panel::<T>(a.as_mut().subcols_mut(0, width), factors.as_mut().submatrix_mut(0, 0, width, width));
    for first in (0..size).step_by(width) {
        // Complex numbers do not look themselves.
        look();
        told(0.6 * blocks::done(first, size));
        let k = width.min(size - first);
        let (done, rest) = a.as_mut().submatrix_mut(first, first, m - first, n - first).split_at_col_mut(k);
        let (before, after) = factors.as_mut().split_at_col_mut(first + k);
        let block = (done.rb(), before.rb().submatrix(0, first, k, k));
        let next = width.min(size - first - k);
        ahead::<T>(block, rest, after.subcols_mut(0, next));
    }
    (a, factors)
}

/// A panel's reflections, and the triangle of their factors.
type Block<'a, F> = (MatRef<'a, F>, MatRef<'a, F>);

/// Applies a panel to the columns after it, and factors the first of these as the next one.
fn ahead<T: Field>(block: Block<'_, T::Faer>, rest: MatMut<'_, T::Faer>, factors: MatMut<'_, T::Faer>) {
    let (k, next, cols) = (block.1.ncols(), factors.ncols(), rest.ncols());
    let shares = if rest.nrows() * cols < SHARED { 1 } else { threads() };
    // The first share, beside the next panel.
    let first = (cols.saturating_sub(next + LEAD * next)) / shares;
    let (mut near, far) = rest.split_at_col_mut(if shares > 1 { next + first } else { cols });
    let mine = || {
        let (mut panel_columns, others) = near.rb_mut().split_at_col_mut(next);
        apply_block::<T>(block, panel_columns.rb_mut(), Conj::Yes);
        if next > 0 {
            panel::<T>(panel_columns.subrows_mut(k, block.0.nrows() - k), factors.subrows_mut(0, next));
        }
        apply_block::<T>(block, others, Conj::Yes);
    };
    both(mine, || share(far, shares - 1, &|x| apply_block::<T>(block, x, Conj::Yes)));
}

/// Runs `f` on so many stretches of columns, at once.
pub(super) fn share<F: Send + Sync>(
    columns: MatMut<'_, F>,
    shares: usize,
    f: &(impl Fn(MatMut<'_, F>) + Sync),
) {
    if shares < 2 {
        return f(columns);
    }
    let cut = columns.ncols() / shares;
    let (first, rest) = columns.split_at_col_mut(cut);
    both(|| f(first), || share(rest, shares - 1, f));
}

/// Factors a panel on this thread.
fn panel<T: Field>(mut a: MatMut<'_, T::Faer>, mut factors: MatMut<'_, T::Faer>) {
    let ((m, n), width) = (a.shape(), factors.nrows());
    let need = qr_in_place_scratch::<T::Faer>(m, n, width, Par::Seq, Default::default());
    let stack = &mut MemBuffer::new(need);
    qr_in_place(a.rb_mut(), factors.rb_mut(), Par::Seq, MemStack::new(stack), Default::default());
}

/// Applies a panel's reflections to columns on this thread: their product, or where `adjoint` its adjoint.
fn apply_block<T: Field>((panel, factors): Block<'_, T::Faer>, mut to: MatMut<'_, T::Faer>, adjoint: Conj) {
    if to.ncols() == 0 {
        return;
    }
    let (rows, width) = (panel.nrows(), factors.ncols());
    let need =
        reflections::apply_block_householder_on_the_left_in_place_scratch::<T::Faer>(rows, width, to.ncols());
    let buffer = &mut MemBuffer::new(need);
    let (to, stack) = (to.rb_mut(), MemStack::new(buffer));
    if adjoint == Conj::Yes {
        reflections::apply_block_householder_transpose_on_the_left_in_place_with_conj(
            panel,
            factors,
            Conj::Yes,
            to,
            Par::Seq,
            stack,
        );
    } else {
        reflections::apply_block_householder_on_the_left_in_place_with_conj(
            panel,
            factors,
            Conj::No,
            to,
            Par::Seq,
            stack,
        );
    }
}

/// The square triangle `r` of a tall matrix, and `q^H b`.
pub(super) fn reduced<T: Field>(a: Mat<T::Faer>, mut b: Mat<T::Faer>) -> (Mat<T::Faer>, Mat<T::Faer>) {
    let (m, size) = a.shape();
    let (a, factors) = factor::<T>(a);
    let mut r = Mat::zeros(size, size);
    r.copy_from_triangular_upper(a.submatrix(0, 0, size, size));
    if b.ncols() > 0 {
        let width = factors.nrows();
        let need = reflections::apply_block_householder_sequence_transpose_on_the_left_in_place_scratch::<
            T::Faer,
        >(m, width, b.ncols());
        let stack = &mut MemBuffer::new(need);
        reflections::apply_block_householder_sequence_transpose_on_the_left_in_place_with_conj(
            a.as_ref(),
            factors.as_ref(),
            Conj::Yes,
            b.as_mut(),
            Par::Seq,
            MemStack::new(stack),
        );
    }
    (r, b)
}

fn blocked<T: Field>(a: Dense<'_, T>, shape: Shape) -> Factors<T> {
    let (m, n) = a.shape();
    let size = m.min(n);
    let (a, factors) = factor::<T>(a.to_columns());
    let rows = if shape == Shape::Complete { m } else { size };
    let mut r = dense::<T>(a.subrows(0, size));
    r.resize(rows * n, T::default());
    for (i, row) in r.chunks_exact_mut(n).enumerate() {
        row.iter_mut().take(i).for_each(|x| *x = T::default());
    }
    if shape == Shape::R {
        return (Vec::new(), r);
    }
    (dense::<T>(unitary::<T>(&a, &factors, rows).as_ref()), r)
}

/// The first `cols` columns of `Q`.
fn unitary<T: Field>(a: &Mat<T::Faer>, factors: &Mat<T::Faer>, cols: usize) -> Mat<T::Faer> {
    let mut q = Mat::<T::Faer>::identity(a.nrows(), cols);
    if a.nrows() * cols < SHARED || threads() < 2 {
        form::<T>(a.as_ref(), factors.as_ref(), q.as_mut(), 0);
        return q;
    }
    let (a, factors) = (a.as_ref(), factors.as_ref());
    stretch::<T>(a, factors, q.as_mut(), 0, threads());
    q
}

/// The columns of `Q` from `at` on, in so many stretches of equal work at once: column `j` meets the
/// reflections up to its own, each as long as the rows from its own on.
fn stretch<T: Field>(
    a: MatRef<'_, T::Faer>,
    factors: MatRef<'_, T::Faer>,
    q: MatMut<'_, T::Faer>,
    at: usize,
    shares: usize,
) {
    if shares < 2 {
        return form::<T>(a, factors, q, at);
    }
    let work = |j: usize| {
        let j = j.min(factors.ncols());
        j * (2 * a.nrows() - j)
    };
    let total: usize = (at..at + q.ncols()).map(work).sum();
    let mut done = 0;
    let enough = |j: &usize| {
        done += work(at + j);
        done * shares >= total
    };
    let cut = (0..q.ncols()).find(enough).unwrap_or(0);
    let (first, rest) = q.split_at_col_mut(cut);
    both(|| form::<T>(a, factors, first, at), || stretch::<T>(a, factors, rest, at + cut, shares - 1));
}

/// The columns of `Q` from `at` on, where those of the unit matrix are.
fn form<T: Field>(
    a: MatRef<'_, T::Faer>,
    factors: MatRef<'_, T::Faer>,
    mut q: MatMut<'_, T::Faer>,
    at: usize,
) {
    let (m, size) = (a.nrows(), factors.ncols());
    for first in (0..size).step_by(factors.nrows()).rev() {
        look();
        // The first panels meet nearly all of the matrix.
        told(1.0 - 0.4 * (first as f64 / size as f64).powi(2));
        let width = factors.nrows().min(size - first);
        let block = (a.submatrix(first, first, m - first, width), factors.submatrix(0, first, width, width));
        // Columns of the unit matrix before the panel are still zero from its first row on.
        let skip = first.saturating_sub(at).min(q.ncols());
        let (rows, cols) = (m - first, q.ncols() - skip);
        apply_block::<T>(block, q.rb_mut().submatrix_mut(first, skip, rows, cols), Conj::No);
    }
}

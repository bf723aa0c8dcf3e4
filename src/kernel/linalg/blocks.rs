//! LU and Cholesky factors of matrices that take tenths of seconds, in blocks of columns: before each, it is
//! looked whether to stop, and told how much is done. A block goes through `faer`, as do the products
//! that take it off what follows, which are nearly all of the work. 4000 rows: LU and a solution 320 ms, 309 by
//! `faer` in one; Cholesky 161, and 199. Cholesky of 1000, 1500, 2000 and 3000 rows, ms, in blocks of 256 columns
//! and by `faer`: 6.2 and 5.3, 14.3 and 14.9, 27.9 and 30.2, 80 and 95; of 512 columns 5.0, 13.9, 29.2 and 82.

use super::factor::share;
use super::watched::{look, told};
use super::{Failure, Field, threads};
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor as llt;
use faer::linalg::lu::partial_pivoting::factor as lu;
use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::triangular_solve as solve;
use faer::reborrow::{Reborrow, ReborrowMut};
use faer::traits::math_utils::{one, zero};
use faer::{Accum, Conj, MatMut, Par};

/// Columns of a block.
pub const WIDTH: usize = 512;

/// Whether LU factors of a matrix of so many rows take long.
pub fn pay<T: Field>(n: usize) -> bool {
    let from = if T::DTYPE.is_complex() { 2500 } else { 4000 };
    n >= from
}

/// Columns of a block of a Cholesky factor, and the rows from which blocks are faster.
pub const CHOLESKY: (usize, usize) = (256, 1500);

/// The share of the work after so many of `n` columns: what is left is a smaller matrix of its kind.
pub fn done(columns: usize, n: usize) -> f64 {
    1.0 - (1.0 - columns as f64 / n as f64).powi(3)
}

/// Factors a square matrix in place, rows permuted: row `i` of the product is row `forward[i]` of the matrix.
/// Gives the number of swaps.
pub fn factor_lu<T: Field>(
    mut a: MatMut<'_, T::Faer>,
    forward: &mut [usize],
    width: usize,
    par: Par,
) -> usize {
    let (n, mut swaps) = (a.nrows(), 0);
    forward.iter_mut().enumerate().for_each(|(i, p)| *p = i);
    for first in (0..n).step_by(width) {
        look();
        told(done(first, n));
        let (rows, k) = (n - first, width.min(n - first));
        let (left, rest) = a.rb_mut().subrows_mut(first, rows).split_at_col_mut(first);
        let (mut panel, mut right) = rest.split_at_col_mut(k);
        let (mut order, mut inverse) = (vec![0; rows], vec![0; rows]);
        let need = lu::lu_in_place_scratch::<usize, T::Faer>(rows, k, par, Default::default());
        let stack = &mut MemBuffer::new(need);
        let (info, _) = lu::lu_in_place(
            panel.rb_mut(),
            &mut order,
            &mut inverse,
            par,
            MemStack::new(stack),
            Default::default(),
        );
        swaps += info.transposition_count;
        let before = forward[first..].to_vec();
        forward[first..].iter_mut().zip(&order).for_each(|(to, &from)| *to = before[from]);
        permute::<T>(left, &order);
        permute::<T>(right.rb_mut(), &order);
        let (mut top, bottom) = right.split_at_row_mut(k);
        let (head, below) = panel.rb().split_at_row(k);
        solve::solve_unit_lower_triangular_in_place(head, top.rb_mut(), par);
        matmul(bottom, Accum::Add, below, top.rb(), zero::<T::Faer>() - one::<T::Faer>(), par);
    }
    swaps
}

/// Row `order[i]` becomes row `i`.
fn permute<T: Field>(a: MatMut<'_, T::Faer>, order: &[usize]) {
    let moved: Vec<(usize, usize)> =
        order.iter().copied().enumerate().filter(|&(to, from)| to != from).collect();
    share(a, threads(), &|columns: MatMut<'_, T::Faer>| {
        let mut kept = Vec::with_capacity(moved.len());
        for mut column in columns.col_iter_mut() {
            kept.clear();
            kept.extend(moved.iter().map(|&(_, from)| column[from]));
            moved.iter().zip(&kept).for_each(|(&(to, _), x)| column[to] = *x);
        }
    });
}

/// The lower factor in place of the lower triangle of a self-adjoint matrix.
pub fn factor_cholesky<T: Field>(mut a: MatMut<'_, T::Faer>, width: usize, par: Par) -> Result<(), Failure> {
    let n = a.nrows();
    for first in (0..n).step_by(width) {
        look();
        told(done(first, n));
        let (rows, k) = (n - first, width.min(n - first));
        let (mut panel, rest) = a.rb_mut().submatrix_mut(first, first, rows, rows).split_at_col_mut(k);
        let rest = rest.subrows_mut(k, rows - k);
        let (mut head, mut below) = panel.rb_mut().split_at_row_mut(k);
        let need = llt::cholesky_in_place_scratch::<T::Faer>(k, par, Default::default());
        let stack = &mut MemBuffer::new(need);
        let stack = MemStack::new(stack);
        llt::cholesky_in_place(head.rb_mut(), Default::default(), par, stack, Default::default())
            .map_err(|_| Failure::NotPositiveDefinite)?;
        solve::solve_lower_triangular_in_place_with_conj(
            head.rb(),
            Conj::Yes,
            below.rb_mut().transpose_mut(),
            par,
        );
        triangular::matmul(
            rest,
            BlockStructure::TriangularLower,
            Accum::Add,
            below.rb(),
            BlockStructure::Rectangular,
            below.rb().adjoint(),
            BlockStructure::Rectangular,
            zero::<T::Faer>() - one::<T::Faer>(),
            par,
        );
    }
    Ok(())
}

//! Systems of equations, inverses and determinants, by LU with partial pivoting.
//!
//! A row-major matrix is its transpose in columns, which is what `faer` factors fastest. So a large
//! matrix is copied as it lies and the transpose factored in place (pivots are then sought along
//! rows): solutions are those of the transposed factors, the determinant is the same, and the
//! transpose's inverse in columns is the inverse in rows. A matrix in columns is factored as it is. Nothing
//! is transposed but that one's inverse.

use super::{Dense, Failure, Field, blocks, lifted, lifted_mut, stoppable, transposed};
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::lu::partial_pivoting as parts;
use faer::perm::PermRef;
use faer::{Conj, MatMut, MatRef, Par};

/// Rows up to which the plain loops run.
pub const SMALL: usize = 32;

/// Solves `a x = b` for the `k` columns of the row-major `b`, in place; `a` is `n × n`.
pub fn solve<T: Field>(a: Dense<'_, T>, b: &mut [T], k: usize) -> Result<(), Failure> {
    let n = a.rows;
    assert!(a.cols == n && b.len() == n * k);
    if b.is_empty() {
        return Ok(());
    }
    if n <= SMALL {
        let lu = Small::factor(a);
        return lu.solve(b, k);
    }
    stoppable(|| {
        let lu = Large::factor(a);
        if lu.is_singular() {
            return Err(Failure::Singular);
        }
        lu.solve(b, k);
        Ok(())
    })
}

/// The inverse, row-major.
pub fn inverse<T: Field>(a: Dense<'_, T>) -> Result<Vec<T>, Failure> {
    let n = a.rows;
    let mut out = vec![T::default(); n * n];
    if n > SMALL {
        return stoppable(|| {
            let lu = Large::factor(a);
            if lu.is_singular() {
                return Err(Failure::Singular);
            }
            lu.inverse(&mut out);
            Ok(if a.by_columns { transposed(&out, n, n) } else { out })
        });
    }
    (0..n).for_each(|i| out[i * n + i] = T::from_real(1.0));
    solve(a, &mut out, n)?;
    Ok(out)
}

/// The determinant's sign (a unit complex number for complex matrices) and the logarithm of its
/// modulus: 0 and -inf for a singular matrix.
pub fn slogdet<T: Field>(a: Dense<'_, T>) -> Result<(T, f64), Failure> {
    let n = a.rows;
    let (diagonal, odd) = if n <= SMALL {
        let lu = Small::factor(a);
        ((0..n).map(|i| lu.at(i, i)).collect::<Vec<T>>(), lu.odd)
    } else {
        stoppable(|| {
            let lu = Large::factor(a);
            Ok((lu.diagonal().collect(), lu.odd))
        })?
    };
    if singular(diagonal.iter().copied()) {
        return Ok((T::default(), f64::NEG_INFINITY));
    }
    let mut sign = T::from_real(if odd { -1.0 } else { 1.0 });
    let mut log = 0.0;
    for d in diagonal {
        let size = d.modulus();
        sign *= d / T::from_real(size);
        log += size.ln();
    }
    Ok((sign, log))
}

/// A zero before anything that is not a number (which such a zero may have caused).
fn singular<T: Field>(diagonal: impl Iterator<Item = T>) -> bool {
    diagonal.map(Field::modulus).find(|d| *d == 0.0 || d.is_nan()).is_some_and(|d| d == 0.0)
}

/// The factors of a large matrix in columns, or of the transpose of one in rows, column-major, both in one
/// block.
struct Large<T> {
    n: usize,
    turned: bool,
    lu: Vec<T>,
    forward: Vec<usize>,
    backward: Vec<usize>,
    odd: bool,
    par: Par,
}

impl<T: Field> Large<T> {
    fn factor(a: Dense<'_, T>) -> Large<T> {
        let (n, par) = (a.rows, faer::get_global_parallelism());
        let (mut lu, mut forward, mut backward) = (a.data.to_vec(), vec![0; n], vec![0; n]);
        if blocks::pay::<T>(n) {
            let matrix = MatMut::from_column_major_slice_mut(lifted_mut(&mut lu), n, n);
            let swaps = blocks::factor_lu::<T>(matrix, &mut forward, blocks::WIDTH, par);
            forward.iter().enumerate().for_each(|(i, &p)| backward[p] = i);
            let turned = !a.by_columns;
            return Large { n, turned, lu, forward, backward, odd: swaps % 2 == 1, par };
        }
        let need = parts::factor::lu_in_place_scratch::<usize, T::Faer>(n, n, par, Default::default());
        let info = parts::factor::lu_in_place(
            MatMut::from_column_major_slice_mut(lifted_mut(&mut lu), n, n),
            &mut forward,
            &mut backward,
            par,
            MemStack::new(&mut MemBuffer::new(need)),
            Default::default(),
        );
        let odd = info.0.transposition_count % 2 == 1;
        Large { n, turned: !a.by_columns, lu, forward, backward, odd, par }
    }

    fn matrix(&self) -> MatRef<'_, T::Faer> {
        MatRef::from_column_major_slice(lifted(&self.lu), self.n, self.n)
    }

    fn rows(&self) -> PermRef<'_, usize> {
        PermRef::new_checked(&self.forward, &self.backward, self.n)
    }

    fn diagonal(&self) -> impl Iterator<Item = T> {
        (0..self.n).map(|i| self.lu[i * self.n + i])
    }

    fn is_singular(&self) -> bool {
        singular(self.diagonal())
    }

    /// Solves for the `k` columns of a row-major block. Only the triangles are read of each factor.
    fn solve(&self, b: &mut [T], k: usize) {
        if !self.turned {
            let need = parts::solve::solve_in_place_scratch::<usize, T::Faer>(self.n, k, self.par);
            return parts::solve::solve_in_place_with_conj(
                self.matrix(),
                self.matrix(),
                self.rows(),
                Conj::No,
                MatMut::from_row_major_slice_mut(lifted_mut(b), self.n, k),
                self.par,
                MemStack::new(&mut MemBuffer::new(need)),
            );
        }
        let need = parts::solve::solve_transpose_in_place_scratch::<usize, T::Faer>(self.n, k, self.par);
        parts::solve::solve_transpose_in_place_with_conj(
            self.matrix(),
            self.matrix(),
            self.rows(),
            Conj::No,
            MatMut::from_row_major_slice_mut(lifted_mut(b), self.n, k),
            self.par,
            MemStack::new(&mut MemBuffer::new(need)),
        );
    }

    fn inverse(&self, out: &mut [T]) {
        let need = parts::inverse::inverse_scratch::<usize, T::Faer>(self.n, self.par);
        parts::inverse::inverse(
            MatMut::from_column_major_slice_mut(lifted_mut(out), self.n, self.n),
            self.matrix(),
            self.matrix(),
            self.rows(),
            self.par,
            MemStack::new(&mut MemBuffer::new(need)),
        );
    }
}

/// The factors of a small matrix, column-major: the unit lower one below the diagonal.
struct Small<T> {
    n: usize,
    lu: Vec<T>,
    pivots: Vec<usize>,
    odd: bool,
}

impl<T: Field> Small<T> {
    /// Column by column (the left-looking form), each scaled by the reciprocal of its pivot.
    fn factor(a: Dense<'_, T>) -> Small<T> {
        let (n, lu) = (a.rows, a.columns().into_owned());
        let mut f = Small { n, lu, pivots: Vec::with_capacity(n), odd: false };
        for j in 0..n {
            for (i, &p) in f.pivots.iter().enumerate() {
                f.lu.swap(j * n + i, j * n + p);
            }
            for l in 0..j {
                let factor = f.at(l, j);
                for i in l + 1..n {
                    let product = f.at(i, l) * factor;
                    f.lu[j * n + i] -= product;
                }
            }
            let p = f.largest(j);
            f.pivots.push(p);
            let pivot = f.at(p, j);
            if pivot.modulus() == 0.0 {
                continue;
            }
            if p != j {
                f.odd = !f.odd;
                (0..=j).for_each(|l| f.lu.swap(l * n + j, l * n + p));
            }
            let scale = T::from_real(1.0) / pivot;
            (j + 1..n).for_each(|i| f.lu[j * n + i] *= scale);
        }
        f
    }

    fn at(&self, i: usize, j: usize) -> T {
        self.lu[j * self.n + i]
    }

    /// The row of the largest element of column `j` from the diagonal down; the first of equals.
    fn largest(&self, j: usize) -> usize {
        let mut best = j;
        for i in j + 1..self.n {
            let z = |i: usize| self.at(i, j).complex();
            if z(i).l1_norm() > z(best).l1_norm() {
                best = i;
            }
        }
        best
    }

    fn solve(&self, b: &mut [T], k: usize) -> Result<(), Failure> {
        let n = self.n;
        if singular((0..n).map(|i| self.at(i, i))) {
            return Err(Failure::Singular);
        }
        for (i, &p) in self.pivots.iter().enumerate() {
            (0..k).for_each(|c| b.swap(i * k + c, p * k + c));
        }
        for c in 0..k {
            for l in 0..n {
                let x = b[l * k + c];
                for i in l + 1..n {
                    b[i * k + c] -= self.at(i, l) * x;
                }
            }
            for l in (0..n).rev() {
                let x = b[l * k + c] / self.at(l, l);
                b[l * k + c] = x;
                for i in 0..l {
                    b[i * k + c] -= self.at(i, l) * x;
                }
            }
        }
        Ok(())
    }
}

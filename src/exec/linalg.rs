//! Stacks of matrices for `kernel::linalg`: each matrix of an array becomes a dense row-major slice
//! of the [`precision`] that it is computed in, and results are gathered into arrays of the caller's dtype.
//!
//! A stack of small matrices is shared out among threads, each matrix on one; a large matrix has all
//! threads for itself from the size on where they pay. Microseconds on one and two threads:
//!
//! | rows | solve | inv | cholesky | qr | svd | singular values | eigenvalues |
//! | --- | --- | --- | --- | --- | --- | --- | --- |
//! | 64 | 14, 26 | 22, 59 | 9.7, 9.6 | | 710, 620 | 75, 75 | 1290, 1140 |
//! | 128 | 60, 108 | 130, 220 | 40, 65 | 240, 1790 | 2760, 1810 | 313, 319 | 5390, 3830 |
//! | 256 | 331, 526 | 846, 1220 | 205, 286 | 1080, 4710 | 15200, 7650 | 1530, 1560 | 34500, 18600 |

use super::tally::{self, Pass};
use super::{contiguous, in_dtype, interrupt, progress, threads};
use crate::array::{Array, ArrayError, Dims};
use crate::dtype::{DType, c128};
use crate::kernel::linalg::{self, Dense, Failure, Field};

/// A stack of matrices, dense, in the dtype that decompositions compute in.
pub struct Matrices {
    data: Array,
    /// The shape before the last two axes.
    pub stack: Dims,
    pub rows: usize,
    pub cols: usize,
    /// The data is one matrix, column by column.
    by_columns: bool,
}

impl Matrices {
    /// The matrices of an array of two axes at least, converted.
    pub fn new(a: &Array) -> Result<Matrices, ArrayError> {
        let lead = a.ndim() - 2;
        Matrices::in_precision(a, precision(a.dtype(), a.shape()[lead], a.shape()[lead + 1]))
    }

    /// As `new`, in a float or complex dtype.
    ///
    /// One matrix in columns stays so. A small one does not, which comes out digit for digit alike then.
    pub fn in_precision(a: &Array, dtype: DType) -> Result<Matrices, ArrayError> {
        let small = a.shape().iter().any(|&n| n <= linalg::lu::SMALL);
        let by_columns = a.ndim() == 2 && !small && a.is_f_contiguous() && !a.is_c_contiguous();
        if by_columns {
            let turned = Matrices::by_rows(&a.transpose(), dtype)?;
            return Ok(Matrices { rows: turned.cols, cols: turned.rows, by_columns, ..turned });
        }
        Matrices::by_rows(a, dtype)
    }

    /// As `in_precision`, all row by row.
    pub fn by_rows(a: &Array, dtype: DType) -> Result<Matrices, ArrayError> {
        let lead = a.ndim() - 2;
        Ok(Matrices {
            by_columns: false,
            data: contiguous(&in_dtype(a, dtype)?)?,
            stack: a.shape()[..lead].into(),
            rows: a.shape()[lead],
            cols: a.shape()[lead + 1],
        })
    }

    pub fn is_complex(&self) -> bool {
        self.dtype().is_complex()
    }

    pub fn dtype(&self) -> DType {
        self.data.dtype()
    }

    pub fn count(&self) -> usize {
        self.stack.iter().product()
    }

    /// All matrices, one after the other, as they lie: by rows if they were made so.
    pub fn all<T: Field>(&self) -> &[T] {
        self.data.as_slice::<T>().unwrap_or_default()
    }

    /// The results of `f` for every matrix with its number, in order; the first failure otherwise, or
    /// that a stop was asked for.
    pub fn map<T: Field, R: Send, E: From<ArrayError>>(
        &self,
        work: Work,
        fail: impl Fn(Failure) -> E,
        f: impl Fn(usize, Dense<'_, T>) -> Result<R, Failure> + Sync,
    ) -> Result<Vec<R>, E> {
        let count = self.count();
        let (long, short) = (self.rows.max(self.cols), self.rows.min(self.cols));
        let cost = (long * short).saturating_mul(short.max(1)).saturating_mul(work.cost()) + 200;
        let from = work.shared_from();
        let large = short > 0 && long.saturating_mul(short) >= from * from;
        linalg::ask(interrupt::requested);
        linalg::tell(progress::told, large);
        linalg::set_threads(if large { threads::count() } else { 1 });
        let _pass = tally::pass(|| {
            let ops = (work.flops(long, short) * count as f64) as usize;
            let threads = if large { threads::count() } else { 1 };
            Pass::new("decompose", self.data.dtype(), 0).reads(&self.data).ops(ops).threads(threads)
        });
        let all = self.data.as_slice::<T>().unwrap_or_default();
        let size = self.rows * self.cols;
        let mut out: Vec<Option<Result<R, Failure>>> = (0..count).map(|_| None).collect();
        let group =
            if large || cost.saturating_mul(count) < ALONE { count } else { (ALONE / 4 / cost).max(1) };
        let (rows, cols, by_columns) = (self.rows, self.cols, self.by_columns);
        let one = |i: usize| {
            let data = all.get(i * size..(i + 1) * size).unwrap_or_default();
            let matrix = if by_columns {
                Dense::new(data, cols, rows).transpose()
            } else {
                Dense::new(data, rows, cols)
            };
            f(i, matrix)
        };
        threads::helped(if large { threads::count() } else { 1 }, || {
            threads::chunks(&mut out, group.max(1), &|part, slots| {
                for (i, slot) in slots.iter_mut().enumerate() {
                    if interrupt::requested() {
                        return;
                    }
                    // Of a large one, in parts of a thousand, which it tells itself.
                    let _matrix = large.then(|| progress::begin(1000));
                    *slot = Some(one(part * group + i));
                }
            });
        });
        let done = out.into_iter().map(|r| match r {
            Some(r) => r.map_err(&fail),
            None => Err(ArrayError::Interrupted.into()),
        });
        done.collect()
    }
}

/// What a matrix of a dtype is decomposed in: large ones of single precision in single, which takes half
/// the time; small ones in double, so that examples of a few rows come out without its rounding errors.
pub fn precision(dtype: DType, rows: usize, cols: usize) -> DType {
    match dtype {
        DType::F32 | DType::C64 if rows.min(cols) > linalg::lu::SMALL => dtype,
        _ if dtype.is_complex() => DType::C128,
        _ => DType::F64,
    }
}

/// A kind of decomposition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    Lu,
    Cholesky,
    Qr,
    /// Singular values, and eigenvalues of self-adjoint matrices.
    Spectral,
    /// Eigenvalues of general matrices.
    General,
}

impl Work {
    /// What it takes in time, in units of `rows * cols * short side`.
    fn cost(self) -> usize {
        match self {
            Work::Lu | Work::Cholesky | Work::Qr => 1,
            Work::Spectral => 20,
            Work::General => 40,
        }
    }

    /// Its floating-point operations, as Golub and Van Loan count them (Matrix Computations, 3.2, 4.2, 5.2,
    /// 7.5, 8.3): with Q, and with vectors.
    fn flops(self, long: usize, short: usize) -> f64 {
        let (m, n) = (long as f64, short as f64);
        match self {
            Work::Lu => m * n * n - n.powi(3) / 3.0,
            Work::Cholesky => n.powi(3) / 3.0,
            Work::Qr => 4.0 * (m * n * n - n.powi(3) / 3.0),
            Work::Spectral => 9.0 * m * n * n,
            Work::General => 25.0 * n.powi(3),
        }
    }

    /// The rows of a square matrix from which all threads work on it.
    fn shared_from(self) -> usize {
        match self {
            Work::Lu | Work::Cholesky | Work::Qr => 384,
            Work::Spectral => 160,
            Work::General => 2000,
        }
    }
}

/// Operations below which a stack stays on one thread.
const ALONE: usize = 1 << 17;

/// Results of a stack, one after the other, as an array of the stack's shape and `shape`.
pub fn gathered<T: Field>(
    values: &[T],
    stack: &[usize],
    shape: &[usize],
    dtype: DType,
) -> Result<Array, ArrayError> {
    let all: Dims = stack.iter().chain(shape).copied().collect();
    let out = in_dtype(&Array::from_slice(values, &all)?, dtype)?;
    if out.dtype() == T::DTYPE {
        // Else the conversion has told of it.
        tally::wrote(out.nbytes());
    }
    Ok(out)
}

/// As [`gathered`], for complex results that become real when all imaginary parts are zero.
pub fn gathered_complex(
    values: &[c128],
    stack: &[usize],
    shape: &[usize],
    dtype: DType,
    real: bool,
) -> Result<Array, ArrayError> {
    if real {
        let parts: Vec<f64> = values.iter().map(|z| z.re).collect();
        gathered(&parts, stack, shape, dtype.to_real())
    } else {
        gathered(values, stack, shape, dtype.to_complex())
    }
}

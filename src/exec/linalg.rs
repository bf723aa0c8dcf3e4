//! Stacks of matrices for `kernel::linalg`: each matrix of an array becomes a dense row-major slice
//! of float64 or complex128, and results are gathered into arrays of the caller's dtype.

use super::{contiguous, in_dtype, interrupt, threads};
use crate::array::{Array, ArrayError, Dims};
use crate::dtype::{DType, c128};
use crate::kernel::linalg::{self, Field};

/// A stack of matrices, dense, in the dtype that decompositions compute in.
pub struct Matrices {
    data: Array,
    /// The shape before the last two axes.
    pub stack: Dims,
    pub rows: usize,
    pub cols: usize,
}

impl Matrices {
    /// The matrices of an array of two axes at least, converted.
    pub fn new(a: &Array) -> Result<Matrices, ArrayError> {
        linalg::set_threads(threads::count());
        let dtype = if a.dtype().is_complex() { DType::C128 } else { DType::F64 };
        let lead = a.ndim() - 2;
        Ok(Matrices {
            data: contiguous(&in_dtype(a, dtype)?)?,
            stack: a.shape()[..lead].into(),
            rows: a.shape()[lead],
            cols: a.shape()[lead + 1],
        })
    }

    pub fn is_complex(&self) -> bool {
        self.data.dtype() == DType::C128
    }

    pub fn count(&self) -> usize {
        self.stack.iter().product()
    }

    /// Runs `f` on each matrix until one fails or a stop is asked for.
    pub fn each<T: Field, E: From<ArrayError>>(
        &self,
        mut f: impl FnMut(&[T]) -> Result<(), E>,
    ) -> Result<(), E> {
        let all = self.data.as_slice::<T>().unwrap_or_default();
        let size = self.rows * self.cols;
        for i in 0..self.count() {
            if interrupt::requested() {
                return Err(ArrayError::Interrupted.into());
            }
            f(all.get(i * size..(i + 1) * size).unwrap_or_default())?;
        }
        Ok(())
    }
}

/// Results of a stack, one after the other, as an array of the stack's shape and `shape`.
pub fn gathered<T: Field>(
    values: &[T],
    stack: &[usize],
    shape: &[usize],
    dtype: DType,
) -> Result<Array, ArrayError> {
    let all: Dims = stack.iter().chain(shape).copied().collect();
    in_dtype(&Array::from_slice(values, &all)?, dtype)
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

//! ndarray at the library's edge: arrays in and out, by copy.

use super::{Array, ArrayError};
use crate::dtype::{DType, Element};
use ndarray::{ArrayBase, ArrayD, Data, Dimension, IxDyn};
use thiserror::Error;

/// Why an array cannot become an `ndarray` of the wanted type.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum InteropError {
    #[error("the array holds {have}, not {want}")]
    DType { have: DType, want: DType },
}

impl<T: Element, S: Data<Elem = T>, D: Dimension> TryFrom<&ArrayBase<S, D>> for Array {
    type Error = ArrayError;

    /// A C-ordered copy. Fails only for want of memory.
    fn try_from(source: &ArrayBase<S, D>) -> Result<Array, ArrayError> {
        let mut out = Array::empty(T::DTYPE, source.shape())?;
        if let Some(slice) = out.as_mut_slice::<T>() {
            slice.iter_mut().zip(source.iter()).for_each(|(to, from)| *to = *from);
        }
        Ok(out)
    }
}

impl<T: Element> TryFrom<&Array> for ArrayD<T> {
    type Error = InteropError;

    /// A copy of an array whose dtype is `T`'s.
    fn try_from(source: &Array) -> Result<ArrayD<T>, InteropError> {
        if source.dtype() != T::DTYPE {
            return Err(InteropError::DType { have: source.dtype(), want: T::DTYPE });
        }
        let (data, strides, first) = (source.storage::<T>(), source.strides(), source.offset() as isize);
        Ok(ArrayD::from_shape_fn(IxDyn(source.shape()), |index| {
            let along = index.slice().iter().zip(strides);
            data[(first + along.map(|(&i, &s)| i as isize * s).sum::<isize>()) as usize]
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn there_and_back_in_any_layout() {
        let source = array![[1i64, 2, 3], [4, 5, 6]];
        let a = Array::try_from(&source.t()).unwrap();
        assert_eq!(a.shape(), [3, 2]);
        assert_eq!(ArrayD::<i64>::try_from(&a.transpose()).unwrap(), source.into_dyn());
        assert!(ArrayD::<f64>::try_from(&a).is_err());
    }
}

//! What can be wrong with shapes, axes and indices. Data only; `error` renders it.

use super::Dims;
use crate::dtype::{CastError, DType};
use smallvec::SmallVec;
use thiserror::Error;

// The tag is a word, so that results which may be errors are moved in whole words.
#[derive(Clone, Debug, PartialEq, Error)]
#[repr(u64)]
pub enum ArrayError {
    #[error("operands could not be broadcast together")]
    Broadcast { shapes: Vec<Dims> },
    #[error("a shape cannot be broadcast to another")]
    BroadcastTo { from: Dims, to: Dims },
    #[error("axis {axis} is out of bounds for array of dimension {ndim}")]
    Axis { axis: i64, ndim: usize },
    #[error("axis {axis} is given twice")]
    RepeatedAxis { axis: usize },
    #[error("index {index} is out of bounds for axis {axis} with size {size}")]
    Index { index: i64, axis: usize, size: usize },
    #[error("too many indices for array: array is {ndim}-dimensional, but {given} were indexed")]
    TooManyIndices { ndim: usize, given: usize },
    #[error("boolean index did not match the indexed array")]
    MaskShape { axis: usize, size: usize, mask: usize },
    #[error("shape mismatch: indexing arrays could not be broadcast together")]
    IndexBroadcast { shapes: Vec<Dims> },
    #[error("an index can only have a single ellipsis ('...')")]
    TwoEllipses,
    #[error("slice step cannot be zero")]
    ZeroStep,
    #[error("cannot reshape array of size {size}")]
    Reshape { size: usize, from: Dims, to: SmallVec<[i64; 4]> },
    #[error("could not broadcast the value into the indexed shape")]
    Assign { value: Dims, target: Dims },
    #[error(
        "boolean array indexing assignment cannot assign {values} values to the {places} places where the mask is true"
    )]
    AssignMask { values: usize, places: usize },
    #[error("assignment destination is read-only")]
    ReadOnly,
    #[error("array is too large: its size in bytes does not fit a 64-bit integer")]
    TooLarge,
    #[error("not enough memory: {need} bytes wanted, {free} left under the limit")]
    Memory { need: usize, free: usize },
    #[error("cannot view {from} memory as {to}")]
    ViewDType { from: DType, to: DType },
    #[error("interrupted")]
    Interrupted,
    #[error(transparent)]
    Cast(#[from] CastError),
}

//! A matrix whose elements have moved round its ends, for a caller that can do without the moved copy
//! (`Host::takes_moved`): updates that wait (`elementwise::updates`). Anybody else gets it computed.

use super::rearrange::rolled_along;
use crate::array::{Array, Dims};
use crate::dtype::DType;
use crate::value::{Deferred, Fault, Host, Value};
use std::any::Any;

/// What `roll` gives.
pub struct Moved {
    pub a: Array,
    /// Rows and columns.
    pub by: [i64; 2],
}

impl Deferred for Moved {
    fn dtype(&self) -> DType {
        self.a.dtype()
    }

    fn shape(&self) -> Dims {
        self.a.shape().into()
    }

    fn compute(&self, _: &mut dyn Host) -> Result<Value, Fault> {
        Ok(Value::Array(rolled_along(&self.a, &self.by)?))
    }

    fn is_cheap(&self) -> bool {
        false
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

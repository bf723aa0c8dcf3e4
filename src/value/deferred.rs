//! Results that are not computed yet. Nothing that has a name is ever deferred: inside one expression,
//! the evaluator lets element-wise work wait until what consumes it is known, so that both run as one
//! pass. How that is done is `prim`'s business.

use super::{Fault, Host, Value};
use crate::array::Dims;
use crate::dtype::DType;
use std::any::Any;

/// Element-wise work on arrays that waits for its consumer.
pub trait Deferred: Any {
    fn dtype(&self) -> DType;
    fn shape(&self) -> Dims;
    /// Computes it. A second call gives the same array.
    fn compute(&self, host: &mut dyn Host) -> Result<Value, Fault>;
    /// Whether doing it twice costs less than keeping its result.
    fn is_cheap(&self) -> bool;
    fn as_any(&self) -> &dyn Any;
}

impl Value {
    /// The value itself, computed if it was deferred.
    #[inline]
    pub fn settled(self, host: &mut dyn Host) -> Result<Value, Fault> {
        match self {
            Value::Deferred(work) => work.compute(host),
            value => Ok(value),
        }
    }
}

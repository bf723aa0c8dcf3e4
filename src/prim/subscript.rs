//! Placeholder with the interface that `eval` uses; replaced whole by the indexing piece.
use crate::value::{Fault, Host, Value};
pub type Subscript = Value;
pub fn get_one(_h: &mut dyn Host, _b: &Value, _i: &Value) -> Result<Value, Fault> {
    Err(Fault::NotYet { name: "index".into() })
}
pub fn get_item(_h: &mut dyn Host, _b: &Value, _i: &[Value]) -> Result<Value, Fault> {
    Err(Fault::NotYet { name: "index".into() })
}
pub fn set_item(_h: &mut dyn Host, _b: &Value, _i: &[Value], _v: Value) -> Result<(), Fault> {
    Err(Fault::NotYet { name: "index".into() })
}

//! Placeholder with the interface that `eval` uses; replaced whole by the properties piece.
use crate::value::{Fault, Host, Value};
pub fn applies(v: &Value) -> bool {
    v.is_scalar_number() || matches!(v, Value::Array(_))
}
pub fn set_property(_h: &mut dyn Host, _b: &Value, _n: &str, _v: Value) -> Result<Option<Value>, Fault> {
    Err(Fault::NotYet { name: "property".into() })
}
pub fn dtype_attr(_b: &Value, _n: &str) -> Option<Value> {
    None
}

//! The Rust types of array elements.

use super::{DType, Scalar};

#[allow(non_camel_case_types)]
pub type c64 = num_complex::Complex<f32>;
#[allow(non_camel_case_types)]
pub type c128 = num_complex::Complex<f64>;

/// A Rust type that arrays can hold. Sealed in effect: `Buffer` relies on every implementor being
/// plain data of `DTYPE.itemsize()` bytes, for which all-zero bytes are a valid value.
pub trait Element: Copy + Send + Sync + PartialEq + Default + std::fmt::Debug + 'static {
    const DTYPE: DType;
    fn scalar(self) -> Scalar;
    /// The value of a scalar of this very dtype; `None` for another dtype.
    fn from_scalar(s: Scalar) -> Option<Self>;
}

macro_rules! element {
    ($($t:ty => $v:ident),* $(,)?) => {$(
        impl Element for $t {
            const DTYPE: DType = DType::$v;
            #[inline]
            fn scalar(self) -> Scalar { Scalar::$v(self) }
            #[inline]
            fn from_scalar(s: Scalar) -> Option<Self> {
                match s { Scalar::$v(x) => Some(x), _ => None }
            }
        }
    )*};
}
element! {
    bool => Bool, i8 => I8, u8 => U8, i16 => I16, u16 => U16, i32 => I32, u32 => U32,
    i64 => I64, u64 => U64, f32 => F32, f64 => F64, c64 => C64, c128 => C128,
}

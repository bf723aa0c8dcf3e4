//! A typed value of one element: what `a[0]` gives.

use super::{DType, c64, c128};

// The tag is a word, as that of a value: see there.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(u64)]
pub enum Scalar {
    Bool(bool),
    I8(i8),
    U8(u8),
    I16(i16),
    U16(u16),
    I32(i32),
    U32(u32),
    I64(i64),
    U64(u64),
    F32(f32),
    F64(f64),
    C64(c64),
    C128(c128),
}

impl Scalar {
    pub fn dtype(self) -> DType {
        match self {
            Scalar::Bool(_) => DType::Bool,
            Scalar::I8(_) => DType::I8,
            Scalar::U8(_) => DType::U8,
            Scalar::I16(_) => DType::I16,
            Scalar::U16(_) => DType::U16,
            Scalar::I32(_) => DType::I32,
            Scalar::U32(_) => DType::U32,
            Scalar::I64(_) => DType::I64,
            Scalar::U64(_) => DType::U64,
            Scalar::F32(_) => DType::F32,
            Scalar::F64(_) => DType::F64,
            Scalar::C64(_) => DType::C64,
            Scalar::C128(_) => DType::C128,
        }
    }

    /// The exact value of a bool or an integer; `None` for inexact dtypes.
    pub fn as_i128(self) -> Option<i128> {
        Some(match self {
            Scalar::Bool(x) => x as i128,
            Scalar::I8(x) => x as i128,
            Scalar::U8(x) => x as i128,
            Scalar::I16(x) => x as i128,
            Scalar::U16(x) => x as i128,
            Scalar::I32(x) => x as i128,
            Scalar::U32(x) => x as i128,
            Scalar::I64(x) => x as i128,
            Scalar::U64(x) => x as i128,
            _ => return None,
        })
    }

    /// The nearest float64; `None` for complex dtypes.
    pub fn as_f64(self) -> Option<f64> {
        match self {
            Scalar::F32(x) => Some(x as f64),
            Scalar::F64(x) => Some(x),
            _ => self.as_i128().map(|x| x as f64),
        }
    }

    /// The value as complex128.
    pub fn as_c128(self) -> c128 {
        match self {
            Scalar::C64(z) => c128::new(z.re as f64, z.im as f64),
            Scalar::C128(z) => z,
            _ => c128::new(self.as_f64().unwrap_or(f64::NAN), 0.0),
        }
    }

    /// Not zero; NaN counts as true.
    pub fn truth(self) -> bool {
        self.as_c128() != c128::new(0.0, 0.0)
    }
}

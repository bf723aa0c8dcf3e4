//! Element types: the thirteen dtypes, the `Element` trait that ties them to Rust types, typed
//! scalars, and promotion. Depends on nothing; every other module of the engine builds on it.

mod cast;
mod element;
mod promote;
mod scalar;

pub use cast::{CastError, CastTo, cast, cast_scalar};
pub use element::{Element, c64, c128};
pub use promote::{Operand, PromoteError, promote, result_dtype};
pub use scalar::Scalar;

/// The type of an array's elements. The order is NumPy's order of type numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum DType {
    Bool,
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    F32,
    F64,
    C64,
    C128,
}

/// The kind of a dtype, in the order of NumPy's promotion hierarchy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Bool,
    Int,
    Float,
    Complex,
}

impl DType {
    /// Every dtype, in order.
    pub const ALL: [DType; 13] = [
        DType::Bool,
        DType::I8,
        DType::U8,
        DType::I16,
        DType::U16,
        DType::I32,
        DType::U32,
        DType::I64,
        DType::U64,
        DType::F32,
        DType::F64,
        DType::C64,
        DType::C128,
    ];

    /// NumPy's name, as `x.dtype` prints it.
    pub const fn name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::I8 => "int8",
            DType::U8 => "uint8",
            DType::I16 => "int16",
            DType::U16 => "uint16",
            DType::I32 => "int32",
            DType::U32 => "uint32",
            DType::I64 => "int64",
            DType::U64 => "uint64",
            DType::F32 => "float32",
            DType::F64 => "float64",
            DType::C64 => "complex64",
            DType::C128 => "complex128",
        }
    }

    /// The dtype of a name or of one of NumPy's short codes (`"i4"`, `"<f8"`, `"float"`).
    pub fn from_name(name: &str) -> Option<DType> {
        let short = name.trim_start_matches(['<', '=', '|']);
        DType::ALL.into_iter().find(|d| d.name() == name || d.code() == short).or(match name {
            "float" | "double" | "d" | "float_" => Some(DType::F64),
            "single" | "f" => Some(DType::F32),
            "int" | "int_" | "intp" | "longlong" | "long" | "l" | "q" => Some(DType::I64),
            "uint" | "uintp" | "ulong" | "ulonglong" | "L" | "Q" => Some(DType::U64),
            "complex" | "cdouble" | "D" => Some(DType::C128),
            "csingle" | "F" => Some(DType::C64),
            "bool_" | "?" => Some(DType::Bool),
            "byte" | "b" => Some(DType::I8),
            "ubyte" | "B" => Some(DType::U8),
            "short" | "h" => Some(DType::I16),
            "ushort" | "H" => Some(DType::U16),
            "intc" | "i" => Some(DType::I32),
            "uintc" | "I" => Some(DType::U32),
            _ => None,
        })
    }

    /// The array-protocol code without byte order: `i4`, `f8`, `b1`.
    pub const fn code(self) -> &'static str {
        match self {
            DType::Bool => "b1",
            DType::I8 => "i1",
            DType::U8 => "u1",
            DType::I16 => "i2",
            DType::U16 => "u2",
            DType::I32 => "i4",
            DType::U32 => "u4",
            DType::I64 => "i8",
            DType::U64 => "u8",
            DType::F32 => "f4",
            DType::F64 => "f8",
            DType::C64 => "c8",
            DType::C128 => "c16",
        }
    }

    /// Bytes in one element.
    pub const fn itemsize(self) -> usize {
        match self {
            DType::Bool | DType::I8 | DType::U8 => 1,
            DType::I16 | DType::U16 => 2,
            DType::I32 | DType::U32 | DType::F32 => 4,
            DType::I64 | DType::U64 | DType::F64 | DType::C64 => 8,
            DType::C128 => 16,
        }
    }

    pub const fn kind(self) -> Kind {
        match self {
            DType::Bool => Kind::Bool,
            DType::F32 | DType::F64 => Kind::Float,
            DType::C64 | DType::C128 => Kind::Complex,
            _ => Kind::Int,
        }
    }

    pub fn is_int(self) -> bool {
        self.kind() == Kind::Int
    }

    pub fn is_float(self) -> bool {
        self.kind() == Kind::Float
    }

    pub fn is_complex(self) -> bool {
        self.kind() == Kind::Complex
    }

    /// Floating point, real or complex.
    pub fn is_inexact(self) -> bool {
        self.kind() >= Kind::Float
    }

    pub const fn is_unsigned(self) -> bool {
        matches!(self, DType::U8 | DType::U16 | DType::U32 | DType::U64)
    }

    pub fn is_signed_int(self) -> bool {
        self.is_int() && !self.is_unsigned()
    }

    /// The real dtype of a complex one's parts; any other dtype unchanged.
    pub const fn to_real(self) -> DType {
        match self {
            DType::C64 => DType::F32,
            DType::C128 => DType::F64,
            d => d,
        }
    }

    /// The complex dtype that holds this one: `complex64` for float32 and its own, else `complex128`.
    pub const fn to_complex(self) -> DType {
        match self {
            DType::C64 | DType::F32 => DType::C64,
            _ => DType::C128,
        }
    }
}

impl std::fmt::Display for DType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Runs `$body` with the type alias `$T` bound to the Rust type of a dtype known at run time.
///
/// Each use compiles its body 13 times: keep the body a call of a small generic function.
#[macro_export]
macro_rules! with_dtype {
    ($dtype:expr, $T:ident => $body:expr) => {{
        use $crate::dtype::DType as D;
        match $dtype {
            D::Bool => {
                type $T = bool;
                $body
            }
            D::I8 => {
                type $T = i8;
                $body
            }
            D::U8 => {
                type $T = u8;
                $body
            }
            D::I16 => {
                type $T = i16;
                $body
            }
            D::U16 => {
                type $T = u16;
                $body
            }
            D::I32 => {
                type $T = i32;
                $body
            }
            D::U32 => {
                type $T = u32;
                $body
            }
            D::I64 => {
                type $T = i64;
                $body
            }
            D::U64 => {
                type $T = u64;
                $body
            }
            D::F32 => {
                type $T = f32;
                $body
            }
            D::F64 => {
                type $T = f64;
                $body
            }
            D::C64 => {
                type $T = $crate::dtype::c64;
                $body
            }
            D::C128 => {
                type $T = $crate::dtype::c128;
                $body
            }
        }
    }};
}

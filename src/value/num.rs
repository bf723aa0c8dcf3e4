//! Numbers that fit two registers: what scalar loops compute with. Plain ones as Python's, typed ones
//! as the elements of float64, int64 and bool arrays; every other scalar stays a [`Value`].

use super::Value;
use crate::array::Array;
use crate::dtype::{DType, Scalar};

/// A kind and 64 bits: a pair of machine words to the compiler, which therefore passes and returns it
/// (and the enums around it) in registers. As an enum with payloads it goes through memory, written
/// in parts and read whole, which costs more than the arithmetic: 24 ns for a loop's `x += i * 2`
/// instead of 16.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Num {
    kind: NumKind,
    bits: u64,
}

/// What a [`Num`] is: a plain bool, integer or float, or a typed bool (`Truth`), int64 or float64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum NumKind {
    Bool,
    Int,
    Float,
    Truth,
    I64,
    F64,
}

/// A number to match on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seen {
    Bool(bool),
    Int(i64),
    Float(f64),
    /// A typed bool.
    Truth(bool),
    I64(i64),
    F64(f64),
}

impl Num {
    #[inline(always)]
    pub fn bool(b: bool) -> Num {
        Num { kind: NumKind::Bool, bits: b as u64 }
    }

    #[inline(always)]
    pub fn int(n: i64) -> Num {
        Num { kind: NumKind::Int, bits: n as u64 }
    }

    #[inline(always)]
    pub fn float(x: f64) -> Num {
        Num { kind: NumKind::Float, bits: x.to_bits() }
    }

    /// A typed bool.
    #[inline(always)]
    pub fn truth_value(b: bool) -> Num {
        Num { kind: NumKind::Truth, bits: b as u64 }
    }

    #[inline(always)]
    pub fn i64(n: i64) -> Num {
        Num { kind: NumKind::I64, bits: n as u64 }
    }

    #[inline(always)]
    pub fn f64(x: f64) -> Num {
        Num { kind: NumKind::F64, bits: x.to_bits() }
    }

    #[inline(always)]
    pub fn see(self) -> Seen {
        match self.kind {
            NumKind::Bool => Seen::Bool(self.bits != 0),
            NumKind::Int => Seen::Int(self.bits as i64),
            NumKind::Float => Seen::Float(f64::from_bits(self.bits)),
            NumKind::Truth => Seen::Truth(self.bits != 0),
            NumKind::I64 => Seen::I64(self.bits as i64),
            NumKind::F64 => Seen::F64(f64::from_bits(self.bits)),
        }
    }

    #[inline(always)]
    pub fn of(v: &Value) -> Option<Num> {
        Some(match v {
            Value::Int(n) => Num::int(*n),
            Value::Float(x) => Num::float(*x),
            Value::Bool(b) => Num::bool(*b),
            Value::Scalar(Scalar::F64(x)) => Num::f64(*x),
            Value::Scalar(Scalar::I64(n)) => Num::i64(*n),
            Value::Scalar(Scalar::Bool(b)) => Num::truth_value(*b),
            _ => return None,
        })
    }

    #[inline(always)]
    pub fn value(self) -> Value {
        match self.see() {
            Seen::Bool(b) => Value::Bool(b),
            Seen::Int(n) => Value::Int(n),
            Seen::Float(x) => Value::Float(x),
            Seen::Truth(b) => Value::Scalar(Scalar::Bool(b)),
            Seen::I64(n) => Value::Scalar(Scalar::I64(n)),
            Seen::F64(x) => Value::Scalar(Scalar::F64(x)),
        }
    }

    /// Writes it over a value; over a number of its kind without looking at what must be dropped.
    #[inline(always)]
    pub fn put(self, slot: &mut Value) {
        match (self.see(), slot) {
            (Seen::Int(n), Value::Int(old)) => *old = n,
            (Seen::Float(x), Value::Float(old)) => *old = x,
            (Seen::F64(x), Value::Scalar(Scalar::F64(old))) => *old = x,
            (_, slot) => *slot = self.value(),
        }
    }

    #[inline(always)]
    pub fn truth(self) -> bool {
        match self.see() {
            Seen::Bool(b) | Seen::Truth(b) => b,
            Seen::Int(n) | Seen::I64(n) => n != 0,
            Seen::Float(x) | Seen::F64(x) => x != 0.0,
        }
    }

    /// A number put together from what [`Num::kind`] and [`Num::bits`] gave.
    #[inline(always)]
    pub fn from_bits(kind: NumKind, bits: u64) -> Num {
        Num { kind, bits }
    }

    #[inline(always)]
    pub fn kind(self) -> NumKind {
        self.kind
    }

    /// Its value alone: an integer in two's complement, a float's bits, 0 or 1.
    #[inline(always)]
    pub fn bits(self) -> u64 {
        self.bits
    }

    /// Whether another number is of the same kind.
    #[inline(always)]
    pub fn is_like(self, other: Num) -> bool {
        self.kind == other.kind
    }

    /// An index: an integer, plain or typed.
    #[inline(always)]
    pub fn index(self) -> Option<i64> {
        match self.see() {
            Seen::Int(n) | Seen::I64(n) => Some(n),
            _ => None,
        }
    }

    /// The element at a position of an array's buffer, of the three dtypes.
    #[inline]
    pub fn element(a: &Array, at: usize) -> Option<Num> {
        Some(match a.dtype() {
            DType::F64 => Num::f64(a.storage::<f64>()[at]),
            DType::I64 => Num::i64(a.storage::<i64>()[at]),
            DType::Bool => Num::truth_value(a.storage::<bool>()[at]),
            _ => return None,
        })
    }

    /// Writes it to a position of an array's buffer, where that loses nothing; says whether it did.
    #[inline]
    pub fn write(self, a: &Array, at: usize) -> bool {
        if !a.writeable() {
            return false;
        }
        match (a.dtype(), self.see()) {
            (DType::F64, Seen::Float(x) | Seen::F64(x)) => a.write_storage::<f64, _>(|s| s[at] = x),
            (DType::F64, Seen::Int(n) | Seen::I64(n)) => a.write_storage::<f64, _>(|s| s[at] = n as f64),
            (DType::I64, Seen::Int(n) | Seen::I64(n)) => a.write_storage::<i64, _>(|s| s[at] = n),
            (DType::Bool, Seen::Bool(b) | Seen::Truth(b)) => a.write_storage::<bool, _>(|s| s[at] = b),
            _ => return false,
        }
        true
    }
}

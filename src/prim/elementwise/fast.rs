//! The commonest functions on numbers in registers: what a scalar loop of a program costs. They give
//! what the rows' `plain` functions give for plain numbers, and what their kernels give for typed
//! ones; whatever would be an error or a warning is `None` and goes the general way.

use crate::prim::row::Fast;
use crate::value::{Num, Seen, Text, Value};

/// Integers up to here are floats too.
const EXACT: u64 = 1 << 53;

impl Fast {
    /// The function of two numbers.
    #[inline(always)]
    pub fn apply(self, x: Num, y: Num) -> Option<Num> {
        match (x.see(), y.see()) {
            (Seen::Int(a), Seen::Int(b)) => self.ints(a, b),
            (Seen::Float(a), Seen::Float(b)) => self.floats(a, b),
            _ => self.mixed(x, y),
        }
    }

    /// The function of one number.
    #[inline]
    pub fn apply_to(self, x: Num) -> Option<Num> {
        match (self, x.see()) {
            (Fast::Negative, Seen::Int(n)) => n.checked_neg().map(Num::int),
            (Fast::Negative, Seen::Float(x)) => Some(Num::float(-x)),
            (Fast::Negative, Seen::F64(x)) => Some(Num::f64(-x)),
            _ => None,
        }
    }

    /// Whether of two texts it makes the first one with the second after it.
    #[inline]
    pub fn appends(self) -> bool {
        self == Fast::Add
    }

    /// The order of two texts, which is that of their characters, if that is what is asked for.
    #[inline]
    pub fn texts(self, a: &Text, b: &Text) -> Option<bool> {
        match self {
            Fast::Equal => Some(a == b),
            Fast::NotEqual => Some(a != b),
            _ => self.order(&&**a, &&**b),
        }
    }

    /// Two texts, one after the other, if that is what is asked for.
    #[inline]
    pub fn joined(self, a: &Value, b: &Value) -> Option<Text> {
        match (self, a, b) {
            (Fast::Add, Value::Str(a), Value::Str(b)) => Some(a.join(b)),
            _ => None,
        }
    }

    /// The comparison of two values that are no arrays, where it is of texts, or of a text with what is none:
    /// such are never equal.
    #[inline]
    pub fn with_texts(self, a: &Value, b: &Value) -> Option<bool> {
        match (a, b) {
            (Value::Str(a), Value::Str(b)) => self.texts(a, b),
            (Value::Str(_), other) | (other, Value::Str(_))
                if Num::of(other).is_some() || matches!(other, Value::None) =>
            {
                match self {
                    Fast::Equal => Some(false),
                    Fast::NotEqual => Some(true),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The function of two plain integers.
    #[inline(always)]
    pub fn ints(self, a: i64, b: i64) -> Option<Num> {
        Some(match self {
            Fast::Add => Num::int(a.checked_add(b)?),
            Fast::Subtract => Num::int(a.checked_sub(b)?),
            Fast::Multiply => Num::int(a.checked_mul(b)?),
            // Others are rounded once, whatever their size, the general way.
            Fast::Divide if b != 0 && a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT => {
                Num::float(a as f64 / b as f64)
            }
            // A positive divisor rounds as Python does.
            Fast::FloorDivide if b > 0 => Num::int(floor_quotient(a, b)),
            Fast::Remainder if b > 0 => Num::int(floor_remainder(a, b)),
            Fast::Power => Num::int(a.checked_pow(u32::try_from(b).ok()?)?),
            _ => Num::bool(self.order(&a, &b)?),
        })
    }

    #[inline]
    fn floats(self, a: f64, b: f64) -> Option<Num> {
        Some(match self {
            Fast::Add => Num::float(a + b),
            Fast::Subtract => Num::float(a - b),
            Fast::Multiply => Num::float(a * b),
            Fast::Divide if b != 0.0 => Num::float(a / b),
            Fast::Power if a > 0.0 => Num::float(a.powf(b)),
            _ => Num::bool(self.order(&a, &b)?),
        })
    }

    /// The order of two numbers of a kind, if that is what is asked for.
    #[inline]
    fn order<T: PartialOrd>(self, a: &T, b: &T) -> Option<bool> {
        Some(match self {
            Fast::Equal => a == b,
            Fast::NotEqual => a != b,
            Fast::Less => a < b,
            Fast::LessEqual => a <= b,
            Fast::Greater => a > b,
            Fast::GreaterEqual => a >= b,
            _ => return None,
        })
    }

    /// Numbers of different kinds, and typed ones: typed beside plain is typed.
    #[inline]
    fn mixed(self, x: Num, y: Num) -> Option<Num> {
        match (x.see(), y.see()) {
            (Seen::F64(a), Seen::F64(b) | Seen::Float(b)) | (Seen::Float(a), Seen::F64(b)) => {
                self.typed(a, b)
            }
            (Seen::I64(a), Seen::I64(b) | Seen::Int(b)) | (Seen::Int(a), Seen::I64(b)) => {
                self.typed_ints(a, b)
            }
            (Seen::F64(a), Seen::Int(b) | Seen::I64(b)) | (Seen::Float(a), Seen::I64(b)) => {
                self.typed(a, float(b)?)
            }
            (Seen::Int(a) | Seen::I64(a), Seen::F64(b)) | (Seen::I64(a), Seen::Float(b)) => {
                self.typed(float(a)?, b)
            }
            (Seen::Int(a), Seen::Float(b)) => self.floats(float(a)?, b),
            (Seen::Float(a), Seen::Int(b)) => self.floats(a, float(b)?),
            _ => None,
        }
    }

    /// Elements of float64: what is not finite may want a warning.
    #[inline]
    fn typed(self, a: f64, b: f64) -> Option<Num> {
        let x = match self {
            Fast::Add => a + b,
            Fast::Subtract => a - b,
            Fast::Multiply => a * b,
            Fast::Divide => a / b,
            _ => return self.order(&a, &b).map(Num::truth_value),
        };
        x.is_finite().then_some(Num::f64(x))
    }

    #[inline]
    fn typed_ints(self, a: i64, b: i64) -> Option<Num> {
        Some(match self {
            Fast::Add => Num::i64(a.checked_add(b)?),
            Fast::Subtract => Num::i64(a.checked_sub(b)?),
            Fast::Multiply => Num::i64(a.checked_mul(b)?),
            Fast::Divide if b != 0 => Num::f64(a as f64 / b as f64),
            Fast::FloorDivide if b > 0 => Num::i64(floor_quotient(a, b)),
            Fast::Remainder if b > 0 => Num::i64(floor_remainder(a, b)),
            _ => Num::truth_value(self.order(&a, &b)?),
        })
    }
}

/// `a // b` for positive `b`; halves and the like by a shift.
#[inline(always)]
fn floor_quotient(a: i64, b: i64) -> i64 {
    if b & (b - 1) == 0 { a >> b.trailing_zeros() } else { a.div_euclid(b) }
}

/// `a % b` for positive `b`.
#[inline(always)]
fn floor_remainder(a: i64, b: i64) -> i64 {
    if b & (b - 1) == 0 { a & (b - 1) } else { a.rem_euclid(b) }
}

/// An integer as the float it is.
#[inline(always)]
fn float(n: i64) -> Option<f64> {
    (n.unsigned_abs() <= EXACT).then_some(n as f64)
}

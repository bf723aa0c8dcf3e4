//! Type promotion, by NumPy 2's rules (NEP 50): one table for dtypes, and weak literals.

use super::{DType, Kind};
use thiserror::Error;

/// What an operand brings to promotion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand {
    /// An array or a typed scalar.
    Typed(DType),
    /// A plain integer: takes the other operand's dtype if that is numeric, and must fit it.
    Int(i64),
    /// A plain float: takes the other operand's precision.
    Float,
    /// A plain complex number.
    Complex,
}

#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum PromoteError {
    /// NumPy's OverflowError for a Python integer.
    #[error("Python integer {value} out of bounds for {dtype}")]
    OutOfBounds { value: i64, dtype: DType },
}

/// The dtype that holds every value of both, as `np.promote_types`.
pub const fn promote(a: DType, b: DType) -> DType {
    TABLE[a as usize][b as usize]
}

/// The common dtype of operands, weak ones last, as `np.result_type`.
pub fn result_dtype(operands: &[Operand]) -> DType {
    let mut strong: Option<DType> = None;
    let mut weak: Option<Kind> = None;
    for op in operands {
        let kind = match *op {
            Operand::Typed(d) => {
                strong = Some(strong.map_or(d, |s| promote(s, d)));
                continue;
            }
            Operand::Int(_) => Kind::Int,
            Operand::Float => Kind::Float,
            Operand::Complex => Kind::Complex,
        };
        weak = Some(weak.map_or(kind, |w| w.max(kind)));
    }
    match (strong, weak) {
        (Some(s), None) => s,
        (Some(s), Some(w)) if w <= s.kind() => s,
        (Some(s), Some(Kind::Complex)) => s.to_complex(),
        (_, Some(Kind::Complex)) => DType::C128,
        (_, Some(Kind::Float)) => DType::F64,
        (_, Some(Kind::Int)) => DType::I64,
        (_, Some(Kind::Bool)) | (None, None) => DType::Bool,
    }
}

const TABLE: [[DType; 13]; 13] = {
    let mut table = [[DType::Bool; 13]; 13];
    let mut i = 0;
    while i < 13 {
        let mut j = 0;
        while j < 13 {
            table[i][j] = pair(DType::ALL[i], DType::ALL[j]);
            j += 1;
        }
        i += 1;
    }
    table
};

const fn pair(a: DType, b: DType) -> DType {
    use DType::*;
    // `a` is the later of the two in kind, then in size, so each case looks one way.
    let (a, b) = if rank(a) >= rank(b) { (a, b) } else { (b, a) };
    match a {
        Bool => Bool,
        C128 => C128,
        C64 => match b {
            I32 | U32 | I64 | U64 | F64 => C128,
            _ => C64,
        },
        F64 => F64,
        F32 => match b {
            I32 | U32 | I64 | U64 => F64,
            _ => F32,
        },
        _ => ints(a, b),
    }
}

const fn rank(d: DType) -> usize {
    d as usize
}

const fn ints(a: DType, b: DType) -> DType {
    use DType::*;
    if matches!(b, Bool) || a.is_unsigned() == b.is_unsigned() {
        return a;
    }
    let (signed, unsigned) = if a.is_unsigned() { (b, a) } else { (a, b) };
    if signed.itemsize() > unsigned.itemsize() {
        return signed;
    }
    match unsigned {
        U8 => I16,
        U16 => I32,
        U32 => I64,
        _ => F64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DType::*;

    #[test]
    fn table_is_symmetric_and_follows_numpy() {
        for a in DType::ALL {
            for b in DType::ALL {
                assert_eq!(promote(a, b), promote(b, a));
            }
            assert_eq!(promote(a, a), a);
        }
        assert_eq!(promote(I8, U8), I16);
        assert_eq!(promote(I64, U64), F64);
        assert_eq!(promote(I16, F32), F32);
        assert_eq!(promote(I32, F32), F64);
        assert_eq!(promote(C64, F64), C128);
        assert_eq!(promote(U32, I8), I64);
    }

    #[test]
    fn literals_are_weak() {
        assert_eq!(result_dtype(&[Operand::Typed(I8), Operand::Int(1)]), I8);
        assert_eq!(result_dtype(&[Operand::Typed(Bool), Operand::Int(1)]), I64);
        assert_eq!(result_dtype(&[Operand::Typed(F32), Operand::Float]), F32);
        assert_eq!(result_dtype(&[Operand::Typed(I8), Operand::Float]), F64);
        assert_eq!(result_dtype(&[Operand::Typed(F32), Operand::Complex]), C64);
    }
}

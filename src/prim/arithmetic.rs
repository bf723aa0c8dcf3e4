//! Arithmetic: `+ - * / …` and the functions next to them.

use super::loops::same;
use super::row::{Elementwise, Glyph, Kind, Laws, Plain, Prim, Rule, Valence};
use super::ufunc::{BINARY, UNARY};
use super::{Example, Identity};
use super::{folds, plain};
use crate::dtype::{DType, c64, c128};
use crate::kernel::{arith, fp};
use crate::syntax::Class;

const fn infix(text: &'static str, class: Class) -> Glyph {
    Glyph { text, class, valence: Valence::Dyadic }
}

const fn prefix(text: &'static str, class: Class) -> Glyph {
    Glyph { text, class, valence: Valence::Monadic }
}

pub const ROWS: &[Prim] = &[
    Prim {
        name: "add",
        glyphs: &[infix("+", Class::Sum)],
        params: BINARY,
        doc: "The sum of two values, element by element.\n\nbools add as \"or\"; integers wrap at their width, plain integers refuse to.",
        examples: &[Example { code: "1 2 3 + 10", out: "[11 12 13]" }],
        identity: Identity::Int(0),
        laws: Laws::MONOID,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: same!(arith::add: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Binary(plain::add),
            check: Some(fp::standard),
            folds: folds::SUM,
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "subtract",
        glyphs: &[infix("-", Class::Sum)],
        params: BINARY,
        doc: "The difference of two values, element by element.",
        examples: &[Example { code: "5 7 9 - 1 2 3", out: "[4 5 6]" }],
        identity: Identity::Int(0),
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: same!(arith::subtract: i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Binary(plain::subtract),
            check: Some(fp::standard),
            refuse: &[(DType::Bool, "use `^` or `np.logical_xor` for bools")],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "multiply",
        glyphs: &[infix("*", Class::Product), infix("×", Class::ProductGlyph)],
        params: BINARY,
        doc: "The product of two values, element by element.\n\nbools multiply as \"and\".",
        examples: &[Example { code: "1 2 3 × 4", out: "[ 4  8 12]" }],
        identity: Identity::Int(1),
        laws: Laws::MONOID,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: same!(arith::multiply: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Binary(plain::multiply),
            check: Some(fp::standard),
            folds: folds::PRODUCT,
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "divide",
        aliases: &["true_divide"],
        glyphs: &[infix("/", Class::Product), infix("÷", Class::ProductGlyph)],
        params: BINARY,
        doc: "The quotient of two values, element by element; integers give floats.",
        examples: &[Example { code: "1 2 3 / 2", out: "[0.5 1.  1.5]" }],
        identity: Identity::Int(1),
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            rule: Rule::IntsToF64,
            loops: same!(arith::divide: f32 f64 c64 c128),
            plain: Plain::Binary(plain::divide),
            check: Some(fp::division),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "negative",
        glyphs: &[prefix("-", Class::Sum)],
        params: UNARY,
        doc: "The negated value, element by element.",
        examples: &[Example { code: "-(1 2 3)", out: "[-1 -2 -3]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: same!(arith::negative: i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Unary(plain::negative),
            refuse: &[(DType::Bool, "use `~` or `np.logical_not` for bools")],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
];

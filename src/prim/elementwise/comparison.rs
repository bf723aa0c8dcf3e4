//! Comparisons, element by element. Integers of all sizes and signs compare exactly.

use crate::dtype::{c64, c128};
use crate::kernel::chain::Link;
use crate::kernel::{compare, fp};
use crate::prim::Example;
use crate::prim::elementwise::loops::{infix, truths};
use crate::prim::elementwise::plain;
use crate::prim::elementwise::ufunc::BINARY;
use crate::prim::row::{Elementwise, Fast, Identity, Kind, Laws, Plain, Prim, Rule};
use crate::syntax::Class;

pub const ROWS: &[Prim] = &[
    Prim {
        name: "equal",
        glyphs: &[infix("==", Class::Compare)],
        params: BINARY,
        doc: "Whether two values are equal, element by element.\n\nNaN equals nothing.",
        examples: &[
            Example { code: "equal([1, 2, 3], [3, 2, 1])", out: "[False  True False]" },
            Example { code: "[1, 2] == 2", out: "[False  True]" },
        ],
        identity: Identity::Apl(1),
        laws: Laws::COMMUTATIVE,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            rule: Rule::Compare,
            link: Some(Link::Equal),
            loops: truths!(compare::equal: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Binary(plain::equal),
            fast: Fast::Equal,
            mixed: Some(compare::mixed::equal),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "not_equal",
        glyphs: &[infix("!=", Class::Compare), infix("≠", Class::CompareGlyph)],
        params: BINARY,
        doc: "Whether two values differ, element by element.\n\nNaN differs from everything.",
        examples: &[
            Example { code: "not_equal([1, 2, 3], [3, 2, 1])", out: "[ True False  True]" },
            Example { code: "1 2 3 ≠ 2", out: "[ True False  True]" },
        ],
        identity: Identity::Apl(0),
        laws: Laws::COMMUTATIVE,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            rule: Rule::Compare,
            link: Some(Link::NotEqual),
            loops: truths!(compare::not_equal: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Binary(plain::not_equal),
            fast: Fast::NotEqual,
            mixed: Some(compare::mixed::not_equal),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "less",
        glyphs: &[infix("<", Class::Compare)],
        params: BINARY,
        doc: "Whether the first value is less, element by element.\n\nComplex numbers compare by real part, then by imaginary part.",
        examples: &[Example { code: "less([1, 2, 3], 2)", out: "[ True False False]" }],
        identity: Identity::Apl(0),
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            rule: Rule::Compare,
            link: Some(Link::Less),
            loops: truths!(compare::less: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Binary(plain::less),
            fast: Fast::Less,
            check: Some(fp::order),
            mixed: Some(compare::mixed::less),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "less_equal",
        glyphs: &[infix("<=", Class::Compare), infix("≤", Class::Compare)],
        params: BINARY,
        doc: "Whether the first value is less than or equal to the second, element by element.",
        examples: &[Example { code: "less_equal([1, 2, 3], 2)", out: "[ True  True False]" }],
        identity: Identity::Apl(1),
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            rule: Rule::Compare,
            link: Some(Link::LessEqual),
            loops: truths!(compare::less_equal: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Binary(plain::less_equal),
            fast: Fast::LessEqual,
            check: Some(fp::order),
            mixed: Some(compare::mixed::less_equal),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "greater",
        glyphs: &[infix(">", Class::Compare)],
        params: BINARY,
        doc: "Whether the first value is greater, element by element.",
        examples: &[Example { code: "greater([1, 2, 3], 2)", out: "[False False  True]" }],
        identity: Identity::Apl(0),
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            rule: Rule::Compare,
            link: Some(Link::Greater),
            loops: truths!(compare::greater: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Binary(plain::greater),
            fast: Fast::Greater,
            check: Some(fp::order),
            mixed: Some(compare::mixed::greater),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "greater_equal",
        glyphs: &[infix(">=", Class::Compare), infix("≥", Class::Compare)],
        params: BINARY,
        doc: "Whether the first value is greater than or equal to the second, element by element.",
        examples: &[Example { code: "greater_equal([1, 2, 3], 2)", out: "[False  True  True]" }],
        identity: Identity::Apl(1),
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            rule: Rule::Compare,
            link: Some(Link::GreaterEqual),
            loops: truths!(compare::greater_equal: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Binary(plain::greater_equal),
            fast: Fast::GreaterEqual,
            check: Some(fp::order),
            mixed: Some(compare::mixed::greater_equal),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
];

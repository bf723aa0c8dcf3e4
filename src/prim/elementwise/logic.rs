//! Logic on truth values (not zero is true), divisors, and tests of numbers.

use crate::dtype::{DType, c64, c128};
use crate::kernel::chain::Link;
use crate::kernel::{integer, logic, math};
use crate::prim::elementwise::loops::{infix, loops, truths};
use crate::prim::elementwise::ufunc::{BINARY, UNARY};
use crate::prim::elementwise::{folds, plain};
use crate::prim::row::{Elementwise, INEXACT, Kind, Laws, Plain, Prim, Rule};
use crate::prim::{Example, Identity};
use crate::syntax::Class;

/// Why `∨` and `∧` refuse a dtype.
const OR_AND: &str = "`∨` and `∧` are logical on bools and greatest divisor, least multiple on integers";

pub const ROWS: &[Prim] = &[
    Prim {
        name: "logical_and",
        params: BINARY,
        doc: "Whether both values are true (not zero), element by element.",
        examples: &[Example { code: "logical_and([0, 1, 2], [1, 0, 3])", out: "[False False  True]" }],
        identity: Identity::Int(1),
        laws: Laws::LATTICE,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            link: Some(Link::And),
            rule: Rule::Truths,
            loops: truths!(logic::and: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            folds: folds::ALL,
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "logical_or",
        params: BINARY,
        doc: "Whether either value is true (not zero), element by element.",
        examples: &[Example { code: "logical_or([0, 1, 0], [1, 0, 0])", out: "[ True  True False]" }],
        identity: Identity::Int(0),
        laws: Laws::LATTICE,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            link: Some(Link::Or),
            rule: Rule::Truths,
            loops: truths!(logic::or: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            folds: folds::ANY,
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "logical_xor",
        params: BINARY,
        doc: "Whether exactly one value is true (not zero), element by element.",
        examples: &[Example { code: "logical_xor([0, 1, 2], [1, 0, 3])", out: "[ True  True False]" }],
        identity: Identity::Int(0),
        laws: Laws::MONOID,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            link: Some(Link::Xor),
            rule: Rule::Truths,
            loops: truths!(logic::xor: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            folds: folds::PARITY,
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "logical_not",
        params: UNARY,
        doc: "Whether the value is false (zero), element by element.",
        examples: &[Example { code: "logical_not([0, 1, 2])", out: "[ True False False]" }],
        kind: Kind::Elementwise(Elementwise {
            link: Some(Link::Not),
            loops: truths!(logic::not: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "nand",
        glyphs: &[infix("⍲", Class::And)],
        params: BINARY,
        doc: "Whether not both values are true, element by element.",
        examples: &[Example { code: "1 1 0 ⍲ 1 0 0", out: "[False  True  True]" }],
        numpy: "~np.logical_and(x1, x2)",
        laws: Laws::COMMUTATIVE,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: truths!(logic::nand: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "nor",
        glyphs: &[infix("⍱", Class::Or)],
        params: BINARY,
        doc: "Whether neither value is true, element by element.",
        examples: &[Example { code: "1 1 0 ⍱ 1 0 0", out: "[False False  True]" }],
        numpy: "~np.logical_or(x1, x2)",
        laws: Laws::COMMUTATIVE,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: truths!(logic::nor: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "or_gcd",
        glyphs: &[infix("∨", Class::Or)],
        params: BINARY,
        doc: "Logical \"or\" of bools, greatest common divisor of integers, element by element.",
        examples: &[
            Example { code: "12 18 7 ∨ 8", out: "[4 2 1]" },
            Example { code: "(1 > 2) ∨ (3 > 2)", out: "True" },
        ],
        numpy: "np.gcd(x1, x2) if x1.dtype != bool else x1 | x2",
        identity: Identity::Int(0),
        laws: Laws::MONOID,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(logic::or: bool; integer::gcd_of: i8 u8 i16 u16 i32 u32 i64 u64),
            folds: folds::OR,
            plain: Plain::Binary(plain::or_gcd),
            refuse: &[(INEXACT, OR_AND)],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "and_lcm",
        glyphs: &[infix("∧", Class::And)],
        params: BINARY,
        doc: "Logical \"and\" of bools, least common multiple of integers, element by element.",
        examples: &[
            Example { code: "4 6 7 ∧ 6", out: "[12  6 42]" },
            Example { code: "(1 > 2) ∧ (3 > 2)", out: "False" },
        ],
        numpy: "np.lcm(x1, x2) if x1.dtype != bool else x1 & x2",
        identity: Identity::Int(1),
        laws: Laws::MONOID,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(logic::and: bool; integer::lcm_of: i8 u8 i16 u16 i32 u32 i64 u64),
            folds: folds::AND,
            plain: Plain::Binary(plain::and_lcm),
            refuse: &[(INEXACT, OR_AND)],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "gcd",
        params: BINARY,
        doc: "The greatest common divisor of integers, element by element.",
        examples: &[Example { code: "gcd([12, 18, 7], 6)", out: "[6 6 1]" }],
        identity: Identity::Int(0),
        laws: Laws::MONOID,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(integer::gcd_of: i8 u8 i16 u16 i32 u32 i64 u64),
            refuse: &[
                (&[DType::Bool], "divisors are of integers; `∨` takes bools"),
                (INEXACT, "divisors are of integers; `astype(int)` converts"),
            ],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "lcm",
        params: BINARY,
        doc: "The least common multiple of integers, element by element.",
        examples: &[Example { code: "lcm([4, 6, 7], 6)", out: "[12  6 42]" }],
        identity: Identity::Apl(1),
        laws: Laws::MONOID,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(integer::lcm_of: i8 u8 i16 u16 i32 u32 i64 u64),
            refuse: &[
                (&[DType::Bool], "multiples are of integers; `∧` takes bools"),
                (INEXACT, "multiples are of integers; `astype(int)` converts"),
            ],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "isnan",
        params: UNARY,
        doc: "Whether the value is NaN, element by element.",
        examples: &[Example { code: "isnan([1.0, nan, inf])", out: "[False  True False]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: truths!(logic::isnan: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "isinf",
        params: UNARY,
        doc: "Whether the value is an infinity, element by element.",
        examples: &[Example { code: "isinf([1.0, nan, -inf])", out: "[False False  True]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: truths!(logic::isinf: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "isposinf",
        params: UNARY,
        doc: "Whether the value is positive infinity, element by element.",
        examples: &[Example { code: "isposinf([inf, -inf, 1.0])", out: "[ True False False]" }],
        kind: Kind::Elementwise(Elementwise { loops: truths!(logic::isposinf: f32 f64), ..Elementwise::NEW }),
        ..Prim::NEW
    },
    Prim {
        name: "isneginf",
        params: UNARY,
        doc: "Whether the value is negative infinity, element by element.",
        examples: &[Example { code: "isneginf([inf, -inf, 1.0])", out: "[False  True False]" }],
        kind: Kind::Elementwise(Elementwise { loops: truths!(logic::isneginf: f32 f64), ..Elementwise::NEW }),
        ..Prim::NEW
    },
    Prim {
        name: "isfinite",
        params: UNARY,
        doc: "Whether the value is neither NaN nor an infinity, element by element.",
        examples: &[Example { code: "isfinite([1.0, nan, inf])", out: "[ True False False]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: truths!(logic::isfinite: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "isreal",
        params: UNARY,
        doc: "Whether the imaginary part is zero, element by element.",
        examples: &[Example { code: "isreal([1 + 2j, 3])", out: "[False  True]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: truths!(logic::isreal: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "iscomplex",
        params: UNARY,
        doc: "Whether the imaginary part is not zero, element by element.",
        examples: &[Example { code: "iscomplex([1 + 2j, 3])", out: "[ True False]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: truths!(logic::iscomplex: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "signbit",
        params: UNARY,
        doc: "Whether the sign bit is set, element by element: true for -0.0.",
        examples: &[Example { code: "signbit([-1.0, 0.0, -0.0])", out: "[ True False  True]" }],
        kind: Kind::Elementwise(Elementwise { loops: truths!(math::signbit: f32 f64), ..Elementwise::NEW }),
        ..Prim::NEW
    },
];

//! Operations on the bits of integers and bools.

use crate::kernel::chain::Link;
use crate::kernel::{bits, integer};
use crate::prim::elementwise::loops::{infix, loops, prefix};
use crate::prim::elementwise::ufunc::{BINARY, UNARY};
use crate::prim::elementwise::{folds, plain};
use crate::prim::row::{Elementwise, INEXACT, Kind, Laws, Plain, Prim};
use crate::prim::{Example, Identity};
use crate::syntax::Class;

/// Why bit operations refuse a dtype.
const BITS: &str = "bit operations take integers and bools: conditions are combined in brackets, (x > 0) & (y < 1); \
                    `astype(int)` converts";

pub const ROWS: &[Prim] = &[
    Prim {
        name: "bitwise_and",
        glyphs: &[infix("&", Class::BitAnd)],
        params: BINARY,
        doc: "The bits set in both values, element by element; logical \"and\" of bools.",
        examples: &[Example { code: "[12, 10] & 6", out: "[4 2]" }],
        identity: Identity::Int(-1),
        laws: Laws::LATTICE,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            link: Some(Link::And),
            loops: loops!(bits::and: bool i8 u8 i16 u16 i32 u32 i64 u64),
            plain: Plain::Binary(plain::bitwise_and),
            folds: folds::BIT_AND,
            refuse: &[(INEXACT, BITS)],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "bitwise_or",
        glyphs: &[infix("|", Class::BitOr)],
        params: BINARY,
        doc: "The bits set in either value, element by element; logical \"or\" of bools.",
        examples: &[Example { code: "[12, 10] | 3", out: "[15 11]" }],
        identity: Identity::Int(0),
        laws: Laws::LATTICE,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            link: Some(Link::Or),
            loops: loops!(bits::or: bool i8 u8 i16 u16 i32 u32 i64 u64),
            plain: Plain::Binary(plain::bitwise_or),
            folds: folds::BIT_OR,
            refuse: &[(INEXACT, BITS)],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "bitwise_xor",
        glyphs: &[infix("^", Class::BitXor)],
        params: BINARY,
        doc: "The bits set in exactly one value, element by element; bools that differ.",
        examples: &[Example { code: "[12, 10] ^ 6", out: "[10 12]" }],
        identity: Identity::Int(0),
        laws: Laws::MONOID,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            link: Some(Link::Xor),
            loops: loops!(bits::xor: bool i8 u8 i16 u16 i32 u32 i64 u64),
            plain: Plain::Binary(plain::bitwise_xor),
            folds: folds::BIT_XOR,
            refuse: &[(
                INEXACT,
                "bit operations take integers and bools; `astype(int)` converts; for powers write `**`",
            )],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "invert",
        aliases: &["bitwise_not", "bitwise_invert"],
        glyphs: &[prefix("~", Class::Tilde)],
        params: UNARY,
        doc: "All bits flipped, element by element; logical \"not\" of bools.",
        examples: &[
            Example { code: "~[0, 1, -1]", out: "[-1 -2  0]" },
            Example { code: "invert([True, False])", out: "[False  True]" },
        ],
        kind: Kind::Elementwise(Elementwise {
            link: Some(Link::Not),
            loops: loops!(bits::invert: bool i8 u8 i16 u16 i32 u32 i64 u64),
            plain: Plain::Unary(plain::invert),
            refuse: &[(INEXACT, BITS)],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "left_shift",
        aliases: &["bitwise_left_shift"],
        glyphs: &[infix("<<", Class::Shift)],
        params: BINARY,
        doc: "The first value's bits moved left, element by element.\n\nA shift by the width or more gives 0.",
        examples: &[Example { code: "[1, 2, 3] << 4", out: "[16 32 48]" }],
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(integer::left_shift: i8 u8 i16 u16 i32 u32 i64 u64),
            plain: Plain::Binary(plain::left_shift),
            refuse: &[(INEXACT, BITS)],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "right_shift",
        aliases: &["bitwise_right_shift"],
        glyphs: &[infix(">>", Class::Shift)],
        params: BINARY,
        doc: "The first value's bits moved right, element by element; the sign stays.",
        examples: &[Example { code: "[16, 255, -16] >> 4", out: "[ 1 15 -1]" }],
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(integer::right_shift: i8 u8 i16 u16 i32 u32 i64 u64),
            plain: Plain::Binary(plain::right_shift),
            refuse: &[(INEXACT, BITS)],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "bitwise_count",
        params: UNARY,
        doc: "The number of ones among the bits of the absolute value, element by element; uint8.",
        examples: &[Example { code: "bitwise_count([0, 1, 255, -3])", out: "[0 1 8 2]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(integer::bitwise_count: i8=>u8 u8=>u8 i16=>u8 u16=>u8 i32=>u8 u32=>u8 i64=>u8 u64=>u8),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
];

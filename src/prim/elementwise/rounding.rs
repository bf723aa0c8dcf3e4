//! Rounding, and the make-up of floating-point numbers.

use crate::dtype::{c64, c128};
use crate::kernel::chain::Link;
use crate::kernel::{arith, fp, math};
use crate::prim::Example;
use crate::prim::elementwise::loops::{loops, prefix};
use crate::prim::elementwise::plain;
use crate::prim::elementwise::ufunc::{BINARY, UNARY};
use crate::prim::row::{COMPLEX, Elementwise, Kind, Plain, Prim};
use crate::syntax::Class;

/// Why complex numbers are not rounded to whole ones.
const ROUNDED: &str = "complex numbers have no order; round their parts with `np.rint`";

pub const ROWS: &[Prim] = &[
    Prim {
        name: "floor",
        glyphs: &[prefix("⌊", Class::ProductGlyph)],
        params: UNARY,
        doc: "The greatest whole number not above the value, element by element; integers stay as they are.",
        examples: &[
            Example { code: "floor([1.5, -1.5])", out: "[ 1. -2.]" },
            Example { code: "⌊2.7 ¯2.7", out: "[ 2. -3.]" },
        ],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(arith::same: bool i8 u8 i16 u16 i32 u32 i64 u64; math::floor: f32 f64),
            plain: Plain::Unary(plain::floor),
            carries: 0b1,
            link: Some(Link::Floor),
            refuse: &[(COMPLEX, ROUNDED)],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "ceil",
        glyphs: &[prefix("⌈", Class::ProductGlyph)],
        params: UNARY,
        doc: "The least whole number not below the value, element by element; integers stay as they are.",
        examples: &[
            Example { code: "ceil([1.5, -1.5])", out: "[ 2. -1.]" },
            Example { code: "⌈2.3 ¯2.3", out: "[ 3. -2.]" },
        ],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(arith::same: bool i8 u8 i16 u16 i32 u32 i64 u64; math::ceil: f32 f64),
            plain: Plain::Unary(plain::ceil),
            carries: 0b1,
            link: Some(Link::Ceil),
            refuse: &[(COMPLEX, ROUNDED)],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "trunc",
        params: UNARY,
        doc: "The whole number next to the value on zero's side, element by element.",
        examples: &[Example { code: "trunc([1.7, -1.7])", out: "[ 1. -1.]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(arith::same: bool i8 u8 i16 u16 i32 u32 i64 u64; math::trunc: f32 f64),
            carries: 0b1,
            link: Some(Link::Trunc),
            refuse: &[(COMPLEX, ROUNDED)],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "fix",
        params: UNARY,
        doc: "The whole number next to the value on zero's side, element by element.",
        examples: &[Example { code: "fix([1.7, -1.7])", out: "[ 1. -1.]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(arith::same: bool i8 u8 i16 u16 i32 u32 i64 u64; math::trunc: f32 f64),
            carries: 0b1,
            link: Some(Link::Trunc),
            refuse: &[(COMPLEX, ROUNDED)],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "rint",
        params: UNARY,
        doc: "The nearest whole number, halves to the even one, element by element.",
        examples: &[Example { code: "rint([0.5, 1.5, 2.6])", out: "[0. 2. 3.]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(math::rint: f32 f64 c64 c128),
            carries: 0b1,
            link: Some(Link::Rint),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "copysign",
        params: BINARY,
        doc: "The first value with the second's sign, element by element.",
        examples: &[Example { code: "copysign([1, 2], -0.0)", out: "[-1. -2.]" }],
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(math::copysign: f32 f64),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "nextafter",
        params: BINARY,
        doc: "The next float after the first value in the direction of the second, element by element.",
        examples: &[Example { code: "nextafter(1.0, 2) - 1.0", out: "2.220446049250313e-16" }],
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(math::nextafter: f32 f64),
            check: Some(fp::neighbour),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "spacing",
        params: UNARY,
        doc: "The distance to the next float away from zero, element by element.",
        examples: &[Example { code: "spacing([1.0, 1e10])", out: "[2.22044605e-16 1.90734863e-06]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(math::spacing: f32 f64),
            check: Some(fp::neighbour),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "heaviside",
        params: BINARY,
        doc: "0 below zero, the second value at zero, 1 above, element by element.",
        examples: &[Example { code: "heaviside([-1.5, 0.0, 2.0], 0.5)", out: "[0.  0.5 1. ]" }],
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(math::heaviside: f32 f64),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
];

//! Arithmetic: `+ - * / // % **`, their relatives, and extremes of two values.

use crate::dtype::{DType, c64, c128};
use crate::kernel::chain::Link;
use crate::kernel::{arith, extrema, float, fp, integer, math, overflow};
use crate::prim::elementwise::loops::{infix, loops, prefix};
use crate::prim::elementwise::ufunc::{BINARY, UNARY};
use crate::prim::elementwise::{folds, plain};
use crate::prim::row::{COMPLEX, Elementwise, Fast, InLoop, Kind, Laws, Plain, Prim, Rule, Shortcut};
use crate::prim::{Example, Identity};
use crate::syntax::Class;
use crate::value::Value;

/// Why bools have no sign to look at.
const SIGNED: &str = "bools have no sign; `int(x)` makes integers of them";

pub const ROWS: &[Prim] = &[
    Prim {
        name: "add",
        glyphs: &[infix("+", Class::Sum)],
        params: BINARY,
        doc: "The sum of two values, element by element.\n\nbools add as \"or\"; integers of a dtype wrap at its width, plain integers refuse to.",
        examples: &[
            Example { code: "1 2 3 + 10", out: "[11 12 13]" },
            Example { code: "[[1, 2], [3, 4]] + [10, 20]", out: "[[11 22]\n [13 24]]" },
            Example { code: "add(int8(100), int8(20))", out: "120" },
        ],
        identity: Identity::Int(0),
        laws: Laws::MONOID,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            noting: loops!(overflow::add: i8 i16 i32 i64),
            loops: loops!(arith::add: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Binary(plain::add),
            fast: Fast::Add,
            check: Some(fp::standard),
            carries: 0b11,
            folds: folds::SUM,
            link: Some(Link::Add),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "subtract",
        glyphs: &[infix("-", Class::Sum)],
        params: BINARY,
        doc: "The difference of two values, element by element.\n\nNot for bools; `^` tells where they differ.",
        examples: &[
            Example { code: "5 7 9 - 1 2 3", out: "[4 5 6]" },
            Example { code: "[1.5, 2.5] - 1", out: "[0.5 1.5]" },
        ],
        identity: Identity::Apl(0),
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            noting: loops!(overflow::subtract: i8 i16 i32 i64),
            loops: loops!(arith::subtract: i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Binary(plain::subtract),
            fast: Fast::Subtract,
            check: Some(fp::standard),
            carries: 0b11,
            alternates: folds::DIFFERENCE,
            refuse: &[(&[DType::Bool], "use `^` or `np.logical_xor` for bools")],
            link: Some(Link::Subtract),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "multiply",
        glyphs: &[infix("*", Class::Product), infix("×", Class::ProductGlyph)],
        params: BINARY,
        doc: "The product of two values, element by element.\n\nbools multiply as \"and\"; complex products follow the textbook formula.",
        examples: &[
            Example { code: "1 2 3 × 4", out: "[ 4  8 12]" },
            Example { code: "[1, 2, 3] * [4, 5, 6]", out: "[ 4 10 18]" },
        ],
        identity: Identity::Int(1),
        laws: Laws::MONOID,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            noting: loops!(overflow::multiply: i8 i16 i32 i64),
            loops: loops!(arith::multiply: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Binary(plain::multiply),
            fast: Fast::Multiply,
            check: Some(fp::standard),
            carries: 0b11,
            folds: folds::PRODUCT,
            link: Some(Link::Multiply),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "divide",
        aliases: &["true_divide"],
        glyphs: &[infix("/", Class::Product), infix("÷", Class::ProductGlyph)],
        params: BINARY,
        doc: "The quotient of two values, element by element; integers give floats.\n\nDivision of typed values by zero gives infinities and NaN, with a warning.",
        examples: &[
            Example { code: "1 2 3 ÷ 2", out: "[0.5 1.  1.5]" },
            Example { code: "[1, 2, 3] / [2, 4, 8]", out: "[0.5   0.5   0.375]" },
        ],
        identity: Identity::Apl(1),
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            rule: Rule::IntsToF64,
            loops: loops!(arith::divide: f32 f64 c64 c128),
            plain: Plain::Binary(plain::divide),
            fast: Fast::Divide,
            check: Some(fp::division),
            carries: 0b1,
            link: Some(Link::Divide),
            alternates: folds::QUOTIENT,
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "floor_divide",
        glyphs: &[infix("//", Class::Product)],
        params: BINARY,
        doc: "The quotient rounded toward minus infinity, element by element.\n\nIntegers divided by zero give 0, with a warning.",
        examples: &[
            Example { code: "[7, -7, 8] // 2", out: "[ 3 -4  4]" },
            Example { code: "[7.5, -7.5] // 2", out: "[ 3. -4.]" },
        ],
        identity: Identity::Apl(1),
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(integer::floor_divide: i8 u8 i16 u16 i32 u32 i64 u64; float::floor_divide: f32 f64),
            plain: Plain::Binary(plain::floor_divide),
            fast: Fast::FloorDivide,
            check: Some(fp::integer_division),
            refuse: &[(COMPLEX, "complex numbers have no order, so no floor; divide with `/`")],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "remainder",
        aliases: &["mod"],
        glyphs: &[infix("%", Class::Product)],
        params: BINARY,
        doc: "The remainder of floor division, element by element; it has the divisor's sign.\n\n`x == y * (x // y) + x % y`. `fmod` has the dividend's sign.",
        examples: &[
            Example { code: "[7, -7] % 3", out: "[1 2]" },
            Example { code: "remainder([5.5, -5.5], 2)", out: "[1.5 0.5]" },
        ],
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(integer::remainder: i8 u8 i16 u16 i32 u32 i64 u64; float::remainder: f32 f64),
            plain: Plain::Binary(plain::remainder),
            fast: Fast::Remainder,
            link: Some(Link::Remainder),
            check: Some(fp::integer_remainder),
            refuse: &[(COMPLEX, "complex numbers have no remainder")],
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "fmod",
        params: BINARY,
        doc: "The remainder of division truncated toward zero, element by element; it has the dividend's sign.",
        examples: &[
            Example { code: "fmod([7, -7], 3)", out: "[ 1 -1]" },
            Example { code: "fmod([5.5, -5.5], 2)", out: "[ 1.5 -1.5]" },
        ],
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(integer::fmod: i8 u8 i16 u16 i32 u32 i64 u64; float::fmod: f32 f64),
            check: Some(fp::integer_remainder),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "power",
        aliases: &["pow"],
        glyphs: &[infix("**", Class::Power)],
        params: BINARY,
        doc: "The first value to the power of the second, element by element.\n\nIntegers to negative integer powers are an error: make one of them a float.",
        examples: &[
            Example { code: "[1, 2, 3] ** 2", out: "[1 4 9]" },
            Example { code: "power(2, [0, 1, 10])", out: "[   1    2 1024]" },
            Example { code: "[4.0, 9.0] ** 0.5", out: "[2. 3.]" },
        ],
        identity: Identity::Apl(1),
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            noting: loops!(overflow::power: i8 i16 i32 i64),
            loops: loops!(integer::power: i8 u8 i16 u16 i32 u32 i64 u64; math::power: f32 f64 c64 c128),
            plain: Plain::Binary(plain::power),
            fast: Fast::Power,
            check: Some(fp::power),
            shortcut: Some(power_by_name),
            guard: Some(whole_exponents),
            link: Some(Link::Power),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "float_power",
        params: BINARY,
        doc: "The first value to the power of the second in float64 or complex128, element by element.",
        examples: &[Example {
            code: "float_power([1, 2, 3], -1)",
            out: "[1.         0.5        0.33333333]",
        }],
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(math::power: f64 c128),
            check: Some(fp::power),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "negative",
        glyphs: &[prefix("-", Class::Sum)],
        params: UNARY,
        doc: "The negated value, element by element.",
        examples: &[
            Example { code: "-[1, -2, 3]", out: "[-1  2 -3]" },
            Example { code: "negative(2.5)", out: "-2.5" },
        ],
        kind: Kind::Elementwise(Elementwise {
            noting: loops!(overflow::negative: i8 i16 i32 i64),
            loops: loops!(arith::negative: i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Unary(plain::negative),
            fast: Fast::Negative,
            refuse: &[(&[DType::Bool], "use `~` or `np.logical_not` for bools")],
            carries: 0b1,
            link: Some(Link::Negative),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "positive",
        glyphs: &[prefix("+", Class::Sum)],
        params: UNARY,
        doc: "The value itself, as a new array.",
        examples: &[Example { code: "positive([1, -2])", out: "[ 1 -2]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(arith::same: i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Unary(plain::positive),
            refuse: &[(&[DType::Bool], SIGNED)],
            carries: 0b1,
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "absolute",
        aliases: &["abs"],
        params: UNARY,
        doc: "The distance from zero, element by element; of complex numbers, their real modulus.\n\nThe least integer of a signed dtype stays as it is.",
        examples: &[
            Example { code: "abs([-1, 2, -3])", out: "[1 2 3]" },
            Example { code: "absolute(3 + 4j)", out: "5.0" },
        ],
        in_loop: InLoop::Absolute,
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(arith::absolute: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64=>f32 c128=>f64),
            noting: loops!(overflow::absolute: i8 i16 i32 i64),
            plain: Plain::Unary(plain::absolute),
            check: Some(fp::standard),
            carries: 0b1,
            link: Some(Link::Absolute),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "fabs",
        params: UNARY,
        doc: "The absolute value of real numbers as a float, element by element.",
        examples: &[Example { code: "fabs([-1, 2])", out: "[1. 2.]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(arith::absolute: f32 f64),
            link: Some(Link::Absolute),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "sign",
        glyphs: &[prefix("×", Class::ProductGlyph)],
        params: UNARY,
        doc: "-1, 0 or 1 by the sign, element by element; of complex numbers `z / abs(z)`.",
        examples: &[
            Example { code: "sign([-2.5, 0.0, 3.0])", out: "[-1.  0.  1.]" },
            Example { code: "×5 0 ¯3", out: "[ 1  0 -1]" },
        ],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(arith::sign: i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Unary(plain::sign),
            refuse: &[(&[DType::Bool], SIGNED)],
            link: Some(Link::Sign),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "square",
        params: UNARY,
        doc: "The value times itself, element by element.",
        examples: &[Example { code: "square([1, 2, 3])", out: "[1 4 9]" }],
        kind: Kind::Elementwise(Elementwise {
            noting: loops!(overflow::square: i8 i16 i32 i64),
            loops: loops!(arith::square: i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            check: Some(fp::standard),
            carries: 0b1,
            link: Some(Link::Square),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "reciprocal",
        params: UNARY,
        doc: "One divided by the value, element by element, in its own dtype: 0 for most integers.\n\n`÷x` divides as `1 / x` does.",
        examples: &[Example { code: "reciprocal([2.0, 4.0])", out: "[0.5  0.25]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(arith::reciprocal: i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            check: Some(fp::reciprocal),
            link: Some(Link::Reciprocal),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "inverse",
        glyphs: &[prefix("÷", Class::ProductGlyph)],
        params: UNARY,
        doc: "One divided by the value, element by element; integers give floats.",
        examples: &[Example { code: "÷1 2 4", out: "[1.   0.5  0.25]" }],
        numpy: "1 / x",
        kind: Kind::Elementwise(Elementwise {
            rule: Rule::IntsToF64,
            loops: loops!(math::inverse: f32 f64 c64 c128),
            plain: Plain::Unary(plain::inverse),
            check: Some(fp::power),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "conjugate",
        method: true,
        aliases: &["conj"],
        params: UNARY,
        doc: "The complex conjugate, element by element; real numbers stay as they are.",
        examples: &[Example { code: "conj([1 + 2j, 3 - 1j])", out: "[1.-2.j 3.+1.j]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(arith::conjugate: i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "maximum",
        glyphs: &[infix("⌈", Class::ProductGlyph)],
        params: BINARY,
        doc: "The larger of two values, element by element; NaN if either is.\n\nComplex numbers compare by real part, then by imaginary part.",
        examples: &[
            Example { code: "maximum([1, 5, 3], 2)", out: "[2 5 3]" },
            Example { code: "3 1 4 ⌈ 2", out: "[3 2 4]" },
        ],
        identity: Identity::Least,
        laws: Laws::LATTICE,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(extrema::maximum: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Binary(plain::maximum),
            folds: folds::MAXIMUM,
            link: Some(Link::Maximum),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "minimum",
        glyphs: &[infix("⌊", Class::ProductGlyph)],
        params: BINARY,
        doc: "The smaller of two values, element by element; NaN if either is.",
        examples: &[
            Example { code: "minimum([1, 5, 3], 2)", out: "[1 2 2]" },
            Example { code: "3 1 4 ⌊ 2", out: "[2 1 2]" },
        ],
        identity: Identity::Greatest,
        laws: Laws::LATTICE,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(extrema::minimum: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            plain: Plain::Binary(plain::minimum),
            folds: folds::MINIMUM,
            link: Some(Link::Minimum),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "fmax",
        params: BINARY,
        doc: "The larger of two values, element by element, ignoring NaN.",
        examples: &[Example { code: "fmax([1.0, nan], [0.0, 2.0])", out: "[1. 2.]" }],
        identity: Identity::Least,
        laws: Laws::LATTICE,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(extrema::fmax: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            folds: folds::FMAX,
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "fmin",
        params: BINARY,
        doc: "The smaller of two values, element by element, ignoring NaN.",
        examples: &[Example { code: "fmin([1.0, nan], [0.0, 2.0])", out: "[0. 2.]" }],
        identity: Identity::Greatest,
        laws: Laws::LATTICE,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(extrema::fmin: bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 c64 c128),
            folds: folds::FMIN,
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
];

/// Integer powers have no negative exponents.
fn whole_exponents(xs: &[Value], dtype: DType) -> Result<(), &'static str> {
    let empty = |x: &Value| matches!(x, Value::Array(a) if a.size() == 0);
    if dtype.is_signed_int() && xs.get(1).is_some_and(any_negative) && !xs.iter().any(empty) {
        return Err("Integers to negative integer powers are not allowed.");
    }
    Ok(())
}

/// Powers of arrays that another function is: of two, of minus one, of a half. Of several integers the
/// kernel does a float's as products too; of one it cannot tell its exponent from an array.
fn power_by_name(x: &Value, y: &Value) -> Option<Shortcut> {
    let dtype = match x {
        Value::Array(a) if a.size() == 1 && a.dtype().is_int() && matches!(y, Value::Float(2.0)) => {
            return Some(("square", Some(DType::F64)));
        }
        Value::Array(a) => a.dtype(),
        Value::Deferred(work) => work.dtype(),
        _ => return None,
    };
    let inexact = dtype.is_inexact();
    let name = match y {
        // Of bools too: their square is int8, and their other powers int64.
        Value::Int(2) => "square",
        Value::Float(2.0) if inexact => "square",
        Value::Int(-1) | Value::Float(-1.0) if inexact => "reciprocal",
        Value::Float(0.5) if inexact => "sqrt",
        _ => return None,
    };
    Some((name, None))
}

fn any_negative(x: &Value) -> bool {
    match x {
        Value::Array(a) if a.dtype().is_signed_int() => crate::exec::contiguous(a).is_ok_and(|a| {
            let (start, n) = (a.offset(), a.size());
            n > 0 && crate::exec::copy::with_storage(&a, |b| integer::any_negative(b.slice(start, start + n)))
        }),
        _ => x.scalar().and_then(|s| s.as_i128()).is_some_and(|n| n < 0),
    }
}

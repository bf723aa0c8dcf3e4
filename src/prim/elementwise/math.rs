//! Mathematical functions, element by element: roots, exponentials, logarithms, trigonometry.

use crate::dtype::{c64, c128};
use crate::kernel::chain::Link;
use crate::kernel::{circle, fp, integer, math, vector};
use crate::prim::elementwise::loops::{infix, loops, prefix};
use crate::prim::elementwise::ufunc::{BINARY, UNARY};
use crate::prim::elementwise::{folds, plain};
use crate::prim::row::{Elementwise, Kind, Laws, Plain, Prim, Rule};
use crate::prim::{Example, Identity};
use crate::syntax::Class;

pub const ROWS: &[Prim] = &[
    Prim {
        name: "sqrt",
        params: UNARY,
        doc: "The square root with the non-negative real part; NaN for negative real numbers.",
        examples: &[
            Example { code: "sqrt([4, 9, 16])", out: "[2. 3. 4.]" },
            Example { code: "sqrt(-1 + 0j)", out: "1j" },
        ],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(math::sqrt: f32 f64; math::complex_sqrt: c64 c128),
            check: Some(fp::standard),
            carries: 0b1,
            link: Some(Link::SquareRoot),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "cbrt",
        params: UNARY,
        doc: "The cube root of real numbers.",
        examples: &[Example { code: "cbrt([8, -27])", out: "[ 2. -3.]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::cbrt: f32 f64),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "exp",
        params: UNARY,
        doc: "e to the power of the value.",
        examples: &[Example { code: "exp([0, 1])", out: "[1.         2.71828183]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::exp: f32 f64; math::exp: c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "exp2",
        params: UNARY,
        doc: "2 to the power of the value.",
        examples: &[Example { code: "exp2([0, 3])", out: "[1. 8.]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::exp2: f32 f64; math::exp2: c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "expm1",
        params: UNARY,
        doc: "`exp(x) - 1`, exact also near zero.",
        examples: &[Example { code: "expm1([0, 1e-10])", out: "[0.e+00 1.e-10]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::expm1: f32 f64; math::expm1: c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "log",
        glyphs: &[prefix("⍟", Class::ProductGlyph)],
        params: UNARY,
        doc: "The natural logarithm; NaN for negative real numbers, -inf for zero.",
        examples: &[
            Example { code: "log([1, e])", out: "[0. 1.]" },
            Example { code: "⍟1 10", out: "[0.         2.30258509]" },
        ],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::log: f32 f64; math::log: c64 c128),
            check: Some(fp::poles),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "log2",
        params: UNARY,
        doc: "The logarithm to base 2.",
        examples: &[Example { code: "log2([1, 8])", out: "[0. 3.]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::log2: f32 f64; math::log2: c64 c128),
            check: Some(fp::poles),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "log10",
        params: UNARY,
        doc: "The logarithm to base 10.",
        examples: &[Example { code: "log10([1, 1000])", out: "[0. 3.]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::log10: f32 f64; math::log10: c64 c128),
            check: Some(fp::poles),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "log1p",
        params: UNARY,
        doc: "`log(1 + x)`, exact also near zero.",
        examples: &[Example { code: "log1p([0, 1e-10])", out: "[0.e+00 1.e-10]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::log1p: f32 f64; math::log1p: c64 c128),
            check: Some(fp::poles),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "log_base",
        glyphs: &[infix("⍟", Class::ProductGlyph)],
        params: BINARY,
        doc: "The logarithm of the second value to the base of the first, element by element.",
        examples: &[Example { code: "2 ⍟ 8", out: "3.0" }, Example { code: "10 ⍟ 1 100", out: "[0. 2.]" }],
        numpy: "np.log(x2) / np.log(x1)",
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(vector::log_to_base: f32 f64; math::log_to_base: c64 c128),
            check: Some(fp::poles),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "sin",
        params: UNARY,
        doc: "The sine of an angle in radians.",
        examples: &[Example { code: "sin([0, pi / 2])", out: "[0. 1.]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::sin: f32 f64; math::sin: c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "cos",
        params: UNARY,
        doc: "The cosine of an angle in radians.",
        examples: &[Example { code: "cos([0.0, 1.0])", out: "[1.         0.54030231]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::cos: f32 f64; math::cos: c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "tan",
        params: UNARY,
        doc: "The tangent of an angle in radians.",
        examples: &[Example { code: "tan([0.0, 1.0])", out: "[0.         1.55740772]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::tan: f32 f64; math::tan: c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "arcsin",
        aliases: &["asin"],
        params: UNARY,
        doc: "The angle, from -π/2 to π/2, whose sine is the value; NaN outside -1 to 1.",
        examples: &[Example { code: "arcsin([0, 1])", out: "[0.         1.57079633]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::arcsin: f32 f64; math::arcsin: c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "arccos",
        aliases: &["acos"],
        params: UNARY,
        doc: "The angle, from 0 to π, whose cosine is the value; NaN outside -1 to 1.",
        examples: &[Example { code: "arccos([1, 0])", out: "[0.         1.57079633]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::arccos: f32 f64; math::arccos: c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "arctan",
        aliases: &["atan"],
        params: UNARY,
        doc: "The angle, from -π/2 to π/2, whose tangent is the value.",
        examples: &[Example { code: "arctan([0, 1])", out: "[0.         0.78539816]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::arctan: f32 f64; math::arctan: c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "arctan2",
        aliases: &["atan2"],
        params: BINARY,
        doc: "The angle of the point (x2, x1) to the x axis, from -π to π, element by element.",
        examples: &[Example { code: "arctan2([1, -1], [1, -1])", out: "[ 0.78539816 -2.35619449]" }],
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(vector::arctan2: f32 f64),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "sinh",
        params: UNARY,
        doc: "The hyperbolic sine.",
        examples: &[Example { code: "sinh([0, 1])", out: "[0.         1.17520119]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::sinh: f32 f64; math::sinh: c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "cosh",
        params: UNARY,
        doc: "The hyperbolic cosine.",
        examples: &[Example { code: "cosh([0, 1])", out: "[1.         1.54308063]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::cosh: f32 f64; math::cosh: c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "tanh",
        params: UNARY,
        doc: "The hyperbolic tangent.",
        examples: &[Example { code: "tanh([0, 1])", out: "[0.         0.76159416]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::tanh: f32 f64; math::tanh: c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "arcsinh",
        aliases: &["asinh"],
        params: UNARY,
        doc: "The inverse hyperbolic sine.",
        examples: &[Example { code: "arcsinh([0, 1])", out: "[0.         0.88137359]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::arcsinh: f32 f64; math::arcsinh: c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "arccosh",
        aliases: &["acosh"],
        params: UNARY,
        doc: "The inverse hyperbolic cosine; NaN below 1.",
        examples: &[Example { code: "arccosh([1, 2])", out: "[0.        1.3169579]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::arccosh: f32 f64; math::arccosh: c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "arctanh",
        aliases: &["atanh"],
        params: UNARY,
        doc: "The inverse hyperbolic tangent; NaN outside -1 to 1.",
        examples: &[Example { code: "arctanh([0, 0.5])", out: "[0.         0.54930614]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(vector::arctanh: f32 f64; math::arctanh: c64 c128),
            check: Some(fp::poles),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "hypot",
        params: BINARY,
        doc: "The length of the hypotenuse over two legs, element by element, without overflow.",
        examples: &[Example { code: "hypot([3, 5], [4, 12])", out: "[ 5. 13.]" }],
        identity: Identity::Int(0),
        laws: Laws::MONOID,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(vector::hypot: f32 f64),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "radians",
        aliases: &["deg2rad"],
        params: UNARY,
        doc: "Degrees to radians.",
        examples: &[Example { code: "radians([180, 90])", out: "[3.14159265 1.57079633]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(math::to_radians: f32 f64),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "degrees",
        aliases: &["rad2deg"],
        params: UNARY,
        doc: "Radians to degrees.",
        examples: &[Example { code: "degrees([pi, pi / 2])", out: "[180.  90.]" }],
        kind: Kind::Elementwise(Elementwise {
            loops: loops!(math::to_degrees: f32 f64),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "pi_times",
        glyphs: &[prefix("○", Class::ProductGlyph)],
        params: UNARY,
        doc: "π times the value, element by element.",
        examples: &[Example { code: "○1 2", out: "[3.14159265 6.28318531]" }],
        numpy: "np.pi * x",
        kind: Kind::Elementwise(Elementwise {
            rule: Rule::IntsToF64,
            loops: loops!(math::pi_times: f32 f64 c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "circle",
        glyphs: &[infix("○", Class::ProductGlyph)],
        params: BINARY,
        doc: "Trigonometry by number, element by element.\n\n`1 ○ x` is sin, 2 cos, 3 tan, 4 sqrt(1+x²), 5 sinh, 6 cosh, 7 tanh, 0 sqrt(1-x²). Negative numbers are the inverses; 9 to 12 are the real part, size, imaginary part and angle of complex numbers. NaN outside a function's domain.",
        examples: &[
            Example { code: "1 ○ 0", out: "0.0" },
            Example { code: "2 ○ 0 1", out: "[1.         0.54030231]" },
        ],
        numpy: "{1: np.sin, 2: np.cos, 3: np.tan}[x1](x2)",
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(circle::real: f32 f64; circle::complex_numbers: c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "sinc",
        numpy_scratch: 2,
        params: UNARY,
        doc: "`sin(πx) / (πx)`, and 1 at zero.",
        examples: &[Example { code: "sinc([0, 0.5])", out: "[1.         0.63661977]" }],
        kind: Kind::Elementwise(Elementwise {
            rule: Rule::IntsToF64,
            loops: loops!(vector::sinc: f32 f64; math::sinc: c64 c128),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "i0",
        params: UNARY,
        doc: "The modified Bessel function of the first kind and order 0.",
        examples: &[Example { code: "i0([0.0, 1.0])", out: "[1.         1.26606588]" }],
        kind: Kind::Elementwise(Elementwise {
            rule: Rule::IntsToF64,
            loops: loops!(math::i0: f32 f64),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "factorial",
        glyphs: &[prefix("!", Class::Glyph)],
        params: UNARY,
        doc: "The factorial; of other than whole numbers, the gamma function of `x + 1`.\n\n\
              Of integers from 0 to 20 the exact integers, else floats.",
        examples: &[
            Example { code: "factorial([3, 5])", out: "[  6 120]" },
            Example { code: "factorial([3, 5.0])", out: "[  6. 120.]" },
        ],
        numpy: "scipy.special.factorial(x)",
        kind: Kind::Elementwise(Elementwise {
            rule: Rule::IntsToF64,
            loops: loops!(integer::factorial: i64 u64; math::factorial: f32 f64),
            exact: Some(|xs| folds::within(&xs[0], 0, 20)),
            plain: Plain::Unary(plain::factorial),
            check: Some(fp::poles),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "binomial",
        glyphs: &[infix("!", Class::Glyph)],
        params: BINARY,
        doc: "In how many ways the first number of things is chosen from the second, element by element.\n\n\
              Of integers, where all second ones are from 0 to 56, the exact integers; else floats.",
        examples: &[Example { code: "binomial(2, [4, 5])", out: "[ 6 10]" }],
        numpy: "scipy.special.binom(x2, x1)",
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            rule: Rule::IntsToF64,
            loops: loops!(integer::binomial: i64; math::binomial: f32 f64),
            exact: Some(|xs| folds::within(&xs[1], 0, 56)),
            plain: Plain::Binary(plain::binomial),
            check: Some(fp::poles),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "logaddexp",
        params: BINARY,
        doc: "`log(exp(x1) + exp(x2))`, element by element, without overflow.",
        examples: &[Example {
            code: "logaddexp([0.0, 1000.0], 1000.0)",
            out: "[1000.         1000.69314718]",
        }],
        identity: Identity::Least,
        laws: Laws::MONOID,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(vector::logaddexp: f32 f64),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
    Prim {
        name: "logaddexp2",
        params: BINARY,
        doc: "`log2(2**x1 + 2**x2)`, element by element, without overflow.",
        examples: &[Example { code: "logaddexp2([0.0, 2.0], 2.0)", out: "[2.32192809 3.        ]" }],
        identity: Identity::Least,
        laws: Laws::MONOID,
        kind: Kind::Elementwise(Elementwise {
            arity: 2,
            loops: loops!(vector::logaddexp2: f32 f64),
            check: Some(fp::standard),
            ..Elementwise::NEW
        }),
        ..Prim::NEW
    },
];

//! Lists of loops for rows: generic kernels at several dtypes; and glyphs by valence.

use crate::prim::row::{Glyph, Valence};
use crate::syntax::Class;

/// Loops of kernels, in order; a result has the operands' dtype unless `=>` names another:
/// `loops!(arith::absolute: f64 c128=>f64; logic::or: bool)`.
macro_rules! loops {
    ($($module:ident::$kernel:ident: $($t:ident $(=> $out:ident)?)*);*) => {
        &[$($($crate::prim::row::Loop {
            dtype: <$t as $crate::dtype::Element>::DTYPE,
            out: $crate::prim::elementwise::loops::result_type!($t $($out)?),
            run: $module::$kernel::<$t>,
        }),*),*]
    };
    // Kernels of one dtype.
    ($($module:ident::$kernel:ident: $t:ident);* ;) => {
        &[$($crate::prim::row::Loop {
            dtype: <$t as $crate::dtype::Element>::DTYPE,
            out: <$t as $crate::dtype::Element>::DTYPE,
            run: $module::$kernel,
        }),*]
    };
}

macro_rules! result_type {
    ($t:ident) => {
        <$t as $crate::dtype::Element>::DTYPE
    };
    ($t:ident $out:ident) => {
        <$out as $crate::dtype::Element>::DTYPE
    };
}

/// Loops whose result is bool.
macro_rules! truths {
    ($module:ident::$kernel:ident: $($t:ident)*) => {
        &[$($crate::prim::row::Loop {
            dtype: <$t as $crate::dtype::Element>::DTYPE,
            out: $crate::dtype::DType::Bool,
            run: $module::$kernel::<$t>,
        }),*]
    };
}

pub(in crate::prim) use {loops, result_type, truths};

/// A spelling between two values.
pub const fn infix(text: &'static str, class: Class) -> Glyph {
    Glyph { text, class, valence: Valence::Dyadic }
}

/// A spelling before one value.
pub const fn prefix(text: &'static str, class: Class) -> Glyph {
    Glyph { text, class, valence: Valence::Monadic }
}

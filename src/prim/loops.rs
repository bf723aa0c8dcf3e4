//! Lists of loops for rows: one generic kernel at several dtypes.

/// Loops whose result has the operands' dtype: `same!(arith::add: i64 f64)`.
macro_rules! same {
    ($module:ident::$kernel:ident: $($t:ident)*) => {
        &[$($crate::prim::row::Loop {
            dtype: <$t as $crate::dtype::Element>::DTYPE,
            out: <$t as $crate::dtype::Element>::DTYPE,
            run: $module::$kernel::<$t>,
        }),*]
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

pub(super) use {same, truths};

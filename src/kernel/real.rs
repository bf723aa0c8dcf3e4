//! float32 and float64 in the vectors of an instruction set, for code that is written in vectors: the
//! operations of `pulp` under names that both dtypes share. Loops that the compiler makes vectors of are
//! plain (`apply`).

use crate::dtype::Element;

/// float32 and float64 in vectors.
pub(super) trait Real: Element {
    type Vector<S: pulp::Simd>: Copy;
    const ZERO: Self;
    const ONE: Self;
    fn finite(self) -> bool;
    fn lanes<S: pulp::Simd>() -> usize;
    fn splat<S: pulp::Simd>(s: S, x: Self) -> Self::Vector<S>;
    fn add<S: pulp::Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn sub<S: pulp::Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn mul<S: pulp::Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn div<S: pulp::Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn neg<S: pulp::Simd>(s: S, a: Self::Vector<S>) -> Self::Vector<S>;
    fn abs<S: pulp::Simd>(s: S, a: Self::Vector<S>) -> Self::Vector<S>;
    fn sqrt<S: pulp::Simd>(s: S, a: Self::Vector<S>) -> Self::Vector<S>;
    /// The first where it is larger or NaN, else the second, as `extrema` has it.
    fn max<S: pulp::Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn min<S: pulp::Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn all_zero<S: pulp::Simd>(s: S, a: Self::Vector<S>) -> bool;
    /// A run as whole vectors and what is left.
    fn vectors<S: pulp::Simd>(run: &[Self]) -> (&[Self::Vector<S>], &[Self]);
    /// The largest of the elements, none of which is NaN.
    fn largest<S: pulp::Simd>(s: S, a: Self::Vector<S>) -> Self;
    fn smallest<S: pulp::Simd>(s: S, a: Self::Vector<S>) -> Self;
    /// The first place where two vectors have equal elements.
    fn first_equal<S: pulp::Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Option<usize>;
}

macro_rules! real {
    ($($t:ident: $v:ident $lanes:ident $splat:ident $add:ident $sub:ident $mul:ident $div:ident $neg:ident
        $abs:ident $sqrt:ident $less:ident $equal:ident $or:ident $not:ident $select:ident $as:ident
        $largest:ident $smallest:ident $first:ident;)*) => {$(
        impl Real for $t {
            type Vector<S: pulp::Simd> = S::$v;
            const ZERO: $t = 0.0;
            const ONE: $t = 1.0;
            #[inline(always)]
            fn finite(self) -> bool { self.is_finite() }
            #[inline(always)]
            fn lanes<S: pulp::Simd>() -> usize { S::$lanes }
            #[inline(always)]
            fn splat<S: pulp::Simd>(s: S, x: $t) -> S::$v { s.$splat(x) }
            #[inline(always)]
            fn add<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v { s.$add(a, b) }
            #[inline(always)]
            fn sub<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v { s.$sub(a, b) }
            #[inline(always)]
            fn mul<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v { s.$mul(a, b) }
            #[inline(always)]
            fn div<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v { s.$div(a, b) }
            #[inline(always)]
            fn neg<S: pulp::Simd>(s: S, a: S::$v) -> S::$v { s.$neg(a) }
            #[inline(always)]
            fn abs<S: pulp::Simd>(s: S, a: S::$v) -> S::$v { s.$abs(a) }
            #[inline(always)]
            fn sqrt<S: pulp::Simd>(s: S, a: S::$v) -> S::$v { s.$sqrt(a) }
            #[inline(always)]
            fn max<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v {
                let first = s.$or(s.$less(b, a), s.$not(s.$equal(a, a)));
                s.$select(first, a, b)
            }
            #[inline(always)]
            fn min<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v {
                let first = s.$or(s.$less(a, b), s.$not(s.$equal(a, a)));
                s.$select(first, a, b)
            }
            #[inline(always)]
            fn all_zero<S: pulp::Simd>(_: S, a: S::$v) -> bool {
                let lanes: &[$t] = pulp::bytemuck::cast_slice(std::slice::from_ref(&a));
                lanes.iter().all(|x| *x == 0.0)
            }
            #[inline(always)]
            fn vectors<S: pulp::Simd>(run: &[$t]) -> (&[S::$v], &[$t]) { S::$as(run) }
            #[inline(always)]
            fn largest<S: pulp::Simd>(s: S, a: S::$v) -> $t { s.$largest(a) }
            #[inline(always)]
            fn smallest<S: pulp::Simd>(s: S, a: S::$v) -> $t { s.$smallest(a) }
            #[inline(always)]
            fn first_equal<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> Option<usize> {
                // Of processor masks `pulp` counts places from the other end: good for whether there is one.
                if s.$first(s.$equal(a, b)) >= S::$lanes {
                    return None;
                }
                let (a, b) = (std::slice::from_ref(&a), std::slice::from_ref(&b));
                let (a, b): (&[$t], &[$t]) = (pulp::bytemuck::cast_slice(a), pulp::bytemuck::cast_slice(b));
                a.iter().zip(b).position(|(x, y)| x == y)
            }
        }
    )*};
}
real! {
    f32: f32s F32_LANES splat_f32s add_f32s sub_f32s mul_f32s div_f32s neg_f32s abs_f32s sqrt_f32s
        less_than_f32s equal_f32s or_m32s not_m32s select_f32s as_simd_f32s
        reduce_max_f32s reduce_min_f32s first_true_m32s;
    f64: f64s F64_LANES splat_f64s add_f64s sub_f64s mul_f64s div_f64s neg_f64s abs_f64s sqrt_f64s
        less_than_f64s equal_f64s or_m64s not_m64s select_f64s as_simd_f64s
        reduce_max_f64s reduce_min_f64s first_true_m64s;
}

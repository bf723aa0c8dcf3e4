//! float32 and float64 in the vectors of an instruction set, for code that is written in vectors: the
//! operations of `pulp` under names that both dtypes share. Loops that the compiler makes vectors of are
//! plain (`apply`).

use super::lane::{Lane, Notes, Whole, in_vectors};
use super::quotient::Divisor;

/// float32 and float64 in vectors, beyond what chains of any dtype need.
pub(super) trait Real: Lane {
    fn finite(self) -> bool;
    /// Rounded to whole numbers as `plain` does, which is what the processor's own rounding by this number is.
    fn rounded<S: pulp::Simd, const HOW: i32>(
        s: S,
        a: Self::Vector<S>,
        plain: impl Fn(Self) -> Self,
    ) -> Self::Vector<S>;
    /// `a`, which is zeros and NaNs, made NaN where `x` is not finite: zero times what is finite is zero.
    fn mark<S: pulp::Simd>(s: S, a: Self::Vector<S>, x: Self::Vector<S>) -> Self::Vector<S>;
    fn all_zero<S: pulp::Simd>(s: S, a: Self::Vector<S>) -> bool;
    /// `a b + c`, rounded once where the instruction set can.
    fn fused<S: pulp::Simd>(
        s: S,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
        c: Self::Vector<S>,
    ) -> Self::Vector<S>;
    /// Writes as many elements as there is room for, at most a vector's.
    fn put<S: pulp::Simd>(s: S, a: Self::Vector<S>, to: &mut [Self]);
    /// The sum of the elements.
    fn total<S: pulp::Simd>(s: S, a: Self::Vector<S>) -> Self;
    /// A run as whole vectors and what is left.
    fn vectors<S: pulp::Simd>(run: &[Self]) -> (&[Self::Vector<S>], &[Self]);
    fn vectors_mut<S: pulp::Simd>(run: &mut [Self]) -> (&mut [Self::Vector<S>], &mut [Self]);
    /// The elements of vectors.
    fn elements<S: pulp::Simd>(run: &[Self::Vector<S>]) -> &[Self];
    fn elements_mut<S: pulp::Simd>(run: &mut [Self::Vector<S>]) -> &mut [Self];
    /// The largest of the elements, none of which is NaN.
    fn largest<S: pulp::Simd>(s: S, a: Self::Vector<S>) -> Self;
    fn smallest<S: pulp::Simd>(s: S, a: Self::Vector<S>) -> Self;
    /// The first place where two vectors have equal elements.
    fn first_equal<S: pulp::Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Option<usize>;
}

/// An instruction on two vectors of whatever type the registers are seen as.
#[cfg(target_arch = "x86_64")]
macro_rules! processors {
    ($op:ident, $a:expr, $b:expr) => {{
        let (a, b) = ($a, $b);
        let result = std::arch::x86_64::$op(std::mem::transmute_copy(&a), std::mem::transmute_copy(&b));
        std::mem::transmute_copy(&result)
    }};
}

macro_rules! real {
    ($($t:ident $i:ident: $v:ident $m:ident $lanes:ident $splat:ident $add:ident $sub:ident $mul:ident $div:ident
        $neg:ident $abs:ident $sqrt:ident $less:ident $less_equal:ident $equal:ident $and:ident $or:ident
        $xor:ident $not:ident $select:ident $as:ident $as_mut:ident $store:ident $total:ident $largest:ident $smallest:ident $first:ident
        $mul_add:ident $bits:ident $signed:ident
        $max512:ident $min512:ident $max256:ident $min256:ident $round512:ident
        $round256:ident;)*) => {$(
        impl Lane for $t {
            in_vectors! { $t $v $m $lanes $splat $add $sub $mul $less $less_equal $select }
            const ZERO: $t = 0.0;
            const ONE: $t = 1.0;
            const LONG_TILES: bool = true;
            #[inline(always)]
            fn exact_reciprocal(self) -> Option<$t> {
                let power = self.is_normal() && self.to_bits().trailing_zeros() + 1 >= <$t>::MANTISSA_DIGITS;
                Some(1.0 / self).filter(|x| power && x.is_normal())
            }
            #[inline(always)]
            fn div<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v { s.$div(a, b) }
            #[inline(always)]
            fn reciprocal<S: pulp::Simd>(self, s: S) -> Option<[$t; 2]> {
                let parts = self.parts()?;
                let [high, low] = parts.map(|x| s.$splat(x));
                let mut right = s.$equal(high, high);
                for a in S::$as(&self.numerators()).0 {
                    let product = <Self as Lane>::quotient(s, *a, [high, low]);
                    right = s.$and(right, s.$equal(product, s.$div(*a, s.$splat(self))));
                }
                (s.$first(s.$not(right)) >= S::$lanes).then_some(parts)
            }
            #[inline(always)]
            fn quotient<S: pulp::Simd>(s: S, a: S::$v, [high, low]: [S::$v; 2]) -> S::$v {
                s.$mul_add(a, high, s.$mul(a, low))
            }
            #[inline(always)]
            fn any_small<S: pulp::Simd>(s: S, all: &[S::$v]) -> bool {
                // A magnitude less one is negative for zeros alone; less the bound, too, for what is small.
                let (magnitude, one) = (<$i as Lane>::splat(s, $i::MAX), <$i as Lane>::splat(s, 1));
                let bound = <$i as Lane>::splat(s, <$t as Divisor>::SMALL.to_bits() as $i - 1);
                let zero = <$i as Lane>::splat(s, 0);
                let mut small = zero;
                for a in all {
                    let bits = <$i as Lane>::bit_and(s, s.$signed(s.$bits(*a)), magnitude);
                    let less = <$i as Lane>::sub(s, bits, one);
                    let below = <$i as Lane>::sub(s, less, bound);
                    let below = <$i as Lane>::bit_and(s, below, <$i as Lane>::bit_not(s, less));
                    small = <$i as Lane>::bit_or(s, small, below);
                }
                s.$first(<$i as Lane>::less(s, small, zero)) < S::$lanes
            }
            #[inline(always)]
            fn neg<S: pulp::Simd>(s: S, a: S::$v) -> S::$v { s.$neg(a) }
            #[inline(always)]
            fn abs<S: pulp::Simd>(s: S, a: S::$v) -> S::$v {
                // The library's own negates the sign's mask each time, by a call where the loop is long.
                s.$abs(a, s.$splat(<$t>::from_bits(!0 >> 1)))
            }
            #[inline(always)]
            fn sqrt<S: pulp::Simd>(s: S, a: S::$v) -> S::$v { s.$sqrt(a) }
            #[inline(always)]
            fn whole<S: pulp::Simd>(s: S, a: S::$v, how: Whole) -> S::$v {
                match how {
                    Whole::Floor => <$t as Real>::rounded::<S, 9>(s, a, <$t>::floor),
                    Whole::Ceil => <$t as Real>::rounded::<S, 10>(s, a, <$t>::ceil),
                    Whole::Trunc => <$t as Real>::rounded::<S, 11>(s, a, <$t>::trunc),
                    Whole::Nearest => <$t as Real>::rounded::<S, 8>(s, a, <$t>::round_ties_even),
                }
            }
            #[inline(always)]
            fn max<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v {
                #[cfg(target_arch = "x86_64")]
                let larger = match size_of::<S::$v>() {
                    // SAFETY: a vector of this size is a register of the set that this copy of the loop is
                    // compiled for. The processor's own gives the second unless the first is larger.
                    64 => unsafe { processors!($max512, a, b) },
                    32 => unsafe { processors!($max256, a, b) },
                    _ => s.$select(s.$less(b, a), a, b),
                };
                #[cfg(not(target_arch = "x86_64"))]
                let larger = s.$select(s.$less(b, a), a, b);
                s.$select(s.$equal(a, a), larger, a)
            }
            #[inline(always)]
            fn min<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v {
                #[cfg(target_arch = "x86_64")]
                let smaller = match size_of::<S::$v>() {
                    // SAFETY: as for `max`.
                    64 => unsafe { processors!($min512, a, b) },
                    32 => unsafe { processors!($min256, a, b) },
                    _ => s.$select(s.$less(a, b), a, b),
                };
                #[cfg(not(target_arch = "x86_64"))]
                let smaller = s.$select(s.$less(a, b), a, b);
                s.$select(s.$equal(a, a), smaller, a)
            }
            #[inline(always)]
            fn equal<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$m { s.$equal(a, b) }
            #[inline(always)]
            fn and<S: pulp::Simd>(s: S, a: S::$m, b: S::$m) -> S::$m { s.$and(a, b) }
            #[inline(always)]
            fn or<S: pulp::Simd>(s: S, a: S::$m, b: S::$m) -> S::$m { s.$or(a, b) }
            #[inline(always)]
            fn xor<S: pulp::Simd>(s: S, a: S::$m, b: S::$m) -> S::$m { s.$xor(a, b) }
            #[inline(always)]
            fn not<S: pulp::Simd>(s: S, a: S::$m) -> S::$m { s.$not(a) }
            #[inline(always)]
            // SAFETY: as the trait has it.
            unsafe fn read<S: pulp::Simd>(s: S, from: *const u8) -> S::$m {
                // As many numbers, 1 for true, beside 0.
                let mut numbers = s.$splat(0.0);
                let lanes: &mut [$t] = pulp::bytemuck::cast_slice_mut(std::slice::from_mut(&mut numbers));
                for (k, x) in lanes.iter_mut().enumerate() {
                    // SAFETY: by the contract of this function.
                    *x = unsafe { *from.add(k) } as $t;
                }
                s.$less(s.$splat(0.0), numbers)
            }
            #[inline(always)]
            // SAFETY: as the trait has it.
            unsafe fn write<S: pulp::Simd>(s: S, mask: S::$m, to: *mut u8) {
                #[cfg(target_arch = "x86_64")]
                if size_of::<S::$v>() == 64 {
                    use std::arch::x86_64::*;
                    // SAFETY: with vectors of 64 bytes masks are bits, 8 or 16, and this copy of the loop is
                    // compiled for AVX-512 with BW and VL; the place by the contract of this function.
                    unsafe {
                        if size_of::<S::$m>() == 1 {
                            let bits: u8 = std::mem::transmute_copy(&mask);
                            return _mm_storel_epi64(to.cast(), _mm_maskz_set1_epi8(bits.into(), 1));
                        }
                        let bits: u16 = std::mem::transmute_copy(&mask);
                        return _mm_storeu_si128(to.cast(), _mm_maskz_set1_epi8(bits, 1));
                    }
                }
                let numbers = s.$select(mask, s.$splat(1.0), s.$splat(0.0));
                let lanes: &[$t] = pulp::bytemuck::cast_slice(std::slice::from_ref(&numbers));
                for (k, &x) in lanes.iter().enumerate() {
                    // SAFETY: by the contract of this function.
                    unsafe { *to.add(k) = (x != 0.0) as u8 };
                }
            }
            #[inline(always)]
            fn nothing<S: pulp::Simd>(s: S, [a, b, c, d]: &Notes<S::$v>) -> bool {
                Self::all_zero(s, s.$add(s.$add(*a, *b), s.$add(*c, *d)))
            }
            #[inline(always)]
            fn note_finite<S: pulp::Simd>(s: S, x: S::$v, note: &mut S::$v) { *note = Self::mark(s, *note, x); }
        }

        impl Real for $t {
            #[inline(always)]
            fn finite(self) -> bool { self.is_finite() }
            #[inline(always)]
            fn rounded<S: pulp::Simd, const HOW: i32>(
                _: S,
                mut a: S::$v,
                plain: impl Fn($t) -> $t,
            ) -> S::$v {
                #[cfg(target_arch = "x86_64")]
                {
                    use std::arch::x86_64::*;
                    // SAFETY: a vector of this size is a register of the set that this copy of the loop is
                    // compiled for.
                    unsafe {
                        match size_of::<S::$v>() {
                            64 => return std::mem::transmute_copy(&$round512::<HOW>(std::mem::transmute_copy(&a))),
                            32 => return std::mem::transmute_copy(&$round256::<HOW>(std::mem::transmute_copy(&a))),
                            _ => {}
                        }
                    }
                }
                let lanes: &mut [$t] = pulp::bytemuck::cast_slice_mut(std::slice::from_mut(&mut a));
                lanes.iter_mut().for_each(|x| *x = plain(*x));
                a
            }
            #[inline(always)]
            fn mark<S: pulp::Simd>(s: S, a: S::$v, x: S::$v) -> S::$v {
                // Fused or not, the product is exact.
                s.$mul_add(x, s.$splat(0.0), a)
            }
            #[inline(always)]
            fn all_zero<S: pulp::Simd>(s: S, a: S::$v) -> bool {
                s.$first(s.$not(s.$equal(a, s.$splat(0.0)))) >= S::$lanes
            }
            #[inline(always)]
            fn fused<S: pulp::Simd>(s: S, a: S::$v, b: S::$v, c: S::$v) -> S::$v { s.$mul_add(a, b, c) }
            #[inline(always)]
            fn put<S: pulp::Simd>(s: S, a: S::$v, to: &mut [$t]) {
                match S::$as_mut(to) {
                    ([whole, ..], _) => *whole = a,
                    (_, part) => s.$store(part, a),
                }
            }
            #[inline(always)]
            fn vectors<S: pulp::Simd>(run: &[$t]) -> (&[S::$v], &[$t]) { S::$as(run) }
            #[inline(always)]
            fn vectors_mut<S: pulp::Simd>(run: &mut [$t]) -> (&mut [S::$v], &mut [$t]) { S::$as_mut(run) }
            #[inline(always)]
            fn elements<S: pulp::Simd>(run: &[S::$v]) -> &[$t] { pulp::bytemuck::cast_slice(run) }
            #[inline(always)]
            fn elements_mut<S: pulp::Simd>(run: &mut [S::$v]) -> &mut [$t] { pulp::bytemuck::cast_slice_mut(run) }
            #[inline(always)]
            fn total<S: pulp::Simd>(s: S, a: S::$v) -> $t { s.$total(a) }
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
    f32 i32: f32s m32s F32_LANES splat_f32s add_f32s sub_f32s mul_f32s div_f32s neg_f32s and_f32s sqrt_f32s
        less_than_f32s less_than_or_equal_f32s equal_f32s and_m32s or_m32s xor_m32s not_m32s select_f32s
        as_simd_f32s as_mut_simd_f32s partial_store_f32s reduce_sum_f32s
        reduce_max_f32s reduce_min_f32s first_true_m32s
        mul_add_e_f32s transmute_u32s_f32s transmute_i32s_u32s
        _mm512_max_ps _mm512_min_ps _mm256_max_ps _mm256_min_ps _mm512_roundscale_ps
        _mm256_round_ps;
    f64 i64: f64s m64s F64_LANES splat_f64s add_f64s sub_f64s mul_f64s div_f64s neg_f64s and_f64s sqrt_f64s
        less_than_f64s less_than_or_equal_f64s equal_f64s and_m64s or_m64s xor_m64s not_m64s select_f64s
        as_simd_f64s as_mut_simd_f64s partial_store_f64s reduce_sum_f64s
        reduce_max_f64s reduce_min_f64s first_true_m64s
        mul_add_e_f64s transmute_u64s_f64s transmute_i64s_u64s
        _mm512_max_pd _mm512_min_pd _mm256_max_pd _mm256_min_pd _mm512_roundscale_pd
        _mm256_round_pd;
}

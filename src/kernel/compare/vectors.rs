//! Comparisons with 512-bit vectors, of numbers of 32 and 64 bits, where the machine has AVX-512.
//!
//! A comparison of two vectors is a mask of 8 or 16 bits; those of 64 elements are put together to one word in a
//! register, which becomes 64 bools in one instruction. (Of a loop over elements the compiler makes vectors of bools
//! four masks at a time and puts those in order by shuffles, which took 4.0 µs for 30,000 float64 beside a number, where
//! reading them takes 3.)

use super::Test;
use crate::kernel::simd::{Level, level};
use std::arch::x86_64::*;

/// Elements whose truths are one word.
const STEP: usize = 64;

/// Whether this machine and the level in use have the instructions.
#[inline]
fn available() -> bool {
    (cfg!(debug_assertions) || level() == Level::Avx512)
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
}

/// A number that vectors compare.
pub(super) trait Compared: Copy {
    /// Compares the elements of a run with as many others, or with one, in whole groups of 64: how many it did.
    fn compared(test: Test, a: &[Self], b: &[Self], out: &mut [bool]) -> usize;
}

macro_rules! compared {
    ($($module:ident, $t:ty, $mask:ident, $lanes:literal, $load:ident, $splat:ident,
       [$equal:ident, $not_equal:ident, $less:ident, $less_equal:ident, $greater:ident, $greater_equal:ident]);* $(;)?) => {$(
        impl Compared for $t {
            #[inline]
            fn compared(test: Test, a: &[$t], b: &[$t], out: &mut [bool]) -> usize {
                if out.len() < STEP || !available() {
                    return 0;
                }
                // SAFETY: the instructions were asked for.
                unsafe {
                    match test {
                        Test::Equal => $module::groups::<{ $equal }>(a, b, out),
                        Test::NotEqual => $module::groups::<{ $not_equal }>(a, b, out),
                        Test::Less => $module::groups::<{ $less }>(a, b, out),
                        Test::LessEqual => $module::groups::<{ $less_equal }>(a, b, out),
                        Test::Greater => $module::groups::<{ $greater }>(a, b, out),
                        Test::GreaterEqual => $module::groups::<{ $greater_equal }>(a, b, out),
                    }
                }
            }
        }

        mod $module {
            use super::*;

            /// Whole groups, of which it gives the elements; `a` is as long as `out`, `b` as well, or of one element.
            #[target_feature(enable = "avx512f,avx512bw")]
            pub(super) fn groups<const OP: i32>(a: &[$t], b: &[$t], out: &mut [bool]) -> usize {
                let (groups, _) = a.as_chunks::<STEP>();
                let (outs, _) = out.as_chunks_mut::<STEP>();
                match b {
                    [one] => {
                        let one = $splat(*one);
                        outs.iter_mut().zip(groups).for_each(|(out, a)| word::<OP>(a, |_| one, out));
                    }
                    many => {
                        let (others, _) = many.as_chunks::<STEP>();
                        for ((out, a), b) in outs.iter_mut().zip(groups).zip(others) {
                            // SAFETY: vector `k` of the group lies in it.
                            word::<OP>(a, |k| unsafe { $load(b.as_ptr().add(k * $lanes).cast()) }, out);
                        }
                    }
                }
                out.len() / STEP * STEP
            }

            /// The truths of 64 elements beside the vectors that `b` gives.
            #[target_feature(enable = "avx512f,avx512bw")]
            #[inline]
            fn word<const OP: i32>(a: &[$t; STEP], b: impl Fn(usize) -> Vector, out: &mut [bool; STEP]) {
                let mut bits = 0u64;
                for k in 0..STEP / $lanes {
                    // SAFETY: vector `k` of the group lies in it.
                    let x = unsafe { $load(a.as_ptr().add(k * $lanes).cast()) };
                    bits |= u64::from($mask::<OP>(x, b(k))) << (k * $lanes);
                }
                // SAFETY: the bytes are 0 and 1, and as many as the bools.
                unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), _mm512_maskz_set1_epi8(bits, 1)) }
            }

            type Vector = super::vector::$module;
        }
    )*};
}

/// The vectors that the numbers are in.
mod vector {
    #![allow(non_camel_case_types)]
    pub type f64s = std::arch::x86_64::__m512d;
    pub type f32s = std::arch::x86_64::__m512;
    pub type i64s = std::arch::x86_64::__m512i;
    pub type i32s = std::arch::x86_64::__m512i;
}

compared! {
    f64s, f64, _mm512_cmp_pd_mask, 8, _mm512_loadu_pd, _mm512_set1_pd,
        [_CMP_EQ_OQ, _CMP_NEQ_UQ, _CMP_LT_OQ, _CMP_LE_OQ, _CMP_GT_OQ, _CMP_GE_OQ];
    f32s, f32, _mm512_cmp_ps_mask, 16, _mm512_loadu_ps, _mm512_set1_ps,
        [_CMP_EQ_OQ, _CMP_NEQ_UQ, _CMP_LT_OQ, _CMP_LE_OQ, _CMP_GT_OQ, _CMP_GE_OQ];
    i64s, i64, _mm512_cmp_epi64_mask, 8, _mm512_loadu_si512, _mm512_set1_epi64,
        [_MM_CMPINT_EQ, _MM_CMPINT_NE, _MM_CMPINT_LT, _MM_CMPINT_LE, _MM_CMPINT_NLE, _MM_CMPINT_NLT];
    i32s, i32, _mm512_cmp_epi32_mask, 16, _mm512_loadu_si512, _mm512_set1_epi32,
        [_MM_CMPINT_EQ, _MM_CMPINT_NE, _MM_CMPINT_LT, _MM_CMPINT_LE, _MM_CMPINT_NLE, _MM_CMPINT_NLT];
}

//! Vectors of 512 bits over keys of 32 and 64 bits: what `network` and `quick` are written in.
//!
//! The compiler does not find compress (gather the lanes a mask names at the front), on which
//! partitioning rests, in plain loops, hence these few intrinsics. Without AVX-512 `radix` sorts.

use super::Key;
use crate::kernel::simd::{Level, level};
use std::arch::x86_64::*;

/// Whether this machine has what the vector code needs and the level in use allows it. Debug builds,
/// which otherwise know one level, take it too: so their tests run it.
#[inline]
pub fn available() -> bool {
    (cfg!(debug_assertions) || level() == Level::Avx512)
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
}

/// Declares the operations, and writes them for a key.
macro_rules! operations {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident: $t:ty),*) $(-> $out:ty)?;)*) => {
        /// A key of which a vector holds `W`.
        ///
        /// # Safety
        /// The functions need the features that `available` asks for; pointers need room for `W`
        /// keys, or for as many as a part says, at any alignment.
        pub unsafe trait Lanes: Key {
            const W: usize;
            $($(#[$doc])*
            /// # Safety
            /// As for the trait.
            unsafe fn $name($($arg: $t),*) $(-> $out)?;)*
        }
    };
    ($k:ty, $w:literal: $(fn $name:ident($($arg:ident: $t:ty),*) $(-> $out:ty)? $body:block)*) => {
        // SAFETY: the pointers are used as the contract says.
        unsafe impl Lanes for $k {
            const W: usize = $w;
            $(#[inline(always)]
            // SAFETY: the caller's contract.
            unsafe fn $name($($arg: $t),*) $(-> $out)? {
                // SAFETY: as above.
                unsafe { $body }
            })*
        }
    };
}

operations! {
    /// The numbers 0 to W - 1.
    fn iota() -> __m512i;
    fn splat(x: Self) -> __m512i;
    fn load(p: *const Self) -> __m512i;
    /// The first `n < W` keys; the greatest key in the other lanes.
    fn load_part(p: *const Self, n: usize) -> __m512i;
    fn store(p: *mut Self, v: __m512i);
    fn store_part(p: *mut Self, n: usize, v: __m512i);
    fn lesser(a: __m512i, b: __m512i) -> __m512i;
    fn greater(a: __m512i, b: __m512i) -> __m512i;
    /// The lanes of the first `W` where `a < b`.
    fn less(a: __m512i, b: __m512i) -> u32;
    /// `b` where the mask is set, else `a`.
    fn pick(mask: u32, a: __m512i, b: __m512i) -> __m512i;
    fn compress(mask: u32, v: __m512i) -> __m512i;
    fn permute(index: __m512i, v: __m512i) -> __m512i;
    /// Lanes of `a` (index below W) and `b`.
    fn permute2(a: __m512i, index: __m512i, b: __m512i) -> __m512i;
}

operations! {
    u64, 8:
    fn iota() -> __m512i { _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7) }
    fn splat(x: u64) -> __m512i { _mm512_set1_epi64(x as i64) }
    fn load(p: *const u64) -> __m512i { _mm512_loadu_si512(p.cast()) }
    fn load_part(p: *const u64, n: usize) -> __m512i {
        _mm512_mask_loadu_epi64(_mm512_set1_epi64(-1), ((1u32 << n) - 1) as u8, p.cast())
    }
    fn store(p: *mut u64, v: __m512i) { _mm512_storeu_si512(p.cast(), v) }
    fn store_part(p: *mut u64, n: usize, v: __m512i) {
        _mm512_mask_storeu_epi64(p.cast(), ((1u32 << n) - 1) as u8, v)
    }
    fn lesser(a: __m512i, b: __m512i) -> __m512i { _mm512_min_epu64(a, b) }
    fn greater(a: __m512i, b: __m512i) -> __m512i { _mm512_max_epu64(a, b) }
    fn less(a: __m512i, b: __m512i) -> u32 { _mm512_cmplt_epu64_mask(a, b) as u32 }
    fn pick(mask: u32, a: __m512i, b: __m512i) -> __m512i { _mm512_mask_blend_epi64(mask as u8, a, b) }
    fn compress(mask: u32, v: __m512i) -> __m512i { _mm512_maskz_compress_epi64(mask as u8, v) }
    fn permute(index: __m512i, v: __m512i) -> __m512i { _mm512_permutexvar_epi64(index, v) }
    fn permute2(a: __m512i, index: __m512i, b: __m512i) -> __m512i {
        _mm512_permutex2var_epi64(a, index, b)
    }
}

operations! {
    u32, 16:
    fn iota() -> __m512i { _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) }
    fn splat(x: u32) -> __m512i { _mm512_set1_epi32(x as i32) }
    fn load(p: *const u32) -> __m512i { _mm512_loadu_si512(p.cast()) }
    fn load_part(p: *const u32, n: usize) -> __m512i {
        _mm512_mask_loadu_epi32(_mm512_set1_epi32(-1), ((1u32 << n) - 1) as u16, p.cast())
    }
    fn store(p: *mut u32, v: __m512i) { _mm512_storeu_si512(p.cast(), v) }
    fn store_part(p: *mut u32, n: usize, v: __m512i) {
        _mm512_mask_storeu_epi32(p.cast(), ((1u32 << n) - 1) as u16, v)
    }
    fn lesser(a: __m512i, b: __m512i) -> __m512i { _mm512_min_epu32(a, b) }
    fn greater(a: __m512i, b: __m512i) -> __m512i { _mm512_max_epu32(a, b) }
    fn less(a: __m512i, b: __m512i) -> u32 { _mm512_cmplt_epu32_mask(a, b) as u32 }
    fn pick(mask: u32, a: __m512i, b: __m512i) -> __m512i { _mm512_mask_blend_epi32(mask as u16, a, b) }
    fn compress(mask: u32, v: __m512i) -> __m512i { _mm512_maskz_compress_epi32(mask as u16, v) }
    fn permute(index: __m512i, v: __m512i) -> __m512i { _mm512_permutexvar_epi32(index, v) }
    fn permute2(a: __m512i, index: __m512i, b: __m512i) -> __m512i {
        _mm512_permutex2var_epi32(a, index, b)
    }
}

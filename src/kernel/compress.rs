//! Selecting by a mask with 512-bit vectors: the form of `index::compress` for words of 32 and 64 bits
//! where the machine has AVX-512.
//!
//! Sixty-four mask bytes become one word of bits; each vector of elements is compressed in a register
//! and stored whole, moving on by the number kept: what lies behind is overwritten by the next. (The
//! instruction that compresses into memory is slow on several processors.) The last stores, for which
//! the output has no room of a whole vector, go element by element. Expanding goes the other way: a vector of
//! the values that are next is spread in a register over the places that are true, and the others are kept.

use super::simd::{Level, level};
use std::arch::x86_64::*;

/// Elements of one mask word.
pub const STEP: usize = 64;

/// Whether this machine and the level in use have the instructions.
#[inline]
pub fn available() -> bool {
    (cfg!(debug_assertions) || level() == Level::Avx512)
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("popcnt")
}

/// Compresses whole groups of [`STEP`] elements while the output has room for whole vectors: how many
/// groups were taken, and how many elements kept.
///
/// # Safety
/// Only where [`available`].
#[target_feature(enable = "avx512f,avx512bw,popcnt")]
pub unsafe fn words64(src: &[u64], mask: &[bool], out: &mut [u64]) -> (usize, usize) {
    let groups = src.len().min(mask.len()) / STEP;
    let mut kept = 0;
    for g in 0..groups {
        if kept + STEP + 8 > out.len() {
            return (g, kept);
        }
        // SAFETY: the group's mask and elements lie within their slices, and every store writes eight
        // words from `kept`, of which at most STEP + 8 more are left, by the test above.
        unsafe {
            let m = _mm512_loadu_si512(mask.as_ptr().add(g * STEP).cast());
            let mut bits = _mm512_test_epi8_mask(m, m);
            let from = src.as_ptr().add(g * STEP);
            for k in 0..STEP / 8 {
                let v = _mm512_loadu_si512(from.add(k * 8).cast());
                let now = bits as u8;
                _mm512_storeu_si512(out.as_mut_ptr().add(kept).cast(), _mm512_maskz_compress_epi64(now, v));
                kept += now.count_ones() as usize;
                bits >>= 8;
            }
        }
    }
    (groups, kept)
}

/// As [`words64`].
///
/// # Safety
/// Only where [`available`].
#[target_feature(enable = "avx512f,avx512bw,popcnt")]
pub unsafe fn words32(src: &[u32], mask: &[bool], out: &mut [u32]) -> (usize, usize) {
    let groups = src.len().min(mask.len()) / STEP;
    let mut kept = 0;
    for g in 0..groups {
        if kept + STEP + 16 > out.len() {
            return (g, kept);
        }
        // SAFETY: as in `words64`, sixteen words a store.
        unsafe {
            let m = _mm512_loadu_si512(mask.as_ptr().add(g * STEP).cast());
            let mut bits = _mm512_test_epi8_mask(m, m);
            let from = src.as_ptr().add(g * STEP);
            for k in 0..STEP / 16 {
                let v = _mm512_loadu_si512(from.add(k * 16).cast());
                let now = bits as u16;
                _mm512_storeu_si512(out.as_mut_ptr().add(kept).cast(), _mm512_maskz_compress_epi32(now, v));
                kept += now.count_ones() as usize;
                bits >>= 16;
            }
        }
    }
    (groups, kept)
}

macro_rules! expands {
    ($($name:ident $word:ident $bits:ident $expand:ident;)*) => {$(
        /// Puts the values, one after the other, where the mask holds, in whole groups of [`STEP`] places, while
        /// there are values for whole vectors: how many groups were passed, and how many values used.
        ///
        /// # Safety
        /// Only where [`available`].
        #[target_feature(enable = "avx512f,avx512bw,popcnt")]
        pub unsafe fn $name(dst: &mut [$word], mask: &[bool], values: &[$word]) -> (usize, usize) {
            const LANES: usize = $bits::BITS as usize;
            let groups = dst.len().min(mask.len()) / STEP;
            let mut used = 0;
            for g in 0..groups {
                if used + STEP + LANES > values.len() {
                    return (g, used);
                }
                // SAFETY: the group's mask and places lie within their slices. A load reads a vector of values
                // from `used`, which grows by at most STEP in a group: the test above left a vector more.
                unsafe {
                    let m = _mm512_loadu_si512(mask.as_ptr().add(g * STEP).cast());
                    let mut bits = _mm512_test_epi8_mask(m, m);
                    let mut to = dst.as_mut_ptr().add(g * STEP);
                    while bits != 0 {
                        let now = bits as $bits;
                        let next = _mm512_loadu_si512(values.as_ptr().add(used).cast());
                        let before = _mm512_loadu_si512(to.cast());
                        _mm512_storeu_si512(to.cast(), $expand(before, now, next));
                        used += now.count_ones() as usize;
                        bits >>= LANES;
                        to = to.add(LANES);
                    }
                }
            }
            (groups, used)
        }
    )*};
}
expands! {
    expand64 u64 u8 _mm512_mask_expand_epi64;
    expand32 u32 u16 _mm512_mask_expand_epi32;
}

/// The places of the true ones, counted from `first`: vectors of consecutive numbers, compressed as
/// elements are in [`words64`].
///
/// # Safety
/// Only where [`available`].
#[target_feature(enable = "avx512f,avx512bw,popcnt")]
pub unsafe fn positions(mask: &[bool], first: i64, out: &mut [i64]) -> (usize, usize) {
    let groups = mask.len() / STEP;
    let (eight, mut places) = (_mm512_set1_epi64(8), _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0));
    places = _mm512_add_epi64(places, _mm512_set1_epi64(first));
    let mut kept = 0;
    for g in 0..groups {
        if kept + STEP + 8 > out.len() {
            return (g, kept);
        }
        // SAFETY: as in `words64`.
        unsafe {
            let m = _mm512_loadu_si512(mask.as_ptr().add(g * STEP).cast());
            let mut bits = _mm512_test_epi8_mask(m, m);
            for _ in 0..STEP / 8 {
                let now = bits as u8;
                let some = _mm512_maskz_compress_epi64(now, places);
                _mm512_storeu_si512(out.as_mut_ptr().add(kept).cast(), some);
                kept += now.count_ones() as usize;
                bits >>= 8;
                places = _mm512_add_epi64(places, eight);
            }
        }
    }
    (groups, kept)
}

/// Packs the whole words of a mask into bits: how many words.
///
/// # Safety
/// Only where [`available`].
#[target_feature(enable = "avx512f,avx512bw")]
pub unsafe fn pack(mask: &[bool], words: &mut [u64]) -> usize {
    let n = words.len().min(mask.len() / STEP);
    for (g, word) in words[..n].iter_mut().enumerate() {
        // SAFETY: 64 bools from `g * STEP` lie within the mask.
        let m = unsafe { _mm512_loadu_si512(mask.as_ptr().add(g * STEP).cast()) };
        *word = _mm512_test_epi8_mask(m, m);
    }
    n
}

/// Unpacks words whose truth values `mask` has room for: how many words.
///
/// # Safety
/// Only where [`available`].
#[target_feature(enable = "avx512f,avx512bw")]
pub unsafe fn unpack(words: &[u64], mask: &mut [bool]) -> usize {
    let n = words.len().min(mask.len() / STEP);
    for (g, word) in words[..n].iter().enumerate() {
        // SAFETY: 64 bools from `g * STEP` lie within the mask, and the bytes written are 0 or 1.
        unsafe {
            _mm512_storeu_si512(mask.as_mut_ptr().add(g * STEP).cast(), _mm512_maskz_set1_epi8(*word, 1));
        }
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_elements_are_those_the_mask_names() {
        if !available() {
            return;
        }
        for (seed, n) in [(3u64, 0usize), (5, 63), (7, 64), (11, 1000), (13, 4096), (17, 777)] {
            let mask: Vec<bool> = (0..n as u64).map(|i| (i * i + i / 3) % seed < seed / 2).collect();
            let wide: Vec<u64> = (0..n as u64).map(|i| i * 0x0101_0101_0101).collect();
            let narrow: Vec<u32> = wide.iter().map(|&x| x as u32).collect();
            let want: Vec<u64> = wide.iter().zip(&mask).filter(|(_, m)| **m).map(|(x, _)| *x).collect();
            let mut out = vec![0; want.len()];
            // SAFETY: just asked for.
            let (groups, kept) = unsafe { words64(&wide, &mask, &mut out) };
            assert_eq!(out[..kept], want[..kept]);
            assert_eq!(mask[..groups * STEP].iter().filter(|m| **m).count(), kept);
            let mut out = vec![0; want.len()];
            // SAFETY: as above.
            let (groups, kept) = unsafe { words32(&narrow, &mask, &mut out) };
            assert!(out[..kept].iter().zip(&want).all(|(&x, &y)| x == y as u32));
            assert_eq!(mask[..groups * STEP].iter().filter(|m| **m).count(), kept);
            let want: Vec<i64> = (0..n).filter(|&i| mask[i]).map(|i| i as i64 + 5).collect();
            let mut out = vec![0; want.len()];
            // SAFETY: as above.
            let (groups, kept) = unsafe { positions(&mask, 5, &mut out) };
            assert_eq!(out[..kept], want[..kept]);
            assert_eq!(mask[..groups * STEP].iter().filter(|m| **m).count(), kept);
        }
    }
}

//! Sorting networks over `R` vectors: up to 128 keys of 64 bits, 256 of 32 bits.
//!
//! The vectors are rows. A network of compare-exchanges between rows sorts every column; then
//! columns are merged in pairs, fours, …, by bitonic merges whose steps are exchanges of lanes for
//! the few steps that cross columns, and plain minima and maxima of rows for the others; at the end
//! the columns are turned into rows. That takes 4 to 6 vector operations a key. Sorting each
//! vector first and merging vectors takes twice as many, for then all steps cross lanes.

use super::lanes::Lanes;
use std::arch::x86_64::__m512i;

/// Sorts `n <= 16 * W` keys from `from` to `to`, which may be the same place.
///
/// # Safety
/// As for `Lanes`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi2,popcnt")]
pub unsafe fn sort_few<K: Lanes>(from: *const K, to: *mut K, n: usize) {
    // SAFETY: R * W >= n.
    unsafe {
        match n.div_ceil(K::W) {
            0 => (),
            1 => rows::<K, 1>(from, to, n),
            2 => rows::<K, 2>(from, to, n),
            3..=4 => rows::<K, 4>(from, to, n),
            5..=8 => rows::<K, 8>(from, to, n),
            _ => rows::<K, 16>(from, to, n),
        }
    }
}

/// # Safety
/// As for `Lanes`; `n <= R * W`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi2,popcnt")]
#[inline(never)]
unsafe fn rows<K: Lanes, const R: usize>(from: *const K, to: *mut K, n: usize) {
    // SAFETY: full vectors lie below n, the last one is read and written in part.
    unsafe {
        let full = n / K::W;
        let mut r = [K::splat(K::MAX); R];
        for (i, r) in r.iter_mut().enumerate() {
            if i < full {
                *r = K::load(from.add(i * K::W));
            } else if i == full && !n.is_multiple_of(K::W) {
                *r = K::load_part(from.add(i * K::W), n % K::W);
            }
        }
        columns::<K, R>(&mut r);
        merge::<K, R>(&mut r, 1);
        merge::<K, R>(&mut r, 2);
        merge::<K, R>(&mut r, 3);
        if K::W == 16 {
            merge::<K, R>(&mut r, 4);
        }
        turn::<K, R>(&mut r);
        for (i, r) in r.iter().enumerate() {
            if i < full {
                K::store(to.add(i * K::W), *r);
            } else if i == full && !n.is_multiple_of(K::W) {
                K::store_part(to.add(i * K::W), n % K::W, *r);
            }
        }
    }
}

/// Compare-exchanges between rows, and vertical half-cleaners.
macro_rules! exchange {
    ($K:ident, $r:ident, $($a:literal $b:literal),*) => {$(
        let (lo, hi) = ($K::lesser($r[$a], $r[$b]), $K::greater($r[$a], $r[$b]));
        ($r[$a], $r[$b]) = (lo, hi);
    )*};
}

/// Sorts each column: 1, 5, 19, 60 exchanges (Green's network for 16), the fewest known.
///
/// # Safety
/// As for `Lanes`.
#[inline(always)]
unsafe fn columns<K: Lanes, const R: usize>(r: &mut [__m512i; R]) {
    // SAFETY: as for `Lanes`.
    unsafe {
        match R {
            2 => {
                exchange!(K, r, 0 1);
            }
            4 => {
                exchange!(K, r, 0 2, 1 3, 0 1, 2 3, 1 2);
            }
            8 => {
                exchange!(K, r, 0 2, 1 3, 4 6, 5 7, 0 4, 1 5, 2 6, 3 7, 0 1, 2 3, 4 5, 6 7);
                exchange!(K, r, 2 4, 3 5, 1 4, 3 6, 1 2, 3 4, 5 6);
            }
            16 => {
                exchange!(K, r, 0 13, 1 12, 2 15, 3 14, 4 8, 5 6, 7 11, 9 10);
                exchange!(K, r, 0 5, 1 7, 2 9, 3 4, 6 13, 8 14, 10 15, 11 12);
                exchange!(K, r, 0 1, 2 3, 4 5, 6 8, 7 9, 10 11, 12 13, 14 15);
                exchange!(K, r, 0 2, 1 3, 4 10, 5 11, 6 7, 8 9, 12 14, 13 15);
                exchange!(K, r, 1 2, 3 12, 4 6, 5 7, 8 10, 9 11, 13 14);
                exchange!(K, r, 1 4, 2 6, 5 8, 7 10, 9 13, 11 14, 2 4, 3 6, 9 12, 11 13);
                exchange!(K, r, 3 5, 6 8, 7 9, 10 12, 3 4, 5 6, 7 8, 9 10, 11 12, 6 7, 8 9);
            }
            _ => (),
        }
    }
}

/// The lanes whose number has bit `b`.
const fn lanes_with(b: u32) -> u32 {
    [0xAAAA_AAAA, 0xCCCC_CCCC, 0xF0F0_F0F0, 0xFF00_FF00][b as usize]
}

/// Each lane's content from the lane whose number differs by the bits of `x`.
///
/// # Safety
/// As for `Lanes`.
#[inline(always)]
unsafe fn across<K: Lanes>(v: __m512i, x: usize) -> __m512i {
    // SAFETY: as for `Lanes`.
    unsafe { K::permute(std::arch::x86_64::_mm512_xor_si512(K::iota(), K::splat(K::narrow(x as u64))), v) }
}

/// Merges sorted sequences, each of `2^(j-1)` columns, in pairs. A sequence runs down its first
/// column, then down the next one.
///
/// # Safety
/// As for `Lanes`.
#[inline(always)]
unsafe fn merge<K: Lanes, const R: usize>(r: &mut [__m512i; R], j: u32) {
    // SAFETY: as for `Lanes`.
    unsafe {
        // Each key meets the one as far from the other end of the pair.
        let top = lanes_with(j - 1);
        let mut i = 0;
        while i < R.div_ceil(2) {
            let k = R - 1 - i;
            let (a, b) = (across::<K>(r[i], (1 << j) - 1), across::<K>(r[k], (1 << j) - 1));
            (r[i], r[k]) = (
                K::pick(top, K::lesser(r[i], b), K::greater(r[i], b)),
                K::pick(top, K::lesser(r[k], a), K::greater(r[k], a)),
            );
            i += 1;
        }
        let mut b = j - 1;
        while b > 0 {
            b -= 1;
            for r in r.iter_mut() {
                let t = across::<K>(*r, 1 << b);
                *r = K::pick(lanes_with(b), K::lesser(*r, t), K::greater(*r, t));
            }
        }
        clean::<K, R>(r);
    }
}

/// Sorts the columns, each of which rises and falls at most once.
///
/// # Safety
/// As for `Lanes`.
#[inline(always)]
unsafe fn clean<K: Lanes, const R: usize>(r: &mut [__m512i; R]) {
    // SAFETY: as for `Lanes`.
    unsafe {
        if R == 16 {
            exchange!(K, r, 0 8, 1 9, 2 10, 3 11, 4 12, 5 13, 6 14, 7 15);
            exchange!(K, r, 0 4, 1 5, 2 6, 3 7, 8 12, 9 13, 10 14, 11 15);
            exchange!(K, r, 0 2, 1 3, 4 6, 5 7, 8 10, 9 11, 12 14, 13 15);
            exchange!(K, r, 0 1, 2 3, 4 5, 6 7, 8 9, 10 11, 12 13, 14 15);
        }
        if R == 8 {
            exchange!(K, r, 0 4, 1 5, 2 6, 3 7, 0 2, 1 3, 4 6, 5 7, 0 1, 2 3, 4 5, 6 7);
        }
        if R == 4 {
            exchange!(K, r, 0 2, 1 3, 0 1, 2 3);
        }
        if R == 2 {
            exchange!(K, r, 0 1);
        }
    }
}

/// Columns to rows, by perfect shuffles.
///
/// # Safety
/// As for `Lanes`.
#[inline(always)]
unsafe fn turn<K: Lanes, const R: usize>(r: &mut [__m512i; R]) {
    // SAFETY: as for `Lanes`.
    unsafe {
        use std::arch::x86_64::{_mm512_and_si512, _mm512_or_si512, _mm512_srli_epi64};
        // 0 W 1 W+1 …: half of the lane's number, and W in odd lanes.
        let half = _mm512_and_si512(_mm512_srli_epi64(K::iota(), 1), K::splat(K::narrow(K::W as u64 - 1)));
        let odd = K::pick(lanes_with(0), K::splat(K::MIN), K::splat(K::narrow(K::W as u64)));
        let low = _mm512_or_si512(half, odd);
        let high = _mm512_or_si512(low, K::splat(K::narrow(K::W as u64 / 2)));
        let mut round = 1;
        while round < R {
            let before = *r;
            let mut i = 0;
            while i < R / 2 {
                r[2 * i] = K::permute2(before[i], low, before[i + R / 2]);
                r[2 * i + 1] = K::permute2(before[i], high, before[i + R / 2]);
                i += 1;
            }
            round *= 2;
        }
    }
}

//! Copies of many rows, evenly apart on both sides: the inner loops of `strided` where rows are too short for a
//! call each. Takes pointers and strides that `strided` has checked.
//!
//! - Rows of 16 bytes to 4 KiB that run evenly go by vectors of 64 bytes, the last of which overlaps the one before;
//!   rows that move by part of a line (`strided::trails`) from their ends.
//! - Rows that run backwards on one side are reversed by vectors: 1000 of 1000 bytes on two threads 29 µs, and 77
//!   by the narrowest ones. One of 1e6 float64 takes what its memory does, 111 µs, a compiler of expressions 104 to 152.
//! - Of rows every second or third word is taken by whole vectors and shuffles: of 1000 x 1000 float64 on two threads
//!   `m[::2, ::2]` 61 and 52 µs (a compiler of expressions 86 to 95), `m[:, ::2]` 97 to 110 and 83 (110 to 235).
//! - Words of two to four sources in turn (`interleave`) are written in the target's order: two of 1e6
//!   float64 611 µs, and 741 in two passes.
//!
//! Tried and lost: elements that repeat twice or four times as one wider word in such a loop (each of 1e6 bytes four
//! times 406 µs, one after the other 194).

use super::simd::simd;
use super::strided::trails;

/// How many rows, and the distances in bytes from one to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows {
    pub count: usize,
    pub to: isize,
    pub from: isize,
}

pub(super) const ONE: Rows = Rows { count: 1, to: 0, from: 0 };

/// Bytes of the rows that [`copy`] is for.
pub(super) const LENGTHS: std::ops::RangeInclusive<usize> = 16..=4096;

/// Copies rows of so many bytes, which are among [`LENGTHS`].
///
/// # Safety
/// All rows may be read and written. Where both are of one buffer, no byte is of rows on both sides.
pub(super) unsafe fn copy(src: *const u8, dst: *mut u8, bytes: usize, rows: Rows) {
    simd(
        #[inline(always)]
        || {
            for i in 0..rows.count as isize {
                let (s, d) = (src.wrapping_offset(i * rows.from), dst.wrapping_offset(i * rows.to));
                // SAFETY: a row of the contract.
                unsafe {
                    match bytes {
                        64.. if trails(s, d) => downward(s, d, bytes),
                        64.. => upward(s, d, bytes),
                        32.. => ends::<32>(s, d, bytes),
                        _ => ends::<16>(s, d, bytes),
                    }
                }
            }
        },
    )
}

/// The bytes of a vector, and those that are moved together.
const VECTOR: usize = 64;

/// # Safety
/// `N` bytes may be read and written.
#[inline(always)]
unsafe fn step<const N: usize>(src: *const u8, dst: *mut u8) {
    // SAFETY: by the contract; arrays of bytes lie anywhere.
    unsafe { dst.cast::<[u8; N]>().write(src.cast::<[u8; N]>().read()) }
}

/// # Safety
/// As [`copy`], of one row of at least a vector.
#[inline(always)]
unsafe fn upward(src: *const u8, dst: *mut u8, bytes: usize) {
    let mut at = 0;
    // SAFETY: by the contract.
    unsafe {
        while at + VECTOR <= bytes {
            step::<VECTOR>(src.add(at), dst.add(at));
            at += VECTOR;
        }
        if at < bytes {
            step::<VECTOR>(src.add(bytes - VECTOR), dst.add(bytes - VECTOR));
        }
    }
}

/// # Safety
/// As [`upward`].
#[inline(always)]
unsafe fn downward(src: *const u8, dst: *mut u8, bytes: usize) {
    let mut at = bytes;
    // SAFETY: by the contract.
    unsafe {
        while at >= VECTOR {
            at -= VECTOR;
            step::<VECTOR>(src.add(at), dst.add(at));
        }
        if at > 0 {
            step::<VECTOR>(src, dst);
        }
    }
}

/// Copies `N` to `2 * N` bytes.
///
/// # Safety
/// As [`copy`], of one row.
#[inline(always)]
unsafe fn ends<const N: usize>(src: *const u8, dst: *mut u8, bytes: usize) {
    // SAFETY: by the contract.
    unsafe {
        step::<N>(src, dst);
        step::<N>(src.add(bytes - N), dst.add(bytes - N));
    }
}

/// Copies rows of `n` words that are `S` apart in the source: backwards from the last of each, or every second.
///
/// # Safety
/// As [`copy`], of the words that are copied.
pub(super) unsafe fn every<W: Copy, const S: isize>(src: *const W, dst: *mut W, n: usize, rows: Rows) {
    simd(
        #[inline(always)]
        || {
            for i in 0..rows.count as isize {
                let (s, d) = (src.wrapping_byte_offset(i * rows.from), dst.wrapping_byte_offset(i * rows.to));
                for j in 0..n {
                    // SAFETY: a row of the contract.
                    unsafe { *d.add(j) = *s.offset(S * j as isize) }
                }
            }
        },
    )
}

/// Writes the words of `N` sources in turn: the first of each, then the second of each, and so on.
pub(super) fn interleave<W: Copy, const N: usize>(sources: [&[W]; N], out: &mut [W]) {
    let n = out.len() / N;
    let sources = sources.map(|s| &s[..n]);
    let (groups, _) = out.as_chunks_mut::<N>();
    simd(
        #[inline(always)]
        || {
            for (i, group) in groups.iter_mut().enumerate().take(n) {
                *group = std::array::from_fn(|j| sources[j][i]);
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_every_length_arrive() {
        let from: Vec<u8> = (0..40_000u32).map(|i| (i * 7 % 251) as u8).collect();
        for bytes in (16..200).chain([255, 256, 257, 1000, 4096]) {
            for shift in [0usize, 1, 8, 63, 64, 100] {
                let (to, apart) = (bytes + 5, bytes + 9);
                let mut out = vec![255u8; 8 * to + 200];
                let rows = Rows { count: 8, to: to as isize, from: apart as isize };
                // SAFETY: two buffers, each of so many rows and more.
                unsafe { copy(from.as_ptr(), out.as_mut_ptr().add(shift), bytes, rows) };
                let mut want = vec![255u8; out.len()];
                for k in 0..8 {
                    want[shift + k * to..][..bytes].copy_from_slice(&from[k * apart..][..bytes]);
                }
                assert!(out == want, "{bytes} bytes at {shift}");
            }
        }
    }

    #[test]
    fn rows_reverse() {
        let from: Vec<u16> = (0..1000).collect();
        let mut out = vec![0u16; 400];
        let rows = Rows { count: 4, to: 200, from: 400 };
        // SAFETY: rows of 77 words from word 76, 276, 476 and 676 back; the target has 4 of 100.
        unsafe { every::<u16, -1>(from.as_ptr().add(76), out.as_mut_ptr(), 77, rows) };
        for (k, row) in out.chunks(100).enumerate() {
            assert!(row[..77].iter().zip((0..77).rev()).all(|(&x, j)| x == 200 * k as u16 + j));
            assert!(row[77..].iter().all(|&x| x == 0));
        }
    }

    #[test]
    fn every_second_and_third_word_arrives() {
        fn check<const S: isize>() {
            let from: Vec<u64> = (0..1000).collect();
            for n in (1..40).chain([77]) {
                let mut out = vec![0u64; 400];
                let rows = Rows { count: 4, to: 800, from: 1600 };
                // SAFETY: rows of `S n` words, at most 231, from words 0, 200, 400 and 600; the target has 4 of 100.
                unsafe { every::<u64, S>(from.as_ptr(), out.as_mut_ptr(), n, rows) };
                for (k, row) in out.chunks(100).enumerate() {
                    assert!(row[..n].iter().zip(0..).all(|(&x, j)| x == 200 * k as u64 + S as u64 * j));
                    assert!(row[n..].iter().all(|&x| x == 0));
                }
            }
        }
        check::<2>();
        check::<3>();
    }

    #[test]
    fn sources_take_turns() {
        let rows: Vec<Vec<u32>> = (0..3).map(|k| (0..500).map(|i| 3 * i + k).collect()).collect();
        let mut out = vec![0u32; 1500];
        interleave([&rows[0], &rows[1], &rows[2]], &mut out);
        assert!(out.iter().zip(0..).all(|(&x, i)| x == i));
    }
}

//! Copies past the caches: a target larger than the last of them is not read into it first, and leaves it
//! what it has. Takes bytes that lie evenly on both sides, from `strided`; chains write their vectors past
//! the caches themselves.
//!
//! 1e7 float64, GB/s of loops that do nothing else, on one thread and on two: `memcpy` 42 and 98, whole lines
//! past the caches 57 and 122, in fours of 16 bytes 54 and 117; sources asked for ahead gain nothing. In the
//! program `a.copy()` of 1e7 on two threads took 2.27 ms and takes 1.83.
//!
//! Tried: other kernels through blocks that are then written so. A loop of an addition and such writes
//! reaches 57 GB/s on one thread and 116 on two with blocks of 2 or 4 KiB (plain 43 and 89), 46 with 8 KiB and
//! 41 with 16, since nothing is read while a block is written. But in the program, where each piece is a call
//! of a kernel, `i + j` of 1e7 int64 took 4.0 ms instead of 3.4, and casts to float32 as long as before.

use super::chain::PastCaches;

/// Bytes of a result from which it is written past the caches: whoever reads it next, from its beginning,
/// would find little of it in the largest of them.
pub const PAST_CACHES: usize = 32 << 20;

/// Bytes of a run that is worth it.
pub const WORTH: usize = 4 << 10;

/// Copies bytes; other threads may read them once the leave is dropped.
///
/// # Safety
/// So many bytes may be read from `from` and written to `to`, and the two do not overlap.
pub unsafe fn copy(from: *const u8, to: *mut u8, bytes: usize, _leave: &PastCaches) {
    #[cfg(target_arch = "x86_64")]
    {
        const LINE: usize = 64;
        let head = to.align_offset(LINE).min(bytes);
        let lines = (bytes - head) / LINE;
        let wide = super::level() == super::Level::Avx512;
        // SAFETY: head, lines and tail are the bytes of the contract, one after the other; lines of the
        // target begin on multiples of their size; the level in use is one that the machine has.
        unsafe {
            std::ptr::copy_nonoverlapping(from, to, head);
            let (source, target) = (from.add(head), to.add(head));
            if wide {
                whole(source, target, lines)
            } else {
                quarters(source, target, lines)
            }
            let done = head + lines * LINE;
            std::ptr::copy_nonoverlapping(from.add(done), to.add(done), bytes - done);
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    // SAFETY: by the contract.
    unsafe {
        std::ptr::copy_nonoverlapping(from, to, bytes)
    }
}

/// # Safety
/// So many lines of 64 bytes may be read from `from` and written to `to`, which lies on a multiple of 64;
/// the machine has AVX-512.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn whole(from: *const u8, to: *mut u8, lines: usize) {
    use std::arch::x86_64::{_mm512_loadu_si512, _mm512_stream_si512};
    for i in 0..lines {
        // SAFETY: by the contract.
        unsafe { _mm512_stream_si512(to.add(64 * i).cast(), _mm512_loadu_si512(from.add(64 * i).cast())) }
    }
}

/// # Safety
/// As [`whole`], on any machine.
#[cfg(target_arch = "x86_64")]
unsafe fn quarters(from: *const u8, to: *mut u8, lines: usize) {
    use std::arch::x86_64::{_mm_loadu_si128, _mm_stream_si128};
    for i in 0..4 * lines {
        // SAFETY: by the contract.
        unsafe { _mm_stream_si128(to.add(16 * i).cast(), _mm_loadu_si128(from.add(16 * i).cast())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_arrives_and_no_other() {
        let from: Vec<u8> = (0..5000).map(|i| (i * 7 % 251) as u8).collect();
        for (start, n) in [(0, 0), (1, 1), (3, 63), (5, 64), (0, 4096), (9, 130), (63, 4900), (64, 4096)] {
            let mut to = vec![255u8; 5000];
            let leave = PastCaches;
            let (source, target) = (&from[7..7 + n], &mut to[start..start + n]);
            // SAFETY: two buffers, each of so many bytes.
            unsafe { copy(source.as_ptr(), target.as_mut_ptr(), n, &leave) };
            drop(leave);
            assert_eq!(to[start..start + n], from[7..7 + n], "{n} bytes at {start}");
            assert!(to[..start].iter().chain(&to[start + n..]).all(|&x| x == 255), "{n} bytes at {start}");
        }
    }
}

//! Masks as bits: 64 truth values in a word, the first in the lowest bit. What a condition chooses is kept
//! so between the pass that counts and the one that moves elements: an eighth of the bytes of bools.
//!
//! With AVX-512 64 bools become a word, and a word 64 bools, in one instruction; elsewhere eight at a time
//! by a multiplication.

#[cfg(target_arch = "x86_64")]
use super::compress;

/// Truth values of a word.
pub const WORD: usize = 64;

/// Packs a mask; the bits behind its end are zero. How many are true.
pub fn pack(mask: &[bool], words: &mut [u64]) -> usize {
    assert!(words.len() >= mask.len().div_ceil(WORD));
    let done = pack_vectors(mask, words);
    let rest = mask[done * WORD..].chunks(WORD);
    for (word, part) in words[done..].iter_mut().zip(rest) {
        *word = 0;
        for (k, eight) in part.chunks(8).enumerate() {
            let mut bytes = [0u8; 8];
            bytes.iter_mut().zip(eight).for_each(|(b, &m)| *b = m as u8);
            let bits = u64::from_le_bytes(bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            *word |= bits << (8 * k);
        }
    }
    words[..mask.len().div_ceil(WORD)].iter().map(|w| w.count_ones() as usize).sum()
}

/// The first `mask.len()` truth values of packed ones.
pub fn unpack(words: &[u64], mask: &mut [bool]) {
    assert!(words.len() >= mask.len().div_ceil(WORD));
    let done = unpack_vectors(words, mask);
    for (word, part) in words[done..].iter().zip(mask[done * WORD..].chunks_mut(WORD)) {
        for (k, eight) in part.chunks_mut(8).enumerate() {
            let spread = (word >> (8 * k) & 0xff).wrapping_mul(0x0101_0101_0101_0101) & 0x8040_2010_0804_0201;
            let bytes =
                (spread.wrapping_add(0x7f7f_7f7f_7f7f_7f7f) >> 7 & 0x0101_0101_0101_0101).to_le_bytes();
            eight.iter_mut().zip(bytes).for_each(|(m, b)| *m = b != 0);
        }
    }
}

/// Packs the whole words of a mask by vectors, where the machine has those: how many words.
fn pack_vectors(mask: &[bool], words: &mut [u64]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if compress::available() {
        // SAFETY: the instructions were asked for.
        return unsafe { compress::pack(mask, words) };
    }
    let _ = (mask, words);
    0
}

fn unpack_vectors(words: &[u64], mask: &mut [bool]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if compress::available() {
        // SAFETY: the instructions were asked for.
        return unsafe { compress::unpack(words, mask) };
    }
    let _ = (words, mask);
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_comes_back_from_its_bits() {
        for n in [0, 1, 7, 8, 63, 64, 65, 127, 128, 1000] {
            let mask: Vec<bool> = (0..n).map(|i: usize| i * i % 7 < 3).collect();
            let mut words = vec![u64::MAX; n.div_ceil(WORD)];
            assert_eq!(pack(&mask, &mut words), mask.iter().filter(|m| **m).count());
            for (i, &m) in mask.iter().enumerate() {
                assert_eq!(words[i / WORD] >> (i % WORD) & 1 == 1, m, "{i} of {n}");
            }
            let mut back = vec![false; n];
            unpack(&words, &mut back);
            assert_eq!(back, mask);
        }
    }
}

//! Bit by bit: integers, and bools as single bits; bits in bytes.
//!
//! Eight truth values, a word of bytes 0 and 1, become a byte by one multiplication, whose factor brings each
//! to its place in the top byte without a carry; a byte is spread to eight by another, and masked. `packbits`
//! of 1e6 bools took 158 µs by shifts and sums, `unpackbits` to as many 472 (NumPy 21 and 33).

use super::apply::{binary, unary};
use super::{Block, BlockMut, simd};
use crate::dtype::Element;
use std::ops::{BitAnd, BitOr, BitXor, Not};

/// A dtype of bits.
pub trait Bits:
    Element + BitAnd<Output = Self> + BitOr<Output = Self> + BitXor<Output = Self> + Not<Output = Self>
{
}
impl<T> Bits for T where
    T: Element + BitAnd<Output = T> + BitOr<Output = T> + BitXor<Output = T> + Not<Output = T>
{
}

pub fn and<T: Bits>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, |a: T, b: T| a & b);
}

pub fn or<T: Bits>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, |a: T, b: T| a | b);
}

pub fn xor<T: Bits>(ops: &[Block<'_>], out: BlockMut<'_>) {
    binary(ops, out, |a: T, b: T| a ^ b);
}

pub fn invert<T: Bits>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, |a: T| !a);
}

/// Truth values as bits of bytes, of which there are an eighth, rounded up; the first one is the highest bit
/// of its byte, or the lowest.
pub fn pack(truths: &[bool], big: bool, out: &mut [u8]) {
    // Byte i of a word goes to bit 56 + 7 - i, or 56 + i.
    let factor: u64 = if big { 0x8040_2010_0804_0201 } else { 0x0102_0408_1020_4080 };
    let byte = |eight: [u8; 8]| (u64::from_le_bytes(eight).wrapping_mul(factor) >> 56) as u8;
    let (whole, rest) = truths.as_chunks::<8>();
    simd(
        #[inline(always)]
        || out.iter_mut().zip(whole).for_each(|(o, eight)| *o = byte(eight.map(u8::from))),
    );
    if let (false, Some(last)) = (rest.is_empty(), out.get_mut(whole.len())) {
        let mut eight = [0; 8];
        eight.iter_mut().zip(rest).for_each(|(e, &t)| *e = t as u8);
        *last = byte(eight);
    }
}

/// The bits of bytes as zeros and ones, as many as there is room for; zeros where the bytes end.
pub fn unpack(bytes: &[u8], big: bool, out: &mut [u8]) {
    // The bit of byte i of the word.
    let bits: u64 = if big { 0x0102_0408_1020_4080 } else { 0x8040_2010_0804_0201 };
    let word = |byte: u8| {
        let some = (byte as u64).wrapping_mul(0x0101_0101_0101_0101) & bits;
        (some.wrapping_add(0x7f7f_7f7f_7f7f_7f7f) >> 7 & 0x0101_0101_0101_0101).to_le_bytes()
    };
    let (whole, rest) = out.as_chunks_mut::<8>();
    let full = whole.len().min(bytes.len());
    simd(
        #[inline(always)]
        || whole.iter_mut().zip(bytes).for_each(|(o, &byte)| *o = word(byte)),
    );
    whole[full..].iter_mut().for_each(|o| *o = [0; 8]);
    let last = bytes.get(whole.len()).map_or([0; 8], |&byte| word(byte));
    rest.copy_from_slice(&last[..rest.len()]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_go_into_bytes_and_back() {
        for n in [0usize, 1, 7, 8, 9, 64, 100, 1001] {
            let truths: Vec<bool> = (0..n).map(|i| i * i % 7 < 3).collect();
            for big in [false, true] {
                let mut packed = vec![0xff; n.div_ceil(8)];
                pack(&truths, big, &mut packed);
                let bit = |i: usize| packed[i / 8] >> (if big { 7 - i % 8 } else { i % 8 }) & 1;
                assert!((0..8 * packed.len()).all(|i| bit(i) == truths.get(i).is_some_and(|&t| t) as u8));
                for room in [n, n / 2, n + 13] {
                    let mut back = vec![9; room];
                    unpack(&packed, big, &mut back);
                    assert!(
                        (0..room).all(|i| back[i] == truths.get(i).is_some_and(|&t| t) as u8),
                        "{n} {room}"
                    );
                }
            }
        }
    }
}

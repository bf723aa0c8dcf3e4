//! Bit by bit: integers, and bools as single bits.

use super::apply::{binary, unary};
use super::{Block, BlockMut};
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

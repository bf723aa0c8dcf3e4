//! Mathematical functions of one or two float blocks.

use super::apply::unary;
use super::{Block, BlockMut};
use crate::dtype::{Element, c64, c128};

/// Floats and complex numbers.
pub trait Real: Element {
    fn sqrt(self) -> Self;
}

impl Real for f32 {
    #[inline(always)]
    fn sqrt(self) -> f32 {
        self.sqrt()
    }
}
impl Real for f64 {
    #[inline(always)]
    fn sqrt(self) -> f64 {
        self.sqrt()
    }
}
impl Real for c64 {
    fn sqrt(self) -> c64 {
        self.sqrt()
    }
}
impl Real for c128 {
    fn sqrt(self) -> c128 {
        self.sqrt()
    }
}

pub fn sqrt<T: Real>(ops: &[Block<'_>], out: BlockMut<'_>) {
    unary(ops, out, T::sqrt);
}

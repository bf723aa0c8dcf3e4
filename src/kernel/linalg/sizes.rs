//! Moduli and their squares, as the first half of norms: `exec::reduce` adds them up block by block.

use crate::dtype::{DType, c64, c128};
use crate::kernel::{Block, BlockMut, KernelFn, apply, arith};

/// The kernel of `|x|` (or of its square) for a float or complex dtype; gives the dtype's real type.
pub fn sizes(dtype: DType, squared: bool) -> Option<KernelFn> {
    Some(match (dtype, squared) {
        (DType::F32, false) => arith::absolute::<f32>,
        (DType::F64, false) => arith::absolute::<f64>,
        (DType::C64, false) => arith::absolute::<c64>,
        (DType::C128, false) => arith::absolute::<c128>,
        (DType::F32, true) => arith::square::<f32>,
        (DType::F64, true) => arith::square::<f64>,
        (DType::C64, true) => |ops: &[Block<'_>], out: BlockMut<'_>| {
            apply::unary(ops, out, |z: c64| z.re * z.re + z.im * z.im);
        },
        (DType::C128, true) => |ops: &[Block<'_>], out: BlockMut<'_>| {
            apply::unary(ops, out, |z: c128| z.re * z.re + z.im * z.im);
        },
        _ => return None,
    })
}

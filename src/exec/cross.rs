//! Cross products of arrays of vectors: threads and layouts around `kernel::cross`.

use super::tally::{self, Pass};
use super::{interrupt, threads};
use crate::array::{Array, ArrayError};
use crate::dtype::{DType, Element, c64, c128};
use crate::kernel::arith::Arith;
use crate::kernel::cross;
use crate::kernel::logic::Classify;

/// Elements of a thread's piece: three of them make a vector.
const PIECE: usize = 3 << 12;

/// The cross products along the last axis of two inexact arrays of one dtype and shape, which is 3 long.
/// `None` for others, and where an element is not finite, of which element-wise products tell.
pub fn cross(a: &Array, b: &Array) -> Result<Option<Array>, ArrayError> {
    if a.shape() != b.shape() || a.dtype() != b.dtype() || a.shape().last() != Some(&3) {
        return Ok(None);
    }
    match a.dtype() {
        DType::F32 => of::<f32>(a, b),
        DType::F64 => of::<f64>(a, b),
        DType::C64 => of::<c64>(a, b),
        DType::C128 => of::<c128>(a, b),
        _ => Ok(None),
    }
}

fn of<T: Element + Arith + Classify>(a: &Array, b: &Array) -> Result<Option<Array>, ArrayError> {
    let (a, b) = (super::contiguous(a)?, super::contiguous(b)?);
    let (Some(x), Some(y)) = (a.as_slice::<T>(), b.as_slice::<T>()) else { return Ok(None) };
    let mut out = Array::empty(a.dtype(), a.shape())?;
    let _pass = tally::pass(|| {
        Pass::new("cross", a.dtype(), out.size()).reads(&a).reads(&b).writes(&out).ops(3 * out.size())
    });
    let finite = std::sync::atomic::AtomicBool::new(true);
    if let Some(z) = out.as_mut_slice::<T>() {
        let piece = if z.len() < 2 * PIECE { z.len().max(1) } else { PIECE };
        threads::chunks(z, piece, &|k, z| {
            let part = k * piece..k * piece + z.len();
            if !cross::cross(&x[part.clone()], &y[part], z) {
                finite.store(false, std::sync::atomic::Ordering::Relaxed);
            }
        });
    }
    if interrupt::requested() {
        return Err(ArrayError::Interrupted);
    }
    Ok(finite.into_inner().then_some(out))
}

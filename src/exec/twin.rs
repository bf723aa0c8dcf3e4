//! Two results of the same elements in one pass: `modf` and `frexp`. Block by block, so that the second kernel finds
//! in the first-level cache what the first has read.
//!
//! 1e6 float64 on two threads, µs, two passes and one, beside a compiler of expressions: `modf` 300
//! to 500 and 250 (780 to 1060), `frexp` 333 to 448 and 282 to 309 (690; NumPy 360).

use super::copy::with_storage;
use super::tally::{self, Pass};
use super::{interrupt, threads};
use crate::array::{Array, ArrayError};
use crate::dtype::{DType, Element};
use crate::kernel::{Block, BlockMut, KernelFn};
use crate::with_dtype;
use std::sync::Mutex;

/// Elements of a block, which is read twice.
const BLOCK: usize = 1024;
/// Elements of a share between two looks at the interrupt flag.
const SHARE: usize = 1 << 16;

/// A kernel of one operand that meets no condition, and the dtype of its results.
pub type Half = (KernelFn, DType);

/// The results of two kernels of one array, each of its shape. `None` where it does not lie densely in C order.
pub fn twin(a: &Array, halves: [Half; 2]) -> Result<Option<[Array; 2]>, ArrayError> {
    let Some(n) = a.dense_size() else { return Ok(None) };
    let [mut one, mut two] = [Array::empty(halves[0].1, a.shape())?, Array::empty(halves[1].1, a.shape())?];
    let _pass = tally::pass(|| Pass::new("map", a.dtype(), n).ops(2 * n).reads(a).writes(&one).writes(&two));
    with_storage(a, |from| {
        let from = from.slice(a.offset(), a.offset() + n);
        both(from, halves.map(|half| half.0), [elements(&mut one), elements(&mut two)]);
    });
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(Some([one, two])) }
}

/// The elements of a fresh array.
fn elements(a: &mut Array) -> BlockMut<'_> {
    fn typed<T: Element>(a: &mut Array) -> BlockMut<'_> {
        BlockMut::new(a.as_mut_slice::<T>().unwrap_or_default())
    }
    with_dtype!(a.dtype(), T => typed::<T>(a))
}

/// Runs both kernels over all of `from`, share by share.
fn both(from: Block<'_>, runs: [KernelFn; 2], [mut one, mut two]: [BlockMut<'_>; 2]) {
    let n = from.len();
    // A number of several elements stands for itself alone.
    let share = if threads::for_elements(2 * n) > 1 { threads::share(n, SHARE) } else { SHARE.min(n.max(1)) };
    let mut shares = Vec::with_capacity(n.div_ceil(share));
    for at in (0..n).step_by(share) {
        let m = share.min(n - at);
        let ((first, later), (second, rest)) = (one.split_at(m), two.split_at(m));
        (one, two) = (later, rest);
        shares.push(Mutex::new(Some((from.slice(at, at + m), first, second))));
    }
    let run = |k: usize| {
        let taken = shares[k].lock().ok().and_then(|mut share| share.take());
        let Some((from, mut one, mut two)) = taken else { return };
        for at in (0..from.len()).step_by(BLOCK) {
            let m = BLOCK.min(from.len() - at);
            let block = [from.slice(at, at + m)];
            runs[0](&block, one.part(at, m));
            runs[1](&block, two.part(at, m));
        }
    };
    match shares.len() {
        0 => {}
        1 => run(0),
        several => threads::each(several, &run),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::math;

    #[test]
    fn both_results_are_those_of_each_kernel() {
        for n in [0, 1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 3 * SHARE + 7] {
            let xs: Vec<f64> = (0..n).map(|i| i as f64 * 0.37 - 300.0).collect();
            let a = Array::from_slice(&xs, &[n]).unwrap();
            let halves: [Half; 2] =
                [(math::fraction::<f64>, DType::F64), (math::exponent::<f64>, DType::I32)];
            let [one, two] = twin(&a, halves).unwrap().unwrap();
            let (mut fractions, mut exponents) = (vec![0.0f64; n], vec![0i32; n]);
            if n > 0 {
                math::fraction::<f64>(&[Block::new(&xs)], BlockMut::new(&mut fractions));
                math::exponent::<f64>(&[Block::new(&xs)], BlockMut::new(&mut exponents));
            }
            assert_eq!(one.as_slice::<f64>(), Some(&fractions[..]));
            assert_eq!(two.as_slice::<i32>(), Some(&exponents[..]));
        }
    }
}

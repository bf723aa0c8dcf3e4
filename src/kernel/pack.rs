//! Strided copies between a buffer and a contiguous block: how `exec` brings views to kernels.

use super::{Block, BlockMut};
use crate::dtype::Element;
use crate::with_dtype;

/// Copies `out.len()` elements, `step` apart from position `at` of `storage`.
pub fn gather(storage: Block<'_>, at: usize, step: isize, out: BlockMut<'_>) {
    with_dtype!(storage.dtype(), T => gather_typed::<T>(storage.typed(), at, step, out.typed()))
}

fn gather_typed<T: Element>(from: &[T], at: usize, step: isize, out: &mut [T]) {
    let n = out.len();
    match step {
        1 => out.copy_from_slice(&from[at..at + n]),
        0 => out.fill(from[at]),
        2.. => {
            let from = &from[at..at + (n - 1) * step as usize + 1];
            for (o, x) in out.iter_mut().zip(from.iter().step_by(step as usize)) {
                *o = *x;
            }
        }
        _ => {
            let back = step.unsigned_abs();
            let from = &from[at - (n - 1) * back..at + 1];
            for (o, x) in out.iter_mut().zip(from.iter().rev().step_by(back)) {
                *o = *x;
            }
        }
    }
}

/// Writes a block's elements `step` apart from position `at` of `storage`.
pub fn scatter(from: Block<'_>, storage: BlockMut<'_>, at: usize, step: isize) {
    with_dtype!(from.dtype(), T => scatter_typed::<T>(from.typed(), storage.typed(), at, step))
}

fn scatter_typed<T: Element>(from: &[T], to: &mut [T], at: usize, step: isize) {
    let n = from.len();
    match step {
        1 => to[at..at + n].copy_from_slice(from),
        0 => to[at] = from[n - 1],
        2.. => {
            let to = &mut to[at..at + (n - 1) * step as usize + 1];
            for (o, x) in to.iter_mut().step_by(step as usize).zip(from) {
                *o = *x;
            }
        }
        _ => {
            let back = step.unsigned_abs();
            let to = &mut to[at - (n - 1) * back..at + 1];
            for (o, x) in to.iter_mut().rev().step_by(back).zip(from) {
                *o = *x;
            }
        }
    }
}

/// Repeats the first `period` elements of a block over the rest of it.
pub fn repeat(block: BlockMut<'_>, period: usize) {
    with_dtype!(block.dtype(), T => repeat_typed::<T>(block.typed(), period))
}

fn repeat_typed<T: Element>(block: &mut [T], period: usize) {
    let mut done = period;
    while done < block.len() {
        let n = done.min(block.len() - done);
        let (front, rest) = block.split_at_mut(done);
        rest[..n].copy_from_slice(&front[..n]);
        done += n;
    }
}

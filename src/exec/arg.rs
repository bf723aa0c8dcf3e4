//! `argmax` and `argmin` along an axis. The operand is taken in C order, copied only if it lies
//! otherwise; rows, or columns of one outer index, are divided among threads.

use super::copy::{contiguous, with_storage};
use super::scan::with_elements;
use super::tally::{self, Pass};
use super::{interrupt, threads};
use crate::array::{Array, ArrayError, Order};
use crate::dtype::DType;
use crate::kernel::arg::{self, End};
use crate::kernel::{Block, BlockMut};

/// Elements of a part of one long run.
const PART: usize = 1 << 15;
/// Elements at the front that are looked at before the rest.
const FIRST: usize = 1 << 10;

/// The places of the extremes along an axis, or in the whole array in C order (0-d). No result may
/// be of an empty run: the caller checks.
pub fn arg_extreme(a: &Array, axis: Option<usize>, end: End) -> Result<Array, ArrayError> {
    let a = contiguous(a)?;
    let a = match axis {
        Some(_) => a,
        None => a.reshape_view(&[a.size()], Order::C).unwrap_or(a),
    };
    let axis = axis.unwrap_or(0);
    let mut shape = a.shape().to_vec();
    let n = if shape.is_empty() { 1 } else { shape.remove(axis) };
    let inner: usize = shape[axis.min(shape.len())..].iter().product();
    let mut out = Array::empty(DType::I64, &shape)?;
    if out.size() > 0 {
        let _pass =
            tally::pass(|| Pass::new("arg", a.dtype(), a.size()).reads(&a).writes(&out).ops(a.size()));
        let (start, len) = (a.offset(), a.size());
        with_storage(&a, |all| {
            let from = all.slice(start, start + len);
            with_elements(&mut out, |places| outer(from, n, inner, places, end));
        });
    }
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
}

fn outer(from: Block<'_>, n: usize, inner: usize, places: BlockMut<'_>, end: End) {
    let count = places.len() / inner;
    if count > 1 && threads::for_elements(from.len()) > 1 {
        let half = count / 2;
        let (a, b) = places.split_at(half * inner);
        let cut = half * inner * n;
        rayon::join(
            || outer(from.slice(0, cut), n, inner, a, end),
            || outer(from.slice(cut, from.len()), n, inner, b, end),
        );
    } else if inner > 1 {
        for (o, p) in places.typed::<i64>().chunks_exact_mut(inner).enumerate() {
            if interrupt::requested() {
                return;
            }
            arg::across(from.slice(o * n * inner, (o + 1) * n * inner), p, end);
        }
    } else if count == 1 {
        // Of bools most often one of the first elements; nothing later counts.
        let start = arg::along(from.slice(0, n.min(FIRST)), end);
        let last = n <= FIRST || arg::is_final(from, start, end);
        places.typed::<i64>()[0] = if last { start } else { place(from, 0, n, end) } as i64;
    } else {
        arg::rows(from, n, places, end);
    }
}

/// The place of the extreme in `start..stop`, from parts found on several threads.
fn place(run: Block<'_>, start: usize, stop: usize, end: End) -> usize {
    let n = stop - start;
    if interrupt::requested() {
        return start;
    }
    if n <= PART {
        return start + arg::along(run.slice(start, stop), end);
    }
    let half = start + n / 2;
    let find = || (place(run, start, half, end), place(run, half, stop, end));
    let (a, b) = match threads::for_elements(n) {
        1 => find(),
        _ => rayon::join(|| place(run, start, half, end), || place(run, half, stop, end)),
    };
    if arg::beats(run, b, a, end) { b } else { a }
}

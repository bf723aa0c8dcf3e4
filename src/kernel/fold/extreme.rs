//! The largest and the smallest of long runs of floats, by vectors that are spelled out: of the loop in `lanes` the
//! compiler keeps the extremes of float32 on the stack, where each waits for its own store (30,000 float32 took
//! 5.5 µs, and take 1.3; NumPy 2.2). Bound by reading. `arg` looks for the place of what it finds.

use super::monoid::{Max, Min, Monoid};
use super::narrow;
use super::{AHEAD, FAR, along};
use crate::dtype::CastTo;
use crate::kernel::real::Real;
use crate::kernel::simd::with_vectors;
use crate::kernel::{Block, BlockMut, fetch};

/// Elements of a run from which on this is faster than the loop.
const LONG: usize = 256;

/// The larger of each accumulator and its row.
pub(super) fn along_max<T: Real + PartialOrd + CastTo<T>>(from: Block<'_>, acc: BlockMut<'_>)
where
    Max: Monoid<T>,
{
    along_extreme::<T, Max, true>(from, acc);
}

/// The smaller of each accumulator and its row.
pub(super) fn along_min<T: Real + PartialOrd + CastTo<T>>(from: Block<'_>, acc: BlockMut<'_>)
where
    Min: Monoid<T>,
{
    along_extreme::<T, Min, false>(from, acc);
}

fn along_extreme<T: Real + PartialOrd + CastTo<T>, M: Monoid<T>, const MAX: bool>(
    from: Block<'_>,
    mut acc: BlockMut<'_>,
) {
    let n = from.len().checked_div(acc.len()).unwrap_or(0);
    if n < LONG {
        if !narrow::extremes::<T, MAX>(from.typed::<T>(), n, acc.reborrow().typed::<T>()) {
            along::<T, T, M>(from, acc);
        }
        return;
    }
    for (k, row) in from.typed::<T>().chunks_exact(n).enumerate() {
        match of::<T, MAX>(row) {
            Some(top) => {
                let acc = &mut acc.reborrow().typed::<T>()[k];
                *acc = M::join(*acc, top);
            }
            None => along::<T, T, M>(from.slice(k * n, (k + 1) * n), acc.part(k, 1)),
        }
    }
}

/// The largest or the smallest of a run; `None` if anything is NaN, or there are too few elements for vectors.
pub(in crate::kernel) fn of<T: Real + PartialOrd, const MAX: bool>(row: &[T]) -> Option<T> {
    with_vectors(Extreme::<T, MAX> { row })
}

struct Extreme<'a, T, const MAX: bool> {
    row: &'a [T],
}

impl<T: Real + PartialOrd, const MAX: bool> pulp::WithSimd for Extreme<'_, T, MAX> {
    type Output = Option<T>;

    // Loops without closures, which would be compiled for the narrowest instruction set.
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, s: S) -> Option<T> {
        const AT_ONCE: usize = 8;
        let (body, tail) = T::vectors::<S>(self.row);
        let &first = body.first()?;
        // A NaN stays there.
        let mut best = [first; AT_ONCE];
        let (groups, rest) = body.as_chunks::<AT_ONCE>();
        let ask = size_of_val(self.row) >= FAR;
        for group in groups {
            if ask {
                for line in (0..size_of_val(group)).step_by(64) {
                    fetch(group.as_ptr(), 2 * AHEAD + line);
                }
            }
            for k in 0..AT_ONCE {
                best[k] = better::<T, S, MAX>(s, group[k], best[k]);
            }
        }
        for &x in rest {
            best[0] = better::<T, S, MAX>(s, x, best[0]);
        }
        for k in 1..AT_ONCE {
            best[0] = better::<T, S, MAX>(s, best[k], best[0]);
        }
        let (zero, one) = (T::splat(s, T::ZERO), T::splat(s, T::ONE));
        if !T::all_zero(s, T::select(s, T::equal(s, best[0], best[0]), zero, one)) {
            return None;
        }
        let mut top = if MAX { T::largest(s, best[0]) } else { T::smallest(s, best[0]) };
        for &x in tail {
            // None of NaN.
            x.partial_cmp(&x)?;
            if (MAX && x > top) || (!MAX && x < top) {
                top = x;
            }
        }
        Some(top)
    }
}

/// The first where it is more so than the second, or NaN.
#[inline(always)]
pub(super) fn better<T: Real, S: pulp::Simd, const MAX: bool>(
    s: S,
    x: T::Vector<S>,
    best: T::Vector<S>,
) -> T::Vector<S> {
    if MAX { T::max(s, x, best) } else { T::min(s, x, best) }
}

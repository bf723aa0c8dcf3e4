//! The axes of a reduction, in memory order and merged, and how NumPy's iterator cuts them.
//!
//! Positions count elements: of the operand's storage, or, where there is a map, of the array that
//! the map would make, which lies densely in the order of the walk.

use super::job::Job;
use super::{BATCH, Reduction};
use crate::array::{Dims, Strides};
use crate::kernel::fold::Grouping;
use smallvec::SmallVec;

/// An axis of the iteration; there is always one.
pub(super) struct Axis {
    pub(super) n: usize,
    /// Elements to step.
    pub(super) step: isize,
    pub(super) kept: bool,
}

pub(super) type Axes = SmallVec<[Axis; 4]>;

/// The axes in the order of the walk, and where it starts.
pub(super) fn job_axes(r: &Reduction<'_>, order: &[usize]) -> (Axes, isize) {
    let first = &r.operands[0];
    let (shape, mut start) = (first.shape(), first.offset() as isize);
    let mut strides: Strides = first.strides().into();
    if r.map.is_some() {
        let mut step = 1;
        start = 0;
        for &k in order.iter().rev() {
            strides[k] = step;
            step *= shape[k] as isize;
        }
    }
    let mut out = Axes::new();
    for &k in order {
        let (n, step) = (shape[k], strides[k]);
        if n == 1 {
            continue;
        }
        let kept = !r.axes.contains(&k);
        match out.last_mut() {
            Some(o) if o.kept == kept && o.step == step * n as isize => *o = Axis { n: o.n * n, step, kept },
            _ => out.push(Axis { n, step, kept }),
        }
    }
    if out.is_empty() {
        out.push(Axis { n: 1, step: 1, kept: false });
    }
    (out, start)
}

/// The axes, outermost first, by the strides of one operand, as NumPy's iterator orders them: an
/// axis moves outwards past those of smaller strides; axes of stride zero stay where they are.
pub fn memory_order(shape: &[usize], strides: &[isize]) -> Dims {
    let mut order = Dims::new();
    for k in 0..shape.len() {
        let mut place = order.len();
        for (i, &other) in order.iter().enumerate().rev() {
            let (a, b) = (strides[other].unsigned_abs(), strides[k].unsigned_abs());
            if a == 0 || b == 0 || shape[other] == 1 || shape[k] == 1 {
                continue;
            }
            if a >= b {
                break;
            }
            place = i;
        }
        order.insert(place, k);
    }
    order
}

/// How NumPy's iterator cuts the folded axes from some axis on: as many whole inner axes as a batch
/// holds make the unit, and as many indices of the next axis outwards as fit make a part. An even
/// run that needs no gathering is one part, whatever its length.
pub(super) struct Parts<'a> {
    pub(super) outer: &'a [Axis],
    pub(super) n: usize,
    pub(super) stride: isize,
    pub(super) inner: &'a [Axis],
    /// Indices of the cut axis in one part.
    pub(super) step: usize,
    pub(super) unit: usize,
}

impl<'a> Parts<'a> {
    pub(super) fn new(job: &Job<'a>, k: usize) -> Parts<'a> {
        let axes = &job.axes[k..];
        let last = axes.len() - 1;
        let (mut cut, mut unit) = (last, 1);
        while cut > 0 && unit * axes[cut].n <= BATCH {
            unit *= axes[cut].n;
            cut -= 1;
        }
        let whole = cut == last && (!job.cast || job.fold.grouping == Grouping::Free);
        let axis = &axes[cut];
        let step = if whole { axis.n } else { (BATCH / unit).min(axis.n) };
        Parts { outer: &axes[..cut], n: axis.n, stride: axis.step, inner: &axes[cut + 1..], step, unit }
    }

    pub(super) fn count(&self) -> usize {
        self.outer.iter().map(|a| a.n).product::<usize>() * self.n.div_ceil(self.step)
    }

    /// Elements of one part.
    pub(super) fn volume(&self) -> usize {
        self.step * self.unit
    }

    /// Where part `i` starts, and how many indices of the cut axis it has.
    pub(super) fn place(&self, i: usize, at: isize) -> (isize, usize) {
        let chunks = self.n.div_ceil(self.step);
        let (mut outer, first) = (i / chunks, i % chunks * self.step);
        let mut at = at + first as isize * self.stride;
        for axis in self.outer.iter().rev() {
            at += (outer % axis.n) as isize * axis.step;
            outer /= axis.n;
        }
        (at, self.step.min(self.n - first))
    }
}

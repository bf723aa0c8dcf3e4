//! What an evaluation is counted in: its sums, those of each primitive, and what was spent up to a moment.

use super::steps::Step;
use crate::array::memory::Watched;
use std::borrow::Cow;
use std::collections::HashMap;

/// What was counted. Bytes are of elements; memory that an operand spans twice by broadcasting counts once.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Runs of kernels over whole operands.
    pub passes: u64,
    pub read: u64,
    pub written: u64,
    /// Operations on floats and complex numbers: one for each kernel and element, 2 m n k for a
    /// matrix product, 5 n log2 n for a Fourier transform.
    pub float_ops: u64,
    /// Operations on integers and bools.
    pub int_ops: u64,
    /// Whole arrays copied, gathered or converted to a fresh one.
    pub copies: u64,
    /// Bytes read and written by the pass that moved most.
    pub largest: u64,
    /// The most threads that a pass was given.
    pub threads: usize,
    /// Iterations of `for`, `while` and comprehensions that the evaluator ran.
    pub iterations: u64,
    /// What the allocator was asked for.
    pub memory: Watched,
    /// Seconds in passes; only where steps or calls are timed.
    pub in_passes: f64,
    /// The steps in the order in which they began, of a trace.
    pub steps: Vec<Step>,
    /// Steps that a trace did not keep, as there were too many.
    pub left_out: u64,
    /// Functions that a trace saw called for each element or cell, and by which step.
    pub piecemeal: Vec<Piecemeal>,
    /// Calls by the primitive's name, of a profile.
    pub calls: HashMap<Name, Calls>,
    /// Calls and passes whose time was taken.
    pub timed: u64,
}

/// A function that was called for every piece of an array.
#[derive(Clone, Debug, PartialEq)]
pub struct Piecemeal {
    pub parent: Option<usize>,
    pub func: String,
    pub calls: usize,
    /// Why not at once, if that is known.
    pub why: Option<String>,
}

/// What a call is told of by: a row's name, or a derived function as it is written.
pub type Name = Cow<'static, str>;

/// The calls of one primitive.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Calls {
    pub count: u64,
    /// Without those of calls inside them.
    pub seconds: f64,
}

impl std::ops::AddAssign for Calls {
    fn add_assign(&mut self, more: Calls) {
        self.count += more.count;
        self.seconds += more.seconds;
    }
}

impl Tally {
    /// Buffers that were allocated and are gone: neither the result nor kept by a name.
    pub fn temporaries(&self) -> usize {
        self.memory.freed.min(self.memory.buffers)
    }

    /// Buffers of more than one element.
    pub fn arrays(&self) -> usize {
        self.memory.buffers - self.memory.singles
    }

    /// Those of them that are gone, where buffers of one element go.
    pub fn temporary_arrays(&self) -> usize {
        self.memory.freed.saturating_sub(self.memory.singles).min(self.arrays())
    }

    /// The counts of one of so many loops that all do the same. Peak and steps stay.
    pub fn per(mut self, loops: u64) -> Tally {
        let n = loops.max(1);
        let counts = [
            &mut self.passes,
            &mut self.read,
            &mut self.written,
            &mut self.float_ops,
            &mut self.int_ops,
            &mut self.copies,
            &mut self.iterations,
        ];
        counts.into_iter().for_each(|c| *c /= n);
        self.memory.buffers /= n as usize;
        self.memory.singles /= n as usize;
        self.memory.freed /= n as usize;
        self.memory.allocated /= n as usize;
        self
    }

    pub(super) fn add(&mut self, inner: &Tally) {
        self.passes += inner.passes;
        self.read += inner.read;
        self.written += inner.written;
        self.float_ops += inner.float_ops;
        self.int_ops += inner.int_ops;
        self.copies += inner.copies;
        self.largest = self.largest.max(inner.largest);
        self.threads = self.threads.max(inner.threads);
        self.iterations += inner.iterations;
        self.in_passes += inner.in_passes;
        self.timed += inner.timed;
    }
}

/// What a profile or trace has counted so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// Seconds in passes.
    pub in_passes: f64,
    /// Passes, and the bytes that they read.
    pub passes: u64,
    pub read: u64,
    /// Iterations of loops that the evaluator ran.
    pub iterations: u64,
    /// Calls and passes whose time was taken; each costs its surroundings [`overhead`](super::overhead).
    pub timed: u64,
}

impl std::ops::Sub for Spent {
    type Output = Spent;
    fn sub(self, before: Spent) -> Spent {
        Spent {
            in_passes: self.in_passes - before.in_passes,
            passes: self.passes - before.passes,
            read: self.read - before.read,
            iterations: self.iterations - before.iterations,
            timed: self.timed - before.timed,
        }
    }
}

impl std::ops::AddAssign for Spent {
    fn add_assign(&mut self, more: Spent) {
        self.in_passes += more.in_passes;
        self.passes += more.passes;
        self.read += more.read;
        self.iterations += more.iterations;
        self.timed += more.timed;
    }
}

//! What NumPy would do for the steps of an expression, one by one: a pass over operands and result for
//! each, and a new array for each result that is no view. One thing it spares, as CPython's operators
//! let it (NumPy's `temp_elide.c`): an operator's result takes the buffer of an unnamed operand of its
//! shape and dtype, from 256 KiB on.

use crate::exec::tally::{Brief, Call, Outcome};

/// Bytes from which an unnamed operand's buffer is used again.
const ELIDES: u64 = 256 << 10;

/// What it would cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    pub passes: u64,
    pub read: u64,
    pub written: u64,
    pub buffers: u64,
    pub allocated: u64,
}

impl Cost {
    pub fn and(self, other: Cost) -> Cost {
        Cost {
            passes: self.passes + other.passes,
            read: self.read + other.read,
            written: self.written + other.written,
            buffers: self.buffers + other.buffers,
            allocated: self.allocated + other.allocated,
        }
    }
}

/// The bytes of an array, or of those in a tuple or list, as its brief tells; 0 for anything else.
pub fn bytes(brief: &Brief) -> u64 {
    match (&brief.shape, brief.dtype) {
        (Some(shape), Some(dtype)) => (shape.iter().product::<usize>() * dtype.itemsize()) as u64,
        _ => brief.within.1,
    }
}

/// The cost of one call. `operator`: it is written as an operator; `unnamed`: the results of the calls
/// that gave its operands.
pub fn cost(call: &Call, operator: bool, unnamed: &[&Brief]) -> Cost {
    let read: u64 = call.operands.iter().map(bytes).sum();
    let written = call.result.as_ref().map_or(0, bytes);
    let moves = read > 0 || written > 0;
    if !moves || matches!(call.outcome, Outcome::View | Outcome::Failed) {
        return Cost::default();
    }
    let result = call.result.as_ref();
    let same = |b: &&Brief| result.is_some_and(|r| r.shape == b.shape && r.dtype == b.dtype);
    let again = operator && written >= ELIDES && unnamed.iter().any(same);
    let makes = written > 0 && call.outcome != Outcome::InPlace && !again;
    let buffers = if makes { result.map_or(0, |r| r.within.0.max(1)) } else { 0 };
    Cost { passes: 1, read, written, buffers, allocated: if makes { written } else { 0 } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::DType;
    use crate::syntax::Span;

    fn array(n: usize) -> Brief {
        Brief { dtype: Some(DType::F64), shape: Some([n][..].into()), text: String::new(), within: (0, 0) }
    }

    fn call(n: usize, outcome: Outcome) -> Call {
        let operands = vec![array(n), array(n)];
        let (span, result) = (Span::default(), Some(array(n)));
        Call { name: "add", span, depth: 0, operands, result, outcome }
    }

    #[test]
    fn each_step_is_a_pass_and_an_array() {
        let c = cost(&call(100, Outcome::Waits), true, &[&array(100)]);
        assert_eq!((c.passes, c.read, c.written, c.buffers, c.allocated), (1, 1600, 800, 1, 800));
        assert_eq!(cost(&call(100, Outcome::View), true, &[]), Cost::default());
    }

    #[test]
    fn large_temporaries_of_operators_are_used_again() {
        let big = call(100_000, Outcome::Fresh);
        assert_eq!(cost(&big, true, &[&array(100_000)]).buffers, 0);
        assert_eq!(cost(&big, false, &[&array(100_000)]).buffers, 1);
        assert_eq!(cost(&big, true, &[&array(5)]).buffers, 1);
        assert_eq!(cost(&big, true, &[]).allocated, 800_000);
    }
}

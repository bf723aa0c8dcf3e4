//! What NumPy would do for the steps of an expression, one by one: a pass over operands and result for
//! each, and a new array for each result that is no view. One thing it spares, as CPython's operators
//! let it (NumPy's `temp_elide.c`): an operator's result takes the buffer of an unnamed operand of its
//! shape and dtype, from 256 KiB on.

use crate::exec::tally::{Brief, Call, Outcome, Touches};

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
/// that gave its operands; `stored`: the bytes that arr wrote for it.
pub fn cost(call: &Call, operator: bool, unnamed: &[&Brief], stored: u64) -> Cost {
    let all: u64 = call.operands.iter().map(bytes).sum();
    let result = call.result.as_ref();
    let made = result.map_or(0, bytes);
    // Of what is indexed the chosen elements are touched alone.
    let index = all - call.operands.first().map_or(0, bytes);
    let (read, written) = match call.touches {
        // What is sorted or filled in its place.
        Touches::All if result.is_some_and(|r| r.text == "None") => (all, stored.min(all)),
        Touches::All => (all, made),
        Touches::Chosen => (index + made, made),
        Touches::Written => (index, stored),
    };
    if read + written == 0 || matches!(call.outcome, Outcome::View | Outcome::Failed) {
        return Cost::default();
    }
    // Fresh memory that the system gives zeroed.
    let untouched = call.outcome == Outcome::Fresh && stored == 0 && all == 0;
    let same = |b: &&Brief| result.is_some_and(|r| r.shape == b.shape && r.dtype == b.dtype);
    let again = operator && made >= ELIDES && unnamed.iter().any(same);
    let makes = made > 0 && call.outcome != Outcome::InPlace && !again;
    let buffers = if makes { result.map_or(0, |r| r.within.0.max(1)) } else { 0 };
    let own = match untouched {
        true => Cost { buffers, allocated: made, ..Cost::default() },
        false => Cost { passes: 1, read, written, buffers, allocated: if makes { made } else { 0 } },
    };
    // What it makes within is written once and read once.
    let largest = call.operands.iter().map(bytes).max().unwrap_or(0);
    let (n, size) = (u64::from(call.scratch), largest.max(made));
    let within = n * size;
    own.and(Cost { passes: n, read: within, written: within, buffers: n, allocated: within })
}

/// Whether code is written with an operator at its outermost, and not as a call, an index or a property.
pub fn is_operator(text: &str) -> bool {
    let text = without_brackets(text);
    let (mut depth, mut quote) = (0i32, None);
    for c in text.replace("|>", "").chars() {
        match (c, quote) {
            (c, Some(q)) => quote = if c == q { None } else { Some(q) },
            ('"' | '\'', _) => quote = Some(c),
            ('(' | '[' | '{', _) => depth += 1,
            (')' | ']' | '}', _) => depth -= 1,
            (c, _) if depth == 0 && !(c.is_alphanumeric() || c.is_whitespace() || matches!(c, '_' | '.')) => {
                return true;
            }
            _ => {}
        }
    }
    false
}

/// Code without brackets around all of it.
fn without_brackets(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        let mut depth = 0i32;
        let leaves = |c: char| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth < 0
        };
        if inner.chars().any(leaves) {
            break;
        }
        text = inner.trim();
    }
    text
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
        Call { name: "add".into(), span, operands, result, outcome, ..Call::default() }
    }

    #[test]
    fn each_step_is_a_pass_and_an_array() {
        let c = cost(&call(100, Outcome::Waits), true, &[&array(100)], 800);
        assert_eq!((c.passes, c.read, c.written, c.buffers, c.allocated), (1, 1600, 800, 1, 800));
        assert_eq!(cost(&call(100, Outcome::View), true, &[], 0), Cost::default());
    }

    #[test]
    fn large_temporaries_of_operators_are_used_again() {
        let big = call(100_000, Outcome::Fresh);
        assert_eq!(cost(&big, true, &[&array(100_000)], 800_000).buffers, 0);
        assert_eq!(cost(&big, false, &[&array(100_000)], 800_000).buffers, 1);
        assert_eq!(cost(&big, true, &[&array(5)], 800_000).buffers, 1);
        assert_eq!(cost(&big, true, &[], 800_000).allocated, 800_000);
    }

    #[test]
    fn an_index_touches_what_it_chooses() {
        let mut c = call(100, Outcome::Fresh);
        (c.touches, c.result) = (Touches::Chosen, Some(array(5)));
        let of = cost(&c, false, &[], 40);
        assert_eq!((of.read, of.written, of.allocated), (840, 40, 40));
        (c.touches, c.result, c.outcome) = (Touches::Written, None, Outcome::Other);
        let of = cost(&c, false, &[], 40);
        assert_eq!((of.read, of.written, of.allocated), (800, 40, 0));
    }

    #[test]
    fn scratch_is_allocated_too() {
        let of = cost(&Call { scratch: 2, ..call(100, Outcome::Fresh) }, false, &[], 800);
        assert_eq!((of.buffers, of.allocated, of.passes), (3, 3 * 800, 3));
    }

    #[test]
    fn operators_are_told_from_calls() {
        for yes in ["x + 1", "-x", "(a + b) * (c)", "x * f(y)", "+/ x", "x[0] - y", "((x - y) ** 2)"] {
            assert!(is_operator(yes), "{yes}");
        }
        for no in ["np.abs(x - y)", "(x - y).max()", "x[1:]", "m.T", "x |> np.sqrt", "f('-')"] {
            assert!(!is_operator(no), "{no}");
        }
    }
}

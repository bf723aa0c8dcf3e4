//! The steps of a trace: calls of primitives, with what their operands and results looked like, and the passes
//! over memory that they led to.

use super::counts::Name;
use super::tracing;
use crate::array::{Array, Dims};
use crate::dtype::DType;
use crate::exec::plan::Plan;
use crate::exec::threads;
use crate::kernel::{self, Level};
use crate::syntax::Span;

/// One step of a trace.
#[derive(Clone, Debug)]
pub struct Step {
    /// The step that this one was part of.
    pub parent: Option<usize>,
    pub kind: Kind,
    /// With the steps inside it.
    pub seconds: f64,
}

#[derive(Clone, Debug)]
pub enum Kind {
    Call(Call),
    Pass(Pass),
}

/// A primitive that was applied.
#[derive(Clone, Debug, Default)]
pub struct Call {
    pub name: Name,
    /// Where it stands in the text of the function that ran.
    pub span: Span,
    /// How many of the program's functions were running, and the text of one of them at that place.
    pub depth: usize,
    pub code: Option<Box<str>>,
    pub touches: Touches,
    /// Arrays of its largest operand's or its result's size that NumPy's function makes and drops within.
    pub scratch: u8,
    pub operands: Vec<Brief>,
    pub result: Option<Brief>,
    pub outcome: Outcome,
}

/// What of its first operand a call touches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Touches {
    #[default]
    All,
    /// It reads the elements that an index chooses.
    Chosen,
    /// It writes the elements that an index chooses.
    Written,
}

/// What a value looked like.
#[derive(Clone, Debug, PartialEq)]
pub struct Brief {
    pub dtype: Option<DType>,
    /// Of an array; none for a plain number and other values.
    pub shape: Option<Dims>,
    /// What a value that is no array was: `2`, `"text"`, `range(0, 3)`.
    pub text: String,
    /// The arrays in a tuple or list, and their bytes.
    pub within: (u64, u64),
}

/// What became of a call's result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// A buffer of its own.
    Fresh,
    /// An operand's buffer, looked at differently.
    View,
    /// An operand's buffer, written.
    InPlace,
    /// Work that waits for the pass of whatever takes it.
    Waits,
    /// No array: a number, a tuple, nothing.
    Other,
    /// An error.
    #[default]
    Failed,
}

/// A run of kernels over whole operands.
#[derive(Clone, Debug)]
pub struct Pass {
    /// The kind of kernel: `map`, `fold`, `sort`.
    pub kernel: &'static str,
    pub dtype: DType,
    pub level: Level,
    pub threads: usize,
    pub read: u64,
    pub written: u64,
    pub ops: u64,
    /// The result has the buffer of an operand that nobody else sees.
    pub in_place: bool,
    /// Makes a fresh array of an array's elements and does nothing else.
    pub copies: bool,
    /// The element-wise steps that it ran together, by their names and places.
    pub fused: Vec<(&'static str, Span)>,
}

impl Pass {
    /// A pass of a kind of kernel over elements of a dtype, so many that threads are chosen by.
    pub fn new(kernel: &'static str, dtype: DType, elements: usize) -> Pass {
        let threads = threads::for_elements(elements);
        let level = kernel::level();
        Pass {
            kernel,
            dtype,
            level,
            threads,
            read: 0,
            written: 0,
            ops: 0,
            in_place: false,
            copies: false,
            fused: Vec::new(),
        }
    }

    /// It reads all of this array.
    pub fn reads(mut self, a: &Array) -> Pass {
        self.read += span_bytes(a);
        self
    }

    /// It writes all of this array.
    pub fn writes(mut self, a: &Array) -> Pass {
        self.written += a.nbytes() as u64;
        self
    }

    pub fn ops(mut self, ops: usize) -> Pass {
        self.ops = ops as u64;
        self
    }

    pub fn threads(mut self, threads: usize) -> Pass {
        self.threads = threads;
        self
    }

    /// Its result takes the buffer of an operand.
    pub fn in_place(mut self, so: bool) -> Pass {
        self.in_place = so;
        self
    }

    /// Its result is a copy.
    pub fn copies(mut self) -> Pass {
        self.copies = true;
        self
    }

    /// It runs the steps of a plan over so many elements.
    pub(in crate::exec) fn runs(mut self, plan: &Plan, elements: usize) -> Pass {
        self.ops += (elements * plan.instructions.len()) as u64;
        let dtypes = plan.inputs.iter().chain(plan.instructions.iter().map(|i| &i.out));
        if let Some(&inexact) = dtypes.into_iter().find(|d| d.is_inexact()) {
            self.dtype = inexact;
        }
        if tracing() {
            self.fused.extend(plan.instructions.iter().map(|i| (i.origin.name, i.origin.span)));
        }
        self
    }
}

/// The bytes of the elements that an array shows; those along an axis of stride zero are one.
fn span_bytes(a: &Array) -> u64 {
    let lengths = a.shape().iter().zip(a.strides());
    let count: usize = lengths.map(|(&n, &s)| if s == 0 { n.min(1) } else { n }).product();
    (count * a.dtype().itemsize()) as u64
}

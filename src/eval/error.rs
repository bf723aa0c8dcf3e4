//! An error with its place: the fault, what to underline, and the calls that led there.

use super::ir::Source;
use crate::array::{Dims, memory};
use crate::dtype::DType;
use crate::syntax::Span;
use crate::value::Fault;
use std::rc::Rc;

/// What evaluation fails with.
pub type Raised = Box<Located>;

#[derive(Debug)]
pub struct Located {
    pub fault: Fault,
    /// Where it happened.
    pub span: Span,
    /// Operands to underline, with what is known of each.
    pub labels: Vec<(Span, String)>,
    /// Dtype and shape of those operands that are arrays.
    pub arrays: Vec<Option<(DType, Dims)>>,
    pub source: Rc<Source>,
    /// The calls it came through, innermost first; of a deep stack only both ends.
    pub frames: Vec<CallSite>,
    /// Calls left out, [`Located::OUTERMOST`] before the end of `frames`.
    pub hidden: usize,
}

/// One call on the way to an error.
#[derive(Debug)]
pub struct CallSite {
    /// The function called.
    pub function: String,
    /// Where it was called.
    pub source: Rc<Source>,
    pub span: Span,
}

impl Located {
    /// Frames kept at the outer end of a deep stack.
    pub const OUTERMOST: usize = 3;
    const MOST: usize = 16;

    /// Adds the next outer call.
    pub fn add_call(&mut self, call: CallSite) {
        if self.frames.len() >= Located::MOST {
            self.frames.remove(Located::MOST - Located::OUTERMOST);
            self.hidden += 1;
        }
        self.frames.push(call);
    }

    pub fn at(fault: Fault, span: Span, source: Rc<Source>) -> Raised {
        match fault {
            // Already located: it passed through a primitive that called a user's function.
            Fault::Raised(inner) => match inner.downcast::<Located>() {
                Ok(located) => located,
                Err(other) => Located::new(Fault::Raised(other), span, source),
            },
            fault => Located::new(fault, span, source),
        }
    }

    fn new(fault: Fault, span: Span, source: Rc<Source>) -> Raised {
        // It may be memory that ran out, and not the user, that asked for the stop.
        let fault = match fault {
            Fault::Interrupted => memory::take_exhausted().map_or(Fault::Interrupted, Fault::from),
            fault => fault,
        };
        Box::new(Located {
            fault,
            span,
            labels: Vec::new(),
            arrays: Vec::new(),
            source,
            frames: Vec::new(),
            hidden: 0,
        })
    }

    /// Whether the user stopped it.
    pub fn is_interrupt(&self) -> bool {
        matches!(self.fault, Fault::Interrupted)
    }
}

impl std::fmt::Display for Located {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.fault.fmt(f)
    }
}

impl std::error::Error for Located {}

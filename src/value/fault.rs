//! What a computation on values can fail with: data without spans. One variant per cause; `error`
//! turns each into a report with a code, labels and help.

use super::shape_text;
use crate::array::{ArrayError, Dims};
use crate::dtype::{CastError, DType, PromoteError};
use crate::syntax::SyntaxError;
use thiserror::Error;

// The tag is a word, for the reason given at `Value`: results are moved in whole words.
#[derive(Debug, Error)]
#[repr(u64)]
pub enum Fault {
    #[error(transparent)]
    Array(ArrayError),
    #[error(transparent)]
    Cast(#[from] CastError),
    #[error(transparent)]
    Promote(#[from] PromoteError),

    // Calls.
    #[error("{func}() is missing the argument '{param}'")]
    MissingArgument { func: String, param: String },
    #[error("{func}() takes at most {max} arguments, but {given} were given")]
    TooManyArguments { func: String, max: usize, given: usize },
    #[error("{func}() has no parameter '{keyword}'")]
    /// `takes` are the parameters there are, with commas between.
    UnknownKeyword { func: String, keyword: String, near: Option<String>, takes: String },
    #[error("{func}() got the argument '{param}' twice")]
    DuplicateArgument { func: String, param: String },
    /// An argument of the wrong type: `expected` is a phrase such as `an integer`.
    #[error("{func}(): '{param}' must be {expected}, not {got}")]
    ArgumentType { func: String, param: String, expected: &'static str, got: String },
    /// An argument of the right type whose value cannot be used; NumPy's ValueError.
    #[error("{func}(): {reason}")]
    Value { func: String, reason: String },
    #[error("'{type_name}' object is not callable")]
    NotCallable { type_name: String },

    // Operands.
    #[error("unsupported operand types for {op}: {}", types.join(" and "))]
    Operands { op: String, types: Vec<String> },
    /// The element-wise function has no kernel for these dtypes.
    #[error("'{func}' is not defined for {}", dtypes.iter().map(|d| d.name()).collect::<Vec<_>>().join(" and "))]
    NoLoop { func: String, dtypes: Vec<DType>, help: Option<&'static str> },
    #[error("plain integer overflow in {op}: the result does not fit 64 bits")]
    IntegerOverflow { op: String },
    /// Typed integers past their dtype, where that is an error.
    #[error("integer overflow in {op}{}", if detail.is_empty() { String::new() } else { format!(": {detail}") })]
    Wrapped { op: String, detail: String },
    #[error("division by zero")]
    ZeroDivision { op: String },
    #[error("the truth value of an array with more than one element is ambiguous")]
    Truth { size: usize },
    #[error("zero-size array to reduction operation {func} which has no identity")]
    EmptyReduction { func: String },

    // Values.
    #[error("'{owner}' has no attribute '{name}'")]
    NoAttribute { owner: String, name: String, near: Option<String> },
    #[error("'{type_name}' object is not iterable")]
    NotIterable { type_name: String },
    #[error("a string holds strings only: 'in' asks for a string on its left, not {got}")]
    NotInText { got: String },
    #[error("'{type_name}' object cannot be indexed")]
    NotIndexable { type_name: String },
    #[error("{type_name} index out of range")]
    ListIndex { type_name: &'static str, index: i64, len: usize },
    #[error("{type_name} indices must be integers or slices, not {got}")]
    ListIndexType { type_name: &'static str, got: String },
    #[error("cannot assign {given} items to a slice of {places} with a step")]
    SliceAssign { given: usize, places: usize },
    #[error("'{type_name}' object does not support item assignment")]
    NotAssignable { type_name: String },
    #[error(
        "only integers, slices (`:`), ellipsis (`...`), newaxis (`None`) and integer or boolean arrays are valid indices"
    )]
    IndexType { got: String },
    #[error("slice bounds must be integers or None, not {got}")]
    SliceBound { got: String },
    /// Something that no array can hold.
    #[error("arrays hold numbers and bools: there is no dtype for '{type_name}'")]
    NoDType { type_name: String },
    #[error("there is no dtype '{name}'")]
    UnknownDType { name: String, near: Option<String> },
    #[error("an array element cannot be set to a sequence")]
    ElementSequence { shape: Vec<usize> },
    #[error("cannot unpack {got} values into {want} names")]
    Unpack { want: usize, got: usize },
    #[error("setting an array element with a sequence: the items have different shapes")]
    Ragged { detail: String },
    #[error("a list cannot hold itself")]
    ListCycle,
    #[error("lists are nested more than {limit} deep")]
    Nesting { limit: usize },
    #[error("'{spec}' is not a format for {type_name}")]
    Format { spec: String, type_name: String },

    // Linear algebra.
    #[error("{func}(): singular matrix")]
    Singular { func: &'static str },
    #[error("{func}(): the last two dimensions must be square")]
    /// `pinv`: a pseudo-inverse would do in its place.
    NotSquare { func: &'static str, shape: Vec<usize>, pinv: bool },
    #[error("{func}(): did not converge")]
    NoConvergence { func: &'static str },
    #[error("{func}(): matrix is not positive definite")]
    NotPositiveDefinite { func: &'static str },
    #[error("{func}: the inner dimensions do not agree")]
    InnerDimensions { func: String, left: Vec<usize>, right: Vec<usize> },
    /// Stacks of matrices, whose axes before the last two do not broadcast.
    #[error("matmul: the stacks of matrices do not broadcast together")]
    Stacks { left: Vec<usize>, right: Vec<usize> },
    /// Operands whose shapes cannot be used: axes that must have one length, or one that must have another.
    /// `tries` are changes that may help: what to write behind an operand, or `=name` for another function.
    #[error("{func}(): {reason}")]
    Lengths { func: String, reason: String, parts: Box<[Part]>, tries: &'static [&'static str] },

    /// Arrays that are joined along an axis they have, or along a new one.
    #[error("arrays cannot be joined{}: their shapes are {}", axis.map(|k| format!(" along axis {k}")).unwrap_or_default(), join_shapes(shapes))]
    Join { shapes: Vec<Dims>, axis: Option<usize> },

    // Names, control, modules.
    #[error("name '{name}' is not defined")]
    UnknownName { name: String, near: Option<String> },
    #[error("'{name}' is used in this function before it is assigned")]
    Unassigned { name: String },
    #[error("assertion failed{}", message.as_ref().map(|m| format!(": {m}")).unwrap_or_default())]
    Assertion { message: Option<String> },
    #[error("recursion is too deep: {depth} calls")]
    Recursion { depth: usize },
    #[error("no module named '{name}'")]
    NoModule { name: String, tried: Vec<String> },
    #[error("cannot import '{name}' from '{module}'")]
    NoImport { module: String, name: String, near: Option<String> },
    #[error("modules import each other in a circle: {}", chain.join(" → "))]
    ImportCycle { chain: Vec<String> },
    /// A file that cannot be read as arr text.
    #[error("cannot read {path}: {reason}")]
    File { path: String, reason: String },
    #[error("an array stands where a function is needed")]
    NotFunction { op: String, got: String },
    #[error("the results of {func} have different shapes")]
    Uneven { func: String, first: Vec<usize>, other: Vec<usize> },
    #[error("'{what}' stands outside a {inside}")]
    Misplaced { what: &'static str, inside: &'static str },
    #[error("a literal integer does not fit {dtype}")]
    LiteralRange { text: String, dtype: DType },

    /// A mistake in a text that the program reads: a module, a command's code.
    #[error(transparent)]
    Syntax(Box<SyntaxError>),
    #[error("there is no command {name}")]
    UnknownCommand { name: String, near: Option<String> },
    /// A command used wrongly; `usage` is how to write it.
    #[error("{name}: {reason}")]
    Command { name: String, reason: String, usage: String },

    /// What has no counterpart in Python.
    #[error("{what} cannot be written in Python with NumPy")]
    Untranslatable { what: String },
    #[error("'{name}' is not available yet")]
    NotYet { name: String },
    #[error("interrupted")]
    Interrupted,
    /// An error that already has its place, passing through a primitive that called back.
    #[error("{0}")]
    Raised(Box<dyn std::error::Error>),
}

/// One of the operands whose shapes cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which of the function's operands it is, and what its parameter is called.
    pub operand: usize,
    pub name: &'static str,
    pub shape: Dims,
    /// The axis that is at fault; none if it is the shape.
    pub axis: Option<usize>,
}

impl Part {
    /// Axis `axis` of an operand.
    pub fn new(operand: usize, name: &'static str, shape: &[usize], axis: usize) -> Part {
        Part { axis: Some(axis), ..Part::whole(operand, name, shape) }
    }

    /// An operand's whole shape.
    pub fn whole(operand: usize, name: &'static str, shape: &[usize]) -> Part {
        Part { operand, name, shape: Dims::from(shape), axis: None }
    }
}

impl From<ArrayError> for Fault {
    fn from(e: ArrayError) -> Fault {
        match e {
            ArrayError::Interrupted => Fault::Interrupted,
            ArrayError::Cast(e) => Fault::Cast(e),
            e => Fault::Array(e),
        }
    }
}

/// Shapes in a sentence; of many the first.
fn join_shapes(shapes: &[Dims]) -> String {
    const MOST: usize = 6;
    let mut texts: Vec<String> = shapes.iter().take(MOST).map(|s| shape_text(s)).collect();
    if shapes.len() > MOST {
        texts.push("…".into());
    }
    match texts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => texts.concat(),
    }
}

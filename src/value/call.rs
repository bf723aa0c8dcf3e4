//! Calling: function values, arguments, and the host through which a callee prints, warns and
//! reaches the evaluator.

use super::{Fault, Formula, Value};
use crate::syntax::Span;
use smallvec::SmallVec;
use std::any::Any;
use std::rc::Rc;

/// A function as a value.
#[derive(Clone)]
pub enum Func {
    /// A primitive: its row.
    Static(&'static dyn Callable),
    /// A user's function, lambda, dfn, derived function or bound method.
    Shared(Rc<dyn Callable>),
}

/// Arguments of one call, in order.
#[derive(Clone, Default)]
pub struct CallArgs {
    pub positional: SmallVec<[Value; 4]>,
    pub keyword: SmallVec<[(Rc<str>, Value); 1]>,
}

impl CallArgs {
    pub fn new(positional: impl IntoIterator<Item = Value>) -> CallArgs {
        CallArgs { positional: positional.into_iter().collect(), keyword: SmallVec::new() }
    }
}

/// Anything that can be called.
pub trait Callable {
    fn name(&self) -> &str;
    /// Calls it. Errors have no spans yet: the caller adds those of its operands.
    fn call(&self, host: &mut dyn Host, args: CallArgs) -> Result<Value, Fault>;
    /// As `call`; the result may be deferred work on arrays that the caller keeps as they are until then.
    fn call_waiting(&self, host: &mut dyn Host, args: CallArgs) -> Result<Value, Fault> {
        self.call(host, args)
    }
    /// Whether it takes deferred arguments as they are.
    fn takes_deferred(&self) -> bool {
        false
    }
    /// The function of `given` arguments as steps, if it only puts other functions together, without
    /// choices and effects of its own.
    fn formula(&self, _host: &mut dyn Host, _given: usize) -> Option<Formula> {
        None
    }
    /// Whether it is a user's function that has a use for a left argument.
    fn takes_left(&self) -> bool {
        false
    }
    /// Attributes such as `np.add.reduce` and `f.__name__`.
    fn attr(&self, _name: &str) -> Option<Value> {
        None
    }
    fn as_any(&self) -> &dyn Any;
}

impl Func {
    pub fn get(&self) -> &dyn Callable {
        match self {
            Func::Static(f) => *f,
            Func::Shared(f) => &**f,
        }
    }

    pub fn name(&self) -> &str {
        self.get().name()
    }

    pub fn call(&self, host: &mut dyn Host, args: CallArgs) -> Result<Value, Fault> {
        self.get().call(host, args)
    }
}

/// A warning to show after the statement, in NumPy's words.
#[derive(Clone, Debug, Default)]
pub struct Warning {
    /// `RuntimeWarning`, `ComplexWarning`, …
    pub category: &'static str,
    pub text: String,
    /// What the first time was about: no part of which warning it is.
    pub detail: String,
}

impl Warning {
    /// The text, with the detail behind it.
    pub fn message(&self) -> String {
        if self.detail.is_empty() { self.text.clone() } else { format!("{}: {}", self.text, self.detail) }
    }
}

impl PartialEq for Warning {
    fn eq(&self, other: &Warning) -> bool {
        (self.category, &self.text) == (other.category, &other.text)
    }
}

/// What a callee may ask of whoever runs it.
pub trait Host {
    /// Writes to the program's output, exactly.
    fn print(&mut self, text: &str);
    fn warn(&mut self, warning: Warning);
    /// Where the operation under way stands in the program's text.
    fn here(&self) -> Span {
        Span::default()
    }
    /// How many of the program's functions are running.
    fn depth(&self) -> usize {
        0
    }
    /// The text of the operation under way, if it stands in one of the program's functions.
    fn code_here(&self) -> Option<Box<str>> {
        None
    }
    /// A warning of an operation that stands elsewhere.
    fn warn_at(&mut self, _at: Span, warning: Warning) {
        self.warn(warning);
    }
    /// Whether whoever waits for the result under way takes a matrix together with how it is to be moved.
    fn takes_moved(&self) -> bool {
        false
    }
    /// The evaluator itself, for its own functions.
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

/// A host for a step of a function: what it tells of, it tells under the function's name.
pub struct Within<'a> {
    pub host: &'a mut dyn Host,
    pub name: &'a str,
}

impl Within<'_> {
    fn renamed(&self, mut warning: Warning) -> Warning {
        if let Some((what, _)) = warning.text.split_once(" encountered in ")
            && !warning.text.starts_with("integer")
        {
            warning.text = format!("{what} encountered in {}", self.name);
        }
        warning
    }
}

impl Host for Within<'_> {
    fn print(&mut self, text: &str) {
        self.host.print(text);
    }
    fn warn(&mut self, warning: Warning) {
        let renamed = self.renamed(warning);
        self.host.warn(renamed);
    }
    fn here(&self) -> Span {
        self.host.here()
    }
    fn depth(&self) -> usize {
        self.host.depth()
    }
    fn code_here(&self) -> Option<Box<str>> {
        self.host.code_here()
    }
    fn warn_at(&mut self, at: Span, warning: Warning) {
        let renamed = self.renamed(warning);
        self.host.warn_at(at, renamed);
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self.host.as_any_mut()
    }
}

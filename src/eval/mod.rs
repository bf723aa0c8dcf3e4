//! The evaluator: resolved programs run over values. `resolve` turns the AST into `ir`; `run`
//! evaluates expressions and `statement` statements; `function` holds user functions and calls;
//! `attribute` finds `x.name`; `import` loads modules. Primitives come from `prim` and are applied
//! through it; none is named here.
//!
//! What an operation costs beside its work, and how that is kept down:
//! - Every node and statement holds the function that evaluates it, chosen by its kind, its operator and
//!   where its operands come from (`step`).
//! - Names are slots, found by `resolve`; a call's arguments are evaluated into the callee's slots, and
//!   the function that a call met first is known to it. A call of the Fibonacci function takes 20 ns.
//! - Numbers travel in two machine registers (`value::Num`, `reg::Reg`), typed elements among them;
//!   `prim::elementwise::fast` computes with them. Any other value waits in `Evaluator::held`. An operation that
//!   finds its operands to be no numbers hands them on: nothing is evaluated twice.
//! - Loops over numbers, and functions of numbers that call themselves, run over registers without tags
//!   once their kinds have settled (`unboxed`).
//! - `a[i]`, `a[i, j]`, `a[i][j]`, `l[i]` of a name, their assignment and `op=` go straight to the element.
//! - What `x.name` may mean is found once per place, modules' members included (`ir::Site`). Many rows have
//!   a short way with small arguments, before anything is bound (`prim::briefly`).
//! - A value is put together where it stays. Read back whole from where it was just written in parts, it
//!   has to be waited for: 4 ns each time, which was a third of `l.append(i)`.
//! - Element-wise expressions of names keep their plan where they stand (`kept`).
//! - Small arrays are operands by reference (`ufunc::small`), small sums have no preparations
//!   (`reducing::brief`), and what labels would say is only kept where an error may need it.

mod attribute;
mod error;
mod few;
mod formula;
mod function;
mod fuse;
mod gather;
mod import;
pub mod ir;
mod kept;
mod member;
mod parts;
mod profile;
mod reg;
mod resolve;
mod run;
mod scope;
mod share;
mod statement;
mod step;
mod turns;
mod unboxed;
mod walk;
mod watch;

pub use error::{CallSite, Located, Raised};
pub use function::Closure;
pub use import::{STDLIB, import_text};
pub use ir::{Source, Unit};
pub use profile::{Line, Profiled};
pub use scope::{Globals, import_name};
pub use watch::{LoopSite, LoopWatch, Silence};

use crate::syntax::{Lexicon, Span, ast};
use crate::value::{Fault, Host, Value, Warning};
use function::Frame;
use reg::Reg;
use std::any::Any;
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;

/// Where a program's output and warnings go.
pub trait Output {
    /// Text for standard output, exactly.
    fn write(&mut self, text: &str);
    /// A warning, after the statement that gave it.
    fn warning(&mut self, warning: &Warning, source: &Source, span: Span);
    /// Advice, after the statement it is about.
    fn hint(&mut self, _text: &str) {}
}

/// Runs commands (`%name …`) and help (`?name`): the frontend's part of the language.
pub trait Commands {
    fn command(
        &self,
        evaluator: &mut Evaluator,
        name: &str,
        rest: &str,
        body: Option<&str>,
    ) -> Result<Value, Fault>;
    fn help(&self, evaluator: &mut Evaluator, what: &str, level: u8) -> Result<(), Fault>;
    /// Told of every statement that ran at the top level, after its value was shown.
    fn ran(&self, _evaluator: &mut Evaluator, _text: &str, _value: &Value) {}
    /// Told of the error of a statement at the top level; whether it was shown, and what follows is to run.
    fn goes_on(&self, _raised: &Raised) -> bool {
        false
    }
}

/// One program's state: its globals, its running functions, its output.
pub struct Evaluator {
    pub globals: Globals,
    pub output: Box<dyn Output>,
    pub commands: Option<Rc<dyn Commands>>,
    /// Folders in which `import` looks, first to last.
    pub search: Vec<PathBuf>,
    pub lexicon: Rc<Lexicon>,
    /// Who hears of the loops that run.
    pub watch: Option<Rc<dyn LoopWatch>>,
    /// A loop is running.
    in_loop: bool,
    stack: Vec<Option<Value>>,
    frame: Frame,
    depth: usize,
    /// The address of the stack when the program began, and how far it may go from there.
    stack_start: usize,
    stack_limit: usize,
    warnings: Vec<(Warning, Rc<Source>, Span)>,
    /// The operation under way, where a warning belongs.
    here: Span,
    /// Where the value that is being assigned stands.
    value_span: Span,
    /// A value on its way out of an evaluation, and what a function returns; see `reg`.
    held: Value,
    returned: Reg,
    raised: Option<Raised>,
    /// Registers that no loop runs in, see `unboxed`.
    registers: Vec<unboxed::Frame>,
    modules: HashMap<PathBuf, Value>,
    loading: Vec<PathBuf>,
    /// The array that the running loop only updates.
    gathering: Option<Box<gather::Gathering>>,
    /// Taken of the running program, if one is.
    profile: Option<Box<profile::Profile>>,
    /// The profile, while it looks away from a loop.
    aside: Option<Box<profile::Aside>>,
}

impl Evaluator {
    /// `stack_limit`: bytes of machine stack that a program's recursion may take.
    pub fn new(lexicon: Rc<Lexicon>, output: Box<dyn Output>, stack_limit: usize) -> Evaluator {
        Evaluator {
            globals: Globals::default(),
            output,
            commands: None,
            search: Vec::new(),
            lexicon,
            watch: None,
            in_loop: false,
            stack: Vec::with_capacity(1024),
            frame: Frame::top(Rc::new(Source { name: String::new(), text: String::new() })),
            depth: 0,
            stack_start: stack_address(),
            stack_limit,
            warnings: Vec::new(),
            here: Span::default(),
            value_span: Span::default(),
            held: Value::None,
            returned: Reg::None,
            raised: None,
            registers: Vec::new(),
            modules: HashMap::new(),
            loading: Vec::new(),
            gathering: None,
            profile: None,
            aside: None,
        }
    }

    /// Resolves statements against this program's globals.
    pub fn resolve(&mut self, statements: &[ast::Stmt], source: Rc<Source>) -> Result<Unit, Raised> {
        resolve::unit(statements, &mut self.globals, source)
    }

    /// Hands the warnings of the statement just run to the output, each once per source line.
    pub fn flush_warnings(&mut self) {
        let mut seen: Vec<(usize, Warning)> = Vec::new();
        for (warning, source, span) in std::mem::take(&mut self.warnings) {
            let upto = source.text.get(..span.start as usize).unwrap_or(&source.text);
            let key = (upto.matches('\n').count(), warning);
            if !seen.contains(&key) {
                self.output.warning(&key.1, &source, span);
                seen.push(key);
            }
        }
        if let Some(watch) = self.watch.clone() {
            watch.statement_ended(&mut *self.output);
        }
    }

    /// Keeps the value shown last as `_`, unless the program has a `_` of its own.
    pub fn set_last(&mut self, value: Value) {
        let slot = self.globals.slot("_");
        self.globals.at_mut(slot).builtin = Some(value);
    }

    /// Returns to the top level after a panic: variables stay, running functions are gone.
    pub fn recover(&mut self) {
        self.stack.clear();
        (self.held, self.raised) = (Value::None, None);
        self.depth = 0;
        self.in_loop = false;
        self.loading.clear();
        (self.profile, self.aside, self.gathering) = (None, None, None);
        self.frame = Frame::top(Rc::new(Source { name: String::new(), text: String::new() }));
    }

    fn error(&self, fault: Fault, span: Span) -> Raised {
        Located::at(fault, span, self.frame.source().clone())
    }

    fn fail<T>(&self, fault: Fault, span: Span) -> Result<T, Raised> {
        Err(self.error(fault, span))
    }
}

impl Host for Evaluator {
    fn takes_moved(&self) -> bool {
        self.gathering.as_ref().is_some_and(|g| g.takes_moved())
    }

    fn print(&mut self, text: &str) {
        self.output.write(text);
    }

    fn warn(&mut self, warning: Warning) {
        // A loop may warn a million times on one line: keep the first of each kind and place.
        let source = self.frame.source();
        let same = |(w, s, at): &(Warning, Rc<Source>, Span)| {
            *at == self.here && *w == warning && Rc::ptr_eq(s, source)
        };
        if !self.warnings.iter().any(same) {
            self.warnings.push((warning, source.clone(), self.here));
        }
    }

    fn here(&self) -> Span {
        self.here
    }

    fn depth(&self) -> usize {
        self.depth
    }

    fn code_here(&self) -> Option<Box<str>> {
        let text = &self.frame.source().text;
        (self.depth > 0).then(|| text.get(self.here.range()).map(Box::from))?
    }

    fn warn_at(&mut self, at: Span, warning: Warning) {
        let here = std::mem::replace(&mut self.here, at);
        self.warn(warning);
        self.here = here;
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// Roughly where the machine stack is now.
#[inline]
fn stack_address() -> usize {
    let here = 0u8;
    std::ptr::from_ref(&here) as usize
}

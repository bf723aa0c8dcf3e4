//! Source in, outcome out: the one way by which every frontend runs text. A session keeps its
//! variables whatever happens to a statement; here stands the `catch_unwind` for faults of arr
//! itself (kernels of decompositions unwind by intent, and catch that).

use crate::eval::{Commands, Evaluator, Output, Raised, Source, Unit};
use crate::prim;
use crate::show;
use crate::syntax::{SyntaxError, parse};
use crate::value::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

/// How a run of some text ended.
pub enum Outcome {
    /// To the end; the value of the last statement, if it was an expression.
    Done(Value),
    Failed(Failure),
}

/// Why it did not run to the end.
pub enum Failure {
    /// The text wants more lines.
    Incomplete {
        source: Rc<Source>,
        errors: Vec<SyntaxError>,
    },
    Syntax {
        source: Rc<Source>,
        errors: Vec<SyntaxError>,
    },
    /// The program's error, with its place.
    Error(Raised),
    /// A fault of arr itself: what a crate panicked with.
    Internal {
        message: String,
    },
}

impl Failure {
    pub fn is_interrupt(&self) -> bool {
        matches!(self, Failure::Error(e) if e.is_interrupt())
    }
}

/// Variables, output and settings of one program or prompt.
pub struct Session {
    pub evaluator: Evaluator,
}

/// Machine stack left for a program's recursion when the thread has the default size.
const DEFAULT_STACK: usize = 1 << 20;

impl Session {
    pub fn new(output: Box<dyn Output>) -> Session {
        Session::with_stack(output, DEFAULT_STACK)
    }

    /// A session on a thread whose stack leaves `stack` bytes for recursion.
    pub fn with_stack(output: Box<dyn Output>, stack: usize) -> Session {
        let lexicon = Rc::new(prim::table().lexicon());
        Session { evaluator: Evaluator::new(lexicon, output, stack) }
    }

    pub fn set_commands(&mut self, commands: Rc<dyn Commands>) {
        self.evaluator.commands = Some(commands);
    }

    /// Runs a text: shows the value of every expression statement, stops at the first error.
    /// `name` is what errors call the text, and where imports are looked for first.
    pub fn run(&mut self, name: &str, text: &str) -> Outcome {
        let parsed = parse(text, &self.evaluator.lexicon);
        let source = Rc::new(Source { name: name.into(), text: text.into() });
        // A command that could take more lines has them all where the text ends.
        if parsed.incomplete && !parsed.errors.is_empty() {
            return Outcome::Failed(Failure::Incomplete { source, errors: parsed.errors });
        }
        if !parsed.errors.is_empty() {
            return Outcome::Failed(Failure::Syntax { source, errors: parsed.errors });
        }
        let run = AssertUnwindSafe(|| {
            let unit = self.evaluator.resolve(&parsed.statements, source)?;
            self.run_unit(&unit)
        });
        match catch_unwind(run) {
            Ok(Ok(value)) => Outcome::Done(value),
            Ok(Err(raised)) => {
                self.evaluator.flush_warnings();
                Outcome::Failed(Failure::Error(raised))
            }
            Err(panic) => {
                self.evaluator.recover();
                Outcome::Failed(Failure::Internal { message: panic_text(&*panic) })
            }
        }
    }

    fn run_unit(&mut self, unit: &Unit) -> Result<Value, Raised> {
        let mut last = Value::None;
        for (i, statement) in unit.statements.iter().enumerate() {
            // A statement may have ended, with a part of its result, as it was asked to stop.
            if i > 0 {
                self.evaluator.check_before(unit, statement)?;
            }
            let ended = self.evaluator.top_statement(unit, statement);
            if let Err(raised) = &ended
                && self.goes_on(raised)
            {
                self.evaluator.flush_warnings();
                last = Value::None;
                continue;
            }
            last = ended?;
            if !statement.silent && !matches!(last, Value::None) {
                self.show(&last);
            }
            self.evaluator.flush_warnings();
            if let Some(commands) = self.evaluator.commands.clone() {
                let text = unit.source.text.get(statement.span.range()).unwrap_or("");
                commands.ran(&mut self.evaluator, text, &last);
            }
        }
        Ok(last)
    }

    /// Whether a program is to go on after an error.
    fn goes_on(&mut self, raised: &Raised) -> bool {
        let commands = self.evaluator.commands.clone();
        commands.is_some_and(|c| c.goes_on(raised))
    }

    /// Prints a value as the top level does, and keeps it as `_`.
    pub fn show(&mut self, value: &Value) {
        let text = show::display(value) + "\n";
        self.evaluator.output.write(&text);
        self.evaluator.set_last(value.clone());
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| s.to_string());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown".into())
}

//! Somebody's code in a session of its own, within time and memory, and what it cost.

use crate::array::memory;
use crate::eval::{Commands, Evaluator, Output, Source};
use crate::exec::{interrupt, tally};
use crate::session::{Failure, Outcome, Session};
use crate::syntax::Span;
use crate::value::{Fault, Value, Warning};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

/// What one run may take.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub seconds: f64,
    /// Bytes of arrays.
    pub memory: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { seconds: 5.0, memory: 2 << 30 }
    }
}

/// What a run cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub copies: u64,
    pub temporaries: u64,
    pub arrays: u64,
    pub passes: u64,
    /// Bytes.
    pub peak: u64,
    /// Of `for`, `while` and comprehensions.
    pub iterations: u64,
}

/// Why a run gave nothing.
pub enum Trouble {
    Failed(Failure),
    /// The time was over.
    Late(f64),
    /// The user pressed Ctrl-C.
    Interrupted,
}

/// A session for one run.
pub struct Sandbox {
    pub session: Session,
    text: Kept,
}

impl Sandbox {
    pub fn new(commands: Option<Rc<dyn Commands>>) -> Sandbox {
        let text = Kept::default();
        let mut session = Session::new(Box::new(text.clone()));
        session.evaluator.commands = Some(commands.unwrap_or_else(|| Rc::new(NoCommands)));
        Sandbox { session, text }
    }

    /// Runs a text within bounds. Its output is kept for [`Sandbox::output`].
    pub fn run(&mut self, name: &str, code: &str, bounds: Bounds) -> Result<Value, Trouble> {
        let limit = memory::limit();
        memory::set_limit(limit.min(memory::used().saturating_add(bounds.memory)));
        let clock = Clock::start(bounds.seconds);
        let outcome = self.session.run(name, code);
        let late = clock.stop();
        memory::set_limit(limit);
        match outcome {
            Outcome::Done(value) => Ok(value),
            Outcome::Failed(f) if f.is_interrupt() && late => Err(Trouble::Late(bounds.seconds)),
            Outcome::Failed(f) if f.is_interrupt() => Err(Trouble::Interrupted),
            Outcome::Failed(f) => Err(Trouble::Failed(f)),
        }
    }

    /// What was printed since the last call; warnings stand as lines among it.
    pub fn output(&self) -> String {
        std::mem::take(&mut *self.text.0.borrow_mut())
    }
}

/// What an answer finds in place of commands: they measure and show, and are no part of one.
struct NoCommands;

impl Commands for NoCommands {
    fn command(&self, _: &mut Evaluator, name: &str, _: &str, _: Option<&str>) -> Result<Value, Fault> {
        let (name, reason) = (format!("%{name}"), "commands do not run in an answer".into());
        Err(Fault::Command { usage: "the line without it".into(), name, reason })
    }

    fn help(&self, _: &mut Evaluator, what: &str, _: u8) -> Result<(), Fault> {
        let (name, reason) = (format!("?{what}"), "questions are not answered in an answer".into());
        Err(Fault::Command { usage: "the line without it".into(), name, reason })
    }
}

/// Counts what `f` costs.
pub fn counted<T>(f: impl FnOnce() -> T) -> (T, Cost) {
    let (value, tally) = tally::record(f);
    let cost = Cost {
        copies: tally.copies,
        temporaries: tally.temporary_arrays() as u64,
        arrays: tally.arrays() as u64,
        passes: tally.passes,
        peak: tally.memory.peak as u64,
        iterations: tally.iterations,
    };
    (value, cost)
}

/// Interrupts the evaluation when its time is over.
struct Clock {
    cancel: Option<Sender<()>>,
    watch: Option<std::thread::JoinHandle<bool>>,
}

impl Clock {
    fn start(seconds: f64) -> Clock {
        let (cancel, wait) = channel();
        let time = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        let watch = move || {
            let late =
                wait.recv_timeout(time).is_err_and(|e| e == std::sync::mpsc::RecvTimeoutError::Timeout);
            if late {
                interrupt::request();
            }
            late
        };
        // Where no thread can be had, there is no limit.
        let watch = std::thread::Builder::new().name("clock".into()).spawn(watch).ok();
        Clock { cancel: Some(cancel), watch }
    }

    /// Whether the time was over.
    fn stop(mut self) -> bool {
        drop(self.cancel.take());
        let late = self.watch.take().is_some_and(|w| w.join().unwrap_or(false));
        if late {
            interrupt::clear();
        }
        late
    }
}

/// Output as text.
#[derive(Clone, Default)]
struct Kept(Rc<RefCell<String>>);

/// Bytes of output that are kept.
const MOST_OUTPUT: usize = 1 << 20;

impl Output for Kept {
    fn write(&mut self, text: &str) {
        let mut kept = self.0.borrow_mut();
        if kept.len() < MOST_OUTPUT {
            kept.push_str(text);
        }
    }

    fn warning(&mut self, warning: &Warning, _: &Source, _: Span) {
        self.write(&format!("{}: {}\n", warning.category, warning.message()));
    }
}

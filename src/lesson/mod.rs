//! Lessons: text, lines to run, and exercises that are checked by result and by how.
//!
//! A lesson is a file of arr with directives in its comments (`docs/lessons.md`). `parse` reads one;
//! `course` holds those that come with the program; `player` walks a learner through one, and hands
//! what is typed to `check`, which runs it in a `sandbox` beside the model answer, `compare`s the two
//! and looks at its `code` and at what it cost. `proof` tries a lesson as its teacher would, `grade`
//! a file of somebody's answers; `progress` is what a learner has done. Everything here takes and
//! gives data; files, processes and the terminal are the frontend's.

pub mod check;
pub mod code;
pub mod compare;
pub mod course;
mod error;
pub mod grade;
pub mod page;
pub mod parse;
pub mod player;
pub mod progress;
pub mod proof;
mod sandbox;

pub use error::LessonError;
pub use sandbox::Bounds;

use crate::eval::Source;
use crate::syntax::Span;
use std::rc::Rc;

/// One lesson.
#[derive(Debug)]
pub struct Lesson {
    /// The file's name without its extension: `02_broadcasting`.
    pub name: String,
    pub title: String,
    /// One line for the list of lessons.
    pub about: String,
    pub steps: Vec<Step>,
    pub source: Rc<Source>,
}

#[derive(Debug)]
pub enum Step {
    /// Paragraphs, as the file has them without the marks.
    Text(String),
    Live(Live),
    Exercise(Box<Exercise>),
}

/// Lines that the learner runs.
#[derive(Debug)]
pub struct Live {
    pub code: Code,
    /// What the file says they print: [`ANYTHING`] for what differs from run to run; with words after
    /// it, for what also takes so long that a proof of the lesson leaves it out.
    pub output: String,
    /// Where that stands.
    pub output_span: Span,
}

/// The output that stands for any.
pub const ANYTHING: &str = "…";

/// A part of the lesson's file that is code.
#[derive(Clone, Debug, Default)]
pub struct Code {
    pub text: String,
    pub span: Span,
}

#[derive(Debug, Default)]
pub struct Exercise {
    pub name: String,
    /// What is asked.
    pub text: String,
    pub points: u32,
    /// The inputs that the learner sees.
    pub setup: Code,
    /// More inputs, each run after the setup: an answer must fit them too.
    pub also: Vec<Code>,
    /// What to evaluate after the answer for its value; without it the answer is an expression.
    pub gives: Option<Code>,
    pub limits: Vec<Limit>,
    /// Relative difference within which floats count as equal.
    pub close: f64,
    /// Seconds that one run of an answer may take.
    pub seconds: f64,
    pub hints: Vec<String>,
    pub answer: Code,
    /// Answers that must fail, and a part of the line that says so.
    pub wrong: Vec<(String, Code)>,
    pub span: Span,
}

/// What an answer's code, memory or result must keep to.
#[derive(Clone, Debug, PartialEq)]
pub enum Limit {
    NoLoop,
    AtMost(Counter, u64),
    /// One of these names or glyphs.
    Uses(Vec<String>),
    /// None of these.
    Forbids(Vec<String>),
    /// The result shares memory with this input; without a name, with any.
    View(Option<String>),
    /// It shares memory with none.
    Copy,
    /// The name keeps its buffer.
    InPlace(String),
}

/// What a run is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Whole arrays copied, gathered or converted.
    Copies,
    /// Arrays made and gone again.
    Temporaries,
    /// Arrays made, the result among them.
    Arrays,
    /// Runs of a kernel over whole arrays.
    Passes,
    /// Most bytes in use at once beside the inputs.
    Peak,
}

impl Lesson {
    pub fn exercises(&self) -> impl Iterator<Item = &Exercise> {
        self.steps.iter().filter_map(|s| match s {
            Step::Exercise(e) => Some(&**e),
            _ => None,
        })
    }

    /// The name without its number: `broadcasting`.
    pub fn short_name(&self) -> &str {
        let rest = self.name.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.strip_prefix('_').filter(|r| !r.is_empty()).unwrap_or(&self.name)
    }

    /// A part of the file, so placed that errors in it name the file's lines.
    pub fn placed(&self, code: &Code) -> String {
        let before = self.source.text.get(..code.span.start as usize).unwrap_or("");
        "\n".repeat(before.matches('\n').count()) + &code.text
    }
}

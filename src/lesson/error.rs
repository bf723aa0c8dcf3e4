//! What can be wrong with a lesson's file, each with its place; as reports, like every other error.

use crate::error::{Report, Text};
use crate::eval::Source;
use crate::syntax::{Span, SyntaxError};
use thiserror::Error;

/// The directives, for the suggestion of the nearest.
pub(super) const DIRECTIVES: &[&str] = &[
    "lesson", "about", "exercise", "points", "setup", "also", "gives", "limit", "close", "seconds", "hint",
    "answer", "wrong", "end",
];

#[derive(Debug, Error)]
pub enum LessonError {
    #[error("there is no directive '{word}'")]
    UnknownDirective { at: Span, word: String },
    #[error("the lesson has no title")]
    NoTitle { at: Span },
    #[error("'{word}' stands outside an exercise")]
    Outside { at: Span, word: &'static str },
    #[error("'{word}' is given twice")]
    Twice { at: Span, first: Span, word: &'static str },
    #[error("'{word}' wants {wanted}")]
    Wants { at: Span, word: &'static str, wanted: &'static str },
    #[error("the exercise '{name}' has no {part}")]
    Missing { at: Span, name: String, part: &'static str },
    #[error("there is no limit '{text}'")]
    UnknownLimit { at: Span, text: String },
    #[error("code stands where the exercise expects none")]
    StrayCode { at: Span },
    #[error("a wrong answer must stand in comments")]
    BareWrong { at: Span },
    #[error("the exercise '{name}' is never ended")]
    Unended { at: Span, name: String },
    #[error("an output stands after no line of code")]
    StrayOutput { at: Span },
    #[error(transparent)]
    Syntax(Box<SyntaxError>),

    // What only running the lesson shows.
    #[error("the line prints something else")]
    Output {
        at: Span,
        given: String,
        /// Where in the file the right output belongs.
        place: Span,
    },
    #[error("the model answer of '{name}' does not pass: {line}")]
    Answer { at: Span, name: String, line: String },
    #[error("this wrong answer of '{name}' passes")]
    WrongPasses { at: Span, name: String },
    #[error("this wrong answer of '{name}' fails for another reason: {line}")]
    WrongReason { at: Span, name: String, wanted: String, line: String },
    #[error("the inputs of '{name}' cannot be made: {reason}")]
    Inputs { at: Span, name: String, reason: String },
}

impl LessonError {
    /// The stable code.
    fn code(&self) -> &'static str {
        use LessonError as E;
        match self {
            E::UnknownDirective { .. } => "arr::lesson::directive",
            E::NoTitle { .. } => "arr::lesson::title",
            E::Outside { .. } => "arr::lesson::outside",
            E::Twice { .. } => "arr::lesson::twice",
            E::Wants { .. } => "arr::lesson::wants",
            E::Missing { .. } => "arr::lesson::missing",
            E::UnknownLimit { .. } => "arr::lesson::limit",
            E::StrayCode { .. } => "arr::lesson::code",
            E::BareWrong { .. } => "arr::lesson::bare",
            E::Unended { .. } => "arr::lesson::unended",
            E::StrayOutput { .. } => "arr::lesson::stray_output",
            E::Syntax(_) => "arr::lesson::syntax",
            E::Output { .. } => "arr::lesson::output",
            E::Answer { .. } => "arr::lesson::answer",
            E::WrongPasses { .. } => "arr::lesson::wrong_passes",
            E::WrongReason { .. } => "arr::lesson::wrong_reason",
            E::Inputs { .. } => "arr::lesson::inputs",
        }
    }

    fn help(&self) -> Option<String> {
        use LessonError as E;
        Some(match self {
            E::UnknownDirective { word, .. } => {
                match crate::prim::bind::nearest(word, DIRECTIVES.iter().copied()) {
                    Some(near) => format!("did you mean '#: {near}'?"),
                    None => format!("directives are {}", DIRECTIVES.join(", ")),
                }
            }
            E::NoTitle { .. } => "begin the file with a line such as '#: lesson Broadcasting'".into(),
            E::Outside { word, .. } => {
                format!("write '#: exercise NAME' before it, and '#: end' after the last '#: {word}'")
            }
            E::Twice { .. } => "leave one of them out".into(),
            E::Missing { part: "answer", .. } => {
                "write a model answer below a line '#: answer': the learner's result is compared with its".into()
            }
            E::Missing { part: "statement", .. } => "say in '## ' lines what is asked".into(),
            E::Missing { part: "value", .. } => {
                "end the answer with an expression, or say what to look at afterwards: '#: gives total(x)'"
                    .into()
            }
            E::Missing { .. } => "see docs/lessons.md".into(),
            E::UnknownLimit { .. } => "limits are: no loop; copies, temporaries, arrays or passes <= 2; \
                peak <= 8 MB; uses a, b; forbids a, b; view; view of x; copy; in place x"
                .into(),
            E::StrayCode { .. } => {
                "say what it is with a line above: '#: setup', '#: also', '#: answer'; or end the exercise with '#: end'"
                    .into()
            }
            E::BareWrong { .. } => "put '# ' before each of its lines, so that the file itself still runs".into(),
            E::Unended { .. } => "write '#: end' below its last part".into(),
            E::StrayOutput { .. } => "'#> ' lines say what the code right above prints".into(),
            E::Output { given, .. } => {
                let lines: String = given.lines().map(|l| format!("\n#> {l}")).collect();
                format!("it prints:{}", if lines.is_empty() { " nothing".into() } else { lines })
            }
            E::Answer { .. } => "a model answer keeps to the limits of its exercise".into(),
            E::WrongPasses { .. } => "tighten the limits, or add inputs with '#: also'".into(),
            E::WrongReason { wanted, .. } => format!("expected to read '{wanted}'"),
            E::Wants { .. } | E::Syntax(_) | E::Inputs { .. } => return None,
        })
    }

    fn labels(&self) -> Vec<(Span, String)> {
        use LessonError as E;
        let one = |at: &Span, text: &str| vec![(*at, text.to_string())];
        match self {
            E::UnknownDirective { at, .. } => one(at, "not a directive"),
            E::NoTitle { at } => one(at, "a title goes before this"),
            E::Outside { at, .. } => one(at, "no exercise is open here"),
            E::Twice { at, first, .. } => vec![(*first, "first here".into()), (*at, "again here".into())],
            E::Wants { at, .. } | E::UnknownLimit { at, .. } => one(at, ""),
            E::Missing { at, .. } | E::Unended { at, .. } => one(at, "this exercise"),
            E::StrayCode { at } | E::BareWrong { at } | E::StrayOutput { at } => one(at, "here"),
            E::Output { at, .. } => one(at, "the lesson says this"),
            E::Answer { at, .. } => one(at, "model answer"),
            E::WrongPasses { at, .. } | E::WrongReason { at, .. } => one(at, "wrong answer"),
            E::Inputs { at, .. } => one(at, "set up here"),
            E::Syntax(e) => e.labels(),
        }
    }

    /// The report, with the lines of the lesson's file.
    pub fn report(&self, source: &Source) -> Report {
        let mut report = match self {
            LessonError::Syntax(e) => Report::from_syntax(e, source),
            _ => Report::plain(self.code(), self.to_string(), self.help()),
        };
        report.source = Some(Text { name: source.name.clone(), text: source.text.clone() });
        report.labels = self.labels();
        report
    }
}

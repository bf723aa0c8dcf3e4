//! Errors as the user reads them: every stage's error becomes a [`Report`] with a stable code, a
//! message, the source with its operands underlined, help, and the calls that led there. Takes
//! data from every stage; gives text. Nothing here decides what is wrong.

mod axes;
mod calls;
mod codes;
mod fitting;
mod lengths;
mod remedy;
mod render;
pub mod shapes;
mod snippet;
mod trial;

pub use codes::{Described, bytes, describe};
pub use fitting::{product as product_shape, shapes_help};
pub use remedy::{Place, row_of};
pub use render::{Look, render};
pub use snippet::Snippet;

use crate::eval::{Located, Source};
use crate::prim;
use crate::syntax::{Span, SyntaxError};
use crate::value::Fault;

/// How serious a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Error,
    Warning,
    Advice,
}

/// What to show of one error, warning or piece of advice.
#[derive(Clone, Debug)]
pub struct Report {
    pub severity: Severity,
    pub code: String,
    pub message: String,
    pub help: Option<String>,
    pub source: Option<Text>,
    /// What to underline, and what to write there.
    pub labels: Vec<(Span, String)>,
    /// The calls that led here, innermost first.
    pub calls: Vec<Call>,
    /// Calls left out, before the last three of `calls`.
    pub hidden: usize,
}

/// A named source text.
#[derive(Clone, Debug)]
pub struct Text {
    pub name: String,
    pub text: String,
}

impl Text {
    fn of(source: &Source) -> Text {
        Text { name: source.name.clone(), text: source.text.clone() }
    }
}

/// One call on the way to an error.
#[derive(Clone, Debug)]
pub struct Call {
    pub function: String,
    /// Name and line of the place that called it, and the line's text.
    pub file: String,
    pub line: usize,
    pub text: String,
}

impl Report {
    /// A report without a place in a source: a missing file, wrong usage.
    pub fn plain(code: &str, message: impl Into<String>, help: Option<String>) -> Report {
        Report {
            severity: Severity::Error,
            code: code.into(),
            message: message.into(),
            help,
            source: None,
            labels: Vec::new(),
            calls: Vec::new(),
            hidden: 0,
        }
    }

    /// The report of a program's error.
    pub fn from_located(e: &Located) -> Report {
        if let Fault::Syntax(mistake) = &e.fault {
            return Report { calls: calls(e), hidden: e.hidden, ..Report::from_syntax(mistake, &e.source) };
        }
        let operands: Vec<Span> = e.labels.iter().map(|(span, _)| *span).collect();
        let place = Place::new(&e.source.text, e.span, &operands).with_arrays(&e.arrays);
        let mut described = describe(&e.fault, &place);
        if let Fault::Truth { size: 1.. } = &e.fault
            && let Some(masks) = calls::masks(&e.source.text, e.span)
        {
            described.help = Some(masks + &described.help.map(|h| format!("; else {h}")).unwrap_or_default());
        }
        let mut labels = e.labels.clone();
        if labels.is_empty() {
            labels.push((e.span, String::new()));
        }
        Report {
            severity: Severity::Error,
            code: described.code.into(),
            message: described.message,
            help: described.help,
            source: Some(Text::of(&e.source)),
            labels,
            calls: calls(e),
            hidden: e.hidden,
        }
    }

    /// The report of one mistake in a text.
    pub fn from_syntax(e: &SyntaxError, source: &Source) -> Report {
        Report {
            severity: Severity::Error,
            code: format!("arr::{}", e.code()),
            message: e.to_string(),
            help: typed_glyph(e, &source.text).or_else(|| e.help()),
            source: Some(Text::of(source)),
            labels: e.labels(),
            calls: Vec::new(),
            hidden: 0,
        }
    }

    /// What a program that panicked shows: never the panic itself.
    pub fn internal(detail: &str) -> Report {
        let help = "this is a fault of arr, not of your program; the variables are as they were".to_string();
        Report::plain("arr::internal", format!("internal error: {detail}"), Some(help))
    }
}

/// `\iota`, where the key that makes a glyph of it was not pressed.
fn typed_glyph(e: &SyntaxError, text: &str) -> Option<String> {
    let SyntaxError::StrayBackslash { at } = e else { return None };
    let rest = text.get(at.end as usize..)?;
    let word = &rest[..rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len())];
    let row = prim::table().bare(word)?;
    let glyph = row.glyphs.first()?.text;
    Some(format!("at the prompt, `\\{word}` and Tab type `{glyph}`; the word is a function too: `{word}(x)`"))
}

fn calls(e: &Located) -> Vec<Call> {
    e.frames.iter().map(|f| Call::new(&f.function, &f.source.name, &f.source.text, f.span)).collect()
}

impl Call {
    /// The call at `span` of a source.
    pub fn new(function: &str, file: &str, text: &str, span: Span) -> Call {
        let (line, text) = line_at(text, span.start as usize);
        Call { function: function.into(), file: file.into(), line, text: text.into() }
    }
}

/// The number, from 1, and the text of the line that holds a byte.
pub fn line_at(text: &str, at: usize) -> (usize, &str) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let start = text[..at].rfind('\n').map_or(0, |i| i + 1);
    let end = text[at..].find('\n').map_or(text.len(), |i| at + i);
    (text[..start].matches('\n').count() + 1, text[start..end].trim_end_matches('\r'))
}

/// The text under a span, or nothing if the span does not fit the text.
pub fn text_at(text: &str, span: Span) -> &str {
    text.get(span.range()).unwrap_or("")
}

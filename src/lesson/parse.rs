//! A lesson's file to a lesson, or all that is wrong with it. The form is told in `docs/lessons.md`.
//!
//! The file is read line by line: `## ` is text, `#: word` a directive, `#> ` what the code above
//! prints, any other comment a note to teachers, and the rest code. `Reader` holds where text and code
//! go at the moment.

use super::error::DIRECTIVES;
use super::{Code, Counter, Exercise, Lesson, LessonError, Limit, Live, Step};
use crate::eval::Source;
use crate::syntax::{Lexicon, Span, parse as parse_code};
use std::collections::HashMap;
use std::rc::Rc;

/// Seconds for one run of an answer, and the relative difference of equal floats, unless the
/// exercise says otherwise.
const SECONDS: f64 = 5.0;
const CLOSE: f64 = 1e-9;

/// A lesson, or its text and what is wrong with it.
pub type Parsed = Result<Lesson, (Rc<Source>, Vec<LessonError>)>;

/// Reads a lesson. `name` is the file's, as messages show it.
pub fn parse(name: &str, text: &str, lexicon: &Lexicon) -> Parsed {
    let source = Rc::new(Source { name: name.into(), text: text.into() });
    let mut reader = Reader::new(text, lexicon);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        reader.line(bare, Span::new(at, at + bare.len()));
        at += line.len();
    }
    reader.finish();
    if !reader.errors.is_empty() {
        return Err((source, reader.errors));
    }
    let stem = std::path::Path::new(name).file_stem().map(|s| s.to_string_lossy().into_owned());
    Ok(Lesson {
        name: stem.unwrap_or_else(|| name.into()),
        title: reader.title.unwrap_or_default(),
        about: reader.about,
        steps: reader.steps,
        source,
    })
}

/// Where the next lines of an exercise go.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// What is asked.
    Statement,
    Hint,
    Setup,
    Also,
    Answer,
    Wrong,
}

struct Reader<'a> {
    text: &'a str,
    lexicon: &'a Lexicon,
    title: Option<String>,
    about: String,
    steps: Vec<Step>,
    errors: Vec<LessonError>,
    exercise: Option<Exercise>,
    part: Part,
    /// Directives of this exercise that may stand once, and where they did.
    seen: HashMap<&'static str, Span>,
    /// Code of a live step whose end is not reached.
    live: Option<Code>,
    /// The text of paragraphs that are not yet a step.
    paragraphs: String,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, lexicon: &'a Lexicon) -> Reader<'a> {
        Reader {
            text,
            lexicon,
            title: None,
            about: String::new(),
            steps: Vec::new(),
            errors: Vec::new(),
            exercise: None,
            part: Part::Statement,
            seen: HashMap::new(),
            live: None,
            paragraphs: String::new(),
        }
    }

    fn line(&mut self, line: &str, at: Span) {
        if let Some(rest) = line.strip_prefix("#:") {
            self.end_live();
            self.end_text();
            self.directive(rest, at);
        } else if let Some(rest) = line.strip_prefix("#>") {
            self.output(rest.strip_prefix(' ').unwrap_or(rest), at);
        } else if let Some(rest) = line.strip_prefix("##") {
            self.end_live();
            self.prose(rest.strip_prefix(' ').unwrap_or(rest), line, at);
        } else if self.exercise.is_some() {
            self.exercise_code(line, at);
        } else {
            self.live_code(line, at);
        }
    }

    fn finish(&mut self) {
        self.end_live();
        self.end_text();
        if let Some(e) = self.exercise.take() {
            self.errors.push(LessonError::Unended { at: e.span, name: e.name });
        }
        if self.title.is_none() {
            let end = self.text.find('\n').unwrap_or(self.text.len());
            self.errors.insert(0, LessonError::NoTitle { at: Span::new(0, end) });
        }
    }

    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.paragraphs);
        if !text.trim().is_empty() {
            self.steps.push(Step::Text(text.trim_matches('\n').to_string()));
        }
    }

    /// A line `## text`.
    fn prose(&mut self, text: &str, line: &str, at: Span) {
        let Some(e) = &mut self.exercise else {
            self.paragraphs.push_str(text);
            self.paragraphs.push('\n');
            return;
        };
        let into = match self.part {
            Part::Hint => e.hints.last_mut(),
            Part::Statement => Some(&mut e.text),
            // Documentation of a function in the code.
            _ => return self.exercise_code(line, at),
        };
        if let Some(into) = into {
            if !into.is_empty() {
                into.push('\n');
            }
            into.push_str(text);
        }
    }

    // Live lines.

    fn live_code(&mut self, line: &str, at: Span) {
        let begun = self.live.is_some();
        if !begun && (line.is_empty() || line.starts_with('#')) {
            return;
        }
        if line.is_empty() && self.live.as_ref().is_some_and(|c| self.is_whole(&c.text)) {
            return self.end_live();
        }
        self.end_text();
        let code = self.live.get_or_insert(Code { text: String::new(), span: at });
        extend(code, line, at);
    }

    fn is_whole(&self, code: &str) -> bool {
        code.starts_with("%%") || !parse_code(code, self.lexicon).incomplete
    }

    fn end_live(&mut self) {
        if let Some(mut code) = self.live.take() {
            trim(&mut code);
            self.check_syntax(&code);
            let end = Span { start: code.span.end, end: code.span.end };
            self.steps.push(Step::Live(Live { code, output: String::new(), output_span: end }));
        }
    }

    fn output(&mut self, line: &str, at: Span) {
        let follows = self.live.is_some() || self.is_next(at);
        self.end_live();
        match self.steps.last_mut() {
            Some(Step::Live(live)) if follows => {
                if live.output_span.start == live.output_span.end {
                    live.output_span = at;
                } else {
                    live.output.push('\n');
                }
                live.output.push_str(line);
                live.output_span.end = at.end;
            }
            _ => self.errors.push(LessonError::StrayOutput { at }),
        }
    }

    /// Whether the line above the one at a place is an output.
    fn is_next(&self, at: Span) -> bool {
        let before = self.text.get(..at.start as usize).unwrap_or("");
        before.lines().next_back().is_some_and(|l| l.starts_with("#>"))
    }

    // Exercises.

    fn exercise_code(&mut self, line: &str, at: Span) {
        let Some(e) = &mut self.exercise else { return };
        let code = match self.part {
            Part::Setup => &mut e.setup,
            Part::Answer => &mut e.answer,
            Part::Also => match e.also.last_mut() {
                Some(code) => code,
                None => return,
            },
            Part::Wrong => {
                let Some((_, code)) = e.wrong.last_mut() else { return };
                match line.strip_prefix('#') {
                    Some(rest) => extend(code, rest.strip_prefix(' ').unwrap_or(rest), at),
                    None if line.is_empty() => {}
                    None => self.errors.push(LessonError::BareWrong { at }),
                }
                return;
            }
            _ if line.is_empty() || line.starts_with('#') => return,
            _ => return self.errors.push(LessonError::StrayCode { at }),
        };
        if !(code.text.is_empty() && line.is_empty()) {
            extend(code, line, at);
        }
    }

    fn directive(&mut self, rest: &str, at: Span) {
        let rest = rest.trim();
        let (word, value) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let value = value.trim();
        let Some(&word) = DIRECTIVES.iter().find(|d| **d == word) else {
            return self.errors.push(LessonError::UnknownDirective { at, word: word.into() });
        };
        match word {
            "lesson" | "about" => self.head(word, value, at),
            "exercise" => self.begin_exercise(value, at),
            _ if self.exercise.is_none() => self.errors.push(LessonError::Outside { at, word }),
            "end" => self.end_exercise(),
            _ => self.in_exercise(word, value, at),
        }
    }

    fn head(&mut self, word: &'static str, value: &str, at: Span) {
        if value.is_empty() {
            return self.errors.push(LessonError::Wants { at, word, wanted: "a line of text after it" });
        }
        if let Some(&first) = self.seen.get(word) {
            return self.errors.push(LessonError::Twice { at, first, word });
        }
        self.seen.insert(word, at);
        match word {
            "lesson" => self.title = Some(value.into()),
            _ => self.about = value.into(),
        }
    }

    fn begin_exercise(&mut self, name: &str, at: Span) {
        if let Some(open) = self.exercise.take() {
            self.errors.push(LessonError::Unended { at: open.span, name: open.name });
        }
        let word = "exercise";
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
            let wanted = "a name of one word after it";
            self.errors.push(LessonError::Wants { at, word, wanted });
        }
        let same = |s: &Step| match s {
            Step::Exercise(e) if e.name == name => Some(e.span),
            _ => None,
        };
        if let Some(first) = self.steps.iter().find_map(same) {
            self.errors.push(LessonError::Twice { at, first, word });
        }
        self.seen.retain(|word, _| matches!(*word, "lesson" | "about"));
        self.part = Part::Statement;
        self.exercise = Some(Exercise {
            name: name.into(),
            points: 1,
            close: CLOSE,
            seconds: SECONDS,
            span: at,
            ..Exercise::default()
        });
    }

    fn in_exercise(&mut self, word: &'static str, value: &str, at: Span) {
        let wants = |wanted| LessonError::Wants { at, word, wanted };
        if matches!(word, "points" | "setup" | "gives" | "close" | "seconds" | "answer") {
            if let Some(&first) = self.seen.get(word) {
                self.errors.push(LessonError::Twice { at, first, word });
            }
            self.seen.insert(word, at);
        }
        let Some(e) = &mut self.exercise else { return };
        let begin = Code { text: String::new(), span: at };
        self.part = Part::Statement;
        match word {
            "setup" => (e.setup, self.part) = (begin, Part::Setup),
            "answer" => (e.answer, self.part) = (begin, Part::Answer),
            "also" => {
                e.also.push(begin);
                self.part = Part::Also;
            }
            "wrong" => {
                e.wrong.push((value.into(), begin));
                self.part = Part::Wrong;
            }
            "hint" => {
                e.hints.push(value.into());
                self.part = Part::Hint;
            }
            "gives" if value.is_empty() => self.errors.push(wants("an expression after it")),
            "gives" => {
                let start = at.end as usize - value.len();
                let code = Code { text: value.into(), span: Span::new(start, at.end as usize) };
                e.gives = Some(code.clone());
                self.check_syntax(&code);
            }
            "points" => match value.parse() {
                Ok(n) if n > 0 => e.points = n,
                _ => self.errors.push(wants("a whole number from 1")),
            },
            "close" => match value.parse() {
                Ok(x) if x >= 0.0 => e.close = x,
                _ => self.errors.push(wants("a relative difference, as 1e-9")),
            },
            "seconds" => match value.parse() {
                Ok(x) if x > 0.0 && x <= 3600.0 => e.seconds = x,
                _ => self.errors.push(wants("a number of seconds above 0, at most 3600")),
            },
            _ => match limit(value) {
                Some(limit) => e.limits.push(limit),
                None => self.errors.push(LessonError::UnknownLimit { at, text: value.into() }),
            },
        }
    }

    fn end_exercise(&mut self) {
        let Some(mut e) = self.exercise.take() else { return };
        let codes = [&mut e.setup, &mut e.answer].into_iter().chain(&mut e.also);
        codes.chain(e.wrong.iter_mut().map(|w| &mut w.1)).for_each(trim);
        for code in [&e.setup, &e.answer].into_iter().chain(&e.also) {
            self.check_syntax(code);
        }
        let (at, name) = (e.span, e.name.clone());
        let missing = |part| LessonError::Missing { at, name: name.clone(), part };
        if e.text.trim().is_empty() {
            self.errors.push(missing("statement"));
        }
        if e.answer.text.is_empty() {
            self.errors.push(missing("answer"));
        } else if e.gives.is_none() && !ends_in_expression(&e.answer.text, self.lexicon) {
            self.errors.push(missing("value"));
        }
        self.steps.push(Step::Exercise(Box::new(e)));
    }

    /// Reads a piece of code where it stands: what comes before it is blank, so that places fit.
    fn check_syntax(&mut self, code: &Code) {
        if code.text.is_empty() {
            return;
        }
        let start = code.span.start as usize;
        let padded = " ".repeat(start) + self.text.get(code.span.range()).unwrap_or(&code.text);
        let errors = parse_code(&padded, self.lexicon).errors;
        self.errors.extend(errors.into_iter().map(|e| LessonError::Syntax(Box::new(e))));
    }
}

fn ends_in_expression(code: &str, lexicon: &Lexicon) -> bool {
    use crate::syntax::ast::StmtKind;
    let statements = parse_code(code, lexicon).statements;
    statements.last().is_none_or(|s| matches!(s.kind, StmtKind::Expr(_)))
}

/// Adds a line; the span begins with the first one.
fn extend(code: &mut Code, line: &str, at: Span) {
    if code.text.is_empty() {
        code.span = at;
    } else {
        code.text.push('\n');
    }
    code.text.push_str(line);
    code.span.end = at.end;
}

/// Takes blank lines off the end.
fn trim(code: &mut Code) {
    let kept = code.text.trim_end().len();
    let cut = code.text.len() - kept;
    code.text.truncate(kept);
    code.span.end = code.span.end.saturating_sub(cut as u32).max(code.span.start);
}

/// What stands after `#: limit`.
fn limit(text: &str) -> Option<Limit> {
    if let Some((name, most)) = text.split_once("<=").or_else(|| text.split_once('≤')) {
        let counter = Counter::named(name.trim())?;
        let most = most.trim();
        let most = if counter == Counter::Peak { bytes(most)? } else { most.parse().ok()? };
        return Some(Limit::AtMost(counter, most));
    }
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    let names = || -> Vec<String> {
        rest.split(',').map(|n| n.trim().to_string()).filter(|n| !n.is_empty()).collect()
    };
    match (word, rest) {
        ("no", "loop") => Some(Limit::NoLoop),
        ("uses", r) if !r.is_empty() => Some(Limit::Uses(names())),
        ("forbids", r) if !r.is_empty() => Some(Limit::Forbids(names())),
        ("view", "") => Some(Limit::View(None)),
        ("view", r) => r.strip_prefix("of ").map(|n| Limit::View(Some(n.trim().into()))),
        ("copy", "") => Some(Limit::Copy),
        ("in", r) => r.strip_prefix("place ").map(|n| Limit::InPlace(n.trim().into())),
        _ => None,
    }
}

/// A number of bytes: `800`, `800 B`, `8 kB`, `1.5 MB`, `2 GB`.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "" | "B" => 1.0,
        "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        _ => return None,
    };
    Some((number.parse::<f64>().ok()? * factor) as u64)
}

impl Counter {
    const NAMES: [(&'static str, Counter); 5] = [
        ("copies", Counter::Copies),
        ("temporaries", Counter::Temporaries),
        ("arrays", Counter::Arrays),
        ("passes", Counter::Passes),
        ("peak", Counter::Peak),
    ];

    fn named(name: &str) -> Option<Counter> {
        Counter::NAMES.iter().find(|(n, _)| *n == name).map(|(_, c)| *c)
    }
}

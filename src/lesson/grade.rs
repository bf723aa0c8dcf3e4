//! Grading: one file of somebody's answers against the exercises of a lesson.
//!
//! In a submission, a line `#: exercise NAME` begins an answer; what stands before the first one is for
//! all of them. A file without such lines answers, with its names, the exercises that ask for some.

use super::check::{Answer, Check, asked, check};
use super::code::{Entry, names, slice};
use super::{Exercise, Lesson};
use crate::error::line_at;
use crate::prim::bind::nearest;
use crate::syntax::{Lexicon, Span, parse};
use std::collections::HashSet;

/// A file of answers.
pub struct Submission {
    name: String,
    text: String,
    /// The exercise's name, the line that names it, and the lines below it.
    sections: Vec<(String, Span, Span)>,
    /// What stands before them.
    prelude: Span,
}

/// What came of one exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Passed,
    Failed,
    /// The submission has no answer to it.
    Missing,
}

/// One exercise of one submission.
#[derive(Clone, Debug)]
pub struct Graded {
    pub exercise: String,
    pub status: Status,
    pub points: u32,
    pub of: u32,
    pub checks: Vec<Check>,
    pub notes: Vec<String>,
    /// Code, message and line of the answer's own error.
    pub error: Option<(String, String, Option<usize>)>,
}

impl Submission {
    pub fn new(name: &str, text: &str) -> Submission {
        let mut sections: Vec<(String, Span, Span)> = Vec::new();
        let mut prelude = Span::new(0, text.len());
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let next = at + line.len();
            if let Some(exercise) = marked(line) {
                match sections.last_mut() {
                    Some(last) => last.2.end = at as u32,
                    None => prelude.end = at as u32,
                }
                sections.push((exercise.into(), Span::new(at, next), Span::new(next, text.len())));
            }
            at = next;
        }
        Submission { name: name.into(), text: text.into(), sections, prelude }
    }

    /// Names of exercises that the lesson does not have, with the nearest that it has.
    pub fn strangers(&self, lesson: &Lesson) -> Vec<(String, Option<String>)> {
        let known: Vec<&str> = lesson.exercises().map(|e| e.name.as_str()).collect();
        let unknown = self.sections.iter().filter(|(name, ..)| !known.contains(&name.as_str()));
        unknown.map(|(name, ..)| (name.clone(), nearest(name, known.iter().copied()))).collect()
    }

    /// The answer to an exercise as a text in which every line has its number, or `None`. A later
    /// answer to the same exercise counts.
    fn answer(&self, e: &Exercise, lexicon: &Lexicon) -> Option<String> {
        if self.sections.is_empty() {
            let given = Entry::new(&e.setup.text, false, lexicon).defined();
            let mut wanted = names(&e.gives.as_ref()?.text, lexicon);
            wanted.retain(|n| !given.contains(n));
            if !sound(&self.text, lexicon) {
                return self.among_broken(&wanted, lexicon);
            }
            let made = Entry::new(&self.text, false, lexicon).defined();
            return wanted.iter().any(|n| made.contains(n)).then(|| self.text.clone());
        }
        let (_, _, own) = self.sections.iter().rev().find(|(name, ..)| *name == e.name)?;
        let code = self.text.get(own.range())?;
        let has_code = code.lines().any(|l| !l.trim().is_empty() && !l.trim_start().starts_with('#'));
        has_code.then(|| self.with_prelude(e, *own, code, lexicon))
    }

    /// Of a file that cannot be read as a whole, the functions of these names, with all else that can be.
    fn among_broken(&self, wanted: &HashSet<String>, lexicon: &Lexicon) -> Option<String> {
        let mut starts: Vec<usize> = self.text.match_indices("\nfn ").map(|(at, _)| at + 1).collect();
        starts.insert(0, 0);
        let ends = starts.iter().skip(1).copied().chain([self.text.len()]);
        let parts = starts.iter().zip(ends).map(|(&start, end)| Span::new(start, end));
        let (own, rest): (Vec<Span>, Vec<Span>) = parts.partition(|part| {
            let name = self.text.get(part.range()).and_then(|t| t.strip_prefix("fn ")).map(str::trim_start);
            name.and_then(|t| t.split('(').next()).is_some_and(|n| wanted.contains(n.trim_end()))
        });
        let kept = rest
            .into_iter()
            .filter(|part| self.text.get(part.range()).is_some_and(|text| sound(text, lexicon)));
        (!own.is_empty()).then(|| blank_but(&self.text, own.iter().copied().chain(kept)))
    }

    /// A section, and of the prelude only what it needs; everything else is blank.
    fn with_prelude(&self, e: &Exercise, own: Span, code: &str, lexicon: &Lexicon) -> String {
        let before = self.text.get(self.prelude.range()).unwrap_or("");
        let statements = parse(before, lexicon).statements;
        let spans: Vec<Span> = statements.iter().map(|s| s.span).collect();
        let text = |s: &Span| before.get(s.range()).unwrap_or("");
        let mut log: Vec<Entry> = spans.iter().map(|s| Entry::new(text(s), false, lexicon)).collect();
        log.push(Entry::new(code, true, lexicon));
        let asked = e.gives.as_ref().map_or_else(HashSet::new, |g| names(&g.text, lexicon));
        let kept: HashSet<String> = slice(&log, spans.len(), &asked, &HashSet::new()).into_iter().collect();
        let needed = spans.iter().filter(|s| kept.contains(text(s))).chain([&own]);
        blank_but(&self.text, needed.copied())
    }
}

/// Whether a text can be read.
fn sound(text: &str, lexicon: &Lexicon) -> bool {
    parse(text, lexicon).errors.is_empty()
}

/// The exercise that a line names.
fn marked(line: &str) -> Option<&str> {
    let rest = line.strip_prefix('#')?.trim_start().strip_prefix(':')?;
    rest.trim().strip_prefix("exercise").map(str::trim).filter(|name| !name.is_empty())
}

/// The text with everything outside of some places blank, so that each line keeps its number.
fn blank_but(text: &str, kept: impl Iterator<Item = Span>) -> String {
    let kept: Vec<Span> = kept.collect();
    let mut out = String::with_capacity(text.len());
    for (i, c) in text.char_indices() {
        let stays = c == '\n' || kept.iter().any(|s| s.range().contains(&i));
        if stays {
            out.push(c);
        } else {
            out.extend(std::iter::repeat_n(' ', c.len_utf8()));
        }
    }
    out.trim_end().to_string()
}

/// Grades the answer to one exercise.
pub fn grade(lesson: &Lesson, e: &Exercise, submission: &Submission, memory: usize) -> Graded {
    let lexicon = crate::prim::table().lexicon();
    let mut graded = Graded::of(e, Status::Missing);
    let Some(text) = submission.answer(e, &lexicon) else { return graded };
    let mut verdict = check(lesson, e, &Answer { name: &submission.name, text: &text }, memory);
    if verdict.passed() {
        (graded.status, graded.points) = (Status::Passed, e.points);
    } else {
        graded.status = Status::Failed;
    }
    graded.error = verdict.report.take().map(|r| {
        let source = r.source.as_ref().filter(|s| s.name == submission.name);
        let line = source.zip(r.labels.first()).map(|(s, (span, _))| line_at(&s.text, span.start as usize).0);
        (r.code, r.message, line)
    });
    (graded.checks, graded.notes) = (verdict.checks, verdict.notes);
    graded
}

impl Graded {
    /// What is known of an exercise before its answer was run.
    pub fn of(e: &Exercise, status: Status) -> Graded {
        Graded {
            exercise: e.name.clone(),
            status,
            points: 0,
            of: e.points,
            checks: Vec::new(),
            notes: Vec::new(),
            error: None,
        }
    }
}

/// A file for learners to fill in: every exercise's text and inputs, and the line that names it.
pub fn template(lesson: &Lesson) -> String {
    let mut out = format!("# {}\n", lesson.title);
    for e in lesson.exercises() {
        out.push_str(&format!("\n#: exercise {}\n", e.name));
        e.text.lines().for_each(|l| out.push_str(&(format!("# {l}").trim_end().to_string() + "\n")));
        if let Some(limits) = asked(&e.limits) {
            out.push_str(&format!("# Looked at: equal; {limits}.\n"));
        }
        e.setup.text.lines().for_each(|l| out.push_str(&format!("#   {l}\n")));
        out.push('\n');
    }
    out
}

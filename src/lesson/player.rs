//! A lesson under way: what comes next, what was typed, and the exercise that waits for an answer.
//! The frontend prints and runs the parts it is given, and tells what the learner ran.

use super::check::{Answer, Verdict, asked, check};
use super::code::{Entry, names, slice};
use super::{Exercise, Lesson, Step};
use crate::prim;
use crate::syntax::Lexicon;
use crate::value::Value;
use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

/// What the frontend shows, or runs, in order.
#[derive(Debug, PartialEq)]
pub enum Part {
    /// Paragraphs.
    Text(String),
    /// Code to show and to run.
    Live(String),
    /// An exercise: its place among how many, what is asked, and what an answer must keep to.
    Ask { number: usize, of: usize, name: String, text: String, limits: Option<String> },
    /// The inputs of an exercise, to show and to run.
    Inputs(String),
    /// The exercise that was left open.
    Left(String),
    /// There is no more: exercises done, of how many.
    End { done: usize, of: usize },
}

/// What came of an answer, and what is to be done.
pub struct Heard {
    pub verdict: Verdict,
    /// The inputs were changed by a wrong answer: run this again.
    pub restore: Option<String>,
}

pub struct Player {
    pub lesson: Rc<Lesson>,
    /// Exercises passed, now or before.
    pub done: BTreeSet<String>,
    lexicon: Lexicon,
    /// The step to come.
    next: usize,
    /// The step of the exercise that waits.
    open: Option<usize>,
    log: Vec<Entry>,
    /// Entries before the exercise.
    own: usize,
    /// Hints shown.
    hints: usize,
}

/// Bytes of arrays that a check may use.
const MEMORY: usize = 2 << 30;

impl Player {
    pub fn new(lesson: Rc<Lesson>, done: BTreeSet<String>) -> Player {
        let lexicon = prim::table().lexicon();
        Player { lesson, done, lexicon, next: 0, open: None, log: Vec::new(), own: 0, hints: 0 }
    }

    /// The exercise that waits for an answer.
    pub fn exercise(&self) -> Option<&Exercise> {
        match self.lesson.steps.get(self.open?) {
            Some(Step::Exercise(e)) => Some(e),
            _ => None,
        }
    }

    /// Whether an exercise is passed.
    fn is_done(&self, e: &Exercise) -> bool {
        self.done.contains(&e.name)
    }

    /// Exercises passed, of how many.
    pub fn score(&self) -> (usize, usize) {
        let done = self.lesson.exercises().filter(|e| self.is_done(e)).count();
        (done, self.lesson.exercises().count())
    }

    /// What comes up to the next stop: lines to run, an exercise, or the end.
    pub fn go_on(&mut self) -> Vec<Part> {
        let mut parts = Vec::new();
        if let Some(e) = self.exercise().filter(|e| !self.is_done(e)) {
            parts.push(Part::Left(e.name.clone()));
        }
        self.open = None;
        let lesson = self.lesson.clone();
        while let Some(step) = lesson.steps.get(self.next) {
            self.next += 1;
            match step {
                Step::Text(text) => parts.push(Part::Text(text.clone())),
                Step::Live(live) => {
                    parts.push(Part::Live(live.code.text.clone()));
                    return parts;
                }
                Step::Exercise(e) => {
                    self.ask(e, &mut parts);
                    return parts;
                }
            }
        }
        let (done, of) = self.score();
        parts.push(Part::End { done, of });
        parts
    }

    /// Whether nothing is asked, or what was asked is answered.
    pub fn waits_for_no_answer(&self) -> bool {
        self.exercise().is_none_or(|e| self.is_done(e))
    }

    /// Hints shown of this exercise.
    pub fn hints_shown(&self) -> usize {
        self.hints
    }

    fn ask(&mut self, e: &Exercise, parts: &mut Vec<Part>) {
        self.open = Some(self.next - 1);
        self.own = self.log.len();
        self.hints = 0;
        let before = self.lesson.steps[..self.next].iter();
        let number = before.filter(|s| matches!(s, Step::Exercise(_))).count();
        let of = self.lesson.exercises().count();
        let limits = asked(&e.limits);
        parts.push(Part::Ask { number, of, name: e.name.clone(), text: e.text.clone(), limits });
        if !e.setup.text.is_empty() {
            parts.push(Part::Inputs(e.setup.text.clone()));
        }
    }

    /// Goes to an exercise, from 1; gives the lines before it, to be run silently, and the exercise.
    pub fn jump(&mut self, number: usize) -> Option<(Vec<String>, Vec<Part>)> {
        let is_exercise = |(_, s): &(usize, &Step)| matches!(s, Step::Exercise(_));
        let at = self.lesson.steps.iter().enumerate().filter(is_exercise).nth(number.checked_sub(1)?)?.0;
        let lines = self.lesson.steps[..at].iter().filter_map(|s| match s {
            Step::Live(l) if !l.code.text.starts_with('%') => Some(l.code.text.clone()),
            _ => None,
        });
        let lines = lines.collect();
        self.open = None;
        self.next = at;
        Some((lines, self.go_on()))
    }

    /// The next hint, with its number and how many there are.
    pub fn hint(&mut self) -> Option<(usize, usize, String)> {
        let hints = &self.exercise()?.hints;
        let (at, of) = (self.hints.min(hints.len().checked_sub(1)?), hints.len());
        let text = hints.get(at)?.clone();
        self.hints = (at + 1).min(of);
        Some((at + 1, of, text))
    }

    /// Whether a line is one of the lesson's own, or the command it came from.
    fn is_command(text: &str) -> bool {
        text.trim_start().starts_with(['%', '?']) || text.trim_end().ends_with('?')
    }

    /// Keeps a statement that the lesson itself ran.
    pub fn ran(&mut self, text: &str, value: &Value) {
        if !Player::is_command(text) {
            self.log.push(Entry::new(text, !matches!(value, Value::None), &self.lexicon));
        }
    }

    /// Takes a statement that the learner ran; checks it if it may answer the exercise.
    pub fn heard(&mut self, text: &str, value: &Value) -> Option<Heard> {
        if Player::is_command(text) {
            return None;
        }
        self.ran(text, value);
        let answers = self.exercise().is_some_and(|e| self.may_answer(e, text));
        if answers { Some(self.judge(self.log.len())) } else { None }
    }

    /// Checks the last statement that may be an answer once more.
    pub fn check(&mut self) -> Option<Heard> {
        let e = self.exercise()?;
        let (wanted, gives) = (self.wanted(e), e.gives.is_some());
        let answers = |entry: &Entry| if gives { entry.makes(&wanted) } else { entry.shown };
        let last = self.log[self.own..].iter().rposition(answers)?;
        Some(self.judge(self.own + last + 1))
    }

    /// Whether the statement just kept is an answer to look at: an expression, or what makes the
    /// name asked for.
    fn may_answer(&self, e: &Exercise, text: &str) -> bool {
        let Some(entry) = self.log.last() else { return false };
        match &e.gives {
            Some(_) => entry.makes(&self.wanted(e)),
            // An input by itself is looked at, not answered with.
            None => entry.shown && !self.given(e).contains(text.trim()),
        }
    }

    /// What is to be typed, in words: a name to define, or an expression.
    pub fn wish(&self) -> String {
        match self.exercise() {
            Some(e) if e.gives.is_some() => format!("define {}", self.wanted(e)),
            _ => "type an expression".into(),
        }
    }

    /// The name that an answer makes: of what is evaluated afterwards the first that is not set up, and
    /// not predefined if there is another; or an input that is to change.
    fn wanted(&self, e: &Exercise) -> String {
        let gives = e.gives.as_ref().map_or("", |g| &g.text);
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let words = gives.split(|c: char| !is_name(c)).filter(|w| w.starts_with(|c: char| !c.is_numeric()));
        let given = self.given(e);
        let (inputs, own): (Vec<&str>, Vec<&str>) = words.partition(|w| given.contains(*w));
        let new = own.iter().find(|w| !prim::modules::bare_names().contains(w));
        new.or(own.first()).or(inputs.first()).map_or(String::new(), |w| w.to_string())
    }

    /// The names that are set up.
    fn given(&self, e: &Exercise) -> HashSet<String> {
        Entry::new(&e.setup.text, false, &self.lexicon).defined()
    }

    /// Checks the answer that the first `end` entries make.
    fn judge(&mut self, end: usize) -> Heard {
        let lesson = self.lesson.clone();
        let Some(Step::Exercise(e)) = self.open.and_then(|i| lesson.steps.get(i)) else {
            return Heard { verdict: Verdict::default(), restore: None };
        };
        let given = self.given(e);
        let asked = e.gives.as_ref().map_or_else(HashSet::new, |g| names(&g.text, &self.lexicon));
        let text = slice(&self.log[..end], self.own, &asked, &given).join("\n");
        let verdict = check(&lesson, e, &Answer { name: "your answer", text: &text }, MEMORY);
        let mut restore = None;
        if verdict.passed() {
            self.done.insert(e.name.clone());
        } else if self.log[self.own..].iter().any(|entry| given.iter().any(|n| entry.makes(n))) {
            // The next try begins from the inputs as they were.
            let mut at = 0;
            let own = self.own;
            self.log.retain(|entry| {
                at += 1;
                at <= own || !given.iter().any(|n| entry.makes(n))
            });
            restore = Some(e.setup.text.clone());
        }
        Heard { verdict, restore }
    }
}

//! The linter: finds loops that whole-array code does, and lines that mean something else than they
//! seem to. Takes texts and, where the program has run, its values; gives findings.
//!
//! `mistakes` looks for patterns in the tree. `vector` reads a loop as whole-array expressions,
//! `trial` runs the loop and its replacement on copies of the real values, and only what gave the
//! same result is offered. `watch` is told by the evaluator of the loops that run. `report` writes
//! findings as text and JSON. Portable: the clock and the time limit come from outside.

mod body;
mod build;
mod examine;
mod facts;
mod functions;
mod mistakes;
mod report;
mod sites;
mod sums;
mod trial;
mod tuples;
mod vector;
mod watch;
mod wide;

pub use mistakes::Known;
pub use report::{Equal, Finding, Level, json};
pub use trial::Lab;
pub use watch::Watcher;

use crate::error::line_at;
use crate::eval::{Evaluator, Silence};
use crate::session::{Failure, Outcome, Session};
use crate::syntax::ast::*;
use crate::syntax::walk::{self, Node, callee};
use crate::syntax::{Lexicon, Span, parse};
use std::rc::Rc;

/// A text to look at: a file, or what was typed at one prompt.
pub struct Text {
    pub name: String,
    pub text: String,
    pub statements: Vec<Stmt>,
}

impl Text {
    /// Wrong statements are left out.
    pub fn new(name: &str, text: &str, lexicon: &Lexicon) -> Text {
        Text { name: name.into(), text: text.into(), statements: parse(text, lexicon).statements }
    }

    fn at(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The first and last line of a span.
    fn lines(&self, span: Span) -> (usize, usize) {
        let line = |at: u32| line_at(&self.text, at as usize).0;
        (line(span.start), line(span.end.saturating_sub(1).max(span.start)))
    }

    fn finding(&self, level: Level, code: &'static str, span: Span, message: String) -> Finding {
        Finding::new(level, code, &self.name, self.lines(span), message)
    }
}

/// The names that texts assign, and those that are functions.
#[derive(Default)]
pub struct Names {
    pub assigned: Vec<Name>,
    pub functions: Vec<Name>,
}

impl Names {
    pub fn of(texts: &[Text]) -> Names {
        let mut names = Names::default();
        for text in texts {
            walk::statements(&text.statements, &mut |node| {
                match node {
                    Node::Stmt(Stmt { kind: StmtKind::Fn(def), .. }) => {
                        names.functions.push(def.name.text.clone())
                    }
                    Node::Stmt(Stmt { kind: StmtKind::Assign { targets, value }, .. }) => {
                        if let ([Target::Name(n)], ExprKind::Lambda(_) | ExprKind::Dfn(_)) =
                            (&**targets, &value.kind)
                        {
                            names.functions.push(n.text.clone());
                        }
                    }
                    Node::Target(Target::Name(n)) => names.assigned.push(n.text.clone()),
                    _ => {}
                }
                true
            });
        }
        names
    }
}

/// Seconds that a program that is checked may run.
const RUN_LIMIT: f64 = 30.0;

/// What came of checking a file.
pub struct Checked {
    pub findings: Vec<Finding>,
    /// Why its program did not run to the end.
    pub failure: Option<Failure>,
}

/// Runs a program in silence and looks at its text with the values it had, and at its loops as they
/// are reached. `limit`: seconds it may run.
pub fn check(session: &mut Session, name: &str, text: &str, lab: Lab) -> Checked {
    let source = Text::new(name, text, &session.evaluator.lexicon);
    let watcher = Rc::new(watch::Watcher::check(lab, Text::new(name, text, &session.evaluator.lexicon)));
    let output = std::mem::replace(&mut session.evaluator.output, Box::new(Silence));
    session.evaluator.watch = Some(watcher.clone());
    let alarm = crate::exec::interrupt::Alarm::set(RUN_LIMIT);
    let outcome = session.run(name, text);
    let stopped = alarm.ended();
    session.evaluator.watch = None;
    session.evaluator.output = output;
    let failure = match outcome {
        Outcome::Failed(failure) if !stopped => Some(failure),
        _ => None,
    };
    let mut findings = watcher.take();
    if stopped {
        let message = format!("the program was stopped after {RUN_LIMIT} s; what comes later was not tried");
        findings.push(Finding::new(Level::Note, "check-stopped", name, (1, 1), message));
    }
    findings.extend(watcher.unreached());
    findings.extend(mistakes(std::slice::from_ref(&source), &mut session.evaluator));
    findings.extend(wide::find(&source, &mut session.evaluator));
    Checked { findings: in_order(findings), failure }
}

/// What was typed in a session, each entry with the name of its prompt. Of a function that was
/// defined again only the latest definition counts.
pub fn session(evaluator: &mut Evaluator, inputs: &[(String, String)], lab: Lab) -> Vec<Finding> {
    let texts: Vec<Text> =
        inputs.iter().map(|(name, text)| Text::new(name, text, &evaluator.lexicon)).collect();
    let latest = |name: &str, text: &Text| {
        let defining = texts.iter().rfind(|t| defines(t, name));
        defining.is_none_or(|t| std::ptr::eq(t, text))
    };
    let mut findings = Vec::new();
    let loops = watch::of_session(evaluator, &texts, lab);
    for (text, own) in texts.iter().zip(loops) {
        let mut all = own;
        all.extend(mistakes_in(text, &texts, evaluator));
        all.extend(wide::find(text, evaluator));
        let outdated: Vec<(usize, usize)> = text
            .statements
            .iter()
            .filter_map(|s| match &s.kind {
                StmtKind::Fn(def) if !latest(&def.name.text, text) => Some(text.lines(s.span)),
                _ => None,
            })
            .collect();
        all.retain(|f| !outdated.iter().any(|(a, b)| (*a..=*b).contains(&f.line)));
        findings.extend(in_order(all));
    }
    findings
}

fn defines(text: &Text, name: &str) -> bool {
    text.statements.iter().any(|s| matches!(&s.kind, StmtKind::Fn(def) if &*def.name.text == name))
}

/// As they stand in the text.
fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    // How a loop that is to go walks over memory does not matter.
    let replaced: Vec<(usize, usize)> =
        findings.iter().filter(|f| f.replacement.is_some()).map(|f| (f.line, f.end_line)).collect();
    let in_replaced = |f: &Finding| replaced.iter().any(|(a, b)| *a <= f.line && f.end_line <= *b);
    findings.retain(|f| f.replacement.is_some() || !(f.code == "column-walk" && in_replaced(f)));
    // A reason is told of the outermost loop that has it.
    let notes: Vec<(usize, usize)> =
        findings.iter().filter(|f| f.level == Level::Note).map(|f| (f.line, f.end_line)).collect();
    let around = |f: &Finding| {
        notes.iter().any(|(a, b)| *a <= f.line && f.end_line <= *b && (*a, *b) != (f.line, f.end_line))
    };
    findings.retain(|f| f.level != Level::Note || !around(f));
    let growing: Vec<usize> =
        findings.iter().filter(|f| f.code == "append-in-loop").map(|f| f.line).collect();
    findings.retain(|f| {
        f.level != Level::Note || !growing.iter().any(|line| (f.line..=f.end_line).contains(line))
    });
    findings.dedup_by(|a, b| {
        a.level == Level::Note && (a.code, a.line, a.end_line) == (b.code, b.line, b.end_line)
    });
    findings.sort_by_key(|f| (f.line, f.end_line));
    findings
}

/// The mistakes in texts that have run.
fn mistakes(texts: &[Text], evaluator: &mut Evaluator) -> Vec<Finding> {
    texts.iter().flat_map(|text| mistakes_in(text, texts, evaluator)).collect()
}

fn mistakes_in(text: &Text, texts: &[Text], evaluator: &mut Evaluator) -> Vec<Finding> {
    let names = Names::of(texts);
    let globals = std::cell::RefCell::new(&mut evaluator.globals);
    let value = |name: &str| globals.borrow_mut().get(name);
    mistakes::find(text, &Known { names: &names, value: &value })
}

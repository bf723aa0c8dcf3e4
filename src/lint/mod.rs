//! The linter: finds loops that whole-array code does, and lines that mean something else than they
//! seem to. Takes texts and, where the program has run, its values; gives findings.
//!
//! `mistakes` looks for patterns in the tree. `vector` reads a loop as whole-array expressions,
//! `trial` runs the loop and its replacement on copies of the real values, and only what gave the
//! same result is offered. `watch` is told by the evaluator of the loops that run. `report` writes
//! findings as text and JSON. Portable: the clock and the time limit come from outside.

mod mistakes;
mod report;
mod walk;

pub use mistakes::Known;
pub use report::{Equal, Finding, Level, json};

use crate::error::line_at;
use crate::eval::{Evaluator, Silence};
use crate::session::{Failure, Outcome, Session};
use crate::syntax::ast::*;
use crate::syntax::{Lexicon, Span, parse};
use walk::Node;

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

/// The function that a call names, and what it is a method of: `f`, `np.f`, `x.f`.
fn callee(func: &Expr) -> Option<(&str, Option<&Expr>)> {
    match &func.kind {
        ExprKind::Name(name) => Some((name, None)),
        ExprKind::Attr { base, name } => match &base.kind {
            ExprKind::Name(module) if &**module == "np" => Some((&name.text, None)),
            ExprKind::Attr { base: outer, .. } if matches!(&outer.kind, ExprKind::Name(m) if &**m == "np") => {
                Some((&name.text, None))
            }
            _ => Some((&name.text, Some(base))),
        },
        _ => None,
    }
}

/// What came of checking a file.
pub struct Checked {
    pub findings: Vec<Finding>,
    /// Why its program did not run to the end.
    pub failure: Option<Failure>,
}

/// Runs a program in silence and looks at its text with the values it had.
pub fn check(session: &mut Session, name: &str, text: &str) -> Checked {
    let source = Text::new(name, text, &session.evaluator.lexicon);
    let outcome = silently(session, |session| session.run(name, text));
    let failure = match outcome {
        Outcome::Done(_) => None,
        Outcome::Failed(failure) => Some(failure),
    };
    let findings = in_order(mistakes(&[source], &mut session.evaluator));
    Checked { findings, failure }
}

fn silently<T>(session: &mut Session, f: impl FnOnce(&mut Session) -> T) -> T {
    let output = std::mem::replace(&mut session.evaluator.output, Box::new(Silence));
    let result = f(session);
    session.evaluator.output = output;
    result
}

/// What was typed in a session, each entry with the name of its prompt.
pub fn session(evaluator: &mut Evaluator, inputs: &[(String, String)]) -> Vec<Finding> {
    let texts: Vec<Text> =
        inputs.iter().map(|(name, text)| Text::new(name, text, &evaluator.lexicon)).collect();
    mistakes(&texts, evaluator)
}

/// As they stand in the text.
fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|f| (f.line, f.end_line));
    findings
}

/// The mistakes in texts that have run.
fn mistakes(texts: &[Text], evaluator: &mut Evaluator) -> Vec<Finding> {
    let names = Names::of(texts);
    let globals = std::cell::RefCell::new(&mut evaluator.globals);
    let value = |name: &str| globals.borrow_mut().get(name);
    let known = Known { names: &names, value: &value };
    texts.iter().flat_map(|text| mistakes::find(text, &known)).collect()
}

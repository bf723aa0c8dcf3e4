//! Showing how whole-array work goes: what broadcasting, an axis, a dtype or a view does, drawn from the
//! values of a session. Takes an evaluator and the text of an expression, gives text of at most 60
//! columns that says by words and marks, never by colour alone. Portable: `frontend` prints it.
//!
//! [`steps`] evaluates an expression one operation at a time, for all that look at what happens inside.

pub mod axis;
pub mod broadcast;
pub mod dtype;
pub mod layout;
mod moved;
mod placed;
pub mod step;
pub mod steps;

use crate::eval::{Evaluator, Raised, Source};
use crate::prim;
use crate::show;
use crate::syntax::ast::{Expr, Stmt, StmtKind};
use crate::syntax::{SyntaxError, parse};
use crate::value::{Fault, Value, shape_text};
use std::rc::Rc;

/// Columns of the widest line that is drawn.
pub const COLUMNS: usize = 60;
/// Lines of a value that are shown.
const MOST_LINES: usize = 8;

/// Why a lesson on an expression cannot be given: the text's own error, or a reason.
pub enum Refusal {
    Raised(Raised),
    /// What the command needs instead.
    Reason(String),
}

impl From<Raised> for Refusal {
    fn from(raised: Raised) -> Refusal {
        Refusal::Raised(raised)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        match refusal {
            Refusal::Raised(raised) => Fault::Raised(raised),
            Refusal::Reason(reason) => Fault::Value { func: "command".into(), reason },
        }
    }
}

/// One expression of a text, and the text as a source.
pub struct Text {
    pub expr: Expr,
    pub source: Rc<Source>,
}

impl Text {
    /// Reads a text that is one expression. `name` is what errors call it.
    pub fn new(name: &str, text: &str) -> Result<Text, Refusal> {
        let parsed = parse(text, &prim::table().lexicon());
        let source = Rc::new(Source { name: name.into(), text: text.into() });
        if let Some(e) = parsed.errors.into_iter().next() {
            return Err(mistake(e, source));
        }
        match <[Stmt; 1]>::try_from(parsed.statements) {
            Ok([Stmt { kind: StmtKind::Expr(expr), .. }]) => Ok(Text { expr, source }),
            Ok(_) => Err(Refusal::Reason("give an expression, not a statement".into())),
            Err(all) if all.is_empty() => Err(Refusal::Reason("give an expression".into())),
            Err(_) => Err(Refusal::Reason("give one expression".into())),
        }
    }
}

fn mistake(e: SyntaxError, source: Rc<Source>) -> Refusal {
    let span = e.span();
    Refusal::Raised(crate::eval::Located::at(Fault::Syntax(Box::new(e)), span, source))
}

/// Evaluates an expression of a source, in the session's names.
pub fn value_of(evaluator: &mut Evaluator, expr: &Expr, source: &Rc<Source>) -> Result<Value, Raised> {
    let statement = Stmt { kind: StmtKind::Expr(expr.clone()), span: expr.span, silent: false };
    let unit = evaluator.resolve(&[statement], source.clone())?;
    evaluator.run_unit(&unit)
}

/// What a value is, briefly: `float64 (3, 4)`, `plain int`, `list of 3`.
pub fn brief(value: &Value) -> String {
    match value {
        Value::Array(a) => format!("{} {}", a.dtype(), shape_text(a.shape())),
        Value::Scalar(s) => format!("{} scalar", s.dtype()),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Complex(_) => {
            format!("plain {}", value.type_name())
        }
        Value::List(l) => format!("list of {}", l.len()),
        Value::Tuple(t) => format!("{} of {}", value.type_name(), t.items.len()),
        _ => value.type_name().into(),
    }
}

/// The lines that show a value, few and not wider than [`COLUMNS`]; the middle of a long one is left out.
pub fn lines(value: &Value) -> Vec<String> {
    let text = match value {
        Value::Str(_) => show::repr_of(value),
        _ => show::str_of(value),
    };
    let all: Vec<String> = text.lines().map(|l| show::shorten(l, COLUMNS - 4)).collect();
    if all.len() <= MOST_LINES {
        return all;
    }
    let head = MOST_LINES / 2;
    let mut out = all[..head].to_vec();
    out.push(format!("… {} lines …", all.len() - head - 2));
    out.extend_from_slice(&all[all.len() - 2..]);
    out
}

/// The same text behind every line.
pub fn indented(lines: &[String], indent: &str) -> String {
    lines.iter().map(|l| format!("{indent}{l}").trim_end().to_string() + "\n").collect()
}

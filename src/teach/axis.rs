//! `%axis`: what a reduction, scan or sort along an axis does to it, drawn on the shape and, where it is
//! small, on the array.

use super::moved::Moved;
use super::placed::Placed;
use super::{COLUMNS, Refusal, Text, brief, lines, steps, value_of};
use crate::array::{Array, normalize_axis};
use crate::error::{Look, row_of, shapes};
use crate::eval::{Evaluator, Source};
use crate::prim::bind::Default as Given;
use crate::prim::row::Along;
use crate::prim::{self, Home, Valence};
use crate::show::{scalar_str, wrap};
use crate::syntax::Span;
use crate::syntax::ast::{Arg, Expr, ExprKind};
use crate::value::{Value, shape_text};
use std::ops::ControlFlow;
use std::rc::Rc;

/// Numbers of a line, and lines, that are named one by one.
const MOST_NUMBERS: usize = 12;

const WANTED: &str = "give a call that works along an axis, as sum(m, 0), m.mean(axis=1) or +/ m";

/// What becomes of the axes.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Goes,
    /// Stays with length one.
    Kept,
    /// Stays: lines along it are worked on one by one.
    Along,
    /// Stays with another length.
    Changes,
    /// The axes are the result's, which has them beside those of the array.
    New,
    /// Is the result's, and counts the items of the list that the array was.
    Stacked,
    /// Is the result's, along which the items of the list that the array was lie one after another.
    Joined,
    /// There is none.
    None,
    Other,
}

/// Draws what the call in a text does along its axis.
pub fn axis(evaluator: &mut Evaluator, text: &str, look: Look) -> Result<String, Refusal> {
    let text = Text::new("%axis", text)?;
    let source = text.source.clone();
    let subject = subject(evaluator, &text.expr, &source);
    let mut last = None;
    let mut each = |ev: &mut Evaluator, s: steps::Step| {
        let moved = Moved::of(ev, &s, &source);
        last = Some((s, moved));
        ControlFlow::Continue(())
    };
    let value = steps::run(evaluator, &text.expr, &source, false, &mut each)?.unwrap_or(Value::None);
    let (step, moved) = last.ok_or_else(|| Refusal::Reason(WANTED.into()))?;
    let (function, asked, operand) = match (subject, &moved) {
        (Ok((_, Value::None, _)) | Err(_), Some(moved)) if moved.moves() => {
            return Ok(moved.text(source.text.trim(), &step, &source, look));
        }
        (Err(refusal), _) => {
            let placed = Placed::of(evaluator, &step, &source).ok_or(refusal)?;
            return Ok(placed.text(source.text.trim(), look));
        }
        (subject, _) => subject?,
    };
    // A function, an axis or a number may stand before the array.
    let has_axes = |o: &&(Span, Value)| match &o.1 {
        Value::Array(a) => a.ndim() > 0,
        other => matches!(other, Value::List(_) | Value::Tuple(_)),
    };
    let first = || step.operands.iter().find(has_axes).or(step.operands.first());
    let place = if operand == 0 { first() } else { step.operands.last() };
    let (span, array) = match place {
        Some((span, v)) => (*span, prim::convert::to_array(v)),
        None => return Err(Refusal::Reason(WANTED.into())),
    };
    let Ok(array) = array else { return Err(Refusal::Reason(WANTED.into())) };
    let ndim = match &value {
        Value::Array(result) if result.ndim() > array.ndim() => result.ndim(),
        _ => array.ndim(),
    };
    let lists = takes_list(&text.expr);
    let axes = numbers(&asked, ndim)?;
    let name = source.text.get(span.range()).unwrap_or("x");
    let name = if name.chars().count() > 12 { "x" } else { name };
    let shown = Shown { function, name, array: &array, axes: &axes, value: &value, lists, look };
    Ok(shown.text(source.text.trim()))
}

/// The function's text, the axis it is told (`None`: all), and which operand is the array (0 or the
/// last).
fn subject(
    evaluator: &mut Evaluator,
    e: &Expr,
    source: &Rc<Source>,
) -> Result<(String, Value, usize), Refusal> {
    let refused = || Refusal::Reason(WANTED.into());
    match &e.kind {
        ExprKind::Call { func, args } => {
            let (row, bound) = row_of(func).ok_or_else(refused)?;
            let params = &prim::table().signature(row).params;
            let at = params.iter().position(|p| p.name == "axis").ok_or_else(refused)?;
            let given = argument(args, at.checked_sub(bound).ok_or_else(refused)?);
            let axis = match (given, params[at].default) {
                (Some(e), _) => value_of(evaluator, e, source)?,
                (None, Given::Int(n)) => Value::Int(n),
                _ => Value::None,
            };
            // What is done to a line: `np.add.reduce`, and the function that another takes.
            let function = match params.first().map(|p| p.name) {
                Some(name) if name.starts_with("func") && bound == 0 => args.first().map(|a| a.value.span),
                _ if row.home == Home::Ufunc => Some(func.span),
                _ => None,
            };
            let function = function.and_then(|at| source.text.get(at.range())).unwrap_or(row.name);
            Ok((function.to_string(), axis, 0))
        }
        ExprKind::Apply { func, .. } => {
            if let ExprKind::Glyph(glyph) = &func.kind {
                let axis = along(glyph).ok_or_else(refused)?;
                return Ok((glyph.to_string(), Value::Int(axis), 1));
            }
            let ExprKind::Derived { op, axis, .. } = &func.kind else { return Err(refused()) };
            let axis = match (axis, &*op.text) {
                (Some(e), _) => value_of(evaluator, e, source)?,
                (None, "/" | "\\") => Value::Int(-1),
                (None, "⌿" | "⍀") => Value::Int(0),
                _ => return Err(refused()),
            };
            // The axis says which lines there are, not what is done to one.
            let name = source.text.get(func.span.range()).unwrap_or("f");
            Ok((name.split('[').next().unwrap_or(name).to_string(), axis, 1))
        }
        _ => Err(refused()),
    }
}

/// The axis along which a glyph works.
fn along(glyph: &str) -> Option<i64> {
    let of = |valence| match prim::table().glyph(glyph, valence)?.along {
        Along::First => Some(0),
        Along::Last => Some(-1),
        Along::Joined | Along::None => None,
    };
    of(Valence::Monadic).or_else(|| of(Valence::Dyadic))
}

/// Whether a call's function takes a list of arrays, of which its axis is none.
fn takes_list(e: &Expr) -> bool {
    let ExprKind::Call { func, .. } = &e.kind else { return false };
    let params = row_of(func).map(|(row, _)| &prim::table().signature(row).params);
    params.is_some_and(|p| p.first().is_some_and(|p| p.name == "arrays"))
}

fn argument(args: &[Arg], position: usize) -> Option<&Expr> {
    let keyword = args.iter().find(|a| a.keyword.as_ref().is_some_and(|k| &*k.text == "axis"));
    keyword.or_else(|| args.get(position).filter(|a| a.keyword.is_none())).map(|a| &a.value)
}

/// The axes as numbers from 0.
fn numbers(asked: &Value, ndim: usize) -> Result<Vec<usize>, Refusal> {
    let one = |v: &Value| {
        let n = v.scalar().and_then(|s| s.as_i128()).and_then(|n| i64::try_from(n).ok());
        let n = n.ok_or_else(|| Refusal::Reason("an axis is a whole number".into()))?;
        normalize_axis(n, ndim).map_err(|e| Refusal::Reason(e.to_string()))
    };
    match asked {
        Value::None => Ok((0..ndim).collect()),
        Value::Tuple(t) => t.items.iter().map(one).collect(),
        v => Ok(vec![one(v)?]),
    }
}

struct Shown<'a> {
    function: String,
    name: &'a str,
    array: &'a Array,
    axes: &'a [usize],
    value: &'a Value,
    /// The array is made of a list of arrays, of which the axis is none.
    lists: bool,
    look: Look,
}

impl Shown<'_> {
    fn result(&self) -> &[usize] {
        match self.value {
            Value::Array(a) => a.shape(),
            _ => &[],
        }
    }

    fn fate(&self) -> Fate {
        let (shape, result) = (self.array.shape(), self.result());
        let is_axis = |k: &usize| self.axes.contains(k);
        let rest: Vec<usize> = (0..shape.len()).filter(|k| !is_axis(k)).map(|k| shape[k]).collect();
        let same_rank = result.len() == shape.len();
        let others = same_rank && (0..shape.len()).all(|k| is_axis(&k) || shape[k] == result[k]);
        let gone = |k: &usize| !self.axes.contains(k);
        let without: Vec<usize> = (0..result.len()).filter(gone).map(|k| result[k]).collect();
        if self.axes.is_empty() {
            Fate::None
        } else if self.lists && shape.len() == result.len() + 1 {
            Fate::Joined
        } else if self.lists && shape.len() == result.len() {
            Fate::Stacked
        } else if without == shape && result.len() > shape.len() {
            Fate::New
        } else if rest == result {
            Fate::Goes
        } else if same_rank && result == shape {
            Fate::Along
        } else if others && self.axes.iter().all(|&k| result[k] == 1) {
            Fate::Kept
        } else if others {
            Fate::Changes
        } else {
            Fate::Other
        }
    }

    fn text(&self, written: &str) -> String {
        let fate = self.fate();
        let head = format!("{written}: {} becomes {}", shape_text(self.array.shape()), self.becomes());
        let mut out = wrap(&head, COLUMNS).join("\n") + "\n";
        if !self.look.spoken && fate != Fate::None {
            out.push_str(&format!("\n{}\n\n", self.table(fate)));
        }
        out.push_str(&(wrap(&self.sentence(fate), COLUMNS).join("\n") + "\n"));
        if let Some(formula) = self.formula(fate) {
            out.push_str(&format!("{formula}\n"));
        }
        match self.look.spoken {
            true => out.push_str(&self.lines_in_words().unwrap_or_default()),
            false => out.extend(self.picture(fate).map(|p| format!("\n{p}"))),
        }
        out
    }

    fn becomes(&self) -> String {
        match self.value {
            Value::Array(a) => shape_text(a.shape()),
            other => brief(other),
        }
    }

    /// The shapes in columns under the axes' numbers, the axis marked.
    fn table(&self, fate: Fate) -> String {
        let shape = self.array.shape();
        let cells = |s: &[usize]| s.iter().map(usize::to_string).collect::<Vec<_>>();
        let mut result = cells(self.result());
        if self.is_of_result(fate) {
            let given = match fate {
                Fate::Stacked | Fate::Joined => ("each array", cells(shape.get(1..).unwrap_or_default())),
                _ => (self.name, cells(shape)),
            };
            let mark = |k: usize| if self.axes.contains(&k) { "^".into() } else { String::new() };
            let numbers = (0..result.len()).map(|k| k.to_string()).collect();
            let marks = (0..result.len()).map(mark).collect();
            return shapes::rows(&[given, ("axis", numbers), ("result", result), ("", marks)]);
        }
        if fate == Fate::Goes {
            result = (0..shape.len())
                .map(|k| if self.axes.contains(&k) { "-".into() } else { shape[k].to_string() })
                .collect();
        }
        let marks = (0..shape.len()).map(|k| if self.axes.contains(&k) { "^".into() } else { String::new() });
        shapes::rows(&[
            ("axis", (0..shape.len()).map(|k| k.to_string()).collect()),
            (self.name, cells(shape)),
            ("result", result),
            ("", marks.collect()),
        ])
    }

    fn sentence(&self, fate: Fate) -> String {
        let shape = self.array.shape();
        let which = match self.axes {
            [k] => format!("Axis {k}"),
            all if all.len() == shape.len() => "Every axis".into(),
            all => format!("Axes {}", all.iter().map(usize::to_string).collect::<Vec<_>>().join(" and ")),
        };
        let (goes, stays) = match self.axes.len() == 1 || self.axes.len() == shape.len() {
            true => ("goes", "stays"),
            false => ("go", "stay"),
        };
        let n: usize = self.axes.iter().filter_map(|&k| shape.get(k)).product();
        let places: usize = self.result().iter().product();
        let per = format!("{n} elements become one, in {places} place{}", if places == 1 { "" } else { "s" });
        match fate {
            Fate::Goes => format!("{which} {goes}: {per}."),
            Fate::Kept => format!("{which} {stays} with length 1 (keepdims): {per}."),
            Fate::Along => format!("{which} {stays}: each line along it is worked on by itself."),
            Fate::Changes => {
                let new: usize = self.axes.iter().map(|&k| self.result()[k]).product();
                format!("{which} {stays}, {n} long before and {new} after.")
            }
            Fate::New => format!(
                "{which} of the result {} new, with length 1.",
                if goes == "goes" { "is" } else { "are" }
            ),
            Fate::Stacked => {
                format!("{which} of the result is new: it counts the {} arrays.", shape.first().unwrap_or(&0))
            }
            Fate::Joined => {
                let count = shape.first().unwrap_or(&0);
                format!("Along axis {} of the result the {count} arrays lie one after another.", self.axes[0])
            }
            Fate::None if shape.is_empty() => "There is no axis: one element is all there is.".into(),
            Fate::None => "No axis is named.".into(),
            Fate::Other => format!("The result has shape {}.\n", shape_text(self.result())),
        }
    }

    /// Whether the axes are none of the array's.
    fn is_of_result(&self, fate: Fate) -> bool {
        matches!(fate, Fate::Other | Fate::New | Fate::Stacked | Fate::Joined | Fate::None)
    }

    /// One element or line of the result as what it is made of: `result[j] = sum(m[:, j])`.
    fn formula(&self, fate: Fate) -> Option<String> {
        if self.is_of_result(fate) || self.array.ndim() < 2 || self.axes.len() == self.array.ndim() {
            return None;
        }
        let letter = |k: usize| ["i", "j", "k", "l", "m", "n"].get(k).copied().unwrap_or("n");
        let from: Vec<&str> =
            (0..self.array.ndim()).map(|k| if self.axes.contains(&k) { ":" } else { letter(k) }).collect();
        let to: Vec<&str> = match fate {
            Fate::Goes => from.iter().copied().filter(|s| *s != ":").collect(),
            Fate::Kept => from.iter().map(|s| if *s == ":" { "0" } else { s }).collect(),
            _ => from.clone(),
        };
        let argument = format!("{}[{}]", self.name, from.join(", "));
        let call = match self.function.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.')) {
            true => format!("{}({argument})", self.function),
            false => format!("{} {argument}", self.function),
        };
        Some(format!("result[{}] = {call}", to.join(", ")))
    }

    /// A small matrix line by line: `m[:, 0] is 0 4 8: result 12`.
    fn lines_in_words(&self) -> Option<String> {
        let ([axis], 2) = (self.axes, self.array.ndim()) else { return None };
        let (along, across) = (self.array.shape()[*axis], self.array.shape()[1 - axis]);
        let Value::Array(result) = self.value else { return None };
        if along > MOST_NUMBERS || across > MOST_NUMBERS {
            return None;
        }
        let numbers = |a: &Array, line: usize| {
            // The line of a matrix along the axis; of what a reduction left, its element.
            let (n, step, across) = match a.ndim() {
                2 => (a.shape()[*axis], a.strides()[*axis], a.strides()[1 - axis]),
                _ => (1, 0, a.strides().first().copied().unwrap_or(0)),
            };
            let at = |i: usize| (a.offset() as isize + i as isize * step + line as isize * across) as usize;
            (0..n).map(|i| scalar_str(a.scalar_at(at(i)))).collect::<Vec<_>>().join(" ")
        };
        let line = |j: usize| {
            let place = if *axis == 0 { format!(":, {j}") } else { format!("{j}, :") };
            format!("{}[{place}] is {}: result {}\n", self.name, numbers(self.array, j), numbers(result, j))
        };
        Some((0..across).map(line).collect())
    }

    /// The array and the result, with arrows along the axis.
    fn picture(&self, fate: Fate) -> Option<String> {
        let [axis] = *self.axes else { return None };
        if self.is_of_result(fate) {
            return None;
        }
        let text = lines(&Value::Array(self.array.clone()));
        let width = text.iter().map(|l| l.chars().count()).max()?;
        let drawable = self.array.ndim() == 2 && text.len() == self.array.shape()[0] && width + 16 <= COLUMNS;
        if !drawable {
            return None;
        }
        let reduced = matches!(fate, Fate::Goes | Fate::Kept);
        let indent = |lines: &[String]| super::indented(lines, "  ");
        let result = lines(self.value);
        let (down, right) = if self.look.unicode { ('↓', "→") } else { ('v', "->") };
        Some(match (axis, reduced) {
            (0, _) => format!("{}  {}\n{}", indent(&text), arrows(text.last()?, down), indent(&result)),
            (_, true) => {
                let Value::Array(r) = self.value else { return None };
                let step = |i: usize| (r.offset() as isize + i as isize * r.strides()[0]) as usize;
                let rows = text.iter().enumerate().map(|(i, line)| {
                    format!("{line:<width$}  {right}  {}", scalar_str(r.scalar_at(step(i))))
                });
                indent(&rows.collect::<Vec<_>>())
            }
            (_, false) => {
                let rows = text.iter().map(|line| format!("{line:<width$}  {right}"));
                format!("{}\n{}", indent(&rows.collect::<Vec<_>>()), indent(&result))
            }
        })
    }
}

/// An arrow under the last character of every number of a row.
fn arrows(row: &str, arrow: char) -> String {
    let chars: Vec<char> = row.chars().collect();
    let ends = |i: usize| {
        let inside = |c: char| !c.is_whitespace() && c != ']' && c != '[';
        inside(chars[i]) && chars.get(i + 1).is_none_or(|&c| !inside(c))
    };
    let line: String = (0..chars.len()).map(|i| if ends(i) { arrow } else { ' ' }).collect();
    line.trim_end().to_string()
}

//! What `%axis` shows of an operation that only moves, adds or takes away axes, as an index, `.T` or
//! `swapaxes` do: which axis of the array each axis of the result is.

use super::{COLUMNS, steps, value_of};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Look, shapes};
use crate::eval::{Evaluator, Source};
use crate::show::wrap;
use crate::syntax::Span;
use crate::syntax::ast::{Expr, ExprKind, Sub};
use crate::value::{Value, shape_text};
use std::rc::Rc;

/// Where the axes of a result come from.
pub struct Moved {
    shape: Vec<usize>,
    result: Vec<usize>,
    /// Of each axis of the result the axis of the array that it is; none of a new one.
    from: Vec<Option<usize>>,
}

/// Lengths by which the axes of a trial are told apart.
const LENGTHS: [usize; 6] = [2, 3, 5, 7, 11, 13];

impl Moved {
    /// Of the operation of a step, if it does nothing else.
    pub fn of(evaluator: &mut Evaluator, step: &steps::Step, source: &Rc<Source>) -> Option<Moved> {
        // The array stands before other arguments, or behind a glyph.
        let is_array = |o: &(Span, Value)| matches!(o.1, Value::Array(_));
        let operand = step.operands.iter().position(is_array)?;
        let Value::Array(array) = &step.operands.get(operand)?.1 else { return None };
        let array = array.clone();
        Self::of_array(evaluator, step, source, operand, &array)
    }

    fn of_array(
        evaluator: &mut Evaluator,
        step: &steps::Step,
        source: &Rc<Source>,
        operand: usize,
        array: &Array,
    ) -> Option<Moved> {
        let Value::Array(result) = &step.value else { return None };
        let from = match &step.expr.kind {
            ExprKind::Index { subs, .. } => indexed(evaluator, subs, source, array.ndim())?,
            kind => permuted(evaluator, step, source, settled(kind, step.operands.get(operand)?.0)?, array)?,
        };
        let moved = Moved { shape: array.shape().to_vec(), result: result.shape().to_vec(), from };
        (moved.from.len() == result.ndim()).then_some(moved)
    }

    /// Whether an axis is another one than before.
    pub fn moves(&self) -> bool {
        self.from.len() != self.shape.len() || self.from.iter().enumerate().any(|(k, f)| *f != Some(k))
    }

    /// The shapes under each other, and what becomes of each axis in words.
    pub fn text(&self, written: &str, step: &steps::Step, source: &Source, look: Look) -> String {
        let name = step.operands.iter().find(|(_, v)| matches!(v, Value::Array(_)));
        let name = name.and_then(|(at, _)| source.text.get(at.range())).unwrap_or("x");
        let name = if name.chars().count() > 12 { "x" } else { name };
        let head = format!("{written}: {} becomes {}", shape_text(&self.shape), shape_text(&self.result));
        let mut out = wrap(&head, COLUMNS).join("\n") + "\n";
        if !look.spoken && !self.from.is_empty() {
            out.push_str(&format!("\n{}\n\n", self.table(name)));
        }
        out.push_str(&(wrap(&self.sentences(name), COLUMNS).join("\n") + "\n"));
        out
    }

    fn table(&self, name: &str) -> String {
        let numbers = |n: usize| (0..n).map(|k| k.to_string()).collect::<Vec<_>>();
        let cells = |s: &[usize]| s.iter().map(usize::to_string).collect::<Vec<_>>();
        let own = shapes::rows(&[("axis", numbers(self.shape.len())), (name, cells(&self.shape))]);
        let from = |f: &Option<usize>| f.map_or("new".into(), |k| k.to_string());
        let of_result = shapes::rows(&[
            ("axis", numbers(self.result.len())),
            ("result", cells(&self.result)),
            (&format!("axis of {name}"), self.from.iter().map(from).collect()),
        ]);
        format!("{own}\n\n{of_result}")
    }

    fn sentences(&self, name: &str) -> String {
        let mut out = Vec::new();
        for (k, f) in self.from.iter().enumerate() {
            match f {
                None => out.push(format!("Axis {k} of the result is new, with length {}.", self.result[k])),
                Some(f) if *f != k => out.push(format!("Axis {k} of the result is axis {f} of {name}.")),
                Some(_) => {}
            }
        }
        for k in (0..self.shape.len()).filter(|k| !self.from.contains(&Some(*k))) {
            match self.shape[k] {
                1 => out.push(format!("Axis {k} of {name}, of length 1, goes.")),
                n => out.push(format!("Axis {k} of {name} goes: one of its {n} places is taken.")),
            }
        }
        out.join(" ")
    }
}

/// The operand of an operation that stands there: a name.
fn settled(kind: &ExprKind, at: Span) -> Option<&Expr> {
    let is_it = |e: &&Expr| e.span == at && matches!(e.kind, ExprKind::Name(_));
    match kind {
        ExprKind::Attr { base, .. } => Some(&**base).filter(is_it),
        ExprKind::Call { func, args } => {
            let base = match &func.kind {
                ExprKind::Attr { base, .. } => Some(&**base),
                _ => None,
            };
            base.into_iter().chain(args.iter().map(|a| &a.value)).find(is_it)
        }
        ExprKind::Apply { right, left: None, .. } => Some(&**right).filter(is_it),
        _ => None,
    }
}

/// Of each axis that an index leaves, which it was.
fn indexed(
    evaluator: &mut Evaluator,
    subs: &[Sub],
    source: &Rc<Source>,
    ndim: usize,
) -> Option<Vec<Option<usize>>> {
    enum Part {
        New,
        Taken,
        Stays,
        Rest,
    }
    let mut parts = Vec::new();
    for sub in subs {
        parts.push(match sub {
            Sub::Slice { .. } => Part::Stays,
            Sub::Expr(e) => match value_of(evaluator, e, source).ok()? {
                Value::None => Part::New,
                Value::Ellipsis => Part::Rest,
                Value::Int(_) => Part::Taken,
                Value::Scalar(s) if s.dtype().is_int() => Part::Taken,
                Value::Slice(_) => Part::Stays,
                _ => return None,
            },
        });
    }
    let used = parts.iter().filter(|p| matches!(p, Part::Taken | Part::Stays)).count();
    let rest = ndim.checked_sub(used)?;
    if !parts.iter().any(|p| matches!(p, Part::Rest)) {
        parts.push(Part::Rest);
    }
    let (mut from, mut axis) = (Vec::new(), 0);
    for part in parts {
        match part {
            Part::New => from.push(None),
            Part::Taken => axis += 1,
            Part::Stays => {
                from.push(Some(axis));
                axis += 1;
            }
            Part::Rest => {
                from.extend((axis..axis + rest).map(Some));
                axis += rest;
            }
        }
    }
    Some(from)
}

/// Of each axis of the result which it was, as the operation shows on an array whose axes differ.
fn permuted(
    evaluator: &mut Evaluator,
    step: &steps::Step,
    source: &Rc<Source>,
    operand: &Expr,
    array: &Array,
) -> Option<Vec<Option<usize>>> {
    let ExprKind::Name(name) = &operand.kind else { return None };
    let mut lengths = LENGTHS.iter().copied();
    let shape = array.shape().iter().map(|&n| if n == 1 { Some(1) } else { lengths.next() });
    let shape: Vec<usize> = shape.collect::<Option<_>>()?;
    let probe = Array::zeros(DType::F64, &shape).ok()?;
    let own = evaluator.globals.get(name)?;
    evaluator.globals.set(name, Value::Array(probe.clone()));
    let moved = evaluator.in_silence(|ev| value_of(ev, &step.expr, source));
    evaluator.globals.set(name, own);
    let Ok(Value::Array(moved)) = moved else { return None };
    if !moved.may_overlap(&probe) {
        return None;
    }
    let mut left: Vec<usize> = (0..shape.len()).collect();
    let mut from = Vec::new();
    for (&n, &step) in moved.shape().iter().zip(moved.strides()) {
        // What is read in another order has the length of an axis, and another step.
        let is_it = |&k: &usize| shape[k] == n && (n == 1 || probe.strides()[k].abs() == step.abs());
        let place = left.iter().position(is_it);
        match place {
            Some(p) => from.push(Some(left.remove(p))),
            None if n == 1 => from.push(None),
            None => return None,
        }
    }
    left.iter().all(|&k| shape[k] == 1).then_some(from)
}

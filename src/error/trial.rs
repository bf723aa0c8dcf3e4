//! Trying a line of help before it is offered: the text that failed, written differently, runs on arrays
//! that have the shapes and dtypes of its operands, in an evaluator of its own. Takes the text with its
//! operands; says which shape comes out. Long axes are cut, the same lengths alike, so that a trial
//! costs little; lengths that come out are those they stand for.

use super::remedy::row_of;
use crate::array::{Array, ArrayError, Dims};
use crate::dtype::{DType, Scalar};
use crate::eval::{Evaluator, Silence, Source};
use crate::exec::copy::full;
use crate::exec::interrupt::Alarm;
use crate::prim;
use crate::prim::language::idioms;
use crate::syntax::ast::{Expr, ExprKind, Stmt, StmtKind, Target};
use crate::syntax::walk::{self, Node};
use crate::syntax::{Span, parse};
use crate::value::{Fault, Value};
use std::rc::Rc;

/// An array that a text names.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand {
    pub at: Span,
    pub dtype: DType,
    pub shape: Dims,
    /// What is written behind it: an index or attribute.
    pub after: String,
}

/// What came of a trial.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Arrays of these shapes: one, or those of a list or tuple.
    Gives(Vec<Dims>),
    /// A value without a shape, or with one that depends on more than the operands' shapes.
    Runs,
    Fails,
    /// It cannot be tried: it reads other names, does more than give a value, or is too large.
    Unknown,
}

/// Bytes of stack for the recursion of a trial.
const STACK: usize = 1 << 18;
/// Seconds that a run of a trial may take.
const LONGEST: f64 = 0.05;
/// Elements up to which arrays are made as they are, and of all operands multiplied.
const SMALL: usize = 1 << 12;
const WHOLE: usize = 1 << 20;
/// Lengths below [`KEPT`] stay; longer ones become these.
const KEPT: usize = 12;
const CUT: [usize; 8] = [13, 17, 19, 23, 29, 31, 37, 41];

/// Runs a text on its operands.
pub fn run(text: &str, operands: &[Operand]) -> Outcome {
    let Some(cut) = Cut::of(operands) else { return Outcome::Unknown };
    let Some(text) = named(text, operands) else { return Outcome::Unknown };
    let parsed = parse(&text, &prim::table().lexicon());
    let [statement] = &parsed.statements[..] else { return Outcome::Unknown };
    if !parsed.errors.is_empty() || !is_harmless(statement) {
        return Outcome::Unknown;
    }
    let ones = evaluate(&text, statement, operands, &cut, true);
    let whole = operands.iter().any(|o| !o.dtype.is_inexact());
    match (ones, whole) {
        (outcome, false) => outcome,
        // Numbers that count or index, and masks, may decide the shape.
        (ones, true) => match (ones, evaluate(&text, statement, operands, &cut, false)) {
            (a, b) if a == b => a,
            (Outcome::Unknown, _) | (_, Outcome::Unknown) => Outcome::Unknown,
            _ => Outcome::Runs,
        },
    }
}

/// The text with names of the trial's own for its operands.
fn named(text: &str, operands: &[Operand]) -> Option<String> {
    let mut order: Vec<usize> = (0..operands.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(operands[i].at.start));
    let (mut out, mut upto) = (text.to_string(), text.len());
    for i in order {
        let at = operands[i].at.range();
        if at.end > upto || at.start >= at.end || !text.is_char_boundary(at.start) {
            return None;
        }
        out.replace_range(at.clone(), &format!("{}{}", name(i), operands[i].after));
        upto = at.start;
    }
    Some(out)
}

fn name(i: usize) -> String {
    format!("trial_operand_{i}")
}

/// Whether a statement does nothing but compute, or write into one of its operands.
fn is_harmless(statement: &Stmt) -> bool {
    let mut fine = true;
    walk::statement(statement, &mut |node| {
        fine &= match node {
            Node::Stmt(s) => {
                matches!(s.kind, StmtKind::Expr(_) | StmtKind::Assign { .. } | StmtKind::Augment { .. })
            }
            Node::Expr(Expr { kind: ExprKind::Call { func, .. }, .. }) => has_no_effects(func),
            Node::Expr(Expr { kind: ExprKind::Pipe { right, .. }, .. }) => match right.kind {
                ExprKind::Name(_) => has_no_effects(right),
                _ => true,
            },
            _ => true,
        };
        fine
    });
    fine
}

fn has_no_effects(func: &Expr) -> bool {
    row_of(func).is_some_and(|(row, _)| !idioms::has_effects(row))
}

fn evaluate(text: &str, statement: &Stmt, operands: &[Operand], cut: &Cut, ones: bool) -> Outcome {
    let mut ev = Evaluator::new(Rc::new(prim::table().lexicon()), Box::new(Silence), STACK);
    for (i, operand) in operands.iter().enumerate() {
        match example(operand, cut, ones) {
            Ok(array) => ev.globals.set(&name(i), Value::Array(array)),
            Err(_) => return Outcome::Unknown,
        }
    }
    let source = Rc::new(Source { name: String::new(), text: text.into() });
    // A number in the text may ask for much.
    let alarm = Alarm::set(LONGEST);
    let ran = ev.resolve(std::slice::from_ref(statement), source).and_then(|unit| ev.run_unit(&unit));
    if alarm.ended() {
        return Outcome::Unknown;
    }
    match ran {
        Ok(value) => {
            let value = written(statement).and_then(|name| ev.globals.get(name)).unwrap_or(value);
            cut.shapes(&value).map_or(Outcome::Runs, Outcome::Gives)
        }
        Err(raised) => match &raised.fault {
            Fault::UnknownName { .. } | Fault::Interrupted | Fault::Recursion { .. } => Outcome::Unknown,
            Fault::Array(ArrayError::Memory { .. } | ArrayError::Interrupted) => Outcome::Unknown,
            // Numbers in the text may speak of the lengths that were cut.
            _ if cut.lengths.is_empty() => Outcome::Fails,
            Fault::Array(ArrayError::Broadcast { .. }) | Fault::InnerDimensions { .. } => Outcome::Fails,
            _ => Outcome::Unknown,
        },
    }
}

/// The name whose value an assignment changes.
fn written(statement: &Stmt) -> Option<&str> {
    let target = match &statement.kind {
        StmtKind::Assign { targets, .. } => targets.first()?,
        StmtKind::Augment { target, .. } => target,
        _ => return None,
    };
    match target {
        Target::Name(n) => Some(&n.text),
        Target::Index { base, .. } => match &base.kind {
            ExprKind::Name(n) => Some(n),
            _ => None,
        },
        _ => None,
    }
}

/// An array like an operand. Floats differ from each other, so that no matrix of them is singular.
fn example(operand: &Operand, cut: &Cut, ones: bool) -> Result<Array, ArrayError> {
    let shape: Dims = operand.shape.iter().map(|&n| cut.short(n)).collect();
    if !operand.dtype.is_inexact() {
        let value = if ones { Scalar::I64(1) } else { Scalar::I64(0) };
        return crate::exec::cast(&full(&shape, value)?, operand.dtype, crate::array::Order::C);
    }
    let count: usize = shape.iter().product();
    let mut state = 1u64;
    let values: Vec<f64> = (0..count)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            1.0 + (state >> 40) as f64 / (1u64 << 24) as f64
        })
        .collect();
    crate::exec::cast(&Array::from_slice(&values, &shape)?, operand.dtype, crate::array::Order::C)
}

/// Lengths, and what stands for them in a trial.
struct Cut {
    lengths: Vec<usize>,
}

impl Cut {
    /// None, where all is small; `None` where too many lengths differ.
    fn of(operands: &[Operand]) -> Option<Cut> {
        let size = |o: &Operand| o.shape.iter().fold(1usize, |all, &n| all.saturating_mul(n.max(1)));
        let all = operands.iter().fold(1usize, |all, o| all.saturating_mul(size(o)));
        if all <= WHOLE && operands.iter().all(|o| size(o) <= SMALL) {
            return Some(Cut { lengths: Vec::new() });
        }
        let mut lengths: Vec<usize> =
            operands.iter().flat_map(|o| o.shape.iter().copied()).filter(|&n| n >= KEPT).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let cut = Cut { lengths };
        let short = |o: &Operand| o.shape.iter().map(|&n| cut.short(n)).product::<usize>();
        (cut.lengths.len() <= CUT.len() && operands.iter().all(|o| short(o) <= WHOLE)).then_some(cut)
    }

    fn short(&self, n: usize) -> usize {
        let place = self.lengths.iter().position(|&m| m == n);
        place.and_then(|k| CUT.get(k).copied()).unwrap_or(n)
    }

    /// The length that one of a result stands for.
    fn long(&self, n: usize) -> Option<usize> {
        if self.lengths.is_empty() || n < KEPT {
            return Some(n);
        }
        CUT.iter().position(|&m| m == n).and_then(|k| self.lengths.get(k).copied())
    }

    fn shapes(&self, value: &Value) -> Option<Vec<Dims>> {
        let one = |v: &Value| match v {
            Value::Array(a) => a.shape().iter().map(|&n| self.long(n)).collect::<Option<Dims>>(),
            Value::Deferred(w) => w.shape().iter().map(|&n| self.long(n)).collect(),
            Value::Scalar(_) => Some(Dims::new()),
            _ => None,
        };
        match value {
            Value::Tuple(t) => t.items.iter().map(one).collect::<Option<Vec<_>>>().filter(|s| !s.is_empty()),
            Value::List(l) => {
                l.to_vec().iter().map(one).collect::<Option<Vec<_>>>().filter(|s| !s.is_empty())
            }
            other => Some(vec![one(other)?]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(text: &str, shapes: &[&[usize]]) -> Outcome {
        let operand = |(i, shape): (usize, &&[usize])| {
            let start = text.find(&format!("{}", ['a', 'b'][i])).unwrap();
            Operand {
                at: Span::new(start, start + 1),
                dtype: DType::F64,
                shape: Dims::from(*shape),
                after: String::new(),
            }
        };
        run(text, &shapes.iter().enumerate().map(operand).collect::<Vec<_>>())
    }

    fn gives(shapes: &[&[usize]]) -> Outcome {
        Outcome::Gives(shapes.iter().map(|s| Dims::from(*s)).collect())
    }

    #[test]
    fn trials_tell_shapes() {
        assert_eq!(tried("a + b", &[&[3, 4], &[4]]), gives(&[&[3, 4]]));
        assert_eq!(tried("a + b", &[&[3, 4], &[3]]), Outcome::Fails);
        assert_eq!(tried("(a, b)", &[&[3, 4], &[3]]), gives(&[&[3, 4], &[3]]));
        assert_eq!(tried("a.tolist()", &[&[0]]), Outcome::Runs);
    }

    #[test]
    fn long_axes_are_cut_and_come_back() {
        assert_eq!(tried("a @ b", &[&[100_000, 20_000], &[20_000, 3]]), gives(&[&[100_000, 3]]));
        assert_eq!(tried("a @ b", &[&[100_000, 20_000], &[100_000, 3]]), Outcome::Fails);
    }

    #[test]
    fn what_does_more_is_not_tried() {
        assert_eq!(tried("print(a)", &[&[3]]), Outcome::Unknown);
        assert_eq!(tried("a + unknown", &[&[3]]), Outcome::Unknown);
        assert_eq!(tried("np.savetxt('f', a)", &[&[3]]), Outcome::Unknown);
    }

    #[test]
    fn counts_decide_shapes() {
        let operand = Operand {
            at: Span::new(10, 11),
            dtype: DType::I64,
            shape: Dims::from(&[3][..]),
            after: String::new(),
        };
        assert_eq!(run("np.repeat(a, a)", &[]), Outcome::Unknown);
        assert_eq!(run("np.zeros((a))", &[Operand { at: Span::new(10, 11), ..operand }]), Outcome::Runs);
    }
}

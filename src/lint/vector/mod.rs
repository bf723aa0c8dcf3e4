//! Reading one step of a loop as a whole-array expression: a value that depends on the loops around
//! it becomes an array with a leading axis for each of them. Expressions come in, `Val`s go out.
//! Nothing here is proof: what comes out is run beside the loop before anybody is told.

mod affine;
mod calls;
mod join;
mod places;

pub use affine::{difference, sum};

use super::build::*;
use super::facts::Facts;
use super::walk::{self, Node};
use super::{callee, functions::Functions};
use crate::dtype::DType;
use crate::prim::language::idioms::{self, Role};
use crate::syntax::ast::*;
use crate::value::Value;
use std::collections::HashMap;

/// Why a loop stays as it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    /// It does something besides computing: what.
    Effect(String),
    /// A step needs what another step made.
    Dependency(String),
    /// How far it runs depends on the data.
    Leaves(String),
    /// No whole-array form is known here.
    Unknown,
}

pub type R<T> = Result<T, Why>;

/// A value within loops. The expression's axes are those of the loops in `axes`, then `rank` of its
/// own.
#[derive(Clone, Debug)]
pub struct Val {
    pub expr: Expr,
    pub axes: Vec<usize>,
    pub rank: usize,
    /// The two factors of a product.
    pub factors: Option<Box<(Val, Val)>>,
    /// What it was made by, if that is more than element by element.
    pub kind: Option<(&'static str, &'static str)>,
}

impl Val {
    pub fn new(expr: Expr, axes: Vec<usize>, rank: usize) -> Val {
        Val { expr, axes, rank, factors: None, kind: None }
    }
}

/// `coefficient * i + offset`, of a loop's number.
#[derive(Clone, Debug)]
pub struct Affine {
    pub level: usize,
    pub coefficient: i64,
    pub offset: Expr,
}

/// What a name means within the loops.
#[expect(clippy::large_enum_variant, reason = "a handful of names live at a time")]
#[derive(Clone, Debug)]
pub enum Bind {
    /// The number of a loop's step.
    Index(usize),
    Val(Val, Option<Affine>),
    /// Added up over the steps; see `body`.
    Sum(super::sums::Sum),
    /// A list that grows.
    List(usize),
    /// Its last value is written by a statement of its own.
    Done,
    /// Not known here any more.
    Gone,
}

/// A loop around: its number runs from `start` to `stop`.
#[derive(Clone, Debug)]
pub struct Loop {
    pub start: Expr,
    pub stop: Expr,
    /// 0 for a stride that is no literal.
    pub step: i64,
    pub stride: Option<Expr>,
    /// Its steps run downwards.
    pub reversed: bool,
}

impl Loop {
    /// Upwards by ones.
    pub fn new(start: Expr, stop: Expr) -> Loop {
        Loop { start, stop, step: 1, stride: None, reversed: false }
    }

    /// The step, unless it is 1.
    pub fn by(&self) -> Option<Expr> {
        self.stride.clone().or_else(|| (self.step != 1).then(|| int(self.step)))
    }
}

/// A write into an array within the loops.
#[derive(Clone, Debug)]
pub struct Write {
    pub base: Name,
    pub subs: Vec<Sub>,
    /// Where in the text.
    pub at: u32,
}

/// What a replacement makes use of, to name it by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    pub gather: bool,
    pub shifted: bool,
    pub outer: bool,
    pub choice: bool,
    pub product: bool,
    pub axis: bool,
}

pub struct Reader<'a> {
    pub facts: &'a Facts,
    pub functions: &'a Functions<'a>,
    pub names: HashMap<Name, Bind>,
    /// All loops entered, and those that are open.
    pub loops: Vec<Loop>,
    pub active: Vec<usize>,
    pub writes: Vec<Write>,
    /// Where the statement that is read stands.
    pub at: u32,
    pub uses: Uses,
    /// Whether the place that is read is one to write.
    pub writing: bool,
    /// The element that the statement at hand is for, as it is written.
    pub storing: Option<String>,
    /// The array of which an element is read.
    pub indexed: Option<Name>,
    /// Arrays are read only where this mask is set.
    pub under: Option<Expr>,
    pub depth: usize,
}

impl Reader<'_> {
    /// What an expression is over all steps.
    pub fn value(&mut self, e: &Expr) -> R<Val> {
        use ExprKind as K;
        // A length stays the same whatever is written.
        let length = matches!(e.kind, K::Call { .. } | K::Index { .. } | K::Attr { .. } | K::Binary { .. });
        if length && self.facts.int(e).is_some() && self.is_fixed(e) {
            return Ok(Val::new(e.clone(), Vec::new(), 0));
        }
        match &e.kind {
            K::Number { .. } => Ok(Val::new(e.clone(), Vec::new(), 0)),
            K::Name(name) => self.name(name, e),
            K::Index { base, subs } => {
                let base = match &base.kind {
                    K::Name(n) if !self.names.contains_key(n) => {
                        Val::new((**base).clone(), Vec::new(), self.facts.rank(base).unwrap_or(subs.len()))
                    }
                    _ => self.value(base)?,
                };
                self.index(base, subs)
            }
            K::Binary { op, left, right } => {
                let (a, b) = (self.value(left)?, self.value(right)?);
                self.binary(&op.text, a, b)
            }
            K::Prefix { op, operand } => {
                let v = self.value(operand)?;
                Ok(Val::new(prefix(&op.text, v.expr), v.axes, v.rank))
            }
            K::Compare { first, rest } => {
                if rest.iter().any(|(op, _)| op.text.chars().any(char::is_alphabetic)) {
                    return self.fixed(e);
                }
                let mut parts = vec![self.value(first)?];
                for (_, e) in rest {
                    parts.push(self.value(e)?);
                }
                let ops = rest.iter().map(|(op, _)| op.text.to_string());
                self.together(&parts, |parts| {
                    let mut parts = parts.into_iter();
                    let first = parts.next().unwrap_or_else(|| int(0));
                    compare(first, ops.zip(parts).collect())
                })
            }
            K::And(a, b) => self.logic("&", "logical_and", a, b, e),
            K::Or(a, b) => self.logic("|", "logical_or", a, b, e),
            K::Not(a) => {
                let v = self.value(a)?;
                if v.axes.is_empty() {
                    return self.fixed(e);
                }
                let bits = self.is_truth(&v.expr);
                let expr = if bits { not(v.expr) } else { np("logical_not", vec![v.expr]) };
                Ok(Val::new(expr, v.axes, v.rank))
            }
            K::Choice { test, then, other } => {
                let parts = [self.value(test)?, self.value(then)?, self.value(other)?];
                if parts[0].axes.is_empty() {
                    return self.fixed(e);
                }
                self.uses.choice = true;
                self.together(&parts, |parts| np("where", parts))
            }
            K::Call { func, args } => self.call(func, args, e),
            K::Attr { base, name } if &*name.text == "T" => match self.value(base)? {
                v if v.axes.is_empty() => Ok(Val { expr: transposed(v.expr), ..v }),
                _ => Err(Why::Unknown),
            },
            K::Comprehension { .. } => Err(Why::Unknown),
            _ => self.fixed(e),
        }
    }

    /// What does not change from step to step.
    pub(super) fn fixed(&mut self, e: &Expr) -> R<Val> {
        let names = walk::Names::of_expression(e);
        for name in &names.read {
            if self.names.contains_key(name) || self.writes.iter().any(|w| w.base == *name) {
                return Err(Why::Unknown);
            }
        }
        if let Some(effect) = self.functions.effect_of(e) {
            return Err(Why::Effect(effect));
        }
        Ok(Val::new(e.clone(), Vec::new(), self.facts.rank(e).unwrap_or(0)))
    }

    pub(super) fn name(&mut self, name: &Name, e: &Expr) -> R<Val> {
        match self.names.get(name).cloned() {
            Some(Bind::Val(v, _)) => Ok(self.leaf(v)),
            Some(Bind::Index(level)) => {
                let l = &self.loops[level];
                let mut args = match literal(&l.start) {
                    Some(0) if l.step == 1 => vec![l.stop.clone()],
                    _ => vec![l.start.clone(), l.stop.clone()],
                };
                args.extend(l.by());
                let v = Val::new(np("arange", args), vec![level], 0);
                Ok(self.leaf(v))
            }
            Some(Bind::Sum(sum)) => match sum.running.as_ref().or(sum.before.as_ref()) {
                Some(v) => Ok(v.clone()),
                None => Err(Why::Dependency(format!("each step needs {name} of the step before"))),
            },
            Some(Bind::List(_) | Bind::Done | Bind::Gone) => Err(Why::Unknown),
            None => {
                if let Some(w) = self.writes.iter().find(|w| w.base == *name) {
                    return Err(Why::Dependency(format!(
                        "each step reads {name} whole, and writes {}",
                        w.base
                    )));
                }
                Ok(Val::new(e.clone(), Vec::new(), self.facts.rank(e).unwrap_or(0)))
            }
        }
    }

    /// A value with an axis, read only under the mask in force.
    pub(super) fn leaf(&self, v: Val) -> Val {
        match &self.under {
            Some(mask) if v.axes.len() == 1 && v.rank == 0 => {
                Val::new(index(v.expr, vec![Sub::Expr(mask.clone())]), v.axes, 0)
            }
            _ => v,
        }
    }

    /// The values of a name's array, if its elements are truth values or numbers.
    pub fn is_array(&self, name: &str) -> bool {
        matches!(self.facts.values.get(name), Some(Value::Array(_)))
    }
}

/// All axes of values, outermost first, and the highest rank of their items.
pub fn union(vals: &[Val]) -> (Vec<usize>, usize) {
    let mut axes: Vec<usize> = vals.iter().flat_map(|v| v.axes.iter().copied()).collect();
    axes.sort_unstable();
    axes.dedup();
    let rank = vals.iter().map(|v| v.rank).max().unwrap_or(0);
    (axes, rank)
}

pub fn transposed(e: Expr) -> Expr {
    match e.kind {
        ExprKind::Attr { base, name } if &*name.text == "T" => *base,
        _ => attr(e, "T"),
    }
}

pub(super) fn build_none() -> Expr {
    expr(ExprKind::None)
}

/// Whether an expression is a view of an array, not a new one.
pub fn is_view(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Name(_) => true,
        ExprKind::Attr { base, .. } => is_view(base),
        ExprKind::Index { base, subs } => {
            is_view(base) && subs.iter().all(|s| matches!(s, Sub::Slice { .. }))
        }
        _ => false,
    }
}

/// Whether an expression mentions a name as an array that is read.
pub fn reads(e: &Expr, name: &str) -> bool {
    let mut found = false;
    walk::expression(e, &mut |node| {
        found |= matches!(node, Node::Expr(Expr { kind: ExprKind::Name(n), .. }) if &**n == name);
        !found
    });
    found
}

/// The other of two truth values, element by element. `==` and `!=` are each other's opposite, NaN
/// included.
pub fn not(e: Expr) -> Expr {
    match e.kind {
        ExprKind::Prefix { op, operand } if &*op.text == "~" => *operand,
        ExprKind::Compare { first, rest } => {
            let other = match &*rest {
                [(op, right)] => match &*op.text {
                    "==" => Some(("!=", right.clone())),
                    "!=" | "≠" => Some(("==", right.clone())),
                    _ => None,
                },
                _ => None,
            };
            match other {
                Some((op, right)) => compare(*first, vec![(op.to_string(), right)]),
                None => prefix("~", expr(ExprKind::Compare { first, rest })),
            }
        }
        kind => prefix("~", expr(kind)),
    }
}

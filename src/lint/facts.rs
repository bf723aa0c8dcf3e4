//! What is known of a loop's operands when it runs: values of names, lengths, and integers that
//! follow from them.

use super::build::{index, int, literal};
use super::callee;
use super::walk::{self, Node};
use crate::array::Array;
use crate::prim::language::idioms::{self, Role};
use crate::syntax::ast::*;
use crate::value::{Range, Value};
use std::collections::{HashMap, HashSet};

#[derive(Clone, Default)]
pub struct Facts {
    pub values: HashMap<Name, Value>,
    pub changing: Changing,
}

/// What may be another value the next time that the program comes to the loop, which is run once only:
/// names that a loop around it assigns; in a function its parameters and what follows from them.
#[derive(Clone, Default)]
pub struct Changing {
    pub names: HashSet<Name>,
    /// Those of them that are the length of an array, as in `n = len(x)`.
    pub lengths: HashSet<Name>,
}

impl Changing {
    /// Of a loop within others, and in a function with these parameters.
    pub fn of(around: &[&Stmt], params: &[Name], body: Option<&[Stmt]>) -> Changing {
        let mut found = Changing::default();
        found.names.extend(params.iter().cloned());
        let outer: Vec<Stmt> = around.iter().map(|s| (*s).clone()).collect();
        let statements = body.unwrap_or(&outer);
        let mut given: HashMap<Name, Vec<Option<Expr>>> = HashMap::new();
        walk::statements(statements, &mut |node| {
            match node {
                Node::Stmt(Stmt { kind: StmtKind::Assign { targets, value }, .. }) => {
                    for (name, value) in paired(targets, value) {
                        given.entry(name).or_default().push(Some(value));
                    }
                }
                Node::Target(Target::Name(n)) => given.entry(n.text.clone()).or_default().push(None),
                _ => {}
            }
            true
        });
        for (name, values) in given {
            // The target of an assignment is told of too: these are assigned once.
            let once = if values.len() == 2 { values.into_iter().flatten().next() } else { None };
            if once.as_ref().is_some_and(|e| literal(e).is_some()) && body.is_some() {
                continue;
            }
            if once.is_some_and(|e| found.is_length(&e)) {
                found.lengths.insert(name.clone());
            }
            found.names.insert(name);
        }
        found
    }

    /// `len(x)`, `x.shape[0] - 1`: as much as the array has.
    pub fn is_length(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Name(n) => self.lengths.contains(n),
            ExprKind::Binary { op, left, right } if matches!(&*op.text, "+" | "-") => {
                self.is_length(left) && literal(right).is_some()
            }
            ExprKind::Call { func, .. } => {
                callee(func).is_some_and(|(name, _)| idioms::role(name) == Some(Role::Length))
            }
            ExprKind::Attr { name, .. } => idioms::role(&name.text) == Some(Role::Size),
            ExprKind::Index { base, .. } => match &base.kind {
                ExprKind::Attr { name, .. } => idioms::role(&name.text) == Some(Role::Shape),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a number that is so now may be another one later.
    pub fn moves(&self, e: &Expr) -> bool {
        !self.names.is_empty()
            && !self.is_length(e)
            && walk::Names::of_expression(e).read.iter().any(|n| self.names.contains(n))
    }
}

/// The names that an assignment gives values, with these: `n, m = x.shape` gives elements.
fn paired(targets: &[Target], value: &Expr) -> Vec<(Name, Expr)> {
    match targets {
        [Target::Name(n)] => vec![(n.text.clone(), value.clone())],
        [Target::Tuple(names, _)] => {
            let part = |k: usize| match &value.kind {
                ExprKind::Tuple(items) => items.get(k).cloned(),
                ExprKind::Attr { .. } => Some(index(value.clone(), vec![Sub::Expr(int(k as i64))])),
                _ => None,
            };
            let of = |(k, t): (usize, &Target)| match t {
                Target::Name(n) => Some((n.text.clone(), part(k)?)),
                _ => None,
            };
            names.iter().enumerate().filter_map(of).collect()
        }
        _ => Vec::new(),
    }
}

impl Facts {
    /// The integer that an expression is, if it is the same whenever the loop runs.
    pub fn lasting_int(&self, e: &Expr) -> Option<i64> {
        if self.changing.moves(e) { None } else { self.int(e) }
    }

    /// Whether a bound that is the end of an array now is so for good.
    pub fn ends_for_good(&self, bound: &Expr, array: Option<&Name>) -> bool {
        let changing = &self.changing;
        !changing.moves(bound)
            && (changing.is_length(bound) || array.is_none_or(|n| !changing.names.contains(n)))
    }

    pub fn array(&self, name: &str) -> Option<&Array> {
        match self.values.get(name)? {
            Value::Array(a) => Some(a),
            _ => None,
        }
    }

    /// How many axes the value of an expression has.
    pub fn rank(&self, e: &Expr) -> Option<usize> {
        match &e.kind {
            ExprKind::Name(n) => Some(match self.values.get(n)? {
                Value::Array(a) => a.ndim(),
                Value::List(_) | Value::Tuple(_) => 1,
                v if v.is_scalar_number() => 0,
                _ => return None,
            }),
            ExprKind::Number { .. } => Some(0),
            ExprKind::Strand(_) => Some(1),
            ExprKind::Attr { base, name } if &*name.text == "T" => self.rank(base),
            ExprKind::Prefix { operand, .. } => self.rank(operand),
            ExprKind::Binary { left, right, op } if &*op.text != "@" => {
                Some(self.rank(left)?.max(self.rank(right)?))
            }
            ExprKind::Index { base, subs } => {
                let scalar = |s: &Sub| match s {
                    Sub::Expr(e) => self.int(e).is_some(),
                    Sub::Slice { .. } => false,
                };
                self.rank(base)?.checked_sub(subs.iter().filter(|s| scalar(s)).count())
            }
            _ => None,
        }
    }

    pub fn length(&self, e: &Expr, axis: usize) -> Option<i64> {
        match &e.kind {
            ExprKind::Name(n) => match self.values.get(n)? {
                Value::Array(a) => a.shape().get(axis).map(|&n| n as i64),
                Value::List(l) if axis == 0 => Some(l.len() as i64),
                Value::Tuple(t) if axis == 0 => Some(t.items.len() as i64),
                Value::Object(o) if axis == 0 => o.as_any().downcast_ref::<Range>().map(|r| r.count() as i64),
                _ => None,
            },
            ExprKind::Attr { base, name } if &*name.text == "T" => {
                self.length(base, self.rank(base)?.checked_sub(axis + 1)?)
            }
            ExprKind::Bracket(items) | ExprKind::Strand(items) if axis == 0 => Some(items.len() as i64),
            _ => None,
        }
    }

    /// The integer that an expression is now.
    pub fn int(&self, e: &Expr) -> Option<i64> {
        match &e.kind {
            ExprKind::Number { value: Number::Int(n), suffix: None } => i64::try_from(*n).ok(),
            ExprKind::Name(n) => match self.values.get(n)? {
                Value::Int(n) => Some(*n),
                Value::Scalar(s) if s.dtype().is_int() => i64::try_from(s.as_i128()?).ok(),
                _ => None,
            },
            ExprKind::Prefix { op, operand } if &*op.text == "-" => self.int(operand)?.checked_neg(),
            ExprKind::Binary { op, left, right } => {
                let (a, b) = (self.int(left)?, self.int(right)?);
                match &*op.text {
                    "+" => a.checked_add(b),
                    "-" => a.checked_sub(b),
                    "*" | "×" => a.checked_mul(b),
                    "//" if b != 0 => Some(a.div_euclid(b)),
                    _ => None,
                }
            }
            ExprKind::Index { base, subs } => match (&base.kind, &**subs) {
                (ExprKind::Attr { base, name }, [Sub::Expr(axis)])
                    if idioms::role(&name.text) == Some(Role::Shape) =>
                {
                    let rank = self.rank(base)? as i64;
                    let axis = self.int(axis)?;
                    self.length(base, usize::try_from(if axis < 0 { axis + rank } else { axis }).ok()?)
                }
                _ => None,
            },
            ExprKind::Attr { base, name } if idioms::role(&name.text) == Some(Role::Size) => {
                let rank = self.rank(base)?;
                (0..rank).map(|axis| self.length(base, axis)).try_fold(1i64, |n, k| n.checked_mul(k?))
            }
            ExprKind::Call { func, args } => {
                let (name, receiver) = callee(func)?;
                let all: Vec<&Expr> = receiver.into_iter().chain(args.iter().map(|a| &a.value)).collect();
                match (idioms::role(name)?, &*all) {
                    (Role::Length, [x]) => self.length(x, 0),
                    (Role::Choose(larger), xs) if xs.len() > 1 => {
                        let ints: Option<Vec<i64>> = xs.iter().map(|x| self.int(x)).collect();
                        let ints = ints?;
                        if larger.starts_with("max") {
                            ints.into_iter().max()
                        } else {
                            ints.into_iter().min()
                        }
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

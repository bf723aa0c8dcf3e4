//! Reading one step of a loop as a whole-array expression: a value that depends on the loops around
//! it becomes an array with a leading axis for each of them. Expressions come in, `Val`s go out.
//! Nothing here is proof: what comes out is run beside the loop before anybody is told.

use super::build::*;
use super::facts::Facts;
use super::walk::{self, Node};
use super::{callee, functions::Functions};
use crate::dtype::DType;
use crate::prim::idioms::{self, Role};
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
    /// Not known here any more.
    Gone,
}

/// A loop around: its number runs from `start` to `stop`.
#[derive(Clone, Debug)]
pub struct Loop {
    pub start: Expr,
    pub stop: Expr,
    pub step: i64,
    /// Its steps run downwards.
    pub reversed: bool,
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
    /// Arrays are read only where this mask is set.
    pub under: Option<Expr>,
    pub depth: usize,
}

/// A subscript, read.
enum Part {
    Axis(usize, Sub),
    Fixed(Expr),
    Slice(Sub),
    Gather(Val),
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
                let expr = if bits { prefix("~", v.expr) } else { np("logical_not", vec![v.expr]) };
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
    fn fixed(&mut self, e: &Expr) -> R<Val> {
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

    fn name(&mut self, name: &Name, e: &Expr) -> R<Val> {
        match self.names.get(name).cloned() {
            Some(Bind::Val(v, _)) => Ok(self.leaf(v)),
            Some(Bind::Index(level)) => {
                let l = &self.loops[level];
                let mut args = match literal(&l.start) {
                    Some(0) if l.step == 1 => vec![l.stop.clone()],
                    _ => vec![l.start.clone(), l.stop.clone()],
                };
                if l.step != 1 {
                    args.push(int(l.step));
                }
                let v = Val::new(np("arange", args), vec![level], 0);
                Ok(self.leaf(v))
            }
            Some(Bind::Sum(sum)) => match &sum.running {
                Some(v) => Ok(v.clone()),
                None => Err(Why::Dependency(format!("each step needs {name} of the step before"))),
            },
            Some(Bind::List(_) | Bind::Gone) => Err(Why::Unknown),
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
    fn leaf(&self, v: Val) -> Val {
        match &self.under {
            Some(mask) if v.axes.len() == 1 && v.rank == 0 => {
                Val::new(index(v.expr, vec![Sub::Expr(mask.clone())]), v.axes, 0)
            }
            _ => v,
        }
    }

    pub fn affine(&self, e: &Expr) -> Option<Affine> {
        match &e.kind {
            ExprKind::Name(name) => match self.names.get(name)? {
                Bind::Index(level) => Some(Affine { level: *level, coefficient: 1, offset: int(0) }),
                Bind::Val(_, affine) => affine.clone(),
                _ => None,
            },
            ExprKind::Binary { op, left, right } => {
                let (l, r) = (self.affine(left), self.affine(right));
                match (&*op.text, l, r) {
                    ("+", Some(a), None) if self.is_fixed(right) => {
                        Some(Affine { offset: sum(&a.offset, right), ..a })
                    }
                    ("+", None, Some(a)) if self.is_fixed(left) => {
                        Some(Affine { offset: sum(&a.offset, left), ..a })
                    }
                    ("-", Some(a), None) if self.is_fixed(right) => {
                        Some(Affine { offset: difference(&a.offset, right), ..a })
                    }
                    ("-", None, Some(a)) if self.is_fixed(left) && a.coefficient == 1 => {
                        Some(Affine { coefficient: -1, offset: difference(left, &a.offset), ..a })
                    }
                    ("*" | "×", Some(a), None) if literal(&a.offset) == Some(0) => {
                        Some(Affine { coefficient: a.coefficient.checked_mul(literal(right)?)?, ..a })
                    }
                    ("*" | "×", None, Some(a)) if literal(&a.offset) == Some(0) => {
                        Some(Affine { coefficient: a.coefficient.checked_mul(literal(left)?)?, ..a })
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn is_fixed(&self, e: &Expr) -> bool {
        let names = walk::Names::of_expression(e);
        !names.read.iter().any(|n| self.names.contains_key(n))
    }

    /// The slice that a subscript runs over, along an axis of a length.
    fn slice_of(&self, a: &Affine, length: Option<i64>) -> R<Sub> {
        let l = &self.loops[a.level];
        let low = sum(&l.start, &a.offset);
        let number = |e: &Expr| self.facts.int(e);
        match a.coefficient {
            1 => {
                let high = sum(&l.stop, &a.offset);
                let start = if number(&low) == Some(0) { None } else { Some(low) };
                let step = (l.step != 1).then(|| int(l.step));
                let stop = self.end(high, length, l.step);
                Ok(slice(start, stop, step))
            }
            -1 if l.step == 1 => {
                // From offset - start down to offset - stop + 1.
                let first = difference(&a.offset, &l.start);
                let last = plus(&difference(&a.offset, &l.stop), 1);
                let start = match (number(&first), length) {
                    (Some(n), Some(length)) if n == length - 1 => None,
                    _ => Some(first),
                };
                let stop = match number(&last) {
                    Some(0) => None,
                    _ => Some(plus(&last, -1)),
                };
                Ok(slice(start, stop, Some(int(-1))))
            }
            k if k > 1 && l.step == 1 && literal(&l.start) == Some(0) => {
                let high = plus(&sum(&binary("*", plus(&l.stop, -1), int(k)), &a.offset), 1);
                let start = if number(&a.offset) == Some(0) { None } else { Some(a.offset.clone()) };
                Ok(slice(start, self.end(high, length, k), Some(int(k))))
            }
            _ => Err(Why::Unknown),
        }
    }

    /// Where a slice ends, left out if that is the end of the axis.
    fn end(&self, high: Expr, length: Option<i64>, step: i64) -> Option<Expr> {
        let (Some(n), Some(length)) = (self.facts.int(&high), length) else { return Some(high) };
        if n >= length || (step > 1 && length - n < step) {
            return None;
        }
        // `x[:-1]` for a loop up to `len(x) - 1`.
        let c = constant_of(&high);
        let of_length = literal(&high).is_none() && c < 0 && n - c == length;
        Some(if of_length { int(c) } else { high })
    }

    pub fn index(&mut self, base: Val, subs: &[Sub]) -> R<Val> {
        let mut parts = Vec::new();
        let name = match &base.expr.kind {
            ExprKind::Name(n) => Some(n.clone()),
            _ => None,
        };
        if let Some(name) = &name {
            self.check_order(name, subs)?;
        }
        for (k, sub) in subs.iter().enumerate() {
            let length = self.facts.length(&base.expr, base.axes.len() + k);
            parts.push(self.part(sub, length)?);
        }
        let own = subs.len().max(base.rank);
        if parts.iter().any(|p| matches!(p, Part::Gather(_))) {
            return self.gather(base, parts, own);
        }
        let mut axes = base.axes.clone();
        let mut out: Vec<Sub> = axes.iter().map(|_| all()).collect();
        let mut items = 0;
        let mut late = false;
        let mut repeated = false;
        for part in parts {
            match part {
                Part::Axis(level, sub) => {
                    repeated |= axes.contains(&level);
                    late |= items > 0;
                    axes.push(level);
                    out.push(sub);
                }
                Part::Fixed(e) => out.push(Sub::Expr(e)),
                Part::Slice(sub) => {
                    items += 1;
                    out.push(sub);
                }
                Part::Gather(_) => {}
            }
        }
        let rank = items + own - subs.len();
        if repeated {
            let diagonal = axes.len() == 2 && out.iter().all(is_all) && base.axes.is_empty() && rank == 0;
            if !diagonal {
                return Err(Why::Unknown);
            }
            axes.truncate(1);
            return Ok(self.leaf(Val::new(np("diagonal", vec![base.expr]), axes, 0)));
        }
        while out.last().is_some_and(is_all) {
            out.pop();
        }
        let expr = if out.is_empty() { base.expr } else { index(base.expr, out) };
        if late {
            // The items' axis stands before the loop's.
            if axes.len() + rank != 2 {
                return Err(Why::Unknown);
            }
            return Ok(Val::new(transposed(expr), axes, rank));
        }
        let v = Val::new(expr, axes, rank);
        Ok(if v.axes.is_empty() { v } else { self.leaf(v) })
    }

    fn part(&mut self, sub: &Sub, length: Option<i64>) -> R<Part> {
        let e = match sub {
            Sub::Slice { start, stop, step, .. } => {
                let fixed = [start, stop, step].into_iter().flatten().all(|e| self.is_fixed(e));
                return if fixed { Ok(Part::Slice(sub.clone())) } else { Err(Why::Unknown) };
            }
            Sub::Expr(e) => e,
        };
        if let Some(a) = self.affine(e) {
            self.uses.shifted |= literal(&a.offset) != Some(0) && a.coefficient == 1;
            return Ok(Part::Axis(a.level, self.slice_of(&a, length)?));
        }
        if matches!(e.kind, ExprKind::Ellipsis | ExprKind::None | ExprKind::Tuple(_)) {
            return Err(Why::Unknown);
        }
        let v = self.value(e)?;
        match (v.axes.is_empty(), v.rank) {
            (true, 0) => Ok(Part::Fixed(v.expr)),
            (false, 0) => Ok(Part::Gather(v)),
            _ => Err(Why::Unknown),
        }
    }

    /// `x[idx[i]]` and its like.
    fn gather(&mut self, base: Val, parts: Vec<Part>, own: usize) -> R<Val> {
        self.uses.gather = true;
        let rank = own - parts.len();
        if !base.axes.is_empty() {
            return Err(Why::Unknown);
        }
        let mut vals = Vec::new();
        for part in parts {
            vals.push(match part {
                Part::Gather(v) => v,
                Part::Fixed(e) => Val::new(e, Vec::new(), 0),
                Part::Axis(level, sub) => {
                    let Sub::Slice { start, stop, step, .. } = sub else { return Err(Why::Unknown) };
                    let l = &self.loops[level];
                    if step.is_some() {
                        return Err(Why::Unknown);
                    }
                    let count = plus(&l.stop, 0);
                    let args = match start {
                        None => vec![stop.unwrap_or(count)],
                        Some(start) => vec![start, stop.unwrap_or(count)],
                    };
                    Val::new(np("arange", args), vec![level], 0)
                }
                Part::Slice(_) => return Err(Why::Unknown),
            });
        }
        let v = self.together(&vals, |es| index(base.expr, es.into_iter().map(Sub::Expr).collect()))?;
        // Masked already where its indices are.
        Ok(Val { rank, ..v })
    }

    /// Whether an element read here is one that the loop writes: at the same place in the same step,
    /// or not yet, or already for good.
    fn check_order(&self, name: &Name, subs: &[Sub]) -> R<()> {
        let say =
            |subs: &[Sub]| crate::syntax::neat::expression(&index(super::build::name(name), subs.to_vec()));
        for w in self.writes.iter().filter(|w| w.base == *name) {
            if say(subs) == say(&w.subs) {
                continue;
            }
            let needs =
                || Err(Why::Dependency(format!("{} needs {} of another step", say(&w.subs), say(subs))));
            let mut behind = None;
            if subs.len() != w.subs.len() {
                return needs();
            }
            for (r, w) in subs.iter().zip(&w.subs) {
                let (Sub::Expr(r), Sub::Expr(w)) = (r, w) else { return needs() };
                if same(r, w) {
                    continue;
                }
                let (Some(r), Some(w)) = (self.affine(r), self.affine(w)) else { return needs() };
                let distance = self.facts.int(&difference(&r.offset, &w.offset));
                let plain = r.level == w.level && r.coefficient == 1 && w.coefficient == 1;
                match distance {
                    Some(d) if plain && d != 0 && behind.is_none() => {
                        behind = Some((d < 0) != self.loops[r.level].reversed);
                    }
                    _ => return needs(),
                }
            }
            match behind {
                // Written by an earlier step: that statement must be done before this one.
                Some(true) if w.at < self.at => {}
                Some(true) => {
                    return Err(Why::Dependency(format!(
                        "{} needs {} of the step before",
                        say(&w.subs),
                        say(subs)
                    )));
                }
                // Written by a later step: this one must be done before that statement.
                Some(false) if w.at >= self.at => {}
                _ => return needs(),
            }
        }
        Ok(())
    }

    pub fn binary(&mut self, op: &str, a: Val, b: Val) -> R<Val> {
        if op == "@" {
            return self.product(a, b);
        }
        let factors = match op {
            "*" | "×" => Some((a.clone(), b.clone())),
            "**" if literal(&b.expr) == Some(2) => Some((a.clone(), a.clone())),
            _ => None,
        };
        let op = op.to_string();
        let v = self.together(&[a, b], |es| {
            let mut es = es.into_iter();
            match (es.next(), es.next()) {
                (Some(a), Some(b)) => binary(&op, a, b),
                _ => int(0),
            }
        })?;
        Ok(Val { factors: factors.map(Box::new), ..v })
    }

    /// `a @ b` of rows, columns and matrices.
    fn product(&mut self, a: Val, b: Val) -> R<Val> {
        self.uses.product = true;
        let (na, nb) = (a.axes.len(), b.axes.len());
        match (na, a.rank, nb, b.rank) {
            (0, _, 0, _) => {
                Ok(Val::new(binary("@", a.expr, b.expr), Vec::new(), (a.rank + b.rank).saturating_sub(2)))
            }
            (1, 1, 0, 1 | 2) => Ok(Val::new(binary("@", a.expr, b.expr), a.axes, b.rank - 1)),
            (0, 1, 1, 1) => Ok(Val::new(binary("@", b.expr, a.expr), b.axes, 0)),
            (0, 2, 1, 1) => Ok(Val::new(binary("@", b.expr, transposed(a.expr)), b.axes, 1)),
            (1, 1, 1, 1) if a.axes != b.axes => {
                Ok(Val::new(binary("@", a.expr, transposed(b.expr)), vec![a.axes[0], b.axes[0]], 0))
            }
            (1, 1, 1, 1) => {
                let rows = method(binary("*", a.expr, b.expr), "sum", vec![keyword("axis", int(1))]);
                Ok(Val::new(rows, a.axes, 0))
            }
            _ => Err(Why::Unknown),
        }
    }

    fn logic(&mut self, bits: &str, function: &str, a: &Expr, b: &Expr, e: &Expr) -> R<Val> {
        let (a, b) = (self.value(a)?, self.value(b)?);
        if a.axes.is_empty() && b.axes.is_empty() {
            return self.fixed(e);
        }
        let truth = self.is_truth(&a.expr) && self.is_truth(&b.expr);
        let parts = [a, b];
        self.together(&parts, |es| {
            if truth {
                let mut es = es.into_iter();
                if let (Some(a), Some(b)) = (es.next(), es.next()) {
                    return binary(bits, a, b);
                }
            } else {
                return np(function, es);
            }
            int(0)
        })
    }

    /// Whether an expression gives truth values, as far as can be seen.
    fn is_truth(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Compare { .. } => true,
            ExprKind::Binary { op, left, right } => {
                matches!(&*op.text, "&" | "|" | "^") && self.is_truth(left) && self.is_truth(right)
            }
            ExprKind::Prefix { op, operand } => &*op.text == "~" && self.is_truth(operand),
            ExprKind::Name(n) => {
                n.starts_with("mask") || self.facts.array(n).is_some_and(|a| a.dtype() == DType::Bool)
            }
            ExprKind::Index { base, .. } | ExprKind::Attr { base, .. } => self.is_truth(base),
            _ => false,
        }
    }

    /// Values side by side, each with all the axes of all.
    pub fn together(&mut self, vals: &[Val], join: impl FnOnce(Vec<Expr>) -> Expr) -> R<Val> {
        let (axes, rank) = union(vals);
        let mut exprs = Vec::new();
        for v in vals {
            exprs.push(self.aligned(v, &axes, rank)?);
        }
        let kind = vals.iter().find_map(|v| v.kind);
        Ok(Val { kind, ..Val::new(join(exprs), axes, rank) })
    }

    /// The expression of a value with axes added, so that it broadcasts over `axes` and items of `rank`.
    pub fn aligned(&mut self, v: &Val, axes: &[usize], rank: usize) -> R<Expr> {
        if v.axes.is_empty() {
            return Ok(v.expr.clone());
        }
        let sorted = v.axes.is_sorted();
        if !sorted && (v.axes.len() != 2 || v.rank != 0) {
            return Err(Why::Unknown);
        }
        let expr = if sorted { v.expr.clone() } else { transposed(v.expr.clone()) };
        let mut own = v.axes.clone();
        own.sort_unstable();
        let mut subs = Vec::new();
        for level in axes {
            match own.contains(level) {
                true => subs.push(all()),
                false if subs.is_empty() => {}
                false => subs.push(Sub::Expr(build_none())),
            }
        }
        let missing = rank - v.rank;
        subs.extend((0..missing).map(|_| Sub::Expr(build_none())));
        if subs.iter().all(is_all) {
            return Ok(expr);
        }
        self.uses.outer = true;
        // `x[1:][:, None]` is `x[1:, None]`.
        if let ExprKind::Index { base, subs: inner } = &expr.kind
            && inner.len() == own.len()
            && inner.iter().all(|s| matches!(s, Sub::Slice { .. }))
        {
            let mut inner = inner.iter().cloned();
            let merged = subs.into_iter().map(|s| if is_all(&s) { inner.next().unwrap_or(s) } else { s });
            return Ok(index((**base).clone(), merged.collect()));
        }
        Ok(index(expr, subs))
    }

    fn call(&mut self, func: &Expr, args: &[Arg], e: &Expr) -> R<Val> {
        let Some((name, receiver)) = callee(func) else { return self.fixed(e) };
        let own = receiver.is_none() && matches!(func.kind, ExprKind::Name(_)) && self.functions.is_own(name);
        if own || (receiver.is_some() && self.functions.is_own(name)) {
            return self.own_call(name, receiver, args, e);
        }
        let Some(row) = idioms::row(name, receiver.is_some()) else {
            return Err(Why::Effect(format!("calls {name}")));
        };
        if idioms::has_effects(row) {
            return Err(Why::Effect(format!("calls {name}")));
        }
        if args.iter().any(|a| matches!(a.value.kind, ExprKind::Starred(_) | ExprKind::Comprehension { .. }))
        {
            return self.fixed(e);
        }
        let mut vals = Vec::new();
        for x in receiver.into_iter().chain(args.iter().filter(|a| a.keyword.is_none()).map(|a| &a.value)) {
            vals.push(self.value(x)?);
        }
        if vals.iter().all(|v| v.axes.is_empty()) {
            return self.fixed(e);
        }
        if args.iter().any(|a| a.keyword.is_some() && !self.is_fixed(&a.value)) {
            return Err(Why::Unknown);
        }
        let keys: Vec<Arg> = args.iter().filter(|a| a.keyword.is_some()).cloned().collect();
        match idioms::role(name) {
            Some(Role::Choose(function)) if vals.len() > 1 && keys.is_empty() => {
                let mut vals = vals.into_iter();
                let mut out = vals.next().ok_or(Why::Unknown)?;
                for v in vals {
                    out = self.together(&[out, v], |es| np(function, es))?;
                }
                return Ok(out);
            }
            Some(Role::Product) if vals.len() == 2 => {
                let mut vals = vals.into_iter();
                return match (vals.next(), vals.next()) {
                    (Some(a), Some(b)) => self.product(a, b),
                    _ => Err(Why::Unknown),
                };
            }
            Some(Role::Length) => {
                if let [v] = &*vals
                    && v.rank > 0
                {
                    let axis = int(v.axes.len() as i64);
                    let shape = index(attr(v.expr.clone(), "shape"), vec![Sub::Expr(axis)]);
                    return Ok(Val::new(shape, Vec::new(), 0));
                }
            }
            Some(Role::Copy) if vals.len() == 1 => return vals.pop().ok_or(Why::Unknown),
            _ => {}
        }
        let cast = idioms::role(name) == Some(Role::Cast) && receiver.is_none();
        if cast || idioms::is_elementwise(row) {
            let (func, method) = (func.clone(), receiver.is_some());
            return self.together(&vals, |mut es| {
                if method {
                    let base = es.remove(0);
                    let ExprKind::Attr { name, .. } = &func.kind else { return base };
                    return super::build::method(
                        base,
                        &name.text,
                        es.into_iter().map(arg).chain(keys).collect(),
                    );
                }
                call(func, es.into_iter().map(arg).chain(keys).collect())
            });
        }
        self.reduction_of_items(func, receiver.is_some(), row, &vals, keys)
    }

    /// `m[i].sum()`: along the axis of the items.
    fn reduction_of_items(
        &mut self,
        func: &Expr,
        is_method: bool,
        row: &crate::prim::Prim,
        vals: &[Val],
        keys: Vec<Arg>,
    ) -> R<Val> {
        let [v] = vals else { return Err(Why::Unknown) };
        let has_axis = keys.iter().any(|k| k.keyword.as_ref().is_some_and(|k| &*k.text == "axis"));
        if !idioms::reduces(row) || v.rank != 1 || has_axis {
            return Err(Why::Unknown);
        }
        self.uses.axis = true;
        let mut args = keys;
        args.push(keyword("axis", int(v.axes.len() as i64)));
        let expr = match (&func.kind, is_method) {
            (ExprKind::Attr { name, .. }, true) => method(v.expr.clone(), &name.text, args),
            _ => {
                args.insert(0, arg(v.expr.clone()));
                // Bare `max(x, …)` compares its arguments.
                call(func.clone(), args)
            }
        };
        Ok(Val::new(expr, v.axes.clone(), 0))
    }

    /// A call of one of the program's own functions.
    fn own_call(&mut self, name: &str, receiver: Option<&Expr>, args: &[Arg], e: &Expr) -> R<Val> {
        if let Some(effect) = self.functions.effect_of(e) {
            return Err(Why::Effect(effect));
        }
        if args.iter().any(|a| a.keyword.is_some() || matches!(a.value.kind, ExprKind::Starred(_))) {
            return self.fixed(e);
        }
        let mut vals = Vec::new();
        for x in receiver.into_iter().chain(args.iter().map(|a| &a.value)) {
            vals.push(self.value(x)?);
        }
        if vals.iter().all(|v| v.axes.is_empty()) {
            return self.fixed(e);
        }
        let (params, body) = self.functions.expression(name).ok_or(Why::Unknown)?;
        if params.len() != vals.len() || self.depth > 8 {
            return Err(Why::Unknown);
        }
        if self.functions.is_elementwise(&body) {
            return self
                .together(&vals, |es| call(super::build::name(name), es.into_iter().map(arg).collect()));
        }
        // Its body, with the arguments in place.
        let bound: HashMap<Name, Bind> =
            params.iter().cloned().zip(vals.into_iter().map(|v| Bind::Val(v, None))).collect();
        let outer = std::mem::replace(&mut self.names, bound);
        let under = self.under.take();
        self.depth += 1;
        let result = self.value(&body);
        self.depth -= 1;
        (self.names, self.under) = (outer, under);
        result
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

fn build_none() -> Expr {
    expr(ExprKind::None)
}

/// `a + b`, put together where one is a number.
pub fn sum(a: &Expr, b: &Expr) -> Expr {
    match (literal(a), literal(b)) {
        (_, Some(n)) => plus(a, n),
        (Some(n), _) => plus(b, n),
        _ => {
            let c = constant_of(b);
            plus(&binary("+", plus(a, c), plus(b, -c)), 0)
        }
    }
}

/// `a - b`
pub fn difference(a: &Expr, b: &Expr) -> Expr {
    if same(a, b) {
        return int(0);
    }
    match literal(b) {
        Some(n) => plus(a, -n),
        None => {
            // (n - 1) - n
            let (ca, cb) = (constant_of(a), constant_of(b));
            let (a, b) = (plus(a, -ca), plus(b, -cb));
            if same(&a, &b) {
                return int(ca - cb);
            }
            plus(&binary("-", a, b), ca - cb)
        }
    }
}

/// The number added at the end of an expression: -1 of `n - 1`.
fn constant_of(e: &Expr) -> i64 {
    match &e.kind {
        ExprKind::Binary { op, left, right } => match (&*op.text, literal(right)) {
            ("+", Some(n)) => n + constant_of(left),
            ("-", Some(n)) => constant_of(left) - n,
            _ => 0,
        },
        _ => literal(e).unwrap_or(0),
    }
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

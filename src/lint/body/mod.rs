//! Reading a loop's statements into whole-array statements, in order: what it stores, adds up,
//! appends and chooses becomes steps, each with the forms that may stand for it, best first.

mod best;
mod condition;
mod lists;
mod patterns;
mod scan;
mod store;
mod total;

use super::build::*;
use super::callee;
use super::facts::Facts;
use super::functions::Functions;
use super::sums::{Op, Sum};
use super::vector::{
    Affine, Bind, Loop, R, Reader, Uses, Val, Why, Write, difference, is_view, reads, union,
};
use super::walk::{self, Node};
use crate::prim::idioms::{self, Role};
use crate::syntax::ast::*;
use crate::syntax::neat;
use crate::value::Value;
use patterns::*;
use std::collections::HashMap;

/// One way to write a step.
#[derive(Clone, Debug)]
pub struct Form {
    pub text: String,
    /// Statements before the loop that it makes needless.
    pub uses: Vec<usize>,
}

/// One whole-array statement.
#[derive(Clone, Debug)]
pub struct Step {
    pub forms: Vec<Form>,
    pub code: &'static str,
    pub what: &'static str,
}

/// What a loop is, as whole-array statements.
pub struct Plan {
    pub steps: Vec<Step>,
    /// Names that the loop leaves behind and its replacement does not.
    pub gone: Vec<Name>,
}

pub struct Body<'a> {
    pub reader: Reader<'a>,
    /// The assignments that stand right before the loop.
    prelude: &'a [&'a Stmt],
    /// The whole loop.
    nest: &'a [Stmt],
    pub steps: Vec<Step>,
    /// Conditions in force, each with the number of loops around it.
    masks: Vec<(usize, Val)>,
    /// Sums of the outermost level whose step is not written yet.
    pending: Vec<Name>,
    gone: Vec<Name>,
    fresh: usize,
    /// An effect of its own that the step under way needs before it.
    taken: Vec<Name>,
}

/// Reads a loop, with the assignments before it.
pub fn plan<'a>(
    nest: &'a [Stmt],
    prelude: &'a [&'a Stmt],
    facts: &'a Facts,
    functions: &'a Functions<'a>,
    taken: Vec<Name>,
) -> R<Plan> {
    if let Some(effect) = outer_effect(functions, nest) {
        return Err(Why::Effect(effect));
    }
    let mut body = Body::new(nest, prelude, facts, functions, taken);
    body.collect_writes();
    body.enter(nest)?;
    body.block(nest)?;
    body.leave_all()?;
    Ok(Plan { steps: body.steps, gone: body.gone })
}

/// What a loop does besides computing; growing a list is not counted.
fn outer_effect(functions: &Functions, nest: &[Stmt]) -> Option<String> {
    let mut effect = None;
    walk::statements(nest, &mut |node| {
        if effect.is_some() {
            return false;
        }
        match node {
            Node::Stmt(Stmt { kind: StmtKind::Expr(e), .. }) if appended(e).is_some() => {
                if let Some((_, item)) = appended(e) {
                    effect = functions.effect_of(item);
                }
                false
            }
            Node::Stmt(Stmt { kind: StmtKind::Expr(e), .. }) => {
                if let ExprKind::Call { .. } | ExprKind::Apply { .. } = e.kind {
                    effect = functions.effect_of(e);
                }
                true
            }
            Node::Stmt(Stmt { kind: StmtKind::Fn(_), .. }) => {
                effect = Some("defines a function".into());
                false
            }
            Node::Stmt(Stmt { kind: StmtKind::Command { name, .. }, .. }) => {
                effect = Some(format!("runs %{}", name.text));
                false
            }
            Node::Expr(e @ Expr { kind: ExprKind::Call { .. }, .. }) => {
                effect = functions.effect_of(e);
                effect.is_none()
            }
            _ => true,
        }
    });
    effect
}

/// The list and the item of `l.append(e)`.
fn appended(e: &Expr) -> Option<(&Name, &Expr)> {
    let ExprKind::Call { func, args } = &e.kind else { return None };
    let (name, Some(Expr { kind: ExprKind::Name(list), .. })) = callee(func)? else { return None };
    match &**args {
        [Arg { keyword: None, value }] if idioms::role(name) == Some(Role::Append) => Some((list, value)),
        _ => None,
    }
}

impl<'a> Body<'a> {
    pub fn new(
        nest: &'a [Stmt],
        prelude: &'a [&'a Stmt],
        facts: &'a Facts,
        functions: &'a Functions<'a>,
        taken: Vec<Name>,
    ) -> Body<'a> {
        let reader = Reader {
            facts,
            functions,
            names: HashMap::new(),
            loops: Vec::new(),
            active: Vec::new(),
            writes: Vec::new(),
            at: 0,
            uses: Uses::default(),
            under: None,
            depth: 0,
        };
        Body {
            reader,
            prelude,
            nest,
            steps: Vec::new(),
            masks: Vec::new(),
            pending: Vec::new(),
            gone: Vec::new(),
            fresh: 0,
            taken,
        }
    }

    fn collect_writes(&mut self) {
        let mut writes = Vec::new();
        walk::statements(self.nest, &mut |node| {
            let at = |s: &Stmt| s.span.start;
            if let Node::Stmt(s) = node {
                let targets = match &s.kind {
                    StmtKind::Assign { targets, .. } => &targets[..],
                    StmtKind::Augment { target, .. } => std::slice::from_ref(target),
                    _ => &[],
                };
                for t in targets {
                    if let Target::Index { base, subs, .. } = t
                        && let ExprKind::Name(n) = &base.kind
                    {
                        writes.push(Write { base: n.clone(), subs: subs.clone(), at: at(s) });
                    }
                }
            }
            true
        });
        self.reader.writes = writes;
    }

    /// Begins a body: names that it reads before it assigns them are carried from step to step.
    fn enter(&mut self, body: &[Stmt]) -> R<()> {
        let level = self.reader.active.len();
        for name in walk::Names::of(body).assigned {
            if !reads_first(body, &name) {
                continue;
            }
            let sum = match self.reader.names.get(&name) {
                Some(Bind::Sum(_)) => continue,
                Some(Bind::Val(v, _)) => Sum::new(level, Some(v.clone())),
                None => Sum::new(level, None),
                _ => return Err(Why::Unknown),
            };
            self.reader.names.insert(name, Bind::Sum(sum));
        }
        Ok(())
    }

    fn block(&mut self, body: &[Stmt]) -> R<()> {
        for (at, s) in body.iter().enumerate() {
            if let Some(test) = skips(s) {
                // `if c { continue }`: the rest runs where it does not hold.
                let rest = Block { body: body[at + 1..].to_vec(), span: s.span };
                if rest.body.is_empty() {
                    return Ok(());
                }
                let test = negated(test);
                return self.condition(&[(test, rest)], &None);
            }
            self.statement(s)?;
        }
        Ok(())
    }

    fn statement(&mut self, s: &Stmt) -> R<()> {
        self.reader.at = s.span.start;
        match &s.kind {
            StmtKind::For { target, iter, body } => self.for_loop(target, iter, &body.body),
            StmtKind::Assign { targets, value } => match &**targets {
                [Target::Name(name)] => self.assign(&name.text, value),
                [Target::Index { base, subs, .. }] => self.store_value(base, subs, value),
                _ => Err(Why::Unknown),
            },
            StmtKind::Augment { target: Target::Name(name), op, value } => {
                self.augment(&name.text, &op.text, value)
            }
            StmtKind::Augment { target: Target::Index { base, subs, .. }, op, value } => {
                self.store(base, subs, Some(&op.text), value)
            }
            StmtKind::Expr(Expr { kind: ExprKind::If { arms, otherwise }, .. }) => {
                self.condition(arms, otherwise)
            }
            StmtKind::Expr(e) => match appended(e) {
                Some((list, item)) => self.append(list, item),
                None => Err(Why::Unknown),
            },
            StmtKind::Break => Err(Why::Leaves("it may stop before its end".into())),
            StmtKind::Return(_) => Err(Why::Leaves("it may return before its end".into())),
            StmtKind::Continue | StmtKind::While { .. } => Err(Why::Unknown),
            _ => Err(Why::Unknown),
        }
    }

    // Loops.

    fn for_loop(&mut self, target: &Target, iter: &Expr, body: &[Stmt]) -> R<()> {
        self.enter(body)?;
        let level = self.reader.loops.len();
        let depth = self.reader.active.len();
        self.over(target, iter)?;
        self.reader.active.push(level);
        let counter = self.counter(body, level, depth);
        self.block(match counter {
            true => &body[..body.len() - 1],
            false => body,
        })?;
        self.reader.active.pop();
        self.leave(depth, body, target);
        Ok(())
    }

    /// A number that is counted by hand, from a known start: `i += 1` at the end of each step.
    fn counter(&mut self, body: &[Stmt], level: usize, depth: usize) -> bool {
        let Some(Stmt { kind: StmtKind::Augment { target: Target::Name(i), op, value }, .. }) = body.last()
        else {
            return false;
        };
        let start = match self.reader.names.get(&i.text) {
            Some(Bind::Sum(Sum { start: Some(v), .. })) if v.axes.is_empty() => literal(&v.expr),
            Some(Bind::Sum(Sum { start: None, .. })) if depth == 0 => {
                self.init(&i.text).and_then(|(_, e)| literal(e))
            }
            _ => None,
        };
        let rest = &body[..body.len() - 1];
        let elsewhere =
            walk::Names::of(rest).assigned.contains(&i.text) || walk::places(rest, &i.text).is_empty();
        let skips = rest.iter().any(|s| skips(s).is_some());
        let l = &self.reader.loops[level];
        let Some(start) = start.filter(|_| &*op.text == "+" && literal(value) == Some(1)) else {
            return false;
        };
        if elsewhere || skips || l.step != 1 || l.reversed {
            return false;
        }
        let offset = difference(&int(start), &l.start);
        let args = vec![plus(&l.start, start), super::vector::sum(&l.stop, &offset)];
        let affine = Affine { level, coefficient: 1, offset };
        let v = Val::new(np("arange", args), vec![level], 0);
        self.reader.names.insert(i.text.clone(), Bind::Val(v, Some(affine)));
        true
    }

    /// Binds a loop's names.
    fn over(&mut self, target: &Target, iter: &Expr) -> R<()> {
        let level = self.reader.loops.len();
        let call = match &iter.kind {
            ExprKind::Call { func, args } => callee(func).map(|(name, receiver)| (name, receiver, args)),
            _ => None,
        };
        let role =
            call.and_then(|(name, receiver, _)| if receiver.is_none() { idioms::role(name) } else { None });
        match (role, call, target) {
            (Some(Role::Steps), Some((_, _, args)), Target::Name(i)) => {
                let l = self.range(args)?;
                self.reader.loops.push(l);
                self.reader.names.insert(i.text.clone(), Bind::Index(level));
                Ok(())
            }
            (Some(Role::Numbered), Some((_, _, args)), Target::Tuple(names, _)) => {
                match (&**args, &**names) {
                    ([Arg { keyword: None, value }], [Target::Name(i), Target::Name(v)]) => {
                        self.items(value, level)?;
                        self.item(&v.text, value, level)?;
                        self.reader.names.insert(i.text.clone(), Bind::Index(level));
                        Ok(())
                    }
                    _ => Err(Why::Unknown),
                }
            }
            (Some(Role::Together), Some((_, _, args)), Target::Tuple(names, _))
                if names.len() == args.len() =>
            {
                let first = args.first().ok_or(Why::Unknown)?;
                self.items(&first.value, level)?;
                for (name, arg) in names.iter().zip(args) {
                    let Target::Name(name) = name else { return Err(Why::Unknown) };
                    let length = |e: &Expr| self.reader.facts.length(e, 0);
                    if length(&arg.value).is_some() && length(&arg.value) != length(&first.value) {
                        return Err(Why::Unknown);
                    }
                    self.item(&name.text, &arg.value, level)?;
                }
                Ok(())
            }
            (Some(Role::Numbered | Role::Together), ..) => Err(Why::Unknown),
            (_, _, Target::Name(v)) => {
                self.items(iter, level)?;
                self.item(&v.text, iter, level)
            }
            _ => Err(Why::Unknown),
        }
    }

    fn range(&mut self, args: &[Arg]) -> R<Loop> {
        if args.iter().any(|a| a.keyword.is_some()) {
            return Err(Why::Unknown);
        }
        let mut bounds = Vec::new();
        for a in args {
            let v = self.reader.value(&a.value)?;
            if !v.axes.is_empty() {
                return Err(Why::Unknown);
            }
            bounds.push(v.expr);
        }
        let (start, stop, step) = match &*bounds {
            [stop] => (int(0), stop.clone(), 1),
            [start, stop] => (start.clone(), stop.clone(), 1),
            [start, stop, step] => (start.clone(), stop.clone(), literal(step).ok_or(Why::Unknown)?),
            _ => return Err(Why::Unknown),
        };
        Ok(match step {
            1.. => Loop { start, stop, step, reversed: false },
            // Upwards, as far as the order does not matter.
            -1 => Loop { start: plus(&stop, 1), stop: plus(&start, 1), step: 1, reversed: true },
            _ => return Err(Why::Unknown),
        })
    }

    /// A loop over the items of a value.
    fn items(&mut self, iter: &Expr, _level: usize) -> R<()> {
        let v = self.reader.value(iter)?;
        let stop = match v.axes.len() {
            0 => call(name("len"), vec![arg(v.expr)]),
            n => index(attr(v.expr, "shape"), vec![Sub::Expr(int(n as i64))]),
        };
        self.reader.loops.push(Loop { start: int(0), stop, step: 1, reversed: false });
        Ok(())
    }

    fn item(&mut self, name: &Name, iter: &Expr, level: usize) -> R<()> {
        let v = self.reader.value(iter)?;
        if let ExprKind::Name(n) = &v.expr.kind
            && matches!(self.reader.facts.values.get(n), Some(Value::Str(_)))
        {
            return Err(Why::Unknown);
        }
        let rank = v.rank.max(1) - 1;
        let mut axes = v.axes.clone();
        axes.push(level);
        self.reader.names.insert(name.clone(), Bind::Val(Val::new(v.expr, axes, rank), None));
        Ok(())
    }

    /// Ends a loop: what was added up over it has its value.
    fn leave(&mut self, depth: usize, body: &[Stmt], target: &Target) {
        for name in walk::Names::of(body).assigned {
            let bind = match self.reader.names.get(&name) {
                Some(Bind::Sum(sum)) if sum.level == depth && depth > 0 => self.finished(sum.clone()),
                Some(Bind::Sum(sum)) => Bind::Sum(Sum { running: None, ..sum.clone() }),
                Some(Bind::List(level)) if *level <= depth => continue,
                Some(Bind::Val(v, _))
                    if v.axes.iter().all(|l| self.reader.active.contains(l)) && v.rank > 0 =>
                {
                    continue;
                }
                _ => Bind::Gone,
            };
            if matches!(bind, Bind::Gone) && depth == 0 {
                self.gone.push(name.clone());
            }
            self.reader.names.insert(name, bind);
        }
        let mut names = Vec::new();
        walk::target(target, &mut |node| {
            if let Node::Target(Target::Name(n)) = node {
                names.push(n.text.clone());
            }
            true
        });
        for n in names {
            self.reader.names.insert(n.clone(), Bind::Gone);
            self.gone.push(n);
        }
    }

    fn finished(&mut self, sum: Sum) -> Bind {
        let (Some(total), Some(op)) = (sum.total, sum.op) else { return Bind::Gone };
        let drop = |start: &Val| match literal(&start.expr) {
            Some(n) => op.neutral() == Some(n) && op != Op::Subtract && op != Op::Divide,
            None => is_zero(&start.expr) && op == Op::Add,
        };
        let val = match sum.start {
            Some(start) if !drop(&start) => {
                let vals = [start, total];
                self.reader.together(&vals, |es| {
                    let mut es = es.into_iter();
                    match (es.next(), es.next()) {
                        (Some(a), Some(b)) => op.join(a, b),
                        _ => int(0),
                    }
                })
            }
            _ => Ok(total),
        };
        let kind = Some((sum.code, sum.what));
        val.map_or(Bind::Gone, |v| Bind::Val(Val { kind, ..v }, None))
    }

    // Names.

    fn assign(&mut self, name: &Name, value: &Expr) -> R<()> {
        if let Some(Bind::Sum(_)) = self.reader.names.get(name) {
            let (op, own) = joined(name, value).ok_or_else(|| self.carried(name, value))?;
            return self.add(name, op, &own);
        }
        if let ExprKind::Bracket(items) = &value.kind
            && items.is_empty()
        {
            let level = self.reader.active.len();
            self.reader.names.insert(name.clone(), Bind::List(level));
            return Ok(());
        }
        let affine = self.reader.affine(value);
        let v = self.reader.value(value)?;
        self.bind(name, v, affine)
    }

    /// A name that each step computes anew; where conditions hold, over what it was.
    fn bind(&mut self, name: &Name, v: Val, affine: Option<Affine>) -> R<()> {
        let here = self.reader.active.len();
        let mask = self.mask(|depth| depth == here)?;
        let (v, affine) = match mask {
            None => (v, affine),
            Some(mask) => {
                let Some(Bind::Val(old, _)) = self.reader.names.get(name).cloned() else {
                    return Err(Why::Unknown);
                };
                self.reader.uses.choice = true;
                (self.reader.together(&[mask, v, old], |es| np("where", es))?, None)
            }
        };
        self.reader.names.insert(name.clone(), Bind::Val(v, affine));
        Ok(())
    }

    fn augment(&mut self, name: &Name, op: &str, value: &Expr) -> R<()> {
        match self.reader.names.get(name).cloned() {
            Some(Bind::Sum(_)) => {
                let op = Op::of(op).ok_or(Why::Unknown)?;
                if walk::mentions(value, name) {
                    return Err(self.carried(name, value));
                }
                self.add(name, op, value)
            }
            Some(Bind::Val(old, _)) => {
                let v = self.reader.value(value)?;
                let v = self.reader.binary(op, old, v)?;
                self.bind(name, v, None)
            }
            _ => Err(Why::Unknown),
        }
    }

    fn carried(&self, name: &Name, _value: &Expr) -> Why {
        Why::Dependency(format!("each step needs {name} of the step before"))
    }

    /// `name op= value`, of a name that is added up.
    fn add(&mut self, name: &Name, op: Op, value: &Expr) -> R<()> {
        let Some(Bind::Sum(mut sum)) = self.reader.names.get(name).cloned() else { return Err(Why::Unknown) };
        if sum.op.is_some_and(|o| o != op) {
            return Err(self.carried(name, value));
        }
        let v = self.reader.value(value)?;
        let over: Vec<usize> = self.reader.active[sum.level..].to_vec();
        let level = sum.level;
        let mask = self.mask(|depth| depth > level)?;
        let reduced = self.reader.reduce(op, &v, &over, mask.as_ref())?;
        sum.running = match (&*over, &mask) {
            ([l], None) if v.axes == [*l] && v.rank == 0 && sum.total.is_none() => {
                self.running(name, &sum, op, v.expr.clone(), vec![*l])
            }
            ([l], Some(m)) if m.axes == [*l] && v.rank == 0 && sum.total.is_none() => {
                let both = [m.clone(), v.clone(), Val::new(int(op.neutral().unwrap_or(0)), Vec::new(), 0)];
                let chosen = match literal(&v.expr) {
                    Some(1) => m.expr.clone(),
                    _ => self.reader.together(&both, |es| np("where", es))?.expr,
                };
                match op.neutral() {
                    Some(_) => self.running(name, &sum, op, chosen, vec![*l]),
                    None => None,
                }
            }
            _ => None,
        };
        sum.total = Some(match sum.total.take() {
            None => {
                (sum.what, sum.code) = (reduced.what, reduced.code);
                reduced.val
            }
            Some(before) => {
                let joined = if matches!(op, Op::Subtract) { Op::Add } else { op };
                self.reader.together(&[before, reduced.val], |es| {
                    let mut es = es.into_iter();
                    match (es.next(), es.next()) {
                        (Some(a), Some(b)) => joined.join(a, b),
                        _ => int(0),
                    }
                })?
            }
        });
        sum.op = Some(op);
        if level == 0 && !self.pending.contains(name) {
            self.pending.push(name.clone());
        }
        self.reader.names.insert(name.clone(), Bind::Sum(sum));
        Ok(())
    }

    /// The value of a sum after each step.
    fn running(&mut self, name: &Name, sum: &Sum, op: Op, e: Expr, axes: Vec<usize>) -> Option<Val> {
        if self.reader.loops.get(*axes.first()?)?.reversed {
            return None;
        }
        let scan = op.running(e, None);
        let start = match (&sum.start, self.init(name)) {
            (Some(v), _) if v.axes.is_empty() => Some(v.expr.clone()),
            (Some(_), _) => return None,
            (None, Some((_, e))) => Some(e.clone()),
            (None, None) => Some(super::build::name(name)),
        };
        let expr = match start {
            Some(s) if self.is_neutral(op, &s, &scan) => match op {
                Op::Subtract => prefix("-", scan),
                _ => scan,
            },
            Some(s) => op.join(s, scan),
            None => scan,
        };
        let kind = Some(("loop-scan", op.what_running()));
        Some(Val { kind, ..Val::new(expr, axes, 0) })
    }

    /// Whether a start changes nothing: 0 of a sum, -inf or the first element of a maximum.
    fn is_neutral(&self, op: Op, start: &Expr, whole: &Expr) -> bool {
        match op {
            Op::Add | Op::Subtract => is_zero(start),
            Op::Multiply | Op::Divide => matches!(number(start), Some(x) if x == 1.0),
            Op::Max | Op::Min => is_extreme(op, start) || is_first_of(start, whole),
            Op::Any => is_truth(start, false),
            Op::All => is_truth(start, true),
        }
    }

    /// The value that a name is given right before the loop, and by which statement.
    fn init(&self, name: &str) -> Option<(usize, &'a Expr)> {
        let prelude = self.prelude;
        prelude.iter().enumerate().rev().find_map(|(at, s)| match &s.kind {
            StmtKind::Assign { targets, value } => match &**targets {
                [Target::Name(n)] if &*n.text == name => {
                    let later = &prelude[at + 1..];
                    let read = later.iter().any(|s| {
                        let names = walk::Names::of(std::slice::from_ref(s));
                        names.read.iter().any(|n| &**n == name)
                    });
                    (!read).then_some((at, value))
                }
                _ => None,
            },
            _ => None,
        })
    }
}

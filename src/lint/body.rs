//! Reading a loop's statements into whole-array statements, in order: what it stores, adds up,
//! appends and chooses becomes steps, each with the forms that may stand for it, best first.

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

    // Conditions.

    /// All conditions in force that stand at certain depths, as one.
    fn mask(&mut self, at: impl Fn(usize) -> bool) -> R<Option<Val>> {
        let masks: Vec<Val> = self.masks.iter().filter(|(d, _)| at(*d)).map(|(_, v)| v.clone()).collect();
        let mut all: Option<Val> = None;
        for m in masks {
            all = Some(match all {
                None => m,
                Some(a) => self.reader.together(&[a, m], |es| {
                    let mut es = es.into_iter();
                    match (es.next(), es.next()) {
                        (Some(a), Some(b)) => binary("&", a, b),
                        _ => int(0),
                    }
                })?,
            });
        }
        Ok(all)
    }

    fn condition(&mut self, arms: &[(Expr, Block)], otherwise: &Option<Block>) -> R<()> {
        if let Some(stmt) = merged(arms, otherwise) {
            return self.statement(&stmt);
        }
        if let ([(test, block)], None) = (arms, otherwise)
            && self.best(test, &block.body)?
        {
            return Ok(());
        }
        let depth = self.reader.active.len();
        let mut before: Vec<Val> = Vec::new();
        let stores = count_stores(arms, otherwise);
        for (test, block) in arms {
            let mut v = self.reader.value(test)?;
            if v.axes.is_empty() {
                return Err(Why::Unknown);
            }
            if stores > 1 && self.written_in(&v.expr, arms, otherwise) {
                v = self.named_mask(v);
            }
            let own = v.clone();
            let kept = self.masks.len();
            self.masks.extend(before.iter().map(|b| (depth, b.clone())));
            self.masks.push((depth, v));
            self.block(&block.body)?;
            self.masks.truncate(kept);
            before.push(Val::new(inverse(own.expr), own.axes, own.rank));
        }
        if let Some(block) = otherwise {
            let kept = self.masks.len();
            self.masks.extend(before.into_iter().map(|b| (depth, b)));
            self.block(&block.body)?;
            self.masks.truncate(kept);
        }
        Ok(())
    }

    /// Whether a condition reads what its own branches write.
    fn written_in(&self, test: &Expr, arms: &[(Expr, Block)], otherwise: &Option<Block>) -> bool {
        let blocks = arms.iter().map(|(_, b)| b).chain(otherwise);
        let mut written = Vec::new();
        blocks.for_each(|b| written.extend(walk::Names::of(&b.body).written));
        written.iter().any(|n| reads(test, n))
    }

    /// Gives a mask a name, before anything changes what it was made from.
    fn named_mask(&mut self, v: Val) -> Val {
        let name = loop {
            self.fresh += 1;
            let name = if self.fresh == 1 { "mask".to_string() } else { format!("mask{}", self.fresh) };
            if !self.taken.iter().any(|n| **n == *name) {
                break name;
            }
        };
        let text = format!("{name} = {}", neat::expression(&v.expr));
        self.steps.push(Step { forms: vec![Form { text, uses: Vec::new() }], code: "", what: "" });
        Val::new(super::build::name(&name), v.axes, v.rank)
    }

    /// `if x[i] > m { m = x[i] ⋄ at = i }`, `if x[i] > x[at] { at = i }`, `if c { found = True }`.
    fn best(&mut self, test: &Expr, body: &[Stmt]) -> R<bool> {
        let (body, stops) = match body.split_last() {
            Some((Stmt { kind: StmtKind::Break, .. }, rest)) => (rest, true),
            _ => (body, false),
        };
        let Some((Stmt { kind: StmtKind::Assign { targets, value }, .. }, rest)) = body.split_first() else {
            return Ok(false);
        };
        let [Target::Name(name)] = &**targets else { return Ok(false) };
        let name = &name.text;
        let Some(Bind::Sum(_)) = self.reader.names.get(name) else {
            return self.flag(name, test, value, rest);
        };
        if let ExprKind::Number { value: Number::Bool(b), .. } = &value.kind {
            return self.flagged(name, test, *b, rest);
        }
        if stops {
            return Ok(false);
        }
        let ExprKind::Compare { first, rest: links } = &test.kind else { return Ok(false) };
        let [(op, second)] = &**links else { return Ok(false) };
        let up = match &*op.text {
            ">" | ">=" | "≥" => true,
            "<" | "<=" | "≤" => false,
            _ => return Ok(false),
        };
        let strict = matches!(&*op.text, ">" | "<");
        let is_name = |e: &Expr, n: &Name| matches!(&e.kind, ExprKind::Name(m) if m == n);
        // The new value stands left or right.
        let (candidate, current, up) = if is_name(second, name) || indexed_by(second, name) {
            (&**first, second, up)
        } else {
            (second, &**first, !up)
        };
        if is_name(current, name) && same(candidate, value) {
            let op = if up { Op::Max } else { Op::Min };
            self.add(name, op, candidate)?;
            return match rest {
                [] => Ok(true),
                [Stmt { kind: StmtKind::Assign { targets, value }, .. }] if strict => {
                    let [Target::Name(at)] = &**targets else { return Err(Why::Unknown) };
                    self.position(&at.text, candidate, value, up)?;
                    Ok(true)
                }
                _ => Err(Why::Unknown),
            };
        }
        if indexed_by(current, name) && strict && rest.is_empty() {
            self.reader.names.insert(name.clone(), Bind::Gone);
            self.position(name, candidate, value, up)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Where the best is: `at = x.argmax()`.
    fn position(&mut self, at: &Name, candidate: &Expr, value: &Expr, up: bool) -> R<()> {
        let v = self.reader.value(candidate)?;
        let ([level], Some(a)) = (&*self.reader.active, self.reader.affine(value)) else {
            return Err(Why::Unknown);
        };
        let l = self.reader.loops[*level].clone();
        if v.axes != [*level]
            || a.coefficient != 1
            || l.step != 1
            || l.reversed
            || self.mask(|_| true)?.is_some()
        {
            return Err(Why::Unknown);
        }
        let call = method(v.expr.clone(), if up { "argmax" } else { "argmin" }, Vec::new());
        let offset = super::vector::sum(&l.start, &a.offset);
        let mut forms = Vec::new();
        let uses: Vec<usize> = self.init(at).map(|(i, _)| i).into_iter().collect();
        // From 1 on, the first element was the start.
        if literal(&l.start) == Some(1)
            && let Some(whole) = without_first(&v.expr)
        {
            let text =
                format!("{at} = {}.{}()", neat::expression(&whole), if up { "argmax" } else { "argmin" });
            forms.push(Form { text, uses: uses.clone() });
        }
        let call = if literal(&offset) == Some(0) { call } else { binary("+", call, offset) };
        forms.push(Form { text: format!("{at} = {}", neat::expression(&call)), uses });
        let what = if up {
            "a search for the position of the maximum"
        } else {
            "a search for the position of the minimum"
        };
        self.steps.push(Step { forms, code: "loop-reduction", what });
        self.reader.names.insert(at.clone(), Bind::Gone);
        Ok(())
    }

    /// `if c { found = True }` of a name that the loop only assigns.
    fn flag(&mut self, name: &Name, test: &Expr, value: &Expr, rest: &[Stmt]) -> R<bool> {
        let ExprKind::Number { value: Number::Bool(b), .. } = &value.kind else { return Ok(false) };
        match self.reader.names.get(name) {
            None => self.reader.names.insert(name.clone(), Bind::Sum(Sum::new(0, None))),
            Some(Bind::Val(v, _)) => {
                let (level, v) = (self.reader.active.len().saturating_sub(1), v.clone());
                self.reader.names.insert(name.clone(), Bind::Sum(Sum::new(level, Some(v))))
            }
            _ => return Ok(false),
        };
        self.flagged(name, test, *b, rest)
    }

    fn flagged(&mut self, name: &Name, test: &Expr, value: bool, rest: &[Stmt]) -> R<bool> {
        if !rest.is_empty() {
            return Ok(false);
        }
        match value {
            true => self.add(name, Op::Any, test)?,
            false => self.add(name, Op::All, &negated(test))?,
        }
        Ok(true)
    }

    // Writing.

    /// `y[i] = value`, which may add to what is there or to the element before.
    fn store_value(&mut self, base: &Expr, subs: &[Sub], value: &Expr) -> R<()> {
        let own = index(base.clone(), subs.to_vec());
        if let ExprKind::Binary { op, left, right } = &value.kind {
            let commutes = matches!(&*op.text, "+" | "*" | "×");
            if same(left, &own) && !mentions_element(right, &own) {
                return self.store(base, subs, Some(&op.text), right);
            }
            if commutes && same(right, &own) && !mentions_element(left, &own) {
                return self.store(base, subs, Some(&op.text), left);
            }
        }
        self.store(base, subs, None, value)
    }

    fn store(&mut self, base: &Expr, subs: &[Sub], op: Option<&str>, value: &Expr) -> R<()> {
        let ExprKind::Name(name) = &base.kind else { return Err(Why::Unknown) };
        if let Some(Bind::Val(row, None)) = self.reader.names.get(name).cloned() {
            // An array made in this step, or a row of another.
            return self.store_in_step(name, row);
        }
        if self.reader.names.contains_key(name) || !self.reader.is_array(name) {
            return Err(Why::Unknown);
        }
        if self.scan(name, base, subs, op, value)? {
            return Ok(());
        }
        self.reader.uses = Uses::default();
        let rank = self.reader.facts.rank(base).unwrap_or(subs.len());
        let v = self.reader.value(value)?;
        let from_value = self.reader.uses;
        let place = self.place(base, rank, subs)?;
        let gathers = self.reader.uses.gather;
        let scatters = Uses { gather: gathers || from_value.gather, ..from_value };
        self.reader.uses = scatters;
        let missing: Vec<usize> =
            self.reader.active.iter().copied().filter(|l| !place.axes.contains(l)).collect();
        self.before_write(name);
        let mask = self.mask(|_| true)?;
        match op {
            Some(op) if gathers && !has_distinct(&place) => self.scatter(name, &place, op, &v, mask),
            Some(op) if !missing.is_empty() => self.gathered(&place, op, &v, &missing, mask),
            None if !missing.is_empty() => Err(Why::Unknown),
            _ => self.write(name, &place, op, &v, value, mask),
        }
    }

    /// The place that a store writes, as an array expression.
    fn place(&mut self, base: &Expr, rank: usize, subs: &[Sub]) -> R<Val> {
        self.reader.uses.gather = false;
        let under = self.reader.under.take();
        let place = self.reader.index(Val::new(base.clone(), Vec::new(), rank), subs);
        self.reader.under = under;
        place
    }

    fn store_in_step(&mut self, _name: &Name, _row: Val) -> R<()> {
        Err(Why::Unknown)
    }

    /// Before an array is written: what was read from it and is still needed gets a name.
    fn before_write(&mut self, name: &Name) {
        self.flush_reading(name);
        let mut stale = Vec::new();
        for (t, bind) in &self.reader.names {
            if let Bind::Val(v, _) = bind
                && reads(&v.expr, name)
            {
                stale.push((t.clone(), v.clone()));
            }
        }
        stale.sort_by(|a, b| a.0.cmp(&b.0));
        let (nest, at) = (self.nest, self.reader.at);
        for (t, v) in stale {
            let later = walk::places(nest, &t).iter().any(|p| p.start > at);
            let in_this = walk::places(nest, &t).iter().any(|p| p.start > at);
            if !(later || in_this) || v.axes.is_empty() {
                continue;
            }
            let value =
                if is_view(&v.expr) { method(v.expr.clone(), "copy", Vec::new()) } else { v.expr.clone() };
            let text = format!("{t} = {}", neat::expression(&value));
            self.steps.push(Step { forms: vec![Form { text, uses: Vec::new() }], code: "", what: "" });
            let v = Val::new(super::build::name(&t), v.axes, v.rank);
            self.reader.names.insert(t, Bind::Val(v, None));
        }
    }

    fn fitted(&mut self, v: &Val, place: &Val) -> R<Expr> {
        let (axes, rank) = union(&[v.clone(), place.clone()]);
        if axes.len() > place.axes.len() {
            return Err(Why::Unknown);
        }
        let e = self.reader.aligned(v, &axes, rank)?;
        // A place with its axes in another order than the loops'.
        match place.axes.is_sorted() || v.axes.len() < 2 {
            true if place.axes.is_sorted() => Ok(e),
            true if v.axes.is_empty() => Ok(e),
            _ if place.axes.len() == 2 && v.axes.len() == 2 => Ok(super::vector::transposed(e)),
            _ => Err(Why::Unknown),
        }
    }

    fn push(&mut self, forms: Vec<Form>, code: &'static str, what: &'static str) {
        self.steps.push(Step { forms, code, what });
    }

    fn kind(&self, v: &Val) -> (&'static str, &'static str) {
        let u = self.reader.uses;
        if let Some(kind) = v.kind {
            kind
        } else if u.product {
            ("loop-matmul", "a matrix product")
        } else if u.axis {
            ("loop-axis", "a reduction along an axis")
        } else if u.choice {
            ("loop-mask", "a choice between values")
        } else if u.outer && v.axes.len() > 1 {
            ("loop-outer", "an outer product")
        } else if u.gather {
            ("loop-gather", "a gather")
        } else if u.shifted {
            ("loop-stencil", "a stencil")
        } else {
            ("loop-map", "an element-wise map")
        }
    }

    /// A store to an element of its own in each step.
    fn write(
        &mut self,
        name: &Name,
        place: &Val,
        op: Option<&str>,
        v: &Val,
        ast: &Expr,
        mask: Option<Val>,
    ) -> R<()> {
        if let Some(mask) = mask {
            return self.write_where(place, op, v, ast, mask);
        }
        let e = self.fitted(v, place)?;
        let (mut code, mut what) = self.kind(v);
        let text = neat::expression(&e);
        let whole = matches!(place.expr.kind, ExprKind::Name(_));
        let target = neat::expression(&place.expr);
        let mut forms = Vec::new();
        match op {
            Some(op) => forms.push(Form { text: format!("{target} {op}= {text}"), uses: Vec::new() }),
            None => {
                if whole && !v.axes.is_empty() && !reads(&e, name) && v.axes.len() == place.axes.len() {
                    let init = self.init(name);
                    let alias = if is_view(&e) { format!("{text}.copy()") } else { text.clone() };
                    if let Some((at, init)) = init {
                        let uses = vec![at];
                        let named = format!("{name} = {alias}");
                        forms.push(Form { text: named, uses });
                        // `zeros(n)` of another dtype.
                        let _ = init;
                    }
                }
                let target = if whole { format!("{target}[:]") } else { target };
                forms.push(Form { text: format!("{target} = {text}"), uses: Vec::new() });
            }
        }
        if op.is_none() && v.axes.is_empty() {
            (code, what) = ("loop-map", "a fill with one value");
        } else if code == "loop-map" && is_view(&e) && op.is_none() {
            what = "a copy";
        }
        self.push(forms, code, what);
        Ok(())
    }

    /// A store only where a condition holds.
    fn write_where(&mut self, place: &Val, op: Option<&str>, v: &Val, ast: &Expr, mask: Val) -> R<()> {
        let e = self.fitted(v, place)?;
        let m = self.fitted(&mask, place)?;
        let (target, text) = (neat::expression(&place.expr), neat::expression(&e));
        let whole = matches!(place.expr.kind, ExprKind::Name(_));
        let sign = op.unwrap_or("");
        let selected = |m: &str, value: &str| format!("{target}[{m}] {sign}= {value}");
        let mut forms = Vec::new();
        if v.axes.is_empty() && v.rank == 0 {
            forms.push(Form { text: selected(&neat::expression(&m), &text), uses: Vec::new() });
        } else {
            // Only the elements that are wanted are computed.
            if self.reader.active.len() == 1 && mask.axes == place.axes && v.rank == 0 {
                let (mask_name, mut first) = match &m.kind {
                    ExprKind::Name(n) => (n.to_string(), String::new()),
                    _ => {
                        let n = self.fresh_name();
                        let text = format!("{n} = {}\n", neat::expression(&m));
                        (n, text)
                    }
                };
                self.reader.under = Some(super::build::name(&mask_name));
                let under = self.reader.value(ast);
                self.reader.under = None;
                if let Ok(v) = under {
                    first += &selected(&mask_name, &neat::expression(&v.expr));
                    forms.push(Form { text: first, uses: Vec::new() });
                }
            }
            let old = place.expr.clone();
            let new = match op {
                Some(op) => binary(op, old.clone(), e),
                None => e,
            };
            let chosen = neat::expression(&np("where", vec![m, new, old]));
            let target = if whole { format!("{target}[:]") } else { target.clone() };
            forms.push(Form { text: format!("{target} = {chosen}"), uses: Vec::new() });
        }
        self.push(forms, "loop-mask", "a masked update");
        Ok(())
    }

    fn fresh_name(&mut self) -> String {
        self.fresh += 1;
        let mut name = if self.fresh == 1 { "mask".to_string() } else { format!("mask{}", self.fresh) };
        while self.taken.iter().any(|n| **n == *name) {
            self.fresh += 1;
            name = format!("mask{}", self.fresh);
        }
        name
    }

    /// `r[i] += m[i, j]`: added up over the loops that the place does not depend on.
    fn gathered(&mut self, place: &Val, op: &str, v: &Val, missing: &[usize], mask: Option<Val>) -> R<()> {
        let op = Op::of(op).ok_or(Why::Unknown)?;
        if matches!(op, Op::Max | Op::Min | Op::Any | Op::All) {
            return Err(Why::Unknown);
        }
        let reduced = self.reader.reduce(op, v, missing, mask.as_ref())?;
        let e = self.fitted(&reduced.val, place)?;
        let text = neat::expression(&e);
        let target = neat::expression(&place.expr);
        let mut forms = Vec::new();
        if let ExprKind::Name(name) = &place.expr.kind
            && let Some((at, init)) = self.init(name)
            && is_filled(init, op.neutral())
            && op == Op::Add
            && reduced.val.axes.len() == place.axes.len()
        {
            forms.push(Form { text: format!("{name} = {text}"), uses: vec![at] });
        }
        forms.push(Form { text: format!("{target} {}= {text}", op.sign()), uses: Vec::new() });
        let (code, what) = match reduced.code {
            "loop-matmul" => (reduced.code, reduced.what),
            _ => ("loop-axis", sum_along(op)),
        };
        self.push(forms, code, what);
        Ok(())
    }

    /// `h[k[i]] += 1`: several steps may add to one element.
    fn scatter(&mut self, name: &Name, place: &Val, op: &str, v: &Val, mask: Option<Val>) -> R<()> {
        let ExprKind::Index { subs, .. } = &place.expr.kind else { return Err(Why::Unknown) };
        let mut keys: Vec<Expr> = Vec::new();
        for s in subs {
            let Sub::Expr(e) = s else { return Err(Why::Unknown) };
            keys.push(e.clone());
        }
        let function = match op {
            "+" => "add.at",
            "-" => "subtract.at",
            "*" | "×" => "multiply.at",
            _ => return Err(Why::Unknown),
        };
        let mut weight = self.fitted(v, place)?;
        if let Some(m) = &mask {
            let m = self.fitted(m, place)?;
            let under = |e: Expr| index(e, vec![Sub::Expr(m.clone())]);
            keys = keys.into_iter().map(under).collect();
            if !v.axes.is_empty() {
                weight = under(weight);
            }
        }
        let one = literal(&weight) == Some(1);
        let mut forms = Vec::new();
        if let ([key], "+") = (&*keys, op)
            && place.axes.len() == 1
            && (one || !v.axes.is_empty())
        {
            let mut args = vec![arg(key.clone())];
            if !one {
                args.push(keyword("weights", weight.clone()));
            }
            let size = match self.init(name) {
                Some((_, init)) => filled_size(init)
                    .unwrap_or_else(|| call(super::build::name("len"), vec![arg(super::build::name(name))])),
                None => call(super::build::name("len"), vec![arg(super::build::name(name))]),
            };
            args.push(keyword("minlength", size));
            let counted = call(attr(super::build::name("np"), "bincount"), args);
            if let Some((at, init)) = self.init(name)
                && is_filled(init, Some(0))
            {
                forms.push(Form { text: format!("{name} = {}", neat::expression(&counted)), uses: vec![at] });
            }
            forms.push(Form { text: format!("{name} += {}", neat::expression(&counted)), uses: Vec::new() });
        }
        let keys = match keys.len() {
            1 => keys.pop().unwrap_or_else(|| int(0)),
            _ => expr(ExprKind::Tuple(keys)),
        };
        let at = np(function, vec![super::build::name(name), keys, weight]);
        forms.push(Form { text: neat::expression(&at), uses: Vec::new() });
        let what = if one { "a histogram" } else { "a scatter-add" };
        self.push(forms, "loop-scatter", what);
        Ok(())
    }

    /// `y[i] = y[i - 1] + value`.
    fn scan(&mut self, name: &Name, base: &Expr, subs: &[Sub], op: Option<&str>, value: &Expr) -> R<bool> {
        let own = index(base.clone(), subs.to_vec());
        let Some((op, before, rest)) = scanned(&own, op, value) else { return Ok(false) };
        let Some((axis, level)) = self.step_before(subs, &before) else { return Ok(false) };
        let l = self.reader.loops[level].clone();
        let alone = self.reader.writes.iter().filter(|w| w.base == *name).count() == 1;
        if l.step != 1
            || l.reversed
            || !alone
            || self.mask(|_| true)?.is_some()
            || reads_other(&rest, &own, name)
        {
            return Ok(false);
        }
        self.reader.uses = Uses::default();
        // What is added may be the element itself.
        let v = self.reader.value(&rest)?;
        let rank = self.reader.facts.rank(base).unwrap_or(subs.len());
        let place = self.place(base, rank, subs)?;
        let missing = self.reader.active.iter().any(|l| !place.axes.contains(l));
        if missing || place.axes.len() > 2 || !place.axes.is_sorted() || place.axes.len() != rank {
            return Ok(false);
        }
        self.before_write(name);
        let mut forms = Vec::new();
        let one = place.axes.len() == 1;
        if literal(&l.start) == Some(1) {
            forms.extend(self.whole_scan(name, op, &own, &rest, level, axis, one)?);
        }
        let along = if one { None } else { Some(axis) };
        let (e, v_axes) = (self.fitted(&v, &place)?, v.axes.clone());
        let scan = match v_axes.contains(&level) {
            true => op.running(e, along),
            // The same value at every step.
            false => self.repeated(op, e, level, one)?,
        };
        let first = self.first_before(base, &place, subs, axis, &l, one)?;
        let joined = op.join(first, scan);
        forms.push(Form {
            text: format!("{} = {}", neat::expression(&place.expr), neat::expression(&joined)),
            uses: Vec::new(),
        });
        self.push(forms, "loop-scan", op.what_running());
        Ok(true)
    }

    /// `k * 1 2 3 …` or `k ** 1 2 3 …`.
    fn repeated(&mut self, op: Op, e: Expr, level: usize, one: bool) -> R<Expr> {
        let l = &self.reader.loops[level];
        if !one {
            return Err(Why::Unknown);
        }
        let steps = plus(&difference(&l.stop, &l.start), 1);
        let steps = np("arange", vec![int(1), steps]);
        Ok(match op {
            Op::Add | Op::Subtract => binary("*", e, steps),
            Op::Multiply | Op::Divide => binary("**", e, steps),
            _ => return Err(Why::Unknown),
        })
    }

    /// The scan over all of an array, where its first element is what a step would give.
    #[expect(clippy::too_many_arguments, reason = "the parts of one statement")]
    fn whole_scan(
        &mut self,
        name: &Name,
        op: Op,
        own: &Expr,
        rest: &Expr,
        level: usize,
        axis: usize,
        one: bool,
    ) -> R<Vec<Form>> {
        let mut forms = Vec::new();
        let along = if one { None } else { Some(axis) };
        let l = self.reader.loops[level].clone();
        let saved = std::mem::replace(&mut self.reader.loops[level], Loop { start: int(0), ..l });
        let extended = self.reader.value(rest);
        self.reader.loops[level] = saved;
        let Ok(v) = extended else { return Ok(forms) };
        if !v.axes.contains(&level) || !matches!(op, Op::Add | Op::Multiply | Op::Max | Op::Min) {
            return Ok(forms);
        }
        let text = neat::expression(&op.running(v.expr.clone(), along));
        if same(rest, own) {
            forms.push(Form { text: format!("{name}[:] = {text}"), uses: Vec::new() });
            return Ok(forms);
        }
        // `y[0] = x[0]` before the loop.
        let first = self.prelude.iter().position(|s| match &s.kind {
            StmtKind::Assign { targets, value } => match &**targets {
                [Target::Index { base, subs, .. }] => {
                    let written = index((**base).clone(), subs.clone());
                    one && same(&written, &self.at_zero(own, level))
                        && same(value, &self.at_zero(rest, level))
                }
                _ => false,
            },
            _ => false,
        });
        if let Some(first) = first {
            let made = self.prelude.iter().position(|s| match &s.kind {
                StmtKind::Assign { targets, .. } => {
                    matches!(&**targets, [Target::Name(n)] if n.text == *name)
                }
                _ => false,
            });
            if let Some(made) = made {
                forms.push(Form { text: format!("{name} = {text}"), uses: vec![made, first] });
            }
            forms.push(Form { text: format!("{name}[:] = {text}"), uses: vec![first] });
        }
        Ok(forms)
    }

    /// An expression with a loop's number 0.
    fn at_zero(&self, e: &Expr, level: usize) -> Expr {
        let number = self.reader.names.iter().find(|(_, b)| matches!(b, Bind::Index(l) if *l == level));
        match number {
            Some((name, _)) => replaced(e, name, &int(0)),
            None => e.clone(),
        }
    }

    /// The axis and the loop along which an element stands one before another.
    fn step_before(&self, subs: &[Sub], before: &Expr) -> Option<(usize, usize)> {
        let ExprKind::Index { subs: others, .. } = &before.kind else { return None };
        let mut found = None;
        if subs.len() != others.len() {
            return None;
        }
        for (k, (a, b)) in subs.iter().zip(others).enumerate() {
            let (Sub::Expr(a), Sub::Expr(b)) = (a, b) else { return None };
            if same(a, b) {
                continue;
            }
            let (a, b) = (self.reader.affine(a)?, self.reader.affine(b)?);
            let one = literal(&difference(&a.offset, &b.offset)) == Some(1);
            if !one || a.level != b.level || a.coefficient != 1 || b.coefficient != 1 || found.is_some() {
                return None;
            }
            found = Some((k, a.level));
        }
        found
    }

    /// The element before the first that a scan writes.
    fn first_before(
        &mut self,
        base: &Expr,
        place: &Val,
        subs: &[Sub],
        axis: usize,
        l: &Loop,
        one: bool,
    ) -> R<Expr> {
        let Sub::Expr(sub) = &subs[axis] else { return Err(Why::Unknown) };
        let a = self.reader.affine(sub).ok_or(Why::Unknown)?;
        let at = plus(&super::vector::sum(&l.start, &a.offset), -1);
        if one {
            return Ok(index(base.clone(), vec![Sub::Expr(at)]));
        }
        let ExprKind::Index { subs: place, .. } = &place.expr.kind else { return Err(Why::Unknown) };
        let stop = plus(&at, 1);
        let start = if literal(&at) == Some(0) { None } else { Some(at) };
        let mut subs = place.clone();
        *subs.get_mut(axis).ok_or(Why::Unknown)? = slice(start, Some(stop), None);
        Ok(index(base.clone(), subs))
    }

    // Lists.

    fn append(&mut self, list: &Name, item: &Expr) -> R<()> {
        let inner = match self.reader.names.get(list) {
            None => None,
            Some(Bind::List(level)) => Some(*level),
            _ => return Err(Why::Unknown),
        };
        let level = inner.unwrap_or(0);
        self.reader.uses = Uses::default();
        let v = self.reader.value(item)?;
        let uses = self.reader.uses;
        let over: Vec<usize> = self.reader.active[level..].to_vec();
        let mask = self.mask(|depth| depth > level)?;
        let axes: Vec<usize> = mask.iter().flat_map(|m| m.axes.iter()).chain(&v.axes).copied().collect();
        if over.iter().any(|l| !axes.contains(l) || self.reader.loops[*l].reversed) {
            return Err(Why::Unknown);
        }
        let mut vals = vec![v.clone()];
        vals.extend(mask.clone());
        let (all, rank) = union(&vals);
        let mut e = self.reader.aligned(&v, &all, rank)?;
        self.reader.uses = uses;
        if let Some(m) = &mask {
            let m = self.reader.aligned(m, &all, 0)?;
            e = match v.axes.is_empty() {
                true => np("full", vec![method(m, "sum", Vec::new()), e]),
                false => index(e, vec![Sub::Expr(m)]),
            };
            if level > 0 {
                return Err(Why::Unknown);
            }
        } else if v.axes.len() < all.len() {
            return Err(Why::Unknown);
        }
        if level > 0 {
            // A row, made in this step: its elements are the items' axis.
            if over.len() != 1 || all.last() != over.last() {
                return Err(Why::Unknown);
            }
            let axes = all[..all.len() - 1].to_vec();
            self.reader.names.insert(list.clone(), Bind::Val(Val::new(e, axes, rank + 1), None));
            return Ok(());
        }
        if self.reader.active.len() > 1 && mask.is_none() {
            e = method(e, "ravel", Vec::new());
        }
        let fresh = if is_view(&e) { method(e.clone(), "copy", Vec::new()) } else { e.clone() };
        let mut forms = Vec::new();
        if let Some((at, ExprKind::Bracket(items))) = self.init(list).map(|(at, e)| (at, &e.kind))
            && items.is_empty()
        {
            forms.push(Form { text: format!("{list} = {}", neat::expression(&fresh)), uses: vec![at] });
        }
        let extended = method(super::build::name(list), "extend", vec![arg(e)]);
        forms.push(Form { text: neat::expression(&extended), uses: Vec::new() });
        let (code, what) = match mask {
            Some(_) => ("loop-filter", "a filter"),
            None => self.kind(&v),
        };
        self.push(forms, code, what);
        Ok(())
    }

    // Sums at the outermost level.

    fn flush_reading(&mut self, written: &Name) {
        let due: Vec<Name> = self
            .pending
            .iter()
            .filter(|n| match self.reader.names.get(*n) {
                Some(Bind::Sum(sum)) => sum.total.as_ref().is_some_and(|t| reads(&t.expr, written)),
                _ => false,
            })
            .cloned()
            .collect();
        due.iter().for_each(|n| self.flush(n));
    }

    fn leave_all(&mut self) -> R<()> {
        for name in std::mem::take(&mut self.pending) {
            self.pending.push(name.clone());
            self.flush(&name);
        }
        match self.steps.iter().any(|s| !s.code.is_empty()) {
            true => Ok(()),
            false => Err(Why::Unknown),
        }
    }

    fn flush(&mut self, name: &Name) {
        self.pending.retain(|n| n != name);
        let Some(Bind::Sum(sum)) = self.reader.names.get(name).cloned() else { return };
        let (Some(total), Some(op)) = (sum.total, sum.op) else { return };
        let text = neat::expression(&total.expr);
        let named = super::build::name(name);
        let mut forms = Vec::new();
        if let Some((at, init)) = self.init(name) {
            let uses = vec![at];
            if self.is_neutral(op, init, &total.expr) && !matches!(op, Op::Subtract | Op::Divide) {
                forms.push(Form { text: format!("{name} = {text}"), uses: uses.clone() });
                if let Some(whole) = self.with_first(op, init, &total.expr) {
                    forms.insert(
                        0,
                        Form { text: format!("{name} = {}", neat::expression(&whole)), uses: uses.clone() },
                    );
                }
            }
            if !matches!(op, Op::Any | Op::All) {
                let joined = self.joined_total(op, init.clone(), total.expr.clone());
                forms.push(Form { text: format!("{name} = {}", neat::expression(&joined)), uses });
            }
        }
        let text = match op {
            Op::Max | Op::Min | Op::Any | Op::All => {
                format!("{name} = {}", neat::expression(&self.joined_total(op, named, total.expr)))
            }
            _ => format!("{name} {}= {text}", op.sign()),
        };
        forms.push(Form { text, uses: Vec::new() });
        self.push(forms, sum.code, sum.what);
    }

    fn joined_total(&self, op: Op, start: Expr, total: Expr) -> Expr {
        match op {
            Op::Max => call(name("max"), vec![arg(start), arg(total)]),
            Op::Min => call(name("min"), vec![arg(start), arg(total)]),
            Op::Any => expr(ExprKind::Or(Box::new(start), Box::new(total))),
            Op::All => expr(ExprKind::And(Box::new(start), Box::new(total))),
            _ => op.join(start, total),
        }
    }

    /// `x.max()` for a maximum of `x[1:]` that begins with `x[0]`.
    fn with_first(&self, op: Op, init: &Expr, total: &Expr) -> Option<Expr> {
        if !matches!(op, Op::Max | Op::Min) || !is_first_of(init, total) {
            return None;
        }
        let ExprKind::Call { func, args } = &total.kind else { return None };
        let ExprKind::Attr { base, name } = &func.kind else { return None };
        Some(method(without_first(base)?, &name.text, args.clone()))
    }
}

/// Whether a body reads a name before it assigns it.
fn reads_first(body: &[Stmt], name: &Name) -> bool {
    let mut first = None;
    walk::statements(body, &mut |node| {
        if first.is_some() {
            return false;
        }
        match node {
            Node::Stmt(Stmt { kind: StmtKind::Augment { target: Target::Name(n), .. }, .. })
                if n.text == *name =>
            {
                first = Some(true);
            }
            Node::Expr(Expr { kind: ExprKind::Name(n), .. }) if n == name => first = Some(true),
            Node::Target(Target::Name(n)) if n.text == *name => first = Some(false),
            _ => {}
        }
        true
    });
    first == Some(true)
}

/// The condition under which a step is left: `if c { continue }`.
fn skips(s: &Stmt) -> Option<&Expr> {
    let StmtKind::Expr(Expr { kind: ExprKind::If { arms, otherwise: None }, .. }) = &s.kind else {
        return None;
    };
    match &**arms {
        [(test, Block { body, .. })] => match &**body {
            [Stmt { kind: StmtKind::Continue, .. }] => Some(test),
            _ => None,
        },
        _ => None,
    }
}

/// `not e`; of a comparison that no NaN can be hidden in, the plain `not` too.
fn negated(e: &Expr) -> Expr {
    expr(ExprKind::Not(Box::new(e.clone())))
}

fn inverse(e: Expr) -> Expr {
    match e.kind {
        ExprKind::Prefix { op, operand } if &*op.text == "~" => *operand,
        _ => prefix("~", e),
    }
}

/// Branches that all assign one place, as one statement with a choice.
fn merged(arms: &[(Expr, Block)], otherwise: &Option<Block>) -> Option<Stmt> {
    let last = otherwise.as_ref()?;
    let single = |b: &Block| match &*b.body {
        [s] => Some(s.clone()),
        _ => None,
    };
    let mut stmt = single(last)?;
    if let StmtKind::Expr(Expr { kind: ExprKind::If { arms, otherwise }, .. }) = &stmt.kind {
        stmt = merged(arms, otherwise)?;
    }
    for (test, block) in arms.iter().rev() {
        let then = single(block)?;
        stmt = choice(test, &then, &stmt)?;
    }
    Some(stmt)
}

fn choice(test: &Expr, then: &Stmt, other: &Stmt) -> Option<Stmt> {
    let choose = |a: &Expr, b: &Expr| {
        let (test, then, other) = (Box::new(test.clone()), Box::new(a.clone()), Box::new(b.clone()));
        expr(ExprKind::Choice { test, then, other })
    };
    let kind = match (&then.kind, &other.kind) {
        (StmtKind::Assign { targets: s, value: a }, StmtKind::Assign { targets: t, value: b }) => {
            let ([s], [t]) = (&**s, &**t) else { return None };
            if neat::target(s) != neat::target(t) {
                return None;
            }
            StmtKind::Assign { targets: vec![s.clone()], value: choose(a, b) }
        }
        (StmtKind::Augment { target: s, op, value: a }, StmtKind::Augment { target: t, op: o, value: b }) => {
            if neat::target(s) != neat::target(t) || op.text != o.text {
                return None;
            }
            StmtKind::Augment { target: s.clone(), op: op.clone(), value: choose(a, b) }
        }
        (StmtKind::Expr(a), StmtKind::Expr(b)) => {
            let ((l, x), (m, y)) = (appended(a)?, appended(b)?);
            if l != m {
                return None;
            }
            StmtKind::Expr(method(name(l), "append", vec![arg(choose(x, y))]))
        }
        _ => return None,
    };
    Some(Stmt { kind, span: then.span, silent: false })
}

fn count_stores(arms: &[(Expr, Block)], otherwise: &Option<Block>) -> usize {
    let blocks = arms.iter().map(|(_, b)| b).chain(otherwise);
    blocks.map(|b| b.body.len()).sum()
}

/// `name + e`, `e + name`, `max(name, e)`, `e if e > name else name`, `name or e`: what joins, and e.
fn joined(name: &Name, value: &Expr) -> Option<(Op, Expr)> {
    let is = |e: &Expr| matches!(&e.kind, ExprKind::Name(n) if n == name);
    let pick = |op, a: &Expr, b: &Expr, commutes: bool| {
        if is(a) && !walk::mentions(b, name) {
            Some((op, b.clone()))
        } else if commutes && is(b) && !walk::mentions(a, name) {
            Some((op, a.clone()))
        } else {
            None
        }
    };
    match &value.kind {
        ExprKind::Binary { op, left, right } => {
            let text = &op.text;
            let op = Op::of(text)?;
            pick(op, left, right, !matches!(op, Op::Subtract | Op::Divide)).or_else(|| {
                // s + a + b
                let ExprKind::Binary { op: inner, left: first, right: second } = &left.kind else {
                    return None;
                };
                if !is(first) || walk::mentions(second, name) || walk::mentions(right, name) {
                    return None;
                }
                match (&*inner.text, &**text) {
                    ("+", "+" | "-") => Some((Op::Add, binary(text, (**second).clone(), (**right).clone()))),
                    ("*", "*") => Some((Op::Multiply, binary("*", (**second).clone(), (**right).clone()))),
                    _ => None,
                }
            })
        }
        ExprKind::Or(a, b) => pick(Op::Any, a, b, true),
        ExprKind::And(a, b) => pick(Op::All, a, b, true),
        ExprKind::Call { func, args } => {
            let (function, receiver) = callee(func)?;
            let [a, b] = &**args else { return None };
            match idioms::role(function) {
                Some(Role::Choose(f)) if receiver.is_none() => {
                    pick(if f.starts_with("max") { Op::Max } else { Op::Min }, &a.value, &b.value, true)
                }
                None if function.ends_with("imum") => pick(
                    if function.starts_with("max") { Op::Max } else { Op::Min },
                    &a.value,
                    &b.value,
                    true,
                ),
                _ => None,
            }
        }
        ExprKind::Choice { test, then, other } => {
            let ExprKind::Compare { first, rest } = &test.kind else { return None };
            let [(op, second)] = &**rest else { return None };
            let up = matches!(&*op.text, ">" | ">=" | "≥");
            // `e if e > s else s`, or turned round.
            let (e, larger) = if is(other) && same(then, first) && is(second) {
                (then, up)
            } else if is(then) && same(other, first) && is(second) {
                (other, !up)
            } else if is(other) && same(then, second) && is(first) {
                (then, !up)
            } else {
                return None;
            };
            Some((if larger { Op::Max } else { Op::Min }, (**e).clone()))
        }
        _ => None,
    }
}

/// `y[i - 1] op e` with the element before, whichever side it stands on.
fn scanned(own: &Expr, op: Option<&str>, value: &Expr) -> Option<(Op, Expr, Expr)> {
    let ExprKind::Index { base, .. } = &own.kind else { return None };
    let of_base = |e: &Expr| match &e.kind {
        ExprKind::Index { base: b, .. } => same(b, base) && !same(e, own),
        _ => false,
    };
    if let Some(op) = op {
        let op = Op::of(op).filter(|o| matches!(o, Op::Add | Op::Multiply | Op::Max | Op::Min))?;
        return of_base(value).then(|| (op, value.clone(), own.clone()));
    }
    match &value.kind {
        ExprKind::Binary { op, left, right } => {
            let op = Op::of(&op.text)?;
            if of_base(left) {
                Some((op, (**left).clone(), (**right).clone()))
            } else if of_base(right) && !matches!(op, Op::Subtract | Op::Divide) {
                Some((op, (**right).clone(), (**left).clone()))
            } else {
                None
            }
        }
        ExprKind::Call { func, args } => {
            let (function, None) = callee(func)? else { return None };
            let larger = match idioms::role(function) {
                Some(Role::Choose(f)) => f.starts_with("max"),
                None if function.ends_with("imum") => function.starts_with("max"),
                _ => return None,
            };
            let [a, b] = &**args else { return None };
            let op = if larger { Op::Max } else { Op::Min };
            if of_base(&a.value) {
                Some((op, a.value.clone(), b.value.clone()))
            } else if of_base(&b.value) {
                Some((op, b.value.clone(), a.value.clone()))
            } else {
                None
            }
        }
        _ => None,
    }
}

/// Whether an expression reads an array elsewhere than at one element.
fn reads_other(e: &Expr, own: &Expr, name: &Name) -> bool {
    let mut other = false;
    walk::expression(e, &mut |node| {
        if let Node::Expr(e) = node {
            if same(e, own) {
                return false;
            }
            other |= matches!(&e.kind, ExprKind::Name(n) if n == name);
        }
        true
    });
    other
}

fn mentions_element(e: &Expr, own: &Expr) -> bool {
    let mut found = false;
    walk::expression(e, &mut |node| {
        found |= matches!(node, Node::Expr(e) if same(e, own));
        !found
    });
    found
}

/// `x[name]`
fn indexed_by(e: &Expr, name: &Name) -> bool {
    match &e.kind {
        ExprKind::Index { subs, .. } => {
            matches!(&**subs, [Sub::Expr(Expr { kind: ExprKind::Name(n), .. })] if n == name)
        }
        _ => false,
    }
}

/// Whether no two steps write the same element, whatever the data: places that are no gather.
fn has_distinct(place: &Val) -> bool {
    let ExprKind::Index { subs, .. } = &place.expr.kind else { return true };
    subs.iter().all(|s| matches!(s, Sub::Slice { .. }))
}

fn number(e: &Expr) -> Option<f64> {
    match &e.kind {
        ExprKind::Number { value: Number::Float(x), suffix: None } => Some(*x),
        ExprKind::Prefix { op, operand } if &*op.text == "-" => number(operand).map(|x| -x),
        _ => literal(e).map(|n| n as f64),
    }
}

fn is_zero(e: &Expr) -> bool {
    number(e) == Some(0.0)
}

fn is_truth(e: &Expr, wanted: bool) -> bool {
    matches!(&e.kind, ExprKind::Number { value: Number::Bool(b), .. } if *b == wanted)
}

/// `-inf` for a maximum, `inf` for a minimum.
fn is_extreme(op: Op, e: &Expr) -> bool {
    let inf = |e: &Expr| match &e.kind {
        ExprKind::Name(n) => &**n == "inf",
        ExprKind::Attr { name, .. } => &*name.text == "inf",
        _ => false,
    };
    match (op, &e.kind) {
        (Op::Min, _) => inf(e),
        (Op::Max, ExprKind::Prefix { op, operand }) => &*op.text == "-" && inf(operand),
        _ => false,
    }
}

/// Whether a start is the first element of what is gone through: `x[0]` of `x.max()` or of `x[1:].max()`.
fn is_first_of(start: &Expr, whole: &Expr) -> bool {
    let ExprKind::Index { base, subs } = &start.kind else { return false };
    let first = subs.iter().all(|s| matches!(s, Sub::Expr(e) if literal(e) == Some(0)));
    let mut own = match &whole.kind {
        ExprKind::Call { func, args } => match (&func.kind, &**args) {
            (ExprKind::Attr { .. }, [a]) if callee(func).is_some_and(|(_, r)| r.is_none()) => &a.value,
            (ExprKind::Attr { base, .. }, _) => base,
            _ => return false,
        },
        _ => return false,
    };
    if let ExprKind::Index { base, subs } = &own.kind
        && let [Sub::Slice { start: Some(s), stop: None, step: None, .. }] = &**subs
        && literal(s) == Some(1)
    {
        own = base;
    }
    first && same(base, own)
}

/// `x` of `x[1:]`.
fn without_first(e: &Expr) -> Option<Expr> {
    match &e.kind {
        ExprKind::Index { base, subs } => match &**subs {
            [Sub::Slice { start: Some(s), stop: None, step: None, .. }] if literal(s) == Some(1) => {
                Some((**base).clone())
            }
            _ => None,
        },
        _ => None,
    }
}

/// `zeros(n)` and its like, of a value.
fn is_filled(e: &Expr, value: Option<i64>) -> bool {
    let ExprKind::Call { func, .. } = &e.kind else { return false };
    let Some((name, None)) = callee(func) else { return false };
    let fills = idioms::role(name) == Some(Role::Fill);
    fills && value.is_some_and(|n| name.starts_with(if n == 0 { "zeros" } else { "ones" }))
}

fn filled_size(e: &Expr) -> Option<Expr> {
    let ExprKind::Call { func, args } = &e.kind else { return None };
    let (name, None) = callee(func)? else { return None };
    match &args.first()?.value {
        _ if name.ends_with("_like") => None,
        Expr { kind: ExprKind::Tuple(_) | ExprKind::Bracket(_), .. } => None,
        size => Some(size.clone()),
    }
}

fn sum_along(op: Op) -> &'static str {
    match op {
        Op::Multiply | Op::Divide => "a product along an axis",
        _ => "a sum along an axis",
    }
}

/// An expression with another in place of a name.
pub fn replaced(e: &Expr, name: &Name, by: &Expr) -> Expr {
    let again = |e: &Expr| replaced(e, name, by);
    match &e.kind {
        ExprKind::Name(n) if n == name => by.clone(),
        ExprKind::Binary { op, left, right } => {
            let (l, r) = (again(left), again(right));
            match (literal(&l), &*op.text, literal(&r)) {
                (Some(_), "+", Some(n)) => plus(&l, n),
                (Some(_), "-", Some(n)) => plus(&l, -n),
                _ => binary(&op.text, l, r),
            }
        }
        ExprKind::Prefix { op, operand } => prefix(&op.text, again(operand)),
        ExprKind::Index { base, subs } => {
            let sub = |s: &Sub| match s {
                Sub::Expr(e) => Sub::Expr(again(e)),
                s => s.clone(),
            };
            index(again(base), subs.iter().map(sub).collect())
        }
        ExprKind::Call { func, args } => {
            let args = args.iter().map(|a| Arg { keyword: a.keyword.clone(), value: again(&a.value) });
            call((**func).clone(), args.collect())
        }
        _ => e.clone(),
    }
}

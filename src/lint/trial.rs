//! Running a loop and what may replace it on copies of the real operands, in a scope of their own,
//! with a limit of time, and comparing what they leave behind.

use super::facts::Facts;
use super::report::Equal;
use super::walk::{self, Node};
use crate::array::Array;
use crate::dtype::{DType, Scalar};
use crate::eval::{Evaluator, Source, Unit};
use crate::exec::copy;
use crate::exec::interrupt::{self, Alarm};
use crate::syntax::ast::{ExprKind, Name, Stmt, StmtKind, Target};
use crate::value::{List, Value};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Largest difference between floats that sums in another order may have, relative to the largest
/// value: some hundred thousand roundings of one direction.
const TOLERANCE: f64 = 1e-9;
const TOLERANCE_SINGLE: f64 = 1e-4;

/// How trials are run.
#[derive(Clone, Copy, Debug)]
pub struct Lab {
    /// Whether the gain is measured; without, findings are the same on every machine.
    pub measure: bool,
    /// Seconds that one run may take.
    pub limit: f64,
    /// Steps of a loop that are run at first.
    pub sample: i64,
    /// Seconds that all runs for one loop may take together.
    pub budget: f64,
    /// When they are over.
    pub until: Option<Instant>,
    /// The loop has shown that all its steps take longer than that.
    pub hurried: bool,
}

impl Lab {
    /// For a check that somebody waits for.
    pub const CHECK: Lab = Lab { measure: true, limit: 2.0, sample: 2000, ..Lab::TRIAL };
    /// For a hint in passing.
    pub const HINT: Lab = Lab { measure: true, limit: 0.04, sample: 1000, budget: 0.05, ..Lab::TRIAL };
    /// Without a clock to go by.
    pub const TRIAL: Lab =
        Lab { measure: false, limit: 5.0, sample: 1000, budget: f64::INFINITY, until: None, hurried: false };

    /// The same, with its budget beginning now.
    pub fn begun(self) -> Lab {
        let until = Duration::try_from_secs_f64(self.budget).ok().map(|d| Instant::now() + d);
        Lab { until, ..self }
    }

    /// Seconds that the next run may take.
    pub fn left(&self) -> f64 {
        let left = |until: Instant| until.saturating_duration_since(Instant::now()).as_secs_f64();
        self.until.map_or(self.limit, |until| left(until).min(self.limit))
    }
}

/// What a run left behind.
pub struct Ran {
    pub values: Vec<Option<Value>>,
    pub seconds: f64,
    warnings: usize,
}

/// Why a run gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    Error,
    TooLong,
    /// The user wants to stop.
    Stopped,
}

/// Code with what goes before it untimed.
pub struct Code<'a> {
    pub prelude: &'a [Stmt],
    pub body: &'a [Stmt],
    pub source: Rc<Source>,
    /// What it may write, beside the names that it assigns: these are copied, the rest is only read.
    pub touched: &'a [Name],
}

/// Bytes that are copied and compared in a second, at least: neither stops when time is up.
const COPIED: f64 = 1e8;

/// Whether the copies for a run take no more than so many seconds.
pub fn copies_within(facts: &Facts, code: &Code, limit: f64) -> bool {
    let changed = changed(code);
    let bytes = |(name, value): (&Name, &Value)| match value {
        Value::Array(a) if changed(name) => a.nbytes(),
        Value::List(l) => l.len() * size_of::<Value>(),
        _ => 0,
    };
    facts.values.iter().map(bytes).sum::<usize>() as f64 <= limit * COPIED
}

/// Runs code on copies of values, and reads the names asked for.
pub fn run(ev: &mut Evaluator, facts: &Facts, code: &Code, wanted: &[Name], limit: f64) -> Result<Ran, Halt> {
    if limit <= 0.0 || !copies_within(facts, code, limit) {
        return Err(Halt::TooLong);
    }
    let values = copies(facts, code)?;
    let alarm = Alarm::set(limit);
    let result = ev.in_silence(|ev| {
        let outer = ev.globals.enter_module();
        for (name, value) in values {
            ev.globals.set(&name, value);
        }
        let ran = timed(ev, code);
        let read = ran.map(|(seconds, warnings)| Ran {
            values: wanted.iter().map(|n| ev.globals.get(n)).collect(),
            seconds,
            warnings,
        });
        ev.globals.forget_module(outer);
        read
    });
    match (result, alarm.ended()) {
        (_, true) => Err(Halt::TooLong),
        (None, _) if interrupt::requested() => Err(Halt::Stopped),
        (None, _) => Err(Halt::Error),
        (Some(ran), _) => Ok(ran),
    }
}

/// The least seconds of code that has run before in `first`, and that finds its places known from the
/// second time on, as it does where it runs again and again. `more`: whether there is time for another run.
pub fn least(
    ev: &mut Evaluator,
    facts: &Facts,
    code: &Code,
    first: f64,
    limit: f64,
    more: impl Fn() -> bool,
) -> f64 {
    let _alarm = Alarm::set(limit);
    ev.in_silence(|ev| {
        let outer = ev.globals.enter_module();
        let mut least = first;
        let mut units = None;
        for _ in 0..ROUNDS {
            let (true, Ok(values)) = (more(), copies(facts, code)) else { break };
            for (name, value) in values {
                ev.globals.set(&name, value);
            }
            let Some((prelude, body)) = units.take().or_else(|| resolved(ev, code)) else { break };
            let Some((seconds, _)) = run_timed(ev, &prelude, &body) else { break };
            least = least.min(seconds);
            units = Some((prelude, body));
        }
        ev.globals.forget_module(outer);
        least
    })
}

/// Runs of which the least time counts.
const ROUNDS: usize = 5;

fn resolved(ev: &mut Evaluator, code: &Code) -> Option<(Unit, Unit)> {
    let prelude = ev.resolve(code.prelude, code.source.clone()).ok()?;
    Some((prelude, ev.resolve(code.body, code.source.clone()).ok()?))
}

fn timed(ev: &mut Evaluator, code: &Code) -> Option<(f64, usize)> {
    let (prelude, body) = resolved(ev, code)?;
    run_timed(ev, &prelude, &body)
}

fn run_timed(ev: &mut Evaluator, prelude: &Unit, body: &Unit) -> Option<(f64, usize)> {
    ev.run_unit(prelude).ok()?;
    ev.forget_warnings();
    let began = Instant::now();
    ev.run_unit(body).ok()?;
    let seconds = began.elapsed().as_secs_f64();
    let warnings = ev.warnings_waiting();
    ev.forget_warnings();
    Some((seconds, warnings))
}

/// Whether code may write what a name holds.
fn changed<'a>(code: &'a Code) -> impl Fn(&Name) -> bool + 'a {
    let own = [walk::Names::of(code.prelude), walk::Names::of(code.body)];
    let all = writes_through(code.body, true);
    move |name: &Name| {
        all || code.touched.contains(name)
            || own.iter().any(|n| n.written.contains(name) || n.assigned.contains(name))
    }
}

/// The values, each list and each array that is written on its own, shared as the program shares them.
fn copies(facts: &Facts, code: &Code) -> Result<Vec<(Name, Value)>, Halt> {
    let changed = changed(code);
    // What the statements before give a value anyway.
    let before = walk::Names::of(code.prelude);
    let given = |name: &Name| before.assigned.contains(name) && !before.read.contains(name);
    let mut made: Vec<(Array, Array)> = Vec::new();
    let mut lists: Vec<(List, List)> = Vec::new();
    let mut out = Vec::new();
    for (name, value) in facts.values.iter().filter(|(name, _)| !given(name)) {
        let value = match value {
            Value::Array(a) if changed(name) => match made.iter().find(|(old, _)| old.same_object(a)) {
                Some((_, new)) => Value::Array(new.clone()),
                None => {
                    let new = copy::copy_keeping(a).map_err(|_| Halt::Error)?;
                    made.push((a.clone(), new.clone()));
                    Value::Array(new)
                }
            },
            Value::List(l) => match lists.iter().find(|(old, _)| old.same(l)) {
                Some((_, new)) => Value::List(new.clone()),
                None => {
                    let new = List::new(l.to_vec());
                    lists.push((l.clone(), new.clone()));
                    Value::List(new)
                }
            },
            other => other.clone(),
        };
        out.push((name.clone(), value));
    }
    Ok(out)
}

/// Whether statements write into what a name of theirs may share with another: a row in `for row in m`,
/// a view in `t = m[i]`. `calls`: what a function gives may be shared too.
pub fn writes_through(body: &[Stmt], calls: bool) -> bool {
    let (mut shares, mut writes): (Vec<Name>, Vec<Name>) = (Vec::new(), Vec::new());
    walk::statements(body, &mut |node| {
        match node {
            Node::Stmt(Stmt { kind: StmtKind::For { target, .. }, .. }) => {
                walk::target(target, &mut |node| {
                    if let Node::Target(Target::Name(n)) = node {
                        shares.push(n.text.clone());
                    }
                    true
                });
            }
            Node::Stmt(Stmt { kind: StmtKind::Assign { targets, value }, .. }) => {
                let own = matches!(
                    value.kind,
                    ExprKind::Number { .. } | ExprKind::Binary { .. } | ExprKind::Compare { .. }
                ) || !calls && matches!(value.kind, ExprKind::Call { .. });
                shares.extend(targets.iter().filter(|_| !own).filter_map(|t| match t {
                    Target::Name(n) => Some(n.text.clone()),
                    _ => None,
                }));
            }
            Node::Stmt(Stmt { kind: StmtKind::Augment { target: Target::Name(n), .. }, .. }) => {
                writes.push(n.text.clone());
            }
            Node::Target(Target::Index { base, .. } | Target::Attr { base, .. }) => {
                if let ExprKind::Name(n) = &base.kind {
                    writes.push(n.clone());
                }
            }
            Node::Target(Target::Tuple(items, _)) => {
                shares.extend(items.iter().filter_map(|t| match t {
                    Target::Name(n) => Some(n.text.clone()),
                    _ => None,
                }));
            }
            Node::Target(Target::Selection { .. }) => {
                shares.push("".into());
                writes.push("".into());
            }
            _ => {}
        }
        true
    });
    writes.iter().any(|n| shares.contains(n))
}

/// Whether a replacement left behind what the loop did, without warnings of its own.
pub fn compare(a: &Ran, b: &Ran) -> Option<Equal> {
    if b.warnings > a.warnings {
        return None;
    }
    let mut worst = Equal::Exactly;
    for (a, b) in a.values.iter().zip(&b.values) {
        match (a, b) {
            (None, None) => {}
            (Some(a), Some(b)) => worst = further(worst, alike(a, b)?),
            _ => return None,
        }
    }
    Some(worst)
}

fn further(a: Equal, b: Equal) -> Equal {
    match (a, b) {
        (Equal::Closely(x), Equal::Closely(y)) => Equal::Closely(x.max(y)),
        (Equal::Exactly, e) | (e, Equal::Exactly) => e,
    }
}

fn alike(a: &Value, b: &Value) -> Option<Equal> {
    if let (Some(x), Some(y)) = (a.scalar(), b.scalar()) {
        return elements(&[x], &[y]);
    }
    match (a, b) {
        (Value::Array(x), Value::Array(y)) if x.shape() == y.shape() && x.dtype() == y.dtype() => {
            elements(&scalars(x)?, &scalars(y)?)
        }
        (Value::Array(x), Value::Array(y)) if x.shape() == y.shape() && x.size() == 0 => Some(Equal::Exactly),
        // A 0-d array for a number.
        (Value::Array(x), other) | (other, Value::Array(x)) if x.ndim() == 0 => {
            elements(&scalars(x)?, &[other.scalar()?])
        }
        (Value::List(x), other) | (other, Value::List(x)) => {
            let (x, y) = (x.to_vec(), items(other)?);
            if x.len() != y.len() {
                return None;
            }
            let mut worst = Equal::Exactly;
            for (x, y) in x.iter().zip(&y) {
                worst = further(worst, alike(x, y)?);
            }
            Some(worst)
        }
        (Value::Str(x), Value::Str(y)) if x == y => Some(Equal::Exactly),
        (Value::None, Value::None) => Some(Equal::Exactly),
        _ => None,
    }
}

fn items(v: &Value) -> Option<Vec<Value>> {
    match v {
        Value::List(l) => Some(l.to_vec()),
        Value::Array(a) if a.ndim() == 1 => Some(scalars(a)?.into_iter().map(Value::Scalar).collect()),
        Value::Array(a) if a.ndim() > 1 => {
            let n = *a.shape().first()?;
            let at = |i: usize| (a.offset() as isize + i as isize * a.strides()[0]) as usize;
            Some((0..n).map(|i| Value::Array(a.view(&a.shape()[1..], &a.strides()[1..], at(i)))).collect())
        }
        _ => None,
    }
}

fn scalars(a: &Array) -> Option<Vec<Scalar>> {
    let a = copy::contiguous(a).ok()?;
    Some((0..a.size()).map(|i| a.scalar_at(a.offset() + i)).collect())
}

fn elements(a: &[Scalar], b: &[Scalar]) -> Option<Equal> {
    let kind = |d: DType| {
        if d == DType::Bool {
            0
        } else if d.is_int() {
            1
        } else {
            2
        }
    };
    let mut largest: f64 = 0.0;
    let mut apart: f64 = 0.0;
    let mut single = false;
    for (x, y) in a.iter().zip(b) {
        let (dx, dy) = (x.dtype(), y.dtype());
        if kind(dx) != kind(dy) {
            return None;
        }
        if kind(dx) < 2 {
            if x.as_i128() != y.as_i128() || x.truth() != y.truth() {
                return None;
            }
            continue;
        }
        single |= [dx, dy].iter().any(|d| matches!(d, DType::F32 | DType::C64));
        let (x, y) = (x.as_c128(), y.as_c128());
        for (x, y) in [(x.re, y.re), (x.im, y.im)] {
            if x == y || (x.is_nan() && y.is_nan()) {
                largest = largest.max(if x.is_finite() { x.abs() } else { 0.0 });
                continue;
            }
            if !x.is_finite() || !y.is_finite() {
                return None;
            }
            largest = largest.max(x.abs());
            apart = apart.max((x - y).abs());
        }
    }
    if apart == 0.0 {
        return Some(Equal::Exactly);
    }
    let relative = apart / largest.max(f64::MIN_POSITIVE);
    let limit = if single { TOLERANCE_SINGLE } else { TOLERANCE };
    (relative <= limit).then_some(Equal::Closely(relative))
}

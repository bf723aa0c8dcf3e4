//! From a loop and its operands to a finding: the loop is read, each way to write it is tried beside
//! it, on a sample of the steps and then, if that is quick, on all, and the first that leaves the
//! same behind is offered.

mod sample;
mod told;
mod trying;

use sample::{sampled, steps_of};
use told::finding;
use trying::{grown, lines, spliced, statements, try_forms, uses};

use super::body::{self, Plan};
use super::build::*;
use super::facts::Facts;
use super::functions::Functions;
use super::report::{Equal, Finding, Level};
use super::sites::{self, Site, SiteKind};
use super::trial::{self, Code, Halt, Lab};
use super::tuples;
use super::vector::Why;
use super::walk::{self, Node};
use super::{Text, callee};
use crate::array::Array;
use crate::eval::{Evaluator, Source};
use crate::prim;
use crate::prim::language::idioms::{self, Role};
use crate::syntax::ast::*;
use crate::syntax::{Span, neat, parse};
use crate::value::Value;
use std::rc::Rc;

/// The name under which a comprehension's value is compared.
const RESULT: &str = "lint_result";

/// A loop made ready: as statements, with what stands before it.
struct Case<'a> {
    text: &'a Text,
    site: &'a Site<'a>,
    /// What is run.
    original: Vec<Stmt>,
    /// What is read: the same, with `for` for a counting `while`.
    read: Vec<Stmt>,
    prelude: Vec<Stmt>,
    /// Where the statements of the prelude stand; not those that are made up.
    given: usize,
    counter: Option<Name>,
}

/// What a try came to.
struct Tried {
    form: usize,
    equal: Equal,
    loop_seconds: f64,
    seconds: f64,
}

/// Looks at one loop, with the values of names where it stands.
pub fn examine(
    ev: &mut Evaluator,
    lab: Lab,
    text: &Text,
    site: &Site,
    functions: &Functions,
    value: &mut dyn FnMut(&mut Evaluator, &str) -> Option<Value>,
    elapsed: Option<f64>,
) -> Option<Finding> {
    let mut taken: Vec<Name> = super::Names::of(std::slice::from_ref(text)).assigned;
    let case = prepare(text, site, functions, &mut taken)?;
    let mut facts = Facts { changing: sites::changing(site), ..Facts::default() };
    let names = walk::Names::of(&case.read);
    let before = walk::Names::of(&case.prelude);
    let all = [&names.read, &names.written, &names.assigned, &before.read, &before.written, &before.assigned];
    for name in all.into_iter().flatten() {
        if let Some(v) = value(ev, name) {
            facts.values.insert(name.clone(), v);
        }
    }
    // Counting may have begun anywhere.
    let case = match case.counter {
        Some(_) => recount(case, &facts, &mut taken)?,
        None => case,
    };
    after_prelude(ev, lab, &case, &mut facts);
    if overlapping(&facts, &names.written) {
        return None;
    }
    let prelude: Vec<&Stmt> = case.prelude.iter().collect();
    let plan = match body::plan(&case.read, &prelude, &facts, functions, taken.clone()) {
        Ok(plan) => plan,
        Err(why) => return note(text, site, why),
    };
    if plan.gone.iter().any(|n| sites::read_after(site, n)) {
        return None;
    }
    if unlike_later(ev, site, &plan, &facts, &names.read) {
        return None;
    }
    let lab = lab.for_steps(elapsed, steps_of(&case.read, &facts))?;
    let tried = try_forms(ev, lab, &case, &plan, &facts, functions, &taken)?;
    let found = finding(&case, &plan, tried, elapsed, ev, &facts, lab);
    // A loop that stops early may well do less.
    Some(found).filter(|f| !plan.stops || f.gain.is_none_or(|g| g > 1.0))
}

/// Whether a loop within others finds extremes by comparisons, among elements of which some are nan: it is
/// tried where it is met first, and a later time may meet these.
fn unlike_later(ev: &mut Evaluator, site: &Site, plan: &Plan, facts: &Facts, read: &[Name]) -> bool {
    let extremes = |s: &body::Step| s.what.contains("maximum") || s.what.contains("minimum");
    if site.outer.is_none() || !plan.steps.iter().any(extremes) {
        return false;
    }
    let mut has_nan = |a: &Array| {
        let row = idioms::row("amax", false).filter(|_| a.dtype().is_inexact() && a.size() > 0);
        let most = row.and_then(|row| prim::monadic(row, ev, Value::Array(a.clone())).ok());
        most.and_then(|v| v.scalar()?.as_f64()).is_some_and(f64::is_nan)
    };
    read.iter().filter_map(|name| facts.array(name)).any(&mut has_nan)
}

fn note(text: &Text, site: &Site, why: Why) -> Option<Finding> {
    let Why::Dependency(what) = why else { return None };
    if matches!(site.kind, SiteKind::Comprehension(..)) {
        return None;
    }
    let message = format!("this loop has to go step by step: {what}");
    Some(text.finding(Level::Note, "loop-dependency", site.span, message))
}

fn prepare<'a>(
    text: &'a Text,
    site: &'a Site<'a>,
    functions: &Functions,
    taken: &mut Vec<Name>,
) -> Option<Case<'a>> {
    match site.kind {
        SiteKind::Loop(s) => {
            let prelude = sites::prelude(site, taken, |e| functions.effect_of(e).is_none());
            let given = prelude.len();
            let counter = match &s.kind {
                StmtKind::While { .. } => sites::counted(s, int(0)).map(|(_, counter)| counter),
                _ => None,
            };
            let original = vec![s.clone()];
            let read = tuples::apart(&original, taken);
            Some(Case { text, site, read, original, prelude, given, counter })
        }
        SiteKind::Comprehension(e, call) => {
            let generator = matches!(e.kind, ExprKind::Comprehension { generator: true, .. });
            if generator && call.is_none() {
                return None;
            }
            let whole = if generator { call? } else { e };
            let read = sites::as_loops(e, RESULT)?;
            let start = sites::assign(RESULT, expr(ExprKind::Bracket(Vec::new())), e.span);
            let original = vec![sites::assign(RESULT, whole.clone(), e.span)];
            Some(Case {
                text,
                site,
                read: vec![read],
                original,
                prelude: vec![start],
                given: 0,
                counter: None,
            })
        }
    }
}

/// A `while` that counts, as a `for` from where it begins.
fn recount<'a>(case: Case<'a>, facts: &Facts, taken: &mut Vec<Name>) -> Option<Case<'a>> {
    let counter = case.counter.clone()?;
    let init = case.prelude.iter().rev().find_map(|s| match &s.kind {
        StmtKind::Assign { targets, value } => match &**targets {
            [Target::Name(n)] if n.text == counter => Some(value.clone()),
            _ => None,
        },
        _ => None,
    });
    let start = match init {
        Some(e) => e,
        None => int(facts.lasting_int(&name(&counter))?),
    };
    let (read, _) = sites::counted(case.original.first()?, start)?;
    Some(Case { read: tuples::apart(&[read], taken), ..case })
}

/// Takes over what the assignments before the loop say: after the loop its names hold other values. In a
/// hurry not of arrays, of which only shape and dtype are asked.
fn after_prelude(ev: &mut Evaluator, lab: Lab, case: &Case, facts: &mut Facts) {
    let hurried = |s: &&Stmt| match &s.kind {
        _ if lab.until.is_none() => true,
        StmtKind::Assign { targets, .. } => {
            matches!(&**targets, [Target::Name(n)] if facts.array(&n.text).is_none())
        }
        _ => false,
    };
    let plain: Vec<Stmt> = case.prelude.iter().take(case.given).filter(hurried).cloned().collect();
    if plain.is_empty() {
        return;
    }
    let names = walk::Names::of(&plain);
    let source = source_of(case.text);
    let code = Code { prelude: &plain, body: &[], source, touched: &[] };
    if let Ok(ran) = trial::run(ev, facts, &code, &names.assigned, lab.left()) {
        for (name, value) in names.assigned.iter().zip(ran.values) {
            if let Some(v) = value {
                facts.values.insert(name.clone(), v);
            }
        }
    }
}

impl Lab {
    /// For a loop that took so long for so many steps: a sample that leaves time for its replacement;
    /// `None` where a step alone takes too long, which may not be stopped before its end.
    fn for_steps(self, elapsed: Option<f64>, steps: Option<i64>) -> Option<Lab> {
        let (Some(elapsed), Some(steps)) = (elapsed, steps) else { return Some(self) };
        let quick = (self.budget / 5.0 * steps as f64 / elapsed.max(1e-9)) as i64;
        let hurried = elapsed > self.limit;
        (quick > 0).then_some(Lab { sample: self.sample.min(quick), hurried, ..self })
    }
}

/// What the runs of a loop and of its replacements may write.
fn touched(case: &Case) -> Vec<Name> {
    let names = walk::Names::of(&case.read);
    names.written.into_iter().chain(names.assigned).chain(grown(&case.read)).collect()
}

fn source_of(text: &Text) -> Rc<Source> {
    Rc::new(Source { name: text.name.clone(), text: text.text.clone() })
}

/// Whether an array that the loop writes shares memory with another operand.
fn overlapping(facts: &Facts, written: &[Name]) -> bool {
    written.iter().filter_map(|n| facts.array(n).map(|a| (n, a))).any(|(n, a)| {
        let others = facts.values.iter().filter(|(m, _)| *m != n);
        others
            .filter_map(|(_, v)| if let Value::Array(b) = v { Some(b) } else { None })
            .any(|b| a.may_overlap(b))
    })
}

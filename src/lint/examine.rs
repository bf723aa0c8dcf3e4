//! From a loop and its operands to a finding: the loop is read, each way to write it is tried beside
//! it, on a sample of the steps and then, if that is quick, on all, and the first that leaves the
//! same behind is offered.

use super::body::{self, Plan};
use super::build::*;
use super::facts::Facts;
use super::functions::Functions;
use super::report::{Equal, Finding, Level};
use super::sites::{self, Site, SiteKind};
use super::trial::{self, Code, Halt, Lab, Ran};
use super::vector::Why;
use super::walk::{self, Node};
use super::{Text, callee};
use crate::eval::{Evaluator, Source};
use crate::prim::idioms::{self, Role};
use crate::syntax::ast::*;
use crate::syntax::{neat, parse};
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
    let case = prepare(text, site, functions)?;
    let mut facts = Facts::default();
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
        Some(_) => recount(case, &facts)?,
        None => case,
    };
    after_prelude(ev, &case, &mut facts);
    if overlapping(&facts, &names.written) {
        return None;
    }
    let taken: Vec<Name> = super::Names::of(std::slice::from_ref(text)).assigned;
    let prelude: Vec<&Stmt> = case.prelude.iter().collect();
    let plan = match body::plan(&case.read, &prelude, &facts, functions, taken.clone()) {
        Ok(plan) => plan,
        Err(why) => return note(text, site, why),
    };
    if plan.gone.iter().any(|n| sites::read_after(site, n)) {
        return None;
    }
    let tried = try_forms(ev, lab, &case, &plan, &facts, functions, &taken)?;
    Some(finding(&case, &plan, tried, elapsed, ev, &facts, lab))
}

fn note(text: &Text, site: &Site, why: Why) -> Option<Finding> {
    let Why::Dependency(what) = why else { return None };
    if matches!(site.kind, SiteKind::Comprehension(..)) {
        return None;
    }
    let message = format!("this loop has to go step by step: {what}");
    Some(text.finding(Level::Note, "loop-dependency", site.span, message))
}

fn prepare<'a>(text: &'a Text, site: &'a Site<'a>, functions: &Functions) -> Option<Case<'a>> {
    match site.kind {
        SiteKind::Loop(s) => {
            let before = sites::prelude(site, |e| functions.effect_of(e).is_none());
            let prelude: Vec<Stmt> = before.into_iter().cloned().collect();
            let given = prelude.len();
            let counter = match &s.kind {
                StmtKind::While { .. } => Some(sites::counted(s, int(0))?.1),
                _ => None,
            };
            let original = vec![s.clone()];
            Some(Case { text, site, read: original.clone(), original, prelude, given, counter })
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
fn recount<'a>(case: Case<'a>, facts: &Facts) -> Option<Case<'a>> {
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
        None => int(facts.int(&name(&counter))?),
    };
    let (read, _) = sites::counted(case.original.first()?, start)?;
    Some(Case { read: vec![read], ..case })
}

/// Takes over what the assignments before the loop say: after the loop its names hold other values.
fn after_prelude(ev: &mut Evaluator, case: &Case, facts: &mut Facts) {
    if case.given == 0 {
        return;
    }
    let names = walk::Names::of(&case.prelude);
    let source = source_of(case.text);
    let code = Code { prelude: &case.prelude, body: &[], source };
    if let Ok(ran) = trial::run(ev, facts, &code, &names.assigned, 1.0) {
        for (name, value) in names.assigned.iter().zip(ran.values) {
            if let Some(v) = value {
                facts.values.insert(name.clone(), v);
            }
        }
    }
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

/// How many ways there are to write a plan.
fn ways(plan: &Plan) -> usize {
    plan.steps.iter().map(|s| s.forms.len()).max().unwrap_or(0)
}

/// The statements of one way.
fn lines(plan: &Plan, way: usize) -> Vec<&str> {
    let pick = |s: &'_ body::Step| s.forms.len().min(way + 1) - 1;
    plan.steps.iter().flat_map(|s| s.forms.get(pick(s)).map(|f| f.text.as_str())).collect()
}

fn uses(plan: &Plan, way: usize) -> Vec<usize> {
    let pick = |s: &'_ body::Step| s.forms.len().min(way + 1) - 1;
    let mut all: Vec<usize> =
        plan.steps.iter().filter_map(|s| s.forms.get(pick(s))).flat_map(|f| f.uses.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Tries each way on a sample of the steps, and what holds there on all of them, if there is time.
fn try_forms(
    ev: &mut Evaluator,
    lab: Lab,
    case: &Case,
    plan: &Plan,
    facts: &Facts,
    functions: &Functions,
    taken: &[Name],
) -> Option<(Tried, Option<usize>)> {
    let steps = steps_of(&case.read, facts)?;
    if steps == 0 {
        return None;
    }
    if let Some((small, small_facts)) = sampled(case, facts, lab.sample) {
        let prelude: Vec<&Stmt> = small.prelude.iter().collect();
        let small_plan = body::plan(&small.read, &prelude, &small_facts, functions, taken.to_vec()).ok()?;
        if ways(&small_plan) != ways(plan) {
            return None;
        }
        let tried = try_all(ev, lab, &small, &small_plan, &small_facts)?;
        let done = steps_of(&small.read, &small_facts)?;
        let whole = tried.loop_seconds * steps as f64 / done.max(1) as f64;
        if whole > lab.limit / 2.0 {
            return Some((tried, Some(done as usize)));
        }
    }
    try_all(ev, lab, case, plan, facts).map(|tried| (tried, None))
}

/// Runs the loop, then each way until one does the same.
fn try_all(ev: &mut Evaluator, lab: Lab, case: &Case, plan: &Plan, facts: &Facts) -> Option<Tried> {
    let names = walk::Names::of(&case.read);
    let mut wanted: Vec<Name> = names.assigned.iter().filter(|n| !plan.gone.contains(n)).cloned().collect();
    wanted.retain(|n| Some(n) != case.counter.as_ref());
    wanted.extend(names.written.iter().cloned());
    wanted.extend(grown(&case.read));
    if matches!(case.site.kind, SiteKind::Comprehension(..)) {
        wanted = vec![RESULT.into()];
    }
    wanted.sort();
    wanted.dedup();
    let code = Code { prelude: &case.prelude, body: &case.original, source: source_of(case.text) };
    let run = |ev: &mut Evaluator, code: &Code| trial::run(ev, facts, code, &wanted, lab.limit);
    let before = run(ev, &code).ok()?;
    for way in 0..ways(plan) {
        let Some((body, source)) = statements(ev, case, plan, way) else { continue };
        let code = Code { prelude: &case.prelude, body: &body, source };
        let after = match run(ev, &code) {
            Ok(after) => after,
            Err(Halt::Stopped) => return None,
            Err(_) => continue,
        };
        if let Some(equal) = trial::compare(&before, &after) {
            let seconds = if lab.measure { quickest(ev, after, |ev| run(ev, &code)) } else { after.seconds };
            return Some(Tried { form: way, equal, loop_seconds: before.seconds, seconds });
        }
    }
    None
}

/// The least time of a few runs.
fn quickest(ev: &mut Evaluator, first: Ran, mut run: impl FnMut(&mut Evaluator) -> Result<Ran, Halt>) -> f64 {
    let mut least = first.seconds;
    for _ in 0..4 {
        if first.seconds > 0.02 {
            break;
        }
        if let Ok(again) = run(ev) {
            least = least.min(again.seconds);
        }
    }
    least
}

/// A way as statements to run.
fn statements(ev: &Evaluator, case: &Case, plan: &Plan, way: usize) -> Option<(Vec<Stmt>, Rc<Source>)> {
    let mut text = lines(plan, way).join("\n");
    if let SiteKind::Comprehension(e, Some(call)) = case.site.kind
        && matches!(e.kind, ExprKind::Comprehension { generator: true, .. })
    {
        let value = text.strip_prefix(&format!("{RESULT} = "))?;
        text = format!("{RESULT} = {}", spliced(case.text, call, e, value)?);
    }
    let parsed = parse(&text, &ev.lexicon);
    if !parsed.errors.is_empty() {
        return None;
    }
    Some((parsed.statements, Rc::new(Source { name: case.text.name.clone(), text })))
}

/// The text of an expression, with another in place of a part.
fn spliced(text: &Text, whole: &Expr, part: &Expr, by: &str) -> Option<String> {
    let own = text.at(whole.span);
    let start = (part.span.start - whole.span.start) as usize;
    let end = (part.span.end - whole.span.start) as usize;
    let mut inner = (start, end);
    // A bare comprehension's span may take in the brackets of its call.
    if own.get(start..=start) == Some("(") && own.get(..end)?.ends_with(')') {
        inner = (start + 1, end - 1);
    }
    Some(format!("{}{by}{}", own.get(..inner.0)?, own.get(inner.1..)?))
}

/// Lists that statements append to.
fn grown(body: &[Stmt]) -> Vec<Name> {
    let mut found = Vec::new();
    walk::statements(body, &mut |node| {
        if let Node::Expr(Expr { kind: ExprKind::Call { func, .. }, .. }) = node
            && let Some((called, Some(Expr { kind: ExprKind::Name(list), .. }))) = callee(func)
            && idioms::role(called) == Some(Role::Append)
        {
            found.push(list.clone());
        }
        true
    });
    let own = walk::Names::of(body).assigned;
    found.retain(|n| !own.contains(n));
    found
}

/// How often the innermost body of loops runs, as far as their lengths are known.
fn steps_of(body: &[Stmt], facts: &Facts) -> Option<i64> {
    let mut most = 1;
    for s in body {
        let inner = match &s.kind {
            StmtKind::For { iter, body, .. } => {
                let own = length_of(iter, facts).unwrap_or(1);
                own.checked_mul(steps_of(&body.body, facts)?)?
            }
            StmtKind::Expr(Expr { kind: ExprKind::If { arms, .. }, .. }) => {
                let inner = arms.iter().filter_map(|(_, b)| steps_of(&b.body, facts)).max();
                inner.unwrap_or(1)
            }
            _ => 1,
        };
        most = most.max(inner);
        if matches!(s.kind, StmtKind::For { .. }) && inner == 0 && body.len() == 1 {
            return Some(0);
        }
    }
    Some(most)
}

fn length_of(iter: &Expr, facts: &Facts) -> Option<i64> {
    let ExprKind::Call { func, args } = &iter.kind else { return facts.length(iter, 0) };
    let (called, None) = callee(func)? else { return facts.length(iter, 0) };
    match idioms::role(called) {
        Some(Role::Steps) => {
            let bounds: Option<Vec<i64>> = args.iter().map(|a| facts.int(&a.value)).collect();
            Some(match *bounds? {
                [stop] => stop.max(0),
                [start, stop] => (stop - start).max(0),
                [start, stop, step] if step != 0 => ((stop - start) / step).max(0),
                _ => return None,
            })
        }
        Some(Role::Numbered | Role::Together) => facts.length(&args.first()?.value, 0),
        _ => facts.length(iter, 0),
    }
}

// A sample of the steps.

/// The same loop over fewer steps: long axes that the loops run along are cut, and the numbers that
/// say how long they are. `None` if it is short already, or no such cut is seen.
fn sampled<'a>(case: &Case<'a>, facts: &Facts, most: i64) -> Option<(Case<'a>, Facts)> {
    let steps = steps_of(&case.read, facts)?;
    if steps <= most {
        return None;
    }
    let mut lengths = Vec::new();
    let mut depth = 0;
    walk::statements(&case.read, &mut |node| {
        if let Node::Stmt(Stmt { kind: StmtKind::For { iter, .. }, .. }) = node {
            lengths.extend(length_of(iter, facts));
            depth += 1;
        }
        true
    });
    let side = (most as f64).powf(1.0 / f64::from(depth.max(1))).floor().max(8.0) as i64;
    lengths.retain(|n| *n > side + 8);
    lengths.sort_unstable();
    lengths.dedup();
    let cut = |n: i64| {
        let near = lengths.iter().max_by_key(|l| if (n - **l).abs() <= 4 { **l } else { 0 })?;
        // One cut for lengths that differ by a few.
        let base = lengths.iter().filter(|l| (**l - near).abs() <= 4).min()?;
        ((n - near).abs() <= 4).then_some(side + n - base)
    };
    let mut small = Facts::default();
    let bounds = bound_names(&case.original, &case.read);
    for (name, value) in &facts.values {
        let value = match value {
            Value::Array(a) => {
                let axes = cut_axes(&case.read, name);
                let mut shape = a.shape().to_vec();
                for (axis, n) in shape.iter_mut().enumerate() {
                    if axes.contains(&axis)
                        && let Some(k) = cut(*n as i64)
                    {
                        *n = usize::try_from(k).ok()?;
                    }
                }
                Value::Array(a.view(&shape, a.strides(), a.offset()))
            }
            Value::List(l) if cut_axes(&case.read, name).contains(&0) => {
                let mut items = l.to_vec();
                if let Some(k) = cut(items.len() as i64) {
                    items.truncate(usize::try_from(k).ok()?);
                }
                Value::List(crate::value::List::new(items))
            }
            Value::Int(n) if bounds.contains(name) => Value::Int(cut(*n).unwrap_or(*n)),
            other => other.clone(),
        };
        small.values.insert(name.clone(), value);
    }
    let shorter = |s: &Stmt| with_bounds(s, &cut);
    let read: Vec<Stmt> = case.read.iter().map(shorter).collect();
    let original = match case.site.kind {
        SiteKind::Loop(_) => case.original.iter().map(shorter).collect(),
        SiteKind::Comprehension(..) => case.original.clone(),
    };
    if steps_of(&read, &small)? > most * 4 {
        return None;
    }
    let prelude = case.prelude.iter().map(|s| with_sizes(s, &cut)).collect();
    let small_case = Case {
        text: case.text,
        site: case.site,
        original,
        read,
        prelude,
        given: case.given,
        counter: case.counter.clone(),
    };
    Some((small_case, small))
}

/// `y = zeros(1000)` with the literal length cut.
fn with_sizes(s: &Stmt, cut: &dyn Fn(i64) -> Option<i64>) -> Stmt {
    let mut s = s.clone();
    if let StmtKind::Assign { value, .. } = &mut s.kind
        && let ExprKind::Call { .. } = value.kind
    {
        *value = cut_literals(value, cut);
    }
    s
}

/// Names in the bounds of loops.
fn bound_names(original: &[Stmt], read: &[Stmt]) -> Vec<Name> {
    let mut found = Vec::new();
    for body in [original, read] {
        walk::statements(body, &mut |node| {
            if let Node::Stmt(Stmt {
                kind: StmtKind::For { iter: e, .. } | StmtKind::While { test: e, .. },
                ..
            }) = node
            {
                found.extend(walk::Names::of_expression(e).read);
            }
            true
        });
    }
    found
}

/// The axes of an array along which loops go, as far as every use of it shows.
fn cut_axes(body: &[Stmt], array: &Name) -> Vec<usize> {
    let mut numbers = Vec::new();
    walk::statements(body, &mut |node| {
        if let Node::Stmt(Stmt { kind: StmtKind::For { target, .. }, .. }) = node {
            walk::target(target, &mut |node| {
                if let Node::Target(Target::Name(n)) = node {
                    numbers.push(n.text.clone());
                }
                true
            });
        }
        true
    });
    let mut along = Vec::new();
    let mut never = Vec::new();
    let plain = |e: &Expr| {
        let names = walk::Names::of_expression(e).read;
        let mut simple = names.iter().any(|n| numbers.contains(n));
        walk::expression(e, &mut |node| {
            if let Node::Expr(Expr { kind, .. }) = node {
                simple &= matches!(
                    kind,
                    ExprKind::Name(_)
                        | ExprKind::Number { .. }
                        | ExprKind::Binary { .. }
                        | ExprKind::Prefix { .. }
                );
            }
            true
        });
        simple
    };
    let mut see = |base: &Expr, subs: &[Sub]| {
        if !matches!(&base.kind, ExprKind::Name(n) if n == array) {
            return;
        }
        for (axis, sub) in subs.iter().enumerate() {
            match sub {
                Sub::Expr(e) if plain(e) => along.push(axis),
                _ => never.push(axis),
            }
        }
    };
    walk::statements(body, &mut |node| {
        match node {
            Node::Expr(Expr { kind: ExprKind::Index { base, subs }, .. }) => see(base, subs),
            Node::Target(Target::Index { base, subs, .. }) => see(base, subs),
            _ => {}
        }
        true
    });
    walk::statements(body, &mut |node| {
        if let Node::Stmt(Stmt { kind: StmtKind::For { iter, .. }, .. }) = node
            && walk::mentions(iter, array)
        {
            along.push(0);
        }
        true
    });
    along.retain(|axis| !never.contains(axis));
    along
}

/// A loop with the literal lengths in its bounds cut.
fn with_bounds(s: &Stmt, cut: &dyn Fn(i64) -> Option<i64>) -> Stmt {
    let mut s = s.clone();
    match &mut s.kind {
        StmtKind::For { iter, body, .. } => {
            *iter = cut_literals(iter, cut);
            body.body = body.body.iter().map(|s| with_bounds(s, cut)).collect();
        }
        StmtKind::While { test, body } => {
            *test = cut_literals(test, cut);
            body.body = body.body.iter().map(|s| with_bounds(s, cut)).collect();
        }
        _ => {}
    }
    s
}

fn cut_literals(e: &Expr, cut: &dyn Fn(i64) -> Option<i64>) -> Expr {
    if let Some(k) = literal(e).and_then(cut) {
        return int(k);
    }
    let again = |e: &Expr| cut_literals(e, cut);
    match &e.kind {
        ExprKind::Binary { op, left, right } => binary(&op.text, again(left), again(right)),
        ExprKind::Call { func, args } => {
            let args = args.iter().map(|a| Arg { keyword: a.keyword.clone(), value: again(&a.value) });
            Expr { span: e.span, ..call((**func).clone(), args.collect()) }
        }
        ExprKind::Tuple(items) => {
            Expr { span: e.span, ..expr(ExprKind::Tuple(items.iter().map(again).collect())) }
        }
        ExprKind::Compare { first, rest } => {
            compare(again(first), rest.iter().map(|(op, e)| (op.text.to_string(), again(e))).collect())
        }
        _ => e.clone(),
    }
}

// What is told.

fn finding(
    case: &Case,
    plan: &Plan,
    (tried, sample): (Tried, Option<usize>),
    elapsed: Option<f64>,
    ev: &mut Evaluator,
    facts: &Facts,
    lab: Lab,
) -> Finding {
    let told: Vec<&body::Step> = plan.steps.iter().filter(|s| !s.code.is_empty()).collect();
    let code = told.first().map_or("loop-map", |s| s.code);
    let mut whats: Vec<&str> = Vec::new();
    told.iter().for_each(|s| {
        if !whats.contains(&s.what) {
            whats.push(s.what);
        }
    });
    let what = match &*whats {
        [one] => one.to_string(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
        [] => "whole-array work".into(),
    };
    let subject = match case.site.kind {
        SiteKind::Loop(_) => "loop",
        SiteKind::Comprehension(e, _)
            if matches!(e.kind, ExprKind::Comprehension { generator: true, .. }) =>
        {
            "generator"
        }
        SiteKind::Comprehension(..) => "comprehension",
    };
    let (replacement, from) = replacement(case, plan, tried.form);
    let mut finding =
        case.text.finding(Level::Hint, code, case.site.span, format!("this {subject} is {what}"));
    if let Some(from) = from {
        finding.line = case.text.lines(from).0;
    }
    finding.replacement = Some(replacement);
    finding.verified = true;
    finding.equal = Some(tried.equal);
    finding.sample = sample;
    if lab.measure && tried.seconds > 0.0 {
        finding.gain = Some(tried.loop_seconds / tried.seconds);
        // The loop's own time, where it is known, against the replacement on all of the data.
        if let (Some(elapsed), Some(_)) = (elapsed, sample)
            && let Some((body, source)) = statements(ev, case, plan, tried.form)
        {
            let code = Code { prelude: &case.prelude, body: &body, source };
            if let Ok(ran) = trial::run(ev, facts, &code, &[], lab.limit) {
                finding.gain = Some(elapsed / ran.seconds.max(1e-9));
            }
        }
    }
    finding
}

/// The text that stands for the loop and the assignments before it that become needless, and where
/// these begin.
fn replacement(case: &Case, plan: &Plan, way: usize) -> (String, Option<crate::syntax::Span>) {
    let text = lines(plan, way).join("\n");
    if let SiteKind::Comprehension(e, call) = case.site.kind {
        let value = text.strip_prefix(&format!("{RESULT} = ")).unwrap_or(&text).to_string();
        let statement = case.site.blocks.last().and_then(|(block, at)| block.get(*at));
        let generator = matches!(e.kind, ExprKind::Comprehension { generator: true, .. });
        let one_line = |s: &&Stmt| !case.text.at(s.span).contains('\n');
        let whole = match (generator, call) {
            (true, Some(call)) => spliced(case.text, call, e, &value).unwrap_or(value),
            _ => value,
        };
        let replaced = if generator { call.map_or(e.span, |c| c.span) } else { e.span };
        return match statement.filter(one_line) {
            Some(s) => {
                let own = case.text.at(s.span);
                let (start, end) =
                    ((replaced.start - s.span.start) as usize, (replaced.end - s.span.start) as usize);
                match (own.get(..start), own.get(end..)) {
                    (Some(before), Some(after)) => (format!("{before}{whole}{after}"), None),
                    _ => (whole, None),
                }
            }
            None => (whole, None),
        };
    }
    let mut used: Vec<usize> = uses(plan, way).into_iter().filter(|u| *u < case.given).collect();
    if let Some(counter) = &case.counter {
        let counts = |s: &Stmt| match &s.kind {
            StmtKind::Assign { targets, .. } => matches!(&**targets, [Target::Name(n)] if n.text == *counter),
            _ => false,
        };
        used.extend(case.prelude.iter().position(counts));
    }
    let Some(first) = used.iter().min().copied() else { return (text, None) };
    let mut out = Vec::new();
    for (at, s) in case.prelude.iter().enumerate().skip(first).take(case.given - first) {
        if !used.contains(&at) {
            out.push(neat::statement(s));
        }
    }
    out.push(text);
    (out.join("\n"), case.prelude.get(first).map(|s| s.span))
}

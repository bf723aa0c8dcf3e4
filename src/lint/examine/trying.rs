//! Running a loop and each way to write it, first on a sample of the steps.

use super::*;

/// How many ways there are to write a plan.
pub(super) fn ways(plan: &Plan) -> usize {
    plan.steps.iter().map(|s| s.forms.len()).max().unwrap_or(0)
}

/// The statements of one way.
pub(super) fn lines(plan: &Plan, way: usize) -> Vec<&str> {
    let pick = |s: &'_ body::Step| s.forms.len().min(way + 1) - 1;
    plan.steps.iter().flat_map(|s| s.forms.get(pick(s)).map(|f| f.text.as_str())).collect()
}

pub(super) fn uses(plan: &Plan, way: usize) -> Vec<usize> {
    let pick = |s: &'_ body::Step| s.forms.len().min(way + 1) - 1;
    let mut all: Vec<usize> =
        plan.steps.iter().filter_map(|s| s.forms.get(pick(s))).flat_map(|f| f.uses.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Tries each way on a sample of the steps, and what holds there on all of them, if there is time.
pub(super) fn try_forms(
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
        let code = Code {
            prelude: &case.prelude,
            body: &case.original,
            source: source_of(case.text),
            touched: &touched(case),
        };
        if whole > lab.limit / 2.0 || !trial::copies_within(facts, &code, lab.left()) {
            return Some((tried, Some(done as usize)));
        }
    } else if lab.hurried && steps > lab.sample {
        // All steps take longer than there is time, and fewer are not to be had.
        return None;
    }
    try_all(ev, lab, case, plan, facts).map(|tried| (tried, None))
}

/// Runs the loop, then each way until one does the same.
pub(super) fn try_all(
    ev: &mut Evaluator,
    lab: Lab,
    case: &Case,
    plan: &Plan,
    facts: &Facts,
) -> Option<Tried> {
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
    let (touched, source) = (touched(case), source_of(case.text));
    let touched = &touched[..];
    let original = Code { prelude: &case.prelude, body: &case.original, source, touched };
    let run = |ev: &mut Evaluator, code: &Code| trial::run(ev, facts, code, &wanted, lab.left());
    let before = run(ev, &original).ok()?;
    for way in 0..ways(plan) {
        let Some((body, source)) = statements(ev, case, plan, way) else { continue };
        let code = Code { prelude: &case.prelude, body: &body, source, touched };
        let after = match run(ev, &code) {
            Ok(after) => after,
            Err(Halt::Stopped) => return None,
            Err(_) => continue,
        };
        if let Some(equal) = trial::compare(&before, &after) {
            let seconds = quickest(ev, lab, facts, &code, after.seconds);
            let loop_seconds = quickest(ev, lab, facts, &original, before.seconds);
            return Some(Tried { form: way, equal, loop_seconds, seconds });
        }
    }
    None
}

/// The least time of a few runs of what ran in `first` seconds, if it is to be measured and that is quick.
fn quickest(ev: &mut Evaluator, lab: Lab, facts: &Facts, code: &Code, first: f64) -> f64 {
    let more = || lab.measure && first <= 0.02 && lab.left() >= lab.budget.min(lab.limit) / 2.0;
    if more() { trial::least(ev, facts, code, first, lab.left(), more) } else { first }
}

/// A way as statements to run.
pub(super) fn statements(
    ev: &Evaluator,
    case: &Case,
    plan: &Plan,
    way: usize,
) -> Option<(Vec<Stmt>, Rc<Source>)> {
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
pub(super) fn spliced(text: &Text, whole: &Expr, part: &Expr, by: &str) -> Option<String> {
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
pub(super) fn grown(body: &[Stmt]) -> Vec<Name> {
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

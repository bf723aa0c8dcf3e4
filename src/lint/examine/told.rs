//! What is told of a loop that was tried.

use super::*;

pub(super) fn finding(
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
    finding.beside = beside(&case.text.text, from.unwrap_or(case.site.span), case.site.span);
    finding.replacement = Some(replacement);
    finding.verified = true;
    finding.equal = Some(tried.equal);
    finding.sample = sample;
    if lab.measure && tried.seconds > 0.0 {
        finding.gain = Some(tried.loop_seconds / tried.seconds);
        if let (Some(elapsed), Some(_)) = (elapsed, sample)
            && let Some(seconds) = on_all(ev, lab, case, plan, facts, &tried)
        {
            finding.gain = Some(elapsed / seconds);
        }
    }
    finding
}

/// What else stands on the first and the last line of what is replaced, if anything does.
fn beside(text: &str, from: Span, site: Span) -> Option<(String, String)> {
    let (start, end) = (from.start as usize, from.end.max(site.end) as usize);
    let before = text.get(..start)?.rsplit('\n').next()?;
    let after = text.get(end..)?.split('\n').next()?;
    let alone = before.trim().is_empty() && after.trim().is_empty();
    (!alone).then(|| (before.to_string(), after.to_string()))
}

/// Seconds that the replacement takes on all of the data: the loop's own time is known, so that both
/// are of the same work. `None` if there is no time left to run it.
fn on_all(
    ev: &mut Evaluator,
    lab: Lab,
    case: &Case,
    plan: &Plan,
    facts: &Facts,
    tried: &Tried,
) -> Option<f64> {
    let touched = touched(case);
    // What is copied, and what the statements before make again.
    let made = walk::Names::of(&case.prelude).assigned;
    let bytes: usize = touched.iter().chain(&made).filter_map(|n| facts.array(n)).map(|a| a.nbytes()).sum();
    if bytes as f64 / COPIED > lab.left() {
        return None;
    }
    let (body, source) = statements(ev, case, plan, tried.form)?;
    let code = Code { prelude: &case.prelude, body: &body, source, touched: &touched };
    let ran = trial::run(ev, facts, &code, &[], lab.left()).ok()?;
    Some(ran.seconds.max(1e-9))
}

/// Bytes that are copied in a second, at least.
const COPIED: f64 = 2e9;

/// The text that stands for the loop and the assignments before it that become needless, and where
/// these begin.
pub(super) fn replacement(case: &Case, plan: &Plan, way: usize) -> (String, Option<Span>) {
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
                    (Some(before), Some(after)) => (format!("{before}{whole}{after}"), Some(s.span)),
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
    let Some(mut first) = used.iter().min().copied() else { return (text, None) };
    // What one statement assigns goes or stays together.
    let place = |at: usize| case.prelude.get(at).map(|s| s.span);
    while first > 0 && place(first - 1) == place(first) {
        first -= 1;
    }
    let mut out = Vec::new();
    for (at, s) in case.prelude.iter().enumerate().skip(first).take(case.given - first) {
        if !used.contains(&at) {
            out.push(neat::statement(s));
        }
    }
    out.push(text);
    (out.join("\n"), case.prelude.get(first).map(|s| s.span))
}

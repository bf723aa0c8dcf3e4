//! The same loop over fewer steps.

use super::*;

/// How often the innermost body of loops runs, as far as their lengths are known.
pub(super) fn steps_of(body: &[Stmt], facts: &Facts) -> Option<i64> {
    steps_within(body, facts, 1)
}

/// Within a loop of so many steps: a bound that moves with it leaves half of them.
fn steps_within(body: &[Stmt], facts: &Facts, around: i64) -> Option<i64> {
    let mut most = 1;
    for s in body {
        let inner = match &s.kind {
            StmtKind::For { iter, body, .. } => {
                let own = length_of(iter, facts).unwrap_or((around / 2).max(1));
                own.checked_mul(steps_within(&body.body, facts, own)?)?
            }
            StmtKind::Expr(Expr { kind: ExprKind::If { arms, .. }, .. }) => {
                let inner = arms.iter().filter_map(|(_, b)| steps_within(&b.body, facts, around)).max();
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

pub(super) fn length_of(iter: &Expr, facts: &Facts) -> Option<i64> {
    let ExprKind::Call { func, args } = &iter.kind else { return facts.length(iter, 0) };
    let (called, None) = callee(func)? else { return facts.length(iter, 0) };
    match idioms::role(called) {
        Some(Role::Steps) => {
            let bounds: Option<Vec<i64>> = args.iter().map(|a| facts.int(&a.value)).collect();
            Some(match *bounds? {
                [stop] => stop.max(0),
                [start, stop] => (stop - start).max(0),
                [start, stop, step] if step > 0 => ((stop - start + step - 1) / step).max(0),
                [start, stop, step] if step < 0 => ((stop - start + step + 1) / step).max(0),
                _ => return None,
            })
        }
        Some(Role::Numbered | Role::Together) => facts.length(&args.first()?.value, 0),
        _ => facts.length(iter, 0),
    }
}

/// The same loop over fewer steps: long axes that the loops run along are cut, and the numbers that
/// say how long they are. `None` if it is short already, or no such cut is seen.
pub(super) fn sampled<'a>(case: &Case<'a>, facts: &Facts, most: i64) -> Option<(Case<'a>, Facts)> {
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
    let mut small = Facts { changing: facts.changing.clone(), ..Facts::default() };
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
                let n = usize::try_from(cut(l.len() as i64).unwrap_or(l.len() as i64)).ok()?;
                let items = l.with(|items| items.get(..n).unwrap_or(items).to_vec());
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
pub(super) fn with_sizes(s: &Stmt, cut: &dyn Fn(i64) -> Option<i64>) -> Stmt {
    let mut s = s.clone();
    if let StmtKind::Assign { value, .. } = &mut s.kind
        && let ExprKind::Call { .. } = value.kind
    {
        *value = cut_literals(value, cut);
    }
    s
}

/// Names in the bounds of loops.
pub(super) fn bound_names(original: &[Stmt], read: &[Stmt]) -> Vec<Name> {
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
pub(super) fn cut_axes(body: &[Stmt], array: &Name) -> Vec<usize> {
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
pub(super) fn with_bounds(s: &Stmt, cut: &dyn Fn(i64) -> Option<i64>) -> Stmt {
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

pub(super) fn cut_literals(e: &Expr, cut: &dyn Fn(i64) -> Option<i64>) -> Expr {
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

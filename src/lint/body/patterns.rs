//! Shapes of expressions and statements that loops are made of.

use super::*;

/// Whether a body reads a name before it assigns it.
pub(super) fn reads_first(body: &[Stmt], name: &Name) -> bool {
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
pub(super) fn skips(s: &Stmt) -> Option<&Expr> {
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
pub(super) fn negated(e: &Expr) -> Expr {
    expr(ExprKind::Not(Box::new(e.clone())))
}

/// Branches that all assign one place, as one statement with a choice.
pub(super) fn merged(arms: &[(Expr, Block)], otherwise: &Option<Block>) -> Option<Stmt> {
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

pub(super) fn choice(test: &Expr, then: &Stmt, other: &Stmt) -> Option<Stmt> {
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

pub(super) fn count_stores(arms: &[(Expr, Block)], otherwise: &Option<Block>) -> usize {
    let blocks = arms.iter().map(|(_, b)| b).chain(otherwise);
    blocks.map(|b| b.body.len()).sum()
}

/// `name + e`, `e + name`, `max(name, e)`, `e if e > name else name`, `name or e`: what joins, and e.
pub(super) fn joined(name: &Name, value: &Expr) -> Option<(Op, Expr)> {
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
pub(super) fn scanned(own: &Expr, op: Option<&str>, value: &Expr) -> Option<(Op, Expr, Expr)> {
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
pub(super) fn reads_other(e: &Expr, own: &Expr, name: &Name) -> bool {
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

pub(super) fn mentions_element(e: &Expr, own: &Expr) -> bool {
    let mut found = false;
    walk::expression(e, &mut |node| {
        found |= matches!(node, Node::Expr(e) if same(e, own));
        !found
    });
    found
}

/// `x[name]`
pub(super) fn indexed_by(e: &Expr, name: &Name) -> bool {
    match &e.kind {
        ExprKind::Index { subs, .. } => {
            matches!(&**subs, [Sub::Expr(Expr { kind: ExprKind::Name(n), .. })] if n == name)
        }
        _ => false,
    }
}

/// Whether no two steps write the same element, whatever the data: places that are no gather.
pub(super) fn has_distinct(place: &Val) -> bool {
    let ExprKind::Index { subs, .. } = &place.expr.kind else { return true };
    let counted = |s: &Sub| match s {
        Sub::Expr(Expr { kind: ExprKind::Call { func, .. }, .. }) => {
            callee(func).is_some_and(|(name, _)| idioms::role(name) == Some(Role::Steps))
        }
        _ => false,
    };
    subs.iter().all(|s| matches!(s, Sub::Slice { .. })) || place.axes.len() == 1 && subs.iter().any(counted)
}

pub(super) fn number(e: &Expr) -> Option<f64> {
    match &e.kind {
        ExprKind::Number { value: Number::Float(x), suffix: None } => Some(*x),
        ExprKind::Prefix { op, operand } if &*op.text == "-" => number(operand).map(|x| -x),
        _ => literal(e).map(|n| n as f64),
    }
}

pub(super) fn is_zero(e: &Expr) -> bool {
    number(e) == Some(0.0)
}

pub(super) fn is_truth(e: &Expr, wanted: bool) -> bool {
    matches!(&e.kind, ExprKind::Number { value: Number::Bool(b), .. } if *b == wanted)
}

/// `-inf` for a maximum, `inf` for a minimum.
pub(super) fn is_extreme(op: Op, e: &Expr) -> bool {
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
pub(super) fn is_first_of(start: &Expr, whole: &Expr) -> bool {
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
pub(super) fn without_first(e: &Expr) -> Option<Expr> {
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
pub(super) fn is_filled(e: &Expr, value: Option<i64>) -> bool {
    let ExprKind::Call { func, .. } = &e.kind else { return false };
    let Some((name, None)) = callee(func) else { return false };
    let fills = idioms::role(name) == Some(Role::Fill);
    fills && value.is_some_and(|n| name.starts_with(if n == 0 { "zeros" } else { "ones" }))
}

pub(super) fn filled_size(e: &Expr) -> Option<Expr> {
    let ExprKind::Call { func, args } = &e.kind else { return None };
    let (name, None) = callee(func)? else { return None };
    match &args.first()?.value {
        _ if name.ends_with("_like") => None,
        Expr { kind: ExprKind::Tuple(_) | ExprKind::Bracket(_), .. } => None,
        size => Some(size.clone()),
    }
}

pub(super) fn sum_along(op: Op) -> &'static str {
    match op {
        Op::Multiply | Op::Divide => "a product along an axis",
        _ => "a sum along an axis",
    }
}

/// An expression with another in place of a name.
pub(super) fn replaced(e: &Expr, name: &Name, by: &Expr) -> Expr {
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

/// The one statement of a body that adds to a name, alone or under one condition: how, what, and the
/// condition.
pub(super) fn added_once(body: &[Stmt], name: &Name) -> Option<(Op, Expr, Option<Expr>)> {
    let of = |s: &Stmt| match &s.kind {
        StmtKind::Augment { target: Target::Name(n), op, value } if n.text == *name => {
            Some((Op::of(&op.text)?, value.clone()))
        }
        StmtKind::Assign { targets, value } => match &**targets {
            [Target::Name(n)] if n.text == *name => joined(name, value),
            _ => None,
        },
        _ => None,
    };
    let mut found = None;
    for s in body {
        if !walk::Names::of(std::slice::from_ref(s)).assigned.contains(name) {
            continue;
        }
        let own = match &s.kind {
            StmtKind::Expr(Expr { kind: ExprKind::If { arms, otherwise: None }, .. }) => match &**arms {
                [(test, Block { body, .. })] => match &**body {
                    [s] => of(s).map(|(op, e)| (op, e, Some(test.clone()))),
                    _ => None,
                },
                _ => None,
            },
            _ => of(s).map(|(op, e)| (op, e, None)),
        };
        if found.is_some() || own.is_none() {
            return None;
        }
        found = own;
    }
    found.filter(|(_, e, _)| !walk::mentions(e, name))
}

/// `max(own, e)`: how the place is joined with what else.
pub(super) fn chosen_with(own: &Expr, value: &Expr) -> Option<(Op, Expr)> {
    let ExprKind::Call { func, args } = &value.kind else { return None };
    let (function, None) = callee(func)? else { return None };
    let larger = match idioms::role(function) {
        Some(Role::Choose(f)) => f.starts_with("max"),
        None if function.ends_with("imum") => function.starts_with("max"),
        _ => return None,
    };
    let [a, b] = &**args else { return None };
    let op = if larger { Op::Max } else { Op::Min };
    if same(&a.value, own) && !mentions_element(&b.value, own) {
        Some((op, b.value.clone()))
    } else if same(&b.value, own) && !mentions_element(&a.value, own) {
        Some((op, a.value.clone()))
    } else {
        None
    }
}

/// An expression over the columns of a matrix as one over the matrix: `m.T - m.T.mean(axis=1)[:, None]`
/// as `m - m.mean(axis=0)`.
pub(super) fn upright(e: &Expr) -> Option<Expr> {
    match &e.kind {
        ExprKind::Number { .. } => Some(e.clone()),
        ExprKind::Attr { base, name } if &*name.text == "T" => Some((**base).clone()),
        ExprKind::Binary { op, left, right } if &*op.text != "@" => {
            Some(binary(&op.text, upright(left)?, upright(right)?))
        }
        ExprKind::Prefix { op, operand } => Some(prefix(&op.text, upright(operand)?)),
        // A number of each column.
        ExprKind::Index { base, subs } => {
            let [rows, Sub::Expr(Expr { kind: ExprKind::None, .. })] = &**subs else { return None };
            let ExprKind::Call { func, args } = &base.kind else { return None };
            let row = callee(func).and_then(|(name, receiver)| idioms::row(name, receiver.is_some()))?;
            let of_columns = |a: &Arg| {
                a.keyword.as_ref().is_some_and(|k| &*k.text == "axis") && literal(&a.value) == Some(0)
            };
            if is_all(rows) && idioms::reduces(row) && args.iter().any(of_columns) {
                return Some((**base).clone());
            }
            let flip = |a: &Arg| match &a.keyword {
                Some(k) if &*k.text == "axis" && literal(&a.value) == Some(1) => {
                    Some(Arg { value: int(0), ..a.clone() })
                }
                None => Some(Arg { value: upright(&a.value)?, ..a.clone() }),
                Some(_) => None,
            };
            if !is_all(rows) || !idioms::reduces(row) {
                return None;
            }
            let args: Option<Vec<Arg>> = args.iter().map(flip).collect();
            let func = match &func.kind {
                ExprKind::Attr { base, name } if !matches!(&base.kind, ExprKind::Name(_)) => {
                    attr(upright(base)?, &name.text)
                }
                _ => (**func).clone(),
            };
            Some(call(func, args?))
        }
        ExprKind::Call { func, args } => {
            let (function, None) = callee(func)? else { return None };
            if !idioms::row(function, false).is_some_and(idioms::is_elementwise) {
                return None;
            }
            let plain = |a: &Arg| match a.keyword {
                None => Some(arg(upright(&a.value)?)),
                Some(_) => None,
            };
            Some(call((**func).clone(), args.iter().map(plain).collect::<Option<Vec<Arg>>>()?))
        }
        _ => None,
    }
}

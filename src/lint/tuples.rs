//! Tuple assignments as the single ones that they mean: `a, b = b, a + b` with the old values kept
//! under names of their own where a later value still needs them.

use super::build;
use super::sites::statement;
use super::walk;
use crate::syntax::Span;
use crate::syntax::ast::*;

/// Statements with every tuple assignment taken apart, in blocks within them too. Names in `taken`
/// are not used for old values; those that are used are added to it.
pub fn apart(body: &[Stmt], taken: &mut Vec<Name>) -> Vec<Stmt> {
    let mut out = Vec::new();
    for s in body {
        match &s.kind {
            StmtKind::Assign { targets, value } => match single(targets, value, s.span, taken) {
                Some(all) => out.extend(all),
                None => out.push(s.clone()),
            },
            _ => out.push(inside(s, taken)),
        }
    }
    out
}

fn inside(s: &Stmt, taken: &mut Vec<Name>) -> Stmt {
    let mut s = s.clone();
    let block = |b: &mut Block, taken: &mut Vec<Name>| b.body = apart(&b.body, taken);
    match &mut s.kind {
        StmtKind::For { body, .. } | StmtKind::While { body, .. } => block(body, taken),
        StmtKind::Expr(Expr { kind: ExprKind::If { arms, otherwise }, .. }) => {
            arms.iter_mut().for_each(|(_, b)| block(b, taken));
            otherwise.iter_mut().for_each(|b| block(b, taken));
        }
        _ => {}
    }
    s
}

/// The assignments that one of a tuple, or of several targets, stands for; `None` of a plain one and
/// of what is not seen through.
pub fn single(targets: &[Target], value: &Expr, span: Span, taken: &mut Vec<Name>) -> Option<Vec<Stmt>> {
    let pairs: Vec<(Target, Expr)> = match (targets, &value.kind) {
        ([Target::Tuple(names, _)], ExprKind::Tuple(values)) if names.len() == values.len() => {
            names.iter().cloned().zip(values.iter().cloned()).collect()
        }
        ([_, _, ..], _) => targets.iter().map(|t| (t.clone(), value.clone())).collect(),
        _ => return None,
    };
    let seen = |(t, _): &(Target, Expr)| match t {
        Target::Name(_) => true,
        Target::Index { base, .. } => matches!(base.kind, ExprKind::Name(_)),
        _ => false,
    };
    if !pairs.iter().all(seen) || pairs.iter().any(|(_, v)| matches!(v.kind, ExprKind::Starred(_))) {
        return None;
    }
    // Each has a place of its own in the text, in the order in which they run.
    let mut at = span.start;
    let mut place = || {
        let own = Span { start: at, end: span.end.max(at + 1) };
        at += 1;
        own
    };
    let (mut kept, mut out) = (Vec::new(), Vec::new());
    for (k, (target, value)) in pairs.iter().enumerate() {
        let overwritten = pairs[..k].iter().any(|(t, _)| walk::mentions(value, &changed(t)));
        let own = place();
        let mut value = value.clone();
        if overwritten {
            let name = fresh(taken);
            kept.push(statement(
                StmtKind::Assign {
                    targets: vec![Target::Name(Spelled { text: name.clone(), span: own })],
                    value,
                },
                own,
            ));
            value = build::name(&name);
        }
        out.push((target.clone(), value));
    }
    for (target, mut value) in out {
        let own = place();
        if matches!(&value.kind, ExprKind::Name(_)) && value.span == Span::default() {
            value.span = own;
        }
        kept.push(statement(StmtKind::Assign { targets: vec![target], value }, own));
    }
    Some(kept)
}

/// What an assignment changes.
fn changed(t: &Target) -> Name {
    match t {
        Target::Name(n) => n.text.clone(),
        Target::Index { base, .. } => match &base.kind {
            ExprKind::Name(n) => n.clone(),
            _ => "".into(),
        },
        _ => "".into(),
    }
}

fn fresh(taken: &mut Vec<Name>) -> Name {
    let mut name = "old".to_string();
    let mut k = 1;
    while taken.iter().any(|n| **n == *name) {
        k += 1;
        name = format!("old{k}");
    }
    taken.push(name.as_str().into());
    name.into()
}

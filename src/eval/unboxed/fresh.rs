//! Which variables a turn of a loop assigns before it may read them: what they are where the loop is
//! entered does not matter then, so that a function's loop can be entered before its first turn. Only
//! assignments that every turn comes to count.

use super::compile::{Entered, Key, key_of};
use crate::eval::ir::*;
use std::collections::HashSet;

/// The variables that a turn assigns before it may read them.
pub(super) fn fresh(entered: &Entered<'_>, body: &[Stmt]) -> HashSet<Key> {
    let (mut fresh, mut seen) = (HashSet::new(), HashSet::new());
    match entered {
        Entered::Range(place) => seen.extend(key_of(*place)),
        Entered::Items { place, source } => {
            seen.extend([key_of(*place), key_of(*source)].into_iter().flatten())
        }
        Entered::Parts { targets, iter } => {
            mentions(iter, &mut seen);
            targets.iter().for_each(|t| target_mentions(t, &mut seen, &mut HashSet::new()));
        }
        Entered::While(test) => mentions(test, &mut seen),
    }
    for s in body {
        match &s.kind {
            StmtKind::Assign { targets, value } => {
                mentions(value, &mut seen);
                for target in targets {
                    target_mentions(target, &mut seen, &mut fresh);
                }
            }
            _ => statement_mentions(s, &mut seen),
        }
    }
    fresh
}

/// The names of an assignment's target: to be assigned, unless they were read before, or read.
fn target_mentions(target: &TargetCode, seen: &mut HashSet<Key>, fresh: &mut HashSet<Key>) {
    match target {
        TargetCode::Name(place, _) => {
            if let Some(key) = key_of(*place)
                && seen.insert(key)
            {
                fresh.insert(key);
            }
        }
        TargetCode::Tuple { before, .. } => {
            before.iter().for_each(|t| target_mentions(t, seen, fresh));
        }
        TargetCode::Index { base, subs, .. } => {
            mentions(base, seen);
            subscripts_mention(subs, seen);
        }
        _ => {}
    }
}

fn statement_mentions(s: &Stmt, seen: &mut HashSet<Key>) {
    let all = |target: &TargetCode, seen: &mut HashSet<Key>| {
        target_mentions(target, seen, &mut HashSet::new());
    };
    let block = |body: &[Stmt], seen: &mut HashSet<Key>| {
        body.iter().for_each(|s| statement_mentions(s, seen));
    };
    match &s.kind {
        StmtKind::Expr(Node { kind: NodeKind::If { arms, otherwise }, .. }) => {
            for (test, body) in arms {
                mentions(test, seen);
                block(body, seen);
            }
            block(otherwise.as_deref().unwrap_or(&[]), seen);
        }
        StmtKind::Expr(node) => mentions(node, seen),
        StmtKind::Assign { targets, value } => {
            mentions(value, seen);
            targets.iter().for_each(|t| all(t, seen));
        }
        StmtKind::Augment { target, value, .. } => {
            mentions(value, seen);
            all(target, seen);
        }
        StmtKind::For { target, iter, body, .. } => {
            mentions(iter, seen);
            all(target, seen);
            block(body, seen);
        }
        StmtKind::While { test, body, .. } => {
            mentions(test, seen);
            block(body, seen);
        }
        StmtKind::Return(Some(node)) => mentions(node, seen),
        _ => {}
    }
}

/// The names in an expression of the kinds that there is code for. (One that a function reads behind
/// them has no kind there, so that there is no code then.)
fn mentions(node: &Node, seen: &mut HashSet<Key>) {
    match &node.kind {
        NodeKind::Load(place) => seen.extend(key_of(*place)),
        NodeKind::Binary { args, .. } | NodeKind::And(args) | NodeKind::Or(args) => {
            args.iter().for_each(|n| mentions(n, seen));
        }
        NodeKind::Unary { arg, .. } | NodeKind::Not(arg) => mentions(arg, seen),
        NodeKind::Kept(kept) => mentions(&kept.root, seen),
        NodeKind::Sharing { root, .. } => mentions(root, seen),
        NodeKind::Shared { node, .. } => mentions(node, seen),
        NodeKind::Choice(parts) => parts.iter().for_each(|n| mentions(n, seen)),
        NodeKind::Tuple(items) => items.iter().for_each(|n| mentions(n, seen)),
        NodeKind::Compare { first, rest } => {
            mentions(first, seen);
            rest.iter().for_each(|(_, n)| mentions(n, seen));
        }
        NodeKind::Index { base, subs, .. } => {
            mentions(base, seen);
            subscripts_mention(subs, seen);
        }
        NodeKind::Call { func, args, .. } => {
            mentions(func, seen);
            args.iter().for_each(|a| mentions(&a.value, seen));
        }
        NodeKind::Method { base, args, .. } => {
            mentions(base, seen);
            args.iter().for_each(|a| mentions(&a.value, seen));
        }
        _ => {}
    }
}

fn subscripts_mention(subs: &[SubNode], seen: &mut HashSet<Key>) {
    for sub in subs {
        if let SubNode::Value(node) = sub {
            mentions(node, seen);
        }
    }
}

//! Whether two expressions say the same. Neighbours: `eval/share` computes equal parts once, `lint` looks for
//! the loop's own element in what it stores.

use super::ast::{Arg, Expr, ExprKind, Spelled, Sub};
use super::print::expression;

/// Whether two expressions are the same but for where they stand: tokens count, their spacing does not.
pub fn same(a: &Expr, b: &Expr) -> bool {
    use ExprKind as K;
    let all = |x: &[Expr], y: &[Expr]| x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y));
    match (&a.kind, &b.kind) {
        (K::Number { .. } | K::Str(_) | K::None | K::Ellipsis | K::Name(_) | K::DfnName(_), _) => {
            a.kind == b.kind
        }
        (K::Strand(x), K::Strand(y)) | (K::Tuple(x), K::Tuple(y)) | (K::Bracket(x), K::Bracket(y)) => {
            all(x, y)
        }
        (K::Binary { op, left, right }, K::Binary { op: o, left: l, right: r }) => {
            op.text == o.text && same(left, l) && same(right, r)
        }
        (K::Prefix { op, operand }, K::Prefix { op: o, operand: x }) => op.text == o.text && same(operand, x),
        (K::Compare { first, rest }, K::Compare { first: f, rest: r }) => {
            let links = |((op, x), (o, y)): (&(_, Expr), &(_, Expr))| text(op) == text(o) && same(x, y);
            same(first, f) && rest.len() == r.len() && rest.iter().zip(r).all(links)
        }
        (K::Call { func, args }, K::Call { func: f, args: xs }) => {
            let key = |a: &Arg| a.keyword.as_ref().map(|k| k.text.clone());
            let alike = args.iter().zip(xs).all(|(x, y)| key(x) == key(y) && same(&x.value, &y.value));
            same(func, f) && args.len() == xs.len() && alike
        }
        (K::Attr { base, name }, K::Attr { base: b, name: n }) => name.text == n.text && same(base, b),
        (K::Index { base, subs }, K::Index { base: b, subs: s }) => {
            same(base, b) && subs.len() == s.len() && subs.iter().zip(s).all(|(x, y)| same_sub(x, y))
        }
        // Trees with statements or parameters in them are compared as they print.
        (x, y) => std::mem::discriminant(x) == std::mem::discriminant(y) && expression(a) == expression(b),
    }
}

fn text(op: &Spelled) -> &str {
    &op.text
}

fn same_sub(a: &Sub, b: &Sub) -> bool {
    let part = |x: &Option<Expr>, y: &Option<Expr>| match (x, y) {
        (Some(x), Some(y)) => same(x, y),
        (x, y) => x.is_none() && y.is_none(),
    };
    match (a, b) {
        (Sub::Expr(x), Sub::Expr(y)) => same(x, y),
        (Sub::Slice { start, stop, step, .. }, Sub::Slice { start: s, stop: e, step: t, .. }) => {
            part(start, s) && part(stop, e) && part(step, t)
        }
        _ => false,
    }
}

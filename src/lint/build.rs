//! Small trees: what a replacement is put together from. They have no place in any text.

use crate::syntax::Span;
use crate::syntax::ast::*;
pub use crate::syntax::same;

pub fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::default() }
}

fn spelled(text: &str) -> Spelled {
    Spelled { text: text.into(), span: Span::default() }
}

pub fn name(text: &str) -> Expr {
    expr(ExprKind::Name(text.into()))
}

pub fn int(n: i64) -> Expr {
    expr(ExprKind::Number { value: Number::Int(n.into()), suffix: None })
}

pub fn binary(op: &str, left: Expr, right: Expr) -> Expr {
    expr(ExprKind::Binary { op: spelled(op), left: Box::new(left), right: Box::new(right) })
}

pub fn prefix(op: &str, operand: Expr) -> Expr {
    expr(ExprKind::Prefix { op: spelled(op), operand: Box::new(operand) })
}

pub fn compare(first: Expr, rest: Vec<(String, Expr)>) -> Expr {
    let rest = rest.into_iter().map(|(op, e)| (spelled(&op), e)).collect();
    expr(ExprKind::Compare { first: Box::new(first), rest })
}

pub fn attr(base: Expr, member: &str) -> Expr {
    expr(ExprKind::Attr { base: Box::new(base), name: spelled(member) })
}

pub fn arg(value: Expr) -> Arg {
    Arg { keyword: None, value }
}

pub fn keyword(key: &str, value: Expr) -> Arg {
    Arg { keyword: Some(spelled(key)), value }
}

pub fn call(func: Expr, args: Vec<Arg>) -> Expr {
    expr(ExprKind::Call { func: Box::new(func), args })
}

/// `np.member(args)`
pub fn np(member: &str, args: Vec<Expr>) -> Expr {
    let func = member.split('.').fold(name("np"), attr);
    call(func, args.into_iter().map(arg).collect())
}

/// `base.member(args)`
pub fn method(base: Expr, member: &str, args: Vec<Arg>) -> Expr {
    call(attr(base, member), args)
}

pub fn index(base: Expr, subs: Vec<Sub>) -> Expr {
    expr(ExprKind::Index { base: Box::new(base), subs })
}

pub fn slice(start: Option<Expr>, stop: Option<Expr>, step: Option<Expr>) -> Sub {
    Sub::Slice { start, stop, step, span: Span::default() }
}

/// `:`
pub fn all() -> Sub {
    slice(None, None, None)
}

pub fn is_all(sub: &Sub) -> bool {
    matches!(sub, Sub::Slice { start: None, stop: None, step: None, .. })
}

/// The literal integer that an expression is.
pub fn literal(e: &Expr) -> Option<i64> {
    match &e.kind {
        ExprKind::Number { value: Number::Int(n), suffix: None } => i64::try_from(*n).ok(),
        ExprKind::Prefix { op, operand } if &*op.text == "-" => literal(operand)?.checked_neg(),
        _ => None,
    }
}

/// `e + c`, with constants put together.
pub fn plus(e: &Expr, c: i64) -> Expr {
    if let Some(n) = literal(e).and_then(|n| n.checked_add(c)) {
        return int(n);
    }
    if c == 0 {
        return e.clone();
    }
    if let ExprKind::Binary { op, left, right } = &e.kind
        && let Some(n) = literal(right)
    {
        match &*op.text {
            "+" => return plus(left, n + c),
            "-" => return plus(left, c - n),
            _ => {}
        }
    }
    match c {
        0.. => binary("+", e.clone(), int(c)),
        _ => binary("-", e.clone(), int(-c)),
    }
}

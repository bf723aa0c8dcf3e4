//! The tree as a person would write it: brackets only where the grammar needs them. What has no
//! usual form in NumPy's notation is written by `print`, with every bracket.

use super::ast::*;
use super::print;

/// How tightly an expression holds together, loosest first.
type Level = u8;

const LOOSE: Level = 0;
const OR: Level = 1;
const AND: Level = 2;
const NOT: Level = 3;
const COMPARE: Level = 4;
const SIGN: Level = 11;
const POWER: Level = 12;
const POSTFIX: Level = 13;

/// The level of an arithmetic operator.
fn level_of(op: &str) -> Level {
    match op {
        "∨" | "⍱" => OR,
        "∧" | "⍲" => AND,
        "|" => 5,
        "^" => 6,
        "&" => 7,
        "<<" | ">>" => 8,
        "+" | "-" => 9,
        "**" => POWER,
        _ => 10,
    }
}

/// An expression on one line.
pub fn expression(e: &Expr) -> String {
    at(e, LOOSE)
}

/// A statement on one line, if it is an assignment or an expression; others as `print` does.
pub fn statement(s: &Stmt) -> String {
    match &s.kind {
        StmtKind::Expr(e) => expression(e),
        StmtKind::Assign { targets, value } => {
            let mut out: String = targets.iter().map(|t| target(t) + " = ").collect();
            out += &expression(value);
            out
        }
        StmtKind::Augment { target: t, op, value } => {
            format!("{} {}= {}", target(t), op.text, expression(value))
        }
        _ => print::statement(s),
    }
}

pub fn target(t: &Target) -> String {
    match t {
        Target::Name(name) => name.text.to_string(),
        Target::Index { base, subs, .. } => format!("{}[{}]", at(base, POSTFIX), subscripts(subs)),
        Target::Attr { base, name, .. } => format!("{}.{}", at(base, POSTFIX), name.text),
        Target::Selection { of, .. } => format!("({})", expression(of)),
        Target::Tuple(items, _) => items.iter().map(target).collect::<Vec<_>>().join(", "),
        Target::Starred(inner, _) => format!("*{}", target(inner)),
    }
}

fn subscripts(subs: &[Sub]) -> String {
    let one = |sub: &Sub| match sub {
        Sub::Expr(e) => expression(e),
        Sub::Slice { start, stop, step, .. } => {
            let part = |e: &Option<Expr>| e.as_ref().map_or(String::new(), |e| at(e, 5));
            let step = step.as_ref().map_or(String::new(), |e| format!(":{}", at(e, 5)));
            format!("{}:{}{step}", part(start), part(stop))
        }
    };
    subs.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn at(e: &Expr, level: Level) -> String {
    let (text, own) = write(e);
    if own < level { format!("({text})") } else { text }
}

fn write(e: &Expr) -> (String, Level) {
    use ExprKind as K;
    match &e.kind {
        K::Number { value: Number::Int(n), suffix: None } if *n < 0 => (n.to_string(), SIGN),
        K::Number { value: Number::Float(x), suffix: None } if *x < 0.0 => (format!("{x:?}"), SIGN),
        K::Binary { op, left, right } => {
            let own = level_of(&op.text);
            let (l, r) = if own == POWER { (POSTFIX, SIGN) } else { (own, own + 1) };
            (format!("{} {} {}", at(left, l), op.text, at(right, r)), own)
        }
        K::Prefix { op, operand } => (format!("{}{}", op.text, at(operand, SIGN)), SIGN),
        K::Compare { first, rest } => {
            let mut text = at(first, COMPARE + 1);
            for (op, e) in rest {
                text += &format!(" {} {}", op.text, at(e, COMPARE + 1));
            }
            (text, COMPARE)
        }
        K::And(a, b) => (format!("{} and {}", at(a, AND), at(b, AND + 1)), AND),
        K::Or(a, b) => (format!("{} or {}", at(a, OR), at(b, OR + 1)), OR),
        K::Not(a) => (format!("not {}", at(a, NOT)), NOT),
        K::Choice { test, then, other } => {
            (format!("{} if {} else {}", at(then, OR), at(test, OR), at(other, LOOSE)), LOOSE)
        }
        K::Call { func, args } => {
            let one = |a: &Arg| match &a.keyword {
                Some(key) => format!("{}={}", key.text, expression(&a.value)),
                None => expression(&a.value),
            };
            let args: Vec<String> = args.iter().map(one).collect();
            (format!("{}({})", at(func, POSTFIX), args.join(", ")), POSTFIX)
        }
        K::Index { base, subs } => (format!("{}[{}]", at(base, POSTFIX), subscripts(subs)), POSTFIX),
        K::Attr { base, name } => match base.kind {
            K::Number { .. } => (format!("({}).{}", expression(base), name.text), POSTFIX),
            _ => (format!("{}.{}", at(base, POSTFIX), name.text), POSTFIX),
        },
        K::Tuple(items) if items.len() != 1 => {
            (format!("({})", items.iter().map(expression).collect::<Vec<_>>().join(", ")), POSTFIX)
        }
        K::Bracket(items) => {
            (format!("[{}]", items.iter().map(expression).collect::<Vec<_>>().join(", ")), POSTFIX)
        }
        K::Starred(_) | K::Lambda(_) | K::Pipe { .. } => (print::expression(e), LOOSE),
        _ => (print::expression(e), POSTFIX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Lexicon, parse};

    #[test]
    fn brackets_stand_where_they_are_needed() {
        for text in [
            "(x + 1) * y - z",
            "x - (y - z)",
            "(-x) ** 2",
            "-x ** 2",
            "2 ** -x",
            "(x > 0) & (y < 1)",
            "x[1:-1, None] @ m.T",
            "np.where(x > 0, x, -x).sum(axis=1)",
            "not (a and b) or c",
            "x[:n - 1] / (y * 2)",
            "(a if c else b) + 1",
            "0 < x < 1",
        ] {
            let parsed = parse(text, &Lexicon::standard_for_tests());
            assert!(parsed.errors.is_empty(), "{text}");
            assert_eq!(statement(&parsed.statements[0]), text);
        }
    }
}

//! Help for calls whose arguments stand as another language has them: `np.zeros(3, 3)`, `np.hstack(a, b)`,
//! `max(x, y)` of arrays. The call is written as it may have been meant and tried (`trial`).

use super::remedy::{Place, expression, has_shapes, row_of};
use super::trial::Outcome;
use crate::array::ArrayError;
use crate::prim::language::idioms::{self, Role};
use crate::prim::{self, Home};
use crate::syntax::ast::{Arg, Expr, ExprKind};
use crate::syntax::walk::{self, Node};
use crate::syntax::{Span, parse};
use crate::value::Fault;

/// The call as it may have been meant, and what it gives.
pub fn meant(fault: &Fault, place: &Place) -> Option<String> {
    match fault {
        Fault::ArgumentType { .. } | Fault::TooManyArguments { .. } | Fault::Value { .. } => {
            together(place).or_else(|| element_wise(place))
        }
        Fault::Truth { .. } | Fault::Array(ArrayError::Axis { .. } | ArrayError::RepeatedAxis { .. }) => {
            element_wise(place)
        }
        _ => None,
    }
}

/// `np.zeros((3, 3))` of `np.zeros(3, 3)`.
fn together(place: &Place) -> Option<String> {
    let (func, args) = call(place)?;
    let (row, bound) = row_of(&func)?;
    let (open, close) = idioms::wants_together(row).filter(|_| bound == 0 && args.len() > 1)?;
    gathered(place, &args, open, close)
}

/// `np.maximum(x, y)` of `max(x, y)` and of `np.max(x, y)`.
fn element_wise(place: &Place) -> Option<String> {
    let (func, args) = call(place)?;
    let (row, bound) = row_of(&func)?;
    let Some(Role::Choose(other)) = idioms::role(row.name).filter(|_| bound == 0 && args.len() > 1) else {
        return None;
    };
    let is_array = |a: &Arg| place.given.iter().any(|g| g.0 == a.value.span && !g.2.is_empty());
    if !args.iter().all(|a| a.keyword.is_none() && is_array(a)) {
        return None;
    }
    let other = format!("np.{other}");
    let Outcome::Gives(shapes) = place.trial_with(func.span, &other) else { return None };
    Some(format!("{} {}", place.with_at(func.span, &other)?, has_shapes(&shapes)))
}

/// What a test of an array's truth is written as element by element, if `and`, `or` or `not` asked for it.
/// `at` is the operand whose truth was asked.
pub fn masks(source: &str, at: Span) -> Option<String> {
    let parsed = parse(source, &prim::table().lexicon());
    let mut found = None;
    walk::statements(&parsed.statements, &mut |node| {
        if let Node::Expr(e) = node
            && let ExprKind::And(..) | ExprKind::Or(..) | ExprKind::Not(_) = &e.kind
            && operands(e).iter().any(|o| o.span == at)
        {
            // The outermost of those whose operand it is.
            found.get_or_insert_with(|| mask(source, e));
        }
        true
    });
    let text = found??;
    let readable = text.chars().count() <= MOST_COLUMNS && expression(&text).is_some();
    readable.then(|| format!("for each element, write {text}"))
}

/// Columns of the longest line that is offered.
const MOST_COLUMNS: usize = 60;

/// The values whose truth decides: those of `a and b or c` are three.
fn operands(e: &Expr) -> Vec<&Expr> {
    match &e.kind {
        ExprKind::And(a, b) | ExprKind::Or(a, b) => [operands(a), operands(b)].concat(),
        ExprKind::Not(a) => operands(a),
        _ => vec![e],
    }
}

/// `(x > 0) & ~(y > 1)` of `x > 0 and not y > 1`.
fn mask(source: &str, e: &Expr) -> Option<String> {
    let part = |e: &Expr| -> Option<String> {
        let text = mask(source, e)?;
        let apart = matches!(e.kind, ExprKind::Name(_) | ExprKind::Call { .. } | ExprKind::Index { .. })
            || matches!(e.kind, ExprKind::Not(_) | ExprKind::Attr { .. })
            || text.starts_with('(') && expression(&text[1..text.len() - 1]).is_some();
        Some(if apart { text } else { format!("({text})") })
    };
    Some(match &e.kind {
        ExprKind::And(a, b) => format!("{} & {}", part(a)?, part(b)?),
        ExprKind::Or(a, b) => format!("{} | {}", part(a)?, part(b)?),
        ExprKind::Not(a) => format!("~{}", part(a)?),
        _ => source.get(e.span.range())?.to_string(),
    })
}

/// What to write for an attribute that is not there: a function of another module, a property that was
/// called.
pub fn attribute(owner: &str, name: &str) -> Option<String> {
    let table = prim::table();
    if owner == "module" {
        let homes = [(Home::Linalg, "np.linalg"), (Home::Fft, "np.fft"), (Home::Random, "np.random")];
        let other = homes.iter().find(|(home, _)| table.get(*home, name).is_some());
        return other.map(|(_, module)| format!("write {module}.{name}"));
    }
    (owner == "ndarray" && table.get(Home::Property, name).is_some())
        .then(|| format!("it is read without brackets: x.{name}"))
}

fn call(place: &Place) -> Option<(Expr, Vec<Arg>)> {
    match expression(place.text)?.kind {
        ExprKind::Call { func, args } => Some((*func, args)),
        _ => None,
    }
}

/// The call with its arguments by place as one.
fn gathered(place: &Place, args: &[Arg], open: &str, close: &str) -> Option<String> {
    let mut by_place = args.iter().take_while(|a| a.keyword.is_none());
    let (first, last) = (by_place.next()?, by_place.last()?);
    let at = Span::new(first.value.span.start as usize, last.value.span.end as usize);
    let (text, outcome) = place.trial_around(at, open, close)?;
    let Outcome::Gives(shapes) = outcome else { return None };
    Some(format!("{text} {}", has_shapes(&shapes)))
}

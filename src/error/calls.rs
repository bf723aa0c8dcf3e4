//! Help for calls whose arguments stand as another language has them: `np.zeros(3, 3)`, `np.hstack(a, b)`,
//! `max(x, y)` of arrays. The call is written as it may have been meant and tried (`trial`).

use super::remedy::{Place, expression, has_shapes, row_of};
use super::trial::Outcome;
use crate::prim::language::idioms::{self, Role};
use crate::syntax::Span;
use crate::syntax::ast::{Arg, Expr, ExprKind};
use crate::value::Fault;

/// The call as it may have been meant, and what it gives.
pub fn meant(fault: &Fault, place: &Place) -> Option<String> {
    match fault {
        Fault::ArgumentType { .. } | Fault::TooManyArguments { .. } => {
            let (func, args) = call(place)?;
            let (row, bound) = row_of(&func)?;
            let (open, close) = idioms::wants_together(row).filter(|_| bound == 0)?;
            gathered(place, &args, open, close)
        }
        Fault::Truth { .. } => {
            let (func, args) = call(place)?;
            let ExprKind::Name(name) = &func.kind else { return None };
            let Some(Role::Choose(other)) = idioms::role(name).filter(|_| args.len() > 1) else {
                return None;
            };
            let other = format!("np.{other}");
            let Outcome::Gives(shapes) = place.trial_with(func.span, &other) else { return None };
            Some(format!("{} {}", place.with_at(func.span, &other)?, has_shapes(&shapes)))
        }
        _ => None,
    }
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

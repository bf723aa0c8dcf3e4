//! Help for operands whose shapes cannot be used: axes that must have one length and do not, or an axis
//! that must have another. The operands are drawn with these axes under each other, each axis said in
//! words, and a change that was tried (`trial`) where one helps. A neighbour of `fitting`, which tells of
//! broadcasting, joining and products.

use super::fitting::is_short;
use super::remedy::{Change, Place, expression, has_shapes, written};
use super::shapes::{picture, rows};
use super::trial::Outcome;
use crate::array::Dims;
use crate::syntax::Span;
use crate::syntax::ast::ExprKind;
use crate::value::{Part, shape_text};

pub fn lengths_help(parts: &[Part], tries: &[&str], place: &Place) -> String {
    let (own, names) = operands(parts, place);
    let shapes: Vec<&[usize]> = parts.iter().map(|p| &p.shape[..]).collect();
    let same = |k: usize| parts.iter().all(|p| p.axis.is_none_or(|axis| p.shape.get(axis) == Some(&k)));
    let lengths = parts.first().and_then(|p| p.shape.get(p.axis?)).copied();
    let mut help = match parts {
        [one] if one.axis.is_none() => format!("{} has {}", names[0], axes(one.shape.len())),
        [_, _, ..] if !lengths.is_some_and(same) && parts.iter().all(|p| p.axis.is_some()) => {
            "these axes must have one length".into()
        }
        _ => said(&names, parts).join("\n"),
    };
    help = match parts.iter().all(|p| p.axis.is_none()) {
        true if parts.len() > 1 => format!("their shapes do not fit\n{}", picture(&names, &shapes)),
        true => format!("{help}\n{}", picture(&names, &shapes)),
        false => format!("{help}\n{}", under_each_other(&names, parts)),
    };
    if help.starts_with("these") {
        help.push_str(&format!("\n{}", said(&names, parts).join("\n")));
    }
    if let Some(found) = tries.iter().find_map(|change| tried(change, &own, &names, &shapes)) {
        help.push_str(&format!("\nthis fits: {found}"));
    }
    help
}

/// The axes at fault in words.
fn said(names: &[String], parts: &[Part]) -> Vec<String> {
    let one = |(name, part): (&String, &Part)| {
        let axis = part.axis?;
        let which = if part.shape.len() == 1 { "the only axis".into() } else { format!("axis {axis}") };
        let length = part.shape.get(axis).map_or("none".into(), usize::to_string);
        Some(format!("{which} of {name} has length {length}"))
    };
    let mut all: Vec<String> = names.iter().zip(parts).filter_map(one).collect();
    all.dedup();
    all
}

/// `no axes`, `2 axes`.
pub fn axes(n: usize) -> String {
    match n {
        0 => "no axes".into(),
        1 => "1 axis".into(),
        n => format!("{n} axes"),
    }
}

/// The place with an operand for each part, and what the parts are called.
fn operands<'a>(parts: &[Part], place: &Place<'a>) -> (Place<'a>, Vec<String>) {
    let nowhere = Span::new(place.text.len() + 1, place.text.len() + 1);
    let of = |part: &Part| {
        let has = |at: &&Span| place.given.iter().any(|g| g.0 == **at && g.2 == part.shape);
        let by_place = place.operands.get(part.operand).filter(|at| place.given.is_empty() || has(at));
        let mut same = place.given.iter().filter(|g| g.2 == part.shape);
        let alone = match (same.next(), same.next()) {
            (Some(one), None) => Some(&one.0),
            _ => None,
        };
        by_place.or(alone).copied().unwrap_or(nowhere)
    };
    let own = Place { operands: parts.iter().map(of).collect(), ..place.clone() };
    let named = |(i, part): (usize, &Part)| match own.operand(i).filter(|t| is_short(t)) {
        Some(text) => text.to_string(),
        None => part.name.to_string(),
    };
    let names = parts.iter().enumerate().map(named).collect();
    (own, names)
}

/// A change under which the text runs, as a sentence: what stands behind an operand, `=name` for another
/// function, `+args` for other arguments beside the arrays.
fn tried(change: &str, place: &Place, names: &[String], shapes: &[&[usize]]) -> Option<String> {
    let edit = match change.split_at_checked(1)? {
        ("=", name) => Some(renamed(place, name)?),
        ("+", arguments) => Some(with_arguments(place, arguments)?),
        _ => None,
    };
    if let Some((at, part)) = edit {
        let Outcome::Gives(shapes) = place.trial_with(at, &part) else { return None };
        return Some(format!("{} {}", place.with_at(at, &part)?, has_shapes(&shapes)));
    }
    (0..shapes.len()).rev().find_map(|i| {
        let own = behind(change, shapes[i])?;
        let change = Change::index(change, own.clone());
        let operand = written(place.operand(i).unwrap_or(&names[i]), &change);
        let text = place.with(i, &operand)?;
        match place.trial(i, &change, shapes) {
            Outcome::Gives(shapes) => Some(format!("{text} {}", has_shapes(&shapes))),
            Outcome::Runs => Some(format!("{text}, where {operand} has shape {}", shape_text(&own))),
            Outcome::Fails | Outcome::Unknown => None,
        }
    })
}

/// The shape of an operand with this behind it, if that is another one.
fn behind(change: &str, shape: &[usize]) -> Option<Dims> {
    let mut new = Dims::from(shape);
    match change {
        ".T" => new.reverse(),
        ".ravel()" => new = Dims::from_elem(shape.iter().product(), 1),
        "[None]" => new.insert(0, 1),
        "[:, None]" if !shape.is_empty() => new.insert(1, 1),
        "[..., :3]" => *new.last_mut()? = shape.last().copied()?.min(3),
        "[..., :2]" => *new.last_mut()? = shape.last().copied()?.min(2),
        _ => return None,
    }
    (new[..] != *shape).then_some(new)
}

/// The name of the function that is called, and another one in its place.
fn renamed(place: &Place, name: &str) -> Option<(Span, String)> {
    let ExprKind::Call { func, .. } = expression(place.text)?.kind else { return None };
    match &func.kind {
        ExprKind::Name(_) => Some((func.span, name.to_string())),
        ExprKind::Attr { name: own, .. } => Some((own.span, name.to_string())),
        _ => None,
    }
}

/// What stands behind the last array of a call, and these arguments in its place.
fn with_arguments(place: &Place, arguments: &str) -> Option<(Span, String)> {
    let ExprKind::Call { func, args } = expression(place.text)?.kind else { return None };
    let is_array = |at: &Span| place.given.iter().any(|g| g.0 == *at);
    let last = args.iter().rfind(|a| is_array(&a.value.span));
    let end = place.text.trim_end().len().checked_sub(1)?;
    let start = last.map_or(func.span.end as usize + 1, |a| a.value.span.end as usize);
    let comma = if last.is_some() && !arguments.is_empty() { ", " } else { "" };
    (start <= end).then(|| (Span::new(start, end), format!("{comma}{arguments}")))
}

/// Shapes with their marked axes in one column.
fn under_each_other(names: &[String], parts: &[Part]) -> String {
    let at = |p: &Part| p.axis.unwrap_or(0);
    let column = parts.iter().map(at).max().unwrap_or(0);
    let cells = |p: &Part| {
        let lead = vec![String::new(); column - at(p)];
        lead.into_iter().chain(p.shape.iter().map(usize::to_string)).collect::<Vec<_>>()
    };
    let mut lines: Vec<(&str, Vec<String>)> =
        names.iter().zip(parts).map(|(name, part)| (name.as_str(), cells(part))).collect();
    let mut marks = vec![String::new(); column];
    let digits = parts.iter().filter_map(|p| p.shape.get(at(p))).map(|n| n.to_string().len()).max();
    marks.push("^".repeat(digits.unwrap_or(1)));
    lines.push(("", marks));
    rows(&lines)
}

/// Help for a matrix that is not square; `pinv`: its pseudo-inverse would do.
pub fn square_help(shape: &[usize], pinv: bool, place: &Place) -> String {
    let lengths = |s: &[usize]| s.iter().map(usize::to_string).collect::<Vec<_>>();
    let mut marks = vec![String::new(); shape.len().saturating_sub(2)];
    marks.extend(["^".into(), "^".into()]);
    let name = place.operand(0).filter(|t| is_short(t));
    let mut help = format!(
        "its shape is {}\n{}\nthe last axis has length {}, the one before it {}",
        shape_text(shape),
        rows(&[(name.unwrap_or("the matrix"), lengths(shape)), ("", marks)]),
        shape.last().copied().unwrap_or(0),
        shape.iter().nth_back(1).copied().unwrap_or(0),
    );
    let &[.., m, n] = shape else { return help };
    if pinv {
        let result = [&shape[..shape.len() - 2], &[n, m]].concat();
        let x = name.unwrap_or("x");
        help.push_str(&format!("\nthis fits: np.linalg.pinv({x}) has shape {}", shape_text(&result)));
    }
    help
}

/// Help for a mask that is not as long as the axis it selects from.
pub fn mask_help(axis: usize, size: usize, mask: usize) -> String {
    let drawn = rows(&[
        ("the mask", vec![mask.to_string()]),
        (&format!("axis {axis}"), vec![size.to_string()]),
        ("", vec!["^".into()]),
    ]);
    format!("a mask has the shape of what it selects from; make it by comparing that array\n{drawn}")
}

/// Help for values that are not as many as the places that a mask picks.
pub fn picked_help(values: usize, places: usize) -> String {
    let drawn = rows(&[
        ("values", vec![values.to_string()]),
        ("places", vec![places.to_string()]),
        ("", vec!["^".into()]),
    ]);
    format!("give one value, or {places}; x[mask].shape shows how many the mask selects\n{drawn}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Span;

    #[test]
    fn axes_that_must_agree_stand_under_each_other() {
        let parts = [Part::new(0, "a", &[3, 2], 0), Part::new(1, "b", &[2, 3], 0)];
        let text = "np.linalg.lstsq(a, b)";
        let place = Place::new(text, Span::new(0, 21), &[Span::new(16, 17), Span::new(19, 20)]);
        let want = "these axes must have one length\n  a  3  2\n  b  2  3\n     ^\naxis 0 of a has length 3\n\
                    axis 0 of b has length 2\nthis fits: np.linalg.lstsq(a, b.T) has items of shapes (2, 2), \
                    (2,), () and (2,)";
        assert_eq!(lengths_help(&parts, &[".T"], &place), want);
        let parts = [Part::new(0, "xp", &[3], 0), Part::new(1, "fp", &[2, 4], 1)];
        let want = "these axes must have one length\n  xp     3\n  fp  2  4\n         ^\n\
                    the only axis of xp has length 3\naxis 1 of fp has length 4";
        assert_eq!(lengths_help(&parts, &[], &Place::default()), want);
    }
}

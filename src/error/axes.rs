//! Help for axes that an array does not have: the array drawn with the numbers of its axes, and the
//! number that may have been meant, tried (`trial`). A neighbour of `fitting`.

use super::fitting::is_short;
use super::lengths::axes;
use super::remedy::{Place, has_shapes};
use super::shapes::rows;
use super::trial::Outcome;
use crate::syntax::{Span, parse};

/// Help for an axis out of bounds of an array that has `ndim`.
pub fn bounds_help(axis: i64, ndim: usize, place: &Place) -> String {
    let mut help = match ndim {
        0 => "it has no axes".into(),
        1 => "its only axis is 0, or -1 counted from the end".into(),
        _ => format!("axes are 0 to {}, or -{ndim} to -1 counted from the end", ndim - 1),
    };
    if let Some(drawing) = numbered(ndim, place) {
        help.push_str(&format!("\n{drawing}"));
    }
    if let Some(found) = meant(axis, ndim, place) {
        help.push_str(&format!("\nthis fits: {found}"));
    }
    help
}

/// Help for an axis that is named twice.
pub fn repeated_help(place: &Place) -> String {
    let drawing = place.given.iter().map(|g| g.2.len()).max().and_then(|ndim| numbered(ndim, place));
    format!("name each axis once{}", drawing.map(|d| format!("\n{d}")).unwrap_or_default())
}

/// Help for more indices than an array has axes.
pub fn indices_help(ndim: usize, given: usize, place: &Place) -> String {
    if ndim == 0 {
        return "an array without axes is read with x[()]".into();
    }
    let mut help = format!("give at most {ndim}; x.shape shows the axes");
    if let Some(drawing) = numbered(ndim, place) {
        help = format!("give at most {ndim}: it has {}\n{drawing}", axes(ndim));
    }
    if let (Some(base), Some(subs)) = (place.base(), place.subscripts())
        && subs.len() == given
    {
        let last = place.text.trim_end().len().saturating_sub(1);
        let inside = Span::new(base.len() + 1, last.max(base.len() + 1));
        let part = subs[..ndim.min(subs.len())].join(", ");
        if let (Outcome::Gives(shapes), Some(text)) =
            (place.trial_with(inside, &part), place.with_at(inside, &part))
        {
            help.push_str(&format!("\nthis fits: {text} {}", has_shapes(&shapes)));
        }
    }
    help
}

/// The operand with so many axes, under their numbers.
fn numbered(ndim: usize, place: &Place) -> Option<String> {
    let (at, _, shape) = place.given.iter().find(|g| g.2.len() == ndim && ndim > 0)?;
    let name = place.text.get(at.range()).filter(|t| is_short(t)).unwrap_or("the array");
    let numbers = (0..ndim).map(|k| k.to_string()).collect();
    Some(rows(&[("axis", numbers), (name, shape.iter().map(usize::to_string).collect())]))
}

/// The text with an axis in place of one that there is not, the nearest that fits first.
fn meant(axis: i64, ndim: usize, place: &Place) -> Option<String> {
    const MOST: i64 = 8;
    let ndim = (ndim as i64).min(MOST);
    let at = number_at(axis, place)?;
    let candidates: Vec<i64> =
        if axis < 0 { (1..=ndim).rev().map(|k| -k).collect() } else { (0..ndim).rev().collect() };
    candidates.into_iter().find_map(|k| {
        let Outcome::Gives(shapes) = place.trial_with(at, &k.to_string()) else { return None };
        Some(format!("{} {}", place.with_at(at, &k.to_string())?, has_shapes(&shapes)))
    })
}

/// Where a whole number is written in an operand that is no array.
fn number_at(n: i64, place: &Place) -> Option<Span> {
    let lexicon = crate::prim::table().lexicon();
    let arrays: Vec<Span> = place.given.iter().map(|g| g.0).collect();
    place.operands.iter().filter(|at| !arrays.contains(at)).find_map(|at| {
        let text = place.text.get(at.range())?;
        let parts = text.split(|c: char| !(c.is_ascii_digit() || c == '-' || c == '¯'));
        parts.filter(|part| part.replace('¯', "-").parse() == Ok(n)).find_map(|part| {
            let start = at.start as usize + (part.as_ptr() as usize - text.as_ptr() as usize);
            let span = Span::new(start, start + part.len());
            parse(&place.with_at(span, "0")?, &lexicon).errors.is_empty().then_some(span)
        })
    })
}

//! Help for axes that must have one length and do not: the operands drawn with these axes under each
//! other, each axis in words, and a transposition that was tried where one helps. A neighbour of
//! `fitting`, which tells of broadcasting, joining and products.

use super::fitting::is_short;
use super::remedy::{Place, remedy};
use super::shapes::rows;
use crate::array::Dims;
use crate::value::{Fit, Part, shape_text};

pub fn lengths_help(parts: &[Part; 2], fit: Fit, place: &Place) -> String {
    let place = place.only(&parts.each_ref().map(|p| p.operand));
    let names = [0, 1].map(|i| match place.operand(i).filter(|t| is_short(t)) {
        Some(text) => text.to_string(),
        None => parts[i].name.to_string(),
    });
    let mut help = format!("these axes must have one length\n{}", under_each_other(&names, parts));
    for (name, part) in names.iter().zip(parts) {
        let axis = if part.shape.len() == 1 { "the only axis".into() } else { format!("axis {}", part.axis) };
        let length = part.shape.get(part.axis).map_or("none".into(), usize::to_string);
        help.push_str(&format!("\n{axis} of {name} has length {length}"));
    }
    let shapes = parts.each_ref().map(|p| &p.shape[..]);
    // An axis of length one would make another problem, so only transposition is offered.
    let gives = |s: &[&[usize]]| {
        (s[0].len() == shapes[0].len() && s[1].len() == shapes[1].len()).then(|| solved(fit, s[0], s[1]))?
    };
    if let Some(found) = remedy(&place, &names, &shapes, false, &gives) {
        help.push_str(&format!("\nthis fits: {found}"));
    }
    help
}

/// Shapes with their marked axes in one column.
fn under_each_other(names: &[String; 2], parts: &[Part; 2]) -> String {
    let column = parts.iter().map(|p| p.axis).max().unwrap_or(0);
    let cells = |p: &Part| {
        let lead = vec![String::new(); column - p.axis];
        lead.into_iter().chain(p.shape.iter().map(usize::to_string)).collect::<Vec<_>>()
    };
    let mut marks = vec![String::new(); column];
    marks.push("^".into());
    rows(&[(&names[0], cells(&parts[0])), (&names[1], cells(&parts[1])), ("", marks)])
}

/// The shape of the solution, if the operands have one.
fn solved(fit: Fit, a: &[usize], b: &[usize]) -> Option<Dims> {
    let of = |matrix: &[usize], right: &[usize]| {
        let (&[m, n], [rows, rest @ ..]) = (matrix, right) else { return None };
        (*rows == m).then(|| [&[n], rest].concat().into())
    };
    match fit {
        Fit::Solve if a.len() == 2 && a[0] == a[1] => of(a, b),
        Fit::LeastSquares => of(a, b),
        Fit::Divide => of(b, a),
        Fit::Solve | Fit::Unknown => None,
    }
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
        let text = "lstsq(a, b)";
        let place = Place::new(text, Span::new(0, 11), &[Span::new(6, 7), Span::new(9, 10)]);
        let want = "these axes must have one length\n  a  3  2\n  b  2  3\n     ^\naxis 0 of a has length 3\n\
                    axis 0 of b has length 2\nthis fits: lstsq(a, b.T) has shape (2, 2)";
        assert_eq!(lengths_help(&parts, Fit::LeastSquares, &place), want);
        let parts = [Part::new(0, "xp", &[3], 0), Part::new(1, "fp", &[2, 4], 1)];
        let want = "these axes must have one length\n  xp     3\n  fp  2  4\n         ^\n\
                    the only axis of xp has length 3\naxis 1 of fp has length 4";
        assert_eq!(lengths_help(&parts, Fit::Unknown, &Place::default()), want);
    }
}

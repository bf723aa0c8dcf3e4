//! Help for shapes that do not fit: the drawing, the axis that clashes in words, and a change that makes
//! them fit. Takes an error's shapes and its place in the source; `shapes` draws, `remedy` finds changes.

use super::remedy::{Change, Place, expression, remedy, row_of, stacked, written};
use super::shapes::{clashing, inner_picture, join_picture, picture, picture_before};
use crate::array::{Dims, broadcast_shapes};
use crate::prim::language::idioms;
use crate::syntax::Span;
use crate::syntax::ast::{Expr, ExprKind};
use crate::value::shape_text;

pub fn broadcast_help(shapes: &[&[usize]], place: &Place) -> String {
    let place = &match is_element_wise(place.text) {
        true => place.matched(shapes),
        false => place.matched(shapes).loosely(),
    };
    let all = names_of(shapes, place);
    let (names, drawn): (Vec<String>, Vec<&[usize]>) =
        all.iter().cloned().zip(shapes).filter(|(_, s)| !s.is_empty()).unzip();
    let mut help = String::from(
        "axes are matched from the last; two lengths fit if they are equal or one of them is 1\n",
    );
    help.push_str(&picture(&names, &drawn));
    for (axis, lengths) in clashing(shapes) {
        help.push_str(&format!("\n{} has lengths {}", axis_from_end(axis), listed(&lengths)));
    }
    let in_place = place.is_augmented();
    let gives = |s: &[&[usize]]| {
        broadcast_shapes(s).ok().filter(|out| !in_place || s.first().is_some_and(|first| *first == &out[..]))
    };
    if let Some(remedy) = remedy(place, &all, shapes, false, &gives) {
        help.push_str("\nthis fits: ");
        help.push_str(&remedy);
    }
    help
}

/// Whether a text is no call, or one of an element-wise function: its shape is that of its operands,
/// broadcast.
fn is_element_wise(text: &str) -> bool {
    match expression(text) {
        Some(Expr { kind: ExprKind::Call { func, .. }, .. }) => {
            row_of(&func).is_none_or(|(row, _)| idioms::is_elementwise(row))
        }
        _ => true,
    }
}

/// The same of shapes that stand nowhere in a program.
pub fn shapes_help(shapes: &[&[usize]], names: &[String]) -> String {
    let mut help = picture(names, shapes);
    for (axis, lengths) in clashing(shapes) {
        help.push_str(&format!("\n{} has lengths {}", axis_from_end(axis), listed(&lengths)));
    }
    let gives = |s: &[&[usize]]| broadcast_shapes(s).ok();
    if let Some(remedy) = remedy(&Place::default(), names, shapes, false, &gives) {
        help.push_str("\nthis fits: ");
        help.push_str(&remedy);
    }
    help
}

/// An axis counted from the last, which is 1.
fn axis_from_end(axis: usize) -> String {
    match axis {
        1 => "the last axis".into(),
        2 => "the last axis but one".into(),
        n => format!("axis -{n}"),
    }
}

fn listed(numbers: &[usize]) -> String {
    let texts: Vec<String> = numbers.iter().map(usize::to_string).collect();
    match texts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => texts.concat(),
    }
}

/// Whether an operand's text can name it in a drawing.
pub(super) fn is_short(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= 20 && !text.contains(['\n', '\t'])
}

/// How operands are called: by their source texts if these are short, else by their place.
fn operand_names(n: usize, place: &Place) -> Vec<String> {
    let texts: Vec<&str> = (0..n).filter_map(|i| place.operand(i)).collect();
    if texts.len() == n && texts.iter().all(|t| is_short(t)) {
        return texts.iter().map(|s| s.to_string()).collect();
    }
    match n {
        2 => vec!["left".into(), "right".into()],
        _ => (0..n).map(|i| format!("({})", i + 1)).collect(),
    }
}

/// The names of operands that have axes, by their texts if all these are short; what has none is not drawn.
fn names_of(shapes: &[&[usize]], place: &Place) -> Vec<String> {
    let text = |i: usize| place.operand(i).filter(|t| is_short(t));
    if (0..shapes.len()).all(|i| shapes[i].is_empty() || text(i).is_some()) {
        return (0..shapes.len()).map(|i| text(i).unwrap_or("").to_string()).collect();
    }
    operand_names(shapes.len(), &Place::default())
}

/// Help for an operand that cannot be stretched to a shape.
pub fn broadcast_to_help(from: &[usize], to: &[usize], place: &Place) -> String {
    let mut help = stretch_help("from", from, "to", to, &Place::default());
    let place = place.matched(&[from]).loosely();
    let gives = |s: &[&[usize]]| broadcast_shapes(&[s[0], to]).ok().filter(|shape| shape[..] == *to);
    if let Some(found) = remedy(&place, &["from".into()], &[from], false, &gives) {
        help.push_str(&format!("\nthis fits: {found}"));
    }
    help
}

/// `place` is that of the value that is to be stretched.
pub fn stretch_help(from_name: &str, from: &[usize], to_name: &str, to: &[usize], place: &Place) -> String {
    let names = [from_name.to_string(), to_name.to_string()];
    let mut help = format!(
        "only an axis of length 1, or one that is not there, can be stretched\n{}",
        picture(&names, &[from, to])
    );
    let gives = |s: &[&[usize]]| match broadcast_shapes(&[s[0], to]) {
        Ok(shape) if shape[..] == *to => Some(Dims::from(s[0])),
        _ => None,
    };
    // Written in front, an axis changes nothing, so only those further behind are tried.
    if let Some(i) = place.operands.len().checked_sub(1)
        && let Some(text) = place.operand(i)
        && let Some(change) = stretched(text, from, &gives)
    {
        help.push_str(&format!("\nthis fits: {change}"));
    }
    help
}

/// Help for a value that does not fit what it is assigned to.
pub fn assign_help(value: &[usize], target: &[usize], place: &Place) -> String {
    let mut help = stretch_help("value", value, "target", target, &place.last());
    if help.contains("\nthis fits: ") {
        return help;
    }
    let text = place.last().operand(0).filter(|t| is_short(t)).map(str::to_string);
    let name = text.unwrap_or_else(|| "value".into());
    if place.is_augmented() {
        let both = [target, value];
        if let (Ok(shape), Some((x, op))) = (broadcast_shapes(&both), place.augmented()) {
            let makes = format!("{x} = {x} {op} {name} makes an array of shape {}", shape_text(&shape));
            help.push_str(&format!("\n{} cannot be stretched where it is: {makes}", x));
        }
    } else if let Some(part) = beginning(value, target) {
        let change = Change::index(&part, target.into());
        help.push_str(&format!("\nthis fits: {} has shape {}", written(&name, &change), shape_text(target)));
    } else if target.iter().product::<usize>() == value.iter().product::<usize>() {
        let lengths: Vec<String> = target.iter().map(usize::to_string).collect();
        let change = Change::index(&format!(".reshape({})", lengths.join(", ")), target.into());
        help.push_str(&format!("\nthis fits: {} has shape {}", written(&name, &change), shape_text(target)));
    }
    help
}

/// The slices of a value that is too long that have a target's shape: `[:2, :3]`.
fn beginning(value: &[usize], target: &[usize]) -> Option<String> {
    let fits = value.len() == target.len() && value.iter().zip(target).all(|(v, t)| v >= t && *t > 0);
    let last = value.iter().zip(target).rposition(|(v, t)| v != t)?;
    let slice = |(v, t): (&usize, &usize)| if v == t { ":".into() } else { format!(":{t}") };
    let slices: Vec<String> = value.iter().zip(target).take(last + 1).map(slice).collect();
    fits.then(|| format!("[{}]", slices.join(", ")))
}

/// Help for index arrays that do not broadcast.
pub fn index_help(shapes: &[&[usize]], place: &Place) -> String {
    let given = place.subscripts().filter(|s| s.len() == shapes.len());
    let known = given.as_ref().is_some_and(|s| s.iter().all(|t| is_short(t)));
    let names: Vec<String> = match &given {
        Some(texts) if known => texts.iter().map(|t| t.to_string()).collect(),
        _ => (0..shapes.len()).map(|i| format!("({})", i + 1)).collect(),
    };
    let mut help = format!(
        "index arrays are matched element by element; x[i][:, j] takes every combination\n{}",
        picture(&names, shapes)
    );
    for (axis, lengths) in clashing(shapes) {
        help.push_str(&format!("\n{} has lengths {}", axis_from_end(axis), listed(&lengths)));
    }
    // Vectors alone, and nothing else between the brackets: `ix_` crosses them.
    if let (true, Some(base)) = (known && shapes.iter().all(|s| s.len() == 1), place.base()) {
        let lengths: Vec<usize> = shapes.iter().map(|s| s[0]).collect();
        let crossed = format!("{base}[np.ix_({})]", names.join(", "));
        help.push_str(&format!("\nthis fits: {crossed} has shape {}", shape_text(&lengths)));
    }
    help
}

/// A value written so that it fits a target, tried on its shape.
fn stretched(text: &str, shape: &[usize], gives: &dyn Fn(&[&[usize]]) -> Option<Dims>) -> Option<String> {
    let place = Place::new(text, Span::new(0, text.len()), &[Span::new(0, text.len())]);
    remedy(&place, &["value".into()], &[shape], false, gives)
}

pub fn join_help(shapes: &[Dims], axis: Option<usize>, place: &Place) -> String {
    let items = place.items().unwrap_or_else(|| place.clone());
    let shapes: Vec<&[usize]> = shapes.iter().map(|s| &s[..]).collect();
    let names = operand_names(shapes.len(), &items);
    let few = shapes.len().min(MOST_JOINED);
    let mut help = match axis {
        Some(axis) => format!("joined along axis {axis} (+), the arrays must agree along every other (^)\n"),
        None => "along a new axis, the arrays must agree in shape (^)\n".into(),
    };
    help.push_str(&join_picture(&names[..few], &shapes[..few], axis));
    let along = |s: &[&[usize]], axis: usize| joined(s, axis);
    let ndim = shapes.iter().map(|s| s.len()).min().unwrap_or(0);
    let other = (0..ndim)
        .filter(|&k| takes_axis(place) && Some(k) != axis)
        .find_map(|k| Some((k, along(&shapes, k)?)));
    if let Some((k, shape)) = other {
        let (how, shape) = (if axis.is_none() { "np.concatenate: " } else { "" }, shape_text(&shape));
        help.push_str(&format!("\nthis fits: {how}along axis={k} they join to shape {shape}"));
    } else if let Some(axis) = axis
        && let Some(remedy) = remedy(&items, &names, &shapes, true, &|s| along(s, axis))
    {
        help.push_str(&format!("\nthis fits: {remedy}"));
    }
    help
}

/// Whether the text is a call of a function that takes an axis.
fn takes_axis(place: &Place) -> bool {
    match expression(place.text) {
        Some(Expr { kind: ExprKind::Call { func, .. }, .. }) => {
            row_of(&func).is_some_and(|(row, _)| row.params.contains("axis"))
        }
        _ => place.text.is_empty(),
    }
}

/// Arrays of a join that are drawn.
const MOST_JOINED: usize = 8;

/// The shape of arrays joined along an axis they have.
fn joined(shapes: &[&[usize]], axis: usize) -> Option<Dims> {
    let first = shapes.first()?;
    let mut out = Dims::from(*first);
    *out.get_mut(axis)? = 0;
    for s in shapes {
        let fits = s.len() == first.len() && (0..s.len()).all(|k| k == axis || s[k] == first[k]);
        out[axis] += fits.then(|| s[axis])?;
    }
    Some(out)
}

pub fn inner_help(left: &[usize], right: &[usize], place: &Place) -> String {
    let (a, b) = (shape_text(left), shape_text(right));
    let inner = if right.len() > 1 { "the one before last" } else { "the only one" };
    let mut help = format!("the last length of {a} must equal {inner} of {b}\n");
    let names = operand_names(2, place);
    if let Ok([a, b]) = <[String; 2]>::try_from(names.clone()) {
        help.push_str(&inner_picture(&[a.clone(), b.clone()], left, right));
        let axis = |s: &[usize], k: usize| match s.len() {
            1 => format!("the only axis of {}", if std::ptr::eq(s, left) { &a } else { &b }),
            _ => format!("axis {k} of {}", if std::ptr::eq(s, left) { &a } else { &b }),
        };
        if let ([.., n], Some(&m)) = (left, right.get(right.len().saturating_sub(2))) {
            let (k, l) = (left.len() - 1, right.len().saturating_sub(2));
            help.push_str(&format!("\n{} has length {n}\n{} has length {m}", axis(left, k), axis(right, l)));
        }
    }
    // An axis of length one would make another product, so only transposition is offered.
    let gives = |s: &[&[usize]]| {
        (s[0].len() == left.len() && s[1].len() == right.len()).then(|| product(s[0], s[1]))?
    };
    if let Some(remedy) = remedy(place, &names, &[left, right], false, &gives) {
        help.push_str(&format!("\nthis fits: {remedy}"));
    } else if let ([n], [m], [a, b]) = (left, right, &names[..]) {
        help.push_str(&format!("\nthis fits: np.outer({a}, {b}) has shape ({n}, {m})"));
    }
    help
}

/// Help for stacks of matrices whose leading axes do not broadcast.
pub fn stacks_help(left: &[usize], right: &[usize], place: &Place) -> String {
    let names = operand_names(2, place);
    let mut help = format!(
        "the axes before the last two are matched as in arithmetic\n{}",
        picture_before(2, &names, &[left, right])
    );
    let stack = |s: &[usize]| s[..s.len().saturating_sub(2)].to_vec();
    let (a, b) = (stack(left), stack(right));
    for (axis, lengths) in clashing(&[&a, &b]) {
        let axis = axis_from_end(axis + 2);
        help.push_str(&format!("\n{axis} has lengths {}", listed(&lengths)));
    }
    // The matrices stay what they are: axes are added before them.
    let same = |s: &[usize], of: &[usize]| s[s.len().saturating_sub(2)..] == of[of.len().saturating_sub(2)..];
    let gives = |s: &[&[usize]]| (same(s[0], left) && same(s[1], right)).then(|| product(s[0], s[1]))?;
    if let Some(found) = stacked(place, &names, [left, right], &gives) {
        help.push_str(&format!("\nthis fits: {found}"));
    }
    help
}

/// The shape of a matrix product, if there is one.
pub fn product(a: &[usize], b: &[usize]) -> Option<Dims> {
    let (rows, inner) = (a.len().checked_sub(2), *a.last()?);
    let (columns, other) = match b {
        [n] => (None, *n),
        [.., n, m] => (Some(*m), *n),
        [] => return None,
    };
    if inner != other {
        return None;
    }
    let stack = |s: &[usize]| Dims::from(&s[..s.len().saturating_sub(2)]);
    let mut shape = broadcast_shapes(&[&stack(a), &stack(b)]).ok()?;
    shape.extend(rows.map(|k| a[k]));
    shape.extend(columns);
    Some(shape)
}

//! `%broadcast`: shapes under each other as broadcasting reads them, and what happens to each axis.

use super::{COLUMNS, Refusal, Text, value_of};
use crate::array::{Dims, broadcast_shapes};
use crate::error::{Look, product_shape, row_of, shapes, shapes_help};
use crate::eval::Evaluator;
use crate::show::{shorten, wrap};
use crate::syntax::ast::{Expr, ExprKind, Number};
use crate::value::{Value, shape_text};

/// Draws how the shapes in a text broadcast: tuples of lengths, names, expressions, separated by spaces
/// or commas; or the operands of one arithmetic expression.
pub fn broadcast(evaluator: &mut Evaluator, text: &str, look: Look) -> Result<String, Refusal> {
    if let Some(told) = product(evaluator, text, look)? {
        return Ok(told);
    }
    let (operands, lengths) = operands(text)?;
    if let [only] = &operands[..] {
        // Its own error says more than what is missing.
        value_of(evaluator, &only.expr, &only.source)?;
    }
    if operands.len() < 2 {
        return Err(Refusal::Reason("give two shapes or arrays or more, as (3, 1) (4,)".into()));
    }
    let mut names = Vec::new();
    let mut found: Vec<Dims> = Vec::new();
    for text in operands {
        let shape = match literal_shape(&text.expr).filter(|_| lengths) {
            Some(shape) => shape,
            None if lengths && is_negative(&text.expr) => {
                let reason = format!("{} is no shape: lengths are 0 or more", text.source.text);
                return Err(Refusal::Reason(reason));
            }
            None => {
                let value = value_of(evaluator, &text.expr, &text.source)?;
                shape_of(&value).ok_or_else(|| {
                    Refusal::Reason(format!(
                        "{} has no shape: it is a {}",
                        text.source.text,
                        value.type_name()
                    ))
                })?
            }
        };
        names.push(if lengths { name_of(&text, &shape) } else { shorten(&text.source.text, 24) });
        found.push(shape);
    }
    let found: Vec<&[usize]> = found.iter().map(|s| &s[..]).collect();
    Ok(match broadcast_shapes(&found) {
        Ok(result) => drawn(&names, &found, &result, look),
        Err(_) => {
            let help = shapes_help(&found, &names);
            // The picture is indented.
            let (picture, words): (Vec<&str>, Vec<&str>) = help.lines().partition(|l| l.starts_with(' '));
            let head = match look.spoken {
                true => "These shapes do not broadcast together.".to_string(),
                false => format!("These shapes do not broadcast together.\n\n{}", picture.join("\n")),
            };
            let lines: Vec<String> = words.iter().flat_map(|l| wrap(l, COLUMNS)).collect();
            format!("{head}\n{}\n", lines.join("\n"))
        }
    })
}

fn drawn(names: &[String], found: &[&[usize]], result: &[usize], look: Look) -> String {
    let mut all = found.to_vec();
    all.push(result);
    let names_and_result = names.iter().map(String::as_str).chain(["result"]);
    let rows: Vec<(&str, Vec<String>)> = names_and_result.zip(shapes::aligned(&all)).collect();
    let mut out = match look.spoken {
        true => (0..result.len()).map(|k| axis_in_words(&rows, k)).collect(),
        false => shapes::rows(&rows) + "\n\n",
    };
    let mut repeated = false;
    for (axis, &n) in result.iter().enumerate() {
        for (name, shape) in names.iter().zip(found) {
            let why = match shapes::length(shape, axis, result.len()) {
                None if n != 1 => "has no such axis",
                Some(1) if n != 1 => "has length 1",
                _ => continue,
            };
            repeated = true;
            out.push_str(&format!("axis {axis}: {name} {why}: read {}\n", times(n)));
        }
    }
    if !repeated {
        out.push_str("No axis is stretched: the shapes agree.\n");
    }
    let size: usize = result.iter().product();
    let elements = if size == 1 { "element" } else { "elements" };
    out.push_str(&format!("The result has shape {}, {size} {elements}.\n", shape_text(result)));
    out
}

/// `axis 1: 1 in (3, 1), 4 in (4,), 4 in the result`.
fn axis_in_words(rows: &[(&str, Vec<String>)], axis: usize) -> String {
    let length = |(i, (name, cells)): (usize, &(&str, Vec<String>))| {
        let n = cells.get(axis).map_or("", |c| c);
        let name = if i + 1 == rows.len() { "the result" } else { name };
        format!("{} in {name}", if n.is_empty() { "none" } else { n })
    };
    format!("axis {axis}: {}\n", rows.iter().enumerate().map(length).collect::<Vec<_>>().join(", "))
}

fn times(n: usize) -> String {
    match n {
        2 => "twice".into(),
        n => format!("{n} times"),
    }
}

/// A matrix product: which axes meet and which stay, as it does not broadcast all axes.
fn product(evaluator: &mut Evaluator, text: &str, look: Look) -> Result<Option<String>, Refusal> {
    let Ok(whole) = Text::new("%broadcast", text) else { return Ok(None) };
    let ExprKind::Binary { op, left, right } = &whole.expr.kind else { return Ok(None) };
    if &*op.text != "@" {
        return Ok(None);
    }
    let part = |e: &Expr| shorten(text.get(e.span.range()).unwrap_or(text), 24);
    let names = [part(left), part(right)];
    let mut shapes = Vec::new();
    for (e, name) in [left, right].into_iter().zip(&names) {
        let value = value_of(evaluator, e, &whole.source)?;
        let shape = shape_of(&value).filter(|s| !s.is_empty());
        shapes.push(shape.ok_or_else(|| Refusal::Reason(format!("{name} has no axis to multiply along")))?);
    }
    let (a, b) = (&shapes[0][..], &shapes[1][..]);
    let mut out = match look.spoken {
        true => String::new(),
        false => shapes::inner_picture(&names, a, b) + "\n\n",
    };
    let (last, inner) = (a.len() - 1, b.len().saturating_sub(2));
    let (n, m) = (a[last], b[inner]);
    let (x, y) = (format!("axis {last} of {}", names[0]), format!("axis {inner} of {}", names[1]));
    let told = match product_shape(a, b) {
        Some(shape) => {
            let size: usize = shape.iter().product();
            format!(
                "@ is a matrix product: {x} and {y} meet, and {n} products are added for each of the {size} \
                 elements of the result. The other axes stay: it has shape {}.",
                shape_text(&shape)
            )
        }
        None if n == m => "@ is a matrix product: the axes before the last two do not broadcast.".into(),
        None => format!("@ is a matrix product: {x} has length {n}, {y} has length {m}; they must agree."),
    };
    out.push_str(&wrap(&told, COLUMNS).join("\n"));
    out.push('\n');
    Ok(Some(out))
}

/// Whether a tuple has a negative number.
fn is_negative(e: &Expr) -> bool {
    let negative = |e: &Expr| match &e.kind {
        ExprKind::Prefix { op, operand } => {
            &*op.text == "-" && matches!(operand.kind, ExprKind::Number { .. })
        }
        ExprKind::Number { value: Number::Int(n), .. } => i64::try_from(*n).is_ok_and(|n| n < 0),
        _ => false,
    };
    matches!(&e.kind, ExprKind::Tuple(items) if items.iter().any(negative))
}

/// The operands as texts of their own, and whether numbers among them are lengths of axes.
fn operands(text: &str) -> Result<(Vec<Text>, bool), Refusal> {
    if let Ok(whole) = Text::new("%broadcast", text) {
        let mut found = Vec::new();
        arithmetic(&whole.expr, &mut found);
        if found.len() > 1 {
            let part = |e: &Expr| text.get(e.span.range()).unwrap_or(text);
            let texts = found.into_iter().map(|e| Text::new("%broadcast", part(e)));
            return Ok((texts.collect::<Result<_, _>>()?, false));
        }
    }
    let texts = pieces(text).into_iter().map(|piece| Text::new("%broadcast", piece));
    Ok((texts.collect::<Result<_, _>>()?, true))
}

/// The leaves of arithmetic between values, in brackets and as calls of element-wise functions too.
fn arithmetic<'e>(e: &'e Expr, found: &mut Vec<&'e Expr>) {
    match &e.kind {
        ExprKind::Binary { op, left, right } if &*op.text != "@" => {
            arithmetic(left, found);
            arithmetic(right, found);
        }
        ExprKind::Compare { first, rest } => {
            arithmetic(first, found);
            rest.iter().for_each(|(_, e)| arithmetic(e, found));
        }
        ExprKind::Call { func, args }
            if row_of(func).is_some_and(|(row, bound)| bound == 0 && row.elementwise().is_some())
                && args.iter().all(|a| a.keyword.is_none()) =>
        {
            args.iter().for_each(|a| arithmetic(&a.value, found));
        }
        _ => found.push(e),
    }
}

/// A text cut at the spaces and commas outside brackets and strings.
fn pieces(text: &str) -> Vec<&str> {
    let (mut depth, mut quote, mut start) = (0i32, None, None);
    let mut found = Vec::new();
    for (i, c) in text.char_indices() {
        let between = depth == 0 && quote.is_none() && (c.is_whitespace() || c == ',');
        match (between, start) {
            (true, Some(from)) => {
                found.push(&text[from..i]);
                start = None;
            }
            (false, None) => start = Some(i),
            _ => {}
        }
        match (quote, c) {
            (Some(q), c) if q == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            _ => {}
        }
    }
    found.extend(start.map(|from| &text[from..]));
    found
}

/// The shape that a tuple of whole numbers, or one number, writes.
fn literal_shape(e: &Expr) -> Option<Dims> {
    let length = |e: &Expr| match &e.kind {
        ExprKind::Number { value: Number::Int(n), suffix: None } => usize::try_from(*n).ok(),
        _ => None,
    };
    match &e.kind {
        ExprKind::Tuple(items) => items.iter().map(length).collect(),
        _ => length(e).map(|n| Dims::from(&[n][..])),
    }
}

fn shape_of(value: &Value) -> Option<Dims> {
    match value {
        Value::Array(a) => Some(a.shape().into()),
        v if v.is_scalar_number() => Some(Dims::new()),
        Value::Tuple(t) => t
            .items
            .iter()
            .map(|v| match v {
                Value::Int(n) => usize::try_from(*n).ok(),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

/// What an operand is called: its text, of a shape as Python writes it.
fn name_of(text: &Text, shape: &[usize]) -> String {
    match text.expr.kind {
        ExprKind::Tuple(_) | ExprKind::Number { .. } => shape_text(shape),
        _ => shorten(&text.source.text, 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_cut_outside_brackets() {
        assert_eq!(pieces("(3, 1) (4,)"), ["(3, 1)", "(4,)"]);
        assert_eq!(pieces("a, b[:, None]  f(x, y)"), ["a", "b[:, None]", "f(x, y)"]);
        assert_eq!(pieces("  "), Vec::<&str>::new());
    }
}

//! Shapes that do not fit, drawn one under the other as broadcasting reads them: aligned at the
//! last axis, the clashing axes marked. And the small changes of shape that would make them fit.

use crate::value::shape_text;

/// A picture of shapes aligned at their last axes, with a mark under each axis that clashes.
pub fn picture(names: &[String], shapes: &[&[usize]]) -> String {
    let ndim = shapes.iter().map(|s| s.len()).max().unwrap_or(0);
    let at = |s: &[usize], k: usize| (k + s.len()).checked_sub(ndim).and_then(|i| s.get(i).copied());
    let widths: Vec<usize> = (0..ndim)
        .map(|k| shapes.iter().filter_map(|s| at(s, k)).map(|n| n.to_string().len()).max().unwrap_or(1))
        .collect();
    let label = names.iter().map(|n| n.chars().count()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for (name, shape) in names.iter().zip(shapes) {
        let mut line = format!("  {name}{}", " ".repeat(label - name.chars().count()));
        for (k, width) in widths.iter().enumerate() {
            let cell = at(shape, k).map(|n| n.to_string()).unwrap_or_default();
            line.push_str(&format!("  {cell:>width$}"));
        }
        lines.push(line);
    }
    let mut marks = " ".repeat(2 + label);
    for (k, width) in widths.iter().enumerate() {
        let mark =
            if clashes(shapes.iter().filter_map(|s| at(s, k))) { "^".repeat(*width) } else { String::new() };
        marks.push_str(&format!("  {mark:>width$}"));
    }
    lines.push(marks.trim_end().to_string());
    lines.join("\n")
}

/// Whether lengths of one axis cannot be broadcast together.
fn clashes(lengths: impl Iterator<Item = usize>) -> bool {
    let mut other = None;
    for n in lengths.filter(|&n| n != 1) {
        if *other.get_or_insert(n) != n {
            return true;
        }
    }
    false
}

/// Whether two shapes broadcast together.
fn fit(a: &[usize], b: &[usize]) -> bool {
    a.iter().rev().zip(b.iter().rev()).all(|(&m, &n)| m == n || m == 1 || n == 1)
}

/// A way to write one of two clashing operands so that they fit, tried on their shapes: as a
/// column, or transposed. `names` are the operands' source texts.
pub fn remedy(names: &[String], shapes: &[&[usize]]) -> Option<String> {
    let (&[a, b], [left, right]) = (shapes, names) else { return None };
    for (this, other, name) in [(b, a, right), (a, b, left)] {
        if let (&[n], true) = (this, other.len() > 1) {
            let column = [n, 1];
            if fit(&column, other) {
                return Some(format!(
                    "as a column it fits: {name}[:, newaxis] has shape {}",
                    shape_text(&column)
                ));
            }
        }
    }
    for (this, other, name) in [(b, a, right), (a, b, left)] {
        let turned: Vec<usize> = this.iter().rev().copied().collect();
        if this.len() == 2 && fit(&turned, other) {
            return Some(format!("transposed it fits: {name}.T has shape {}", shape_text(&turned)));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        vec!["a".into(), "total".into()]
    }

    #[test]
    fn shapes_align_at_the_last_axis() {
        let text = picture(&names(), &[&[3, 10, 2], &[4]]);
        assert_eq!(text, "  a      3  10  2\n  total         4\n                ^");
    }

    #[test]
    fn remedies_are_tried() {
        let found = remedy(&names(), &[&[3, 4], &[3]]);
        assert_eq!(found.as_deref(), Some("as a column it fits: total[:, newaxis] has shape (3, 1)"));
        let found = remedy(&names(), &[&[3, 4], &[4, 3]]);
        assert_eq!(found.as_deref(), Some("transposed it fits: total.T has shape (3, 4)"));
        assert_eq!(remedy(&names(), &[&[3, 4], &[5]]), None);
    }
}

//! Shapes that do not fit, drawn one under the other as broadcasting reads them: aligned at the
//! last axis, the clashing axes marked. And the small changes of shape that would make them fit.

/// A picture of shapes aligned at their last axes, with a mark under each axis that clashes.
pub fn picture(names: &[String], shapes: &[&[usize]]) -> String {
    picture_before(0, names, shapes)
}

/// The same, of the last `free` axes none marked.
pub fn picture_before(free: usize, names: &[String], shapes: &[&[usize]]) -> String {
    let ndim = shapes.iter().map(|s| s.len()).max().unwrap_or(0);
    let mut lines: Vec<(&str, Vec<String>)> = names.iter().map(|n| n.as_str()).zip(aligned(shapes)).collect();
    let clash = |k: usize| k + free < ndim && clashes(shapes.iter().filter_map(|s| length(s, k, ndim)));
    let mark = |k: usize| match clash(k) {
        true => "^".repeat(shapes.iter().filter_map(|s| length(s, k, ndim)).map(digits).max().unwrap_or(1)),
        false => String::new(),
    };
    let marks: Vec<String> = (0..ndim).map(mark).collect();
    if marks.iter().any(|m| !m.is_empty()) {
        lines.push(("", marks));
    }
    rows(&lines)
}

/// The lengths of shapes as cells of a table, aligned at the last axis.
pub fn aligned(shapes: &[&[usize]]) -> Vec<Vec<String>> {
    let ndim = shapes.iter().map(|s| s.len()).max().unwrap_or(0);
    let cells = |s: &&[usize]| {
        (0..ndim).map(|k| length(s, k, ndim).map(|n| n.to_string()).unwrap_or_default()).collect()
    };
    shapes.iter().map(cells).collect()
}

/// The length that a shape brings to axis `k` of `ndim`, if it reaches that far.
pub fn length(shape: &[usize], k: usize, ndim: usize) -> Option<usize> {
    (k + shape.len()).checked_sub(ndim).and_then(|i| shape.get(i).copied())
}

fn digits(n: usize) -> usize {
    n.to_string().len()
}

/// The axes, counted from the end (the last is 1), along which shapes clash, each with its lengths.
pub fn clashing(shapes: &[&[usize]]) -> Vec<(usize, Vec<usize>)> {
    let ndim = shapes.iter().map(|s| s.len()).max().unwrap_or(0);
    let lengths = |k: usize| shapes.iter().filter_map(move |s| length(s, k, ndim));
    let found = (0..ndim).rev().filter(|&k| clashes(lengths(k)));
    found
        .map(|k| {
            let mut seen = Vec::new();
            lengths(k).filter(|&n| n != 1).for_each(|n| {
                if !seen.contains(&n) {
                    seen.push(n);
                }
            });
            (ndim - k, seen)
        })
        .collect()
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

/// A picture of the shapes of two factors of a matrix product, the axes that are summed over one
/// under the other.
pub fn inner_picture(names: &[String; 2], left: &[usize], right: &[usize]) -> String {
    // The right factor's inner axis is the last but one; a vector has only that.
    let ndim = left.len().max(right.len().saturating_sub(1).max(1));
    let lead = |n: usize| vec![String::new(); n];
    let cells = |s: &[usize]| s.iter().map(usize::to_string).collect::<Vec<_>>();
    let top = [lead(ndim - left.len()), cells(left)].concat();
    let inner = if right.len() > 1 { right.len() - 1 } else { right.len() };
    let low = [lead(ndim - inner), cells(right)].concat();
    let mut marks = lead(ndim);
    if let Some(mark) = marks.last_mut() {
        *mark = "^".into();
    }
    rows(&[(&names[0], top), (&names[1], low), ("", marks)])
}

/// A picture of shapes that are joined along an axis (marked `+`), the clashing ones marked `^`.
/// Shapes of fewer axes than the first are drawn as they are, the missing axes marked.
pub fn join_picture(names: &[String], shapes: &[&[usize]], axis: Option<usize>) -> String {
    let ndim = shapes.iter().map(|s| s.len()).max().unwrap_or(0);
    let mark = |k: usize| {
        let missing = shapes.iter().any(|s| s.len() <= k);
        let differ = shapes.iter().any(|s| s.get(k) != shapes[0].get(k));
        match (Some(k) == axis, missing || differ) {
            (true, _) if !missing => "+",
            (_, true) => "^",
            _ => "",
        }
    };
    let mut lines: Vec<(&str, Vec<String>)> = names
        .iter()
        .zip(shapes)
        .map(|(n, s)| (n.as_str(), s.iter().map(usize::to_string).collect()))
        .collect();
    lines.push(("", (0..ndim).map(|k| mark(k).to_string()).collect()));
    rows(&lines)
}

/// Named rows of cells in columns, each cell at the right of its column.
pub fn rows(lines: &[(&str, Vec<String>)]) -> String {
    let count = lines.iter().map(|l| l.1.len()).max().unwrap_or(0);
    let wide = |k: usize| lines.iter().filter_map(|l| l.1.get(k)).map(|c| c.chars().count()).max();
    let widths: Vec<usize> = (0..count).map(|k| wide(k).unwrap_or(0)).collect();
    let label = lines.iter().map(|l| l.0.chars().count()).max().unwrap_or(0);
    let line = |(name, cells): &(&str, Vec<String>)| {
        let mut line = format!("  {name}{}", " ".repeat(label - name.chars().count()));
        for (cell, width) in cells.iter().zip(&widths) {
            line.push_str(&format!("  {cell:>width$}"));
        }
        line.trim_end().to_string()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
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
    fn inner_axes_stand_under_each_other() {
        let text = inner_picture(&["a".into(), "b".into()], &[2, 3], &[4, 5]);
        assert_eq!(text, "  a  2  3\n  b     4  5\n        ^");
        let text = inner_picture(&["a".into(), "v".into()], &[5, 2, 3], &[4]);
        assert_eq!(text, "  a  5  2  3\n  v        4\n           ^");
        let text = inner_picture(&["v".into(), "b".into()], &[3], &[5, 2, 4]);
        assert_eq!(text, "  v     3\n  b  5  2  4\n        ^");
    }

    #[test]
    fn joins_mark_the_axis_and_the_clash() {
        let text = join_picture(&names(), &[&[3, 4], &[2, 5]], Some(0));
        assert_eq!(text, "  a      3  4\n  total  2  5\n         +  ^");
    }
}

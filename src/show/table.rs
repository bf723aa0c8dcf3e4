//! Small listings in aligned columns, as `%whos` shows. Widths are those of a terminal: a wide
//! character counts two columns, a combining mark none.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Where the cells of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

/// Rows of cells under titles and a rule, two spaces between columns, each line ended by a newline.
/// Without titles (`titles` empty) there is no rule. Missing cells are empty, missing sides left;
/// cells hold no line ends.
pub fn table(titles: &[&str], sides: &[Side], rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0).max(titles.len());
    let mut widths = vec![0; count];
    let cells = rows.iter().flat_map(|row| row.iter().map(String::as_str).enumerate());
    for (column, text) in cells.chain(titles.iter().copied().enumerate()) {
        widths[column] = widths[column].max(text.width());
    }
    let mut out = String::new();
    if !titles.is_empty() {
        push_row(&mut out, titles.iter().copied(), &widths, sides);
        let rule = widths.iter().sum::<usize>() + 2 * (count - 1);
        out.extend(std::iter::repeat_n('-', rule));
        out.push('\n');
    }
    for row in rows {
        push_row(&mut out, row.iter().map(String::as_str), &widths, sides);
    }
    out
}

fn push_row<'a>(out: &mut String, cells: impl Iterator<Item = &'a str>, widths: &[usize], sides: &[Side]) {
    let mut owed = 0; // spaces, written only before more text: no line ends in one
    for (column, text) in cells.enumerate() {
        let missing = widths[column].saturating_sub(text.width());
        let right = sides.get(column) == Some(&Side::Right);
        if right {
            owed += missing;
        }
        if !text.is_empty() {
            out.extend(std::iter::repeat_n(' ', owed));
            out.push_str(text);
            owed = 0;
        }
        owed += if right { 2 } else { 2 + missing };
    }
    out.push('\n');
}

/// The text, cut to at most `width` terminal columns, an ellipsis standing for what was cut.
pub fn shorten(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.into();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        out.push(c);
    }
    if width > 0 {
        out.push('…');
    }
    out
}

/// The lines of a text, broken between words to at most `width` columns; a longer word stands alone.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut now = String::new();
        for word in line.split_whitespace() {
            if !now.is_empty() && now.width() + 1 + word.width() > width {
                lines.push(std::mem::take(&mut now));
            }
            if !now.is_empty() {
                now.push(' ');
            }
            now.push_str(word);
        }
        lines.push(now);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_by_terminal_width() {
        let rows = [["x", "float64", "12"], ["日本", "", "7"], ["é", "int8", "100"]];
        let rows: Vec<Vec<String>> = rows.iter().map(|r| r.iter().map(|c| c.to_string()).collect()).collect();
        let text = table(&["name", "type", "size"], &[Side::Left, Side::Left, Side::Right], &rows);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "name  type     size");
        assert_eq!(lines[1], "-------------------");
        assert_eq!(lines[2], "x     float64    12");
        assert_eq!(lines[3], format!("日本{}7", " ".repeat(14)));
        assert_eq!(lines[4], "é     int8      100");
    }

    #[test]
    fn lines_end_without_spaces_and_rows_may_be_short() {
        let rows = [vec!["a".to_string()], vec!["bb".to_string(), "c".to_string()], vec![]];
        assert_eq!(table(&[], &[], &rows), "a\nbb  c\n\n");
        assert_eq!(table(&["t"], &[], &[]), "t\n-\n");
        assert_eq!(table(&[], &[], &[]), "");
    }

    #[test]
    fn shortening_counts_columns() {
        assert_eq!(shorten("abc", 3), "abc");
        assert_eq!(shorten("abcd", 3), "ab…");
        assert_eq!(shorten("日本語", 4), "日…");
        assert_eq!(shorten("abc", 0), "");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two  three\n\nfourteen", 7), ["one two", "three", "", "fourteen"]);
    }
}

//! Paragraphs broken to a width.

/// The text with its paragraphs filled to `width` columns. Lines that begin with a space are kept as
/// they are; lines that begin with `- ` are items of a list.
pub fn fill(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut paragraph: Vec<&str> = Vec::new();
    for line in text.lines().chain([""]) {
        let item = line.starts_with("- ");
        if line.is_empty() || line.starts_with(' ') || item {
            flush(&mut out, &mut paragraph, width);
        }
        match line {
            "" if !out.is_empty() && !out.ends_with("\n\n") => out.push('\n'),
            "" => {}
            l if l.starts_with(' ') => {
                out.push_str(l);
                out.push('\n');
            }
            l => paragraph.extend(l.split_whitespace()),
        }
    }
    let text = out.trim_end();
    if text.is_empty() { String::new() } else { format!("{text}\n") }
}

fn flush(out: &mut String, words: &mut Vec<&str>, width: usize) {
    let indent = if words.first() == Some(&"-") { "  " } else { "" };
    let mut column = 0;
    for word in words.drain(..) {
        let length = unicode_width::UnicodeWidthStr::width(word);
        if column > 0 && column + 1 + length > width {
            out.push('\n');
            out.push_str(indent);
            column = indent.len();
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    if column > 0 {
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn paragraphs_are_filled() {
        let text = "one two\nthree four\n\n- an item of a list\n- another\n    code  here\nend";
        let want = "one two\nthree four\n\n- an item\n  of a list\n- another\n    code  here\nend\n";
        assert_eq!(fill(text, 11), want);
        assert_eq!(fill("", 10), "");
    }
}

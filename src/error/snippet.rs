//! The lines of a source that a report shows, made safe to print: control characters as pictures,
//! lines too wide cut around what is underlined, long spans cut to their first line. Positions of
//! the source are mapped to positions of the shown text, which miette reads.

use crate::syntax::Span;
use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// Lines of a label that are shown; a longer one is underlined on its first line only.
const MOST_LINES: usize = 8;

/// Shown lines of one source.
#[derive(Debug)]
pub struct Snippet {
    name: String,
    text: String,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    /// From 0, in the source.
    number: usize,
    /// The range in the shown text, newline included.
    start: usize,
    end: usize,
    /// From the source's bytes of the line to the shown text: (source, shown) at each character.
    map: Vec<(usize, usize)>,
    /// Where each shown character stands in the source's line, counted in characters.
    first_column: usize,
}

impl Snippet {
    /// The snippet of `text` for these spans, lines at most `width` columns wide, and where the
    /// spans are in it. Each span has a label of so many columns, which stands behind its middle and fits
    /// the width too where the beginning of the line can be left out.
    pub fn new(name: &str, text: &str, spans: &[(Span, usize)], width: usize) -> (Snippet, Vec<SourceSpan>) {
        let starts = line_starts(text);
        let labels: Vec<usize> = spans.iter().map(|s| s.1).collect();
        let spans: Vec<Span> = spans.iter().map(|s| clamp(text, &starts, s.0)).collect();
        let mut wanted: Vec<usize> = Vec::new();
        for s in &spans {
            wanted.extend(line_of(&starts, s.start as usize)..=last_line(&starts, *s));
        }
        wanted.sort_unstable();
        wanted.dedup();
        let mut snippet = Snippet { name: name.into(), text: String::new(), lines: Vec::new() };
        for number in wanted {
            let (from, to) = line_range(text, &starts, number);
            let marks = spans.iter().zip(&labels);
            let marks = marks.filter(|(s, _)| (s.start as usize) <= to && (s.end as usize) >= from);
            let marks: Vec<Mark> = marks
                .map(|(s, &label)| Mark {
                    from: (s.start as usize).max(from),
                    to: (s.end as usize).min(to),
                    label,
                })
                .collect();
            snippet.push(number, from, &text[from..to], &marks, width.max(20));
        }
        let shown = spans.iter().map(|s| snippet.place(&starts, *s)).collect();
        (snippet, shown)
    }

    /// Adds a line, cut to a window around its marks if it is too wide.
    fn push(&mut self, number: usize, from: usize, line: &str, marks: &[Mark], width: usize) {
        let chars: Vec<(usize, char)> = line.char_indices().map(|(i, c)| (from + i, c)).collect();
        let (first, last) = window(&chars, marks, width);
        let start = self.text.len();
        let mut map = Vec::with_capacity(last - first + 2);
        if first > 0 {
            self.text.push('…');
        }
        for &(at, c) in &chars[first..last] {
            map.push((at, self.text.len()));
            self.text.push(picture(c));
        }
        map.push((chars.get(last).map_or(from + line.len(), |c| c.0), self.text.len()));
        if last < chars.len() {
            self.text.push('…');
        }
        self.text.push('\n');
        self.lines.push(Line { number, start, end: self.text.len(), map, first_column: first });
    }

    fn place(&self, starts: &[usize], span: Span) -> SourceSpan {
        let from = self.position(line_of(starts, span.start as usize), span.start as usize);
        let to = self.position(last_line(starts, span), span.end as usize).max(from);
        (from, to - from).into()
    }

    /// The shown position of a byte of the source on a line that is shown.
    fn position(&self, line: usize, at: usize) -> usize {
        match self.lines.iter().find(|l| l.number == line) {
            Some(l) => {
                let i = l.map.partition_point(|&(source, _)| source < at);
                l.map.get(i).or(l.map.last()).map_or(l.start, |&(_, shown)| shown)
            }
            None => 0,
        }
    }
}

impl SourceCode for Snippet {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (from, to) = (span.offset(), span.offset() + span.len());
        let holds = |at: usize| self.lines.iter().position(|l| l.start <= at && at < l.end);
        let first = holds(from).ok_or(MietteError::OutOfBounds)?;
        let last = holds(to.max(from)).ok_or(MietteError::OutOfBounds)?;
        let lines = &self.lines[first..=last];
        let adjacent = lines.windows(2).all(|w| w[0].number + 1 == w[1].number);
        if !adjacent {
            return Err(MietteError::OutOfBounds);
        }
        let (start, end) = (lines[0].start, lines[lines.len() - 1].end);
        let column = lines[0].first_column + lines[0].map.partition_point(|&(_, shown)| shown < from);
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            &self.text.as_bytes()[start..end],
            (start, end - start).into(),
            lines[0].number,
            column,
            lines.len(),
        )))
    }
}

/// What is shown for a character: itself, or a picture if printing it would move the cursor.
fn picture(c: char) -> char {
    match c {
        '\t' => c,
        '\0'..='\x1f' => char::from_u32(0x2400 + c as u32).unwrap_or('?'),
        '\x7f' => '␡',
        '\u{80}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            '�'
        }
        _ => c,
    }
}

fn columns(c: char) -> usize {
    match c {
        '\t' => 4,
        // Wide scripts; combining marks count as one here, which only cuts a little early.
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' => 2,
        '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'.. => 2,
        _ => 1,
    }
}

/// What is underlined of a line, as bytes of the source, and the columns of what is written there.
struct Mark {
    from: usize,
    to: usize,
    label: usize,
}

/// Columns between the middle of a mark and its label: `╰── `.
const HOOK: usize = 4;

/// The range of characters to show so that they fit and hold the first mark's beginning; further on if
/// the labels then fit better.
fn window(chars: &[(usize, char)], marks: &[Mark], width: usize) -> (usize, usize) {
    let (mut first, last) = fitting(chars, marks, width);
    let index = |at: usize| chars.partition_point(|&(i, _)| i < at);
    let first_mark = marks.iter().map(|m| index(m.from)).min().unwrap_or(0);
    let wide =
        |from: usize, to: usize| chars[from.min(to)..to].iter().map(|&(_, c)| columns(c)).sum::<usize>();
    // The column at which the longest label ends.
    let end = |first: usize| {
        let ends = marks.iter().filter(|m| m.label > 0).map(|m| {
            let middle = wide(first, index(m.from)) + wide(index(m.from), index(m.to)) / 2;
            usize::from(first > 0) + middle + HOOK + m.label
        });
        ends.max().unwrap_or(0)
    };
    let whole = first;
    while end(first) > width && first < first_mark {
        first += 1;
    }
    // A line that loses its beginning for nothing keeps it.
    if first == whole || (end(first) > width && end(first) + 8 > end(whole)) {
        return (whole, last);
    }
    let (mut last, mut used) = (first, 1);
    while last < chars.len() && used + columns(chars[last].1) < width {
        used += columns(chars[last].1);
        last += 1;
    }
    (first, last)
}

/// The range of characters to show so that they fit and hold the first mark's beginning.
fn fitting(chars: &[(usize, char)], marks: &[Mark], width: usize) -> (usize, usize) {
    let total: usize = chars.iter().map(|&(_, c)| columns(c)).sum();
    if total <= width {
        return (0, chars.len());
    }
    let index = |at: usize| chars.partition_point(|&(i, _)| i < at);
    let first_mark = marks.iter().map(|m| index(m.from)).min().unwrap_or(0);
    let last_mark = marks.iter().map(|m| index(m.to)).max().unwrap_or(0);
    let span: usize = chars[first_mark..last_mark].iter().map(|&(_, c)| columns(c)).sum();
    let room = width - 2;
    let before = if span >= room { room / 8 } else { ((room - span) / 2).min(room / 2) };
    let mut first = first_mark;
    let mut used = 0;
    while first > 0 && used + columns(chars[first - 1].1) <= before {
        first -= 1;
        used += columns(chars[first].1);
    }
    let (mut last, mut used) = (first, 0);
    while last < chars.len() && used + columns(chars[last].1) <= room {
        used += columns(chars[last].1);
        last += 1;
    }
    // Room left over at the end of the line goes to its front.
    while last == chars.len() && first > 0 && used + columns(chars[first - 1].1) <= room {
        first -= 1;
        used += columns(chars[first].1);
    }
    (first, last)
}

/// The first byte of each line.
fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect()
}

fn line_of(starts: &[usize], at: usize) -> usize {
    starts.partition_point(|&s| s <= at).saturating_sub(1)
}

/// The line of a span's last character.
fn last_line(starts: &[usize], span: Span) -> usize {
    let last = (span.end as usize).saturating_sub(1).max(span.start as usize);
    line_of(starts, last)
}

/// A line's bytes without its line end.
fn line_range(text: &str, starts: &[usize], line: usize) -> (usize, usize) {
    let from = starts[line];
    let to = starts.get(line + 1).map_or(text.len(), |&next| next - 1);
    let to = if to > from && text.as_bytes()[to - 1] == b'\r' { to - 1 } else { to };
    (from, to)
}

/// A span that lies in the text, on character borders, and over few enough lines; line ends at its
/// own end are left out.
fn clamp(text: &str, starts: &[usize], span: Span) -> Span {
    let border = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let from = border((span.start as usize).min(text.len()));
    let mut to = border((span.end as usize).clamp(from, text.len()));
    to = from + text[from..to].trim_end_matches(['\n', '\r']).len();
    let from = if to == from { from.min(line_range(text, starts, line_of(starts, from)).1) } else { from };
    let to = to.max(from);
    let first = line_of(starts, from);
    if last_line(starts, Span::new(from, to)) - first >= MOST_LINES {
        return Span::new(from, line_range(text, starts, first).1.max(from));
    }
    Span::new(from, to)
}

//! A report as text, drawn by miette: graphical for a terminal, in sentences for a reader aloud.

use super::{Call, Report, Severity, Snippet};
use crate::eval::Located;
use miette::{Diagnostic, LabeledSpan, NarratableReportHandler, SourceCode};
use std::fmt;
use unicode_width::UnicodeWidthChar;

/// How a report is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub color: bool,
    pub unicode: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Sentences in place of drawings, for screen readers.
    pub spoken: bool,
}

impl Default for Look {
    fn default() -> Look {
        Look { color: false, unicode: true, width: 100, spoken: false }
    }
}

/// Calls shown at the inner end of a stack, and at the outer.
const INNERMOST: usize = 8;
const OUTERMOST: usize = Located::OUTERMOST;

/// The report as text, with a newline at its end.
pub fn render(report: &Report, look: Look) -> String {
    let width = look.width.clamp(40, 200);
    let columns = |text: &str| text.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
    let spans: Vec<_> = report.labels.iter().map(|l| (l.0, columns(&l.1))).collect();
    let (snippet, places) = match &report.source {
        Some(s) if !spans.is_empty() => {
            let number = s.text.matches('\n').count().to_string().len();
            let (snippet, places) = Snippet::new(&s.name, &s.text, &spans, width.saturating_sub(number + 5));
            (Some(snippet), places)
        }
        _ => (None, Vec::new()),
    };
    let labels = report.labels.iter().zip(places).map(|((_, text), place)| {
        let text = text.replace('\n', " ");
        LabeledSpan::new_with_span(if text.is_empty() { None } else { Some(text) }, place)
    });
    let drawn = Drawn { report, labels: labels.collect(), snippet, spoken: look.spoken };
    let mut out = String::new();
    // Writing to a string does not fail; a fault in the drawing must not hide the message.
    if draw(&drawn, look, width, &mut out).is_err() {
        out = format!("{}: {}\n", report.code, report.message);
    }
    for line in stack(&report.calls, report.hidden) {
        out.push_str("  ");
        out.push_str(&line);
        out.push('\n');
    }
    out
}

#[cfg(feature = "cli")]
fn draw(drawn: &Drawn, look: Look, width: usize, out: &mut String) -> fmt::Result {
    use miette::{GraphicalReportHandler, GraphicalTheme, ThemeCharacters, ThemeStyles};
    if look.spoken {
        return NarratableReportHandler::new().with_context_lines(0).render_report(out, drawn);
    }
    let characters = if look.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let styles = if look.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
    GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_links(false)
        .with_context_lines(0)
        .with_width(width)
        .with_break_words(false)
        .render_report(out, drawn)
}

#[cfg(not(feature = "cli"))]
fn draw(drawn: &Drawn, _look: Look, _width: usize, out: &mut String) -> fmt::Result {
    NarratableReportHandler::new().with_context_lines(0).render_report(out, drawn)
}

/// The calls as lines, innermost first; the middle of a deep stack is counted, not shown.
fn stack(calls: &[Call], hidden: usize) -> Vec<String> {
    let line = |c: &Call| {
        let text = shorten(c.text.trim(), 60);
        format!("in {}, called at {}:{}: {text}", c.function, c.file, c.line)
    };
    if hidden == 0 && calls.len() <= INNERMOST + OUTERMOST + 1 {
        return calls.iter().map(line).collect();
    }
    let mut lines: Vec<String> = calls[..INNERMOST.min(calls.len())].iter().map(line).collect();
    let hidden = (calls.len().saturating_sub(INNERMOST + OUTERMOST) + hidden) as u64;
    lines.push(format!("… {} calls more …", crate::show::time::thousands(hidden)));
    lines.extend(calls[calls.len().saturating_sub(OUTERMOST)..].iter().map(line));
    lines
}

/// At most `most` characters of a text.
fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((i, _)) => format!("{}…", &text[..i]),
        None => text.to_string(),
    }
}

/// A report with its places found, as miette wants it.
#[derive(Debug)]
struct Drawn<'a> {
    report: &'a Report,
    labels: Vec<LabeledSpan>,
    snippet: Option<Snippet>,
    spoken: bool,
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.report.message)
    }
}

impl std::error::Error for Drawn<'_> {}

impl Diagnostic for Drawn<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        Some(Box::new(&self.report.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.report.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Advice => miette::Severity::Advice,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        let help = self.report.help.as_ref()?;
        if !self.spoken {
            return Some(Box::new(help));
        }
        // Drawings, which are the indented lines, say nothing aloud; what they show stands in words.
        let said: Vec<&str> = help.lines().filter(|l| !l.starts_with("  ")).collect();
        Some(Box::new(said.join("\n")))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.snippet.as_ref().map(|s| s as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.snippet.as_ref()?;
        Some(Box::new(self.labels.iter().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Text;
    use super::*;
    use crate::syntax::Span;

    fn report(text: &str, labels: &[(usize, usize, &str)]) -> Report {
        let mut report = Report::plain("arr::test", "a message", Some("some help".into()));
        report.source = Some(Text { name: "demo.arr".into(), text: text.into() });
        report.labels = labels.iter().map(|&(a, b, t)| (Span::new(a, b), t.to_string())).collect();
        report
    }

    #[test]
    fn operands_are_underlined() {
        let text = render(&report("x = 1\na + b\n", &[(6, 7, "left"), (10, 11, "right")]), Look::default());
        let want = "arr::test\n\n  × a message\n   ╭─[demo.arr:2:1]\n 2 │ a + b\n   · ┬   ┬\n   · │   ╰── right\n   · ╰── left\n   ╰────\n  help: some help\n";
        assert_eq!(text, want);
    }

    #[test]
    fn odd_sources_render() {
        let long = format!("y = {} + b", "x + ".repeat(400));
        let sources = [
            "",
            "\n",
            "a\tb\r\nc\r\n",
            "数 ← 配列 + 1",
            "\u{1b}[31m\0",
            "⍳⍳⍳",
            "a\n\n\n\n\n\n\n\n\n\n\nb",
            long.as_str(),
        ];
        for text in sources {
            for start in 0..=text.len().min(40) + 1 {
                let ends = (start..=text.len() + 1).step_by(if text.len() > 100 { 97 } else { 1 });
                for end in ends {
                    for look in [Look::default(), Look { spoken: true, ..Look::default() }] {
                        let out = render(&report(text, &[(start, end, "here"), (end, end, "")]), look);
                        assert!(out.contains("a message") && !out.contains('\u{1b}'), "{out}");
                    }
                }
            }
        }
    }

    #[test]
    fn wide_lines_are_cut_around_the_mark() {
        let text = format!("{} + wrong + {}", "1 + ".repeat(300), "2 + ".repeat(300));
        let at = text.find("wrong").unwrap();
        let out = render(&report(&text, &[(at, at + 5, "here")]), Look { width: 80, ..Look::default() });
        assert!(out.lines().all(|l| l.chars().count() <= 82), "{out}");
        assert!(out.contains("wrong") && out.contains("here"), "{out}");
    }

    #[test]
    fn deep_stacks_are_shortened() {
        let mut r = report("f(1)", &[(0, 1, "")]);
        r.calls = vec![Call::new("f", "demo.arr", "f(1)", Span::new(0, 4)); 5000];
        let out = render(&r, Look::default());
        assert!(out.contains("… 4,989 calls more …"), "{out}");
        assert!(out.contains("in f, called at demo.arr:1: f(1)"), "{out}");
    }
}

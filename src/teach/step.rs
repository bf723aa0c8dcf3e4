//! `%step`: every operation of an expression as it runs, the part of the text underlined, what it gives
//! below.

use super::{COLUMNS, Refusal, Text, brief, indented, lines, steps};
use crate::eval::Evaluator;
use crate::show::shorten;
use crate::syntax::Span;

/// Runs an expression step by step; the text shows them all. An error stops it, after the steps that
/// ran: they come back beside it.
pub fn step(evaluator: &mut Evaluator, text: &str) -> (String, Option<Refusal>) {
    let text = match Text::new("%step", text) {
        Ok(text) => text,
        Err(refusal) => return (String::new(), Some(refusal)),
    };
    let mut out = String::new();
    let mut count = 0;
    let mut each = |s: steps::Step| {
        count += 1;
        out.push_str(&underlined(&text.source.text, s.span, count));
        out.push_str(&format!("   {}\n", brief(&s.value)));
        out.push_str(&indented(&lines(&s.value), "   "));
    };
    let result = steps::run(evaluator, &text.expr, &text.source, false, &mut each);
    match result {
        Err(raised) => (out, Some(raised.into())),
        Ok(value) if count == 0 => {
            let shown = indented(&lines(&value), "   ");
            (format!("There is nothing to compute: it is a {}.\n{shown}", brief(&value)), None)
        }
        Ok(_) => (out, None),
    }
}

/// The text with a stretch underlined, numbered; a long or broken text shows the stretch alone.
fn underlined(text: &str, span: Span, number: usize) -> String {
    let head = format!("{number}. ");
    let (Some(before), Some(part)) = (text.get(..span.start as usize), text.get(span.range())) else {
        return format!("{head}\n");
    };
    let room = COLUMNS - head.len();
    if text.contains('\n') || text.chars().count() > room {
        let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
        return format!("{head}{}\n", shorten(&part, room));
    }
    let pad = " ".repeat(head.len() + before.chars().count());
    format!("{head}{text}\n{pad}{}\n", "^".repeat(part.chars().count().max(1)))
}

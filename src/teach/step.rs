//! `%step`: every operation of an expression as it runs, the part of the text underlined, what it gives
//! below.

use super::{COLUMNS, Refusal, Text, brief, indented, lines, steps};
use crate::error::Look;
use crate::eval::Evaluator;
use crate::show::shorten;
use crate::syntax::Span;
use crate::value::Value;
use std::ops::ControlFlow;

/// Runs an expression step by step and hands the text of each step to `show`, with its number; a break
/// ends it. An error comes after the steps that ran.
pub fn step(
    evaluator: &mut Evaluator,
    text: &str,
    look: Look,
    show: &mut dyn FnMut(&mut Evaluator, usize, &str) -> ControlFlow<()>,
) -> Result<(), Refusal> {
    let text = Text::new("%step", text)?;
    let mut count = 0;
    let mut each = |evaluator: &mut Evaluator, s: steps::Step| {
        count += 1;
        let head = match look.spoken {
            true => numbered(&text.source.text, s.span, count),
            false => underlined(&text.source.text, s.span, count),
        };
        let value = indented(&lines(&s.value), "   ");
        let gives = if look.spoken { "gives " } else { "" };
        show(evaluator, count, &format!("{head}   {gives}{}\n{value}", brief(&s.value)))
    };
    let value = steps::run(evaluator, &text.expr, &text.source, false, &mut each)?.unwrap_or(Value::None);
    if count == 0 {
        let shown = indented(&lines(&value), "   ");
        let what = brief(&value);
        let article = if what.starts_with(['i', 'u']) && !what.starts_with("uint") { "an" } else { "a" };
        let told = format!("There is nothing to compute: it is {article} {what}.\n{shown}");
        let _ = show(evaluator, 0, &told);
    }
    Ok(())
}

/// The text with a stretch underlined, numbered; a long or broken text shows the stretch alone.
fn underlined(text: &str, span: Span, number: usize) -> String {
    let head = format!("{number}. ");
    let (Some(before), Some(part)) = (text.get(..span.start as usize), text.get(span.range())) else {
        return format!("{head}\n");
    };
    if text.contains('\n') || text.chars().count() > COLUMNS - head.len() {
        return numbered(text, span, number);
    }
    let pad = " ".repeat(head.len() + before.chars().count());
    format!("{head}{text}\n{pad}{}\n", "^".repeat(part.chars().count().max(1)))
}

/// The stretch alone, numbered.
fn numbered(text: &str, span: Span, number: usize) -> String {
    let head = format!("{number}. ");
    let part = text.get(span.range()).unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{head}{}\n", shorten(&part, COLUMNS - head.len()))
}

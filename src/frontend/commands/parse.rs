//! `%parse`: how a line is read.

use super::{Call, Command, Takes};
use crate::prim::language::reading;
use crate::value::{Fault, Value};

pub const ROWS: &[Command] = &[Command {
    name: "parse",
    usage: "code",
    options: &[],
    takes: Takes::Code,
    doc: "Show how code is read: with every bracket written, and as a tree.\n\
          Each glyph stands with its role and name, and with what NumPy writes for it. Nothing is run.",
    run: parse,
}];

fn parse(call: &mut Call) -> Result<Value, Fault> {
    let code = match call.body {
        Some(body) => format!("{}\n{body}", call.rest),
        None => call.rest.to_string(),
    };
    if code.trim().is_empty() {
        return Err(call.wrong("there is no code"));
    }
    let lexicon = call.evaluator.lexicon.clone();
    let text = match reading::describe(&code, &lexicon) {
        Ok(text) => text,
        // The error with its place in the code.
        Err(_) => return call.compile(&code).map(|_| Value::None),
    };
    call.print(&text);
    Ok(Value::None)
}

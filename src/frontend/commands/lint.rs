//! `%lint`: what of this session is better written otherwise.

use super::{Call, Command, Takes};
use crate::lint;
use crate::value::{Fault, Value};

pub const ROWS: &[Command] = &[Command {
    name: "lint",
    usage: "[--json]",
    options: &[("--json", "print the findings as JSON")],
    takes: Takes::Nothing,
    doc: "Look for lines of this session that are better written otherwise.\n\
          Loops that whole-array code does are run, with their replacement, on copies of the values that their \
          names have now; only what gives the same result is offered. Of a function the latest definition counts.",
    run: lint_session,
}];

fn lint_session(call: &mut Call) -> Result<Value, Fault> {
    let json = match call.rest {
        "" => false,
        "--json" => true,
        other => return Err(call.wrong(format!("there is no option '{other}'"))),
    };
    let inputs: Vec<(String, String)> = {
        let log = call.shell.log.borrow();
        let named = log.inputs.iter().enumerate().map(|(i, text)| (format!("In [{}]", i + 1), text.clone()));
        named.collect()
    };
    // A script is looked at as a whole.
    let inputs = match inputs.is_empty() {
        true => vec![{
            let source = call.evaluator.running_source();
            (source.name.clone(), source.text.clone())
        }],
        false => inputs,
    };
    let findings = lint::session(call.evaluator, &inputs);
    let text = match (json, findings.is_empty()) {
        (true, _) => lint::json(&findings),
        (false, true) => "nothing found\n".to_string(),
        (false, false) => findings.iter().map(|f| f.line_text() + "\n").collect(),
    };
    call.print(&text);
    Ok(Value::None)
}

//! `%lint`: what of this session is better written otherwise.

use super::{Call, Command, Takes};
use crate::frontend::check::told;
use crate::lint;
use crate::value::{Fault, Value};

pub const ROWS: &[Command] = &[LINT, HINTS];

const HINTS: Command = Command {
    name: "hints",
    usage: "[on|off]",
    options: &[],
    takes: Takes::Words(&[("on", "hint after slow loops, the default"), ("off", "no hints")]),
    doc: "Say after a slow loop what replaces it, or do not.\n\
          A loop that took longer than 0.2 s is tried beside whole-array code, on a sample of its steps; what gives \
          the same result is told, once for each loop. Without a word, show the setting.",
    run: hints,
};

fn hints(call: &mut Call) -> Result<Value, Fault> {
    let watcher = call.shell.hints.clone();
    match call.rest {
        "on" => {
            watcher.on.set(true);
            call.evaluator.watch = Some(watcher);
        }
        "off" => watcher.on.set(false),
        "" => {
            let on = call.evaluator.watch.is_some() && watcher.on.get();
            call.print(if on { "hints are on\n" } else { "hints are off\n" });
        }
        other => return Err(call.wrong(format!("hints are on or off, not '{other}'"))),
    }
    Ok(Value::None)
}

const LINT: Command = Command {
    name: "lint",
    usage: "[--json]",
    options: &[("--json", "print the findings as JSON")],
    takes: Takes::Nothing,
    doc: "Look for lines of this session that are better written otherwise.\n\
          Loops that whole-array code does are run, with their replacement, on copies of the values that their \
          names have now; only what gives the same result is offered. Of a function the latest definition counts.",
    run: lint_session,
};

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
    let findings = lint::session(call.evaluator, &inputs, lint::Lab::CHECK);
    let text = match (json, findings.is_empty()) {
        (true, _) => lint::json(&findings),
        (false, true) => "nothing found\n".to_string(),
        (false, false) => findings.iter().map(|f| told(f) + "\n").collect(),
    };
    call.print(&text);
    Ok(Value::None)
}

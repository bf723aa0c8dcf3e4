//! `%broadcast`, `%layout`, `%axis`, `%dtype` and `%step`: what `teach` draws, printed; `%numpy` and
//! `%overflow`.

use super::{Call, Command, Shell, Takes};
use crate::error::Look;
use crate::eval::{Evaluator, Raised};
use crate::frontend::numpy as in_file;
use crate::lesson::code::with_its_names;
use crate::prim::elementwise::overflow::{self, Mode};
use crate::python;
use crate::teach::{self, Refusal};
use crate::value::{Fault, Value};
use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::path::Path;

pub const ROWS: &[Command] = &[
    Command {
        name: "broadcast",
        usage: "shape shape …",
        options: &[],
        takes: Takes::Code,
        doc: "Draw how shapes broadcast: %broadcast (3, 1) (4,).\n\
              Shapes are tuples of lengths, names or expressions of arrays, separated by spaces or commas; or the \
              operands of one arithmetic expression.",
        run: |call| told(call, teach::broadcast::broadcast),
    },
    Command {
        name: "layout",
        usage: "array",
        options: &[],
        takes: Takes::Code,
        doc: "Show where an array lies in memory: its strides, its fast axis, the buffer with the elements it \
              sees, and the names that see the same buffer.",
        run: |call| told(call, teach::layout::layout),
    },
    Command {
        name: "axis",
        usage: "call",
        options: &[],
        takes: Takes::Code,
        doc: "Show what a call does along its axis: %axis sum(m, 0).\n\
              For every function that takes axis: reductions, scans, sorts; and for f/ f⌿ f\\ f⍀.",
        run: |call| told(call, teach::axis::axis),
    },
    Command {
        name: "dtype",
        usage: "expression",
        options: &[],
        takes: Takes::Code,
        doc: "Say why the result of an expression has its dtype: %dtype int32 + float32.\n\
              A dtype stands for an array of it.",
        run: |call| told(call, teach::dtype::dtype),
    },
    Command {
        name: "step",
        usage: "expression",
        options: &[],
        takes: Takes::Code,
        doc: "Run an expression one operation at a time, and show what each gives.\n\
              At the prompt it waits for Enter before each further step; q ends it. A program shows all steps.",
        run: step,
    },
    Command {
        name: "numpy",
        usage: "code | file.arr",
        options: &[],
        takes: Takes::Code,
        doc: "Show the same program in Python with NumPy, ready to run.\n\
              The lines of this session that make its names stand before it. %%numpy takes the lines after it; \
              %numpy file.arr and arr to-numpy file.arr translate a whole file. Commands become comments.",
        run: numpy,
    },
    Command {
        name: "overflow",
        options: &[],
        usage: "[warn|error|wrap]",
        takes: Takes::Words(&[
            ("warn", "tell of the first place, the default"),
            ("error", "stop there"),
            ("wrap", "say nothing"),
        ]),
        doc: "Say what happens when signed integers do not fit their dtype, or what is set.\n\
              warn (the default) tells of the first place, with its operands and a dtype that holds the result; \
              error stops there, before anything named is written; wrap is silent. Looked at are + - * **, negation, \
              abs, prod and cumprod of signed integers. Unsigned integers, sums and casts wrap.",
        run: overflow,
    },
];

fn overflow(call: &mut Call) -> Result<Value, Fault> {
    let named = |mode: &Mode| match mode {
        Mode::Warn => "warn",
        Mode::Error => "error",
        Mode::Wrap => "wrap",
    };
    if call.rest.is_empty() {
        let text = format!("{}\n", named(&overflow::mode()));
        call.print(&text);
        return Ok(Value::None);
    }
    match [Mode::Warn, Mode::Error, Mode::Wrap].iter().find(|m| named(m) == call.rest) {
        Some(mode) => overflow::set_mode(*mode),
        None => return Err(call.wrong(format!("there is no mode '{}'", call.rest))),
    }
    Ok(Value::None)
}

fn told(
    call: &mut Call,
    lesson: fn(&mut Evaluator, &str, Look) -> Result<String, Refusal>,
) -> Result<Value, Fault> {
    let look = call.shell.console.look;
    let text = lesson(call.evaluator, call.rest, look).map_err(|e| refused(call, e))?;
    call.print(&text);
    Ok(Value::None)
}

fn step(call: &mut Call) -> Result<Value, Fault> {
    let shell = call.shell;
    let waits = shell.prompting.get() && std::io::stdin().is_terminal();
    let mut show = |evaluator: &mut Evaluator, number: usize, text: &str| {
        if waits && number > 1 && !goes_on(shell) {
            return ControlFlow::Break(());
        }
        evaluator.output.write(text);
        ControlFlow::Continue(())
    };
    let done = teach::step::step(call.evaluator, call.rest, shell.console.look, &mut show);
    done.map_err(|e| refused(call, e))?;
    Ok(Value::None)
}

/// Whether the next step is wanted: Enter, not q.
fn goes_on(shell: &Shell) -> bool {
    let answer = shell.console.ask("Enter: the next step; q: no more ");
    answer.is_some_and(|a| !a.trim().to_lowercase().starts_with('q'))
}

fn numpy(call: &mut Call) -> Result<Value, Fault> {
    let code = call.body.unwrap_or(call.rest);
    if code.trim().is_empty() {
        return Err(call.wrong("there is no code to translate"));
    }
    let file = if call.body.is_none() { super::program_file(code) } else { None };
    let translated = match file {
        Some(path) => numpy_file(path)?,
        None => {
            let program = with_session(call, code);
            python::translate("%numpy", &program, &|name| in_file::module(Path::new(""), name))
        }
    };
    let text = translated.map_err(|raised| Fault::Raised(raised))?;
    call.print(&text);
    Ok(Value::None)
}

/// Code after the lines of the session, or of the script up to here, that make its names.
fn with_session(call: &Call, code: &str) -> String {
    let lexicon = &call.evaluator.lexicon;
    let typed = call.shell.log.borrow().inputs.clone();
    match typed.split_last() {
        Some((_, earlier)) => with_its_names(earlier.iter().map(String::as_str), code, lexicon),
        None => {
            let text = call.evaluator.running_source().text.clone();
            let end = text.find(&format!("%{} ", call.command.name)).unwrap_or(0);
            with_its_names(text.get(..end).into_iter(), code, lexicon)
        }
    }
}

fn numpy_file(path: &Path) -> Result<Result<String, Raised>, Fault> {
    in_file::file(path)
        .map_err(|r| Fault::File { path: path.display().to_string(), reason: r.message.clone() })
}

fn refused(call: &Call, refusal: Refusal) -> Fault {
    match refusal {
        Refusal::Reason(reason) => call.wrong(reason),
        Refusal::Raised(raised) => Fault::Raised(raised),
    }
}

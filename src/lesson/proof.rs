//! Trying a lesson before learners do: its lines print what it says, its model answers pass, its wrong
//! answers fail for the reasons given.

use super::check::{Answer, check, report};
use super::sandbox::{Bounds, Sandbox, Trouble};
use super::{ANYTHING, Code, Exercise, Lesson, LessonError, Live, Step};
use crate::eval::Commands;
use crate::syntax::Span;
use std::rc::Rc;

/// Everything that is wrong with a lesson when it runs. `commands` run its `%` lines.
pub fn prove(lesson: &Lesson, commands: Option<Rc<dyn Commands>>, memory: usize) -> Vec<LessonError> {
    let mut errors = Vec::new();
    let mut sandbox = Sandbox::new(commands);
    for step in &lesson.steps {
        match step {
            Step::Text(_) => {}
            Step::Live(live) => errors.extend(output(lesson, live, &mut sandbox)),
            Step::Exercise(e) => {
                let before = errors.len();
                errors.extend(inputs(lesson, e));
                // A learner's later lines find the inputs too.
                let _ = sandbox.run(&lesson.source.name, &lesson.placed(&e.setup), Bounds::default());
                sandbox.output();
                if errors.len() == before {
                    errors.extend(answers(lesson, e, memory));
                }
            }
        }
    }
    errors
}

/// Runs a live line; tells if it prints something else than the file says.
fn output(lesson: &Lesson, live: &Live, sandbox: &mut Sandbox) -> Option<LessonError> {
    if live.output.starts_with(ANYTHING) && live.output != ANYTHING {
        return None;
    }
    let ran = sandbox.run(&lesson.source.name, &lesson.placed(&live.code), Bounds::default());
    let mut given = sandbox.output();
    let failed = ran.is_err();
    if let Err(trouble) = ran {
        given.push_str(&first_line(&trouble));
        given.push('\n');
    }
    let lines = |text: &str| text.trim_end().lines().map(|l| l.trim_end().to_string()).collect::<Vec<_>>();
    let same = (live.output == ANYTHING && !failed) || lines(&given) == lines(&live.output);
    let at = if live.output.is_empty() { live.code.span } else { live.output_span };
    let place = if live.output.is_empty() { end(live.code.span) } else { live.output_span };
    (!same).then_some(LessonError::Output { at, given, place })
}

fn end(span: Span) -> Span {
    Span { start: span.end, end: span.end }
}

/// The lesson's file with the outputs that its lines gave in place of those it has.
pub fn with_outputs(lesson: &Lesson, errors: &[LessonError]) -> String {
    let mut text = lesson.source.text.clone();
    for error in errors.iter().rev() {
        let LessonError::Output { given, place, .. } = error else { continue };
        let lines: Vec<String> =
            given.trim_end().lines().map(|l| format!("#> {l}").trim_end().into()).collect();
        let newline = if place.start == place.end && !lines.is_empty() { "\n" } else { "" };
        if text.get(place.range()).is_some() {
            text.replace_range(place.range(), &format!("{newline}{}", lines.join("\n")));
        }
    }
    text
}

/// `error[code]: message`.
fn first_line(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Failed(f) => {
            let report = report(f);
            format!("error[{}]: {}", report.code, report.message.lines().next().unwrap_or(""))
        }
        Trouble::Late(_) | Trouble::Interrupted => "error[arr::run::interrupted]: interrupted".into(),
    }
}

/// Makes each set of inputs.
fn inputs(lesson: &Lesson, e: &Exercise) -> Option<LessonError> {
    let run = |codes: &[&Code]| {
        let mut sandbox = Sandbox::new(None);
        let mut run = |code: &&Code| {
            let bounds = Bounds { seconds: e.seconds, ..Bounds::default() };
            let ran = sandbox.run(&lesson.source.name, &lesson.placed(code), bounds);
            ran.err().map(|trouble| (code.span, first_line(&trouble)))
        };
        codes.iter().find_map(&mut run)
    };
    let found = run(&[&e.setup]).or_else(|| e.also.iter().find_map(|also| run(&[&e.setup, also])));
    found.map(|(at, reason)| LessonError::Inputs { at, name: e.name.clone(), reason })
}

/// Checks the model answer and the wrong ones.
fn answers(lesson: &Lesson, e: &Exercise, memory: usize) -> Vec<LessonError> {
    let mut errors = Vec::new();
    let verdict = |code: &Code| {
        let text = lesson.placed(code);
        check(lesson, e, &Answer { name: &lesson.source.name, text: &text }, memory)
    };
    let (at, name) = (e.answer.span, e.name.clone());
    let model = verdict(&e.answer);
    if !model.passed() {
        errors.push(LessonError::Answer { at, name: name.clone(), line: model.line(false) });
    }
    for (wanted, code) in &e.wrong {
        let (at, name) = (code.span, name.clone());
        let found = verdict(code);
        let line = found.line(false);
        if found.passed() {
            errors.push(LessonError::WrongPasses { at, name });
        } else if !found.checks.iter().any(|c| !c.ok && c.what.contains(wanted.as_str())) {
            errors.push(LessonError::WrongReason { at, name, wanted: wanted.clone(), line });
        }
    }
    errors
}

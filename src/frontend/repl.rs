//! The prompt: reads entries of one or more lines, runs them, and goes on whatever happens.

use super::args::Invocation;
use super::commands::Shell;
use super::complete::{Offer, offer};
use super::console::Console;
use super::highlight;
use super::history::{self, Shelf};
use super::os;
use crate::session::{Outcome, Session};
use crate::syntax::{SyntaxError, parse};
use crate::value::Value;
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::config::Configurer;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{ColorMode, CompletionType, Config, Context, Editor, Helper};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;

/// Entries kept in the history file.
const MOST_ENTRIES: usize = 10_000;

/// Runs the prompt until the user leaves; gives the exit code.
pub fn run(session: Session, console: Console, shell: Rc<Shell>, invocation: &Invocation) -> i32 {
    let session = Rc::new(RefCell::new(session));
    let mut prompt = match Prompt::new(session, console.clone(), shell, invocation) {
        Ok(prompt) => prompt,
        Err(e) => {
            console.note(&format!("arr: no prompt: {e}\n"));
            return 1;
        }
    };
    if !invocation.quiet {
        let version = env!("CARGO_PKG_VERSION");
        console.print(&format!("arr {version}: %help shows what there is, Ctrl-D leaves\n"));
    }
    loop {
        match prompt.read() {
            Entry::Text(text) if prompt.is_farewell(&text) => return 0,
            Entry::Text(text) => prompt.evaluate(text),
            Entry::Blank => prompt.go_on(),
            Entry::Cleared => {}
            Entry::End => return 0,
            Entry::Broken(e) => {
                console.note(&format!("arr: cannot read the prompt: {e}\n"));
                return 1;
            }
        }
    }
}

struct Prompt {
    session: Rc<RefCell<Session>>,
    console: Console,
    shell: Rc<Shell>,
    editor: Editor<Assistant, FileHistory>,
    file: Option<PathBuf>,
}

/// What the user entered.
enum Entry {
    Text(String),
    Blank,
    /// Nothing: the line was cleared.
    Cleared,
    End,
    Broken(ReadlineError),
}

impl Prompt {
    fn new(
        session: Rc<RefCell<Session>>,
        console: Console,
        shell: Rc<Shell>,
        invocation: &Invocation,
    ) -> rustyline::Result<Prompt> {
        {
            let globals = &mut session.borrow_mut().evaluator.globals;
            globals.set("In", Shelf::inputs(shell.log.clone()));
            globals.set("Out", Shelf::outputs(shell.log.clone()));
        }
        let config = Config::builder()
            .max_history_size(MOST_ENTRIES)?
            .history_ignore_dups(true)?
            .completion_type(CompletionType::List)
            .tab_stop(4)
            .build();
        let mut editor = Editor::with_config(config)?;
        editor.set_color_mode(if console.look.color { ColorMode::Enabled } else { ColorMode::Disabled });
        editor.set_helper(Some(Assistant {
            session: session.clone(),
            files: FilenameCompleter::new(),
            color: console.look.color,
            final_view: Cell::new(false),
        }));
        let file = if invocation.no_config { None } else { history::file() };
        if let Some(file) = &file {
            // Without a history file yet, there is none to load.
            let _ = editor.load_history(file);
        }
        Ok(Prompt { session, console, shell, editor, file })
    }

    /// Reads lines until they make a whole entry.
    fn read(&mut self) -> Entry {
        let number = self.shell.log.borrow().next();
        let first = format!("In [{number}]: ");
        let next = format!("{:>width$}", "...: ", width = first.len());
        let mut text = String::new();
        loop {
            let (prompt, indent) =
                if text.is_empty() { (&first, String::new()) } else { (&next, self.indent(&text)) };
            let styled =
                if self.console.look.color { format!("\x1b[32m{prompt}\x1b[0m") } else { prompt.clone() };
            self.console.flush();
            let line = match self.editor.readline_with_initial(&(prompt.as_str(), styled), (&indent, "")) {
                Ok(line) => line,
                Err(ReadlineError::Interrupted) => return Entry::Cleared,
                // What is there already is run, and says what it lacks.
                Err(ReadlineError::Eof) if !text.is_empty() => return Entry::Text(text),
                Err(ReadlineError::Eof) => return Entry::End,
                Err(e) => return Entry::Broken(e),
            };
            let line = line.trim_end_matches(['\n', '\r']);
            if text.is_empty() && line.trim().is_empty() {
                return Entry::Blank;
            }
            let blank = line.trim().is_empty();
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line);
            if self.is_whole(&text, blank) {
                return Entry::Text(text);
            }
        }
    }

    /// Whether an entry can run. A command's lines end with a blank one.
    fn is_whole(&self, text: &str, blank: bool) -> bool {
        let parsed = parse(text, &self.session.borrow().evaluator.lexicon);
        !parsed.incomplete || (blank && parsed.errors.is_empty())
    }

    /// Spaces for the line after an unfinished text.
    fn indent(&self, text: &str) -> String {
        let last = text.lines().last().unwrap_or("");
        let spaces = last.len() - last.trim_start_matches(' ').len();
        let parsed = parse(text, &self.session.borrow().evaluator.lexicon);
        if parsed.errors.iter().any(|e| matches!(e, SyntaxError::UnclosedString { .. })) {
            return String::new();
        }
        let deeper = if last.trim_end().ends_with(['{', '(', '[']) { 4 } else { 0 };
        " ".repeat(spaces + deeper)
    }

    /// `exit` and `quit` leave, unless the program has given the name a meaning.
    fn is_farewell(&self, text: &str) -> bool {
        let name = text.trim().trim_end_matches("()");
        matches!(name, "exit" | "quit") && self.session.borrow_mut().evaluator.globals.get(name).is_none()
    }

    /// An empty line goes on with a lesson.
    fn go_on(&mut self) {
        if self.shell.classroom.takes_enter() {
            os::set_running(true);
            let outcome = self.session.borrow_mut().run("%next", "%next");
            os::set_running(false);
            if let Outcome::Failed(failure) = outcome {
                self.console.failure(&failure);
            }
            self.console.flush();
        }
    }

    fn evaluate(&mut self, text: String) {
        let number = self.shell.log.borrow().next();
        self.remember(&text);
        let mut session = self.session.borrow_mut();
        os::set_running(true);
        let outcome = session.run(&format!("In [{number}]"), &text);
        os::set_running(false);
        match outcome {
            Outcome::Done(Value::None) => {}
            Outcome::Done(value) => {
                if !text.trim_end().ends_with(';') {
                    self.shell.log.borrow_mut().keep(&value);
                }
            }
            Outcome::Failed(failure) => self.console.failure(&failure),
        }
        self.console.flush();
    }

    fn remember(&mut self, text: &str) {
        self.shell.log.borrow_mut().inputs.push(text.to_string());
        // A history that cannot be written must not stop the work.
        let added = self.editor.add_history_entry(text).unwrap_or(false);
        if let Some(file) = self.file.as_ref().filter(|_| added) {
            let _ = self.editor.append_history(file);
        }
    }
}

/// What the line editor asks of the language: completion and colours.
struct Assistant {
    session: Rc<RefCell<Session>>,
    files: FilenameCompleter,
    color: bool,
    /// The line has been entered: no bracket is marked any more.
    final_view: Cell<bool>,
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, ctx: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let Ok(mut session) = self.session.try_borrow_mut() else { return Ok((at, Vec::new())) };
        let Offer { from, words, files } = offer(&mut session.evaluator, &line[..at]);
        if files {
            return self.files.complete(line, at, ctx);
        }
        Ok((from, words.into_iter().map(|(display, replacement)| Pair { display, replacement }).collect()))
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, at: usize) -> Cow<'l, str> {
        let cursor = if self.final_view.get() { usize::MAX } else { at };
        if self.color { Cow::Owned(highlight::paint(line, cursor)) } else { Cow::Borrowed(line) }
    }

    fn highlight_char(&self, _line: &str, _at: usize, kind: CmdKind) -> bool {
        self.final_view.set(kind == CmdKind::ForcedRefresh);
        self.color
    }
}

impl Hinter for Assistant {
    type Hint = String;
}

impl Validator for Assistant {}

impl Helper for Assistant {}

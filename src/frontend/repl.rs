//! The prompt: reads entries of one or more lines, runs them, and goes on whatever happens.

use super::args::Invocation;
use super::assistant::Assistant;
use super::commands::Shell;
use super::config::{self, EditMode, Problem};
use super::console::Console;
use super::editing::{self, Keys, Mood};
use super::history::{self, Shelf};
use super::os;
use super::progress;
use super::script::read_source;
use crate::prim;
use crate::session::{Outcome, Session};
use crate::syntax::Lexicon;
use crate::value::Value;
use rustyline::completion::FilenameCompleter;
use rustyline::config::{BellStyle, Configurer};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{ColorMode, CompletionType, Config, Editor, Event, EventHandler};
use std::cell::{Cell, RefCell};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

/// Runs the prompt until the user leaves; gives the exit code. `problems` are those of the
/// configuration.
pub fn run(session: Session, shell: Rc<Shell>, invocation: &Invocation, problems: &[Problem]) -> i32 {
    let session = Rc::new(RefCell::new(session));
    let console = shell.console.clone();
    let mut prompt = match Prompt::new(session, shell, invocation) {
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
    if let Some(file) = config::file("config.toml") {
        for Problem { line, text } in problems {
            console.note(&format!("{}:{line}: warning: {text}\n", file.display()));
        }
    }
    if !invocation.no_config {
        prompt.start_up();
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
    lexicon: Lexicon,
    file: Option<PathBuf>,
    /// Long work shows its progress.
    watched: bool,
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
        shell: Rc<Shell>,
        invocation: &Invocation,
    ) -> rustyline::Result<Prompt> {
        {
            let globals = &mut session.borrow_mut().evaluator.globals;
            globals.set("In", Shelf::inputs(shell.log.clone()));
            globals.set("Out", Shelf::outputs(shell.log.clone()));
        }
        let console = shell.console.clone();
        let mut editor = editor(&shell)?;
        let mood = Arc::<Mood>::default();
        let lexicon = prim::table().lexicon();
        let prefix = shell.settings.glyph_prefix;
        let keys = Keys { mood: mood.clone(), lexicon: lexicon.clone(), prefix };
        editor.bind_sequence(Event::Any, EventHandler::Conditional(Box::new(keys)));
        editor.set_helper(Some(Assistant {
            session: session.clone(),
            mood,
            look: console.look,
            // Read aloud, a hint sounds like what was typed.
            hints: shell.settings.hints && !console.look.spoken,
            prefix,
            files: FilenameCompleter::new(),
            entered: Cell::new(false),
        }));
        shell.prompting.set(true);
        let file = if invocation.no_config { None } else { history::file() };
        if let Some(file) = &file {
            // Without a history file yet, there is none to load.
            let _ = editor.load_history(file);
        }
        let dumb = std::env::var_os("TERM").is_none_or(|t| t == "dumb");
        let watched =
            shell.settings.progress && !console.look.spoken && !dumb && std::io::stderr().is_terminal();
        if watched {
            progress::start();
        }
        Ok(Prompt { session, console, shell, editor, lexicon, file, watched })
    }

    /// Runs the user's start-up file, if there is one; its names stay.
    fn start_up(&mut self) {
        let Some(file) = config::file("startup.arr").filter(|f| f.exists()) else { return };
        match read_source(&file) {
            Ok(text) => {
                self.run(&file.display().to_string(), &text);
            }
            Err(report) => self.console.report(&report),
        }
    }

    /// Reads lines until they make a whole entry. At a terminal the editor takes them all at once.
    fn read(&mut self) -> Entry {
        let number = self.shell.log.borrow().next();
        let first = format!("In [{number}]: ");
        let next = format!("{:>width$}", "...: ", width = first.len());
        let mut text = String::new();
        let mut draft = self.shell.draft.borrow_mut().take();
        loop {
            let prompt = if text.is_empty() { &first } else { &next };
            let styled =
                if self.console.look.color { format!("\x1b[32m{prompt}\x1b[0m") } else { prompt.clone() };
            self.console.flush();
            let draft = draft.take().unwrap_or_default();
            let line = match self.editor.readline_with_initial(&(prompt.as_str(), styled), (&draft, "")) {
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
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line);
            if line.contains('\n') || editing::is_whole(&text, &self.lexicon) {
                return Entry::Text(text);
            }
        }
    }

    /// `exit` and `quit` leave, unless the program has given the name a meaning.
    fn is_farewell(&self, text: &str) -> bool {
        let name = text.trim().trim_end_matches("()");
        matches!(name, "exit" | "quit") && self.session.borrow_mut().evaluator.globals.get(name).is_none()
    }

    /// An empty line goes on with a lesson.
    fn go_on(&mut self) {
        if self.shell.classroom.takes_enter() {
            self.run("%next", "%next");
        }
    }

    fn evaluate(&mut self, text: String) {
        let number = self.shell.log.borrow().next();
        self.remember(&text);
        if let Some(value) = self.run(&format!("In [{number}]"), &text)
            && !text.trim_end().ends_with(';')
        {
            self.shell.log.borrow_mut().keep(number, &value);
        }
    }

    /// Runs a text under the eyes of Ctrl-C; gives the last value that it showed.
    fn run(&mut self, name: &str, text: &str) -> Option<Value> {
        let mut session = self.session.borrow_mut();
        let watch = self.watched.then(progress::Watch::begin);
        os::set_running(true);
        let outcome = session.run(name, text);
        os::set_running(false);
        drop(watch);
        let value = match outcome {
            Outcome::Done(Value::None) => None,
            Outcome::Done(value) => Some(value),
            Outcome::Failed(failure) => {
                // The terminal has written `^C` where the cursor stood.
                if failure.is_interrupt() {
                    self.console.note("\n");
                }
                self.console.failure(&failure);
                None
            }
        };
        self.console.flush();
        value
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

/// The line editor, as the settings want it.
fn editor(shell: &Shell) -> rustyline::Result<Editor<Assistant, FileHistory>> {
    let look = shell.console.look;
    let mode = match shell.settings.edit_mode {
        EditMode::Emacs => rustyline::EditMode::Emacs,
        EditMode::Vi => rustyline::EditMode::Vi,
    };
    let config = Config::builder()
        .max_history_size(shell.settings.history_size)?
        .history_ignore_dups(true)?
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .bell_style(BellStyle::None)
        .edit_mode(mode)
        .tab_stop(4)
        .build();
    let mut editor = Editor::with_config(config)?;
    // The assistant itself leaves out colours, but not the underlined brackets.
    editor.set_color_mode(if look.spoken { ColorMode::Disabled } else { ColorMode::Forced });
    Ok(editor)
}

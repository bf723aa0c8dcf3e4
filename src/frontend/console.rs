//! Where text goes: results to standard output, everything else to standard error, in the order in
//! which the program made them.

use super::args::Color;
use super::highlight;
use super::os;
use super::progress;
use crate::error::{Look, Report, line_at, render};
use crate::eval::{Output, Source};
use crate::exec::interrupt;
use crate::session::Failure;
use crate::show::wrap;
use crate::syntax::Span;
use crate::value::Warning;
use std::cell::RefCell;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Stdout, Write};
use std::rc::Rc;

/// Bytes of a text that are written before a look at whether the user stops it.
const PIECE: usize = 1 << 16;

/// Both streams of the program; clones share them.
#[derive(Clone)]
pub struct Console {
    out: Rc<RefCell<BufWriter<Stdout>>>,
    /// Standard output is a terminal: it shows text at once.
    prompt: bool,
    pub look: Look,
}

impl Console {
    /// `spoken`: output for reading aloud.
    pub fn new(color: Color, spoken: bool) -> Console {
        let terminal = io::stderr().is_terminal();
        let dumb = std::env::var_os("TERM").is_some_and(|t| t == "dumb");
        let color = match color {
            _ if spoken => false,
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !dumb,
        };
        let width = if terminal { terminal_width().unwrap_or(80) } else { 100 };
        Console {
            out: Rc::new(RefCell::new(BufWriter::with_capacity(1 << 16, io::stdout()))),
            prompt: io::stdout().is_terminal(),
            look: Look { color, unicode: unicode_locale(), width, spoken },
        }
    }

    /// Text for standard output.
    pub fn print(&self, text: &str) {
        let _pause = progress::pause(!text.ends_with('\n'));
        let mut out = self.out.borrow_mut();
        // Who stops a long text does not want the rest of it; what was stopped before is a partial result.
        let pieces = text.as_bytes().chunks(PIECE);
        let before = interrupt::requested();
        let mut wanted = pieces.take_while(|_| before || !interrupt::requested());
        let written = wanted.try_for_each(|piece| out.write_all(piece));
        let written = if self.prompt { written.and_then(|()| out.flush()) } else { written };
        drop(out);
        written.unwrap_or_else(|e| self.give_up(&e));
    }

    /// Writes what is held back.
    pub fn flush(&self) {
        let flushed = self.out.borrow_mut().flush();
        flushed.unwrap_or_else(|e| self.give_up(&e));
    }

    /// Text for standard error, after all that was printed before it.
    pub fn note(&self, text: &str) {
        self.flush();
        let _pause = progress::pause(!text.ends_with('\n'));
        // There is nowhere left to say that standard error is closed.
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// Asks on the terminal; the line that is typed. `None` at its end, and when the user stops instead.
    pub fn ask(&self, question: &str) -> Option<String> {
        self.note(question);
        let mut answer = String::new();
        let read = os::wait_for_input() && io::stdin().read_line(&mut answer).is_ok_and(|n| n > 0);
        if !read {
            self.note("\n");
        }
        read.then_some(answer)
    }

    pub fn report(&self, report: &Report) {
        self.note(&render(report, self.look));
    }

    /// Says why a run ended early.
    pub fn failure(&self, failure: &Failure) {
        match failure {
            Failure::Incomplete { source, errors } | Failure::Syntax { source, errors } => {
                for e in errors {
                    self.report(&Report::from_syntax(e, source));
                }
            }
            Failure::Error(raised) => self.report(&Report::from_located(raised)),
            Failure::Internal { message } => self.report(&Report::internal(message)),
        }
    }

    /// Leaves when standard output cannot be written: quietly if its reader has gone.
    fn give_up(&self, e: &io::Error) -> ! {
        if e.kind() == ErrorKind::BrokenPipe {
            std::process::exit(0);
        }
        let _ = writeln!(io::stderr(), "arr: cannot write to standard output: {e}");
        std::process::exit(1);
    }

    /// Text for standard output in a colour, where that shows colours.
    pub fn paint_output(&self, code: &str, text: &str) -> String {
        if self.prompt { self.paint(code, text) } else { text.to_string() }
    }

    /// Source text for standard output, coloured as at the prompt.
    pub fn paint_code(&self, code: &str) -> String {
        if self.prompt && self.look.color {
            highlight::paint(code, usize::MAX, true)
        } else {
            code.to_string()
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.look.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }
}

impl Output for Console {
    fn write(&mut self, text: &str) {
        self.print(text);
    }

    fn warning(&mut self, warning: &Warning, source: &Source, span: Span) {
        let (line, text) = line_at(&source.text, span.start as usize);
        let mut told = format!("{}:{line}: {}: {}", source.name, warning.category, warning.message());
        // Programs read a warning as one line; a terminal would break it within words.
        if io::stderr().is_terminal() {
            told = wrap(&told, self.look.width.saturating_sub(4)).join("\n    ");
        }
        let told = told.replacen(warning.category, &self.paint("33", warning.category), 1);
        self.note(&format!("{told}\n  {}\n", text.trim()));
    }

    fn hint(&mut self, text: &str) {
        self.note(text);
    }
}

/// The width of the terminal, from its window or `COLUMNS`.
pub fn terminal_width() -> Option<usize> {
    let columns = || std::env::var("COLUMNS").ok()?.parse().ok();
    super::os::window_width().or_else(columns).filter(|&n| n >= 20)
}

/// Whether the locale shows more than ASCII; where none is set, UTF-8 is what terminals show.
fn unicode_locale() -> bool {
    let set = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    match set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")) {
        Some(v) => {
            let v = v.to_ascii_lowercase();
            v.contains("utf") || v == "c" || v == "posix"
        }
        None => true,
    }
}

//! What the line editor asks of the language while one types: completions, colours, and hints from
//! the history.

use super::complete::{self, Candidate, Offer};
use super::console::terminal_width;
use super::editing::Mood;
use super::highlight;
use crate::error::Look;
use crate::session::Session;
use crate::show;
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::history::SearchDirection;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Context, Helper};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use unicode_width::UnicodeWidthStr;

/// Candidates with more company than this are listed without their documentation, in columns.
const MOST_WITH_DOCS: usize = 60;

pub struct Assistant {
    pub session: Rc<RefCell<Session>>,
    pub mood: Arc<Mood>,
    pub look: Look,
    pub hints: bool,
    /// The key before a glyph's.
    pub prefix: Option<char>,
    pub files: FilenameCompleter,
    /// The line has been entered: no bracket is marked any more.
    pub entered: Cell<bool>,
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, ctx: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        if self.mood.listing.swap(false, Relaxed) {
            return Ok((at, self.listed(complete::keys())));
        }
        let Ok(mut session) = self.session.try_borrow_mut() else { return Ok((at, Vec::new())) };
        let Offer { from, candidates, files } = complete::offer(&mut session.evaluator, &line[..at]);
        if files {
            let (from, found) = self.files.complete(line, at, ctx)?;
            if !found.is_empty() || candidates.is_empty() {
                return Ok((from, found));
            }
        }
        Ok((from, self.listed(candidates)))
    }
}

impl Assistant {
    /// Candidates as they are listed: the labels, and beside each its documentation.
    fn listed(&self, candidates: Vec<Candidate>) -> Vec<Pair> {
        let bare = candidates.len() > MOST_WITH_DOCS;
        let columns = terminal_width().unwrap_or(80).saturating_sub(2);
        let widest = candidates.iter().map(|c| c.label.width()).max().unwrap_or(0);
        let pair = |c: Candidate| {
            let display = match self.look.spoken {
                _ if bare || c.doc.is_empty() => c.label,
                true => format!("{}: {}", c.label, c.doc),
                false => {
                    let gap = " ".repeat(widest + 2 - c.label.width());
                    show::shorten(&format!("{}{gap}{}", c.label, c.doc), columns)
                }
            };
            Pair { display, replacement: c.text }
        };
        let mut pairs: Vec<Pair> = candidates.into_iter().map(pair).collect();
        // One candidate a line: the editor makes columns of what is narrow.
        if let Some(first) = pairs.first_mut().filter(|_| !bare && !self.look.spoken) {
            let missing = (columns / 2 + 2).saturating_sub(first.display.width());
            first.display.push_str(&" ".repeat(missing));
        }
        pairs
    }

    fn suggestion(&self, line: &str, ctx: &Context<'_>) -> Option<Suggestion> {
        let history = ctx.history();
        let last = ctx.history_index().min(history.len().checked_sub(1)?);
        let found = history.starts_with(line, last, SearchDirection::Reverse).ok()??;
        let rest = found.entry.get(line.len()..).filter(|r| !r.is_empty())?.to_string();
        let first = match rest.split_once('\n') {
            Some((first, _)) => format!("{first} …"),
            None => rest.clone(),
        };
        // Without colour it must not look like typed text.
        let shown = if self.look.color { first } else { format!("[{first}]") };
        Some(Suggestion { shown, rest: Some(rest) })
    }

    /// Notes where in the history the text stands, for the keys.
    fn place(&self, line: &str, at: usize, ctx: &Context<'_>) {
        let (history, index) = (ctx.history(), ctx.history_index());
        let entry = history.get(index, SearchDirection::Forward).ok().flatten();
        self.mood.browsing.store(index < history.len() && entry.is_some_and(|e| e.entry == line), Relaxed);
        let before = line.get(..at).unwrap_or(line);
        let earlier = index
            .checked_sub(1)
            .and_then(|i| history.starts_with(before, i, SearchDirection::Reverse).ok()?);
        self.mood.earlier.store(earlier.is_some(), Relaxed);
    }
}

/// The rest of an entry of the history, or the sign that a glyph's key is awaited.
pub struct Suggestion {
    shown: String,
    rest: Option<String>,
}

impl Hint for Suggestion {
    fn display(&self) -> &str {
        &self.shown
    }

    fn completion(&self) -> Option<&str> {
        self.rest.as_deref()
    }
}

impl Hinter for Assistant {
    type Hint = Suggestion;

    fn hint(&self, line: &str, at: usize, ctx: &Context<'_>) -> Option<Suggestion> {
        self.place(line, at, ctx);
        if let Some(prefix) = self.prefix.filter(|_| self.mood.prefixed.load(Relaxed)) {
            return Some(Suggestion { shown: prefix.into(), rest: None });
        }
        let wanted = self.hints && at == line.len() && !line.trim().is_empty();
        if wanted { self.suggestion(line, ctx) } else { None }
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, at: usize) -> Cow<'l, str> {
        let cursor = if self.entered.get() { usize::MAX } else { at };
        Cow::Owned(highlight::paint(line, cursor, self.look.color))
    }

    fn highlight_char(&self, _line: &str, _at: usize, kind: CmdKind) -> bool {
        self.entered.set(kind == CmdKind::ForcedRefresh);
        true
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        match self.look.color {
            true => Cow::Owned(format!("\x1b[3;90m{hint}\x1b[0m")),
            false => Cow::Borrowed(hint),
        }
    }

    fn highlight_candidate<'c>(&self, candidate: &'c str, _completion: CompletionType) -> Cow<'c, str> {
        match candidate.split_once("  ") {
            Some((label, doc)) if self.look.color => Cow::Owned(format!("{label}  \x1b[90m{doc}\x1b[0m")),
            _ => Cow::Borrowed(candidate),
        }
    }
}

impl Validator for Assistant {}

impl Helper for Assistant {}

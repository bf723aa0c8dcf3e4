//! Keys at the prompt: what Enter, Up, Down, Tab and the glyph prefix do with the text as it stands.
//! Everything else is the line editor's own, in its emacs or vi mode.

use super::keyboard;
use crate::syntax::{Lexicon, SyntaxError, parse};
use rustyline::{
    Cmd, ConditionalEventHandler, EditMode, Event, EventContext, InputMode, KeyCode, KeyEvent, Modifiers,
    Movement, RepeatCount,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Columns of one step of indentation.
const STEP: usize = 4;

/// What the keys and the assistant know of each other.
#[derive(Default)]
pub struct Mood {
    /// The prefix key was typed; the next key is a glyph's.
    pub prefixed: AtomicBool,
    /// Tab was typed after the prefix key: every key is to be listed.
    pub listing: AtomicBool,
    /// The text is an entry of the history, as it was.
    pub browsing: AtomicBool,
    /// The history has an earlier entry that begins with the text before the cursor.
    pub earlier: AtomicBool,
    /// Up and Down go through the entries that begin as the typed text.
    searching: AtomicBool,
}

/// The handler of every key.
pub struct Keys {
    pub mood: Arc<Mood>,
    pub lexicon: Lexicon,
    pub prefix: Option<char>,
}

impl ConditionalEventHandler for Keys {
    fn handle(&self, event: &Event, _n: RepeatCount, _positive: bool, ctx: &EventContext) -> Option<Cmd> {
        let prefixed = self.mood.prefixed.swap(false, Relaxed);
        if ctx.mode() == EditMode::Vi && ctx.input_mode() == InputMode::Command {
            return None;
        }
        let KeyEvent(code, modifiers) = *event.get(0)?;
        let text = ctx.line();
        let before = text.get(..ctx.pos())?;
        let enter = KeyCode::Enter == code
            || modifiers == Modifiers::CTRL && matches!(code, KeyCode::Char('J' | 'M'));
        match code {
            _ if enter && modifiers == Modifiers::ALT => Some(Cmd::Newline),
            _ if enter => self.enter(text, before),
            KeyCode::Char(c) if modifiers == Modifiers::NONE => self.character(c, prefixed, before),
            KeyCode::Tab if prefixed => {
                self.mood.listing.store(true, Relaxed);
                Some(Cmd::Complete)
            }
            KeyCode::Tab if last_line(before).trim().is_empty() => {
                let columns = STEP - last_line(before).chars().count() % STEP;
                Some(Cmd::Insert(1, " ".repeat(columns)))
            }
            KeyCode::Up if modifiers == Modifiers::NONE => self.up(before),
            KeyCode::Down if modifiers == Modifiers::NONE => self.down(text, before),
            _ => None,
        }
    }
}

impl Keys {
    /// Enter runs a whole text, from its last line; else it begins a new line.
    fn enter(&self, text: &str, before: &str) -> Option<Cmd> {
        let inside = text.get(before.len()..).is_some_and(|rest| rest.contains('\n'));
        if !inside && is_whole(text, &self.lexicon) {
            return Some(Cmd::AcceptLine);
        }
        Some(Cmd::Insert(1, format!("\n{}", " ".repeat(indent(before, &self.lexicon)))))
    }

    fn character(&self, c: char, prefixed: bool, before: &str) -> Option<Cmd> {
        if prefixed {
            return match keyboard::glyph(c) {
                // Twice it writes itself, also where it is the key of a glyph.
                _ if Some(c) == self.prefix => Some(Cmd::Insert(1, c.into())),
                Some(glyph) => Some(Cmd::Insert(1, glyph.into())),
                None => Some(Cmd::Insert(1, self.prefix.into_iter().chain([c]).collect())),
            };
        }
        if Some(c) == self.prefix {
            self.mood.prefixed.store(true, Relaxed);
            return Some(Cmd::Repaint);
        }
        let line = last_line(before);
        let spaces = line.len().checked_sub(STEP).filter(|_| line.trim().is_empty())?;
        if before.contains('\n') && matches!(c, '}' | ')' | ']') {
            // A closing bracket stands under the line that opened it.
            return Some(Cmd::Replace(Movement::BeginningOfLine, Some(format!("{}{c}", " ".repeat(spaces)))));
        }
        None
    }

    fn up(&self, before: &str) -> Option<Cmd> {
        if before.contains('\n') {
            return None;
        }
        if !self.mood.browsing.load(Relaxed) {
            self.mood.searching.store(!before.is_empty(), Relaxed);
        }
        if !self.mood.searching.load(Relaxed) {
            return None;
        }
        Some(if self.mood.earlier.load(Relaxed) { Cmd::HistorySearchBackward } else { Cmd::Noop })
    }

    fn down(&self, text: &str, before: &str) -> Option<Cmd> {
        let inside = text.get(before.len()..).is_some_and(|rest| rest.contains('\n'));
        let searching = self.mood.browsing.load(Relaxed) && self.mood.searching.load(Relaxed);
        (searching && !inside).then_some(Cmd::HistorySearchForward)
    }
}

fn last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or("")
}

/// Whether an entry can run. The lines of a `%%` command end with an empty one.
pub fn is_whole(text: &str, lexicon: &Lexicon) -> bool {
    let parsed = parse(text, lexicon);
    let blank = text.contains('\n') && last_line(text).trim().is_empty();
    !parsed.incomplete || (blank && parsed.errors.is_empty())
}

/// Columns by which the line after an unfinished text is indented.
pub fn indent(text: &str, lexicon: &Lexicon) -> usize {
    let last = last_line(text);
    let spaces = last.len() - last.trim_start_matches(' ').len();
    if parse(text, lexicon).errors.iter().any(|e| matches!(e, SyntaxError::UnclosedString { .. })) {
        return 0;
    }
    let deeper = if last.trim_end().ends_with(['{', '(', '[']) { STEP } else { 0 };
    spaces + deeper
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys { mood: Arc::default(), lexicon: crate::prim::table().lexicon(), prefix: Some('`') }
    }

    #[test]
    fn enter_runs_what_is_whole() {
        let keys = keys();
        let at_end = |text: &str| keys.enter(text, text).unwrap();
        assert_eq!(at_end("1 + 1"), Cmd::AcceptLine);
        assert_eq!(at_end("1 +"), Cmd::Insert(1, "\n".into()));
        assert_eq!(at_end("fn f(x) {"), Cmd::Insert(1, "\n    ".into()));
        assert_eq!(at_end("fn f(x) {\n    x\n}"), Cmd::AcceptLine);
        assert_eq!(at_end("%%time"), Cmd::Insert(1, "\n".into()));
        assert_eq!(at_end("%%time\n1"), Cmd::Insert(1, "\n".into()));
        assert_eq!(at_end("%%time\n1\n"), Cmd::AcceptLine);
        assert_eq!(keys.enter("x = 1\ny = 2", "x = 1").unwrap(), Cmd::Insert(1, "\n".into()));
    }

    #[test]
    fn the_prefix_key_writes_glyphs() {
        let keys = keys();
        assert_eq!(keys.character('`', false, ""), Some(Cmd::Repaint));
        assert!(keys.mood.prefixed.load(Relaxed));
        assert_eq!(keys.character('i', true, ""), Some(Cmd::Insert(1, "⍳".into())));
        assert_eq!(keys.character('`', true, ""), Some(Cmd::Insert(1, "`".into())));
        assert_eq!(keys.character('Z', true, ""), Some(Cmd::Insert(1, "`Z".into())));
        assert_eq!(keys.character('i', false, ""), None);
    }

    #[test]
    fn up_searches_for_what_was_typed() {
        let keys = keys();
        assert_eq!(keys.up(""), None);
        keys.mood.earlier.store(true, Relaxed);
        assert_eq!(keys.up("x ="), Some(Cmd::HistorySearchBackward));
        keys.mood.browsing.store(true, Relaxed);
        assert_eq!(keys.up("x ="), Some(Cmd::HistorySearchBackward));
        assert_eq!(keys.down("x = 5", "x ="), Some(Cmd::HistorySearchForward));
        keys.mood.browsing.store(false, Relaxed);
        assert_eq!((keys.up(""), keys.up("{\n x")), (None, None));
    }
}

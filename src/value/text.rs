//! Strings: shared text that grows in place where nobody else holds it, as CPython's do, so that a
//! loop's `s += c` costs what `c` is long and not what `s` is. It knows whether all of its characters
//! are ASCII's: then a character's place is its byte's, and indexing and slicing look at nothing before.

use super::Value;
use std::cell::OnceCell;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

/// A shared string.
#[derive(Clone)]
pub struct Text(Rc<Inner>);

#[derive(Clone)]
struct Inner {
    text: String,
    ascii: bool,
}

thread_local! {
    static LETTERS: [OnceCell<Text>; 128] = const { [const { OnceCell::new() }; 128] };
}

impl Text {
    /// A text of one character; those of ASCII are made once for each thread.
    #[inline]
    pub fn of_letter(c: char) -> Text {
        let new = || Text::from(String::from(c));
        let known = LETTERS.try_with(|all| all.get(c as usize).map(|one| one.get_or_init(new).clone()));
        known.ok().flatten().unwrap_or_else(new)
    }

    /// Two texts, one after the other.
    pub fn join(&self, next: &Text) -> Text {
        let mut text = String::with_capacity(self.len() + next.len());
        text.push_str(self);
        text.push_str(next);
        Text(Rc::new(Inner { text, ascii: self.0.ascii && next.0.ascii }))
    }

    /// Writes it over a value, as [`Value::put`] does.
    #[inline(always)]
    pub fn put(self, slot: &mut Value) {
        match slot {
            Value::Str(old) => *old = self,
            slot => *slot = Value::Str(self),
        }
    }

    /// Whether each character is one byte.
    #[inline]
    pub fn is_ascii(&self) -> bool {
        self.0.ascii
    }

    /// The number of characters.
    #[inline]
    pub fn count(&self) -> usize {
        if self.0.ascii { self.0.text.len() } else { self.0.text.chars().count() }
    }

    /// The character at a byte's place, where all are ASCII's.
    #[inline]
    pub fn letter(&self, at: usize) -> Option<char> {
        if self.0.ascii { self.0.text.as_bytes().get(at).map(|&b| b as char) } else { None }
    }

    /// Appends: in place if this is the only holder.
    pub fn push_str(&mut self, more: &str) {
        if let Some(own) = Rc::get_mut(&mut self.0) {
            own.ascii &= more.is_ascii();
            own.text.push_str(more);
            return;
        }
        // Room for as much again: what grows once grows on.
        let mut text = String::with_capacity(2 * (self.len() + more.len()));
        text.push_str(self);
        text.push_str(more);
        let ascii = self.0.ascii && more.is_ascii();
        self.0 = Rc::new(Inner { text, ascii });
    }

    /// The same object.
    pub fn same(&self, other: &Text) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Deref for Text {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        &self.0.text
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        let ascii = text.is_ascii();
        Text(Rc::new(Inner { text, ascii }))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        match *text.as_bytes() {
            [b] if b.is_ascii() => Text::of_letter(b as char),
            _ => Text::from(text.to_string()),
        }
    }
}

impl PartialEq for Text {
    #[inline]
    fn eq(&self, other: &Text) -> bool {
        match (self.as_bytes(), other.as_bytes()) {
            // Letters, without a call.
            ([a], [b]) => a == b,
            (a, b) => self.same(other) || a == b,
        }
    }
}

impl Eq for Text {}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_grow_in_place_alone() {
        let mut a = Text::from("ab");
        let b = a.clone();
        a.push_str("c");
        assert_eq!((&*a, &*b), ("abc", "ab"));
        let address = a.as_ptr();
        a.push_str("d");
        assert_eq!((&*a, a.as_ptr(), a.count(), a.letter(3)), ("abcd", address, 4, Some('d')));
        a.push_str("ñ");
        assert_eq!((a.is_ascii(), a.len(), a.count(), a.letter(0)), (false, 6, 5, None));
    }
}

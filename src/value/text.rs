//! Strings: shared text that grows in place where nobody else holds it, as CPython's do, so that a
//! loop's `s += c` costs what `c` is long and not what `s` is. It knows whether all of its characters
//! are ASCII's: then a character's place is its byte's, and indexing and slicing look at nothing before.
//!
//! A text is one pointer, which travels in a register, and up to 24 bytes stand where it points to, in one
//! allocation. Texts of 16 bytes and more that needed none at all were tried: they travel through memory,
//! written in parts and read whole, and a loop over the letters of a text took twice as long.

use super::Value;
use compact_str::CompactString;
use std::cell::OnceCell;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

/// Bytes that need no allocation of their own.
const SHORT: usize = 24;

/// A shared string.
#[derive(Clone)]
pub struct Text(Rc<Inner>);

#[derive(Clone)]
struct Inner {
    text: CompactString,
    ascii: bool,
}

thread_local! {
    static LETTERS: [OnceCell<Text>; 128] = const { [const { OnceCell::new() }; 128] };
}

impl Text {
    fn new(text: CompactString, ascii: bool) -> Text {
        Text(Rc::new(Inner { text, ascii }))
    }

    /// A text of one character; those of ASCII are made once for each thread.
    #[inline]
    pub fn of_letter(c: char) -> Text {
        let new = || Text::new(CompactString::from(&*c.encode_utf8(&mut [0; 4])), c.is_ascii());
        let known = LETTERS.try_with(|all| all.get(c as usize).map(|one| one.get_or_init(new).clone()));
        known.ok().flatten().unwrap_or_else(new)
    }

    /// Two texts, one after the other.
    pub fn join(&self, next: &Text) -> Text {
        let mut text = CompactString::with_capacity(self.len() + next.len());
        text.push_str(self);
        text.push_str(next);
        Text::new(text, self.0.ascii && next.0.ascii)
    }

    /// A part of it, from one byte's place to another's; `None` where these are in a character.
    #[inline]
    pub fn part(&self, from: usize, to: usize) -> Option<Text> {
        match self.get(from..to)? {
            part if part.len() == 1 => Some(Text::from(part)),
            part => Some(Text::new(part.into(), self.0.ascii || part.is_ascii())),
        }
    }

    /// Every so many characters of it, each of which is one byte.
    pub fn strided(&self, start: usize, count: usize, step: isize) -> Option<Text> {
        let bytes = self.as_bytes();
        let at = (0..count).map(|k| bytes.get(start.wrapping_add_signed(k as isize * step)));
        let (mut few, mut text) = ([0; SHORT], String::new());
        if let Some(few) = few.get_mut(..count) {
            few.iter_mut().zip(at).try_for_each(|(to, b)| b.map(|b| *to = *b))?;
            return std::str::from_utf8(few).ok().map(Text::from);
        }
        text.reserve(count);
        at.into_iter().try_for_each(|b| b.map(|b| text.push(char::from(*b))))?;
        Some(Text::from(text))
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
        if self.0.ascii { self.len() } else { self.chars().count() }
    }

    /// The character at a byte's place, where all are ASCII's.
    #[inline]
    pub fn letter(&self, at: usize) -> Option<char> {
        if self.0.ascii { self.as_bytes().get(at).map(|&b| b as char) } else { None }
    }

    /// Appends: in place if this is the only holder.
    #[inline]
    pub fn push_str(&mut self, more: &str) {
        if let Some(own) = Rc::get_mut(&mut self.0) {
            own.ascii &= more.is_ascii();
            own.text.push_str(more);
            return;
        }
        // Room for as much again, if it is not short: what grows once grows on.
        let n = self.len() + more.len();
        let mut text = CompactString::with_capacity(if n <= SHORT { n } else { 2 * n });
        text.push_str(self);
        text.push_str(more);
        *self = Text::new(text, self.0.ascii && more.is_ascii());
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
        Text::new(text.into(), ascii)
    }
}

impl From<&str> for Text {
    #[inline]
    fn from(text: &str) -> Text {
        match *text.as_bytes() {
            [b] if b.is_ascii() => Text::of_letter(b as char),
            _ => Text::new(text.into(), text.is_ascii()),
        }
    }
}

impl PartialEq for Text {
    #[inline]
    fn eq(&self, other: &Text) -> bool {
        match (self.as_bytes(), other.as_bytes()) {
            // Letters, without a call.
            ([a], [b]) => a == b,
            (a, b) => a.len() == b.len() && (self.same(other) || a == b),
        }
    }
}

impl Eq for Text {}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        self.push_str(s);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_grow_in_place_alone() {
        let mut a = Text::from("ab".repeat(20));
        let b = a.clone();
        a.push_str("c");
        assert_eq!((a.len(), b.len(), &a[40..], a.same(&b)), (41, 40, "c", false));
        let address = a.as_ptr();
        a.push_str("d");
        assert_eq!((a.as_ptr(), a.count(), a.letter(41)), (address, 42, Some('d')));
        a.push_str("ñ");
        assert_eq!((a.is_ascii(), a.len(), a.count(), a.letter(0)), (false, 44, 43, None));
    }

    #[test]
    fn parts_are_of_whole_characters() {
        let text = Text::from("añb");
        assert_eq!(text.part(1, 3).as_deref(), Some("ñ"));
        assert!(text.part(2, 3).is_none() && text.part(0, 9).is_none());
        let long = Text::from("abc".repeat(20));
        assert_eq!(long.strided(59, 20, -3).as_deref(), Some(&*"c".repeat(20)));
        assert_eq!(long.strided(0, 60, 1).as_deref(), Some(&*long));
        assert!(long.strided(1, 60, 1).is_none());
    }
}

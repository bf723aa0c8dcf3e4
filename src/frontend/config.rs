//! The user's settings: `config.toml`, and where it and the other files of the user lie, as the XDG
//! base directory specification says. A wrong entry gives a warning with its line and is left out.

use super::args::Color;
use crate::prim::bind::nearest;
use std::path::PathBuf;
use toml::de::{DeTable, DeValue};

/// What `config.toml` may set.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub edit_mode: EditMode,
    /// The key before a glyph's; none if it is set to "".
    pub glyph_prefix: Option<char>,
    /// Suggest the rest of a line from the history.
    pub hints: bool,
    /// Show the progress of long work.
    pub progress: bool,
    /// Entries kept in the history file.
    pub history_size: usize,
    pub color: Option<Color>,
    pub accessible: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            edit_mode: EditMode::Emacs,
            glyph_prefix: Some('`'),
            hints: true,
            progress: true,
            history_size: 10_000,
            color: None,
            accessible: false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditMode {
    Emacs,
    Vi,
}

/// An entry that cannot be followed.
#[derive(Debug, PartialEq)]
pub struct Problem {
    pub line: usize,
    pub text: String,
}

const KEYS: &[&str] =
    &["edit_mode", "glyph_prefix", "hints", "progress", "history_size", "color", "accessible"];

/// The settings in a file's text, and what is wrong with it.
pub fn read(text: &str) -> (Settings, Vec<Problem>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let line = |at: usize| text.get(..at).map_or(1, |t| t.matches('\n').count() + 1);
    let mut problems: Vec<Problem> = errors
        .iter()
        .map(|e| Problem { line: line(e.span().map_or(0, |s| s.start)), text: e.message().to_string() })
        .collect();
    let broken: Vec<usize> = problems.iter().map(|p| p.line).collect();
    let mut settings = Settings::default();
    for (key, value) in table.get_ref() {
        let number = line(key.span().start);
        let set = settings.set(key.get_ref(), value.get_ref());
        // What an unreadable line left behind is not told twice.
        if let Err(text) = set
            && !broken.contains(&number)
        {
            problems.push(Problem { line: number, text });
        }
    }
    problems.sort_by_key(|p| p.line);
    // One wrong line is told of once, by the first of what the parser makes of it.
    problems.dedup_by_key(|p| p.line);
    (settings, problems)
}

impl Settings {
    fn set(&mut self, key: &str, value: &DeValue) -> Result<(), String> {
        let wants = |what: &str| format!("{key} must be {what}");
        let truth = || value.as_bool().ok_or_else(|| wants("true or false"));
        match key {
            "edit_mode" => {
                self.edit_mode = match value.as_str() {
                    Some("emacs") => EditMode::Emacs,
                    Some("vi") => EditMode::Vi,
                    _ => return Err(wants("\"emacs\" or \"vi\"")),
                }
            }
            "glyph_prefix" => {
                let text =
                    value.as_str().filter(|t| t.chars().count() <= 1 && !t.contains(char::is_alphanumeric));
                let text =
                    text.ok_or_else(|| wants("one character that is no letter or digit, or \"\" for none"))?;
                self.glyph_prefix = text.chars().next();
            }
            "hints" => self.hints = truth()?,
            "progress" => self.progress = truth()?,
            "accessible" => self.accessible = truth()?,
            "history_size" => {
                let number = value.as_integer().and_then(|n| n.as_str().parse().ok());
                self.history_size = number.ok_or_else(|| wants("a number of entries"))?;
            }
            "color" => {
                let word = value.as_str().and_then(Color::from_word);
                self.color = Some(word.ok_or_else(|| wants("\"auto\", \"always\" or \"never\""))?);
            }
            _ => {
                return Err(match nearest(key, KEYS.iter().copied()) {
                    Some(near) => format!("there is no setting {key}; did you mean {near}?"),
                    None => format!("there is no setting {key}; there are {}", KEYS.join(", ")),
                });
            }
        }
        Ok(())
    }
}

/// A file of the user's configuration, whether it exists or not.
pub fn file(name: &str) -> Option<PathBuf> {
    Some(folder("XDG_CONFIG_HOME", ".config")?.join("arr").join(name))
}

/// A file of the user's state.
pub fn state_file(name: &str) -> Option<PathBuf> {
    Some(folder("XDG_STATE_HOME", ".local/state")?.join("arr").join(name))
}

/// A base directory. The specification has relative paths ignored.
fn folder(variable: &str, in_home: &str) -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    set(variable).or_else(|| Some(set("HOME")?.join(in_home)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read() {
        let text =
            "edit_mode = \"vi\"\nglyph_prefix = \";\"\nhints = false\nhistory_size = 50\ncolor = \"never\"\n";
        let (settings, problems) = read(text);
        assert_eq!(problems, []);
        let wanted = Settings {
            edit_mode: EditMode::Vi,
            glyph_prefix: Some(';'),
            hints: false,
            history_size: 50,
            color: Some(Color::Never),
            ..Settings::default()
        };
        assert_eq!(settings, wanted);
        assert_eq!(read("glyph_prefix = \"\"").0.glyph_prefix, None);
    }

    #[test]
    fn wrong_entries_are_told_with_their_line_and_the_others_hold() {
        let (settings, problems) =
            read("hints = false\nedit_mod = \"vi\"\n\nedit_mode = \"ed\"\nprogress = 1\n");
        assert!(!settings.hints);
        let lines: Vec<_> = problems.iter().map(|p| p.line).collect();
        assert_eq!(lines, [2, 4, 5]);
        assert!(problems[0].text.contains("did you mean edit_mode?"));
        assert!(problems[1].text.contains("\"emacs\" or \"vi\""));
        let (settings, problems) = read("hints = false\nedit_mode = = 3\nprogress = false\n");
        assert_eq!(problems.iter().map(|p| p.line).collect::<Vec<_>>(), [2]);
        assert!(!settings.hints && !settings.progress);
    }
}

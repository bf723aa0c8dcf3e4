//! The Python functions that translated programs may need: `helpers.py`, cut at its definitions.

use std::collections::BTreeSet;
use std::sync::LazyLock;

const TEXT: &str = include_str!("helpers.py");

struct Helper {
    name: &'static str,
    text: &'static str,
    /// What a call comes to when every argument is a plain number, if that is simpler.
    of_numbers: Option<&'static str>,
    parameters: Vec<&'static str>,
}

static ALL: LazyLock<Vec<Helper>> = LazyLock::new(|| {
    let mut found = Vec::new();
    let starts: Vec<usize> = TEXT.match_indices("\ndef ").map(|(i, _)| i + 1).collect();
    for (k, &start) in starts.iter().enumerate() {
        let end = starts.get(k + 1).copied().unwrap_or(TEXT.len());
        // A comment before the next definition belongs to that one.
        let text = TEXT[start..end].trim_end();
        let text = text.rsplit_once("\n# of numbers:").map_or(text, |(own, _)| own).trim_end();
        let head = &text["def ".len()..text.find("):").unwrap_or(text.len())];
        let (name, parameters) = head.split_once('(').unwrap_or((head, ""));
        let above = TEXT[..start].trim_end().lines().next_back().unwrap_or("");
        found.push(Helper {
            name,
            text,
            of_numbers: above.strip_prefix("# of numbers: "),
            parameters: parameters.split(", ").collect(),
        });
    }
    found
});

/// The helper of this name.
pub fn find(name: &str) -> Option<&'static str> {
    ALL.iter().find(|h| h.name == name).map(|h| h.name)
}

/// A call of a helper with plain numbers, written without it.
pub fn of_numbers(name: &str, args: &[String]) -> Option<String> {
    let helper = ALL.iter().find(|h| h.name == name)?;
    let mut text = helper.of_numbers?.to_string();
    for (p, a) in helper.parameters.iter().zip(args) {
        text = text.replace(&format!("({p})"), &format!("({a})"));
    }
    Some(text)
}

/// The texts of these helpers and of those they call, in the order of the file.
pub fn with_their_own(used: &BTreeSet<&'static str>) -> Vec<&'static str> {
    let mut wanted = used.clone();
    loop {
        let before = wanted.len();
        for h in ALL.iter() {
            if wanted.contains(h.name) {
                let body = &h.text[h.text.find(':').unwrap_or(0)..];
                wanted.extend(ALL.iter().filter(|o| calls(body, o.name)).map(|o| o.name));
            }
        }
        if wanted.len() == before {
            break;
        }
    }
    ALL.iter().filter(|h| wanted.contains(h.name)).map(|h| h.text).collect()
}

fn calls(body: &str, name: &str) -> bool {
    let call = format!("{name}(");
    body.match_indices(&call)
        .any(|(i, _)| !body[..i].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.'))
}

/// Every name that a helper defines, which a program's own names must not take.
pub fn is_taken(name: &str) -> bool {
    find(name).is_some()
}

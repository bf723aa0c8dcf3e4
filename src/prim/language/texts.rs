//! Methods of texts, as Python has them: `s.upper()`, `s.split(",")`, `", ".join(l)`; `ord` and `chr`. A text does not
//! change, so that each gives a new one. Places and lengths count characters.

use crate::prim::Args;
use crate::prim::row::{Example, Home, Prim};
use crate::show;
use crate::value::{self, Fault, Host, List, Value};

pub static ROWS: &[Prim] = &[
    Home::Core
        .row(
            "ord",
            "s",
            "The Unicode code point of a text of one character.",
            &[Example { code: "ord(\"a\")", out: "97" }],
            |_, a| match only_letter(a.str(0)?) {
                Some(c) => Ok(Value::Int(c as i64)),
                None => Err(a.wrong(0, "a text of one character")),
            },
        )
        .briefly(|args| match args {
            [Value::Str(s)] => only_letter(s).map(|c| Value::Int(c as i64)),
            _ => None,
        }),
    Home::Core
        .row(
            "chr",
            "n",
            "The text of one character with a Unicode code point.",
            &[Example { code: "chr(97)", out: "'a'" }],
            |_, a| {
                let n = a.int(0)?;
                let c = letter_of(n).ok_or_else(|| a.reason(format!("no character has the code point {n}")))?;
                Ok(Value::letter(c))
            },
        )
        .briefly(|args| match args {
            [Value::Int(n)] => letter_of(*n).map(Value::letter),
            _ => None,
        }),
    Home::Core.row(
        "format",
        "x, spec=''",
        "A value under one of Python's format specifications, as in f\"{x:.2f}\".",
        &[Example { code: "format(3.14159, \".2f\")", out: "'3.14'" }],
        |_, a| Ok(Value::from(show::format(&a.value(0), a.str(1)?)?)),
    ),
    Home::Text.row(
        "upper",
        "s",
        "The text in capital letters.",
        &[Example { code: "\"Ab c\".upper()", out: "'AB C'" }],
        |_, a| Ok(Value::str(&a.str(0)?.to_uppercase())),
    ),
    Home::Text.row(
        "lower",
        "s",
        "The text in small letters.",
        &[Example { code: "\"Ab C\".lower()", out: "'ab c'" }],
        |_, a| Ok(Value::str(&a.str(0)?.to_lowercase())),
    ),
    Home::Text.row(
        "capitalize",
        "s",
        "The text with its first letter a capital one and the others small.",
        &[Example { code: "\"aB c\".capitalize()", out: "'Ab c'" }],
        |_, a| Ok(Value::str(&capitalized(a.str(0)?))),
    ),
    Home::Text.row(
        "title",
        "s",
        "The text with the first letter of every word a capital one and the others small.",
        &[Example { code: "\"aB c\".title()", out: "'Ab C'" }],
        title,
    ),
    Home::Text.row(
        "strip",
        "s, chars=None",
        "The text without white space, or the characters of `chars`, at both ends.",
        &[
            Example { code: "\"  a b \".strip()", out: "'a b'" },
            Example { code: "\"--a-\".strip(\"-\")", out: "'a'" },
        ],
        |_, a| stripped(a, true, true),
    ),
    Home::Text.row(
        "lstrip",
        "s, chars=None",
        "The text without white space, or the characters of `chars`, at its beginning.",
        &[Example { code: "\"  a \".lstrip()", out: "'a '" }],
        |_, a| stripped(a, true, false),
    ),
    Home::Text.row(
        "rstrip",
        "s, chars=None",
        "The text without white space, or the characters of `chars`, at its end.",
        &[Example { code: "\"a  \".rstrip()", out: "'a'" }],
        |_, a| stripped(a, false, true),
    ),
    Home::Text.row(
        "split",
        "s, sep=None, maxsplit=-1",
        "A list of the parts between separators; without one, of the words. At most `maxsplit` splits.",
        &[
            Example { code: "\"1,2,,3\".split(\",\")", out: "['1', '2', '', '3']" },
            Example { code: "\" a  b \".split()", out: "['a', 'b']" },
        ],
        split,
    ),
    Home::Text.row(
        "splitlines",
        "s",
        "A list of the lines.",
        &[Example { code: "\"a\\nb\\n\".splitlines()", out: "['a', 'b']" }],
        |_, a| Ok(texts(a.str(0)?.lines())),
    ),
    Home::Text.row(
        "join",
        "s, items",
        "The texts of an iterable with this one between them.",
        &[
            Example { code: "\", \".join([\"a\", \"b\"])", out: "'a, b'" },
            Example { code: "\" \".join(str(n) for n in range(3))", out: "'0 1 2'" },
        ],
        join,
    ),
    Home::Text.row(
        "replace",
        "s, old, new, count=-1",
        "The text with `new` in place of every `old`, or of the first `count`.",
        &[Example { code: "\"a-b-c\".replace(\"-\", \"+\")", out: "'a+b+c'" }],
        replace,
    ),
    Home::Text.row(
        "startswith",
        "s, prefix",
        "Whether the text begins with another, or with one of a tuple.",
        &[Example { code: "\"arr.rs\".startswith(\"arr\")", out: "True" }],
        |_, a| of_any(a, |s, part| s.starts_with(part)),
    ),
    Home::Text.row(
        "endswith",
        "s, suffix",
        "Whether the text ends with another, or with one of a tuple.",
        &[Example { code: "\"arr.rs\".endswith((\".py\", \".rs\"))", out: "True" }],
        |_, a| of_any(a, |s, part| s.ends_with(part)),
    ),
    Home::Text.row(
        "find",
        "s, sub",
        "The place where another text first stands in this one, or -1.",
        &[
            Example { code: "\"banana\".find(\"an\")", out: "1" },
            Example { code: "\"ab\".find(\"c\")", out: "-1" },
        ],
        |_, a| {
            let (s, sub) = (a.str(0)?, a.str(1)?);
            Ok(Value::Int(s.find(sub).map_or(-1, |at| characters(&s[..at]))))
        },
    ),
    Home::Text.row(
        "count",
        "s, sub",
        "How often another text stands in this one, without overlap.",
        &[Example { code: "\"banana\".count(\"a\")", out: "3" }],
        |_, a| {
            let (s, sub) = (a.str(0)?, a.str(1)?);
            let places = s.chars().count() + 1;
            Ok(Value::Int(if sub.is_empty() { places } else { s.matches(sub).count() } as i64))
        },
    ),
    Home::Text.row(
        "zfill",
        "s, width",
        "The text with zeros before it, after a sign, to a width.",
        &[Example { code: "\"-7\".zfill(4)", out: "'-007'" }],
        zfill,
    ),
    Home::Text.row(
        "ljust",
        "s, width, fillchar=' '",
        "The text with spaces, or `fillchar`, behind it, to a width.",
        &[Example { code: "\"ab\".ljust(4, \".\")", out: "'ab..'" }],
        |_, a| padded(a, |_| 0),
    ),
    Home::Text.row(
        "rjust",
        "s, width, fillchar=' '",
        "The text with spaces, or `fillchar`, before it, to a width.",
        &[Example { code: "\"ab\".rjust(4, \".\")", out: "'..ab'" }],
        |_, a| padded(a, |missing| missing),
    ),
    Home::Text.row(
        "center",
        "s, width, fillchar=' '",
        "The text with spaces, or `fillchar`, on both sides, to a width.",
        &[Example { code: "\"ab\".center(6, \".\")", out: "'..ab..'" }],
        // An odd one goes where Python puts it.
        |_, a| {
            let odd = a.int(1)? & 1;
            padded(a, |missing| missing / 2 + (missing & odd as usize & 1))
        },
    ),
    Home::Text.row(
        "isdigit",
        "s",
        "Whether the text is digits, one at least.",
        &[Example { code: "\"42\".isdigit()", out: "True" }],
        |_, a| all(a, char::is_numeric),
    ),
    Home::Text.row(
        "isalpha",
        "s",
        "Whether the text is letters, one at least.",
        &[Example { code: "\"a1\".isalpha()", out: "False" }],
        |_, a| all(a, char::is_alphabetic),
    ),
    Home::Text.row(
        "isspace",
        "s",
        "Whether the text is white space, one character at least.",
        &[Example { code: "\" \".isspace()", out: "True" }],
        |_, a| all(a, char::is_whitespace),
    ),
    Home::Text.row(
        "isalnum",
        "s",
        "Whether the text is letters and digits, one at least.",
        &[Example { code: "\"a1\".isalnum()", out: "True" }],
        |_, a| all(a, char::is_alphanumeric),
    ),
    Home::Text.row(
        "isupper",
        "s",
        "Whether the letters of the text are capital ones, one at least.",
        &[Example { code: "\"A1\".isupper()", out: "True" }],
        |_, a| cased(a, char::is_uppercase, char::is_lowercase),
    ),
    Home::Text.row(
        "islower",
        "s",
        "Whether the letters of the text are small ones, one at least.",
        &[Example { code: "\"a1\".islower()", out: "True" }],
        |_, a| cased(a, char::is_lowercase, char::is_uppercase),
    ),
    Home::Text.row(
        "swapcase",
        "s",
        "The text with capital letters for small ones and small ones for capital ones.",
        &[Example { code: "\"Ab\".swapcase()", out: "'aB'" }],
        swapcase,
    ),
    Home::Text.row(
        "rfind",
        "s, sub",
        "The place where another text last stands in this one, or -1.",
        &[Example { code: "\"banana\".rfind(\"an\")", out: "3" }],
        |_, a| {
            let (s, sub) = (a.str(0)?, a.str(1)?);
            Ok(Value::Int(s.rfind(sub).map_or(-1, |at| characters(&s[..at]))))
        },
    ),
    Home::Text.row(
        "index",
        "s, sub",
        "The place where another text first stands in this one; an error if it does not.",
        &[Example { code: "\"banana\".index(\"n\")", out: "2" }],
        |_, a| {
            let (s, sub) = (a.str(0)?, a.str(1)?);
            let at = s.find(sub).ok_or_else(|| a.reason("the text was not found"))?;
            Ok(Value::Int(characters(&s[..at])))
        },
    ),
    Home::Text.row(
        "partition",
        "s, sep",
        "The text before the first separator, the separator, and the text after it.",
        &[Example { code: "\"a=b=c\".partition(\"=\")", out: "('a', '=', 'b=c')" }],
        partition,
    ),
    Home::Text.row(
        "removeprefix",
        "s, prefix",
        "The text without another at its beginning, if it is there.",
        &[Example { code: "\"np.sum\".removeprefix(\"np.\")", out: "'sum'" }],
        |_, a| Ok(Value::str(a.str(0)?.strip_prefix(a.str(1)?).unwrap_or(a.str(0)?))),
    ),
    Home::Text.row(
        "removesuffix",
        "s, suffix",
        "The text without another at its end, if it is there.",
        &[Example { code: "\"a.arr\".removesuffix(\".arr\")", out: "'a'" }],
        |_, a| Ok(Value::str(a.str(0)?.strip_suffix(a.str(1)?).unwrap_or(a.str(0)?))),
    ),
    Home::Text.row(
        "format",
        "s, *values",
        "The text with values in place of its fields: `{}`, `{0}`, `{:.2f}`. f\"{x:.2f}\" writes the same with the \
         names in it.",
        &[Example { code: "\"{} is {:.2f}\".format(\"pi\", 3.14159)", out: "'pi is 3.14'" }],
        format,
    ),
];

/// The character that is all of a text.
fn only_letter(s: &str) -> Option<char> {
    let mut letters = s.chars();
    letters.next().filter(|_| letters.next().is_none())
}

fn letter_of(n: i64) -> Option<char> {
    u32::try_from(n).ok().and_then(char::from_u32)
}

/// The place of what comes after this text.
fn characters(before: &str) -> i64 {
    before.chars().count() as i64
}

fn texts<'a>(parts: impl Iterator<Item = &'a str>) -> Value {
    Value::List(List::new(parts.map(Value::str).collect()))
}

fn all(a: &Args, holds: fn(char) -> bool) -> Result<Value, Fault> {
    let s = a.str(0)?;
    Ok(Value::Bool(!s.is_empty() && s.chars().all(holds)))
}

/// Whether a text has letters of one case and none of the other.
fn cased(a: &Args, is: fn(char) -> bool, is_not: fn(char) -> bool) -> Result<Value, Fault> {
    let s = a.str(0)?;
    Ok(Value::Bool(s.chars().any(is) && !s.chars().any(is_not)))
}

fn swapcase(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let mut out = String::new();
    for c in a.str(0)?.chars() {
        match c.is_uppercase() {
            true => out.extend(c.to_lowercase()),
            false => out.extend(c.to_uppercase()),
        }
    }
    Ok(Value::str(&out))
}

fn partition(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let (s, sep) = (a.str(0)?, a.str(1)?);
    if sep.is_empty() {
        return Err(a.reason("the separator is empty"));
    }
    let parts = s.split_once(sep).map_or([s, "", ""], |(before, after)| [before, sep, after]);
    Ok(Value::tuple(parts.map(Value::str).to_vec()))
}

fn capitalized(s: &str) -> String {
    let mut rest = s.chars();
    let first = rest.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + &rest.as_str().to_lowercase()
}

fn title(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let mut inside = false;
    let mut out = String::new();
    for c in a.str(0)?.chars() {
        match inside {
            true => out.extend(c.to_lowercase()),
            false => out.extend(c.to_uppercase()),
        }
        inside = c.is_alphabetic();
    }
    Ok(Value::str(&out))
}

fn stripped(a: &Args, start: bool, end: bool) -> Result<Value, Fault> {
    let mut s = a.str(0)?;
    let chars = if a.is_none(1) { None } else { Some(a.str(1)?) };
    let goes = |c: char| chars.map_or(c.is_whitespace(), |all| all.contains(c));
    if start {
        s = s.trim_start_matches(goes);
    }
    if end {
        s = s.trim_end_matches(goes);
    }
    Ok(Value::str(s))
}

fn split(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let s = a.str(0)?;
    let most = usize::try_from(a.int(2)?).ok();
    if !a.is_none(1) {
        let sep = a.str(1)?;
        if sep.is_empty() {
            return Err(a.reason("empty separator"));
        }
        return Ok(match most {
            Some(n) => texts(s.splitn(n.saturating_add(1), sep)),
            None => texts(s.split(sep)),
        });
    }
    let Some(most) = most else { return Ok(texts(s.split_whitespace())) };
    let (mut rest, mut parts) = (s.trim_start(), Vec::new());
    while parts.len() < most
        && let Some(at) = rest.find(char::is_whitespace)
    {
        parts.push(&rest[..at]);
        rest = rest[at..].trim_start();
    }
    parts.extend((!rest.is_empty()).then(|| if parts.len() < most { rest.trim_end() } else { rest }));
    Ok(texts(parts.into_iter()))
}

fn join(host: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let between = a.str(0)?;
    let mut iter = value::iterate(&a.value(1))?;
    let mut out = String::new();
    let mut first = true;
    while let Some(item) = iter.next(host)? {
        let Value::Str(s) = &item else {
            let got = item.describe();
            return Err(
                a.reason(format!("joins texts, and an item is {got}: write join(str(x) for x in items)"))
            );
        };
        if !std::mem::take(&mut first) {
            out.push_str(between);
        }
        out.push_str(s);
    }
    Ok(Value::str(&out))
}

fn replace(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let (s, old, new) = (a.str(0)?, a.str(1)?, a.str(2)?);
    Ok(Value::str(&match usize::try_from(a.int(3)?) {
        Ok(n) => s.replacen(old, new, n),
        Err(_) => s.replace(old, new),
    }))
}

fn of_any(a: &Args, holds: fn(&str, &str) -> bool) -> Result<Value, Fault> {
    let s = a.str(0)?;
    let parts = match a.value(1) {
        Value::Tuple(t) => t.items.to_vec(),
        one => vec![one],
    };
    let mut found = false;
    for part in &parts {
        let Value::Str(part) = part else { return Err(a.wrong(1, "a string, or a tuple of strings")) };
        found |= holds(s, part);
    }
    Ok(Value::Bool(found))
}

/// Characters that a text lacks to its width; a width that no text may have is an error.
fn missing(a: &Args) -> Result<usize, Fault> {
    const WIDEST: i64 = 1 << 24;
    let width = a.int(1)?;
    if width > WIDEST {
        return Err(a.reason(format!("a width is at most {WIDEST}")));
    }
    Ok((width.max(0) as usize).saturating_sub(a.str(0)?.chars().count()))
}

fn zfill(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let (s, zeros) = (a.str(0)?, "0".repeat(missing(a)?));
    let sign = s.len() - s.trim_start_matches(['+', '-']).len();
    let (sign, digits) = s.split_at(sign.min(1));
    Ok(Value::str(&format!("{sign}{zeros}{digits}")))
}

/// With so many of the missing characters before the text, and the others behind it.
fn padded(a: &Args, before: impl Fn(usize) -> usize) -> Result<Value, Fault> {
    let (s, missing, fill) = (a.str(0)?, missing(a)?, a.str(2)?);
    if fill.chars().count() != 1 {
        return Err(a.wrong(2, "one character"));
    }
    let left = before(missing).min(missing);
    Ok(Value::str(&format!("{}{s}{}", fill.repeat(left), fill.repeat(missing - left))))
}

fn format(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let values = a.rest(1);
    let (mut out, mut rest, mut next) = (String::new(), a.str(0)?, 0);
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let (brace, after) = rest[at..].split_at(1);
        if after.starts_with(brace) {
            out.push_str(brace);
            rest = &after[1..];
            continue;
        }
        let inside = after.split_once('}').filter(|_| brace == "{");
        let (field, after) = inside.ok_or_else(|| a.reason("a single brace: write {{ or }} for one"))?;
        let (which, spec) = field.split_once(':').unwrap_or((field, ""));
        let place = match which {
            "" => {
                next += 1;
                next - 1
            }
            n => n.parse().map_err(|_| {
                a.reason(format!("a field is {{}} or {{0}}, not {{{n}}}: f\"{{{n}}}\" takes names"))
            })?,
        };
        let value = values
            .get(place)
            .ok_or_else(|| a.reason(format!("field {place} has no value: {} were given", values.len())))?;
        out.push_str(&show::format(value, spec)?);
        rest = after;
    }
    out.push_str(rest);
    Ok(Value::str(&out))
}

//! `%layout`: where the elements of an array lie in its buffer, and who else sees them.

use super::{COLUMNS, Refusal, Text, value_of};
use crate::array::Array;
use crate::error::{Look, bytes};
use crate::eval::Evaluator;
use crate::show::time::thousands;
use crate::show::{scalar_str, wrap};
use crate::value::{Value, shape_text};

/// Elements of a buffer that are drawn one by one.
const MOST_DRAWN: usize = 96;

/// Describes the memory of the array that an expression gives.
pub fn layout(evaluator: &mut Evaluator, text: &str, look: Look) -> Result<String, Refusal> {
    let text = Text::new("%layout", text)?;
    let value = value_of(evaluator, &text.expr, &text.source)?;
    let Value::Array(a) = &value else {
        let what = match value.is_scalar_number() {
            true => "a number, which has no buffer".to_string(),
            false => format!("a {}, not an array", value.type_name()),
        };
        return Err(Refusal::Reason(format!("{} is {what}", text.source.text.trim())));
    };
    let sharing = sharing(evaluator, a);
    Ok(describe(text.source.text.trim(), a, &sharing, look))
}

/// The names whose arrays lie in the same buffer, sorted; the owner of the memory is marked.
fn sharing(evaluator: &Evaluator, a: &Array) -> Vec<String> {
    let mut names: Vec<String> = evaluator
        .globals
        .assigned()
        .filter_map(|(name, value)| match value {
            Value::Array(b) if b.same_buffer(a) => {
                let owner = if b.base().is_none() { " (owns it)" } else { "" };
                Some(format!("{name}{owner}"))
            }
            _ => None,
        })
        .collect();
    names.sort();
    names
}

fn describe(name: &str, a: &Array, sharing: &[String], look: Look) -> String {
    let kind = if a.base().is_some() { "a view of a buffer" } else { "owner of its buffer" };
    let head = format!("{name}: {} array of shape {}, {kind}", a.dtype(), shape_text(a.shape()));
    let mut out = wrap(&head, COLUMNS).join("\n") + "\n\n";
    let list = |strides: &[isize]| strides.iter().map(isize::to_string).collect::<Vec<_>>().join(", ");
    let mut line = |label: &str, text: String| {
        if look.spoken {
            let label = if label.is_empty() { String::new() } else { format!("{label}: ") };
            out.push_str(&(wrap(&format!("{label}{text}"), COLUMNS).join("\n") + "\n"));
            return;
        }
        for (i, part) in wrap(&text, COLUMNS - 10).into_iter().enumerate() {
            out.push_str(&format!("{:<9} {part}\n", if i == 0 { label } else { "" }));
        }
    };
    line(
        "strides",
        match a.ndim() {
            0 => "none: it has no axes".into(),
            _ => format!("{} in bytes; {} in elements", list(&a.strides_bytes()), list(a.strides())),
        },
    );
    for (axis, text) in axes(a).into_iter().enumerate() {
        line(if axis == 0 { "axes" } else { "" }, text);
    }
    line("fast axis", fast_axis(a));
    line("flags", flags(a));
    line("", format!("OWNDATA {}, WRITEABLE {}", truth(a.base().is_none()), truth(a.writeable())));
    let total = buffer_len(a);
    line("buffer", buffer_line(a, total));
    line("position", position(a));
    match sharing {
        [] => line("names", "no name sees this buffer".into()),
        names => line("names", format!("seen by {}", names.join(", "))),
    }
    if look.spoken {
        let seen = wrap(&seen_in_words(a), COLUMNS);
        return out + &seen.join("\n") + "\n";
    }
    out.push('\n');
    out.push_str(&drawing(a, total));
    out
}

/// Stretches of the buffer that are named one by one.
const MOST_NAMED: usize = 12;

/// `The array sees the positions 1 to 3, 5 to 7, 9 to 11.`
fn seen_in_words(a: &Array) -> String {
    let Some(mut seen) = positions(a) else {
        return "The array sees too many positions to name them.".into();
    };
    seen.sort_unstable();
    seen.dedup();
    let stretches: Vec<&[usize]> = seen.chunk_by(|a, b| a + 1 == *b).collect();
    let name = |s: &&[usize]| match s {
        [first, .., last] => format!("{first} to {last}"),
        [one] => one.to_string(),
        [] => String::new(),
    };
    let mut named: Vec<String> = stretches.iter().take(MOST_NAMED).map(name).collect();
    if stretches.len() > MOST_NAMED {
        named.push(format!("and {} more stretches", stretches.len() - MOST_NAMED));
    }
    match seen.len() {
        0 => "The array sees no position.".into(),
        1 => format!("The array sees the position {}.", named.join(", ")),
        _ => format!("The array sees the positions {}.", named.join(", ")),
    }
}

fn truth(on: bool) -> &'static str {
    if on { "True" } else { "False" }
}

fn flags(a: &Array) -> String {
    format!("C_CONTIGUOUS {}, F_CONTIGUOUS {}", truth(a.is_c_contiguous()), truth(a.is_f_contiguous()))
}

/// What a step along each axis does in memory.
fn axes(a: &Array) -> Vec<String> {
    let item = a.dtype().itemsize();
    let step = |(axis, (&n, &s)): (usize, (&usize, &isize))| {
        let what = match s {
            _ if n < 2 => "no step".to_string(),
            0 => format!("steps nowhere: each element is read {} times", thousands(n as u64)),
            s => {
                let by = thousands(s.unsigned_abs() as u64 * item as u64);
                format!(
                    "steps {by} byte{} {}",
                    if by == "1" { "" } else { "s" },
                    if s < 0 { "back" } else { "on" }
                )
            }
        };
        format!("axis {axis}, length {}, {what}", thousands(n as u64))
    };
    a.shape().iter().zip(a.strides()).enumerate().map(step).collect()
}

/// The axis along which neighbours lie closest.
fn fast_axis(a: &Array) -> String {
    let moving = || (0..a.ndim()).filter(|&k| a.shape()[k] > 1 && a.strides()[k] != 0);
    let Some(fast) = moving().min_by_key(|&k| a.strides()[k].unsigned_abs()) else {
        return "none: there is no second element to go to".into();
    };
    let place = match fast {
        k if k + 1 == a.ndim() && a.ndim() > 1 => " (the last)",
        0 if a.ndim() > 1 => " (the first)",
        _ => "",
    };
    let near = match a.strides()[fast].unsigned_abs() {
        1 => "its neighbours touch".to_string(),
        s => format!("its neighbours are {} elements apart", thousands(s as u64)),
    };
    format!("{fast}{place}: {near}")
}

/// The elements that the buffer holds, as the array's dtype counts them.
fn buffer_len(a: &Array) -> usize {
    // The owner's elements: a recycled buffer may be longer than what was asked for.
    let owner = a.base().unwrap_or(a);
    owner.nbytes() / a.dtype().itemsize()
}

fn buffer_line(a: &Array, total: usize) -> String {
    let size = bytes(total * a.dtype().itemsize());
    let distinct = positions(a).map_or_else(
        || {
            thousands(
                a.shape().iter().zip(a.strides()).filter(|(_, s)| **s != 0).map(|(n, _)| *n as u64).product(),
            )
        },
        |mut all| {
            all.sort_unstable();
            all.dedup();
            thousands(all.len() as u64)
        },
    );
    let all = thousands(total as u64);
    let elements = if total == 1 { "element" } else { "elements" };
    format!("{all} {elements}, {size}; the array sees {distinct} of them")
}

/// The positions of all elements; `None` if they are too many to list.
fn positions(a: &Array) -> Option<Vec<usize>> {
    (a.size() <= 1 << 16)
        .then(|| spread(a.offset() as isize, a.shape().iter().copied().zip(a.strides().iter().copied())))
}

fn spread(offset: isize, axes: impl Iterator<Item = (usize, isize)>) -> Vec<usize> {
    let mut all = vec![offset];
    for (n, s) in axes {
        all = all.into_iter().flat_map(|at| (0..n as isize).map(move |i| at + i * s)).collect();
    }
    all.into_iter().map(|at| at as usize).collect()
}

/// Which of the first `shown` positions of the buffer the array sees.
fn seen_before(a: &Array, shown: usize) -> Vec<bool> {
    let mut seen = vec![false; shown];
    let mut first = a.offset() as isize;
    let mut axes = Vec::new();
    for (&n, &s) in a.shape().iter().zip(a.strides()) {
        if n == 0 {
            return seen;
        }
        // Walked upwards, an axis leaves the drawn part after a few steps.
        first += (n as isize - 1) * s.min(0);
        let steps = if s == 0 { 1 } else { shown.div_ceil(s.unsigned_abs()).min(n) };
        axes.push((steps, s.abs()));
    }
    spread(first, axes.into_iter()).into_iter().filter(|&at| at < shown).for_each(|at| seen[at] = true);
    seen
}

/// Where an element lies, as a formula of its index.
fn position(a: &Array) -> String {
    let letters: Vec<String> = match a.ndim() {
        n if n <= 3 => ["i", "j", "k"].iter().take(n).map(|s| s.to_string()).collect(),
        n => (0..n).map(|k| format!("i{k}")).collect(),
    };
    let mut text = format!("element [{}] lies at {}", letters.join(", "), a.offset());
    for (letter, &s) in letters.iter().zip(a.strides()) {
        let sign = if s < 0 { "-" } else { "+" };
        match s.unsigned_abs() {
            0 => {}
            1 => text.push_str(&format!(" {sign} {letter}")),
            n => text.push_str(&format!(" {sign} {n} {letter}")),
        }
    }
    text
}

/// The buffer with the array's elements in square brackets, the position of each row's first before it.
fn drawing(a: &Array, total: usize) -> String {
    if total == 0 {
        return "The buffer is empty.\n".into();
    }
    let shown = if total <= MOST_DRAWN { total } else { MOST_DRAWN / 2 };
    let seen = seen_before(a, shown);
    let texts: Vec<String> = (0..shown).map(|at| scalar_str(a.scalar_at(at))).collect();
    let width = texts.iter().map(|t| t.chars().count()).max().unwrap_or(1);
    let label = (shown - 1).to_string().len();
    let across = row_len(a, (COLUMNS - label - 2) / (width + 3));
    let mut out = String::from("The buffer, the elements that the array sees in [ ]:\n");
    for start in (0..shown).step_by(across) {
        out.push_str(&format!("{start:>label$} "));
        for at in start..(start + across).min(shown) {
            let (open, close) = if seen[at] { ('[', ']') } else { (' ', ' ') };
            out.push_str(&format!(" {open}{:>width$}{close}", texts[at]));
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    if shown < total {
        out.push_str(&format!("… and {} more\n", thousands((total - shown) as u64)));
    }
    out
}

/// Elements in a drawn row: those of the longest step of the array where that fits, else what does.
fn row_len(a: &Array, most: usize) -> usize {
    let step =
        a.shape().iter().zip(a.strides()).filter(|(n, _)| **n > 1).map(|(_, s)| s.unsigned_abs()).max();
    match step {
        Some(n) if (2..=most).contains(&n) => n,
        _ => most.clamp(1, 10),
    }
}

//! Colours for source text at the prompt, from the lexer's own pieces. The whole text is painted anew at
//! each key: within a paste of 200 lines (17 kB) a key takes 0.9 ms until the terminal shows it, the
//! paste itself 1.3 ms; in a line of 2,000 characters 0.25 ms.

use crate::syntax::{Tint, tints};

/// The text with colours, if these are wanted; its width is unchanged. The brackets that belong to the
/// one at or before the cursor are bold and underlined in either case.
pub fn paint(text: &str, cursor: usize, color: bool) -> String {
    let pieces = tints(text);
    let pair = matching(text, &pieces, cursor);
    let mut out = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for (span, tint) in pieces {
        let (start, end) = (span.start as usize, span.end as usize);
        out.push_str(&text[at..start]);
        let code = if pair.is_some_and(|(a, b)| start == a || start == b) {
            "1;4"
        } else if color {
            code(tint)
        } else {
            ""
        };
        match code {
            "" => out.push_str(&text[start..end]),
            // A string may go over several lines: colours end with the line.
            _ => {
                let lines = text[start..end].split('\n');
                let painted: Vec<String> = lines.map(|l| format!("\x1b[{code}m{l}\x1b[0m")).collect();
                out.push_str(&painted.join("\n"));
            }
        }
        at = end;
    }
    out.push_str(&text[at..]);
    out
}

fn code(tint: Tint) -> &'static str {
    match tint {
        Tint::Keyword => "35",
        Tint::Number => "36",
        Tint::Text => "32",
        Tint::OpenText => "33",
        Tint::Comment => "90",
        Tint::Glyph => "1;34",
        Tint::Command => "1;35",
        Tint::Wrong => "31",
        Tint::Name | Tint::Operator | Tint::Punctuation => "",
    }
}

/// The two brackets of which one stands before or at the cursor.
fn matching(text: &str, pieces: &[(crate::syntax::Span, Tint)], cursor: usize) -> Option<(usize, usize)> {
    let mut open = Vec::new();
    for (span, tint) in pieces {
        let at = span.start as usize;
        if *tint != Tint::Punctuation {
            continue;
        }
        match text.as_bytes()[at] {
            b'(' | b'[' | b'{' => open.push(at),
            b')' | b']' | b'}' => {
                let begin = open.pop()?;
                let touches = |at: usize| at == cursor || at + 1 == cursor;
                if touches(at) || begin == cursor {
                    return Some((begin, at));
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_keep_the_text() {
        let texts = ["x = ⍳ 10 # n", "f(\"a\nb", "(1 + [2", ")", "%timeit x", ""];
        for text in texts {
            for cursor in 0..=text.len() {
                let painted = paint(text, cursor, true);
                let mut bare = String::new();
                let mut rest = painted.as_str();
                while let Some(i) = rest.find('\x1b') {
                    bare.push_str(&rest[..i]);
                    rest = &rest[i + rest[i..].find('m').unwrap() + 1..];
                }
                bare.push_str(rest);
                assert_eq!(bare, text);
            }
        }
        assert_eq!(paint("(1)", 3, false), "\x1b[1;4m(\x1b[0m1\x1b[1;4m)\x1b[0m");
        assert_eq!(paint("(1)", 3, true), "\x1b[1;4m(\x1b[0m\x1b[36m1\x1b[0m\x1b[1;4m)\x1b[0m");
    }

    /// The least time of some runs, in seconds.
    fn time(text: &str) -> f64 {
        let once = |_| {
            let began = std::time::Instant::now();
            std::hint::black_box(paint(text, text.len(), true));
            began.elapsed().as_secs_f64()
        };
        (0..9).map(once).fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn painting_takes_time_in_proportion() {
        let text =
            |n: usize| "    m = x.mean(axis=0) + ⌽ np.linspace(0, 1, 50) * (2.5 - [1])  # the\n".repeat(n);
        let (short, long) = (time(&text(50)), time(&text(400)));
        // In proportion to its square it would take 64 times as long; noise is none of that.
        assert!(long < 32.0 * short, "eight times the text takes {:.1} times as long", long / short);
    }

    #[test]
    fn a_long_paste_is_painted_at_once() {
        let line = "    m = x.mean(axis=0) + ⌽ np.linspace(0, 1, 50) * 2.5  # the mean\n";
        let text = format!("fn f(x) {{\n{}}}\n", line.repeat(200));
        paint(&text, 0, true);
        let best = (0..5)
            .map(|_| {
                let began = std::time::Instant::now();
                std::hint::black_box(paint(&text, text.len(), true));
                began.elapsed()
            })
            .min();
        // 10 ms is the limit of a release build; without optimisation it takes ten times as long.
        let limit = if cfg!(debug_assertions) { 100 } else { 10 };
        assert!(best.is_some_and(|b| b.as_millis() < limit), "{best:?}");
    }
}

//! A finding: where it is, what it says, and what to write instead, as text and as JSON.

use crate::measure::text::json_string;
use crate::show::time::thousands;
use crate::show::wrap;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Something better is offered.
    Hint,
    /// It may not mean what it seems to.
    Warning,
    /// Told for its own sake: why a loop has to stay. It does not count.
    Note,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::Hint => "hint",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

/// How the results of a loop and of its replacement compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Equal {
    /// In every bit.
    Exactly,
    /// But for rounding: the largest difference, relative to the values' size.
    Closely(f64),
}

#[derive(Clone, Debug)]
pub struct Finding {
    pub level: Level,
    /// Stable: `loop-dot`, `copy-write`.
    pub code: &'static str,
    pub file: String,
    /// First and last line, from 1.
    pub line: usize,
    pub end_line: usize,
    pub message: String,
    /// What to write in place of these lines.
    pub replacement: Option<String>,
    /// What else stands on the first and the last of these lines, before and after it.
    pub beside: Option<(String, String)>,
    /// Both were run on the program's own values.
    pub verified: bool,
    pub equal: Option<Equal>,
    /// How many times less time the replacement takes.
    pub gain: Option<f64>,
    /// Steps of the loop that were run for it, if not all.
    pub sample: Option<usize>,
}

impl Finding {
    pub fn new(
        level: Level,
        code: &'static str,
        file: &str,
        lines: (usize, usize),
        message: String,
    ) -> Finding {
        Finding {
            level,
            code,
            file: file.into(),
            line: lines.0,
            end_line: lines.1,
            message,
            replacement: None,
            beside: None,
            verified: false,
            equal: None,
            gain: None,
            sample: None,
        }
    }

    /// `hint: this loop is a dot product: s = x @ y (same result, 812 times faster)`.
    pub fn text(&self) -> String {
        let mut text = format!("{}: {}", self.level.name(), self.message);
        if let Some(replacement) = &self.replacement {
            let _ = match replacement.contains('\n') {
                true => write!(text, ":\n    {}\n   ", replacement.replace('\n', "\n    ")),
                false => write!(text, ": {replacement}"),
            };
        }
        if let Some(proof) = self.proof() {
            let _ = write!(text, " ({proof})");
        }
        text
    }

    /// [`Finding::line_text`] for a terminal of so many columns: of what does not fit, the code has lines
    /// of its own, which can be copied, and words end where the terminal does.
    pub fn lines_text(&self, columns: usize) -> String {
        let whole = self.line_text();
        if whole.lines().all(|l| l.width() <= columns) {
            return whole;
        }
        let words = |text: &str| wrap(text, columns.saturating_sub(4)).join("\n    ");
        let Some(code) = &self.replacement else { return words(&whole) };
        let head = format!("{}: {}: {}:", self.place(), self.level.name(), self.message);
        let proof = self.proof().map_or(String::new(), |p| format!("({p}) "));
        let tail = words(&format!("{proof}[{}]", self.code));
        format!("{}\n    {}\n    {tail}", words(&head), code.replace('\n', "\n    "))
    }

    /// `sums.arr:2-4: hint: … [loop-dot]`.
    pub fn line_text(&self) -> String {
        format!("{}: {} [{}]", self.place(), self.text(), self.code)
    }

    fn place(&self) -> String {
        match self.line == self.end_line {
            true => format!("{}:{}", self.file, self.line),
            false => format!("{}:{}-{}", self.file, self.line, self.end_line),
        }
    }

    fn proof(&self) -> Option<String> {
        if !self.verified {
            return None;
        }
        let mut proof = match self.equal? {
            Equal::Exactly => "same result".to_string(),
            Equal::Closely(e) => format!("same result within {}", rounded_up(e)),
        };
        if let Some(n) = self.sample {
            let _ = write!(proof, " on {} steps", thousands(n as u64));
        }
        match self.gain {
            Some(g) if g >= 10.0 => proof += &format!(", {} times faster", thousands(g.round() as u64)),
            Some(g) if g >= 1.2 => proof += &format!(", {g:.1} times faster"),
            Some(_) => proof += ", no faster at this size",
            None => {}
        }
        Some(proof)
    }

    /// What to write in place of the whole lines.
    fn whole_lines(&self) -> Option<String> {
        let code = self.replacement.as_ref()?;
        Some(match &self.beside {
            Some((before, after)) => format!("{before}{}{after}", code.replace('\n', "; ")),
            None => code.clone(),
        })
    }

    pub fn json(&self) -> String {
        let option = |x: Option<String>| x.unwrap_or_else(|| "null".into());
        let equal = self.equal.map(|e| match e {
            Equal::Exactly => json_string("exact"),
            Equal::Closely(_) => json_string("close"),
        });
        let mut text = format!(
            "{{\"file\": {}, \"line\": {}, \"end_line\": {}, \"code\": {}, \"message\": {}, \"replacement\": {}, \
             \"verified\": {}, \"equal\": {}, \"gain\": {}",
            json_string(&self.file),
            self.line,
            self.end_line,
            json_string(self.code),
            json_string(&self.message),
            option(self.whole_lines().as_deref().map(json_string)),
            self.verified,
            option(equal),
            option(self.gain.filter(|g| g.is_finite()).map(|g| format!("{g:.2}"))),
        );
        if let Some(Equal::Closely(e)) = self.equal {
            let _ = write!(text, ", \"difference\": {e:e}");
        }
        if let Some(n) = self.sample {
            let _ = write!(text, ", \"sample\": {n}");
        }
        text + "}"
    }
}

/// All findings as one JSON array, an object a line.
pub fn json(findings: &[Finding]) -> String {
    let lines: Vec<String> = findings.iter().map(|f| format!("  {}", f.json())).collect();
    if lines.is_empty() { "[]\n".into() } else { format!("[\n{}\n]\n", lines.join(",\n")) }
}

/// A power of ten that a small number does not exceed.
fn rounded_up(x: f64) -> String {
    format!("1e{}", x.log10().ceil() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacements_of_whole_lines_keep_what_stands_beside() {
        let mut f = Finding::new(Level::Hint, "loop-scan", "a.arr", (2, 3), "this loop is a sum".into());
        f.replacement = Some("t = c.sum()\ns = np.cumsum(c)".into());
        assert!(f.json().contains(r#""replacement": "t = c.sum()\ns = np.cumsum(c)""#), "{}", f.json());
        f.beside = Some(("c = x + 1; ".into(), "; t".into()));
        assert!(f.json().contains("c = x + 1; t = c.sum(); s = np.cumsum(c); t"), "{}", f.json());
    }

    #[test]
    fn a_finding_reads_as_a_sentence() {
        let mut f =
            Finding::new(Level::Hint, "loop-dot", "a.arr", (2, 4), "this loop is a dot product".into());
        f.replacement = Some("s = x @ y".into());
        f.verified = true;
        f.equal = Some(Equal::Exactly);
        f.gain = Some(812.4);
        assert_eq!(f.text(), "hint: this loop is a dot product: s = x @ y (same result, 812 times faster)");
        f.equal = Some(Equal::Closely(3e-14));
        f.sample = Some(12345);
        f.gain = None;
        assert_eq!(
            f.lines_text(60),
            "a.arr:2-4: hint: this loop is a dot product:\n    s = x @ y\n    (same result within 1e-13 on 12,345 steps) [loop-dot]"
        );
        assert_eq!(
            f.line_text(),
            "a.arr:2-4: hint: this loop is a dot product: s = x @ y \
             (same result within 1e-13 on 12,345 steps) [loop-dot]"
        );
        assert!(f.json().contains("\"equal\": \"close\", \"gain\": null, \"difference\": 3e-14"));
    }
}

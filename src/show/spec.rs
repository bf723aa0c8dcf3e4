//! Python's format specifications, `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`,
//! as data; and what every kind of value shares: filling up to a width, grouping digits. `format`
//! applies them.

/// A parsed specification. Absent parts are `None`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spec {
    pub fill: char,
    pub align: Align,
    pub sign: Option<char>,
    /// `z`: a number that rounds to negative zero loses its sign.
    pub positive_zero: bool,
    /// `#`.
    pub alternate: bool,
    pub width: usize,
    pub grouping: Option<char>,
    pub precision: Option<usize>,
    /// The presentation type.
    pub kind: Option<char>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
    Centre,
    /// Between the sign and the digits.
    Inside,
}

/// Widths and precisions beyond this are refused.
const MOST: usize = 1 << 24;

impl Spec {
    /// Parses a specification; `None` if it is malformed. `align` is the value's own alignment, and
    /// `kind` its own presentation type.
    pub fn parse(text: &str, align: Align, kind: Option<char>) -> Option<Spec> {
        let mut chars: Vec<char> = text.chars().rev().collect();
        let mut spec = Spec {
            fill: ' ',
            align,
            sign: None,
            positive_zero: false,
            alternate: false,
            width: 0,
            grouping: None,
            precision: None,
            kind,
        };
        let mut filled = false;
        let mut aligned = false;
        let n = chars.len();
        if n >= 2
            && let Some(a) = align_of(chars[n - 2])
        {
            (spec.fill, spec.align) = (chars[n - 1], a);
            (filled, aligned) = (true, true);
            chars.truncate(n - 2);
        } else if let Some(a) = chars.last().copied().and_then(align_of) {
            (spec.align, aligned) = (a, true);
            chars.pop();
        }
        spec.sign = take(&mut chars, |c| matches!(c, '+' | '-' | ' '));
        spec.positive_zero = take(&mut chars, |c| c == 'z').is_some();
        spec.alternate = take(&mut chars, |c| c == '#').is_some();
        if !filled && take(&mut chars, |c| c == '0').is_some() {
            spec.fill = '0';
            if !aligned && align == Align::Right {
                spec.align = Align::Inside;
            }
        }
        spec.width = number(&mut chars)?.unwrap_or(0);
        spec.grouping = take(&mut chars, |c| matches!(c, ',' | '_'));
        if take(&mut chars, |c| c == '.').is_some() {
            spec.precision = Some(number(&mut chars)??);
        }
        if let Some(kind) = chars.pop() {
            spec.kind = Some(kind);
        }
        (chars.is_empty() && spec.grouping_allowed()).then_some(spec)
    }

    fn grouping_allowed(&self) -> bool {
        match (self.grouping, self.kind) {
            (None, _) | (_, None | Some('d' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%')) => true,
            (Some(mark), Some('b' | 'o' | 'x' | 'X')) => mark == '_',
            _ => false,
        }
    }

    /// Digits in a group.
    fn group_len(&self) -> usize {
        if matches!(self.kind, Some('b' | 'o' | 'x' | 'X')) { 4 } else { 3 }
    }

    /// A number from its parts, signed, grouped and filled. `prefix` is `0x` and the like, `digits`
    /// the whole part, `rest` what follows it.
    pub fn number(&self, negative: bool, prefix: &str, digits: &str, rest: &str) -> String {
        let sign = match self.sign {
            _ if negative => "-",
            Some('+') => "+",
            Some(' ') => " ",
            _ => "",
        };
        let head = format!("{sign}{prefix}");
        let fixed = head.len() + rest.chars().count();
        let zeros = self.fill == '0' && self.align == Align::Inside;
        let least = if zeros { self.width.saturating_sub(fixed) } else { 0 };
        let mut tail = if digits.is_empty() { String::new() } else { self.group(digits, least) };
        tail.push_str(rest);
        if self.align != Align::Inside {
            return self.pad(&format!("{head}{tail}"));
        }
        let missing = self.width.saturating_sub(head.len() + tail.chars().count());
        let mut out = head;
        out.extend(std::iter::repeat_n(self.fill, missing));
        out.push_str(&tail);
        out
    }

    /// Groups digits, after putting zeros in front until the grouped text has `least` characters.
    fn group(&self, digits: &str, least: usize) -> String {
        let Some(mark) = self.grouping else {
            let mut out: String = std::iter::repeat_n('0', least.saturating_sub(digits.len())).collect();
            out.push_str(digits);
            return out;
        };
        let n = self.group_len();
        let mut len = digits.len();
        while len + (len - 1) / n < least {
            len += 1;
        }
        let zeros = std::iter::repeat_n('0', len - digits.len());
        let mut out = String::with_capacity(len + len / n);
        for (i, c) in zeros.chain(digits.chars()).enumerate() {
            if i > 0 && (len - i).is_multiple_of(n) {
                out.push(mark);
            }
            out.push(c);
        }
        out
    }

    /// Fills a text up to the width.
    pub fn pad(&self, text: &str) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        let before = match self.align {
            Align::Left => 0,
            Align::Centre => missing / 2,
            Align::Right | Align::Inside => missing,
        };
        let mut out = String::with_capacity(text.len() + missing);
        out.extend(std::iter::repeat_n(self.fill, before));
        out.push_str(text);
        out.extend(std::iter::repeat_n(self.fill, missing - before));
        out
    }
}

fn align_of(c: char) -> Option<Align> {
    Some(match c {
        '<' => Align::Left,
        '>' => Align::Right,
        '^' => Align::Centre,
        '=' => Align::Inside,
        _ => return None,
    })
}

/// The next character, if it is wanted. `chars` is in reverse.
fn take(chars: &mut Vec<char>, wanted: impl Fn(char) -> bool) -> Option<char> {
    chars.pop_if(|c| wanted(*c))
}

/// A decimal number, if one comes next; the outer `None` if it is too large.
fn number(chars: &mut Vec<char>) -> Option<Option<usize>> {
    let mut n = None;
    while let Some(digit) = take(chars, |c| c.is_ascii_digit()).and_then(|c| c.to_digit(10)) {
        let next = n.unwrap_or(0) * 10 + digit as usize;
        if next > MOST {
            return None;
        }
        n = Some(next);
    }
    Some(n)
}

//! From the place where the parser stopped to the error that says why.

mod apl;
mod habits;

use super::error::{Side, SyntaxError};
use super::token::{Tok, Token};
use super::{Lexicon, Span};
use std::ops::Range;

/// Why a statement did not parse.
pub(super) enum Failure {
    /// An action found the error.
    Known(Box<SyntaxError>),
    /// The token at `index`, or the end, fits nothing; `expected` are the terminals that would fit.
    At { index: usize, expected: Vec<String> },
}

impl Failure {
    /// The index of the token it is about.
    pub fn index(&self, tokens: &[Token]) -> usize {
        match self {
            Failure::Known(error) => {
                let start = error.span().start;
                tokens.partition_point(|token| token.end <= start).min(tokens.len().saturating_sub(1))
            }
            Failure::At { index, .. } => *index,
        }
    }
}

fn span(token: Token) -> Span {
    Span { start: token.start, end: token.end }
}

/// The error of a bracket that is never closed.
pub(super) fn unclosed(text: &str, open: Token, stopped: Option<Span>) -> SyntaxError {
    let closing = match text.as_bytes().get(open.start as usize) {
        Some(b'(') => ')',
        Some(b'[') => ']',
        _ => '}',
    };
    SyntaxError::UnclosedBracket { open: span(open), text: closing, stopped }
}

/// The error of a statement whose tokens are given; `bad` are the errors of its bad tokens.
pub(super) fn error(
    text: &str,
    lexicon: &Lexicon,
    tokens: &[Token],
    bad: &[(u32, SyntaxError)],
    failure: Failure,
) -> SyntaxError {
    let (index, expected) = match failure {
        Failure::Known(error) => return *error,
        Failure::At { index, expected } => (index, expected),
    };
    if let Some(token) = tokens.get(index).filter(|token| token.kind == Tok::Bad)
        && let Some((_, error)) = bad.iter().find(|(start, _)| *start == token.start)
    {
        return error.clone();
    }
    Place { text, lexicon, tokens, index, expected }.error()
}

/// The statement inside braces that holds the token at `index`, if it lies in closed braces.
pub(super) fn statement_in_braces(tokens: &[Token], index: usize) -> Option<Range<usize>> {
    let index = index.min(tokens.len());
    let (mut closed, mut around) = (0usize, 0usize);
    let mut start = None;
    let mut found = false;
    for at in (0..index).rev() {
        let kind = tokens[at].kind;
        match kind {
            _ if kind.closes() => closed += 1,
            _ if kind.opens() && closed > 0 => closed -= 1,
            _ if kind.opens_brace() => {
                start = start.or(Some(at + 1));
                found = true;
                break;
            }
            _ if kind.opens() => {
                around += 1;
                start = None;
            }
            Tok::Separator | Tok::Semi if closed == 0 && start.is_none() => start = Some(at + 1),
            _ => {}
        }
    }
    let start = start.filter(|_| found)?;
    let mut depth = around;
    for (at, token) in tokens.iter().enumerate().skip(index) {
        match token.kind {
            kind if kind.opens() => depth += 1,
            kind if kind.closes() && depth == 0 => return Some(start..at),
            kind if kind.closes() => depth -= 1,
            Tok::Separator | Tok::Semi if depth == 0 => return Some(start..at),
            _ => {}
        }
    }
    None
}

/// Words of Python that begin what arr writes otherwise.
const PYTHON: [(&str, &str); 15] = [
    ("def", "a function is `fn f(x) { … }`, or in one line `fn f(x) = …`"),
    ("elif", "write `else if c { … }`"),
    ("with", "there are no contexts; write the statements themselves"),
    ("class", "there are no classes; functions take arrays, and tuples hold several values"),
    ("try", "errors are not caught; test before, with `if` and `assert`"),
    ("except", "errors are not caught; test before, with `if` and `assert`"),
    ("finally", "errors are not caught; test before, with `if` and `assert`"),
    ("raise", "write `assert condition, \"message\"`"),
    ("del", "a name keeps its value; assign `None` to let go of it, or use `%reset`"),
    ("global", "a function returns what it makes: `x = f(x)`"),
    ("nonlocal", "a function returns what it makes: `x = f(x)`"),
    ("yield", "build an array, or use a comprehension"),
    ("async", "there are no coroutines"),
    ("await", "there are no coroutines"),
    ("match", "write `if … { … } else if … { … }`"),
];

struct Place<'a> {
    text: &'a str,
    lexicon: &'a Lexicon,
    tokens: &'a [Token],
    index: usize,
    expected: Vec<String>,
}

impl Place<'_> {
    fn error(&self) -> SyntaxError {
        self.foreign()
            .or_else(|| self.habits())
            .or_else(|| self.dictionary())
            .or_else(|| self.apl())
            .or_else(|| self.assignment())
            .or_else(|| self.missing_operand())
            .or_else(|| self.missing_operator())
            .or_else(|| self.missing_block())
            .unwrap_or_else(|| self.unexpected())
    }

    fn token(&self) -> Option<Token> {
        self.tokens.get(self.index).copied()
    }

    fn before(&self) -> Option<Token> {
        self.tokens.get(self.index.checked_sub(1)?).copied()
    }

    fn words(&self, token: Token) -> &str {
        &self.text[token.start as usize..token.end as usize]
    }

    fn expects(&self, terminal: &str) -> bool {
        self.expected.iter().any(|e| e.trim_matches('"') == terminal)
    }

    /// A value could stand here.
    fn expects_operand(&self) -> bool {
        self.expects("None")
    }

    /// Where the statement around the place begins.
    fn statement_start(&self) -> usize {
        let mut closed = 0usize;
        for at in (0..self.index.min(self.tokens.len())).rev() {
            match self.tokens[at].kind {
                kind if kind.closes() => closed += 1,
                kind if kind.opens() && closed > 0 => closed -= 1,
                Tok::Separator | Tok::Semi if closed == 0 => return at + 1,
                kind if kind.opens_brace() && closed == 0 => return at + 1,
                _ => {}
            }
        }
        0
    }

    /// Python's words and blocks.
    fn foreign(&self) -> Option<SyntaxError> {
        let start = self.statement_start();
        let first = *self.tokens.get(start)?;
        let python = |token: Token| {
            let word = self.words(token);
            let known = PYTHON.iter().find(|(python, _)| token.kind == Tok::Name && *python == word)?;
            Some(SyntaxError::PythonSpelling { at: span(token), word: word.into(), help: known.1 })
        };
        if self.index > start
            && let Some(error) = python(first)
        {
            return Some(error);
        }
        let here = self.token()?;
        if self.before().is_some_and(|before| before.kind == Tok::BlockClose)
            && let Some(error) = python(here)
        {
            return Some(error);
        }
        self.python_block(first, here)
    }

    /// The last word before this place that a block follows.
    fn block_word(&self) -> Option<Token> {
        let blocks = [Tok::If, Tok::While, Tok::For, Tok::Else, Tok::ChoiceElse, Tok::Fn];
        self.tokens[..self.index].iter().rev().find(|token| blocks.contains(&token.kind)).copied()
    }

    /// `if c` at the end of a line.
    fn missing_block(&self) -> Option<SyntaxError> {
        let ended = self.token().is_none_or(|token| matches!(token.kind, Tok::Separator | Tok::Semi));
        let word = self.block_word().filter(|_| ended && self.expects("block{"))?;
        let end = self.tokens[self.index - 1].end;
        let text = format!("{} {{ … }}", &self.text[word.start as usize..end as usize]);
        Some(SyntaxError::MissingBlock { word: span(word), at: Span { start: end, end }, text })
    }

    /// `if c:` and its like.
    fn python_block(&self, first: Token, here: Token) -> Option<SyntaxError> {
        let word = self.block_word().unwrap_or(first);
        let after = self.tokens[..self.index].iter().filter(|token| token.start > word.start);
        let has_block = after.clone().any(|token| token.kind == Tok::BlockOpen);
        if here.kind == Tok::Colon && self.block_word().is_some() && !has_block {
            let header = self.text[word.start as usize..here.start as usize].trim_end();
            let text = format!("{header} {{ … }}");
            return Some(SyntaxError::PythonBlock { word: span(word), colon: span(here), text });
        }
        let alone = matches!(here.kind, Tok::Else | Tok::ChoiceElse) && self.expects_operand();
        alone.then(|| {
            let help = "`else` stands on the line of the `}` before it, or begins the next";
            SyntaxError::PythonSpelling { at: span(here), word: "else".into(), help }
        })
    }

    /// `{"a": 1, "b": 2}`
    fn dictionary(&self) -> Option<SyntaxError> {
        let here = self.token().filter(|token| matches!(token.kind, Tok::Comma | Tok::Colon))?;
        let open = self.enclosing()?;
        let pair = self.tokens.get(open + 2).is_some_and(|token| token.kind == Tok::Colon);
        let is_dictionary = self.tokens[open].kind == Tok::DfnOpen && pair;
        is_dictionary.then(|| SyntaxError::DictBraces { open: span(self.tokens[open]), at: span(here) })
    }

    fn assignment(&self) -> Option<SyntaxError> {
        let here = self.token().filter(|token| matches!(token.kind, Tok::Assign | Tok::Augment))?;
        let needs_left = self.expects_operand();
        (!needs_left).then(|| SyntaxError::AssignInExpression { at: span(here) })
    }

    fn missing_operand(&self) -> Option<SyntaxError> {
        if !self.expects_operand() {
            return None;
        }
        let missing = |token: Token, side| {
            let (at, text) = (span(token), self.words(token).to_string());
            let (wants, example) = self.operator_wants(token, side);
            let help = match side {
                _ if example.is_some() => example,
                Side::Right => {
                    self.slip(token).or_else(|| self.as_reduction(token)).or_else(|| self.as_function(token))
                }
                Side::Left => None,
            };
            let string = side == Side::Right
                && token.kind == Tok::Dyadic
                && self.token().is_some_and(|here| matches!(here.kind, Tok::Str | Tok::FString));
            let help = help.map(|help| if string { format!("a string is none: {help}") } else { help });
            let read = if wants == "a value" { self.read_before(token.end) } else { None };
            SyntaxError::MissingOperand { at, text, side, wants, help, read }
        };
        if let Some(before) = self.before() {
            if let Some(dot) = self.outer_of_value(before) {
                return Some(missing(dot, Side::Right));
            }
            if let Some(function) = self.function_before(before) {
                let recursion = self.as_recursion(before);
                let help =
                    recursion.or_else(|| self.as_reduction(before)).or_else(|| self.as_function(before));
                return Some(SyntaxError::MissingOperand {
                    at: function,
                    text: shortened(&self.text[function.range()]),
                    side: Side::Right,
                    wants: "a value",
                    help,
                    read: self.read_before(function.end),
                });
            }
            if self.takes_right(before) {
                return Some(missing(before, Side::Right));
            }
        }
        let here = self.token()?;
        let between = here.kind.is_primitive()
            || matches!(
                here.kind,
                Tok::Monadic | Tok::Dyadic | Tok::AndWord | Tok::OrWord | Tok::In | Tok::Is
            )
            || matches!(here.kind, Tok::PipeTo | Tok::Augment | Tok::Assign | Tok::AssignTrain);
        between.then(|| missing(here, Side::Left))
    }

    /// Whether a token waits for a value on its right.
    fn takes_right(&self, token: Token) -> bool {
        use Tok::*;
        token.kind.is_primitive()
            || matches!(token.kind, Monadic | Dyadic | Function | AndWord | OrWord | Not | In | Is)
            || matches!(token.kind, PipeTo | Assign | AssignTrain | Augment | Arrow)
    }

    fn missing_operator(&self) -> Option<SyntaxError> {
        let (before, here) = (self.before()?, self.token()?);
        let value =
            matches!(
                here.kind,
                Tok::Number
                    | Tok::Str
                    | Tok::FString
                    | Tok::Name
                    | Tok::Argument
                    | Tok::FunctionName
                    | Tok::DfnOpen
            ) || matches!(here.kind, Tok::None | Tok::True | Tok::False | Tok::Itself | Tok::Function);
        if self.expects_operand() || !value || !before.kind.ends_operand() {
            return None;
        }
        if let Some(error) = self.named_between() {
            return Some(error);
        }
        let argument = self.argument(self.index);
        let written = &self.text[argument.range()];
        if before.kind == Tok::Name {
            let function = self.path();
            let name = self.text[function.range()].to_string();
            // After a function the name may hold an operator.
            let fixed = match self.function_left_of(function) {
                Some(operand) => format!("{name}({})({written})", &self.text[operand.range()]),
                None => format!("{name}({written})"),
            };
            let fixed = self.tried(fixed).unwrap_or_else(|| format!("{name}(…)"));
            return Some(SyntaxError::AppliedName { function, argument, name, fixed, product: None });
        }
        let left = self.left(self.index).unwrap_or(span(before));
        let left_text = &self.text[left.range()];
        let (text, both) = (format!("{left_text} × {written}"), format!("[{left_text}, {written}]"));
        let train = self.bound_train(written);
        let train = train.map(|train| format!("a train ends in a function: write `{train}`"));
        let other = train.or_else(|| self.missing_diamond());
        Some(SyntaxError::MissingOperator { left, right: argument, text, both, other })
    }

    /// `3 f 4`: a named function between two values.
    fn named_between(&self) -> Option<SyntaxError> {
        let first = self.token().filter(|token| token.kind == Tok::Name)?;
        let mut last = self.index;
        while let (Some(dot), Some(name)) = (self.tokens.get(last + 1), self.tokens.get(last + 2)) {
            if dot.kind != Tok::Dot || name.kind != Tok::Name {
                break;
            }
            last += 2;
        }
        let next = self.tokens.get(last + 1)?;
        let touching = next.start == self.tokens[last].end;
        if !next.kind.starts_operand() || touching {
            return None;
        }
        let function = span(first).to(span(self.tokens[last]));
        let (left, right) = (self.left(self.index)?, self.argument(last + 1));
        let name = self.text[function.range()].to_string();
        let (x, y) = (&self.text[left.range()], &self.text[right.range()]);
        let fixed = format!("{name}({x}, {y})");
        let product = if name == "x" { self.tried(format!("{x} × {y}")) } else { None };
        Some(SyntaxError::AppliedName { function, argument: left.to(right), name, fixed, product })
    }

    /// The name path that ends before the place.
    fn path(&self) -> Span {
        let last = self.index.saturating_sub(1);
        let mut first = last;
        while first >= 2
            && self.tokens[first - 1].kind == Tok::Dot
            && self.tokens[first - 2].kind == Tok::Name
        {
            first -= 2;
        }
        span(self.tokens[first]).to(span(self.tokens[last]))
    }

    /// The value that begins with a token: the tokens that touch one another, or a strand.
    fn argument(&self, start: usize) -> Span {
        let mut end = start;
        let mut depth = 0usize;
        while let (Some(now), Some(next)) = (self.tokens.get(end), self.tokens.get(end + 1)) {
            depth += usize::from(now.kind.opens());
            let strand = now.kind == Tok::Number && next.kind == Tok::Number;
            let touching =
                now.end == next.start && !matches!(next.kind, Tok::Comma | Tok::Separator | Tok::Semi);
            if depth == 0 && (!(touching || strand) || next.kind.closes()) {
                break;
            }
            depth = depth.saturating_sub(usize::from(next.kind.closes()));
            end += 1;
        }
        span(self.tokens[start]).to(span(self.tokens[end.min(self.tokens.len() - 1)]))
    }

    fn unexpected(&self) -> SyntaxError {
        let expected = phrases(|terminal| self.expects(terminal));
        match self.token() {
            Some(token) => SyntaxError::Unexpected {
                at: span(token),
                found: described(token.kind, self.words(token)),
                expected,
            },
            None => {
                let end = self.tokens.last().map_or(0, |token| token.end);
                let at = Span { start: end, end };
                SyntaxError::Unexpected { at, found: "end of the statement".into(), expected }
            }
        }
    }
}

/// A function's text, if it is short; else how it looks.
fn shortened(text: &str) -> String {
    let open = text.chars().next().unwrap_or('{');
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().count() {
        0..=30 => text,
        _ if open == '(' => "(…)".into(),
        _ => "{…}".into(),
    }
}

/// A token in words.
fn described(kind: Tok, text: &str) -> String {
    match kind {
        Tok::Name | Tok::FunctionName => format!("name `{text}`"),
        Tok::Number => format!("number `{text}`"),
        Tok::Str | Tok::FString => "string".into(),
        Tok::Separator => "end of the line".into(),
        _ => format!("`{text}`"),
    }
}

/// What the parser expects, in a few words instead of thirty terminals.
fn phrases(expects: impl Fn(&str) -> bool) -> Vec<&'static str> {
    const PHRASES: [(&str, &str); 13] = [
        ("None", "a value"),
        ("block{", "a block `{ … }`"),
        (")", "`)`"),
        (")train", "`)`"),
        ("]", "`]`"),
        ("}block", "`}`"),
        ("}dfn", "`}`"),
        ("choice-else", "`else`"),
        (",", "`,`"),
        ("in", "`in`"),
        ("import", "`import`"),
        ("(", "`(`"),
        ("=", "`=`"),
    ];
    let mut found = Vec::new();
    if expects("sum") && !expects("None") {
        found.push("an operator");
    }
    if expects("name") && !expects("None") {
        found.push("a name");
    }
    let few = found.is_empty() || !expects("sum");
    for (terminal, phrase) in PHRASES {
        let minor = matches!(terminal, "in" | "(" | "=");
        if expects(terminal) && !found.contains(&phrase) && (few || !minor) {
            found.push(phrase);
        }
    }
    found.truncate(5);
    found
}

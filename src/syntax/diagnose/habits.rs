//! What other languages write: `x++`, `===`, `for (i = 0; …)`, a block without braces. The error says
//! how arr writes it; a line that is offered was read before.

use super::super::Span;
use super::super::error::SyntaxError;
use super::super::token::Tok;
use super::{Place, span};

/// Words that begin a statement elsewhere, and what arr writes.
const WORDS: [(&str, &str); 24] = [
    ("function", "a function is `fn f(x) { … }`, or in one line `fn f(x) = …`"),
    ("func", "a function is `fn f(x) { … }`, or in one line `fn f(x) = …`"),
    ("let", "a name is assigned without a word before it: `x = 3`"),
    ("var", "a name is assigned without a word before it: `x = 3`"),
    ("const", "a name is assigned without a word before it: `x = 3`"),
    ("elseif", "write `else if c { … }`"),
    ("elsif", "write `else if c { … }`"),
    ("foreach", "write `for v in x { … }`"),
    ("unless", "write `if not c { … }`"),
    ("until", "write `while not c { … }`"),
    ("switch", "write `if … { … } else if … { … }`"),
    ("do", "write `while c { … }`"),
    ("repeat", "write `while c { … }`"),
    ("echo", "write `print(x)`"),
    ("puts", "write `print(x)`"),
    ("timeit", "a command begins with `%`: `%timeit x + 1`"),
    ("time", "a command begins with `%`: `%time x + 1`"),
    ("run", "a command begins with `%`: `%run file.arr`"),
    ("lesson", "a command begins with `%`: `%lesson 1`"),
    ("explain", "a command begins with `%`: `%explain x + 1`"),
    ("ls", "a command begins with `%`: `%ls`"),
    ("cd", "a command begins with `%`: `%cd folder`"),
    ("help", "write `?sum`; `%help` lists the commands"),
    ("man", "write `?sum`; `%help` lists the commands"),
];

impl Place<'_> {
    pub(super) fn habits(&self) -> Option<SyntaxError> {
        self.word()
            .or_else(|| self.step_by_one())
            .or_else(|| self.two_marks())
            .or_else(|| self.counting_loop())
            .or_else(|| self.no_parameters())
            .or_else(|| self.star_import())
            .or_else(|| self.else_alone())
            .or_else(|| self.braces_as_index())
            .or_else(|| self.point_as_index())
            .or_else(|| self.quote_inside())
            .or_else(|| self.separated_by_semicolon())
            .or_else(|| self.unbraced())
    }

    fn habit(&self, at: Span, problem: String, help: String) -> Option<SyntaxError> {
        Some(SyntaxError::OtherSpelling { at, problem, help })
    }

    /// `function f(x) { … }`, `let x = 3`, `timeit x`
    fn word(&self) -> Option<SyntaxError> {
        let start = self.statement_start();
        let first = self.tokens.get(start).filter(|token| token.kind == Tok::Name && self.index > start)?;
        let next = self.tokens.get(start + 1).filter(|next| next.start > first.end)?;
        let word = self.words(*first);
        let (_, help) = WORDS.iter().find(|(known, _)| *known == word)?;
        let applied =
            self.index == start + 1 || matches!(next.kind, Tok::Dot | Tok::DfnOpen | Tok::BlockOpen);
        applied.then(|| self.habit(span(*first), format!("arr has no word `{word}`"), (*help).into()))?
    }

    /// `x++`, `x--`
    fn step_by_one(&self) -> Option<SyntaxError> {
        let ended = self
            .token()
            .is_none_or(|t| matches!(t.kind, Tok::Separator | Tok::Semi | Tok::BlockOpen) || t.kind.closes());
        let second = self.before().filter(|t| ended && matches!(self.words(*t), "+" | "-"))?;
        let first = self.tokens.get(self.index.checked_sub(2)?)?;
        if first.end != second.start || self.words(*first) != self.words(second) {
            return None;
        }
        let target = self.left(self.index - 2)?;
        let sign = self.words(second);
        let fixed = self.tried(format!("{} {sign}= 1", &self.text[target.range()]))?;
        let problem = format!("arr has no `{sign}{sign}`");
        self.habit(span(*first).to(span(second)), problem, format!("write `{fixed}`"))
    }

    /// `===`, `= =`, `<>`, `=<`, `&&`: two marks that are none of arr's.
    fn two_marks(&self) -> Option<SyntaxError> {
        let (before, here) = (self.before()?, self.token()?);
        let apart = before.end != here.start;
        let help = match (self.words(before), self.words(here), apart) {
            ("&", "&", false) => "write `and`, or `&` element by element",
            ("|", "|", false) => "write `or`, or `|` element by element",
            ("=", "=", true) => "to compare, write `==` without a space between",
            ("==", "=", _) | ("=", "==", _) => "to compare, write `==`",
            ("!=", "=", _) => "write `!=`",
            ("<", ">", _) => "for not equal write `!=`",
            ("=", "<", _) => "write `<=`",
            ("!", "=", true) => "write `!=` without a space between",
            (">" | "<", "=", true) => "write `>=` and `<=` without a space between",
            ("+" | "-" | "*" | "/", "=", true) => "write `+=` without a space between",
            _ => return None,
        };
        let gap = if apart { " " } else { "" };
        let marks = format!("{}{gap}{}", self.words(before), self.words(here));
        self.habit(span(before).to(span(here)), format!("`{marks}` is no operator"), help.into())
    }

    /// `for (i = 0; i < 3; i++) { … }`, `for i = 1:3`
    fn counting_loop(&self) -> Option<SyntaxError> {
        let assign = self.token().filter(|token| matches!(token.kind, Tok::Assign | Tok::AssignTrain))?;
        let mut start = self.index;
        while start > 0 && self.tokens[start].kind != Tok::For && self.index - start < 4 {
            start -= 1;
        }
        let word = self.tokens.get(start).filter(|token| token.kind == Tok::For)?;
        let name = self.before().filter(|token| token.kind == Tok::Name)?;
        let fixed = self.tried(format!("for {} in range(0, 10) {{ }}", self.words(name)))?;
        let help =
            format!("write `{} … {}`: range(a, b) counts from a to b - 1", fixed.trim_end_matches(" }"), "}");
        self.habit(span(*word).to(span(assign)), "a loop goes over the items of a value".into(), help)
    }

    /// `fn f = x + 1`
    fn no_parameters(&self) -> Option<SyntaxError> {
        let here = self.token().filter(|token| matches!(token.kind, Tok::Assign | Tok::AssignTrain))?;
        let name = self.before().filter(|token| token.kind == Tok::Name)?;
        let word = self.tokens.get(self.index.checked_sub(2)?).filter(|token| token.kind == Tok::Fn)?;
        let value = self.text.get(here.end as usize..self.statement_end(self.index) as usize)?;
        let fixed = self.tried(format!("fn {}() = {}", self.words(name), value.trim()))?;
        let problem = "a function has its parameters in brackets".to_string();
        self.habit(span(*word).to(span(name)), problem, format!("write `{fixed}`"))
    }

    /// `from numpy import *`
    fn star_import(&self) -> Option<SyntaxError> {
        let here = self.token().filter(|token| self.words(*token) == "*")?;
        let import = self.before().filter(|token| token.kind == Tok::Import)?;
        let from = self.tokens.get(self.statement_start()).filter(|token| token.kind == Tok::From)?;
        let module = self.text.get(from.end as usize..import.start as usize)?.trim();
        let help = match module.split('.').next() {
            Some("numpy") => {
                "leave the line out: every function is there by its name alone; `import numpy as np` is fine too"
                    .to_string()
            }
            _ => format!("name what is wanted, or write `import {module}`"),
        };
        self.habit(span(here), "an import names what it takes".into(), help)
    }

    /// `else` without an `if`; a newline before it counts for nothing.
    fn else_alone(&self) -> Option<SyntaxError> {
        let here = self.token().filter(|token| matches!(token.kind, Tok::Else | Tok::ChoiceElse))?;
        let before = self.tokens.get(self.statement_start()..self.index)?;
        if before.iter().any(|token| matches!(token.kind, Tok::If | Tok::ChoiceIf)) {
            return None;
        }
        let help = "it follows the `}` of its `if`: `if c { … } else { … }`".to_string();
        self.habit(span(here), "`else` has no `if` before it".into(), help)
    }

    /// `x{0}`
    fn braces_as_index(&self) -> Option<SyntaxError> {
        let close = self.index.checked_sub(1).filter(|&at| self.tokens[at].kind == Tok::DfnClose)?;
        if self.token().is_some_and(|t| !matches!(t.kind, Tok::Separator | Tok::Semi)) {
            return None;
        }
        let open = self.opening(close)?;
        let inside = self.text.get(self.tokens[open].end as usize..self.tokens[close].start as usize)?;
        let before = self.tokens.get(open.checked_sub(1)?)?;
        if before.end != self.tokens[open].start || inside.contains(['⍵', '⍺', '∇']) {
            return None;
        }
        let base = &self.text[self.left(open)?.range()];
        let fixed = self.tried(format!("{base}[{}]", inside.trim()))?;
        let at = span(self.tokens[open]).to(span(self.tokens[close]));
        self.habit(at, "braces make a function".into(), format!("to index, write `{fixed}`"))
    }

    /// `x.1`
    fn point_as_index(&self) -> Option<SyntaxError> {
        let (before, here) = (self.before()?, self.token()?);
        let digits = self.words(here).strip_prefix('.').filter(|_| before.end == here.start)?;
        if before.kind != Tok::Name || here.kind != Tok::Number || !digits.bytes().all(|b| b.is_ascii_digit())
        {
            return None;
        }
        let fixed = self.tried(format!("{}[{digits}]", &self.text[self.path().range()]))?;
        self.habit(span(here), "a point stands before a name".into(), format!("to index, write `{fixed}`"))
    }

    /// `'it's'`
    fn quote_inside(&self) -> Option<SyntaxError> {
        let (before, here) = (self.before()?, self.token()?);
        let touching = before.end == here.start && before.kind == Tok::Str;
        let quote = self.words(before).chars().next().filter(|_| touching)?;
        if !matches!(here.kind, Tok::Name | Tok::Number) {
            return None;
        }
        let other = if quote == '"' { '\'' } else { '"' };
        let help = format!("a quote within is `\\{quote}`, or the string stands between two {other}");
        self.habit(span(here), "the string has ended before this".into(), help)
    }

    /// `print(x; y)`
    fn separated_by_semicolon(&self) -> Option<SyntaxError> {
        let here = self.token().filter(|token| token.kind == Tok::Semi)?;
        let open = self.enclosing().filter(|&open| self.tokens[open].kind == Tok::LParen)?;
        let close = self.closing(open)?;
        let inside = self.tokens[open + 1..close].iter();
        let mut text = self.text.get(..self.tokens[close].end as usize)?.to_string();
        for token in inside.rev().filter(|token| token.kind == Tok::Semi) {
            text.replace_range(token.start as usize..token.end as usize, ",");
        }
        let start = self.left(close + 1)?.start as usize;
        let fixed = self.tried(text.get(start..)?.to_string())?;
        self.habit(span(here), "`;` ends a statement".into(), format!("write `{fixed}`"))
    }

    /// `if c print(1)`, `fn f(x) x + 1`
    fn unbraced(&self) -> Option<SyntaxError> {
        let word = self.block_word().filter(|_| self.expects("block{"))?;
        let here = self.token()?;
        let end = self.statement_end(self.index);
        let body = self.tokens[self.index..].iter().take_while(|token| token.start < end);
        if body.clone().any(|token| token.kind.opens_brace()) {
            return None;
        }
        let header = self.text.get(word.start as usize..here.start as usize)?.trim_end();
        let body = self.text.get(here.start as usize..end as usize)?;
        let written = match word.kind {
            Tok::Fn => format!("{header} = {body}"),
            _ => format!("{header} {{ {body} }}"),
        };
        let text = self.tried(written).unwrap_or_else(|| format!("{header} {{ … }}"));
        Some(SyntaxError::MissingBlock {
            word: span(word),
            at: Span { start: here.start, end: here.start },
            text,
        })
    }

    /// Where the statement that holds a token ends.
    fn statement_end(&self, from: usize) -> u32 {
        let mut depth = 0usize;
        let mut end = self.tokens[from].end;
        for token in &self.tokens[from..] {
            match token.kind {
                kind if kind.closes() && depth == 0 => break,
                Tok::Separator | Tok::Semi if depth == 0 => break,
                kind if kind.opens() => depth += 1,
                kind if kind.closes() => depth -= 1,
                _ => {}
            }
            end = token.end;
        }
        end
    }
}

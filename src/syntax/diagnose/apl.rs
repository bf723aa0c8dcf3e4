//! What APL writes with a character that NumPy owns, or in brackets of its own: the error says how
//! arr writes it. Every line that is offered was read before.

use super::super::ast::{ExprKind, Stmt, StmtKind};
use super::super::error::SyntaxError;
use super::super::parse::quietly;
use super::super::token::{Tok, Token};
use super::super::{Span, print};
use super::{Place, span};

/// Bytes beyond which a statement gets no line of its own: it would not be read.
const LONGEST: usize = 200;

impl Place<'_> {
    pub(super) fn apl(&self) -> Option<SyntaxError> {
        self.index_brackets()
            .or_else(|| self.guard())
            .or_else(|| self.operator_alone())
            .or_else(|| self.without())
            .or_else(|| self.prefix())
    }

    fn spelling(&self, at: Span, word: &str, fixed: String) -> Option<SyntaxError> {
        let help = format!("write `{}`", self.tried(fixed)?);
        Some(SyntaxError::AplSpelling { at, word: word.into(), help })
    }

    /// A line, if it can be read.
    fn tried(&self, line: String) -> Option<String> {
        (line.len() <= LONGEST && quietly(&line, self.lexicon).is_some()).then_some(line)
    }

    /// `m[;1]`
    fn index_brackets(&self) -> Option<SyntaxError> {
        let here = self.token().filter(|token| token.kind == Tok::Semi)?;
        let open = self.enclosing()?;
        let close = self.closing(open)?;
        if self.tokens[open].kind != Tok::LBracket {
            return None;
        }
        let base = self.left(open)?;
        let mut parts = Vec::new();
        let mut from = self.tokens[open].end;
        let mut depth = 0usize;
        for token in &self.tokens[open + 1..=close] {
            let ends = depth == 0 && (token.kind == Tok::Semi || token.kind.closes());
            if ends {
                let part = self.text.get(from as usize..token.start as usize)?.trim();
                parts.push(if part.is_empty() { ":" } else { part });
                from = token.end;
            }
            depth += usize::from(token.kind.opens());
            depth = depth.saturating_sub(usize::from(token.kind.closes()));
        }
        self.spelling(span(here), ";", format!("{}[{}]", &self.text[base.range()], parts.join(", ")))
    }

    /// `0 = ⍵ : 1`
    fn guard(&self) -> Option<SyntaxError> {
        self.token().filter(|token| token.kind == Tok::Colon)?;
        let start = self.statement_start();
        let assigns = |token: &&Token| matches!(token.kind, Tok::Assign | Tok::AssignTrain);
        let equal = self.tokens[start..self.index].iter().rev().find(assigns)?;
        Some(SyntaxError::AssignInExpression { at: span(*equal) })
    }

    /// `{⍺⍺ ⍵} x`: an operator without its operand.
    fn operator_alone(&self) -> Option<SyntaxError> {
        let close = self.index.checked_sub(1)?;
        let before = self.before().filter(|token| token.kind == Tok::OperatorClose)?;
        let open = self.tokens[self.opening(close)?];
        let at = span(open).to(span(before));
        let text = self.text.get(at.range()).filter(|t| t.chars().count() <= 30).unwrap_or("{… ⍺⍺ …}");
        let help = "a dfn with ⍺⍺ follows its operand, as ¨ does: `- {⍺⍺ ⍵} 3`".to_string();
        let side = super::Side::Left;
        Some(SyntaxError::MissingOperand { at, text: text.into(), side, help: Some(help), read: None })
    }

    /// `a ~ b`
    fn without(&self) -> Option<SyntaxError> {
        let here = self.token().filter(|token| token.kind == Tok::Tilde)?;
        self.before().filter(|token| token.kind.ends_operand())?;
        self.tokens.get(self.index + 1)?;
        let (a, b) = (self.left(self.index)?, self.argument(self.index + 1));
        let (a, b) = (&self.text[a.range()], &self.text[b.range()]);
        self.spelling(span(here), "~", format!("(~{a} ∊ {b}) ⌿ {a}"))
    }

    /// `|x`, `,m`, `⍟*1`
    fn prefix(&self) -> Option<SyntaxError> {
        let here = self.token().filter(|_| self.expects_operand())?;
        self.tokens.get(self.index + 1).filter(|next| next.kind.starts_operand())?;
        let begins = self.index == self.statement_start()
            || self.before().is_some_and(|before| self.takes_right(before));
        let argument = self.argument(self.index + 1);
        let x = self.text.get(argument.range()).filter(|_| begins)?;
        let fixed = match self.words(here) {
            "|" => format!("abs({x})"),
            "," => format!("∊ {x}"),
            // After `+` it is more likely a slip.
            "*" if self.before().is_some_and(|before| before.kind != Tok::Sum) => format!("exp({x})"),
            _ => return None,
        };
        self.spelling(span(here), self.words(here), fixed)
    }

    /// The bracket that is open at the place.
    fn enclosing(&self) -> Option<usize> {
        let mut closed = 0usize;
        (0..self.index).rev().find(|&at| match self.tokens[at].kind {
            kind if kind.closes() => {
                closed += 1;
                false
            }
            kind if kind.opens() && closed > 0 => {
                closed -= 1;
                false
            }
            kind => kind.opens(),
        })
    }

    /// The bracket that closes the one at `open`.
    fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0usize;
        (open..self.tokens.len()).find(|&at| {
            let kind = self.tokens[at].kind;
            depth += usize::from(kind.opens());
            depth -= usize::from(kind.closes() && depth > 0);
            depth == 0
        })
    }

    /// The bracket that the one at `close` closes.
    fn opening(&self, close: usize) -> Option<usize> {
        let mut depth = 0usize;
        (0..=close).rev().find(|&at| {
            let kind = self.tokens[at].kind;
            depth += usize::from(kind.closes());
            depth -= usize::from(kind.opens() && depth > 0);
            depth == 0
        })
    }

    /// The value that ends before the token at `end`: a postfix expression or a strand.
    pub(super) fn left(&self, end: usize) -> Option<Span> {
        let last = end.checked_sub(1)?;
        let mut at = last;
        loop {
            if self.tokens.get(at)?.kind.closes() {
                at = self.opening(at)?;
            }
            let Some(before) = at.checked_sub(1) else { break };
            let (now, previous) = (self.tokens[at], self.tokens[before]);
            let strand = now.kind == Tok::Number && previous.kind == Tok::Number;
            let part = previous.kind.ends_operand() || previous.kind == Tok::Dot;
            if !(strand || previous.end == now.start && part) {
                break;
            }
            at = before;
        }
        Some(span(self.tokens[at]).to(span(self.tokens[last])))
    }

    /// The text of the statement up to a byte, without what assigns it.
    fn statement(&self, end: u32) -> Option<(&str, &str)> {
        let start = self.statement_start();
        let first = self.tokens.get(start)?.start;
        let assigns = |token: &&Token| matches!(token.kind, Tok::Assign | Tok::AssignTrain);
        let before = self.tokens.get(start..self.index)?;
        let from = before.iter().rev().find(assigns).map_or(first, |token| token.end);
        let target = self.text.get(first as usize..from as usize)?;
        let text = self.text.get(from as usize..end as usize)?.trim();
        (target.len() + text.len() <= LONGEST).then_some((target, text))
    }

    /// `+/ ÷ ≢` without brackets: how it is a function.
    pub(super) fn as_function(&self, last: Token) -> Option<String> {
        let (target, text) = self.statement(last.end)?;
        // `1 + ×` is more likely a value without its end.
        let value = text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '¯' | '('));
        if value && last.kind != Tok::Glyph {
            return None;
        }
        let bracketed = self.tried(format!("({text})"))?;
        let statements = quietly(&bracketed, self.lexicon)?;
        let [Stmt { kind: StmtKind::Expr(e), .. }] = &statements[..] else { return None };
        let function = matches!(e.kind, ExprKind::Train(_) | ExprKind::Derived { .. } | ExprKind::Glyph(_));
        let target = if target.is_empty() { String::new() } else { format!("{} ", target.trim()) };
        function.then(|| format!("for the function itself, write `{target}{bracketed}`"))
    }

    /// How a line with glyphs was read up to the token that lacks an operand.
    pub(super) fn read_before(&self, token: Token) -> Option<String> {
        if self.statement(token.end)?.1.is_ascii() {
            return None;
        }
        let (_, text) = self.statement(token.start)?;
        let mut end = text.len();
        for _ in 0..4 {
            let part = text.get(..end)?.trim_end();
            if let Some([Stmt { kind: StmtKind::Expr(e), .. }]) = quietly(part, self.lexicon).as_deref() {
                let read = print::expression(e);
                return (read != part).then_some(read);
            }
            end = part.char_indices().next_back()?.0;
        }
        None
    }

    /// `(⊢×2) 3`: the train that was meant, with the operand bound to the function before it.
    pub(super) fn bound_train(&self, argument: &str) -> Option<String> {
        let close = self.index.checked_sub(1)?;
        if self.tokens[close].kind != Tok::RParen {
            return None;
        }
        let open = self.opening(close)?;
        let value = self.left(close)?;
        let at = (open..close).rev().find(|&at| self.tokens[at].end <= value.start)?;
        let (function, first) = (self.tokens[at], *self.tokens.get(open + 1)?);
        if !function.kind.is_primitive() || first.kind.ends_operand() || at <= open + 1 {
            return None;
        }
        let rest = self.text.get(first.start as usize..function.start as usize)?.trim();
        let value = self.text.get(value.range())?;
        let value = if value.contains(' ') { format!("({value})") } else { value.to_string() };
        let bound = format!("{}∘{value}", self.words(function));
        let train = if rest == "⊢" { bound } else { format!("{bound} {rest}") };
        self.tried(format!("({train}) {argument}"))
    }
}

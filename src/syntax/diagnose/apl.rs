//! What APL writes with a character that NumPy owns, or in brackets of its own: the error says how
//! arr writes it. Every line that is offered was read before.

use super::super::ast::{ExprKind, Stmt, StmtKind};
use super::super::error::SyntaxError;
use super::super::parse::quietly;
use super::super::token::{Tok, Token};
use super::super::{Span, print};
use super::{Place, span};

/// Whether a token can only end the statement before it.
fn ends_statement(kind: Tok) -> bool {
    matches!(kind, Tok::Separator | Tok::Semi) || kind.closes()
}

/// A name that stands for what is missing while the line is read.
const MISSING: &str = "what_is_missing";

/// Bytes beyond which a statement gets no line of its own: it would not be read.
const LONGEST: usize = 200;

impl Place<'_> {
    pub(super) fn apl(&self) -> Option<SyntaxError> {
        self.index_brackets()
            .or_else(|| self.control())
            .or_else(|| self.guard())
            .or_else(|| self.modified())
            .or_else(|| self.joined())
            .or_else(|| self.names())
            .or_else(|| self.operator_alone())
            .or_else(|| self.without())
            .or_else(|| self.prefix())
    }

    fn spelling(&self, at: Span, word: &str, fixed: String) -> Option<SyntaxError> {
        let help = format!("write `{}`", self.tried(fixed)?);
        Some(SyntaxError::AplSpelling { at, word: word.into(), help })
    }

    /// A line, if it can be read.
    pub(super) fn tried(&self, line: String) -> Option<String> {
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

    /// `:If x > 3`, `:While`, `:For`, `:Return`
    fn control(&self) -> Option<SyntaxError> {
        let here = self.token().filter(|token| token.kind == Tok::Colon)?;
        let word = self.tokens.get(self.index + 1).filter(|next| next.start == here.end)?;
        let help = match self.words(*word) {
            "If" => "write `if x > 3 { … } else { … }`",
            "While" | "Repeat" => "write `while x > 3 { … }`",
            "For" => "write `for v in x { … }`",
            "Else" | "ElseIf" => "write `} else { … }`",
            "EndIf" | "End" | "EndFor" | "EndWhile" => "a block ends with `}`",
            _ => return None,
        };
        let at = span(here).to(span(*word));
        (self.index == self.statement_start()).then(|| SyntaxError::AplSpelling {
            at,
            word: self.text[at.range()].into(),
            help: help.into(),
        })
    }

    /// `x +← 5`
    fn modified(&self) -> Option<SyntaxError> {
        let arrow = self.token().filter(|token| self.words(*token) == "←")?;
        let op = self.before().filter(|op| op.kind.is_primitive() && op.end == arrow.start)?;
        let target = self.left(self.index - 1)?;
        let value = self.tokens.get(self.index + 1)?;
        let end = self.argument(self.index + 1).end;
        let value = self.text.get(value.start as usize..end as usize)?;
        let fixed = format!("{} {}= {value}", &self.text[target.range()], self.words(op));
        self.spelling(span(op).to(span(arrow)), &format!("{}←", self.words(op)), fixed)
    }

    /// `x ,¨ y`, `x ,[0] y`, `∘.,`: catenation as a function.
    fn joined(&self) -> Option<SyntaxError> {
        let before = self.before()?;
        let axis = || Some(self.tokens[self.opening(self.index.checked_sub(1)?)?.checked_sub(1)?]);
        let comma = match before.kind {
            Tok::Comma => before,
            Tok::RBracket => axis()?,
            _ => return None,
        };
        let operator = self.token().is_some_and(|t| matches!(t.kind, Tok::Monadic | Tok::Dyadic | Tok::Dot));
        if comma.kind != Tok::Comma || (before.kind == Tok::Comma && !operator) {
            return None;
        }
        let (start, end) = (comma.start as usize, comma.end as usize);
        let line = format!("{}⍪{}", self.text.get(..start)?, self.text.get(end..)?);
        let from = self.tokens.get(self.statement_start())?.start as usize;
        self.spelling(span(comma), ",", line.get(from..)?.trim_end().to_string())
    }

    /// `a b ← 1 2`, `(a b) ← 1 2`
    fn names(&self) -> Option<SyntaxError> {
        let start = self.statement_start();
        let statement = self.tokens.get(start..)?;
        let arrow = statement.iter().position(|t| matches!(t.kind, Tok::Assign | Tok::AssignTrain))?;
        let names: Vec<&str> =
            statement[..arrow].iter().filter(|t| t.kind == Tok::Name).map(|t| self.words(*t)).collect();
        let plain = |t: &Token| matches!(t.kind, Tok::Name | Tok::LParen | Tok::RParen);
        if names.len() < 2 || !statement[..arrow].iter().all(plain) || statement.len() < arrow + 2 {
            return None;
        }
        let value = self.argument(start + arrow + 1);
        let at = span(statement[0]).to(span(statement[arrow - 1]));
        let fixed = format!("{} = {}", names.join(", "), &self.text[value.range()]);
        self.spelling(at, &self.text[at.range()], fixed)
    }

    /// `{0 = ⍵ : 1 ⋄ 2}`, `{⍵ : 1 : 2}`, `{: 1}`, `{⍵ > 0 : ⋄ 1}`, and `x > 0 : 1` outside a dfn.
    fn guard(&self) -> Option<SyntaxError> {
        let start = self.statement_start();
        let statement = self.tokens.get(start..self.index)?;
        let here = self.token();
        let colon = here.filter(|token| token.kind == Tok::Colon);
        let Some(colon) = colon else {
            // Where the value is missing, the guard's colon is the last that was read.
            let last = statement.last().filter(|token| token.kind == Tok::Colon)?;
            self.in_dfn().filter(|_| here.is_none_or(|t| ends_statement(t.kind)))?;
            let help = "write `{⍵ > 0 : 1 ⋄ 2}`: the value stands after the `:`".to_string();
            return Some(SyntaxError::Guard { at: span(*last), problem: "a guard lacks its value", help });
        };
        let at = span(colon);
        let Some(dfn) = self.in_dfn() else {
            let in_block = self.enclosing().is_some_and(|open| self.tokens[open].kind == Tok::BlockOpen);
            if let (true, Some(first)) = (in_block, statement.first()) {
                let test = self.text.get(first.start as usize..colon.start as usize).unwrap_or_default();
                let help = format!("in a block write `if {} {{ return … }}`", test.trim());
                return Some(SyntaxError::Guard { at, problem: "a guard stands in a dfn's own lines", help });
            }
            let apart = self.enclosing().is_some() || statement.is_empty();
            let problem = "a guard stands in a dfn";
            let help = "write `{⍵ > 0 : 1 ⋄ 2}(x)`, or `1 if x > 0 else 2`".to_string();
            return (!apart).then_some(SyntaxError::Guard { at, problem, help });
        };
        if statement.is_empty() {
            let help = "write `{⍵ > 0 : 1 ⋄ 2}`: the condition stands before the `:`".to_string();
            return Some(SyntaxError::Guard { at, problem: "a guard lacks its condition", help });
        }
        let fixed = |from: u32, to: u32, new: &str| {
            let whole = self.text.get(dfn.range())?;
            let (from, to) = ((from - dfn.start) as usize, (to - dfn.start) as usize);
            self.tried(format!("{}{new}{}", whole.get(..from)?, whole.get(to..)?))
        };
        let assigns = |token: &&Token| matches!(token.kind, Tok::Assign | Tok::AssignTrain);
        if let Some(equal) = statement.iter().rev().find(assigns) {
            let fixed = fixed(equal.start, equal.end, "==");
            let help = fixed.map_or("compare with `==`".into(), |line| format!("write `{line}`"));
            let problem = "a guard compares with `==`; `=` assigns";
            return Some(SyntaxError::Guard { at: span(*equal), problem, help });
        }
        statement.iter().find(|token| token.kind == Tok::Colon)?;
        let before = statement.last()?;
        let fixed = fixed(before.end, colon.end, " ⋄");
        let help = "`⋄` ends a guard's value".to_string();
        let help = fixed.map_or(help.clone(), |line| format!("{help}: write `{line}`"));
        Some(SyntaxError::Guard { at, problem: "a guard has one `:`", help })
    }

    /// The dfn whose braces are the innermost brackets open at the place.
    fn in_dfn(&self) -> Option<Span> {
        let open = self.enclosing()?;
        let kind = self.tokens[open].kind;
        if !kind.opens_brace() || kind == Tok::BlockOpen {
            return None;
        }
        let close = self.closing(open)?;
        Some(span(self.tokens[open]).to(span(self.tokens[close])))
    }

    /// `{⍵ > 0 : 1 x}`, `{a ← 1 a}`: a statement of a dfn that another follows without a `⋄` between.
    pub(super) fn missing_diamond(&self) -> Option<String> {
        let dfn = self.in_dfn()?;
        let statement = self.tokens.get(self.statement_start()..self.index)?;
        let splits = |token: &Token| matches!(token.kind, Tok::Colon | Tok::Assign | Tok::AssignTrain);
        statement.iter().position(splits)?;
        let (before, here) = (self.before()?, self.token()?);
        let head = self.text.get(dfn.start as usize..before.end as usize)?;
        let line = format!("{head} ⋄ {}", self.text.get(here.start as usize..dfn.end as usize)?);
        Some(format!("`⋄` separates statements: write `{}`", self.tried(line)?))
    }

    /// `3 = = 3`, `2 -> x`, `(2 +) 3`: what was meant by a function without a value on its right.
    pub(super) fn slip(&self, function: Token) -> Option<String> {
        let here = self.token()?;
        match (self.words(function), self.words(here)) {
            ("=", "=") => Some("to compare, write `==`".into()),
            ("-", ">") if function.end == here.start => {
                let target = self.tokens.get(self.index + 1).filter(|t| t.kind == Tok::Name)?;
                let value = self.left(self.index - 1)?;
                let line = format!("{} = {}", self.words(*target), &self.text[value.range()]);
                Some(format!("to assign, write `{}`", self.tried(line)?))
            }
            (glyph, ")") if function.kind.is_primitive() => {
                let value = self.left(self.index - 1)?;
                let open = self.tokens.get(self.enclosing()?)?;
                let train = format!("({}∘{glyph})", &self.text[value.range()]);
                let whole = open.end == value.start;
                let train = self.tried(train).filter(|_| whole)?;
                Some(format!("to bind its left value, write `{train}`"))
            }
            _ => None,
        }
    }

    /// `× / x`: a reduction written apart.
    pub(super) fn as_reduction(&self, function: Token) -> Option<String> {
        let slash = self.token().filter(|token| matches!(self.words(*token), "/" | "\\"))?;
        let start = self.tokens.get(self.statement_start())?.start as usize;
        let rest = self.text.get(slash.end as usize..)?;
        let rest = rest.split(['\n', ';', '⋄']).next()?;
        let line = format!("{}{}{rest}", self.text.get(start..function.end as usize)?, self.words(slash));
        Some(format!("no space stands before it: write `{}`", self.tried(line)?))
    }

    /// What an operator is given on a side, and a line with it; `a value` for other tokens.
    pub(super) fn operator_wants(&self, token: Token, side: super::Side) -> (&'static str, Option<String>) {
        let glyph = self.words(token);
        if token.kind == Tok::Dot || glyph.ends_with('.') {
            return self.product_wants(token, side);
        }
        let (left, right, example) = match glyph {
            "⌿" | "⍀" | "/" | "¨" | "⍨" => ("a function", "a value", format!("+{glyph} 1 2 3")),
            "⌸" => ("a function", "a value", "≢⌸ 1 2 1".to_string()),
            "⌺" => ("a function", "the size of its windows", "{+/⍵}⌺3 ⊢ 1 2 3 4".into()),
            "⍤" => ("a function", "a function or a rank", "⌽⍤1 ⊢ 2 2 ⍴ 1 2 3 4".into()),
            "⍥" => ("a function", "a function", "3 +⍥abs ¯4".into()),
            "⍣" => ("a function", "a count or a function", "{⍵ × 2}⍣3 ⊢ 1".into()),
            "∘" => ("a function", "a function", "-∘abs 1 ¯2".into()),
            _ => return ("a value", None),
        };
        let wants = if side == super::Side::Left { left } else { right };
        let place = if side == super::Side::Left { "before" } else { "after" };
        let helps = side == super::Side::Left || token.kind == Tok::Dyadic;
        let help = || Some(format!("{} stands {place} it, as in `{}`", wants, self.tried(example)?));
        (wants, if helps { help() } else { None })
    }

    /// `∘. 3`, `1 2 +. 3`, `.× 3`: a product without one of its functions.
    fn product_wants(&self, token: Token, side: super::Side) -> (&'static str, Option<String>) {
        let outer = self.text.get(..token.end as usize).is_some_and(|before| before.ends_with("∘."));
        let example = match (side, outer) {
            (super::Side::Right, true) => "1 2 ∘.× 3 4",
            _ => "1 2 +.× 3 4",
        };
        let place = if side == super::Side::Left { "before" } else { "after" };
        let help =
            self.tried(example.into()).map(|line| format!("a function stands {place} it, as in `{line}`"));
        ("a function", help)
    }

    /// The `.` of `1 2 ∘. 3`, with a number for its function.
    pub(super) fn outer_of_value(&self, last: Token) -> Option<Token> {
        let dot = *self.tokens.get(self.index.checked_sub(2)?)?;
        (last.kind == Tok::Number && dot.kind == Tok::Dyadic && self.words(dot).ends_with('.')).then_some(dot)
    }

    /// The function that ends before the place and waits for its argument: `∇`, a dfn, a train, `+/`,
    /// `+.×`.
    pub(super) fn function_before(&self, last: Token) -> Option<Span> {
        let at = self.index.checked_sub(1)?;
        let bound = at.checked_sub(1).is_some_and(|before| self.tokens[before].kind == Tok::Dyadic);
        let function = matches!(last.kind, Tok::Itself | Tok::Monadic)
            || matches!(last.kind, Tok::DfnClose | Tok::MonadicClose | Tok::DyadicClose | Tok::TrainClose);
        if !(bound || function) {
            return None;
        }
        let mut first = at;
        loop {
            if self.tokens[first].kind.closes() {
                first = self.opening(first)?;
            }
            let derived = self.tokens[first].kind == Tok::Monadic;
            let bound = first > 0 && self.tokens[first - 1].kind == Tok::Dyadic;
            let Some(before) = first.checked_sub(1 + usize::from(bound)) else { break };
            if !derived && !bound {
                break;
            }
            first = before;
        }
        Some(span(self.tokens[first]).to(span(last)))
    }

    /// The dfn or train before a name, in `{⍵ + 1} twice 3`.
    pub(super) fn function_left_of(&self, name: Span) -> Option<Span> {
        let first = self.tokens.partition_point(|token| token.start < name.start);
        let last = first.checked_sub(1)?;
        let closes = matches!(self.tokens[last].kind, Tok::DfnClose | Tok::TrainClose);
        closes.then(|| Some(span(self.tokens[self.opening(last)?]).to(span(self.tokens[last]))))?
    }

    /// `∇` without an argument.
    pub(super) fn as_recursion(&self, last: Token) -> Option<String> {
        let line = self.tried("{⍵ < 2 : 1 ⋄ ⍵ × ∇ ⍵ - 1} 5".into()).filter(|_| self.words(last) == "∇")?;
        Some(format!("it calls the function around it again, as in `{line}`"))
    }

    /// `{⍺⍺ ⍵} x`: an operator without its operand.
    fn operator_alone(&self) -> Option<SyntaxError> {
        let close = self.index.checked_sub(1)?;
        let before = self.before().filter(|token| token.kind == Tok::OperatorClose)?;
        let open = self.tokens[self.opening(close)?];
        let at = span(open).to(span(before));
        let text = self.text.get(at.range()).filter(|t| t.chars().count() <= 30).unwrap_or("{… ⍺⍺ …}");
        let help = "a dfn with ⍺⍺ follows its operand, as ¨ does: `- {⍺⍺ ⍵} 3`".to_string();
        let (side, wants) = (super::Side::Left, "a function");
        Some(SyntaxError::MissingOperand { at, text: text.into(), side, wants, help: Some(help), read: None })
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
    pub(super) fn enclosing(&self) -> Option<usize> {
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
    pub(super) fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0usize;
        (open..self.tokens.len()).find(|&at| {
            let kind = self.tokens[at].kind;
            depth += usize::from(kind.opens());
            depth -= usize::from(kind.closes() && depth > 0);
            depth == 0
        })
    }

    /// The bracket that the one at `close` closes.
    pub(super) fn opening(&self, close: usize) -> Option<usize> {
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

    /// How a line with glyphs was read up to the end of what lacks an operand on its right, with `…` for
    /// that; nothing where it reads as it stands.
    pub(super) fn read_before(&self, end: u32) -> Option<String> {
        let (_, text) = self.statement(end)?;
        let text = self.within_brackets(end).unwrap_or(text);
        if text.is_ascii() {
            return None;
        }
        let line = self.tried(format!("{text} {MISSING}"))?;
        let statements = quietly(&line, self.lexicon)?;
        let [Stmt { kind: StmtKind::Expr(e), .. }] = &statements[..] else { return None };
        let read = print::expression(e).replace(MISSING, "…");
        (read != format!("({text} …)")).then_some(read)
    }

    /// The text up to a byte from the bracket or comma before it, if it stands in brackets.
    fn within_brackets(&self, end: u32) -> Option<&str> {
        let open = self.enclosing().filter(|&at| !self.tokens[at].kind.opens_brace())?;
        let mut closed = 0usize;
        let comma = (open + 1..self.index).rev().find(|&at| {
            let kind = self.tokens[at].kind;
            closed += usize::from(kind.closes());
            closed = closed.saturating_sub(usize::from(kind.opens()));
            closed == 0 && kind == Tok::Comma
        });
        let from = self.tokens[comma.unwrap_or(open)].end;
        Some(self.text.get(from as usize..end as usize)?.trim())
    }

    /// `(⊢×2) 3`: the train that was meant, with the operand bound to the function before it; a name
    /// there is rather a function, `(⊢ - abs∘⊢) 3`.
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
        let name = |t: &&Token| matches!(t.kind, Tok::Name | Tok::Dot);
        if self.tokens[at + 1..close].iter().filter(name).count() == close - at - 1 {
            let train = self.text.get(first.start as usize..self.tokens[close - 1].end as usize)?;
            return self.tried(format!("({train}∘⊢) {argument}"));
        }
        let value = if value.contains(' ') { format!("({value})") } else { value.to_string() };
        let bound = format!("{}∘{value}", self.words(function));
        let train = if rest == "⊢" { bound } else { format!("{bound} {rest}") };
        self.tried(format!("({train}) {argument}"))
    }
}

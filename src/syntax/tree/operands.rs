//! Operands: names, literals, brackets, calls, subscripts.

use super::{Builder, Fallible, fail};
use crate::syntax::ast::*;
use crate::syntax::error::SyntaxError;
use crate::syntax::{Span, fstring, literal};
use std::collections::HashMap;

impl<'s> Builder<'s> {
    pub fn name(&self, l: u32, r: u32) -> Expr {
        self.node(ExprKind::Name(self.intern(self.at(l, r))), l, r)
    }

    pub fn dfn_name(&self, l: u32, r: u32) -> Expr {
        self.node(ExprKind::DfnName(self.intern(self.at(l, r))), l, r)
    }

    pub fn function(&self, l: u32, r: u32) -> Expr {
        let text = match self.at(l, r) {
            "=" => "==",
            text => text,
        };
        self.node(ExprKind::Glyph(self.intern(text)), l, r)
    }

    pub fn truth(&self, value: bool, l: u32, r: u32) -> Expr {
        self.node(ExprKind::Number { value: Number::Bool(value), suffix: None }, l, r)
    }

    pub fn number(&self, l: u32, r: u32) -> Fallible<Expr> {
        let text = self.at(l, r);
        match literal::number(text) {
            Ok((value, suffix)) => {
                let suffix = suffix.map(|text| self.intern(text));
                Ok(self.node(ExprKind::Number { value, suffix }, l, r))
            }
            Err(why) => {
                fail(SyntaxError::BadNumber { at: Span { start: l, end: r }, text: text.into(), why })
            }
        }
    }

    pub fn strand(&self, mut numbers: Vec<Expr>, l: u32, r: u32) -> Expr {
        match (numbers.len(), numbers.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                numbers.extend(last);
                self.node(ExprKind::Strand(numbers), l, r)
            }
        }
    }

    pub fn plain_text(&self, l: u32, r: u32) -> Fallible<Vec<FPart>> {
        match self.unquoted(l, r) {
            Ok(text) => Ok(vec![FPart::Text(text)]),
            Err(error) => fail(error),
        }
    }

    pub(super) fn unquoted(&self, l: u32, r: u32) -> Result<Name, SyntaxError> {
        let literal = self.at(l, r);
        let quotes = literal::quotes(literal);
        let content = &literal[quotes.before..literal.len() - quotes.after];
        Ok(literal::unescape(content, quotes.raw, l as usize + quotes.before)?.into())
    }

    pub fn format_text(&self, l: u32, r: u32) -> Fallible<Vec<FPart>> {
        match fstring::parts(self, Span { start: l, end: r }) {
            Ok(parts) => Ok(parts),
            Err(error) => fail(error),
        }
    }

    /// Adjacent strings are one.
    pub fn text(&self, pieces: Vec<Vec<FPart>>, l: u32, r: u32) -> Expr {
        let format = pieces.iter().flatten().any(|part| matches!(part, FPart::Value { .. }))
            || self.at(l, r).starts_with(['f', 'F'])
            || self.at(l, r).starts_with(['r', 'R']) && self.at(l, r)[1..].starts_with(['f', 'F']);
        let mut parts: Vec<FPart> = pieces.into_iter().flatten().collect();
        if format {
            return self.node(ExprKind::FString(parts), l, r);
        }
        if let (1, Some(FPart::Text(_))) = (parts.len(), parts.first())
            && let Some(FPart::Text(text)) = parts.pop()
        {
            return self.node(ExprKind::Str(text), l, r);
        }
        let joined: String =
            parts.iter().map(|part| if let FPart::Text(text) = part { text } else { "" }).collect();
        self.node(ExprKind::Str(joined.into()), l, r)
    }

    /// A bracketed expression: the expression itself, its span with the brackets.
    pub fn group(&self, mut e: Expr, l: u32, r: u32) -> Fallible<Expr> {
        if let ExprKind::Starred(_) = e.kind {
            return fail(SyntaxError::LoneStar { at: e.span });
        }
        e.span = Span { start: l, end: r };
        Ok(e)
    }

    pub fn tuple(&self, first: Expr, mut rest: Vec<Expr>, l: u32, r: u32) -> Expr {
        rest.insert(0, first);
        self.node(ExprKind::Tuple(rest), l, r)
    }

    pub fn starred(&self, e: Expr, l: u32, r: u32) -> Expr {
        self.node(ExprKind::Starred(Box::new(e)), l, r)
    }

    pub fn comprehension(&self, item: Expr, clauses: Vec<Clause>, generator: bool, l: u32, r: u32) -> Expr {
        self.node(ExprKind::Comprehension { item: Box::new(item), clauses, generator }, l, r)
    }

    pub fn generator(&self, item: Expr, clauses: Vec<Clause>, l: u32, r: u32) -> Vec<Arg> {
        vec![Arg { keyword: None, value: self.comprehension(item, clauses, true, l, r) }]
    }

    pub fn call(&self, func: Expr, args: Vec<Arg>, r: u32) -> Fallible<Expr> {
        let mut seen: HashMap<&Name, Span> = HashMap::new();
        let mut last = None;
        for arg in &args {
            if let Some(name) = &arg.keyword {
                last = Some(name.span);
                if let Some(first) = seen.insert(&name.text, name.span) {
                    let (second, name) = (name.span, name.text.to_string());
                    return fail(SyntaxError::RepeatedKeyword { first, second, name });
                }
            } else if let Some(keyword) = last
                && !matches!(arg.value.kind, ExprKind::Starred(_))
            {
                return fail(SyntaxError::PositionalAfterKeyword { at: arg.value.span, keyword });
            }
        }
        let l = func.span.start;
        let [Arg { keyword: None, value }] = &args[..] else {
            return Ok(self.node(ExprKind::Call { func: Box::new(func), args }, l, r));
        };
        let argument = matches!(func.kind, ExprKind::DfnName(_)) || is_strand(&func);
        let touches = !self.at(func.span.end, r).starts_with(char::is_whitespace);
        if argument && !touches && !matches!(value.kind, ExprKind::Starred(_)) {
            let open = self.at(func.span.end, r).find('(').unwrap_or(0) as u32;
            let span = Span { start: func.span.end + open, end: r };
            return match args.into_iter().next() {
                Some(arg) => self.beside(func, Expr { kind: arg.value.kind, span }),
                None => Ok(func),
            };
        }
        if is_strand(&func) || gives_value(&func.kind) {
            return fail(self.as_vector(&func, value.span, r));
        }
        Ok(self.node(ExprKind::Call { func: Box::new(func), args }, l, r))
    }

    /// `(1 2)(3 4)`, `(≢x)(+/x)`: values beside one another.
    fn as_vector(&self, first: &Expr, second: Span, r: u32) -> SyntaxError {
        let at = Span { start: first.span.start, end: r };
        let bare = |span: Span| {
            let text = self.at(span.start, span.end).trim();
            text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).unwrap_or(text).trim().to_string()
        };
        let both = match &first.kind {
            ExprKind::Bracket(items) if is_strand(first) => {
                items.iter().map(|e| bare(e.span)).collect::<Vec<_>>().join(", ")
            }
            _ => bare(first.span),
        };
        let what =
            if matches!(first.kind, ExprKind::Strand(_)) { "a list of arrays" } else { "a vector of both" };
        let help = format!("{what} is `[{both}, {}]`", bare(second));
        SyntaxError::AplSpelling { at, word: self.at(at.start, at.end).into(), help }
    }

    /// An argument of a dfn and what stands beside it, as a vector: `⍺ ⍵`, `⍺ (≢⍵)`, `⍵ 0 0`.
    pub fn beside(&self, left: Expr, right: Expr) -> Fallible<Expr> {
        let span = left.span.to(right.span);
        let whole = matches!(&left.kind, ExprKind::Strand(n) if n[0].span.start == left.span.start);
        let mut items = match left.kind {
            ExprKind::Bracket(items) if items.first().is_some_and(|e| e.span.start == left.span.start) => {
                items
            }
            ExprKind::Strand(numbers) if whole => numbers,
            ExprKind::Number { .. } | ExprKind::DfnName(_) => vec![left],
            ExprKind::Index { ref base, .. } if matches!(base.kind, ExprKind::DfnName(_)) => vec![left],
            _ if self.is_bracketed_value(&left) => vec![left],
            _ => return fail(self.as_vector(&left, right.span, right.span.end)),
        };
        items.push(right);
        Ok(Expr { kind: ExprKind::Bracket(items), span })
    }

    /// `(≢⍵)`, `(1 + ⍵)`: computed, in brackets of its own.
    fn is_bracketed_value(&self, e: &Expr) -> bool {
        let computed = matches!(
            e.kind,
            ExprKind::Apply { .. }
                | ExprKind::Binary { .. }
                | ExprKind::Prefix { .. }
                | ExprKind::Compare { .. }
                | ExprKind::Strand(_)
                | ExprKind::Number { .. }
                | ExprKind::DfnName(_)
        );
        computed && self.at(e.span.start, e.span.end).starts_with('(')
    }

    pub fn call_train(&self, func: Expr, items: Vec<Expr>, l: u32, r: u32) -> Expr {
        let start = func.span.start;
        let inner = (items.first().map_or(l, |e| e.span.start), items.last().map_or(r, |e| e.span.end));
        let args = vec![Arg { keyword: None, value: self.train(items, inner.0, inner.1) }];
        self.node(ExprKind::Call { func: Box::new(func), args }, start, r)
    }

    pub fn index(&self, base: Expr, subs: Vec<Sub>, r: u32) -> Fallible<Expr> {
        let l = base.span.start;
        self.refuse_strand(&base, r)?;
        Ok(self.node(ExprKind::Index { base: Box::new(base), subs }, l, r))
    }

    pub fn member(&self, base: Expr, name: Spelled) -> Fallible<Expr> {
        self.refuse_strand(&base, name.span.end)?;
        Ok(self.attribute(base, name))
    }

    /// `⍺ ⍵[0]`: what follows belongs to the last item, as brackets show.
    fn refuse_strand(&self, base: &Expr, r: u32) -> Fallible<()> {
        let ExprKind::Bracket(items) = &base.kind else { return Ok(()) };
        match items.split_last() {
            Some((last, most)) if is_strand(base) => {
                let at = Span { start: base.span.start, end: r };
                let mut items: Vec<&str> = most.iter().map(|e| self.at(e.span.start, e.span.end)).collect();
                items.push(self.at(last.span.start, r));
                let help = format!("write `[{}]`", items.join(", "));
                fail(SyntaxError::AplSpelling { at, word: self.at(at.start, at.end).into(), help })
            }
            _ => Ok(()),
        }
    }

    pub fn attribute(&self, base: Expr, name: Spelled) -> Expr {
        let span = base.span.to(name.span);
        Expr { kind: ExprKind::Attr { base: Box::new(base), name }, span }
    }
}

/// Whether values stand beside one another without brackets around them.
fn is_strand(e: &Expr) -> bool {
    matches!(&e.kind, ExprKind::Bracket(items) if items.first().is_some_and(|i| i.span.start == e.span.start))
}

/// Whether an expression can only give a value that is no function.
fn gives_value(kind: &ExprKind) -> bool {
    match kind {
        ExprKind::Strand(_) => true,
        ExprKind::Apply { func, .. } => match &func.kind {
            ExprKind::Glyph(glyph) => !matches!(&**glyph, "⊢" | "⊣" | "⊃" | "⌷"),
            ExprKind::Derived { op, .. } => matches!(&*op.text, "/" | "\\" | "⌿" | "⍀" | "⌸" | "⌺" | "¨"),
            _ => false,
        },
        _ => false,
    }
}

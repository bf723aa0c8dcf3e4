//! The nodes of the tree: what the grammar's actions call.
//!
//! A `Builder` knows the text, so that nodes are made of places in it, and keeps one copy of each
//! name. Checks that are not a matter of grammar stand here: what can be assigned to, the order of
//! parameters and arguments, chains of comparisons with a bare `&`.

use super::ast::*;
use super::error::SyntaxError;
use super::{Class, Lexicon, Span, fstring, literal};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

type Fallible<T> = Result<T, lalrpop_util::ParseError<u32, super::token::Tok, Box<SyntaxError>>>;

pub(super) type Parameters = Vec<Param>;

/// What stands between two operands.
pub(super) enum Infix {
    Primitive(Spelled),
    And,
    Or,
}

/// An operator after its left operand, with what it has on its right.
pub(super) enum Derivation {
    /// The operator, its right operand, its axis.
    Glyph(Spelled, Option<Expr>, Option<Expr>),
    Dfn(Expr, Option<Expr>),
}

pub(super) struct Builder<'s> {
    pub text: &'s str,
    pub lexicon: &'s Lexicon,
    /// The documentation of the `fn` that starts at a place.
    pub docs: HashMap<u32, Name>,
    /// How many format strings this text stands in.
    pub format_depth: Cell<usize>,
    names: RefCell<HashMap<&'s str, Name>>,
}

fn fail<T>(error: SyntaxError) -> Fallible<T> {
    Err(lalrpop_util::ParseError::User { error: Box::new(error) })
}

impl<'s> Builder<'s> {
    pub fn new(text: &'s str, lexicon: &'s Lexicon) -> Builder<'s> {
        Builder { text, lexicon, docs: HashMap::new(), format_depth: Cell::new(0), names: RefCell::default() }
    }

    fn at(&self, l: u32, r: u32) -> &'s str {
        &self.text[l as usize..r as usize]
    }

    fn intern(&self, text: &'s str) -> Name {
        self.names.borrow_mut().entry(text).or_insert_with(|| Rc::from(text)).clone()
    }

    pub fn spelled(&self, l: u32, r: u32) -> Spelled {
        Spelled { text: self.intern(self.at(l, r)), span: Span { start: l, end: r } }
    }

    /// An operator of two words, however far apart.
    pub fn words(&self, text: &'static str, l: u32, r: u32) -> Spelled {
        Spelled { text: self.intern(text), span: Span { start: l, end: r } }
    }

    pub fn node(&self, kind: ExprKind, l: u32, r: u32) -> Expr {
        Expr { kind, span: Span { start: l, end: r } }
    }

    // Operands.

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

    fn unquoted(&self, l: u32, r: u32) -> Result<Name, SyntaxError> {
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

    // Operators.

    pub fn infix(&self, left: Expr, link: Infix, right: Expr) -> Expr {
        let span = left.span.to(right.span);
        let (left, right) = (Box::new(left), Box::new(right));
        let kind = match link {
            Infix::Primitive(op) => ExprKind::Binary { op, left, right },
            Infix::And => ExprKind::And(left, right),
            Infix::Or => ExprKind::Or(left, right),
        };
        Expr { kind, span }
    }

    pub fn prefix(&self, op: Spelled, operand: Expr) -> Expr {
        let span = op.span.to(operand.span);
        Expr { kind: ExprKind::Prefix { op, operand: Box::new(operand) }, span }
    }

    pub fn not(&self, e: Expr, l: u32) -> Expr {
        let r = e.span.end;
        self.node(ExprKind::Not(Box::new(e)), l, r)
    }

    pub fn compare_last(
        &self,
        mut chain: (Expr, Vec<(Spelled, Expr)>),
        op: Spelled,
        e: Expr,
    ) -> Fallible<Expr> {
        chain.1.push((op, e));
        self.compare(chain)
    }

    pub fn compare(&self, (first, rest): (Expr, Vec<(Spelled, Expr)>)) -> Fallible<Expr> {
        let end = rest.last().map_or(first.span, |(_, e)| e.span);
        let span = first.span.to(end);
        if rest.len() > 1 {
            let mut bare = Vec::new();
            for e in std::iter::once(&first).chain(rest.iter().map(|(_, e)| e)) {
                self.bare_bits(e, &mut bare);
            }
            if let Some(op) = bare.first() {
                let (at, operator) = (op.span, op.text.to_string());
                return fail(SyntaxError::MixedChain { at, operator, fixed: self.bracketed(span, &bare) });
            }
        }
        Ok(Expr { kind: ExprKind::Compare { first: Box::new(first), rest }, span })
    }

    /// The operators `& ^ |` in an operand of a comparison that no bracket encloses. A bracketed
    /// node's span begins before that of its left operand.
    fn bare_bits(&self, e: &Expr, found: &mut Vec<Spelled>) {
        if let ExprKind::Binary { op, left, right } = &e.kind
            && matches!(self.lexicon.class(&op.text), Some(Class::BitAnd | Class::BitXor | Class::BitOr))
            && e.span.start == left.span.start
        {
            self.bare_bits(left, found);
            found.push(op.clone());
            self.bare_bits(right, found);
        }
    }

    /// The chain at `span` with each part between the operators `at` in brackets.
    fn bracketed(&self, span: Span, at: &[Spelled]) -> String {
        let mut fixed = String::new();
        let mut start = span.start;
        let compares = |part: &str| part.contains(['<', '>', '=', '≤', '≥', '≠']) || part.contains(" in ");
        let add = |fixed: &mut String, part: &str| match compares(part) {
            true => *fixed += &format!("({})", part.trim()),
            false => *fixed += part.trim(),
        };
        for op in at {
            add(&mut fixed, self.at(start, op.span.start));
            fixed += &format!(" {} ", op.text);
            start = op.span.end;
        }
        add(&mut fixed, self.at(start, span.end));
        fixed
    }

    pub fn choice(&self, test: Expr, then: Expr, other: Expr) -> Expr {
        let span = then.span.to(other.span);
        let (test, then, other) = (Box::new(test), Box::new(then), Box::new(other));
        Expr { kind: ExprKind::Choice { test, then, other }, span }
    }

    pub fn pipe(&self, left: Expr, right: Expr) -> Expr {
        let span = left.span.to(right.span);
        Expr { kind: ExprKind::Pipe { left: Box::new(left), right: Box::new(right) }, span }
    }

    pub fn branches(&self, arms: Vec<(Expr, Block)>, otherwise: Option<Block>, l: u32, r: u32) -> Expr {
        self.node(ExprKind::If { arms, otherwise }, l, r)
    }

    pub fn slice(&self, start: Option<Expr>, stop: Option<Expr>, step: Option<Expr>, l: u32, r: u32) -> Sub {
        Sub::Slice { start, stop, step, span: Span { start: l, end: r } }
    }

    // Functions.

    pub fn apply(&self, func: Expr, left: Option<Expr>, right: Expr) -> Expr {
        let span = left.as_ref().map_or(func.span, |left| left.span).to(right.span);
        let (func, left, right) = (Box::new(func), left.map(Box::new), Box::new(right));
        Expr { kind: ExprKind::Apply { func, left, right }, span }
    }

    /// A function with an axis, `⌽[0]`: derived by `[]`.
    pub fn along(&self, function: Expr, axis: Expr, r: u32) -> Expr {
        let l = function.span.end;
        let op = self.words("[]", l, r);
        self.derive(function, Derivation::Glyph(op, None, Some(axis)))
    }

    pub fn derive(&self, left: Expr, derivation: Derivation) -> Expr {
        let (op, right, axis) = match derivation {
            Derivation::Glyph(op, right, None) if &*op.text == "∇∇" => {
                let operator = Expr { kind: ExprKind::DfnName(op.text), span: op.span };
                return self.operated(left, operator, right);
            }
            Derivation::Glyph(op, right, axis) => (op, right, axis),
            Derivation::Dfn(operator, right) => return self.operated(left, operator, right),
        };
        let mut span = left.span.to(op.span);
        for part in [&right, &axis].into_iter().flatten() {
            span = span.to(part.span);
        }
        let (left, right, axis) = (Box::new(left), right.map(Box::new), axis.map(Box::new));
        Expr { kind: ExprKind::Derived { op, left, right, axis }, span }
    }

    /// A user's operator with its operands.
    fn operated(&self, left: Expr, operator: Expr, right: Option<Expr>) -> Expr {
        let span = left.span.to(right.as_ref().map_or(operator.span, |e| e.span));
        let (operator, left, right) = (Box::new(operator), Box::new(left), right.map(Box::new));
        Expr { kind: ExprKind::Operated { operator, left, right }, span }
    }

    pub fn train(&self, mut items: Vec<Expr>, l: u32, r: u32) -> Expr {
        match (items.len(), items.pop()) {
            (1, Some(mut only)) => {
                only.span = Span { start: l, end: r };
                only
            }
            (_, last) => {
                items.extend(last);
                self.node(ExprKind::Train(items), l, r)
            }
        }
    }

    pub fn dfn(&self, lines: Vec<(DfnItem, bool)>, l: u32, r: u32) -> Expr {
        let items = lines.into_iter().map(silenced).collect();
        let span = Span { start: l, end: r };
        self.node(ExprKind::Dfn(Rc::new(Dfn { items, span })), l, r)
    }

    pub fn parameter(&self, name: Spelled) -> Parameters {
        vec![Param { name, default: None, variadic: false }]
    }

    pub fn lambda(&self, params: Parameters, body: FnBody, l: u32, r: u32) -> Fallible<Expr> {
        self.check_parameters(&params)?;
        let span = Span { start: l, end: r };
        let name = Spelled { text: self.intern("<lambda>"), span };
        Ok(self.node(ExprKind::Lambda(Rc::new(FnDef { name, params, body, doc: None, span })), l, r))
    }

    pub fn define(
        &self,
        name: Spelled,
        params: Parameters,
        body: FnBody,
        l: u32,
        r: u32,
    ) -> Fallible<StmtKind> {
        self.check_parameters(&params)?;
        let doc = self.docs.get(&l).cloned();
        Ok(StmtKind::Fn(Rc::new(FnDef { name, params, body, doc, span: Span { start: l, end: r } })))
    }

    fn check_parameters(&self, params: &[Param]) -> Fallible<()> {
        let mut seen: HashMap<&Name, Span> = HashMap::new();
        let (mut defaults, mut variadic) = (false, false);
        for param in params {
            let Spelled { text, span } = &param.name;
            if let Some(first) = seen.insert(text, *span) {
                return fail(SyntaxError::RepeatedParameter { first, second: *span, name: text.to_string() });
            }
            // After `*args` every parameter goes by keyword, in any order.
            variadic |= param.variadic;
            if param.default.is_none() && defaults && !variadic {
                return fail(SyntaxError::DefaultOrder { at: *span });
            }
            defaults |= param.default.is_some();
        }
        Ok(())
    }

    // Statements.

    pub fn statement(&self, kind: StmtKind, l: u32, r: u32) -> DfnItem {
        DfnItem::Stmt(Stmt { kind, span: Span { start: l, end: r }, silent: false })
    }

    pub fn expression(&self, e: Expr) -> Fallible<StmtKind> {
        match e.kind {
            ExprKind::Starred(_) => fail(SyntaxError::LoneStar { at: e.span }),
            _ => Ok(StmtKind::Expr(e)),
        }
    }

    pub fn assign(&self, first: Expr, mut rest: Vec<Expr>, l: u32, r: u32) -> Fallible<DfnItem> {
        let Some(value) = rest.pop() else {
            return self.expression(first).map(|kind| self.statement(kind, l, r));
        };
        if let ExprKind::Starred(_) = value.kind {
            return fail(SyntaxError::LoneStar { at: value.span });
        }
        if rest.is_empty() && matches!(&first.kind, ExprKind::DfnName(name) if &**name == "⍺") {
            return Ok(DfnItem::DefaultLeft(value));
        }
        let mut targets = Vec::with_capacity(1 + rest.len());
        for e in std::iter::once(first).chain(rest) {
            if let ExprKind::Starred(_) = e.kind {
                return fail(SyntaxError::LoneStar { at: e.span });
            }
            targets.push(self.target(e)?);
        }
        Ok(self.statement(StmtKind::Assign { targets, value }, l, r))
    }

    pub fn augment(&self, target: Expr, mut op: Spelled, value: Expr) -> Fallible<StmtKind> {
        let at = target.span;
        let target = match self.target(target)? {
            Target::Tuple(..) | Target::Starred(..) => {
                let help = Some("augment one name, element or attribute at a time");
                return fail(SyntaxError::CannotAssign { at, what: "a tuple", help });
            }
            target => target,
        };
        op.span.end -= 1;
        op.text = self.intern(self.at(op.span.start, op.span.end));
        Ok(StmtKind::Augment { target, op, value })
    }

    pub fn for_target(
        &self,
        first: Expr,
        mut rest: Vec<Expr>,
        comma: bool,
        l: u32,
        r: u32,
    ) -> Fallible<Target> {
        if rest.is_empty() && !comma {
            return self.target(first);
        }
        rest.insert(0, first);
        let targets = rest.into_iter().map(|e| self.target(e)).collect::<Result<_, _>>()?;
        Ok(Target::Tuple(targets, Span { start: l, end: r }))
    }

    /// An expression as the target of an assignment.
    fn target(&self, e: Expr) -> Fallible<Target> {
        let span = e.span;
        Ok(match e.kind {
            ExprKind::Name(text) => Target::Name(Spelled { text, span }),
            ExprKind::Tuple(items) | ExprKind::Bracket(items) => {
                let targets = items.into_iter().map(|e| self.target(e)).collect::<Result<_, _>>()?;
                Target::Tuple(targets, span)
            }
            ExprKind::Starred(inner) => Target::Starred(Box::new(self.target(*inner)?), span),
            ExprKind::Index { base, subs } => Target::Index { base, subs, span },
            ExprKind::Attr { base, name } => Target::Attr { base, name, span },
            kind @ ExprKind::Apply { .. } if selects_in_brackets(&kind, span) => {
                Target::Selection { of: Box::new(Expr { kind, span }), span }
            }
            other => {
                let (what, help) = untargetable(&other);
                return fail(SyntaxError::CannotAssign { at: span, what, help });
            }
        })
    }

    pub fn block(&self, lines: Vec<(DfnItem, bool)>, l: u32, r: u32) -> Fallible<Block> {
        let mut body = Vec::with_capacity(lines.len());
        for line in lines {
            match silenced(line) {
                DfnItem::Stmt(stmt) => body.push(stmt),
                DfnItem::DefaultLeft(e) | DfnItem::Guard { test: e, .. } => {
                    return fail(outside_dfn(e.span));
                }
            }
        }
        Ok(Block { body, span: Span { start: l, end: r } })
    }

    pub fn dotted(&self, l: u32, r: u32) -> Spelled {
        self.spelled(l, r)
    }

    pub fn path(&self, l: u32, r: u32) -> Fallible<(Spelled, bool)> {
        match self.unquoted(l, r) {
            Ok(text) => Ok((Spelled { text, span: Span { start: l, end: r } }, true)),
            Err(error) => fail(error),
        }
    }

    /// `%name rest`, or `%%name rest` and the lines after it.
    pub fn command(&self, l: u32, r: u32) -> StmtKind {
        let text = self.at(l, r);
        let cell = text.starts_with("%%");
        let from = if cell { 2 } else { 1 };
        let line_end = if cell { text.find('\n').unwrap_or(text.len()) } else { text.len() };
        let line = &text[..line_end];
        let name_end =
            line[from..].find(|c: char| !c.is_alphanumeric() && c != '_').map_or(line.len(), |at| from + at);
        let after = &line[name_end..];
        let rest_start = name_end + after.len() - after.trim_start().len();
        let rest_end = (name_end + after.trim_end().len()).max(rest_start);
        let body_start = (line_end + 1).min(text.len());
        let place = |start: usize, end: usize| self.spelled(l + start as u32, l + end as u32);
        StmtKind::Command {
            name: place(from, name_end),
            rest: place(rest_start, rest_end),
            body: cell.then(|| place(body_start, text.len())),
        }
    }

    /// `?name`, `??name`, `name?`, `name??`.
    pub fn help(&self, l: u32, r: u32) -> StmtKind {
        let text = self.at(l, r);
        let marks = text.len() - text.trim_matches('?').len();
        let what = text.trim_matches(['?', ' ', '\t', '\r']);
        let start = l + (text.find(what).unwrap_or(0)) as u32;
        StmtKind::Help {
            what: self.spelled(start, start + what.len() as u32),
            level: marks.clamp(1, 2) as u8,
        }
    }
}

/// `⍺ ← e` outside a dfn.
pub(super) fn outside_dfn(at: Span) -> SyntaxError {
    SyntaxError::CannotAssign {
        at,
        what: "`⍺`",
        help: Some("`⍺ ← e` gives a dfn's left argument its default"),
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

/// Marks a statement that `;` ended.
fn silenced((mut item, silent): (DfnItem, bool)) -> DfnItem {
    if let DfnItem::Stmt(stmt) = &mut item {
        stmt.silent = silent;
    }
    item
}

/// Whether an application, or a row of them, ends in a name or an attribute, and stands in brackets:
/// its span begins before its first part.
fn selects_in_brackets(kind: &ExprKind, span: Span) -> bool {
    let ExprKind::Apply { func, left, right } = kind else { return false };
    let first = left.as_ref().map_or(func.span, |e| e.span);
    let mut last = right;
    while let ExprKind::Apply { right, .. } = &last.kind {
        last = right;
    }
    span.start < first.start && matches!(last.kind, ExprKind::Name(_) | ExprKind::Attr { .. })
}

fn untargetable(kind: &ExprKind) -> (&'static str, Option<&'static str>) {
    match kind {
        ExprKind::Number { .. } | ExprKind::Strand(_) | ExprKind::Str(_) | ExprKind::FString(_) => {
            ("a literal", Some("to compare, write `==`"))
        }
        ExprKind::Call { .. } => ("a call", Some("to compare, write `==`; an element is `x[i]`")),
        ExprKind::Compare { .. } => ("a comparison", None),
        ExprKind::DfnName(_) => ("an argument of a dfn", None),
        ExprKind::None => ("`None`", None),
        ExprKind::Apply { .. } => (
            "an expression",
            Some(
                "to compare, write `==`; a selection from a name can be assigned to, in brackets: `(2 ↑ x) = 9`",
            ),
        ),
        _ => ("an expression", Some("to compare, write `==`")),
    }
}

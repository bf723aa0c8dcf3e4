//! Lines that mean something else than their writer thought, or do work for nothing: patterns over
//! the tree, without running anything. Texts and what their names mean come in; findings go out.

use super::report::{Finding, Level};
use super::walk::{self, Node};
use super::{Names, Text, callee};
use crate::prim::language::idioms::{self, Role};
use crate::syntax::Span;
use crate::syntax::ast::*;
use crate::value::Value;

/// What there is to know of a program's names.
pub struct Known<'a> {
    /// The names it assigns anywhere, and those of its functions.
    pub names: &'a Names,
    /// What a name holds, where the program has run.
    pub value: &'a dyn Fn(&str) -> Option<Value>,
}

/// Arrays larger than the first cache: below, the order of a walk hardly matters.
const COLUMN_BYTES: usize = 32 << 10;

struct Finder<'a> {
    text: &'a Text,
    known: &'a Known<'a>,
    found: Vec<Finding>,
}

/// The mistakes of one text.
pub fn find(text: &Text, known: &Known) -> Vec<Finding> {
    let mut finder = Finder { text, known, found: Vec::new() };
    walk::statements(&text.statements, &mut |node| {
        match node {
            Node::Stmt(s) => finder.statement(s),
            Node::Expr(e) => finder.expression(e),
            Node::Target(t) => finder.target(t),
        }
        true
    });
    finder.found
}

impl Finder<'_> {
    fn add(&mut self, level: Level, code: &'static str, span: Span, message: String) {
        self.found.push(self.text.finding(level, code, span, message));
    }

    fn warn(&mut self, code: &'static str, span: Span, message: String) {
        self.add(Level::Warning, code, span, message);
    }

    fn says(&self, e: &Expr) -> String {
        self.text.at(e.span).to_string()
    }

    /// Whether an expression stands in brackets of its own.
    fn bracketed(&self, span: Span) -> bool {
        let text = &self.text.text;
        let (Some(before), Some(after)) = (text.get(..span.start as usize), text.get(span.end as usize..))
        else {
            return false;
        };
        let own = self.text.at(span);
        (own.starts_with('(') && own.ends_with(')') && closes_last(own))
            || (before.trim_end().ends_with('(') && after.trim_start().starts_with(')'))
    }

    fn is_function(&self, name: &str) -> bool {
        match (self.known.value)(name) {
            Some(v) => matches!(v, Value::Func(_)),
            None => self.known.names.functions.iter().any(|n| &**n == name),
        }
    }

    fn statement(&mut self, s: &Stmt) {
        match &s.kind {
            StmtKind::Expr(Expr { kind: ExprKind::Lambda(def), span }) => self.arrow(def, *span, true),
            StmtKind::Expr(Expr { kind: ExprKind::Tuple(items), span }) => self.ravel(items, *span),
            StmtKind::Expr(Expr { kind: ExprKind::If { arms, .. }, .. }) => {
                arms.iter().for_each(|(test, _)| self.test(test));
            }
            StmtKind::While { test, body } => {
                self.test(test);
                self.growth(&body.body);
            }
            StmtKind::For { target, body, .. } => {
                self.growth(&body.body);
                self.columns(target, &body.body, s.span);
            }
            StmtKind::Augment { target: Target::Name(name), op, value } if &*op.text == "+" => {
                self.list_sum(&name.text, value, s.span);
            }
            _ => {}
        }
    }

    fn target(&mut self, t: &Target) {
        let Target::Index { base, span, .. } = t else { return };
        let copied = match &base.kind {
            ExprKind::Index { subs, .. } => subs.iter().any(|s| self.copies(s)),
            ExprKind::Call { func, .. } => match callee(func) {
                Some((name, Some(base))) => !is_module(base) && gives_copy(name),
                _ => false,
            },
            _ => false,
        };
        if copied {
            let base = self.says(base);
            let message = format!(
                "{base} is a copy, so this writes to a copy that nobody keeps; index once, as in a[i, j]"
            );
            self.warn("copy-write", *span, message);
        }
    }

    /// Whether a subscript selects by an index array or a mask, which copies.
    fn copies(&self, sub: &Sub) -> bool {
        let Sub::Expr(e) = sub else { return false };
        match &e.kind {
            ExprKind::Bracket(_) | ExprKind::Compare { .. } | ExprKind::Strand(_) => true,
            ExprKind::Name(n) => matches!((self.known.value)(n), Some(Value::Array(a)) if a.ndim() > 0),
            ExprKind::Binary { op, .. } => matches!(&*op.text, "&" | "|" | "^"),
            ExprKind::Prefix { op, .. } => &*op.text == "~",
            _ => false,
        }
    }

    /// A condition that is a function: `if x => 3`.
    fn test(&mut self, test: &Expr) {
        if let ExprKind::Lambda(def) = &test.kind {
            self.arrow(def, test.span, true);
        }
        self.negation(test);
    }

    /// `if !x`: the factorial, where a negation was meant.
    fn negation(&mut self, e: &Expr) {
        let ExprKind::Apply { func, left: None, right } = &e.kind else { return };
        if matches!(&func.kind, ExprKind::Glyph(g) if &**g == "!") {
            let x = self.says(right);
            let message =
                format!("!{x} is the factorial, which is 1 of True and of False; to negate write not {x}");
            self.warn("factorial-not", e.span, message);
        }
    }

    /// `x ^ 2`: the exclusive or, where a power was meant.
    fn power(&mut self, left: &Expr, right: &Expr, span: Span) {
        let small = matches!(&right.kind, ExprKind::Number { value: Number::Int(2 | 3), suffix: None });
        let bits = matches!(&left.kind, ExprKind::Binary { op, .. } if matches!(&*op.text, "&" | "|" | "^" | "<<" | ">>"));
        let masks = matches!(&left.kind, ExprKind::Compare { .. } | ExprKind::Prefix { .. });
        if small && !bits && !masks {
            let (x, n) = (self.says(left), self.says(right));
            let message = format!("{x} ^ {n} is the exclusive or of the bits; the power is {x} ** {n}");
            self.warn("xor-power", span, message);
        }
    }

    /// `x => 3` where a comparison was meant.
    fn arrow(&mut self, def: &FnDef, span: Span, certain: bool) {
        let [Param { name, default: None, variadic: false }] = &*def.params else { return };
        let FnBody::Expr(body) = &def.body else {
            if certain && self.known.names.assigned.contains(&name.text) {
                let message =
                    format!("{} => … is a function, which is always true; to compare, write >=", name.text);
                self.warn("arrow", Span { start: span.start, end: name.span.end.max(span.start) }, message);
            }
            return;
        };
        let number = matches!(body.kind, ExprKind::Number { .. });
        if !self.known.names.assigned.contains(&name.text) || !(number || certain) {
            return;
        }
        let body = self.says(body);
        let message = format!("{n} => {body} is a function; to compare, write {n} >= {body}", n = name.text);
        self.warn("arrow", span, message);
    }

    fn expression(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Binary { op, left, right } => {
                self.grouping(&op.text, left, right, e.span);
                match &*op.text {
                    "*" | "×" => self.repeat(left, right, e.span),
                    "+" => {
                        if let ExprKind::Name(name) = &left.kind {
                            self.list_sum(name, right, e.span);
                        }
                    }
                    "/" => self.slash(left, right, e.span),
                    "^" => self.power(left, right, e.span),
                    _ => {}
                }
                self.needless(left);
                self.needless(right);
            }
            ExprKind::Compare { first, rest } => {
                self.bits(first, rest, e.span);
                self.needless(first);
                rest.iter().for_each(|(_, e)| self.needless(e));
            }
            ExprKind::Call { func, args } => self.call(func, args, e.span),
            ExprKind::Index { subs, .. } => {
                for sub in subs {
                    if let Sub::Expr(Expr { kind: ExprKind::Lambda(def), span }) = sub {
                        self.arrow(def, *span, true);
                    }
                }
            }
            ExprKind::Dfn(dfn) => self.braces(dfn),
            ExprKind::And(a, b) | ExprKind::Or(a, b) => {
                self.negation(a);
                self.negation(b);
            }
            ExprKind::Choice { test, .. } => self.negation(test),
            ExprKind::Apply { func, left: Some(left), right } => self.commuted(func, left, right, e.span),
            ExprKind::Apply { func, left: None, right } => self.string(func, right, e.span),
            _ => {}
        }
    }

    /// `0 ⌈ x - t`: as NumPy groups it, not as APL does.
    fn grouping(&mut self, op: &str, left: &Expr, right: &Expr, span: Span) {
        if !matches!(op, "+" | "-") {
            return;
        }
        let mut inner = left;
        while let ExprKind::Binary { op, left, right: own } = &inner.kind {
            if self.bracketed(inner.span) {
                return;
            }
            let glyph = matches!(&*op.text, "⌈" | "⌊" | "⍟" | "×" | "÷" | "○");
            let wide = matches!(&*op.text, "⌈" | "⌊" | "⍟") || matches!(right.kind, ExprKind::Apply { .. });
            if glyph && wide {
                let (a, b, c) = (self.says(left), self.says(own), self.says(right));
                let (g, o) = (&op.text, op_text(self.text, own.span, right.span));
                let message = format!(
                    "{a} {g} {b} {o} {c} means ({a} {g} {b}) {o} {c}; \
                     for APL's reading write {a} {g} ({b} {o} {c})"
                );
                return self.warn("glyph-grouping", span, message);
            }
            inner = left;
        }
    }

    /// `[0] * n`, which multiplies.
    fn repeat(&mut self, left: &Expr, right: &Expr, span: Span) {
        let (list, times) = match (&left.kind, &right.kind) {
            (ExprKind::Bracket(items), _) if items.len() == 1 => (&items[0], right),
            (_, ExprKind::Bracket(items)) if items.len() == 1 => (&items[0], left),
            _ => return,
        };
        let plain = matches!(times.kind, ExprKind::Number { .. } | ExprKind::Name(_) | ExprKind::Call { .. })
            && matches!(list.kind, ExprKind::Number { .. } | ExprKind::Str(_) | ExprKind::None);
        let held = match &times.kind {
            ExprKind::Name(n) => (self.known.value)(n),
            _ => None,
        };
        if !plain || matches!(held, Some(Value::Array(_) | Value::Float(_) | Value::Scalar(_))) {
            return;
        }
        let (item, times) = (self.says(list), self.says(times));
        let message =
            format!("[{item}] * {times} multiplies the item; to repeat it write np.full({times}, {item})");
        self.warn("list-repeat", span, message);
    }

    /// `xs + [v]`, which adds to every item.
    fn list_sum(&mut self, name: &str, right: &Expr, span: Span) {
        let ExprKind::Bracket(items) = &right.kind else { return };
        if items.len() == 1 && !matches!(items[0].kind, ExprKind::Starred(_)) {
            let item = self.says(&items[0]);
            let message = format!(
                "{name} + [{item}] adds {item} to every item; to join write np.concatenate([{name}, [{item}]])"
            );
            self.warn("list-join", span, message);
        }
    }

    /// `+/, x`: a function and an array side by side, where APL's `,` ravels.
    fn ravel(&mut self, items: &[Expr], span: Span) {
        let [function, rest] = items else { return };
        let folds = matches!(&function.kind, ExprKind::Derived { op, .. } if matches!(&*op.text, "/" | "⌿" | "\\" | "⍀"));
        if folds && !self.text.at(span).starts_with('(') {
            let (f, x) = (self.says(function), self.says(rest));
            let message = format!("{f}, {x} is a function beside an array; to ravel write {f} ∊ {x}");
            self.warn("comma-separates", span, message);
        }
    }

    /// `x /⍨ mask`, which divides.
    fn commuted(&mut self, func: &Expr, left: &Expr, right: &Expr, span: Span) {
        let ExprKind::Derived { op, left: f, .. } = &func.kind else { return };
        if &*op.text == "⍨" && matches!(&f.kind, ExprKind::Glyph(g) if &**g == "/") {
            let (x, mask) = (self.says(left), self.says(right));
            let message = format!("{x} /⍨ {mask} divides; to select write {x} ⌿⍨ {mask}");
            self.warn("slash-divides", span, message);
        }
    }

    /// `≢ "abc"`, which is 1.
    fn string(&mut self, func: &Expr, right: &Expr, span: Span) {
        let text = match &right.kind {
            ExprKind::Str(_) => true,
            ExprKind::Name(n) => matches!((self.known.value)(n), Some(Value::Str(_))),
            _ => false,
        };
        let ExprKind::Glyph(glyph) = &func.kind else { return };
        let s = self.says(right);
        let (gives, instead) = match &**glyph {
            "≢" => ("1", format!("count its characters with len({s})")),
            "⍴" => ("empty", format!("count its characters with len({s})")),
            "⊃" => ("the whole string", format!("take its first character with {s}[0]")),
            _ => return,
        };
        if text {
            let message = format!("{glyph} {s} is {gives}: to glyphs a string is one scalar; {instead}");
            self.warn("string-scalar", span, message);
        }
    }

    /// `1 0 1 / x` and `f/ x`, which divide.
    fn slash(&mut self, left: &Expr, right: &Expr, span: Span) {
        let right = self.says(right);
        match &left.kind {
            ExprKind::Strand(items) if items.iter().all(|n| matches!(literal(n), Some(0 | 1))) => {
                let mask = self.says(left);
                let message = format!("{mask} / {right} divides; to select write {mask} ⌿ {right}");
                self.warn("slash-divides", span, message);
            }
            ExprKind::Compare { .. } => {
                let mask = self.says(left);
                let message = format!("{mask} / {right} divides; to select write {mask} ⌿ {right}");
                self.warn("slash-divides", span, message);
            }
            ExprKind::Name(name) if self.is_function(name) => {
                let message =
                    format!("{name}/ {right} divides; to fold with a function write {name}⌿ {right}");
                self.warn("slash-divides", span, message);
            }
            _ => {}
        }
    }

    /// `a > 0 & b`: the bits are taken first.
    fn bits(&mut self, first: &Expr, rest: &[(Spelled, Expr)], span: Span) {
        let order = |op: &str| matches!(op, "==" | "!=" | "<" | "<=" | ">" | ">=" | "≠" | "≤" | "≥");
        if !rest.iter().all(|(op, _)| order(&op.text)) {
            return;
        }
        let operands = std::iter::once(first).chain(rest.iter().map(|(_, e)| e));
        for (at, operand) in operands.enumerate() {
            let ExprKind::Binary { op, left, right } = &operand.kind else { continue };
            if !matches!(&*op.text, "&" | "|" | "^") || self.bracketed(operand.span) {
                continue;
            }
            // `flags & 4 != 0` tests a bit, in NumPy as here.
            let outer = if at == 0 { left } else { right };
            if at == 0 && literal(right).is_some() || !self.like_a_condition(outer) {
                continue;
            }
            let (a, b) = (self.says(left), self.says(right));
            let message = format!(
                "{} comes before the comparison here: this compares with ({a} {0} {b}); \
                 put each comparison in brackets",
                op.text
            );
            return self.warn("bits-unbracketed", span, message);
        }
    }

    /// What would stand alone beside `&`: a name, unless it is known to hold no truth values.
    fn like_a_condition(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Name(n) => match (self.known.value)(n) {
                Some(Value::Array(a)) => a.dtype() == crate::dtype::DType::Bool,
                Some(v) => {
                    matches!(v, Value::Bool(_))
                        || v.scalar().is_some_and(|s| s.dtype() == crate::dtype::DType::Bool)
                }
                None => true,
            },
            ExprKind::Index { base, .. } => self.like_a_condition(base),
            ExprKind::Number { .. } => false,
            _ => true,
        }
    }

    fn call(&mut self, func: &Expr, args: &[Arg], span: Span) {
        let Some((name, receiver)) = callee(func) else { return };
        let row = idioms::row(name, receiver.is_some());
        for arg in args {
            if let (Some(key), Some(row)) = (&arg.keyword, row) {
                self.keyword(key, arg, row.params, name);
            }
            if row.is_some_and(|r| idioms::is_elementwise(r) || idioms::reduces(r)) {
                self.needless(&arg.value);
                if let ExprKind::Lambda(def) = &arg.value.kind {
                    self.arrow(def, arg.value.span, false);
                }
            }
        }
        let Some(base) = receiver else { return };
        let copy = idioms::role(name) == Some(Role::Copy) && args.is_empty();
        if copy && is_computed(base) {
            let (all, base) = (self.text.at(span).to_string(), self.says(base));
            self.add(
                Level::Warning,
                "needless-copy",
                span,
                format!("{all} copies a new array; {base} is enough"),
            );
        } else if row.is_some_and(|r| idioms::is_elementwise(r) || idioms::reduces(r)) {
            self.needless(base);
        }
    }

    /// `any(x = 3)`, where the name is a variable and no parameter.
    fn keyword(&mut self, key: &Spelled, arg: &Arg, params: &str, function: &str) {
        let is_parameter = params.split(',').any(|p| p.trim().split('=').next() == Some(&*key.text));
        if !is_parameter && self.known.names.assigned.contains(&key.text) {
            let value = self.says(&arg.value);
            let message = format!(
                "{k} = {value} passes an argument named {k}; to compare write {function}({k} == {value})",
                k = key.text
            );
            self.warn("equals", key.span.to(arg.value.span), message);
        }
    }

    /// `x.copy()` as an operand of what only reads it.
    fn needless(&mut self, e: &Expr) {
        let ExprKind::Call { func, args } = &e.kind else { return };
        let (Some((name, Some(base))), true) = (callee(func), args.is_empty()) else { return };
        if idioms::role(name) == Some(Role::Copy) && !is_computed(base) && !is_module(base) {
            let (all, base) = (self.says(e), self.says(base));
            self.warn("needless-copy", e.span, format!("{all} is only read here; {base} is enough"));
        }
    }

    /// `a = np.append(a, v)` in a loop.
    fn growth(&mut self, body: &[Stmt]) {
        walk::statements(body, &mut |node| {
            let Node::Stmt(s) = node else { return true };
            // Inner loops are looked at on their own.
            if matches!(s.kind, StmtKind::For { .. } | StmtKind::While { .. } | StmtKind::Fn(_)) {
                return false;
            }
            let StmtKind::Assign { targets, value } = &s.kind else { return true };
            let ([Target::Name(name)], ExprKind::Call { func, args }) = (&**targets, &value.kind) else {
                return true;
            };
            let Some((called, _)) = callee(func) else { return true };
            let joins = matches!(idioms::role(called), Some(Role::Append | Role::Join));
            if joins && args.iter().any(|a| walk::mentions(&a.value, &name.text)) {
                let message = format!(
                    "each step copies all of {n}; collect the parts in a list, then {n} = np.array(parts) or \
                     np.concatenate(parts)",
                    n = name.text
                );
                self.warn("append-in-loop", s.span, message);
            }
            true
        });
    }

    /// `m[:, j]` for each j, or `m[i, j]` with i in the inner loop: a walk over columns, where rows lie
    /// together in memory.
    fn columns(&mut self, target: &Target, body: &[Stmt], span: Span) {
        let Target::Name(j) = target else { return };
        let mut inner: Vec<Name> = Vec::new();
        walk::statements(body, &mut |node| {
            if let Node::Stmt(Stmt { kind: StmtKind::For { target: Target::Name(i), .. }, .. }) = node {
                inner.push(i.text.clone());
            }
            true
        });
        let is = |e: &Expr, name: &Name| matches!(&e.kind, ExprKind::Name(n) if n == name);
        let mut walked: Option<Name> = None;
        walk::statements(body, &mut |node| {
            let (base, subs) = match node {
                Node::Expr(Expr { kind: ExprKind::Index { base, subs }, .. }) => (base, subs),
                Node::Target(Target::Index { base, subs, .. }) => (base, subs),
                _ => return true,
            };
            let (ExprKind::Name(m), [first, Sub::Expr(second)]) = (&base.kind, &**subs) else { return true };
            let across = match first {
                Sub::Slice { start: None, stop: None, step: None, .. } => true,
                Sub::Expr(e) => inner.iter().any(|i| is(e, i)),
                _ => false,
            };
            if across && is(second, &j.text) {
                walked = Some(m.clone());
            }
            true
        });
        let Some(m) = walked else { return };
        let Some(Value::Array(a)) = (self.known.value)(&m) else { return };
        if a.ndim() == 2 && a.is_c_contiguous() && !a.is_f_contiguous() && a.nbytes() > COLUMN_BYTES {
            let message = format!(
                "this walks down the columns of {m}, whose rows lie together in memory; put the loop over the \
                 first axis outside, or go over np.asfortranarray({m})"
            );
            self.warn("column-walk", span, message);
        }
    }

    /// `{"a": 1}` is a function with a guard.
    fn braces(&mut self, dfn: &Dfn) {
        let keys = |item: &DfnItem| match item {
            DfnItem::Guard { test, .. } => matches!(test.kind, ExprKind::Str(_) | ExprKind::Number { .. }),
            _ => false,
        };
        if !dfn.items.is_empty() && dfn.items.iter().all(keys) {
            let message = "{key: value} is a function with a guard; arr has no dictionaries".to_string();
            self.warn("dict-braces", dfn.span, message);
        }
    }
}

/// Whether the bracket that a text begins with is closed at its end.
fn closes_last(text: &str) -> bool {
    let mut depth = 0;
    for (i, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return i + c.len_utf8() == text.len();
        }
    }
    false
}

/// The operator between two operands.
fn op_text(text: &Text, left: Span, right: Span) -> String {
    let between = Span { start: left.end, end: right.start };
    text.at(between).trim_matches(|c: char| c.is_whitespace() || c == '(' || c == ')').to_string()
}

/// A method that always gives a new array.
fn gives_copy(name: &str) -> bool {
    idioms::gives_new(name)
        || idioms::row(name, true).is_some_and(|r| idioms::is_elementwise(r) || r.doc.starts_with("A copy"))
}

/// An expression whose value nothing else holds.
fn is_computed(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Binary { .. } | ExprKind::Compare { .. } | ExprKind::Prefix { .. } => true,
        ExprKind::Call { func, .. } => {
            let row = callee(func).and_then(|(name, receiver)| idioms::row(name, receiver.is_some()));
            row.is_some_and(idioms::is_elementwise)
        }
        _ => false,
    }
}

fn is_module(e: &Expr) -> bool {
    matches!(&e.kind, ExprKind::Name(n) if &**n == "np")
}

/// The literal integer that an expression is.
fn literal(e: &Expr) -> Option<i64> {
    match &e.kind {
        ExprKind::Number { value: Number::Int(n), suffix: None } => i64::try_from(*n).ok(),
        _ => None,
    }
}

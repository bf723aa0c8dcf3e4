//! Expressions: literals, arithmetic, comparisons, calls, indices, strings.

use super::text::{self, Bind, Py};
use super::{R, Translator, helpers};
use crate::prim::language::idioms::{self, Role};
use crate::prim::{self, Home, Prim, Valence};
use crate::syntax::Span;
use crate::syntax::ast::{
    Arg, Block, Clause, Expr, ExprKind, FPart, FnBody, FnDef, Number, Spelled, Stmt, StmtKind, Sub,
};

impl Translator<'_, '_> {
    pub(super) fn expr(&mut self, e: &Expr) -> R<Py> {
        use ExprKind as K;
        Ok(match &e.kind {
            K::Number { value, suffix } => self.number(value, suffix.as_deref(), e.span)?,
            K::Strand(items) => {
                let items = self.list(items)?;
                Py::atom(format!("np.array([{}])", items.join(", ")))
            }
            K::Str(s) => Py::atom(text::string(s)),
            K::FString(parts) => self.fstring(parts, e.span)?,
            K::None => Py::atom("None"),
            K::Ellipsis => Py::atom("..."),
            K::Name(n) => self.name(n, e.span)?,
            K::DfnName(n) => self.dfn_name(n, e.span)?,
            K::Tuple(items) => {
                let items = self.list(items)?;
                Py::atom(if let [one] = &items[..] {
                    format!("({one},)")
                } else {
                    format!("({})", items.join(", "))
                })
            }
            K::Bracket(items) => self.bracket(items)?,
            K::Comprehension { item, clauses, generator } => self.comprehension(item, clauses, *generator)?,
            K::Binary { op, left, right } => self.binary(op, left, right)?,
            K::Prefix { op, operand } => {
                let operand = self.expr(operand)?.at(Bind::Sign);
                Py::new(format!("{}{operand}", op.text), Bind::Sign)
            }
            K::Compare { first, rest } => self.compare(first, rest)?,
            K::And(a, b) => {
                let (a, b) = (self.expr(a)?.at(Bind::And), self.expr(b)?.at(Bind::Not));
                Py::new(format!("{a} and {b}"), Bind::And)
            }
            K::Or(a, b) => {
                let (a, b) = (self.expr(a)?.at(Bind::Or), self.expr(b)?.at(Bind::And));
                Py::new(format!("{a} or {b}"), Bind::Or)
            }
            K::Not(a) => Py::new(format!("not {}", self.expr(a)?.at(Bind::Not)), Bind::Not),
            K::Choice { test, then, other } => {
                let (test, then) = (self.expr(test)?.at(Bind::Or), self.expr(then)?.at(Bind::Or));
                let other = self.expr(other)?.at(Bind::Lambda);
                Py::new(format!("{then} if {test} else {other}"), Bind::Lambda)
            }
            K::Lambda(def) => self.lambda(def)?,
            K::Pipe { left, right } => self.pipe(left, right, e.span)?,
            K::Call { func, args } => self.call(func, args, None, e.span)?,
            K::Index { base, subs } => {
                let base = self.expr(base)?.at(Bind::Atom);
                Py::atom(format!("{base}[{}]", self.subs(subs)?))
            }
            K::Attr { base, name } => self.attr(base, name)?,
            K::If { arms, otherwise: Some(otherwise) } => self.chosen(arms, otherwise, e.span)?,
            K::If { .. } => return self.refuse("an if without else inside an expression", e.span),
            K::Glyph(_) | K::Derived { .. } | K::Train(_) | K::Dfn(_) | K::Operated { .. } => {
                self.function(e, None)?
            }
            K::Apply { func, left, right } => self.apply(func, left.as_deref(), right, e.span)?,
            K::Starred(inner) => Py::new(format!("*{}", self.expr(inner)?.at(Bind::BitOr)), Bind::Lambda),
        })
    }

    /// An `if` as an expression, each block of which is one.
    fn chosen(&mut self, arms: &[(Expr, Block)], otherwise: &Block, span: Span) -> R<Py> {
        let mut text = String::new();
        for (test, block) in arms {
            let (value, test) = (self.only(block, span)?.at(Bind::Or), self.expr(test)?.at(Bind::Or));
            text.push_str(&format!("{value} if {test} else "));
        }
        text.push_str(&self.only(otherwise, span)?.at(Bind::Lambda));
        Ok(Py::new(text, Bind::Lambda))
    }

    /// The only expression of a block.
    fn only(&mut self, block: &Block, span: Span) -> R<Py> {
        match &block.body[..] {
            [Stmt { kind: StmtKind::Expr(e), .. }] => self.expr(e),
            _ => self.refuse("an if with statements inside an expression", span),
        }
    }

    pub(super) fn list(&mut self, items: &[Expr]) -> R<Vec<String>> {
        items.iter().map(|e| Ok(self.expr(e)?.text)).collect()
    }

    fn number(&mut self, value: &Number, suffix: Option<&str>, span: Span) -> R<Py> {
        let negative = |s: String| {
            let bind = if s.starts_with('-') { Bind::Sign } else { Bind::Atom };
            Py::new(s, bind)
        };
        let plain = match value {
            Number::Int(n) => negative(n.to_string()),
            Number::Float(x) => negative(crate::show::float_str(*x)),
            Number::Imag(x) => negative(format!("{}j", crate::show::float_str(*x))),
            Number::Bool(b) => Py::atom(if *b { "True" } else { "False" }),
        };
        match suffix {
            None => Ok(plain),
            Some(code) => match text::suffix(code) {
                Some(scalar) => Ok(Py::call(&scalar, &[plain])),
                None => self.refuse(&format!("the suffix {code}"), span),
            },
        }
    }

    /// Whether a name means the program's own: within functions and comprehensions any that it
    /// assigns, at the top what it has assigned by now.
    fn is_own(&self, n: &str) -> bool {
        let inner = self.functions > 0 || self.closed > 0;
        if inner { self.own.contains(n) } else { self.seen.contains(n) }
    }

    /// A name that is read: the program's own, or what is built in.
    pub(super) fn name(&mut self, n: &str, span: Span) -> R<Py> {
        if self.is_own(n) {
            return Ok(Py::atom(text::name(n)));
        }
        match n {
            "pi" | "e" | "inf" | "nan" | "newaxis" => return Ok(Py::atom(format!("np.{n}"))),
            "np" | "numpy" => return Ok(Py::atom("np")),
            "args" => return self.refuse("the program's arguments", span),
            "_" => return self.refuse("the last value shown", span),
            _ => {}
        }
        let table = prim::table();
        if let Some(row) = table.get(Home::Core, n) {
            if let Some(helper) = self.helper(row.name) {
                return Ok(Py::atom(helper));
            }
            if text::BUILTINS.contains(&n) {
                return Ok(Py::atom(n));
            }
            return self.refuse(&format!("the function {n}"), span);
        }
        match table.get(Home::Np, n) {
            Some(row) => Ok(Py::atom(self.function_of(row))),
            // Dtypes and modules have no rows. What is not known here may be when it runs.
            None if prim::modules::builtin(n).is_some() => Ok(Py::atom(format!("np.{n}"))),
            None => Ok(Py::atom(text::name(n))),
        }
    }

    /// The Python function of a row.
    pub(super) fn function_of(&mut self, row: &'static Prim) -> String {
        if let Some(helper) = self.helper(row.name) {
            return helper.into();
        }
        match row.home {
            Home::Core if text::BUILTINS.contains(&row.name) => row.name.into(),
            _ => match row.full_name() {
                full if full.starts_with("np.") => full,
                name => format!("np.{name}"),
            },
        }
    }

    fn bracket(&mut self, items: &[Expr]) -> R<Py> {
        let texts = self.list(items)?;
        let text = format!("[{}]", texts.join(", "));
        // A list, of what is no number or of rows that differ.
        let ragged = items.iter().all(is_number) && lengths(items).is_none();
        if items.is_empty() || ragged || !items.iter().all(may_be_number) {
            return Ok(Py::atom(text));
        }
        if items.iter().all(is_number) {
            return Ok(Py::atom(format!("np.array({})", plain_rows(&text))));
        }
        if items.iter().all(|e| matches!(e.kind, ExprKind::Bracket(_))) {
            return Ok(Py::atom(format!("{}({})", self.need("rows"), text)));
        }
        Ok(Py::atom(format!("{}({text})", self.need("bracket"))))
    }

    fn comprehension(&mut self, item: &Expr, clauses: &[Clause], generator: bool) -> R<Py> {
        self.closed += 1;
        let result: R<String> = (|| {
            let mut text = match &item.kind {
                ExprKind::Comprehension { item, clauses, .. } if generator => {
                    self.comprehension(item, clauses, true)?.text
                }
                _ => self.expr(item)?.at(Bind::Lambda),
            };
            for clause in clauses {
                match clause {
                    Clause::For { target, iter } => {
                        let target = self.target(target)?;
                        text.push_str(&format!(" for {target} in {}", self.expr(iter)?.at(Bind::Or)));
                    }
                    Clause::If(test) => text.push_str(&format!(" if {}", self.expr(test)?.at(Bind::Or))),
                }
            }
            Ok(text)
        })();
        self.closed -= 1;
        let text = result?;
        Ok(match generator {
            true => Py::atom(format!("[{text}]")),
            false if matches!(item.kind, ExprKind::Comprehension { .. }) => {
                Py::atom(format!("{}([{text}])", self.need("rows")))
            }
            false => Py::atom(format!("{}([{text}])", self.need("bracket"))),
        })
    }

    fn binary(&mut self, op: &Spelled, left: &Expr, right: &Expr) -> R<Py> {
        let Some(row) = prim::table().glyph(&op.text, Valence::Dyadic) else {
            return self.refuse(&format!("the operator {}", op.text), op.span);
        };
        let (left, right) = (self.expr(left)?, self.expr(right)?);
        Ok(self.row_call(row, &[left, right]))
    }

    /// A row's function of arguments: Python's operator where it has one.
    pub(super) fn row_call(&mut self, row: &'static Prim, args: &[Py]) -> Py {
        let numbers = || args.iter().all(|a| a.text.chars().all(|c| c.is_ascii_digit()));
        if numbers()
            && let Some(text) =
                helpers::of_numbers(row.name, &args.iter().map(|a| a.text.clone()).collect::<Vec<_>>())
        {
            return Py::atom(text);
        }
        if let ([left, right], None) = (args, helpers::find(row.name)) {
            let ascii = row.glyphs.iter().find(|g| g.valence == Valence::Dyadic && g.text.is_ascii());
            if let Some((op, bind)) = ascii.and_then(|g| Some((g.text, text::operator(g.text)?))) {
                return infix(op, bind, left, right);
            }
        }
        let func = self.function_of(row);
        Py::call(&func, args)
    }

    fn compare(&mut self, first: &Expr, rest: &[(Spelled, Expr)]) -> R<Py> {
        let mut left = self.expr(first)?;
        let mut links = Vec::new();
        for (i, (op, e)) in rest.iter().enumerate() {
            let mut right = self.expr(e)?;
            let row = prim::table().glyph(&op.text, Valence::Dyadic);
            let last = i + 1 == rest.len();
            let again = match (last, right.is_simple()) {
                (false, false) => {
                    let name = self.fresh("between");
                    right = Py::atom(format!("({name} := {})", right.text));
                    Py::atom(name)
                }
                _ => right.clone(),
            };
            links.push(match row {
                Some(row) => self.row_call(row, &[left, right]),
                None => {
                    let (l, r) = (left.at(Bind::BitOr), right.at(Bind::BitOr));
                    Py::new(format!("{l} {} {r}", op.text), Bind::Compare)
                }
            });
            left = again;
        }
        if let [one] = &links[..] {
            return Ok(one.clone());
        }
        let texts: Vec<String> = links.iter().map(|l| l.at(Bind::Shift)).collect();
        Ok(Py::new(texts.join(" & "), Bind::BitAnd))
    }

    fn lambda(&mut self, def: &FnDef) -> R<Py> {
        if let FnBody::Expr(body) = &def.body {
            let params = self.params(&def.params)?;
            if let Some(body) = self.inside(|t| t.expr(body))? {
                let head = if params.is_empty() { "lambda".into() } else { format!("lambda {params}") };
                return Ok(Py::new(format!("{head}: {}", body.at(Bind::Lambda)), Bind::Lambda));
            }
        }
        let name = self.fresh("function");
        let lines = self.def(&name, def)?;
        self.hoist(lines, def.span)?;
        Ok(Py::atom(name))
    }

    /// Translates a function's only expression; `None` if it needs definitions before it.
    pub(super) fn inside(&mut self, f: impl FnOnce(&mut Self) -> R<Py>) -> R<Option<Py>> {
        let before = std::mem::take(&mut self.before);
        let closed = std::mem::take(&mut self.closed);
        self.functions += 1;
        let result = f(self);
        self.functions -= 1;
        self.closed = closed;
        let needed = std::mem::replace(&mut self.before, before);
        Ok(Some(result?).filter(|_| needed.is_empty()))
    }

    /// Puts a definition before the statement under way.
    pub(super) fn hoist(&mut self, lines: Vec<String>, span: Span) -> R<()> {
        if self.closed > 0 {
            return self.refuse("a function of several statements inside a comprehension", span);
        }
        self.before.extend(lines);
        Ok(())
    }

    fn pipe(&mut self, left: &Expr, right: &Expr, span: Span) -> R<Py> {
        match &right.kind {
            ExprKind::Call { func, args } => self.call(func, args, Some(left), span),
            _ => {
                let left = self.expr(left)?;
                self.call_value(right, &[left])
            }
        }
    }

    /// A function value called with arguments.
    pub(super) fn call_value(&mut self, func: &Expr, args: &[Py]) -> R<Py> {
        let func = self
            .function(func, if args.len() == 1 { Some(Valence::Monadic) } else { Some(Valence::Dyadic) })?;
        Ok(Py::call(&func.at(Bind::Atom), args))
    }

    /// A call; `first` is what a pipe puts before the arguments.
    fn call(&mut self, func: &Expr, args: &[Arg], first: Option<&Expr>, span: Span) -> R<Py> {
        let positional = args.iter().filter(|a| a.keyword.is_none()).count() + usize::from(first.is_some());
        let mut texts = Vec::new();
        let to_numpy = self.is_numpy(func);
        if let Some(e) = first {
            texts.push(self.argument(e, to_numpy)?);
        }
        for arg in args {
            let value = self.argument(&arg.value, to_numpy)?;
            texts.push(match &arg.keyword {
                Some(k) => format!("{}={value}", k.text),
                None => value,
            });
        }
        let called = match &func.kind {
            ExprKind::Attr { base, name } if !self.is_module(base) => {
                return self.method(base, name, texts, span);
            }
            // Of an array these cast each element.
            ExprKind::Name(n)
                if idioms::role(n) == Some(Role::Cast)
                    && !self.is_own(n)
                    && matches!(args, [Arg { value, .. }] if is_vector(value)) =>
            {
                return Ok(Py::atom(format!("{}.astype({n})", texts.concat())));
            }
            // NumPy's function for one argument, Python's for several.
            ExprKind::Name(n) if !self.is_own(n) => match prim::table().get(Home::Np, n) {
                Some(row) if positional < 2 => self.function_of(row),
                _ => self.name(n, func.span)?.text,
            },
            _ => self.function(func, None)?.at(Bind::Atom),
        };
        Ok(Py::atom(format!("{called}({})", texts.join(", "))))
    }

    /// An argument; NumPy's functions take a list of numbers as it is.
    fn argument(&mut self, e: &Expr, to_numpy: bool) -> R<String> {
        if to_numpy {
            match &e.kind {
                ExprKind::Strand(items) => return Ok(format!("[{}]", self.list(items)?.join(", "))),
                ExprKind::Comprehension { item, clauses, .. } => {
                    return Ok(self.comprehension(item, clauses, true)?.text);
                }
                _ => {}
            }
        }
        if let (ExprKind::Bracket(items), true) = (&e.kind, to_numpy)
            && items.iter().all(may_be_number)
        {
            let text = format!("[{}]", self.list(items)?.join(", "));
            return Ok(plain_rows(&text));
        }
        match &e.kind {
            ExprKind::Glyph(_) => Ok(self.function(e, None)?.text),
            _ => Ok(self.expr(e)?.text),
        }
    }

    /// Whether a function is surely one of NumPy's.
    fn is_numpy(&self, func: &Expr) -> bool {
        match &func.kind {
            ExprKind::Name(n) => {
                !self.is_own(n) && prim::table().get(Home::Core, n).is_none() && helpers::find(n).is_none()
            }
            ExprKind::Attr { base, name } => self.is_module(base) && helpers::find(&name.text).is_none(),
            _ => false,
        }
    }

    fn is_module(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Name(n) => {
                matches!(&**n, "np" | "numpy") && !self.own.contains(&**n)
                    || self.shared.modules.contains_key(&**n)
            }
            ExprKind::Attr { base, .. } => self.is_module(base),
            _ => false,
        }
    }

    /// `x.f(…)`: a method where NumPy's arrays have it, else the function.
    fn method(&mut self, base: &Expr, name: &Spelled, args: Vec<String>, span: Span) -> R<Py> {
        let n = &*name.text;
        let table = prim::table();
        // The array's own method goes before the program's function.
        let own = self.is_own(n) && table.own_method(n).is_none();
        let of_text = matches!(base.kind, ExprKind::Str(_) | ExprKind::FString(_))
            && table.get(Home::Text, n).is_some();
        let kept = of_text || table.own_method(n).is_some() || table.get(Home::Generator, n).is_some();
        if !own && (kept || table.bare(n).is_none()) {
            let base = self.expr(base)?.at(Bind::Atom);
            return Ok(Py::atom(format!("{base}.{n}({})", args.join(", "))));
        }
        // A function of that name that texts have too: which one is meant shows when it runs.
        if !own && matches!(base.kind, ExprKind::Name(_)) && table.get(Home::Text, n).is_some() {
            let func = self.name(n, span)?.text;
            let (base, args) = (self.expr(base)?.text, args.join(", "));
            return Ok(Py::atom(format!(
                "({base}.{n}({args}) if isinstance({base}, str) else {func}({base}, {args}))"
            )));
        }
        let func = self.name(n, span)?.text;
        let mut all = vec![self.expr(base)?.text];
        all.extend(args);
        Ok(Py::atom(format!("{func}({})", all.join(", "))))
    }

    fn attr(&mut self, base: &Expr, name: &Spelled) -> R<Py> {
        if self.is_module(base)
            && let ExprKind::Name(n) = &base.kind
            && matches!(&**n, "np" | "numpy")
            && let Some(row) = prim::table().get(Home::Np, &name.text)
        {
            return Ok(Py::atom(self.function_of(row)));
        }
        let base = self.expr(base)?.at(Bind::Atom);
        // A digit before the dot would read as a number.
        let base = if base.ends_with(|c: char| c.is_ascii_digit()) && base.parse::<f64>().is_ok() {
            format!("({base})")
        } else {
            base
        };
        Ok(Py::atom(format!("{base}.{}", name.text)))
    }

    pub(super) fn subs(&mut self, subs: &[Sub]) -> R<String> {
        let mut texts = Vec::new();
        for sub in subs {
            texts.push(match sub {
                Sub::Expr(e) => match &e.kind {
                    ExprKind::Bracket(items) if items.iter().all(may_be_number) => self.argument(e, true)?,
                    _ => self.expr(e)?.text,
                },
                Sub::Slice { start, stop, step, .. } => {
                    let mut part = |e: &Option<Expr>| -> R<String> {
                        match e {
                            Some(e) => Ok(self.expr(e)?.at(Bind::Or)),
                            None => Ok(String::new()),
                        }
                    };
                    let (a, b, c) = (part(start)?, part(stop)?, part(step)?);
                    if c.is_empty() { format!("{a}:{b}") } else { format!("{a}:{b}:{c}") }
                }
            });
        }
        Ok(texts.join(", "))
    }

    /// A formatted string; its parts may not hold the quotes around it.
    fn fstring(&mut self, parts: &[FPart], span: Span) -> R<Py> {
        let mut pieces = Vec::new();
        self.pieces(parts, &mut pieces)?;
        let has = |s: &str| pieces.iter().any(|(code, t)| *code && t.contains(s));
        let quote = match (has("\\"), has("\""), has("'")) {
            (true, ..) => return self.refuse("a backslash inside a formatted value", span),
            (_, false, _) => "\"",
            (_, _, false) => "'",
            _ => "\"\"\"",
        };
        let body: String =
            pieces.iter().map(|(code, t)| if *code { t.clone() } else { fixed(t, quote) }).collect();
        Ok(Py::atom(format!("f{quote}{body}{quote}")))
    }

    /// The parts as text: of code (`true`) or fixed.
    fn pieces(&mut self, parts: &[FPart], out: &mut Vec<(bool, String)>) -> R<()> {
        for part in parts {
            match part {
                FPart::Text(t) => out.push((false, t.to_string())),
                FPart::Value { expr, equals, conversion, spec } => {
                    if let Some(text) = equals {
                        out.push((false, text.to_string()));
                    }
                    let code = self.expr(expr)?.at(Bind::Or);
                    let space = if code.starts_with('{') { " " } else { "" };
                    let conversion = match (conversion, equals.is_some() && spec.is_empty()) {
                        (Some(c), _) => format!("!{c}"),
                        (None, true) => "!r".into(),
                        (None, false) => String::new(),
                    };
                    out.push((true, format!("{{{space}{code}{conversion}")));
                    if !spec.is_empty() {
                        out.push((true, ":".into()));
                        self.pieces(spec, out)?;
                    }
                    out.push((true, "}".into()));
                }
            }
        }
        Ok(())
    }
}

/// Fixed text of a formatted string.
fn fixed(text: &str, quote: &str) -> String {
    let literal = text::string(text);
    let inner = literal[1..literal.len() - 1].replace('{', "{{").replace('}', "}}");
    if quote == "\"" { inner } else { inner.replace("\\\"", "\"").replace(quote, &format!("\\{quote}")) }
}

pub(super) fn infix(op: &str, bind: Bind, left: &Py, right: &Py) -> Py {
    // Comparisons do not chain here, and powers group from the right.
    let (l, r) = match bind {
        Bind::Compare => (Bind::BitOr, Bind::BitOr),
        Bind::Power => (Bind::Atom, Bind::Sign),
        b => (b, next(b)),
    };
    Py::new(format!("{} {op} {}", left.at(l), right.at(r)), bind)
}

/// The next tighter level.
fn next(bind: Bind) -> Bind {
    match bind {
        Bind::BitOr => Bind::BitXor,
        Bind::BitXor => Bind::BitAnd,
        Bind::BitAnd => Bind::Shift,
        Bind::Shift => Bind::Sum,
        Bind::Sum => Bind::Product,
        Bind::Product => Bind::Sign,
        _ => Bind::Atom,
    }
}

/// Nested brackets of numbers, which are arrays each, as one list of lists.
fn plain_rows(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("np.array([") {
        let tail = &rest[at + "np.array(".len()..];
        let mut depth = 0;
        let close = tail.char_indices().find(|(_, c)| {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' => depth -= 1,
                _ => {}
            }
            depth < 0
        });
        let Some((end, _)) = close else { break };
        out.push_str(&rest[..at]);
        out.push_str(&plain_rows(&tail[..end]));
        rest = &tail[end + 1..];
    }
    out.push_str(rest);
    out
}

/// A number literal, or a bracket of such.
fn is_number(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Number { .. } => true,
        ExprKind::Prefix { operand, .. } => is_number(operand),
        ExprKind::Bracket(items) => !items.is_empty() && items.iter().all(is_number),
        _ => false,
    }
}

/// The lengths of nested brackets of numbers, if these are regular.
fn lengths(items: &[Expr]) -> Option<Vec<usize>> {
    let one = |e: &Expr| match &e.kind {
        ExprKind::Bracket(inner) => lengths(inner),
        _ => Some(Vec::new()),
    };
    let mut all = items.iter().map(one);
    let first = all.next()??;
    all.all(|l| l.as_ref() == Some(&first)).then(|| [vec![items.len()], first].concat())
}

/// What is an array by its form.
fn is_vector(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Strand(_) => true,
        ExprKind::Bracket(items) => !items.is_empty() && items.iter().all(is_number),
        _ => false,
    }
}

/// What may be a number when it runs.
fn may_be_number(e: &Expr) -> bool {
    !matches!(
        e.kind,
        ExprKind::Str(_)
            | ExprKind::FString(_)
            | ExprKind::Tuple(_)
            | ExprKind::Strand(_)
            | ExprKind::None
            | ExprKind::Starred(_)
            | ExprKind::Lambda(_)
            | ExprKind::Dfn(_)
            | ExprKind::Glyph(_)
            | ExprKind::Derived { .. }
            | ExprKind::Train(_)
    )
}

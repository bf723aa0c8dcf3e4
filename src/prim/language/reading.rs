//! How a line is read, as text: `%parse`. The line with every bracket written, then a tree: each
//! glyph, name and value with what it is there, and NumPy's spelling of the primitives.
//!
//! It takes the tree from `syntax` and the names from the rows.

use crate::prim::apl::operators;
use crate::prim::row::{Home, Prim, Valence};
use crate::prim::table;
use crate::syntax::ast::{Arg, Dfn, DfnItem, Expr, ExprKind, FnBody, Spelled, Stmt, StmtKind, Sub};
use crate::syntax::{Lexicon, SyntaxError, parse, print};

/// Columns of a line that a reader's window surely has.
const WIDTH: usize = 60;

/// One line of the tree.
struct Line {
    depth: usize,
    text: String,
    role: String,
    numpy: String,
}

#[derive(Default)]
struct Tree {
    lines: Vec<Line>,
}

/// How a text is read, or its first mistake.
pub fn describe(text: &str, lexicon: &Lexicon) -> Result<String, SyntaxError> {
    let parsed = parse(text, lexicon);
    if let Some(error) = parsed.errors.into_iter().next() {
        return Err(error);
    }
    let described: Vec<String> = parsed.statements.iter().map(of_statement).collect();
    Ok(described.join("\n"))
}

fn of_statement(statement: &Stmt) -> String {
    let mut tree = Tree::default();
    tree.statement(0, statement);
    format!("{}\n\n{}", print::statement(statement), tree.text())
}

impl Tree {
    fn add(&mut self, depth: usize, text: impl Into<String>, role: impl Into<String>, prim: Option<&Prim>) {
        let numpy = prim.map(numpy).unwrap_or_default();
        self.lines.push(Line { depth, text: text.into(), role: role.into(), numpy });
    }

    fn text(&self) -> String {
        let head = |line: &Line| format!("{}{}", "  ".repeat(line.depth), line.text);
        let widest = self.lines.iter().map(|line| head(line).chars().count()).max().unwrap_or(0).min(20);
        let mut out = String::new();
        for line in &self.lines {
            let head = head(line);
            let gap = widest.saturating_sub(head.chars().count());
            let mut text = format!("{head}{}  {}", " ".repeat(gap), line.role);
            if !line.numpy.is_empty() {
                let more = format!("; {}", line.numpy);
                if text.chars().count() + more.chars().count() > WIDTH {
                    text.push_str(&format!(";\n{}{}", " ".repeat(widest + 4), line.numpy));
                } else {
                    text.push_str(&more);
                }
            }
            out.push_str(&text);
            out.push('\n');
        }
        out
    }

    fn statement(&mut self, depth: usize, statement: &Stmt) {
        match &statement.kind {
            StmtKind::Expr(e) => self.expression(depth, e, ""),
            StmtKind::Assign { value, .. } => {
                let whole = print::statement(statement);
                let target = whole.strip_suffix(&print::expression(value)).unwrap_or("=").trim();
                self.add(depth, target, "assignment", None);
                self.expression(depth + 1, value, "");
            }
            StmtKind::Augment { op, value, .. } => {
                let prim = table().glyph(&op.text, Valence::Dyadic);
                self.add(depth, format!("{}=", op.text), named("assignment in place with", prim), prim);
                self.expression(depth + 1, value, "");
            }
            _ => self.add(depth, print::statement(statement), "statement", None),
        }
    }

    /// `place`: what it is to the function around it.
    fn expression(&mut self, depth: usize, e: &Expr, place: &str) {
        let with = |role: &str| match place {
            "" => role.to_string(),
            place => format!("{place}, {role}"),
        };
        match &e.kind {
            ExprKind::Apply { func, left, right } => {
                self.application(depth, func, left.as_deref(), right, place)
            }
            ExprKind::Binary { op, left, right } => self.dyadic(depth, op, [left, right], place),
            ExprKind::Compare { first, rest } if rest.len() == 1 => {
                self.dyadic(depth, &rest[0].0, [first, &rest[0].1], place);
            }
            ExprKind::Compare { first, rest } => {
                self.add(depth, "…", with("chain of comparisons"), None);
                self.expression(depth + 1, first, "");
                for (op, e) in rest {
                    let prim = table().glyph(&op.text, Valence::Dyadic);
                    self.add(depth + 1, &*op.text, named("comparison", prim), prim);
                    self.expression(depth + 1, e, "");
                }
            }
            ExprKind::Prefix { op, operand } => {
                let prim = table().glyph(&op.text, Valence::Monadic);
                self.add(depth, &*op.text, with(&named("monadic function", prim)), prim);
                self.expression(depth + 1, operand, "");
            }
            ExprKind::And(left, right) | ExprKind::Or(left, right) => {
                let word = if matches!(e.kind, ExprKind::And(..)) { "and" } else { "or" };
                self.add(depth, word, with("truth values, short circuit"), None);
                self.expression(depth + 1, left, "");
                self.expression(depth + 1, right, "");
            }
            ExprKind::Not(operand) => {
                self.add(depth, "not", with("truth value"), None);
                self.expression(depth + 1, operand, "");
            }
            ExprKind::Choice { test, then, other } => {
                self.add(depth, "if else", with("choice: the test, then either value"), None);
                [test, then, other].into_iter().for_each(|e| self.expression(depth + 1, e, ""));
            }
            ExprKind::Bracket(items) => {
                self.add(depth, "[ ]", with("bracket display"), None);
                items.iter().for_each(|e| self.expression(depth + 1, e, ""));
            }
            ExprKind::Tuple(items) => {
                self.add(depth, "( )", with("tuple"), None);
                items.iter().for_each(|e| self.expression(depth + 1, e, ""));
            }
            ExprKind::Lambda(f) => {
                let params: Vec<&str> = f.params.iter().map(|p| &*p.name.text).collect();
                self.add(depth, format!("{} =>", params.join(", ")), with("lambda"), None);
                match &f.body {
                    FnBody::Expr(e) => self.expression(depth + 1, e, ""),
                    FnBody::Block(block) => block.body.iter().for_each(|s| self.statement(depth + 1, s)),
                }
            }
            ExprKind::Attr { base, name } if !matches!(base.kind, ExprKind::Name(_)) => {
                self.add(depth, format!(".{}", name.text), with("attribute"), None);
                self.expression(depth + 1, base, "");
            }
            ExprKind::Attr { .. } => self.add(depth, print::expression(e), with("attribute"), None),
            ExprKind::Pipe { left, right } => {
                self.add(depth, "|>", with("the left is the right's first argument"), None);
                self.expression(depth + 1, left, "");
                self.expression(depth + 1, right, "");
            }
            ExprKind::Call { func, args } => self.call(depth, func, args, place),
            ExprKind::Index { base, subs } => {
                self.add(depth, "[ ]", with("index"), None);
                self.expression(depth + 1, base, "");
                for sub in subs {
                    match sub {
                        Sub::Expr(e) => self.expression(depth + 1, e, ""),
                        Sub::Slice { start, stop, step, .. } => {
                            self.add(depth + 1, ":", "slice", None);
                            let parts = [start, stop, step].into_iter().flatten();
                            parts.for_each(|e| self.expression(depth + 2, e, ""));
                        }
                    }
                }
            }
            ExprKind::Number { .. } | ExprKind::Strand(_) | ExprKind::Str(_) => {
                self.add(depth, print::expression(e), with("value"), None);
            }
            ExprKind::Name(_) => self.add(depth, print::expression(e), with("name"), None),
            ExprKind::DfnName(name) => self.add(depth, &**name, with(argument(name)), None),
            ExprKind::Glyph(_)
            | ExprKind::Derived { .. }
            | ExprKind::Operated { .. }
            | ExprKind::Train(_)
            | ExprKind::Dfn(_) => self.function(depth, e, place),
            _ => self.add(depth, print::expression(e), with("expression"), None),
        }
    }

    fn dyadic(&mut self, depth: usize, op: &Spelled, [left, right]: [&Expr; 2], place: &str) {
        let prim = table().glyph(&op.text, Valence::Dyadic);
        let role = placed(place, &named("dyadic function", prim));
        self.add(depth, &*op.text, role, prim);
        self.expression(depth + 1, left, "");
        self.expression(depth + 1, right, "");
    }

    fn application(&mut self, depth: usize, func: &Expr, left: Option<&Expr>, right: &Expr, place: &str) {
        let (valence, used) = match left {
            Some(_) => (Valence::Dyadic, "dyadic"),
            None => (Valence::Monadic, "monadic"),
        };
        if let (ExprKind::Derived { op, left: counts, .. }, None) = (&func.kind, left)
            && matches!(&*op.text, "⌿" | "⍀")
            && is_no_function(counts)
        {
            let prim = table().glyph(&op.text, Valence::Dyadic);
            self.add(depth, &*op.text, placed(place, &named("dyadic function", prim)), prim);
            self.expression(depth + 1, counts, "left");
            return self.expression(depth + 1, right, "right");
        }
        if let ExprKind::Glyph(text) = &func.kind {
            let prim = table().glyph(text, valence);
            self.add(depth, &**text, placed(place, &named(&format!("{used} function"), prim)), prim);
        } else {
            self.function(depth, func, &placed(place, used));
        }
        left.into_iter().for_each(|e| self.expression(depth + 1, e, "left"));
        let beside = if left.is_some() { "right" } else { "" };
        self.expression(depth + 1, right, beside);
    }

    fn call(&mut self, depth: usize, func: &Expr, args: &[Arg], place: &str) {
        let name = print::expression(func);
        let bare = name.strip_prefix("np.").unwrap_or(&name);
        let prim = table().bare(bare);
        let role = placed(place, "call");
        // A method of something that is worked out.
        if let ExprKind::Attr { base, name } = &func.kind
            && !matches!(base.kind, ExprKind::Name(_) | ExprKind::Attr { .. })
        {
            self.add(depth, format!(".{}( )", name.text), role, table().bare(&name.text));
            self.expression(depth + 1, base, "");
        } else {
            self.add(depth, format!("{name}( )"), role, prim);
        }
        args.iter().for_each(|a| self.expression(depth + 1, &a.value, ""));
    }

    /// A function, and the operators and functions it is made of.
    fn function(&mut self, depth: usize, e: &Expr, place: &str) {
        match &e.kind {
            ExprKind::Glyph(text) => {
                let names =
                    [Valence::Monadic, Valence::Dyadic].map(|v| table().glyph(text, v).map(|p| p.name));
                let names: Vec<&str> = names.into_iter().flatten().collect();
                let role = placed(place, &format!("function {}", names.join(" or ")));
                self.add(depth, &**text, role, None);
            }
            ExprKind::Derived { op, left, right, axis } => {
                let outer = matches!(&left.kind, ExprKind::Glyph(text) if operators::find(text).is_some());
                let glyph = if outer && &*op.text == "." { "∘." } else { &*op.text };
                let operands = match (outer, right) {
                    (true, Some(right)) => vec![&**right],
                    _ => std::iter::once(&**left).chain(right.as_deref()).collect(),
                };
                let name = operators::find(glyph).map_or("", |o| o.name);
                let array = match &left.kind {
                    ExprKind::Name(_) if matches!(glyph, "⌿" | "⍀") => {
                        let other = table().glyph(glyph, Valence::Dyadic).map_or("", |p| p.name);
                        format!(" or function {other}")
                    }
                    _ => String::new(),
                };
                let role = placed(place, &format!("derived function, operator {name}{array}"));
                let numpy = operators::find(glyph).map_or(String::new(), |o| of_operator(o.numpy, &operands));
                let numpy = bound(glyph, &operands).unwrap_or(numpy);
                let numpy = along(numpy, axis.as_deref());
                self.lines.push(Line { depth, text: print::expression(e), role, numpy });
                operands.into_iter().for_each(|e| self.expression(depth + 1, e, "operand"));
                axis.iter().for_each(|e| self.expression(depth + 1, e, "axis"));
            }
            ExprKind::Operated { operator, left, right } => {
                self.add(depth, print::expression(e), placed(place, "function derived by a dfn"), None);
                self.expression(depth + 1, left, "operand");
                right.iter().for_each(|e| self.expression(depth + 1, e, "operand"));
                self.expression(depth + 1, operator, "operator");
            }
            ExprKind::Train(items) => {
                let shape = match items.len() {
                    2 => "atop: the first of the second",
                    3 => "fork: the middle between the outer",
                    _ => "train, grouped from the right",
                };
                self.add(depth, print::expression(e), placed(place, shape), None);
                for item in items {
                    let constant = !matches!(
                        item.kind,
                        ExprKind::Glyph(_)
                            | ExprKind::Derived { .. }
                            | ExprKind::Operated { .. }
                            | ExprKind::Train(_)
                            | ExprKind::Dfn(_)
                            | ExprKind::DfnName(_)
                    );
                    self.expression(depth + 1, item, if constant { "constant" } else { "" });
                }
            }
            ExprKind::Dfn(dfn) => self.dfn(depth, dfn, place),
            _ => self.expression(depth, e, place),
        }
    }

    fn dfn(&mut self, depth: usize, dfn: &Dfn, place: &str) {
        self.add(depth, "{ }", placed(place, "dfn"), None);
        for item in &dfn.items {
            match item {
                DfnItem::Guard { test, value } => {
                    self.add(depth + 1, ":", "guard: if the first, the second", None);
                    self.expression(depth + 2, test, "");
                    self.expression(depth + 2, value, "");
                }
                DfnItem::DefaultLeft(e) => {
                    self.add(depth + 1, "⍺ =", "default left argument", None);
                    self.expression(depth + 2, e, "");
                }
                DfnItem::Stmt(s) => self.statement(depth + 1, s),
            }
        }
    }
}

fn placed(place: &str, role: &str) -> String {
    if place.is_empty() { role.into() } else { format!("{place}, {role}") }
}

fn named(role: &str, prim: Option<&'static Prim>) -> String {
    prim.map_or(role.to_string(), |p| format!("{role} {}", p.name))
}

fn argument(name: &str) -> &'static str {
    match name {
        "⍺" => "left argument",
        "⍵" => "right argument",
        "⍺⍺" => "left operand",
        "⍵⍵" => "right operand",
        "∇∇" => "this operator",
        _ => "this function",
    }
}

/// Whether an expression is a number or several, which an operator takes otherwise than a function.
/// Whether an expression gives a value that is no function.
fn is_no_function(e: &Expr) -> bool {
    let worked_out = matches!(
        e.kind,
        ExprKind::Binary { .. } | ExprKind::Compare { .. } | ExprKind::Prefix { .. } | ExprKind::Apply { .. }
    );
    is_value(e) || worked_out
}

fn is_value(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Number { .. } | ExprKind::Strand(_) | ExprKind::Bracket(_))
}

/// What `⍤` with a rank and `∘` with a value are in NumPy.
fn bound(glyph: &str, operands: &[&Expr]) -> Option<String> {
    let &[f, g] = operands else { return None };
    match (glyph, is_value(f), is_value(g)) {
        ("⍤", _, true) => Some("np.array([f(c) for c in cells])".into()),
        ("∘", true, false) => Some(format!("g({}, y)", print::expression(f))),
        ("∘", false, true) => Some(format!("f(y, {})", print::expression(g))),
        _ => None,
    }
}

/// NumPy's spelling along the axis that stands in brackets.
fn along(numpy: String, axis: Option<&Expr>) -> String {
    let Some(axis) = axis.filter(|e| matches!(e.kind, ExprKind::Number { .. })) else { return numpy };
    let axis = format!("axis={}", print::expression(axis));
    numpy.replace("axis=-1", &axis).replace("axis=0", &axis)
}

/// An operator's NumPy spelling, which names a sample function, with its operand's name.
fn of_operator(numpy: &str, operands: &[&Expr]) -> String {
    let Some(sample) = ["np.add.", "np.multiply."].into_iter().find(|s| numpy.starts_with(s)) else {
        return numpy.to_string();
    };
    let row = match operands.first().map(|e| &e.kind) {
        Some(ExprKind::Glyph(text)) => table().glyph(text, Valence::Dyadic),
        _ => None,
    };
    let first = numpy.split(';').next().unwrap_or(numpy);
    match row.filter(|p| p.home == Home::Np && p.elementwise().is_some()) {
        Some(p) => first.replacen(sample, &format!("np.{}.", p.name), 1),
        None => String::new(),
    }
}

/// What to write in NumPy for a row.
fn numpy(prim: &Prim) -> String {
    match prim.numpy {
        "" if prim.home == Home::Core => String::new(),
        "" => prim.full_name(),
        text => text.to_string(),
    }
}

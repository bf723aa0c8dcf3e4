//! Statements, blocks and functions.

use super::text::{self, Bind, Py};
use super::{R, Translator, module};
use crate::eval::{Located, import_text};
use crate::prim::{self, Valence};
use crate::syntax::Span;
use crate::syntax::ast::*;
use crate::value::Fault;
use std::collections::BTreeSet;

/// Every name that a program assigns anywhere: these hide built-in ones.
pub fn assigned(statements: &[Stmt]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    statements.iter().for_each(|s| in_statement(s, &mut found));
    found
}

fn in_statement(s: &Stmt, found: &mut BTreeSet<String>) {
    let block = |b: &Block, found: &mut BTreeSet<String>| b.body.iter().for_each(|s| in_statement(s, found));
    match &s.kind {
        StmtKind::Expr(e) => in_expr(e, found),
        StmtKind::Assign { targets, value } => {
            targets.iter().for_each(|t| in_target(t, found));
            in_expr(value, found);
        }
        StmtKind::Augment { target, value, .. } => {
            in_target(target, found);
            in_expr(value, found);
        }
        StmtKind::Fn(def) => {
            found.insert(def.name.text.to_string());
            in_function(def, found);
        }
        StmtKind::For { target, iter, body } => {
            in_target(target, found);
            in_expr(iter, found);
            block(body, found);
        }
        StmtKind::While { test, body } => {
            in_expr(test, found);
            block(body, found);
        }
        StmtKind::Return(Some(e)) => in_expr(e, found),
        StmtKind::Import { module, is_path, alias } => {
            let name =
                alias.as_ref().map_or_else(|| bound_name(&module.text, *is_path), |a| a.text.to_string());
            if !is_numpy(&module.text) {
                found.insert(name);
            }
        }
        StmtKind::From { names, .. } => names.iter().for_each(|(n, alias)| {
            found.insert(alias.as_ref().unwrap_or(n).text.to_string());
        }),
        _ => {}
    }
}

fn in_function(def: &FnDef, found: &mut BTreeSet<String>) {
    def.params.iter().for_each(|p| {
        found.insert(p.name.text.to_string());
    });
    match &def.body {
        FnBody::Expr(e) => in_expr(e, found),
        FnBody::Block(b) => b.body.iter().for_each(|s| in_statement(s, found)),
    }
}

fn in_target(t: &Target, found: &mut BTreeSet<String>) {
    match t {
        Target::Name(n) => {
            found.insert(n.text.to_string());
        }
        Target::Tuple(all, _) => all.iter().for_each(|t| in_target(t, found)),
        Target::Starred(t, _) => in_target(t, found),
        Target::Index { .. } | Target::Attr { .. } | Target::Selection { .. } => {}
    }
}

/// Names that functions and comprehensions inside an expression bind.
fn in_expr(e: &Expr, found: &mut BTreeSet<String>) {
    use ExprKind as K;
    let opt = |e: &Option<Box<Expr>>, found: &mut BTreeSet<String>| e.iter().for_each(|e| in_expr(e, found));
    match &e.kind {
        K::Lambda(def) => in_function(def, found),
        K::Comprehension { item, clauses, .. } => {
            in_expr(item, found);
            for c in clauses {
                match c {
                    Clause::For { target, iter } => {
                        in_target(target, found);
                        in_expr(iter, found);
                    }
                    Clause::If(e) => in_expr(e, found),
                }
            }
        }
        K::Dfn(dfn) => dfn.items.iter().for_each(|i| match i {
            DfnItem::Guard { test, value } => [test, value].into_iter().for_each(|e| in_expr(e, found)),
            DfnItem::DefaultLeft(e) => in_expr(e, found),
            DfnItem::Stmt(s) => in_statement(s, found),
        }),
        K::If { arms, otherwise } => {
            for (test, b) in arms {
                in_expr(test, found);
                b.body.iter().for_each(|s| in_statement(s, found));
            }
            otherwise.iter().for_each(|b| b.body.iter().for_each(|s| in_statement(s, found)));
        }
        K::Strand(es) | K::Tuple(es) | K::Bracket(es) | K::Train(es) => {
            es.iter().for_each(|e| in_expr(e, found))
        }
        K::Binary { left, right, .. }
        | K::And(left, right)
        | K::Or(left, right)
        | K::Pipe { left, right } => {
            in_expr(left, found);
            in_expr(right, found);
        }
        K::Prefix { operand, .. } => in_expr(operand, found),
        K::Not(e) | K::Starred(e) | K::Attr { base: e, .. } => in_expr(e, found),
        K::Compare { first, rest } => {
            in_expr(first, found);
            rest.iter().for_each(|(_, e)| in_expr(e, found));
        }
        K::Choice { test, then, other } => [test, then, other].into_iter().for_each(|e| in_expr(e, found)),
        K::Call { func, args } => {
            in_expr(func, found);
            args.iter().for_each(|a| in_expr(&a.value, found));
        }
        K::Index { base, subs } => {
            in_expr(base, found);
            subs.iter().for_each(|s| {
                if let Sub::Expr(e) = s {
                    in_expr(e, found)
                }
            });
        }
        K::Derived { left, right, axis, .. } => {
            in_expr(left, found);
            opt(right, found);
            opt(axis, found);
        }
        K::Operated { operator, left, right } => {
            in_expr(operator, found);
            in_expr(left, found);
            opt(right, found);
        }
        K::Apply { func, left, right } => {
            in_expr(func, found);
            opt(left, found);
            in_expr(right, found);
        }
        _ => {}
    }
}

fn is_numpy(module: &str) -> bool {
    module == "numpy" || module == "np"
}

/// The name that an import binds.
fn bound_name(module: &str, is_path: bool) -> String {
    let last = if is_path { module.rsplit(['/', '\\']).next().unwrap_or(module) } else { module };
    let last = last.strip_suffix(".arr").unwrap_or(last);
    if is_path { last.into() } else { last.rsplit('.').next().unwrap_or(last).into() }
}

impl Translator<'_, '_> {
    /// The statements of a block, indented; `returns`: the last one's value is the function's.
    pub(super) fn body(&mut self, body: &[Stmt], depth: usize, returns: bool) -> R<Vec<String>> {
        let mut lines = Vec::new();
        let mut end =
            body.first().map_or(0, |s| if depth == 0 && !returns { 0 } else { s.span.start as usize });
        for (i, s) in body.iter().enumerate() {
            lines.extend(self.comments(end, s.span.start as usize, depth, depth == 0 && i > 0));
            let (own, last) = (matches!(s.kind, StmtKind::Fn(_)) && depth == 0, i + 1 == body.len());
            lines.extend(self.statement(s, depth, returns && last)?);
            if own {
                lines.push(String::new());
            }
            end = s.span.end as usize;
        }
        if lines.iter().all(|l| l.trim_start().starts_with('#') || l.is_empty()) && depth > 0 {
            lines.push(format!("{}pass", indent(depth)));
        }
        Ok(lines)
    }

    /// The comment lines of the source between two places, and a blank line for those there.
    fn comments(&self, from: usize, to: usize, depth: usize, spaced: bool) -> Vec<String> {
        let text = self.source.text.get(from..to.max(from)).unwrap_or("");
        let mut lines = Vec::new();
        for (i, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(comment) = line.strip_prefix('#').or(line.strip_prefix('⍝')) {
                if i > 0 || from == 0 {
                    lines
                        .push(format!("{}#{comment}", indent(depth)).replace("##", "#").replace("#!", "# !"));
                }
            } else if line.is_empty() && spaced && i > 0 && lines.last().is_none_or(|l| !l.is_empty()) {
                lines.push(String::new());
            }
        }
        lines
    }

    /// The definitions that the statement just translated needs before it.
    pub(super) fn taken(&mut self, depth: usize) -> Vec<String> {
        let lines = std::mem::take(&mut self.before);
        lines.into_iter().map(|l| format!("{}{l}", indent(depth))).collect()
    }

    pub(super) fn statement(&mut self, s: &Stmt, depth: usize, returns: bool) -> R<Vec<String>> {
        // A loop's body and a function may use what they assign themselves.
        let early = !matches!(s.kind, StmtKind::Assign { .. } | StmtKind::Expr(_));
        let names = if self.functions == 0 { assigned(std::slice::from_ref(s)) } else { BTreeSet::new() };
        if early {
            self.seen.extend(names.iter().cloned());
        }
        let lines = self.lines_of(s, depth, returns);
        self.seen.extend(names);
        lines
    }

    fn lines_of(&mut self, s: &Stmt, depth: usize, returns: bool) -> R<Vec<String>> {
        let pad = indent(depth);
        let line = match &s.kind {
            StmtKind::Expr(Expr { kind: ExprKind::If { arms, otherwise }, .. }) => {
                return self.branches(arms, otherwise.as_ref(), depth, returns);
            }
            StmtKind::Expr(e) => {
                let value = self.expr(e)?;
                self.shown(e, &value, s.silent, returns)
            }
            StmtKind::Assign { targets, value } => {
                let value = self.expr(value)?.text;
                if let [Target::Selection { of, .. }] = &**targets {
                    let call = self.selected(of, &value, None)?;
                    let mut lines = self.taken(depth);
                    lines.push(format!("{pad}{call}"));
                    return Ok(lines);
                }
                let targets = targets.iter().map(|t| self.target(t)).collect::<R<Vec<_>>>()?;
                format!("{} = {value}", targets.join(" = "))
            }
            StmtKind::Augment { target, op, value } => self.augment(target, op, value)?,
            StmtKind::Fn(def) => {
                let name = text::name(&def.name.text);
                let lines = self.def(&name, def)?;
                let mut out = if depth == 0 { vec![String::new()] } else { Vec::new() };
                out.extend(self.taken(depth));
                out.extend(lines.into_iter().map(|l| format!("{pad}{l}")));
                return Ok(out);
            }
            StmtKind::For { target, iter, body } => {
                let head = format!("for {} in {}:", self.target(target)?, self.expr(iter)?.text);
                return self.compound(head, body, depth);
            }
            StmtKind::While { test, body } => {
                let head = format!("while {}:", self.expr(test)?.text);
                return self.compound(head, body, depth);
            }
            StmtKind::Break => "break".into(),
            StmtKind::Continue => "continue".into(),
            StmtKind::Return(e) => match e {
                Some(e) => format!("return {}", self.expr(e)?.text),
                None => "return".into(),
            },
            StmtKind::Import { module, is_path, alias } => {
                let bound =
                    alias.as_ref().map_or_else(|| bound_name(&module.text, *is_path), |a| a.text.to_string());
                match self.import(&module.text, s.span)? {
                    Some(module) if module != bound => format!("{} = {module}", text::name(&bound)),
                    None if bound != "np" => format!("{} = np", text::name(&bound)),
                    _ => return Ok(Vec::new()),
                }
            }
            StmtKind::From { module, names, .. } => {
                let module = self.import(&module.text, s.span)?.unwrap_or_else(|| "np".into());
                let binds = names.iter().map(|(n, alias)| {
                    format!(
                        "{} = {module}.{}",
                        text::name(&alias.as_ref().unwrap_or(n).text),
                        text::name(&n.text)
                    )
                });
                binds.collect::<Vec<_>>().join("; ")
            }
            StmtKind::Assert { test, message } => {
                let test = self.expr(test)?.text;
                match message {
                    Some(m) => format!("assert {test}, {}", self.expr(m)?.text),
                    None => format!("assert {test}"),
                }
            }
            // Commands are the prompt's, not the program's.
            StmtKind::Command { name, rest, body } => {
                let mark = if body.is_some() { "%%" } else { "%" };
                let head = format!("# {mark}{} {}", name.text, rest.text.trim());
                let more = body.iter().flat_map(|b| b.text.lines()).map(|l| format!("{pad}# {l}"));
                let mut lines = vec![format!("{pad}{}", head.trim_end())];
                lines.extend(more);
                return Ok(lines);
            }
            StmtKind::Help { what, .. } => format!("# ?{}", what.text),
        };
        let mut lines = self.taken(depth);
        lines.push(format!("{pad}{line}"));
        Ok(lines)
    }

    /// An expression as a statement: shown at top level, returned at the end of a function.
    fn shown(&mut self, e: &Expr, value: &Py, silent: bool, returns: bool) -> String {
        if returns {
            return format!("return {}", value.text);
        }
        let prints = matches!(&e.kind, ExprKind::Call { func, .. }
            if matches!(&func.kind, ExprKind::Name(n) if &**n == text::PRINT && !self.own.contains(text::PRINT)));
        if silent || prints || !self.top || self.functions > 0 {
            return value.text.clone();
        }
        use ExprKind as K;
        // What surely is a number or an array needs no look at its type.
        let glyphs = |f: &Expr| matches!(f.kind, K::Glyph(_) | K::Derived { .. });
        let plain = match &e.kind {
            K::Apply { func, .. } => glyphs(func),
            K::Number { .. } | K::Strand(_) | K::Binary { .. } | K::Prefix { .. } | K::Compare { .. } => true,
            _ => false,
        };
        let show = if plain { "print" } else { self.need("show") };
        format!("{show}({})", value.text)
    }

    fn compound(&mut self, head: String, body: &Block, depth: usize) -> R<Vec<String>> {
        let mut lines = self.taken(depth);
        lines.push(format!("{}{head}", indent(depth)));
        lines.extend(self.quietly(|t| t.body(&body.body, depth + 1, false))?);
        Ok(lines)
    }

    /// Inside a block nothing is shown by itself.
    fn quietly<T>(&mut self, f: impl FnOnce(&mut Self) -> R<T>) -> R<T> {
        let top = std::mem::replace(&mut self.top, false);
        let result = f(self);
        self.top = top;
        result
    }

    fn branches(
        &mut self,
        arms: &[(Expr, Block)],
        otherwise: Option<&Block>,
        depth: usize,
        returns: bool,
    ) -> R<Vec<String>> {
        let pad = indent(depth);
        let mut lines = Vec::new();
        for (i, (test, block)) in arms.iter().enumerate() {
            let test = self.expr(test)?.text;
            // Definitions for a later test stand before the whole statement.
            let before = self.taken(depth);
            lines.splice(0..0, before);
            lines.push(format!("{pad}{} {test}:", if i == 0 { "if" } else { "elif" }));
            lines.extend(self.quietly(|t| t.body(&block.body, depth + 1, returns))?);
        }
        if let Some(block) = otherwise {
            lines.push(format!("{pad}else:"));
            lines.extend(self.quietly(|t| t.body(&block.body, depth + 1, returns))?);
        }
        Ok(lines)
    }

    fn augment(&mut self, target: &Target, op: &Spelled, value: &Expr) -> R<String> {
        let row = prim::table().glyph(&op.text, Valence::Dyadic);
        let Some(row) = row else { return self.refuse(&format!("{}=", op.text), op.span) };
        let value = self.expr(value)?;
        if let Target::Selection { of, .. } = target {
            return self.selected(of, &value.text, Some(op));
        }
        let target = self.target(target)?;
        let ascii =
            row.glyphs.iter().find(|g| g.valence == Valence::Dyadic && text::operator(g.text).is_some());
        Ok(match ascii {
            Some(g) => format!("{target} {}= {}", g.text, value.text),
            None => {
                let call = self.row_call(row, &[Py::atom(target.clone()), value]);
                format!("{target} = {}", call.text)
            }
        })
    }

    pub(super) fn target(&mut self, t: &Target) -> R<String> {
        Ok(match t {
            Target::Name(n) => text::name(&n.text),
            Target::Tuple(all, _) => {
                let all = all.iter().map(|t| self.target(t)).collect::<R<Vec<_>>>()?;
                if let [one] = &all[..] { format!("({one},)") } else { format!("({})", all.join(", ")) }
            }
            Target::Starred(t, _) => format!("*{}", self.target(t)?),
            Target::Index { base, subs, .. } => {
                let base = self.expr(base)?.at(Bind::Atom);
                format!("{base}[{}]", self.subs(subs)?)
            }
            Target::Selection { span, .. } => {
                return self.refuse("an assignment to a selection beside other targets", *span);
            }
            Target::Attr { base, name, .. } => format!("{}.{}", self.expr(base)?.at(Bind::Atom), name.text),
        })
    }

    /// `(2 ↑ x) = value`: a call that writes where the selection of the places says.
    fn selected(&mut self, of: &Expr, value: &str, op: Option<&Spelled>) -> R<String> {
        let mut base = of;
        while let ExprKind::Apply { right, .. } = &base.kind {
            base = right;
        }
        let places = Expr { kind: ExprKind::Name("places".into()), span: base.span };
        let select = self.expr(&in_place_of(of, &places))?.at(Bind::Lambda);
        let base = self.expr(base)?.text;
        let function = match op {
            None => String::new(),
            Some(op) => match prim::table().glyph(&op.text, Valence::Dyadic) {
                Some(row) => format!(", {}", self.function_of(row)),
                None => return self.refuse(&format!("the operator {}=", op.text), op.span),
            },
        };
        Ok(format!("{}({base}, lambda places: {select}, {value}{function})", self.need("assign_selected")))
    }

    pub(super) fn params(&mut self, params: &[Param]) -> R<String> {
        let mut texts = Vec::new();
        for p in params {
            let star = if p.variadic { "*" } else { "" };
            let default = match &p.default {
                Some(e) => format!("={}", self.expr(e)?.text),
                None => String::new(),
            };
            texts.push(format!("{star}{}{default}", text::name(&p.name.text)));
        }
        Ok(texts.join(", "))
    }

    /// A function's definition, at the margin.
    pub(super) fn def(&mut self, name: &str, def: &FnDef) -> R<Vec<String>> {
        let params = self.params(&def.params)?;
        let mut lines = vec![format!("def {name}({params}):")];
        if let Some(doc) = &def.doc {
            let text = doc.replace('\\', "\\\\").replace("\"\"\"", "'''");
            lines.push(format!("    \"\"\"{}\"\"\"", text.replace('\n', "\n    ")));
        }
        let outer = std::mem::take(&mut self.before);
        let closed = std::mem::take(&mut self.closed);
        self.functions += 1;
        let body = match &def.body {
            FnBody::Expr(e) => self.returned(e),
            FnBody::Block(b) => self.body(&b.body, 1, true),
        };
        self.functions -= 1;
        self.closed = closed;
        self.before = outer;
        lines.extend(body?);
        Ok(lines)
    }

    fn returned(&mut self, e: &Expr) -> R<Vec<String>> {
        if let ExprKind::If { arms, otherwise } = &e.kind {
            return self.branches(arms, otherwise.as_ref(), 1, true);
        }
        let value = self.expr(e)?.text;
        let mut lines = self.taken(1);
        lines.push(format!("    return {value}"));
        Ok(lines)
    }

    /// Translates a module once; its name in Python, or `None` for NumPy.
    fn import(&mut self, name: &str, span: Span) -> R<Option<String>> {
        if is_numpy(name) {
            return Ok(None);
        }
        let bound = text::name(&bound_name(name, true).replace(['.', '-'], "_"));
        if self.shared.modules.contains_key(&bound) {
            return Ok(Some(bound));
        }
        let text = (self.shared.loader)(name).or_else(|| import_text(name).map(String::from));
        let Some(text) = text else {
            let fault = Fault::NoModule { name: name.into(), tried: Vec::new() };
            return Err(Located::at(fault, span, self.source.clone()));
        };
        // Held while it is translated, so that a circle ends.
        self.shared.modules.insert(bound.clone(), String::new());
        let body = module(name, &text, self.shared, false)?;
        let body: String = body.lines().map(|l| format!("    {l}").trim_end().to_string() + "\n").collect();
        let made = format!(
            "def module_{bound}():\n    from types import SimpleNamespace\n{body}    return SimpleNamespace(**locals())\n\n\n{bound} = module_{bound}()\n"
        );
        self.shared.modules.insert(bound.clone(), made);
        self.shared.order.push(bound.clone());
        Ok(Some(bound))
    }
}

fn indent(depth: usize) -> String {
    "    ".repeat(depth)
}

/// A chain of selections with another array in its innermost place.
fn in_place_of(of: &Expr, base: &Expr) -> Expr {
    match &of.kind {
        ExprKind::Apply { func, left, right } => {
            let right = Box::new(in_place_of(right, base));
            Expr { kind: ExprKind::Apply { func: func.clone(), left: left.clone(), right }, span: of.span }
        }
        _ => base.clone(),
    }
}

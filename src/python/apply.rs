//! Functions in APL's notation: as values, and applied.

use super::text::{Bind, Py};
use super::{R, Translator, helpers};
use crate::prim::apl::operators;
use crate::prim::{self, Home, Prim, Valence};
use crate::syntax::Span;
use crate::syntax::ast::{Dfn, DfnItem, Expr, ExprKind, Number, StmtKind};

impl Translator<'_, '_> {
    /// A function applied to one operand or two.
    pub(super) fn apply(&mut self, func: &Expr, left: Option<&Expr>, right: &Expr, span: Span) -> R<Py> {
        let mut args = Vec::new();
        if let Some(e) = left {
            args.push(self.expr(e)?);
        }
        args.push(self.expr(right)?);
        let valence = if left.is_some() { Valence::Dyadic } else { Valence::Monadic };
        match &func.kind {
            ExprKind::Glyph(g) => match prim::table().glyph(g, valence) {
                Some(row) => Ok(self.row_call(row, &args)),
                None => self.refuse(&format!("{g} here"), span),
            },
            ExprKind::Derived { op, left: f, right: g, axis } => {
                match self.derived_call(&op.text, f, g.as_deref(), axis.as_deref(), &args)? {
                    Some(done) => Ok(done),
                    None => self.call_value(func, &args),
                }
            }
            _ => self.call_value(func, &args),
        }
    }

    /// The shorter spellings that NumPy has for some derived functions.
    fn derived_call(
        &mut self,
        op: &str,
        f: &Expr,
        g: Option<&Expr>,
        axis: Option<&Expr>,
        args: &[Py],
    ) -> R<Option<Py>> {
        let along = match (axis, op) {
            (Some(Expr { kind: ExprKind::Strand(axes), .. }), _) => {
                Some(format!("({})", self.list(axes)?.join(", ")))
            }
            (Some(e), _) => Some(self.expr(e)?.text),
            (None, "/" | "\\") => Some("-1".to_string()),
            (None, "⌿" | "⍀") => Some("0".into()),
            _ => None,
        };
        let method = match op {
            "/" | "⌿" => "reduce",
            "\\" | "⍀" => "accumulate",
            _ => "",
        };
        if let (Some(along), [x], Some(row)) = (&along, args, self.ufunc(f))
            && row.laws.associative
            && !method.is_empty()
        {
            return Ok(Some(Py::atom(format!("np.{}.{method}({}, axis={along})", row.name, x.text))));
        }
        // An array in the function's place replicates or expands.
        if matches!(op, "⌿" | "⍀") && !is_function(f) && !matches!(f.kind, ExprKind::Name(_)) {
            let row = prim::table().glyph(op, Valence::Dyadic);
            if let (Some(row), [x]) = (row, args) {
                let counts = self.expr(f)?;
                let mut args = vec![counts, x.clone()];
                args.extend(axis.and(along).map(|k| Py::atom(format!("axis={k}"))));
                return Ok(Some(self.row_call(row, &args)));
            }
        }
        if let (".", Some(g), [x, y]) = (op, g, args) {
            let outer = matches!(&f.kind, ExprKind::Glyph(s) if &**s == "∘");
            if let (true, Some(row)) = (outer, self.ufunc(g)) {
                return Ok(Some(Py::atom(format!("np.{}.outer({}, {})", row.name, x.text, y.text))));
            }
            let spelled =
                |e: &Expr, all: &[&str]| matches!(&e.kind, ExprKind::Glyph(s) if all.contains(&&**s));
            // NumPy's `dot` takes other axes of more than two.
            if spelled(f, &["+"]) && spelled(g, &["×", "*"]) {
                return Ok(Some(Py::atom(format!("np.tensordot({}, {}, 1)", x.text, y.text))));
            }
        }
        if op == "⍨"
            && let [.., x, y] = args
        {
            return self.call_value(f, &[y.clone(), x.clone()]).map(Some);
        }
        if let ("⍨", [x]) = (op, args)
            && x.is_simple()
        {
            return self.call_value(f, &[x.clone(), x.clone()]).map(Some);
        }
        Ok(None)
    }

    /// The row of a glyph that NumPy has as a ufunc of two operands.
    fn ufunc(&self, f: &Expr) -> Option<&'static Prim> {
        let ExprKind::Glyph(g) = &f.kind else { return None };
        let row = prim::table().glyph(g, Valence::Dyadic)?;
        let plain = row.elementwise().is_some() && row.home == Home::Np && helpers::find(row.name).is_none();
        plain.then_some(row)
    }

    /// An expression as a function value; `valence` is how it will be called, where that is known.
    pub(super) fn function(&mut self, e: &Expr, valence: Option<Valence>) -> R<Py> {
        match &e.kind {
            ExprKind::Glyph(g) => self.glyph(g, valence, e.span),
            ExprKind::Derived { op, left, right, axis } => {
                self.derived(&op.text, left, right.as_deref(), axis.as_deref(), e.span)
            }
            ExprKind::Train(items) => self.train(items),
            ExprKind::Dfn(dfn) => self.dfn(dfn, valence),
            ExprKind::Operated { operator, left, right } => {
                let operator = self.expr(operator)?.at(Bind::Atom);
                let mut args = vec![self.function(left, None)?];
                if let Some(e) = right {
                    args.push(self.function(e, None)?);
                }
                Ok(Py::call(&operator, &args))
            }
            _ => self.expr(e),
        }
    }

    pub(super) fn glyph(&mut self, g: &str, valence: Option<Valence>, span: Span) -> R<Py> {
        let table = prim::table();
        let (one, two) = (table.glyph(g, Valence::Monadic), table.glyph(g, Valence::Dyadic));
        let row = match (valence, one, two) {
            (Some(Valence::Monadic), Some(row), _) | (Some(Valence::Dyadic), _, Some(row)) => row,
            (_, Some(row), None) | (_, None, Some(row)) => row,
            (_, Some(one), Some(two)) => {
                let (one, two) = (self.function_of(one), self.function_of(two));
                return Ok(Py::atom(format!("{}({one}, {two})", self.need("either"))));
            }
            (_, None, None) => return self.refuse(&format!("{g} as a function"), span),
        };
        Ok(Py::atom(self.function_of(row)))
    }

    fn derived(&mut self, op: &str, f: &Expr, g: Option<&Expr>, axis: Option<&Expr>, span: Span) -> R<Py> {
        let outer = op == "." && matches!(&f.kind, ExprKind::Glyph(s) if &**s == "∘");
        if op == "[]" {
            return self.with_axis(f, axis, span);
        }
        if axis.is_some_and(|a| matches!(a.kind, ExprKind::Strand(_))) {
            return self.refuse("several axes in brackets here", span);
        }
        if op == "⍣" && g.is_some_and(is_negative) {
            return self.refuse("the inverse of a function (⍣ with a negative number)", span);
        }
        let row = operators::find(if outer { "∘." } else { op });
        let helper = row.and_then(|o| self.helper(&format!("op_{}", o.name)));
        let Some(helper) = helper else { return self.refuse(&format!("the operator {op}"), span) };
        // Folds and products call with two arguments, the others as they are called.
        let valence =
            if matches!(op, "/" | "⌿" | "\\" | "⍀" | "." | "⍨") { Some(Valence::Dyadic) } else { None };
        let mut args = Vec::new();
        if matches!(op, "⌸" | "⌺") {
            args.push(self.of_groups(f)?);
        } else if !outer {
            args.push(self.function(f, valence)?.text);
        }
        if let Some(g) = g {
            args.push(self.function(g, valence)?.text);
        }
        if let Some(axis) = axis {
            args.push(format!("axis={}", self.expr(axis)?.text));
        }
        Ok(Py::atom(format!("{helper}({})", args.join(", "))))
    }

    /// The function of `f⌸` and `f⌺`, which is called with two arguments: a dfn takes both, any other the
    /// right one.
    fn of_groups(&mut self, f: &Expr) -> R<String> {
        if let ExprKind::Dfn(_) = f.kind {
            return Ok(self.function(f, Some(Valence::Dyadic))?.text);
        }
        let f = self.function(f, Some(Valence::Monadic))?.text;
        Ok(format!("{}({f})", self.need("monadic")))
    }

    /// `⌽[0]` and its like: a glyph's function along an axis.
    fn with_axis(&mut self, f: &Expr, axis: Option<&Expr>, span: Span) -> R<Py> {
        let (ExprKind::Glyph(glyph), Some(axis)) = (&f.kind, axis) else {
            return self.refuse("an axis in brackets here", span);
        };
        let axis = self.expr(axis)?.text;
        let dyadic = prim::table().glyph(glyph, Valence::Dyadic);
        if dyadic.is_some_and(|row| row.elementwise().is_some()) {
            let f = self.function(f, Some(Valence::Dyadic))?.text;
            return Ok(Py::atom(format!("{}({f}, {axis})", self.need("with_axis"))));
        }
        if axis.starts_with("np.array") {
            return self.refuse(&format!("{glyph} with several axes in brackets"), span);
        }
        match &**glyph {
            "⌷" => Ok(Py::new(format!("lambda i, x: np.take(x, i, axis={axis})"), Bind::Lambda)),
            "⌽" | "⊖" => {
                let first = self.glyph("⊖", None, span)?.text;
                Ok(Py::atom(format!("{}({first}, {axis})", self.need("along"))))
            }
            "↑" | "↓" | "⍪" => {
                let first = self.glyph(glyph, Some(Valence::Dyadic), span)?.text;
                Ok(Py::atom(format!("{}({first}, {axis})", self.need("along"))))
            }
            other => self.refuse(&format!("{other} with an axis in brackets"), span),
        }
    }

    fn train(&mut self, items: &[Expr]) -> R<Py> {
        match items {
            [] => Ok(Py::atom("None")),
            [f] => self.function(f, None),
            [f, g] => {
                let (f, g) = (self.function(f, Some(Valence::Monadic))?, self.function(g, None)?);
                Ok(Py::atom(format!("{}({}, {})", self.need("atop"), f.text, g.text)))
            }
            [f, g, rest @ ..] if items.len() % 2 == 1 => {
                let (f, g) = (self.function(f, None)?, self.function(g, Some(Valence::Dyadic))?);
                let h = self.train(rest)?;
                Ok(Py::atom(format!("{}({}, {}, {})", self.need("fork"), f.text, g.text, h.text)))
            }
            [f, rest @ ..] => {
                let f = self.function(f, Some(Valence::Monadic))?;
                let rest = self.train(rest)?;
                Ok(Py::atom(format!("{}({}, {})", self.need("atop"), f.text, rest.text)))
            }
        }
    }

    /// A direct function: a lambda if it is one expression, else a definition before the statement.
    pub(super) fn dfn(&mut self, dfn: &Dfn, valence: Option<Valence>) -> R<Py> {
        let spelled = own_text(self.source.text.get(dfn.span.range()).unwrap_or(""));
        let operator = spelled.contains("⍺⍺") || spelled.contains("⍵⍵");
        let spelled = spelled.replace("⍺⍺", "").replace("⍵⍵", "");
        let (alone, recursive) = (!spelled.contains('⍺'), spelled.contains('∇'));
        let head = match (alone, valence) {
            (true, Some(Valence::Dyadic)) | (false, _) => "α, ω",
            (true, _) => "ω",
        };
        if let ([DfnItem::Stmt(s)], false) = (&dfn.items[..], recursive || operator)
            && let StmtKind::Expr(e) = &s.kind
            && !matches!(e.kind, ExprKind::If { .. })
            && let Some(body) = self.inside(|t| t.expr(e))?
        {
            return Ok(Py::new(format!("lambda {head}: {}", body.at(Bind::Lambda)), Bind::Lambda));
        }
        let name = self.fresh(if operator { "operator" } else { "dfn" });
        let own = if operator { "derived" } else { &name };
        let outer = self.names.replace(own.to_string());
        let around = operator.then(|| self.operator.replace(name.clone()));
        let lines = self.dfn_lines(own, dfn, head);
        self.names = outer;
        if let Some(around) = around {
            self.operator = around;
        }
        let mut lines = lines?;
        if operator {
            lines = lines.into_iter().map(|l| format!("    {l}")).collect();
            lines.insert(0, format!("def {name}(αα, ωω=None):"));
            lines.push("    return derived".into());
        }
        self.hoist(lines, dfn.span)?;
        Ok(Py::atom(name))
    }

    fn dfn_lines(&mut self, name: &str, dfn: &Dfn, head: &str) -> R<Vec<String>> {
        let default = dfn.items.iter().find_map(|i| match i {
            DfnItem::DefaultLeft(e) => Some(e),
            _ => None,
        });
        let mut lines = match default {
            None => vec![format!("def {name}({head}):")],
            Some(e) => {
                let left = self.expr(e)?.text;
                vec![
                    format!("def {name}(*args):"),
                    format!("    α, ω = args if len(args) == 2 else ({left}, args[0])"),
                ]
            }
        };
        let outer = std::mem::take(&mut self.before);
        let closed = std::mem::take(&mut self.closed);
        self.functions += 1;
        let body = self.dfn_body(dfn);
        self.functions -= 1;
        self.closed = closed;
        self.before = outer;
        lines.extend(body?);
        Ok(lines)
    }

    fn dfn_body(&mut self, dfn: &Dfn) -> R<Vec<String>> {
        let mut lines = Vec::new();
        for (i, item) in dfn.items.iter().enumerate() {
            match item {
                DfnItem::DefaultLeft(_) => {}
                DfnItem::Guard { test, value } => {
                    let test = self.expr(test)?.text;
                    lines.extend(self.taken(1));
                    lines.push(format!("    if {test}:"));
                    let value = self.expr(value)?.text;
                    lines.extend(self.taken(2));
                    lines.push(format!("        return {value}"));
                }
                DfnItem::Stmt(s) => lines.extend(self.statement(s, 1, i + 1 == dfn.items.len())?),
            }
        }
        if lines.is_empty() {
            lines.push("    return None".into());
        }
        Ok(lines)
    }

    pub(super) fn dfn_name(&mut self, n: &str, span: Span) -> R<Py> {
        match n {
            "⍵" => Ok(Py::atom("ω")),
            "⍺" => Ok(Py::atom("α")),
            "⍺⍺" => Ok(Py::atom("αα")),
            "⍵⍵" => Ok(Py::atom("ωω")),
            "∇" => match &self.names {
                Some(name) => Ok(Py::atom(name.clone())),
                None => self.refuse("∇ here", span),
            },
            "∇∇" => match &self.operator {
                Some(name) => Ok(Py::atom(name.clone())),
                None => self.refuse("∇∇ here", span),
            },
            other => self.refuse(other, span),
        }
    }
}

fn is_negative(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Number { value: Number::Int(n), .. } => *n < 0,
        ExprKind::Prefix { op, .. } => &*op.text == "-",
        _ => false,
    }
}

/// The text of a direct function without those inside it.
fn own_text(text: &str) -> String {
    let mut depth = 0;
    let mut keep = |c: &char| {
        depth += i32::from(*c == '{') - i32::from(*c == '}');
        depth < 2
    };
    text.chars().filter(|c| keep(c)).collect()
}

/// Whether an expression is a function by its form.
fn is_function(e: &Expr) -> bool {
    matches!(
        e.kind,
        ExprKind::Glyph(_)
            | ExprKind::Derived { .. }
            | ExprKind::Dfn(_)
            | ExprKind::Train(_)
            | ExprKind::Lambda(_)
    )
}

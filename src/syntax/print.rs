//! The tree as text with every bracket written: what a program means, in its own notation. Parsing
//! the text again gives the same tree.

use super::ast::*;
use super::lexicon::REPLICATES;
use std::fmt::Write;

/// A statement on one line.
pub fn statement(stmt: &Stmt) -> String {
    let mut out = String::new();
    write_statement(&mut out, stmt);
    out
}

/// An expression with its brackets.
pub fn expression(e: &Expr) -> String {
    let mut out = String::new();
    write_expression(&mut out, e);
    out
}

fn write_statement(out: &mut String, stmt: &Stmt) {
    match &stmt.kind {
        StmtKind::Expr(e) => write_expression(out, e),
        StmtKind::Assign { targets, value } => {
            for target in targets {
                write_target(out, target);
                *out += " = ";
            }
            write_expression(out, value);
        }
        StmtKind::Augment { target, op, value } => {
            write_target(out, target);
            *out += &format!(" {}= ", op.text);
            write_expression(out, value);
        }
        StmtKind::Fn(def) => write_definition(out, def),
        StmtKind::For { target, iter, body } => {
            *out += "for ";
            write_target(out, target);
            *out += " in ";
            write_expression(out, iter);
            *out += " ";
            write_block(out, body);
        }
        StmtKind::While { test, body } => {
            *out += "while ";
            write_expression(out, test);
            *out += " ";
            write_block(out, body);
        }
        StmtKind::Break => *out += "break",
        StmtKind::Continue => *out += "continue",
        StmtKind::Return(None) => *out += "return",
        StmtKind::Return(Some(e)) => {
            *out += "return ";
            write_expression(out, e);
        }
        StmtKind::Assert { test, message } => {
            *out += "assert ";
            write_expression(out, test);
            if let Some(message) = message {
                *out += ", ";
                write_expression(out, message);
            }
        }
        StmtKind::Import { .. } | StmtKind::From { .. } => write_import(out, &stmt.kind),
        StmtKind::Command { name, rest, body } => {
            *out += if body.is_some() { "%%" } else { "%" };
            *out += &name.text;
            if !rest.text.is_empty() {
                *out += &format!(" {}", rest.text);
            }
            if let Some(body) = body {
                *out += &format!("\n{}", body.text);
            }
        }
        StmtKind::Help { what, level } => {
            *out += &"?".repeat(usize::from(*level));
            *out += &what.text;
        }
    }
}

fn write_import(out: &mut String, kind: &StmtKind) {
    let module =
        |name: &Spelled, is_path: bool| if is_path { quoted(&name.text) } else { name.text.to_string() };
    let renamed =
        |alias: &Option<Spelled>| alias.as_ref().map_or(String::new(), |name| format!(" as {}", name.text));
    match kind {
        StmtKind::Import { module: name, is_path, alias } => {
            *out += &format!("import {}{}", module(name, *is_path), renamed(alias));
        }
        StmtKind::From { module: name, is_path, names } => {
            let names: Vec<String> =
                names.iter().map(|(name, alias)| format!("{}{}", name.text, renamed(alias))).collect();
            *out += &format!("from {} import {}", module(name, *is_path), names.join(", "));
        }
        _ => {}
    }
}

fn write_definition(out: &mut String, def: &FnDef) {
    *out += &format!("fn {}(", def.name.text);
    write_parameters(out, &def.params);
    *out += ")";
    match &def.body {
        FnBody::Expr(e) => {
            *out += " = ";
            write_expression(out, e);
        }
        FnBody::Block(block) => {
            *out += " ";
            write_block(out, block);
        }
    }
}

fn write_parameters(out: &mut String, params: &[Param]) {
    list(out, params, |out, param| {
        *out += if param.variadic { "*" } else { "" };
        *out += &param.name.text;
        if let Some(default) = &param.default {
            *out += "=";
            write_expression(out, default);
        }
    });
}

fn write_block(out: &mut String, block: &Block) {
    *out += "{ ";
    for (at, stmt) in block.body.iter().enumerate() {
        write_statement(out, stmt);
        separate(out, stmt.silent, at + 1 == block.body.len());
    }
    *out += if block.body.is_empty() { "}" } else { " }" };
}

fn separate(out: &mut String, silent: bool, last: bool) {
    *out += match (silent, last) {
        (true, true) => ";",
        (true, false) => "; ",
        (false, true) => "",
        (false, false) => " ⋄ ",
    };
}

fn write_target(out: &mut String, target: &Target) {
    match target {
        Target::Name(name) => *out += &name.text,
        Target::Tuple(items, _) => {
            *out += "(";
            list(out, items, write_target);
            *out += if items.len() == 1 { ",)" } else { ")" };
        }
        Target::Starred(inner, _) => {
            *out += "*";
            write_target(out, inner);
        }
        Target::Index { base, subs, .. } => write_index(out, base, subs),
        Target::Selection { of, .. } => write_expression(out, of),
        Target::Attr { base, name, .. } => {
            write_expression(out, base);
            *out += &format!(".{}", name.text);
        }
    }
}

fn list<T>(out: &mut String, items: &[T], mut write: impl FnMut(&mut String, &T)) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            *out += ", ";
        }
        write(out, item);
    }
}

fn write_index(out: &mut String, base: &Expr, subs: &[Sub]) {
    write_expression(out, base);
    *out += "[";
    list(out, subs, |out, sub| match sub {
        Sub::Expr(e) => write_expression(out, e),
        Sub::Slice { start, stop, step, .. } => {
            let part = |e: &Option<Expr>| e.as_ref().map_or(String::new(), expression);
            *out += &format!("{}:{}", part(start), part(stop));
            if step.is_some() {
                *out += &format!(":{}", part(step));
            }
        }
    });
    *out += "]";
}

fn write_number(out: &mut String, value: &Number, suffix: &Option<Name>) {
    let high = |negative: bool| if negative { "¯" } else { "" };
    let _ = match value {
        Number::Int(n) => write!(out, "{}{}", high(*n < 0), n.unsigned_abs()),
        Number::Float(x) => write!(out, "{}{:?}", high(x.is_sign_negative()), x.abs()),
        Number::Imag(x) => write!(out, "{}{:?}j", high(x.is_sign_negative()), x.abs()),
        Number::Bool(b) => write!(out, "{}", if *b { "True" } else { "False" }),
    };
    *out += suffix.as_deref().unwrap_or("");
}

/// Infix, in brackets.
fn between(out: &mut String, left: &Expr, op: &str, right: &Expr) {
    *out += "(";
    write_expression(out, left);
    *out += &format!(" {op} ");
    write_expression(out, right);
    *out += ")";
}

fn write_expression(out: &mut String, e: &Expr) {
    match &e.kind {
        ExprKind::Number { value, suffix } => write_number(out, value, suffix),
        ExprKind::Strand(items) => {
            let items: Vec<String> = items.iter().map(expression).collect();
            *out += &format!("({})", items.join(" "));
        }
        ExprKind::Str(text) => *out += &quoted(text),
        ExprKind::FString(parts) => *out += &format!("f\"{}\"", format_parts(parts, true)),
        ExprKind::None => *out += "None",
        ExprKind::Ellipsis => *out += "...",
        ExprKind::Name(name) | ExprKind::DfnName(name) => *out += name,
        // One that was written in brackets, as its span shows, needs them: `(+) x` is not `+x`.
        ExprKind::Glyph(name) if e.span.range().len() > name.len() => *out += &format!("({name})"),
        ExprKind::Glyph(name) => *out += name,
        ExprKind::Tuple(items) => {
            *out += "(";
            list(out, items, write_expression);
            *out += if items.len() == 1 { ",)" } else { ")" };
        }
        ExprKind::Bracket(items) => {
            *out += "[";
            list(out, items, write_expression);
            *out += "]";
        }
        ExprKind::Comprehension { item, clauses, generator } => {
            *out += if *generator { "(" } else { "[" };
            write_expression(out, item);
            clauses.iter().for_each(|clause| write_clause(out, clause));
            *out += if *generator { ")" } else { "]" };
        }
        ExprKind::Binary { op, left, right } => between(out, left, &op.text, right),
        ExprKind::Prefix { op, operand } => {
            *out += &format!("({}", op.text);
            write_expression(out, operand);
            *out += ")";
        }
        ExprKind::Compare { first, rest } => {
            *out += "(";
            write_expression(out, first);
            for (op, e) in rest {
                *out += &format!(" {} ", op.text);
                write_expression(out, e);
            }
            *out += ")";
        }
        ExprKind::And(left, right) => between(out, left, "and", right),
        ExprKind::Or(left, right) => between(out, left, "or", right),
        ExprKind::Not(e) => {
            *out += "(not ";
            write_expression(out, e);
            *out += ")";
        }
        ExprKind::Pipe { left, right } => between(out, left, "|>", right),
        ExprKind::Choice { test, then, other } => {
            *out += "(";
            write_expression(out, then);
            *out += " if ";
            write_expression(out, test);
            *out += " else ";
            write_expression(out, other);
            *out += ")";
        }
        ExprKind::Starred(e) => {
            *out += "*";
            write_expression(out, e);
        }
        ExprKind::If { arms, otherwise } => {
            for (at, (test, block)) in arms.iter().enumerate() {
                *out += if at == 0 { "(if " } else { " else if " };
                write_expression(out, test);
                *out += " ";
                write_block(out, block);
            }
            if let Some(block) = otherwise {
                *out += " else ";
                write_block(out, block);
            }
            *out += ")";
        }
        _ => write_postfix_or_function(out, e),
    }
}

fn write_postfix_or_function(out: &mut String, e: &Expr) {
    match &e.kind {
        ExprKind::Call { func, args } => {
            write_base(out, func);
            *out += "(";
            list(out, args, |out, arg| {
                if let Some(name) = &arg.keyword {
                    *out += &format!("{}=", name.text);
                }
                write_expression(out, &arg.value);
            });
            *out += ")";
        }
        ExprKind::Index { base, subs } => write_index(out, base, subs),
        ExprKind::Attr { base, name } => {
            write_base(out, base);
            *out += &format!(".{}", name.text);
        }
        ExprKind::Lambda(def) => {
            *out += "((";
            write_parameters(out, &def.params);
            *out += ") => ";
            match &def.body {
                FnBody::Expr(e) => write_expression(out, e),
                FnBody::Block(block) => write_block(out, block),
            }
            *out += ")";
        }
        ExprKind::Derived { op, left, right, axis } => {
            write_operand(out, left);
            *out += if &*op.text == "[]" { "" } else { &op.text };
            if let Some(right) = right {
                let begun = out.len();
                write_operand(out, right);
                // A point beside a digit would begin a number.
                if &*op.text == "." && out[begun..].starts_with(|c: char| c.is_ascii_digit()) {
                    out.insert(begun, ' ');
                }
            }
            if let Some(axis) = axis {
                *out += &format!("[{}]", expression(axis));
            }
        }
        ExprKind::Operated { operator, left, right } => {
            write_operand(out, left);
            write_expression(out, operator);
            if let Some(right) = right {
                write_operand(out, right);
            }
        }
        ExprKind::Train(items) => {
            let items: Vec<String> = items.iter().map(train_item).collect();
            *out += &format!("({})", items.join(" "));
        }
        ExprKind::Dfn(dfn) => write_dfn(out, dfn),
        ExprKind::Apply { func, left, right } => {
            *out += "(";
            if let Some(left) = left {
                write_expression(out, left);
                *out += " ";
            }
            write_expression(out, func);
            *out += " ";
            write_expression(out, right);
            *out += ")";
        }
        _ => {}
    }
}

/// An item of a train. One that begins with `⌿` would reduce with the item before it.
fn train_item(e: &Expr) -> String {
    let mut first = e;
    while let ExprKind::Derived { left, .. } | ExprKind::Operated { left, .. } = &first.kind {
        first = left;
    }
    let replicates = matches!(&first.kind, ExprKind::Glyph(text) if REPLICATES.contains(&&**text));
    let text = expression(e);
    if replicates && !text.starts_with('(') { format!("({text})") } else { text }
}

/// What is called, or whose attribute is taken; numbers need brackets before a point.
fn write_base(out: &mut String, e: &Expr) {
    match e.kind {
        ExprKind::Number { .. } => *out += &format!("({})", expression(e)),
        _ => write_expression(out, e),
    }
}

/// An operator's operand: in brackets if it is a derived function.
fn write_operand(out: &mut String, e: &Expr) {
    match e.kind {
        ExprKind::Derived { .. } | ExprKind::Operated { .. } => *out += &format!("({})", expression(e)),
        _ => write_expression(out, e),
    }
}

fn write_clause(out: &mut String, clause: &Clause) {
    match clause {
        Clause::For { target, iter } => {
            *out += " for ";
            write_target(out, target);
            *out += " in ";
            write_expression(out, iter);
        }
        Clause::If(test) => {
            *out += " if ";
            write_expression(out, test);
        }
    }
}

fn write_dfn(out: &mut String, dfn: &Dfn) {
    *out += "{";
    for (at, item) in dfn.items.iter().enumerate() {
        let mut silent = false;
        match item {
            DfnItem::Guard { test, value } => {
                write_expression(out, test);
                *out += " : ";
                write_expression(out, value);
            }
            DfnItem::DefaultLeft(e) => {
                *out += "⍺ = ";
                write_expression(out, e);
            }
            DfnItem::Stmt(stmt) => {
                silent = stmt.silent;
                write_statement(out, stmt);
            }
        }
        separate(out, silent, at + 1 == dfn.items.len());
    }
    *out += "}";
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' => out += "\\\"",
            '\\' => out += "\\\\",
            '\n' => out += "\\n",
            '\t' => out += "\\t",
            '\r' => out += "\\r",
            c if c.is_control() => out += &format!("\\U{:08x}", c as u32),
            c => out.push(c),
        }
    }
    out
}

fn format_parts(parts: &[FPart], outermost: bool) -> String {
    let mut out = String::new();
    for part in parts {
        match part {
            FPart::Text(text) if outermost => out += &escaped(text).replace('{', "{{").replace('}', "}}"),
            FPart::Text(text) => out += &escaped(text),
            FPart::Value { expr, equals, conversion, spec } => {
                out += "{";
                out += &equals.as_ref().map_or_else(|| expression(expr), |text| text.to_string());
                out += &conversion.map_or(String::new(), |c| format!("!{c}"));
                if !spec.is_empty() {
                    out += &format!(":{}", format_parts(spec, false));
                }
                out += "}";
            }
        }
    }
    out
}

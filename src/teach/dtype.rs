//! `%dtype`: why the result of each operation of an expression has its dtype, by the rules of NEP 50:
//! plain numbers are weak, the others meet in the promotion table, and a function may give another dtype.

use super::{COLUMNS, Refusal, Text, brief, steps};
use crate::dtype::{DType, Kind, Operand, promote, result_dtype};
use crate::error::Look;
use crate::eval::Evaluator;
use crate::prim::Prim;
use crate::prim::language::idioms;
use crate::prim::row::Rule;
use crate::show::{shorten, wrap};
use crate::syntax::ast::{Expr, ExprKind, Stmt, StmtKind};
use crate::value::Value;
use std::ops::ControlFlow;

/// Explains the dtype of every operation of an expression. A dtype (`int32 + float32`) stands for an
/// array of it.
pub fn dtype(evaluator: &mut Evaluator, text: &str, _look: Look) -> Result<String, Refusal> {
    let text = Text::new("%dtype", text)?;
    let mut out = String::new();
    let whole = &text.source.text;
    let mut note = |s: steps::Step| {
        let part = |span: crate::syntax::Span| {
            shorten(
                &whole.get(span.range()).unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" "),
                36,
            )
        };
        let operands: Vec<(String, Value)> =
            s.operands.iter().flat_map(|(at, v)| items(&part(*at), v)).collect();
        let Some(result) = kind_of(&s.value) else { return };
        let numbers = operands.iter().filter(|(_, v)| v.operand().is_some());
        let strong = numbers.clone().any(|(_, v)| typed(v).is_some());
        let arithmetic = s.row.is_some_and(|r| r.elementwise().is_some());
        if numbers.count() == 0 || !(strong || arithmetic) {
            return;
        }
        out.push_str(&format!("{} gives {result}\n", part(s.span)));
        for reason in reasons(&s, &operands) {
            for (i, line) in wrap(&reason, COLUMNS - 4).into_iter().enumerate() {
                out.push_str(if i == 0 { "  - " } else { "    " });
                out.push_str(&line);
                out.push('\n');
            }
        }
    };
    let mut each = |_: &mut Evaluator, s| {
        note(s);
        ControlFlow::Continue(())
    };
    let value = steps::run(evaluator, &text.expr, &text.source, true, &mut each)?.unwrap_or(Value::None);
    if out.is_empty() {
        out = format!("{} is {}: nothing is combined.\n", text.source.text.trim(), brief(&value));
    }
    Ok(out)
}

/// The dtype of a value, or what a plain number is called.
fn kind_of(value: &Value) -> Option<String> {
    match value {
        Value::Array(a) => Some(a.dtype().to_string()),
        Value::Scalar(s) => Some(s.dtype().to_string()),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Complex(_) => {
            Some(format!("a plain {}", value.type_name()))
        }
        _ => None,
    }
}

fn typed(value: &Value) -> Option<DType> {
    match value {
        Value::Array(a) => Some(a.dtype()),
        Value::Scalar(s) => Some(s.dtype()),
        _ => None,
    }
}

/// An operand; of a list or tuple of numbers and arrays its items, which meet in what is made of them.
fn items(text: &str, value: &Value) -> Vec<(String, Value)> {
    /// Items that are told one by one.
    const MOST: usize = 8;
    let items = match value {
        Value::List(l) => l.to_vec(),
        Value::Tuple(t) => t.items.to_vec(),
        _ => Vec::new(),
    };
    if items.is_empty() || items.len() > MOST || items.iter().any(|v| v.operand().is_none()) {
        return vec![(text.to_string(), value.clone())];
    }
    let parsed = crate::syntax::parse(text, &crate::prim::table().lexicon());
    let written: Vec<&str> = match &parsed.statements[..] {
        [
            Stmt {
                kind: StmtKind::Expr(Expr { kind: ExprKind::Bracket(all) | ExprKind::Tuple(all), .. }),
                ..
            },
        ] => all.iter().filter_map(|e| text.get(e.span.range())).collect(),
        _ => Vec::new(),
    };
    let named = |i: usize| match written.len() == items.len() {
        true => written[i].to_string(),
        false => format!("item {i} of {text}"),
    };
    items.iter().enumerate().map(|(i, v)| (named(i), v.clone())).collect()
}

/// What an operation is called.
fn doer(step: &steps::Step) -> String {
    match (step.row, &step.expr.kind) {
        (Some(row), _) => row.name.to_string(),
        (None, ExprKind::Index { .. }) => "taking elements".into(),
        (None, ExprKind::Attr { name, .. }) => format!(".{}", name.text),
        (None, ExprKind::Apply { func, .. }) => match &func.kind {
            ExprKind::Derived { op, .. } if matches!(&*op.text, "/" | "⌿") => "a reduction".into(),
            ExprKind::Derived { op, .. } if matches!(&*op.text, "\\" | "⍀") => "a scan".into(),
            _ => "the function".into(),
        },
        _ => "the operation".into(),
    }
}

/// Whether an operation is told which dtype to give.
fn is_asked(step: &steps::Step, result: Option<DType>) -> bool {
    let ExprKind::Call { args, .. } = &step.expr.kind else { return false };
    let named = args.iter().any(|a| a.keyword.as_ref().is_some_and(|k| &*k.text == "dtype"));
    let given = |v: &Value| {
        matches!(v, Value::DType(_) | Value::Func(_)) && crate::prim::convert::as_dtype(v) == result
    };
    named || step.operands.iter().any(|(_, v)| given(v))
}

fn reasons(step: &steps::Step, operands: &[(String, Value)]) -> Vec<String> {
    let (row, name, value) = (step.row, &doer(step)[..], &step.value);
    let mut out = Vec::new();
    let numbers: Vec<(&str, &Value, Operand)> =
        operands.iter().filter_map(|(t, v)| Some((t.as_str(), v, v.operand()?))).collect();
    let strong: Vec<(&str, DType)> = numbers.iter().filter_map(|(t, v, _)| Some((*t, typed(v)?))).collect();
    if strong.is_empty() {
        out.push("all operands are plain numbers, which are computed as Python computes them".into());
        return out;
    }
    let mut common = strong[0].1;
    if (numbers.len() == 1 || strong.len() > 1) && strong[0].0 != common.name() {
        out.push(format!("{} is {common}", strong[0].0));
    }
    for &(text, d) in &strong[1..] {
        let why = meeting(common, d);
        out.push(if text == d.name() { why } else { format!("{text} is {d}; {why}") });
        common = promote(common, d);
    }
    for (text, v, operand) in numbers.iter().filter(|(_, v, _)| typed(v).is_none()) {
        let joined = result_dtype(&[Operand::Typed(common), *operand]);
        out.push(weak(text, v, common, joined));
        common = joined;
    }
    let result = typed(value);
    let rule = row.and_then(|r| r.elementwise()).map(|e| e.rule);
    let whole = |d: DType| !d.is_inexact();
    match (rule, result) {
        (_, Some(d)) if is_asked(step, result) => out.push(format!("{d} is asked for by name")),
        (Some(Rule::Compare), Some(DType::Bool)) if strong.iter().all(|s| whole(s.1)) && whole(common) => {
            out.push(
                "whole numbers are compared by their values, of whichever dtypes; that gives bool".into(),
            );
        }
        (Some(Rule::Compare), Some(DType::Bool)) => {
            out.push(format!("the values meet as {common}; a comparison gives bool"));
        }
        (Some(Rule::IntsToF64), Some(d)) if !common.is_inexact() && d != common => {
            out.push(format!("{name} of whole numbers is computed in {d}"));
        }
        (_, Some(d)) if d != common => out.push(another(row, name, common, d)),
        (_, Some(d)) if numbers.len() == 1 => out.push(format!("{name} keeps {d}")),
        _ => {}
    }
    out
}

/// Why a function gives another dtype than that of its operands.
fn another(row: Option<&Prim>, name: &str, from: DType, to: DType) -> String {
    let head = format!("{name} gives {to} for {from}");
    let whole = !from.is_inexact();
    let narrow = from.itemsize() < 8;
    let why = match row.map(|r| (r.elementwise().is_some(), idioms::accumulates(r))) {
        Some((true, _)) if whole && to.kind() == Kind::Float => {
            "it is computed in floats, the narrowest that hold all these numbers, at most float64"
        }
        Some((false, _)) if whole && to == DType::F64 => {
            "it is computed in floats, of whole numbers in float64"
        }
        Some((false, true)) | None if whole && narrow && matches!(to, DType::I64 | DType::U64) => {
            "sums and products of whole numbers have 64 bits, so that they seldom overflow"
        }
        Some((false, false)) if to == DType::I64 => "it gives indices or counts, which are int64",
        _ if from.is_complex() && !to.is_complex() => "the result is real",
        _ => return head,
    };
    format!("{head}: {why}")
}

/// What a plain number does beside a dtype.
fn weak(text: &str, value: &Value, common: DType, joined: DType) -> String {
    let kind = match value {
        Value::Bool(_) => "bool",
        Value::Int(_) => "integer",
        Value::Float(_) => "float",
        _ => "complex number",
    };
    let head = format!("{text} is a plain {kind}, which is weak: ");
    if joined == common {
        return format!("{head}{common} is of its kind or a wider one, and stays");
    }
    format!("{head}{common} cannot hold its kind, so the result is {joined}, the default of that kind")
}

/// Why two dtypes meet where they do.
fn meeting(a: DType, b: DType) -> String {
    let to = promote(a, b);
    if a == b {
        return format!("{a} with {b} is {to}");
    }
    let head = format!("{a} with {b} is {to}");
    let (low, high) = if a.kind() <= b.kind() { (a, b) } else { (b, a) };
    let why = match (low.kind(), high.kind()) {
        (Kind::Bool, _) => "a bool fits every dtype".into(),
        (Kind::Int, Kind::Int) => of_integers(a, b, to),
        (Kind::Int, Kind::Float) => of_float(low, high, to),
        (Kind::Float, Kind::Float) => "the wider of the two".into(),
        (_, Kind::Complex) => {
            let parts = promote(low.to_real(), high.to_real());
            format!("its parts are {}, where {} and {} meet", parts, low.to_real(), high.to_real())
        }
        _ => "by the promotion table".into(),
    };
    format!("{head}: {why}")
}

fn of_integers(a: DType, b: DType, to: DType) -> String {
    if a.is_unsigned() == b.is_unsigned() {
        return "the wider of the two".into();
    }
    let (signed, unsigned) = if a.is_unsigned() { (b, a) } else { (a, b) };
    match to.kind() {
        Kind::Float => {
            "no integer dtype holds both negative numbers and all of uint64; past 2**53 float64 rounds".into()
        }
        _ if to == signed => format!("it holds every {unsigned}"),
        _ => format!("the smallest that holds the negative numbers of {signed} and every {unsigned}"),
    }
}

fn of_float(int: DType, float: DType, to: DType) -> String {
    let bits = int.itemsize() * 8 - usize::from(!int.is_unsigned());
    let holds = if float == DType::F32 { 24 } else { 53 };
    match (bits <= holds, to == float) {
        (true, _) => format!("it holds every {int} exactly ({bits} bits of the {holds} it has)"),
        (false, false) => {
            format!("{int} has {bits} bits, {float} holds whole numbers exactly only to {holds}")
        }
        (false, true) => format!("the widest float; whole numbers past 2**{holds} are rounded"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meetings_say_why() {
        assert_eq!(
            meeting(DType::I32, DType::F32),
            "int32 with float32 is float64: int32 has 31 bits, float32 holds whole numbers exactly only to 24"
        );
        assert_eq!(
            meeting(DType::U8, DType::I8),
            "uint8 with int8 is int16: the smallest that holds the negative numbers of int8 and every uint8"
        );
        for a in DType::ALL {
            for b in DType::ALL {
                assert!(!meeting(a, b).contains("by the promotion table"), "{a} {b}");
            }
        }
    }
}

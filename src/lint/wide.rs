//! Arrays whose dtype is wider than their values need.

use super::Text;
use super::report::{Finding, Level};
use crate::array::Array;
use crate::dtype::DType;
use crate::eval::Evaluator;
use crate::prim;
use crate::prim::language::idioms;
use crate::syntax::ast::*;
use crate::value::Value;

/// Elements from which on it is worth saying.
const MANY: usize = 100_000;

/// Integer arrays that a text's top level names, whose values fit a dtype of half the size or less.
pub fn find(text: &Text, evaluator: &mut Evaluator) -> Vec<Finding> {
    let mut found: Vec<(Name, Finding)> = Vec::new();
    for s in &text.statements {
        let StmtKind::Assign { targets, .. } = &s.kind else { continue };
        let [Target::Name(name)] = &**targets else { continue };
        found.retain(|(n, _)| *n != name.text);
        let Some(Value::Array(a)) = evaluator.globals.get(&name.text) else { continue };
        if a.size() < MANY || !a.dtype().is_int() || a.base().is_some() {
            continue;
        }
        if let Some((low, high)) = extremes(&a, evaluator)
            && let Some(narrow) = narrowest(low, high).filter(|d| d.itemsize() < a.dtype().itemsize())
        {
            let size = |d: DType| mega(a.size() * d.itemsize());
            let message = format!(
                "{} is {}, and its values from {low} to {high} fit {}: {} instead of {}",
                name.text,
                a.dtype(),
                narrow,
                size(narrow),
                size(a.dtype())
            );
            found.push((name.text.clone(), text.finding(Level::Warning, "wide-dtype", s.span, message)));
        }
    }
    found.into_iter().map(|(_, f)| f).collect()
}

fn extremes(a: &Array, evaluator: &mut Evaluator) -> Option<(i128, i128)> {
    let mut one = |name: &str| {
        let row = idioms::row(name, false)?;
        let value = prim::monadic(row, evaluator, Value::Array(a.clone())).ok()?;
        value.scalar()?.as_i128()
    };
    Some((one("amin")?, one("amax")?))
}

/// The smallest integer dtype that holds a range.
fn narrowest(low: i128, high: i128) -> Option<DType> {
    let signed = [(DType::I8, 7), (DType::I16, 15), (DType::I32, 31)];
    let unsigned = [(DType::U8, 8), (DType::U16, 16), (DType::U32, 32)];
    match low < 0 {
        true => signed.into_iter().find(|(_, bits)| low >= -(1 << bits) && high < (1 << bits)),
        false => unsigned.into_iter().find(|(_, bits)| high < (1 << bits)),
    }
    .map(|(d, _)| d)
}

fn mega(bytes: usize) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

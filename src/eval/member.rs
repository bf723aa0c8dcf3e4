//! `x in xs` and `x not in xs` with one link: names and constants are looked at where they are, numbers in
//! registers. What is neither number nor text, or has a chain behind it, goes on to `run`.

use super::Evaluator;
use super::ir::{Comparison, Node, NodeKind};
use super::reg::Reg;
use crate::eval::run::Brief;
use crate::prim::language::membership::{contains, surely_contains};
use crate::value::{Num, Value};

impl Evaluator {
    pub(super) fn membership_step(&mut self, node: &Node) -> Reg {
        let NodeKind::Compare { first, rest } = &node.kind else { return self.other(node) };
        let [(Comparison::In { negated }, among)] = &rest[..] else { return self.other(node) };
        if let Some(found) = self.found_among_named(first, among) {
            return Reg::Num(Num::bool(found != *negated));
        }
        let item = match self.reg(first) {
            Reg::Raised => return Reg::Raised,
            r => self.take(r),
        };
        let known = match &among.kind {
            NodeKind::Bracket(items) => have(items.iter().map(|(node, _)| node), &item),
            NodeKind::Tuple(items) => have(items, &item),
            _ => self.named(among).and_then(|xs| surely_contains(xs, &item)),
        };
        let found = match known {
            Some(found) => Ok(found),
            None => match self.eval_among(among) {
                Ok(xs) => contains(self, &xs, &item).map_err(|e| {
                    let briefs = [Brief::of(&item), Brief::of(&xs)];
                    self.operand_error(e, node.span, &[first.span, among.span], &briefs)
                }),
                Err(e) => Err(e),
            },
        };
        match found {
            Ok(found) => Reg::Num(Num::bool(found != *negated)),
            Err(e) => self.raise(e),
        }
    }

    /// Of a name or constant among what is named or written out.
    #[inline]
    fn found_among_named(&self, first: &Node, among: &Node) -> Option<bool> {
        surely_contains(self.named(among)?, self.named(first)?)
    }

    fn eval_among(&mut self, among: &Node) -> Result<Value, super::Raised> {
        match &among.kind {
            // Nothing changes what is only looked through.
            NodeKind::Fresh(a) => Ok(Value::Array(a.clone())),
            _ => self.eval(among),
        }
    }
}

/// Whether a text is one of items that are written out; `None` unless it and they are texts.
fn have<'a>(items: impl IntoIterator<Item = &'a Node>, item: &Value) -> Option<bool> {
    let Value::Str(item) = item else { return None };
    let mut found = false;
    for node in items {
        let NodeKind::Const(Value::Str(s)) = &node.kind else { return None };
        found |= s == item;
    }
    Some(found)
}

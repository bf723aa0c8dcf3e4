//! Conditions around statements: masks, branches that become a choice.

use super::patterns::*;
use super::*;

impl Body<'_> {
    /// All conditions in force that stand at certain depths, as one.
    pub(super) fn mask(&mut self, at: impl Fn(&Mask) -> bool) -> R<Option<Val>> {
        let masks: Vec<Val> = self.masks.iter().filter(|m| at(m)).map(|m| m.val.clone()).collect();
        let mut all: Option<Val> = None;
        for m in masks {
            all = Some(match all {
                None => m,
                Some(a) => self.reader.together(&[a, m], |es| {
                    let mut es = es.into_iter();
                    match (es.next(), es.next()) {
                        (Some(a), Some(b)) => binary("&", a, b),
                        _ => int(0),
                    }
                })?,
            });
        }
        Ok(all)
    }

    pub(super) fn condition(&mut self, arms: &[(Expr, Block)], otherwise: &Option<Block>) -> R<()> {
        if let Some(stmt) = merged(arms, otherwise) {
            return self.statement(&stmt);
        }
        if let ([(test, block)], None) = (arms, otherwise)
            && (self.distinct(test, &block.body)? || self.best(test, &block.body)?)
        {
            return Ok(());
        }
        let depth = self.reader.active.len();
        let mut before: Vec<Val> = Vec::new();
        let stores = count_stores(arms, otherwise);
        for (test, block) in arms {
            let mut v = self.reader.value(test)?;
            if v.axes.is_empty() {
                return Err(Why::Unknown);
            }
            if stores > 1 && self.written_in(&v.expr, arms, otherwise) {
                v = self.named_mask(v);
            }
            let own = v.clone();
            let kept = self.masks.len();
            self.masks.extend(before.iter().map(|b| Mask { depth, val: b.clone(), of_loop: false }));
            self.masks.push(Mask { depth, val: v, of_loop: false });
            self.block(&block.body)?;
            self.masks.truncate(kept);
            before.push(Val::new(crate::lint::vector::not(own.expr), own.axes, own.rank));
        }
        if let Some(block) = otherwise {
            let kept = self.masks.len();
            self.masks.extend(before.into_iter().map(|val| Mask { depth, val, of_loop: false }));
            self.block(&block.body)?;
            self.masks.truncate(kept);
        }
        Ok(())
    }

    /// Whether a condition reads what its own branches write.
    pub(super) fn written_in(&self, test: &Expr, arms: &[(Expr, Block)], otherwise: &Option<Block>) -> bool {
        let blocks = arms.iter().map(|(_, b)| b).chain(otherwise);
        let mut written = Vec::new();
        blocks.for_each(|b| written.extend(walk::Names::of(&b.body).written));
        written.iter().any(|n| reads(test, n))
    }

    /// Gives a mask a name, before anything changes what it was made from.
    pub(super) fn named_mask(&mut self, v: Val) -> Val {
        let name = self.fresh_name();
        let text = format!("{name} = {}", neat::expression(&v.expr));
        self.steps.push(Step { forms: vec![Form { text, uses: Vec::new() }], code: "", what: "" });
        Val::new(crate::lint::build::name(&name), v.axes, v.rank)
    }
}

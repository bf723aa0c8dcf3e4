//! Collecting each item once: `for v in x { if v not in seen { seen.append(v) } }`.

use super::*;

impl Body<'_> {
    /// The distinct items in the order in which they come, `∪ x`. Whether this is such a condition.
    pub(super) fn distinct(&mut self, test: &Expr, body: &[Stmt]) -> R<bool> {
        let ExprKind::Compare { first, rest } = &test.kind else { return Ok(false) };
        let ([(op, list)], [Stmt { kind: StmtKind::Expr(grow), .. }]) = (&**rest, body) else {
            return Ok(false);
        };
        let (ExprKind::Name(seen), Some((grown, item))) = (&list.kind, appended(grow)) else {
            return Ok(false);
        };
        if &*op.text != "not in" || seen != grown || !same(first, item) {
            return Ok(false);
        }
        let empty = |e: &Expr| matches!(&e.kind, ExprKind::Bracket(items) if items.is_empty());
        let Some(at) = self.init(seen).filter(|(_, e)| empty(e)).map(|(at, _)| at) else { return Ok(false) };
        let ([level], true) = (&*self.reader.active, self.masks.is_empty()) else { return Ok(false) };
        let level = *level;
        let v = self.reader.value(item)?;
        if v.axes != [level] || v.rank > 0 || self.reader.loops[level].reversed {
            return Ok(false);
        }
        let whole = match v.expr.kind {
            ExprKind::Name(_) | ExprKind::Call { .. } => neat::expression(&v.expr),
            _ => format!("({})", neat::expression(&v.expr)),
        };
        let form = Form { text: format!("{seen} = ∪ {whole}"), uses: vec![at] };
        self.push(vec![form], "loop-filter", "the distinct items in order");
        Ok(true)
    }
}

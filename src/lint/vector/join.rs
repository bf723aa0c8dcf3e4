//! Values side by side: arithmetic, products of matrices, logic, and the axes that they need to meet.

use super::*;

impl Reader<'_> {
    pub fn binary(&mut self, op: &str, a: Val, b: Val) -> R<Val> {
        if op == "@" {
            return self.product(a, b);
        }
        let factors = match op {
            "*" | "×" => Some((a.clone(), b.clone())),
            "**" if literal(&b.expr) == Some(2) => Some((a.clone(), a.clone())),
            _ => None,
        };
        let op = op.to_string();
        let v = self.together(&[a, b], |es| {
            let mut es = es.into_iter();
            match (es.next(), es.next()) {
                (Some(a), Some(b)) => binary(&op, a, b),
                _ => int(0),
            }
        })?;
        Ok(Val { factors: factors.map(Box::new), ..v })
    }

    /// `a @ b` of rows, columns and matrices.
    pub(super) fn product(&mut self, a: Val, b: Val) -> R<Val> {
        self.uses.product = true;
        let (na, nb) = (a.axes.len(), b.axes.len());
        match (na, a.rank, nb, b.rank) {
            (0, _, 0, _) => {
                Ok(Val::new(binary("@", a.expr, b.expr), Vec::new(), (a.rank + b.rank).saturating_sub(2)))
            }
            (1, 1, 0, 1 | 2) => Ok(Val::new(binary("@", a.expr, b.expr), a.axes, b.rank - 1)),
            (0, 1, 1, 1) => Ok(Val::new(binary("@", b.expr, a.expr), b.axes, 0)),
            (0, 2, 1, 1) => Ok(Val::new(binary("@", b.expr, transposed(a.expr)), b.axes, 1)),
            (1, 1, 1, 1) if a.axes != b.axes => {
                Ok(Val::new(binary("@", a.expr, transposed(b.expr)), vec![a.axes[0], b.axes[0]], 0))
            }
            (1, 1, 1, 1) => {
                let rows = method(binary("*", a.expr, b.expr), "sum", vec![keyword("axis", int(1))]);
                Ok(Val::new(rows, a.axes, 0))
            }
            _ => Err(Why::Unknown),
        }
    }

    pub(super) fn logic(&mut self, bits: &str, function: &str, a: &Expr, b: &Expr, e: &Expr) -> R<Val> {
        let (a, b) = (self.value(a)?, self.value(b)?);
        if a.axes.is_empty() && b.axes.is_empty() {
            return self.fixed(e);
        }
        let truth = self.is_truth(&a.expr) && self.is_truth(&b.expr);
        let parts = [a, b];
        self.together(&parts, |es| {
            if truth {
                let mut es = es.into_iter();
                if let (Some(a), Some(b)) = (es.next(), es.next()) {
                    return binary(bits, a, b);
                }
            } else {
                return np(function, es);
            }
            int(0)
        })
    }

    /// Whether an expression gives truth values, as far as can be seen.
    pub fn is_truth(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Compare { .. } => true,
            ExprKind::Binary { op, left, right } => {
                matches!(&*op.text, "&" | "|" | "^") && self.is_truth(left) && self.is_truth(right)
            }
            ExprKind::Prefix { op, operand } => &*op.text == "~" && self.is_truth(operand),
            ExprKind::Name(n) => {
                n.starts_with("mask") || self.facts.array(n).is_some_and(|a| a.dtype() == DType::Bool)
            }
            ExprKind::Index { base, .. } | ExprKind::Attr { base, .. } => self.is_truth(base),
            _ => false,
        }
    }

    /// Values side by side, each with all the axes of all.
    pub fn together(&mut self, vals: &[Val], join: impl FnOnce(Vec<Expr>) -> Expr) -> R<Val> {
        let (axes, rank) = union(vals);
        let mut exprs = Vec::new();
        for v in vals {
            exprs.push(self.aligned(v, &axes, rank)?);
        }
        let kind = vals.iter().find_map(|v| v.kind);
        Ok(Val { kind, ..Val::new(join(exprs), axes, rank) })
    }

    /// The expression of a value with axes added, so that it broadcasts over `axes` and items of `rank`.
    pub fn aligned(&mut self, v: &Val, axes: &[usize], rank: usize) -> R<Expr> {
        if v.axes.is_empty() {
            return Ok(v.expr.clone());
        }
        let sorted = v.axes.is_sorted();
        if !sorted && (v.axes.len() != 2 || v.rank != 0) {
            return Err(Why::Unknown);
        }
        let expr = if sorted { v.expr.clone() } else { transposed(v.expr.clone()) };
        let mut own = v.axes.clone();
        own.sort_unstable();
        let mut subs = Vec::new();
        for level in axes {
            match own.contains(level) {
                true => subs.push(all()),
                false if subs.is_empty() => {}
                false => subs.push(Sub::Expr(build_none())),
            }
        }
        let missing = rank - v.rank;
        subs.extend((0..missing).map(|_| Sub::Expr(build_none())));
        if subs.iter().all(is_all) {
            return Ok(expr);
        }
        self.uses.outer = true;
        // `x[1:][:, None]` is `x[1:, None]`.
        if let ExprKind::Index { base, subs: inner } = &expr.kind
            && inner.len() == own.len()
            && inner.iter().all(|s| matches!(s, Sub::Slice { .. }))
        {
            let mut inner = inner.iter().cloned();
            let merged = subs.into_iter().map(|s| if is_all(&s) { inner.next().unwrap_or(s) } else { s });
            return Ok(index((**base).clone(), merged.collect()));
        }
        Ok(index(expr, subs))
    }
}

//! What was added up over all steps, as statements.

use super::patterns::*;
use super::*;

impl Body<'_> {
    pub(super) fn flush_reading(&mut self, written: &Name) {
        let due: Vec<Name> = self
            .pending
            .iter()
            .filter(|n| match self.reader.names.get(*n) {
                Some(Bind::Sum(sum)) => sum.total.as_ref().is_some_and(|t| reads(&t.expr, written)),
                _ => false,
            })
            .cloned()
            .collect();
        due.iter().for_each(|n| self.flush(n));
    }

    pub(super) fn leave_all(&mut self) -> R<()> {
        for name in std::mem::take(&mut self.pending) {
            self.pending.push(name.clone());
            self.flush(&name);
        }
        match self.steps.iter().any(|s| !s.code.is_empty()) {
            true => Ok(()),
            false => Err(Why::Unknown),
        }
    }

    pub(super) fn flush(&mut self, name: &Name) {
        self.pending.retain(|n| n != name);
        let Some(Bind::Sum(sum)) = self.reader.names.get(name).cloned() else { return };
        let (Some(total), Some(op)) = (sum.total, sum.op) else { return };
        let text = neat::expression(&total.expr);
        let named = crate::lint::build::name(name);
        let mut forms = Vec::new();
        if let Some((at, init)) = self.init(name) {
            let uses = vec![at];
            if self.is_neutral(op, init, &total.expr) && !matches!(op, Op::Subtract | Op::Divide) {
                forms.push(Form { text: format!("{name} = {text}"), uses: uses.clone() });
                if let Some(whole) = self.with_first(op, init, &total.expr) {
                    forms.insert(
                        0,
                        Form { text: format!("{name} = {}", neat::expression(&whole)), uses: uses.clone() },
                    );
                }
            }
            if !matches!(op, Op::Any | Op::All) {
                let joined = self.joined_total(op, init.clone(), total.expr.clone());
                forms.push(Form { text: format!("{name} = {}", neat::expression(&joined)), uses });
            }
        }
        let text = match op {
            Op::Max | Op::Min | Op::Any | Op::All => {
                format!("{name} = {}", neat::expression(&self.joined_total(op, named, total.expr)))
            }
            _ => format!("{name} {}= {text}", op.sign()),
        };
        forms.push(Form { text, uses: Vec::new() });
        self.push(forms, sum.code, sum.what);
    }

    pub(super) fn joined_total(&self, op: Op, start: Expr, total: Expr) -> Expr {
        match op {
            Op::Max => call(name("max"), vec![arg(start), arg(total)]),
            Op::Min => call(name("min"), vec![arg(start), arg(total)]),
            Op::Any => expr(ExprKind::Or(Box::new(start), Box::new(total))),
            Op::All => expr(ExprKind::And(Box::new(start), Box::new(total))),
            _ => op.join(start, total),
        }
    }

    /// `x.max()` for a maximum of `x[1:]` that begins with `x[0]`.
    pub(super) fn with_first(&self, op: Op, init: &Expr, total: &Expr) -> Option<Expr> {
        if !matches!(op, Op::Max | Op::Min) || !is_first_of(init, total) {
            return None;
        }
        let ExprKind::Call { func, args } = &total.kind else { return None };
        let ExprKind::Attr { base, name } = &func.kind else { return None };
        Some(method(without_first(base)?, &name.text, args.clone()))
    }
}

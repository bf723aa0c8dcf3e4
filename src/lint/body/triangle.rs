//! Inner loops whose bounds move with the loop around: `for j in range(i)` goes over all of its numbers,
//! under a mask that says which of them belong to a step.

use super::*;

impl Body<'_> {
    /// A bound of a loop; one that moves with a loop around as the farthest that it comes.
    pub(super) fn bound(&mut self, e: &Expr, lower: bool) -> R<Expr> {
        let v = self.reader.value(e)?;
        if v.axes.is_empty() {
            return Ok(v.expr);
        }
        let a = self.reader.affine(e).ok_or(Why::Unknown)?;
        let around = &self.reader.loops[a.level];
        if around.step != 1 {
            return Err(Why::Unknown);
        }
        let last = plus(&around.stop, -1);
        match (a.coefficient, lower) {
            (1, true) => Ok(crate::lint::vector::sum(&around.start, &a.offset)),
            (1, false) => Ok(crate::lint::vector::sum(&last, &a.offset)),
            (-1, true) => Ok(difference(&a.offset, &last)),
            (-1, false) => Ok(difference(&a.offset, &around.start)),
            _ => Err(Why::Unknown),
        }
    }

    /// The masks of a loop whose bounds move.
    pub(super) fn bounded_by(&mut self, target: &Target, iter: &Expr, level: usize) -> R<()> {
        let (ExprKind::Call { func, args }, Target::Name(number)) = (&iter.kind, target) else {
            return Ok(());
        };
        let steps = callee(func).is_some_and(|(n, r)| r.is_none() && idioms::role(n) == Some(Role::Steps));
        if !steps {
            return Ok(());
        }
        let (start, stop) = match &**args {
            [stop] => (None, &stop.value),
            [start, stop] => (Some(&start.value), &stop.value),
            _ => return Ok(()),
        };
        let bounds = [(start, ">="), (Some(stop), "<")];
        for (bound, op) in bounds.into_iter().filter_map(|(b, op)| b.map(|b| (b, op))) {
            if self.reader.value(bound)?.axes.is_empty() {
                continue;
            }
            let val = match self.tri(bound, level, op == ">=") {
                Some(val) => val,
                None => {
                    let own = crate::lint::build::name(&number.text);
                    self.reader.value(&compare(own, vec![(op.into(), bound.clone())]))?
                }
            };
            self.masks.push(Mask { depth: self.reader.active.len(), val, of_loop: true });
        }
        Ok(())
    }

    /// `j < i + c` as `np.tri(rows, columns, k, dtype=bool)`, and `j >= i + c` as what is left of it.
    fn tri(&self, bound: &Expr, level: usize, lower: bool) -> Option<Val> {
        let a = self.reader.affine(bound).filter(|a| a.coefficient == 1)?;
        let (rows, columns) = (self.reader.loops.get(a.level)?, self.reader.loops.get(level)?);
        let shift = difference(&crate::lint::vector::sum(&rows.start, &a.offset), &columns.start);
        let k = literal(&shift)? - 1;
        let mut args =
            vec![arg(difference(&rows.stop, &rows.start)), arg(difference(&columns.stop, &columns.start))];
        if k != 0 {
            args.push(arg(int(k)));
        }
        args.push(keyword("dtype", name("bool")));
        let tri = call(attr(name("np"), "tri"), args);
        let expr = if lower { prefix("~", tri) } else { tri };
        Some(Val::new(expr, vec![a.level, level], 0))
    }
}

//! Elements that are made from the one before: running sums, products and extremes.

use super::patterns::*;
use super::*;

impl Body<'_> {
    /// `y[i] = y[i - 1] + value`.
    pub(super) fn scan(
        &mut self,
        name: &Name,
        base: &Expr,
        subs: &[Sub],
        op: Option<&str>,
        value: &Expr,
    ) -> R<bool> {
        let own = index(base.clone(), subs.to_vec());
        let Some((op, before, rest)) = scanned(&own, op, value) else { return Ok(false) };
        let Some((axis, level)) = self.step_before(subs, &before) else { return Ok(false) };
        let l = self.reader.loops[level].clone();
        let alone = self.reader.writes.iter().filter(|w| w.base == *name).count() == 1;
        if l.step != 1
            || l.reversed
            || !alone
            || self.mask(|_| true)?.is_some()
            || reads_other(&rest, &own, name)
        {
            return Ok(false);
        }
        self.reader.uses = Uses::default();
        // What is added may be the element itself.
        let v = self.reader.value(&rest)?;
        let rank = self.reader.facts.rank(base).unwrap_or(subs.len());
        let place = self.place(base, rank, subs)?;
        let missing = self.reader.active.iter().any(|l| !place.axes.contains(l));
        if missing || place.axes.len() > 2 || !place.axes.is_sorted() || place.axes.len() != rank {
            return Ok(false);
        }
        self.before_write(name);
        let mut forms = Vec::new();
        let one = place.axes.len() == 1;
        if literal(&l.start) == Some(1) {
            forms.extend(self.whole_scan(name, op, &own, &rest, level, axis, one)?);
        }
        let along = if one { None } else { Some(axis) };
        let (e, v_axes) = (self.fitted(&v, &place)?, v.axes.clone());
        let scan = match v_axes.contains(&level) {
            true => op.running(e, along),
            // The same value at every step.
            false => self.repeated(op, e, level, one)?,
        };
        let first = self.first_before(base, &place, subs, axis, &l, one)?;
        let joined = op.join(first, scan);
        forms.push(Form {
            text: format!("{} = {}", neat::expression(&place.expr), neat::expression(&joined)),
            uses: Vec::new(),
        });
        self.push(forms, "loop-scan", op.what_running());
        Ok(true)
    }

    /// `k * 1 2 3 …` or `k ** 1 2 3 …`.
    pub(super) fn repeated(&mut self, op: Op, e: Expr, level: usize, one: bool) -> R<Expr> {
        let l = &self.reader.loops[level];
        if !one {
            return Err(Why::Unknown);
        }
        let steps = plus(&difference(&l.stop, &l.start), 1);
        let steps = np("arange", vec![int(1), steps]);
        Ok(match op {
            Op::Add | Op::Subtract => binary("*", e, steps),
            Op::Multiply | Op::Divide => binary("**", e, steps),
            _ => return Err(Why::Unknown),
        })
    }

    /// The scan over all of an array, where its first element is what a step would give.
    #[expect(clippy::too_many_arguments, reason = "the parts of one statement")]
    pub(super) fn whole_scan(
        &mut self,
        name: &Name,
        op: Op,
        own: &Expr,
        rest: &Expr,
        level: usize,
        axis: usize,
        one: bool,
    ) -> R<Vec<Form>> {
        let mut forms = Vec::new();
        let along = if one { None } else { Some(axis) };
        let l = self.reader.loops[level].clone();
        let saved = std::mem::replace(&mut self.reader.loops[level], Loop { start: int(0), ..l });
        let extended = self.reader.value(rest);
        self.reader.loops[level] = saved;
        let Ok(v) = extended else { return Ok(forms) };
        if !v.axes.contains(&level) || !matches!(op, Op::Add | Op::Multiply | Op::Max | Op::Min) {
            return Ok(forms);
        }
        let text = neat::expression(&op.running(v.expr.clone(), along));
        if same(rest, own) {
            forms.push(Form { text: format!("{name}[:] = {text}"), uses: Vec::new() });
            return Ok(forms);
        }
        // `y[0] = x[0]` before the loop.
        let first = self.prelude.iter().position(|s| match &s.kind {
            StmtKind::Assign { targets, value } => match &**targets {
                [Target::Index { base, subs, .. }] => {
                    let written = index((**base).clone(), subs.clone());
                    one && same(&written, &self.at_zero(own, level))
                        && same(value, &self.at_zero(rest, level))
                }
                _ => false,
            },
            _ => false,
        });
        if let Some(first) = first {
            let made = self.prelude.iter().position(|s| match &s.kind {
                StmtKind::Assign { targets, .. } => {
                    matches!(&**targets, [Target::Name(n)] if n.text == *name)
                }
                _ => false,
            });
            if let Some(made) = made {
                forms.push(Form { text: format!("{name} = {text}"), uses: vec![made, first] });
            }
            forms.push(Form { text: format!("{name}[:] = {text}"), uses: vec![first] });
        }
        Ok(forms)
    }

    /// An expression with a loop's number 0.
    pub(super) fn at_zero(&self, e: &Expr, level: usize) -> Expr {
        let number = self.reader.names.iter().find(|(_, b)| matches!(b, Bind::Index(l) if *l == level));
        match number {
            Some((name, _)) => replaced(e, name, &int(0)),
            None => e.clone(),
        }
    }

    /// The axis and the loop along which an element stands one before another.
    pub(super) fn step_before(&self, subs: &[Sub], before: &Expr) -> Option<(usize, usize)> {
        let ExprKind::Index { subs: others, .. } = &before.kind else { return None };
        let mut found = None;
        if subs.len() != others.len() {
            return None;
        }
        for (k, (a, b)) in subs.iter().zip(others).enumerate() {
            let (Sub::Expr(a), Sub::Expr(b)) = (a, b) else { return None };
            if same(a, b) {
                continue;
            }
            let (a, b) = (self.reader.affine(a)?, self.reader.affine(b)?);
            let one = literal(&difference(&a.offset, &b.offset)) == Some(1);
            if !one || a.level != b.level || a.coefficient != 1 || b.coefficient != 1 || found.is_some() {
                return None;
            }
            found = Some((k, a.level));
        }
        found
    }

    /// The element before the first that a scan writes.
    pub(super) fn first_before(
        &mut self,
        base: &Expr,
        place: &Val,
        subs: &[Sub],
        axis: usize,
        l: &Loop,
        one: bool,
    ) -> R<Expr> {
        let Sub::Expr(sub) = &subs[axis] else { return Err(Why::Unknown) };
        let a = self.reader.affine(sub).ok_or(Why::Unknown)?;
        let at = plus(&crate::lint::vector::sum(&l.start, &a.offset), -1);
        if one {
            return Ok(index(base.clone(), vec![Sub::Expr(at)]));
        }
        let ExprKind::Index { subs: place, .. } = &place.expr.kind else { return Err(Why::Unknown) };
        let stop = plus(&at, 1);
        let start = if literal(&at) == Some(0) { None } else { Some(at) };
        let mut subs = place.clone();
        *subs.get_mut(axis).ok_or(Why::Unknown)? = slice(start, Some(stop), None);
        Ok(index(base.clone(), subs))
    }
}

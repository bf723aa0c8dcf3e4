//! Elements of arrays: slices, gathers and diagonals, and whether a step reads what another writes.

use super::*;

/// A subscript, read.
enum Part {
    Axis(Affine, Sub),
    /// `x[i:i + k]`: a window of each step, from its first place, with its length.
    Window(Affine, Expr),
    Fixed(Expr),
    Slice(Sub),
    Gather(Val),
}

impl Reader<'_> {
    pub fn index(&mut self, base: Val, subs: &[Sub]) -> R<Val> {
        let mut parts = Vec::new();
        let name = match &base.expr.kind {
            ExprKind::Name(n) => Some(n.clone()),
            _ => None,
        };
        if let Some(name) = &name {
            self.check_order(name, subs)?;
        }
        for (k, sub) in subs.iter().enumerate() {
            let length = self.facts.length(&base.expr, base.axes.len() + k);
            self.indexed = name.clone();
            parts.push(self.part(sub, length)?);
        }
        self.indexed = name.clone();
        let own = subs.len().max(base.rank);
        if parts.iter().any(|p| matches!(p, Part::Gather(_))) {
            return self.gather(base, parts, own);
        }
        if parts.iter().any(|p| matches!(p, Part::Window(..))) {
            return self.windows(base, &parts, own);
        }
        if self.repeats(&parts) && !self.reads_diagonal(&base, &parts, own) {
            return self.gather(base, parts, own);
        }
        let mut axes = base.axes.clone();
        let mut out: Vec<Sub> = axes.iter().map(|_| all()).collect();
        let mut items = 0;
        let mut late = false;
        let mut repeated = false;
        for part in parts {
            match part {
                Part::Axis(Affine { level, .. }, sub) => {
                    repeated |= axes.contains(&level);
                    late |= items > 0;
                    axes.push(level);
                    out.push(sub);
                }
                Part::Fixed(e) => out.push(Sub::Expr(e)),
                Part::Slice(sub) => {
                    items += 1;
                    out.push(sub);
                }
                Part::Gather(_) | Part::Window(..) => {}
            }
        }
        let rank = items + own - subs.len();
        if repeated {
            let diagonal = axes.len() == 2 && out.iter().all(is_all) && base.axes.is_empty() && rank == 0;
            if !diagonal {
                return Err(Why::Unknown);
            }
            axes.truncate(1);
            return Ok(self.leaf(Val::new(np("diagonal", vec![base.expr]), axes, 0)));
        }
        while out.last().is_some_and(is_all) {
            out.pop();
        }
        let expr = if out.is_empty() { base.expr } else { index(base.expr, out) };
        if late {
            // The items' axis stands before the loop's.
            if axes.len() + rank != 2 {
                return Err(Why::Unknown);
            }
            return Ok(Val::new(transposed(expr), axes, rank));
        }
        let v = Val::new(expr, axes, rank);
        Ok(if v.axes.is_empty() { v } else { self.leaf(v) })
    }

    fn part(&mut self, sub: &Sub, length: Option<i64>) -> R<Part> {
        let e = match sub {
            Sub::Slice { start, stop, step, .. } => {
                let fixed = [start, stop, step].into_iter().flatten().all(|e| self.is_fixed(e));
                return match (start, stop, step) {
                    _ if fixed => Ok(Part::Slice(sub.clone())),
                    (Some(start), Some(stop), None) => self.window(start, stop),
                    _ => Err(Why::Unknown),
                };
            }
            Sub::Expr(e) => e,
        };
        if let Some(a) = self.affine(e) {
            self.uses.shifted |= literal(&a.offset) != Some(0) && a.coefficient == 1;
            let run = self.slice_of(&a, length)?;
            return Ok(Part::Axis(a, run));
        }
        if matches!(e.kind, ExprKind::Ellipsis | ExprKind::None | ExprKind::Tuple(_)) {
            return Err(Why::Unknown);
        }
        let v = self.value(e)?;
        match (v.axes.is_empty(), v.rank) {
            (true, 0) => Ok(Part::Fixed(v.expr)),
            (false, 0) => Ok(Part::Gather(v)),
            _ => Err(Why::Unknown),
        }
    }

    /// `x[idx[i]]` and its like.
    fn gather(&mut self, base: Val, parts: Vec<Part>, own: usize) -> R<Val> {
        self.uses.gather = true;
        let rank = own - parts.len();
        if !base.axes.is_empty() {
            return Err(Why::Unknown);
        }
        let mut vals = Vec::new();
        for part in parts {
            vals.push(match part {
                Part::Gather(v) => v,
                Part::Fixed(e) => Val::new(e, Vec::new(), 0),
                Part::Axis(a, _) => Val::new(self.numbers_of(&a)?, vec![a.level], 0),
                Part::Window(..) => return Err(Why::Unknown),
                Part::Slice(_) => return Err(Why::Unknown),
            });
        }
        let v = self.together(&vals, |es| index(base.expr, es.into_iter().map(Sub::Expr).collect()))?;
        // Masked already where its indices are.
        Ok(Val { rank, ..v })
    }

    /// Whether one loop runs along two axes.
    fn repeats(&self, parts: &[Part]) -> bool {
        let mut seen = Vec::new();
        parts.iter().any(|p| match p {
            Part::Axis(a, _) => {
                let again = seen.contains(&a.level);
                seen.push(a.level);
                again
            }
            _ => false,
        })
    }

    /// `m[i, i]` along all of a matrix.
    fn reads_diagonal(&self, base: &Val, parts: &[Part], own: usize) -> bool {
        let whole = |p: &Part| matches!(p, Part::Axis(_, sub) if is_all(sub));
        !self.writing && own == 2 && parts.len() == 2 && base.axes.is_empty() && parts.iter().all(whole)
    }

    /// `i:i + k`, of a fixed length.
    fn window(&self, start: &Expr, stop: &Expr) -> R<Part> {
        let (Some(a), Some(b)) = (self.affine(start), self.affine(stop)) else { return Err(Why::Unknown) };
        let length = difference(&b.offset, &a.offset);
        if self.facts.int(&length).is_none_or(|n| n <= 0) {
            return Err(Why::Unknown);
        }
        match a.level == b.level && a.coefficient == 1 && b.coefficient == 1 {
            true => Ok(Part::Window(a, length)),
            false => Err(Why::Unknown),
        }
    }

    /// `x[i:i + k]` as rows of a matrix.
    fn windows(&mut self, base: Val, parts: &[Part], own: usize) -> R<Val> {
        let [Part::Window(a, length)] = parts else { return Err(Why::Unknown) };
        if !base.axes.is_empty() || own != 1 || self.writing {
            return Err(Why::Unknown);
        }
        self.uses.shifted = true;
        let count = match (self.facts.length(&base.expr, 0), self.facts.int(length)) {
            (Some(n), Some(k)) => n - k + 1,
            _ => return Err(Why::Unknown),
        };
        let firsts = self.slice_of(a, Some(count))?;
        let all_windows = np("lib.stride_tricks.sliding_window_view", vec![base.expr, length.clone()]);
        let rows = if is_all(&firsts) { all_windows } else { index(all_windows, vec![firsts]) };
        Ok(Val::new(rows, vec![a.level], 1))
    }

    /// The least and the greatest number that a subscript takes, as far as they are known.
    fn reach(&self, a: &Affine) -> Option<(i64, i64)> {
        let l = &self.loops[a.level];
        let number = |e: &Expr| self.facts.lasting_int(e);
        let at = |i: i64| a.coefficient.checked_mul(i)?.checked_add(number(&a.offset)?);
        let (first, last) = (at(number(&l.start)?)?, at(number(&l.stop)? - 1)?);
        Some((first.min(last), first.max(last)))
    }

    /// Whether an element read here is one that the loop writes: at the same place in the same step,
    /// or not yet, or already for good.
    pub(super) fn check_order(&self, name: &Name, subs: &[Sub]) -> R<()> {
        let say = |subs: &[Sub]| {
            crate::syntax::neat::expression(&index(crate::lint::build::name(name), subs.to_vec()))
        };
        for w in self.writes.iter().filter(|w| w.base == *name) {
            // Which of two writes to one place comes last is for the trial to tell.
            if say(subs) == say(&w.subs) || self.writing {
                continue;
            }
            let to = self.storing.clone().unwrap_or_else(|| say(&w.subs));
            let needs = || Err(Why::Dependency(format!("{to} needs {} of another step", say(subs))));
            let mut behind = None;
            let mut apart = false;
            if subs.len() != w.subs.len() {
                return needs();
            }
            for (r, w) in subs.iter().zip(&w.subs) {
                let (Sub::Expr(r), Sub::Expr(w)) = (r, w) else { return needs() };
                if same(r, w) {
                    continue;
                }
                let (Some(r), Some(w)) = (self.affine(r), self.affine(w)) else { return needs() };
                // `x[i]` of the first half and `x[n - 1 - i]` of the other never meet.
                if let (Some(r), Some(w)) = (self.reach(&r), self.reach(&w))
                    && (r.1 < w.0 || w.1 < r.0)
                {
                    apart = true;
                    continue;
                }
                let distance = self.facts.lasting_int(&difference(&r.offset, &w.offset));
                // `x[2 * i]` and `x[2 * i + 1]` never meet.
                let stride = r.coefficient.abs();
                if r.level == w.level
                    && stride > 1
                    && r.coefficient == w.coefficient
                    && distance.is_some_and(|d| d % stride != 0)
                {
                    behind = None;
                    apart = true;
                    continue;
                }
                let plain = r.level == w.level && r.coefficient == 1 && w.coefficient == 1;
                match distance {
                    Some(d) if plain && d != 0 && behind.is_none() => {
                        behind = Some((d < 0) != self.loops[r.level].reversed);
                    }
                    _ => return needs(),
                }
            }
            match behind {
                _ if apart => {}
                // Written by an earlier step: that statement must be done before this one.
                Some(true) if w.at < self.at => {}
                Some(true) => {
                    return Err(Why::Dependency(format!("{to} needs {} of the step before", say(subs))));
                }
                // Written by a later step: this one must be done before that statement.
                Some(false) if w.at >= self.at => {}
                _ => return needs(),
            }
        }
        Ok(())
    }
}

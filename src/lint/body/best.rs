//! Conditions that keep the best so far: extremes, their positions, tests for any and all.

use super::patterns::*;
use super::*;

impl Body<'_> {
    /// `if x[i] > m { m = x[i] ⋄ at = i }`, `if x[i] > x[at] { at = i }`, `if c { found = True }`.
    pub(super) fn best(&mut self, test: &Expr, body: &[Stmt]) -> R<bool> {
        let (body, stops) = match body.split_last() {
            Some((Stmt { kind: StmtKind::Break, .. }, rest)) => (rest, true),
            _ => (body, false),
        };
        let Some((Stmt { kind: StmtKind::Assign { targets, value }, .. }, rest)) = body.split_first() else {
            return Ok(false);
        };
        let name = match &**targets {
            [Target::Name(name)] => &name.text,
            [Target::Index { base, subs, .. }] if rest.is_empty() && !stops => {
                return self.best_place(test, base, subs, value);
            }
            _ => return Ok(false),
        };
        let Some(Bind::Sum(_)) = self.reader.names.get(name) else {
            let flag = self.flag(name, test, value, rest)?;
            return if flag { Ok(true) } else { self.place_of(name, test, value, rest, stops) };
        };
        if let ExprKind::Number { value: Number::Bool(b), .. } = &value.kind {
            return self.flagged(name, test, *b, rest);
        }
        if stops {
            return Ok(false);
        }
        let ExprKind::Compare { first, rest: links } = &test.kind else { return Ok(false) };
        let [(op, second)] = &**links else { return Ok(false) };
        let up = match &*op.text {
            ">" | ">=" | "≥" => true,
            "<" | "<=" | "≤" => false,
            _ => return Ok(false),
        };
        let strict = matches!(&*op.text, ">" | "<");
        let is_name = |e: &Expr, n: &Name| matches!(&e.kind, ExprKind::Name(m) if m == n);
        // The new value stands left or right.
        let (candidate, current, up) =
            if walk::mentions(second, name) { (&**first, second, up) } else { (second, &**first, !up) };
        if is_name(current, name) && same(candidate, value) {
            let op = if up { Op::Max } else { Op::Min };
            self.add(name, op, candidate)?;
            return match rest {
                [] => Ok(true),
                [Stmt { kind: StmtKind::Assign { targets, value }, .. }] if strict => {
                    let [Target::Name(at)] = &**targets else { return Err(Why::Unknown) };
                    self.position(&at.text, candidate, value, up)?;
                    Ok(true)
                }
                _ => Err(Why::Unknown),
            };
        }
        if (indexed_by(current, name) || self.keyed_by(candidate, current, value, name))
            && strict
            && rest.is_empty()
        {
            self.reader.names.insert(name.clone(), Bind::Gone);
            self.position(name, candidate, value, up)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// `if f(x[i]) > f(x[best]) { best = i }`.
    fn keyed_by(&self, candidate: &Expr, current: &Expr, value: &Expr, name: &Name) -> bool {
        let ExprKind::Name(number) = &value.kind else { return false };
        let own = crate::lint::build::name(name);
        walk::mentions(current, name) && same(&replaced(candidate, number, &own), current)
    }

    /// Where the best is: `at = x.argmax()`.
    pub(super) fn position(&mut self, at: &Name, candidate: &Expr, value: &Expr, up: bool) -> R<()> {
        let v = self.reader.value(candidate)?;
        let ([level], Some(a)) = (&*self.reader.active, self.reader.affine(value)) else {
            return Err(Why::Unknown);
        };
        let l = self.reader.loops[*level].clone();
        if v.axes != [*level]
            || a.coefficient != 1
            || l.step != 1
            || l.reversed
            || self.mask(|_| true)?.is_some()
        {
            return Err(Why::Unknown);
        }
        let call = method(v.expr.clone(), if up { "argmax" } else { "argmin" }, Vec::new());
        let offset = crate::lint::vector::sum(&l.start, &a.offset);
        let mut forms = Vec::new();
        let uses: Vec<usize> = self.init(at).map(|(i, _)| i).into_iter().collect();
        // From 1 on, the first element was the start.
        if literal(&l.start) == Some(1)
            && let Some(whole) = without_first(&v.expr)
        {
            let text =
                format!("{at} = {}.{}()", neat::expression(&whole), if up { "argmax" } else { "argmin" });
            forms.push(Form { text, uses: uses.clone() });
        }
        let call = if literal(&offset) == Some(0) { call } else { binary("+", call, offset) };
        forms.push(Form { text: format!("{at} = {}", neat::expression(&call)), uses });
        let what = if up {
            "a search for the position of the maximum"
        } else {
            "a search for the position of the minimum"
        };
        self.steps.push(Step { forms, code: "loop-reduction", what });
        self.reader.names.insert(at.clone(), Bind::Done);
        Ok(())
    }

    /// `if m[i, j] > r[i] { r[i] = m[i, j] }`.
    fn best_place(&mut self, test: &Expr, base: &Expr, subs: &[Sub], value: &Expr) -> R<bool> {
        let own = index(base.clone(), subs.to_vec());
        let ExprKind::Compare { first, rest } = &test.kind else { return Ok(false) };
        let [(op, second)] = &**rest else { return Ok(false) };
        let up = match &*op.text {
            ">" | ">=" | "≥" => true,
            "<" | "<=" | "≤" => false,
            _ => return Ok(false),
        };
        let up = if same(first, value) && same(second, &own) {
            up
        } else if same(second, value) && same(first, &own) {
            !up
        } else {
            return Ok(false);
        };
        let rank = self.reader.facts.rank(base).unwrap_or(subs.len());
        let place = self.place(base, rank, subs)?;
        if self.reader.active.iter().all(|l| place.axes.contains(l)) {
            return Ok(false);
        }
        self.store(base, subs, Some(if up { Op::Max.sign() } else { Op::Min.sign() }), value)?;
        Ok(true)
    }

    /// `if c { at = i ⋄ break }`: the first place where a condition holds; without `break` the last.
    fn place_of(&mut self, name: &Name, test: &Expr, value: &Expr, rest: &[Stmt], stops: bool) -> R<bool> {
        let [level] = *self.reader.active else { return Ok(false) };
        if !rest.is_empty() || self.mask(|_| true)?.is_some() || self.reader.names.contains_key(name) {
            return Ok(false);
        }
        let l = self.reader.loops[level].clone();
        let (test, value) = (self.reader.value(test)?, self.reader.value(value)?);
        if test.axes != [level] || value.axes != [level] || value.rank > 0 || l.reversed {
            return Ok(false);
        }
        let mask = self.named_mask(test).expr;
        let at = match stops {
            true => method(mask.clone(), "argmax", Vec::new()),
            false => index(np("flatnonzero", vec![mask.clone()]), vec![Sub::Expr(int(-1))]),
        };
        let found = match numbers_from(&value.expr) {
            Some(0) => at,
            Some(n) => plus(&at, n),
            None => index(value.expr, vec![Sub::Expr(at)]),
        };
        let any = method(mask, "any", Vec::new());
        let (start, uses) = match self.init(name) {
            Some((at, e)) => (e.clone(), vec![at]),
            None => (crate::lint::build::name(name), Vec::new()),
        };
        let choice = ExprKind::Choice { test: Box::new(any), then: Box::new(found), other: Box::new(start) };
        let text = format!("{name} = {}", neat::expression(&expr(choice)));
        let what = if stops { "a search for the first place" } else { "a search for the last place" };
        self.push(vec![Form { text, uses }], "loop-reduction", what);
        self.stops |= stops;
        self.reader.names.insert(name.clone(), Bind::Done);
        Ok(true)
    }

    /// `if c { found = True }` of a name that the loop only assigns.
    pub(super) fn flag(&mut self, name: &Name, test: &Expr, value: &Expr, rest: &[Stmt]) -> R<bool> {
        let ExprKind::Number { value: Number::Bool(b), .. } = &value.kind else { return Ok(false) };
        match self.reader.names.get(name) {
            None => self.reader.names.insert(name.clone(), Bind::Sum(Sum::new(0, None))),
            Some(Bind::Val(v, _)) => {
                let (level, v) = (self.reader.active.len().saturating_sub(1), v.clone());
                self.reader.names.insert(name.clone(), Bind::Sum(Sum::new(level, Some(v))))
            }
            _ => return Ok(false),
        };
        self.flagged(name, test, *b, rest)
    }

    pub(super) fn flagged(&mut self, name: &Name, test: &Expr, value: bool, rest: &[Stmt]) -> R<bool> {
        if !rest.is_empty() {
            return Ok(false);
        }
        match value {
            true => self.add(name, Op::Any, test)?,
            false => self.add(name, Op::All, &negated(test))?,
        }
        Ok(true)
    }
}

/// The first of the numbers that an `arange` by ones counts.
fn numbers_from(e: &Expr) -> Option<i64> {
    let ExprKind::Call { func, args } = &e.kind else { return None };
    if callee(func).and_then(|(name, _)| idioms::role(name)) != Some(Role::Steps) {
        return None;
    }
    match &**args {
        [_] => Some(0),
        [start, _] => literal(&start.value),
        _ => None,
    }
}

//! Names that a step assigns, chooses or adds up.

use super::*;

impl<'a> Body<'a> {
    pub(super) fn assign(&mut self, name: &Name, value: &Expr) -> R<()> {
        if let Some(Bind::Sum(_)) = self.reader.names.get(name) {
            let Some((op, own)) = joined(name, value) else {
                return match self.horner(name, value)? {
                    true => Ok(()),
                    false => Err(self.carried(name, value)),
                };
            };
            return self.add(name, op, &own);
        }
        if let ExprKind::Bracket(items) = &value.kind
            && items.is_empty()
        {
            let level = self.reader.active.len();
            self.reader.names.insert(name.clone(), Bind::List(level));
            return Ok(());
        }
        let affine = self.reader.affine(value);
        let v = self.reader.value(value)?;
        self.bind(name, v, affine)
    }

    /// A name that each step computes anew; where conditions hold, over what it was.
    pub(super) fn bind(&mut self, name: &Name, v: Val, affine: Option<Affine>) -> R<()> {
        let here = self.reader.active.len();
        let mask = self.mask(|m| m.depth == here && !m.of_loop)?;
        let (v, affine) = match mask {
            None => (v, affine),
            Some(mask) => {
                let Some(Bind::Val(old, _)) = self.reader.names.get(name).cloned() else {
                    return Err(Why::Unknown);
                };
                self.reader.uses.choice = true;
                (self.reader.together(&[mask, v, old], |es| np("where", es))?, None)
            }
        };
        self.reader.names.insert(name.clone(), Bind::Val(v, affine));
        Ok(())
    }

    pub(super) fn augment(&mut self, name: &Name, op: &str, value: &Expr) -> R<()> {
        match self.reader.names.get(name).cloned() {
            Some(Bind::Sum(_)) => {
                let op = Op::of(op).ok_or(Why::Unknown)?;
                if walk::mentions(value, name) {
                    return Err(self.carried(name, value));
                }
                self.add(name, op, value)
            }
            Some(Bind::Val(old, _)) => {
                let v = self.reader.value(value)?;
                let v = self.reader.binary(op, old, v)?;
                self.bind(name, v, None)
            }
            _ => Err(Why::Unknown),
        }
    }

    pub(super) fn carried(&self, name: &Name, _value: &Expr) -> Why {
        Why::Dependency(format!("each step needs {name} of the step before"))
    }

    /// `name op= value`, of a name that is added up.
    pub(super) fn add(&mut self, name: &Name, op: Op, value: &Expr) -> R<()> {
        let Some(Bind::Sum(mut sum)) = self.reader.names.get(name).cloned() else { return Err(Why::Unknown) };
        if sum.op.is_some_and(|o| o != op) {
            return Err(self.carried(name, value));
        }
        let v = self.reader.value(value)?;
        let over: Vec<usize> = self.reader.active[sum.level..].to_vec();
        let level = sum.level;
        let mask = self.mask(|m| m.depth > level)?;
        let reduced = self.reader.reduce(op, &v, &over, mask.as_ref())?;
        sum.running = match *over {
            [l] if sum.total.is_none() => match self.stepwise(op, &v, mask.as_ref(), l)? {
                Some(e) => self.running(name, &sum, op, e, l),
                None => None,
            },
            _ => None,
        };
        sum.total = Some(match sum.total.take() {
            None => {
                (sum.what, sum.code) = (reduced.what, reduced.code);
                reduced.val
            }
            Some(before) => {
                let joined = if matches!(op, Op::Subtract) { Op::Add } else { op };
                self.reader.together(&[before, reduced.val], |es| {
                    let mut es = es.into_iter();
                    match (es.next(), es.next()) {
                        (Some(a), Some(b)) => joined.join(a, b),
                        _ => int(0),
                    }
                })?
            }
        });
        sum.op = Some(op);
        if level == 0 && !self.pending.contains(name) {
            self.pending.push(name.clone());
        }
        self.reader.names.insert(name.clone(), Bind::Sum(sum));
        Ok(())
    }

    /// What each step of one loop adds: nothing where the mask is not set.
    fn stepwise(&mut self, op: Op, v: &Val, mask: Option<&Val>, l: usize) -> R<Option<Expr>> {
        let Some(m) = mask else { return Ok((v.axes == [l] && v.rank == 0).then(|| v.expr.clone())) };
        let Some(nothing) = op.neutral().filter(|_| m.axes == [l] && v.rank == 0) else { return Ok(None) };
        if literal(&v.expr) == Some(1) && op == Op::Add {
            return Ok(Some(m.expr.clone()));
        }
        let both = [m.clone(), v.clone(), Val::new(int(nothing), Vec::new(), 0)];
        Ok(Some(self.reader.together(&both, |es| np("where", es))?.expr))
    }

    /// Sums that a step reads before it adds to them: their values before each step.
    pub(super) fn read_early(&mut self, body: &[Stmt], level: usize, depth: usize) {
        let own = walk::Names::of(body).assigned;
        for name in &own {
            let Some(Bind::Sum(sum)) = self.reader.names.get(name).cloned() else { continue };
            if sum.level != depth || sum.total.is_some() {
                continue;
            }
            let Some((op, value, test)) = added_once(body, name) else { continue };
            let moves = |e: &Expr| own.iter().any(|n| walk::mentions(e, n));
            if moves(&value) || test.as_ref().is_some_and(moves) || self.reader.loops[level].reversed {
                continue;
            }
            let read = |body: &mut Self| -> R<Option<Val>> {
                let v = body.reader.value(&value)?;
                let mask = test.as_ref().map(|t| body.reader.value(t)).transpose()?;
                let Some(e) = body.stepwise(op, &v, mask.as_ref(), level)? else { return Ok(None) };
                Ok(body.running(name, &sum, op, e, level))
            };
            let uses = self.reader.uses;
            let after = read(self);
            self.reader.uses = uses;
            if let (Ok(Some(after)), Some(start)) = (after, self.start_of(name, &sum)) {
                let most = index(after.expr, vec![slice(None, Some(int(-1)), None)]);
                let first = expr(ExprKind::Bracket(vec![start]));
                let all = np("concatenate", vec![expr(ExprKind::Bracket(vec![first, most]))]);
                let kind = Some(("loop-scan", op.what_before()));
                let before = Some(Val { kind, ..Val::new(all, vec![level], 0) });
                self.reader.names.insert(name.clone(), Bind::Sum(Sum { before, ..sum }));
            }
        }
    }

    /// `p = p * x + c`: a polynomial by Horner's rule.
    fn horner(&mut self, name: &Name, value: &Expr) -> R<bool> {
        let ([level], ExprKind::Binary { op, left, right }) = (&*self.reader.active, &value.kind) else {
            return Ok(false);
        };
        let level = *level;
        if &*op.text != "+"
            || self.mask(|_| true)?.is_some()
            || !self.init(name).is_some_and(|(_, e)| is_zero(e))
        {
            return Ok(false);
        }
        let times = |e: &Expr| match joined(name, e) {
            Some((Op::Multiply, x)) => Some(x),
            _ => None,
        };
        let (x, c) = match (times(left), times(right)) {
            (Some(x), None) if !walk::mentions(right, name) => (x, &**right),
            (None, Some(x)) if !walk::mentions(left, name) => (x, &**left),
            _ => return Ok(false),
        };
        let (x, c) = (self.reader.value(&x)?, self.reader.value(c)?);
        if !x.axes.is_empty() || c.axes != [level] || c.rank != 0 {
            return Ok(false);
        }
        let c = match self.reader.loops[level].reversed {
            true => index(c.expr, vec![slice(None, None, Some(int(-1)))]),
            false => c.expr,
        };
        let uses = self.init(name).map(|(at, _)| at).into_iter().collect();
        let text = format!("{name} = {}", neat::expression(&np("polyval", vec![c, x.expr])));
        self.push(vec![Form { text, uses }], "loop-reduction", "a polynomial by Horner's rule");
        self.reader.names.insert(name.clone(), Bind::Done);
        Ok(true)
    }

    /// What a sum begins with.
    fn start_of(&self, name: &Name, sum: &Sum) -> Option<Expr> {
        match (&sum.start, self.init(name)) {
            (Some(v), _) if v.axes.is_empty() => Some(v.expr.clone()),
            (Some(_), _) => None,
            (None, Some((_, e))) => Some(e.clone()),
            (None, None) => Some(crate::lint::build::name(name)),
        }
    }

    /// The value of a sum after each step.
    fn running(&mut self, name: &Name, sum: &Sum, op: Op, e: Expr, level: usize) -> Option<Val> {
        if self.reader.loops.get(level)?.reversed {
            return None;
        }
        let scan = op.running(e, None);
        let start = self.start_of(name, sum)?;
        let expr = match self.is_neutral(op, &start, &scan) {
            true if op == Op::Subtract => prefix("-", scan),
            true => scan,
            false => op.join(start, scan),
        };
        let kind = Some(("loop-scan", op.what_running()));
        Some(Val { kind, ..Val::new(expr, vec![level], 0) })
    }

    /// Whether a start changes nothing: 0 of a sum, -inf or the first element of a maximum.
    pub(super) fn is_neutral(&self, op: Op, start: &Expr, whole: &Expr) -> bool {
        match op {
            Op::Add | Op::Subtract => is_zero(start),
            Op::Multiply | Op::Divide => matches!(number(start), Some(x) if x == 1.0),
            Op::Max | Op::Min => is_extreme(op, start) || is_first_of(start, whole),
            Op::Any => is_truth(start, false),
            Op::All => is_truth(start, true),
        }
    }

    /// The value that a name is given right before the loop, and by which statement.
    pub(super) fn init(&self, name: &str) -> Option<(usize, &'a Expr)> {
        let prelude = self.prelude;
        prelude.iter().enumerate().rev().find_map(|(at, s)| match &s.kind {
            StmtKind::Assign { targets, value } => match &**targets {
                [Target::Name(n)] if &*n.text == name => {
                    let later = &prelude[at + 1..];
                    let read = later.iter().any(|s| {
                        let names = walk::Names::of(std::slice::from_ref(s));
                        names.read.iter().any(|n| &**n == name)
                    });
                    (!read).then_some((at, value))
                }
                _ => None,
            },
            _ => None,
        })
    }
}

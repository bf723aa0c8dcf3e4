//! Loops within loops: what their names are bound to, and what is left of them at the end.

use super::*;

impl Body<'_> {
    pub(super) fn for_loop(&mut self, target: &Target, iter: &Expr, body: &[Stmt]) -> R<()> {
        self.enter(body)?;
        let level = self.reader.loops.len();
        let depth = self.reader.active.len();
        self.over(target, iter)?;
        self.reader.active.push(level);
        let masks = self.masks.len();
        self.bounded_by(target, iter, level)?;
        self.read_early(body, level, depth);
        let counter = self.counter(body, level, depth);
        self.block(match counter {
            true => &body[..body.len() - 1],
            false => body,
        })?;
        self.masks.truncate(masks);
        self.reader.active.pop();
        self.leave(depth, body, target);
        Ok(())
    }

    /// A number that is counted by hand, from a known start: `i += 1` at the end of each step.
    pub(super) fn counter(&mut self, body: &[Stmt], level: usize, depth: usize) -> bool {
        let Some(Stmt { kind: StmtKind::Augment { target: Target::Name(i), op, value }, .. }) = body.last()
        else {
            return false;
        };
        let start = match self.reader.names.get(&i.text) {
            Some(Bind::Sum(Sum { start: Some(v), .. })) if v.axes.is_empty() => literal(&v.expr),
            Some(Bind::Sum(Sum { start: None, .. })) if depth == 0 => {
                self.init(&i.text).and_then(|(_, e)| literal(e))
            }
            _ => None,
        };
        let rest = &body[..body.len() - 1];
        let elsewhere =
            walk::Names::of(rest).assigned.contains(&i.text) || walk::places(rest, &i.text).is_empty();
        let skips = rest.iter().any(|s| skips(s).is_some());
        let l = &self.reader.loops[level];
        let Some(start) = start.filter(|_| &*op.text == "+" && literal(value) == Some(1)) else {
            return false;
        };
        if elsewhere || skips || l.step != 1 || l.reversed {
            return false;
        }
        let offset = difference(&int(start), &l.start);
        let args = vec![plus(&l.start, start), crate::lint::vector::sum(&l.stop, &offset)];
        let affine = Affine { level, coefficient: 1, offset };
        let v = Val::new(np("arange", args), vec![level], 0);
        self.reader.names.insert(i.text.clone(), Bind::Val(v, Some(affine)));
        true
    }

    /// Binds a loop's names.
    pub(super) fn over(&mut self, target: &Target, iter: &Expr) -> R<()> {
        let level = self.reader.loops.len();
        let call = match &iter.kind {
            ExprKind::Call { func, args } => callee(func).map(|(name, receiver)| (name, receiver, args)),
            _ => None,
        };
        let role =
            call.and_then(|(name, receiver, _)| if receiver.is_none() { idioms::role(name) } else { None });
        match (role, call, target) {
            (Some(Role::Steps), Some((_, _, args)), Target::Name(i)) => {
                let l = self.range(args)?;
                self.reader.loops.push(l);
                self.reader.names.insert(i.text.clone(), Bind::Index(level));
                Ok(())
            }
            (Some(Role::Numbered), Some((_, _, args)), Target::Tuple(names, _)) => {
                let ([Target::Name(i), Target::Name(v)], Some((first, more))) =
                    (&**names, args.split_first())
                else {
                    return Err(Why::Unknown);
                };
                self.items(&first.value, level)?;
                self.item(&v.text, &first.value, level)?;
                let bind = match more {
                    [] => Bind::Index(level),
                    [from] => self.numbered_from(&from.value, level)?,
                    _ => return Err(Why::Unknown),
                };
                self.reader.names.insert(i.text.clone(), bind);
                Ok(())
            }
            (Some(Role::Together), Some((_, _, args)), Target::Tuple(names, _))
                if names.len() == args.len() =>
            {
                let first = args.first().ok_or(Why::Unknown)?;
                self.items(&first.value, level)?;
                for (name, arg) in names.iter().zip(args) {
                    let Target::Name(name) = name else { return Err(Why::Unknown) };
                    let length = |e: &Expr| self.reader.facts.length(e, 0);
                    if length(&arg.value).is_some() && length(&arg.value) != length(&first.value) {
                        return Err(Why::Unknown);
                    }
                    self.item(&name.text, &arg.value, level)?;
                }
                Ok(())
            }
            (Some(Role::Numbered | Role::Together), ..) => Err(Why::Unknown),
            (_, _, Target::Name(v)) => {
                self.items(iter, level)?;
                self.item(&v.text, iter, level)
            }
            _ => Err(Why::Unknown),
        }
    }

    fn range(&mut self, args: &[Arg]) -> R<Loop> {
        if args.iter().any(|a| a.keyword.is_some()) {
            return Err(Why::Unknown);
        }
        let zero = int(0);
        let (start, stop, step) = match args {
            [stop] => (&zero, &stop.value, None),
            [start, stop] => (&start.value, &stop.value, None),
            [start, stop, step] => (&start.value, &stop.value, Some(&step.value)),
            _ => return Err(Why::Unknown),
        };
        let step = match step.map(|e| (literal(e), e)) {
            None => 1,
            Some((Some(n), _)) => n,
            // A stride that is positive now and in every step.
            Some((None, e)) => {
                let stride = self.fixed_bound(e)?;
                if self.reader.facts.int(&stride).is_none_or(|n| n <= 0) {
                    return Err(Why::Unknown);
                }
                let (start, stop) = (self.fixed_bound(start)?, self.fixed_bound(stop)?);
                return Ok(Loop { step: 0, stride: Some(stride), ..Loop::new(start, stop) });
            }
        };
        if step == 1 {
            return Ok(Loop::new(self.bound(start, true)?, self.bound(stop, false)?));
        }
        let (start, stop) = (self.fixed_bound(start)?, self.fixed_bound(stop)?);
        Ok(match step {
            1.. => Loop { step, ..Loop::new(start, stop) },
            // Upwards, as far as the order does not matter.
            -1 => Loop { reversed: true, ..Loop::new(plus(&stop, 1), plus(&start, 1)) },
            i64::MIN..=-2 => {
                let back = step.checked_neg().ok_or(Why::Unknown)?;
                let first = plus(&stop, 1);
                let span = difference(&start, &first);
                let rest = match literal(&span) {
                    Some(n) => int(n.rem_euclid(back)),
                    None => binary("%", span, int(back)),
                };
                let first = crate::lint::vector::sum(&first, &rest);
                Loop { step: back, reversed: true, ..Loop::new(first, plus(&start, 1)) }
            }
            0 => return Err(Why::Unknown),
        })
    }

    /// A bound that is the same in every step.
    fn fixed_bound(&mut self, e: &Expr) -> R<Expr> {
        let v = self.reader.value(e)?;
        if v.axes.is_empty() { Ok(v.expr) } else { Err(Why::Unknown) }
    }

    /// A loop over the items of a value.
    pub(super) fn items(&mut self, iter: &Expr, _level: usize) -> R<()> {
        let v = self.reader.value(iter)?;
        let stop = match v.axes.len() {
            0 => call(name("len"), vec![arg(v.expr)]),
            n => index(attr(v.expr, "shape"), vec![Sub::Expr(int(n as i64))]),
        };
        self.reader.loops.push(Loop::new(int(0), stop));
        Ok(())
    }

    pub(super) fn item(&mut self, name: &Name, iter: &Expr, level: usize) -> R<()> {
        let v = self.reader.value(iter)?;
        if let ExprKind::Name(n) = &v.expr.kind
            && matches!(self.reader.facts.values.get(n), Some(Value::Str(_)))
        {
            return Err(Why::Unknown);
        }
        let rank = v.rank.max(1) - 1;
        let mut axes = v.axes.clone();
        axes.push(level);
        self.reader.names.insert(name.clone(), Bind::Val(Val::new(v.expr, axes, rank), None));
        Ok(())
    }

    /// The numbers of `enumerate(x, start)`.
    fn numbered_from(&mut self, start: &Expr, level: usize) -> R<Bind> {
        let start = self.fixed_bound(start)?;
        let stop = crate::lint::vector::sum(&self.reader.loops[level].stop, &start);
        let v = Val::new(np("arange", vec![start.clone(), stop]), vec![level], 0);
        Ok(Bind::Val(v, Some(Affine { level, coefficient: 1, offset: start })))
    }

    /// Ends a loop: what was added up over it has its value.
    pub(super) fn leave(&mut self, depth: usize, body: &[Stmt], target: &Target) {
        for name in walk::Names::of(body).assigned {
            let bind = match self.reader.names.get(&name) {
                Some(Bind::Sum(sum)) if sum.level == depth && depth > 0 => self.finished(sum.clone()),
                Some(Bind::Sum(sum)) => Bind::Sum(Sum { running: None, before: None, ..sum.clone() }),
                Some(Bind::List(level)) if *level <= depth => continue,
                Some(Bind::Done) => continue,
                Some(Bind::Val(v, _))
                    if v.axes.iter().all(|l| self.reader.active.contains(l)) && v.rank > 0 =>
                {
                    continue;
                }
                _ => Bind::Gone,
            };
            if matches!(bind, Bind::Gone) && depth == 0 {
                self.gone.push(name.clone());
            }
            self.reader.names.insert(name, bind);
        }
        let mut names = Vec::new();
        walk::target(target, &mut |node| {
            if let Node::Target(Target::Name(n)) = node {
                names.push(n.text.clone());
            }
            true
        });
        for n in names {
            self.reader.names.insert(n.clone(), Bind::Gone);
            self.gone.push(n);
        }
    }

    pub(super) fn finished(&mut self, sum: Sum) -> Bind {
        let (Some(total), Some(op)) = (sum.total, sum.op) else { return Bind::Gone };
        let drop = |start: &Val| match literal(&start.expr) {
            Some(n) => op.neutral() == Some(n) && op != Op::Subtract && op != Op::Divide,
            None => is_zero(&start.expr) && op == Op::Add,
        };
        let val = match sum.start {
            Some(start) if !drop(&start) => {
                let vals = [start, total];
                self.reader.together(&vals, |es| {
                    let mut es = es.into_iter();
                    match (es.next(), es.next()) {
                        (Some(a), Some(b)) => op.join(a, b),
                        _ => int(0),
                    }
                })
            }
            _ => Ok(total),
        };
        let kind = Some((sum.code, sum.what));
        val.map_or(Bind::Gone, |v| Bind::Val(Val { kind, ..v }, None))
    }
}

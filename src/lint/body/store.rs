//! Writes into arrays: to an element of each step, where a mask is set, added up over loops, into bins.

use super::patterns::*;
use super::*;

impl Body<'_> {
    /// `y[i] = value`, which may add to what is there or to the element before.
    pub(super) fn store_value(&mut self, base: &Expr, subs: &[Sub], value: &Expr) -> R<()> {
        let own = index(base.clone(), subs.to_vec());
        if let ExprKind::Binary { op, left, right } = &value.kind {
            let commutes = matches!(&*op.text, "+" | "*" | "×");
            if same(left, &own) && !mentions_element(right, &own) {
                return self.store(base, subs, Some(&op.text), right);
            }
            if commutes && same(right, &own) && !mentions_element(left, &own) {
                return self.store(base, subs, Some(&op.text), left);
            }
        }
        if let Some((op, other)) = chosen_with(&own, value) {
            return self.store(base, subs, Some(op.sign()), &other);
        }
        self.store(base, subs, None, value)
    }

    pub(super) fn store(&mut self, base: &Expr, subs: &[Sub], op: Option<&str>, value: &Expr) -> R<()> {
        let ExprKind::Name(name) = &base.kind else { return Err(Why::Unknown) };
        // An array made in this step, or a row of another, is not known here.
        if self.reader.names.contains_key(name) || !self.reader.is_array(name) {
            return Err(Why::Unknown);
        }
        if self.scan(name, base, subs, op, value)? {
            return Ok(());
        }
        self.reader.uses = Uses::default();
        let rank = self.reader.facts.rank(base).unwrap_or(subs.len());
        self.reader.storing = Some(neat::expression(&index(base.clone(), subs.to_vec())));
        let v = self.reader.value(value);
        self.reader.storing = None;
        let v = v?;
        let from_value = self.reader.uses;
        let place = self.place(base, rank, subs)?;
        let gathers = self.reader.uses.gather;
        let scatters = Uses { gather: gathers || from_value.gather, ..from_value };
        self.reader.uses = scatters;
        let missing: Vec<usize> =
            self.reader.active.iter().copied().filter(|l| !place.axes.contains(l)).collect();
        self.before_write(name);
        let mask = self.mask(|_| true)?;
        match op {
            Some(op) if gathers && !has_distinct(&place) => self.scatter(name, &place, op, &v, mask),
            Some(op) if !missing.is_empty() => self.gathered(&place, op, &v, &missing, mask),
            None if !missing.is_empty() => self.write_any(&place, &v, &missing, mask),
            _ => self.write(name, &place, op, &v, value, mask),
        }
    }

    /// The place that a store writes, as an array expression.
    pub(super) fn place(&mut self, base: &Expr, rank: usize, subs: &[Sub]) -> R<Val> {
        self.reader.uses.gather = false;
        let under = self.reader.under.take();
        self.reader.writing = true;
        let place = self.reader.index(Val::new(base.clone(), Vec::new(), rank), subs);
        self.reader.writing = false;
        self.reader.under = under;
        place
    }

    /// Before an array is written: what was read from it and is still needed gets a name.
    pub(super) fn before_write(&mut self, name: &Name) {
        self.flush_reading(name);
        let mut stale = Vec::new();
        for (t, bind) in &self.reader.names {
            if let Bind::Val(v, _) = bind
                && reads(&v.expr, name)
            {
                stale.push((t.clone(), v.clone()));
            }
        }
        stale.sort_by(|a, b| a.0.cmp(&b.0));
        let (nest, at) = (self.nest, self.reader.at);
        for (t, v) in stale {
            let later = walk::places(nest, &t).iter().any(|p| p.start > at);
            if !later || v.axes.is_empty() {
                continue;
            }
            let value =
                if is_view(&v.expr) { method(v.expr.clone(), "copy", Vec::new()) } else { v.expr.clone() };
            let text = format!("{t} = {}", neat::expression(&value));
            self.steps.push(Step { forms: vec![Form { text, uses: Vec::new() }], code: "", what: "" });
            let v = Val::new(crate::lint::build::name(&t), v.axes, v.rank);
            self.reader.names.insert(t, Bind::Val(v, None));
        }
    }

    pub(super) fn fitted(&mut self, v: &Val, place: &Val) -> R<Expr> {
        let (axes, rank) = union(&[v.clone(), place.clone()]);
        if axes.len() > place.axes.len() {
            return Err(Why::Unknown);
        }
        let e = self.reader.aligned(v, &axes, rank)?;
        // A place with its axes in another order than the loops'.
        match place.axes.is_sorted() || v.axes.len() < 2 {
            true if place.axes.is_sorted() => Ok(e),
            true if v.axes.is_empty() => Ok(e),
            _ if place.axes.len() == 2 && v.axes.len() == 2 => Ok(crate::lint::vector::transposed(e)),
            _ => Err(Why::Unknown),
        }
    }

    pub(super) fn push(&mut self, forms: Vec<Form>, code: &'static str, what: &'static str) {
        self.steps.push(Step { forms, code, what });
    }

    pub(super) fn kind(&self, v: &Val) -> (&'static str, &'static str) {
        let u = self.reader.uses;
        if let Some(kind) = v.kind {
            kind
        } else if u.product {
            ("loop-matmul", "a matrix product")
        } else if u.axis {
            ("loop-axis", "a reduction along an axis")
        } else if u.choice {
            ("loop-mask", "a choice between values")
        } else if u.outer && v.axes.len() > 1 {
            ("loop-outer", "an outer product")
        } else if u.gather {
            ("loop-gather", "a gather")
        } else if u.shifted {
            ("loop-stencil", "a stencil")
        } else {
            ("loop-map", "an element-wise map")
        }
    }

    /// A store to an element of its own in each step.
    pub(super) fn write(
        &mut self,
        name: &Name,
        place: &Val,
        op: Option<&str>,
        v: &Val,
        ast: &Expr,
        mask: Option<Val>,
    ) -> R<()> {
        if let Some(mask) = mask {
            return self.write_where(place, op, v, ast, mask);
        }
        let mut e = self.fitted(v, place)?;
        let (mut code, mut what) = self.kind(v);
        // Of columns, the whole matrix.
        let mut place = place.clone();
        if let ExprKind::Attr { base, .. } = &place.expr.kind {
            (place, e) = match upright(&e) {
                Some(e) => (Val { expr: (**base).clone(), ..place }, e),
                None => (Val { expr: index(place.expr, vec![all()]), ..place }, e),
            };
        }
        let place = &place;
        let text = neat::expression(&e);
        let whole = matches!(place.expr.kind, ExprKind::Name(_));
        let target = neat::expression(&place.expr);
        let mut forms = Vec::new();
        match op {
            Some("⌈" | "⌊") => {
                let joined =
                    if op == Some("⌈") { Op::Max } else { Op::Min }.join(place.expr.clone(), e.clone());
                let target = if whole { format!("{target}[:]") } else { target };
                forms.push(Form {
                    text: format!("{target} = {}", neat::expression(&joined)),
                    uses: Vec::new(),
                });
            }
            Some(op) => forms.push(Form { text: format!("{target} {op}= {text}"), uses: Vec::new() }),
            None => {
                forms.extend(self.diagonal(place, &text));
                if whole && !v.axes.is_empty() && !reads(&e, name) && v.axes.len() == place.axes.len() {
                    let alias = if is_view(&e) { format!("{text}.copy()") } else { text.clone() };
                    if let Some((at, _)) = self.init(name) {
                        forms.push(Form { text: format!("{name} = {alias}"), uses: vec![at] });
                    }
                }
                let target = if whole { format!("{target}[:]") } else { target };
                forms.push(Form { text: format!("{target} = {text}"), uses: Vec::new() });
            }
        }
        if op.is_none() && v.axes.is_empty() {
            (code, what) = ("loop-map", "a fill with one value");
        } else if code == "loop-map" && is_view(&e) && op.is_none() {
            what = "a copy";
        }
        self.push(forms, code, what);
        Ok(())
    }

    /// A store only where a condition holds.
    pub(super) fn write_where(
        &mut self,
        place: &Val,
        op: Option<&str>,
        v: &Val,
        ast: &Expr,
        mask: Val,
    ) -> R<()> {
        let e = self.fitted(v, place)?;
        let m = self.fitted(&mask, place)?;
        let (target, text) = (neat::expression(&place.expr), neat::expression(&e));
        let whole = matches!(place.expr.kind, ExprKind::Name(_));
        let sign = op.unwrap_or("");
        let selected = |m: &str, value: &str| format!("{target}[{m}] {sign}= {value}");
        let mut forms = Vec::new();
        // Over zeros made right before, all at once.
        if whole
            && op.is_none()
            && self.reader.active.len() > 1
            && let Some((at, init)) = self.init(&target)
            && is_filled(init, Some(0))
        {
            let chosen = np("where", vec![m.clone(), e.clone(), int(0)]);
            forms.push(Form { text: format!("{target} = {}", neat::expression(&chosen)), uses: vec![at] });
        }
        if v.axes.is_empty() && v.rank == 0 {
            forms.push(Form { text: selected(&neat::expression(&m), &text), uses: Vec::new() });
        } else {
            // Only the elements that are wanted are computed.
            if self.reader.active.len() == 1 && mask.axes == place.axes && v.rank == 0 {
                let (mask_name, mut first) = match &m.kind {
                    ExprKind::Name(n) => (n.to_string(), String::new()),
                    _ => {
                        let n = self.fresh_name();
                        let text = format!("{n} = {}\n", neat::expression(&m));
                        (n, text)
                    }
                };
                self.reader.under = Some(crate::lint::build::name(&mask_name));
                let under = self.reader.value(ast);
                self.reader.under = None;
                if let Ok(v) = under {
                    first += &selected(&mask_name, &neat::expression(&v.expr));
                    forms.push(Form { text: first, uses: Vec::new() });
                }
            }
            let old = place.expr.clone();
            let new = match op {
                Some(op) => binary(op, old.clone(), e),
                None => e,
            };
            let chosen = neat::expression(&np("where", vec![m, new, old]));
            let target = if whole { format!("{target}[:]") } else { target.clone() };
            forms.push(Form { text: format!("{target} = {chosen}"), uses: Vec::new() });
        }
        self.push(forms, "loop-mask", "a masked update");
        Ok(())
    }

    pub(super) fn fresh_name(&mut self) -> String {
        self.fresh += 1;
        let mut name = if self.fresh == 1 { "mask".to_string() } else { format!("mask{}", self.fresh) };
        while self.taken.iter().any(|n| **n == *name) {
            self.fresh += 1;
            name = format!("mask{}", self.fresh);
        }
        name
    }

    /// `if c { r[i] = 1 }` with a condition of inner loops too: where it holds for any of their steps.
    fn write_any(&mut self, place: &Val, v: &Val, missing: &[usize], mask: Option<Val>) -> R<()> {
        let mask = mask.filter(|m| missing.iter().all(|l| m.axes.contains(l))).ok_or(Why::Unknown)?;
        if !v.axes.is_empty() || v.rank > 0 {
            return Err(Why::Unknown);
        }
        let any = self.reader.reduce(Op::Any, &mask, missing, None)?.val;
        let any = self.fitted(&any, place)?;
        let (target, value) = (neat::expression(&place.expr), neat::expression(&v.expr));
        let text = format!("{target}[{}] = {value}", neat::expression(&any));
        self.push(vec![Form { text, uses: Vec::new() }], "loop-axis", "a test for any along an axis");
        Ok(())
    }

    /// `np.fill_diagonal(m, value)` for a write to every `m[i, i]`.
    fn diagonal(&self, place: &Val, text: &str) -> Option<Form> {
        let ExprKind::Index { base, subs } = &place.expr.kind else { return None };
        let [Sub::Expr(a), Sub::Expr(b)] = &**subs else { return None };
        let ExprKind::Call { args, .. } = &a.kind else { return None };
        let [all] = &**args else { return None };
        let n = self.reader.facts.int(&all.value);
        let array = match &base.kind {
            ExprKind::Name(n) => Some(n),
            _ => None,
        };
        let whole = (0..2).all(|axis| n.is_some() && self.reader.facts.length(base, axis) == n)
            && self.reader.facts.ends_for_good(&all.value, array);
        let text = format!("np.fill_diagonal({}, {text})", neat::expression(base));
        (same(a, b) && whole).then(|| Form { text, uses: Vec::new() })
    }

    /// `r[i] += m[i, j]`: added up over the loops that the place does not depend on.
    pub(super) fn gathered(
        &mut self,
        place: &Val,
        op: &str,
        v: &Val,
        missing: &[usize],
        mask: Option<Val>,
    ) -> R<()> {
        let op = Op::of(op).ok_or(Why::Unknown)?;
        if matches!(op, Op::Any | Op::All) {
            return Err(Why::Unknown);
        }
        let reduced = self.reader.reduce(op, v, missing, mask.as_ref())?;
        let e = self.fitted(&reduced.val, place)?;
        let text = neat::expression(&e);
        let target = neat::expression(&place.expr);
        let mut forms = Vec::new();
        if let ExprKind::Name(name) = &place.expr.kind
            && let Some((at, init)) = self.init(name)
            && is_filled(init, op.neutral())
            && op == Op::Add
            && reduced.val.axes.len() == place.axes.len()
        {
            forms.push(Form { text: format!("{name} = {text}"), uses: vec![at] });
        }
        forms.push(match op {
            Op::Max | Op::Min => {
                let joined = neat::expression(&op.join(place.expr.clone(), e));
                let whole = matches!(place.expr.kind, ExprKind::Name(_));
                let target = if whole { format!("{target}[:]") } else { target };
                Form { text: format!("{target} = {joined}"), uses: Vec::new() }
            }
            _ => Form { text: format!("{target} {}= {text}", op.sign()), uses: Vec::new() },
        });
        let (code, what) = match reduced.code {
            "loop-matmul" => (reduced.code, reduced.what),
            _ if matches!(op, Op::Max | Op::Min) => ("loop-axis", reduced.what),
            _ => ("loop-axis", sum_along(op)),
        };
        self.push(forms, code, what);
        Ok(())
    }

    /// `h[k[i]] += 1`: several steps may add to one element.
    pub(super) fn scatter(
        &mut self,
        name: &Name,
        place: &Val,
        op: &str,
        v: &Val,
        mask: Option<Val>,
    ) -> R<()> {
        let ExprKind::Index { subs, .. } = &place.expr.kind else { return Err(Why::Unknown) };
        let mut keys: Vec<Expr> = Vec::new();
        for s in subs {
            let Sub::Expr(e) = s else { return Err(Why::Unknown) };
            keys.push(e.clone());
        }
        let function = match op {
            "+" => "add.at",
            "-" => "subtract.at",
            "*" | "×" => "multiply.at",
            _ => return Err(Why::Unknown),
        };
        let mut weight = self.fitted(v, place)?;
        if let Some(m) = &mask {
            let m = self.fitted(m, place)?;
            let under = |e: Expr| index(e, vec![Sub::Expr(m.clone())]);
            keys = keys.into_iter().map(under).collect();
            if !v.axes.is_empty() {
                weight = under(weight);
            }
        }
        let one = literal(&weight) == Some(1);
        let mut forms = Vec::new();
        if let ([key], "+") = (&*keys, op)
            && place.axes.len() == 1
            && (one || !v.axes.is_empty())
        {
            let mut args = vec![arg(key.clone())];
            if !one {
                args.push(keyword("weights", weight.clone()));
            }
            let size = match self.init(name) {
                Some((_, init)) => filled_size(init).unwrap_or_else(|| {
                    call(crate::lint::build::name("len"), vec![arg(crate::lint::build::name(name))])
                }),
                None => call(crate::lint::build::name("len"), vec![arg(crate::lint::build::name(name))]),
            };
            args.push(keyword("minlength", size));
            let counted = call(attr(crate::lint::build::name("np"), "bincount"), args);
            if let Some((at, init)) = self.init(name)
                && is_filled(init, Some(0))
            {
                forms.push(Form { text: format!("{name} = {}", neat::expression(&counted)), uses: vec![at] });
            }
            forms.push(Form { text: format!("{name} += {}", neat::expression(&counted)), uses: Vec::new() });
        }
        let keys = match keys.len() {
            1 => keys.pop().unwrap_or_else(|| int(0)),
            _ => expr(ExprKind::Tuple(keys)),
        };
        let at = np(function, vec![crate::lint::build::name(name), keys, weight]);
        forms.push(Form { text: neat::expression(&at), uses: Vec::new() });
        let what = if one { "a histogram" } else { "a scatter-add" };
        self.push(forms, "loop-scatter", what);
        Ok(())
    }
}

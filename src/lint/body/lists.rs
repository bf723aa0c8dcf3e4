//! Lists that grow by an item in each step.

use super::*;

impl Body<'_> {
    pub(super) fn append(&mut self, list: &Name, item: &Expr) -> R<()> {
        let inner = match self.reader.names.get(list) {
            None => None,
            Some(Bind::List(level)) => Some(*level),
            _ => return Err(Why::Unknown),
        };
        let level = inner.unwrap_or(0);
        self.reader.uses = Uses::default();
        let v = self.reader.value(item)?;
        let uses = self.reader.uses;
        let over: Vec<usize> = self.reader.active[level..].to_vec();
        let mask = self.mask(|m| m.depth > level)?;
        let axes: Vec<usize> = mask.iter().flat_map(|m| m.axes.iter()).chain(&v.axes).copied().collect();
        let back = |l: &usize| self.reader.loops[*l].reversed;
        let backwards = over.iter().any(back);
        let repeated = match (&*over, mask.is_none() && level == 0 && v.rank == 0 && !backwards) {
            ([outer, inner], true) if v.axes == [*outer] => self.times(*inner),
            _ => None,
        };
        if let Some(times) = repeated {
            self.reader.uses = uses;
            return self.grow(list, np("repeat", vec![v.expr.clone(), times]), self.kind(&v));
        }
        if over.iter().any(|l| !axes.contains(l)) || backwards && over.len() > 1 {
            return Err(Why::Unknown);
        }
        let mut vals = vec![v.clone()];
        vals.extend(mask.clone());
        let (all, rank) = union(&vals);
        let mut e = self.reader.aligned(&v, &all, rank)?;
        self.reader.uses = uses;
        if let Some(m) = &mask {
            let m = self.reader.aligned(m, &all, 0)?;
            e = match v.axes.is_empty() {
                true => np("full", vec![method(m, "sum", Vec::new()), e]),
                false => index(e, vec![Sub::Expr(m)]),
            };
            if level > 0 {
                return Err(Why::Unknown);
            }
        } else if v.axes.len() < all.len() {
            return Err(Why::Unknown);
        }
        if backwards {
            e = index(e, vec![slice(None, None, Some(int(-1)))]);
        }
        if level > 0 {
            // A row, made in this step: its elements are the items' axis.
            if over.len() != 1 || all.last() != over.last() {
                return Err(Why::Unknown);
            }
            let axes = all[..all.len() - 1].to_vec();
            self.reader.names.insert(list.clone(), Bind::Val(Val::new(e, axes, rank + 1), None));
            return Ok(());
        }
        if self.reader.active.len() > 1 && mask.is_none() {
            e = method(e, "ravel", Vec::new());
        }
        let kind = if mask.is_some() { ("loop-filter", "a filter") } else { self.kind(&v) };
        self.grow(list, e, kind)
    }

    /// How many steps a loop has, if that is the same in each step around it.
    fn times(&self, level: usize) -> Option<Expr> {
        let l = &self.reader.loops[level];
        let plain = self.masks.is_empty() && l.step == 1;
        plain.then(|| difference(&l.stop, &l.start))
    }

    /// A list takes an array's items, as all that it has if it was empty right before.
    fn grow(&mut self, list: &Name, e: Expr, (code, what): (&'static str, &'static str)) -> R<()> {
        let fresh = if is_view(&e) { method(e.clone(), "copy", Vec::new()) } else { e.clone() };
        let mut forms = Vec::new();
        if let Some((at, ExprKind::Bracket(items))) = self.init(list).map(|(at, e)| (at, &e.kind))
            && items.is_empty()
        {
            forms.push(Form { text: format!("{list} = {}", neat::expression(&fresh)), uses: vec![at] });
        }
        let extended = method(crate::lint::build::name(list), "extend", vec![arg(e)]);
        forms.push(Form { text: neat::expression(&extended), uses: Vec::new() });
        self.push(forms, code, what);
        Ok(())
    }
}

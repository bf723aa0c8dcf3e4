//! Calls: of functions that work element by element, of reductions of rows, of the program's own
//! functions.

use super::*;

impl Reader<'_> {
    pub(super) fn call(&mut self, func: &Expr, args: &[Arg], e: &Expr) -> R<Val> {
        let Some((name, receiver)) = callee(func) else { return self.fixed(e) };
        let own = receiver.is_none() && matches!(func.kind, ExprKind::Name(_)) && self.functions.is_own(name);
        if own || (receiver.is_some() && self.functions.is_own(name)) {
            return self.own_call(name, receiver, args, e);
        }
        let Some(row) = idioms::row(name, receiver.is_some()) else {
            return Err(Why::Effect(format!("calls {name}")));
        };
        if idioms::has_effects(row) {
            return Err(Why::Effect(format!("calls {name}")));
        }
        if args.iter().any(|a| matches!(a.value.kind, ExprKind::Starred(_) | ExprKind::Comprehension { .. }))
        {
            return self.fixed(e);
        }
        let mut vals = Vec::new();
        for x in receiver.into_iter().chain(args.iter().filter(|a| a.keyword.is_none()).map(|a| &a.value)) {
            vals.push(self.value(x)?);
        }
        if vals.iter().all(|v| v.axes.is_empty()) {
            return self.fixed(e);
        }
        if args.iter().any(|a| a.keyword.is_some() && !self.is_fixed(&a.value)) {
            return Err(Why::Unknown);
        }
        let keys: Vec<Arg> = args.iter().filter(|a| a.keyword.is_some()).cloned().collect();
        match idioms::role(name) {
            Some(Role::Choose(function)) if vals.len() > 1 && keys.is_empty() => {
                let mut vals = vals.into_iter();
                let mut out = vals.next().ok_or(Why::Unknown)?;
                for v in vals {
                    out = self.together(&[out, v], |es| np(function, es))?;
                }
                return Ok(out);
            }
            // `max(row)` goes through the row, as its method does.
            Some(Role::Choose(_)) if vals.len() == 1 && keys.is_empty() => {
                let row = idioms::row(name, true).ok_or(Why::Unknown)?;
                let of = attr(crate::lint::build::name("x"), name);
                return self.reduction_of_items(&of, true, row, &vals, keys);
            }
            Some(Role::Product) if vals.len() == 2 => {
                let mut vals = vals.into_iter();
                return match (vals.next(), vals.next()) {
                    (Some(a), Some(b)) => self.product(a, b),
                    _ => Err(Why::Unknown),
                };
            }
            Some(Role::Length) => {
                if let [v] = &*vals
                    && v.rank > 0
                {
                    let axis = int(v.axes.len() as i64);
                    let shape = index(attr(v.expr.clone(), "shape"), vec![Sub::Expr(axis)]);
                    return Ok(Val::new(shape, Vec::new(), 0));
                }
            }
            Some(Role::Copy) if vals.len() == 1 => return vals.pop().ok_or(Why::Unknown),
            _ => {}
        }
        let cast = idioms::role(name) == Some(Role::Cast) && receiver.is_none();
        if cast || idioms::is_elementwise(row) {
            let (func, method) = (func.clone(), receiver.is_some());
            return self.together(&vals, |mut es| {
                if method {
                    let base = es.remove(0);
                    let ExprKind::Attr { name, .. } = &func.kind else { return base };
                    return crate::lint::build::method(
                        base,
                        &name.text,
                        es.into_iter().map(arg).chain(keys).collect(),
                    );
                }
                call(func, es.into_iter().map(arg).chain(keys).collect())
            });
        }
        self.reduction_of_items(func, receiver.is_some(), row, &vals, keys)
    }

    /// `m[i].sum()`: along the axis of the items.
    pub(super) fn reduction_of_items(
        &mut self,
        func: &Expr,
        is_method: bool,
        row: &crate::prim::Prim,
        vals: &[Val],
        keys: Vec<Arg>,
    ) -> R<Val> {
        let [v] = vals else { return Err(Why::Unknown) };
        let has_axis = keys.iter().any(|k| k.keyword.as_ref().is_some_and(|k| &*k.text == "axis"));
        if !idioms::reduces(row) || v.rank != 1 || has_axis {
            return Err(Why::Unknown);
        }
        self.uses.axis = true;
        let mut args = keys;
        // Along the other axis of what is turned.
        let turned = match &v.expr.kind {
            ExprKind::Attr { base, name } if &*name.text == "T" && v.axes.len() == 1 => Some(&**base),
            _ => None,
        };
        let axis = if turned.is_some() { 0 } else { v.axes.len() as i64 };
        let v = &Val { expr: turned.unwrap_or(&v.expr).clone(), ..v.clone() };
        args.push(keyword("axis", int(axis)));
        let expr = match (&func.kind, is_method) {
            (ExprKind::Attr { name, .. }, true) => method(v.expr.clone(), &name.text, args),
            _ => {
                args.insert(0, arg(v.expr.clone()));
                // Bare `max(x, …)` compares its arguments.
                call(func.clone(), args)
            }
        };
        Ok(Val::new(expr, v.axes.clone(), 0))
    }

    /// A call of one of the program's own functions.
    pub(super) fn own_call(&mut self, name: &str, receiver: Option<&Expr>, args: &[Arg], e: &Expr) -> R<Val> {
        if let Some(effect) = self.functions.effect_of(e) {
            return Err(Why::Effect(effect));
        }
        if args.iter().any(|a| a.keyword.is_some() || matches!(a.value.kind, ExprKind::Starred(_))) {
            return self.fixed(e);
        }
        let mut vals = Vec::new();
        for x in receiver.into_iter().chain(args.iter().map(|a| &a.value)) {
            vals.push(self.value(x)?);
        }
        if vals.iter().all(|v| v.axes.is_empty()) {
            return self.fixed(e);
        }
        let (params, body) = self.functions.expression(name).ok_or(Why::Unknown)?;
        if params.len() != vals.len() || self.depth > 8 {
            return Err(Why::Unknown);
        }
        if self.functions.is_elementwise(&body) {
            return self.together(&vals, |es| {
                call(crate::lint::build::name(name), es.into_iter().map(arg).collect())
            });
        }
        // Its body, with the arguments in place.
        let bound: HashMap<Name, Bind> =
            params.iter().cloned().zip(vals.into_iter().map(|v| Bind::Val(v, None))).collect();
        let outer = std::mem::replace(&mut self.names, bound);
        let under = self.under.take();
        self.depth += 1;
        let result = self.value(&body);
        self.depth -= 1;
        (self.names, self.under) = (outer, under);
        result
    }
}

//! Searches written with `while`: `while x[i] < t { i += 1 }`, and with a bound,
//! `while i < n and x[i] < t { i += 1 }`.

use super::*;
use crate::lint::sites;
use crate::lint::vector::not;

impl Body<'_> {
    /// The first place where the test does not hold. Without a bound there is one, or the loop would have
    /// failed as its replacement does.
    pub(super) fn first_place(&mut self, test: &Expr, body: &[Stmt]) -> R<()> {
        let [step] = body else { return Err(Why::Unknown) };
        if !self.reader.loops.is_empty() || !self.masks.is_empty() {
            return Err(Why::Unknown);
        }
        let counted = test_names(test).into_iter().find(|i| sites::counting(step, i) == Some(1));
        let i = counted.ok_or(Why::Unknown)?;
        let (bound, holds) = match &test.kind {
            ExprKind::And(first, rest) => (Some(bound_of(first, &i).ok_or(Why::Unknown)?), &**rest),
            _ => (None, test),
        };
        let start = match self.init(&i) {
            Some((_, e)) => e.clone(),
            None => int(self.reader.facts.lasting_int(&crate::lint::build::name(&i)).ok_or(Why::Unknown)?),
        };
        let from_zero = literal(&start) == Some(0);
        let stop = match (&bound, from_zero) {
            // From elsewhere the bound may lie before the start.
            (Some(_), false) => return Err(Why::Unknown),
            (Some(stop), true) => stop.clone(),
            (None, _) => self.length_of_indexed(holds, &i)?,
        };
        self.reader.loops.push(Loop::new(start.clone(), stop.clone()));
        self.reader.active.push(0);
        self.reader.names.insert(i.clone(), Bind::Index(0));
        let found = self.reader.value(holds);
        self.reader.active.pop();
        let found = found?;
        if found.axes != [0] || found.rank > 0 || !self.reader.is_truth(&found.expr) {
            return Err(Why::Unknown);
        }
        let ends = Val::new(not(found.expr), found.axes, 0);
        let place = match bound {
            Some(_) => {
                let mask = self.named_mask(ends).expr;
                let (at, any) = (method(mask.clone(), "argmax", vec![]), method(mask, "any", vec![]));
                let (test, then, other) = (Box::new(any), Box::new(at), Box::new(stop));
                expr(ExprKind::Choice { test, then, other })
            }
            None => {
                let first = index(np("flatnonzero", vec![ends.expr]), vec![Sub::Expr(int(0))]);
                crate::lint::vector::sum(&first, &start)
            }
        };
        let uses = self.init(&i).map(|(at, _)| at).into_iter().collect();
        let text = format!("{i} = {}", neat::expression(&place));
        self.push(vec![Form { text, uses }], "loop-reduction", "a search for the first place");
        self.reader.names.insert(i, Bind::Done);
        self.stops = true;
        Ok(())
    }

    /// `len(x)` of the array that a test takes an element of at each step.
    fn length_of_indexed(&self, test: &Expr, i: &Name) -> R<Expr> {
        let mut found = None;
        walk::expression(test, &mut |node| {
            if let Node::Expr(Expr { kind: ExprKind::Index { base, subs }, .. }) = node
                && let ([Sub::Expr(Expr { kind: ExprKind::Name(n), .. })], ExprKind::Name(x)) =
                    (&**subs, &base.kind)
                && n == i
                && self.reader.is_array(x)
            {
                found.get_or_insert_with(|| (**base).clone());
            }
            true
        });
        let x = found.ok_or(Why::Unknown)?;
        Ok(call(crate::lint::build::name("len"), vec![arg(x)]))
    }
}

/// The names that a test reads.
fn test_names(test: &Expr) -> Vec<Name> {
    walk::Names::of_expression(test).read.into_iter().collect()
}

/// `n` of `i < n`.
fn bound_of(test: &Expr, i: &Name) -> Option<Expr> {
    let ExprKind::Compare { first, rest } = &test.kind else { return None };
    let ([(op, bound)], ExprKind::Name(n)) = (&**rest, &first.kind) else { return None };
    (n == i && matches!(&*op.text, "<" | "!=" | "≠") && !walk::mentions(bound, i)).then(|| bound.clone())
}

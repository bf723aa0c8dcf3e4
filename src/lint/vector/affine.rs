//! Subscripts that run with a loop's number: `coefficient * i + offset`, the slice that they go over, and
//! sums of bounds put together.

use super::*;

impl Reader<'_> {
    pub fn affine(&self, e: &Expr) -> Option<Affine> {
        match &e.kind {
            ExprKind::Name(name) => match self.names.get(name)? {
                Bind::Index(level) => Some(Affine { level: *level, coefficient: 1, offset: int(0) }),
                Bind::Val(_, affine) => affine.clone(),
                _ => None,
            },
            ExprKind::Binary { op, left, right } => {
                let (l, r) = (self.affine(left), self.affine(right));
                match (&*op.text, l, r) {
                    ("+", Some(a), None) if self.is_fixed(right) => {
                        Some(Affine { offset: sum(&a.offset, right), ..a })
                    }
                    ("+", None, Some(a)) if self.is_fixed(left) => {
                        Some(Affine { offset: sum(&a.offset, left), ..a })
                    }
                    ("-", Some(a), None) if self.is_fixed(right) => {
                        Some(Affine { offset: difference(&a.offset, right), ..a })
                    }
                    ("-", None, Some(a)) if self.is_fixed(left) && a.coefficient == 1 => {
                        Some(Affine { coefficient: -1, offset: difference(left, &a.offset), ..a })
                    }
                    ("*" | "×", Some(a), None) if literal(&a.offset) == Some(0) => {
                        Some(Affine { coefficient: a.coefficient.checked_mul(literal(right)?)?, ..a })
                    }
                    ("*" | "×", None, Some(a)) if literal(&a.offset) == Some(0) => {
                        Some(Affine { coefficient: a.coefficient.checked_mul(literal(left)?)?, ..a })
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    pub(super) fn is_fixed(&self, e: &Expr) -> bool {
        let names = walk::Names::of_expression(e);
        !names.read.iter().any(|n| self.names.contains_key(n))
    }

    /// The slice that a subscript runs over, along an axis of a length.
    pub(super) fn slice_of(&self, a: &Affine, length: Option<i64>) -> R<Sub> {
        let l = &self.loops[a.level];
        let low = sum(&l.start, &a.offset);
        let number = |e: &Expr| self.facts.lasting_int(e);
        match a.coefficient {
            1 => {
                let high = sum(&l.stop, &a.offset);
                let start = if number(&low) == Some(0) { None } else { Some(low) };
                let stop = self.end(high, length, l.step.max(1));
                Ok(slice(start, stop, l.by()))
            }
            -1 if l.step == 1 => {
                // From offset - start down to offset - stop + 1.
                let first = difference(&a.offset, &l.start);
                let last = plus(&difference(&a.offset, &l.stop), 1);
                let start = match (number(&first), length) {
                    (Some(n), Some(length)) if n == length - 1 && self.ends(&first) => None,
                    _ => Some(first),
                };
                // A stop before the first element would be one at the end.
                let stop = match number(&last).ok_or(Why::Unknown)? {
                    0 => None,
                    _ => Some(plus(&last, -1)),
                };
                Ok(slice(start, stop, Some(int(-1))))
            }
            k if k > 1 && l.step == 1 && literal(&l.start) == Some(0) => {
                let high = plus(&sum(&binary("*", plus(&l.stop, -1), int(k)), &a.offset), 1);
                let start = if number(&a.offset) == Some(0) { None } else { Some(a.offset.clone()) };
                Ok(slice(start, self.end(high, length, k), Some(int(k))))
            }
            _ => Err(Why::Unknown),
        }
    }

    /// Where a slice ends, left out if that is the end of the axis.
    pub(super) fn end(&self, high: Expr, length: Option<i64>, step: i64) -> Option<Expr> {
        let (Some(n), Some(length)) = (self.facts.int(&high), length) else { return Some(high) };
        if self.ends(&high) && (n >= length || (step > 1 && length - n < step)) {
            return None;
        }
        // `x[:-1]` for a loop up to `len(x) - 1`.
        let c = constant_of(&high);
        let of_length = literal(&high).is_none() && c < 0 && n - c == length;
        Some(if of_length { int(c) } else { high })
    }

    fn ends(&self, bound: &Expr) -> bool {
        self.facts.ends_for_good(bound, self.indexed.as_ref())
    }

    /// The numbers that a subscript takes, in the order of the steps.
    pub(super) fn numbers_of(&self, a: &Affine) -> R<Expr> {
        let l = &self.loops[a.level];
        let (start, stop) = (sum(&l.start, &a.offset), sum(&l.stop, &a.offset));
        if a.coefficient != 1 {
            return Err(Why::Unknown);
        }
        let mut args = match (literal(&start), l.by()) {
            (Some(0), None) => vec![stop],
            _ => vec![start, stop],
        };
        args.extend(l.by());
        Ok(np("arange", args))
    }
}

/// `a + b`, put together where one is a number.
pub fn sum(a: &Expr, b: &Expr) -> Expr {
    match (literal(a), literal(b)) {
        (_, Some(n)) => plus(a, n),
        (Some(n), _) => plus(b, n),
        _ => {
            let c = constant_of(b);
            let (whole, rest) = (plus(a, c), plus(b, -c));
            match &whole.kind {
                // n - k + k
                ExprKind::Binary { op, left, right } if &*op.text == "-" && same(right, &rest) => {
                    (**left).clone()
                }
                _ => plus(&binary("+", whole, rest), 0),
            }
        }
    }
}

/// `a - b`
pub fn difference(a: &Expr, b: &Expr) -> Expr {
    if same(a, b) {
        return int(0);
    }
    match literal(b) {
        Some(n) => plus(a, -n),
        None => {
            // (n - 1) - n
            let (ca, cb) = (constant_of(a), constant_of(b));
            let (a, b) = (plus(a, -ca), plus(b, -cb));
            if same(&a, &b) {
                return int(ca - cb);
            }
            plus(&binary("-", a, b), ca - cb)
        }
    }
}

/// The number added at the end of an expression: -1 of `n - 1`.
fn constant_of(e: &Expr) -> i64 {
    match &e.kind {
        ExprKind::Binary { op, left, right } => match (&*op.text, literal(right)) {
            ("+", Some(n)) => n + constant_of(left),
            ("-", Some(n)) => constant_of(left) - n,
            _ => 0,
        },
        _ => literal(e).unwrap_or(0),
    }
}

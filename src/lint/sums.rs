//! What loops add up: sums, products, extremes, tests of any and all, over some of the loops around.

use super::build::*;
use super::vector::{R, Reader, Val, Why, transposed, union};
use crate::syntax::ast::*;

/// How a step joins what was before with its own value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Add,
    Subtract,
    Multiply,
    Divide,
    Max,
    Min,
    Any,
    All,
}

impl Op {
    pub fn of(text: &str) -> Option<Op> {
        Some(match text {
            "+" => Op::Add,
            "-" => Op::Subtract,
            "*" | "×" => Op::Multiply,
            "/" | "÷" => Op::Divide,
            "⌈" => Op::Max,
            "⌊" => Op::Min,
            "|" => Op::Any,
            "&" => Op::All,
            _ => return None,
        })
    }

    /// The operator that joins the total to what was there before.
    pub fn sign(self) -> &'static str {
        match self {
            Op::Add => "+",
            Op::Subtract => "-",
            Op::Multiply => "*",
            Op::Divide => "/",
            Op::Max => "⌈",
            Op::Min => "⌊",
            Op::Any => "|",
            Op::All => "&",
        }
    }

    fn whole(self) -> &'static str {
        match self {
            Op::Add | Op::Subtract => "sum",
            Op::Multiply | Op::Divide => "prod",
            Op::Max => "max",
            Op::Min => "min",
            Op::Any => "any",
            Op::All => "all",
        }
    }

    pub fn what(self) -> &'static str {
        match self {
            Op::Add | Op::Subtract => "a sum",
            Op::Multiply | Op::Divide => "a product of all elements",
            Op::Max => "a maximum",
            Op::Min => "a minimum",
            Op::Any => "a test for any",
            Op::All => "a test for all",
        }
    }

    pub fn what_running(self) -> &'static str {
        match self {
            Op::Add | Op::Subtract => "a running sum",
            Op::Multiply | Op::Divide => "a running product",
            Op::Max => "a running maximum",
            Op::Min => "a running minimum",
            Op::Any | Op::All => "a running test",
        }
    }

    pub fn what_before(self) -> &'static str {
        match self {
            Op::Add | Op::Subtract => "a running sum of what came before",
            Op::Multiply | Op::Divide => "a running product of what came before",
            Op::Max => "a running maximum of what came before",
            Op::Min => "a running minimum of what came before",
            Op::Any | Op::All => "a running test of what came before",
        }
    }

    /// The running form along an axis of a value.
    pub fn running(self, e: Expr, axis: Option<usize>) -> Expr {
        let (function, args) = match self {
            Op::Add | Op::Subtract => ("cumsum", vec![e]),
            Op::Multiply | Op::Divide => ("cumprod", vec![e]),
            Op::Max => ("maximum.accumulate", vec![e]),
            Op::Min => ("minimum.accumulate", vec![e]),
            Op::Any => ("logical_or.accumulate", vec![e]),
            Op::All => ("logical_and.accumulate", vec![e]),
        };
        let mut call = np(function, args);
        if let (Some(axis), ExprKind::Call { args, .. }) = (axis, &mut call.kind) {
            args.push(keyword("axis", int(axis as i64)));
        }
        call
    }

    /// What changes nothing.
    pub fn neutral(self) -> Option<i64> {
        match self {
            Op::Add | Op::Subtract => Some(0),
            Op::Multiply | Op::Divide => Some(1),
            _ => None,
        }
    }

    /// What loses against every number.
    fn lowest(self) -> Option<Expr> {
        let inf = super::build::name("inf");
        match self {
            Op::Max => Some(prefix("-", inf)),
            Op::Min => Some(inf),
            _ => None,
        }
    }

    /// `a op b` of whole values.
    pub fn join(self, a: Expr, b: Expr) -> Expr {
        match self {
            Op::Max => np("maximum", vec![a, b]),
            Op::Min => np("minimum", vec![a, b]),
            _ => binary(self.sign(), a, b),
        }
    }
}

/// A name that is added up over steps.
#[derive(Clone, Debug)]
pub struct Sum {
    /// How many loops stand around where it began.
    pub level: usize,
    pub op: Option<Op>,
    /// What it was at its beginning, if that is inside of the loops.
    pub start: Option<Val>,
    /// All that was added so far.
    pub total: Option<Val>,
    /// Its value after each step, and before.
    pub running: Option<Val>,
    pub before: Option<Val>,
    pub what: &'static str,
    pub code: &'static str,
}

impl Sum {
    pub fn new(level: usize, start: Option<Val>) -> Sum {
        Sum {
            level,
            op: None,
            start,
            total: None,
            running: None,
            before: None,
            what: "",
            code: "loop-reduction",
        }
    }
}

/// A reduction with what to call it.
pub struct Reduced {
    pub val: Val,
    pub what: &'static str,
    pub code: &'static str,
}

impl Reader<'_> {
    /// A value reduced over loops, where a mask is set.
    pub fn reduce(&mut self, op: Op, v: &Val, over: &[usize], mask: Option<&Val>) -> R<Reduced> {
        if mask.is_none()
            && v.rank == 0
            && matches!(op, Op::Add | Op::Subtract)
            && let Some(found) = self.dot(v, over)
        {
            return Ok(found);
        }
        let one = literal(&v.expr);
        let code = if over.len() == self.active.len() { "loop-reduction" } else { "loop-axis" };
        let mut what = op.what();
        let (mut expr, mut axes) = (v.expr.clone(), v.axes.clone());
        let mut factor = None;
        match mask {
            Some(mask) if one.is_some() && matches!(op, Op::Add | Op::Subtract) => {
                (expr, axes) = (mask.expr.clone(), mask.axes.clone());
                what = "a count";
                factor = one.filter(|n| *n != 1).map(int);
            }
            Some(mask) => {
                let both = [v.clone(), mask.clone()];
                let (all, rank) = union(&both);
                let (e, m) = (self.aligned(v, &all, rank)?, self.aligned(mask, &all, 0)?);
                let whole = all.iter().all(|l| over.contains(l)) && v.axes == mask.axes;
                expr = match (whole, op.neutral()) {
                    (true, _) => index(e, vec![Sub::Expr(m)]),
                    (false, Some(n)) => np("where", vec![m, e, int(n)]),
                    (false, None) => np("where", vec![m, e, op.lowest().ok_or(Why::Unknown)?]),
                };
                axes = all;
            }
            None => {}
        }
        // Loops that the value does not change with.
        let still: Vec<usize> = over.iter().copied().filter(|l| !axes.contains(l)).collect();
        if !still.is_empty() && matches!(op, Op::Add | Op::Subtract | Op::Multiply | Op::Divide) {
            let mut times = None;
            for l in still {
                let l = &self.loops[l];
                if l.step != 1 {
                    return Err(Why::Unknown);
                }
                let n = super::vector::difference(&l.stop, &l.start);
                times = Some(times.map_or(n.clone(), |t| binary("*", t, n)));
            }
            let times = times.ok_or(Why::Unknown)?;
            let all = over.iter().all(|l| !axes.contains(l));
            if mask.is_some() || !all {
                return Err(Why::Unknown);
            }
            expr = match op {
                Op::Multiply | Op::Divide => binary("**", expr, times),
                _ if one == Some(1) => times,
                _ => binary("*", expr, times),
            };
            return Ok(Reduced { val: Val::new(expr, axes, v.rank), what, code });
        }
        let kept: Vec<usize> = axes.iter().copied().filter(|l| !over.contains(l)).collect();
        let places: Vec<i64> = (0..).zip(&axes).filter(|(_, l)| over.contains(l)).map(|(i, _)| i).collect();
        let args = match &*places {
            _ if kept.is_empty() && v.rank == 0 => Vec::new(),
            [axis] => vec![keyword("axis", int(*axis))],
            many => {
                let items = many.iter().map(|n| int(*n)).collect();
                vec![keyword("axis", super::build::expr(ExprKind::Tuple(items)))]
            }
        };
        let mut expr = if places.is_empty() { expr } else { method(expr, op.whole(), args) };
        if let Some(n) = factor {
            expr = binary("*", n, expr);
        }
        Ok(Reduced { val: Val::new(expr, kept, v.rank), what, code })
    }

    /// A sum of products over one loop: `x @ y` and its like.
    fn dot(&mut self, v: &Val, over: &[usize]) -> Option<Reduced> {
        let [k] = *over else { return None };
        let (a, b) = &**v.factors.as_ref()?;
        let side = |v: &Val| {
            let at = v.axes.iter().position(|l| *l == k)?;
            let rest: Vec<usize> = v.axes.iter().copied().filter(|l| *l != k).collect();
            (v.rank == 0 && rest.len() <= 1).then_some((at, rest))
        };
        let ((at_a, rest_a), (at_b, rest_b)) = (side(a)?, side(b)?);
        if !rest_a.is_empty() && rest_a == rest_b {
            return None;
        }
        let left = if at_a == rest_a.len() { a.expr.clone() } else { transposed(a.expr.clone()) };
        let right = if at_b == 0 { b.expr.clone() } else { transposed(b.expr.clone()) };
        // Axes in the order of the loops.
        let swap = matches!((&*rest_a, &*rest_b), ([i], [j]) if i > j);
        let expr = match swap {
            true => binary("@", transposed(right), transposed(left)),
            false => binary("@", left, right),
        };
        let mut axes = [rest_a.clone(), rest_b.clone()].concat();
        axes.sort_unstable();
        let what = match axes.len() {
            0 if same(&a.expr, &b.expr) => "a sum of squares",
            0 => "a dot product",
            1 => "a matrix-vector product",
            _ => "a matrix product",
        };
        let code = if axes.is_empty() { "loop-dot" } else { "loop-matmul" };
        Some(Reduced { val: Val::new(expr, axes, 0), what, code })
    }
}

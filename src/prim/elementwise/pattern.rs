//! Element-wise expressions whose plan is kept where they stand: which loop each step runs, what is
//! computed beforehand from numbers, and for what operands all that holds.
//!
//! `eval` gives the operations of an expression and the values of its leaves, and asks the pattern
//! again each time; [`Pattern::bind`] looks at the leaves' kinds, dtypes and shapes and at the overflow
//! mode, on which the choice depends. Whatever depends on more than that (exponents that are no
//! constants, integers that a guard looks at, shapes that broadcast) has no pattern and goes step by step.

use super::overflow::{self, Mode};
use super::ufunc::{Choice, choose};
use crate::array::Array;
use crate::dtype::{DType, Scalar};
use crate::exec::{self, Expr, Slot, Term};
use crate::kernel::chain::Link;
use crate::prim::deferred;
use crate::prim::row::{Elementwise, Fast, Rule};
use crate::prim::{Home, Prim, table};
use crate::syntax::Span;
use crate::value::{Fault, Host, Num, Value};
use smallvec::SmallVec;

/// An operation of the expression: a row, what it takes, and where it stands.
pub struct Op {
    pub prim: &'static Prim,
    pub args: SmallVec<[Arg; 2]>,
    pub span: Span,
}

/// What an operation takes: a leaf, or the result of an earlier operation.
#[derive(Clone, Copy)]
pub enum Arg {
    Leaf(usize),
    Op(usize),
}

/// A leaf of the expression as it was when the pattern was made.
pub struct Leaf {
    pub value: Value,
    pub constant: bool,
    /// The first leaf that names the same variable; itself if there is none.
    pub same: usize,
}

/// What a leaf is this time.
#[derive(Clone)]
pub enum Given {
    Value(Value),
    /// A slice of a vector whose elements follow each other, of which no array is made: that many elements
    /// of its buffer from a place on.
    Stretch(Array, usize, usize),
}

impl Given {
    pub fn value(self) -> Value {
        match self {
            Given::Value(v) => v,
            Given::Stretch(a, start, n) => Value::Array(a.view(&[n], &[1], start)),
        }
    }
}

/// What a leaf must be again.
enum Class {
    Array(DType),
    /// A number of the kind of this one.
    Number(Num),
    Constant,
}

/// Where an input of the plan comes from.
#[derive(Clone, Copy)]
enum From {
    Leaf(usize),
    Number(usize),
}

/// An operation on numbers, done before the plan: its result is the next number.
struct Before {
    fast: Fast,
    args: SmallVec<[usize; 2]>,
}

pub struct Pattern {
    mode: Mode,
    classes: SmallVec<[Class; 8]>,
    /// The leaves that are numbers, in order; those of `before` come after them.
    numbers: SmallVec<[usize; 4]>,
    before: SmallVec<[Before; 2]>,
    /// The operands of the plan, input by input.
    from: SmallVec<[From; 8]>,
    exec: exec::Pattern,
}

/// How an expression went.
pub enum Outcome {
    Done(Value),
    Failed(Fault),
    /// Nothing was done: the leaves are not those of the pattern.
    Other,
}

impl Pattern {
    /// The pattern of operations, the last of which is the expression. `None` if it has none.
    pub fn new(ops: &[Op], leaves: &[Leaf]) -> Option<Pattern> {
        let mut builder = Builder::new(leaves)?;
        for op in ops {
            builder.op(op)?;
        }
        builder.finish()
    }

    /// Evaluates the expression. Where `defer`, a large one may come as work that waits.
    #[inline]
    pub fn run(&self, host: &mut dyn Host, leaves: &[Given], defer: bool) -> Outcome {
        match self.bind(leaves) {
            Some(slots) => self.run_on(host, &slots, defer),
            None => Outcome::Other,
        }
    }

    /// The expression of operands that [`Pattern::bind`] gave, to be computed over and over into `n` elements of
    /// an array from a place on. `None` if it goes no swift way.
    pub fn again<'a>(
        &'a self,
        slots: &'a [Slot<'a>],
        to: &'a Array,
        start: usize,
        n: usize,
    ) -> Option<exec::Again<'a>> {
        self.exec.again(slots, to, start, n)
    }

    fn run_on(&self, host: &mut dyn Host, slots: &[Slot<'_>], defer: bool) -> Outcome {
        let size = slots.iter().find_map(|slot| match slot {
            Slot::Array(a) => Some(a.size()),
            Slot::Stretch(_, _, n) => Some(*n),
            Slot::Scalar(_) => None,
        });
        let large = size.is_some_and(|n| n >= deferred::threshold());
        if defer && large {
            return self.exec.expr(slots).map_or(Outcome::Other, |e| Outcome::Done(deferred::value(e)));
        }
        if let Some(array) = self.exec.swift(slots) {
            return Outcome::Done(Value::Array(array));
        }
        if !large {
            return Outcome::Other;
        }
        let told = self.exec.compute(slots).map_err(Fault::from).and_then(|(array, met)| {
            deferred::tell(host, self.exec.plan(), &met)?;
            Ok(array)
        });
        told.map_or_else(Outcome::Failed, |array| Outcome::Done(Value::Array(array)))
    }

    /// The plan's operands among these leaves; `None` if it is not for them.
    #[inline]
    pub fn bind<'a>(&self, leaves: &'a [Given]) -> Option<SmallVec<[Slot<'a>; 8]>> {
        if self.mode != overflow::mode() || leaves.len() != self.classes.len() {
            return None;
        }
        // One shape for all: of the arrays, and the length of the stretches.
        let (mut like, mut len): (Option<&Array>, Option<usize>) = (None, None);
        for (class, leaf) in self.classes.iter().zip(leaves) {
            let fits = match (class, leaf) {
                (Class::Array(dtype), Given::Value(Value::Array(a))) => {
                    let like = like.get_or_insert(a);
                    a.dtype() == *dtype && a.is_shaped_like(like) && len.is_none_or(|n| a.shape() == [n])
                }
                (Class::Array(dtype), Given::Stretch(a, _, n)) => {
                    let len = len.get_or_insert(*n);
                    a.dtype() == *dtype && n == len && like.is_none_or(|a| a.shape() == [*n])
                }
                (Class::Number(kind), Given::Value(v)) => Num::of(v).is_some_and(|n| n.is_like(*kind)),
                (Class::Constant, _) => true,
                _ => false,
            };
            if !fits {
                return None;
            }
        }
        let mut numbers: SmallVec<[Num; 8]> = SmallVec::new();
        for &leaf in &self.numbers {
            let Given::Value(v) = &leaves[leaf] else { return None };
            numbers.push(Num::of(v)?);
        }
        for before in &self.before {
            let args = &before.args;
            numbers.push(match args[..] {
                [x] => before.fast.apply_to(numbers[x])?,
                _ => before.fast.apply(numbers[args[0]], numbers[args[1]])?,
            });
        }
        let mut slots = SmallVec::new();
        for from in &self.from {
            slots.push(match *from {
                From::Leaf(i) => match &leaves[i] {
                    Given::Value(Value::Array(a)) => Slot::Array(a),
                    Given::Stretch(a, start, n) => Slot::Stretch(a, *start, *n),
                    Given::Value(_) => return None,
                },
                From::Number(i) => Slot::Scalar(scalar(numbers[i])),
            });
        }
        Some(slots)
    }
}

fn scalar(n: Num) -> Scalar {
    n.value().scalar().unwrap_or(Scalar::Bool(false))
}

/// Whether numbers of the kind of `n`, or this one if it is constant, join a dtype without a condition.
fn holds(dtype: DType, n: Num, constant: bool) -> bool {
    let s = scalar(n);
    let narrow = || s.as_f64().is_some_and(|x| !x.is_finite() || (x as f32).is_finite());
    matches!(dtype, DType::F64 | DType::C128) || s.dtype() == dtype || (constant && narrow())
}

/// What an argument is, while a pattern is made.
enum Kind {
    /// The place among the numbers, one of its kind, and whether it is always that one.
    Number(usize, Num, bool),
    /// The array that stands for it.
    Array(Array),
    Step(DType, Box<Expr>),
    /// A step that an operation took.
    Taken,
}

struct Builder {
    pattern_classes: SmallVec<[Class; 8]>,
    numbers: SmallVec<[usize; 4]>,
    count: usize,
    before: SmallVec<[Before; 2]>,
    leaves: Vec<Kind>,
    ops: Vec<Kind>,
    /// Arrays that stand for the plan's operands, and what each is.
    stand_ins: Vec<Array>,
    from: Vec<From>,
}

impl Builder {
    fn new(leaves: &[Leaf]) -> Option<Builder> {
        let mut b = Builder {
            pattern_classes: SmallVec::new(),
            numbers: SmallVec::new(),
            count: 0,
            before: SmallVec::new(),
            leaves: Vec::new(),
            ops: Vec::new(),
            stand_ins: Vec::new(),
            from: Vec::new(),
        };
        for (i, leaf) in leaves.iter().enumerate() {
            let kind = match &leaf.value {
                Value::Array(a) if a.ndim() > 0 => match b.leaves.get(leaf.same) {
                    Some(Kind::Array(stands)) => Kind::Array(stands.clone()),
                    _ => Kind::Array(b.stand_in(a.dtype(), 2, From::Leaf(i))?),
                },
                number => {
                    let n = Num::of(number)?;
                    b.numbers.push(i);
                    b.count += 1;
                    Kind::Number(b.count - 1, n, leaf.constant)
                }
            };
            b.pattern_classes.push(match &kind {
                Kind::Array(stands) => Class::Array(stands.dtype()),
                Kind::Number(_, n, constant) if !*constant => Class::Number(*n),
                _ => Class::Constant,
            });
            b.leaves.push(kind);
        }
        Some(b)
    }

    /// An array of `n` elements that stands for an operand of the plan.
    fn stand_in(&mut self, dtype: DType, n: usize, from: From) -> Option<Array> {
        let a = Array::zeros(dtype, &[n]).ok()?;
        self.stand_ins.push(a.clone());
        self.from.push(from);
        Some(a)
    }

    fn arg(&mut self, arg: Arg) -> &mut Kind {
        match arg {
            Arg::Leaf(i) => &mut self.leaves[i],
            Arg::Op(i) => &mut self.ops[i],
        }
    }

    fn op(&mut self, op: &Op) -> Option<()> {
        let e = op.prim.elementwise().filter(|e| e.arity == op.args.len())?;
        let mut all: SmallVec<[(usize, Num, bool); 2]> = SmallVec::new();
        for &arg in &op.args {
            if let Kind::Number(at, n, constant) = self.arg(arg) {
                all.push((*at, *n, *constant));
            }
        }
        if all.len() == op.args.len() {
            let n = match all[..] {
                [x] => e.fast.apply_to(x.1)?,
                _ => e.fast.apply(all[0].1, all[1].1)?,
            };
            self.before.push(Before { fast: e.fast, args: all.iter().map(|x| x.0).collect() });
            self.count += 1;
            // Numbers follow those of the leaves: their places are known, as leaves come first.
            self.ops.push(Kind::Number(self.count - 1, n, all.iter().all(|x| x.2)));
            return Some(());
        }
        self.step(op, e)
    }

    /// An operation on at least one array.
    fn step(&mut self, op: &Op, e: &'static Elementwise) -> Option<()> {
        let (mut prim, mut e, mut args) = (op.prim, e, &op.args[..]);
        let mut xs: SmallVec<[Value; 3]> = SmallVec::new();
        let (mut constants, mut inexact) = (true, true);
        for &arg in args {
            xs.push(match self.arg(arg) {
                Kind::Number(_, n, constant) => {
                    constants &= *constant;
                    n.value()
                }
                Kind::Array(stands) => Value::Array(stands.clone()),
                Kind::Step(dtype, _) => Value::Array(Array::zeros(*dtype, &[2]).ok()?),
                Kind::Taken => return None,
            });
            inexact &= xs.last().is_some_and(|x| !matches!(x, Value::Array(a) if !a.dtype().is_inexact()));
        }
        let looks = e.guard.is_some() || e.exact.is_some() || e.shortcut.is_some();
        if (looks || e.rule == Rule::Compare || e.link == Some(Link::Power)) && !(constants && inexact) {
            return None;
        }
        if let (Some(shortcut), [x, y]) = (e.shortcut, &xs[..])
            && let Some((name, None)) = shortcut(x, y)
        {
            prim = table().get(Home::Np, name)?;
            e = prim.elementwise()?;
            args = &args[..1];
            xs.truncate(1);
        }
        let Ok(Choice::Loop(mut chosen)) = choose(prim, e, &xs) else { return None };
        // The divisor may be another the next time.
        let by_value = |link: &Link| matches!(link, Link::LowBits | Link::Fraction);
        chosen.link = chosen.link.filter(|link| constants || !by_value(link));
        let mut terms: SmallVec<[Term; 3]> = SmallVec::new();
        for (&arg, &dtype) in args.iter().zip(&chosen.dtypes) {
            let kind = self.arg(arg);
            terms.push(match std::mem::replace(kind, Kind::Taken) {
                Kind::Step(_, expr) => Term::Expr(expr),
                kept => {
                    let term = match &kept {
                        Kind::Array(stands) => Some(stands.clone()),
                        Kind::Number(at, n, constant) if holds(dtype, *n, *constant) => {
                            self.stand_in(dtype, 1, From::Number(*at))
                        }
                        _ => None,
                    };
                    *self.arg(arg) = kept;
                    Term::Array(term?)
                }
            });
        }
        let out = chosen.out;
        let expr = Expr::apply(chosen.kernel_at(prim, op.span), terms).ok()?;
        self.ops.push(Kind::Step(out, expr));
        Some(())
    }

    fn finish(mut self) -> Option<Pattern> {
        let Some(Kind::Step(_, expr)) = self.ops.pop() else { return None };
        let exec = exec::Pattern::of(*expr, &self.stand_ins)?;
        let from = exec.inputs().iter().map(|&i| self.from[i]).collect();
        let Builder { pattern_classes: classes, numbers, before, .. } = self;
        Some(Pattern { mode: overflow::mode(), classes, numbers, before, from, exec })
    }
}

//! An expression evaluated one operation at a time, in evaluation order. Each operand is computed
//! first and kept under a name that no text can write; then the operation runs on these names, so that it
//! does what it does in the whole expression, and errors point at the text as it stands.
//!
//! What has no steps of its own runs whole: functions and comprehensions. Of `and`, `or` and a choice
//! only what decides runs; a train runs function by function.

use super::value_of;
use crate::dtype::{Scalar, cast_scalar};
use crate::error::row_of;
use crate::eval::{Evaluator, Located, Raised, Source};
use crate::exec;
use crate::prim::{self, Prim, Valence};
use crate::syntax::Span;
use crate::syntax::ast::{Arg, Expr, ExprKind, FPart, Name, Number, Sub};
use crate::value::{Fault, Value};
use std::ops::ControlFlow;
use std::rc::Rc;

type R<T> = Result<T, Raised>;

/// One operation that ran.
pub struct Step {
    /// Where it stands in the text.
    pub span: Span,
    /// Its operands, and where each stands.
    pub operands: Vec<(Span, Value)>,
    pub value: Value,
    /// The row behind it, where one is known by its spelling.
    pub row: Option<&'static Prim>,
    /// The operation with its operands as names, for whoever looks at its form.
    pub expr: Expr,
}

/// What is done with each step; a break ends the evaluation after it.
pub type Each<'a> = dyn FnMut(&mut Evaluator, Step) -> ControlFlow<()> + 'a;

/// Evaluates an expression step by step and hands each step to `each`; `None` if that ended it. With
/// `dtypes`, a dtype where a number is expected stands for an array of it. Names of the session are as
/// before, afterwards.
pub fn run(
    evaluator: &mut Evaluator,
    expr: &Expr,
    source: &Rc<Source>,
    dtypes: bool,
    each: &mut Each,
) -> R<Option<Value>> {
    let before = evaluator.globals.snapshot();
    let mut stepper = Stepper { evaluator, source, dtypes, each, kept: 0, ended: false };
    let result = stepper.part(expr).and_then(|e| {
        let e = stepper.operand(e)?;
        stepper.value(&e)
    });
    let ended = stepper.ended;
    evaluator.globals.restore(&before);
    if ended { Ok(None) } else { result.map(Some) }
}

struct Stepper<'a> {
    evaluator: &'a mut Evaluator,
    source: &'a Rc<Source>,
    dtypes: bool,
    each: &'a mut Each<'a>,
    /// Values kept so far.
    kept: usize,
    /// `each` wants no more steps.
    ended: bool,
}

impl Stepper<'_> {
    fn value(&mut self, e: &Expr) -> R<Value> {
        value_of(self.evaluator, e, self.source)
    }

    /// Keeps a value under a name; the name stands where the expression stood.
    fn keep(&mut self, value: Value, span: Span) -> Expr {
        self.kept += 1;
        // No name begins with a dot.
        let name: Name = format!(".{}", self.kept).into();
        self.evaluator.globals.set(&name, value);
        Expr { kind: ExprKind::Name(name), span }
    }

    /// Runs an operation whose operands are settled.
    fn step(
        &mut self,
        kind: ExprKind,
        span: Span,
        operands: &[&Expr],
        row: Option<&'static Prim>,
    ) -> R<Expr> {
        let expr = Expr { kind, span };
        let mut values = Vec::with_capacity(operands.len());
        for e in operands {
            values.push((e.span, self.value(e)?));
        }
        let value = self.value(&expr)?;
        let step = Step { span, operands: values, value: value.clone(), row, expr };
        if (self.each)(self.evaluator, step).is_break() {
            self.ended = true;
            return Err(Located::at(Fault::Interrupted, span, self.source.clone()));
        }
        Ok(self.keep(value, span))
    }

    /// A part as an operand of arithmetic: a dtype becomes an array of it, if that is wanted.
    fn operand(&mut self, e: Expr) -> R<Expr> {
        let dotted = matches!(&e.kind, ExprKind::Name(_) | ExprKind::Attr { .. });
        if !self.dtypes || !dotted {
            return Ok(e);
        }
        let value = self.value(&e)?;
        let dtype = match &value {
            Value::DType(_) | Value::Func(_) => prim::convert::as_dtype(&value),
            _ => None,
        };
        let ones = dtype.and_then(|d| exec::full(&[1], cast_scalar(Scalar::Bool(true), d)).ok());
        Ok(ones.map_or(e.clone(), |a| self.keep(Value::Array(a), e.span)))
    }

    fn argument(&mut self, e: &Expr) -> R<Expr> {
        let e = self.part(e)?;
        self.operand(e)
    }

    fn boxed(&mut self, e: &Expr) -> R<Box<Expr>> {
        self.argument(e).map(Box::new)
    }

    /// The expression with everything under it computed and kept, and its own operation run.
    fn part(&mut self, e: &Expr) -> R<Expr> {
        use ExprKind as K;
        let glyph = |op: &str, valence| prim::table().glyph(op, valence);
        match &e.kind {
            K::Binary { op, left, right } => {
                let (left, right) = (self.boxed(left)?, self.boxed(right)?);
                let kind = K::Binary { op: op.clone(), left: left.clone(), right: right.clone() };
                self.step(kind, e.span, &[&left, &right], glyph(&op.text, Valence::Dyadic))
            }
            K::Prefix { operand, .. } if matches!(operand.kind, K::Number { .. } | K::Strand(_)) => {
                Ok(e.clone())
            }
            K::Prefix { op, operand } => {
                let operand = self.boxed(operand)?;
                let kind = K::Prefix { op: op.clone(), operand: operand.clone() };
                self.step(kind, e.span, &[&operand], glyph(&op.text, Valence::Monadic))
            }
            K::Compare { first, rest } => self.compare(first, rest, e.span),
            K::And(a, b) => {
                let a = self.boxed(a)?;
                let b = if self.holds(&a)? { self.boxed(b)? } else { b.clone() };
                self.step(K::And(a.clone(), b), e.span, &[&a], None)
            }
            K::Or(a, b) => {
                let a = self.boxed(a)?;
                let b = if self.holds(&a)? { b.clone() } else { self.boxed(b)? };
                self.step(K::Or(a.clone(), b), e.span, &[&a], None)
            }
            K::Not(a) => {
                let a = self.boxed(a)?;
                self.step(K::Not(a.clone()), e.span, &[&a], None)
            }
            K::Choice { test, then, other } => {
                let test = self.argument(test)?;
                let taken = if self.holds(&test)? { then } else { other };
                let taken = self.part(taken)?;
                if self.dtypes { Ok(taken) } else { self.step(taken.kind, e.span, &[], None) }
            }
            K::Pipe { left, right } => {
                let left = self.boxed(left)?;
                self.step(K::Pipe { left: left.clone(), right: right.clone() }, e.span, &[&left], None)
            }
            K::Call { func, args } => self.call(func, args, e.span),
            K::Index { base, subs } => self.index(base, subs, e.span),
            K::Attr { base, name } => {
                if self.is_module(base) {
                    return Ok(e.clone());
                }
                let base = Box::new(self.part(base)?);
                self.step(K::Attr { base: base.clone(), name: name.clone() }, e.span, &[&base], None)
            }
            K::Tuple(items) => Ok(Expr { kind: K::Tuple(self.items(items)?), span: e.span }),
            K::Bracket(items) => self.bracket(items, e),
            K::Apply { func, left, right } => self.apply(func, left.as_deref(), right, e.span),
            K::Starred(inner) => Ok(Expr { kind: K::Starred(Box::new(self.part(inner)?)), span: e.span }),
            K::FString(pieces) => {
                let kind = K::FString(self.pieces(pieces)?);
                self.step(kind, e.span, &[], None)
            }
            K::Comprehension { generator: false, .. } | K::If { .. } => {
                self.step(e.kind.clone(), e.span, &[], None)
            }
            _ => Ok(e.clone()),
        }
    }

    /// Whether a settled condition is true.
    fn holds(&mut self, test: &Expr) -> R<bool> {
        let negated = Expr { span: test.span, kind: ExprKind::Not(Box::new(test.clone())) };
        Ok(matches!(self.value(&negated)?, Value::Bool(false)))
    }

    /// The pieces of a text with their values computed.
    fn pieces(&mut self, pieces: &[FPart]) -> R<Vec<FPart>> {
        let piece = |p: &FPart| match p {
            FPart::Value { expr, equals, conversion, spec } => Ok(FPart::Value {
                expr: Box::new(self.part(expr)?),
                equals: equals.clone(),
                conversion: *conversion,
                spec: spec.clone(),
            }),
            FPart::Text(_) => Ok(p.clone()),
        };
        pieces.iter().map(piece).collect()
    }

    fn items(&mut self, items: &[Expr]) -> R<Vec<Expr>> {
        items.iter().map(|e| self.part(e)).collect()
    }

    fn compare(&mut self, first: &Expr, rest: &[(crate::syntax::ast::Spelled, Expr)], span: Span) -> R<Expr> {
        let first = self.boxed(first)?;
        let mut links = Vec::with_capacity(rest.len());
        for (op, e) in rest {
            links.push((op.clone(), self.argument(e)?));
        }
        let row = match &links[..] {
            [(op, _)] => prim::table().glyph(&op.text, Valence::Dyadic),
            _ => None,
        };
        let operands: Vec<Expr> =
            std::iter::once((*first).clone()).chain(links.iter().map(|l| l.1.clone())).collect();
        let operands: Vec<&Expr> = operands.iter().collect();
        self.step(ExprKind::Compare { first, rest: links }, span, &operands, row)
    }

    /// A bracket keeps its form, which says whether it is an array or a list; only computed items run.
    fn bracket(&mut self, items: &[Expr], e: &Expr) -> R<Expr> {
        if items.iter().all(is_literal) {
            return Ok(e.clone());
        }
        let inner = |me: &mut Self, item: &Expr| match &item.kind {
            ExprKind::Bracket(_) | ExprKind::Comprehension { .. } => Ok(item.clone()),
            _ => me.part(item),
        };
        let items = items.iter().map(|i| inner(self, i)).collect::<R<Vec<_>>>()?;
        self.step(ExprKind::Bracket(items), e.span, &[], None)
    }

    fn call(&mut self, func: &Expr, args: &[Arg], span: Span) -> R<Expr> {
        let found = row_of(func);
        let mut operands = Vec::new();
        let func = match &func.kind {
            ExprKind::Attr { base, name } if !self.is_module(base) => {
                let base = Box::new(self.part(base)?);
                operands.push((*base).clone());
                Expr { kind: ExprKind::Attr { base, name: name.clone() }, span: func.span }
            }
            _ => func.clone(),
        };
        let params = found.map(|(row, bound)| (&prim::table().signature(row).params, bound));
        let mut new = Vec::with_capacity(args.len());
        for (i, arg) in args.iter().enumerate() {
            let param = params.and_then(|(p, bound)| p.get(i + bound)).map_or("", |p| p.name);
            let generator = matches!(arg.value.kind, ExprKind::Comprehension { generator: true, .. });
            let value = match (&arg.keyword, generator) {
                (_, true) => arg.value.clone(),
                (Some(_), _) => self.part(&arg.value)?,
                _ if param == "dtype" => self.part(&arg.value)?,
                _ => self.argument(&arg.value)?,
            };
            // What only chooses or counts is no operand.
            let chooses = param == "condition" || arg.keyword.is_some();
            if !chooses && !generator && !matches!(value.kind, ExprKind::Starred(_)) {
                operands.push(value.clone());
            }
            new.push(Arg { keyword: arg.keyword.clone(), value });
        }
        let operands: Vec<&Expr> = operands.iter().collect();
        let kind = ExprKind::Call { func: Box::new(func), args: new };
        self.step(kind, span, &operands, found.map(|f| f.0))
    }

    fn index(&mut self, base: &Expr, subs: &[Sub], span: Span) -> R<Expr> {
        let base = Box::new(self.part(base)?);
        let mut new = Vec::with_capacity(subs.len());
        for sub in subs {
            new.push(match sub {
                Sub::Expr(e) => Sub::Expr(self.part(e)?),
                Sub::Slice { start, stop, step, span } => {
                    let mut part = |e: &Option<Expr>| e.as_ref().map(|e| self.part(e)).transpose();
                    Sub::Slice { start: part(start)?, stop: part(stop)?, step: part(step)?, span: *span }
                }
            });
        }
        self.step(ExprKind::Index { base: base.clone(), subs: new }, span, &[&base], None)
    }

    fn apply(&mut self, func: &Expr, left: Option<&Expr>, right: &Expr, span: Span) -> R<Expr> {
        let left = left.map(|e| self.boxed(e)).transpose()?;
        let right = self.boxed(right)?;
        self.applied(func, left, right, span)
    }

    /// A function of settled arguments; a train function by function.
    fn applied(&mut self, func: &Expr, left: Option<Box<Expr>>, right: Box<Expr>, span: Span) -> R<Expr> {
        if let ExprKind::Train(items) = &func.kind
            && !self.dtypes
        {
            return self.train(items, left, right, span);
        }
        let row = match &func.kind {
            ExprKind::Glyph(g) => {
                prim::table().glyph(g, if left.is_some() { Valence::Dyadic } else { Valence::Monadic })
            }
            _ => None,
        };
        let kind = ExprKind::Apply { func: Box::new(func.clone()), left: left.clone(), right: right.clone() };
        let operands: Vec<&Expr> = left.iter().map(|e| &**e).chain([&*right]).collect();
        self.step(kind, span, &operands, row)
    }

    /// `(f g h) y` is `(f y) g (h y)`, where f may be a value; `(g h) y` is `g h y`.
    fn train(&mut self, items: &[Expr], left: Option<Box<Expr>>, right: Box<Expr>, span: Span) -> R<Expr> {
        let (first, rest) = match items {
            [only] => return self.applied(only, left, right, span),
            [first, rest @ ..] => (first, rest),
            [] => return Ok(*right),
        };
        let inner = |of: &[Expr]| match of {
            [a, .., b] => Span::new(a.span.start as usize, b.span.end as usize),
            [a] => a.span,
            [] => span,
        };
        if items.len().is_multiple_of(2) {
            let y = self.train(rest, left, right, inner(rest))?;
            return self.applied(first, None, Box::new(y), span);
        }
        let (middle, last) = (&rest[0], &rest[1..]);
        let y = self.train(last, left.clone(), right.clone(), inner(last))?;
        let x = if self.is_function(first)? {
            self.applied(first, left, right, first.span)?
        } else {
            self.part(first)?
        };
        self.applied(middle, Some(Box::new(x)), Box::new(y), span)
    }

    /// Whether an item of a train is a function, not a value.
    fn is_function(&mut self, e: &Expr) -> R<bool> {
        use ExprKind as K;
        Ok(match &e.kind {
            K::Glyph(_) | K::Derived { .. } | K::Dfn(_) | K::Train(_) => true,
            _ => matches!(self.value(e)?, Value::Func(_)),
        })
    }

    /// Whether an expression is a module, whose members are no steps.
    fn is_module(&mut self, e: &Expr) -> bool {
        let dotted = match &e.kind {
            ExprKind::Name(_) => true,
            ExprKind::Attr { base, .. } => self.is_module(base),
            _ => false,
        };
        dotted && matches!(self.value(e), Ok(Value::Object(o)) if o.type_name() == "module")
    }
}

fn is_literal(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Number {
            value: Number::Int(_) | Number::Float(_) | Number::Imag(_) | Number::Bool(_),
            ..
        }
        | ExprKind::Strand(_)
        | ExprKind::Str(_)
        | ExprKind::None
        | ExprKind::Name(_) => true,
        ExprKind::Prefix { operand, .. } => is_literal(operand),
        ExprKind::Bracket(items) | ExprKind::Tuple(items) => items.iter().all(is_literal),
        _ => false,
    }
}

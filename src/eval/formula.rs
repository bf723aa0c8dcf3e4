//! A user's function as a formula: its body's calls of other functions as steps, when there is nothing
//! else in it: no loops, prints or writes. Guards, `if` and `a if c else b` at its end, and calls of
//! itself there, are steps of their own. `prim` then applies the steps to many pieces of an array at once.
//!
//! Names from outside count as they are now. Functions that stand as operands are made here; nothing
//! is called.

use super::Evaluator;
use super::function::Closure;
use super::ir::*;
use crate::prim;
use crate::prim::apl::operators;
use crate::prim::row::Valence;
use crate::value::{Formula, Func, SliceSpec, Step, Value};
use smallvec::SmallVec;
use std::rc::Rc;

/// Steps beyond which a body is left alone.
const MOST: usize = 200;

struct Builder<'a> {
    evaluator: &'a mut Evaluator,
    closure: &'a Rc<Closure>,
    formula: Formula,
    /// Which step each local variable stands for.
    locals: Vec<(Place, usize)>,
}

/// The formula of a function called with `given` positional arguments.
pub(super) fn of(evaluator: &mut Evaluator, closure: &Rc<Closure>, given: usize) -> Option<Formula> {
    let code = closure.code.clone();
    let mut b = Builder { evaluator, closure, formula: Formula::default(), locals: Vec::new() };
    match code.kind {
        FnKind::Dfn => {
            let first = code.params.len().checked_sub(given)?;
            for (i, param) in code.params.iter().skip(first).enumerate() {
                b.argument(param.place, i);
            }
        }
        FnKind::Operator => return None,
        FnKind::Fn | FnKind::Lambda => {
            if given > code.params.len() || code.params.iter().any(|p| p.variadic) {
                return None;
            }
            for (i, param) in code.params.iter().enumerate() {
                if i < given {
                    b.argument(param.place, i);
                } else {
                    let value = closure.defaults.get(i)?.clone()?;
                    b.bind(param.place, value)?;
                }
            }
        }
    }
    let result = match &code.body {
        Body::Expr(node) => b.node(node)?,
        Body::Block(body) => b.block(body)?,
    };
    ends_with(&mut b.formula, result)?;
    Some(b.formula)
}

/// Makes a step the last one.
fn ends_with(formula: &mut Formula, result: usize) -> Option<()> {
    if result + 1 != formula.steps.len() {
        let same = prim::table().glyph("⊢", Valence::Monadic)?;
        formula.apply(&Func::Static(same), [result]);
    }
    Some(())
}

impl Builder<'_> {
    fn argument(&mut self, place: Place, i: usize) {
        let step = self.formula.push(Step::Argument(i));
        self.locals.push((place, step));
    }

    fn bind(&mut self, place: Place, value: Value) -> Option<()> {
        let step = self.constant(value)?;
        self.locals.push((place, step));
        Some(())
    }

    fn constant(&mut self, value: Value) -> Option<usize> {
        let number = value.is_scalar_number() || matches!(value, Value::Array(_));
        number.then(|| self.formula.push(Step::Constant(value)))
    }

    fn block(&mut self, body: &[Stmt]) -> Option<usize> {
        let (last, before) = body.split_last()?;
        for (i, s) in before.iter().enumerate() {
            match &s.kind {
                StmtKind::Guard { test, value } => {
                    let rest = &body[i + 1..];
                    return self.choose(test, |b| b.node(value), |b| b.block(rest));
                }
                StmtKind::Assign { targets, value } => {
                    let [TargetCode::Name(place, _)] = &targets[..] else { return None };
                    let step = self.node(value)?;
                    self.locals.push((*place, step));
                }
                StmtKind::DefaultLeft(place, value) => {
                    if self.local(*place).is_none() {
                        let step = self.node(value)?;
                        self.locals.push((*place, step));
                    }
                }
                _ => return None,
            }
        }
        match &last.kind {
            StmtKind::Expr(node) | StmtKind::Return(Some(node)) => self.node(node),
            _ => None,
        }
    }

    /// One of two results. What either reads of the steps before it are its arguments.
    fn choose(
        &mut self,
        test: &Node,
        yes: impl FnOnce(&mut Self) -> Option<usize>,
        no: impl FnOnce(&mut Self) -> Option<usize>,
    ) -> Option<usize> {
        let test = self.node(test)?;
        let yes = self.branch(yes)?;
        let no = self.branch(no)?;
        Some(self.formula.push(Step::Choose(test, Box::new([yes, no]))))
    }

    fn branch(&mut self, build: impl FnOnce(&mut Self) -> Option<usize>) -> Option<Formula> {
        let branch = self.formula.branch();
        let (outer, known) = (std::mem::replace(&mut self.formula, branch), self.locals.len());
        let result = build(self).and_then(|result| ends_with(&mut self.formula, result));
        self.locals.truncate(known);
        let branch = std::mem::replace(&mut self.formula, outer);
        result.map(|()| branch)
    }

    /// Whether a node stands for the function itself.
    fn is_itself(&self, node: &Node) -> bool {
        let NodeKind::Load(place) = node.kind else { return false };
        if self.closure.code.self_place == Some(place) {
            return self.local(place).is_none();
        }
        let found = self.outside(place);
        let function = found.as_ref().and_then(Value::as_func);
        let closure = function.and_then(|f| f.get().as_any().downcast_ref::<Rc<Closure>>());
        closure.is_some_and(|c| Rc::ptr_eq(c, self.closure))
    }

    /// The latest meaning of a variable of the function.
    fn local(&self, place: Place) -> Option<usize> {
        self.locals.iter().rev().find(|(p, _)| *p == place).map(|(_, step)| *step)
    }

    /// What a name from outside holds.
    fn outside(&self, place: Place) -> Option<Value> {
        match place {
            Place::Global(_) => self.evaluator.peek(place).cloned(),
            Place::Free(i) => self.closure.captured.get(i as usize)?.borrow().clone(),
            Place::Local(_) | Place::Cell(_) => None,
        }
    }

    fn node(&mut self, node: &Node) -> Option<usize> {
        if self.formula.steps.len() > MOST {
            return None;
        }
        match &node.kind {
            NodeKind::Const(v) => self.constant(v.clone()),
            NodeKind::Fresh(a) => self.constant(Value::Array(a.clone())),
            NodeKind::Load(place) => match self.local(*place) {
                Some(step) => Some(step),
                None => self.outside(*place).and_then(|v| self.constant(v)),
            },
            NodeKind::Kept(kept) => self.node(&kept.root),
            NodeKind::Unary { prim, arg, .. } => {
                let arg = self.node(arg)?;
                Some(self.formula.apply(&Func::Static(*prim), [arg]))
            }
            NodeKind::Binary { prim, args, .. } => {
                let (x, y) = (self.node(&args[0])?, self.node(&args[1])?);
                Some(self.formula.apply(&Func::Static(*prim), [x, y]))
            }
            NodeKind::Compare { first, rest } => self.compare(first, rest),
            NodeKind::Choice(parts) => {
                let [test, yes, no] = &**parts;
                self.choose(test, |b| b.node(yes), |b| b.node(no))
            }
            NodeKind::If { arms, otherwise: Some(otherwise) } => self.arms(arms, otherwise),
            NodeKind::Apply { func, left, right } if self.is_itself(func) => {
                let mut of = SmallVec::new();
                if let Some(left) = left {
                    of.push(self.node(left)?);
                }
                of.push(self.node(right)?);
                Some(self.formula.push(Step::Again(of)))
            }
            NodeKind::Call { func, args, positional: true, .. } if self.is_itself(func) => {
                let of = args.iter().map(|a| self.node(&a.value)).collect::<Option<_>>()?;
                Some(self.formula.push(Step::Again(of)))
            }
            NodeKind::Apply { func, left, right } => {
                let f = self.function(func)?;
                let left = left.as_ref().map(|n| self.node(n));
                let left = match left {
                    Some(step) => Some(step?),
                    None => None,
                };
                let right = self.node(right)?;
                Some(self.formula.apply(&f, left.into_iter().chain([right])))
            }
            NodeKind::Call { func, args, positional: true, .. } => {
                let f = self.function(func)?;
                self.call(&f, None, args)
            }
            NodeKind::Method { base, site, args, positional: true, .. } => {
                match site.own {
                    Some(p @ Place::Global(_)) if self.evaluator.assigned(p).is_none() => {}
                    None => {}
                    Some(_) => return None,
                }
                let f = Func::Static(site.method.or(site.function)?);
                let base = self.node(base)?;
                self.call(&f, Some(base), args)
            }
            NodeKind::Index { base, subs, .. } => {
                let base = self.node(base)?;
                let subs = subs.iter().map(constant_subscript).collect::<Option<Vec<_>>>()?;
                Some(self.formula.push(Step::Index(base, subs)))
            }
            NodeKind::Bracket(items) => {
                let items = items.iter().map(|(n, _)| self.node(n)).collect::<Option<Vec<_>>>()?;
                Some(self.formula.push(Step::Bracket(items)))
            }
            _ => None,
        }
    }

    fn arms(&mut self, arms: &[(Node, Vec<Stmt>)], otherwise: &[Stmt]) -> Option<usize> {
        let Some(((test, body), rest)) = arms.split_first() else { return self.block(otherwise) };
        self.choose(test, |b| b.block(body), |b| b.arms(rest, otherwise))
    }

    fn call(&mut self, f: &Func, first: Option<usize>, args: &[ArgNode]) -> Option<usize> {
        let mut steps: SmallVec<[usize; 2]> = first.into_iter().collect();
        for arg in args {
            steps.push(self.node(&arg.value)?);
        }
        Some(self.formula.push(Step::Apply(f.clone(), steps)))
    }

    fn compare(&mut self, first: &Node, rest: &[(Comparison, Node)]) -> Option<usize> {
        let mut left = self.node(first)?;
        let mut result = None;
        for (op, node) in rest {
            let Comparison::Prim(prim) = op else { return None };
            let right = self.node(node)?;
            let link = self.formula.apply(&Func::Static(*prim), [left, right]);
            result = Some(match result {
                None => link,
                Some(so_far) => {
                    let and = Func::Static(prim::language::core::chain_and());
                    self.formula.apply(&and, [so_far, link])
                }
            });
            left = right;
        }
        result
    }

    /// The function that a node stands for, if it does not depend on the arguments.
    fn function(&mut self, node: &Node) -> Option<Func> {
        match self.operand(node)? {
            Value::Func(f) => Some(f),
            _ => None,
        }
    }

    /// An operand of an operator: a function or a constant.
    fn operand(&mut self, node: &Node) -> Option<Value> {
        match &node.kind {
            NodeKind::Const(v) => Some(v.clone()),
            NodeKind::Fresh(a) => Some(Value::Array(a.clone())),
            NodeKind::Load(place) if self.local(*place).is_none() => self.outside(*place),
            NodeKind::Attr { base, site, .. } if matches!(base.kind, NodeKind::Load(Place::Global(_))) => {
                self.evaluator.member_of(base, site)
            }
            NodeKind::Derived { op, left, right, axis } => {
                let left = self.operand(left)?;
                let right = match right {
                    Some(n) => Some(self.operand(n)?),
                    None => None,
                };
                let axis = match axis {
                    Some(n) => Some(self.operand(n)?),
                    None => None,
                };
                operators::derive(op, left, right, axis).ok().map(|f| Value::Func(Func::Shared(f)))
            }
            NodeKind::Train(items) => {
                let items = items.iter().map(|n| self.operand(n)).collect::<Option<Vec<_>>>()?;
                operators::train(items).ok().map(|f| Value::Func(Func::Shared(f)))
            }
            NodeKind::Closure(code, defaults) if code.captures.is_empty() && defaults.is_empty() => {
                let closure = Closure { code: code.clone(), captured: Vec::new(), defaults: Vec::new() };
                Some(Value::Func(Func::Shared(Rc::new(Rc::new(closure)))))
            }
            _ => None,
        }
    }
}

fn constant_subscript(sub: &SubNode) -> Option<Value> {
    let integer = |node: &Node| match node.kind {
        NodeKind::Const(Value::Int(n)) => Some(n),
        _ => None,
    };
    match sub {
        SubNode::Value(node) => integer(node).map(Value::Int),
        SubNode::Slice(parts) => {
            let mut bounds = [None; 3];
            for (bound, part) in bounds.iter_mut().zip(parts) {
                if let Some(node) = part {
                    *bound = Some(integer(node)?);
                }
            }
            let [start, stop, step] = bounds;
            Some(Value::Slice(Rc::new(SliceSpec { start, stop, step })))
        }
    }
}

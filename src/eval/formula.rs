//! A user's function as a formula: its body's calls of other functions as steps, when there is nothing
//! else in it: no loops, prints or writes. Guards, `if`, `and`, `or` and `a if c else b`, and calls of
//! itself there, are steps of their own. Functions made within are looked into here (`inner`).
//! `prim` then applies the steps to many pieces of an array at once.
//!
//! Names from outside count as they are now. Functions that stand as operands are made here; nothing
//! is called.

mod applying;
mod inner;
mod loops;

use super::Evaluator;
use super::attribute::{is_module, own_attribute};
use super::function::Closure;
use super::ir::*;
use crate::exec::tally;
use crate::prim;
use crate::prim::apl::operators;
use crate::value::{Formula, Func, How, Missing, SliceSpec, Step, Subscript, Value};
use inner::{Bound, Scope};
use smallvec::SmallVec;
use std::rc::Rc;

/// Steps beyond which a body is left alone.
const MOST: usize = 200;
/// Parts of a body that are looked at, beyond which it is left alone: what follows an `if` is looked at
/// once for each of its ways.
const PATIENCE: usize = 3000;

/// The steps that a call takes.
type Steps = SmallVec<[usize; 2]>;

struct Builder<'a> {
    evaluator: &'a mut Evaluator,
    closure: &'a Rc<Closure>,
    formula: Formula,
    scope: Scope,
    patience: usize,
    /// Whether loops hand on what their turns give a first value, and whether one that they do not was
    /// read after a loop.
    hands_on: bool,
    missed: bool,
}

/// What is left to do after a block: the statements behind it, and behind those around it.
struct Rest<'a> {
    body: &'a [Stmt],
    then: Option<&'a Rest<'a>>,
}

/// The formula of a function called with `given` positional arguments.
pub(super) fn of(evaluator: &mut Evaluator, closure: &Rc<Closure>, given: usize) -> Option<Formula> {
    for hands_on in [false, true] {
        let (formula, scope) = (Formula::default(), Scope::of_closure(closure));
        let (patience, missed) = (PATIENCE, false);
        let mut b = Builder { evaluator, closure, formula, scope, patience, hands_on, missed };
        let args: Vec<usize> = (0..given).map(|i| b.formula.push(Step::Argument(i))).collect();
        if let Some(result) = b.body(&closure.code, &args) {
            operators::end_with(&mut b.formula, result)?;
            return Some(b.formula);
        }
        if !b.missed {
            break;
        }
    }
    None
}

impl Builder<'_> {
    /// The result of a function's body, given its arguments in the scope made for it.
    fn body(&mut self, code: &Rc<FnCode>, args: &[usize]) -> Option<usize> {
        self.parameters(code, args)?;
        match &code.body {
            Body::Expr(node) => self.node(node),
            Body::Block(body) => self.block(body, None),
        }
    }

    fn constant(&mut self, value: Value) -> Option<usize> {
        // `int` and the like stand for dtypes too.
        let value = match prim::convert::as_dtype(&value) {
            Some(dtype) if matches!(value, Value::Func(_)) => Value::DType(dtype),
            _ => value,
        };
        if let Value::Tuple(t) = &value {
            let items = t.items.iter().map(|v| self.constant(v.clone())).collect::<Option<Vec<_>>>()?;
            return Some(self.formula.push(Step::Tuple(items)));
        }
        let known = value.is_scalar_number()
            || matches!(value, Value::Array(_) | Value::DType(_) | Value::Str(_) | Value::None);
        known.then(|| self.formula.push(Step::Constant(value)))
    }

    /// The value of a block; of what follows it, where that is given.
    fn block(&mut self, body: &[Stmt], then: Option<&Rest>) -> Option<usize> {
        let Some((first, after)) = body.split_first() else {
            return match then {
                Some(rest) => self.block(rest.body, rest.then),
                None => self.end_of_turn(true),
            };
        };
        self.patience = self.patience.checked_sub(1)?;
        let within = self.scope.turn.is_some();
        let last = after.is_empty() && then.is_none() && !within;
        match &first.kind {
            StmtKind::Continue => return self.end_of_turn(true),
            StmtKind::Break => return self.end_of_turn(false),
            StmtKind::Guard { test, value } => {
                let test = self.node(test)?;
                return self.choose(test, |b| b.left_with(value), |b| b.block(after, then));
            }
            StmtKind::Return(Some(node)) => return self.left_with(node),
            StmtKind::Expr(node) if last => return self.node(node),
            StmtKind::Expr(Node { kind: NodeKind::If { arms, otherwise }, .. }) => {
                let rest = Rest { body: after, then };
                return self.arms(arms, otherwise.as_deref().unwrap_or_default(), Some(&rest));
            }
            StmtKind::Assign { targets, value } => {
                self.assign(targets, value)?;
            }
            StmtKind::Augment { target: TargetCode::Name(place, _), prim, value, .. } => {
                let Some(Bound::Step(old)) = self.scope.local(*place) else { return None };
                let value = self.node(value)?;
                let step = self.formula.push(Step::Update(Func::Static(*prim), [old, value]));
                self.scope.bind(*place, Bound::Step(step))?;
            }
            StmtKind::DefaultLeft(place, value) => {
                if self.scope.local(*place).is_none() {
                    let bound = self.bound(value)?;
                    self.scope.bind(*place, bound)?;
                }
            }
            StmtKind::Assert { test, .. } if !last => {
                let test = self.node(test)?;
                // Where it does not hold, the function is called for each, and says so.
                let fails = Step::Missing(Missing::Unset);
                return self.choose(test, |b| b.block(after, then), |b| Some(b.formula.push(fails)));
            }
            StmtKind::For { target, iter, body, .. } => {
                let over = self.node(iter)?;
                if let Some(left) = self.looped(Some((target, over)), None, body)? {
                    return self.after_leaving(left, after, then, last);
                }
            }
            StmtKind::While { test, body, .. } => {
                if let Some(left) = self.looped(None, Some(test), body)? {
                    return self.after_leaving(left, after, then, last);
                }
            }
            _ => {
                tally::doubt(|| "it has a statement that does something for each element".into());
                return None;
            }
        }
        // A block that ends otherwise than in an expression has no value.
        if last { None } else { self.block(after, then) }
    }

    /// One of two results. What either reads of the steps before it are its arguments.
    fn choose(
        &mut self,
        test: usize,
        yes: impl FnOnce(&mut Self) -> Option<usize>,
        no: impl FnOnce(&mut Self) -> Option<usize>,
    ) -> Option<usize> {
        let yes = self.branch(yes)?;
        let no = self.branch(no)?;
        Some(self.formula.push(Step::Choose(test, Box::new([yes, no]))))
    }

    fn branch(&mut self, build: impl FnOnce(&mut Self) -> Option<usize>) -> Option<Formula> {
        let branch = self.formula.branch();
        let outer = std::mem::replace(&mut self.formula, branch);
        let known = self.scope.known();
        let result = build(self).and_then(|result| operators::end_with(&mut self.formula, result));
        self.scope.forget(known);
        let branch = std::mem::replace(&mut self.formula, outer);
        result.map(|()| branch)
    }

    /// The branches of an `if`; with something after it, each goes on with that.
    fn arms(&mut self, arms: &[(Node, Vec<Stmt>)], otherwise: &[Stmt], then: Option<&Rest>) -> Option<usize> {
        let Some(((test, body), rest)) = arms.split_first() else { return self.block(otherwise, then) };
        let test = self.node(test)?;
        self.choose(test, |b| b.block(body, then), |b| b.arms(rest, otherwise, then))
    }

    /// Whether a node stands for the function itself.
    fn is_itself(&self, node: &Node) -> bool {
        let NodeKind::Load(place) = node.kind else { return false };
        if self.scope.local(place).is_some() {
            return false;
        }
        let own = place == Place::Itself || self.closure.code.self_place == Some(place);
        if own && self.scope.is_outermost() {
            return true;
        }
        let Some(Bound::Value(Value::Func(f))) = self.outside(place) else { return false };
        let closure = f.get().as_any().downcast_ref::<Rc<Closure>>();
        closure.is_some_and(|c| Rc::ptr_eq(c, self.closure))
    }

    /// What a name from outside stands for.
    fn outside(&self, place: Place) -> Option<Bound> {
        match place {
            Place::Global(_) => self.evaluator.peek(place).cloned().map(Bound::Value),
            Place::Free(i) => self.scope.captured(i),
            Place::Local(_) | Place::Cell(_) | Place::Itself => None,
        }
    }

    /// What a name stands for.
    fn named(&self, place: Place) -> Option<Bound> {
        self.scope.local(place).or_else(|| self.outside(place))
    }

    /// What a name is bound to that is given this value.
    fn bound(&mut self, node: &Node) -> Option<Bound> {
        match &node.kind {
            NodeKind::Closure(code, defaults) => self.made_within(code, defaults),
            NodeKind::Load(place) => self.named(*place),
            _ if let Some(bound) = self.of_numbers(node) => Some(bound),
            _ => match self.node(node) {
                Some(step) => Some(Bound::Step(step)),
                None => self.operand(node).map(Bound::Value),
            },
        }
    }

    fn node(&mut self, node: &Node) -> Option<usize> {
        let step = self.step_of(node);
        if step.is_none() {
            tally::doubt(|| doubt(node).into());
        }
        step
    }

    fn step_of(&mut self, node: &Node) -> Option<usize> {
        self.patience = self.patience.checked_sub(1)?;
        if self.formula.steps.len() > MOST {
            return None;
        }
        match &node.kind {
            NodeKind::Const(v) => self.constant(v.clone()),
            NodeKind::Fresh(a) => self.constant(Value::Array(a.clone())),
            NodeKind::Load(place) => match self.named(*place)? {
                Bound::Step(step) => Some(step),
                Bound::Value(v) => self.constant(v),
                Bound::Function(_) | Bound::OfNumbers(_) => None,
                Bound::Unknown => {
                    self.missed = true;
                    None
                }
            },
            NodeKind::Comprehension(c) => {
                let items = self.gathered(&c.item, &c.clauses)?;
                Some(self.formula.push(Step::Listed(items)))
            }
            NodeKind::Tuple(items) => {
                let items = items.iter().map(|n| self.node(n)).collect::<Option<Vec<_>>>()?;
                Some(self.formula.push(Step::Tuple(items)))
            }
            NodeKind::Kept(kept) => self.node(&kept.root),
            NodeKind::Sharing { root: inner, .. } | NodeKind::Shared { node: inner, .. } => self.node(inner),
            NodeKind::Unary { prim, arg, .. } => {
                let arg = self.node(arg)?;
                Some(self.formula.operate(&Func::Static(*prim), [arg]))
            }
            NodeKind::Binary { prim, args, .. } => {
                let (x, y) = (self.node(&args[0])?, self.node(&args[1])?);
                Some(self.formula.operate(&Func::Static(*prim), [x, y]))
            }
            NodeKind::Compare { first, rest } => self.compare(first, rest),
            NodeKind::And(parts) => {
                let test = self.node(&parts[0])?;
                self.choose(test, |b| b.node(&parts[1]), |_| Some(test))
            }
            NodeKind::Or(parts) => {
                let test = self.node(&parts[0])?;
                self.choose(test, |_| Some(test), |b| b.node(&parts[1]))
            }
            NodeKind::Not(arg) => {
                let test = self.node(arg)?;
                self.choose(test, |b| b.constant(Value::Bool(false)), |b| b.constant(Value::Bool(true)))
            }
            NodeKind::Choice(parts) => {
                let [test, yes, no] = &**parts;
                let test = self.node(test)?;
                self.choose(test, |b| b.node(yes), |b| b.node(no))
            }
            NodeKind::If { arms, otherwise: Some(otherwise) } => self.arms(arms, otherwise, None),
            NodeKind::Apply { func, left, right } => self.applied(func, left.as_deref(), right),
            NodeKind::Call { func, args, .. } if self.is_itself(func) => {
                let (of, keywords) = self.arguments(None, args)?;
                keywords.is_empty().then(|| self.formula.push(Step::Again(of)))
            }
            NodeKind::Call { func, args, .. } => {
                let f = self.function(func)?;
                if let Some(step) = self.piecewise(&f, args) {
                    return Some(step);
                }
                self.call(f, None, args)
            }
            NodeKind::Method { base, site, args, .. } => self.method(base, site, args),
            NodeKind::Attr { base, site, .. } => match self.operand(node) {
                Some(value) => self.constant(value),
                None => {
                    let property = Func::Static(site.property?);
                    let base = self.node(base)?;
                    Some(self.formula.apply(&property, [base]))
                }
            },
            NodeKind::Index { base, subs, .. } => {
                let base = self.node(base)?;
                let subs = subs.iter().map(|s| self.subscript(s)).collect::<Option<Vec<_>>>()?;
                Some(self.formula.push(Step::Index(base, subs)))
            }
            NodeKind::Bracket(items) => {
                let nested = |n: &Node| matches!(n.kind, NodeKind::Bracket(_) | NodeKind::Fresh(_));
                let stack = !items.is_empty() && items.iter().all(|(n, _)| nested(n));
                let items = items.iter().map(|(n, _)| self.node(n)).collect::<Option<Vec<_>>>()?;
                Some(self.formula.push(if stack { Step::Stack(items) } else { Step::Bracket(items) }))
            }
            _ => None,
        }
    }

    /// A function in APL's notation of one operand or two.
    fn applied(&mut self, func: &Node, left: Option<&Node>, right: &Node) -> Option<usize> {
        if let Some(step) = self.replicated(func, left, right) {
            return Some(step);
        }
        let itself = self.is_itself(func);
        let f = if itself { None } else { Some(self.function(func)?) };
        let mut of = SmallVec::new();
        if let Some(left) = left {
            of.push(self.node(left)?);
        }
        of.push(self.node(right)?);
        match f {
            None => Some(self.formula.push(Step::Again(of))),
            Some(f) => self.called(f, of, Vec::new()),
        }
    }

    fn method(&mut self, base: &Node, site: &Site, args: &[ArgNode]) -> Option<usize> {
        if let Some(module) = self.operand(base).filter(is_module) {
            let f = Bound::Value(own_attribute(&module, &site.name)?);
            if let Some(step) = self.piecewise(&f, args) {
                return Some(step);
            }
            return self.call(f, None, args);
        }
        let base = self.node(base)?;
        let own = || site.own.and_then(|p| self.evaluator.assigned(p)).filter(|v| v.as_func().is_some());
        let f = match site.method {
            Some(row) => Value::Func(Func::Static(row)),
            None if matches!(site.own, None | Some(Place::Global(_))) => match own() {
                Some(f) => f,
                None => Value::Func(Func::Static(site.function?)),
            },
            None => return None,
        };
        self.call(Bound::Value(f), Some(base), args)
    }

    /// The arguments of a call as steps, and the keywords of the last of them.
    fn arguments(&mut self, first: Option<usize>, args: &[ArgNode]) -> Option<(Steps, Vec<Rc<str>>)> {
        let mut steps: Steps = first.into_iter().collect();
        let mut keywords = Vec::new();
        for arg in args {
            if arg.starred || arg.keyword.is_none() && !keywords.is_empty() {
                return None;
            }
            keywords.extend(arg.keyword.clone());
            steps.push(self.node(&arg.value)?);
        }
        Some((steps, keywords))
    }

    fn call(&mut self, f: Bound, first: Option<usize>, args: &[ArgNode]) -> Option<usize> {
        let (of, keywords) = self.arguments(first, args)?;
        self.called(f, of, keywords)
    }

    fn called(&mut self, f: Bound, of: Steps, keywords: Vec<Rc<str>>) -> Option<usize> {
        match f {
            Bound::Step(_) | Bound::Unknown => None,
            Bound::Function(inner) => self.inline(&inner, of, &keywords),
            Bound::OfNumbers(f) => {
                // The function is given typed numbers, whatever these were.
                let of = of.into_iter().map(|i| {
                    let single = self.formula.push(Step::Single(i));
                    self.formula.push(Step::Like([single, single]))
                });
                let of = of.collect();
                let result = self.called((*f).clone(), of, keywords)?;
                let array = Func::Static(prim::arrays::applying::array_of()?);
                Some(self.formula.apply(&array, [result]))
            }
            Bound::Value(Value::DType(d)) => match of[..] {
                [x] if keywords.is_empty() => Some(self.formula.push(Step::Convert(d, x))),
                _ => None,
            },
            Bound::Value(Value::Func(f)) => {
                let closure = f.get().as_any().downcast_ref::<Rc<Closure>>().cloned();
                let (of, keywords) = match closure {
                    Some(c) if !keywords.is_empty() => (self.in_order(&c, of, &keywords)?, Vec::new()),
                    _ => (of, keywords),
                };
                Some(self.formula.push(Step::Apply(f, of, How::Call(keywords.into()))))
            }
            Bound::Value(_) => None,
        }
    }

    fn compare(&mut self, first: &Node, rest: &[(Comparison, Node)]) -> Option<usize> {
        let mut left = self.node(first)?;
        let mut result = None;
        for (op, node) in rest {
            let right = self.node(node)?;
            let link = match op {
                Comparison::Prim(prim) => self.formula.operate(&Func::Static(*prim), [left, right]),
                Comparison::In { negated } => self.contains(left, right, *negated)?,
                Comparison::Is { negated } => {
                    let none = |i: usize| matches!(self.formula.steps[i], Step::Constant(Value::None));
                    let other = if none(right) { left } else { right };
                    if !none(left) && !none(right) {
                        return None;
                    }
                    self.formula.push(Step::IsNone(other, *negated))
                }
            };
            result = Some(match result {
                None => link,
                Some(so_far) => {
                    let and = Func::Static(prim::language::core::chain_and());
                    self.formula.operate(&and, [so_far, link])
                }
            });
            left = right;
        }
        result
    }

    /// `item in container`, of an array or a tuple that is there: a plain truth value.
    fn contains(&mut self, item: usize, container: usize, negated: bool) -> Option<usize> {
        if let Some(Step::Tuple(items)) = self.formula.steps.get(container) {
            let items = items.clone();
            return self.among(item, &items, negated);
        }
        let array = match self.formula.steps.get(container)? {
            Step::Constant(Value::Array(a)) => a.ndim() > 0,
            Step::Bracket(_) => true,
            _ => false,
        };
        let [equal, any] = prim::language::membership::containing()?;
        let (equal, any) = (Func::Static(equal), Func::Static(any));
        let found = array.then(|| self.formula.operate(&equal, [container, item]))?;
        let found = self.formula.apply(&any, [found]);
        let truth = |is| move |b: &mut Self| b.constant(Value::Bool(is));
        self.choose(found, truth(!negated), truth(negated))
    }

    /// Whether a number is one of several, as a plain truth value.
    fn among(&mut self, item: usize, items: &[usize], negated: bool) -> Option<usize> {
        let Some((&first, rest)) = items.split_first() else { return self.constant(Value::Bool(negated)) };
        let [equal, _] = prim::language::membership::containing()?;
        let single = self.formula.push(Step::Single(item));
        let found = self.formula.operate(&Func::Static(equal), [single, first]);
        self.choose(found, |b| b.constant(Value::Bool(!negated)), |b| b.among(item, rest, negated))
    }

    /// The function that a node stands for, if it does not depend on the arguments.
    fn function(&mut self, node: &Node) -> Option<Bound> {
        match &node.kind {
            NodeKind::Closure(code, defaults) => self.made_within(code, defaults),
            NodeKind::Load(place) => self.named(*place),
            NodeKind::Call { .. } | NodeKind::Method { .. } => self.of_numbers(node),
            _ => self.operand(node).map(Bound::Value),
        }
    }

    /// An operand of an operator: a function or a constant.
    fn operand(&mut self, node: &Node) -> Option<Value> {
        match &node.kind {
            NodeKind::Const(v) => Some(v.clone()),
            NodeKind::Fresh(a) => Some(Value::Array(a.clone())),
            NodeKind::Load(place) => match self.named(*place)? {
                Bound::Value(v) => Some(v),
                Bound::Step(_) | Bound::Function(_) | Bound::OfNumbers(_) | Bound::Unknown => None,
            },
            NodeKind::Attr { base, site, .. } => {
                let module = self.operand(base).filter(is_module)?;
                own_attribute(&module, &site.name)
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

    fn subscript(&mut self, sub: &SubNode) -> Option<Subscript> {
        if let Some(fixed) = constant_subscript(sub) {
            return Some(Subscript::Fixed(fixed));
        }
        match sub {
            SubNode::Value(node) => self.node(node).map(Subscript::At),
            SubNode::Slice(_) => None,
        }
    }
}

/// What stands against seeing through a node.
fn doubt(node: &Node) -> &'static str {
    match &node.kind {
        NodeKind::FString(_) => "it makes a string",
        NodeKind::Comprehension(_) => "it makes a list that is not seen through",
        NodeKind::Call { .. } | NodeKind::Method { .. } => "it calls something that is not seen through",
        NodeKind::Apply { .. } => "it applies something that is not seen through",
        NodeKind::Load(_) => "a name in it stands for no number or array",
        NodeKind::Index { .. } => "it has a subscript that is not seen through",
        _ => "a part of it is no arithmetic",
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

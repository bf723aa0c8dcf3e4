//! Evaluating expressions. Operands left to right; temporaries are handed on by value, so that the
//! engine below can write into those that nothing else sees.

use super::error::CallSite;
use super::function::Closure;
use super::fuse::row_of;
use super::ir::*;
use super::reg::Reg;
use super::{Evaluator, Raised};
use crate::array::{Array, Dims};
use crate::dtype::DType;
use crate::exec::progress;
use crate::exec::tally::Turns;
use crate::kernel::Flags;
use crate::prim::apl::operators;
use crate::prim::bind::{Args, Signature};
use crate::prim::indexing::subscript::{self, Subscript};
use crate::prim::row::{Plain, RowFn};
use crate::prim::{self, Defer, Kind, Prim};
use crate::show;
use crate::syntax::Span;
use crate::value::{self, AnySlice, CallArgs, Fault, Func, Num, Range, SliceSpec, Value, shape_text};
use smallvec::SmallVec;
use std::rc::Rc;

type R<T> = Result<T, Raised>;

/// What a label says of an operand: kept before the operand is given away.
pub(super) enum Brief {
    Array(DType, Dims),
    Other(Value),
}

impl Brief {
    pub(super) fn of(v: &Value) -> Brief {
        match v {
            Value::Array(a) => Brief::Array(a.dtype(), a.shape().into()),
            Value::Deferred(w) => Brief::Array(w.dtype(), w.shape()),
            other => Brief::Other(other.clone()),
        }
    }

    fn text(&self) -> String {
        match self {
            Brief::Array(d, shape) => format!("{d} array of shape {}", shape_text(shape)),
            Brief::Other(v) => v.describe(),
        }
    }
}

/// The bounds of a slice, if they are plain integers that are written out.
fn constant_slice(parts: &[Option<Node>; 3]) -> Option<SliceSpec> {
    let mut bounds = [None; 3];
    for (bound, part) in bounds.iter_mut().zip(parts) {
        match part.as_ref().map(|n| &n.kind) {
            None => {}
            Some(NodeKind::Const(Value::Int(n))) => *bound = Some(*n),
            Some(_) => return None,
        }
    }
    let [start, stop, step] = bounds;
    Some(SliceSpec { start, stop, step })
}

impl Evaluator {
    pub fn eval(&mut self, node: &Node) -> R<Value> {
        let r = self.reg(node);
        self.out_of(r)
    }

    /// Evaluates an expression of the kinds that `reg` leaves to this.
    pub(super) fn eval_any(&mut self, node: &Node) -> R<Value> {
        match &node.kind {
            NodeKind::Attr { base, name, site } => self.attribute_of(base, name, site, node.span),
            NodeKind::Fresh(a) => {
                let made = crate::exec::copy::written_out(a);
                made.map(Value::Array).map_err(|e| self.error(e.into(), node.span))
            }
            NodeKind::Tuple(items) => {
                let items = self.items(items)?;
                value::check_nesting(&items).map_err(|e| self.error(e, node.span))?;
                Ok(Value::tuple(items))
            }
            NodeKind::Bracket(items) => self.bracket(items, node.span),
            NodeKind::FString(pieces) => Ok(Value::str(&self.fstring(pieces)?)),
            NodeKind::Compare { first, rest } => self.compare(first, rest, node.span),
            NodeKind::If { arms, otherwise } => {
                let flow = self.branch(arms, otherwise);
                let r = self.value_of(flow);
                self.out_of(r)
            }
            NodeKind::Closure(code, defaults) => self.closure(code, defaults),
            NodeKind::Comprehension(c) => self.comprehension(c, node.span),
            NodeKind::Derived { op, left, right, axis } => {
                let left = self.eval(left)?;
                let right = self.optional(right)?;
                let axis = self.optional(axis)?;
                operators::derive(op, left, right, axis)
                    .map(|f| Value::Func(Func::Shared(f)))
                    .map_err(|e| self.error(e, node.span))
            }
            NodeKind::Train(items) => {
                let items = self.items(items)?;
                operators::train(items)
                    .map(|f| Value::Func(Func::Shared(f)))
                    .map_err(|e| self.error(e, node.span))
            }
            NodeKind::Apply { func, left, right } => self.apply(func, left.as_deref(), right, node),
            NodeKind::Const(_)
            | NodeKind::Load(_)
            | NodeKind::Binary { .. }
            | NodeKind::Unary { .. }
            | NodeKind::Kept(_)
            | NodeKind::Sharing { .. }
            | NodeKind::Shared { .. }
            | NodeKind::Index { .. }
            | NodeKind::Call { .. }
            | NodeKind::Method { .. }
            | NodeKind::And(_)
            | NodeKind::Or(_)
            | NodeKind::Not(_)
            | NodeKind::Choice(_) => {
                let r = self.reg(node);
                self.out_of(r)
            }
        }
    }

    fn optional(&mut self, node: &Option<Box<Node>>) -> R<Option<Value>> {
        node.as_ref().map(|n| self.eval(n)).transpose()
    }

    fn items(&mut self, nodes: &[Node]) -> R<Vec<Value>> {
        nodes.iter().map(|n| self.eval(n)).collect()
    }

    pub(super) fn truth(&self, v: &Value, span: Span) -> R<bool> {
        match v {
            Value::Bool(b) => Ok(*b),
            _ => v.truth().map_err(|e| self.operand_error(e, span, &[span], &[Brief::of(v)])),
        }
    }

    // Operators.

    pub(super) fn dyadic(
        &mut self,
        prim: &'static Prim,
        plain: Plain,
        x: Value,
        y: Value,
        span: Span,
        spans: [Span; 2],
    ) -> R<Value> {
        self.dyadic_as(prim, plain, x, y, span, spans, Defer::Now)
    }

    /// As `dyadic`; the result may be deferred.
    #[expect(clippy::too_many_arguments, reason = "an operation, its operands, and where each stands")]
    pub(super) fn dyadic_as(
        &mut self,
        prim: &'static Prim,
        plain: Plain,
        x: Value,
        y: Value,
        span: Span,
        spans: [Span; 2],
        defer: Defer,
    ) -> R<Value> {
        self.here = span;
        if matches!((&x, &y), (Value::Array(_), _) | (_, Value::Array(_))) {
            if let Some((array, flags)) = prim::small(prim, [&x, &y]) {
                if flags.any() {
                    self.tell_small(prim, flags, &array, span, [(spans[0], &x), (spans[1], &y)])?;
                }
                return Ok(Value::Array(array));
            }
        } else if let Plain::Binary(f) = plain
            && let Some(result) = f(&x, &y)
        {
            return result.map_err(|e| self.operand_error(e, span, &spans, &[Brief::of(&x), Brief::of(&y)]));
        }
        let briefs = [Brief::of(&x), Brief::of(&y)];
        prim::dyadic_as(prim, self, x, y, defer).map_err(|e| self.operand_error(e, span, &spans, &briefs))
    }

    pub(super) fn monadic(
        &mut self,
        prim: &'static Prim,
        plain: Plain,
        x: Value,
        node: &Node,
        at: Span,
    ) -> R<Value> {
        let span = node.span;
        self.here = span;
        if let Value::Array(_) = x {
            if let Some((array, flags)) = prim::small(prim, [&x, &Value::None]) {
                if flags.any() {
                    self.tell_small(prim, flags, &array, span, [(at, &x)])?;
                }
                return Ok(Value::Array(array));
            }
        } else if let Plain::Unary(f) = plain
            && let Some(result) = f(&x)
        {
            return result.map_err(|e| self.operand_error(e, span, &[at], &[Brief::of(&x)]));
        }
        let brief = Brief::of(&x);
        prim::monadic_as(prim, self, x, node.defer())
            .map_err(|e| self.operand_error(e, span, &[at], &[brief]))
    }

    /// Tells of what an operation on small arrays met; `operands` with their places.
    #[cold]
    #[inline(never)]
    pub(super) fn tell_small<const N: usize>(
        &mut self,
        prim: &Prim,
        flags: Flags,
        result: &Array,
        span: Span,
        operands: [(Span, &Value); N],
    ) -> R<()> {
        self.here = span;
        prim::elementwise::ufunc::tell_small(prim, self, flags, result).map_err(|e| {
            let (spans, briefs) = (operands.map(|o| o.0), operands.map(|o| Brief::of(o.1)));
            self.operand_error(e, span, &spans, &briefs)
        })
    }

    /// A primitive's fault, with a label on every operand.
    pub(super) fn operand_error(&self, fault: Fault, span: Span, at: &[Span], briefs: &[Brief]) -> Raised {
        let mut raised = self.error(fault, span);
        if raised.labels.is_empty() && raised.frames.is_empty() {
            raised.labels = at.iter().zip(briefs).map(|(&s, b)| (s, b.text())).collect();
        }
        raised
    }

    fn compare(&mut self, first: &Node, rest: &[(Comparison, Node)], span: Span) -> R<Value> {
        let mut left = self.eval(first)?;
        let mut left_span = first.span;
        let mut result: Option<Value> = None;
        for (op, node) in rest {
            let right = self.eval(node)?;
            let spans = [left_span, node.span];
            let link = match op {
                Comparison::Prim(p) => self.dyadic(p, Plain::None, left, right.clone(), span, spans)?,
                Comparison::In { negated } => {
                    let found = prim::language::core::contains(self, &right, &left)
                        .map_err(|e| self.error(e, span))?;
                    Value::Bool(found != *negated)
                }
                Comparison::Is { negated } => {
                    Value::Bool(prim::language::core::identical(&left, &right) != *negated)
                }
            };
            result = Some(match result {
                None => link,
                Some(so_far) => {
                    let and = prim::language::core::chain_and();
                    self.dyadic(and, Plain::None, so_far, link, span, spans)?
                }
            });
            (left, left_span) = (right, node.span);
        }
        Ok(result.unwrap_or(Value::Bool(true)))
    }

    // Calls.

    #[inline(never)]
    pub(super) fn call(&mut self, func: &Node, args: &[ArgNode], positional: bool, node: &Node) -> Reg {
        let span = node.span;
        let f = match &func.kind {
            NodeKind::Load(place) => match self.load(*place) {
                Some(f) => f,
                None => {
                    let e = self.error(self.name_of(*place, func.span), func.span);
                    return self.raise(e);
                }
            },
            _ => match self.eval(func) {
                Ok(f) => f,
                Err(e) => return self.raise(e),
            },
        };
        match &f {
            Value::Func(Func::Shared(shared)) => {
                if positional
                    && let Some(closure) = shared.as_any().downcast_ref::<Rc<Closure>>()
                    && closure.takes_simply(args.len())
                {
                    return self.call_simply(closure.clone(), args, span);
                }
            }
            Value::Func(Func::Static(_)) if positional => {
                if let Some(row) = row_of(&f) {
                    return self.call_row(row, None, args, node);
                }
            }
            Value::Func(_) | Value::DType(_) => {}
            _ => {
                // Its arguments come first, with their own errors.
                if let Err(e) = self.args(args, None) {
                    return self.raise(e);
                }
                let fault = Fault::NotCallable { type_name: f.type_name().into() };
                let e = self.operand_error(fault, func.span, &[func.span], &[Brief::of(&f)]);
                return self.raise(e);
            }
        }
        let r = match self.args(args, None) {
            Ok(call) => self.call_value(&f, call, node, args),
            Err(e) => Err(e),
        };
        self.settle(r)
    }

    /// The call of a row with arguments by place, of which a method's object is the first.
    pub(super) fn call_row(
        &mut self,
        row: &'static Prim,
        object: Option<Value>,
        args: &[ArgNode],
        node: &Node,
    ) -> Reg {
        let of_object = object.is_some();
        match (&row.kind, args) {
            (Kind::Elementwise(e), [arg]) if e.arity == 1 && !of_object => {
                return self.call_of_one(row, arg, args, node);
            }
            // A function that collects arguments goes the general way, which tells of each in an error;
            // a method's are not told of.
            (Kind::Call(run), _) => {
                if let Some(sig) = Args::fit(row, args.len() + of_object as usize)
                    && (of_object || sig.variadic.is_none())
                {
                    let mut bound = Args::none(row);
                    if let Some(object) = object {
                        bound.push(object);
                    }
                    return self.run_row(*run, bound, sig, args, node);
                }
                if row.brief.is_some() && !of_object {
                    return self.call_of_several(row, args, node);
                }
            }
            _ => {}
        }
        let f = Value::Func(Func::Static(row));
        let told = if of_object { &[] } else { args };
        let r = self.args(args, object).and_then(|call| self.call_value(&f, call, node, told));
        self.settle(r)
    }

    /// The function of a row of kind `Call` with places for so many arguments, and its signature.
    #[inline]
    pub(super) fn fitting(row: &'static Prim, n: usize) -> Option<(RowFn, &'static Signature)> {
        match row.kind {
            Kind::Call(run) => Args::fit(row, n).map(|sig| (run, sig)),
            Kind::Elementwise(_) => None,
        }
    }

    /// The call of a row that collects its arguments and has a short way.
    fn call_of_several(&mut self, row: &'static Prim, args: &[ArgNode], node: &Node) -> Reg {
        let call = match self.args(args, None) {
            Ok(call) => call,
            Err(e) => return self.raise(e),
        };
        let mut values: SmallVec<[Option<Value>; 4]> = call.positional.into_iter().map(Some).collect();
        if let Some(v) = prim::briefly(row, &mut values) {
            return self.hold(v);
        }
        let call = CallArgs::new(values.into_iter().flatten());
        let r = self.call_value(&Value::Func(Func::Static(row)), call, node, args);
        self.settle(r)
    }

    /// The call of an element-wise row with its one operand.
    fn call_of_one(&mut self, row: &'static Prim, arg: &ArgNode, args: &[ArgNode], node: &Node) -> Reg {
        let r = self.reg(&arg.value);
        if let Reg::Raised = r {
            return r;
        }
        if let Reg::Num(n) = r
            && let Some(result) = prim::of_number(row, n)
        {
            return self.hold(Value::Scalar(result));
        }
        let x = self.take(r);
        if let Value::Array(_) = x
            && let Some((array, flags)) = prim::small(row, [&x, &Value::None])
        {
            if flags.any()
                && let Err(e) = self.tell_small(row, flags, &array, node.span, [(arg.value.span, &x)])
            {
                return self.raise(e);
            }
            self.held = Value::Array(array);
            return Reg::Held;
        }
        let r = self.call_value(&Value::Func(Func::Static(row)), CallArgs::new([x]), node, args);
        self.settle(r)
    }

    /// Evaluates arguments straight into their places, after a method's object if it is there, and
    /// calls.
    pub(super) fn run_row(
        &mut self,
        f: RowFn,
        mut bound: Args,
        sig: &Signature,
        args: &[ArgNode],
        node: &Node,
    ) -> Reg {
        let given = if bound.places().is_empty() { args.len() } else { 0 };
        for arg in args {
            if bound.waits() && !self.is_calm(&arg.value) {
                for v in bound.values_mut() {
                    match self.settled(std::mem::replace(v, Value::None), arg.value.span) {
                        Ok(settled) => *v = settled,
                        Err(e) => return self.raise(e),
                    }
                }
            }
            match self.reg(&arg.value) {
                Reg::Num(n) => bound.push(n.value()),
                Reg::Raised => return Reg::Raised,
                r => bound.push(self.take(r)),
            }
        }
        match prim::briefly(bound.prim, bound.places()) {
            Some(Value::None) => return Reg::None,
            Some(v) => return self.hold(v),
            None => {}
        }
        self.here = node.span;
        match prim::call_bound(f, self, &mut bound, sig, node.defer()) {
            Ok(v) => self.hold(v),
            Err(fault) => self.raise_of_row(fault, bound, given, args, node),
        }
    }

    /// A fault of a row, of whose `given` arguments labels tell.
    #[cold]
    fn raise_of_row(
        &mut self,
        fault: Fault,
        mut bound: Args,
        given: usize,
        args: &[ArgNode],
        node: &Node,
    ) -> Reg {
        let briefs: SmallVec<[Brief; 2]> = bound.values_mut().take(given).map(|v| Brief::of(v)).collect();
        let through_callback = matches!(fault, Fault::Raised(_));
        let spans: SmallVec<[Span; 4]> = args.iter().take(given).map(|a| a.value.span).collect();
        let mut raised = self.operand_error(fault, node.span, &spans, &briefs);
        if through_callback {
            self.add_call_site(&mut raised, bound.name(), node.span);
        }
        self.raise(raised)
    }

    /// Calls a value with arguments already evaluated; `args` tells where they stand.
    pub(super) fn call_value(
        &mut self,
        f: &Value,
        mut call: CallArgs,
        node: &Node,
        args: &[ArgNode],
    ) -> R<Value> {
        let span = node.span;
        if !matches!(f, Value::Func(f) if f.get().takes_deferred()) {
            self.settle_args(&mut call, span)?;
        }
        if let Value::Func(Func::Shared(shared)) = f
            && let Some(closure) = shared.as_any().downcast_ref::<Rc<Closure>>()
        {
            return self.call_closure(closure, call).map_err(|mut e| {
                self.add_call_site(&mut e, &closure.code.name, span);
                e
            });
        }
        let briefs: SmallVec<[Brief; 2]> = call.positional.iter().map(Brief::of).collect();
        self.here = span;
        let result = match f {
            Value::Func(Func::Static(f)) => match f.as_any().downcast_ref::<Prim>() {
                Some(row) => prim::call_as(row, self, call, node.defer()),
                None => f.call(self, call),
            },
            Value::Func(func) => prim::trace::function(func, self, call, Defer::Now),
            Value::DType(_) => prim::language::core::call_dtype(self, f, call),
            other => Err(Fault::NotCallable { type_name: other.type_name().into() }),
        };
        result.map_err(|fault| {
            let through_callback = matches!(fault, Fault::Raised(_));
            let spans: Vec<Span> =
                args.iter().filter(|a| a.keyword.is_none()).map(|a| a.value.span).collect();
            let mut raised = self.operand_error(fault, span, &spans, &briefs);
            if through_callback {
                let name = f.as_func().map_or("", |f| f.name()).to_string();
                self.add_call_site(&mut raised, &name, span);
            }
            raised
        })
    }

    pub(super) fn add_call_site(&self, e: &mut Raised, function: &str, span: Span) {
        e.add_call(CallSite { function: function.into(), source: self.frame.source().clone(), span });
    }

    /// Evaluates arguments; `first` is a method's object.
    pub(super) fn args(&mut self, args: &[ArgNode], first: Option<Value>) -> R<CallArgs> {
        let mut call = CallArgs::default();
        call.positional.extend(first);
        for arg in args {
            let waits = |v: &Value| matches!(v, Value::Deferred(_));
            if call.positional.iter().any(waits) && !self.is_calm(&arg.value) {
                self.settle_args(&mut call, arg.value.span)?;
            }
            let value = self.eval(&arg.value)?;
            match (&arg.keyword, arg.starred) {
                (Some(k), _) if call.keyword.iter().any(|(seen, _)| seen == k) => {
                    let fault = Fault::DuplicateArgument { func: "call".into(), param: k.to_string() };
                    return self.fail(fault, arg.value.span);
                }
                (Some(k), _) => call.keyword.push((k.clone(), value)),
                (None, true) => {
                    let value = self.settled(value, arg.value.span)?;
                    let items = self.collect(&value, arg.value.span)?;
                    call.positional.extend(items);
                }
                (None, false) => call.positional.push(value),
            }
        }
        Ok(call)
    }

    fn apply(&mut self, func: &Node, left: Option<&Node>, right: &Node, node: &Node) -> R<Value> {
        let span = node.span;
        let left_value = left.map(|n| self.eval(n)).transpose()?;
        let f = self.eval(func)?;
        let right_value = self.eval(right)?;
        let briefs: Vec<Brief> = left_value.iter().chain([&right_value]).map(Brief::of).collect();
        let spans: Vec<Span> = left.iter().map(|n| n.span).chain([right.span]).collect();
        let call = CallArgs::new(left_value.into_iter().chain([right_value]));
        match &f {
            Value::Func(Func::Shared(shared)) if shared.as_any().is::<Rc<Closure>>() => {
                self.call_value(&f, call, node, &[])
            }
            Value::Func(func) => {
                self.here = span;
                let mut call = call;
                if !func.get().takes_deferred() {
                    self.settle_args(&mut call, span)?;
                }
                prim::trace::function(func, self, call, node.defer())
                    .map_err(|e| self.operand_error(e, span, &spans, &briefs))
            }
            other => self.fail(Fault::NotFunction { op: "application".into(), got: other.describe() }, span),
        }
    }

    fn closure(&mut self, code: &Rc<FnCode>, defaults: &[Option<Node>]) -> R<Value> {
        let mut values = Vec::with_capacity(defaults.len());
        for d in defaults {
            values.push(d.as_ref().map(|n| self.eval(n)).transpose()?);
        }
        let captured = code.captures.iter().map(|&p| self.cell(p)).collect();
        let closure = Rc::new(Closure { code: code.clone(), captured, defaults: values });
        Ok(Value::Func(Func::Shared(Rc::new(closure))))
    }

    // Indexing.

    pub(super) fn index(&mut self, base: &Node, subs: &[SubNode], span: Span) -> R<Value> {
        self.here = span;
        // Of a name, with bounds that are written out: the array is looked at where it is.
        if let ([SubNode::Slice(parts)], NodeKind::Load(place)) = (subs, &base.kind)
            && let Some(slice) = constant_slice(parts)
            && let Some(Value::Array(a)) = self.peek(*place)
            && a.ndim() == 1
            && let Ok(view) = subscript::slice_vector(self, a, &slice)
        {
            return Ok(view);
        }
        let value = self.eval(base)?;
        self.index_of(value, base, subs, span)
    }

    /// Indexes what the base was evaluated to.
    pub(super) fn index_of(&mut self, value: Value, base: &Node, subs: &[SubNode], span: Span) -> R<Value> {
        if let ([SubNode::Slice(parts)], Value::Array(a)) = (subs, &value)
            && a.ndim() == 1
        {
            return self.slice_of(a, parts, base, span);
        }
        let value = match subs {
            [SubNode::Value(next)] => self.settled_before(value, base.span, next)?,
            _ => value,
        };
        let index = match &value {
            Value::Object(o) if o.takes_any_slice() => self.any_subscripts(subs)?,
            _ => self.subscripts(subs)?,
        };
        self.index_by(&value, &index, base, subs, span)
    }

    /// A slice of a vector.
    pub(super) fn slice_of(
        &mut self,
        a: &Array,
        parts: &[Option<Node>; 3],
        base: &Node,
        span: Span,
    ) -> R<Value> {
        let slice = self.slice(parts)?;
        self.here = span;
        subscript::slice_vector(self, a, &slice).map_err(|e| {
            self.operand_error(e, span, &[base.span], &[Brief::Array(a.dtype(), a.shape().into())])
        })
    }

    /// As `subscripts`, with slices of any numbers.
    fn any_subscripts(&mut self, subs: &[SubNode]) -> R<SmallVec<[Subscript; 2]>> {
        let mut out = SmallVec::new();
        for sub in subs {
            out.push(match sub {
                SubNode::Value(node) => self.eval(node)?,
                SubNode::Slice(parts) => {
                    let mut bounds = [const { Value::None }; 3];
                    for (bound, part) in bounds.iter_mut().zip(parts) {
                        if let Some(node) = part {
                            *bound = self.eval(node)?;
                        }
                    }
                    let [start, stop, step] = bounds;
                    Value::Object(Rc::new(AnySlice { start, stop, step }))
                }
            });
        }
        Ok(out)
    }

    /// Indexes by subscripts already evaluated.
    pub(super) fn index_by(
        &mut self,
        value: &Value,
        index: &[Subscript],
        base: &Node,
        subs: &[SubNode],
        span: Span,
    ) -> R<Value> {
        self.here = span;
        if let ([one], [SubNode::Value(node)]) = (index, subs) {
            return subscript::get_one(self, value, one).map_err(|e| {
                self.operand_error(e, span, &[base.span, node.span], &[Brief::of(value), Brief::of(one)])
            });
        }
        subscript::get_item(self, value, index)
            .map_err(|e| self.operand_error(e, span, &[base.span], &[Brief::of(value)]))
    }

    pub(super) fn subscripts(&mut self, subs: &[SubNode]) -> R<SmallVec<[Subscript; 2]>> {
        let mut out = SmallVec::new();
        for sub in subs {
            out.push(match sub {
                SubNode::Value(node) => self.eval(node)?,
                SubNode::Slice(parts) => Value::Slice(Rc::new(self.slice(parts)?)),
            });
        }
        Ok(out)
    }

    fn slice(&mut self, parts: &[Option<Node>; 3]) -> R<SliceSpec> {
        let mut bounds = [None; 3];
        for (bound, part) in bounds.iter_mut().zip(parts) {
            if let Some(node) = part {
                let v = self.eval(node)?;
                *bound = self.slice_bound(&v, node.span)?;
            }
        }
        let [start, stop, step] = bounds;
        Ok(SliceSpec { start, stop, step })
    }

    fn slice_bound(&self, v: &Value, span: Span) -> R<Option<i64>> {
        prim::indexing::subscript::slice_bound(v)
            .map_err(|e| self.operand_error(e, span, &[span], &[Brief::of(v)]))
    }

    // Collections.

    fn bracket(&mut self, items: &[(Node, bool)], span: Span) -> R<Value> {
        let mut values = Vec::with_capacity(items.len());
        for (node, nested) in items {
            values.push((self.eval(node)?, *nested));
        }
        prim::convert::bracket(values).map_err(|e| self.error(e, span))
    }

    /// Every item of an iterable value.
    pub(super) fn collect(&mut self, v: &Value, span: Span) -> R<Vec<Value>> {
        let mut iter = value::iterate(v).map_err(|e| self.error(e, span))?;
        let mut out = Vec::new();
        while let Some(item) = iter.next(self).map_err(|e| self.error(e, span))? {
            out.push(item);
        }
        Ok(out)
    }

    fn comprehension(&mut self, c: &Comprehension, span: Span) -> R<Value> {
        if self.tells() { self.told_comprehension(c, span) } else { self.comprehension_items(c, span) }
    }

    pub(super) fn comprehension_items(&mut self, c: &Comprehension, span: Span) -> R<Value> {
        let mut out = Vec::new();
        self.clauses(c, &c.clauses, &mut out)?;
        prim::convert::bracket(out).map_err(|e| self.error(e, span))
    }

    /// `for i in range(…)`: plain integers, without an iterator in between.
    fn range_clause(
        &mut self,
        c: &Comprehension,
        place: Place,
        range: Range,
        rest: &[ClauseCode],
        out: &mut Vec<(Value, bool)>,
        span: Span,
    ) -> R<()> {
        let progress = progress::begin(range.count());
        let mut turns = Turns::default();
        let mut at = range.start;
        for _ in 0..range.count() {
            self.check_interrupt(span)?;
            progress.reached(turns.0 as usize);
            turns.0 += 1;
            self.store_reg(place, Reg::Num(Num::int(at)));
            at = at.wrapping_add(range.step);
            self.clauses(c, rest, out)?;
        }
        Ok(())
    }

    fn clauses(&mut self, c: &Comprehension, clauses: &[ClauseCode], out: &mut Vec<(Value, bool)>) -> R<()> {
        match clauses.split_first() {
            None => {
                out.push((self.eval(&c.item)?, c.item_is_bracket));
                Ok(())
            }
            Some((ClauseCode::If(test), rest)) => {
                if self.holds(test)? {
                    self.clauses(c, rest, out)
                } else {
                    Ok(())
                }
            }
            Some((ClauseCode::For { target, iter }, rest)) => {
                let source = self.eval(iter)?;
                if let (TargetCode::Name(place, _), Value::Object(o)) = (target, &source)
                    && let Some(range) = o.as_any().downcast_ref::<Range>()
                {
                    return self.range_clause(c, *place, *range, rest, out, iter.span);
                }
                let mut items = value::iterate(&source).map_err(|e| self.error(e, iter.span))?;
                let progress = progress::begin(value::length(&source));
                let mut turns = Turns::default();
                while let Some(item) = items.next(self).map_err(|e| self.error(e, iter.span))? {
                    self.check_interrupt(iter.span)?;
                    progress.reached(turns.0 as usize);
                    turns.0 += 1;
                    self.assign(target, item)?;
                    self.clauses(c, rest, out)?;
                }
                Ok(())
            }
        }
    }

    // Formatted strings.

    fn fstring(&mut self, pieces: &[Piece]) -> R<String> {
        let mut out = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(t) => out.push_str(t),
                Piece::Value { node, equals, conversion, spec } => {
                    let value = self.eval(node)?;
                    out.push_str(equals.as_deref().unwrap_or(""));
                    let spec_text = self.fstring(spec)?;
                    // `{x=}` shows the representation, unless a format is given.
                    let as_repr =
                        conversion.is_some_and(|c| c != 's') || (equals.is_some() && spec.is_empty());
                    let value = match (as_repr, conversion) {
                        (true, _) => Value::str(&show::repr_of(&value)),
                        (false, Some(_)) => Value::str(&show::str_of(&value)),
                        (false, None) => value,
                    };
                    let text = show::format(&value, &spec_text).map_err(|e| self.error(e, node.span))?;
                    out.push_str(&text);
                }
            }
        }
        Ok(out)
    }
}

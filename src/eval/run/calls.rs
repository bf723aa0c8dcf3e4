//! Calls run: of rows, functions and values, with their arguments and the places they were called from.
//! Part of [`super`].

use crate::eval::error::CallSite;
use crate::eval::function::Closure;
use crate::eval::fuse::row_of;
use crate::eval::ir::*;
use crate::eval::reg::Reg;
use crate::eval::{Evaluator, Raised};
use crate::prim::bind::{Args, Signature};
use crate::prim::row::RowFn;
use crate::prim::{self, Kind, Prim};
use crate::syntax::Span;
use crate::value::{CallArgs, Fault, Func, Value};
use smallvec::SmallVec;
use std::rc::Rc;

use super::{Brief, R};

impl Evaluator {
    #[inline(never)]
    pub(in crate::eval) fn call(
        &mut self,
        func: &Node,
        args: &[ArgNode],
        positional: bool,
        node: &Node,
    ) -> Reg {
        let span = node.span;
        if positional && let Some(row) = self.named(func).and_then(row_of) {
            return self.call_row(row, None, args, node);
        }
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
        let r = match self.args_of(row_of(&f), args, None) {
            Ok(call) => self.call_value(&f, call, node, args),
            Err(e) => Err(e),
        };
        self.settle(r)
    }

    /// The call of a row with arguments by place, of which a method's object is the first.
    pub(in crate::eval) fn call_row(
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
                if row.brief.is_some()
                    && let ([arg], None) = (args, &object)
                    && !arg.generator
                {
                    return self.call_of_looked_at(row, *run, arg, args, node);
                }
                if let Some(sig) = Args::fit(row, args.len() + of_object as usize)
                    && (of_object || sig.variadic.is_none())
                {
                    let mut bound = Args::none(row);
                    if let Some(object) = object {
                        bound.push(object);
                    }
                    return self.run_row(*run, &mut bound, sig, (args, 0), node);
                }
                if row.brief.is_some() && !of_object {
                    return self.call_of_several(row, args, node);
                }
            }
            _ => {}
        }
        let f = Value::Func(Func::Static(row));
        let r = self.args_of(Some(row), args, object);
        let r = r.and_then(|call| self.call_value(&f, call, node, args));
        self.settle(r)
    }

    /// The function of a row of kind `Call` with places for so many arguments, and its signature.
    #[inline]
    pub(in crate::eval) fn fitting(row: &'static Prim, n: usize) -> Option<(RowFn, &'static Signature)> {
        match row.kind {
            Kind::Call(run) => Args::fit(row, n).map(|sig| (run, sig)),
            Kind::Elementwise(_) => None,
        }
    }

    /// The call of a row that has a short way with its one argument, which is looked at where it is.
    fn call_of_looked_at(
        &mut self,
        row: &'static Prim,
        run: RowFn,
        arg: &ArgNode,
        args: &[ArgNode],
        node: &Node,
    ) -> Reg {
        let mut bound = Args::none(row);
        match self.named(&arg.value) {
            Some(x) => {
                let brief = prim::briefly(row, &[x]);
                if let Some(r) = self.hold_brief(brief) {
                    return r;
                }
                let Some(x) = self.named(&arg.value) else { return Reg::None };
                bound.push_shared(x);
            }
            None => {
                let x = match self.parts(row, 0, arg, &[]) {
                    Some(Ok(parts)) => parts,
                    Some(Err(e)) => return self.raise(e),
                    None => match self.reg(&arg.value) {
                        Reg::Raised => return Reg::Raised,
                        r => self.take(r),
                    },
                };
                let brief = prim::briefly(row, &[&x]);
                if let Some(r) = self.hold_brief(brief) {
                    return r;
                }
                bound.push(x);
            }
        }
        self.run_long(run, bound, args, node)
    }

    /// The method of a named object, which is looked at where it is with its one argument or none.
    pub(in crate::eval) fn method_of_looked_at(
        &mut self,
        row: &'static Prim,
        place: Place,
        args: &[ArgNode],
        node: &Node,
    ) -> Option<Reg> {
        let Kind::Call(run) = row.kind else { return None };
        row.brief?;
        let object = self.peek(place)?;
        let arg = match args {
            [] => {
                let brief = prim::briefly(row, &[object]);
                return self.hold_brief(brief);
            }
            [arg] => &arg.value,
            _ => return None,
        };
        if let Some(x) = self.named(arg) {
            let brief = prim::briefly(row, &[object, x]);
            return self.hold_brief(brief);
        }
        // What is evaluated may give the name another value.
        let object = object.shared();
        let x = match self.reg(arg) {
            Reg::Raised => return Some(Reg::Raised),
            r => self.take(r),
        };
        let brief = prim::briefly(row, &[&object, &x]);
        if let Some(r) = self.hold_brief(brief) {
            return Some(r);
        }
        let mut bound = Args::none(row);
        bound.push(object);
        bound.push(x);
        Some(self.run_long(run, bound, args, node))
    }

    /// The long way of a row whose arguments are all in their places.
    fn run_long(&mut self, run: RowFn, mut bound: Args, args: &[ArgNode], node: &Node) -> Reg {
        let row = bound.prim;
        match Args::fit(row, bound.len()) {
            Some(sig) if sig.variadic.is_none() => {
                self.run_row(run, &mut bound, sig, (args, args.len()), node)
            }
            _ => {
                let f = Value::Func(Func::Static(row));
                let r = self.call_value(&f, bound.into_call(), node, args);
                self.settle(r)
            }
        }
    }

    /// The call of a row that collects its arguments and has a short way.
    pub(super) fn call_of_several(&mut self, row: &'static Prim, args: &[ArgNode], node: &Node) -> Reg {
        let call = match self.args(args, None) {
            Ok(call) => call,
            Err(e) => return self.raise(e),
        };
        if let Some(v) = prim::briefly(row, &call.positional.iter().collect::<SmallVec<[&Value; 4]>>()) {
            return self.hold(v);
        }
        let r = self.call_value(&Value::Func(Func::Static(row)), call, node, args);
        self.settle(r)
    }

    /// The call of an element-wise row with its one operand.
    pub(super) fn call_of_one(
        &mut self,
        row: &'static Prim,
        arg: &ArgNode,
        args: &[ArgNode],
        node: &Node,
    ) -> Reg {
        if let Some(x @ Value::Array(_)) = self.named(&arg.value)
            && let Some((array, flags)) = prim::small(row, [x, &Value::None])
            && !flags.any()
        {
            return self.hold_array(array);
        }
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
            return self.hold_array(array);
        }
        let r = self.call_value(&Value::Func(Func::Static(row)), CallArgs::new([x]), node, args);
        self.settle(r)
    }

    /// Evaluates arguments straight into their places, after a method's object if it is there, and
    /// calls. The first `evaluated` are there already.
    pub(in crate::eval) fn run_row(
        &mut self,
        f: RowFn,
        bound: &mut Args,
        sig: &Signature,
        (args, evaluated): (&[ArgNode], usize),
        node: &Node,
    ) -> Reg {
        let given = bound.len() + args.len() - evaluated;
        for (k, arg) in args.iter().enumerate().skip(evaluated) {
            if bound.prim.defers_items != 0
                && let Some(parts) = self.parts(bound.prim, bound.len(), arg, &args[k + 1..])
            {
                match parts {
                    Ok(parts) => bound.push(parts),
                    Err(e) => return self.raise(e),
                }
                continue;
            }
            if bound.waits() && !self.is_calm(&arg.value) {
                for v in bound.values_mut() {
                    match self.settled(std::mem::replace(v, Value::None), arg.value.span) {
                        Ok(settled) => *v = settled,
                        Err(e) => return self.raise(e),
                    }
                }
            }
            if let NodeKind::Load(place) = arg.value.kind
                && let Some(v @ (Value::Array(_) | Value::List(_) | Value::Str(_))) = self.peek(place)
            {
                bound.push_shared(v);
                continue;
            }
            match self.reg(&arg.value) {
                Reg::Num(n) => bound.push(n.value()),
                Reg::Raised => return Reg::Raised,
                r => bound.push(self.take(r)),
            }
        }
        if let [ArgNode { generator: true, .. }] = args
            && bound.prim.item_by_item
        {
            bound.along_items();
        }
        if bound.prim.brief.is_some() {
            let brief = prim::briefly(bound.prim, &bound.looked_at());
            if let Some(r) = self.hold_brief(brief) {
                return r;
            }
        }
        self.here = node.span;
        match prim::call_bound(f, self, bound, sig, node.defer()) {
            Ok(v) => self.hold(v),
            Err(fault) => self.raise_of_row(fault, bound, given, args, node),
        }
    }

    /// A fault of a row, of whose `given` arguments labels tell.
    #[cold]
    pub(super) fn raise_of_row(
        &mut self,
        fault: Fault,
        bound: &mut Args,
        given: usize,
        args: &[ArgNode],
        node: &Node,
    ) -> Reg {
        // What a row collects stands no longer by itself.
        let alone = prim::table().signature(bound.prim).variadic.unwrap_or(given);
        let briefs: SmallVec<[Brief; 2]> =
            bound.values_mut().take(given.min(alone)).map(|v| Brief::of(v)).collect();
        let through_callback = matches!(fault, Fault::Raised(_));
        let spans = operand_spans(node, args, given);
        let mut raised = self.operand_error(fault, node.span, &spans, &briefs);
        if through_callback {
            self.add_call_site(&mut raised, bound.name(), node.span);
        }
        self.raise(raised)
    }

    /// Calls a value with arguments already evaluated; `args` tells where they stand.
    pub(in crate::eval) fn call_value(
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
        let given = call.positional.len();
        let values = call.positional.iter().chain(call.keyword.iter().map(|(_, v)| v));
        let briefs: SmallVec<[Brief; 2]> = values.map(Brief::of).collect();
        self.here = span;
        let result = match f {
            Value::Func(Func::Static(f)) => match f.as_any().downcast_ref::<Prim>() {
                Some(row) => prim::call_as(row, self, call, node.defer()),
                None => f.call(self, call),
            },
            Value::Func(func) => prim::trace::function(func, self, call, node.defer()),
            Value::DType(_) => prim::trace::dtype(f, self, call),
            other => Err(Fault::NotCallable { type_name: other.type_name().into() }),
        };
        result.map_err(|fault| {
            let through_callback = matches!(fault, Fault::Raised(_));
            let spans = operand_spans(node, args, given);
            let mut raised = self.operand_error(fault, span, &spans, &briefs);
            if through_callback {
                let name = f.as_func().map_or("", |f| f.name()).to_string();
                self.add_call_site(&mut raised, &name, span);
            }
            raised
        })
    }

    pub(in crate::eval) fn add_call_site(&self, e: &mut Raised, function: &str, span: Span) {
        e.add_call(CallSite { function: function.into(), source: self.frame.source().clone(), span });
    }

    /// Evaluates arguments; `first` is a method's object.
    pub(in crate::eval) fn args(&mut self, args: &[ArgNode], first: Option<Value>) -> R<CallArgs> {
        self.args_of(None, args, first)
    }

    /// As `args`, for a row, which may take items that wait.
    pub(in crate::eval) fn args_of(
        &mut self,
        row: Option<&'static Prim>,
        args: &[ArgNode],
        first: Option<Value>,
    ) -> R<CallArgs> {
        let mut call = CallArgs::default();
        call.positional.extend(first);
        for (k, arg) in args.iter().enumerate() {
            if let Some(row) = row.filter(|row| row.defers_items != 0)
                && let Some(parts) = self.parts(row, call.positional.len(), arg, &args[k + 1..])
            {
                call.positional.push(parts?);
                continue;
            }
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

    pub(super) fn apply(&mut self, func: &Node, left: Option<&Node>, right: &Node, node: &Node) -> R<Value> {
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
}

/// Where the operands of a call stand: those by place, of which there are `given`, a method's object
/// first among them, then those by name. Those of a starred list have no places of their own, so nothing
/// is told of what stands behind it.
fn operand_spans(node: &Node, args: &[ArgNode], given: usize) -> SmallVec<[Span; 4]> {
    let own = || args.iter().filter(|a| a.keyword.is_none());
    let mut spans = SmallVec::new();
    if let NodeKind::Method { base, .. } = &node.kind
        && own().all(|a| !a.starred)
        && own().count() + 1 == given
    {
        spans.push(base.span);
    }
    spans.extend(own().take_while(|a| !a.starred).map(|a| a.value.span));
    let whole = spans.len() == given;
    if whole {
        spans.extend(args.iter().filter(|a| a.keyword.is_some()).map(|a| a.value.span));
    }
    spans
}

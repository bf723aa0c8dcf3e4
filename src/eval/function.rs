//! User functions as values, and calling them: frames on one stack of slots, cells for variables
//! that inner functions share.

use super::ir::{ArgNode, Body, FnCode, FnKind, Known, Node, NodeKind, Place, Source};
use super::reg::Reg;
use super::{Evaluator, Raised, stack_address};
use crate::exec::interrupt;
use crate::prim::bind::nearest;
use crate::syntax::Span;
use crate::value::{CallArgs, Callable, Fault, Formula, Func, Host, Num, Value};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// A variable that several functions share.
pub type CellRef = Rc<RefCell<Option<Value>>>;

/// A function with the variables it took from where it was made.
pub struct Closure {
    pub code: Rc<FnCode>,
    pub(super) captured: Vec<CellRef>,
    /// One per parameter; evaluated once, when the function was made.
    pub(super) defaults: Vec<Option<Value>>,
}

impl Closure {
    /// Whether so many positional arguments can be evaluated right into its slots: every other
    /// parameter has a default, and there are no cells.
    #[inline]
    pub(super) fn takes_simply(&self, given: usize) -> bool {
        let wanted = self.code.params.len();
        self.code.simple
            && self.code.kind != FnKind::Dfn
            && (given == wanted || given < wanted && self.defaults[given..].iter().all(Option::is_some))
    }
}

/// What is running: a function, or a unit's top level.
pub struct Frame {
    pub(super) base: usize,
    pub(super) cells: Box<[CellRef]>,
    owner: Owner,
}

enum Owner {
    Unit(Rc<Source>),
    Function(Rc<Closure>),
}

impl Frame {
    pub(super) fn top(source: Rc<Source>) -> Frame {
        Frame { base: 0, cells: Box::default(), owner: Owner::Unit(source) }
    }

    pub(super) fn source(&self) -> &Rc<Source> {
        match &self.owner {
            Owner::Unit(source) => source,
            Owner::Function(closure) => &closure.code.source,
        }
    }

    /// Whether it runs this function, with all its variables in slots.
    #[inline(always)]
    fn runs(&self, closure: &Rc<Closure>) -> bool {
        match &self.owner {
            Owner::Function(own) => Rc::ptr_eq(own, closure) && self.cells.is_empty(),
            Owner::Unit(_) => false,
        }
    }

    /// The function that runs.
    fn function(&self) -> Option<&Rc<Closure>> {
        match &self.owner {
            Owner::Function(closure) => Some(closure),
            Owner::Unit(_) => None,
        }
    }

    /// The variable that the running function took from outside.
    fn captured(&self, i: u32) -> Option<&CellRef> {
        match &self.owner {
            Owner::Function(closure) => closure.captured.get(i as usize),
            Owner::Unit(_) => None,
        }
    }
}

fn new_cells(n: usize) -> Box<[CellRef]> {
    (0..n).map(|_| CellRef::default()).collect()
}

impl Callable for Rc<Closure> {
    fn name(&self) -> &str {
        &self.code.name
    }

    fn call(&self, host: &mut dyn Host, args: CallArgs) -> Result<Value, Fault> {
        match host.as_any_mut().downcast_mut::<Evaluator>() {
            Some(evaluator) => evaluator.call_closure(self, args).map_err(|e| Fault::Raised(e)),
            None => Err(Fault::NotCallable { type_name: "function".into() }),
        }
    }

    fn formula(&self, host: &mut dyn Host, given: usize) -> Option<Formula> {
        let evaluator = host.as_any_mut().downcast_mut::<Evaluator>()?;
        super::formula::of(evaluator, self, given)
    }

    fn takes_left(&self) -> bool {
        self.code.kind == FnKind::Dfn || self.defaults.iter().filter(|d| d.is_none()).count() >= 2
    }

    fn attr(&self, name: &str) -> Option<Value> {
        match name {
            "__name__" => Some(Value::str(&self.code.name)),
            "__doc__" => Some(self.code.doc.as_ref().map_or(Value::None, |doc| Value::str(doc))),
            _ => None,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Evaluator {
    /// Runs a function. The error has no call site yet: the caller adds it.
    pub(super) fn call_closure(&mut self, closure: &Rc<Closure>, args: CallArgs) -> Result<Value, Raised> {
        let code = &closure.code;
        self.check_depth(code)?;
        let base = self.stack.len();
        self.stack.resize(base + code.locals, None);
        let cells = new_cells(code.cells);
        let r = self.run_body(closure, base, cells, args);
        self.out_of(r)
    }

    /// A call of a name, its arguments by place: of the user's function that it called before it is
    /// known that it takes them so.
    pub(super) fn call_of_name(&mut self, node: &Node) -> Reg {
        let NodeKind::Call { func, args, known, .. } = &node.kind else { return self.call_step(node) };
        let NodeKind::Load(place) = func.kind else { return self.call_step(node) };
        if let Some(known) = known.get()
            && let Some(Value::Func(Func::Shared(shared))) = self.peek(place)
            && std::ptr::addr_eq(Rc::as_ptr(shared), known.value.as_ptr())
            && let Some(closure) = known.closure.upgrade()
        {
            return self.call_simply(closure, args, node.span);
        }
        self.call_of_unknown(node)
    }

    #[inline(never)]
    fn call_of_unknown(&mut self, node: &Node) -> Reg {
        let NodeKind::Call { func, args, known, .. } = &node.kind else { return self.call_step(node) };
        if let NodeKind::Load(place) = func.kind
            && let Some(Value::Func(Func::Shared(shared))) = self.peek(place)
            && let Some(closure) = shared.as_any().downcast_ref::<Rc<Closure>>()
            && closure.takes_simply(args.len())
        {
            let closure = closure.clone();
            let _ = known.set(Known { value: Rc::downgrade(shared), closure: Rc::downgrade(&closure) });
            return self.call_simply(closure, args, node.span);
        }
        self.call_step(node)
    }

    /// Calls a function that [takes](Closure::takes_simply) these arguments: they are positional, and go
    /// right into its slots. An error gets its call site.
    #[inline]
    pub(super) fn call_simply(&mut self, closure: Rc<Closure>, args: &[ArgNode], span: Span) -> Reg {
        let base = self.stack.len();
        for arg in args {
            match self.reg(&arg.value) {
                Reg::Num(n) => self.stack.push(Some(n.value())),
                r => {
                    if let Err(r) = self.push_argument(r, arg.value.span, base) {
                        return r;
                    }
                }
            }
        }
        if args.len() < closure.code.locals {
            self.fill_slots(&closure, base, args.len());
        }
        if closure.code.cache.is_hot()
            && let Some(r) = self.call_unboxed(&closure, base)
        {
            self.drop_slots(base);
            return r;
        }
        let r = self.run_slots(&closure, base);
        if let Reg::Raised = r {
            self.add_call_to_raised(&closure, span);
        }
        r
    }

    /// A named dfn, or the running one, applied to its operands, which go right into its slots.
    pub(super) fn apply_of_name(&mut self, node: &Node) -> Reg {
        let NodeKind::Apply { func, left, right } = &node.kind else { return self.other(node) };
        let NodeKind::Load(place) = func.kind else { return self.other(node) };
        let Some(closure) = self.named_dfn(place) else { return self.other(node) };
        let base = self.stack.len();
        for operand in [left.as_deref(), Some(&**right)] {
            let Some(operand) = operand else {
                self.stack.push(None);
                continue;
            };
            match self.reg(operand) {
                Reg::Num(n) => self.stack.push(Some(n.value())),
                r => {
                    if let Err(r) = self.push_argument(r, operand.span, base) {
                        return r;
                    }
                }
            }
        }
        if closure.code.locals > 2 {
            self.stack.resize(base + closure.code.locals, None);
        }
        let r = self.run_slots(&closure, base);
        if let Reg::Raised = r {
            self.add_call_to_raised(&closure, node.span);
        }
        r
    }

    /// The dfn with its operands in its first slots that stands in a place.
    fn named_dfn(&self, place: Place) -> Option<Rc<Closure>> {
        let closure = match place {
            Place::Itself => self.frame.function()?,
            place => match self.peek(place)? {
                Value::Func(Func::Shared(shared)) => shared.as_any().downcast_ref::<Rc<Closure>>()?,
                _ => return None,
            },
        };
        (closure.code.kind == FnKind::Dfn && closure.code.simple).then(|| closure.clone())
    }

    /// Puts an argument that is no number in the next slot; without the call's slots if it is an error.
    #[inline(never)]
    fn push_argument(&mut self, r: Reg, at: Span, base: usize) -> Result<(), Reg> {
        let value = match r {
            Reg::Raised => Err(self.take_raised()),
            r => {
                let value = self.take(r);
                self.settled(value, at)
            }
        };
        match value {
            Ok(v) => {
                self.stack.push(Some(v));
                Ok(())
            }
            Err(e) => {
                self.stack.truncate(base);
                Err(self.raise(e))
            }
        }
    }

    /// The slots that no argument is for: defaults, and variables without a value.
    #[inline(never)]
    fn fill_slots(&mut self, closure: &Closure, base: usize, given: usize) {
        let code = &closure.code;
        if given < code.params.len() {
            self.stack.extend(closure.defaults[given..].iter().cloned());
        }
        self.stack.resize(base + code.locals, None);
    }

    /// Runs a function without cells in a frame over the slots from `base` on, which have its
    /// arguments, and drops them.
    #[inline]
    fn run_slots(&mut self, closure: &Rc<Closure>, base: usize) -> Reg {
        if self.must_stop() {
            let e = self.check_depth(&closure.code);
            self.stack.truncate(base);
            return match e {
                Ok(()) => Reg::None,
                Err(e) => self.raise(e),
            };
        }
        self.depth += 1;
        let r = if self.frame.runs(closure) {
            let outer = std::mem::replace(&mut self.frame.base, base);
            let r = self.body(closure);
            self.frame.base = outer;
            r
        } else {
            let frame = Frame { base, cells: Box::default(), owner: Owner::Function(closure.clone()) };
            let outer = std::mem::replace(&mut self.frame, frame);
            let r = self.body(closure);
            self.frame = outer;
            r
        };
        self.depth -= 1;
        self.drop_slots(base);
        r
    }

    #[inline(always)]
    fn body(&mut self, closure: &Closure) -> Reg {
        match &closure.code.body {
            Body::Expr(node) => self.reg(node),
            Body::Block(body) => {
                let flow = self.block(body);
                self.value_of(flow)
            }
        }
    }

    /// Drops the slots from `base` on; those of numbers need nothing.
    #[inline]
    fn drop_slots(&mut self, base: usize) {
        let needs_nothing = |v: &Option<Value>| v.as_ref().is_none_or(|v| Num::of(v).is_some());
        while self.stack.len() > base && self.stack.last().is_some_and(needs_nothing) {
            std::mem::forget(self.stack.pop());
        }
        if self.stack.len() > base {
            self.drop_values(base);
        }
    }

    #[inline(never)]
    fn drop_values(&mut self, base: usize) {
        self.stack.truncate(base);
    }

    #[cold]
    fn add_call_to_raised(&mut self, closure: &Rc<Closure>, span: Span) {
        let mut e = self.take_raised();
        self.add_call_site(&mut e, &closure.code.name, span);
        self.raised = Some(e);
    }

    /// Runs a function's body in a frame over the slots from `base` on, with arguments that are not in
    /// them yet, and drops the slots.
    fn run_body(&mut self, closure: &Rc<Closure>, base: usize, cells: Box<[CellRef]>, args: CallArgs) -> Reg {
        let frame = Frame { base, cells, owner: Owner::Function(closure.clone()) };
        let outer = std::mem::replace(&mut self.frame, frame);
        self.depth += 1;
        let r = match self.bind(&closure.code, closure, args) {
            Ok(()) => self.body(closure),
            Err(e) => self.raise(e),
        };
        self.depth -= 1;
        self.frame = outer;
        self.stack.truncate(base);
        r
    }

    /// Whether a call may not begin.
    #[inline(always)]
    fn must_stop(&self) -> bool {
        stack_address().abs_diff(self.stack_start) > self.stack_limit || interrupt::requested()
    }

    /// The error of a call that may not begin.
    fn check_depth(&self, code: &FnCode) -> Result<(), Raised> {
        if stack_address().abs_diff(self.stack_start) > self.stack_limit {
            return self.fail(Fault::Recursion { depth: self.depth }, code.span);
        }
        if interrupt::requested() {
            return self.fail(Fault::Interrupted, code.span);
        }
        Ok(())
    }

    /// Puts a call's arguments in their slots.
    fn bind(&mut self, code: &FnCode, closure: &Rc<Closure>, args: CallArgs) -> Result<(), Raised> {
        if code.kind == FnKind::Dfn {
            return self.bind_dfn(code, closure, args);
        }
        if let Some(place) = code.self_place {
            self.store(place, Value::Func(crate::value::Func::Shared(Rc::new(closure.clone()))));
        }
        let name = || code.name.to_string();
        let given = args.positional.len();
        let mut positional = args.positional.into_iter();
        for (i, param) in code.params.iter().enumerate() {
            if param.variadic {
                let rest = positional.by_ref().collect();
                self.store(param.place, Value::tuple(rest));
                continue;
            }
            let value = positional.next().or_else(|| {
                let keyword = args.keyword.iter().find(|(k, _)| *k == param.name);
                keyword.map(|(_, v)| v.clone()).or_else(|| closure.defaults[i].clone())
            });
            match value {
                Some(v) => self.store(param.place, v),
                None => {
                    let fault = Fault::MissingArgument { func: name(), param: param.name.to_string() };
                    return self.fail(fault, code.span);
                }
            }
        }
        if positional.next().is_some() {
            let max = code.params.len();
            return self.fail(Fault::TooManyArguments { func: name(), max, given }, code.span);
        }
        // Those behind `*rest` are given by name alone.
        let by_place = code.params.iter().take_while(|p| !p.variadic).count().min(given);
        for (key, _) in &args.keyword {
            match code.params.iter().position(|p| p.name == *key && !p.variadic) {
                Some(i) if i < by_place => {
                    return self
                        .fail(Fault::DuplicateArgument { func: name(), param: key.to_string() }, code.span);
                }
                Some(_) => {}
                None => {
                    let near = nearest(key, code.params.iter().map(|p| &*p.name));
                    let takes = code.params.iter().map(|p| &*p.name).collect::<Vec<_>>().join(", ");
                    let fault = Fault::UnknownKeyword { func: name(), keyword: key.to_string(), near, takes };
                    return self.fail(fault, code.span);
                }
            }
        }
        Ok(())
    }

    /// One argument is `⍵`, two are `⍺` and `⍵`.
    fn bind_dfn(&mut self, code: &FnCode, closure: &Rc<Closure>, args: CallArgs) -> Result<(), Raised> {
        let given = args.positional.len() + args.keyword.len();
        let mut values = args.positional.into_iter();
        let (left, right) = match (given, values.next(), values.next()) {
            (1, Some(right), None) => (None, right),
            (2, Some(left), Some(right)) => (Some(left), right),
            (0, ..) => {
                let fault = Fault::MissingArgument { func: code.name.to_string(), param: "⍵".into() };
                return self.fail(fault, code.span);
            }
            _ => {
                let fault = Fault::TooManyArguments { func: code.name.to_string(), max: 2, given };
                return self.fail(fault, code.span);
            }
        };
        if let Some(left) = left {
            self.store(code.params[0].place, left);
        }
        self.store(code.params[1].place, right);
        if let Some(place) = code.self_place {
            self.store(place, Value::Func(crate::value::Func::Shared(Rc::new(closure.clone()))));
        }
        Ok(())
    }

    /// The value in a place, if there is one.
    pub(super) fn load(&self, place: Place) -> Option<Value> {
        match place {
            Place::Local(i) => self.stack[self.frame.base + i as usize].clone(),
            Place::Global(i) => {
                let g = self.globals.at(i);
                g.value.as_ref().or(g.builtin.as_ref()).cloned()
            }
            Place::Cell(i) => self.frame.cells[i as usize].borrow().clone(),
            Place::Free(i) => self.frame.captured(i)?.borrow().clone(),
            Place::Itself => self.frame.function().map(|f| Value::Func(Func::Shared(Rc::new(f.clone())))),
        }
    }

    /// What a local or global name means now, borrowed.
    #[inline]
    pub(super) fn peek(&self, place: Place) -> Option<&Value> {
        match place {
            Place::Local(i) => self.stack[self.frame.base + i as usize].as_ref(),
            Place::Global(i) => {
                let g = self.globals.at(i);
                g.value.as_ref().or(g.builtin.as_ref())
            }
            Place::Cell(_) | Place::Free(_) | Place::Itself => None,
        }
    }

    /// The assigned value in a local or global place, to change.
    #[inline]
    pub(super) fn peek_mut(&mut self, place: Place) -> Option<&mut Value> {
        match place {
            Place::Local(i) => self.stack[self.frame.base + i as usize].as_mut(),
            Place::Global(i) => self.globals.at_mut(i).value.as_mut(),
            Place::Cell(_) | Place::Free(_) | Place::Itself => None,
        }
    }

    /// The value that was assigned to a place, built-in meanings apart.
    pub(super) fn assigned(&self, place: Place) -> Option<Value> {
        match place {
            Place::Global(i) => self.globals.at(i).value.clone(),
            _ => self.load(place),
        }
    }

    pub(super) fn store(&mut self, place: Place, value: Value) {
        let value = Some(value);
        match place {
            Place::Local(i) => self.stack[self.frame.base + i as usize] = value,
            Place::Global(i) => self.globals.at_mut(i).value = value,
            Place::Cell(i) => *self.frame.cells[i as usize].borrow_mut() = value,
            Place::Free(i) => {
                if let Some(cell) = self.frame.captured(i) {
                    *cell.borrow_mut() = value;
                }
            }
            Place::Itself => {}
        }
    }

    /// The cell behind a captured place of the running function.
    pub(super) fn cell(&self, place: Place) -> CellRef {
        match place {
            Place::Cell(i) => self.frame.cells[i as usize].clone(),
            Place::Free(i) => self.frame.captured(i).cloned().unwrap_or_default(),
            // `scope` gives every variable that an inner function mentions a cell.
            Place::Local(_) | Place::Global(_) | Place::Itself => Rc::new(RefCell::new(self.load(place))),
        }
    }

    pub(super) fn name_of(&self, place: Place, span: Span) -> Fault {
        let name = self.frame.source().text.get(span.range()).unwrap_or_default().to_string();
        match place {
            Place::Global(i) => {
                let name = self.globals.at(i).name.to_string();
                let near = self.nearest_name(&name);
                Fault::UnknownName { name, near }
            }
            _ => Fault::Unassigned { name },
        }
    }

    fn nearest_name(&self, name: &str) -> Option<String> {
        let builtins = crate::prim::modules::bare_names();
        nearest(name, self.globals.assigned().map(|(n, _)| &**n).chain(builtins.iter().copied()))
    }

    /// Runs the statements of a unit in a frame of its own, each through `each`.
    pub(super) fn in_unit<T>(
        &mut self,
        unit: &super::Unit,
        f: impl FnOnce(&mut Evaluator) -> Result<T, Raised>,
    ) -> Result<T, Raised> {
        let base = self.stack.len();
        self.stack.resize(base + unit.locals, None);
        let cells = new_cells(unit.cells);
        let frame = Frame { base, cells, owner: Owner::Unit(unit.source.clone()) };
        let outer = std::mem::replace(&mut self.frame, frame);
        let result = f(self);
        self.frame = outer;
        self.stack.truncate(base);
        result
    }
}

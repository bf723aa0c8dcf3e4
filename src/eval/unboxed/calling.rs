//! Calls in loops over unboxed numbers: of built-in functions that there are instructions for, and of user's
//! functions, whose bodies stand in place of the calls. Part of `express`.

use super::code::*;
use super::compile::Compiler;
use super::express::Number;
use super::machine::number;
use crate::eval::function::Closure;
use crate::eval::fuse::row_of;
use crate::eval::ir::*;
use crate::prim::row::InLoop;
use crate::prim::{self, Prim};
use crate::value::{Func, Num, NumKind, Value};
use std::rc::Rc;

/// Functions that stand in each other.
const DEEPEST: usize = 4;

impl Compiler<'_> {
    /// An expression that stands as a statement.
    pub(super) fn effect(&mut self, node: &Node) -> Option<()> {
        if let NodeKind::Method { base, site, args, positional: true, .. } = &node.kind
            && let (NodeKind::Load(place), [item]) = (&base.kind, &args[..])
            && matches!(self.ev.peek(*place), Some(Value::List(_)))
            && site.method?.in_loop == InLoop::Append
            && self.frames.is_empty()
        {
            let (r, kind) = self.expr(&item.value, None)?;
            let view = self.view(*place, 0, Some(kind))?;
            if self.program.views[view as usize].kind != kind {
                return None;
            }
            self.emit(Ins::Append(r, view));
            return Some(());
        }
        self.expr(node, None).map(drop)
    }

    /// The built-in function that a name is, which must stay so.
    pub(super) fn built_in(&mut self, func: &Node) -> Option<&'static Prim> {
        let NodeKind::Load(Place::Global(slot)) = func.kind else { return None };
        let global = self.ev.globals.at(slot);
        if global.value.is_some() {
            return None;
        }
        let row = row_of(global.builtin.as_ref()?)?;
        let known = |g: &Guard| matches!(g, Guard::BuiltIn(known) if *known == slot);
        if !self.program.guards.iter().any(known) {
            self.program.guards.push(Guard::BuiltIn(slot));
        }
        Some(row)
    }

    pub(super) fn call(&mut self, func: &Node, args: &[ArgNode], want: Option<Register>) -> Option<Number> {
        if let Some(row) = self.built_in(func) {
            return self.row(row, args, want);
        }
        let NodeKind::Load(place @ Place::Global(_)) = func.kind else { return None };
        let Value::Func(Func::Shared(shared)) = self.ev.peek(place)? else { return None };
        let closure = shared.as_any().downcast_ref::<Rc<Closure>>()?.clone();
        let guard = Guard::Function(place, Rc::downgrade(shared), Rc::downgrade(&closure));
        self.program.guards.push(guard);
        let (own, given) = (self.program.parameters.clone(), args.len());
        match self.frames.first() {
            Some(callee) if Rc::ptr_eq(&callee.code, &closure.code) && given == own.1.len() && given > 0 => {
                self.call_itself(args, &own.1)
            }
            _ => self.user_function(&closure, args),
        }
    }

    /// The call of the function whose code is made. Its value is what it is said to be.
    pub(super) fn call_itself(&mut self, args: &[ArgNode], kinds: &[NumKind]) -> Option<Number> {
        let value = self.frames.first()?.kind?;
        let d = self.temporary()?;
        let first = self.take(args.len())?;
        for (k, arg) in args.iter().enumerate() {
            let slot = first + k as u8;
            let (r, kind) = self.expr(&arg.value, Some(slot))?;
            if kind != kinds[k] {
                return None;
            }
            if r != slot {
                self.emit(Ins::Move(slot, r));
            }
        }
        self.emit(Ins::Call(d, first));
        self.next = d + 1;
        Some((d, value))
    }

    /// The body of a user's function in place of its call.
    pub(super) fn user_function(&mut self, closure: &Closure, args: &[ArgNode]) -> Option<Number> {
        let code = &closure.code;
        let recursive = self.frames.iter().any(|f| Rc::ptr_eq(&f.code, code));
        let plain = code.simple && matches!(code.kind, FnKind::Fn | FnKind::Lambda);
        if recursive || !plain || args.len() != code.params.len() || self.frames.len() >= DEEPEST {
            return None;
        }
        let result = self.temporary()?;
        let first = self.take(code.locals)?;
        let (mut kinds, mut given) = (vec![None; code.locals], vec![None; code.locals]);
        for (k, arg) in args.iter().enumerate() {
            if let NodeKind::Load(place) = arg.value.kind
                && let Some((place, Value::Array(_) | Value::List(_))) = self.value(place)
            {
                given[k] = Some(place);
                continue;
            }
            let slot = first + k as u8;
            let (r, kind) = self.expr(&arg.value, Some(slot))?;
            if r != slot {
                self.emit(Ins::Move(slot, r));
            }
            kinds[k] = Some(kind);
        }
        let mut slots = Vec::new();
        for (k, kind) in kinds.into_iter().enumerate() {
            let register = first + k as u8;
            let v = self.new_variable(Variable::inner(register));
            self.kinds[v] = kind;
            slots.push(v);
        }
        self.enter(code, slots, given, result);
        let done = match &code.body {
            Body::Expr(node) => self.expr(node, None).and_then(|r| self.give_back(r)),
            Body::Block(body) => self.body(body),
        };
        let kind = self.exit();
        self.next = result + 1;
        done?;
        Some((result, kind?))
    }

    pub(super) fn method(
        &mut self,
        base: &Node,
        site: &Site,
        args: &[ArgNode],
        want: Option<Register>,
    ) -> Option<Number> {
        let NodeKind::Load(place) = base.kind else { return None };
        match self.value(place)?.1 {
            Value::List(_) if args.is_empty() && self.frames.is_empty() => {
                if site.method?.in_loop != InLoop::Pop {
                    return None;
                }
                let view = self.view(place, 0, None)?;
                let d = self.temporary()?;
                self.emit(Ins::Pop(d, view));
                Some((d, self.program.views[view as usize].kind))
            }
            Value::Object(module) => {
                let row = self.ev.known_member(base, site)?.row?;
                self.program.guards.push(Guard::Module(place, module.clone()));
                self.row(row, args, want)
            }
            _ => None,
        }
    }

    /// The call of a built-in function.
    pub(super) fn row(
        &mut self,
        row: &'static Prim,
        args: &[ArgNode],
        want: Option<Register>,
    ) -> Option<Number> {
        match (row.in_loop, args) {
            (InLoop::Length, [arg]) => {
                let NodeKind::Load(place) = arg.value.kind else { return None };
                let ndim = match self.value(place)?.1 {
                    Value::Array(a) => u8::try_from(a.ndim()).ok().filter(|n| (1..=2).contains(n))?,
                    _ => 0,
                };
                let view = self.view(place, ndim, Some(NumKind::Int))?;
                let d = self.wanted(want)?;
                self.emit(Ins::Length(d, view));
                Some((d, NumKind::Int))
            }
            (InLoop::Most(beats), [first, rest @ ..]) if !rest.is_empty() => {
                let d = self.temporary()?;
                let (a, kind) = self.expr(&first.value, None)?;
                self.emit(Ins::Move(d, a));
                let mut numbers = Vec::new();
                for arg in rest {
                    numbers.push(self.expr(&arg.value, None)?);
                }
                for n in numbers {
                    if n.1 != kind {
                        return None;
                    }
                    let over = self.comparison(beats, n, (d, kind), false)?;
                    self.emit(Ins::Move(d, n.0));
                    self.patch(over);
                }
                self.next = d + 1;
                Some((d, kind))
            }
            (InLoop::Whole, [arg]) => {
                let (a, kind) = self.expr(&arg.value, None)?;
                let d = self.temporary()?;
                self.emit(match kind {
                    NumKind::Float | NumKind::F64 => Ins::Cut(d, a),
                    _ => Ins::Move(d, a),
                });
                Some((d, NumKind::Int))
            }
            (InLoop::Real, [arg]) => {
                let (a, kind) = self.expr(&arg.value, None)?;
                let d = self.temporary()?;
                self.emit(match kind {
                    NumKind::Float | NumKind::F64 => Ins::Move(d, a),
                    _ => Ins::Nearest(d, a),
                });
                Some((d, NumKind::Float))
            }
            // Of a number by name it is typed.
            (InLoop::Absolute, [arg]) => {
                let (a, kind) = self.expr(&arg.value, None)?;
                let d = self.temporary()?;
                let (ins, kind) = match kind {
                    NumKind::Int | NumKind::I64 => (Ins::AbsoluteI(d, a), NumKind::I64),
                    NumKind::Float | NumKind::F64 => (Ins::AbsoluteF(d, a), NumKind::F64),
                    _ => return None,
                };
                self.emit(ins);
                Some((d, kind))
            }
            (InLoop::Call, [arg]) => {
                let (a, from) = self.expr(&arg.value, None)?;
                let one = match from {
                    NumKind::Float | NumKind::F64 => 1f64.to_bits(),
                    _ => 1,
                };
                let to = number(prim::of_number(row, Num::from_bits(from, one))?)?.kind();
                let d = self.temporary()?;
                let known =
                    |f: &(&Prim, NumKind, NumKind)| std::ptr::eq(f.0, row) && (f.1, f.2) == (from, to);
                let at = self.program.functions.iter().position(known).unwrap_or_else(|| {
                    self.program.functions.push((row, from, to));
                    self.program.functions.len() - 1
                });
                self.emit(Ins::Function(d, a, u8::try_from(at).ok()?));
                Some((d, to))
            }
            _ => None,
        }
    }
}

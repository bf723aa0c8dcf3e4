//! What runs in registers from its beginning to its end: comprehensions, and functions that call
//! themselves. Neither has effects, so that after a surprise it is evaluated again, the general way.

use super::code;
use super::machine::{Beside, Exit, View, run};
use super::{HOT, MOST, Made, STRIKES, compile};
use crate::array::Array;
use crate::dtype::DType;
use crate::eval::Evaluator;
use crate::eval::function::Closure;
use crate::eval::ir::Comprehension;
use crate::eval::reg::Reg;
use crate::exec::tally::{self, Turns};
use crate::value::{Num, NumKind, Value};
use smallvec::SmallVec;
use std::rc::Rc;

impl Evaluator {
    /// The items of a comprehension, put together as its bracket does; `None`, with nothing done, if they
    /// are not for registers, or something is to be told.
    pub(in crate::eval) fn gathered(&mut self, c: &Comprehension) -> Option<Value> {
        let cache = &c.cache;
        let made = cache.made.borrow().clone();
        let given_up = made.is_none() && cache.count.get() >= MOST;
        if given_up || (tally::on() && self.profile.is_none()) || self.hears_inner() {
            return None;
        }
        let made = match made.filter(|made| self.fits(&made.program)) {
            Some(made) => made,
            None if cache.count.get() >= MOST => return None,
            None => {
                cache.count.set(cache.count.get() + 1);
                match compile::gather(self, c) {
                    Some(program) => {
                        let made = Rc::new(Made { program, state: 0 });
                        *cache.made.borrow_mut() = Some(made.clone());
                        made
                    }
                    None => {
                        cache.give_up();
                        return None;
                    }
                }
            }
        };
        // A profile sees the calls in it.
        if self.profile.is_some() && !made.program.guards.is_empty() {
            return None;
        }
        let mut beside = Beside { turns: 0, items: Vec::new(), look: &|_| {} };
        let (exit, regs) = self.run_made(&made, &[0; 3], &mut beside)?;
        self.registers.push(regs);
        drop(Turns(beside.turns));
        let whole = match exit {
            Exit::Done(_) if !beside.items.is_empty() => together(made.program.items?, &beside.items),
            _ => None,
        };
        if whole.is_none() {
            cache.strikes.set(cache.strikes.get().saturating_add(1));
            if cache.strikes.get() >= STRIKES {
                cache.give_up();
            }
        }
        whole
    }

    /// Calls a function that calls itself, its arguments in the slots from `base` on, in registers; `None`,
    /// with nothing done, if that is not possible. It has no effects, so that a surprise, however deep, has
    /// it called the general way from the first.
    pub(in crate::eval) fn call_unboxed(&mut self, closure: &Rc<Closure>, base: usize) -> Option<Reg> {
        let cache = &closure.code.cache;
        if tally::on() || self.profile.is_some() {
            return None;
        }
        if closure.code.params.is_empty() {
            cache.count.set(u8::MAX);
            return None;
        }
        let slots = self.stack.get(base..base + closure.code.params.len())?;
        let arguments: SmallVec<[Num; 8]> =
            slots.iter().map(|v| v.as_ref().and_then(Num::of)).collect::<Option<_>>()?;
        let kinds: SmallVec<[NumKind; 8]> = arguments.iter().map(|n| n.kind()).collect();
        let known = cache.made.borrow().clone();
        let made = match known.filter(|m| m.program.parameters.1[..] == kinds[..] && self.fits(&m.program)) {
            Some(made) => made,
            None => {
                let tried = cache.count.get();
                cache.count.set(tried.saturating_add(1));
                let code = &closure.code;
                let values =
                    [kinds[0], NumKind::Int, NumKind::Float, NumKind::Bool, NumKind::F64, NumKind::I64];
                let program = values.into_iter().find_map(|v| compile::function(self, code, &kinds, v));
                let (Some(program), true) = (program, tried < HOT + MOST) else {
                    cache.give_up();
                    cache.count.set(u8::MAX);
                    return None;
                };
                let made = Rc::new(Made { program, state: 0 });
                *cache.made.borrow_mut() = Some(made.clone());
                made
            }
        };
        let held = self.held_for(&made.program)?;
        let mut frames = self.frames();
        self.fill(&made, &mut frames[0], &[0; 3]);
        let first = made.program.parameters.0 as usize;
        for (k, n) in arguments.iter().enumerate() {
            frames[0][(first + k) & 255] = n.bits();
        }
        let mut beside = Beside { turns: 0, items: Vec::new(), look: &|_| {} };
        let views: SmallVec<[View<'_>; 2]> =
            held.iter().zip(&made.program.views).map(|(held, seen)| held.view(seen.kind)).collect();
        let exit = run(&made.program, &views, &mut frames, &mut beside);
        let value = match (exit, made.program.code.last(), made.program.value) {
            (Exit::Return(_), Some(code::Ins::Return(r)), Some(kind)) => {
                Some(Reg::Num(Num::from_bits(kind, frames[0][*r as usize])))
            }
            _ => None,
        };
        self.registers = frames;
        if value.is_none() {
            cache.strikes.set(cache.strikes.get().saturating_add(1));
            if cache.strikes.get() >= STRIKES {
                cache.give_up();
                cache.count.set(u8::MAX);
            }
        }
        value
    }
}

/// An array of numbers of a kind.
fn together(kind: NumKind, items: &[u64]) -> Option<Value> {
    let shape = [items.len()];
    let array = match kind {
        NumKind::Int | NumKind::I64 | NumKind::Float | NumKind::F64 => {
            let dtype = if matches!(kind, NumKind::Int | NumKind::I64) { DType::I64 } else { DType::F64 };
            let array = Array::empty(dtype, &shape).ok()?;
            array.words()?.iter().zip(items).for_each(|(to, x)| to.set(*x));
            array
        }
        NumKind::Bool | NumKind::Truth => {
            let array = Array::empty(DType::Bool, &shape).ok()?;
            array.truths()?.iter().zip(items).for_each(|(to, x)| to.set(*x != 0));
            array
        }
    };
    Some(Value::Array(array))
}

//! Making the code of a loop over unboxed numbers: its registers, names, jumps and points; `statements`,
//! `looping`, `express`, `condition` and `calling` make its parts. Kinds are followed from those that the variables have where
//! the loop is entered; what is not for numbers, lists or arrays of them is `None`, and the whole loop is
//! then for the general way.
//!
//! Where two ways meet with different kinds (a variable that is first assigned in one arm), the rarer
//! one leaves the code. A loop whose first turn changes kinds (`s = 0.0`, then `s += a[i]`, which is
//! typed) stands twice: for the first turn, and for all others.

use super::code::*;
use super::fresh::fresh;
use crate::eval::Evaluator;
use crate::eval::ir::*;
use crate::value::{Num, NumKind, Value};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// A local variable's slot, or a global one's.
pub(super) type Key = (u8, u32);
pub(super) type Kinds = Vec<Option<NumKind>>;

/// Bodies of one loop, at most: each for the kinds that the one before it left.
pub(super) const COPIES: usize = 3;
/// Instructions of the longest code.
pub(super) const LONGEST: usize = 4096;

/// A jump whose target is not known yet, with the kinds there.
pub(super) struct Edge {
    pub jump: usize,
    pub kinds: Kinds,
}

#[derive(Default)]
pub(super) struct Open {
    pub breaks: Vec<Edge>,
    pub continues: Vec<Edge>,
}

/// A jump out of the code, to where the general way goes on.
pub(super) struct Stub {
    pub jump: usize,
    pub way: u32,
    pub kinds: Rc<[Option<NumKind>]>,
}

/// A function that stands in place of its call.
pub(super) struct Callee {
    pub code: Rc<FnCode>,
    /// The variable in each of its slots.
    pub slots: Vec<usize>,
    /// Where the array or list is that it was given in a slot.
    pub given: Vec<Option<Place>>,
    /// Where its value goes, what that is, and the jumps from its `return`s.
    pub result: Register,
    pub kind: Option<NumKind>,
    pub returns: Vec<usize>,
}

/// What a loop goes through.
pub(super) enum Head<'a> {
    Range {
        state: Register,
        variable: usize,
    },
    Items {
        next: Register,
        variable: usize,
        view: u8,
    },
    /// Elements with the same index, and that itself where there is no view.
    Parts {
        next: Register,
        parts: Vec<(usize, Option<u8>)>,
    },
    While(&'a Node),
}

/// The loop that is entered.
pub enum Entered<'a> {
    Range(Place),
    Items { place: Place, source: Place },
    Parts { targets: &'a [TargetCode], iter: &'a Node },
    While(&'a Node),
}

pub struct Compiler<'e> {
    pub(super) ev: &'e Evaluator,
    pub(super) program: Program,
    /// What each variable is where the code stands.
    pub(super) kinds: Kinds,
    pub(super) names: HashMap<Key, usize>,
    pub(super) fresh: HashSet<Key>,
    pub(super) states: HashMap<*const (), Register>,
    pub(super) frames: Vec<Callee>,
    pub(super) open: Vec<Open>,
    pub(super) stubs: Vec<Stub>,
    /// Registers below `next` and from `low` on are taken.
    pub(super) next: u8,
    pub(super) low: u8,
    /// Whether the code that comes can be reached.
    pub(super) live: bool,
    /// Where the statement under way stands, and the kinds there.
    pub(super) here: (u32, Rc<[Option<NumKind>]>),
}

impl<'e> Compiler<'e> {
    fn new(ev: &'e Evaluator) -> Compiler<'e> {
        Compiler {
            ev,
            program: Program::default(),
            kinds: Vec::new(),
            names: HashMap::new(),
            fresh: HashSet::new(),
            states: HashMap::new(),
            frames: Vec::new(),
            open: Vec::new(),
            stubs: Vec::new(),
            next: 0,
            low: 255,
            live: true,
            here: (ROOT, Rc::from([])),
        }
    }
}

/// The code of a comprehension. What surprises it leaves at its beginning.
pub fn gather(ev: &Evaluator, comprehension: &Comprehension) -> Option<Program> {
    let mut c = Compiler::new(ev);
    c.point(ROOT);
    c.clauses(comprehension, &comprehension.clauses)?;
    c.emit(Ins::Done);
    c.finish()
}

/// The code of a function that calls itself, of such arguments and with such a value.
pub fn function(ev: &Evaluator, code: &Rc<FnCode>, kinds: &[NumKind], value: NumKind) -> Option<Program> {
    let mut c = Compiler::new(ev);
    let result = c.temporary()?;
    let first = c.take(code.locals)?;
    c.program.parameters = (first, kinds.to_vec());
    let mut slots = Vec::new();
    for k in 0..code.locals {
        let v = c.new_variable(Variable::inner(first + k as u8));
        c.kinds[v] = kinds.get(k).copied();
        slots.push(v);
    }
    c.enter(code, slots, Vec::new(), result);
    c.frames.last_mut()?.kind = Some(value);
    match &code.body {
        Body::Expr(node) => {
            let r = c.expr(node, None)?;
            c.give_back(r)?;
        }
        Body::Block(body) => c.body(body)?,
    }
    c.program.value = c.exit();
    c.emit(Ins::Return(result));
    let program = c.finish()?;
    program.code.iter().any(|ins| matches!(ins, Ins::Call(..))).then_some(program)
}

/// The code of a loop, and the register from which on its state is.
pub fn compile(ev: &Evaluator, entered: &Entered<'_>, body: &[Stmt]) -> Option<(Program, Register)> {
    let mut c = Compiler::new(ev);
    c.fresh = fresh(entered, body);
    let state = c.keep(3)?;
    let head = match *entered {
        Entered::Range(place) => Head::Range { state, variable: c.assigned(place)? },
        Entered::Items { place, source } => {
            Head::Items { next: state, variable: c.assigned(place)?, view: c.items(source)? }
        }
        Entered::Parts { targets, iter } => c.parts(state, targets, iter)?,
        Entered::While(test) => Head::While(test),
    };
    c.entered(&head, body, state)?;
    Some((c.finish()?, state))
}

impl Compiler<'_> {
    pub(super) fn entered(&mut self, head: &Head<'_>, body: &[Stmt], state: Register) -> Option<()> {
        let way = self.step(ROOT, Step::Loop(state));
        self.point(way);
        self.around(head, body, way, ROOT, true)?;
        let after = self.step(ROOT, Step::After);
        self.point(after);
        self.emit(Ins::Done);
        Some(())
    }

    pub(super) fn finish(mut self) -> Option<Program> {
        for stub in std::mem::take(&mut self.stubs) {
            let from = self.program.code.len() as u32;
            self.program.points.push(Point { from, way: stub.way, kinds: stub.kinds });
            self.patch(stub.jump);
            self.emit(Ins::Surprise);
        }
        (self.program.code.len() <= LONGEST).then_some(self.program)
    }

    // Code, registers, points.

    pub(super) fn emit(&mut self, ins: Ins) -> usize {
        self.program.code.push(ins);
        self.program.code.len() - 1
    }

    pub(super) fn at(&self) -> u32 {
        self.program.code.len() as u32
    }

    /// Lets a jump lead to what is emitted next.
    pub(super) fn patch(&mut self, jump: usize) {
        let to = self.at();
        self.patch_to(jump, to);
    }

    pub(super) fn patch_to(&mut self, jump: usize, to: u32) {
        use Ins::*;
        match &mut self.program.code[jump] {
            Jump(t)
            | JumpIf(_, t)
            | JumpUnless(_, t)
            | JumpEqualI(_, _, t)
            | JumpUnequalI(_, _, t)
            | JumpLessI(_, _, t)
            | JumpLessEqualI(_, _, t)
            | JumpEqualF(_, _, t)
            | JumpUnequalF(_, _, t)
            | JumpLessF(_, _, t)
            | JumpLessEqualF(_, _, t)
            | JumpNotLessF(_, _, t)
            | JumpNotLessEqualF(_, _, t)
            | Start(_, _, t)
            | Next(_, _, t)
            | StartItem(_, _, _, t)
            | StartPart(_, _, _, t)
            | NextItem(_, _, _, t) => *t = to,
            _ => {}
        }
    }

    pub(super) fn temporary(&mut self) -> Option<Register> {
        self.take(1)
    }

    pub(super) fn take(&mut self, n: usize) -> Option<Register> {
        let first = self.next;
        self.next = self.next.checked_add(u8::try_from(n).ok()?).filter(|&n| n < self.low)?;
        Some(first)
    }

    /// Registers that stay taken.
    pub(super) fn keep(&mut self, n: u8) -> Option<Register> {
        self.low = self.low.checked_sub(n).filter(|&low| low > self.next)?;
        Some(self.low)
    }

    pub(super) fn constant(&mut self, bits: u64) -> Option<Register> {
        if let Some((r, _)) = self.program.constants.iter().find(|c| c.1 == bits) {
            return Some(*r);
        }
        let r = self.keep(1)?;
        self.program.constants.push((r, bits));
        Some(r)
    }

    pub(super) fn step(&mut self, before: u32, step: Step) -> u32 {
        self.program.steps.push((before, step));
        self.program.steps.len() as u32 - 1
    }

    /// Says where the general way goes on instead of what is emitted next. Inside a function that is the
    /// statement that calls it.
    pub(super) fn point(&mut self, way: u32) {
        if self.frames.is_empty() {
            let kinds: Rc<[_]> = self.kinds.as_slice().into();
            self.program.points.push(Point { from: self.at(), way, kinds: kinds.clone() });
            self.here = (way, kinds);
        }
    }

    /// Lets a jump with its kinds lead out of the code.
    pub(super) fn leave(&mut self, edge: Edge, way: u32) {
        let (way, kinds) = match self.frames.is_empty() {
            true => (way, edge.kinds.into()),
            false => self.here.clone(),
        };
        self.stubs.push(Stub { jump: edge.jump, way, kinds });
    }

    // Names.

    /// The variable of a place; `None` if what is there is no number.
    pub(super) fn variable(&mut self, place: Place) -> Option<usize> {
        if let (Some(callee), Place::Local(slot)) = (self.frames.last(), place) {
            return callee.slots.get(slot as usize).copied();
        }
        let key = key_of(place)?;
        if let Some(&v) = self.names.get(&key) {
            return Some(v);
        }
        let fresh = self.fresh.contains(&key);
        let likely = self.ev.peek(place).and_then(Num::of).map(Num::kind);
        if likely.is_none() && !fresh && self.ev.peek(place).is_some() {
            return None;
        }
        let kind = if fresh { None } else { likely };
        let (register, place) = (self.keep(1)?, Some(place));
        let v = self.new_variable(Variable { place, register, kind, likely, fresh, assigned: false });
        self.names.insert(key, v);
        Some(v)
    }

    pub(super) fn new_variable(&mut self, variable: Variable) -> usize {
        self.kinds.push(variable.kind);
        self.program.variables.push(variable);
        self.kinds.len() - 1
    }

    /// A variable to assign to.
    pub(super) fn assigned(&mut self, place: Place) -> Option<usize> {
        if let Place::Global(i) = place {
            let g = self.ev.globals.at(i);
            if g.value.is_none() && g.builtin.is_some() {
                return None;
            }
        }
        if let (Place::Local(slot), Some(callee)) = (place, self.frames.last())
            && callee.given.get(slot as usize).is_some_and(Option::is_some)
        {
            return None;
        }
        let v = self.variable(place)?;
        self.program.variables[v].assigned = true;
        Some(v)
    }

    pub(super) fn register(&self, v: usize) -> Register {
        self.program.variables[v].register
    }
}

/// A variable of the function or the program around the loop.
pub(super) fn key_of(place: Place) -> Option<Key> {
    match place {
        Place::Local(i) => Some((0, i)),
        Place::Global(i) => Some((1, i)),
        Place::Cell(_) | Place::Free(_) | Place::Itself => None,
    }
}

/// The value of a node that is written out.
pub(super) fn written(node: &Node) -> Option<Num> {
    match &node.kind {
        NodeKind::Const(v @ (Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Scalar(_))) => {
            Num::of(v)
        }
        _ => None,
    }
}

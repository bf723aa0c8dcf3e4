//! Statements to code over unboxed numbers. Kinds are followed from those that the variables have where
//! the loop is entered; what is not for numbers, lists or arrays of them is `None`, and the whole loop is
//! then for the general way. `express` has the expressions.
//!
//! Where two ways meet with different kinds (a variable that is first assigned in one arm), the rarer
//! one leaves the code. A loop whose first turn changes kinds (`s = 0.0`, then `s += a[i]`, which is
//! typed) stands twice: for the first turn, and for all others.

use super::code::*;
use super::fresh::fresh;
use crate::eval::Evaluator;
use crate::eval::ir::*;
use crate::prim::row::InLoop;
use crate::value::{Num, NumKind, Value};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// A local variable's slot, or a global one's.
pub(super) type Key = (u8, u32);
pub(super) type Kinds = Vec<Option<NumKind>>;

/// Bodies of one loop, at most: each for the kinds that the one before it left.
const COPIES: usize = 3;
/// Instructions of the longest code.
const LONGEST: usize = 4096;

/// A jump whose target is not known yet, with the kinds there.
pub(super) struct Edge {
    jump: usize,
    kinds: Kinds,
}

#[derive(Default)]
struct Open {
    breaks: Vec<Edge>,
    continues: Vec<Edge>,
}

/// A jump out of the code, to where the general way goes on.
struct Stub {
    jump: usize,
    way: u32,
    kinds: Rc<[Option<NumKind>]>,
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
enum Head<'a> {
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
    names: HashMap<Key, usize>,
    fresh: HashSet<Key>,
    states: HashMap<*const (), Register>,
    pub(super) frames: Vec<Callee>,
    open: Vec<Open>,
    stubs: Vec<Stub>,
    /// Registers below `next` and from `low` on are taken.
    pub(super) next: u8,
    low: u8,
    /// Whether the code that comes can be reached.
    live: bool,
    /// Where the statement under way stands, and the kinds there.
    here: (u32, Rc<[Option<NumKind>]>),
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
    fn entered(&mut self, head: &Head<'_>, body: &[Stmt], state: Register) -> Option<()> {
        let way = self.step(ROOT, Step::Loop(state));
        self.point(way);
        self.around(head, body, way, ROOT, true)?;
        let after = self.step(ROOT, Step::After);
        self.point(after);
        self.emit(Ins::Done);
        Some(())
    }

    fn finish(mut self) -> Option<Program> {
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

    fn at(&self) -> u32 {
        self.program.code.len() as u32
    }

    /// Lets a jump lead to what is emitted next.
    pub(super) fn patch(&mut self, jump: usize) {
        let to = self.at();
        self.patch_to(jump, to);
    }

    fn patch_to(&mut self, jump: usize, to: u32) {
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
    fn keep(&mut self, n: u8) -> Option<Register> {
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

    fn step(&mut self, before: u32, step: Step) -> u32 {
        self.program.steps.push((before, step));
        self.program.steps.len() as u32 - 1
    }

    /// Says where the general way goes on instead of what is emitted next. Inside a function that is the
    /// statement that calls it.
    fn point(&mut self, way: u32) {
        if self.frames.is_empty() {
            let kinds: Rc<[_]> = self.kinds.as_slice().into();
            self.program.points.push(Point { from: self.at(), way, kinds: kinds.clone() });
            self.here = (way, kinds);
        }
    }

    /// Lets a jump with its kinds lead out of the code.
    fn leave(&mut self, edge: Edge, way: u32) {
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
    fn assigned(&mut self, place: Place) -> Option<usize> {
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

    // Statements.

    fn block(&mut self, body: &[Stmt], before: u32) -> Option<()> {
        for (k, s) in body.iter().enumerate() {
            if !self.live {
                break;
            }
            let way = self.step(before, Step::Statement(k as u32));
            self.point(way);
            let mark = self.next;
            self.statement(s, way)?;
            self.next = mark;
        }
        Some(())
    }

    fn statement(&mut self, s: &Stmt, way: u32) -> Option<()> {
        match &s.kind {
            StmtKind::Expr(node) => match &node.kind {
                NodeKind::If { arms, otherwise } => self.branch(arms, otherwise.as_deref(), way),
                _ => self.effect(node),
            },
            StmtKind::Assign { targets, value } => self.assign(targets, value),
            StmtKind::Augment { target, fast, value, .. } => match target {
                TargetCode::Name(place, _) => {
                    let v = self.assigned(*place)?;
                    let old = (self.register(v), self.kinds[v]?);
                    let (new, mark) = (self.expr(value, None)?, self.next);
                    let new = self.arithmetic(*fast, old, new, Some(old.0), mark)?;
                    self.put(v, new);
                    Some(())
                }
                TargetCode::Index { base, subs, .. } => {
                    let spot = self.spot(base, subs)?;
                    let old = self.element(spot, None)?;
                    let new = self.expr(value, None)?;
                    let new = self.arithmetic(*fast, old, new, None, self.next)?;
                    self.set_element(spot, new)
                }
                _ => None,
            },
            StmtKind::For { target: TargetCode::Name(place, _), iter, body, .. } => {
                self.for_loop(s, *place, iter, body, way)
            }
            StmtKind::For {
                target: TargetCode::Tuple { before, starred: None, after, .. },
                iter,
                body,
                ..
            } if after.is_empty() => {
                let state = self.state(std::ptr::from_ref(s).cast())?;
                let zero = self.constant(0)?;
                self.emit(Ins::Move(state, zero));
                let head = self.parts(state, before, iter)?;
                self.looped(head, state, body, way)
            }
            StmtKind::While { test, body, .. } => self.looped(Head::While(test), 0, body, way),
            StmtKind::Break => self.jump_out(|open| &mut open.breaks),
            StmtKind::Continue => self.jump_out(|open| &mut open.continues),
            StmtKind::Return(node) => self.give(node.as_ref()?),
            _ => None,
        }
    }

    fn jump_out(&mut self, list: impl Fn(&mut Open) -> &mut Vec<Edge>) -> Option<()> {
        let edge = self.edge(Ins::Jump(0));
        list(self.open.last_mut()?).push(edge);
        self.live = false;
        Some(())
    }

    fn edge(&mut self, jump: Ins) -> Edge {
        Edge { jump: self.emit(jump), kinds: self.kinds.clone() }
    }

    fn give(&mut self, value: &Node) -> Option<()> {
        if self.frames.is_empty() {
            let (r, kind) = self.expr(value, None)?;
            let pc = self.emit(Ins::Return(r)) as u32;
            self.program.returns.push((pc, kind));
        } else {
            let r = self.expr(value, None)?;
            self.give_back(r)?;
            let jump = self.emit(Ins::Jump(0));
            self.frames.last_mut()?.returns.push(jump);
        }
        self.live = false;
        Some(())
    }

    /// Puts the value of a function that stands in place of its call where it goes.
    pub(super) fn give_back(&mut self, (r, kind): (Register, NumKind)) -> Option<()> {
        let callee = self.frames.last_mut()?;
        if callee.kind.is_some_and(|k| k != kind) {
            return None;
        }
        callee.kind = Some(kind);
        let to = callee.result;
        self.emit(Ins::Move(to, r));
        Some(())
    }

    /// A function's body, up to its end.
    pub(super) fn body(&mut self, body: &[Stmt]) -> Option<()> {
        let (last, before) = body.split_last()?;
        self.block(before, ROOT)?;
        if !self.live {
            return Some(());
        }
        match &last.kind {
            StmtKind::Expr(node) => match &node.kind {
                NodeKind::If { arms, otherwise: Some(otherwise) } => {
                    let start = self.kinds.clone();
                    let mut ends = Vec::new();
                    for (test, body) in arms {
                        let over = self.condition(test, false)?;
                        self.body(body)?;
                        if self.live {
                            ends.push(self.emit(Ins::Jump(0)));
                        }
                        over.into_iter().for_each(|jump| self.patch(jump));
                        self.resume(&start);
                    }
                    self.body(otherwise)?;
                    self.live |= !ends.is_empty();
                    ends.into_iter().for_each(|jump| self.patch(jump));
                    Some(())
                }
                _ => {
                    let r = self.expr(node, None)?;
                    self.give_back(r)
                }
            },
            StmtKind::Return(_) => self.statement(last, ROOT),
            _ => None,
        }
    }

    /// Begins a function in place of its call; its parameters have their values in `arguments`.
    pub(super) fn enter(
        &mut self,
        code: &Rc<FnCode>,
        slots: Vec<usize>,
        given: Vec<Option<Place>>,
        result: Register,
    ) {
        let code = code.clone();
        self.frames.push(Callee { code, slots, given, result, kind: None, returns: Vec::new() });
    }

    /// Ends it; what its value is.
    pub(super) fn exit(&mut self) -> Option<NumKind> {
        let callee = self.frames.pop()?;
        callee.returns.iter().for_each(|&jump| self.patch(jump));
        self.live = true;
        callee.slots.iter().for_each(|&v| self.kinds[v] = None);
        callee.kind
    }

    fn branch(&mut self, arms: &[(Node, Vec<Stmt>)], otherwise: Option<&[Stmt]>, way: u32) -> Option<()> {
        let mut ends = Vec::new();
        let start = self.kinds.clone();
        for (k, (test, body)) in arms.iter().enumerate() {
            let over = self.condition(test, false)?;
            let arm = self.step(way, Step::Arm(k as u32));
            self.block(body, arm)?;
            if self.live {
                let edge = self.edge(Ins::Jump(0));
                ends.push(edge);
            }
            over.into_iter().for_each(|jump| self.patch(jump));
            self.resume(&start);
            // The tests that follow are of the same statement.
            self.point(way);
        }
        if let Some(body) = otherwise {
            let arm = self.step(way, Step::Arm(arms.len() as u32));
            self.block(body, arm)?;
        }
        let after = self.step(way, Step::After);
        self.meet(ends, after);
        Some(())
    }

    /// Joins other ways with the one that is under way, if it is. Of those whose kinds differ the likeliest
    /// stays; the others go on at `way`, outside.
    fn meet(&mut self, mut edges: Vec<Edge>, way: u32) {
        let score = |kinds: &Kinds| {
            let likely = |(k, v): (&Option<NumKind>, &Variable)| v.likely.is_some() && *k == v.likely;
            kinds.iter().zip(&self.program.variables).filter(|(k, v)| likely((k, v))).count()
        };
        let best = edges.iter().max_by_key(|edge| score(&edge.kinds)).map(|edge| edge.kinds.clone());
        if let Some(best) = best
            && (!self.live || score(&best) > score(&self.kinds) && !self.agree(&best))
        {
            if self.live {
                edges.push(self.edge(Ins::Jump(0)));
            }
            self.resume(&best);
        }
        for edge in edges {
            match self.agree(&edge.kinds) {
                true => self.patch(edge.jump),
                false => self.leave(edge, way),
            }
        }
    }

    /// Goes on from where the kinds were these.
    fn resume(&mut self, kinds: &Kinds) {
        let later = self.program.variables.iter().skip(kinds.len()).map(|v| v.kind);
        self.kinds = kinds.iter().copied().chain(later).collect();
        self.live = true;
    }

    /// Whether the kinds of another way are those of this one. Variables that came later have there what
    /// they had at first.
    fn agree(&self, other: &Kinds) -> bool {
        let mut variables = self.program.variables.iter().enumerate();
        variables.all(|(i, v)| {
            let kind = |kinds: &Kinds| kinds.get(i).copied().unwrap_or(v.kind);
            kind(other) == kind(&self.kinds)
        })
    }

    fn assign(&mut self, targets: &[TargetCode], value: &Node) -> Option<()> {
        match (targets, &value.kind) {
            ([TargetCode::Name(place, _)], _) => {
                let v = self.assigned(*place)?;
                let new = self.expr(value, Some(self.register(v)))?;
                self.put(v, new);
                Some(())
            }
            ([TargetCode::Index { base, subs, .. }], _) => {
                let new = self.expr(value, None)?;
                let spot = self.spot(base, subs)?;
                self.set_element(spot, new)
            }
            ([TargetCode::Tuple { before, starred: None, after, .. }], NodeKind::Tuple(items))
                if after.is_empty() && before.len() == items.len() =>
            {
                self.side_by_side(before, items)
            }
            (several, _) => {
                let new = self.expr(value, None)?;
                let mut to = Vec::new();
                for target in several {
                    let TargetCode::Name(place, _) = target else { return None };
                    to.push(self.assigned(*place)?);
                }
                // The first may be the source of the others.
                to.into_iter().for_each(|v| self.put(v, new));
                Some(())
            }
        }
    }

    /// `a, b = b, a`, `a[i], a[j] = a[j], a[i]`: all values first, then all that can fail, then the
    /// writes.
    fn side_by_side(&mut self, targets: &[TargetCode], items: &[Node]) -> Option<()> {
        let mut values = Vec::new();
        for item in items {
            let (r, kind) = self.expr(item, None)?;
            // A variable may get its new value before its old one is taken.
            let held = self.program.variables.iter().any(|v| v.register == r);
            let own = if held { self.temporary()? } else { r };
            if held {
                self.emit(Ins::Move(own, r));
            }
            values.push((own, kind));
        }
        let mut spots = Vec::new();
        let names = targets.iter().any(|t| matches!(t, TargetCode::Name(..)));
        for target in targets {
            spots.push(match target {
                TargetCode::Name(place, _) => {
                    self.assigned(*place)?;
                    None
                }
                TargetCode::Index { base, subs, .. } if !names && are_plain(subs) => {
                    let spot = self.spot(base, subs)?;
                    self.check(spot);
                    Some(spot)
                }
                _ => return None,
            });
        }
        for ((target, spot), value) in targets.iter().zip(spots).zip(values) {
            match (target, spot) {
                (_, Some(spot)) => self.set_element(spot, value)?,
                (TargetCode::Name(place, _), None) => {
                    let v = self.assigned(*place)?;
                    self.put(v, value);
                }
                _ => return None,
            }
        }
        Some(())
    }

    /// Gives a variable a value.
    pub(super) fn put(&mut self, v: usize, (r, kind): (Register, NumKind)) {
        let to = self.register(v);
        if to != r {
            self.emit(Ins::Move(to, r));
        }
        self.kinds[v] = Some(kind);
    }

    // Loops.

    /// Registers for the state of a loop: the same wherever it stands in the code.
    fn state(&mut self, key: *const ()) -> Option<Register> {
        if let Some(&state) = self.states.get(&key) {
            return Some(state);
        }
        let state = self.keep(3)?;
        self.states.insert(key, state);
        Some(state)
    }

    fn for_loop(&mut self, s: &Stmt, place: Place, iter: &Node, body: &[Stmt], way: u32) -> Option<()> {
        let state = self.state(std::ptr::from_ref(s).cast())?;
        let variable = self.assigned(place)?;
        let head = self.head(state, variable, iter)?;
        self.looped(head, state, body, way)
    }

    /// The source of a `for`, made ready in its state.
    fn head<'a>(&mut self, state: Register, variable: usize, iter: &Node) -> Option<Head<'a>> {
        if let NodeKind::Load(source) = iter.kind {
            let view = self.items(source)?;
            let zero = self.constant(0)?;
            self.emit(Ins::Move(state, zero));
            return Some(Head::Items { next: state, variable, view });
        }
        let NodeKind::Call { func, args, positional: true, .. } = &iter.kind else { return None };
        if self.built_in(func)?.in_loop != InLoop::Range {
            return None;
        }
        let (start, stop, step) = match &args[..] {
            [stop] => (None, &stop.value, None),
            [start, stop] => (Some(&start.value), &stop.value, None),
            [start, stop, step] => (Some(&start.value), &stop.value, Some(&step.value)),
            _ => return None,
        };
        for (k, bound) in [(0, start), (1, Some(stop)), (2, step)] {
            let r = match bound {
                Some(node) => self.integer(node)?,
                None => self.constant(if k == 0 { 0 } else { 1 })?,
            };
            self.emit(Ins::Move(state + k, r));
        }
        self.emit(Ins::Count(state));
        Some(Head::Range { state, variable })
    }

    /// `zip(…)` and `enumerate(…)` of named vectors and lists.
    fn parts<'a>(&mut self, next: Register, targets: &[TargetCode], iter: &Node) -> Option<Head<'a>> {
        let NodeKind::Call { func, args, positional: true, .. } = &iter.kind else { return None };
        let mut views = match self.built_in(func)?.in_loop {
            InLoop::Zip if !args.is_empty() => Vec::new(),
            InLoop::Enumerate if args.len() == 1 => vec![None],
            _ => return None,
        };
        for arg in args {
            let NodeKind::Load(source) = arg.value.kind else { return None };
            views.push(Some(self.items(source)?));
        }
        if views.len() != targets.len() {
            return None;
        }
        let mut parts = Vec::new();
        for (target, view) in targets.iter().zip(views) {
            let TargetCode::Name(place, _) = target else { return None };
            parts.push((self.assigned(*place)?, view));
        }
        Some(Head::Parts { next, parts })
    }

    fn part_kind(&self, view: Option<u8>) -> NumKind {
        view.map_or(NumKind::Int, |v| self.program.views[v as usize].kind)
    }

    /// The clauses of a comprehension, and inside them its item. Its variables are new, and nobody else's.
    fn clauses(&mut self, c: &Comprehension, clauses: &[ClauseCode]) -> Option<()> {
        let mark = self.next;
        match clauses.split_first() {
            None => {
                let (r, kind) = self.expr(&c.item, None)?;
                if c.item_is_bracket || self.program.items.is_some_and(|k| k != kind) {
                    return None;
                }
                self.program.items = Some(kind);
                self.emit(Ins::Gather(r));
            }
            Some((ClauseCode::If(test), rest)) => {
                let over = self.condition(test, false)?;
                self.clauses(c, rest)?;
                over.into_iter().for_each(|jump| self.patch(jump));
            }
            Some((ClauseCode::For { target: TargetCode::Name(place, _), iter }, rest)) => {
                let state = self.keep(3)?;
                let register = self.keep(1)?;
                // Not before the source, which may speak of another variable of that name.
                let head = {
                    let v = self.new_variable(Variable::inner(register));
                    self.head(state, v, iter)?
                };
                let (Head::Range { variable, .. } | Head::Items { variable, .. }) = head else { return None };
                self.names.insert(key_of(*place)?, variable);
                let over = self.start(&head)?;
                let body = self.at();
                self.clauses(c, rest)?;
                self.next(&head, body)?;
                over.into_iter().for_each(|edge| self.patch(edge.jump));
            }
            Some(_) => return None,
        }
        self.next = mark;
        Some(())
    }

    fn looped(&mut self, head: Head<'_>, state: Register, body: &[Stmt], way: u32) -> Option<()> {
        let inside = self.step(way, Step::Loop(state));
        self.around(&head, body, inside, way, false)
    }

    /// The start of a turn, and the jumps to take where there is none.
    fn start(&mut self, head: &Head<'_>) -> Option<Vec<Edge>> {
        Some(match *head {
            Head::Range { state, variable } => {
                let edge = self.edge(Ins::Start(state, self.register(variable), 0));
                self.kinds[variable] = Some(NumKind::Int);
                vec![edge]
            }
            Head::Items { next, variable, view } => {
                let edge = self.edge(Ins::StartItem(next, self.register(variable), view, 0));
                self.kinds[variable] = Some(self.program.views[view as usize].kind);
                vec![edge]
            }
            Head::Parts { next, ref parts } => {
                let mark = self.next;
                let mut edges = Vec::new();
                let mut new = Vec::new();
                for &(variable, view) in parts {
                    let to = self.temporary()?;
                    match view {
                        Some(view) => edges.push(self.edge(Ins::StartPart(next, to, view, 0))),
                        None => {
                            self.emit(Ins::Move(to, next));
                        }
                    }
                    new.push((variable, (to, self.part_kind(view))));
                }
                self.emit(Ins::Advance(next));
                new.into_iter().for_each(|(variable, value)| self.put(variable, value));
                self.next = mark;
                edges
            }
            Head::While(test) => {
                let jumps = self.condition(test, false)?;
                jumps.into_iter().map(|jump| Edge { jump, kinds: self.kinds.clone() }).collect()
            }
        })
    }

    /// The end of a turn: back to the body, if there is another one; what leads out of it there.
    fn next(&mut self, head: &Head<'_>, body: u32) -> Option<Vec<Edge>> {
        match *head {
            Head::Parts { .. } => {
                let exits = self.start(head)?;
                self.emit(Ins::Jump(body));
                self.live = false;
                return Some(exits);
            }
            Head::Range { state, variable } => {
                self.emit(Ins::Next(state, self.register(variable), body));
            }
            Head::Items { next, variable, view } => {
                self.emit(Ins::NextItem(next, self.register(variable), view, body));
            }
            Head::While(test) => {
                self.emit(Ins::Turn);
                for jump in self.condition(test, true)? {
                    self.patch_to(jump, body);
                }
            }
        }
        Some(Vec::new())
    }

    /// What a variable of the head is in the body.
    fn begun(&self, head: &Head<'_>, kinds: &Kinds) -> Kinds {
        let mut kinds = kinds.clone();
        match *head {
            Head::Range { variable, .. } => kinds[variable] = Some(NumKind::Int),
            Head::Items { variable, view, .. } => {
                kinds[variable] = Some(self.program.views[view as usize].kind);
            }
            Head::Parts { ref parts, .. } => {
                parts.iter().for_each(|&(variable, view)| kinds[variable] = Some(self.part_kind(view)));
            }
            Head::While(_) => {}
        }
        kinds
    }

    /// A loop whose turns are at `inside`, and which is at `way`. The one that is entered has begun its
    /// first turn.
    fn around(&mut self, head: &Head<'_>, body: &[Stmt], inside: u32, way: u32, entered: bool) -> Option<()> {
        let after = self.step(way, Step::After);
        let mut exits = Vec::new();
        if entered && !matches!(head, Head::While(_)) {
            let begun = self.begun(head, &self.kinds);
            // An item that is not of the kind of the list's first.
            if begun != self.kinds {
                return None;
            }
        } else {
            exits = self.start(head)?;
        }
        for copy in 1.. {
            let (start, kinds) = (self.at(), self.kinds.clone());
            self.open.push(Open::default());
            self.block(body, inside)?;
            let open = self.open.pop()?;
            exits.extend(open.breaks);
            self.meet(open.continues, inside);
            if !self.live {
                break;
            }
            self.point(inside);
            let end = std::mem::take(&mut self.kinds);
            self.kinds = self.begun(head, &end);
            let same = self.agree(&kinds);
            self.kinds = end;
            if same {
                exits.extend(self.next(head, start)?);
                break;
            }
            if copy == COPIES || self.program.code.len() > LONGEST {
                self.emit(Ins::Surprise);
                self.live = false;
                break;
            }
            exits.extend(self.start(head)?);
        }
        self.meet(exits, after);
        Some(())
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

/// Whether subscripts read no elements, which a write could change.
fn are_plain(subs: &[SubNode]) -> bool {
    fn plain(node: &Node) -> bool {
        match &node.kind {
            NodeKind::Const(_) | NodeKind::Load(_) => true,
            NodeKind::Binary { args, .. } => args.iter().all(plain),
            NodeKind::Unary { arg, .. } => plain(arg),
            NodeKind::Kept(kept) => plain(&kept.root),
            _ => false,
        }
    }
    subs.iter().all(|s| matches!(s, SubNode::Value(node) if plain(node)))
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

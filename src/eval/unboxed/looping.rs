//! Loops and the clauses of comprehensions to code over unboxed numbers. Part of `compile`.

use super::code::*;
use super::compile::{COPIES, Compiler, Edge, Head, Kinds, LONGEST, Open, key_of};
use crate::eval::ir::*;
use crate::prim::row::InLoop;
use crate::value::NumKind;

impl Compiler<'_> {
    /// Registers for the state of a loop: the same wherever it stands in the code.
    pub(super) fn state(&mut self, key: *const ()) -> Option<Register> {
        if let Some(&state) = self.states.get(&key) {
            return Some(state);
        }
        let state = self.keep(3)?;
        self.states.insert(key, state);
        Some(state)
    }

    pub(super) fn for_loop(
        &mut self,
        s: &Stmt,
        place: Place,
        iter: &Node,
        body: &[Stmt],
        way: u32,
    ) -> Option<()> {
        let state = self.state(std::ptr::from_ref(s).cast())?;
        let variable = self.assigned(place)?;
        let head = self.head(state, variable, iter)?;
        self.looped(head, state, body, way)
    }

    /// The source of a `for`, made ready in its state.
    pub(super) fn head<'a>(&mut self, state: Register, variable: usize, iter: &Node) -> Option<Head<'a>> {
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
    pub(super) fn parts<'a>(
        &mut self,
        next: Register,
        targets: &[TargetCode],
        iter: &Node,
    ) -> Option<Head<'a>> {
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

    pub(super) fn part_kind(&self, view: Option<u8>) -> NumKind {
        view.map_or(NumKind::Int, |v| self.program.views[v as usize].kind)
    }

    /// The clauses of a comprehension, and inside them its item. Its variables are new, and nobody else's.
    pub(super) fn clauses(&mut self, c: &Comprehension, clauses: &[ClauseCode]) -> Option<()> {
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

    pub(super) fn looped(&mut self, head: Head<'_>, state: Register, body: &[Stmt], way: u32) -> Option<()> {
        let inside = self.step(way, Step::Loop(state));
        self.around(&head, body, inside, way, false)
    }

    /// The start of a turn, and the jumps to take where there is none.
    pub(super) fn start(&mut self, head: &Head<'_>) -> Option<Vec<Edge>> {
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
    pub(super) fn next(&mut self, head: &Head<'_>, body: u32) -> Option<Vec<Edge>> {
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
    pub(super) fn begun(&self, head: &Head<'_>, kinds: &Kinds) -> Kinds {
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
    pub(super) fn around(
        &mut self,
        head: &Head<'_>,
        body: &[Stmt],
        inside: u32,
        way: u32,
        entered: bool,
    ) -> Option<()> {
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

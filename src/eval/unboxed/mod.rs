//! Loops over unboxed numbers: the way of a loop whose variables are numbers and whose other values are
//! arrays or lists of numbers, and of comprehensions of numbers. What such a loop is made of is compiled to
//! a register code for the kinds (`value::NumKind`) that its variables have when it has run twice, and runs
//! there: no tags, no reference counts, no look at where a name lives.
//!
//! - `compile` and the files named there make the code, from the resolved statements and the values at
//!   hand; user's functions of numbers stand in it in place of their calls. What is not for it is found
//!   there, and the loop is then left to `statement::loops` for good.
//! - `machine` runs it. `code` has the instructions.
//! - Where the loop is entered, the kinds of its variables, its arrays' dtypes and the built-in names that
//!   it uses are looked at; another look is needed nowhere, since the code changes none of them.
//! - A surprise (an overflow, an index outside, a float that is not finite where a warning may be due, an
//!   item of another kind, Ctrl-C) leaves the code at the beginning of the statement under way, of which
//!   nothing is done yet: no instruction that writes is followed by one of its statement that can fail. The
//!   variables go back to their slots, and `resume` goes on from there the general way, which meets what
//!   was the surprise: errors, warnings and spans are its own. The next turn of the loop tries the code
//!   again.
//! - A comprehension of numbers, and a function of numbers that calls itself, run so from beginning to end
//!   (`whole`), each call in registers of its own. They have no effects, so that a surprise has the whole
//!   evaluated again the general way.
//! - Who watches the loops' statements (`%explain`, the linter's trials) has them the general way; `%prof`
//!   some turns of them.
//!
//! Nanoseconds a turn, the general way and so: `x += i * 2` 6.6 and 2.8; Collatz' steps 25 and 8; an exchange
//! in a bubble sort of a list 108 and 17, of an array 126 and 14; `l.append(i)` 47 and 8; a chained
//! comparison 138 and 4; a call of a one-line function 24 and 7. To enter a loop costs about 100, which is
//! why it is entered before its first turn where its variables allow that (`fresh`). A closure for each
//! node, called by the one around it, was not tried: it would have to be left in the middle of its calls.

mod calling;
mod code;
mod compile;
mod condition;
mod express;
mod fresh;
mod looping;
mod machine;
mod resume;
mod statements;
mod whole;

use super::Evaluator;
use super::ir::{Node, NodeKind, Place, Stmt, TargetCode};
use super::reg::Reg;
use super::statement::Flow;
use crate::array::Array;
use crate::exec::progress::Work;
use crate::exec::tally::{self, Turns};
use crate::value::{Func, List, Num, NumKind, Value};
pub use code::Frame;
use code::{Guard, Point, Program, Register, Registers, Seen};
use compile::Entered;
use machine::{Beside, Exit, View, run};
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Instant;

/// What is known of the loop that it stands in.
#[derive(Default)]
pub struct LoopCache {
    made: RefCell<Option<Rc<Made>>>,
    /// Programs made for it so far; it is left to the general way when they are [`MOST`].
    count: Cell<u8>,
    /// Runs in a row that ended after few turns in a surprise.
    strikes: Cell<u8>,
}

struct Made {
    program: Program,
    state: Register,
}

/// Programs for one loop: kinds may change between its runs.
const MOST: u8 = 6;
/// The turn of a loop before which a program may first be made.
const SETTLED: u32 = 3;
/// Turns at whose beginning the program of a loop is tried, and again after it has run well.
const TRIES: u32 = 8;
/// Turns of a run that went well.
const WELL: u64 = 8;
const STRIKES: u8 = 32;
/// Calls of a function before it is tried in registers.
const HOT: u8 = 8;

/// The tries of a loop that runs.
pub(super) struct Tries {
    turn: u32,
    until: u32,
}

impl Default for Tries {
    fn default() -> Tries {
        Tries { turn: 0, until: TRIES }
    }
}

impl Tries {
    /// Whether this turn is one to try; counts them.
    #[inline(always)]
    pub(super) fn open(&mut self) -> bool {
        self.turn < self.until && {
            self.turn += 1;
            true
        }
    }
}

/// A loop at the beginning of a turn. A `for` has given its variable its value.
#[derive(Clone, Copy)]
pub(super) enum Turn<'a> {
    Range(Place),
    /// The vector or list, if it has a name.
    Items(Place, &'a Node, &'a Value),
    /// What `zip` or `enumerate` gives, at the index after that of this turn.
    Parts(&'a [TargetCode], &'a Node),
    While(&'a Node),
}

/// How a loop went on in registers.
pub(super) enum Went {
    /// It did not: nothing is done.
    Not,
    /// To its end.
    Ended(Flow),
    /// To the end of a turn: its state is new.
    On,
}

/// An array or list that a program works on.
enum Held {
    Array(Array),
    List(List),
}

impl Evaluator {
    /// Goes on with a loop in registers, if that is possible. `state` is that of a `for`: the next integer,
    /// how many there are, and the step; or the index of the next element.
    #[inline(never)]
    pub(super) fn unboxed(
        &mut self,
        cache: &LoopCache,
        turn: Turn<'_>,
        body: &[Stmt],
        state: &mut [u64; 3],
        tries: &mut Tries,
        progress: &Work,
    ) -> Went {
        // A profile sees some turns statement by statement; a program is made when it looks away, as then
        // calls need not be told. What is zipped has its program made before the first turn or not at all.
        let seen = self.profile.as_ref().is_some_and(|p| p.sees_turns());
        if seen {
            tries.until = tries.turn + 2;
        }
        if seen && !matches!(turn, Turn::Parts(..)) {
            return Went::Not;
        }
        let Some(made) = self.program_of(cache, turn, body, tries) else { return Went::Not };
        if seen {
            tries.until = tries.turn + 2;
            return Went::Not;
        }
        let total = state[1];
        let look = |regs: &Registers| {
            let at = |k: u8| regs[(made.state + k) as usize];
            match turn {
                Turn::Range(_) => progress.reached(total.saturating_sub(at(1)) as usize),
                Turn::Items(..) | Turn::Parts(..) => progress.reached(at(0) as usize),
                Turn::While(_) => {}
            }
        };
        let mut beside = Beside { turns: 0, items: Vec::new(), look: &look };
        let began = self.profile.is_some().then(Instant::now);
        let Some((exit, regs)) = self.run_made(&made, state, &mut beside) else { return Went::Not };
        let turns = beside.turns;
        if let (Some(profile), Some(began)) = (&mut self.profile, began) {
            // A `for` has begun the turn in which it comes here.
            let begun = u64::from(!matches!(turn, Turn::While(_)));
            profile.ran_in_registers(turns, begun, began.elapsed().as_secs_f64());
        } else {
            drop(Turns(turns));
        }
        let (Exit::Surprise(pc) | Exit::Return(pc) | Exit::Done(pc)) = exit;
        let Some(point) = made.program.point(pc) else { return Went::Ended(Flow::DONE) };
        self.write_back(&made.program, point, &regs);
        for (k, s) in state.iter_mut().enumerate() {
            *s = regs[made.state as usize + k];
        }
        let went = match exit {
            Exit::Done(_) => Went::Ended(Flow::DONE),
            Exit::Return(_) => Went::Ended(self.returned_from(&made.program, pc, &regs)),
            Exit::Surprise(_) => {
                cache.judge(turns, tries);
                let way = made.program.way(point);
                self.resume(body, &way, &regs)
            }
        };
        self.registers.push(regs);
        went
    }

    /// Runs a program that fits; how it was left, and its registers.
    fn run_made(&mut self, made: &Made, state: &[u64; 3], beside: &mut Beside<'_>) -> Option<(Exit, Frame)> {
        let held = self.held_for(&made.program)?;
        let mut frames = self.frames();
        self.fill(made, &mut frames[0], state);
        let views: SmallVec<[View<'_>; 4]> =
            held.iter().zip(&made.program.views).map(|(held, seen)| held.view(seen.kind)).collect();
        let exit = run(&made.program, &views, &mut frames, beside);
        let regs = frames.swap_remove(0);
        self.registers = frames;
        Some((exit, regs))
    }

    /// The frames that nothing runs in, at least one.
    fn frames(&mut self) -> Vec<Frame> {
        let mut frames = std::mem::take(&mut self.registers);
        if frames.is_empty() {
            frames.push(Box::new([0; 256]));
        }
        frames
    }

    /// The program of a loop as things are; it may have to be made.
    fn program_of(
        &mut self,
        cache: &LoopCache,
        turn: Turn<'_>,
        body: &[Stmt],
        tries: &mut Tries,
    ) -> Option<Rc<Made>> {
        let made = cache.made.borrow().clone();
        let given_up = made.is_none() && cache.count.get() >= MOST;
        if given_up || (tally::on() && self.profile.is_none()) || self.hears_inner() {
            tries.until = 0;
            return None;
        }
        let entered = match turn {
            Turn::Range(place) => Entered::Range(place),
            Turn::While(test) => Entered::While(test),
            Turn::Parts(targets, iter) => Entered::Parts { targets, iter },
            Turn::Items(place, node, value) => match self.named_source(node, value) {
                Some(source) => Entered::Items { place, source },
                None => {
                    tries.until = 0;
                    return None;
                }
            },
        };
        if let Some(made) = made
            && self.fits(&made.program)
        {
            return Some(made);
        }
        // What is zipped stands under its names for certain only before the first turn; a body that there is
        // a program for gives them no other value.
        let settled = match turn {
            Turn::Parts(..) if cache.made.borrow().is_none() => tries.turn == 1,
            _ => tries.turn >= SETTLED,
        };
        if !settled || cache.count.get() >= MOST || self.is_at_other_item(turn) {
            return None;
        }
        match compile::compile(self, &entered, body) {
            Some((program, state)) => {
                let made = Rc::new(Made { program, state });
                cache.count.set(cache.count.get() + 1);
                *cache.made.borrow_mut() = Some(made.clone());
                self.fits(&made.program).then_some(made)
            }
            None => {
                cache.give_up();
                tries.until = 0;
                None
            }
        }
    }

    /// Whether a loop has come to an item that is not of the kind of the list's first.
    fn is_at_other_item(&self, turn: Turn<'_>) -> bool {
        let Turn::Items(place, _, Value::List(l)) = turn else { return false };
        self.peek(place).and_then(Num::of).map(Num::kind) != l.number(0).map(Num::kind)
    }

    /// The place of the vector or list that a loop goes through, if it still stands there.
    fn named_source(&self, node: &Node, value: &Value) -> Option<Place> {
        let NodeKind::Load(place) = node.kind else { return None };
        let same = match (self.peek(place)?, value) {
            (Value::Array(a), Value::Array(b)) => a.same_object(b),
            (Value::List(a), Value::List(b)) => a.same(b),
            _ => false,
        };
        same.then_some(place)
    }

    /// Whether what a program was made for is so.
    fn fits(&self, program: &Program) -> bool {
        program.variables.iter().all(|v| match v.place {
            Some(_) if v.fresh => true,
            Some(place) => self.peek(place).map(|x| Num::of(x).map(Num::kind)) == v.kind.map(Some),
            None => true,
        }) && program.views.iter().all(|v| self.is_seen(v))
            && program.guards.iter().all(|g| self.holds_still(g))
    }

    fn is_seen(&self, seen: &Seen) -> bool {
        match self.peek(seen.place) {
            Some(Value::Array(a)) => {
                !seen.is_list
                    && a.ndim() == seen.ndim as usize
                    && express::element_kind(a) == Some(seen.kind)
                    && (!seen.written || a.writeable())
            }
            Some(Value::List(_)) => seen.is_list,
            _ => false,
        }
    }

    fn holds_still(&self, guard: &Guard) -> bool {
        match guard {
            Guard::BuiltIn(slot) => self.globals.at(*slot).value.is_none(),
            Guard::Module(place, module) => {
                matches!(self.peek(*place), Some(Value::Object(o)) if Rc::ptr_eq(o, module))
            }
            Guard::Function(place, value, closure) => {
                matches!(self.peek(*place), Some(Value::Func(Func::Shared(f)))
                    if std::ptr::addr_eq(Rc::as_ptr(f), value.as_ptr()))
                    && closure.strong_count() > 0
            }
        }
    }

    fn held_for(&self, program: &Program) -> Option<SmallVec<[Held; 4]>> {
        let held = |seen: &Seen| match self.peek(seen.place)? {
            Value::Array(a) => Some(Held::Array(a.clone())),
            Value::List(l) => Some(Held::List(l.clone())),
            _ => None,
        };
        program.views.iter().map(held).collect()
    }

    fn fill(&self, made: &Made, regs: &mut Registers, state: &[u64; 3]) {
        for &(r, bits) in &made.program.constants {
            regs[r as usize] = bits;
        }
        for v in &made.program.variables {
            if let Some(n) = v.place.and_then(|p| self.peek(p)).and_then(Num::of) {
                regs[v.register as usize] = n.bits();
            }
        }
        for (k, s) in state.iter().enumerate() {
            regs[made.state as usize + k] = *s;
        }
    }

    /// Puts the variables back where they live.
    fn write_back(&mut self, program: &Program, point: &Point, regs: &Registers) {
        for (i, v) in program.variables.iter().enumerate() {
            let kind = point.kinds.get(i).copied().unwrap_or(v.kind);
            if let (Some(place), Some(kind), true) = (v.place, kind, v.assigned) {
                self.store_reg(place, Reg::Num(Num::from_bits(kind, regs[v.register as usize])));
            }
        }
    }

    fn returned_from(&mut self, program: &Program, pc: usize, regs: &Registers) -> Flow {
        let kind = program.returns.iter().find(|r| r.0 as usize == pc).map(|r| r.1);
        self.returned = match (program.code.get(pc), kind) {
            (Some(code::Ins::Return(r)), Some(kind)) => Reg::Num(Num::from_bits(kind, regs[*r as usize])),
            _ => Reg::None,
        };
        Flow::Return
    }
}

impl Held {
    fn view(&self, kind: NumKind) -> View<'_> {
        match self {
            Held::Array(a) => View::of_array(a, kind),
            Held::List(l) => View::of_list(l, kind),
        }
    }
}

impl LoopCache {
    /// Whether a function has been called often enough to be tried; counts the calls.
    #[inline(always)]
    pub(super) fn is_hot(&self) -> bool {
        match self.count.get() {
            u8::MAX => false,
            n if n >= HOT => true,
            n => {
                self.count.set(n + 1);
                false
            }
        }
    }

    /// Leaves the loop to the general way.
    fn give_up(&self) {
        self.count.set(MOST);
        *self.made.borrow_mut() = None;
    }

    /// Learns from a run that ended in a surprise.
    fn judge(&self, turns: u64, tries: &mut Tries) {
        if turns >= WELL {
            self.strikes.set(0);
            tries.until = tries.turn + TRIES;
            return;
        }
        self.strikes.set(self.strikes.get() + 1);
        if self.strikes.get() >= STRIKES {
            self.give_up();
        }
    }
}

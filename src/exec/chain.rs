//! Finds the runs of steps in a plan that go as one chain: neighbouring float operations of one dtype,
//! whose values then stay in processor registers instead of going through blocks in L1. The machine
//! runs chains where it needs no step's own test, and the plan's steps otherwise.

use super::plan::{Operand, Plan, Watch};
use crate::dtype::DType;
use crate::kernel::chain::{Code, Link, MOST_PLACES};
use smallvec::SmallVec;

/// A part of a plan that runs in one go.
pub(super) enum Part {
    /// The instruction of this number.
    One(usize),
    Chain(Chain),
}

/// Instructions `first..=last` as a program of the accumulator.
pub(super) struct Chain {
    pub last: usize,
    pub codes: SmallVec<[Code; 16]>,
    pub sources: SmallVec<[Operand; 4]>,
    pub slots: usize,
    /// The steps whose results go to their registers, or, of the plan's last, to its output.
    pub results: SmallVec<[usize; 2]>,
}

/// A plan ready to run: how its steps run, and where their results go. Made once for all machines.
pub(super) struct Prepared {
    pub watches: SmallVec<[Watch; 8]>,
    /// The plan as it runs where no step needs its own test.
    pub parts: SmallVec<[Part; 4]>,
    /// The register of each step.
    pub slots: SmallVec<[usize; 8]>,
    /// The dtype of each register.
    pub dtypes: SmallVec<[DType; 4]>,
}

impl Prepared {
    /// Where `by_rows`, chains of a single step serve too, since they read several rows in one block.
    pub fn new(plan: &Plan, by_rows: bool) -> Prepared {
        let watches = plan.watches();
        let parts = parts(plan, &watches, if by_rows { 1 } else { 2 });
        let (slots, dtypes) = plan.registers(&ends(&parts));
        Prepared { watches, parts, slots, dtypes }
    }
}

/// Of each instruction, the last one of its part.
fn ends(parts: &[Part]) -> SmallVec<[usize; 8]> {
    let mut ends = SmallVec::new();
    for part in parts {
        let last = match part {
            Part::One(i) => *i,
            Part::Chain(chain) => chain.last,
        };
        ends.resize(last + 1, last);
    }
    ends
}

/// A plan as parts, in order. A chain has at least `least` steps.
fn parts(plan: &Plan, watches: &[Watch], least: usize) -> SmallVec<[Part; 4]> {
    let mut parts = SmallVec::new();
    let n = plan.instructions.len();
    let mut i = 0;
    while i < n {
        let dtype = chains(plan, i);
        let mut end = i + 1;
        while dtype.is_some() && end < n && chains(plan, end) == dtype {
            end += 1;
        }
        // Where a chain has too many places, a shorter one has fewer.
        let chain = (i + least..=end)
            .rev()
            .filter(|_| dtype.is_some())
            .find_map(|end| Writer::new(plan, watches, i, end).write());
        match chain {
            Some(chain) => {
                i = chain.last + 1;
                parts.push(Part::Chain(chain));
            }
            None => {
                parts.push(Part::One(i));
                i += 1;
            }
        }
    }
    parts
}

/// The inputs that only chains read, by bit.
pub(super) fn read_by_chains(plan: &Plan, parts: &[Part]) -> u64 {
    let alone = parts.iter().filter_map(|part| match part {
        Part::One(i) => Some(&plan.instructions[*i].operands),
        Part::Chain(_) => None,
    });
    let bit = |o: &Operand| match o {
        Operand::Input(i) => 1u64.checked_shl(*i as u32).unwrap_or(0),
        Operand::Step(_) => 0,
    };
    let few = plan.inputs.len() < 64;
    if few { !alone.flatten().map(bit).fold(0, |all, b| all | b) } else { 0 }
}

/// The dtype in which an instruction chains, if it does.
fn chains(plan: &Plan, i: usize) -> Option<DType> {
    let ins = &plan.instructions[i];
    ins.link?;
    let dtype = |o: &Operand| match o {
        Operand::Input(i) => plan.inputs[*i],
        Operand::Step(i) => plan.instructions[*i].out,
    };
    let floats = matches!(ins.out, DType::F32 | DType::F64);
    (floats && ins.operands.iter().all(|o| dtype(o) == ins.out)).then_some(ins.out)
}

/// A code at a place.
type At = fn(u8) -> Code;

/// Writes the program of instructions `first..end`.
struct Writer<'a> {
    plan: &'a Plan,
    watches: &'a [Watch],
    first: usize,
    end: usize,
    codes: SmallVec<[Code; 16]>,
    sources: SmallVec<[Operand; 4]>,
    results: SmallVec<[usize; 2]>,
    /// The step that each slot holds.
    slots: SmallVec<[usize; 4]>,
    /// The step in the accumulator.
    held: Option<usize>,
}

/// Numbers of slots and results are told from those of sources by these, until all are known.
const SLOT: u8 = 64;
const RESULT: u8 = 128;

impl<'a> Writer<'a> {
    fn new(plan: &'a Plan, watches: &'a [Watch], first: usize, end: usize) -> Writer<'a> {
        Writer {
            plan,
            watches,
            first,
            end,
            codes: SmallVec::new(),
            sources: SmallVec::new(),
            results: SmallVec::new(),
            slots: SmallVec::new(),
            held: None,
        }
    }

    /// The chain; `None` if it has more places than one may have.
    fn write(mut self) -> Option<Chain> {
        for i in self.first..self.end {
            self.operation(i);
            if self.watches[i] == Watch::Result {
                self.codes.push(Code::Test);
            }
            self.held = Some(i);
            self.keep(i);
        }
        let (sources, slots) = (self.sources.len(), self.slots.len());
        if sources + slots + self.results.len() > MOST_PLACES {
            return None;
        }
        let mut codes = self.codes;
        for code in &mut codes {
            *code = match code.place() {
                Some(p @ RESULT..) => code.at(p - RESULT + (sources + slots) as u8),
                Some(p @ SLOT..) => code.at(p - SLOT + sources as u8),
                _ => *code,
            };
        }
        let last = self.end - 1;
        Some(Chain { last, codes, sources: self.sources, slots, results: self.results })
    }

    /// The codes of instruction `i`, which leave its result in the accumulator.
    fn operation(&mut self, i: usize) {
        let ins = &self.plan.instructions[i];
        let (Some(link), Some(&x)) = (ins.link, ins.operands.first()) else { return };
        let y = ins.operands.get(1).copied().filter(|_| !link.is_unary());
        let held = |o: Operand| matches!((o, self.held), (Operand::Step(s), Some(h)) if s == h);
        let (code, reversed): (At, At) = match link {
            Link::Add => (Code::Add, Code::Add),
            Link::Subtract => (Code::Subtract, Code::SubtractFrom),
            Link::Multiply => (Code::Multiply, Code::Multiply),
            Link::Divide => (Code::Divide, Code::DivideInto),
            Link::Maximum => (Code::Maximum, Code::MaximumOf),
            _ => (Code::Minimum, Code::MinimumOf),
        };
        let unary = match link {
            Link::Negative => Code::Negative,
            Link::Absolute => Code::Absolute,
            Link::Square => Code::Square,
            Link::Cube => Code::Cube,
            Link::Reciprocal => Code::Reciprocal,
            _ => Code::SquareRoot,
        };
        let (holds_x, holds_y) = (held(x), y.is_some_and(held));
        if !holds_x && !holds_y {
            let from = self.place(x);
            self.codes.push(Code::Load(from));
        }
        let code = match y {
            None => unary,
            Some(_) if !holds_x && holds_y => reversed(self.place(x)),
            Some(y) => code(self.place(y)),
        };
        self.codes.push(code);
    }

    /// Stores the result of step `i`, now in the accumulator, if anything but the next step's
    /// accumulator wants it.
    fn keep(&mut self, i: usize) {
        let uses = |j: &usize| self.plan.instructions[*j].operands.contains(&Operand::Step(i));
        let last_of_plan = i + 1 == self.plan.instructions.len();
        if last_of_plan || (self.end..self.plan.instructions.len()).any(|j| uses(&j)) {
            self.codes.push(Code::Store(RESULT + self.results.len() as u8));
            self.results.push(i);
        }
        let inside: SmallVec<[usize; 2]> = (i + 1..self.end).filter(uses).collect();
        let twice = |j: usize| {
            let ins = &self.plan.instructions[j];
            let seen = if ins.link.is_some_and(Link::is_unary) { 1 } else { 2 };
            ins.operands.iter().take(seen).filter(|o| **o == Operand::Step(i)).count() > 1
        };
        if inside.is_empty() || (inside[..] == [i + 1] && !twice(i + 1)) {
            return;
        }
        let wanted = |s: usize| {
            (i + 1..self.end).any(|j| self.plan.instructions[j].operands.contains(&Operand::Step(s)))
        };
        let free = self.slots.iter().position(|&s| !wanted(s));
        let slot = match free {
            Some(slot) => {
                self.slots[slot] = i;
                slot
            }
            None => {
                self.slots.push(i);
                self.slots.len() - 1
            }
        };
        self.codes.push(Code::Store(SLOT + slot as u8));
    }

    /// The number of the place that has an operand.
    fn place(&mut self, operand: Operand) -> u8 {
        let at = |all: &[Operand]| all.iter().position(|o| *o == operand);
        match operand {
            Operand::Step(s) if s >= self.first => {
                SLOT + self.slots.iter().position(|&held| held == s).unwrap_or(0) as u8
            }
            _ => at(&self.sources).unwrap_or_else(|| {
                self.sources.push(operand);
                self.sources.len() - 1
            }) as u8,
        }
    }
}

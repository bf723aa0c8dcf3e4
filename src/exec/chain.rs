//! Finds the runs of steps in a plan that go as one chain: neighbouring operations of one dtype of numbers,
//! whose values then stay in processor registers instead of going through blocks in L1. The machine
//! runs chains where it needs no step's own test, and the plan's steps otherwise.

use super::plan::{Instruction, Operand, Plan, Watch};
use crate::dtype::DType;
use crate::kernel::Fold;
use crate::kernel::chain::{Code, Link, MOST_PLACES, Whole};
use crate::kernel::fold::Grouping;
use smallvec::SmallVec;

/// Elements from which a single step runs as a chain, which takes longer to begin with.
pub(super) const LONG: usize = 1 << 12;

/// A part of a plan that runs in one go.
pub(super) enum Part {
    /// The instruction of this number.
    One(usize),
    Chain(Chain),
}

/// Instructions `first..=last` as a program of the accumulator.
pub(super) struct Chain {
    pub last: usize,
    /// Of the numbers that it computes with.
    pub dtype: DType,
    pub codes: SmallVec<[Code; 16]>,
    pub sources: SmallVec<[Operand; 4]>,
    pub slots: usize,
    /// The steps whose results go to their registers, or, of the plan's last, to its output.
    pub results: SmallVec<[usize; 2]>,
}

impl Part {
    fn chain(&self) -> Option<&Chain> {
        match self {
            Part::One(_) => None,
            Part::Chain(chain) => Some(chain),
        }
    }

    fn chain_mut(&mut self) -> Option<&mut Chain> {
        match self {
            Part::One(_) => None,
            Part::Chain(chain) => Some(chain),
        }
    }
}

impl Chain {
    /// Whether there may be one more slot.
    fn has_room(&self) -> bool {
        self.sources.len() + self.slots + self.results.len() < MOST_PLACES
    }

    /// Converts the elements of a source, if it is one: the codes that took it take a slot of its own.
    fn convert(&mut self, source: Operand) {
        let Some(from) = self.sources.iter().position(|o| *o == source) else { return };
        let slot = (self.sources.len() + self.slots) as u8;
        let moved = |p: u8| match p {
            p if p as usize == from => slot,
            p if p >= slot => p + 1,
            p => p,
        };
        for code in &mut self.codes {
            *code = code.map(moved);
        }
        let first = self.codes.iter().position(|code| code.names(slot)).unwrap_or(0);
        self.codes.insert(first, Code::Convert(from as u8, slot));
        self.slots += 1;
    }
}

/// Whether a chain can convert elements of one dtype to its own, and no condition comes of it.
fn converts(from: DType, to: DType) -> bool {
    let wider = from == DType::F32 && to == DType::F64;
    from != to && to != DType::Bool && !from.is_complex() && (!from.is_inexact() || wider)
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
    /// The inputs, by bit, that chains convert: see [`Prepared::converting`].
    converted: u64,
}

impl Prepared {
    /// A chain has at least `least` steps.
    pub fn new(plan: &Plan, least: usize) -> Prepared {
        Prepared::with(plan, least, false)
    }

    /// For a plan whose results are folded: where the fold can take them from a chain, a single step is one.
    pub fn for_fold(plan: &Plan, fold: &Fold, alone: bool) -> Prepared {
        if plan.instructions.iter().all(|ins| ins.link.is_some()) {
            let prepared = Prepared::with(plan, if alone { 1 } else { 2 }, true);
            if prepared.folds(plan, fold) {
                return prepared;
            }
        }
        Prepared::new(plan, 2)
    }

    /// For a plan whose rows are folded into one: all of it as one chain, if it is one.
    pub fn for_rows(plan: &Plan, fold: &Fold, alone: bool) -> Prepared {
        if plan.instructions.iter().all(|ins| ins.link.is_some()) {
            let prepared = Prepared::with(plan, 1, true);
            if matches!(prepared.parts[..], [Part::Chain(_)]) {
                return prepared;
            }
        }
        Prepared::for_fold(plan, fold, alone)
    }

    fn with(plan: &Plan, least: usize, folded: bool) -> Prepared {
        let watches = plan.watches();
        let parts = parts(plan, &watches, least, folded);
        let (slots, dtypes) = plan.registers(&ends(&parts));
        Prepared { watches, parts, slots, dtypes, converted: 0 }
    }

    /// Whether chains convert this input.
    pub fn converts(&self, i: usize) -> bool {
        self.converted.checked_shr(i as u32).is_some_and(|bits| bits & 1 == 1)
    }

    /// The same for inputs that have these dtypes, if any: what only chains read, and need not be tested when it is
    /// converted, they convert tile by tile.
    pub fn converting(mut self, plan: &Plan, dtypes: impl Iterator<Item = Option<DType>>) -> Prepared {
        for (i, dtype) in dtypes.enumerate().take(64) {
            if !dtype.is_some_and(|dtype| converts(dtype, plan.inputs[i])) {
                continue;
            }
            let input = Operand::Input(i);
            let chains = || self.parts.iter().filter_map(Part::chain).filter(|c| c.sources.contains(&input));
            let read = read_by_chains(plan, &self.parts) >> i & 1 == 1;
            if read && chains().count() > 0 && chains().all(Chain::has_room) {
                let parts = self.parts.iter_mut();
                parts.filter_map(Part::chain_mut).for_each(|chain| chain.convert(input));
                self.converted |= 1 << i;
            }
        }
        self
    }

    /// Whether a fold can take the results of all steps where one chain of floats makes them.
    pub fn folds(&self, plan: &Plan, fold: &Fold) -> bool {
        let tree = match fold.grouping {
            Grouping::Free => true,
            Grouping::Pairwise => fold.out == fold.dtype,
            Grouping::InOrder | Grouping::PairwiseComplex => false,
        };
        let floats = matches!(&self.parts[..], [Part::Chain(chain)] if chain.dtype.is_inexact());
        tree && fold.dtype == plan.out() && floats
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

/// A plan as parts, in order. Kernels that write bools do 64 at a time, chains 8: only where these spare
/// more, or nothing is written, do they end so (`(a > 0.25) & (a < 0.75)` of 1e4 float64 took 3.4 µs by
/// kernels and 4.3 as a chain; `sum(a > 0.5)` 4.3 and 3.6).
fn parts(plan: &Plan, watches: &[Watch], least: usize, folded: bool) -> SmallVec<[Part; 4]> {
    let mut parts = SmallVec::new();
    let n = plan.instructions.len();
    let mut i = 0;
    while i < n {
        // Logic alone belongs to no dtype of numbers: it joins a chain, but begins none.
        let dtype = match chains(plan, i) {
            Some(Chains::In(dtype)) => Some(dtype),
            _ => None,
        };
        let joins = |i: usize| match chains(plan, i) {
            Some(Chains::In(d)) => Some(d) == dtype,
            Some(Chains::Logic) => true,
            None => false,
        };
        let mut end = i + 1;
        while dtype.is_some() && end < n && joins(end) {
            end += 1;
        }
        // Where a chain has too many places, a shorter one has fewer.
        let chain = (i + least..=end)
            .rev()
            .filter(|&end| folded || pays(plan, i, end))
            .find_map(|end| Writer::new(plan, watches, i, end).write(dtype?));
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

/// Whether instructions `first..end` go faster as a chain than each on its own.
fn pays(plan: &Plan, first: usize, end: usize) -> bool {
    let bools = plan.instructions[end - 1].out == DType::Bool;
    let numbers = plan.instructions[first..end].iter().filter(|ins| ins.out != DType::Bool).count();
    let steps = &plan.instructions[first..end];
    !bools || numbers >= 2 || is_range(steps, first) || tests_bits(steps, first)
}

/// Whether two comparisons of the same elements are joined: one loop does both, where they are with numbers.
fn is_range(steps: &[Instruction], first: usize) -> bool {
    let [one, two, join] = steps else { return false };
    let orders = |ins: &Instruction| {
        matches!(ins.link, Some(Link::Less | Link::LessEqual | Link::Greater | Link::GreaterEqual))
    };
    let both = [Operand::Step(first), Operand::Step(first + 1)];
    let joins =
        matches!(join.link, Some(Link::And | Link::Or)) && both.iter().all(|o| join.operands.contains(o));
    joins && orders(one) && orders(two) && one.operands.iter().any(|o| two.operands.contains(o))
}

/// Whether some bits of integers are compared: one loop does both, where they are with numbers.
fn tests_bits(steps: &[Instruction], first: usize) -> bool {
    let [bits, test] = steps else { return false };
    let picks = matches!(bits.link, Some(Link::And | Link::LowBits));
    let equals = matches!(test.link, Some(Link::Equal | Link::NotEqual));
    picks && equals && test.operands.contains(&Operand::Step(first))
}

/// How an instruction chains.
enum Chains {
    /// With others of this dtype of numbers.
    In(DType),
    /// With others of any.
    Logic,
}

fn chains(plan: &Plan, i: usize) -> Option<Chains> {
    let ins = &plan.instructions[i];
    let link = ins.link?;
    let dtype = |o: &Operand| match o {
        Operand::Input(i) => plan.inputs[*i],
        Operand::Step(i) => plan.instructions[*i].out,
    };
    let seen = if link.is_unary() { 1 } else { ins.operands.len() };
    let operands = &ins.operands[..seen.min(ins.operands.len())];
    let numbers = if link == Link::Choose { operands.get(1..)? } else { operands };
    let all = |d: DType| numbers.iter().all(|o| dtype(o) == d);
    let of = dtype(numbers.first()?);
    match of {
        DType::Bool if link.is_logic() && ins.out == DType::Bool => all(of).then_some(Chains::Logic),
        // Comparisons of real numbers meet no condition, whatever their check.
        // What wraps is noted by a chain of integers itself.
        DType::F32 | DType::F64 | DType::I32 | DType::I64 => {
            let other = if of.is_inexact() { link.is_of_integers() } else { link.is_of_floats() };
            let fits = if link.compares() { ins.out == DType::Bool } else { ins.out == of && !other };
            (fits && all(of)).then_some(Chains::In(of))
        }
        _ => None,
    }
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
    /// What each slot holds: results of steps, and truth values from elsewhere.
    slots: SmallVec<[Operand; 4]>,
    /// What is in the accumulator.
    held: Option<Operand>,
}

/// Codes, of which some neighbours are one: a load and what takes it, and as in polynomials a product and the sum
/// after it.
fn in_pairs(codes: &[Code]) -> SmallVec<[Code; 16]> {
    let mut joined: SmallVec<[Code; 16]> = SmallVec::new();
    for &code in codes {
        let one = match (joined.last().copied(), code) {
            (Some(Code::Load(p)), Code::Add(q)) => Code::Sum(p, q),
            (Some(Code::Load(p)), Code::Subtract(q)) => Code::Difference(p, q),
            (Some(Code::Load(p)), Code::SubtractFrom(q)) => Code::Difference(q, p),
            (Some(Code::Load(p)), Code::Multiply(q)) => Code::Product(p, q),
            (Some(Code::Multiply(p)), Code::Add(q)) => Code::MultiplyAdd(p, q),
            _ => {
                joined.push(code);
                continue;
            }
        };
        joined.pop();
        joined.push(one);
    }
    joined
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
    fn write(mut self, dtype: DType) -> Option<Chain> {
        for i in self.first..self.end {
            if self.plan.instructions[i].out == DType::Bool {
                self.truth(i);
                continue;
            }
            if self.joins_next(i) {
                continue;
            }
            self.number(i);
            if self.watches[i] == Watch::Result {
                self.codes.push(Code::Test);
            }
            self.held = Some(Operand::Step(i));
            self.keep(i);
        }
        let (sources, slots) = (self.sources.len(), self.slots.len());
        if sources + slots + self.results.len() > MOST_PLACES {
            return None;
        }
        let mut codes = in_pairs(&self.codes);
        for code in &mut codes {
            *code = code.map(|p| match p {
                RESULT.. => p - RESULT + (sources + slots) as u8,
                SLOT.. => p - SLOT + sources as u8,
                _ => p,
            });
        }
        let last = self.end - 1;
        Some(Chain { last, dtype, codes, sources: self.sources, slots, results: self.results })
    }

    fn holds(&self, o: Operand) -> bool {
        self.held == Some(o)
    }

    /// The codes of instruction `i`, which leave its result in the accumulator.
    fn number(&mut self, i: usize) {
        let ins = &self.plan.instructions[i];
        let (Some(link), Some(&x)) = (ins.link, ins.operands.first()) else { return };
        if let (Link::Choose, [_, yes, no]) = (link, &ins.operands[..]) {
            return self.choose(x, *yes, *no, i);
        }
        if let (Link::Clip, [_, low, high]) = (link, &ins.operands[..]) {
            return self.clip(x, *low, *high);
        }
        if i > self.first && self.joins_next(i - 1) {
            return self.with_product(i);
        }
        let y = ins.operands.get(1).copied().filter(|_| !link.is_unary());
        let (code, reversed): (At, At) = match link {
            Link::Add => (Code::Add, Code::Add),
            Link::Subtract | Link::Deviation => (Code::Subtract, Code::SubtractFrom),
            Link::Multiply => (Code::Multiply, Code::Multiply),
            Link::Divide => (Code::Divide, Code::DivideInto),
            Link::Maximum => (Code::Maximum, Code::MaximumOf),
            Link::And => (Code::BitAnd, Code::BitAnd),
            Link::Or => (Code::BitOr, Code::BitOr),
            Link::Xor => (Code::BitXor, Code::BitXor),
            Link::LowBits => (Code::LowBits, Code::LowBits),
            _ => (Code::Minimum, Code::MinimumOf),
        };
        let unary = match link {
            Link::Negative => Code::Negative,
            Link::Absolute => Code::Absolute,
            Link::Sign => Code::Sign,
            Link::Square => Code::Square,
            Link::Cube => Code::Cube,
            Link::Reciprocal => Code::Reciprocal,
            Link::Floor => Code::Round(Whole::Floor),
            Link::Ceil => Code::Round(Whole::Ceil),
            Link::Trunc => Code::Round(Whole::Trunc),
            Link::Rint => Code::Round(Whole::Nearest),
            Link::Fraction => Code::Fraction,
            Link::Not => Code::BitNot,
            _ => Code::SquareRoot,
        };
        let (holds_x, holds_y) = (self.holds(x), y.is_some_and(|y| self.holds(y)));
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
        if link == Link::Deviation {
            self.codes.push(Code::Square);
        }
    }

    /// Whether step `i` is a product for the next step alone, which adds it to something or subtracts it: the
    /// two are one code, and what was in the accumulator stays there.
    fn joins_next(&self, i: usize) -> bool {
        let all = &self.plan.instructions;
        let (Some(ins), Some(next)) = (all.get(i), all.get(i + 1)) else { return false };
        let before = i.checked_sub(1).map(Operand::Step);
        let takes = match (next.link, &next.operands[..]) {
            (Some(Link::Add), [x, y]) => (*x == Operand::Step(i)) != (*y == Operand::Step(i)),
            (Some(Link::Subtract), [x, y]) => *x != Operand::Step(i) && *y == Operand::Step(i),
            _ => false,
        };
        i >= self.first
            && i + 1 < self.end
            && takes
            && ins.link == Some(Link::Multiply)
            && next.out == ins.out
            && self.watches[i] != Watch::Result
            && !ins.operands.iter().any(|o| Some(*o) == before)
            && !all[i + 2..].iter().any(|ins| ins.operands.contains(&Operand::Step(i)))
    }

    /// The code of step `i` with the product before it.
    fn with_product(&mut self, i: usize) {
        let product = Operand::Step(i - 1);
        let [ins, of] = [i, i - 1].map(|i| &self.plan.instructions[i]);
        let (Some(&other), [a, b]) = (ins.operands.iter().find(|o| **o != product), &of.operands[..]) else {
            return;
        };
        if !self.holds(other) {
            let from = self.place(other);
            self.codes.push(Code::Load(from));
        }
        let (a, b) = (self.place(*a), self.place(*b));
        self.codes.push(match ins.link {
            Some(Link::Add) => Code::AddProduct(a, b),
            _ => Code::SubtractProduct(a, b),
        });
    }

    /// The codes of what is kept between bounds: where it equals one it stays as it is, zeros with their signs.
    fn clip(&mut self, x: Operand, low: Operand, high: Operand) {
        if !self.holds(x) && self.holds(low) {
            let x = self.place(x);
            self.codes.push(Code::Maximum(x));
        } else {
            if !self.holds(x) {
                let from = self.place(x);
                self.codes.push(Code::Load(from));
            }
            let low = self.place(low);
            self.codes.push(Code::MaximumOf(low));
        }
        let high = self.place(high);
        self.codes.push(Code::MinimumOf(high));
    }

    /// The codes of a choice, which leave it in the accumulator.
    fn choose(&mut self, condition: Operand, yes: Operand, no: Operand, i: usize) {
        let mask = self.mask(condition, i);
        if self.holds(yes) {
            let no = self.place(no);
            return self.codes.push(Code::TakeElse(mask, no));
        }
        if !self.holds(no) {
            let no = self.place(no);
            self.codes.push(Code::Load(no));
        }
        let yes = self.place(yes);
        self.codes.push(Code::Take(mask, yes));
    }

    /// The codes of instruction `i`, which leave its truth values in a slot, and bools where they are
    /// wanted.
    fn truth(&mut self, i: usize) {
        let ins = &self.plan.instructions[i];
        let (Some(link), Some(&x)) = (ins.link, ins.operands.first()) else { return };
        let y = ins.operands.get(1).copied().unwrap_or(x);
        let to = if link.compares() {
            let (holds_x, holds_y) = (self.holds(x), self.holds(y));
            let reversed = !holds_x && holds_y;
            if !holds_x && !holds_y {
                let from = self.place(x);
                self.codes.push(Code::Load(from));
                // What was held has had its only use, or has a slot.
                self.held = Some(x);
            }
            let place = self.place(if reversed { x } else { y });
            let to = self.slot(Operand::Step(i), i);
            let code: fn(u8, u8) -> Code = match (link, reversed) {
                (Link::Equal, _) => Code::Equal,
                (Link::NotEqual, _) => Code::NotEqual,
                (Link::Less, false) | (Link::Greater, true) => Code::Less,
                (Link::LessEqual, false) | (Link::GreaterEqual, true) => Code::LessEqual,
                (Link::Greater, false) | (Link::Less, true) => Code::Greater,
                _ => Code::GreaterEqual,
            };
            self.codes.push(code(place, to));
            to
        } else {
            let p = self.mask(x, i);
            let q = if link.is_unary() { p } else { self.mask(y, i) };
            let to = self.slot(Operand::Step(i), i);
            self.codes.push(match link {
                Link::And => Code::And(p, q, to),
                Link::Or => Code::Or(p, q, to),
                Link::Xor => Code::Xor(p, q, to),
                _ => Code::Not(p, to),
            });
            to
        };
        if self.wanted_outside(i) {
            self.codes.push(Code::Write(to, RESULT + self.results.len() as u8));
            self.results.push(i);
        }
    }

    /// The slot of truth values that instruction `i` looks at; from bools in memory if nothing holds them.
    fn mask(&mut self, operand: Operand, i: usize) -> u8 {
        if let Some(slot) = self.slots.iter().position(|held| *held == operand) {
            return SLOT + slot as u8;
        }
        let from = self.place(operand);
        let slot = self.slot(operand, i);
        self.codes.push(Code::Read(from, slot));
        slot
    }

    /// Whether anything beyond the chain wants the result of step `i`.
    fn wanted_outside(&self, i: usize) -> bool {
        let all = &self.plan.instructions;
        i + 1 == all.len() || all[self.end..].iter().any(|ins| ins.operands.contains(&Operand::Step(i)))
    }

    /// A slot for an operand, which nothing in the chain looks at any more from step `i` on.
    fn slot(&mut self, operand: Operand, i: usize) -> u8 {
        let rest = &self.plan.instructions[i..self.end];
        let wanted = |o: &Operand| rest.iter().any(|ins| ins.operands.contains(o));
        let free = self.slots.iter().position(|held| !wanted(held));
        let slot = free.unwrap_or_else(|| {
            self.slots.push(operand);
            self.slots.len() - 1
        });
        self.slots[slot] = operand;
        SLOT + slot as u8
    }

    /// Stores the result of step `i`, now in the accumulator, if anything but the next step's
    /// accumulator wants it.
    fn keep(&mut self, i: usize) {
        if self.wanted_outside(i) {
            self.codes.push(Code::Store(RESULT + self.results.len() as u8));
            self.results.push(i);
        }
        let uses = |j: &usize| self.plan.instructions[*j].operands.contains(&Operand::Step(i));
        let inside: SmallVec<[usize; 2]> = (i + 1..self.end).filter(uses).collect();
        let next = if self.joins_next(i + 1) { i + 2 } else { i + 1 };
        let twice = |j: usize| {
            let ins = &self.plan.instructions[j];
            let seen = if ins.link.is_some_and(Link::is_unary) { 1 } else { 3 };
            ins.operands.iter().take(seen).filter(|o| **o == Operand::Step(i)).count() > 1
        };
        // The upper of two bounds is looked at when something else is in the accumulator.
        let late = |j: usize| {
            let ins = &self.plan.instructions[j];
            ins.link == Some(Link::Clip) && ins.operands.get(2) == Some(&Operand::Step(i))
        };
        if inside.is_empty() || (inside[..] == [next] && !twice(next) && !late(next)) {
            return;
        }
        let slot = self.slot(Operand::Step(i), i + 1);
        self.codes.push(Code::Store(slot));
    }

    /// The number of the place that has an operand.
    fn place(&mut self, operand: Operand) -> u8 {
        let at = |all: &[Operand]| all.iter().position(|o| *o == operand);
        match operand {
            Operand::Step(s) if s >= self.first => SLOT + at(&self.slots).unwrap_or(0) as u8,
            _ => at(&self.sources).unwrap_or_else(|| {
                self.sources.push(operand);
                self.sources.len() - 1
            }) as u8,
        }
    }
}

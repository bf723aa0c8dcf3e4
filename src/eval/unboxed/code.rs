//! The code of a loop over unboxed numbers: instructions over 256 registers of 64 bits, what must hold
//! where it is entered, and how a program is left at any instruction. Made by `compile`, run by
//! `machine`.

use crate::eval::function::Closure;
use crate::eval::ir::Place;
use crate::value::{Callable, NumKind, Object};
use std::rc::{Rc, Weak};

/// A register: an integer, a float's bits, or 0 and 1.
pub type Register = u8;
pub type Registers = [u64; 256];
/// Those of one call. It stays where it is while others are made.
pub type Frame = Box<Registers>;
/// Where a jump leads.
pub type Target = u32;

/// One instruction: eight bytes. The first register is the one written. `I` is of integers, `F` of plain
/// floats, `T` of typed ones, whose results must be finite (others may want a warning). What an
/// instruction is not for is a surprise: nothing is written, and the program is left.
#[derive(Clone, Copy, Debug)]
pub enum Ins {
    Move(Register, Register),
    AddI(Register, Register, Register),
    SubtractI(Register, Register, Register),
    MultiplyI(Register, Register, Register),
    DivideI(Register, Register, Register),
    /// As of elements of int64: rounded twice where they are large.
    DivideTyped(Register, Register, Register),
    FloorDivideI(Register, Register, Register),
    RemainderI(Register, Register, Register),
    PowerI(Register, Register, Register),
    AddF(Register, Register, Register),
    SubtractF(Register, Register, Register),
    MultiplyF(Register, Register, Register),
    DivideF(Register, Register, Register),
    PowerF(Register, Register, Register),
    AddT(Register, Register, Register),
    SubtractT(Register, Register, Register),
    MultiplyT(Register, Register, Register),
    DivideT(Register, Register, Register),
    NegativeI(Register, Register),
    NegativeF(Register, Register),
    /// The float that an integer is, exactly.
    Exact(Register, Register),
    /// The float nearest to an integer.
    Nearest(Register, Register),
    /// The integer that a float is when cut.
    Cut(Register, Register),
    AbsoluteI(Register, Register),
    AbsoluteF(Register, Register),
    Not(Register, Register),
    And(Register, Register, Register),
    EqualI(Register, Register, Register),
    LessI(Register, Register, Register),
    LessEqualI(Register, Register, Register),
    EqualF(Register, Register, Register),
    LessF(Register, Register, Register),
    LessEqualF(Register, Register, Register),
    /// An element-wise function of one number, by its place in `Program::functions`.
    Function(Register, Register, u8),
    Jump(Target),
    JumpIf(Register, Target),
    JumpUnless(Register, Target),
    JumpEqualI(Register, Register, Target),
    JumpUnequalI(Register, Register, Target),
    JumpLessI(Register, Register, Target),
    JumpLessEqualI(Register, Register, Target),
    JumpEqualF(Register, Register, Target),
    JumpUnequalF(Register, Register, Target),
    JumpLessF(Register, Register, Target),
    JumpLessEqualF(Register, Register, Target),
    JumpNotLessF(Register, Register, Target),
    JumpNotLessEqualF(Register, Register, Target),
    /// Turns start, stop and step in three registers into the first integer, how many there are, and
    /// the step.
    Count(Register),
    /// With such registers: the next integer, or a jump where there is none.
    Start(Register, Register, Target),
    /// The next integer and a jump to the loop's body, if there is one.
    Next(Register, Register, Target),
    /// With the index of the next element of a vector or list: that element, or a jump.
    StartItem(Register, Register, u8, Target),
    NextItem(Register, Register, u8, Target),
    /// The element at an index, or a jump where there is none.
    StartPart(Register, Register, u8, Target),
    /// The next index, of one more turn.
    Advance(Register),
    /// One more turn of a loop.
    Turn,
    Length(Register, u8),
    /// `view[i]`, `view[i, j]`, of words, truths and lists.
    Word(Register, u8, Register),
    Word2(Register, u8, Register, Register),
    Truth(Register, u8, Register),
    Truth2(Register, u8, Register, Register),
    Item(Register, u8, Register),
    /// `view[i] = x`; the value comes first.
    SetWord(Register, u8, Register),
    SetWord2(Register, u8, Register, Register),
    SetTruth(Register, u8, Register),
    SetTruth2(Register, u8, Register, Register),
    SetItem(Register, u8, Register),
    /// A surprise unless the index is one of the view.
    Check(u8, Register),
    Check2(u8, Register, Register),
    Append(Register, u8),
    Pop(Register, u8),
    /// One more item of a comprehension.
    Gather(Register),
    /// Calls the function whose code this is, with the arguments from the second register on.
    Call(Register, Register),
    Surprise,
    Return(Register),
    /// The loop that was entered has ended.
    Done,
}

/// A variable in a register: as many as `Program::variables`, in this order.
pub struct Variable {
    /// Where it lives; `None` for one of a function that stands here in place of its call.
    pub place: Option<Place>,
    pub register: Register,
    /// What it is where the loop is entered; `None` while it has no value, and where that is not asked.
    pub kind: Option<NumKind>,
    /// What it was when the code was made: where two ways with different kinds meet, the likelier one.
    pub likely: Option<NumKind>,
    /// It is assigned before it is read, so that what it is where the loop is entered does not matter.
    pub fresh: bool,
    pub assigned: bool,
}

impl Variable {
    /// One that lives nowhere else.
    pub fn inner(register: Register) -> Variable {
        Variable { place: None, register, kind: None, likely: None, fresh: true, assigned: true }
    }
}

/// An array or list that elements are read from or written to.
#[derive(Clone, Copy, PartialEq)]
pub struct Seen {
    pub place: Place,
    /// Of its elements; of a list, of those that are read from it.
    pub kind: NumKind,
    /// Axes; a list has none.
    pub ndim: u8,
    pub is_list: bool,
    pub written: bool,
}

/// What must be as it was when the code was made.
pub enum Guard {
    /// A built-in function under its own name.
    BuiltIn(u32),
    /// A module in a place.
    Module(Place, Rc<dyn Object>),
    /// A user's function in a place, of which the body stands in the code.
    Function(Place, Weak<dyn Callable>, Weak<Closure>),
}

/// A step of the way from the loop that was entered to a statement in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// The statement of a block with this index.
    Statement(u32),
    /// After that statement.
    After,
    /// The block of an arm of an `if`; the last is `else`.
    Arm(u32),
    /// In the body of a loop; at its end, before the next turn. The state of a `for` is in registers from
    /// this one on.
    Loop(Register),
}

/// Where the general way goes on when the program is left at an instruction from `from` on.
pub struct Point {
    pub from: u32,
    /// The last step, in `Program::steps`.
    pub way: u32,
    /// What each variable is there; of those that have come later, what it was at first.
    pub kinds: Rc<[Option<NumKind>]>,
}

#[derive(Default)]
pub struct Program {
    pub code: Vec<Ins>,
    pub variables: Vec<Variable>,
    pub constants: Vec<(Register, u64)>,
    pub views: Vec<Seen>,
    pub functions: Vec<(&'static crate::prim::Prim, NumKind, NumKind)>,
    pub guards: Vec<Guard>,
    /// In the order of their instructions.
    pub points: Vec<Point>,
    /// Each with the one before it.
    pub steps: Vec<(u32, Step)>,
    /// The kind of what each `Return` returns.
    pub returns: Vec<(u32, NumKind)>,
    /// Of a function: where its parameters are, and what.
    pub parameters: (Register, Vec<NumKind>),
    /// The kind of a function's value.
    pub value: Option<NumKind>,
    /// The kind of a comprehension's items.
    pub items: Option<NumKind>,
}

/// No step before: the loop that was entered.
pub const ROOT: u32 = u32::MAX;

impl Program {
    /// The point that an instruction belongs to.
    pub fn point(&self, pc: usize) -> Option<&Point> {
        let after = self.points.partition_point(|p| p.from as usize <= pc);
        self.points.get(after.checked_sub(1)?)
    }

    /// The steps to a point, the first first.
    pub fn way(&self, point: &Point) -> Vec<Step> {
        let mut way = Vec::new();
        let mut at = point.way;
        while let Some(&(before, step)) = self.steps.get(at as usize) {
            way.push(step);
            at = before;
        }
        way.reverse();
        way
    }
}

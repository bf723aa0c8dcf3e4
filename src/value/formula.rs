//! Functions seen through: a function that only puts others together is a short program without loops.
//! A user's function gives its formula (`eval`), a train or a composition gives one too (`prim`);
//! whoever applies a function to many pieces can then apply its parts to all pieces at once.

use super::{Func, Value};
use crate::dtype::DType;
use smallvec::SmallVec;
use std::rc::Rc;

/// The steps of a function, each made of earlier ones. The last is its result.
#[derive(Default)]
pub struct Formula {
    pub steps: Vec<Step>,
}

/// One step of a formula.
pub enum Step {
    /// An argument, by its number: of two, the left one is 0.
    Argument(usize),
    Constant(Value),
    /// A function of earlier steps.
    Apply(Func, SmallVec<[usize; 2]>, How),
    /// `x op= y` of an earlier step that is a number: of an array it would write.
    Update(Func, [usize; 2]),
    /// A dtype called: `np.float32(x)`.
    Convert(DType, usize),
    /// Subscripts of an earlier step.
    Index(usize, Vec<Subscript>),
    /// A bracket display of earlier steps: of numbers, or of bracket displays.
    Bracket(Vec<usize>),
    Stack(Vec<usize>),
    /// Whether an earlier step is `None`, or is not.
    IsNone(usize, bool),
    /// An earlier step that is a number; of arrays there is nothing to be said.
    Single(usize),
    /// A number in the dtype of another.
    Like([usize; 2]),
    /// An earlier step, or the first of its elements.
    First(usize),
    /// `mask ⌿ x` of earlier steps.
    Keep([usize; 2]),
    /// One of two results, by a test: an earlier step. Nothing of the other is done.
    Choose(usize, Box<[Formula; 2]>),
    /// A call of the function that the formula is of: `∇`.
    Again(SmallVec<[usize; 2]>),
    /// Several values at once.
    Tuple(Vec<usize>),
    /// One of the `count` values of an earlier step.
    Part {
        of: usize,
        index: usize,
        count: usize,
    },
    /// A loop; its result is the tuple of its variables.
    Loop(Box<Loop>),
    /// The tuples that a formula gives of the items of an earlier step, one after the other. The
    /// formula's arguments are the steps before it, then the item.
    Gather(usize, Box<Formula>),
    /// A tuple's parts as the items of a bracket display.
    Listed(usize),
    /// What has no value.
    Missing(Missing),
}

/// What has no value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Missing {
    /// As it is nothing that can be read.
    Unset,
    /// As nobody reads it where it is missing.
    Unused,
}

/// A loop whose variables begin as earlier steps.
pub struct Loop {
    /// What `for` goes through.
    pub over: Option<usize>,
    /// The variables' first values. If some turn may be the last, the last variable says whether there
    /// is another.
    pub state: Vec<usize>,
    pub breaks: bool,
    /// The variable, if there is one, that holds the function's result where a turn has left it.
    pub result: Option<usize>,
    /// The test of `while`. Its arguments are the steps before the loop, then the variables.
    pub test: Option<Formula>,
    /// The tuple of the variables after one turn. Its arguments are those of the test, then the item.
    pub body: Formula,
}

/// How a function stands between the steps that it is given.
#[derive(Clone)]
pub enum How {
    /// As an operator, which keeps plain numbers plain.
    Operator,
    /// As a call: the last arguments go by these keywords.
    Call(Rc<[Rc<str>]>),
}

#[derive(Clone)]
pub enum Subscript {
    /// An integer or a slice.
    Fixed(Value),
    /// An earlier step.
    At(usize),
}

impl Formula {
    /// Appends a step; its number.
    pub fn push(&mut self, step: Step) -> usize {
        self.steps.push(step);
        self.steps.len() - 1
    }

    /// The beginning of a branch, whose arguments are all steps up to here.
    pub fn branch(&self) -> Formula {
        Formula { steps: (0..self.steps.len()).map(Step::Argument).collect() }
    }

    /// Which of the steps before a branch it reads.
    pub fn reads(&self, before: usize) -> Vec<bool> {
        let mut read = vec![false; before];
        let mut note = |i: usize| {
            if let Some(r) = read.get_mut(i) {
                *r = true;
            }
        };
        if let Some(Step::Argument(i)) = self.steps.last() {
            note(*i);
        }
        for step in &self.steps {
            match step {
                Step::Argument(_) | Step::Constant(_) | Step::Missing(_) => {}
                Step::Apply(_, of, _) | Step::Again(of) => of.iter().for_each(|&i| note(i)),
                Step::Update(_, of) => of.iter().for_each(|&i| note(i)),
                Step::Convert(_, of) | Step::IsNone(of, _) | Step::Single(of) | Step::First(of) => note(*of),
                Step::Like(of) | Step::Keep(of) => of.iter().for_each(|&i| note(i)),
                Step::Index(of, subs) => {
                    note(*of);
                    for sub in subs {
                        if let Subscript::At(i) = sub {
                            note(*i);
                        }
                    }
                }
                Step::Bracket(of) | Step::Stack(of) | Step::Tuple(of) => of.iter().for_each(|&i| note(i)),
                Step::Part { of, .. } | Step::Listed(of) => note(*of),
                Step::Gather(of, body) => {
                    note(*of);
                    body.reads(before).into_iter().enumerate().filter(|(_, r)| *r).for_each(|(i, _)| note(i));
                }
                Step::Loop(l) => {
                    l.over.iter().chain(&l.state).for_each(|&i| note(i));
                    l.reads(before).into_iter().enumerate().filter(|(_, r)| *r).for_each(|(i, _)| note(i));
                }
                Step::Choose(test, branches) => {
                    note(*test);
                    for branch in branches.iter() {
                        let inner = branch.reads(before);
                        inner.iter().enumerate().filter(|(_, r)| **r).for_each(|(i, _)| note(i));
                    }
                }
            }
        }
        read
    }

    /// Appends a call of a function.
    pub fn apply(&mut self, f: &Func, args: impl IntoIterator<Item = usize>) -> usize {
        self.push(Step::Apply(f.clone(), args.into_iter().collect(), How::Call(Rc::default())))
    }

    /// Appends an operator.
    pub fn operate(&mut self, f: &Func, args: impl IntoIterator<Item = usize>) -> usize {
        self.push(Step::Apply(f.clone(), args.into_iter().collect(), How::Operator))
    }
}

impl Loop {
    /// Which of the steps before it its turns read.
    pub fn reads(&self, before: usize) -> Vec<bool> {
        let mut read = self.body.reads(before);
        if let Some(test) = &self.test {
            read.iter_mut().zip(test.reads(before)).for_each(|(r, other)| *r |= other);
        }
        read
    }
}

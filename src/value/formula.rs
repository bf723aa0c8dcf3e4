//! Functions seen through: a function that only puts others together is a short straight-line program.
//! A user's function gives its formula (`eval`), a train or a composition gives one too (`prim`);
//! whoever applies a function to many pieces can then apply its parts to all pieces at once.

use super::{Func, Value};
use smallvec::SmallVec;

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
    Apply(Func, SmallVec<[usize; 2]>),
    /// Constant subscripts of an earlier step: integers and slices.
    Index(usize, Vec<Value>),
    /// A bracket display of earlier steps.
    Bracket(Vec<usize>),
}

impl Formula {
    /// Appends a step; its number.
    pub fn push(&mut self, step: Step) -> usize {
        self.steps.push(step);
        self.steps.len() - 1
    }

    /// Appends a call of a function.
    pub fn apply(&mut self, f: &Func, args: impl IntoIterator<Item = usize>) -> usize {
        self.push(Step::Apply(f.clone(), args.into_iter().collect()))
    }
}

//! Functions seen through: a function that only puts others together is a short program without loops.
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
    /// One of two results, by a test: an earlier step. Nothing of the other is done.
    Choose(usize, Box<[Formula; 2]>),
    /// A call of the function that the formula is of: `∇`.
    Again(SmallVec<[usize; 2]>),
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
        for step in &self.steps {
            match step {
                Step::Argument(_) | Step::Constant(_) => {}
                Step::Apply(_, of) | Step::Again(of) => of.iter().for_each(|&i| note(i)),
                Step::Index(of, _) => note(*of),
                Step::Bracket(of) => of.iter().for_each(|&i| note(i)),
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
        self.push(Step::Apply(f.clone(), args.into_iter().collect()))
    }
}

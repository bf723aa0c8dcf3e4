//! The map of a reduction: what is done to its operands, block by block, before they are folded.

use crate::kernel::chain::Strip;
use crate::kernel::{Block, BlockMut, Fold};

/// From blocks of the operands to a block of the fold's dtype: operand k's block has as many
/// elements as the output, or one that stands for all (a scalar, or an axis that is broadcast).
/// Blocks have at most [`BATCH`](super::BATCH) elements and arrive in no particular order.
///
/// A closure `|operands: &[Block<'_>], out: BlockMut<'_>| …` that is `Sync` is a map. What needs
/// memory of its own (the registers of a plan) implements the trait by hand: `worker` is called at
/// most once per thread that takes part, and that thread alone runs what it gives:
/// ```ignore
/// impl Map for Program {
///     fn worker(&self) -> Worker<'_> {
///         Worker::Own(Box::new(self.machine()))
///     }
/// }
/// ```
/// The reduction adds up as it would an array of the map's results, dense in the order of the walk.
pub trait Map: Sync {
    fn worker(&self) -> Worker<'_>;

    /// Whether it notes conditions that are told of, so that every element has to be mapped.
    fn tells(&self) -> bool {
        false
    }

    /// Whether its workers may fold what they make at once.
    fn folds(&self, _: &Fold) -> bool {
        false
    }

    /// Whether they may fold rows of what they make into one.
    fn folds_rows(&self) -> bool {
        false
    }
}

/// Work on blocks of operands with state of its own.
pub trait Run: Send {
    fn run(&mut self, operands: &[Block<'_>], out: BlockMut<'_>);

    /// Makes `n` elements in as many rows as accumulators, and folds each row into its own. Gives how many
    /// rows it did, from the first on; the others are to be run, and folded by the caller.
    fn fold(&mut self, _: &[Block<'_>], _: usize, _: &Fold, _: BlockMut<'_>) -> usize {
        0
    }

    /// Folds rows of what it makes, one after the other, into the accumulators, one for each element of a row.
    /// False, with nothing done, where these rows are to be run, and folded by the caller.
    fn fold_rows(&mut self, _: &Fallen<'_>, _: BlockMut<'_>) -> bool {
        false
    }
}

/// Rows that are folded into one: their number, and of each operand where its elements for them are.
pub struct Fallen<'a> {
    pub rows: usize,
    pub operands: &'a [Strip<'a>],
}

/// Work on one block without state: what is done to elements before they are folded.
pub type Each<'a> = dyn Fn(Block<'_>, BlockMut<'_>) + Sync + 'a;

/// A map as one thread runs it.
pub enum Worker<'a> {
    /// Without state.
    Shared(&'a (dyn Fn(&[Block<'_>], BlockMut<'_>) + Sync + 'a)),
    Own(Box<dyn Run + 'a>),
}

impl Worker<'_> {
    #[inline]
    pub fn run(&mut self, operands: &[Block<'_>], out: BlockMut<'_>) {
        match self {
            Worker::Shared(f) => f(operands, out),
            Worker::Own(own) => own.run(operands, out),
        }
    }

    /// As [`Run::fold`].
    #[inline]
    pub fn fold(&mut self, operands: &[Block<'_>], n: usize, fold: &Fold, acc: BlockMut<'_>) -> usize {
        match self {
            Worker::Shared(_) => 0,
            Worker::Own(own) => own.fold(operands, n, fold, acc),
        }
    }

    /// As [`Run::fold_rows`].
    pub fn fold_rows(&mut self, fallen: &Fallen<'_>, acc: BlockMut<'_>) -> bool {
        match self {
            Worker::Shared(_) => false,
            Worker::Own(own) => own.fold_rows(fallen, acc),
        }
    }
}

impl<F: Fn(&[Block<'_>], BlockMut<'_>) + Sync> Map for F {
    fn worker(&self) -> Worker<'_> {
        Worker::Shared(self)
    }
}

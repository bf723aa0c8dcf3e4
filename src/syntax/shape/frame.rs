//! What the pass keeps of each open bracket.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Root,
    Paren,
    Bracket,
    Dfn,
    Block,
}

/// An open bracket.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) kind: Kind,
    /// The index of its token; of nothing for the root.
    pub(super) open: usize,
    /// The bracket continues an operand: a call or an index.
    pub(super) postfix: bool,
    /// A `[` that may give the axis of the operator before it.
    pub(super) axis: bool,
    /// A keyword waits for its block.
    pub(super) block_due: bool,
    /// ... and the keyword is `fn`.
    pub(super) fn_due: bool,
    /// Not a train: an item at top level is no function.
    pub(super) not_train: bool,
    /// The last item is an operand, and no operator has taken it yet.
    pub(super) lone_operand: bool,
    pub(super) comma: bool,
    /// Where its primitives begin in `Shaper::primitives`.
    pub(super) primitives: usize,
    /// Whether the function that opened here has a left operand.
    pub(super) left: Left,
    /// The right operand of an operator.
    pub(super) after_dyadic: bool,
    /// The index of the first token of the present statement.
    pub(super) statement: usize,
    /// Bounds on the tree's height: operators of this segment, brackets closed in it, past segments.
    pub(super) steps: usize,
    pub(super) inner: usize,
    pub(super) height: usize,
}

impl Frame {
    pub(super) fn new(kind: Kind, open: usize) -> Frame {
        Frame {
            kind,
            open,
            postfix: false,
            axis: false,
            block_due: false,
            fn_due: false,
            not_train: false,
            lone_operand: false,
            comma: false,
            primitives: 0,
            left: Left::None,
            after_dyadic: false,
            statement: open,
            steps: 0,
            inner: 0,
            height: 0,
        }
    }

    pub(super) fn segment(&self) -> usize {
        self.steps + self.inner
    }
}

/// What stands to the left of the place where the pass is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    None,
    Operand,
    /// A function that has an operand on its left, so that the line goes on.
    Dyad,
}

/// A bracket group whose part only the next token shows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Undecided {
    /// `x (+/ ÷ ≢)`: a call, or a train between two values.
    Train { open: usize, close: usize },
    /// `+/[0]`: an axis, or the argument.
    Axis { open: usize, close: usize, one: bool, comma: bool },
}

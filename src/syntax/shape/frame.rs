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
    /// How many functions and operands stand at top level: the items of a train.
    pub(super) items: usize,
    /// Whether the places of the operands among them are odd; in a train they all agree.
    pub(super) constants: Option<usize>,
    /// The `=` of the present statement, and where the primitives after it begin.
    pub(super) assigned: Option<(usize, usize)>,
    pub(super) comma: bool,
    /// An arrow stands at top level.
    pub(super) lambda: bool,
    /// Where its primitives begin in `Shaper::primitives`.
    pub(super) primitives: usize,
    /// Whether the function that opened here has a left operand.
    pub(super) left: Left,
    /// The right operand of an operator.
    pub(super) after_dyadic: bool,
    /// Of a dfn that is an operator.
    pub(super) operator: Option<Operator>,
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
            items: 0,
            constants: None,
            assigned: None,
            comma: false,
            lambda: false,
            primitives: 0,
            left: Left::None,
            after_dyadic: false,
            operator: None,
            statement: open,
            steps: 0,
            inner: 0,
            height: 0,
        }
    }

    pub(super) fn segment(&self) -> usize {
        self.steps + self.inner
    }

    /// A function, or one begun, at top level. `taken`: an operator before it has it as its operand.
    pub(super) fn item_function(&mut self, taken: bool) {
        self.keep_constant();
        self.items += usize::from(!taken);
    }

    /// A value at top level; `same` if it goes on with the strand before.
    pub(super) fn item_operand(&mut self, taken: bool, same: bool) {
        self.not_train |= self.lone_operand && !same;
        self.items += usize::from(!taken && !same);
        self.lone_operand = !taken;
    }

    /// What was taken for a value was part of the function before it.
    pub(super) fn unite_items(&mut self) {
        self.items = self.items.saturating_sub(1);
        self.lone_operand = false;
    }

    /// The operand that ends the items so far stays one: a function follows.
    fn keep_constant(&mut self) {
        if !std::mem::replace(&mut self.lone_operand, false) {
            return;
        }
        let place = self.items.wrapping_sub(1) % 2;
        self.not_train |= self.constants.is_some_and(|other| other != place);
        self.constants = Some(place);
    }

    /// Starts to count items anew.
    pub(super) fn begin_items(&mut self) {
        (self.items, self.constants) = (0, None);
        (self.lone_operand, self.not_train) = (false, false);
    }

    /// Whether the items are a train: functions and operands that end in a function, where every
    /// operand is the left side of a fork, an even number of places before the end.
    pub(super) fn is_train(&self) -> bool {
        let fits = |place| place == self.items.wrapping_sub(1) % 2;
        !self.not_train && !self.lone_operand && self.items > 0 && self.constants.is_none_or(fits)
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

/// A dfn with `⍺⍺` or `⍵⍵` in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operator {
    /// It takes an operand on its right too.
    pub(super) dyadic: bool,
    /// An operand stands on its left; else it is a value.
    pub(super) applied: bool,
}

/// A bracket group whose part only the next token shows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Undecided {
    /// `x (+/ ÷ ≢)`: a call, or a train between two values.
    Train { open: usize, close: usize },
    /// `x (v => v + 1)`: an argument or a value, or the function that the operator after it takes.
    Lambda { open: usize, close: usize },
    /// `+/[0]`: an axis, or the argument.
    Axis { open: usize, close: usize, one: bool, comma: bool },
    /// `⌽[0]`: the axis of a primitive, or its argument.
    PrimitiveAxis { open: usize, close: usize, one: bool, comma: bool },
}

/// A `⌿` or `⍀` after a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replicates {
    /// Where the name path before it begins, if it is one and touches it: `f` of `f⌿`.
    pub(super) touching: Option<usize>,
    /// The same, touching or not.
    pub(super) path: Option<usize>,
}

//! NumPy's print options: how arrays become text. One set per thread, as a session has one thread; what
//! stands between brackets reads them, numbers by themselves do not.

use std::cell::Cell;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Digits after the point, at most.
    pub precision: usize,
    /// Arrays of more elements than this are summarised.
    pub threshold: usize,
    /// Items shown at either end of a summarised axis.
    pub edge: usize,
    pub width: usize,
    /// No scientific notation for small numbers.
    pub suppress: bool,
    pub floats: FloatMode,
}

/// NumPy's `floatmode`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FloatMode {
    /// As many digits as a number needs, at most the precision.
    Most,
    /// The same number of digits for all, at most the precision.
    MostEqual,
    /// The precision's digits.
    Fixed,
    /// As many digits as a number needs.
    Unique,
}

impl Options {
    pub const DEFAULT: Options = Options {
        precision: 8,
        threshold: 1000,
        edge: 3,
        width: 75,
        suppress: false,
        floats: FloatMode::Most,
    };

    /// Digits after the point, at most.
    pub(super) fn digits(&self) -> usize {
        if self.floats == FloatMode::Unique { 400 } else { self.precision }
    }

    /// What fills up after a number's last digit.
    pub(super) fn fill(&self) -> char {
        if matches!(self.floats, FloatMode::Fixed | FloatMode::MostEqual) { '0' } else { ' ' }
    }
}

thread_local! {
    static NOW: Cell<Options> = const { Cell::new(Options::DEFAULT) };
}

pub fn options() -> Options {
    NOW.get()
}

pub fn set_options(to: Options) {
    NOW.set(to);
}

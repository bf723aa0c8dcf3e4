//! What is done about signed integers that wrap: the mode that `%overflow` sets, and the words for it.
//!
//! What is looked at stands in a table in `docs/teaching.md`, which a test holds to what is done. Sums
//! and products of matrices would take up to twice their time.

use crate::dtype::DType;
use crate::kernel::overflow::{self, Spot};
use crate::kernel::{Check, KernelFn};
use crate::prim::row::{Elementwise, Loop};
use crate::prim::{Home, Valence, table};
use crate::value::{Fault, Warning, index_text};
use std::cell::Cell;

/// What happens when a signed integer wraps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Warn,
    Error,
    Wrap,
}

thread_local! {
    static MODE: Cell<Mode> = const { Cell::new(Mode::Warn) };
}

pub fn mode() -> Mode {
    MODE.get()
}

pub fn set_mode(mode: Mode) {
    MODE.set(mode);
}

/// The kernel and check of a loop: those that look for a wrap, where there are such and they are wanted.
#[inline]
pub fn watched(e: &Elementwise, l: &Loop) -> (KernelFn, Option<Check>) {
    if e.noting.is_empty() || !l.dtype.is_signed_int() || mode() == Mode::Wrap {
        return (l.run, e.check);
    }
    match e.noting.iter().find(|n| n.dtype == l.dtype) {
        Some(n) => (n.run, Some(overflow::found)),
        None => (l.run, e.check),
    }
}

/// Tells of a wrap in an operation: a warning, or the fault that the mode makes of it. The spot left
/// last is where; `shape` is that of the result, if the spot counts its elements in C order.
pub fn heed(name: &str, shape: Option<&[usize]>) -> Result<Warning, Fault> {
    heed_step(name, name, shape)
}

/// Tells of a wrap in a function whose steps are another operation: `multiply` of `prod`.
pub fn heed_step(name: &str, step: &str, shape: Option<&[usize]>) -> Result<Warning, Fault> {
    let detail = detail(step, shape);
    match mode() {
        Mode::Error => Err(Fault::Wrapped { op: name.into(), detail }),
        _ => Ok(Warning {
            category: "RuntimeWarning",
            text: format!("integer overflow encountered in {name}"),
            detail,
        }),
    }
}

/// What the spot left last tells of an operation; nothing if none was left.
pub fn detail(name: &str, shape: Option<&[usize]>) -> String {
    overflow::spot().map(|s| describe(name, &s, shape)).unwrap_or_default()
}

/// `127 + 1 at [0, 2] is 128, which int8 does not hold; int16 does`.
fn describe(name: &str, spot: &Spot, shape: Option<&[usize]>) -> String {
    let row = table().get(Home::Np, name);
    let glyph = |v: Valence| {
        row.and_then(|r| r.glyphs.iter().find(|g| g.valence == v && g.text.is_ascii())).map(|g| g.text)
    };
    let what = match (spot.right, glyph(Valence::Dyadic), glyph(Valence::Monadic)) {
        (Some(b), Some(op), _) if b < 0 => format!("{} {op} ({b})", spot.left),
        (Some(b), Some(op), _) => format!("{} {op} {b}", spot.left),
        (None, _, Some(op)) if spot.left < 0 => format!("{op}({})", spot.left),
        (Some(b), None, _) => format!("{name}({}, {b})", spot.left),
        _ => format!("{name}({})", spot.left),
    };
    let place = shape.map(|s| format!(" at {}", index_text(spot.at, s))).unwrap_or_default();
    let holder = holder(spot.exact);
    let exact = match spot.exact {
        Some(n) => format!("is {n}, which {} does not hold", spot.dtype),
        None => format!("does not fit {}", spot.dtype),
    };
    format!("{what}{place} {exact}; {holder}")
}

/// The smallest dtype that holds a number.
fn holder(exact: Option<i128>) -> String {
    let fits = |d: &DType| {
        let bits = 8 * d.itemsize() as u32;
        exact.is_some_and(|x| x >> (bits - 1) == 0 || x >> (bits - 1) == -1)
    };
    let signed = [DType::I8, DType::I16, DType::I32, DType::I64];
    match signed.iter().find(|d| fits(d)) {
        Some(d) => format!("{d} does"),
        None if exact.is_some_and(|x| u64::try_from(x).is_ok()) => "uint64 does".into(),
        None => "float64 does, rounded".into(),
    }
}

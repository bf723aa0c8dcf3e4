//! Telling the host of the floating-point conditions of calls, and of integers that wrapped, in NumPy's
//! words.

use super::choose::Chosen;
use crate::dtype::DType;
use crate::exec::{self, Origin};
use crate::kernel::Flags;
use crate::prim::Prim;
use crate::prim::elementwise::overflow;
use crate::value::{Fault, Host, Value, Warning};

/// Plain floats that are too large for float32 overflow when they join it.
pub(super) fn tell_narrowed(chosen: &Chosen, host: &mut dyn Host, xs: &[Value]) {
    let narrow = |(x, d): (&Value, &DType)| matches!(x, Value::Float(v) if d.to_real() == DType::F32 && v.is_finite() && (*v as f32).is_infinite());
    if xs.iter().zip(&chosen.dtypes).any(narrow) {
        warn("cast", host, Flags { overflow: true, ..Flags::NONE });
    }
}

/// Tells the host of the conditions that a function met, in NumPy's words.
pub fn warn(name: &str, host: &mut dyn Host, flags: Flags) {
    if flags.any() {
        warnings(name, flags).for_each(|w| host.warn(w));
    }
}

/// As [`warn`], integers that wrapped included: `shape` is that of the result.
pub(super) fn tell(name: &str, host: &mut dyn Host, flags: Flags, shape: &[usize]) -> Result<(), Fault> {
    if flags.any() {
        warn(name, host, flags);
        if flags.wrapped {
            host.warn(overflow::heed(name, Some(shape))?);
        }
    }
    Ok(())
}

/// As `tell`, of an operation that stands elsewhere in the text. A plan has left where integers
/// wrapped; `shape` if its place is of the result.
pub fn warn_origin(
    origin: Origin,
    host: &mut dyn Host,
    flags: Flags,
    shape: Option<&[usize]>,
) -> Result<(), Fault> {
    if flags.any() {
        warnings(origin.name, flags).for_each(|w| host.warn_at(origin.span, w));
        if flags.wrapped {
            host.warn_at(origin.span, overflow::heed(origin.name, shape)?);
        }
    }
    Ok(())
}

pub(super) fn warnings(name: &str, flags: Flags) -> impl Iterator<Item = Warning> + use<'_> {
    [(flags.divide, "divide by zero"), (flags.overflow, "overflow"), (flags.invalid, "invalid value")]
        .into_iter()
        .filter(|(on, _)| *on)
        .map(move |(_, what)| Warning {
            category: "RuntimeWarning",
            text: format!("{what} encountered in {name}"),
            detail: String::new(),
        })
}

pub(super) fn warn_all(prim: &Prim, host: &mut dyn Host, met: &exec::Conditions) -> Result<(), Fault> {
    warn("cast", host, met.cast);
    for (i, flags) in met.instructions.iter().enumerate() {
        warn(prim.name, host, *flags);
        if flags.wrapped {
            let shape = met.leave_spot(i);
            host.warn(overflow::heed(prim.name, shape)?);
        }
    }
    Ok(())
}

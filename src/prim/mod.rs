//! The table of primitives: one row each, a folder per subject with a file per family. Values in,
//! values out.
//!
//! To add a primitive, write its row in a family's `ROWS` (see [`row`]); nothing else.

pub mod bind;
pub mod convert;
pub mod deferred;
pub mod modules;
pub mod row;
mod table;
pub mod trace;

pub mod apl;
pub mod arrays;
pub mod elementwise;
pub mod indexing;
pub mod language;
pub mod linear;
pub mod random;
pub mod reducing;
mod signal;
pub(crate) mod sorting;
mod statistics;

pub use bind::Args;
pub use elementwise::ufunc::Defer;
pub use row::{Example, Glyph, Home, Identity, Kind, Laws, Prim, Valence};
pub use table::{Table, table};

use crate::array::Array;
use crate::dtype::Scalar;
use crate::exec::tally;
use crate::kernel::Flags;
use crate::value::{CallArgs, Callable, Fault, Formula, Host, Num, Value};
use bind::Signature;
use row::RowFn;
use std::any::Any;

/// Every family's rows, in the order of the reference page.
#[rustfmt::skip]
static FAMILIES: &[(&str, &[Prim])] = &[
    ("core", language::core::ROWS),
    ("core", language::iterables::ROWS),
    ("core", language::numbers::ROWS),
    ("core", language::ordering::ROWS),
    ("creation", arrays::creation::ROWS),
    ("ranges", arrays::ranges::ROWS),
    ("matrices", arrays::matrices::ROWS),
    ("shape", arrays::shape::ROWS),
    ("shape", arrays::sliding::ROWS),
    ("joining", arrays::joining::ROWS),
    ("padding", arrays::padding::ROWS),
    ("rearrange", arrays::rearrange::ROWS),
    ("selection", indexing::selection::ROWS),
    ("positions", indexing::positions::ROWS),
    ("positions", indexing::grids::ROWS),
    ("structural", apl::structural::ROWS),
    ("methods", arrays::methods::ROWS),
    ("properties", arrays::properties::ROWS),
    ("lists", language::lists::ROWS),
    ("texts", language::texts::ROWS),
    ("testing", language::testing::ROWS),
    ("dtypes", arrays::dtypes::ROWS),
    ("dtypes", arrays::kinds::ROWS),
    ("products", linear::products::ROWS),
    ("products", linear::einsum::ROWS),
    ("applying", arrays::applying::ROWS),
    ("printing", arrays::printing::ROWS),
    ("files", arrays::files::ROWS),
    ("fft", signal::fft::ROWS),
    ("linalg", linear::linalg::ROWS),
    ("linalg", linear::norms::ROWS),
    ("linalg", linear::least_squares::ROWS),
    ("linalg", linear::chains::ROWS),
    ("linalg", linear::tensors::ROWS),
    ("random", random::generator::ROWS),
    ("random", random::distributions::ROWS),
    ("random", random::multivariate::ROWS),
    ("random", random::legacy::ROWS),
    ("signal", signal::series::ROWS),
    ("signal", signal::windows::ROWS),
    ("polynomials", signal::polynomials::ROWS),
    ("polynomials", signal::polynomial_arithmetic::ROWS),
    ("reduction", reducing::reduction::ROWS),
    ("scanning", reducing::scanning::ROWS),
    ("statistics", statistics::moments::ROWS),
    ("quantiles", statistics::quantiles::ROWS),
    ("without NaN", statistics::nans::ROWS),
    ("samples", statistics::samples::ROWS),
    ("samples", statistics::histograms::ROWS),
    ("sorting", sorting::order::ROWS),
    ("sets", sorting::sets::ROWS),
    ("counting", statistics::counting::ROWS),
    ("ufunc methods", reducing::methods::ROWS),
    ("arithmetic", elementwise::arithmetic::ROWS),
    ("comparison", elementwise::comparison::ROWS),
    ("logic", elementwise::logic::ROWS),
    ("bits", elementwise::bits::ROWS),
    ("bits", arrays::packing::ROWS),
    ("math", elementwise::math::ROWS),
    ("math", elementwise::emath::ROWS),
    ("rounding", elementwise::rounding::ROWS),
    ("numeric", elementwise::numeric::ROWS),
    ("glyphs", apl::glyphs::ROWS),
];

impl Callable for Prim {
    fn name(&self) -> &str {
        self.name
    }

    fn call(&self, host: &mut dyn Host, args: CallArgs) -> Result<Value, Fault> {
        // Rows live in statics; this finds the `'static` one behind `&self`.
        let prim = table().row_of(self).ok_or_else(|| Fault::NotYet { name: self.name.into() })?;
        call(prim, host, args)
    }

    fn takes_deferred(&self) -> bool {
        true
    }

    fn formula(&self, _: &mut dyn Host, given: usize) -> Option<Formula> {
        (self.formula)(given)
    }

    fn attr(&self, name: &str) -> Option<Value> {
        reducing::methods::attr(table().row_of(self)?, name)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Calls a primitive with a call's arguments.
pub fn call(prim: &'static Prim, host: &mut dyn Host, args: CallArgs) -> Result<Value, Fault> {
    call_as(prim, host, args, Defer::Now)
}

/// As [`call`]; the result may be deferred. Deferred arguments that the row does not take are computed.
pub fn call_as(
    prim: &'static Prim,
    host: &mut dyn Host,
    args: CallArgs,
    defer: Defer,
) -> Result<Value, Fault> {
    if tally::heeds_calls() {
        let begun = trace::begin_with(prim, host, &args);
        return trace::end(&begun, call_untold(prim, host, args, defer));
    }
    call_untold(prim, host, args, defer)
}

#[inline]
fn call_untold(
    prim: &'static Prim,
    host: &mut dyn Host,
    mut args: CallArgs,
    defer: Defer,
) -> Result<Value, Fault> {
    match &prim.kind {
        Kind::Call(f) => {
            settle(prim, host, &mut args)?;
            let result = f(host, &Args::bind(prim, args)?)?;
            if defer == Defer::Later { Ok(result) } else { result.settled(host) }
        }
        Kind::Elementwise(e) => {
            if !args.keyword.is_empty() {
                settle(prim, host, &mut args)?;
            }
            elementwise::ufunc::call(prim, e, host, args, defer)
        }
    }
}

/// Calls a row of kind `Call` with arguments that are in their places already, where [`briefly`] is not for
/// them.
#[inline]
pub fn call_bound(
    f: RowFn,
    host: &mut dyn Host,
    args: &mut Args,
    sig: &Signature,
    defer: Defer,
) -> Result<Value, Fault> {
    if tally::heeds_calls() {
        let begun = trace::begin(trace::Subject::of(args.prim), host, args.values_mut().map(|x| &*x));
        return trace::end(&begun, bound_untold(f, host, args, sig, defer));
    }
    bound_untold(f, host, args, sig, defer)
}

/// A row's short way, if it has one and nobody counts what is done.
#[inline]
pub fn briefly(prim: &Prim, args: &[&Value]) -> Option<Value> {
    let brief = prim.brief?;
    if tally::on() { None } else { brief(args) }
}

fn bound_untold(
    f: RowFn,
    host: &mut dyn Host,
    args: &mut Args,
    sig: &Signature,
    defer: Defer,
) -> Result<Value, Fault> {
    let prim = args.prim;
    let alone = args.only_first();
    for (i, x) in args.values_mut().enumerate() {
        if matches!(x, Value::Deferred(_)) && !deferred::takes(prim, i, x, alone) {
            *x = std::mem::replace(x, Value::None).settled(host)?;
        }
    }
    args.close(sig)?;
    let result = f(host, args)?;
    if defer == Defer::Later { Ok(result) } else { result.settled(host) }
}

/// A property of a value: a row of one parameter.
pub fn property(prim: &'static Prim, host: &mut dyn Host, x: Value) -> Result<Value, Fault> {
    match &prim.kind {
        Kind::Call(f) if tally::heeds_calls() => {
            let begun = trace::begin(trace::Subject::of(prim), host, std::iter::once(&x));
            trace::end(&begun, f(host, &Args::single(prim, x)))
        }
        Kind::Call(f) => match briefly(prim, &[&x]) {
            Some(v) => Ok(v),
            None => f(host, &Args::single(prim, x)),
        },
        Kind::Elementwise(_) => call(prim, host, CallArgs::new([x])),
    }
}

/// Applies an element-wise row to small arrays, by reference; `None`, with nothing done, if the row or
/// the operands are others, or calls are told of. A row of one operand takes the first. If any of the
/// flags is set, `elementwise::ufunc::tell_small` is due.
#[inline]
pub fn small(prim: &'static Prim, xs: [&Value; 2]) -> Option<(Array, Flags)> {
    match &prim.kind {
        Kind::Elementwise(e) if !tally::heeds_calls() => elementwise::ufunc::small(e, xs),
        _ => None,
    }
}

/// A call by name of an element-wise row of one operand, a number; `None`, with nothing done, as of
/// [`small`], and where there is something to tell.
#[inline]
pub fn of_number(prim: &'static Prim, x: Num) -> Option<Scalar> {
    match &prim.kind {
        Kind::Elementwise(e) if !tally::heeds_calls() => elementwise::ufunc::of_number(e, x),
        _ => None,
    }
}

/// `a op= y` of a small array, in place; `None`, with nothing done, as of [`small`].
#[inline]
pub fn update_small(prim: &'static Prim, a: &Array, y: &Value) -> Option<Flags> {
    match &prim.kind {
        Kind::Elementwise(e) if !tally::heeds_calls() => elementwise::ufunc::update_small(e, a, y),
        _ => None,
    }
}

/// `a[mask] op= y`: see [`elementwise::ufunc::update_chosen`].
pub fn update_chosen(
    prim: &'static Prim,
    host: &mut dyn Host,
    a: &Array,
    mask: &Array,
    y: Value,
) -> Result<Option<Value>, Fault> {
    match &prim.kind {
        Kind::Elementwise(e) => elementwise::ufunc::update_chosen(prim, e, host, a, mask, y),
        Kind::Call(_) => Ok(Some(y)),
    }
}

fn settle(prim: &Prim, host: &mut dyn Host, args: &mut CallArgs) -> Result<(), Fault> {
    let outs = args.keyword.iter().any(|(k, _)| &**k == "out");
    let alone = args.positional.len() == 1 && args.keyword.is_empty();
    for (i, x) in args.positional.iter_mut().enumerate() {
        let takes = deferred::takes(prim, i, x, alone) || outs && prim.elementwise().is_some();
        if matches!(x, Value::Deferred(_)) && !takes {
            *x = std::mem::replace(x, Value::None).settled(host)?;
        }
    }
    for (_, x) in &mut args.keyword {
        if matches!(x, Value::Deferred(_)) {
            *x = std::mem::replace(x, Value::None).settled(host)?;
        }
    }
    Ok(())
}

/// Applies a primitive to one value: the way of prefix operators and glyphs.
#[inline]
pub fn monadic(prim: &'static Prim, host: &mut dyn Host, x: Value) -> Result<Value, Fault> {
    monadic_as(prim, host, x, Defer::Now)
}

/// As [`monadic`]; the result may be deferred.
#[inline]
pub fn monadic_as(prim: &'static Prim, host: &mut dyn Host, x: Value, defer: Defer) -> Result<Value, Fault> {
    match &prim.kind {
        Kind::Elementwise(e) if e.arity == 1 && tally::heeds_calls() => {
            let begun = trace::begin(trace::Subject::of(prim), host, std::iter::once(&x));
            trace::end(&begun, elementwise::ufunc::monadic(prim, e, host, x, defer))
        }
        Kind::Elementwise(e) if e.arity == 1 => elementwise::ufunc::monadic(prim, e, host, x, defer),
        _ => call_as(prim, host, CallArgs::new([x]), defer),
    }
}

/// Applies a primitive to two values: the way of infix operators and glyphs.
#[inline]
pub fn dyadic(prim: &'static Prim, host: &mut dyn Host, x: Value, y: Value) -> Result<Value, Fault> {
    dyadic_as(prim, host, x, y, Defer::Now)
}

/// As [`dyadic`]; the result may be deferred.
#[inline]
pub fn dyadic_as(
    prim: &'static Prim,
    host: &mut dyn Host,
    x: Value,
    y: Value,
    defer: Defer,
) -> Result<Value, Fault> {
    match &prim.kind {
        Kind::Elementwise(e) if e.arity == 2 && tally::heeds_calls() => {
            let begun = trace::begin(trace::Subject::of(prim), host, [&x, &y].into_iter());
            trace::end(&begun, elementwise::ufunc::dyadic(prim, e, host, x, y, defer))
        }
        Kind::Elementwise(e) if e.arity == 2 => elementwise::ufunc::dyadic(prim, e, host, x, y, defer),
        _ => match briefly(prim, &[&x, &y]) {
            Some(v) => Ok(v),
            None => call_as(prim, host, CallArgs::new([x, y]), defer),
        },
    }
}

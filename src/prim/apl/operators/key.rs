//! Key, `f⌸`: a function of every distinct key and what belongs to it.
//!
//! Keys are grouped by `exec::group`. A function whose parts are primitives runs on all groups at once
//! (`lift`): `{+/⍵}⌸` is one pass that adds each value to its group's sum, as `np.bincount` does. Any
//! other is called for every group, with its values gathered.

use super::lift::{Item, Lift};
use super::map::{cells, collect};
use super::{Derived, Operator, apply, glyph_function};
use crate::array::{Array, Order};
use crate::exec::group::{self, Groups};
use crate::prim::convert;
use crate::prim::row::Example;
use crate::syntax::Class;
use crate::value::{Fault, Func, Host, Value};

pub static ROWS: &[Operator] = &[Operator {
    glyph: "⌸",
    name: "key",
    class: Some(Class::Monadic),
    doc: "Groups: `f⌸ x` calls f with each distinct item of x (element of a vector, row of a matrix), in order of \
          first appearance, and the indices where it stands; `keys f⌸ values` with each key and its values. \
          A reduction, tally or name (`+/⌸`, `≢⌸`, `max⌸`) is given the indices or values alone. Results of equal \
          shape become one array. Sums of floats add in the order of the values.",
    examples: &[
        Example { code: "{[⍺, ≢⍵]}⌸ 3 1 3 3", out: "[[3 3]\n [1 1]]" },
        Example { code: "≢⌸ 3 1 3 3", out: "[3 1]" },
        Example { code: "1 2 1 +/⌸ 10 20 30", out: "[40 20]" },
        Example { code: "1 2 1 {⌈/⍵}⌸ 10 20 30", out: "[30 20]" },
    ],
    numpy: "np.array([f(k, np.flatnonzero(x == k)) for k in dict.fromkeys(x)])",
    defers: false,
    apply: key,
}];

fn key(d: &Derived, host: &mut dyn Host, x: Option<Value>, y: Value) -> Result<Value, Fault> {
    let f = d.left_function()?;
    let keys = with_items(convert::to_array(x.as_ref().unwrap_or(&y))?);
    let groups = group::groups(&keys)?;
    let count = keys.shape()[0];
    let values = match &x {
        None => crate::exec::distinct::counting(count)?,
        Some(_) => with_items(convert::to_array(&y)?),
    };
    if values.shape()[0] != count {
        let reason = format!("{count} keys for {} values", values.shape()[0]);
        return Err(Fault::Value { func: "key".into(), reason });
    }
    let keys = group::gather(&keys, &groups.first)?;
    let both = takes_key(f);
    if let Some(whole) = lifted(f, host, &keys, &values, &groups, both)? {
        return Ok(whole);
    }
    let (places, bounds) = groups.order();
    let names = cells(&keys, keys.ndim() as i64 - 1).1;
    crate::exec::tally::piecemeal(f.name(), names.len());
    let mut results = Vec::with_capacity(names.len());
    for (name, bound) in names.into_iter().zip(bounds.windows(2)) {
        let members = group::gather(&values, &places[bound[0]..bound[1]])?;
        let left = if both { Some(name) } else { None };
        results.push(apply(f, host, left, Value::Array(members))?);
    }
    collect(f.name(), &[groups.count()], results)
}

/// Dfns, functions of two arguments and glyphs get the key too. `≢` alone counts, which is what it is
/// written for.
fn takes_key(f: &Func) -> bool {
    let tally = glyph_function("≢").is_some_and(|g| g.name() == f.name());
    let any = f.get().as_any();
    f.get().takes_left() || (any.is::<super::GlyphFunction>() && !tally)
}

fn lifted(
    f: &Func,
    host: &mut dyn Host,
    keys: &Array,
    values: &Array,
    groups: &Groups,
    both: bool,
) -> Result<Option<Value>, Fault> {
    let Some(lift) = Lift::of(f, host, if both { 2 } else { 1 }) else { return Ok(None) };
    let mut items = Vec::new();
    if both {
        items.push(Item::cells(Value::Array(keys.clone()), keys.ndim() - 1));
    }
    items.push(Item::members(Value::Array(values.clone()), values.ndim() - 1));
    lift.run_groups(host, groups, items)
}

/// A scalar as a vector of one.
fn with_items(a: Array) -> Array {
    if a.ndim() == 0 { a.reshape_view(&[1], Order::C).unwrap_or(a) } else { a }
}

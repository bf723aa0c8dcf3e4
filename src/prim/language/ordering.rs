//! Python's functions that put the items of any iterable in another order, or leave some out.
//! Numbers become an array, as between brackets; a list's own methods stand in `lists`.

use crate::prim::indexing::subscript::collect;
use crate::prim::row::{Example, Home, Prim};
use crate::prim::{Args, convert};
use crate::value::{CallArgs, Fault, Func, Host, Value};
use std::cmp::Ordering;

pub static ROWS: &[Prim] = &[
    Home::Core.row(
        "sorted",
        "x, *, key=None, reverse=False",
        "The items in rising order, or falling with `reverse`; `key` is a function that gives what is compared.",
        &[
            Example { code: "sorted([3, 1, 2])", out: "[1 2 3]" },
            Example { code: "sorted([\"bb\", \"a\"], key=len, reverse=True)", out: "['bb', 'a']" },
        ],
        sorted,
    ),
    Home::Core.row(
        "reversed",
        "items",
        "The items of a sequence from the last to the first.",
        &[
            Example { code: "reversed([\"a\", \"b\"])", out: "['b', 'a']" },
            Example { code: "[i for i in reversed(range(3))]", out: "[2 1 0]" },
        ],
        reversed,
    ),
    Home::Core.row(
        "filter",
        "f, items",
        "The items of which a function is true; of which they themselves are, if it is `None`.",
        &[Example { code: "filter(w => len(w) > 1, [\"a\", \"bc\"])", out: "['bc']" }],
        filter,
    ),
];

/// The items of an iterable in order; those that are equal keep theirs.
fn sorted(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let items = collect(host, &args.value(0))?;
    bracketed(ordered(host, items, key(args, 1)?, args.flag(2)?)?)
}

/// As brackets around the items make it: an array of numbers, or a list.
fn bracketed(items: Vec<Value>) -> Result<Value, Fault> {
    convert::bracket(items.into_iter().map(|item| (item, false)).collect())
}

fn reversed(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let mut items = collect(host, &args.value(0))?;
    items.reverse();
    bracketed(items)
}

fn filter(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let f = args.value(0);
    let mut kept = Vec::new();
    for item in collect(host, &args.value(1))? {
        let keep = match (&f, f.as_func()) {
            (Value::None, _) => item.truth()?,
            (_, Some(f)) => f.call(host, CallArgs::new([item.clone()]))?.truth()?,
            _ => return Err(args.wrong(0, "a function")),
        };
        if keep {
            kept.push(item);
        }
    }
    bracketed(kept)
}

/// The function that gives what is compared, if there is one.
pub fn key(args: &Args, i: usize) -> Result<Option<&Func>, Fault> {
    match args.get(i) {
        None | Some(Value::None) => Ok(None),
        Some(v) => v.as_func().map(Some).ok_or_else(|| args.wrong(i, "a function")),
    }
}

/// Items in rising order, or falling, by what a function gives of them if there is one; those that are
/// equal keep their order.
pub fn ordered(
    host: &mut dyn Host,
    items: Vec<Value>,
    key: Option<&Func>,
    reverse: bool,
) -> Result<Vec<Value>, Fault> {
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        let key = match key {
            Some(f) => f.call(host, CallArgs::new([item.clone()]))?,
            None => item.clone(),
        };
        keyed.push((key, item));
    }
    let mut fault = None;
    keyed.sort_by(|(a, _), (b, _)| {
        let order = compared(a, b).unwrap_or_else(|| {
            let types = vec![a.type_name().into(), b.type_name().into()];
            fault.get_or_insert(Fault::Operands { op: "<".into(), types });
            Ordering::Equal
        });
        if reverse { order.reverse() } else { order }
    });
    match fault {
        Some(fault) => Err(fault),
        None => Ok(keyed.into_iter().map(|(_, item)| item).collect()),
    }
}

fn compared(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(&**b)),
        (Value::Tuple(a), Value::Tuple(b)) => {
            for (x, y) in a.items.iter().zip(&b.items) {
                match compared(x, y)? {
                    Ordering::Equal => {}
                    order => return Some(order),
                }
            }
            Some(a.items.len().cmp(&b.items.len()))
        }
        _ => {
            let (x, y) = (a.scalar()?, b.scalar()?);
            match (x.as_i128(), y.as_i128()) {
                (Some(x), Some(y)) => Some(x.cmp(&y)),
                _ => Some(x.as_f64()?.partial_cmp(&y.as_f64()?).unwrap_or(Ordering::Equal)),
            }
        }
    }
}

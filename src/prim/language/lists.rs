//! Methods that change lists in place, and those that look an item up in any sequence. Arrays keep their
//! length, and say so.

use super::membership::{place_among, same_item};
use crate::prim::indexing::subscript::collect;
use crate::prim::row::{Example, Home, InLoop, Prim};
use crate::prim::{Args, convert};
use crate::value::{Fault, Host, List, Num, Value};

pub static ROWS: &[Prim] = &[
    Home::Method
        .row(
            "append",
            "list, item",
            "Puts an item at the end of a list, in place.",
            &[Example { code: "l = [\"a\"]; l.append(2); l", out: "['a', 2]" }],
            append,
        )
        .briefly(append_brief)
        .looped(InLoop::Append),
    Home::Method.row(
        "extend",
        "list, items",
        "Puts the items of an iterable at the end of a list, in place.",
        &[Example { code: "l = [\"a\"]; l.extend((1, 2)); l", out: "['a', 1, 2]" }],
        extend,
    ),
    Home::Method.row(
        "insert",
        "list, index, item",
        "Puts an item before a position of a list, in place.",
        &[Example { code: "l = [\"a\", \"b\"]; l.insert(1, 9); l", out: "['a', 9, 'b']" }],
        insert,
    ),
    Home::Method
        .row(
            "pop",
            "list, index=-1",
            "Takes an item, the last one if no index is given, out of a list and gives it.",
            &[Example { code: "l = [\"a\", \"b\"]; l.pop(0)", out: "'a'" }],
            pop,
        )
        .briefly(pop_brief)
        .looped(InLoop::Pop),
    Home::Method.row(
        "remove",
        "list, item",
        "Takes the first item that is equal to a value out of a list.",
        &[Example { code: "l = [\"a\", \"b\", \"a\"]; l.remove(\"a\"); l", out: "['b', 'a']" }],
        remove,
    ),
    Home::Method
        .row(
            "index",
            "items, item",
            "The place of the first item that is equal to a value, in a list, a tuple or a vector.",
            &[
                Example { code: "[\"a\", \"b\"].index(\"b\")", out: "1" },
                Example { code: "[5, 7, 7].index(7)", out: "1" },
            ],
            |host, args| match place(host, args)? {
                Some(at) => Ok(Value::Int(at as i64)),
                None => Err(absent(args)),
            },
        )
        .briefly(|args| {
            let [Value::List(l), item] = args else { return None };
            l.with(|items| place_among(items, item))?.map(|at| Value::Int(at as i64))
        }),
    Home::Method.row(
        "count",
        "items, item",
        "How many items of a list, a tuple or a vector are equal to a value.",
        &[
            Example { code: "(\"a\", \"b\", \"a\").count(\"a\")", out: "2" },
            Example { code: "[5, 7, 7].count(7)", out: "2" },
        ],
        count,
    ),
    Home::Method.row(
        "clear",
        "list",
        "Takes all items out of a list.",
        &[Example { code: "l = [\"a\", \"b\"]; l.clear(); l", out: "[]" }],
        |_, args| {
            list(args, "zeros(0)")?.rebuild(Vec::clear);
            Ok(Value::None)
        },
    ),
    Home::Method.row(
        "reverse",
        "list",
        "Reverses a list in place.",
        &[Example { code: "l = [\"a\", \"b\"]; l.reverse(); l", out: "['b', 'a']" }],
        |_, args| {
            list(args, "np.flip(x)")?.change(|items| items.reverse());
            Ok(Value::None)
        },
    ),
];

/// The names of a list's methods. `sort` is the array's own too, and its row stands there.
pub fn methods() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|p| p.name).chain(["sort"])
}

/// The list to change; for an array, the error with what to write there.
fn list<'a>(args: &'a Args, instead: &str) -> Result<&'a List, Fault> {
    match args.get(0) {
        Some(Value::List(l)) => Ok(l),
        Some(Value::Array(_)) => {
            Err(args
                .reason(format!("an array keeps its length: write x = {instead}, or gather items in a list")))
        }
        _ => Err(args.wrong(0, "a list")),
    }
}

fn append(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let l = list(args, "np.append(x, v)")?;
    let item = args.value(1);
    l.admit(&item)?;
    l.push(item);
    Ok(Value::None)
}

/// Of an item that holds nothing, or at most tuples of such.
fn append_brief(args: &[&Value]) -> Option<Value> {
    let [Value::List(l), item] = args else { return None };
    let may_be_held = match item {
        Value::List(_) | Value::Deferred(_) => false,
        Value::Tuple(t) => t.items.iter().all(|v| Num::of(v).is_some()) || l.admit(item).is_ok(),
        _ => true,
    };
    may_be_held.then(|| l.push_shared(item))?;
    Some(Value::None)
}

fn extend(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let l = list(args, "np.concatenate([x, y])")?;
    let new = collect(host, &args.value(1))?;
    new.iter().try_for_each(|v| l.admit(v))?;
    l.rebuild(|items| items.extend(new));
    Ok(Value::None)
}

fn insert(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let l = list(args, "np.insert(x, i, v)")?;
    let n = l.len() as i64;
    let i = args.int(1)?;
    let at = if i < 0 { i.saturating_add(n).max(0) } else { i.min(n) } as usize;
    let item = args.value(2);
    l.admit(&item)?;
    match at {
        0 => l.push_first(item),
        at => l.rebuild(|items| items.insert(at, item)),
    }
    Ok(Value::None)
}

/// Of the last item or the first.
fn pop_brief(args: &[&Value]) -> Option<Value> {
    match args {
        [Value::List(l)] => l.pop(),
        [Value::List(l), Value::Int(0)] => l.pop_first(),
        _ => None,
    }
}

fn pop(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let l = list(args, "np.delete(x, i)")?;
    let index = args.get(1).and_then(convert::as_index).ok_or_else(|| args.wrong(1, "an integer"))?;
    let len = l.len();
    let at = if index < 0 { index + len as i64 } else { index };
    match usize::try_from(at).ok().filter(|&at| at < len) {
        Some(0) => Ok(l.pop_first().unwrap_or(Value::None)),
        Some(at) => Ok(l.rebuild(|items| items.remove(at))),
        None => Err(Fault::ListIndex { type_name: "list", index, len }),
    }
}

fn remove(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let l = list(args, "x[x != v]")?;
    let at = place(host, args)?.ok_or_else(|| absent(args))?;
    l.rebuild(|items| items.remove(at));
    Ok(Value::None)
}

fn count(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (items, item) = (collect(host, &args.value(0))?, args.value(1));
    let mut n = 0;
    for v in &items {
        n += same_item(host, v, &item)? as i64;
    }
    Ok(Value::Int(n))
}

/// Where the item that is asked for stands first.
fn place(host: &mut dyn Host, args: &Args) -> Result<Option<usize>, Fault> {
    let (items, item) = (collect(host, &args.value(0))?, args.value(1));
    for (at, v) in items.iter().enumerate() {
        if same_item(host, v, &item)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn absent(args: &Args) -> Fault {
    args.reason(format!("{} is not among the items", crate::show::repr_of(&args.value(1))))
}

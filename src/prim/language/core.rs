//! The language's own functions: output, counting, types, texts of values, lists and tuples, operators by name.

use crate::array::Order;
use crate::dtype::{Operand, result_dtype};
use crate::exec;
use crate::prim::apl::operators;
use crate::prim::arrays::kinds;
use crate::prim::indexing::subscript;
use crate::prim::row::{Example, Home, InLoop, Kind, Prim, Valence};
use crate::prim::{Args, convert, table};
use crate::value::{CallArgs, Fault, Func, Host, List, SliceSpec, Value};
use std::rc::Rc;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "print",
        home: Home::Core,
        params: "*values, sep=' ', end='\\n'",
        doc: "Writes values to the output, as `str` gives them, with `sep` between and `end` after.",
        examples: &[
            Example { code: "print([1.5, 2.0])", out: "[1.5 2. ]" },
            Example { code: "print(\"a\", 1, sep=\"-\")", out: "a-1" },
        ],
        kind: Kind::Call(print),
        ..Prim::NEW
    },
    Prim {
        name: "len",
        home: Home::Core,
        params: "x",
        doc: "The number of items: of an array, the length of its first axis. A plain integer.",
        examples: &[
            Example { code: "len(zeros((3, 4)))", out: "3" },
            Example { code: "len(\"abc\")", out: "3" },
        ],
        brief: Some(|args| match args {
            [v] => length(v).map(|n| Value::Int(n as i64)),
            _ => None,
        }),
        in_loop: InLoop::Length,
        kind: Kind::Call(len),
        ..Prim::NEW
    },
    Prim {
        name: "type",
        home: Home::Core,
        params: "x",
        doc: "The type of a value, to be printed or compared: `type(x) == float`.",
        examples: &[
            Example { code: "type(1.5)", out: "<class 'float'>" },
            Example { code: "type(np.ones(2)) == np.ndarray", out: "True" },
        ],
        kind: Kind::Call(|_, a| Ok(kinds::class_of(&a.value(0)))),
        ..Prim::NEW
    },
    Prim {
        name: "isinstance",
        home: Home::Core,
        params: "x, kinds",
        doc: "Whether a value is of a type, or of one of several in a tuple: `np.ndarray`, `int`, `float`, `str`, a dtype.",
        examples: &[
            Example { code: "isinstance(np.ones(2), np.ndarray)", out: "True" },
            Example { code: "isinstance(2.5, (int, float))", out: "True" },
        ],
        kind: Kind::Call(|_, a| {
            let x = a.value(0);
            Ok(Value::Bool(match a.value(1) {
                Value::Tuple(t) => t.items.iter().any(|kind| kinds::is_of(&x, kind)),
                kind => kinds::is_of(&x, &kind),
            }))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "str",
        home: Home::Core,
        params: "x=''",
        doc: "The text that `print` writes for a value.",
        examples: &[Example { code: "str([1, 2])", out: "'[1 2]'" }],
        brief: Some(|args| match args {
            [Value::Int(n)] => Some(Value::str(itoa::Buffer::new().format(*n))),
            [Value::Str(s)] => Some(Value::Str(s.clone())),
            _ => None,
        }),
        kind: Kind::Call(|_, a| Ok(Value::from(crate::show::str_of(&a.value(0))))),
        ..Prim::NEW
    },
    Prim {
        name: "repr",
        home: Home::Core,
        params: "x",
        doc: "The text of a value as NumPy's `repr` writes it.",
        examples: &[Example { code: "repr([1, 2])", out: "'array([1, 2])'" }],
        kind: Kind::Call(|_, a| Ok(Value::from(crate::show::repr_of(&a.value(0))))),
        ..Prim::NEW
    },
    Prim {
        name: "list",
        home: Home::Core,
        params: "items=?",
        doc: "A list of an iterable's items.",
        examples: &[Example { code: "list(\"ab\")", out: "['a', 'b']" }],
        kind: Kind::Call(|host, a| Ok(Value::List(List::new(items(host, a)?)))),
        ..Prim::NEW
    },
    Prim {
        name: "tuple",
        home: Home::Core,
        params: "items=?",
        doc: "A tuple of an iterable's items.",
        examples: &[Example { code: "tuple(range(3))", out: "(0, 1, 2)" }],
        kind: Kind::Call(|host, a| Ok(Value::tuple(items(host, a)?))),
        ..Prim::NEW
    },
    Prim {
        name: "slice",
        home: Home::Core,
        params: "start, stop=?, step=None",
        doc: "The slice `start:stop:step` as a value; with one argument, `:stop`.",
        examples: &[Example { code: "arange(5)[slice(1, 3)]", out: "[1 2]" }],
        kind: Kind::Call(slice),
        ..Prim::NEW
    },
    Prim {
        name: "callable",
        home: Home::Core,
        params: "x",
        doc: "Whether a value can be called.",
        examples: &[Example { code: "callable(len)", out: "True" }],
        kind: Kind::Call(|_, a| Ok(Value::Bool(matches!(a.get(0), Some(Value::Func(_) | Value::DType(_)))))),
        ..Prim::NEW
    },
    Prim {
        name: "at",
        home: Home::Core,
        params: "x, new, where",
        doc: "A copy of `x` with other items at some places: APL's `new@where x`, as `@` is the matrix product.\n\n\
              `where` is an index of the first axis or of several, an array of them, a mask, or a function that \
              makes one of `x`. `new` is what goes there, or a function of the items there, taken together. The \
              result has the dtype that holds both.",
        examples: &[
            Example { code: "at(10 20 30 40, 0, [1, 2])", out: "[10  0  0 40]" },
            Example { code: "10 20 30 40 |> at(⌽, [0, 1])", out: "[20 10 30 40]" },
            Example { code: "at(1 2 3 4, 10∘×, {⍵ > 2})", out: "[ 1  2 30 40]" },
        ],
        numpy: "y = x.copy(); y[where] = new",
        kind: Kind::Call(at),
        ..Prim::NEW
    },
    Prim {
        name: "reduce",
        home: Home::Core,
        params: "f, x",
        doc: "`f/ x`: the function between the items along the last axis, from the right.",
        examples: &[Example { code: "reduce(+, [1, 2, 3])", out: "6" }],
        numpy: "functools.reduce, or f.reduce(x)",
        kind: Kind::Call(|host, a| operator(host, a, "/")),
        ..Prim::NEW
    },
    Prim {
        name: "scan",
        home: Home::Core,
        params: "f, x",
        doc: "`f\\ x`: the reductions of every prefix along the last axis.",
        examples: &[Example { code: "scan(×, [1, 2, 3])", out: "[1 2 6]" }],
        numpy: "f.accumulate(x)",
        kind: Kind::Call(|host, a| operator(host, a, "\\")),
        ..Prim::NEW
    },
    Prim {
        name: "each",
        home: Home::Core,
        aliases: &["map"],
        params: "f, x",
        doc: "`f¨ x`: the function applied to every element or item.",
        examples: &[Example { code: "each(v => v * 2, [1, 2])", out: "[2 4]" }],
        numpy: "[f(v) for v in x]",
        kind: Kind::Call(|host, a| operator(host, a, "¨")),
        ..Prim::NEW
    },
];

fn at(host: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let x = a.array(0)?;
    let place = match a.value(2) {
        Value::Func(f) => f.call(host, CallArgs::new([Value::Array(x.clone())]))?,
        place => place,
    };
    let items = |host: &mut dyn Host| {
        Ok::<_, Fault>(CallArgs::new([subscript::get_one(host, &Value::Array(x.clone()), &place)?]))
    };
    let new = match a.value(1) {
        Value::Func(f) => {
            let items = items(host)?;
            f.call(host, items)?
        }
        dtype @ Value::DType(_) => {
            let items = items(host)?;
            super::numbers::call_dtype(host, &dtype, items)?
        }
        new => new,
    };
    let kinds = [Value::Array(x.clone()), new.clone()].map(|v| v.operand());
    let kinds: Vec<_> = match kinds {
        [Some(x), Some(new)] => vec![x, new],
        _ => vec![Operand::Typed(x.dtype()), Operand::Typed(convert::to_array(&new)?.dtype())],
    };
    let result = Value::Array(exec::cast(&x, result_dtype(&kinds), Order::C)?);
    subscript::set_item(host, &result, &[place], new)?;
    Ok(result)
}

fn operator(host: &mut dyn Host, a: &Args, glyph: &'static str) -> Result<Value, Fault> {
    let op = operators::find(glyph).ok_or_else(|| Fault::NotYet { name: glyph.into() })?;
    let f = operators::derive(op, a.value(0), None, None)?;
    Func::Shared(f).call(host, CallArgs::new([a.value(1)]))
}

fn print(host: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let texts: Vec<String> = a.rest(0).iter().map(crate::show::str_of).collect();
    let end = if a.given(2) { a.str(2)? } else { "\n" };
    host.print(&(texts.join(a.str(1)?) + end));
    Ok(Value::None)
}

/// The number of items of a value that has one.
pub fn length(v: &Value) -> Option<usize> {
    match v {
        Value::Array(a) => a.shape().first().copied(),
        Value::List(l) => Some(l.len()),
        Value::Tuple(t) => Some(t.items.len()),
        Value::Str(s) => Some(s.count()),
        Value::Object(o) => o.len(),
        _ => None,
    }
}

fn len(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    match length(&a.value(0)) {
        Some(n) => Ok(Value::Int(n as i64)),
        None => Err(a.wrong(0, "a value with a length")),
    }
}

fn slice(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let (start, stop) = if a.given(1) { (a.opt_int(0)?, a.opt_int(1)?) } else { (None, a.opt_int(0)?) };
    Ok(Value::Slice(Rc::new(SliceSpec { start, stop, step: a.opt_int(2)? })))
}

fn items(host: &mut dyn Host, a: &Args) -> Result<Vec<Value>, Fault> {
    a.get(0).map_or(Ok(Vec::new()), |v| subscript::collect(host, v))
}

/// The function that joins the links of a comparison chain.
pub fn chain_and() -> &'static Prim {
    static MISSING: Prim = Prim { name: "&", ..Prim::NEW };
    table().glyph("&", Valence::Dyadic).unwrap_or(&MISSING)
}

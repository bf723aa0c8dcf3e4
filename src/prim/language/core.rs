//! The language's own functions: output, counting, iteration, types and conversions to plain values.

use crate::array::{Array, Order};
use crate::dtype::{CastError, DType, Operand, Scalar, c128, cast_scalar, result_dtype};
use crate::exec;
use crate::prim::apl::operators;
use crate::prim::arrays::kinds;
use crate::prim::indexing::subscript;
use crate::prim::row::{Example, Fast, Home, InLoop, Kind, Prim, Valence};
use crate::prim::{Args, convert, table};
use crate::value::{
    self, CallArgs, Fault, Func, Host, List, Num, Object, Range, SliceSpec, Value, ValueIter,
};
use std::any::Any;
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
        name: "range",
        home: Home::Core,
        params: "start, stop=?, step=1",
        doc: "Plain integers from `start` (or 0) up to, not including, `stop`, made as they are asked for.",
        examples: &[Example { code: "list(range(3))", out: "[0, 1, 2]" }],
        pure: true,
        in_loop: InLoop::Range,
        kind: Kind::Call(range),
        ..Prim::NEW
    },
    Prim {
        name: "zip",
        home: Home::Core,
        params: "*iterables",
        doc: "Tuples of the first items, the second items, … until the shortest ends.",
        examples: &[Example {
            code: "list(zip([1, 2], \"ab\"))",
            out: "[(np.int64(1), 'a'), (np.int64(2), 'b')]",
        }],
        in_loop: InLoop::Zip,
        kind: Kind::Call(zip),
        ..Prim::NEW
    },
    Prim {
        name: "enumerate",
        home: Home::Core,
        params: "iterable, start=0",
        doc: "Tuples of a plain count and an item.",
        examples: &[Example { code: "list(enumerate(\"ab\"))", out: "[(0, 'a'), (1, 'b')]" }],
        in_loop: InLoop::Enumerate,
        kind: Kind::Call(enumerate),
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
        name: "float",
        home: Home::Core,
        params: "x=0.0",
        doc: "A plain float of a number or a string; of an array, a cast to float64. As a dtype, float64.",
        examples: &[
            Example { code: "float(\"1e3\")", out: "1000.0" },
            Example { code: "float([1, 2])", out: "[1. 2.]" },
        ],
        each: 1,
        in_loop: InLoop::Real,
        kind: Kind::Call(|host, a| to_plain(host, a, DType::F64)),
        ..Prim::NEW
    },
    Prim {
        name: "int",
        home: Home::Core,
        params: "x=0",
        doc: "A plain integer of a number (cut toward zero) or a string; of an array, a cast to int64. As a dtype, \
              int64.",
        examples: &[Example { code: "int(-2.7)", out: "-2" }],
        each: 1,
        brief: Some(|args| match args {
            [Value::Str(s)] => s.trim().parse().ok().map(Value::Int),
            _ => None,
        }),
        in_loop: InLoop::Whole,
        kind: Kind::Call(|host, a| to_plain(host, a, DType::I64)),
        ..Prim::NEW
    },
    Prim {
        name: "bool",
        home: Home::Core,
        params: "x=False",
        doc: "The truth of a value; of an array, a cast to bool. As a dtype, bool.",
        examples: &[Example { code: "bool([0, 2])", out: "[False  True]" }],
        each: 1,
        kind: Kind::Call(|host, a| match a.value(0) {
            v @ (Value::Array(_) | Value::Scalar(_)) if convert::as_scalar(&v).is_none() => {
                to_plain(host, a, DType::Bool)
            }
            v => v.truth().map(Value::Bool),
        }),
        ..Prim::NEW
    },
    Prim {
        name: "complex",
        home: Home::Core,
        params: "real=0, imag=0",
        doc: "A plain complex number; of an array, a cast to complex128. As a dtype, complex128.",
        examples: &[Example { code: "complex(1, 2)", out: "(1+2j)" }],
        each: 1,
        kind: Kind::Call(|host, a| {
            let im = convert::as_scalar(&a.value(1)).ok_or_else(|| a.wrong(1, "a number"))?.as_c128();
            match to_plain(host, a, DType::C128)? {
                Value::Complex(z) => {
                    // Not `z + im * 1j`: that loses the signs of zeros, and infinities to nan.
                    let complex = convert::as_scalar(&a.value(0)).is_some_and(|s| s.dtype().is_complex());
                    let up = if complex { z.im + im.re } else { im.re };
                    Ok(Value::Complex(c128::new(z.re - im.im, up)))
                }
                _ if im.re != 0.0 || im.im != 0.0 => {
                    Err(a.wrong(0, "a number, with an imaginary part beside it"))
                }
                array => Ok(array),
            }
        }),
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
            call_dtype(host, &dtype, items)?
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

fn range(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let (start, stop) = if a.given(1) { (a.int(0)?, a.int(1)?) } else { (0, a.int(0)?) };
    match a.int(2)? {
        0 => Err(a.reason("the step must not be zero")),
        step => Ok(Value::Object(Rc::new(Range { start, stop, step }))),
    }
}

fn slice(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let (start, stop) = if a.given(1) { (a.opt_int(0)?, a.opt_int(1)?) } else { (None, a.opt_int(0)?) };
    Ok(Value::Slice(Rc::new(SliceSpec { start, stop, step: a.opt_int(2)? })))
}

fn items(host: &mut dyn Host, a: &Args) -> Result<Vec<Value>, Fault> {
    a.get(0).map_or(Ok(Vec::new()), |v| subscript::collect(host, v))
}

/// A plain scalar of a number or string, or an array cast.
fn to_plain(host: &mut dyn Host, a: &Args, dtype: DType) -> Result<Value, Fault> {
    let v = a.value(0);
    if let Value::Str(s) = &v {
        return parse_plain(a, s.trim(), dtype);
    }
    match convert::as_scalar(&v) {
        Some(s) if s.dtype().is_complex() && !dtype.is_complex() => Err(a.wrong(0, "a real number")),
        Some(s) => plain(a, s, dtype),
        None => {
            let x = convert::to_array(&v)?;
            convert::warn_cast(host, &x, dtype)?;
            Ok(Value::Array(crate::exec::cast(&x, dtype, Order::C)?))
        }
    }
}

fn plain(a: &Args, s: Scalar, dtype: DType) -> Result<Value, Fault> {
    if dtype == DType::I64 {
        let exact = match (s.as_i128(), s.as_f64()) {
            (Some(n), _) => i64::try_from(n).ok(),
            (None, Some(x)) if x.is_nan() => return Err(a.reason("cannot convert float NaN to integer")),
            (None, Some(x)) if x.is_infinite() => {
                return Err(a.reason("cannot convert float infinity to integer"));
            }
            (None, Some(x)) if x.abs() < 9.3e18 => i64::try_from(x as i128).ok(),
            _ => None,
        };
        return exact.map(Value::Int).ok_or(Fault::IntegerOverflow { op: "int".into() });
    }
    Ok(match cast_scalar(s, dtype) {
        Scalar::F64(x) => Value::Float(x),
        Scalar::C128(z) => Value::Complex(z),
        Scalar::Bool(b) => Value::Bool(b),
        other => Value::Scalar(other),
    })
}

fn parse_plain(a: &Args, s: &str, dtype: DType) -> Result<Value, Fault> {
    let clean = s.replace('_', "");
    match dtype {
        DType::I64 => clean.parse().map(Value::Int).map_err(|_| a.wrong(0, "the text of an integer")),
        _ => {
            let x =
                clean.to_ascii_lowercase().parse::<f64>().map_err(|_| a.wrong(0, "the text of a number"))?;
            plain(a, Scalar::F64(x), dtype)
        }
    }
}

/// Calls a dtype: `int8(x)` converts numbers and arrays.
pub fn call_dtype(host: &mut dyn Host, dtype: &Value, call: CallArgs) -> Result<Value, Fault> {
    let Value::DType(d) = *dtype else {
        return Err(Fault::NotCallable { type_name: dtype.type_name().into() });
    };
    let given = call.positional.len();
    let Some(x) = call.positional.into_iter().next() else {
        return Ok(Value::Scalar(cast_scalar(Scalar::Bool(false), d)));
    };
    if given > 1 {
        return Err(Fault::TooManyArguments { func: d.name().into(), max: 1, given });
    }
    match &x {
        Value::Int(n) => int_as(*n, d).map(Value::Scalar),
        Value::Str(s) => match s.trim().parse::<f64>() {
            Ok(v) => Ok(Value::Scalar(cast_scalar(Scalar::F64(v), d))),
            Err(_) => Err(Fault::Value {
                func: d.name().into(),
                reason: format!("'{s}' is not the text of a number"),
            }),
        },
        _ => match x.scalar() {
            Some(s) => {
                convert::warn_scalar(host, s, d);
                Ok(Value::Scalar(cast_scalar(s, d)))
            }
            None => {
                let x = convert::to_array(&x)?;
                convert::warn_cast(host, &x, d)?;
                Ok(convert::unwrap_0d(crate::exec::cast(&x, d, Order::C)?))
            }
        },
    }
}

/// A plain integer in a dtype; out of its bounds is an error, as NumPy 2 has it.
pub fn int_as(n: i64, d: DType) -> Result<Scalar, Fault> {
    let s = cast_scalar(Scalar::I64(n), d);
    if d.is_int() && s.as_i128() != Some(n as i128) {
        return Err(CastError::OutOfBounds { value: n as i128, dtype: d }.into());
    }
    Ok(s)
}

/// `item in container`, where numbers and texts alone are looked at; `None` for others.
pub fn surely_contains(container: &Value, item: &Value) -> Option<bool> {
    match container {
        Value::Array(a) => vector_has(a, item),
        Value::List(l) => l.with(|items| have(items, item)),
        Value::Tuple(t) => have(&t.items, item),
        Value::Str(s) => match item {
            Value::Str(part) => Some(match part.as_bytes() {
                [b] => s.as_bytes().contains(b),
                _ => s.contains(&**part),
            }),
            _ => None,
        },
        _ => None,
    }
}

/// `item in container`: one truth value.
pub fn contains(host: &mut dyn Host, container: &Value, item: &Value) -> Result<bool, Fault> {
    if let Some(found) = surely_contains(container, item) {
        return Ok(found);
    }
    match (container, item) {
        (Value::Str(_), _) => Err(Fault::NotInText { got: item.describe() }),
        (Value::Array(_), _) => match equal(host, container, item)? {
            Value::Array(a) => {
                let a = crate::exec::contiguous(&a)?;
                Ok(a.as_slice::<bool>().is_some_and(|s| s.contains(&true)))
            }
            v => v.truth(),
        },
        _ => {
            let mut iter = value::iterate(container)?;
            while let Some(v) = iter.next(host)? {
                if same_item(host, &v, item)? {
                    return Ok(true);
                }
                if exec::interrupt::requested() {
                    return Err(Fault::Interrupted);
                }
            }
            Ok(false)
        }
    }
}

/// Whether an item is the one that is looked for: the same, or equal.
pub fn same_item(host: &mut dyn Host, x: &Value, y: &Value) -> Result<bool, Fault> {
    match (x, y) {
        (Value::Str(x), Value::Str(y)) => Ok(x == y),
        _ => Ok(identical(x, y) || equal(host, x, y)?.truth()?),
    }
}

/// Elements of the longest vector that is gone through one by one.
const FEW: usize = 64;

/// Whether a short vector has a number; `None` where that is not known at once.
fn vector_has(a: &Array, item: &Value) -> Option<bool> {
    let ([n], [s], x) = (a.shape(), a.strides(), Num::of(item)?) else { return None };
    if *n > FEW {
        return None;
    }
    for k in 0..*n as isize {
        let y = Num::element(a, (a.offset() as isize + k * s) as usize)?;
        if Fast::Equal.apply(y, x)?.truth() {
            return Some(true);
        }
    }
    Some(false)
}

/// Whether a number or text is one of some items; `None` if there are others among those before it.
fn have(items: &[Value], item: &Value) -> Option<bool> {
    place_among(items, item).map(|place| place.is_some())
}

/// Where a number or text first is among some items, if it is; `None` if there are others among those
/// before it.
pub fn place_among(items: &[Value], item: &Value) -> Option<Option<usize>> {
    for (k, v) in items.iter().enumerate() {
        let same = match (v, item) {
            (Value::Str(a), Value::Str(b)) => a == b,
            _ => identical(v, item) || Fast::Equal.apply(Num::of(v)?, Num::of(item)?)?.truth(),
        };
        if same {
            return Some(Some(k));
        }
    }
    Some(None)
}

/// What `contains` is made of for arrays: whether any element is equal.
pub fn containing() -> Option<[&'static Prim; 2]> {
    Some([table().glyph("==", Valence::Dyadic)?, table().get(Home::Np, "any")?])
}

fn equal(host: &mut dyn Host, x: &Value, y: &Value) -> Result<Value, Fault> {
    let eq = table().glyph("==", Valence::Dyadic).ok_or_else(|| Fault::NotYet { name: "==".into() })?;
    crate::prim::dyadic(eq, host, x.clone(), y.clone())
}

/// `x is y`: the same object, or the same plain value.
pub fn identical(x: &Value, y: &Value) -> bool {
    match (x, y) {
        (Value::None, Value::None) | (Value::Ellipsis, Value::Ellipsis) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
        (Value::DType(a), Value::DType(b)) => a == b,
        (Value::Array(a), Value::Array(b)) => a.same_object(b),
        (Value::List(a), Value::List(b)) => a.same(b),
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Tuple(a), Value::Tuple(b)) => Rc::ptr_eq(a, b),
        (Value::Object(a), Value::Object(b)) => Rc::ptr_eq(a, b),
        (Value::Func(Func::Static(a)), Value::Func(Func::Static(b))) => std::ptr::addr_eq(*a, *b),
        (Value::Func(Func::Shared(a)), Value::Func(Func::Shared(b))) => Rc::ptr_eq(a, b),
        _ => false,
    }
}

/// The function that joins the links of a comparison chain.
pub fn chain_and() -> &'static Prim {
    static MISSING: Prim = Prim { name: "&", ..Prim::NEW };
    table().glyph("&", Valence::Dyadic).unwrap_or(&MISSING)
}

/// `zip` and `enumerate`: iterables made of iterables. Each iteration starts afresh.
struct Zipped {
    name: &'static str,
    sources: Vec<Value>,
}

struct ZipIter(Vec<Box<dyn ValueIter>>);

impl Object for Zipped {
    fn type_name(&self) -> &str {
        self.name
    }

    fn repr(&self) -> String {
        format!("<{} object>", self.name)
    }

    fn iter(&self) -> Option<Box<dyn ValueIter>> {
        let sources = self.sources.iter().map(|v| value::iterate(v).ok()).collect::<Option<_>>()?;
        Some(Box::new(ZipIter(sources)))
    }

    fn zipped(&self) -> Option<&[Value]> {
        Some(&self.sources)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl ValueIter for ZipIter {
    fn next(&mut self, host: &mut dyn Host) -> Result<Option<Value>, Fault> {
        let mut items = Vec::with_capacity(self.0.len());
        Ok(self.next_parts(host, &mut items)?.then(|| Value::tuple(items)))
    }

    fn parts(&self) -> Option<usize> {
        Some(self.0.len())
    }

    fn next_parts(&mut self, host: &mut dyn Host, out: &mut Vec<Value>) -> Result<bool, Fault> {
        let before = out.len();
        for source in &mut self.0 {
            if !source.next_to(host, out)? {
                out.truncate(before);
                return Ok(false);
            }
        }
        Ok(!self.0.is_empty())
    }
}

fn zip(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let sources = a.rest(0);
    for v in &sources {
        value::iterate(v)?;
    }
    Ok(Value::Object(Rc::new(Zipped { name: "zip", sources })))
}

fn enumerate(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let source = a.value(0);
    value::iterate(&source)?;
    let counts = Value::Object(Rc::new(Range { start: a.int(1)?, stop: i64::MAX, step: 1 }));
    Ok(Value::Object(Rc::new(Zipped { name: "enumerate", sources: vec![counts, source] })))
}

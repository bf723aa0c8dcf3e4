//! Questions about dtypes and arrays, and NumPy's names for groups of dtypes (`np.integer`).

use crate::array::Array;
use crate::dtype::{DType, promote};
use crate::exec;
use crate::prim::elementwise::numeric;
use crate::prim::{Args, Example, Kind, Prim, convert};
use crate::value::{Fault, Object, Value};
use std::any::Any;
use std::rc::Rc;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "iscomplexobj",
        params: "x",
        doc: "Whether the dtype is complex, whatever the values.",
        examples: &[Example { code: "np.iscomplexobj([1, 0j])", out: "True" }],
        kind: Kind::Call(|_, args| Ok(Value::Bool(args.array(0)?.dtype().is_complex()))),
        ..Prim::NEW
    },
    Prim {
        name: "isrealobj",
        params: "x",
        doc: "Whether the dtype is not complex.",
        examples: &[Example { code: "np.isrealobj([1, 0j])", out: "False" }],
        kind: Kind::Call(|_, args| Ok(Value::Bool(!args.array(0)?.dtype().is_complex()))),
        ..Prim::NEW
    },
    Prim {
        name: "isfortran",
        params: "a",
        doc: "Whether an array is laid out by columns and not by rows as well.",
        examples: &[Example { code: "np.isfortran(np.ones((2, 3)).T)", out: "True" }],
        kind: Kind::Call(|_, args| {
            let a = args.array(0)?;
            Ok(Value::Bool(a.is_f_contiguous() && !a.is_c_contiguous()))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "iterable",
        params: "y",
        doc: "Whether a value has items to go through.",
        examples: &[Example { code: "np.iterable([1, 2]), np.iterable(2)", out: "(True, False)" }],
        kind: Kind::Call(|_, args| {
            let v = args.value(0);
            let points = matches!(&v, Value::Array(a) if a.ndim() == 0);
            Ok(Value::Bool(!points && crate::value::iterate(&v).is_ok()))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "real_if_close",
        params: "a, tol=100",
        doc: "The real parts, if all imaginary parts are below `tol` times the machine epsilon; else the array.",
        examples: &[
            Example { code: "np.real_if_close([2.1 + 4e-15j, 5.2 + 3e-16j])", out: "[2.1 5.2]" },
            Example { code: "np.real_if_close([2 + 1j])", out: "[2.+1.j]" },
        ],
        kind: Kind::Call(|_, args| real_if_close(args)),
        ..Prim::NEW
    },
    Prim {
        name: "asarray_chkfinite",
        params: "a, dtype=None, order=None",
        doc: "As `asarray`, and an error if a value is NaN or infinite.",
        examples: &[Example { code: "np.asarray_chkfinite([1, 2])", out: "[1 2]" }],
        kind: Kind::Call(|_, args| {
            let a = args.array(0)?;
            let a = exec::in_dtype(&a, args.opt_dtype(1)?.unwrap_or(a.dtype()))?;
            let finite = |s: &crate::dtype::Scalar| s.as_c128().is_finite();
            if a.dtype().is_inexact() && !convert::scalars(&a)?.iter().all(finite) {
                return Err(args.reason("array must not contain infs or NaNs"));
            }
            Ok(Value::Array(a))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "common_type",
        params: "*arrays",
        doc: "The inexact dtype that holds all arrays; of integers float64.",
        examples: &[Example { code: "np.common_type(np.arange(4), float32(1 2))", out: "float64" }],
        kind: Kind::Call(|_, args| {
            let mut all = DType::F32;
            for v in args.rest(0) {
                let d = convert::to_array(&v)?.dtype();
                all = promote(all, if d.is_inexact() { d } else { DType::F64 });
            }
            Ok(Value::DType(all))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "issubdtype",
        params: "arg1, arg2",
        doc: "Whether a dtype is another one or belongs to a group: `np.integer`, `np.floating`, `np.number`, ….",
        examples: &[
            Example { code: "np.issubdtype(np.int32, np.integer)", out: "True" },
            Example { code: "np.issubdtype(float, np.complexfloating)", out: "False" },
        ],
        kind: Kind::Call(|_, args| belongs(args, &args.value(1)).map(Value::Bool)),
        ..Prim::NEW
    },
    Prim {
        name: "isdtype",
        params: "dtype, kind",
        doc: "Whether a dtype is of a kind, or of one of several in a tuple.\n\nThe kinds: 'bool', 'signed integer', 'unsigned integer', 'integral', 'real floating', \
              'complex floating', 'numeric'.",
        examples: &[Example { code: "np.isdtype(np.float32, \"real floating\")", out: "True" }],
        kind: Kind::Call(|_, args| {
            let kinds = match args.value(1) {
                Value::Tuple(t) => t.items.to_vec(),
                v => vec![v],
            };
            for kind in kinds {
                let group = match &kind {
                    Value::Str(s) => Some(of_kind(s).ok_or_else(|| args.wrong(1, "a kind of dtypes"))?),
                    _ => None,
                };
                if group.map_or_else(|| belongs(args, &kind), |g| Ok(holds(g, args.dtype(0)?)))? {
                    return Ok(Value::Bool(true));
                }
            }
            Ok(Value::Bool(false))
        }),
        ..Prim::NEW
    },
];

/// A group of dtypes, by NumPy's name.
pub struct Group(&'static str);

const GROUPS: &[&str] = &[
    "generic",
    "number",
    "integer",
    "signedinteger",
    "unsignedinteger",
    "inexact",
    "floating",
    "complexfloating",
];

/// The group of a name.
pub fn group(name: &str) -> Option<Value> {
    let name = GROUPS.iter().find(|g| **g == name)?;
    Some(Value::Object(Rc::new(Group(name))))
}

/// The type of a value: `<class 'numpy.ndarray'>`.
struct Class(String);

impl Object for Class {
    fn type_name(&self) -> &str {
        "type"
    }

    fn repr(&self) -> String {
        format!("<class '{}'>", self.0)
    }

    fn attr(&self, name: &str) -> Option<Value> {
        let last = self.0.rsplit('.').next().unwrap_or_default();
        (name == "__name__").then(|| Value::str(last))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn class_name(v: &Value) -> String {
    match v {
        Value::Array(_) | Value::Deferred(_) => "numpy.ndarray".into(),
        Value::Scalar(s) => format!("numpy.{}", s.dtype().name()),
        v => v.type_name().into(),
    }
}

pub fn class_of(v: &Value) -> Value {
    Value::Object(Rc::new(Class(class_name(v))))
}

/// `np.ndarray`.
pub fn ndarray() -> Value {
    Value::Object(Rc::new(Class("numpy.ndarray".into())))
}

fn class(o: &dyn Object) -> Option<&str> {
    o.as_any().downcast_ref::<Class>().map(|c| c.0.as_str())
}

pub fn is_class(o: &dyn Object) -> bool {
    class(o).is_some()
}

pub fn are_one_class(a: &dyn Object, b: &dyn Object) -> bool {
    class(a).is_some() && class(a) == class(b)
}

/// Whether a type is what `int`, `str` or a dtype stands for.
pub fn names_class(o: &dyn Object, kind: &Value) -> bool {
    let name = class(o).unwrap_or_default();
    match kind {
        Value::Func(f) => f.name() == name,
        Value::DType(d) => name.strip_prefix("numpy.") == Some(d.name()),
        _ => false,
    }
}

/// Whether a value is of a type, as Python has it: a float64 is a `float`, a bool an `int`.
pub fn is_of(x: &Value, kind: &Value) -> bool {
    let name = class_name(x);
    match kind {
        Value::Object(o) if is_class(&**o) => class(&**o) == Some(&name),
        Value::Object(_) => match (to_group(kind), x) {
            (Some(group), Value::Scalar(s)) => holds(group, s.dtype()),
            _ => false,
        },
        Value::DType(d) => matches!(x, Value::Scalar(s) if s.dtype() == *d),
        Value::Func(f) => match f.name() {
            "float" => name == "float" || name == "numpy.float64",
            "complex" => name == "complex" || name == "numpy.complex128",
            "int" => name == "int" || name == "bool",
            other => other == name,
        },
        _ => false,
    }
}

fn of_kind(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "bool" => "bool",
        "signed integer" => "signedinteger",
        "unsigned integer" => "unsignedinteger",
        "integral" => "integer",
        "real floating" => "floating",
        "complex floating" => "complexfloating",
        "numeric" => "number",
        _ => return None,
    })
}

fn holds(group: &str, d: DType) -> bool {
    match group {
        "bool" => d == DType::Bool,
        "number" => d != DType::Bool,
        "integer" => d.is_int(),
        "signedinteger" => d.is_signed_int(),
        "unsignedinteger" => d.is_int() && !d.is_signed_int(),
        "inexact" => d.is_inexact(),
        "floating" => d.is_float(),
        "complexfloating" => d.is_complex(),
        _ => true,
    }
}

fn belongs(args: &Args, to: &Value) -> Result<bool, Fault> {
    let d = match args.get(0) {
        // A group within a group.
        Some(Value::Object(o)) if o.as_any().is::<Group>() => {
            let inner = o.as_any().downcast_ref::<Group>().map_or("", |g| g.0);
            let outer = to_group(to).ok_or_else(|| args.wrong(1, "a dtype or a group of dtypes"))?;
            let all = DType::ALL.iter().copied();
            return Ok(all.filter(|&d| holds(inner, d)).all(|d| holds(outer, d)));
        }
        _ => args.dtype(0)?,
    };
    match to_group(to) {
        Some(group) => Ok(holds(group, d)),
        None => Ok(convert::as_dtype(to).ok_or_else(|| args.wrong(1, "a dtype or a group of dtypes"))? == d),
    }
}

fn to_group(v: &Value) -> Option<&'static str> {
    match v {
        Value::Object(o) => o.as_any().downcast_ref::<Group>().map(|g| g.0),
        _ => None,
    }
}

impl Object for Group {
    fn type_name(&self) -> &str {
        "dtype group"
    }

    fn repr(&self) -> String {
        format!("<class 'numpy.{}'>", self.0)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn real_if_close(args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    if !a.dtype().is_complex() {
        return Ok(Value::Array(a));
    }
    let eps = if a.dtype() == DType::C64 { f32::EPSILON as f64 } else { f64::EPSILON };
    let tolerance = args.float(1)?;
    let tolerance = if tolerance > 1.0 { tolerance * eps } else { tolerance };
    let close = convert::scalars(&a)?.iter().all(|s| s.as_c128().im.abs() < tolerance);
    if !close {
        return Ok(Value::Array(a));
    }
    numeric::real_part(&Value::Array(a.clone())).map(|v| match v {
        Value::Array(r) => Value::Array(r),
        v => Array::from_scalar(convert::as_scalar(&v).unwrap_or(crate::dtype::Scalar::F64(0.0)))
            .map_or(v, Value::Array),
    })
}

//! `x.name` of arrays and numbers: NumPy's properties, their assignment, and the objects behind
//! `flags` and `flat`.

use crate::array::{Array, ArrayError, Order, Strides};
use crate::dtype::DType;
use crate::exec;
use crate::prim::arrays::layout;
use crate::prim::arrays::shape::{shape_value, swapped};
use crate::prim::convert::{as_ints, element, store, to_array, unwrap_0d, warn_cast};
use crate::prim::indexing::subscript::array_get_value;
use crate::prim::row::{Example, Home, Prim};
use crate::prim::{Args, convert};
use crate::value::{Fault, Host, Object, Value, ValueIter};
use crate::with_dtype;
use std::any::Any;
use std::rc::Rc;

/// The only argument, if it is an array.
fn only_array<'a>(args: &[&'a Value]) -> Option<&'a Array> {
    match args {
        [Value::Array(a)] => Some(a),
        _ => None,
    }
}

fn int(n: usize) -> Result<Value, Fault> {
    Ok(Value::Int(n as i64))
}

pub static ROWS: &[Prim] = &[
    Home::Property.row(
        "T",
        "x",
        "The transpose: a view with the axes reversed.",
        &[Example { code: "array([[1, 2], [3, 4]]).T", out: "[[1 3]\n [2 4]]" }],
        |_, args| of_array(args, |a| Ok(Value::Array(a.transpose()))),
    )
    .briefly(|args| Some(Value::Array(only_array(args)?.transpose()))),
    Home::Property.row(
        "mT",
        "x",
        "The transpose of the last two axes, a view.",
        &[Example { code: "zeros((5, 2, 3)).mT.shape", out: "(5, 3, 2)" }],
        |_, args| {
            let a = args.array(0)?;
            match a.ndim() {
                0 | 1 => Err(args.reason("an array of at least two axes is needed")),
                n => Ok(Value::Array(swapped(&a, n - 2, n - 1))),
            }
        },
    ),
    Home::Property.row(
        "shape",
        "x",
        "The lengths of the axes, a tuple; assigning another shape of equal size changes the axes in place.",
        &[Example { code: "zeros((2, 3)).shape", out: "(2, 3)" }],
        |_, args| Ok(shape_value(&args.array(0)?)),
    )
    .briefly(|args| Some(shape_value(only_array(args)?))),
    Home::Property.row("ndim", "x", "The number of axes.", &[Example { code: "zeros((2, 3)).ndim", out: "2" }], |_, args| {
        int(args.array(0)?.ndim())
    })
    .briefly(|args| Some(Value::Int(only_array(args)?.ndim() as i64))),
    Home::Property.row("size", "x", "The number of elements.", &[Example { code: "zeros((2, 3)).size", out: "6" }], |_, args| {
        int(args.array(0)?.size())
    })
    .briefly(|args| Some(Value::Int(only_array(args)?.size() as i64))),
    Home::Property.row(
        "dtype",
        "x",
        "The type of the elements.",
        &[Example { code: "arange(3).dtype", out: "int64" }],
        |_, args| Ok(Value::DType(args.array(0)?.dtype())),
    ),
    Home::Property.row(
        "itemsize",
        "x",
        "Bytes in one element.",
        &[Example { code: "zeros(3).itemsize", out: "8" }],
        |_, args| int(args.array(0)?.dtype().itemsize()),
    ),
    Home::Property.row(
        "nbytes",
        "x",
        "Bytes in all elements.",
        &[Example { code: "zeros((10, 10), dtype=int8).nbytes", out: "100" }],
        |_, args| int(args.array(0)?.nbytes()),
    ),
    Home::Property.row(
        "strides",
        "x",
        "Bytes to step in memory along each axis.",
        &[
            Example { code: "zeros((2, 3)).strides", out: "(24, 8)" },
            Example { code: "zeros((2, 3)).T.strides", out: "(8, 24)" },
        ],
        |_, args| {
            let a = args.array(0)?;
            Ok(Value::tuple(a.strides_bytes().iter().map(|&s| Value::Int(s as i64)).collect()))
        },
    ),
    Home::Property.row(
        "flags",
        "x",
        "How the array lies in memory: contiguous in C or F order, owning it, writeable.",
        &[
            Example { code: "zeros((2, 3)).T.flags.c_contiguous", out: "False" },
            Example { code: "zeros((2, 3)).T.flags[\"F_CONTIGUOUS\"]", out: "True" },
        ],
        |_, args| Ok(Value::Object(Rc::new(ArrayFlags { array: args.array(0)? }))),
    ),
    Home::Property.row(
        "real",
        "x",
        "The real parts: a view.",
        &[Example { code: "array([1+2j, 3j]).real", out: "[1. 0.]" }],
        |_, args| of_array(args, |a| Ok(Value::Array(part(a, 0)))),
    )
    .through(),
    Home::Property.row(
        "imag",
        "x",
        "The imaginary parts: a view of complex arrays, read-only zeros of others.",
        &[Example { code: "array([1+2j, 3j]).imag", out: "[2. 3.]" }],
        |_, args| {
            of_array(args, |a| {
                if a.dtype().is_complex() {
                    return Ok(Value::Array(part(a, 1)));
                }
                let zeros = Array::zeros(a.dtype(), a.shape())?;
                zeros.set_writeable(false);
                Ok(Value::Array(zeros))
            })
        },
    )
    .through(),
    Home::Property.row(
        "base",
        "x",
        "The array that owns the memory of a view, or None.",
        &[
            Example { code: "a = arange(4); a[1:].base is a", out: "True" },
            Example { code: "zeros(3).base is None", out: "True" },
        ],
        |_, args| Ok(args.array(0)?.base().map_or(Value::None, |b| Value::Array(b.clone()))),
    ),
    Home::Property.row(
        "flat",
        "x",
        "The elements in C order, to index, iterate and assign.",
        &[
            Example { code: "array([[1, 2], [3, 4]]).flat[2]", out: "3" },
            Example { code: "a = zeros((2, 2)); a.flat = [1, 2]; a", out: "[[1. 2.]\n [1. 2.]]" },
        ],
        |_, args| Ok(Value::Object(Rc::new(Flat { array: args.array(0)? }))),
    ),
];

/// Whether a value has the properties of arrays.
pub fn applies(v: &Value) -> bool {
    v.is_scalar_number() || matches!(v, Value::Array(_))
}

/// A property that is an array for arrays and a number for numbers.
fn of_array(args: &Args, f: impl FnOnce(&Array) -> Result<Value, Fault>) -> Result<Value, Fault> {
    match args.get(0) {
        Some(Value::Array(a)) => f(a),
        Some(v) => {
            let plain = !matches!(v, Value::Scalar(_));
            match f(&to_array(v)?)? {
                Value::Array(a) if plain => Ok(convert::plain(a.scalar_at(a.offset()))),
                Value::Array(a) => Ok(unwrap_0d(a)),
                other => Ok(other),
            }
        }
        None => Err(args.wrong(0, "an array")),
    }
}

/// The real (0) or imaginary (1) parts of a complex array; a real one itself.
pub fn part(a: &Array, which: usize) -> Array {
    if !a.dtype().is_complex() {
        return a.clone();
    }
    let strides: Strides = a.strides().iter().map(|s| s * 2).collect();
    a.reinterpret(a.dtype().to_real(), a.shape(), &strides, a.offset() * 2 + which)
}

fn refuse(name: &str, reason: &str) -> Fault {
    Fault::Value { func: name.into(), reason: reason.into() }
}

/// `base.name = value`. Gives the array that takes the base's place where its axes change.
pub fn set_property(
    host: &mut dyn Host,
    base: &Value,
    name: &str,
    value: Value,
) -> Result<Option<Value>, Fault> {
    let none = || Fault::NoAttribute { owner: base.type_name().into(), name: name.into(), near: None };
    let Value::Array(a) = base else { return Err(none()) };
    match name {
        "shape" => return reshaped(a, &value).map(Some),
        "real" => set_part(host, &part(a, 0), &value)?,
        "imag" if a.dtype().is_complex() => set_part(host, &part(a, 1), &value)?,
        "imag" => return Err(refuse("imag", "the array has no imaginary part to set")),
        "flat" => Flat { array: a.clone() }.assign(&Value::Slice(Rc::new(ALL)), &value)?,
        "strides" => return Err(refuse("strides", "strides cannot be set: slices and .T make views")),
        "dtype" => {
            return Err(refuse("dtype", "a dtype cannot be set: .astype() converts, .view() reinterprets"));
        }
        "T" | "mT" | "ndim" | "size" | "itemsize" | "nbytes" | "flags" | "base" => {
            return Err(refuse(name, "this property cannot be set"));
        }
        _ => return Err(none()),
    }
    Ok(None)
}

/// Writes to a real or imaginary part, cast to its dtype.
fn set_part(host: &mut dyn Host, part: &Array, value: &Value) -> Result<(), Fault> {
    let value = to_array(value)?;
    warn_cast(host, &value, part.dtype())?;
    Ok(exec::assign(part, &value)?)
}

const ALL: crate::value::SliceSpec = crate::value::SliceSpec { start: None, stop: None, step: None };

fn reshaped(a: &Array, value: &Value) -> Result<Value, Fault> {
    let Some(to) = as_ints(value) else {
        return Err(refuse("shape", "a shape is an integer or a tuple of them"));
    };
    let shape = layout::reshape_shape(a, &to)?;
    let Some(view) = a.reshape_view(&shape, Order::C) else {
        return Err(refuse("shape", "this layout needs a copy for that shape: use .reshape()"));
    };
    Ok(Value::Array(a.restrided(view.shape(), view.strides())))
}

/// Attributes of dtypes: `dtype.itemsize`, `dtype.kind`.
pub fn dtype_attr(base: &Value, name: &str) -> Option<Value> {
    let Value::DType(d) = base else { return None };
    let kind = match d {
        DType::Bool => "b",
        d if d.is_unsigned() => "u",
        d if d.is_int() => "i",
        d if d.is_float() => "f",
        _ => "c",
    };
    const CHARS: [&str; 13] = ["?", "b", "B", "h", "H", "i", "I", "l", "L", "f", "d", "F", "D"];
    const NUMBERS: [i64; 13] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15];
    Some(match name {
        "name" | "__name__" => Value::str(d.name()),
        "itemsize" => Value::Int(d.itemsize() as i64),
        "alignment" => Value::Int(d.to_real().itemsize() as i64),
        "kind" => Value::str(kind),
        "char" => Value::str(CHARS[*d as usize]),
        "num" => Value::Int(NUMBERS[*d as usize]),
        "str" => Value::from(format!("{}{}", if d.itemsize() == 1 { "|" } else { "<" }, d.code())),
        "byteorder" => Value::str(if d.itemsize() == 1 { "|" } else { "=" }),
        "isnative" => Value::Bool(true),
        "ndim" => Value::Int(0),
        "shape" => Value::tuple(vec![]),
        "type" => Value::DType(*d),
        _ => return None,
    })
}

/// `a.flags`.
struct ArrayFlags {
    array: Array,
}

impl ArrayFlags {
    fn get(&self, name: &str) -> Option<bool> {
        let a = &self.array;
        let (c, f, w) = (a.is_c_contiguous(), a.is_f_contiguous(), a.writeable());
        Some(match name {
            "c_contiguous" | "contiguous" | "C_CONTIGUOUS" | "C" | "CONTIGUOUS" => c,
            "f_contiguous" | "fortran" | "F_CONTIGUOUS" | "F" | "FORTRAN" => f,
            "owndata" | "OWNDATA" | "O" => a.base().is_none(),
            "writeable" | "WRITEABLE" | "W" => w,
            "aligned" | "ALIGNED" | "A" => true,
            "writebackifcopy" | "WRITEBACKIFCOPY" | "X" => false,
            "fnc" | "FNC" => f && !c,
            "forc" | "FORC" => f || c,
            "behaved" | "BEHAVED" | "B" => w,
            "carray" | "CARRAY" | "CA" => w && c,
            "farray" | "FARRAY" | "FA" => w && f && !c,
            _ => return None,
        })
    }

    fn set(&self, name: &str, value: &Value) -> Result<(), Fault> {
        if !matches!(name, "writeable" | "WRITEABLE" | "W") {
            return Err(refuse("flags", "only writeable can be set"));
        }
        let on = value.truth()?;
        if on && self.array.base().is_some_and(|b| !b.writeable()) {
            return Err(refuse("flags", "cannot make a view writeable whose base is not"));
        }
        self.array.set_writeable(on);
        Ok(())
    }
}

impl Object for ArrayFlags {
    fn type_name(&self) -> &str {
        "flagsobj"
    }

    fn repr(&self) -> String {
        let names = ["C_CONTIGUOUS", "F_CONTIGUOUS", "OWNDATA", "WRITEABLE", "ALIGNED", "WRITEBACKIFCOPY"];
        let line =
            |n: &str| format!("  {n} : {}\n", if self.get(n) == Some(true) { "True" } else { "False" });
        names.into_iter().map(line).collect()
    }

    fn attr(&self, name: &str) -> Option<Value> {
        let lower = name.chars().all(|c| c.is_lowercase() || c == '_');
        if lower { self.get(name).map(Value::Bool) } else { None }
    }

    fn attr_names(&self) -> Vec<String> {
        ["c_contiguous", "f_contiguous", "owndata", "writeable", "aligned", "fnc", "forc"]
            .map(String::from)
            .to_vec()
    }

    fn set_attr(&self, name: &str, value: Value) -> Result<(), Fault> {
        self.set(name, &value)
    }

    fn index(&self, index: &Value) -> Option<Result<Value, Fault>> {
        let Value::Str(name) = index else { return None };
        Some(self.get(name).map(Value::Bool).ok_or_else(|| refuse("flags", "there is no such flag")))
    }

    fn set_index(&self, index: &Value, value: Value) -> Option<Result<(), Fault>> {
        let Value::Str(name) = index else { return None };
        Some(self.set(name, &value))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `a.flat`.
struct Flat {
    array: Array,
}

impl Flat {
    /// The buffer position of an element by its number in C order.
    fn place(&self, mut k: usize) -> usize {
        let a = &self.array;
        let mut at = a.offset() as isize;
        for (&n, &s) in a.shape().iter().zip(a.strides()).rev() {
            at += (k % n) as isize * s;
            k /= n;
        }
        at as usize
    }

    fn line(&self) -> Result<Array, Fault> {
        layout::ravel(&self.array, Order::C)
    }

    fn get(&self, index: &Value) -> Result<Value, Fault> {
        match array_get_value(&self.line()?, index)? {
            Value::Array(a) if a.same_buffer(&self.array) => Ok(Value::Array(exec::copy(&a, Order::C)?)),
            v => Ok(v),
        }
    }

    /// Writes the values again and again, as NumPy does.
    fn assign(&self, index: &Value, value: &Value) -> Result<(), Fault> {
        let a = &self.array;
        if !a.writeable() {
            return Err(ArrayError::ReadOnly.into());
        }
        // A slice of what lies together is a view, which takes one number as a whole.
        if value.is_scalar_number()
            && a.is_c_contiguous()
            && let Value::Array(part) = array_get_value(&self.line()?, index)?
            && part.same_buffer(a)
        {
            element(value, a.dtype())?;
            let one = convert::to_array_as(value, Some(a.dtype()))?;
            return Ok(exec::assign(&part, &one.broadcast_to(part.shape())?)?);
        }
        let chosen = array_get_value(&exec::distinct::counting(a.size())?, index)?;
        let places = convert::elements::<i64>(&to_array(&chosen)?)?;
        let values = match value.is_scalar_number() {
            true => vec![element(value, a.dtype())?],
            false => convert::scalars(&convert::to_array_as(value, Some(a.dtype()))?)?,
        };
        if values.is_empty() && !places.is_empty() {
            return Err(refuse("flat", "there are no values to assign"));
        }
        for (k, x) in places.into_iter().zip(values.into_iter().cycle()) {
            with_dtype!(a.dtype(), T => store::<T>(a, self.place(k as usize), x));
        }
        Ok(())
    }
}

impl Object for Flat {
    fn type_name(&self) -> &str {
        "flatiter"
    }

    fn repr(&self) -> String {
        "<flatiter>".into()
    }

    fn attr(&self, name: &str) -> Option<Value> {
        match name {
            "base" => Some(Value::Array(self.array.clone())),
            "size" => Some(Value::Int(self.array.size() as i64)),
            _ => None,
        }
    }

    fn attr_names(&self) -> Vec<String> {
        vec!["base".into(), "size".into()]
    }

    fn len(&self) -> Option<usize> {
        Some(self.array.size())
    }

    fn iter(&self) -> Option<Box<dyn ValueIter>> {
        Some(Box::new(FlatIter { flat: Flat { array: self.array.clone() }, next: 0 }))
    }

    fn index(&self, index: &Value) -> Option<Result<Value, Fault>> {
        Some(self.get(index))
    }

    fn set_index(&self, index: &Value, value: Value) -> Option<Result<(), Fault>> {
        Some(self.assign(index, &value))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

struct FlatIter {
    flat: Flat,
    next: usize,
}

impl ValueIter for FlatIter {
    fn next(&mut self, _: &mut dyn Host) -> Result<Option<Value>, Fault> {
        if self.next >= self.flat.array.size() {
            return Ok(None);
        }
        let at = self.flat.place(self.next);
        self.next += 1;
        Ok(Some(Value::Scalar(self.flat.array.scalar_at(at))))
    }
}
